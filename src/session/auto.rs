//! Going on without asking: steps run one after the other, each on the results of those below, and are approved if the
//! approval mode says so.

use super::card::{Card, Found, StepState};
use super::{Approval, Notice, Session};
use crate::text::tr;
use tie_core::StepId;

/// What comes next while steps go on by themselves.
enum Next {
    Approve(StepId),
    Run(StepId),
    /// A job has to end first.
    Wait,
    /// A person has to look at this step.
    Ask(StepId),
    Done,
}

impl Session {
    /// Whether steps run by themselves now.
    pub const fn is_automatic(&self) -> bool {
        self.automatic
    }

    /// Lets the steps go on by themselves, if the approval mode says so.
    pub(super) fn start_automatic(&mut self) {
        self.automatic = self.settings.approval != Approval::AskEachStep;
        self.go_on_automatic();
    }

    /// Does what comes next, as far as nothing has to be waited for.
    pub(super) fn go_on_automatic(&mut self) {
        while self.automatic {
            match self.next_automatic() {
                Next::Approve(id) => {
                    let reviews = self.settings.approval == Approval::RunAllThenReview;
                    self.approve_with_run(id);
                    if let Some(card) = self.card_mut(id) {
                        // To be looked at afterwards.
                        card.unseen = reviews;
                    }
                }
                Next::Run(id) => {
                    self.run(id);
                    return;
                }
                Next::Wait => return,
                Next::Ask(id) => {
                    self.automatic = false;
                    self.select(id);
                }
                Next::Done => {
                    self.automatic = false;
                    let reviews = self.settings.approval == Approval::RunAllThenReview;
                    if self.cards.iter().any(Card::waits_for_region) {
                        self.ask_for_regions();
                    } else if let Some(sentence) = self.left_out() {
                        self.notice = Some(Notice::Warning(sentence));
                    } else if reviews && self.cards.iter().any(|card| card.unseen) {
                        self.succeed(tr!("say-all-ran"));
                    }
                }
            }
        }
    }

    fn next_automatic(&mut self) -> Next {
        self.weigh_regions();
        let asks = self.settings.approval == Approval::AutoWhereSure;
        let approves = self.settings.approval != Approval::AskEachStep;
        let open = || self.cards.iter().filter(|card| card.enabled && !card.is_decided());
        // Two steps may take the same region, which shows when all have been looked for.
        let is_looking = open().any(|card| card.state == StepState::Locating);
        for card in open() {
            match &card.state {
                StepState::Ready if asks && card.doubtful_verdict().is_some() => return Next::Ask(card.id),
                StepState::Ready if !card.outdated && approves => return Next::Approve(card.id),
                StepState::Ready if !card.outdated => {}
                _ if card.is_busy() => return Next::Wait,
                // What waits for the person or for another step, or cannot be done, does not hold up the rest.
                _ if card.waits_for_region() => {}
                StepState::Draft | StepState::NeedsModel(_) if !asks => {}
                StepState::Draft if self.waits_for_undecided(card) => {}
                StepState::Ready if self.was_tried(card) => {}
                StepState::Located(Found::Ok) | StepState::Ready if card.can_run() => {
                    return if is_looking { Next::Wait } else { Next::Run(card.id) };
                }
                _ if asks => return Next::Ask(card.id),
                _ => {}
            }
        }
        Next::Done
    }

    /// Says how many steps no engine here can do.
    fn left_out(&self) -> Option<String> {
        let needs_model = |card: &&Card| card.enabled && matches!(card.state, StepState::NeedsModel(_));
        let n = self.cards.iter().filter(needs_model).count();
        (n > 0).then(|| tr!("say-left-out", n = n))
    }

    pub(super) fn waits_for_undecided(&self, card: &Card) -> bool {
        card.depends_on.iter().any(|on| self.card(*on).is_some_and(|on| !on.is_decided()) && !self.is_there(*on))
    }
}
