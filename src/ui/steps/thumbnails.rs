//! Small pictures of masks and candidates, made once and kept on the graphics card.

use eframe::egui::{ColorImage, Context, TextureHandle, TextureOptions};
use std::collections::HashMap;
use std::sync::Arc;
use tie_core::{Candidate, Raster, candidate_thumbnail};

/// Longest side of a candidate's thumbnail, in pixels: sharp on a screen with two pixels to a point.
const CANDIDATE: u32 = 192;

/// Thumbnails by the identity of what they show, which never changes in place.
#[derive(Default)]
pub struct Thumbnails {
    masks: HashMap<usize, (Arc<Raster>, TextureHandle)>,
    candidates: HashMap<usize, (Arc<Candidate>, TextureHandle)>,
}

impl Thumbnails {
    /// A mask's thumbnail that was counted with its measures.
    pub fn of_mask(&mut self, ctx: &Context, pixels: &Arc<Raster>) -> TextureHandle {
        let key = Arc::as_ptr(pixels).addr();
        let make = || (Arc::clone(pixels), load(ctx, "mask thumbnail", pixels));
        self.masks.entry(key).or_insert_with(make).1.clone()
    }

    /// A candidate over the image that it would be part of.
    pub fn of_candidate(&mut self, ctx: &Context, image: &Raster, candidate: &Arc<Candidate>) -> TextureHandle {
        let key = Arc::as_ptr(candidate).addr();
        let make = || {
            let pixels = candidate_thumbnail(image, candidate, CANDIDATE);
            (Arc::clone(candidate), load(ctx, "candidate thumbnail", &pixels))
        };
        self.candidates.entry(key).or_insert_with(make).1.clone()
    }

    /// Drops what nothing else holds any more: the mask was measured again, the candidate is forgotten.
    pub fn forget_unused(&mut self) {
        self.masks.retain(|_, (pixels, _)| Arc::strong_count(pixels) > 1);
        self.candidates.retain(|_, (candidate, _)| Arc::strong_count(candidate) > 1);
    }
}

fn load(ctx: &Context, name: &str, pixels: &Raster) -> TextureHandle {
    let size = [pixels.extent().width as usize, pixels.extent().height as usize];
    ctx.load_texture(name, ColorImage::from_rgba_unmultiplied(size, pixels.bytes()), TextureOptions::LINEAR)
}
