//! One step of the list: what it asks for, where it stands, and its menu.

use super::status::progress_text;
use crate::session::{Card, Command, Found, Session, StepState};
use crate::text::tr;
use crate::ui::canvas::marks::badge;
use crate::ui::commands::actions::Action;
use crate::ui::commands::keymap::Keymap;
use crate::ui::commands::menu::scrolling_menu;
use crate::ui::cx::Cx;
use crate::ui::icons;
use crate::ui::state::UiState;
use crate::ui::theme::{self, Tokens};
use crate::ui::widgets::{engine_label, op_name};
use eframe::egui::{
    self, Color32, Frame, Image, Margin, ProgressBar, Rect, Response, RichText, Sense, Stroke, Ui, vec2,
};
use std::sync::Arc;
use tie_core::{Doubt, EditOp, Raster, Recipe, StepId};
use tie_engine::Progress;

/// Side of a card's pictures, in ui points.
const PICTURE: f32 = 26.0;

/// Draws a card, one line high unless there is something to say; its response is for dragging.
pub(super) fn card_ui(ui: &mut Ui, cx: &mut Cx<'_>, index: usize, card: &Card) -> Response {
    let (session, tokens) = (cx.session, cx.tokens);
    let is_selected = session.selected().is_some_and(|selected| selected.id == card.id);
    let stroke = if is_selected { Stroke::new(1.5, tokens.accent) } else { Stroke::new(1.0, tokens.border) };
    let frame = Frame::new().fill(tokens.raised).corner_radius(6).stroke(stroke).inner_margin(Margin::symmetric(8, 4));
    // The whole card is behind its buttons, so that they get their clicks.
    let id = ui.scope_id().with(("card", card.id));
    let before = cx.state.card_rects.iter().find(|(step, _)| *step == card.id).map(|(_, rect)| *rect);
    let response = ui.interact(before.unwrap_or(Rect::NOTHING), id, Sense::click_and_drag());
    let status = status_of(card, session, tokens);
    let name = tr!("card-name-state", number = index + 1, title = card.task.title(), state = status.text.as_str());
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, is_selected, &name));
    let inner = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 2.0;
        if !card.enabled {
            ui.set_opacity(0.55);
        }
        head_ui(ui, cx, index, card, &status);
        if is_selected || status.asks {
            status_ui(ui, cx, card, &status);
        }
        if is_selected {
            warnings_ui(ui, session, tokens, card);
        }
    });
    remember_rect(&mut cx.state.card_rects, card.id, inner.response.rect);
    response.context_menu(|ui| scrolling_menu(ui, |ui| menu_items(ui, session, &cx.state.keymap, card, cx.commands)));
    if response.clicked() {
        cx.commands.push(Command::Select(card.id));
    }
    response
}

/// What you have to know before you go on with the step.
fn warnings_ui(ui: &mut Ui, session: &Session, tokens: &Tokens, card: &Card) {
    let mut line = |words: &str| {
        ui.add(egui::Label::new(RichText::new(words).small().color(tokens.warning)).wrap().selectable(false));
    };
    if let Some(verdict) = card.doubtful_verdict() {
        line(&verdict.reason);
    }
    match session.placed(card.id) {
        Some(Err(sentence)) if !matches!(card.state, StepState::Failed(_)) => line(sentence),
        Some(Ok(placed)) if placed.shortened => line(tr!("placing-shortened")),
        _ => {}
    }
}

fn remember_rect(rects: &mut Vec<(StepId, Rect)>, id: StepId, rect: Rect) {
    match rects.iter_mut().find(|(step, _)| *step == id) {
        Some((_, known)) => *known = rect,
        None => rects.push((id, rect)),
    }
}

/// Eye, number, kind, thing, state and pictures.
fn head_ui(ui: &mut Ui, cx: &mut Cx<'_>, index: usize, card: &Card, status: &Status) {
    let (session, tokens) = (cx.session, cx.tokens);
    ui.horizontal(|ui| {
        ui.set_min_height(PICTURE);
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.spacing_mut().button_padding = vec2(2.0, 1.0);
        let (icon, tip) =
            if card.enabled { (icons::EYE, tr!("card-disable")) } else { (icons::EYE_SLASH, tr!("card-enable")) };
        let eye = ui.add(egui::Button::new(RichText::new(icon).size(16.0)).frame(false)).on_hover_text(tip);
        eye.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, card.enabled, tip));
        if eye.clicked() {
            cx.commands.push(Command::SetEnabled(card.id, !card.enabled));
        }
        let (rect, _) = ui.allocate_exact_size(vec2(20.0, 20.0), Sense::hover());
        badge(ui.painter(), rect.center(), index);
        kind_ui(ui, cx, card);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let more = egui::Button::new(RichText::new(icons::DOTS_THREE_VERTICAL).size(16.0)).frame(false);
            let more = ui.add(more).on_hover_text(tr!("card-more"));
            more.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, tr!("card-more")));
            egui::Popup::menu(&more).show(|ui| {
                scrolling_menu(ui, |ui| menu_items(ui, session, &cx.state.keymap, card, cx.commands));
            });
            pictures_ui(ui, cx, card);
            let state = ui.label(RichText::new(status.icon).color(status.colour).size(15.0));
            state.on_hover_text(&status.text);
            if card.unseen {
                let (rect, response) = ui.allocate_exact_size(vec2(8.0, 8.0), Sense::hover());
                ui.painter().circle_filled(rect.center(), 4.0, tokens.accent);
                response.on_hover_text(tr!("card-unseen"));
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let title = RichText::new(title(card)).family(theme::strong_family());
                ui.add(egui::Label::new(title).truncate().selectable(false));
            });
        });
    });
}

/// The kinds that a step can be changed to.
const KINDS: &[EditOp] = &[
    EditOp::Remove,
    EditOp::Recolor,
    EditOp::Adjust,
    EditOp::Move,
    EditOp::Text,
    EditOp::Replace,
    EditOp::Add,
    EditOp::Background,
    EditOp::Material,
    EditOp::Attribute,
    EditOp::Style,
];

/// The kind of the edit, which opens a menu with the others and with the engines for this one.
fn kind_ui(ui: &mut Ui, cx: &mut Cx<'_>, card: &Card) {
    let (session, tokens) = (cx.session, cx.tokens);
    let op = card.task.op();
    let text = RichText::new(op_name(op)).small().color(tokens.text);
    ui.spacing_mut().button_padding.x = 6.0;
    let chip = ui.add(egui::Button::new(text).fill(tokens.button).corner_radius(4)).on_hover_text(tr!("card-kind-tip"));
    chip.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, tr!("card-kind", kind = op_name(op))));
    egui::Popup::menu(&chip).show(|ui| kinds_menu(ui, session, card, cx.commands));
}

/// Other kinds for a step, with a mark where one needs a model, and the engines that can do its own.
pub(super) fn kinds_menu(ui: &mut Ui, session: &Session, card: &Card, commands: &mut Vec<Command>) {
    ui.set_min_width(190.0);
    for kind in KINDS {
        let needs_model = session.registry().inpainters_for(*kind).is_empty();
        let button = egui::Button::selectable(*kind == card.task.op(), op_name(*kind));
        let button = if needs_model { button.right_text(tr!("card-kind-model")) } else { button };
        if ui.add_enabled(!card.is_decided(), button).clicked() {
            let task = card.task.clone().reworded(|words| words.op = *kind);
            commands.push(Command::EditTask(card.id, task));
            ui.close();
        }
    }
    let Some(recipe) = card.recipe.as_ref().filter(|_| !card.is_decided()) else { return };
    let engines = session.registry().inpainters_for(card.task.done_as());
    if engines.len() > 1 {
        ui.separator();
        ui.label(RichText::new(tr!("recipe-engine")).small().weak());
        for name in engines {
            if ui.selectable_label(recipe.engine == name, engine_label(session, name)).clicked() {
                commands.push(Command::EditRecipe(card.id, Recipe { engine: name.to_owned(), ..recipe.clone() }));
                ui.close();
            }
        }
    }
}

/// What the card's chip does not say.
fn title(card: &Card) -> String {
    let subject = match card.task.target.as_str() {
        "" if card.mask.as_ref().is_some_and(|mask| mask.proposal.is_empty()) => tr!("card-painted-region"),
        "" => tr!("card-whole-image"),
        target => target,
    };
    match (card.task.op(), card.task.content()) {
        (EditOp::Add, Some(content)) => content.to_owned(),
        (_, Some(content)) => format!("{subject} → {content}"),
        (_, None) => subject.to_owned(),
    }
}

/// The place that the step changes, before and after; the mask until there is a result.
fn pictures_ui(ui: &mut Ui, cx: &mut Cx<'_>, card: &Card) {
    let (session, tokens) = (cx.session, cx.tokens);
    let Some(measures) = session.measures(card.id) else {
        return;
    };
    let has_result = card.state == StepState::Approved || card.state == StepState::Ready;
    let pictures: Vec<(&Arc<Raster>, &str)> = match &measures.change {
        // From the right.
        Some([before, after]) if has_result => vec![(after, tr!("card-after-picture")), (before, tr!("card-before"))],
        _ => vec![(&measures.thumbnail, tr!("card-thumbnail"))],
    };
    ui.spacing_mut().item_spacing.x = 2.0;
    for (picture, tip) in pictures {
        let (rect, response) = ui.allocate_exact_size(vec2(PICTURE, PICTURE), Sense::hover());
        picture_ui(ui, cx.state, tokens, picture, rect);
        response.on_hover_ui(|ui| {
            let texture = cx.state.thumbnails.of_mask(ui, picture);
            ui.image(&texture);
            ui.label(tip);
        });
    }
    ui.spacing_mut().item_spacing.x = 6.0;
}

/// A small picture, as large as fits.
pub(super) fn picture_ui(ui: &Ui, state: &mut UiState, tokens: &Tokens, picture: &Arc<Raster>, rect: Rect) {
    let texture = state.thumbnails.of_mask(ui, picture);
    ui.painter().rect_filled(rect, 3, tokens.field);
    let size = texture.size_vec2();
    let place = Rect::from_center_size(rect.center(), size * (rect.width() / size.max_elem().max(1.0)));
    Image::new(&texture).corner_radius(3).paint_at(ui, place);
}

/// The state in words, and what to do about it.
fn status_ui(ui: &mut Ui, cx: &mut Cx<'_>, card: &Card, status: &Status) {
    let tokens = cx.tokens;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 5.0;
        ui.spacing_mut().interact_size.y = 16.0;
        ui.add(egui::Label::new(RichText::new(&status.text).small().color(status.colour)).wrap().selectable(false));
        if card.outdated && card.enabled && card.can_run() {
            let run = format!("{} {}", icons::ARROWS_CLOCKWISE, tr!("card-run-again"));
            if ui.add(egui::Button::new(RichText::new(run).small())).clicked() {
                cx.commands.push(Command::Run(card.id));
            }
        }
    });
    if let StepState::Running(Some(Progress { fraction: Some(fraction), .. })) = card.state {
        ui.add(ProgressBar::new(fraction).desired_height(4.0).fill(tokens.accent));
    }
}

/// The card's menu, in groups.
const MENU: &[&[Action]] = &[
    &[Action::PlanStep, Action::PlanFrom],
    &[Action::DuplicateStep, Action::SplitStep, Action::MergeStep],
    &[Action::MoveStepUp, Action::MoveStepDown],
    &[Action::CopyMask, Action::PasteMask, Action::ImportMask, Action::ExportMask],
    &[Action::Skip, Action::Reopen, Action::ToggleStep, Action::DeleteStep],
];

/// The card's menu: the same commands as the menu bar has for the selected step.
fn menu_items(ui: &mut Ui, session: &Session, keymap: &Keymap, card: &Card, commands: &mut Vec<Command>) {
    ui.set_min_width(230.0);
    for (number, group) in MENU.iter().enumerate() {
        if number > 0 {
            ui.separator();
        }
        for action in *group {
            let command = action.step_command(session, card);
            let button = egui::Button::new(action.text()).shortcut_text(keymap.text(*action, ui));
            if ui.add_enabled(command.is_some(), button).clicked() {
                commands.extend(command);
                ui.close();
            }
        }
    }
}

/// A step's state in an icon, words and a colour: never in colour alone.
struct Status {
    icon: &'static str,
    text: String,
    colour: Color32,
    /// You should read it even if the step is not selected.
    asks: bool,
}

fn status_of(card: &Card, session: &Session, tokens: &Tokens) -> Status {
    let status = |icon, text: &str, colour| Status { icon, text: text.to_owned(), colour, asks: false };
    let asks = |icon, text: &str, colour| Status { asks: true, ..status(icon, text, colour) };
    match &card.state {
        _ if !card.enabled => status(icons::EYE_SLASH, tr!("state-disabled"), tokens.text_weak),
        StepState::Draft if !card.depends_on.is_empty() => {
            let waits: Vec<String> = card.depends_on.iter().map(|id| position_of(session, *id)).collect();
            status(icons::HOURGLASS, &tr!("state-waits", steps = waits.join(", ")), tokens.text_weak)
        }
        StepState::Draft => status(icons::CIRCLE_DASHED, tr!("state-draft"), tokens.text_weak),
        StepState::Locating => status(icons::HOURGLASS, tr!("state-locating"), tokens.accent),
        StepState::Located(Found::Ok) => status(icons::CROSSHAIR, tr!("state-found"), tokens.text_weak),
        StepState::Located(Found::Unsure) => asks(icons::QUESTION, &doubt_text(card, session), tokens.warning),
        StepState::Located(Found::Empty) if card.task.target.is_empty() => {
            asks(icons::PAINT_BRUSH, tr!("state-paint"), tokens.text_weak)
        }
        StepState::Located(Found::Empty) => asks(icons::PAINT_BRUSH, tr!("state-empty"), tokens.warning),
        StepState::Queued => status(icons::HOURGLASS, tr!("state-queued"), tokens.text_weak),
        StepState::Running(progress) => {
            let percent = progress.and_then(|progress| progress.fraction).unwrap_or(0.0) * 100.0;
            let phase = progress.map_or_else(|| tr!("state-starting").to_owned(), progress_text);
            let text = tr!("state-running", phase = phase, percent = format!("{percent:.0}"));
            asks(icons::HOURGLASS, &text, tokens.accent)
        }
        StepState::Ready if card.outdated => asks(icons::WARNING, tr!("state-outdated"), tokens.warning),
        StepState::Ready if card.doubtful_verdict().is_some() => {
            asks(icons::WARNING, tr!("state-doubtful"), tokens.warning)
        }
        StepState::Ready => status(icons::IMAGES, &tr!("state-ready", n = card.candidates.len()), tokens.accent),
        StepState::Approved if card.outdated => asks(icons::WARNING, tr!("state-stale"), tokens.warning),
        StepState::Approved => status(icons::CHECK_CIRCLE, tr!("state-approved"), tokens.success),
        StepState::Skipped => status(icons::SKIP_FORWARD, tr!("state-skipped"), tokens.text_weak),
        StepState::Failed(sentence) => asks(icons::X_CIRCLE, sentence, tokens.error),
        StepState::NeedsModel(sentences) => asks(icons::CUBE, first_sentence(sentences), tokens.warning),
    }
}

/// The rest is said where it can be mended.
fn first_sentence(sentences: &str) -> &str {
    sentences.find(". ").map_or(sentences, |end| &sentences[..=end])
}

/// Why the step waits, and what to do.
fn doubt_text(card: &Card, session: &Session) -> String {
    match card.doubt {
        Some(Doubt::LowConfidence(_)) => tr!("doubt-low").to_owned(),
        Some(Doubt::TooLarge(_)) => tr!("doubt-large").to_owned(),
        Some(Doubt::SameRegionAs(id)) => {
            let target = session.card(id).map(|other| other.task.target.as_str()).unwrap_or_default();
            tr!("doubt-same", step = position_of(session, id), target = target)
        }
        Some(Doubt::Rivals(n)) => tr!("doubt-rivals", n = n),
        Some(Doubt::MayTake(index)) => {
            tr!("doubt-kept", kept = card.task.kept_words(index))
        }
        None => tr!("state-found").to_owned(),
    }
}

/// The number that the list shows for a step.
fn position_of(session: &Session, id: StepId) -> String {
    let index = session.cards().iter().position(|card| card.id == id);
    index.map_or_else(|| "?".to_owned(), |index| (index + 1).to_string())
}
