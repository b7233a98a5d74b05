// Reading one part of a layer from its texture.

@group(1) @binding(0) var texels: texture_2d<f32>;
@group(1) @binding(1) var filtered: sampler;

// The layer's value at a position in layer pixels, from the texture that lies at `place`.
fn value_at(source: texture_2d<f32>, place: vec4f, at: vec2f) -> vec4f {
    let size = vec2f(textureDimensions(source));
    if place.w < 0.0 {
        let texel = floor((at - place.xy) * place.z);
        return textureLoad(source, vec2i(clamp(texel, vec2f(0.0), size - 1.0)), 0);
    }
    // The filter must not reach beyond the layer's edge: a texture's padding is no part of it.
    let reach = vec2f(0.5 * exp2(ceil(place.w)) / place.z);
    let inside = clamp(at, reach, max(quad.sizes.zw - reach, reach));
    return textureSampleLevel(source, filtered, (inside - place.xy) * place.z / size, place.w);
}
