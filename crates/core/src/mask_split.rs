//! Splitting a mask into its separate regions.

use super::{Bounds, Mask};

/// Regions with less than this share of what is selected are dust and join the nearest larger one.
const DUST: f32 = 0.005;

impl Mask {
    /// The separate regions as masks, largest first and at most `most`; smaller ones join the nearest of them.
    ///
    /// Together the parts are the mask again; a mask without coverage has none.
    pub fn split_regions(&self, most: usize) -> Vec<Self> {
        let all = self.touching_regions();
        let total: usize = all.regions.iter().map(|region| region.area).sum();
        let mut order: Vec<usize> = (0..all.regions.len()).collect();
        order.sort_by_key(|index| std::cmp::Reverse(all.regions[*index].area));
        // If there is nothing but dust, the largest grain is a region.
        let least = (total as f32 * DUST).min(order.first().map_or(0.0, |largest| all.regions[*largest].area as f32));
        let is_large = |index: &&usize| all.regions[**index].area as f32 >= least;
        let large: Vec<usize> = order.iter().filter(is_large).take(most.max(1)).copied().collect();
        let part_of: Vec<usize> = all
            .regions
            .iter()
            .enumerate()
            .map(|(index, region)| {
                let own = large.iter().position(|one| *one == index);
                let nearest = || {
                    let distance = |one: &usize| gap(all.regions[*one].bounds, region.bounds);
                    (0..large.len()).min_by_key(|part| distance(&large[*part])).unwrap_or(0)
                };
                own.unwrap_or_else(nearest)
            })
            .collect();
        let mut parts = vec![Self::empty(self.extent()); large.len()];
        let width = self.extent().width as usize;
        for (place, coverage) in self.coverage().iter().enumerate().filter(|(_, coverage)| **coverage > 0) {
            if let Some(region) = all.at((place % width) as u32, (place / width) as u32) {
                parts[part_of[region]].coverage_mut()[place] = *coverage;
            }
        }
        parts
    }
}

/// Squared distance between two rectangles, in pixels; 0 if they meet.
fn gap(a: Bounds, b: Bounds) -> i64 {
    let apart = |low: i32, high: i32, other_low: i32, other_high: i32| {
        i64::from((other_low - high).max(low - other_high).max(0))
    };
    let x = apart(a.x, a.right(), b.x, b.right());
    let y = apart(a.y, a.bottom(), b.y, b.bottom());
    x * x + y * y
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Combine, Extent};
    use proptest::prelude::*;

    const EXTENT: Extent = Extent::new(60, 40);

    fn rectangles(all: &[Bounds]) -> Mask {
        let mut mask = Mask::empty(EXTENT);
        for bounds in all {
            mask.combine_part(&Mask::full(bounds.extent()), *bounds, Combine::Add);
        }
        mask
    }

    #[test]
    fn each_region_becomes_a_mask_and_dust_goes_with_the_nearest() {
        let (large, small) = (Bounds::new(2, 2, 20, 20), Bounds::new(40, 10, 10, 10));
        let dust = Bounds::new(53, 12, 1, 1);
        let parts = rectangles(&[large, small, dust]).split_regions(8);
        assert_eq!(parts, [rectangles(&[large]), rectangles(&[small, dust])]);
    }

    #[test]
    fn more_regions_than_wanted_are_joined() {
        let all: Vec<Bounds> = (0..5).map(|index| Bounds::new(index * 12, 5, 6, 6)).collect();
        assert_eq!(rectangles(&all).split_regions(2).len(), 2);
        assert!(Mask::empty(EXTENT).split_regions(2).is_empty());
    }

    #[test]
    fn a_mask_of_nothing_but_dust_is_split_as_well() {
        let extent = Extent::new(60, 60);
        let mut mask = Mask::empty(extent);
        for place in (0..30 * 30).map(|at| Bounds::new(at % 30 * 2, at / 30 * 2, 1, 1)) {
            mask.combine_part(&Mask::full(place.extent()), place, Combine::Add);
        }
        let parts = mask.split_regions(8);
        assert_eq!(parts.len(), 8);
        assert_eq!(parts.iter().map(Mask::area).sum::<usize>(), mask.area());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn the_parts_together_are_the_mask(
            bytes in proptest::collection::vec(prop_oneof![3 => Just(0_u8), 1 => any::<u8>()], 24 * 16), most in 1_usize..5,
        ) {
            let mask = Mask::new(Extent::new(24, 16), bytes).unwrap();
            let mut together = Mask::empty(mask.extent());
            for part in mask.split_regions(most) {
                together.union(&part);
            }
            prop_assert_eq!(together, mask);
        }
    }
}
