//! Stage 1, normalise: text becomes tokens with their word classes; quotes become one token, misspelt colours the colours.
//! It has a splitter of its own because later stages quote the text: they need each token's kind and place in it.

use super::lexicon::{Class, classify};
use super::spelling::mend_colours;

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    /// Quoted text, without its quotation marks.
    Quote,
    Comma,
    /// A full stop, question or exclamation mark, semicolon or line end: a new request follows.
    Stop,
}

/// One word, quotation or mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub kind: Kind,
    /// As it was typed.
    pub text: &'a str,
    /// In lower case, with a straight apostrophe; empty for marks and quotations.
    pub lower: String,
    pub class: Class,
    pub span: Span,
}

/// A place in the instruction, in bytes; corrected or split words keep the place of what was typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub start: usize,
    /// Just behind the last byte.
    pub end: usize,
}

impl<'a> Token<'a> {
    /// A word with its class.
    pub(super) fn of_word(text: &'a str, lower: String, span: Span) -> Self {
        Self { kind: Kind::Word, text, class: classify(&lower), lower, span }
    }

    /// Whether the word is of one of the classes.
    pub(super) fn is(&self, class: Class) -> bool {
        self.class.is(class)
    }

    /// Whether it is this lower-case word.
    pub(super) fn word(&self, word: &str) -> bool {
        self.lower == word
    }

    /// Whether it is one of these lower-case words.
    pub(super) fn one_of(&self, words: &[&str]) -> bool {
        words.contains(&self.lower.as_str())
    }
}

const OPENING: &[char] = &['"', '“', '”', '„', '«', '\'', '‘', '`'];

/// Splits a text into tokens, in time linear in its length.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    // Once a search for a closing mark has come to the end of the text, later ones need not try.
    let mut unclosed = [false; OPENING.len()];
    let mut at = 0;
    let mut before = ' ';
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let next = at + c.len_utf8();
        let mut end = next;
        if let Some(mark) = OPENING.iter().position(|opening| *opening == c)
            && !before.is_alphanumeric()
            && !unclosed[mark]
        {
            if let Some((inner, after)) = quotation(text, next, c) {
                let quoted = text[next..inner].trim();
                if !quoted.is_empty() {
                    out.push(Token { span: Span { start: at, end: after }, ..of_mark(Kind::Quote, quoted, at) });
                }
                end = after;
            } else {
                unclosed[mark] = true;
            }
        } else if is_word(c) || is_sign(c, before, &text[next..]) {
            end = word_end(text, at);
            push_words(&mut out, &text[at..end], Span { start: at, end });
        } else if matches!(c, ',' | ':' | '、' | '，' | '…' | '–' | '—') {
            out.push(of_mark(Kind::Comma, &text[at..end], at));
        } else if matches!(c, '.' | '!' | '?' | ';' | '\n' | '。' | '；' | '！' | '？') {
            out.push(of_mark(Kind::Stop, &text[at..end], at));
        }
        before = text[at..end].chars().next_back().unwrap_or(' ');
        at = end;
    }
    mend_colours(&mut out);
    drop_hedges(&mut out);
    out
}

/// Words of doubt behind a comma, "and" or a modal verb: "a cat and maybe a dog" asks for both.
const HEDGES: &[&str] = &["maybe", "perhaps", "possibly", "probably"];

fn drop_hedges(tokens: &mut Vec<Token<'_>>) {
    if !tokens.iter().any(|token| token.one_of(HEDGES)) {
        return;
    }
    let opens = |token: &Token<'_>| {
        token.kind == Kind::Comma || token.one_of(&["and", "or", "but", "plus"]) || token.is(Class::MODAL)
    };
    let hedges: Vec<bool> = (0..tokens.len())
        .map(|at| at > 0 && at + 1 < tokens.len() && tokens[at].one_of(HEDGES) && opens(&tokens[at - 1]))
        .collect();
    let mut hedges = hedges.into_iter();
    tokens.retain(|_| hedges.next() != Some(true));
}

/// The tokens as text again: single spaces, quotations in double quotes.
pub(super) fn join(tokens: &[Token<'_>]) -> String {
    let mut out = String::new();
    for token in tokens {
        if !out.is_empty() && matches!(token.kind, Kind::Word | Kind::Quote) {
            out.push(' ');
        }
        match token.kind {
            Kind::Quote => {
                out.push('"');
                out.push_str(token.text);
                out.push('"');
            }
            Kind::Word if token.is(Class::DETERMINER) => out.push_str(&token.lower),
            Kind::Word => out.push_str(token.text),
            Kind::Comma => out.push(','),
            Kind::Stop => {}
        }
    }
    out
}

fn of_mark(kind: Kind, text: &str, start: usize) -> Token<'_> {
    let span = Span { start, end: start + text.len() };
    Token { kind, text, lower: String::new(), class: Class::default(), span }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '&' | '+' | '#' | '$' | '%')
}

/// "-1 EV": a minus that belongs to its number.
fn is_sign(c: char, before: char, after: &str) -> bool {
    let number = after.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let unit = number.trim_start().get(..2).unwrap_or_default();
    let measures = unit.eq_ignore_ascii_case("ev") || unit.eq_ignore_ascii_case("st");
    matches!(c, '-' | '−') && before.is_whitespace() && number.len() < after.len() && measures
}

/// The end of the word that starts at `from`: marks between letters or digits belong to it ("t-shirt", "man's", "3:00").
fn word_end(text: &str, from: usize) -> usize {
    let mut end = from;
    let mut chars = text[from..].char_indices().peekable();
    while let Some((offset, c)) = chars.next() {
        let joins = matches!(c, '-' | '\'' | '’' | '.' | ':' | '_' | '/' | '@' | '°');
        let follows = chars.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        // A full stop without a space ("sofa.Add") ends a sentence unless digits are around it ("3.5").
        let decimal = c != '.' || chars.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        if !(is_word(c) || joins && follows && decimal || is_mark_on_letter(c)) {
            break;
        }
        end = from + offset + c.len_utf8();
    }
    end.max(from + text[from..].chars().next().map_or(0, char::len_utf8))
}

/// Accents written as characters of their own, and the joiners of emoji and Indic scripts.
fn is_mark_on_letter(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}' | '\u{fe0f}')
}

/// The end of a quotation's text and the place after its closing mark.
fn quotation(text: &str, from: usize, opening: char) -> Option<(usize, usize)> {
    let closing: &[char] = match opening {
        '“' | '”' | '„' | '"' => &['”', '“', '"'],
        '«' => &['»'],
        '`' => &['`', '\''],
        _ => &['\'', '’'],
    };
    let single = matches!(opening, '\'' | '‘' | '`');
    let mut chars = text.get(from..)?.char_indices().peekable();
    while let Some((offset, c)) = chars.next() {
        // An apostrophe inside a word does not close a quotation.
        let inside = single && chars.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        if closing.contains(&c) && !inside {
            return Some((from + offset, from + offset + c.len_utf8()));
        }
    }
    None
}

/// One written word as tokens: contractions are expanded, so that later stages see "do not" and "let us".
fn push_words<'a>(out: &mut Vec<Token<'a>>, text: &'a str, span: Span) {
    let lower = if text.is_ascii() { text.to_ascii_lowercase() } else { text.to_lowercase().replace('’', "'") };
    let parts: &[&str] = match lower.as_str() {
        "don't" | "dont" => &["do", "not"],
        "let's" => &["let", "us"],
        "i'd" => &["i", "would"],
        "there's" => &["there", "is"],
        // "turn it's head": who writes so behind a verb or preposition means "its".
        "it's" if out.last().is_some_and(takes_object) => &["its"],
        "it's" => &["it", "is"],
        "he's" => &["he", "is"],
        "she's" => &["she", "is"],
        "they're" => &["they", "are"],
        "shouldn't" => &["should", "not"],
        "doesn't" => &["does", "not"],
        "wouldn't" => &["would", "not"],
        "couldn't" => &["could", "not"],
        "cannot" | "can't" => &["can", "not"],
        // Common typing slips.
        "teh" | "hte" | "th" => &["the"],
        "adn" | "nad" => &["and"],
        "wiht" | "wtih" | "wih" => &["with"],
        "thier" => &["their"],
        "shoud" | "shold" | "shuold" | "shoudl" => &["should"],
        _ => {
            out.push(Token::of_word(text, lower, span));
            return;
        }
    };
    for part in parts {
        out.push(Token::of_word(part, (*part).to_owned(), span));
    }
}

/// Whether an object stands behind the word rather than a sentence.
fn takes_object(token: &Token<'_>) -> bool {
    let verbs = ["of", "with", "change", "make", "remove", "replace", "recolor", "paint", "give", "keep", "erase"];
    token.is(Class::PLACE) || token.is(Class::ACTION) || token.is(Class::POSTURE) || token.one_of(&verbs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        tokens(text).iter().map(|token| format!("{:?} {}", token.kind, token.text)).collect()
    }

    #[test]
    fn words_keep_their_inner_marks() {
        assert_eq!(
            texts("the man's t-shirt, 3:00!"),
            ["Word the", "Word man's", "Word t-shirt", "Comma ,", "Word 3:00", "Stop !"]
        );
    }

    #[test]
    fn quotations_are_one_token_whatever_the_marks() {
        assert_eq!(texts("say 'STOP, don't'; “a; b”"), ["Word say", "Quote STOP, don't", "Stop ;", "Quote a; b"]);
        assert_eq!(texts("to \"wood"), ["Word to", "Word wood"], "an open quotation is only a stray mark");
    }

    #[test]
    fn contractions_are_taken_apart() {
        assert_eq!(join(&tokens("Don’t let's")), "do not let us");
    }

    #[test]
    fn text_survives_the_way_there_and_back() {
        assert_eq!(join(&tokens("the  text 'HOT' on\tThe oven , now")), "the text \"HOT\" on the oven, now");
    }
}
