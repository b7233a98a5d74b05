//! Masks from and to files, the clipboard and other steps.

use super::Session;
use super::command::Effect;
use super::files::display_name;
use crate::files::MaskFile;
use crate::text::tr;
use crate::worker::Job;
use std::path::PathBuf;
use std::sync::Arc;
use tie_core::{Bounds, Combine, Extent, Fit, Mask, Raster, StepId};

/// A mask of another size than the photograph's, which waits for what to do about it.
#[derive(Clone, Debug)]
pub struct MaskQuestion {
    pub step: StepId,
    pub mask: Arc<Mask>,
    /// The photograph's.
    pub wanted: Extent,
}

impl Session {
    /// The question about a mask of another size, if it is open.
    pub const fn mask_question(&self) -> Option<&MaskQuestion> {
        self.mask_question.as_ref()
    }

    pub const fn has_copied_mask(&self) -> bool {
        self.copied_mask.is_some()
    }

    pub(super) fn set_mask(&mut self, step: StepId, mask: Arc<Mask>) {
        let Some(wanted) = self.extent() else {
            return;
        };
        if mask.extent() != wanted {
            self.mask_question = Some(MaskQuestion { step, mask, wanted });
            return;
        }
        self.replace_mask(step, tr!("done-set-mask"), &mask);
    }

    pub(super) fn fit_answer(&mut self, fit: Option<Fit>) {
        if let (Some(MaskQuestion { step, mask, wanted }), Some(fit)) = (self.mask_question.take(), fit) {
            self.replace_mask(step, tr!("done-set-mask"), &mask.fitted(wanted, fit));
        }
    }

    pub(super) fn combine_masks(&mut self, step: StepId, with: StepId, how: Combine) {
        let Some(other) = self.card(with).and_then(|card| card.mask.as_ref()).map(|mask| Arc::clone(&mask.result))
        else {
            return;
        };
        let label = match how {
            Combine::Add => tr!("done-add-mask"),
            Combine::Subtract => tr!("done-subtract-mask"),
            Combine::Intersect => tr!("done-intersect-mask"),
        };
        let bounds = other.bounds();
        self.combine_mask(step, label, &other.crop(bounds), bounds, how);
    }

    pub(super) fn copy_mask(&mut self, step: StepId) {
        let Some(mask) = self.card(step).and_then(|card| card.mask.as_ref()).map(|mask| Arc::clone(&mask.result))
        else {
            return;
        };
        let pixels = Raster::from_fn(mask.extent(), |x, y| {
            let grey = mask.at(x, y);
            [grey, grey, grey, 255]
        });
        self.copied_mask = Some(mask);
        self.succeed(tr!("say-copied-mask"));
        self.out.push(Effect::CopyImage(Arc::new(pixels)));
    }

    pub(super) fn paste_mask(&mut self, step: StepId) {
        let Some(mask) = self.copied_mask.clone() else {
            self.fail(tr!("say-no-copied-mask"));
            return;
        };
        self.set_mask(step, mask);
    }

    pub(super) fn import_mask(&mut self, step: StepId, path: PathBuf) {
        if self.photo.is_none() || self.card(step).is_none() {
            return;
        }
        self.submit(Job::OpenMask { step, path });
    }

    pub(super) fn take_mask_file(&mut self, step: StepId, file: MaskFile) {
        let mut mask = file.mask;
        if file.looks_inverted {
            // Masks select less than they leave out; the person is told and can turn it back.
            mask.invert();
            self.succeed(tr!("say-inverted"));
        }
        self.set_mask(step, Arc::new(mask));
    }

    pub(super) fn export_mask_dialog(&mut self, step: StepId) {
        let (Some(photo), Some(card)) = (&self.photo, self.card(step)) else {
            return;
        };
        let stem =
            photo.source.file_stem().map_or_else(|| "mask".to_owned(), |stem| stem.to_string_lossy().into_owned());
        let subject: String =
            card.task.target.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).take(40).collect();
        let name = if subject.is_empty() { format!("{stem}_mask.png") } else { format!("{stem}_{subject}_mask.png") };
        self.out.push(Effect::PickMaskSave { step, suggested: photo.source.with_file_name(name) });
    }

    pub(super) fn export_mask(&mut self, step: StepId, path: PathBuf) {
        let Some(mask) = self.card(step).and_then(|card| card.mask.as_ref()).map(|mask| Arc::clone(&mask.result))
        else {
            return;
        };
        if self.photo.as_ref().is_some_and(|photo| photo.source == path) {
            let name = display_name(&path);
            self.fail(tr!("say-mask-over-photo", name = name));
            return;
        }
        self.submit(Job::SaveMask { path, mask });
    }

    fn replace_mask(&mut self, step: StepId, label: &str, new: &Mask) {
        self.cancel_jobs_of(step);
        self.edit_mask(step, label, Bounds::from(new.extent()), |mask| mask.clone_from(new));
    }
}
