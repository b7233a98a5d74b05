//! What a step copies nothing from: things that are going to be removed, and other steps' masks that the person names.

use super::Session;
use super::card::Card;
use super::command::Effect;
use crate::domain::{EditOp, Mask, StepId};
use crate::text::tr;
use std::sync::Arc;

/// A step from whose mask another may keep its copies away.
#[derive(Clone, Copy, Debug)]
pub struct Avoidable<'a> {
    /// Place in the list, from 0.
    pub index: usize,
    pub card: &'a Card,
    pub avoided: bool,
    /// It is going to be removed: nothing is copied from it in any case.
    pub always: bool,
}

impl Session {
    /// What must not be copied into a step's region: the other things that are to be removed and still there, and what
    /// the person says.
    pub(super) fn avoid(&self, id: StepId) -> Option<Arc<Mask>> {
        let others = self.cards.iter().filter(|other| self.avoids(id, other));
        let mut all: Option<Mask> = None;
        for mask in others.filter_map(|card| card.mask.as_ref()) {
            match &mut all {
                Some(all) => all.union(&mask.result),
                None => all = Some((*mask.result).clone()),
            }
        }
        all.map(Arc::new)
    }

    fn avoids(&self, id: StepId, other: &Card) -> bool {
        other.id != id && (will_be_removed(other) || self.card(id).is_some_and(|card| card.avoids.contains(&other.id)))
    }

    /// Steps with a mask from which another may keep its copies away, and whether it does, and whether it must.
    pub fn avoidable(&self, id: StepId) -> impl Iterator<Item = Avoidable<'_>> {
        let others = self.cards.iter().enumerate().filter(move |(_, other)| other.id != id);
        let others = others.filter(|(_, other)| other.mask.as_ref().is_some_and(|mask| !mask.is_empty()));
        others.map(move |(index, card)| {
            let (avoided, always) = (self.avoids(id, card), will_be_removed(card));
            Avoidable { index, card, avoided, always }
        })
    }

    /// Whether the card's engine copies from elsewhere in the photograph.
    pub fn copies(&self, card: &Card) -> bool {
        card.recipe
            .as_ref()
            .is_some_and(|recipe| self.registry.inpainter(&recipe.engine).is_ok_and(|engine| engine.copies(recipe)))
    }

    pub(super) fn set_avoided(&mut self, step: StepId, other: StepId, avoid: bool) -> Vec<Effect> {
        if step == other || self.card(other).is_none() {
            return Vec::new();
        }
        if self.card(step).is_none_or(|card| card.avoids.contains(&other) == avoid) {
            return Vec::new();
        }
        let effects = self.cancel_jobs_of(step);
        self.change(tr!("done-avoid"), |session| {
            if let Some(card) = session.card_mut(step) {
                card.avoids.retain(|one| *one != other);
                card.avoids.extend(avoid.then_some(other));
                card.outdated = !card.candidates.is_empty();
            }
        });
        effects
    }

    /// Results that kept away from a step's mask are outdated once that is another.
    pub(super) fn avoided_changed(&mut self, step: StepId) {
        for card in self.cards.iter_mut().filter(|card| card.avoids.contains(&step)) {
            card.outdated = !card.candidates.is_empty();
        }
    }
}

/// Whether what a step selects is still to vanish, so that it must not turn up elsewhere.
fn will_be_removed(card: &Card) -> bool {
    card.task.op == EditOp::Remove && !card.is_decided() && card.enabled
}
