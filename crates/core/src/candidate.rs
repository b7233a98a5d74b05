//! Candidates and accepted edits.

use super::compose::ChangedPixels;
use super::{Bounds, Mask, Prompt, Raster, Recipe, Verdict};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Identity of a step card in one session; plan ids can repeat after a second plan, these cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StepId(pub u64);

/// One result of a run, offered for approval.
#[derive(Clone, PartialEq)]
pub struct Candidate {
    /// Where the patch lies in the document.
    pub bounds: Bounds,
    /// New pixels, at the extent of `bounds`.
    pub patch: Raster,
    /// How much of each patch pixel shows, at the extent of `bounds`; 0 leaves the document's pixel untouched byte for byte.
    pub blend: Mask,
    /// Pixels that differ once the patch is blended over the image it was made from.
    pub changed: ChangedPixels,
    /// How visible the border is, as [`seam`](fn@super::seam) measures it: 1 is as busy as its surroundings.
    ///
    /// `None` for adjustments, and where there are too few surroundings to compare with.
    pub seam: Option<f32>,
    /// What a second look says about it; `None` if nothing could judge it.
    pub verdict: Option<Verdict>,
    /// What made it, with the seed of this one candidate.
    pub recipe: Recipe,
    /// What the engine was told to paint.
    pub prompt: Prompt,
}

impl Candidate {
    /// Memory held, in bytes.
    pub fn size(&self) -> usize {
        self.patch.bytes().len() + self.blend.coverage().len()
    }
}

impl std::fmt::Debug for Candidate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Candidate({:?}, {}, seed {})", self.bounds, self.recipe.engine, self.recipe.seed)
    }
}

/// An accepted candidate: one layer of the document's stack.
#[derive(Clone, Debug)]
pub struct EditStep {
    /// The step card that it belongs to.
    pub id: StepId,
    /// For the history list: "remove spoon".
    pub title: String,
    /// The pixels that it puts into the document.
    pub candidate: Arc<Candidate>,
    /// A disabled step stays in the stack but does not show.
    pub enabled: bool,
    /// How much of it shows, 0 to 255.
    pub opacity: u8,
}
