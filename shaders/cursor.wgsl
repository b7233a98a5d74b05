// The brush under the pointer: a double ring at its edge, a thin ring where full strength ends.
// params.x: radius in physical pixels. params.y: hardness, 0 to 1. params.z: 1 if it erases.

@fragment
fn fs_main(corner: Corner) -> @location(0) vec4f {
    let centre = (quad.rect.xy + quad.rect.zw) * 0.5;
    let distance = length(corner.position.xy - centre);
    let radius = quad.params.x;
    let light = 1.0 - smoothstep(0.4, 1.2, abs(distance - radius));
    let dark = 1.0 - smoothstep(0.4, 1.2, abs(distance - radius - 1.4));
    let core = radius * quad.params.y;
    let inner = select(0.0, 0.5 * (1.0 - smoothstep(0.2, 1.0, abs(distance - core))), core > 3.0 && core < radius - 3.0);
    // A cross in the middle says which way the brush works: + selects, − erases.
    let offset = abs(corner.position.xy - centre);
    let bar = max(step(offset.x, 4.0) * step(offset.y, 0.5), step(offset.y, 4.0) * step(offset.x, 0.5) * (1.0 - quad.params.z));
    let mark = select(0.0, bar, radius > 8.0);
    let white = max(max(light, inner), mark);
    let alpha = max(white, dark * 0.8);
    return vec4f(vec3f(white), alpha);
}
