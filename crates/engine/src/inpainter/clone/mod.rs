//! `clone`: moves or copies a thing with its own pixels, without a neural network.
//!
//! It is cut out along the mask ([`matte`]), its hole is filled by `exemplar` unless it stays, and it is pasted where the
//! recipe's placement says. Its colours stay its own; where the new place looks like the old one, the soft light around the
//! thing comes along ([`ring`]). Words become a placement in [`placement_for`].

mod matte;
mod plan;
mod ring;

#[cfg(test)]
mod tests;

pub use plan::{Placed, Thing, placement_for};

use super::exemplar::Exemplar;
use super::{InpaintRequest, Inpainter};
use crate::{EngineError, JobCx, Phase};
use matte::Matte;
use std::borrow::Cow;
use tie_core::{Bounds, EditOp, Extent, Fit, Mask, Method, Offset, Placement, Raster, Recipe, SubTask};

/// Moves and copies what a mask covers.
#[derive(Clone, Default)]
pub(crate) struct Cloner {
    /// Fills what a moved thing leaves.
    pub exemplar: Exemplar,
}

impl Inpainter for Cloner {
    fn name(&self) -> &'static str {
        "clone"
    }

    fn label(&self) -> &'static str {
        "Move and copy"
    }

    fn does(&self, _: &Recipe) -> &'static str {
        "The masked pixels are cut out and pasted as they are. Shadows and reflections outside the mask stay behind, light and perspective are not adapted, and what lies at the new place is covered."
    }

    /// Only the hole that a moved thing leaves is filled at random.
    fn is_random(&self, recipe: &Recipe) -> bool {
        !recipe.placement().is_some_and(|placement| placement.keeps_original)
    }

    fn copies(&self, recipe: &Recipe) -> bool {
        self.is_random(recipe)
    }

    fn can_do(&self, op: EditOp) -> bool {
        matches!(op, EditOp::Move | EditOp::Count)
    }

    /// Where to depends on the mask.
    fn method(&self, _: &SubTask) -> Result<Method, EngineError> {
        Ok(Method::Clone(None))
    }

    fn complete(&self, recipe: Recipe, task: &SubTask, mask: &Mask) -> Result<(Recipe, bool), EngineError> {
        if recipe.placement().is_some() {
            return Ok((recipe, false));
        }
        let Placed { placement, shortened } = placement_for(task, Thing::of(mask)).map_err(EngineError::Unsuitable)?;
        Ok((Recipe { method: Method::Clone(Some(placement)), ..recipe }, shortened))
    }

    fn region<'m>(&self, selection: &'m Mask, recipe: &Recipe) -> Cow<'m, Mask> {
        let Some(placement) = recipe.placement() else {
            return Cow::Borrowed(selection);
        };
        let extent = selection.extent();
        let thing = selection.bounds();
        let mut region = if placement.keeps_original { Mask::empty(extent) } else { hardened(selection) };
        if thing.is_empty() {
            return Cow::Owned(region);
        }
        let own = hardened(&selection.crop(thing));
        for target in targets(placement, thing, extent) {
            let margin = ring::width(thing) + 1;
            let around = target.grow(margin);
            // Room for the ring around the thing.
            let mut pasted = Mask::empty(around.extent());
            let scaled = hardened(&own.fitted(target.extent(), Fit::Scale));
            let inner = Bounds::new(margin as i32, margin as i32, target.width, target.height);
            pasted.combine_part(&scaled, inner, tie_core::Combine::Add);
            pasted.grow(margin as f32);
            region.combine_part(&hardened(&pasted), around, tie_core::Combine::Add);
        }
        Cow::Owned(region)
    }

    fn inpaint(&self, request: InpaintRequest<'_>, cx: &JobCx<'_>) -> Result<Raster, EngineError> {
        let InpaintRequest { image, selection, recipe, .. } = request;
        let Some(placement) = recipe.placement().filter(|placement| !placement.offsets.is_empty()) else {
            return Err(EngineError::Unsuitable(
                "The instruction doesn't say where to move it: drag the outline there, or say left, right, up, down, the middle or an edge."
                    .to_owned(),
            ));
        };
        if image.extent() != selection.extent() {
            let (mask, image) = (selection.extent(), image.extent());
            return Err(EngineError::Failed(format!("The mask is {mask} but the image is {image}.")));
        }
        let thing = selection.bounds();
        if thing.is_empty() {
            return Ok(image.clone());
        }
        let cut = matte::cut_out(image, selection, thing, cx)?;
        let behind = if placement.keeps_original { image.clone() } else { filled(&self.exemplar, &request, cx)? };
        let mut result = behind.clone();
        let targets = targets(placement, thing, image.extent());
        let count = targets.len();
        for (number, target) in targets.into_iter().enumerate() {
            cx.check()?;
            let alpha = paste(&mut result, &cut, target);
            if target.extent() == thing.extent() {
                let by = Offset::new(target.x - thing.x, target.y - thing.y);
                ring::join(&mut result, &behind, image, &alpha, selection, by, cx)?;
            }
            cx.progress(Phase::Compositing, (number + 1) as f32 / count as f32);
        }
        Ok(result)
    }
}

/// Where the thing is pasted, inside the image.
fn targets(placement: &Placement, thing: Bounds, image: Extent) -> Vec<Bounds> {
    let inside = |offset: &Offset| placement.target(thing, placement.inside(thing, *offset, image));
    placement.offsets.iter().map(inside).collect()
}

/// All or nothing: whatever has any coverage is changed in full, and the soft edge is made by the engine.
fn hardened(mask: &Mask) -> Mask {
    let mut hard = mask.clone();
    for coverage in hard.coverage_mut() {
        *coverage = if *coverage > 0 { 255 } else { 0 };
    }
    hard
}

/// The image without the thing.
fn filled(exemplar: &Exemplar, request: &InpaintRequest<'_>, cx: &JobCx<'_>) -> Result<Raster, EngineError> {
    let hole = hardened(request.selection).grown(request.recipe.blend.grow.max(0.0));
    exemplar.erase(request, &hole, cx)
}

/// Puts the thing over the image; answers where it covers it.
fn paste(image: &mut Raster, cut: &Matte, target: Bounds) -> Mask {
    let scaled;
    let cut = if cut.alpha.extent() == target.extent() {
        cut
    } else {
        let (colours, alpha) = (cut.colours.resize(target.extent()), cut.alpha.fitted(target.extent(), Fit::Scale));
        scaled = Matte { colours, alpha };
        &scaled
    };
    tie_core::compose::blend_patch(image, &cut.colours, &cut.alpha, target);
    let mut alpha = Mask::empty(image.extent());
    alpha.combine_part(&cut.alpha, target, tie_core::Combine::Add);
    alpha
}
