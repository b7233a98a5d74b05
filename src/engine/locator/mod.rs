//! Locators: words, clicks or a box become masks.

pub mod classic;
pub mod clipseg;
pub mod lisa;
pub mod sam;

use super::{EngineError, JobCx};
use crate::domain::{Bounds, Click, EditOp, MaskProposal, Raster};
use std::sync::Arc;

/// What a locator is given.
#[derive(Clone, Copy)]
pub struct LocateRequest<'a> {
    /// Shared, so that an engine can keep what it has worked out for as long as the image is the same.
    pub image: &'a Arc<Raster>,
    /// What to find, without article: "red cup"; empty, without clicks and box, for the whole image.
    pub phrase: &'a str,
    /// Where it is: "on the left", "on the wall".
    pub location: Option<&'a str>,
    /// What will be done with it; for `add` the answer is the place for the new thing.
    pub op: EditOp,
    pub clicks: &'a [Click],
    /// A box drawn around the object, in image pixels.
    pub bounds: Option<Bounds>,
}

/// Finds regions.
pub trait Locator: Send + Sync {
    /// The name in reports and arguments.
    fn name(&self) -> &'static str;

    /// Whether it finds what words say.
    fn reads_words(&self) -> bool {
        true
    }

    /// Whether it finds what is clicked on or lies in a box.
    fn follows_pointing(&self) -> bool {
        true
    }

    /// What it needs that is not here, in a sentence; `None` if nothing.
    fn missing(&self) -> Option<String> {
        None
    }

    /// Works out what it can before it is known what is sought, so that the answer comes sooner.
    ///
    /// # Errors
    /// As [`locate`](Self::locate).
    fn prepare(&self, _image: &Arc<Raster>, _cx: &JobCx<'_>) -> Result<(), EngineError> {
        Ok(())
    }

    /// Frees the memory of its models.
    fn unload(&self) {}

    /// Proposals at the image's extent, best first; several if several regions fit, none if nothing does.
    ///
    /// # Errors
    /// [`EngineError::Unsuitable`] if a click lies outside the image, or if it cannot find by what is given;
    /// [`EngineError::NeedsModel`].
    fn locate(&self, request: LocateRequest<'_>, cx: &JobCx<'_>) -> Result<Vec<MaskProposal>, EngineError>;
}

fn refuse_clicks_outside(request: &LocateRequest<'_>) -> Result<(), EngineError> {
    let extent = request.image.extent();
    let inside = |at: f32, length: u32| at >= 0.0 && at < length as f32;
    match request.clicks.iter().find(|click| !(inside(click.at.x, extent.width) && inside(click.at.y, extent.height))) {
        Some(click) => Err(EngineError::Unsuitable(format!(
            "the point {},{} lies outside the image, which is {extent} pixels: points count from 0,0 at the top left",
            click.at.x, click.at.y
        ))),
        None => Ok(()),
    }
}
