//! Coverage of a part of a photo, so that a small thing in a large photo costs little.

use super::persons::Figure;
use tie_core::{Bounds, Combine, Extent, Mask};

/// Coverage inside a rectangle of an image; nothing is covered outside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Patch {
    /// In image pixels; has the mask's extent.
    bounds: Bounds,
    mask: Mask,
}

impl Patch {
    /// A mask whose first pixel is at the upper left of `bounds`; empty if the extents differ.
    pub(super) fn new(bounds: Bounds, mask: Mask) -> Self {
        if mask.extent() == bounds.extent() {
            Self { bounds, mask }
        } else {
            Self { bounds, mask: Mask::empty(bounds.extent()) }
        }
    }

    /// The part of a mask of the whole image that has any coverage, for tests.
    #[cfg(test)]
    pub(super) fn of(whole: &Mask) -> Self {
        let bounds = whole.bounds();
        Self { bounds, mask: whole.crop(bounds) }
    }

    pub(crate) const fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// The coverage inside [`Patch::bounds`].
    pub(crate) const fn mask(&self) -> &Mask {
        &self.mask
    }

    /// As a mask of an image of this extent.
    pub(crate) fn onto(&self, extent: Extent) -> Mask {
        let mut whole = Mask::empty(extent);
        whole.combine_part(&self.mask, self.bounds, Combine::Add);
        whole
    }

    /// Covered pixels (at least half).
    pub(crate) fn area(&self) -> usize {
        self.mask.area()
    }

    /// The smallest rectangle around all that is covered, in image pixels.
    pub(crate) fn mask_bounds(&self) -> Bounds {
        let inner = self.mask.bounds();
        if inner.is_empty() {
            return Bounds::EMPTY;
        }
        Bounds::new(self.bounds.x + inner.x, self.bounds.y + inner.y, inner.width, inner.height)
    }

    /// The coverage of the pixels of some bounds.
    pub(super) fn within(&self, bounds: Bounds) -> Mask {
        let mut mask = Mask::empty(bounds.extent());
        mask.combine_part(&self.mask, self.bounds.relative_to(bounds), Combine::Add);
        mask
    }

    /// What either covers.
    #[must_use]
    pub(super) fn with(self, other: &Self) -> Self {
        let bounds = if self.bounds.is_empty() { other.bounds } else { self.bounds.union(other.bounds) };
        let mut mask = self.within(bounds);
        mask.combine_part(&other.mask, other.bounds.relative_to(bounds), Combine::Add);
        Self { bounds, mask }
    }

    /// What this covers and the other does not.
    #[must_use]
    pub(super) fn without(mut self, other: &Self) -> Self {
        let place = other.bounds.relative_to(self.bounds);
        self.mask.combine_part(&other.mask, place, Combine::Subtract);
        self
    }
}

impl From<&Figure> for Patch {
    fn from(figure: &Figure) -> Self {
        let mask = Mask::new(figure.part.extent(), figure.coverage.clone());
        Self::new(figure.part, mask.unwrap_or_else(|_| Mask::empty(figure.part.extent())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full(bounds: Bounds) -> Patch {
        Patch::new(bounds, Mask::full(bounds.extent()))
    }

    #[test]
    fn patches_join_and_part_where_they_lie() {
        let extent = Extent::new(20, 10);
        let (left, right) = (full(Bounds::new(2, 2, 4, 4)), full(Bounds::new(5, 3, 6, 2)));
        let both = left.clone().with(&right);
        assert_eq!((both.bounds(), both.area()), (Bounds::new(2, 2, 9, 4), 16 + 12 - 2));
        assert_eq!(left.clone().without(&right).area(), 14);
        assert_eq!(Patch::of(&left.onto(extent)), left);
    }

    #[test]
    fn a_patch_over_the_edge_covers_what_is_inside() {
        assert_eq!(full(Bounds::new(-2, -2, 4, 4)).onto(Extent::new(3, 3)).area(), 4);
        assert_eq!(full(Bounds::new(8, 8, 4, 4)).onto(Extent::new(3, 3)).area(), 0);
    }
}
