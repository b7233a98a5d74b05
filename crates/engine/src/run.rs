//! One step, from its mask to its checked candidates: the editor's worker and the command line both go through here.

use super::pipeline::{self, Run};
use super::{EngineError, JobCx, Registry, second_look};
use tie_core::{Candidate, SubTask};

/// What a step made.
pub struct Made {
    /// The results, each with what a second look says about it.
    pub candidates: Vec<Candidate>,
    /// One sentence if it couldn't be done quite as the words ask.
    pub note: Option<&'static str>,
}

/// Runs a step with its recipe's engine and looks at the results.
///
/// The task's words complete the recipe, are the prompt, and say what the results are checked against.
///
/// # Errors
/// [`EngineError::Unsuitable`] if no engine has the recipe's name, or if words, mask and image don't go together; otherwise the
/// engine's own error.
pub fn run_step(registry: &Registry, task: &SubTask, run: Run<'_>, cx: &JobCx<'_>) -> Result<Made, EngineError> {
    let name = &run.recipe.engine;
    let engine = registry.inpainter(name).map_err(|error| EngineError::Unsuitable(error.to_string()))?;
    let (recipe, shortened) = engine.complete(run.recipe.clone(), task, run.selection)?;
    registry.make_room_for(&recipe);
    let mut candidates = pipeline::inpaint(engine, Run { recipe: &recipe, prompt: &task.prompt(), ..run }, cx)?;
    for candidate in &mut candidates {
        candidate.verdict = second_look(task, run.image, run.selection, candidate, cx)?;
    }
    let note = "The words ask for a place outside the photo, so it was put at the edge.";
    Ok(Made { candidates, note: shortened.then_some(note) })
}
