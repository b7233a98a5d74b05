//! What colour each place of the hole has most likely, on the whole, and how sure that is.
//!
//! The guess is a membrane: the harmonic interpolation of what is known around the hole, stiffer across than down,
//! because photographs are layered: sky, background, ground. It is blurred and empty, but of all simple guesses its error
//! is least. A harmonic value is a mean of the colours on the border, weighted by how likely a random walk ends at each
//! (Kakutani 1944); the mean of their squares, interpolated in the same way, therefore gives the variance of the guess.
//! Where the hole lies amid one material, a patch of another colour is unlikely; where materials meet, anything goes, and
//! edges stay edges.

use super::nnf::RADIUS;
use super::pyramid::{Level, coarse_pair};
use crate::engine::{EngineError, JobCx};
use rayon::prelude::*;

/// Red, green and blue, sRGB-encoded, 0 to 255, and the sum of their squares.
type Moments = [f32; 4];

/// How much stiffer the membrane is across than down.
const ACROSS: f32 = 8.0;
/// Variance, of the three channels together, at which trust in the guess has fallen to one half.
const VARIANCE: f32 = 800.0;
/// Sweeps of the solver at the coarsest level, at finer ones, and at those of more than `LARGE` pixels, which get little
/// more than the interpolation of the coarser ones.
const COARSEST_SWEEPS: usize = 400;
const SWEEPS: usize = 30;
const FEW_SWEEPS: usize = 3;
const LARGE: usize = 60_000;
/// Over-relaxation of each sweep.
const RELAXATION: f32 = 1.8;

/// A colour (0 to 255) and the trust in it (0 to 256).
pub(super) type Guess = [i16; 4];

/// Sets the guide of each level, full size first: in the hole the guess and the trust in it, elsewhere the mean over the
/// patch around each pixel.
pub(super) fn measure(levels: &mut [Level], cx: &JobCx<'_>) -> Result<(), EngineError> {
    let mut coarser: Option<(Vec<Moments>, usize)> = None;
    for level in levels.iter_mut().rev() {
        let mut values: Vec<Moments> = level.texels.par_iter().map(|&[r, g, b, _]| moments([r, g, b])).collect();
        let holes: Vec<usize> = (0..values.len()).filter(|&i| level.hole[i]).collect();
        let sweeps = if let Some((coarse, coarse_width)) = &coarser {
            for &i in &holes {
                values[i] = interpolated(coarse, *coarse_width, i % level.width, i / level.width);
            }
            if values.len() > LARGE { FEW_SWEEPS } else { SWEEPS }
        } else {
            let mean = mean_of_sources(level, &values);
            for &i in &holes {
                values[i] = mean;
            }
            COARSEST_SWEEPS
        };
        for sweep in 0..sweeps {
            cx.check()?;
            relax(level, &holes, &mut values, sweep % 2 == 1);
        }
        cx.check()?;
        level.guide = guesses(level, &values);
        coarser = Some((values, level.width));
    }
    Ok(())
}

fn moments(rgb: [i16; 3]) -> Moments {
    let [r, g, b] = rgb.map(f32::from);
    [r, g, b, r * r + g * g + b * b]
}

fn mean_of_sources(level: &Level, values: &[Moments]) -> Moments {
    let (mut sum, mut count) = ([0.0_f32; 4], 0.0_f32);
    for value in values.iter().zip(&level.source).filter_map(|(value, source)| source.then_some(value)) {
        sum.iter_mut().zip(value).for_each(|(sum, v)| *sum += v);
        count += 1.0;
    }
    sum.map(|sum| sum / count.max(1.0))
}

/// One sweep of successive over-relaxation; pixels that are neither hole nor source pull nothing.
fn relax(level: &Level, holes: &[usize], values: &mut [Moments], backward: bool) {
    let (width, height) = (level.width, level.height);
    for step in 0..holes.len() {
        let i = holes[if backward { holes.len() - 1 - step } else { step }];
        let (x, y) = (i % width, i / width);
        let beside = [
            (x > 0, i.wrapping_sub(1), ACROSS),
            (x + 1 < width, i + 1, ACROSS),
            (y > 0, i.wrapping_sub(width), 1.0),
            (y + 1 < height, i + width, 1.0),
        ];
        let (mut sum, mut total) = ([0.0_f32; 4], 0.0_f32);
        for (_, j, pull) in beside.into_iter().filter(|&(inside, j, _)| inside && (level.hole[j] || level.source[j])) {
            sum.iter_mut().zip(values[j]).for_each(|(sum, v)| *sum += pull * v);
            total += pull;
        }
        if total > 0.0 {
            values[i].iter_mut().zip(sum).for_each(|(v, sum)| *v += RELAXATION * (sum / total - *v));
        }
    }
}

/// The coarse values at the place of fine pixel (x, y).
fn interpolated(coarse: &[Moments], width: usize, x: usize, y: usize) -> Moments {
    let ((x0, x1), (y0, y1)) = (coarse_pair(x, width), coarse_pair(y, coarse.len() / width));
    let at = |x: usize, y: usize, k: usize| coarse[y * width + x][k];
    std::array::from_fn(|k| (9.0 * at(x0, y0, k) + 3.0 * at(x1, y0, k) + 3.0 * at(x0, y1, k) + at(x1, y1, k)) / 16.0)
}

/// Means over the patch around each pixel, cut at the image's border: of the colours, and of their variance as trust.
fn guesses(level: &Level, values: &[Moments]) -> Vec<Guess> {
    let (width, height) = (level.width, level.height);
    // Mean and variance; what is known has none.
    let spread: Vec<Moments> =
        values.par_iter().map(|&[r, g, b, squares]| [r, g, b, (squares - r * r - g * g - b * b).max(0.0)]).collect();
    let window = |p: usize, length: usize| p.saturating_sub(RADIUS)..=(p + RADIUS).min(length - 1);
    let mean = |values: &[Moments], offsets: &mut dyn Iterator<Item = usize>| {
        let (mut sum, mut count) = ([0.0_f32; 4], 0.0_f32);
        for i in offsets {
            sum.iter_mut().zip(values[i]).for_each(|(sum, v)| *sum += v);
            count += 1.0;
        }
        sum.map(|sum| sum / count)
    };
    let pixels = 0..values.len();
    let across: Vec<Moments> = pixels
        .clone()
        .into_par_iter()
        .map(|i| mean(&spread, &mut window(i % width, width).map(|x| i / width * width + x)))
        .collect();
    let guess = |i: usize| {
        let [r, g, b, variance] = mean(&across, &mut window(i / width, height).map(|y| y * width + i % width));
        [r, g, b, 256.0 * VARIANCE / (VARIANCE + variance)].map(|v| v.round() as i16)
    };
    pixels.into_par_iter().map(guess).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 48×48 pixels, left of `edge` dark and right of it bright, with a hole in the middle.
    fn level(edge: usize) -> Level {
        let side = 48;
        let texel = |i: usize| if i % side < edge { [40, 40, 40, 0] } else { [200, 200, 200, 0] };
        let hole: Vec<bool> =
            (0..side * side).map(|i| (16..32).contains(&(i % side)) && (16..32).contains(&(i / side))).collect();
        let source = hole.iter().map(|&hole| !hole).collect();
        let texels = (0..side * side).map(|i| if hole[i] { [0; 4] } else { texel(i) }).collect();
        Level { width: side, height: side, texels, hole, source, guide: Vec::new() }
    }

    #[test]
    fn amid_one_colour_the_guess_is_that_colour_and_sure() {
        let mut levels = [level(0)];
        measure(&mut levels, &JobCx::silent()).unwrap();
        let [r, g, b, trust] = levels[0].guide[24 * 48 + 24];
        assert_eq!([r, g, b], [200; 3]);
        assert!(trust >= 250, "trust {trust}");
    }

    #[test]
    fn between_two_colours_the_guess_lies_between_and_is_not_to_be_trusted() {
        let mut levels = [level(24)];
        measure(&mut levels, &JobCx::silent()).unwrap();
        let [r, .., trust] = levels[0].guide[24 * 48 + 24];
        assert!((100..=140).contains(&r), "guess {r}");
        assert!(trust < 32, "trust {trust}");
    }
}
