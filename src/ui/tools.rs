//! The tool strip at the left.

use super::actions::Action;
use super::icons;
use super::state::{Tool, UiState};
use super::widgets::icon_button;
use crate::session::Session;
use eframe::egui::Ui;

/// Draws the tools and the view's buttons.
pub fn tools_ui(ui: &mut Ui, session: &Session, state: &UiState, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.y = 4.0;
    for (action, icon, tool) in [
        (Action::ViewTool, icons::HAND, Tool::View),
        (Action::BrushTool, icons::PAINT_BRUSH, Tool::Brush),
        (Action::EraserTool, icons::ERASER, Tool::Eraser),
    ] {
        icon_button(ui, session, state, action, icon, state.tool == tool, actions);
    }
    ui.separator();
    for (action, icon) in [
        (Action::InvertMask, icons::SELECTION_INVERSE),
        (Action::ResetMask, icons::ARROW_COUNTER_CLOCKWISE),
        (Action::ClearMask, icons::TRASH),
    ] {
        icon_button(ui, session, state, action, icon, false, actions);
    }
    ui.separator();
    icon_button(ui, session, state, Action::Undo, icons::ARROW_U_UP_LEFT, false, actions);
    icon_button(ui, session, state, Action::Redo, icons::ARROW_U_UP_RIGHT, false, actions);
    ui.separator();
    icon_button(ui, session, state, Action::Fit, icons::CORNERS_OUT, false, actions);
    icon_button(ui, session, state, Action::Overlay, icons::EYE, false, actions);
    icon_button(ui, session, state, Action::Compare, icons::SPLIT_HORIZONTAL, state.compare, actions);
}
