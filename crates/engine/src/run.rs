//! One step, from its mask to its checked candidates: the editor's worker and the command line both go through here.

use super::pipeline::{self, Run};
use super::{EngineError, JobCx, Registry, second_look};
use tie_core::{Candidate, Mask, Raster, Recipe, Sources, SubTask};

/// A step that is ready to run.
#[derive(Clone, Copy)]
pub struct StepRun<'a> {
    /// What the step is for; its words complete the recipe and its result is checked against it.
    pub task: &'a SubTask,
    /// The document as it is below the step.
    pub image: &'a Raster,
    /// The region, of the image's size.
    pub mask: &'a Mask,
    /// Where engines that copy pixels may take them from.
    pub sources: &'a Sources,
    /// How to make it.
    pub recipe: &'a Recipe,
}

/// What a step made.
pub struct Made {
    /// The results, each with what a second look says about it.
    pub candidates: Vec<Candidate>,
    /// One sentence if it couldn't be done quite as the words ask.
    pub note: Option<&'static str>,
}

/// Runs a step with its recipe's engine and looks at the results.
///
/// # Errors
/// [`EngineError::Unsuitable`] if no engine has the recipe's name, or if words, mask and image don't go together; otherwise the
/// engine's own error.
pub fn run_step(registry: &Registry, step: StepRun<'_>, cx: &JobCx<'_>) -> Result<Made, EngineError> {
    let StepRun { task, image, mask, sources, recipe } = step;
    let engine = registry.inpainter(&recipe.engine).map_err(|error| EngineError::Unsuitable(error.to_string()))?;
    let (recipe, shortened) = engine.complete(recipe.clone(), task, mask)?;
    registry.make_room_for(&recipe);
    let prompt = task.prompt();
    let run = Run { image, selection: mask, sources, recipe: &recipe, prompt: &prompt };
    let mut candidates = pipeline::inpaint(engine, run, cx)?;
    for candidate in &mut candidates {
        candidate.verdict = second_look(task, image, mask, candidate, cx)?;
    }
    let note = "The words ask for a place outside the photograph; it was put at the edge.";
    Ok(Made { candidates, note: shortened.then_some(note) })
}
