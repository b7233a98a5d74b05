//! All measurements of an image before anything is searched.

use super::colour_names::{TERMS, memberships};
use super::frame::Frame;
use super::grabcut::snap;
use super::regions::{drop_islands, fill_holes};
use super::segments::{Affinity, Leaf, Shape, enclosed, leaves, measure, merge_tree};
use super::superpixels::{Superpixels, slic};
use super::upsample::to_image;
use crate::{EngineError, JobCx};
use tie_core::{Bounds, Mask, Raster};

/// Longer side of the working copy, in pixels.
pub(super) const SIDE: u32 = 512;
/// Longer side of the closer look at one region, in pixels.
pub(super) const CLOSE_SIDE: u32 = 448;
/// Margin around a region for the closer look, relative to its size.
pub(super) const CLOSE_MARGIN: f32 = 0.35;
const SUPERPIXELS: usize = 900;
/// Regions of two superpixels' size at least are worth looking at.
const LEAST_SHARE: f32 = 0.0006;

/// An image, taken apart.
pub(crate) struct Scene {
    pub frame: Frame,
    pub superpixels: Superpixels,
    pub leaves: Vec<Leaf>,
    /// Nodes of the colour tree, then of the edge tree.
    pub trees: [Vec<Vec<u32>>; 2],
    /// Colour term memberships of each leaf.
    pub degrees: Vec<[f32; TERMS]>,
    /// Edge strength and colour difference that count as strong in this image.
    pub strong: (f32, f32),
}

/// A candidate region.
#[derive(Clone)]
pub(crate) struct Region {
    /// Sorted leaves.
    pub members: Vec<u32>,
    pub shape: Shape,
}

impl Scene {
    /// `None` if `part` of the image is empty.
    ///
    /// # Errors
    /// [`EngineError::Cancelled`].
    pub(crate) fn new(image: &Raster, part: Bounds, cx: &JobCx<'_>) -> Result<Option<Self>, EngineError> {
        let Some(frame) = Frame::new(image, part, SIDE) else { return Ok(None) };
        cx.check()?;
        let superpixels = slic(&frame, SUPERPIXELS, cx)?;
        let leaves = leaves(&frame, &superpixels);
        cx.check()?;
        let trees = [merge_tree(&leaves, Affinity::Colour, cx)?, merge_tree(&leaves, Affinity::Edge, cx)?];
        let degrees = leaf_degrees(&frame, &superpixels);
        let strong = strong(&leaves);
        Ok(Some(Self { frame, superpixels, leaves, trees, degrees, strong }))
    }

    pub(crate) fn region(&self, mut members: Vec<u32>) -> Region {
        members.sort_unstable();
        let shape = measure(&self.leaves, &members, (self.frame.width, self.frame.height), self.strong);
        Region { members, shape }
    }

    /// Every node of both trees that has a sensible size, also with its holes filled.
    pub(crate) fn regions(&self, cx: &JobCx<'_>) -> Result<Vec<Region>, EngineError> {
        let least = LEAST_SHARE * self.frame.len() as f32;
        let mut found = Vec::new();
        for members in self.trees.iter().flatten() {
            cx.check()?;
            let region = self.region(members.clone());
            if region.shape.area < least || members.len() == self.leaves.len() {
                continue;
            }
            let holes = enclosed(&self.leaves, members);
            if !holes.is_empty() {
                found.push(self.region([members.as_slice(), &holes].concat()));
            }
            found.push(region);
        }
        Ok(found)
    }

    /// Share of the image.
    pub(crate) fn share(&self, shape: &Shape) -> f32 {
        shape.area / self.frame.len() as f32
    }

    /// Mean over the region and mean along its ring of a value for each leaf.
    pub(crate) fn inside_and_around(&self, region: &Region, value: impl Fn(usize) -> f32) -> (f32, f32) {
        let inside: f32 = region.members.iter().map(|&i| self.leaves[i as usize].area * value(i as usize)).sum();
        let length: f32 = region.shape.ring.iter().map(|&(_, length)| length).sum();
        let around: f32 = region.shape.ring.iter().map(|&(i, length)| length * value(i as usize)).sum();
        (inside / region.shape.area.max(1.0), around / length.max(1.0))
    }

    /// Frame pixels of a region.
    pub(crate) fn pixels(&self, members: &[u32]) -> Vec<bool> {
        let mut inside = vec![false; self.leaves.len()];
        for &m in members {
            inside[m as usize] = true;
        }
        self.superpixels.labels.iter().map(|&label| inside[label as usize]).collect()
    }

    /// The region's mask at image extent, its outline moved to the edges seen in a closer look.
    ///
    /// # Errors
    /// [`EngineError::Cancelled`].
    pub(crate) fn refine(
        &self,
        image: &Raster,
        region: &Region,
        one_thing: bool,
        cx: &JobCx<'_>,
    ) -> Result<Mask, EngineError> {
        let coarse = self.pixels(&region.members);
        let Some(close) = Frame::new(image, self.surroundings(&self.frame, &coarse, CLOSE_MARGIN), CLOSE_SIDE) else {
            return Ok(Mask::empty(image.extent()));
        };
        let guess = resample(&self.frame, &coarse, &close);
        let area = guess.iter().filter(|&&g| g).count() as f32;
        let (w, h) = (close.width, close.height);
        let band = (0.12 * area.sqrt()).clamp(3.0, 16.0);
        let mut object = snap(&close, guess.clone(), band, &[], cx)?;
        // Where colours inside and outside are the same, the cut may lose the region: then the guess was better.
        let kept = object.iter().zip(&guess).filter(|(o, g)| **o && **g).count() as f32;
        if kept < 0.5 * area {
            object = guess;
        }
        if one_thing {
            drop_islands(&mut object, w, h, 0.25, &[]);
            fill_holes(&mut object, w, h, 0.05);
        } else {
            drop_islands(&mut object, w, h, 0.01, &[]);
            fill_holes(&mut object, w, h, 0.002);
        }
        to_image(&close, &object, image, cx)
    }

    /// Image pixels around a thing in a frame, `margin` times its size to each side: enough to see what it is not.
    pub(crate) fn surroundings(&self, frame: &Frame, object: &[bool], margin: f32) -> Bounds {
        let set =
            || (0..object.len()).filter(|&i| object[i]).map(|i| ((i % frame.width) as i32, (i / frame.width) as i32));
        let Some((x, y)) = set().next() else { return self.frame.part };
        let around = set().fold((x, y, x, y), |(l, t, r, b), (x, y)| (l.min(x), t.min(y), r.max(x), b.max(y)));
        let (left, top, right, bottom) =
            (around.0 as f32, around.1 as f32, around.2 as f32 + 1.0, around.3 as f32 + 1.0);
        let margin = (margin * (right - left).max(bottom - top)).max(12.0);
        let (sx, sy) = frame.scale();
        let part = frame.part;
        Bounds::from_edges(
            part.x + ((left - margin) / sx).floor() as i32,
            part.y + ((top - margin) / sy).floor() as i32,
            part.x + ((right + margin) / sx).ceil() as i32,
            part.y + ((bottom + margin) / sy).ceil() as i32,
        )
        .intersect(part)
    }
}

/// Values of one frame's pixels for another frame of the same image, as a mask; outside the first nothing is set.
pub(super) fn resample<T: Copy + Default>(from: &Frame, values: &[T], to: &Frame) -> Vec<T> {
    let ((fx, fy), (tx, ty)) = (from.scale(), to.scale());
    let across = |n: usize, t: f32, to: i32, f: f32, from: i32| ((n as f32 + 0.5) / t + (to - from) as f32) * f;
    (0..to.len())
        .map(|i| {
            let x = across(i % to.width, tx, to.part.x, fx, from.part.x);
            let y = across(i / to.width, ty, to.part.y, fy, from.part.y);
            let seen = x >= 0.0 && y >= 0.0 && (x as usize) < from.width && (y as usize) < from.height;
            if seen { values[y as usize * from.width + x as usize] } else { T::default() }
        })
        .collect()
}

fn leaf_degrees(frame: &Frame, superpixels: &Superpixels) -> Vec<[f32; TERMS]> {
    let mut sums = vec![[0.0_f32; TERMS]; superpixels.count];
    let mut counts = vec![0.0_f32; superpixels.count];
    for (&lab, &label) in frame.lab.iter().zip(&superpixels.labels) {
        counts[label as usize] += 1.0;
        for (sum, degree) in sums[label as usize].iter_mut().zip(memberships(lab)) {
            *sum += degree;
        }
    }
    sums.iter().zip(counts).map(|(sum, count)| sum.map(|s| s / count.max(1.0))).collect()
}

/// The 75th percentiles of edge strength and contrast between neighbouring leaves; never below visible differences.
fn strong(leaves: &[Leaf]) -> (f32, f32) {
    let mut edges = Vec::new();
    let mut contrasts = Vec::new();
    for leaf in leaves {
        for &(other, length, edge) in &leaf.neighbours {
            edges.push(edge / length);
            contrasts.push(super::frame::distance(leaf.mean, leaves[other as usize].mean));
        }
    }
    let percentile = |values: &mut Vec<f32>, least: f32| {
        values.sort_unstable_by(f32::total_cmp);
        values.get(values.len() * 3 / 4).copied().unwrap_or(least).max(least)
    };
    (percentile(&mut edges, 0.02), percentile(&mut contrasts, 0.04))
}
