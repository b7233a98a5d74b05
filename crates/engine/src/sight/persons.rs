//! People's masks: `MediaPipe` Selfie Segmentation (Google 2021) on the crop of each person's box.

use super::boxes::Rect;
use super::guided::Model;
use super::networks::Eye;
use super::outline::Odds;
use super::pixels::{Scaling, stretched, tensor};
use crate::{EngineError, JobCx};
use tie_core::{Bounds, Extent, Mask, Raster};

/// The side of the square that the network sees.
const SIDE: u32 = 256;
/// Margin around a person's box, relative to its size.
const MARGIN: f32 = 0.15;

/// Log odds beyond which neither of the networks is believed.
const SUREST: f32 = 4.0;

/// How much another outline's claim counts against a place, relative to its log odds.
const CLAIM: f32 = 1.5;

/// A person's outline: coverage of a part of the photo.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    /// The part of the photo that was searched.
    pub part: Bounds,
    /// One value for each pixel of the part, 0 to 255.
    pub coverage: Vec<u8>,
}

impl Figure {
    /// As a mask of the whole photo.
    pub(crate) fn mask(&self, extent: Extent) -> Mask {
        let mut mask = Mask::empty(extent);
        let (left, top, width) = (self.part.x, self.part.y, self.part.width as usize);
        mask.for_each_row_in(self.part, |x, y, row| {
            let start = (y as i32 - top) as usize * width + (x as i32 - left) as usize;
            row.copy_from_slice(&self.coverage[start..start + row.len()]);
        });
        mask
    }
}

/// Whether another person's outline may take places from the person in a box: they reach into each other, and neither box is
/// of a part or of a group that holds the other.
pub(super) fn may_cover(other: &Rect, person: &Rect) -> bool {
    const NESTED: f32 = 0.8;
    let common = other.intersect(&person.grown(MARGIN)).area();
    common > 0.0 && person.share_in(other) < NESTED && other.share_in(person) < NESTED
}

/// The person in a box; `others` are the boxes of people who may be in the way, `odds` what the outline network says of the
/// box, `claims` what it says of other people's.
///
/// # Errors
/// [`EngineError::Cancelled`]; [`EngineError::Failed`] if memory is short.
pub(super) fn figure(
    image: &Raster,
    person: Rect,
    others: &[Rect],
    odds: Option<&Odds>,
    claims: &[&Odds],
    cx: &JobCx<'_>,
) -> Result<Figure, EngineError> {
    cx.check()?;
    let part = person.grown(MARGIN).pixels(image.extent());
    if part.is_empty() {
        return Ok(Figure { part, coverage: Vec::new() });
    }
    let square = Extent::new(SIDE, SIDE);
    let copy = stretched(image, part.into(), square);
    let answers = Eye::Person.network()?.run(&tensor(&copy, &Scaling::UNIT)?)?;
    let mut coverage = answers.numbers("person")?;
    cx.check()?;
    let at = |i: usize| {
        let along = |n: u32, start: i32, length: u32| start as f32 + (n as f32 + 0.5) * length as f32 / SIDE as f32;
        (along(i as u32 % SIDE, part.x, part.width), along(i as u32 / SIDE, part.y, part.height))
    };
    for (i, value) in coverage.iter_mut().enumerate() {
        let (x, y) = at(i);
        // One network knows people, the other knows whose box it is: their odds are added.
        if let Some(odds) = odds {
            let reaching = claims.iter().filter(|other| Rect::from(other.part).contains(x, y));
            let theirs = reaching.map(|other| other.at(x, y)).fold(0.0, f32::max);
            *value = joint(*value, odds.at(x, y), theirs);
        }
        // A neighbour's pixels are nearer to the middle of the neighbour; the odds know best which box that is.
        let mine = away(&person, x, y);
        let (nearer, rest) = if odds.is_some() { (0.5, 0.6) } else { (1.0, 0.0) };
        if others.iter().any(|other| away(other, x, y) < nearer * mine) {
            *value *= rest;
        }
    }
    let coverage = Model::learn(&copy, &coverage).apply(image, part);
    Ok(Figure { part, coverage })
}

/// How likely a place belongs to the person in a box: how likely it belongs to anyone, combined with the log odds for
/// this box and for someone else's. Both networks take a neighbour for a person; only the second can tell whose box the
/// neighbour is in.
fn joint(anyone: f32, own: f32, theirs: f32) -> f32 {
    let person = (anyone / (1.0 - anyone).max(1e-6)).max(1e-6).ln().clamp(-SUREST, SUREST);
    let rivalry = if theirs > own { CLAIM * theirs.clamp(0.0, SUREST) } else { 0.0 };
    1.0 / (1.0 + (rivalry - person - own.clamp(-SUREST, SUREST)).exp())
}

/// The distance of a point from the middle of a box, 1 on its edge.
fn away(rect: &Rect, x: f32, y: f32) -> f32 {
    let (cx, cy) = rect.centre();
    ((x - cx) / rect.width().max(1.0)).abs().max(((y - cy) / rect.height().max(1.0)).abs()) * 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_neighbour_belongs_to_the_neighbour() {
        assert!(joint(0.95, 1.0, 0.0) > 0.9, "nobody else claims it");
        assert!(joint(0.95, 1.0, 3.0) < 0.5, "a person, but rather the other one");
        assert!(joint(0.95, 3.0, 1.0) > 0.9, "rather this one");
        assert!(joint(0.05, -2.0, 0.0) < 0.1, "ground");
    }

    #[test]
    fn boxes_of_parts_and_groups_take_nothing() {
        let person = Rect::new(0.0, 0.0, 100.0, 200.0);
        assert!(may_cover(&Rect::new(80.0, 0.0, 180.0, 200.0), &person));
        assert!(!may_cover(&Rect::new(20.0, 10.0, 80.0, 90.0), &person), "an upper half");
        assert!(!may_cover(&Rect::new(-10.0, -10.0, 300.0, 210.0), &person), "a group");
        assert!(!may_cover(&Rect::new(400.0, 0.0, 500.0, 200.0), &person), "far off");
    }
}
