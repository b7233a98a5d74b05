//! What English nouns mean to the networks: `assets/words/nouns.tsv`.

use super::classes::Class;
use std::collections::HashMap;
use std::sync::LazyLock;
use tie_core::words::{irregular, rows, singulars};

/// Words of the longest noun in the table.
const MOST_WORDS: usize = 5;

/// The meaning of a noun.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Meaning {
    /// Something that the detector knows, or that looks like it: classes with weights from 0 to 1, best first.
    Thing(Vec<(Class, f32)>),
    /// The same for a living kind other than a person. Without classes, it looks like nothing that the detector knows.
    Animal(Vec<(Class, f32)>),
    Person(Vec<Trait>),
    /// A part of a person's body or face, by its plain name: "hair", "left eye".
    Body(&'static str),
    /// Where clothes are worn: "upper", "whole", "feet"; a "detail" is a piece that no network tells apart from the
    /// rest.
    Clothes(&'static str),
    Text,
    /// Something that covers areas, by its plain name: "sky", "water".
    Stuff(&'static str),
    /// A part of things, with their classes if the detector knows them.
    Part(Vec<Class>),
    /// A part of the picture, by its plain name: "background".
    Picture(&'static str),
    /// A thing that no network knows.
    Other,
}

/// What else a noun for people says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trait {
    Group,
    Two,
    Child,
    Male,
    Female,
    Old,
}

/// A noun found at the end of a phrase.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Noun {
    pub meaning: Meaning,
    /// The words of the phrase that it takes, counted from the end.
    pub words: usize,
    /// Whether it was written as a plural.
    pub plural: bool,
}

type Row = (&'static str, &'static str);

static TABLE: LazyLock<HashMap<&str, Row>> = LazyLock::new(|| {
    let rows = rows(include_str!("../../../../assets/words/nouns.tsv"));
    rows.filter_map(|row| Some((*row.first()?, (*row.get(1)?, *row.get(2)?)))).collect()
});

/// The noun that ends a phrase of lower-case words: the longest that the table knows, as written before as a singular; of a
/// compound word that it does not know the last part.
pub(crate) fn last_noun(words: &[impl AsRef<str>]) -> Option<Noun> {
    let known = (1..=words.len().min(MOST_WORDS)).rev().find_map(|count| {
        let text = words[words.len() - count..].iter().map(AsRef::as_ref).collect::<Vec<_>>().join(" ");
        let (meaning, plural) = lookup(&text)?;
        let meaning = if count == 1 && is_of_a_thing(words, &meaning) { Meaning::Other } else { meaning };
        Some(Noun { meaning, words: count, plural })
    });
    known.or_else(|| {
        let (meaning, plural) = last_part(words.last()?.as_ref())?;
        Some(Noun { meaning, words: 1, plural })
    })
}

/// Whether the last word is a thing although it can be a person: the last word of a "ship model" or a "rubber band" is
/// not.
fn is_of_a_thing(words: &[impl AsRef<str>], meaning: &Meaning) -> bool {
    const EITHER: &[&str] =
        &["band", "character", "cleaner", "figure", "guard", "mascot", "model", "player", "reader", "runner", "server"];
    let [.., before, last] = words else { return false };
    let last = singulars(last.as_ref()).into_iter().chain([last.as_ref().to_owned()]);
    let is_thing = |word: &str| {
        let known = lookup(word).map(|(meaning, _)| meaning);
        matches!(
            known,
            Some(Meaning::Thing(_) | Meaning::Animal(_) | Meaning::Stuff(_) | Meaning::Part(_) | Meaning::Other)
        )
    };
    matches!(meaning, Meaning::Person(_))
        && last.into_iter().any(|word| EITHER.contains(&word.as_str()))
        && is_thing(before.as_ref())
}

/// The meaning of a compound word's last part, if that can be seen: a "breakdancer" is a dancer.
fn last_part(word: &str) -> Option<(Meaning, bool)> {
    /// Shorter endings are rarely words of their own: a "carpet" is not a pet.
    const LEAST: usize = 5;
    let starts = word.char_indices().map(|(at, _)| at).skip(2);
    let parts = starts.map(|at| &word[at..]).take_while(|part| part.len() >= LEAST);
    parts
        .filter_map(lookup)
        .find(|(meaning, _)| matches!(meaning, Meaning::Thing(_) | Meaning::Animal(_) | Meaning::Person(_)))
}

/// The meaning of a noun, and whether it is a plural.
fn lookup(text: &str) -> Option<(Meaning, bool)> {
    let always_many = text.ends_with('s') && !text.ends_with("ss");
    if let Some(row) = TABLE.get(text) {
        // "Trousers" is written as a plural but is one thing, a bus is not a plural, "people" is one.
        let has_singular = singulars(text).iter().any(|singular| TABLE.contains_key(singular.as_str()));
        return Some((meaning(*row), (always_many || irregular(text).is_some()) && has_singular && !is_pair(text)));
    }
    singulars(text).iter().find_map(|singular| Some((meaning(*TABLE.get(singular.as_str())?), true)))
}

/// One thing that is always written as a plural.
fn is_pair(text: &str) -> bool {
    ["glasses", "scissors", "skis", "binoculars", "headphones", "stairs", "swings"]
        .iter()
        .any(|pair| text.ends_with(pair))
}

fn meaning((kind, targets): Row) -> Meaning {
    let parts = || targets.split(',').filter(|part| !part.is_empty());
    let classes = || {
        let mut classes: Vec<(Class, f32)> = parts()
            .filter_map(|part| {
                let (name, weight) = part.split_once(':')?;
                Some((Class::named(name)?, weight.parse().ok()?))
            })
            .collect();
        classes.sort_by(|a, b| b.1.total_cmp(&a.1));
        classes
    };
    match kind {
        "thing" => Meaning::Thing(classes()),
        "animal" => Meaning::Animal(classes()),
        "person" => Meaning::Person(parts().filter_map(named_trait).collect()),
        "body" => Meaning::Body(targets),
        "clothes" => Meaning::Clothes(targets),
        "text" => Meaning::Text,
        "stuff" => Meaning::Stuff(targets),
        "part" => Meaning::Part(parts().filter_map(Class::named).collect()),
        "picture" => Meaning::Picture(targets),
        _ => Meaning::Other,
    }
}

fn named_trait(name: &str) -> Option<Trait> {
    Some(match name {
        "group" => Trait::Group,
        "two" => Trait::Two,
        "child" => Trait::Child,
        "male" => Trait::Male,
        "female" => Trait::Female,
        "old" => Trait::Old,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noun(phrase: &str) -> Option<Noun> {
        last_noun(&phrase.split(' ').collect::<Vec<_>>())
    }

    fn classes(phrase: &str) -> Vec<&'static str> {
        match noun(phrase).map(|noun| noun.meaning) {
            Some(Meaning::Thing(classes) | Meaning::Animal(classes)) => {
                classes.into_iter().map(|(class, _)| class.name()).collect()
            }
            other => panic!("{phrase} is {other:?}"),
        }
    }

    #[test]
    fn names_synonyms_and_near_things_lead_to_classes() {
        assert_eq!(classes("red coffee mug")[0], "cup");
        assert_eq!(classes("sofa")[0], "couch");
        assert_eq!(classes("golden retriever"), ["dog"]);
        assert_eq!(classes("hot dog")[0], "hot dog");
        assert_eq!(classes("wolf")[0], "dog");
        assert!(matches!(noun("young woman").unwrap().meaning, Meaning::Person(traits) if traits == [Trait::Female]));
        assert_eq!(noun("left eye").unwrap(), Noun { meaning: Meaning::Body("left eye"), words: 2, plural: false });
        for (phrase, is_person) in [
            ("fashion model", true),
            ("tall model", true),
            ("shuttle model", false),
            ("toy figures", false),
            ("rubber band", false),
        ] {
            assert_eq!(matches!(noun(phrase).unwrap().meaning, Meaning::Person(_)), is_person, "{phrase}");
        }
        assert_eq!(noun("ocean").unwrap().meaning, Meaning::Stuff("water"));
        assert!(noun("xyzzy").is_none() && noun("").is_none());
    }

    #[test]
    fn plurals_are_read_and_pairs_are_one_thing() {
        for (many, one) in [("cups", "cup"), ("knives", "knife"), ("benches", "bench"), ("teddy bears", "teddy bear")] {
            assert_eq!(classes(many)[0], one);
            assert!(noun(many).unwrap().plural && !noun(one).unwrap().plural, "{many}");
        }
        assert!(noun("people").unwrap().plural && !noun("scissors").unwrap().plural && !noun("bus").unwrap().plural);
    }

    #[test]
    fn every_row_of_the_table_is_understood() {
        for (word, row) in TABLE.iter() {
            let understood = match meaning(*row) {
                Meaning::Thing(classes) => !classes.is_empty(),
                Meaning::Other => row.0 == "other",
                _ => true,
            };
            assert!(understood, "{word}: {row:?}");
        }
    }
}
