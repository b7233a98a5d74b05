//! The menu bar, made from the list of actions.

use super::actions::{ACTIONS, Action, Menu};
use crate::text::{language, tr};
use crate::ui::cx::Cx;
use crate::ui::welcome::recent_menu_ui;
use eframe::egui::{self, ScrollArea, Ui};

/// Draws the menu bar.
pub(in crate::ui) fn menu_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let session = cx.session;
    egui::MenuBar::new().ui(ui, |ui| {
        for menu in Menu::ALL {
            ui.menu_button(menu.text(), |ui| {
                ui.set_min_width(220.0);
                scrolling_menu(ui, |ui| menu_items(ui, cx, menu));
            });
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if let Some(photo) = session.photo() {
                let name = photo.file_name();
                let star = if session.has_unsaved_work() { " *" } else { "" };
                ui.weak(format!("{name}{star}"));
            }
        });
    });
}

/// A menu's items, which scroll where the window is lower than the menu.
pub(in crate::ui) fn scrolling_menu(ui: &mut Ui, items: impl FnOnce(&mut Ui)) {
    let height = ui.content_rect().height() - 60.0;
    ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, items);
}

fn menu_items(ui: &mut Ui, cx: &mut Cx<'_>, menu: Menu) {
    let session = cx.session;
    for info in ACTIONS.iter().filter(|info| info.menu == menu) {
        let text = match info.action {
            Action::Undo => session.undo_label().map(|what| tr!("menu-undo-what", what = lower_first(what))),
            Action::Redo => session.redo_label().map(|what| tr!("menu-redo-what", what = lower_first(what))),
            _ => None,
        };
        let text = text.unwrap_or_else(|| info.action.text().to_owned());
        let button = egui::Button::new(text).shortcut_text(cx.state.keymap.text(info.action, ui));
        if ui.add_enabled(info.action.is_enabled(session, cx.state), button).clicked() {
            cx.actions.push(info.action);
            ui.close();
        }
        if info.action == Action::Open {
            recent_menu_ui(ui, cx);
        }
        if starts_group_after(info.action) {
            ui.separator();
        }
    }
}

/// "Undo brush stroke"; German keeps its capitals.
fn lower_first(text: &str) -> String {
    if language() == "de" {
        return text.to_owned();
    }
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

const fn starts_group_after(action: Action) -> bool {
    matches!(
        action,
        Action::Open
            | Action::SaveAs
            | Action::Redo
            | Action::UpdateAll
            | Action::Reopen
            | Action::Locate
            | Action::PreviousStep
            | Action::ContextTool
            | Action::CopyImage
            | Action::PlanFrom
            | Action::ToggleStep
            | Action::PasteMask
            | Action::SwapTool
            | Action::HarderBrush
            | Action::InvertMask
            | Action::ResetMask
            | Action::FitMask
            | Action::Compare
    )
}
