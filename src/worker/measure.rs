//! Counting what the window shows of a mask.

use super::Measures;
use crate::domain::{BlendSettings, Bounds, Combine, Mask, Masks, Raster, Recipe, mask_thumbnail};
use crate::engine::{EngineError, JobCx, Registry, pipeline};
use std::sync::Arc;

/// Longest side of a mask's thumbnail, in pixels: sharp on a screen with two pixels to a point.
const THUMBNAIL: u32 = 96;

pub(super) fn measure(
    registry: &Registry,
    image: &Raster,
    mask: &Mask,
    proposals: &[Arc<Mask>],
    recipe: Option<&Recipe>,
    cx: &JobCx<'_>,
) -> Result<Measures, EngineError> {
    let bounds = mask.bounds();
    cx.check()?;
    let anchor = mask.label_point();
    cx.check()?;
    let thumbnail = Arc::new(mask_thumbnail(image, mask, bounds, THUMBNAIL));
    let part = mask.crop(bounds);
    let (area, regions) = (part.area() as f32 / mask.extent().area().max(1) as f32, part.regions().regions.len());
    cx.check()?;
    let proposal_anchors = proposals.iter().filter_map(|mask| mask.label_point()).collect();
    cx.check()?;
    let recipe = recipe.filter(|_| !bounds.is_empty());
    // Where the result follows the mask exactly there is no ring to show.
    let blends = recipe.filter(|recipe| recipe.blend != BlendSettings::EXACT);
    let blend = blends.map(|recipe| Arc::new(blend_of(mask, bounds, recipe)));
    // An adjustment looks at nothing but the mask.
    let context = recipe.filter(|recipe| recipe.adjustment.is_none()).and_then(|recipe| {
        let engine = registry.inpainter(&recipe.engine).ok()?;
        Some(pipeline::context_of(engine, bounds, image.extent(), recipe))
    });
    Ok(Measures { area, bounds, anchor, regions, proposal_anchors, thumbnail, blend, context })
}

/// The blend mask at the image's extent; only what can be selected is looked at.
fn blend_of(mask: &Mask, bounds: Bounds, recipe: &Recipe) -> Mask {
    let reach = recipe.blend.grow.max(0.0).ceil() as u32 + 1;
    let part = bounds.grow(reach).clamp(mask.extent());
    let mut blend = Mask::empty(mask.extent());
    blend.combine_part(&Masks::from_selection(&mask.crop(part), recipe.blend).blend, part, Combine::Add);
    blend
}
