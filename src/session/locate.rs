//! Looking for the regions of steps.

use super::Session;
use super::card::{Card, StepState};
use crate::worker::Job;
use tie_core::{Bounds, Click, EditOp, StepId};

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
        if !matches!(card.state, StepState::Approved) {
            card.state = StepState::Locating;
        }
        card.pointed = pointed.is_some();
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
    }
}
