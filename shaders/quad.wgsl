// Shared by all canvas shaders, put before each of them: one rectangle on the screen.
// Colours everywhere are gamma-encoded sRGB, as egui's target wants them; outputs are premultiplied.

struct Quad {
    // Left, top, right and bottom edge in physical pixels of the window.
    rect: vec4f,
    // xy: size of the window in physical pixels. zw: size of the image in image pixels.
    sizes: vec4f,
    // A colour, straight alpha; what it means depends on the shader.
    colour: vec4f,
    // Numbers whose meaning depends on the shader.
    params: vec4f,
}

@group(0) @binding(0) var<uniform> quad: Quad;

struct Corner {
    @builtin(position) position: vec4f,
    // 0 to 1 across the rectangle.
    @location(0) uv: vec2f,
}

// A triangle strip of four corners; the window's clip rectangle cuts what lies outside.
@vertex
fn vs_main(@builtin(vertex_index) index: u32) -> Corner {
    let uv = vec2f(f32(index & 1u), f32(index >> 1u));
    let pixel = mix(quad.rect.xy, quad.rect.zw, uv);
    let ndc = pixel / quad.sizes.xy * vec2f(2.0, -2.0) + vec2f(-1.0, 1.0);
    return Corner(vec4f(ndc, 0.0, 1.0), uv);
}
