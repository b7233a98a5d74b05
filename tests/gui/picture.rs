//! One picture: what the canvas shows at 100 % is what is saved, pixel for pixel, and all of it is reached by keys alone.

use crate::support::{Studio, scene};
use eframe::egui::{self, Key, Modifiers, Theme, vec2};
use tie_core::{Bounds, Overlay, Raster, StepId};
use tie_studio::files;
use tie_studio::session::{Command, Settings, StepState};

/// Numbers without pattern.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// The photo as the window shows it, and where lines of the context box lie over it.
fn canvas(studio: &mut Studio) -> (Raster, impl Fn(u32, u32) -> bool + use<>) {
    let extent = studio.session().photo().unwrap().document.extent();
    let shown = studio.harness.render().unwrap();
    let corner = studio.at(0.0, 0.0).round();
    let pixels = Raster::from_fn(extent, |x, y| shown.get_pixel(corner.x as u32 + x, corner.y as u32 + y).0);
    let selected = studio.session().selected();
    let context = selected.and_then(|card| studio.session().measures(card.id)?.context);
    let is_line = move |x: u32, y: u32| {
        context.is_some_and(|context| {
            let near = |edge: i32, at: u32| (edge - at as i32).abs() <= 2;
            let around = context.grow(2);
            let inside = around.contains(x as i32, y as i32);
            let Bounds { x: left, y: top, .. } = context;
            inside && (near(left, x) || near(context.right(), x) || near(top, y) || near(context.bottom(), y))
        })
    };
    (pixels, is_line)
}

/// Checks that the canvas shows the document, and that a file gets the same.
fn check(studio: &mut Studio, path: &std::path::Path, what: &str) {
    let (seen, is_line) = canvas(studio);
    let document = Raster::clone(studio.session().photo().unwrap().document.current());
    let extent = document.extent();
    for y in 0..extent.height {
        for x in 0..extent.width {
            let differs = seen.pixel(x, y) != document.pixel(x, y) && !is_line(x, y);
            assert!(!differs, "{what}: {x},{y} is {:?}, not {:?}", seen.pixel(x, y), document.pixel(x, y));
        }
    }
    studio.apply(Command::SaveTo(path.to_owned()));
    studio.wait_until_idle();
    assert!(files::open_photo(path).unwrap().raster == document, "{what}: the file");
}

#[test]
fn whatever_is_done_the_saved_file_is_what_the_canvas_shows() {
    let (folder, path) = scene();
    let mut studio = Studio::with_photo(path, vec2(1280.0, 720.0), Theme::Dark);
    let settings = Settings { overlay: Overlay::Off, ..studio.session().settings().clone() };
    studio.apply(Command::SetSettings(Box::new(settings)));
    studio.type_instruction("remove the red square, turn the blue rectangle green and make everything brighter");
    studio.press_ctrl(Key::Enter);
    studio.wait_until("regions are found", |session| session.cards().len() == 3 && session.is_idle());
    studio.press_ctrl(Key::Num1);
    let saved = folder.path().join("out.png");
    let mut dice = Dice(7);
    for turn in 0..40 {
        let ids: Vec<StepId> = studio.session().cards().iter().map(|card| card.id).collect();
        let id = ids[dice.roll(ids.len() as u64) as usize];
        let command = match dice.roll(11) {
            0 | 1 => Command::RunAll,
            2 => Command::Run(id),
            3 | 4 => Command::Approve(id),
            5 => Command::SetEnabled(id, dice.roll(2) == 0),
            6 => Command::SetOpacity(id, dice.roll(256) as u8),
            7 => Command::ChooseCandidate(id, dice.roll(3) as usize),
            8 => Command::MoveStep(id, dice.roll(3) as usize),
            9 => Command::Reopen(id),
            _ => Command::Undo,
        };
        let what = format!("{turn}: {command:?}");
        studio.apply(command);
        studio.wait_until_idle();
        check(&mut studio, &saved, &what);
    }
    let approved = studio.session().cards().iter().filter(|card| card.state == StepState::Approved).count();
    assert!(approved > 0, "the walk got somewhere");
}

#[test]
fn the_whole_story_by_keys_alone() {
    let (folder, path) = scene();
    let mut studio = Studio::with_photo(path, vec2(1280.0, 720.0), Theme::Dark);
    // A photo that opens gives the instruction the focus.
    studio.harness.event(egui::Event::Text("remove the red square and turn the blue rectangle green".to_owned()));
    studio.harness.run_steps(2);
    studio.press_ctrl(Key::Enter);
    studio.wait_until("two regions are found", |session| session.cards().len() == 2 && session.is_idle());
    assert!(studio.has("Step 1: remove red square. Found"), "screen readers hear where a step stands");
    studio.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Enter);
    studio.harness.run_steps(2);
    studio.wait_until("both are ready", |session| {
        session.is_idle() && session.cards().iter().all(|card| card.state == StepState::Ready)
    });
    assert!(studio.has("Ready to approve"));
    // Saving asks, and the first answer has the focus.
    let out = folder.path().join("out.png");
    *studio.dialogs.save.borrow_mut() = Some(out.clone());
    studio.press_ctrl(Key::S);
    assert!(studio.session().asks_about_undecided());
    studio.press(Key::Enter);
    studio.wait_until("it is saved", |session| session.is_idle() && !session.has_unsaved_work());
    assert!(studio.session().cards().iter().all(|card| card.state == StepState::Approved));
    assert!(studio.has("Step 1: remove red square. Approved"));
    let shown = studio.session().photo().unwrap().document.current();
    assert!(files::open_photo(&out).unwrap().raster == **shown);
}
