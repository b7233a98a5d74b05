//! Pointing: boxes drawn around things, and clicks on them.

use super::choose::{Candidate, View};
use super::masks::{by_looks, outlined};
use super::{CLICKABLE, looks_like, people, proposal, text};
use crate::locator::classic::Classic;
use crate::locator::{LocateRequest, Locator};
use crate::sight::{Class, Rect, Sights};
use crate::{EngineError, JobCx};
use std::sync::Arc;
use tie_core::mask::SELECTED;
use tie_core::{Bounds, Click, Mask, MaskProposal, Point, Raster};

/// A box is of a known thing if their boxes overlap more.
const DRAWN: f32 = 0.6;
/// The same for text: a sign that is full of it has a rim.
const WRITTEN: f32 = 0.85;
/// How decided the outline network must be to go before colours and edges: the mean distance of its probabilities from
/// even, 0 to 1.
const DECIDED: f32 = 0.72;
/// A thing fills its drawn box: the outline network's mask may do so less well than the other one by this much.
const FILLS: f32 = 0.1;

/// The mask of the thing in a drawn box.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub(super) fn in_drawn_box(view: &View<'_>, rect: Rect) -> Result<Mask, EngineError> {
    let things = view.everything(CLICKABLE)?;
    let known = things.iter().find(|thing| thing.rect.iou(&rect) > DRAWN);
    if known.is_some_and(|thing| thing.class == Class::PERSON) {
        return Ok(view.sight.figure(view.image, rect, view.cx)?.mask(view.image.extent()));
    }
    let fills = |bounds: Bounds| Rect::from(bounds).iou(&rect);
    if known.is_none() {
        let parts = people::parts_in(view, rect)?.into_iter().map(|part| (fills(part.mask_bounds()), part));
        let best = parts.filter(|(fit, _)| *fit > DRAWN).max_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((_, part)) = best {
            return Ok(part.onto(view.image.extent()));
        }
        if let Some(letters) = text::in_box(view, rect)?.filter(|mask| fills(mask.bounds()) > WRITTEN) {
            return Ok(letters);
        }
    }
    let looks = by_looks(view, rect)?;
    let Some(outline) = outlined(view, rect)? else { return Ok(looks) };
    let good = decided(view, rect)? > DECIDED || fills(outline.bounds()) > fills(looks.bounds()) - FILLS;
    Ok(if good { outline } else { looks })
}

/// How decided the outline network is about a box: 0 if everything is even, 1 if all is clear.
fn decided(view: &View<'_>, rect: Rect) -> Result<f32, EngineError> {
    const PLACES: u16 = 40;
    let odds = view.sight.outline(view.image, rect, view.cx)?;
    let Some(odds) = &*odds else { return Ok(0.0) };
    let along = |i: u16, start: f32, length: f32| start + length * (f32::from(i) + 0.5) / f32::from(PLACES);
    let places = (0..PLACES).flat_map(|y| (0..PLACES).map(move |x| (x, y)));
    let sum: f32 = places
        .map(|(x, y)| {
            (odds.at(along(x, rect.left, rect.width()), along(y, rect.top, rect.height())) / 2.0).tanh().abs()
        })
        .sum();
    Ok(sum / f32::from(PLACES).powi(2))
}

/// The thing under the first click, if the detector knows it, corrected by further clicks.
///
/// A click on what is already right changes nothing, so it makes no good mask worse; any other one adds or removes the
/// piece under it by which the answer to all clicks differs.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub(super) fn at_clicks(view: &View<'_>, request: LocateRequest<'_>) -> Result<Option<MaskProposal>, EngineError> {
    let Some((first, further)) = request.clicks.split_first().filter(|(first, _)| first.include) else {
        return Ok(None);
    };
    let Some(mut found) = under(view, first.at)? else { return Ok(None) };
    let is_right =
        |mask: &Mask, click: &Click| (mask.at(click.at.x as u32, click.at.y as u32) >= SELECTED) == click.include;
    if further.iter().all(|click| is_right(&found.mask, click)) {
        return Ok(Some(found));
    }
    let Some(corrected) = Classic.locate(request, view.cx)?.into_iter().next() else { return Ok(Some(found)) };
    for click in further {
        if is_right(&found.mask, click) {
            continue;
        }
        let piece = piece_at(&found.mask, &corrected.mask, click);
        let mask = Arc::make_mut(&mut found.mask);
        if click.include {
            mask.union(&piece);
        } else {
            mask.subtract(&piece);
        }
    }
    found.reason = format!("{}, corrected by clicks", found.reason);
    Ok(Some(found))
}

/// The connected pixels around a click that are on its side in `other` and not in `mask`.
fn piece_at(mask: &Mask, other: &Mask, click: &Click) -> Mask {
    let mut differs = other.clone();
    differs.combine(mask, |theirs, ours| {
        let (theirs, ours) = (theirs >= SELECTED, ours >= SELECTED);
        255 * u8::from(theirs == click.include && ours != click.include)
    });
    let regions = differs.regions();
    let hit = regions.at(click.at.x as u32, click.at.y as u32);
    regions.mask_of(|region| Some(region) == hit)
}

/// The things whose boxes contain a point, likeliest first.
fn things_at(view: &View<'_>, at: Point) -> Result<Vec<Candidate>, EngineError> {
    let mut things = view.everything(CLICKABLE)?;
    things.retain(|thing| thing.rect.contains(at.x, at.y));
    // Of things on top of each other the smaller one is meant, unless it is doubtful.
    things.sort_by(|a, b| (b.sure / b.rect.area().sqrt()).total_cmp(&(a.sure / a.rect.area().sqrt())));
    Ok(things)
}

/// The box of the likeliest thing at a point of an image, and what it looks like; `None` if nothing is known there.
///
/// # Errors
/// See [`Locator::locate`].
pub(in crate::locator) fn thing_at(
    sights: &Sights,
    image: &Arc<Raster>,
    at: Point,
    cx: &JobCx<'_>,
) -> Result<Option<(Bounds, String)>, EngineError> {
    let sight = sights.of(image);
    let things = things_at(&View::new(image, &sight, cx), at)?;
    let described = |thing: &Candidate| (thing.rect.pixels(image.extent()), looks_like(thing));
    Ok(things.first().map(described))
}

/// The thing at a point, if the detector knows it.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub(super) fn under(view: &View<'_>, at: Point) -> Result<Option<MaskProposal>, EngineError> {
    for thing in &things_at(view, at)? {
        let found = proposal(view, thing, 1.0)?;
        if found.mask.at(at.x as u32, at.y as u32) >= SELECTED {
            return Ok(Some(found));
        }
    }
    Ok(None)
}
