//! The editor without widgets: everything a person does is a [`Command`], everything the world has to do is an [`Effect`].
//!
//! A session owns the document, the step cards, the undo history and the knowledge of which jobs run. It owns no
//! window, thread or file, so a whole editing story can be told in a test.

mod auto;
mod card;
mod command;
mod doubts;
mod files;
mod hover;
mod jobs;
mod locate;
mod mask_files;
mod masks;
mod models;
mod placing;
mod record;
mod selection;
mod settings;
mod snapshot;
mod sources;
mod stack;
mod steps;
mod steps_edit;
mod trial;
mod update;

pub use card::{Card, CardMask, Found, StepState};
pub use command::{Answer, Command, CommandKind, Effect, MaskOp, UndecidedAnswer};
pub use jobs::Activity;
pub use mask_files::MaskQuestion;
pub use masks::MaskChange;
pub use models::{ModelView, Presence};
pub use selection::{SelectTool, Selection};
pub use settings::{Approval, Language, PlannedBy, Settings, ThemeChoice, TintMode};
pub use sources::Source;
pub use trial::Wish;

pub use crate::files::{SAMPLES, Sample};

use crate::files::Metadata;
use crate::text::tr;
use crate::worker::{Hovered, Job, JobId, Measures, ModelJob};
use snapshot::{SessionChange, Snapshot};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use tie_core::document::same_step;
use tie_core::history::Entry;
use tie_core::{Bounds, Document, EditStep, History, Mask, Passage, Point, Raster, StepId};
use tie_engine::Registry;

/// The photograph that is edited.
#[derive(Debug)]
pub struct OpenPhoto {
    /// As it is shown: the approved steps, and the results that wait for a decision.
    pub document: Document,
    /// Where it was opened; never written to unless the person picks it.
    pub source: PathBuf,
    /// Where the result was saved last.
    pub saved_to: Option<PathBuf>,
    pub metadata: Arc<Metadata>,
    /// What the person should know about how the file was read.
    pub notes: Vec<String>,
    /// The approved steps when it was last saved.
    saved: Vec<EditStep>,
    /// It came from the clipboard, or with the program: no file of the person's holds it.
    pasted: bool,
}

impl OpenPhoto {
    /// The name of the file that it was saved to last, else of the one that it was opened from.
    pub fn file_name(&self) -> String {
        let name = self.saved_to.as_ref().unwrap_or(&self.source).file_name();
        name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Whether no file of the person's holds it: it came from the clipboard, or with the program.
    pub const fn is_pasted(&self) -> bool {
        self.pasted
    }
}

/// Something to tell the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// It worked; may vanish by itself.
    Success(String),
    /// It works, but not as asked; stays until it is dismissed.
    Warning(String),
    /// It did not; one sentence with what, why and what to do; stays until it is dismissed.
    Error(String),
}

/// Which save a question holds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SaveKind {
    Save,
    SaveAs,
}

/// What waits for an answer about unsaved work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pending {
    Open(PathBuf),
    OpenPasted(Arc<Raster>),
    OpenSample(usize),
    Restore(PathBuf),
    Close,
}

/// Pixels of the current image that have changed since the last call; for a mirror of them on a graphics card.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Another photograph, or all of it.
    pub everything: bool,
    pub image: Option<Bounds>,
    pub masks: Vec<MaskChange>,
    /// What a tool would select.
    pub selection: Option<Bounds>,
}

/// The state of the editor.
pub struct Session {
    registry: Registry,
    /// Finds what words name, for cards without a locator of their own; the best that is installed if `None`.
    locator: Option<String>,
    settings: Settings,
    photo: Option<OpenPhoto>,
    /// How many photos have been opened.
    opened: u64,
    instruction: String,
    /// The instruction that the cards were planned from.
    planned: Option<String>,
    /// What of it the planner did not understand.
    not_understood: Vec<Passage>,
    cards: Vec<Card>,
    selected: Option<StepId>,
    history: History<SessionChange>,
    running: BTreeMap<JobId, jobs::Running>,
    next_step: u64,
    next_job: u64,
    /// Steps run and are approved by themselves.
    automatic: bool,
    /// What a running planner plans for.
    plan_scope: jobs::PlanScope,
    stroke: Option<masks::ActiveStroke>,
    /// Where the last stroke ended, for straight lines.
    last_stroke: Option<(StepId, Point)>,
    selection: Option<Selection>,
    hovered: Option<Hovered>,
    measures: HashMap<StepId, Measures>,
    /// Steps that wait for their turn to run, the lowest of the list first.
    queue: BTreeSet<StepId>,
    /// Images from the middle of the stack, the newest last.
    grounds: Vec<stack::Ground>,
    /// Steps whose mask has changed since it was measured.
    unmeasured: BTreeSet<StepId>,
    copied_mask: Option<Arc<Mask>>,
    mask_question: Option<MaskQuestion>,
    pending: Option<Pending>,
    /// A save that waits for what to do with results that are not approved.
    save_question: Option<SaveKind>,
    /// A save that waits for the results that will be approved with it.
    save_waits: Option<SaveKind>,
    /// The next file is without what is not approved.
    leaves_out: bool,
    /// The approved steps while the image is being saved.
    saving: Option<Vec<EditStep>>,
    /// The question about unsaved work was answered with "save", and the save runs.
    saving_for_pending: bool,
    notice: Option<Notice>,
    preview: Option<jobs::Preview>,
    trial: trial::Trial,
    changes: Changes,
    revision: u64,
    /// The revision whose regions have been compared.
    weighed: u64,
    models: Vec<ModelView>,
    /// A folder that the person has added and that is being looked through.
    added_folder: Option<PathBuf>,
    /// What the host has to do; taken when a command or an event is done with.
    out: Vec<Effect>,
}

impl Session {
    pub fn new(registry: Registry) -> Self {
        let settings = Settings::default();
        let history = History::new(settings.undo_limit());
        let has_store = registry.store().is_some();
        Self {
            registry,
            locator: None,
            settings,
            photo: None,
            opened: 0,
            instruction: String::new(),
            planned: None,
            not_understood: Vec::new(),
            cards: Vec::new(),
            selected: None,
            history,
            running: BTreeMap::new(),
            next_step: 1,
            next_job: 1,
            automatic: false,
            plan_scope: jobs::PlanScope::All,
            stroke: None,
            last_stroke: None,
            selection: None,
            hovered: None,
            measures: HashMap::new(),
            queue: BTreeSet::new(),
            grounds: Vec::new(),
            unmeasured: BTreeSet::new(),
            copied_mask: None,
            mask_question: None,
            pending: None,
            save_question: None,
            save_waits: None,
            leaves_out: false,
            saving: None,
            saving_for_pending: false,
            notice: None,
            preview: None,
            trial: trial::Trial::default(),
            changes: Changes::default(),
            revision: 0,
            weighed: 0,
            models: if has_store { ModelView::all() } else { Vec::new() },
            added_folder: None,
            out: Vec::new(),
        }
    }

    /// The same with a locator of this name for everything that words name.
    #[must_use]
    pub fn locating_by(self, locator: &str) -> Self {
        Self { locator: Some(locator.to_owned()), ..self }
    }

    /// Does one thing and says what has to happen in the world for it.
    ///
    /// A command that makes no sense at the moment (approve without candidate, undo without history) does nothing.
    pub fn apply(&mut self, command: Command) -> Vec<Effect> {
        if command.changes_work() {
            self.revision += 1;
            self.stroke_end();
        }
        self.end_trial(&command);
        self.obey(command);
        self.follow_up()
    }

    /// Does what follows from what was just done, and says what has to happen in the world.
    fn follow_up(&mut self) -> Vec<Effect> {
        self.sync_stack();
        self.follow_dependencies();
        self.restart_changed();
        self.run_next();
        self.go_on_saving();
        self.weigh_changed();
        self.measure_changed();
        std::mem::take(&mut self.out)
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::SetInstruction(text) => {
                self.instruction = text;
            }
            Command::Plan => self.plan(),
            Command::UsePlan(plan) => self.use_plan(*plan),
            Command::PlanStep(id) => self.plan_step(id),
            Command::PlanFrom(id) => self.plan_from(id),
            Command::AddStep(task) => self.add_step(task),
            Command::DuplicateStep(id) => self.duplicate_step(id),
            Command::DeleteStep(id) => self.delete_step(id),
            Command::SplitStep(id) => self.split_step(id),
            Command::MergeStep(id) => self.merge_step(id),
            Command::MoveStep(id, to) => self.move_step(id, to),
            Command::SetEnabled(id, enabled) => self.set_enabled(id, enabled),
            Command::SetOpacity(id, opacity) => self.set_opacity(id, opacity),
            Command::Locate(id) => self.locate(id),
            Command::LocateBy(id, locator) => self.locate_by(id, locator),
            Command::PointAt { step, clicks, bounds } => self.point_at(step, clicks, bounds),
            Command::Run(id) => self.run_as_it_is(id),
            Command::RunAll => self.run_all(),
            Command::UpdateAll => self.update_all(),
            Command::NewSeed(id) => self.new_seed(id),
            Command::CancelJobs => self.cancel_jobs(),
            Command::Approve(id) => self.approve(id),
            Command::Skip(id) => self.skip(id),
            Command::Reopen(id) => self.reopen(id),
            Command::Select(id) => self.select(id),
            Command::ChooseCandidate(id, index) => self.choose_candidate(id, index),
            Command::ToggleFavourite(id, index) => self.toggle_favourite(id, index),
            Command::EditTask(id, task) => self.edit_task(id, task),
            Command::EditRecipe(id, recipe) => self.edit_recipe(id, recipe),
            Command::TryRecipe { step, recipe, view } => self.try_recipe(Wish { step, recipe, view }),
            Command::LookForModels => self.look_for_models(),
            Command::PullModel(id) => self.pull_model(&id),
            Command::StopModel(id) => self.stop_model(&id),
            Command::VerifyModel(id) => self.work_on_model(&id, ModelJob::Verify),
            Command::RemoveModel(id) => self.work_on_model(&id, ModelJob::Remove),
            Command::UnloadModels => self.submit(Job::Unload),
            Command::LocateModels => self.out.push(Effect::PickModels),
            Command::AddModelFolder(folder) => self.add_model_folder(folder),
            Command::SetCopyRule { step, other, rule } => self.set_copy_rule(step, other, rule),
            Command::ChooseProposal(id, index) => self.choose_proposal(id, index),
            Command::ChooseAllProposals(id) => self.choose_all_proposals(id),
            Command::StrokeBegin { brush, mode, at, pressure, line } => {
                self.stroke_begin(brush, mode, at, pressure, line);
            }
            Command::StrokeTo { at, pressure } => self.stroke_to(at, pressure),
            Command::StrokeEnd => self.stroke_end(),
            Command::SelectShape(shape, how) => self.select_shape(&shape, how),
            Command::WandBegin { at, tolerance, contiguous, how } => self.wand_begin(at, tolerance, contiguous, how),
            Command::WandTo(tolerance) => self.wand_to(tolerance),
            Command::WandEnd => self.wand_end(),
            Command::SmartPrepare => self.smart_prepare(),
            Command::SmartHover(at) => self.smart_hover(at),
            Command::SmartClick { at, include, reach, how } => self.smart_click(at, include, reach, how),
            Command::SmartBox(bounds, how) => self.smart_box(bounds, how),
            Command::SelectionNext => self.selection_next(),
            Command::SelectionAccept => self.selection_accept(),
            Command::SelectionDiscard => self.selection_discard(),
            Command::CombineMasks { step, with, how } => self.combine_masks(step, with, how),
            Command::SetMask(step, mask) => self.set_mask(step, mask),
            Command::FitMask(fit) => self.fit_answer(fit),
            Command::CopyMask(step) => self.copy_mask(step),
            Command::PasteMask(step) => self.paste_mask(step),
            Command::ImportMaskDialog(step) => self.out.extend(self.card(step).map(|_| Effect::PickMask(step))),
            Command::ImportMask(step, path) => self.import_mask(step, path),
            Command::ExportMaskDialog(step) => self.export_mask_dialog(step),
            Command::ExportMask(step, path) => self.export_mask(step, path),
            Command::Mask(id, op) => self.mask_op(id, op),
            Command::Undo => self.undo(),
            Command::Redo => self.redo(),
            Command::HistoryTo(done) => self.history_to(done),
            Command::CopyImage => self.copy_image(),
            Command::NothingToPaste => {
                self.fail(tr!("say-no-image-on-clipboard"));
            }
            Command::OpenPasted(image) => self.open_pasted(image),
            Command::OpenSample(index) => self.open_sample(index),
            Command::Open(path) => self.open(path),
            Command::Restore(folder) => self.restore_leftover(folder),
            // Whether something would be lost is asked when there is a file to open instead.
            Command::OpenDialog => self.out.push(Effect::PickOpen),
            Command::Save => self.ask_and_save(SaveKind::Save),
            Command::SaveDialog => self.ask_and_save(SaveKind::SaveAs),
            Command::SaveUndecided(answer) => self.save_undecided(answer),
            Command::SaveTo(path) => self.save_to(path),
            Command::SaveDialogCancelled => self.save_dialog_cancelled(),
            Command::Close => self.close(),
            Command::Answer(answer) => self.answer(answer),
            Command::SetSettings(settings) => self.set_settings(*settings),
            Command::DismissNotUnderstood => {
                self.not_understood.clear();
            }
            Command::DismissNotice => {
                self.notice = None;
            }
        }
    }

    pub const fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Within their ranges.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    pub const fn photo(&self) -> Option<&OpenPhoto> {
        self.photo.as_ref()
    }

    /// How many photos have been opened in this session.
    pub const fn photos_opened(&self) -> u64 {
        self.opened
    }

    pub fn instruction(&self) -> &str {
        &self.instruction
    }

    /// Whether the instruction's text is not what the cards were planned from.
    pub fn needs_planning(&self) -> bool {
        !self.instruction.trim().is_empty() && self.planned.as_deref() != Some(self.instruction.trim())
    }

    /// What of the planned instruction is in no step, so that the person has to say it differently.
    pub fn not_understood(&self) -> &[Passage] {
        // Without steps, as after undo, nothing was planned that could lack something.
        if self.cards.is_empty() { &[] } else { &self.not_understood }
    }

    pub fn cards(&self) -> &[Card] {
        &self.cards
    }

    pub fn card(&self, id: StepId) -> Option<&Card> {
        self.cards.iter().find(|card| card.id == id)
    }

    pub fn selected(&self) -> Option<&Card> {
        self.card(self.selected?)
    }

    pub const fn notice(&self) -> Option<&Notice> {
        self.notice.as_ref()
    }

    /// Whether the card's engine gives another result with another seed.
    pub fn is_random(&self, card: &Card) -> bool {
        card.recipe.as_ref().is_some_and(|recipe| self.registry.is_random(recipe))
    }

    /// What waits for an answer about unsaved work, if the question is open.
    pub const fn pending(&self) -> Option<&Pending> {
        self.pending.as_ref()
    }

    /// Whether the pending question has been answered with "save" and waits for that.
    pub const fn is_saving_for_pending(&self) -> bool {
        self.saving_for_pending
    }

    pub fn undo_label(&self) -> Option<&str> {
        self.history.undo_label()
    }

    /// Memory that undo and redo hold, in bytes.
    pub const fn undo_bytes(&self) -> usize {
        self.history.size()
    }

    pub fn redo_label(&self) -> Option<&str> {
        self.history.redo_label()
    }

    pub const fn is_drawing(&self) -> bool {
        self.stroke.is_some()
    }

    /// Whether closing would lose something: edits that were not saved, or corrected masks of undecided steps.
    pub fn has_unsaved_work(&self) -> bool {
        let edits = self.photo.as_ref().is_some_and(|photo| !same_stack(&self.decided_steps(), &photo.saved));
        let corrected = |card: &Card| !card.is_decided() && card.mask.as_ref().is_some_and(CardMask::is_edited);
        let has_results = |card: &Card| card.state == StepState::Ready && card.enabled;
        edits || self.cards.iter().any(|card| corrected(card) || has_results(card) || self.is_making(card))
    }

    /// What has changed on the pixels since the last call.
    pub fn take_changes(&mut self) -> Changes {
        std::mem::take(&mut self.changes)
    }

    /// What the window shows of a step's mask; absent until it was counted, and of an older state while it is drawn on.
    pub fn measures(&self, id: StepId) -> Option<&Measures> {
        self.measures.get(&id)
    }

    /// Everything that was done, oldest first, and how much of it is not undone.
    pub fn history_labels(&self) -> (Vec<&str>, usize) {
        self.history.labels()
    }

    /// The same with the step that each change is about, if it is about one.
    pub fn history_entries(&self) -> Vec<(&str, Option<StepId>)> {
        let step = |entry: &Entry<SessionChange>| entry.changes.iter().find_map(SessionChange::step);
        self.history.entries().map(|entry| (entry.label.as_str(), step(entry))).collect()
    }

    /// Has the masks counted that have changed, once nobody draws on them.
    fn measure_changed(&mut self) {
        if self.stroke.is_some() {
            return;
        }
        let steps = std::mem::take(&mut self.unmeasured);
        for step in steps {
            let place = self.place_in_stack(step);
            let (Some(photo), Some(card)) = (&self.photo, self.card(step)) else {
                self.measures.remove(&step);
                continue;
            };
            let Some(mask) = &card.mask else {
                self.measures.remove(&step);
                continue;
            };
            let recipe = card.recipe.clone().filter(|_| self.selected == Some(step));
            let offers = card.offers_regions();
            let proposals = card.proposals.iter().filter(|_| offers).map(|one| Arc::clone(&one.mask)).collect();
            let task = recipe.as_ref().filter(|recipe| recipe.places()).map(|_| Box::new(card.task.clone()));
            let (below, mask) = (photo.document.below_later(place), Arc::clone(&mask.result));
            let result = card.candidate().filter(|_| card.state == StepState::Approved || card.shows_result()).cloned();
            let only = recipe.as_ref().map(|_| self.only_sources(step)).unwrap_or_default();
            self.submit(Job::Measure {
                step,
                below,
                mask,
                proposals,
                task,
                recipe: recipe.map(Box::new),
                only,
                result,
            });
        }
    }

    fn card_mut(&mut self, id: StepId) -> Option<&mut Card> {
        self.cards.iter_mut().find(|card| card.id == id)
    }

    /// An id that no card has had in this session.
    const fn new_step(&mut self) -> StepId {
        let id = StepId(self.next_step);
        self.next_step += 1;
        id
    }

    fn set_settings(&mut self, settings: Settings) {
        let folders = std::mem::take(&mut self.settings.model_folders);
        self.settings = settings.sanitised();
        self.history.set_limit(self.settings.undo_limit());
        if self.settings.model_folders != folders {
            self.look_for_models();
        }
    }

    /// Shows a sentence about something that did not work.
    pub fn fail(&mut self, sentence: impl Into<String>) {
        self.notice = Some(Notice::Error(sentence.into()));
    }

    fn snapshot(&self) -> Snapshot {
        let mut cards = self.cards.clone();
        // A stroke that goes on becomes a gesture of its own.
        if let Some(active) = &self.stroke
            && let Some(mask) = cards.iter_mut().find(|card| card.id == active.step).and_then(|card| card.mask.as_mut())
        {
            mask.result = active.mask_before(&mask.result);
        }
        Snapshot { cards, selected: self.selected }
    }

    /// Makes a change and records it as one undoable gesture.
    fn change(&mut self, label: impl Into<String>, change: impl FnOnce(&mut Self)) {
        let before = Box::new(self.snapshot());
        change(self);
        self.sync_stack();
        let after = Box::new(self.snapshot());
        self.history.push(label, vec![SessionChange::State { before, after }]);
    }

    /// Records what has changed since a snapshot as part of the last gesture if its label is one of these, else as a gesture of
    /// its own.
    fn record_with(&mut self, label: &str, before: Snapshot, joins: impl Fn(&str) -> bool) {
        let after = Box::new(self.snapshot());
        let amended = self.history.amend(|entry| match entry.changes.as_mut_slice() {
            [SessionChange::State { after: last, .. }] if joins(entry.label.as_str()) => {
                last.clone_from(&after);
                true
            }
            _ => false,
        });
        if !amended {
            self.history.push(label, vec![SessionChange::State { before: Box::new(before), after }]);
        }
    }

    /// Records what has changed since a snapshot as part of the gesture that it follows from.
    fn record_follow_up(&mut self, before: Snapshot) {
        // What was undone can still be done again.
        if self.history.redo_label().is_none() {
            self.record_with(tr!("done-update"), before, |_| true);
        }
    }

    fn set_steps(&mut self, steps: Vec<EditStep>) {
        if let Some(photo) = &mut self.photo {
            let dirty = photo.document.set_steps(steps);
            self.changes.image = Some(self.changes.image.unwrap_or(Bounds::EMPTY).union(dirty));
            self.forget_hovered();
        }
    }

    fn history_to(&mut self, done: usize) {
        while self.history.labels().1 > done {
            self.undo();
        }
        while self.history.labels().1 < done.min(self.history.labels().0.len()) {
            self.redo();
        }
    }

    fn undo(&mut self) {
        self.selection_discard();
        if let Some(entry) = self.history.undo() {
            for change in entry.changes.iter().rev() {
                match change {
                    SessionChange::Mask { step, patch } => self.patch_mask(*step, patch, false),
                    SessionChange::State { before, .. } => self.restore(before),
                }
            }
        }
    }

    fn redo(&mut self) {
        self.selection_discard();
        if let Some(entry) = self.history.redo() {
            for change in &entry.changes {
                match change {
                    SessionChange::Mask { step, patch } => self.patch_mask(*step, patch, true),
                    SessionChange::State { after, .. } => self.restore(after),
                }
            }
        }
    }

    /// Goes to a snapshot.
    fn restore(&mut self, snapshot: &Snapshot) {
        self.cancel_jobs();
        let mut cards = snapshot.cards.clone();
        for card in &mut cards {
            card.next = card::Next::Wait;
            card.settle();
        }
        self.cards = cards;
        self.selected = snapshot.selected;
        self.sync_stack();
        self.all_masks_changed();
    }
}

/// Whether two stacks give the same image, by the identity of their candidates.
fn same_stack(a: &[EditStep], b: &[EditStep]) -> bool {
    let shown = |stack: &[EditStep]| stack.iter().filter(|step| step.enabled).cloned().collect::<Vec<_>>();
    let (a, b) = (shown(a), shown(b));
    a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| same_step(a, b))
}
