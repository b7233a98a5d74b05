//! Before anything is asked: looking at a photograph ahead, and what a click of the smart select would take.

use super::Session;
use crate::worker::{Hovered, Job, Slot};
use std::sync::Arc;
use tie_core::mask::SELECTED;
use tie_core::{Bounds, MaskProposal, Point};
use tie_engine::Locator;

impl Session {
    /// What a click of the smart select would take where the pointer is; `None` if that is not known.
    pub const fn hovered(&self) -> Option<&Hovered> {
        self.hovered.as_ref()
    }

    /// Lets the locator look at the photograph in the background, so that planning and clicking find the answers ready.
    pub(super) fn look_ahead(&mut self) {
        let locator = self.registry.locator_that_looks_ahead().map(Locator::name);
        let (Some(locator), Some(photo)) = (locator, &self.photo) else {
            return;
        };
        let image = Arc::clone(photo.document.current());
        self.submit(Job::Look { locator: locator.to_owned(), image });
    }

    /// The pointer of the smart select is at a point of the photograph, or at none.
    pub(super) fn smart_hover(&mut self, at: Option<Point>) {
        let extent = self.extent();
        let at = at.filter(|at| {
            self.selection.is_none()
                && extent.is_some_and(|extent| Bounds::from(extent).contains(at.x.floor() as i32, at.y.floor() as i32))
        });
        let locator = self.registry.locator_that_looks_ahead().map(|locator| locator.name().to_owned());
        let ground = self.selected_ground();
        let (Some(at), Some(locator), Some(image)) = (at, locator, ground) else {
            return self.forget_hovered();
        };
        if self.hovered().is_some_and(|hovered| covers(&hovered.proposal, at)) {
            return;
        }
        self.hovered = None;
        self.submit(Job::Hover { locator, image, at });
    }

    /// Forgets what was found in another image.
    pub(super) fn forget_hovered(&mut self) {
        self.hovered = None;
        self.cancel_where(|slot| slot == Slot::Hover);
    }

    pub(super) fn take_hovered(&mut self, found: Option<Hovered>) {
        self.hovered = found;
    }
}

fn covers(proposal: &MaskProposal, at: Point) -> bool {
    proposal.mask.at(at.x as u32, at.y as u32) >= SELECTED
}
