//! The device that networks run on, and their number format.

use candle_core::utils::{cuda_is_available, metal_is_available};
use candle_core::{DType, Device};
use std::fmt;
use sysinfo::{MemoryRefreshKind, System};

/// A device and the type of the numbers on it.
#[derive(Clone, Debug)]
pub struct Compute {
    /// The device for weights and tensors.
    pub device: Device,
    /// The number format of networks: 32-bit floats on the CPU, usually 16-bit floats on a graphics card.
    pub dtype: DType,
}

impl Compute {
    /// The CPU, in 32-bit floats: half precision is slower there.
    pub const fn processor() -> Self {
        Self { device: Device::Cpu, dtype: DType::F32 }
    }

    /// The first graphics card that this build supports, in half precision; the CPU if there is none.
    pub fn best() -> Self {
        let card = if cuda_is_available() {
            Device::new_cuda(0)
        } else if metal_is_available() {
            Device::new_metal(0)
        } else {
            return Self::processor();
        };
        match card {
            Ok(device) => Self { device, dtype: DType::F16 },
            Err(error) => {
                log::warn!("the graphics card cannot be used for models: {error}");
                Self::processor()
            }
        }
    }

    /// Whether this is the CPU, and not a graphics card.
    pub const fn is_processor(&self) -> bool {
        matches!(self.device, Device::Cpu)
    }
}

impl fmt::Display for Compute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let device = match self.device {
            Device::Cpu => "the CPU",
            Device::Cuda(_) => "the graphics card (CUDA)",
            Device::Metal(_) => "the graphics card (Metal)",
        };
        let numbers = match self.dtype {
            DType::F32 => "32-bit floats",
            DType::F16 => "16-bit floats",
            DType::BF16 => "bfloat16",
            _ => "other numbers",
        };
        write!(f, "{device}, in {numbers}")
    }
}

/// Memory in bytes: free for programs to take, and all there is; `None` where the system does not tell.
pub fn memory() -> Option<(u64, u64)> {
    let mut system = System::new().ok()?;
    system.refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
    let all = system.total_memory();
    (all > 0).then(|| (system.available_memory(), all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_in_bytes() {
        let (free, all) = memory().unwrap();
        assert!(free > 0 && free < all && all > 1 << 26, "{free} of {all}");
    }
}
