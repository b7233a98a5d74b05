//! How likely each place around a box belongs to the thing in it, by the outline network.

use super::boxes::Rect;
use super::networks::{Eye, outline_network};
use super::pixels::{stretched, tensor};
use super::things::SCALING;
use crate::{EngineError, JobCx};
use candle_core::{Device, Tensor};
use tie_core::{Bounds, Extent, Raster};
use tie_nets::ModelError;
use tie_nets::outline::{COARSE_SIDE, GEOMETRY, SIDE};

/// Margin around a box, relative to its size: as in training.
const MARGIN: f32 = 0.35;
/// The side of the detector's square.
const SEEN: u32 = 416;

/// Log odds that the places of a part of the photo belong to a thing.
#[derive(Clone, Debug)]
pub(crate) struct Odds {
    /// The part of the photo that was searched.
    pub part: Bounds,
    /// [`SIDE`] × [`SIDE`] places, row by row.
    pub odds: Vec<f32>,
}

impl Odds {
    /// The odds at a point of the photograph, interpolated; those at the rim of the part beyond it.
    pub(crate) fn at(&self, x: f32, y: f32) -> f32 {
        let along = |at: f32, start: i32, length: u32| {
            let exact = (at - start as f32) * SIDE as f32 / length.max(1) as f32 - 0.5;
            let exact = exact.clamp(0.0, (SIDE - 1) as f32);
            let first = exact as usize;
            (first, (first + 1).min(SIDE - 1), exact - first as f32)
        };
        let (left, right, u) = along(x, self.part.x, self.part.width);
        let (above, below, v) = along(y, self.part.y, self.part.height);
        let odds = |x: usize, y: usize| self.odds[y * SIDE + x];
        let top = odds(left, above) * (1.0 - u) + odds(right, above) * u;
        let bottom = odds(left, below) * (1.0 - u) + odds(right, below) * u;
        top * (1.0 - v) + bottom * v
    }
}

/// The outline of the thing in a box; `None` if the box is empty.
///
/// # Errors
/// [`EngineError::Cancelled`]; [`EngineError::Failed`] if memory is short.
pub(super) fn outline(image: &Raster, rect: Rect, cx: &JobCx<'_>) -> Result<Option<Odds>, EngineError> {
    cx.check()?;
    let part = rect.grown(MARGIN).pixels(image.extent());
    if part.is_empty() || rect.area() < 1.0 {
        return Ok(None);
    }
    let seen = stretched(image, part.into(), Extent::new(SEEN, SEEN));
    // A second opinion in the mirror, where left is right.
    let mut mirror = seen.clone();
    mirror.pixels_mut().chunks_exact_mut(SEEN as usize).for_each(<[[u8; 4]]>::reverse);
    let middle = 2.0 * part.x as f32 + part.width as f32;
    let turned = Rect::new(middle - rect.right, rect.top, middle - rect.left, rect.bottom);
    let (odds, mirrored) = rayon::join(|| odds_of(&seen, rect, part), || odds_of(&mirror, turned, part));
    let (odds, mirrored) = (odds?, mirrored?);
    let rows = odds.chunks_exact(SIDE).zip(mirrored.chunks_exact(SIDE));
    let mean = rows.flat_map(|(row, other)| row.iter().zip(other.iter().rev()).map(|(a, b)| f32::midpoint(*a, *b)));
    Ok(Some(Odds { part, odds: mean.collect() }))
}

/// The log odds for a square with the searched part of the photo, and the box's place in it.
fn odds_of(seen: &Raster, rect: Rect, part: Bounds) -> Result<Vec<f32>, EngineError> {
    let answers = Eye::Things.network()?.run(&tensor(seen, &SCALING)?)?;
    Ok(outline_network()?.run(&answers, &geometry(rect, part)?)?)
}

/// Where each place is in the box: inside or not, and how far from the middle, with the edges at 1.
fn geometry(rect: Rect, part: Bounds) -> Result<Tensor, EngineError> {
    let (cx, cy) = rect.centre();
    let along = |n: usize, start: i32, length: u32, centre: f32, size: f32| {
        let at = start as f32 + (n as f32 + 0.5) * length as f32 / COARSE_SIDE as f32;
        ((at - centre) / (size / 2.0).max(0.5)).clamp(-2.0, 2.0)
    };
    let place = |i: usize| {
        let x = along(i % COARSE_SIDE, part.x, part.width, cx, rect.width());
        let y = along(i / COARSE_SIDE, part.y, part.height, cy, rect.height());
        let away = x.abs().max(y.abs());
        [f32::from(u8::from(away < 1.0)), x, y, away]
    };
    let places: Vec<[f32; GEOMETRY]> = (0..COARSE_SIDE * COARSE_SIDE).map(place).collect();
    let numbers: Vec<f32> = (0..GEOMETRY).flat_map(|n| places.iter().map(move |place| place[n])).collect();
    Ok(Tensor::from_vec(numbers, (1, GEOMETRY, COARSE_SIDE, COARSE_SIDE), &Device::Cpu).map_err(ModelError::from)?)
}
