//! Brightness, exposure, contrast, saturation, warmth and greyscale of one colour; amounts as in [`Adjustment`].
//!
//! [`Adjustment`]: tie_core::Adjustment

use super::oklab::lightness_curve;
use super::samples::Samples;
use palette::{LinSrgb, Srgb};
use tie_core::AdjustKind;
use tie_core::colour::in_gamut;
use tie_core::colour::oklab_from_srgb;

/// Logit shift of Oklab lightness at full amount: mid-grey 0.5 goes to 0.83 or 0.17.
const FULL_BRIGHTNESS: f32 = 1.6;

/// How far a vivid colour is brightened beyond what sRGB can show of it, 0 to 1, and so pales: at 1, red turns pink; at
/// 0, the brightest colours look flat.
const PALING: f32 = 0.2;

/// Lighter or darker with the same saturation; black and white stay.
pub(super) fn brightness(rgb: [u8; 3], amount: f32) -> [u8; 3] {
    relit(rgb, |l| lightness_curve(l, 0.5, 1.0, FULL_BRIGHTNESS * amount))
}

/// Like another exposure: [`AdjustKind::EXPOSURE_STOPS`] more light at amount 1.
///
/// More light rolls off into white; less light darkens white as well.
pub(super) fn exposure(rgb: [u8; 3], amount: f32) -> [u8; 3] {
    let gain = (AdjustKind::EXPOSURE_STOPS * amount).exp2();
    // y · g / √(1 + (g² − 1) y²): the gain in the shadows, within 10 % of it at mid-grey and one stop, 1 at white.
    let shoulder = (gain * gain - 1.0).max(0.0);
    relit(rgb, |l| {
        let light = l * l * l;
        (gain * light / (1.0 + shoulder * light * light).sqrt()).cbrt()
    })
}

/// Spread doubled at amount 1, halved at −1, around the lightness `middle`.
pub(super) fn contrast(rgb: [u8; 3], middle: f32, amount: f32) -> [u8; 3] {
    relit(rgb, |l| lightness_curve(l, middle, amount.exp2(), 0.0))
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
    let luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
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

/// The colour under more or less light, where `curve` says what becomes of the lightness of greys.
///
/// Light scales all three coordinates alike, so hue and saturation (chroma over lightness) stay. A vivid colour is
/// scaled about like the grey of its strongest channel, which stays below white, instead of the lighter grey it looks
/// like.
fn relit(rgb: [u8; 3], curve: impl Fn(f32) -> f32) -> [u8; 3] {
    let [l, a, b] = oklab_from_srgb(rgb);
    let scale = |lightness: f32| curve(lightness) / lightness.max(1e-3);
    let strongest = rgb.into_iter().max().unwrap_or(0);
    let (by_looks, by_channel) = (scale(l), scale(oklab_from_srgb([strongest; 3])[0]));
    let scale = (by_channel + PALING * (by_looks - by_channel)).min(by_looks);
    // Near black the ratio would only amplify noise.
    let tint = scale.min(3.0);
    in_gamut([l * scale, a * tint, b * tint])
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
    fn a_stop_of_exposure_doubles_the_light_of_shadows_and_rolls_off_below_white() {
        let light = |value: u8| Srgb::from([value; 3]).into_linear::<f32>().red;
        let ratio =
            |value: u8, stops: f32| light(exposure([value; 3], stops / AdjustKind::EXPOSURE_STOPS)[0]) / light(value);
        assert!((ratio(60, 1.0) - 2.0).abs() < 0.1, "{}", ratio(60, 1.0));
        assert!((1.8..2.0).contains(&ratio(118, 1.0)), "{}", ratio(118, 1.0));
        for value in [60, 128, 255] {
            assert!((ratio(value, -1.0) - 0.5).abs() < 0.03, "{value}: {}", ratio(value, -1.0));
        }
        let highlights: Vec<u8> = (200..=255).map(|value| exposure([value; 3], 1.0)[0]).collect();
        assert!(highlights.windows(2).all(|pair| pair[0] <= pair[1]), "{highlights:?}");
        assert!(highlights[0] < 250 && highlights[55] == 255, "{highlights:?}");
    }

    #[test]
    fn light_keeps_the_hue_of_vivid_colours_and_nearly_their_saturation() {
        let angle = |rgb: [u8; 3]| {
            let [_, a, b] = oklab_from_srgb(rgb);
            b.atan2(a).to_degrees()
        };
        let saturation = |rgb: [u8; 3]| chroma(rgb) / lightness(rgb);
        for vivid in [[150, 40, 20], [200, 30, 30], [30, 60, 160], [20, 120, 40], ORANGE] {
            for changed in [brightness(vivid, 1.0), exposure(vivid, 1.0), exposure(vivid, 0.5)] {
                let turned = (angle(changed) - angle(vivid) + 180.0).rem_euclid(360.0) - 180.0;
                assert!(turned.abs() < 3.0, "{vivid:?} became {changed:?}: {turned}°");
                assert!(saturation(changed) > 0.75 * saturation(vivid), "{vivid:?} became {changed:?}");
                assert!(lightness(changed) > lightness(vivid) + 0.03, "{vivid:?} became {changed:?}");
            }
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
