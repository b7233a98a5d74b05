//! The embedded planner: a small parser of English edit requests, without any model.
//!
//! Text goes through seven stages, each in its file: [`normalise`] (tokens), [`clauses`] (one request each), [`frames`] (what
//! the verb asks for, with [`existence`], [`contrast`], [`subject`], [`predicate`], [`additions`], [`change`], [`measures`],
//! [`light`], [`stops`] and [`lists`]), [`phrase`] (things and places), [`resolve`] (pronouns, dependencies), [`describe`]
//! (prompts and reasons) and [`cover`] (words that are in no step). The tables of [`lexicon`] and [`verbs`] hold the words that
//! the stages know; [`spelling`] corrects misspelt ones. Every stage takes time linear in the text.

mod additions;
mod change;
mod clauses;
mod contrast;
mod cover;
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
use crate::{EngineError, JobCx};
use cover::Scope;
use normalise::{Span, Token};
use tie_core::{Passage, Plan};

/// Maximum number of steps: a person could not watch over more.
const MOST_STEPS: usize = 64;

/// Maximum length of a request, in bytes: a longer one is a text that got here by mistake.
const LONGEST_REQUEST: usize = 4000;

/// How much of an instruction an error message quotes, in characters.
const QUOTED: usize = 60;

/// Plans by rules of English alone, without looking at the photograph.
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
        let mut scopes: Vec<Scope<'_>> = Vec::new();
        // A place before its request: "in the sky, add a plane".
        let mut ahead = None;
        // What is replaced by the next thing: "instead of the dog, put a cat".
        let mut instead = None;
        // Clauses that gave only that.
        let mut before: Vec<&[Token<'_>]> = Vec::new();
        // Per clause that keeps something: how many drafts came before, and whether it applies to all steps.
        let mut keeps: Vec<Keep> = Vec::new();
        for clause in clauses::split(&tokens) {
            cx.check()?;
            if clause.tokens.iter().map(|token| token.text.len() + 1).sum::<usize>() > LONGEST_REQUEST {
                return Err(EngineError::Unsuitable(format!(
                    "One request of the instruction is longer than {LONGEST_REQUEST} letters. Say it in fewer words, or part it by full stops."
                )));
            }
            if clause.keep {
                let kept = frames::kept(&clause);
                keeps.push(Keep { before: drafts.len(), things: kept.clone(), all: clause.strong });
                scopes.push(Scope { clauses: vec![clause.tokens], kept, ..Scope::default() });
                continue;
            }
            if let Some(place) = frames::place_ahead(&clause) {
                ahead = Some(place);
                before.push(clause.tokens);
                continue;
            }
            if let Some(old) = contrast::instead_ahead(&clause) {
                instead = Some(old);
                before.push(clause.tokens);
                continue;
            }
            let place = ahead.take();
            let mut edits = frames::edits(&clause);
            if let Some((old, first)) = instead.take().zip(edits.first_mut()) {
                contrast::give_way(first, &old);
            }
            let edits = edits.into_iter().filter(draft::Draft::is_complete);
            let first = drafts.len();
            drafts.extend(edits.enumerate().map(|(at, mut draft)| {
                draft.place = match (draft.place, &place) {
                    (Some(own), Some(ahead)) => Some(format!("{own} {ahead}")),
                    (own, ahead) => own.or_else(|| ahead.clone()),
                };
                (draft, clause.strong && at == 0)
            }));
            before.push(clause.tokens);
            scopes.push(Scope { clauses: std::mem::take(&mut before), drafts: first..drafts.len(), kept: Vec::new() });
            if drafts.len() > MOST_STEPS {
                return Err(EngineError::Unsuitable(format!(
                    "The instruction asks for more than {MOST_STEPS} edits, which is too many to look after at once. Give it in several parts."
                )));
            }
        }
        scopes.push(Scope { clauses: before, ..Scope::default() });
        let resolved = resolve::resolve(drafts);
        // The step that each draft became.
        let step_of: Vec<usize> =
            resolved.iter().enumerate().flat_map(|(step, resolved)| std::iter::repeat_n(step, resolved.of)).collect();
        let keep_of = |step: usize| {
            let holds = |keep: &&Keep| keep.all || keep.before == 0 || step_of.get(keep.before - 1) == Some(&step);
            keeps.iter().filter(holds).flat_map(|keep| keep.things.clone()).take(MOST_STEPS).collect::<Vec<_>>()
        };
        let steps = resolved.iter().enumerate().zip(1..);
        let steps = steps.map(|((step, resolved), id)| describe::describe(id, resolved, keep_of(step))).collect();
        let mut plan = Plan::new(request.instruction, self.name(), steps);
        plan.validate().map_err(|_| not_understood(request.instruction))?;
        let shown: Vec<&draft::Draft> = resolved.iter().map(|resolved| &resolved.draft).collect();
        plan.not_understood = passages(request.instruction, &cover::left_over(&scopes, &shown, &step_of));
        Ok(plan)
    }
}

/// A clause that keeps something.
struct Keep {
    /// How many drafts came before.
    before: usize,
    things: Vec<String>,
    /// It speaks for all steps.
    all: bool,
}

/// Spans in bytes as passages in characters; they are in the order of the text.
fn passages(instruction: &str, spans: &[Span]) -> Vec<Passage> {
    let (mut bytes, mut characters) = (0, 0);
    let mut count = |to: usize| {
        characters += instruction.get(bytes..to).map_or(0, |between| between.chars().count());
        bytes = to;
        characters
    };
    let passage = |span: &Span| {
        let text = instruction.get(span.start..span.end).unwrap_or_default().to_owned();
        Passage { text, start: count(span.start), end: count(span.end) }
    };
    spans.iter().map(passage).collect()
}

fn not_understood(instruction: &str) -> EngineError {
    let text = instruction.split_whitespace().take(QUOTED).collect::<Vec<_>>().join(" ");
    let mut quoted: String = text.chars().take(QUOTED).collect();
    if quoted.len() < text.len() {
        quoted.push('…');
    }
    EngineError::Unsuitable(format!(
        "There is no edit in “{quoted}”. Say what to change, for example “remove the spoon and turn the cup blue”."
    ))
}

#[cfg(test)]
mod no_loss;
#[cfg(test)]
mod tests;
