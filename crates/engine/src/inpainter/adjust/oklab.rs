//! Helpers that keep edited colours inside Oklab and sRGB: a lightness curve without clipping, and gamut mapping.

use palette::convert::IntoColorUnclamped as _;
use palette::{LinSrgb, Oklab};
use tie_core::colour::srgb_from_oklab;

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

/// The sRGB colour of this lightness and hue with as much of the chroma as sRGB holds.
pub(super) fn in_gamut(lab: [f32; 3]) -> [u8; 3] {
    let [l, a, b] = [lab[0].clamp(0.0, 1.0), lab[1], lab[2]];
    if fits([l, a, b]) {
        return srgb_from_oklab([l, a, b]);
    }
    let (mut fitting, mut too_much) = (0.0, 1.0);
    // 8 halvings leave less than one step of 8 bits.
    for _ in 0..8 {
        let middle = f32::midpoint(fitting, too_much);
        if fits([l, a * middle, b * middle]) { fitting = middle } else { too_much = middle }
    }
    srgb_from_oklab([l, a * fitting, b * fitting])
}

fn fits([l, a, b]: [f32; 3]) -> bool {
    /// Rounding to 8 bits tolerates this much, in linear light.
    const TOLERANCE: f32 = 5e-4;
    let linear: LinSrgb<f32> = Oklab::new(l, a, b).into_color_unclamped();
    let fits = |channel: f32| (-TOLERANCE..=1.0 + TOLERANCE).contains(&channel);
    fits(linear.red) && fits(linear.green) && fits(linear.blue)
}
