//! Brightness, contrast, saturation, warmth and greyscale of one colour; amounts as in [`Adjustment`].
//!
//! [`Adjustment`]: crate::domain::Adjustment

use super::oklab::{in_gamut, lightness_curve};
use super::samples::Samples;
use crate::domain::colour::oklab_from_srgb;
use palette::{LinSrgb, Srgb};

/// Logit shift of Oklab lightness at full amount: mid-grey 0.5 goes to 0.83 or 0.17.
const FULL_BRIGHTNESS: f32 = 1.6;

/// Lighter or darker with the same saturation; black and white stay.
pub(super) fn brightness(rgb: [u8; 3], amount: f32) -> [u8; 3] {
    let [l, a, b] = oklab_from_srgb(rgb);
    with_lightness([l, a, b], lightness_curve(l, 0.5, 1.0, FULL_BRIGHTNESS * amount))
}

/// Spread doubled at amount 1, halved at −1, around the lightness `middle`.
pub(super) fn contrast(rgb: [u8; 3], middle: f32, amount: f32) -> [u8; 3] {
    let [l, a, b] = oklab_from_srgb(rgb);
    with_lightness([l, a, b], lightness_curve(l, middle, amount.exp2(), 0.0))
}

/// Chroma times 2.5 at amount 1 where sRGB holds as much, none at −1.
pub(super) fn saturation(rgb: [u8; 3], amount: f32) -> [u8; 3] {
    let scale = 1.0 + if amount > 0.0 { 1.5 * amount } else { amount };
    let [l, a, b] = oklab_from_srgb(rgb);
    in_gamut([l, a * scale, b * scale])
}

/// Without colour at amount 1; lightness stays.
pub(super) fn greyscale(rgb: [u8; 3], amount: f32) -> [u8; 3] {
    saturation(rgb, -amount)
}

/// Gains of the linear channels as of another white balance: red over blue grows 2.7-fold at full amount, luminance stays.
pub(super) fn warmth_gains(amount: f32) -> [f32; 3] {
    let [r, g, b] = [(0.55 * amount).exp2(), 1.0, (-0.9 * amount).exp2()];
    let luminance = 0.0722f32.mul_add(b, 0.2126f32.mul_add(r, 0.7152 * g));
    [r, g, b].map(|gain| gain / luminance)
}

/// The colour as another white balance would have recorded it.
pub(super) fn warmth(rgb: [u8; 3], gains: [f32; 3]) -> [u8; 3] {
    let linear: LinSrgb<f32> = Srgb::from(rgb).into_linear();
    let [r, g, b] = gains;
    let balanced = LinSrgb::new(linear.red * r, linear.green * g, linear.blue * b);
    Srgb::<f32>::from_linear(balanced).into_format::<u8>().into()
}

/// Mean Oklab lightness of the region, weighted by coverage.
pub(super) fn mean_lightness(samples: &Samples) -> f32 {
    let (mut sum, mut weights) = (0.0_f64, 0.0_f64);
    for &(rgb, weight) in samples.covered() {
        sum += f64::from(oklab_from_srgb(rgb)[0] * weight);
        weights += f64::from(weight);
    }
    if weights > 0.0 { (sum / weights) as f32 } else { 0.5 }
}

/// The colour at another lightness with the same saturation (chroma over lightness), as under more or less light.
fn with_lightness([l, a, b]: [f32; 3], lightness: f32) -> [u8; 3] {
    // Near black the ratio would only amplify noise.
    let scale = (lightness / l.max(1e-3)).min(3.0);
    in_gamut([lightness, a * scale, b * scale])
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORANGE: [u8; 3] = [210, 120, 40];

    fn lightness(rgb: [u8; 3]) -> f32 {
        oklab_from_srgb(rgb)[0]
    }

    fn chroma(rgb: [u8; 3]) -> f32 {
        let [_, a, b] = oklab_from_srgb(rgb);
        a.hypot(b)
    }

    #[test]
    fn black_and_white_stay_under_every_brightness_and_more_contrast() {
        for amount in [-1.0, -0.3, 0.5, 1.0_f32] {
            for end in [[0; 3], [255; 3]] {
                for changed in [brightness(end, amount), contrast(end, 0.4, amount.abs())] {
                    assert!(changed[0].abs_diff(end[0]) <= 2, "{end:?} became {changed:?} at {amount}");
                }
            }
        }
    }

    #[test]
    fn brightness_moves_lightness_and_keeps_the_order_of_greys() {
        assert!(lightness(brightness(ORANGE, 0.5)) > lightness(ORANGE) + 0.05);
        assert!(lightness(brightness(ORANGE, -0.5)) < lightness(ORANGE) - 0.05);
        for amount in [-1.0, 1.0] {
            let greys: Vec<u8> = (0..=255).map(|v| brightness([v; 3], amount)[0]).collect();
            assert!(greys.is_sorted(), "at {amount}");
        }
    }

    #[test]
    fn contrast_moves_both_sides_away_from_the_middle() {
        let (dark, bright) = ([80; 3], [180; 3]);
        assert!(contrast(dark, 0.6, 0.7)[0] < 80 && contrast(bright, 0.6, 0.7)[0] > 180);
        assert!(contrast(dark, 0.6, -0.7)[0] > 80 && contrast(bright, 0.6, -0.7)[0] < 180);
    }

    #[test]
    fn saturation_scales_chroma_and_nothing_else() {
        assert!(chroma(saturation(ORANGE, 0.3)) > chroma(ORANGE) * 1.1);
        let vivid = saturation(ORANGE, 1.0);
        assert!((lightness(vivid) - lightness(ORANGE)).abs() < 0.01, "{vivid:?}");
        for grey in [saturation(ORANGE, -1.0), greyscale(ORANGE, 1.0)] {
            assert!(chroma(grey) < 0.005, "{grey:?}");
        }
    }

    #[test]
    fn warmth_trades_blue_for_red_and_back() {
        let warm = warmth([128; 3], warmth_gains(0.6));
        assert!(warm[0] > 128 && warm[2] < 128, "{warm:?}");
        let cool = warmth([128; 3], warmth_gains(-0.6));
        assert!(cool[0] < 128 && cool[2] > 128, "{cool:?}");
        assert!((lightness(warm) - lightness([128; 3])).abs() < 0.02);
    }
}
