//! Grows regions into the things that they are parts of.
//!
//! Words find the part of a thing that fits them best: the evenly lit side of a yellow banana, the front of a white
//! car. The thing itself is cut from there, as if that part had been clicked, in several ways;
//! [`hypotheses`](super::hypotheses) decides which cut is the thing.

use super::clicked::{prior, rim, thingness};
use super::frame::Frame;
use super::grabcut::{Cutter, Known, Start, snap};
use super::hypotheses::{Hypothesis, rank};
use super::regions::{drop_islands, fill_holes, steps_to};
use super::scene::{CLOSE_MARGIN, CLOSE_SIDE, Region, Scene, resample};
use super::score::{Fit, Wanted};
use super::upsample::to_image;
use crate::{EngineError, JobCx};
use rayon::prelude::*;
use tie_core::{Mask, Raster};

/// Longer side of the copy that is cut, in pixels.
const SIDE: u32 = 256;
/// Weight of the edges.
const GAMMA: f32 = 9.0;
/// Weight of being in the part itself.
const PART_WEIGHT: f32 = 1.0;
/// Weight of having a named colour, and the degree that is neutral.
const COLOUR_WEIGHT: (f32, f32) = (4.0, 0.3);
/// Weight for a region of holding all of the part, and of being e times as large.
const REGION_WEIGHTS: (f32, f32) = (2.0, 0.3);
/// Pixels this far inside the part are certain, or half as far as its middle.
const CORE: u32 = 4;
/// The ground near the first guess, in parts of the root of the guess's area.
const NEAR: f32 = 0.5;
/// How far the outline may move in the closer look, in its pixels.
const BAND: f32 = 6.0;

/// One way to cut a thing from its part: no single one is right for every photo.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trial {
    Plain,
    /// The background's colours are learnt only near the first guess: distant things may share the thing's colours.
    Near,
    /// Whole superpixels have the named colour or not, so that highlights and specks follow their surroundings.
    Smooth,
}

/// The trials; the one that needs a named colour comes last.
const TRIALS: [Trial; 3] = [Trial::Plain, Trial::Near, Trial::Smooth];

/// A region that fits the words, with how well it does.
pub(super) struct Part {
    pub region: Region,
    pub fit: Fit,
}

/// The things that the parts belong to, likeliest first and `most` at most: the number of the part, and the mask at image
/// extent.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub(super) fn grown(
    image: &Raster,
    scene: &Scene,
    parts: &[Part],
    wanted: &Wanted<'_>,
    most: usize,
    cx: &JobCx<'_>,
) -> Result<Vec<(usize, Mask)>, EngineError> {
    let Some(frame) = Frame::new(image, scene.frame.part, SIDE) else { return Ok(Vec::new()) };
    let grower = Grower::new(&frame, scene, wanted, cx)?;
    let each = parts.par_iter().map(|part| grower.masks(scene, &part.region, cx)).collect::<Result<Vec<_>, _>>()?;
    let of_part = |(part, masks): (usize, Vec<Vec<bool>>)| {
        masks.into_iter().map(move |mask| Hypothesis { part, fit: parts[part].fit.total, mask })
    };
    let hypotheses: Vec<Hypothesis> = each.into_iter().enumerate().flat_map(of_part).collect();
    cx.check()?;
    let mut ranked = rank(&frame, &hypotheses, &grower.named, &wanted.query.places);
    // What looks like a segment may well be another thing; without a colour to tell them apart, the words' order stays.
    if !wanted.names_colour() {
        ranked.sort_by_key(|hypothesis| hypothesis.part);
    }
    let mut found: Vec<(usize, Mask)> = Vec::new();
    for hypothesis in ranked {
        if found.len() == most {
            break;
        }
        if found.iter().all(|&(part, _)| part != hypothesis.part) {
            found.push((hypothesis.part, at_extent(image, scene, &frame, &hypothesis.mask, cx)?));
        }
    }
    Ok(found)
}

/// The mask at image extent, its outline moved to the edges seen in a closer look.
fn at_extent(
    image: &Raster,
    scene: &Scene,
    frame: &Frame,
    object: &[bool],
    cx: &JobCx<'_>,
) -> Result<Mask, EngineError> {
    let around = scene.surroundings(frame, object, CLOSE_MARGIN);
    let Some(close) = Frame::new(image, around, CLOSE_SIDE) else { return Ok(Mask::empty(image.extent())) };
    let mut object = snap(&close, resample(frame, object, &close), BAND, &[], cx)?;
    drop_islands(&mut object, close.width, close.height, 0.25, &[]);
    fill_holes(&mut object, close.width, close.height, 0.05);
    to_image(&close, &object, image, cx)
}

/// A frame prepared for growing things.
struct Grower<'a> {
    frame: &'a Frame,
    cutter: Cutter<'a>,
    /// Regions of the merge trees, with how much each looks like one thing.
    regions: Vec<(Region, f32)>,
    /// For each pixel, the degree to which it has a named colour, and the same for its superpixel; empty if none is
    /// named.
    named: Vec<f32>,
    named_smoothly: Vec<f32>,
}

impl<'a> Grower<'a> {
    fn new(frame: &'a Frame, scene: &Scene, wanted: &Wanted<'_>, cx: &JobCx<'_>) -> Result<Self, EngineError> {
        let (named, named_smoothly) = (wanted.named_pixels(frame), wanted.named_superpixels(scene, frame));
        let valued = |region: Region| {
            let value = thingness(scene, &region);
            (region, value)
        };
        let regions = scene.regions(cx)?.into_iter().map(valued).collect();
        Ok(Self { frame, cutter: Cutter::new(frame), regions, named, named_smoothly })
    }

    /// Candidates for the thing that `part` belongs to: the part alone, the region of the merge trees around it, and
    /// cuts.
    fn masks(&self, scene: &Scene, part: &Region, cx: &JobCx<'_>) -> Result<Vec<Vec<bool>>, EngineError> {
        cx.check()?;
        let frame = self.frame;
        let inside = resample(&scene.frame, &scene.pixels(&part.members), frame);
        let whole = resample(&scene.frame, &scene.pixels(self.whole(scene, part)), frame);
        let core = core(&inside, frame.width, frame.height);
        let mut guess: Vec<bool> = whole.iter().zip(&inside).map(|(a, b)| *a || *b).collect();
        let ground = rim(frame).filter(|&(at, _)| !inside[at]);
        let mut prior = prior(frame, &guess, core.iter().map(|&at| (at, 0.0)), ground);
        for (prior, &inside) in prior.iter_mut().zip(&inside) {
            *prior += if inside { PART_WEIGHT } else { 0.0 };
        }
        for &at in &core {
            guess[at] = true;
        }
        let trials: &[Trial] = if self.named.is_empty() { &TRIALS[..2] } else { &TRIALS };
        let cut = |&trial: &Trial| self.cut(&core, &guess, &prior, trial, cx);
        let mut masks = trials.par_iter().map(cut).collect::<Result<Vec<_>, _>>()?;
        masks.extend([inside, whole]);
        Ok(masks)
    }

    fn cut(
        &self,
        core: &[usize],
        guess: &[bool],
        prior: &[f32],
        trial: Trial,
        cx: &JobCx<'_>,
    ) -> Result<Vec<bool>, EngineError> {
        let frame = self.frame;
        let (w, h) = (frame.width, frame.height);
        let named = if trial == Trial::Smooth { &self.named_smoothly } else { &self.named };
        let mut prior = prior.to_vec();
        for (prior, degree) in prior.iter_mut().zip(named) {
            *prior += COLOUR_WEIGHT.0 * (degree - COLOUR_WEIGHT.1);
        }
        let mut known = vec![Known::Open; frame.len()];
        for &at in core {
            known[at] = Known::Object;
        }
        let reach = NEAR * (guess.iter().filter(|&&g| g).count() as f32).sqrt();
        let away = if trial == Trial::Near { steps_to(guess, w, h, true) } else { Vec::new() };
        let near = |i: usize| away.get(i).is_none_or(|&steps| (steps as f32) < reach);
        let start = Start { known: &known, guess: guess.to_vec(), prior: &prior, gamma: GAMMA, rounds: 3 };
        let mut object = self.cutter.cut_against(start, near, cx)?;
        drop_islands(&mut object, w, h, 2.0, core);
        fill_holes(&mut object, w, h, 0.05);
        Ok(object)
    }

    /// The leaves of the region of the merge trees that looks most like one thing and holds most of the part.
    fn whole<'b>(&'b self, scene: &Scene, part: &'b Region) -> &'b [u32] {
        let mut inside = vec![false; scene.leaves.len()];
        for &m in &part.members {
            inside[m as usize] = true;
        }
        let held = |region: &Region| {
            let common = region.members.iter().filter(|&&m| inside[m as usize]);
            common.map(|&m| scene.leaves[m as usize].area).sum::<f32>() / part.shape.area.max(1.0)
        };
        let mut best = (f32::NEG_INFINITY, part.members.as_slice());
        for (region, thingness) in &self.regions {
            let held = held(region);
            let growth = (region.shape.area / part.shape.area.max(1.0)).ln().max(0.0);
            let value = thingness + REGION_WEIGHTS.0 * held - REGION_WEIGHTS.1 * growth;
            if held > 0.5 && value > best.0 {
                best = (value, &region.members);
            }
        }
        best.1
    }
}

/// Pixels so far inside that they are certain.
fn core(inside: &[bool], width: usize, height: usize) -> Vec<usize> {
    let steps = steps_to(inside, width, height, false);
    let deepest = steps.iter().copied().filter(|&s| s != u32::MAX).max().unwrap_or(0);
    let least = (deepest / 2).min(CORE);
    (0..inside.len()).filter(|&i| inside[i] && steps[i] >= least).collect()
}
