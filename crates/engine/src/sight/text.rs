//! Lines of text in a photograph: where they are (PP-OCRv4's detector, a DB network of Liao et al. 2020) and what they say.

use super::boxes::Rect;
use super::networks::Eye;
use super::pixels::{Scaling, stretched, tensor};
use super::quad::{self, Corners, Turned};
use super::reader::{self, Reading};
use super::words;
use crate::{EngineError, JobCx};
use rayon::prelude::*;
use tie_core::{Bounds, Extent, Mask, Raster};

/// The input scaling of PP-OCR's networks.
pub(super) const SCALING: Scaling = Scaling { blue_first: true, ..Scaling::SIGNED };
/// The longest side of what the detector sees. Of 50 drawn words, 736 pixels find two less in three fifths of the time, and
/// 1280 none more in twice the time.
const LONGEST: f32 = 960.0;
/// A small photograph is shown larger by this factor at most.
const LARGER: f32 = 1.5;
/// The network halves its picture five times.
const STEP: f32 = 32.0;
/// A pixel of the map with at least this value is text.
const TEXT: f32 = 0.3;
/// The map's mean in a line's rectangle is at least this.
const LEAST_SCORE: f32 = 0.5;
/// The network marks a line's core: the line is larger by this times area over perimeter.
const GROWTH: f32 = 1.6;
/// Cores smaller than this are specks, in pixels of the map.
const LEAST_SIDE: f32 = 3.0;
/// A line with more than this share inside a part counts as there.
const HALF: f32 = 0.5;
/// Lines that are read at most, the longest first.
const MOST_READ: usize = 60;

/// A line of text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TextLine {
    /// In image pixels, in reading direction: top left, top right, bottom right, bottom left.
    pub corners: Corners,
    /// Around it, in image pixels.
    pub rect: Rect,
    /// Confidence that this is text, 0 to 1.
    pub score: f32,
    /// Its text; empty where it cannot be read, as in scripts that are not Latin.
    pub text: String,
    /// Confidence of the reading, 0 to 1; 0 if it was not read.
    pub sureness: f32,
    /// Position of the middle of each character of [`text`](Self::text), as a share of the line's length.
    pub(super) letters: Vec<f32>,
}

impl TextLine {
    /// Across the writing, in pixels.
    pub(crate) fn height(&self) -> f32 {
        quad::height(&self.corners)
    }
}

/// The lines of text in a part of a photograph with what they say, in pixels of the whole, the longest first.
///
/// Writing lower than about a hundredth of the part's longer side is not seen.
///
/// # Errors
/// [`EngineError::Cancelled`]; [`EngineError::Failed`] if memory is short.
pub(crate) fn text_in(image: &Raster, part: Bounds, cx: &JobCx<'_>) -> Result<Vec<TextLine>, EngineError> {
    read_all(image, spots_in(image, part, cx)?, cx)
}

/// Like [`text_in`] for the whole photo, with a smaller copy in which to find the lines.
///
/// # Errors
/// See [`text_in`].
pub(super) fn text_by_copy(image: &Raster, copy: &Raster, cx: &JobCx<'_>) -> Result<Vec<TextLine>, EngineError> {
    let mut spots = spots_in(copy, copy.bounds(), cx)?;
    let scale = |whole: u32, small: u32| whole as f32 / small.max(1) as f32;
    let x = scale(image.extent().width, copy.extent().width);
    let y = scale(image.extent().height, copy.extent().height);
    for spot in &mut spots {
        spot.corners = spot.corners.map(|corner| (corner.0 * x, corner.1 * y));
    }
    read_all(image, spots, cx)
}

/// The longest of the lines are read.
fn read_all(image: &Raster, mut spots: Vec<Spot>, cx: &JobCx<'_>) -> Result<Vec<TextLine>, EngineError> {
    spots.sort_by(|a, b| quad::length(&b.corners).total_cmp(&quad::length(&a.corners)));
    let line = |(index, spot): (usize, Spot)| {
        cx.check()?;
        let reading = if index < MOST_READ {
            reader::read(image, &spot.corners)?
        } else {
            Reading { corners: spot.corners, ..Reading::default() }
        };
        Ok(TextLine {
            corners: reading.corners,
            rect: quad::rect(&reading.corners),
            score: spot.score,
            text: reading.text,
            sureness: reading.sureness,
            letters: reading.letters,
        })
    };
    spots.into_par_iter().enumerate().map(line).collect()
}

/// Whether words can be read in a part of a photograph and around it, case and marks aside: the check after writing them there.
///
/// False for words whose letters the reader lacks ([`can_read`]).
///
/// # Errors
/// See [`text_in`].
pub(crate) fn reads(image: &Raster, part: Bounds, words: &str, cx: &JobCx<'_>) -> Result<bool, EngineError> {
    let part = part.clamp(image.extent());
    // The detector needs to see where writing ends.
    let room = (part.width.min(part.height) / 2).max(16);
    let lines = text_in(image, part.grow(room).clamp(image.extent()), cx)?;
    let part = Rect::from(part);
    let inside: Vec<TextLine> = lines.into_iter().filter(|line| line.rect.share_in(&part) > HALF).collect();
    Ok(words::are_in(&inside, words))
}

/// Whether the reader has a letter for each of the words' letters.
///
/// # Errors
/// [`EngineError::Failed`] if the file that the program was built with is damaged.
pub(crate) fn can_read(words: &str) -> Result<bool, EngineError> {
    let network = Eye::Letters.network()?;
    let known = network.metadata("characters").unwrap_or_default();
    Ok(words.chars().filter(|character| character.is_alphanumeric()).all(|letter| known.contains(letter)))
}

/// The place of a line.
#[derive(Clone, Copy, Debug)]
struct Spot {
    corners: Corners,
    score: f32,
}

/// The places of the lines of text in a part of a photo, in image pixels.
fn spots_in(image: &Raster, part: Bounds, cx: &JobCx<'_>) -> Result<Vec<Spot>, EngineError> {
    let part = Rect::from(part.clamp(image.extent()));
    if part.area() < 1.0 {
        return Ok(Vec::new());
    }
    cx.check()?;
    let scale = (LONGEST / part.width().max(part.height())).min(LARGER);
    let side = |length: f32| ((length * scale / STEP).round() * STEP).max(STEP) as u32;
    let shown = Extent::new(side(part.width()), side(part.height()));
    let seen = stretched(image, part, shown);
    let map = Eye::Text.network()?.run(&tensor(&seen, &SCALING)?)?.numbers("text")?;
    cx.check()?;
    let (x, y) = (part.width() / shown.width as f32, part.height() / shown.height as f32);
    let mut spots = cores(&map, shown);
    for spot in &mut spots {
        spot.corners = spot.corners.map(|corner| (part.left + corner.0 * x, part.top + corner.1 * y));
    }
    Ok(spots)
}

/// The lines in the network's map, in its pixels.
fn cores(map: &[f32], extent: Extent) -> Vec<Spot> {
    if map.len() != extent.area() {
        return Vec::new();
    }
    let is_text = Mask::from_fn(extent, |x, y| if map[extent.index(x, y)] > TEXT { 255 } else { 0 });
    let regions = is_text.regions();
    let mut spots = Vec::new();
    for (index, region) in regions.regions.iter().enumerate() {
        let bounds = region.bounds;
        if (bounds.width.max(bounds.height) as f32) < LEAST_SIDE {
            continue;
        }
        // The ends of each row span the same hull as all pixels.
        let mut points = Vec::with_capacity(4 * bounds.height as usize);
        for y in bounds.y..bounds.bottom() {
            let is_own = |x: &i32| regions.at(x.unsigned_abs(), y.unsigned_abs()) == Some(index);
            let mut row = bounds.x..bounds.right();
            let (Some(first), last) = (row.find(is_own), row.rev().find(is_own)) else { continue };
            let last = last.unwrap_or(first);
            for (x, y) in [(first, y), (last + 1, y), (first, y + 1), (last + 1, y + 1)] {
                points.push((x as f32, y as f32));
            }
        }
        let Some(core) = Turned::around(&points) else { continue };
        if core.along.min(core.across) < LEAST_SIDE {
            continue;
        }
        let score = mean_in(map, extent, &core.corners());
        if score > LEAST_SCORE {
            let margin = GROWTH * core.along * core.across / (2.0 * (core.along + core.across));
            spots.push(Spot { corners: core.grown(margin).upright().corners(), score });
        }
    }
    spots
}

/// The mean of the map's pixels whose centres are inside a rectangle.
fn mean_in(map: &[f32], extent: Extent, corners: &Corners) -> f32 {
    let bounds = quad::rect(corners).pixels(extent);
    let inside = |x: f32, y: f32| {
        let sides = corners.iter().zip(corners.iter().cycle().skip(1));
        let turns = sides.map(|(a, b)| (b.0 - a.0) * (y - a.1) - (b.1 - a.1) * (x - a.0));
        let (mut left, mut right) = (false, false);
        turns.for_each(|turn| if turn > 0.0 { left = true } else { right |= turn < 0.0 });
        !(left && right)
    };
    let (mut sum, mut count) = (0.0, 0_u32);
    for y in bounds.y..bounds.bottom() {
        for x in bounds.x..bounds.right() {
            if inside(x as f32 + 0.5, y as f32 + 0.5) {
                sum += map[extent.index(x.unsigned_abs(), y.unsigned_abs())];
                count += 1;
            }
        }
    }
    if count == 0 { 0.0 } else { sum / count as f32 }
}

#[cfg(test)]
mod tests;
