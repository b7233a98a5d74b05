//! Verbs that bring something in: add, put, give, fill, write.

use super::change::{goal, replace};
use super::contrast::instead;
use super::draft::{Draft, STATED, full_text};
use super::english::with_the;
use super::lexicon::{Class, GARMENTS, classify};
use super::light;
use super::lists::parts;
use super::normalise::{Kind, Token, join};
use super::phrase::{is_noun, is_thing, noun, place_text};
use super::subject::split_subject;
use tie_core::EditOp;

/// Every new thing in a list.
pub(super) fn add_all(tokens: &[Token<'_>]) -> Vec<Draft> {
    if let Some(draft) = instead(tokens) {
        return vec![draft];
    }
    let mut drafts: Vec<Draft> =
        parts(tokens, false, is_noun).into_iter().filter(|part| is_thing(part)).filter_map(add).collect();
    share_place(&mut drafts);
    drafts
}

/// "the cup and the spoon on the table": the last place serves all that name none.
pub(super) fn share_place(drafts: &mut [Draft]) {
    let shared = drafts.last().and_then(|last| last.place.clone());
    // "a dog running beside him" describes only the dog.
    let Some(place) = shared.filter(|place| !place.split(' ').next().is_some_and(|first| first.ends_with("ing")))
    else {
        return;
    };
    for draft in drafts.iter_mut().filter(|draft| draft.place.is_none()) {
        draft.place = Some(place.clone());
    }
}

/// Qualities that a photo has more or less of, which are not things in it.
const QUALITIES: &[&str] = &[
    "contrast",
    "saturation",
    "brightness",
    "warmth",
    "blur",
    "exposure",
    "vibrance",
    "sharpness",
    "clarity",
    "crispness",
    "detail",
];

fn add(tokens: &[Token<'_>]) -> Option<Draft> {
    let thing = noun(tokens, true);
    let head = thing.core.first()?;
    let writing = ["text", "words", "word", "letters", "caption", "title", "lettering", "writing"];
    if head.kind == Kind::Quote || head.one_of(&writing) {
        return write(tokens).or_else(|| Some(Draft::add(tokens)));
    }
    if thing.core.last().is_some_and(|last| last.one_of(&["filter", "effect", "style"])) {
        return Some(Draft::new(EditOp::Style, "").content(thing.new_text()).at(thing.place));
    }
    quality(tokens).or_else(|| Some(Draft::add(tokens)))
}

/// "more contrast in the sky"
pub(super) fn quality(tokens: &[Token<'_>]) -> Option<Draft> {
    let thing = noun(tokens, true);
    let name = thing.core.iter().filter(|_| thing.core.len() <= 4).find(|token| token.one_of(QUALITIES));
    let name = light::named(name?)?;
    let place = noun(thing.place.get(1..).unwrap_or_default(), false);
    Some(Draft::of(EditOp::Adjust, &place).content(light::intensity(tokens, name)))
}

/// A new thing, or a known one at another place.
pub(super) fn put(tokens: &[Token<'_>]) -> Vec<Draft> {
    if let Some(draft) = instead(tokens) {
        return vec![draft];
    }
    // "honey where the jam is": the one comes for the other.
    if let Some(at) = tokens.iter().position(|token| token.word("where")).filter(|at| *at > 0)
        && let Some((last, old)) = tokens[at + 1..].split_last()
        && last.one_of(&["is", "are", "was", "were"])
        && is_thing(old)
    {
        return vec![replace(&noun(old, false), &tokens[..at]).sure(STATED)];
    }
    // "the dog into focus"
    let focus = match tokens {
        [thing @ .., out, of, focus] if out.word("out") && of.word("of") => Some((thing, focus, "blurred")),
        [thing @ .., into, focus] if into.one_of(&["in", "into"]) => Some((thing, focus, "sharper")),
        _ => None,
    };
    if let Some((thing, _, how)) = focus.filter(|(thing, focus, _)| focus.word("focus") && is_thing(thing)) {
        return vec![Draft::of(EditOp::Adjust, &noun(thing, false)).content(how)];
    }
    let thing = noun(tokens, true);
    // "her in a wedding dress": it is put on her.
    if let [in_, a, .., garment] = thing.place
        && in_.word("in")
        && (a.is(Class::INDEFINITE) || a.is(Class::POSSESSIVE))
        && garment.one_of(GARMENTS)
    {
        return vec![
            Draft { place: None, ..Draft::of(EditOp::Attribute, &thing) }
                .content(format!("wearing {}", join(&thing.place[1..])))
                .sure(STATED),
        ];
    }
    let known = tokens
        .first()
        .is_some_and(|first| first.is(Class::DEFINITE) || first.is(Class::POSSESSIVE) || first.is(Class::PRONOUN));
    if known && !thing.place.is_empty() && !thing.core.is_empty() {
        let place = place_text(thing.place);
        return vec![Draft { place, ..Draft::new(EditOp::Move, thing.text()) }.sure(STATED)];
    }
    add_all(tokens)
}

/// "the man a hat"
pub(super) fn gives(tokens: &[Token<'_>]) -> bool {
    tokens.len() > 1 && !split_subject(tokens).1.is_empty()
}

/// "the man glasses", "him a yellow shirt", "a hat to the man"
pub(super) fn give(tokens: &[Token<'_>]) -> Vec<Draft> {
    if let Some((new, owner)) = goal(tokens, &["to"]) {
        return vec![worn(&noun(owner, false).text(), new)];
    }
    let (owner, new) = split_subject(tokens);
    let (owner, new) = if new.is_empty() { tokens.split_at(tokens.len().saturating_sub(1)) } else { (owner, new) };
    let owner = noun(owner, false);
    if owner.core.is_empty() {
        return Vec::new();
    }
    parts(new, false, is_noun).into_iter().map(|part| worn(&full_text(&owner), part)).collect()
}

fn worn(owner: &str, new: &[Token<'_>]) -> Draft {
    let draft = Draft::add(new);
    // "a vintage look" is not something to wear.
    if noun(new, false).head().is_some_and(|head| head.one_of(&["look", "style", "vibe", "feel", "mood", "atmosphere"]))
    {
        let whole = owner.is_empty() || ["it", "this", "that"].contains(&owner);
        let op = if whole || is_picture(owner) { EditOp::Style } else { EditOp::Attribute };
        let target = if op == EditOp::Style { "" } else { owner };
        let content = draft.content.unwrap_or_default();
        return Draft::new(op, target).content(if op == EditOp::Style { content } else { format!("with {content}") });
    }
    Draft { target: owner.to_owned(), place: Some(format!("on {}", with_the(owner))), ..draft }
}

fn is_picture(owner: &str) -> bool {
    owner.split(' ').next_back().is_some_and(|head| classify(head).is(Class::IMAGE))
}

/// "the table with cakes"
pub(super) fn fill(tokens: &[Token<'_>]) -> Option<Draft> {
    let (before, after) = goal(tokens, &["with", "in", "by"])?;
    let owner = noun(before, false);
    let inside = owner.head().is_some_and(|head| head.is(Class::CONTAINER));
    let place = format!("{} {}", if inside { "in" } else { "on" }, with_the(&owner.text()));
    let draft = Draft::add(after);
    Some(Draft { target: owner.text(), place: Some(place), ..draft })
}

/// Text to be written: quoted, or what follows "text" up to the place.
pub(super) fn write(tokens: &[Token<'_>]) -> Option<Draft> {
    let thing = noun(tokens, true);
    let quote = tokens.iter().find(|token| token.kind == Kind::Quote).map(|token| token.text.to_owned());
    let introduces = |token: &&Token<'_>| {
        token.one_of(&[
            "text", "the", "word", "words", "saying", "that", "says", "letters", "caption", "title", "reading",
        ])
    };
    // "put writing on the billboard": it does not say what.
    if quote.is_none() && thing.core.len() == 1 && thing.core[0].one_of(&["writing", "lettering"]) {
        return None;
    }
    let skipped = thing.core.iter().take_while(introduces).count();
    let content = quote.unwrap_or_else(|| join(&thing.core[skipped..]));
    let surface = noun(thing.place.get(1..).unwrap_or_default(), false);
    let sides = surface.core.iter().all(|token| token.is(Class::POSITION) || token.is(Class::IMAGE));
    let target = if sides { String::new() } else { surface.text() };
    let place = thing.place_text();
    let scene = format!("the text \"{content}\" {}", place.as_deref().unwrap_or_default());
    (!content.is_empty())
        .then(|| Draft { place, ..Draft::new(EditOp::Text, target) }.content(content).scene(scene.trim()))
}

#[cfg(test)]
mod tests {
    use super::super::normalise::tokens;
    use super::*;

    fn titles(read: fn(&[Token<'_>]) -> Vec<Draft>, text: &str) -> Vec<(String, Option<String>)> {
        let tokens = tokens(text);
        read(&tokens).into_iter().map(|draft| (draft.content.unwrap_or(draft.target), draft.place)).collect()
    }

    fn pair(content: &str, place: &str) -> (String, Option<String>) {
        (content.to_owned(), Some(place.to_owned()))
    }

    #[test]
    fn lists_share_the_last_place() {
        let found = titles(add_all, "a cat and a dog on the rug");
        assert_eq!(found, [pair("a cat", "on the rug"), pair("a dog", "on the rug")]);
    }

    #[test]
    fn putting_a_known_thing_moves_it() {
        assert_eq!(titles(put, "the cat on the sofa"), [pair("cat", "on the sofa")]);
        assert_eq!(titles(put, "a lion in the place of the donkey"), [("a lion".to_owned(), None)]);
    }

    #[test]
    fn gifts_are_worn_by_their_owner() {
        assert_eq!(titles(give, "the man glasses"), [pair("glasses", "on the man")]);
        assert_eq!(titles(give, "a hat to the man"), [pair("a hat", "on the man")]);
    }
}
