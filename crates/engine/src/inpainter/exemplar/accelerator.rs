//! Where a graphics card takes over: the rounds of search and vote at one size, which are nearly all of the work.

use super::course::{Schedule, Turn};
use super::nnf::{Field, Match, Sites};
use super::pyramid::Level;
use super::rng::Random;
use super::vote::{self, Origin};
use crate::{EngineError, JobCx};

/// Does the rounds of search and vote of one level elsewhere than on the processor.
///
/// The algorithm is the same, the results are not bit by bit: propagation on a card has no order of pixels to follow.
pub trait Accelerator: Send + Sync {
    /// Where it is done, as a person knows it: the card's name.
    fn name(&self) -> &str;

    /// Whether to ask it at all.
    fn is_ready(&self) -> bool;

    /// The sources found for the holes. `progress` is told the share that is done, 0 to 1.
    ///
    /// # Errors
    /// [`AcceleratorError::Cancelled`] once the job shall stop, which is asked while waiting for the card;
    /// the others if the card cannot do this level, which is then done on the processor.
    fn complete(
        &self,
        task: &LevelTask<'_>,
        progress: &dyn Fn(f32),
        cx: &JobCx<'_>,
    ) -> Result<Completion, AcceleratorError>;
}

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AcceleratorError {
    #[error("cancelled")]
    Cancelled,
    /// This level is more than it can hold.
    #[error("{0}")]
    TooLarge(String),
    /// It will not do the next one either.
    #[error("{0}")]
    Failed(String),
}

/// One level to complete. All planes are row-major; places are (x, y) in pixels of the level.
pub struct LevelTask<'a> {
    pub width: usize,
    pub height: usize,
    /// Red, green, blue (sRGB-encoded, premultiplied, 0 to 255) and texture (−255 to 255); in the hole the first guess.
    pub texels: &'a [[i16; 4]],
    /// The colour expected at each pixel (0 to 255) and the trust in it (0 to 256).
    pub guide: &'a [[i16; 4]],
    /// Whether the patch centred at each pixel may be copied.
    pub is_source: &'a [bool],
    /// Offsets in the level of the pixels to be made.
    pub holes: &'a [usize],
    /// The rectangle around the centres of all patches that touch the hole: left, top, width, height.
    pub window: [usize; 4],
    /// For each place of the window the centre of its source patch so far; `None` where no patch touches the hole.
    pub matches: Vec<Option<[u16; 2]>>,
    /// Weight of the vote of each patch of the window.
    pub confidence: Vec<f32>,
    pub prior: PriorWeights,
    pub schedule: Schedule,
    pub seed: u64,
}

/// What a source costs for being unlikely: `across · dx² + down · dy² + guidance · trust · |colour − expected|²`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PriorWeights {
    pub across: f32,
    pub down: f32,
    pub guidance: f32,
}

/// What was found for a [`LevelTask`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// For each hole pixel the pixel it is copied from; `None` where no patch covers it.
    pub sources: Vec<Option<[u16; 2]>>,
    /// As in the task, improved, with the cost of each.
    pub matches: Vec<Option<([u16; 2], u32)>>,
}

/// A level with fewer patches to match is done sooner on the processor than it is sent.
const MIN_TARGETS: usize = 4000;

/// Completes the level on the card; `None` if the level is small, or the card cannot do it, which is logged.
pub(super) fn complete(
    accelerator: &dyn Accelerator,
    level: &Level,
    sites: &Sites,
    field: &mut Field,
    turn: &Turn<'_>,
    cx: &JobCx<'_>,
) -> Result<Option<Vec<Origin>>, EngineError> {
    let targets = field.matches.iter().flatten().count();
    let is_addressable = u16::try_from(level.width.max(level.height)).is_ok();
    if !accelerator.is_ready() || targets < MIN_TARGETS || !is_addressable || sites.sources.is_empty() {
        return Ok(None);
    }
    let holes: Vec<usize> = (0..level.hole.len()).filter(|&i| level.hole[i]).collect();
    let task = LevelTask {
        width: level.width,
        height: level.height,
        texels: &level.texels,
        guide: &level.guide,
        is_source: &sites.is_source,
        holes: &holes,
        window: [field.left, field.top, field.width, field.height],
        matches: known_matches(sites, field, turn.seed),
        confidence: vote::confidences(level, field, &level.depth()),
        prior: sites.prior.weights(),
        schedule: turn.schedule(level),
        seed: turn.seed,
    };
    match accelerator.complete(&task, turn.progress, cx) {
        Ok(found) => {
            for (place, found) in field.matches.iter_mut().zip(&found.matches) {
                *place = found.map(|([x, y], cost)| Match { x: x.into(), y: y.into(), cost });
            }
            let origin = |(&index, source): (&usize, &Option<[u16; 2]>)| Origin {
                index,
                source: source.map(|[x, y]| (x.into(), y.into())),
            };
            Ok(Some(holes.iter().zip(&found.sources).map(origin).collect()))
        }
        Err(AcceleratorError::Cancelled) => Err(EngineError::Cancelled),
        Err(error @ (AcceleratorError::TooLarge(_) | AcceleratorError::Failed(_))) => {
            log::warn!("{} cannot fill, so the processor does: {error}", accelerator.name());
            Ok(None)
        }
    }
}

/// The field's matches; patches that have none yet get a random source.
fn known_matches(sites: &Sites, field: &Field, seed: u64) -> Vec<Option<[u16; 2]>> {
    let known = |(i, found): (usize, &Option<Match>)| {
        let found = (*found)?;
        let (x, y) = if found.cost == u32::MAX {
            sites.sources[Random::at(seed, i as u64).below(sites.sources.len())]
        } else {
            (found.x, found.y)
        };
        Some([x as u16, y as u16])
    };
    field.matches.iter().enumerate().map(known).collect()
}
