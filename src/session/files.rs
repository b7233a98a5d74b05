//! Opening and saving, and the question about unsaved work.

use super::card::Card;
use super::command::{Answer, Effect, UndecidedAnswer};
use super::{OpenPhoto, Pending, SaveKind, Session};
use crate::files::{self, Metadata, Photo, SAMPLES};
use crate::text::tr;
use crate::worker::Job;
use std::path::{Path, PathBuf};
use std::sync::Arc;
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
        self.take_without_file("Pasted image.png", photo);
    }

    /// Shows a photo with a name for the title and for the file that it may be saved as; there is no such file.
    fn take_without_file(&mut self, name: &str, photo: Photo) {
        self.take_photo(PathBuf::from(name), photo);
        if let Some(photo) = &mut self.photo {
            photo.pasted = true;
        }
    }

    pub(super) fn open_sample(&mut self, index: usize) {
        if self.has_unsaved_work() {
            self.pending = Some(Pending::OpenSample(index));
        } else {
            self.take_sample(index);
        }
    }

    fn take_sample(&mut self, index: usize) {
        let Some(sample) = SAMPLES.get(index) else { return };
        match sample.open() {
            Ok(photo) => {
                self.take_without_file(sample.name, photo);
                sample.instruction.clone_into(&mut self.instruction);
            }
            Err(error) => self.fail(error.to_string()),
        }
    }

    pub(super) fn copy_image(&mut self) {
        let Some(image) = self.photo.as_ref().map(|photo| Arc::clone(photo.document.current())) else {
            return;
        };
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
                self.stop_saving();
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
            Some(Pending::OpenSample(index)) => self.take_sample(index),
            Some(Pending::Restore(folder)) => self.submit(Job::Restore { folder }),
            Some(Pending::Close) => self.out.push(Effect::Close),
            None => {}
        }
    }

    /// The steps whose results show but are not approved, and those that are being made.
    pub fn undecided_results(&self) -> impl Iterator<Item = &Card> {
        let is_open =
            |card: &&Card| !card.is_decided() && card.enabled && (card.shows_result() || self.is_making(card));
        self.cards().iter().filter(is_open)
    }

    /// Whether a save waits for what to do with results that are not approved.
    pub const fn asks_about_undecided(&self) -> bool {
        self.save_question.is_some()
    }

    pub(super) fn ask_and_save(&mut self, kind: SaveKind) {
        self.leaves_out = false;
        if self.photo.is_some() && self.undecided_results().next().is_some() {
            self.save_question = Some(kind);
        } else {
            self.save_as(kind);
        }
    }

    pub(super) fn save_undecided(&mut self, answer: UndecidedAnswer) {
        let Some(kind) = self.save_question.take() else { return };
        match answer {
            UndecidedAnswer::Approve => self.save_waits = Some(kind),
            UndecidedAnswer::Without => {
                self.leaves_out = true;
                self.save_as(kind);
            }
            UndecidedAnswer::Cancel => self.saving_for_pending = false,
        }
    }

    /// Whether a save waits for results that are being made.
    pub const fn waits_to_save(&self) -> bool {
        self.save_waits.is_some()
    }

    /// Approves what a save waits for, made again where it is out of date, and saves when nothing is left.
    pub(super) fn go_on_saving(&mut self) {
        let Some(kind) = self.save_waits else { return };
        if self.cards.iter().any(|card| self.is_making(card)) {
            return;
        }
        let ids: Vec<StepId> = self.undecided_results().map(|card| card.id).collect();
        for id in ids {
            let Some(card) = self.card(id) else { continue };
            if !card.outdated {
                self.approve_shown(id);
            } else if card.is_complete() {
                self.run(id);
                return self.run_next();
            } else {
                return self.stop_saving();
            }
        }
        self.save_waits = None;
        self.save_as(kind);
    }

    /// Gives up a save that waits for something.
    pub(super) fn stop_saving(&mut self) {
        self.save_waits = None;
        self.saving_for_pending = false;
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
        self.stop_saving();
    }

    pub(super) fn save_to(&mut self, path: PathBuf) {
        self.sync_stack();
        let decided = if std::mem::take(&mut self.leaves_out) { self.decided_image() } else { None };
        let Some(photo) = &self.photo else {
            return;
        };
        let image = decided.unwrap_or_else(|| Arc::clone(photo.document.current()));
        let metadata = Arc::clone(&photo.metadata);
        self.saving = Some(self.decided_steps());
        self.submit(Job::Save { path, image, metadata });
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
    pub(super) fn remember(&mut self, path: &Path) {
        self.settings.add_recent(std::path::absolute(path).unwrap_or_else(|_| path.to_owned()));
    }

    /// Shows another photograph; everything about the last one is gone.
    pub(super) fn take_photo(&mut self, path: PathBuf, photo: Photo) {
        self.cancel_jobs();
        let base = Arc::new(photo.raster);
        // What was said of another photo; what was typed before the first one is kept.
        if self.photo.is_some() {
            self.instruction.clear();
        }
        self.opened += 1;
        (self.queue, self.grounds) = Default::default();
        (self.save_question, self.save_waits, self.leaves_out) = Default::default();
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
