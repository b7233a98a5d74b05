//! Overlays: notices, questions, the palette and the key list.

use super::commands::actions::Action;
use super::commands::keys_window::keys_ui;
use super::commands::palette::palette_ui;
use super::cx::Cx;
use super::icons;
use super::leftovers::leftovers_corner_ui;
use super::path_dialog::path_ui;
use super::steps::history::history_ui;
use super::widgets::modal;
use crate::session::{Answer, Command, Notice};
use crate::text::tr;
use eframe::egui::{self, Align2, Area, Color32, FontId, Frame, Id, Margin, Order, RichText, Stroke, Ui};
use tie_core::Fit;

/// Draws all current overlays.
pub(super) fn overlays_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let tokens = cx.tokens;
    leftovers_corner_ui(ui, &mut cx.state.leftovers, cx.session, tokens, cx.commands);
    notice_ui(ui, cx);
    unsaved_ui(ui, cx);
    mask_question_ui(ui, cx);
    history_ui(ui, cx);
    find_action_ui(ui, cx);
    keys_ui(ui, cx);
    path_ui(ui, &mut cx.state.path_prompt, tokens, cx.commands);
    if cx.state.drop_hovering {
        drop_ui(ui, cx);
    }
}

/// The palette, which lists what could be done now.
fn find_action_ui(ui: &Ui, cx: &mut Cx<'_>) {
    let mut palette = cx.state.palette.take();
    let is_enabled = |action: Action| action.is_enabled(cx.session, cx.state);
    let chosen = palette_ui(ui, &mut palette, &cx.state.keymap, cx.tokens, is_enabled);
    cx.state.palette = palette;
    cx.actions.extend(chosen);
}

/// An error stays until it is dismissed; a success is a word in passing.
fn notice_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let (session, tokens) = (cx.session, cx.tokens);
    let Some(notice) = session.notice() else {
        return;
    };
    let (icon, text, colour) = match notice {
        Notice::Success(text) => (icons::CHECK_CIRCLE, text, tokens.success),
        Notice::Warning(text) => (icons::WARNING, text, tokens.warning),
        Notice::Error(text) => (icons::WARNING_CIRCLE, text, tokens.error),
    };
    Area::new(Id::unique("notice")).order(Order::Foreground).anchor(Align2::CENTER_TOP, [0.0, 44.0]).show(ui, |ui| {
        let frame = Frame::new().fill(tokens.raised).stroke(Stroke::new(1.0, colour)).corner_radius(6);
        frame.inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| {
            ui.set_max_width(560.0);
            ui.horizontal(|ui| {
                ui.label(RichText::new(icon).size(18.0).color(colour));
                ui.add(egui::Label::new(text).wrap());
                let close = ui.button(icons::X).on_hover_text(tr!("dismiss"));
                close.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, tr!("dismiss")));
                if close.clicked() {
                    cx.commands.push(Command::DismissNotice);
                }
            });
        });
    });
}

/// Save, discard or stay.
fn unsaved_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let (session, tokens) = (cx.session, cx.tokens);
    if session.pending().is_none() || session.is_saving_for_pending() {
        return;
    }
    let name =
        session.photo().and_then(|photo| photo.source.file_name()).map(|name| name.to_string_lossy().into_owned());
    let response = modal(ui, "unsaved").show(ui, |ui| {
        ui.set_max_width(400.0);
        ui.heading(tr!("unsaved-question", name = name.as_deref().unwrap_or(tr!("unsaved-nameless"))));
        ui.add_space(4.0);
        ui.label(tr!("unsaved-why"));
        ui.add_space(12.0);
        ui.horizontal(|ui| {
            let save =
                egui::Button::new(RichText::new(tr!("unsaved-save")).color(tokens.accent_text)).fill(tokens.accent);
            if ui.add(save).clicked() {
                cx.commands.push(Command::Answer(Answer::Save));
            }
            if ui.button(tr!("unsaved-discard")).clicked() {
                cx.commands.push(Command::Answer(Answer::Discard));
            }
            if ui.button(tr!("cancel")).clicked() {
                cx.commands.push(Command::Answer(Answer::Cancel));
            }
        });
    });
    if response.should_close() {
        cx.commands.push(Command::Answer(Answer::Cancel));
    }
}

/// A mask of another size than the photograph's: scale it, centre it, or leave it.
fn mask_question_ui(ui: &Ui, cx: &mut Cx<'_>) {
    let (session, tokens) = (cx.session, cx.tokens);
    let Some(question) = session.mask_question() else {
        return;
    };
    let response = modal(ui, "mask size").show(ui, |ui| {
        ui.set_max_width(420.0);
        ui.heading(tr!("mask-size-title"));
        ui.add_space(4.0);
        let (mask, photo) = (question.mask.extent().to_string(), question.wanted.to_string());
        ui.label(tr!("mask-size-text", mask = mask, photo = photo));
        ui.add_space(12.0);
        ui.horizontal(|ui| {
            let scale = egui::Button::new(RichText::new(tr!("mask-size-scale")).color(tokens.accent_text));
            if ui.add(scale.fill(tokens.accent)).clicked() {
                cx.commands.push(Command::FitMask(Some(Fit::Scale)));
            }
            if ui.button(tr!("mask-size-centre")).clicked() {
                cx.commands.push(Command::FitMask(Some(Fit::Centre)));
            }
            if ui.button(tr!("cancel")).clicked() {
                cx.commands.push(Command::FitMask(None));
            }
        });
    });
    if response.should_close() {
        cx.commands.push(Command::FitMask(None));
    }
}

/// A file is held over the window.
fn drop_ui(ui: &Ui, cx: &Cx<'_>) {
    let tokens = cx.tokens;
    let painter = ui.layer_painter(egui::LayerId::new(Order::Foreground, Id::unique("drop")));
    let rect = ui.content_rect().shrink(12.0);
    painter.rect(rect, 10, Color32::from_black_alpha(150), Stroke::new(2.0, tokens.accent), egui::StrokeKind::Inside);
    let pointer = ui.input(|input| input.pointer.latest_pos());
    let card = pointer.and_then(|at| cx.state.card_rects.iter().find(|(_, rect)| rect.contains(at)));
    let text = if card.is_some() { tr!("drop-mask") } else { tr!("drop-to-open") };
    if let Some((_, card)) = card {
        painter.rect(
            *card,
            6,
            tokens.accent.gamma_multiply(0.35),
            Stroke::new(3.0, tokens.accent),
            egui::StrokeKind::Outside,
        );
    }
    painter.text(rect.center(), Align2::CENTER_CENTER, text, FontId::proportional(24.0), Color32::WHITE);
}
