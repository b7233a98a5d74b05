//! Images and masks of any size as textures: an overview, and tiles of what is seen closely.

use super::blocks::Pixels;
use super::plane::{Format, Plane, Uploader};
use super::tile_grid::{Grid, OVERVIEW_MIPS, TILE_MIPS, TileKey, Tiling};
use std::collections::HashMap;
use tie_core::Bounds;

/// Follows an image or a mask by dirty rectangles.
pub(super) struct TiledTexture {
    grid: Grid,
    format: Format,
    overview: Plane,
    tiles: HashMap<TileKey, Tile>,
}

struct Tile {
    texels: Texels,
    /// The frame in which it was last visible.
    seen: u64,
}

/// What is known of a part of the image.
pub(super) enum Texels {
    Plane(Plane),
    /// The same coverage everywhere, including the gutter.
    Uniform(u8),
}

impl TiledTexture {
    /// Uploads the overview; tiles come with [`TiledTexture::load`].
    pub(super) fn new(uploader: &mut Uploader, pixels: Pixels<'_>, tiling: Tiling) -> Self {
        let format = match pixels {
            Pixels::Image(_) | Pixels::Patch(_) => Format::Colour,
            Pixels::Mask(_) => Format::Coverage,
        };
        let grid = Grid::new(pixels.extent(), tiling);
        let stored = Bounds::from(grid.overview_size());
        let overview = uploader.plane(format, grid.top(), stored, OVERVIEW_MIPS);
        uploader.upload(&overview, pixels, stored);
        Self { grid, format, overview, tiles: HashMap::new() }
    }

    pub(super) const fn grid(&self) -> &Grid {
        &self.grid
    }

    pub(super) const fn overview(&self) -> &Plane {
        &self.overview
    }

    pub(super) fn tile(&self, key: TileKey) -> Option<&Texels> {
        self.tiles.get(&key).map(|tile| &tile.texels)
    }

    /// Updates what has changed: the pixels of the overview and of the visible tiles that `dirty` reaches. Tiles last
    /// seen before `frame` are dropped instead, and loaded again when they become visible.
    pub(super) fn update(&mut self, uploader: &mut Uploader, pixels: Pixels<'_>, dirty: Bounds, frame: u64) {
        let Self { grid, overview, tiles, .. } = self;
        uploader.upload(overview, pixels, grid.dirty_at(grid.top(), dirty));
        let reached = |key: TileKey| grid.dirty_at(key.level, dirty).intersect(grid.stored(key));
        tiles.retain(|key, tile| tile.seen >= frame || reached(*key).is_empty());
        for (key, tile) in tiles {
            let area = reached(*key);
            if area.is_empty() {
                continue;
            }
            if let Texels::Uniform(value) = tile.texels {
                if pixels.block(key.level, area).iter().all(|coverage| *coverage == value) {
                    continue;
                }
                let plane = uploader.plane(self.format, key.level, grid.stored(*key), TILE_MIPS);
                uploader.fill(&plane, value);
                tile.texels = Texels::Plane(plane);
            }
            if let Texels::Plane(plane) = &tile.texels {
                uploader.upload(plane, pixels, area);
            }
        }
    }

    /// Loads a tile.
    pub(super) fn load(&mut self, uploader: &mut Uploader, pixels: Pixels<'_>, key: TileKey, frame: u64) {
        let stored = self.grid.stored(key);
        let bytes = pixels.block(key.level, stored);
        let uniform = uniform_value(&bytes).filter(|_| self.format == Format::Coverage);
        let texels = uniform.map_or_else(
            || {
                let plane = uploader.plane(self.format, key.level, stored, TILE_MIPS);
                uploader.upload_all(&plane, &bytes);
                Texels::Plane(plane)
            },
            Texels::Uniform,
        );
        self.tiles.insert(key, Tile { texels, seen: frame });
    }

    /// Marks a tile as visible; false if it is not loaded.
    pub(super) fn see(&mut self, key: TileKey, frame: u64) -> bool {
        let tile = self.tiles.get_mut(&key);
        if let Some(tile) = tile {
            tile.seen = frame;
            return true;
        }
        false
    }

    /// Graphics memory of one tile, in bytes.
    pub(super) fn tile_bytes(&self) -> u64 {
        let side = u64::from(self.grid.tiling().side);
        // A third more for the mips.
        side * side * u64::from(self.format.bytes()) * 4 / 3
    }

    /// Graphics memory of all tiles, in bytes.
    pub(super) fn resident_bytes(&self) -> u64 {
        let planes = self.tiles.values().filter(|tile| matches!(tile.texels, Texels::Plane(_))).count();
        planes as u64 * self.tile_bytes()
    }

    /// The texture that was out of sight the longest, with the frame in which it was seen last.
    pub(super) fn oldest(&self) -> Option<(u64, TileKey)> {
        let planes = self.tiles.iter().filter(|(_, tile)| matches!(tile.texels, Texels::Plane(_)));
        planes.map(|(key, tile)| (tile.seen, *key)).min()
    }

    pub(super) fn forget(&mut self, key: TileKey) {
        self.tiles.remove(&key);
    }
}

/// 0 or 255 if all bytes are.
fn uniform_value(bytes: &[u8]) -> Option<u8> {
    let value = *bytes.first()?;
    (matches!(value, 0 | 255) && bytes.iter().all(|byte| *byte == value)).then_some(value)
}
