//! The one argument that the parts of the window share.

use super::commands::actions::Action;
use super::state::UiState;
use super::theme::Tokens;
use crate::session::{Command, Session};

/// What every part of the window gets: what it shows, and where its commands go.
pub(crate) struct Cx<'a> {
    pub session: &'a Session,
    /// The state that belongs only to the window.
    pub state: &'a mut UiState,
    pub tokens: &'a Tokens,
    pub commands: &'a mut Vec<Command>,
    /// Done at the end of the frame, as if the key had been pressed.
    pub actions: &'a mut Vec<Action>,
}
