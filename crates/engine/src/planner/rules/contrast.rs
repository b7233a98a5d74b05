//! "Instead of": the thing after it is replaced by what is requested, in either order.

use super::change::replace;
use super::clauses::Clause;
use super::draft::{Draft, full_text};
use super::frames::{edits, frame_of};
use super::lexicon::Class;
use super::normalise::Token;
use super::phrase::{is_thing, noun, trim};
use super::verbs::{begins_with, find};
use tie_core::EditOp;

/// The thing that the next clause's thing replaces: "instead of the dog, put a cat".
pub(super) fn instead_ahead(clause: &Clause<'_>) -> Option<Draft> {
    let tokens = trim(clause.tokens);
    let old = &tokens[begins_with(tokens, "instead of").or_else(|| begins_with(tokens, "rather than"))?..];
    let verb = (1..old.len().min(12)).any(|at| find(&old[at..], false).is_some());
    (is_thing(old) && !verb).then(|| Draft::of(EditOp::Replace, &noun(old, false)))
}

/// Makes a new thing replace `old`.
pub(super) fn give_way(new: &mut Draft, old: &Draft) {
    let content = match new.op {
        EditOp::Add => new.content.clone(),
        EditOp::Move => Some(new.target.clone()),
        _ => None,
    };
    if let Some(content) = content.filter(|_| !old.target.is_empty()) {
        let place = old.place.clone().or_else(|| new.place.clone());
        *new = Draft { place, confidence: new.confidence, ..Draft::new(EditOp::Replace, old.target.as_str()) }
            .content(content);
    }
}

/// What an edit should not do: the excluded thing stays, and the excluded look must not show.
pub(super) fn contrast_with(draft: &mut Draft, old: &[Token<'_>]) {
    let old = noun(old, false);
    let takes = matches!(draft.op, EditOp::Remove | EditOp::Move | EditOp::Adjust);
    let points = old.whole.first().is_some_and(|first| first.is(Class::DEFINITE) || first.is(Class::POSSESSIVE));
    let words = full_text(&old);
    if words.is_empty() {
        return;
    }
    if takes || points {
        draft.keep.push(words);
    } else {
        draft.against = Some(words);
    }
}

/// "instead of the dog put a cat"
pub(super) fn instead_first(tokens: &[Token<'_>]) -> Option<Vec<Draft>> {
    let old = &tokens[begins_with(tokens, "instead of").or_else(|| begins_with(tokens, "rather than"))?..];
    let verb = (1..old.len().min(12)).find(|at| find(&old[*at..], false).is_some())?;
    let mut drafts = frame_of(&old[verb..]);
    give_way(drafts.first_mut()?, &Draft::of(EditOp::Replace, &noun(&old[..verb], false)));
    Some(drafts)
}

/// "make the car red instead of blue", "it should be a tortoise rather than a hare": the edit without its contrast; if
/// it names nothing to replace, the contrast does.
pub(super) fn instead_last(tokens: &[Token<'_>], clause: &Clause<'_>) -> Option<Vec<Draft>> {
    let (new, said) = contrast(tokens)?;
    let mut drafts = edits(&Clause { tokens: new, ..*clause });
    let old = Draft::of(EditOp::Replace, &noun(said, false));
    let only = drafts.len() == 1;
    for draft in &mut drafts {
        let nothing = ["it", "this", "that", "there", "subject"].contains(&draft.target.to_lowercase().as_str());
        if draft.op == EditOp::Replace && nothing {
            draft.target.clone_from(&old.target);
        } else if only && matches!(draft.op, EditOp::Add | EditOp::Move) {
            give_way(draft, &old);
        } else if only {
            contrast_with(draft, said);
        }
    }
    (!drafts.is_empty()).then_some(drafts)
}

/// "a lion in the place of the donkey", "a lion instead of the donkey"
pub(super) fn instead(tokens: &[Token<'_>]) -> Option<Draft> {
    contrast(tokens).map(|(new, old)| replace(&noun(old, false), new))
}

/// What is before and after "instead of".
fn contrast<'t>(tokens: &'t [Token<'t>]) -> Option<(&'t [Token<'t>], &'t [Token<'t>])> {
    // "Brighter but not too bright" names no other thing.
    let points = |old: &[Token<'_>]| {
        old.first().is_some_and(|first| first.is(Class::DEFINITE) || first.is(Class::POSSESSIVE)) && is_thing(old)
    };
    ["in the place of", "in place of", "instead of", "rather than", "and not", "but not"].into_iter().find_map(
        |words| {
            let (at, length) = (1..tokens.len()).find_map(|at| Some((at, begins_with(&tokens[at..], words)?)))?;
            let old = tokens.get(at + length..).filter(|old| !old.is_empty() && (words != "but not" || points(old)))?;
            Some((&tokens[..at], old))
        },
    )
}
