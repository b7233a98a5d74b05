//! Reversible changes of masks, kept as the tiles that changed.

use super::mask::is_uniform;
use super::{Bounds, Mask};
use std::collections::BTreeMap;

/// A reversible change of part of a mask: the tiles that changed, before and after.
///
/// Its size grows with what was painted, not with the image; a tile with the same coverage everywhere costs one byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MaskPatch {
    tiles: Vec<Tile>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Tile {
    bounds: Bounds,
    before: Coverage,
    after: Coverage,
}

/// The coverage of one tile's pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Coverage {
    /// The same everywhere, as inside and outside large selections.
    Uniform(u8),
    Pixels(Box<[u8]>),
}

/// Side of the tiles in which changes are recorded, in pixels.
const TILE: i32 = 64;

impl Coverage {
    /// # Panics
    /// If `bounds` reaches outside the mask.
    fn read(mask: &Mask, bounds: Bounds) -> Self {
        let first = mask.at(bounds.x.unsigned_abs(), bounds.y.unsigned_abs());
        let columns = bounds.x as usize..bounds.right() as usize;
        let uniform =
            (bounds.y..bounds.bottom()).all(|y| is_uniform(&mask.row(y.unsigned_abs())[columns.clone()], first));
        if uniform { Self::Uniform(first) } else { Self::Pixels(mask.crop(bounds).coverage().into()) }
    }

    fn write(&self, mask: &mut Mask, bounds: Bounds) {
        match self {
            Self::Uniform(coverage) => mask.for_each_row_in(bounds, |_, _, row| row.fill(*coverage)),
            Self::Pixels(pixels) => {
                let mut rows = pixels.chunks_exact(bounds.width as usize);
                mask.for_each_row_in(bounds, |_, _, row| {
                    if let Some(saved) = rows.next() {
                        row.copy_from_slice(saved);
                    }
                });
            }
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::Uniform(_) => 0,
            Self::Pixels(pixels) => pixels.len(),
        }
    }
}

impl MaskPatch {
    /// What changed from one mask to the other.
    ///
    /// # Panics
    /// If the extents differ.
    pub fn between(before: &Mask, after: &Mask) -> Self {
        assert_eq!(before.extent(), after.extent(), "masks of two different images");
        MaskRecorder::begin(before, before.extent().into()).finish(after)
    }

    /// Whether nothing changed.
    pub const fn is_empty(&self) -> bool {
        self.tiles.is_empty()
    }

    /// The smallest rectangle around all tiles that changed, in image pixels.
    pub fn bounds(&self) -> Bounds {
        self.tiles.iter().fold(Bounds::EMPTY, |all, tile| all.union(tile.bounds))
    }

    /// Memory held, in bytes.
    pub fn size(&self) -> usize {
        self.tiles.iter().map(|tile| tile.before.size() + tile.after.size() + size_of::<Tile>()).sum()
    }

    /// Puts the mask back to what it was before the change.
    pub fn undo(&self, mask: &mut Mask) {
        self.tiles.iter().for_each(|tile| tile.before.write(mask, tile.bounds));
    }

    /// Makes the change again.
    pub fn redo(&self, mask: &mut Mask) {
        self.tiles.iter().for_each(|tile| tile.after.write(mask, tile.bounds));
    }
}

/// Records changes made in place, for a [`MaskPatch`]: it learns *before* each change where it will be and saves those tiles.
///
/// It never copies the whole mask. Changes elsewhere are not recorded.
#[derive(Clone, Debug, Default)]
pub struct MaskRecorder {
    /// By row and column of the tile.
    before: BTreeMap<(i32, i32), Coverage>,
}

impl MaskRecorder {
    /// Starts by saving the tiles that `bounds` touches.
    pub fn begin(mask: &Mask, bounds: Bounds) -> Self {
        let mut recorder = Self::default();
        recorder.expect(mask, bounds);
        recorder
    }

    /// Saves the tiles that `bounds` touches before they change; those that are saved already stay as they are.
    pub fn expect(&mut self, mask: &Mask, bounds: Bounds) {
        let part = bounds.clamp(mask.extent());
        if part.is_empty() {
            return;
        }
        for row in part.y / TILE..=(part.bottom() - 1) / TILE {
            for column in part.x / TILE..=(part.right() - 1) / TILE {
                self.before
                    .entry((row, column))
                    .or_insert_with(|| Coverage::read(mask, tile_bounds(mask, (row, column))));
            }
        }
    }

    /// What has changed since in the saved tiles; `mask` is the mask after the changes.
    pub fn finish(self, mask: &Mask) -> MaskPatch {
        let tiles = self.before.into_iter().filter_map(|(tile, before)| {
            let bounds = tile_bounds(mask, tile);
            let after = Coverage::read(mask, bounds);
            (before != after).then_some(Tile { bounds, before, after })
        });
        MaskPatch { tiles: tiles.collect() }
    }
}

fn tile_bounds(mask: &Mask, (row, column): (i32, i32)) -> Bounds {
    Bounds::new(column * TILE, row * TILE, TILE.unsigned_abs(), TILE.unsigned_abs()).clamp(mask.extent())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Combine, Extent};
    use proptest::prelude::*;

    fn any_masks() -> impl Strategy<Value = (Mask, Mask)> {
        (1_u32..150, 1_u32..90).prop_flat_map(|(w, h)| {
            let extent = Extent::new(w, h);
            let sparse = proptest::collection::vec(prop_oneof![6 => Just(0_u8), 1 => any::<u8>()], extent.area());
            (sparse.clone(), sparse)
                .prop_map(move |(a, b)| (Mask::new(extent, a).unwrap(), Mask::new(extent, b).unwrap()))
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_patch_undoes_and_redoes_exactly((before, after) in any_masks()) {
            let patch = MaskPatch::between(&before, &after);
            let mut mask = after.clone();
            patch.undo(&mut mask);
            prop_assert_eq!(&mask, &before);
            patch.redo(&mut mask);
            prop_assert_eq!(&mask, &after);
        }

        #[test]
        fn recording_a_combination_undoes_and_redoes_exactly(
            (before, other) in any_masks(), x in -40_i32..150, y in -40_i32..90, how in 0_usize..3,
        ) {
            let how = [Combine::Add, Combine::Subtract, Combine::Intersect][how];
            let bounds = Bounds::new(x, y, other.extent().width, other.extent().height);
            let mut mask = before.clone();
            let recorder = MaskRecorder::begin(&mask, mask.reach_of(bounds, how));
            let dirty = mask.combine_part(&other, bounds, how);
            let (after, patch) = (mask.clone(), recorder.finish(&mask));
            prop_assert!(MaskPatch::between(&before, &after) == patch, "all that changed was recorded");
            for (y, x) in (0..before.extent().height).flat_map(|y| (0..before.extent().width).map(move |x| (y, x))) {
                prop_assert!(before.at(x, y) == after.at(x, y) || dirty.contains(x as i32, y as i32));
            }
            patch.undo(&mut mask);
            prop_assert_eq!(&mask, &before);
            patch.redo(&mut mask);
            prop_assert_eq!(&mask, &after);
        }
    }

    #[test]
    fn large_uniform_changes_cost_little_memory() {
        let extent = Extent::new(640, 640);
        let mut mask = Mask::empty(extent);
        let recorder = MaskRecorder::begin(&mask, extent.into());
        mask.coverage_mut().fill(255);
        let patch = recorder.finish(&mask);
        assert_eq!(patch.bounds(), extent.into());
        assert!(patch.size() < 100 * 200, "{} bytes for 100 tiles", patch.size());
    }
}
