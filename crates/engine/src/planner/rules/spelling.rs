//! Misspelt words: one letter wrong, missing or too many, or two neighbours swapped.
//!
//! Only verbs and colours are corrected: they are few, everything depends on them, and
//! [`neighbours`](super::neighbours) lists correct words that look like them. Names are never corrected.

use super::lexicon::Class;
use super::neighbours::is_word;
use super::normalise::{Kind, Token};
use super::verbs;
use std::sync::LazyLock;
use tie_core::words::colour_words;

/// Shorter words have too many neighbours.
const SHORTEST: usize = 4;

/// The longest word that is compared.
const LONGEST: usize = 24;

/// Words that can be meant, with the letters that each has as bits.
pub(super) struct Known(Vec<(&'static str, u32)>);

impl Known {
    /// Those of four letters or more; earlier ones are likelier.
    pub(super) fn new(words: impl IntoIterator<Item = &'static str>) -> Self {
        let long = words.into_iter().filter(|word| word.len() >= SHORTEST);
        Self(long.map(|word| (word, letters(word))).collect())
    }

    /// The words that an unknown lower-case word may have been meant to be, the likeliest slip first.
    pub(super) fn meant(&self, typed: &str) -> Vec<&'static str> {
        if !(SHORTEST - 1..=LONGEST).contains(&typed.len()) || !typed.is_ascii() || is_word(typed) {
            return Vec::new();
        }
        let has = letters(typed);
        // One slip changes at most two letters of the set, which rules out nearly all words at once.
        let near = self.0.iter().filter(|(_, letters)| (letters ^ has).count_ones() <= 2);
        let mut found: Vec<_> = near.filter_map(|(word, _)| Some((slip(typed, word)?, *word))).collect();
        found.sort_by_key(|(slip, _)| *slip);
        found.into_iter().map(|(_, word)| word).collect()
    }
}

fn letters(word: &str) -> u32 {
    word.bytes().fold(0, |set, letter| set | 1 << (letter % 32))
}

/// The ways to go wrong by one letter, the likeliest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Slip {
    Swapped,
    Doubled,
    Missing,
    Extra,
    Wrong,
    /// The first letter is wrong, which people notice.
    First,
}

/// How `typed` differs from `meant` by exactly one letter.
fn slip(typed: &str, meant: &str) -> Option<Slip> {
    let (a, b) = (typed.as_bytes(), meant.as_bytes());
    if a.len().abs_diff(b.len()) > 1 || a == b {
        return None;
    }
    let start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let before = start.checked_sub(1).map(|at| a[at]);
    match (&a[start..], &b[start..]) {
        (&[x0, x1, ref x @ ..], &[y0, y1, ref y @ ..]) if x0 == y1 && x1 == y0 && x == y => Some(Slip::Swapped),
        (&[_, ref x @ ..], &[_, ref y @ ..]) if x == y => Some(if start == 0 { Slip::First } else { Slip::Wrong }),
        (x, &[_, ref y @ ..]) if x == y => Some(Slip::Missing),
        (&[x0, ref x @ ..], y) if x == y && before == Some(x0) => Some(Slip::Doubled),
        (&[_, ref x @ ..], y) if x == y => Some(Slip::Extra),
        _ => None,
    }
}

static COLOURS: LazyLock<Known> = LazyLock::new(|| Known::new(colour_words()));

/// Puts the colours that were meant for those that were typed; verbs are mended where they are looked for, because only
/// what stands around them shows that they are verbs.
pub(super) fn mend_colours(tokens: &mut [Token<'_>]) {
    let shouted = tokens.iter().all(|token| !token.text.contains(char::is_lowercase));
    for at in 0..tokens.len() {
        let token = &tokens[at];
        let first = at == 0 || tokens[at - 1].kind == Kind::Stop;
        let name = token.text.contains(char::is_uppercase) && !first && !shouted;
        if token.kind != Kind::Word || token.class != Class::default() || name {
            continue;
        }
        let Some(meant) = COLOURS.meant(&token.lower).first().copied() else { continue };
        // "ivorys" and "tealy" are made of a colour on purpose.
        let made = token.lower.strip_suffix(['s', 'y']).is_some_and(|stem| stem == meant);
        if made || verbs::find(&tokens[at..], first).is_some() {
            continue;
        }
        let token = &mut tokens[at];
        *token = Token::of_word(meant, meant.to_owned(), token.span);
    }
}

#[cfg(test)]
mod tests {
    use super::super::normalise::{join, tokens};
    use super::super::verbs::find;
    use super::*;

    /// Everything one letter from a word.
    fn typos(word: &str) -> Vec<String> {
        let letters = || 'a'..='z';
        let mut out = Vec::new();
        for at in 0..=word.len() {
            let (before, after) = word.split_at(at);
            out.extend(letters().map(|letter| format!("{before}{letter}{after}")));
            if let Some(rest) = after.get(1..) {
                out.push(format!("{before}{rest}"));
                out.extend(letters().map(|letter| format!("{before}{letter}{rest}")));
            }
            if let (Some(two), Some(rest)) = (after.get(..2), after.get(2..)) {
                out.push(format!("{before}{}{}{rest}", &two[1..], &two[..1]));
            }
        }
        out.retain(|typo| typo != word && !is_word(typo) && super::super::lexicon::classify(typo) == Class::default());
        out.sort();
        out.dedup();
        out
    }

    /// How many of a hundred typos are understood, with some that are not.
    fn understood(
        words: impl Iterator<Item = &'static str>,
        is_right: impl Fn(&str, &str) -> bool,
    ) -> (f64, Vec<String>) {
        let (mut all, mut missed) = (0, Vec::new());
        for word in words.filter(|word| word.len() >= SHORTEST) {
            for typo in typos(word) {
                all += 1;
                if !is_right(&typo, word) {
                    missed.push(format!("{typo} for {word}"));
                }
            }
        }
        (100.0 - 100.0 * missed.len() as f64 / f64::from(all), missed)
    }

    #[test]
    fn colours_are_understood_with_one_letter_wrong() {
        let (percent, missed) = understood(colour_words(), |typo, colour| {
            let text = format!("paint the wall {typo}");
            join(&tokens(&text)) == format!("paint the wall {colour}")
        });
        assert!(percent >= 97.0, "{percent} %: {missed:?}");
    }

    #[test]
    fn verbs_are_understood_with_one_letter_wrong() {
        for object in ["the cup", "it"] {
            let (percent, missed) = understood(verbs::first_words(), |typo, verb| {
                let (typo, verb) = (format!("{typo} {object}"), format!("{verb} {object}"));
                let frame = |text: &str| find(&tokens(text), true).map(|found| found.frame);
                frame(&typo) == frame(&verb)
            });
            assert!(percent >= 97.0, "{percent} %: {missed:?}");
        }
    }

    #[test]
    fn real_words_and_names_stay_as_they_are() {
        for word in [
            "bread",
            "land",
            "sand",
            "pinky",
            "grain",
            "browse",
            "blur",
            "glue",
            "while",
            "oranges",
            "roses",
            "crown",
            "greek",
            "plate",
            "bold",
            "cold",
            "wine",
            "lamp",
            "table",
            "tree",
            "girl",
            "light",
            "team",
            "peace",
            "bench",
            "window",
            "glove",
            "clove",
            "blouse",
            "grapes",
            "beach",
            "croissant",
            "block",
            "train",
            "bride",
            "tractor",
            "coal",
            "goal",
            "rope",
            "road",
            "hose",
            "line",
            "vest",
            "cake",
            "lake",
            "hat",
            "cat",
            "sheep",
            "steam",
            "leaf",
            "olives",
            "ivorys",
            "tealy",
        ] {
            let text = format!("the {word} on the table");
            assert_eq!(join(&tokens(&text)), text);
            assert!(find(&tokens(&format!("{word} on the table")), true).is_none_or(|found| !found.misspelt), "{word}");
        }
        assert_eq!(join(&tokens("put Gry beside the Teel tower")), "put Gry beside the Teel tower");
        assert_eq!(join(&tokens("the car BLEU")), "the car BLEU");
        assert_eq!(join(&tokens("PAINT IT BLEU")), "PAINT IT blue");
    }

    #[test]
    fn the_likeliest_slip_decides() {
        assert_eq!((slip("bleu", "blue"), slip("bluee", "blue")), (Some(Slip::Swapped), Some(Slip::Doubled)));
        assert_eq!((slip("blu", "blue"), slip("blwue", "blue")), (Some(Slip::Missing), Some(Slip::Extra)));
        assert_eq!((slip("bkue", "blue"), slip("nlue", "blue")), (Some(Slip::Wrong), Some(Slip::First)));
        assert_eq!((slip("blue", "blue"), slip("lbeu", "blue")), (None, None));
    }
}
