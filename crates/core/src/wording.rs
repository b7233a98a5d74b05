//! What the words of a step are about, as far as other rules need it: what they name, and whether that fills a photograph.

use crate::words::{follows_a_thing, is_in, plain, singular};

/// The nouns of the list "whole" that mean only part of the photograph.
const PARTS: &[&str] = &["backdrop", "background", "foreground", "landscape", "scenery", "surrounding"];

/// Nouns for everything.
const ALL: &[&str] = &["all", "anything", "everything", "image", "photo", "photograph", "picture", "whole"];

/// Words for whatever is not named.
const NAMELESS: &[&str] = &["anything", "else", "it", "other", "something", "thing"];

/// Relations of a part, or of what is drawn on a thing, to the thing.
const PART_RELATIONS: &[&str] = &["at", "from", "in", "inside", "of", "on", "onto"];

/// The words that name something, in the singular, without articles and relations.
pub(super) fn names_of(text: &str) -> Vec<String> {
    let says = |word: &String| !is_in("determiner", word) && !is_in("relation", word);
    plain(text).filter(says).map(|word| singular(&word)).collect()
}

/// The nouns of a phrase, in the singular: for each part of an enumeration, the last word before a relation.
fn heads(phrase: &str) -> Vec<String> {
    let mut heads = Vec::new();
    let (mut last, mut over) = (None, false);
    for word in plain(phrase) {
        if word == "and" || word == "or" {
            heads.extend(last.take());
            over = false;
        } else if is_in("relation", &word) {
            over = true;
        } else if !over {
            last = Some(singular(&word));
        }
    }
    heads.extend(last);
    heads
}

/// Whether a phrase means the photograph, or everything in it except a thing; an empty phrase does.
pub(super) fn is_whole(phrase: &str) -> bool {
    // "Everything else" is everything but what another step is about.
    let heads = heads(phrase.trim().trim_end_matches(" else"));
    phrase.trim().is_empty() || heads.iter().any(|head| is_in("whole", head))
}

/// Whether a phrase means a part of the photograph that has no name of its own, such as the background.
pub(super) fn is_part(phrase: &str) -> bool {
    heads(phrase).iter().any(|head| PARTS.contains(&head.as_str()))
}

/// Whether a phrase means nothing that has a place: a quality such as the pose, or "anything else".
pub(super) fn is_quality(phrase: &str) -> bool {
    let says = |word: &String| is_in("quality", word) || NAMELESS.contains(&word.as_str());
    heads(phrase).iter().all(says)
}

/// The thing that a few words say must stay: "face" of "the colour of her face", "wheels" of "the wheels black".
///
/// Empty if they name no thing; words that no rule here reads are returned as an unknown thing.
pub(super) fn thing_that_stays(text: &str) -> String {
    let text = text.trim();
    if names_of(text).is_empty() {
        return text.to_owned();
    }
    let phrase = without_state(text);
    if !is_quality(&phrase) {
        return phrase;
    }
    let owner = phrase.split_once(" of ").map(|(_, owner)| owner);
    let owner = owner.or_else(|| phrase.split_once("'s ").or_else(|| phrase.split_once("’s ")).map(|(owner, _)| owner));
    owner.map(without_state).filter(|owner| !is_quality(owner)).unwrap_or_default()
}

/// A thing to keep by its full name, which may come from `of`, the words of its step: with "balls" there, "the blue one" is
/// the "blue ball". "The rest of the people" becomes "other people".
pub(super) fn named_in_full(phrase: &str, of: &str) -> String {
    const OTHERS: &[&str] =
        &["the rest of the ", "rest of the ", "the remaining ", "remaining ", "the other ", "all other "];
    let others = OTHERS.iter().find_map(|start| phrase.strip_prefix(start)).map(|rest| format!("other {rest}"));
    let phrase = others.unwrap_or_else(|| phrase.to_owned());
    let Some(thing) = head_of(of) else { return phrase };
    let named: Vec<&str> =
        phrase.split(' ').map(|word| if matches!(word, "one" | "ones") { thing.as_str() } else { word }).collect();
    // "One" alone is a number.
    if named.len() > 1 { named.join(" ") } else { phrase }
}

/// Whether a phrase means the others of a kind, such as "other people" or "the other people".
pub fn means_others(phrase: &str) -> bool {
    phrase.starts_with("other ") || phrase.starts_with("the other ")
}

/// The word that a phrase is about, in the singular; `None` if it has no such word.
pub(super) fn head_of(phrase: &str) -> Option<String> {
    heads(phrase).into_iter().next()
}

/// What a phrase means and what it excludes: "everyone" and "the man" of "everyone but the man".
///
/// The first is empty for "everything" and the like. `None` if it excludes nothing.
pub(super) fn exception(phrase: &str) -> Option<(&str, &str)> {
    const BUT: &[&str] = &[
        " except for ",
        " except ",
        " apart from ",
        " aside from ",
        " other than ",
        " excluding ",
        " besides ",
        " save for ",
        " but not ",
        " but ",
    ];
    let (at, but) = BUT.iter().find_map(|but| Some((find_ascii(phrase, but)?, but)))?;
    let (all, rest) = (phrase[..at].trim(), phrase[at + but.len()..].trim());
    let is_all = heads(all).iter().all(|head| ALL.contains(&head.as_str()));
    (!rest.is_empty()).then_some((if is_all { "" } else { all }, rest))
}

/// Byte index at which an ASCII text begins in another one, ignoring case.
fn find_ascii(text: &str, part: &str) -> Option<usize> {
    (0..text.len()).find(|&at| text.get(at..at + part.len()).is_some_and(|here| here.eq_ignore_ascii_case(part)))
}

/// A thing without its article and without words for how it should stay: "wheels" of "the wheels black".
pub(super) fn without_state(phrase: &str) -> String {
    let all: Vec<&str> = phrase.split_whitespace().collect();
    let is = |word: &str, list| is_in(list, &word.to_lowercase());
    let mut rest = all.as_slice();
    while let [first, after @ ..] = rest
        && is(first, "determiner")
    {
        rest = after;
    }
    while let [before @ .., last] = rest
        && (is(last, "state")
            || follows_a_thing(&last.to_lowercase()) && !before.is_empty() && !is(before[before.len() - 1], "relation"))
    {
        rest = before;
    }
    rest.join(" ")
}

/// Whether a phrase means something without a shape of its own, such as sky, water, a wall or a road.
pub(super) fn is_stuff(phrase: &str) -> bool {
    heads(phrase).iter().any(|head| is_in("stuff", head))
}

/// A place without its relation: "the sky" of "in the sky".
pub(super) fn without_relation(place: &str) -> &str {
    let mut rest = place.trim_start();
    while let Some((word, after)) = rest.split_once(char::is_whitespace) {
        if !is_in("relation", &word.to_lowercase()) {
            break;
        }
        rest = after.trim_start();
    }
    rest
}

/// Whether a place is on or in a thing, as the place of its part is.
pub(super) fn says_part(place: &str) -> bool {
    plain(place).next().is_some_and(|word| PART_RELATIONS.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_for_one_and_for_many() {
        assert_eq!(names_of("the Red Cups"), names_of("red cup"));
        assert_eq!(names_of("the boxes of glass"), ["box", "glass"]);
        assert_eq!(names_of("man's bus"), ["man", "bus"]);
        assert!(names_of(" ,the – ").is_empty());
    }

    #[test]
    fn a_phrase_is_about_its_last_noun_before_a_relation() {
        assert_eq!(heads("the brick wall behind the cup"), ["wall"]);
        assert_eq!(heads("sky and the sea on the left"), ["sky", "sea"]);
        assert!(is_stuff("the roads") && !is_stuff("road sign") && !is_stuff("boat on the water"));
        assert!(is_whole("everything but the dog") && is_whole(" ") && !is_whole("all the dogs"));
    }

    #[test]
    fn places_say_what_they_are_by() {
        assert_eq!(without_relation("in the sky"), "the sky");
        assert_eq!(without_relation("next to the sea"), "the sea");
        assert!(says_part("on the cup") && !says_part("next to the cup") && !says_part(""));
    }
}
