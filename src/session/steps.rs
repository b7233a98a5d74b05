//! Deciding about steps: choose, approve, skip, and change what they ask for.

use super::Session;
use super::card::{Next, StepState};
use crate::text::tr;
use std::sync::Arc;
use tie_core::{Candidate, Recipe, StepId, SubTask};

impl Session {
    pub(super) fn select(&mut self, id: StepId) {
        if self.selection.as_ref().is_some_and(|selection| selection.step != id) {
            self.selection_discard();
        }
        if let Some(card) = self.card_mut(id) {
            // Selecting a card shows what has arrived there.
            if card.unseen {
                card.shows_mask = false;
            }
            card.unseen = false;
            self.selected = Some(id);
            self.unmeasured.insert(id);
            self.forget_hovered();
        }
    }

    pub(super) fn choose_candidate(&mut self, id: StepId, index: usize) {
        let Some(card) = self.card(id).filter(|card| index < card.candidates.len()) else { return };
        let is_other = card.state == StepState::Approved && card.chosen != index;
        let choose = |session: &mut Self| {
            if let Some(card) = session.card_mut(id) {
                card.chosen = index;
                card.shows_mask = false;
                card.unseen = false;
                if matches!(card.state, StepState::Located(_) | StepState::Failed(_)) {
                    card.state = StepState::Ready;
                }
            }
        };
        // The other one is approved as well: the person has picked it.
        if is_other {
            self.change(tr!("done-choose-result"), choose);
        } else {
            choose(self);
        }
        self.unmeasured.insert(id);
    }

    pub(super) fn toggle_favourite(&mut self, id: StepId, index: usize) {
        if let Some(card) = self.card_mut(id)
            && let Some(candidate) = card.candidates.get(index).cloned()
        {
            if card.is_favourite(index) {
                card.favourites.retain(|kept| !Arc::ptr_eq(kept, &candidate));
            } else {
                card.favourites.push(candidate);
            }
        }
    }

    /// Approves what is shown. A result that is out of date is made again instead; if the person sees the new one already, it is
    /// approved as soon as it is there.
    pub(super) fn approve(&mut self, id: StepId) {
        let is_seen = self.tried().is_some_and(|tried| tried.step == id);
        let Some(card) = self.card_mut(id) else { return };
        let is_stale = card.state == StepState::Ready && card.outdated;
        let is_made = card.is_busy() && is_seen;
        if !(is_stale || is_made) {
            return self.approve_shown(id);
        }
        if is_seen {
            card.next = Next::Approve;
        }
        if is_stale {
            self.run_as_it_is(id);
        }
    }

    /// Approves the chosen candidate.
    pub(super) fn approve_shown(&mut self, id: StepId) {
        self.approve_as(id, false);
    }

    /// The same as part of the gesture that has made the candidate, if that was the last one.
    pub(super) fn approve_with_run(&mut self, id: StepId) {
        self.approve_as(id, true);
    }

    fn approve_as(&mut self, id: StepId, joins_run: bool) {
        let before = self.snapshot();
        let Some(card) = self.card_mut(id).filter(|card| card.state == StepState::Ready) else { return };
        if card.candidate().is_none() {
            return;
        }
        let title = card.task.title();
        card.state = StepState::Approved;
        card.enabled = true;
        card.unseen = false;
        card.shows_mask = false;
        // The person may be at work on another one by now.
        if self.selected == Some(id) {
            self.select_next_undecided(id);
        }
        self.sync_stack();
        let run = tr!("done-run", step = title.as_str());
        self.record_with(&tr!("done-approve", step = title), before, |last| joins_run && last == run);
        self.locate_ready();
    }

    pub(super) fn skip(&mut self, id: StepId) {
        self.cancel_jobs_of(id);
        let Some(card) = self.card(id).filter(|card| !card.is_decided()) else {
            return;
        };
        self.change(tr!("done-skip", step = card.task.title()), |session| {
            if let Some(card) = session.card_mut(id) {
                card.state = StepState::Skipped;
            }
            session.select_next_undecided(id);
        });
    }

    /// Takes a decision back; the candidates wait again.
    pub(super) fn reopen(&mut self, id: StepId) {
        let Some(card) = self.card(id).filter(|card| card.is_decided()) else {
            return;
        };
        let title = card.task.title();
        self.change(tr!("done-reopen", step = title.as_str()), |session| {
            let (registry, candidates) = (session.registry.clone(), session.settings.candidates);
            if let Some(card) = session.card_mut(id) {
                // As if a job on it had just ended: what it has decides where it stands.
                card.resettle();
                if card.recipe.is_none() {
                    card.choose_engine(&registry, candidates);
                }
            }
            session.selected = Some(id);
        });
        self.locate_ready();
    }

    /// Selects the next step that waits for a decision, first below the given one, then from the top.
    fn select_next_undecided(&mut self, id: StepId) {
        let start = self.cards.iter().position(|card| card.id == id).map_or(0, |index| index + 1);
        let (before, after) = self.cards.split_at(start.min(self.cards.len()));
        let next = after.iter().chain(before).find(|card| !card.is_decided());
        self.selected = next.map(|card| card.id).or(Some(id));
    }

    pub(super) fn edit_task(&mut self, id: StepId, task: SubTask) {
        let Some(card) = self.card(id).filter(|card| card.task != task) else {
            return;
        };
        let finds_other =
            card.task.target != task.target || card.task.place() != task.place() || card.task.op() != task.op();
        let (registry, candidates) = (self.registry.clone(), self.settings.candidates);
        self.change(tr!("done-edit-step"), |session| {
            if let Some(card) = session.card_mut(id) {
                card.reword(task, &registry, candidates);
                card.mark_outdated();
                if finds_other && !card.mask.as_ref().is_some_and(super::CardMask::is_edited) {
                    card.forget_region();
                    if matches!(card.state, StepState::Located(_) | StepState::Failed(_)) {
                        card.state = StepState::Draft;
                    }
                }
            }
        });
        self.mask_changed(id, None);
        self.locate_ready();
    }

    pub(super) fn edit_recipe(&mut self, id: StepId, recipe: Recipe) {
        let recipe = self.for_its_engine(id, recipe);
        if self.card(id).is_some_and(|card| card.recipe.as_ref() != Some(&recipe)) {
            self.change(tr!("done-edit-recipe"), |session| {
                if let Some(card) = session.card_mut(id) {
                    card.recipe = Some(recipe);
                    // What did not work is another question now.
                    if matches!(card.state, StepState::Failed(_)) {
                        card.resettle();
                    }
                    card.mark_outdated();
                }
            });
            self.unmeasured.insert(id);
        }
    }

    /// What another engine has to know is not what the last one had to: its own recipe takes the place, with what both have.
    fn for_its_engine(&self, id: StepId, recipe: Recipe) -> Recipe {
        let Some(card) = self.card(id) else { return recipe };
        if card.recipe.as_ref().is_some_and(|old| old.engine == recipe.engine) {
            return recipe;
        }
        let own = self.registry.inpainter(&recipe.engine).ok();
        let Some(own) = own.and_then(|engine| self.registry.recipe_with(engine, &card.task, recipe.seed).ok()) else {
            return recipe;
        };
        let candidates = match (self.registry.is_random(&own), self.is_random(card)) {
            (true, true) => recipe.candidates.max(1),
            (true, false) => self.settings.candidates,
            (false, _) => 1,
        };
        Recipe { context: recipe.context, candidates, ..own }
    }

    /// The selected step's result, if it shows and waits for a decision.
    pub fn shown_candidate(&self) -> Option<&Arc<Candidate>> {
        self.selected().filter(|card| card.enabled && card.state == StepState::Ready && !card.shows_mask)?.candidate()
    }
}
