//! What is asked of the worker and what it answers.

use crate::domain::{Bounds, Candidate, Click, EditOp, Mask, MaskProposal, Plan, Raster, Recipe, StepId};
use crate::engine::{EngineError, Progress};
use crate::files::{Metadata, Photo};
use std::path::PathBuf;
use std::sync::Arc;

/// Identity of a job; given by whoever submits it, never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(pub u64);

/// One piece of work with all that it needs.
#[derive(Clone, Debug)]
pub enum Job {
    Plan {
        planner: String,
        instruction: String,
        image: Option<Arc<Raster>>,
    },
    Locate {
        step: StepId,
        locator: String,
        image: Arc<Raster>,
        phrase: String,
        location: Option<String>,
        op: EditOp,
        clicks: Vec<Click>,
        bounds: Option<Bounds>,
    },
    Inpaint {
        step: StepId,
        image: Arc<Raster>,
        mask: Arc<Mask>,
        avoid: Option<Arc<Mask>>,
        recipe: Recipe,
    },
    Open {
        path: PathBuf,
    },
    Save {
        path: PathBuf,
        image: Arc<Raster>,
        metadata: Arc<Metadata>,
    },
}

/// Jobs of one slot replace each other: the newest wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    Plan,
    Locate(StepId),
    Inpaint(StepId),
    Open,
    Save,
}

impl Job {
    pub const fn slot(&self) -> Slot {
        match self {
            Self::Plan { .. } => Slot::Plan,
            Self::Locate { step, .. } => Slot::Locate(*step),
            Self::Inpaint { step, .. } => Slot::Inpaint(*step),
            Self::Open { .. } => Slot::Open,
            Self::Save { .. } => Slot::Save,
        }
    }

    /// Whether this is work on files rather than for an engine; such jobs have a worker of their own, so that saving
    /// never waits for an engine.
    pub const fn is_file_work(&self) -> bool {
        matches!(self, Self::Open { .. } | Self::Save { .. })
    }
}

/// What a job made.
#[derive(Debug)]
pub enum Output {
    Plan(Plan),
    Proposals(Vec<MaskProposal>),
    Candidates(Vec<Candidate>),
    Photo { path: PathBuf, photo: Photo },
    Saved { path: PathBuf },
}

/// News of one job.
#[derive(Debug)]
pub enum JobEvent {
    Started(JobId),
    Progress(JobId, Progress),
    /// How a part of the document would look so far.
    Preview {
        job: JobId,
        bounds: Bounds,
        patch: Arc<Raster>,
    },
    Finished(JobId, Output),
    Failed(JobId, EngineError),
    Cancelled(JobId),
}

impl JobEvent {
    pub const fn job(&self) -> JobId {
        match self {
            Self::Started(id)
            | Self::Progress(id, _)
            | Self::Preview { job: id, .. }
            | Self::Finished(id, _)
            | Self::Failed(id, _)
            | Self::Cancelled(id) => *id,
        }
    }

    /// Whether nothing more will be heard of the job.
    pub const fn is_end(&self) -> bool {
        matches!(self, Self::Finished(..) | Self::Failed(..) | Self::Cancelled(_))
    }
}
