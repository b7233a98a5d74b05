//! Runs that follow from what was done: steps that wait for their turn, and quick steps whose results no longer fit.

use super::Session;
use super::card::{Card, Next, StepState};
use super::jobs::Run;
use crate::worker::Slot;
use std::sync::Arc;
use tie_core::StepId;

impl Session {
    /// Has a step's engine run as soon as nothing else is made, and nothing below it waits.
    pub(super) fn run(&mut self, id: StepId) {
        let Some(card) = self.card_mut(id).filter(|card| card.can_run()) else { return };
        if card.state != StepState::Approved {
            card.state = StepState::Queued;
        }
        self.queue.insert(id);
    }

    /// Begins runs anew that go on with a mask, a recipe, words or pixels which have changed.
    pub(super) fn restart_changed(&mut self) {
        let is_stale = |id: StepId, run: &Run| {
            self.card(id).is_some_and(|card| {
                let has_changed = card.recipe.as_ref() != Some(&run.recipe) || card.task != run.task;
                has_changed
                    || card.mask.as_ref().is_some_and(|mask| !Arc::ptr_eq(&mask.result, &run.mask))
                    || self.layers_below(id).under(run.reach) != run.below.under(run.reach)
            })
        };
        let runs = self.running.values().filter_map(|job| Some((job.step_made()?, job.run.as_deref()?)));
        let stale: Vec<StepId> = runs.filter(|(id, run)| is_stale(*id, run)).map(|(id, _)| id).collect();
        for id in stale {
            self.start_run(id);
        }
    }

    /// Runs the lowest step that waits for it, or that is quick and out of date.
    pub(super) fn run_next(&mut self) {
        if self.running.values().any(|job| job.step_made().is_some()) {
            return;
        }
        let incomplete = |id: &StepId| self.card(*id).is_none_or(|card| !card.is_complete());
        let dropped: Vec<StepId> = self.queue.iter().filter(|id| incomplete(id)).copied().collect();
        for id in dropped {
            self.queue.remove(&id);
            self.settle(id);
        }
        let next = self.cards.iter().find(|card| self.queue.contains(&card.id) || self.follows(card));
        let Some(id) = next.map(|card| card.id) else { return self.look_again_if_idle() };
        if self.is_looked_for(id) {
            return;
        }
        if self.card(id).is_some_and(|card| card.look_again) {
            return self.look_again(id);
        }
        if !self.queue.remove(&id)
            && let Some(card) = self.card_mut(id)
        {
            card.next = Next::Follow;
        }
        self.start_run(id);
    }

    /// Whether a step is made again by itself.
    fn follows(&self, card: &Card) -> bool {
        let has_result = matches!(card.state, StepState::Ready | StepState::Approved);
        let is_due = card.outdated && has_result && card.is_quick() && card.enabled && card.is_complete();
        // A person who corrects a mask runs the step afterwards.
        is_due && !self.corrects_mask() && !card.shows_mask && !self.was_tried(card)
    }

    /// Whether the person is at work on the mask of a step that has a result.
    fn corrects_mask(&self) -> bool {
        let hides_result = |card: &Card| card.shows_mask && !card.is_busy() && card.candidate().is_some();
        self.stroke.is_some() || self.selected().is_some_and(hides_result)
    }

    /// Whether a result was made again for what has changed before, so that doing it once more would end the same.
    pub(super) fn was_tried(&self, card: &Card) -> bool {
        let (Some(candidate), Some((reworked, below))) = (card.candidate(), &card.tried) else { return false };
        *reworked == card.reworked && *below == self.layers_below(card.id).under(candidate.bounds)
    }

    /// Makes every result again that is out of date, the lowest first.
    pub(super) fn update_all(&mut self) {
        let is_due = |card: &&Card| {
            card.outdated && card.enabled && matches!(card.state, StepState::Ready | StepState::Approved)
        };
        let ids: Vec<StepId> = self.cards.iter().filter(is_due).map(|card| card.id).collect();
        for id in ids {
            self.run(id);
        }
    }

    /// Whether an engine is at work on a step, or will be soon.
    pub(super) fn is_making(&self, card: &Card) -> bool {
        let is_running = || self.running.values().any(|job| job.slot() == Slot::Inpaint(card.id));
        card.enabled && (self.queue.contains(&card.id) || is_running())
    }
}
