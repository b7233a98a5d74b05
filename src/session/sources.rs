//! Where a step copies from: not from things that are going to be removed, and as the person says of other steps' masks.

use super::Session;
use super::card::Card;
use crate::text::tr;
use std::sync::Arc;
use tie_core::{CopyRule, Doubt, EditOp, Mask, Sources, StepId};

/// A step for which another may have a rule about copying.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Place in the list, from 0.
    pub index: usize,
    pub card: &'a Card,
    pub rule: Option<CopyRule>,
    /// It is going to be removed: nothing is copied from it in any case.
    pub is_removed: bool,
}

impl Session {
    /// Where a step's engine may copy from: not from the other things that are to be removed and still there, and as
    /// the person says.
    pub(super) fn sources_of(&self, id: StepId) -> Sources {
        let with = |rule| {
            let masks = self.sources(id).filter(move |other| other.rule == Some(rule));
            union(masks.filter_map(|other| other.card.mask.as_ref()).map(|mask| &mask.result))
        };
        Sources { only: with(CopyRule::Only), avoid: with(CopyRule::Avoid) }
    }

    /// The masks that are all a step copies from; none if it copies from everywhere.
    pub(super) fn only_sources(&self, id: StepId) -> Vec<Arc<Mask>> {
        let only = self.sources(id).filter(|other| other.rule == Some(CopyRule::Only));
        only.filter_map(|other| other.card.mask.as_ref()).map(|mask| Arc::clone(&mask.result)).collect()
    }

    /// The other steps with a mask, and what a step may copy from there.
    pub fn sources(&self, id: StepId) -> impl Iterator<Item = Source<'_>> {
        let others = self.cards.iter().enumerate().filter(move |(_, other)| other.id != id);
        let others = others.filter(|(_, other)| other.mask.as_ref().is_some_and(|mask| !mask.is_empty()));
        others.map(move |(index, card)| {
            let is_removed = will_be_removed(card);
            let said = self.card(id).and_then(|one| one.copy_rules.of(card.id));
            Source { index, card, rule: if is_removed { Some(CopyRule::Avoid) } else { said }, is_removed }
        })
    }

    /// Whether the card's engine copies from elsewhere in the photograph.
    pub fn copies(&self, card: &Card) -> bool {
        card.recipe
            .as_ref()
            .is_some_and(|recipe| self.registry.inpainter(&recipe.engine).is_ok_and(|engine| engine.copies(recipe)))
    }

    pub(super) fn set_copy_rule(&mut self, step: StepId, other: StepId, rule: Option<CopyRule>) {
        if step == other || self.card(other).is_none() {
            return;
        }
        if self.card(step).is_none_or(|card| card.copy_rules.of(other) == rule) {
            return;
        }
        self.cancel_jobs_of(step);
        self.change(tr!("done-copy-rule"), |session| {
            if let Some(card) = session.card_mut(step) {
                card.copy_rules.set(other, rule);
                card.mark_outdated();
            }
        });
        // The engine may have to see more of the photograph.
        self.unmeasured.insert(step);
    }

    /// Results of steps with a rule for this step's mask are outdated once that is another.
    pub(super) fn source_changed(&mut self, step: StepId) {
        for card in self.cards.iter_mut().filter(|card| card.copy_rules.of(step).is_some()) {
            card.mark_outdated();
            self.unmeasured.insert(card.id);
        }
    }
}

/// Whether what a step selects is still to vanish, so that it must not turn up elsewhere.
///
/// A mask of half the photo is hardly the thing, and would leave little to copy from.
fn will_be_removed(card: &Card) -> bool {
    let is_too_large = matches!(card.doubt, Some(Doubt::TooLarge(_)));
    card.task.op() == EditOp::Remove && !card.is_decided() && card.enabled && !is_too_large
}

fn union<'a>(mut masks: impl Iterator<Item = &'a Arc<Mask>>) -> Option<Arc<Mask>> {
    let mut all = Arc::clone(masks.next()?);
    for mask in masks {
        Arc::make_mut(&mut all).union(mask);
    }
    Some(all)
}
