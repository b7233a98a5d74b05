//! The selected step in full: candidates, words, recipe, mask, reasons and the buttons that decide.

use super::candidates::{candidates_ui, corner_text};
use super::card::{kinds_menu, picture_ui};
use crate::session::{Card, CardMask, Command, Session, Source, StepState};
use crate::text::tr;
use crate::ui::canvas::marks::choice_letter;
use crate::ui::canvas::placing::placement_rows;
use crate::ui::commands::actions::Action;
use crate::ui::commands::buttons::{action_button, primary_button};
use crate::ui::cx::Cx;
use crate::ui::icons;
use crate::ui::widgets::{checkbox, engine_label, number_row, section};
use eframe::egui::{
    self, Checkbox, ComboBox, DragValue, PopupCloseBehavior, RichText, ScrollArea, Slider, TextEdit, Ui,
};
use std::sync::Arc;
use tie_core::{
    AdjustKind, Adjustment, BlendSettings, Combine, CopyRule, Diffusion, EditOp, Exchange, Method, Recipe, Sampling,
    SubTask, Words,
};

/// Draws the inspector.
pub(super) fn inspector_ui(ui: &mut Ui, cx: &mut Cx<'_>, card: &Card) {
    decide_ui(ui, cx, card);
    quick_ui(ui, cx, card);
    ui.add_space(4.0);
    let scroll = ScrollArea::vertical().id_salt(("inspector", card.id)).auto_shrink(false);
    scroll.show(ui, |ui| details_ui(ui, cx, card));
}

/// Everything about the step except the buttons that decide.
pub(super) fn details_ui(ui: &mut Ui, cx: &mut Cx<'_>, card: &Card) {
    let session = cx.session;
    // Text that is being typed belongs to the card, not to the place on the screen.
    ui.push_id(card.id, |ui| {
        if !card.candidates.is_empty() {
            candidates_ui(ui, cx, card);
        }
        let is_corrected = card.mask.as_ref().is_some_and(CardMask::is_edited);
        let has_choice = card.proposals.len() > 1 || card.offers_regions();
        if has_choice && !card.is_decided() && !is_corrected {
            proposals_ui(ui, cx, card);
        }
        task_ui(ui, session, card, cx.commands);
        if let Some(recipe) = &card.recipe {
            recipe_ui(ui, cx, card, recipe);
        }
        mask_ui(ui, cx, card);
        thought_ui(ui, session, card);
    });
}

/// How much of the result shows.
fn opacity_ui(ui: &mut Ui, cx: &mut Cx<'_>, card: &Card) {
    if card.candidate().is_none() {
        return;
    }
    ui.horizontal(|ui| {
        let label = ui.label(RichText::new(tr!("step-opacity")).weak());
        let mut percent = f32::from(card.opacity) / 2.55;
        let slider = Slider::new(&mut percent, 0.0..=100.0).fixed_decimals(0).suffix(" %");
        if ui.add(slider).labelled_by(label.id).changed() {
            cx.commands.push(Command::SetOpacity(card.id, (percent * 2.55).round() as u8));
        }
    });
}

/// The sliders that matter most, right under the buttons.
pub(super) fn quick_ui(ui: &mut Ui, cx: &mut Cx<'_>, card: &Card) {
    opacity_ui(ui, cx, card);
    let Some(recipe) = card.recipe.as_ref().filter(|recipe| recipe.adjustment().is_some()) else { return };
    let mut other = None;
    ui.push_id((card.id, "quick"), |ui| {
        edited_recipe(ui, cx, card, recipe, |ui, edited| {
            if let Method::Adjust(adjustment) = &mut edited.method {
                egui::Grid::new("quick").num_columns(2).spacing([8.0, 6.0]).show(ui, |ui| {
                    other = adjustment_rows(ui, adjustment);
                });
            }
        });
    });
    if let Some(words) = other {
        cx.commands.push(Command::EditTask(card.id, card.task.clone().becomes(words)));
    }
}

/// The step's next action.
pub(super) fn decide_ui(ui: &mut Ui, cx: &mut Cx<'_>, card: &Card) {
    let session = cx.session;
    let update = format!("{}  {}", icons::ARROWS_CLOCKWISE, tr!("step-update"));
    ui.horizontal_wrapped(|ui| match card.state {
        StepState::Ready => {
            if card.outdated {
                primary_button(ui, cx, Action::Approve, &update);
            } else {
                let approve = format!("{}  {}", icons::CHECK, tr!("step-approve"));
                primary_button(ui, cx, Action::Approve, &approve);
                let new_seed = format!("{}  {}", icons::DICE_FIVE, tr!("step-new-seed"));
                action_button(ui, cx, Action::NewSeed, new_seed);
            }
            action_button(ui, cx, Action::Skip, tr!("step-skip"));
        }
        StepState::Approved | StepState::Skipped => {
            if card.outdated {
                primary_button(ui, cx, Action::Run, &update);
            }
            action_button(ui, cx, Action::Reopen, tr!("step-reopen"));
        }
        _ if card.is_busy() => {
            action_button(ui, cx, Action::Cancel, format!("{}  {}", icons::X, tr!("cancel")));
            action_button(ui, cx, Action::Skip, tr!("step-skip"));
        }
        _ => {
            let run = format!("{}  {}", icons::PLAY, tr!("step-run"));
            if matches!(card.state, StepState::NeedsModel(_)) {
                let models = format!("{}  {}", icons::CUBE, tr!("step-models"));
                primary_button(ui, cx, Action::Models, &models);
                let without = ui.button(tr!("step-without-model")).on_hover_text(tr!("step-without-model-tip"));
                egui::Popup::menu(&without).show(|ui| kinds_menu(ui, session, card, cx.commands));
            } else {
                if session.needs_planning() {
                    action_button(ui, cx, Action::Run, run);
                } else {
                    primary_button(ui, cx, Action::Run, &run);
                }
                action_button(ui, cx, Action::Locate, tr!("step-locate"));
            }
            action_button(ui, cx, Action::Skip, tr!("step-skip"));
        }
    });
    if let StepState::NeedsModel(sentences) = &card.state {
        ui.add(egui::Label::new(RichText::new(sentences).small().weak()).wrap());
    }
    if session.needs_planning() && !card.is_decided() {
        ui.weak(RichText::new(tr!("step-plan-first")).small());
    }
}

/// Side of the picture of a region to choose, in ui points.
const REGION: f32 = 64.0;

/// Several regions that fit the words, as pictures to choose from.
fn proposals_ui(ui: &mut Ui, cx: &mut Cx<'_>, card: &Card) {
    let (session, tokens) = (cx.session, cx.tokens);
    section(ui, tr!("regions"));
    let pictures = session.measures(card.id).map_or(&[][..], |measures| &measures.proposal_thumbnails);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(6.0, 6.0);
        for (index, proposal) in card.proposals.iter().enumerate() {
            let letter = choice_letter(index).to_string();
            let name = tr!("region", letter = letter.as_str(), reason = proposal.reason.as_str());
            // With all regions, the mask is none of them.
            let is_chosen = card.mask.as_ref().is_some_and(|mask| Arc::ptr_eq(&mask.proposal, &proposal.mask));
            let (rect, response) = ui.allocate_exact_size(egui::Vec2::splat(REGION), egui::Sense::click());
            response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, is_chosen, &name));
            match pictures.get(index) {
                Some(picture) => picture_ui(ui, cx.state, tokens, picture, rect),
                None => {
                    ui.painter().rect_filled(rect, 3, tokens.field);
                }
            }
            let (width, colour) = match (is_chosen, response.hovered() || response.has_focus()) {
                (true, _) => (2.0, tokens.accent),
                (false, true) => (1.5, tokens.text_weak),
                (false, false) => (1.0, tokens.border),
            };
            ui.painter().rect_stroke(rect, 3, egui::Stroke::new(width, colour), egui::StrokeKind::Inside);
            corner_text(ui, rect.left_top() + egui::vec2(4.0, 4.0), &letter);
            if response.clicked() {
                cx.commands.push(Command::ChooseProposal(card.id, index));
            }
            response.on_hover_text(name);
        }
    });
    if card.proposals.len() > 1 && ui.button(RichText::new(tr!("regions-all")).small()).clicked() {
        cx.commands.push(Command::ChooseAllProposals(card.id));
    }
}

/// The words of the step; taken over when the field loses the focus.
fn task_ui(ui: &mut Ui, session: &Session, card: &Card, commands: &mut Vec<Command>) {
    let task = &card.task;
    section(ui, tr!("step"));
    egui::Grid::new("task").num_columns(2).spacing([8.0, 6.0]).show(ui, |ui| {
        let mut edit = |ui: &mut Ui, text: Option<String>, set: fn(&mut Words, String)| {
            if let Some(text) = text {
                commands.push(Command::EditTask(card.id, task.clone().reworded(|words| set(words, text))));
            }
            ui.end_row();
        };
        let target = committed_text(ui, tr!("step-target"), &task.target, tr!("step-target-hint"), 1);
        edit(ui, target, |words, text| words.target = text);
        let place = task.place().unwrap_or_default();
        let place = committed_text(ui, tr!("step-where"), place, tr!("step-where-hint"), 1);
        edit(ui, place, |words, text| words.place = non_empty(text));
        let hint = match task.op() {
            EditOp::Recolor => tr!("step-becomes-colour"),
            EditOp::Text => tr!("step-becomes-text"),
            _ => tr!("step-becomes-hint"),
        };
        let content = task.content().unwrap_or_default();
        let content = committed_text(ui, tr!("step-becomes"), content, hint, 1);
        edit(ui, content, |words, text| words.content = non_empty(text));
        if let Some(prompt) = committed_text(ui, tr!("step-prompt"), &task.prompt, tr!("step-prompt-hint"), 2) {
            commands.push(Command::EditTask(card.id, SubTask { prompt, ..task.clone() }));
        }
        ui.end_row();
        if !task.sought().phrase.is_empty() {
            locator_row(ui, session, card, commands);
        }
    });
}

/// Who looks for what the words say.
fn locator_row(ui: &mut Ui, session: &Session, card: &Card, commands: &mut Vec<Command>) {
    let label = ui.label(RichText::new(tr!("step-found-by")).weak());
    let found_by = card.locator().map(|name| session.registry().locator(name).map_or(name, |locator| locator.label()));
    let shown = found_by.unwrap_or(tr!("step-found-by-best"));
    let list = ComboBox::from_id_salt("locator").selected_text(shown).show_ui(ui, |ui| {
        let registry = session.registry();
        let locators = registry.locator_names().into_iter().filter_map(|name| registry.locator(name).ok());
        for locator in locators.filter(|locator| locator.reads_words()) {
            let (name, label) = (locator.name(), locator.label());
            match locator.missing() {
                None => {
                    if ui.selectable_label(card.locator() == Some(name), label).clicked() {
                        commands.push(Command::LocateBy(card.id, name.to_owned()));
                    }
                }
                Some(why) => {
                    ui.add_enabled(false, egui::Button::selectable(false, label)).on_disabled_hover_text(why);
                }
            }
        }
    });
    list.response.labelled_by(label.id).on_hover_text(tr!("step-found-by-tip"));
    ui.end_row();
}

fn non_empty(text: String) -> Option<String> {
    (!text.trim().is_empty()).then_some(text)
}

/// A named text field; returns the text when you leave it changed. Enter leaves it.
fn committed_text(ui: &mut Ui, name: &str, value: &str, hint: &str, rows: usize) -> Option<String> {
    let label = ui.label(RichText::new(name).weak());
    let id = ui.make_persistent_id(name);
    let mut text = ui.data(|data| data.get_temp::<String>(id)).unwrap_or_else(|| value.to_owned());
    let field =
        if rows > 1 { TextEdit::multiline(&mut text).return_key(None) } else { TextEdit::singleline(&mut text) };
    let field = field.desired_rows(rows).hint_text(hint).desired_width(f32::INFINITY);
    let response = ui.add(field).labelled_by(label.id);
    if rows > 1 && response.has_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter)) {
        response.surrender_focus();
    }
    if response.lost_focus() {
        ui.data_mut(|data| data.remove::<String>(id));
        return (text != value).then_some(text);
    }
    if response.changed() {
        ui.data_mut(|data| data.insert_temp(id, text));
    }
    None
}

/// The engine and its numbers.
fn recipe_ui(ui: &mut Ui, cx: &mut Cx<'_>, card: &Card, recipe: &Recipe) {
    let session = cx.session;
    section(ui, tr!("recipe"));
    let mut commands = Vec::new();
    edited_recipe(ui, cx, card, recipe, |ui, edited| recipe_rows(ui, session, card, edited, &mut commands));
    cx.commands.append(&mut commands);
}

/// Lets `rows` change a recipe: tried while a slider moves, taken over when it is let go.
fn edited_recipe(ui: &mut Ui, cx: &mut Cx<'_>, card: &Card, recipe: &Recipe, rows: impl FnOnce(&mut Ui, &mut Recipe)) {
    let id = ui.scope_id().with("recipe state");
    let mut edited = ui.data(|data| data.get_temp::<Recipe>(id)).unwrap_or_else(|| recipe.clone());
    let before = edited.clone();
    rows(ui, &mut edited);
    if edited != before && edited.adjustment().is_some() {
        let view = cx.state.view.in_sight();
        cx.commands.push(Command::TryRecipe { step: card.id, recipe: edited.clone(), view });
    }
    // A slider in motion is one change, made when it is let go.
    if edited != *recipe && ui.input(|input| input.pointer.any_down()) {
        ui.data_mut(|data| data.insert_temp(id, edited));
        return;
    }
    ui.data_mut(|data| data.remove::<Recipe>(id));
    if edited != *recipe {
        cx.commands.push(Command::EditRecipe(card.id, edited));
    }
}

fn recipe_rows(ui: &mut Ui, session: &Session, card: &Card, edited: &mut Recipe, commands: &mut Vec<Command>) {
    egui::Grid::new("recipe").num_columns(2).spacing([8.0, 6.0]).show(ui, |ui| {
        let label = ui.label(RichText::new(tr!("recipe-engine")).weak());
        ComboBox::from_id_salt("engine")
            .selected_text(engine_label(session, &edited.engine))
            .show_ui(ui, |ui| {
                for name in session.registry().inpainters_for(card.task.done_as()) {
                    ui.selectable_value(&mut edited.engine, name.to_owned(), engine_label(session, name));
                }
            })
            .response
            .labelled_by(label.id);
        ui.end_row();
        if edited.adjustment().is_none() && session.is_random(card) {
            number_row(ui, tr!("recipe-candidates"), DragValue::new(&mut edited.candidates).range(1..=8));
            number_row(ui, tr!("recipe-seed"), DragValue::new(&mut edited.seed));
        }
        if let Method::Diffusion(diffusion) = &mut edited.method {
            let name = tr!("recipe-negative");
            if let Some(negative) = committed_text(ui, name, &card.task.negative, tr!("recipe-negative-tip"), 1) {
                commands.push(Command::EditTask(card.id, SubTask { negative, ..card.task.clone() }));
            }
            ui.end_row();
            diffusion_rows(ui, diffusion);
        }
        copy_rows(ui, session, card, commands);
        placement_rows(ui, session, card, edited);
        let pixels = |value| DragValue::new(value).range(BlendSettings::LENGTHS).suffix(" px").max_decimals(1);
        number_row(ui, tr!("recipe-grow"), pixels(&mut edited.blend.grow));
        number_row(ui, tr!("recipe-feather"), pixels(&mut edited.blend.feather));
        if edited.adjustment().is_some() {
            return;
        }
        ui.label(RichText::new(tr!("recipe-context")).weak());
        ui.horizontal(|ui| {
            let context = session.measures(card.id).and_then(|measures| measures.context);
            let size = context.map(|context| context.extent().to_string());
            if edited.context.is_some() {
                ui.label(size.unwrap_or_default());
                if ui.button(tr!("options-context-reset")).clicked() {
                    edited.context = None;
                }
            } else {
                // Without a mask there is none yet.
                let automatic = size.map_or_else(
                    || tr!("recipe-context-none").to_owned(),
                    |size| tr!("recipe-context-automatic", size = size),
                );
                ui.label(automatic).on_hover_text(tr!("options-context"));
            }
        });
        ui.end_row();
    });
}

/// Settings of a diffusion model.
fn diffusion_rows(ui: &mut Ui, diffusion: &mut Diffusion) {
    let label = ui.label(RichText::new(tr!("recipe-sampling")).weak());
    let names = [(Sampling::Own, tr!("recipe-sampling-own")), (Sampling::DpmSolver, tr!("recipe-sampling-dpm"))];
    let shown = names.iter().find(|(sampling, _)| *sampling == diffusion.sampling).map_or("", |(_, name)| name);
    let list = ComboBox::from_id_salt("sampling").selected_text(shown).show_ui(ui, |ui| {
        for (sampling, name) in names {
            let chosen = ui.selectable_value(&mut diffusion.sampling, sampling, name);
            // It is there to be quick.
            if chosen.changed() && sampling == Sampling::DpmSolver {
                diffusion.steps = diffusion.steps.min(20);
            }
        }
    });
    list.response.labelled_by(label.id).on_hover_text(tr!("recipe-sampling-tip"));
    ui.end_row();
    number_row(ui, tr!("recipe-steps"), DragValue::new(&mut diffusion.steps).range(Diffusion::STEPS).speed(0.2));
    let mut row = |name: &str, tip: &str, value: DragValue<'_>| {
        let label = ui.label(RichText::new(name).weak());
        ui.add(value).labelled_by(label.id).on_hover_text(tip);
        ui.end_row();
    };
    let guidance = DragValue::new(&mut diffusion.guidance).range(Diffusion::GUIDANCE).speed(0.05);
    row(tr!("recipe-guidance"), tr!("recipe-guidance-tip"), guidance.max_decimals(1));
    let strength = DragValue::new(&mut diffusion.strength).range(Diffusion::STRENGTHS).speed(0.01);
    row(tr!("recipe-strength"), tr!("recipe-strength-tip"), strength.fixed_decimals(2));
    let resolution = DragValue::new(&mut diffusion.resolution).range(Diffusion::RESOLUTIONS).speed(2.0);
    row(tr!("recipe-resolution"), tr!("recipe-resolution-tip"), resolution.suffix("²"));
    let label = ui.label(RichText::new(tr!("recipe-colours")).weak());
    let colours = Checkbox::without_text(&mut diffusion.match_colours);
    checkbox(ui, true, colours).labelled_by(label.id).on_hover_text(tr!("recipe-colours-tip"));
    ui.end_row();
}

/// The other steps whose masks are copied from, and those whose masks are not.
fn copy_rows(ui: &mut Ui, session: &Session, card: &Card, commands: &mut Vec<Command>) {
    if !session.copies(card) {
        return;
    }
    for (rule, name, none, tip) in [
        (CopyRule::Only, tr!("recipe-only"), tr!("recipe-only-nothing"), tr!("recipe-only-tip")),
        (CopyRule::Avoid, tr!("recipe-avoid"), tr!("recipe-avoid-nothing"), tr!("recipe-avoid-tip")),
    ] {
        let others: Vec<Source<'_>> = session.sources(card.id).collect();
        let chosen: Vec<String> =
            others.iter().filter(|other| other.rule == Some(rule)).map(|other| (other.index + 1).to_string()).collect();
        let shown = match chosen.as_slice() {
            [] => none.to_owned(),
            some => tr!("recipe-copy-steps", count = some.len(), steps = some.join(", ")),
        };
        let label = ui.label(RichText::new(name).weak());
        let list = ui.add_enabled_ui(!others.is_empty(), |ui| {
            let list = ComboBox::from_id_salt(name).selected_text(shown);
            // Several can be chosen.
            let list = list.close_behavior(PopupCloseBehavior::CloseOnClickOutside).show_ui(ui, |ui| {
                for other in others {
                    let mut is_chosen = other.rule == Some(rule);
                    let name = tr!("card-name", number = other.index + 1, title = other.card.task.title());
                    let choice = checkbox(ui, !other.is_removed, Checkbox::new(&mut is_chosen, name));
                    if choice.on_disabled_hover_text(tr!("recipe-avoid-always")).changed() {
                        let rule = is_chosen.then_some(rule);
                        commands.push(Command::SetCopyRule { step: card.id, other: other.card.id, rule });
                    }
                }
            });
            list.response
        });
        let list = list.inner.labelled_by(label.id);
        list.on_hover_text(tip).on_disabled_hover_text(tr!("recipe-copy-none-tip"));
        ui.end_row();
    }
}

/// What can be adjusted, with the words that ask for it.
const ADJUSTMENTS: [(AdjustKind, &str); 8] = [
    (AdjustKind::Exposure, "more exposure"),
    (AdjustKind::Brightness, "brighter"),
    (AdjustKind::Contrast, "more contrast"),
    (AdjustKind::Warmth, "warmer"),
    (AdjustKind::Saturation, "more saturated"),
    (AdjustKind::Sharpen, "sharper"),
    (AdjustKind::Blur, "blurred"),
    (AdjustKind::Greyscale, "black and white"),
];

fn adjusts(kind: AdjustKind) -> &'static str {
    match kind {
        AdjustKind::Recolor(_) => tr!("recipe-colour"),
        AdjustKind::Exposure => tr!("recipe-exposure"),
        AdjustKind::Brightness => tr!("adjust-brightness"),
        AdjustKind::Contrast => tr!("adjust-contrast"),
        AdjustKind::Warmth => tr!("adjust-warmth"),
        AdjustKind::Saturation => tr!("adjust-saturation"),
        AdjustKind::Sharpen => tr!("adjust-sharpness"),
        AdjustKind::Blur => tr!("adjust-blur"),
        AdjustKind::Greyscale => tr!("adjust-greyscale"),
    }
}

/// What is adjusted, and how much; returns the words for something else if you choose that.
fn adjustment_rows(ui: &mut Ui, adjustment: &mut Adjustment) -> Option<&'static str> {
    let mut other = None;
    if let AdjustKind::Recolor(colour) = &mut adjustment.kind {
        let label = ui.label(RichText::new(tr!("recipe-colour")).weak());
        ui.color_edit_button_srgb(colour).labelled_by(label.id).on_hover_text(tr!("recipe-colour-tip"));
        ui.end_row();
    } else {
        let label = ui.label(RichText::new(tr!("recipe-adjusts")).weak());
        let list = ComboBox::from_id_salt("adjusts").selected_text(adjusts(adjustment.kind)).show_ui(ui, |ui| {
            for (kind, words) in ADJUSTMENTS {
                let is_chosen = adjustment.kind == kind;
                if ui.selectable_label(is_chosen, adjusts(kind)).clicked() && !is_chosen {
                    other = Some(words);
                }
            }
        });
        list.response.labelled_by(label.id);
        ui.end_row();
    }
    amount_row(ui, adjustment);
    other
}

/// The amount of an adjustment; exposure in stops, as on a camera.
fn amount_row(ui: &mut Ui, adjustment: &mut Adjustment) {
    let is_exposure = adjustment.kind == AdjustKind::Exposure;
    let name = if is_exposure { tr!("recipe-exposure") } else { tr!("recipe-amount") };
    let label = ui.label(RichText::new(name).weak());
    let slider = Slider::new(&mut adjustment.amount, adjustment.kind.amounts()).fixed_decimals(2);
    let slider = if is_exposure {
        let stops = f64::from(AdjustKind::EXPOSURE_STOPS);
        slider
            .step_by(0.05)
            .custom_formatter(move |amount, _| format!("{:+.1}", amount * stops))
            .custom_parser(move |text| text.trim().replace('−', "-").parse::<f64>().ok().map(|value| value / stops))
            .suffix(format!(" {}", tr!("stops")))
    } else {
        slider
    };
    ui.add(slider).labelled_by(label.id);
    ui.end_row();
}

fn mask_ui(ui: &mut Ui, cx: &mut Cx<'_>, card: &Card) {
    let session = cx.session;
    let area = session.measures(card.id).map_or(0.0, |measures| measures.area);
    section(ui, &if area > 0.0 { tr!("mask-area", percent = percent(area)) } else { tr!("mask").to_owned() });
    ui.horizontal(|ui| {
        let label = ui.label(RichText::new(tr!("mask-radius")).weak());
        let radius = DragValue::new(&mut cx.state.options.radius).range(0.5..=200.0).speed(0.1).suffix(" px");
        ui.add(radius.max_decimals(1)).labelled_by(label.id);
    });
    ui.horizontal_wrapped(|ui| {
        for (action, label) in [
            (Action::GrowMask, tr!("mask-grow")),
            (Action::ShrinkMask, tr!("mask-shrink")),
            (Action::FeatherMask, tr!("mask-feather")),
            (Action::FillHoles, tr!("mask-fill-holes")),
            (Action::RemoveIslands, tr!("mask-remove-islands")),
            (Action::InvertMask, tr!("mask-invert")),
            (Action::ClearMask, tr!("mask-clear")),
            (Action::ResetMask, tr!("mask-reset")),
            (Action::ImportMask, tr!("mask-import")),
            (Action::ExportMask, tr!("mask-export")),
        ] {
            action_button(ui, cx, action, label);
        }
        other_step_ui(ui, session, card, cx.commands);
    });
}

/// Another step's mask into this one's.
fn other_step_ui(ui: &mut Ui, session: &Session, card: &Card, commands: &mut Vec<Command>) {
    let others: Vec<(usize, &Card)> =
        session.cards().iter().enumerate().filter(|(_, other)| other.id != card.id && other.mask.is_some()).collect();
    ui.add_enabled_ui(!others.is_empty(), |ui| {
        ui.menu_button(tr!("mask-from"), |ui| {
            for (index, other) in others {
                ui.menu_button(tr!("card-name", number = index + 1, title = other.task.title()), |ui| {
                    for (how, name) in [
                        (Combine::Add, tr!("options-add")),
                        (Combine::Subtract, tr!("options-subtract")),
                        (Combine::Intersect, tr!("options-intersect")),
                    ] {
                        if ui.button(name).clicked() {
                            commands.push(Command::CombineMasks { step: card.id, with: other.id, how });
                            ui.close();
                        }
                    }
                });
            }
        });
    });
}

/// The chain of thought: why this step, what was searched, why this region.
fn thought_ui(ui: &mut Ui, session: &Session, card: &Card) {
    ui.add_space(6.0);
    egui::CollapsingHeader::new(tr!("why")).id_salt("why").show(ui, |ui| {
        let line = |ui: &mut Ui, name: &str, text: &str| {
            ui.add(egui::Label::new(RichText::new(name).small().strong()).selectable(false));
            ui.add(egui::Label::new(RichText::new(text).small()).wrap());
            ui.add_space(4.0);
        };
        let sure = format!("{:.0}", card.task.confidence * 100.0);
        if !card.task.reasoning.is_empty() {
            line(ui, tr!("why-decomposition"), &tr!("why-sure", text = card.task.reasoning.as_str(), percent = sure));
        }
        if let Some(proposal) = card.proposals.get(card.proposal) {
            let sure = format!("{:.0}", proposal.confidence * 100.0);
            let text = format!("{} ({})", proposal.reason, proposal.source);
            line(ui, tr!("why-localisation"), &tr!("why-sure", text = text, percent = sure));
        }
        if !card.task.description.is_empty() {
            line(ui, tr!("why-description"), &card.task.description);
        }
        let engine =
            card.recipe.as_ref().and_then(|recipe| Some((recipe, session.registry().inpainter(&recipe.engine).ok()?)));
        if let Some((recipe, engine)) = engine {
            line(ui, engine.label(), engine.does(recipe));
        }
        if !card.task.answers.is_empty() {
            ui.add(egui::Label::new(RichText::new(tr!("why-answers")).small().strong()).selectable(false));
            for Exchange { question, answer } in &card.task.answers {
                ui.add(egui::Label::new(RichText::new(question).small().weak()).wrap());
                ui.add(egui::Label::new(RichText::new(answer).small()).wrap());
                ui.add_space(4.0);
            }
        }
    });
}

/// "2.4", or "< 0.1" for next to nothing.
pub(super) fn percent(fraction: f32) -> String {
    if fraction < 0.001 { "< 0.1".to_owned() } else { format!("{:.1}", fraction * 100.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tie_engine::Registry;

    #[test]
    fn each_adjustment_is_asked_for_by_its_words() {
        for (kind, words) in ADJUSTMENTS {
            let task = SubTask::new(1, EditOp::Adjust, "").becomes(words);
            let recipe = Registry::embedded().recipe_for(&task, 1).unwrap();
            assert_eq!(recipe.adjustment().map(|adjustment| adjustment.kind), Some(kind), "{words}");
        }
    }
}
