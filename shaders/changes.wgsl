// What a person has changed of a proposed mask: added and removed differ in colour and in the direction of their
// stripes, what stayed is greyed a little, and the result is outlined.
// colour: added. accent: removed; their alpha is the strength of the fill. params.y: width of each line in physical pixels.

@group(2) @binding(0) var proposed: texture_2d<f32>;

// Strength of the grey over what both masks select.
const COMMON: f32 = 0.3;
const STRIPE: f32 = 0.9;

@fragment
fn fs_main(corner: Corner) -> @location(0) vec4f {
    let screen = corner.position.xy;
    let width = quad.params.y;
    let here = selection_around(texels, quad.first, screen, width);
    let now = here.amount;
    let before = coverage_at(proposed, quad.second, layer_position(screen));
    let added = max(now - before, 0.0);
    let removed = max(before - now, 0.0);
    let rising = stripes(screen, 1.0, 9.0 * width, 2.5 * width);
    let falling = stripes(screen, -1.0, 9.0 * width, 2.5 * width);
    var colour = paint(vec3f(0.5), min(now, before) * COMMON);
    colour = over(paint(quad.colour.rgb, added * mix(quad.colour.a, STRIPE, rising)), colour);
    colour = over(paint(quad.accent.rgb, removed * mix(quad.accent.a, STRIPE, falling)), colour);
    return over(outline(here, vec3f(1.0)), colour);
}
