//! Building blocks of compute passes: buffers, pipelines, and waiting without blocking the window.

use super::adapter::ready;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use tie_engine::JobCx;
use tie_engine::inpainter::exemplar::accelerator::AcceleratorError;

/// Invocations of a workgroup.
const WORKGROUP: u32 = 64;
/// How long a card may not respond before it is given up.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often the device is polled: waiting inside wgpu would hold locks that drawing needs.
const ASKED_EVERY: Duration = Duration::from_micros(500);

/// A device and its queue.
pub(super) struct Computer {
    pub(super) device: wgpu::Device,
    pub(super) queue: wgpu::Queue,
}

/// A buffer that a shader reads, or reads and writes.
#[derive(Clone, Copy)]
pub(super) enum Storage {
    Read,
    Write,
}

impl Computer {
    /// Bind group layout with parameters at binding 0 and these buffers after it.
    pub(super) fn layout(&self, name: &str, buffers: &[Storage]) -> wgpu::BindGroupLayout {
        let entry = |binding: u32, ty, has_dynamic_offset| wgpu::BindGroupLayoutEntry {
            binding,
            visibility: wgpu::ShaderStages::COMPUTE,
            ty: wgpu::BindingType::Buffer { ty, has_dynamic_offset, min_binding_size: None },
            count: None,
        };
        let storage = |(binding, kind): (u32, &Storage)| {
            let read_only = matches!(kind, Storage::Read);
            entry(binding, wgpu::BufferBindingType::Storage { read_only }, false)
        };
        let parameters = entry(0, wgpu::BufferBindingType::Uniform, true);
        let entries: Vec<_> = std::iter::once(parameters).chain((1..).zip(buffers).map(storage)).collect();
        self.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: Some(name), entries: &entries })
    }

    pub(super) fn pipeline(
        &self,
        source: &str,
        entry_point: &str,
        layout: &wgpu::BindGroupLayout,
    ) -> wgpu::ComputePipeline {
        let label = Some(entry_point);
        let module = self.device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label,
            source: wgpu::ShaderSource::Wgsl(source.into()),
        });
        let layout = self.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label,
            bind_group_layouts: &[Some(layout)],
            immediate_size: 0,
        });
        self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label,
            layout: Some(&layout),
            module: &module,
            entry_point: Some(entry_point),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            cache: None,
        })
    }

    /// A storage buffer with these values.
    ///
    /// # Errors
    /// If it is larger than a shader of this device may read.
    pub(super) fn storage<T: bytemuck::NoUninit>(&self, values: &[T]) -> Result<wgpu::Buffer, AcceleratorError> {
        let bytes: &[u8] = bytemuck::cast_slice(values);
        let limits = self.device.limits();
        let most = limits.max_storage_buffer_binding_size.min(limits.max_buffer_size);
        if bytes.len() as u64 > most {
            return Err(AcceleratorError::TooLarge(format!("{} bytes are more than its {most}", bytes.len())));
        }
        let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC;
        Ok(self.filled(bytes, usage))
    }

    /// A buffer for the parameters of many dispatches, and their stride in it.
    pub(super) fn parameters<T: bytemuck::NoUninit>(&self, all: &[T]) -> (wgpu::Buffer, u32) {
        let size = size_of::<T>();
        let stride = size.next_multiple_of(self.device.limits().min_uniform_buffer_offset_alignment as usize);
        let mut bytes = vec![0; stride * all.len()];
        for (place, parameters) in bytes.chunks_exact_mut(stride).zip(all) {
            place[..size].copy_from_slice(bytemuck::bytes_of(parameters));
        }
        (self.filled(&bytes, wgpu::BufferUsages::UNIFORM), stride as u32)
    }

    fn filled(&self, bytes: &[u8], usage: wgpu::BufferUsages) -> wgpu::Buffer {
        let buffer = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: (bytes.len() as u64).next_multiple_of(wgpu::COPY_BUFFER_ALIGNMENT).max(wgpu::COPY_BUFFER_ALIGNMENT),
            usage: usage | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        self.queue.write_buffer(&buffer, 0, bytes);
        buffer
    }

    /// One element of `parameters` at binding 0, and these buffers after it.
    pub(super) fn bind<T>(
        &self,
        layout: &wgpu::BindGroupLayout,
        parameters: &wgpu::Buffer,
        buffers: &[&wgpu::Buffer],
    ) -> wgpu::BindGroup {
        let one =
            wgpu::BufferBinding { buffer: parameters, offset: 0, size: wgpu::BufferSize::new(size_of::<T>() as u64) };
        let parameters = wgpu::BindGroupEntry { binding: 0, resource: wgpu::BindingResource::Buffer(one) };
        let rest = (1..)
            .zip(buffers)
            .map(|(binding, buffer)| wgpu::BindGroupEntry { binding, resource: buffer.as_entire_binding() });
        let entries: Vec<_> = std::iter::once(parameters).chain(rest).collect();
        self.device.create_bind_group(&wgpu::BindGroupDescriptor { label: None, layout, entries: &entries })
    }

    /// Submits what was recorded and waits until it is done.
    ///
    /// # Errors
    /// If the job is cancelled or the card does not respond.
    pub(super) fn submit(&self, encoder: wgpu::CommandEncoder, cx: &JobCx<'_>) -> Result<(), AcceleratorError> {
        self.queue.submit([encoder.finish()]);
        let (done, is_done) = channel();
        // The receiver is gone if no one waits any more.
        self.queue.on_submitted_work_done(move || {
            let _ = done.send(());
        });
        self.wait(&is_done, cx)
    }

    /// The values of a buffer.
    ///
    /// # Errors
    /// See [`Computer::submit`].
    pub(super) fn read<T: bytemuck::Pod>(
        &self,
        buffer: &wgpu::Buffer,
        cx: &JobCx<'_>,
    ) -> Result<Vec<T>, AcceleratorError> {
        let copy = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: buffer.size(),
            usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
            mapped_at_creation: false,
        });
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        encoder.copy_buffer_to_buffer(buffer, 0, &copy, 0, buffer.size());
        self.queue.submit([encoder.finish()]);
        let (done, is_done) = channel();
        copy.slice(..).map_async(wgpu::MapMode::Read, move |outcome| {
            let _ = done.send(outcome);
        });
        let refused = |error: &dyn std::fmt::Display| AcceleratorError::Failed(error.to_string());
        self.wait(&is_done, cx)?.map_err(|error| refused(&error))?;
        let mapped = copy.slice(..).get_mapped_range().map_err(|error| refused(&error))?;
        Ok(bytemuck::pod_collect_to_vec(&mapped))
    }

    fn wait<T>(&self, is_done: &std::sync::mpsc::Receiver<T>, cx: &JobCx<'_>) -> Result<T, AcceleratorError> {
        let start = Instant::now();
        loop {
            self.device.poll(wgpu::PollType::Poll).map_err(|error| AcceleratorError::Failed(error.to_string()))?;
            match is_done.recv_timeout(ASKED_EVERY) {
                Ok(answer) => return Ok(answer),
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(AcceleratorError::Failed("it dropped the work".to_owned()));
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            if cx.is_cancelled() {
                return Err(AcceleratorError::Cancelled);
            }
            if start.elapsed() > PATIENCE {
                return Err(AcceleratorError::Failed("it does not respond".to_owned()));
            }
        }
    }

    /// Runs `work` and reports what the device found wrong with it.
    ///
    /// # Errors
    /// The error of the work, or the device's own error.
    pub(super) fn guarded<T>(&self, work: impl FnOnce() -> Result<T, AcceleratorError>) -> Result<T, AcceleratorError> {
        use wgpu::ErrorFilter::{Internal, OutOfMemory, Validation};
        let scopes = [OutOfMemory, Validation, Internal].map(|filter| self.device.push_error_scope(filter));
        let result = work();
        let mut errors = scopes.into_iter().rev().filter_map(|scope| ready(scope.pop()).flatten()).collect::<Vec<_>>();
        match errors.pop() {
            Some(error) => Err(AcceleratorError::Failed(error.to_string())),
            None => result,
        }
    }
}

/// Runs a pipeline for `count` invocations.
pub(super) fn dispatch(
    pass: &mut wgpu::ComputePass<'_>,
    pipeline: &wgpu::ComputePipeline,
    group: &wgpu::BindGroup,
    offset: u32,
    count: u32,
) {
    let most = wgpu::Limits::default().max_compute_workgroups_per_dimension;
    let groups = count.div_ceil(WORKGROUP).max(1);
    let rows = groups.div_ceil(most);
    pass.set_pipeline(pipeline);
    pass.set_bind_group(0, group, &[offset]);
    pass.dispatch_workgroups(groups.div_ceil(rows), rows, 1);
}
