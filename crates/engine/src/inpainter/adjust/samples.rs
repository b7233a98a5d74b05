//! A region seen through a regular grid: few enough colours for statistics, and in their places.

use super::Region;
use crate::{EngineError, JobCx};
use tie_core::Extent;

/// Statistics look at no more pixels than this.
const MAX_SAMPLES: usize = 1 << 16;

/// Colours of every `stride`-th pixel of every `stride`-th row within a region's bounds.
pub(super) struct Samples {
    /// Columns and rows of the grid.
    pub grid: Extent,
    /// Pixels from one sample to the next.
    pub stride: u32,
    /// Row-major: the sRGB colour and its coverage, 0 to 1.
    pub colours: Vec<([u8; 3], f32)>,
}

impl Samples {
    pub(super) fn of(region: Region<'_>, cx: &JobCx<'_>) -> Result<Self, EngineError> {
        let bounds = region.bounds;
        let stride = ((bounds.extent().area() as f64 / MAX_SAMPLES as f64).sqrt().ceil() as u32).max(1);
        let grid = Extent::new(bounds.width.div_ceil(stride), bounds.height.div_ceil(stride));
        let mut colours = Vec::with_capacity(grid.area());
        for row in 0..grid.height {
            cx.check()?;
            let y = bounds.y.unsigned_abs() + row * stride;
            let (left, right) = (bounds.x.unsigned_abs() as usize, bounds.right().unsigned_abs() as usize);
            let pixels = region.image.row(y)[left..right].iter().zip(&region.mask.row(y)[left..right]);
            colours.extend(pixels.step_by(stride as usize).map(|(&[r, g, b, alpha], &coverage)| {
                // Fully transparent pixels have no colour to speak of.
                ([r, g, b], if alpha > 0 { f32::from(coverage) / 255.0 } else { 0.0 })
            }));
        }
        Ok(Self { grid, stride, colours })
    }

    /// Those with coverage.
    pub(super) fn covered(&self) -> impl Iterator<Item = &([u8; 3], f32)> {
        self.colours.iter().filter(|(_, weight)| *weight > 0.0)
    }
}
