//! The three kinds of engine (planner, locator, inpainter), what they are given and what they may answer.
//!
//! Engines are plain values without document state: all they need comes in the request, all randomness comes from the
//! recipe's seed, and [`JobCx`] is their only way to speak while they work.

mod by_image;
pub mod cx;
pub mod inpainter;
pub mod lisa;
pub mod locator;
pub mod pipeline;
pub mod planner;
pub mod registry;
mod second_look;
pub mod sight;

pub use cx::{Amount, Cancel, JobCx, Network, Phase, Progress, Report};
pub use inpainter::{InpaintRequest, Inpainter};
pub use locator::{LocateRequest, Locator, locate_without};
pub use planner::{PlanRequest, Planner};
pub use registry::{Registry, UnknownEngine};
pub use second_look::second_look;

use tie_nets::{ModelError, weights};

/// Why an engine gave no result.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum EngineError {
    /// The person or a newer job stopped it.
    #[error("cancelled")]
    Cancelled,
    /// The request cannot be done as it stands; one sentence: what, why, what to do.
    #[error("{0}")]
    Unsuitable(String),
    /// A device has no room for what was asked, and would have for less; all that the engine keeps is freed. One sentence:
    /// what, why, what to do.
    #[error("{0}")]
    NoRoom(String),
    /// No engine here can do it; one sentence that says what is missing.
    #[error("{0}")]
    NeedsModel(String),
    /// The engine itself broke; one sentence.
    #[error("{0}")]
    Failed(String),
}

/// What went wrong with a model, for the person.
impl From<ModelError> for EngineError {
    fn from(error: ModelError) -> Self {
        match error {
            ModelError::Cancelled => Self::Cancelled,
            ModelError::Unsuitable(sentence) => Self::Unsuitable(sentence),
            ModelError::Tensor(error) if weights::is_out_of_memory(&error) => Self::Unsuitable(
                "The graphics card has no room for the model: close programs that use the card, or use another engine."
                    .to_owned(),
            ),
            other => Self::Failed(other.to_string()),
        }
    }
}
