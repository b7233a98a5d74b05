//! A running job's way to hear of cancellation and to report how far it is.

use super::EngineError;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tie_core::{Bounds, Raster};

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
    /// An image becomes an embedding.
    Looking,
    Filling,
    Adjusting,
    Compositing,
    /// A result is looked at again.
    Checking,
    Opening,
    Saving,
    /// A model is fetched.
    Downloading,
    /// A model's files are compared with what is known of them.
    Verifying,
    /// A network's weights are read.
    Loading(Network),
    /// A language model reads a question.
    Thinking,
    /// It answers.
    Answering,
    /// A prompt becomes an image embedding.
    Imagining,
    /// Pixels become latents.
    Encoding,
    /// Noise becomes latents that show something.
    Denoising,
    /// Latents become pixels.
    Decoding,
}

/// Whose weights are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    TextEncoder,
    ImageEncoder,
    Prior,
    Unet,
    Autoencoder,
    Segmenter,
    LanguageModel,
    TextToMask,
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    pub phase: Phase,
    /// 0 to 1, never falling within a phase; `None` if the end is not in sight.
    pub fraction: Option<f32>,
    /// The same in numbers that mean something to a person, where there are some.
    pub amount: Option<Amount>,
}

impl Progress {
    /// In a phase whose end is not in sight.
    pub const fn unknown(phase: Phase) -> Self {
        Self { phase, fraction: None, amount: None }
    }
}

/// How much of how much is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    Steps { done: usize, of: usize },
    Bytes { done: u64, of: u64 },
}

impl Amount {
    fn fraction(self) -> f32 {
        let (done, of) = match self {
            Self::Steps { done, of } => (done as f32, of as f32),
            Self::Bytes { done, of } => (done as f32, of as f32),
        };
        if of > 0.0 { (done / of).min(1.0) } else { 0.0 }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Steps { done, of } => write!(f, "{done}/{of}"),
            Self::Bytes { done, of } => write!(f, "{:.1}/{:.1} GB", done as f64 / 1e9, of as f64 / 1e9),
        }
    }
}

/// What a job says while it works.
#[derive(Clone, Debug)]
pub enum Report {
    Progress(Progress),
    /// Something that the person should know of the result, in a sentence.
    Note(String),
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
        self.report(Report::Progress(Progress { phase, fraction: Some(fraction.clamp(0.0, 1.0)), amount: None }));
    }

    pub fn amount(&self, phase: Phase, amount: Amount) {
        self.report(Report::Progress(Progress { phase, fraction: Some(amount.fraction()), amount: Some(amount) }));
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
