//! Reads a phrase about a thing: its noun, looks and place, and its relations to other things.

use crate::locator::classic::phrase::{Query, read};
use crate::sight::nouns::{Meaning, Noun, last_noun};
use tie_core::words::{numeral, runs, side};

/// Maximum length of a text in words; nothing sensible is longer.
const MOST_WORDS: usize = 48;
/// Maximum depth of things inside things.
const DEEPEST: usize = 3;

/// What is searched.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    /// The words for the thing itself, without what follows it.
    pub head: String,
    pub noun: Option<Noun>,
    /// Colours, places, sizes, order and number.
    pub cues: Query,
    pub clauses: Vec<Clause>,
    /// Means a young one: "bear cub", "baby elephant".
    pub young: bool,
    pub posture: Option<Posture>,
}

/// A person's posture, as far as it shows in a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Posture {
    Lying,
    Standing,
}

impl Wanted {
    /// Whether text is meant: "the letters", "the word HOTEL".
    pub(super) fn names_text(&self) -> bool {
        let is_text = self.noun.as_ref().is_some_and(|noun| noun.meaning == Meaning::Text);
        is_text || self.head.split(' ').any(|word| WRITING.contains(&word))
    }

    /// The noun as it was written, for the person: "wooden chairs" has "chairs".
    pub(super) fn noun_text(&self) -> &str {
        let words = self.noun.as_ref().map_or(1, |noun| noun.words);
        let start = self.head.rmatch_indices(' ').nth(words.max(1) - 1).map_or(0, |(at, _)| at + 1);
        &self.head[start..]
    }
}

/// "in the red shirt", "next to the car".
#[derive(Clone, Debug)]
pub(super) struct Clause {
    pub relation: Relation,
    pub object: Wanted,
}

/// How a thing relates to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// It wears, holds, rides or contains the other one.
    With,
    /// It does not.
    Without,
    On,
    In,
    Of,
    Beside,
    LeftOf,
    RightOf,
    Above,
    Below,
    Behind,
    InFront,
}

/// Words that begin a relation, longer ones first.
const RELATIONS: &[(&str, Relation)] = &[
    ("on the left side of", Relation::LeftOf),
    ("on the right side of", Relation::RightOf),
    ("to the left of", Relation::LeftOf),
    ("to the right of", Relation::RightOf),
    ("on the left of", Relation::LeftOf),
    ("on the right of", Relation::RightOf),
    ("on top of", Relation::On),
    ("in front of", Relation::InFront),
    ("at the side of", Relation::Beside),
    ("left of", Relation::LeftOf),
    ("right of", Relation::RightOf),
    ("next to", Relation::Beside),
    ("close to", Relation::Beside),
    ("dressed in", Relation::With),
    ("sitting on", Relation::On),
    ("standing on", Relation::On),
    ("lying on", Relation::On),
    ("hanging on", Relation::On),
    ("sitting in", Relation::In),
    ("full of", Relation::With),
    ("without", Relation::Without),
    ("wearing", Relation::With),
    ("holding", Relation::With),
    ("carrying", Relation::With),
    ("riding", Relation::With),
    ("driving", Relation::With),
    ("using", Relation::With),
    ("with", Relation::With),
    ("in", Relation::In),
    ("inside", Relation::In),
    ("within", Relation::In),
    ("on", Relation::On),
    ("upon", Relation::On),
    ("atop", Relation::On),
    ("of", Relation::Of),
    ("from", Relation::Of),
    ("beside", Relation::Beside),
    ("near", Relation::Beside),
    ("by", Relation::Beside),
    ("at", Relation::Beside),
    ("above", Relation::Above),
    ("over", Relation::Above),
    ("below", Relation::Below),
    ("under", Relation::Below),
    ("underneath", Relation::Below),
    ("beneath", Relation::Below),
    ("behind", Relation::Behind),
];

/// Words that begin a relative clause: "the dog that is lying down".
const RELATIVES: &[&str] = &["that", "who", "which", "whose", "where"];
/// Words before a thing that something is done to: "reading a book".
const DETERMINERS: &[&str] = &["a", "an", "the", "his", "her", "their", "its", "some"];
/// Words for postures.
const POSTURES: &[(&str, Posture)] = &[
    ("lying", Posture::Lying),
    ("laying", Posture::Lying),
    ("sleeping", Posture::Lying),
    ("asleep", Posture::Lying),
    ("standing", Posture::Standing),
    ("walking", Posture::Standing),
    ("jumping", Posture::Standing),
];
/// Words before what is written.
const WRITING: &[&str] = &["word", "words", "text", "letters", "lettering", "writing", "inscription", "caption"];
/// Words for the young.
const YOUNG: &[&str] = &[
    "baby", "young", "cub", "calf", "foal", "lamb", "puppy", "kitten", "chick", "duckling", "infant", "toddler", "pup",
];
/// Words for the picture itself.
const PICTURE: &[&str] = &["image", "photo", "picture", "photograph", "frame", "scene", "shot"];

/// Reads a noun phrase and, if given, words for its place.
pub(super) fn wanted(phrase: &str, location: Option<&str>) -> Wanted {
    let mut words = words_of(phrase);
    words.extend(location.map(words_of).unwrap_or_default());
    words.truncate(MOST_WORDS);
    parse(&words, 0)
}

fn words_of(text: &str) -> Vec<String> {
    let text = text.replace('’', "'");
    let words = runs(&text, "'#").map(|word| word.trim_matches('\'').to_owned());
    words.filter(|word| !word.is_empty()).take(MOST_WORDS).collect()
}

fn parse(words: &[String], depth: usize) -> Wanted {
    // "The man's shirt" is the shirt of the man.
    if let Some(owner) = words.iter().position(|word| word.ends_with("'s") || word.ends_with("s'"))
        && owner + 1 < words.len()
        // In "the phone in the baby's hands" only the hands are the baby's.
        && (0..=owner).all(|at| relation_at(&words[..=owner], at).is_none())
        && depth < DEEPEST
    {
        let mut of = words[..=owner].to_vec();
        let name = of[owner].trim_end_matches("'s").trim_end_matches('\'').len();
        of[owner].truncate(name);
        let mut wanted = parse(&words[owner + 1..], depth + 1);
        wanted.clauses.push(Clause { relation: Relation::Of, object: parse(&of, depth + 1) });
        return wanted;
    }
    let ends_head = |&at: &usize| relation_at(words, at).is_some() || describes(words, at);
    let end = (1..words.len()).find(ends_head).unwrap_or(words.len());
    let (head, mut rest) = words.split_at(end);
    let mut places: Vec<String> = Vec::new();
    let mut clauses = Vec::new();
    let mut posture = posture_in(head);
    while !rest.is_empty() {
        let Some((relation, length)) = relation_at(rest, 0).or_else(|| doing_at(rest)) else {
            // "Lying", "that is", "down": only some of these words show in a picture.
            posture = posture.or_else(|| posture_in(&rest[..1]));
            rest = &rest[1..];
            continue;
        };
        posture = posture.or_else(|| posture_in(&rest[..length]));
        let after = &rest[length..];
        let end =
            (1..=after.len()).find(|&at| at == after.len() || relation_at(after, at).is_some() || describes(after, at));
        let mut end = end.unwrap_or(after.len());
        let place = is_place(&rest[..length], &after[..end.min(after.len())]);
        // "In the middle of the table" is a place on the table, "of the picture" is not.
        if place && after.get(end).is_some_and(|word| word == "of" || word == "from") {
            let of = &after[end + 1..];
            let next = (1..of.len()).find(|&at| relation_at(of, at).is_some()).unwrap_or(of.len());
            if of[..next].iter().any(|word| PICTURE.contains(&word.as_str()) || side(word).is_some()) {
                end += 1 + next;
            }
        }
        let object = &after[..end];
        if place {
            places.extend_from_slice(&rest[..length + end]);
        } else if !object.is_empty() && depth < DEEPEST {
            clauses.push(Clause { relation, object: parse(object, depth + 1) });
        }
        rest = &after[end..];
    }
    let text = head.join(" ");
    let cues = read(&text, (!places.is_empty()).then(|| places.join(" ")).as_deref());
    let young = head.iter().any(|word| YOUNG.contains(&word.as_str()));
    Wanted { noun: last_noun(head), head: text, cues, clauses, young, posture }
}

/// Whether a word begins the description of the noun before it: "dog | lying down", "zebra | that is standing".
fn describes(words: &[String], at: usize) -> bool {
    let Some(word) = words.get(at).map(String::as_str) else { return false };
    if last_noun(&words[..at]).is_none() {
        return false;
    }
    // "Wall hanging" and "red building" are nouns themselves.
    let is_noun = || last_noun(&words[..=at]).is_some();
    RELATIVES.contains(&word)
        || POSTURES.iter().any(|(known, _)| *known == word)
        || word.len() > 4 && word.ends_with("ing") && (!is_noun() || doing_at(&words[at..]).is_some())
}

/// "Reading a book" holds as "with a book" does.
fn doing_at(words: &[String]) -> Option<(Relation, usize)> {
    let [verb, next, ..] = words else { return None };
    let is_doing =
        verb.len() > 4 && verb.ends_with("ing") && (DETERMINERS.contains(&next.as_str()) || numeral(next).is_some());
    is_doing.then_some((Relation::With, 1))
}

fn posture_in(words: &[String]) -> Option<Posture> {
    words.iter().find_map(|word| POSTURES.iter().find(|(known, _)| known == word).map(|(_, posture)| *posture))
}

/// The relation that begins at a word, and its number of words. "Second from the left" is not a relation.
fn relation_at(words: &[String], at: usize) -> Option<(Relation, usize)> {
    RELATIONS.iter().find_map(|(text, relation)| {
        let count = text.split(' ').count();
        let found = words.get(at..at + count)?;
        found.iter().map(String::as_str).eq(text.split(' ')).then_some((*relation, count))
    })
}

/// Whether the words are like "on the left", "in the background", "from the right".
fn is_place(preposition: &[String], object: &[String]) -> bool {
    if preposition.len() > 1 {
        return false;
    }
    let mut words =
        object.iter().map(String::as_str).filter(|word| !["the", "very", "far", "hand", "most"].contains(word));
    let first = words.next();
    let picture = |word: &str| PICTURE.contains(&word);
    match first {
        Some(word) if side(word).is_some() => {
            words.all(|word| side(word).is_some() || ["half", "part", "hand", "and"].contains(&word) || picture(word))
        }
        Some(word) if picture(word) => words.next().is_none(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locator::classic::phrase::Place;

    fn clauses(wanted: &Wanted) -> Vec<(Relation, &str)> {
        wanted.clauses.iter().map(|clause| (clause.relation, clause.object.head.as_str())).collect()
    }

    #[test]
    fn what_follows_the_thing_says_how_it_stands_to_others() {
        let man = wanted("man in the red shirt", None);
        assert_eq!((man.head.as_str(), clauses(&man)), ("man", vec![(Relation::In, "the red shirt")]));
        assert_eq!(man.clauses[0].object.cues.colours[0].word, "red");
        let woman = wanted("woman holding the phone", Some("on the left"));
        assert_eq!(clauses(&woman), [(Relation::With, "the phone")]);
        assert_eq!(woman.cues.places, [Place::Left]);
        let cup = wanted("cup", Some("to the left of the laptop on the table"));
        assert_eq!(clauses(&cup), [(Relation::LeftOf, "the laptop"), (Relation::On, "the table")]);
    }

    #[test]
    fn owners_and_places_are_read() {
        let collar = wanted("the dog's collar", None);
        assert_eq!((collar.head.as_str(), clauses(&collar)), ("collar", vec![(Relation::Of, "the dog")]));
        let phone = wanted("phone in the baby's hands", None);
        assert_eq!((phone.head.as_str(), clauses(&phone)), ("phone", vec![(Relation::In, "hands")]));
        for (phrase, place) in
            [("cup in the middle of the image", Place::Middle), ("car on the far right", Place::Right)]
        {
            let wanted = wanted(phrase, None);
            assert!(wanted.clauses.is_empty(), "{phrase}: {:?}", clauses(&wanted));
            assert_eq!(wanted.cues.places, [place], "{phrase}");
        }
        let second = wanted("second person from the right", None);
        assert_eq!(second.cues.ordinal, Some((2, Place::Right)));
        assert!(second.clauses.is_empty() && matches!(second.noun.unwrap().meaning, Meaning::Person(_)));
    }

    #[test]
    fn what_someone_does_is_no_part_of_the_noun() {
        for (phrase, head, posture, said) in [
            ("dog lying down", "dog", Some(Posture::Lying), &[][..]),
            ("zebra that is standing", "zebra", Some(Posture::Standing), &[]),
            ("man leaning on the post", "man", None, &[(Relation::On, "the post")]),
            ("person standing next to the tree", "person", Some(Posture::Standing), &[(Relation::Beside, "the tree")]),
            ("woman reading a book", "woman", None, &[(Relation::With, "a book")]),
            ("man sitting on the bench", "man", None, &[(Relation::On, "the bench")]),
            (
                "man in a hat walking the dog",
                "man",
                Some(Posture::Standing),
                &[(Relation::In, "a hat"), (Relation::With, "the dog")],
            ),
        ] {
            let wanted = wanted(phrase, None);
            assert_eq!((wanted.head.as_str(), wanted.posture, clauses(&wanted).as_slice()), (head, posture, said));
        }
        for phrase in ["wall hanging", "red building", "the parking meter", "wooden railing", "earring"] {
            assert_eq!(wanted(phrase, None).head, phrase);
        }
    }

    #[test]
    fn nothing_and_too_much_are_read_without_a_fault() {
        assert!(wanted("", None).noun.is_none());
        assert!(wanted("of of of of", Some("on")).noun.is_none());
        let long = "cup on the table next to the ".repeat(200);
        assert!(wanted(&long, None).noun.is_some());
    }
}
