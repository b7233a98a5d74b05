//! One step of the list: what it asks for, where it stands, and its menu.

use super::status::progress_text;
use crate::session::{Card, CardMask, Command, Found, Session, StepState};
use crate::text::tr;
use crate::ui::canvas::marks::badge;
use crate::ui::commands::actions::Action;
use crate::ui::commands::keymap::Keymap;
use crate::ui::commands::menu::scrolling_menu;
use crate::ui::cx::Cx;
use crate::ui::icons;
use crate::ui::theme::{self, Tokens};
use crate::ui::widgets::{chip, engine_label, op_name};
use eframe::egui::{
    self, Color32, Frame, Image, Margin, ProgressBar, Rect, Response, RichText, Sense, Stroke, Ui, vec2,
};
use tie_core::{Doubt, EditOp, StepId};
use tie_engine::Progress;

/// Side of a mask's thumbnail, in ui points.
const THUMBNAIL: f32 = 46.0;

/// Draws a card; its response is for dragging.
pub(super) fn card_ui(ui: &mut Ui, cx: &mut Cx<'_>, index: usize, card: &Card) -> Response {
    let (session, tokens) = (cx.session, cx.tokens);
    let is_selected = session.selected().is_some_and(|selected| selected.id == card.id);
    let stroke = if is_selected { Stroke::new(1.5, tokens.accent) } else { Stroke::new(1.0, tokens.border) };
    let frame = Frame::new().fill(tokens.raised).corner_radius(6).stroke(stroke).inner_margin(Margin::symmetric(10, 8));
    // The whole card is behind its buttons, so that they get their clicks.
    let id = ui.scope_id().with(("card", card.id));
    let before = cx.state.card_rects.iter().find(|(step, _)| *step == card.id).map(|(_, rect)| *rect);
    let response = ui.interact(before.unwrap_or(Rect::NOTHING), id, Sense::click_and_drag());
    let name = tr!("card-name", number = index + 1, title = card.task.title());
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, is_selected, &name));
    let inner = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        if !card.enabled {
            ui.set_opacity(0.55);
        }
        head_ui(ui, cx, index, card);
        ui.horizontal_top(|ui| {
            thumbnail_ui(ui, cx, card);
            ui.vertical(|ui| {
                ui.spacing_mut().interact_size.y = 16.0;
                ui.spacing_mut().item_spacing.y = 3.0;
                status_ui(ui, cx, card);
                let details = details(session, card).join(" · ");
                if !details.is_empty() {
                    ui.add(egui::Label::new(RichText::new(details).small().color(tokens.text_weak)).truncate());
                }
                if is_selected {
                    words_ui(ui, session, tokens, card);
                }
            });
        });
    });
    remember_rect(&mut cx.state.card_rects, card.id, inner.response.rect);
    response.context_menu(|ui| scrolling_menu(ui, |ui| menu_items(ui, session, &cx.state.keymap, card, cx.commands)));
    if response.clicked() {
        cx.commands.push(Command::Select(card.id));
    }
    ui.add_space(2.0);
    response
}

/// Why the step exists, what the region should look like, and what its engine does and does not do.
fn words_ui(ui: &mut Ui, session: &Session, tokens: &Tokens, card: &Card) {
    let quoted = format!("“{}”", card.task.prompt);
    let prompt = if card.task.prompt.is_empty() { "" } else { &quoted };
    let does = card.recipe.as_ref().and_then(|recipe| {
        let engine = session.registry().inpainter(&recipe.engine).ok()?;
        Some(engine.does(recipe))
    });
    let mut line = |words: &str, colour| {
        if !words.is_empty() {
            ui.add(egui::Label::new(RichText::new(words).small().color(colour)).wrap().selectable(false));
        }
    };
    // Before anything else: what you have to do about it.
    if let Some(verdict) = card.doubtful_verdict() {
        line(&verdict.reason, tokens.warning);
    }
    match session.placed(card.id) {
        Some(Err(sentence)) if !matches!(card.state, StepState::Failed(_)) => line(sentence, tokens.warning),
        Some(Ok(placed)) if placed.shortened => line(tr!("placing-shortened"), tokens.warning),
        _ => {}
    }
    for words in [card.task.reasoning.as_str(), prompt, does.unwrap_or_default()] {
        line(words, tokens.text_weak);
    }
}

fn remember_rect(rects: &mut Vec<(StepId, Rect)>, id: StepId, rect: Rect) {
    match rects.iter_mut().find(|(step, _)| *step == id) {
        Some((_, known)) => *known = rect,
        None => rects.push((id, rect)),
    }
}

/// Number, operation, subject, and the card's own buttons.
fn head_ui(ui: &mut Ui, cx: &mut Cx<'_>, index: usize, card: &Card) {
    let (session, tokens) = (cx.session, cx.tokens);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let (rect, _) = ui.allocate_exact_size(vec2(20.0, 20.0), Sense::hover());
        badge(ui.painter(), rect.center(), index);
        chip(ui, op_name(card.task.op()), tokens.button, tokens.text);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.spacing_mut().button_padding = vec2(3.0, 1.0);
            let more = egui::Button::new(RichText::new(icons::DOTS_THREE_VERTICAL).size(16.0)).frame(false);
            let more = ui.add(more).on_hover_text(tr!("card-more"));
            more.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, tr!("card-more")));
            egui::Popup::menu(&more).show(|ui| {
                scrolling_menu(ui, |ui| menu_items(ui, session, &cx.state.keymap, card, cx.commands));
            });
            let (icon, tip) =
                if card.enabled { (icons::EYE, tr!("card-disable")) } else { (icons::EYE_SLASH, tr!("card-enable")) };
            let eye = ui.add(egui::Button::new(RichText::new(icon).size(16.0)).frame(false)).on_hover_text(tip);
            eye.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, card.enabled, tip));
            if eye.clicked() {
                cx.commands.push(Command::SetEnabled(card.id, !card.enabled));
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let title = RichText::new(title(card)).family(theme::strong_family());
                ui.add(egui::Label::new(title).truncate().selectable(false));
            });
        });
    });
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

fn thumbnail_ui(ui: &mut Ui, cx: &mut Cx<'_>, card: &Card) {
    let (session, tokens) = (cx.session, cx.tokens);
    let Some(measures) = session.measures(card.id) else {
        return;
    };
    let (rect, response) = ui.allocate_exact_size(vec2(THUMBNAIL, THUMBNAIL), Sense::hover());
    let texture = cx.state.thumbnails.of_mask(ui, &measures.thumbnail);
    ui.painter().rect_filled(rect, 4, tokens.field);
    let size = texture.size_vec2();
    let scale = THUMBNAIL / size.max_elem().max(1.0);
    let place = Rect::from_center_size(rect.center(), size * scale);
    Image::new(&texture).corner_radius(4).paint_at(ui, place);
    response.on_hover_text(tr!("card-thumbnail"));
}

fn status_ui(ui: &mut Ui, cx: &mut Cx<'_>, card: &Card) {
    let (session, tokens) = (cx.session, cx.tokens);
    let status = status_of(card, session, tokens);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 5.0;
        ui.label(RichText::new(status.icon).color(status.colour));
        ui.add(egui::Label::new(RichText::new(&status.text).small().color(status.colour)).wrap().selectable(false));
        if card.outdated && card.enabled && card.can_run() {
            let run = format!("{} {}", icons::ARROWS_CLOCKWISE, tr!("card-run-again"));
            if ui.add(egui::Button::new(RichText::new(run).small())).clicked() {
                cx.commands.push(Command::Run(card.id));
            }
        }
        if let StepState::Running(Some(Progress { fraction: Some(fraction), .. })) = card.state {
            ui.add(ProgressBar::new(fraction).desired_height(4.0).fill(tokens.accent));
        }
        if card.unseen {
            let (rect, response) = ui.allocate_exact_size(vec2(8.0, 8.0), Sense::hover());
            ui.painter().circle_filled(rect.center(), 4.0, tokens.accent);
            response.on_hover_text(tr!("card-unseen"));
        }
    });
}

/// Engine, confidence, area, and what the step waits for.
fn details(session: &Session, card: &Card) -> Vec<String> {
    let mut details = Vec::new();
    // The least important part comes last, where it may be cut off.
    details.extend(card.recipe.as_ref().map(|recipe| engine_label(session, &recipe.engine).to_owned()));
    let corrected = card.mask.as_ref().is_some_and(CardMask::is_edited);
    if corrected {
        details.push(tr!("card-corrected").to_owned());
    } else if let Some(proposal) = card.proposals.get(card.proposal) {
        details.push(tr!("card-sure", percent = format!("{:.0}", proposal.confidence * 100.0)));
    }
    if let Some(measures) = session.measures(card.id).filter(|measures| measures.area > 0.0) {
        details.push(tr!("card-area", percent = percent(measures.area)));
    }
    if !card.depends_on.is_empty() {
        let on: Vec<String> = card.depends_on.iter().map(|id| position_of(session, *id)).collect();
        details.push(tr!("card-after", steps = on.join(", ")));
    }
    details
}

/// "2.4", or "< 0.1" for next to nothing.
pub(super) fn percent(fraction: f32) -> String {
    if fraction < 0.001 { "< 0.1".to_owned() } else { format!("{:.1}", fraction * 100.0) }
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
}

fn status_of(card: &Card, session: &Session, tokens: &Tokens) -> Status {
    let status = |icon, text: &str, colour| Status { icon, text: text.to_owned(), colour };
    match &card.state {
        _ if !card.enabled => status(icons::EYE_SLASH, tr!("state-disabled"), tokens.text_weak),
        StepState::Draft if !card.depends_on.is_empty() => {
            let waits: Vec<String> = card.depends_on.iter().map(|id| position_of(session, *id)).collect();
            status(icons::HOURGLASS, &tr!("state-waits", steps = waits.join(", ")), tokens.text_weak)
        }
        StepState::Draft => status(icons::CIRCLE_DASHED, tr!("state-draft"), tokens.text_weak),
        StepState::Locating => status(icons::HOURGLASS, tr!("state-locating"), tokens.accent),
        StepState::Located(Found::Ok) => status(icons::CROSSHAIR, tr!("state-found"), tokens.text_weak),
        StepState::Located(Found::Unsure) => status(icons::QUESTION, &doubt_text(card, session), tokens.warning),
        StepState::Located(Found::Empty) => status(icons::PAINT_BRUSH, tr!("state-empty"), tokens.warning),
        StepState::Queued => status(icons::HOURGLASS, tr!("state-queued"), tokens.text_weak),
        StepState::Running(progress) => {
            let percent = progress.and_then(|progress| progress.fraction).unwrap_or(0.0) * 100.0;
            let phase = progress.map_or_else(|| tr!("state-starting").to_owned(), progress_text);
            let text = tr!("state-running", phase = phase, percent = format!("{percent:.0}"));
            status(icons::HOURGLASS, &text, tokens.accent)
        }
        StepState::Ready if card.outdated => status(icons::WARNING, tr!("state-outdated"), tokens.warning),
        StepState::Ready if card.doubtful_verdict().is_some() => {
            status(icons::WARNING, tr!("state-doubtful"), tokens.warning)
        }
        StepState::Ready => status(icons::IMAGES, &tr!("state-ready", n = card.candidates.len()), tokens.accent),
        StepState::Approved if card.outdated => status(icons::WARNING, tr!("state-stale"), tokens.warning),
        StepState::Approved => status(icons::CHECK_CIRCLE, tr!("state-approved"), tokens.success),
        StepState::Skipped => status(icons::SKIP_FORWARD, tr!("state-skipped"), tokens.text_weak),
        StepState::Failed(sentence) => status(icons::X_CIRCLE, sentence, tokens.error),
        StepState::NeedsModel(sentence) => status(icons::CUBE, sentence, tokens.warning),
    }
}

/// Why the step waits, and what to do.
fn doubt_text(card: &Card, session: &Session) -> String {
    let whole_percent = |share: f32| format!("{:.0}", share * 100.0);
    match card.doubt {
        Some(Doubt::LowConfidence(confidence)) => tr!("doubt-low", percent = whole_percent(confidence)),
        Some(Doubt::TooLarge(share)) => tr!("doubt-large", percent = whole_percent(share)),
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
