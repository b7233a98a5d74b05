//! When a region needs a person's confirmation: the locator is unsure, or the change is too large to make on a guess.
//!
//! The command line and the window both decide it here.

use super::mask::SELECTED;
use super::{EditOp, Mask, MaskProposal, StepId, SubTask, wording};

/// The largest share of a photograph, 0 to 1, that is filled or recoloured without asking, however sure the locator is.
pub const LARGEST_SHARE: f32 = 0.4;

/// The same limit for adjustments, which keep things recognisable (a face may fill a portrait), and for removing what
/// the words call large, which needs something to fill it with.
const LARGEST_SHARE_OF_LIGHT: f32 = 0.75;

/// Two masks with an intersection over union above this, 0 to 1, show the same region.
pub const SAME_REGION: f32 = 0.6;

/// A proposal whose confidence is this close to the best one's counts as equally good.
const RIVALS_WITHIN: f32 = 0.1;

/// A confidence below this is a guess.
const GUESS: f32 = 0.35;

/// Why a step waits for a person before it changes its region.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Doubt {
    /// The locator's confidence, 0 to 1, is below [`LOW_CONFIDENCE`](super::proposal::LOW_CONFIDENCE).
    LowConfidence(f32),
    /// The region covers this share of the photograph, 0 to 1: more than is changed without asking.
    TooLarge(f32),
    /// This step claims the same region for something else, and has the stronger claim.
    SameRegionAs(StepId),
    /// This many regions, the best one included, fit about equally well.
    Rivals(usize),
    /// Something to keep may lie in the region; the number is its [`Kept::index`](super::Kept::index).
    MayTake(usize),
}

impl Doubt {
    /// The doubt that a locator's answer raises by itself; `None` if there is no doubt or no answer.
    ///
    /// `proposals` has the best one first.
    pub fn about(task: &SubTask, proposals: &[MaskProposal]) -> Option<Self> {
        let (best, others) = proposals.split_first()?;
        let share = best.mask.area_fraction();
        if largest_share(task).is_some_and(|largest| share > largest) {
            return Some(Self::TooLarge(share));
        }
        let rivals = rivals(best, others);
        // With rivals, none of the regions is sure. That says more than a confidence, unless the best one is a guess.
        if best.is_low_confidence() && (rivals == 0 || best.confidence.max(0.0) < GUESS) {
            // `max` turns NaN, which would not even equal itself, into 0.
            return Some(Self::LowConfidence(best.confidence.max(0.0)));
        }
        if rivals > 0 { Some(Self::Rivals(rivals + 1)) } else { best.may_take.map(Self::MayTake) }
    }
}

/// How many of `others` fit about as well as the best one. Another outline of the same thing is not a rival.
pub fn rivals(best: &MaskProposal, others: &[MaskProposal]) -> usize {
    let is_rival = |other: &&MaskProposal| {
        best.confidence - other.confidence < RIVALS_WITHIN && overlap(&best.mask, &other.mask) <= SAME_REGION
    };
    others.iter().filter(is_rival).count()
}

/// The largest share of the photograph, 0 to 1, that the task may change without asking.
///
/// `None` if its words mean a large area anyway, such as the sky or the background.
pub fn largest_share(task: &SubTask) -> Option<f32> {
    let sought = task.sought();
    let phrase = if task.op() == EditOp::Add { sought.location.unwrap_or_default() } else { sought.phrase };
    let means_much = match task.op() {
        EditOp::Background => true,
        // Without words these mean one place among many, not the whole photograph.
        EditOp::Add | EditOp::Text | EditOp::Move | EditOp::Count if phrase.trim().is_empty() => false,
        EditOp::Add => wording::is_stuff(wording::without_relation(phrase)),
        _ => wording::is_whole(phrase) || wording::is_stuff(phrase),
    };
    match task.op() {
        // "Remove everything but the man" would leave nothing to fill it with.
        EditOp::Remove if means_much => Some(LARGEST_SHARE_OF_LIGHT),
        _ if means_much => None,
        EditOp::Adjust => Some(LARGEST_SHARE_OF_LIGHT),
        _ => Some(LARGEST_SHARE),
    }
}

/// A step and the region that it would change.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// The step that wants the region.
    pub step: StepId,
    /// What the step does and to what.
    pub task: &'a SubTask,
    /// The steps that it builds on; these may share its region.
    pub depends_on: &'a [StepId],
    /// The region; the masks of all claims have the photograph's extent.
    pub mask: &'a Mask,
    /// How sure the locator is, 0 to 1; `None` if a person confirmed the region or the step is done, which beats any number.
    pub confidence: Option<f32>,
}

/// The step that claims the same region as the claim at `index` for something else and has the stronger claim.
///
/// The more confident one has it, or the earlier one of two that are equally confident. `None` if there is no such step.
pub fn contested(claims: &[Claim<'_>], index: usize) -> Option<StepId> {
    let mine = claims.get(index)?;
    let own = mine.confidence?;
    let others = claims.iter().enumerate().filter(|(place, other)| {
        let is_surer = other.confidence.is_none_or(|theirs| theirs > own || (theirs >= own && *place < index));
        *place != index && is_surer
    });
    others
        .map(|(_, other)| other)
        .find(|other| {
            are_different_things(mine.task, other.task)
                && !follows(claims, mine.step, other.step)
                && !follows(claims, other.step, mine.step)
                && overlap(mine.mask, other.mask) > SAME_REGION
        })
        .map(|other| other.step)
}

/// Whether two steps name two things, neither of which is the other, part of it, or what it becomes.
fn are_different_things(a: &SubTask, b: &SubTask) -> bool {
    // An addition names a place, and the whole photograph contains everything.
    let is_thing = |task: &SubTask| task.op() != EditOp::Add && !wording::is_whole(task.sought().phrase);
    is_thing(a) && is_thing(b) && !names(a, b) && !names(b, a)
}

/// Whether the words of `task` contain the name of the thing that `other` is about.
fn names(task: &SubTask, other: &SubTask) -> bool {
    let name = wording::names_of(other.sought().phrase);
    let holds = |text: &str| {
        let words = wording::names_of(text);
        name.iter().all(|word| words.contains(word))
    };
    let place = |task: &SubTask| task.sought().location.map(wording::names_of);
    if holds(task.sought().phrase) {
        // The cup on the left and the cup on the right are two cups.
        return !matches!((place(task), place(other)), (Some(mine), Some(theirs)) if mine != theirs);
    }
    task.content().is_some_and(holds)
        || task.sought().location.is_some_and(|place| wording::says_part(place) && holds(place))
}

/// Whether a step builds on another, directly or through steps between them.
fn follows(claims: &[Claim<'_>], step: StepId, on: StepId) -> bool {
    let (mut known, mut next) = (vec![step], 0);
    while let Some(id) = known.get(next).copied() {
        next += 1;
        for claim in claims.iter().filter(|claim| claim.step == id) {
            let new: Vec<StepId> = claim.depends_on.iter().filter(|on| !known.contains(on)).copied().collect();
            known.extend(new);
        }
    }
    step != on && known.contains(&on)
}

/// Intersection over union of the selected pixels, 0 to 1; 0 if the extents differ.
///
/// Large masks are sampled in evenly spaced rows, so it takes well under a millisecond at any size.
fn overlap(a: &Mask, b: &Mask) -> f32 {
    const ENOUGH: usize = 1 << 19;
    let extent = a.extent();
    if extent != b.extent() {
        return 0.0;
    }
    let step = extent.area().div_ceil(ENOUGH).min(extent.height as usize).max(1);
    let (mut both, mut either) = (0_usize, 0_usize);
    for y in (0..extent.height).skip(step / 2).step_by(step) {
        for (a, b) in a.row(y).iter().zip(b.row(y)) {
            let (a, b) = (*a >= SELECTED, *b >= SELECTED);
            both += usize::from(a && b);
            either += usize::from(a || b);
        }
    }
    if either == 0 { 0.0 } else { both as f32 / either as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bounds, Extent};

    const EXTENT: Extent = Extent::new(100, 10);

    /// A mask of the columns from `left` on.
    fn columns(left: i32, count: u32) -> Mask {
        Mask::rectangle(EXTENT, Bounds::new(left, 0, count, 10))
    }

    fn proposals(found: &[(i32, u32, f32)]) -> Vec<MaskProposal> {
        let proposal =
            |&(left, count, confidence): &(i32, u32, f32)| MaskProposal::new(columns(left, count), confidence, "", "");
        found.iter().map(proposal).collect()
    }

    fn task(op: EditOp, target: &str) -> SubTask {
        SubTask::new(1, op, target)
    }

    fn at(location: &str, task: SubTask) -> SubTask {
        task.at(location)
    }

    fn into(content: &str, task: SubTask) -> SubTask {
        task.becomes(content)
    }

    #[test]
    fn a_region_is_in_doubt_when_it_is_unsure_too_large_or_one_of_several() {
        let cup = task(EditOp::Remove, "cup");
        for (found, doubt) in [
            (&[][..], None),
            (&[(0, 20, 0.9)], None),
            (&[(0, 20, 0.3)], Some(Doubt::LowConfidence(0.3))),
            (&[(0, 62, 0.95)], Some(Doubt::TooLarge(0.62))),
            (&[(0, 62, 0.1)], Some(Doubt::TooLarge(0.62))),
            (&[(0, 20, 0.9), (40, 20, 0.85), (70, 10, 0.81)], Some(Doubt::Rivals(3))),
            (&[(0, 20, 0.9), (40, 20, 0.4)], None),
            (&[(0, 20, 0.9), (0, 19, 0.88)], None),
            (&[(0, 20, 0.3), (40, 20, 0.3)], Some(Doubt::LowConfidence(0.3))),
        ] {
            assert_eq!(Doubt::about(&cup, &proposals(found)), doubt, "{found:?}");
        }
        let unknown = Doubt::about(&cup, &proposals(&[(0, 20, f32::NAN)]));
        assert_eq!(unknown, Some(Doubt::LowConfidence(0.0)));
    }

    #[test]
    fn what_may_be_large_is_what_the_words_say() {
        for (task, share) in [
            (task(EditOp::Remove, "person"), Some(LARGEST_SHARE)),
            (task(EditOp::Recolor, "water bottle"), Some(LARGEST_SHARE)),
            (at("on the water", task(EditOp::Remove, "boat")), Some(LARGEST_SHARE)),
            (task(EditOp::Recolor, "brick walls"), None),
            (task(EditOp::Recolor, "Sky behind the tower"), None),
            (task(EditOp::Recolor, "everything except the dog"), None),
            (task(EditOp::Recolor, "all the cups"), Some(LARGEST_SHARE)),
            (task(EditOp::Remove, "background"), Some(LARGEST_SHARE_OF_LIGHT)),
            (task(EditOp::Remove, "everything but the man"), Some(LARGEST_SHARE_OF_LIGHT)),
            (task(EditOp::Background, "beach"), None),
            (task(EditOp::Style, ""), None),
            (task(EditOp::Style, "dog"), Some(LARGEST_SHARE)),
            (task(EditOp::Adjust, ""), None),
            (task(EditOp::Adjust, "everything else"), None),
            (task(EditOp::Adjust, "face"), Some(LARGEST_SHARE_OF_LIGHT)),
            (task(EditOp::Text, ""), Some(LARGEST_SHARE)),
            (into("a cat", task(EditOp::Add, "")), Some(LARGEST_SHARE)),
            (at("in the sky", into("a rainbow", task(EditOp::Add, ""))), None),
            (at("on the table", into("a cat", task(EditOp::Add, ""))), Some(LARGEST_SHARE)),
        ] {
            assert_eq!(largest_share(&task), share, "{task:?}");
        }
    }

    /// The step that contests the second of two claims on one region, the first with .9, the second with this confidence.
    fn second_loses_to(first: &SubTask, second: &SubTask, confidence: Option<f32>) -> Option<u64> {
        let mask = columns(0, 30);
        let claim =
            |step, task, confidence| Claim { step: StepId(step), task, depends_on: &[], mask: &mask, confidence };
        let claims = [claim(1, first, Some(0.9)), claim(2, second, confidence)];
        contested(&claims, 1).map(|step| step.0)
    }

    #[test]
    fn of_two_things_in_one_region_the_less_sure_one_is_in_doubt() {
        let (person, car) = (task(EditOp::Remove, "person"), into("red", task(EditOp::Recolor, "car")));
        assert_eq!(second_loses_to(&person, &car, Some(0.6)), Some(1));
        assert_eq!(second_loses_to(&person, &car, Some(0.9)), Some(1), "of equally sure ones the later");
        assert_eq!(second_loses_to(&person, &car, Some(0.95)), None);
        assert_eq!(second_loses_to(&person, &car, None), None, "a person has said so");
    }

    #[test]
    fn one_thing_named_twice_its_parts_and_what_it_becomes_do_not_contest_each_other() {
        let recolor = |target: &str| into("blue", task(EditOp::Recolor, target));
        let remove = |target: &str| task(EditOp::Remove, target);
        let loses = |a: &SubTask, b: &SubTask| second_loses_to(a, b, Some(0.6)).is_some();
        for (a, b) in [
            (remove("red cup"), recolor("the red cups")),
            (recolor("cup"), at("on the cup", remove("logo"))),
            (recolor("car"), remove("car's wheels")),
            (into("a goat", task(EditOp::Replace, "sheep")), recolor("goat")),
            (task(EditOp::Adjust, ""), remove("cup")),
            (task(EditOp::Adjust, "background"), recolor("wall")),
            (at("on the car", into("a cat", task(EditOp::Add, ""))), recolor("car")),
        ] {
            assert!(!loses(&a, &b) && !loses(&b, &a), "{a:?} {b:?}");
        }
        for (a, b) in [
            (remove("red cup"), recolor("blue cup")),
            (at("on the left", remove("cup")), at("on the right", recolor("cup"))),
            (at("next to the cat", remove("dog")), recolor("cat")),
            (recolor("sky"), recolor("sea")),
        ] {
            assert!(loses(&a, &b) && loses(&b, &a), "{a:?} {b:?}");
        }
    }

    #[test]
    fn what_builds_on_a_step_may_have_its_region() {
        let (mask, dog, hat) = (columns(0, 30), task(EditOp::Recolor, "dog"), task(EditOp::Recolor, "hat"));
        let on = [StepId(2)];
        let between = [StepId(1)];
        let claim =
            |step, task, depends_on| Claim { step: StepId(step), task, depends_on, mask: &mask, confidence: Some(0.9) };
        let elsewhere = columns(60, 30);
        let middle = Claim { mask: &elsewhere, ..claim(2, &dog, &between) };
        assert_eq!(contested(&[claim(1, &dog, &[]), middle, claim(3, &hat, &on)], 2), None);
        assert_eq!(contested(&[claim(1, &dog, &[]), middle, claim(3, &hat, &[])], 2), Some(StepId(1)));
    }

    #[test]
    fn overlap_is_intersection_over_union_also_where_rows_are_left_out() {
        let large = Extent::new(2000, 1500);
        let square = |x| Mask::rectangle(large, Bounds::new(x, 300, 400, 400));
        for (a, b) in [(square(100), square(100)), (square(100), square(300)), (square(100), square(900))] {
            assert!((overlap(&a, &b) - a.iou(&b)).abs() < 0.01, "{} {}", overlap(&a, &b), a.iou(&b));
        }
        assert_eq!(overlap(&columns(0, 40), &columns(20, 40)), columns(0, 40).iou(&columns(20, 40)));
        for extent in [Extent::new(0, 0), Extent::new(1, 1), Extent::new(3_000_000, 1)] {
            assert!(overlap(&Mask::full(extent), &Mask::full(extent)) == f32::from(u8::from(extent.area() > 0)));
        }
        assert_eq!(overlap(&Mask::full(EXTENT), &Mask::full(large)), 0.0);
    }
}
