//! Cuts an image into tiles: pure arithmetic, no textures.
//!
//! An image has *levels*: level 0 is full resolution, each further one half of it. The topmost level fits one texture
//! and is the *overview*; every level below is cut into tiles. A tile stores a gutter of its neighbours' pixels around
//! its content, so that filters and lookups of neighbouring pixels show no seams.

use std::time::Duration;
use tie_core::{Bounds, Extent};

/// Sizes of tiles and how much memory they may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tiling {
    /// Side of a tile's texture with both gutters, in texels; a multiple of 16.
    pub side: u32,
    /// Texels of its neighbours that a tile stores on every side; even.
    pub gutter: u32,
    /// Longest side of the overview, in texels; a multiple of 64.
    pub overview: u32,
    /// Memory for the tiles of photograph and patch together, in bytes.
    pub image_cap: u64,
    /// Memory for the tiles of all masks together, in bytes.
    pub mask_cap: u64,
    /// How long one frame may spend loading tiles; one tile is always loaded.
    pub frame_time: Duration,
}

impl Default for Tiling {
    fn default() -> Self {
        Self {
            side: 512,
            gutter: 16,
            overview: 4096,
            image_cap: 512 << 20,
            mask_cap: 128 << 20,
            frame_time: Duration::from_millis(2),
        }
    }
}

impl Tiling {
    /// The same tiling, with no texture larger than `limit` on any side.
    pub fn within(self, limit: u32) -> Self {
        let overview = self.overview.min(limit) / OVERVIEW_STEP * OVERVIEW_STEP;
        let side = self.side.min(limit) / TILE_STEP * TILE_STEP;
        Self { side, gutter: self.gutter.min(side / 8 * 2), overview: overview.max(OVERVIEW_STEP), ..self }
    }

    /// Side of the part of a tile that is shown, in texels.
    const fn content(self) -> u32 {
        self.side - 2 * self.gutter
    }
}

/// Sides of the overview are multiples of this, so that each of its mips is exactly half of the one below.
const OVERVIEW_STEP: u32 = 64;
/// Mips of the overview, itself included: down to 1/64.
pub(super) const OVERVIEW_MIPS: u32 = OVERVIEW_STEP.ilog2() + 1;
/// Mips of a tile, itself included. A level serves zooms between its own scale and half of it; the further mips tell
/// where a mask has no edge near.
pub(super) const TILE_MIPS: u32 = 5;

/// Sides of tiles are multiples of this, as those of the overview.
const TILE_STEP: u32 = 1 << (TILE_MIPS - 1);

/// One tile of one level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct TileKey {
    pub(super) level: u32,
    pub(super) column: u32,
    pub(super) row: u32,
}

/// How one image is cut into tiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grid {
    extent: Extent,
    tiling: Tiling,
    top: u32,
}

impl Grid {
    pub(super) fn new(extent: Extent, tiling: Tiling) -> Self {
        let fits = |level: &u32| extent.longest().div_ceil(1 << level) <= tiling.overview;
        Self { extent, tiling, top: (0..31).find(fits).unwrap_or(31) }
    }

    /// The image's extent, in its own pixels.
    pub(super) const fn extent(&self) -> Extent {
        self.extent
    }

    pub(super) const fn tiling(&self) -> Tiling {
        self.tiling
    }

    /// The overview's level: one of its texels is 2^level image pixels wide. 0 if the image needs no tiles.
    pub(super) const fn top(&self) -> u32 {
        self.top
    }

    /// Size of the overview's texture: the image's size at its level, padded.
    pub(super) fn overview_size(&self) -> Extent {
        let padded = |side: u32| side.div_ceil(1 << self.top).max(1).next_multiple_of(OVERVIEW_STEP);
        Extent::new(padded(self.extent.width), padded(self.extent.height))
    }

    /// The coarsest level that loses nothing at `zoom` screen pixels per image pixel; `top` for the overview.
    pub(super) fn level_for(&self, zoom: f32) -> u32 {
        let suffices = |level: &u32| zoom * (1_u64 << (level + 1)) as f32 > 1.0;
        (0..self.top).find(suffices).unwrap_or(self.top)
    }

    /// The tiles of a level whose content meets `area` (image pixels).
    pub(super) fn tiles_in(&self, level: u32, area: Bounds) -> impl Iterator<Item = TileKey> + use<> {
        let area = area.clamp(self.extent);
        let cell = u64::from(self.tiling.content()) << level;
        let span = |from: i32, to: i32| {
            let (from, to) = (u64::from(from.unsigned_abs()), u64::from(to.unsigned_abs()));
            (from / cell) as u32..to.div_ceil(cell) as u32
        };
        let columns = span(area.x, area.right());
        let rows = if area.is_empty() { 0..0 } else { span(area.y, area.bottom()) };
        rows.flat_map(move |row| columns.clone().map(move |column| TileKey { level, column, row }))
    }

    /// What a tile shows, in image pixels.
    pub(super) fn content(&self, key: TileKey) -> Bounds {
        let cell = u64::from(self.tiling.content()) << key.level;
        let edge = |index: u32, side: u32| (u64::from(index) * cell).min(u64::from(side)) as i32;
        Bounds::from_edges(
            edge(key.column, self.extent.width),
            edge(key.row, self.extent.height),
            edge(key.column + 1, self.extent.width),
            edge(key.row + 1, self.extent.height),
        )
    }

    /// What a tile's texture holds, in pixels of its level; may reach beyond the image.
    pub(super) fn stored(&self, key: TileKey) -> Bounds {
        let start = |index: u32| (index * self.tiling.content()) as i32 - self.tiling.gutter as i32;
        Bounds::new(start(key.column), start(key.row), self.tiling.side, self.tiling.side)
    }

    /// What a tile's texture holds, in image pixels; may reach beyond the image.
    pub(super) fn stored_in_image(&self, key: TileKey) -> Bounds {
        let stored = self.stored(key);
        let scale =
            |at: i32| (i64::from(at) << key.level).clamp(i64::from(i32::MIN / 2), i64::from(i32::MAX / 2)) as i32;
        Bounds::from_edges(scale(stored.x), scale(stored.y), scale(stored.right()), scale(stored.bottom()))
    }

    /// The pixels of a level that change with `dirty` image pixels. At the image's edges they reach far out, because
    /// textures repeat the last pixel there.
    pub(super) fn dirty_at(&self, level: u32, dirty: Bounds) -> Bounds {
        const FAR: i32 = i32::MAX / 4;
        let dirty = dirty.clamp(self.extent);
        if dirty.is_empty() {
            return Bounds::EMPTY;
        }
        let first = |at: i32| if at >> level == 0 { -FAR } else { at >> level };
        let last = |at: i32, side: u32| {
            let end = at.unsigned_abs().div_ceil(1 << level);
            if end == side.div_ceil(1 << level) { FAR } else { end as i32 }
        };
        let (right, bottom) = (last(dirty.right(), self.extent.width), last(dirty.bottom(), self.extent.height));
        Bounds::from_edges(first(dirty.x), first(dirty.y), right, bottom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TINY: Tiling =
        Tiling { side: 16, gutter: 4, overview: 64, image_cap: 0, mask_cap: 0, frame_time: Duration::ZERO };

    #[test]
    fn an_image_that_fits_the_overview_needs_no_tiles() {
        let grid = Grid::new(Extent::new(64, 20), TINY);
        assert_eq!(grid.top(), 0);
        assert_eq!(grid.overview_size(), Extent::new(64, 64));
        assert_eq!(grid.level_for(8.0), 0);
        assert_eq!(Grid::new(Extent::new(65, 20), TINY).top(), 1);
        assert_eq!(Grid::new(Extent::new(16384, 16384), Tiling::default()).top(), 2);
    }

    #[test]
    fn each_zoom_takes_the_coarsest_level_that_loses_nothing() {
        let grid = Grid::new(Extent::new(500, 300), TINY);
        assert_eq!(grid.top(), 3);
        for (zoom, level) in [(4.0, 0), (1.0, 0), (0.51, 0), (0.5, 1), (0.3, 1), (0.25, 2), (0.125, 3), (0.01, 3)] {
            assert_eq!(grid.level_for(zoom), level, "at {zoom}");
        }
    }

    #[test]
    fn no_texture_is_larger_than_the_device_allows() {
        let small = Tiling::default().within(2048);
        assert_eq!((small.side, small.gutter, small.overview), (512, 16, 2048));
        let tiny = Tiling::default().within(100);
        assert!(tiny.side <= 100 && tiny.overview == 64 && tiny.content() > 0, "{tiny:?}");
    }

    #[test]
    fn a_dirty_pixel_inside_the_edge_block_reaches_out_of_the_image_as_well() {
        let grid = Grid::new(Extent::new(5, 4), TINY);
        let dirty = grid.dirty_at(1, Bounds::new(1, 2, 1, 1));
        assert!(dirty.contains(-3, 1) && dirty.contains(0, 9) && !dirty.contains(1, 1), "{dirty:?}");
    }

    fn a_case() -> impl Strategy<Value = (Grid, Bounds, u32)> {
        (1_u32..400, 1_u32..300, -20_i32..390, -20_i32..290, 1_u32..90, 1_u32..90, 0_u32..3).prop_map(
            |(w, h, x, y, dw, dh, level)| (Grid::new(Extent::new(w, h), TINY), Bounds::new(x, y, dw, dh), level),
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn the_tiles_of_an_area_cover_each_of_its_pixels_once((grid, area, level) in a_case()) {
            let inside = area.clamp(grid.extent());
            let covered: usize =
                grid.tiles_in(level, area).map(|key| grid.content(key).intersect(inside).extent().area()).sum();
            prop_assert_eq!(covered, inside.extent().area());
            prop_assert!(grid.tiles_in(level, area).all(|key| grid.content(key).intersects(inside)));
        }

        #[test]
        fn a_tile_holds_its_content_and_a_gutter((grid, area, level) in a_case()) {
            for key in grid.tiles_in(level, area) {
                let (stored, content) = (grid.stored_in_image(key), grid.content(key));
                prop_assert!(stored.encloses(content.grow(TINY.gutter << level)), "{:?} {:?}", stored, content);
            }
        }

        #[test]
        fn dirty_pixels_of_a_level_are_those_that_average_a_dirty_one((grid, dirty, level) in a_case()) {
            let found = grid.dirty_at(level, dirty);
            let dirty = dirty.clamp(grid.extent());
            let last = |side: u32| (side.div_ceil(1 << level) - 1) as i32;
            for y in -2..=last(grid.extent().height) + 2 {
                for x in -2..=last(grid.extent().width) + 2 {
                    let source = |at: i32, side: u32| at.clamp(0, last(side)) << level;
                    let (from_x, from_y) = (source(x, grid.extent().width), source(y, grid.extent().height));
                    let block = Bounds::new(from_x, from_y, 1 << level, 1 << level);
                    prop_assert_eq!(found.contains(x, y), block.intersects(dirty), "{} {}", x, y);
                }
            }
        }
    }
}
