//! The report file, version 1: what was done in each step, for scripts and evaluations.

use super::failure::Failure;
use crate::domain::compose::ChangedPixels;
use crate::domain::{EditOp, Extent, Mask, Passage, SubTask};
use crate::files::write_atomic;
use serde::Serialize;
use std::path::Path;
use std::time::Duration;

/// The only report version this program writes.
pub(super) const REPORT_VERSION: u32 = 1;

/// The photograph that was worked on.
#[derive(Debug, Serialize)]
pub(super) struct ImageReport {
    pub path: String,
    pub width: u32,
    pub height: u32,
}

impl ImageReport {
    pub(super) fn new(path: &Path, extent: Extent) -> Self {
        Self { path: path.display().to_string(), width: extent.width, height: extent.height }
    }
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum StepState {
    Done,
    /// Done, but a person should look whether it was done to the right thing.
    LowConfidence,
    /// No engine here can do it.
    NeedsModel,
    /// Nothing in the photograph fits the words.
    NotFound,
    /// The engine broke.
    Failed,
    /// Left out: it cannot be done as it stands, or was not reached.
    Skipped,
}

impl StepState {
    /// Whether the photograph was changed.
    pub(super) const fn is_done(self) -> bool {
        matches!(self, Self::Done | Self::LowConfidence)
    }

    /// The words for a person.
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::LowConfidence => "done with low confidence",
            Self::NeedsModel => "skipped, needs a model",
            Self::NotFound => "skipped, not found",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// What was done for one step of the plan.
#[derive(Debug, Serialize)]
pub(super) struct StepReport {
    pub id: u32,
    pub op: EditOp,
    pub target: String,
    pub state: StepState,
    /// Absent where no engine can do the step.
    pub engine: Option<String>,
    /// How sure the locator is, 0 to 1.
    pub confidence: Option<f32>,
    /// Selected pixels.
    pub mask_area: Option<usize>,
    /// Selected pixels as a share of the image, 0 to 1.
    pub mask_fraction: Option<f32>,
    /// Pixels that differ after the step, inside and outside its blend mask; outside is always 0.
    pub pixels_changed: Option<ChangedPixels>,
    pub seconds: f64,
    /// For a person: why the step was left out or is uncertain.
    pub message: Option<String>,
}

impl StepReport {
    /// A step that nothing has been done for yet.
    pub(super) fn new(task: &SubTask) -> Self {
        Self {
            id: task.id,
            op: task.op,
            target: task.target.clone(),
            state: StepState::Skipped,
            engine: None,
            confidence: None,
            mask_area: None,
            mask_fraction: None,
            pixels_changed: None,
            seconds: 0.0,
            message: None,
        }
    }

    pub(super) fn found(&mut self, mask: &Mask, confidence: f32) {
        self.confidence = Some(confidence);
        self.mask_area = Some(mask.area());
        self.mask_fraction = Some(mask.area_fraction());
    }

    pub(super) fn end(&mut self, state: StepState, message: impl Into<String>) {
        self.state = state;
        self.message = Some(message.into());
    }
}

/// The report of `edit`.
#[derive(Debug, Serialize)]
pub(super) struct EditReport {
    pub version: u32,
    pub image: ImageReport,
    pub instruction: String,
    pub planner: String,
    /// What of the instruction is in no step.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_understood: Vec<Passage>,
    pub locator: String,
    /// Absent if nothing was saved.
    pub output: Option<String>,
    pub seconds: f64,
    pub steps: Vec<StepReport>,
}

/// One region that `locate` found.
#[derive(Debug, Serialize)]
pub(super) struct ProposalReport {
    pub confidence: f32,
    pub reason: String,
    pub mask_area: usize,
    pub mask_fraction: f32,
    /// Left, top, right, bottom in image pixels; the last two lie just outside.
    pub bounds: [i32; 4],
}

/// The report of `locate`.
#[derive(Debug, Serialize)]
pub(super) struct LocateReport {
    pub version: u32,
    pub image: ImageReport,
    pub locator: String,
    pub phrase: Option<String>,
    pub output: String,
    pub seconds: f64,
    /// Best first; the first one is the mask that was saved.
    pub proposals: Vec<ProposalReport>,
}

/// Saves a report, readable, with a final newline.
pub(super) fn save_report(path: &Path, report: &impl Serialize) -> Result<(), Failure> {
    // Reports hold only strings and numbers, so that serialising cannot fail.
    let text = serde_json::to_string_pretty(report).map_err(|error| Failure::Engine(error.to_string()))?;
    Ok(write_atomic(path, (text + "\n").as_bytes())?)
}

/// Seconds to the millisecond: more digits would only be noise.
pub(super) fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1000.0).round() / 1000.0
}
