//! Deciding about steps: choose, approve, skip, and change what they ask for.

use super::Session;
use super::card::{Card, Next, StepState};
use crate::text::tr;
use std::sync::Arc;
use tie_core::{Candidate, EditStep, Recipe, StepId, SubTask};

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
        }
    }

    pub(super) fn choose_candidate(&mut self, id: StepId, index: usize) {
        if let Some(card) = self.card_mut(id)
            && index < card.candidates.len()
        {
            card.chosen = index;
            card.shows_mask = false;
            card.unseen = false;
            // Another candidate of an approved step waits for approval again; the document changes only then.
            if card.state == StepState::Approved {
                card.state = StepState::Ready;
            }
        }
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

    /// Where a step lies in the document's stack, or would lie: the stack follows the list of cards.
    pub(super) fn place_in_stack(&self, id: StepId) -> usize {
        let stack = self.photo.as_ref().map_or(&[][..], |photo| photo.document.steps());
        let place = self.position(Some(id));
        stack.iter().take_while(|step| self.position(Some(step.id)) < place).count()
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

    /// Puts the chosen candidate into the stack.
    pub(super) fn approve_shown(&mut self, id: StepId) {
        let Some(card) = self.card(id).filter(|card| card.state == StepState::Ready) else { return };
        let label = tr!("done-approve", step = card.task.title());
        if card.candidate().is_none() || self.photo.is_none() {
            return;
        }
        self.change(label, |session| {
            session.put_into_stack(id);
            session.select_next_undecided(id);
        });
        self.locate_ready();
    }

    /// Puts a new result in the place of the approved one that it updates, as part of the gesture that made that necessary.
    pub(super) fn replace_in_stack(&mut self, id: StepId) {
        let before = self.snapshot();
        self.put_into_stack(id);
        self.record_with_last(tr!("done-update"), before);
    }

    /// Puts the chosen candidate into the document's stack, at the step's place in the list.
    fn put_into_stack(&mut self, id: StepId) {
        let Some(card) = self.card(id) else { return };
        let (Some(candidate), Some(photo)) = (card.candidate().cloned(), &self.photo) else { return };
        let mut steps = photo.document.steps().to_vec();
        let mut changed = candidate.bounds;
        let step = EditStep { id, title: card.task.title(), candidate, enabled: true };
        let index = if let Some(index) = steps.iter().position(|step| step.id == id) {
            changed = changed.union(steps[index].candidate.bounds);
            steps[index] = step;
            index
        } else {
            let index = self.place_in_stack(id);
            steps.insert(index, step);
            index
        };
        self.set_steps(steps);
        self.mark_outdated(id, index, changed);
        if let Some(card) = self.card_mut(id) {
            card.state = StepState::Approved;
            card.enabled = true;
            card.unseen = false;
        }
        self.heal_masks(id);
    }

    pub(super) fn skip(&mut self, id: StepId) {
        self.cancel_jobs_of(id);
        let Some(card) = self.card(id).filter(|card| !card.is_decided()) else {
            return;
        };
        self.change(tr!("done-skip", step = card.task.title()), |session| {
            session.withdraw(id);
            if let Some(card) = session.card_mut(id) {
                card.state = StepState::Skipped;
            }
            session.select_next_undecided(id);
        });
    }

    /// Takes a decision back; an approved step leaves the document, and its candidates wait again.
    pub(super) fn reopen(&mut self, id: StepId) {
        let Some(card) = self.card(id).filter(|card| card.is_decided()) else {
            return;
        };
        let title = card.task.title();
        self.change(tr!("done-reopen", step = title.as_str()), |session| {
            session.withdraw(id);
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

    /// Takes a step out of the document's stack, if it is there.
    pub(super) fn withdraw(&mut self, id: StepId) {
        let Some(photo) = &self.photo else {
            return;
        };
        let mut steps = photo.document.steps().to_vec();
        if let Some(index) = steps.iter().position(|step| step.id == id) {
            let removed = steps.remove(index);
            self.mark_outdated(id, index, removed.candidate.bounds);
            self.set_steps(steps);
        }
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
        self.to_update.insert(id);
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
            self.to_update.insert(id);
            // A run that is under way has the old recipe.
            self.stale_runs.insert(id);
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

    /// The image as it would be with the shown candidate of the selected step; `None` if that is the document as it is.
    pub fn shown_candidate(&self) -> Option<&Arc<Candidate>> {
        self.selected().filter(|card| card.state == StepState::Ready && !card.shows_mask).and_then(Card::candidate)
    }
}
