//! Removes what must stay from a located region.

use super::{LocateRequest, Locator};
use crate::{EngineError, JobCx};
use std::sync::Arc;
use tie_core::doubt::{SAME_REGION, rivals};
use tie_core::wording::means_others;
use tie_core::{EditOp, Kept, Mask, MaskProposal, OtherTarget};

/// Less than this share of a region is its edge.
const EDGE: f32 = 0.02;
/// Something that covers more than this of a region is a whole that the region is a part of, as a woman is of her
/// dress.
const HOLDS: f32 = 0.7;
/// Removing more than this leaves nothing to change.
const ALL: f32 = 0.98;
/// A region larger than this share of the photo probably includes things that were not found.
const MOST: f32 = 0.4;

/// Locates a region and removes the things to keep, as far as they are found. If one isn't found for sure and may be in
/// the region, [`may_take`](MaskProposal::may_take) names it. Requests with clicks or a box exclude nothing.
///
/// # Errors
/// See [`Locator::locate`].
pub fn locate_without(
    locator: &dyn Locator,
    request: LocateRequest<'_>,
    keep: &[Kept],
    cx: &JobCx<'_>,
) -> Result<Vec<MaskProposal>, EngineError> {
    // Things to keep are also named.
    let named = keep.iter().map(|kept| OtherTarget { phrase: kept.phrase.clone(), location: None });
    let others: Vec<OtherTarget> = request.others.iter().cloned().chain(named).collect();
    let mut found = locator.locate(LocateRequest { others: &others, ..request }, cx)?;
    if found.is_empty() || !request.clicks.is_empty() || request.bounds.is_some() {
        return Ok(found);
    }
    let target = [OtherTarget { phrase: request.phrase.to_owned(), location: request.location.map(str::to_owned) }];
    for kept in keep {
        // "The other players" are those who are not the target.
        let means_others = means_others(&kept.phrase) && !request.phrase.trim().is_empty();
        // Searched as something to be changed: for an addition, the result would be a place.
        let sought = LocateRequest {
            phrase: &kept.phrase,
            location: None,
            op: EditOp::Adjust,
            clicks: &[],
            bounds: None,
            others: if means_others { &target } else { &[] },
            ..request
        };
        let there = locator.locate(sought, cx)?;
        for one in &mut found {
            // A locator that cannot tell them apart finds the target among them.
            let hold_it = means_others && there.first().is_some_and(|best| share_in(&one.mask, &best.mask) > HOLDS);
            let takes = hold_it || take_out(&mut one.mask, &there, request.phrase.trim().is_empty());
            one.may_take = one.may_take.or(takes.then_some(kept.index));
        }
    }
    found.retain(|one| !one.mask.is_empty());
    Ok(found)
}

/// Removes the best match from a mask if it is sure. Returns whether the mask may still include a part of what must
/// stay.
fn take_out(mask: &mut Arc<Mask>, there: &[MaskProposal], is_all: bool) -> bool {
    let Some((best, others)) = there.split_first() else { return mask.area_fraction() > MOST };
    let lie_in = |mask: &Mask, some: &[MaskProposal]| some.iter().any(|one| share_in(mask, &one.mask) > EDGE);
    if best.is_low_confidence() {
        // The size of a guess says nothing about the thing.
        return mask.area_fraction() > MOST || lie_in(mask, there);
    }
    let held = share_in(mask, &best.mask);
    if is_all && held > ALL {
        return true;
    }
    if held > HOLDS && !is_all {
        return mask.iou(&best.mask) > SAME_REGION;
    }
    if held > 0.0 {
        Arc::make_mut(mask).subtract(&best.mask);
    }
    rivals(best, others) > 0 && lie_in(mask, others)
}

/// The share of a mask, by coverage, inside another.
fn share_in(mask: &Mask, other: &Mask) -> f32 {
    let (mut both, mut all) = (0_u64, 0_u64);
    for (&mine, &theirs) in mask.coverage().iter().zip(other.coverage()) {
        both += u64::from(mine.min(theirs));
        all += u64::from(mine);
    }
    if all == 0 { 0.0 } else { (both as f64 / all as f64) as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tie_core::{Bounds, Extent, Raster};

    const EXTENT: Extent = Extent::new(100, 10);

    fn columns(left: i32, count: u32) -> Mask {
        Mask::rectangle(EXTENT, Bounds::new(left, 0, count, 10))
    }

    type Answers = Vec<(&'static str, Vec<(i32, u32, f32)>)>;

    /// Answers phrases with columns, best first.
    struct Columns(Answers);
    impl Locator for Columns {
        fn name(&self) -> &'static str {
            "columns"
        }
        fn locate(&self, request: LocateRequest<'_>, _: &JobCx<'_>) -> Result<Vec<MaskProposal>, EngineError> {
            let found = self.0.iter().find(|(phrase, _)| *phrase == request.phrase);
            let proposal =
                |&(left, count, sure): &(i32, u32, f32)| MaskProposal::new(columns(left, count), sure, "columns", "");
            Ok(found.into_iter().flat_map(|(_, found)| found).map(proposal).collect())
        }
    }

    /// What is found for a phrase where a dog must stay.
    fn without_dog(phrase: &str, found: &[(i32, u32, f32)], dog: &[(i32, u32, f32)]) -> Vec<MaskProposal> {
        let locator = Columns(vec![("the phrase", found.to_vec()), ("dog", dog.to_vec()), ("", found.to_vec())]);
        let image = Arc::new(Raster::filled(EXTENT, [0; 4]));
        let request = LocateRequest {
            image: &image,
            phrase,
            location: None,
            op: EditOp::Adjust,
            clicks: &[],
            bounds: None,
            others: &[],
        };
        let keep = [Kept { index: 3, phrase: "dog".to_owned() }];
        locate_without(&locator, request, &keep, &JobCx::silent()).unwrap()
    }

    #[test]
    fn what_is_surely_found_is_taken_out_of_every_answer() {
        let found = without_dog("the phrase", &[(0, 30, 0.9), (10, 30, 0.8)], &[(20, 20, 0.6)]);
        let masks: Vec<&Mask> = found.iter().map(|one| &*one.mask).collect();
        assert_eq!(masks, [&columns(0, 20), &columns(10, 10)]);
        assert!(found.iter().all(|one| one.may_take.is_none()));
        let all = without_dog("", &[(0, 100, 1.0)], &[(10, 85, 0.6)]);
        assert_eq!(all[0].mask.area(), 150, "also most of the photograph");
    }

    #[test]
    fn what_may_lie_in_the_region_is_left_to_the_person() {
        for (why, phrase, found, dog, takes) in [
            ("unsure and apart", "the phrase", (0, 30, 0.9), &[(50, 20, 0.3)][..], false),
            ("unsure and in it", "the phrase", (0, 30, 0.9), &[(20, 20, 0.3)], true),
            ("one of two, both sure", "", (0, 100, 1.0), &[(10, 10, 0.7), (50, 10, 0.69)], true),
            ("nowhere, and the region is small", "the phrase", (0, 30, 0.9), &[], false),
            ("nowhere, and the region is large", "", (0, 100, 1.0), &[], true),
            ("the same region", "the phrase", (0, 30, 0.9), &[(0, 35, 0.9)], true),
            ("what it is a part of", "the phrase", (0, 30, 0.9), &[(0, 90, 0.9)], false),
        ] {
            let answer = without_dog(phrase, &[found], dog);
            assert_eq!(answer[0].may_take, takes.then_some(3), "{why}");
        }
        let part = without_dog("the phrase", &[(0, 30, 0.9)], &[(0, 90, 0.9)]);
        assert_eq!(*part[0].mask, columns(0, 30));
    }

    #[test]
    fn others_that_may_be_the_target_leave_the_step_to_the_person() {
        let players = vec![(0, 90, 0.9)];
        let locator = Columns(vec![("player", vec![(0, 30, 0.9)]), ("other players", players)]);
        let image = Arc::new(Raster::filled(EXTENT, [0; 4]));
        let request = LocateRequest {
            image: &image,
            phrase: "player",
            location: None,
            op: EditOp::Remove,
            clicks: &[],
            bounds: None,
            others: &[],
        };
        let keep = [Kept { index: 0, phrase: "other players".to_owned() }];
        let found = locate_without(&locator, request, &keep, &JobCx::silent()).unwrap();
        assert_eq!(found[0].may_take, Some(0));
    }

    proptest! {
        #[test]
        fn of_a_sure_thing_in_the_whole_photograph_nothing_is_taken(left in 0_i32..100, count in 0_u32..100, sure in 0.0_f32..1.0) {
            let dog = columns(left, count);
            for one in without_dog("", &[(0, 100, 1.0)], &[(left, count, sure)]) {
                let takes = share_in(&dog, &one.mask) > 0.0;
                prop_assert!(!takes || one.may_take == Some(3) || share_in(&one.mask, &dog) <= EDGE);
                prop_assert!(sure < 0.5 || !takes || count > 98);
            }
        }
    }
}
