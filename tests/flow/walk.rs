//! A random walk: every command in every state, with jobs that end in any order or fail, and what must always hold.

use crate::scene;
use proptest::prelude::*;
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex};
use strum::VariantArray as _;
use tie_core::document::same_step;
use tie_core::{
    Bounds, Brush, Click, Combine, CopyRule, Document, EditOp, EditStep, Extent, Fit, Mask, MaskProposal, Offset,
    Placement, Plan, Point, Raster, Recipe, Shape, StepId, StrokeMode, SubTask, View,
};
use tie_engine::pipeline::{self, Run};
use tie_engine::{Cancel, EngineError, JobCx, LocateRequest, Locator, PlanRequest, Registry};
use tie_studio::files::{self, Metadata};
use tie_studio::session::{
    Answer, Approval, Card, Command, CommandKind, Effect, MaskOp, Session, Settings, StepState, ThemeChoice,
    UndecidedAnswer,
};
use tie_studio::worker::{Job, JobEvent, JobId, Output, Runner};

/// Numbers without pattern.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % sides.max(1) as u64) as usize
    }

    fn flip(&mut self) -> bool {
        self.roll(2) == 0
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len())].clone()
    }

    fn number(&mut self, from: f32, to: f32) -> f32 {
        from + (to - from) * self.roll(1000) as f32 / 999.0
    }

    /// Also outside the photograph.
    fn point(&mut self) -> Point {
        Point::new(self.number(-20.0, 160.0), self.number(-20.0, 120.0))
    }

    fn bounds(&mut self) -> Bounds {
        let (x, y) = (self.roll(130) as i32 - 10, self.roll(90) as i32 - 10);
        Bounds::new(x, y, self.roll(60) as u32, self.roll(50) as u32)
    }

    fn mask(&mut self, extent: Extent) -> Arc<Mask> {
        let mut mask = Mask::rectangle(extent, self.bounds());
        if self.flip() {
            mask.union(&Mask::rectangle(extent, self.bounds()));
        }
        Arc::new(mask)
    }

    fn how(&mut self) -> Combine {
        self.pick(&[Combine::Add, Combine::Subtract, Combine::Intersect])
    }
}

/// Finds a box for each phrase or point, or none, and is more or less sure.
struct Scripted;

impl Locator for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn locate(&self, request: LocateRequest<'_>, _: &JobCx<'_>) -> Result<Vec<MaskProposal>, EngineError> {
        let at = request.clicks.first().map_or(0, |click| click.at.x.to_bits());
        let mut dice = Dice(request.phrase.bytes().fold(u64::from(at), |seed, byte| seed * 31 + u64::from(byte)));
        if dice.roll(8) == 0 {
            return Err(EngineError::Unsuitable("It is too dark in here.".to_owned()));
        }
        let extent = request.image.extent();
        let proposal = |dice: &mut Dice| {
            let mask = Mask::clone(&dice.mask(extent));
            MaskProposal::new(mask, dice.number(0.0, 1.0), "scripted", "it is there")
        };
        Ok((0..dice.roll(4)).map(|_| proposal(&mut dice)).collect())
    }
}

const INSTRUCTIONS: [&str; 8] = [
    "remove the red square",
    "remove the cup and make the dog blue and the sky brighter",
    "move the lamp to the left, then add another cup",
    "change the text on the sign to \"OPEN\" and remove the sign",
    "remove everything but the man",
    "add a unicorn",
    "hello there",
    "  ",
];

/// A session with everything that a window would have around it.
struct World {
    session: Session,
    registry: Registry,
    runner: Runner,
    jobs: BTreeMap<JobId, Job>,
    known: HashSet<JobId>,
    folder: tempfile::TempDir,
    /// What was done, to be told with a failure.
    trail: Vec<String>,
    /// The last answer about results that are not approved was to save without them.
    leaves_out: bool,
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{:#?}", self.trail);
        }
    }
}

impl World {
    fn new() -> Self {
        let registry = Registry::embedded().with_locator(Arc::new(Scripted));
        let folder = tempfile::tempdir().unwrap();
        files::save_photo(&folder.path().join("a.png"), &scene(), &Metadata::default()).unwrap();
        files::save_mask(
            &folder.path().join("m.png"),
            &Mask::rectangle(Extent::new(140, 100), Bounds::new(9, 9, 30, 20)),
        )
        .unwrap();
        let mut world = Self {
            session: Session::new(registry.clone()),
            registry,
            runner: Runner::default(),
            jobs: BTreeMap::new(),
            known: HashSet::new(),
            folder,
            trail: Vec::new(),
            leaves_out: false,
        };
        world.apply(Command::Open(world.folder.path().join("a.png")));
        world.finish_all(&mut Dice(1));
        world
    }

    fn apply(&mut self, command: Command) {
        let mut told = format!("{command:?}");
        told.truncate(told.floor_char_boundary(160));
        self.trail.push(told);
        if let Command::SaveUndecided(answer) = &command {
            self.leaves_out = *answer == UndecidedAnswer::Without;
        }
        let copies = command == Command::CopyImage;
        let effects = self.session.apply(command);
        if let Some(Effect::CopyImage(image)) = effects.first().filter(|_| copies) {
            self.check_picture(image);
        }
        self.carry_out(effects);
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            // A job that is cancelled may have ended just before, and is heard of all the same.
            if let Effect::Submit(id, job) = effect {
                assert!(self.known.insert(id), "{id:?} is given twice");
                if let Job::Save { image, .. } = &job {
                    self.check_picture(image);
                }
                self.jobs.insert(id, job);
            }
        }
    }

    /// What is saved is what is shown, unless the person has said that what is not approved stays out.
    fn check_picture(&self, saved: &Raster) {
        let shown = self.session.photo().unwrap().document.current();
        assert!(*saved == **shown || (self.leaves_out && *saved == *self.session.decided_image().unwrap()));
    }

    /// Ends one job that was begun, whichever it is, well or badly.
    fn end_job(&mut self, dice: &mut Dice) {
        let ids: Vec<JobId> = self.jobs.keys().copied().collect();
        if ids.is_empty() {
            return;
        }
        let id = dice.pick(&ids);
        let Some(job) = self.jobs.remove(&id) else { return };
        self.trail.push(format!("end of {:?}", job.slot()));
        let events = match dice.roll(12) {
            0 => vec![JobEvent::Failed(id, EngineError::Failed("It broke.".to_owned()))],
            1 => vec![JobEvent::Started(id), JobEvent::Cancelled(id)],
            _ => self.done(id, job),
        };
        for event in events {
            let effects = self.session.on_event(event);
            self.carry_out(effects);
        }
    }

    /// What is heard of a job that goes well; the networks that look ahead and look again would only take time.
    fn done(&mut self, id: JobId, job: Job) -> Vec<JobEvent> {
        if let Job::Look { .. } = job {
            return vec![JobEvent::Started(id), JobEvent::Finished(id, Output::Prepared)];
        }
        if let Job::Inpaint { image, mask, sources, recipe, task, .. } = &job
            && let Ok(engine) = self.registry.inpainter(&recipe.engine)
            && let Ok((recipe, _)) = engine.complete(Recipe::clone(recipe), task, mask)
        {
            let run = Run { sources, ..Run::new(image, mask, &recipe) };
            let end = match pipeline::inpaint(engine, run, &JobCx::silent()) {
                Ok(made) => JobEvent::Finished(id, Output::Candidates(made)),
                Err(error) => JobEvent::Failed(id, error),
            };
            return vec![JobEvent::Started(id), end];
        }
        let events = Mutex::new(Vec::new());
        let emit = |event| events.lock().unwrap().push(event);
        self.runner.run(&self.registry, id, job, &Cancel::default(), &emit);
        events.into_inner().unwrap()
    }

    fn finish_all(&mut self, dice: &mut Dice) {
        for _ in 0..400 {
            self.end_job(dice);
        }
    }

    /// A card's id, now and then of none.
    fn step(&self, dice: &mut Dice) -> StepId {
        let ids: Vec<StepId> = self.session.cards().iter().map(|card| card.id).collect();
        if ids.is_empty() || dice.roll(20) == 0 { StepId(dice.roll(60) as u64) } else { dice.pick(&ids) }
    }

    fn plan(&self, dice: &mut Dice) -> Plan {
        let instruction = dice.pick(&INSTRUCTIONS);
        let planner = self.registry.planner("rules").unwrap();
        let planned = planner.plan(PlanRequest { instruction, image: None }, &JobCx::silent());
        planned.unwrap_or_else(|_| Plan::new("x", "person", vec![SubTask::new(1, EditOp::Remove, "cup")]))
    }

    fn task(dice: &mut Dice) -> SubTask {
        let op = dice.pick(EditOp::ALL);
        let task =
            SubTask::new(dice.roll(9) as u32, op, dice.pick(&["cup", "dog", "", "all the cups but the red one"]));
        let task = task.becomes(dice.pick(&["blue", "brighter", "", "three", "another cup", "OPEN", "a unicorn"]));
        task.at(dice.pick(&["", "to the left", "on the table", "20 pixels up"]))
    }

    /// A command of this kind, with whatever it takes.
    fn command(&self, kind: CommandKind, dice: &mut Dice) -> Command {
        let step = self.step(dice);
        let card = self.session.card(step);
        let view = View { bounds: Bounds::new(0, 0, 140, 100), scale: dice.number(0.2, 4.0) };
        let file = |dice: &mut Dice, names: &[&str]| self.folder.path().join(dice.pick(names));
        let recipe = |dice: &mut Dice| {
            let mut recipe = card.and_then(|card| card.recipe.clone()).unwrap_or_else(|| {
                let task = SubTask::new(1, EditOp::Remove, "cup");
                self.registry.recipe_for(&task, 3).unwrap()
            });
            match dice.roll(6) {
                0 => dice.pick(&["exemplar", "adjust", "clone", "typeset", "nobody"]).clone_into(&mut recipe.engine),
                1 => recipe.seed = dice.roll(1000) as u64,
                2 => recipe.blend.grow = dice.number(0.0, 9.0),
                3 => recipe.context = Some(dice.bounds()),
                4 => recipe.candidates = dice.roll(4) as u32,
                _ => {
                    let placement = Placement::moved(Offset::new(dice.roll(300) as i32 - 150, dice.roll(80) as i32));
                    recipe = self.session.with_placement(step, &placement).unwrap_or(recipe);
                }
            }
            recipe
        };
        match kind {
            CommandKind::SetInstruction => Command::SetInstruction(dice.pick(&INSTRUCTIONS).to_owned()),
            CommandKind::UsePlan => Command::UsePlan(Box::new(self.plan(dice))),
            CommandKind::Plan => Command::Plan,
            CommandKind::PlanStep => Command::PlanStep(step),
            CommandKind::PlanFrom => Command::PlanFrom(step),
            CommandKind::AddStep => Command::AddStep(Self::task(dice)),
            CommandKind::DuplicateStep => Command::DuplicateStep(step),
            CommandKind::DeleteStep => Command::DeleteStep(step),
            CommandKind::SplitStep => Command::SplitStep(step),
            CommandKind::MergeStep => Command::MergeStep(step),
            CommandKind::MoveStep => Command::MoveStep(step, dice.roll(7)),
            CommandKind::SetEnabled => Command::SetEnabled(step, dice.flip()),
            CommandKind::SetOpacity => Command::SetOpacity(step, dice.roll(256) as u8),
            CommandKind::Locate => Command::Locate(step),
            CommandKind::LocateBy => Command::LocateBy(step, dice.pick(&["scripted", "classic", "nobody"]).to_owned()),
            CommandKind::PointAt => Command::PointAt {
                step,
                clicks: vec![Click { at: dice.point(), include: dice.flip() }],
                bounds: dice.flip().then(|| dice.bounds()),
            },
            CommandKind::Run => Command::Run(step),
            CommandKind::RunAll => Command::RunAll,
            CommandKind::UpdateAll => Command::UpdateAll,
            CommandKind::Approve => Command::Approve(step),
            CommandKind::Skip => Command::Skip(step),
            CommandKind::Reopen => Command::Reopen(step),
            CommandKind::NewSeed => Command::NewSeed(step),
            CommandKind::Select => Command::Select(step),
            CommandKind::ChooseCandidate => Command::ChooseCandidate(step, dice.roll(4)),
            CommandKind::ToggleFavourite => Command::ToggleFavourite(step, dice.roll(4)),
            CommandKind::ChooseProposal => Command::ChooseProposal(step, dice.roll(4)),
            CommandKind::SetCopyRule => {
                let rule = dice.pick(&[None, Some(CopyRule::Avoid), Some(CopyRule::Only)]);
                Command::SetCopyRule { step, other: self.step(dice), rule }
            }
            CommandKind::ChooseAllProposals => Command::ChooseAllProposals(step),
            CommandKind::EditTask => Command::EditTask(step, Self::task(dice)),
            CommandKind::EditRecipe => Command::EditRecipe(step, recipe(dice)),
            CommandKind::StrokeBegin => Command::StrokeBegin {
                brush: Brush { size: dice.number(1.0, 40.0), hardness: dice.number(0.0, 1.0), ..Brush::default() },
                mode: dice.pick(&[StrokeMode::Add, StrokeMode::Subtract]),
                at: dice.point(),
                pressure: dice.number(0.0, 1.0),
                line: dice.flip(),
            },
            CommandKind::TryRecipe => Command::TryRecipe { step, recipe: recipe(dice), view },
            CommandKind::StrokeTo => Command::StrokeTo { at: dice.point(), pressure: dice.number(0.0, 1.0) },
            CommandKind::StrokeEnd => Command::StrokeEnd,
            CommandKind::SelectShape => {
                let (a, b) = (dice.point(), dice.point());
                Command::SelectShape(dice.pick(&[Shape::Rectangle { a, b }, Shape::Ellipse { a, b }]), dice.how())
            }
            CommandKind::WandBegin => Command::WandBegin {
                at: dice.point(),
                tolerance: dice.roll(256) as u8,
                contiguous: dice.flip(),
                how: dice.how(),
            },
            CommandKind::WandTo => Command::WandTo(dice.roll(256) as u8),
            CommandKind::WandEnd => Command::WandEnd,
            CommandKind::SmartPrepare => Command::SmartPrepare,
            CommandKind::SmartHover => Command::SmartHover(dice.flip().then(|| dice.point())),
            CommandKind::SmartClick => Command::SmartClick {
                at: dice.point(),
                include: dice.flip(),
                reach: dice.number(0.0, 10.0),
                how: dice.how(),
            },
            CommandKind::SmartBox => Command::SmartBox(dice.bounds(), dice.how()),
            CommandKind::SelectionNext => Command::SelectionNext,
            CommandKind::SelectionAccept => Command::SelectionAccept,
            CommandKind::SelectionDiscard => Command::SelectionDiscard,
            CommandKind::CombineMasks => Command::CombineMasks { step, with: self.step(dice), how: dice.how() },
            CommandKind::SetMask => {
                let extent = dice.pick(&[Extent::new(140, 100), Extent::new(140, 100), Extent::new(33, 70)]);
                Command::SetMask(step, dice.mask(extent))
            }
            CommandKind::FitMask => Command::FitMask(dice.pick(&[None, Some(Fit::Scale), Some(Fit::Centre)])),
            CommandKind::CopyMask => Command::CopyMask(step),
            CommandKind::PasteMask => Command::PasteMask(step),
            CommandKind::ImportMaskDialog => Command::ImportMaskDialog(step),
            CommandKind::ImportMask => Command::ImportMask(step, file(dice, &["m.png", "a.png", "none.png"])),
            CommandKind::ExportMaskDialog => Command::ExportMaskDialog(step),
            CommandKind::ExportMask => Command::ExportMask(step, file(dice, &["e.png", "no/such/folder/e.png"])),
            CommandKind::Mask => Command::Mask(
                step,
                dice.pick(&[
                    MaskOp::Invert,
                    MaskOp::Clear,
                    MaskOp::Reset,
                    MaskOp::Grow(3.0),
                    MaskOp::Shrink(3.0),
                    MaskOp::Feather(2.0),
                    MaskOp::FillHoles,
                    MaskOp::RemoveIslands(40),
                ]),
            ),
            CommandKind::Undo => Command::Undo,
            CommandKind::Redo => Command::Redo,
            CommandKind::HistoryTo => Command::HistoryTo(dice.roll(30)),
            CommandKind::CopyImage => Command::CopyImage,
            CommandKind::NothingToPaste => Command::NothingToPaste,
            CommandKind::OpenSample => Command::OpenSample(9),
            CommandKind::OpenPasted => Command::OpenPasted(Arc::new(scene())),
            CommandKind::Open => Command::Open(file(dice, &["a.png", "none.png"])),
            CommandKind::Restore => Command::Restore(file(dice, &["nothing"])),
            CommandKind::OpenDialog => Command::OpenDialog,
            CommandKind::Save => Command::Save,
            CommandKind::SaveDialog => Command::SaveDialog,
            CommandKind::SaveUndecided => Command::SaveUndecided(dice.pick(&[
                UndecidedAnswer::Approve,
                UndecidedAnswer::Without,
                UndecidedAnswer::Cancel,
            ])),
            CommandKind::SaveTo => Command::SaveTo(file(dice, &["out.png", "no/such/folder/out.png"])),
            CommandKind::Close => Command::Close,
            CommandKind::Answer => Command::Answer(dice.pick(&[Answer::Save, Answer::Discard, Answer::Cancel])),
            CommandKind::SaveDialogCancelled => Command::SaveDialogCancelled,
            CommandKind::CancelJobs => Command::CancelJobs,
            CommandKind::DismissNotice => Command::DismissNotice,
            CommandKind::DismissNotUnderstood => Command::DismissNotUnderstood,
            CommandKind::LookForModels => Command::LookForModels,
            CommandKind::PullModel => Command::PullModel("kandinsky-2.2".to_owned()),
            CommandKind::StopModel => Command::StopModel("kandinsky-2.2".to_owned()),
            CommandKind::VerifyModel => Command::VerifyModel("kandinsky-2.2".to_owned()),
            CommandKind::RemoveModel => Command::RemoveModel("no such model".to_owned()),
            CommandKind::UnloadModels => Command::UnloadModels,
            CommandKind::LocateModels => Command::LocateModels,
            CommandKind::AddModelFolder => Command::AddModelFolder(file(dice, &["models"])),
            CommandKind::SetSettings => Command::SetSettings(Box::new(Settings {
                approval: dice.pick(&[
                    Approval::AskEachStep,
                    Approval::AskEachStep,
                    Approval::AutoWhereSure,
                    Approval::RunAllThenReview,
                ]),
                theme: dice.pick(&[ThemeChoice::Dark, ThemeChoice::Light]),
                candidates: dice.roll(4) as u32,
                undo_memory_mb: dice.pick(&[64, 512]),
                // Nothing is fetched.
                offline: true,
                ..Settings::default()
            })),
        }
    }

    fn walk(&mut self, mut dice: Dice, steps: usize) -> Result<(), TestCaseError> {
        for _ in 0..steps {
            match dice.roll(10) {
                0..=3 => self.end_job(&mut dice),
                4..=7 => {
                    let command = self.command(dice.pick(&FORWARD), &mut dice);
                    self.apply(command);
                }
                _ => {
                    let command = self.command(dice.pick(CommandKind::VARIANTS), &mut dice);
                    self.apply(command);
                }
            }
            self.check()?;
        }
        self.check_history()?;
        self.check_record()
    }

    /// What must hold whatever was done.
    fn check(&self) -> Result<(), TestCaseError> {
        let session = &self.session;
        let cards = session.cards();
        let ids: Vec<StepId> = cards.iter().map(|card| card.id).collect();
        prop_assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "two cards with one id");
        if let Some(selected) = session.selected() {
            prop_assert!(ids.contains(&selected.id));
        }
        let Some(photo) = session.photo() else {
            prop_assert!(cards.is_empty());
            return Ok(());
        };
        let extent = photo.document.extent();
        for card in cards {
            prop_assert!(card.candidates.is_empty() || card.chosen < card.candidates.len(), "{:?}", card.id);
            prop_assert!(card.proposals.is_empty() || card.proposal < card.proposals.len(), "{:?}", card.id);
            for mask in card.mask.iter().flat_map(|mask| [&mask.proposal, &mask.result]) {
                prop_assert_eq!(mask.extent(), extent);
            }
            for candidate in &card.candidates {
                prop_assert!(Bounds::from(extent).encloses(candidate.bounds), "{candidate:?}");
            }
            // Whoever waits for a worker is heard of again.
            let waits = self.jobs.values().any(|job| match job {
                Job::Locate { step, .. } | Job::Inpaint { step, .. } => *step == card.id,
                _ => false,
            });
            let queued = || self.jobs.values().any(|job| matches!(job, Job::Inpaint { .. }));
            let waits = waits || (card.state == StepState::Queued && queued());
            prop_assert!(!card.is_busy() || waits, "{:?} waits for nothing: {:?}", card.id, card.state);
            let is_in = photo.document.steps().iter().any(|step| step.id == card.id);
            prop_assert!(card.state != StepState::Approved || is_in, "{:?} is approved and not in the stack", card.id);
        }
        // The stack follows the list, and every layer has its card.
        let places: Vec<Option<usize>> =
            photo.document.steps().iter().map(|step| ids.iter().position(|id| *id == step.id)).collect();
        prop_assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}");
        untouched(&photo.document)
    }

    /// Undoing everything and doing it again ends where it began.
    fn check_history(&mut self) -> Result<(), TestCaseError> {
        self.apply(Command::CancelJobs);
        self.apply(Command::StrokeEnd);
        self.apply(Command::SelectionDiscard);
        self.jobs.clear();
        let state = |session: &Session| {
            let is_approved = |id| session.card(id).is_some_and(|card| card.state == StepState::Approved);
            let stack = session.photo().map_or(&[][..], |photo| photo.document.steps()).iter();
            let stack: Vec<EditStep> = stack.filter(|step| is_approved(step.id)).cloned().collect();
            let cards: Vec<_> = session
                .cards()
                .iter()
                .map(|card| {
                    (
                        card.id,
                        card.task.clone(),
                        card.mask.as_ref().map(|mask| Mask::clone(&mask.result)).filter(|mask| !mask.is_empty()),
                    )
                })
                .collect();
            (stack, cards)
        };
        let (stack, cards) = state(&self.session);
        let done = self.session.history_labels().1;
        self.apply(Command::HistoryTo(0));
        self.check()?;
        self.apply(Command::HistoryTo(done));
        self.check()?;
        let (stack_again, cards_again) = state(&self.session);
        // What was made again since a gesture is made again after it is repeated.
        let is_due = |id| self.session.card(id).is_some_and(|card| card.outdated);
        let is_same = |(a, b): (&EditStep, &EditStep)| a.id == b.id && (same_step(a, b) || is_due(b.id));
        prop_assert!(stack.len() == stack_again.len() && stack.iter().zip(&stack_again).all(is_same));
        // What a stroke was drawn over may have healed since.
        let removed = |card: &&Card| card.task.op() == EditOp::Remove;
        let holes =
            self.session.cards().iter().filter(removed).filter_map(|card| Some(card.mask.as_ref()?.result.bounds()));
        let holes: Vec<Bounds> = holes.map(|hole| hole.grow(2 + hole.width.max(hole.height))).collect();
        let may_differ = |at: usize| holes.iter().any(|hole| hole.contains((at % 140) as i32, (at / 140) as i32));
        prop_assert_eq!(cards.len(), cards_again.len());
        for ((id, task, mask), (id_again, task_again, mask_again)) in cards.iter().zip(&cards_again) {
            prop_assert!(id == id_again && task == task_again, "{id:?} became {id_again:?}");
            let empty = Mask::empty(Extent::new(140, 100));
            let [mask, again] = [mask, mask_again].map(|mask| mask.as_ref().unwrap_or(&empty).coverage());
            let differ = mask.iter().zip(again).enumerate().filter(|(_, (a, b))| a != b);
            prop_assert!(differ.into_iter().all(|(at, _)| may_differ(at)), "the mask of {id:?}");
        }
        Ok(())
    }

    /// What is kept of the work becomes the same work again.
    fn check_record(&self) -> Result<(), TestCaseError> {
        let Some((base, record)) = self.session.record() else { return Ok(()) };
        let photo = files::Photo { raster: Raster::clone(&base), metadata: Metadata::default(), notes: Vec::new() };
        let mut again = Session::new(self.registry.clone());
        again.restore_record(photo, record);
        let image = |session: &Session| session.photo().map(|photo| Raster::clone(photo.document.current()));
        prop_assert_eq!(image(&again), image(&self.session));
        prop_assert_eq!(again.cards().len(), self.session.cards().len());
        Ok(())
    }
}

/// No pixel outside the blend masks of the enabled steps has changed.
fn untouched(document: &Document) -> Result<(), TestCaseError> {
    let (base, now) = (document.base(), document.current());
    let mut may_change = Mask::empty(document.extent());
    for step in document.steps().iter().filter(|step| step.enabled) {
        may_change.combine_part(&step.candidate.blend, step.candidate.bounds, Combine::Add);
    }
    let pixels = base.pixels().iter().zip(now.pixels()).zip(may_change.coverage());
    prop_assert!(pixels.into_iter().all(|((was, is), blend)| was == is || *blend > 0));
    Ok(())
}

/// What brings a session forward; all else is done now and then.
const FORWARD: [CommandKind; 16] = [
    CommandKind::SetInstruction,
    CommandKind::Plan,
    CommandKind::UsePlan,
    CommandKind::AddStep,
    CommandKind::Run,
    CommandKind::Run,
    CommandKind::RunAll,
    CommandKind::Approve,
    CommandKind::Approve,
    CommandKind::Select,
    CommandKind::StrokeBegin,
    CommandKind::StrokeTo,
    CommandKind::SetMask,
    CommandKind::ChooseProposal,
    CommandKind::Undo,
    CommandKind::Redo,
];

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 200, ..ProptestConfig::with_cases(40) })]

    #[test]
    fn every_command_in_any_state_keeps_the_promises(seed in any::<u64>().no_shrink(), steps in 1..160_usize) {
        let mut world = World::new();
        if let Err(error) = world.walk(Dice(seed), steps) {
            return Err(TestCaseError::fail(format!("{error}\nafter {:#?}", world.trail)));
        }
    }
}
