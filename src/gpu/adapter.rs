//! Lists graphics adapters, and opens a device without a window.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// The graphics adapters that the editor could draw with; empty without a working driver.
pub fn adapters() -> Vec<wgpu::Adapter> {
    let look = || {
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
        ready(instance.enumerate_adapters(wgpu::Backends::all())).unwrap_or_default()
    };
    // Unwind safe: nothing of a driver that panicked is kept.
    catch_unwind(AssertUnwindSafe(look)).unwrap_or_default()
}

/// Whether it computes at all, and faster than the CPU that it would have to imitate.
pub fn is_fast(adapter: &wgpu::Adapter) -> bool {
    use wgpu::DeviceType::{DiscreteGpu, IntegratedGpu, VirtualGpu};
    can_compute(adapter) && matches!(adapter.get_info().device_type, DiscreteGpu | IntegratedGpu | VirtualGpu)
}

fn can_compute(adapter: &wgpu::Adapter) -> bool {
    adapter.get_downlevel_capabilities().flags.contains(wgpu::DownlevelFlags::COMPUTE_SHADERS)
}

/// A device to compute on without a window, with its adapter's name: a graphics card if there is one, else software.
pub fn compute_device() -> Option<(wgpu::Device, wgpu::Queue, String)> {
    use wgpu::DeviceType::{Cpu, DiscreteGpu, IntegratedGpu, VirtualGpu};
    let mut adapters = adapters();
    adapters.retain(can_compute);
    adapters.sort_by_key(|adapter| match adapter.get_info().device_type {
        DiscreteGpu => 0,
        IntegratedGpu => 1,
        VirtualGpu => 2,
        Cpu => 3,
        wgpu::DeviceType::Other => 4,
    });
    adapters.iter().find_map(|adapter| {
        let (device, queue) = ready(adapter.request_device(&wgpu::DeviceDescriptor::default()))?.ok()?;
        Some((device, queue, adapter.get_info().name))
    })
}

/// The result of a future that never waits: on the desktop wgpu's do not.
pub(super) fn ready<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}
