//! How masks are shown over the photograph.

use serde::{Deserialize, Serialize};

/// How masks are shown over the photograph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Overlay {
    /// Filled with the step's hue, and outlined.
    #[default]
    Tint,
    Outline,
    /// White where it is selected, black everywhere else.
    BlackAndWhite,
    Off,
}

impl Overlay {
    /// The one that follows when a person goes through them all.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Tint => Self::Outline,
            Self::Outline => Self::BlackAndWhite,
            Self::BlackAndWhite => Self::Off,
            Self::Off => Self::Tint,
        }
    }
}
