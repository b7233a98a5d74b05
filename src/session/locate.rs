//! Looking for the regions of steps.

use super::Session;
use super::card::{Card, StepState};
use super::stack::Layers;
use crate::worker::{Job, Slot};
use std::sync::Arc;
use tie_core::mask::SELECTED;
use tie_core::{Bounds, Click, Doubt, EditOp, Mask, MaskProposal, StepId};

/// How well a second look has to agree with the first one outside of what was removed, as intersection over union.
const SAME_REGION: f32 = 0.9;
/// How well it has to agree about the place of what was removed: it may draw the outline there anew, not say something else.
const SAME_PLACE: f32 = 0.75;
/// How much it has to find of what the region is taken to have gained: less is the old outline of the removed thing.
const LEAST_GAIN: f32 = 0.5;

impl Session {
    /// Looks for a step's region by its words.
    pub(super) fn locate(&mut self, id: StepId) {
        self.look_for(id, None);
    }

    /// Looks for a step's region where the person points; what is found there is right.
    pub(super) fn point_at(&mut self, id: StepId, clicks: Vec<Click>, bounds: Option<Bounds>) {
        self.look_for(id, Some((clicks, bounds)));
    }

    fn look_for(&mut self, id: StepId, pointed: Option<(Vec<Click>, Option<Bounds>)>) {
        let Some(image) = self.ground(id) else {
            return;
        };
        let chosen = self.card(id).and_then(|card| card.locator.clone()).or_else(|| self.locator.clone());
        let locator = if pointed.is_some() { self.pointer(chosen) } else { chosen.or_else(|| self.finder()) };
        let Some(locator) = locator else {
            return;
        };
        let is_gone = |card: &Card| card.state == StepState::Approved && card.task.op() == EditOp::Remove;
        let is_there = |card: &&Card| card.id != id && !is_gone(card);
        let others = self.cards.iter().filter(is_there).filter_map(|card| card.task.as_other()).collect();
        let Some(card) = self.card_mut(id) else {
            return;
        };
        // One that no engine can do stays so, wherever its region is.
        if !matches!(card.state, StepState::Approved | StepState::NeedsModel(_)) {
            card.state = StepState::Locating;
        }
        card.pointed = pointed.is_some();
        (card.look_again, card.looks_again) = (false, false);
        let mut sought = card.task.sought();
        if pointed.is_some() {
            (sought.phrase, sought.location) = ("", None);
        }
        let (clicks, bounds) = pointed.unwrap_or_default();
        let job = Job::Locate {
            step: id,
            locator,
            image,
            phrase: sought.phrase.to_owned(),
            location: sought.location.map(str::to_owned),
            op: sought.op,
            clicks,
            bounds,
            others,
            keep: card.task.kept(),
        };
        self.submit(job);
    }

    /// The locator for words where none is chosen.
    fn finder(&self) -> Option<String> {
        self.registry.locator_by_words().map(|engine| engine.name().to_owned())
    }

    /// The locator for clicks and boxes: the chosen one if it follows them.
    fn pointer(&self, chosen: Option<String>) -> Option<String> {
        let follows = |name: &String| self.registry.locator(name).is_ok_and(tie_engine::Locator::follows_pointing);
        let best = || self.registry.locator_by_pointing().map(|engine| engine.name().to_owned());
        chosen.clone().filter(follows).or_else(best).or(chosen)
    }

    /// Looks for a step's region by another locator, from now on.
    pub(super) fn locate_by(&mut self, id: StepId, locator: String) {
        let Some(card) = self.card_mut(id) else {
            return;
        };
        card.locator = Some(locator);
        self.locate(id);
    }

    /// The results of the steps that a step depends on.
    pub(super) fn dependencies_of(&self, id: StepId) -> Layers {
        let mut layers = Layers::default();
        let on = self.card(id).map_or(&[][..], |card| &card.depends_on);
        on.iter().filter_map(|on| self.card(*on)?.candidate()).for_each(|candidate| layers.push(candidate, u8::MAX));
        layers
    }

    /// Forgets regions that were found in results which are replaced by others now, and looks for them there.
    pub(super) fn follow_dependencies(&mut self) {
        let has_moved = |card: &&Card| {
            let is_guess = !card.confirmed && card.mask.as_ref().is_some_and(|mask| !mask.is_edited());
            let shares = |on: &StepId| self.card(*on).is_some_and(|on| on.keeps_shape_for(card));
            let is_open = !card.depends_on.is_empty() && !card.is_decided() && !card.is_busy();
            let is_open = is_open && !card.depends_on.iter().all(shares);
            let is_there = || card.depends_on.iter().all(|on| self.is_there(*on));
            is_open && is_guess && is_there() && card.found_on != self.dependencies_of(card.id)
        };
        let moved: Vec<StepId> = self.cards.iter().filter(has_moved).map(|card| card.id).collect();
        for id in &moved {
            if let Some(card) = self.card_mut(*id) {
                card.forget_region();
                card.mark_outdated();
                card.state = StepState::Draft;
            }
            self.mask_changed(*id, None);
        }
        if !moved.is_empty() {
            self.locate_ready();
        }
    }

    /// Whether somebody looks for a step's region.
    pub(super) fn is_looked_for(&self, id: StepId) -> bool {
        self.running.values().any(|job| job.slot() == Slot::Locate(id))
    }

    /// Looks for a region once more, because something that hid part of it is removed.
    pub(super) fn look_again(&mut self, id: StepId) {
        let Some(card) = self.card_mut(id) else { return };
        card.look_again = false;
        // It can be run meanwhile: the run waits for the answer.
        let state = card.state.clone();
        self.locate(id);
        let looks_again = self.is_looked_for(id);
        if let Some(card) = self.card_mut(id) {
            card.state = state;
            card.looks_again = looks_again;
        }
    }

    pub(super) fn look_again_if_idle(&mut self) {
        let is_due = |card: &&Card| card.look_again && card.enabled && !card.is_busy();
        let next = self.cards.iter().find(is_due).map(|card| card.id);
        if let Some(id) = next.filter(|_| self.stroke.is_none() && self.selection.is_none()) {
            self.look_again(id);
        }
    }

    /// Takes from a second look what it says of the place where something is removed, if it agrees about the rest.
    pub(super) fn take_second_look(&mut self, id: StepId, proposals: &[MaskProposal]) {
        let place = self.position(Some(id)).unwrap_or_default();
        let removed = |card: &&Card| card.task.op() == EditOp::Remove && self.is_there(card.id);
        let holes = self.cards[..place].iter().filter(removed).filter_map(|card| card.mask.as_ref());
        let holes: Vec<Bounds> = holes.map(|mask| around(mask.result.bounds())).collect();
        let Some(card) = self.card_mut(id) else { return };
        let is_sure = Doubt::about(&card.task, proposals).is_none();
        if let (Some(mask), Some(seen)) = (&mut card.mask, proposals.first().filter(|_| is_sure))
            && let Some(whole) = with_holes(mask.before_healing(), &mask.result, &seen.mask, &holes)
            && mask.take_over(Arc::new(whole))
        {
            card.mark_outdated();
        }
        self.settle(id);
        self.mask_changed(id, None);
    }

    /// Whether a step's result shows and is up to date, so that others can build on it.
    pub(super) fn is_there(&self, id: StepId) -> bool {
        self.card(id).is_some_and(|card| {
            let shows = card.state == StepState::Ready && card.shows_result() && !card.outdated;
            card.enabled && (shows || card.state == StepState::Approved)
        })
    }

    /// Looks for the regions of all undecided steps whose dependencies are met and that have none yet.
    pub(super) fn locate_ready(&mut self) {
        let waits = |card: &&Card| {
            card.state == StepState::Draft && card.mask.is_none() && card.depends_on.iter().all(|id| self.is_there(*id))
        };
        let ids: Vec<StepId> = self.cards.iter().filter(waits).map(|card| card.id).collect();
        for id in ids {
            self.locate(id);
        }
        self.share_regions();
    }

    /// Gives steps that go on with a thing which an earlier one only colours or lights the region of that one.
    pub(super) fn share_regions(&mut self) {
        let mut shared = Vec::new();
        for index in 0..self.cards.len() {
            let card = &self.cards[index];
            let [on] = card.depends_on.as_slice() else { continue };
            let is_waiting = card.state == StepState::Draft && card.mask.is_none();
            let first = self.cards[..index].iter().find(|first| first.id == *on && first.keeps_shape_for(card));
            let Some(first) = first.filter(|first| is_waiting && first.mask.is_some()).cloned() else { continue };
            self.cards[index].copy_region(&first);
            shared.push(self.cards[index].id);
        }
        for id in shared {
            self.mask_changed(id, None);
        }
    }
}

/// Where the outline of what surrounds a removed thing may run anew.
fn around(hole: Bounds) -> Bounds {
    hole.grow(hole.extent().longest() / 8 + 4)
}

/// The healed mask with what a second look says inside of the holes; `None` if they don't agree outside, differ much
/// inside, or if it still leaves out what was removed, as the mask did that was `found` first.
fn with_holes(found: &Mask, healed: &Mask, seen: &Mask, holes: &[Bounds]) -> Option<Mask> {
    if [found, seen].iter().any(|mask| mask.extent() != healed.extent()) {
        return None;
    }
    let width = healed.extent().width as usize;
    let mut merged = healed.clone();
    // Pixels that both select, and those that one of them does: outside and inside.
    let (mut both, mut any) = ([0_u64; 2], [0_u64; 2]);
    let (mut gained, mut sees_gained) = (0_u64, 0_u64);
    let others = found.coverage().iter().zip(seen.coverage());
    for (index, (is, (was, sees))) in merged.coverage_mut().iter_mut().zip(others).enumerate() {
        let (x, y) = ((index % width) as i32, (index / width) as i32);
        let is_inside = holes.iter().any(|hole| hole.contains(x, y));
        let [selected, was, selects] = [*is, *was, *sees].map(|coverage| coverage >= SELECTED);
        both[usize::from(is_inside)] += u64::from(selected && selects);
        any[usize::from(is_inside)] += u64::from(selected || selects);
        if is_inside {
            gained += u64::from(selected && !was);
            sees_gained += u64::from(selects && !was);
            *is = *sees;
        }
    }
    let agrees = |place: usize, least: f32| any[place] > 0 && both[place] as f32 >= least * any[place] as f32;
    let gains = sees_gained as f32 >= LEAST_GAIN * gained as f32;
    (gains && agrees(0, SAME_REGION) && agrees(1, SAME_PLACE)).then_some(merged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tie_core::Extent;

    const EXTENT: Extent = Extent::new(40, 20);

    #[test]
    fn a_second_look_counts_where_something_was_removed_and_nowhere_else() {
        // Grass below a horizon; what hid its left end is removed, and the horizon there runs lower than it was taken to.
        let first = Mask::rectangle(EXTENT, Bounds::new(0, 10, 40, 10));
        let mut second = Mask::rectangle(EXTENT, Bounds::new(10, 10, 30, 10));
        second.union(&Mask::rectangle(EXTENT, Bounds::new(0, 12, 10, 8)));
        let hole = Bounds::new(0, 5, 10, 15);
        let found = Mask::rectangle(EXTENT, Bounds::new(10, 10, 30, 10));
        assert_eq!(with_holes(&found, &first, &second, &[hole]), Some(second.clone()));
        // Another region altogether says nothing, and neither does one that is all hole, or one that still has the hole.
        let other = Mask::rectangle(EXTENT, Bounds::new(0, 0, 40, 9));
        assert_eq!(with_holes(&found, &first, &other, &[hole]), None);
        assert_eq!(with_holes(&found, &first, &second, &[Bounds::from(EXTENT)]), None);
        assert_eq!(with_holes(&found, &first, &found, &[hole]), None);
    }
}
