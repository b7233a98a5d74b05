//! The mask of a thing in a box.
//!
//! The outline network estimates how likely each place belongs to the thing in a box. Where another thing claims a
//! place more surely, the place belongs to that: the spoon in the cup's box stays a spoon.

use super::choose::{Candidate, View};
use crate::EngineError;
use crate::locator::classic;
use crate::locator::classic::boxed::by_odds;
use crate::sight::{Class, Odds, Rect};
use std::sync::Arc;
use tie_core::mask::SELECTED;
use tie_core::{Brush, Mask, Point, Stroke, StrokeMode};

/// People and animals that are this sure stand before what they are in the box of.
const SEEN: f32 = 0.35;
/// The largest hole that an animal's mask does not have, in parts of its area.
const HOLE: f32 = 0.06;
/// Things that are this sure claim their places, named or not.
const RIVAL: f32 = 0.45;
/// Boxes this many times larger are of what a thing stands on or in front of.
const GROUND: f32 = 3.0;
/// What stands in front gains this much against what is behind, in log odds.
const BEFORE: f32 = 0.25;
/// The share of a part's box that is inside that of the whole.
const PART: f32 = 0.95;
/// Boxes that overlap more are of the same thing.
const SAME: f32 = 0.6;

/// Sampled places along each side of a box.
const PLACES: u16 = 64;

/// How likely the places around a box belong to the thing in it, and how likely to others.
#[derive(Clone)]
pub(super) struct Claims {
    own: Arc<Option<Odds>>,
    /// Boxes of parts of the thing.
    parts: Vec<Arc<Option<Odds>>>,
    /// Other things, with what they gain by standing in front; negative if they stand behind.
    others: Vec<(Arc<Option<Odds>>, f32)>,
    /// The other things of the instruction that stand in front.
    hidden: Option<Arc<Mask>>,
}

impl Claims {
    /// Runs the outline network on a box and on those of the things that reach into it.
    pub(super) fn new(view: &View<'_>, candidate: &Candidate) -> Result<Self, EngineError> {
        let outline = |rect: Rect| view.sight.outline(view.image, rect, view.cx);
        let reaches = |other: &Candidate| {
            let is_same = other.class == candidate.class || other.rect.iou(&candidate.rect) > SAME;
            // A person's mask is better than the outline of the box, and is taken away below.
            !is_same && other.class != Class::PERSON && other.rect.intersect(&candidate.rect).area() > 0.0
        };
        let mut others = view.everything(RIVAL)?;
        others.retain(|other| reaches(other) && other.rect.area() < GROUND * candidate.rect.area());
        let mut hidden: Option<Mask> = None;
        for named in view.others.iter().filter(|other| reaches(other)) {
            others.retain(|other| other.rect.iou(&named.rect) < SAME);
            if stands_before(named, candidate) {
                let mask = alone(view, named)?;
                match &mut hidden {
                    Some(hidden) => hidden.union(&mask),
                    None => hidden = Some(mask),
                }
            } else {
                others.push(*named);
            }
        }
        let with_gain = |other: &Candidate| {
            let gain = i8::from(stands_before(other, candidate)) - i8::from(stands_before(candidate, other));
            Ok::<_, EngineError>((outline(other.rect)?, BEFORE * f32::from(gain)))
        };
        let others = others.iter().map(with_gain).collect::<Result<_, _>>()?;
        let mut parts = Vec::new();
        if candidate.class.is_long() {
            let all = view.of_classes(&[(candidate.class, 1.0)])?;
            let is_part = |part: &&Candidate| part.rect != candidate.rect && part.rect.share_in(&candidate.rect) > PART;
            parts = all.iter().filter(is_part).map(|part| outline(part.rect)).collect::<Result<_, _>>()?;
        }
        Ok(Self { own: outline(candidate.rect)?, parts, others, hidden: hidden.map(Arc::new) })
    }

    /// Log odds that a point of the image belongs to the thing.
    pub(super) fn at(&self, x: f32, y: f32) -> f32 {
        /// Log odds of what is surely something else.
        const NEVER: f32 = -9.0;
        if self.hidden.as_ref().is_some_and(|hidden| hidden.at(x as u32, y as u32) >= SELECTED) {
            return NEVER;
        }
        let reaching = |odds: &&Odds| Rect::from(odds.part).contains(x, y);
        let parts = self.parts.iter().filter_map(|part| part.as_ref().as_ref()).filter(reaching);
        let own = self.own.as_ref().as_ref().map_or(NEVER, |own| own.at(x, y));
        let own = parts.map(|part| part.at(x, y)).fold(own, f32::max);
        let others = self.others.iter().filter_map(|(other, gain)| Some((other.as_ref().as_ref()?, gain)));
        let claims = others.filter(|(other, _)| reaching(other)).map(|(other, gain)| (other.at(x, y), gain));
        own - claims.filter(|(odds, _)| *odds > 0.0).map(|(odds, gain)| odds + gain).fold(0.0, f32::max)
    }

    /// The claims of a box to which the same others object.
    fn of_part(&self, view: &View<'_>, rect: Rect) -> Result<Self, EngineError> {
        Ok(Self { own: view.sight.outline(view.image, rect, view.cx)?, parts: Vec::new(), ..self.clone() })
    }

    fn mask(&self, view: &View<'_>, rect: Rect) -> Result<Option<Mask>, EngineError> {
        let Some(own) = &*self.own else { return Ok(None) };
        by_odds(view.image, rect.pixels(view.image.extent()), own.part, |x, y| self.at(x, y), view.cx)
    }

    /// The places of a box, a fixed number along each side, with whether they more likely belong to the thing.
    fn places(&self, rect: Rect) -> impl Iterator<Item = ((f32, f32), bool)> {
        let along = |i: u16, start: f32, length: f32| start + length * (f32::from(i) + 0.5) / f32::from(PLACES);
        (0..PLACES).flat_map(move |row| (0..PLACES).map(move |column| (row, column))).map(move |(row, column)| {
            let (x, y) = (along(column, rect.left, rect.width()), along(row, rect.top, rect.height()));
            ((x, y), self.at(x, y) > 0.0)
        })
    }

    /// The share of the thing in a box by these claims that those others claim too, 0 to 1.
    fn share_in(&self, rect: Rect, others: &Self) -> f32 {
        let (mut common, mut all) = (0.0, 0.0_f32);
        for ((x, y), _) in self.places(rect).filter(|(_, belongs)| *belongs) {
            all += 1.0;
            common += f32::from(u8::from(others.at(x, y) > 0.0));
        }
        common / all.max(1.0)
    }

    /// The thickness of the thing relative to its length: the root of the ratio of its moments.
    fn thickness(&self, rect: Rect) -> f32 {
        let points: Vec<(f32, f32)> =
            self.places(rect).filter(|(_, belongs)| *belongs).map(|(point, _)| point).collect();
        let count = (points.len() as f32).max(1.0);
        let mean = |of: &dyn Fn(&(f32, f32)) -> f32| points.iter().map(of).sum::<f32>() / count;
        let (mx, my) = (mean(&|p| p.0), mean(&|p| p.1));
        let (xx, yy) = (mean(&|p| (p.0 - mx).powi(2)), mean(&|p| (p.1 - my).powi(2)));
        let xy = mean(&|p| (p.0 - mx) * (p.1 - my));
        let (half, root) = (f32::midpoint(xx, yy), (((xx - yy) / 2.0).powi(2) + xy * xy).sqrt());
        ((half - root).max(0.0) / (half + root).max(1e-6)).sqrt()
    }

    /// The box around what surely belongs to the thing; `None` if nothing does.
    fn tight(&self, rect: Rect) -> Option<Rect> {
        /// Log odds of what surely belongs to it.
        const SURE: f32 = 1.5;
        /// Rows and columns with fewer places are rags, in parts of a side.
        const RAGS: u16 = PLACES / 16;
        let along = |i: u16, start: f32, length: f32| start + length * (f32::from(i) + 0.5) / f32::from(PLACES);
        let is_sure = |column: u16, row: u16| {
            self.at(along(column, rect.left, rect.width()), along(row, rect.top, rect.height())) > SURE
        };
        let count = |of: &dyn Fn(u16) -> bool| (0..PLACES).filter(|&i| of(i)).count() as u16;
        let columns = |x: &u16| count(&|y| is_sure(*x, y)) >= RAGS;
        let rows = |y: &u16| count(&|x| is_sure(x, *y)) >= RAGS;
        let ends = |is_in: &dyn Fn(&u16) -> bool| Some(((0..PLACES).find(is_in)?, (0..PLACES).rev().find(is_in)?));
        let ((left, right), (top, bottom)) = (ends(&columns)?, ends(&rows)?);
        let edge = |i: u16, start: f32, length: f32| start + length * f32::from(i) / f32::from(PLACES);
        Some(Rect::new(
            edge(left, rect.left, rect.width()),
            edge(top, rect.top, rect.height()),
            edge(right + 1, rect.left, rect.width()),
            edge(bottom + 1, rect.top, rect.height()),
        ))
    }
}

/// The box of a long thing of which the detector may have seen a part: joined with others that continue where it ends.
///
/// # Errors
/// [`EngineError::Cancelled`]; [`EngineError::Failed`] if memory is short.
pub(super) fn whole(view: &View<'_>, part: &Candidate, others: &[Candidate]) -> Result<Candidate, EngineError> {
    /// Surer than this, it is seen as a whole.
    const FRAGMENT: f32 = 0.3;
    /// The other part is so sure, in parts of this one.
    const AS_SURE: f32 = 0.6;
    /// The most that parts may overlap, and how far apart they may be, relative to the longer one.
    const NESTED: f32 = 0.5;
    const GAP: f32 = 0.15;
    /// The share of both parts that the whole holds, and how thin it is.
    const HELD: f32 = 0.5;
    const THIN: f32 = 0.35;
    let mut whole = *part;
    if part.sure > FRAGMENT {
        return Ok(whole);
    }
    for other in others.iter().filter(|other| other.class == part.class && other.sure > AS_SURE * part.sure) {
        let rect = whole.rect;
        let far = GAP * rect.width().max(rect.height());
        let reach = Rect::new(rect.left - far, rect.top - far, rect.right + far, rect.bottom + far);
        let is_nested = other.rect.share_in(&rect) > NESTED || rect.share_in(&other.rect) > NESTED;
        if is_nested || reach.intersect(&other.rect).area() <= 0.0 {
            continue;
        }
        // Parts that fit together are evidence of each other.
        let sure = 1.0 - (1.0 - whole.sure) * (1.0 - other.sure);
        let fit = whole.fit + (sure / whole.sure).ln();
        let both = Candidate { rect: rect.around(&other.rect), sure, fit, ..whole };
        let claims = Claims::new(view, &both)?;
        let holds = |rect: Rect| Ok::<_, EngineError>(claims.of_part(view, rect)?.share_in(rect, &claims) > HELD);
        if claims.thickness(both.rect) < THIN && holds(other.rect)? && holds(whole.rect)? {
            whole = both;
        }
    }
    Ok(whole)
}

/// The mask of a thing without what stands in front of it: people, animals, and the other things of the instruction.
///
/// # Errors
/// [`EngineError::Cancelled`]; [`EngineError::Failed`] if memory is short.
pub(super) fn mask_of(view: &View<'_>, candidate: &Candidate) -> Result<Mask, EngineError> {
    let mut mask = alone(view, candidate)?;
    let mut living = view.everything(SEEN)?;
    living.retain(|other| other.class.is_living());
    // Other named things already keep their places.
    let people = view.others.iter().filter(|other| other.class == Class::PERSON);
    living.extend(people.filter(|other| other.sure < SEEN));
    for other in living {
        if stands_before(&other, candidate) && other.class != candidate.class {
            mask.subtract(&alone(view, &other)?);
        }
    }
    Ok(mask)
}

/// A smaller thing inside another's box stands in front of it.
fn stands_before(one: &Candidate, other: &Candidate) -> bool {
    one.rect.share_in(&other.rect) > 0.5 && one.rect.area() < 0.7 * other.rect.area()
}

fn alone(view: &View<'_>, candidate: &Candidate) -> Result<Mask, EngineError> {
    if candidate.class == Class::PERSON {
        let figure = view.sight.figure(view.image, candidate.rect, view.cx)?;
        return Ok(figure.mask(view.image.extent()));
    }
    let mut mask = match claimed(view, candidate)? {
        Some(mask) => mask,
        None => by_looks(view, candidate.rect)?,
    };
    if candidate.class.is_long() {
        join(&mut mask);
    }
    if candidate.class.is_living() {
        // Fur has patches of many colours, and only a large hole shows what is behind an animal.
        mask.fill_holes_up_to(HOLE);
    }
    Ok(mask)
}

/// Joins the two largest pieces of something long where they are nearest: the middle of a handle is thin.
fn join(mask: &mut Mask) {
    /// The gap is at most this part of the length of both, and the joint so thick.
    const GAP: f32 = 0.3;
    const THICK: f32 = 0.035;
    let regions = mask.regions();
    let mut order: Vec<usize> = (0..regions.regions.len()).collect();
    order.sort_by_key(|&region| std::cmp::Reverse(regions.regions[region].area));
    let [first, second, ..] = order[..] else { return };
    let points = |piece: usize| {
        let bounds = regions.regions[piece].bounds;
        let outline = regions.mask_of(|region| region == piece).crop(bounds).outline();
        let moved = move |[at, _]: [Point; 2]| Point::new(at.x + bounds.x as f32, at.y + bounds.y as f32);
        outline.into_iter().map(moved).collect::<Vec<_>>()
    };
    let (ours, theirs) = (points(first), points(second));
    let square = |a: &Point, b: &Point| (a.x - b.x).powi(2) + (a.y - b.y).powi(2);
    let nearest = |a: &Point| theirs.iter().map(|b| (square(a, b), *a, *b)).min_by(|a, b| a.0.total_cmp(&b.0));
    let Some((gap, from, to)) = ours.iter().filter_map(nearest).min_by(|a, b| a.0.total_cmp(&b.0)) else { return };
    let bounds = mask.bounds();
    let length = (bounds.width as f32).hypot(bounds.height as f32);
    if gap.sqrt() > GAP * length {
        return;
    }
    let thick = (THICK * length).max(2.0);
    let brush = Brush { size: thick, hardness: 1.0, ..Brush::default() };
    let (mut stroke, _) = Stroke::begin(mask, brush, StrokeMode::Add, from, 1.0);
    stroke.extend(mask, to, 1.0);
}

/// What belongs to a thing rather than to others; `None` if the network sees nothing in its box.
fn claimed(view: &View<'_>, candidate: &Candidate) -> Result<Option<Mask>, EngineError> {
    /// A box whose area is larger by this share was drawn around more than the thing.
    const LOOSE: f32 = 0.06;
    let claims = Claims::new(view, candidate)?;
    if claims.hidden.is_some()
        && let Some(tight) = claims.tight(candidate.rect)
        && tight.area() < (1.0 - LOOSE) * candidate.rect.area()
    {
        // The network is asked what the box is around, so without the other thing it is asked again.
        let candidate = Candidate { rect: tight, ..*candidate };
        return Claims::new(view, &candidate)?.mask(view, tight);
    }
    claims.mask(view, candidate.rect)
}

/// The mask of whatever is in a box, by the outline network; `None` if it sees nothing there.
///
/// # Errors
/// See [`mask_of`].
pub(super) fn outlined(view: &View<'_>, rect: Rect) -> Result<Option<Mask>, EngineError> {
    let own = view.sight.outline(view.image, rect, view.cx)?;
    Claims { own, parts: Vec::new(), others: Vec::new(), hidden: None }.mask(view, rect)
}

/// The same mask from colours and edges alone.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub(super) fn by_looks(view: &View<'_>, rect: Rect) -> Result<Mask, EngineError> {
    let (image, bounds) = (view.image, rect.pixels(view.image.extent()));
    Ok(classic::in_box(image, bounds, view.cx)?.unwrap_or_else(|| Mask::rectangle(image.extent(), bounds)))
}
