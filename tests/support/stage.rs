//! A device without a window, and pictures of what a canvas draws on it.

#![expect(clippy::panic, reason = "test code: a panic is a test failure")]

use std::task::{Context, Poll, Waker};
use tie_core::Bounds;
use tie_studio::gpu::{CanvasRenderer, Draw, QuadRect, Scene};

/// The software device.
pub(crate) struct Stage {
    pub device: wgpu::Device,
    pub queue: wgpu::Queue,
}

/// What was drawn, RGBA.
pub(crate) struct Picture {
    pub size: [u32; 2],
    pub bytes: Vec<u8>,
}

impl Stage {
    pub(crate) const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

    pub(crate) fn new() -> Self {
        Self::with_limit(wgpu::Limits::default().max_texture_dimension_2d)
    }

    /// A device on which no texture may be larger than `limit` on any side.
    pub(crate) fn with_limit(limit: u32) -> Self {
        let Some(stage) = Self::find(limit) else {
            panic!("no graphics adapter: these tests need mesa-vulkan-drivers");
        };
        assert_eq!(stage.device.limits().max_texture_dimension_2d, limit);
        stage
    }

    /// As [`Stage::with_limit`]; `None` if there is no adapter.
    pub(crate) fn find(limit: u32) -> Option<Self> {
        Self::within(wgpu::Limits { max_texture_dimension_2d: limit, ..Default::default() })
    }

    /// A device with these limits; `None` if there is no adapter that has them.
    pub(crate) fn within(required_limits: wgpu::Limits) -> Option<Self> {
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
        let mut adapters = now(instance.enumerate_adapters(wgpu::Backends::PRIMARY));
        adapters.sort_by_key(|adapter| adapter.get_info().device_type != wgpu::DeviceType::Cpu);
        let request = wgpu::DeviceDescriptor { required_limits, ..Default::default() };
        let (device, queue) = now(adapters.first()?.request_device(&request)).ok()?;
        Some(Self { device, queue })
    }

    /// A canvas that fills the window.
    pub(crate) fn scene(size: [u32; 2], draws: Vec<Draw>) -> Scene {
        let [right, bottom] = size.map(|side| side as f32);
        Scene { clip: QuadRect { left: 0.0, top: 0.0, right, bottom }, draws }
    }

    /// Draws on black and reads it back.
    pub(crate) fn render(&self, renderer: &mut CanvasRenderer, size: [u32; 2], scene: &Scene) -> Picture {
        let [width, height] = size;
        let extent = wgpu::Extent3d { width, height, depth_or_array_layers: 1 };
        let target = self.device.create_texture(&wgpu::TextureDescriptor {
            label: None,
            size: extent,
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: Self::FORMAT,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
            view_formats: &[],
        });
        let row_bytes = (width * 4).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
        let buffer = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: u64::from(row_bytes * height),
            usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
            mapped_at_creation: false,
        });
        renderer.prepare(size, scene);
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let view = target.create_view(&wgpu::TextureViewDescriptor::default());
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &view,
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations { load: wgpu::LoadOp::Clear(wgpu::Color::BLACK), store: wgpu::StoreOp::Store },
            })],
            ..Default::default()
        });
        renderer.paint(&mut pass, size);
        drop(pass);
        let layout = wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(row_bytes), rows_per_image: None };
        encoder.copy_texture_to_buffer(
            target.as_image_copy(),
            wgpu::TexelCopyBufferInfo { buffer: &buffer, layout },
            extent,
        );
        self.queue.submit([encoder.finish()]);
        buffer.slice(..).map_async(wgpu::MapMode::Read, |outcome| outcome.unwrap());
        self.device.poll(wgpu::PollType::wait_indefinitely()).unwrap();
        let mapped = buffer.slice(..).get_mapped_range().unwrap();
        let rows = mapped.chunks_exact(row_bytes as usize);
        Picture { size, bytes: rows.flat_map(|row| row[..width as usize * 4].to_vec()).collect() }
    }
}

impl Picture {
    pub(crate) fn at(&self, x: u32, y: u32) -> [u8; 4] {
        self.bytes.as_chunks().0[(y * self.size[0] + x) as usize]
    }

    /// Of any channel of any pixel.
    pub(crate) fn largest_difference(&self, other: &Self) -> u8 {
        self.bytes.iter().zip(&other.bytes).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0)
    }

    /// Mean red, green and blue.
    pub(crate) fn mean(&self, part: Bounds) -> [f32; 3] {
        let mut sum = [0.0; 3];
        for y in part.y..part.bottom() {
            for x in part.x..part.right() {
                let pixel = self.at(x as u32, y as u32);
                for channel in 0..3 {
                    sum[channel] += f32::from(pixel[channel]);
                }
            }
        }
        sum.map(|sum| sum / part.extent().area() as f32)
    }
}

/// The value of a future that is ready at once, as wgpu's are on native systems.
fn now<T>(future: impl Future<Output = T>) -> T {
    let mut context = Context::from_waker(Waker::noop());
    match std::pin::pin!(future).poll(&mut context) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("wgpu answered late"),
    }
}
