//! The likeliest colour of each place of the hole, and how sure that is.
//!
//! The guess is a membrane: the harmonic interpolation of what is known around the hole, stiffer across than down,
//! because photos are layered: sky, background, ground. It is blurred and empty, but of all simple guesses its error is
//! least. A harmonic value is a mean of the colours on the border, weighted by how likely a random walk ends at each
//! (Kakutani 1944); so the mean of their squares, interpolated in the same way, gives the variance of the guess. Where
//! the hole is surrounded by one material, a patch of another colour is unlikely; where materials meet, anything goes,
//! and edges stay edges.

use super::nnf::RADIUS;
use super::pyramid::{Level, Texel, coarse_pair};
use super::window::window_sums;
use crate::{EngineError, JobCx};
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
/// Colours are summed in parts of a level of 255.
const PARTS: i32 = 16;
/// Over-relaxation of each sweep.
const RELAXATION: f32 = 1.8;

/// A colour (0 to 255) and the trust in it (0 to 256).
pub(super) type Guess = [i16; 4];

/// Sets the guide of each level, full size first: in the hole the guess and the trust in it, elsewhere the mean over the
/// patch around each pixel.
pub(super) fn measure(levels: &mut [Level], cx: &JobCx<'_>) -> Result<(), EngineError> {
    let mut coarser: Option<Membrane> = None;
    for index in (0..levels.len()).rev() {
        let (fine, coarse) = levels.split_at_mut(index + 1);
        let level = &mut fine[index];
        let mut membrane = Membrane::flat(level);
        let sweeps = if let (Some(coarser), Some(coarse)) = (&coarser, coarse.first()) {
            membrane.refine(level, coarser, coarse);
            if level.texels.len() > LARGE { FEW_SWEEPS } else { SWEEPS }
        } else {
            COARSEST_SWEEPS
        };
        for sweep in 0..sweeps {
            cx.check()?;
            membrane.relax(level, sweep % 2 == 1);
        }
        cx.check()?;
        level.guide = membrane.guesses(level, cx)?;
        coarser = Some(membrane);
    }
    Ok(())
}

fn moments([r, g, b, _]: Texel) -> Moments {
    let [r, g, b] = [r, g, b].map(f32::from);
    [r, g, b, r * r + g * g + b * b]
}

/// "No hole pixel there."
const NONE: u32 = u32::MAX;

/// The guess for the hole of one level.
struct Membrane {
    /// For each pixel of the level, its index in the hole, or `NONE`.
    number: Vec<u32>,
    /// Offsets of the hole's pixels in the level, and their values.
    holes: Vec<usize>,
    values: Vec<Moments>,
}

impl Membrane {
    /// The mean of the sources all over the hole.
    fn flat(level: &Level) -> Self {
        let (mut number, mut holes) = (vec![NONE; level.hole.len()], Vec::new());
        let (mut sum, mut count) = ([0.0_f64; 4], 0.0_f64);
        for (i, number) in number.iter_mut().enumerate() {
            if level.hole[i] {
                *number = holes.len() as u32;
                holes.push(i);
            } else if level.source[i] {
                sum.iter_mut().zip(moments(level.texels[i])).for_each(|(sum, v)| *sum += f64::from(v));
                count += 1.0;
            }
        }
        let mean = sum.map(|sum| (sum / count.max(1.0)) as f32);
        Self { values: vec![mean; holes.len()], number, holes }
    }

    /// The value at offset `i` of the level.
    fn at(&self, level: &Level, i: usize) -> Moments {
        self.values.get(self.number[i] as usize).copied().unwrap_or_else(|| moments(level.texels[i]))
    }

    /// Takes the coarser level's values.
    fn refine(&mut self, level: &Level, coarser: &Self, coarse: &Level) {
        let Self { holes, values, .. } = self;
        values.par_iter_mut().zip(holes).for_each(|(value, &mut i)| {
            let (xs, ys) = (coarse_pair(i % level.width, coarse.width), coarse_pair(i / level.width, coarse.height));
            let at = |x: usize, y: usize| coarser.at(coarse, y * coarse.width + x);
            let (near, across, down, far) = (at(xs.0, ys.0), at(xs.1, ys.0), at(xs.0, ys.1), at(xs.1, ys.1));
            *value = std::array::from_fn(|k| (9.0 * near[k] + 3.0 * across[k] + 3.0 * down[k] + far[k]) / 16.0);
        });
    }

    /// One sweep of successive over-relaxation; pixels that are neither hole nor source have no pull.
    fn relax(&mut self, level: &Level, backward: bool) {
        let (width, height) = (level.width, level.height);
        for step in 0..self.holes.len() {
            let hole = if backward { self.holes.len() - 1 - step } else { step };
            let i = self.holes[hole];
            let (x, y) = (i % width, i / width);
            let beside = [
                (x > 0, i.wrapping_sub(1), ACROSS),
                (x + 1 < width, i + 1, ACROSS),
                (y > 0, i.wrapping_sub(width), 1.0),
                (y + 1 < height, i + width, 1.0),
            ];
            let (mut sum, mut total) = ([0.0_f32; 4], 0.0_f32);
            for (_, j, pull) in
                beside.into_iter().filter(|&(inside, j, _)| inside && (level.hole[j] || level.source[j]))
            {
                sum.iter_mut().zip(self.at(level, j)).for_each(|(sum, v)| *sum += pull * v);
                total += pull;
            }
            if total > 0.0 {
                let value = &mut self.values[hole];
                value.iter_mut().zip(sum).for_each(|(v, sum)| *v += RELAXATION * (sum / total - *v));
            }
        }
    }

    /// Means over the patch around each pixel, cut at the image's border: of the colours, and of their variance as trust.
    fn guesses(&self, level: &Level, cx: &JobCx<'_>) -> Result<Vec<Guess>, EngineError> {
        let (width, height) = (level.width, level.height);
        // Known pixels have no variance.
        let spread = |x: usize, y: usize| {
            let i = y * width + x;
            let Some(&[r, g, b, squares]) = self.values.get(self.number[i] as usize) else {
                let [r, g, b, _] = level.texels[i].map(i32::from);
                return [PARTS * r, PARTS * g, PARTS * b, 0];
            };
            let variance = (squares - r * r - g * g - b * b).max(0.0);
            let [r, g, b] = [r, g, b].map(|v| (PARTS as f32 * v).round() as i32);
            [r, g, b, variance as i32]
        };
        let along = |p: usize, length: usize| (p + RADIUS).min(length - 1) + 1 - p.saturating_sub(RADIUS);
        let guess = |x: usize, y: usize, sums: [i32; 4]| {
            let share = 1.0 / (along(x, width) * along(y, height)) as f32;
            let [r, g, b, variance] = sums.map(|sum| sum as f32 * share);
            let trust = 256.0 * VARIANCE / (VARIANCE + variance);
            [r / PARTS as f32, g / PARTS as f32, b / PARTS as f32, trust].map(|v| v.round() as i16)
        };
        window_sums((width, height), RADIUS, spread, guess, cx)
    }
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
