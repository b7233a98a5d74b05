//! The real application in a harness without a window: real widgets, real workers, a software-rendered canvas.

#![expect(clippy::unwrap_used, reason = "test code: a failure is a test failure")]
#![allow(dead_code, reason = "each user of this module takes a part of it")]

use eframe::egui::accesskit::Role;
use eframe::egui::{self, Pos2, Theme, Vec2};
use egui_kittest::kittest::Queryable as _;
use egui_kittest::{Harness, HarnessBuilder};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};
use tie_core::{Bounds, Extent, Point, Raster};
use tie_engine::Registry;
use tie_nets::compute::Compute;
use tie_store::Store;
use tie_studio::app::{App, DialogAnswer, Dialogs, JournalStore, SettingsStore, Start};
use tie_studio::files::{self, Metadata};
use tie_studio::session::{Card, Command, Session, Settings, ThemeChoice};
use tie_studio::ui::path_dialog::PathUse;

pub(crate) const RED: Bounds = Bounds::new(40, 50, 44, 44);
pub(crate) const BLUE: Bounds = Bounds::new(150, 70, 50, 40);

/// A red and a blue rectangle on a grey, grainy ground.
pub(crate) fn scene() -> (tempfile::TempDir, PathBuf) {
    let image = Raster::from_fn(Extent::new(240, 160), |x, y| {
        let grain = ((x.wrapping_mul(7).wrapping_add(y.wrapping_mul(13)) ^ (x * y)) % 12) as u8;
        let at = |bounds: Bounds| bounds.contains(x as i32, y as i32);
        let colour = if at(RED) {
            [205, 30, 35]
        } else if at(BLUE) {
            [30, 60, 200]
        } else {
            [150, 150, 145]
        };
        let [r, g, b] = colour.map(|channel: u8| channel + grain);
        [r, g, b, 255]
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scene.png");
    files::save_photo(&path, &image, &Metadata::default()).unwrap();
    (folder, path)
}

/// Answers file dialogs as the test has said before.
#[derive(Clone, Default)]
pub(crate) struct ScriptedDialogs {
    pub open: Rc<RefCell<Option<PathBuf>>>,
    pub save: Rc<RefCell<Option<PathBuf>>>,
    /// The system has no dialogs.
    pub unavailable: Rc<RefCell<bool>>,
    answers: Rc<RefCell<VecDeque<DialogAnswer>>>,
}

impl Dialogs for ScriptedDialogs {
    fn pick_open(&mut self, _: &egui::Context, purpose: PathUse) {
        let answer = match self.open.borrow_mut().take() {
            Some(path) => DialogAnswer::Picked(purpose, path),
            None => DialogAnswer::Cancelled(purpose),
        };
        self.answers.borrow_mut().push_back(answer);
    }

    fn pick_save(&mut self, _: &egui::Context, purpose: PathUse, suggested: &Path) {
        let answer = match self.save.borrow_mut().take() {
            Some(path) => DialogAnswer::Picked(purpose, path),
            None if *self.unavailable.borrow() => DialogAnswer::Unavailable(purpose, Some(suggested.to_path_buf())),
            None => DialogAnswer::Cancelled(purpose),
        };
        self.answers.borrow_mut().push_back(answer);
    }

    fn poll(&mut self) -> Option<DialogAnswer> {
        self.answers.borrow_mut().pop_front()
    }
}

/// The application under test.
pub(crate) struct Studio {
    pub harness: Harness<'static, App>,
    pub dialogs: ScriptedDialogs,
}

impl Studio {
    pub(crate) fn start(photo: Option<PathBuf>, size: Vec2, theme: Theme) -> Self {
        Self::start_scaled(photo, size, theme, 1.0)
    }

    /// On a screen with this many physical pixels for each point.
    pub(crate) fn start_scaled(photo: Option<PathBuf>, size: Vec2, theme: Theme, scale: f32) -> Self {
        let theme = if theme == Theme::Dark { ThemeChoice::Dark } else { ThemeChoice::Light };
        // Nobody's own settings are read or written.
        let store = SettingsStore::without_file(Settings { theme, ..Settings::default() });
        Self::start_with(store, photo, size, scale)
    }

    /// With settings of its own.
    pub(crate) fn start_with(store: SettingsStore, photo: Option<PathBuf>, size: Vec2, scale: f32) -> Self {
        Self::build(store, JournalStore::default(), photo, size, scale)
    }

    /// With settings and a journal of its own.
    pub(crate) fn start_with_journal(store: SettingsStore, journal: JournalStore, photo: Option<PathBuf>) -> Self {
        Self::build(store, journal, photo, egui::vec2(1280.0, 720.0), 1.0)
    }

    fn build(store: SettingsStore, journal: JournalStore, photo: Option<PathBuf>, size: Vec2, scale: f32) -> Self {
        let start = photo.map_or(Start::Empty, Start::Photo);
        let dialogs = ScriptedDialogs::default();
        let theme = if store.settings().theme == ThemeChoice::Light { Theme::Light } else { Theme::Dark };
        let for_app = dialogs.clone();
        let builder: HarnessBuilder<App> =
            Harness::builder().with_size(size).with_pixels_per_point(scale).with_theme(theme).with_max_steps(64).wgpu();
        let harness = builder.build_eframe(move |cc| {
            // A store without any place: the models that whoever runs the tests has are no part of them.
            let registry = Registry::embedded().with_models(&Store::default(), Compute::processor);
            App::new(cc, &registry, Box::new(for_app), store, start).unwrap().with_journal(journal)
        });
        let mut studio = Self { harness, dialogs };
        studio.harness.run_steps(2);
        studio
    }

    /// Starts with a photograph and waits until it is shown.
    pub(crate) fn with_photo(photo: impl Into<PathBuf>, size: Vec2, theme: Theme) -> Self {
        let mut studio = Self::start(Some(photo.into()), size, theme);
        studio.wait_until("the photograph is open", |session| session.photo().is_some());
        studio
    }

    pub(crate) fn session(&self) -> &Session {
        self.harness.state().session()
    }

    /// What a person would do with many small motions.
    pub(crate) fn apply(&mut self, command: Command) {
        let ctx = self.harness.ctx.clone();
        self.harness.state_mut().apply(&ctx, command);
        self.harness.run_steps(2);
    }

    pub(crate) fn card(&self, index: usize) -> &Card {
        &self.session().cards()[index]
    }

    /// Steps the application until the session is as wanted; fails with its state if that takes a minute.
    pub(crate) fn wait_until(&mut self, what: &str, predicate: impl Fn(&Session) -> bool) {
        let start = Instant::now();
        while !predicate(self.session()) {
            assert!(
                start.elapsed() < Duration::from_mins(1),
                "waited a minute until {what}; notice: {:?}, cards: {:?}",
                self.session().notice(),
                self.session().cards().iter().map(|card| (card.task.title(), &card.state)).collect::<Vec<_>>()
            );
            std::thread::sleep(Duration::from_millis(5));
            self.harness.step();
        }
        // Layout and badges follow one frame after the state.
        self.harness.run_steps(3);
    }

    pub(crate) fn wait_until_idle(&mut self) {
        self.wait_until("nothing runs", Session::is_idle);
    }

    pub(crate) fn click(&mut self, name: &str) {
        self.harness.get_by_label(name).click();
        self.harness.run_steps(2);
    }

    /// Clicks what may lie outside of its scroll area.
    pub(crate) fn scroll_to_and_click(&mut self, name: &str) {
        self.harness.get_by_label(name).scroll_to_me();
        self.harness.run_steps(8);
        self.click(name);
    }

    /// Clicks the box of this name.
    pub(crate) fn click_check_box(&mut self, name: &str) {
        self.harness.get_by_role_and_label(Role::CheckBox, name).click();
        self.harness.run_steps(2);
    }

    /// Clicks the first widget whose name contains the text.
    pub(crate) fn click_containing(&mut self, text: &str) {
        self.harness.get_all_by_label_contains(text).next().unwrap().click();
        self.harness.run_steps(2);
    }

    pub(crate) fn has(&self, text: &str) -> bool {
        self.harness.query_all_by_label_contains(text).next().is_some()
    }

    pub(crate) fn press(&mut self, key: egui::Key) {
        self.harness.key_press(key);
        self.harness.run_steps(2);
    }

    pub(crate) fn press_ctrl(&mut self, key: egui::Key) {
        self.harness.key_press_modifiers(egui::Modifiers::COMMAND, key);
        self.harness.run_steps(3);
    }

    pub(crate) fn press_shift(&mut self, key: egui::Key) {
        self.harness.key_press_modifiers(egui::Modifiers::SHIFT, key);
        self.harness.run_steps(3);
    }

    /// Presses and lets go of the left button at an image point.
    pub(crate) fn click_at(&mut self, x: f32, y: f32) {
        self.paint(&[(x, y), (x, y)]);
    }

    pub(crate) fn type_instruction(&mut self, text: &str) {
        let field = self.harness.get_by_label("Instruction");
        field.focus();
        field.type_text(text);
        self.harness.run_steps(2);
    }

    /// Where an image point is in the window.
    pub(crate) fn at(&self, x: f32, y: f32) -> Pos2 {
        self.harness.state().state().view.ui_from_image(Point::new(x, y))
    }

    /// Paints with the left button along a path of image points.
    pub(crate) fn paint(&mut self, path: &[(f32, f32)]) {
        self.drag(path, egui::PointerButton::Primary, egui::Modifiers::NONE);
    }

    /// Drags along a path of image points.
    pub(crate) fn drag(&mut self, path: &[(f32, f32)], button: egui::PointerButton, modifiers: egui::Modifiers) {
        let points: Vec<Pos2> = path.iter().map(|(x, y)| self.at(*x, *y)).collect();
        self.harness.hover_at(points[0]);
        self.harness.run_steps(1);
        self.button(points[0], button, true, modifiers);
        for point in &points[1..] {
            self.harness.event_modifiers(egui::Event::PointerMoved(*point), modifiers);
            self.harness.run_steps(1);
        }
        self.button(points[points.len() - 1], button, false, modifiers);
        self.harness.run_steps(2);
    }

    /// Brings all these events in one frame.
    pub(crate) fn frame(&mut self, events: &[egui::Event]) {
        self.harness.input_mut().events.extend_from_slice(events);
        self.harness.run_steps(1);
    }

    /// Presses a button at a point of the window, or lets it go.
    pub(crate) fn button(&mut self, pos: Pos2, button: egui::PointerButton, pressed: bool, modifiers: egui::Modifiers) {
        let event = egui::Event::PointerButton { pos, button, pressed, modifiers };
        self.harness.event_modifiers(event, modifiers);
        self.harness.run_steps(1);
    }

    /// Drops a file where the pointer is.
    pub(crate) fn drop_file(&mut self, path: &Path) {
        self.harness.input_mut().dropped_files.push(std::sync::Arc::new(Dropped(path.to_path_buf())));
        self.harness.run_steps(2);
    }
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}
