//! Strokes and mask operations on the step cards.

use super::Session;
use super::card::{Card, CardMask, Found, StepState};
use super::command::{Effect, MaskOp};
use super::snapshot::SessionChange;
use crate::domain::{Bounds, Brush, Extent, Mask, MaskPatch, Point, StepId, Stroke, StrokeMode};
use std::sync::Arc;

/// Part of a step's mask that has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaskChange {
    pub step: StepId,
    /// `None` for all of it.
    pub bounds: Option<Bounds>,
}

impl MaskChange {
    pub(super) const fn whole(step: StepId) -> Self {
        Self { step, bounds: None }
    }
}

/// The stroke that is being drawn.
pub(super) struct ActiveStroke {
    step: StepId,
    stroke: Stroke,
}

impl Session {
    pub(super) fn stroke_begin(&mut self, brush: Brush, mode: StrokeMode, at: Point) -> Vec<Effect> {
        let mut effects = self.stroke_end();
        let (Some(extent), Some(step)) = (self.extent(), self.selected) else {
            return effects;
        };
        // A locator's late answer must not paint over what the person draws.
        effects.extend(self.cancel_jobs_of(step));
        if let Some(card) = self.card_mut(step) {
            let mask = result_mut(card, extent);
            let (stroke, dirty) = Stroke::begin(mask, brush, mode, at);
            self.stroke = Some(ActiveStroke { step, stroke });
            self.changes.masks.push(MaskChange { step, bounds: Some(dirty) });
        }
        effects
    }

    pub(super) fn stroke_to(&mut self, at: Point) -> Vec<Effect> {
        if let Some(active) = &mut self.stroke
            && let Some(card) = self.cards.iter_mut().find(|card| card.id == active.step)
            && let Some(mask) = &mut card.mask
        {
            let dirty = active.stroke.extend(Arc::make_mut(&mut mask.result), at);
            self.changes.masks.push(MaskChange { step: active.step, bounds: Some(dirty) });
        }
        Vec::new()
    }

    /// Ends the stroke, if there is one, as one undoable gesture.
    pub(super) fn stroke_end(&mut self) -> Vec<Effect> {
        if let Some(ActiveStroke { step, stroke }) = self.stroke.take()
            && let Some(card) = self.card_mut(step)
            && let Some(mask) = &card.mask
        {
            let label = match stroke.mode() {
                StrokeMode::Add => "Brush stroke",
                StrokeMode::Subtract => "Eraser stroke",
            };
            let patch = stroke.finish(&mask.result);
            if !patch.is_empty() {
                mask_was_edited(card, 1);
                self.history.push(label, vec![SessionChange::Mask { step, patch }]);
            }
        }
        Vec::new()
    }

    pub(super) fn mask_op(&mut self, step: StepId, op: MaskOp) -> Vec<Effect> {
        let mut effects = self.stroke_end();
        let Some(extent) = self.extent() else {
            return effects;
        };
        effects.extend(self.cancel_jobs_of(step));
        let Some(card) = self.card_mut(step) else {
            return effects;
        };
        let mask = result_mut(card, extent);
        let before = mask.clone();
        match op {
            MaskOp::Invert => mask.invert(),
            MaskOp::Clear => *mask = Mask::empty(extent),
            MaskOp::Grow(radius) => mask.grow(radius),
            MaskOp::Shrink(radius) => mask.shrink(radius),
            MaskOp::Feather(radius) => mask.feather(radius),
            MaskOp::FillHoles => mask.fill_holes(),
            MaskOp::Reset => {
                if let Some(mask) = &mut card.mask {
                    mask.result = Arc::clone(&mask.proposal);
                }
            }
        }
        if let Some(mask) = &card.mask {
            let patch = MaskPatch::between(&before, &mask.result);
            if !patch.is_empty() {
                mask_was_edited(card, 1);
                self.changes.masks.push(MaskChange { step, bounds: Some(patch.bounds()) });
                self.history.push(op.label(), vec![SessionChange::Mask { step, patch }]);
            }
        }
        effects
    }

    pub(super) fn choose_proposal(&mut self, step: StepId, index: usize) -> Vec<Effect> {
        let Some(proposal) = self.card(step).and_then(|card| card.proposals.get(index)) else {
            return Vec::new();
        };
        let mask = Arc::clone(&proposal.mask);
        self.change("Choose region", |session| {
            if let Some(card) = session.card_mut(step) {
                card.mask = Some(CardMask::new(mask));
                card.proposal = index;
                mask_was_edited(card, 0);
            }
        });
        self.changes.masks.push(MaskChange::whole(step));
        Vec::new()
    }

    pub(super) fn patch_mask(&mut self, step: StepId, patch: &MaskPatch, redo: bool) {
        let Some(extent) = self.extent() else {
            return;
        };
        let Some(card) = self.card_mut(step) else {
            return;
        };
        let mask = result_mut(card, extent);
        if redo {
            patch.redo(mask);
        } else {
            patch.undo(mask);
        }
        mask_was_edited(card, if redo { 1 } else { -1 });
        self.changes.masks.push(MaskChange { step, bounds: Some(patch.bounds()) });
    }

    pub(super) fn extent(&self) -> Option<Extent> {
        self.photo.as_ref().map(|photo| photo.document.extent())
    }
}

/// The card's mask, to be changed; empty if it had none.
fn result_mut(card: &mut Card, extent: Extent) -> &mut Mask {
    let mask = card.mask.get_or_insert_with(|| CardMask::new(Arc::new(Mask::empty(extent))));
    Arc::make_mut(&mut mask.result)
}

/// A region that the person has touched is no longer in doubt, and results made from the old one are outdated.
fn mask_was_edited(card: &mut Card, edits: i32) {
    if let Some(mask) = &mut card.mask {
        mask.was_changed(edits);
    }
    card.outdated = !card.candidates.is_empty();
    let empty = card.mask.as_ref().is_none_or(CardMask::is_empty);
    if matches!(card.state, StepState::Draft | StepState::Located(_) | StepState::Failed(_)) {
        card.state = StepState::Located(if empty { Found::Empty } else { Found::Ok });
    }
}
