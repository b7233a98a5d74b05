//! The textures of the canvas, and which of them a scene needs where.

use super::MaskId;
use super::blocks::{PatchPixels, Pixels};
use super::draw::{Draw, Placement, QuadRect, Scene};
use super::tile_grid::{TileKey, Tiling};
use super::tiled::TiledTexture;
use std::collections::BTreeMap;
use tie_core::{Bounds, Mask, Overlay, Raster};

/// The pixels for the canvas's textures; the renderer keeps none itself.
#[derive(Clone, Copy)]
pub struct CanvasPixels<'a> {
    pub original: &'a Raster,
    pub edited: &'a Raster,
    /// What was set with `set_patch`.
    pub patch: Option<PatchPixels<'a>>,
    /// The mask that was set under an id.
    pub masks: &'a dyn Fn(MaskId) -> Option<&'a Mask>,
}

/// Names one tiled texture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LayerId {
    Edited,
    Original,
    Patch,
    Mask(MaskId),
}

impl LayerId {
    pub(super) const fn is_mask(self) -> bool {
        matches!(self, Self::Mask(_))
    }
}

impl<'a> CanvasPixels<'a> {
    pub(super) fn of(&self, layer: LayerId) -> Option<Pixels<'a>> {
        match layer {
            LayerId::Edited => Some(Pixels::Image(self.edited)),
            LayerId::Original => Some(Pixels::Image(self.original)),
            LayerId::Patch => self.patch.map(Pixels::Patch),
            LayerId::Mask(id) => (self.masks)(id).map(Pixels::Mask),
        }
    }
}

/// All textures there are.
pub(super) struct Layers {
    all: BTreeMap<LayerId, TiledTexture>,
    tiling: Tiling,
    /// Where the edited photo may differ from the original; elsewhere both are shown from the same textures.
    edits: Bounds,
}

/// One rectangle of one layer on the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Piece {
    pub(super) layer: LayerId,
    /// The tile to take it from; `None` for the overview.
    pub(super) key: Option<TileKey>,
    pub(super) rect: QuadRect,
}

impl Layers {
    pub(super) const fn new(tiling: Tiling) -> Self {
        Self { all: BTreeMap::new(), tiling, edits: Bounds::EMPTY }
    }

    pub(super) const fn tiling(&self) -> Tiling {
        self.tiling
    }

    pub(super) fn get(&self, layer: LayerId) -> Option<&TiledTexture> {
        self.all.get(&layer)
    }

    pub(super) fn get_mut(&mut self, layer: LayerId) -> Option<&mut TiledTexture> {
        self.all.get_mut(&layer)
    }

    pub(super) fn insert(&mut self, layer: LayerId, texture: TiledTexture) {
        self.all.insert(layer, texture);
    }

    pub(super) fn remove(&mut self, layer: LayerId) {
        self.all.remove(&layer);
    }

    pub(super) fn retain(&mut self, keep: impl Fn(LayerId) -> bool) {
        self.all.retain(|layer, _| keep(*layer));
    }

    /// Says that the edited photograph differs from the original in `bounds` as well.
    pub(super) fn add_edits(&mut self, bounds: Bounds) {
        self.edits = self.edits.union(bounds);
    }

    /// Whether the scene shows an original that is not loaded.
    pub(super) fn lacks_original(&self, scene: &Scene) -> bool {
        let compares = |draw: &Draw| matches!(draw, Draw::Image { split, .. } if *split > 0.0);
        !self.edits.is_empty() && self.get(LayerId::Original).is_none() && scene.draws.iter().any(compares)
    }

    /// Where a draw's layer is; `None` if it has no layer.
    pub(super) fn placement(&self, draw: &Draw) -> Option<Placement> {
        let (layer, rect) = match *draw {
            Draw::Image { rect, .. } | Draw::PixelGrid { rect } => (LayerId::Edited, rect),
            Draw::Patch { rect } => (LayerId::Patch, rect),
            Draw::Mask { id, rect, .. } | Draw::Ring { id, rect, .. } => (LayerId::Mask(id), rect),
            Draw::Changes { result, rect, .. } => (LayerId::Mask(result), rect),
            Draw::Cursor { .. } => return None,
        };
        self.get(layer).map(|texture| Placement { rect, extent: texture.grid().extent() })
    }

    /// The rectangles that a draw consists of, whether their tiles are loaded or not.
    pub(super) fn pieces(&self, draw: &Draw, clip: QuadRect) -> Vec<Piece> {
        let Some(placement) = self.placement(draw) else {
            return Vec::new();
        };
        let cut = |layer, clip| self.cut(layer, placement, clip);
        match *draw {
            Draw::Image { rect, split } => {
                let middle = rect.left + split.clamp(0.0, 1.0) * (rect.right - rect.left);
                let mut pieces = cut(LayerId::Original, clip.intersect(QuadRect { right: middle, ..rect }));
                pieces.extend(cut(LayerId::Edited, clip.intersect(QuadRect { left: middle, ..rect })));
                pieces
            }
            Draw::Patch { .. } => cut(LayerId::Patch, clip),
            Draw::Mask { look, .. } if look.mode == Overlay::Off => Vec::new(),
            Draw::Mask { id, .. } | Draw::Ring { id, .. } | Draw::Changes { result: id, .. } => {
                cut(LayerId::Mask(id), clip)
            }
            Draw::PixelGrid { .. } | Draw::Cursor { .. } => Vec::new(),
        }
    }

    /// Tiles of the part of a layer inside `clip`.
    fn cut(&self, layer: LayerId, placement: Placement, clip: QuadRect) -> Vec<Piece> {
        // The original is shown from the edited photo's textures where nothing was edited.
        let by_edits = layer == LayerId::Original;
        let owner = if by_edits { LayerId::Edited } else { layer };
        let Some(grid) = self.get(owner).map(TiledTexture::grid) else {
            return Vec::new();
        };
        let visible = placement.visible(clip);
        let level = grid.level_for(placement.zoom());
        if level == grid.top() {
            let rect = placement.rect.intersect(clip);
            let layer = if by_edits && self.edits.is_empty() { owner } else { layer };
            return if rect.is_empty() { Vec::new() } else { vec![Piece { layer, key: None, rect }] };
        }
        let tiles = grid.tiles_in(level, visible).map(|key| {
            let is_edited = grid.stored_in_image(key).intersects(self.edits);
            let layer = if by_edits && !is_edited { owner } else { layer };
            Piece { layer, key: Some(key), rect: placement.on_screen(grid.content(key)).intersect(clip) }
        });
        tiles.filter(|piece| !piece.rect.is_empty()).collect()
    }

    /// The tiles that a scene needs, those in the middle of the canvas first.
    pub(super) fn needed(&self, scene: &Scene) -> Vec<(LayerId, TileKey)> {
        let [x, y] = scene.clip.centre();
        let mut needed = Vec::new();
        for draw in &scene.draws {
            let mut pieces = self.pieces(draw, scene.clip);
            if let Draw::Changes { proposal, .. } = *draw {
                let of_proposal =
                    pieces.clone().into_iter().map(|piece| Piece { layer: LayerId::Mask(proposal), ..piece });
                pieces.extend(of_proposal);
            }
            let mut tiles: Vec<_> =
                pieces.iter().filter_map(|piece| Some((piece.rect.centre(), piece.layer, piece.key?))).collect();
            let distance = |[at_x, at_y]: [f32; 2]| (at_x - x).hypot(at_y - y);
            tiles.sort_by(|a, b| distance(a.0).total_cmp(&distance(b.0)));
            for (_, layer, key) in tiles {
                if !needed.contains(&(layer, key)) {
                    needed.push((layer, key));
                }
            }
        }
        needed
    }

    /// Graphics memory of all tiles of masks, or of all others.
    pub(super) fn resident_bytes(&self, masks: bool) -> u64 {
        self.of_kind(masks).map(|(_, texture)| texture.resident_bytes()).sum()
    }

    /// Marks a tile as visible; false if it is not loaded.
    pub(super) fn see(&mut self, layer: LayerId, key: TileKey, frame: u64) -> bool {
        self.get_mut(layer).is_some_and(|texture| texture.see(key, frame))
    }

    /// The texture of a layer, if there is room for one more of its tiles.
    pub(super) fn make_room_for_tile(&mut self, layer: LayerId, frame: u64) -> Option<&mut TiledTexture> {
        let bytes = self.get(layer)?.tile_bytes();
        if self.make_room(layer.is_mask(), bytes, frame) { self.get_mut(layer) } else { None }
    }

    /// Drops tiles that were not seen in `frame`, least recently seen first, until `bytes` more fit below the cap;
    /// false if they can't.
    pub(super) fn make_room(&mut self, masks: bool, bytes: u64, frame: u64) -> bool {
        let cap = if masks { self.tiling.mask_cap } else { self.tiling.image_cap };
        while self.resident_bytes(masks) + bytes > cap {
            let oldest = self.of_kind(masks).filter_map(|(layer, texture)| Some((texture.oldest()?, *layer))).min();
            let Some(((_, key), layer)) = oldest.filter(|((seen, _), _)| *seen < frame) else {
                return false;
            };
            if let Some(texture) = self.get_mut(layer) {
                texture.forget(key);
            }
        }
        true
    }

    fn of_kind(&self, masks: bool) -> impl Iterator<Item = (&LayerId, &TiledTexture)> {
        self.all.iter().filter(move |(layer, _)| layer.is_mask() == masks)
    }
}
