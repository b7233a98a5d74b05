//! A little English morphology: articles and the -ing form, as far as short noun phrases need them.

use super::lexicon::{Class, classify, is_noun_in_ing};
use tie_core::words::{is_plural, singular};

/// Words that begin with a vowel sound although not a vowel, or the other way round.
const AN: &[&str] = &["hour", "honest", "heir", "x-ray", "suv", "mri", "fbi"];
const NOT_AN: &[&str] = &["uni", "use", "eu", "one", "once", "ukulele", "ufo"];

/// "a" or "an" for what follows.
pub(super) fn article(next: &str) -> &'static str {
    let next = next.to_lowercase();
    let vowel = next.starts_with(['a', 'e', 'i', 'o', 'u']);
    let an =
        AN.iter().any(|start| next.starts_with(start)) || vowel && !NOT_AN.iter().any(|start| next.starts_with(start));
    if an { "an" } else { "a" }
}

/// The words before the first one that only says more about the noun: "glass" of "glass of milk".
fn head(phrase: &str) -> &str {
    let mut head = "";
    for word in phrase.split_whitespace() {
        let class = classify(&word.to_lowercase());
        let lower = word.trim_end_matches(',').to_lowercase();
        let does = word.ends_with("ing") && !is_noun_in_ing(&lower) && !(head == "wall" && lower == "hanging");
        if !head.is_empty() && (class.is(Class::PLACE) || class.is(Class::BINDS) || does) {
            break;
        }
        head = word.trim_end_matches(',');
    }
    head
}

/// The noun a phrase is about, in lower case and singular.
pub(super) fn head_noun(phrase: &str) -> String {
    singular(head(phrase))
}

/// The phrase as something new: with "a" or "an" if it lacks an article and takes one.
pub(super) fn with_article(phrase: &str) -> String {
    let phrase = phrase.trim();
    let first = phrase.split_whitespace().next().unwrap_or_default();
    let class = classify(&first.to_lowercase());
    let head = head(phrase);
    let bare = class.is(Class::DETERMINER)
        || class.is(Class::NUMBER)
        || class.is(Class::PRONOUN)
        || !first.starts_with(char::is_alphabetic)
        || first.ends_with("'s")
        || first.starts_with(char::is_uppercase)
        || is_plural(head)
        || classify(&head.to_lowercase()).is(Class::MASS);
    if bare { phrase.to_owned() } else { format!("{} {phrase}", article(first)) }
}

/// The phrase as something known: with "the" unless it has an article or owner.
pub(super) fn with_the(phrase: &str) -> String {
    let first = phrase.split_whitespace().next().unwrap_or_default();
    let class = classify(&first.to_lowercase());
    // "one of the birds" points already.
    let counted = class.is(Class::NUMBER) && phrase.split_whitespace().nth(1) == Some("of");
    let bare = class.is(Class::DETERMINER) || class.is(Class::PRONOUN) || phrase.is_empty() || counted;
    if bare { phrase.to_owned() } else { format!("the {phrase}") }
}

/// The -ing form of a bare verb.
pub(super) fn gerund(verb: &str) -> String {
    let verb = match verb {
        "has" | "had" => "have",
        "wears" | "wore" => "wear",
        "holds" | "held" => "hold",
        "sits" | "sat" => "sit",
        "stands" | "stood" => "stand",
        "seems" | "looks" => "look",
        other => other,
    };
    let letters: Vec<char> = verb.chars().collect();
    let vowel = |c: char| "aeiou".contains(c);
    match letters.as_slice() {
        // "swing" is not an -ing form.
        [rest @ .., 'i', 'n', 'g'] if rest.iter().any(|letter| vowel(*letter)) => verb.to_owned(),
        [rest @ .., 'i', 'e'] => rest.iter().chain(&['y']).collect::<String>() + "ing",
        [rest @ .., c, 'e'] if !vowel(*c) || *c == 'u' => rest.iter().collect::<String>() + &format!("{c}ing"),
        // One syllable that ends consonant, vowel, consonant doubles the last letter: "sit", "sitting".
        [rest @ .., a, b, c]
            if !vowel(*a)
                && vowel(*b)
                && !vowel(*c)
                && !"wxy".contains(*c)
                && !rest.iter().any(|letter| vowel(*letter)) =>
        {
            format!("{verb}{c}ing")
        }
        _ => format!("{verb}ing"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_follow_the_sound() {
        for (phrase, expected) in [
            ("cat", "a cat"),
            ("orange cat", "an orange cat"),
            ("unicorn", "a unicorn"),
            ("two cats", "two cats"),
            ("glasses", "glasses"),
            ("glass of milk", "a glass of milk"),
            ("the cat", "the cat"),
            ("grass", "grass"),
            ("a dog", "a dog"),
        ] {
            assert_eq!(with_article(phrase), expected);
        }
    }

    #[test]
    fn verbs_take_their_ing() {
        for (verb, expected) in [
            ("sit", "sitting"),
            ("lie", "lying"),
            ("smile", "smiling"),
            ("wear", "wearing"),
            ("look", "looking"),
            ("open", "opening"),
            ("swing", "swinging"),
            ("wearing", "wearing"),
        ] {
            assert_eq!(gerund(verb), expected);
        }
    }
}
