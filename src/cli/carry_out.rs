//! A plan carried out as the window does it in the mode "run all": by a session, with one job after the other on this thread.

use super::corrections::{Correction, Corrections};
use super::failure::{Failure, one_line};
use super::mask_folder::MaskFolder;
use super::model_args::DiffusionArgs;
use super::progress::Console;
use super::report::{StepReport, StepState, seconds};
use super::unsure::{how_to_go_on, nothing_fits, why};
use crate::files::Photo;
use crate::session::{Approval, Card, Command, Effect, Found, Session, Settings, StepState as CardState};
use crate::worker::{Job, JobEvent, JobId, Output, Runner, Slot};
use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tie_core::compose::changed_pixels;
use tie_core::{Document, Doubt, Mask, Method, Plan, Recipe, StepId};
use tie_engine::{Cancel, EngineError, Registry};

/// With what a plan is carried out.
pub(super) struct Tools<'a> {
    pub registry: &'a Registry,
    /// Name of the locator that finds what the words name.
    pub locator: &'a str,
    pub corrections: &'a Corrections,
    /// Steps whose region is unsure run too.
    pub accepts_unsure: bool,
    /// Where masks are saved to look at.
    pub masks: Option<&'a MaskFolder>,
    /// Preferred for the steps that it can do.
    pub inpainter: Option<&'a str>,
    pub diffusion: DiffusionArgs,
    /// Shifts the seeds of all steps.
    pub seed: u64,
    pub cancel: &'a Cancel,
    pub console: &'a Console,
}

/// Carries out a plan on a photograph; returns the session at its end, what became of each step, and what stopped it if anything
/// did.
pub(super) fn carry_out(plan: Plan, photo: Photo, tools: &Tools<'_>) -> (Session, Vec<StepReport>, Option<Failure>) {
    let mut host = Host {
        session: Session::new(tools.registry.clone()).locating_by(tools.locator),
        tools,
        runner: Runner::default(),
        jobs: VecDeque::new(),
        notes: BTreeMap::new(),
    };
    let stopped = host.carry_out(plan, photo).err();
    let reports = host.reports();
    (host.session, reports, stopped)
}

/// A session without a window.
struct Host<'a> {
    session: Session,
    tools: &'a Tools<'a>,
    runner: Runner,
    /// Jobs of engines that wait for their turn.
    jobs: VecDeque<(JobId, Job)>,
    notes: BTreeMap<StepId, Notes>,
}

/// What happened to a step that its card doesn't say.
#[derive(Default)]
struct Notes {
    time: Duration,
    /// How its last job failed.
    error: Option<EngineError>,
    /// What its engine says of the result.
    note: Option<String>,
    /// What was doubtful before that was accepted.
    accepted: Option<Doubt>,
    /// The mask it was done with, and what that changed.
    done: Option<(Arc<Mask>, tie_core::compose::ChangedPixels)>,
    told: bool,
}

impl Host<'_> {
    fn carry_out(&mut self, plan: Plan, photo: Photo) -> Result<(), Failure> {
        let settings = Settings { candidates: 1, ..Settings::default() };
        self.apply(Command::SetSettings(Box::new(settings.clone())));
        self.open(photo);
        self.apply(Command::UsePlan(Box::new(plan)));
        let ids: Vec<StepId> = self.session.cards().iter().map(|card| card.id).collect();
        for id in &ids {
            self.choose_recipe(*id);
            self.correct(*id);
        }
        self.finish_jobs()?;
        let approval = Approval::RunAllThenReview;
        self.apply(Command::SetSettings(Box::new(Settings { approval, ..settings })));
        self.accept_unsure();
        loop {
            self.apply(Command::RunAll);
            self.finish_jobs()?;
            // Steps on others have been looked for since.
            if !self.accept_unsure() {
                break;
            }
        }
        for id in ids {
            self.tell(id);
        }
        Ok(())
    }

    /// Opens a photograph that has been read.
    fn open(&mut self, photo: Photo) {
        let path = PathBuf::from("photo");
        for effect in self.session.apply(Command::Open(path.clone())) {
            if let Effect::Submit(id, Job::Open { .. }) = effect {
                let read = Output::Photo { path: path.clone(), photo };
                let effects = self.session.on_event(JobEvent::Finished(id, read));
                self.take(effects);
                return;
            }
        }
    }

    /// Gives a step the engine and the numbers that the command line asks for.
    fn choose_recipe(&mut self, id: StepId) {
        let Tools { registry, inpainter, diffusion, seed, .. } = self.tools;
        let Some(Card { task, recipe: Some(own), .. }) = self.session.card(id) else { return };
        let wished = inpainter.and_then(|name| registry.inpainter(name).ok());
        let wished = wished.filter(|engine| engine.can_do(task.done_as()));
        let wished = wished.and_then(|engine| registry.recipe_with(engine, task, 0).ok());
        let mut recipe = wished.unwrap_or_else(|| own.clone());
        recipe.seed = task.seed(*seed);
        if let Method::Diffusion(own) = recipe.method {
            recipe.method = Method::Diffusion(diffusion.over(own));
        }
        // Another engine starts with a recipe of its own; what it is told comes after.
        self.apply(Command::EditRecipe(id, Recipe { engine: recipe.engine.clone(), ..own.clone() }));
        self.apply(Command::EditRecipe(id, recipe));
    }

    /// Says where a step's region is, where the command line does.
    fn correct(&mut self, id: StepId) {
        let number = self.session.card(id).map(|card| card.task.id);
        match number.and_then(|number| self.tools.corrections.get(&number)).cloned() {
            Some(Correction::Mask(mask)) => self.apply(Command::SetMask(id, mask)),
            Some(Correction::Pointing { clicks, bounds }) => {
                self.apply(Command::PointAt { step: id, clicks, bounds });
            }
            None => {}
        }
    }

    /// Says of each unsure region that it is right, if that is wished; whether there were any.
    fn accept_unsure(&mut self) -> bool {
        if !self.tools.accepts_unsure {
            return false;
        }
        let unsure = |card: &Card| Some((card.id, card.proposal, card.doubt.filter(|_| card.waits_for_region())?));
        let unsure: Vec<(StepId, usize, Doubt)> = self.session.cards().iter().filter_map(unsure).collect();
        for (id, proposal, doubt) in &unsure {
            self.notes.entry(*id).or_default().accepted = Some(*doubt);
            self.apply(Command::ChooseProposal(*id, *proposal));
        }
        !unsure.is_empty()
    }

    fn apply(&mut self, command: Command) {
        let effects = self.session.apply(command);
        self.take(effects);
    }

    /// Queues the jobs of engines; what a window would show is not worked out.
    fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Submit(id, job) if step_of(job.slot()).is_some() => {
                    self.jobs.retain(|(_, other)| other.slot() != job.slot());
                    self.jobs.push_back((id, job));
                }
                Effect::CancelJob(id) => self.jobs.retain(|(other, _)| *other != id),
                _ => {}
            }
        }
    }

    fn finish_jobs(&mut self) -> Result<(), Failure> {
        while let Some((id, job)) = self.jobs.pop_front() {
            if let Some(step) = step_of(job.slot()) {
                self.finish(id, job, step)?;
            }
        }
        Ok(())
    }

    /// Does one job and lets the session take in what came of it.
    fn finish(&mut self, id: JobId, job: Job, step: StepId) -> Result<(), Failure> {
        let console = self.tools.console;
        let title = self.session.card(step).map(title_of).unwrap_or_default();
        let mask = if let Job::Inpaint { mask, .. } = &job { Some(Arc::clone(mask)) } else { None };
        let (start, events) = (Instant::now(), Mutex::new(Vec::new()));
        let task = console.task(&title);
        self.runner.run(self.tools.registry, id, job, self.tools.cancel, &|event| match event {
            JobEvent::Progress(_, progress) => task.show(progress),
            JobEvent::Preview { .. } => {}
            other => events.lock().unwrap_or_else(PoisonError::into_inner).push(other),
        });
        self.notes.entry(step).or_default().time += start.elapsed();
        for event in events.into_inner().unwrap_or_else(PoisonError::into_inner) {
            let ended = match &event {
                JobEvent::Note(_, note) => {
                    console.line(&format!("note: {note}"));
                    self.notes.entry(step).or_default().note = Some(note.clone());
                    Ok(())
                }
                JobEvent::Failed(_, error) => self.note_failure(step, error),
                JobEvent::Cancelled(_) => {
                    self.notes.entry(step).or_default().error = Some(EngineError::Cancelled);
                    Err(Failure::Interrupted)
                }
                _ => Ok(()),
            };
            let effects = self.session.on_event(event);
            ended?;
            self.take(effects);
            self.look_at(step, mask.as_ref())?;
        }
        Ok(())
    }

    /// A breakage ends the run; what a step can't do as it stands ends only the step.
    fn note_failure(&mut self, step: StepId, error: &EngineError) -> Result<(), Failure> {
        self.notes.entry(step).or_default().error = Some(error.clone());
        match (error, self.session.card(step)) {
            (EngineError::Failed(sentence) | EngineError::NoRoom(sentence), Some(card)) => {
                Err(Failure::Engine(format!("{} failed: {}", title_of(card), one_line(sentence))))
            }
            _ => Ok(()),
        }
    }

    /// Saves the masks of a step, and measures what it has changed.
    fn look_at(&mut self, step: StepId, mask: Option<&Arc<Mask>>) -> Result<(), Failure> {
        let Some(card) = self.session.card(step) else { return Ok(()) };
        match (self.tools.masks, mask) {
            (Some(folder), None) => folder.save_proposals(&card.task, &card.proposals)?,
            (Some(folder), Some(mask)) if card.state == CardState::Approved => folder.save_used(&card.task, mask)?,
            _ => {}
        }
        let document = self.session.photo().map(|photo| &photo.document);
        let place = |document: &Document| document.steps().iter().position(|layer| layer.id == step);
        if let (Some(mask), Some(document), Some(candidate)) = (mask, document, card.candidate())
            && let Some(place) = place(document).filter(|_| card.state == CardState::Approved)
        {
            let (before, after) = (document.below(place), document.below(place + 1));
            let mut blend = Mask::empty(after.extent());
            blend.paste(&candidate.blend, candidate.bounds);
            let changed = changed_pixels(&before, &after, &blend);
            self.notes.entry(step).or_default().done = Some((Arc::clone(mask), changed));
            self.tell(step);
        }
        Ok(())
    }

    /// Says once how a step ended.
    fn tell(&mut self, step: StepId) {
        if let Some(card) = self.session.card(step)
            && !std::mem::replace(&mut self.notes.entry(step).or_default().told, true)
        {
            self.tools.console.line(&format!("{}: {}", title_of(card), self.report(card).line()));
        }
    }

    fn reports(&self) -> Vec<StepReport> {
        self.session.cards().iter().map(|card| self.report(card)).collect()
    }

    fn report(&self, card: &Card) -> StepReport {
        let nothing = Notes::default();
        let notes = self.notes.get(&card.id).unwrap_or(&nothing);
        let mut report = StepReport::new(&card.task);
        report.seconds = seconds(notes.time);
        report.engine = card.recipe.as_ref().map(|recipe| recipe.engine.clone());
        if let Some(own) = card.mask.as_ref().filter(|mask| !mask.is_empty()) {
            let proposal = card.proposals.get(card.proposal);
            let mask = notes.done.as_ref().map_or(&own.result, |(mask, _)| mask);
            report.found(mask, proposal);
        }
        let accepted = notes.accepted.filter(|_| card.state == CardState::Approved);
        let doubt = accepted.or(card.doubt);
        report.doubt = doubt.map(|doubt| self.numbered(doubt).into());
        if let Some((_, changed)) = notes.done {
            report.pixels_changed = Some(changed);
            report.verdict = card.candidate().and_then(|candidate| candidate.verdict.clone());
        }
        (report.state, report.message) = self.end(card, notes, doubt);
        report
    }

    fn end(&self, card: &Card, notes: &Notes, doubt: Option<Doubt>) -> (StepState, Option<String>) {
        let sentence = |state, sentence: String| (state, Some(one_line(&sentence)));
        let tasks = || self.session.cards().iter().map(|card| &card.task);
        let is_corrected = self.tools.corrections.contains_key(&card.task.id);
        match (&card.state, doubt) {
            (CardState::Approved, Some(doubt)) if notes.accepted.is_some() => {
                let why = why(self.numbered(doubt), &card.task, tasks());
                sentence(
                    StepState::LowConfidence,
                    format!("{why}; it ran because of --accept-unsure, so check the result"),
                )
            }
            (CardState::Approved, _) => (StepState::Done, notes.note.clone()),
            (CardState::NeedsModel(why), _) => sentence(StepState::NeedsModel, why.clone()),
            (CardState::Failed(why), _) => match &notes.error {
                Some(EngineError::NeedsModel(_)) => sentence(StepState::NeedsModel, why.clone()),
                Some(EngineError::Unsuitable(_)) | None => sentence(StepState::Skipped, why.clone()),
                Some(_) => sentence(StepState::Failed, why.clone()),
            },
            _ if notes.error == Some(EngineError::Cancelled) => sentence(StepState::Skipped, "Interrupted".to_owned()),
            (CardState::Located(Found::Empty), _) => {
                sentence(StepState::NotFound, nothing_fits(&card.task, is_corrected))
            }
            (_, Some(doubt)) => {
                let doubt = self.numbered(doubt);
                let how = how_to_go_on(&card.task, doubt, self.tools.masks.is_some());
                sentence(StepState::Unsure, format!("{}: {how}", why(doubt, &card.task, tasks())))
            }
            _ => match card
                .depends_on
                .iter()
                .find_map(|on| self.session.card(*on).filter(|on| on.state != CardState::Approved))
            {
                Some(on) => sentence(
                    StepState::Skipped,
                    format!("It needs the result of step {}, which did not run", on.task.id),
                ),
                None => (StepState::Skipped, None),
            },
        }
    }

    /// The same doubt with the plan's number of the other step instead of its card's.
    fn numbered(&self, doubt: Doubt) -> Doubt {
        match doubt {
            Doubt::SameRegionAs(other) => {
                let number = self.session.card(other).map_or(0, |card| card.task.id);
                Doubt::SameRegionAs(StepId(u64::from(number)))
            }
            other => other,
        }
    }
}

fn title_of(card: &Card) -> String {
    format!("step {} {}", card.task.id, card.task.title())
}

/// The step that engines work on in a slot.
const fn step_of(slot: Slot) -> Option<StepId> {
    match slot {
        Slot::Locate(step) | Slot::Inpaint(step) => Some(step),
        _ => None,
    }
}
