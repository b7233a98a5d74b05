//! One texture with its mips, and the way pixels get into it.

use super::blocks::Pixels;
use super::mip::{self, MipGenerator, MipLevel};
use super::pipeline::{sampler_entry, texture_entry};
use tie_core::{Bounds, Extent};

/// The texel format of a texture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// RGBA, premultiplied, gamma-encoded sRGB.
    Colour,
    /// Coverage of a mask.
    Coverage,
}

impl Format {
    const fn wgpu(self) -> wgpu::TextureFormat {
        match self {
            Self::Colour => wgpu::TextureFormat::Rgba8Unorm,
            Self::Coverage => wgpu::TextureFormat::R8Unorm,
        }
    }

    pub(super) const fn bytes(self) -> u32 {
        match self {
            Self::Colour => 4,
            Self::Coverage => 1,
        }
    }
}

/// A rectangle of one level of an image, as a texture.
pub(super) struct Plane {
    texture: wgpu::Texture,
    mips: Vec<MipLevel>,
    format: Format,
    level: u32,
    /// In pixels of the level.
    stored: Bounds,
    pub(super) bind_group: wgpu::BindGroup,
}

impl Plane {
    pub(super) const fn level(&self) -> u32 {
        self.level
    }

    /// Left and top edge in image pixels, and texels per image pixel.
    pub(super) fn place(&self) -> [f32; 3] {
        let width = (1_u64 << self.level) as f32;
        [self.stored.x as f32 * width, self.stored.y as f32 * width, 1.0 / width]
    }
}

/// Makes planes and fills them; what it records happens with [`Uploader::flush`].
pub(super) struct Uploader {
    device: wgpu::Device,
    queue: wgpu::Queue,
    /// One texture and its sampler.
    layout: wgpu::BindGroupLayout,
    sampler: wgpu::Sampler,
    colour_mips: MipGenerator,
    coverage_mips: MipGenerator,
    encoder: Option<wgpu::CommandEncoder>,
    uploaded_bytes: u64,
}

/// Rows that are read and uploaded at once, so that memory never holds a second copy of the image.
const STRIP: u32 = 256;

impl Uploader {
    pub(super) fn new(device: &wgpu::Device, queue: &wgpu::Queue) -> Self {
        let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("canvas texture"),
            entries: &[texture_entry(0), sampler_entry(1)],
        });
        let sampler = device.create_sampler(&wgpu::SamplerDescriptor {
            label: Some("canvas"),
            mag_filter: wgpu::FilterMode::Linear,
            min_filter: wgpu::FilterMode::Linear,
            mipmap_filter: wgpu::MipmapFilterMode::Linear,
            ..Default::default()
        });
        Self {
            layout,
            sampler,
            colour_mips: MipGenerator::new(device, Format::Colour.wgpu()),
            coverage_mips: MipGenerator::new(device, Format::Coverage.wgpu()),
            encoder: None,
            uploaded_bytes: 0,
            device: device.clone(),
            queue: queue.clone(),
        }
    }

    pub(super) const fn device(&self) -> &wgpu::Device {
        &self.device
    }

    pub(super) const fn queue(&self) -> &wgpu::Queue {
        &self.queue
    }

    /// The layout of a plane's bind group.
    pub(super) const fn layout(&self) -> &wgpu::BindGroupLayout {
        &self.layout
    }

    /// All bytes that were copied to the graphics card so far.
    pub(super) const fn uploaded_bytes(&self) -> u64 {
        self.uploaded_bytes
    }

    /// A plane whose texels are not filled yet.
    pub(super) fn plane(&self, format: Format, level: u32, stored: Bounds, mip_level_count: u32) -> Plane {
        let texture = self.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("canvas"),
            size: wgpu::Extent3d { width: stored.width, height: stored.height, depth_or_array_layers: 1 },
            mip_level_count,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: format.wgpu(),
            usage: wgpu::TextureUsages::TEXTURE_BINDING
                | wgpu::TextureUsages::COPY_DST
                | wgpu::TextureUsages::RENDER_ATTACHMENT,
            view_formats: &[],
        });
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let bind_group = self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("canvas texture"),
            layout: &self.layout,
            entries: &[
                wgpu::BindGroupEntry { binding: 0, resource: wgpu::BindingResource::TextureView(&view) },
                wgpu::BindGroupEntry { binding: 1, resource: wgpu::BindingResource::Sampler(&self.sampler) },
            ],
        });
        let mips = self.mip_generator(format).levels(&self.device, &texture);
        Plane { texture, mips, format, level, stored, bind_group }
    }

    /// A plane of one value everywhere: every lookup in it finds that value.
    pub(super) fn uniform(&mut self, value: u8) -> Plane {
        let plane = self.plane(Format::Coverage, 0, Bounds::from(Extent::new(1, 1)), 1);
        self.write(&plane, &[value], plane.stored);
        plane
    }

    /// Copies the part of `area` (pixels of the plane's level) that the plane stores.
    pub(super) fn upload(&mut self, plane: &Plane, pixels: Pixels<'_>, area: Bounds) {
        let area = area.intersect(plane.stored);
        for y in (area.y..area.bottom()).step_by(STRIP as usize) {
            let rows = (area.bottom() - y).unsigned_abs().min(STRIP);
            let strip = Bounds::new(area.x, y, area.width, rows);
            self.write(plane, &pixels.block(plane.level, strip), strip);
        }
        self.renew_mips(plane, area);
    }

    /// Fills a whole plane with bytes that were read for it.
    pub(super) fn upload_all(&mut self, plane: &Plane, bytes: &[u8]) {
        self.write(plane, bytes, plane.stored);
        self.renew_mips(plane, plane.stored);
    }

    /// Fills a plane with one value without uploading anything.
    pub(super) fn fill(&mut self, plane: &Plane, value: u8) {
        mip::fill(self.encoder(), &plane.texture, f64::from(value) / 255.0);
        // Later writes must come after it.
        self.flush();
    }

    /// Submits what was recorded.
    pub(super) fn flush(&mut self) {
        if let Some(encoder) = self.encoder.take() {
            self.queue.submit([encoder.finish()]);
        }
    }

    fn renew_mips(&mut self, plane: &Plane, area: Bounds) {
        if area.is_empty() || plane.mips.is_empty() {
            return;
        }
        let mut encoder = self.encoder.take().unwrap_or_else(|| self.new_encoder());
        self.mip_generator(plane.format).renew(&mut encoder, &plane.mips, area.relative_to(plane.stored));
        self.encoder = Some(encoder);
    }

    fn encoder(&mut self) -> &mut wgpu::CommandEncoder {
        let device = &self.device;
        self.encoder.get_or_insert_with(|| device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default()))
    }

    fn new_encoder(&self) -> wgpu::CommandEncoder {
        self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("canvas mips") })
    }

    const fn mip_generator(&self, format: Format) -> &MipGenerator {
        match format {
            Format::Colour => &self.colour_mips,
            Format::Coverage => &self.coverage_mips,
        }
    }

    /// `at` is inside what the plane stores.
    fn write(&mut self, plane: &Plane, bytes: &[u8], at: Bounds) {
        if at.is_empty() {
            return;
        }
        self.uploaded_bytes += bytes.len() as u64;
        let origin = at.relative_to(plane.stored);
        self.queue.write_texture(
            wgpu::TexelCopyTextureInfo {
                texture: &plane.texture,
                mip_level: 0,
                origin: wgpu::Origin3d { x: origin.x.unsigned_abs(), y: origin.y.unsigned_abs(), z: 0 },
                aspect: wgpu::TextureAspect::All,
            },
            bytes,
            wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(at.width * plane.format.bytes()),
                rows_per_image: Some(at.height),
            },
            wgpu::Extent3d { width: at.width, height: at.height, depth_or_array_layers: 1 },
        );
    }
}
