//! From words to cues: colours, places, sizes, order, number and the noun.

use super::colour_names::{COLOUR_WORDS, ColourWord};
use super::nouns::{self, Noun};
use tie_core::words::{Side, numeral, ordinal, plain, side, singular};

/// Maximum length of a text in words; nothing sensible is longer.
const MOST_WORDS: usize = 64;

/// A place in the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Left,
    Right,
    Top,
    Bottom,
    Middle,
    Corner,
    Foreground,
}

/// Distance of a point from the side that one counts from.
pub(crate) fn along(from: Place, (x, y): (f32, f32)) -> f32 {
    match from {
        Place::Right => -x,
        Place::Top => y,
        Place::Bottom => -y,
        _ => x,
    }
}

/// A size in comparison to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    Smallest,
    Small,
    Large,
    Largest,
}

/// A phrase as cues.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query {
    /// The noun as written; empty if there is none.
    pub head: String,
    pub noun: Option<&'static Noun>,
    pub colours: Vec<&'static ColourWord>,
    /// +1 for "light", −1 for "dark", 0 otherwise.
    pub lightness: i8,
    pub places: Vec<Place>,
    /// Counted from 1 in reading direction from that place: "second from the left".
    pub ordinal: Option<(usize, Place)>,
    pub size: Option<Size>,
    /// Means everything that fits.
    pub all: bool,
    /// Means the whole image.
    pub whole: bool,
    /// Means everything but the subject.
    pub background: bool,
}

/// The place that a word means; what is behind other things is higher up.
fn place(word: &str) -> Option<Place> {
    Some(match side(word)? {
        Side::Left => Place::Left,
        Side::Right => Place::Right,
        Side::Top | Side::Back => Place::Top,
        Side::Bottom => Place::Bottom,
        Side::Middle => Place::Middle,
        Side::Corner => Place::Corner,
        Side::Front => Place::Foreground,
        Side::Some => return None,
    })
}

const SIZES: &[(&str, Size)] = &[
    ("smallest", Size::Smallest),
    ("tiniest", Size::Smallest),
    ("small", Size::Small),
    ("smaller", Size::Small),
    ("little", Size::Small),
    ("tiny", Size::Small),
    ("big", Size::Large),
    ("bigger", Size::Large),
    ("large", Size::Large),
    ("larger", Size::Large),
    ("huge", Size::Large),
    ("giant", Size::Large),
    ("biggest", Size::Largest),
    ("largest", Size::Largest),
];

const ALL: &[&str] = &["all", "both", "every", "each", "several"];
const WHOLE: &[&str] = &["image", "photo", "picture", "photograph", "everything", "scene", "whole"];
const BACKGROUND: &[&str] = &["background", "backdrop", "surroundings"];
/// The noun comes before these; what follows says where or of what.
const PREPOSITIONS: &[&str] = &[
    "on", "in", "at", "of", "to", "from", "with", "behind", "under", "near", "by", "beside", "next", "above", "below",
    "between", "inside", "around", "over", "for",
];
/// Words without a cue.
const FILLERS: &[&str] = &[
    "the", "a", "an", "and", "his", "her", "their", "its", "this", "that", "one", "most", "far", "very", "bright",
    "colored", "coloured", "side", "part", "half", "area", "region",
];

/// Reads a noun phrase and, if given, words for its place.
pub(crate) fn read(phrase: &str, location: Option<&str>) -> Query {
    let words = words_of(phrase);
    let mut query = Query::default();
    let mut head_end = words.iter().position(|word| PREPOSITIONS.contains(&word.as_str())).unwrap_or(words.len());
    // In "spoon left of the cup" the place belongs to what follows.
    if matches!(words.get(head_end).map(String::as_str), Some("of" | "to"))
        && head_end > 0
        && place(&words[head_end - 1]).is_some()
    {
        head_end -= 1;
    }
    let (before, after) = words.split_at(head_end);
    for (n, word) in before.iter().enumerate() {
        read_word(&mut query, word, n + 1 == before.len());
    }
    read_where(&mut query, after);
    if let Some(location) = location {
        read_where(&mut query, &words_of(location));
    }
    if query.background || query.noun.is_some_and(|noun| noun.words.contains(&"foreground")) {
        query.places.clear();
    }
    let says_nothing_else = query.colours.is_empty() && query.places.is_empty() && query.size.is_none();
    query.whole |= query.head.is_empty() && !query.background && says_nothing_else;
    query
}

/// The exception in "everything but the dog".
pub(crate) fn exception(phrase: &str) -> Option<&str> {
    const OPENINGS: &[&str] =
        &["everything but ", "everything except ", "everything besides ", "all but ", "all except "];
    let stem = |opening: &&str| phrase.get(..opening.len()).filter(|start| start.eq_ignore_ascii_case(opening));
    let opening = OPENINGS.iter().find(|opening| stem(opening).is_some())?;
    let rest = phrase[opening.len()..].trim();
    let rest = rest.strip_prefix("for ").unwrap_or(rest);
    (!rest.is_empty()).then_some(rest)
}

fn words_of(text: &str) -> Vec<String> {
    plain(text).take(MOST_WORDS).collect()
}

fn read_word(query: &mut Query, word: &str, last: bool) {
    if last && BACKGROUND.contains(&word) {
        query.background = true;
        word.clone_into(&mut query.head);
    } else if last && query.colours.is_empty() && query.places.is_empty() && WHOLE.contains(&word) {
        query.whole = true;
    } else if word == "foreground" && last {
        take_noun(query, word);
    } else if let Some(place) = place(word) {
        query.places.push(place);
    } else if let Some(colour) = COLOUR_WORDS.iter().find(|colour| colour.word == word) {
        // "The orange" is a fruit; "the orange suit" is a colour.
        match nouns::lookup(word) {
            Some(_) if last => take_noun(query, word),
            _ => query.colours.push(colour),
        }
    } else if let Some((_, size)) = SIZES.iter().find(|(name, _)| *name == word) {
        query.size = Some(*size);
    } else if word == "dark" || word == "light" || word == "pale" {
        query.lightness = if word == "dark" { -1 } else { 1 };
    } else if ALL.contains(&word) || numeral(word).is_some_and(|n| n > 1 && (n < 6 || !last)) {
        // A larger number alone is a digit to look for: "the seven".
        query.all = true;
    } else if let Some(n) = ordinal(word) {
        query.ordinal = Some((n as usize, Place::Left));
    } else if word == "last" {
        query.ordinal = Some((1, Place::Right));
    } else if !FILLERS.contains(&word) {
        take_noun(query, word);
    }
}

/// The last noun is the head: "coffee cup" is a cup.
fn take_noun(query: &mut Query, word: &str) {
    word.clone_into(&mut query.head);
    let found = nouns::lookup(word);
    query.noun = found.map(|(noun, _)| noun);
    let many = found.map_or_else(|| singular(word) != word, |(_, many)| many);
    query.all |= many;
}

/// Reads "second from the left", "on the right", "of the picture"; places relative to another thing are ignored here.
fn read_where(query: &mut Query, words: &[String]) {
    let whole_follows = |n: usize| {
        // "left of the cup" names a thing; "left of the picture" and "on the left" name a part of the picture.
        let rest = &words[n + 1..];
        match rest.first().map(String::as_str) {
            Some("of" | "to") => rest.iter().any(|word| WHOLE.contains(&word.as_str())),
            _ => true,
        }
    };
    for (n, word) in words.iter().enumerate() {
        if let Some(place) = place(word)
            && whole_follows(n)
        {
            let from = n >= 1 && words[..n].iter().rev().take(2).any(|earlier| earlier == "from");
            match query.ordinal.as_mut() {
                Some(ordinal) if from => ordinal.1 = place,
                _ => query.places.push(place),
            }
        } else if let Some(n) = ordinal(word) {
            query.ordinal = Some((n as usize, Place::Left));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colours(query: &Query) -> Vec<&str> {
        query.colours.iter().map(|colour| colour.word).collect()
    }

    #[test]
    fn colour_size_place_and_noun_are_told_apart() {
        let query = read("the small dark red cup on the left", None);
        assert_eq!((query.head.as_str(), colours(&query)), ("cup", vec!["red"]));
        assert_eq!((query.size, query.lightness, query.places), (Some(Size::Small), -1, vec![Place::Left]));
        assert!(query.noun.is_some() && !query.all && !query.whole);
    }

    #[test]
    fn an_orange_is_a_fruit_and_an_orange_suit_is_not() {
        assert!(colours(&read("the orange", None)).is_empty());
        let suit = read("orange suit", None);
        assert_eq!((suit.head.as_str(), colours(&suit)), ("suit", vec!["orange"]));
    }

    #[test]
    fn ordinals_count_from_the_side_that_is_named() {
        assert_eq!(read("second car from the right", None).ordinal, Some((2, Place::Right)));
        assert_eq!(read("third cup", Some("from the left")).ordinal, Some((3, Place::Left)));
        assert!(read("second car from the right", None).places.is_empty());
    }

    #[test]
    fn plurals_and_number_words_mean_all() {
        assert!(read("green eyes", None).all && read("both cups", None).all && read("teapots", None).all);
        assert!(!read("grass", None).all && !read("glass", None).all);
    }

    #[test]
    fn nothing_and_words_for_the_picture_mean_the_whole() {
        for phrase in ["", "  ", "image", "the whole picture", "everything"] {
            assert!(read(phrase, None).whole, "{phrase:?}");
        }
        assert!(!read("", Some("on the left")).whole && !read("cup", None).whole);
    }

    #[test]
    fn background_is_a_region_alone_and_a_place_behind_a_noun() {
        assert!(read("background", None).background);
        let tree = read("tree in the background", None);
        assert!(!tree.background && tree.head == "tree");
    }

    #[test]
    fn sides_of_another_thing_are_not_sides_of_the_picture() {
        assert!(read("spoon right of the cup", None).places.is_empty());
        assert_eq!(read("spoon", Some("on the right of the picture")).places, [Place::Right]);
    }
}
