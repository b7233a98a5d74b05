//! The status bar: what is running, and where you are.

use crate::phase_text::phase_text;
use crate::session::Command;
use crate::text::tr;
use crate::ui::commands::actions::Action;
use crate::ui::commands::buttons::action_button;
use crate::ui::cx::Cx;
use crate::ui::icons;
use eframe::egui::{self, Align, Layout, ProgressBar, RichText, Ui};
use std::time::Duration;
use tie_engine::Progress;

/// Draws the status bar.
pub(in crate::ui) fn status_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let (session, tokens) = (cx.session, cx.tokens);
    ui.horizontal_centered(|ui| {
        if let Some(activity) = session.activity() {
            let phase = activity.progress.map_or_else(|| tr!("status-waiting").to_owned(), progress_text);
            let what = activity.step.and_then(|step| session.card(step)).map(|card| card.task.title());
            let text =
                what.map_or_else(|| phase.clone(), |what| tr!("status-of-step", phase = phase.as_str(), step = what));
            ui.label(RichText::new(icons::HOURGLASS).color(tokens.accent));
            ui.label(text);
            if let Some(fraction) = activity.progress.and_then(|progress| progress.fraction) {
                let bar = ProgressBar::new(fraction).desired_width(160.0).desired_height(14.0);
                ui.add(bar.text(RichText::new(format!("{:.0} %", fraction * 100.0)).small()));
            }
            if let Some(left) = activity.left {
                ui.weak(time_left(left));
            }
            if activity.jobs > 1 {
                ui.weak(tr!("status-more", count = activity.jobs - 1));
            }
            let keys = cx.state.keymap.text(Action::Cancel, ui);
            let tip = || tr!("status-cancel-tip", keys = keys);
            if activity.can_cancel && ui.button(tr!("cancel")).on_hover_text(tip()).clicked() {
                cx.commands.push(Command::CancelJobs);
            }
        } else {
            ui.weak(tr!("status-ready"));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| place_ui(ui, cx));
    });
}

/// "about 20 s left", rounded so that it does not flicker.
fn time_left(left: Duration) -> String {
    match left.as_secs() {
        seconds @ 0..60 => tr!("status-seconds-left", n = seconds.div_ceil(5) * 5),
        seconds => tr!("status-minutes-left", n = seconds.div_ceil(60)),
    }
}

/// What a job is doing, and how much of it is done.
pub(in crate::ui) fn progress_text(progress: Progress) -> String {
    let phase = phase_text(progress.phase);
    progress.amount.map_or_else(|| phase.to_owned(), |amount| format!("{phase} {amount}"))
}

/// The zoom, which opens a slider and the usual sizes.
fn zoom_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let shown = format!("{:.0} %", cx.state.view.zoom() * 100.0);
    let zoom = ui.add(egui::Button::new(RichText::new(&shown).weak()).frame(false)).on_hover_text(tr!("status-zoom"));
    zoom.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Button, true, tr!("status-zoom-now", zoom = shown.as_str()))
    });
    egui::Popup::menu(&zoom).close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        let zooms = cx.state.view.zooms();
        let mut percent = cx.state.view.zoom() * 100.0;
        let slider = egui::Slider::new(&mut percent, zooms.start() * 100.0..=zooms.end() * 100.0);
        if ui.add(slider.logarithmic(true).fixed_decimals(0).suffix(" %")).changed() {
            cx.state.view.zoom_to(percent / 100.0);
        }
        ui.horizontal(|ui| {
            for (action, label) in [(Action::Fit, tr!("status-zoom-fit")), (Action::ActualSize, "100 %")] {
                action_button(ui, cx, action, label);
            }
            if ui.button("200 %").clicked() {
                cx.state.view.zoom_to(2.0);
            }
        });
    });
}

/// Zoom, size, brush and pointer, from the right.
fn place_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let session = cx.session;
    let (network, why) = if session.settings().offline {
        (tr!("status-offline"), tr!("status-offline-why"))
    } else {
        (tr!("status-online"), tr!("status-online-why"))
    };
    ui.weak(RichText::new(network).small()).on_hover_text(why);
    let loading = session.models().iter().find_map(|view| session.model_progress(&view.model.id));
    if let Some(fraction) = loading.and_then(|progress| progress?.fraction) {
        ui.separator();
        ui.label(tr!("status-download", percent = format!("{:.0}", fraction * 100.0)));
    }
    let Some(photo) = session.photo() else {
        return;
    };
    let extent = photo.document.extent();
    if let Some(bytes) = cx.state.memory {
        ui.separator();
        let undo = session.undo_bytes() >> 20;
        let tip = tr!("status-memory-tip", undo = undo, most = session.settings().undo_memory_mb);
        ui.weak(tr!("status-memory", megabytes = bytes >> 20)).on_hover_text(tip);
    }
    ui.separator();
    zoom_ui(ui, cx);
    let state = &*cx.state;
    ui.separator();
    let megapixels = tr!("status-megapixels", megapixels = format!("{:.1}", extent.area() as f64 / 1e6));
    ui.weak(tr!("status-size", size = extent.to_string())).on_hover_text(format!("{megapixels}\n{}", state.adapter));
    if state.tool.is_brush() {
        ui.separator();
        let brush = state.active_brush(session.settings());
        let (size, hardness) = (brush.size.round(), (brush.hardness * 100.0).round());
        let keys = |action| state.keymap.text(action, ui);
        let tip = tr!(
            "status-brush-keys",
            smaller = keys(Action::SmallerBrush),
            larger = keys(Action::LargerBrush),
            softer = keys(Action::SofterBrush),
            harder = keys(Action::HarderBrush),
        );
        ui.weak(tr!("status-brush", size = size, hardness = hardness)).on_hover_text(tip);
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
