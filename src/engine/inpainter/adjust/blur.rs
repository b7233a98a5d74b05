//! Blur of a region from its own pixels.

use super::{Region, STEP_PIXELS, STEPS};
use crate::domain::{Mask, Raster};
use crate::engine::{EngineError, JobCx, Phase};
use palette::{LinSrgb, Srgb};
use rayon::prelude::*;

/// Standard deviation at full amount, as a share of the side of a square of the region's area.
const FULL_SIGMA: f32 = 0.04;

/// Colour in linear light times weight, and the weight: what a lens would add up.
type Light = [f32; 4];

/// Blurs the region with a Gaussian in linear light, where highlights spread as behind a lens.
///
/// Pixels count by their coverage and opacity, and the sum is divided by the sum of those weights (normalised
/// convolution, Knutsson & Westin 1993): nothing from outside the mask comes in, and the edge does not darken.
pub(super) fn blur(region: Region<'_>, amount: f32, cx: &JobCx<'_>) -> Result<Raster, EngineError> {
    let image = region.image.crop(region.bounds);
    let mask = region.mask.crop(region.bounds);
    let sigma = (FULL_SIGMA * amount * (mask.area().max(1) as f32).sqrt()).max(0.5);
    let extent = image.extent();
    let (width, height) = (extent.width as usize, extent.height as usize);
    let mut light = light_of(&image, &mask, cx)?;
    let mut other = vec![[0.0; 4]; light.len()];
    let mut progress = Steps { cx, done: 0, total: 6 };
    // A box filter along rows, written as columns: after two passes the image lies as before.
    for radius in box_radii(sigma) {
        box_rows_transposed(&light, &mut other, width, height, radius, &mut progress)?;
        box_rows_transposed(&other, &mut light, height, width, radius, &mut progress)?;
    }
    let mut blurred = image;
    for (pixels, light) in blurred.pixels_mut().chunks_mut(STEP_PIXELS).zip(light.chunks(STEP_PIXELS)) {
        cx.check()?;
        pixels.par_iter_mut().zip(light).for_each(|(pixel, light)| *pixel = colour_of(*light, *pixel));
    }
    Ok(put_back(region, &blurred, &mask))
}

fn light_of(image: &Raster, mask: &Mask, cx: &JobCx<'_>) -> Result<Vec<Light>, EngineError> {
    let light = |(&[r, g, b, alpha], &coverage): (&[u8; 4], &u8)| {
        let weight = f32::from(coverage) * f32::from(alpha) / 65_025.0;
        let linear: LinSrgb<f32> = Srgb::new(r, g, b).into_linear();
        [linear.red * weight, linear.green * weight, linear.blue * weight, weight]
    };
    let mut all = Vec::with_capacity(mask.coverage().len());
    for (pixels, coverage) in image.pixels().chunks(STEP_PIXELS).zip(mask.coverage().chunks(STEP_PIXELS)) {
        cx.check()?;
        all.par_extend(pixels.par_iter().zip(coverage).map(light));
    }
    Ok(all)
}

/// The mean colour with the alpha of `old`; `old` where there is no light.
fn colour_of([r, g, b, weight]: Light, old: [u8; 4]) -> [u8; 4] {
    if weight <= 1e-6 {
        return old;
    }
    let mean = LinSrgb::new(r / weight, g / weight, b / weight);
    let [r, g, b]: [u8; 3] = Srgb::<f32>::from_linear(mean).into_format::<u8>().into();
    [r, g, b, old[3]]
}

/// Radii of three box filters that stand for a Gaussian (Wells 1986): variances of 2r + 1 wide boxes add up to σ².
fn box_radii(sigma: f32) -> [usize; 3] {
    let ideal = (4.0f32.mul_add(sigma * sigma, 1.0).sqrt() - 1.0) / 2.0;
    let small = ideal.floor();
    let variance = |radius: f32| radius * (radius + 1.0) / 3.0;
    // How many of the three must be one wider.
    let missing = (sigma * sigma - 3.0 * variance(small)) / (variance(small + 1.0) - variance(small));
    let wider = missing.round().clamp(0.0, 3.0) as usize;
    std::array::from_fn(|index| small as usize + usize::from(index < wider))
}

/// How many of a blur's passes are done.
struct Steps<'a, 'b> {
    cx: &'a JobCx<'b>,
    done: usize,
    total: usize,
}

/// Box-filters each row of `from` (`width` × `height`) and writes it as a column of `to`; beyond the ends lies no weight.
fn box_rows_transposed(
    from: &[Light],
    to: &mut [Light],
    width: usize,
    height: usize,
    radius: usize,
    progress: &mut Steps<'_, '_>,
) -> Result<(), EngineError> {
    // A column of the result is a strip of rows here: strips of 16 columns keep both sides in the cache.
    let strip = width.div_ceil(STEPS).next_multiple_of(16);
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
    // Each group sums anew, so that rounding cannot build up along a row.
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

/// The image with the blurred pixels where the mask has coverage.
fn put_back(region: Region<'_>, blurred: &Raster, mask: &Mask) -> Raster {
    let mut result = region.image.clone();
    let width = region.bounds.width as usize;
    for y in 0..region.bounds.height {
        let start = region.image.extent().index(region.bounds.x.unsigned_abs(), region.bounds.y.unsigned_abs() + y);
        let row = &mut result.pixels_mut()[start..start + width];
        for ((pixel, &new), &coverage) in row.iter_mut().zip(blurred.row(y)).zip(mask.row(y)) {
            if coverage > 0 {
                *pixel = new;
            }
        }
    }
    result
}
