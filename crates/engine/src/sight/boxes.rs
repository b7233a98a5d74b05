//! Rectangles with fractions, as networks draw them.

use tie_core::{Bounds, Extent};

/// A rectangle in image pixels; its edges may be between pixels and outside the image.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Rect {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

impl Rect {
    pub(crate) const fn new(left: f32, top: f32, right: f32, bottom: f32) -> Self {
        Self { left, top, right, bottom }
    }

    pub(crate) const fn width(&self) -> f32 {
        (self.right - self.left).max(0.0)
    }

    pub(crate) const fn height(&self) -> f32 {
        (self.bottom - self.top).max(0.0)
    }

    pub(crate) const fn area(&self) -> f32 {
        self.width() * self.height()
    }

    pub(crate) const fn centre(&self) -> (f32, f32) {
        (f32::midpoint(self.left, self.right), f32::midpoint(self.top, self.bottom))
    }

    pub(crate) const fn contains(&self, x: f32, y: f32) -> bool {
        x >= self.left && x < self.right && y >= self.top && y < self.bottom
    }

    /// The common part; empty if they do not touch.
    pub(crate) const fn intersect(&self, other: &Self) -> Self {
        Self::new(
            self.left.max(other.left),
            self.top.max(other.top),
            self.right.min(other.right),
            self.bottom.min(other.bottom),
        )
    }

    /// The smallest that holds both.
    pub(crate) const fn around(&self, other: &Self) -> Self {
        Self::new(
            self.left.min(other.left),
            self.top.min(other.top),
            self.right.max(other.right),
            self.bottom.max(other.bottom),
        )
    }

    /// Common area over the area of both, 0 to 1.
    pub(crate) fn iou(&self, other: &Self) -> f32 {
        let common = self.intersect(other).area();
        common / (self.area() + other.area() - common).max(1e-6)
    }

    /// The share of this one that the other covers, 0 to 1.
    pub(crate) fn share_in(&self, other: &Self) -> f32 {
        self.intersect(other).area() / self.area().max(1e-6)
    }

    /// Larger by a share of its width on the left and right, and of its height above and below.
    #[must_use]
    pub(crate) fn grown(&self, share: f32) -> Self {
        let (x, y) = (share * self.width(), share * self.height());
        Self::new(self.left - x, self.top - y, self.right + x, self.bottom + y)
    }

    /// The whole pixels that it touches, inside an image.
    pub(crate) fn pixels(&self, extent: Extent) -> Bounds {
        let (left, top) = (self.left.floor() as i32, self.top.floor() as i32);
        Bounds::from_edges(left, top, self.right.ceil() as i32, self.bottom.ceil() as i32).intersect(extent.into())
    }
}

impl From<Bounds> for Rect {
    fn from(bounds: Bounds) -> Self {
        Self::new(bounds.x as f32, bounds.y as f32, bounds.right() as f32, bounds.bottom() as f32)
    }
}

/// The best of those that overlap by more than `most`, best first (non-maximum suppression). `of` returns the rectangle
/// and the score.
pub(super) fn best_apart<T>(mut all: Vec<T>, most: f32, of: impl Fn(&T) -> (Rect, f32)) -> Vec<T> {
    all.sort_by(|a, b| of(b).1.total_cmp(&of(a).1));
    let mut kept: Vec<T> = Vec::new();
    for one in all {
        if kept.iter().all(|other| of(other).0.iou(&of(&one).0) <= most) {
            kept.push(one);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlap_is_measured_and_the_best_of_several_stays() {
        let rect = |left: f32| Rect::new(left, 0.0, left + 10.0, 10.0);
        assert!((rect(0.0).iou(&rect(5.0)) - 1.0 / 3.0).abs() < 1e-6 && rect(0.0).iou(&rect(20.0)) == 0.0);
        assert_eq!(rect(0.0).grown(0.1), Rect::new(-1.0, -1.0, 11.0, 11.0));
        let kept = best_apart(vec![(rect(0.0), 0.4), (rect(1.0), 0.9), (rect(30.0), 0.1)], 0.5, |x| *x);
        assert_eq!(kept, [(rect(1.0), 0.9), (rect(30.0), 0.1)]);
    }

    #[test]
    fn pixels_are_those_touched_inside_the_image() {
        let extent = Extent::new(20, 10);
        assert_eq!(Rect::new(-3.2, 2.5, 4.1, 30.0).pixels(extent), Bounds::new(0, 2, 5, 8));
        assert!(Rect::new(30.0, 0.0, 40.0, 5.0).pixels(extent).is_empty());
    }
}
