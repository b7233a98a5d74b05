//! Reads a language model's free text: a list of edits, a place, a description.

/// Maximum number of edits read from one answer.
const MOST: usize = 16;
/// Characters of one edit, place or description at most.
const LONGEST: usize = 240;
/// Words that a place begins with.
const PLACES: &[&str] = &[
    "on", "in", "at", "under", "below", "above", "over", "behind", "beside", "next", "near", "between", "to",
    "against", "inside", "beneath", "around",
];

/// One line for each edit of a list, without its bullets and numbers, whether it is written in lines or in one.
pub(super) fn edits(text: &str) -> Vec<String> {
    let lines = text.lines().flat_map(numbered).flat_map(|line| line.split(';'));
    let lines = lines.map(|line| {
        let line = line.trim_start_matches(|c: char| c.is_ascii_digit() || " \t.)-*•–:".contains(c));
        tidy(line.trim_end_matches([' ', ',', '.']))
    });
    // The introduction of a list is not part of it.
    lines.filter(|line| line.chars().any(char::is_alphabetic) && !line.ends_with(':')).take(MOST).collect()
}

/// The parts of "1. this 2. that".
fn numbered(line: &str) -> Vec<&str> {
    let is_number = |at: usize| {
        let rest = &line[at..];
        let digits = rest.chars().take_while(char::is_ascii_digit).count();
        let begins = line[..at].chars().next_back().is_none_or(char::is_whitespace);
        digits > 0
            && digits < 3
            && begins
            && rest[digits..].starts_with([')', '.'])
            && rest[digits + 1..].starts_with(' ')
    };
    let starts: Vec<usize> = line.char_indices().map(|(at, _)| at).filter(|at| is_number(*at)).collect();
    let mut parts = Vec::new();
    let mut from = 0;
    for start in starts {
        parts.push(&line[from..start]);
        from = start;
    }
    parts.push(&line[from..]);
    parts
}

/// A place in a few words, "on the table on the left", from a whole sentence; none if it says no place, or only that it is in
/// the picture.
pub(super) fn place(text: &str) -> Option<String> {
    /// More words describe and do not place.
    const MOST_WORDS: usize = 12;
    let text = tidy(text);
    let sentence = text.split(['.', ',', ';']).next()?.trim();
    let words: Vec<&str> = sentence.split_whitespace().collect();
    let is_preposition = |word: &str| PLACES.contains(&word.to_lowercase().as_str());
    let start = words.iter().position(|word| is_preposition(word))?;
    let place = words[start..].join(" ").to_lowercase();
    let trimmed = ["in the image", "in this image", "of the image", "in the picture", "in the photo", "of the picture"]
        .iter()
        .fold(place, |place, words| place.replace(words, " "));
    let place = trimmed.split_whitespace().collect::<Vec<_>>().join(" ");
    let count = place.split(' ').count();
    ((2..=MOST_WORDS).contains(&count)).then_some(place)
}

/// The first sentence, without an introduction or anything that is not words; `None` if nothing is left.
pub(super) fn sentence(text: &str) -> Option<String> {
    let text = tidy(text);
    let sentence = text.split_inclusive(['.', '!', '?']).next()?.trim().trim_end_matches(['.', '!', '?']).trim();
    let introductions =
        ["sure, ", "the image shows ", "the picture shows ", "the image features ", "it is ", "it shows "];
    let lower = sentence.to_lowercase();
    let rest = introductions.iter().find(|words| lower.starts_with(**words)).map_or(0, |words| words.len());
    // Lower-casing may change how many bytes a letter has.
    let sentence = sentence.get(rest..).unwrap_or(sentence).trim_matches([' ', ',', ':']);
    let says = !sentence.eq_ignore_ascii_case("sure") && sentence.chars().any(char::is_alphabetic);
    says.then(|| sentence.to_owned())
}

/// One line of plain words, no longer than anybody reads.
fn tidy(text: &str) -> String {
    let special = ["[SEG]", "<im_start>", "<im_end>", "<im_patch>", "<s>", "</s>", "<unk>"];
    let text = special.iter().fold(text.to_owned(), |text, token| text.replace(token, " "));
    let is_none = |c: char| c.is_whitespace() || c.is_control() || c == char::REPLACEMENT_CHARACTER;
    let words = text.split(is_none).filter(|word| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    line.chars().take(LONGEST).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lists_are_read_however_they_are_written() {
        let expected = ["remove the spoon", "turn the cup blue"];
        for text in [
            "remove the spoon\nturn the cup blue",
            "1. remove the spoon.\n2. turn the cup blue.",
            "Sure, here are the edits:\n- remove the spoon\n- turn the cup blue\n",
            "1) remove the spoon 2) turn the cup blue",
            "remove the spoon; turn the cup blue [SEG].",
            "* remove the spoon,\n\n* turn  the cup blue",
        ] {
            assert_eq!(edits(text), expected, "{text:?}");
        }
        assert!(edits("1. 2. 3.\n---").is_empty());
        assert_eq!(edits("make the tower 3.5 m high"), ["make the tower 3.5 m high"]);
    }

    #[test]
    fn places_are_taken_out_of_sentences() {
        for (text, expected) in [
            ("The spoon is on the saucer, to the right.", Some("on the saucer")),
            ("It is located in the lower left corner of the image.", Some("in the lower left corner")),
            ("On the left", Some("on the left")),
            ("The cup is in the image.", None),
            ("I do not know.", None),
            ("", None),
        ] {
            assert_eq!(place(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn the_first_sentence_counts_without_its_introduction() {
        assert_eq!(
            sentence("The image shows a red cup on a saucer. It is hot.").as_deref(),
            Some("a red cup on a saucer")
        );
        assert_eq!(sentence("Sure, [SEG] ."), None);
        assert_eq!(sentence("<im_end> a red\u{fffd} cup").as_deref(), Some("a red cup"));
    }

    proptest! {
        #[test]
        fn any_answer_is_read_without_panic_into_short_lines(text in "(\\PC|\n){0,300}") {
            let lines = edits(&text).into_iter().chain(place(&text)).chain(sentence(&text));
            for line in lines {
                prop_assert!(!line.is_empty() && !line.chars().any(char::is_control) && line.chars().count() <= 2 * LONGEST);
            }
        }
    }
}
