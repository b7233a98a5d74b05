//! The part of the image that an engine sees around a mask.

use super::{Bounds, Extent};

/// The rectangle an engine works on, inside the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContextCrop {
    /// In image pixels; never reaches outside the image.
    pub bounds: Bounds,
}

/// Room that an engine wants around the mask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContextWish {
    /// Shortest side in pixels, usually the model's native size; only a smaller image gives less.
    pub min_side: u32,
    /// Sides are a multiple of this many pixels, unless the image is too small.
    pub multiple: u32,
}

impl ContextCrop {
    /// The crop a person drew, enlarged to hold the mask and clamped to the image.
    pub fn chosen(chosen: Bounds, mask: Bounds, image: Extent) -> Self {
        Self { bounds: chosen.union(mask).clamp(image) }
    }

    /// Grows the mask's bounds by `max(longest side of the image / 16, mean side of the mask / 2)`, then to the engine's wish.
    ///
    /// At the image's border the crop moves inwards rather than shrinking. It is empty if the mask lies outside the image.
    pub fn around(mask: Bounds, image: Extent, wish: ContextWish) -> Self {
        let mask = mask.clamp(image);
        if mask.is_empty() {
            return Self { bounds: Bounds::EMPTY };
        }
        let margin = (image.longest() / 16).max((mask.width + mask.height) / 4);
        let grown = mask.grow(margin).clamp(image);
        let (x, width) = widen(grown.x, grown.width, image.width, wish);
        let (y, height) = widen(grown.y, grown.height, image.height, wish);
        Self { bounds: Bounds::new(x, y, width, height) }
    }
}

/// Widens `start..start + length` to the wished length inside `0..limit`, keeping its centre where the border allows.
///
/// Returns the new start and length.
fn widen(start: i32, length: u32, limit: u32, wish: ContextWish) -> (i32, u32) {
    let wished = length.max(wish.min_side).next_multiple_of(wish.multiple.max(1)).min(limit);
    let before = (wished - length.min(wished)) / 2;
    let latest = i32::try_from(limit - wished).unwrap_or(i32::MAX);
    let start = start.saturating_sub_unsigned(before).clamp(0, latest);
    (start, wished)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WISH: ContextWish = ContextWish { min_side: 512, multiple: 8 };

    #[test]
    fn a_small_mask_gets_the_native_size_around_it() {
        let crop = ContextCrop::around(Bounds::new(1000, 1000, 20, 10), Extent::new(4000, 3000), WISH);
        assert_eq!(crop.bounds, Bounds::new(750, 749, 520, 512));
    }

    #[test]
    fn near_the_border_the_crop_moves_inwards() {
        let crop = ContextCrop::around(Bounds::new(0, 2990, 10, 10), Extent::new(4000, 3000), WISH);
        assert_eq!((crop.bounds.x, crop.bounds.bottom()), (0, 3000));
    }

    proptest! {
        #[test]
        fn the_crop_holds_the_mask_and_lies_in_the_image(
            w in 1_u32..3000, h in 1_u32..3000, x in -50_i32..3000, y in -50_i32..3000, mw in 0_u32..900, mh in 0_u32..900,
        ) {
            let image = Extent::new(w, h);
            let mask = Bounds::new(x, y, mw, mh);
            let crop = ContextCrop::around(mask, image, WISH).bounds;
            prop_assert!(crop.encloses(mask.clamp(image)));
            prop_assert!(Bounds::from(image).encloses(crop));
            prop_assert_eq!(crop.is_empty(), mask.clamp(image).is_empty());
        }
    }
}
