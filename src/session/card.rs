//! A step card: one sub-task on its way from words to pixels.

use super::stack::Layers;
use std::sync::{Arc, Weak};
use tie_core::record::MaskRecord;
use tie_core::{
    Candidate, CopyRules, Doubt, EditOp, EditStep, Extent, Mask, MaskProposal, Recipe, StepId, SubTask, Verdict,
};
use tie_engine::{EngineError, Progress, Registry};

/// Where a step is on its way.
#[derive(Clone, Debug, PartialEq)]
pub enum StepState {
    /// Planned, but nothing has looked for its region yet.
    Draft,
    Locating,
    Located(Found),
    /// Waiting for the worker.
    Queued,
    Running(Option<Progress>),
    /// Candidates wait for approval.
    Ready,
    Approved,
    Skipped,
    /// The engine could not; one sentence. Can be tried again.
    Failed(String),
    /// No engine here can do it; one sentence.
    NeedsModel(String),
}

/// How well the region was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    Ok,
    /// The step waits for the person; [`Card::doubt`] says why.
    Unsure,
    /// Nothing fits the words; the person paints it.
    Empty,
}

/// What happens with a result that an engine is making.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Next {
    /// The person looks at it.
    #[default]
    Wait,
    /// It is approved: the person has seen it as a preview.
    Approve,
    /// It follows what has changed below: an approved step stays approved.
    Follow,
}

/// A mask with its origin, so that it can be put back.
#[derive(Clone, Debug)]
pub struct CardMask {
    /// What the locator proposed.
    pub proposal: Arc<Mask>,
    /// The proposal with the person's changes: what will be used.
    pub result: Arc<Mask>,
    /// Changes made and not undone; comparing pixels every frame would be slow.
    edits: u32,
    /// Whether nothing is selected; looking through the pixels every frame would be slow.
    empty: bool,
    /// The mask as it was before it gained what removed things had hidden, if it has.
    found: Option<Arc<Mask>>,
    /// The removals whose holes it has its share of.
    pub(super) healed_from: Layers,
}

impl CardMask {
    pub fn new(proposal: Arc<Mask>) -> Self {
        let empty = proposal.is_empty();
        Self { result: Arc::clone(&proposal), empty, proposal, edits: 0, found: None, healed_from: Layers::default() }
    }

    /// A mask as it was kept.
    pub(super) fn restored(record: MaskRecord<Arc<Mask>>) -> Self {
        let MaskRecord { proposal, result, edits, empty } = record;
        Self { proposal, result, edits, empty, found: None, healed_from: Layers::default() }
    }

    /// Gives it its share of what these removed things had hidden, and of nothing else; whether that changes it.
    pub(super) fn heal(&mut self, removed: &Layers, holes: &[Arc<Mask>]) -> bool {
        self.healed_from = removed.clone();
        let found = self.found.take().unwrap_or_else(|| Arc::clone(&self.result));
        let mut whole = Arc::clone(&found);
        for hole in holes {
            let mut with = Mask::clone(&whole);
            if with.heal(hole) {
                whole = Arc::new(with);
            }
        }
        self.found = (!Arc::ptr_eq(&whole, &found)).then_some(found);
        self.take_over(whole)
    }

    /// Takes other pixels without being corrected by that; whether they are others.
    pub(super) fn take_over(&mut self, mask: Arc<Mask>) -> bool {
        if *mask == *self.result {
            return false;
        }
        if !self.is_edited() {
            self.proposal = Arc::clone(&mask);
        }
        self.result = mask;
        self.empty = self.result.is_empty();
        true
    }

    /// The mask as it was before it gained what removed things had hidden.
    pub(super) fn before_healing(&self) -> &Mask {
        self.found.as_ref().unwrap_or(&self.result)
    }

    /// What two steps are compared by: the mask before it gained anything.
    pub(super) fn claimed(&self) -> &Arc<Mask> {
        self.found.as_ref().filter(|_| !self.is_edited()).unwrap_or(&self.result)
    }

    pub(super) fn record(&self) -> MaskRecord<Arc<Mask>> {
        let (proposal, result) = (Arc::clone(&self.proposal), Arc::clone(&self.result));
        MaskRecord { proposal, result, edits: self.edits, empty: self.empty }
    }

    /// Whether nothing is selected; while a stroke is being drawn, as of before it.
    pub const fn is_empty(&self) -> bool {
        self.empty
    }

    /// To be called after each change of the result, with 1 for a change that was made, −1 for one that was undone.
    pub(super) fn was_changed(&mut self, edits: i32) {
        self.edits = self.edits.saturating_add_signed(edits);
        self.found = None;
        self.empty = self.result.is_empty();
    }

    /// Whether the person has changed it, and not undone or reset all of that.
    pub fn is_edited(&self) -> bool {
        self.edits > 0 && !Arc::ptr_eq(&self.proposal, &self.result)
    }
}

/// One sub-task with all that belongs to it.
#[derive(Clone, Debug)]
pub struct Card {
    pub id: StepId,
    pub task: SubTask,
    /// Steps that must be approved before this one can be located.
    pub depends_on: Vec<StepId>,
    /// What may be copied from other steps' masks.
    pub copy_rules: CopyRules,
    pub state: StepState,
    /// Absent until located or painted.
    pub mask: Option<CardMask>,
    /// The locator that the person has chosen for it; the best that is here if none.
    pub locator: Option<String>,
    /// What the locator answered, best first.
    pub proposals: Vec<MaskProposal>,
    /// Index of the proposal in use.
    pub proposal: usize,
    /// Why the step does not run unasked; none if the region is sure, or if the person has said so.
    pub doubt: Option<Doubt>,
    /// What of that lies in the locator's answer itself.
    pub(super) as_found: Option<Doubt>,
    /// The person has said that the region is right: has chosen it, or has run the step as it is.
    pub confirmed: bool,
    /// The locator's next answer is for where the person points.
    pub(super) pointed: bool,
    /// The results of the steps it depends on that its region was found in.
    pub(super) found_on: Layers,
    /// Something that hid part of its region has been removed, and nobody has looked since.
    pub(super) look_again: bool,
    /// The locator's next answer is such a second look.
    pub(super) looks_again: bool,
    /// What happens with the engine's next result.
    pub(super) next: Next,
    /// Absent where no engine can do the edit.
    pub recipe: Option<Recipe>,
    pub candidates: Vec<Arc<Candidate>>,
    /// Index of the candidate that is shown and would be approved.
    pub chosen: usize,
    /// Candidates that stay when the step runs again.
    pub favourites: Vec<Arc<Candidate>>,
    /// Mask, recipe or the pixels below are others than the shown candidate was made with.
    pub outdated: bool,
    /// How often mask, recipe or words have changed since the candidates were made.
    pub(super) reworked: u32,
    /// The layers that lay below when a candidate was made.
    pub(super) made_on: Vec<(Weak<Candidate>, Layers)>,
    /// What it was last made again for by itself: once is enough, should that be stopped or fail.
    pub(super) tried: Option<(u32, Layers)>,
    /// A disabled step neither runs with the others nor shows.
    pub enabled: bool,
    /// How much of its result shows, 0 to 255.
    pub opacity: u8,
    /// The canvas shows the mask although candidates wait: the person is at work on it.
    pub shows_mask: bool,
    /// Something arrived that the person has not seen yet.
    pub unseen: bool,
}

impl Card {
    /// A card for a planned sub-task, with the best engine's recipe for as many candidates as the person wishes.
    pub fn new(id: StepId, task: SubTask, registry: &Registry, candidates: u32) -> Self {
        let mut card = Self {
            id,
            task,
            depends_on: Vec::new(),
            copy_rules: CopyRules::default(),
            state: StepState::Draft,
            mask: None,
            locator: None,
            proposals: Vec::new(),
            proposal: 0,
            doubt: None,
            as_found: None,
            confirmed: false,
            pointed: false,
            found_on: Layers::default(),
            look_again: false,
            looks_again: false,
            next: Next::default(),
            recipe: None,
            candidates: Vec::new(),
            chosen: 0,
            favourites: Vec::new(),
            outdated: false,
            reworked: 0,
            made_on: Vec::new(),
            tried: None,
            enabled: true,
            opacity: u8::MAX,
            shows_mask: false,
            unseen: false,
        };
        card.choose_engine(registry, candidates);
        card
    }

    /// Gives the card the recipe for its task, with as many candidates as the person wishes; a card that no engine can do
    /// says so.
    pub fn choose_engine(&mut self, registry: &Registry, candidates: u32) {
        self.take_recipe(registry.recipe_for(&self.task, self.task.seed(0)), registry, candidates);
    }

    /// Takes other words. What the person has set stays, as far as the words do not speak of it.
    pub(super) fn reword(&mut self, task: SubTask, registry: &Registry, candidates: u32) {
        let was = std::mem::replace(&mut self.task, task);
        let Some(before) = self.recipe.take() else { return self.choose_engine(registry, candidates) };
        let candidates = if registry.is_random(&before) { before.candidates } else { candidates };
        self.take_recipe(registry.recipe_after(&was, &before, &self.task), registry, candidates);
    }

    fn take_recipe(&mut self, chosen: Result<Recipe, EngineError>, registry: &Registry, candidates: u32) {
        match chosen {
            Ok(mut recipe) => {
                recipe.candidates = if registry.is_random(&recipe) { candidates } else { 1 };
                self.recipe = Some(recipe);
                if matches!(self.state, StepState::NeedsModel(_)) {
                    self.state = StepState::Draft;
                }
            }
            Err(EngineError::NeedsModel(sentence)) => {
                self.recipe = None;
                self.state = StepState::NeedsModel(sentence);
            }
            Err(error) => {
                self.recipe = None;
                self.state = StepState::Failed(error.to_string());
            }
        }
    }

    /// The locator that is asked for its region, or was: the chosen one, else that of the mask; `None` before any was.
    pub fn locator(&self) -> Option<&str> {
        let asked = || self.proposals.get(self.proposal).map(|proposal| proposal.source.as_str());
        self.locator.as_deref().or_else(asked)
    }

    /// Notes that mask, recipe or words are others than the candidates were made with.
    pub(super) fn mark_outdated(&mut self) {
        self.outdated = !self.candidates.is_empty();
        self.reworked += u32::from(self.outdated);
    }

    /// The layers that a candidate was made on; `None` if that is not known.
    pub(super) fn made_on(&self, candidate: &Arc<Candidate>) -> Option<&Layers> {
        let own = |(made, _): &&(Weak<Candidate>, Layers)| made.as_ptr() == Arc::as_ptr(candidate);
        self.made_on.iter().find(own).map(|(_, layers)| layers)
    }

    /// Notes which layers a candidate was made on; forgets candidates that are gone.
    pub(super) fn note_made_on(&mut self, candidate: &Arc<Candidate>, below: Layers) {
        self.made_on.retain(|(made, _)| made.strong_count() > 0 && made.as_ptr() != Arc::as_ptr(candidate));
        self.made_on.push((Arc::downgrade(candidate), below));
    }

    /// Works out where it stands, as if a job on it had just ended.
    pub(super) fn resettle(&mut self) {
        self.state = StepState::Queued;
        self.settle();
    }

    /// Takes the locator's answer.
    pub fn take_proposals(&mut self, proposals: Vec<MaskProposal>, extent: Extent) {
        let mask = proposals.first().map_or_else(|| Arc::new(Mask::empty(extent)), |best| Arc::clone(&best.mask));
        self.mask = Some(CardMask::new(mask));
        self.as_found = Doubt::about(&self.task, &proposals);
        self.proposals = proposals;
        self.proposal = 0;
        self.confirmed = std::mem::take(&mut self.pointed);
        self.mark_outdated();
        if !matches!(self.state, StepState::Approved | StepState::NeedsModel(_)) {
            self.state = StepState::Located(Found::Ok);
        }
        self.weigh(None);
    }

    /// Gives the card a mask that stands for itself: the person's.
    pub fn take_mask(&mut self, mask: Arc<Mask>) {
        self.mask = Some(CardMask::new(mask));
        self.proposals.clear();
        self.proposal = 0;
        self.confirm();
    }

    /// Forgets where the region was found.
    pub(super) fn forget_region(&mut self) {
        self.mask = None;
        self.proposals.clear();
        self.proposal = 0;
        (self.as_found, self.confirmed) = (None, false);
        self.weigh(None);
    }

    /// Takes over another card's region with all that is known of it.
    pub(super) fn copy_region(&mut self, other: &Self) {
        self.mask.clone_from(&other.mask);
        self.proposals.clone_from(&other.proposals);
        self.proposal = other.proposal;
        (self.as_found, self.confirmed) = (other.as_found, other.confirmed);
        if self.state == StepState::Draft && self.mask.is_some() {
            self.state = StepState::Located(Found::Ok);
        }
        self.weigh(None);
    }

    /// Notes that the person has said that the region is right.
    pub(super) fn confirm(&mut self) {
        self.confirmed = true;
        if matches!(self.state, StepState::Draft | StepState::Failed(_)) {
            self.state = StepState::Located(Found::Ok);
        }
        self.weigh(None);
    }

    /// Decides whether the region is in doubt; `taken_by` is the step that takes it for something else with more right.
    pub(super) fn weigh(&mut self, taken_by: Option<StepId>) {
        let doubt = taken_by.map(Doubt::SameRegionAs).or(self.as_found);
        self.doubt = doubt.filter(|_| !self.is_settled());
        if let StepState::Located(found) = &mut self.state {
            *found = match &self.mask {
                Some(mask) if !mask.is_empty() && self.doubt.is_some() => Found::Unsure,
                Some(mask) if !mask.is_empty() => Found::Ok,
                _ => Found::Empty,
            };
        }
    }

    /// Whether the region is no guess any more: the person has said so, has changed it, or it has been worked on.
    pub(super) fn is_settled(&self) -> bool {
        let is_open = match self.state {
            StepState::Draft
            | StepState::Locating
            | StepState::Located(_)
            | StepState::Failed(_)
            | StepState::NeedsModel(_) => true,
            StepState::Queued | StepState::Running(_) | StepState::Ready | StepState::Approved | StepState::Skipped => {
                false
            }
        };
        !is_open || self.confirmed || self.mask.as_ref().is_some_and(CardMask::is_edited)
    }

    /// How sure the locator is of the region, 0 to 1; `None` where it is no guess any more.
    pub(super) fn sureness(&self) -> Option<f32> {
        let proposal = self.proposals.get(self.proposal);
        let confidence = proposal.map_or(0.0, |proposal| proposal.confidence);
        (!self.is_settled()).then_some(if confidence.is_nan() { 0.0 } else { confidence })
    }

    /// Whether the regions that the locator proposes are shown with letters, for the person to say which is meant.
    pub fn offers_regions(&self) -> bool {
        self.state == StepState::Located(Found::Unsure) && !self.proposals.is_empty()
    }

    /// Whether the person has to say where the region is before the step goes on.
    pub fn waits_for_region(&self) -> bool {
        self.enabled && !self.is_decided() && (self.doubt.is_some() || self.state == StepState::Located(Found::Empty))
    }

    /// The layer that this result of it makes.
    pub(super) fn layer(&self, candidate: Arc<Candidate>) -> EditStep {
        let Self { id, enabled, opacity, .. } = *self;
        EditStep { id, title: self.task.title(), candidate, enabled, opacity }
    }

    /// Whether a result that is not decided about shows on the canvas.
    pub(super) fn shows_result(&self) -> bool {
        (self.state == StepState::Ready || self.is_busy()) && !self.shows_mask && self.candidate().is_some()
    }

    /// Whether it has all that its engine needs.
    pub(super) fn is_complete(&self) -> bool {
        self.recipe.is_some() && self.mask.as_ref().is_some_and(|mask| !mask.is_empty())
    }

    /// The candidate that is shown.
    pub fn candidate(&self) -> Option<&Arc<Candidate>> {
        self.candidates.get(self.chosen)
    }

    /// Why the shown result may not be what was asked for; `None` if nothing speaks against it, or the person has decided.
    pub fn doubtful_verdict(&self) -> Option<&Verdict> {
        let shown = self.candidate().filter(|_| self.state == StepState::Ready)?;
        shown.verdict.as_ref().filter(|verdict| !verdict.passed)
    }

    pub fn is_favourite(&self, index: usize) -> bool {
        self.candidates.get(index).is_some_and(|one| self.favourites.iter().any(|kept| Arc::ptr_eq(kept, one)))
    }

    /// Whether an engine is at work, or about to be.
    pub const fn is_busy(&self) -> bool {
        matches!(self.state, StepState::Locating | StepState::Queued | StepState::Running(_))
    }

    /// Whether the person has decided about it.
    pub const fn is_decided(&self) -> bool {
        matches!(self.state, StepState::Approved | StepState::Skipped)
    }

    /// Whether another step is about the same thing, which this one leaves where it is.
    pub(super) fn keeps_shape_for(&self, other: &Self) -> bool {
        let keeps_shape = matches!(self.task.op(), EditOp::Recolor | EditOp::Adjust | EditOp::Material);
        let sought = |card: &Self| (card.task.target.clone(), card.task.place().map(str::to_owned));
        keeps_shape && !self.task.target.is_empty() && sought(self) == sought(other)
    }

    /// Whether nothing of it is seen to have changed.
    pub(super) fn looks_like(&self, other: &Self) -> bool {
        let mask = |card: &Self| card.mask.as_ref().map(|mask| Arc::as_ptr(&mask.result));
        let shown = |card: &Self| card.candidate().map(Arc::as_ptr);
        let settled =
            |card: &Self| (card.enabled, card.opacity, card.is_decided(), card.task.clone(), card.recipe.clone());
        mask(self) == mask(other) && shown(self) == shown(other) && settled(self) == settled(other)
    }

    /// Whether another plan takes its place: nobody has decided about it or corrected its mask.
    pub fn is_replaceable(&self) -> bool {
        !self.is_decided() && !self.mask.as_ref().is_some_and(CardMask::is_edited)
    }

    /// Whether its engine takes moments.
    pub fn is_quick(&self) -> bool {
        self.recipe.as_ref().is_some_and(Recipe::is_quick)
    }

    /// Whether it could be run now.
    pub fn can_run(&self) -> bool {
        self.is_complete() && !self.is_busy()
    }

    /// The state of a card that no job works on (any more).
    pub fn settle(&mut self) {
        if self.is_busy() {
            self.state = match (&self.mask, self.candidates.is_empty()) {
                (None, _) => StepState::Draft,
                (Some(_), false) => StepState::Ready,
                (Some(_), true) => StepState::Located(Found::Ok),
            };
            self.weigh(None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tie_core::Bounds;

    fn card(op: EditOp) -> Card {
        let task = SubTask::new(1, op, "cup").becomes("a cat");
        Card::new(StepId(1), task, &Registry::embedded(), 2)
    }

    /// Each another column.
    fn proposals(confidences: &[f32]) -> Vec<MaskProposal> {
        let proposal = |(&confidence, x): (&f32, i32)| {
            MaskProposal::new(Mask::rectangle(EXTENT, Bounds::new(x, 0, 1, 2)), confidence, "", "")
        };
        confidences.iter().zip(0..).map(proposal).collect()
    }

    const EXTENT: Extent = Extent::new(3, 2);

    #[test]
    fn the_locators_answer_decides_how_well_the_region_was_found() {
        for (confidences, found) in [
            (&[][..], Found::Empty),
            (&[0.9], Found::Ok),
            (&[0.3], Found::Unsure),
            (&[0.9, 0.85], Found::Unsure),
            (&[0.9, 0.4], Found::Ok),
        ] {
            let mut card = card(EditOp::Remove);
            card.take_proposals(proposals(confidences), EXTENT);
            assert_eq!(card.state, StepState::Located(found), "{confidences:?}");
            assert_eq!(card.doubt.is_some(), found == Found::Unsure, "{confidences:?}");
        }
    }

    #[test]
    fn a_doubt_outlives_a_job_that_is_cancelled_and_ends_with_the_persons_word() {
        let mut card = card(EditOp::Remove);
        card.take_proposals(proposals(&[0.3]), EXTENT);
        for state in [StepState::Locating, StepState::Located(Found::Ok), StepState::Failed(String::new())] {
            card.state = state;
            card.settle();
            card.weigh(None);
            assert_eq!(card.doubt, Some(Doubt::LowConfidence(0.3)), "{:?}", card.state);
        }
        card.confirm();
        assert_eq!((card.doubt, &card.state), (None, &StepState::Located(Found::Ok)));
        card.weigh(Some(StepId(7)));
        assert_eq!(card.doubt, None, "what the person has said outdoes other steps");
        card.take_proposals(proposals(&[0.9]), EXTENT);
        card.weigh(Some(StepId(7)));
        assert_eq!(card.doubt, Some(Doubt::SameRegionAs(StepId(7))), "another answer is another guess");
    }

    #[test]
    fn a_card_without_an_engine_says_so_and_cannot_run() {
        let mut card = card(EditOp::Add);
        assert!(matches!(card.state, StepState::NeedsModel(_)));
        card.take_proposals(proposals(&[0.9]), EXTENT);
        assert!(matches!(card.state, StepState::NeedsModel(_)) && !card.can_run());
    }
}
