//! The thing in a box drawn around it.

use super::find::Found;
use super::frame::Frame;
use super::grabcut::{Cutter, Known, Start};
use super::regions::{drop_islands, fill_holes, pieces};
use super::scene::resample;
use super::upsample::to_image;
use crate::{EngineError, JobCx, Phase};
use rayon::prelude::*;
use tie_core::{Bounds, Mask, Raster};

/// Longer side of the working copy for the trials and for the last cut, in pixels.
const SIDES: (u32, u32) = (224, 512);
/// Part of the box's longer side that is searched around it.
const MARGIN: f32 = 1.5;
/// Weight of the edges.
const GAMMA: f32 = 18.0;
/// The ground near the box, in parts of its side.
const NEAR: f32 = 0.3;

/// One way to find the thing: no single one is right for every photo, and most are for most.
struct Trial {
    gamma: f32,
    /// How much likelier the middle of the box is than its corners.
    middle: f32,
    /// Whether the ground's colours are learnt near the box only.
    near: bool,
}

const TRIALS: [Trial; 5] = [
    Trial { gamma: GAMMA, middle: 0.0, near: false },
    Trial { gamma: GAMMA, middle: 0.5, near: false },
    Trial { gamma: GAMMA, middle: 0.3, near: true },
    Trial { gamma: 0.6 * GAMMA, middle: 0.5, near: false },
    Trial { gamma: GAMMA, middle: 0.0, near: true },
];

/// A box in pixels of a frame, half open.
#[derive(Clone, Copy)]
struct Rectangle {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
    width: usize,
}

impl Rectangle {
    fn new(frame: &Frame, bounds: Bounds) -> Self {
        let (left, top, right, bottom) = frame.rectangle_of(bounds);
        Self { left, top, right, bottom, width: frame.width }
    }

    const fn area(&self) -> usize {
        self.right.saturating_sub(self.left) * self.bottom.saturating_sub(self.top)
    }

    fn contains(&self, i: usize, margin: usize) -> bool {
        let (x, y) = (i % self.width + margin, i / self.width + margin);
        x >= self.left && x < self.right + 2 * margin && y >= self.top && y < self.bottom + 2 * margin
    }

    /// Square of the distance from the middle; 1 on the inscribed ellipse, 2 in the corners.
    fn away(&self, i: usize) -> f32 {
        let half = |from: usize, to: usize| (to - from) as f32 / 2.0;
        let along = |at: usize, from: usize, half: f32| (at as f32 + 0.5 - from as f32 - half) / half;
        let dx = along(i % self.width, self.left, half(self.left, self.right));
        let dy = along(i / self.width, self.top, half(self.top, self.bottom));
        dx * dx + dy * dy
    }
}

/// Cuts a small copy in several ways, lets them vote, and cuts a larger copy from there.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub(crate) fn by_box(image: &Raster, bounds: Bounds, cx: &JobCx<'_>) -> Result<Option<Found>, EngineError> {
    let bounds = bounds.clamp(image.extent());
    let part = bounds.grow(((bounds.width.max(bounds.height) as f32 * MARGIN) as u32).max(8));
    let frames = (Frame::new(image, part, SIDES.0), Frame::new(image, part, SIDES.1));
    let (Some(small), Some(frame)) = frames else { return Ok(None) };
    let (few, rectangle) = (Rectangle::new(&small, bounds), Rectangle::new(&frame, bounds));
    if few.area() == 0 || rectangle.area() == 0 {
        return Ok(None);
    }
    cx.progress(Phase::Locating, 0.1);
    let votes = vote(&small, few, cx)?;
    cx.progress(Phase::Locating, 0.6);
    let known = known(&frame, rectangle);
    let mut guess = resample(&small, &votes, &frame);
    for (guess, known) in guess.iter_mut().zip(&known) {
        *guess &= *known == Known::Open;
    }
    let prior = vec![0.0; frame.len()];
    let start = Start { known: &known, guess, prior: &prior, gamma: GAMMA, rounds: 1 };
    let mut object = Cutter::new(&frame).cut(start, cx)?;
    cx.progress(Phase::Locating, 0.8);
    drop_islands(&mut object, frame.width, frame.height, 0.05, &[]);
    fill_holes(&mut object, frame.width, frame.height, 0.02);
    // The user says that something is there, so an empty cut is no result.
    let found = object.iter().filter(|&&o| o).count();
    let (confidence, reason) = if found * 20 < rectangle.area() {
        object = known.iter().map(|&k| k == Known::Open).collect();
        (0.3, "the whole box; nothing in it stands out")
    } else {
        (0.8, "the object in the box")
    };
    let mask = to_image(&frame, &object, image, cx)?;
    Ok(Some(Found { mask, confidence, reason: reason.to_owned() }))
}

/// Longer side of the copy that is cut where odds are known.
const ODDS_SIDE: u32 = 400;
/// Weight of the odds relative to colours.
const ODDS_WEIGHT: f32 = 1.2;
/// Log odds at which colours change nothing.
const CERTAIN_ODDS: f32 = 3.5;
/// Log odds, on average over a piece, that colours do not outweigh.
const CLEAR_ODDS: f32 = 1.8;
/// Log odds of what belongs to the thing even though it is outside the box.
const BEYOND_ODDS: f32 = 0.5;
/// The box may be this much too small, in parts of its size.
const SLACK: f32 = 0.06;

/// The thing in a box when the odds of each place are known: `odds` returns the log odds at a point of the image, in
/// `part` of it. The photo's colours and edges contribute.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub(crate) fn by_odds(
    image: &Raster,
    bounds: Bounds,
    part: Bounds,
    odds: impl Fn(f32, f32) -> f32 + Sync,
    cx: &JobCx<'_>,
) -> Result<Option<Mask>, EngineError> {
    let Some(frame) = Frame::new(image, part, ODDS_SIDE) else { return Ok(None) };
    let slack = (bounds.width.max(bounds.height) as f32 * SLACK) as u32 + 1;
    let rectangle = Rectangle::new(&frame, bounds.grow(slack).intersect(part));
    let (sx, sy) = frame.scale();
    let place = |i: usize| {
        let (x, y) = ((i % frame.width) as f32 + 0.5, (i / frame.width) as f32 + 0.5);
        ODDS_WEIGHT * odds(part.x as f32 + x / sx, part.y as f32 + y / sy).clamp(-6.0, 6.0)
    };
    let prior: Vec<f32> = (0..frame.len()).into_par_iter().map(place).collect();
    let mut known = known(&frame, rectangle);
    for (known, prior) in known.iter_mut().zip(&prior) {
        match prior / ODDS_WEIGHT {
            odds if odds < -CERTAIN_ODDS => *known = Known::Ground,
            odds if odds > BEYOND_ODDS && *known == Known::Ground => *known = Known::Open,
            odds if odds > CERTAIN_ODDS && *known == Known::Open => *known = Known::Object,
            _ => {}
        }
    }
    let guess: Vec<bool> =
        prior.iter().zip(&known).map(|(prior, known)| *prior > 0.0 && *known != Known::Ground).collect();
    if !guess.contains(&true) {
        return Ok(None);
    }
    let start = Start { known: &known, guess: guess.clone(), prior: &prior, gamma: GAMMA, rounds: 2 };
    let mut object = Cutter::new(&frame).cut(start, cx)?;
    // Where colours inside and outside are alike, the cut may lose the thing.
    let (both, either) = object
        .iter()
        .zip(&guess)
        .fold((0, 0), |(both, either), (a, b)| (both + usize::from(*a && *b), either + usize::from(*a || *b)));
    if both * 2 < either {
        object = guess;
    } else {
        overrule(&mut object, &guess, &prior, frame.width, frame.height);
    }
    drop_islands(&mut object, frame.width, frame.height, 0.05, &[]);
    fill_holes(&mut object, frame.width, frame.height, 0.005);
    Ok(Some(to_image(&frame, &object, image, cx)?))
}

/// Takes back what the cut has changed of a guess where the odds speak clearly against it: dark patches of a fur stay.
fn overrule(object: &mut [bool], guess: &[bool], prior: &[f32], width: usize, height: usize) {
    for lost in [true, false] {
        let changed: Vec<bool> = object.iter().zip(guess).map(|(o, g)| o != g && *g == lost).collect();
        for piece in pieces(&changed, width, height, true) {
            let odds = piece.iter().map(|&i| prior[i]).sum::<f32>() / (piece.len() as f32 * ODDS_WEIGHT);
            if if lost { odds > CLEAR_ODDS } else { odds < -CLEAR_ODDS } {
                for i in piece {
                    object[i] = lost;
                }
            }
        }
    }
}

/// Outside the box is ground.
fn known(frame: &Frame, rectangle: Rectangle) -> Vec<Known> {
    (0..frame.len()).map(|i| if rectangle.contains(i, 0) { Known::Open } else { Known::Ground }).collect()
}

/// What most trials take for the object.
fn vote(frame: &Frame, rectangle: Rectangle, cx: &JobCx<'_>) -> Result<Vec<bool>, EngineError> {
    let known = known(frame, rectangle);
    let cutter = Cutter::new(frame);
    let near = ((rectangle.area() as f32).sqrt() * NEAR) as usize;
    let masks = TRIALS
        .par_iter()
        .map(|trial| {
            let prior: Vec<f32> = (0..frame.len())
                .map(|i| match known[i] {
                    Known::Open => trial.middle * (0.7 - rectangle.away(i)).clamp(-1.5, 1.0),
                    _ => 0.0,
                })
                .collect();
            let guess = known.iter().map(|&k| k == Known::Open).collect();
            let start = Start { known: &known, guess, prior: &prior, gamma: trial.gamma, rounds: 3 };
            cutter.cut_against(start, |i| !trial.near || rectangle.contains(i, near), cx)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let votes = |i: usize| masks.iter().filter(|mask| mask[i]).count();
    Ok((0..frame.len()).map(|i| 2 * votes(i) > TRIALS.len()).collect())
}
