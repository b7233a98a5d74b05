//! The selected step in full: region, prompt, engine, recipe, candidates and the buttons that decide.

use super::actions::Action;
use super::icons;
use super::state::UiState;
use super::theme::Tokens;
use super::widgets::{action_button, primary_button, section};
use crate::domain::{AdjustKind, EditOp, Recipe, SubTask};
use crate::session::{Card, CardMask, Command, Session, StepState};
use eframe::egui::{self, ComboBox, DragValue, RichText, ScrollArea, Slider, TextEdit, Ui};

/// Draws the inspector.
pub fn inspector_ui(
    ui: &mut Ui,
    session: &Session,
    state: &UiState,
    tokens: &Tokens,
    card: &Card,
    commands: &mut Vec<Command>,
    actions: &mut Vec<Action>,
) {
    decide_ui(ui, session, state, tokens, card, actions);
    ui.add_space(4.0);
    ScrollArea::vertical().id_salt(("inspector", card.id)).auto_shrink(false).show(ui, |ui| {
        // Text that is being typed belongs to the card, not to the place on the screen.
        ui.push_id(card.id, |ui| {
            if !card.candidates.is_empty() {
                candidates_ui(ui, session, state, card, commands, actions);
            }
            let is_corrected = card.mask.as_ref().is_some_and(CardMask::is_edited);
            if card.proposals.len() > 1 && !card.is_decided() && !is_corrected {
                proposals_ui(ui, card, commands);
            }
            task_ui(ui, card, commands);
            if let Some(recipe) = &card.recipe {
                recipe_ui(ui, session, card, recipe, commands);
            }
            mask_ui(ui, session, state, actions);
            thought_ui(ui, card);
        });
    });
}

/// What comes next for the step.
fn decide_ui(ui: &mut Ui, session: &Session, state: &UiState, tokens: &Tokens, card: &Card, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| match card.state {
        StepState::Ready => {
            primary_button(ui, session, state, tokens, Action::Approve, &format!("{}  Approve", icons::CHECK), actions);
            if card.outdated {
                action_button(
                    ui,
                    session,
                    state,
                    Action::PlanOrRun,
                    format!("{}  Run again", icons::ARROWS_CLOCKWISE),
                    actions,
                );
            } else {
                action_button(ui, session, state, Action::NewSeed, format!("{}  New seed", icons::DICE_FIVE), actions);
            }
            action_button(ui, session, state, Action::Skip, "Skip", actions);
        }
        StepState::Approved | StepState::Skipped => {
            if card.outdated {
                action_button(
                    ui,
                    session,
                    state,
                    Action::PlanOrRun,
                    format!("{}  Run again", icons::ARROWS_CLOCKWISE),
                    actions,
                );
            }
            action_button(ui, session, state, Action::Reopen, "Reopen", actions);
        }
        _ => {
            let label = format!("{}  Run", icons::PLAY);
            if session.needs_planning() {
                ui.weak("The instruction has changed: plan first");
            } else {
                primary_button(ui, session, state, tokens, Action::PlanOrRun, &label, actions);
            }
            action_button(ui, session, state, Action::Locate, "Locate again", actions);
            action_button(ui, session, state, Action::Skip, "Skip", actions);
        }
    });
}

/// Which result is shown, and what it does to the photograph.
fn candidates_ui(
    ui: &mut Ui,
    session: &Session,
    state: &UiState,
    card: &Card,
    commands: &mut Vec<Command>,
    actions: &mut Vec<Action>,
) {
    section(ui, "Candidates");
    ui.horizontal_wrapped(|ui| {
        for (index, candidate) in card.candidates.iter().enumerate() {
            let label = format!("{}", index + 1);
            let button = egui::Button::selectable(index == card.chosen, label).min_size(egui::vec2(30.0, 26.0));
            let response = ui.add(button);
            response.widget_info(|| {
                egui::WidgetInfo::selected(
                    egui::Role::Button,
                    true,
                    index == card.chosen,
                    format!("Candidate {}", index + 1),
                )
            });
            if response.on_hover_text(format!("Seed {}", candidate.recipe.seed)).clicked() {
                commands.push(Command::ChooseCandidate(card.id, index));
            }
        }
        if card.candidates.len() > 1 {
            action_button(ui, session, state, Action::PreviousCandidate, icons::CARET_LEFT, actions);
            action_button(ui, session, state, Action::NextCandidate, icons::CARET_RIGHT, actions);
        }
    });
    if let Some(candidate) = card.candidate() {
        let changed = candidate.changed;
        let text = format!("Inside the mask {} px changed, outside {} px", changed.inside, changed.outside);
        ui.label(RichText::new(text).small().weak());
    }
    ui.label(RichText::new("Hold \\ to see the original").small().weak());
}

/// Several regions that fit the words.
fn proposals_ui(ui: &mut Ui, card: &Card, commands: &mut Vec<Command>) {
    section(ui, "Regions that fit");
    for (index, proposal) in card.proposals.iter().enumerate() {
        let text = format!("{}. {} ({:.0} %)", index + 1, proposal.reason, proposal.confidence * 100.0);
        let button = egui::Button::selectable(index == card.proposal, RichText::new(text).small()).wrap();
        if ui.add(button).clicked() {
            commands.push(Command::ChooseProposal(card.id, index));
        }
    }
}

/// The words of the step; taken over when the field loses the focus.
fn task_ui(ui: &mut Ui, card: &Card, commands: &mut Vec<Command>) {
    let task = &card.task;
    section(ui, "Step");
    egui::Grid::new("task").num_columns(2).spacing([8.0, 6.0]).show(ui, |ui| {
        let mut edit = |ui: &mut Ui, name: &str, value: &str, hint: &str, set: &dyn Fn(&mut SubTask, String)| {
            if let Some(text) = committed_text(ui, name, value, hint) {
                let mut task = task.clone();
                set(&mut task, text);
                commands.push(Command::EditTask(card.id, task));
            }
            ui.end_row();
        };
        edit(ui, "Target", &task.target, "what to change", &|task, text| task.target = text);
        edit(ui, "Where", task.location.as_deref().unwrap_or_default(), "anywhere", &|task, text| {
            task.location = non_empty(text);
        });
        let content_hint = if task.op == EditOp::Recolor { "a colour" } else { "nothing" };
        edit(ui, "Becomes", task.content.as_deref().unwrap_or_default(), content_hint, &|task, text| {
            task.content = non_empty(text);
        });
        edit(ui, "Prompt", &task.prompt, "how it looks afterwards", &|task, text| task.prompt = text);
    });
}

fn non_empty(text: String) -> Option<String> {
    (!text.trim().is_empty()).then_some(text)
}

/// A named text field; answers with the text when the person leaves it changed.
fn committed_text(ui: &mut Ui, name: &str, value: &str, hint: &str) -> Option<String> {
    let label = ui.label(RichText::new(name).weak());
    let id = ui.make_persistent_id(name);
    let mut text = ui.data(|data| data.get_temp::<String>(id)).unwrap_or_else(|| value.to_owned());
    let field = TextEdit::singleline(&mut text).hint_text(hint).desired_width(f32::INFINITY);
    let response = ui.add(field).labelled_by(label.id);
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
fn recipe_ui(ui: &mut Ui, session: &Session, card: &Card, recipe: &Recipe, commands: &mut Vec<Command>) {
    section(ui, "Recipe");
    let id = ui.scope_id().with("recipe in hand");
    let mut edited = ui.data(|data| data.get_temp::<Recipe>(id)).unwrap_or_else(|| recipe.clone());
    egui::Grid::new("recipe").num_columns(2).spacing([8.0, 6.0]).show(ui, |ui| {
        let label = ui.label(RichText::new("Engine").weak());
        ComboBox::from_id_salt("engine")
            .selected_text(&edited.engine)
            .show_ui(ui, |ui| {
                for name in session.registry().inpainters_for(card.task.op) {
                    ui.selectable_value(&mut edited.engine, name.to_owned(), name);
                }
            })
            .response
            .labelled_by(label.id);
        ui.end_row();
        if let Some(adjustment) = &mut edited.adjustment {
            if let AdjustKind::Recolor(colour) = &mut adjustment.kind {
                let label = ui.label(RichText::new("Colour").weak());
                ui.color_edit_button_srgb(colour).labelled_by(label.id).on_hover_text("The colour to turn it to");
                ui.end_row();
            }
            let signed = matches!(
                adjustment.kind,
                AdjustKind::Brightness | AdjustKind::Contrast | AdjustKind::Saturation | AdjustKind::Warmth
            );
            let label = ui.label(RichText::new("Amount").weak());
            let range = if signed { -1.0..=1.0 } else { 0.0..=1.0 };
            ui.add(Slider::new(&mut adjustment.amount, range).fixed_decimals(2)).labelled_by(label.id);
            ui.end_row();
        } else {
            number_row(ui, "Candidates", DragValue::new(&mut edited.candidates).range(1..=8));
            number_row(ui, "Seed", DragValue::new(&mut edited.seed));
        }
        number_row(ui, "Grow", DragValue::new(&mut edited.blend.grow).range(0.0..=64.0).suffix(" px").max_decimals(1));
        number_row(
            ui,
            "Feather",
            DragValue::new(&mut edited.blend.feather).range(0.0..=64.0).suffix(" px").max_decimals(1),
        );
    });
    // A slider in motion is one change, made when it is let go.
    if edited != *recipe && ui.input(|input| input.pointer.any_down()) {
        ui.data_mut(|data| data.insert_temp(id, edited));
        return;
    }
    ui.data_mut(|data| data.remove::<Recipe>(id));
    if edited != *recipe {
        commands.push(Command::EditRecipe(card.id, edited));
    }
}

fn number_row(ui: &mut Ui, name: &str, value: DragValue<'_>) {
    let label = ui.label(RichText::new(name).weak());
    ui.add(value).labelled_by(label.id);
    ui.end_row();
}

fn mask_ui(ui: &mut Ui, session: &Session, state: &UiState, actions: &mut Vec<Action>) {
    section(ui, "Mask");
    ui.horizontal_wrapped(|ui| {
        for (action, label) in [
            (Action::GrowMask, "Grow"),
            (Action::ShrinkMask, "Shrink"),
            (Action::FeatherMask, "Feather"),
            (Action::FillHoles, "Fill holes"),
            (Action::InvertMask, "Invert"),
            (Action::ClearMask, "Clear"),
            (Action::ResetMask, "Reset"),
        ] {
            action_button(ui, session, state, action, label, actions);
        }
    });
}

/// The chain of thought: why this step, what was looked for, why this region.
fn thought_ui(ui: &mut Ui, card: &Card) {
    ui.add_space(6.0);
    egui::CollapsingHeader::new("Why").id_salt("why").show(ui, |ui| {
        for (name, text) in [("Decomposition", &card.task.reasoning), ("Description", &card.task.description)] {
            if !text.is_empty() {
                ui.label(RichText::new(format!("{name}: {text}")).small());
            }
        }
        if let Some(proposal) = card.proposals.get(card.proposal) {
            let sure = proposal.confidence * 100.0;
            ui.label(
                RichText::new(format!("Region: {}, {sure:.0} % sure ({})", proposal.reason, proposal.source)).small(),
            );
        }
        ui.label(RichText::new(format!("Plan: {:.0} % sure", card.task.confidence * 100.0)).small());
    });
}
