// Halves a texture: each pixel is the mean of the four below it.

@group(0) @binding(0) var source: texture_2d<f32>;

// One triangle that covers the whole target; the scissor rectangle chooses what is renewed.
@vertex
fn vs_main(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
    let corner = vec2f(f32((index << 1u) & 2u), f32(index & 2u));
    return vec4f(corner * vec2f(2.0, -2.0) + vec2f(-1.0, 1.0), 0.0, 1.0);
}

@fragment
fn fs_main(@builtin(position) position: vec4f) -> @location(0) vec4f {
    let at = vec2i(position.xy) * 2;
    let sum = textureLoad(source, at, 0) + textureLoad(source, at + vec2i(1, 0), 0)
        + textureLoad(source, at + vec2i(0, 1), 0) + textureLoad(source, at + vec2i(1, 1), 0);
    return sum * 0.25;
}
