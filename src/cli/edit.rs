//! `tie-studio edit`: the whole way from an instruction to a saved photograph.

use super::args::EditArgs;
use super::carry_out::{Tools, carry_out};
use super::corrections::{corrections, mask_files};
use super::failure::{Failure, Outcome, guarded};
use super::inputs::{instruction, read_photo, read_plan};
use super::mask_folder::MaskFolder;
use super::outputs::{check_distinct, check_extent, check_output, check_photo_output};
use super::plan::told;
use super::progress::Console;
use super::report::{EditReport, ImageReport, REPORT_VERSION, StepReport, StepState, save_report, seconds};
use crate::files::{Metadata, Photo, save_photo};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use tie_core::{Plan, Raster};
use tie_engine::{Cancel, Locator, PlanRequest, Registry};

pub(super) fn edit(
    args: &EditArgs,
    registry: &Registry,
    cancel: &Cancel,
    console: &Console,
) -> Result<Outcome, Failure> {
    let start = Instant::now();
    let locator = registry
        .locator(args.locator.as_deref().or(registry.locator_by_words().map(Locator::name)).unwrap_or_default())?;
    if let Some(name) = &args.inpainter {
        registry.inpainter(name)?;
    }
    let given = args.plan.as_deref().map(|path| Ok::<_, Failure>((path, read_plan(path)?))).transpose()?;
    let mask_files = given.as_ref().map(|(path, plan)| mask_files(plan, path)).unwrap_or_default();
    let mut inputs = vec![args.image.as_path()];
    inputs.extend(args.plan.as_deref());
    inputs.extend(mask_files.iter().map(|(_, path)| path.as_path()));
    let format = check_photo_output(&args.output, &inputs)?;
    if let Some(report) = &args.report {
        check_output(report, &inputs)?;
        check_distinct(&args.output, Some(report))?;
    }
    let Photo { raster, metadata, notes } = read_photo(&args.image, console)?;
    let extent = raster.extent();
    check_extent(&args.output, format, extent)?;

    let raster = Arc::new(raster);
    let plan = match given {
        Some((_, plan)) => plan,
        None => planned(args, registry, &raster, cancel, console)?,
    };
    let corrections = corrections(args, &plan, &mask_files, extent)?;
    let kept: Vec<&Path> =
        inputs.iter().copied().chain([args.output.as_path()]).chain(args.report.as_deref()).collect();
    let masks = args.masks.as_deref().map(|path| MaskFolder::open(path, &plan, &kept)).transpose()?;
    let count = plan.steps.len();
    console.line(&format!("{count} step{} planned by {}", if count == 1 { "" } else { "s" }, plan.planner));
    let understood = told(&plan, "", console);

    let tools = Tools {
        registry,
        locator: locator.name(),
        corrections: &corrections,
        accepts_unsure: args.accept_unsure,
        masks: masks.as_ref(),
        inpainter: args.inpainter.as_deref(),
        diffusion: args.diffusion,
        seed: args.seed,
        cancel,
        console,
    };
    let Plan { instruction, planner, not_understood, .. } = plan.clone();
    let (session, steps, stopped) =
        carry_out(plan, Photo { raster: Arc::unwrap_or_clone(raster), metadata, notes }, &tools);
    let saved = match (stopped, session.decided_image().zip(session.photo())) {
        (Some(failure), _) => Err(failure),
        (None, Some((image, photo))) => save(&args.output, &image, &photo.metadata, cancel),
        // Unreachable: what was read opens.
        (None, None) => Err(Failure::Engine("The photo did not open: please report this.".to_owned())),
    };
    let outcome = if understood == Outcome::Done { outcome_of(&steps) } else { Outcome::InPart };
    if steps.iter().any(|step| step.state == StepState::NeedsModel) {
        console.line("note: \"tie-studio models list\" shows the models, \"tie-studio models pull\" downloads one.");
    }
    match (&saved, steps.iter().any(|step| step.state.is_done())) {
        (Ok(()), true) => console.line(&format!("saved {}", args.output.display())),
        (Ok(()), false) => {
            console.line(&format!("no step could be done: {} is an unchanged copy", args.output.display()));
        }
        (Err(_), _) => {}
    }
    if let Some(path) = &args.report {
        let report = EditReport {
            version: REPORT_VERSION,
            image: ImageReport::new(&args.image, extent),
            instruction,
            planner,
            not_understood,
            locator: locator.name().to_owned(),
            output: saved.is_ok().then(|| args.output.display().to_string()),
            seconds: seconds(start.elapsed()),
            steps,
        };
        let reported = save_report(path, &report);
        // Of two failures, the first is the reason.
        saved.and(reported)?;
    } else {
        saved?;
    }
    Ok(outcome)
}

fn planned(
    args: &EditArgs,
    registry: &Registry,
    image: &Arc<Raster>,
    cancel: &Cancel,
    console: &Console,
) -> Result<Plan, Failure> {
    let planner = registry.planner(args.planner.as_deref().unwrap_or(first(&registry.planner_names())))?;
    let request =
        PlanRequest { instruction: instruction(args.instruction.as_deref().unwrap_or_default())?, image: Some(image) };
    Ok(console.during("plan", cancel, |cx| guarded("planner", || planner.plan(request, cx)))?)
}

fn save(path: &Path, image: &Raster, metadata: &Metadata, cancel: &Cancel) -> Result<(), Failure> {
    // From here on, the file is written to its end.
    if cancel.is_cancelled() {
        return Err(Failure::Interrupted);
    }
    Ok(save_photo(path, image, metadata)?)
}

fn outcome_of(steps: &[StepReport]) -> Outcome {
    if steps.iter().all(|step| step.state == StepState::Done) { Outcome::Done } else { Outcome::InPart }
}

/// The best engine's name.
fn first(names: &[&'static str]) -> &'static str {
    names.first().copied().unwrap_or_default()
}
