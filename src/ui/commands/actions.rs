//! The one list of everything you can do by name: menus, shortcuts, the palette and the key list come from it.

use crate::text::{message, tr};
use eframe::egui::{Key, KeyboardShortcut, Modifiers};

/// An action with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case", prefix = "action-")]
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
    Models,
    Instruction,
    Plan,
    PlanOrRun,
    Run,
    RunAll,
    UpdateAll,
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
    NudgeLeft,
    NudgeRight,
    NudgeUp,
    NudgeDown,
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
    About,
}

/// Its place in the menu bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Menu {
    File,
    Edit,
    Step,
    Tools,
    Mask,
    View,
    Help,
}

impl Menu {
    pub const ALL: [Self; 7] = [Self::File, Self::Edit, Self::Step, Self::Tools, Self::Mask, Self::View, Self::Help];

    pub fn text(self) -> &'static str {
        match self {
            Self::File => tr!("menu-file"),
            Self::Edit => tr!("menu-edit"),
            Self::Step => tr!("menu-step"),
            Self::Tools => tr!("menu-tools"),
            Self::Mask => tr!("menu-mask"),
            Self::View => tr!("menu-view"),
            Self::Help => tr!("menu-help"),
        }
    }
}

/// How an action is reached; its text is in `assets/i18n`, under its name.
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
    info(Action::Instruction, Menu::Edit, CTRL, Key::L),
    info(Action::Settings, Menu::Edit, CTRL, Key::Comma),
    unbound(Action::Models, Menu::Edit),
    unbound(Action::Plan, Menu::Step),
    info(Action::PlanOrRun, Menu::Step, CTRL, Key::Enter),
    unbound(Action::Run, Menu::Step),
    info(Action::RunAll, Menu::Step, CTRL_SHIFT, Key::Enter),
    unbound(Action::UpdateAll, Menu::Step),
    info(Action::Approve, Menu::Step, NONE, Key::Enter),
    info(Action::Skip, Menu::Step, SHIFT, Key::Delete),
    unbound(Action::Reopen, Menu::Step),
    info(Action::Favourite, Menu::Step, NONE, Key::P),
    info(Action::NewSeed, Menu::Step, NONE, Key::N),
    info(Action::Locate, Menu::Step, SHIFT, Key::S),
    unbound(Action::PlanStep, Menu::Step),
    unbound(Action::PlanFrom, Menu::Step),
    info(Action::DuplicateStep, Menu::Step, CTRL, Key::J),
    info(Action::DeleteStep, Menu::Step, NONE, Key::Delete),
    unbound(Action::SplitStep, Menu::Step),
    unbound(Action::MergeStep, Menu::Step),
    info(Action::MoveStepUp, Menu::Step, ALT, Key::ArrowUp),
    info(Action::MoveStepDown, Menu::Step, ALT, Key::ArrowDown),
    info(Action::NudgeLeft, Menu::Step, SHIFT, Key::ArrowLeft),
    info(Action::NudgeRight, Menu::Step, SHIFT, Key::ArrowRight),
    info(Action::NudgeUp, Menu::Step, SHIFT, Key::ArrowUp),
    info(Action::NudgeDown, Menu::Step, SHIFT, Key::ArrowDown),
    unbound(Action::ToggleStep, Menu::Step),
    info(Action::NextCandidate, Menu::Step, NONE, Key::ArrowRight),
    info(Action::PreviousCandidate, Menu::Step, NONE, Key::ArrowLeft),
    info(Action::NextStep, Menu::Step, NONE, Key::ArrowDown),
    info(Action::PreviousStep, Menu::Step, NONE, Key::ArrowUp),
    info(Action::Cancel, Menu::Step, NONE, Key::Escape),
    info(Action::ViewTool, Menu::Tools, NONE, Key::H),
    info(Action::BrushTool, Menu::Tools, NONE, Key::B),
    info(Action::EraserTool, Menu::Tools, NONE, Key::E),
    info(Action::LassoTool, Menu::Tools, NONE, Key::L),
    info(Action::ShapeTool, Menu::Tools, NONE, Key::R),
    info(Action::WandTool, Menu::Tools, NONE, Key::W),
    info(Action::SmartTool, Menu::Tools, NONE, Key::S),
    info(Action::ContextTool, Menu::Tools, NONE, Key::K),
    info(Action::SwapTool, Menu::Tools, NONE, Key::X),
    info(Action::SmallerBrush, Menu::Tools, NONE, Key::OpenBracket),
    info(Action::LargerBrush, Menu::Tools, NONE, Key::CloseBracket),
    info(Action::SofterBrush, Menu::Tools, SHIFT, Key::OpenBracket),
    info(Action::HarderBrush, Menu::Tools, SHIFT, Key::CloseBracket),
    info(Action::InvertMask, Menu::Mask, CTRL, Key::I),
    info(Action::GrowMask, Menu::Mask, NONE, Key::G),
    info(Action::ShrinkMask, Menu::Mask, SHIFT, Key::G),
    info(Action::FeatherMask, Menu::Mask, SHIFT, Key::F),
    info(Action::FillHoles, Menu::Mask, SHIFT, Key::H),
    info(Action::RemoveIslands, Menu::Mask, SHIFT, Key::I),
    info(Action::ClearMask, Menu::Mask, CTRL, Key::Backspace),
    info(Action::ResetMask, Menu::Mask, SHIFT, Key::R),
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
    unbound(Action::About, Menu::Help),
];

impl Action {
    /// The list's entry; every action has one, as a test makes sure.
    pub fn info(self) -> Option<&'static Info> {
        ACTIONS.iter().find(|info| info.action == self)
    }

    /// Its name in the settings: "plan-or-run".
    pub fn name(self) -> &'static str {
        self.key().strip_prefix(KEY).unwrap_or_default()
    }

    /// Its name in menus: the message of its key.
    pub fn text(self) -> &'static str {
        message(self.key())
    }

    fn key(self) -> &'static str {
        self.into()
    }
}

/// Begins the keys of the actions' words.
const KEY: &str = "action-";

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
