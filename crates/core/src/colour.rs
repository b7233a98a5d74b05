//! Conversions between sRGB bytes and Oklab, the perceptual space in which colours are compared and changed.

use palette::convert::IntoColorUnclamped as _;
use palette::{FromColor as _, IntoColor as _, LinSrgb, Oklab, Srgb};

/// Oklab (Ottosson 2020) of an sRGB-encoded colour: lightness 0 to 1, then the green–red and blue–yellow axes, about ±0.4.
pub fn oklab_from_srgb(rgb: [u8; 3]) -> [f32; 3] {
    let lab = Oklab::from_color(Srgb::from(rgb).into_linear::<f32>());
    [lab.l, lab.a, lab.b]
}

/// The nearest sRGB-encoded colour; out-of-gamut channels are clipped.
pub fn srgb_from_oklab(lab: [f32; 3]) -> [u8; 3] {
    let linear: LinSrgb<f32> = Oklab::new(lab[0], lab[1], lab[2]).into_color();
    Srgb::<f32>::from_linear(linear).into_format::<u8>().into()
}

/// The sRGB colour of this lightness and hue with as much of the chroma as sRGB holds.
pub fn in_gamut(lab: [f32; 3]) -> [u8; 3] {
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
    /// Rounding to 8 bits forgives this much, in linear light.
    const TOLERANCE: f32 = 5e-4;
    let linear: LinSrgb<f32> = Oklab::new(l, a, b).into_color_unclamped();
    let fits = |channel: f32| (-TOLERANCE..=1.0 + TOLERANCE).contains(&channel);
    fits(linear.red) && fits(linear.green) && fits(linear.blue)
}

/// Rec. 709 luma of the encoded channels, 0 to 255.
pub fn luma(rgb: [u8; 3]) -> f32 {
    let [r, g, b] = rgb.map(f32::from);
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_grey_and_primary_survives_the_way_through_oklab() {
        for value in 0..=255_u8 {
            for rgb in [[value; 3], [value, 0, 0], [0, value, 255 - value]] {
                assert_eq!(srgb_from_oklab(oklab_from_srgb(rgb)), rgb);
            }
        }
    }

    #[test]
    fn greys_have_no_chroma_and_white_has_lightness_one() {
        let [l, a, b] = oklab_from_srgb([255; 3]);
        assert!((l - 1.0).abs() < 1e-3 && a.abs() < 1e-3 && b.abs() < 1e-3, "{l} {a} {b}");
    }
}
