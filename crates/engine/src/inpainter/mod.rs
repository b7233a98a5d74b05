//! Inpainters: the pixels of a region are made anew.

pub mod adjust;
pub mod clone;
pub mod diffusion;
pub mod exemplar;
pub mod typeset;

use super::{EngineError, JobCx};
use std::borrow::Cow;
use tie_core::{ContextWish, Diffusion, EditOp, Mask, Raster, Recipe};

/// What an inpainter is given: a crop of the document around the mask.
///
/// Image, masks and the answer share one extent.
#[derive(Clone, Copy)]
pub struct InpaintRequest<'a> {
    pub image: &'a Raster,
    /// The person's mask: what is meant.
    pub selection: &'a Mask,
    /// What to repaint: 255 in full, 0 not at all.
    pub mask: &'a Mask,
    /// Pixels that must not be copied from (other things that will be removed or must stay unique); may be absent.
    pub avoid: Option<&'a Mask>,
    pub recipe: &'a Recipe,
    /// Seed of this one candidate.
    pub seed: u64,
}

/// Makes new pixels for a region.
pub trait Inpainter: Send + Sync {
    /// The name in recipes, reports and arguments.
    fn name(&self) -> &'static str;

    /// Whether another seed gives another result with this recipe.
    fn is_random(&self, recipe: &Recipe) -> bool;

    /// Whether it fills with pixels from elsewhere in the photograph, and so cares for [`InpaintRequest::avoid`].
    fn copies(&self, recipe: &Recipe) -> bool {
        let _ = recipe;
        false
    }

    /// Whether this engine can do an edit of this kind honestly.
    fn can_do(&self, op: EditOp) -> bool;

    /// What it does and what it does not do, in a sentence or two for the card; empty where the edit's name says it all.
    fn does(&self, recipe: &Recipe) -> &'static str {
        let _ = recipe;
        ""
    }

    /// What changes for a selection, at the selection's extent; both masks of the edit and its context follow from it.
    fn region<'m>(&self, selection: &'m Mask, recipe: &Recipe) -> Cow<'m, Mask> {
        let _ = recipe;
        Cow::Borrowed(selection)
    }

    /// What is to be had first, in a sentence; `None` if it can work.
    fn missing(&self) -> Option<String> {
        None
    }

    /// How its model works unless the recipe says otherwise; `None` for engines without a diffusion model.
    fn diffusion(&self) -> Option<Diffusion> {
        None
    }

    /// Works out what the candidates of these seeds need before the first is made, so that networks take turns only once.
    ///
    /// # Errors
    /// As [`inpaint`](Self::inpaint).
    fn prepare(&self, recipe: &Recipe, seeds: &[u64], cx: &JobCx<'_>) -> Result<(), EngineError> {
        let (_, _, _) = (recipe, seeds, cx);
        Ok(())
    }

    /// Frees the memory of what is kept for the next run, unless a run needs it now.
    fn unload(&self) {}

    /// How much of the image around the mask it wants to see.
    fn context(&self) -> ContextWish {
        ContextWish { min_side: 256, multiple: 8 }
    }

    /// The region repainted; pixels where the mask is 0 are ignored by the caller.
    ///
    /// # Errors
    /// [`EngineError::Unsuitable`] if the region cannot be repainted as asked (for example nothing is left to copy from).
    fn inpaint(&self, request: InpaintRequest<'_>, cx: &JobCx<'_>) -> Result<Raster, EngineError>;
}
