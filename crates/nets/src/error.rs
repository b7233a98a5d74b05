//! Errors of models.

use std::path::PathBuf;

/// An error while a model is read or run. Each sentence says what went wrong, why, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A file of a model is not there.
    #[error("The model file {} is missing: download the model again.", .0.display())]
    Missing(PathBuf),
    /// A file of a model cannot be read.
    #[error("The model file {} cannot be read ({reason}): check its permissions, or download the model again.", path.display())]
    Unreadable {
        /// The file, as it was opened.
        path: PathBuf,
        /// The operating system's message, shown in parentheses.
        reason: String,
    },
    /// A file of a model is damaged, or of another kind than its name says.
    #[error("The model file {} is damaged or the wrong file ({reason}): download the model again.", path.display())]
    Damaged {
        /// The file, as it was opened.
        path: PathBuf,
        /// What is wrong, as half a sentence for the parentheses: "it is empty".
        reason: String,
    },
    /// A model that this program does not know how to run.
    #[error("This model cannot be used: {0}.")]
    Unsupported(String),
    /// The request does not suit the model.
    #[error("{0}")]
    Unsuitable(String),
    /// A network returned NaN or infinite values.
    #[error("The model produced NaN or infinite values. Its file may be damaged: verify it, or download it again.")]
    NoNumbers,
    /// The caller asked to stop.
    #[error("The work was cancelled.")]
    Cancelled,
    /// The tensor library gave up.
    #[error("The model could not be run ({}).", first_line(.0))]
    Tensor(#[from] candle_core::Error),
}

/// The result of work on a model.
pub type Result<T> = std::result::Result<T, ModelError>;

/// A tensor error's own message, without the backtrace that its `Display` may add.
fn first_line(error: &candle_core::Error) -> String {
    error.to_string().lines().next().unwrap_or_default().trim_end_matches('.').to_owned()
}
