//! The part of a fill that a graphics card can do: the rounds of search and vote at one size, which are nearly all of the work.

use super::course::{Schedule, Turn};
use super::nnf::{Field, Match, Sites};
use super::pyramid::Level;
use super::rng::Random;
use super::vote::{self, Origin};
use crate::{EngineError, JobCx};

/// Does the rounds of search and vote of one level on a graphics card.
///
/// The algorithm is the CPU's, but results differ: a card propagates matches in no particular order of pixels.
pub trait Accelerator: Send + Sync {
    /// The name of the card, as the person knows it.
    fn name(&self) -> &str;

    /// Whether it takes work now; if not, the CPU does it.
    fn is_ready(&self) -> bool;

    /// Finds a source pixel for each hole pixel. `progress` gets the share that is done, 0 to 1.
    ///
    /// # Errors
    /// [`AcceleratorError::Cancelled`] once `cx` is cancelled; the others if the card can't do this level, which the CPU
    /// then does.
    fn complete(
        &self,
        task: &LevelTask<'_>,
        progress: &dyn Fn(f32),
        cx: &JobCx<'_>,
    ) -> Result<Completion, AcceleratorError>;
}

/// Why the card gave no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AcceleratorError {
    /// The job was cancelled while the card worked.
    #[error("cancelled")]
    Cancelled,
    /// The level doesn't fit into the card's buffers; smaller ones may. The text goes to the log.
    #[error("{0}")]
    TooLarge(String),
    /// The card failed and will fail again. The text goes to the log.
    #[error("{0}")]
    Failed(String),
}

/// One level (the image at one size) to complete. All planes are row-major; positions are (x, y) in pixels of the level.
pub struct LevelTask<'a> {
    /// Width of the level in pixels, 65535 at most.
    pub width: usize,
    /// Height of the level in pixels, 65535 at most.
    pub height: usize,
    /// Red, green, blue (sRGB-encoded, premultiplied, 0 to 255) and texture (−255 to 255); in the hole a first guess.
    pub texels: &'a [[i16; 4]],
    /// The colour expected at each pixel (red, green, blue; 0 to 255) and the trust in it (0 to 256).
    pub guide: &'a [[i16; 4]],
    /// Whether the patch centred at each pixel may be copied.
    pub is_source: &'a [bool],
    /// Offsets (y · width + x) of the pixels to fill.
    pub holes: &'a [usize],
    /// The rectangle around the centres of all patches that touch the hole: left, top, width, height.
    pub window: [usize; 4],
    /// For each position of the window, the centre of its source patch so far; `None` where the patch doesn't touch the
    /// hole.
    pub matches: Vec<Option<[u16; 2]>>,
    /// For each position of the window, the weight of its patch's vote, 0 to 1: the deeper in the hole, the less.
    pub confidence: Vec<f32>,
    /// Costs of unlikely sources.
    pub prior: PriorWeights,
    /// The number of rounds and passes.
    pub schedule: Schedule,
    /// Seed of the random trials.
    pub seed: u64,
}

/// The cost of a source besides its patch's difference: `across · dx² + down · dy² + guidance · trust · |colour −
/// expected|²`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PriorWeights {
    /// Cost per squared pixel of horizontal distance.
    pub across: f32,
    /// Cost per squared pixel of vertical distance.
    pub down: f32,
    /// Cost per unit of trust and squared difference from the colour that [`LevelTask::guide`] expects.
    pub guidance: f32,
}

/// The result of a [`LevelTask`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// For each of [`LevelTask::holes`], its source pixel; `None` where no patch covers it.
    pub sources: Vec<Option<[u16; 2]>>,
    /// [`LevelTask::matches`] after the last round, each with its cost (lower is better).
    pub matches: Vec<Option<([u16; 2], u32)>>,
}

/// A level with fewer patches to match is done sooner on the CPU than it is sent.
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
            log::warn!("{} cannot fill, so the CPU does: {error}", accelerator.name());
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
