//! Boxes of 80 kinds of things: `NanoDet` (`RangiLyu` 2021) in several looks at the photo.
//!
//! Every class counts separately, however low its score, because the words say later which class matters. Boxes that
//! several looks agree on are merged.

use super::boxes::{Rect, best_apart};
use super::classes::Class;
use super::networks::Eye;
use super::pixels::{Scaling, stretched, tensor};
use crate::{EngineError, JobCx};
use rayon::prelude::*;
use tie_core::{Extent, Raster};
use tie_nets::graph::Answers;

/// The side of the square that the network sees.
const SIDE: u32 = 416;
pub(super) const SCALING: Scaling =
    Scaling { mean: [103.53, 116.28, 123.675], deviation: [57.375, 57.12, 58.395], blue_first: true };
/// Pixels between the cells of each level of the network.
const STRIDES: [(&str, f32); 3] = [("stride8", 8.0), ("stride16", 16.0), ("stride32", 32.0)];
/// The distance to a side is the mean over this many steps.
const BINS: usize = 11;
/// Scores below this are noise.
const LEAST_SCORE: f32 = 0.05;
/// Maximum number of boxes of a class per look.
const MOST: usize = 24;
/// Boxes of one look that overlap more are one.
const SAME: f32 = 0.5;
/// The same for several looks: a cup with its saucer is a different thing from the cup.
const AGREED: f32 = 0.65;
/// A box ends at the edge of a look if it is this near, in parts of the look's side.
const EDGE: f32 = 0.02;
/// Looks at a small image: as a whole, mirrored, and letter-boxed if it is not square.
const FEW: usize = 3;
/// Side of the corner looks at a square photo, relative to its own.
const CORNER: f32 = 0.6;

/// A box of a class.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Thing {
    pub class: Class,
    /// In image pixels.
    pub rect: Rect,
    /// The network's score, 0 to 1: the mean over the looks that see all of it.
    pub score: f32,
}

/// A part of the photograph as the network is shown it.
#[derive(Clone, Copy, Debug)]
struct Look {
    part: Rect,
    mirrored: bool,
}

/// All boxes of all classes in a photograph, those of a class best first.
///
/// # Errors
/// [`EngineError::Cancelled`]; [`EngineError::Failed`] if memory is short.
pub(super) fn things(image: &Raster, cx: &JobCx<'_>) -> Result<Vec<Thing>, EngineError> {
    things_by(image, &looks(image.extent()), cx)
}

/// The things in a small image, from fewer looks.
///
/// # Errors
/// See [`things`].
pub(crate) fn things_in(image: &Raster, cx: &JobCx<'_>) -> Result<Vec<Thing>, EngineError> {
    if image.extent().is_empty() {
        return Ok(Vec::new());
    }
    let mut looks = looks(image.extent());
    looks.truncate(FEW);
    things_by(image, &looks, cx)
}

fn things_by(image: &Raster, looks: &[Look], cx: &JobCx<'_>) -> Result<Vec<Thing>, EngineError> {
    let mut seen = Vec::with_capacity(looks.len());
    for look in looks {
        cx.check()?;
        seen.push(boxes(image, look)?);
    }
    let all: Vec<(usize, Thing)> = seen
        .into_iter()
        .enumerate()
        .flat_map(|(look, things)| things.into_iter().map(move |thing| (look, thing)))
        .collect();
    let classes: Vec<usize> = (0..Class::COUNT).collect();
    let merged: Vec<Vec<Thing>> = classes
        .par_iter()
        .map(|&class| merge(all.iter().filter(|(_, thing)| thing.class.index() == class).copied().collect(), looks))
        .collect();
    Ok(merged.into_iter().flatten().collect())
}

/// The looks at a photo: as a whole, stretched to the square, mirrored and letter-boxed, and in squares of its own
/// proportions, in which things are larger.
fn looks(extent: Extent) -> Vec<Look> {
    let (width, height) = (extent.width as f32, extent.height as f32);
    let look = |part: Rect, mirrored: bool| Look { part, mirrored };
    let whole = Rect::new(0.0, 0.0, width, height);
    let mut looks = vec![look(whole, false), look(whole, true)];
    let (long, short) = (width.max(height), width.min(height));
    let square = |x: f32, y: f32, side: f32| Rect::new(x, y, x + side, y + side);
    if long - short > 0.1 * long {
        looks.push(look(square(0.0, 0.0, long), false));
        // Along the longer side, at both ends and in the middle.
        let at = |share: f32| {
            let start = share * (long - short);
            if width > height { square(start, 0.0, short) } else { square(0.0, start, short) }
        };
        looks.extend([look(at(0.0), false), look(at(0.5), false), look(at(0.5), true), look(at(1.0), false)]);
    } else {
        let (side, end) = (CORNER * short, 1.0 - CORNER);
        let corner = |x: f32, y: f32| square(x * end * width, y * end * height, side);
        looks.extend([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)].map(|(x, y)| look(corner(x, y), x != y)));
    }
    looks
}

impl Look {
    /// Whether a box ends where the look ends and the photo continues: then the thing continues as well.
    fn cuts(&self, rect: &Rect, extent: Extent) -> bool {
        let (part, near) = (self.part, EDGE * self.part.width().min(self.part.height()));
        part.left > 0.0 && rect.left < part.left + near
            || part.top > 0.0 && rect.top < part.top + near
            || part.right < extent.width as f32 && rect.right > part.right - near
            || part.bottom < extent.height as f32 && rect.bottom > part.bottom - near
    }

    /// Weight of a look: by the area in which a thing is seen, less where its proportions are wrong.
    fn weight(&self) -> f32 {
        let (x, y) = (SIDE as f32 / self.part.width().max(1.0), SIDE as f32 / self.part.height().max(1.0));
        x.min(y).powi(2)
    }
}

fn boxes(image: &Raster, look: &Look) -> Result<Vec<Thing>, EngineError> {
    let mut seen = stretched(image, look.part, Extent::new(SIDE, SIDE));
    if look.mirrored {
        let width = SIDE as usize;
        seen.pixels_mut().chunks_exact_mut(width).for_each(<[[u8; 4]]>::reverse);
    }
    let answers = Eye::Things.network()?.run(&tensor(&seen, &SCALING)?)?;
    let mut found = decode(&answers)?;
    for thing in &mut found {
        let rect = &mut thing.rect;
        if look.mirrored {
            (rect.left, rect.right) = (SIDE as f32 - rect.right, SIDE as f32 - rect.left);
        }
        let (x, y) = (look.part.width() / SIDE as f32, look.part.height() / SIDE as f32);
        let at = |edge: f32, start: f32, scale: f32| start + edge * scale;
        let part = look.part;
        *rect = Rect::new(
            at(rect.left, part.left, x),
            at(rect.top, part.top, y),
            at(rect.right, part.left, x),
            at(rect.bottom, part.top, y),
        )
        .intersect(&Rect::new(0.0, 0.0, image.extent().width as f32, image.extent().height as f32));
    }
    found.retain(|thing| thing.rect.area() > 0.0 && !look.cuts(&thing.rect, image.extent()));
    Ok(found)
}

/// The boxes of each class in pixels of the network's square.
fn decode(answers: &Answers) -> Result<Vec<Thing>, EngineError> {
    let least = (LEAST_SCORE / (1.0 - LEAST_SCORE)).ln();
    let mut by_class: Vec<Vec<(Rect, f32)>> = vec![Vec::new(); Class::COUNT];
    for (name, stride) in STRIDES {
        let head = answers.numbers(name)?;
        let across = (SIDE as f32 / stride) as usize;
        let cells = across * across;
        for (class, scores) in head.chunks_exact(cells).take(Class::COUNT).enumerate() {
            for (cell, &logit) in scores.iter().enumerate().filter(|(_, logit)| **logit > least) {
                let side = |n: usize| stride * mean_step(&head, cells, Class::COUNT + n * BINS, cell);
                let centre = |at: usize| (at as f32 + 0.5) * stride;
                let (x, y) = (centre(cell % across), centre(cell / across));
                let rect = Rect::new(x - side(0), y - side(1), x + side(2), y + side(3));
                by_class[class].push((rect, 1.0 / (1.0 + (-logit).exp())));
            }
        }
    }
    let mut found = Vec::new();
    for (index, boxes) in by_class.into_iter().enumerate() {
        let Some(class) = Class::at(index) else { continue };
        let apart = best_apart(boxes, SAME, |one| *one);
        found.extend(apart.into_iter().take(MOST).map(|(rect, score)| Thing { class, rect, score }));
    }
    Ok(found)
}

/// The mean of the steps 0 to 10, each as likely as the softmax of its plane says (Li et al., "Generalized focal loss", 2020).
fn mean_step(head: &[f32], cells: usize, first: usize, cell: usize) -> f32 {
    let logit = |bin: usize| head[(first + bin) * cells + cell];
    let largest = (0..BINS).map(logit).fold(f32::NEG_INFINITY, f32::max);
    let (mut sum, mut weighted) = (0.0, 0.0);
    for bin in 0..BINS {
        let share = (logit(bin) - largest).exp();
        sum += share;
        weighted += share * bin as f32;
    }
    weighted / sum
}

/// One box for each thing of a class that the looks agree on: the mean of their boxes, and of their scores over the
/// looks that see all of it.
fn merge(mut boxes: Vec<(usize, Thing)>, looks: &[Look]) -> Vec<Thing> {
    boxes.sort_by(|a, b| b.1.score.total_cmp(&a.1.score));
    let mut groups: Vec<Vec<(usize, Thing)>> = Vec::new();
    for (look, thing) in boxes {
        let same = |group: &&mut Vec<(usize, Thing)>| group[0].1.rect.iou(&thing.rect) > AGREED;
        match groups.iter_mut().find(same) {
            // A look's best is enough.
            Some(group) if group.iter().all(|(other, _)| *other != look) => group.push((look, thing)),
            Some(_) => {}
            None => groups.push(vec![(look, thing)]),
        }
    }
    let mut merged: Vec<Thing> = groups.iter().map(|group| mean(group, looks)).collect();
    merged.sort_by(|a, b| b.score.total_cmp(&a.score));
    merged
}

fn mean(group: &[(usize, Thing)], looks: &[Look]) -> Thing {
    let weigh = |(look, thing): &(usize, Thing)| thing.score * looks[*look].weight();
    let total: f32 = group.iter().map(weigh).sum();
    let edge = |of: fn(&Rect) -> f32| group.iter().map(|one| weigh(one) * of(&one.1.rect)).sum::<f32>() / total;
    let rect = Rect::new(edge(|r| r.left), edge(|r| r.top), edge(|r| r.right), edge(|r| r.bottom));
    let sees = |(index, look): &(usize, &Look)| {
        rect.share_in(&look.part) > 0.95 || group.iter().any(|(other, _)| other == index)
    };
    let all: f32 = looks.iter().enumerate().filter(sees).map(|(_, look)| look.weight()).sum();
    Thing { class: group[0].1.class, rect, score: total / all.max(1e-6) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_in_parts_leave_out_what_they_cut_and_count_by_how_large_things_are() {
        let extent = Extent::new(600, 400);
        let looks = looks(extent);
        assert_eq!(looks.len(), 7);
        let middle = looks[4];
        assert_eq!((middle.part, middle.mirrored), (Rect::new(100.0, 0.0, 500.0, 400.0), false));
        assert!(middle.cuts(&Rect::new(100.0, 50.0, 300.0, 200.0), extent));
        assert!(!middle.cuts(&Rect::new(150.0, 0.0, 300.0, 400.0), extent));
        assert!(middle.weight() > 2.0 * looks[0].weight());
    }

    #[test]
    fn looks_that_agree_are_one_thing_and_a_look_that_does_not_see_it_counts_nothing() {
        let looks = looks(Extent::new(600, 400));
        let class = Class::PERSON;
        let thing = |left: f32, score: f32| Thing { class, rect: Rect::new(left, 100.0, left + 100.0, 300.0), score };
        let merged = merge(
            vec![(3, thing(10.0, 0.6)), (0, thing(14.0, 0.6)), (1, thing(12.0, 0.6)), (2, thing(12.0, 0.6))],
            &looks,
        );
        assert_eq!(merged.len(), 1);
        assert!((merged[0].score - 0.6).abs() < 1e-3 && (merged[0].rect.left - 11.0).abs() < 1.5);
        let apart = merge(vec![(0, thing(10.0, 0.6)), (0, thing(300.0, 0.5))], &looks);
        assert!(apart.len() == 2 && apart[0].score > apart[1].score);
    }
}
