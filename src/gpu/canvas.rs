//! The canvas: photograph, candidate, masks and brush cursor as textured rectangles.

use super::mip::MipGenerator;
use super::pipeline::{render_pipeline, sampler_entry, texture_entry};
use super::texture::LayerTexture;
use crate::domain::{Bounds, Extent, Mask, Raster};
use std::collections::HashMap;

/// A rectangle in physical pixels of the window; may reach beyond it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct QuadRect {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

/// How masks are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OverlayMode {
    #[default]
    Tint,
    Outline,
    BlackAndWhite,
    Off,
}

/// Colour and style of one mask.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MaskLook {
    pub mode: OverlayMode,
    /// sRGB-encoded, 0 to 1; the alpha is the strength of the tint.
    pub colour: [f32; 4],
    /// Of the outline, in physical pixels.
    pub line_width: f32,
}

/// One thing to draw, from the back to the front.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Draw {
    /// Left of `split` (0 to 1 of the width) the original, right of it the edited photograph.
    Image {
        rect: QuadRect,
        split: f32,
    },
    /// The candidate or preview.
    Patch {
        rect: QuadRect,
    },
    Mask {
        id: u64,
        rect: QuadRect,
        look: MaskLook,
    },
    /// Radius in physical pixels, hardness 0 to 1.
    Cursor {
        centre: [f32; 2],
        radius: f32,
        hardness: f32,
        erases: bool,
    },
}

/// Pipelines and textures of the canvas.
pub struct CanvasRenderer {
    pipelines: Pipelines,
    mips: MipGenerator,
    sampler: wgpu::Sampler,
    texture_layout: wgpu::BindGroupLayout,
    uniform_layout: wgpu::BindGroupLayout,
    uniforms: wgpu::Buffer,
    uniform_bind_group: wgpu::BindGroup,
    edited: Option<LayerTexture>,
    original: Option<LayerTexture>,
    /// Binds edited and original.
    image_bind_group: Option<wgpu::BindGroup>,
    patch: Option<Layer>,
    masks: HashMap<u64, Layer>,
}

struct Layer {
    texture: LayerTexture,
    bind_group: wgpu::BindGroup,
}

struct Pipelines {
    image: wgpu::RenderPipeline,
    patch: wgpu::RenderPipeline,
    mask: wgpu::RenderPipeline,
    cursor: wgpu::RenderPipeline,
}

/// Distance of one rectangle's numbers from the next in the buffer; every adapter accepts it.
const UNIFORM_STRIDE: u64 = 256;
/// Rectangles the buffer has room for at first.
const FIRST_CAPACITY: u64 = 32;
const IMAGE_FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;
const MASK_FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::R8Unorm;

impl CanvasRenderer {
    /// Compiles the pipelines for a target of this format.
    pub fn new(device: &wgpu::Device, target: wgpu::TextureFormat) -> Self {
        let uniform_layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("canvas quad"),
            entries: &[wgpu::BindGroupLayoutEntry {
                binding: 0,
                visibility: wgpu::ShaderStages::VERTEX_FRAGMENT,
                ty: wgpu::BindingType::Buffer {
                    ty: wgpu::BufferBindingType::Uniform,
                    has_dynamic_offset: true,
                    min_binding_size: None,
                },
                count: None,
            }],
        });
        let texture_layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("canvas textures"),
            entries: &[texture_entry(0), texture_entry(1), sampler_entry(2)],
        });
        let sampler = device.create_sampler(&wgpu::SamplerDescriptor {
            label: Some("canvas"),
            mag_filter: wgpu::FilterMode::Nearest,
            min_filter: wgpu::FilterMode::Linear,
            mipmap_filter: wgpu::MipmapFilterMode::Linear,
            ..Default::default()
        });
        let [image, patch, mask, cursor, mip] = super::shader_sources();
        let over = wgpu::ColorTargetState {
            format: target,
            blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
            write_mask: wgpu::ColorWrites::ALL,
        };
        let layouts = [&uniform_layout, &texture_layout];
        let pipeline = |(name, source): &(&str, String)| {
            render_pipeline(device, name, source, &layouts, over.clone(), wgpu::PrimitiveTopology::TriangleStrip)
        };
        let pipelines = Pipelines {
            image: pipeline(&image),
            patch: pipeline(&patch),
            mask: pipeline(&mask),
            cursor: pipeline(&cursor),
        };
        let (uniforms, uniform_bind_group) = create_uniforms(device, &uniform_layout, FIRST_CAPACITY);
        Self {
            pipelines,
            mips: MipGenerator::new(device, &mip.1, IMAGE_FORMAT),
            sampler,
            texture_layout,
            uniform_layout,
            uniforms,
            uniform_bind_group,
            edited: None,
            original: None,
            image_bind_group: None,
            patch: None,
            masks: HashMap::new(),
        }
    }

    /// Shows another photograph; masks and patch of the last one go.
    pub fn set_photo(&mut self, device: &wgpu::Device, queue: &wgpu::Queue, original: &Raster, edited: &Raster) {
        let upload = |label, image: &Raster| {
            let texture = LayerTexture::new(device, label, image.extent(), IMAGE_FORMAT, true);
            texture.upload_image(queue, image, image.bounds());
            self.mips.generate(device, queue, texture.texture());
            texture
        };
        let (original, edited) = (upload("original", original), upload("edited", edited));
        self.image_bind_group = Some(self.bind(device, &edited, &original));
        self.original = Some(original);
        self.edited = Some(edited);
        self.patch = None;
        self.masks.clear();
    }

    /// Takes over what has changed of the edited photograph.
    pub fn update_photo(&self, device: &wgpu::Device, queue: &wgpu::Queue, edited: &Raster, dirty: Bounds) {
        if let Some(texture) = self.edited.as_ref().filter(|texture| texture.extent() == edited.extent()) {
            texture.upload_image(queue, edited, dirty);
            self.mips.generate(device, queue, texture.texture());
        }
    }

    /// Whether the photograph is larger than the device's textures, so that the screen shows a shrunk copy.
    pub fn shows_shrunk_copy(&self) -> bool {
        self.edited.as_ref().is_some_and(LayerTexture::is_shrunk)
    }

    /// Shows new pixels whose alpha is how much of them shows; `None` shows none.
    pub fn set_patch(&mut self, device: &wgpu::Device, queue: &wgpu::Queue, patch: Option<&Raster>) {
        self.patch = patch.filter(|patch| !patch.extent().is_empty()).map(|patch| {
            let texture = LayerTexture::new(device, "patch", patch.extent(), IMAGE_FORMAT, true);
            texture.upload_image(queue, patch, patch.bounds());
            self.mips.generate(device, queue, texture.texture());
            self.layer(device, texture)
        });
    }

    /// Takes over what has changed of a mask; `None` is all of it.
    pub fn set_mask(
        &mut self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        id: u64,
        mask: &Mask,
        dirty: Option<Bounds>,
    ) {
        let known = self.masks.get(&id).filter(|layer| layer.texture.extent() == mask.extent());
        if let (Some(layer), Some(dirty)) = (known, dirty) {
            layer.texture.upload_mask(queue, mask, dirty);
            return;
        }
        let texture = LayerTexture::new(device, "mask", mask.extent(), MASK_FORMAT, false);
        texture.upload_mask(queue, mask, Bounds::from(mask.extent()));
        let layer = self.layer(device, texture);
        self.masks.insert(id, layer);
    }

    /// Drops the masks that `keep` says no to.
    pub fn retain_masks(&mut self, keep: impl Fn(u64) -> bool) {
        self.masks.retain(|id, _| keep(*id));
    }

    /// Writes the numbers of all rectangles; `screen` is the window's size in physical pixels.
    pub fn prepare(&mut self, device: &wgpu::Device, queue: &wgpu::Queue, screen: [u32; 2], draws: &[Draw]) {
        let needed = draws.len() as u64 * UNIFORM_STRIDE;
        if needed > self.uniforms.size() {
            let capacity = (draws.len() as u64).next_power_of_two();
            (self.uniforms, self.uniform_bind_group) = create_uniforms(device, &self.uniform_layout, capacity);
        }
        let image = self.edited.as_ref().map_or(Extent::new(1, 1), LayerTexture::extent);
        let mut bytes = Vec::with_capacity(needed as usize);
        for draw in draws {
            let numbers = draw.numbers(screen, image);
            bytes.extend(numbers.iter().flat_map(|number| number.to_ne_bytes()));
            bytes.resize(bytes.len().next_multiple_of(UNIFORM_STRIDE as usize), 0);
        }
        queue.write_buffer(&self.uniforms, 0, &bytes);
    }

    /// Draws what was prepared, in the same order.
    pub fn paint(&self, pass: &mut wgpu::RenderPass<'_>, screen: [u32; 2], draws: &[Draw]) {
        // The rectangles are placed in the window: the canvas may lie partly outside of it, a viewport may not.
        pass.set_viewport(0.0, 0.0, screen[0] as f32, screen[1] as f32, 0.0, 1.0);
        for (index, draw) in draws.iter().enumerate() {
            let (pipeline, textures) = match draw {
                Draw::Image { .. } => (&self.pipelines.image, self.image_bind_group.as_ref()),
                Draw::Patch { .. } => (&self.pipelines.patch, self.patch.as_ref().map(|layer| &layer.bind_group)),
                Draw::Mask { id, .. } => (&self.pipelines.mask, self.masks.get(id).map(|layer| &layer.bind_group)),
                Draw::Cursor { .. } => (&self.pipelines.cursor, self.image_bind_group.as_ref()),
            };
            if let Some(textures) = textures {
                pass.set_pipeline(pipeline);
                pass.set_bind_group(0, &self.uniform_bind_group, &[(index as u64 * UNIFORM_STRIDE) as u32]);
                pass.set_bind_group(1, textures, &[]);
                pass.draw(0..4, 0..1);
            }
        }
    }

    fn layer(&self, device: &wgpu::Device, texture: LayerTexture) -> Layer {
        Layer { bind_group: self.bind(device, &texture, &texture), texture }
    }

    fn bind(&self, device: &wgpu::Device, first: &LayerTexture, second: &LayerTexture) -> wgpu::BindGroup {
        device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("canvas textures"),
            layout: &self.texture_layout,
            entries: &[
                wgpu::BindGroupEntry { binding: 0, resource: wgpu::BindingResource::TextureView(&first.view()) },
                wgpu::BindGroupEntry { binding: 1, resource: wgpu::BindingResource::TextureView(&second.view()) },
                wgpu::BindGroupEntry { binding: 2, resource: wgpu::BindingResource::Sampler(&self.sampler) },
            ],
        })
    }
}

impl Draw {
    /// The shader's `Quad`.
    fn numbers(self, screen: [u32; 2], image: Extent) -> [f32; 16] {
        let (rect, colour, params) = match self {
            Self::Image { rect, split } => (rect, [0.0; 4], [split, 0.0, 0.0, 0.0]),
            Self::Patch { rect } => (rect, [0.0; 4], [0.0; 4]),
            Self::Mask { rect, look, .. } => {
                let mode = match look.mode {
                    OverlayMode::Tint => 0.0,
                    OverlayMode::Outline | OverlayMode::Off => 1.0,
                    OverlayMode::BlackAndWhite => 2.0,
                };
                (rect, look.colour, [mode, look.line_width, 0.0, 0.0])
            }
            Self::Cursor { centre: [x, y], radius, hardness, erases } => {
                let reach = radius + 4.0;
                let rect = QuadRect { left: x - reach, top: y - reach, right: x + reach, bottom: y + reach };
                (rect, [0.0; 4], [radius, hardness, f32::from(u8::from(erases)), 0.0])
            }
        };
        let mut numbers = [0.0; 16];
        numbers[..4].copy_from_slice(&[rect.left, rect.top, rect.right, rect.bottom]);
        let sizes = [screen[0], screen[1], image.width, image.height].map(|size| size as f32);
        numbers[4..8].copy_from_slice(&sizes);
        numbers[8..12].copy_from_slice(&colour);
        numbers[12..].copy_from_slice(&params);
        numbers
    }
}

fn create_uniforms(
    device: &wgpu::Device,
    layout: &wgpu::BindGroupLayout,
    capacity: u64,
) -> (wgpu::Buffer, wgpu::BindGroup) {
    let buffer = device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("canvas quads"),
        size: capacity * UNIFORM_STRIDE,
        usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    });
    let one_quad = wgpu::BufferBinding { buffer: &buffer, offset: 0, size: std::num::NonZeroU64::new(64) };
    let bind_group = device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some("canvas quads"),
        layout,
        entries: &[wgpu::BindGroupEntry { binding: 0, resource: wgpu::BindingResource::Buffer(one_quad) }],
    });
    (buffer, bind_group)
}
