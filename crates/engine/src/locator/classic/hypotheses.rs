//! Decides which of several masks is the thing.
//!
//! Masks from several parts and several cuts agree where the photograph is clear. The one to take is the one expected to
//! overlap most with the truth, if each may be the truth (the least Bayes risk), corrected by what can be measured of a
//! segment, as in Carreira & Sminchisescu, "CPMC: automatic object segmentation using constrained parametric min-cuts"
//! (2012).

use super::frame::Frame;
use super::phrase::Place;
use super::score::position;

/// Weight of one unit of the parts' score, in log odds that their masks are right.
const BELIEF: f32 = 0.3;
/// A mask with fewer pixels is not a thing.
const LEAST_AREA: usize = 20;
/// Share of pixels with weaker edges than those that count as strong, and the least strength.
const STRONG: (f32, f32) = (0.9, 0.02);

/// Weights of the cues relative to the expected overlap, which counts 1.
///
/// A ridge regression of the overlap with the truth within each photograph, on 206 phrases on photographs of COCO, DAVIS
/// and the `GrabCut` set, rounded; photographs left out of the fit are answered as well as those in it.
struct Weights {
    /// The mask includes everything with a named colour.
    recall: f32,
    /// The outline follows strong edges all along.
    edge: f32,
    /// The outline runs along the image's rim.
    rim: f32,
    /// The named place, as a cost.
    place: f32,
    /// Squared logarithm of the share of the image.
    size: f32,
}

const WEIGHTS: Weights = Weights { recall: 0.17, edge: 0.3, rim: -0.18, place: 0.11, size: -0.004 };

/// A mask that may be the thing.
pub(super) struct Hypothesis {
    /// Number of the part it was grown from.
    pub part: usize,
    /// How well that part fits the words.
    pub fit: f32,
    /// Pixels of the frame.
    pub mask: Vec<bool>,
}

/// The masks that may be things, likeliest first; `named` is the degree to which each pixel has a named colour, if one
/// is named.
pub(super) fn rank<'h>(frame: &Frame, all: &'h [Hypothesis], named: &[f32], places: &[Place]) -> Vec<&'h Hypothesis> {
    let area = |mask: &[bool]| mask.iter().filter(|&&m| m).count();
    let fair: Vec<&Hypothesis> = all.iter().filter(|one| area(&one.mask) >= LEAST_AREA).collect();
    let strong = strong(frame);
    let value = |&one: &&'h Hypothesis| {
        let look = Look::new(frame, &one.mask, named, strong);
        expected_overlap(one, &fair)
            + WEIGHTS.recall * look.recall
            + WEIGHTS.edge * look.edge
            + WEIGHTS.rim * look.rim
            + WEIGHTS.place * position(places, look.centre)
            + WEIGHTS.size * look.share.ln().powi(2)
    };
    let mut valued: Vec<(f32, &Hypothesis)> = fair.iter().map(|one| (value(one), *one)).collect();
    valued.sort_by(|a, b| b.0.total_cmp(&a.0));
    valued.into_iter().map(|(_, one)| one).collect()
}

/// The mean overlap with the masks, each counting by how well its part fits the words.
fn expected_overlap(one: &Hypothesis, all: &[&Hypothesis]) -> f32 {
    let (mut sum, mut total) = (0.0_f32, 1e-9_f32);
    let best = all.iter().map(|other| other.fit).fold(f32::NEG_INFINITY, f32::max);
    for other in all {
        let belief = (BELIEF * (other.fit - best)).exp();
        sum += belief * overlap(&one.mask, &other.mask);
        total += belief;
    }
    sum / total
}

/// Intersection over union.
fn overlap(a: &[bool], b: &[bool]) -> f32 {
    let (mut common, mut either) = (0_u32, 0_u32);
    for (&a, &b) in a.iter().zip(b) {
        common += u32::from(a && b);
        either += u32::from(a || b);
    }
    common as f32 / either.max(1) as f32
}

/// The edge strength that counts as strong in this frame.
fn strong(frame: &Frame) -> f32 {
    let mut edges = frame.edge.clone();
    edges.sort_unstable_by(f32::total_cmp);
    let at = (edges.len() as f32 * STRONG.0) as usize;
    edges.get(at).copied().unwrap_or(STRONG.1).max(STRONG.1)
}

/// Measurements of a mask.
struct Look {
    recall: f32,
    /// Mean strength of the edges along the outline, each at most 1, so that a strong side cannot hide an open one.
    edge: f32,
    /// Share of the outline on the rim.
    rim: f32,
    /// Centre, as shares of the frame's width and height.
    centre: (f32, f32),
    /// Share of the frame.
    share: f32,
}

impl Look {
    fn new(frame: &Frame, mask: &[bool], named: &[f32], strong: f32) -> Self {
        let (w, h) = (frame.width, frame.height);
        let (mut area, mut at, mut outline, mut edge, mut rim) =
            (0.0_f32, (0.0_f32, 0.0_f32), 0.0_f32, 0.0_f32, 0.0_f32);
        for (i, &inside) in mask.iter().enumerate() {
            let (x, y) = (i % w, i / w);
            if inside {
                area += 1.0;
                at = (at.0 + x as f32 + 0.5, at.1 + y as f32 + 0.5);
                let sides = [x == 0, y == 0, x + 1 == w, y + 1 == h];
                rim += sides.into_iter().filter(|&side| side).count() as f32;
            }
            let next = [(x + 1 < w).then_some(i + 1), (y + 1 < h).then_some(i + w)];
            for j in next.into_iter().flatten().filter(|&j| mask[j] != inside) {
                outline += 1.0;
                edge += (frame.edge[i].max(frame.edge[j]) / strong).min(1.0);
            }
        }
        let held: f32 = mask.iter().zip(named).filter(|(inside, _)| **inside).map(|(_, degree)| degree).sum();
        let n = area.max(1.0);
        Self {
            recall: held / named.iter().sum::<f32>().max(1.0),
            edge: edge / outline.max(1.0),
            rim: rim / (rim + outline).max(1.0),
            centre: (at.0 / n / w as f32, at.1 / n / h as f32),
            share: n / frame.len() as f32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tie_core::{Extent, Raster};

    fn square(from: usize, to: usize) -> Vec<bool> {
        (0..40 * 40).map(|i| (from..to).contains(&(i % 40)) && (from..to).contains(&(i / 40))).collect()
    }

    fn frame() -> Option<Frame> {
        let inside = |c: u32| (10..26).contains(&c);
        let image = Raster::from_fn(Extent::new(40, 40), |x, y| {
            if inside(x) && inside(y) { [200, 30, 30, 255] } else { [40, 90, 60, 255] }
        });
        Frame::new(&image, image.bounds(), 64)
    }

    #[test]
    fn the_mask_along_the_edges_that_others_agree_with_comes_first() {
        let frame = frame().unwrap();
        let all: Vec<Hypothesis> = [(0, 18), (10, 26), (11, 26), (9, 26)]
            .into_iter()
            .map(|(from, to)| Hypothesis { part: 0, fit: 1.0, mask: square(from, to) })
            .collect();
        let ranked = rank(&frame, &all, &[], &[]);
        assert_eq!(ranked.len(), 4);
        assert_eq!(ranked[0].mask, square(10, 26));
        assert_eq!(ranked[3].mask, square(0, 18));
    }

    #[test]
    fn a_few_pixels_are_no_thing() {
        let all = [Hypothesis { part: 0, fit: 1.0, mask: square(3, 5) }];
        assert!(rank(&frame().unwrap(), &all, &[], &[]).is_empty());
    }
}
