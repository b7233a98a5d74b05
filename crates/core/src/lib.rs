//! The vocabulary: images, masks, plans, edits and their history, as plain values.
//!
//! Nothing here knows about windows, graphics devices, threads or files, so every rule of the editor can be tested
//! with a few pixels. Coordinates are image pixels: x to the right, y down, (0, 0) the top left *corner* of the
//! top left pixel, whose centre is (0.5, 0.5).

#![warn(missing_docs)]

pub mod brush;
mod candidate;
pub mod colour;
pub mod compose;
mod context;
pub mod document;
pub mod doubt;
mod edit;
mod geom;
pub mod history;
mod kept;
pub mod mask;
mod mask_distance;
mod mask_fit;
mod mask_heal;
mod mask_patch;
mod mask_regions;
mod mask_split;
mod outline;
mod overlay;
mod placement;
pub mod plan;
pub mod proposal;
pub mod raster;
mod recipe;
pub mod record;
mod seam;
pub mod shape;
mod sought;
mod sources;
mod thumbnail;
mod verdict;
mod wand;
pub mod wording;
pub mod words;

pub use brush::{Brush, Stroke, StrokeMode};
pub use candidate::{Candidate, EditStep, StepId};
pub use compose::{BlendSettings, Masks};
pub use context::{ContextCrop, ContextWish};
pub use document::Document;
pub use doubt::Doubt;
pub use edit::{Count, Edit, EditOp, Said};
pub use geom::{Bounds, Extent, Point, View};
pub use history::History;
pub use kept::Kept;
pub use mask::{Combine, Mask};
pub use mask_fit::Fit;
pub use mask_patch::{MaskPatch, MaskRecorder};
pub use overlay::Overlay;
pub use placement::{Offset, Placement};
pub use plan::{Exchange, Passage, Plan, PlanError, SubTask, Words};
pub use proposal::{Click, MaskProposal};
pub use raster::{Raster, Resampling};
pub use recipe::{AdjustKind, Adjustment, Diffusion, Method, Prompt, Recipe, Sampling};
pub use record::{Leftover, Record};
pub use seam::seam;
pub use shape::Shape;
pub use sought::{OtherTarget, Sought};
pub use sources::{CopyRule, CopyRules, Sources};
pub use thumbnail::{candidate_thumbnail, change_thumbnails, mask_thumbnail};
pub use verdict::Verdict;
pub use wand::Wand;
