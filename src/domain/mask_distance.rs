//! Growing, shrinking and feathering masks.

use super::mask::SELECTED;
use super::{Bounds, Extent, Mask};
use rayon::prelude::*;

impl Mask {
    /// A copy in which every pixel within `radius` pixels (Euclidean, centre to centre) of a selected one is selected.
    ///
    /// Soft coverage that is already there stays.
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
        let squared = squared_distances(&self.crop(region));
        let limit = f64::from(radius) * f64::from(radius);
        let width = region.width as usize;
        let mut rows = squared.chunks_exact(width);
        self.for_each_row_in(region, |_, _, row| {
            for (coverage, &distance) in row.iter_mut().zip(rows.next().unwrap_or_default()) {
                if f64::from(distance) <= limit {
                    *coverage = 255;
                }
            }
        });
    }

    /// Deselects every pixel within `radius` pixels of an unselected one; the image's border does not count as unselected.
    pub fn shrink(&mut self, radius: f32) {
        self.invert();
        self.grow(radius);
        self.invert();
    }

    /// Softens the edge: coverage falls smoothly over `radius` pixels to either side and not beyond.
    ///
    /// Three box filters stand for a Gaussian (Wells 1986); their reach adds up to `radius`.
    pub fn feather(&mut self, radius: f32) {
        let reach = (radius.max(0.0) as u32).min(self.extent().longest());
        let region = self.bounds().grow(reach).clamp(self.extent());
        if reach == 0 || region.is_empty() {
            return;
        }
        // Only pixels inside the region can change, and all that they are made of lies in it or is empty.
        let mut part = self.crop(region);
        for share in 0..3 {
            box_blur(&mut part, (reach + share) / 3);
        }
        let width = region.width as usize;
        let mut rows = part.coverage().chunks_exact(width);
        self.for_each_row_in(region, |_, _, row| row.copy_from_slice(rows.next().unwrap_or(&vec![0; row.len()])));
    }
}

/// Square of "no selected pixel anywhere".
const FAR: u32 = u32::MAX;

/// Squared Euclidean distance, in pixels, from each pixel's centre to the nearest selected one's; [`FAR`] if there is none.
///
/// Exact, in two passes: distances along columns, then the lower envelope of parabolas along each row
/// (Felzenszwalb & Huttenlocher, "Distance Transforms of Sampled Functions", 2012).
fn squared_distances(mask: &Mask) -> Vec<u32> {
    let Extent { width, height } = mask.extent();
    let width = width as usize;
    let mut squared = vec![FAR; mask.extent().area()];
    // Column pass: a sweep down and one up; neighbouring columns go together, which the compiler vectorises.
    let mut distance = vec![FAR; width];
    let sweep = |rows: &mut dyn Iterator<Item = u32>, distance: &mut Vec<u32>, squared: &mut Vec<u32>| {
        distance.fill(FAR);
        for y in rows {
            let row = &mut squared[y as usize * width..][..width];
            for ((d, &coverage), nearest) in distance.iter_mut().zip(mask.row(y)).zip(row) {
                *d = if coverage >= SELECTED { 0 } else { d.saturating_add(1) };
                *nearest = (*nearest).min(*d);
            }
        }
    };
    sweep(&mut (0..height), &mut distance, &mut squared);
    sweep(&mut (0..height).rev(), &mut distance, &mut squared);
    squared.par_chunks_exact_mut(width).for_each_init(Envelope::default, Envelope::transform);
    squared
}

/// Scratch memory for the lower envelope of one row.
#[derive(Default)]
struct Envelope {
    columns: Vec<(i64, i64)>,
    starts: Vec<i64>,
}

impl Envelope {
    /// Turns vertical distances of one row into squared distances over the whole plane.
    fn transform(&mut self, row: &mut [u32]) {
        self.columns.clear();
        self.starts.clear();
        for (x, &vertical) in row.iter().enumerate() {
            if vertical == FAR {
                continue;
            }
            let x = x as i64;
            let height = i64::from(vertical) * i64::from(vertical);
            // First column at which the new parabola is below the last one; pop those that it hides.
            let mut start = 0;
            while let (Some(&(last_x, last_height)), Some(&last_start)) = (self.columns.last(), self.starts.last()) {
                let crossing = (height + x * x - last_height - last_x * last_x).div_euclid(2 * (x - last_x)) + 1;
                if crossing > last_start {
                    start = crossing;
                    break;
                }
                self.columns.pop();
                self.starts.pop();
            }
            self.columns.push((x, height));
            self.starts.push(start);
        }
        if self.columns.is_empty() {
            return;
        }
        let mut current = 0;
        for (x, nearest) in row.iter_mut().enumerate() {
            let x = x as i64;
            while self.starts.get(current + 1).is_some_and(|&start| start <= x) {
                current += 1;
            }
            let (column, height) = self.columns[current];
            *nearest = u32::try_from((x - column) * (x - column) + height).unwrap_or(FAR - 1);
        }
    }
}

/// Replaces each pixel by the mean of the square of `2·radius + 1` pixels around it; the border repeats outwards.
fn box_blur(mask: &mut Mask, radius: u32) {
    if radius == 0 {
        return;
    }
    let Extent { width, height } = mask.extent();
    let (width, radius) = (width as usize, radius as usize);
    mask.coverage_mut().par_chunks_exact_mut(width).for_each_init(Vec::new, |line, row| {
        line.clear();
        line.extend_from_slice(row);
        let clamped = |x: isize| u32::from(line[x.clamp(0, width as isize - 1) as usize]);
        let mut sum: u32 = (-(radius as isize)..=radius as isize).map(clamped).sum();
        for (x, out) in row.iter_mut().enumerate() {
            *out = mean(sum, radius);
            let x = x as isize;
            sum = sum + clamped(x + radius as isize + 1) - clamped(x - radius as isize);
        }
    });
    let source = mask.clone();
    let row_at = |y: i64| source.row(y.clamp(0, i64::from(height) - 1) as u32);
    let mut sums = vec![0_u32; width];
    for offset in -(radius as i64)..=radius as i64 {
        for (sum, &c) in sums.iter_mut().zip(row_at(offset)) {
            *sum += u32::from(c);
        }
    }
    let all = Bounds::from(mask.extent());
    mask.for_each_row_in(all, |_, y, row| {
        let y = i64::from(y);
        let entering = row_at(y + radius as i64 + 1);
        let leaving = row_at(y - radius as i64);
        for (((out, sum), &new), &old) in row.iter_mut().zip(&mut sums).zip(entering).zip(leaving) {
            *out = mean(*sum, radius);
            *sum = *sum + u32::from(new) - u32::from(old);
        }
    });
}

fn mean(sum: u32, radius: usize) -> u8 {
    let count = 2 * radius as u32 + 1;
    ((sum + count / 2) / count) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
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

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

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
