//! The session at rest: what is kept while a person works, and how it becomes a session again.

use super::card::{Card, CardMask, Found, Next, StepState};
use super::command::Effect;
use super::stack::Layers;
use super::{Pending, Session};
use crate::files::{Photo, Restored};
use crate::worker::Job;
use std::path::PathBuf;
use std::sync::Arc;
use tie_core::record::{CardRecord, Record, Stage};
use tie_core::{Candidate, Doubt, EditStep, MaskProposal, Raster};
use tie_engine::Registry;

impl Session {
    /// Grows whenever the record may have become another one.
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// The photograph without any step, and everything that the person would miss if the program ended now; shares all
    /// pixels. `None` without a photograph.
    pub fn record(&self) -> Option<(Arc<Raster>, Record)> {
        let photo = self.photo.as_ref()?;
        let absolute = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
        // Decisions count as well, until the picture that they led to is saved.
        let waits = self.cards.iter().any(|card| !card.is_decided() || photo.saved_to.is_none());
        // Words that no step stands for.
        let words = self.needs_planning() || (self.cards.is_empty() && !self.instruction.trim().is_empty());
        let record = Record {
            source: if photo.pasted { photo.source.clone() } else { absolute(&photo.source) },
            pasted: photo.pasted,
            saved_to: photo.saved_to.as_ref().map(absolute),
            instruction: self.instruction.clone(),
            planned: self.planned.clone(),
            not_understood: self.not_understood.clone(),
            cards: self.cards.iter().map(Card::record).collect(),
            selected: self.selected,
            stack: self.decided_steps().iter().map(Into::into).collect(),
            saved: photo.saved.iter().map(Into::into).collect(),
            unsaved: waits || words || self.has_unsaved_work(),
        };
        Some((Arc::clone(photo.document.base()), record))
    }

    /// Goes on with work that was left behind; asks first if there is unsaved work.
    pub(super) fn restore_leftover(&mut self, folder: PathBuf) {
        if self.has_unsaved_work() {
            self.pending = Some(Pending::Restore(folder));
            return;
        }
        self.submit(Job::Restore { folder });
    }

    /// Takes in work that was read from a journal.
    pub(super) fn take_restored(&mut self, restored: Restored) {
        let Restored { journal, photo, record, missing } = restored;
        let name = record.name();
        self.restore_record(photo, record);
        if missing == 0 {
            self.succeed(format!("Restored {name} as it was"));
        } else {
            let what = if missing == 1 { "1 mask or result is" } else { &format!("{missing} masks or results are") };
            self.fail(format!("{name} is restored, but {what} damaged and missing: look through the steps."));
        }
        self.out.push(Effect::GoOnWithJournal(Box::new(journal)));
    }

    /// Becomes the session that a record was made of, with an empty undo history; looks again for regions that nobody has
    /// found yet. What does not fit together any more is put right.
    pub fn restore_record(&mut self, photo: Photo, record: Record) {
        if !record.pasted {
            self.remember(&record.source);
        }
        self.take_photo(record.source.clone(), photo);
        self.next_step = self.next_step.max(record.last_id().saturating_add(1));
        self.instruction = record.instruction;
        self.planned = record.planned;
        self.not_understood = record.not_understood;
        let stack: Vec<EditStep> = record.stack.into_iter().map(Into::into).collect();
        let registry = self.registry.clone();
        let candidates = self.settings.candidates;
        self.cards = record.cards.into_iter().map(|card| Card::restored(card, &registry, candidates)).collect();
        for card in &mut self.cards {
            match stack.iter().find(|step| step.id == card.id) {
                Some(step) if card.state == StepState::Approved => card.take_layer(&step.candidate),
                None if card.state == StepState::Approved => card.resettle(),
                _ => {}
            }
        }
        self.selected = record.selected.filter(|id| self.cards.iter().any(|card| card.id == *id));
        self.trust_results();
        if let Some(photo) = &mut self.photo {
            photo.pasted = record.pasted;
            photo.saved_to = record.saved_to;
            photo.saved = record.saved.into_iter().map(Into::into).collect();
        }
        self.all_masks_changed();
        self.weigh_regions();
        self.locate_ready();
    }
}

impl Card {
    fn record(&self) -> CardRecord {
        let mut settled = self.state.clone();
        if self.is_busy() || matches!(self.state, StepState::Failed(_)) {
            settled = self.settled_state();
        }
        let stage = match settled {
            StepState::Located(Found::Ok) => Stage::Located,
            StepState::Located(Found::Unsure) if matches!(self.doubt, Some(Doubt::Rivals(_))) => Stage::Ambiguous,
            StepState::Located(Found::Unsure) => Stage::Unsure,
            StepState::Located(Found::Empty) => Stage::Empty,
            StepState::Ready => Stage::Ready,
            StepState::Approved => Stage::Approved,
            StepState::Skipped => Stage::Skipped,
            // Which engines there are is looked up again.
            _ => Stage::Draft,
        };
        CardRecord {
            id: self.id,
            task: self.task.clone(),
            depends_on: self.depends_on.clone(),
            copy_rules: self.copy_rules.clone(),
            stage,
            mask: self.mask.as_ref().map(CardMask::record),
            locator: self.locator.clone(),
            proposals: self.proposals.iter().map(Into::into).collect(),
            proposal: self.proposal,
            confirmed: self.confirmed,
            recipe: self.recipe.clone(),
            candidates: self.candidates.clone(),
            chosen: self.chosen,
            favourites: self.favourites.clone(),
            outdated: self.outdated,
            enabled: self.enabled,
            opacity: self.opacity,
            shows_mask: self.shows_mask,
            unseen: self.unseen,
        }
    }

    fn restored(record: CardRecord, registry: &Registry, candidates: u32) -> Self {
        let proposals: Vec<MaskProposal> = record.proposals.into_iter().map(Into::into).collect();
        let was_unsure = matches!(record.stage, Stage::Unsure | Stage::Ambiguous);
        // Where the proposals are lost, what was unsure stays so.
        let lost = was_unsure && proposals.is_empty();
        let as_found = Doubt::about(&record.task, &proposals).or(lost.then_some(Doubt::LowConfidence(0.0)));
        let state = match record.stage {
            Stage::Draft => StepState::Draft,
            // Which of these it is follows from its mask and its doubt.
            Stage::Located | Stage::Unsure | Stage::Ambiguous | Stage::Empty => StepState::Located(Found::Ok),
            Stage::Ready => StepState::Ready,
            Stage::Approved => StepState::Approved,
            Stage::Skipped => StepState::Skipped,
        };
        let mut card = Self {
            id: record.id,
            task: record.task,
            depends_on: record.depends_on,
            copy_rules: record.copy_rules,
            state,
            mask: record.mask.map(CardMask::restored),
            // Of another installation, perhaps.
            locator: record.locator.filter(|name| registry.locator(name).is_ok()),
            proposals,
            proposal: record.proposal,
            doubt: None,
            as_found,
            confirmed: record.confirmed,
            pointed: false,
            found_on: Layers::default(),
            look_again: false,
            looks_again: false,
            next: Next::default(),
            recipe: record.recipe,
            chosen: record.chosen.min(record.candidates.len().saturating_sub(1)),
            candidates: record.candidates,
            favourites: record.favourites,
            outdated: record.outdated,
            reworked: u32::from(record.outdated),
            made_on: Vec::new(),
            tried: None,
            enabled: record.enabled,
            opacity: record.opacity,
            shows_mask: record.shows_mask,
            unseen: record.unseen,
        };
        let has_lost = match &card.state {
            StepState::Located(_) => card.mask.is_none(),
            StepState::Ready => card.candidates.is_empty(),
            _ => false,
        };
        if has_lost {
            card.state = card.settled_state();
        }
        let knows_engine = card.recipe.as_ref().is_some_and(|recipe| registry.inpainter(&recipe.engine).is_ok());
        if !knows_engine && !card.is_decided() {
            let (state, masked) = (card.state.clone(), card.mask.is_some());
            card.choose_engine(registry, candidates);
            // An engine that has come since does not make the step forget where it stands.
            if card.state == StepState::Draft && masked {
                card.state = if state == StepState::Draft { card.settled_state() } else { state };
            }
        }
        card.weigh(None);
        card
    }

    /// Takes the layer that it had in the stack as its result.
    fn take_layer(&mut self, layer: &Arc<Candidate>) {
        let known = self.candidates.iter().position(|candidate| Arc::ptr_eq(candidate, layer));
        self.chosen = known.unwrap_or_else(|| {
            self.candidates.push(Arc::clone(layer));
            self.candidates.len() - 1
        });
    }

    /// Where it would stand if a job on it had just ended.
    fn settled_state(&self) -> StepState {
        let mut card = Self { state: StepState::Queued, ..self.clone() };
        card.settle();
        card.state
    }
}
