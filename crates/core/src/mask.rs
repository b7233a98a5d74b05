//! Selections: which pixels a step may repaint, and how much of each.

use super::geom::{Bounds, Extent};
use rayon::prelude::*;

/// Coverage of each pixel at document extent: 0 is untouched, 255 is fully selected ("repaint").
#[derive(PartialEq, Eq)]
pub struct Mask {
    extent: Extent,
    coverage: Vec<u8>,
}

impl Clone for Mask {
    fn clone(&self) -> Self {
        Self { extent: self.extent, coverage: copied(&self.coverage) }
    }

    fn clone_from(&mut self, source: &Self) {
        self.extent = source.extent;
        self.coverage.clone_from(&source.coverage);
    }
}

/// Copies the bytes, many of them on all threads: touching fresh memory costs more than the copying itself.
pub(super) fn copied(bytes: &[u8]) -> Vec<u8> {
    const PART: usize = 1 << 20;
    if bytes.len() <= 4 * PART {
        return bytes.to_vec();
    }
    let mut copy = vec![0; bytes.len()];
    copy.par_chunks_mut(PART).zip(bytes.par_chunks(PART)).for_each(|(to, from)| to.copy_from_slice(from));
    copy
}

/// The buffer's length does not fit the extent.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{actual} bytes cannot be a {extent} mask of 1 byte a pixel")]
pub struct WrongLength {
    /// Extent that the buffer was meant for.
    pub extent: Extent,
    /// Length of the buffer, in bytes.
    pub actual: usize,
}

/// How a new selection combines with the existing one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Combine {
    /// Selected in either: the larger coverage.
    #[default]
    Add,
    /// Selected before but not in the new one: at most 255 minus the new coverage.
    Subtract,
    /// Selected in both: the smaller coverage, and nothing outside the new one.
    Intersect,
}

impl Combine {
    /// The coverage, 0 to 255, of a pixel that had `old` and is combined with `new`.
    pub fn merge(self, old: u8, new: u8) -> u8 {
        match self {
            Self::Add => old.max(new),
            Self::Subtract => old.min(255 - new),
            Self::Intersect => old.min(new),
        }
    }
}

/// Whether all of the coverage is `value`.
///
/// Reads each block to its end, which the compiler vectorises; stopping at the first other byte takes ten times as long.
pub(super) fn is_uniform(coverage: &[u8], value: u8) -> bool {
    let differs = |bytes: &[u8]| bytes.iter().fold(0, |any, c| any | (c ^ value)) != 0;
    let (blocks, rest) = coverage.as_chunks::<64>();
    !blocks.iter().any(|block| differs(block)) && !differs(rest)
}

/// The least coverage that counts as selected where a yes or no is needed (areas, regions, distances).
pub const SELECTED: u8 = 128;

impl Mask {
    /// A mask from the coverage of each pixel, row-major.
    ///
    /// # Errors
    /// If `coverage` is not one byte for each pixel of `extent`.
    pub fn new(extent: Extent, coverage: Vec<u8>) -> Result<Self, WrongLength> {
        if coverage.len() == extent.area() {
            Ok(Self { extent, coverage })
        } else {
            Err(WrongLength { extent, actual: coverage.len() })
        }
    }

    /// A mask with nothing selected.
    pub fn empty(extent: Extent) -> Self {
        Self { extent, coverage: vec![0; extent.area()] }
    }

    /// A mask with everything selected.
    pub fn full(extent: Extent) -> Self {
        Self { extent, coverage: vec![255; extent.area()] }
    }

    /// A mask with everything in `bounds` fully selected and nothing else.
    pub fn rectangle(extent: Extent, bounds: Bounds) -> Self {
        let mut mask = Self::empty(extent);
        mask.for_each_row_in(bounds, |_, _, row| row.fill(255));
        mask
    }

    /// A mask with the coverage that `coverage(x, y)` returns for each column and row.
    pub fn from_fn(extent: Extent, mut coverage: impl FnMut(u32, u32) -> u8) -> Self {
        let mut bytes = Vec::with_capacity(extent.area());
        for y in 0..extent.height {
            bytes.extend((0..extent.width).map(|x| coverage(x, y)));
        }
        Self { extent, coverage: bytes }
    }

    /// Width and height in pixels.
    pub const fn extent(&self) -> Extent {
        self.extent
    }

    /// Coverage of every pixel, row-major.
    pub fn coverage(&self) -> &[u8] {
        &self.coverage
    }

    /// Coverage of every pixel, row-major, to be changed in place.
    pub fn coverage_mut(&mut self) -> &mut [u8] {
        &mut self.coverage
    }

    /// Coverage of the pixel in column `x` and row `y`.
    ///
    /// # Panics
    /// If (x, y) is outside the mask.
    pub fn at(&self, x: u32, y: u32) -> u8 {
        self.row(y)[x as usize]
    }

    /// Coverage of row `y`, from left to right.
    ///
    /// # Panics
    /// If `y` is outside the mask.
    pub fn row(&self, y: u32) -> &[u8] {
        let start = self.extent.index(0, y);
        &self.coverage[start..start + self.extent.width as usize]
    }

    /// Calls `edit(x, y, coverage)` for each row of the part of `bounds` inside the mask; `x` is its first column.
    pub fn for_each_row_in(&mut self, bounds: Bounds, mut edit: impl FnMut(u32, u32, &mut [u8])) {
        let part = bounds.clamp(self.extent);
        for y in part.y..part.bottom() {
            let (x, y) = (part.x.unsigned_abs(), y.unsigned_abs());
            let start = self.extent.index(x, y);
            edit(x, y, &mut self.coverage[start..start + part.width as usize]);
        }
    }

    /// Whether no pixel has any coverage.
    pub fn is_empty(&self) -> bool {
        is_uniform(&self.coverage, 0)
    }

    /// Number of selected pixels (at least half covered).
    pub fn area(&self) -> usize {
        self.coverage.iter().filter(|&&c| c >= SELECTED).count()
    }

    /// Selected pixels as a share of the image, 0 to 1.
    pub fn area_fraction(&self) -> f32 {
        if self.extent.is_empty() { 0.0 } else { self.area() as f32 / self.extent.area() as f32 }
    }

    /// The smallest rectangle around all pixels with any coverage; empty if there are none.
    pub fn bounds(&self) -> Bounds {
        let rows = 0..self.extent.height;
        let used = |y: &u32| !is_uniform(self.row(*y), 0);
        let (Some(top), Some(bottom)) = (rows.clone().find(used), rows.rev().find(used)) else {
            return Bounds::EMPTY;
        };
        let (mut left, mut right) = (self.extent.width, 0);
        for y in top..=bottom {
            let row = self.row(y);
            let (before, after) = (&row[..left as usize], &row[right as usize..]);
            if !is_uniform(before, 0) {
                left = before.iter().position(|&c| c != 0).map_or(left, |first| first as u32);
            }
            if !is_uniform(after, 0) {
                right += after.iter().rposition(|&c| c != 0).map_or(0, |last| last as u32);
            }
        }
        // A single column is its own right edge.
        let right = right.max(left);
        Bounds::from_edges(left as i32, top as i32, right as i32 + 1, bottom as i32 + 1)
    }

    /// The mean position of the coverage, in pixels; `None` if there is no coverage.
    pub fn centroid(&self) -> Option<super::Point> {
        let (mut sum, mut sum_x, mut sum_y) = (0.0_f64, 0.0_f64, 0.0_f64);
        for y in 0..self.extent.height {
            for (x, &c) in self.row(y).iter().enumerate() {
                let c = f64::from(c);
                sum += c;
                sum_x += c * (x as f64 + 0.5);
                sum_y += c * (f64::from(y) + 0.5);
            }
        }
        (sum > 0.0).then(|| super::Point::new((sum_x / sum) as f32, (sum_y / sum) as f32))
    }

    /// A point for a label, in pixels: the centroid, or the middle of the longest selected row if that lies outside.
    ///
    /// `None` if there is no coverage.
    pub fn label_point(&self) -> Option<super::Point> {
        let centroid = self.centroid()?;
        let inside = |at: f32, side: u32| (at as u32).min(side.saturating_sub(1));
        let (x, y) = (inside(centroid.x, self.extent.width), inside(centroid.y, self.extent.height));
        if self.at(x, y) >= SELECTED {
            return Some(centroid);
        }
        let mut longest = (0, centroid);
        for y in 0..self.extent.height {
            let mut start = 0;
            for run in self.row(y).chunk_by(|a, b| (*a >= SELECTED) == (*b >= SELECTED)) {
                if run[0] >= SELECTED && run.len() > longest.0 {
                    let middle = start as f32 + run.len() as f32 / 2.0;
                    longest = (run.len(), super::Point::new(middle, y as f32 + 0.5));
                }
                start += run.len();
            }
        }
        Some(longest.1)
    }

    /// A copy of the part of `bounds` that lies inside the mask.
    pub fn crop(&self, bounds: Bounds) -> Self {
        let part = bounds.clamp(self.extent);
        let mut coverage = Vec::with_capacity(part.extent().area());
        for y in part.y..part.bottom() {
            coverage.extend_from_slice(&self.row(y.unsigned_abs())[part.x as usize..part.right() as usize]);
        }
        Self { extent: part.extent(), coverage }
    }

    /// Writes a part to where [`crop`](Self::crop) takes it from; what lies outside the mask is dropped.
    ///
    /// # Panics
    /// If the part is smaller than `bounds`.
    pub fn paste(&mut self, part: &Self, bounds: Bounds) {
        self.for_each_row_in(bounds, |x, y, row| {
            let from = part.row(y.saturating_add_signed(-bounds.y));
            let start = x.saturating_add_signed(-bounds.x) as usize;
            row.copy_from_slice(&from[start..start + row.len()]);
        });
    }

    /// Combines each pixel with the other mask's by `merge(mine, theirs)`.
    ///
    /// # Panics
    /// If the extents differ.
    pub fn combine(&mut self, other: &Self, merge: impl Fn(u8, u8) -> u8) {
        assert_eq!(self.extent, other.extent, "masks of two different images");
        for (mine, theirs) in self.coverage.iter_mut().zip(&other.coverage) {
            *mine = merge(*mine, *theirs);
        }
    }

    /// Selected in either: the larger coverage.
    pub fn union(&mut self, other: &Self) {
        self.combine(other, |mine, theirs| Combine::Add.merge(mine, theirs));
    }

    /// Selected here but not in `other`: at most 255 minus its coverage.
    pub fn subtract(&mut self, other: &Self) {
        self.combine(other, |mine, theirs| Combine::Subtract.merge(mine, theirs));
    }

    /// Selected in both: the smaller coverage.
    pub fn intersect(&mut self, other: &Self) {
        self.combine(other, |mine, theirs| Combine::Intersect.merge(mine, theirs));
    }

    /// The pixels that [`Mask::combine_part`] can change, for [`MaskRecorder::begin`](super::MaskRecorder::begin).
    pub fn reach_of(&self, bounds: Bounds, how: Combine) -> Bounds {
        match how {
            Combine::Add | Combine::Subtract => bounds.clamp(self.extent),
            // Coverage only falls, so nothing changes where there is none.
            Combine::Intersect => self.bounds(),
        }
    }

    /// Combines with a selection that covers only `bounds` and is empty elsewhere; returns the pixels that may have changed.
    ///
    /// `bounds` may reach outside the mask; the cost grows with what is touched, not with the image.
    ///
    /// # Panics
    /// If `part` and `bounds` differ in extent.
    pub fn combine_part(&mut self, part: &Self, bounds: Bounds, how: Combine) -> Bounds {
        assert_eq!(part.extent, bounds.extent(), "part and bounds differ in size");
        let reach = self.reach_of(bounds, how);
        let common = bounds.intersect(reach);
        // Only an intersection reaches beyond the part.
        if common.is_empty() {
            self.for_each_row_in(reach, |_, _, row| row.fill(0));
            return reach;
        }
        self.for_each_row_in(reach, |left, y, row| {
            if !(common.y..common.bottom()).contains(&(y as i32)) {
                row.fill(0);
                return;
            }
            let (start, end) = (common.x as usize - left as usize, common.right() as usize - left as usize);
            row[..start].fill(0);
            row[end..].fill(0);
            let theirs = &part.row((y as i32 - bounds.y).unsigned_abs())[(common.x - bounds.x) as usize..];
            for (mine, theirs) in row[start..end].iter_mut().zip(theirs) {
                *mine = how.merge(*mine, *theirs);
            }
        });
        reach
    }

    /// Selects what is not selected and the other way round: 255 minus each coverage.
    pub fn invert(&mut self) {
        for c in &mut self.coverage {
            *c = 255 - *c;
        }
    }

    /// Intersection over union of the selected pixels of both; 1 if both are empty.
    ///
    /// # Panics
    /// If the extents differ.
    pub fn iou(&self, other: &Self) -> f32 {
        assert_eq!(self.extent, other.extent, "masks of two different images");
        let (mut both, mut either) = (0_usize, 0_usize);
        for (a, b) in self.coverage.iter().zip(&other.coverage) {
            let (a, b) = (*a >= SELECTED, *b >= SELECTED);
            both += usize::from(a && b);
            either += usize::from(a || b);
        }
        if either == 0 { 1.0 } else { both as f32 / either as f32 }
    }
}

impl std::fmt::Debug for Mask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mask({}, {} px selected)", self.extent, self.area())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bounds_are_exact_for_single_pixels_and_empty_masks() {
        let extent = Extent::new(9, 7);
        assert!(Mask::empty(extent).bounds().is_empty());
        for (x, y) in [(0, 0), (8, 6), (3, 5), (8, 0)] {
            let one = Bounds::new(x, y, 1, 1);
            assert_eq!(Mask::rectangle(extent, one).bounds(), one);
        }
    }

    #[test]
    fn one_other_byte_anywhere_makes_coverage_uneven() {
        for length in [0, 1, 63, 64, 65, 200] {
            let mut bytes = vec![7; length];
            assert!(is_uniform(&bytes, 7) && (length == 0 || !is_uniform(&bytes, 6)), "{length} bytes");
            for at in 0..length {
                bytes[at] = 8;
                assert!(!is_uniform(&bytes, 7), "byte {at} of {length}");
                bytes[at] = 7;
            }
        }
    }

    #[test]
    fn subtracting_a_soft_edge_leaves_its_complement() {
        let extent = Extent::new(2, 1);
        let mut mask = Mask::full(extent);
        mask.subtract(&Mask::new(extent, vec![100, 255]).unwrap());
        assert_eq!(mask.coverage(), [155, 0]);
    }

    #[test]
    fn the_label_of_a_ring_stands_on_the_ring() {
        let extent = Extent::new(21, 21);
        let ring = Mask::from_fn(extent, |x, y| {
            let squared = (x as i32 - 10).pow(2) + (y as i32 - 10).pow(2);
            if (36..100).contains(&squared) { 255 } else { 0 }
        });
        let at = ring.label_point().unwrap();
        assert_eq!(ring.at(at.x as u32, at.y as u32), 255, "{at:?}");
        let disc = Mask::rectangle(extent, Bounds::new(4, 6, 5, 5));
        assert_eq!(disc.label_point(), disc.centroid());
        assert_eq!(Mask::empty(extent).label_point(), None);
    }

    fn any_mask() -> impl Strategy<Value = (Mask, Mask)> {
        (1_u32..150, 1_u32..90).prop_flat_map(|(w, h)| {
            let extent = Extent::new(w, h);
            let sparse = proptest::collection::vec(prop_oneof![6 => Just(0_u8), 1 => any::<u8>()], extent.area());
            (sparse.clone(), sparse)
                .prop_map(move |(a, b)| (Mask::new(extent, a).unwrap(), Mask::new(extent, b).unwrap()))
        })
    }

    #[test]
    fn intersecting_with_a_part_elsewhere_leaves_nothing() {
        let extent = Extent::new(8, 8);
        let mut mask = Mask::rectangle(extent, Bounds::new(1, 2, 3, 2));
        let far = Bounds::new(-9, 6, 4, 4);
        let dirty = mask.combine_part(&Mask::full(far.extent()), far, Combine::Intersect);
        assert!(mask.is_empty());
        assert_eq!(dirty, Bounds::new(1, 2, 3, 2));
    }

    #[test]
    fn a_copy_of_many_bytes_is_a_copy() {
        let bytes: Vec<u8> = (0..5_000_003_u32).map(|index| ((index * 31) >> 7) as u8).collect();
        assert!(copied(&bytes) == bytes && copied(&bytes[..7]) == bytes[..7]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn bounds_enclose_all_coverage_and_touch_it_on_every_side((mask, _) in any_mask()) {
            let bounds = mask.bounds();
            let inside = mask.crop(bounds);
            let total = |m: &Mask| m.coverage().iter().map(|&c| u64::from(c)).sum::<u64>();
            prop_assert_eq!(total(&inside), total(&mask));
            if !bounds.is_empty() {
                let last = bounds.extent();
                prop_assert!(inside.row(0).iter().any(|&c| c != 0));
                prop_assert!(inside.row(last.height - 1).iter().any(|&c| c != 0));
                prop_assert!((0..last.height).any(|y| inside.at(0, y) != 0));
                prop_assert!((0..last.height).any(|y| inside.at(last.width - 1, y) != 0));
            }
        }

        #[test]
        fn union_minus_other_lies_within_the_first((a, b) in any_mask()) {
            let mut mask = a.clone();
            mask.union(&b);
            mask.subtract(&b);
            prop_assert!(mask.coverage().iter().zip(a.coverage()).zip(b.coverage()).all(|((m, a), b)| *m <= (*a).max(255 - *b)));
        }

        #[test]
        fn combining_a_part_equals_combining_the_whole_mask_it_stands_for(
            (mask, part) in any_mask(), x in -40_i32..150, y in -40_i32..90, how in 0_usize..3,
        ) {
            let how = [Combine::Add, Combine::Subtract, Combine::Intersect][how];
            let bounds = Bounds::new(x, y, part.extent().width, part.extent().height);
            let mut whole = Mask::from_fn(mask.extent(), |px, py| {
                let inside = bounds.contains(px as i32, py as i32);
                if inside { part.at((px as i32 - x) as u32, (py as i32 - y) as u32) } else { 0 }
            });
            whole.combine(&mask, |new, old| how.merge(old, new));
            let mut combined = mask.clone();
            combined.combine_part(&part, bounds, how);
            prop_assert_eq!(combined, whole);
        }
    }
}
