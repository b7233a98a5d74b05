//! The embedded locator: words, clicks and boxes without any model.
//!
//! An image is analysed once ([`scene`]: superpixels, two merge trees, colour terms); a phrase is read into cues
//! ([`phrase`]); every region of the trees is scored against them ([`score`]) and the best are refined to real edges by
//! graph cut ([`grabcut`]), things after they were grown ([`grown`]), and brought to full size ([`upsample`]). Clicks
//! ([`clicked`]) choose from the same trees and weigh distances ([`geodesic`]); a box ([`boxed`]) is cut in several
//! ways that vote. It knows how things tend to look, not what they are, and its confidences say so.

pub(crate) mod boxed;
mod clicked;
pub(crate) mod colour_names;
mod find;
pub(crate) mod frame;
mod geodesic;
mod gmm;
pub(crate) mod grabcut;
mod grown;
mod hypotheses;
mod maxflow;
pub(crate) mod nouns;
pub(crate) mod phrase;
mod place;
pub(crate) mod regions;
mod saliency;
mod scene;
pub(crate) mod score;
mod segments;
mod superpixels;
pub(crate) mod upsample;
mod vessel;

#[cfg(test)]
mod tests;

use super::{LocateRequest, Locator, refuse_clicks_outside};
use crate::{EngineError, JobCx, Phase};
use find::Found;
use scene::Scene;
use tie_core::{Bounds, EditOp, Mask, MaskProposal, Raster};

/// Finds regions by colour, place, size, shape and saliency, and grows them from clicks and boxes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Classic;

const NAME: &str = "classic";

impl Locator for Classic {
    fn name(&self) -> &'static str {
        NAME
    }

    fn label(&self) -> &'static str {
        "Colour and shape"
    }

    fn locate(&self, request: LocateRequest<'_>, cx: &JobCx<'_>) -> Result<Vec<MaskProposal>, EngineError> {
        cx.check()?;
        cx.progress(Phase::Locating, 0.0);
        refuse_clicks_outside(&request)?;
        let found = if request.image.extent().is_empty() { Vec::new() } else { answer(&request, cx)? };
        cx.progress(Phase::Locating, 1.0);
        Ok(found.into_iter().filter(|found| !found.mask.is_empty()).map(|found| found.into_proposal(NAME)).collect())
    }
}

/// How well a place, from (0, 0) at the upper left to (1, 1), matches the words for where a thing is: "on the left"; 0
/// to 1.
pub(super) fn fit_of_place(phrase: &str, location: Option<&str>) -> impl Fn((f32, f32)) -> f32 + use<> {
    let places = phrase::read(phrase, location).places;
    move |at| score::position(&places, at).exp()
}

/// The thing in a box, at the image's extent; none if the box is empty.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub(crate) fn in_box(image: &Raster, bounds: Bounds, cx: &JobCx<'_>) -> Result<Option<Mask>, EngineError> {
    Ok(boxed::by_box(image, bounds, cx)?.map(|found| found.mask))
}

/// Clicks go before boxes and boxes before words: what a person points at is meant.
fn answer(request: &LocateRequest<'_>, cx: &JobCx<'_>) -> Result<Vec<Found>, EngineError> {
    let LocateRequest { image, phrase, location, op, clicks, bounds, others: _ } = *request;
    if clicks.is_empty()
        && let Some(bounds) = bounds
    {
        return Ok(boxed::by_box(image, bounds, cx)?.into_iter().collect());
    }
    if let Some(phrase) = phrase::exception(phrase).filter(|_| clicks.is_empty() && op != EditOp::Add) {
        return Ok(answer(&LocateRequest { phrase, ..*request }, cx)?.into_iter().map(all_but).collect());
    }
    let query = phrase::read(phrase, location);
    if clicks.is_empty() && op != EditOp::Add && query.whole {
        let reason = "the whole image".to_owned();
        return Ok(vec![Found { mask: Mask::full(image.extent()), confidence: 1.0, reason }]);
    }
    let Some(scene) = Scene::new(image, image.bounds(), cx)? else { return Ok(Vec::new()) };
    cx.progress(Phase::Locating, 0.4);
    if clicks.is_empty() {
        return if op == EditOp::Add {
            Ok(vec![place::place(image, &scene, phrase, location, cx)?])
        } else {
            find::find(image, &scene, &query, cx)
        };
    }
    Ok(clicked::by_clicks(image, &scene, clicks, bounds, cx)?.into_iter().collect())
}

/// Everything outside what was found.
fn all_but(found: Found) -> Found {
    let mut mask = found.mask;
    mask.invert();
    Found { mask, reason: format!("everything but {}", found.reason), ..found }
}
