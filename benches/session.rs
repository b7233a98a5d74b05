//! What a session takes for a command: undo, whole-mask changes, and decisions about a document of 20 steps.

#![expect(clippy::expect_used, reason = "what cannot be set up cannot be measured")]

#[path = "support/mod.rs"]
mod support;

use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, BenchmarkId, Criterion, criterion_group, criterion_main};
use std::cell::RefCell;
use std::hint::black_box;
use std::sync::Arc;
use support::{SIZES, group, timed};
use tie_core::compose::ChangedPixels;
use tie_core::{
    Bounds, Brush, Candidate, Document, EditOp, Extent, Mask, Point, Prompt, Raster, StepId, StrokeMode, SubTask,
};
use tie_engine::Registry;
use tie_studio::session::{Command, Effect, MaskOp, Session};
use tie_studio::worker::{Job, JobEvent, Output};

/// A session without workers: jobs wait, and hold on to what they carry, until they are dropped.
struct Desk {
    session: Session,
    jobs: Vec<Effect>,
}

impl Desk {
    fn with_photo(extent: Extent) -> Self {
        let mut desk = Self { session: Session::new(Registry::embedded()), jobs: Vec::new() };
        desk.apply(Command::OpenPasted(Arc::new(support::scene(extent))));
        desk
    }

    fn apply(&mut self, command: Command) {
        self.jobs.extend(self.session.apply(command));
    }

    /// As if all jobs had ended, and the window had looked at what has changed.
    fn rest(&mut self) {
        self.jobs.clear();
        self.session.take_changes();
    }

    /// A step with this mask, which is selected.
    fn add(&mut self, mask: Mask) -> StepId {
        self.apply(Command::AddStep(SubTask::new(1, EditOp::Remove, "")));
        let step = self.session.selected().expect("a new step is selected").id;
        self.apply(Command::SetMask(step, Arc::new(mask)));
        step
    }

    /// A step whose candidate, of the given bounds, waits for approval.
    fn add_ready(&mut self, extent: Extent, bounds: Bounds) -> StepId {
        let step = self.add(Mask::rectangle(extent, bounds));
        self.apply(Command::Run(step));
        let run = self.jobs.iter().find_map(|effect| match effect {
            Effect::Submit(id, Job::Inpaint { recipe, .. }) => Some((*id, recipe.clone())),
            _ => None,
        });
        let (job, recipe) = run.expect("a step with a mask can run");
        let candidate = Candidate {
            bounds,
            patch: Raster::filled(bounds.extent(), [step.0 as u8, 90, 120, 255]),
            blend: Mask::full(bounds.extent()),
            changed: ChangedPixels::default(),
            seam: None,
            verdict: None,
            recipe: *recipe,
            prompt: Prompt::default(),
        };
        self.jobs.extend(self.session.on_event(JobEvent::Finished(job, Output::Candidates(vec![candidate]))));
        self.rest();
        step
    }

    fn stroke(&mut self, y: f32) {
        let at = Point::new(200.0, y);
        let begin =
            Command::StrokeBegin { brush: Brush::default(), mode: StrokeMode::Add, at, pressure: 1.0, line: false };
        self.apply(begin);
        self.apply(Command::StrokeTo { at: Point::new(996.0, y), pressure: 1.0 });
        self.apply(Command::StrokeEnd);
    }
}

/// Measures a command that `back` takes back again.
fn there_and_back(
    group: &mut BenchmarkGroup<'_, WallTime>,
    id: BenchmarkId,
    desk: &mut Desk,
    there: &Command,
    back: &Command,
) {
    group.bench_function(id, |bencher| {
        bencher.iter_custom(|count| {
            let desk = RefCell::new(&mut *desk);
            let run = || desk.borrow_mut().apply(there.clone());
            let between = || {
                let mut desk = desk.borrow_mut();
                desk.rest();
                desk.apply(back.clone());
                desk.rest();
            };
            timed(count, run, between)
        });
    });
}

fn masks(criterion: &mut Criterion) {
    let mut group = group(criterion, "session");
    for (name, extent) in SIZES {
        let mut desk = Desk::with_photo(extent);
        let step = desk.add(support::disc(extent));
        desk.rest();
        for (what, op) in [
            ("invert a mask", MaskOp::Invert),
            ("grow a mask by 8 px", MaskOp::Grow(8.0)),
            ("feather a mask by 8 px", MaskOp::Feather(8.0)),
            ("fill holes of a mask", MaskOp::FillHoles),
        ] {
            let id = BenchmarkId::new(what, name);
            there_and_back(&mut group, id, &mut desk, &Command::Mask(step, op), &Command::Undo);
        }
        desk.apply(Command::Mask(step, MaskOp::Invert));
        desk.rest();
        let id = |what: &str| BenchmarkId::new(what, name);
        there_and_back(&mut group, id("undo an inversion"), &mut desk, &Command::Undo, &Command::Redo);
        desk.apply(Command::Undo);
        desk.rest();
        there_and_back(&mut group, id("redo an inversion"), &mut desk, &Command::Redo, &Command::Undo);
        strokes(&mut group, name, extent);
    }
    group.finish();
}

/// Strokes at the bottom of an empty mask: what looks for coverage has far to go.
fn strokes(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, extent: Extent) {
    let mut desk = Desk::with_photo(extent);
    desk.add(Mask::empty(extent));
    let y = extent.height as f32 - 100.0;
    desk.stroke(y);
    desk.rest();
    let id = |what: &str| BenchmarkId::new(what, name);
    there_and_back(group, id("undo a stroke"), &mut desk, &Command::Undo, &Command::Redo);
    desk.apply(Command::Undo);
    desk.rest();
    there_and_back(group, id("redo a stroke"), &mut desk, &Command::Redo, &Command::Undo);

    // Every other one takes away what the one before painted, so that each changes something.
    let mut number = 0_u16;
    let mut begin = || {
        number = number.wrapping_add(1);
        let mode = if number.is_multiple_of(2) { StrokeMode::Subtract } else { StrokeMode::Add };
        let at = Point::new(200.0, y);
        Command::StrokeBegin { brush: Brush::default(), mode, at, pressure: 1.0, line: false }
    };
    for (what, measured) in [("begin a stroke", false), ("begin a stroke while the mask is measured", true)] {
        group.bench_function(id(what), |bencher| {
            bencher.iter_custom(|count| {
                let desk = RefCell::new(&mut desk);
                let between = || {
                    let mut desk = desk.borrow_mut();
                    desk.rest();
                    desk.apply(Command::StrokeEnd);
                    // The job that the stroke's end asks for holds the mask.
                    if !measured {
                        desk.rest();
                    }
                };
                timed(count, || desk.borrow_mut().apply(begin()), between)
            });
        });
    }
    desk.rest();
    group.bench_function(id("end a stroke"), |bencher| {
        bencher.iter_custom(|count| {
            desk.apply(begin());
            let desk = RefCell::new(&mut desk);
            let between = || {
                let mut desk = desk.borrow_mut();
                desk.rest();
                desk.apply(begin());
            };
            timed(count, || desk.borrow_mut().apply(Command::StrokeEnd), between)
        });
    });
}

/// A document with 20 approved steps of 5 % of the image each, one more that waits, and what it holds in memory.
fn steps(criterion: &mut Criterion) {
    let mut group = group(criterion, "20 steps");
    for (name, extent) in SIZES {
        let before = resident_bytes();
        let mut desk = Desk::with_photo(extent);
        let mut ids = Vec::new();
        for index in 0..20 {
            let step = desk.add_ready(extent, support::part(extent, 0.05, index));
            desk.apply(Command::Approve(step));
            desk.rest();
            ids.push(step);
        }
        if let (Some(before), Some(now)) = (before, resident_bytes()) {
            println!(
                "memory of a session with 20 approved steps, {name}: {} MB",
                now.saturating_sub(before) / 1_000_000
            );
        }
        let id = |what: &str| BenchmarkId::new(what, name);
        for (what, step) in [("toggle the lowest", ids[0]), ("toggle the topmost", ids[19])] {
            let [off, on] = [false, true].map(|enabled| Command::SetEnabled(step, enabled));
            there_and_back(&mut group, id(what), &mut desk, &off, &on);
        }
        group.bench_function(id("toggle the topmost while a job holds the image"), |bencher| {
            let image = |desk: &Desk| desk.session.photo().map(|photo| Arc::clone(photo.document.current()));
            let held = RefCell::new(image(&desk));
            let desk = RefCell::new(&mut desk);
            bencher.iter_custom(|count| {
                let run = || {
                    let mut desk = desk.borrow_mut();
                    let enabled = desk.session.card(ids[19]).is_some_and(|card| card.enabled);
                    desk.apply(Command::SetEnabled(ids[19], !enabled));
                };
                let between = || {
                    desk.borrow_mut().rest();
                    *held.borrow_mut() = image(&desk.borrow());
                };
                timed(count, run, between)
            });
        });
        desk.apply(Command::SetEnabled(ids[19], true));
        let last = desk.add_ready(extent, support::part(extent, 0.05, 20));
        there_and_back(&mut group, id("approve one more"), &mut desk, &Command::Approve(last), &Command::Undo);
        let Some(photo) = desk.session.photo() else { return };
        let (base, stack) = (Arc::clone(photo.document.base()), photo.document.steps().to_vec());
        drop(desk);
        group.bench_function(id("composite all"), |bencher| {
            let fresh = || (Document::new(Arc::clone(&base)), stack.clone());
            let composite = |(mut document, stack): (Document, Vec<_>)| {
                document.set_steps(stack);
                document
            };
            bencher.iter_batched(fresh, |input| black_box(composite(input)), BatchSize::PerIteration);
        });
        group.bench_function(id("copy the photograph"), |bencher| {
            let mut copy = (*base).clone();
            bencher.iter(|| copy.pixels_mut().copy_from_slice(black_box(base.pixels())));
        });
    }
    group.finish();
}

/// Memory of this process, where the system tells.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024)
}

criterion_group!(benches, steps, masks);
criterion_main!(benches);
