//! Trials: how an adjustment would look, shown while its slider moves and until something else is done.
//!
//! A trial changes nothing: no recipe, no document, no undo entry. One is made at a time, and the newest wish waits for
//! it, so that something is seen however fast the slider moves.

use super::jobs::Preview;
use super::{Card, Command, Session, StepState};
use crate::worker::{Job, Slot};
use std::sync::Arc;
use tie_core::{Bounds, Raster, Recipe, StepId, View};

/// What a session knows of its trial.
#[derive(Default)]
pub(super) struct Trial {
    shown: Option<Preview>,
    /// What is shown or made.
    wish: Option<Wish>,
    /// Wished for while another was made.
    next: Option<Wish>,
    /// The recipe that the step had when the trial began: back there, nothing is tried any more.
    began: Option<Recipe>,
}

/// A recipe to try, and what of the photograph is in sight.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    pub step: StepId,
    pub recipe: Recipe,
    pub view: View,
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

    /// What is tried, or waits to be.
    pub fn tried(&self) -> Option<&Wish> {
        self.trial.next.as_ref().or(self.trial.wish.as_ref())
    }

    /// Shows how the step would look with this recipe; only adjustments are quick enough.
    pub(super) fn try_recipe(&mut self, wish: Wish) {
        if self.tried().is_some_and(|tried| tried.recipe != wish.recipe)
            && self.trial.began.as_ref() == Some(&wish.recipe)
        {
            return self.drop_trial();
        }
        if self.running.values().any(|job| is_trial(job.slot())) {
            self.trial.next = Some(wish);
            return;
        }
        if wish.recipe.adjustment().is_none() {
            return;
        }
        let Some(image) = self.ground(wish.step) else { return };
        let Some(card) = self.card(wish.step) else { return };
        let Some(mask) = &card.mask else { return };
        // Steps above would cover it as they were made from the last result.
        if self.is_covered(wish.step, mask.result.bounds()) {
            return;
        }
        let Wish { step, recipe, view } = wish.clone();
        let job = Job::Try { step, image, mask: Arc::clone(&mask.result), recipe: Box::new(recipe), view };
        let before = card.recipe.clone();
        self.trial.began = self.trial.began.take().or(before);
        self.trial.wish = Some(wish);
        self.submit(job);
    }

    pub(super) fn take_trial(&mut self, step: StepId, bounds: Bounds, patch: Arc<Raster>) {
        if self.trial.wish.is_some() && self.card(step).is_some_and(Card::can_run) {
            self.trial.shown = Some(Preview { step, bounds, patch });
        }
        self.trial.next.take().map(|wish| self.try_recipe(wish)).unwrap_or_default();
    }

    /// A trial ends as soon as anything else is done.
    pub(super) fn end_trial(&mut self, command: &Command) {
        let goes_on = matches!(
            command,
            Command::TryRecipe { .. } | Command::EditRecipe(..) | Command::DismissNotice | Command::SetSettings(_)
        );
        // Shown until the result itself is there.
        let goes_on =
            goes_on || matches!(command, Command::Approve(id) if self.tried().is_some_and(|tried| tried.step == *id));
        if goes_on {
            return;
        }
        self.drop_trial();
    }

    /// What was tried was made from a mask or a photograph that is no more.
    pub(super) fn drop_trial(&mut self) {
        self.trial = Trial::default();
        self.cancel_where(is_trial);
    }
}
