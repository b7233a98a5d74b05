//! What a second look says about a result.

use serde::{Deserialize, Serialize};

/// Whether a result shows what its step asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether the result shows what was asked for.
    pub passed: bool,
    /// What the result shows, or fails to show: one sentence for the person.
    pub reason: String,
}

impl Verdict {
    /// The result shows what was asked for.
    pub fn pass(reason: impl Into<String>) -> Self {
        Self { passed: true, reason: reason.into() }
    }

    /// The result may not be what was asked for.
    pub fn doubt(reason: impl Into<String>) -> Self {
        Self { passed: false, reason: reason.into() }
    }
}
