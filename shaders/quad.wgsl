// Shared by all canvas shaders, put before each of them: one rectangle on the screen.
// Colours everywhere are gamma-encoded sRGB, as egui's target wants them; outputs are premultiplied.

struct Quad {
    // Left, top, right and bottom edge in physical pixels of the window.
    rect: vec4f,
    // xy: size of the window in physical pixels. zw: size of the layer in its own pixels.
    sizes: vec4f,
    // xy: the layer's left and top edge in physical pixels. zw: physical pixels per layer pixel.
    layer: vec4f,
    // Where the textures lie. xy: left and top edge in layer pixels. z: texels per layer pixel.
    // w: level of detail to read at; negative for the very texel, unfiltered.
    first: vec4f,
    second: vec4f,
    // Colours, straight alpha; what they mean depends on the shader.
    colour: vec4f,
    accent: vec4f,
    // Numbers whose meaning depends on the shader.
    params: vec4f,
}

@group(0) @binding(0) var<uniform> quad: Quad;

struct Corner {
    @builtin(position) position: vec4f,
}

// A triangle strip of four corners; the window's clip rectangle cuts what lies outside.
@vertex
fn vs_main(@builtin(vertex_index) index: u32) -> Corner {
    let uv = vec2f(f32(index & 1u), f32(index >> 1u));
    let pixel = select(quad.rect.xy, quad.rect.zw, uv > vec2f(0.5));
    let ndc = pixel / quad.sizes.xy * vec2f(2.0, -2.0) + vec2f(-1.0, 1.0);
    return Corner(vec4f(ndc, 0.0, 1.0));
}

// Always reckoned from the whole layer, so that its tiles agree to the last bit.
fn layer_position(screen: vec2f) -> vec2f {
    return (screen - quad.layer.xy) / quad.layer.zw;
}
