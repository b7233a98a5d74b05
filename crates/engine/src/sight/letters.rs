//! Masks of text: whole lines, or the strokes of their letters alone.

use super::quad::{self, Corners};
use rayon::prelude::*;
use tie_core::shape::contours_coverage;
use tie_core::{Bounds, Extent, Mask, Raster};

/// Around a line's corners, as a share of its height: letters and their soft edges end inside.
const ROOM: f32 = 0.06;
/// The rim whose pixels are taken for the ground, as a share of the line's height.
const RIM: f32 = 0.1;
/// A colour difference (root of the sum of squares of 8-bit channels) below this is not writing.
const GRAIN: f32 = 18.0;
/// Between these shares of the way from the background to the ink, coverage rises from 0 to full.
const EDGE: (f32, f32) = (0.25, 0.75);
/// Pixels of the rim that the ground is worked out from at most, and at least.
const SAMPLES: (usize, usize) = (4096, 8);
/// How often pixels unlike the background are dropped and the background is fitted again.
const ROUNDS: usize = 4;

/// A line of text as a mask: its bounds in the image and the coverage of each pixel in them.
pub(crate) fn line_mask(extent: Extent, corners: &Corners) -> (Bounds, Mask) {
    contours_coverage(&[quad::outline(corners, ROOM * quad::height(corners))], extent)
}

/// The strokes of a line's letters as a mask with soft edges: its bounds in the image and the coverage of each pixel in them.
///
/// They are the pixels that differ from the background, whose colour is that of the line's rim. If nothing stands out,
/// it is the whole line, like [`line_mask`]. The cost grows with the line's area, not with the image's.
pub(crate) fn letters_mask(image: &Raster, corners: &Corners) -> (Bounds, Mask) {
    let (bounds, mut mask) = line_mask(image.extent(), corners);
    let part = image.crop(bounds);
    let Some(ground) = Ground::of(&part, bounds, corners, &mask) else {
        return (bounds, mask);
    };
    let width = bounds.width as usize;
    let mut differences = vec![0.0_f32; bounds.extent().area()];
    differences.par_chunks_mut(width.max(1)).enumerate().for_each(|(y, row)| {
        for (x, value) in row.iter_mut().enumerate() {
            let index = y * width + x;
            if mask.coverage()[index] >= 128 {
                *value = ground.difference(part.pixels()[index], x, y);
            }
        }
    });
    if let Some(ink) = ink(&differences) {
        for (coverage, difference) in mask.coverage_mut().iter_mut().zip(differences) {
            let share = ((difference / ink - EDGE.0) / (EDGE.1 - EDGE.0)).clamp(0.0, 1.0);
            *coverage = (share * 255.0).round() as u8;
        }
        drop_neighbours(&mut mask, &Core::of(corners, bounds));
    }
    (bounds, mask)
}

/// Removes what is mostly in the line's rim: the edge of a sign, the next line.
fn drop_neighbours(mask: &mut Mask, core: &Core) {
    let extent = mask.extent();
    let any = Mask::from_fn(extent, |x, y| if mask.at(x, y) > 0 { 255 } else { 0 });
    let regions = any.regions();
    let mut inner = vec![0_usize; regions.regions.len()];
    for y in 0..extent.height {
        for x in 0..extent.width {
            if let Some(region) = regions.at(x, y).filter(|_| core.contains(x, y)) {
                inner[region] += 1;
            }
        }
    }
    let kept = regions.mask_of(|index| 2 * inner[index] >= regions.regions[index].area);
    mask.intersect(&kept);
}

/// The line without its rim.
struct Core {
    at: Bounds,
    mask: Mask,
}

impl Core {
    /// In pixels of the line's bounds.
    fn of(corners: &Corners, bounds: Bounds) -> Self {
        let local = corners.map(|(x, y)| (x - bounds.x as f32, y - bounds.y as f32));
        let (at, mask) = contours_coverage(&[quad::outline(&local, -RIM * quad::height(corners))], bounds.extent());
        Self { at, mask }
    }

    fn contains(&self, x: u32, y: u32) -> bool {
        let (x, y) = (x as i32, y as i32);
        self.at.contains(x, y) && self.mask.at((x - self.at.x).unsigned_abs(), (y - self.at.y).unsigned_abs()) > 0
    }
}

/// How much the ink differs from the background: the middle of the differences above the threshold that splits them
/// best (Otsu 1979); `None` if they are just grain.
fn ink(differences: &[f32]) -> Option<f32> {
    const BINS: usize = 128;
    let most = differences.iter().copied().fold(0.0, f32::max);
    if most <= GRAIN {
        return None;
    }
    let mut histogram = [0_u32; BINS];
    for difference in differences.iter().filter(|difference| **difference > 0.0) {
        histogram[((difference / most * (BINS - 1) as f32) as usize).min(BINS - 1)] += 1;
    }
    let moment = |bins: std::ops::Range<usize>| {
        bins.fold((0.0_f64, 0.0_f64), |(count, sum), bin| {
            let here = f64::from(histogram[bin]);
            (count + here, sum + here * bin as f64)
        })
    };
    let mut best = (0.0, 0);
    for bin in 1..BINS {
        let ((below, low), (above, high)) = (moment(0..bin), moment(bin..BINS));
        if below > 0.0 && above > 0.0 {
            let apart = high / above - low / below;
            let between = below * above * apart * apart;
            if between > best.0 {
                best = (between, bin);
            }
        }
    }
    let above: u32 = histogram[best.1..].iter().sum();
    let mut seen = 0;
    let middle = (best.1..BINS).find(|&bin| {
        seen += histogram[bin];
        2 * seen >= above
    })?;
    let ink = (middle as f32 + 0.5) / (BINS - 1) as f32 * most;
    (ink > GRAIN).then_some(ink)
}

/// The ground's colour: for each channel a plane over the line.
struct Ground {
    /// At the middle, per pixel to the right, per pixel downwards.
    planes: [[f64; 3]; 3],
    middle: [f64; 2],
}

impl Ground {
    /// Fitted to the rim of a line, without outliers; `None` if there is no rim.
    fn of(part: &Raster, bounds: Bounds, corners: &Corners, line: &Mask) -> Option<Self> {
        let extent = part.extent();
        let core = Core::of(corners, bounds);
        let places = (0..extent.height).flat_map(|y| (0..extent.width).map(move |x| (x, y)));
        let rim: Vec<(u32, u32)> = places.filter(|&(x, y)| line.at(x, y) == 255 && !core.contains(x, y)).collect();
        let mut samples: Vec<(u32, u32)> = rim.iter().copied().step_by(rim.len().div_ceil(SAMPLES.0).max(1)).collect();
        if samples.len() < SAMPLES.1 {
            return None;
        }
        // Letters that touch the rim are fewer than its other pixels.
        let median = |channel: usize| {
            let mut values: Vec<u8> = samples.iter().map(|&(x, y)| part.pixel(x, y)[channel]).collect();
            values.sort_unstable();
            f64::from(values[values.len() / 2])
        };
        let middle = [f64::from(extent.width) / 2.0, f64::from(extent.height) / 2.0];
        let mut ground = Self { planes: [0, 1, 2].map(|channel| [median(channel), 0.0, 0.0]), middle };
        for _ in 0..ROUNDS {
            let off = |&(x, y): &(u32, u32)| ground.difference(part.pixel(x, y), x as usize, y as usize);
            let mut offs: Vec<f32> = samples.iter().map(off).collect();
            offs.sort_by(f32::total_cmp);
            let limit = (2.5 * offs[offs.len() / 2]).max(GRAIN);
            let like: Vec<(u32, u32)> = samples.iter().copied().filter(|place| off(place) <= limit).collect();
            if like.len() < SAMPLES.1 {
                break;
            }
            ground.fit(part, &like);
            samples = like;
        }
        Some(ground)
    }

    /// Least squares; where the samples do not tell a slope, it stays level.
    fn fit(&mut self, part: &Raster, samples: &[(u32, u32)]) {
        let count = samples.len() as f64;
        let offset = |&(x, y): &(u32, u32)| [f64::from(x) - self.middle[0], f64::from(y) - self.middle[1]];
        let mean = |of: &dyn Fn(&(u32, u32)) -> f64| samples.iter().map(of).sum::<f64>() / count;
        let centre = [mean(&|at| offset(at)[0]), mean(&|at| offset(at)[1])];
        let spread = |a: usize, b: usize| mean(&|at| (offset(at)[a] - centre[a]) * (offset(at)[b] - centre[b]));
        let (xx, xy, yy) = (spread(0, 0), spread(0, 1), spread(1, 1));
        let determinant = xx * yy - xy * xy;
        let mut planes = self.planes;
        for (channel, plane) in planes.iter_mut().enumerate() {
            let value = |&(x, y): &(u32, u32)| f64::from(part.pixel(x, y)[channel]);
            let level = mean(&value);
            let with = |axis: usize| mean(&|at| (offset(at)[axis] - centre[axis]) * (value(at) - level));
            let (vx, vy) = (with(0), with(1));
            let slopes = if determinant > 1e-6 * xx * yy && xx * yy > 0.0 {
                [(vx * yy - vy * xy) / determinant, (vy * xx - vx * xy) / determinant]
            } else {
                [0.0; 2]
            };
            *plane = [level - slopes[0] * centre[0] - slopes[1] * centre[1], slopes[0], slopes[1]];
        }
        self.planes = planes;
    }

    /// How much a pixel differs from the background at its place: the root of the sum of the channels' squares.
    fn difference(&self, pixel: [u8; 4], x: usize, y: usize) -> f32 {
        let (x, y) = (x as f64 - self.middle[0], y as f64 - self.middle[1]);
        let off = |channel: usize| {
            let [level, right, down] = self.planes[channel];
            f64::from(pixel[channel]) - (level + right * x + down * y).clamp(0.0, 255.0)
        };
        (off(0).powi(2) + off(1).powi(2) + off(2).powi(2)).sqrt() as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXTENT: Extent = Extent::new(120, 60);
    const CORNERS: Corners = [(10.0, 15.0), (110.0, 15.0), (110.0, 45.0), (10.0, 45.0)];

    /// Whether there is a stroke: upright bars with room around them.
    fn stroke(x: u32, y: u32) -> bool {
        (20..100).contains(&x) && x % 12 < 4 && (20..40).contains(&y)
    }

    #[test]
    fn strokes_are_told_from_a_ground_that_is_not_even() {
        for (ink, ground) in [(20_u8, 150_u32), (235, 40)] {
            let image = Raster::from_fn(EXTENT, |x, y| {
                let level = (ground + x / 2 + y / 3) as u8;
                if stroke(x, y) { [ink, ink, ink, 255] } else { [level, level, level, 255] }
            });
            let (bounds, mask) = letters_mask(&image, &CORNERS);
            for y in bounds.y..bounds.bottom() {
                for x in bounds.x..bounds.right() {
                    let covered = mask.at((x - bounds.x) as u32, (y - bounds.y) as u32);
                    assert_eq!(covered, if stroke(x as u32, y as u32) { 255 } else { 0 }, "({x}, {y})");
                }
            }
        }
    }

    #[test]
    fn what_lies_beside_the_line_is_no_letter() {
        let image = Raster::from_fn(EXTENT, |x, y| {
            let level = if stroke(x, y) || x < 12 { 20 } else { 220 };
            [level, level, level, 255]
        });
        let (bounds, mask) = letters_mask(&image, &CORNERS);
        assert_eq!((mask.at(0, 17), mask.at((25 - bounds.x) as u32, 17)), (0, 255));
    }

    #[test]
    fn edges_that_are_mixtures_are_covered_in_part() {
        let image = Raster::from_fn(EXTENT, |x, y| {
            let level = if stroke(x, y) { if x % 12 == 0 { 120 } else { 20 } } else { 220 };
            [level, level, level, 255]
        });
        let (bounds, mask) = letters_mask(&image, &CORNERS);
        let at = |x: i32| mask.at((x - bounds.x) as u32, (30 - bounds.y) as u32);
        assert_eq!([at(23), at(25)], [0, 255]);
        assert!((100..160).contains(&at(24)), "{}", at(24));
    }

    #[test]
    fn where_nothing_stands_out_or_there_is_nothing_all_of_the_line_is_meant() {
        let flat = Raster::filled(EXTENT, [90, 90, 90, 255]);
        assert_eq!(letters_mask(&flat, &CORNERS), line_mask(EXTENT, &CORNERS));
        let (bounds, mask) = line_mask(EXTENT, &CORNERS);
        assert_eq!(bounds, Bounds::new(8, 13, 104, 34));
        assert!(mask.at(52, 17) == 255);
        let outside = CORNERS.map(|(x, y)| (x + 500.0, y));
        assert!(letters_mask(&flat, &outside).0.is_empty());
        let point = [(5.0, 5.0); 4];
        assert!(letters_mask(&flat, &point).0.extent().area() <= 1);
    }
}
