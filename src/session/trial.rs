//! Trials: how an adjustment would look, shown while its slider moves and until something else is done.
//!
//! A trial changes nothing: no recipe, no document, no undo entry. One is made at a time, and the newest wish waits for
//! it, so that something is seen however fast the slider moves.

use super::jobs::Preview;
use super::{Card, Command, Effect, Session, StepState};
use crate::domain::{Bounds, Raster, Recipe, StepId};
use crate::worker::{Job, Slot};
use std::sync::Arc;

/// What a session knows of its trial.
#[derive(Default)]
pub(super) struct Trial {
    shown: Option<Preview>,
    /// Wished for while another was made.
    next: Option<(StepId, Recipe)>,
}

const fn is_trial(slot: Slot) -> bool {
    matches!(slot, Slot::Try(_))
}

impl Session {
    /// What to show over the document before anything is decided: a trial, or how far the running step is.
    pub fn shown_preview(&self) -> Option<&Preview> {
        let running = |preview: &&Preview| {
            self.card(preview.step).is_some_and(|card| matches!(card.state, StepState::Running(_)))
        };
        self.trial.shown.as_ref().or_else(|| self.preview.as_ref().filter(running))
    }

    /// Shows how the step would look with this recipe; only adjustments are quick enough.
    pub(super) fn try_recipe(&mut self, id: StepId, recipe: Recipe) -> Vec<Effect> {
        if self.running.values().any(|job| is_trial(job.slot())) {
            self.trial.next = Some((id, recipe));
            return Vec::new();
        }
        let Some(photo) = self.photo.as_ref().filter(|_| recipe.adjustment.is_some()) else {
            return Vec::new();
        };
        // What lies below a step inside the stack would have to be composited at every move of the slider.
        let is_topmost = self.place_in_stack(id) >= photo.document.steps().len();
        let Some(mask) = self.card(id).and_then(|card| card.mask.as_ref()).filter(|_| is_topmost) else {
            return Vec::new();
        };
        let image = Arc::clone(photo.document.current());
        let job = Job::Try { step: id, image, mask: Arc::clone(&mask.result), recipe: Box::new(recipe) };
        self.submit(job)
    }

    pub(super) fn take_trial(&mut self, step: StepId, bounds: Bounds, patch: Arc<Raster>) -> Vec<Effect> {
        if self.card(step).is_some_and(Card::can_run) {
            self.trial.shown = Some(Preview { step, bounds, patch });
        }
        self.trial.next.take().map(|(id, recipe)| self.try_recipe(id, recipe)).unwrap_or_default()
    }

    /// A trial ends as soon as anything else is done.
    pub(super) fn end_trial(&mut self, command: &Command) -> Vec<Effect> {
        let goes_on = matches!(
            command,
            Command::TryRecipe(..) | Command::EditRecipe(..) | Command::DismissNotice | Command::SetSettings(_)
        );
        if goes_on {
            return Vec::new();
        }
        self.drop_trial()
    }

    /// What was tried was made from a mask or a photograph that is no more.
    pub(super) fn drop_trial(&mut self) -> Vec<Effect> {
        self.trial = Trial::default();
        self.cancel_where(is_trial)
    }
}
