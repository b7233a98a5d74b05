//! Parts of a region that are another material of a like colour: the coffee in a brown cup.
//!
//! Hue alone cannot tell them from the shading of one surface, whose hue drifts too, most of all into its highlights.
//! But that drift happens within a connected part, and highlights only dilute a colour (the dichromatic reflection
//! model, Shafer 1985). So each part of roughly the right colour is compared with the largest by the hue of its most
//! saturated half, and one that differs by more than the largest varies is left alone. A handle cut off by something in
//! front has the same paint as its cup and changes with it. Where no part is most of the thing, as in a bunch of
//! flowers, or where the mask holds several things, all are changed.

use super::Region;
use super::oklab::smoothstep;
use super::samples::Samples;
use crate::{EngineError, JobCx};
use std::collections::VecDeque;
use tie_core::{Extent, Mask, Raster};

/// What one sample says about the material there.
#[derive(Clone, Copy)]
pub(super) struct Paint {
    /// How much its colour belongs to the region's main material, 0 to 1, times its coverage.
    pub share: f32,
    /// Angle from the main hue, in radians.
    pub hue: f32,
    /// Chroma over lightness.
    pub saturation: f32,
}

/// Parts of one material have mean hues within this angle, in radians: 5°.
const SAME_HUE: f32 = 0.087;

/// Or within this many standard deviations of the main part's hue.
const SAME_DEVIATIONS: f32 = 1.5;

/// From this multiple of the allowed difference on, a part is another material; in between, it changes by half.
const OTHER_MATERIAL: f32 = 1.4;

/// Parts with less than this many samples are not judged alone but with the nearest part that is.
const MIN_SAMPLES: usize = 12;

/// Hue of a part's most saturated half, in radians from the main hue, weighted by saturation.
#[derive(Clone, Copy)]
struct PureHue {
    mean: f32,
    deviation: f32,
}

impl PureHue {
    fn of(part: &mut [Paint]) -> Self {
        let (pure, ..) = part.select_nth_unstable_by(part.len() / 2, |a, b| b.saturation.total_cmp(&a.saturation));
        let weight: f32 = pure.iter().map(|paint| paint.weight()).sum::<f32>().max(f32::MIN_POSITIVE);
        let mean = |value: &dyn Fn(f32) -> f32| pure.iter().map(|p| p.weight() * value(p.hue)).sum::<f32>() / weight;
        let hue = mean(&|hue| hue);
        Self { mean: hue, deviation: mean(&|other| (other - hue).powi(2)).sqrt() }
    }
}

impl Paint {
    fn weight(self) -> f32 {
        self.share * self.saturation
    }
}

/// How much each place of a region follows a change of its main material.
pub(super) struct Parts {
    grid: Extent,
    stride: u32,
    /// For each sample, 0 to 1.
    kept: Vec<f32>,
}

/// Connected paint.
struct Part {
    /// Index of its connected region of the mask.
    thing: usize,
    samples: usize,
    /// `None` with too few samples to tell.
    hue: Option<PureHue>,
}

impl Parts {
    /// Finds the parts that are other materials; `None` if there are none.
    pub(super) fn find(samples: &Samples, paint: &[Paint], cx: &JobCx<'_>) -> Result<Option<Self>, EngineError> {
        let grid = samples.grid;
        let labels = region_labels(grid, paint.iter().map(|paint| paint.share));
        cx.check()?;
        let things = region_labels(grid, samples.colours.iter().map(|(_, coverage)| *coverage));
        cx.check()?;
        let parts = parts(&labels, &things, paint);
        let mains = main_hues(&parts);
        let kept = |part: &Part| part.hue.map(|hue| mains[part.thing].map_or(1.0, |main| kept(hue, main)));
        let kept: Vec<Option<f32>> = parts.iter().map(kept).collect();
        if kept.iter().flatten().all(|kept| *kept >= 1.0) {
            return Ok(None);
        }
        cx.check()?;
        let known: Vec<Option<f32>> = labels.iter().map(|label| label.and_then(|label| *kept.get(label)?)).collect();
        Ok(Some(Self { grid, stride: samples.stride, kept: spread(grid, &known) }))
    }

    /// Gives `changed` the colours of the region back where another material is.
    pub(super) fn put_back(&self, region: Region<'_>, changed: &mut Raster, cx: &JobCx<'_>) -> Result<(), EngineError> {
        region.for_each_row(changed, cx, |y, pixels, _| {
            for (x, (pixel, old)) in pixels.iter_mut().zip(region.row(y).0).enumerate() {
                if pixel != old {
                    let kept = self.at(x, y);
                    let mixed = |new: u8, old: u8| f32::from(old) + kept * (f32::from(new) - f32::from(old));
                    *pixel = std::array::from_fn(|i| mixed(pixel[i], old[i]).round() as u8);
                }
            }
        })
    }

    /// How much each sample follows the change, 0 to 1.
    pub(super) fn kept(&self) -> &[f32] {
        &self.kept
    }

    /// Between the four samples around a pixel of the region's bounds.
    pub(super) fn at(&self, x: usize, y: usize) -> f32 {
        let split = |pixel: usize, count: u32| {
            let (sample, rest) = (pixel / self.stride as usize, pixel % self.stride as usize);
            (sample, (sample + 1).min(count as usize - 1), rest as f32 / self.stride as f32)
        };
        let ((left, right, tx), (top, bottom, ty)) = (split(x, self.grid.width), split(y, self.grid.height));
        let row = |y: usize| {
            let row = &self.kept[y * self.grid.width as usize..];
            row[left] + tx * (row[right] - row[left])
        };
        let (upper, lower) = (row(top), row(bottom));
        upper + ty * (lower - upper)
    }
}

/// The connected region of each sample.
fn region_labels(grid: Extent, mut coverage: impl Iterator<Item = f32>) -> Vec<Option<usize>> {
    let regions = Mask::from_fn(grid, |_, _| (coverage.next().unwrap_or(0.0) * 255.0) as u8).regions();
    let places = (0..grid.height).flat_map(|y| (0..grid.width).map(move |x| (x, y)));
    places.map(|(x, y)| regions.at(x, y)).collect()
}

fn parts(labels: &[Option<usize>], things: &[Option<usize>], paint: &[Paint]) -> Vec<Part> {
    let mut members: Vec<(usize, Vec<Paint>)> = Vec::new();
    for ((label, thing), paint) in labels.iter().zip(things).zip(paint) {
        // Paint is covered, and so part of a thing.
        if let (Some(label), Some(thing)) = (*label, *thing) {
            members.resize_with(members.len().max(label + 1), || (thing, Vec::new()));
            members[label].1.push(*paint);
        }
    }
    let part = |(thing, mut paint): (usize, Vec<Paint>)| {
        let hue = (paint.len() >= MIN_SAMPLES).then(|| PureHue::of(&mut paint));
        Part { thing, samples: paint.len(), hue }
    };
    members.into_iter().map(part).collect()
}

/// For each thing, the hue of its largest part, if that is most of its paint.
fn main_hues(parts: &[Part]) -> Vec<Option<PureHue>> {
    let mut things: Vec<(usize, Option<&Part>)> = Vec::new();
    for part in parts {
        things.resize(things.len().max(part.thing + 1), (0, None));
        let (samples, largest) = &mut things[part.thing];
        *samples += part.samples;
        if largest.is_none_or(|largest| part.samples > largest.samples) {
            *largest = Some(part);
        }
    }
    let main = |(samples, largest): (usize, Option<&Part>)| largest.filter(|part| 2 * part.samples > samples)?.hue;
    things.into_iter().map(main).collect()
}

/// How much a part of this hue follows the main part of its thing, 0 to 1.
fn kept(hue: PureHue, main: PureHue) -> f32 {
    let same = SAME_HUE.max(SAME_DEVIATIONS * main.deviation);
    smoothstep(OTHER_MATERIAL * same, same, (hue.mean - main.mean).abs())
}

/// Every unknown sample takes the value of the nearest known one (in steps to the four sides).
fn spread(grid: Extent, known: &[Option<f32>]) -> Vec<f32> {
    let (width, height) = (grid.width as usize, grid.height as usize);
    let mut values = known.to_vec();
    let mut border: VecDeque<usize> = (0..known.len()).filter(|place| known[*place].is_some()).collect();
    while let Some(place) = border.pop_front() {
        let (x, y) = (place % width, place / width);
        let sides = [
            (x > 0).then(|| place - 1),
            (x + 1 < width).then_some(place + 1),
            (y > 0).then(|| place - width),
            (y + 1 < height).then_some(place + width),
        ];
        for side in sides.into_iter().flatten() {
            if values[side].is_none() {
                values[side] = values[place];
                border.push_back(side);
            }
        }
    }
    values.into_iter().map(|value| value.unwrap_or(1.0)).collect()
}
