//! What a person can ask of a session, and what the session asks of the world.

use super::Settings;
use crate::files::Journal;
use crate::text::tr;
use crate::worker::{Job, JobId};
use std::path::PathBuf;
use std::sync::Arc;
use tie_core::{
    Bounds, Brush, Click, Combine, CopyRule, Fit, Mask, Plan, Point, Raster, Recipe, Shape, StepId, StrokeMode,
    SubTask, View,
};

/// One thing that a person does.
#[derive(Clone, Debug, PartialEq, strum::EnumDiscriminants)]
#[strum_discriminants(name(CommandKind), derive(strum::VariantArray))]
pub enum Command {
    SetInstruction(String),
    /// Takes the steps of a plan that was made elsewhere, as [`Command::Plan`] takes the planner's.
    UsePlan(Box<Plan>),
    /// Decomposes the instruction; replaces the cards that are not decided.
    Plan,
    /// Plans one undecided step anew, by its own words as they are now.
    PlanStep(StepId),
    /// Plans this undecided step and those below it anew, on the image as it is now.
    PlanFrom(StepId),
    /// Adds a step by hand below the selected one.
    AddStep(SubTask),
    DuplicateStep(StepId),
    DeleteStep(StepId),
    /// Makes a step of each separate region of the step's mask.
    SplitStep(StepId),
    /// Joins the step with the undecided step above it.
    MergeStep(StepId),
    /// Moves a step to another place of the list, which is also its place in the document's stack.
    MoveStep(StepId, usize),
    /// A disabled step neither runs with the others nor shows, but keeps all that it has.
    SetEnabled(StepId, bool),
    /// How much of the step's result shows, 0 to 255.
    SetOpacity(StepId, u8),
    /// Looks for the step's region again.
    Locate(StepId),
    /// The same by the locator of this name, which the step keeps.
    LocateBy(StepId, String),
    /// Looks for a step's region by clicks and a box, in image pixels; what is found needs no confirmation.
    PointAt {
        step: StepId,
        clicks: Vec<Click>,
        bounds: Option<Bounds>,
    },
    /// Runs the step's engine.
    Run(StepId),
    /// Runs all steps that can run and are not decided.
    RunAll,
    /// Makes all results again that no longer fit what lies below them.
    UpdateAll,
    /// Says that the step's result, as it is shown, is right.
    Approve(StepId),
    Skip(StepId),
    /// Takes back that a step was skipped or approved.
    Reopen(StepId),
    /// Runs the step again with another seed.
    NewSeed(StepId),
    Select(StepId),
    ChooseCandidate(StepId, usize),
    /// A favourite candidate stays when the step runs again.
    ToggleFavourite(StepId, usize),
    ChooseProposal(StepId, usize),
    /// Says what may be copied from another step's mask into this step's; `None` takes it back.
    SetCopyRule {
        step: StepId,
        other: StepId,
        rule: Option<CopyRule>,
    },
    /// Takes all regions that fit the step's words.
    ChooseAllProposals(StepId),
    EditTask(StepId, SubTask),
    EditRecipe(StepId, Recipe),
    /// Starts a stroke on the selected step's mask.
    StrokeBegin {
        brush: Brush,
        mode: StrokeMode,
        at: Point,
        /// Of the pen, 0 to 1; 1 for a mouse.
        pressure: f32,
        /// In a straight line from where the last stroke on this mask ended.
        line: bool,
    },
    /// Shows how the step would look with another recipe, until something else is done.
    TryRecipe {
        step: StepId,
        recipe: Recipe,
        /// What of the photograph is in sight.
        view: View,
    },
    StrokeTo {
        at: Point,
        pressure: f32,
    },
    StrokeEnd,
    /// Changes the selected step's mask by a shape.
    SelectShape(Shape, Combine),
    /// Starts the magic wand on the selected step's mask.
    WandBegin {
        at: Point,
        tolerance: u8,
        contiguous: bool,
        how: Combine,
    },
    /// Changes the wand's tolerance while it is held.
    WandTo(u8),
    /// Lets the wand go: takes over what it selects.
    WandEnd,
    /// Looks at the photograph for the smart select, so that the first click is answered sooner.
    SmartPrepare,
    /// The smart select's pointer is at a point of the photograph, or has left it.
    SmartHover(Option<Point>),
    /// Adds a point to the smart selection, or takes away the one within `reach` image pixels.
    SmartClick {
        at: Point,
        include: bool,
        reach: f32,
        how: Combine,
    },
    /// Looks for the thing in a box.
    SmartBox(Bounds, Combine),
    /// Shows the smart selection's next proposal.
    SelectionNext,
    /// Takes the smart selection over into the mask.
    SelectionAccept,
    SelectionDiscard,
    /// Changes a step's mask by another step's.
    CombineMasks {
        step: StepId,
        with: StepId,
        how: Combine,
    },
    /// Gives the step a mask from elsewhere, of any size; another size than the photograph's is asked about.
    SetMask(StepId, Arc<Mask>),
    /// The answer about a mask of another size; `None` takes no mask.
    FitMask(Option<Fit>),
    /// Keeps the mask for other steps, and puts it on the system's clipboard.
    CopyMask(StepId),
    PasteMask(StepId),
    ImportMaskDialog(StepId),
    ImportMask(StepId, PathBuf),
    ExportMaskDialog(StepId),
    ExportMask(StepId, PathBuf),
    Mask(StepId, MaskOp),
    Undo,
    Redo,
    /// Undoes or redoes until this many gestures of the history are done.
    HistoryTo(usize),
    /// Puts the photograph as it is now on the system's clipboard.
    CopyImage,
    /// The clipboard was asked for an image and has none.
    NothingToPaste,
    /// Opens pixels from the clipboard; asks first if there is unsaved work.
    OpenPasted(Arc<Raster>),
    /// Opens a photograph that comes with the program, by its place in [`SAMPLES`](crate::files::SAMPLES), with its instruction.
    OpenSample(usize),
    /// Opens a photograph; asks first if there is unsaved work.
    Open(PathBuf),
    /// Goes on with work that a window left behind in this folder; asks first if there is unsaved work.
    Restore(PathBuf),
    /// Lets the person pick a photograph.
    OpenDialog,
    /// Saves to where it was saved last; asks where if it never was. Never over the opened file unasked.
    Save,
    SaveDialog,
    /// The answer about results that are not approved and would be left out of the file.
    SaveUndecided(UndecidedAnswer),
    SaveTo(PathBuf),
    /// Closes the program; asks first if there is unsaved work.
    Close,
    /// The person's answer to the question about unsaved work.
    Answer(Answer),
    /// The save dialog was closed without a choice.
    SaveDialogCancelled,
    /// Stops all jobs of all engines.
    CancelJobs,
    DismissNotice,
    /// The words that were not understood are of no matter.
    DismissNotUnderstood,
    /// Looks which models are here.
    LookForModels,
    /// Fetches what is missing of a model, by its id; this accepts its licence.
    PullModel(String),
    /// Stops the work on a model's files; a download goes on from there next time.
    StopModel(String),
    /// Compares a model's files with what is known of them.
    VerifyModel(String),
    /// Deletes a model's files from the cache.
    RemoveModel(String),
    /// Frees the memory of all models.
    UnloadModels,
    /// Lets the person pick a folder with models.
    LocateModels,
    AddModelFolder(PathBuf),
    /// Replaces all settings; values out of range are brought back into it.
    SetSettings(Box<Settings>),
}

impl Command {
    /// Whether it may change what the person works on, or what is kept of it; a stroke in progress ends before that.
    pub(super) const fn changes_work(&self) -> bool {
        !matches!(
            self,
            Self::StrokeTo { .. }
                | Self::TryRecipe { .. }
                | Self::WandTo(_)
                | Self::SetSettings(_)
                | Self::DismissNotice
                | Self::OpenDialog
                | Self::CopyImage
                | Self::NothingToPaste
                | Self::LookForModels
                | Self::PullModel(_)
                | Self::StopModel(_)
                | Self::VerifyModel(_)
                | Self::RemoveModel(_)
                | Self::UnloadModels
                | Self::LocateModels
                | Self::AddModelFolder(_)
                | Self::SmartHover(_)
        )
    }
}

/// A change of a whole mask.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MaskOp {
    Invert,
    Clear,
    /// Back to what the locator proposed.
    Reset,
    /// By this many pixels.
    Grow(f32),
    Shrink(f32),
    Feather(f32),
    FillHoles,
    /// Removes separate regions smaller than this many pixels.
    RemoveIslands(usize),
}

impl MaskOp {
    /// For the history list.
    pub fn label(self) -> &'static str {
        match self {
            Self::Invert => tr!("done-invert"),
            Self::Clear => tr!("done-clear"),
            Self::Reset => tr!("done-reset"),
            Self::Grow(_) => tr!("done-grow"),
            Self::Shrink(_) => tr!("done-shrink"),
            Self::Feather(_) => tr!("done-feather"),
            Self::FillHoles => tr!("done-fill-holes"),
            Self::RemoveIslands(_) => tr!("done-remove-islands"),
        }
    }
}

/// What to do with results that are not approved when the photo is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UndecidedAnswer {
    /// Approve them all, and save.
    Approve,
    /// Save without them.
    Without,
    /// Don't save.
    Cancel,
}

/// What to do about unsaved work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Save,
    Discard,
    Cancel,
}

/// What the owner of the window and the workers has to do.
#[derive(Debug)]
pub enum Effect {
    Submit(JobId, Job),
    CancelJob(JobId),
    /// Let the person pick a photograph, then send [`Command::Open`].
    PickOpen,
    /// Let the person pick a place to save, then send [`Command::SaveTo`] or [`Command::SaveDialogCancelled`].
    PickSave {
        suggested: PathBuf,
    },
    /// Let the person pick a mask, then send [`Command::ImportMask`].
    PickMask(StepId),
    /// Let the person pick a place for a mask, then send [`Command::ExportMask`].
    PickMaskSave {
        step: StepId,
        suggested: PathBuf,
    },
    /// Let the person pick a folder, then send [`Command::AddModelFolder`].
    PickModels,
    /// Put an image on the system's clipboard.
    CopyImage(Arc<Raster>),
    /// Go on writing to the journal of the work that was restored.
    GoOnWithJournal(Box<Journal>),
    /// Close the window.
    Close,
}
