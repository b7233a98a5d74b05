//! The report file, version 1: what happened in each step, for scripts and evaluations.

use super::failure::Failure;
use crate::files::write_atomic;
use serde::Serialize;
use std::path::Path;
use std::time::Duration;
use tie_core::compose::ChangedPixels;
use tie_core::{Doubt, EditOp, Extent, Mask, MaskProposal, Passage, SubTask, Verdict};

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
    /// Done, but check that the right thing was changed.
    LowConfidence,
    /// No engine here can do it.
    NeedsModel,
    /// Nothing in the photo matches the words.
    NotFound,
    /// Not done: someone must confirm the region, or point at it.
    Unsure,
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

    /// The text for people.
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::LowConfidence => "done with low confidence",
            Self::NeedsModel => "skipped, needs a model",
            Self::NotFound => "skipped, not found",
            Self::Unsure => "not done, unsure",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// Why a step's region is unsure.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub(super) enum DoubtReport {
    LowConfidence {
        confidence: f32,
    },
    TooLarge {
        /// Share of the photo, 0 to 1.
        share: f32,
    },
    SameRegion {
        /// The step that takes the region for something else.
        step: u64,
    },
    Rivals {
        /// Number of regions that fit about equally well.
        regions: usize,
    },
    MayTake {
        /// Index in the task's "keep", from 0, of the thing that the region may include.
        keep: usize,
    },
}

impl From<Doubt> for DoubtReport {
    fn from(doubt: Doubt) -> Self {
        match doubt {
            Doubt::LowConfidence(confidence) => Self::LowConfidence { confidence },
            Doubt::TooLarge(share) => Self::TooLarge { share },
            Doubt::SameRegionAs(step) => Self::SameRegion { step: step.0 },
            Doubt::Rivals(regions) => Self::Rivals { regions },
            Doubt::MayTake(keep) => Self::MayTake { keep },
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
    /// Who found the region: a locator, or "file" for a mask that the plan names.
    pub source: Option<String>,
    /// Confidence, 0 to 1.
    pub confidence: Option<f32>,
    /// Why the region is unsure; absent if it is not.
    pub doubt: Option<DoubtReport>,
    /// Selected pixels.
    pub mask_area: Option<usize>,
    /// Selected pixels as a share of the image, 0 to 1.
    pub mask_fraction: Option<f32>,
    /// Pixels that differ after the step, inside and outside its blend mask; outside is always 0.
    pub pixels_changed: Option<ChangedPixels>,
    /// The result of the second look; absent if nothing was changed or it cannot be checked.
    pub verdict: Option<Verdict>,
    pub seconds: f64,
    /// For people: why the step was skipped or is uncertain.
    pub message: Option<String>,
}

impl StepReport {
    /// A step that has not run yet.
    pub(super) fn new(task: &SubTask) -> Self {
        Self {
            id: task.id,
            op: task.op(),
            target: task.target.clone(),
            state: StepState::Skipped,
            engine: None,
            source: None,
            confidence: None,
            doubt: None,
            mask_area: None,
            mask_fraction: None,
            pixels_changed: None,
            verdict: None,
            seconds: 0.0,
            message: None,
        }
    }

    /// Notes the region, and what a locator said of it; `None` for a mask file.
    pub(super) fn found(&mut self, mask: &Mask, proposal: Option<&MaskProposal>) {
        self.source = Some(proposal.map_or("file", |proposal| proposal.source.as_str()).to_owned());
        self.confidence = Some(proposal.map_or(1.0, |proposal| proposal.confidence));
        self.mask_area = Some(mask.area());
        self.mask_fraction = Some(mask.area_fraction());
    }

    /// How the step ended, on one line.
    pub(super) fn line(&self) -> String {
        let how = match (&self.engine, self.mask_fraction) {
            (Some(engine), Some(fraction)) if self.state.is_done() => {
                format!(" by {engine} on {:.1} % of the image, {:.1} s", fraction * 100.0, self.seconds)
            }
            _ => String::new(),
        };
        let why = self.message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
        let verdict = self
            .verdict
            .as_ref()
            .map(|verdict| format!("; {}: {}", if verdict.passed { "checked" } else { "doubtful" }, verdict.reason));
        format!("{}{how}{}{why}", self.state.text(), verdict.unwrap_or_default())
    }
}

/// The report of `edit`.
#[derive(Debug, Serialize)]
pub(super) struct EditReport {
    pub version: u32,
    pub image: ImageReport,
    pub instruction: String,
    pub planner: String,
    /// Parts of the instruction that are in no step.
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
    /// Left, top, right, bottom in image pixels; right and bottom are exclusive.
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
    // Reports hold only strings and numbers, so serialising cannot fail.
    let text = serde_json::to_string_pretty(report).map_err(|error| Failure::Engine(error.to_string()))?;
    Ok(write_atomic(path, (text + "\n").as_bytes())?)
}

/// Seconds to the millisecond: more digits would only be noise.
pub(super) fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1000.0).round() / 1000.0
}
