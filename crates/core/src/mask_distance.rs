//! Growing, shrinking and feathering masks.

use super::mask::SELECTED;
use super::{Extent, Mask};
use rayon::prelude::*;
use std::ops::Range;

impl Mask {
    /// A copy in which every pixel within `radius` pixels (Euclidean, centre to centre) of a selected one is selected.
    ///
    /// Soft coverage stays elsewhere. A radius of 0 or less, or NaN, changes nothing.
    pub fn grown(&self, radius: f32) -> Self {
        let mut grown = self.clone();
        grown.grow(radius);
        grown
    }

    /// Selects every pixel within `radius` pixels (Euclidean, centre to centre) of a selected one.
    pub fn grow(&mut self, radius: f32) {
        if radius <= 0.0 || radius.is_nan() {
            return;
        }
        let reach = (radius.ceil() as u32).min(self.extent().longest());
        let region = self.bounds().grow(reach).clamp(self.extent());
        if region.is_empty() {
            return;
        }
        let (before, widths) = (self.crop(region), disc_widths(radius, self.extent().longest()));
        // A band also reads the rows within reach of it, so bands are no lower than that.
        let band = (reach as usize).max(BAND);
        let (left, full_width) = (region.x as usize, self.extent().width as usize);
        let inside = region.y as usize * full_width..region.bottom() as usize * full_width;
        let bands = self.coverage_mut()[inside].par_chunks_mut(band * full_width).enumerate();
        bands.for_each(|(index, rows)| {
            let top = index * band;
            let count = rows.len() / full_width;
            let near = distances_along_columns(&before, top..top + count, widths.len());
            for (row, near) in rows.chunks_exact_mut(full_width).zip(near.chunks_exact(region.width as usize)) {
                select_near(&mut row[left..left + region.width as usize], near, &widths);
            }
        });
    }

    /// Deselects every pixel within `radius` pixels of an unselected one; the image's border does not count as unselected.
    pub fn shrink(&mut self, radius: f32) {
        self.invert();
        self.grow(radius);
        self.invert();
    }

    /// Softens the edge: coverage falls smoothly over `radius` whole pixels to either side and not beyond.
    ///
    /// Three box filters stand for a Gaussian (Wells 1986); their reach adds up to `radius`.
    pub fn feather(&mut self, radius: f32) {
        let reach = (radius.max(0.0) as u32).min(self.extent().longest());
        let region = self.bounds().grow(reach).clamp(self.extent());
        if reach == 0 || region.is_empty() {
            return;
        }
        // Only pixels inside the region can change, and everything that they depend on is inside it or empty.
        let before = self.crop(region);
        let radii = [0, 1, 2].map(|share| (reach + share) as usize / 3);
        // A band also reads the rows within reach of it, so bands are no lower than twice that.
        let band = (2 * reach as usize).max(BAND);
        let (left, full_width, width) = (region.x as usize, self.extent().width as usize, region.width as usize);
        let inside = region.y as usize * full_width..region.bottom() as usize * full_width;
        let bands = self.coverage_mut()[inside].par_chunks_mut(band * full_width).enumerate();
        bands.for_each_init(Blur::default, |blur, (index, rows)| {
            let top = index * band;
            let soft = blur.rows(&before, top..top + rows.len() / full_width, radii);
            for (row, soft) in rows.chunks_exact_mut(full_width).zip(soft.chunks_exact(width)) {
                row[left..left + width].copy_from_slice(soft);
            }
        });
    }
}

/// Fewest rows that one thread works on at a time.
const BAND: usize = 64;

/// How far a disc of this radius reaches to either side of its centre, by the distance from the centre's row; exact.
///
/// Neither reach nor distance exceeds `most`.
fn disc_widths(radius: f32, most: u32) -> Vec<usize> {
    let limit = f64::from(radius) * f64::from(radius);
    let fits = |across: f64, along: f64| across * across + along * along <= limit;
    let rows = (0..=most).map(f64::from).take_while(|along| fits(0.0, *along));
    rows.map(|along| {
        let near = (limit - along * along).sqrt().floor();
        // The root is rounded, so it may be one off.
        let across = [near + 1.0, near, near - 1.0].into_iter().find(|across| fits(*across, along)).unwrap_or(0.0);
        across.min(f64::from(most)) as usize
    })
    .collect()
}

/// Distance along the column, in pixels, from each pixel of `rows` to the nearest selected one.
///
/// At least `reach` if none is closer than that.
fn distances_along_columns(mask: &Mask, rows: Range<usize>, reach: usize) -> Vec<u32> {
    let Extent { width, height } = mask.extent();
    let width = width as usize;
    let mut near = vec![u32::MAX; rows.len() * width];
    let mut distance = Vec::new();
    // A sweep down and one up; neighbouring columns go together, which the compiler vectorises.
    let mut sweep = |along: &mut dyn Iterator<Item = usize>| {
        distance.clear();
        distance.resize(width, u32::MAX);
        for y in along {
            for (d, &coverage) in distance.iter_mut().zip(mask.row(y as u32)) {
                *d = if coverage >= SELECTED { 0 } else { d.saturating_add(1) };
            }
            if rows.contains(&y) {
                let row = &mut near[(y - rows.start) * width..][..width];
                for (nearest, d) in row.iter_mut().zip(&distance) {
                    *nearest = (*nearest).min(*d);
                }
            }
        }
    };
    sweep(&mut (rows.start.saturating_sub(reach)..rows.end));
    sweep(&mut (rows.start..(rows.end + reach).min(height as usize)).rev());
    near
}

/// Selects the pixels of a row that a disc around a selected pixel reaches; `near` is the distance to one along each column.
fn select_near(row: &mut [u8], near: &[u32], widths: &[usize]) {
    let mut end = 0;
    for (x, (coverage, near)) in row.iter_mut().zip(near).enumerate() {
        end = widths.get(*near as usize).map_or(end, |width| end.max(x + width + 1));
        if x < end {
            *coverage = 255;
        }
    }
    let mut start = row.len();
    for (x, (coverage, near)) in row.iter_mut().zip(near).enumerate().rev() {
        start = widths.get(*near as usize).map_or(start, |width| start.min(x.saturating_sub(*width)));
        if x >= start {
            *coverage = 255;
        }
    }
}

/// Box filters over a band of rows, small enough to stay in the CPU's cache; the memory is reused for the next band.
#[derive(Default)]
struct Blur {
    /// The band's rows, and as many beyond them as later filters still need.
    band: Vec<u8>,
    next: Vec<u8>,
    line: Vec<u8>,
    sums: Vec<u32>,
}

impl Blur {
    /// Rows of the mask after box filters of these radii, one after the other; pixels at the border repeat outwards.
    fn rows(&mut self, mask: &Mask, rows: Range<usize>, radii: [usize; 3]) -> &[u8] {
        let (width, height) = (mask.extent().width as usize, mask.extent().height as usize);
        let beyond =
            |rows: &Range<usize>, reach: usize| rows.start.saturating_sub(reach)..(rows.end + reach).min(height);
        let mut reach: usize = radii.iter().sum();
        let mut here = beyond(&rows, reach);
        self.band.clear();
        self.band.extend_from_slice(&mask.coverage()[here.start * width..here.end * width]);
        for radius in radii.into_iter().filter(|radius| *radius > 0) {
            reach -= radius;
            let wanted = beyond(&rows, reach);
            self.across(width, radius);
            self.down(width, radius, &here, &wanted);
            here = wanted;
        }
        &self.band
    }

    /// Each pixel becomes the mean of `2·radius + 1` pixels of its row.
    fn across(&mut self, width: usize, radius: usize) {
        let mean = Mean::of(2 * radius + 1);
        for row in self.band.chunks_exact_mut(width) {
            let line = &mut self.line;
            line.clear();
            line.extend(std::iter::repeat_n(row[0], radius));
            line.extend_from_slice(row);
            line.extend(std::iter::repeat_n(row[width - 1], radius + 1));
            let mut sum: u32 = line[..=2 * radius].iter().map(|&c| u32::from(c)).sum();
            for ((out, &new), &old) in row.iter_mut().zip(&line[2 * radius + 1..]).zip(&*line) {
                *out = mean.round(sum);
                sum = sum + u32::from(new) - u32::from(old);
            }
        }
    }

    /// Each pixel of the rows `wanted` becomes the mean of `2·radius + 1` pixels of its column; `here` are the
    /// available rows.
    fn down(&mut self, width: usize, radius: usize, here: &Range<usize>, wanted: &Range<usize>) {
        let Self { band, next, sums, .. } = self;
        let mean = Mean::of(2 * radius + 1);
        // Rows beyond the border repeat the outermost one.
        let row_at = |y: usize, above: usize| {
            let y = y.saturating_sub(above).clamp(here.start, here.end - 1) - here.start;
            &band[y * width..(y + 1) * width]
        };
        sums.clear();
        sums.resize(width, 0);
        for offset in 0..=2 * radius {
            for (sum, &c) in sums.iter_mut().zip(row_at(wanted.start + offset, radius)) {
                *sum += u32::from(c);
            }
        }
        next.clear();
        next.resize(wanted.len() * width, 0);
        for (y, row) in wanted.clone().zip(next.chunks_exact_mut(width)) {
            let (entering, leaving) = (row_at(y + radius + 1, 0), row_at(y, radius));
            for (((out, sum), &new), &old) in row.iter_mut().zip(&mut *sums).zip(entering).zip(leaving) {
                *out = mean.round(*sum);
                *sum = *sum + u32::from(new) - u32::from(old);
            }
        }
        std::mem::swap(band, next);
    }
}

/// Divides sums of coverage by their count, rounding to nearest; by multiplying, which vectorises.
#[derive(Clone, Copy)]
struct Mean {
    half: u32,
    /// 2^40 / count, rounded up: exact for sums of fewer than 2^16 bytes, at most one step too high beyond that.
    reciprocal: u64,
}

impl Mean {
    const fn of(count: usize) -> Self {
        Self { half: count as u32 / 2, reciprocal: (1 << 40) / count as u64 + 1 }
    }

    const fn round(self, sum: u32) -> u8 {
        (((sum + self.half) as u64 * self.reciprocal) >> 40) as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Bounds;
    use proptest::prelude::*;

    fn slow_grow(mask: &Mask, radius: f32) -> Mask {
        let extent = mask.extent();
        let selected: Vec<(u32, u32)> = (0..extent.height)
            .flat_map(|y| (0..extent.width).map(move |x| (x, y)))
            .filter(|&(x, y)| mask.at(x, y) >= SELECTED)
            .collect();
        Mask::from_fn(extent, |x, y| {
            let near = selected.iter().any(|&(sx, sy)| {
                let (dx, dy) = (f64::from(x) - f64::from(sx), f64::from(y) - f64::from(sy));
                dx * dx + dy * dy <= f64::from(radius) * f64::from(radius)
            });
            if near { 255 } else { mask.at(x, y) }
        })
    }

    /// The mean of a row or column around each pixel, the border repeated outwards.
    fn slow_box(mask: &Mask, radius: i32, down: bool) -> Mask {
        let Extent { width, height } = mask.extent();
        Mask::from_fn(mask.extent(), |x, y| {
            let at = |offset: i32| {
                let (dx, dy) = if down { (0, offset) } else { (offset, 0) };
                let inside = |at: u32, by: i32, side: u32| (at as i32 + by).clamp(0, side as i32 - 1) as u32;
                u32::from(mask.at(inside(x, dx, width), inside(y, dy, height)))
            };
            let count = 2 * radius as u32 + 1;
            (((-radius..=radius).map(at).sum::<u32>() + count / 2) / count) as u8
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn feathering_is_three_boxes_each_across_and_down(
            (extent, coverage) in (1_u32..14, 1_u32..300).prop_flat_map(|(w, h)| {
                let extent = Extent::new(w, h);
                (Just(extent), proptest::collection::vec(prop_oneof![9 => Just(0_u8), 1 => any::<u8>()], extent.area()))
            }),
            radius in 0_u32..90,
        ) {
            let mask = Mask::new(extent, coverage).unwrap();
            let mut feathered = mask.clone();
            feathered.feather(radius as f32);
            let mut slow = mask;
            let reach = radius.min(extent.longest());
            for share in 0..3 {
                for down in [false, true] {
                    slow = slow_box(&slow, ((reach + share) / 3) as i32, down);
                }
            }
            prop_assert_eq!(feathered, slow);
        }

        #[test]
        fn growing_is_exact_euclidean_distance(
            (extent, coverage) in (1_u32..30, 1_u32..30).prop_flat_map(|(w, h)| {
                let extent = Extent::new(w, h);
                (Just(extent), proptest::collection::vec(prop_oneof![20 => Just(0_u8), 1 => any::<u8>()], extent.area()))
            }),
            radius in 0.0_f32..12.0,
        ) {
            let mask = Mask::new(extent, coverage).unwrap();
            prop_assert_eq!(mask.grown(radius), slow_grow(&mask, radius));
        }

        #[test]
        fn feathering_reaches_no_further_than_its_radius(x in 0_u32..40, y in 0_u32..30, radius in 0.0_f32..10.0) {
            let mask = Mask::rectangle(Extent::new(40, 30), Bounds::new(x as i32, y as i32, 9, 7));
            let mut soft = mask.clone();
            soft.feather(radius);
            let reach = mask.bounds().grow(radius as u32);
            prop_assert!(reach.encloses(soft.bounds()), "{:?} beyond {:?}", soft.bounds(), reach);
        }
    }

    #[test]
    fn masks_higher_than_a_band_grow_without_a_seam() {
        let extent = Extent::new(5, 4 * BAND as u32);
        let mask = Mask::from_fn(extent, |x, y| if x == 2 && y % 61 == 30 { 255 } else { 0 });
        for radius in [2.0, 9.5, 70.0] {
            assert_eq!(mask.grown(radius), slow_grow(&mask, radius), "radius {radius}");
        }
    }

    #[test]
    fn means_are_divisions_rounded_to_nearest() {
        for count in [1_u32, 3, 7, 255, 4095, 65_535] {
            for sum in (0..=255 * count).step_by(count as usize / 3 + 1).chain([255 * count]) {
                assert_eq!(
                    u32::from(Mean::of(count as usize).round(sum)),
                    (sum + count / 2) / count,
                    "{sum} / {count}"
                );
            }
        }
    }

    #[test]
    fn shrinking_undoes_growing_a_disc_and_spares_the_image_border() {
        let extent = Extent::new(40, 40);
        let disc =
            Mask::from_fn(extent, |x, y| if (x as i32 - 20).pow(2) + (y as i32 - 20).pow(2) < 64 { 255 } else { 0 });
        let mut mask = disc.grown(5.0);
        mask.shrink(5.0);
        assert!(mask.iou(&disc) > 0.97, "IoU {}", mask.iou(&disc));
        let mut full = Mask::full(extent);
        full.shrink(3.0);
        assert_eq!(full, Mask::full(extent));
    }

    #[test]
    fn a_feathered_edge_falls_monotonically_through_one_half() {
        let extent = Extent::new(64, 1);
        let mut mask = Mask::rectangle(extent, Bounds::new(0, 0, 32, 1));
        mask.feather(9.0);
        assert!(mask.coverage().is_sorted_by(|a, b| a >= b), "{:?}", mask.coverage());
        assert!(mask.at(31, 0) >= 128 && mask.at(32, 0) < 128);
        assert_eq!((mask.at(0, 0), mask.at(63, 0)), (255, 0));
    }

    #[test]
    fn growing_an_empty_mask_leaves_it_empty() {
        let mut mask = Mask::empty(Extent::new(5, 4));
        mask.grow(100.0);
        mask.feather(3.0);
        assert!(mask.is_empty());
    }
}
