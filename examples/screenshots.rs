//! Renders the main states of the window to `docs/screenshots`, with the application's own canvas and workers.

#![expect(clippy::unwrap_used, reason = "a tool for the project's own pages: it fails with the reason")]

#[path = "../tests/support/mod.rs"]
mod support;

use eframe::egui::{Key, Theme, vec2};
use support::Studio;
use tie_studio::session::StepState;

fn main() {
    std::fs::create_dir_all("docs/screenshots").unwrap();
    for (theme, suffix) in [(Theme::Dark, ""), (Theme::Light, "-light")] {
        let shot = |studio: &mut Studio, name: &str| {
            let path = format!("docs/screenshots/{name}{suffix}.png");
            studio.harness.render().unwrap().save(&path).unwrap();
            println!("{path}");
        };
        let size = vec2(1280.0, 800.0);
        shot(&mut Studio::start(None, size, theme), "welcome");
        let mut studio = Studio::with_photo("assets/samples/coffee.png", size, theme);
        shot(&mut studio, "opened");
        studio.type_instruction("remove the spoon and turn the cup blue");
        studio.press_ctrl(Key::Enter);
        studio.wait_until("two masks are found", |session| session.cards().len() == 2 && session.is_idle());
        shot(&mut studio, "planned");
        studio.paint(&[(385.0, 235.0), (395.0, 200.0), (410.0, 130.0), (422.0, 80.0)]);
        studio.press_shift(Key::Q);
        studio.press_ctrl(Key::H);
        studio.wait_until_idle();
        shot(&mut studio, "mask-changes");
        studio.press_ctrl(Key::H);
        studio.press_shift(Key::Q);
        studio.press_ctrl(Key::Z);
        studio.press(Key::S);
        studio.click_at(230.0, 270.0);
        studio.wait_until("a region is shown", |session| session.selection().is_some_and(|one| one.mask().is_some()));
        shot(&mut studio, "smart-select");
        studio.press(Key::Escape);
        studio.press(Key::K);
        shot(&mut studio, "context-box");
        studio.press(Key::B);
        studio.press_ctrl(Key::Enter);
        let half_way = |state: &StepState| matches!(state, StepState::Running(Some(progress)) if progress.fraction.is_some_and(|part| part > 0.3));
        studio.wait_until("the step runs", |session| half_way(&session.cards()[0].state));
        shot(&mut studio, "running");
        studio.wait_until("candidates are ready", |session| session.cards()[0].state == StepState::Ready);
        shot(&mut studio, "candidates");
        studio.click_containing("Approve");
        studio.press_ctrl(Key::Enter);
        studio.wait_until("the cup is ready", |session| session.cards()[1].state == StepState::Ready);
        studio.click_containing("Approve");
        shot(&mut studio, "approved");
        studio.press(Key::C);
        shot(&mut studio, "compare");
        studio.press(Key::C);
        studio.press(Key::F1);
        shot(&mut studio, "keys");
        studio.press(Key::Escape);
        studio.press_ctrl(Key::Comma);
        shot(&mut studio, "settings");
        studio.click("Shortcuts");
        studio.click_containing("Keys for Save as");
        studio.press_ctrl(Key::O);
        shot(&mut studio, "shortcuts");
        let mut dense = Studio::start_scaled(Some("assets/samples/coffee.png".into()), vec2(1280.0, 720.0), theme, 2.0);
        dense.wait_until("the photograph is open", |session| session.photo().is_some());
        dense.type_instruction("add a cat on the left and make the table green");
        dense.press_ctrl(Key::Enter);
        dense.wait_until("it is planned", |session| session.cards().len() == 2 && session.is_idle());
        shot(&mut dense, "dense");
    }
}
