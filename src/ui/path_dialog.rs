//! Asking for a path where the system has no file dialog.

use super::theme::Tokens;
use super::widgets::modal;
use crate::session::Command;
use crate::text::tr;
use eframe::egui::{self, Button, Key, RichText, TextEdit, Ui};
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
    /// Why the path can't be taken.
    pub problem: Option<String>,
}

impl PathPrompt {
    pub fn new(purpose: PathUse, suggested: Option<&Path>) -> Self {
        let path = suggested.map(|path| path.display().to_string()).unwrap_or_default();
        Self { purpose, path, replaces: false, focused: false, problem: None }
    }
}

/// Asks for a path where the system has no dialog for it.
///
/// `source` is the photo that is open, which needs a stronger warning than any other file.
pub(super) fn path_ui(
    ui: &Ui,
    open: &mut Option<PathPrompt>,
    source: Option<&Path>,
    tokens: &Tokens,
    commands: &mut Vec<Command>,
) {
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
        let output = TextEdit::singleline(&mut prompt.path).desired_width(f32::INFINITY).show(ui);
        let field = output.response.response.labelled_by(label.id);
        if !std::mem::replace(&mut prompt.focused, true) {
            field.request_focus();
            // People change the name and keep folder and ending.
            let (mut state, (from, to)) = (output.state, stem(&prompt.path));
            let [from, to] = [from, to].map(egui::text::CCursor::new);
            state.cursor.set_char_range(Some(egui::text::CCursorRange::two(from, to)));
            state.store(ui, field.id);
        }
        if field.changed() {
            (prompt.replaces, prompt.problem) = (false, None);
        }
        let is_original = source.is_some_and(|source| source == expanded(&prompt.path));
        let warning = match &prompt.problem {
            Some(problem) => Some((problem.as_str(), tokens.error)),
            None if prompt.replaces && is_original => Some((tr!("path-original"), tokens.error)),
            None if prompt.replaces => Some((tr!("path-exists"), tokens.warning)),
            None => None,
        };
        if let Some((words, colour)) = warning {
            ui.label(RichText::new(words).color(colour));
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
    let path = expanded(&prompt.path);
    let problem = if confirmed { problem_of(purpose, &path) } else { None };
    if cancelled || response.should_close() {
        commands.extend((purpose == PathUse::Save).then_some(Command::SaveDialogCancelled));
    } else if problem.is_some() {
        prompt.problem = problem;
        *open = Some(prompt);
    } else if confirmed && purpose.saves() && path.exists() && !prompt.replaces {
        prompt.replaces = true;
        *open = Some(prompt);
    } else if confirmed && !path.as_os_str().is_empty() {
        commands.push(path_command(purpose, path));
    } else {
        *open = Some(prompt);
    }
}

/// A typed path, where "~" is the home folder.
fn expanded(typed: &str) -> PathBuf {
    let typed = typed.trim();
    match (typed.strip_prefix('~'), std::env::home_dir()) {
        (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with(['/', '\\']) => {
            home.join(rest.trim_start_matches(['/', '\\']))
        }
        _ => PathBuf::from(typed),
    }
}

/// Why a path can't be used, in one sentence.
fn problem_of(purpose: PathUse, path: &Path) -> Option<String> {
    let name = path.display().to_string();
    if path.as_os_str().is_empty() {
        return None;
    }
    if !purpose.saves() {
        return (!path.exists()).then(|| tr!("path-missing", path = name));
    }
    if path.is_dir() {
        return Some(tr!("path-is-folder", path = name));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir())?;
    Some(tr!("path-no-folder", path = folder.display().to_string()))
}

/// Where the name without its ending stands in a path, in characters.
fn stem(path: &str) -> (usize, usize) {
    let start = path.rfind(['/', '\\']).map_or(0, |at| at + 1);
    let end = path[start..].rfind('.').filter(|at| *at > 0).map_or(path.len(), |at| start + at);
    (path[..start].chars().count(), path[..end].chars().count())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_without_its_ending_is_what_people_change() {
        for (path, selected) in [
            ("/home/ann/photo.png", "photo"),
            ("photo", "photo"),
            ("a.b/c", "c"),
            ("C:\\é\\été.tar.gz", "été.tar"),
            (".hidden", ".hidden"),
            ("", ""),
        ] {
            let (from, to) = stem(path);
            assert_eq!(path.chars().skip(from).take(to - from).collect::<String>(), selected, "{path}");
        }
    }

    #[test]
    fn a_path_that_cannot_work_is_refused_before_the_dialog_closes() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("a.png");
        assert_eq!(problem_of(PathUse::Save, &inside), None);
        assert!(problem_of(PathUse::Open, &inside).is_some_and(|why| why.contains("a.png")));
        assert!(problem_of(PathUse::Save, folder.path()).is_some());
        assert!(problem_of(PathUse::Save, &folder.path().join("none").join("a.png")).is_some());
        assert_eq!(problem_of(PathUse::Open, folder.path()), None);
        if let Some(home) = std::env::home_dir() {
            assert_eq!(expanded(" ~/a.png "), home.join("a.png"));
            assert_eq!(expanded("~"), home);
        }
        assert_eq!(expanded("~ann/a.png"), Path::new("~ann/a.png"));
    }
}
