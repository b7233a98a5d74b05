//! Planners: they turn an instruction into a list of sub-tasks.

pub(crate) mod lisa;
pub mod rules;

use super::{EngineError, JobCx};
use std::sync::Arc;
use tie_core::{Plan, Raster, words};

/// Input of a planner.
#[derive(Clone, Copy)]
pub struct PlanRequest<'a> {
    /// The typed instruction, in English: one edit or several.
    pub instruction: &'a str,
    /// The photograph, for planners that [look](Planner::looks) at it.
    pub image: Option<&'a Arc<Raster>>,
}

/// Splits an instruction into single edits.
pub trait Planner: Send + Sync {
    /// The name in plans, reports and arguments.
    fn name(&self) -> &'static str;

    /// One sentence that says which model has to be downloaded first; `None` if it can run.
    fn missing(&self) -> Option<String> {
        None
    }

    /// Whether it looks at the photograph; it then fails without one.
    fn looks(&self) -> bool {
        false
    }

    /// A plan that passes [`check`].
    ///
    /// # Errors
    /// [`EngineError::Unsuitable`] if it understands no request in the text; [`EngineError::NeedsModel`] if a model is missing.
    fn plan(&self, request: PlanRequest<'_>, cx: &JobCx<'_>) -> Result<Plan, EngineError>;
}

/// Verbs with which a prompt would read as a command.
const COMMANDS: &[&str] = &[
    "please", "remove", "delete", "erase", "replace", "change", "turn", "make", "add", "insert", "put", "place", "let",
    "have", "give", "get", "swap", "move", "edit", "paint", "fill", "write", "keep", "do",
];

/// Whether a prompt begins like a command.
fn commands(prompt: &str) -> bool {
    words::plain(prompt).next().is_some_and(|first| COMMANDS.contains(&first.as_str()))
}

/// Checks what every planner guarantees and a plan written by hand need not keep: on top of [`Plan::validate`], each step has
/// a description, a prompt that isn't a command and a sentence of reasoning, and no text is empty or has control characters.
///
/// # Errors
/// The first rule that is broken, with the number of the step.
pub fn check(plan: &Plan) -> Result<(), String> {
    plan.validate().map_err(|error| error.to_string())?;
    for step in &plan.steps {
        let wrong = |what: &str| Err(format!("step {}: {what}", step.id));
        let optional = [step.place(), step.content()].into_iter().flatten();
        let told = [&step.description, &step.prompt, &step.reasoning].into_iter().chain(&step.keep);
        let words = told.map(String::as_str).chain(optional);
        if let Some(blank) = words.clone().find(|words| words.trim() != *words || words.is_empty()) {
            return wrong(&format!("{blank:?} is empty or has spaces at its ends"));
        }
        if let Some(odd) =
            words.chain([step.target.as_str(), step.negative.as_str()]).find(|words| words.contains(char::is_control))
        {
            return wrong(&format!("{odd:?} contains control characters"));
        }
        if commands(&step.prompt) {
            return wrong(&format!("the prompt {:?} reads as a command", step.prompt));
        }
        if !step.reasoning.ends_with('.') {
            return wrong(&format!("the reasoning {:?} is not a sentence", step.reasoning));
        }
        if !step.depends_on.is_sorted_by(|a, b| a < b) {
            return wrong("depends_on names a step twice");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tie_core::{EditOp, SubTask};

    #[test]
    fn broken_promises_are_named() {
        let kept = SubTask {
            description: "the star".to_owned(),
            prompt: "a plain wall".to_owned(),
            reasoning: "Removes the star.".to_owned(),
            ..SubTask::new(1, EditOp::Remove, "star")
        };
        let broken = |step: SubTask| check(&Plan::new("x", "test", vec![step])).err().unwrap_or_default();
        assert_eq!(broken(kept.clone()), "");
        for (step, problem) in [
            (SubTask { prompt: " Remove the star".to_owned(), ..kept.clone() }, "spaces at its ends"),
            (SubTask { prompt: "Remove the star".to_owned(), ..kept.clone() }, "reads as a command"),
            (SubTask { prompt: String::new(), ..kept.clone() }, "is empty"),
            (SubTask { reasoning: "because".to_owned(), ..kept.clone() }, "not a sentence"),
            (SubTask { target: "a\u{0}b".to_owned(), ..kept.clone() }, "control characters"),
            (SubTask { target: String::new(), ..kept.clone() }, "needs to know what to change"),
            (SubTask { keep: vec![String::new()], ..kept.clone() }, "is empty"),
        ] {
            assert!(broken(step.clone()).contains(problem), "{problem}: {step:?}");
        }
    }
}
