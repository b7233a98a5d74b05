//! Drawing on the graphics card: textures, pipelines and shaders; knows pixels, not widgets.

mod blocks;
mod canvas;
mod draw;
mod layers;
mod mip;
mod pipeline;
mod plane;
mod quads;
mod tile_grid;
mod tiled;

pub use blocks::PatchPixels;
pub use canvas::CanvasRenderer;
pub use draw::{ChangesLook, Draw, MaskLook, OverlayMode, QuadRect, Scene};
pub use layers::CanvasPixels;
pub use pipeline::shader_sources;
pub use tile_grid::Tiling;

/// Marks the id of a step's proposed mask, as distinct from its selection.
pub const PROPOSAL_BIT: u64 = 1 << 63;
/// Marks the id of a step's blend mask, as distinct from its selection.
pub const BLEND_BIT: u64 = 1 << 62;

/// The step whose mask an id names, whichever of its masks it is.
pub const fn step_of_mask(id: u64) -> u64 {
    id & !(PROPOSAL_BIT | BLEND_BIT)
}
