//! The canvas: photograph, candidate, masks and brush cursor as textured rectangles.

use super::MaskId;
use super::blocks::{PatchPixels, Pixels};
use super::draw::Scene;
use super::layers::{CanvasPixels, LayerId, Layers};
use super::pipeline::Pipelines;
use super::plane::{Plane, Uploader};
use super::quads::{self, Quad, UniformBuffer};
use super::tile_grid::{TileKey, Tiling};
use super::tiled::TiledTexture;
use std::time::{Duration, Instant};
use tie_core::{Bounds, Mask, Raster};

/// Pipelines and textures of the canvas.
///
/// It owns no pixels: images and masks of any size are updated by dirty rectangles, and [`CanvasRenderer::stream`]
/// loads what a scene shows closely. It can be rebuilt at any time and refilled with `set_photo`, `set_mask` and
/// `set_patch`.
pub struct CanvasRenderer {
    uploader: Uploader,
    pipelines: Pipelines,
    uniforms: UniformBuffer,
    layers: Layers,
    /// Masks of coverage 0 and 255, in place of tiles that are all one of it.
    empty: Plane,
    full: Plane,
    quads: Vec<Quad>,
    frame: u64,
}

impl CanvasRenderer {
    /// Compiles the pipelines for a target of this format.
    pub fn new(device: &wgpu::Device, queue: &wgpu::Queue, target: wgpu::TextureFormat) -> Self {
        Self::with_tiling(device, queue, target, Tiling::default())
    }

    /// Like [`CanvasRenderer::new`], with other tile sizes; no texture is larger than the device allows.
    pub fn with_tiling(
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        target: wgpu::TextureFormat,
        tiling: Tiling,
    ) -> Self {
        let mut uploader = Uploader::new(device, queue);
        let uniforms = UniformBuffer::new(device);
        Self {
            pipelines: Pipelines::new(device, target, uniforms.layout(), uploader.layout()),
            uniforms,
            layers: Layers::new(tiling.within(device.limits().max_texture_dimension_2d)),
            empty: uploader.uniform(0),
            full: uploader.uniform(255),
            uploader,
            quads: Vec::new(),
            frame: 0,
        }
    }

    /// Shows another photograph; masks and patch of the last one go.
    ///
    /// Original and edited share their textures if they are the same object.
    pub fn set_photo(&mut self, original: &Raster, edited: &Raster) {
        self.layers = Layers::new(self.layers.tiling());
        self.set_layer(LayerId::Edited, Pixels::Image(edited));
        if !std::ptr::eq(original, edited) {
            self.layers.add_edits(edited.bounds());
        }
    }

    /// Takes over what has changed of the edited photograph.
    pub fn update_photo(&mut self, edited: &Raster, dirty: Bounds) {
        self.layers.add_edits(dirty.clamp(edited.extent()));
        self.update_layer(LayerId::Edited, Pixels::Image(edited), dirty);
    }

    /// Shows new pixels whose alpha is how much of them shows; `None` shows none.
    pub fn set_patch(&mut self, patch: Option<PatchPixels<'_>>) {
        self.layers.remove(LayerId::Patch);
        if let Some(patch) = patch {
            self.set_layer(LayerId::Patch, Pixels::Patch(patch));
        }
    }

    /// Takes over what has changed of a mask; `None` is all of it.
    pub fn set_mask(&mut self, id: MaskId, mask: &Mask, dirty: Option<Bounds>) {
        let (layer, pixels) = (LayerId::Mask(id), Pixels::Mask(mask));
        let is_known = self.layers.get(layer).is_some_and(|texture| texture.grid().extent() == mask.extent());
        match dirty.filter(|_| is_known) {
            Some(dirty) => self.update_layer(layer, pixels, dirty),
            None => self.set_layer(layer, pixels),
        }
    }

    /// Drops the masks that `keep` says no to.
    pub fn retain_masks(&mut self, keep: impl Fn(MaskId) -> bool) {
        self.layers.retain(|layer| match layer {
            LayerId::Mask(id) => keep(id),
            LayerId::Edited | LayerId::Original | LayerId::Patch => true,
        });
    }

    /// Loads what the scene shows and is not loaded yet, as much as one frame can bear; returns whether more is needed.
    ///
    /// Until it is loaded, [`CanvasRenderer::prepare`] takes the overview for it.
    pub fn stream(&mut self, pixels: &CanvasPixels<'_>, scene: &Scene) -> bool {
        self.frame += 1;
        if self.layers.lacks_original(scene) {
            self.set_layer(LayerId::Original, Pixels::Image(pixels.original));
        }
        let mut missing = self.layers.needed(scene);
        // What is visible is marked before anything is dropped.
        missing.retain(|(layer, key)| !self.layers.see(*layer, *key, self.frame));
        // Uploads since the last frame may have gone beyond the caps.
        for masks in [false, true] {
            self.layers.make_room(masks, 0, self.frame);
        }
        let mut wants_more = false;
        let (mut spent, mut longest) = (Duration::ZERO, Duration::ZERO);
        for (layer, key) in missing {
            let Some(source) = self.loadable(pixels, layer, key) else {
                continue;
            };
            if !longest.is_zero() && spent + longest > self.layers.tiling().frame_time {
                wants_more = true;
                break;
            }
            let start = Instant::now();
            if let Some(texture) = self.layers.make_room_for_tile(layer, self.frame) {
                texture.load(&mut self.uploader, source, key, self.frame);
                longest = longest.max(start.elapsed());
                spent += start.elapsed();
            }
        }
        self.uploader.flush();
        wants_more
    }

    /// The source for a tile's pixels; `None` if the app has not said yet what is there now.
    fn loadable<'a>(&self, pixels: &CanvasPixels<'a>, layer: LayerId, key: TileKey) -> Option<Pixels<'a>> {
        let (source, texture) = (pixels.of(layer)?, self.layers.get(layer)?);
        let fits = source.extent() == texture.grid().extent() && key.level < texture.grid().top();
        fits.then_some(source)
    }

    /// Writes the numbers of all rectangles; `screen` is the window's size in physical pixels.
    pub fn prepare(&mut self, screen: [u32; 2], scene: &Scene) {
        self.uploader.flush();
        self.quads = quads::of_scene(&self.layers, &self.empty, &self.full, scene);
        self.uniforms.write(&self.uploader, screen, &self.quads);
    }

    /// Draws what was prepared.
    pub fn paint(&self, pass: &mut wgpu::RenderPass<'_>, screen: [u32; 2]) {
        // The rectangles are placed in the window: the canvas may extend beyond it, a viewport may not.
        pass.set_viewport(0.0, 0.0, screen[0] as f32, screen[1] as f32, 0.0, 1.0);
        for (index, quad) in self.quads.iter().enumerate() {
            pass.set_pipeline(self.pipelines.get(quad.shader));
            self.uniforms.bind(pass, index);
            for (group, texture) in (1..).zip(&quad.textures) {
                pass.set_bind_group(group, texture, &[]);
            }
            pass.draw(0..4, 0..1);
        }
    }

    /// Bytes of pixels that were copied to the graphics card since the renderer was made.
    pub const fn uploaded_bytes(&self) -> u64 {
        self.uploader.uploaded_bytes()
    }

    /// Graphics memory of the tiles of photograph and patch, and of those of masks, in bytes.
    pub fn resident_bytes(&self) -> [u64; 2] {
        [false, true].map(|masks| self.layers.resident_bytes(masks))
    }

    fn set_layer(&mut self, layer: LayerId, pixels: Pixels<'_>) {
        if pixels.extent().is_empty() {
            self.layers.remove(layer);
            return;
        }
        let texture = TiledTexture::new(&mut self.uploader, pixels, self.layers.tiling());
        self.layers.insert(layer, texture);
        self.uploader.flush();
    }

    fn update_layer(&mut self, layer: LayerId, pixels: Pixels<'_>, dirty: Bounds) {
        let known = self.layers.get_mut(layer).filter(|texture| texture.grid().extent() == pixels.extent());
        if let Some(texture) = known {
            // Submitted when the frame is drawn, so that the many dabs of one frame are one submission.
            texture.update(&mut self.uploader, pixels, dirty, self.frame);
        }
    }
}
