//! The one argument that the parts of the window share.

use super::commands::actions::Action;
use super::state::UiState;
use super::theme::Tokens;
use crate::session::{Command, Session};

/// What every part of the window needs: what it shows, and where it says what the person asks for.
pub(crate) struct Cx<'a> {
    pub session: &'a Session,
    /// What belongs to the window alone.
    pub state: &'a mut UiState,
    pub tokens: &'a Tokens,
    pub commands: &'a mut Vec<Command>,
    /// Done at the end of the frame, as if the key had been pressed.
    pub actions: &'a mut Vec<Action>,
}
