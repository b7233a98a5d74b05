//! Connected regions of a mask: labelling them, filling holes, removing islands.

use super::mask::SELECTED;
use super::{Bounds, Extent, Mask};

/// One connected region of selected pixels (8-connected).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// Number of pixels.
    pub area: usize,
    /// The smallest rectangle around them, in image pixels.
    pub bounds: Bounds,
}

/// All connected regions of a mask.
#[derive(Clone, Debug)]
pub struct Regions {
    extent: Extent,
    /// For each pixel 0 (not selected) or the region's index + 1, row-major.
    labels: Vec<u32>,
    /// In the order of their first pixels, row by row from the top.
    pub regions: Vec<Region>,
}

impl Regions {
    /// Index of the region at (x, y); `None` if that pixel is not selected or outside the mask.
    pub fn at(&self, x: u32, y: u32) -> Option<usize> {
        if x >= self.extent.width || y >= self.extent.height {
            return None;
        }
        (self.labels[self.extent.index(x, y)] as usize).checked_sub(1)
    }

    /// A mask with the regions for whose index `keep` returns `true`, fully selected.
    pub fn mask_of(&self, keep: impl Fn(usize) -> bool) -> Mask {
        let chosen: Vec<u8> =
            std::iter::once(0).chain((0..self.regions.len()).map(|index| if keep(index) { 255 } else { 0 })).collect();
        let mut labels = self.labels.iter();
        Mask::from_fn(self.extent, |_, _| labels.next().map_or(0, |&label| chosen[label as usize]))
    }
}

/// Which pixels count as neighbours.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Connectivity {
    Four,
    Eight,
}

impl Mask {
    /// Labels the 8-connected regions of selected pixels.
    pub fn regions(&self) -> Regions {
        label(self, |coverage| coverage >= SELECTED, Connectivity::Eight)
    }

    /// Labels the 8-connected regions of pixels that are selected at all, soft edges included.
    pub(super) fn touching_regions(&self) -> Regions {
        label(self, |coverage| coverage > 0, Connectivity::Eight)
    }

    /// Selects every unselected region that does not touch the image's border.
    pub fn fill_holes(&mut self) {
        self.fill_holes_up_to(f32::INFINITY);
    }

    /// Like [`fill_holes`](Self::fill_holes), but only for holes of at most this share of the selected area.
    pub fn fill_holes_up_to(&mut self, share: f32) {
        let most = share * self.area() as f32;
        // Everything beyond these bounds is unselected, up to the image's border.
        let within = self.bounds();
        if within.is_empty() {
            return;
        }
        // Holes are 4-connected where objects are 8-connected: otherwise they would leak through diagonal lines.
        let outside = label(&self.crop(within), |coverage| coverage < SELECTED, Connectivity::Four);
        let frame = Bounds::from(within.extent());
        let is_hole: Vec<bool> = outside
            .regions
            .iter()
            .map(|region| {
                let b = region.bounds;
                b.x > frame.x
                    && b.y > frame.y
                    && b.right() < frame.right()
                    && b.bottom() < frame.bottom()
                    && region.area as f32 <= most
            })
            .collect();
        let mut labels = outside.labels.chunks_exact(within.width as usize);
        self.for_each_row_in(within, |_, _, row| {
            for (coverage, label) in row.iter_mut().zip(labels.next().unwrap_or_default()) {
                if *label > 0 && is_hole[*label as usize - 1] {
                    *coverage = 255;
                }
            }
        });
    }

    /// Deselects regions smaller than `min_area` pixels, along with soft coverage that touches no larger region.
    pub fn remove_islands(&mut self, min_area: usize) {
        let all = self.touching_regions();
        let mut selected = vec![0_usize; all.regions.len()];
        for (label, coverage) in all.labels.iter().zip(self.coverage()) {
            if *label > 0 && *coverage >= SELECTED {
                selected[*label as usize - 1] += 1;
            }
        }
        for (coverage, label) in self.coverage_mut().iter_mut().zip(&all.labels) {
            if *label > 0 && selected[*label as usize - 1] < min_area {
                *coverage = 0;
            }
        }
    }
}

/// Labels regions in two raster scans with a union-find of provisional labels (Wu, Otoo & Suzuki 2009).
fn label(mask: &Mask, selected: impl Fn(u8) -> bool, connectivity: Connectivity) -> Regions {
    let extent = mask.extent();
    let (width, height) = (extent.width as usize, extent.height as usize);
    let mut labels = vec![0_u32; extent.area()];
    let mut parents = vec![0_u32];
    let diagonal = connectivity == Connectivity::Eight;
    for y in 0..height {
        for x in 0..width {
            let here = y * width + x;
            if !selected(mask.coverage()[here]) {
                continue;
            }
            let above = |dx: isize| {
                let column = x.checked_add_signed(dx).filter(|&column| column < width)?;
                (y > 0).then(|| labels[here - width + column - x])
            };
            let neighbours = [
                if x > 0 { Some(labels[here - 1]) } else { None },
                if diagonal { above(-1) } else { None },
                above(0),
                if diagonal { above(1) } else { None },
            ];
            let mut own = 0;
            for neighbour in neighbours.into_iter().flatten().filter(|&label| label > 0) {
                own = if own == 0 { root(&mut parents, neighbour) } else { join(&mut parents, own, neighbour) };
            }
            if own == 0 {
                own = parents.len() as u32;
                parents.push(own);
            }
            labels[here] = own;
        }
    }
    collect(extent, labels, &mut parents)
}

/// Replaces provisional labels by final ones and measures each region.
fn collect(extent: Extent, mut labels: Vec<u32>, parents: &mut [u32]) -> Regions {
    let mut regions: Vec<Region> = Vec::new();
    let mut finals = vec![0_u32; parents.len()];
    for (y, row) in labels.chunks_exact_mut(extent.width.max(1) as usize).enumerate() {
        let mut x = 0;
        // Pixels of one label come in runs, which saves most of the work.
        for run in row.chunk_by_mut(|a, b| a == b) {
            let length = run.len();
            if run[0] > 0 {
                let top = root(parents, run[0]) as usize;
                if finals[top] == 0 {
                    regions.push(Region { area: 0, bounds: Bounds::EMPTY });
                    finals[top] = regions.len() as u32;
                }
                run.fill(finals[top]);
                let region = &mut regions[finals[top] as usize - 1];
                region.area += length;
                region.bounds = region.bounds.union(Bounds::new(x, y as i32, length as u32, 1));
            }
            x += length as i32;
        }
    }
    Regions { extent, labels, regions }
}

fn root(parents: &mut [u32], mut label: u32) -> u32 {
    while parents[label as usize] != label {
        let grandparent = parents[parents[label as usize] as usize];
        parents[label as usize] = grandparent;
        label = grandparent;
    }
    label
}

fn join(parents: &mut [u32], a: u32, b: u32) -> u32 {
    let (a, b) = (root(parents, a), root(parents, b));
    let (low, high) = (a.min(b), a.max(b));
    parents[high as usize] = low;
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A mask drawn with `#` for selected.
    fn drawn(lines: &[&str]) -> Mask {
        let extent = Extent::new(lines[0].len() as u32, lines.len() as u32);
        Mask::from_fn(extent, |x, y| if lines[y as usize].as_bytes()[x as usize] == b'#' { 255 } else { 0 })
    }

    #[test]
    fn diagonal_neighbours_are_one_region_and_its_size_is_counted() {
        let regions = drawn(&["#..#", ".#..", "...#", "..##"]).regions();
        let found: Vec<usize> = regions.regions.iter().map(|r| r.area).collect();
        assert_eq!(found, [2, 1, 3]);
        assert_eq!(regions.regions[2].bounds, Bounds::new(2, 2, 2, 2));
        assert_eq!(regions.at(1, 1), Some(0));
        assert_eq!(regions.at(1, 0), None);
        assert_eq!(regions.at(9, 9), None);
    }

    #[test]
    fn arms_that_meet_late_become_one_region() {
        let regions = drawn(&["#.#.#", "#.#.#", "#####"]).regions();
        assert_eq!(regions.regions, [Region { area: 11, bounds: Bounds::new(0, 0, 5, 3) }]);
    }

    #[test]
    fn holes_are_filled_even_where_the_ring_is_diagonal_but_bays_stay() {
        let mut mask = drawn(&[".#..#", "#.#.#", ".#..#", "..###"]);
        mask.fill_holes();
        assert_eq!(mask, drawn(&[".#..#", "###.#", ".#..#", "..###"]));
    }

    #[test]
    fn holes_are_found_in_a_mask_that_touches_no_border_and_none_in_an_empty_one() {
        let mut mask = drawn(&[".....", ".###.", ".#.#.", ".###.", "....."]);
        mask.fill_holes();
        assert_eq!(mask, drawn(&[".....", ".###.", ".###.", ".###.", "....."]));
        let mut empty = drawn(&["..", ".."]);
        empty.fill_holes();
        assert!(empty.is_empty());
    }

    #[test]
    fn islands_below_the_limit_go_and_the_rest_stays_as_it_is() {
        let mut mask = drawn(&["##..#", "##...", "....#"]);
        mask.remove_islands(2);
        assert_eq!(mask, drawn(&["##...", "##...", "....."]));
    }

    #[test]
    fn choosing_regions_gives_their_pixels() {
        let mask = drawn(&["#.#"]);
        assert_eq!(mask.regions().mask_of(|index| index == 1), drawn(&["..#"]));
    }
}
