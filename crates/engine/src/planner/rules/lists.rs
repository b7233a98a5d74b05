//! Lists that share a verb: "remove the cup and the spoon", "make the car red and the house blue".

use super::lexicon::{BINOMIALS, Class};
use super::normalise::{Kind, Token};
use super::phrase::trim;
use tie_core::words::is_plural;

/// Splits a verb's objects where each part is complete; an incomplete part belongs to the one before it.
///
/// With `bare`, nouns without an article also split ("the cup and spoon"), but never fixed pairs or adjectives.
pub(super) fn parts<'t>(
    tokens: &'t [Token<'t>],
    bare: bool,
    complete: impl Fn(&[Token<'_>]) -> bool,
) -> Vec<&'t [Token<'t>]> {
    part_at(tokens, bare, BINDING, complete)
}

/// Like [`parts`], of pairs: "the cat with a dog and the dog with a cat".
pub(super) fn pairs<'t>(tokens: &'t [Token<'t>], complete: impl Fn(&[Token<'_>]) -> bool) -> Vec<&'t [Token<'t>]> {
    part_at(tokens, false, &BINDING[..2], complete)
}

/// Behind these words a list belongs to the noun before: "between the cat and the dog", "wearing a hat and a coat".
const BINDING: &[&str] =
    &["between", "among", "with", "wearing", "holding", "containing", "including", "carrying", "who", "which", "whose"];

fn part_at<'t>(
    tokens: &'t [Token<'t>],
    bare: bool,
    binding: &[&str],
    complete: impl Fn(&[Token<'_>]) -> bool,
) -> Vec<&'t [Token<'t>]> {
    let mut out = Vec::new();
    let (mut start, mut part, mut whole) = (0, 0, false);
    let mut bound = false;
    for at in 0..tokens.len() {
        bound |= tokens[at].one_of(binding);
        let Some(next) = joint(tokens, at).filter(|next| !bound && begins_item(tokens, at, *next, bare)) else {
            continue;
        };
        let here = complete(trim(&tokens[part..at]));
        whole |= here;
        let following = next_joint(tokens, next);
        if whole && complete(trim(&tokens[next..following])) {
            out.push(trim(&tokens[start..at]));
            start = next;
            whole = false;
        }
        part = next;
    }
    out.push(trim(&tokens[start..]));
    out.retain(|part| !part.is_empty());
    out
}

/// The token behind a comma, "and" or both at `at`.
fn joint(tokens: &[Token<'_>], at: usize) -> Option<usize> {
    let joins = |token: &Token<'_>| token.kind == Kind::Comma || token.one_of(&["and", "&", "plus", "or"]);
    if at == 0 || !joins(&tokens[at]) || joins(&tokens[at - 1]) {
        return None;
    }
    let length = tokens[at..].iter().take(3).take_while(|token| joins(token)).count();
    (at + length < tokens.len()).then_some(at + length)
}

fn next_joint(tokens: &[Token<'_>], from: usize) -> usize {
    // A bounded look: longer items are rare, and the bound keeps long texts linear.
    (from + 1..tokens.len().min(from + 40))
        .find(|at| joint(tokens, *at).is_some())
        .unwrap_or(tokens.len().min(from + 40))
}

fn begins_item(tokens: &[Token<'_>], at: usize, next: usize, bare: bool) -> bool {
    let (last, first) = (&tokens[at - 1], &tokens[next]);
    if first.is(Class::DETERMINER) || first.kind == Kind::Quote || first.is(Class::NUMBER) {
        return true;
    }
    // "a hat and sunglasses": a plural needs no article, so it is a thing of its own if nothing follows it.
    let ends = tokens
        .get(next + 1)
        .is_none_or(|after| after.kind != Kind::Word || after.is(Class::PLACE) || after.one_of(&["to", "and"]));
    if first.class == Class::default()
        && first.kind == Kind::Word
        && is_plural(&first.lower)
        && ends
        && with_article_before(tokens, at)
    {
        return true;
    }
    // "snow on the roof and icicles hanging from the gutter": what hangs there is another thing.
    let does = tokens.get(next + 1).is_some_and(|doing| doing.lower.len() > 5 && doing.lower.ends_with("ing"));
    if does && is_plural(&first.lower) && tokens.get(next + 2).is_some_and(|place| place.is(Class::PLACE)) {
        return true;
    }
    // "a cat on the rug and snow on the roof": an uncountable thing needs no article.
    let placed = tokens.get(next + 1).is_some_and(|place| place.is(Class::PLACE));
    let mass = first.is(Class::MASS) && !first.is(Class::COLOUR_LIKE) || first.one_of(&["writing", "lettering"]);
    if placed && mass && tokens[..at].iter().rev().take(6).any(|token| token.is(Class::PLACE)) {
        return true;
    }
    let adjective = Class::COLOUR_LIKE;
    bare && first.kind == Kind::Word
        && !last.is(adjective)
        && !first.is(adjective)
        && !first.is(Class::BINDS)
        && !first.is(Class::PLACE)
        && (tokens[at].kind == Kind::Word || next > at + 1 || !ends_soon(tokens, next))
        && !BINOMIALS.iter().any(|(a, b)| last.word(a) && first.word(b))
}

/// Whether the part before a joint began with an article, so that it is a whole thing: "a hat and", not "salt and".
fn with_article_before(tokens: &[Token<'_>], at: usize) -> bool {
    let from = tokens[..at].iter().rev().take(4).take_while(|token| token.kind == Kind::Word);
    from.clone().any(|token| token.is(Class::INDEFINITE)) && !BINOMIALS.iter().any(|(_, b)| tokens[at + 1].word(b))
}

/// A single last word behind a comma only says more: "in the mirror, background".
fn ends_soon(tokens: &[Token<'_>], next: usize) -> bool {
    next + 1 >= tokens.len()
}

#[cfg(test)]
mod tests {
    use super::super::normalise::{join, tokens};
    use super::*;

    fn texts(text: &str, bare: bool) -> Vec<String> {
        let tokens = tokens(text);
        parts(&tokens, bare, |part| !part.is_empty()).into_iter().map(join).collect()
    }

    #[test]
    fn articles_part_lists() {
        assert_eq!(texts("the cup, the spoon, and the plate", false), ["the cup", "the spoon", "the plate"]);
        assert_eq!(texts("the cup and spoon", true), ["the cup", "spoon"]);
    }

    #[test]
    fn fixed_pairs_and_adjectives_stay_together() {
        for text in [
            "the salt and pepper shaker",
            "paper black and white magazine",
            "the red and white cup",
            "the man between the cat and the dog",
        ] {
            assert_eq!(texts(text, true).len(), 1, "{text}");
        }
    }
}
