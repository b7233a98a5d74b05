//! The steps: the instruction, the cards, the inspector, and where the work stands.

mod candidates;
mod card;
pub(super) mod history;
mod inspector;
pub(super) mod plan_panel;
pub(super) mod status;
pub(super) mod thumbnails;
