//! The settings window and its pages.

mod models;
mod shortcuts;
pub(super) mod window;

use shortcuts::Shortcuts;

/// State of the settings window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SettingsState {
    page: Page,
    shortcuts: Shortcuts,
    /// The model to delete, until confirmed.
    deletes: Option<String>,
}

impl SettingsState {
    /// Open at the page of models.
    pub fn at_models() -> Self {
        Self { page: Page::Models, ..Self::default() }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Page {
    #[default]
    General,
    Canvas,
    Steps,
    Shortcuts,
    Models,
    Network,
}
