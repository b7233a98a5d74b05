//! The thing that a region is a part of.
//!
//! Words find the part of a thing that fits them best: the evenly lit side of a yellow banana, the front of a white car. The
//! thing itself is cut from there, as if that part had been clicked.

use super::clicked::{prior, rim, thingness};
use super::frame::Frame;
use super::grabcut::{Cutter, Known, Start, snap};
use super::regions::{drop_islands, fill_holes, steps_to};
use super::scene::{CLOSE_MARGIN, CLOSE_SIDE, Region, Scene, resample};
use super::score::Wanted;
use super::upsample::to_image;
use crate::domain::{Mask, Raster};
use crate::engine::{EngineError, JobCx};

/// Longer side of the copy that is cut, in pixels.
const SIDE: u32 = 256;
/// Weight of the edges.
const GAMMA: f32 = 9.0;
/// What it counts to lie in the part itself.
const PART_WEIGHT: f32 = 1.0;
/// What it counts to have a named colour, and the degree that speaks neither for nor against.
const COLOUR_WEIGHT: (f32, f32) = (4.0, 0.3);
/// What it counts for a region to hold all of the part, and what to be e times as large.
const REGION_WEIGHTS: (f32, f32) = (2.0, 0.3);
/// Pixels this far inside the part are certain, or half as far as its middle.
const CORE: u32 = 4;
/// How far the outline may move in the closer look, in pixels of it.
const BAND: f32 = 6.0;

/// The mask, at image extent, of the thing that `part` belongs to.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub fn grown(
    image: &Raster,
    scene: &Scene,
    part: &Region,
    wanted: &Wanted<'_>,
    cx: &JobCx<'_>,
) -> Result<Mask, EngineError> {
    let nothing = || Ok(Mask::empty(image.extent()));
    let Some(frame) = Frame::new(image, scene.frame.part, SIDE) else { return nothing() };
    let (w, h) = (frame.width, frame.height);
    let inside = resample(&scene.frame, &scene.pixels(&part.members), &frame);
    let core = core(&inside, w, h);
    let whole = resample(&scene.frame, &scene.pixels(&whole(scene, part, cx)?), &frame);
    let mut guess: Vec<bool> = whole.iter().zip(&inside).map(|(a, b)| *a || *b).collect();

    let ground = rim(&frame).filter(|&(at, _)| !inside[at]);
    let mut prior = prior(&frame, &guess, core.iter().map(|&at| (at, 0.0)), ground);
    for (prior, &inside) in prior.iter_mut().zip(&inside) {
        *prior += if inside { PART_WEIGHT } else { 0.0 };
    }
    for (prior, degree) in prior.iter_mut().zip(wanted.named_pixels(&frame)) {
        *prior += COLOUR_WEIGHT.0 * (degree - COLOUR_WEIGHT.1);
    }
    let mut known = vec![Known::Open; frame.len()];
    for &at in &core {
        (known[at], guess[at]) = (Known::Object, true);
    }
    let start = Start { known: &known, guess, prior: &prior, gamma: GAMMA, rounds: 3 };
    let mut object = Cutter::new(&frame).cut(start, cx)?;
    drop_islands(&mut object, w, h, 2.0, &core);
    fill_holes(&mut object, w, h, 0.05);

    let around = scene.surroundings(&frame, &object, CLOSE_MARGIN);
    let Some(close) = Frame::new(image, around, CLOSE_SIDE) else { return nothing() };
    let mut object = snap(&close, resample(&frame, &object, &close), BAND, &[], cx)?;
    drop_islands(&mut object, close.width, close.height, 0.25, &[]);
    fill_holes(&mut object, close.width, close.height, 0.05);
    to_image(&close, &object, image, cx)
}

/// Pixels so far inside that they are certain.
fn core(inside: &[bool], width: usize, height: usize) -> Vec<usize> {
    let steps = steps_to(inside, width, height, false);
    let deepest = steps.iter().copied().filter(|&s| s != u32::MAX).max().unwrap_or(0);
    let least = (deepest / 2).min(CORE);
    (0..inside.len()).filter(|&i| inside[i] && steps[i] >= least).collect()
}

/// The leaves of the region of the merge trees that looks most like one thing and holds most of the part.
fn whole(scene: &Scene, part: &Region, cx: &JobCx<'_>) -> Result<Vec<u32>, EngineError> {
    let held = |region: &Region| {
        let common = part.members.iter().filter(|m| region.members.binary_search(m).is_ok());
        common.map(|&m| scene.leaves[m as usize].area).sum::<f32>() / part.shape.area.max(1.0)
    };
    let mut best = (f32::NEG_INFINITY, part.members.clone());
    for region in scene.regions(cx)? {
        let held = held(&region);
        let growth = (region.shape.area / part.shape.area.max(1.0)).ln().max(0.0);
        let value = thingness(scene, &region) + REGION_WEIGHTS.0 * held - REGION_WEIGHTS.1 * growth;
        if held > 0.5 && value > best.0 {
            best = (value, region.members);
        }
    }
    Ok(best.1)
}
