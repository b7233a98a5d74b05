//! Restores edges of a coarse mask: the guided filter with a colour guide (He, Sun and Tang, "Guided image filtering",
//! 2013), computed on small copies and applied at full size.

use rayon::prelude::*;
use tie_core::{Bounds, Extent, Raster};

/// Pixels of the copy to each side that a pixel's model is learnt from.
const RADIUS: usize = 4;
/// Colour differences smaller than the root of this (of 1) are not edges.
const SMOOTHNESS: f64 = 2e-4;
/// How steep the result is around one half: an edge of a mask is narrower than the blur of a coarse one.
const STEEPNESS: f32 = 1.6;

/// For each pixel of a small copy, how coverage follows from colour: `c = r·red + g·green + b·blue + offset`.
pub(super) struct Model {
    extent: Extent,
    factors: Vec<[f32; 4]>,
}

impl Model {
    /// Learns from a copy of the photo and the coverage of each of its pixels, 0 to 1.
    pub(super) fn learn(copy: &Raster, coverage: &[f32]) -> Self {
        let extent = copy.extent();
        let (width, height) = (extent.width as usize, extent.height as usize);
        let colour = |i: usize| {
            let pixel = copy.pixels()[i];
            [pixel[0], pixel[1], pixel[2]].map(|value| f64::from(value) / 255.0)
        };
        // Means over windows of: colours, products of colours, coverage, coverage times colours.
        let terms = |i: usize| {
            let ([r, g, b], c) = (colour(i), f64::from(coverage[i]));
            [r, g, b, r * r, r * g, r * b, g * g, g * b, b * b, c, c * r, c * g, c * b]
        };
        let means = window_means(width, height, terms);
        let local: Vec<[f64; 4]> = means.par_iter().map(solve).collect();
        let smooth = window_means(width, height, |i| local[i]);
        Self { extent, factors: smooth.into_iter().map(|factors| factors.map(|factor| factor as f32)).collect() }
    }

    /// The coverage of the pixels of `part`, which the copy was made from: row by row, 0 to 255.
    pub(super) fn apply(&self, image: &Raster, part: Bounds) -> Vec<u8> {
        let (width, height) = (part.width as usize, part.height as usize);
        let mut result = vec![0; width * height];
        let along = |at: usize, of: usize, cells: u32| {
            let exact = ((at as f32 + 0.5) * cells as f32 / of as f32 - 0.5).clamp(0.0, (cells - 1) as f32);
            let first = exact as usize;
            (first, (first + 1).min(cells as usize - 1), exact - first as f32)
        };
        let columns: Vec<_> = (0..width).map(|x| along(x, width, self.extent.width)).collect();
        let across = self.extent.width as usize;
        result.par_chunks_mut(width.max(1)).enumerate().for_each(|(y, row)| {
            let (above, below, v) = along(y, height, self.extent.height);
            let pixels = &image.row((part.y + y as i32) as u32)[part.x as usize..];
            for ((coverage, pixel), &(left, right, u)) in row.iter_mut().zip(pixels).zip(&columns) {
                let corner = |x: usize, y: usize| &self.factors[y * across + x];
                let (nw, ne, sw, se) =
                    (corner(left, above), corner(right, above), corner(left, below), corner(right, below));
                let factor = |n: usize| {
                    let top = nw[n] + (ne[n] - nw[n]) * u;
                    top + (sw[n] + (se[n] - sw[n]) * u - top) * v
                };
                let colour = |n: usize| f32::from(pixel[n]) / 255.0;
                let value = factor(0) * colour(0) + factor(1) * colour(1) + factor(2) * colour(2) + factor(3);
                *coverage = (((value - 0.5) * STEEPNESS + 0.5) * 255.0).round().clamp(0.0, 255.0) as u8;
            }
        });
        result
    }
}

/// The linear model of a window from its means.
fn solve(means: &[f64; 13]) -> [f64; 4] {
    let [r, g, b, rr, rg, rb, gg, gb, bb, c, cr, cg, cb] = *means;
    // The covariance of the colours, made regular, and of coverage with colours.
    let (xx, xy, xz) = (rr - r * r + SMOOTHNESS, rg - r * g, rb - r * b);
    let (yy, yz, zz) = (gg - g * g + SMOOTHNESS, gb - g * b, bb - b * b + SMOOTHNESS);
    let (x, y, z) = (cr - c * r, cg - c * g, cb - c * b);
    // Cramer's rule for a symmetric matrix of 3 × 3.
    let (a, d, e) = (yy * zz - yz * yz, yz * xz - xy * zz, xy * yz - yy * xz);
    let determinant = xx * a + xy * d + xz * e;
    if determinant.abs() < 1e-18 {
        return [0.0, 0.0, 0.0, c];
    }
    let (f, h, i) = (xx * zz - xz * xz, xy * xz - xx * yz, xx * yy - xy * xy);
    let red = (a * x + d * y + e * z) / determinant;
    let green = (d * x + f * y + h * z) / determinant;
    let blue = (e * x + h * y + i * z) / determinant;
    [red, green, blue, c - red * r - green * g - blue * b]
}

/// The mean of `N` values over the window around each pixel, in two passes.
fn window_means<const N: usize>(
    width: usize,
    height: usize,
    value: impl Fn(usize) -> [f64; N] + Sync,
) -> Vec<[f64; N]> {
    let window = |at: usize, length: usize| (at.saturating_sub(RADIUS), (at + RADIUS + 1).min(length));
    let rows: Vec<Vec<[f64; N]>> = (0..height)
        .into_par_iter()
        .map(|y| {
            let line: Vec<[f64; N]> = (0..width).map(|x| value(y * width + x)).collect();
            sliding(&line, |x| window(x, width))
        })
        .collect();
    let mut means = vec![[0.0; N]; width * height];
    means.par_chunks_mut(width.max(1)).enumerate().for_each(|(y, row)| {
        let (first, last) = window(y, height);
        for line in &rows[first..last] {
            for (sum, value) in row.iter_mut().zip(line) {
                for n in 0..N {
                    sum[n] += value[n];
                }
            }
        }
        for sum in row {
            *sum = sum.map(|value| value / (last - first) as f64);
        }
    });
    means
}

fn sliding<const N: usize>(line: &[[f64; N]], window: impl Fn(usize) -> (usize, usize)) -> Vec<[f64; N]> {
    let mut sums = Vec::with_capacity(line.len() + 1);
    let mut sum = [0.0; N];
    sums.push(sum);
    for value in line {
        for n in 0..N {
            sum[n] += value[n];
        }
        sums.push(sum);
    }
    (0..line.len())
        .map(|at| {
            let (first, last) = window(at);
            std::array::from_fn(|n| (sums[last][n] - sums[first][n]) / (last - first) as f64)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tie_core::Resampling;

    #[test]
    fn a_coarse_disc_gets_the_edge_of_the_photograph() {
        let inside = |x: u32, y: u32| (x as f32 - 130.0).hypot(y as f32 - 100.0) < 70.0;
        let shade = |x: u32| (x / 8) as u8;
        let image = Raster::from_fn(Extent::new(256, 200), |x, y| {
            if inside(x, y) { [180 + shade(x), 60, 40, 255] } else { [40, 90 + shade(x), 120, 255] }
        });
        let small = Extent::new(64, 50);
        // Two pixels of the copy too large.
        let wide = |x: u32, y: u32| (x as f32 * 4.0 - 130.0).hypot(y as f32 * 4.0 - 100.0) < 76.0;
        let coverage: Vec<f32> =
            (0..small.area()).map(|i| f32::from(u8::from(wide(i as u32 % 64, i as u32 / 64)))).collect();
        let model = Model::learn(&image.resize_by(small, Resampling::Bilinear), &coverage);
        let fine = model.apply(&image, image.bounds());
        let wrong = (0..256 * 200).filter(|&i| (fine[i] > 127) != inside(i as u32 % 256, i as u32 / 256)).count();
        assert!(wrong < 250, "{wrong} pixels are on the wrong side");
    }

    #[test]
    fn an_even_photograph_keeps_the_coarse_mask() {
        let image = Raster::filled(Extent::new(40, 40), [90, 90, 90, 255]);
        let coverage: Vec<f32> = (0..1600).map(|i| if i % 40 < 20 { 1.0 } else { 0.0 }).collect();
        let fine = Model::learn(&image, &coverage).apply(&image, image.bounds());
        assert!(fine[0] == 255 && fine[39] == 0);
    }
}
