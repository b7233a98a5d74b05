//! The last step: copied pieces are joined to each other and to the image by their gradients.
//!
//! Screened Poisson blending (Perez et al. 2003, "Poisson image editing"; Bhat et al. 2008, "Fourier analysis of the
//! 2D screened Poisson equation"): the result has the pieces' gradients and the known pixels' values at the border,
//! and stays near the copied colours, so a mismatch at one place cannot tint the whole region.

use super::pyramid::Level;
use super::vote::Origin;
use crate::{EngineError, JobCx};
use rayon::prelude::*;

/// Pull towards the copied colour against the pull of one gradient: differences fade over about 1/√`SCREEN` pixels.
const SCREEN: f32 = 0.003;
/// Sweeps of the solver.
const SWEEPS: usize = 60;
/// Over-relaxation of each sweep.
const RELAXATION: f32 = 1.6;
/// Mismatch of colour (root of the sum of squares) at which a join's pull has fallen to a quarter.
const MISMATCH: f32 = 60.0;
/// "No hole pixel there."
const NONE: u32 = u32::MAX;

/// One hole pixel's equation: `diagonal · value = right side + Σ weight · unknown neighbour`.
struct Equation {
    /// Unknown neighbours: left, right, above, below; as offsets in the other half of the board.
    neighbours: [u32; 4],
    /// How much each neighbour, known or not, pulls.
    weights: [f32; 4],
    diagonal: f32,
    right: [f32; 4],
}

/// The colours of the hole pixels, in the order of `origins`.
///
/// Pixels are solved as on a chessboard: those of one half depend on those of the other alone, so a half is done in
/// parallel and the result is the same on any number of threads.
pub(super) fn blend(level: &Level, origins: &[Origin], cx: &JobCx<'_>) -> Result<Vec<[f32; 4]>, EngineError> {
    let is_black = |origin: &Origin| (origin.index % level.width + origin.index / level.width) % 2 == 1;
    let mut number = vec![NONE; level.texels.len()];
    let mut halves = [const { Vec::new() }; 2];
    for (n, origin) in origins.iter().enumerate() {
        let half = &mut halves[usize::from(is_black(origin))];
        number[origin.index] = half.len() as u32;
        half.push(n);
    }
    let numbered = Numbered { level, origins, halves: &halves, number: &number };
    let equations: [Vec<Equation>; 2] =
        [0, 1].map(|half: usize| halves[half].par_iter().map(|&n| numbered.equation(&origins[n], half)).collect());
    let start = |half: &Vec<usize>| half.iter().map(|&n| level.texels[origins[n].index].map(f32::from)).collect();
    let [mut white, mut black]: [Vec<[f32; 4]>; 2] = [start(&halves[0]), start(&halves[1])];
    for sweep in 0..SWEEPS {
        if sweep % 4 == 0 {
            cx.check()?;
        }
        relax(&equations[0], &mut white, &black);
        relax(&equations[1], &mut black, &white);
    }
    let value = |origin: &Origin| if is_black(origin) { &black } else { &white }[number[origin.index] as usize];
    Ok(origins.iter().map(value).collect())
}

/// One half-sweep of successive over-relaxation.
fn relax(equations: &[Equation], values: &mut [[f32; 4]], others: &[[f32; 4]]) {
    values.par_iter_mut().zip(equations).with_min_len(4096).for_each(|(value, equation)| {
        let mut sum = equation.right;
        for (&neighbour, weight) in equation.neighbours.iter().zip(equation.weights) {
            if neighbour != NONE {
                let other = others[neighbour as usize];
                sum.iter_mut().zip(other).for_each(|(sum, v)| *sum += weight * v);
            }
        }
        let factor = RELAXATION / equation.diagonal;
        value.iter_mut().zip(sum).for_each(|(value, sum)| *value += factor * sum - RELAXATION * *value);
    });
}

/// The hole's pixels, numbered within each half of the board.
struct Numbered<'a> {
    level: &'a Level,
    origins: &'a [Origin],
    /// Offsets in `origins`.
    halves: &'a [Vec<usize>; 2],
    /// For each pixel of the level, its offset in its half, or `NONE`.
    number: &'a [u32],
}

impl Numbered<'_> {
    /// The equation of the hole pixel that `origin` describes.
    fn equation(&self, origin: &Origin, half: usize) -> Equation {
        let Self { level, origins, halves, number } = *self;
        let others = &halves[1 - half];
        let here = level.texels[origin.index].map(f32::from);
        let mut equation =
            Equation { neighbours: [NONE; 4], weights: [0.0; 4], diagonal: SCREEN, right: here.map(|v| SCREEN * v) };
        let (x, y) = ((origin.index % level.width) as i32, (origin.index / level.width) as i32);
        for (slot, (dx, dy)) in [(-1, 0), (1, 0), (0, -1), (0, 1)].into_iter().enumerate() {
            let (nx, ny) = (x + dx, y + dy);
            if nx < 0 || ny < 0 || nx as usize >= level.width || ny as usize >= level.height {
                continue;
            }
            let beside = ny as usize * level.width + nx as usize;
            let own = gradient(level, origin.source, (dx, dy), false);
            let there = level.texels[beside].map(f32::from);
            let composed = std::array::from_fn(|k| here[k] - there[k]);
            let (step, known) = if let Some(&other) = others.get(number[beside] as usize) {
                equation.neighbours[slot] = number[beside];
                (stronger(own, gradient(level, origins[other].source, (dx, dy), true)), [0.0; 4])
            } else if level.source[beside] {
                (own, there)
            } else {
                // A pixel that must not be copied from must not colour the region either.
                continue;
            };
            let step = step.unwrap_or(composed);
            let weight = trust(strength(std::array::from_fn(|k| composed[k] - step[k])));
            for (k, right) in equation.right.iter_mut().enumerate() {
                *right += weight * (step[k] + known[k]);
            }
            equation.weights[slot] = weight;
            equation.diagonal += weight;
        }
        equation
    }
}

/// The stronger of those that exist: where two pieces meet, the mean of their gradients would blur the join.
fn stronger(a: Option<[f32; 4]>, b: Option<[f32; 4]>) -> Option<[f32; 4]> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if strength(a) < strength(b) { b } else { a }),
        (a, b) => a.or(b),
    }
}

/// Pull of a join whose sides differ by this much (squared) from a smooth continuation.
///
/// A small jump is a difference in shading and is evened out; a large one is an edge of things, and spreading it over
/// the region would leave a smear.
fn trust(mismatch: f32) -> f32 {
    let trust = 1.0 / (1.0 + mismatch / (MISMATCH * MISMATCH));
    trust * trust
}

/// Sum of the squares of the colour channels.
fn strength(step: [f32; 4]) -> f32 {
    step[..3].iter().map(|v| v * v).sum()
}

/// The value at a place less the value at its neighbour `(dx, dy)`, as found in the sources.
///
/// `source` is where the place itself is copied from or, if `at_neighbour`, where its neighbour is.
fn gradient(level: &Level, source: Option<(i32, i32)>, (dx, dy): (i32, i32), at_neighbour: bool) -> Option<[f32; 4]> {
    let (x, y) = source?;
    let (here, there) = if at_neighbour { ((x - dx, y - dy), (x, y)) } else { ((x, y), (x + dx, y + dy)) };
    let value = |(x, y): (i32, i32)| {
        let inside = x >= 0 && y >= 0 && (x as usize) < level.width && (y as usize) < level.height;
        let i = inside.then(|| y as usize * level.width + x as usize)?;
        level.source[i].then(|| level.texels[i].map(f32::from))
    };
    let (here, there) = (value(here)?, value(there)?);
    Some(std::array::from_fn(|k| here[k] - there[k]))
}
