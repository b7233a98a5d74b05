//! The stack as it is shown: the document's layers follow from the cards, and so does which results still fit what lies
//! below them.

use super::Session;
use super::card::{Card, StepState};
use std::sync::{Arc, Weak};
use tie_core::document::same_step;
use tie_core::{Bounds, Candidate, EditOp, EditStep, Mask, Raster, StepId};

/// How many images from the middle of the stack are kept, beside the photo and the image as it is shown.
const KEPT_GROUNDS: usize = 2;

/// Layers by their identity, lowest first; keeps none of their pixels alive.
#[derive(Clone, Debug, Default)]
pub(super) struct Layers(Vec<Layer>);

#[derive(Clone, Debug)]
struct Layer {
    candidate: Weak<Candidate>,
    bounds: Bounds,
    opacity: u8,
}

impl Layers {
    /// Those that share pixels with `bounds`.
    pub(super) fn under(&self, bounds: Bounds) -> Self {
        Self(self.0.iter().filter(|layer| layer.bounds.intersects(bounds)).cloned().collect())
    }

    pub(super) fn push(&mut self, candidate: &Arc<Candidate>, opacity: u8) {
        self.0.push(Layer { candidate: Arc::downgrade(candidate), bounds: candidate.bounds, opacity });
    }

    fn of(steps: &[EditStep]) -> Self {
        let mut layers = Self::default();
        steps.iter().filter(|step| step.enabled).for_each(|step| layers.push(&step.candidate, step.opacity));
        layers
    }
}

impl PartialEq for Layers {
    fn eq(&self, other: &Self) -> bool {
        let is_same = |(a, b): (&Layer, &Layer)| a.candidate.ptr_eq(&b.candidate) && a.opacity == b.opacity;
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(is_same)
    }
}

/// An image from the middle of the stack: the photo with these layers.
pub(super) struct Ground {
    below: Layers,
    image: Arc<Raster>,
}

impl Session {
    /// Makes the document's stack what the cards show.
    pub(super) fn sync_stack(&mut self) {
        let Some(photo) = &self.photo else { return };
        let steps: Vec<EditStep> = self.cards.iter().filter_map(|card| self.layer(card)).collect();
        let old = photo.document.steps();
        let is_same = |(a, b): (&EditStep, &EditStep)| a.id == b.id && same_step(a, b);
        if old.len() != steps.len() || !old.iter().zip(&steps).all(is_same) {
            self.set_steps(steps);
        }
        self.heal_masks();
        self.note_outdated();
    }

    /// A card's layer: its approved result, or the one that waits for a decision.
    fn layer(&self, card: &Card) -> Option<EditStep> {
        // What is tried, or is being made, is seen over what lies below it.
        let previewed = self.shown_preview().is_some_and(|preview| preview.step == card.id);
        let is_approved = card.state == StepState::Approved;
        let is_shown = card.enabled && !previewed;
        if !(is_approved || is_shown && card.shows_result()) {
            return None;
        }
        let candidate = Arc::clone(card.candidate()?);
        Some(EditStep { enabled: is_shown, ..card.layer(candidate) })
    }

    /// The layers of the approved steps.
    pub(super) fn decided_steps(&self) -> Vec<EditStep> {
        let approved = self.cards.iter().filter(|card| card.state == StepState::Approved);
        approved.filter_map(|card| Some(card.layer(Arc::clone(card.candidate()?)))).collect()
    }

    /// The photo with the approved steps only; `None` without a photo.
    pub fn decided_image(&self) -> Option<Arc<Raster>> {
        let mut document = self.photo.as_ref()?.document.clone();
        document.set_steps(self.decided_steps());
        Some(Arc::clone(document.current()))
    }

    /// Where a step lies in the document's stack, or would lie: the stack follows the list of cards.
    pub(super) fn place_in_stack(&self, id: StepId) -> usize {
        let stack = self.photo.as_ref().map_or(&[][..], |photo| photo.document.steps());
        let place = self.position(Some(id));
        stack.iter().take_while(|step| self.position(Some(step.id)) < place).count()
    }

    /// The layers that a step builds on.
    pub(super) fn layers_below(&self, id: StepId) -> Layers {
        let stack = self.photo.as_ref().map_or(&[][..], |photo| photo.document.steps());
        Layers::of(&stack[..self.place_in_stack(id)])
    }

    /// Whether layers above a step cover part of `bounds`.
    pub(super) fn is_covered(&self, id: StepId, bounds: Bounds) -> bool {
        let stack = self.photo.as_ref().map_or(&[][..], |photo| photo.document.steps());
        let above = stack[self.place_in_stack(id)..].iter().filter(|step| step.id != id && step.enabled);
        above.into_iter().any(|step| step.candidate.bounds.intersects(bounds))
    }

    /// The image that a step builds on: what lies below it in the list, as it is shown. `None` without a photo.
    pub(super) fn ground(&mut self, id: StepId) -> Option<Arc<Raster>> {
        self.sync_stack();
        let (place, photo) = (self.place_in_stack(id), self.photo.as_ref()?);
        let later = photo.document.below_later(place);
        if let Some(image) = later.known() {
            return Some(Arc::clone(image));
        }
        let below = Layers::of(&photo.document.steps()[..place]);
        let kept = self.grounds.iter().position(|ground| ground.below == below);
        let ground = match kept {
            Some(index) => self.grounds.remove(index),
            None => Ground { image: later.image(), below },
        };
        let image = Arc::clone(&ground.image);
        self.grounds.push(ground);
        let spare = self.grounds.len().saturating_sub(KEPT_GROUNDS);
        self.grounds.drain(..spare);
        Some(image)
    }

    /// The image that the selected step builds on, which its mask is drawn on; all that is shown if no step is selected.
    pub(super) fn selected_ground(&mut self) -> Option<Arc<Raster>> {
        match self.selected {
            Some(id) => self.ground(id),
            None => self.photo.as_ref().map(|photo| Arc::clone(photo.document.current())),
        }
    }

    /// Takes it that results which were not out of date when they were written fit what lies below them.
    pub(super) fn trust_results(&mut self) {
        self.sync_stack();
        let ids: Vec<StepId> = self.cards.iter().map(|card| card.id).collect();
        for id in ids {
            let below = self.layers_below(id);
            if let Some(card) = self.card_mut(id) {
                for candidate in card.candidates.clone() {
                    let below = below.under(candidate.bounds);
                    card.note_made_on(&candidate, below);
                }
            }
        }
    }

    /// Notes which results were made from something else than what lies below them now.
    fn note_outdated(&mut self) {
        let stack = self.photo.as_ref().map_or(&[][..], |photo| photo.document.steps());
        let mut below = Layers::default();
        for card in &mut self.cards {
            let fits = card.candidate().is_none_or(|candidate| {
                card.made_on(candidate).is_some_and(|made_on| *made_on == below.under(candidate.bounds))
            });
            card.outdated = !card.candidates.is_empty() && (card.reworked > 0 || !fits);
            if let Some(step) = stack.iter().find(|step| step.id == card.id && step.enabled) {
                below.push(&step.candidate, step.opacity);
            }
        }
    }

    /// Gives what the steps above a removal are about its share of what the removed thing had hidden, and takes it back
    /// where the removal no longer shows.
    fn heal_masks(&mut self) {
        let (mut removed, mut holes): (Layers, Vec<Arc<Mask>>) = Default::default();
        let mut healed = Vec::new();
        for card in &mut self.cards {
            let is_about = card.state != StepState::Skipped && card.task.is_about_what_shows();
            if let Some(mask) = card.mask.as_mut().filter(|mask| is_about && mask.healed_from != removed)
                && self.stroke.as_ref().is_none_or(|stroke| stroke.step != card.id)
                && mask.heal(&removed, &holes)
            {
                let is_corrected = mask.is_edited();
                card.mark_outdated();
                // What a person has said of a region is not asked again.
                let is_guess = !is_corrected && !card.confirmed && !card.task.sought().phrase.is_empty();
                card.look_again = is_guess && !holes.is_empty();
                healed.push(card.id);
            }
            let is_gone = card.task.op() == EditOp::Remove && card.enabled;
            let is_gone = is_gone && (card.state == StepState::Approved || card.shows_result());
            if let (Some(candidate), Some(hole)) = (card.candidate().filter(|_| is_gone), &card.mask) {
                removed.push(candidate, u8::MAX);
                holes.push(Arc::clone(&hole.result));
            }
        }
        for id in healed {
            self.mask_changed(id, None);
        }
    }
}
