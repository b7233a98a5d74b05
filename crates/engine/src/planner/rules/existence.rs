//! Sentences that say what there should be, or no longer: "there should be a cat", "have no cars".

use super::additions::add_all;
use super::draft::{Draft, STATED};
use super::frames::remove;
use super::lexicon::Class;
use super::normalise::Token;
use super::phrase::{is_thing, noun, trim};
use super::verbs::Phrases;
use std::sync::LazyLock;
use tie_core::EditOp;

/// Openings of a sentence that says something should be there.
static EXISTENCE: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "there should be",
        "there should also be",
        "there is",
        "there are",
        "there was",
        "there were",
        "there must be",
        "there could be",
        "there be",
        "make there be",
        "there has to be",
        "there have to be",
        "there ought to be",
        "there shall be",
        "there should only be",
        "there must only be",
        "there can only be",
        "there will be",
        "there to be",
        "have there be",
        "let there be",
        "can there be",
        "could there be",
        "there needs to be",
        "can we have",
        "could we have",
        "can i have",
        "can i get",
        "can i see",
        "could i get",
    ])
});

/// Openings of a sentence that says something should not be there.
static ABSENCE: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "there should not be",
        "there should no longer be",
        "there must not be",
        "there can not be",
        "there is not",
        "there are not",
        "there isn't",
        "there aren't",
        "have no",
        "not have",
    ])
});

/// The edits of a sentence that says what there should be, or no longer; `None` for other sentences.
pub(super) fn existence(tokens: &[Token<'_>]) -> Option<Vec<Draft>> {
    if let Some(length) = ABSENCE.longest(tokens).filter(|length| *length < tokens.len()) {
        return Some(remove(&tokens[length..]).into_iter().map(|draft| draft.sure(STATED)).collect());
    }
    let (said, there) = tokens.split_at(EXISTENCE.longest(tokens)?);
    // "there should only be one dog", "there should be only one dog": as many as that.
    let just = |token: &Token<'_>| token.one_of(&["only", "just"]);
    let only = said.iter().chain(there.first()).any(just);
    let counted = trim(&there[usize::from(there.first().is_some_and(just))..]);
    if let Some((number, things)) = counted.split_first().filter(|(number, _)| only && number.is(Class::NUMBER))
        && is_thing(things)
    {
        return Some(vec![Draft::of(EditOp::Count, &noun(things, false)).content(number.text).sure(STATED)]);
    }
    Some(exist(there))
}

/// Something that should be there, or no longer.
fn exist(tokens: &[Token<'_>]) -> Vec<Draft> {
    let rest = trim(tokens);
    match rest.first() {
        Some(no) if no.one_of(&["no", "not", "nothing"]) => remove(&rest[1..]),
        // "too many people" are there already.
        Some(too) if too.word("too") && rest.get(1).is_some_and(|next| next.one_of(&["many", "much"])) => {
            let things = &rest[2..];
            let fewer = || Draft::of(EditOp::Count, &noun(things, false)).content("fewer").sure(0.7);
            is_thing(things).then(fewer).into_iter().collect()
        }
        // "fewer people" are not new.
        Some(less) if less.one_of(&["fewer", "less"]) && is_thing(&rest[1..]) => {
            vec![Draft::of(EditOp::Count, &noun(&rest[1..], false)).content("fewer").sure(STATED)]
        }
        Some(_) => add_all(rest).into_iter().map(|draft| draft.sure(STATED)).collect(),
        None => Vec::new(),
    }
}

/// Every opening, for tests that put them in random order.
#[cfg(test)]
pub(super) fn vocabulary() -> impl Iterator<Item = &'static str> {
    EXISTENCE.all().chain(ABSENCE.all())
}
