//! Where a thing is moved or copied to; part of a recipe.

use super::{Bounds, Extent, Point};
use serde::{Deserialize, Serialize};

/// How far a thing moves, in image pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offset {
    /// Pixels to the right; negative to the left.
    pub x: i32,
    /// Pixels down; negative upwards.
    pub y: i32,
}

impl Offset {
    /// `x` pixels to the right and `y` pixels down.
    pub const fn new(x: i32, y: i32) -> Self {
        Self { x, y }
    }
}

/// Where the pixels of a mask are pasted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Placement {
    /// One for each paste, from where the thing is now; an empty list pastes nothing.
    pub offsets: Vec<Offset>,
    /// Size of the paste relative to the thing, within [`Placement::SCALES`].
    ///
    /// It grows from the middle of its bottom edge, so it stays on the ground.
    pub scale: f32,
    /// The thing itself stays where it is: a copy rather than a move.
    pub keeps_original: bool,
}

impl Placement {
    /// Valid scales: a smaller one leaves too few pixels, a larger one spreads them too far.
    pub const SCALES: std::ops::RangeInclusive<f32> = 0.1..=2.0;

    /// Moves the thing by this offset, at its own size.
    pub fn moved(by: Offset) -> Self {
        Self { offsets: vec![by], scale: 1.0, keeps_original: false }
    }

    /// The scale clamped to its range, whatever a file says; 1 if it is not finite.
    fn sane_scale(&self) -> f32 {
        if self.scale.is_finite() { self.scale.clamp(*Self::SCALES.start(), *Self::SCALES.end()) } else { 1.0 }
    }

    /// Where `thing`, the rectangle around the thing, is pasted at this offset; may reach outside the image.
    pub fn target(&self, thing: Bounds, offset: Offset) -> Bounds {
        let scale = self.sane_scale();
        let width = ((thing.width as f32 * scale).round() as u32).max(1);
        let height = ((thing.height as f32 * scale).round() as u32).max(1);
        let x = thing.x.saturating_add(offset.x).saturating_add((thing.width as i32 - width as i32) / 2);
        let y = thing.y.saturating_add(offset.y).saturating_add(thing.height as i32 - height as i32);
        Bounds::new(x, y, width, height)
    }

    /// Where a point of the thing ends up when it is pasted, both in image pixels.
    pub fn place(&self, thing: Bounds, offset: Offset, at: Point) -> Point {
        let target = self.target(thing, offset);
        let along = |at: f32, from: i32, length: u32, to: i32, new: u32| {
            to as f32 + (at - from as f32) * new as f32 / length.max(1) as f32
        };
        Point::new(
            along(at.x, thing.x, thing.width, target.x, target.width),
            along(at.y, thing.y, thing.height, target.y, target.height),
        )
    }

    /// The offset nearest to `wanted` at which the paste lies inside the image; a paste larger than the image is centred.
    pub fn inside(&self, thing: Bounds, wanted: Offset, image: Extent) -> Offset {
        let target = self.target(thing, wanted);
        let back = |start: i32, length: u32, limit: u32| {
            let room = limit as i32 - length as i32;
            let nearest = if room < 0 { room / 2 } else { start.clamp(0, room) };
            nearest.saturating_sub(start)
        };
        Offset::new(
            wanted.x.saturating_add(back(target.x, target.width, image.width)),
            wanted.y.saturating_add(back(target.y, target.height, image.height)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THING: Bounds = Bounds::new(40, 30, 20, 10);
    const IMAGE: Extent = Extent::new(100, 80);

    #[test]
    fn what_is_pasted_keeps_its_foot_and_its_middle_when_it_grows() {
        let placement = Placement { scale: 2.0, ..Placement::moved(Offset::new(5, 0)) };
        let target = placement.target(THING, placement.offsets[0]);
        assert_eq!(target, Bounds::new(35, 20, 40, 20));
        assert_eq!(target.bottom(), THING.bottom());
        assert_eq!(placement.place(THING, placement.offsets[0], Point::new(50.0, 40.0)), Point::new(55.0, 40.0));
    }

    #[test]
    fn a_place_outside_the_image_becomes_the_nearest_inside() {
        let placement = Placement::moved(Offset::default());
        assert_eq!(placement.inside(THING, Offset::new(-90, 5), IMAGE), Offset::new(-40, 5));
        assert_eq!(placement.inside(THING, Offset::new(900, 900), IMAGE), Offset::new(40, 40));
        assert_eq!(placement.inside(THING, Offset::new(3, -4), IMAGE), Offset::new(3, -4));
    }

    #[test]
    fn a_scale_that_is_no_number_or_out_of_range_is_put_right() {
        let with = |scale| Placement { scale, ..Placement::moved(Offset::default()) }.sane_scale();
        assert_eq!([with(f32::NAN), with(0.0), with(99.0), with(1.5)], [1.0, 0.1, 2.0, 1.5]);
    }
}
