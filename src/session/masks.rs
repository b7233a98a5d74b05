//! Strokes and mask operations on the step cards.

use super::Session;
use super::card::{Card, CardMask, Found, StepState};
use super::command::MaskOp;
use super::snapshot::SessionChange;
use crate::text::tr;
use std::sync::Arc;
use tie_core::{
    Bounds, Brush, Combine, Extent, Mask, MaskPatch, MaskRecorder, Point, Shape, StepId, Stroke, StrokeMode,
};

/// Part of a step's mask that has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaskChange {
    pub step: StepId,
    /// `None` for all of it.
    pub bounds: Option<Bounds>,
}

/// The stroke that is being drawn.
pub(super) struct ActiveStroke {
    pub(super) step: StepId,
    stroke: Stroke,
}

impl ActiveStroke {
    /// The mask as it was before the stroke.
    pub(super) fn mask_before(&self, mask: &Arc<Mask>) -> Arc<Mask> {
        let mut before = Mask::clone(mask);
        self.stroke.clone().finish(mask).undo(&mut before);
        Arc::new(before)
    }
}

impl Session {
    pub(super) fn stroke_begin(&mut self, brush: Brush, mode: StrokeMode, at: Point, pressure: f32, line: bool) {
        self.selection_discard();
        let (Some(extent), Some(step)) = (self.extent(), self.selected) else {
            return;
        };
        // A locator's late answer must not paint over what the person draws, and nothing may change under the pen.
        self.cancel_jobs_of(step);
        self.reopen_to_correct(step);
        self.automatic = false;
        let from = self.last_stroke.filter(|(last, _)| line && *last == step).map_or(at, |(_, at)| at);
        if let Some(card) = self.card_mut(step) {
            card.shows_mask = true;
            let mask = result_mut(card, extent);
            let (mut stroke, mut dirty) = Stroke::begin(mask, brush, mode, from, pressure);
            if from != at {
                dirty = dirty.union(stroke.extend(mask, at, pressure));
            }
            self.stroke = Some(ActiveStroke { step, stroke });
            self.mask_changed(step, Some(dirty));
        }
    }

    pub(super) fn stroke_to(&mut self, at: Point, pressure: f32) {
        if let Some(active) = &mut self.stroke
            && let Some(card) = self.cards.iter_mut().find(|card| card.id == active.step)
            && let Some(mask) = &mut card.mask
        {
            let dirty = active.stroke.extend(Arc::make_mut(&mut mask.result), at, pressure);
            let step = active.step;
            self.mask_changed(step, Some(dirty));
        }
    }

    /// A mask that is corrected is decided about no more.
    fn reopen_to_correct(&mut self, step: StepId) {
        if self.card(step).is_some_and(|card| card.state == StepState::Approved) {
            self.reopen(step);
        }
    }

    /// Ends the stroke, if there is one, as one undoable gesture.
    pub(super) fn stroke_end(&mut self) {
        if let Some(ActiveStroke { step, stroke }) = self.stroke.take() {
            self.last_stroke = Some((step, stroke.last()));
            if let Some(card) = self.card_mut(step)
                && let Some(mask) = &card.mask
            {
                let label = match stroke.mode() {
                    StrokeMode::Add => tr!("done-brush"),
                    StrokeMode::Subtract => tr!("done-eraser"),
                };
                let patch = stroke.finish(&mask.result);
                if !patch.is_empty() {
                    mask_was_edited(card, 1);
                    self.history.push(label, vec![SessionChange::Mask { step, patch }]);
                }
            }
        }
    }

    pub(super) fn mask_op(&mut self, step: StepId, op: MaskOp) {
        self.selection_discard();
        let Some(extent) = self.extent() else {
            return;
        };
        self.cancel_jobs_of(step);
        let proposal = self.card(step).and_then(|card| card.mask.as_ref()).map(|mask| Arc::clone(&mask.proposal));
        self.edit_mask(step, op.label(), Bounds::from(extent), |mask| match op {
            MaskOp::Invert => mask.invert(),
            MaskOp::Clear => *mask = Mask::empty(extent),
            MaskOp::Grow(radius) => mask.grow(radius),
            MaskOp::Shrink(radius) => mask.shrink(radius),
            MaskOp::Feather(radius) => mask.feather(radius),
            MaskOp::FillHoles => mask.fill_holes(),
            MaskOp::RemoveIslands(smallest) => mask.remove_islands(smallest),
            MaskOp::Reset => {
                if let Some(proposal) = &proposal {
                    mask.clone_from(proposal);
                }
            }
        });
        // Sharing the proposal again says that nothing is corrected any more.
        if op == MaskOp::Reset
            && let Some(mask) = self.card_mut(step).and_then(|card| card.mask.as_mut())
        {
            mask.result = Arc::clone(&mask.proposal);
        }
    }

    /// Changes the selected step's mask by a shape.
    pub(super) fn select_shape(&mut self, shape: &Shape, how: Combine) {
        self.selection_discard();
        let (Some(extent), Some(step)) = (self.extent(), self.selected) else {
            return;
        };
        self.cancel_jobs_of(step);
        let (bounds, part) = shape.coverage(extent);
        let label = match shape {
            Shape::Rectangle { .. } => tr!("done-rectangle"),
            Shape::Ellipse { .. } => tr!("done-ellipse"),
            Shape::Polygon(_) => tr!("done-lasso"),
        };
        if !bounds.is_empty() || how == Combine::Intersect {
            self.combine_mask(step, label, &part, bounds, how);
        }
    }

    /// Joins a part into a step's mask, as one undoable gesture.
    pub(super) fn combine_mask(&mut self, step: StepId, label: &str, part: &Mask, bounds: Bounds, how: Combine) {
        let Some(extent) = self.extent() else {
            return;
        };
        // What lies outside of an intersection changes as well.
        let reach = if how == Combine::Intersect { Bounds::from(extent) } else { bounds };
        self.edit_mask(step, label, reach, |mask| {
            mask.combine_part(part, bounds, how);
        });
    }

    /// Changes a step's mask inside `reach`, as one undoable gesture; nothing is recorded if nothing changes.
    pub(super) fn edit_mask(&mut self, step: StepId, label: &str, reach: Bounds, edit: impl FnOnce(&mut Mask)) {
        let Some(extent) = self.extent() else {
            return;
        };
        self.reopen_to_correct(step);
        let Some(card) = self.card_mut(step) else {
            return;
        };
        let mask = result_mut(card, extent);
        let recorder = MaskRecorder::begin(mask, reach);
        edit(mask);
        let patch = recorder.finish(mask);
        if !patch.is_empty() {
            card.shows_mask = true;
            mask_was_edited(card, 1);
            self.mask_changed(step, Some(patch.bounds()));
            self.history.push(label, vec![SessionChange::Mask { step, patch }]);
        }
    }

    /// Notes that a step's mask has other pixels in `bounds`; `None` is all of it.
    pub(super) fn mask_changed(&mut self, step: StepId, bounds: Option<Bounds>) {
        self.source_changed(step);
        self.note_mask(step, bounds);
    }

    /// Has a step's mask shown and counted anew.
    fn note_mask(&mut self, step: StepId, bounds: Option<Bounds>) {
        self.changes.masks.push(MaskChange { step, bounds });
        self.unmeasured.insert(step);
    }

    /// Has all masks shown and counted anew.
    pub(super) fn all_masks_changed(&mut self) {
        let ids: Vec<StepId> = self.cards.iter().map(|card| card.id).collect();
        for id in ids {
            self.note_mask(id, None);
        }
    }

    pub(super) fn choose_proposal(&mut self, step: StepId, index: usize) {
        let Some(proposal) = self.card(step).and_then(|card| card.proposals.get(index)) else {
            return;
        };
        let mask = Arc::clone(&proposal.mask);
        self.change(tr!("done-choose-region"), |session| {
            if let Some(card) = session.card_mut(step) {
                card.mask = Some(CardMask::new(mask));
                card.proposal = index;
                mask_was_edited(card, 0);
                card.confirm();
            }
        });
        self.mask_changed(step, None);
    }

    /// Takes all regions that fit together.
    pub(super) fn choose_all_proposals(&mut self, step: StepId) {
        let Some((first, others)) = self.card(step).and_then(|card| card.proposals.split_first()) else {
            return;
        };
        let mut all = (*first.mask).clone();
        for other in others {
            all.union(&other.mask);
        }
        self.change(tr!("done-choose-all-regions"), |session| {
            if let Some(card) = session.card_mut(step) {
                card.mask = Some(CardMask::new(Arc::new(all)));
                mask_was_edited(card, 0);
                card.confirm();
            }
        });
        self.mask_changed(step, None);
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
        self.mask_changed(step, Some(patch.bounds()));
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

/// A region that the person has touched is in doubt no more until that is undone, and results made from the old one are
/// outdated.
fn mask_was_edited(card: &mut Card, edits: i32) {
    if let Some(mask) = &mut card.mask {
        mask.was_changed(edits);
    }
    card.mark_outdated();
    if matches!(card.state, StepState::Draft | StepState::Failed(_)) {
        card.state = StepState::Located(Found::Ok);
    }
    card.weigh(None);
}
