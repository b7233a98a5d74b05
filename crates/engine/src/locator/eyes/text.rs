//! Text: the words that are named, else the lines that fit.

use super::choose::View;
use super::phrase::{Relation, Wanted};
use super::{MOST, NAME};
use crate::EngineError;
use crate::locator::classic::score::position;
use crate::sight::{Corners, Rect, TextLine, find_text, letters_mask, line_mask};
use tie_core::{EditOp, Mask, MaskProposal};

/// Lines that fit a place worse than the best one by more, in logarithms, are left out.
const ELSEWHERE: f32 = 0.8;
/// A line is on a thing if more than this share of it is in its box.
const HALF: f32 = 0.5;
/// Things that are surer than this carry text.
const PRESENT: f32 = 0.2;

/// The text that a phrase names, best first; none if none is seen.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub(super) fn text(
    view: &View<'_>,
    wanted: &Wanted,
    phrase: &str,
    op: EditOp,
) -> Result<Vec<MaskProposal>, EngineError> {
    let lines = view.sight.text(view.image, view.cx)?;
    let named = find_text(&lines, phrase);
    if !named.is_empty() {
        let answers = named.into_iter().take(MOST).map(|found| {
            let corners: Vec<Corners> = found.parts.iter().map(|part| part.corners).collect();
            let read: Vec<&str> = found.parts.iter().map(|part| lines[part.line].text.as_str()).collect();
            let reason = format!("it reads “{}”", read.join(" "));
            proposal(view, &corners, op, found.score, reason)
        });
        return Ok(answers.collect());
    }
    // No words are named: all text, or that at the place.
    let extent = view.image.extent();
    let fit = |line: &TextLine| {
        let (x, y) = line.rect.centre();
        position(&wanted.cues.places, (x / extent.width.max(1) as f32, y / extent.height.max(1) as f32))
    };
    let lines = on_things(view, &lines, wanted)?;
    let best = lines.iter().map(|line| fit(line)).fold(f32::NEG_INFINITY, f32::max);
    let chosen: Vec<&TextLine> = lines.into_iter().filter(|line| fit(line) > best - ELSEWHERE).collect();
    if chosen.is_empty() {
        return Ok(Vec::new());
    }
    let corners: Vec<Corners> = chosen.iter().map(|line| line.corners).collect();
    let sure = chosen.iter().map(|line| line.score).sum::<f32>() / chosen.len() as f32;
    let reason = match chosen.len() {
        1 => "a line of text".to_owned(),
        count => format!("{count} lines of text"),
    };
    Ok(vec![proposal(view, &corners, op, sure.min(0.9), reason)])
}

/// The letters of the lines in a box; `None` if there are none.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub(super) fn in_box(view: &View<'_>, rect: Rect) -> Result<Option<Mask>, EngineError> {
    let lines = view.sight.text(view.image, view.cx)?;
    let inside = lines.iter().filter(|line| line.rect.share_in(&rect) > HALF);
    let corners: Vec<Corners> = inside.map(|line| line.corners).collect();
    Ok((!corners.is_empty()).then(|| letters(view, &corners, EditOp::Remove)))
}

/// The lines on the thing that they are said to be on: all of them if none is named or known.
fn on_things<'a>(view: &View<'_>, lines: &'a [TextLine], wanted: &Wanted) -> Result<Vec<&'a TextLine>, EngineError> {
    let carries = |relation| matches!(relation, Relation::On | Relation::In | Relation::Of | Relation::With);
    let Some(clause) = wanted.clauses.iter().find(|clause| carries(clause.relation)) else {
        return Ok(lines.iter().collect());
    };
    let inside = |line: &&TextLine, rect: &Rect| line.rect.share_in(rect) > HALF;
    for thing in view.candidates(&clause.object)?.iter().filter(|thing| thing.sure > PRESENT) {
        let on: Vec<&TextLine> = lines.iter().filter(|line| inside(line, &thing.rect)).collect();
        if !on.is_empty() {
            return Ok(on);
        }
    }
    // The detector does not know it, but its colour may tell.
    let cues = &clause.object.cues;
    if cues.colours.is_empty() && cues.lightness == 0 {
        return Ok(lines.iter().collect());
    }
    let ground = |line: &TextLine| view.coloured_around(cues, &line.rect);
    let most = lines.iter().map(ground).fold(0.0, f32::max);
    Ok(lines.iter().filter(|line| ground(line) > 0.6 * most).collect())
}

fn proposal(view: &View<'_>, lines: &[Corners], op: EditOp, confidence: f32, reason: String) -> MaskProposal {
    MaskProposal::new(letters(view, lines, op), confidence, NAME, reason)
}

/// The strokes of the letters; where new text is set, the lines with their ground.
fn letters(view: &View<'_>, lines: &[Corners], op: EditOp) -> Mask {
    let extent = view.image.extent();
    let mut mask = Mask::empty(extent);
    for corners in lines {
        let (bounds, part) =
            if op == EditOp::Text { line_mask(extent, corners) } else { letters_mask(view.image, corners) };
        mask.for_each_row_in(bounds, |x, y, row| {
            let from = part.row(y.saturating_add_signed(-bounds.y));
            let start = x.saturating_add_signed(-bounds.x) as usize;
            row.iter_mut().zip(&from[start..]).for_each(|(coverage, own)| *coverage = (*coverage).max(*own));
        });
    }
    mask
}
