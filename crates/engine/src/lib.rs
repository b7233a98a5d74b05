//! The three kinds of engine (planner, locator, inpainter), what they take and what they return.
//!
//! Engines hold no document state: all they need comes in the request, all randomness comes from the recipe's seed, and while
//! they work they report through [`JobCx`] only.

#![warn(missing_docs)]

mod by_image;
mod cx;
pub mod inpainter;
pub mod lisa;
pub mod locator;
pub mod pipeline;
pub mod planner;
mod registry;
mod run;
mod second_look;
mod sight;

pub use cx::{Amount, Cancel, JobCx, Network, Phase, Progress, Report};
pub use inpainter::{InpaintRequest, Inpainter};
pub use locator::{LocateRequest, Locator, locate_without};
pub use planner::{PlanRequest, Planner};
pub use registry::{Registry, UnknownEngine};
pub use run::{Made, run_step};
pub use second_look::second_look;
pub use sight::Sights;

use tie_nets::{ModelError, weights};

/// Why an engine gave no result.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum EngineError {
    /// The person or a newer job cancelled it.
    #[error("cancelled")]
    Cancelled,
    /// The request can't be done as it stands. One sentence: what is wrong, why, and what to do.
    #[error("{0}")]
    Unsuitable(String),
    /// The device is out of memory but may have enough for a smaller request; the engine has freed all it kept. The
    /// sentence says what didn't fit.
    #[error("{0}")]
    NoRoom(String),
    /// A model isn't downloaded, or no engine can do the edit. One sentence that says what is missing.
    #[error("{0}")]
    NeedsModel(String),
    /// Something broke that the request isn't to blame for, such as an unreadable model file. One sentence.
    #[error("{0}")]
    Failed(String),
}

/// Puts a model's error into words for the user; out of memory becomes [`EngineError::Unsuitable`].
impl From<ModelError> for EngineError {
    fn from(error: ModelError) -> Self {
        match error {
            ModelError::Cancelled => Self::Cancelled,
            ModelError::Unsuitable(sentence) => Self::Unsuitable(sentence),
            ModelError::Tensor(error) if weights::is_out_of_memory(&error) => Self::Unsuitable(
                "The graphics card has too little memory for the model. Close other programs that use it, or choose another engine."
                    .to_owned(),
            ),
            other => Self::Failed(other.to_string()),
        }
    }
}
