//! The tools, and how they work.

use tie_core::Combine;

/// What the pointer does on the canvas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    View,
    #[default]
    Brush,
    Eraser,
    /// Freehand, or corner by corner.
    Lasso,
    /// A rectangle or an ellipse.
    Shape,
    Wand,
    /// Clicks and boxes that a locator turns into a region.
    Smart,
    /// The part of the photograph that the engine sees.
    Context,
}

impl Tool {
    /// Whether it paints with a brush.
    pub const fn is_brush(self) -> bool {
        matches!(self, Self::Brush | Self::Eraser)
    }
}

/// Options of the tools, besides their brushes.
#[derive(Clone, Copy, Debug)]
pub struct ToolOptions {
    /// The lasso goes from corner to corner.
    pub polygon: bool,
    /// The shape is an ellipse.
    pub ellipse: bool,
    /// What a selecting tool does to the mask.
    pub how: Combine,
    /// Largest difference of a colour channel that the wand selects, 0 to 255.
    pub tolerance: u8,
    /// The wand selects only what is connected to the clicked pixel.
    pub contiguous: bool,
    /// By how much masks are grown, shrunk and feathered, in image pixels.
    pub radius: f32,
}

impl Default for ToolOptions {
    fn default() -> Self {
        Self { polygon: false, ellipse: false, how: Combine::Add, tolerance: 24, contiguous: true, radius: 4.0 }
    }
}
