//! Locators: words, clicks or a box become masks.

pub mod classic;

use super::{EngineError, JobCx};
use crate::domain::{Bounds, Click, EditOp, MaskProposal, Raster};

/// What a locator is given.
#[derive(Clone, Copy)]
pub struct LocateRequest<'a> {
    pub image: &'a Raster,
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

    /// Proposals at the image's extent, best first; several if several regions fit, none if nothing does.
    ///
    /// # Errors
    /// [`EngineError::Unsuitable`] if a click lies outside the image.
    fn locate(&self, request: LocateRequest<'_>, cx: &JobCx<'_>) -> Result<Vec<MaskProposal>, EngineError>;
}
