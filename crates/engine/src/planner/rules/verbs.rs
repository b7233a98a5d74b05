//! Verb frames: which verbs ask for which kind of edit, and how they arrange their objects.

use super::lexicon::Class;
use super::normalise::{Kind, Token};
use super::spelling::Known;
use std::collections::HashMap;
use std::sync::LazyLock;
use tie_core::EditOp;

/// How a verb arranges what follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// remove X (from Y)
    Remove,
    /// add X (to Y)
    Add,
    /// put X on Y: a new thing, or a known one somewhere else
    Put,
    /// drop X: it goes; drop X on Y: it is put there
    Drop,
    /// replace X with Y
    Replace,
    /// substitute Y for X
    Substitute,
    /// set X to Y, set X on Y
    Set,
    /// dress X in Y
    Dress,
    /// change X to Y
    Change,
    /// make X Y
    Make,
    /// let X do Y, have X do Y
    Let,
    /// give X a Y
    Give,
    /// fill X with Y
    Fill,
    /// paint X blue
    Colour,
    /// brighten X: the adjustment it makes
    Adjust(&'static str),
    /// increase the contrast of X: more (`true`) or less
    Level(bool),
    /// raise X: a quality like the above, or a thing that is then so
    Lift(bool, &'static str),
    /// open X, enlarge X: how X is afterwards
    Become(&'static str),
    /// move X to Y
    Move,
    /// duplicate X: how many there are afterwards
    Count(&'static str),
    /// write "X" on Y
    Write,
    /// stylise X as Y
    Style,
    /// keep only X: none of the others is left
    Limit,
    /// keep X: nothing may happen to it
    Keep,
}

/// One entry of the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Verb {
    words: &'static str,
    pub frame: Frame,
    /// Also a common noun or adjective: a verb only if an article, a pronoun or a quotation follows.
    shy: bool,
}

const fn verb(words: &'static str, frame: Frame) -> Verb {
    Verb { words, frame, shy: false }
}

const fn shy(words: &'static str, frame: Frame) -> Verb {
    Verb { words, frame, shy: true }
}

/// Sorted by frame; a longer entry wins over a shorter one.
const VERBS: &[Verb] = &[
    verb("remove", Frame::Remove),
    verb("removed", Frame::Remove),
    verb("delete", Frame::Remove),
    verb("erase", Frame::Remove),
    verb("eliminate", Frame::Remove),
    verb("discard", Frame::Remove),
    verb("get rid of", Frame::Remove),
    verb("take out", Frame::Remove),
    verb("take away", Frame::Remove),
    verb("take off", Frame::Remove),
    verb("take", Frame::Remove),
    verb("cut out", Frame::Remove),
    verb("crop out", Frame::Remove),
    verb("edit out", Frame::Remove),
    verb("photoshop out", Frame::Remove),
    verb("clone out", Frame::Remove),
    verb("heal out", Frame::Remove),
    verb("paint out", Frame::Remove),
    verb("mask out", Frame::Remove),
    shy("cut down", Frame::Remove),
    shy("chop down", Frame::Remove),
    verb("wipe out", Frame::Remove),
    verb("wipe off", Frame::Remove),
    verb("do away with", Frame::Remove),
    verb("lose", Frame::Remove),
    verb("exclude", Frame::Remove),
    verb("omit", Frame::Remove),
    shy("clear", Frame::Remove),
    shy("hide", Frame::Remove),
    shy("drop", Frame::Drop),
    verb("add", Frame::Add),
    shy("ad", Frame::Add),
    verb("insert", Frame::Add),
    verb("include", Frame::Add),
    verb("introduce", Frame::Add),
    verb("create", Frame::Add),
    verb("generate", Frame::Add),
    verb("attach", Frame::Add),
    verb("apply", Frame::Add),
    shy("draw", Frame::Add),
    shy("plant", Frame::Add),
    shy("show", Frame::Add),
    shy("build", Frame::Add),
    verb("put", Frame::Put),
    verb("use", Frame::Put),
    shy("see", Frame::Add),
    verb("photoshop", Frame::Put),
    shy("place", Frame::Put),
    shy("set", Frame::Set),
    shy("set up", Frame::Put),
    shy("put up", Frame::Put),
    shy("dress", Frame::Dress),
    shy("pour", Frame::Put),
    shy("bring", Frame::Put),
    shy("hang", Frame::Put),
    shy("lean", Frame::Put),
    shy("lay", Frame::Put),
    shy("stick", Frame::Put),
    shy("tie", Frame::Put),
    shy("tape", Frame::Put),
    shy("pin", Frame::Put),
    shy("glue", Frame::Put),
    shy("nail", Frame::Put),
    shy("fasten", Frame::Put),
    shy("mount", Frame::Put),
    shy("install", Frame::Put),
    shy("prop", Frame::Put),
    shy("drape", Frame::Put),
    shy("wrap", Frame::Put),
    shy("sprinkle", Frame::Put),
    shy("scatter", Frame::Put),
    shy("spread", Frame::Put),
    shy("stack", Frame::Put),
    shy("park", Frame::Put),
    shy("position", Frame::Put),
    verb("replace", Frame::Replace),
    verb("swap", Frame::Replace),
    verb("swap out", Frame::Replace),
    verb("exchange", Frame::Replace),
    verb("substitute", Frame::Substitute),
    shy("trade", Frame::Replace),
    verb("change", Frame::Change),
    verb("turn", Frame::Change),
    verb("transform", Frame::Change),
    verb("convert", Frame::Change),
    verb("modify", Frame::Change),
    verb("alter", Frame::Change),
    verb("edit", Frame::Change),
    verb("morph", Frame::Change),
    verb("update", Frame::Change),
    verb("upgrade", Frame::Change),
    shy("switch", Frame::Change),
    shy("switch out", Frame::Replace),
    shy("change out", Frame::Replace),
    verb("make", Frame::Make),
    verb("let", Frame::Let),
    verb("have", Frame::Let),
    verb("give", Frame::Give),
    shy("get", Frame::Give),
    verb("fill", Frame::Fill),
    verb("decorate", Frame::Fill),
    verb("surround", Frame::Fill),
    shy("cover", Frame::Fill),
    shy("top", Frame::Fill),
    verb("recolor", Frame::Colour),
    verb("recolour", Frame::Colour),
    verb("colorize", Frame::Colour),
    verb("dye", Frame::Colour),
    shy("color", Frame::Colour),
    shy("colour", Frame::Colour),
    shy("paint", Frame::Colour),
    shy("tint", Frame::Colour),
    verb("brighten", Frame::Adjust("brighter")),
    verb("brighten up", Frame::Adjust("brighter")),
    verb("lighten", Frame::Adjust("brighter")),
    verb("lighten up", Frame::Adjust("brighter")),
    verb("darken", Frame::Adjust("darker")),
    shy("dim", Frame::Adjust("darker")),
    verb("expose", Frame::Adjust("more exposure")),
    verb("overexpose", Frame::Adjust("more exposure")),
    verb("underexpose", Frame::Adjust("less exposure")),
    shy("blur", Frame::Adjust("blurred")),
    verb("blur out", Frame::Adjust("blurred")),
    verb("sharpen", Frame::Adjust("sharper")),
    verb("sharpen up", Frame::Adjust("sharper")),
    verb("focus on", Frame::Adjust("sharper")),
    verb("saturate", Frame::Adjust("more saturated")),
    verb("desaturate", Frame::Adjust("less saturated")),
    verb("warm up", Frame::Adjust("warmer")),
    verb("cool down", Frame::Adjust("cooler")),
    shy("warm", Frame::Adjust("warmer")),
    shy("cool", Frame::Adjust("cooler")),
    verb("increase", Frame::Level(true)),
    verb("boost", Frame::Level(true)),
    verb("enhance", Frame::Level(true)),
    verb("intensify", Frame::Level(true)),
    verb("turn up", Frame::Level(true)),
    shy("raise", Frame::Lift(true, "raised")),
    verb("decrease", Frame::Level(false)),
    verb("reduce", Frame::Level(false)),
    verb("turn down", Frame::Level(false)),
    verb("bring down", Frame::Level(false)),
    verb("bring up", Frame::Level(true)),
    shy("lift", Frame::Lift(true, "lifted")),
    verb("tone down", Frame::Level(false)),
    shy("lower", Frame::Lift(false, "lowered")),
    verb("enlarge", Frame::Become("bigger")),
    verb("shrink", Frame::Become("smaller")),
    verb("widen", Frame::Become("wider")),
    verb("lengthen", Frame::Become("longer")),
    verb("shorten", Frame::Become("shorter")),
    verb("straighten", Frame::Become("straight")),
    verb("rotate", Frame::Become("rotated")),
    shy("open", Frame::Become("open")),
    shy("close", Frame::Become("closed")),
    shy("shut", Frame::Become("closed")),
    shy("flip", Frame::Become("flipped")),
    shy("tilt", Frame::Become("tilted")),
    shy("light", Frame::Become("lit")),
    shy("light up", Frame::Become("lit")),
    shy("clean", Frame::Become("clean")),
    shy("clean up", Frame::Become("clean")),
    shy("cut", Frame::Become("cut")),
    shy("slice", Frame::Become("sliced")),
    shy("break", Frame::Become("broken")),
    shy("empty", Frame::Become("empty")),
    shy("put out", Frame::Become("extinguished")),
    shy("blow out", Frame::Become("extinguished")),
    shy("even out", Frame::Become("even")),
    shy("smooth", Frame::Become("smooth")),
    shy("smooth out", Frame::Become("smooth")),
    shy("slim", Frame::Become("slimmer")),
    verb("whiten", Frame::Become("whiter")),
    verb("soften", Frame::Become("softer")),
    shy("turn on", Frame::Become("switched on")),
    shy("turn off", Frame::Become("switched off")),
    verb("move", Frame::Move),
    verb("relocate", Frame::Move),
    verb("reposition", Frame::Move),
    shy("shift", Frame::Move),
    shy("slide", Frame::Move),
    verb("duplicate", Frame::Count("2")),
    verb("double", Frame::Count("twice as many")),
    verb("triple", Frame::Count("three times as many")),
    verb("write", Frame::Write),
    verb("type", Frame::Write),
    verb("stylize", Frame::Style),
    verb("stylise", Frame::Style),
    verb("keep only", Frame::Limit),
    verb("keep just", Frame::Limit),
    verb("leave only", Frame::Limit),
    verb("leave just", Frame::Limit),
    verb("keep", Frame::Keep),
    verb("keeping", Frame::Keep),
    verb("preserve", Frame::Keep),
    verb("preserving", Frame::Keep),
    verb("retain", Frame::Keep),
    verb("maintain", Frame::Keep),
    verb("remain", Frame::Keep),
    shy("leave", Frame::Keep),
    shy("leaving", Frame::Keep),
    verb("do not", Frame::Keep),
    verb("except", Frame::Keep),
    verb("except for", Frame::Keep),
    verb("without changing", Frame::Keep),
    verb("without touching", Frame::Keep),
    verb("without altering", Frame::Keep),
    verb("without affecting", Frame::Keep),
    verb("without modifying", Frame::Keep),
];

static BY_FIRST_WORD: LazyLock<HashMap<&'static str, Vec<&'static Verb>>> = LazyLock::new(|| {
    let mut index: HashMap<_, Vec<_>> = HashMap::new();
    for verb in VERBS {
        index.entry(first_word(verb.words)).or_default().push(verb);
    }
    index
});

fn first_word(words: &'static str) -> &'static str {
    words.split(' ').next().unwrap_or(words)
}

/// Fixed phrases, found by their first word.
pub(super) struct Phrases(HashMap<&'static str, Vec<&'static str>>);

impl Phrases {
    /// Indexes phrases by their first word.
    pub(super) fn new(phrases: &[&'static str]) -> Self {
        let mut index: HashMap<_, Vec<_>> = HashMap::new();
        for phrase in phrases {
            index.entry(first_word(phrase)).or_default().push(*phrase);
        }
        Self(index)
    }

    /// All of them.
    #[cfg(test)]
    pub(super) fn all(&self) -> impl Iterator<Item = &'static str> {
        self.0.values().flatten().copied()
    }

    /// The number of tokens in the longest phrase that `tokens` begin with.
    pub(super) fn longest(&self, tokens: &[Token<'_>]) -> Option<usize> {
        let known = self.0.get(tokens.first()?.lower.as_str())?;
        known.iter().filter_map(|words| begins_with(tokens, words)).max()
    }
}

/// A verb found at the start of some tokens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub frame: Frame,
    /// Its number of tokens.
    pub length: usize,
    /// Whether a letter was wrong.
    pub misspelt: bool,
}

/// Whether the word begins a verb of the table, in any form.
pub(super) fn is_verb(token: &Token<'_>) -> bool {
    BY_FIRST_WORD.contains_key(token.lower.as_str()) || bare_form(&token.lower).is_some()
}

/// Whether the word as it stands begins a verb that is not also a noun.
pub(super) fn is_plain_verb(token: &Token<'_>) -> bool {
    BY_FIRST_WORD.get(token.lower.as_str()).is_some_and(|verbs| verbs.iter().any(|verb| !verb.shy))
}

/// The first words of all verbs.
pub(super) fn first_words() -> impl Iterator<Item = &'static str> {
    VERBS.iter().map(|verb| first_word(verb.words))
}

static MISSPELT: LazyLock<Known> = LazyLock::new(|| Known::new(first_words()));

/// The verb that begins `tokens`. Where `forgiving`, other forms of a verb count ("removing", "turned"), and misspelt ones do
/// even without an article behind them.
pub(super) fn find(tokens: &[Token<'_>], forgiving: bool) -> Option<Found> {
    let first = tokens.first().filter(|token| token.kind == Kind::Word)?;
    if let Some(found) = longest(&first.lower, tokens) {
        return Some(found);
    }
    // "crop" is shown as it was meant, although only "crop out" is a verb here.
    if BY_FIRST_WORD.contains_key(first.lower.as_str()) {
        return None;
    }
    if first.class != Class::default() || tokens.len() < 2 {
        return None;
    }
    if let Some(found) = find_form(tokens).filter(|_| forgiving) {
        return Some(found);
    }
    // "shave off the beard": whatever the verb, what it takes off is gone.
    if tokens[1].one_of(&["off", "away"]) && has_object(&tokens[2..]) {
        return Some(Found { frame: Frame::Remove, length: 2, misspelt: false });
    }
    let object = |found: &Found| has_object(&tokens[found.length..]);
    let mut meant = MISSPELT.meant(&first.lower).into_iter().filter_map(|meant| longest(meant, tokens));
    meant.find(|found| forgiving || object(found)).map(|found| Found { misspelt: true, ..found })
}

/// The verb that begins `tokens` in another form than the bare one, with an object behind it: "removing the cup".
pub(super) fn find_form(tokens: &[Token<'_>]) -> Option<Found> {
    let first = tokens.first().filter(|first| first.class == Class::default())?;
    let found = longest(bare_form(&first.lower)?, tokens);
    found.filter(|found| has_object(&tokens[found.length..]))
}

/// The verb that begins `tokens` in its -ing form, though it is a noun as well: "painting the door red".
pub(super) fn find_doing(tokens: &[Token<'_>]) -> Option<Found> {
    let first = tokens.first().filter(|first| first.lower.ends_with("ing"))?;
    let found = longest(bare_form(&first.lower)?, tokens);
    found.filter(|found| has_object(&tokens[found.length..]))
}

/// The longest verb that begins with `first` and continues with the tokens after the first.
fn longest(first: &str, tokens: &[Token<'_>]) -> Option<Found> {
    let known = BY_FIRST_WORD.get(first)?.iter().filter_map(|verb| {
        let length = match verb.words.get(first.len() + 1..) {
            Some(more) => 1 + begins_with(&tokens[1..], more)?,
            None => 1,
        };
        (!verb.shy || has_object(&tokens[length..])).then_some(Found { frame: verb.frame, length, misspelt: false })
    });
    known.max_by_key(|found| found.length)
}

/// The entry of a verb in another form: "removing" is "remove", "swapped" is "swap", "switches" is "switch".
fn bare_form(word: &str) -> Option<&'static str> {
    let known = |stem: &str| BY_FIRST_WORD.get_key_value(stem).map(|(verb, _)| *verb).filter(|verb| verb.len() > 2);
    let undoubled = |stem: &str| {
        let mut letters = stem.bytes().rev();
        (letters.next()? == letters.next()?).then(|| stem.get(..stem.len() - 1)).flatten().and_then(known)
    };
    let ing = word.strip_suffix("ing");
    if let Some(stem) = ing.or_else(|| word.strip_suffix("ed")) {
        // "changing", "changed": the e that the ending took.
        let whole = || known(&format!("{stem}e"));
        return known(stem).or_else(|| undoubled(stem)).or_else(whole);
    }
    let stem = word.strip_suffix('s')?;
    known(stem).or_else(|| known(stem.strip_suffix('e')?))
}

/// The number of tokens in `words`, if `tokens` begin with them.
pub(super) fn begins_with(tokens: &[Token<'_>], words: &str) -> Option<usize> {
    let mut length = 0;
    for word in words.split(' ') {
        if !tokens.get(length)?.word(word) {
            return None;
        }
        length += 1;
    }
    Some(length)
}

/// Whether an object plainly begins here.
fn has_object(tokens: &[Token<'_>]) -> bool {
    tokens.first().is_some_and(|token| {
        token.kind == Kind::Quote
            || token.is(Class::DETERMINER)
            || token.is(Class::PRONOUN)
            || token.lower.ends_with("'s")
    })
}

/// Nouns for a property of a thing ("the colour of the cup").
pub(super) const PROPERTIES: &[(&str, EditOp)] = &[
    ("color", EditOp::Recolor),
    ("colour", EditOp::Recolor),
    ("colors", EditOp::Recolor),
    ("colours", EditOp::Recolor),
    ("material", EditOp::Material),
    ("materials", EditOp::Material),
    ("texture", EditOp::Material),
    ("fabric", EditOp::Material),
    ("text", EditOp::Text),
    ("wording", EditOp::Text),
    ("words", EditOp::Text),
    ("word", EditOp::Text),
    ("letters", EditOp::Text),
    ("lettering", EditOp::Text),
    ("writing", EditOp::Text),
    ("caption", EditOp::Text),
    ("title", EditOp::Text),
    ("label", EditOp::Text),
    ("name", EditOp::Text),
    ("digits", EditOp::Text),
    ("numbers", EditOp::Text),
    ("slogan", EditOp::Text),
    ("message", EditOp::Text),
    ("inscription", EditOp::Text),
    ("headline", EditOp::Text),
    ("logo", EditOp::Attribute),
    ("number", EditOp::Count),
    ("count", EditOp::Count),
    ("amount", EditOp::Count),
    ("quantity", EditOp::Count),
    ("position", EditOp::Move),
    ("location", EditOp::Move),
    ("pose", EditOp::Pose),
    ("posture", EditOp::Pose),
    ("gesture", EditOp::Pose),
    ("action", EditOp::Pose),
    ("stance", EditOp::Pose),
    ("style", EditOp::Style),
    ("expression", EditOp::Attribute),
    ("size", EditOp::Attribute),
    ("shape", EditOp::Attribute),
    ("pattern", EditOp::Attribute),
    ("design", EditOp::Attribute),
    ("content", EditOp::Attribute),
    ("contents", EditOp::Attribute),
    ("topping", EditOp::Attribute),
    ("toppings", EditOp::Attribute),
    ("outfit", EditOp::Attribute),
    ("state", EditOp::Attribute),
    ("time", EditOp::Attribute),
    ("hairstyle", EditOp::Attribute),
    ("age", EditOp::Attribute),
];

/// Properties of the whole picture: changing them changes its look, not a thing.
pub(super) const MOODS: &[&str] = &["weather", "season", "lighting", "mood", "atmosphere", "time of day"];

/// Every verb and property, for tests that put them in random order.
#[cfg(test)]
pub(super) fn vocabulary() -> impl Iterator<Item = &'static str> {
    VERBS.iter().map(|verb| verb.words).chain(PROPERTIES.iter().map(|(word, _)| *word)).chain(MOODS.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::super::normalise::tokens;
    use super::*;

    fn frame(text: &str) -> Option<(Frame, usize, bool)> {
        find(&tokens(text), true).map(|found| (found.frame, found.length, found.misspelt))
    }

    #[test]
    fn the_longest_verb_wins() {
        assert_eq!(frame("get rid of the cup"), Some((Frame::Remove, 3, false)));
        assert_eq!(frame("turn down the brightness"), Some((Frame::Level(false), 2, false)));
    }

    #[test]
    fn nouns_that_are_verbs_too_need_an_object() {
        assert_eq!(frame("color the cup"), Some((Frame::Colour, 1, false)));
        assert_eq!(frame("color of"), None);
    }

    #[test]
    fn one_wrong_letter_is_forgiven() {
        assert_eq!(frame("remvoe the cup"), Some((Frame::Remove, 1, true)));
        assert_eq!(frame("repalce the cup"), Some((Frame::Replace, 1, true)));
        assert_eq!(frame("kepe the dog"), Some((Frame::Keep, 1, true)));
        assert_eq!(frame("hello the cup"), None);
    }

    #[test]
    fn verbs_are_known_in_all_their_forms() {
        for (text, verb) in [
            ("removing the cup", Frame::Remove),
            ("adds a hat", Frame::Add),
            ("swapped the cup", Frame::Replace),
            ("switches the cup", Frame::Change),
            ("taking out the cup", Frame::Remove),
            ("changed the sky", Frame::Change),
        ] {
            assert_eq!(frame(text).map(|(frame, ..)| frame), Some(verb), "{text}");
        }
        assert_eq!(frame("painted cups"), None);
    }
}
