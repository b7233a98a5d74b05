//! What to draw on the canvas, in the window's terms.

use super::MaskId;
use tie_core::{Bounds, Extent, Overlay};

/// A rectangle in physical pixels of the window; may reach beyond it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct QuadRect {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

impl QuadRect {
    /// The common part; of zero width or height if there is none.
    pub(super) fn intersect(self, other: Self) -> Self {
        let (left, top) = (self.left.max(other.left), self.top.max(other.top));
        Self { left, top, right: self.right.min(other.right).max(left), bottom: self.bottom.min(other.bottom).max(top) }
    }

    pub(super) fn is_empty(self) -> bool {
        // Written so that a rectangle with a NaN is empty.
        let has_area = self.right > self.left && self.bottom > self.top;
        !has_area
    }

    pub(super) fn centre(self) -> [f32; 2] {
        [f32::midpoint(self.left, self.right), f32::midpoint(self.top, self.bottom)]
    }
}

/// Colour and style of one mask.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MaskLook {
    pub mode: Overlay,
    /// sRGB-encoded, 0 to 1; the alpha is the strength of the tint.
    pub colour: [f32; 4],
    /// Width of each of the outline's two lines, in physical pixels.
    pub line_width: f32,
}

/// Colours of what was added to a proposed mask and removed from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChangesLook {
    /// sRGB-encoded, 0 to 1; the alpha is the strength of the fill. Its stripes rise to the right.
    pub added: [f32; 4],
    /// Like `added`; its stripes slope to the right.
    pub removed: [f32; 4],
    /// Width of each of the outline's two lines, in physical pixels.
    pub line_width: f32,
}

impl Default for ChangesLook {
    /// Blue and orange of the palette that all kinds of colour blindness tell apart (Okabe and Ito, "Color Universal
    /// Design", 2008).
    fn default() -> Self {
        Self { added: [0.0, 0.447, 0.698, 0.4], removed: [0.902, 0.624, 0.0, 0.4], line_width: 1.0 }
    }
}

/// One item to draw; items are ordered from back to front.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Draw {
    /// Left of `split` (0 to 1 of the width) the original, right of it the edited photograph.
    Image { rect: QuadRect, split: f32 },
    /// The candidate or preview.
    Patch { rect: QuadRect },
    /// Lines between the photograph's pixels, if they are shown large enough for it.
    PixelGrid { rect: QuadRect },
    /// A mask that was set under `id`.
    Mask { id: MaskId, rect: QuadRect, look: MaskLook },
    /// The soft edge of a mask: hatched where it is neither empty nor full, dashed at its outer end.
    Ring {
        id: MaskId,
        rect: QuadRect,
        /// In physical pixels.
        line_width: f32,
    },
    /// The difference between the masks `result` and `proposal`.
    Changes { result: MaskId, proposal: MaskId, rect: QuadRect, look: ChangesLook },
    /// Radius in physical pixels, hardness 0 to 1.
    Cursor { centre: [f32; 2], radius: f32, hardness: f32, erases: bool },
}

/// All that the canvas shows in one frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// The canvas; nothing outside it is loaded or drawn.
    pub clip: QuadRect,
    pub draws: Vec<Draw>,
}

/// Where a layer is on the screen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placement {
    pub(super) rect: QuadRect,
    pub(super) extent: Extent,
}

impl Placement {
    /// Screen pixels per layer pixel, in both directions.
    pub(super) fn scale(self) -> [f32; 2] {
        let QuadRect { left, top, right, bottom } = self.rect;
        [(right - left) / self.extent.width.max(1) as f32, (bottom - top) / self.extent.height.max(1) as f32]
    }

    /// Screen pixels per layer pixel.
    pub(super) fn zoom(self) -> f32 {
        self.scale()[0]
    }

    /// A rectangle of the layer on the screen. Equal edges give equal numbers, so that tiles meet exactly.
    pub(super) fn on_screen(self, bounds: Bounds) -> QuadRect {
        let [x, y] = self.scale();
        QuadRect {
            left: self.rect.left + bounds.x as f32 * x,
            top: self.rect.top + bounds.y as f32 * y,
            right: self.rect.left + bounds.right() as f32 * x,
            bottom: self.rect.top + bounds.bottom() as f32 * y,
        }
    }

    /// The layer's pixels that meet `clip`.
    pub(super) fn visible(self, clip: QuadRect) -> Bounds {
        let seen = self.rect.intersect(clip);
        if seen.is_empty() {
            return Bounds::EMPTY;
        }
        let [x, y] = self.scale();
        Bounds::from_edges(
            ((seen.left - self.rect.left) / x).floor() as i32,
            ((seen.top - self.rect.top) / y).floor() as i32,
            ((seen.right - self.rect.left) / x).ceil() as i32,
            ((seen.bottom - self.rect.top) / y).ceil() as i32,
        )
        .clamp(self.extent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_visible_part_is_what_the_clip_rectangle_shows() {
        let rect = QuadRect { left: -100.0, top: 20.0, right: 300.0, bottom: 220.0 };
        let place = Placement { rect, extent: Extent::new(200, 100) };
        let clip = QuadRect { left: 0.0, top: 0.0, right: 101.0, bottom: 100.0 };
        assert_eq!(place.visible(clip), Bounds::new(50, 0, 51, 40));
        let elsewhere = QuadRect { left: 400.0, top: 0.0, right: 500.0, bottom: 100.0 };
        assert!(place.visible(elsewhere).is_empty());
    }
}
