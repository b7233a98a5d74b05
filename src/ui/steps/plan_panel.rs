//! The right side: the instruction, the list of steps, and the inspector of the selected one.

use super::card::card_ui;
use super::inspector;
use crate::session::{Command, Session, Settings};
use crate::text::{message, tr};
use crate::ui::commands::actions::Action;
use crate::ui::commands::buttons::{action_button, primary_button};
use crate::ui::cx::Cx;
use crate::ui::icons;
use crate::ui::settings::window::APPROVALS;
use crate::ui::widgets::op_name;
use eframe::egui::{self, Frame, Margin, Panel, RichText, ScrollArea, Stroke, TextEdit, Ui};
use tie_core::{EditOp, Passage, StepId, SubTask};

/// Draws instruction, cards and inspector.
pub(in crate::ui) fn plan_panel_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let session = cx.session;
    cx.state.hovered_candidate = None;
    cx.state.card_rects.retain(|(id, _)| session.card(*id).is_some());
    let is_low = ui.available_height() < LOW;
    instruction_ui(ui, cx, is_low);
    let height = ui.available_height();
    let frame = Frame::new().inner_margin(Margin { top: 8, ..Margin::ZERO });
    let cards = ScrollArea::vertical().id_salt("cards").auto_shrink(false);
    match session.selected() {
        // Cards and inspector scroll together; the step's decision stays visible.
        Some(card) if is_low => {
            Panel::bottom("decide").frame(frame).resizable(false).show(ui, |ui| inspector::decide_ui(ui, cx, card));
            cards.show(ui, |ui| {
                cards_ui(ui, cx);
                inspector::details_ui(ui, cx, card);
            });
        }
        Some(card) => {
            Panel::bottom("inspector")
                .frame(frame)
                .resizable(true)
                .default_size((height * 0.52).max(180.0))
                .size_range(140.0..=(height - 90.0).max(160.0))
                .show(ui, |ui| inspector::inspector_ui(ui, cx, card));
            cards.show(ui, |ui| cards_ui(ui, cx));
        }
        None => {
            cards.show(ui, |ui| cards_ui(ui, cx));
        }
    }
}

/// Panels lower than this, in ui points, have no room for cards over an inspector.
const LOW: f32 = 440.0;

fn cards_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let session = cx.session;
    if session.cards().is_empty() {
        empty_ui(ui, cx);
    }
    not_understood_ui(ui, cx);
    let mut dragged = None;
    for (index, card) in session.cards().iter().enumerate() {
        let response = card_ui(ui, cx, index, card);
        if response.dragged() || response.drag_stopped() {
            dragged = Some((card.id, response));
        }
    }
    if let Some((id, response)) = dragged {
        drag_ui(ui, cx, id, &response);
    }
}

/// A card that asks about the words that no step stands for.
fn not_understood_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let (session, tokens) = (cx.session, cx.tokens);
    if session.not_understood().is_empty() {
        return;
    }
    let words = session.not_understood().iter().map(Passage::quoted).collect::<Vec<_>>().join(", ");
    let stroke = Stroke::new(1.0, tokens.warning);
    let frame = Frame::new().fill(tokens.raised).corner_radius(6).stroke(stroke).inner_margin(Margin::symmetric(10, 8));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            ui.label(RichText::new(icons::WARNING).color(tokens.warning));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::TOP), |ui| {
                let name = tr!("plan-not-understood-dismiss");
                let close = ui.button(icons::X).on_hover_text(name);
                close.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
                if close.clicked() {
                    cx.commands.push(Command::DismissNotUnderstood);
                }
                let text = tr!("plan-not-understood", words = words.as_str());
                ui.with_layout(egui::Layout::top_down(egui::Align::LEFT), |ui| {
                    ui.add(egui::Label::new(text).wrap());
                });
            });
        });
    });
    ui.add_space(2.0);
}

fn instruction_ui(ui: &mut Ui, cx: &mut Cx<'_>, is_low: bool) {
    let session = cx.session;
    let label = ui.label(RichText::new(tr!("plan-instruction")).heading());
    let mut text = session.instruction().to_owned();
    let recalled = recalled_ui(ui, cx, &mut text);
    let response = ui.add(field_of(&mut text, is_low)).labelled_by(label.id);
    // After opening a photo, people type what to change.
    let is_new = std::mem::replace(&mut cx.state.opened, session.photos_opened()) != session.photos_opened();
    if std::mem::take(&mut cx.state.focuses_instruction) || is_new {
        response.request_focus();
    }
    if response.changed() || recalled {
        cx.commands.push(Command::SetInstruction(text));
    }
    ui.horizontal(|ui| {
        let label = format!("{}  {}", icons::LIST_CHECKS, tr!("plan-plan"));
        let plan = if session.cards().is_empty() || session.needs_planning() {
            primary_button(ui, cx, Action::Plan, &label)
        } else {
            action_button(ui, cx, Action::Plan, label)
        };
        if !session.cards().is_empty() {
            let replaced = session.cards().iter().filter(|card| card.is_replaceable()).count();
            plan.on_hover_text(tr!("plan-replaces", n = replaced));
        }
        let run_all = format!("{}  {}", icons::FAST_FORWARD, tr!("plan-run-all"));
        // The two belong together.
        let gap = std::mem::replace(&mut ui.spacing_mut().item_spacing.x, 2.0);
        action_button(ui, cx, Action::RunAll, run_all);
        ui.spacing_mut().item_spacing.x = gap;
        if session.cards().iter().any(|card| card.outdated && card.enabled && !card.is_quick()) {
            action_button(
                ui,
                cx,
                Action::UpdateAll,
                format!("{}  {}", icons::ARROWS_CLOCKWISE, tr!("plan-update-all")),
            );
        }
        approval_ui(ui, session, cx.commands);
        add_step_ui(ui, session, cx.commands);
    });
    ui.add_space(2.0);
    ui.separator();
}

fn field_of(text: &mut String, is_low: bool) -> TextEdit<'_> {
    TextEdit::multiline(text)
        .id_salt(FIELD)
        .hint_text(tr!("plan-instruction-hint"))
        .desired_rows(if is_low { 1 } else { 2 })
        .desired_width(f32::INFINITY)
        .margin(Margin::same(8))
}

/// Names the field of the instruction.
const FIELD: &str = "instruction";

/// ↑ in an empty field brings back what was said before, further ↑ and ↓ go through it; whether the text is another one now.
fn recalled_ui(ui: &Ui, cx: &mut Cx<'_>, text: &mut String) -> bool {
    let said = &cx.session.settings().said;
    let id = ui.make_persistent_id(FIELD);
    let at = cx.state.recalled.filter(|at| said.get(*at).is_some_and(|one| one == text));
    let is_free = text.is_empty() || at.is_some();
    if !is_free || !ui.memory(|memory| memory.has_focus(id)) {
        return false;
    }
    let pressed = |key| ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, key));
    let next = if pressed(egui::Key::ArrowUp) {
        Some(at.map_or(0, |at| at + 1)).filter(|at| *at < said.len()).or(at)
    } else if at.is_some() && pressed(egui::Key::ArrowDown) {
        at.and_then(|at| at.checked_sub(1))
    } else {
        return false;
    };
    cx.state.recalled = next;
    *text = next.and_then(|at| said.get(at)).cloned().unwrap_or_default();
    true
}

/// How much runs without asking; also in the settings.
fn approval_ui(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    let settings = session.settings();
    let now =
        APPROVALS.iter().find(|(approval, _)| *approval == settings.approval).map_or("", |(_, name)| message(name));
    let tip = tr!("plan-approval", mode = now);
    let button = ui.add(egui::Button::new(icons::CARET_DOWN).min_size(egui::vec2(20.0, 0.0))).on_hover_text(&tip);
    button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &tip));
    egui::Popup::menu(&button).show(|ui| {
        for (approval, name) in APPROVALS {
            if ui.selectable_label(settings.approval == approval, message(name)).clicked() {
                commands.push(Command::SetSettings(Box::new(Settings { approval, ..settings.clone() })));
                ui.close();
            }
        }
    });
}

/// Edits to make by hand, with no planner; those that some engine here can do come first.
const BY_HAND: &[EditOp] = &[
    EditOp::Remove,
    EditOp::Recolor,
    EditOp::Adjust,
    EditOp::Move,
    EditOp::Replace,
    EditOp::Add,
    EditOp::Background,
    EditOp::Material,
    EditOp::Text,
    EditOp::Style,
    EditOp::Other,
];

/// A step by hand.
fn add_step_ui(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    let button = ui.button(format!("{}  {}", icons::PLUS, tr!("plan-add"))).on_hover_text(tr!("plan-add-tip"));
    egui::Popup::menu(&button).show(|ui| {
        ui.set_min_width(190.0);
        for op in BY_HAND {
            let needs_model = session.registry().inpainters_for(*op).is_empty();
            let button = egui::Button::new(op_name(*op));
            let button = if needs_model { button.right_text(tr!("card-kind-model")) } else { button };
            if ui.add(button).clicked() {
                let id = u32::try_from(session.cards().len()).unwrap_or(u32::MAX).saturating_add(1);
                let content = match op {
                    EditOp::Recolor => "blue",
                    EditOp::Adjust => "brighter",
                    _ => "",
                };
                commands.push(Command::AddStep(SubTask::new(id, *op, "").becomes(content)));
                ui.close();
            }
        }
    });
}

/// What can be asked for, by the words that begin the instruction.
const ASKS: &[(&str, &str)] = &[
    ("ask-remove", "remove the "),
    ("ask-recolour", "turn the background black and white"),
    ("ask-blur", "blur the background"),
    ("ask-brighten", "make it brighter"),
    ("ask-warmer", "make it warmer"),
    ("ask-move", "move the "),
    ("ask-text", "make the sign say "),
];

fn empty_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let session = cx.session;
    ui.add_space(10.0);
    ui.weak(tr!("plan-empty"));
    ui.add_space(6.0);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(6.0, 6.0);
        for (name, words) in ASKS {
            if ui.button(RichText::new(message(name)).small()).clicked() {
                cx.commands.push(Command::SetInstruction((*words).to_owned()));
                cx.state.focuses_instruction = true;
            }
        }
    });
    ui.add_space(4.0);
    ui.weak(tr!("plan-empty-by-hand"));
    if let Some(photo) = session.photo() {
        for note in &photo.notes {
            ui.add_space(4.0);
            ui.weak(format!("{} {note}", icons::INFO));
        }
    }
}

/// A card on its way to another place: a line shows where it would land.
fn drag_ui(ui: &Ui, cx: &mut Cx<'_>, id: StepId, response: &egui::Response) {
    let (session, tokens) = (cx.session, cx.tokens);
    let Some(pointer) = response.interact_pointer_pos() else {
        return;
    };
    let rects: Vec<egui::Rect> = session
        .cards()
        .iter()
        .filter_map(|card| cx.state.card_rects.iter().find(|(step, _)| *step == card.id).map(|(_, rect)| *rect))
        .collect();
    let gap = rects.iter().filter(|rect| rect.center().y < pointer.y).count();
    let Some(from) = session.cards().iter().position(|card| card.id == id) else {
        return;
    };
    if let Some(near) = rects
        .get(gap)
        .map(|rect| (rect, rect.top() - 4.0))
        .or_else(|| rects.last().map(|rect| (rect, rect.bottom() + 4.0)))
    {
        let line = Stroke::new(3.0, tokens.accent);
        ui.painter().hline(near.0.x_range(), near.1, line);
    }
    ui.set_cursor_icon(egui::CursorIcon::Grabbing);
    if response.drag_stopped() {
        // Gaps are counted with the card still in its place.
        let to = if gap > from { gap - 1 } else { gap };
        cx.commands.push(Command::MoveStep(id, to));
    }
}
