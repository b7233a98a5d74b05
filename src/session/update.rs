//! Results that no longer fit what lies below them: quick steps are made again by themselves, the others say so on their cards.

use super::Session;
use super::card::{Card, Next, StepState};
use crate::worker::Slot;
use tie_core::{Bounds, StepId};

impl Session {
    /// Marks everything that was made from pixels which have just changed, and has what is being made from them made again.
    pub(super) fn mark_outdated(&mut self, changed_step: StepId, index: usize, changed: Bounds) {
        let stale = self.photo.as_ref().map_or_else(Vec::new, |photo| photo.document.stale_above(index, changed));
        let place = self.position(Some(changed_step));
        // An approved step that is made again stays approved meanwhile.
        let busy: Vec<StepId> = self.cards.iter().map(|card| card.id).filter(|id| self.is_running(*id)).collect();
        let (mut running, mut waiting_for_update) = (Vec::new(), Vec::new());
        // What stands before the step in the list does not build on it.
        for card in self.cards.iter_mut().skip(place.map_or(0, |place| place + 1)) {
            let waiting = card.state == StepState::Ready
                && card.candidates.iter().any(|candidate| candidate.bounds.intersects(changed));
            if waiting || stale.contains(&card.id) {
                card.outdated = true;
                waiting_for_update.push(card.id);
            }
            if busy.contains(&card.id) {
                running.push(card.id);
            }
        }
        self.stale_runs.extend(running);
        self.to_update.extend(waiting_for_update);
    }

    /// Makes again what has to be, one step after the other, the lowest first.
    pub(super) fn update_stale(&mut self) {
        for id in std::mem::take(&mut self.stale_runs) {
            if self.is_running(id) {
                self.start_run(id);
            }
        }
        if self.automatic || self.stroke.is_some() || self.cards.iter().any(|card| self.is_running(card.id)) {
            return;
        }
        // A person who edits a mask runs the step afterwards.
        let is_stale = |card: &Card| {
            let has_result = matches!(card.state, StepState::Ready | StepState::Approved);
            card.outdated && has_result && card.is_quick() && card.enabled && !card.shows_mask && card.can_run()
        };
        let stale: Vec<StepId> = self.cards.iter().filter(|card| is_stale(card)).map(|card| card.id).collect();
        self.to_update.retain(|id| stale.contains(id));
        let Some(id) = stale.into_iter().find(|id| self.to_update.contains(id)) else { return };
        // Once: if it is stopped or fails, the card says that its result is out of date.
        self.to_update.remove(&id);
        if let Some(card) = self.card_mut(id) {
            card.next = if card.state == StepState::Approved { Next::Replace } else { Next::Wait };
        }
        self.start_run(id);
    }

    /// Whether a step's engine is at work or about to be.
    pub(super) fn is_running(&self, id: StepId) -> bool {
        self.running.values().any(|job| job.slot() == Slot::Inpaint(id))
    }
}
