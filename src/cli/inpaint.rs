//! `tie-studio inpaint`: one mask is repainted by one engine.

use super::args::InpaintArgs;
use super::failure::{Failure, Outcome, guarded};
use super::inputs::read_photo;
use super::outputs::{check_extent, check_photo_output};
use super::progress::Console;
use crate::files::{open_mask_of_size, save_photo};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tie_core::{BlendSettings, Document, EditOp, EditStep, Mask, Placement, Recipe, Sources, StepId, SubTask};
use tie_engine::inpainter::adjust::adjustment_for;
use tie_engine::inpainter::{clone, typeset};
use tie_engine::{Cancel, Inpainter, Registry, pipeline};

pub(super) fn inpaint(
    args: &InpaintArgs,
    registry: &Registry,
    cancel: &Cancel,
    console: &Console,
) -> Result<Outcome, Failure> {
    let engine = registry.inpainter(&args.engine)?;
    let recipe = recipe(args, engine, console)?;
    let inputs: Vec<&Path> =
        [&args.image, &args.mask].into_iter().chain(&args.avoid).chain(&args.only_from).map(PathBuf::as_path).collect();
    let format = check_photo_output(&args.output, &inputs)?;
    let photo = read_photo(&args.image, console)?;
    check_extent(&args.output, format, photo.raster.extent())?;
    let mask = open_mask_of_size(&args.mask, photo.raster.extent())?;
    let open = |path: &Option<PathBuf>| -> Result<_, Failure> {
        let mask = path.as_deref().map(|path| open_mask_of_size(path, photo.raster.extent())).transpose()?;
        Ok(mask.map(Arc::new))
    };
    let sources = Sources { only: open(&args.only_from)?, avoid: open(&args.avoid)? };
    if let Some(placement) = &recipe.placement {
        say_what_is_placed(placement, &mask, engine, console);
    }
    let mut document = Document::new(Arc::new(photo.raster));

    console.line(&format!("repainting {:.1} % of the image with {}", mask.area_fraction() * 100.0, engine.name()));
    let candidates = console.during("inpaint", cancel, |cx| {
        guarded("inpainter", || pipeline::inpaint(engine, document.current(), &mask, &sources, &recipe, cx))
    })?;
    let Some(candidate) = candidates.into_iter().next() else {
        return Err(Failure::Engine(format!("the inpainter {} gave no result: try another seed.", engine.name())));
    };
    let candidate = Arc::new(candidate);
    document.set_steps(vec![EditStep { id: StepId(1), title: "inpaint".to_owned(), candidate, enabled: true }]);
    // From here on the file is written to its end.
    if cancel.is_cancelled() {
        return Err(Failure::Interrupted);
    }
    save_photo(&args.output, document.current(), &photo.metadata)?;
    console.line(&format!("saved {}", args.output.display()));
    Ok(Outcome::Done)
}

/// Where the paste ends up, if that is not where it was asked for.
fn say_what_is_placed(placement: &Placement, mask: &Mask, engine: &dyn Inpainter, console: &Console) {
    let thing = mask.bounds();
    for offset in &placement.offsets {
        let inside = placement.inside(thing, *offset, mask.extent());
        if inside != *offset {
            let (x, y) = (inside.x, inside.y);
            console.line(&format!(
                "note: that reaches outside the photograph; {} pastes at {x},{y} instead.",
                engine.name()
            ));
        }
    }
}

fn recipe(args: &InpaintArgs, engine: &dyn Inpainter, console: &Console) -> Result<Recipe, Failure> {
    let prompt = args.prompt.as_deref().unwrap_or_default().trim();
    let diffusion = engine.diffusion().map(|own| args.diffusion.over(own));
    if diffusion.is_none() && (args.diffusion.is_given() || args.negative.is_some()) {
        console.line(&format!("note: {} has no diffusion model, so what is said for one does nothing.", engine.name()));
    }
    let recipe = Recipe {
        prompt: prompt.to_owned(),
        negative: args.negative.clone().unwrap_or_default(),
        seed: args.seed,
        diffusion,
        placement: args.offset.map(|offset| Placement {
            offsets: vec![offset],
            scale: args.scale,
            keeps_original: args.copy,
        }),
        text: (engine.name() == typeset::NAME).then(|| prompt.to_owned()),
        // The result fades out in the outer three quarters, as in the editor.
        blend: BlendSettings { grow: args.grow, feather: 0.75 * args.grow },
        ..Recipe::new(engine.name())
    };
    if engine.name() == typeset::NAME {
        if prompt.is_empty() {
            return Err(Failure::Usage("typeset needs to know what to write: give --prompt the new text.".to_owned()));
        }
        return Ok(recipe);
    }
    match (engine.name() == clone::NAME, recipe.placement.is_some()) {
        (true, false) => {
            return Err(Failure::Usage(
                "clone needs to know where: give --offset, for example --offset -120,0.".to_owned(),
            ));
        }
        (false, true) => {
            return Err(Failure::Usage(format!(
                "--offset is for clone: add --engine clone, for {} moves nothing.",
                engine.name()
            )));
        }
        _ => {}
    }
    // What an engine does with a prompt follows from what it can do.
    if engine.can_do(EditOp::Adjust) {
        let task = |op| SubTask { content: Some(prompt.to_owned()), ..SubTask::new(1, op, "") };
        let adjustment = [EditOp::Recolor, EditOp::Adjust].into_iter().find_map(|op| adjustment_for(&task(op)));
        let Some(adjustment) = adjustment else {
            return Err(Failure::Usage(format!(
                "{} does not know what to do with the prompt \"{prompt}\": give --prompt a colour such as \"dark blue\", or brighter, a stop more exposure, more contrast, less saturated, warmer, sharper, blurred or black and white.",
                engine.name()
            )));
        };
        return Ok(Recipe { adjustment: Some(adjustment), blend: BlendSettings::EXACT, ..recipe });
    }
    if let Some(missing) = engine.missing() {
        return Err(Failure::Usage(format!("{} has no model to work with. {missing}", engine.name())));
    }
    if prompt.is_empty() && engine.can_do(EditOp::Add) {
        console.line(&format!("note: without --prompt {} paints whatever it likes.", engine.name()));
    }
    if !prompt.is_empty() && !engine.can_do(EditOp::Add) {
        console.line(&format!(
            "note: {} fills from the rest of the photograph and does not read the prompt.",
            engine.name()
        ));
    }
    Ok(recipe)
}
