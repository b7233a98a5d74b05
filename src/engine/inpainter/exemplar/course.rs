//! The course of a fill: which sizes there are, and the rounds of search and vote at each.

use super::nnf::{Field, Pass, SIDE, Sites, search};
use super::pyramid::Level;
use super::rng;
use super::vote::{self, Origin};
use crate::engine::{EngineError, JobCx, Phase};

/// Rounds that average, more for each halving; none at full size, where averages would only blur.
const ROUNDS_PER_LEVEL: usize = 2;
const MAX_ROUNDS: usize = 10;
/// Passes of search in each round.
const PASSES: usize = 2;
/// Rounds after them in which pixels are copied: averages drift towards smooth sources, copies keep the texture.
const COPY_ROUNDS: usize = 5;
/// Copying rounds at full size, where most of the time goes.
const FINE_COPY_ROUNDS: usize = 3;
/// Random trials at full size and half size reach this far, in pixels; coarser levels search everywhere.
const FINE_REACH: i32 = 32;
/// A level is halved only if this many source patches are left.
const MIN_SOURCES: usize = 48;
/// A level is halved while its hole is deeper than this, in pixels; a smaller hole would have lost its surroundings' structure.
const COARSEST_DEPTH: u16 = 5;
/// The shorter side of a level is at least this, in pixels.
const MIN_SIDE: usize = 2 * SIDE;

/// The level and its halves, as long as the hole is deep and enough source patches are left; full size first.
pub(super) fn pyramid_of(full: Level, cx: &JobCx<'_>) -> Result<Vec<Level>, EngineError> {
    let mut levels = vec![full];
    while let Some(last) = levels.last() {
        let deepest = last.depth().into_iter().max().unwrap_or(0);
        if deepest <= COARSEST_DEPTH || last.width.min(last.height) < 2 * MIN_SIDE {
            break;
        }
        let half = last.halved();
        if !half.hole.contains(&true) || Sites::new(&half).sources.len() < MIN_SOURCES {
            break;
        }
        cx.check()?;
        levels.push(half);
    }
    Ok(levels)
}

/// Alternates search and vote at one level; the result is in the level, its origins are returned for the full size.
pub(super) fn complete(
    level: &mut Level,
    sites: &Sites,
    field: &mut Field,
    index: usize,
    seed: u64,
    progress: &dyn Fn(f32),
    cx: &JobCx<'_>,
) -> Result<Vec<Origin>, EngineError> {
    let depth = level.depth();
    let holes: Vec<usize> = (0..level.hole.len()).filter(|&i| level.hole[i]).collect();
    let everywhere = level.width.max(level.height) as i32;
    let reach = if index < 2 { FINE_REACH.min(everywhere) } else { everywhere };
    let averaging = (ROUNDS_PER_LEVEL * index).min(MAX_ROUNDS);
    let rounds = averaging + if index == 0 { FINE_COPY_ROUNDS } else { COPY_ROUNDS };
    let mut origins = Vec::new();
    for round in 0..rounds {
        for number in 0..PASSES {
            let pass =
                Pass { seed: rng::mix(seed ^ (round * PASSES + number) as u64), reach, backward: number % 2 == 1 };
            search(level, sites, field, pass, cx);
            cx.check()?;
        }
        if round < averaging {
            let colours = vote::blended(level, field, &depth, &holes, cx);
            holes.iter().zip(colours).for_each(|(&i, colour)| level.texels[i] = colour);
        } else {
            origins = vote::coherent(level, field, &depth, &holes, cx);
            copy(level, &origins);
        }
        cx.check()?;
        progress((round + 1) as f32 / rounds as f32);
    }
    Ok(origins)
}

/// Puts each origin's source texel in its place.
fn copy(level: &mut Level, origins: &[Origin]) {
    for origin in origins {
        if let Some((x, y)) = origin.source {
            level.texels[origin.index] = level.texels[y as usize * level.width + x as usize];
        }
    }
}

/// The share of the whole work at each level, for progress.
pub(super) struct Work {
    /// Work done before each level (index 0 is the full size, done last), as a share of all.
    before: Vec<f32>,
    share: Vec<f32>,
}

impl Work {
    pub(super) fn of(levels: &[Level]) -> Self {
        let holes = |level: &Level| level.hole.iter().filter(|&&hole| hole).count() as f32;
        let costs: Vec<f32> =
            levels.iter().enumerate().map(|(i, level)| holes(level) * (FINE_COPY_ROUNDS + i) as f32).collect();
        let total = costs.iter().sum::<f32>().max(1.0);
        let share: Vec<f32> = costs.iter().map(|cost| cost / total).collect();
        let before = (0..share.len()).map(|i| share[i + 1..].iter().sum()).collect();
        Self { before, share }
    }

    /// Reports `part` of level `index` as done; the last percent is the blend's.
    pub(super) fn tell(&self, cx: &JobCx<'_>, index: usize, part: f32) {
        cx.progress(Phase::Filling, 0.99 * (self.before[index] + self.share[index] * part));
    }
}
