//! From an image, a mask and a recipe to candidates, the same way for every inpainter.
//!
//! context crop → engine → blend mask → trimmed patch. The editor and the command line both go through here.

use super::{EngineError, InpaintRequest, Inpainter, JobCx, Report};
use std::sync::Arc;
use tie_core::compose::{blend_patch, changed_pixels};
use tie_core::{
    Bounds, Candidate, ContextCrop, Diffusion, Extent, Mask, Masks, Method, Prompt, Raster, Recipe, Sources, seam,
};

/// Limit for shrinking an image when memory is short: models are made for 512² and more.
const LEAST_RESOLUTION: u32 = 256;

/// One run of an inpainter.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// The document as it is before the edit.
    pub image: &'a Raster,
    /// The person's mask, of the image's size.
    pub selection: &'a Mask,
    /// Where engines that copy pixels may take them from.
    pub sources: &'a Sources,
    /// How to make it.
    pub recipe: &'a Recipe,
    /// What to make, for engines that read words.
    pub prompt: &'a Prompt,
}

impl<'a> Run<'a> {
    /// A run that may copy from everywhere, without a prompt.
    pub const fn new(image: &'a Raster, selection: &'a Mask, recipe: &'a Recipe) -> Self {
        static EVERYWHERE: Sources = Sources { only: None, avoid: None };
        static NO_PROMPT: Prompt = Prompt { text: String::new(), negative: String::new() };
        Self { image, selection, sources: &EVERYWHERE, recipe, prompt: &NO_PROMPT }
    }
}

/// Makes the recipe's candidates for the selected part of an image.
///
/// Previews are reported in image coordinates, already blended. Where the device is out of memory, a diffusion model works at
/// a lower resolution, which a note says.
///
/// # Errors
/// [`EngineError::Unsuitable`] if a mask isn't of the image's size or nothing is selected; otherwise the engine's own error.
pub fn inpaint(engine: &dyn Inpainter, run: Run<'_>, cx: &JobCx<'_>) -> Result<Vec<Candidate>, EngineError> {
    let Run { image, selection, sources, recipe, prompt } = run;
    for mask in [Some(selection), sources.only.as_deref(), sources.avoid.as_deref()].into_iter().flatten() {
        if mask.extent() != image.extent() {
            let (mask, image) = (mask.extent(), image.extent());
            return Err(EngineError::Unsuitable(format!(
                "The mask is {mask} pixels, but the image is {image}. Use a mask of the image's size."
            )));
        }
    }
    if selection.is_empty() {
        return Err(EngineError::Unsuitable(
            "The mask is empty, so there is nothing to change. Paint over something first.".to_owned(),
        ));
    }
    let region = engine.region(selection, recipe);
    // The engine sees both what it changes and what is selected, which a copy leaves alone.
    let seen = region.bounds().union(selection.bounds());
    let context = context_of(engine, seen, sources.bounds(), image.extent(), recipe);
    let crop = image.crop(context);
    let masks = Masks::from_selection(&region.crop(context), recipe.blend);
    let meant = selection.crop(context);
    let avoid = sources.forbidden(context);
    let count = if engine.is_random(recipe) { recipe.candidates.max(1) } else { 1 };
    let seeds: Vec<u64> = (0..count).map(|index| recipe.seed.wrapping_add(u64::from(index))).collect();
    engine.prepare(prompt, &seeds, cx)?;
    let mut candidates = Vec::with_capacity(seeds.len());
    // Gets smaller where a device has no room.
    let mut recipe = recipe.clone();
    for (index, seed) in (0..).zip(seeds) {
        let relay = |report| cx.report(to_document(report, index, count, context, &crop, &masks.blend));
        let pixels = loop {
            cx.check()?;
            let request = InpaintRequest {
                image: &crop,
                selection: &meant,
                mask: &masks.denoise,
                avoid: avoid.as_ref(),
                recipe: &recipe,
                prompt,
                seed,
            };
            match engine.inpaint(request, &cx.with_report(&relay)) {
                Err(EngineError::NoRoom(sentence)) => {
                    let Some((smaller, resolution)) = smaller(&recipe) else {
                        let sentence =
                            format!("{sentence} Close other programs that use it, or choose another engine.");
                        return Err(EngineError::NoRoom(sentence));
                    };
                    recipe = smaller;
                    cx.report(Report::Note(format!("{sentence} Continuing at {resolution}².")));
                }
                answer => break answer?,
            }
        };
        if pixels.extent() != crop.extent() {
            let (got, wanted) = (pixels.extent(), crop.extent());
            return Err(EngineError::Failed(format!(
                "The engine {} returned {got} pixels instead of {wanted}.",
                engine.name()
            )));
        }
        cx.check()?;
        let made_by = (Recipe { seed, ..recipe.clone() }, prompt.clone());
        candidates.push(trimmed(&crop, &pixels, &masks.blend, context, made_by));
    }
    Ok(candidates)
}

/// The recipe at three quarters of the resolution, and that resolution; `None` below [`LEAST_RESOLUTION`].
fn smaller(recipe: &Recipe) -> Option<(Recipe, u32)> {
    let own = *recipe.diffusion()?;
    let resolution = own.resolution / 4 * 3 / 64 * 64;
    let method = Method::Diffusion(Diffusion { resolution, ..own });
    (resolution >= LEAST_RESOLUTION).then(|| (Recipe { method, ..recipe.clone() }, resolution))
}

/// The crop of an image that the engine sees, in image pixels.
///
/// `region` are the bounds of the selection together with [`Inpainter::region`]; `sources` those of [`Sources::only`], empty if
/// pixels may be copied from anywhere.
pub fn context_of(engine: &dyn Inpainter, region: Bounds, sources: Bounds, image: Extent, recipe: &Recipe) -> Bounds {
    let needed = region.grow(recipe.blend.grow.max(0.0).ceil() as u32).clamp(image);
    let context = match recipe.context {
        Some(chosen) => ContextCrop::chosen(chosen, needed, image).bounds,
        None => ContextCrop::around(needed, image, engine.context()).bounds,
    };
    if engine.copies(recipe) { context.union(sources) } else { context }
}

/// A report about candidate `index` of `count` on a crop, as one about the whole run on the document.
fn to_document(report: Report, index: u32, count: u32, context: Bounds, crop: &Raster, blend: &Mask) -> Report {
    match report {
        Report::Progress(mut progress) => {
            progress.fraction = progress.fraction.map(|fraction| (index as f32 + fraction) / count as f32);
            Report::Progress(progress)
        }
        note @ Report::Note(_) => note,
        Report::Preview { bounds, patch } if bounds.extent() == crop.extent() && patch.extent() == crop.extent() => {
            let mut shown = crop.clone();
            blend_patch(&mut shown, &patch, blend, crop.bounds());
            Report::Preview { bounds: context, patch: Arc::new(shown) }
        }
        Report::Preview { bounds, patch } => {
            let bounds = Bounds::new(bounds.x + context.x, bounds.y + context.y, bounds.width, bounds.height);
            Report::Preview { bounds, patch }
        }
    }
}

/// Keeps only the part of a crop that shows.
fn trimmed(
    before: &Raster,
    pixels: &Raster,
    blend: &Mask,
    context: Bounds,
    (recipe, prompt): (Recipe, Prompt),
) -> Candidate {
    let part = blend.bounds();
    let mut after = before.clone();
    blend_patch(&mut after, pixels, blend, before.bounds());
    Candidate {
        changed: changed_pixels(before, &after, blend),
        // A recoloured thing ends at its own edge, which is not a seam.
        seam: if recipe.adjustment().is_none() { seam(&after, blend) } else { None },
        verdict: None,
        bounds: Bounds::new(context.x + part.x, context.y + part.y, part.width, part.height),
        patch: pixels.crop(part),
        blend: blend.crop(part),
        recipe,
        prompt,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tie_core::EditOp;
    use tie_core::compose::ChangedPixels;

    /// Paints everything, even outside the mask, in a colour made from the seed: the pipeline must protect the rest.
    struct Flood;
    impl Inpainter for Flood {
        fn name(&self) -> &'static str {
            "flood"
        }
        fn is_random(&self, _: &Recipe) -> bool {
            true
        }
        fn can_do(&self, _: EditOp) -> bool {
            true
        }
        fn inpaint(&self, request: InpaintRequest<'_>, _: &JobCx<'_>) -> Result<Raster, EngineError> {
            Ok(Raster::filled(request.image.extent(), [request.seed as u8, 1, 2, 3]))
        }
    }

    fn recipe() -> Recipe {
        Recipe { seed: 9, candidates: 3, ..Recipe::new("flood", Method::Fill) }
    }

    #[test]
    fn candidates_hold_just_the_blended_part_and_their_own_seed() {
        let image = Raster::filled(Extent::new(64, 48), [200; 4]);
        let bounds = Bounds::new(30, 20, 5, 4);
        let selection = Mask::rectangle(image.extent(), bounds);
        let candidates = inpaint(&Flood, Run::new(&image, &selection, &recipe()), &JobCx::silent()).unwrap();
        let seeds: Vec<u64> = candidates.iter().map(|candidate| candidate.recipe.seed).collect();
        assert_eq!(seeds, [9, 10, 11]);
        assert!(candidates.iter().all(|candidate| candidate.bounds == bounds), "{candidates:?}");
        assert_eq!(candidates[1].patch.pixel(0, 0), [10, 1, 2, 3]);
        assert_eq!(candidates[1].changed, ChangedPixels { inside: 20, outside: 0 });
    }

    /// Has room for 400² and no more.
    struct Cramped;
    impl Inpainter for Cramped {
        fn name(&self) -> &'static str {
            "cramped"
        }
        fn is_random(&self, _: &Recipe) -> bool {
            true
        }
        fn can_do(&self, _: EditOp) -> bool {
            true
        }
        fn inpaint(&self, request: InpaintRequest<'_>, _: &JobCx<'_>) -> Result<Raster, EngineError> {
            let resolution = request.recipe.diffusion().unwrap().resolution;
            if resolution > 400 {
                return Err(EngineError::NoRoom(format!("There is no room for {resolution}².")));
            }
            Ok(request.image.clone())
        }
    }

    #[test]
    fn what_finds_no_room_is_made_smaller_and_says_so_and_its_recipe_too() {
        let image = Raster::filled(Extent::new(64, 48), [200; 4]);
        let selection = Mask::rectangle(image.extent(), Bounds::new(30, 20, 5, 4));
        let notes = std::sync::Mutex::new(Vec::new());
        let listen = |report| {
            if let Report::Note(note) = report {
                notes.lock().unwrap().push(note);
            }
        };
        let diffusion = |resolution| Diffusion {
            sampling: tie_core::Sampling::Own,
            steps: 5,
            guidance: 4.0,
            strength: 1.0,
            resolution,
            match_colours: true,
        };
        let with = |resolution| Recipe { method: Method::Diffusion(diffusion(resolution)), ..recipe() };
        let cx = JobCx::new(crate::Cancel::default(), &listen);
        let made = inpaint(&Cramped, Run::new(&image, &selection, &with(768)), &cx).unwrap();
        let resolutions = made.iter().map(|one| one.recipe.diffusion().unwrap().resolution);
        assert_eq!(resolutions.collect::<Vec<_>>(), [384; 3], "those after the first do not try in vain");
        let notes = notes.into_inner().unwrap();
        assert_eq!(
            notes,
            ["There is no room for 768². Continuing at 576².", "There is no room for 576². Continuing at 384²."]
        );
    }

    #[test]
    fn an_empty_mask_and_a_mask_of_another_size_are_refused_in_one_sentence() {
        let image = Raster::filled(Extent::new(6, 4), [200; 4]);
        let sentence =
            |mask: Mask| inpaint(&Flood, Run::new(&image, &mask, &recipe()), &JobCx::silent()).unwrap_err().to_string();
        assert!(sentence(Mask::empty(image.extent())).starts_with("The mask is empty"));
        let other = sentence(Mask::full(Extent::new(5, 4)));
        assert_eq!(other, "The mask is 5×4 pixels, but the image is 6×4. Use a mask of the image's size.");
    }
}
