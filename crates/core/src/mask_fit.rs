//! Fitting a mask of another size to the photograph.

use super::mask::Combine;
use super::{Bounds, Extent, Mask};
use rayon::prelude::*;

/// How a mask of another size is laid over a photograph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Fit {
    /// Stretched to the photograph's width and height.
    #[default]
    Scale,
    /// Centred pixel for pixel; cropped where it is too large, surrounded by unselected pixels where it is too small.
    Centre,
}

impl Mask {
    /// A mask of the given extent made from this one.
    ///
    /// Scaling interpolates linearly, and averages where it makes the mask smaller. It never rings: one pixel beyond an
    /// edge, coverage 0 stays 0.
    pub fn fitted(&self, extent: Extent, fit: Fit) -> Self {
        if extent == self.extent() {
            return self.clone();
        }
        match fit {
            Fit::Scale => self.scaled(extent),
            Fit::Centre => {
                let start = |outer: u32, inner: u32| (i64::from(outer) - i64::from(inner)).div_euclid(2) as i32;
                let Extent { width, height } = self.extent();
                let place = Bounds::new(start(extent.width, width), start(extent.height, height), width, height);
                let mut fitted = Self::empty(extent);
                fitted.combine_part(self, place, Combine::Add);
                fitted
            }
        }
    }

    fn scaled(&self, extent: Extent) -> Self {
        let mut scaled = Self::empty(extent);
        if extent.is_empty() || self.extent().is_empty() {
            return scaled;
        }
        let columns = taps(self.extent().width, extent.width);
        let rows = taps(self.extent().height, extent.height);
        let lines = scaled.coverage_mut().par_chunks_exact_mut(extent.width as usize).zip(&rows);
        lines.for_each_init(Vec::new, |sums, (line, taps)| {
            sums.clear();
            sums.resize(self.extent().width as usize, 0.0_f32);
            for (y, weight) in (taps.first..).zip(&taps.weights) {
                for (sum, &coverage) in sums.iter_mut().zip(self.row(y)) {
                    *sum += weight * f32::from(coverage);
                }
            }
            for (coverage, taps) in line.iter_mut().zip(&columns) {
                let window = &sums[taps.first as usize..];
                let sum: f32 = taps.weights.iter().zip(window).map(|(weight, sum)| weight * sum).sum();
                *coverage = sum.round() as u8;
            }
        });
        scaled
    }
}

/// The pixels of a line that make up one pixel of the scaled line; the weights add up to 1.
struct Taps {
    first: u32,
    weights: Vec<f32>,
}

/// A triangle filter as wide as a pixel of the coarser line, for each pixel of the scaled line.
fn taps(from: u32, to: u32) -> Vec<Taps> {
    let scale = f64::from(from) / f64::from(to);
    let reach = scale.max(1.0);
    (0..to)
        .map(|index| {
            // Position of the pixel's centre among the centres of the source's pixels.
            let centre = (f64::from(index) + 0.5) * scale - 0.5;
            let first = (centre - reach).floor().max(0.0) as u32;
            let last = ((centre + reach).ceil() as u32).min(from - 1);
            let weights = (first..=last).map(|at| (1.0 - (f64::from(at) - centre).abs() / reach).max(0.0));
            let weights: Vec<f64> = weights.collect();
            let sum: f64 = weights.iter().sum();
            Taps { first, weights: weights.iter().map(|weight| (weight / sum) as f32).collect() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scaling_keeps_the_share_of_the_selection_and_flat_masks_flat() {
        let mask = Mask::rectangle(Extent::new(40, 30), Bounds::new(10, 6, 16, 12));
        for to in [Extent::new(400, 300), Extent::new(13, 11), Extent::new(97, 8), Extent::new(4, 3)] {
            let scaled = mask.fitted(to, Fit::Scale);
            let mean = scaled.coverage().iter().map(|&c| f32::from(c) / 255.0).sum::<f32>() / to.area() as f32;
            assert!((mean - 0.16).abs() < 0.04, "{mean} at {to}");
            assert_eq!(Mask::full(mask.extent()).fitted(to, Fit::Scale), Mask::full(to));
            assert!(Mask::empty(mask.extent()).fitted(to, Fit::Scale).is_empty());
        }
    }

    #[test]
    fn an_edge_scaled_up_is_soft_but_reaches_no_further_than_a_pixel() {
        let mask = Mask::rectangle(Extent::new(8, 1), Bounds::new(4, 0, 4, 1));
        let scaled = mask.fitted(Extent::new(32, 1), Fit::Scale);
        assert_eq!(scaled.coverage()[12..20], [0, 0, 32, 96, 159, 223, 255, 255]);
        assert!(scaled.coverage().is_sorted());
    }

    #[test]
    fn centring_crops_what_is_too_large_and_surrounds_what_is_too_small() {
        let mask = Mask::new(Extent::new(3, 1), vec![10, 20, 30]).unwrap();
        assert_eq!(mask.fitted(Extent::new(1, 1), Fit::Centre).coverage(), [20]);
        assert_eq!(mask.fitted(Extent::new(5, 1), Fit::Centre).coverage(), [0, 10, 20, 30, 0]);
        assert_eq!(mask.fitted(Extent::new(1, 3), Fit::Centre).coverage(), [0, 20, 0]);
    }

    #[test]
    fn no_pixels_fit_into_no_pixels() {
        let nothing = Mask::empty(Extent::new(0, 0));
        for fit in [Fit::Scale, Fit::Centre] {
            assert!(nothing.fitted(Extent::new(3, 2), fit).is_empty());
            assert_eq!(Mask::full(Extent::new(3, 2)).fitted(Extent::new(0, 0), fit), nothing);
        }
    }
}
