//! A place for something new.

use super::find::{Found, find};
use super::frame::Frame;
use super::phrase::{Place, Query, read};
use super::scene::Scene;
use crate::{EngineError, JobCx};
use tie_core::{Bounds, Extent, Mask, Raster};

/// Share of the image for a thing of unknown size.
const USUAL_SHARE: f32 = 0.06;

/// How the new thing relates to the thing that the location names.
#[derive(Clone, Copy)]
enum Relation {
    On,
    Beside,
    Left,
    Right,
    Above,
    Below,
}

const RELATIONS: &[(&str, Relation)] = &[
    ("left", Relation::Left),
    ("right", Relation::Right),
    ("next", Relation::Beside),
    ("beside", Relation::Beside),
    ("near", Relation::Beside),
    ("by", Relation::Beside),
    ("above", Relation::Above),
    ("over", Relation::Above),
    ("below", Relation::Below),
    ("under", Relation::Below),
    ("on", Relation::On),
    ("in", Relation::On),
    ("at", Relation::On),
];

/// A place for `phrase`: at the location if the words give one, otherwise where the picture is emptiest.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub(super) fn place(
    image: &Raster,
    scene: &Scene,
    phrase: &str,
    location: Option<&str>,
    cx: &JobCx<'_>,
) -> Result<Found, EngineError> {
    let query = read(phrase, location);
    let side = side_of(&query, image.extent());
    if let Some((relation, anchor)) = location.and_then(anchor) {
        let anchored = find(image, scene, &read(&anchor, None), cx)?;
        if let Some(thing) = anchored.first() {
            let bounds = beside(thing.mask.bounds(), relation, side, image.extent());
            let reason = format!("a place by “{anchor}” ({})", thing.reason);
            return Ok(Found { mask: rounded(image.extent(), bounds), confidence: 0.8 * thing.confidence, reason });
        }
    }
    if query.places.is_empty() {
        let bounds = emptiest(&scene.frame, side);
        let reason = "no place named, so the emptiest spot; paint over another if you prefer".to_owned();
        return Ok(Found { mask: rounded(image.extent(), bounds), confidence: 0.25, reason });
    }
    let bounds = at_places(&query.places, side, image.extent());
    Ok(Found { mask: rounded(image.extent(), bounds), confidence: 0.6, reason: "the place you named".to_owned() })
}

/// Side lengths in pixels of the thing to place.
fn side_of(query: &Query, extent: Extent) -> u32 {
    let share = query.noun.map_or(USUAL_SHARE, |noun| (noun.area.0 * noun.area.1).sqrt());
    let longest = extent.width.min(extent.height).max(1);
    ((share * extent.area() as f32).sqrt().round() as u32).clamp(1, longest)
}

/// The relation and the thing in "next to the cup"; `None` if the location names only a part of the picture.
fn anchor(location: &str) -> Option<(Relation, String)> {
    let words: Vec<String> = location.split_whitespace().map(str::to_lowercase).collect();
    let relation = RELATIONS.iter().find(|(word, _)| words.iter().any(|w| w == word)).map(|(_, relation)| *relation)?;
    let said = read(location, None);
    let last = words.last()?.trim_matches(|c: char| !c.is_alphanumeric());
    let thing = read(last, None);
    let names_thing = thing.places.is_empty() && !thing.whole && !thing.background && !thing.head.is_empty();
    (names_thing && said.ordinal.is_none()).then(|| {
        let colour = words.iter().rev().nth(1).filter(|word| !read(word, None).colours.is_empty());
        (relation, colour.map_or_else(|| last.to_owned(), |colour| format!("{colour} {last}")))
    })
}

fn beside(thing: Bounds, relation: Relation, side: u32, extent: Extent) -> Bounds {
    let s = side as i32;
    let centre = thing.centre();
    let (cx, cy) = (centre.x as i32 - s / 2, centre.y as i32 - s / 2);
    let room_right = extent.width as i32 - thing.right();
    let (x, y) = match relation {
        Relation::On => (cx, cy),
        Relation::Left => (thing.x - s, cy),
        Relation::Right => (thing.right(), cy),
        Relation::Beside => (if room_right >= thing.x { thing.right() } else { thing.x - s }, cy),
        Relation::Above => (cx, thing.y - s),
        Relation::Below => (cx, thing.bottom()),
    };
    inside(x, y, side, extent)
}

fn inside(x: i32, y: i32, side: u32, extent: Extent) -> Bounds {
    let most = |length: u32| (length as i32 - side as i32).max(0);
    Bounds::new(x.clamp(0, most(extent.width)), y.clamp(0, most(extent.height)), side, side)
}

fn at_places(places: &[Place], side: u32, extent: Extent) -> Bounds {
    let (mut u, mut v) = (0.5_f32, 0.5_f32);
    for place in places {
        match place {
            Place::Left => u = 0.08,
            Place::Right => u = 0.92,
            Place::Top => v = 0.08,
            Place::Bottom | Place::Foreground => v = 0.92,
            Place::Middle | Place::Corner => {}
        }
    }
    let along = |share: f32, length: u32| (share * length.saturating_sub(side) as f32) as i32;
    inside(along(u, extent.width), along(v, extent.height), side, extent)
}

/// The square with the least edge strength, in image pixels.
fn emptiest(frame: &Frame, side: u32) -> Bounds {
    let (sx, sy) = frame.scale();
    let (w, h) =
        (((side as f32 * sx) as usize).clamp(1, frame.width), ((side as f32 * sy) as usize).clamp(1, frame.height));
    let stride = frame.width + 1;
    let mut sums = vec![0.0_f64; stride * (frame.height + 1)];
    for y in 0..frame.height {
        let mut row = 0.0;
        for x in 0..frame.width {
            row += f64::from(frame.edge[y * frame.width + x]);
            sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] + row;
        }
    }
    let mut best = (f64::INFINITY, 0, 0);
    for y in (0..=frame.height - h).step_by(4) {
        for x in (0..=frame.width - w).step_by(4) {
            let at = |x: usize, y: usize| sums[y * stride + x];
            let sum = at(x + w, y + h) - at(x, y + h) - at(x + w, y) + at(x, y);
            if sum < best.0 {
                best = (sum, x, y);
            }
        }
    }
    let corner = |at: usize, scale: f32, origin: i32| origin + (at as f32 / scale) as i32;
    Bounds::new(corner(best.1, sx, frame.part.x), corner(best.2, sy, frame.part.y), side, side)
}

/// A square with rounded corners.
fn rounded(extent: Extent, bounds: Bounds) -> Mask {
    let mut mask = Mask::empty(extent);
    let (centre, half) = (bounds.centre(), (bounds.width as f32 / 2.0, bounds.height as f32 / 2.0));
    mask.for_each_row_in(bounds, |x, y, row| {
        let dy = (y as f32 + 0.5 - centre.y) / half.1;
        for (n, coverage) in row.iter_mut().enumerate() {
            let dx = (x as f32 + n as f32 + 0.5 - centre.x) / half.0;
            *coverage = 255 * u8::from(dx.powi(4) + dy.powi(4) <= 1.0);
        }
    });
    mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_in_the_location_is_an_anchor_and_a_side_is_not() {
        assert!(matches!(anchor("next to the red cup"), Some((Relation::Beside, thing)) if thing == "red cup"));
        assert!(matches!(anchor("left of the table"), Some((Relation::Left, _))));
        assert!(anchor("on the left").is_none() && anchor("in the background").is_none());
    }

    #[test]
    fn places_stay_inside_the_image() {
        let extent = Extent::new(100, 60);
        let corner = at_places(&[Place::Right, Place::Bottom], 30, extent);
        assert!(Bounds::from(extent).encloses(corner) && corner.x > 50 && corner.y > 20);
        let right = beside(Bounds::new(90, 10, 10, 10), Relation::Right, 30, extent);
        assert!(Bounds::from(extent).encloses(right));
    }
}
