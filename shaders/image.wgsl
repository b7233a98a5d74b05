// The photograph over a checkerboard; left of the split the original, right of it the edited one.
// params.x: where the split is, 0 to 1 of the image's width (0 shows only the edited one).

@group(1) @binding(0) var edited: texture_2d<f32>;
@group(1) @binding(1) var original: texture_2d<f32>;
// Nearest above 100 %, filtered with mips below.
@group(1) @binding(2) var pixels: sampler;

const SQUARE: f32 = 12.0;

@fragment
fn fs_main(corner: Corner) -> @location(0) vec4f {
    let after = textureSample(edited, pixels, corner.uv);
    let before = textureSample(original, pixels, corner.uv);
    let colour = select(after, before, corner.uv.x < quad.params.x);
    let square = floor((corner.position.xy - quad.rect.xy) / SQUARE);
    let checker = select(0.55, 0.75, (i32(square.x) + i32(square.y)) % 2 == 0);
    let rgb = mix(vec3f(checker), colour.rgb, colour.a);
    // One white line with dark sides shows the split.
    let distance = abs(corner.uv.x - quad.params.x) * (quad.rect.z - quad.rect.x);
    if quad.params.x > 0.0 && quad.params.x < 1.0 && distance < 2.0 {
        return vec4f(vec3f(select(0.0, 1.0, distance < 1.0)), 1.0);
    }
    return vec4f(rgb, 1.0);
}
