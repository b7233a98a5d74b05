//! What a locator returns, and what a person points at.

use super::{Mask, Point};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A point a person clicked to say "this belongs to it" or "this does not".
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Click {
    /// In image pixels.
    pub at: Point,
    /// Whether the point belongs to the object.
    pub include: bool,
}

/// One answer to "where is it?".
#[derive(Clone, Debug, PartialEq)]
pub struct MaskProposal {
    /// The region, at the extent of the searched image.
    pub mask: Arc<Mask>,
    /// 0 to 1; below [`LOW_CONFIDENCE`] the person is asked to look.
    pub confidence: f32,
    /// Name of the locator.
    pub source: String,
    /// Why this region, in a few words for the person: "blue, on the left".
    pub reason: String,
    /// Something to keep that may lie in the region, by its [`Kept::index`](super::Kept::index).
    ///
    /// It was not located surely enough to leave it out of the region.
    pub may_take: Option<usize>,
}

/// Regions below this confidence wait for a person (see [`Doubt`](super::Doubt)).
pub const LOW_CONFIDENCE: f32 = 0.5;

impl MaskProposal {
    /// A proposal whose region includes nothing that must stay.
    pub fn new(
        mask: impl Into<Arc<Mask>>,
        confidence: f32,
        source: impl Into<String>,
        reason: impl Into<String>,
    ) -> Self {
        Self { mask: mask.into(), confidence, source: source.into(), reason: reason.into(), may_take: None }
    }

    /// Whether the locator itself is unsure; NaN counts as no confidence.
    pub const fn is_low_confidence(&self) -> bool {
        self.confidence.is_nan() || self.confidence < LOW_CONFIDENCE
    }
}
