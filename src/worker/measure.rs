//! Counting what the window shows of a mask.

use super::Measures;
use crate::domain::{BlendSettings, Combine, Mask, Masks, Point, Raster, Recipe, mask_thumbnail};
use crate::engine::{EngineError, JobCx, Registry, pipeline};
use std::sync::Arc;

/// Longest side of a mask's thumbnail, in pixels: sharp on a screen with two pixels to a point.
const THUMBNAIL: u32 = 96;

/// Lets go of image and mask as soon as it can: a stroke on a mask that is held here has to copy it first.
pub(super) fn measure(
    registry: &Registry,
    image: Arc<Raster>,
    mask: Arc<Mask>,
    proposals: &[Arc<Mask>],
    recipe: Option<&Recipe>,
    cx: &JobCx<'_>,
) -> Result<Measures, EngineError> {
    let extent = mask.extent();
    let bounds = mask.bounds();
    let recipe = recipe.filter(|_| !bounds.is_empty());
    let thumbnail = Arc::new(mask_thumbnail(&image, &mask, bounds, THUMBNAIL));
    // Where the result follows the mask exactly there is no ring to show.
    let blends = recipe.filter(|recipe| recipe.blend != BlendSettings::EXACT);
    let reach = blends.map_or(0, |recipe| recipe.blend.grow.max(0.0).ceil() as u32 + 1);
    let place = bounds.grow(if bounds.is_empty() { 0 } else { reach }).clamp(extent);
    let part = mask.crop(place);
    drop((image, mask));
    cx.check()?;
    let (x, y) = (place.x as f32, place.y as f32);
    let anchor = part.label_point().map(|at| Point::new(at.x + x, at.y + y));
    cx.check()?;
    let (area, regions) = (part.area() as f32 / extent.area().max(1) as f32, part.regions().regions.len());
    cx.check()?;
    let proposal_anchors = proposals.iter().filter_map(|mask| mask.label_point()).collect();
    cx.check()?;
    let blend = blends.map(|recipe| {
        let mut blend = Mask::empty(extent);
        blend.combine_part(&Masks::from_selection(&part, recipe.blend).blend, place, Combine::Add);
        Arc::new(blend)
    });
    // An adjustment looks at nothing but the mask.
    let context = recipe.filter(|recipe| recipe.adjustment.is_none()).and_then(|recipe| {
        let engine = registry.inpainter(&recipe.engine).ok()?;
        Some(pipeline::context_of(engine, bounds, extent, recipe))
    });
    Ok(Measures { area, bounds, anchor, regions, proposal_anchors, thumbnail, blend, context })
}
