//! Helpers that keep edited colours inside Oklab and sRGB: a lightness curve without clipping, and gamut mapping.

/// Adds `shift` to a lightness, 0 to 1, on the logit scale; `gain` stretches it around `middle` first.
///
/// The order of all values stays, so that shading survives; black and white stay unless the gain is below 1.
pub(super) fn lightness_curve(lightness: f32, middle: f32, gain: f32, shift: f32) -> f32 {
    let (x, m) = (logit(lightness), logit(middle));
    let y = m + gain * (x - m) + shift;
    1.0 / (1.0 + (-y).exp())
}

/// Log odds of a lightness; clamped so that black and white stay finite.
pub(super) fn logit(lightness: f32) -> f32 {
    let l = lightness.clamp(0.001, 0.999);
    (l / (1.0 - l)).ln()
}

/// 0 below `from`, 1 above `to`, smooth between; falls instead if `from > to`.
pub(super) fn smoothstep(from: f32, to: f32, x: f32) -> f32 {
    let t = ((x - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}
