//! Regions that are unsure: which steps have one, why in one sentence, and how a person goes on from there.

use super::mask_folder::{letter, stem};
use tie_core::doubt::{LARGEST_SHARE, largest_share};
use tie_core::proposal::LOW_CONFIDENCE;
use tie_core::{Doubt, EditOp, SubTask};

/// What is doubtful about a step's region, as the beginning of a sentence.
///
/// Another step is named by its number in `tasks`.
pub(super) fn why<'a>(doubt: Doubt, task: &SubTask, mut tasks: impl Iterator<Item = &'a SubTask>) -> String {
    let name = name_of(task);
    match doubt {
        Doubt::LowConfidence(confidence) => {
            format!(
                "It is uncertain that the region found is {name} (confidence {confidence:.2}, below {LOW_CONFIDENCE})"
            )
        }
        Doubt::TooLarge(share) => {
            let most = largest_share(task).unwrap_or(LARGEST_SHARE);
            format!(
                "The region for {name} covers {:.0} % of the photo, and more than {:.0} % is not changed without asking",
                share * 100.0,
                most * 100.0
            )
        }
        Doubt::SameRegionAs(other) => {
            let taken = tasks.find(|task| u64::from(task.id) == other.0).map(name_of);
            format!("The region for {name} is the one that step {} takes for {}", other.0, taken.unwrap_or_default())
        }
        Doubt::Rivals(regions) => format!("{regions} regions fit {name} about equally well"),
        Doubt::MayTake(index) => {
            let kept = task.kept_words(index);
            format!("\"{kept}\" is to stay, but it is uncertain where it is, and it may be part of {name}")
        }
    }
}

/// What a person can do about an unsure region, as the end of a sentence.
pub(super) fn how_to_go_on(task: &SubTask, doubt: Doubt, saves_masks: bool) -> String {
    let id = task.id;
    let look = match (saves_masks, doubt) {
        (false, _) => "look at it with --masks DIR".to_owned(),
        (true, Doubt::Rivals(regions)) => {
            let stem = stem(task);
            format!("look at {stem}-{}.png to {stem}-{}.png", letter(0), letter(regions - 1))
        }
        (true, _) => format!("look at {}-{}.png", stem(task), letter(0)),
    };
    format!("{look}, correct it with --point {id}:x,y or --box {id}:x0,y0,x1,y1, or run it anyway with --accept-unsure")
}

/// What to do where nothing was found.
pub(super) fn nothing_fits(task: &SubTask, is_corrected: bool) -> String {
    let id = task.id;
    if is_corrected {
        return format!("Nothing was found at the points of step {id}: give other points, or another box.");
    }
    let sought = task.sought();
    let what = [Some(sought.phrase), sought.location];
    let what = what.into_iter().flatten().collect::<Vec<_>>().join(" ");
    format!(
        "\"{what}\" was not found: name it differently, or point at it with --point {id}:x,y or --box {id}:x0,y0,x1,y1."
    )
}

/// What a step is about, in quotation marks.
fn name_of(task: &SubTask) -> String {
    match (task.sought().phrase, task.content()) {
        ("", Some(content)) if task.op() == EditOp::Add => format!("the place for \"{content}\""),
        ("", _) => "the whole image".to_owned(),
        (phrase, _) => format!("\"{phrase}\""),
    }
}

#[cfg(test)]
mod tests {
    use super::super::carry_out::{Tools, carry_out};
    use super::super::corrections::Corrections;
    use super::super::model_args::DiffusionArgs;
    use super::super::progress::Console;
    use super::super::report::StepState;
    use super::*;
    use crate::files::{Metadata, Photo};
    use proptest::prelude::*;
    use std::sync::Arc;
    use tie_core::{Bounds, EditOp, Extent, Mask, MaskProposal, Plan, Raster, Recipe};
    use tie_engine::{Cancel, EngineError, InpaintRequest, Inpainter, JobCx, LocateRequest, Locator, Registry};

    const EXTENT: Extent = Extent::new(60, 40);
    const NAMES: [&str; 5] = ["cup", "dog", "car", "lamp", "red cup"];

    /// Answers the things of [`NAMES`] with these regions, best first.
    struct Scripted(Vec<Vec<(Bounds, f32)>>);
    impl Locator for Scripted {
        fn name(&self) -> &'static str {
            "scripted"
        }
        fn locate(&self, request: LocateRequest<'_>, _: &JobCx<'_>) -> Result<Vec<MaskProposal>, EngineError> {
            let proposal = |&(bounds, confidence): &(Bounds, f32)| {
                MaskProposal::new(Mask::rectangle(EXTENT, bounds), confidence, "", "")
            };
            let found = NAMES.iter().position(|name| *name == request.phrase).and_then(|index| self.0.get(index));
            Ok(found.into_iter().flatten().map(proposal).collect())
        }
    }

    /// Paints whatever is asked for.
    struct Painter;
    impl Inpainter for Painter {
        fn name(&self) -> &'static str {
            "painter"
        }
        fn is_random(&self, _: &Recipe) -> bool {
            false
        }
        fn can_do(&self, _: EditOp) -> bool {
            true
        }
        fn inpaint(&self, request: InpaintRequest<'_>, _: &JobCx<'_>) -> Result<Raster, EngineError> {
            Ok(Raster::filled(request.image.extent(), [250, 0, 0, 255]))
        }
    }

    /// Regions on a coarse grid, so that many are the same, and confidences on both sides of every limit.
    fn any_regions() -> impl Strategy<Value = Vec<(Bounds, f32)>> {
        let bounds = (0_i32..4, 0_i32..3, 1_u32..5, 1_u32..4)
            .prop_map(|(x, y, width, height)| Bounds::new(x * 14, y * 12, width * 14, height * 12));
        let confidence =
            prop_oneof![Just(0.95_f32), Just(0.9), Just(0.7), Just(0.5), Just(0.49), Just(0.1), Just(f32::NAN)];
        proptest::collection::vec((bounds, confidence), 0..3).prop_map(|mut found| {
            found.sort_by(|(_, a), (_, b)| b.total_cmp(a));
            found
        })
    }

    fn any_op() -> impl Strategy<Value = EditOp> {
        proptest::sample::select(vec![
            EditOp::Remove,
            EditOp::Replace,
            EditOp::Recolor,
            EditOp::Material,
            EditOp::Style,
        ])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn no_step_in_doubt_changes_a_pixel_without_acceptance(
            regions in proptest::collection::vec(any_regions(), NAMES.len()),
            ops in proptest::collection::vec((any_op(), any::<bool>()), NAMES.len()),
            accepts_unsure in any::<bool>(),
        ) {
            let mut tasks: Vec<SubTask> = Vec::new();
            for (index, (op, depends)) in ops.iter().enumerate() {
                let id = index as u32 + 1;
                let depends_on = if *depends && index > 0 { vec![id - 1] } else { Vec::new() };
                tasks.push(SubTask { depends_on, ..SubTask::new(id, *op, NAMES[index]).becomes("blue") });
            }
            let plan = Plan::new("all", "test", tasks);
            let registry = Registry::embedded()
                .with_locator(Arc::new(Scripted(regions.clone())))
                .with_inpainter(Arc::new(Painter));
            let tools = Tools {
                registry: &registry,
                locator: "scripted",
                corrections: &Corrections::new(),
                accepts_unsure,
                masks: None,
                inpainter: None,
                diffusion: DiffusionArgs::default(),
                seed: 0,
                cancel: &Cancel::default(),
                console: &Console::silent(),
            };
            let original = Arc::new(Raster::filled(EXTENT, [100, 120, 140, 255]));
            let photo = Photo { raster: Raster::clone(&original), metadata: Metadata::default(), notes: Vec::new() };
            let (session, reports, stopped) = carry_out(plan.clone(), photo, &tools);
            let document = &session.photo().unwrap().document;
            prop_assert!(stopped.is_none());

            let mask = |index: usize| regions[index].first().map(|(bounds, _)| Mask::rectangle(EXTENT, *bounds));
            let done: Vec<usize> = (0..reports.len()).filter(|index| reports[*index].state.is_done()).collect();
            // Only steps that are done are in the document, and only their regions have changed, a little grown.
            let place = |id| session.cards().iter().position(|card| card.id == id).unwrap();
            let stack: Vec<usize> = document.steps().iter().map(|step| place(step.id)).collect();
            prop_assert_eq!(&stack, &done);
            let mut may_change = Mask::empty(EXTENT);
            done.iter().filter_map(|index| mask(*index)).for_each(|mask| may_change.union(&mask));
            may_change.grow(8.0);
            for y in 0..EXTENT.height {
                for x in 0..EXTENT.width {
                    let same = document.current().pixel(x, y) == original.pixel(x, y);
                    prop_assert!(same || may_change.at(x, y) > 0, "{x},{y}");
                }
            }
            for (index, report) in reports.iter().enumerate() {
                prop_assert!(report.state != StepState::Unsure || (report.doubt.is_some() && !accepts_unsure));
                if report.state != StepState::Done {
                    continue;
                }
                // What is done without a word is sure, not too large, and the only one that fits.
                let (bounds, confidence) = regions[index][0];
                let share = mask(index).map_or(1.0, |mask| mask.area_fraction());
                prop_assert!(confidence >= 0.5 && share <= 0.4, "{report:?}");
                let rival = |(other, theirs): &(Bounds, f32)| {
                    confidence - theirs < 0.1 && Mask::rectangle(EXTENT, bounds).iou(&Mask::rectangle(EXTENT, *other)) <= 0.6
                };
                prop_assert!(!regions[index][1..].iter().any(rival), "{report:?}");
            }
            // No two took one region, unless one builds on the other or both are about a cup.
            let builds = |b: usize, a: usize| (a + 1..=b).all(|step| !plan.steps[step].depends_on.is_empty());
            for &a in &done {
                for &b in done.iter().filter(|b| **b > a) {
                    let sure = [a, b].iter().all(|index| reports[*index].state == StepState::Done);
                    let related = builds(b, a) || (NAMES[a].contains("cup") && NAMES[b].contains("cup"));
                    let overlap = mask(a).zip(mask(b)).map_or(0.0, |(a, b)| a.iou(&b));
                    prop_assert!(!sure || related || overlap <= 0.6, "steps {} and {}: {regions:?}", a + 1, b + 1);
                }
            }
        }
    }
}
