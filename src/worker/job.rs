//! The worker's jobs and their results.

use crate::files::{MaskFile, Metadata, Photo, Restored};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tie_core::document::Below;
use tie_core::{
    Bounds, Candidate, Click, EditOp, Extent, Kept, Mask, MaskProposal, OtherTarget, Plan, Point, Raster, Recipe,
    Sources, StepId, SubTask, View, Wand,
};
use tie_engine::inpainter::clone::Placed;
use tie_engine::{EngineError, Progress};
use tie_store::{Checked, Folders, Model, StoreError};

/// Identity of a job; chosen by the submitter, never reused.
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
        /// The other targets of the instruction.
        others: Vec<OtherTarget>,
        /// What the step must not change.
        keep: Vec<Kept>,
    },
    Inpaint {
        step: StepId,
        image: Arc<Raster>,
        mask: Arc<Mask>,
        sources: Sources,
        recipe: Box<Recipe>,
        /// The task that the result is checked against.
        task: Box<SubTask>,
    },
    /// Selects by clicks and a box, for a tool.
    Refine {
        locator: String,
        image: Arc<Raster>,
        op: EditOp,
        clicks: Vec<Click>,
        bounds: Option<Bounds>,
    },
    /// Lets a locator analyse an image before the first request.
    Prepare {
        locator: String,
        image: Arc<Raster>,
    },
    /// Lets a locator analyse an image as soon as it is opened; no one waits for it.
    Look {
        locator: String,
        image: Arc<Raster>,
    },
    /// Finds what a click would select, as far as it is known.
    Hover {
        locator: String,
        image: Arc<Raster>,
        at: Point,
    },
    /// Selects what looks like the wand's seed, for a tool.
    Wand {
        wand: Arc<Mutex<Wand>>,
        extent: Extent,
        tolerance: u8,
    },
    /// Counts what the window shows of a step's mask.
    Measure {
        step: StepId,
        /// What the step builds on.
        below: Below,
        mask: Arc<Mask>,
        /// Regions to choose from, for the letters at them.
        proposals: Vec<Arc<Mask>>,
        /// The step whose words place the object; `None` if they are not needed.
        task: Option<Box<SubTask>>,
        /// For the ring where the result fades into the photo; `None` if the ring is not shown.
        recipe: Option<Box<Recipe>>,
        /// The masks that the engine copies from; empty means everywhere.
        only: Vec<Arc<Mask>>,
        /// The result that is shown, for its pictures.
        result: Option<Arc<Candidate>>,
    },
    /// Shows how an adjustment would look in the visible part of the photo.
    Try {
        step: StepId,
        image: Arc<Raster>,
        mask: Arc<Mask>,
        recipe: Box<Recipe>,
        view: View,
    },
    Open {
        path: PathBuf,
    },
    /// Reads the work that a window left behind.
    Restore {
        folder: PathBuf,
    },
    OpenMask {
        step: StepId,
        path: PathBuf,
    },
    SaveMask {
        path: PathBuf,
        mask: Arc<Mask>,
    },
    Save {
        path: PathBuf,
        image: Arc<Raster>,
        metadata: Arc<Metadata>,
    },
    /// Works on a model's files, by the model's id in the catalogue.
    Model {
        id: &'static str,
        what: ModelJob,
    },
    /// Looks which models are installed, in these folders too.
    LookForModels {
        folders: Vec<PathBuf>,
    },
    /// Frees the memory of all models.
    Unload,
}

/// What to do with a model of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelJob {
    /// Downloads what is missing.
    Pull {
        /// No network connections are made.
        offline: bool,
        /// Instead of the environment's; empty for that.
        proxy: String,
    },
    Verify,
    Remove,
}

/// Jobs of one slot replace each other: the newest wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    Plan,
    Locate(StepId),
    Inpaint(StepId),
    /// Finds what smart select or the wand would select.
    Select,
    Prepare,
    Look,
    Hover,
    Measure(StepId),
    Try(StepId),
    Open,
    OpenMask(StepId),
    Save,
    SaveMask,
    /// Identified by the model's id.
    Model(&'static str),
    LookForModels,
    Unload,
}

/// Jobs of one lane run one after another; each lane has its own thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Planners, locators and inpainters: one at a time, because they share memory and the graphics card.
    Engines,
    /// What the active tool waits for; never queued behind an engine.
    Tools,
    /// Looking at a photograph that was just opened.
    Views,
    /// What follows a slider: queued behind nothing else, with its earlier measurements.
    Trials,
    /// Reads and writes files, so that saving never waits for an engine.
    Files,
    /// Models on their way to the disk, which takes as long as it takes.
    Models,
}

impl Lane {
    pub const ALL: [Self; 6] = [Self::Engines, Self::Tools, Self::Views, Self::Trials, Self::Files, Self::Models];

    pub(super) const fn thread_name(self) -> &'static str {
        match self {
            Self::Engines => "tie-engines",
            Self::Tools => "tie-tools",
            Self::Views => "tie-views",
            Self::Trials => "tie-trials",
            Self::Files => "tie-files",
            Self::Models => "tie-models",
        }
    }
}

impl Job {
    pub const fn slot(&self) -> Slot {
        match self {
            Self::Plan { .. } => Slot::Plan,
            Self::Locate { step, .. } => Slot::Locate(*step),
            Self::Inpaint { step, .. } => Slot::Inpaint(*step),
            Self::Refine { .. } | Self::Wand { .. } => Slot::Select,
            Self::Prepare { .. } => Slot::Prepare,
            Self::Look { .. } => Slot::Look,
            Self::Hover { .. } => Slot::Hover,
            Self::Measure { step, .. } => Slot::Measure(*step),
            Self::Try { step, .. } => Slot::Try(*step),
            Self::Open { .. } | Self::Restore { .. } => Slot::Open,
            Self::OpenMask { step, .. } => Slot::OpenMask(*step),
            Self::Save { .. } => Slot::Save,
            Self::SaveMask { .. } => Slot::SaveMask,
            Self::Model { id, .. } => Slot::Model(id),
            Self::LookForModels { .. } => Slot::LookForModels,
            Self::Unload => Slot::Unload,
        }
    }

    pub const fn lane(&self) -> Lane {
        match self {
            Self::Plan { .. } | Self::Locate { .. } | Self::Inpaint { .. } | Self::Unload => Lane::Engines,
            Self::Model { .. } => Lane::Models,
            Self::Refine { .. }
            | Self::Prepare { .. }
            | Self::Hover { .. }
            | Self::Wand { .. }
            | Self::Measure { .. } => Lane::Tools,
            Self::Look { .. } => Lane::Views,
            Self::Try { .. } => Lane::Trials,
            Self::Open { .. }
            | Self::Restore { .. }
            | Self::OpenMask { .. }
            | Self::Save { .. }
            | Self::SaveMask { .. }
            | Self::LookForModels { .. } => Lane::Files,
        }
    }
}

/// The result of a job.
#[derive(Debug)]
pub enum Output {
    Plan(Plan),
    Proposals(Vec<MaskProposal>),
    Candidates(Vec<Candidate>),
    Measures(Measures),
    Photo {
        path: PathBuf,
        photo: Photo,
    },
    Trial {
        bounds: Bounds,
        patch: Arc<Raster>,
    },
    Restored(Box<Restored>),
    Mask(MaskFile),
    Saved {
        path: PathBuf,
    },
    /// The state of each file, if it was requested.
    Model(Vec<Checked>),
    /// Of all models of the catalogue, in its order.
    Models(Vec<FoundModel>),
    Prepared,
    Hovered(Option<Box<Hovered>>),
    Unloaded,
}

/// What is installed of a model.
#[derive(Clone, Debug)]
pub struct FoundModel {
    pub model: &'static Model,
    /// Where its repositories are, or why it can't be used.
    pub found: Result<Folders, StoreError>,
    /// Bytes in the cache that this program may delete.
    pub cached: u64,
}

/// What a click would select.
#[derive(Clone, Debug)]
pub struct Hovered {
    pub proposal: MaskProposal,
    /// Along the mask's border, in image pixels.
    pub outline: Vec<[Point; 2]>,
}

/// What the window shows of a mask, computed where it does not slow down drawing.
#[derive(Clone, Debug)]
pub struct Measures {
    /// Selected share of the image, 0 to 1.
    pub area: f32,
    /// The bounding box of the selection.
    pub bounds: Bounds,
    /// Position of the number badge, in image pixels; `None` if nothing is selected.
    pub anchor: Option<Point>,
    /// Separate regions.
    pub regions: usize,
    /// Positions of the letters of the candidate regions, in image pixels.
    pub proposal_anchors: Vec<Point>,
    /// The photo around the mask, with unselected pixels dimmed.
    pub thumbnail: Arc<Raster>,
    /// The same of each candidate region.
    pub proposal_thumbnails: Vec<Arc<Raster>>,
    /// The place that the shown result changes, before and after.
    pub change: Option<[Arc<Raster>; 2]>,
    /// Where a result would show and how much, for the ring around the selection; present if requested.
    pub blend: Option<Arc<Mask>>,
    /// The part that the engine would see; present if requested.
    pub context: Option<Bounds>,
    /// Where the step's words place the object, or one sentence that says why they don't; present if requested.
    pub placed: Option<Result<Placed, String>>,
    /// Along the mask's border, in image pixels; only for an object that is placed.
    pub outline: Vec<[Point; 2]>,
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
    /// Something about the result that the user should know.
    Note(JobId, String),
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
            | Self::Note(id, _)
            | Self::Finished(id, _)
            | Self::Failed(id, _)
            | Self::Cancelled(id) => *id,
        }
    }

    /// Whether this is the job's last event.
    pub const fn is_end(&self) -> bool {
        matches!(self, Self::Finished(..) | Self::Failed(..) | Self::Cancelled(_))
    }
}
