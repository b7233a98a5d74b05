//! Finds writing in a mask: pixels that differ from how the place looks without it; and measures how that writing
//! looks.

use super::font::Weight;
use crate::{EngineError, JobCx};
use rayon::prelude::*;
use tie_core::{Mask, Point, Raster};

/// A difference of colour (root of the sum of squares) below this is grain.
const GRAIN: f32 = 18.0;
/// Share of a capital's height from which a stroke, measured as [`Ink::weight`] does, is bold.
const BOLD: f32 = 0.135;

/// Groups of values whose means are nearer than this factor are one.
const ONE_KIND: f32 = 0.6;

/// The old writing.
pub(super) struct Ink {
    /// Pixels of writing, at the image's extent.
    pub mask: Mask,
    /// Colour in the middle of its strokes.
    pub colour: [u8; 3],
}

/// Most samples of the surroundings that a pixel's ground is worked out from.
const SAMPLES: usize = 96;
/// If more of the mask than this seems to be writing, it hugs the letters, or cannot be told from its background.
const HUGGED: f32 = 0.6;

/// A first guess at which pixels of a generous mask are writing: those unlike the background that the mask's
/// surroundings suggest. `None` if the mask hugs its letters or nothing stands out; then all of it is erased.
pub(super) fn guess(image: &Raster, selection: &Mask, cx: &JobCx<'_>) -> Result<Option<Mask>, EngineError> {
    let extent = image.extent();
    let mut ring = selection.grown(6.0);
    let inner = selection.grown(2.0);
    ring.combine(&inner, |outer, inner| if inner > 0 { 0 } else { outer });
    let width = extent.width.max(1) as usize;
    let around: Vec<usize> = (0..extent.area()).filter(|index| ring.coverage()[*index] == 255).collect();
    let samples: Vec<usize> = around.iter().copied().step_by(around.len().div_ceil(SAMPLES).max(1)).collect();
    let place = |index: usize| ((index % width) as f32, (index / width) as f32);
    let ground = |index: usize| {
        let (x, y) = place(index);
        let (mut sum, mut weights) = ([0.0_f32; 3], 0.0_f32);
        for &sample in &samples {
            let (sx, sy) = place(sample);
            let weight = 1.0 / (1.0 + (sx - x).powi(2) + (sy - y).powi(2));
            let pixel = image.pixels()[sample];
            sum.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += weight * f32::from(value));
            weights += weight;
        }
        sum.map(|value| (value / weights.max(f32::MIN_POSITIVE)).round() as u8)
    };
    let mut differences = vec![0.0_f32; extent.area()];
    differences.par_chunks_mut(width).enumerate().for_each(|(row, line)| {
        for (value, index) in line.iter_mut().zip(row * width..) {
            if selection.coverage()[index] >= 128 && !cx.is_cancelled() {
                let [r, g, b] = ground(index);
                *value = difference(image.pixels()[index], [r, g, b, 255]);
            }
        }
    });
    cx.check()?;
    let Some(threshold) = otsu(&differences).filter(|_| !samples.is_empty()) else {
        return Ok(None);
    };
    let threshold = threshold.max(GRAIN);
    let mask = Mask::from_fn(extent, |x, y| if differences[extent.index(x, y)] > threshold { 255 } else { 0 });
    let share = mask.area() as f32 / selection.area().max(1) as f32;
    Ok(Some(mask).filter(|mask| share < HUGGED && !mask.is_empty()))
}

/// Finds the writing in a mask by comparing the image with itself without the writing; `None` if nothing differs.
pub(super) fn find(image: &Raster, erased: &Raster, selection: &Mask) -> Option<Ink> {
    let differences: Vec<f32> = image
        .pixels()
        .iter()
        .zip(erased.pixels())
        .zip(selection.coverage())
        .map(|((a, b), &covered)| if covered < 128 { 0.0 } else { difference(*a, *b) })
        .collect();
    let threshold = otsu(&differences)?.max(GRAIN);
    let extent = image.extent();
    let mask = Mask::from_fn(extent, |x, y| if differences[extent.index(x, y)] > threshold { 255 } else { 0 });
    // The edges of strokes are mixtures: the stronger half is what the writing is painted with.
    let mut strongest: Vec<(f32, usize)> =
        differences.iter().copied().zip(0..).filter(|(difference, _)| *difference > threshold).collect();
    strongest.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    strongest.truncate(strongest.len().div_ceil(2));
    let colour = [0, 1, 2].map(|channel| {
        let mut values: Vec<u8> = strongest.iter().map(|(_, index)| image.pixels()[*index][channel]).collect();
        let middle = values.len() / 2;
        values.sort_unstable();
        values.get(middle).copied().unwrap_or_default()
    });
    (!strongest.is_empty()).then_some(Ink { mask, colour })
}

impl Ink {
    /// The middles of its pixels.
    pub(super) fn points(&self) -> Vec<Point> {
        let width = self.mask.extent().width.max(1) as usize;
        let inked = self.mask.coverage().iter().enumerate().filter(|(_, coverage)| **coverage > 0);
        inked.map(|(index, _)| Point::new((index % width) as f32 + 0.5, (index / width) as f32 + 0.5)).collect()
    }

    /// Bold or not, by the width of its strokes compared with its height.
    pub(super) fn weight(&self, height: f32) -> Weight {
        let extent = self.mask.extent();
        let inked = |x: u32, y: u32| x < extent.width && y < extent.height && self.mask.at(x, y) > 0;
        let (mut area, mut border) = (0_usize, 0_usize);
        for y in 0..extent.height {
            for x in (0..extent.width).filter(|x| inked(*x, y)) {
                area += 1;
                let around = [(x.wrapping_sub(1), y), (x + 1, y), (x, y.wrapping_sub(1)), (x, y + 1)];
                border += around.into_iter().filter(|(x, y)| !inked(*x, *y)).count();
            }
        }
        let stroke = 2.0 * area as f32 / border.max(1) as f32;
        if stroke > BOLD * height { Weight::SemiBold } else { Weight::Regular }
    }
}

/// The threshold that best splits values into two groups (Otsu 1979); `None` if all are alike.
fn otsu(values: &[f32]) -> Option<f32> {
    const BINS: usize = 128;
    let values: Vec<f32> = values.iter().copied().filter(|value| *value > 0.0).collect();
    let most = values.iter().copied().fold(0.0, f32::max);
    if most <= GRAIN {
        return None;
    }
    let mut histogram = [0_usize; BINS];
    for value in &values {
        histogram[((value / most * (BINS - 1) as f32) as usize).min(BINS - 1)] += 1;
    }
    let total: f64 = histogram.iter().enumerate().map(|(bin, count)| bin as f64 * *count as f64).sum();
    let all = values.len() as f64;
    let (mut below, mut sum, mut best) = (0.0, 0.0, (0.0, 0));
    for (bin, count) in histogram.iter().enumerate() {
        below += *count as f64;
        sum += bin as f64 * *count as f64;
        if below > 0.0 && below < all {
            let apart = sum / below - (total - sum) / (all - below);
            let between = below * (all - below) * apart * apart;
            if between > best.0 {
                best = (between, bin);
            }
        }
    }
    // A mask that hugs the letters holds only writing, and is not split.
    let (below, above): (Vec<f32>, Vec<f32>) =
        values.iter().partition(|value| **value <= best.1 as f32 / BINS as f32 * most);
    let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len().max(1) as f32;
    if mean(&below) > ONE_KIND * mean(&above) {
        return Some(0.0);
    }
    Some((best.1 as f32 + 1.0) / BINS as f32 * most)
}

/// Difference of two colours: the root of the sum of squares.
pub(super) fn difference(a: [u8; 4], b: [u8; 4]) -> f32 {
    let square = |k: usize| (f32::from(a[k]) - f32::from(b[k])).powi(2);
    (square(0) + square(1) + square(2)).sqrt()
}
