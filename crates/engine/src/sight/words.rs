//! Finding written words among lines of text: "STOP", "the word SALE", "the sign that says OPEN".

use super::quad::{self, Corners};
use super::text::TextLine;
use tie_core::words::is_in;

/// Where wanted words are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TextMatch {
    /// In reading order: one, or several if the words continue in the next line.
    pub parts: Vec<TextPart>,
    /// 0 to 1: how well the letters fit, times how surely they were read.
    pub score: f32,
}

/// A line or a run of words in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TextPart {
    /// Index of the line.
    pub line: usize,
    /// Around the words, in image pixels.
    pub corners: Corners,
}

/// Cost of a wrong, extra or missing letter, in letters.
const WRONG: f32 = 1.2;
const GAP: f32 = 1.0;
/// Letters that look alike.
const ALIKE: f32 = 0.25;
const LOOKALIKES: [&str; 8] = ["0oqdc", "1lij7t", "5s", "8b3", "2z", "6g9", "uv", "ec"];
/// The share of the letters that may be wrong.
const TOLERANCE: f32 = 0.25;
/// Words inside a longer word count less, and short ones nothing.
const INSIDE: f32 = 0.75;
const LEAST_INSIDE: usize = 4;
/// Written words that are found with less are other words.
const CLEARLY: f32 = 0.75;
/// Lines are neighbours if the gap between them is less than this many of their heights.
const NEAR: f32 = 2.0;

/// The places of a phrase's words, best first; empty if there are none.
///
/// The phrase may be the words themselves or say that they are words ("the word SALE", "a sign that says “No entry”"). Case
/// and marks do not count, and the longer the words, the more letters may have been misread.
pub(crate) fn find_text(lines: &[TextLine], wanted: &str) -> Vec<TextMatch> {
    let phrases = phrases(wanted);
    phrases.iter().map(|words| matches(lines, words)).find(|found| !found.is_empty()).unwrap_or_default()
}

/// Whether these very words stand in the lines, whole words and one after the other.
pub(super) fn are_in(lines: &[TextLine], words: &str) -> bool {
    matches(lines, &folded_words(words)).iter().any(|found| found.score > CLEARLY)
}

fn matches(lines: &[TextLine], words: &[String]) -> Vec<TextMatch> {
    let whole: String = words.concat();
    let mut found = Vec::new();
    for line in 0..lines.len() {
        found.extend(
            in_line(lines, line, &whole).into_iter().map(|(part, score)| TextMatch { parts: vec![part], score }),
        );
    }
    if words.len() > 1 {
        found.extend(over_lines(lines, words));
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    // The same line without the words that follow in the next one is the same place, matched less well.
    let mut apart: Vec<TextMatch> = Vec::new();
    for one in found {
        let is_part = |other: &TextMatch| other.parts.len() != one.parts.len() && other.parts.contains(&one.parts[0]);
        if !apart.iter().any(is_part) {
            apart.push(one);
        }
    }
    apart
}

/// Words that begin in one line and continue in its neighbours.
fn over_lines(lines: &[TextLine], words: &[String]) -> Vec<TextMatch> {
    let mut found = Vec::new();
    for taken in (1..words.len()).rev() {
        let (first, rest) = words.split_at(taken);
        for line in 0..lines.len() {
            for (part, score) in in_line(lines, line, &first.concat()) {
                let mut parts = vec![part];
                if let Some(of_rest) = go_on(lines, rest, &mut parts) {
                    found.push(TextMatch { parts, score: score.min(of_rest) });
                }
            }
        }
        if !found.is_empty() {
            break;
        }
    }
    found
}

/// Finds the rest of the words in lines near the last part, as many at once as stand together; the least score.
fn go_on(lines: &[TextLine], words: &[String], parts: &mut Vec<TextPart>) -> Option<f32> {
    let mut least = 1.0_f32;
    let mut rest = words;
    while !rest.is_empty() {
        let last = *parts.last()?;
        let is_next = |line: usize| parts.iter().all(|part| part.line != line) && follows(&last.corners, &lines[line]);
        let next = (1..=rest.len()).rev().find_map(|taken| {
            let wanted = rest[..taken].concat();
            let all = (0..lines.len()).filter(|line| is_next(*line)).flat_map(|line| in_line(lines, line, &wanted));
            all.max_by(|a, b| a.1.total_cmp(&b.1)).map(|best| (taken, best))
        });
        let (taken, (part, score)) = next?;
        parts.push(part);
        least = least.min(score);
        rest = &rest[taken..];
    }
    Some(least)
}

/// Whether a line continues a part: right of it or below it, and near.
fn follows(before: &Corners, line: &TextLine) -> bool {
    let (a, b) = (quad::rect(before), line.rect);
    let reach = NEAR * quad::height(before).max(line.height());
    let gap = |low: f32, high: f32, other_low: f32, other_high: f32| (other_low - high).max(low - other_high).max(0.0);
    let near = gap(a.left, a.right, b.left, b.right) < reach && gap(a.top, a.bottom, b.top, b.bottom) < reach;
    let half = 0.5 * quad::height(before);
    near && (b.centre().1 > a.centre().1 + half || b.centre().0 > a.centre().0)
}

/// The letters and digits of a text without case and marks.
struct Letters {
    folded: Vec<char>,
    /// Index in the text of each character.
    at: Vec<usize>,
    /// Whether a word begins with it.
    begins: Vec<bool>,
}

impl Letters {
    fn of(text: &str) -> Self {
        let mut letters = Self { folded: Vec::new(), at: Vec::new(), begins: Vec::new() };
        let mut begins = true;
        for (index, character) in text.chars().enumerate() {
            if !character.is_alphanumeric() {
                // "Don't" is one word.
                begins |= !matches!(character, '\'' | '’');
                continue;
            }
            for folded in folded(character) {
                letters.folded.push(folded);
                letters.at.push(index);
                letters.begins.push(begins);
                begins = false;
            }
        }
        letters
    }
}

/// Lower case without accents, which are often not read.
fn folded(character: char) -> impl Iterator<Item = char> {
    const PLAIN: [(&str, char); 8] = [
        ("àáâãäåāă", 'a'),
        ("èéêëēě", 'e'),
        ("ìíîïīǐı", 'i'),
        ("òóôõöøōǒ", 'o'),
        ("ùúûüūǔ", 'u'),
        ("çćč", 'c'),
        ("ñń", 'n'),
        ("ýÿ", 'y'),
    ];
    character
        .to_lowercase()
        .map(|letter| PLAIN.iter().find(|(marked, _)| marked.contains(letter)).map_or(letter, |(_, plain)| *plain))
}

/// Where folded words are in a line, each with a score; places do not overlap.
fn in_line(lines: &[TextLine], index: usize, wanted: &str) -> Vec<(TextPart, f32)> {
    let line = &lines[index];
    let letters = Letters::of(&line.text);
    let wanted: Vec<char> = wanted.chars().collect();
    if wanted.is_empty() || letters.folded.is_empty() {
        return Vec::new();
    }
    let count = letters.folded.len();
    let mut places: Vec<(usize, usize, f32)> = Vec::new();
    for (end, &(cost, start)) in row_by_row(&letters.folded, &wanted).iter().enumerate() {
        if cost > TOLERANCE * wanted.len() as f32 || end <= start {
            continue;
        }
        let is_whole = letters.begins[start] && (end == count || letters.begins[end]);
        if !is_whole && wanted.len() < LEAST_INSIDE {
            continue;
        }
        let fit = (1.0 - cost / wanted.len() as f32) * if is_whole { 1.0 } else { INSIDE };
        places.push((start, end, fit));
    }
    places.sort_by(|a, b| b.2.total_cmp(&a.2));
    let mut kept: Vec<(usize, usize, f32)> = Vec::new();
    for place in places {
        if kept.iter().all(|other| place.1 <= other.0 || place.0 >= other.1) {
            kept.push(place);
        }
    }
    let part = |(start, end, fit): (usize, usize, f32)| {
        let corners = between(line, letters.at[start], letters.at[end - 1]);
        (TextPart { line: index, corners }, fit * line.sureness)
    };
    kept.into_iter().map(part).collect()
}

/// From one character of a line to another.
fn between(line: &TextLine, first: usize, last: usize) -> Corners {
    let middle = |index: usize| line.letters.get(index).copied();
    let edge = |before: Option<f32>, after: Option<f32>, end: f32| match (before, after) {
        (Some(before), Some(after)) => f32::midpoint(before, after),
        _ => end,
    };
    let from = edge(first.checked_sub(1).and_then(middle), middle(first), 0.0);
    let to = edge(middle(last), middle(last + 1), 1.0);
    quad::part(&line.corners, from, to)
}

/// For each end in `read`, the least cost of `wanted` there and where it starts (Sellers 1980).
fn row_by_row(read: &[char], wanted: &[char]) -> Vec<(f32, usize)> {
    let mut above: Vec<(f32, usize)> = (0..=read.len()).map(|index| (0.0, index)).collect();
    for &letter in wanted {
        let mut row = vec![(above[0].0 + GAP, above[0].1)];
        for (index, &other) in read.iter().enumerate() {
            let changed = (above[index].0 + difference(letter, other), above[index].1);
            let missing = (above[index + 1].0 + GAP, above[index + 1].1);
            let added = (row[index].0 + GAP, row[index].1);
            let best = [changed, missing, added].into_iter().min_by(|a, b| a.0.total_cmp(&b.0));
            row.push(best.unwrap_or(changed));
        }
        above = row;
    }
    above
}

fn difference(a: char, b: char) -> f32 {
    if a == b {
        0.0
    } else if LOOKALIKES.iter().any(|group| group.contains(a) && group.contains(b)) {
        ALIKE
    } else {
        WRONG
    }
}

/// Words between them.
const LINKS: &[&str] = &["called", "named", "of", "reading", "reads", "read", "saying", "says", "say", "which", "with"];
/// Words after which a phrase says where the words are.
const PLACES: &[&str] = &["above", "at", "behind", "below", "beside", "from", "in", "near", "on", "under"];

/// The texts that a phrase may mean, likeliest first: each as folded words.
fn phrases(wanted: &str) -> Vec<Vec<String>> {
    if let Some(quoted) = quoted(wanted) {
        return Some(folded_words(&quoted)).filter(|words| !words.is_empty()).into_iter().collect();
    }
    let words: Vec<&str> = wanted.split_whitespace().collect();
    let lower: Vec<String> = words.iter().map(|word| word.trim_end_matches(':').to_lowercase()).collect();
    let is_any = |index: usize, list: &[&str]| list.contains(&lower[index].as_str());
    let is_opening = |index: usize| is_in("text opening", &lower[index]);
    let mut all: Vec<Vec<String>> = Vec::new();
    let mut add = |range: std::ops::Range<usize>| {
        let words = words.get(range).map(|words| folded_words(&words.join(" "))).unwrap_or_default();
        if !words.is_empty() && !all.contains(&words) {
            all.push(words);
        }
    };
    let opening = |index: usize| is_opening(index) || (index > 0 && is_any(index, LINKS));
    let start = (0..words.len()).find(|index| !opening(*index)).unwrap_or(0);
    let place = (start + 1..words.len()).find(|index| is_any(*index, PLACES)).unwrap_or(words.len());
    let trailing = (start + 1..place).rev().take_while(|index| is_opening(*index)).last().unwrap_or(place);
    add(start..words.len());
    add(start..place);
    add(start..trailing);
    // "The sign" can itself be written somewhere.
    add(0..words.len());
    // Capitals among lower-case letters are the written text.
    let is_capital =
        |word: &str| word.chars().any(char::is_alphabetic) && word.to_uppercase() == word && word.len() > 1;
    let shout = words.iter().position(|word| is_capital(word));
    if let Some(first) = shout {
        let end = (first..words.len()).find(|index| !is_capital(words[*index])).unwrap_or(words.len());
        add(first..end);
    }
    all
}

fn folded_words(text: &str) -> Vec<String> {
    let letters = Letters::of(text);
    let mut words: Vec<String> = Vec::new();
    for (letter, begins) in letters.folded.iter().zip(letters.begins) {
        match words.last_mut() {
            Some(word) if !begins => word.push(*letter),
            _ => words.push(letter.to_string()),
        }
    }
    words
}

/// The text between quotation marks.
fn quoted(text: &str) -> Option<String> {
    let pairs = [('"', '"'), ('“', '”'), ('„', '“'), ('«', '»'), ('‘', '’'), ('\'', '\'')];
    pairs.iter().find_map(|(open, close)| {
        // An apostrophe inside a word opens nothing.
        let opens = |index: usize| text[..index].chars().next_back().is_none_or(|before| !before.is_alphanumeric());
        let start = text.char_indices().find(|(index, mark)| mark == open && opens(*index))?.0 + open.len_utf8();
        let end = start + text[start..].rfind(*close)?;
        Some(text[start..end].to_owned()).filter(|inner| inner.chars().any(char::is_alphanumeric))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line of letters 10 pixels wide and 20 high, `row` lines down.
    fn line(text: &str, row: u8) -> TextLine {
        let (count, top) = (text.chars().count(), 24.0 * f32::from(row));
        let right = 10.0 * count as f32;
        let corners = [(0.0, top), (right, top), (right, top + 20.0), (0.0, top + 20.0)];
        let letters = (0..count).map(|index| (index as f32 + 0.5) / count as f32).collect();
        TextLine { corners, rect: quad::rect(&corners), score: 0.9, text: text.to_owned(), sureness: 0.9, letters }
    }

    fn first(lines: &[TextLine], wanted: &str) -> Option<(usize, f32, f32)> {
        let part = find_text(lines, wanted).first()?.parts[0];
        let rect = quad::rect(&part.corners);
        Some((part.line, rect.left.round(), rect.right.round()))
    }

    #[test]
    fn words_are_found_in_a_line_however_they_are_asked_for() {
        let lines = [line("Big Summer SALE today", 0), line("STOP", 1)];
        for phrase in [
            "SALE",
            "the word sale",
            "the word “Sale”",
            "text saying 'sale'",
            "the sale sign",
            "the writing SALE on the wall",
        ] {
            assert_eq!(first(&lines, phrase), Some((0, 110.0, 150.0)), "{phrase}");
        }
        assert_eq!(first(&lines, "the sign that says STOP"), Some((1, 0.0, 40.0)));
        assert_eq!(first(&lines, "summer sale"), Some((0, 40.0, 150.0)));
    }

    #[test]
    fn misread_letters_are_forgiven_in_long_words_and_not_in_short_ones() {
        let lines = [line("W1LLIAMS0N", 0), line("SHOP", 1), line("CAFÉ", 2), line("BAT", 3)];
        assert_eq!(first(&lines, "Williamson"), Some((0, 0.0, 100.0)));
        assert_eq!(first(&lines, "cafe"), Some((2, 0.0, 40.0)));
        assert_eq!([first(&lines, "STOP"), first(&lines, "CAT"), first(&lines, "")], [None, None, None]);
        assert_eq!(first(&lines, "the word"), None);
    }

    #[test]
    fn a_word_is_not_found_inside_another_if_it_is_short() {
        let lines = [line("PARTNER", 0)];
        assert_eq!(first(&lines, "ART"), None);
        assert!(
            find_text(&[line("GRANDOPENING", 0)], "opening")[0].score
                < find_text(&[line("OPENING", 0)], "opening")[0].score
        );
    }

    #[test]
    fn words_may_go_on_in_the_next_line_but_not_far_away() {
        let lines = [line("NO", 9), line("WELCOME", 0), line("TO", 1), line("EXIT", 0)];
        let found = find_text(&lines, "the words WELCOME TO");
        assert_eq!(found[0].parts.iter().map(|part| part.line).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(find_text(&lines, "\"no exit\""), []);
    }

    #[test]
    fn each_place_of_a_word_is_told_and_the_surest_comes_first() {
        let mut lines = [line("GO GO", 0), line("GO", 1)];
        lines[1].sureness = 0.99;
        let found = find_text(&lines, "GO");
        assert_eq!(found.iter().map(|one| one.parts[0].line).collect::<Vec<_>>(), [1, 0, 0]);
    }

    #[test]
    fn words_that_were_written_are_read_whole() {
        let lines = [line("GRAND", 0), line("OPENING TODAY!", 1)];
        assert!(are_in(&lines, "Grand opening") && are_in(&lines, "opening") && are_in(&lines, "TODAY"));
        assert!(!are_in(&lines, "OPEN") && !are_in(&lines, "BRAND NEW") && !are_in(&lines, "!"));
    }
}
