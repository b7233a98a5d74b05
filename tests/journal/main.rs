//! Nothing is lost: sessions that end without being closed, and what the next one finds.

#![expect(clippy::unwrap_used, reason = "test code: a failure is a test failure")]

mod damage;
mod kills;
mod offers;
mod stories;
#[path = "../support/mod.rs"]
mod support;
mod windows;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tie_core::{Bounds, Brush, Extent, Leftover, Point, Raster, StepId, StrokeMode};
use tie_engine::Registry;
use tie_studio::app::JournalStore;
use tie_studio::files::{self, Journal, JournalError, Metadata, Written};
use tie_studio::session::{Answer, Command, Effect, MaskOp, Notice, Session, StepState};
use tie_studio::worker::Worker;

/// A window without the window: session, workers, journal, and a clock that the test moves.
struct Window {
    session: Session,
    worker: Worker,
    journal: JournalStore,
    now: Instant,
    closed: bool,
}

impl Window {
    fn start(desk: &Desk) -> Self {
        let registry = Registry::embedded();
        Self {
            session: Session::new(registry.clone()),
            worker: Worker::spawn(&registry, || {}).unwrap(),
            journal: JournalStore::open(Some(desk.journals())),
            now: Instant::now(),
            closed: false,
        }
    }

    fn with_scene(desk: &Desk) -> Self {
        let mut window = Self::start(desk);
        window.apply(Command::Open(desk.photo()));
        window.finish_jobs();
        assert!(window.session.photo().is_some(), "{:?}", window.session.notice());
        window
    }

    fn planned(desk: &Desk) -> Self {
        let mut window = Self::with_scene(desk);
        window.apply(Command::SetInstruction("remove the red square and turn the blue rectangle green".to_owned()));
        window.apply(Command::Plan);
        window.finish_jobs();
        assert_eq!(window.session.cards().len(), 2);
        window
    }

    fn apply(&mut self, command: Command) {
        let effects = self.session.apply(command);
        self.carry_out(effects);
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Submit(id, job) => self.worker.submit(id, job),
                Effect::CancelJob(id) => self.worker.cancel(id),
                Effect::GoOnWithJournal(journal) => self.journal.go_on_with(*journal),
                Effect::Close => self.closed = true,
                _ => {}
            }
        }
    }

    fn finish_jobs(&mut self) {
        while !self.session.is_idle() {
            if let Some(event) = self.worker.wait(Duration::from_secs(20)) {
                let effects = self.session.on_event(event);
                self.carry_out(effects);
            }
        }
    }

    fn step(&self, index: usize) -> StepId {
        self.session.cards()[index].id
    }

    fn stroke(&mut self, from: (f32, f32), to: (f32, f32)) {
        self.begin_stroke(from);
        self.apply(Command::StrokeTo { at: Point::new(to.0, to.1), pressure: 1.0 });
        self.apply(Command::StrokeEnd);
    }

    fn begin_stroke(&mut self, (x, y): (f32, f32)) {
        let brush = Brush { size: 9.0, hardness: 0.5, ..Brush::default() };
        let (at, mode) = (Point::new(x, y), StrokeMode::Add);
        self.apply(Command::StrokeBegin { brush, mode, at, pressure: 1.0, line: false });
    }

    fn run(&mut self, index: usize) {
        self.apply(Command::Run(self.step(index)));
        self.finish_jobs();
        assert_eq!(self.session.cards()[index].state, StepState::Ready, "{:?}", self.session.notice());
    }

    /// Lets time pass as the window's frames do, and waits for what is written.
    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.now += Duration::from_millis(100);
            self.journal.keep(&self.session, self.now);
            while self.journal.is_writing() {
                std::thread::sleep(Duration::from_millis(1));
                self.journal.keep(&self.session, self.now);
            }
        }
    }

    fn rest(&mut self) {
        self.pass(Duration::from_millis(1500));
    }

    /// Ends as a kill signal would end it: nothing is said to anyone, and the system takes the lock back.
    fn kill(self) -> Session {
        self.session
    }

    fn close(mut self) {
        self.journal.close(&self.session, self.closed);
    }

    fn leftovers(&mut self) -> Vec<Leftover> {
        loop {
            if let Some(found) = self.journal.take_leftovers() {
                return found;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn restore(&mut self, folder: &Path) {
        self.apply(Command::Restore(folder.to_owned()));
        self.finish_jobs();
    }
}

/// A photograph and a place for journals.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self::in_folder(tempfile::tempdir().unwrap())
    }

    fn in_folder(folder: tempfile::TempDir) -> Self {
        let desk = Self { folder };
        files::save_photo(&desk.photo(), &scene(), &Metadata::default()).unwrap();
        desk
    }

    fn photo(&self) -> PathBuf {
        self.folder.path().join("scene.png")
    }

    fn journals(&self) -> PathBuf {
        self.folder.path().join("state").join("journal")
    }

    /// The one journal that is there.
    fn journal(&self) -> PathBuf {
        let folders = folders_in(&self.journals());
        assert_eq!(folders.len(), 1, "{folders:?}");
        folders.into_iter().next().unwrap()
    }

    fn restored(&self) -> Window {
        let mut window = Window::start(self);
        let found = window.leftovers();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].name.as_str(), &found[0].problem), ("scene.png", &None));
        window.restore(&found[0].folder);
        window
    }
}

fn folders_in(root: &Path) -> Vec<PathBuf> {
    fs::read_dir(root).map_or_else(|_| Vec::new(), |entries| entries.map(|entry| entry.unwrap().path()).collect())
}

/// A red and a blue rectangle on a grey, grainy ground.
fn scene() -> Raster {
    let (red, blue) = (Bounds::new(20, 30, 24, 24), Bounds::new(80, 40, 30, 22));
    Raster::from_fn(Extent::new(140, 100), |x, y| {
        let grain = (x.wrapping_mul(7).wrapping_add(y.wrapping_mul(13)) ^ (x * y)) % 12;
        let at = |bounds: Bounds| bounds.contains(x as i32, y as i32);
        let colour: [u8; 3] = if at(red) {
            [205, 30, 35]
        } else if at(blue) {
            [30, 60, 200]
        } else {
            [150, 150, 145]
        };
        let [r, g, b] = colour.map(|channel| channel + grain as u8);
        [r, g, b, 255]
    })
}

fn image(session: &Session) -> &Arc<Raster> {
    session.photo().unwrap().document.current()
}

fn assert_same(restored: &Session, old: &Session) {
    let states = |session: &Session| session.cards().iter().map(|card| card.state.clone()).collect::<Vec<_>>();
    assert_eq!(states(restored), states(old));
    assert!(image(restored) == image(old), "the current image, byte for byte");
    assert_eq!(restored.instruction(), old.instruction());
    assert_eq!(restored.selected().map(|card| card.id), old.selected().map(|card| card.id));
    assert_eq!(
        (restored.has_unsaved_work(), restored.needs_planning()),
        (old.has_unsaved_work(), old.needs_planning())
    );
    let favourites = |session: &Session| {
        let cards = session.cards().iter();
        cards.map(|card| (0..card.candidates.len()).map(|at| card.is_favourite(at)).collect()).collect::<Vec<Vec<_>>>()
    };
    assert_eq!(favourites(restored), favourites(old));
    // Masks, proposals, candidates and stack, byte for byte.
    assert!(restored.record() == old.record(), "the records differ");
}
