//! The embedded planner: a small parser of English edit requests, without any model.
//!
//! Text goes through six stages, each in its file: [`normalise`] (tokens), [`clauses`] (one request each), [`frames`] (what
//! the verb asks for, with [`existence`], [`contrast`], [`subject`], [`predicate`], [`additions`], [`change`], [`measures`],
//! [`light`], [`stops`] and [`lists`]), [`phrase`] (things and places), [`resolve`]
//! (pronouns, dependencies) and [`describe`] (prompts and reasons). What the stages know of words is in the tables of
//! [`lexicon`] and [`verbs`], misspelt ones are mended by [`spelling`]. Every stage takes time linear in the text.

mod additions;
mod change;
mod clauses;
mod contrast;
mod describe;
mod draft;
mod english;
mod existence;
mod frames;
mod lexicon;
mod light;
mod lists;
mod measures;
mod neighbours;
mod normalise;
mod phrase;
mod predicate;
mod resolve;
mod spelling;
mod stops;
mod subject;
mod verbs;

use super::{PlanRequest, Planner};
use crate::domain::Plan;
use crate::engine::{EngineError, JobCx};

/// More steps than this are no instruction that a person could watch over.
const MOST_STEPS: usize = 64;

/// A longer request, in bytes, is no request but a text that got here by mistake.
const LONGEST_REQUEST: usize = 4000;

/// How much of an instruction an error message quotes, in characters.
const QUOTED: usize = 60;

/// Plans by rules of English alone; does not look at the photograph.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules;

impl Planner for Rules {
    fn name(&self) -> &'static str {
        "rules"
    }

    fn plan(&self, request: PlanRequest<'_>, cx: &JobCx<'_>) -> Result<Plan, EngineError> {
        cx.check()?;
        let tokens = normalise::tokens(request.instruction);
        let mut drafts = Vec::new();
        // A place that is said before its request: "in the sky, add a plane".
        let mut ahead = None;
        // What gives way to what comes next: "instead of the dog, put a cat".
        let mut instead = None;
        // Per clause that keeps something: how many drafts came before, what, and whether it speaks for all steps.
        let mut keeps: Vec<(usize, Vec<String>, bool)> = Vec::new();
        for clause in clauses::split(&tokens) {
            cx.check()?;
            if clause.tokens.iter().map(|token| token.text.len() + 1).sum::<usize>() > LONGEST_REQUEST {
                return Err(EngineError::Unsuitable(format!(
                    "One request of the instruction is longer than {LONGEST_REQUEST} letters. Say it in fewer words, or part it by full stops."
                )));
            }
            if clause.keep {
                keeps.push((drafts.len(), frames::kept(&clause), clause.strong));
                continue;
            }
            if let Some(place) = frames::place_ahead(&clause) {
                ahead = Some(place);
                continue;
            }
            if let Some(old) = contrast::instead_ahead(&clause) {
                instead = Some(old);
                continue;
            }
            let place = ahead.take();
            let mut edits = frames::edits(&clause);
            if let Some((old, first)) = instead.take().zip(edits.first_mut()) {
                contrast::give_way(first, &old);
            }
            let edits = edits.into_iter().filter(draft::Draft::is_complete);
            drafts.extend(edits.enumerate().map(|(at, mut draft)| {
                draft.place = draft.place.or_else(|| place.clone());
                (draft, clause.strong && at == 0)
            }));
            if drafts.len() > MOST_STEPS {
                return Err(EngineError::Unsuitable(format!(
                    "The instruction asks for more than {MOST_STEPS} edits, which is too many to look after at once. Give it in several parts."
                )));
            }
        }
        let steps: Vec<_> = resolve::resolve(drafts)
            .iter()
            .zip(1..)
            .map(|(resolved, id)| {
                let step = usize::try_from(id).unwrap_or(usize::MAX);
                let holds = |(before, _, all): &&(usize, Vec<String>, bool)| *all || *before == step || *before == 0;
                let keep: Vec<String> =
                    keeps.iter().filter(holds).flat_map(|(_, things, _)| things.clone()).take(MOST_STEPS).collect();
                describe::describe(id, resolved, keep)
            })
            .collect();
        let plan = Plan::new(request.instruction, self.name(), steps);
        plan.validate().map_err(|_| not_understood(request.instruction))?;
        Ok(plan)
    }
}

fn not_understood(instruction: &str) -> EngineError {
    let text = instruction.split_whitespace().take(QUOTED).collect::<Vec<_>>().join(" ");
    let mut quoted: String = text.chars().take(QUOTED).collect();
    if quoted.len() < text.len() {
        quoted.push('…');
    }
    EngineError::Unsuitable(format!(
        "I could not find an edit in “{quoted}”. Say what to change, for example “remove the spoon and turn the cup blue”."
    ))
}

#[cfg(test)]
mod tests;
