//! What a person can ask of a session, and what the session asks of the world.

use super::Settings;
use crate::domain::{Brush, Point, Recipe, StepId, StrokeMode, SubTask};
use crate::worker::{Job, JobId};
use std::path::PathBuf;

/// One thing that a person does.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    SetInstruction(String),
    /// Decomposes the instruction; replaces the cards that are not decided.
    Plan,
    /// Looks for the step's region again.
    Locate(StepId),
    /// Runs the step's engine.
    Run(StepId),
    /// Runs all steps that can run and are not decided.
    RunAll,
    /// Puts the step's chosen candidate into the document.
    Approve(StepId),
    Skip(StepId),
    /// Takes back that a step was skipped or approved.
    Reopen(StepId),
    /// Runs the step again with another seed.
    NewSeed(StepId),
    Select(StepId),
    ChooseCandidate(StepId, usize),
    ChooseProposal(StepId, usize),
    EditTask(StepId, SubTask),
    EditRecipe(StepId, Recipe),
    /// Starts a stroke on the selected step's mask.
    StrokeBegin {
        brush: Brush,
        mode: StrokeMode,
        at: Point,
    },
    StrokeTo(Point),
    StrokeEnd,
    Mask(StepId, MaskOp),
    Undo,
    Redo,
    /// Opens a photograph; asks first if there is unsaved work.
    Open(PathBuf),
    /// Lets the person pick a photograph.
    OpenDialog,
    /// Saves to where it was saved last; asks where if it never was. Never over the opened file unasked.
    Save,
    SaveDialog,
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
    /// Replaces all settings; values out of range are brought back into it.
    SetSettings(Box<Settings>),
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
}

impl MaskOp {
    /// For the history list.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Invert => "Invert mask",
            Self::Clear => "Clear mask",
            Self::Reset => "Reset mask to proposal",
            Self::Grow(_) => "Grow mask",
            Self::Shrink(_) => "Shrink mask",
            Self::Feather(_) => "Feather mask",
            Self::FillHoles => "Fill holes",
        }
    }
}

/// What to do about unsaved work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Save,
    Discard,
    Cancel,
}

/// What whoever owns the window and the workers has to do.
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
    /// Close the window.
    Close,
}
