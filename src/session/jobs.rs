//! Jobs in flight: handing them out, and taking in what the worker says of them.

use super::card::{Card, StepState};
use super::command::Effect;
use super::masks::MaskChange;
use super::snapshot::SessionChange;
use super::{Notice, Session};
use crate::domain::{Bounds, Candidate, EditOp, Mask, MaskProposal, Plan, Raster, StepId};
use crate::engine::{EngineError, Progress};
use crate::worker::{Job, JobEvent, JobId, Output, Slot};
use std::collections::HashMap;
use std::sync::Arc;

/// What is known of a job that has not ended.
pub(super) struct Running {
    slot: Slot,
    progress: Option<Progress>,
    started: bool,
}

/// How a running step looks so far.
#[derive(Clone, Debug)]
pub struct Preview {
    pub step: StepId,
    pub bounds: Bounds,
    pub patch: Arc<Raster>,
}

/// What the status bar shows of the work that is going on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Activity {
    /// The step that is worked on, if it is work on a step.
    pub step: Option<StepId>,
    /// Absent until the job has said something.
    pub progress: Option<Progress>,
    /// Jobs that have not ended, this one included.
    pub jobs: usize,
    /// Saving cannot be stopped half way.
    pub can_cancel: bool,
}

impl Session {
    /// What is being worked on; `None` if nothing is.
    pub fn activity(&self) -> Option<Activity> {
        let running = self.running.values().find(|job| job.started).or_else(|| self.running.values().next())?;
        let step = match running.slot {
            Slot::Locate(step) | Slot::Inpaint(step) => Some(step),
            Slot::Plan | Slot::Open | Slot::Save => None,
        };
        let can_cancel = self.running.values().any(|job| job.slot != Slot::Save);
        Some(Activity { step, progress: running.progress, jobs: self.running.len(), can_cancel })
    }

    /// Whether the instruction is being decomposed.
    pub fn is_planning(&self) -> bool {
        self.running.values().any(|job| job.slot == Slot::Plan)
    }

    pub(super) fn submit(&mut self, job: Job) -> Vec<Effect> {
        let slot = job.slot();
        // The worker cancels the older job of a slot; nobody waits for its end any more.
        self.running.retain(|_, running| running.slot != slot);
        let id = JobId(self.new_id());
        self.running.insert(id, Running { slot, progress: None, started: false });
        vec![Effect::Submit(id, job)]
    }

    /// Stops all engines' jobs; files are still read and written to the end.
    pub(super) fn cancel_jobs(&mut self) -> Vec<Effect> {
        self.cancel_where(|slot| slot != Slot::Save)
    }

    pub(super) fn cancel_jobs_of(&mut self, step: StepId) -> Vec<Effect> {
        self.cancel_where(|slot| slot == Slot::Locate(step) || slot == Slot::Inpaint(step))
    }

    fn cancel_where(&mut self, which: impl Fn(Slot) -> bool) -> Vec<Effect> {
        let ids: Vec<JobId> = self.running.iter().filter(|(_, job)| which(job.slot)).map(|(id, _)| *id).collect();
        for id in &ids {
            if let Some(Running { slot: Slot::Locate(step) | Slot::Inpaint(step), .. }) = self.running.remove(id) {
                self.settle(step);
            }
        }
        ids.into_iter().map(Effect::CancelJob).collect()
    }

    fn settle(&mut self, step: StepId) {
        if self.preview.as_ref().is_some_and(|preview| preview.step == step) {
            self.preview = None;
        }
        if let Some(card) = self.card_mut(step) {
            card.settle();
        }
    }

    /// Decomposes the instruction.
    pub(super) fn plan(&mut self) -> Vec<Effect> {
        if self.instruction.trim().is_empty() {
            self.fail("There is no instruction yet; type what to change, for example \"remove the spoon and turn the cup blue\".");
            return Vec::new();
        }
        let Some(photo) = &self.photo else {
            self.fail("There is no photograph to edit yet; open one first.");
            return Vec::new();
        };
        let Some(planner) = self.registry.planner_names().first().map(|name| (*name).to_owned()) else {
            return Vec::new();
        };
        let image = Some(Arc::clone(photo.document.current()));
        let mut effects = self.cancel_jobs();
        effects.extend(self.submit(Job::Plan { planner, instruction: self.instruction.trim().to_owned(), image }));
        effects
    }

    /// Looks for a step's region by its words.
    pub(super) fn locate(&mut self, id: StepId) -> Vec<Effect> {
        let Some(image) = self.photo.as_ref().map(|photo| Arc::clone(photo.document.current())) else {
            return Vec::new();
        };
        let Some(locator) = self.registry.locator_names().first().map(|name| (*name).to_owned()) else {
            return Vec::new();
        };
        let Some(card) = self.card_mut(id) else {
            return Vec::new();
        };
        if !matches!(card.state, StepState::Approved) {
            card.state = StepState::Locating;
        }
        let task = &card.task;
        let job = Job::Locate {
            step: id,
            locator,
            image,
            phrase: task.target.clone(),
            location: task.location.clone(),
            op: task.op,
            clicks: Vec::new(),
            bounds: None,
        };
        self.submit(job)
    }

    /// Looks for the regions of all undecided steps whose dependencies are met and that have none yet.
    pub(super) fn locate_ready(&mut self) -> Vec<Effect> {
        let approved = |id: StepId| self.card(id).is_some_and(|card| card.state == StepState::Approved);
        let waits = |card: &&Card| {
            card.state == StepState::Draft && card.mask.is_none() && card.depends_on.iter().all(|id| approved(*id))
        };
        let ids: Vec<StepId> = self.cards.iter().filter(waits).map(|card| card.id).collect();
        ids.into_iter().flat_map(|id| self.locate(id)).collect()
    }

    pub(super) fn run(&mut self, id: StepId) -> Vec<Effect> {
        let mut effects = self.stroke_end();
        let Some(photo) = &self.photo else {
            return effects;
        };
        let Some(card) = self.card(id).filter(|card| card.can_run()) else {
            return effects;
        };
        let (Some(mask), Some(recipe)) = (&card.mask, &card.recipe) else {
            return effects;
        };
        // An approved step runs again on what it was made from, not on its own result.
        let stack = photo.document.steps();
        let image = match stack.iter().position(|step| step.id == id) {
            Some(index) => Arc::new(photo.document.below(index)),
            None => Arc::clone(photo.document.current()),
        };
        let job = Job::Inpaint {
            step: id,
            image,
            mask: Arc::clone(&mask.result),
            avoid: self.avoid(id),
            recipe: recipe.clone(),
        };
        if let Some(card) = self.card_mut(id)
            && card.state != StepState::Approved
        {
            card.state = StepState::Queued;
        }
        effects.extend(self.submit(job));
        effects
    }

    /// What must not be copied into a step's region: the other things that are to be removed and still there.
    fn avoid(&self, id: StepId) -> Option<Arc<Mask>> {
        let others =
            self.cards.iter().filter(|card| card.id != id && card.task.op == EditOp::Remove && !card.is_decided());
        let mut all: Option<Mask> = None;
        for mask in others.filter_map(|card| card.mask.as_ref()) {
            match &mut all {
                Some(all) => all.union(&mask.result),
                None => all = Some((*mask.result).clone()),
            }
        }
        all.map(Arc::new)
    }

    pub(super) fn run_all(&mut self) -> Vec<Effect> {
        let ready = |card: &&Card| card.can_run() && !card.is_decided() && card.state != StepState::Ready;
        let ids: Vec<StepId> = self.cards.iter().filter(ready).map(|card| card.id).collect();
        ids.into_iter().flat_map(|id| self.run(id)).collect()
    }

    pub(super) fn new_seed(&mut self, id: StepId) -> Vec<Effect> {
        if let Some(recipe) = self.card_mut(id).and_then(|card| card.recipe.as_mut()) {
            recipe.seed = recipe.seed.wrapping_add(u64::from(recipe.candidates.max(1)));
            return self.run(id);
        }
        Vec::new()
    }

    /// Takes in what a worker says.
    pub fn on_event(&mut self, event: JobEvent) -> Vec<Effect> {
        // The one place where late events end: those of jobs that were cancelled, replaced, or whose document is gone.
        let Some(running) = self.running.get_mut(&event.job()) else {
            return Vec::new();
        };
        let slot = running.slot;
        match event {
            JobEvent::Started(_) => {
                running.started = true;
                self.show_progress(slot, None);
            }
            JobEvent::Progress(_, progress) => {
                running.progress = Some(progress);
                self.show_progress(slot, Some(progress));
            }
            JobEvent::Preview { bounds, patch, .. } => {
                if let Slot::Inpaint(step) = slot {
                    self.preview = Some(Preview { step, bounds, patch });
                }
            }
            JobEvent::Finished(id, output) => {
                self.running.remove(&id);
                return self.take_output(slot, output);
            }
            JobEvent::Failed(id, error) => {
                self.running.remove(&id);
                return self.take_failure(slot, &error);
            }
            JobEvent::Cancelled(id) => {
                self.running.remove(&id);
                if let Slot::Locate(step) | Slot::Inpaint(step) = slot {
                    self.settle(step);
                }
            }
        }
        Vec::new()
    }

    fn show_progress(&mut self, slot: Slot, progress: Option<Progress>) {
        if let Slot::Inpaint(step) = slot
            && let Some(card) = self.card_mut(step)
            && matches!(card.state, StepState::Queued | StepState::Running(_))
        {
            card.state = StepState::Running(progress);
        }
    }

    fn take_output(&mut self, slot: Slot, output: Output) -> Vec<Effect> {
        match (slot, output) {
            (Slot::Plan, Output::Plan(plan)) => self.take_plan(plan),
            (Slot::Locate(step), Output::Proposals(proposals)) => self.take_proposals(step, proposals),
            (Slot::Inpaint(step), Output::Candidates(candidates)) => self.take_candidates(step, candidates),
            (Slot::Open, Output::Photo { path, photo }) => self.take_photo(path, photo),
            (Slot::Save, Output::Saved { path }) => self.take_saved(path),
            // A job's output is of its own kind.
            _ => Vec::new(),
        }
    }

    fn take_failure(&mut self, slot: Slot, error: &EngineError) -> Vec<Effect> {
        match slot {
            Slot::Locate(step) | Slot::Inpaint(step) => {
                self.settle(step);
                if let Some(card) = self.card_mut(step) {
                    if card.state == StepState::Approved {
                        self.fail(error.to_string());
                    } else {
                        card.state = StepState::Failed(error.to_string());
                    }
                }
                Vec::new()
            }
            Slot::Save => {
                self.fail(error.to_string());
                self.save_failed();
                Vec::new()
            }
            Slot::Plan | Slot::Open => {
                self.fail(error.to_string());
                Vec::new()
            }
        }
    }

    fn take_plan(&mut self, plan: Plan) -> Vec<Effect> {
        self.planned = Some(plan.instruction.trim().to_owned());
        self.change("Plan", |session| {
            // What was decided stays as it is: it is part of the document, or of what the person said about it.
            session.cards.retain(Card::is_decided);
            // A plan's numbers can repeat those of an earlier plan, the cards' ids cannot.
            let ids: HashMap<u32, StepId> = plan.steps.iter().map(|task| (task.id, StepId(session.new_id()))).collect();
            for task in plan.steps {
                if let Some(id) = ids.get(&task.id) {
                    let depends_on = task.depends_on.iter().filter_map(|on| ids.get(on).copied()).collect();
                    let mut card = Card { depends_on, ..Card::new(*id, task, &session.registry) };
                    if session.is_random(&card)
                        && let Some(recipe) = &mut card.recipe
                    {
                        recipe.candidates = session.settings.candidates;
                    }
                    session.cards.push(card);
                }
            }
            session.selected = session.cards.iter().find(|card| !card.is_decided()).map(|card| card.id);
        });
        self.preview = None;
        self.changes.masks.extend(self.cards.iter().map(|card| MaskChange::whole(card.id)));
        self.locate_ready()
    }

    fn take_proposals(&mut self, step: StepId, proposals: Vec<MaskProposal>) -> Vec<Effect> {
        let Some(extent) = self.extent() else {
            return Vec::new();
        };
        // Part of the gesture that made the card, if nothing else has happened since: one undo takes back both.
        let before = self.snapshot();
        if let Some(card) = self.card_mut(step) {
            card.take_proposals(proposals, extent);
        }
        let after = Box::new(self.snapshot());
        let amended = self.history.amend(|entry| match (entry.label.as_str(), entry.changes.as_mut_slice()) {
            ("Plan" | "Locate", [SessionChange::State { after: last, .. }]) => {
                last.clone_from(&after);
                true
            }
            _ => false,
        });
        if !amended {
            self.history.push("Locate", vec![SessionChange::State { before: Box::new(before), after }]);
        }
        self.changes.masks.push(MaskChange::whole(step));
        Vec::new()
    }

    fn take_candidates(&mut self, step: StepId, candidates: Vec<Candidate>) -> Vec<Effect> {
        self.settle(step);
        if let Some(card) = self.card_mut(step) {
            // Earlier candidates stay choosable; the newest are shown.
            if card.outdated {
                card.candidates.clear();
            }
            card.outdated = false;
            card.chosen = card.candidates.len();
            card.candidates.extend(candidates.into_iter().map(Arc::new));
            card.state = StepState::Ready;
            // A step that has no selected neighbour to disturb comes to the front.
            if self.stroke.is_none() && self.selected.is_none() {
                self.selected = Some(step);
            }
        }
        Vec::new()
    }

    pub(super) fn succeed(&mut self, sentence: impl Into<String>) {
        self.notice = Some(Notice::Success(sentence.into()));
    }
}
