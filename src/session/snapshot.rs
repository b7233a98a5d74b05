//! What undo goes back to.

use super::card::Card;
use std::collections::HashMap;
use std::sync::Arc;
use tie_core::history::Change;
use tie_core::{MaskPatch, StepId};

/// The state that undo covers beside painted pixels; cheap, because masks and candidates are shared.
#[derive(Clone, Debug)]
pub(super) struct Snapshot {
    pub cards: Vec<Card>,
    pub selected: Option<StepId>,
}

/// One reversible change of a session.
#[derive(Debug)]
pub(super) enum SessionChange {
    /// Part of a step's mask.
    Mask { step: StepId, patch: MaskPatch },
    /// Cards and stack as a whole.
    State { before: Box<Snapshot>, after: Box<Snapshot> },
}

impl SessionChange {
    /// The step that it is about, if it is about one.
    pub(super) fn step(&self) -> Option<StepId> {
        match self {
            Self::Mask { step, .. } => Some(*step),
            Self::State { before, after } => {
                let was = |card: &Card| before.cards.iter().find(|before| before.id == card.id);
                let differs = |card: &&Card| was(card).is_some_and(|before| !before.looks_like(card));
                let mut changed: Vec<&Card> = after.cards.iter().filter(differs).collect();
                // Masks of other steps heal with a result.
                let has_result = |card: &&Card| {
                    let results = |card: &Card| (card.is_decided(), card.candidate().map(Arc::as_ptr));
                    was(card).is_some_and(|before| results(before) != results(card))
                };
                if changed.iter().any(has_result) {
                    changed.retain(has_result);
                }
                if let [card] = changed.as_slice() { Some(card.id) } else { None }
            }
        }
    }
}

impl Change for SessionChange {
    fn size(&self) -> usize {
        match self {
            Self::Mask { patch, .. } => patch.size(),
            Self::State { before, after } => {
                // What only one side holds on to would be free without this entry.
                let masks = |snapshot: &Snapshot| -> Vec<usize> {
                    let results = snapshot.cards.iter().filter_map(|card| card.mask.as_ref());
                    results.map(|mask| Arc::as_ptr(&mask.result).addr()).collect()
                };
                let (known, base) = (masks(before), size_of::<Snapshot>());
                let new = after.cards.iter().filter_map(|card| card.mask.as_ref());
                let new = new.filter(|mask| !known.contains(&Arc::as_ptr(&mask.result).addr()));
                let masks: usize = new.map(|mask| mask.result.coverage().len()).sum();
                let results = |snapshot: &'_ Snapshot| -> HashMap<usize, usize> {
                    let all = snapshot.cards.iter().flat_map(|card| &card.candidates);
                    all.map(|result| (Arc::as_ptr(result).addr(), result.size())).collect()
                };
                let (was, is) = (results(before), results(after));
                let only = |here: &HashMap<usize, usize>, there: &HashMap<usize, usize>| -> usize {
                    here.iter().filter(|(result, _)| !there.contains_key(result)).map(|(_, size)| size).sum()
                };
                let patches = only(&was, &is) + only(&is, &was);
                base + masks + patches + (before.cards.len() + after.cards.len()) * size_of::<Card>()
            }
        }
    }
}
