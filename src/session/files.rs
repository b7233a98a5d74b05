//! Opening and saving, and the question about unsaved work.

use super::card::{Card, StepState};
use super::command::{Answer, Effect, UndecidedAnswer};
use super::{OpenPhoto, Pending, SaveKind, Session};
use crate::files::{self, Metadata, Photo};
use crate::text::tr;
use crate::worker::Job;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tie_core::compose::blend_patch;
use tie_core::{Document, History, Raster, StepId};

impl Session {
    pub(super) fn open(&mut self, path: PathBuf) {
        if self.has_unsaved_work() {
            self.pending = Some(Pending::Open(path));
            return;
        }
        self.submit(Job::Open { path });
    }

    pub(super) fn open_pasted(&mut self, image: Arc<Raster>) {
        if image.extent().is_empty() {
            self.fail(tr!("say-empty-clipboard"));
            return;
        }
        if self.has_unsaved_work() {
            self.pending = Some(Pending::OpenPasted(image));
            return;
        }
        self.take_pasted(&image);
    }

    fn take_pasted(&mut self, image: &Arc<Raster>) {
        let photo = Photo { raster: (**image).clone(), metadata: Metadata::default(), notes: Vec::new() };
        // A name for the title and for the file that it may be saved as; there is no such file.
        self.take_photo(PathBuf::from("Pasted image.png"), photo);
        if let Some(photo) = &mut self.photo {
            photo.pasted = true;
        }
    }

    pub(super) fn copy_image(&mut self) {
        let Some(mut image) = self.photo.as_ref().map(|photo| Arc::clone(photo.document.current())) else {
            return;
        };
        // What the canvas shows.
        if let Some(shown) = self.shown_candidate() {
            blend_patch(Arc::make_mut(&mut image), &shown.patch, &shown.blend, shown.bounds);
        }
        self.succeed(tr!("say-copied-photo"));
        self.out.push(Effect::CopyImage(image));
    }

    pub(super) fn close(&mut self) {
        if self.has_unsaved_work() {
            self.pending = Some(Pending::Close);
            return;
        }
        self.out.push(Effect::Close);
    }

    pub(super) fn answer(&mut self, answer: Answer) {
        match answer {
            Answer::Cancel => {
                self.pending = None;
                self.saving_for_pending = false;
            }
            Answer::Discard => self.go_on(),
            Answer::Save if self.pending.is_some() => {
                self.saving_for_pending = true;
                self.ask_and_save(SaveKind::Save);
            }
            Answer::Save => {}
        }
    }

    /// Does what waited for the answer.
    fn go_on(&mut self) {
        self.saving_for_pending = false;
        match self.pending.take() {
            Some(Pending::Open(path)) => self.submit(Job::Open { path }),
            Some(Pending::OpenPasted(image)) => self.take_pasted(&image),
            Some(Pending::Restore(folder)) => self.submit(Job::Restore { folder }),
            Some(Pending::Close) => self.out.push(Effect::Close),
            None => {}
        }
    }

    /// The steps whose results are not approved, so that a file would be without what the canvas shows of them.
    pub fn undecided_results(&self) -> impl Iterator<Item = &Card> {
        let is_shown = |card: &&Card| card.state == StepState::Ready && card.enabled && !card.outdated;
        self.cards().iter().filter(is_shown)
    }

    /// Whether a save waits for what to do with results that are not approved.
    pub const fn asks_about_undecided(&self) -> bool {
        self.save_question.is_some()
    }

    pub(super) fn ask_and_save(&mut self, kind: SaveKind) {
        if self.photo.is_some() && self.undecided_results().next().is_some() {
            self.save_question = Some(kind);
        } else {
            self.save_as(kind);
        }
    }

    pub(super) fn save_undecided(&mut self, answer: UndecidedAnswer) {
        let Some(kind) = self.save_question.take() else { return };
        match answer {
            UndecidedAnswer::Approve => {
                let ids: Vec<StepId> = self.undecided_results().map(|card| card.id).collect();
                for id in ids {
                    // One below may have made it out of date.
                    if self.card(id).is_some_and(|card| !card.outdated) {
                        self.approve_shown(id);
                    }
                }
                self.save_as(kind);
            }
            UndecidedAnswer::Without => self.save_as(kind),
            UndecidedAnswer::Cancel => self.saving_for_pending = false,
        }
    }

    fn save_as(&mut self, kind: SaveKind) {
        match kind {
            SaveKind::Save => self.save(),
            SaveKind::SaveAs => self.save_dialog(),
        }
    }

    fn save(&mut self) {
        match self.photo.as_ref().and_then(|photo| photo.saved_to.clone()) {
            Some(path) => self.save_to(path),
            None => self.save_dialog(),
        }
    }

    pub(super) fn save_dialog(&mut self) {
        let Some(photo) = &self.photo else {
            return;
        };
        let suggested = photo.saved_to.clone().unwrap_or_else(|| files::edited_name(&photo.source));
        self.out.push(Effect::PickSave { suggested });
    }

    pub(super) fn save_dialog_cancelled(&mut self) {
        // The window stays open, and so does the question that the save was the answer to.
        self.saving_for_pending = false;
    }

    pub(super) fn save_to(&mut self, path: PathBuf) {
        let Some(photo) = &self.photo else {
            return;
        };
        self.saving = Some(photo.document.steps().to_vec());
        let job =
            Job::Save { path, image: Arc::clone(photo.document.current()), metadata: Arc::clone(&photo.metadata) };
        self.submit(job);
    }

    pub(super) fn save_failed(&mut self) {
        self.saving_for_pending = false;
    }

    pub(super) fn take_saved(&mut self, path: PathBuf) {
        self.succeed(tr!("say-saved", name = display_name(&path)));
        self.remember(&path);
        // Absent if another photograph was opened since.
        if let (Some(photo), Some(steps)) = (&mut self.photo, self.saving.take()) {
            photo.saved = steps;
            photo.saved_to = Some(path);
        }
        if self.saving_for_pending {
            self.go_on();
        }
    }

    /// Puts a photograph on the list of recent ones, so that it is found from any folder.
    fn remember(&mut self, path: &Path) {
        self.settings.add_recent(std::path::absolute(path).unwrap_or_else(|_| path.to_owned()));
    }

    /// Shows another photograph; everything about the last one is gone.
    pub(super) fn take_photo(&mut self, path: PathBuf, photo: Photo) {
        self.cancel_jobs();
        self.remember(&path);
        let base = Arc::new(photo.raster);
        // What was said of another photo; what was typed before the first one is kept.
        if self.photo.is_some() {
            self.instruction.clear();
        }
        self.opened += 1;
        (self.to_update, self.stale_runs, self.save_question) = Default::default();
        self.photo = Some(OpenPhoto {
            document: Document::new(base),
            source: path,
            saved_to: None,
            metadata: Arc::new(photo.metadata),
            notes: photo.notes,
            saved: Vec::new(),
            pasted: false,
        });
        self.saving = None;
        self.cards.clear();
        self.selected = None;
        self.planned = None;
        self.not_understood.clear();
        self.stroke = None;
        self.last_stroke = None;
        self.selection = None;
        self.hovered = None;
        self.measures.clear();
        self.mask_question = None;
        self.preview = None;
        self.notice = None;
        self.history = History::new(self.settings.undo_limit());
        self.changes = super::Changes { everything: true, ..Default::default() };
        self.look_ahead();
    }
}

/// The file's name without its folder, for messages.
pub(super) fn display_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}
