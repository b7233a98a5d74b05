//! One and many: the irregular plurals of `assets/words/plurals.tsv`, and rules for the others.

use super::{is_in, rows};
use std::collections::HashMap;
use std::sync::LazyLock;

static IRREGULAR: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let rows = rows(include_str!("../../../../assets/words/plurals.tsv"));
    rows.filter_map(|row| Some((*row.first()?, *row.get(1)?))).collect()
});

/// Plurals that the rule misses and the table lacks, or has as their own singular.
const MANY: [&str; 10] = ["bayous", "cattle", "emus", "fish", "folk", "menus", "police", "sheep", "teeth", "tutus"];

/// The singular of a plural that no rule explains; it may be the word itself.
pub fn irregular(noun: &str) -> Option<&'static str> {
    IRREGULAR.get(noun).copied()
}

/// Whether a noun stands for several things; scissors and trousers do too.
pub fn is_plural(noun: &str) -> bool {
    let noun = noun.to_lowercase();
    let noun = noun.as_str();
    let ends = || noun.len() > 3 && noun.ends_with('s') && !noun.ends_with("ss") && !noun.ends_with("us");
    MANY.contains(&noun) || irregular(noun).is_some_and(|one| one != noun) || ends() && !is_in("singular in s", noun)
}

/// The likeliest singular of a noun, in lower case.
pub fn singular(noun: &str) -> String {
    let noun = noun.to_lowercase();
    if !is_plural(&noun) {
        return noun;
    }
    if let Some(one) = irregular(&noun).filter(|one| *one != noun) {
        return one.to_owned();
    }
    if let Some(stem) = noun.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    let is_word = |stem: &&str| {
        let endings = ["ch", "sh", "ss", "x", "z", "o"];
        endings.iter().any(|ending| stem.ends_with(ending)) || is_in("singular in s", stem)
    };
    let stem = noun.strip_suffix("es").filter(is_word).or_else(|| noun.strip_suffix('s'));
    stem.unwrap_or(&noun).to_owned()
}

/// All singulars that a word or the last word of a phrase may have, likeliest first; some are no words.
pub fn singulars(noun: &str) -> Vec<String> {
    if let Some(one) = irregular(noun) {
        return vec![one.to_owned()];
    }
    let (start, last) = noun.split_at(noun.rfind(' ').map_or(0, |space| space + 1));
    if let Some(one) = irregular(last) {
        return vec![format!("{start}{one}")];
    }
    let mut found = Vec::new();
    if let Some(stem) = noun.strip_suffix("ies") {
        found.push(format!("{stem}y"));
    }
    if let Some(stem) = noun.strip_suffix('s').filter(|stem| !stem.ends_with('s')) {
        found.push(stem.to_owned());
        found.extend(stem.strip_suffix('e').map(str::to_owned));
    }
    if let Some(stem) = noun.strip_suffix("es") {
        found.push(stem.to_owned());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_become_singular() {
        for (plural, one) in [
            ("cats", "cat"),
            ("puppies", "puppy"),
            ("benches", "bench"),
            ("Buses", "bus"),
            ("houses", "house"),
            ("knives", "knife"),
            ("men", "man"),
            ("glasses", "glass"),
            ("stairs", "stair"),
        ] {
            assert!(is_plural(plural) && !is_plural(one), "{plural}");
            assert_eq!(singular(plural), one);
        }
        for one in ["bus", "glass", "canvas", "iris", "deer"] {
            assert_eq!((is_plural(one), singular(one)), (false, one.to_owned()));
        }
    }

    #[test]
    fn a_phrase_has_the_singulars_of_its_last_word() {
        assert_eq!(singulars("bread knives"), ["bread knife"]);
        assert_eq!(singulars("wine boxes"), ["wine boxe", "wine box", "wine box"]);
        assert!(singulars("grass").is_empty());
    }

    #[test]
    fn every_row_has_a_plural_and_a_singular() {
        let table = include_str!("../../../../assets/words/plurals.tsv");
        assert!(rows(table).all(|row| row.len() == 2));
    }
}
