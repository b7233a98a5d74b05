//! Stage 2, clauses: where one request ends and the next begins.
//!
//! A full stop always separates two requests; a comma or "and" only if a request begins after it, so that lists stay
//! whole.

use super::lexicon::Class;
use super::normalise::{Kind, Token};
use super::verbs::{Found, Frame, Phrases, find, find_form, is_plain_verb, is_verb};
use std::sync::LazyLock;

/// One request's tokens, without joining words and courtesies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clause<'t> {
    pub tokens: &'t [Token<'t>],
    /// Follows a full stop or the text's start, so it must stand on its own.
    pub strong: bool,
    /// Says what must stay the same.
    pub keep: bool,
}

/// Ways to begin a request that change nothing in it.
static LEAD_INS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "can you",
        "could you",
        "would you",
        "will you",
        "can we",
        "could we",
        "i want you to",
        "i want to",
        "i want",
        "i would like you to",
        "i would like to",
        "i would like",
        "i would love",
        "i need you to",
        "i need to",
        "i need",
        "i wish",
        "we want",
        "we need",
        "let us",
        "lets",
        "go ahead and",
        "go ahead",
        "try to",
        "make sure that",
        "make sure",
        "make it so that",
        "make it so",
        "please",
        "kindly",
        "maybe",
        "perhaps",
        "first",
        "help me",
        "you should",
        "we should",
        "you can",
        "you could",
        "how about we",
        "how about you",
        "how about",
        "what about",
        "hey",
        "hi",
        "hello",
        "ok",
        "okay",
        "now",
        "so",
        "just",
        "also",
        "then",
        "and",
        "finally",
        "lastly",
        "i think",
        "i think that",
        "let us see",
        "let me see",
        "is it possible to",
        "would it be possible to",
        "would not it be nicer if",
        "would not it be nice if",
        "would not it be better if",
        "would it be nicer if",
        "would it be better if",
        "it would be nice if",
        "it would be nicer if",
        "it would be better if",
        "it would be great if",
        "would not you",
        "could not you",
        "why not",
        "why do not we",
        "why do not you",
        "what if we",
        "what if you",
        "what if i",
        "in the image",
        "in this image",
        "in the photo",
        "in the picture",
        "simply",
        "to",
        "thanks",
        "but",
        "after that",
        "oh",
        "ah",
        "well",
        "um",
        "uh",
        "actually",
        "possibly",
        "btw",
        "by the way",
        "if possible",
        "if you can",
        "if you could",
        "if you would",
        "if you do not mind",
        "while you are at it",
        "i guess",
        "i would also like you to",
        "i would also like to",
        "i would also like",
        "i also want you to",
        "i also want to",
        "i also want",
        "you might",
        "you might want to",
        "you may want to",
        "you may",
        "we could",
        "we might",
        "feel free to",
        "i was wondering if you could",
        "i wonder if you could",
        "do you think you could",
        "is there any way to",
        "any chance you could",
        "it would be cool if",
        "it would be lovely if",
        "it might be nice if",
        "it would be nice to",
        "it would be great to",
        "it would be cool to",
        "it might be nice to",
        "it would be good to",
        "it would be good if",
        "it would be better to",
        "would be nice to",
        "might be nice to",
        "pls",
        "plz",
    ])
});

/// Openings of a sentence about how things should be.
static WISHES: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "what if",
        "there should",
        "there is",
        "there are",
        "there must",
        "there needs",
        "it should",
        "can it",
        "could it",
    ])
});

/// Words at the end of a request that change nothing in it.
const TAILS: &[&str] = &[
    "please", "too", "also", "instead", "thanks", "and", "then", "but", "well", "as", "though", "maybe", "perhaps",
    "possibly", "pls", "plz", "thx",
];

/// Longer courtesies at the end of a request.
const COURTESIES: &[&str] = &[
    "if possible",
    "if you can",
    "if you could",
    "if you would",
    "if you like",
    "if you want",
    "if that is possible",
    "if it is possible",
    "if that is ok",
    "if you do not mind",
    "as soon as possible",
    "thank you",
    "thank you so much",
    "thank you very much",
    "in advance",
    "for me",
    "for us",
    "so much",
    "at all",
];

/// The number of tokens before `words`, if `tokens` end with them and start with something else.
fn ends_with(tokens: &[Token<'_>], words: &str) -> Option<usize> {
    let last = words.rsplit(' ').next()?;
    tokens.last().filter(|token| token.word(last))?;
    let before = tokens.len().checked_sub(words.split(' ').count()).filter(|before| *before > 0)?;
    super::verbs::begins_with(&tokens[before..], words).map(|_| before)
}

/// Longer courtesies are not recognised; the bound keeps the time linear.
const LONGEST_LEAD_IN: usize = 16;

/// Longest look ahead for the verb of a statement, in tokens.
const STATEMENT: usize = 14;

/// Splits tokens into clauses, in time linear in their number.
pub(super) fn split<'t>(tokens: &'t [Token<'t>]) -> Vec<Clause<'t>> {
    let mut out: Vec<Clause<'t>> = Vec::new();
    let (mut start, mut strong, mut keep) = (0, true, starts_keep(&tokens[lead_in(tokens)..]));
    // "Removing the cup and adding a hat": joined requests have the same form.
    let mut forms = find_form(&tokens[lead_in(tokens)..]).is_some();
    let mut at = 0;
    while at < tokens.len() {
        let Some(gap) = separator(&tokens[at..]) else {
            if runs_on(&tokens[start..at], &tokens[at..]) {
                push(&mut out, &tokens[start..at], strong, keep);
                (start, strong, keep) = (at, true, starts_keep(&tokens[at..]));
            }
            at += 1;
            continue;
        };
        let next = at + gap.length;
        let rest = &tokens[next..];
        let rest_keep = starts_keep(&rest[lead_in(rest)..]);
        let form = || find_form(&rest[lead_in(rest)..]).is_some();
        let unknown = unknown_verb(&tokens[start..at], rest) || absence(&tokens[start..at], rest);
        let request = starts_request(rest) || forms && form() || unknown;
        let inside_keep = keep && !gap.strong && !ends_keep(&tokens[start..at]) && !request;
        if !inside_keep && (gap.strong || rest_keep || request) {
            forms = form();
            push(&mut out, &tokens[start..at], strong, keep);
            // "… and I want a cat" stands on its own as well.
            let wished = rest.first().is_some_and(|first| first.one_of(&["i", "we"]));
            (start, strong, keep) = (next, gap.strong || wished || unknown, rest_keep);
        }
        at = next.max(at + 1);
    }
    push(&mut out, &tokens[start..], strong, keep);
    out
}

fn push<'t>(out: &mut Vec<Clause<'t>>, tokens: &'t [Token<'t>], strong: bool, keep: bool) {
    let mut tokens = &tokens[lead_in(tokens)..];
    while let Some((last, rest)) = tokens.split_last() {
        let courtesy = COURTESIES.iter().find_map(|words| ends_with(tokens, words));
        tokens = match courtesy {
            Some(before) => &tokens[..before],
            None if matches!(last.kind, Kind::Comma | Kind::Stop) || last.one_of(TAILS) => rest,
            None => break,
        };
    }
    if !tokens.is_empty() {
        out.push(Clause { tokens, strong, keep });
    }
}

struct Gap {
    length: usize,
    strong: bool,
}

/// A run of marks and joining words, if one begins here.
fn separator(tokens: &[Token<'_>]) -> Option<Gap> {
    let mut gap = Gap { length: 0, strong: false };
    while let Some(token) = tokens.get(gap.length) {
        let opens = matches!(token.kind, Kind::Comma | Kind::Stop)
            || token.one_of(&["and", "then", "but", "plus", "also", "&", "while"]);
        let next_to = token.one_of(&["next"]) && tokens.get(gap.length + 1).is_some_and(|next| next.word("to"));
        if !(opens || gap.length > 0 && token.is(Class::JOIN) && !next_to) {
            break;
        }
        gap.strong |= token.kind == Kind::Stop || token.word("then") || token.word("finally");
        gap.length += 1;
    }
    if gap.length == 0 {
        let without = tokens.first().is_some_and(|token| token.one_of(&["without", "keeping", "except"]));
        return (without && starts_keep(tokens)).then_some(gap);
    }
    Some(gap)
}

/// The number of courtesy tokens at the start of a clause.
fn lead_in(tokens: &[Token<'_>]) -> usize {
    let mut at = 0;
    while at < LONGEST_LEAD_IN
        && let Some(rest) = tokens.get(at..)
        && let Some(first) = rest.first()
    {
        // "Can we have", "I want to", "to": courtesies only if something follows.
        let length = match LEAD_INS.longest(rest) {
            Some(length) if length < rest.len() || first.one_of(TAILS) => length,
            _ if matches!(first.kind, Kind::Comma | Kind::Stop) => 1,
            _ => break,
        };
        at += length;
    }
    at
}

/// Whether a request begins here, after a comma or "and".
fn starts_request(tokens: &[Token<'_>]) -> bool {
    let skipped = lead_in(tokens);
    let rest = &tokens[skipped..];
    let asked =
        tokens.first().is_some_and(|token| token.one_of(&["can", "could", "would", "let", "i", "what", "make"]));
    if skipped > 1 && asked && !rest.is_empty() {
        return true;
    }
    match find(rest, false) {
        Some(found) if found.frame == Frame::Keep => return limits(rest),
        Some(found) => return rest.len() > found.length,
        None => {}
    }
    WISHES.longest(rest).is_some() || states(rest)
}

/// Whether a verb that is in no table begins a request after another one: "remove the lint and fix the collar".
///
/// Only a verb stands right before an article without a preposition; but after "let" or "who" it describes the subject.
fn unknown_verb(before: &[Token<'_>], tokens: &[Token<'_>]) -> bool {
    let tokens = &tokens[lead_in(tokens)..];
    let [verb, object, _, ..] = tokens else { return false };
    let bare = verb.kind == Kind::Word
        && verb.class == Class::default()
        && verb.lower.len() > 2
        && !verb.one_of(&["not", "nor", "never"])
        && !["s", "ing", "ed", "ly"].iter().any(|end| verb.lower.ends_with(end));
    let before = &before[lead_in(before)..];
    let named = |frame| !matches!(frame, Frame::Let | Frame::Make | Frame::Give | Frame::Keep);
    bare && (object.is(Class::DETERMINER) || object.one_of(&["off", "out", "away", "down"]))
        && !before.iter().rev().take(STATEMENT).any(|token| token.is(Class::BINDS))
        && find(before, true).is_some_and(|found| named(found.frame))
}

/// Whether something should be absent, after what should be there: "a spider on the pillow and no blanket".
fn absence(before: &[Token<'_>], tokens: &[Token<'_>]) -> bool {
    let without = |token: &Token<'_>| token.is(Class::BINDS) || token.one_of(&["no", "not"]);
    tokens.len() > 1 && tokens[0].word("no") && !before.iter().rev().take(STATEMENT).any(without)
}

/// Whether a statement of what should be begins here: "a cat should be …".
fn states(tokens: &[Token<'_>]) -> bool {
    let subject = |token: &Token<'_>| token.is(Class::DETERMINER) || token.is(Class::PRONOUN);
    // "a dog that could be his friend" is one thing.
    let goes_on = |token: &&Token<'_>| token.kind == Kind::Word && !token.one_of(&["who", "that", "which", "whose"]);
    let mut said = tokens.iter().take(STATEMENT).skip(1).take_while(goes_on);
    tokens.first().is_some_and(subject) && said.any(|token| token.one_of(STATES))
}

/// Words that say what a subject should do.
const STATES: &[&str] = &["should", "must", "needs", "could", "might", "would", "may", "ought"];

/// Whether a request begins here without any joint: "brighten the photo remove the man on the left".
///
/// Hurried writers do so. It takes a verb that is not also a noun, with an object after it, where the request before is
/// complete and nothing in it could do what the verb says.
fn runs_on(before: &[Token<'_>], tokens: &[Token<'_>]) -> bool {
    let (Some(verb), Some(last)) = (tokens.first(), before.last()) else { return false };
    let ends = last.kind == Kind::Quote || last.kind == Kind::Word && !last.is(Class::FUNCTION);
    let is_free = ends && !last.one_of(&["to", "not", "please", "or", "as", "than"]) && !last.lower.ends_with("'s");
    let small = |token: &Token<'_>| token.text.starts_with(char::is_lowercase);
    if !is_free
        || !(is_plain_verb(verb) || small(last) && !small(verb) && is_verb(verb))
        || verb.one_of(&["have", "let", "take", "use", "type", "lose", "remain", "fill"])
    {
        return false;
    }
    let Some(found) = find(tokens, false).filter(|found| !found.misspelt) else { return false };
    // "… the door Change background to Earth": a capital begins a sentence as well.
    let writes = before.iter().rev().take(STATEMENT).any(|token| token.kind == Kind::Quote || token.one_of(WRITES));
    let capital = small(last) && !small(verb) && !writes && tokens.len() > found.length;
    let bare = capital || !writes && verb.one_of(ONLY_VERBS);
    let object = tokens.get(found.length).is_some_and(|next| {
        let named = next.kind == Kind::Word && !next.is(Class::FUNCTION) && !next.word("to");
        next.kind == Kind::Quote || next.is(Class::DETERMINER) || next.is(Class::PRONOUN) || bare && named
    });
    let before = &before[lead_in(before)..];
    let acts = before.iter().rev().take(STATEMENT).any(|token| token.one_of(&["who", "that", "which", "let", "have"]));
    // "zoom in on the man remove the background": whatever the first verb asks for.
    let unknown = before.len() > 2
        && before[0].class == Class::default()
        && matches!(found.frame, Frame::Remove | Frame::Replace | Frame::Add);
    let known = find(before, true).map_or(unknown, |first| match first.frame {
        // "make the man remove his hat", "make the sky blue remove the man"
        Frame::Make => last.is(Class::COLOUR_LIKE) || last.is(Class::LIGHT) || last.is(Class::MATERIAL),
        Frame::Let | Frame::Keep => false,
        _ => before.len() > first.length,
    });
    object && !acts && known
}

/// Verbs that are never nouns, so that a bare noun can be their object.
const ONLY_VERBS: &[&str] = &[
    "remove", "delete", "erase", "add", "insert", "replace", "brighten", "darken", "lighten", "sharpen", "increase",
    "decrease", "reduce",
];

/// Writing can look like a request.
const WRITES: &[&str] =
    &["say", "says", "saying", "text", "word", "words", "title", "caption", "read", "reads", "write"];

fn starts_keep(tokens: &[Token<'_>]) -> bool {
    if subject_that_stays(tokens).is_some() {
        return true;
    }
    let rest = &tokens[usize::from(tokens.first().is_some_and(|token| token.word("but")))..];
    find(rest, false).is_some_and(|found| {
        let keeps = found.frame == Frame::Keep || found.frame == Frame::Limit && stays(rest);
        keeps && rest.len() > found.length && !limits(rest)
    })
}

/// Words that say that their subject is kept.
pub(super) const STAYS: &[&str] = &["stay", "stays", "remain", "remains"];

/// They say so with a verb after them, or that nothing of the kind may happen.
pub(super) const MUST: &[&str] = &["must", "should", "shall", "has", "have", "needs", "need", "can", "may"];

/// What must not happen to things that are kept.
pub(super) const HAPPENS: &[&str] = &["change", "changed", "touched", "altered", "edited", "modified", "affected"];

/// The subject that "must stay as it is" or "should not change", and its state; the subject begins with "the" or "her".
pub(super) fn subject_that_stays<'t>(tokens: &'t [Token<'t>]) -> Option<(&'t [Token<'t>], &'t [Token<'t>])> {
    /// Longest subject, in tokens.
    const LONGEST: usize = 8;
    let first = tokens.first()?;
    if !(first.is(Class::DEFINITE) || first.is(Class::POSSESSIVE)) {
        return None;
    }
    let is_subject = |token: &&Token<'_>| token.kind == Kind::Word && !token.one_of(&["that", "which", "who", "where"]);
    let length = tokens.iter().take(LONGEST).take_while(is_subject).count();
    let at = (1..length).find(|&at| tokens[at].one_of(STAYS) || tokens[at].one_of(MUST))?;
    let is = |at: usize, words: &[&str]| tokens.get(at).is_some_and(|token| token.one_of(words));
    let verb = if is(at, STAYS) { at } else { at + 1 + usize::from(is(at + 1, &["to"])) };
    let not = is(verb, &["not", "never"]);
    let is_kept = is(verb, STAYS) || not && is(verb + 1 + usize::from(is(verb + 1, &["be"])), HAPPENS);
    let state = tokens.get(verb + 1..).filter(|_| !not).unwrap_or_default();
    (at > 1 && is_kept).then(|| (&tokens[..at], state))
}

/// "keep one chair": that many should be left, which is an edit, unless it says that they stay as they are.
fn limits(tokens: &[Token<'_>]) -> bool {
    let counts = |found: &Found| tokens.get(found.length).is_some_and(|next| next.is(Class::NUMBER));
    find(tokens, false).is_some_and(|found| counts(&found) && tokens.len() > found.length + 1) && !stays(tokens)
}

/// Whether the words close a list of things that stay as they are.
fn stays(tokens: &[Token<'_>]) -> bool {
    let word = |token: &&Token<'_>| token.kind == Kind::Word;
    tokens.iter().take(STATEMENT).take_while(word).any(|token| token.one_of(KEPT))
}

/// Whether a list of things to keep is complete: "… unchanged".
fn ends_keep(tokens: &[Token<'_>]) -> bool {
    tokens.last().is_some_and(|token| token.one_of(KEPT))
}

/// Words that close a list of things to keep.
pub(super) const KEPT: &[&str] =
    &["unchanged", "untouched", "intact", "alone", "same", "is", "are", "unaltered", "unedited"];

/// Every opening, for tests that put them in random order.
#[cfg(test)]
pub(super) fn vocabulary() -> impl Iterator<Item = &'static str> {
    LEAD_INS.all().chain(WISHES.all()).chain(TAILS.iter().copied()).chain(KEPT.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::super::normalise::{join, tokens};
    use super::*;

    fn parts(text: &str) -> Vec<String> {
        let tokens = tokens(text);
        split(&tokens)
            .iter()
            .map(|clause| format!("{}{}", if clause.keep { "keep: " } else { "" }, join(clause.tokens)))
            .collect()
    }

    #[test]
    fn requests_part_at_every_kind_of_joint() {
        let both = ["remove the cup", "add a cat"];
        for text in [
            "remove the cup and add a cat",
            "Please remove the cup, and finally add a cat.",
            "remove the cup. add a cat",
            "remove the cup; add a cat!",
            "remove the cup, then please add a cat too",
            "Could you remove the cup and also add a cat?",
        ] {
            assert_eq!(parts(text), both, "{text}");
        }
    }

    #[test]
    fn joined_requests_have_one_form() {
        assert_eq!(parts("removing the cup and adding a hat to the man").len(), 2);
        assert_eq!(parts("add a man who is reading a book and holding the cup").len(), 1);
        assert_eq!(parts("add a woman, moving the cart").len(), 1);
    }

    #[test]
    fn lists_stay_in_their_request() {
        assert_eq!(parts("remove the cup, the spoon and the plate").len(), 1);
        assert_eq!(parts("add a salt and pepper shaker").len(), 1);
        assert_eq!(parts("make the car red and the house blue").len(), 1);
    }

    #[test]
    fn what_must_stay_is_told_apart() {
        assert_eq!(
            parts("change the background to beach, keep the shirt, the hat and the dog unchanged, add a cat"),
            ["change the background to beach", "keep: keep the shirt, the hat and the dog unchanged", "add a cat"]
        );
        assert_eq!(
            parts("make it brighter but don't touch the sky"),
            ["make it brighter", "keep: do not touch the sky"]
        );
    }

    #[test]
    fn statements_begin_requests() {
        assert_eq!(parts("a cat should be on the mat, and also the dog should have a hat").len(), 2);
    }
}
