//! Sizes, points and pixel rectangles.

use serde::{Deserialize, Serialize};

/// Width and height of an image or a mask, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Extent {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

impl Extent {
    /// An extent of `width` × `height` pixels; either may be 0.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// Number of pixels.
    pub const fn area(self) -> usize {
        self.width as usize * self.height as usize
    }

    /// Whether there are no pixels, because either side is 0.
    pub const fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// Length of the longer side, in pixels.
    pub fn longest(self) -> u32 {
        self.width.max(self.height)
    }

    /// The largest extent with this aspect ratio whose longer side is at most `side`.
    ///
    /// Never larger than `self`, and never smaller than 1×1 unless `self` is empty.
    pub fn fit_longest(self, side: u32) -> Self {
        if self.longest() <= side || self.is_empty() {
            return self;
        }
        let scale = f64::from(side) / f64::from(self.longest());
        let scaled = |length: u32| ((f64::from(length) * scale).round() as u32).max(1);
        Self::new(scaled(self.width), scaled(self.height))
    }

    /// Offset of pixel (x, y) in a row-major buffer with one element per pixel.
    pub const fn index(self, x: u32, y: u32) -> usize {
        y as usize * self.width as usize + x as usize
    }
}

impl std::fmt::Display for Extent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}×{}", self.width, self.height)
    }
}

/// A position in image pixels; may lie outside the image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Distance to the right of the image's left edge.
    pub x: f32,
    /// Distance down from the image's top edge.
    pub y: f32,
}

impl Point {
    /// The position (x, y) in image pixels; the centre of the top left pixel is (0.5, 0.5).
    pub const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    /// Euclidean distance in pixels.
    pub fn distance(self, other: Self) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// The point at fraction `t` of the way to `other`: `self` at 0, `other` at 1.
    pub fn lerp(self, other: Self, t: f32) -> Self {
        Self::new(self.x + (other.x - self.x) * t, self.y + (other.y - self.y) * t)
    }
}

/// A rectangle of whole pixels; half open, and may reach outside the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Bounds {
    /// First column; negative to the left of the image.
    pub x: i32,
    /// First row; negative above the image.
    pub y: i32,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

impl Bounds {
    /// The rectangle without pixels, at (0, 0).
    pub const EMPTY: Self = Self { x: 0, y: 0, width: 0, height: 0 };

    /// `width` × `height` pixels whose top left one is in column `x` and row `y`.
    pub const fn new(x: i32, y: i32, width: u32, height: u32) -> Self {
        Self { x, y, width, height }
    }

    /// The columns `left..right` of the rows `top..bottom`; [`EMPTY`](Self::EMPTY) if an edge pair is reversed.
    pub fn from_edges(left: i32, top: i32, right: i32, bottom: i32) -> Self {
        if right <= left || bottom <= top {
            return Self::EMPTY;
        }
        Self::new(left, top, right.abs_diff(left), bottom.abs_diff(top))
    }

    /// The smallest pixel rectangle that covers both corners.
    pub fn covering(a: Point, b: Point) -> Self {
        Self::from_edges(
            a.x.min(b.x).floor() as i32,
            a.y.min(b.y).floor() as i32,
            a.x.max(b.x).ceil() as i32,
            a.y.max(b.y).ceil() as i32,
        )
    }

    /// Width and height without the position.
    pub const fn extent(self) -> Extent {
        Extent::new(self.width, self.height)
    }

    /// Whether there are no pixels, because either side is 0.
    pub const fn is_empty(self) -> bool {
        self.extent().is_empty()
    }

    /// First column to the right of the rectangle.
    pub const fn right(self) -> i32 {
        self.x.saturating_add_unsigned(self.width)
    }

    /// First row below the rectangle.
    pub const fn bottom(self) -> i32 {
        self.y.saturating_add_unsigned(self.height)
    }

    /// The middle, in image pixels.
    pub fn centre(self) -> Point {
        Point::new(self.x as f32 + self.width as f32 / 2.0, self.y as f32 + self.height as f32 / 2.0)
    }

    /// Whether the pixel in column `x` and row `y` lies inside.
    pub const fn contains(self, x: i32, y: i32) -> bool {
        x >= self.x && y >= self.y && x < self.right() && y < self.bottom()
    }

    /// Whether every pixel of `other` lies in `self`; always true for an empty `other`.
    pub fn encloses(self, other: Self) -> bool {
        other.is_empty() || self.intersect(other) == other
    }

    /// The pixels that both have; [`EMPTY`](Self::EMPTY) if there are none.
    pub fn intersect(self, other: Self) -> Self {
        Self::from_edges(
            self.x.max(other.x),
            self.y.max(other.y),
            self.right().min(other.right()),
            self.bottom().min(other.bottom()),
        )
    }

    /// Whether both have a pixel in common.
    pub fn intersects(self, other: Self) -> bool {
        !self.intersect(other).is_empty()
    }

    /// The smallest rectangle around both; an empty one adds nothing.
    pub fn union(self, other: Self) -> Self {
        if self.is_empty() {
            return other;
        }
        if other.is_empty() {
            return self;
        }
        Self::from_edges(
            self.x.min(other.x),
            self.y.min(other.y),
            self.right().max(other.right()),
            self.bottom().max(other.bottom()),
        )
    }

    /// Grown by `margin` pixels on every side; an empty rectangle stays empty.
    pub fn grow(self, margin: u32) -> Self {
        if self.is_empty() {
            return self;
        }
        let margin = i32::try_from(margin).unwrap_or(i32::MAX / 4);
        Self::from_edges(
            self.x.saturating_sub(margin),
            self.y.saturating_sub(margin),
            self.right().saturating_add(margin),
            self.bottom().saturating_add(margin),
        )
    }

    /// The part inside an image of this extent.
    pub fn clamp(self, extent: Extent) -> Self {
        self.intersect(Self::from(extent))
    }

    /// The same rectangle with its position counted from `origin`'s top left corner.
    pub const fn relative_to(self, origin: Self) -> Self {
        Self::new(self.x - origin.x, self.y - origin.y, self.width, self.height)
    }
}

impl From<Extent> for Bounds {
    fn from(extent: Extent) -> Self {
        Self::new(0, 0, extent.width, extent.height)
    }
}

/// The visible part of an image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// In image pixels; may reach outside the image.
    pub bounds: Bounds,
    /// Screen pixels per image pixel, above 0.
    pub scale: f32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_that_do_not_meet_have_an_empty_intersection_and_a_joint_union() {
        let a = Bounds::new(0, 0, 2, 2);
        let b = Bounds::new(5, 5, 1, 1);
        assert!(a.intersect(b).is_empty());
        assert_eq!(a.union(b), Bounds::new(0, 0, 6, 6));
        assert_eq!(a.union(Bounds::EMPTY), a);
    }

    #[test]
    fn growing_clamps_to_the_image_only_when_asked() {
        let grown = Bounds::new(1, 1, 2, 2).grow(3);
        assert_eq!(grown, Bounds::new(-2, -2, 8, 8));
        assert_eq!(grown.clamp(Extent::new(4, 4)), Bounds::new(0, 0, 4, 4));
        assert!(Bounds::EMPTY.grow(3).is_empty());
    }

    #[test]
    fn fitting_keeps_the_aspect_ratio_and_never_reaches_zero() {
        assert_eq!(Extent::new(4000, 1).fit_longest(100), Extent::new(100, 1));
        assert_eq!(Extent::new(600, 400).fit_longest(300), Extent::new(300, 200));
        assert_eq!(Extent::new(30, 20).fit_longest(300), Extent::new(30, 20));
    }

    #[test]
    fn a_box_drawn_backwards_covers_the_same_pixels() {
        let (a, b) = (Point::new(7.5, 2.0), Point::new(3.2, 9.0));
        assert_eq!(Bounds::covering(a, b), Bounds::covering(b, a));
        assert_eq!(Bounds::covering(a, b), Bounds::new(3, 2, 5, 7));
    }
}
