//! The models of the store: which are here, which are on their way, and what their steps do once they are.

use super::Session;
use super::card::StepState;
use crate::text::tr;
use crate::worker::{FoundModel, Job, ModelJob, Slot};
use std::path::{Path, PathBuf};
use tie_engine::Progress;
use tie_store::{Checked, Model, StoreError, models};

/// Whether a model can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It hasn't been looked for yet.
    Unknown,
    Here,
    /// Some of it is.
    Incomplete,
    Absent,
}

/// What the window shows of a model.
#[derive(Clone, Debug)]
pub struct ModelView {
    pub model: &'static Model,
    pub presence: Presence,
    /// Where its repositories lie, if it is here.
    pub folders: Vec<PathBuf>,
    /// Bytes in the cache that this program may delete.
    pub cached: u64,
    /// What was found of its files when they were compared last.
    pub checked: Vec<Checked>,
    /// What did not work last; one sentence.
    pub trouble: Option<String>,
}

impl ModelView {
    fn new(model: &'static Model) -> Self {
        let (folders, checked) = (Vec::new(), Vec::new());
        Self { model, presence: Presence::Unknown, folders, cached: 0, checked, trouble: None }
    }

    /// All models of the catalogue, before any was looked for.
    pub(super) fn all() -> Vec<Self> {
        models().iter().map(Self::new).collect()
    }
}

impl Session {
    /// All models of the catalogue, as they were when they were last looked for.
    pub fn models(&self) -> &[ModelView] {
        &self.models
    }

    /// How far the work on a model's files is: absent if there is none, `Some(None)` until it has said something.
    pub fn model_progress(&self, id: &str) -> Option<Option<Progress>> {
        let running = self.running.values().find(|job| matches!(job.slot(), Slot::Model(model) if model == id))?;
        Some(running.progress())
    }

    /// Has all models looked for, which the disk may take a while for.
    pub(super) fn look_for_models(&mut self) {
        if self.registry.store().is_some() {
            self.submit(Job::LookForModels { folders: self.settings.model_folders.clone() });
        }
    }

    /// Takes in what is installed, and offers steps that waited for a model.
    pub(super) fn take_models(&mut self, models: Vec<FoundModel>) {
        for FoundModel { model, found, cached } in models {
            let Some(view) = self.models.iter_mut().find(|view| view.model.id == model.id) else { continue };
            view.presence = match &found {
                Ok(_) => Presence::Here,
                Err(StoreError::Incomplete { .. }) => Presence::Incomplete,
                Err(_) => Presence::Absent,
            };
            view.folders = found.map(|folders| folders.all()).unwrap_or_default();
            view.cached = cached;
        }
        if let Some(folder) = self.added_folder.take() {
            self.judge_folder(&folder);
        }
        let registry = self.registry.clone();
        let candidates = self.settings.candidates;
        for card in self.cards.iter_mut().filter(|card| matches!(card.state, StepState::NeedsModel(_))) {
            card.choose_engine(&registry, candidates);
            if card.state == StepState::Draft {
                card.resettle();
            }
        }
        // What waited has not been looked for yet.
        self.locate_ready();
    }

    pub(super) fn work_on_model(&mut self, id: &str, what: ModelJob) {
        let Some(view) = self.models.iter_mut().find(|view| view.model.id == id) else {
            return;
        };
        view.trouble = None;
        view.checked.clear();
        let id = view.model.id.as_str();
        self.submit(Job::Model { id, what });
    }

    pub(super) fn pull_model(&mut self, id: &str) {
        let what = ModelJob::Pull { offline: self.settings.offline, proxy: self.settings.proxy.clone() };
        self.work_on_model(id, what);
    }

    pub(super) fn stop_model(&mut self, id: &str) {
        self.cancel_where(|slot| matches!(slot, Slot::Model(model) if model == id));
        self.look_for_models();
    }

    pub(super) fn take_model(&mut self, id: &str, checked: Vec<Checked>) {
        let bad = checked.iter().filter(|file| !file.verdict.is_good()).count();
        if let Some(view) = self.models.iter_mut().find(|view| view.model.id == id) {
            if bad > 0 {
                view.trouble = Some(tr!("models-damaged", count = bad));
            }
            view.checked = checked;
        }
        self.look_for_models();
    }

    pub(super) fn set_model_trouble(&mut self, id: &str, trouble: Option<String>) {
        if let Some(view) = self.models.iter_mut().find(|view| view.model.id == id) {
            view.trouble = trouble;
        }
    }

    pub(super) fn model_failed(&mut self, id: &str, sentence: String) {
        self.set_model_trouble(id, Some(sentence.clone()));
        self.fail(sentence);
        self.look_for_models();
    }

    pub(super) fn add_model_folder(&mut self, folder: PathBuf) {
        if !self.settings.model_folders.contains(&folder) {
            self.settings.model_folders.insert(0, folder.clone());
        }
        self.added_folder = Some(folder);
        self.look_for_models();
    }

    /// Says what was found in a folder that was added, and drops it if that is nothing.
    fn judge_folder(&mut self, folder: &Path) {
        let is_there = |view: &&ModelView| view.folders.iter().any(|path| path.starts_with(folder));
        let found: Vec<&str> = self.models.iter().filter(is_there).map(|view| view.model.name.as_str()).collect();
        if found.is_empty() {
            self.settings.model_folders.retain(|kept| kept != folder);
            self.look_for_models();
            self.fail(tr!("models-none-there", folder = folder.display().to_string()));
        } else {
            self.succeed(tr!("models-found-there", names = found.join(", ")));
        }
    }
}
