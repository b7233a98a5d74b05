// Lines and patterns for masks, in screen pixels: as wide and as dense at every zoom.

// Pixels from here on count as selected.
const SELECTED: f32 = 0.5;

// Coverage at a position in layer pixels; nothing is selected outside of the layer.
fn coverage_at(source: texture_2d<f32>, place: vec4f, at: vec2f) -> f32 {
    let inside = all(at >= vec2f(0.0)) && all(at < quad.sizes.zw);
    return select(0.0, value_at(source, place, at).r, inside);
}

struct Surroundings {
    // Coverage at the position itself.
    amount: f32,
    // Where the coverage rises to.
    slope: vec2f,
    // Whether any pixel at the line's width lies on the other side of the threshold.
    crossed: bool,
}

// `is_plain` says that there is nothing to find.
fn surroundings(
    source: texture_2d<f32>, place: vec4f, screen: vec2f, threshold: f32, width: f32, is_plain: bool,
) -> Surroundings {
    var found = Surroundings(coverage_at(source, place, layer_position(screen)), vec2f(0.0), false);
    // The loop's length and no early return: software drivers run both sides of a branch.
    let steps = select(9, 0, is_plain);
    for (var step = 0; step < steps; step++) {
        let towards = vec2f(f32(step % 3 - 1), f32(step / 3 - 1));
        if step != 4 {
            let amount = coverage_at(source, place, layer_position(screen + towards * width));
            found.slope += towards * amount;
            found.crossed = found.crossed || ((amount >= threshold) != (found.amount >= threshold));
        }
    }
    return found;
}

// Whether coverage is 0 or 1 everywhere near a position, as one look at a coarse mip tells. Most of a mask is, and what
// surrounds it need not be looked up one by one.
fn is_plain(source: texture_2d<f32>, place: vec4f, at: vec2f, width: f32) -> bool {
    let margin = width / quad.layer.zw;
    if any(at < margin) || any(at + margin > quad.sizes.zw) {
        return false;
    }
    // Half a texel of this level is at least the line's width and one texel of the filter.
    let texels_wide = max(margin.x * place.z, 1.0);
    let level = ceil(max(log2(texels_wide), place.w)) + 2.0;
    let is_one_value = all(textureDimensions(source) == vec2u(1u));
    if !is_one_value && level >= f32(textureNumLevels(source)) {
        return false;
    }
    let mean = value_at(source, vec4f(place.xyz, level), at).r;
    return mean <= 0.0 || mean >= 1.0;
}

// As `surroundings`, of the selection's edge.
fn selection_around(source: texture_2d<f32>, place: vec4f, screen: vec2f, width: f32) -> Surroundings {
    return surroundings(source, place, screen, SELECTED, width, is_plain(source, place, layer_position(screen), width));
}

// A line on each side of the selection's edge, light inside and dark outside: seen on any photograph.
// Transparent where there is no edge.
fn outline(here: Surroundings, light: vec3f) -> vec4f {
    let line = vec4f(select(vec3f(0.0), light, here.amount >= SELECTED), 1.0);
    return select(vec4f(0.0), line, here.crossed);
}

// Diagonal stripes, 0 to 1: rising to the right with direction 1, falling with -1.
fn stripes(screen: vec2f, direction: f32, period: f32, width: f32) -> f32 {
    let across = (screen.x + direction * screen.y) * 0.70710678;
    let distance = abs(fract(across / period) - 0.5) * period;
    return 1.0 - smoothstep(width * 0.5 - 0.5, width * 0.5 + 0.5, distance);
}

// One colour over another, both premultiplied.
fn over(front: vec4f, back: vec4f) -> vec4f {
    return front + back * (1.0 - front.a);
}

// Straight to premultiplied, at a strength.
fn paint(rgb: vec3f, alpha: f32) -> vec4f {
    return vec4f(rgb * alpha, alpha);
}
