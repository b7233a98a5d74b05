//! Stage 3, verb frames: a clause becomes the edits it asks for.

use super::additions::{add_all, fill, give, gives, put, quality, share_place, write};
use super::change::{change, goal, goal_of_change, replace};
use super::clauses::{Clause, subject_that_stays};
use super::contrast::{contrast_with, instead, instead_first, instead_last};
use super::draft::{Draft, GUESSED, STATED, full_text};
use super::english::with_the;
use super::existence::existence;
use super::lexicon::Class;
use super::light;
use super::lists::{pairs, parts};
use super::measures::{COUNTS, adjust, levels, multiply, turn_out, without_degree};
use super::normalise::{Kind, Token, join};
use super::phrase::{Noun, colours, is_noun, is_thing, noun, place_text, trim};
use super::predicate::{act, complement, predicate};
use super::stops::{by_stops, stops};
use super::subject::{bare_verb, split_subject};
use super::verbs::{Frame, MOODS, PROPERTIES, Phrases, begins_with, find, find_doing, find_form};
use std::sync::LazyLock;
use tie_core::EditOp;

/// The edits that a clause asks for; empty if none is understood.
pub(super) fn edits(clause: &Clause<'_>) -> Vec<Draft> {
    let (said, against) = before_contrast(trim(clause.tokens));
    let (said, because) = before_reason(before_nothing(said));
    let mut drafts = asked(&Clause { tokens: said, ..*clause });
    if let Some(draft) = so_that(said, because).filter(|_| drafts.iter().all(|draft| draft.op == EditOp::Other)) {
        return vec![draft];
    }
    if drafts.is_empty() && !because.is_empty() {
        drafts = asked(&Clause { tokens: before_contrast(trim(clause.tokens)).0, ..*clause });
    } else if let Some(last) = drafts.last_mut().filter(|_| !because.is_empty()) {
        last.because = Some(join(because));
    }
    if let Some(last) = drafts.last_mut().filter(|_| !against.is_empty()) {
        contrast_with(last, against);
    }
    from_old_states(&mut drafts, said);
    drafts
}

/// "from red" of "the cup from red to blue": the look that goes must not show.
fn from_old_states(drafts: &mut [Draft], tokens: &[Token<'_>]) {
    let from = tokens.iter().enumerate().filter(|(at, token)| *at > 1 && token.word("from")).map(|(at, _)| at + 1);
    let state = |token: &Token<'_>| token.is(Class::STYLE) || token.is(Class::MATERIAL) || token.is(Class::DETERMINER);
    let old = |from: usize| {
        let to = tokens[from..].iter().take(6).position(|token| token.one_of(&["to", "into"]))?;
        let old = &tokens[from..from + to];
        let short = old.len() < 4 && !old.iter().any(|token| token.is(Class::DETERMINER) || token.is(Class::PLACE));
        let is_state = short || colours(old).is_some() || old.iter().all(state);
        (!old.is_empty() && is_state).then(|| join(noun(old, false).core))
    };
    let mut olds: Vec<String> = from.filter_map(old).collect();
    if olds.len() != drafts.len() {
        return;
    }
    for (draft, old) in drafts.iter_mut().zip(olds.drain(..)).filter(|(draft, _)| draft.against.is_none()) {
        draft.against = Some(old);
    }
}

/// "change the sign | so that it says BAKERY": the change is its purpose.
fn so_that(said: &[Token<'_>], because: &[Token<'_>]) -> Option<Draft> {
    let found = find(said, false).filter(|found| found.frame == Frame::Change)?;
    let (so, rest) = because.split_first().filter(|(so, _)| so.word("so"))?;
    let rest = &rest[usize::from(rest.first().is_some_and(|that| that.word("that")))..];
    let (it, how) = rest.split_first().filter(|(it, how)| it.is(Class::PRONOUN) && !how.is_empty() && so.word("so"))?;
    (!it.is(Class::POSSESSIVE)).then(|| predicate(&said[found.length..], how)).flatten()
}

/// The edits of a clause that says neither why nor what not.
fn asked(clause: &Clause<'_>) -> Vec<Draft> {
    let mut tokens = clause.tokens;
    let if_so = ["what if", "what would it look like if", "how would it look if"];
    if let Some(length) = if_so.into_iter().find_map(|words| begins_with(tokens, words)) {
        tokens = &tokens[length..];
    } else if let Some(length) = IMAGINED.longest(tokens).filter(|length| *length < tokens.len()) {
        return edits(&Clause { tokens: &tokens[length..], ..*clause });
    } else if clause.strong && tokens.first().is_some_and(|token| token.is(Class::ASKS)) {
        return Vec::new();
    }
    if let Some(said) = stops(tokens) {
        let rest = |tokens: &[Token<'_>]| asked(&Clause { tokens, ..*clause });
        if let Some(drafts) = by_stops(tokens, said, rest) {
            return drafts;
        }
    }
    if let Some(drafts) = instead_first(tokens).or_else(|| instead_last(tokens, clause)) {
        return drafts;
    }
    if let Some(drafts) = existence(tokens) {
        return drafts;
    }
    if let Some(found) = find(tokens, clause.strong).or_else(|| find_form(tokens)) {
        let rest = trim(&tokens[found.length..]);
        let mut drafts = frame(found.frame, rest);
        if found.misspelt {
            for draft in &mut drafts {
                draft.confidence *= 0.85;
            }
        }
        if !drafts.is_empty() || found.frame == Frame::Keep {
            return drafts;
        }
    }
    statement(tokens, clause.strong)
}

/// "square | not round": what comes after only says it again.
fn before_contrast<'t>(tokens: &'t [Token<'t>]) -> (&'t [Token<'t>], &'t [Token<'t>]) {
    let at = tokens.windows(2).position(|pair| pair[0].kind == Kind::Comma && pair[1].word("not"));
    match at.filter(|at| *at > 1 && at + 2 < tokens.len()) {
        Some(at) => (&tokens[..at], &tokens[at + 2..]),
        None => (tokens, &[]),
    }
}

/// "the red ball | and nothing else" asks for no more.
fn before_nothing<'t>(tokens: &'t [Token<'t>]) -> &'t [Token<'t>] {
    match tokens {
        [rest @ .., nothing, more] if nothing.word("nothing") && more.one_of(&["else", "more"]) && rest.len() > 1 => {
            trim(rest)
        }
        _ => tokens,
    }
}

/// "blur the background | so the cake stands out": the purpose is not part of the edit.
fn before_reason<'t>(tokens: &'t [Token<'t>]) -> (&'t [Token<'t>], &'t [Token<'t>]) {
    let gives = |at: &usize| {
        let (token, next) = (&tokens[*at], &tokens[at + 1]);
        let subject = Class::DEFINITE | Class::PRONOUN | Class::POSSESSIVE;
        let sentence = next.is(subject) || next.one_of(&["that", "i", "you", "we", "there"]);
        token.word("because")
            || token.word("so") && sentence && !tokens[at - 1].one_of(&["make", "it", "is", "be", "and", "or"])
    };
    match (2..tokens.len().saturating_sub(1)).find(gives) {
        Some(at) => (trim(&tokens[..at]), &tokens[at..]),
        None => (tokens, &[]),
    }
}

fn is_sentence(tokens: &[Token<'_>]) -> bool {
    split_subject(tokens)
        .1
        .first()
        .is_some_and(|verb| verb.is(Class::MODAL) || verb.is(Class::BE) || verb.is(Class::ACTION) || verb.word("to"))
}

/// "On the table | put a vase": the place stands before the verb.
fn fronted_place<'t>(tokens: &'t [Token<'t>]) -> Option<(&'t [Token<'t>], &'t [Token<'t>])> {
    tokens.first().filter(|first| first.is(Class::PLACE))?;
    let verb = (2..tokens.len().min(12)).find(|at| find(&tokens[*at..], false).is_some())?;
    Some(tokens.split_at(verb))
}

pub(super) fn frame_of(tokens: &[Token<'_>]) -> Vec<Draft> {
    find(tokens, false).map_or_else(Vec::new, |found| frame(found.frame, trim(&tokens[found.length..])))
}

/// The place that a clause gives for the next one: "in the sky, add a plane".
pub(super) fn place_ahead(clause: &Clause<'_>) -> Option<String> {
    let tokens = trim(clause.tokens);
    let first = tokens.first().filter(|first| clause.strong && first.is(Class::PLACE))?;
    let only = tokens.len() < 12 && !first.one_of(&["from", "off"]) && tokens.len() > 1;
    (only && fronted_place(tokens).is_none()).then(|| place_text(tokens)).flatten()
}

/// "What would it look like with | a moose": the imagined result is the wish.
static IMAGINED: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "what would it look like with",
        "what would this look like with",
        "how would it look with",
        "what about",
    ])
});

/// "A cat should be on the mat", "can it be a red plate", or just a wished-for thing.
fn statement(tokens: &[Token<'_>], strong: bool) -> Vec<Draft> {
    if let Some((place, rest)) = fronted_place(tokens) {
        return frame_of(rest).into_iter().map(|draft| draft.at(place)).collect();
    }
    if let Some(draft) = mended_light(tokens) {
        return vec![draft];
    }
    if let Some(wished) = before_opinion(tokens) {
        return wish(wished);
    }
    // An unknown verb before a known thing: "fix the collar that sticks up".
    let unknown = |token: &Token<'_>| token.kind == Kind::Word && token.class == Class::default();
    if strong
        && let [verb, object @ ..] = tokens
        && (unknown(verb) || verb.is(Class::ACTION) || verb.is(Class::POSTURE))
        && object.first().is_some_and(|first| first.is(Class::DEFINITE) || first.is(Class::POSSESSIVE))
    {
        let named = Some(join(tokens));
        return unclear(object, 0.2).map(|draft| Draft { named, ..draft }).into_iter().collect();
    }
    let asked = tokens.first().is_some_and(|token| token.one_of(&["can", "could", "would", "should", "may", "might"]));
    let tokens = if asked { &tokens[1..] } else { tokens };
    let (subject, said) = split_subject(tokens);
    let verb = said.first().is_some_and(|token| {
        token.is(Class::MODAL)
            || token.is(Class::BE)
            || token.is(Class::ACTION)
            || token.is(Class::POSTURE)
            || token.word("to")
    });
    if (verb || asked) && !said.is_empty() {
        // "the man to wear a hat and the woman to hold a flower"
        let sentences = parts(tokens, false, is_sentence);
        let read = |part: &[Token<'_>]| {
            let (subject, said) = split_subject(part);
            let complaint = said.first().is_some_and(|is| is.one_of(&["is", "are", "looks", "look"])) && !asked;
            let draft = predicate(subject, said).map(|draft| Draft { complaint, ..draft.sure(STATED) })?;
            let fault = said.iter().find(|token| complaint && token.one_of(EXPOSED)).and_then(light::named);
            Some(match fault {
                Some(fault) if draft.op == EditOp::Adjust => draft.content(light::opposite(fault)),
                _ => draft,
            })
        };
        return sentences.into_iter().filter_map(read).collect();
    }
    let Some(first) = tokens.first().filter(|_| strong) else { return Vec::new() };
    if first.word("no") {
        return remove(&tokens[1..]);
    }
    if let Some(words) = light::adjustment(tokens) {
        return vec![Draft::new(EditOp::Adjust, "").content(words).sure(GUESSED)];
    }
    if let Some(draft) = quality(tokens).filter(|_| first.one_of(&["more", "less"])) {
        return vec![draft.sure(STATED)];
    }
    if first.is(Class::INDEFINITE) || first.is(Class::NUMBER) {
        return add_all(tokens).into_iter().map(|draft| draft.sure(GUESSED)).collect();
    }
    if first.is(Class::DEFINITE) && !said.is_empty() {
        return predicate(subject, said).map(|draft| draft.sure(GUESSED)).into_iter().collect();
    }
    // An unknown verb before a new thing: however it gets there, it is there afterwards.
    let mass = |token: &Token<'_>| token.is(Class::MASS) || token.class == Class::default();
    let new = tokens.get(1).is_some_and(|token| {
        let placed = tokens.get(2).is_some_and(|place| place.is(Class::PLACE));
        token.is(Class::INDEFINITE) || token.is(Class::NUMBER) || placed && mass(token)
    });
    let verb = unknown(first) || first.is(Class::ACTION);
    if new && verb && is_thing(&tokens[1..]) {
        let named = Some(join(tokens));
        let named = |draft: Draft| Draft { named: named.clone(), ..draft.sure(0.3) };
        return add_all(&tokens[1..]).into_iter().map(named).collect();
    }
    Vec::new()
}

/// The part before an opinion: "a hat | would be nice", "a red roof | might look better".
fn before_opinion<'t>(tokens: &'t [Token<'t>]) -> Option<&'t [Token<'t>]> {
    const OPINIONS: &[&str] = &[
        "nice",
        "nicer",
        "great",
        "cool",
        "good",
        "better",
        "best",
        "lovely",
        "awesome",
        "amazing",
        "wonderful",
        "perfect",
        "fantastic",
        "fun",
        "neat",
        "appreciated",
        "welcome",
        "beautiful",
        "fitting",
    ];
    let would = tokens.iter().take(SENTENCE).rposition(|token| token.one_of(&["would", "could", "might", "should"]))?;
    let (is, how) = tokens[would + 1..].split_first()?;
    let filler =
        |token: &Token<'_>| token.is(Class::DEGREE) || token.one_of(&["also", "really", "as", "well", "there", "too"]);
    let is = if filler(is) { how.first()? } else { is };
    let rest = how.iter().filter(|token| !token.is(Class::BE) && !filler(token) && !token.one_of(&["look"]));
    let mut rest = rest.filter(|token| token.kind == Kind::Word);
    let opinion = rest.next().is_some_and(|token| token.one_of(OPINIONS)) && rest.next().is_none();
    let thing = &tokens[..would];
    (opinion && (is.is(Class::BE) || is.word("look")) && is_noun(thing) && !thing[0].one_of(&["it", "this", "that"]))
        .then_some(thing)
}

/// The longest sentence of opinion that is read, in tokens.
const SENTENCE: usize = 24;

/// A wish: a named edit, something new, or something known that is as named.
fn wish(tokens: &[Token<'_>]) -> Vec<Draft> {
    if let Some(found) = find(tokens, false).or_else(|| find_doing(tokens)) {
        return frame(found.frame, trim(&tokens[found.length..]));
    }
    if noun(tokens, false).is_new() {
        return add_all(tokens).into_iter().map(|draft| draft.sure(STATED)).collect();
    }
    make(tokens).into_iter().map(|draft| draft.sure(GUESSED)).collect()
}

/// "fix the overexposed sky": its light changes to the opposite.
fn mended_light(tokens: &[Token<'_>]) -> Option<Draft> {
    let (verb, object) = tokens.split_first()?;
    let at = object.iter().take(2).position(|token| token.one_of(EXPOSED))?;
    let fault =
        verb.one_of(&["fix", "correct", "rescue", "repair", "save", "recover"]).then(|| light::named(&object[at]))?;
    Some(Draft::of(EditOp::Adjust, &noun(&object[at + 1..], false)).content(light::opposite(fault?)).sure(STATED))
}

/// Faults of exposure, named to have them corrected.
const EXPOSED: &[&str] = &["underexposed", "overexposed"];

fn frame(frame: Frame, rest: &[Token<'_>]) -> Vec<Draft> {
    let one = |draft: Option<Draft>| draft.into_iter().collect::<Vec<_>>();
    let each = |complete: fn(&[Token<'_>]) -> bool, read: fn(&[Token<'_>]) -> Option<Draft>| {
        parts(rest, false, complete).into_iter().filter_map(read).collect::<Vec<_>>()
    };
    match frame {
        Frame::Remove => remove(rest),
        Frame::Add => add_all(rest),
        // "put some curtains up"
        Frame::Put if rest.len() > 2 && rest.last().is_some_and(|last| last.word("up")) => put(&rest[..rest.len() - 1]),
        Frame::Put => put(rest),
        Frame::Drop => {
            let put = put(rest);
            let placed = noun(rest, false).is_new() || put.iter().any(|draft| draft.op == EditOp::Move);
            if placed { put } else { remove(rest) }
        }
        Frame::Set => match goal(rest, &["to"]).filter(|(before, _)| sets(before)) {
            Some((before, after)) => one(change(before, after)),
            None => put(rest),
        },
        Frame::Dress => {
            let thing = noun(rest, false);
            let worn =
                thing.place.split_first().filter(|(first, worn)| first.one_of(&["in", "as"]) && !worn.is_empty());
            let dressed = worn.map(|(_, worn)| {
                Draft { place: None, ..Draft::of(EditOp::Attribute, &thing) }.content(format!("wearing {}", join(worn)))
            });
            one(dressed.or_else(|| unclear(rest, 0.3)))
        }
        Frame::Substitute => match goal(rest, &["for"]) {
            Some((new, old)) => vec![replace(&noun(old, false), new)],
            None => self::frame(Frame::Replace, rest),
        },
        // "the cat with a dog and the dog with a cat": here "with" says into what, not whose.
        Frame::Replace => pairs(rest, |part| goal(part, &["with", "by", "for", "to", "into"]).is_some())
            .into_iter()
            .filter_map(swap)
            .collect(),
        Frame::Change => parts(rest, false, |part| goal_of_change(part, GOALS).is_some() || makes(part))
            .into_iter()
            .flat_map(|part| of_each(part).unwrap_or_else(|| turn(part).into_iter().collect()))
            .collect(),
        Frame::Make => parts(rest, false, makes).into_iter().flat_map(make_all).collect(),
        Frame::Let => parts(rest, false, makes)
            .into_iter()
            .flat_map(|part| match let_do(part).or_else(|| let_be_there(part)) {
                Some(draft) => vec![draft],
                None => of_each(part).unwrap_or_else(|| make(part).into_iter().collect()),
            })
            .collect(),
        Frame::Give if rest.last().is_some_and(|last| last.one_of(&["off", "out", "away"])) => remove(rest),
        Frame::Give if rest.windows(2).take(8).any(|pair| pair[0].word("out") && pair[1].word("of")) => remove(rest),
        Frame::Give => parts(rest, false, gives).into_iter().flat_map(give).collect(),
        Frame::Fill => one(fill(rest)),
        Frame::Colour => parts(rest, false, makes)
            .into_iter()
            .flat_map(|part| of_each(part).unwrap_or_else(|| turn(part).into_iter().collect()))
            .collect(),
        Frame::Adjust(name) => adjust(name, rest),
        Frame::Level(more) => levels(more, if more { "stronger" } else { "weaker" }, rest),
        Frame::Lift(more, how) => levels(more, how, rest),
        // "clean the crumbs off the table", "cut the tree down"
        Frame::Become("clean") if noun(rest, false).place.first().is_some_and(|on| on.one_of(&["off", "from"])) => {
            remove(rest)
        }
        Frame::Become("cut") if rest.last().is_some_and(|last| last.one_of(&["down", "off", "out", "away"])) => {
            remove(&rest[..rest.len() - 1])
        }
        Frame::Become(how) => {
            parts(without_degree(rest), false, is_noun).into_iter().map(|part| turn_out(how, part)).collect()
        }
        Frame::Move => one(shift(rest)),
        Frame::Count(count) => one(multiply(count, rest)),
        Frame::Write => {
            each(|part| part.first().is_some_and(|first| first.kind == Kind::Quote) || is_noun(part), write)
        }
        Frame::Style => one(style(rest)),
        Frame::Limit | Frame::Keep => one(limit(rest)),
    }
}

/// "one chair", "two of the chairs": that many are left; with "the dog" all others go, which needs a person to check.
fn limit(tokens: &[Token<'_>]) -> Option<Draft> {
    let skip = |tokens: &[Token<'_>], words: &[&str]| tokens.iter().take_while(|token| token.one_of(words)).count();
    let rest = &tokens[skip(tokens, &["only", "just"])..];
    let (number, things) = rest.split_first()?;
    let things = &things[skip(things, &["single", "of", "the", "these", "those"]).min(things.len())..];
    if (number.is(Class::NUMBER) || number.one_of(&["a", "an"])) && is_thing(things) {
        let count = if number.is(Class::NUMBER) { number.text } else { "one" };
        return Some(Draft::of(EditOp::Count, &noun(things, false)).content(count).sure(STATED));
    }
    let kept = noun(rest, false);
    is_thing(rest)
        .then(|| Draft::new(EditOp::Other, format!("everything but {}", with_the(&full_text(&kept)))).sure(0.3))
}

/// Something that is set to a value rather than put somewhere: "the background to a beach", "the colour of the car to
/// red".
fn sets(tokens: &[Token<'_>]) -> bool {
    let head = noun(tokens, false).head().is_some_and(|head| head.is(Class::BACKDROP) || head.is(Class::IMAGE));
    let name = |token: &Token<'_>| {
        light::named(token).is_some() || PROPERTIES.iter().any(|(word, _)| token.word(word)) || token.one_of(MOODS)
    };
    head || tokens.iter().take(3).chain(tokens.last()).any(name)
}

const GOALS: &[&str] = &["into", "to", "with", "for", "as"];

/// The rest says how something should be: "the house blue".
fn makes(tokens: &[Token<'_>]) -> bool {
    tokens.len() > 1 && tokens.len() < 40 && !split_subject(tokens).1.is_empty()
}

pub(super) fn remove(tokens: &[Token<'_>]) -> Vec<Draft> {
    let tokens = match tokens.split_last() {
        Some((last, rest)) if last.one_of(&["off", "out", "away"]) => rest,
        _ => tokens,
    };
    // "get the person out of the picture", "the cat out of the box"
    let out_of = tokens.windows(2).position(|pair| pair[0].word("out") && pair[1].word("of")).filter(|at| *at > 0);
    let (tokens, from) = tokens.split_at(out_of.unwrap_or(tokens.len()));
    let from = from.get(2..).filter(|from| is_thing(from) && !noun(from, false).is_image());
    // "remove the colour from the photo" does not remove a thing.
    if let Some((first, rest)) = noun(tokens, true).core.split_first()
        && first.one_of(&["color", "colour", "colors", "colours", "saturation"])
    {
        let owner = rest.iter().chain(noun(tokens, true).place).skip(1);
        let owner: Vec<Token<'_>> = owner.cloned().collect();
        return vec![Draft::of(EditOp::Adjust, &noun(&owner, false)).content("black and white")];
    }
    let mut drafts: Vec<Draft> = parts(tokens, true, is_noun)
        .into_iter()
        .filter(|part| is_thing(part))
        .map(|part| Draft::of(EditOp::Remove, &noun(part, false)))
        .collect();
    if let (Some(from), Some(last)) = (from, drafts.last_mut()) {
        last.place = Some(
            [last.place.take(), Some(format!("in {}", join(from)))].into_iter().flatten().collect::<Vec<_>>().join(" "),
        );
    }
    share_place(&mut drafts);
    drafts
}

fn swap(tokens: &[Token<'_>]) -> Option<Draft> {
    // "remove the car and replace with a bus"
    if let [with, new @ ..] = tokens
        && with.one_of(&["with", "by"])
        && is_thing(new)
    {
        return Some(Draft::new(EditOp::Replace, "it").content(join(new)).sure(STATED));
    }
    // "switch the lettuce out for spinach"
    if let Some((before, new)) = goal(tokens, &["for", "with"])
        && let Some((_, old)) = before.split_last().filter(|(last, old)| last.word("out") && is_thing(old))
    {
        return Some(replace(&noun(old, false), new));
    }
    if let Some((new, old)) = goal(tokens, &["for"])
        .filter(|(new, _)| new.first().is_some_and(|first| !first.is(Class::DEFINITE)) && new.len() == 1)
    {
        return Some(replace(&noun(old, false), new));
    }
    match goal(tokens, &["with", "by", "for", "to", "into"]) {
        Some((before, after)) => {
            let text = change(before, after)
                .filter(|draft| matches!(draft.op, EditOp::Text | EditOp::Background | EditOp::Recolor));
            let draft = text.filter(|draft| {
                draft.op != EditOp::Recolor
                    || noun(before, false).core.iter().any(|token| token.one_of(&["color", "colour"]))
            });
            Some(draft.unwrap_or_else(|| replace(&noun(before, false), after)))
        }
        // "swap the car and the bike", "swap the positions of the car and the bike": each goes where the other is.
        None if parts(after_places(tokens), false, is_noun).len() == 2 => {
            let both = Draft::new(EditOp::Move, noun(after_places(tokens), false).text());
            Some(Draft { place: Some("in each other's place".to_owned()), ..both }.sure(STATED))
        }
        None => unclear(tokens, 0.3),
    }
}

/// What follows "the positions of".
fn after_places<'t>(tokens: &'t [Token<'t>]) -> &'t [Token<'t>] {
    let of = tokens.iter().take(3).position(|token| token.word("of")).filter(|of| *of > 0);
    let named =
        of.filter(|of| tokens[of - 1].one_of(&["position", "positions", "place", "places", "location", "locations"]));
    named.and_then(|of| tokens.get(of + 1..)).unwrap_or(tokens)
}

/// A thing is named, but not what should happen to it: you at least see which thing, and can choose.
fn unclear(tokens: &[Token<'_>], sure: f32) -> Option<Draft> {
    is_thing(tokens).then(|| Draft::of(EditOp::Other, &noun(tokens, false)).sure(sure))
}

/// Ways to turn a thing without changing what it is.
const TURNS: &[&str] = &["inside out", "upside down", "around", "sideways", "backwards", "over"];

fn turn(tokens: &[Token<'_>]) -> Option<Draft> {
    // "convert to black and white" names nothing, so it means the image.
    if let Some((_, after)) = tokens.split_first().filter(|(first, rest)| first.one_of(GOALS) && !rest.is_empty()) {
        if noun(after, false).head().is_some_and(|head| head.is(Class::BACKDROP)) {
            return Some(Draft::new(EditOp::Background, "background").content(join(after)));
        }
        return complement(&noun(&[], false), after);
    }
    if let Some((before, after)) = goal_of_change(tokens, GOALS) {
        // "switch the lettuce out for spinach"
        return match before.split_last() {
            Some((out, old)) if out.word("out") && is_thing(old) => Some(replace(&noun(old, false), after)),
            _ => change(before, after),
        };
    }
    // "the umbrella inside out"
    let turned = TURNS.iter().find_map(|way| {
        let before = tokens.len().checked_sub(way.split(' ').count()).filter(|before| *before > 0)?;
        begins_with(&tokens[before..], way).map(|_| (&tokens[..before], way))
    });
    if let Some((thing, way)) = turned.filter(|(thing, _)| is_thing(thing)) {
        return Some(Draft::of(EditOp::Pose, &noun(thing, false)).content(format!("turned {way}")));
    }
    let (subject, said) = split_subject(tokens);
    if said.is_empty() || subject.is_empty() {
        return change(tokens, &[]).or_else(|| unclear(tokens, 0.3));
    }
    predicate(subject, said)
}

/// "the image brighter and warmer" are two changes of light.
fn make_all(tokens: &[Token<'_>]) -> Vec<Draft> {
    if let Some(drafts) = of_each(tokens) {
        return drafts;
    }
    let (subject, said) = split_subject(tokens);
    let pieces: Vec<_> = said
        .split(|token| token.kind == Kind::Comma || token.one_of(&["and", "but"]))
        .map(trim)
        .filter(|piece| !piece.is_empty())
        .collect();
    if pieces.len() > 1 && pieces.iter().all(|piece| light::adjustment(piece).is_some()) {
        return pieces.into_iter().filter_map(|piece| predicate(subject, piece)).collect();
    }
    make(tokens).into_iter().collect()
}

/// "the car and the door red": what describes a list describes each thing.
fn of_each(tokens: &[Token<'_>]) -> Option<Vec<Draft>> {
    let (subject, said) = split_subject(tokens);
    let things = parts(subject, false, is_noun);
    let many = things.len() > 1 && !said.is_empty() && things.iter().all(|thing| is_noun(thing));
    if !many || goal(tokens, &["into", "to"]).is_some_and(|(before, _)| before.len() < subject.len()) {
        return None;
    }
    let mut drafts: Vec<_> = things.into_iter().map(|thing| predicate(thing, said)).collect::<Option<_>>()?;
    share_place(&mut drafts);
    Some(drafts)
}

/// "the two men shake hands": what someone or something should do, with any verb.
fn let_do(tokens: &[Token<'_>]) -> Option<Draft> {
    let at = bare_verb(tokens)?;
    act(&tokens[..at], &tokens[at], &tokens[at + 1..])
}

/// "have stained glass in the windows": a thing without an article that has a place is new.
fn let_be_there(tokens: &[Token<'_>]) -> Option<Draft> {
    let first = tokens.first()?;
    let thing = noun(tokens, false);
    let bare = thing.is_new() && !thing.place.is_empty() && !first.is(Class::DETERMINER) && !first.is(Class::IMAGE);
    (bare && split_subject(tokens).1.is_empty()).then(|| Draft::add(tokens).sure(STATED))
}

fn make(tokens: &[Token<'_>]) -> Option<Draft> {
    // "the number of cups 4"
    if let Some((number, things)) = tokens.split_last().filter(|(last, _)| last.is(Class::NUMBER))
        && let Some(of) = things.iter().take(3).position(|token| token.word("of")).filter(|of| *of > 0)
        && things[of - 1].one_of(COUNTS)
        && is_thing(&things[of + 1..])
    {
        return Some(Draft::of(EditOp::Count, &noun(&things[of + 1..], false)).content(number.text));
    }
    // "the chair out of gold"
    let out_of = tokens.windows(2).position(|pair| pair[0].word("out") && pair[1].word("of")).filter(|at| *at > 0);
    if let Some(at) = out_of.filter(|at| !tokens[at - 1].one_of(&["made", "be"]))
        && tokens.get(at + 2).is_some_and(|next| !next.is(Class::DEFINITE))
        && tokens[at + 2..].iter().any(|token| token.is(Class::MATERIAL))
        && is_thing(&tokens[..at])
    {
        let material = join(trim(&tokens[at + 2..]));
        return Some(Draft::of(EditOp::Material, &noun(&tokens[..at], false)).content(material));
    }
    if let Some((before, after)) = goal(tokens, &["into"]) {
        return change(before, after);
    }
    let (subject, said) = split_subject(tokens);
    if !said.is_empty() {
        return predicate(subject, said);
    }
    let thing = noun(subject, false);
    if thing.is_new() && tokens.first().is_some_and(|first| first.is(Class::INDEFINITE) || first.is(Class::NUMBER)) {
        return instead(tokens).or_else(|| Some(Draft::add(tokens).sure(STATED)));
    }
    // No word shows where the subject ends: the last one says how it should be.
    let (last, before) = tokens.split_last()?;
    let nouns = before.iter().filter(|token| !token.is(Class::DETERMINER)).count();
    if nouns > 0 && !before.last()?.is(Class::PLACE) && !before.last()?.is(Class::DETERMINER) {
        return predicate(before, std::slice::from_ref(last)).map(|draft| draft.sure(GUESSED));
    }
    unclear(tokens, 0.2)
}

fn shift(tokens: &[Token<'_>]) -> Option<Draft> {
    let thing = noun(tokens, true);
    if thing.core.is_empty() {
        return None;
    }
    // "from the table to the shelf": it is found on the one and goes to the other.
    if thing.place.first().is_some_and(|first| first.word("from"))
        && let Some(to) =
            thing.place.iter().rposition(|token| token.one_of(&["to", "onto", "into"])).filter(|to| *to > 1)
    {
        let from = place_text(&thing.place[..to]).map(|from| format!(" {from}")).unwrap_or_default();
        let target = format!("{}{from}", thing.text());
        return Some(Draft { place: place_text(&thing.place[to..]), ..Draft::new(EditOp::Move, target) });
    }
    let (core, way) = split_way(&thing);
    let place = match (way, thing.place_text()) {
        ([], said) => said,
        ([only], None) => Some(format!("further {}", only.lower)),
        (way, said) => Some([Some(join(way)), said].into_iter().flatten().collect::<Vec<_>>().join(" ")),
    };
    let target = if way.is_empty() { thing.text() } else { join(core) };
    Some(Draft { place, ..Draft::new(EditOp::Move, target) })
}

/// "the lamp up a little", "the cup a bit" (to the left), "the box 20 pixels" (down): direction and distance are not
/// part of the thing's name.
fn split_way<'t>(thing: &Noun<'t>) -> (&'t [Token<'t>], &'t [Token<'t>]) {
    const LENGTHS: &[&str] =
        &["bit", "little", "touch", "tad", "lot", "slightly", "far", "pixel", "pixels", "px", "percent"];
    let aims = |token: &Token<'_>| token.is(Class::POSITION) || token.one_of(&["up", "down", "away", "closer"]);
    let measures = |token: &Token<'_>| token.one_of(LENGTHS) && token.kind == Kind::Word;
    let says_way = |token: &Token<'_>| {
        aims(token) || measures(token) || token.is(Class::NUMBER) || token.one_of(&["a", "by", "further", "farther"])
    };
    let start = thing.core.iter().rposition(|token| !says_way(token)).map_or(0, |at| at + 1);
    let (core, way) = thing.core.split_at(start);
    // Before a place, a word for a side can still belong to the thing.
    let leads = |token: &Token<'_>| token.one_of(&["further", "farther", "closer", "away"]);
    let by = thing.place.first().is_none_or(|first| first.word("by"));
    let is_way =
        way.iter().any(|token| by && aims(token) || !thing.place.is_empty() && (measures(token) || leads(token)));
    if core.is_empty() || !is_way { (thing.core, &[]) } else { (core, way) }
}

fn style(tokens: &[Token<'_>]) -> Option<Draft> {
    let (before, after) = goal(tokens, &["as", "to", "into", "like", "in"])?;
    Some(Draft::of(EditOp::Style, &noun(before, false)).content(join(after)))
}

/// The things that a "keep" clause names, one entry each.
pub(super) fn kept(clause: &Clause<'_>) -> Vec<String> {
    let tokens = trim(clause.tokens);
    let tokens = if tokens.first().is_some_and(|token| token.word("but")) { &tokens[1..] } else { tokens };
    let subject = subject_that_stays(tokens);
    let found = find(tokens, false).map(|found| &tokens[found.length..]);
    let Some(mut rest) = subject.map(|(subject, _)| subject).or(found) else { return Vec::new() };
    // "do not touch the sky": the verb says what may not happen, the rest to what.
    if begins_with(tokens, "do not").is_some() {
        rest = rest.get(find(rest, false).map_or(1, |verb| verb.length)..).unwrap_or_default();
    }
    while let Some((last, before)) = rest.split_last()
        && (last.one_of(super::clauses::KEPT) || last.one_of(&["the", "as", "it", "they"]))
        && !before.is_empty()
    {
        rest = before;
    }
    let things = rest.split(|token| token.kind == Kind::Comma || token.one_of(&["and", "or"])).map(|part| {
        let noun = noun(part, false);
        full_text(&noun)
    });
    let mut things: Vec<String> = things.filter(|thing| !thing.is_empty()).collect();
    if let (Some(last), Some((_, state))) = (things.last_mut(), subject) {
        let says = |word: &&Token<'_>| {
            let is_little = word.one_of(&["the", "as", "it", "they", "exactly", "just", "way", "how"]);
            word.kind == Kind::Word && !is_little && !word.one_of(super::clauses::KEPT)
        };
        for word in state.iter().filter(says) {
            *last += " ";
            *last += word.text;
        }
    }
    things
}
