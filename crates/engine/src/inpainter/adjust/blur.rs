//! Blur of a region from its own pixels.

use super::{Region, STEPS, copy, rows_in_step};
use crate::{EngineError, JobCx, Phase};
use palette::{LinSrgb, Srgb};
use rayon::prelude::*;
use std::borrow::Cow;
use tie_core::Raster;

/// Standard deviation at full amount, as a share of the side of a square of the region's area.
const FULL_SIGMA: f32 = 0.04;

/// Colour in linear light times weight, and the weight: what a lens would add up.
type Light = [f32; 4];

/// Least standard deviation, in pixels of the smaller image in which a wide blur is done: finer detail would not survive.
const REDUCED_SIGMA: f32 = 4.0;

/// Most pixels along each side that become one.
const MAX_REDUCTION: f32 = 8.0;

/// Standard deviation, in pixels, for an amount from 0 to 1 and a region of `area` pixels.
pub(super) fn sigma(area: usize, amount: f32) -> f32 {
    (FULL_SIGMA * amount * (area.max(1) as f32).sqrt()).max(0.6)
}

/// Blurs the region with a Gaussian in linear light, where highlights spread as behind a lens.
///
/// Pixels count by their coverage and opacity, and the sum is divided by the sum of those weights (normalised
/// convolution, Knutsson & Westin 1993): nothing from outside the mask bleeds in, and the edge does not darken.
pub(super) fn blur(region: Region<'_>, sigma: f32, cx: &JobCx<'_>) -> Result<Raster, EngineError> {
    let reduction = (sigma / REDUCED_SIGMA).floor().clamp(1.0, MAX_REDUCTION);
    let mut reduced = Reduced::of(region, reduction as usize, cx)?;
    let (width, height) = (reduced.width, reduced.height);
    let mut other = vec![[0.0; 4]; reduced.light.len()];
    let mut progress = Steps { cx, done: 0, total: 7 };
    // A box filter along rows, written as columns: after two passes the image has its orientation back.
    for radius in box_radii(sigma / reduction) {
        box_rows_transposed(&reduced.light, &mut other, width, height, radius, &mut progress)?;
        box_rows_transposed(&other, &mut reduced.light, height, width, radius, &mut progress)?;
    }
    put_back(region, &reduced, cx)
}

/// The region's light, smaller.
struct Reduced {
    /// Row-major.
    light: Vec<Light>,
    width: usize,
    height: usize,
    /// Pixels of the region along each side of one here.
    pixels: usize,
}

impl Reduced {
    fn of(region: Region<'_>, pixels: usize, cx: &JobCx<'_>) -> Result<Self, EngineError> {
        let full = region.bounds.extent();
        let (width, height) = ((full.width as usize).div_ceil(pixels), (full.height as usize).div_ceil(pixels));
        let mut light = vec![[0.0; 4]; width * height];
        let rows = rows_in_step(full.width as usize, full.height as usize).div_ceil(pixels);
        for (step, band) in light.chunks_mut(rows * width).enumerate() {
            cx.check()?;
            band.par_chunks_mut(width).enumerate().for_each(|(row, cells)| {
                let first = (step * rows + row) * pixels;
                for y in first..(first + pixels).min(full.height as usize) {
                    let (colours, coverage) = region.row(y);
                    let pixels_of_cells = colours.chunks(pixels).zip(coverage.chunks(pixels));
                    for (cell, (colours, coverage)) in cells.iter_mut().zip(pixels_of_cells) {
                        let lights = colours.iter().zip(coverage).map(|(rgba, coverage)| light_of(*rgba, *coverage));
                        *cell = lights.fold(*cell, |sum, light| std::array::from_fn(|i| sum[i] + light[i]));
                    }
                }
            });
        }
        Ok(Self { light, width, height, pixels })
    }

    /// The values at the middle of the region's row `y`, interpolated between the two nearest rows here.
    fn row(&self, y: usize) -> Cow<'_, [Light]> {
        let line = |index: usize| &self.light[index * self.width..(index + 1) * self.width];
        if self.pixels == 1 {
            return Cow::Borrowed(line(y));
        }
        let (top, bottom, share) = self.split(y, self.height);
        line(top).iter().zip(line(bottom)).map(|(top, bottom)| mixed(*top, *bottom, share)).collect()
    }

    /// The value at the middle of the region's column `x`, from a [`row`](Self::row).
    fn at(&self, row: &[Light], x: usize) -> Light {
        if self.pixels == 1 {
            return row[x];
        }
        let (left, right, share) = self.split(x, self.width);
        mixed(row[left], row[right], share)
    }

    /// The two nearest of `count` cells to the middle of a pixel of the region, and the second's share.
    fn split(&self, pixel: usize, count: usize) -> (usize, usize, f32) {
        let place = ((pixel as f32 + 0.5) / self.pixels as f32 - 0.5).max(0.0);
        let first = place as usize;
        (first, (first + 1).min(count - 1), place - first as f32)
    }
}

fn mixed(a: Light, b: Light, share: f32) -> Light {
    std::array::from_fn(|i| a[i] + share * (b[i] - a[i]))
}

fn light_of([r, g, b, alpha]: [u8; 4], coverage: u8) -> Light {
    let weight = f32::from(coverage) * f32::from(alpha) / 65_025.0;
    let linear: LinSrgb<f32> = Srgb::new(r, g, b).into_linear();
    [linear.red * weight, linear.green * weight, linear.blue * weight, weight]
}

/// The mean colour with the alpha of `old`; `old` where there is no light.
fn colour_of([r, g, b, weight]: Light, old: [u8; 4]) -> [u8; 4] {
    if weight <= 1e-6 {
        return old;
    }
    let mean = LinSrgb::new(r / weight, g / weight, b / weight);
    let [r, g, b]: [u8; 3] = Srgb::<u8>::from_linear(mean).into();
    [r, g, b, old[3]]
}

/// Radii of three box filters that stand for a Gaussian (Wells 1986): variances of 2r + 1 wide boxes add up to σ².
fn box_radii(sigma: f32) -> [usize; 3] {
    let ideal = ((4.0 * sigma * sigma + 1.0).sqrt() - 1.0) / 2.0;
    let small = ideal.floor();
    let variance = |radius: f32| radius * (radius + 1.0) / 3.0;
    // How many of the three must be one wider.
    let missing = (sigma * sigma - 3.0 * variance(small)) / (variance(small + 1.0) - variance(small));
    let wider = missing.round().clamp(0.0, 3.0) as usize;
    std::array::from_fn(|index| small as usize + usize::from(index < wider))
}

/// Counts the passes of a blur that are done.
struct Steps<'a, 'b> {
    cx: &'a JobCx<'b>,
    done: usize,
    total: usize,
}

/// Box-filters each row of `from` (`width` × `height`) and writes it as a column of `to`; beyond the ends there is no
/// weight.
fn box_rows_transposed(
    from: &[Light],
    to: &mut [Light],
    width: usize,
    height: usize,
    radius: usize,
    progress: &mut Steps<'_, '_>,
) -> Result<(), EngineError> {
    // A column of the result is a strip of rows here: strips of 16 columns keep both sides in the cache.
    let strip = width.div_ceil(STEPS).next_multiple_of(16).max(64);
    let pass = progress.done as f32;
    for (index, columns) in to.chunks_mut(strip * height).enumerate() {
        progress.cx.check()?;
        let first = index * strip;
        progress.cx.progress(Phase::Adjusting, (pass + first as f32 / width as f32) / progress.total as f32);
        columns.par_chunks_mut(16 * height).enumerate().for_each(|(group, columns)| {
            let first = first + group * 16;
            for y in 0..height {
                box_row(&from[y * width..(y + 1) * width], first, radius, columns.chunks_exact_mut(height), y);
            }
        });
    }
    progress.done += 1;
    Ok(())
}

/// Means around the columns from `first` on, one for each column of `to`, at its element `y`.
fn box_row<'a>(row: &[Light], first: usize, radius: usize, to: impl Iterator<Item = &'a mut [Light]>, y: usize) {
    let scale = 1.0 / (2 * radius + 1) as f32;
    // Each group sums afresh, so that rounding errors cannot build up along a row.
    let mut sum = row[first.saturating_sub(radius)..(first + radius).min(row.len())]
        .iter()
        .fold([0.0; 4], |sum: Light, light| std::array::from_fn(|i| sum[i] + light[i]));
    for (offset, column) in to.enumerate() {
        let x = first + offset;
        if let Some(entering) = row.get(x + radius) {
            sum = std::array::from_fn(|i| sum[i] + entering[i]);
        }
        column[y] = sum.map(|channel| channel * scale);
        if let Some(leaving) = x.checked_sub(radius).and_then(|x| row.get(x)) {
            sum = std::array::from_fn(|i| sum[i] - leaving[i]);
        }
    }
}

/// The image with the blurred light where the mask has coverage.
fn put_back(region: Region<'_>, blurred: &Reduced, cx: &JobCx<'_>) -> Result<Raster, EngineError> {
    let mut result = copy(region.image, cx)?;
    region.for_each_row(&mut result, cx, |y, pixels, coverage| {
        let row = blurred.row(y);
        for (x, (pixel, &coverage)) in pixels.iter_mut().zip(coverage).enumerate() {
            if coverage > 0 {
                *pixel = colour_of(blurred.at(&row, x), *pixel);
            }
        }
    })?;
    cx.progress(Phase::Adjusting, 1.0);
    Ok(result)
}
