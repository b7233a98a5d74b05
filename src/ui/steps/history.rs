//! The list of everything that was done; click an entry to go back to it.

use crate::session::Command;
use crate::text::tr;
use crate::ui::cx::Cx;
use eframe::egui::{self, Align, RichText, ScrollArea, Ui};

/// Draws the window with the history, if it is open.
pub(in crate::ui) fn history_ui(ui: &Ui, cx: &mut Cx<'_>) {
    let (session, tokens) = (cx.session, cx.tokens);
    if !cx.state.history_open {
        return;
    }
    let (labels, done) = session.history_labels();
    let mut open = true;
    egui::Window::new(tr!("history"))
        .id(egui::Id::unique("history"))
        .frame(egui::Frame::window(ui.style()).inner_margin(egui::Margin::same(8)))
        .open(&mut open)
        .default_pos(ui.content_rect().left_top() + egui::vec2(64.0, 90.0))
        .default_size([240.0, 320.0])
        .show(ui, |ui| {
            if labels.is_empty() {
                ui.label(RichText::new(tr!("history-empty")).color(tokens.text_weak));
                return;
            }
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                let seen = ui.scope_id().with("seen");
                let is_new = ui.data_mut(|data| data.get_temp_mut_or(seen, usize::MAX) != &done);
                ui.data_mut(|data| data.insert_temp(seen, done));
                for (count, label) in std::iter::once(tr!("history-start")).chain(labels).enumerate() {
                    let is_now = count == done;
                    let colour = if count > done { tokens.text_weak } else { tokens.text };
                    let button = egui::Button::selectable(is_now, RichText::new(label).color(colour));
                    let justified = egui::Layout::top_down_justified(Align::Min);
                    let response = ui.with_layout(justified, |ui| ui.add(button)).inner;
                    if is_now && is_new {
                        response.scroll_to_me(Some(Align::Center));
                    }
                    if response.clicked() {
                        cx.commands.push(Command::HistoryTo(count));
                    }
                }
            });
        });
    cx.state.history_open = open;
}
