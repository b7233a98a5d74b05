//! Changing the list of steps by hand: add, duplicate, delete, split, merge, move, disable, and plan a part anew.

use super::Session;
use super::card::{Card, CardMask, Found, StepState};
use super::jobs::PlanScope;
use crate::text::tr;
use std::sync::Arc;
use tie_core::plan::SEED_STRIDE;
use tie_core::{Mask, Recipe, StepId, SubTask};

/// More steps than this from one mask would be nobody's wish.
const MOST_PARTS: usize = 8;

impl Session {
    pub(super) fn add_step(&mut self, task: SubTask) {
        let Some(extent) = self.extent() else {
            self.fail(tr!("say-no-photo"));
            return;
        };
        let id = self.new_step();
        let mut card = self.new_card(id, task);
        if card.task.target.is_empty() {
            // Nothing to look for: the person paints it.
            card.mask = Some(CardMask::new(Arc::new(Mask::empty(extent))));
            if card.state == StepState::Draft {
                card.state = StepState::Located(Found::Empty);
            }
        }
        let index = self.position(self.selected).map_or(self.cards.len(), |index| index + 1);
        self.change(tr!("done-add-step"), |session| {
            session.cards.insert(index, card);
            session.selected = Some(id);
        });
        self.mask_changed(id, None);
        self.locate_ready();
    }

    pub(super) fn duplicate_step(&mut self, id: StepId) {
        let (Some(index), new) = (self.position(Some(id)), self.new_step()) else {
            return;
        };
        // Another duplicate draws other numbers.
        let further = SEED_STRIDE.wrapping_mul(self.cards.len() as u64);
        self.change(tr!("done-duplicate"), |session| {
            let original = &session.cards[index];
            let mut copy = session.new_card(new, original.task.clone());
            copy.depends_on.clone_from(&original.depends_on);
            copy.copy_rules.clone_from(&original.copy_rules);
            copy.copy_region(original);
            if let (Some(recipe), Some(own)) = (&original.recipe, &mut copy.recipe) {
                let seed = recipe.seed.wrapping_add(further);
                *own = Recipe { seed, ..recipe.clone() };
            }
            session.cards.insert(index + 1, copy);
            session.selected = Some(new);
        });
        self.mask_changed(new, None);
        self.locate_ready();
    }

    /// Deletes a step with all that it has.
    pub(super) fn delete_step(&mut self, id: StepId) {
        self.cancel_jobs_of(id);
        let Some(index) = self.position(Some(id)) else {
            return;
        };
        let title = self.cards[index].task.title();
        self.change(tr!("done-delete", step = title.as_str()), |session| {
            session.cards.remove(index);
            for card in &mut session.cards {
                card.depends_on.retain(|on| *on != id);
                if card.copy_rules.of(id).is_some() {
                    card.mark_outdated();
                }
                card.copy_rules.set(id, None);
            }
            let next = session.cards.get(index).or_else(|| session.cards.last());
            session.selected = next.map(|card| card.id);
        });
        self.mask_changed(id, None);
        self.locate_ready();
    }

    pub(super) fn split_step(&mut self, id: StepId) {
        let Some((index, mask)) = self.undecided_with_mask(id) else {
            return;
        };
        let parts = mask.split_regions(MOST_PARTS);
        if parts.len() < 2 {
            self.fail(tr!("say-one-region"));
            return;
        }
        let ids: Vec<StepId> = parts.iter().skip(1).map(|_| self.new_step()).collect();
        self.change(tr!("done-split"), |session| {
            let original = session.cards[index].clone();
            let mut parts = parts.into_iter().map(Arc::new);
            if let Some(first) = parts.next() {
                let card = &mut session.cards[index];
                card.take_mask(first);
                card.mark_outdated();
            }
            for (offset, (id, mask)) in ids.iter().zip(parts).enumerate() {
                let mut card = session.new_card(*id, original.task.clone());
                card.recipe = original.recipe.clone().map(|recipe| Recipe {
                    seed: recipe.seed.wrapping_add((offset as u64 + 1) * SEED_STRIDE),
                    ..recipe
                });
                card.depends_on.clone_from(&original.depends_on);
                card.copy_rules.clone_from(&original.copy_rules);
                card.take_mask(mask);
                session.cards.insert(index + 1 + offset, card);
            }
            session.cards.iter_mut().for_each(|card| card.copy_rules.split(id, &ids));
        });
        self.all_masks_changed();
    }

    /// Joins a step with the one above it in the list: one mask, one run.
    pub(super) fn merge_step(&mut self, id: StepId) {
        let Some(index) = self.position(Some(id)).filter(|index| *index > 0) else {
            return;
        };
        let (above, below) = (&self.cards[index - 1], &self.cards[index]);
        if above.is_decided() || below.is_decided() {
            self.fail(tr!("say-merge-decided"));
            return;
        }
        if above.task.op() != below.task.op() {
            let (one, other) = (above.task.op(), below.task.op());
            self.fail(tr!("say-merge-kinds", one = one.name(), other = other.name()));
            return;
        }
        let into = above.id;
        self.cancel_jobs_of(id);
        self.cancel_jobs_of(into);
        self.change(tr!("done-merge"), |session| {
            let merged = session.cards.remove(index);
            for card in &mut session.cards {
                for on in card.depends_on.iter_mut().filter(|on| **on == id) {
                    *on = into;
                }
                card.depends_on.dedup();
                card.copy_rules.merge(id, into);
                if card.id == into {
                    card.copy_rules.set(into, None);
                }
            }
            let card = &mut session.cards[index - 1];
            if card.task.target != merged.task.target && !merged.task.target.is_empty() {
                let names: Vec<&str> = [card.task.target.as_str(), merged.task.target.as_str()]
                    .into_iter()
                    .filter(|name| !name.is_empty())
                    .collect();
                card.task.target = names.join(" and ");
            }
            card.mark_outdated();
            match (&card.mask, merged.mask) {
                (Some(mask), Some(other)) => {
                    let mut all = (*mask.result).clone();
                    all.union(&other.result);
                    card.take_mask(Arc::new(all));
                }
                (None, Some(other)) => card.take_mask(other.result),
                _ => {}
            }
            session.selected = Some(into);
        });
        self.source_changed(into);
        self.all_masks_changed();
    }

    /// Moves a step; what lies in the document's stack follows the list.
    pub(super) fn move_step(&mut self, id: StepId, to: usize) {
        let Some(from) = self.position(Some(id)) else {
            return;
        };
        let to = to.min(self.cards.len() - 1);
        if from == to {
            return;
        }
        self.change(tr!("done-move"), |session| {
            let card = session.cards.remove(from);
            session.cards.insert(to, card);
        });
    }

    pub(super) fn set_enabled(&mut self, id: StepId, enabled: bool) {
        if self.card(id).is_none_or(|card| card.enabled == enabled) {
            return;
        }
        self.cancel_jobs_of(id);
        self.change(if enabled { tr!("done-enable") } else { tr!("done-disable") }, |session| {
            if let Some(card) = session.card_mut(id) {
                card.enabled = enabled;
            }
        });
    }

    pub(super) fn set_opacity(&mut self, id: StepId, opacity: u8) {
        let before = self.snapshot();
        let Some(card) = self.card_mut(id).filter(|card| card.opacity != opacity) else { return };
        card.opacity = opacity;
        self.sync_stack();
        // A slider that moves is one gesture.
        let label = tr!("done-opacity", step = self.card(id).map(|card| card.task.title()).unwrap_or_default());
        self.record_with(&label, before, |last| last == label);
    }

    pub(super) fn plan_step(&mut self, id: StepId) {
        self.plan_cards(&[id]);
    }

    pub(super) fn plan_from(&mut self, id: StepId) {
        let below = self.cards.iter().skip_while(|card| card.id != id).filter(|card| !card.is_decided());
        let ids: Vec<StepId> = below.map(|card| card.id).collect();
        self.plan_cards(&ids);
    }

    fn plan_cards(&mut self, ids: &[StepId]) {
        let undecided = |id: &&StepId| self.card(**id).is_some_and(|card| !card.is_decided());
        let ids: Vec<StepId> = ids.iter().filter(undecided).copied().collect();
        let sentences: Vec<String> = ids.iter().filter_map(|id| Some(self.card(*id)?.task.sentence())).collect();
        if sentences.is_empty() {
            return;
        }
        for id in &ids {
            self.cancel_jobs_of(*id);
        }
        self.submit_plan(sentences.join("; "), PlanScope::Cards(ids));
    }

    pub(super) fn new_card(&self, id: StepId, task: SubTask) -> Card {
        Card::new(id, task, &self.registry, self.settings.candidates)
    }

    /// Where a step stands in the list.
    pub(super) fn position(&self, id: Option<StepId>) -> Option<usize> {
        self.cards.iter().position(|card| Some(card.id) == id)
    }

    fn undecided_with_mask(&self, id: StepId) -> Option<(usize, Arc<Mask>)> {
        let index = self.position(Some(id))?;
        let card = &self.cards[index];
        let mask = card.mask.as_ref().filter(|mask| !mask.is_empty() && !card.is_decided())?;
        Some((index, Arc::clone(&mask.result)))
    }
}
