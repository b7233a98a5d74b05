//! Corrections that give steps their regions: points, boxes and mask files, used instead of searching.

use super::args::{EditArgs, ForStep};
use super::failure::Failure;
use super::inputs::inside;
use crate::files::open_mask_of_size;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tie_core::{Bounds, Click, Extent, Mask, Plan, SubTask};

/// A correction of one step's region.
#[derive(Clone, Debug)]
pub(super) enum Correction {
    /// Points or a box to find the region by; at least one.
    Pointing { clicks: Vec<Click>, bounds: Option<Bounds> },
    /// A mask of the photo's size that is not empty.
    Mask(Arc<Mask>),
}

/// Corrections by the number of the step.
pub(super) type Corrections = BTreeMap<u32, Correction>;

/// The mask files that a plan names, as they are opened from here.
pub(super) fn mask_files(plan: &Plan, file: &Path) -> Vec<(u32, PathBuf)> {
    let folder = file.parent().unwrap_or(Path::new(""));
    let named = plan.steps.iter().filter_map(|step| Some((step.id, folder.join(step.mask.as_ref()?))));
    named.collect()
}

/// Reads all corrections, and checks them against the plan and the photo.
pub(super) fn corrections(
    args: &EditArgs,
    plan: &Plan,
    masks: &[(u32, PathBuf)],
    extent: Extent,
) -> Result<Corrections, Failure> {
    let mut corrections = Corrections::new();
    for point in &args.points {
        let Click { at, .. } = point.value;
        let step = step_of("--point", point, &format!("{},{}", at.x, at.y), plan)?;
        let is_inside = |at: f32, side: u32| at >= 0.0 && at < side as f32;
        if !(is_inside(at.x, extent.width) && is_inside(at.y, extent.height)) {
            return Err(Failure::Usage(format!(
                "the point {},{} is outside the image, which is {extent} pixels: coordinates start at 0,0 in the top left corner.",
                at.x, at.y
            )));
        }
        let empty = Correction::Pointing { clicks: Vec::new(), bounds: None };
        if let Correction::Pointing { clicks, .. } = corrections.entry(step).or_insert(empty) {
            clicks.push(point.value);
        }
    }
    for drawn in &args.boxes {
        let Bounds { x, y, .. } = drawn.value;
        let shown = format!("{x},{y},{},{}", drawn.value.right(), drawn.value.bottom());
        let step = step_of("--box", drawn, &shown, plan)?;
        let part = inside(drawn.value, extent)?;
        let empty = Correction::Pointing { clicks: Vec::new(), bounds: None };
        if let Correction::Pointing { bounds, .. } = corrections.entry(step).or_insert(empty)
            && bounds.replace(part).is_some()
        {
            return Err(Failure::Usage(format!(
                "step {step} has two boxes: give one box around the whole region, or use points."
            )));
        }
    }
    for (step, path) in masks {
        let mask = open_mask_of_size(path, extent)?;
        if mask.is_empty() {
            return Err(Failure::Usage(format!(
                "the mask {} is all black, so step {step} would change nothing: paint its region white.",
                path.display()
            )));
        }
        if corrections.insert(*step, Correction::Mask(Arc::new(mask))).is_some() {
            return Err(Failure::Usage(format!(
                "step {step} has both the mask {} in the plan and points or a box: use one of them.",
                path.display()
            )));
        }
    }
    Ok(corrections)
}

/// The number of the step that a correction is for.
fn step_of<T>(argument: &str, said: &ForStep<T>, shown: &str, plan: &Plan) -> Result<u32, Failure> {
    let steps = || {
        let steps: Vec<String> = plan.steps.iter().map(|step| format!("{} {}", step.id, step.title())).collect();
        steps.join(", ")
    };
    match (said.step, plan.steps.as_slice()) {
        (Some(step), all) if all.iter().any(|one| one.id == step) => Ok(step),
        (Some(step), _) => {
            Err(Failure::Usage(format!("{argument} is for step {step}, but the plan has these steps: {}.", steps())))
        }
        (None, [SubTask { id, .. }]) => Ok(*id),
        (None, all) => {
            let first = all.first().map_or(1, |step| step.id);
            Err(Failure::Usage(format!(
                "{argument} {shown} does not say which step it is for: put the step number before it, as in {argument} {first}:{shown}. The plan has these steps: {}.",
                steps()
            )))
        }
    }
}
