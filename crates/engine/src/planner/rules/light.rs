//! Changes of light and colour in the few words an adjusting engine reads: "slightly brighter", "much more contrast".

use super::lexicon::{ADJUSTMENTS, Class, OPPOSITES};
use super::normalise::Token;

/// The adjustment that the tokens name, if they name nothing else.
pub(super) fn adjustment(tokens: &[Token<'_>]) -> Option<String> {
    if tokens.len() > 8 {
        return None;
    }
    let mut name = None;
    let mut black = false;
    for token in tokens {
        if token.word("black") {
            black = true;
        } else if black && token.one_of(&["white", "and", "&"]) {
            name = token.word("white").then_some("black and white").or(name);
        } else if token.is(Class::LIGHT) {
            name = named(token).or(name);
        } else if !(token.is(Class::DEGREE)
            || token.one_of(&["a", "and", "the", "be", "look", "in", "into", "out", "of", "focus"]))
        {
            return None;
        }
    }
    let focus = || match tokens {
        [.., of, focus] if focus.word("focus") && of.word("of") => Some("blurred"),
        [.., into, focus] if focus.word("focus") && into.one_of(&["in", "into"]) => Some("sharper"),
        _ => None,
    };
    let name = name.or_else(focus)?;
    // "black" alone, or "black" beside another word, is a colour.
    (!black || name == "black and white").then(|| intensity(tokens, name))
}

/// A noun of light ("brightness") or an adjective ("brighter"), as an adjustment towards more.
pub(super) fn named(token: &Token<'_>) -> Option<&'static str> {
    ADJUSTMENTS.iter().find(|(words, _)| words.split(' ').any(|word| token.word(word))).map(|(_, name)| *name)
}

/// The opposite adjustment.
pub(super) fn opposite(name: &'static str) -> &'static str {
    OPPOSITES.iter().find(|(from, _)| *from == name).map_or(name, |(_, to)| to)
}

/// Whether "touch", "tad" or the like means "slightly" here: "a hair darker", but not "darken the hair".
pub(super) fn is_trifle(tokens: &[Token<'_>], at: usize) -> bool {
    let Some(token) = tokens.get(at) else { return false };
    let after_a = at.checked_sub(1).is_some_and(|before| tokens[before].word("a"));
    token.one_of(&["touch", "tad", "smidge"]) || token.word("hair") && after_a
}

/// The adjustment with how much of it the tokens ask for.
pub(super) fn intensity(tokens: &[Token<'_>], name: &'static str) -> String {
    let has = |words: &[&str]| tokens.iter().any(|token| token.one_of(words));
    // "too dark" is a complaint, "darker too" is not.
    let too = tokens.windows(2).any(|pair| pair[0].word("too") && pair[1].is(Class::LIGHT));
    let name = if has(&["less"]) || too { opposite(name) } else { name };
    let slightly = has(&["slightly", "bit", "little", "somewhat", "subtly", "lightly"]);
    if slightly || (0..tokens.len()).any(|at| is_trifle(tokens, at)) {
        format!("slightly {name}")
    } else if has(&[
        "much",
        "very",
        "lot",
        "far",
        "way",
        "significantly",
        "considerably",
        "really",
        "extremely",
        "strongly",
        "heavily",
    ]) {
        format!("much {name}")
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::super::normalise::tokens;
    use super::*;

    #[test]
    fn adjustments_are_normalised() {
        for (text, expected) in [
            ("brighter", Some("brighter")),
            ("a bit darker", Some("slightly darker")),
            ("much more saturated", Some("much more saturated")),
            ("less contrast", Some("less contrast")),
            ("less vivid", Some("less saturated")),
            ("black and white", Some("black and white")),
            ("greyscale", Some("black and white")),
            ("out of focus", Some("blurred")),
            ("in focus", Some("sharper")),
            ("less blurry", Some("sharper")),
            ("too dark", Some("brighter")),
            ("less exposure", Some("less exposure")),
            ("bright red", None),
            ("black", None),
            ("a cat", None),
        ] {
            assert_eq!(adjustment(&tokens(text)).as_deref(), expected, "{text}");
        }
    }
}
