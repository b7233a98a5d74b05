//! Work left behind when the program ended without closing: offered, never forced.

use super::icons;
use super::theme::{Tokens, strong_family};
use crate::session::{Command, Session};
use crate::text::tr;
use eframe::egui::{
    self, Align, Align2, Area, Button, Color32, Frame, Id, Layout, Margin, Order, RichText, Stroke, Ui, vec2,
};
use std::path::PathBuf;
use std::time::Duration;
use tie_core::Leftover;

/// What is offered, and what you have chosen.
#[derive(Default)]
pub struct Leftovers {
    /// Newest first.
    pub found: Vec<Leftover>,
    /// The folder to remove from disk.
    pub discarded: Option<PathBuf>,
    /// "Discard" was pressed once.
    asked: Option<PathBuf>,
    /// Not now.
    hidden: bool,
}

/// Width of the list, in points.
const WIDTH: f32 = 440.0;

/// Draws the list, each with a button to restore it and one to discard it.
pub(super) fn leftovers_ui(
    ui: &mut Ui,
    leftovers: &mut Leftovers,
    session: &Session,
    tokens: &Tokens,
    commands: &mut Vec<Command>,
) {
    let can_restore = session.activity().is_none();
    let mut clicked = None;
    for left in &leftovers.found {
        let is_asked = leftovers.asked.as_ref() == Some(&left.folder);
        let frame = Frame::new().fill(tokens.raised).stroke(Stroke::new(1.0, tokens.accent)).corner_radius(6);
        frame.inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| {
            let width = WIDTH.min(ui.available_width());
            ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::LEFT), |ui| {
                ui.set_width(width);
                let (title, second) = words_of(left);
                ui.label(RichText::new(title).family(strong_family()));
                ui.label(RichText::new(second).small().color(tokens.text_weak));
                ui.add_space(4.0);
                ui.add_enabled_ui(can_restore, |ui| {
                    ui.horizontal(|ui| match buttons_ui(ui, left, is_asked, tokens) {
                        Some(Choice::Restore) => commands.push(Command::Restore(left.folder.clone())),
                        Some(Choice::Discard) => clicked = Some(left.folder.clone()),
                        None => {}
                    });
                });
            });
        });
        ui.add_space(6.0);
    }
    let Some(folder) = clicked else { return };
    if leftovers.asked.as_ref() == Some(&folder) {
        leftovers.found.retain(|left| left.folder != folder);
        leftovers.discarded = Some(folder);
    } else {
        leftovers.asked = Some(folder);
    }
}

enum Choice {
    Restore,
    Discard,
}

/// Discarding for good is confirmed.
fn buttons_ui(ui: &mut Ui, left: &Leftover, is_asked: bool, tokens: &Tokens) -> Option<Choice> {
    let mut choice = None;
    let mut button = |button: Button<'_>, label: String, chosen: Choice| {
        let response = ui.add(button);
        // Several equal buttons can stand here: their names tell them apart.
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, response.enabled(), &label));
        if response.clicked() {
            choice = Some(chosen);
        }
    };
    let filled = |text, fill| Button::new(RichText::new(text).color(tokens.accent_text)).fill(fill);
    let name = left.name.as_str();
    if left.problem.is_none() {
        let label = tr!("leftover-restore-named", name = name);
        button(filled(tr!("leftover-restore"), tokens.accent), label, Choice::Restore);
    }
    if is_asked {
        let label = tr!("leftover-discard-sure-named", name = name);
        button(filled(tr!("leftover-discard-sure"), tokens.error), label, Choice::Discard);
    } else {
        button(Button::new(tr!("leftover-discard")), tr!("leftover-discard-named", name = name), Choice::Discard);
    }
    choice
}

/// The list in a corner over a photograph that is open.
pub(super) fn leftovers_corner_ui(
    ui: &Ui,
    leftovers: &mut Leftovers,
    session: &Session,
    tokens: &Tokens,
    commands: &mut Vec<Command>,
) {
    if session.photo().is_none() || leftovers.found.is_empty() || leftovers.hidden {
        return;
    }
    let area = Area::new(Id::unique("leftovers")).order(Order::Foreground);
    area.anchor(Align2::LEFT_TOP, [58.0, 84.0]).default_width(WIDTH + 48.0).show(ui, |ui| {
        let shadow = egui::Shadow { offset: [0, 4], blur: 16, spread: 0, color: Color32::from_black_alpha(90) };
        let frame = Frame::new().fill(tokens.panel).corner_radius(8).shadow(shadow);
        frame.inner_margin(Margin::same(8)).show(ui, |ui| {
            leftovers_ui(ui, leftovers, session, tokens, commands);
            let later = ui.button(tr!("leftover-later")).on_hover_text(tr!("leftover-later-tip"));
            leftovers.hidden |= later.clicked();
        });
    });
}

/// Title and second line.
fn words_of(left: &Leftover) -> (String, String) {
    if let Some(problem) = &left.problem {
        return (format!("{}  {}", icons::WARNING, tr!("leftover-broken")), problem.clone());
    }
    let title = format!("{}  {}", icons::CLOCK_COUNTER_CLOCKWISE, tr!("leftover-title", name = left.name.as_str()));
    (title, tr!("leftover-details", age = age_of(left.age), steps = left.steps))
}

fn age_of(age: Duration) -> String {
    match age.as_secs() / 60 {
        0 => tr!("leftover-now").to_owned(),
        minutes @ 1..60 => tr!("leftover-minutes", count = minutes),
        minutes if minutes < 48 * 60 => tr!("leftover-hours", count = minutes / 60),
        minutes => tr!("leftover-days", count = minutes / (24 * 60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_said_in_the_unit_that_fits() {
        let said = [5, 60, 150, 3600, 47 * 3600, 49 * 3600].map(|secs| age_of(Duration::from_secs(secs)));
        assert_eq!(
            said,
            ["just now", "1 minute ago", "2 minutes ago", "1 hour ago", "47 hours ago", "2 days ago"]
                .map(str::to_owned)
        );
    }
}
