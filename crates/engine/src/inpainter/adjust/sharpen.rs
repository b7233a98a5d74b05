//! Sharpening of a region from its own pixels.

use super::{Region, copy, rows_in_step};
use crate::{EngineError, JobCx, Phase};
use rayon::prelude::*;
use tie_core::Raster;
use tie_core::colour::in_gamut;
use tie_core::colour::{luma, oklab_from_srgb};

/// Standard deviation, in pixels, of the blur that isolates detail: what lenses and sensors soften.
const SIGMA: f32 = 1.2;

/// Pixels to each side that the blur reads, 2.5 σ.
pub(super) const RADIUS: usize = 3;

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
/// Pixels count by coverage and opacity as in a blur (normalised convolution): nothing from outside the mask bleeds in.
///
/// `scale` is the size of the region's pixels in an image that was made smaller, up to 1.
pub(super) fn sharpen(region: Region<'_>, amount: f32, scale: f32, cx: &JobCx<'_>) -> Result<Raster, EngineError> {
    let mut result = copy(region.image, cx)?;
    let kernel = kernel(SIGMA * scale);
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
            let around = Around::of(region, first, kernel);
            for (offset, row) in pixels.chunks_mut(image_width).enumerate() {
                for (x, pixel) in row[left..left + width].iter_mut().enumerate() {
                    if let Some(edge) = around.edge(x, first + offset) {
                        let [r, g, b, alpha] = *pixel;
                        let [lightness, green_red, blue_yellow] = oklab_from_srgb([r, g, b]);
                        let [r, g, b] = in_gamut([lightness + edge.change(amount), green_red, blue_yellow]);
                        *pixel = [r, g, b, alpha];
                    }
                }
            }
        });
    }
    cx.progress(Phase::Adjusting, 1.0);
    Ok(result)
}

/// What sharpening does to the pixels of a region at any amount, for trials.
pub(super) struct Edges(Vec<Option<Edge>>);

impl Edges {
    pub(super) fn of(region: Region<'_>, scale: f32, cx: &JobCx<'_>) -> Result<Self, EngineError> {
        cx.check()?;
        let (image, bounds) = (region.image.extent(), region.bounds);
        let (left, top) = (bounds.x.unsigned_abs() as usize, bounds.y.unsigned_abs() as usize);
        let kernel = kernel(SIGMA * scale);
        let mut edges = vec![None; image.area()];
        let (from, width) = (top * image.width as usize, image.width as usize);
        let covered = &mut edges[from..from + bounds.height as usize * width];
        covered.par_chunks_mut(BAND * width).enumerate().for_each(|(band, edges)| {
            let around = Around::of(region, band * BAND, kernel);
            for (offset, row) in edges.chunks_mut(width).enumerate() {
                for (x, edge) in row[left..left + bounds.width as usize].iter_mut().enumerate() {
                    *edge = around.edge(x, band * BAND + offset);
                }
            }
        });
        Ok(Self(edges))
    }

    /// The pixel of this index sharpened, near enough to look at: all channels move as a grey of its lightness would.
    pub(super) fn sharpened(&self, index: usize, rgb: [u8; 3], amount: f32) -> [u8; 3] {
        let Some(Some(edge)) = self.0.get(index) else { return rgb };
        let grown = edge.change(amount) / edge.lightness.max(0.05);
        // Encoded sRGB grows by the power 1.25 of Oklab lightness, up to the square.
        let moved = luma(rgb).max(8.0) * (1.25 * grown + 0.156 * grown * grown);
        rgb.map(|channel| (f32::from(channel) + moved + 0.5).clamp(0.0, 255.0) as u8)
    }
}

/// How a pixel relates to those around it, in Oklab lightness.
#[derive(Clone, Copy)]
pub(super) struct Edge {
    lightness: f32,
    /// The change of lightness at full amount.
    detail: f32,
    /// The least and the most that may be added.
    limits: [f32; 2],
}

impl Edge {
    /// The change of lightness.
    fn change(self, amount: f32) -> f32 {
        (amount * self.detail).max(self.limits[0]).min(self.limits[1])
    }
}

/// A band of rows and those above and below that it reads.
struct Around<'r> {
    region: Region<'r>,
    rows: Vec<Row>,
    /// Index of the first row.
    first: usize,
    kernel: Kernel,
}

impl<'r> Around<'r> {
    fn of(region: Region<'r>, band: usize, kernel: Kernel) -> Self {
        let first = band.saturating_sub(RADIUS);
        let end = (band + BAND + RADIUS).min(region.bounds.height as usize);
        Self { region, rows: (first..end).map(|y| Row::of(region, y, kernel)).collect(), first, kernel }
    }

    /// A pixel of the region's bounds; `None` where nothing changes.
    fn edge(&self, x: usize, y: usize) -> Option<Edge> {
        let (colours, coverage) = self.region.row(y);
        if coverage[x] == 0 || colours[x][3] == 0 {
            return None;
        }
        let at = y - self.first;
        let near = |reach: usize| at.saturating_sub(reach)..(at + reach + 1).min(self.rows.len());
        let [light, weight] = near(RADIUS).fold([0.0; 2], |[light, weight]: [f32; 2], y| {
            let factor = self.kernel[at.abs_diff(y)];
            let [row_light, row_weight] = self.rows[y].blurred[x];
            [light + factor * row_light, weight + factor * row_weight]
        });
        let [low, high] = near(1).fold(NO_EXTREMES, |found, y| widest(found, self.rows[y].extremes[x]));
        let lightness = self.rows[at].lightness[x];
        let detail = lightness - light / weight.max(f32::MIN_POSITIVE);
        // Wiener-like: strong detail is passed, what noise could be is not.
        let certain = detail * detail / (detail * detail + NOISE * NOISE);
        let overshoot = (OVERSHOOT.0 * (high - low)).min(OVERSHOOT.1);
        let limits = [low - overshoot - lightness, high + overshoot - lightness];
        Some(Edge { lightness, detail: FULL_STRENGTH * certain * detail, limits })
    }
}

/// What a row of the region passes to its neighbours.
struct Row {
    /// Oklab lightness.
    lightness: Vec<f32>,
    /// Blurred along the row: lightness times weight, and the weight.
    blurred: Vec<[f32; 2]>,
    /// Least and greatest lightness of the pixels with weight among each and its two neighbours.
    extremes: Vec<[f32; 2]>,
}

impl Row {
    fn of(region: Region<'_>, y: usize, kernel: Kernel) -> Self {
        let (colours, coverage) = region.row(y);
        let lightness: Vec<f32> = colours.iter().map(|&[r, g, b, _]| oklab_from_srgb([r, g, b])[0]).collect();
        let weight = |(rgba, coverage): (&[u8; 4], &u8)| f32::from(*coverage) * f32::from(rgba[3]) / 65_025.0;
        let weights: Vec<f32> = colours.iter().zip(coverage).map(weight).collect();
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
type Kernel = [f32; RADIUS + 1];

fn kernel(sigma: f32) -> Kernel {
    std::array::from_fn(|distance| (-0.5 * (distance as f32 / sigma.max(1e-3)).powi(2)).exp())
}
