//! Looking for the regions of steps.

use super::card::{Card, StepState};
use super::{Effect, Session};
use crate::worker::Job;
use std::sync::Arc;
use tie_core::{EditOp, StepId};

impl Session {
    /// Looks for a step's region by its words.
    pub(super) fn locate(&mut self, id: StepId) -> Vec<Effect> {
        let Some(image) = self.photo.as_ref().map(|photo| Arc::clone(photo.document.current())) else {
            return Vec::new();
        };
        let chosen = self.card(id).and_then(|card| card.locator.clone());
        let best = || self.registry.locator_by_words().map(|engine| engine.name().to_owned());
        let Some(locator) = chosen.or_else(best) else {
            return Vec::new();
        };
        let is_gone = |card: &Card| card.state == StepState::Approved && card.task.op() == EditOp::Remove;
        let is_there = |card: &&Card| card.id != id && !is_gone(card);
        let others = self.cards.iter().filter(is_there).filter_map(|card| card.task.as_other()).collect();
        let Some(card) = self.card_mut(id) else {
            return Vec::new();
        };
        if !matches!(card.state, StepState::Approved) {
            card.state = StepState::Locating;
        }
        let sought = card.task.sought();
        let job = Job::Locate {
            step: id,
            locator,
            image,
            phrase: sought.phrase.to_owned(),
            location: sought.location.map(str::to_owned),
            op: sought.op,
            clicks: Vec::new(),
            bounds: None,
            others,
            keep: card.task.kept(),
        };
        self.submit(job)
    }

    /// Looks for a step's region by another locator, from now on.
    pub(super) fn locate_by(&mut self, id: StepId, locator: String) -> Vec<Effect> {
        let Some(card) = self.card_mut(id) else {
            return Vec::new();
        };
        card.locator = Some(locator);
        self.locate(id)
    }

    /// Looks for the regions of all undecided steps whose dependencies are met and that have none yet.
    pub(super) fn locate_ready(&mut self) -> Vec<Effect> {
        let approved = |id: StepId| self.card(id).is_some_and(|card| card.state == StepState::Approved);
        let waits = |card: &&Card| {
            card.state == StepState::Draft && card.mask.is_none() && card.depends_on.iter().all(|id| approved(*id))
        };
        let ids: Vec<StepId> = self.cards.iter().filter(waits).map(|card| card.id).collect();
        ids.into_iter().flat_map(|id| self.locate(id)).collect()
    }
}
