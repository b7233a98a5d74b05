// New pixels over the photograph, as much as their alpha says: a candidate that waits for approval, or a preview.

@fragment
fn fs_main(corner: Corner) -> @location(0) vec4f {
    return value_at(texels, quad.first, layer_position(corner.position.xy));
}
