//! People's masks: `MediaPipe` Selfie Segmentation (Google 2021) on the crop of each person's box.

use super::boxes::Rect;
use super::guided::Model;
use super::networks::Eye;
use super::outline::Odds;
use super::pixels::{Scaling, stretched, tensor};
use crate::domain::{Bounds, Extent, Mask, Raster};
use crate::engine::{EngineError, JobCx};

/// The side of the square that the network sees.
const SIDE: u32 = 256;
/// What is looked at around a person's box, in parts of its size.
const MARGIN: f32 = 0.15;

/// Log odds beyond which neither of the networks is believed.
const SUREST: f32 = 4.0;

/// Where a person is: coverage of a part of the photograph.
#[derive(Clone, Debug)]
pub struct Figure {
    /// The part of the photograph that was looked at.
    pub part: Bounds,
    /// One value for each pixel of the part, 0 to 255.
    pub coverage: Vec<u8>,
}

impl Figure {
    /// The same as a mask of the whole photograph.
    pub fn mask(&self, extent: Extent) -> Mask {
        let mut mask = Mask::empty(extent);
        let (left, top, width) = (self.part.x, self.part.y, self.part.width as usize);
        mask.for_each_row_in(self.part, |x, y, row| {
            let start = (y as i32 - top) as usize * width + (x as i32 - left) as usize;
            row.copy_from_slice(&self.coverage[start..start + row.len()]);
        });
        mask
    }
}

/// The person in a box; `others` are the boxes of people who may be in the way, `odds` what the outline network says.
///
/// # Errors
/// [`EngineError::Cancelled`]; [`EngineError::Failed`] if there is no memory.
pub(super) fn figure(
    image: &Raster,
    person: Rect,
    others: &[Rect],
    odds: Option<&Odds>,
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
            let own = (*value / (1.0 - *value).max(1e-6)).max(1e-6).ln().clamp(-SUREST, SUREST);
            *value = 1.0 / (1.0 + (-(own + odds.at(x, y).clamp(-SUREST, SUREST))).exp());
        }
        // A neighbour's pixels lie nearer to the middle of the neighbour; whose box it is, the odds know better than that.
        let mine = away(&person, x, y);
        let (nearer, rest) = if odds.is_some() { (0.5, 0.6) } else { (1.0, 0.0) };
        if others.iter().any(|other| away(other, x, y) < nearer * mine) {
            *value *= rest;
        }
    }
    let coverage = Model::learn(&copy, &coverage).apply(image, part);
    Ok(Figure { part, coverage })
}

/// How far a point is from the middle of a box, 1 on its edge.
fn away(rect: &Rect, x: f32, y: f32) -> f32 {
    let (cx, cy) = rect.centre();
    ((x - cx) / rect.width().max(1.0)).abs().max(((y - cy) / rect.height().max(1.0)).abs()) * 2.0
}
