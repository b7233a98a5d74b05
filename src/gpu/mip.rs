//! Smaller copies of a texture, so that a photo looks right when zoomed out; updated only where it has changed.

use super::pipeline::{MIP_SOURCE, render_pipeline, texture_entry};
use tie_core::Bounds;

/// Fills mip levels by drawing each from the one below.
pub(super) struct MipGenerator {
    pipeline: wgpu::RenderPipeline,
    layout: wgpu::BindGroupLayout,
}

/// One mip level above the first: where to draw it and what from.
pub(super) struct MipLevel {
    target: wgpu::TextureView,
    source: wgpu::BindGroup,
}

impl MipGenerator {
    pub(super) fn new(device: &wgpu::Device, format: wgpu::TextureFormat) -> Self {
        let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("mip"),
            entries: &[texture_entry(0)],
        });
        let topology = wgpu::PrimitiveTopology::TriangleList;
        let pipeline = render_pipeline(device, "mip", MIP_SOURCE, &[&layout], format.into(), topology);
        Self { pipeline, layout }
    }

    /// All levels of a texture above the first.
    pub(super) fn levels(&self, device: &wgpu::Device, texture: &wgpu::Texture) -> Vec<MipLevel> {
        let view = |base_mip_level| {
            texture.create_view(&wgpu::TextureViewDescriptor {
                base_mip_level,
                mip_level_count: Some(1),
                ..Default::default()
            })
        };
        let level = |level| {
            let source = device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some("mip"),
                layout: &self.layout,
                entries: &[wgpu::BindGroupEntry {
                    binding: 0,
                    resource: wgpu::BindingResource::TextureView(&view(level - 1)),
                }],
            });
            MipLevel { target: view(level), source }
        };
        (1..texture.mip_level_count()).map(level).collect()
    }

    /// Updates the levels above `dirty`, which is in texels of the first level and inside the texture.
    pub(super) fn renew(&self, encoder: &mut wgpu::CommandEncoder, levels: &[MipLevel], dirty: Bounds) {
        for (level, MipLevel { target, source }) in (1..).zip(levels) {
            let scaled = |at: u32| at.div_ceil(1 << level);
            let (x, y) = (dirty.x.unsigned_abs() >> level, dirty.y.unsigned_abs() >> level);
            let (right, bottom) = (scaled(dirty.right().unsigned_abs()), scaled(dirty.bottom().unsigned_abs()));
            let mut pass = begin(encoder, target, wgpu::LoadOp::Load);
            pass.set_pipeline(&self.pipeline);
            pass.set_bind_group(0, source, &[]);
            pass.set_scissor_rect(x, y, right - x, bottom - y);
            pass.draw(0..3, 0..1);
        }
    }
}

fn begin<'a>(
    encoder: &'a mut wgpu::CommandEncoder,
    view: &wgpu::TextureView,
    load: wgpu::LoadOp<wgpu::Color>,
) -> wgpu::RenderPass<'a> {
    encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        label: Some("mip"),
        color_attachments: &[Some(wgpu::RenderPassColorAttachment {
            view,
            depth_slice: None,
            resolve_target: None,
            ops: wgpu::Operations { load, store: wgpu::StoreOp::Store },
        })],
        ..Default::default()
    })
}

/// Fills all levels of a texture with one value, 0 to 1 in every channel.
pub(super) fn fill(encoder: &mut wgpu::CommandEncoder, texture: &wgpu::Texture, value: f64) {
    for base_mip_level in 0..texture.mip_level_count() {
        let view = texture.create_view(&wgpu::TextureViewDescriptor {
            base_mip_level,
            mip_level_count: Some(1),
            ..Default::default()
        });
        let colour = wgpu::Color { r: value, g: value, b: value, a: value };
        drop(begin(encoder, &view, wgpu::LoadOp::Clear(colour)));
    }
}
