//! The course of a fill: which sizes there are, and the rounds of search and vote at each.

use super::accelerator::{self, Accelerator};
use super::nnf::{Field, Pass, SIDE, Sites, search};
use super::pyramid::Level;
use super::rng;
use super::vote::{self, Origin};
use crate::{EngineError, JobCx, Phase};

/// Rounds that average: at full size, more for each halving, at most.
const FINE_ROUNDS: usize = 2;
const ROUNDS_PER_LEVEL: usize = 2;
const MAX_ROUNDS: usize = 12;
/// Passes of search in each round, and in one of the fine levels.
const PASSES: usize = 2;
const FINE_PASSES: usize = 1;
/// Rounds after them in which pixels are copied: averages drift towards smooth sources, copies keep the texture.
const COPY_ROUNDS: usize = 5;
/// Copying rounds at the fine levels, where most of the time goes.
const FINE_COPY_ROUNDS: usize = 3;
/// Full size and half size: results of coarser levels are only refined there.
const FINE_LEVELS: usize = 2;
/// Random trials at the fine levels reach this far, in pixels; coarser levels search everywhere.
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

/// How often a small level is tried, with other random numbers; the best attempt continues.
const ATTEMPTS: usize = 3;
/// A level with more pixels to make is not tried again: it would take too long.
const SMALL: usize = 6000;

/// How often a level is tried.
pub(super) fn attempts_at(level: &Level) -> usize {
    if is_small(level) { ATTEMPTS } else { 1 }
}

fn is_small(level: &Level) -> bool {
    level.hole.iter().filter(|&&hole| hole).count() <= SMALL
}

/// The attempts that the next finer level begins with: all of them if it is small, otherwise the best.
pub(super) fn worth_going_on(attempts: Vec<Attempt>, finer: &Level) -> Vec<Attempt> {
    if is_small(finer) { attempts } else { attempts.into_iter().min_by_key(Attempt::cost).into_iter().collect() }
}

/// A level as one attempt has completed it.
pub(super) struct Attempt {
    pub(super) level: Level,
    pub(super) field: Field,
    pub(super) origins: Vec<Origin>,
}

impl Attempt {
    /// How badly its patches match their sources, in all.
    pub(super) fn cost(&self) -> u64 {
        self.field.matches.iter().flatten().map(|found| u64::from(found.cost)).sum()
    }
}

/// The rounds of search and vote at a level, and what each does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Rounds in which each hole pixel becomes the weighted mean of what the patches over it propose.
    pub averaging: usize,
    /// Rounds after those in which each hole pixel is copied from the source that most of its patches agree on.
    pub copying: usize,
    /// Passes of search in each round.
    pub passes: usize,
    /// Greatest distance of a random trial, in pixels.
    pub reach: i32,
    /// Whether patches inside one copied piece skip the random trials, which leaves the joins between pieces.
    pub only_joins: bool,
}

impl Schedule {
    /// The schedule of level `index`, whose longer side has `side` pixels.
    fn at(index: usize, side: i32) -> Self {
        let averaging = (FINE_ROUNDS + ROUNDS_PER_LEVEL * index).min(MAX_ROUNDS);
        if index < FINE_LEVELS {
            let reach = FINE_REACH.min(side);
            Self { averaging, copying: FINE_COPY_ROUNDS, passes: FINE_PASSES, reach, only_joins: true }
        } else {
            Self { averaging, copying: COPY_ROUNDS, passes: PASSES, reach: side, only_joins: false }
        }
    }

    /// All rounds, averaging and copying.
    pub const fn rounds(&self) -> usize {
        self.averaging + self.copying
    }
}

/// One level's part of the job.
pub(super) struct Turn<'a> {
    /// Halvings from full size.
    pub(super) index: usize,
    pub(super) seed: u64,
    pub(super) accelerator: Option<&'a dyn Accelerator>,
    /// Is told the share of this level that is done.
    pub(super) progress: &'a dyn Fn(f32),
}

impl Turn<'_> {
    pub(super) fn schedule(&self, level: &Level) -> Schedule {
        Schedule::at(self.index, level.width.max(level.height) as i32)
    }
}

/// Alternates search and vote at one level; the result is in the level, its origins are returned for the full size.
pub(super) fn complete(
    level: &mut Level,
    sites: &Sites,
    field: &mut Field,
    turn: &Turn<'_>,
    cx: &JobCx<'_>,
) -> Result<Vec<Origin>, EngineError> {
    if let Some(accelerator) = turn.accelerator
        && let Some(origins) = accelerator::complete(accelerator, level, sites, field, turn, cx)?
    {
        copy(level, &origins);
        return Ok(origins);
    }
    let depth = level.depth();
    let holes: Vec<usize> = (0..level.hole.len()).filter(|&i| level.hole[i]).collect();
    let schedule @ Schedule { passes, reach, only_joins, .. } = turn.schedule(level);
    let mut origins = Vec::new();
    for round in 0..schedule.rounds() {
        for number in round * passes..(round + 1) * passes {
            let seed = rng::mix(turn.seed ^ number as u64);
            let pass = Pass { seed, reach, backward: number % 2 == 1, only_joins };
            search(level, sites, field, pass, cx);
            cx.check()?;
        }
        if round < schedule.averaging {
            let colours = vote::blended(level, field, &depth, &holes, cx);
            holes.iter().zip(colours).for_each(|(&i, colour)| level.texels[i] = colour);
        } else {
            origins = vote::coherent(level, field, &depth, &holes, cx);
            copy(level, &origins);
        }
        cx.check()?;
        (turn.progress)((round + 1) as f32 / schedule.rounds() as f32);
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
        let rounds = |schedule: Schedule| (schedule.rounds() * (schedule.passes + 1)) as f32;
        let cost = |(i, level)| holes(level) * rounds(Schedule::at(i, 1)) * attempts_at(level) as f32;
        let costs: Vec<f32> = levels.iter().enumerate().map(cost).collect();
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
