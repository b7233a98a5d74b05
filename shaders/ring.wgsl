// The soft edge of a mask: hatched where it is neither empty nor full, with a dashed line at its outer end. No fill.
// params.y: width of a line in physical pixels.

const OUTER: f32 = 0.02;
const INNER: f32 = 0.98;

@fragment
fn fs_main(corner: Corner) -> @location(0) vec4f {
    let screen = corner.position.xy;
    let width = quad.params.y;
    let here = surroundings(texels, quad.first, screen, OUTER, width, false);
    if here.crossed {
        // Dashes follow the axis along which the edge runs.
        let along = select(screen.x, screen.y, abs(here.slope.x) > abs(here.slope.y));
        let light = fract(along / (10.0 * width)) < 0.5;
        return vec4f(vec3f(select(0.0, 1.0, light)), 1.0);
    }
    let hatched = select(0.0, 1.0, here.amount > OUTER && here.amount < INNER);
    let light = stripes(screen, 1.0, 8.0 * width, 1.2 * width);
    let dark = stripes(screen - vec2f(1.2 * width, 0.0), 1.0, 8.0 * width, 1.2 * width);
    return over(paint(vec3f(1.0), light * 0.75), paint(vec3f(0.0), dark * 0.5)) * hatched;
}
