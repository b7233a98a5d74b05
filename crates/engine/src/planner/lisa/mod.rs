//! `lisa`: the paper's three phases, each a short question: which edits, where each thing is, how it looks and should
//! look.
//!
//! The answers are free text. The rules of [`super::rules`] read the list of edits, which must be about the
//! instruction; it is requested at most twice, then the rules split the instruction alone. Answers affect only the
//! plan's words.

mod answers;

use super::rules::Rules;
use super::{PlanRequest, Planner, check};
use crate::lisa::{Assistant, Question};
use crate::{EngineError, JobCx, Phase, Report};
use serde::Deserialize;
use std::sync::{Arc, LazyLock};
use tie_core::{EditOp, Exchange, Passage, Plan, Raster, SubTask};

/// Tokens of a list of edits, and of a sentence, at most.
const LONG: usize = 256;
const SHORT: usize = 96;
/// Confidence of a plan that the network has split, and of one that the rules had to split.
const SURE: f32 = 0.8;

/// The prompts: `assets/prompts/plan.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Prompts {
    decompose: String,
    again: String,
    localise: String,
    describe: String,
    prompt: String,
}

static PROMPTS: LazyLock<Prompts> = LazyLock::new(|| {
    let prompts: Result<Prompts, toml::de::Error> =
        toml::from_str(include_str!("../../../../../assets/prompts/plan.toml"));
    prompts.unwrap_or_else(|error| {
        // A test keeps the bundled file readable.
        log::error!("assets/prompts/plan.toml: {error}");
        Prompts::default()
    })
});

/// Answers a question about a photograph in words.
pub(crate) trait Ask: Send + Sync {
    /// What is missing for it to run, in a sentence; `None` if nothing is.
    fn missing(&self) -> Option<String>;

    /// # Errors
    /// Whatever goes wrong.
    fn ask(&self, image: &Arc<Raster>, question: Question<'_>, cx: &JobCx<'_>) -> Result<String, EngineError>;
}

impl Ask for Assistant {
    fn missing(&self) -> Option<String> {
        self.missing()
    }

    fn ask(&self, image: &Arc<Raster>, question: Question<'_>, cx: &JobCx<'_>) -> Result<String, EngineError> {
        Ok(self.ask(image, question, cx)?.text)
    }
}

/// Plans by questions.
pub(crate) struct LisaPlanner {
    model: Arc<dyn Ask>,
    /// Whether to ask for places and looks too; without, it is the paper's ablation.
    thinks: bool,
}

impl LisaPlanner {
    /// With all three phases.
    pub(crate) fn new(model: Arc<dyn Ask>) -> Self {
        Self { model, thinks: true }
    }

    /// With only the first question: without the chain of thought.
    pub(crate) fn direct(model: Arc<dyn Ask>) -> Self {
        Self { model, thinks: false }
    }

    fn ask(
        &self,
        image: &Arc<Raster>,
        text: &str,
        earlier: &[(&str, &str)],
        most: usize,
        cx: &JobCx<'_>,
    ) -> Result<Exchange, EngineError> {
        cx.check()?;
        let answer = self.model.ask(image, Question { text, earlier, most, draws: false }, cx)?;
        Ok(Exchange { question: text.to_owned(), answer })
    }

    /// Finds the edits: a plan from the network's list, or from the rules alone, with the questions and answers.
    fn decompose(
        &self,
        image: &Arc<Raster>,
        instruction: &str,
        cx: &JobCx<'_>,
    ) -> Result<(Plan, Vec<Exchange>, bool), EngineError> {
        let by_rules = Rules.plan(PlanRequest { instruction, image: None }, &JobCx::silent());
        let first = self.ask(image, &PROMPTS.decompose.replace("{instruction}", instruction), &[], LONG, cx)?;
        let read = |exchange: &Exchange| read(&exchange.answer, instruction, by_rules.as_ref().ok());
        if let Some(plan) = read(&first) {
            return Ok((plan, vec![first], true));
        }
        let earlier = [(first.question.as_str(), first.answer.as_str())];
        let second = self.ask(image, &PROMPTS.again, &earlier, LONG, cx)?;
        let plan = read(&second);
        let asked = vec![first, second];
        if let Some(plan) = plan {
            return Ok((plan, asked, true));
        }
        cx.report(Report::Note(
            "LISA did not return a list of edits, so the built-in rules split the instruction.".to_owned(),
        ));
        Ok((by_rules?, asked, false))
    }

    /// Asks where a step's thing is, and how it looks and should look.
    fn think(&self, image: &Arc<Raster>, step: &mut SubTask, cx: &JobCx<'_>) -> Result<(), EngineError> {
        if !step.target.is_empty() {
            if step.place().is_none() && step.edit.to().is_none() && step.op() != EditOp::Add {
                let asked = self.ask(image, &PROMPTS.localise.replace("{thing}", &step.target), &[], SHORT, cx)?;
                step.location = answers::place(&asked.answer);
                step.answers.push(asked);
            }
            let thing = match step.place() {
                Some(place) => format!("{} {place}", step.target),
                None => step.target.clone(),
            };
            let asked = self.ask(image, &PROMPTS.describe.replace("{thing}", &thing), &[], SHORT, cx)?;
            if let Some(description) = answers::sentence(&asked.answer) {
                try_words(step, |step| step.description = description);
            }
            step.answers.push(asked);
        }
        if is_painted(step.op()) {
            let asked = self.ask(image, &PROMPTS.prompt.replace("{edit}", &step.sentence()), &[], SHORT, cx)?;
            if let Some(prompt) = answers::sentence(&asked.answer) {
                try_words(step, |step| step.prompt = prompt);
            }
            step.answers.push(asked);
        }
        Ok(())
    }
}

/// Whether something new is painted, for which a description helps.
const fn is_painted(op: EditOp) -> bool {
    matches!(
        op,
        EditOp::Add
            | EditOp::Replace
            | EditOp::Material
            | EditOp::Attribute
            | EditOp::Pose
            | EditOp::Background
            | EditOp::Style
    )
}

/// Changes a step if it then still is what every planner promises.
fn try_words(step: &mut SubTask, change: impl FnOnce(&mut SubTask)) {
    let mut changed = step.clone();
    change(&mut changed);
    let alone = SubTask { id: 1, depends_on: Vec::new(), ..changed.clone() };
    if check(&Plan::new("one step", "lisa", vec![alone])).is_ok() {
        *step = changed;
    }
}

/// A plan from a list of edits, if it is about the instruction: each step shares a word with it, there are no fewer
/// steps than the rules find, and no edit that shares a word with it is unreadable to the rules.
fn read(answer: &str, instruction: &str, by_rules: Option<&Plan>) -> Option<Plan> {
    let edits = answers::edits(answer);
    if edits.is_empty() {
        return None;
    }
    // As one text, so that "it" and dependencies are read as usual.
    let text = edits.join(". ") + ".";
    let planned = |text: &str| Rules.plan(PlanRequest { instruction: text, image: None }, &JobCx::silent()).ok();
    let plan = planned(&text)?;
    let said = words(instruction);
    let shares = |text: &str| words(text).iter().any(|word| said.contains(word));
    let is_said = |step: &SubTask| shares(&format!("{} {}", step.target, step.content().unwrap_or_default()));
    let is_whole = by_rules.is_none_or(|rules| plan.steps.len() >= rules.steps.len())
        && edits.iter().all(|edit| !shares(edit) || planned(edit).is_some());
    // The list's own words are not the user's: what the rules miss in those is missing unless the list mentions it.
    let listed = words(&text);
    let missing = |passage: &&Passage| !words(&passage.text).iter().any(|word| listed.contains(word));
    let not_understood = by_rules.iter().flat_map(|rules| &rules.not_understood).filter(missing).cloned().collect();
    (is_whole && plan.steps.iter().all(is_said)).then_some(Plan { not_understood, ..plan })
}

/// The words of three letters and more, in lower case, without those that are in any sentence.
fn words(text: &str) -> Vec<String> {
    const LITTLE: &[&str] =
        &["the", "and", "with", "from", "into", "for", "that", "this", "are", "its", "image", "edit"];
    let words = tie_core::words::plain(text).filter(|word| word.chars().count() > 2);
    words.filter(|word| !LITTLE.contains(&word.as_str())).collect()
}

impl Planner for LisaPlanner {
    fn name(&self) -> &'static str {
        if self.thinks { "lisa" } else { "lisa-direct" }
    }

    fn missing(&self) -> Option<String> {
        self.model.missing()
    }

    fn looks(&self) -> bool {
        true
    }

    fn plan(&self, request: PlanRequest<'_>, cx: &JobCx<'_>) -> Result<Plan, EngineError> {
        let Some(image) = request.image.filter(|image| !image.extent().is_empty()) else {
            return Err(EngineError::Unsuitable(
                "LISA needs a photo to plan: give it one, or use the planner \"rules\".".to_owned(),
            ));
        };
        let (mut plan, asked, by_model) = self.decompose(image, request.instruction, cx)?;
        (plan.instruction, plan.planner) = (request.instruction.to_owned(), self.name().to_owned());
        let count = plan.steps.len();
        for (done, step) in plan.steps.iter_mut().enumerate() {
            step.answers.clone_from(&asked);
            if by_model {
                step.confidence = step.confidence.min(SURE);
            } else {
                step.reasoning += " LISA returned no list of edits, so the built-in rules made this step.";
            }
            if self.thinks {
                self.think(image, step, cx)?;
            }
            cx.progress(Phase::Planning, (done + 1) as f32 / count as f32);
        }
        check(&plan).map_err(EngineError::Failed)?;
        Ok(plan)
    }
}

#[cfg(test)]
mod tests;
