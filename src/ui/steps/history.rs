//! The list of everything that was done; click an entry to go back to it.

use crate::session::Command;
use crate::text::tr;
use crate::ui::canvas::marks::badge;
use crate::ui::cx::Cx;
use crate::ui::icons;
use eframe::egui::{self, Align, RichText, ScrollArea, Ui};

/// Draws the history as a panel at the side of the canvas.
pub(in crate::ui) fn history_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let (session, tokens) = (cx.session, cx.tokens);
    ui.horizontal(|ui| {
        ui.label(RichText::new(tr!("history")).heading());
        ui.with_layout(egui::Layout::right_to_left(Align::Center), |ui| {
            let close = ui.add(egui::Button::new(icons::X).frame(false));
            close.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, tr!("close")));
            if close.clicked() {
                cx.state.history_open = false;
            }
        });
    });
    let (entries, done) = (session.history_entries(), session.history_labels().1);
    if entries.is_empty() {
        ui.label(RichText::new(tr!("history-empty")).color(tokens.text_weak));
        return;
    }
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let seen = ui.scope_id().with("seen");
        let is_new = ui.data_mut(|data| data.get_temp_mut_or(seen, usize::MAX) != &done);
        ui.data_mut(|data| data.insert_temp(seen, done));
        for (count, (label, step)) in std::iter::once((tr!("history-start"), None)).chain(entries).enumerate() {
            let is_now = count == done;
            let colour = if count > done { tokens.text_weak } else { tokens.text };
            let response = ui.horizontal(|ui| {
                let (place, _) = ui.allocate_exact_size(egui::vec2(18.0, 18.0), egui::Sense::hover());
                if let Some(index) = step.and_then(|id| session.cards().iter().position(|card| card.id == id)) {
                    badge(ui.painter(), place.center(), index);
                }
                let text = RichText::new(label).small().color(colour);
                let justified = egui::Layout::top_down_justified(Align::Min);
                ui.with_layout(justified, |ui| ui.add(egui::Button::selectable(is_now, text).wrap())).inner
            });
            if is_now && is_new {
                response.inner.scroll_to_me(Some(Align::Center));
            }
            if response.inner.clicked() {
                cx.commands.push(Command::HistoryTo(count));
            }
        }
    });
}
