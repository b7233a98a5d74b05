//! The background worker: one thread that runs jobs in order and reports back as events.
//!
//! Two messages, one direction each: a [`Job`] carries all that it needs (snapshots, never references), a [`JobEvent`]
//! carries the job's id. A newer job of the same [`Slot`] cancels the older one. Every job that was submitted ends with
//! exactly one of `Finished`, `Failed` and `Cancelled`, whatever its engine does: a panic is a failed job.

mod job;
mod run;

pub use job::{Job, JobEvent, JobId, Output, Slot};

use crate::engine::{Cancel, Registry};
use crossbeam_channel::{Receiver, Sender, unbounded};
use std::collections::HashMap;
use std::thread::JoinHandle;

/// A job on its way to the thread.
struct Order {
    id: JobId,
    job: Job,
    cancel: Cancel,
}

/// Handle of the thread; dropping it cancels all jobs and waits for the thread to end.
pub struct Worker {
    // `drop` takes the inbox before it joins: the thread ends when its inbox closes.
    inbox: Option<Sender<Order>>,
    thread: Option<JoinHandle<()>>,
    events: Receiver<JobEvent>,
    /// Jobs that may still run; the newest of each slot.
    live: HashMap<Slot, (JobId, Cancel)>,
}

impl Worker {
    /// Starts the thread; `wake` is called on it after each event, to make the window look.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn spawn(name: &str, registry: Registry, wake: impl Fn() + Send + Sync + 'static) -> std::io::Result<Self> {
        // Unbounded is safe here: jobs are few, and newer ones cancel older ones of their slot.
        let (inbox, orders) = unbounded::<Order>();
        let (outbox, events) = unbounded();
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            for order in &orders {
                let emit = |event| {
                    // The receiver goes away only when the handle is dropped; then nobody wants to know.
                    if outbox.send(event).is_ok() {
                        wake();
                    }
                };
                run::run(&registry, order.id, order.job, &order.cancel, &emit);
            }
        })?;
        Ok(Self { inbox: Some(inbox), thread: Some(thread), events, live: HashMap::new() })
    }

    /// Queues a job and cancels the older one of its slot.
    pub fn submit(&mut self, id: JobId, job: Job) {
        let cancel = Cancel::default();
        if let Some((_, older)) = self.live.insert(job.slot(), (id, cancel.clone())) {
            older.cancel();
        }
        if let Some(inbox) = &self.inbox {
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
    pub fn wait(&self, timeout: std::time::Duration) -> Option<JobEvent> {
        self.events.recv_timeout(timeout).ok()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        for (_, cancel) in self.live.values() {
            cancel.cancel();
        }
        self.inbox.take();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            log::error!("the worker thread ended with a panic outside of any job");
        }
    }
}
