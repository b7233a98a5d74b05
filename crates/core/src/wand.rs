//! The magic wand: selects pixels of about the same colour as one.

use super::{Bounds, Extent, Mask, Point, Raster};
use rayon::prelude::*;
use std::sync::Arc;

/// A magic wand on one pixel of an image; the tolerance may change again and again while the pointer is dragged.
///
/// A pixel's *cost* is the largest difference of any of its channels (RGBA, 0 to 255) from the wand's colour; one of at
/// most the tolerance is selected. The pixel that was clicked always is.
#[derive(Clone, Debug)]
pub struct Wand {
    image: Arc<Raster>,
    seed: (u32, u32),
    colour: [u8; 4],
    soft: bool,
    /// Present if only pixels that are connected to the seed count.
    flood: Option<Flood>,
}

/// Rows of the image that are examined between two checks for cancelling.
const ROWS_A_CHECK: usize = 256;

/// Pixels that a flood adds between two checks for cancelling.
const PIXELS_A_CHECK: usize = 1 << 17;

impl Wand {
    /// A wand for the pixel at `at`; `None` outside the image. A contiguous wand selects only what is 4-connected to it.
    pub fn new(image: Arc<Raster>, at: Point, contiguous: bool) -> Option<Self> {
        let Extent { width, height } = image.extent();
        let inside = |at: f32, side: u32| (at >= 0.0 && at < side as f32).then(|| (at as u32).min(side - 1));
        let seed = (inside(at.x, width)?, inside(at.y, height)?);
        let colour = image.pixel(seed.0, seed.1);
        let flood = contiguous.then(|| Flood::new(image.extent(), seed));
        Some(Self { image, seed, colour, soft: false, flood })
    }

    /// Compares with the mean of the 3×3 pixels around the one that was clicked, so that noise matters less.
    pub fn with_mean_colour(mut self) -> Self {
        let around = Bounds::new(self.seed.0 as i32, self.seed.1 as i32, 1, 1).grow(1);
        let pixels = self.image.crop(around);
        let count = pixels.extent().area() as u32;
        let mean = |channel: usize| {
            let sum: u32 = pixels.pixels().iter().map(|pixel| u32::from(pixel[channel])).sum();
            ((sum + count / 2) / count) as u8
        };
        self.colour = std::array::from_fn(mean);
        // A flood that has begun used the other colour.
        self.flood = self.flood.map(|_| Flood::new(self.image.extent(), self.seed));
        self
    }

    /// Softens the edge by one pixel to either side; without it, pixels are selected in full or not at all.
    pub fn with_soft_edge(mut self) -> Self {
        self.soft = true;
        self
    }

    /// The bounds of the selection, in image pixels, and the coverage in them.
    ///
    /// `check` is called every few milliseconds; as soon as it returns `false`, so does this with `None`.
    ///
    /// A contiguous wand continues from the largest tolerance so far, even one that `check` stopped: its cost grows with the
    /// pixels that are new in the selection and with the area of its bounds.
    pub fn select(&mut self, tolerance: u8, check: &mut dyn FnMut() -> bool) -> Option<(Bounds, Mask)> {
        let (bounds, mask) = match &mut self.flood {
            // Every pixel is within the largest tolerance, so everything is connected.
            Some(_) if tolerance == u8::MAX => (self.image.bounds(), Mask::full(self.image.extent())),
            Some(flood) => {
                flood.rise(&self.image, self.colour, tolerance, check)?;
                flood.reached(tolerance)
            }
            None => self.everywhere(tolerance, check)?,
        };
        if !self.soft {
            return Some((bounds, mask));
        }
        let grown = bounds.grow(1).clamp(self.image.extent());
        let mut soft = Mask::empty(grown.extent());
        soft.combine_part(&mask, bounds.relative_to(grown), super::Combine::Add);
        soft.feather(1.0);
        Some((grown, soft))
    }

    /// All pixels within the tolerance, wherever they are.
    fn everywhere(&self, tolerance: u8, check: &mut dyn FnMut() -> bool) -> Option<(Bounds, Mask)> {
        let (extent, colour) = (self.image.extent(), self.colour);
        let mut mask = Mask::empty(extent);
        let chunk = extent.width as usize * ROWS_A_CHECK;
        for (coverage, pixels) in mask.coverage_mut().chunks_mut(chunk).zip(self.image.pixels().chunks(chunk)) {
            if !check() {
                return None;
            }
            let rows = coverage.par_chunks_mut(extent.width as usize).zip(pixels.par_chunks(extent.width as usize));
            rows.for_each(|(coverage, pixels)| {
                for (coverage, pixel) in coverage.iter_mut().zip(pixels) {
                    *coverage = if cost(*pixel, colour) <= tolerance { 255 } else { 0 };
                }
            });
        }
        mask.coverage_mut()[extent.index(self.seed.0, self.seed.1)] = 255;
        let bounds = mask.bounds();
        if bounds == self.image.bounds() { Some((bounds, mask)) } else { Some((bounds, mask.crop(bounds))) }
    }
}

/// Largest difference in any channel, 0 to 255.
fn cost(pixel: [u8; 4], colour: [u8; 4]) -> u8 {
    let difference = |channel: usize| pixel[channel].abs_diff(colour[channel]);
    difference(0).max(difference(1)).max(difference(2)).max(difference(3))
}

/// A flood that rises from one pixel: which tolerance it takes to reach each pixel.
///
/// That is the bottleneck shortest path, the smallest possible largest cost on the way, found as by Dijkstra with a bucket
/// for each of the 256 costs (Dial 1969). Levels never fall again, so a pixel's level is final when it is first met.
#[derive(Clone)]
struct Flood {
    extent: Extent,
    /// 255 less the tolerance that reaches the pixel, or 0: not met yet, or only reached at 255.
    ///
    /// This way round, fresh levels are all zeros, which take no memory until they are written.
    levels: Vec<u8>,
    /// Pixels that are met but not yet spread from, by their level.
    waiting: Vec<Vec<u32>>,
    /// Bounds of the pixels that were spread from, by their level: left, top, right and bottom pixel.
    around: Vec<[u32; 4]>,
}

impl Flood {
    fn new(extent: Extent, seed: (u32, u32)) -> Self {
        let mut flood = Self {
            extent,
            levels: vec![0; extent.area()],
            waiting: vec![Vec::new(); 256],
            around: vec![[u32::MAX, u32::MAX, 0, 0]; 256],
        };
        let at = extent.index(seed.0, seed.1);
        flood.levels[at] = 255;
        flood.waiting[0].push(at as u32);
        flood
    }

    /// Floods everything within a tolerance below 255; `None` if `check` stops it, and a later call continues.
    fn rise(&mut self, image: &Raster, colour: [u8; 4], tolerance: u8, check: &mut dyn FnMut() -> bool) -> Option<()> {
        let (width, pixels) = (self.extent.width as usize, image.pixels());
        let mut until_check = 0;
        for level in 0..=tolerance {
            while let Some(here) = self.waiting[usize::from(level)].pop() {
                if until_check == 0 {
                    until_check = PIXELS_A_CHECK;
                    if !check() {
                        self.waiting[usize::from(level)].push(here);
                        return None;
                    }
                }
                until_check -= 1;
                let here = here as usize;
                let (x, y) = (here % width, here / width);
                let [left, top, right, bottom] = &mut self.around[usize::from(level)];
                (*left, *top) = ((*left).min(x as u32), (*top).min(y as u32));
                (*right, *bottom) = ((*right).max(x as u32), (*bottom).max(y as u32));
                let neighbours = [
                    (y > 0).then(|| here - width),
                    (y + 1 < self.extent.height as usize).then(|| here + width),
                    (x > 0).then(|| here - 1),
                    (x + 1 < width).then(|| here + 1),
                ];
                for there in neighbours.into_iter().flatten() {
                    if self.levels[there] == 0 {
                        let reached_at = level.max(cost(pixels[there], colour));
                        if reached_at < u8::MAX {
                            self.levels[there] = u8::MAX - reached_at;
                            self.waiting[usize::from(reached_at)].push(there as u32);
                        }
                    }
                }
            }
        }
        Some(())
    }

    /// Everything within a tolerance that the flood has already risen to.
    fn reached(&self, tolerance: u8) -> (Bounds, Mask) {
        let around = self.around[..=usize::from(tolerance)].iter().copied();
        let joined = around.reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]);
        let Some([left, top, right, bottom]) = joined else { return (Bounds::EMPTY, Mask::empty(Extent::new(0, 0))) };
        let bounds = Bounds::from_edges(left as i32, top as i32, right as i32 + 1, bottom as i32 + 1);
        let mut mask = Mask::empty(bounds.extent());
        let width = bounds.width as usize;
        mask.coverage_mut().par_chunks_exact_mut(width).enumerate().for_each(|(row, coverage)| {
            let start = self.extent.index(left, top + row as u32);
            for (coverage, level) in coverage.iter_mut().zip(&self.levels[start..start + width]) {
                *coverage = if *level >= u8::MAX - tolerance { 255 } else { 0 };
            }
        });
        (bounds, mask)
    }
}

impl std::fmt::Debug for Flood {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Flood({})", self.extent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn select(wand: &mut Wand, tolerance: u8) -> Mask {
        let (bounds, part) = wand.select(tolerance, &mut || true).unwrap();
        assert_eq!(part.extent(), bounds.extent());
        let mut mask = Mask::empty(wand.image.extent());
        mask.combine_part(&part, bounds, crate::Combine::Add);
        assert_eq!(mask.bounds(), bounds, "the bounds fit closely");
        mask
    }

    fn naive_flood(image: &Raster, seed: (u32, u32), tolerance: u8) -> Mask {
        let (extent, colour) = (image.extent(), image.pixel(seed.0, seed.1));
        let mut mask = Mask::empty(extent);
        let mut waiting = vec![seed];
        while let Some((x, y)) = waiting.pop() {
            if x >= extent.width
                || y >= extent.height
                || mask.at(x, y) == 255
                || cost(image.pixel(x, y), colour) > tolerance
            {
                continue;
            }
            mask.coverage_mut()[extent.index(x, y)] = 255;
            waiting.extend([(x + 1, y), (x, y + 1), (x.wrapping_sub(1), y), (x, y.wrapping_sub(1))]);
        }
        mask
    }

    /// Blotches with grain on them; alpha differs as well.
    fn scene(width: u32, height: u32, salt: u32) -> Raster {
        Raster::from_fn(Extent::new(width, height), |x, y| {
            let grain = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(2_246_822_519) ^ salt).rotate_left(13) % 40;
            let blotch = (x / 5 + y / 4 + salt) % 3 * 90;
            [(blotch + grain) as u8, (grain * 6) as u8, blotch as u8, if grain == 39 { 0 } else { 255 }]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_dragged_wand_selects_what_a_fresh_flood_fill_would(
            (w, h) in (1_u32..30, 1_u32..30), (x, y) in (0.0_f32..1.0, 0.0_f32..1.0), salt in any::<u32>(),
            tolerances in proptest::collection::vec(any::<u8>(), 1..6),
        ) {
            let image = Arc::new(scene(w, h, salt));
            let at = Point::new(x * w as f32, y * h as f32);
            let mut wand = Wand::new(image.clone(), at, true).unwrap();
            let seed = wand.seed;
            for tolerance in tolerances {
                prop_assert_eq!(select(&mut wand, tolerance), naive_flood(&image, seed, tolerance));
            }
        }

        #[test]
        fn a_larger_tolerance_never_selects_less(low in any::<u8>(), high in any::<u8>(), contiguous in any::<bool>(), mean in any::<bool>()) {
            let mut wand = Wand::new(Arc::new(scene(24, 20, 3)), Point::new(11.0, 9.0), contiguous).unwrap();
            if mean {
                wand = wand.with_mean_colour();
            }
            let (less, more) = (select(&mut wand, low.min(high)), select(&mut wand, low.max(high)));
            prop_assert!(less.coverage().iter().zip(more.coverage()).all(|(less, more)| less <= more));
            prop_assert_eq!(more.at(11, 9), 255, "the seed");
        }
    }

    #[test]
    fn without_contiguity_the_colour_is_selected_everywhere() {
        let image =
            Arc::new(Raster::from_fn(Extent::new(7, 1), |x, _| [[10, 20, 30, 255], [200; 4]][usize::from(x % 3 == 1)]));
        let mut wand = Wand::new(image.clone(), Point::new(0.5, 0.5), false).unwrap();
        assert_eq!(select(&mut wand, 0).coverage(), [255, 0, 255, 255, 0, 255, 255]);
        let mut wand = Wand::new(image, Point::new(0.5, 0.5), true).unwrap();
        assert_eq!(select(&mut wand, 0).coverage(), [255, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn a_stopped_flood_goes_on_where_it_was() {
        let image = Arc::new(Raster::filled(Extent::new(700, 700), [9, 9, 9, 255]));
        let mut wand = Wand::new(image, Point::new(350.0, 350.0), true).unwrap();
        let mut allowed = 1;
        let stopped = wand.select(5, &mut || {
            allowed -= 1;
            allowed >= 0
        });
        assert!(stopped.is_none());
        let before = wand.flood.as_ref().unwrap().levels.iter().filter(|&&level| level != 0).count();
        assert!((PIXELS_A_CHECK..700 * 700).contains(&before), "{before}");
        assert_eq!(select(&mut wand, 5), Mask::full(Extent::new(700, 700)));
    }

    #[test]
    fn a_soft_edge_reaches_one_pixel_further_and_the_mean_evens_out_noise() {
        let extent = Extent::new(9, 9);
        let image = Raster::from_fn(extent, |x, y| {
            let inside = (2..7).contains(&x) && (2..7).contains(&y);
            if inside { [if (x, y) == (4, 4) { 100 } else { 10 }, 0, 0, 255] } else { [255; 4] }
        });
        let image = Arc::new(image);
        let wand = Wand::new(image.clone(), Point::new(4.5, 4.5), true).unwrap();
        let mean = select(&mut wand.clone().with_mean_colour(), 15);
        assert_eq!(mean, Mask::rectangle(extent, Bounds::new(2, 2, 5, 5)), "100 among 10s");
        let mut soft = wand.with_mean_colour().with_soft_edge();
        let soft = select(&mut soft, 15);
        assert_eq!(soft.bounds(), Bounds::new(1, 1, 7, 7));
        assert!(soft.at(1, 4) < 128 && soft.at(2, 4) >= 128 && soft.at(4, 4) == 255);
    }

    #[test]
    fn there_is_no_wand_outside_the_image() {
        let image = Arc::new(scene(4, 3, 0));
        for at in [(-0.1, 1.0), (4.0, 1.0), (1.0, 3.0), (f32::NAN, 0.0)] {
            assert!(Wand::new(image.clone(), Point::new(at.0, at.1), true).is_none(), "{at:?}");
        }
    }
}
