//! Overlays: notices, questions, the palette and the key list.

use super::commands::actions::Action;
use super::commands::keys_window::keys_ui;
use super::commands::palette::palette_ui;
use super::cx::Cx;
use super::icons;
use super::leftovers::leftovers_corner_ui;
use super::path_dialog::path_ui;
use super::theme::Tokens;
use super::widgets::modal;
use crate::session::{Answer, Command, Notice, UndecidedAnswer};
use crate::text::tr;
use eframe::egui::{self, Align2, Area, Button, Color32, FontId, Frame, Id, Key, Margin, Order, RichText, Stroke, Ui};
use tie_core::Fit;

/// Draws all current overlays.
pub(super) fn overlays_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let tokens = cx.tokens;
    leftovers_corner_ui(ui, &mut cx.state.leftovers, cx.session, tokens, cx.commands);
    notice_ui(ui, cx);
    unsaved_ui(ui, cx);
    undecided_ui(ui, cx);
    mask_question_ui(ui, cx);
    find_action_ui(ui, cx);
    keys_ui(ui, cx);
    let source = cx.session.photo().filter(|photo| !photo.is_pasted()).map(|photo| photo.source.as_path());
    path_ui(ui, &mut cx.state.path_prompt, source, tokens, cx.commands);
    about_ui(ui, cx);
    if cx.state.drop_hovering {
        drop_ui(ui, cx);
    }
    keyboard_focus_ui(ui, cx);
}

/// Shows where the keyboard is, once somebody moves with it; a text field shows that itself.
fn keyboard_focus_ui(ui: &Ui, cx: &mut Cx<'_>) {
    let (moves, points) =
        ui.input(|input| (input.key_pressed(Key::Tab), input.pointer.any_pressed() || input.pointer.any_down()));
    cx.state.by_keyboard = (cx.state.by_keyboard || moves) && !points;
    let focused = ui.memory(egui::Memory::focused).filter(|_| cx.state.by_keyboard && !ui.text_edit_focused());
    if let Some(response) = focused.and_then(|id| ui.read_response(id)) {
        let painter = ui.layer_painter(response.layer_id).with_clip_rect(ui.content_rect());
        focus_ring(&painter, cx.tokens, response.rect);
    }
}

/// A ring that is seen on every surface.
fn focus_ring(painter: &egui::Painter, tokens: &Tokens, rect: egui::Rect) {
    let stroke = Stroke::new(2.0, tokens.text);
    painter.rect_stroke(rect.expand(2.0), 6, stroke, egui::StrokeKind::Outside);
}

/// What this program is.
fn about_ui(ui: &Ui, cx: &mut Cx<'_>) {
    if !cx.state.about_open {
        return;
    }
    let response = modal(ui, "about").show(ui, |ui| {
        ui.set_width(380.0);
        ui.heading(tr!("app-name"));
        ui.label(tr!("about-version", version = env!("CARGO_PKG_VERSION")));
        ui.add_space(6.0);
        ui.label(tr!("about-what"));
        ui.add_space(6.0);
        ui.label(RichText::new(tr!("about-licence", licence = env!("CARGO_PKG_LICENSE"))).weak());
        ui.label(RichText::new(cx.state.adapter.as_str()).small().weak());
        ui.add_space(10.0);
        ui.horizontal(|ui| {
            if ui.button(tr!("about-keys")).clicked() {
                cx.actions.push(Action::Keys);
                ui.close();
            }
            if ui.button(tr!("close")).clicked() {
                ui.close();
            }
        });
    });
    cx.state.about_open = !response.should_close();
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

/// Asks something in a modal window; answers with the index of the button that was chosen. Enter chooses the first one, which
/// has the focus at first, Escape the last one.
fn question_ui(ui: &Ui, tokens: &Tokens, heading: &str, text: &str, answers: &[&str]) -> Option<usize> {
    let mut chosen = None;
    // Before it gets the focus in its first frame.
    let enters = ui.input(|input| input.key_pressed(Key::Enter)) && ui.memory(|memory| memory.focused().is_none());
    let response = modal(ui, heading).show(ui, |ui| {
        ui.set_max_width(420.0);
        ui.heading(heading);
        ui.add_space(4.0);
        ui.label(text);
        ui.add_space(12.0);
        ui.horizontal_wrapped(|ui| {
            for (index, answer) in answers.iter().enumerate() {
                let first = RichText::new(*answer).color(tokens.accent_text);
                let button = if index == 0 { Button::new(first).fill(tokens.accent) } else { Button::new(*answer) };
                let response = ui.add(button);
                if index == 0 && ui.memory(|memory| memory.focused().is_none()) {
                    response.request_focus();
                }
                if response.has_focus() {
                    focus_ring(ui.painter(), tokens, response.rect);
                }
                if response.clicked() {
                    chosen = Some(index);
                }
            }
        });
    });
    if enters {
        chosen = chosen.or(Some(0));
    }
    if response.should_close() { chosen.or(answers.len().checked_sub(1)) } else { chosen }
}

/// Save, discard or stay.
fn unsaved_ui(ui: &Ui, cx: &mut Cx<'_>) {
    let session = cx.session;
    if session.pending().is_none() || session.is_saving_for_pending() {
        return;
    }
    let name =
        session.photo().and_then(|photo| photo.source.file_name()).map(|name| name.to_string_lossy().into_owned());
    let heading = tr!("unsaved-question", name = name.as_deref().unwrap_or(tr!("unsaved-nameless")));
    let answers = [tr!("unsaved-save"), tr!("unsaved-discard"), tr!("cancel")];
    let chosen = question_ui(ui, cx.tokens, &heading, tr!("unsaved-why"), &answers);
    let discards = ui.input(|input| input.modifiers.alt && input.key_pressed(Key::D));
    let chosen = chosen.or(discards.then_some(1));
    let meanings = [Answer::Save, Answer::Discard, Answer::Cancel];
    cx.commands.extend(chosen.map(|index| Command::Answer(meanings[index])));
}

/// Results that are shown but not approved: save with them, without them, or not yet.
fn undecided_ui(ui: &Ui, cx: &mut Cx<'_>) {
    let session = cx.session;
    if !session.asks_about_undecided() {
        return;
    }
    let heading = tr!("undecided-question", n = session.undecided_results().count());
    let answers = [tr!("undecided-approve"), tr!("undecided-without"), tr!("cancel")];
    let chosen = question_ui(ui, cx.tokens, &heading, tr!("undecided-why"), &answers);
    let meanings = [UndecidedAnswer::Approve, UndecidedAnswer::Without, UndecidedAnswer::Cancel];
    cx.commands.extend(chosen.map(|index| Command::SaveUndecided(meanings[index])));
}

/// A mask of another size than the photograph's: scale it, centre it, or leave it.
fn mask_question_ui(ui: &Ui, cx: &mut Cx<'_>) {
    let Some(question) = cx.session.mask_question() else {
        return;
    };
    let (mask, photo) = (question.mask.extent().to_string(), question.wanted.to_string());
    let text = tr!("mask-size-text", mask = mask, photo = photo);
    let answers = [tr!("mask-size-scale"), tr!("mask-size-centre"), tr!("cancel")];
    let chosen = question_ui(ui, cx.tokens, tr!("mask-size-title"), &text, &answers);
    let meanings = [Some(Fit::Scale), Some(Fit::Centre), None];
    cx.commands.extend(chosen.map(|index| Command::FitMask(meanings[index])));
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
