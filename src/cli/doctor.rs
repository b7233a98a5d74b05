//! `tie-studio doctor`: what this computer has, and what can be done with it.

use super::failure::{Failure, Outcome};
use crate::domain::EditOp;
use crate::engine::Registry;
use crate::gpu;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};

pub(super) fn doctor(registry: &Registry) -> Result<Outcome, Failure> {
    let text = [
        machine(),
        graphics(&gpu::adapters().iter().map(wgpu::Adapter::get_info).collect::<Vec<_>>()),
        engines(registry),
        edits(registry),
    ]
    .join("\n");
    match io::stdout().lock().write_all(text.as_bytes()) {
        // Whoever reads has had enough ("| head").
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::Usage(format!("the findings cannot be written ({error}): check where the output goes.")))
        }
        _ => Ok(Outcome::Done),
    }
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let plural = if cores == 1 { "" } else { "s" };
    let memory = memory_gigabytes().map_or_else(
        || "Memory: unknown on this system.".to_owned(),
        |(free, all)| format!("Memory: {all:.1} GB, of which {free:.1} GB are free."),
    );
    format!(
        "Tie Studio {} on {} {}.\nProcessor: {cores} core{plural} to work with.\n{memory}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    )
}

/// Free and all memory, where the system tells (Linux).
fn memory_gigabytes() -> Option<(f64, f64)> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    Some((field(&text, "MemAvailable:")?, field(&text, "MemTotal:")?))
}

/// A field of `/proc/meminfo`, which counts in units of 1024 bytes, in gigabytes.
fn field(text: &str, name: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kibibytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1024.0 / 1e9)
}

fn graphics(adapters: &[wgpu::AdapterInfo]) -> String {
    if adapters.is_empty() {
        return "Graphics: no adapter was found, so the editor cannot open a window; install a Vulkan driver (on Debian: \
                mesa-vulkan-drivers). The commands work without one.\n"
            .to_owned();
    }
    let mut text = String::from("Graphics:\n");
    for adapter in adapters {
        let kind = match adapter.device_type {
            wgpu::DeviceType::DiscreteGpu => "graphics card",
            wgpu::DeviceType::IntegratedGpu => "integrated graphics",
            wgpu::DeviceType::VirtualGpu => "virtual graphics card",
            wgpu::DeviceType::Cpu => "software rendering, slow but complete",
            wgpu::DeviceType::Other => "other",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {} ({kind}, {:?})", adapter.name, adapter.backend);
    }
    text
}

fn engines(registry: &Registry) -> String {
    format!(
        "Engines, best first; all are built in and need no download:\n  Planners: {}\n  Locators: {}\n  Inpainters: {}\n",
        registry.planner_names().join(", "),
        registry.locator_names().join(", "),
        registry.inpainter_names().join(", ")
    )
}

fn edits(registry: &Registry) -> String {
    let mut text = String::from("Edits that can be done:\n");
    let mut missing = Vec::new();
    for op in EditOp::ALL {
        match registry.inpainters_for(op).as_slice() {
            [] => missing.push(op.name()),
            names => {
                let _ = writeln!(text, "  {op} (by {})", names.join(", "));
            }
        }
    }
    if !missing.is_empty() {
        let _ = writeln!(
            text,
            "Edits that cannot be done, because they need a generative model and this version has none:\n  {}\n  Such steps \
             are skipped and named, never faked.",
            missing.join(", ")
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_an_adapter_the_missing_package_is_named() {
        assert!(graphics(&[]).contains("mesa-vulkan-drivers"));
    }

    #[test]
    fn every_edit_is_listed_as_possible_or_not() {
        let text = edits(&Registry::embedded());
        for op in EditOp::ALL {
            assert!(text.contains(op.name()), "{op} is missing in: {text}");
        }
    }

    #[test]
    fn memory_is_read_in_gigabytes() {
        assert_eq!(field("MemTotal:       1000000 kB\nMemFree: 5 kB", "MemTotal:"), Some(1.024));
        assert_eq!(field("MemTotal:", "MemTotal:"), None);
    }
}
