//! Words that mean numbers, colours, changes and ways, as values.
//!
//! Every table of words that more than one part of the program reads is here or in `assets/words`. Whatever isn't understood
//! word by word is `None`: nothing is guessed.

mod changes;
mod colours;
mod numbers;
mod plural;
mod sides;
mod ways;

pub use changes::{change, colouring};
pub(crate) use colours::follows_a_thing;
pub use colours::{Colour, colour, colour_words, colours};
pub use numbers::{number, numeral, numerals, ordinal};
pub use plural::{irregular, is_plural, singular, singulars};
pub use sides::{Side, side, sides};
pub use ways::{Way, way};

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// The rows of a table in `assets/words` as columns, without comments.
pub fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split('\t').collect())
}

static LISTS: LazyLock<HashMap<&str, HashSet<&str>>> = LazyLock::new(|| {
    let mut lists = HashMap::<_, HashSet<_>>::new();
    for row in rows(include_str!("../../../../assets/words/lists.tsv")) {
        lists.entry(row[0]).or_default().extend(row[1..].iter().flat_map(|words| words.split(' ')));
    }
    lists
});

/// Whether a lower-case word is in a list of `assets/words/lists.tsv`, named as there.
pub fn is_in(list: &str, word: &str) -> bool {
    let list = LISTS.get(list);
    debug_assert!(list.is_some(), "no such list");
    list.is_some_and(|words| words.contains(word))
}

/// Lower-case runs of letters and digits.
pub fn plain(text: &str) -> impl Iterator<Item = String> {
    runs(text, "")
}

/// Lower-case runs of letters, digits and some `other` characters.
pub fn runs(text: &str, other: &'static str) -> impl Iterator<Item = String> {
    let runs = text.split(move |c: char| !c.is_alphanumeric() && !other.contains(c));
    runs.filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// Lower-case words without punctuation; hyphens part words, and numbers stay whole with their sign and without their unit:
/// "+1.5EV" is "+1.5" and "ev", "20%" is "20" and "%".
pub fn split(text: &str) -> Vec<String> {
    let text = text.to_lowercase().replace("b&w", "black and white").replace('−', "-");
    let mut words = Vec::new();
    for chunk in text.split_whitespace() {
        let mut rest = chunk.trim_start_matches(|c: char| !(c.is_alphanumeric() || "+-#%'".contains(c)));
        if let Some(length) = number_length(rest) {
            let (number, others) = rest.split_at(length);
            if let Some((quotient, length)) = quotient(number, others) {
                words.push(quotient);
                rest = &others[length..];
            } else if others.trim_start_matches(['-', '–', '/', ',', '.']).starts_with(|c: char| c.is_ascii_digit()) {
                // "1-2" and "3/0" are not one number.
                words.push(rest.to_owned());
                continue;
            } else {
                let is_thousands = number.split_once(',').is_some_and(|(whole, rest)| rest.len() == 3 && whole != "0");
                words.push(number.replace(',', if is_thousands { "" } else { "." }));
                rest = others;
            }
        }
        let parts = rest.split(|c: char| !(c.is_alphanumeric() || "#%'".contains(c)));
        let parts = parts.map(|word| word.trim_matches('\''));
        words.extend(parts.filter(|word| !word.is_empty()).map(str::to_owned));
    }
    words
}

/// The value of a fraction such as "1/3", as a number, and the bytes of `others` that it takes.
fn quotient(number: &str, others: &str) -> Option<(String, usize)> {
    let below = others.strip_prefix('/')?;
    let length = below.bytes().take_while(u8::is_ascii_digit).count();
    let (above, below): (f32, f32) = (number.parse().ok()?, below[..length].parse().ok()?);
    (below > 0.0).then(|| ((above / below).to_string(), 1 + length))
}

/// Bytes of the number at the start of a word: "1,5" of "1,5ev"; `None` if it doesn't start with one.
fn number_length(word: &str) -> Option<usize> {
    let sign = word.len() - word.trim_start_matches(['+', '-']).len();
    let digits = |from: usize| word[from..].bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(sign);
    if sign > 1 || whole == 0 {
        return None;
    }
    let end = sign + whole;
    let has_point = word[end..].starts_with(['.', ',']);
    let fraction = if has_point { digits(end + 1) } else { 0 };
    Some(if fraction > 0 { end + 1 + fraction } else { end })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_whole_and_lose_their_units() {
        for (text, words) in [
            ("A stop-and-a-half", &["a", "stop", "and", "a", "half"][..]),
            ("+1.5EV", &["+1.5", "ev"]),
            ("−0,5 EV.", &["-0.5", "ev"]),
            ("-1/4EV", &["-0.25", "ev"]),
            ("1 1/2 stops", &["1", "0.5", "stops"]),
            ("1,000 px", &["1000", "px"]),
            ("1-2 stops", &["1-2", "stops"]),
            ("3/0", &["3/0"]),
            ("20% left, by 35px!", &["20", "%", "left", "by", "35", "px"]),
            ("B&W", &["black", "and", "white"]),
            ("#ff8800", &["#ff8800"]),
            ("the dog's -x", &["the", "dog's", "x"]),
            ("1.", &["1"]),
        ] {
            assert_eq!(split(text), words, "{text}");
        }
    }
}
