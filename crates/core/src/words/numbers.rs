//! Numbers and places in a row, in letters: `assets/words/numbers.tsv`.

use super::rows;
use std::sync::LazyLock;

const TABLE: &str = include_str!("../../../../assets/words/numbers.tsv");

/// Name, value and ordinal.
static NUMBERS: LazyLock<Vec<(&str, u32, &str)>> = LazyLock::new(|| {
    let rows = rows(TABLE).filter_map(|row| Some((*row.first()?, row.get(1)?.parse().ok()?, *row.get(2)?)));
    rows.collect()
});

/// All names of numbers.
pub fn numerals() -> impl Iterator<Item = &'static str> {
    NUMBERS.iter().map(|(name, ..)| *name)
}

/// The number that a word names in letters of either case.
pub fn numeral(word: &str) -> Option<u32> {
    NUMBERS.iter().find(|(name, ..)| name.eq_ignore_ascii_case(word)).map(|(_, value, _)| *value)
}

/// The whole number that a word names, in digits or letters of either case.
pub fn number(word: &str) -> Option<u32> {
    numeral(word).or_else(|| word.parse().ok())
}

/// The place in a row that a lower-case word names, counted from 1: 2 for "second".
pub fn ordinal(word: &str) -> Option<u32> {
    NUMBERS.iter().find(|(.., ordinal)| *ordinal == word && word != "-").map(|(_, value, _)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_digits_and_letters() {
        assert_eq!([number("Three"), number("12"), number("dozen")], [Some(3), Some(12), Some(12)]);
        assert_eq!([number("many"), number(""), number("-1")], [None; 3]);
        assert_eq!([ordinal("first"), ordinal("twelfth"), ordinal("-")], [Some(1), Some(12), None]);
        assert_eq!(NUMBERS.len(), rows(TABLE).count());
    }
}
