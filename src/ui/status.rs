//! The status bar: what is going on, and where one is.

use super::icons;
use super::state::{Tool, UiState};
use super::theme::Tokens;
use crate::session::{Command, Session};
use eframe::egui::{self, Align, Layout, ProgressBar, RichText, Ui};

/// Draws the status bar.
pub fn status_ui(ui: &mut Ui, session: &Session, state: &UiState, tokens: &Tokens, commands: &mut Vec<Command>) {
    ui.horizontal_centered(|ui| {
        if let Some(activity) = session.activity() {
            let phase = activity.progress.map_or("Waiting", |progress| progress.phase.text());
            let what = activity.step.and_then(|step| session.card(step)).map(|card| card.task.title());
            let text = what.map_or_else(|| phase.to_owned(), |what| format!("{phase}: {what}"));
            ui.label(RichText::new(icons::HOURGLASS).color(tokens.accent));
            ui.label(text);
            if let Some(fraction) = activity.progress.and_then(|progress| progress.fraction) {
                let bar = ProgressBar::new(fraction).desired_width(160.0).desired_height(14.0);
                ui.add(bar.text(RichText::new(format!("{:.0} %", fraction * 100.0)).small()));
            }
            if activity.jobs > 1 {
                ui.weak(format!("{} waiting", activity.jobs - 1));
            }
            if activity.can_cancel && ui.button("Cancel").on_hover_text("Stop all running jobs (Esc)").clicked() {
                commands.push(Command::CancelJobs);
            }
        } else {
            ui.weak("Ready");
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| place_ui(ui, session, state));
    });
}

/// Zoom, size, brush and pointer, from the right.
fn place_ui(ui: &mut Ui, session: &Session, state: &UiState) {
    ui.weak(RichText::new("Offline").small())
        .on_hover_text("Everything runs on this machine; nothing is sent anywhere");
    let Some(photo) = session.photo() else {
        return;
    };
    let extent = photo.document.extent();
    ui.separator();
    ui.weak(format!("{:.0} %", state.view.zoom() * 100.0));
    ui.separator();
    let megapixels = extent.area() as f64 / 1e6;
    ui.weak(format!("{extent} px")).on_hover_text(format!("{megapixels:.1} megapixels\n{}", state.adapter));
    if state.tool != Tool::View {
        ui.separator();
        let brush = state.active_brush();
        ui.weak(format!("{:.0} px, {:.0} % hard", brush.size, brush.hardness * 100.0))
            .on_hover_text("Size [ ]   hardness Shift+[ ]");
    }
    let pointer = ui.input(|input| input.pointer.hover_pos());
    if let Some(at) = pointer.map(|pointer| state.view.image_from_ui(pointer)) {
        let inside = at.x >= 0.0 && at.y >= 0.0 && at.x < extent.width as f32 && at.y < extent.height as f32;
        if inside {
            ui.separator();
            ui.add(egui::Label::new(RichText::new(format!("{:.0}, {:.0}", at.x.floor(), at.y.floor())).weak()));
        }
    }
}
