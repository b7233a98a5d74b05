//! Images and masks as textures that follow their originals by dirty rectangles.

use crate::domain::{Bounds, Extent, Mask, Raster};

/// A texture of one image or mask, shrunk if the device's limit is below its size.
pub struct LayerTexture {
    texture: wgpu::Texture,
    /// Of the original.
    extent: Extent,
    /// Of the texture; smaller than `extent` where the device's limit is.
    stored: Extent,
}

impl LayerTexture {
    /// An empty texture for an original of this extent; RGBA for images, one channel for masks.
    pub fn new(device: &wgpu::Device, label: &str, extent: Extent, format: wgpu::TextureFormat, mips: bool) -> Self {
        let stored = extent.fit_longest(device.limits().max_texture_dimension_2d);
        let texture = device.create_texture(&wgpu::TextureDescriptor {
            label: Some(label),
            size: wgpu::Extent3d { width: stored.width.max(1), height: stored.height.max(1), depth_or_array_layers: 1 },
            mip_level_count: if mips { stored.longest().max(1).ilog2() + 1 } else { 1 },
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format,
            usage: wgpu::TextureUsages::TEXTURE_BINDING
                | wgpu::TextureUsages::COPY_DST
                | if mips { wgpu::TextureUsages::RENDER_ATTACHMENT } else { wgpu::TextureUsages::empty() },
            view_formats: &[],
        });
        Self { texture, extent, stored }
    }

    pub const fn extent(&self) -> Extent {
        self.extent
    }

    /// Whether the original is larger than the device's textures, so that the screen shows a shrunk copy.
    pub fn is_shrunk(&self) -> bool {
        self.extent != self.stored
    }

    pub(super) const fn texture(&self) -> &wgpu::Texture {
        &self.texture
    }

    pub(super) fn view(&self) -> wgpu::TextureView {
        self.texture.create_view(&wgpu::TextureViewDescriptor::default())
    }

    /// Copies `dirty` of the image; all of it if the texture is shrunk.
    pub fn upload_image(&self, queue: &wgpu::Queue, image: &Raster, dirty: Bounds) {
        if self.is_shrunk() {
            self.write(queue, image.resize(self.stored).bytes(), Bounds::from(self.stored), 4);
            return;
        }
        let dirty = dirty.clamp(self.extent);
        self.write(queue, image.crop(dirty).bytes(), dirty, 4);
    }

    /// Copies `dirty` of the mask; all of it if the texture is shrunk.
    pub fn upload_mask(&self, queue: &wgpu::Queue, mask: &Mask, dirty: Bounds) {
        if self.is_shrunk() {
            let (from, to) = (self.extent, self.stored);
            let nearest = |at: u32, from: u32, to: u32| (u64::from(at) * u64::from(from) / u64::from(to)) as u32;
            let small =
                Mask::from_fn(to, |x, y| mask.at(nearest(x, from.width, to.width), nearest(y, from.height, to.height)));
            self.write(queue, small.coverage(), Bounds::from(to), 1);
            return;
        }
        let dirty = dirty.clamp(self.extent);
        self.write(queue, mask.crop(dirty).coverage(), dirty, 1);
    }

    fn write(&self, queue: &wgpu::Queue, bytes: &[u8], at: Bounds, bytes_per_pixel: u32) {
        if at.is_empty() {
            return;
        }
        queue.write_texture(
            wgpu::TexelCopyTextureInfo {
                texture: &self.texture,
                mip_level: 0,
                origin: wgpu::Origin3d { x: at.x.unsigned_abs(), y: at.y.unsigned_abs(), z: 0 },
                aspect: wgpu::TextureAspect::All,
            },
            bytes,
            wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(at.width * bytes_per_pixel),
                rows_per_image: Some(at.height),
            },
            wgpu::Extent3d { width: at.width, height: at.height, depth_or_array_layers: 1 },
        );
    }
}
