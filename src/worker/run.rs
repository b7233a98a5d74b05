//! Running one job: the editor calls engines here and nowhere else, and panics end here.

use super::{Hovered, Job, JobEvent, JobId, Output, measure, models};
use crate::files;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tie_core::{Combine, Mask, MaskProposal, Point};
use tie_engine::inpainter::adjust::Trials;
use tie_engine::pipeline::Run;
use tie_engine::{
    Cancel, EngineError, JobCx, LocateRequest, Phase, PlanRequest, Progress, Registry, Report, locate_without, run_step,
};

/// At most one preview in this time: each is a copy of pixels and an upload.
const PREVIEW_INTERVAL: Duration = Duration::from_millis(120);
/// At most one progress report of a phase in this time, about one a frame.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(16);

/// Runs a job to its one end event.
pub(super) fn run(
    registry: &Registry,
    trials: &mut Trials,
    id: JobId,
    job: Job,
    cancel: &Cancel,
    emit: &(dyn Fn(JobEvent) + Sync),
) {
    if cancel.is_cancelled() {
        emit(JobEvent::Cancelled(id));
        return;
    }
    emit(JobEvent::Started(id));
    let throttle = Mutex::new(Throttle::default());
    let report = |report: Report| {
        if throttle.lock().unwrap_or_else(PoisonError::into_inner).passes(&report) {
            emit(match report {
                Report::Progress(progress) => JobEvent::Progress(id, progress),
                Report::Note(note) => JobEvent::Note(id, note),
                Report::Preview { bounds, patch } => JobEvent::Preview { job: id, bounds, patch },
            });
        }
    };
    let cx = JobCx::new(cancel.clone(), &report);
    // Unwind safe: a job owns its snapshots, what engines keep between calls is whole or absent, and trials start
    // afresh.
    emit(match catch_unwind(AssertUnwindSafe(|| call(registry, trials, job, &cx))) {
        Ok(Ok(output)) => JobEvent::Finished(id, output),
        Ok(Err(EngineError::Cancelled)) => JobEvent::Cancelled(id),
        Ok(Err(error)) => JobEvent::Failed(id, error),
        Err(panic) => {
            *trials = Trials::default();
            JobEvent::Failed(id, EngineError::Failed(panic_sentence(&*panic)))
        }
    });
}

/// What a click would select, with its outline.
fn hovered(proposal: MaskProposal) -> Hovered {
    let bounds = proposal.mask.bounds();
    let moved = |at: Point| Point::new(at.x + bounds.x as f32, at.y + bounds.y as f32);
    let outline = proposal.mask.crop(bounds).outline().into_iter().map(|line| line.map(moved)).collect();
    Hovered { proposal, outline }
}

fn call(registry: &Registry, trials: &mut Trials, job: Job, cx: &JobCx<'_>) -> Result<Output, EngineError> {
    let unknown = |error: tie_engine::UnknownEngine| EngineError::Unsuitable(error.to_string());
    let broken_file = |error: files::FileError| EngineError::Unsuitable(error.to_string());
    match job {
        Job::Plan { planner, instruction, image } => {
            let request = PlanRequest { instruction: &instruction, image: image.as_ref() };
            registry.planner(&planner).map_err(unknown)?.plan(request, cx).map(Output::Plan)
        }
        Job::Locate { step: _, locator, image, phrase, location, op, clicks, bounds, others, keep } => {
            let request = LocateRequest {
                image: &image,
                phrase: &phrase,
                location: location.as_deref(),
                op,
                clicks: &clicks,
                bounds,
                others: &others,
            };
            let locator = registry.locator(&locator).map_err(unknown)?;
            locate_without(locator, request, &keep, cx).map(Output::Proposals)
        }
        Job::Inpaint { step: _, image, mask, sources, recipe, task } => {
            let run = Run { sources: &sources, ..Run::new(&image, &mask, &recipe) };
            let made = run_step(registry, &task, run, cx)?;
            if let Some(note) = made.note {
                cx.report(Report::Note(note.to_owned()));
            }
            Ok(Output::Candidates(made.candidates))
        }
        Job::Refine { locator, image, op, clicks, bounds } => {
            let request =
                LocateRequest { image: &image, phrase: "", location: None, op, clicks: &clicks, bounds, others: &[] };
            registry.locator(&locator).map_err(unknown)?.locate(request, cx).map(Output::Proposals)
        }
        Job::Prepare { locator, image } | Job::Look { locator, image } => {
            registry.locator(&locator).map_err(unknown)?.prepare(&image, cx)?;
            Ok(Output::Prepared)
        }
        Job::Hover { locator, image, at } => {
            let found = registry.locator(&locator).map_err(unknown)?.under(&image, at, cx)?;
            Ok(Output::Hovered(found.map(|proposal| Box::new(hovered(proposal)))))
        }
        Job::Wand { wand, extent, tolerance } => {
            let mut wand = wand.lock().unwrap_or_else(PoisonError::into_inner);
            let (bounds, part) = wand.select(tolerance, &mut || !cx.is_cancelled()).ok_or(EngineError::Cancelled)?;
            let mut mask = Mask::empty(extent);
            mask.combine_part(&part, bounds, Combine::Add);
            let proposal = MaskProposal::new(mask, 1.0, "wand", "");
            Ok(Output::Proposals(vec![proposal]))
        }
        Job::Measure { step: _, below, mask, proposals, task, recipe, only, result } => {
            let looked = measure::Looked { below, mask, proposals, task, recipe, only, result };
            measure::measure(registry, looked, cx).map(Output::Measures)
        }
        Job::Try { step: _, image, mask, recipe, view } => {
            let (bounds, patch) = trials.look(&image, &mask, &recipe, view, cx)?;
            Ok(Output::Trial { bounds, patch: Arc::new(patch) })
        }
        Job::OpenMask { step: _, path } => files::open_mask(&path).map(Output::Mask).map_err(broken_file),
        Job::SaveMask { path, mask } => {
            files::save_mask(&path, &mask).map_err(broken_file)?;
            Ok(Output::Saved { path })
        }
        Job::Model { id, what } => models::work(registry, id, what, cx).map(Output::Model),
        Job::LookForModels { folders } => Ok(Output::Models(models::look(registry, &folders))),
        Job::Unload => {
            registry.unload();
            Ok(Output::Unloaded)
        }
        Job::Open { path } => {
            cx.report(Report::Progress(Progress::unknown(Phase::Opening)));
            let photo = files::open_photo(&path).map_err(broken_file)?;
            Ok(Output::Photo { path, photo })
        }
        Job::Restore { folder } => {
            cx.report(Report::Progress(Progress::unknown(Phase::Opening)));
            let restored = files::Journal::restore(&folder);
            let restored = restored.map_err(|error| EngineError::Unsuitable(error.to_string()))?;
            Ok(Output::Restored(Box::new(restored)))
        }
        Job::Save { path, image, metadata } => {
            cx.report(Report::Progress(Progress::unknown(Phase::Saving)));
            files::save_photo(&path, &image, &metadata).map_err(broken_file)?;
            Ok(Output::Saved { path })
        }
    }
}

fn panic_sentence(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let why = text.map(|text| format!(" ({text})")).unwrap_or_default();
    format!("The engine crashed{why}. Your work is safe. Try again, or choose another engine.")
}

/// Lets through the first report of each phase, then as many as one can see.
#[derive(Default)]
struct Throttle {
    phase: Option<Phase>,
    last_progress: Option<Instant>,
    last_preview: Option<Instant>,
}

impl Throttle {
    fn passes(&mut self, report: &Report) -> bool {
        let now = Instant::now();
        let (last, interval) = match report {
            Report::Progress(progress) => {
                if self.phase != Some(progress.phase) {
                    self.phase = Some(progress.phase);
                    self.last_progress = None;
                }
                (&mut self.last_progress, PROGRESS_INTERVAL)
            }
            Report::Note(_) => return true,
            Report::Preview { .. } => (&mut self.last_preview, PREVIEW_INTERVAL),
        };
        let passes = last.is_none_or(|last| now.duration_since(last) >= interval);
        if passes {
            *last = Some(now);
        }
        passes
    }
}
