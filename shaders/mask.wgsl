// One step's mask over the photograph.
// colour: the step's hue; its alpha is the strength of the tint.
// params.x: 0 tint and outline, 1 outline only, 2 black and white. params.y: width of each line in physical pixels.

const TINT: f32 = 0.0;
const OUTLINE: f32 = 1.0;
const BLACK_AND_WHITE: f32 = 2.0;

@fragment
fn fs_main(corner: Corner) -> @location(0) vec4f {
    let screen = corner.position.xy;
    if quad.params.x == BLACK_AND_WHITE {
        return vec4f(vec3f(coverage_at(texels, quad.first, layer_position(screen))), 1.0);
    }
    let here = selection_around(texels, quad.first, screen, quad.params.y);
    let tint = paint(quad.colour.rgb, select(0.0, here.amount * quad.colour.a, quad.params.x == TINT));
    // A line alone says by its hue whose it is.
    let light = select(0.7, 0.15, quad.params.x == OUTLINE);
    return over(outline(here, mix(quad.colour.rgb, vec3f(1.0), light)), tint);
}
