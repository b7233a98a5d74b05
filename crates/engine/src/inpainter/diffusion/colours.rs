//! Undoes a model's change to the colours of what it keeps.

use tie_core::{Mask, Raster};

/// With fewer kept pixels, nothing can be said about colours.
const FEWEST: f64 = 64.0;
/// A model's picture differs by little; more than this is another picture, not another tint.
const GAINS: std::ops::RangeInclusive<f64> = 0.8..=1.25;

/// Shifts each channel of `result` so that its mean and spread where nothing was repainted match `original`: a model
/// that encodes and decodes the whole crop tints all of it alike.
pub(super) fn match_colours(result: &mut Raster, original: &Raster, repainted: &Mask) {
    let kept = || repainted.coverage().iter().zip(original.pixels().iter().zip(result.pixels()));
    let kept = || kept().filter(|(coverage, (pixel, _))| **coverage == 0 && pixel[3] != 0).map(|(_, pair)| pair);
    let count = kept().count() as f64;
    if count < FEWEST {
        return;
    }
    let mut tables = [[0_u8; 256]; 3];
    for (channel, table) in tables.iter_mut().enumerate() {
        let (mut sums, mut squares) = ([0.0_f64; 2], [0.0_f64; 2]);
        for (wanted, got) in kept() {
            for (i, value) in [wanted[channel], got[channel]].into_iter().enumerate() {
                sums[i] += f64::from(value);
                squares[i] += f64::from(value).powi(2);
            }
        }
        let mean = sums.map(|sum| sum / count);
        let spread = |i: usize| (squares[i] / count - mean[i] * mean[i]).max(0.0).sqrt();
        let gain = if spread(1) < 1.0 { 1.0 } else { (spread(0) / spread(1)).clamp(*GAINS.start(), *GAINS.end()) };
        for (value, entry) in table.iter_mut().enumerate() {
            *entry = ((value as f64 - mean[1]) * gain + mean[0] + 0.5).clamp(0.0, 255.0) as u8;
        }
    }
    for pixel in result.pixels_mut() {
        for (value, table) in pixel.iter_mut().zip(&tables) {
            *value = table[usize::from(*value)];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tie_core::{Bounds, Extent};

    const EXTENT: Extent = Extent::new(40, 30);

    fn picture() -> Raster {
        Raster::from_fn(EXTENT, |x, y| [(x * 4 + 40) as u8, (y * 5 + 30) as u8, ((x + y) * 2 + 60) as u8, 255])
    }

    #[test]
    fn a_tint_over_all_of_a_picture_is_taken_back_also_where_it_was_repainted() {
        let mask = Mask::rectangle(EXTENT, Bounds::new(10, 10, 12, 12));
        let mut result = picture();
        for pixel in result.pixels_mut() {
            *pixel = [pixel[0] + 20, pixel[1] - 10, (f32::from(pixel[2]) * 0.9) as u8, 255];
        }
        match_colours(&mut result, &picture(), &mask);
        for (got, wanted) in result.pixels().iter().zip(picture().pixels()) {
            for channel in 0..3 {
                assert!(got[channel].abs_diff(wanted[channel]) <= 2, "{got:?} for {wanted:?}");
            }
        }
    }

    #[test]
    fn where_nothing_was_kept_nothing_is_matched() {
        let mut result = Raster::filled(EXTENT, [9, 9, 9, 255]);
        match_colours(&mut result, &picture(), &Mask::full(EXTENT));
        assert_eq!(result.pixel(3, 3), [9, 9, 9, 255]);
    }
}
