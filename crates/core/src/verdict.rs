//! What a second look at a result says of it.

use serde::{Deserialize, Serialize};

/// Whether a result shows what its step asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether what was asked for is seen in the result.
    pub passed: bool,
    /// What is seen there instead, or that it is seen: one sentence for the person.
    pub reason: String,
}

impl Verdict {
    /// What was asked for is seen.
    pub fn pass(reason: impl Into<String>) -> Self {
        Self { passed: true, reason: reason.into() }
    }

    /// The result may not be what was asked for.
    pub fn doubt(reason: impl Into<String>) -> Self {
        Self { passed: false, reason: reason.into() }
    }
}
