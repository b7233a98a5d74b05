//! A running job's way to hear of cancellation and to report how far it is.

use super::EngineError;
use crate::domain::{Bounds, Raster};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A flag that stops one job; cloning shares the flag.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks the job to stop at its next check.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What a job is doing, in the words the status bar shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Planning,
    Locating,
    Filling,
    Adjusting,
    Compositing,
    Opening,
    Saving,
}

impl Phase {
    pub const fn text(self) -> &'static str {
        match self {
            Self::Planning => "Planning",
            Self::Locating => "Locating",
            Self::Filling => "Filling",
            Self::Adjusting => "Adjusting",
            Self::Compositing => "Compositing",
            Self::Opening => "Opening",
            Self::Saving => "Saving",
        }
    }
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    pub phase: Phase,
    /// 0 to 1, never falling within a phase; `None` if the end is not in sight.
    pub fraction: Option<f32>,
}

/// What a job says while it works.
#[derive(Clone, Debug)]
pub enum Report {
    Progress(Progress),
    /// How the region at `bounds` looks so far.
    Preview {
        bounds: Bounds,
        patch: Arc<Raster>,
    },
}

/// Handed to every engine call.
pub struct JobCx<'a> {
    cancel: Cancel,
    report: &'a (dyn Fn(Report) + Sync),
}

impl<'a> JobCx<'a> {
    pub fn new(cancel: Cancel, report: &'a (dyn Fn(Report) + Sync)) -> Self {
        Self { cancel, report }
    }

    /// For calls whose progress nobody watches and nobody stops.
    pub fn silent() -> JobCx<'static> {
        JobCx::new(Cancel::default(), &|_| {})
    }

    /// The same job's context with another listener, for an engine that renames or rescales what a part of it says.
    pub fn with_report<'b>(&self, report: &'b (dyn Fn(Report) + Sync)) -> JobCx<'b> {
        JobCx::new(self.cancel.clone(), report)
    }

    pub fn report(&self, report: Report) {
        (self.report)(report);
    }

    pub fn progress(&self, phase: Phase, fraction: f32) {
        self.report(Report::Progress(Progress { phase, fraction: Some(fraction.clamp(0.0, 1.0)) }));
    }

    pub fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// To be called at least every 50 ms of work.
    ///
    /// # Errors
    /// [`EngineError::Cancelled`] once the job shall stop; pass it on with `?`.
    pub fn check(&self) -> Result<(), EngineError> {
        if self.is_cancelled() { Err(EngineError::Cancelled) } else { Ok(()) }
    }
}
