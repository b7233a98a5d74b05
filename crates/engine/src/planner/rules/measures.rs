//! Verbs that say how much or how far: brighten, increase, double, turn.

use super::change::goal;
use super::draft::{Draft, GUESSED};
use super::lexicon::Class;
use super::light;
use super::lists::parts;
use super::normalise::{Kind, Token, join};
use super::phrase::{is_thing, noun};
use tie_core::EditOp;

/// "the arm a little", "the stain up": the degree and the verb's particle are not part of the thing.
pub(super) fn without_degree<'t>(tokens: &'t [Token<'t>]) -> &'t [Token<'t>] {
    let how = |token: &Token<'_>| {
        token.is(Class::DEGREE) || token.one_of(&["a", "up", "touch", "tad", "smidge"]) && token.kind == Kind::Word
    };
    let end = tokens.iter().rposition(|token| !how(token)).map_or(tokens.len(), |at| at + 1);
    &tokens[..end]
}

/// "the picture 90 degrees": the angle is not part of its name.
pub(super) fn turn_out(how: &str, tokens: &[Token<'_>]) -> Draft {
    let number =
        tokens.iter().skip(1).position(|token| token.is(Class::NUMBER)).filter(|at| !tokens[*at].is(Class::DETERMINER));
    let end = number.map_or(tokens.len(), |at| at + 1);
    let by = tokens
        .get(..end)
        .and_then(<[Token<'_>]>::split_last)
        .filter(|(last, _)| last.one_of(&["by", "to"]))
        .map_or(end, |_| end - 1);
    let content = format!("{how} {}", join(&tokens[end..]));
    Draft::of(EditOp::Attribute, &noun(&tokens[..by], false)).content(content.trim())
}

/// Words for how many there are.
pub(super) const COUNTS: &[&str] = &["number", "count", "amount", "quantity"];

/// "the number of apples", "the apples"
pub(super) fn multiply(count: &str, tokens: &[Token<'_>]) -> Option<Draft> {
    let thing = noun(tokens, false);
    let of = thing.core.iter().take(3).position(|token| token.word("of")).filter(|_| thing.core[0].one_of(COUNTS));
    let owner = noun(of.map_or(tokens, |at| &thing.core[at + 1..]), false);
    is_thing(owner.whole).then(|| Draft::of(EditOp::Count, &owner).content(count))
}

pub(super) fn adjust(name: &'static str, tokens: &[Token<'_>]) -> Vec<Draft> {
    // "the background more so the cake stands out": the purpose is not part of the target.
    let purpose = tokens.iter().skip(1).position(|token| token.word("so")).map(|at| at + 1);
    let tokens = &tokens[..purpose.filter(|at| at + 1 < tokens.len()).unwrap_or(tokens.len())];
    let is_degree = |at: usize| {
        let token = &tokens[at];
        token.is(Class::DEGREE) || token.one_of(&["a", "by", "up", "down"]) || light::is_trifle(tokens, at)
    };
    let how = (0..tokens.len()).rfind(|at| !is_degree(*at)).map_or(0, |at| at + 1);
    let content = light::intensity(&tokens[how..], name);
    let objects: Vec<Draft> = parts(&tokens[..how], false, is_thing)
        .into_iter()
        .map(|part| Draft::of(EditOp::Adjust, &noun(part, false)))
        .collect();
    let objects = if objects.is_empty() { vec![Draft::new(EditOp::Adjust, "")] } else { objects };
    objects.into_iter().map(|draft| draft.content(content.clone())).collect()
}

/// "the contrast and the saturation of the sky": what the last belongs to, all belong to.
pub(super) fn levels(more: bool, how: &str, tokens: &[Token<'_>]) -> Vec<Draft> {
    let joins = |token: &Token<'_>| token.kind == Kind::Comma || token.one_of(&["and", "or", "&"]);
    let quality = |token: &Token<'_>| light::named(token).is_some();
    let only = |piece: &[Token<'_>]| {
        piece.iter().any(quality) && piece.iter().all(|token| quality(token) || token.is(Class::DETERMINER))
    };
    let last = tokens.iter().rposition(joins).filter(|at| *at > 0);
    let Some((before, owned)) = last.map(|at| (&tokens[..at], &tokens[at + 1..])) else {
        return level(more, how, tokens).into_iter().collect();
    };
    let mut pieces = before.split(joins).filter(|piece| !piece.is_empty()).collect::<Vec<_>>();
    if !pieces.iter().all(|piece| only(piece)) || !owned.iter().take(3).any(quality) {
        return level(more, how, tokens).into_iter().collect();
    }
    pieces.push(owned);
    let mut drafts: Vec<Draft> = pieces.into_iter().filter_map(|piece| level(more, how, piece)).collect();
    if let Some(of) = drafts.last().cloned() {
        for draft in &mut drafts {
            (draft.target, draft.place) = (of.target.clone(), of.place.clone());
        }
    }
    drafts
}

/// "the contrast of the sky", "the number of birds", "the size of the cup"
fn level(more: bool, how: &str, tokens: &[Token<'_>]) -> Option<Draft> {
    let thing = noun(tokens, true);
    let name = thing.core.iter().take(4).find_map(light::named);
    let of = thing.core.iter().position(|token| token.word("of"));
    let owner = noun(of.map_or(thing.place.get(1..).unwrap_or_default(), |at| &thing.core[at + 1..]), false);
    if let Some(name) = name {
        let name = if more { name } else { light::opposite(name) };
        return Some(Draft::of(EditOp::Adjust, &owner).content(light::intensity(tokens, name)));
    }
    let first = thing.core.first()?;
    if first.one_of(COUNTS) {
        let goal = goal(tokens, &["to", "by"]).map(|(_, after)| join(after));
        return Some(
            Draft::of(EditOp::Count, &owner)
                .content(goal.unwrap_or_else(|| if more { "more" } else { "fewer" }.to_owned())),
        );
    }
    if first.word("size") && of.is_some() {
        return Some(Draft::of(EditOp::Attribute, &owner).content(if more { "bigger" } else { "smaller" }));
    }
    Some(Draft::of(EditOp::Attribute, &thing).content(how).sure(GUESSED))
}
