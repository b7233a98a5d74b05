//! The one list of everything a person can do by name: menus, shortcuts, the palette and the key list come from it.

use super::canvas_input;
use super::settings_window::SettingsState;
use super::state::{Tool, UiState};
use super::text::{message, tr};
use crate::gpu::OverlayMode;
use crate::session::{Card, CardMask, Command, MaskOp, Session, Settings, StepState, ThemeChoice};
use eframe::egui::{self, Key, KeyboardShortcut, Modifiers};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Something that can be done by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    Open,
    Save,
    SaveAs,
    Quit,
    Undo,
    Redo,
    History,
    CopyImage,
    Settings,
    Plan,
    PlanOrRun,
    RunAll,
    Approve,
    Skip,
    Reopen,
    Favourite,
    NewSeed,
    Locate,
    PlanStep,
    PlanFrom,
    DuplicateStep,
    DeleteStep,
    SplitStep,
    MergeStep,
    MoveStepUp,
    MoveStepDown,
    ToggleStep,
    NextCandidate,
    PreviousCandidate,
    NextStep,
    PreviousStep,
    Cancel,
    ViewTool,
    BrushTool,
    EraserTool,
    LassoTool,
    ShapeTool,
    WandTool,
    SmartTool,
    ContextTool,
    SwapTool,
    SmallerBrush,
    LargerBrush,
    SofterBrush,
    HarderBrush,
    InvertMask,
    ClearMask,
    ResetMask,
    GrowMask,
    ShrinkMask,
    FeatherMask,
    FillHoles,
    RemoveIslands,
    CopyMask,
    PasteMask,
    ImportMask,
    ExportMask,
    ZoomIn,
    ZoomOut,
    Fit,
    ActualSize,
    FitMask,
    Overlay,
    ShowChanges,
    Compare,
    SwitchTheme,
    Palette,
    Keys,
}

/// Where an action stands in the menu bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Menu {
    File,
    Edit,
    Step,
    Mask,
    View,
    Help,
}

impl Menu {
    pub const ALL: [Self; 6] = [Self::File, Self::Edit, Self::Step, Self::Mask, Self::View, Self::Help];

    pub fn text(self) -> &'static str {
        match self {
            Self::File => tr!("menu-file"),
            Self::Edit => tr!("menu-edit"),
            Self::Step => tr!("menu-step"),
            Self::Mask => tr!("menu-mask"),
            Self::View => tr!("menu-view"),
            Self::Help => tr!("menu-help"),
        }
    }
}

/// How an action is reached; its words are in `assets/i18n`, under its name.
pub struct Info {
    pub action: Action,
    pub menu: Menu,
    pub shortcut: Option<KeyboardShortcut>,
}

const fn info(action: Action, menu: Menu, modifiers: Modifiers, key: Key) -> Info {
    Info { action, menu, shortcut: Some(KeyboardShortcut::new(modifiers, key)) }
}

const fn unbound(action: Action, menu: Menu) -> Info {
    Info { action, menu, shortcut: None }
}

const NONE: Modifiers = Modifiers::NONE;
const CTRL: Modifiers = Modifiers::COMMAND;
const SHIFT: Modifiers = Modifiers::SHIFT;
const ALT: Modifiers = Modifiers::ALT;
const CTRL_ALT: Modifiers = Modifiers::COMMAND.plus(Modifiers::ALT);
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

/// All actions in the order of the menus.
pub const ACTIONS: &[Info] = &[
    info(Action::Open, Menu::File, CTRL, Key::O),
    info(Action::Save, Menu::File, CTRL, Key::S),
    info(Action::SaveAs, Menu::File, CTRL_SHIFT, Key::S),
    info(Action::Quit, Menu::File, CTRL, Key::Q),
    info(Action::Undo, Menu::Edit, CTRL, Key::Z),
    info(Action::Redo, Menu::Edit, CTRL_SHIFT, Key::Z),
    info(Action::History, Menu::Edit, CTRL, Key::H),
    unbound(Action::CopyImage, Menu::Edit),
    info(Action::Settings, Menu::Edit, CTRL, Key::Comma),
    unbound(Action::Plan, Menu::Step),
    info(Action::PlanOrRun, Menu::Step, CTRL, Key::Enter),
    info(Action::RunAll, Menu::Step, CTRL_SHIFT, Key::Enter),
    info(Action::Approve, Menu::Step, NONE, Key::Enter),
    info(Action::Skip, Menu::Step, NONE, Key::Delete),
    unbound(Action::Reopen, Menu::Step),
    info(Action::Favourite, Menu::Step, NONE, Key::P),
    info(Action::NewSeed, Menu::Step, NONE, Key::N),
    unbound(Action::Locate, Menu::Step),
    unbound(Action::PlanStep, Menu::Step),
    unbound(Action::PlanFrom, Menu::Step),
    info(Action::DuplicateStep, Menu::Step, CTRL, Key::J),
    info(Action::DeleteStep, Menu::Step, CTRL, Key::Delete),
    unbound(Action::SplitStep, Menu::Step),
    unbound(Action::MergeStep, Menu::Step),
    info(Action::MoveStepUp, Menu::Step, ALT, Key::ArrowUp),
    info(Action::MoveStepDown, Menu::Step, ALT, Key::ArrowDown),
    unbound(Action::ToggleStep, Menu::Step),
    info(Action::NextCandidate, Menu::Step, NONE, Key::ArrowRight),
    info(Action::PreviousCandidate, Menu::Step, NONE, Key::ArrowLeft),
    info(Action::NextStep, Menu::Step, NONE, Key::ArrowDown),
    info(Action::PreviousStep, Menu::Step, NONE, Key::ArrowUp),
    info(Action::Cancel, Menu::Step, NONE, Key::Escape),
    info(Action::ViewTool, Menu::Mask, NONE, Key::H),
    info(Action::BrushTool, Menu::Mask, NONE, Key::B),
    info(Action::EraserTool, Menu::Mask, NONE, Key::E),
    info(Action::LassoTool, Menu::Mask, NONE, Key::L),
    info(Action::ShapeTool, Menu::Mask, NONE, Key::R),
    info(Action::WandTool, Menu::Mask, NONE, Key::W),
    info(Action::SmartTool, Menu::Mask, NONE, Key::S),
    info(Action::ContextTool, Menu::Mask, NONE, Key::K),
    info(Action::SwapTool, Menu::Mask, NONE, Key::X),
    info(Action::SmallerBrush, Menu::Mask, NONE, Key::OpenBracket),
    info(Action::LargerBrush, Menu::Mask, NONE, Key::CloseBracket),
    info(Action::SofterBrush, Menu::Mask, SHIFT, Key::OpenBracket),
    info(Action::HarderBrush, Menu::Mask, SHIFT, Key::CloseBracket),
    info(Action::InvertMask, Menu::Mask, CTRL, Key::I),
    unbound(Action::GrowMask, Menu::Mask),
    unbound(Action::ShrinkMask, Menu::Mask),
    unbound(Action::FeatherMask, Menu::Mask),
    unbound(Action::FillHoles, Menu::Mask),
    unbound(Action::RemoveIslands, Menu::Mask),
    info(Action::ClearMask, Menu::Mask, CTRL, Key::Backspace),
    unbound(Action::ResetMask, Menu::Mask),
    info(Action::CopyMask, Menu::Mask, CTRL_ALT, Key::C),
    info(Action::PasteMask, Menu::Mask, CTRL_ALT, Key::V),
    unbound(Action::ImportMask, Menu::Mask),
    unbound(Action::ExportMask, Menu::Mask),
    info(Action::ZoomIn, Menu::View, CTRL, Key::Plus),
    info(Action::ZoomOut, Menu::View, CTRL, Key::Minus),
    info(Action::Fit, Menu::View, CTRL, Key::Num0),
    info(Action::ActualSize, Menu::View, CTRL, Key::Num1),
    info(Action::FitMask, Menu::View, NONE, Key::F),
    info(Action::Overlay, Menu::View, NONE, Key::Q),
    info(Action::ShowChanges, Menu::View, SHIFT, Key::Q),
    info(Action::Compare, Menu::View, NONE, Key::C),
    unbound(Action::SwitchTheme, Menu::View),
    info(Action::Palette, Menu::Help, CTRL_SHIFT, Key::P),
    info(Action::Keys, Menu::Help, NONE, Key::F1),
];

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
            Self::PlanOrRun => {
                let waits = |card: &Card| card.outdated || !(card.is_decided() || card.state == StepState::Ready);
                let runs = has(Card::can_run) && card.is_some_and(waits);
                session.photo().is_some()
                    && (session.needs_planning() || runs || Self::NewSeed.is_enabled(session, state))
            }
            Self::Plan => session.photo().is_some() && !session.instruction().trim().is_empty(),
            Self::RunAll => session.cards().iter().any(|card| card.can_run() && !card.is_decided()),
            Self::Approve => {
                let accepts = session.selection().is_some_and(|selection| selection.mask().is_some());
                accepts || state.gesture.is_some() || has(|card| card.state == StepState::Ready)
            }
            Self::Favourite => has(|card| card.candidate().is_some()),
            Self::CopyImage => session.photo().is_some(),
            Self::Skip
            | Self::Reopen
            | Self::PlanStep
            | Self::PlanFrom
            | Self::DuplicateStep
            | Self::DeleteStep
            | Self::SplitStep
            | Self::MergeStep
            | Self::MoveStepUp
            | Self::MoveStepDown
            | Self::ToggleStep
            | Self::CopyMask
            | Self::PasteMask
            | Self::ImportMask
            | Self::ExportMask => card.is_some_and(|card| self.step_command(session, card).is_some()),
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
            | Self::History
            | Self::Overlay
            | Self::ShowChanges
            | Self::SwitchTheme
            | Self::Palette
            | Self::Keys => true,
        }
    }

    /// Does it: changes what belongs to the window, or answers with the command for the session.
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
                // Running what is ready again would give the same; another seed gives something else.
                let is_done = card.is_some_and(|card| card.state == StepState::Ready && !card.outdated);
                return if is_done { id.map(Command::NewSeed) } else { id.map(Command::Run) };
            }
            Self::RunAll => return Some(Command::RunAll),
            Self::Approve if state.gesture.is_some() => return canvas_input::finish(state),
            Self::Approve if session.selection().is_some() => return Some(Command::SelectionAccept),
            Self::Approve => return id.map(Command::Approve),
            Self::Favourite => return card.map(|card| Command::ToggleFavourite(card.id, card.chosen)),
            Self::CopyImage => return Some(Command::CopyImage),
            Self::Skip
            | Self::Reopen
            | Self::PlanStep
            | Self::PlanFrom
            | Self::DuplicateStep
            | Self::DeleteStep
            | Self::SplitStep
            | Self::MergeStep
            | Self::MoveStepUp
            | Self::MoveStepDown
            | Self::ToggleStep
            | Self::CopyMask
            | Self::PasteMask
            | Self::ImportMask
            | Self::ExportMask => return card.and_then(|card| self.step_command(session, card)),
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
            Self::GrowMask => return mask(MaskOp::Grow(4.0)),
            Self::ShrinkMask => return mask(MaskOp::Shrink(4.0)),
            Self::FeatherMask => return mask(MaskOp::Feather(4.0)),
            Self::FillHoles => return mask(MaskOp::FillHoles),
            Self::RemoveIslands => return mask(MaskOp::RemoveIslands(smallest_island(session))),
            Self::ViewTool => state.take_tool(Tool::View),
            Self::BrushTool => state.take_tool(Tool::Brush),
            Self::EraserTool => state.take_tool(Tool::Eraser),
            Self::LassoTool => state.take_tool(Tool::Lasso),
            Self::ShapeTool => state.take_tool(Tool::Shape),
            Self::WandTool => state.take_tool(Tool::Wand),
            Self::SmartTool => state.take_tool(Tool::Smart),
            Self::ContextTool => state.take_tool(Tool::Context),
            Self::SwapTool => state.swap_tool(),
            Self::History => state.history_open = !state.history_open,
            Self::ShowChanges => state.shows_changes = !state.shows_changes,
            Self::SmallerBrush => state.change_brush(|brush| brush.resized(false)),
            Self::LargerBrush => state.change_brush(|brush| brush.resized(true)),
            Self::SofterBrush => state.change_brush(|brush| brush.harder(-0.25)),
            Self::HarderBrush => state.change_brush(|brush| brush.harder(0.25)),
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
                state.overlay = match state.overlay {
                    OverlayMode::Tint => OverlayMode::Outline,
                    OverlayMode::Outline => OverlayMode::BlackAndWhite,
                    OverlayMode::BlackAndWhite => OverlayMode::Off,
                    OverlayMode::Off => OverlayMode::Tint,
                };
            }
            Self::Compare => state.compare = !state.compare,
            Self::SwitchTheme => {
                let theme = if ctx.theme() == egui::Theme::Dark { ThemeChoice::Light } else { ThemeChoice::Dark };
                return Some(Command::SetSettings(Box::new(Settings { theme, ..session.settings().clone() })));
            }
            Self::Settings => state.settings_window = Some(SettingsState::default()),
            Self::Palette => state.palette = Some(String::new()),
            Self::Keys => state.keys_open = !state.keys_open,
        }
        None
    }

    /// What it asks of one step; `None` where that makes no sense for the step, or the action is none of a step.
    pub fn step_command(self, session: &Session, card: &Card) -> Option<Command> {
        let (id, index) = (card.id, session.cards().iter().position(|other| other.id == card.id)?);
        let has_mask = card.mask.as_ref().is_some_and(|mask| !mask.is_empty());
        let (allowed, command) = match self {
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

    /// The list's entry; every action has one, as a test makes sure.
    pub fn info(self) -> Option<&'static Info> {
        ACTIONS.iter().find(|info| info.action == self)
    }

    /// Its name in the settings: "plan-or-run".
    pub fn name(self) -> &'static str {
        self.key().strip_prefix(KEY).unwrap_or_default()
    }

    /// What it is called in menus: the message of its name.
    pub fn text(self) -> &'static str {
        message(self.key())
    }

    fn key(self) -> &'static str {
        static KEYS: LazyLock<HashMap<Action, String>> = LazyLock::new(|| {
            ACTIONS.iter().map(|info| (info.action, format!("{KEY}{}", kebab(&format!("{:?}", info.action))))).collect()
        });
        KEYS.get(&self).map_or(KEY, String::as_str)
    }
}

/// Begins the keys of the actions' words.
const KEY: &str = "action-";

/// `PlanOrRun` becomes "plan-or-run".
fn kebab(name: &str) -> String {
    let mut kebab = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.push(c.to_ascii_lowercase());
    }
    kebab
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_stands_in_the_list_once() {
        for (index, info) in ACTIONS.iter().enumerate() {
            assert!(ACTIONS[..index].iter().all(|other| other.action != info.action), "{:?} twice", info.action);
        }
        assert_eq!(ACTIONS.last().map(|info| info.action as usize), Some(ACTIONS.len() - 1), "an action is missing");
    }

    #[test]
    fn names_are_words_with_hyphens_and_each_action_has_its_own() {
        assert_eq!(Action::PlanOrRun.name(), "plan-or-run");
        for info in ACTIONS {
            assert_eq!(ACTIONS.iter().filter(|other| other.action.name() == info.action.name()).count(), 1);
        }
    }
}
