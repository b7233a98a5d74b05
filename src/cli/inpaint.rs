//! `tie-studio inpaint`: one mask is repainted by one engine.

use super::args::InpaintArgs;
use super::failure::{Failure, Outcome, guarded};
use super::inputs::read_photo;
use super::outputs::{check_extent, check_photo_output};
use super::progress::Console;
use crate::files::{open_mask_of_size, save_photo};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tie_core::{
    BlendSettings, Document, EditOp, EditStep, Mask, Method, Placement, Prompt, Recipe, Sources, StepId, SubTask,
};
use tie_engine::pipeline::{self, Run};
use tie_engine::{Cancel, Inpainter, Registry};

pub(super) fn inpaint(
    args: &InpaintArgs,
    registry: &Registry,
    cancel: &Cancel,
    console: &Console,
) -> Result<Outcome, Failure> {
    let engine = registry.inpainter(&args.engine)?;
    let text = args.prompt.as_deref().unwrap_or_default().trim().to_owned();
    let prompt = Prompt { text, negative: args.negative.clone().unwrap_or_default() };
    let recipe = recipe(args, engine, &prompt, console)?;
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
    if let Some(placement) = recipe.placement() {
        say_what_is_placed(placement, &mask, engine, console);
    }
    let mut document = Document::new(Arc::new(photo.raster));

    console.line(&format!("repainting {:.1} % of the image with {}", mask.area_fraction() * 100.0, engine.name()));
    let run = Run { image: document.current(), selection: &mask, sources: &sources, recipe: &recipe, prompt: &prompt };
    let candidates =
        console.during("inpaint", cancel, |cx| guarded("inpainter", || pipeline::inpaint(engine, run, cx)))?;
    let Some(candidate) = candidates.into_iter().next() else {
        return Err(Failure::Engine(format!("the inpainter {} gave no result: try another seed.", engine.name())));
    };
    let candidate = Arc::new(candidate);
    document.set_steps(vec![EditStep {
        id: StepId(1),
        title: "inpaint".to_owned(),
        candidate,
        enabled: true,
        opacity: 255,
    }]);
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
            console.line(&format!("note: that is outside the photo; {} pastes at {x},{y} instead.", engine.name()));
        }
    }
}

fn recipe(args: &InpaintArgs, engine: &dyn Inpainter, prompt: &Prompt, console: &Console) -> Result<Recipe, Failure> {
    let name = engine.name();
    // What an engine does with a prompt follows from what it can do.
    let task = |op| SubTask::new(1, op, "").becomes(&prompt.text);
    let ops = || EditOp::ALL.iter().copied().filter(|op| engine.can_do(*op));
    let methods = ops().map(|op| engine.method(&task(op)));
    let method = methods.reduce(Result::or).unwrap_or(Ok(Method::Fill)).map_err(|error| {
        Failure::Usage(format!("{name} can't use the prompt \"{}\": {error} Give --prompt such words.", prompt.text))
    })?;
    if !matches!(method, Method::Diffusion(_)) && (args.diffusion.is_given() || args.negative.is_some()) {
        console.line(&format!("note: {name} ignores the options for diffusion models."));
    }
    let method = match (method, args.offset) {
        (Method::Clone(_), Some(offset)) => {
            Method::Clone(Some(Placement { offsets: vec![offset], scale: args.scale, keeps_original: args.copy }))
        }
        (Method::Clone(_), None) => {
            return Err(Failure::Usage(format!(
                "{name} needs to know where: give --offset, for example --offset -120,0."
            )));
        }
        (_, Some(_)) => {
            return Err(Failure::Usage(format!(
                "--offset is for clone: add --engine clone, because {name} moves nothing."
            )));
        }
        (Method::Diffusion(own), None) => Method::Diffusion(args.diffusion.over(own)),
        (method, None) => method,
    };
    if let Some(missing) = engine.missing() {
        return Err(Failure::Usage(format!("{name} has no model to work with. {missing}")));
    }
    if prompt.text.is_empty() && engine.can_do(EditOp::Add) {
        console.line(&format!("note: without --prompt, {name} decides what to paint."));
    }
    if !prompt.text.is_empty() && matches!(method, Method::Fill | Method::Clone(_)) {
        console.line(&format!("note: {name} uses only pixels of the photo and ignores the prompt."));
    }
    let blend = match method {
        Method::Adjust(_) => BlendSettings::EXACT,
        // The result fades out in the outer three quarters, as in the editor.
        _ => BlendSettings { grow: args.grow, feather: 0.75 * args.grow },
    };
    Ok(Recipe { seed: args.seed, blend, ..Recipe::new(name, method) })
}
