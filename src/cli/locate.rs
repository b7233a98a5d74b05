//! `tie-studio locate`: words, points or a box become a mask.

use super::args::LocateArgs;
use super::failure::{Failure, Outcome, guarded};
use super::inputs::{inside, read_photo};
use super::outputs::{check_distinct, check_output};
use super::progress::Console;
use super::report::{ImageReport, LocateReport, ProposalReport, REPORT_VERSION, save_report, seconds};
use crate::files::{FileError, SaveFormat, save_mask};
use std::sync::Arc;
use std::time::Instant;
use tie_core::proposal::LOW_CONFIDENCE;
use tie_core::{EditOp, Mask, MaskProposal, SubTask};
use tie_engine::{Cancel, LocateRequest, Locator, Registry, locate_without};

pub(super) fn locate(
    args: &LocateArgs,
    registry: &Registry,
    cancel: &Cancel,
    console: &Console,
) -> Result<Outcome, Failure> {
    let start = Instant::now();
    let points_at_it = !args.points.is_empty() || args.bounds.is_some();
    let best = if points_at_it { registry.locator_by_pointing() } else { registry.locator_by_words() };
    let locator = registry.locator(args.locator.as_deref().or(best.map(Locator::name)).unwrap_or_default())?;
    if SaveFormat::from_path(&args.output).ok() != Some(SaveFormat::Png) {
        return Err(FileError::MaskFormat { path: args.output.clone() }.into());
    }
    check_output(&args.output, &[&args.image])?;
    if let Some(report) = &args.report {
        check_output(report, &[&args.image])?;
        check_distinct(&args.output, Some(report))?;
    }
    let phrase = args.phrase.as_deref().map(str::trim);
    if phrase == Some("") && args.points.is_empty() && args.bounds.is_none() {
        return Err(Failure::Usage(
            "the phrase is empty: say what to find, for example \"red cup\", or give a --point or a --box.".to_owned(),
        ));
    }
    let photo = read_photo(&args.image, console)?;
    let extent = photo.raster.extent();
    let bounds = args.bounds.map(|bounds| inside(bounds, extent)).transpose()?;
    let image = Arc::new(photo.raster);
    let task = SubTask::new(1, EditOp::Other, phrase.unwrap_or_default());
    let request = LocateRequest {
        image: &image,
        phrase: task.sought().phrase,
        location: None,
        op: EditOp::Other,
        clicks: &args.points,
        bounds,
        others: &[],
    };
    let proposals = console
        .during("locate", cancel, |cx| guarded("locator", || locate_without(locator, request, &task.kept(), cx)))?;
    // From here on, the files are written to their ends.
    if cancel.is_cancelled() {
        return Err(Failure::Interrupted);
    }
    let best = proposals.first();
    let nothing = Mask::empty(extent);
    save_mask(&args.output, best.map_or(&nothing, |best| &*best.mask))?;
    if let Some(path) = &args.report {
        let report = LocateReport {
            version: REPORT_VERSION,
            image: ImageReport::new(&args.image, extent),
            locator: locator.name().to_owned(),
            phrase: args.phrase.clone(),
            output: args.output.display().to_string(),
            seconds: seconds(start.elapsed()),
            proposals: proposals.iter().map(proposal_report).collect(),
        };
        save_report(path, &report)?;
    }
    Ok(tell(best, args, console))
}

fn proposal_report(proposal: &MaskProposal) -> ProposalReport {
    let bounds = proposal.mask.bounds();
    ProposalReport {
        confidence: proposal.confidence,
        reason: proposal.reason.clone(),
        mask_area: proposal.mask.area(),
        mask_fraction: proposal.mask.area_fraction(),
        bounds: [bounds.x, bounds.y, bounds.right(), bounds.bottom()],
    }
}

/// Prints what was found.
fn tell(best: Option<&MaskProposal>, args: &LocateArgs, console: &Console) -> Outcome {
    let output = args.output.display();
    let Some(best) = best else {
        let advice = match args.phrase {
            Some(_) => "name it differently, or give a --point or a --box",
            None => "give other points, or another box",
        };
        console.line(&format!("not found: nothing in the photo matches, so {output} is all black; {advice}."));
        return Outcome::InPart;
    };
    let (percent, confidence) = (best.mask.area_fraction() * 100.0, best.confidence);
    console.line(&format!("found {percent:.1} % of the image, confidence {confidence:.2} ({})", best.reason));
    if best.is_low_confidence() {
        console.line(&format!("low confidence, below {LOW_CONFIDENCE}: check {output} before you use it."));
        return Outcome::InPart;
    }
    if best.may_take.is_some() {
        console.line(&format!("the mask may include what the phrase leaves out: check {output} before you use it."));
        return Outcome::InPart;
    }
    Outcome::Done
}
