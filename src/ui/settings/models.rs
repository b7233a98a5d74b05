//! The models page: which models there are, under which licence, what is installed, and what you can do with them.

use crate::session::{Command, ModelView, Presence, Session, Settings};
use crate::text::tr;
use crate::ui::icons;
use crate::ui::steps::status::progress_text;
use crate::ui::theme::Tokens;
use eframe::egui::{self, Button, Color32, CornerRadius, Frame, Margin, ProgressBar, RichText, Stroke, Ui};
use tie_engine::Progress;
use tie_store::{Integrity, bytes_text, size_text};

/// Draws the page.
pub(super) fn models_ui(
    ui: &mut Ui,
    session: &Session,
    deletes: &mut Option<String>,
    tokens: &Tokens,
    settings: &mut Settings,
    commands: &mut Vec<Command>,
) {
    // The scroll bar floats over the edge.
    ui.set_max_width(ui.available_width() - 10.0);
    ui.label(RichText::new(tr!("models-what")).small().weak());
    ui.add_space(4.0);
    for view in session.models() {
        let frame = Frame::new().fill(tokens.field).corner_radius(CornerRadius::same(6));
        // In the light theme, field and window have the same colour.
        let frame = frame.stroke(ui.visuals().widgets.noninteractive.bg_stroke);
        frame.inner_margin(Margin::symmetric(10, 8)).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.push_id(&view.model.id, |ui| model_ui(ui, session, deletes, tokens, settings, view, commands));
        });
        ui.add_space(6.0);
    }
    folders_ui(ui, settings, commands);
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        if ui.button(tr!("models-unload")).on_hover_text(tr!("models-unload-tip")).clicked() {
            commands.push(Command::UnloadModels);
        }
    });
}

fn model_ui(
    ui: &mut Ui,
    session: &Session,
    deletes: &mut Option<String>,
    tokens: &Tokens,
    settings: &mut Settings,
    view: &ModelView,
    commands: &mut Vec<Command>,
) {
    let model = view.model;
    ui.horizontal(|ui| {
        ui.label(RichText::new(&model.name).strong());
        let (icon, text, colour) = match view.presence {
            Presence::Unknown => (icons::CUBE, tr!("models-looking"), tokens.text_weak),
            Presence::Here => (icons::CHECK_CIRCLE, tr!("models-here"), tokens.success),
            Presence::Incomplete => (icons::WARNING, tr!("models-incomplete"), tokens.warning),
            Presence::Absent => (icons::CUBE, tr!("models-absent"), tokens.text_weak),
        };
        ui.label(RichText::new(format!("{icon}  {text}")).small().color(colour));
    });
    ui.label(RichText::new(&model.purpose).small());
    let memory = model.memory.map(|gigabytes| gigabytes.to_string());
    let facts = tr!("models-facts", size = size_text(model), whole = memory[0].as_str(), half = memory[1].as_str());
    ui.label(RichText::new(facts).small().weak());
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.label(RichText::new(tr!("models-licence")).small().weak());
        let licence = RichText::new(&model.licence).small().underline();
        ui.hyperlink_to(licence, &model.licence_url).on_hover_text(&model.licence_url);
    });
    for folder in &view.folders {
        let text = RichText::new(folder.display().to_string()).small().weak().monospace();
        ui.add(egui::Label::new(text).truncate());
    }
    if let Some(trouble) = &view.trouble {
        ui.label(RichText::new(format!("{}  {trouble}", icons::WARNING)).small().color(tokens.warning));
        for file in view.checked.iter().filter(|file| !file.verdict.is_good()) {
            ui.label(RichText::new(format!("{}: {}", file.path, verdict_text(&file.verdict))).small().weak());
        }
    } else if !view.checked.is_empty() {
        ui.label(RichText::new(tr!("models-verified")).small().color(tokens.success));
    }
    ui.add_space(4.0);
    if let Some(progress) = session.model_progress(&model.id) {
        progress_ui(ui, progress, || commands.push(Command::StopModel(model.id.clone())));
        return;
    }
    ui.horizontal_wrapped(|ui| {
        if matches!(view.presence, Presence::Incomplete | Presence::Absent) {
            let name = if view.presence == Presence::Incomplete { tr!("models-go-on") } else { tr!("models-download") };
            let text = RichText::new(format!("{}  {name}", icons::DOWNLOAD_SIMPLE)).color(tokens.accent_text);
            let button = ui.add_enabled(!settings.offline, Button::new(text).fill(tokens.accent));
            let tip = tr!("models-download-tip", licence = model.licence.as_str());
            if button.on_hover_text(tip).on_disabled_hover_text(tr!("models-offline")).clicked() {
                commands.push(Command::PullModel(model.id.clone()));
            }
            if settings.offline && ui.button(tr!("models-allow")).on_hover_text(tr!("models-allow-tip")).clicked() {
                settings.offline = false;
            }
        } else if ui.button(tr!("models-verify")).on_hover_text(tr!("models-verify-tip")).clicked() {
            commands.push(Command::VerifyModel(model.id.clone()));
        }
        if view.cached > 0 {
            delete_ui(ui, deletes, tokens, view, commands);
        }
    });
}

/// Deleting is confirmed in place: a download takes long.
fn delete_ui(
    ui: &mut Ui,
    deletes: &mut Option<String>,
    tokens: &Tokens,
    view: &ModelView,
    commands: &mut Vec<Command>,
) {
    let size = tr!("models-delete", size = bytes_text(view.cached));
    if deletes.as_deref() != Some(view.model.id.as_str()) {
        if ui.button(size).on_hover_text(tr!("models-delete-tip")).clicked() {
            *deletes = Some(view.model.id.clone());
        }
        return;
    }
    let sure = Button::new(RichText::new(tr!("models-delete-sure")).color(tokens.error));
    if ui.add(sure.stroke(Stroke::new(1.0, tokens.error)).fill(Color32::TRANSPARENT)).clicked() {
        commands.push(Command::RemoveModel(view.model.id.clone()));
        *deletes = None;
    }
    if ui.button(tr!("models-keep")).clicked() {
        *deletes = None;
    }
}

fn progress_ui(ui: &mut Ui, progress: Option<Progress>, mut stop: impl FnMut()) {
    ui.horizontal(|ui| {
        let text = progress.map_or_else(|| tr!("models-connecting").to_owned(), progress_text);
        let fraction = progress.and_then(|progress| progress.fraction).unwrap_or(0.0);
        ui.add(ProgressBar::new(fraction).desired_width(180.0).desired_height(14.0));
        if ui.button(tr!("models-stop")).on_hover_text(tr!("models-stop-tip")).clicked() {
            stop();
        }
        ui.label(RichText::new(text).small());
    });
}

/// The folders to look in.
fn folders_ui(ui: &mut Ui, settings: &mut Settings, commands: &mut Vec<Command>) {
    ui.label(tr!("models-folders"));
    ui.label(RichText::new(tr!("models-folders-why")).small().weak());
    let mut gone = None;
    for (index, folder) in settings.model_folders.iter().enumerate() {
        ui.horizontal(|ui| {
            let forget = ui.small_button(icons::X).on_hover_text(tr!("models-forget"));
            if forget.clicked() {
                gone = Some(index);
            }
            ui.add(egui::Label::new(RichText::new(folder.display().to_string()).small().monospace()).truncate());
        });
    }
    if let Some(index) = gone {
        settings.model_folders.remove(index);
    }
    if ui.button(tr!("models-locate")).clicked() {
        commands.push(Command::LocateModels);
    }
}

fn verdict_text(verdict: &Integrity) -> String {
    match verdict {
        Integrity::Missing => tr!("verdict-missing").to_owned(),
        Integrity::WrongSize { wanted, got } => {
            tr!("verdict-size", wanted = wanted.to_string(), got = got.to_string())
        }
        Integrity::WrongSum { .. } => tr!("verdict-sum").to_owned(),
        Integrity::Right | Integrity::Unknown(_) | Integrity::NotNeeded => tr!("verdict-good").to_owned(),
    }
}
