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

use tie_core::StepId;

pub use adapter::{adapters, compute_device, is_fast};
pub use blocks::PatchPixels;
pub use canvas::CanvasRenderer;
pub use draw::{ChangesLook, Draw, MaskLook, QuadRect, Scene};
pub use fill::GpuFill;
pub use layers::CanvasPixels;
pub use pipeline::shader_sources;
pub use tile_grid::Tiling;

/// Which mask the canvas shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MaskId {
    /// A step's mask.
    Step(StepId),
    /// The mask that was found for a step, before any corrections.
    Found(StepId),
    /// How much of a step's result shows.
    Blend(StepId),
    /// One of the regions to choose from, by its place among them.
    Choice(usize),
    /// What a tool would select.
    Tool,
}
