//! Writing on pictures for tests, here and of what reads it.

use super::font::{self, Weight};
use super::{Frame, fitted};
use tie_core::compose::blend_patch;
use tie_core::shape::contours_coverage;
use tie_core::{Point, Raster};

/// Writes a line around a point, turned clockwise by an angle in degrees, `high` pixels from its lowest to its highest
/// point.
pub(crate) fn write_on(image: &mut Raster, text: &str, centre: Point, degrees: f32, high: f32, ink: [u8; 3]) {
    let frame = Frame { centre, angle: degrees.to_radians(), length: f32::MAX, height: high };
    let contours = fitted(&font::set(text, Weight::SemiBold).unwrap(), &frame);
    let (bounds, letters) = contours_coverage(&contours, image.extent());
    let [r, g, b] = ink;
    blend_patch(image, &Raster::filled(bounds.extent(), [r, g, b, 255]), &letters, bounds);
}
