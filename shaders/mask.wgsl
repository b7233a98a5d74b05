// One step's mask over the photograph.
// colour: the step's hue; its alpha is the strength of the tint.
// params.x: 0 tint and outline, 1 outline only, 2 black and white. params.y: width of the outline in physical pixels.

@group(1) @binding(0) var coverage: texture_2d<f32>;
@group(1) @binding(2) var pixels: sampler;

const TINT: f32 = 0.0;
const BLACK_AND_WHITE: f32 = 2.0;

fn selected(uv: vec2f) -> bool {
    return textureSampleLevel(coverage, pixels, uv, 0.0).r >= 0.5;
}

@fragment
fn fs_main(corner: Corner) -> @location(0) vec4f {
    let amount = textureSample(coverage, pixels, corner.uv).r;
    if quad.params.x == BLACK_AND_WHITE {
        return vec4f(vec3f(amount), 1.0);
    }
    // The edge as seen on the screen: does any neighbour at the line's width lie on the other side?
    let step = quad.params.y / (quad.rect.zw - quad.rect.xy);
    let here = selected(corner.uv);
    var edge = false;
    for (var y = -1; y <= 1; y++) {
        for (var x = -1; x <= 1; x++) {
            edge = edge || (selected(corner.uv + vec2f(f32(x), f32(y)) * step) != here);
        }
    }
    if edge {
        // A light line inside, a dark one outside: seen on any photograph.
        let line = select(vec3f(0.05), mix(quad.colour.rgb, vec3f(1.0), 0.6), here);
        return vec4f(line * 0.95, 0.95);
    }
    let alpha = select(0.0, amount * quad.colour.a, quad.params.x == TINT);
    return vec4f(quad.colour.rgb * alpha, alpha);
}
