//! Inpainters: they make new pixels for a region.

pub mod adjust;
pub mod clone;
pub mod diffusion;
pub mod exemplar;
pub mod typeset;

use super::{EngineError, JobCx};
use std::borrow::Cow;
use tie_core::{ContextWish, EditOp, Mask, Method, Prompt, Raster, Recipe, SubTask};

/// What an inpainter is given: a crop of the document around the mask.
///
/// The image, the masks and the result all have the same size.
#[derive(Clone, Copy)]
pub struct InpaintRequest<'a> {
    /// The crop as it is before the edit.
    pub image: &'a Raster,
    /// The person's mask, as it was selected.
    pub selection: &'a Mask,
    /// Which pixels to repaint: 255 in full, 0 not at all.
    pub mask: &'a Mask,
    /// Pixels that must not be copied from, such as other things that are going to be removed; `None` if all may be.
    pub avoid: Option<&'a Mask>,
    /// How to make it.
    pub recipe: &'a Recipe,
    /// What to make, for engines that read words.
    pub prompt: &'a Prompt,
    /// The seed of this candidate; use it rather than the recipe's.
    pub seed: u64,
}

/// Makes new pixels for a region.
pub trait Inpainter: Send + Sync {
    /// The name in recipes, reports and arguments.
    fn name(&self) -> &'static str;

    /// What the window calls it.
    fn label(&self) -> &'static str {
        self.name()
    }

    /// Whether another seed gives another result with this recipe; if not, only one candidate is made.
    fn is_random(&self, recipe: &Recipe) -> bool;

    /// Whether it copies pixels from elsewhere in the photograph, and so obeys [`InpaintRequest::avoid`].
    fn copies(&self, recipe: &Recipe) -> bool {
        let _ = recipe;
        false
    }

    /// Whether it can do edits of this kind.
    fn can_do(&self, op: EditOp) -> bool;

    /// A sentence or two for the step's card on what it does and doesn't do; empty where the edit's name says it all.
    fn does(&self, recipe: &Recipe) -> &'static str {
        let _ = recipe;
        ""
    }

    /// Which pixels change for a selection, as a mask of the same size; the masks in the request are derived from it.
    fn region<'m>(&self, selection: &'m Mask, recipe: &Recipe) -> Cow<'m, Mask> {
        let _ = recipe;
        Cow::Borrowed(selection)
    }

    /// One sentence that says which model has to be downloaded first; `None` if it can run.
    fn missing(&self) -> Option<String> {
        None
    }

    /// What it does for a sub-task, with its default settings.
    ///
    /// # Errors
    /// [`EngineError::Unsuitable`] if the words don't say what it has to know, such as a colour or a text.
    fn method(&self, task: &SubTask) -> Result<Method, EngineError> {
        let _ = task;
        Ok(Method::Fill)
    }

    /// Completes a recipe with what depends on the mask; the words are those of the task. `true` if it can't be done quite as
    /// the words ask, because that reaches outside the image.
    ///
    /// # Errors
    /// [`EngineError::Unsuitable`] if words and mask don't go together.
    fn complete(&self, recipe: Recipe, task: &SubTask, mask: &Mask) -> Result<(Recipe, bool), EngineError> {
        let (_, _) = (task, mask);
        Ok((recipe, false))
    }

    /// Computes what the candidates of these seeds need before the first is made, so that each network is loaded only once.
    ///
    /// # Errors
    /// As [`inpaint`](Self::inpaint).
    fn prepare(&self, prompt: &Prompt, seeds: &[u64], cx: &JobCx<'_>) -> Result<(), EngineError> {
        let (_, _, _) = (prompt, seeds, cx);
        Ok(())
    }

    /// Frees the memory of models kept for the next run, unless a run is using them.
    fn unload(&self) {}

    /// How large a crop around the mask it needs.
    fn context(&self) -> ContextWish {
        ContextWish { min_side: 256, multiple: 8 }
    }

    /// The crop with the region repainted, in the same size; the caller ignores pixels where the mask is 0.
    ///
    /// # Errors
    /// [`EngineError::Unsuitable`] if the region can't be repainted as asked, for example with nothing left to copy from;
    /// [`EngineError::NoRoom`] if it may work at a lower resolution, which the caller then tries.
    fn inpaint(&self, request: InpaintRequest<'_>, cx: &JobCx<'_>) -> Result<Raster, EngineError>;
}
