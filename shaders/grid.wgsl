// Lines between the photograph's pixels: a dark and a light one side by side, so that they are seen on any colour.
// params.xy: zooms between which they fade in, in physical pixels per image pixel.

@fragment
fn fs_main(corner: Corner) -> @location(0) vec4f {
    let strength = smoothstep(quad.params.x, quad.params.y, quad.layer.z);
    // Distance of this screen pixel's middle from the image pixel's left and top edge, in screen pixels.
    let offset = fract(layer_position(corner.position.xy)) * quad.layer.zw;
    let dark = any(offset < vec2f(1.0));
    let light = any(offset >= quad.layer.zw - 1.0);
    let alpha = select(select(0.0, 0.08, light), 0.14, dark) * strength;
    return vec4f(vec3f(select(1.0, 0.0, dark)) * alpha, alpha);
}
