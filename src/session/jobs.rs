//! Jobs in flight: handing them out, and taking in what the worker says of them.

use super::card::{Card, Next, StepState};
use super::command::Effect;
use super::files::display_name;
use super::stack::Layers;
use super::{Notice, Session};
use crate::text::tr;
use crate::worker::{Job, JobEvent, JobId, Output, Slot};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tie_core::{Bounds, Candidate, Mask, MaskProposal, Plan, Raster, Recipe, StepId, SubTask};
use tie_engine::{EngineError, Phase, Progress};

/// What is known of a job that has not ended.
pub(super) struct Running {
    slot: Slot,
    progress: Option<Progress>,
    started: bool,
    /// When the phase that it is in began.
    since: Option<(Phase, Instant)>,
    /// What a step's engine was given.
    pub(super) run: Option<Box<Run>>,
}

/// What a step is made from.
pub(super) struct Run {
    pub(super) mask: Arc<Mask>,
    pub(super) recipe: Recipe,
    pub(super) task: SubTask,
    /// The layers below the step.
    pub(super) below: Layers,
    /// The part of the photo that the mask lies in.
    pub(super) reach: Bounds,
}

impl Running {
    /// The step that an engine makes.
    pub(super) const fn step_made(&self) -> Option<StepId> {
        if let Slot::Inpaint(step) = self.slot { Some(step) } else { None }
    }

    pub(super) const fn slot(&self) -> Slot {
        self.slot
    }

    /// How long the phase goes on at its pace so far; absent in its first moments, and where it is nearly over.
    fn left(&self, now: Instant) -> Option<Duration> {
        let (done, (_, since)) = (self.progress?.fraction?, self.since?);
        let spent = now.saturating_duration_since(since);
        let is_known = spent > Duration::from_secs(2) && (0.02..1.0).contains(&done);
        let left = is_known.then(|| spent.mul_f32((1.0 - done) / done))?;
        (left >= Duration::from_secs(3)).then_some(left)
    }

    pub(super) const fn progress(&self) -> Option<Progress> {
        self.progress
    }
}

/// How a running step looks so far, or one that is tried.
#[derive(Clone, Debug)]
pub struct Preview {
    pub step: StepId,
    pub bounds: Bounds,
    /// Stretched over the bounds; its alpha is how much of it shows.
    pub patch: Arc<Raster>,
}

/// What the status bar shows of the work that is going on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Activity {
    /// The step that is worked on, if it is work on a step.
    pub step: Option<StepId>,
    /// Absent until the job has said something.
    pub progress: Option<Progress>,
    /// How long it will take at this pace; absent until that can be said.
    pub left: Option<Duration>,
    /// Jobs that have not ended, this one included.
    pub jobs: usize,
    /// Saving cannot be stopped half way.
    pub can_cancel: bool,
}

/// What a plan is made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PlanScope {
    /// The instruction; takes the place of all cards that are not decided.
    All,
    /// These cards, whose place it takes.
    Cards(Vec<StepId>),
}

const fn is_saving(slot: Slot) -> bool {
    matches!(slot, Slot::Save | Slot::SaveMask)
}

/// Quiet work that nobody waits for, and that no message needs to name.
const fn is_quiet(slot: Slot) -> bool {
    matches!(
        slot,
        Slot::Measure(_)
            | Slot::Select
            | Slot::Look
            | Slot::Hover
            | Slot::Try(_)
            | Slot::Model(_)
            | Slot::LookForModels
            | Slot::Unload
    )
}

impl Session {
    /// Whether nothing is worked on, not even quietly.
    pub fn is_idle(&self) -> bool {
        self.running.is_empty()
    }

    /// What is being worked on; `None` if nothing is.
    pub fn activity(&self) -> Option<Activity> {
        let loud = || self.running.values().filter(|job| !is_quiet(job.slot));
        let running = loud().find(|job| job.started).or_else(|| loud().next())?;
        let step = match running.slot {
            Slot::Locate(step) | Slot::Inpaint(step) | Slot::OpenMask(step) => Some(step),
            Slot::Plan
            | Slot::Select
            | Slot::Prepare
            | Slot::Look
            | Slot::Hover
            | Slot::Measure(_)
            | Slot::Try(_)
            | Slot::Open
            | Slot::Save
            | Slot::SaveMask
            | Slot::Model(_)
            | Slot::LookForModels
            | Slot::Unload => None,
        };
        let can_cancel = loud().any(|job| !is_saving(job.slot));
        Some(Activity {
            step,
            progress: running.progress,
            left: running.left(Instant::now()),
            jobs: loud().count(),
            can_cancel,
        })
    }

    /// Whether the instruction is being decomposed.
    pub fn is_planning(&self) -> bool {
        self.running.values().any(|job| job.slot == Slot::Plan)
    }

    pub(super) fn submit(&mut self, job: Job) {
        self.submit_run(job, None);
    }

    fn submit_run(&mut self, job: Job, run: Option<Run>) {
        let slot = job.slot();
        // The worker cancels the older job of a slot; nobody waits for its end any more.
        self.running.retain(|_, running| running.slot != slot);
        let id = JobId(self.next_job);
        self.next_job += 1;
        self.running.insert(id, Running { slot, progress: None, started: false, since: None, run: run.map(Box::new) });
        self.out.push(Effect::Submit(id, job));
    }

    /// Stops all engines' jobs; files are still read and written to the end.
    pub(super) fn cancel_jobs(&mut self) {
        self.automatic = false;
        self.save_waits = None;
        for step in std::mem::take(&mut self.queue) {
            self.settle(step);
        }
        self.cancel_where(|slot| !is_saving(slot) && !is_quiet(slot));
    }

    pub(super) fn cancel_jobs_of(&mut self, step: StepId) {
        if self.queue.remove(&step) {
            self.settle(step);
        }
        self.cancel_where(|slot| slot == Slot::Locate(step) || slot == Slot::Inpaint(step));
    }

    pub(super) fn cancel_where(&mut self, which: impl Fn(Slot) -> bool) {
        let ids: Vec<JobId> = self.running.iter().filter(|(_, job)| which(job.slot)).map(|(id, _)| *id).collect();
        for id in &ids {
            if let Some(Running { slot: Slot::Locate(step) | Slot::Inpaint(step), .. }) = self.running.remove(id) {
                self.settle(step);
            }
        }
        self.out.extend(ids.into_iter().map(Effect::CancelJob));
    }

    /// Works out where a step stands on which nothing works any more.
    pub(super) fn settle(&mut self, step: StepId) {
        if self.preview.as_ref().is_some_and(|preview| preview.step == step) {
            self.preview = None;
        }
        if let Some(card) = self.card_mut(step) {
            card.settle();
            card.looks_again = false;
            // What was to follow the run ends with it.
            card.next = Next::default();
        }
    }

    /// Decomposes the instruction.
    pub(super) fn plan(&mut self) {
        if self.instruction.trim().is_empty() {
            self.fail(tr!("say-no-instruction"));
            return;
        }
        if self.photo.is_none() {
            self.fail(tr!("say-no-photo"));
            return;
        }
        self.cancel_jobs();
        let said = self.instruction.trim().to_owned();
        self.settings.add_said(said);
        self.submit_plan(self.instruction.trim().to_owned(), PlanScope::All);
    }

    pub(super) fn submit_plan(&mut self, instruction: String, scope: PlanScope) {
        let chosen = self.settings().planned_by.name();
        let names = self.registry.planner_names();
        let planner = names.iter().find(|name| **name == chosen).or(names.first());
        let Some(planner) = planner.map(|name| (*name).to_owned()) else {
            return;
        };
        // Without what the plan takes the place of.
        let image = self.decided_image();
        self.plan_scope = scope;
        // Of an attempt before; what is wrong with this one will be said.
        self.notice = None;
        self.submit(Job::Plan { planner, instruction, image });
    }

    /// Runs a step's engine on what lies below it in the list; a run that has not ended begins anew.
    pub(super) fn start_run(&mut self, id: StepId) {
        let (Some(image), below) = (self.ground(id), self.layers_below(id)) else { return };
        let Some(card) = self.card(id) else { return };
        let (Some(mask), Some(recipe)) = (&card.mask, &card.recipe) else {
            return;
        };
        let (mask, recipe, task) = (Arc::clone(&mask.result), recipe.clone(), card.task.clone());
        let job = Job::Inpaint {
            step: id,
            image,
            mask: Arc::clone(&mask),
            sources: self.sources_of(id),
            recipe: Box::new(recipe.clone()),
            task: Box::new(task.clone()),
        };
        if let Some(card) = self.card_mut(id) {
            let made_on = card.candidate().map(|candidate| below.under(candidate.bounds));
            card.tried = made_on.map(|below| (card.reworked, below));
            if card.state != StepState::Approved {
                card.state = StepState::Queued;
            }
        }
        let reach = mask.bounds();
        self.submit_run(job, Some(Run { mask, recipe, task, below, reach }));
    }

    /// Runs a step because the person says so, which says as well that its region is right.
    pub(super) fn run_as_it_is(&mut self, id: StepId) {
        self.say_what_is_missing(id);
        if let Some(card) = self.card_mut(id).filter(|card| card.can_run()) {
            card.confirm();
        }
        self.run(id);
    }

    /// Says why a step that the person wants to run can't.
    fn say_what_is_missing(&mut self, id: StepId) {
        let Some((place, card)) = self.position(Some(id)).zip(self.card(id)) else { return };
        let (step, waits) = (place + 1, self.waits_for_undecided(card));
        let sentence = match &card.state {
            StepState::NeedsModel(why) => tr!("say-needs-model", step = step, why = why.as_str()),
            StepState::Draft if waits => tr!("say-needs-result", step = step),
            _ if card.recipe.is_some() && !card.is_complete() && !card.is_busy() => tr!("say-needs-mask", step = step),
            _ => return,
        };
        self.notice = Some(Notice::Warning(sentence));
    }

    /// Runs what can run; steps whose regions are in doubt wait for the person.
    pub(super) fn run_all(&mut self) {
        self.automatic = true;
        self.go_on_automatic();
    }

    pub(super) fn new_seed(&mut self, id: StepId) {
        if let Some(recipe) = self.card_mut(id).and_then(|card| card.recipe.as_mut()) {
            recipe.seed = recipe.seed.wrapping_add(u64::from(recipe.candidates.max(1)));
            self.run_as_it_is(id);
        }
    }

    /// Takes in what a worker says.
    pub fn on_event(&mut self, event: JobEvent) -> Vec<Effect> {
        self.revision += u64::from(event.is_end());
        self.take_event(event);
        self.follow_up()
    }

    fn take_event(&mut self, event: JobEvent) {
        // The one place where late events end: those of jobs that were cancelled, replaced, or whose document is gone.
        let Some(running) = self.running.get_mut(&event.job()) else {
            return;
        };
        let slot = running.slot;
        match event {
            JobEvent::Started(_) => {
                running.started = true;
                self.show_progress(slot, None);
            }
            JobEvent::Progress(_, progress) => {
                running.progress = Some(progress);
                if running.since.is_none_or(|(phase, _)| phase != progress.phase) {
                    running.since = Some((progress.phase, Instant::now()));
                }
                if let Slot::Model(id) = slot {
                    // It goes on.
                    self.set_model_trouble(id, None);
                }
                self.show_progress(slot, Some(progress));
            }
            JobEvent::Preview { bounds, patch, .. } => {
                if let Slot::Inpaint(step) = slot {
                    self.preview = Some(Preview { step, bounds, patch });
                }
            }
            JobEvent::Note(_, sentence) => match slot {
                Slot::Model(id) => self.set_model_trouble(id, Some(tr!("models-again", why = sentence))),
                _ => self.notice = Some(Notice::Warning(sentence)),
            },
            JobEvent::Finished(id, output) => {
                let run = self.running.remove(&id).and_then(|running| running.run);
                self.take_output(slot, output, run);
            }
            JobEvent::Failed(id, error) => {
                self.running.remove(&id);
                self.take_failure(slot, &error);
            }
            JobEvent::Cancelled(id) => {
                self.running.remove(&id);
                if let Slot::Locate(step) | Slot::Inpaint(step) = slot {
                    self.settle(step);
                }
                if matches!(slot, Slot::Model(_)) {
                    self.look_for_models();
                }
            }
        }
    }

    fn show_progress(&mut self, slot: Slot, progress: Option<Progress>) {
        if let Slot::Inpaint(step) = slot
            && let Some(card) = self.card_mut(step)
            && matches!(card.state, StepState::Queued | StepState::Running(_))
        {
            card.state = StepState::Running(progress);
        }
    }

    fn take_output(&mut self, slot: Slot, output: Output, run: Option<Box<Run>>) {
        let brings_other_pixels = matches!(
            slot,
            Slot::Plan | Slot::Locate(_) | Slot::Inpaint(_) | Slot::Select | Slot::Open | Slot::OpenMask(_)
        );
        if brings_other_pixels {
            self.drop_trial();
        }
        self.take_output_of(slot, output, run);
    }

    fn take_output_of(&mut self, slot: Slot, output: Output, run: Option<Box<Run>>) {
        match (slot, output) {
            (Slot::Plan, Output::Plan(plan)) => self.take_plan(plan),
            (Slot::Locate(step), Output::Proposals(proposals)) => self.take_proposals(step, proposals),
            (Slot::Inpaint(step), Output::Candidates(candidates)) => {
                let below = run.map(|run| run.below).unwrap_or_default();
                self.take_candidates(step, candidates, &below);
            }
            (Slot::Select, Output::Proposals(proposals)) => self.take_selection(proposals),
            (Slot::Hover, Output::Hovered(found)) => self.take_hovered(found.map(|found| *found)),
            (Slot::Measure(step), Output::Measures(measures)) => {
                self.measures.insert(step, measures);
            }
            (Slot::Try(step), Output::Trial { bounds, patch }) => self.take_trial(step, bounds, patch),
            (Slot::Open, Output::Photo { path, photo }) => {
                self.remember(&path);
                self.take_photo(path, photo);
            }
            (Slot::Open, Output::Restored(restored)) => self.take_restored(*restored),
            (Slot::OpenMask(step), Output::Mask(file)) => self.take_mask_file(step, file),
            (Slot::SaveMask, Output::Saved { path }) => {
                self.succeed(tr!("say-saved-mask", name = display_name(&path)));
            }
            (Slot::Save, Output::Saved { path }) => self.take_saved(path),
            (Slot::Model(id), Output::Model(checked)) => self.take_model(id, checked),
            (Slot::LookForModels, Output::Models(models)) => self.take_models(models),
            // A job's output is of its own kind.
            _ => {}
        }
    }

    fn take_failure(&mut self, slot: Slot, error: &EngineError) {
        match slot {
            Slot::Locate(step) | Slot::Inpaint(step) => {
                self.settle(step);
                if let Some(card) = self.card_mut(step) {
                    // What there is stays as it is.
                    if matches!(card.state, StepState::Approved | StepState::Ready) {
                        self.fail(error.to_string());
                    } else {
                        card.state = StepState::Failed(error.to_string());
                    }
                }
                self.stop_saving();
                self.go_on_automatic();
            }
            Slot::Save => {
                self.fail(error.to_string());
                self.stop_saving();
            }
            Slot::Select => self.selection_failed(error.to_string()),
            Slot::Look | Slot::Hover => {
                // Nobody has asked: who asks for the same later is told.
                log::warn!("looking at the photo failed: {error}");
            }
            Slot::Model(id) => self.model_failed(id, error.to_string()),
            Slot::Unload
            | Slot::LookForModels
            | Slot::Prepare
            | Slot::Plan
            | Slot::Open
            | Slot::OpenMask(_)
            | Slot::SaveMask
            | Slot::Measure(_)
            | Slot::Try(_) => {
                self.fail(error.to_string());
            }
        }
    }

    /// Takes the steps of a plan that was made elsewhere.
    pub(super) fn use_plan(&mut self, plan: Plan) {
        if self.photo.is_none() {
            self.fail(tr!("say-no-photo"));
            return;
        }
        self.cancel_jobs();
        self.plan_scope = PlanScope::All;
        self.instruction.clone_from(&plan.instruction);
        self.take_plan(plan);
    }

    fn take_plan(&mut self, plan: Plan) {
        let scope = std::mem::replace(&mut self.plan_scope, PlanScope::All);
        let instruction = plan.instruction.trim().to_owned();
        let before = if scope == PlanScope::All { self.planned.replace(instruction.clone()) } else { None };
        // Of an instruction that goes on, what was approved is not asked for again.
        let goes_on = before.is_some_and(|before| instruction.len() > before.len() && instruction.contains(&before));
        if scope == PlanScope::All || !plan.not_understood.is_empty() {
            self.not_understood = plan.not_understood;
        }
        // Cards that do what a step of the plan asks for stand for it, with all that has come of them.
        let mut spare: Vec<&Card> = self.cards.iter().collect();
        let mut same = HashMap::new();
        for task in plan.steps.iter().filter(|_| scope == PlanScope::All) {
            let is_same = |card: &&Card| (goes_on || !card.is_decided()) && card.task.asks_the_same(task);
            if let Some(place) = spare.iter().position(is_same) {
                same.insert(task.id, spare.remove(place).id);
            }
        }
        let stands: Vec<StepId> = same.values().copied().collect();
        // What was decided or corrected stays as it is.
        let replaced = |card: &Card| match &scope {
            PlanScope::All => card.is_replaceable() && !stands.contains(&card.id),
            PlanScope::Cards(ids) => !card.is_decided() && ids.contains(&card.id),
        };
        if scope != PlanScope::All && !self.cards.iter().any(&replaced) {
            // They were decided or deleted while the planner worked.
            return;
        }
        self.change(tr!("done-plan"), |session| {
            let mut place = match scope {
                PlanScope::All => session.cards.iter().filter(|card| !replaced(card)).count(),
                PlanScope::Cards(_) => session.cards.iter().position(&replaced).unwrap_or(session.cards.len()),
            };
            session.cards.retain(|card| !replaced(card));
            let mut new = Vec::new();
            // A plan's numbers can repeat those of an earlier plan, the cards' ids cannot.
            let id_of =
                |task: &SubTask, session: &mut Self| same.get(&task.id).copied().unwrap_or_else(|| session.new_step());
            let ids: HashMap<u32, StepId> = plan.steps.iter().map(|task| (task.id, id_of(task, session))).collect();
            for task in plan.steps {
                if same.contains_key(&task.id) {
                    continue;
                }
                if let Some(id) = ids.get(&task.id) {
                    let depends_on = task.depends_on.iter().filter_map(|on| ids.get(on).copied()).collect();
                    let card = Card { depends_on, ..session.new_card(*id, task) };
                    session.cards.insert(place, card);
                    new.push(*id);
                    place += 1;
                }
            }
            let first = session.cards.iter().find(|card| !card.is_decided()).map(|card| card.id);
            session.selected = match scope {
                PlanScope::All => first,
                PlanScope::Cards(_) => new.first().copied().or(first),
            };
        });
        self.preview = None;
        self.all_masks_changed();
        self.locate_ready();
        self.start_automatic();
    }

    fn take_proposals(&mut self, step: StepId, proposals: Vec<MaskProposal>) {
        let Some(extent) = self.extent() else {
            return;
        };
        if self.card_mut(step).is_some_and(|card| std::mem::take(&mut card.looks_again)) {
            self.take_second_look(step, &proposals);
            return self.go_on_automatic();
        }
        // Part of the gesture that made the card, if nothing else has happened since: one undo takes back both.
        let before = self.snapshot();
        let found_on = self.dependencies_of(step);
        if let Some(card) = self.card_mut(step) {
            card.take_proposals(proposals, extent);
            card.found_on = found_on;
        }
        self.record_with(tr!("done-locate"), before, |label| [tr!("done-plan"), tr!("done-locate")].contains(&label));
        self.mask_changed(step, None);
        self.share_regions();
        self.go_on_automatic();
    }

    fn take_candidates(&mut self, step: StepId, candidates: Vec<Candidate>, below: &Layers) {
        let next = self.card(step).map_or(Next::Wait, |card| card.next);
        let before = self.snapshot();
        self.settle(step);
        let is_drawing = self.stroke.is_some();
        if let Some(card) = self.card_mut(step) {
            // Earlier candidates stay choosable; the newest are shown.
            if card.outdated {
                card.candidates.clone_from(&card.favourites);
            }
            card.reworked = 0;
            // Nothing appears under the pen: the card tells instead.
            card.shows_mask = is_drawing;
            card.unseen = is_drawing;
            card.chosen = card.candidates.len();
            for candidate in candidates.into_iter().map(Arc::new) {
                card.note_made_on(&candidate, below.under(candidate.bounds));
                card.candidates.push(candidate);
            }
            let was_approved = card.state == StepState::Approved;
            card.state = StepState::Ready;
            // One that follows what lies below it stays approved, unless there is something to look at.
            if was_approved && next == Next::Follow && card.doubtful_verdict().is_none() {
                card.state = StepState::Approved;
                card.shows_mask = false;
            }
            // A step that has no selected neighbour to disturb comes to the front.
            if self.stroke.is_none() && self.selected.is_none() {
                self.selected = Some(step);
            }
        }
        self.sync_stack();
        self.unmeasured.insert(step);
        let title = self.card(step).map(|card| card.task.title()).unwrap_or_default();
        if next == Next::Follow {
            self.record_follow_up(before);
        } else {
            self.record_with(&tr!("done-run", step = title), before, |_| false);
        }
        if next == Next::Approve && self.card(step).is_some_and(|card| card.doubtful_verdict().is_none()) {
            self.approve_with_run(step);
        }
        self.locate_ready();
        self.go_on_automatic();
    }

    pub(super) fn succeed(&mut self, sentence: impl Into<String>) {
        self.notice = Some(Notice::Success(sentence.into()));
    }
}
