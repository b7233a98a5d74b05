//! Keeps the graphics card's textures equal to the session's pixels.

use crate::domain::{Candidate, Raster, StepId};
use crate::gpu::{CanvasPixels, CanvasRenderer, PatchPixels, Scene, step_of_mask};
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
        let renderer = CanvasRenderer::new(&graphics.device, &graphics.queue, graphics.target_format);
        graphics.renderer.write().callback_resources.insert(renderer);
        Self { patch: Patch::None, uncounted: HashSet::new() }
    }

    /// Uploads what has changed since the last call, and nothing else.
    pub(super) fn update(&mut self, graphics: &RenderState, session: &mut Session, state: &mut UiState) {
        let changes = session.take_changes();
        let mut resources = graphics.renderer.write();
        let Some(renderer) = resources.callback_resources.get_mut::<CanvasRenderer>() else {
            return;
        };
        if let Some(photo) = session.photo() {
            if changes.everything {
                renderer.set_photo(photo.document.base(), photo.document.current());
                state.view.fit();
                state.mask_infos.clear();
                self.patch = Patch::None;
            } else if let Some(dirty) = changes.image.filter(|dirty| !dirty.is_empty()) {
                renderer.update_photo(photo.document.current(), dirty);
            }
        }
        for MaskChange { step, bounds } in changes.masks {
            if let Some(mask) = session.card(step).and_then(|card| card.mask.as_ref()) {
                renderer.set_mask(step.0, &mask.result, bounds);
                self.uncounted.insert(step);
            } else {
                state.mask_infos.remove(&step);
            }
        }
        renderer.retain_masks(|id| session.card(StepId(step_of_mask(id))).is_some());
        let wanted = wanted_patch(session);
        if !same_patch(&wanted, &self.patch) {
            renderer.set_patch(wanted.pixels());
            self.patch = wanted;
        }
        drop(resources);
        if !session.is_drawing() {
            self.count(session, state);
        }
    }

    /// Loads what the scene shows and is not on the graphics card yet; returns whether another frame is needed for it.
    pub(super) fn stream(&self, graphics: &RenderState, session: &Session, scene: &Scene) -> bool {
        let mut resources = graphics.renderer.write();
        let (Some(renderer), Some(photo)) = (resources.callback_resources.get_mut::<CanvasRenderer>(), session.photo())
        else {
            return false;
        };
        let masks = |id| session.card(StepId(id)).and_then(|card| card.mask.as_ref()).map(|mask| &*mask.result);
        let pixels = CanvasPixels {
            original: photo.document.base(),
            edited: photo.document.current(),
            patch: self.patch.pixels(),
            masks: &masks,
        };
        renderer.stream(&pixels, scene)
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

impl Patch {
    /// A candidate is mixed by its blend mask, as the document would.
    fn pixels(&self) -> Option<PatchPixels<'_>> {
        match self {
            Self::None => None,
            Self::Preview(colours) => Some(PatchPixels { colours, alpha: None }),
            Self::Candidate(candidate) => {
                Some(PatchPixels { colours: &candidate.patch, alpha: Some(&candidate.blend) })
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
