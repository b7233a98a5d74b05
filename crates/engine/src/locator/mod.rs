//! Locators: they turn words, clicks or a box into masks.

pub(crate) mod classic;
pub mod clipseg;
pub mod eyes;
mod keep;
pub mod lisa;
pub mod sam;

pub use keep::locate_without;

use super::{EngineError, JobCx};
use std::sync::Arc;
use tie_core::{Bounds, Click, EditOp, Mask, MaskProposal, OtherTarget, Point, Raster};

/// Input of a locator.
#[derive(Clone, Copy)]
pub struct LocateRequest<'a> {
    /// The image to search; shared, so that an engine can reuse what it computed for the same image.
    pub image: &'a Arc<Raster>,
    /// What to find, without an article: "red cup". If it is empty and there are no clicks and no box, the whole image.
    pub phrase: &'a str,
    /// Where it is, if the instruction says so: "on the left", "on the wall".
    pub location: Option<&'a str>,
    /// The edit it is for; for [`EditOp::Add`] the result is the place for the new thing.
    pub op: EditOp,
    /// Points on the object or beside it, in image pixels; they must be inside the image.
    pub clicks: &'a [Click],
    /// A box drawn around the object, in image pixels.
    pub bounds: Option<Bounds>,
    /// The other things that the instruction names, so that they aren't taken for parts of this one.
    pub others: &'a [OtherTarget],
}

/// Finds regions of an image.
pub trait Locator: Send + Sync {
    /// The name in reports and arguments.
    fn name(&self) -> &'static str;

    /// Its label in the window.
    fn label(&self) -> &'static str {
        self.name()
    }

    /// Whether it finds things by [`phrase`](LocateRequest::phrase).
    fn reads_words(&self) -> bool {
        true
    }

    /// Whether it finds things by clicks or a box.
    fn follows_pointing(&self) -> bool {
        true
    }

    /// One sentence that says which model has to be downloaded first; `None` if it can run.
    fn missing(&self) -> Option<String> {
        None
    }

    /// Computes in advance what doesn't depend on the phrase or the clicks, so that [`locate`](Self::locate) is faster.
    ///
    /// # Errors
    /// See [`locate`](Self::locate).
    fn prepare(&self, _image: &Arc<Raster>, _cx: &JobCx<'_>) -> Result<(), EngineError> {
        Ok(())
    }

    /// Whether [`prepare`](Self::prepare) is cheap enough to run on every photograph that is opened; afterwards
    /// [`under`](Self::under) has answers.
    fn looks_ahead(&self) -> bool {
        false
    }

    /// What a click at a point, in image pixels, would select; `None` unless that is known without a search.
    ///
    /// # Errors
    /// See [`locate`](Self::locate).
    fn under(&self, _image: &Arc<Raster>, _at: Point, _cx: &JobCx<'_>) -> Result<Option<MaskProposal>, EngineError> {
        Ok(None)
    }

    /// Frees the memory of its models and of what it keeps for images.
    fn unload(&self) {}

    /// Masks of the image's size with confidences, best first; several if several regions fit, none if nothing does.
    ///
    /// # Errors
    /// [`EngineError::Unsuitable`] if a click is outside the image, or if it doesn't take clicks, boxes or words;
    /// [`EngineError::NeedsModel`] if a model is missing.
    fn locate(&self, request: LocateRequest<'_>, cx: &JobCx<'_>) -> Result<Vec<MaskProposal>, EngineError>;
}

fn refuse_clicks_outside(request: &LocateRequest<'_>) -> Result<(), EngineError> {
    let extent = request.image.extent();
    let inside = |at: f32, length: u32| at >= 0.0 && at < length as f32;
    match request.clicks.iter().find(|click| !(inside(click.at.x, extent.width) && inside(click.at.y, extent.height))) {
        Some(click) => Err(EngineError::Unsuitable(format!(
            "the point {},{} is outside the image, which is {extent} pixels: coordinates start at 0,0 in the top left corner",
            click.at.x, click.at.y
        ))),
        None => Ok(()),
    }
}

/// For engines that only take words: rejects clicks and boxes, and answers at once if there is nothing to search for.
fn answer_to_no_words(
    request: &LocateRequest<'_>,
    name: &str,
    shown: &str,
) -> Result<Option<Vec<MaskProposal>>, EngineError> {
    refuse_clicks_outside(request)?;
    if !request.clicks.is_empty() || request.bounds.is_some() {
        return Err(EngineError::Unsuitable(format!(
            "{shown} takes words only: use \"sam\" or \"classic\" for clicks and boxes."
        )));
    }
    if request.image.extent().is_empty() {
        return Ok(Some(Vec::new()));
    }
    Ok(request
        .phrase
        .trim()
        .is_empty()
        .then(|| vec![MaskProposal::new(Mask::full(request.image.extent()), 1.0, name, "the whole image")]))
}

/// A network's mask for words, without crumbs. Lowers the confidence of a suspicious mask, and adds why to the reason.
/// `None` if nothing is selected.
fn cleaned(mut mask: Mask, mut confidence: f32, source: &str, mut reason: String) -> Option<MaskProposal> {
    /// Regions with less than this share of the largest are crumbs.
    const CRUMB: usize = 50;
    /// Regions beyond which a mask is shattered.
    const MANY: usize = 12;
    /// A mask larger than this share of the photo covers everything.
    const HUGE: f32 = 0.9;
    let largest = mask.regions().regions.iter().map(|region| region.area).max()?;
    mask.remove_islands(largest.div_ceil(CRUMB));
    if mask.area_fraction() > HUGE {
        confidence *= 0.4;
        reason += ", but covers nearly the whole photo";
    } else if mask.regions().regions.len() > MANY {
        confidence *= 0.6;
        reason += ", but in many pieces";
    }
    Some(MaskProposal::new(mask, confidence, source, reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tie_core::Extent;

    fn clean(mask: Mask) -> Option<MaskProposal> {
        cleaned(mask, 0.9, "test", "cat".to_owned())
    }

    #[test]
    fn blank_masks_are_no_answer_and_crumbs_are_swept() {
        let extent = Extent::new(60, 40);
        assert!(clean(Mask::empty(extent)).is_none());
        let body = Bounds::new(10, 10, 30, 20);
        let mut mask = Mask::rectangle(extent, body);
        mask.union(&Mask::rectangle(extent, Bounds::new(55, 2, 3, 2)));
        let found = clean(mask).map(|found| (found.mask.bounds(), found.confidence, found.reason));
        assert_eq!(found, Some((body, 0.9, "cat".to_owned())));
    }

    #[test]
    fn masks_of_everything_and_shattered_ones_are_said_to_be_doubtful() {
        let extent = Extent::new(60, 40);
        let chequered = Mask::from_fn(extent, |x, y| if x % 8 < 4 && y % 8 < 4 { 255 } else { 0 });
        for (mask, why) in [(Mask::full(extent), "nearly the whole photo"), (chequered, "in many pieces")] {
            assert!(clean(mask).is_some_and(|found| found.confidence < 0.6 && found.reason.ends_with(why)), "{why}");
        }
    }
}
