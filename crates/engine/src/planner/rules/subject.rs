//! Finds where the subject of a sentence ends and its predicate begins.

use super::lexicon::{Class, colour, is_noun_in_ing, is_thing_by_name};
use super::normalise::{Kind, Token};
use tie_core::words::is_plural;

/// Verbs that take a bare noun ("wear glasses"), recognised without an article.
const TRANSITIVE: &[&str] = &[
    "wear", "hold", "have", "has", "eat", "contain", "show", "say", "carry", "read", "play", "ride", "drink",
    "display", "wears", "holds", "had", "wore", "held",
];

/// Words before a light that is a thing of its own.
const LAMPS: &[&str] = &["traffic", "street", "stop", "ceiling", "night", "porch", "tail", "head", "signal", "warning"];

/// Parts a sentence where its subject ends; the predicate is empty if none shows.
pub(super) fn split_subject<'t>(tokens: &'t [Token<'t>]) -> (&'t [Token<'t>], &'t [Token<'t>]) {
    let Some(first) = tokens.first() else { return (tokens, tokens) };
    let pronoun = first.is(Class::PRONOUN)
        && tokens
            .get(1)
            .is_none_or(|next| !first.is(Class::DETERMINER) && !first.is(Class::POSSESSIVE) || !may_be_noun(next));
    // "everything but the dog"
    let limited =
        first.word("everything") && tokens.get(1).is_some_and(|next| next.one_of(&["but", "except", "besides"]));
    if pronoun && !limited {
        return tokens.split_at(1);
    }
    let begins = (1..tokens.len()).find(|at| begins_predicate(tokens, *at));
    if let Some(at) = begins {
        return tokens.split_at(at);
    }
    let quality = trailing_quality(tokens);
    // "the zebra bent over a pile", "the man holding a cup": a participle begins the predicate only if nothing else
    // does.
    let participle = (1..quality).find(|at| {
        !tokens[at - 1].is(Class::DETERMINER) && !is_thing_by_name(tokens, *at) && participle_phrase(&tokens[*at..])
    });
    tokens.split_at(participle.unwrap_or(quality))
}

/// "in focus", "out of focus"
fn ends_about_focus(tokens: &[Token<'_>]) -> bool {
    match tokens {
        [into, focus] => into.word("in") && focus.word("focus"),
        [out, of, focus] => out.word("out") && of.word("of") && focus.word("focus"),
        _ => false,
    }
}

/// "and warmer": this is about the thing's light, not the thing.
fn lists_light(tokens: &[Token<'_>]) -> bool {
    tokens.first().is_some_and(|and| and.one_of(&["and", "but"]) || and.kind == Kind::Comma)
        && tokens.iter().skip(1).take(2).any(|next| next.is(Class::LIGHT) && !next.is(Class::COLOUR))
}

fn participle_phrase(tokens: &[Token<'_>]) -> bool {
    let object = |next: &Token<'_>| {
        next.is(Class::PLACE) || next.is(Class::DETERMINER) || next.is(Class::PRONOUN) || next.word("with")
    };
    tokens.first().is_some_and(is_participle) && tokens.get(1).is_some_and(object)
}

fn may_be_noun(token: &Token<'_>) -> bool {
    token.kind == Kind::Word
        && !(token.is(Class::ACTION)
            || token.is(Class::POSTURE)
            || token.is(Class::BE)
            || token.is(Class::MODAL)
            || token.is(Class::INDEFINITE))
}

fn begins_predicate(tokens: &[Token<'_>], at: usize) -> bool {
    let (before, token, next) = (&tokens[at - 1], &tokens[at], tokens.get(at + 1));
    let after_noun = before.kind == Kind::Word
        && !before.is(Class::DETERMINER)
        && !before.is(Class::PLACE)
        && !before.is(Class::BINDS)
        && !before.is(Class::NUMBER);
    if token.is(Class::BE)
        || token.is(Class::MODAL) && !token.one_of(&["can", "will"])
        || token.one_of(&["not", "made", "look"])
    {
        return after_noun || token.is(Class::BE);
    }
    if !after_noun {
        return false;
    }
    let object = next.is_none_or(|next| {
        next.kind != Kind::Word
            || next.is(Class::DETERMINER)
            || next.is(Class::PRONOUN)
            || next.is(Class::PLACE)
            || next.is(Class::NUMBER)
            || next.lower.ends_with("ly")
            || next.one_of(&["to", "up", "down", "out", "close", "like", "as", "with"])
    });
    let verb = token.is(Class::ACTION) || token.is(Class::POSTURE);
    // "bigger than the cat", "as red as the car"
    let compared = next.is_some_and(|next| next.word("than")) && token.kind == Kind::Word
        || token.word("as") && tokens.get(at + 2).is_some_and(|as_| as_.word("as"));
    if compared {
        return true;
    }
    let adjective_before = before.is(Class::COLOUR_LIKE) && !before.is(Class::MATERIAL) && at == 1;
    verb && !adjective_before && (object || token.one_of(TRANSITIVE))
        || token.one_of(&["a", "an"]) && !before.lower.ends_with("ing")
        || token.is(Class::DEGREE) && at > 1 && !token.one_of(&["light", "little", "just"])
        || token.word("to")
            && next.is_some_and(|next| next.is(Class::ACTION) || next.is(Class::POSTURE) || next.is(Class::BE))
        || token.word("into")
        || ends_about_focus(&tokens[at..])
        || token.is(Class::LIGHT) && lists_light(&tokens[at + 1..])
        || token.kind == Kind::Word
            && token.word("in")
            && next.is_some_and(|next| colour(&next.lower).is_some() || next.is(Class::SHADE))
            // "the player in white should jump": so it is found.
            && !tokens[at..].iter().take(12).any(|token| token.is(Class::MODAL) || token.is(Class::BE))
}

/// Where the last words about how the subject should be begin: "the car | red".
fn trailing_quality(tokens: &[Token<'_>]) -> usize {
    let says_how = |token: &Token<'_>| {
        token.is(Class::COLOUR_LIKE) && !token.is(Class::POSITION)
            || token.is(Class::MATERIAL)
            || token.is(Class::LIGHT)
            || token.is(Class::DEGREE)
            || colour(&token.lower).is_some()
            || token.lower.len() > 4
                && (token.lower.ends_with("ed") || token.lower.ends_with("ing"))
                && !is_noun_in_ing(&token.lower)
    };
    let determiners = tokens.iter().take_while(|token| token.is(Class::DETERMINER)).count();
    // "the red square green": the colour before the noun is the noun's, so the subject has at least two words.
    let adjectives = tokens[determiners..]
        .windows(3)
        .take_while(|three| {
            colour(&three[0].lower).is_some() && colour(&three[1].lower).is_none() && !three[1].is(Class::DEGREE)
        })
        .count();
    let nouns = determiners + adjectives + 1;
    let mut at = tokens.len();
    while at > nouns {
        let token = &tokens[at - 1];
        let and = token.kind == Kind::Comma || token.one_of(&["and", "&"]);
        let joins = and && at < tokens.len() && (says_how(&tokens[at - 2]) || tokens[at - 2].kind == Kind::Comma);
        // "the traffic light" is not traffic.
        let lamp = token.word("light") && tokens[at - 2].one_of(LAMPS);
        if !(says_how(token) || joins) || lamp {
            break;
        }
        at -= 1;
    }
    // A preposition's noun is not an adjective: "the cup on the wood".
    while at < tokens.len()
        && at > 0
        && (tokens[at - 1].is(Class::PLACE) || tokens[at - 1].is(Class::DETERMINER))
        && at > nouns
    {
        at += 1;
    }
    at
}

/// The place of a verb that need not be in a table, in what follows "let" or "have": after a noun, and before nothing,
/// an object or a preposition. A noun stands there only in a compound ("the coffee mug on the table"), which needs more
/// than the place to rule out.
pub(super) fn bare_verb(tokens: &[Token<'_>]) -> Option<usize> {
    const SUFFIXES: &[&str] =
        &["s", "ing", "ed", "ly", "less", "ful", "ous", "ish", "ic", "ive", "able", "en", "ier", "iest", "'s", "al"];
    let first = tokens.first()?;
    // "an alien peek through the window": nothing is named by where it moves.
    if let [a, thing, verb, way, _, ..] = tokens
        && a.one_of(&["a", "an"])
        && thing.class == Class::default()
        && verb.class == Class::default()
        && way.one_of(&["through", "past", "over", "across", "toward", "towards", "into", "along"])
    {
        return Some(2);
    }
    if !(first.is(Class::DEFINITE) || first.is(Class::POSSESSIVE)) {
        return None;
    }
    let said = split_subject(tokens).1;
    let known = |token: &Token<'_>| {
        token.is(Class::MODAL)
            || token.is(Class::BE)
            || token.is(Class::ACTION)
            || token.is(Class::POSTURE)
            || token.one_of(&["not", "to", "made", "into", "look"])
    };
    if said.first().is_some_and(known) || first.is(Class::PRONOUN) && tokens.len() < 3 {
        return None;
    }
    let many = |token: &Token<'_>| is_plural(&token.lower) || token.is(Class::ANIMATE);
    let doing =
        |token: &Token<'_>| token.is(Class::POSTURE) && !token.one_of(&["face", "wave", "stand", "rest", "bow"]);
    (2..tokens.len().min(12)).find(|at| {
        let (before, verb, behind) = (&tokens[at - 1], &tokens[*at], &tokens[at + 1..]);
        // "the crowd behind her | cheer"
        let noun_ends = before.kind == Kind::Word
            && (before.class == Class::default() || before.is(Class::ANIMATE) || before.is(Class::PRONOUN) && *at > 2);
        let bare = verb.kind == Kind::Word
            && (verb.class == Class::default()
                || verb.is(Class::ACTION)
                || verb.is(Class::POSTURE)
                || verb.word("rear"))
            && !SUFFIXES.iter().any(|suffix| verb.lower.ends_with(suffix));
        let goes_on = match behind {
            [] => true,
            [next, ..] if next.is(Class::DETERMINER) || next.is(Class::PRONOUN) => true,
            [next, ..] if next.one_of(&["up", "down", "away", "together", "and"]) => next.kind == Kind::Word,
            [next] if doing(verb) && (next.is(Class::COLOUR_LIKE) || next.lower.ends_with("er")) => true,
            [next, ..] if doing(verb) && next.is(Class::PLACE) => true,
            [next, ..] if next.is(Class::PLACE) || next.one_of(&["to", "with", "like"]) => many(before),
            // "wave little flags", "shake hands"
            [.., last] => behind.len() < 4 && many(before) && is_plural(&last.lower) && said.is_empty(),
        };
        noun_ends && bare && goes_on
    })
}

pub(super) fn is_participle(token: &Token<'_>) -> bool {
    token.lower.len() > 4 && (token.lower.ends_with("ing") || token.lower.ends_with("ed"))
        || token.one_of(&["hung", "seen", "shown", "bent", "made", "worn"])
}
