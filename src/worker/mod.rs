//! The background worker: a thread for each lane of work that runs jobs in order and reports back as events.
//!
//! Two kinds of messages, one per direction: a [`Job`] carries all that it needs (snapshots, never references), a
//! [`JobEvent`] carries the job's id. A newer job of the same [`Slot`] cancels the older one. Every submitted job ends
//! with exactly one of `Finished`, `Failed` and `Cancelled`, whatever its engine does: a panic is a failed job.

mod job;
mod measure;
mod models;
mod run;

pub use job::{FoundModel, Hovered, Job, JobEvent, JobId, Lane, Measures, ModelJob, Output, Slot};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};
use std::collections::HashMap;
use std::thread::JoinHandle;
use std::time::Duration;
use tie_engine::inpainter::adjust::Trials;
use tie_engine::{Cancel, Registry};

/// Models that are unused for this long leave memory.
const IDLE: Duration = Duration::from_mins(10);

/// A job on its way to its thread.
struct Order {
    id: JobId,
    job: Job,
    cancel: Cancel,
}

/// Handle of the threads; dropping it cancels all jobs and waits for the threads to end.
pub struct Worker {
    lanes: Vec<LaneThread>,
    events: Receiver<JobEvent>,
    /// Jobs that may still run; the newest of each slot.
    live: HashMap<Slot, (JobId, Cancel)>,
}

/// Runs jobs on the caller's thread, one at a time, for hosts without a window.
#[derive(Default)]
pub struct Runner(Trials);

impl Runner {
    /// Runs a job; calls `emit` for each event, the last of which is its end.
    pub fn run(&mut self, registry: &Registry, id: JobId, job: Job, cancel: &Cancel, emit: &(dyn Fn(JobEvent) + Sync)) {
        run::run(registry, &mut self.0, id, job, cancel, emit);
    }
}

/// One thread with the jobs that wait for it.
struct LaneThread {
    lane: Lane,
    // `drop` takes the inbox before it joins: the thread ends when its inbox closes.
    inbox: Option<Sender<Order>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts a thread for each lane; `wake` is called on them after each event, to make the window look.
    ///
    /// # Errors
    /// If the system cannot start a thread.
    pub fn spawn(registry: &Registry, wake: impl Fn() + Send + Sync + Clone + 'static) -> std::io::Result<Self> {
        let (outbox, events) = unbounded();
        let mut worker = Self { lanes: Vec::new(), events, live: HashMap::new() };
        for lane in Lane::ALL {
            worker.lanes.push(spawn_lane(lane, registry.clone(), outbox.clone(), wake.clone())?);
        }
        Ok(worker)
    }

    /// Queues a job and cancels the older one of its slot.
    pub fn submit(&mut self, id: JobId, job: Job) {
        let cancel = Cancel::default();
        if let Some((_, older)) = self.live.insert(job.slot(), (id, cancel.clone())) {
            older.cancel();
        }
        let lane = job.lane();
        if let Some(inbox) = self.lanes.iter().find(|thread| thread.lane == lane).and_then(|lane| lane.inbox.as_ref()) {
            // Fails only if the thread is gone, which it is not before `drop`: panics in jobs are caught.
            let sent = inbox.send(Order { id, job, cancel });
            debug_assert!(sent.is_ok(), "the worker thread is gone");
        }
    }

    /// Asks one job to stop; it ends as `Cancelled` unless it was done before.
    pub fn cancel(&self, id: JobId) {
        for (live, cancel) in self.live.values() {
            if *live == id {
                cancel.cancel();
            }
        }
    }

    /// The next event, if there is one; never waits.
    pub fn poll(&self) -> Option<JobEvent> {
        self.events.try_recv().ok()
    }

    /// The next event, waiting at most `timeout` for it.
    pub fn wait(&self, timeout: Duration) -> Option<JobEvent> {
        self.events.recv_timeout(timeout).ok()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        for (_, cancel) in self.live.values() {
            cancel.cancel();
        }
        for lane in &mut self.lanes {
            lane.inbox.take();
        }
        for thread in self.lanes.iter_mut().filter_map(|lane| lane.thread.take()) {
            if thread.join().is_err() {
                log::error!("a worker thread ended with a panic outside of any job");
            }
        }
    }
}

fn spawn_lane(
    lane: Lane,
    registry: Registry,
    outbox: Sender<JobEvent>,
    wake: impl Fn() + Send + Sync + 'static,
) -> std::io::Result<LaneThread> {
    // Unbounded is safe here: jobs are few, and newer ones cancel older ones of their slot.
    let (inbox, orders) = unbounded::<Order>();
    let thread = std::thread::Builder::new().name(lane.thread_name().to_owned()).spawn(move || {
        let mut trials = Trials::default();
        loop {
            let order = match orders.recv_timeout(IDLE) {
                Ok(order) => order,
                Err(RecvTimeoutError::Timeout) => {
                    if lane == Lane::Engines {
                        registry.unload();
                    }
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            };
            let emit = |event| {
                // The receiver goes away only when the handle is dropped; then no one wants to know.
                if outbox.send(event).is_ok() {
                    wake();
                }
            };
            run::run(&registry, &mut trials, order.id, order.job, &order.cancel, &emit);
        }
    })?;
    Ok(LaneThread { lane, inbox: Some(inbox), thread: Some(thread) })
}
