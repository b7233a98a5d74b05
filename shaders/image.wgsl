// The photograph over a checkerboard, with the line that separates the original from the edited one.
// params.x: where the comparison is split, in physical pixels. params.y: the same as a share of the width; no line at 0 and 1.

const SQUARE: f32 = 12.0;

@fragment
fn fs_main(corner: Corner) -> @location(0) vec4f {
    // One white line with dark sides shows the split.
    let distance = abs(corner.position.x - quad.params.x);
    if quad.params.y > 0.0 && quad.params.y < 1.0 && distance < 2.0 {
        return vec4f(vec3f(select(0.0, 1.0, distance < 1.0)), 1.0);
    }
    let colour = value_at(texels, quad.first, layer_position(corner.position.xy));
    let square = vec2i(floor((corner.position.xy - quad.layer.xy) / SQUARE));
    let checker = select(0.55, 0.75, ((square.x + square.y) & 1) == 0);
    return vec4f(colour.rgb + checker * (1.0 - colour.a), 1.0);
}
