//! Sharpening of a region from its own pixels.

use super::oklab::in_gamut;
use super::{Region, copy, rows_in_step};
use crate::domain::Raster;
use crate::domain::colour::oklab_from_srgb;
use crate::engine::{EngineError, JobCx, Phase};
use rayon::prelude::*;

/// Standard deviation, in pixels, of the blur that detail is told by: what lenses and sensors soften.
const SIGMA: f32 = 1.2;

/// Pixels to each side that the blur reads, 2.5 σ.
const RADIUS: usize = 3;

/// How many times the detail is added at full amount.
const FULL_STRENGTH: f32 = 2.5;

/// Detail of this lightness is done by half, as it may be noise: one and a half steps of 8 bits.
const NOISE: f32 = 0.005;

/// How far a pixel may leave the lightnesses around it, as a share of their spread and at most: more is a halo.
const OVERSHOOT: (f32, f32) = (0.3, 0.04);

/// Rows done together; they share the rows above and below.
const BAND: usize = 32;

/// Steepens edges of lightness by an unsharp mask whose halos are limited; hue and chroma stay.
///
/// Pixels count by coverage and opacity as in a blur (normalised convolution): nothing from outside the mask comes in.
pub(super) fn sharpen(region: Region<'_>, amount: f32, cx: &JobCx<'_>) -> Result<Raster, EngineError> {
    let mut result = copy(region.image, cx)?;
    let image_width = region.image.extent().width as usize;
    let (left, top) = (region.bounds.x.unsigned_abs() as usize, region.bounds.y.unsigned_abs() as usize);
    let (width, height) = (region.bounds.width as usize, region.bounds.height as usize);
    let rows = rows_in_step(width, height).next_multiple_of(BAND);
    let pixels = &mut result.pixels_mut()[top * image_width..(top + height) * image_width];
    for (step, pixels) in pixels.chunks_mut(rows * image_width).enumerate() {
        cx.check()?;
        cx.progress(Phase::Adjusting, (step * rows) as f32 / height as f32);
        pixels.par_chunks_mut(BAND * image_width).enumerate().for_each(|(band, pixels)| {
            let first = step * rows + band * BAND;
            let above = first.saturating_sub(RADIUS);
            let below = (first + BAND + RADIUS).min(height);
            let around: Vec<Row> = (above..below).map(|y| Row::of(region, y)).collect();
            for (offset, row) in pixels.chunks_mut(image_width).enumerate() {
                let at = first + offset - above;
                sharpen_row(&mut row[left..left + width], region.row(first + offset).1, &around, at, amount);
            }
        });
    }
    cx.progress(Phase::Adjusting, 1.0);
    Ok(result)
}

/// What a row of the region tells its neighbours.
struct Row {
    /// Oklab lightness.
    lightness: Vec<f32>,
    /// Blurred along the row: lightness times weight, and the weight.
    blurred: Vec<[f32; 2]>,
    /// Least and greatest lightness of the pixels with weight among each and its two neighbours.
    extremes: Vec<[f32; 2]>,
}

impl Row {
    fn of(region: Region<'_>, y: usize) -> Self {
        let (colours, coverage) = region.row(y);
        let lightness: Vec<f32> = colours.iter().map(|&[r, g, b, _]| oklab_from_srgb([r, g, b])[0]).collect();
        let weight = |(rgba, coverage): (&[u8; 4], &u8)| f32::from(*coverage) * f32::from(rgba[3]) / 65_025.0;
        let weights: Vec<f32> = colours.iter().zip(coverage).map(weight).collect();
        let kernel = kernel();
        let near = |x: usize, reach: usize| x.saturating_sub(reach)..(x + reach + 1).min(lightness.len());
        let blurred = |x: usize| {
            near(x, RADIUS).fold([0.0; 2], |[light, total]: [f32; 2], other| {
                let weight = kernel[x.abs_diff(other)] * weights[other];
                [light + weight * lightness[other], total + weight]
            })
        };
        let extremes = |x: usize| {
            let covered = near(x, 1).filter(|other| weights[*other] > 0.0).map(|other| lightness[other]);
            covered.fold(NO_EXTREMES, |found, light| widest(found, [light, light]))
        };
        let (blurred, extremes) = (0..lightness.len()).map(|x| (blurred(x), extremes(x))).unzip();
        Self { lightness, blurred, extremes }
    }
}

const NO_EXTREMES: [f32; 2] = [f32::INFINITY, f32::NEG_INFINITY];

fn widest(a: [f32; 2], b: [f32; 2]) -> [f32; 2] {
    [a[0].min(b[0]), a[1].max(b[1])]
}

/// One side of a Gaussian from its middle on, up to a factor.
fn kernel() -> [f32; RADIUS + 1] {
    std::array::from_fn(|distance| (-0.5 * (distance as f32 / SIGMA).powi(2)).exp())
}

/// Sharpens the row that is `around[at]`.
fn sharpen_row(pixels: &mut [[u8; 4]], coverage: &[u8], around: &[Row], at: usize, amount: f32) {
    let kernel = kernel();
    let near = |reach: usize| at.saturating_sub(reach)..(at + reach + 1).min(around.len());
    for (x, (pixel, &coverage)) in pixels.iter_mut().zip(coverage).enumerate() {
        let [r, g, b, alpha] = *pixel;
        if coverage == 0 || alpha == 0 {
            continue;
        }
        let [light, weight] = near(RADIUS).fold([0.0; 2], |[light, weight]: [f32; 2], y| {
            let factor = kernel[at.abs_diff(y)];
            let [row_light, row_weight] = around[y].blurred[x];
            [light + factor * row_light, weight + factor * row_weight]
        });
        let [low, high] = near(1).fold(NO_EXTREMES, |found, y| widest(found, around[y].extremes[x]));
        let old = around[at].lightness[x];
        let detail = old - light / weight.max(f32::MIN_POSITIVE);
        // Wiener-like: strong detail is passed, what noise could be is not.
        let certain = detail * detail / (detail * detail + NOISE * NOISE);
        let overshoot = (OVERSHOOT.0 * (high - low)).min(OVERSHOOT.1);
        let new = old + FULL_STRENGTH * amount * certain * detail;
        let new = new.max(low - overshoot).min(high + overshoot);
        let [_, green_red, blue_yellow] = oklab_from_srgb([r, g, b]);
        let [r, g, b] = in_gamut([new, green_red, blue_yellow]);
        *pixel = [r, g, b, alpha];
    }
}
