//! Asking for a path where the system has no file dialog.

use super::theme::Tokens;
use super::widgets::modal;
use crate::session::Command;
use crate::text::tr;
use eframe::egui::{Button, Key, RichText, TextEdit, Ui};
use std::path::{Path, PathBuf};
use tie_core::StepId;

/// The purpose of a typed path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathUse {
    Open,
    Save,
    ImportMask(StepId),
    ExportMask(StepId),
    /// A folder with models.
    Models,
}

impl PathUse {
    /// The dialog's title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Open => tr!("path-open-title"),
            Self::Save => tr!("path-save-title"),
            Self::ImportMask(_) => tr!("path-import-mask"),
            Self::ExportMask(_) => tr!("path-export-mask"),
            Self::Models => tr!("path-models"),
        }
    }

    pub const fn saves(self) -> bool {
        matches!(self, Self::Save | Self::ExportMask(_))
    }
}

/// A path that is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathPrompt {
    pub purpose: PathUse,
    pub path: String,
    /// The path exists, and the user has been warned.
    pub replaces: bool,
    /// The field has had the focus.
    pub focused: bool,
}

impl PathPrompt {
    pub fn new(purpose: PathUse, suggested: Option<&Path>) -> Self {
        let path = suggested.map(|path| path.display().to_string()).unwrap_or_default();
        Self { purpose, path, replaces: false, focused: false }
    }
}

/// Asks for a path where the system has no dialog for it.
pub(super) fn path_ui(ui: &Ui, open: &mut Option<PathPrompt>, tokens: &Tokens, commands: &mut Vec<Command>) {
    let Some(mut prompt) = open.take() else {
        return;
    };
    let purpose = prompt.purpose;
    let verb = if purpose.saves() { tr!("path-save") } else { tr!("path-open") };
    let (mut confirmed, mut cancelled) = (false, false);
    let response = modal(ui, "path").show(ui, |ui| {
        ui.set_width(460.0);
        ui.heading(purpose.title());
        ui.label(RichText::new(tr!("path-why")).weak());
        ui.add_space(6.0);
        let label = ui.label(tr!("path-label"));
        let field = ui.add(TextEdit::singleline(&mut prompt.path).desired_width(f32::INFINITY)).labelled_by(label.id);
        if !std::mem::replace(&mut prompt.focused, true) {
            field.request_focus();
        }
        if field.changed() {
            prompt.replaces = false;
        }
        if prompt.replaces {
            ui.label(RichText::new(tr!("path-exists")).color(tokens.warning));
        }
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            let word = if prompt.replaces { tr!("path-replace") } else { verb };
            let button = Button::new(RichText::new(word).color(tokens.accent_text)).fill(tokens.accent);
            let entered = ui.input(|input| input.key_pressed(Key::Enter));
            confirmed = ui.add_enabled(!prompt.path.trim().is_empty(), button).clicked() || entered;
            cancelled = ui.button(tr!("cancel")).clicked();
        });
    });
    let path = PathBuf::from(prompt.path.trim());
    if cancelled || response.should_close() {
        commands.extend((purpose == PathUse::Save).then_some(Command::SaveDialogCancelled));
    } else if confirmed && purpose.saves() && path.exists() && !prompt.replaces {
        prompt.replaces = true;
        *open = Some(prompt);
    } else if confirmed && !path.as_os_str().is_empty() {
        commands.push(path_command(purpose, path));
    } else {
        *open = Some(prompt);
    }
}

/// The command for a picked or typed path.
pub(crate) fn path_command(purpose: PathUse, path: PathBuf) -> Command {
    match purpose {
        PathUse::Open => Command::Open(path),
        PathUse::Save => Command::SaveTo(path),
        PathUse::ImportMask(step) => Command::ImportMask(step, path),
        PathUse::ExportMask(step) => Command::ExportMask(step, path),
        PathUse::Models => Command::AddModelFolder(path),
    }
}
