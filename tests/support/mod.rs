//! The real application in a harness without a window: real widgets, real workers, a software-rendered canvas.

#![expect(clippy::unwrap_used, reason = "test code: a failure is a test failure")]
#![allow(dead_code, reason = "each user of this module takes a part of it")]

use eframe::egui::{self, Pos2, Theme, Vec2};
use egui_kittest::kittest::Queryable as _;
use egui_kittest::{Harness, HarnessBuilder};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};
use tie_studio::app::{App, DialogAnswer, Dialogs, SettingsStore};
use tie_studio::domain::Point;
use tie_studio::engine::Registry;
use tie_studio::session::{Card, Session, Settings, ThemeChoice};

/// Answers file dialogs as the test has said before.
#[derive(Clone, Default)]
pub struct ScriptedDialogs {
    pub open: Rc<RefCell<Option<PathBuf>>>,
    pub save: Rc<RefCell<Option<PathBuf>>>,
    /// The system has no dialogs.
    pub unavailable: Rc<RefCell<bool>>,
    answers: Rc<RefCell<VecDeque<DialogAnswer>>>,
}

impl Dialogs for ScriptedDialogs {
    fn pick_open(&mut self, _: &egui::Context) {
        let answer = self.open.borrow_mut().take().map_or(DialogAnswer::OpenCancelled, DialogAnswer::Open);
        self.answers.borrow_mut().push_back(answer);
    }

    fn pick_save(&mut self, _: &egui::Context, suggested: &Path) {
        let answer = match self.save.borrow_mut().take() {
            Some(path) => DialogAnswer::SaveTo(path),
            None if *self.unavailable.borrow() => DialogAnswer::SaveUnavailable(suggested.to_path_buf()),
            None => DialogAnswer::SaveCancelled,
        };
        self.answers.borrow_mut().push_back(answer);
    }

    fn poll(&mut self) -> Option<DialogAnswer> {
        self.answers.borrow_mut().pop_front()
    }
}

/// The application under test.
pub struct Studio {
    pub harness: Harness<'static, App>,
    pub dialogs: ScriptedDialogs,
}

impl Studio {
    pub fn start(photo: Option<PathBuf>, size: Vec2, theme: Theme) -> Self {
        Self::start_scaled(photo, size, theme, 1.0)
    }

    /// On a screen with this many physical pixels for each point.
    pub fn start_scaled(photo: Option<PathBuf>, size: Vec2, theme: Theme, scale: f32) -> Self {
        let theme = if theme == Theme::Dark { ThemeChoice::Dark } else { ThemeChoice::Light };
        // Nobody's own settings are read or written.
        let store = SettingsStore::without_file(Settings { theme, ..Settings::default() });
        Self::start_with(store, photo, size, scale)
    }

    /// With settings of its own.
    pub fn start_with(store: SettingsStore, photo: Option<PathBuf>, size: Vec2, scale: f32) -> Self {
        let dialogs = ScriptedDialogs::default();
        let theme = if store.settings().theme == ThemeChoice::Light { Theme::Light } else { Theme::Dark };
        let for_app = dialogs.clone();
        let builder: HarnessBuilder<App> =
            Harness::builder().with_size(size).with_pixels_per_point(scale).with_theme(theme).with_max_steps(64).wgpu();
        let harness = builder
            .build_eframe(move |cc| App::new(cc, Registry::embedded(), Box::new(for_app), store, photo).unwrap());
        let mut studio = Self { harness, dialogs };
        studio.harness.run_steps(2);
        studio
    }

    /// Starts with a photograph and waits until it is shown.
    pub fn with_photo(photo: impl Into<PathBuf>, size: Vec2, theme: Theme) -> Self {
        let mut studio = Self::start(Some(photo.into()), size, theme);
        studio.wait_until("the photograph is open", |session| session.photo().is_some());
        studio
    }

    pub fn session(&self) -> &Session {
        self.harness.state().session()
    }

    pub fn card(&self, index: usize) -> &Card {
        &self.session().cards()[index]
    }

    /// Steps the application until the session is as wanted; fails with its state if that takes a minute.
    pub fn wait_until(&mut self, what: &str, predicate: impl Fn(&Session) -> bool) {
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

    pub fn wait_until_idle(&mut self) {
        self.wait_until("nothing runs", |session| session.activity().is_none());
    }

    pub fn click(&mut self, name: &str) {
        self.harness.get_by_label(name).click();
        self.harness.run_steps(2);
    }

    /// Clicks the first widget whose name contains the text.
    pub fn click_containing(&mut self, text: &str) {
        self.harness.get_all_by_label_contains(text).next().unwrap().click();
        self.harness.run_steps(2);
    }

    pub fn has(&self, text: &str) -> bool {
        self.harness.query_all_by_label_contains(text).next().is_some()
    }

    pub fn press(&mut self, key: egui::Key) {
        self.harness.key_press(key);
        self.harness.run_steps(2);
    }

    pub fn press_ctrl(&mut self, key: egui::Key) {
        self.harness.key_press_modifiers(egui::Modifiers::COMMAND, key);
        self.harness.run_steps(3);
    }

    pub fn type_instruction(&mut self, text: &str) {
        let field = self.harness.get_by_label("Instruction");
        field.focus();
        field.type_text(text);
        self.harness.run_steps(2);
    }

    /// Where an image point is in the window.
    pub fn at(&self, x: f32, y: f32) -> Pos2 {
        self.harness.state().state().view.ui_from_image(Point::new(x, y))
    }

    /// Paints with the left button along a path of image points.
    pub fn paint(&mut self, path: &[(f32, f32)]) {
        let points: Vec<Pos2> = path.iter().map(|(x, y)| self.at(*x, *y)).collect();
        self.harness.hover_at(points[0]);
        self.harness.run_steps(1);
        let button = |pos, pressed| egui::Event::PointerButton {
            pos,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: egui::Modifiers::NONE,
        };
        self.harness.event(button(points[0], true));
        self.harness.run_steps(1);
        for point in &points[1..] {
            self.harness.event(egui::Event::PointerMoved(*point));
            self.harness.run_steps(1);
        }
        self.harness.event(button(points[points.len() - 1], false));
        self.harness.run_steps(3);
    }
}
