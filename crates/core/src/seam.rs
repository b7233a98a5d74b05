//! How visible the border of an edit is.

use super::mask::SELECTED;
use super::{Bounds, Extent, Mask, Raster};

/// The ring of surroundings that the border is compared with: city-block distance from the edited region, in pixels.
const RING: std::ops::RangeInclusive<u8> = 4..=10;

/// The ring, and one pixel more that its gradient reads.
const REACH: u32 = *RING.end() as u32 + 1;

/// With fewer pixels in the ring there is nothing to compare with.
const MIN_RING: usize = 51;

/// Mean gradient across the border of an edit as a multiple of the mean gradient in a ring outside of it.
///
/// 1 is best: the border is as busy as its surroundings. Above 1 an edge shows, below 1 the border is blurred. Both means
/// have 1 added, so that grain in flat surroundings does not count as an edge. `image` is the photograph with the edit,
/// `blend` how much of the edit shows; a pixel that is at least half covered belongs to the edit. `None` if the ring has too
/// few pixels.
///
/// The gradient is Prewitt's of the luma (Rec. 601) in steps of 0 to 255 over two pixels; the border is the edit's outermost
/// pixels and those just outside, the ring lies 4 to 10 pixels (city-block) outside.
/// Only the mask's bounds and the ring are read.
///
/// # Panics
/// If the extents differ.
pub fn seam(image: &Raster, blend: &Mask) -> Option<f32> {
    assert_eq!(image.extent(), blend.extent(), "image and mask differ in size");
    let view = blend.bounds().grow(REACH).clamp(image.extent());
    if view.is_empty() {
        return None;
    }
    let (image, blend) = (image.crop(view), blend.crop(view));
    let distances = city_block_distances(&blend);
    let luma: Vec<f64> = image.pixels().iter().copied().map(rec601).collect();
    let (mut border, mut ring) = (Mean::default(), Mean::default());
    for y in 0..view.height {
        for x in 0..view.width {
            let distance = distances[view.extent().index(x, y)];
            if distance == 1 || (distance == 0 && touches_outside(&blend, x, y)) {
                border.add(prewitt(&luma, view.extent(), x, y));
            } else if RING.contains(&distance) {
                ring.add(prewitt(&luma, view.extent(), x, y));
            }
        }
    }
    (border.count > 0 && ring.count >= MIN_RING).then(|| ((border.value() + 1.0) / (ring.value() + 1.0)) as f32)
}

#[derive(Default)]
struct Mean {
    sum: f64,
    count: usize,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
    }

    fn value(&self) -> f64 {
        self.sum / self.count.max(1) as f64
    }
}

fn rec601(pixel: [u8; 4]) -> f64 {
    let [r, g, b, _] = pixel.map(f64::from);
    0.299 * r + 0.587 * g + 0.114 * b
}

/// Magnitude of Prewitt's gradient divided by 3; pixels at the image's edge repeat outwards.
fn prewitt(luma: &[f64], extent: Extent, x: u32, y: u32) -> f64 {
    let columns = [x.saturating_sub(1), x, (x + 1).min(extent.width - 1)];
    let rows = [y.saturating_sub(1), y, (y + 1).min(extent.height - 1)];
    let at = |column: usize, row: usize| luma[extent.index(columns[column], rows[row])];
    let (mut across, mut down) = (0.0, 0.0);
    for step in 0..3 {
        across += at(2, step) - at(0, step);
        down += at(step, 2) - at(step, 0);
    }
    across.hypot(down) / 3.0
}

/// Whether one of the four neighbours inside the image is not selected.
fn touches_outside(mask: &Mask, x: u32, y: u32) -> bool {
    let frame = Bounds::from(mask.extent());
    [(1, 0), (-1, 0), (0, 1), (0, -1)].into_iter().any(|(dx, dy)| {
        let (x, y) = (x as i32 + dx, y as i32 + dy);
        frame.contains(x, y) && mask.at(x.unsigned_abs(), y.unsigned_abs()) < SELECTED
    })
}

/// City-block distance to the nearest selected pixel, at most 255, in one sweep down and one up (Rosenfeld & Pfaltz 1966).
fn city_block_distances(mask: &Mask) -> Vec<u8> {
    let extent = mask.extent();
    let (width, last) = (extent.width as usize, extent.area().saturating_sub(1));
    let mut distances: Vec<u8> = mask.coverage().iter().map(|&c| if c >= SELECTED { 0 } else { u8::MAX }).collect();
    for at in 0..=last {
        let left = if at % width > 0 { distances[at - 1] } else { u8::MAX };
        let above = if at >= width { distances[at - width] } else { u8::MAX };
        distances[at] = distances[at].min(left.min(above).saturating_add(1));
    }
    for at in (0..=last).rev() {
        let right = if at % width + 1 < width { distances[at + 1] } else { u8::MAX };
        let below = if at + width <= last { distances[at + width] } else { u8::MAX };
        distances[at] = distances[at].min(right.min(below).saturating_add(1));
    }
    distances
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXTENT: Extent = Extent::new(48, 40);

    // The values of numpy are those of scipy.ndimage's prewitt, binary_dilation and binary_erosion on the same pixels.

    /// A slope with some texture, so that no gradient is zero.
    fn ground(x: u32, y: u32) -> [u8; 4] {
        [(x * 3 + y * y % 7) as u8, (y * 2 + x * x % 11) as u8, ((x + y) * 2) as u8, 255]
    }

    fn square() -> Mask {
        Mask::rectangle(EXTENT, Bounds::new(16, 12, 14, 13))
    }

    /// The ground with the square raised by `step`.
    fn raised(step: u8) -> Raster {
        let mask = square();
        Raster::from_fn(EXTENT, |x, y| {
            let [r, g, b, a] = ground(x, y);
            if mask.at(x, y) == 255 { [r + step, g + step, b + step, a] } else { [r, g, b, a] }
        })
    }

    #[test]
    fn flat_ground_has_the_value_worked_out_by_hand() {
        // The ring is flat, so that its mean with 1 added is 1; a pixel along a side sees the whole step of 60.
        let mask = square();
        let image =
            Raster::from_fn(EXTENT, |x, y| if mask.at(x, y) == 255 { [60, 60, 60, 255] } else { [0, 0, 0, 255] });
        let found = seam(&image, &mask).unwrap();
        let (width, height) = (14.0_f32, 13.0_f32);
        // Inside: corners hypot(40, 40), the others 60. Outside: the ends of each side lie by a corner and see 40 of 60.
        let corners = 4.0 * 40.0_f32.hypot(40.0);
        let inside = 60.0 * 2.0 * (width - 2.0 + height - 2.0) + corners;
        let ends = 8.0 * 40.0_f32.hypot(20.0);
        let outside = 60.0 * 2.0 * (width - 2.0 + height - 2.0) + ends;
        let count = 2.0 * (width + height) - 4.0 + 2.0 * (width + height);
        let expected = (inside + outside) / count + 1.0;
        assert!((found - expected).abs() < 1e-3, "{found} for {expected}");
    }

    #[test]
    fn textured_ground_has_the_value_that_numpy_computes() {
        for (step, expected) in [(0, 0.970_036_3_f32), (25, 4.640_971), (90, 16.525_903)] {
            let found = seam(&raised(step), &square()).unwrap();
            assert!((found - expected).abs() < 1e-4, "{found} for {expected} with a step of {step}");
        }
    }

    #[test]
    fn at_the_image_border_the_value_is_that_of_numpy_too() {
        let corner = Mask::rectangle(EXTENT, Bounds::new(0, 0, 9, 7));
        let found = seam(&raised(25), &corner).unwrap();
        assert!((found - 0.875_556_3).abs() < 1e-4, "{found}");
    }

    #[test]
    fn without_surroundings_there_is_no_seam() {
        let image = raised(0);
        assert_eq!(seam(&image, &Mask::full(EXTENT)), None);
        assert_eq!(seam(&image, &Mask::empty(EXTENT)), None);
        let nothing = Raster::filled(Extent::new(0, 0), [0; 4]);
        assert_eq!(seam(&nothing, &Mask::empty(Extent::new(0, 0))), None);
    }
}
