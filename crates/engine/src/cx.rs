//! What connects a running job to its caller: cancellation, progress, notes and previews.

use super::EngineError;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tie_core::{Bounds, Raster};

/// A flag that cancels one job; clones share the flag.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks the job to stop at its next check.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether this flag or a clone of it was cancelled; it stays so.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What a job is doing, for the status bar and the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// LISA answers the planner's questions about each edit of an instruction.
    Planning,
    /// `classic` searches for a region and refines its edges.
    Locating,
    /// A network encodes the photograph or detects what is in it.
    Looking,
    /// `exemplar` fills a region with pieces of the rest of the image; `clone` and `typeset` use it too.
    Filling,
    /// `adjust` changes the colours or the sharpness of a region.
    Adjusting,
    /// `clone` pastes what it has cut out, or `typeset` draws its letters.
    Compositing,
    /// The second look compares a result with the request.
    Checking,
    /// A photograph or a session's journal is read from the disk.
    Opening,
    /// A photograph is written to the disk.
    Saving,
    /// A model's files are downloaded.
    Downloading,
    /// The sizes and checksums of a model's files are checked.
    Verifying,
    /// A network's weights are read into memory.
    Loading(Network),
    /// A language model reads a question.
    Thinking,
    /// A language model writes its answer, token by token.
    Answering,
    /// Kandinsky's text encoder and prior turn a prompt into an image embedding.
    Imagining,
    /// A diffusion model's autoencoder turns pixels into latents.
    Encoding,
    /// A diffusion model's UNet turns noise into latents, step by step.
    Denoising,
    /// A diffusion model's autoencoder turns latents into pixels.
    Decoding,
}

/// The network whose weights are being loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// The CLIP text encoder of Kandinsky or Stable Diffusion.
    TextEncoder,
    /// Kandinsky's CLIP image encoder, which embeds an empty image in place of a negative prompt.
    ImageEncoder,
    /// Kandinsky's prior: from a prompt's embedding to an image embedding.
    Prior,
    /// The denoising network of Kandinsky or Stable Diffusion.
    Unet,
    /// Kandinsky's `MoVQ` or Stable Diffusion's VAE: between pixels and latents.
    Autoencoder,
    /// Segment Anything or `MobileSAM`.
    Segmenter,
    /// LISA, with the networks that look and draw masks for it.
    LanguageModel,
    /// `CLIPSeg`.
    TextToMask,
}

/// How far a job has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// The current phase.
    pub phase: Phase,
    /// The share of the work that is done, 0 to 1, never falling within a phase; `None` if it is unknown.
    pub fraction: Option<f32>,
    /// The progress in steps or bytes, where the work is counted in those.
    pub amount: Option<Amount>,
}

impl Progress {
    /// Progress in a phase that can't tell how long it takes.
    pub const fn unknown(phase: Phase) -> Self {
        Self { phase, fraction: None, amount: None }
    }
}

/// An amount of work done and in total, for people to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// Denoising steps of a diffusion model, or tokens of a language model's answer.
    Steps {
        /// Steps behind it.
        done: usize,
        /// Steps in all; for an answer, the maximum.
        of: usize,
    },
    /// Bytes of model files that are downloaded, checked or loaded.
    Bytes {
        /// Bytes behind it.
        done: u64,
        /// Bytes in all.
        of: u64,
    },
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

/// A message from a running job.
#[derive(Clone, Debug)]
pub enum Report {
    /// How far the job is.
    Progress(Progress),
    /// One sentence about the result that the user should know.
    Note(String),
    /// How the result looks so far.
    Preview {
        /// The patch's place, in pixels of the image that was passed to the call.
        bounds: Bounds,
        /// The pixels so far, of the size of `bounds`.
        patch: Arc<Raster>,
    },
}

/// The context of every engine call: whether to stop, and where to report.
pub struct JobCx<'a> {
    cancel: Cancel,
    report: &'a (dyn Fn(Report) + Sync),
}

impl<'a> JobCx<'a> {
    /// A context that stops on `cancel` and passes reports to `report`, from any thread.
    pub fn new(cancel: Cancel, report: &'a (dyn Fn(Report) + Sync)) -> Self {
        Self { cancel, report }
    }

    /// A context that is never cancelled and drops all reports.
    pub fn silent() -> JobCx<'static> {
        JobCx::new(Cancel::default(), &|_| {})
    }

    /// The same job with another receiver, for an engine that renames or rescales the reports of an engine it calls.
    pub fn with_report<'b>(&self, report: &'b (dyn Fn(Report) + Sync)) -> JobCx<'b> {
        JobCx::new(self.cancel.clone(), report)
    }

    /// Passes a report to the receiver.
    pub fn report(&self, report: Report) {
        (self.report)(report);
    }

    /// Reports the share of a phase that is done, clamped to 0 to 1.
    pub fn progress(&self, phase: Phase, fraction: f32) {
        self.report(Report::Progress(Progress { phase, fraction: Some(fraction.clamp(0.0, 1.0)), amount: None }));
    }

    /// Reports how many steps or bytes of a phase are done, with the fraction that follows from them.
    pub fn amount(&self, phase: Phase, amount: Amount) {
        self.report(Report::Progress(Progress { phase, fraction: Some(amount.fraction()), amount: Some(amount) }));
    }

    /// Whether the job was cancelled, for callbacks that can't return an error; otherwise use [`check`](Self::check).
    pub fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// Stops a cancelled job; engines call it at least every 50 ms.
    ///
    /// # Errors
    /// [`EngineError::Cancelled`] once the job is cancelled; pass it on with `?`.
    pub fn check(&self) -> Result<(), EngineError> {
        if self.is_cancelled() { Err(EngineError::Cancelled) } else { Ok(()) }
    }
}
