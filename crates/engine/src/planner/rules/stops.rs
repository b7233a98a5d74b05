//! Stops of exposure: "two stops darker", "+1 EV on the sky", "lower the exposure by half a stop".

use super::draft::{Draft, STATED};
use super::lexicon::Class;
use super::light::{named, opposite};
use super::normalise::{Token, join};
use super::phrase::noun;
use std::ops::Range;
use tie_core::EditOp;

/// The tokens that give a number of stops, with the "by" before.
pub(super) fn stops(tokens: &[Token<'_>]) -> Option<Range<usize>> {
    let unit = tokens.iter().position(|token| token.one_of(&["stop", "stops", "ev"]) || glued(token))?;
    let counts = |token: &Token<'_>| {
        let written = token.one_of(&["a", "half", "third", "quarter", "and", "of", "full"]);
        written || token.is(Class::NUMBER) || signed_number(&token.lower).is_some()
    };
    let first = tokens[..unit].iter().rposition(|token| !counts(token)).map_or(0, |at| at + 1);
    // "a stop sign"
    let ends = tokens.get(unit + 1).is_none_or(|next| {
        next.is(Class::LIGHT) || next.is(Class::PLACE) || next.is(Class::DEGREE) || next.one_of(&["up", "down", "of"])
    });
    let by = first > 0 && tokens[first - 1].word("by");
    ((first < unit || glued(&tokens[unit])) && ends).then_some(first - usize::from(by)..unit + 1)
}

/// "+1EV"
fn glued(token: &Token<'_>) -> bool {
    ["ev", "stop", "stops"]
        .into_iter()
        .any(|unit| token.lower.strip_suffix(unit).is_some_and(|number| signed_number(number).is_some()))
}

fn signed_number(text: &str) -> Option<f32> {
    text.replace('−', "-").parse().ok().filter(|number: &f32| number.is_finite())
}

/// What the clause asks for without its stops, as an exposure change by that many; `None` if it is not a change of
/// light.
pub(super) fn by_stops(
    tokens: &[Token<'_>],
    said: Range<usize>,
    edits: impl Fn(&[Token<'_>]) -> Vec<Draft>,
) -> Option<Vec<Draft>> {
    let by = usize::from(tokens[said.start].word("by"));
    let amount = join(&tokens[said.start + by..said.end]);
    let rest: Vec<Token<'_>> = [&tokens[..said.start], &tokens[said.end..]].concat();
    let less = rest.iter().any(|token| {
        token.one_of(&["down", "lower", "reduce", "decrease", "drop", "less", "pull", "under"])
            || named(token).is_some_and(|name| matches!(name, "darker" | "less exposure"))
    });
    let direction = if less { opposite("more exposure") } else { "more exposure" };
    let is_light = |content: &str| {
        ["brighter", "darker", "more exposure", "less exposure"].iter().any(|name| content.ends_with(name))
    };
    let of_light = |draft: &Draft| draft.op == EditOp::Adjust && draft.content.as_deref().is_some_and(is_light);
    let edits = edits(&rest);
    if !edits.is_empty() && edits.iter().all(of_light) {
        let more = |draft: Draft| {
            let content = draft.content.clone().unwrap_or_default();
            let name = content.trim_start_matches("much ").trim_start_matches("slightly ");
            draft.content(format!("{amount} {name}"))
        };
        return Some(edits.into_iter().map(more).collect());
    }
    // "push the shadows by a stop": what else is measured in stops?
    let moved = |draft: &Draft| matches!(draft.op, EditOp::Attribute | EditOp::Move | EditOp::Other | EditOp::Pose);
    if !edits.is_empty() && edits.iter().all(moved) {
        let light = |draft: Draft| Draft { op: EditOp::Adjust, place: None, ..draft };
        return Some(edits.into_iter().map(|draft| light(draft).content(format!("{amount} {direction}"))).collect());
    }
    // "+1 EV on the sky"
    let (up, object) = match rest.split_first() {
        Some((up, object)) if up.one_of(&["up", "down"]) => (true, object),
        _ => (false, rest.as_slice()),
    };
    let object = match object.split_first() {
        Some((on, object)) if on.is(Class::PLACE) => object,
        None => object,
        Some(_) if up => object,
        Some(_) => return None,
    };
    let draft = if object.is_empty() {
        Draft::new(EditOp::Adjust, "")
    } else {
        Draft::of(EditOp::Adjust, &noun(object, false))
    };
    Some(vec![draft.content(format!("{amount} {direction}")).sure(STATED)])
}
