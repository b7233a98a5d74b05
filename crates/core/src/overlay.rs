//! Display modes of masks.

use serde::{Deserialize, Serialize};

/// How masks are shown over the photograph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Overlay {
    /// Filled with the step's hue, and outlined.
    #[default]
    Tint,
    /// Only outlined, in the step's hue.
    Outline,
    /// White where it is selected, black everywhere else.
    BlackAndWhite,
    /// Not shown.
    Off,
}

impl Overlay {
    /// The next mode when the person cycles through them; tint follows off.
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
