//! Keeps the graphics card's textures equal to the session's pixels.

use crate::domain::{Candidate, Raster, StepId};
use crate::gpu::CanvasRenderer;
use crate::session::{MaskChange, Session, StepState};
use crate::ui::state::{MaskInfo, UiState};
use eframe::egui_wgpu::RenderState;
use std::collections::HashSet;
use std::sync::Arc;

/// What the graphics card was last told to show over the photograph.
#[derive(Clone, PartialEq)]
enum Patch {
    None,
    Preview(Arc<Raster>),
    Candidate(Arc<Candidate>),
}

/// Remembers what has been uploaded.
pub(super) struct Mirror {
    patch: Patch,
    /// Masks whose numbers are counted when the stroke ends.
    uncounted: HashSet<StepId>,
}

impl Mirror {
    /// Puts the canvas's renderer among egui's resources.
    pub(super) fn new(graphics: &RenderState) -> Self {
        let renderer = CanvasRenderer::new(&graphics.device, graphics.target_format);
        graphics.renderer.write().callback_resources.insert(renderer);
        Self { patch: Patch::None, uncounted: HashSet::new() }
    }

    /// Uploads what has changed since the last call, and nothing else.
    pub(super) fn update(&mut self, graphics: &RenderState, session: &mut Session, state: &mut UiState) {
        let changes = session.take_changes();
        let (device, queue) = (&graphics.device, &graphics.queue);
        let mut resources = graphics.renderer.write();
        let Some(renderer) = resources.callback_resources.get_mut::<CanvasRenderer>() else {
            return;
        };
        if let Some(photo) = session.photo() {
            if changes.everything {
                renderer.set_photo(device, queue, photo.document.base(), photo.document.current());
                state.shows_shrunk_copy = renderer.shows_shrunk_copy();
                state.view.fit();
                state.mask_infos.clear();
                self.patch = Patch::None;
            } else if let Some(dirty) = changes.image.filter(|dirty| !dirty.is_empty()) {
                renderer.update_photo(device, queue, photo.document.current(), dirty);
            }
        }
        for MaskChange { step, bounds } in changes.masks {
            if let Some(mask) = session.card(step).and_then(|card| card.mask.as_ref()) {
                renderer.set_mask(device, queue, step.0, &mask.result, bounds);
                self.uncounted.insert(step);
            } else {
                state.mask_infos.remove(&step);
            }
        }
        renderer.retain_masks(|id| session.card(StepId(id)).is_some());
        let wanted = wanted_patch(session);
        if !same_patch(&wanted, &self.patch) {
            match &wanted {
                Patch::None => renderer.set_patch(device, queue, None),
                Patch::Preview(pixels) => renderer.set_patch(device, queue, Some(pixels)),
                Patch::Candidate(candidate) => renderer.set_patch(device, queue, Some(&with_alpha(candidate))),
            }
            self.patch = wanted;
        }
        drop(resources);
        if !session.is_drawing() {
            self.count(session, state);
        }
    }

    fn count(&mut self, session: &Session, state: &mut UiState) {
        for step in self.uncounted.drain() {
            if let Some(mask) = session.card(step).and_then(|card| card.mask.as_ref()) {
                let anchor = mask.result.label_point().unwrap_or_default();
                state.mask_infos.insert(step, MaskInfo { anchor, area: mask.result.area_fraction() });
            }
        }
    }
}

fn wanted_patch(session: &Session) -> Patch {
    let running = |step| session.card(step).is_some_and(|card| matches!(card.state, StepState::Running(_)));
    if let Some(preview) = session.preview().filter(|preview| running(preview.step)) {
        return Patch::Preview(Arc::clone(&preview.patch));
    }
    session.shown_candidate().map_or(Patch::None, |candidate| Patch::Candidate(Arc::clone(candidate)))
}

/// Compares by identity: pixels are never changed in place.
fn same_patch(a: &Patch, b: &Patch) -> bool {
    match (a, b) {
        (Patch::None, Patch::None) => true,
        (Patch::Preview(a), Patch::Preview(b)) => Arc::ptr_eq(a, b),
        (Patch::Candidate(a), Patch::Candidate(b)) => Arc::ptr_eq(a, b),
        _ => false,
    }
}

/// The candidate's pixels with the blend mask as alpha: the card mixes as the document would.
fn with_alpha(candidate: &Candidate) -> Raster {
    let mut pixels = candidate.patch.clone();
    for (pixel, coverage) in pixels.pixels_mut().iter_mut().zip(candidate.blend.coverage()) {
        pixel[3] = *coverage;
    }
    pixels
}
