//! The thing that clicks point at.

use super::find::Found;
use super::frame::Frame;
use super::geodesic::geodesic;
use super::grabcut::{Cutter, Known, Start, snap};
use super::regions::{drop_islands, fill_holes, steps_to};
use super::scene::{CLOSE_MARGIN, CLOSE_SIDE, Region, Scene, resample};
use super::upsample::to_image;
use crate::{EngineError, JobCx, Phase};
use tie_core::{Bounds, Click, Raster};

/// Longer side of the copy that is cut, in pixels.
const SIDE: u32 = 256;
/// Things are small that cover less than this share of the image.
const SMALL: f32 = 0.004;
/// Margin around a small thing, relative to its size.
const SMALL_MARGIN: f32 = 1.5;
/// Pixels around a click that belong to the same side as the click.
const DISC: i32 = 3;
/// Weight of the edges.
const GAMMA: f32 = 9.0;
/// Weight of the trees' region under the clicks.
const REGION_WEIGHT: f32 = 0.4;
/// Weight of being nearer to the included than to the excluded clicks.
const NEARNESS_WEIGHT: f32 = 2.5;
/// The rim of the image is mostly ground: it counts as an excluded click this far away, in units of colour difference.
const RIM: f32 = 0.1;
/// Added to both distances, so that their ratio stays finite at the clicks.
const LEAST_DISTANCE: f32 = 0.02;
/// How far the outline may move in the closer look, in its pixels.
const BAND: f32 = 6.0;

/// The clicks' pixels in a frame.
struct Pixels {
    included: Vec<usize>,
    excluded: Vec<usize>,
}

impl Pixels {
    fn new(frame: &Frame, clicks: &[Click]) -> Self {
        let of = |include: bool| {
            clicks.iter().filter(|click| click.include == include).filter_map(|click| frame.pixel_of(click)).collect()
        };
        Self { included: of(true), excluded: of(false) }
    }

    /// The pixels under or close to a click, with the side that they belong to.
    fn pinned(&self, frame: &Frame) -> Vec<(usize, Known)> {
        let around = |at: usize, side: Known| {
            let (w, h) = (frame.width as i32, frame.height as i32);
            let (x, y) = (at as i32 % w, at as i32 / w);
            let rows = (y - DISC).max(0)..=(y + DISC).min(h - 1);
            rows.flat_map(move |row| {
                let columns = (x - DISC).max(0)..=(x + DISC).min(w - 1);
                let close = columns.filter(move |column| (column - x).pow(2) + (row - y).pow(2) <= DISC * DISC);
                close.map(move |column| ((row * w + column) as usize, side))
            })
        };
        // The later wins. Where two discs meet, the doubt is the ground's; the clicked pixels themselves are certain.
        let included = self.included.iter().flat_map(|&at| around(at, Known::Object));
        let excluded = self.excluded.iter().flat_map(|&at| around(at, Known::Ground));
        included.chain(excluded).chain(self.included.iter().map(|&at| (at, Known::Object))).collect()
    }
}

/// The thing that the clicks point at, inside `bounds` if given.
///
/// The region of the merge trees under the clicks is a first guess. A cut follows that weighs colours, edges, the guess, and
/// geodesic distances to the clicks (Price, Morse & Cohen, "Geodesic graph cut for interactive image segmentation", 2010).
///
/// # Errors
/// [`EngineError::Cancelled`].
pub(super) fn by_clicks(
    image: &Raster,
    scene: &Scene,
    clicks: &[Click],
    bounds: Option<Bounds>,
    cx: &JobCx<'_>,
) -> Result<Option<Found>, EngineError> {
    let clicked = Pixels::new(&scene.frame, clicks);
    if clicked.included.is_empty() {
        return Ok(None);
    }
    let regions = scene.regions(cx)?;
    let guess = pointed_at(scene, &regions, &clicked);
    let Some(frame) = Frame::new(image, part_to_cut(scene, &guess, &clicked), SIDE) else { return Ok(None) };
    let clicked = Pixels::new(&frame, clicks);
    let guess = resample(&scene.frame, &guess, &frame);
    cx.progress(Phase::Locating, 0.5);

    let object = cut(&frame, guess, &clicked, bounds, cx)?;
    cx.progress(Phase::Locating, 0.8);
    let Some(close) = Frame::new(image, scene.surroundings(&frame, &object, CLOSE_MARGIN), CLOSE_SIDE) else {
        return Ok(None);
    };
    let near = Pixels::new(&close, clicks);
    let (w, h) = (close.width, close.height);
    let mut object = snap(&close, resample(&frame, &object, &close), BAND, &near.pinned(&close), cx)?;
    drop_islands(&mut object, w, h, 0.02, &near.included);
    fill_small_holes(&mut object, w, h, &near.excluded);
    let mask = to_image(&close, &object, image, cx)?;
    let confidence = (0.5 + 0.05 * clicks.len() as f32).min(0.75);
    let reason = format!("grown from {}", counted(clicks.len(), "click"));
    Ok(Some(Found { mask, confidence, reason }))
}

/// Small things are cut in a part of the image, where they are large enough to be cut well.
fn part_to_cut(scene: &Scene, guess: &[bool], clicked: &Pixels) -> Bounds {
    let frame = &scene.frame;
    let area = guess.iter().filter(|&&g| g).count() as f32;
    if area > SMALL * frame.len() as f32 {
        return frame.part;
    }
    let mut seen = guess.to_vec();
    for &at in clicked.included.iter().chain(&clicked.excluded) {
        seen[at] = true;
    }
    scene.surroundings(frame, &seen, SMALL_MARGIN)
}

fn cut(
    frame: &Frame,
    mut guess: Vec<bool>,
    clicked: &Pixels,
    bounds: Option<Bounds>,
    cx: &JobCx<'_>,
) -> Result<Vec<bool>, EngineError> {
    let (w, h) = (frame.width, frame.height);
    let at_once = |pixels: &[usize]| pixels.iter().map(|&at| (at, 0.0)).collect::<Vec<_>>().into_iter();
    let ground = at_once(&clicked.excluded).chain(rim(frame));
    let prior = prior(frame, &guess, at_once(&clicked.included), ground);
    let mut known = vec![Known::Open; frame.len()];
    if let Some((left, top, right, bottom)) = bounds.map(|bounds| frame.rectangle_of(bounds)) {
        for (i, known) in known.iter_mut().enumerate() {
            if !(left..right).contains(&(i % w)) || !(top..bottom).contains(&(i / w)) {
                *known = Known::Ground;
            }
        }
    }
    for (at, side) in clicked.pinned(frame) {
        known[at] = side;
    }
    for (guess, known) in guess.iter_mut().zip(&known) {
        *guess = *known == Known::Object || *guess && *known == Known::Open;
    }
    let start = Start { known: &known, guess, prior: &prior, gamma: GAMMA, rounds: 3 };
    let mut object = Cutter::new(frame).cut(start, cx)?;
    // Only what was clicked: a piece that merely has the same colours is another thing.
    drop_islands(&mut object, w, h, 2.0, &clicked.included);
    fill_small_holes(&mut object, w, h, &clicked.excluded);
    Ok(object)
}

/// Log odds that each pixel belongs to the thing, from a first guess and the distances to known parts of thing and
/// background; both are given as pixels with a starting distance.
pub(super) fn prior(
    frame: &Frame,
    guess: &[bool],
    object: impl Iterator<Item = (usize, f32)>,
    ground: impl Iterator<Item = (usize, f32)>,
) -> Vec<f32> {
    let (w, h) = (frame.width, frame.height);
    let (to_object, to_ground) = (geodesic(frame, object), geodesic(frame, ground));
    let area = guess.iter().filter(|&&g| g).count() as f32;
    let band = (0.25 * area.sqrt()).max(3.0);
    let (outside, inside) = (steps_to(guess, w, h, true), steps_to(guess, w, h, false));
    let share = |steps: u32| 0.2 + (steps as f32 / band).min(1.0);
    (0..frame.len())
        .map(|i| {
            let region = if guess[i] { share(inside[i]) } else { -share(outside[i]) };
            let nearness = ((to_ground[i] + LEAST_DISTANCE) / (to_object[i] + LEAST_DISTANCE)).ln().clamp(-3.0, 3.0);
            REGION_WEIGHT * region + NEARNESS_WEIGHT * nearness
        })
        .collect()
}

/// The pixels of the image's rim, which is mostly ground.
pub(super) fn rim(frame: &Frame) -> impl Iterator<Item = (usize, f32)> {
    let (w, h) = (frame.width, frame.height);
    let on_rim = move |i: &usize| i.is_multiple_of(w) || i % w + 1 == w || i / w == 0 || i / w + 1 == h;
    (0..frame.len()).filter(on_rim).map(|at| (at, RIM))
}

fn counted(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

fn fill_small_holes(object: &mut [bool], w: usize, h: usize, excluded: &[usize]) {
    let before: Vec<bool> = excluded.iter().map(|&i| object[i]).collect();
    let mut filled = object.to_vec();
    fill_holes(&mut filled, w, h, 0.05);
    // A hole that was clicked away stays a hole.
    if excluded.iter().zip(before).all(|(&i, was)| filled[i] == was) {
        object.copy_from_slice(&filled);
    }
}

/// Regions of the trees that hold the included and none of the excluded pixels, joined.
fn pointed_at(scene: &Scene, regions: &[Region], clicked: &Pixels) -> Vec<bool> {
    let leaf = |&i: &usize| scene.superpixels.labels[i];
    let mut wanted: Vec<u32> = clicked.included.iter().map(leaf).collect();
    let unwanted: Vec<u32> = clicked.excluded.iter().map(leaf).filter(|l| !wanted.contains(l)).collect();
    let holds = |region: &Region, l: &u32| region.members.binary_search(l).is_ok();
    let mut chosen = vec![false; scene.leaves.len()];
    let first_wanted = wanted.clone();
    let mut size: Option<f32> = None;
    while let Some(&first) = wanted.first() {
        let value = |region: &Region| {
            let held = first_wanted.iter().filter(|l| holds(region, l)).count() as f32;
            // A later click adds a part, rarely something far larger than the first click's.
            let growth = size.map_or(0.0, |size| (region.shape.area / size).ln().max(0.0));
            thingness(scene, region) + 0.3 * (held - 1.0) - 2.0 * growth
        };
        let fits = |region: &&Region| {
            let sized = size.is_none_or(|size| region.shape.area < 4.0 * size);
            sized && holds(region, &first) && !unwanted.iter().any(|l| holds(region, l))
        };
        let best = regions.iter().filter(fits).max_by(|a, b| value(a).total_cmp(&value(b)));
        // A leaf too small to be among the regions stands for itself.
        let members = best.map_or_else(|| vec![first], |region| region.members.clone());
        let area: f32 = members.iter().map(|&m| scene.leaves[m as usize].area).sum();
        size = Some(size.map_or(area, |size| size.max(area)));
        wanted.retain(|l| members.binary_search(l).is_err());
        for m in members {
            chosen[m as usize] = true;
        }
    }
    scene.superpixels.labels.iter().map(|&l| chosen[l as usize]).collect()
}

/// How much a region looks like one thing: a strong outline away from the rim, compact, neither tiny nor everything.
pub(super) fn thingness(scene: &Scene, region: &Region) -> f32 {
    let shape = &region.shape;
    let size = (scene.share(shape).max(1e-6) / 0.06).ln();
    3.0 * shape.edge + 2.0 * shape.contrast - 2.5 * shape.rim + 1.5 * shape.fullness.min(1.0)
        - 0.3 * (shape.roughness - 1.5).max(0.0)
        - 0.12 * size * size
}
