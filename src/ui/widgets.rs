//! Small things that several panels draw.

use super::Cx;
use super::commands::actions::Action;
use super::state::UiState;
use crate::session::Session;
use eframe::egui::{self, Color32, DragValue, Frame, Id, Margin, Modal, Response, RichText, Ui, Vec2};

/// What the window calls an inpainter; its name if it is not there any more.
pub(super) fn engine_label<'a>(session: &'a Session, name: &'a str) -> &'a str {
    session.registry().inpainter(name).map_or(name, |engine| engine.label())
}

/// A button for an action: its icon and words, its shortcut as tooltip, greyed out where it would do nothing.
pub(super) fn action_button(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    action: Action,
    label: impl Into<egui::WidgetText>,
) -> Response {
    let session = cx.session;
    let response = ui.add_enabled(action.is_enabled(session, cx.state), egui::Button::new(label));
    finish_button(ui, cx.state, response, action, cx.actions)
}

/// The one button that goes on: in the accent colour.
pub(super) fn primary_button(ui: &mut Ui, cx: &mut Cx<'_>, action: Action, label: &str) -> Response {
    let (session, tokens) = (cx.session, cx.tokens);
    let enabled = action.is_enabled(session, cx.state);
    let text = RichText::new(label).color(if enabled { tokens.accent_text } else { tokens.text_weak });
    let fill = if enabled { tokens.accent } else { tokens.button };
    let response = ui.add_enabled(enabled, egui::Button::new(text).fill(fill));
    finish_button(ui, cx.state, response, action, cx.actions)
}

/// A square button with only an icon; its name is the action's.
pub(super) fn icon_button(ui: &mut Ui, cx: &mut Cx<'_>, action: Action, icon: &str, selected: bool) -> Response {
    let session = cx.session;
    let button = egui::Button::new(RichText::new(icon).size(18.0)).selected(selected).min_size(Vec2::splat(34.0));
    let response = ui.add_enabled(action.is_enabled(session, cx.state), button);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, action.text()));
    finish_button(ui, cx.state, response, action, cx.actions)
}

fn finish_button(ui: &Ui, state: &UiState, response: Response, action: Action, actions: &mut Vec<Action>) -> Response {
    if response.clicked() {
        actions.push(action);
    }
    let text = action.text();
    let shortcut = state.keymap.text(action, ui);
    let tip = if shortcut.is_empty() { text.to_owned() } else { format!("{text} ({shortcut})") };
    response.on_hover_text(tip)
}

/// A window over everything, with room inside.
pub(super) fn modal(ui: &Ui, name: &str) -> Modal {
    Modal::new(Id::unique(name)).frame(Frame::popup(ui.style()).inner_margin(Margin::same(20)))
}

/// A section's title.
pub(super) fn section(ui: &mut Ui, text: &str) {
    ui.add_space(4.0);
    ui.label(RichText::new(text).small().strong().weak());
}

/// A short text on a rounded background.
pub(super) fn chip(ui: &mut Ui, text: &str, fill: Color32, colour: Color32) -> Response {
    let frame = Frame::new().fill(fill).corner_radius(4).inner_margin(Margin::symmetric(6, 1));
    frame.show(ui, |ui| ui.label(RichText::new(text).small().color(colour))).inner
}

/// A named number, as a row of a grid.
pub(super) fn number_row(ui: &mut Ui, name: &str, value: DragValue<'_>) {
    let label = ui.label(RichText::new(name).weak());
    ui.add(value).labelled_by(label.id);
    ui.end_row();
}
