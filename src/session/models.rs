//! The models of the store: which are here, which are on their way, and what their steps do once they are.

use super::Session;
use super::card::StepState;
use crate::text::tr;
use crate::worker::{Job, ModelJob, Slot};
use std::path::{Path, PathBuf};
use tie_engine::Progress;
use tie_store::{Checked, Model, StoreError, models};

/// Whether a model can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
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

    /// Looks for all models anew, and offers steps that waited for one.
    pub(super) fn look_for_models(&mut self) {
        let Some(store) = self.registry.store().cloned() else {
            return;
        };
        store.choose(&self.settings.model_folders);
        self.models = models()
            .iter()
            .map(|model| {
                let old = self.models.iter().find(|old| old.model.id == model.id);
                let found = store.find_model(model);
                ModelView {
                    model,
                    presence: match &found {
                        Ok(_) => Presence::Here,
                        Err(StoreError::Incomplete { .. }) => Presence::Incomplete,
                        Err(_) => Presence::Absent,
                    },
                    folders: found.map(|folders| folders.all()).unwrap_or_default(),
                    cached: store.cached_bytes(model),
                    checked: old.map(|old| old.checked.clone()).unwrap_or_default(),
                    trouble: old.and_then(|old| old.trouble.clone()),
                }
            })
            .collect();
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

    pub(super) fn add_model_folder(&mut self, folder: &Path) {
        if !self.settings.model_folders.iter().any(|known| known == folder) {
            self.settings.model_folders.insert(0, folder.to_owned());
        }
        self.look_for_models();
        let found: Vec<&str> = self
            .models
            .iter()
            .filter(|view| view.folders.iter().any(|path| path.starts_with(folder)))
            .map(|view| view.model.name.as_str())
            .collect();
        if found.is_empty() {
            self.settings.model_folders.retain(|kept| kept != folder);
            self.look_for_models();
            self.fail(tr!("models-none-there", folder = folder.display().to_string()));
        } else {
            self.succeed(tr!("models-found-there", names = found.join(", ")));
        }
    }
}
