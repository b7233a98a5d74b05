// New pixels over the photograph, as much as their alpha says: a candidate that waits for approval, or a preview.

@group(1) @binding(0) var patch_pixels: texture_2d<f32>;
@group(1) @binding(2) var pixels: sampler;

@fragment
fn fs_main(corner: Corner) -> @location(0) vec4f {
    let colour = textureSample(patch_pixels, pixels, corner.uv);
    return vec4f(colour.rgb * colour.a, colour.a);
}
