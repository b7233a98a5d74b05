//! Regions in doubt: comparing the steps' regions, and asking the person about those that are unsure.

use super::card::{Card, StepState};
use super::{Notice, Session};
use crate::text::tr;
use tie_core::StepId;
use tie_core::doubt::{Claim, contested};

impl Session {
    /// Decides of each step's region whether it is in doubt.
    pub(super) fn weigh_regions(&mut self) {
        self.weighed = self.revision;
        let claims: Vec<Claim<'_>> = self.cards.iter().filter_map(claim).collect();
        let contests = claims.iter().enumerate().map(|(index, claim)| (claim.step, contested(&claims, index)));
        let taken_by: Vec<(StepId, Option<StepId>)> = contests.collect();
        for card in &mut self.cards {
            let before = card.doubt;
            card.weigh(taken_by.iter().find(|(step, _)| *step == card.id).and_then(|(_, by)| *by));
            if card.doubt != before {
                // Its regions get letters, or lose them.
                self.unmeasured.insert(card.id);
            }
        }
    }

    /// The same, if something may have changed since.
    pub(super) fn weigh_changed(&mut self) {
        if self.weighed != self.revision {
            self.weigh_regions();
        }
    }

    /// Says how many steps wait for the person to say where their regions are, and goes to the first.
    pub(super) fn ask_for_regions(&mut self) {
        let waiting: Vec<&Card> = self.cards.iter().filter(|card| card.waits_for_region()).collect();
        let Some(first) = waiting.first().map(|card| card.id) else {
            return;
        };
        let n = waiting.len();
        let sentence = if waiting.iter().all(|card| card.doubt.is_some()) {
            tr!("say-wait-unsure", n = n)
        } else {
            tr!("say-wait-unsure-or-empty", n = n)
        };
        self.notice = Some(Notice::Warning(sentence));
        self.select(first);
    }
}

/// What a step would change, if it has a say in whose region it is.
fn claim(card: &Card) -> Option<Claim<'_>> {
    let mask = card.mask.as_ref().filter(|mask| card.enabled && !mask.is_empty())?;
    let is_known = !matches!(card.state, StepState::Skipped | StepState::Locating);
    is_known.then_some(Claim {
        step: card.id,
        task: &card.task,
        depends_on: &card.depends_on,
        mask: mask.claimed(),
        confidence: card.sureness(),
    })
}
