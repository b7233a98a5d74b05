//! Whole editing stories through `Session`, with the real worker and engines and without a window.

#![expect(clippy::unwrap_used, reason = "test code: a failure is a test failure")]

mod approval;
mod doubts;
mod engines;
mod masks;
mod models;
mod steps;
mod stories;
mod trust;
mod walk;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tie_core::{
    AdjustKind, Adjustment, Bounds, Brush, EditOp, Extent, Mask, Method, Offset, Placement, Point, Raster, Recipe,
    StepId, StrokeMode, SubTask, View,
};
use tie_engine::Registry;
use tie_studio::files;
use tie_studio::session::{Answer, Command, Effect, Found, MaskOp, Notice, Pending, Session, StepState};
use tie_studio::worker::{Job, JobEvent, Worker};

/// A session with the workers that its effects go to.
struct Story {
    session: Session,
    worker: Worker,
    /// Effects for the window, in order.
    window: Vec<Effect>,
    folder: tempfile::TempDir,
}

impl Story {
    fn new() -> Self {
        Self::of(&Registry::embedded())
    }

    fn of(registry: &Registry) -> Self {
        Self {
            session: Session::new(registry.clone()),
            worker: Worker::spawn(registry, || {}).unwrap(),
            window: Vec::new(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A session in which the scene is open.
    fn with_scene() -> Self {
        Self::new().open_scene()
    }

    fn open_scene(self) -> Self {
        let mut story = self;
        let path = story.path("scene.png");
        files::save_photo(&path, &scene(), &files::Metadata::default()).unwrap();
        story.apply(Command::Open(path));
        story.finish_jobs();
        assert!(story.session.photo().is_some(), "{:?}", story.session.notice());
        story
    }

    fn planned(instruction: &str) -> Self {
        let mut story = Self::with_scene();
        story.apply(Command::SetInstruction(instruction.to_owned()));
        story.apply(Command::Plan);
        story.finish_jobs();
        story
    }

    /// All of the photograph at its own size.
    fn whole_view(&self) -> View {
        View { bounds: self.session.photo().unwrap().document.extent().into(), scale: 1.0 }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
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
                other => self.window.push(other),
            }
        }
    }

    fn take_in(&mut self, event: JobEvent) {
        let effects = self.session.on_event(event);
        self.carry_out(effects);
    }

    fn finish_jobs(&mut self) {
        while !self.session.is_idle() {
            if let Some(event) = self.worker.wait(Duration::from_secs(20)) {
                self.take_in(event);
            }
        }
    }

    fn step(&self, index: usize) -> StepId {
        self.session.cards()[index].id
    }

    fn state(&self, index: usize) -> &StepState {
        &self.session.cards()[index].state
    }

    fn image(&self) -> Raster {
        (**self.session.photo().unwrap().document.current()).clone()
    }

    fn stroke(&mut self, from: (f32, f32), to: (f32, f32), mode: StrokeMode) {
        let brush = Brush { size: 9.0, hardness: 1.0, ..Brush::default() };
        self.apply(Command::StrokeBegin { brush, mode, at: Point::new(from.0, from.1), pressure: 1.0, line: false });
        self.apply(Command::StrokeTo { at: Point::new(to.0, to.1), pressure: 1.0 });
        self.apply(Command::StrokeEnd);
    }

    fn run_and_approve(&mut self, index: usize) {
        let id = self.step(index);
        self.apply(Command::Run(id));
        self.finish_jobs();
        assert_eq!(*self.state(index), StepState::Ready, "{:?}", self.session.notice());
        self.apply(Command::Approve(id));
    }
}

const RED: Bounds = Bounds::new(20, 30, 24, 24);
const BLUE: Bounds = Bounds::new(80, 40, 30, 22);

/// A red and a blue rectangle on a grey, grainy ground.
fn scene() -> Raster {
    Raster::from_fn(Extent::new(140, 100), |x, y| {
        let grain = (x.wrapping_mul(7).wrapping_add(y.wrapping_mul(13)) ^ (x * y)) % 12;
        let at = |bounds: Bounds| bounds.contains(x as i32, y as i32);
        let [r, g, b] = if at(RED) {
            [205, 30, 35]
        } else if at(BLUE) {
            [30, 60, 200]
        } else {
            [150, 150, 145]
        };
        [r + grain as u8, g + grain as u8, b + grain as u8, 255]
    })
}
