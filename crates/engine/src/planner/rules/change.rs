//! "Change X to Y": the kind of edit follows from what X names (a colour, a pose, the background) and what Y is.

use super::draft::{Draft, full_text};
use super::lexicon::Class;
use super::light;
use super::normalise::{Kind, Token, join};
use super::phrase::{Noun, colours, noun, place_text, trim};
use super::predicate::predicate;
use super::verbs::{MOODS, PROPERTIES};
use tie_core::EditOp;
use tie_core::words::is_plural;

/// Splits "X to Y" at the word that names the goal; without one there is no goal.
pub(super) fn goal<'t>(tokens: &'t [Token<'t>], words: &[&str]) -> Option<(&'t [Token<'t>], &'t [Token<'t>])> {
    let mut found: Option<usize> = None;
    for at in 1..tokens.len() {
        let token = &tokens[at];
        let compound = tokens[at - 1]
            .one_of(&["next", "close", "up", "due", "adjacent", "attached", "opposite", "closest", "nearest"]);
        if !token.one_of(words) || compound && token.word("to") {
            continue;
        }
        // "the sign to the left of the car": a side, unless nothing else is the goal.
        let side = token.word("to")
            && tokens.get(at + 1).is_some_and(|next| next.is(Class::DEFINITE))
            && tokens.get(at + 2).is_some_and(|next| next.is(Class::POSITION));
        // "the man with the hat with a dog", "the glass by the plate with a mug": a known thing belongs to X.
        let owned = token.one_of(&["with", "by"]) && tokens.get(at + 1).is_some_and(|next| next.is(Class::DEFINITE));
        if !side && !owned {
            found = Some(at);
            break;
        }
        found = found.or(Some(at));
    }
    let at = found?;
    let (mut before, after) = (trim(&tokens[..at]), trim(&tokens[at + 1..]));
    if let Some(from) = before.iter().position(|token| token.word("from"))
        && from > 0
        && tokens[at].one_of(&["to", "into"])
    {
        before = &before[..from];
    }
    (!before.is_empty() && !after.is_empty()).then_some((before, after))
}

/// Like [`goal`], of a verb whose goal is named by "to" first of all: "the man with a hat to a robot".
pub(super) fn goal_of_change<'t>(
    tokens: &'t [Token<'t>],
    words: &[&str],
) -> Option<(&'t [Token<'t>], &'t [Token<'t>])> {
    let firm = goal(tokens, &["to", "into"]).filter(|(_, after)| !after[0].is(Class::DEFINITE));
    firm.or_else(|| goal(tokens, words))
}

/// The edit that turns `before` into `after`; without `after`, an unspecified change.
pub(super) fn change(before: &[Token<'_>], after: &[Token<'_>]) -> Option<Draft> {
    if let Some((op, owner)) = property(before) {
        return Some(change_property(op, owner, before, after));
    }
    // "the hair color of the woman"
    let start = before.iter().take(2).take_while(|token| token.is(Class::DETERMINER)).count();
    if let [part, colour, of, owner @ ..] = &before[start..]
        && colour.one_of(&["color", "colour"])
        && of.word("of")
        && !owner.is_empty()
        && !after.is_empty()
    {
        let owner = noun(owner, false);
        let target = format!("{}'s {}", owner.text(), part.lower);
        let new = colours(after).unwrap_or_else(|| noun(after, false).text());
        return Some(Draft { place: owner.place_text(), ..Draft::new(EditOp::Recolor, target) }.content(new));
    }
    let old = noun(before, false);
    if after.is_empty() {
        return None;
    }
    let new = noun(after, false);
    let whole_image = old.is_image() || old.core.len() == 1 && old.core[0].is(Class::PRONOUN);
    let head = old.head().map(|head| head.lower.clone()).unwrap_or_default();
    let text = || join(after);
    if old.head().is_some_and(|head| head.is(Class::BACKDROP)) {
        return Some(match light::adjustment(after) {
            Some(words) => Draft { op: EditOp::Adjust, ..Draft::background(&old) }.content(words),
            None => Draft::background(&old).content(text()),
        });
    }
    if MOODS.contains(&head.as_str()) || MOODS.contains(&join(old.core).to_lowercase().as_str()) {
        return Some(Draft::new(EditOp::Style, "").content(text()));
    }
    // "the screen to show a map"
    let does = (after[0].is(Class::ACTION) || after[0].is(Class::POSTURE))
        && after.get(1).is_some_and(|next| next.is(Class::DETERMINER) || next.kind == Kind::Quote);
    let says = after.len() > 1 && after[0].one_of(&["say", "says", "read", "reads", "spell"]);
    if does || says || after[0].is(Class::BE) || after[0].one_of(&["look", "have", "wear", "hold"]) {
        return predicate(before, after);
    }
    let time = old.core.len() == 1 && old.core[0].is(Class::STYLE);
    if (whole_image || time) && is_style(&new) {
        // "the day into night"
        let against = time.then(|| old.text());
        return Some(Draft { against, ..Draft::new(EditOp::Style, "") }.content(new.new_text()));
    }
    if let Some(words) = light::adjustment(after) {
        return Some(Draft::of(EditOp::Adjust, &old).content(words));
    }
    if let Some(colour) = colours(after) {
        return Some(Draft::of(EditOp::Recolor, &old).content(colour));
    }
    if let Some(quote) = after.iter().find(|token| token.kind == Kind::Quote) {
        let draft = Draft::of(EditOp::Text, &old).content(quote.text);
        let written = old.core.first().is_some_and(|first| first.kind == Kind::Quote);
        let target = if written { format!("text {}", draft.target) } else { draft.target };
        return Some(Draft { target, place: draft.place.or_else(|| new.place_text()), ..draft });
    }
    if is_written_on(&old) && is_lettering(after) && !is_lettering(before) {
        return Some(Draft::of(EditOp::Text, &old).content(text()));
    }
    if new.core.len() == 1 && new.core.len() == new.whole.len() && new.core[0].is(Class::MATERIAL) {
        return Some(Draft::of(EditOp::Material, &old).content(new.text()));
    }
    if let Some(material) = material_of(&old, &new) {
        return Some(Draft::of(EditOp::Material, &old).content(material));
    }
    Some(replace(&old, after))
}

/// Things that carry writing.
const SURFACES: &[&str] = &[
    "plate",
    "plates",
    "sign",
    "signs",
    "jersey",
    "label",
    "labels",
    "badge",
    "banner",
    "billboard",
    "scoreboard",
    "ticket",
    "tag",
    "sticker",
    "screen",
    "display",
    "poster",
    "shirt",
    "t-shirt",
    "tshirt",
    "cap",
    "bib",
    "placard",
    "nameplate",
    "marquee",
    "clock",
    "license",
    "licence",
    "registration",
    "letters",
    "numbers",
    "board",
    "nametag",
    "destination",
];

/// Whether a thing carries writing: a plate, a sign, a jersey.
pub(super) fn is_written_on(thing: &Noun<'_>) -> bool {
    thing.head().is_some_and(|head| head.one_of(SURFACES))
}

/// "brown suede" of "brown suede ones": the thing stays, in another material.
pub(super) fn material_of(old: &Noun<'_>, new: &Noun<'_>) -> Option<String> {
    let (head, how) = new.core.split_last().filter(|(head, _)| head.one_of(&["one", "ones"]))?;
    let (stuff, shade) = how.split_last()?;
    let describes = |token: &Token<'_>| token.is(Class::COLOUR_LIKE) || token.is(Class::MATERIAL);
    // A material that is also a colour counts as a colour: "a gold one".
    let made = stuff.is(Class::MATERIAL) && !stuff.is(Class::COLOUR) && shade.iter().all(describes);
    (made && !old.core.is_empty() && head.kind == Kind::Word).then(|| join(how))
}

/// A thing turned into another; words about the new thing's place belong to its prompt.
pub(super) fn replace(old: &Noun<'_>, after: &[Token<'_>]) -> Draft {
    if old.head().is_some_and(|head| head.is(Class::BACKDROP)) {
        return Draft::background(old).content(join(after));
    }
    let draft = Draft::of(EditOp::Replace, old);
    let target = if draft.target.is_empty() { "subject".to_owned() } else { draft.target };
    Draft { target, ..draft }.content(join(after))
}

fn is_style(new: &Noun<'_>) -> bool {
    new.core.iter().any(|token| token.is(Class::STYLE) || token.word("style"))
}

/// "the colour of the cup", "the cup's colour", "the cup colour", "the text 'HOT' on the oven".
fn property<'t>(tokens: &'t [Token<'t>]) -> Option<(EditOp, &'t [Token<'t>])> {
    let known = |token: &Token<'_>| PROPERTIES.iter().find(|(word, _)| token.word(word)).map(|(_, op)| *op);
    let start = tokens.iter().take(2).take_while(|token| token.is(Class::DETERMINER)).count();
    let first = tokens.get(start)?;
    if let Some(op) = known(first) {
        let rest = &tokens[start + 1..];
        return match rest.first() {
            None => Some((op, rest)),
            Some(of) if of.word("of") || of.is(Class::PLACE) => Some((op, &rest[1..])),
            Some(_) if op == EditOp::Text => Some((op, rest)),
            Some(next) if op == EditOp::Count && next.is(Class::NUMBER) => Some((EditOp::Text, rest)),
            Some(_) => None,
        };
    }
    // "the route number on the bus": writing of a kind.
    if let [kind, name, of, owner @ ..] = &tokens[start..]
        && (name.word("number") || known(name) == Some(EditOp::Text))
        && (of.word("of") || of.is(Class::PLACE))
        && kind.class == Class::default()
        && !owner.is_empty()
    {
        return Some((EditOp::Text, owner));
    }
    let last = tokens.len() - 1;
    let op = known(&tokens[last]).filter(|_| last > start)?;
    // "a chocolate pattern" is a thing of its own; with an owner it is a property of that.
    Some((op, &tokens[..last]))
}

fn change_property(op: EditOp, owner: &[Token<'_>], before: &[Token<'_>], after: &[Token<'_>]) -> Draft {
    let thing = noun(owner, false);
    let quote =
        |tokens: &[Token<'_>]| tokens.iter().find(|token| token.kind == Kind::Quote).map(|token| token.text.to_owned());
    // You count several things: "the number of the sign" is written on it, "the number of birds" is how many.
    let number = before.iter().take(3).position(|token| token.word("number"));
    let of = number.is_some_and(|at| before.get(at + 1).is_some_and(|next| next.word("of")));
    let one = thing.head().is_none_or(|head| !is_plural(head.lower.trim_end_matches("'s")));
    let written = number.is_some() && one && (!of || owner.first().is_some_and(|first| first.is(Class::DETERMINER)));
    let op = match op {
        EditOp::Count if written || owner.is_empty() => EditOp::Text,
        EditOp::Attribute if quote(after).is_some() || is_lettering(after) => EditOp::Text,
        EditOp::Recolor if after.is_empty() || owner.is_empty() => EditOp::Attribute,
        // "the pattern of the shirt to plain green"
        EditOp::Attribute if !owner.is_empty() && colours(after).is_some() => EditOp::Recolor,
        other => other,
    };
    let mut draft = Draft::of(op, &thing);
    // "the pattern on the shirt": the place tells whose.
    let part = thing.core.len() == 1 && PROPERTIES.iter().any(|(word, _)| thing.core[0].word(word));
    if part {
        draft.target = full_text(&thing);
        draft.place = None;
    }
    drop_genitive(&mut draft.target);
    if after.is_empty() {
        let name = before.iter().find(|token| PROPERTIES.iter().any(|(word, _)| token.word(word)));
        return draft.content(format!("a different {}", name.map_or("look", |token| token.lower.as_str()))).sure(0.6);
    }
    match op {
        EditOp::Text => {
            draft.target = full_text(&thing);
            drop_genitive(&mut draft.target);
            draft.place = None;
            draft.target = if owner.first().is_some_and(|token| token.kind == Kind::Quote)
                || owner.is_empty()
                || !before_of(before)
            {
                format!("text {}", draft.target).trim().to_owned()
            } else if before.last().is_some_and(|last| last.kind == Kind::Word && !owner.contains(last))
                && !has_owner(owner)
            {
                noun(before, false).text()
            } else {
                draft.target
            };
            draft.content(quote(after).unwrap_or_else(|| join(after)))
        }
        EditOp::Recolor => {
            let colour = colours(after).unwrap_or_else(|| noun(after, false).text());
            draft.content(colour)
        }
        EditOp::Move => Draft { place: place_text(after).or_else(|| Some(join(after))), ..draft },
        EditOp::Style => Draft { target: String::new(), ..draft }.content(join(after)),
        _ => draft.content(join(after)),
    }
}

/// "bus's" as "bus".
fn drop_genitive(target: &mut String) {
    if let Some(owner) = target.strip_suffix("'s").or(target.strip_suffix('\'')) {
        target.truncate(owner.len());
    }
}

/// "456", "ABC 123": characters rather than words.
pub(super) fn is_lettering(tokens: &[Token<'_>]) -> bool {
    let written = |token: &Token<'_>| {
        !token.text.chars().any(char::is_lowercase) && token.text.chars().any(char::is_alphanumeric)
    };
    tokens.len() <= 6 && tokens.iter().all(written) && !tokens.iter().any(|token| token.text.contains(':'))
}

/// "the man's": a noun in the genitive at the end.
fn has_owner(tokens: &[Token<'_>]) -> bool {
    tokens.last().is_some_and(|last| last.lower.ends_with("'s") || last.lower.ends_with("s'"))
}

/// The property belongs to something: "of the sign", "on the sign", "the sign's".
fn before_of(before: &[Token<'_>]) -> bool {
    before.iter().take(4).any(|token| token.word("of") || token.is(Class::PLACE) || token.lower.ends_with("'s"))
        || before.last().is_some_and(|last| PROPERTIES.iter().any(|(word, _)| last.word(word)))
}

#[cfg(test)]
mod tests {
    use super::super::normalise::tokens;
    use super::*;

    fn read(text: &str) -> (EditOp, String, Option<String>) {
        let tokens = tokens(text);
        let (before, after) = goal(&tokens, &["to", "into", "with"]).expect(text);
        let draft = change(before, after).expect(text);
        (draft.op, draft.target, draft.content)
    }

    #[test]
    fn the_kind_follows_from_both_sides() {
        for (text, op, target, content) in [
            ("the color of left giraffe's spots to yellow", EditOp::Recolor, "left giraffe's spots", "yellow"),
            ("the swimsuit color to green", EditOp::Recolor, "swimsuit", "green"),
            ("the table's color to red", EditOp::Recolor, "table", "red"),
            ("the woman's hair to blonde", EditOp::Recolor, "woman's hair", "blonde"),
            ("the material of dog to wood", EditOp::Material, "dog", "wood"),
            ("the pose of cat to looking at camera", EditOp::Pose, "cat", "looking at camera"),
            ("the count of sheep to 3", EditOp::Count, "sheep", "3"),
            ("the number of the sign to 5", EditOp::Text, "sign", "5"),
            ("the text \"HOT\" on oven to \"ABC\"", EditOp::Text, "text \"HOT\" on oven", "ABC"),
            ("the background to a beach", EditOp::Background, "background", "a beach"),
            ("the style to sketch", EditOp::Style, "", "sketch"),
            ("the stop sign to a welcome sign", EditOp::Replace, "stop sign", "a welcome sign"),
            ("the photo into a cartoon", EditOp::Style, "", "a cartoon"),
            ("the sign next to the door to red", EditOp::Recolor, "sign", "red"),
            ("the shirt from red to blue", EditOp::Recolor, "shirt", "blue"),
        ] {
            assert_eq!(read(text), (op, target.to_owned(), Some(content.to_owned())), "{text}");
        }
    }
}
