//! Buttons for actions.

use super::actions::Action;
use crate::ui::cx::Cx;
use eframe::egui::{self, Response, RichText, Ui, Vec2};

/// A button for an action: its icon and text, its shortcut as tooltip, greyed out where it would do nothing.
pub(in crate::ui) fn action_button(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    action: Action,
    label: impl Into<egui::WidgetText>,
) -> Response {
    let session = cx.session;
    let response = ui.add_enabled(action.is_enabled(session, cx.state), egui::Button::new(label));
    finish_button(ui, cx, response, action)
}

/// The main button, in the accent colour.
pub(in crate::ui) fn primary_button(ui: &mut Ui, cx: &mut Cx<'_>, action: Action, label: &str) -> Response {
    let (session, tokens) = (cx.session, cx.tokens);
    let enabled = action.is_enabled(session, cx.state);
    let text = RichText::new(label).color(if enabled { tokens.accent_text } else { tokens.text_weak });
    let fill = if enabled { tokens.accent } else { tokens.button };
    let response = ui.add_enabled(enabled, egui::Button::new(text).fill(fill));
    finish_button(ui, cx, response, action)
}

/// A square button with only an icon; its name is the action's.
pub(in crate::ui) fn icon_button(ui: &mut Ui, cx: &mut Cx<'_>, action: Action, icon: &str, selected: bool) -> Response {
    let session = cx.session;
    let button = egui::Button::new(RichText::new(icon).size(18.0)).selected(selected).min_size(Vec2::splat(34.0));
    let response = ui.add_enabled(action.is_enabled(session, cx.state), button);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, action.text()));
    finish_button(ui, cx, response, action)
}

fn finish_button(ui: &Ui, cx: &mut Cx<'_>, response: Response, action: Action) -> Response {
    if response.clicked() {
        cx.actions.push(action);
    }
    let text = action.text();
    let shortcut = cx.state.keymap.text(action, ui);
    let tip = if shortcut.is_empty() { text.to_owned() } else { format!("{text} ({shortcut})") };
    response.on_hover_text(&tip).on_disabled_hover_text(tip)
}
