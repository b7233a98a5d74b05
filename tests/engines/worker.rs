//! The worker's promises, with engines made for the purpose: cancel, latest wins, panics contained, one end for each job.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tie_core::{
    Bounds, EditOp, Extent, Mask, MaskProposal, Method, Point, Raster, Recipe, Sources, StepId, SubTask, Wand,
};
use tie_engine::{EngineError, InpaintRequest, Inpainter, JobCx, LocateRequest, Locator, Phase, Registry, Report};
use tie_studio::files::{Metadata, open_photo};
use tie_studio::worker::{Job, JobEvent, JobId, Output, Slot, Worker};

const EXTENT: Extent = Extent::new(24, 16);
/// Nothing here takes nearly as long; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// Does what a recipe's prompt says: "wait" until cancelled, "panic", "fail", "note", "progress", or else be done at once.
#[derive(Default)]
struct Fake {
    running: AtomicUsize,
    calls: AtomicUsize,
}

impl Inpainter for Fake {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn is_random(&self, _: &Recipe) -> bool {
        false
    }

    fn can_do(&self, _: EditOp) -> bool {
        true
    }

    fn inpaint(&self, request: InpaintRequest<'_>, cx: &JobCx<'_>) -> Result<Raster, EngineError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        match request.prompt.text.as_str() {
            "wait" => {
                self.running.fetch_add(1, Ordering::SeqCst);
                let stopped = wait_for_cancel(cx);
                self.running.fetch_sub(1, Ordering::SeqCst);
                stopped?;
            }
            "panic" => panic!("no paint left"),
            "note" => cx.report(Report::Note("It is small.".to_owned())),
            "fail" => return Err(EngineError::Failed("The paint has dried.".to_owned())),
            "progress" => {
                for part in 0..=20_000_u32 {
                    cx.progress(
                        if part < 10_000 { Phase::Locating } else { Phase::Filling },
                        (part % 10_000) as f32 / 1e4,
                    );
                }
            }
            _ => {}
        }
        Ok(Raster::filled(request.image.extent(), [9, 8, 7, 255]))
    }
}

/// Works until it is told to stop.
fn wait_for_cancel(cx: &JobCx<'_>) -> Result<(), EngineError> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        cx.check()?;
        std::thread::sleep(Duration::from_millis(1));
    }
    Err(EngineError::Failed("Nobody cancelled.".to_owned()))
}

struct FakeLocator;
impl Locator for FakeLocator {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn locate(&self, request: LocateRequest<'_>, _: &JobCx<'_>) -> Result<Vec<MaskProposal>, EngineError> {
        Ok(vec![MaskProposal::new(Mask::full(request.image.extent()), 1.0, "fake", "")])
    }
}

fn worker() -> (Worker, Arc<Fake>) {
    let fake = Arc::new(Fake::default());
    let inpainter: Arc<dyn Inpainter> = Arc::clone(&fake) as _;
    let registry = Registry::embedded().with_inpainter(inpainter).with_locator(Arc::new(FakeLocator));
    (Worker::spawn(&registry, || {}).unwrap(), fake)
}

fn inpaint(step: u64, prompt: &str) -> Job {
    let recipe = Recipe::new("fake", Method::Fill);
    let mask = Arc::new(Mask::rectangle(EXTENT, Bounds::new(3, 3, 5, 5)));
    Job::Inpaint {
        step: StepId(step),
        image: Arc::new(Raster::filled(EXTENT, [1; 4])),
        mask,
        sources: Sources::default(),
        recipe: Box::new(recipe),
        task: Box::new(SubTask { prompt: prompt.to_owned(), ..SubTask::new(1, EditOp::Remove, "thing") }),
    }
}

fn locate(step: u64) -> Job {
    Job::Locate {
        step: StepId(step),
        locator: "fake".to_owned(),
        image: Arc::new(Raster::filled(EXTENT, [1; 4])),
        phrase: "thing".to_owned(),
        location: None,
        op: EditOp::Remove,
        clicks: Vec::new(),
        bounds: None,
        others: Vec::new(),
        keep: Vec::new(),
    }
}

/// All events until the given jobs have ended, and a moment longer for those that should not come.
fn events_until_end(worker: &Worker, jobs: &[u64]) -> Vec<JobEvent> {
    let mut open: Vec<u64> = jobs.to_vec();
    let mut events = Vec::new();
    while !open.is_empty() {
        let event = worker.wait(PATIENCE).unwrap_or_else(|| panic!("jobs {open:?} never end: {events:?}"));
        if event.is_end() {
            open.retain(|id| JobId(*id) != event.job());
        }
        events.push(event);
    }
    while let Some(event) = worker.wait(Duration::from_millis(50)) {
        events.push(event);
    }
    events
}

/// Waits until the engine is in the middle of a job.
fn until_running(worker: &Worker, fake: &Fake, id: u64) {
    until_started(worker, id);
    let start = Instant::now();
    while fake.running.load(Ordering::SeqCst) == 0 {
        assert!(start.elapsed() < PATIENCE, "job {id} never reaches its engine");
        std::thread::yield_now();
    }
}

fn until_started(worker: &Worker, id: u64) {
    loop {
        match worker.wait(PATIENCE) {
            Some(JobEvent::Started(started)) if started == JobId(id) => return,
            Some(_) => {}
            None => panic!("job {id} never starts"),
        }
    }
}

/// How each job ended: one word for each end event.
fn ends(events: &[JobEvent]) -> HashMap<u64, Vec<&'static str>> {
    let mut ends: HashMap<u64, Vec<&'static str>> = HashMap::new();
    for event in events {
        let end = match event {
            JobEvent::Finished(..) => "finished",
            JobEvent::Failed(..) => "failed",
            JobEvent::Cancelled(_) => "cancelled",
            _ => continue,
        };
        ends.entry(event.job().0).or_default().push(end);
    }
    ends
}

#[test]
fn a_running_job_that_is_cancelled_ends_as_cancelled() {
    let (mut worker, fake) = worker();
    worker.submit(JobId(1), inpaint(1, "wait"));
    until_running(&worker, &fake, 1);
    worker.cancel(JobId(1));
    assert_eq!(ends(&events_until_end(&worker, &[1]))[&1], ["cancelled"]);
    assert_eq!(fake.running.load(Ordering::SeqCst), 0);
}

#[test]
fn a_job_that_is_cancelled_while_it_waits_never_reaches_its_engine() {
    let (mut worker, fake) = worker();
    worker.submit(JobId(1), inpaint(1, "wait"));
    worker.submit(JobId(2), inpaint(2, "now"));
    until_running(&worker, &fake, 1);
    worker.cancel(JobId(2));
    worker.cancel(JobId(1));
    let events = events_until_end(&worker, &[1, 2]);
    assert_eq!(ends(&events)[&2], ["cancelled"]);
    assert!(!events.iter().any(|event| matches!(event, JobEvent::Started(JobId(2)))), "{events:?}");
    assert_eq!(fake.calls.load(Ordering::SeqCst), 1);
}

#[test]
fn a_newer_job_of_a_slot_cancels_the_older_one() {
    let (mut worker, _) = worker();
    worker.submit(JobId(1), inpaint(7, "wait"));
    until_started(&worker, 1);
    worker.submit(JobId(2), inpaint(7, "wait"));
    worker.submit(JobId(3), inpaint(7, "now"));
    let ends = ends(&events_until_end(&worker, &[1, 2, 3]));
    assert_eq!(
        (&ends[&1][..], &ends[&2][..], &ends[&3][..]),
        (&["cancelled"][..], &["cancelled"][..], &["finished"][..])
    );
}

#[test]
fn jobs_of_different_slots_do_not_disturb_each_other() {
    let (mut worker, _) = worker();
    let jobs = [inpaint(1, "now"), inpaint(2, "now"), locate(1), locate(2)];
    let slots: Vec<Slot> = jobs.iter().map(Job::slot).collect();
    assert!(slots.iter().enumerate().all(|(i, slot)| !slots[..i].contains(slot)), "{slots:?}");
    for (id, job) in (1..).zip(jobs) {
        worker.submit(JobId(id), job);
    }
    let ends = ends(&events_until_end(&worker, &[1, 2, 3, 4]));
    assert!((1..=4).all(|id| ends[&id] == ["finished"]), "{ends:?}");
}

#[test]
fn a_panic_in_an_engine_is_a_failed_job_with_a_sentence_and_the_next_one_works() {
    let (mut worker, _) = worker();
    worker.submit(JobId(1), inpaint(1, "panic"));
    worker.submit(JobId(2), inpaint(2, "now"));
    let events = events_until_end(&worker, &[1, 2]);
    let sentence = events.iter().find_map(|event| match event {
        JobEvent::Failed(JobId(1), error) => Some(error.to_string()),
        _ => None,
    });
    let sentence = sentence.unwrap_or_else(|| panic!("{events:?}"));
    assert!(sentence.contains("no paint left") && sentence.ends_with('.'), "{sentence}");
    assert_eq!(ends(&events)[&2], ["finished"]);
}

#[test]
fn what_an_engine_notes_of_its_result_arrives_before_the_result() {
    let (mut worker, _) = worker();
    worker.submit(JobId(1), inpaint(1, "note"));
    let events = events_until_end(&worker, &[1]);
    let note = events.iter().position(|event| matches!(event, JobEvent::Note(_, note) if note == "It is small."));
    let end = events.iter().position(|event| matches!(event, JobEvent::Finished(..)));
    assert!(note.is_some() && note < end, "{events:?}");
}

#[test]
fn every_job_ends_exactly_once_whatever_becomes_of_it() {
    let (mut worker, _) = worker();
    let prompts = ["now", "fail", "panic", "wait", "progress", "wait", "now", "fail", "wait", "panic", "now", "wait"];
    // Three slots, so that many jobs replace another one.
    for (id, prompt) in (1..).zip(prompts) {
        worker.submit(JobId(id), inpaint(id % 3, prompt));
        std::thread::sleep(Duration::from_millis(id % 4));
    }
    for id in 1..=prompts.len() as u64 {
        worker.cancel(JobId(id));
    }
    let ids: Vec<u64> = (1..=prompts.len() as u64).collect();
    let events = events_until_end(&worker, &ids);
    let ends = ends(&events);
    assert!(ids.iter().all(|id| ends[id].len() == 1), "{ends:?}");
    for id in ids {
        let of_job: Vec<&JobEvent> = events.iter().filter(|event| event.job() == JobId(id)).collect();
        assert!(of_job.last().is_some_and(|last| last.is_end()), "something was said after the end: {of_job:?}");
    }
}

#[test]
fn a_job_for_an_engine_that_is_not_there_fails_with_the_known_ones() {
    let (mut worker, _) = worker();
    let mut job = locate(1);
    if let Job::Locate { locator, .. } = &mut job {
        *locator = "magic".to_owned();
    }
    worker.submit(JobId(1), job);
    let events = events_until_end(&worker, &[1]);
    let Some(JobEvent::Failed(_, error)) = events.last() else { panic!("{events:?}") };
    assert!(error.to_string().contains("fake, eyes, classic"), "{error}");
}

#[test]
fn dropping_the_worker_stops_the_running_job_and_waits_for_it() {
    let (mut worker, fake) = worker();
    worker.submit(JobId(1), inpaint(1, "wait"));
    worker.submit(JobId(2), inpaint(2, "wait"));
    until_running(&worker, &fake, 1);
    let start = Instant::now();
    drop(worker);
    assert!(start.elapsed() < PATIENCE / 2, "dropping took {:?}", start.elapsed());
    assert_eq!(fake.running.load(Ordering::SeqCst), 0, "the engine still runs");
    assert_eq!(Arc::strong_count(&fake), 1, "the thread still holds its engines");
}

#[test]
fn progress_arrives_in_order_and_not_in_floods() {
    let (mut worker, _) = worker();
    worker.submit(JobId(1), inpaint(1, "progress"));
    let start = Instant::now();
    let events = events_until_end(&worker, &[1]);
    let took = start.elapsed();
    let said: Vec<(Phase, f32)> = events
        .iter()
        .filter_map(|event| match event {
            JobEvent::Progress(_, progress) => Some((progress.phase, progress.fraction?)),
            _ => None,
        })
        .collect();
    assert!(said.windows(2).all(|pair| pair[0].0 != pair[1].0 || pair[0].1 <= pair[1].1), "{said:?}");
    assert_eq!(said.first(), Some(&(Phase::Locating, 0.0)));
    assert!(said.contains(&(Phase::Filling, 0.0)), "the first word of each phase is heard: {said:?}");
    // 20 000 were sent; a screen shows 60 a second.
    let most = 2 + (took.as_millis() / 16) as usize + 2;
    assert!(said.len() <= most, "{} reports in {took:?}", said.len());
    assert!(matches!(events.first(), Some(JobEvent::Started(_))) && events.last().is_some_and(JobEvent::is_end));
}

#[test]
fn the_window_is_woken_once_for_each_event() {
    let woken = Arc::new(Mutex::new(0));
    let counter = Arc::clone(&woken);
    let mut worker = Worker::spawn(&Registry::embedded(), move || *counter.lock().unwrap() += 1).unwrap();
    worker.submit(JobId(1), Job::Open { path: PathBuf::from("no/such/photo.png") });
    let events = events_until_end(&worker, &[1]);
    assert!(matches!(events.last(), Some(JobEvent::Failed(_, EngineError::Unsuitable(_)))), "{events:?}");
    assert_eq!(*woken.lock().unwrap(), events.len());
}

#[test]
fn saving_and_tools_do_not_wait_for_an_engine() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("saved.png");
    let (mut engines, fake) = worker();
    engines.submit(JobId(1), inpaint(1, "wait"));
    until_running(&engines, &fake, 1);
    let image = Arc::new(Raster::from_fn(EXTENT, |x, y| [x as u8, y as u8, 3, 255]));
    let job = Job::Save { path: path.clone(), image: Arc::clone(&image), metadata: Arc::new(Metadata::default()) };
    engines.submit(JobId(2), job);
    let wand = Wand::new(Arc::clone(&image), Point::new(3.0, 3.0), true).unwrap();
    let wand = Job::Wand { wand: Arc::new(Mutex::new(wand)), extent: EXTENT, tolerance: 9 };
    engines.submit(JobId(3), wand);
    let events = events_until_end(&engines, &[2, 3]);
    let selected = events.iter().any(|event| matches!(event, JobEvent::Finished(JobId(3), Output::Proposals(_))));
    assert!(selected, "{events:?}");
    let saved = events.iter().any(|event| matches!(event, JobEvent::Finished(JobId(2), Output::Saved { .. })));
    assert!(saved, "{events:?}");
    assert_eq!(open_photo(&path).unwrap().raster, *image);
    assert_eq!(fake.running.load(Ordering::SeqCst), 1, "the engine was at work all the time");
}
