//! From matches to pixels: every patch over a pixel votes on its colour.
//!
//! The expectation step of Wexler et al. 2007, "Space-time completion of video", section 3: patches near known pixels
//! count more, and so do patches that match well compared with the others over the same pixel.

use super::nnf::{Field, RADIUS, SIDE};
use super::pyramid::{Level, Texel};
use crate::JobCx;
use rayon::prelude::*;

/// How much less a patch counts for each further layer between it and the known pixels.
///
/// Wexler's gamma of 1.3 would be 0.77; known pixels lead far better the steeper this falls, down to about 0.2.
const LAYER_DECAY: f32 = 0.45;
/// Beyond this layer confidence falls no further.
const DEEPEST: u16 = 60;
/// Share of the mean cost over a pixel at which a match's weight has fallen to 1/e.
const SPREAD: f32 = 0.66;
/// Square of a difference that counts as noise: below it, matches are equally good.
const NOISE: f32 = 49.0 * 4.0;

/// One hole pixel's source, as the patches over it agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    /// Offset of the hole pixel in the level.
    pub(super) index: usize,
    /// The source pixel it is copied from; `None` if no patch covers it.
    pub(super) source: Option<(i32, i32)>,
}

/// One patch's vote on a pixel.
#[derive(Clone, Copy, Default)]
struct Vote {
    /// The source pixel it puts there.
    source: (i32, i32),
    weight: f32,
}

/// The votes for one pixel.
struct Votes {
    votes: [Vote; SIDE * SIDE],
    count: usize,
}

impl Votes {
    /// The votes of the matched patches over pixel (x, y); `confidence` is that of each place of the field.
    fn of(field: &Field, confidence: &[f32], x: i32, y: i32) -> Self {
        let mut found = Self { votes: [Vote::default(); SIDE * SIDE], count: 0 };
        let mut costs = [0.0_f32; SIDE * SIDE];
        let radius = RADIUS as i32;
        let (left, top) = (field.left as i32, field.top as i32);
        let columns = (x - radius).max(left)..(x + radius + 1).min(left + field.width as i32);
        for centre_y in (y - radius).max(top)..(y + radius + 1).min(top + field.height as i32) {
            for centre_x in columns.clone() {
                let at = (centre_y - top) as usize * field.width + (centre_x - left) as usize;
                let Some(matched) = field.matches[at].filter(|matched| matched.cost != u32::MAX) else { continue };
                let source = (matched.x + x - centre_x, matched.y + y - centre_y);
                found.votes[found.count] = Vote { source, weight: confidence[at] };
                costs[found.count] = matched.cost as f32;
                found.count += 1;
            }
        }
        let costs = &costs[..found.count];
        let spread = SPREAD * costs.iter().sum::<f32>() / costs.len().max(1) as f32 + NOISE;
        found.votes.iter_mut().zip(costs).for_each(|(vote, cost)| vote.weight *= likeness(cost / spread));
        found
    }

    /// The source of pixel (x, y) if the patches over it all continue one piece.
    fn unanimous(field: &Field, x: i32, y: i32) -> Option<(i32, i32)> {
        let radius = RADIUS as i32;
        let (column, row) = (x - field.left as i32 - radius, y - field.top as i32 - radius);
        let (column, row) = (usize::try_from(column).ok()?, usize::try_from(row).ok()?);
        if column + SIDE > field.width || row + SIDE > field.height {
            return None;
        }
        let first = field.matches[row * field.width + column]?;
        for dy in 0..SIDE {
            let start = (row + dy) * field.width + column;
            let along = field.matches[start..start + SIDE].iter().zip(0..);
            let mut same = along.map(|(found, dx)| matches!(found, Some(m) if m.x == first.x + dx && m.y == first.y + dy as i32 && m.cost != u32::MAX));
            if !same.all(|same| same) {
                return None;
            }
        }
        Some((first.x + radius, first.y + radius))
    }

    fn iter(&self) -> impl Iterator<Item = &Vote> {
        self.votes[..self.count].iter()
    }
}

/// Close to exp(−`cost`), and 0 from 8 on.
fn likeness(cost: f32) -> f32 {
    let root = (1.0 - cost / 8.0).max(0.0);
    let square = root * root;
    square * square * square * square
}

/// Confidence of the patch at each place of the field, from the depth of its centre in the hole.
pub(super) fn confidences(level: &Level, field: &Field, depth: &[u16]) -> Vec<f32> {
    let by_depth: Vec<f32> = (0..=DEEPEST).map(|depth| LAYER_DECAY.powi(i32::from(depth))).collect();
    let at = |i| {
        let (x, y) = field.place(i);
        by_depth[usize::from(depth[y as usize * level.width + x as usize].min(DEEPEST))]
    };
    (0..field.matches.len()).map(at).collect()
}

/// The hole pixels as weighted means of what the patches over them propose; pixels without a patch keep their value.
///
/// A cancelled job returns a meaningless result at once.
pub(super) fn blended(level: &Level, field: &Field, depth: &[u16], holes: &[usize], cx: &JobCx<'_>) -> Vec<Texel> {
    let confidence = confidences(level, field, depth);
    let mean = |&i: &usize| {
        if cx.is_cancelled() {
            return level.texels[i];
        }
        let (x, y) = ((i % level.width) as i32, (i / level.width) as i32);
        if let Some((x, y)) = Votes::unanimous(field, x, y) {
            return level.texels[y as usize * level.width + x as usize];
        }
        let (mut sum, mut total) = ([0.0_f32; 4], 0.0_f32);
        for vote in Votes::of(field, &confidence, x, y).iter() {
            let texel = level.texels[vote.source.1 as usize * level.width + vote.source.0 as usize];
            sum.iter_mut().zip(texel).for_each(|(sum, v)| *sum += vote.weight * f32::from(v));
            total += vote.weight;
        }
        if total > 0.0 { sum.map(|s| (s / total).round() as i16) } else { level.texels[i] }
    };
    holes.par_iter().map(mean).collect()
}

/// For each hole pixel, the one source pixel that most patches over it agree on, by weight.
///
/// Neighbours with the same offset copy a coherent piece of the image, so nothing is blurred. A cancelled job returns a
/// meaningless result at once.
pub(super) fn coherent(level: &Level, field: &Field, depth: &[u16], holes: &[usize], cx: &JobCx<'_>) -> Vec<Origin> {
    let confidence = confidences(level, field, depth);
    let origin = |&i: &usize| {
        if cx.is_cancelled() {
            return Origin { index: i, source: None };
        }
        let (x, y) = ((i % level.width) as i32, (i / level.width) as i32);
        if let Some(source) = Votes::unanimous(field, x, y) {
            return Origin { index: i, source: Some(source) };
        }
        let mut choices = [Vote::default(); SIDE * SIDE];
        let mut count = 0;
        for vote in Votes::of(field, &confidence, x, y).iter() {
            if let Some(choice) = choices[..count].iter_mut().find(|choice| choice.source == vote.source) {
                choice.weight += vote.weight;
            } else {
                choices[count] = *vote;
                count += 1;
            }
        }
        let best = choices[..count].iter().reduce(|best, next| if next.weight > best.weight { next } else { best });
        Origin { index: i, source: best.map(|best| best.source) }
    };
    holes.par_iter().map(origin).collect()
}
