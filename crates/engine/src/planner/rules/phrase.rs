//! Stage 4, noun phrases: a thing, apart from its place.

use super::lexicon::{Class, colour, is_thing_by_name};
use super::normalise::{Kind, Token, join};
use super::verbs::is_plain_verb;

/// A noun phrase in its parts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Noun<'t> {
    /// Everything but the place, with its article.
    pub whole: &'t [Token<'t>],
    /// Without "the", "a", "all of the".
    pub core: &'t [Token<'t>],
    /// "on the wall", with its preposition; may be empty.
    pub place: &'t [Token<'t>],
}

impl Noun<'_> {
    /// As a few words without an article.
    pub(super) fn text(&self) -> String {
        join(self.core)
    }

    /// As something new, with its article, but never "the".
    pub(super) fn new_text(&self) -> String {
        match self.whole.first() {
            Some(first) if first.is(Class::DEFINITE) => join(self.core),
            _ => join(self.whole),
        }
    }

    /// Its place in words, if given.
    pub(super) fn place_text(&self) -> Option<String> {
        place_text(self.place)
    }

    /// The thing is not in the picture yet, judging by the article.
    pub(super) fn is_new(&self) -> bool {
        self.whole.first().is_some_and(|first| {
            let owner = first.lower.ends_with("'s")
                || first.is(Class::POSSESSIVE)
                || first.is(Class::DEFINITE)
                || first.is(Class::PRONOUN);
            first.is(Class::INDEFINITE) || first.is(Class::NUMBER) || !owner && self.core.len() == self.whole.len()
        })
    }

    /// Whether it only names the picture as a whole.
    pub(super) fn is_image(&self) -> bool {
        let words = self.core.iter().filter(|token| !token.one_of(&["whole", "entire", "full"]));
        words.clone().all(|token| token.is(Class::IMAGE)) && words.count() < 3
    }

    /// The last word before anything that only describes it.
    pub(super) fn head(&self) -> Option<&Token<'_>> {
        let bound = |token: &Token<'_>| token.is(Class::BINDS) || token.kind != Kind::Word;
        let end = self.core.iter().skip(1).position(bound).map_or(self.core.len(), |at| at + 1);
        self.core[..end].last()
    }
}

/// Takes a noun phrase apart; with `to`, "to X" says where as well ("add a hat to the man").
pub(super) fn noun<'t>(tokens: &'t [Token<'t>], to: bool) -> Noun<'t> {
    let tokens = trim(tokens);
    let article = article_length(tokens);
    let place = place_start(tokens, article, to).unwrap_or(tokens.len());
    Noun { whole: &tokens[..place], core: &tokens[article.min(place)..place], place: trim(&tokens[place..]) }
}

/// Without marks and commas at the ends.
pub(super) fn trim<'t>(mut tokens: &'t [Token<'t>]) -> &'t [Token<'t>] {
    let is_mark = |token: &Token<'_>| matches!(token.kind, Kind::Comma | Kind::Stop) || token.word("and");
    while tokens.first().is_some_and(is_mark) {
        tokens = &tokens[1..];
    }
    while let Some((last, rest)) = tokens.split_last()
        && is_mark(last)
    {
        tokens = rest;
    }
    tokens
}

/// The number of article tokens at the start of a phrase with a noun.
fn article_length(tokens: &[Token<'_>]) -> usize {
    let mut length = 0;
    while let Some(token) = tokens.get(length)
        && length + 1 < tokens.len()
        && length < 4
    {
        let of = length > 0 && token.word("of") && tokens[length - 1].one_of(&["all", "both", "each", "some"]);
        if !(of || token.is(Class::DEFINITE) || token.is(Class::INDEFINITE)) {
            break;
        }
        length += 1;
    }
    length
}

/// The token where the place begins, if it does.
fn place_start(tokens: &[Token<'_>], article: usize, to: bool) -> Option<usize> {
    for at in article + 1..tokens.len() {
        let token = &tokens[at];
        // A relative clause or "with …" describes the thing itself, so places in it belong to it too.
        if token.is(Class::BINDS) && !token.one_of(&["of", "between", "that"]) && !token.is(Class::PLACE) {
            let from = tokens[at..].iter().position(|token| token.word("from"));
            return from.map(|offset| at + offset);
        }
        // "a filter to make everything blurry" has no place.
        let aims = || to && token.word("to") && !tokens.get(at + 1).is_some_and(is_plain_verb);
        if begins_place(tokens, at) || aims() {
            let led = |token: &Token<'_>| {
                token.lower.len() > 5 && (token.lower.ends_with("ing") || token.lower.ends_with("ed"))
                    || token.one_of(&["visible", "seen", "hung", "tied", "lying", "stuck", "worn"])
            };
            let leads = at > article + 1 && led(&tokens[at - 1]) && !is_thing_by_name(tokens, at - 1);
            return Some(if leads { at - 1 } else { at });
        }
    }
    None
}

/// Whether words that say where begin at `at`.
fn begins_place(tokens: &[Token<'_>], at: usize) -> bool {
    let word = |offset: usize, classes: Class| tokens.get(at + offset).is_some_and(|token| token.is(classes));
    let Some(token) = tokens.get(at) else { return false };
    if token.one_of(&["there", "here"]) && at + 1 == tokens.len() {
        return true;
    }
    // "standing apart from the flock" says how it stands.
    if token.word("from") && at > 0 && tokens[at - 1].one_of(&["apart", "away", "different", "far"]) {
        return false;
    }
    if token.is(Class::PLACE) {
        // "off" and "on" at the end are states: "turn the lights on".
        return at + 1 < tokens.len() || token.one_of(&["inside", "outside", "behind", "above", "below"]);
    }
    let to_side = token.word("to") && word(1, Class::DEFINITE) && word(2, Class::POSITION);
    let after_noun = at > 0 && !tokens[at - 1].is(Class::DETERMINER) && !tokens[at - 1].is(Class::POSITION);
    let side_of = token.is(Class::POSITION) && tokens.get(at + 1).is_some_and(|next| next.word("of"));
    let corner = token.is(Class::POSITION) && word(1, Class::POSITION);
    let close_to =
        token.one_of(&["close", "adjacent", "attached"]) && tokens.get(at + 1).is_some_and(|next| next.word("to"));
    to_side || close_to || after_noun && (side_of || corner)
}

/// A place in words that can stand behind a noun: "from the wall" is "on the wall", "below of" is "below".
pub(super) fn place_text(place: &[Token<'_>]) -> Option<String> {
    let (first, rest) = place.split_first()?;
    // "off of the table", "from around the neck", "to above the door": the last preposition says where.
    if first.one_of(&["from", "to", "off", "onto", "into"])
        && let [next, more @ ..] = rest
        && !more.is_empty()
    {
        if next.word("of") {
            return place_text(more).map(|_| format!("on {}", join(more)));
        }
        if next.is(Class::PLACE) {
            return place_text(rest);
        }
    }
    let named = noun_core(rest);
    if rest.is_empty() && first.one_of(&["to", "from"]) {
        return None;
    }
    if named.len() == 1 && named[0].is(Class::IMAGE) && !first.one_of(&["behind", "outside"]) {
        return None;
    }
    let inside = named.last().is_some_and(|last| last.is(Class::CONTAINER));
    let container =
        named.iter().take_while(|token| !token.word("of")).last().is_some_and(|head| head.is(Class::CONTAINER));
    let preposition = if container || inside && named.len() < 3 { "in" } else { "on" };
    let side = rest.first().is_some_and(|next| next.is(Class::DEFINITE))
        && rest.get(1).is_some_and(|next| next.is(Class::POSITION));
    // "the third from the right" is counted from there.
    if first.word("from") && side && rest.len() == 2 {
        return Some(join(place));
    }
    if first.word("from") || first.word("to") && !side || first.one_of(&["off", "onto", "into"]) {
        let preposition = if first.word("into") { "in" } else { preposition };
        return Some(format!("{preposition} {}", join(rest)));
    }
    Some(lower_first(tidy_side(place)))
}

/// The preposition of a place that began the sentence.
fn lower_first(text: String) -> String {
    let end = text.find(' ').unwrap_or(text.len());
    if text.starts_with(char::is_uppercase) { text[..end].to_lowercase() + &text[end..] } else { text }
}

/// "right of Y", "on the below of Y" and the like as one reads them.
fn tidy_side(place: &[Token<'_>]) -> String {
    const DIRECT: &[&str] = &["below", "above", "behind", "beneath", "under", "inside", "beside"];
    let at = if place.len() > 3 && place[0].is(Class::PLACE) && place[1].word("the") { 2 } else { 0 };
    let (Some(side), Some(of)) = (place.get(at), place.get(at + 1)) else { return join(place) };
    if of.word("of") && side.one_of(DIRECT) {
        return format!("{} {}", side.lower, join(&place[at + 2..]));
    }
    if !of.word("of") {
        return join(place);
    }
    match (at, side.lower.as_str()) {
        (0, "left" | "right" | "top" | "bottom" | "side") => format!("to the {}", join(place)),
        (0, "front") => format!("in {}", join(place)),
        (0, _) if side.is(Class::POSITION) => format!("at the {}", join(place)),
        _ => join(place),
    }
}

fn noun_core<'t>(tokens: &'t [Token<'t>]) -> &'t [Token<'t>] {
    &tokens[article_length(tokens)..]
}

/// Something is named, not only pointed at with an article or preposition.
pub(super) fn is_thing(tokens: &[Token<'_>]) -> bool {
    let named = |token: &Token<'_>| {
        token.kind == Kind::Quote
            || token.kind == Kind::Word
                && !token.is(Class::PLACE)
                && (!token.is(Class::DETERMINER) || token.is(Class::PRONOUN))
    };
    tokens.iter().take(6).any(named)
        && tokens.first().is_some_and(|first| {
            let points = first.is(Class::DEFINITE) && tokens.len() > 1;
            (points || !first.is(Class::BINDS)) && (!first.is(Class::PLACE) || first.is(Class::PRONOUN))
        })
}

/// A thing with a name of its own, unlike "the red" in "the red and the blue car".
pub(super) fn is_noun(tokens: &[Token<'_>]) -> bool {
    is_thing(tokens) && tokens.iter().take(6).any(|token| !token.is(Class::COLOUR_LIKE) && !token.is(Class::DETERMINER))
}

/// The colour that the tokens name, if they name nothing else: "a bright bleu colour" is "bright blue".
pub(super) fn colours(tokens: &[Token<'_>]) -> Option<String> {
    if tokens.len() > 8 {
        return None;
    }
    let mut words: Vec<&str> = Vec::new();
    let mut found = false;
    for (at, token) in tokens.iter().enumerate() {
        let last = at + 1 == tokens.len();
        if let Some(known) = colour(&token.lower) {
            found = true;
            words.push(known);
        } else if token.is(Class::SHADE)
            || token.is(Class::DEGREE)
            || token.one_of(&["and", "to", "shade", "of", "with", "plain", "solid"])
        {
            words.push(&token.lower);
        } else if token.kind == Kind::Comma && found && !last {
            words.push(",");
        } else if !(at == 0 && token.is(Class::INDEFINITE)
            || last && token.one_of(&["color", "colour", "colored", "coloured", "tone"]))
        {
            return None;
        }
    }
    while words
        .first()
        .is_some_and(|word| ["to", "and", "all", "of", "with", "completely", "entirely", "fully"].contains(word))
    {
        words.remove(0);
    }
    found.then(|| words.join(" ").replace(" ,", ","))
}

#[cfg(test)]
mod tests {
    use super::super::normalise::tokens;
    use super::*;

    fn parts(text: &str) -> (String, Option<String>) {
        let tokens = tokens(text);
        let noun = noun(&tokens, true);
        (noun.text(), noun.place_text())
    }

    #[test]
    fn things_are_parted_from_their_places() {
        for (text, core, place) in [
            ("the star from the wall", "star", Some("on the wall")),
            ("a cat on the rug", "cat", Some("on the rug")),
            ("bench on the left of metal red fire hydrant", "bench", Some("on the left of metal red fire hydrant")),
            ("a white mouse right of the ipad", "white mouse", Some("to the right of the ipad")),
            ("grass on the below of the sheep", "grass", Some("below the sheep")),
            ("luggage to the room", "luggage", Some("in the room")),
            ("cup in the photo", "cup", None),
            ("person who is riding on a wave", "person who is riding on a wave", None),
            ("an airplane top left sky", "airplane", Some("top left sky")),
            ("paper hanging on the wall", "paper", Some("hanging on the wall")),
            ("all of the dogs", "dogs", None),
        ] {
            assert_eq!(parts(text), (core.to_owned(), place.map(str::to_owned)), "{text}");
        }
    }

    #[test]
    fn colours_stand_alone() {
        assert_eq!(colours(&tokens("a bright bleu color")).as_deref(), Some("bright blue"));
        assert_eq!(colours(&tokens("red and white")).as_deref(), Some("red and white"));
        assert_eq!(colours(&tokens("a red car")), None);
    }
}
