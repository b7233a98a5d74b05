//! The right side: the instruction, the list of steps, and the inspector of the selected one.

use super::actions::Action;
use super::canvas::badge;
use super::state::UiState;
use super::theme::Tokens;
use super::widgets::{action_button, chip, primary_button};
use super::{icons, inspector};
use crate::domain::StepId;
use crate::session::{Card, Command, Found, Session, StepState};
use eframe::egui::{self, Color32, Frame, Margin, Panel, RichText, ScrollArea, Sense, Stroke, TextEdit, Ui};

/// Draws instruction, cards and inspector.
pub fn plan_panel_ui(
    ui: &mut Ui,
    session: &Session,
    state: &mut UiState,
    tokens: &Tokens,
    commands: &mut Vec<Command>,
    actions: &mut Vec<Action>,
) {
    instruction_ui(ui, session, state, tokens, commands, actions);
    if let Some(card) = session.selected() {
        let height = ui.available_height();
        Panel::bottom("inspector")
            .frame(Frame::new().inner_margin(Margin { top: 8, ..Margin::ZERO }))
            .resizable(true)
            .default_size((height * 0.58).max(180.0))
            .size_range(140.0..=(height - 90.0).max(160.0))
            .show(ui, |ui| inspector::inspector_ui(ui, session, state, tokens, card, commands, actions));
    }
    ScrollArea::vertical().id_salt("cards").auto_shrink(false).show(ui, |ui| {
        if session.cards().is_empty() {
            empty_ui(ui, session);
        }
        for (index, card) in session.cards().iter().enumerate() {
            card_ui(ui, session, state, tokens, index, card, commands);
        }
    });
}

fn instruction_ui(
    ui: &mut Ui,
    session: &Session,
    state: &UiState,
    tokens: &Tokens,
    commands: &mut Vec<Command>,
    actions: &mut Vec<Action>,
) {
    let label = ui.label(RichText::new("Instruction").heading());
    let mut text = session.instruction().to_owned();
    let field = TextEdit::multiline(&mut text)
        .hint_text("For example: remove the spoon and turn the cup blue")
        .desired_rows(2)
        .desired_width(f32::INFINITY)
        .margin(Margin::same(8));
    let response = ui.add(field).labelled_by(label.id);
    if response.changed() {
        commands.push(Command::SetInstruction(text));
    }
    ui.horizontal(|ui| {
        let label = format!("{}  Plan", icons::LIST_CHECKS);
        if session.cards().is_empty() || session.needs_planning() {
            primary_button(ui, session, state, tokens, Action::Plan, &label, actions).on_hover_text("Ctrl+Enter");
        } else {
            action_button(ui, session, state, Action::Plan, label, actions);
        }
        action_button(ui, session, state, Action::RunAll, format!("{}  Run all", icons::FAST_FORWARD), actions);
        if session.is_planning() {
            ui.weak("Planning…");
        }
    });
    ui.add_space(2.0);
    ui.separator();
}

fn empty_ui(ui: &mut Ui, session: &Session) {
    ui.add_space(10.0);
    ui.weak("Each thing that you ask for becomes a step here, with its own mask.");
    if let Some(photo) = session.photo() {
        for note in &photo.notes {
            ui.add_space(4.0);
            ui.weak(format!("{} {note}", icons::INFO));
        }
    }
}

/// One step of the list.
fn card_ui(
    ui: &mut Ui,
    session: &Session,
    state: &UiState,
    tokens: &Tokens,
    index: usize,
    card: &Card,
    commands: &mut Vec<Command>,
) {
    let is_selected = session.selected().is_some_and(|selected| selected.id == card.id);
    let stroke = if is_selected { Stroke::new(1.5, tokens.accent) } else { Stroke::new(1.0, tokens.border) };
    let frame = Frame::new().fill(tokens.raised).corner_radius(6).stroke(stroke).inner_margin(Margin::symmetric(10, 8));
    let inner = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            let (rect, _) = ui.allocate_exact_size(egui::vec2(20.0, 20.0), Sense::hover());
            badge(ui.painter(), rect.center(), index);
            chip(ui, card.task.op.name(), tokens.button, tokens.text);
            let subject = if card.task.target.is_empty() { "whole image" } else { &card.task.target };
            let title = match (card.task.op, &card.task.content) {
                (crate::domain::EditOp::Add, Some(content)) => content.clone(),
                (_, Some(content)) => format!("{subject} → {content}"),
                (_, None) => subject.to_owned(),
            };
            ui.add(egui::Label::new(RichText::new(title).family(super::theme::strong_family())).truncate());
        });
        ui.spacing_mut().interact_size.y = 16.0;
        let status = status_of(card, session, tokens);
        ui.horizontal(|ui| {
            ui.label(RichText::new(status.icon).color(status.colour));
            ui.add(egui::Label::new(RichText::new(&status.text).small().color(status.colour)).wrap());
        });
        let area = state.mask_infos.get(&card.id).map(|info| info.area).filter(|area| *area > 0.0);
        let engine = card.recipe.as_ref().map(|recipe| recipe.engine.clone());
        let details: Vec<String> =
            area.map(|area| format!("{} of the image", percent(area))).into_iter().chain(engine).collect();
        if !details.is_empty() {
            ui.label(RichText::new(details.join("  ·  ")).small().weak());
        }
    });
    let response = inner.response.interact(Sense::click());
    let name = format!("Step {}: {}", index + 1, card.task.title());
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, is_selected, &name));
    if response.clicked() {
        commands.push(Command::Select(card.id));
    }
    ui.add_space(2.0);
}

fn percent(fraction: f32) -> String {
    if fraction < 0.001 { "< 0.1 %".to_owned() } else { format!("{:.1} %", fraction * 100.0) }
}

/// A step's state in an icon, words and a colour: never in colour alone.
struct Status {
    icon: &'static str,
    text: String,
    colour: Color32,
}

fn status_of(card: &Card, session: &Session, tokens: &Tokens) -> Status {
    let status = |icon, text: &str, colour| Status { icon, text: text.to_owned(), colour };
    match &card.state {
        StepState::Draft if !card.depends_on.is_empty() => {
            let waits: Vec<String> = card.depends_on.iter().map(|id| position_of(session, *id)).collect();
            let text = format!("Located after step {} is approved", waits.join(" and "));
            status(icons::HOURGLASS, &text, tokens.text_weak)
        }
        StepState::Draft => status(icons::CIRCLE_DASHED, "Not located yet", tokens.text_weak),
        StepState::Locating => status(icons::HOURGLASS, "Looking for it…", tokens.accent),
        StepState::Located(Found::Ok) => status(icons::CROSSHAIR, "Found: check the mask, then run", tokens.text_weak),
        StepState::Located(Found::LowConfidence) => {
            status(icons::WARNING, "Not sure: correct the mask, then run", tokens.warning)
        }
        StepState::Located(Found::Ambiguous) => {
            status(icons::QUESTION, "Several fit: choose a region below", tokens.warning)
        }
        StepState::Located(Found::Empty) => status(icons::WARNING, "Nothing found: paint the mask", tokens.warning),
        StepState::Queued => status(icons::HOURGLASS, "Waiting", tokens.text_weak),
        StepState::Running(progress) => {
            let fraction = progress.and_then(|progress| progress.fraction).unwrap_or(0.0);
            let phase = progress.map_or("Starting", |progress| progress.phase.text());
            status(icons::HOURGLASS, &format!("{phase} {:.0} %", fraction * 100.0), tokens.accent)
        }
        StepState::Ready if card.outdated => {
            status(icons::WARNING, "Outdated: run again, or approve anyway", tokens.warning)
        }
        StepState::Ready if card.candidates.len() == 1 => {
            status(icons::EYE, "Ready: approve or try again", tokens.accent)
        }
        StepState::Ready => {
            let text = format!("{} candidates: choose and approve", card.candidates.len());
            status(icons::EYE, &text, tokens.accent)
        }
        StepState::Approved if card.outdated => {
            status(icons::WARNING, "Approved, but stale: run it again", tokens.warning)
        }
        StepState::Approved => status(icons::CHECK_CIRCLE, "Approved", tokens.success),
        StepState::Skipped => status(icons::SKIP_FORWARD, "Skipped", tokens.text_weak),
        StepState::Failed(sentence) => status(icons::X_CIRCLE, sentence, tokens.error),
        StepState::NeedsModel(sentence) => status(icons::CUBE, sentence, tokens.warning),
    }
}

/// The number that the list shows for a step.
fn position_of(session: &Session, id: StepId) -> String {
    let index = session.cards().iter().position(|card| card.id == id);
    index.map_or_else(|| "?".to_owned(), |index| (index + 1).to_string())
}
