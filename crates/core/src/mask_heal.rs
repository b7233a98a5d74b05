//! Completing a mask once something in front of it is gone.

use super::Mask;
use super::mask::SELECTED;

/// Longer side of the solver's grid, in cells.
const SIDE: u32 = 192;
/// Sweeps over the grid, and the over-relaxation of each: enough for a membrane of this size to come to rest.
const SWEEPS: usize = 240;
const RELAXATION: f32 = 1.9;
/// How far beyond the hole a mask cannot be trusted, as a share of the hole's longer side.
const DOUBTFUL: f32 = 0.015;
/// How steep the new border is where the membrane crosses one half.
const STEEPNESS: f32 = 8.0;
/// Smallest share that a mask keeps; one that would lose more belonged to what is gone.
const LEAST_LEFT: f32 = 0.5;

impl Mask {
    /// Divides the region of something that has been removed between the mask and what is around it.
    ///
    /// The mask of a cup that was found while a spoon lay in front of it has a hole there, or ends at the spoon. A membrane
    /// over the hole, the harmonic interpolation of what is known around it, continues the border where it crosses one half.
    /// A mask that lies mostly in the hole stays as it is. Returns whether anything has changed; `false` if the extents
    /// differ.
    pub fn heal(&mut self, hole: &Self) -> bool {
        let inside = hole.bounds();
        let longer = inside.width.max(inside.height);
        let reach = 1.0 + DOUBTFUL * longer as f32;
        let bounds = inside.grow(2 * reach.ceil() as u32 + 1).clamp(self.extent());
        if hole.extent() != self.extent() || inside.is_empty() || bounds.is_empty() {
            return false;
        }
        let open = hole.crop(bounds).grown(reach);
        let before = self.crop(bounds);
        let Some(grid) = Grid::at_rest(&before, &open) else { return false };
        let mut after = before.clone();
        let width = bounds.width as usize;
        for (i, (pixel, open)) in after.coverage_mut().iter_mut().zip(open.coverage()).enumerate() {
            if *open > 0 {
                let inside = STEEPNESS * (grid.at(i % width, i / width) - 0.5) + 0.5;
                *pixel = (255.0 * inside.clamp(0.0, 1.0)).round() as u8;
            }
        }
        let selected = |mask: &Self| mask.coverage().iter().filter(|&&c| c >= SELECTED).count() as f32;
        let lost = selected(&before) - selected(&after);
        if after == before || lost > (1.0 - LEAST_LEFT) * self.area() as f32 {
            return false;
        }
        self.paste(&after, bounds);
        true
    }
}

/// A coarse membrane: 1 where the mask is, 0 where it is not, and in between where that is open.
struct Grid {
    width: usize,
    height: usize,
    /// Cells per pixel.
    scale: (f32, f32),
    values: Vec<f32>,
}

impl Grid {
    /// `None` if nothing around the open part is known.
    fn at_rest(mask: &Mask, open: &Mask) -> Option<Self> {
        let extent = mask.extent();
        let shrink = (SIDE as f32 / extent.width.max(extent.height) as f32).min(1.0);
        let side = |length: u32| ((length as f32 * shrink).round() as usize).max(1);
        let (width, height) = (side(extent.width), side(extent.height));
        let scale = (width as f32 / extent.width as f32, height as f32 / extent.height as f32);
        let pixel = |cell: usize, scale: f32, length: u32| (((cell as f32 + 0.5) / scale) as u32).min(length - 1);
        let cells = (0..width * height).map(|i| {
            let (x, y) = (pixel(i % width, scale.0, extent.width), pixel(i / width, scale.1, extent.height));
            (open.at(x, y) == 0).then(|| f32::from(u8::from(mask.at(x, y) >= SELECTED)))
        });
        let cells: Vec<Option<f32>> = cells.collect();
        let known = cells.iter().flatten().count();
        if known == 0 {
            return None;
        }
        let mean = cells.iter().flatten().sum::<f32>() / known as f32;
        let mut values: Vec<f32> = cells.iter().map(|cell| cell.unwrap_or(mean)).collect();
        let free: Vec<usize> = (0..cells.len()).filter(|&i| cells[i].is_none()).collect();
        for sweep in 0..SWEEPS {
            for step in 0..free.len() {
                let i = free[if sweep % 2 == 0 { step } else { free.len() - 1 - step }];
                let (x, y) = (i % width, i / width);
                let beside = [
                    (x > 0).then(|| i - 1),
                    (x + 1 < width).then_some(i + 1),
                    (y > 0).then(|| i - width),
                    (y + 1 < height).then_some(i + width),
                ];
                let (sum, count) =
                    beside.into_iter().flatten().fold((0.0, 0.0_f32), |(sum, n), j| (sum + values[j], n + 1.0));
                values[i] += RELAXATION * (sum / count.max(1.0) - values[i]);
            }
        }
        Some(Self { width, height, scale, values })
    }

    /// The value at a pixel, interpolated.
    fn at(&self, x: usize, y: usize) -> f32 {
        let along = |pixel: usize, scale: f32, cells: usize| {
            let exact = ((pixel as f32 + 0.5) * scale - 0.5).clamp(0.0, (cells - 1) as f32);
            (exact as usize, (exact as usize + 1).min(cells - 1), exact.fract())
        };
        let (left, right, u) = along(x, self.scale.0, self.width);
        let (above, below, v) = along(y, self.scale.1, self.height);
        let value = |x: usize, y: usize| self.values[y * self.width + x];
        let top = value(left, above) * (1.0 - u) + value(right, above) * u;
        let bottom = value(left, below) * (1.0 - u) + value(right, below) * u;
        top * (1.0 - v) + bottom * v
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bounds, Extent};
    use proptest::prelude::*;

    const EXTENT: Extent = Extent::new(120, 80);

    fn rectangle(x: i32, y: i32, width: u32, height: u32) -> Mask {
        Mask::rectangle(EXTENT, Bounds::new(x, y, width, height))
    }

    fn healed(mask: &Mask, hole: &Mask) -> Mask {
        let mut healed = mask.clone();
        assert_eq!(healed.heal(hole), healed != *mask);
        healed
    }

    #[test]
    fn a_hole_amid_a_mask_closes_and_one_beside_it_stays_outside() {
        let shirt = rectangle(20, 10, 60, 60);
        let logo = rectangle(40, 30, 20, 10);
        let mut around = shirt.clone();
        around.subtract(&logo);
        assert!(healed(&around, &logo).iou(&shirt) > 0.999);
        let beside = rectangle(95, 30, 15, 20);
        assert_eq!(healed(&shirt, &beside), shirt);
    }

    #[test]
    fn what_lay_across_a_border_is_divided_along_it() {
        // A spoon across the right edge of a cup.
        let cup = rectangle(10, 10, 50, 60);
        let spoon = rectangle(40, 36, 44, 8);
        for found in [&cup, &{
            let mut without = cup.clone();
            without.subtract(&spoon);
            without
        }] {
            assert!(healed(found, &spoon).iou(&cup) > 0.97, "{}", healed(found, &spoon).iou(&cup));
        }
    }

    #[test]
    fn a_mask_of_what_is_gone_stays_as_it_is() {
        let (hat, person) = (rectangle(50, 10, 10, 6), rectangle(40, 5, 30, 70));
        assert_eq!(healed(&hat, &person), hat);
        assert_eq!(healed(&hat, &Mask::full(EXTENT)), hat);
        assert_eq!(healed(&hat, &Mask::empty(EXTENT)), hat);
        let nothing = Mask::empty(EXTENT);
        assert_eq!(healed(&nothing, &person), nothing);
    }

    proptest! {
        #[test]
        fn nothing_changes_far_from_the_hole(
            (x, y, w, h) in (0_i32..100, 0_i32..60, 1_u32..60, 1_u32..60),
            (u, v, a, b) in (0_i32..100, 0_i32..60, 1_u32..40, 1_u32..40),
        ) {
            let (mask, hole) = (rectangle(x, y, w, h), rectangle(u, v, a, b));
            let (after, near) = (healed(&mask, &hole), hole.grown(3.0));
            for (i, (after, before)) in after.coverage().iter().zip(mask.coverage()).enumerate() {
                prop_assert!(after == before || near.coverage()[i] > 0);
            }
        }
    }
}
