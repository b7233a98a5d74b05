//! What lies over the window: notices, questions, the palette and the key list.

use super::Cx;
use super::commands::keys_window::keys_ui;
use super::commands::palette::palette_ui;
use super::icons;
use super::leftovers::leftovers_corner_ui;
use super::state::{PathUse, UiState};
use super::steps::history::history_ui;
use super::theme::Tokens;
use crate::session::{Answer, Command, Notice};
use crate::text::tr;
use eframe::egui::{
    self, Align2, Area, Color32, FontId, Frame, Id, Key, Margin, Modal, Order, RichText, Stroke, TextEdit, Ui,
};
use std::path::PathBuf;
use tie_core::Fit;

/// Everything that lies over the window now.
pub(crate) fn overlays_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let tokens = cx.tokens;
    leftovers_corner_ui(ui, cx);
    notice_ui(ui, cx);
    unsaved_ui(ui, cx);
    mask_question_ui(ui, cx);
    history_ui(ui, cx);
    palette_ui(ui, cx);
    keys_ui(ui, cx.state);
    path_ui(ui, cx);
    if cx.state.drop_hovering {
        drop_ui(ui, cx.state, tokens);
    }
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

/// A window over everything, with room inside.
pub(super) fn modal(ui: &Ui, name: &str) -> Modal {
    Modal::new(Id::unique(name)).frame(Frame::popup(ui.style()).inner_margin(Margin::same(20)))
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

/// Asks for a path where the system has no dialog for it.
fn path_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let tokens = cx.tokens;
    let Some(mut prompt) = cx.state.path_prompt.take() else {
        return;
    };
    let purpose = prompt.purpose;
    let verb = if purpose.saves() { tr!("path-save") } else { tr!("path-open") };
    let (mut confirmed, mut cancelled) = (false, false);
    let response = modal(ui, "path").show(ui, |ui| {
        ui.set_width(460.0);
        ui.heading(purpose.title());
        ui.label(RichText::new(tr!("path-why")).weak());
        ui.add_space(6.0);
        let label = ui.label(tr!("path-label"));
        let field = ui.add(TextEdit::singleline(&mut prompt.path).desired_width(f32::INFINITY)).labelled_by(label.id);
        if !std::mem::replace(&mut prompt.focused, true) {
            field.request_focus();
        }
        if field.changed() {
            prompt.replaces = false;
        }
        if prompt.replaces {
            ui.label(RichText::new(tr!("path-exists")).color(tokens.warning));
        }
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            let word = if prompt.replaces { tr!("path-replace") } else { verb };
            let button = egui::Button::new(RichText::new(word).color(tokens.accent_text)).fill(tokens.accent);
            let entered = ui.input(|input| input.key_pressed(Key::Enter));
            confirmed = ui.add_enabled(!prompt.path.trim().is_empty(), button).clicked() || entered;
            cancelled = ui.button(tr!("cancel")).clicked();
        });
    });
    let path = PathBuf::from(prompt.path.trim());
    if cancelled || response.should_close() {
        cx.commands.extend((purpose == PathUse::Save).then_some(Command::SaveDialogCancelled));
    } else if confirmed && purpose.saves() && path.exists() && !prompt.replaces {
        prompt.replaces = true;
        cx.state.path_prompt = Some(prompt);
    } else if confirmed && !path.as_os_str().is_empty() {
        cx.commands.push(path_command(purpose, path));
    } else {
        cx.state.path_prompt = Some(prompt);
    }
}

/// What a path that was picked or typed is for.
pub(crate) fn path_command(purpose: PathUse, path: PathBuf) -> Command {
    match purpose {
        PathUse::Open => Command::Open(path),
        PathUse::Save => Command::SaveTo(path),
        PathUse::ImportMask(step) => Command::ImportMask(step, path),
        PathUse::ExportMask(step) => Command::ExportMask(step, path),
        PathUse::Models => Command::AddModelFolder(path),
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
fn drop_ui(ui: &Ui, state: &UiState, tokens: &Tokens) {
    let painter = ui.layer_painter(egui::LayerId::new(Order::Foreground, Id::unique("drop")));
    let rect = ui.content_rect().shrink(12.0);
    painter.rect(rect, 10, Color32::from_black_alpha(150), Stroke::new(2.0, tokens.accent), egui::StrokeKind::Inside);
    let pointer = ui.input(|input| input.pointer.latest_pos());
    let card = pointer.and_then(|at| state.card_rects.iter().find(|(_, rect)| rect.contains(at)));
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
