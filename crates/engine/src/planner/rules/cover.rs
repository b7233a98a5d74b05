//! Stage 7, cover: which words of the instruction are in no step, so that none is lost silently.
//!
//! The stages before pass words on or act on them, and each may drop words that it cannot place. None of them is
//! trusted here: a word counts as understood only if a step or something to keep shows it in the end, or if the kind of
//! a step expresses it ("colour", "removed", "brighter"). Request verbs, function words and courtesies alone say
//! nothing.

use super::clauses::{HAPPENS, KEPT, MUST, STAYS};
use super::draft::Draft;
use super::english::gerund;
use super::lexicon::Class;
use super::light;
use super::normalise::{Kind, Span, Token};
use super::verbs::{PROPERTIES, find, find_doing, is_verb};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;
use tie_core::EditOp;

/// Tokens that were read as one: a request, with the clauses before it that only gave its place, or what it is instead
/// of.
#[derive(Debug, Default)]
pub(super) struct Scope<'t> {
    pub clauses: Vec<&'t [Token<'t>]>,
    /// The edits that came of it, as indices of drafts before pronouns were resolved.
    pub drafts: std::ops::Range<usize>,
    /// The things that it names to keep.
    pub kept: Vec<String>,
}

/// Little words beside those that the lexicon has classes for: courtesies, opinions, hedges, and verbs without a meaning of
/// their own.
const LITTLE: &str = "to there here if as or nor than for yes do does did done doing am i you me us mine yours ours oh ah \
    well um uh hmm actually basically literally ok okay hi hello hey dear pls plz kindly thanks thank thx cheers appreciate \
    appreciated sorry asap advance possible possibly maybe perhaps probably hopefully definitely certainly like love want \
    wants wanted wish wishes hope guess think thought wonder wondering suppose know see let lets help try able sure mind \
    thing things while great awesome amazing wonderful perfect fantastic nice nicer nicely lovely neat good better best ones \
    up down out off away back again instead rather etc such same kind sort look looks looking seem seems appear appears go \
    goes simply first finally idea anyway though although have has had having get gets got put make makes making turn \
    change use give whole entire complete overall entirely nothing else";

static LITTLES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| LITTLE.split_whitespace().collect());

/// Function words of the lexicon that do carry meaning.
const TELLING: &[&str] = &[
    "without",
    "wearing",
    "holding",
    "carrying",
    "riding",
    "containing",
    "including",
    "eating",
    "using",
    "less",
    "twice",
];

/// Whether the word only holds the sentence together.
fn is_little(token: &Token<'_>) -> bool {
    const CLASSES: Class = Class::FUNCTION.union(Class::PRONOUN).union(Class::DEGREE).union(Class::IMAGE);
    token.is(CLASSES) && !token.one_of(TELLING) || token.word("one") || LITTLES.contains(token.lower.as_str())
}

/// Whether the token carries meaning that must not be lost.
fn tells(token: &Token<'_>) -> bool {
    match token.kind {
        Kind::Word => token.lower.contains(char::is_alphanumeric) && !is_little(token),
        Kind::Quote => true,
        Kind::Comma | Kind::Stop => false,
    }
}

/// The passages that are in no step and in nothing to keep, in written order.
///
/// `drafts` are the finished edits, `step_of` tells which of them a draft became.
pub(super) fn left_over(scopes: &[Scope<'_>], drafts: &[&Draft], step_of: &[usize]) -> Vec<Span> {
    let mut out = Vec::new();
    for scope in scopes {
        let mut steps: Vec<usize> = scope.drafts.clone().filter_map(|draft| step_of.get(draft).copied()).collect();
        steps.dedup();
        let drafts: Vec<&Draft> = steps.iter().filter_map(|step| drafts.get(*step).copied()).collect();
        if drafts.is_empty() && scope.kept.is_empty() {
            out.extend(
                scope.clauses.iter().filter(|clause| clause.iter().any(tells)).filter_map(|clause| whole(clause)),
            );
            continue;
        }
        let mut shown = Shown::new(&drafts, &scope.kept);
        for clause in &scope.clauses {
            let lost: Vec<bool> = shown.lost(clause);
            passages(clause, &lost, &mut out);
        }
    }
    out
}

/// The span of all tokens.
fn whole(tokens: &[Token<'_>]) -> Option<Span> {
    Some(Span { start: tokens.first()?.span.start, end: tokens.last()?.span.end })
}

/// Lost words that stand together, with the little words between and right before them.
fn passages(clause: &[Token<'_>], lost: &[bool], out: &mut Vec<Span>) {
    let mut at = 0;
    while let Some(first) = lost.get(at..).and_then(|rest| rest.iter().position(|lost| *lost)).map(|offset| at + offset)
    {
        let joins = |token: &Token<'_>| token.kind == Kind::Word && is_little(token) || token.kind == Kind::Comma;
        let mut end = first + 1;
        for next in first + 1..clause.len() {
            if lost[next] {
                end = next + 1;
            } else if !joins(&clause[next]) {
                break;
            }
        }
        let leads = |token: &Token<'_>| token.kind == Kind::Word && is_little(token);
        let from = clause[at..first].iter().rposition(|token| !leads(token)).map_or(at, |before| at + before + 1);
        out.extend(whole(&clause[from..end]));
        at = end;
    }
}

/// The words that the steps of a scope show, and the kinds of the steps.
struct Shown<'d> {
    drafts: &'d [&'d Draft],
    kept: &'d [String],
    /// How often each word is shown.
    words: HashMap<Cow<'d, str>, u32>,
    /// Words of whole scenes, which say again what the other parts say.
    scenes: HashSet<Cow<'d, str>>,
}

impl<'d> Shown<'d> {
    fn new(drafts: &'d [&'d Draft], kept: &'d [String]) -> Self {
        let (mut words, mut scenes) = (HashMap::new(), HashSet::new());
        for draft in drafts {
            let optional =
                [&draft.place, &draft.content, &draft.named, &draft.against, &draft.because].into_iter().flatten();
            for text in optional.chain([&draft.target]).chain(&draft.keep) {
                for word in text.split_whitespace() {
                    *words.entry(key(word)).or_insert(0) += 1;
                }
            }
            scenes.extend(draft.scene.iter().flat_map(|scene| scene.split_whitespace().map(key)));
        }
        for word in kept.iter().flat_map(|text| text.split_whitespace()) {
            *words.entry(key(word)).or_insert(0) += 1;
        }
        Self { drafts, kept, words, scenes }
    }

    /// For each token, whether it is lost.
    fn lost(&mut self, clause: &[Token<'_>]) -> Vec<bool> {
        let found = find(clause, true).or_else(|| find_doing(clause));
        // "do not crop the sky": what must not happen to it.
        let not = clause.first().is_some_and(|first| first.word("do")) && clause.get(3).is_some_and(begins_object);
        let verb = found.map_or(0, |found| found.length) + usize::from(not);
        let swallowed = if self.drafts.len() == 1 && found.is_some() { sentence_inside(clause) } else { 0..0 };
        let mut out = Vec::with_capacity(clause.len());
        for (at, token) in clause.iter().enumerate() {
            // The first word of a request is its verb.
            let asks = at < verb || at > 0 && is_verb(token) && opens(&clause[at - 1]);
            let counts = tells(token) && !asks;
            let other = swallowed.contains(&at) && tells(token);
            out.push(other || counts && !self.shows(token) && !self.says(token));
        }
        out
    }

    /// Whether a step shows the word; a word shown once does not cover two occurrences.
    fn shows(&mut self, token: &Token<'_>) -> bool {
        if token.kind == Kind::Quote {
            return self.texts().any(|text| text.contains(token.text));
        }
        let word = key(&token.lower);
        self.take(&word) || self.take(&gerund(&word))
    }

    fn take(&mut self, word: &str) -> bool {
        match self.words.get_mut(word) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => self.scenes.contains(word),
        }
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        let parts = |draft: &'d &'d Draft| {
            [&draft.content, &draft.place, &draft.scene, &draft.against, &draft.because].into_iter().flatten()
        };
        let targets = self.drafts.iter().map(|draft| &draft.target);
        self.drafts.iter().flat_map(parts).chain(targets).chain(self.kept).map(String::as_str)
    }

    fn any(&self, ops: &[EditOp]) -> bool {
        self.drafts.iter().any(|draft| ops.contains(&draft.op))
    }

    /// Whether the kind of a step says what the word says.
    fn says(&self, token: &Token<'_>) -> bool {
        use EditOp::{Adjust, Attribute, Background, Count, Move, Pose, Recolor, Remove, Style, Text};
        let one_of = |words: &[&str]| token.one_of(words);
        let property = PROPERTIES.iter().find(|(word, _)| token.word(word)).map(|(_, op)| *op);
        // How a property changes decides which edit it is.
        let changes = |op| match op {
            Count => self.any(&[Count, Text]),
            Attribute => self.any(&[Attribute, Text, Recolor, Pose]),
            Recolor => self.any(&[Recolor, Attribute, Adjust]),
            op => self.any(&[op]),
        };
        property.is_some_and(changes)
            || one_of(&["not", "no", "never", "any"]) && (self.any(&[Remove]) || self.excludes())
            || [KEPT, STAYS, MUST, HAPPENS].iter().any(|words| one_of(words)) && !self.kept.is_empty()
            || one_of(GONE) && self.any(&[Remove])
            || one_of(LIGHTS) && self.any(&[Adjust])
            || light::named(token).is_some_and(|name| self.adjusts(name))
            || one_of(&["touch", "tad", "smidge", "hair"]) && self.is_slight()
            || one_of(COLOURED) && self.any(&[Recolor, Adjust])
            || one_of(&["fewer", "less", "many", "only", "just", "total", "keep"]) && self.any(&[Count])
            || one_of(WRITTEN) && self.any(&[Text])
            || one_of(&["weather", "season", "time", "day", "mood", "atmosphere", "lighting"]) && self.any(&[Style])
            || token.is(Class::BACKDROP) && self.any(&[Background])
            || one_of(&["wear", "place", "places", "positions", "locations"]) && self.any(&[Move, Remove])
            || token.word("place") && self.any(&[EditOp::Replace])
    }

    /// Whether a step adjusts the light this way or the other way.
    fn adjusts(&self, name: &'static str) -> bool {
        let adjusted = self.drafts.iter().filter(|draft| draft.op == EditOp::Adjust);
        let mut contents = adjusted.filter_map(|draft| draft.content.as_deref());
        contents.any(|content| content.ends_with(name) || content.ends_with(light::opposite(name)))
    }

    /// Whether a step adjusts by a little.
    fn is_slight(&self) -> bool {
        self.drafts.iter().any(|draft| draft.content.as_deref().is_some_and(|content| content.starts_with("slightly")))
    }

    /// Whether something is named that should stay, or not be there.
    fn excludes(&self) -> bool {
        !self.kept.is_empty() || self.drafts.iter().any(|draft| draft.against.is_some() || !draft.keep.is_empty())
    }
}

/// Words of a removal.
const GONE: &[&str] = &[
    "removed",
    "gone",
    "deleted",
    "erased",
    "invisible",
    "disappear",
    "disappears",
    "vanish",
    "vanishes",
    "visible",
    "present",
    "wear",
    "wearing",
    "hold",
    "holding",
    "carry",
    "carrying",
    "contain",
    "show",
    "longer",
];

/// Words of a light adjustment.
const LIGHTS: &[&str] = &["less", "focus", "color", "colour", "colors", "colours"];

/// Words of a recolour.
const COLOURED: &[&str] = &["shade", "tone", "tint", "hue", "colored", "coloured", "painted", "dyed", "paint"];

/// Words of a text edit.
const WRITTEN: &[&str] = &["say", "says", "saying", "spell", "spells", "read", "reads", "reading"];

/// Whether a verb stands right before the token, if nothing else is known of it.
fn begins_object(token: &Token<'_>) -> bool {
    token.is(Class::DETERMINER) || token.is(Class::PRONOUN)
}

/// Whether a verb can stand behind the token.
fn opens(before: &Token<'_>) -> bool {
    before.kind != Kind::Word || is_little(before) && !before.is(Class::DETERMINER)
}

/// "a bus | and the driver looks tired": a separate sentence that the request before it has taken for a thing.
fn sentence_inside(clause: &[Token<'_>]) -> std::ops::Range<usize> {
    let joint = |token: &Token<'_>| token.kind == Kind::Comma || token.word("and");
    let starts = |at: &usize| joint(&clause[*at]) && clause[at + 1].is(POINTING);
    for at in (1..clause.len().saturating_sub(2)).filter(starts) {
        let ends = |token: &&Token<'_>| token.kind == Kind::Word && !token.is(Class::BINDS) && !joint(token);
        let said = clause[at + 2..].iter().take(SENTENCE).take_while(ends);
        let verbs = ["is", "are", "was", "were", "looks", "seems", "should", "might", "could", "would", "must"];
        if said.skip(1).any(|token| token.one_of(&verbs)) {
            let end = clause[at + 2..].iter().position(joint).map_or(clause.len(), |next| at + 2 + next);
            return at + 1..end;
        }
    }
    0..0
}

/// What opens the subject of a sentence about a known thing.
const POINTING: Class = Class::DEFINITE.union(Class::POSSESSIVE);

/// The longest subject of such a sentence, in tokens.
const SENTENCE: usize = 8;

/// A word in its form for comparison: in lower case, without surrounding marks and without its genitive.
fn key(word: &str) -> Cow<'_, str> {
    let word = word.trim_matches(|c: char| c == '"' || c == ',');
    let is_lower = word.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    let mut word = if is_lower { Cow::Borrowed(word) } else { word.to_lowercase().replace('’', "'").into() };
    if let Some(bare) = word.strip_suffix("'s").or_else(|| word.strip_suffix('\'')).map(str::len) {
        match &mut word {
            Cow::Borrowed(text) => *text = &text[..bare],
            Cow::Owned(text) => text.truncate(bare),
        }
    }
    word
}
