//! Keeps the graphics card's textures equal to the session's pixels.

use crate::gpu::{CanvasPixels, CanvasRenderer, MaskId, PatchPixels, Scene};
use crate::session::{MaskChange, Session};
use crate::ui::state::UiState;
use eframe::egui_wgpu::RenderState;
use std::collections::HashMap;
use std::sync::Arc;
use tie_core::{Bounds, Candidate, Mask, Raster};

/// What the graphics card was last told to draw over the photo with its steps.
#[derive(Clone, PartialEq)]
enum Patch {
    None,
    Preview(Arc<Raster>),
    Candidate(Arc<Candidate>),
}

/// Remembers what has been uploaded.
pub(super) struct Mirror {
    patch: Patch,
    /// Masks beside those of the steps, which never change in place, by the id they are drawn with.
    others: HashMap<MaskId, Arc<Mask>>,
}

impl Mirror {
    /// Puts the canvas's renderer among egui's resources.
    pub(super) fn new(graphics: &RenderState) -> Self {
        let renderer = CanvasRenderer::new(&graphics.device, &graphics.queue, graphics.target_format);
        graphics.renderer.write().callback_resources.insert(renderer);
        Self { patch: Patch::None, others: HashMap::new() }
    }

    /// Uploads what has changed since the last call.
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
                self.patch = Patch::None;
                self.others.clear();
            } else if let Some(dirty) = changes.image.filter(|dirty| !dirty.is_empty()) {
                renderer.update_photo(photo.document.current(), dirty);
            }
        }
        for MaskChange { step, bounds } in changes.masks {
            if let Some(mask) = session.card(step).and_then(|card| card.mask.as_ref()) {
                renderer.set_mask(MaskId::Step(step), &mask.result, bounds);
            }
        }
        self.update_others(renderer, session, state, changes.selection);
        let wanted = wanted_patch(session, state);
        if !same_patch(&wanted, &self.patch) {
            renderer.set_patch(wanted.pixels());
            self.patch = wanted;
        }
    }

    /// Uploads the other steps' masks that have changed, and drops those that are no longer shown.
    fn update_others(
        &mut self,
        renderer: &mut CanvasRenderer,
        session: &Session,
        state: &UiState,
        selected: Option<Bounds>,
    ) {
        let wanted = other_masks(session, state);
        let of_step =
            |id| matches!(id, MaskId::Step(step) if session.card(step).is_some_and(|card| card.mask.is_some()));
        renderer.retain_masks(|id| of_step(id) || wanted.contains_key(&id));
        for (id, mask) in &wanted {
            if self.others.get(id).is_none_or(|known| !Arc::ptr_eq(known, mask)) {
                let known = self.others.get(id).is_some_and(|known| known.extent() == mask.extent());
                let dirty = selected.filter(|_| known && *id == MaskId::Tool);
                renderer.set_mask(*id, mask, dirty);
            }
        }
        self.others = wanted;
    }

    /// Loads what the scene shows and is not on the graphics card yet; returns whether another frame is needed for it.
    pub(super) fn stream(&self, graphics: &RenderState, session: &Session, scene: &Scene) -> bool {
        let mut resources = graphics.renderer.write();
        let (Some(renderer), Some(photo)) = (resources.callback_resources.get_mut::<CanvasRenderer>(), session.photo())
        else {
            return false;
        };
        let masks = |id| {
            let own = || {
                let MaskId::Step(step) = id else { return None };
                session.card(step)?.mask.as_ref().map(|mask| &*mask.result)
            };
            self.others.get(&id).map(|mask| &**mask).or_else(own)
        };
        let pixels = CanvasPixels {
            original: photo.document.base(),
            edited: photo.document.current(),
            patch: self.patch.pixels(),
            masks: &masks,
        };
        renderer.stream(&pixels, scene)
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

/// Masks that the canvas shows beside those of the steps.
fn other_masks(session: &Session, state: &UiState) -> HashMap<MaskId, Arc<Mask>> {
    let mut masks = HashMap::new();
    if let Some(mask) = session.selection().and_then(|selection| selection.mask()) {
        masks.insert(MaskId::Tool, Arc::clone(mask));
    }
    let Some(card) = session.selected() else {
        return masks;
    };
    if let Some(blend) = session.measures(card.id).and_then(|measures| measures.blend.as_ref()) {
        masks.insert(MaskId::Blend(card.id), Arc::clone(blend));
    }
    if let Some(mask) = card.mask.as_ref().filter(|_| state.shows_changes) {
        masks.insert(MaskId::Found(card.id), Arc::clone(&mask.proposal));
    }
    if card.offers_regions() {
        let choices = card.proposals.iter().enumerate();
        masks.extend(choices.map(|(number, proposal)| (MaskId::Choice(number), Arc::clone(&proposal.mask))));
    }
    masks
}

fn wanted_patch(session: &Session, state: &UiState) -> Patch {
    if let Some(hovered) = &state.hovered_candidate {
        return Patch::Candidate(Arc::clone(hovered));
    }
    if let Some(preview) = session.shown_preview() {
        return Patch::Preview(Arc::clone(&preview.patch));
    }
    Patch::None
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
