//! The graphics card, for drawing and for computing: textures, buffers, pipelines and shaders; knows pixels, not widgets.

mod adapter;
mod blocks;
mod canvas;
mod compute;
mod draw;
mod fill;
mod layers;
mod mip;
mod pipeline;
mod plane;
mod quads;
mod tile_grid;
mod tiled;

pub use adapter::{adapters, compute_device, is_fast};
pub use blocks::PatchPixels;
pub use canvas::CanvasRenderer;
pub use draw::{ChangesLook, Draw, MaskLook, QuadRect, Scene};
pub use fill::GpuFill;
pub use layers::CanvasPixels;
pub use pipeline::shader_sources;
pub use tile_grid::Tiling;

/// Marks the id of a step's proposed mask, as distinct from its selection.
pub const PROPOSAL_BIT: u64 = 1 << 63;
/// Marks the id of a step's blend mask, as distinct from its selection.
pub const BLEND_BIT: u64 = 1 << 62;
/// Marks the number of one of the regions that the person can choose from.
pub const CHOICE_BIT: u64 = 1 << 61;
/// The id of what a tool would select.
pub const TOOL_SELECTION: u64 = u64::MAX;
