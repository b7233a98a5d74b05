//! Clicks and boxes.

use super::find::Found;
use super::frame::Frame;
use super::grabcut::{Known, Start, cut};
use super::regions::{drop_islands, fill_holes, steps_to};
use super::scene::{Region, SIDE, Scene};
use super::upsample::to_image;
use crate::domain::{Bounds, Click, Raster};
use crate::engine::{EngineError, JobCx, Phase};

/// The thing that the clicks point at, inside `bounds` if given.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub fn by_clicks(
    image: &Raster,
    scene: &Scene,
    clicks: &[Click],
    bounds: Option<Bounds>,
    cx: &JobCx<'_>,
) -> Result<Option<Found>, EngineError> {
    let frame = &scene.frame;
    let pixels = |include: bool| -> Vec<usize> {
        clicks.iter().filter(|click| click.include == include).filter_map(|click| frame.pixel_of(click)).collect()
    };
    let (includes, excludes) = (pixels(true), pixels(false));
    if includes.is_empty() {
        return Ok(None);
    }
    let regions = scene.regions(cx)?;
    cx.progress(Phase::Locating, 0.5);
    let guess = pointed_at(scene, &regions, &includes, &excludes);
    let (w, h) = (frame.width, frame.height);
    let area = guess.iter().filter(|&&g| g).count() as f32;
    let band = (0.2 * area.sqrt()).max(5.0);
    let (outside, inside) = (steps_to(&guess, w, h, true), steps_to(&guess, w, h, false));
    let share = |steps: u32| (steps as f32 / band).min(1.0);
    let rectangle = bounds.map(|bounds| frame.rectangle_of(bounds));
    let mut known: Vec<Known> = (0..frame.len())
        .map(|i| {
            let boxed = rectangle.is_none_or(|(l, t, r, b)| (l..r).contains(&(i % w)) && (t..b).contains(&(i / w)));
            if !boxed || (!guess[i] && share(outside[i]) >= 1.0) { Known::Ground } else { Known::Open }
        })
        .collect();
    let prior: Vec<f32> = (0..frame.len())
        .map(|i| if guess[i] { 0.5 + 3.0 * share(inside[i]) } else { -0.5 - 3.0 * share(outside[i]) })
        .collect();
    // Excluded after included: where two discs meet, the doubt is the ground's.
    for (points, side) in [(&includes, Known::Object), (&excludes, Known::Ground)] {
        for &at in points {
            mark_disc(&mut known, w, h, at, side);
        }
    }
    for &at in &includes {
        known[at] = Known::Object;
    }
    let mut object = cut(frame, Start { known: &known, guess, prior: &prior, rounds: 3 }, cx)?;
    cx.progress(Phase::Locating, 0.8);
    drop_islands(&mut object, w, h, 2.0, &includes);
    fill_small_holes(&mut object, w, h, &excludes);
    let mask = to_image(frame, &object, image, cx)?;
    let confidence = (0.5 + 0.05 * clicks.len() as f32).min(0.75);
    let reason = format!("grown from {}", counted(clicks.len(), "click"));
    Ok(Some(Found { mask, confidence, reason }))
}

fn counted(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

fn fill_small_holes(object: &mut [bool], w: usize, h: usize, excludes: &[usize]) {
    let before: Vec<bool> = excludes.iter().map(|&i| object[i]).collect();
    let mut filled = object.to_vec();
    fill_holes(&mut filled, w, h, 0.05);
    // A hole that was clicked away stays a hole.
    if excludes.iter().zip(before).all(|(&i, was)| filled[i] == was) {
        object.copy_from_slice(&filled);
    }
}

/// A few pixels around a click belong to the same side as the click.
fn mark_disc(known: &mut [Known], w: usize, h: usize, at: usize, side: Known) {
    let radius = (w.max(h) / 170).max(1) as i32;
    let (x, y) = ((at % w) as i32, (at / w) as i32);
    for row in (y - radius).max(0)..=(y + radius).min(h as i32 - 1) {
        for column in (x - radius).max(0)..=(x + radius).min(w as i32 - 1) {
            if (column - x).pow(2) + (row - y).pow(2) <= radius * radius {
                known[row as usize * w + column as usize] = side;
            }
        }
    }
}

/// Regions of the trees that hold the included and none of the excluded pixels, joined.
fn pointed_at(scene: &Scene, regions: &[Region], includes: &[usize], excludes: &[usize]) -> Vec<bool> {
    let leaf = |&i: &usize| scene.superpixels.labels[i];
    let mut wanted: Vec<u32> = includes.iter().map(leaf).collect();
    let unwanted: Vec<u32> = excludes.iter().map(leaf).filter(|l| !wanted.contains(l)).collect();
    let holds = |region: &Region, l: &u32| region.members.binary_search(l).is_ok();
    let mut chosen = vec![false; scene.leaves.len()];
    let clicked = wanted.clone();
    let mut size: Option<f32> = None;
    while let Some(&first) = wanted.first() {
        let value = |region: &Region| {
            let held = clicked.iter().filter(|l| holds(region, l)).count() as f32;
            // A later click adds a part, rarely something far larger than what the first one meant.
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

/// How much a region looks like one thing: a strong outline off the rim, compact, neither tiny nor all.
fn thingness(scene: &Scene, region: &Region) -> f32 {
    let shape = &region.shape;
    let size = (scene.share(shape).max(1e-6) / 0.06).ln();
    3.0 * shape.edge + 2.0 * shape.contrast - 2.5 * shape.rim + 1.5 * shape.fullness.min(1.0)
        - 0.3 * (shape.roughness - 1.5).max(0.0)
        - 0.12 * size * size
}

/// The thing in a box drawn around it.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub fn by_box(image: &Raster, bounds: Bounds, cx: &JobCx<'_>) -> Result<Option<Found>, EngineError> {
    let bounds = bounds.clamp(image.extent());
    let part = bounds.grow((bounds.width.max(bounds.height) * 2 / 5).max(8));
    let Some(scene) = Scene::new(image, part, cx)? else { return Ok(None) };
    cx.progress(Phase::Locating, 0.4);
    let frame = &scene.frame;
    debug_assert!(frame.width <= SIDE as usize);
    let rectangle = frame.rectangle_of(bounds);
    let (l, t, r, b) = rectangle;
    if r <= l || b <= t {
        return Ok(None);
    }
    let guess = best_in_box(&scene, rectangle, cx)?;
    let (known, prior) = box_prior(frame, rectangle, guess.as_deref());
    let guess = guess.unwrap_or_else(|| (0..frame.len()).map(|i| known[i] == Known::Open && prior[i] > -0.6).collect());
    let mut object = cut(frame, Start { known: &known, guess, prior: &prior, rounds: 4 }, cx)?;
    cx.progress(Phase::Locating, 0.8);
    drop_islands(&mut object, frame.width, frame.height, 0.1, &[]);
    fill_holes(&mut object, frame.width, frame.height, 0.05);
    // The person says that something is there: an empty cut would be no answer.
    let filled = object.iter().filter(|&&o| o).count();
    if filled * 20 < (r - l) * (b - t) {
        object = known.iter().map(|&k| k == Known::Open).collect();
        let mask = to_image(frame, &object, image, cx)?;
        return Ok(Some(Found { mask, confidence: 0.3, reason: "the whole box; nothing in it stands out".to_owned() }));
    }
    let mask = to_image(frame, &object, image, cx)?;
    Ok(Some(Found { mask, confidence: 0.8, reason: "the thing in the box".to_owned() }))
}

/// The region of the trees that fills the box best: its own bounds should nearly be the box.
fn best_in_box(
    scene: &Scene,
    (l, t, r, b): (usize, usize, usize, usize),
    cx: &JobCx<'_>,
) -> Result<Option<Vec<bool>>, EngineError> {
    let mut best: Option<(f32, Region)> = None;
    for region in scene.regions(cx)? {
        let [left, top, right, bottom] = region.shape.bounds.map(|v| v as usize);
        let common = right.min(r).saturating_sub(left.max(l)) * bottom.min(b).saturating_sub(top.max(t));
        let either = (right - left) * (bottom - top) + (r - l) * (b - t) - common;
        let iou = common as f32 / either.max(1) as f32;
        if iou < 0.7 {
            continue;
        }
        let value = 8.0 * iou + thingness(scene, &region);
        if best.as_ref().is_none_or(|(most, _)| value > *most) {
            best = Some((value, region));
        }
    }
    Ok(best.map(|(_, region)| {
        let mut pixels = scene.pixels(&region.members);
        let w = scene.frame.width;
        for (i, pixel) in pixels.iter_mut().enumerate() {
            *pixel &= (l..r).contains(&(i % w)) && (t..b).contains(&(i / w));
        }
        pixels
    }))
}

/// Outside the box is ground; inside, the corners are less likely than the middle, and the guess counts.
fn box_prior(
    frame: &Frame,
    (l, t, r, b): (usize, usize, usize, usize),
    guess: Option<&[bool]>,
) -> (Vec<Known>, Vec<f32>) {
    let (w, half) = (frame.width, ((r - l) as f32 / 2.0, (b - t) as f32 / 2.0));
    (0..frame.len())
        .map(|i| {
            let (x, y) = (i % w, i / w);
            if !(l..r).contains(&x) || !(t..b).contains(&y) {
                return (Known::Ground, 0.0);
            }
            let dx = (x as f32 + 0.5 - l as f32 - half.0) / half.0;
            let dy = (y as f32 + 0.5 - t as f32 - half.1) / half.1;
            // 0 in the middle, 1 on the inscribed ellipse, about 1.4 in the corners.
            let away = dx.hypot(dy);
            let place = 0.8 - 1.2 * away * away;
            let told = guess.map_or(0.0, |guess| if guess[i] { 1.5 } else { -1.5 });
            (Known::Open, place.clamp(-1.2, 0.8) + told)
        })
        .unzip()
}
