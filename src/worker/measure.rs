//! Counting what the window shows of a mask.

use super::Measures;
use std::sync::Arc;
use tie_core::document::Below;
use tie_core::{
    BlendSettings, Bounds, Candidate, Combine, Mask, Masks, Method, Point, Recipe, SubTask, change_thumbnails,
    mask_thumbnail,
};
use tie_engine::inpainter::clone::Placed;
use tie_engine::{EngineError, Inpainter, JobCx, Registry, pipeline};

/// Longest side of a mask's thumbnail, in pixels: sharp on a screen with two pixels to a point.
const THUMBNAIL: u32 = 96;

/// Inputs of one measure job.
pub(super) struct Looked {
    pub below: Below,
    pub mask: Arc<Mask>,
    pub proposals: Vec<Arc<Mask>>,
    pub task: Option<Box<SubTask>>,
    pub recipe: Option<Box<Recipe>>,
    pub only: Vec<Arc<Mask>>,
    pub result: Option<Arc<Candidate>>,
}

/// Lets go of image and mask as soon as it can: a stroke on a mask that is held here has to copy it first.
pub(super) fn measure(registry: &Registry, looked: Looked, cx: &JobCx<'_>) -> Result<Measures, EngineError> {
    let Looked { below, mask, proposals, task, recipe, only, result } = looked;
    let only = only.iter().fold(Bounds::EMPTY, |all, mask| all.union(mask.bounds()));
    let extent = mask.extent();
    let bounds = mask.bounds();
    let mut recipe = recipe.filter(|_| !bounds.is_empty()).map(|recipe| *recipe);
    let engine = recipe.as_ref().and_then(|recipe| registry.inpainter(&recipe.engine).ok());
    let placed = match (engine, &mut recipe, task.as_deref()) {
        (Some(engine), Some(recipe), Some(task)) => Some(placed(engine, recipe, task, &mask)),
        _ => None,
    };
    let recipe = recipe.as_ref();
    let region = engine.zip(recipe).map(|(engine, recipe)| engine.region(&mask, recipe));
    // A selection that the engine changes exactly needs no separate region.
    let region = region.filter(|region| matches!(region, std::borrow::Cow::Owned(_))).map(std::borrow::Cow::into_owned);
    let image = below.image();
    drop(below);
    let thumbnail = Arc::new(mask_thumbnail(&image, &mask, bounds, THUMBNAIL));
    let small = |mask: &Arc<Mask>| Arc::new(mask_thumbnail(&image, mask, mask.bounds(), THUMBNAIL));
    let proposal_thumbnails = proposals.iter().map(small).collect();
    let change = result.map(|result| change_thumbnails(&image, &result, THUMBNAIL).map(Arc::new));
    // Where the result follows the mask exactly, there is no ring to show.
    let blends = recipe.filter(|recipe| recipe.blend != BlendSettings::EXACT);
    let reach = blends.map_or(0, |recipe| recipe.blend.grow.max(0.0).ceil() as u32 + 1);
    let around = |bounds: Bounds| bounds.grow(if bounds.is_empty() { 0 } else { reach }).clamp(extent);
    let part = mask.crop(bounds);
    let changed = region.as_ref().map_or(bounds, Mask::bounds);
    let place = around(changed);
    let changing = region.as_ref().unwrap_or(&mask).crop(place);
    drop((image, mask, region));
    cx.check()?;
    let (x, y) = (bounds.x as f32, bounds.y as f32);
    let moved = |at: Point| Point::new(at.x + x, at.y + y);
    let anchor = part.label_point().map(moved);
    cx.check()?;
    let (area, regions) = (part.area() as f32 / extent.area().max(1) as f32, part.regions().regions.len());
    cx.check()?;
    let goes = recipe.is_some_and(Recipe::places);
    let outline = if goes { part.outline() } else { Vec::new() };
    let outline = outline.into_iter().map(|line| line.map(moved)).collect();
    let proposal_anchors = proposals.iter().filter_map(|mask| mask.label_point()).collect();
    cx.check()?;
    let blend = blends.map(|recipe| {
        let mut blend = Mask::empty(extent);
        blend.combine_part(&Masks::from_selection(&changing, recipe.blend).blend, place, Combine::Add);
        Arc::new(blend)
    });
    // An adjustment looks at nothing but the mask.
    let seen = engine.zip(recipe).filter(|(_, recipe)| recipe.adjustment().is_none());
    let context =
        seen.map(|(engine, recipe)| pipeline::context_of(engine, changed.union(bounds), only, extent, recipe));
    Ok(Measures {
        area,
        bounds,
        anchor,
        regions,
        proposal_anchors,
        thumbnail,
        proposal_thumbnails,
        change,
        blend,
        context,
        placed,
        outline,
    })
}

/// Where the thing goes by its step's words; a recipe that doesn't say so takes it over.
fn placed(engine: &dyn Inpainter, recipe: &mut Recipe, task: &SubTask, mask: &Mask) -> Result<Placed, String> {
    let unplaced = Recipe { method: Method::Clone(None), ..recipe.clone() };
    let (complete, shortened) = engine.complete(unplaced, task, mask).map_err(|error| error.to_string())?;
    let placement = complete.placement().cloned().ok_or_else(|| engine.does(recipe).to_owned())?;
    if recipe.placement().is_none() {
        *recipe = complete;
    }
    Ok(Placed { placement, shortened })
}
