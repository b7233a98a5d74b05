//! The device that networks run on, and their number format.

use candle_core::utils::{cuda_is_available, metal_is_available};
use candle_core::{DType, Device};
use std::fmt;

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

/// Memory in bytes: free for programs to take, and all there is; `None` where the system does not tell (it does on Linux).
pub fn memory() -> Option<(u64, u64)> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    Some((field(&text, "MemAvailable:")?, field(&text, "MemTotal:")?))
}

/// A field of `/proc/meminfo`, which counts in units of 1024 bytes.
fn field(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_in_bytes() {
        assert_eq!(field("MemTotal:       1000000 kB\nMemFree: 5 kB", "MemTotal:"), Some(1_024_000_000));
        assert_eq!(field("MemTotal:", "MemTotal:"), None);
    }
}
