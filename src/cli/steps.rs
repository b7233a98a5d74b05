//! A plan's steps, carried out one after the other as the editor does with everything approved.

use super::corrections::{Correction, Corrections};
use super::doubts::{doubt_about, how_to_go_on, nothing_fits, why};
use super::failure::{Failure, guarded, one_line};
use super::mask_folder::MaskFolder;
use super::model_args::DiffusionArgs;
use super::progress::Console;
use super::report::{StepReport, StepState, seconds};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tie_core::compose::changed_pixels;
use tie_core::{
    Candidate, Document, Doubt, EditOp, EditStep, Mask, MaskProposal, Method, OtherTarget, Plan, Recipe, Sources,
    StepId, SubTask,
};
use tie_engine::{Cancel, EngineError, LocateRequest, Locator, Registry, StepRun, locate_without, run_step};

/// With what a plan is carried out.
pub(super) struct Tools<'a> {
    pub registry: &'a Registry,
    pub locator: &'a dyn Locator,
    /// Finds what is pointed at.
    pub pointer: &'a dyn Locator,
    pub corrections: &'a Corrections,
    /// Steps whose region is unsure are carried out as well.
    pub accepts_unsure: bool,
    /// Where masks are saved to look at.
    pub masks: Option<&'a MaskFolder>,
    /// Preferred for the steps that it can do.
    pub inpainter: Option<&'a str>,
    pub diffusion: DiffusionArgs,
    pub seed: u64,
    pub cancel: &'a Cancel,
    pub console: &'a Console,
}

/// Carries out a plan on a document; returns what was done for each step, and what stopped it if anything did.
pub(super) fn carry_out(plan: &Plan, document: &mut Document, tools: &Tools<'_>) -> (Vec<StepReport>, Option<Failure>) {
    let mut steps: Vec<Step<'_>> = plan.steps.iter().map(|task| Step::new(task, tools)).collect();
    let stopped = carry_out_all(&mut steps, document, tools).err();
    (steps.into_iter().map(|step| step.report).collect(), stopped)
}

/// Where the locator has looked for a step's region.
pub(super) enum Region {
    Unknown,
    Found(MaskProposal),
    Nothing,
}

/// One step on its way from words to pixels.
pub(super) struct Step<'a> {
    pub task: &'a SubTask,
    /// Absent where no engine can do the edit.
    recipe: Option<Recipe>,
    pub region: Region,
    /// The region's mask as it was found, where it has gained what something removed had hidden.
    pub before_healing: Option<Arc<Mask>>,
    /// What is doubtful about the locator's answer by itself.
    pub as_found: Option<Doubt>,
    /// Why the step is not carried out unasked, once its region has been compared with those of the others.
    pub doubt: Option<Doubt>,
    /// A person has said where the region is.
    pub is_corrected: bool,
    pub report: StepReport,
}

fn carry_out_all(steps: &mut [Step<'_>], document: &mut Document, tools: &Tools<'_>) -> Result<(), Failure> {
    // An instruction speaks of the photograph as it is, so whatever needs no earlier result is looked for before anything
    // changes: "turn the red cup blue and the blue cup red" means two cups. It also tells each removal what not to copy.
    for index in 0..steps.len() {
        if steps[index].task.depends_on.is_empty() {
            look(steps, index, document, tools)?;
        }
    }
    for index in 0..steps.len() {
        weigh(steps, index);
    }
    // What is looked for later may have taken a region by then, so each step is compared again before it changes anything.
    for index in 0..steps.len() {
        if steps[index].is_open() {
            if let Some(id) = missing_dependency(steps, index) {
                steps[index].skip(format!("It needs the result of step {id}, which was not done."));
            } else {
                look(steps, index, document, tools)?;
                weigh(steps, index);
            }
        }
        if let Some(doubt) = steps[index].doubt.filter(|_| steps[index].is_open() && !tools.accepts_unsure) {
            let sentence = format!("{}: {}", why(doubt, steps, index), how_to_go_on(steps[index].task, doubt, tools));
            steps[index].report.end(StepState::Unsure, one_line(&sentence));
        }
        if steps[index].is_open() {
            let sources = Sources { only: None, avoid: avoid(steps, index) };
            heal(steps, index);
            steps[index].change(document, &sources, tools)?;
            if let Some(doubt) = steps[index].doubt.filter(|_| steps[index].report.state.is_done()) {
                let sentence = format!(
                    "{}; it was done because --accept-unsure says so, so look at the result",
                    why(doubt, steps, index)
                );
                steps[index].report.end(StepState::LowConfidence, one_line(&sentence));
            }
        }
        tools.console.line(&steps[index].line());
    }
    Ok(())
}

/// Looks for a step's region, knowing what the other steps are about.
fn look(steps: &mut [Step<'_>], index: usize, document: &Document, tools: &Tools<'_>) -> Result<(), Failure> {
    // What is removed already is no longer there.
    let is_there = |step: &Step<'_>| !(step.task.op() == EditOp::Remove && step.report.state.is_done());
    let others = steps.iter().enumerate().filter(|(other, step)| *other != index && is_there(step));
    let others: Vec<OtherTarget> = others.filter_map(|(_, step)| step.task.as_other()).collect();
    steps[index].look(document, &others, tools)
}

/// Gives a region that was found before something else was removed its share of what that had hidden.
fn heal(steps: &mut [Step<'_>], index: usize) {
    let (before, [step, ..]) = steps.split_at_mut(index) else { return };
    let Region::Found(MaskProposal { mask, .. }) = &mut step.region else { return };
    if !step.task.is_about_what_shows() || step.is_corrected {
        return;
    }
    let removed = before.iter().filter(|step| step.task.op() == EditOp::Remove && step.report.state.is_done());
    for hole in removed {
        if let Region::Found(hole) = &hole.region {
            step.before_healing.get_or_insert_with(|| Arc::clone(mask));
            Arc::make_mut(mask).heal(&hole.mask);
        }
    }
}

/// Decides whether a step's region is unsure.
fn weigh(steps: &mut [Step<'_>], index: usize) {
    let doubt = doubt_about(steps, index);
    steps[index].doubt = doubt;
    steps[index].report.doubt = doubt.map(Into::into);
}

/// The first step that this one builds on and that was not done.
fn missing_dependency(steps: &[Step<'_>], index: usize) -> Option<u32> {
    let done = |id: &u32| steps.iter().any(|other| other.task.id == *id && other.report.state.is_done());
    steps.get(index)?.task.depends_on.iter().find(|id| !done(id)).copied()
}

/// What must not be copied into a step's region: the other things that are to be removed and still there.
fn avoid(steps: &[Step<'_>], index: usize) -> Option<Arc<Mask>> {
    let others = steps
        .iter()
        .enumerate()
        .filter(|(other, step)| *other != index && step.task.op() == EditOp::Remove && !step.report.state.is_done())
        // Half of the photograph is hardly the thing, and would leave little to copy from.
        .filter(|(_, step)| !matches!(step.doubt, Some(Doubt::TooLarge(_))));
    let mut all: Option<Arc<Mask>> = None;
    for (_, step) in others {
        if let Region::Found(MaskProposal { mask, .. }) = &step.region {
            match &mut all {
                Some(all) => Arc::make_mut(all).union(mask),
                None => all = Some(Arc::clone(mask)),
            }
        }
    }
    all
}

impl<'a> Step<'a> {
    fn new(task: &'a SubTask, tools: &Tools<'_>) -> Self {
        let mut step = Self {
            task,
            recipe: None,
            region: Region::Unknown,
            before_healing: None,
            as_found: None,
            doubt: None,
            is_corrected: tools.corrections.contains_key(&task.id),
            report: StepReport::new(task),
        };
        match recipe(task, tools) {
            Ok(recipe) => {
                step.report.engine = Some(recipe.engine.clone());
                step.recipe = Some(recipe);
            }
            Err(error) => step.report.end(StepState::NeedsModel, one_line(&error.to_string())),
        }
        step
    }

    /// Does a part of the work and notes its time; what the step itself cannot do ends the step, a breakage the run.
    fn guard(&mut self, work: impl FnOnce(&mut Self) -> Result<(), EngineError>) -> Result<(), Failure> {
        let start = Instant::now();
        let outcome = work(self);
        self.report.seconds = seconds(Duration::from_secs_f64(self.report.seconds) + start.elapsed());
        match outcome {
            Ok(()) => Ok(()),
            Err(EngineError::Unsuitable(sentence)) => {
                self.skip(sentence);
                Ok(())
            }
            Err(EngineError::NeedsModel(sentence)) => {
                self.report.end(StepState::NeedsModel, one_line(&sentence));
                Ok(())
            }
            Err(EngineError::Cancelled) => {
                self.skip("Interrupted.");
                Err(Failure::Interrupted)
            }
            Err(EngineError::Failed(sentence) | EngineError::NoRoom(sentence)) => {
                let sentence = one_line(&sentence);
                self.report.end(StepState::Failed, sentence.clone());
                Err(Failure::Engine(format!("step {} ({}) failed: {sentence}", self.task.id, self.task.title())))
            }
        }
    }

    fn skip(&mut self, sentence: impl AsRef<str>) {
        self.report.end(StepState::Skipped, one_line(sentence.as_ref()));
    }

    /// Whether there is still something to do for it.
    const fn is_open(&self) -> bool {
        self.recipe.is_some() && self.report.message.is_none() && !self.report.state.is_done()
    }

    /// Looks for the region, if an engine can do the step, and saves what was found if a folder is given.
    fn look(&mut self, document: &Document, others: &[OtherTarget], tools: &Tools<'_>) -> Result<(), Failure> {
        if !self.is_open() || !matches!(self.region, Region::Unknown) {
            return Ok(());
        }
        let mut proposals = Vec::new();
        self.guard(|step| {
            proposals = step.proposals(document, others, tools)?;
            Ok(())
        })?;
        if !self.is_open() {
            return Ok(());
        }
        if let Some(masks) = tools.masks {
            masks.save_proposals(self.task, &proposals)?;
        }
        self.as_found = Doubt::about(self.task, &proposals);
        let Some(best) = proposals.into_iter().next().filter(|best| !best.mask.is_empty()) else {
            self.region = Region::Nothing;
            self.report.end(StepState::NotFound, nothing_fits(self.task, self.is_corrected));
            return Ok(());
        };
        self.report.found(&best);
        self.region = Region::Found(best);
        Ok(())
    }

    /// The regions that fit, best first: where a person says, else what the words find.
    fn proposals(
        &self,
        document: &Document,
        others: &[OtherTarget],
        tools: &Tools<'_>,
    ) -> Result<Vec<MaskProposal>, EngineError> {
        let sought = self.task.sought();
        let (locator, phrase, location, clicks, bounds) = match tools.corrections.get(&self.task.id) {
            Some(Correction::Mask(mask)) => {
                let reason = "the mask that the plan names";
                return Ok(vec![MaskProposal::new(Arc::clone(mask), 1.0, "file", reason)]);
            }
            Some(Correction::Pointing { clicks, bounds }) => (tools.pointer, "", None, clicks.as_slice(), *bounds),
            None => (tools.locator, sought.phrase, sought.location, &[][..], None),
        };
        let request =
            LocateRequest { image: document.current(), phrase, location, op: sought.op, clicks, bounds, others };
        tools.console.during(&self.title(), tools.cancel, |cx| {
            guarded("locator", || locate_without(locator, request, &self.task.kept(), cx))
        })
    }

    /// Changes the document's pixels, and saves the mask that says where if a folder is given.
    fn change(&mut self, document: &mut Document, sources: &Sources, tools: &Tools<'_>) -> Result<(), Failure> {
        self.guard(|step| step.run(document, sources, tools))?;
        match (tools.masks, &self.region) {
            (Some(masks), Region::Found(found)) if self.report.state.is_done() => {
                masks.save_used(self.task, &found.mask)
            }
            _ => Ok(()),
        }
    }

    /// Changes the document's pixels in the region that was found.
    fn run(&mut self, document: &mut Document, sources: &Sources, tools: &Tools<'_>) -> Result<(), EngineError> {
        let (Some(recipe), Region::Found(found)) = (&self.recipe, &self.region) else {
            return Ok(());
        };
        let step = StepRun { task: self.task, image: document.current(), mask: &found.mask, sources, recipe };
        let made = tools
            .console
            .during(&self.title(), tools.cancel, |cx| guarded("inpainter", || run_step(tools.registry, step, cx)))?;
        let Some(candidate) = made.candidates.into_iter().next() else {
            return Err(EngineError::Failed(format!("The inpainter {} gave no result.", recipe.engine)));
        };
        self.report.verdict.clone_from(&candidate.verdict);
        let before = Arc::clone(document.current());
        let blend = blend_at_full_extent(document, &candidate);
        let mut stack = document.steps().to_vec();
        let (id, title) = (StepId(u64::from(self.task.id)), self.task.title());
        stack.push(EditStep { id, title, candidate: Arc::new(candidate), enabled: true });
        document.set_steps(stack);
        self.report.pixels_changed = Some(changed_pixels(&before, document.current(), &blend));
        self.report.state = StepState::Done;
        self.report.message = made.note.map(str::to_owned);
        Ok(())
    }

    fn title(&self) -> String {
        format!("step {} {}", self.task.id, self.task.title())
    }

    /// The step's end on one line.
    fn line(&self) -> String {
        let report = &self.report;
        let how = match (&report.engine, report.mask_fraction) {
            (Some(engine), Some(fraction)) if report.state.is_done() => {
                format!(" by {engine} on {:.1} % of the image, {:.1} s", fraction * 100.0, report.seconds)
            }
            _ => String::new(),
        };
        let why = report.message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
        let verdict = report
            .verdict
            .as_ref()
            .map(|verdict| format!("; {}: {}", if verdict.passed { "checked" } else { "doubtful" }, verdict.reason));
        format!("{}: {}{how}{}{why}", self.title(), report.state.text(), verdict.unwrap_or_default())
    }
}

/// The recipe for a task: of the preferred engine if that can do it, else of the best.
fn recipe(task: &SubTask, tools: &Tools<'_>) -> Result<Recipe, EngineError> {
    let seed = task.seed(tools.seed);
    let wished = tools.inpainter.and_then(|name| tools.registry.inpainter(name).ok());
    let recipe = match wished.filter(|engine| engine.can_do(task.done_as())) {
        Some(engine) => tools.registry.recipe_with(engine, task, seed)?,
        None => tools.registry.recipe_for(task, seed)?,
    };
    let method = match recipe.method {
        Method::Diffusion(own) => Method::Diffusion(tools.diffusion.over(own)),
        method => method,
    };
    Ok(Recipe { method, ..recipe })
}

/// A candidate's blend mask as a mask of the whole document.
fn blend_at_full_extent(document: &Document, candidate: &Candidate) -> Mask {
    let mut full = Mask::empty(document.extent());
    full.paste(&candidate.blend, candidate.bounds);
    full
}
