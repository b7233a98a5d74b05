//! Doing actions: whether one makes sense now, and the command or change of the window that it stands for.

use super::actions::Action;
use super::palette::Palette;
use crate::session::{Card, CardMask, Command, MaskOp, Session, Settings, StepState, ThemeChoice};
use crate::ui::canvas::input;
use crate::ui::canvas::placing::nudge;
use crate::ui::canvas::tool::Tool;
use crate::ui::settings::SettingsState;
use crate::ui::state::UiState;
use eframe::egui::{self, Key};
use tie_core::Brush;

/// Does actions in order, as far as they make sense now.
pub fn perform(
    ctx: &egui::Context,
    session: &Session,
    state: &mut UiState,
    actions: Vec<Action>,
    commands: &mut Vec<Command>,
) {
    for action in actions {
        if action.is_enabled(session, state) {
            commands.extend(action.perform(ctx, session, state));
        }
    }
}

impl Action {
    /// Whether it would do anything now.
    pub fn is_enabled(self, session: &Session, state: &UiState) -> bool {
        let card = session.selected();
        let has = |predicate: fn(&Card) -> bool| card.is_some_and(predicate);
        match self {
            Self::Save | Self::SaveAs | Self::ZoomIn | Self::ZoomOut | Self::Fit | Self::ActualSize | Self::Compare => {
                session.photo().is_some()
            }
            Self::Undo => session.undo_label().is_some(),
            Self::Redo => session.redo_label().is_some(),
            // One that cannot run says why.
            Self::PlanOrRun => session.photo().is_some() && (session.needs_planning() || card.is_some()),
            Self::Run => has(|card| card.can_run() && (card.outdated || !card.is_decided())),
            Self::UpdateAll => session.cards().iter().any(|card| card.outdated && card.enabled && card.can_run()),
            Self::Plan => session.photo().is_some() && !session.instruction().trim().is_empty(),
            Self::RunAll => session.cards().iter().any(|card| card.can_run() && !card.is_decided()),
            Self::Approve => {
                let accepts = session.selection().is_some_and(|selection| selection.mask().is_some());
                accepts
                    || state.gesture.is_some()
                    || has(|card| card.state == StepState::Ready || (card.is_busy() && !card.candidates.is_empty()))
            }
            Self::Favourite => has(|card| card.candidate().is_some()),
            Self::CopyImage => session.photo().is_some(),
            Self::NewSeed => {
                let undecided = |card: &&Card| card.can_run() && !card.candidates.is_empty() && !card.is_decided();
                card.filter(undecided).is_some_and(|card| session.is_random(card))
            }
            Self::Locate => has(|card| !card.is_busy() && !card.is_decided()),
            Self::NextCandidate => has(|card| card.chosen + 1 < card.candidates.len()),
            Self::PreviousCandidate => has(|card| card.chosen > 0),
            Self::NextStep | Self::PreviousStep => !session.cards().is_empty(),
            Self::Cancel => {
                let drawing = state.gesture.is_some() || session.selection().is_some();
                drawing || session.activity().is_some_and(|activity| activity.can_cancel)
            }
            Self::InvertMask => card.is_some(),
            Self::ClearMask
            | Self::GrowMask
            | Self::ShrinkMask
            | Self::FeatherMask
            | Self::FillHoles
            | Self::RemoveIslands
            | Self::FitMask => has(|card| card.mask.as_ref().is_some_and(|mask| !mask.is_empty())),
            Self::ResetMask => has(|card| card.mask.as_ref().is_some_and(CardMask::is_edited)),
            Self::SmallerBrush | Self::LargerBrush | Self::SofterBrush | Self::HarderBrush => state.tool.is_brush(),
            Self::Open
            | Self::Settings
            | Self::Models
            | Self::Quit
            | Self::ViewTool
            | Self::BrushTool
            | Self::EraserTool
            | Self::LassoTool
            | Self::ShapeTool
            | Self::WandTool
            | Self::SmartTool
            | Self::ContextTool
            | Self::SwapTool
            | Self::Instruction
            | Self::History
            | Self::Overlay
            | Self::ShowChanges
            | Self::SwitchTheme
            | Self::Palette
            | Self::Keys
            | Self::About => true,
            // The others are done to one step.
            _ => card.is_some_and(|card| self.step_command(session, card).is_some()),
        }
    }

    /// Runs it: changes the window's state, or returns the command for the session.
    pub fn perform(self, ctx: &egui::Context, session: &Session, state: &mut UiState) -> Option<Command> {
        let card = session.selected();
        let id = card.map(|card| card.id);
        let mask = |op| id.map(|id| Command::Mask(id, op));
        let candidate = |index| card.map(|card| Command::ChooseCandidate(card.id, index));
        match self {
            Self::Open => return Some(Command::OpenDialog),
            Self::Save => return Some(Command::Save),
            Self::SaveAs => return Some(Command::SaveDialog),
            Self::Quit => return Some(Command::Close),
            Self::Undo => return Some(Command::Undo),
            Self::Redo => return Some(Command::Redo),
            Self::Plan | Self::PlanOrRun => {
                if self == Self::Plan || session.needs_planning() {
                    return Some(Command::Plan);
                }
                // Running a ready step again would give the same; another seed gives something else.
                let card = card.filter(|card| card.outdated || !card.is_decided())?;
                let is_done = card.state == StepState::Ready && !card.outdated;
                return match is_done {
                    true if session.is_random(card) => id.map(Command::NewSeed),
                    true => None,
                    false => id.map(Command::Run),
                };
            }
            Self::Run => return id.map(Command::Run),
            Self::RunAll => return Some(Command::RunAll),
            Self::UpdateAll => return Some(Command::UpdateAll),
            Self::Approve if state.gesture.is_some() => return input::finish(state),
            Self::Approve if session.selection().is_some() => return Some(Command::SelectionAccept),
            Self::Approve => return id.map(Command::Approve),
            Self::Favourite => return card.map(|card| Command::ToggleFavourite(card.id, card.chosen)),
            Self::CopyImage => return Some(Command::CopyImage),
            Self::NewSeed => return id.map(Command::NewSeed),
            Self::Locate => return id.map(Command::Locate),
            Self::NextCandidate => return card.and_then(|card| candidate(card.chosen + 1)),
            Self::PreviousCandidate => return card.and_then(|card| candidate(card.chosen.checked_sub(1)?)),
            Self::NextStep => return neighbour(session, 1),
            Self::PreviousStep => return neighbour(session, -1),
            Self::Cancel if state.gesture.take().is_some() => {
                // A wand that is held has a selection as well.
                return session.selection().map(|_| Command::SelectionDiscard);
            }
            Self::Cancel if session.selection().is_some() => return Some(Command::SelectionDiscard),
            Self::Cancel => return Some(Command::CancelJobs),
            Self::InvertMask => return mask(MaskOp::Invert),
            Self::ClearMask => return mask(MaskOp::Clear),
            Self::ResetMask => return mask(MaskOp::Reset),
            Self::GrowMask => return mask(MaskOp::Grow(state.options.radius)),
            Self::ShrinkMask => return mask(MaskOp::Shrink(state.options.radius)),
            Self::FeatherMask => return mask(MaskOp::Feather(state.options.radius)),
            Self::FillHoles => return mask(MaskOp::FillHoles),
            Self::RemoveIslands => return mask(MaskOp::RemoveIslands(smallest_island(session))),
            Self::ViewTool => state.take_tool(Tool::View),
            Self::BrushTool => state.take_tool(Tool::Brush),
            Self::EraserTool => state.take_tool(Tool::Eraser),
            Self::LassoTool => state.take_tool(Tool::Lasso),
            Self::ShapeTool => state.take_tool(Tool::Shape),
            Self::WandTool => state.take_tool(Tool::Wand),
            Self::SmartTool => {
                state.take_tool(Tool::Smart);
                return Some(Command::SmartPrepare);
            }
            Self::ContextTool => state.take_tool(Tool::Context),
            Self::SwapTool => state.swap_tool(),
            Self::History => state.history_open = !state.history_open,
            Self::ShowChanges => state.shows_changes = !state.shows_changes,
            Self::SmallerBrush => return Some(change_brush(session, state, |brush| brush.resized(false))),
            Self::LargerBrush => return Some(change_brush(session, state, |brush| brush.resized(true))),
            Self::SofterBrush => return Some(change_brush(session, state, |brush| brush.harder(-0.25))),
            Self::HarderBrush => return Some(change_brush(session, state, |brush| brush.harder(0.25))),
            Self::ZoomIn => state.view.zoom_by(1.25),
            Self::ZoomOut => state.view.zoom_by(0.8),
            Self::Fit => state.view.fit(),
            Self::ActualSize => state.view.actual_size(),
            Self::FitMask => {
                if let Some(mask) = card.and_then(|card| card.mask.as_ref()) {
                    state.view.fit_to(mask.result.bounds());
                }
            }
            Self::Overlay => {
                let overlay = session.settings().overlay.next();
                return Some(Command::SetSettings(Box::new(Settings { overlay, ..session.settings().clone() })));
            }
            Self::Compare => state.compare = !state.compare,
            Self::SwitchTheme => {
                let theme = if ctx.theme() == egui::Theme::Dark { ThemeChoice::Light } else { ThemeChoice::Dark };
                return Some(Command::SetSettings(Box::new(Settings { theme, ..session.settings().clone() })));
            }
            Self::Instruction => state.focuses_instruction = true,
            Self::Settings => state.settings_window = Some(SettingsState::default()),
            Self::Models => {
                state.settings_window = Some(SettingsState::at_models());
                return Some(Command::LookForModels);
            }
            Self::Palette => state.palette = Some(Palette::default()),
            Self::Keys => state.keys_open = !state.keys_open,
            Self::About => state.about_open = true,
            // The others are done to one step.
            _ => return card.and_then(|card| self.step_command(session, card)),
        }
        None
    }

    /// Its command for one step; `None` if it makes no sense for the step, or is not a step's action.
    pub fn step_command(self, session: &Session, card: &Card) -> Option<Command> {
        let (id, index) = (card.id, session.cards().iter().position(|other| other.id == card.id)?);
        let has_mask = card.mask.as_ref().is_some_and(|mask| !mask.is_empty());
        let (allowed, command) = match self {
            Self::NudgeLeft => return nudge(session, card, -1, 0),
            Self::NudgeRight => return nudge(session, card, 1, 0),
            Self::NudgeUp => return nudge(session, card, 0, -1),
            Self::NudgeDown => return nudge(session, card, 0, 1),
            Self::Skip => (!card.is_decided(), Command::Skip(id)),
            Self::Reopen => (card.is_decided(), Command::Reopen(id)),
            Self::PlanStep => (!card.is_decided(), Command::PlanStep(id)),
            Self::PlanFrom => (!card.is_decided(), Command::PlanFrom(id)),
            Self::DuplicateStep => (true, Command::DuplicateStep(id)),
            Self::DeleteStep => (true, Command::DeleteStep(id)),
            Self::SplitStep => {
                let several = session.measures(id).is_some_and(|measures| measures.regions > 1);
                (several && !card.is_decided(), Command::SplitStep(id))
            }
            Self::MergeStep => (index > 0 && !card.is_decided(), Command::MergeStep(id)),
            Self::MoveStepUp => (index > 0, Command::MoveStep(id, index.saturating_sub(1))),
            Self::MoveStepDown => (index + 1 < session.cards().len(), Command::MoveStep(id, index + 1)),
            Self::ToggleStep => (true, Command::SetEnabled(id, !card.enabled)),
            Self::CopyMask => (has_mask, Command::CopyMask(id)),
            Self::PasteMask => (session.has_copied_mask() && !card.is_decided(), Command::PasteMask(id)),
            Self::ImportMask => (!card.is_decided(), Command::ImportMaskDialog(id)),
            Self::ExportMask => (has_mask, Command::ExportMaskDialog(id)),
            _ => return None,
        };
        allowed.then_some(command)
    }
}

/// Changes the active tool's brush.
fn change_brush(session: &Session, state: &UiState, change: fn(Brush) -> Brush) -> Command {
    let settings = session.settings();
    state.set_brush(settings, change(state.active_brush(settings)))
}

/// Islands below a ten-thousandth of the image are dust.
fn smallest_island(session: &Session) -> usize {
    session.photo().map_or(0, |photo| (photo.document.extent().area() / 10_000).max(16))
}

/// The step above or below the selected one.
fn neighbour(session: &Session, offset: isize) -> Option<Command> {
    let cards = session.cards();
    let selected = session.selected().map(|card| card.id);
    let index = cards.iter().position(|card| Some(card.id) == selected);
    let next = index.map_or(0, |index| index.saturating_add_signed(offset).min(cards.len().saturating_sub(1)));
    cards.get(next).map(|card| Command::Select(card.id))
}

/// The step that a digit asks for: 1 is the first.
pub fn pressed_step(ctx: &egui::Context, session: &Session) -> Option<Command> {
    const DIGITS: [Key; 9] =
        [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];
    if ctx.memory(|memory| memory.focused().is_some()) {
        return None;
    }
    let index =
        ctx.input(|input| DIGITS.iter().position(|key| input.modifiers.is_none() && input.key_pressed(*key)))?;
    session.cards().get(index).map(|card| Command::Select(card.id))
}
