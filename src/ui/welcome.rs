//! The page without a photo: open one, drop one, or continue with a recent one.

use super::canvas::marks::badge;
use super::commands::actions::Action;
use super::commands::buttons::primary_button;
use super::cx::Cx;
use super::icons;
use super::leftovers::leftovers_ui;
use super::theme::{Tokens, strong_family};
use crate::session::{Command, SAMPLES, Sample, Settings};
use crate::text::tr;
use eframe::egui::text::{LayoutJob, TextWrapping};
use eframe::egui::{
    self, Align, Button, Color32, FontId, Layout, RichText, ScrollArea, Sense, StrokeKind, TextFormat, Ui, Vec2, vec2,
};
use std::path::Path;

/// Size of a recent photograph's card, in points.
const CARD: Vec2 = vec2(440.0, 46.0);

/// Draws the page.
pub(super) fn welcome_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let (session, tokens) = (cx.session, cx.tokens);
    ui.painter().rect_filled(ui.max_rect(), 0, tokens.canvas);
    let recent = &session.settings().recent;
    // The page stands a little above the middle, and moves up to make room for the list.
    let listed = if recent.is_empty() { 110.0 + SAMPLE.y + 44.0 } else { 50.0 + recent.len() as f32 * (CARD.y + 6.0) };
    let listed = listed + cx.state.leftovers.found.len() as f32 * 92.0;
    let room = ui.available_height();
    let above = ((room - 230.0 - listed) * 0.5).max(20.0);
    let page = ScrollArea::vertical().auto_shrink(false);
    page.show(ui, |ui| {
        ui.vertical_centered(|ui| {
            ui.add_space(above);
            if room > 420.0 {
                ui.label(RichText::new(icons::IMAGE).size(56.0).color(tokens.text_weak));
            }
            ui.label(RichText::new(tr!("app-name")).size(26.0).family(strong_family()));
            ui.label(RichText::new(tr!("welcome-tagline")).color(tokens.text_weak));
            ui.add_space(14.0);
            if session.activity().is_some() {
                ui.label(tr!("welcome-opening"));
                return;
            }
            if !cx.state.leftovers.found.is_empty() {
                leftovers_ui(ui, &mut cx.state.leftovers, session, tokens, cx.commands);
                ui.add_space(8.0);
            }
            let open = format!("{}  {}", icons::FOLDER_OPEN, tr!("welcome-open"));
            primary_button(ui, cx, Action::Open, &open);
            ui.add_space(4.0);
            ui.label(RichText::new(tr!("welcome-drop")).small().color(tokens.text_weak));
            if recent.is_empty() && cx.state.leftovers.found.is_empty() && ui.available_width() > 3.0 * HOW.x + 60.0 {
                ui.add_space(22.0);
                how_ui(ui, tokens);
                ui.add_space(22.0);
                samples_ui(ui, cx);
            } else if !recent.is_empty() {
                ui.add_space(18.0);
                recent_ui(ui, session.settings(), cx);
                ui.add_space(16.0);
            }
        })
    });
}

/// Size of one of the three cards that say how it goes, in points.
const HOW: Vec2 = vec2(236.0, 74.0);

/// The steps of working, for newcomers.
fn how_ui(ui: &mut Ui, tokens: &Tokens) {
    let steps = [
        (tr!("welcome-say"), tr!("welcome-say-how")),
        (tr!("welcome-check"), tr!("welcome-check-how")),
        (tr!("welcome-approve"), tr!("welcome-approve-how")),
    ];
    let gap = 12.0;
    let (row, _) = ui.allocate_exact_size(vec2(3.0 * HOW.x + 2.0 * gap, HOW.y), Sense::hover());
    for (index, (title, how)) in steps.into_iter().enumerate() {
        let rect = egui::Rect::from_min_size(row.min + vec2(index as f32 * (HOW.x + gap), 0.0), HOW);
        let stroke = egui::Stroke::new(1.0, tokens.border);
        ui.painter().rect(rect, 8, tokens.panel, stroke, StrokeKind::Inside);
        badge(ui.painter(), rect.left_top() + vec2(24.0, 25.0), index);
        let inside = egui::Rect::from_min_max(rect.min + vec2(44.0, 14.0), rect.max - vec2(10.0, 8.0));
        let layout = Layout::top_down(Align::LEFT);
        let mut words = ui.new_child(egui::UiBuilder::new().max_rect(inside).layout(layout));
        words.spacing_mut().item_spacing.y = 3.0;
        words.label(RichText::new(title).family(strong_family()));
        words.add(egui::Label::new(RichText::new(how).small().color(tokens.text_weak)).wrap());
    }
}

/// Size of a sample's card, in points.
const SAMPLE: Vec2 = vec2(236.0, 176.0);

/// Photos that come with the program, each with what to ask for.
fn samples_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let tokens = cx.tokens;
    if cx.state.samples.is_empty() {
        cx.state.samples = SAMPLES.iter().filter_map(|sample| picture(ui, sample)).collect();
    }
    ui.label(RichText::new(tr!("welcome-samples")).small().color(tokens.text_weak));
    ui.add_space(4.0);
    let gap = 12.0;
    let (row, _) = ui.allocate_exact_size(vec2(3.0 * SAMPLE.x + 2.0 * gap, SAMPLE.y), Sense::hover());
    for (index, sample) in SAMPLES.iter().enumerate() {
        let rect = egui::Rect::from_min_size(row.min + vec2(index as f32 * (SAMPLE.x + gap), 0.0), SAMPLE);
        let response = ui.interact(rect, ui.scope_id().with(("sample", index)), Sense::click());
        let name = tr!("welcome-sample", name = sample.name, instruction = sample.instruction);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
        let visuals = ui.style().interact(&response);
        ui.painter().rect(rect, 8, visuals.weak_bg_fill, visuals.bg_stroke, StrokeKind::Inside);
        let above = egui::Rect::from_min_size(rect.min + vec2(6.0, 6.0), vec2(SAMPLE.x - 12.0, SAMPLE.y - 56.0));
        if let Some(texture) = cx.state.samples.get(index) {
            // As much as fits, cut at the edges.
            let (size, room) = (texture.size_vec2(), above.size());
            let part = room / size * (size / room).min_elem();
            // Faces are more often above the middle than below it.
            let start = egui::pos2((1.0 - part.x) / 2.0, (1.0 - part.y) / 4.0);
            let uv = egui::Rect::from_min_size(start, part);
            egui::Image::new(texture).uv(uv).corner_radius(6).paint_at(ui, above);
        }
        let inside = egui::Rect::from_min_max(above.left_bottom() + vec2(6.0, 6.0), rect.max - vec2(10.0, 4.0));
        let mut words = ui.new_child(egui::UiBuilder::new().max_rect(inside).layout(Layout::top_down(Align::LEFT)));
        let quoted = tr!("welcome-quoted", instruction = sample.instruction);
        words.add(egui::Label::new(RichText::new(quoted).small()).wrap().selectable(false));
        if response.clicked() {
            cx.commands.push(Command::OpenSample(index));
        }
    }
}

/// A sample in the size of its card.
fn picture(ui: &Ui, sample: &Sample) -> Option<egui::TextureHandle> {
    let photo = sample.open().map_err(|error| log::error!("{error}")).ok()?;
    let small = photo.raster.resize(photo.raster.extent().fit_longest(2 * SAMPLE.x as u32));
    let size = [small.extent().width as usize, small.extent().height as usize];
    let pixels = egui::ColorImage::from_rgba_unmultiplied(size, small.bytes());
    Some(ui.load_texture(sample.name, pixels, egui::TextureOptions::LINEAR))
}

/// The list of recent photographs.
fn recent_ui(ui: &mut Ui, settings: &Settings, cx: &mut Cx<'_>) {
    let tokens = cx.tokens;
    let width = CARD.x.min(ui.available_width() - 32.0);
    ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::LEFT), |ui| {
        ui.label(RichText::new(tr!("welcome-recent")).family(strong_family()));
        ui.add_space(2.0);
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        for path in &settings.recent {
            ui.horizontal(|ui| {
                let is_missing = cx.state.missing.contains(path);
                if card_ui(ui, path, is_missing, width - 44.0, tokens) {
                    cx.commands.push(Command::Open(path.clone()));
                }
                let tip = tr!("welcome-forget", name = name_of(path));
                let forget = Button::new(RichText::new(icons::X).color(tokens.text_weak)).frame(false);
                let response = ui.add(forget.min_size(Vec2::splat(26.0))).on_hover_text(&tip);
                response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &tip));
                if response.clicked() {
                    cx.commands.push(forget_command(settings, path));
                }
            });
        }
    });
}

/// Takes a photograph off the list.
fn forget_command(settings: &Settings, path: &Path) -> Command {
    let mut settings = settings.clone();
    settings.forget_recent(path);
    Command::SetSettings(Box::new(settings))
}

/// The file's name over its folder; returns whether it was clicked. A missing file cannot be.
fn card_ui(ui: &mut Ui, path: &Path, is_missing: bool, width: f32, tokens: &Tokens) -> bool {
    let name = name_of(path);
    let folder = path.parent().map(|folder| folder.display().to_string()).unwrap_or_default();
    let sense = if is_missing { Sense::hover() } else { Sense::click() };
    let (rect, response) = ui.allocate_exact_size(vec2(width, CARD.y), sense);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, !is_missing, &name));
    let visuals = ui.style().interact(&response);
    let (fill, stroke) = if is_missing {
        (Color32::TRANSPARENT, egui::Stroke::new(1.0, tokens.text_weak.gamma_multiply(0.4)))
    } else {
        (visuals.weak_bg_fill, visuals.bg_stroke)
    };
    let (title, second) =
        if is_missing { (tokens.text_weak, tr!("welcome-missing", folder = folder)) } else { (tokens.text, folder) };
    let painter = ui.painter();
    painter.rect(rect, 6, fill, stroke, StrokeKind::Inside);
    let icon = if is_missing { icons::QUESTION } else { icons::IMAGE };
    let at = egui::pos2(rect.left() + 22.0, rect.center().y);
    painter.text(at, egui::Align2::CENTER_CENTER, icon, FontId::proportional(20.0), tokens.text_weak);
    let room = width - 56.0;
    for (text, size, colour, y) in [(&name, 14.0, title, 6.0), (&second, 12.0, tokens.text_weak, 25.0)] {
        let galley = ui.fonts_mut(|fonts| fonts.layout_job(one_line(text, size, colour, room)));
        painter.galley(rect.min + vec2(44.0, y), galley, colour);
    }
    response.on_hover_text(path.display().to_string()).clicked()
}

/// A line that ends in "…" where there is not enough room.
fn one_line(text: &str, size: f32, colour: Color32, width: f32) -> LayoutJob {
    let format = TextFormat::simple(FontId::proportional(size), colour);
    let mut job = LayoutJob::single_section(text.to_owned(), format);
    job.wrap = TextWrapping::truncate_at_width(width);
    job
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// "Open recent" in the file menu.
pub(super) fn recent_menu_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let session = cx.session;
    let settings = session.settings();
    ui.add_enabled_ui(!settings.recent.is_empty(), |ui| {
        ui.menu_button(tr!("menu-recent"), |ui| {
            ui.set_min_width(220.0);
            ui.set_max_width(420.0);
            for path in &settings.recent {
                let button = Button::new(name_of(path)).truncate();
                let response = ui.add_enabled(!cx.state.missing.contains(path), button);
                if response.on_hover_text(path.display().to_string()).clicked() {
                    cx.commands.push(Command::Open(path.clone()));
                    ui.close();
                }
            }
            ui.separator();
            if ui.button(tr!("menu-clear-recent")).clicked() {
                let settings = Settings { recent: Vec::new(), ..settings.clone() };
                cx.commands.push(Command::SetSettings(Box::new(settings)));
                ui.close();
            }
        });
    });
}
