//! `tie-studio doctor`: what this computer has, and what can be done with it.

use super::failure::{Failure, Outcome};
use crate::gpu;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use tie_core::EditOp;
use tie_engine::{Inpainter, Locator, Planner, Registry};
use tie_nets::compute::{self, Compute};
use tie_store::{Model, models as catalogue};

pub(super) fn doctor(registry: &Registry) -> Result<Outcome, Failure> {
    let text = [
        machine(),
        graphics(&gpu::adapters().iter().map(wgpu::Adapter::get_info).collect::<Vec<_>>()),
        engines(registry),
        models(registry),
        edits(registry),
    ]
    .join("\n");
    match io::stdout().lock().write_all(text.as_bytes()) {
        // The reader has closed the pipe ("| head").
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::Usage(format!("the output cannot be written ({error}): check where it goes.")))
        }
        _ => Ok(Outcome::Done),
    }
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let plural = if cores == 1 { "" } else { "s" };
    let gigabytes = |bytes: u64| bytes as f64 / 1e9;
    let memory = compute::memory().map_or_else(
        || "Memory: unknown on this system.".to_owned(),
        |(free, all)| format!("Memory: {:.1} GB, {:.1} GB of it free.", gigabytes(all), gigabytes(free)),
    );
    format!(
        "Tie Studio {} on {} {}.\nCPU: {cores} core{plural}.\n{memory}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    )
}

fn graphics(adapters: &[wgpu::AdapterInfo]) -> String {
    if adapters.is_empty() {
        return "Graphics: no adapter was found, so the editor cannot open a window. Install a Vulkan driver (on Debian: mesa-vulkan-drivers). The commands work without one.\n"
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
    let remark = |name: &str, missing: Option<String>| match missing {
        Some(_) => format!("{name} (model not installed)"),
        None => name.to_owned(),
    };
    let inpainters = registry.inpainter_names().into_iter();
    let inpainters =
        inpainters.map(|name| remark(name, registry.inpainter(name).ok().and_then(<dyn Inpainter>::missing)));
    let planners = registry.planner_names().into_iter();
    let planners = planners.map(|name| remark(name, registry.planner(name).ok().and_then(<dyn Planner>::missing)));
    let locators = registry.locator_names().into_iter();
    let locators = locators.map(|name| remark(name, registry.locator(name).ok().and_then(<dyn Locator>::missing)));
    format!(
        "Engines, best first:\n  Planners: {}\n  Locators: {}\n  Inpainters: {}\n",
        planners.collect::<Vec<_>>().join(", "),
        locators.collect::<Vec<_>>().join(", "),
        inpainters.collect::<Vec<_>>().join(", ")
    )
}

/// The models, and where they would run.
fn models(registry: &Registry) -> String {
    let Some(store) = registry.store() else {
        return String::new();
    };
    let compute = Compute::best();
    let mut text = format!("Models, run on {compute}:\n");
    // A card's memory is not known here.
    let memory = compute::memory().filter(|_| compute.is_processor()).map(|(_, all)| all as f64 / 1e9);
    for model in catalogue() {
        let state = match store.find_model(model) {
            Ok(_) => "installed.".to_owned(),
            Err(error) => error.to_string(),
        };
        // Writing to a string cannot fail.
        let _ = write!(text, "  {}: {state}", model.id);
        let _ = match memory {
            Some(all) => writeln!(text, " {}", room(model, all, store.has_copy(model))),
            None => writeln!(text),
        };
    }
    text
}

/// Whether a model fits into this many gigabytes, as it is or as a 16-bit copy.
fn room(model: &Model, all: f64, is_copy: bool) -> String {
    let [whole, half] = model.memory;
    let needed = if is_copy { half.min(whole) } else { whole };
    let fits = |needed: u32| f64::from(needed) <= all;
    if fits(needed) {
        format!("It needs {needed} GB of memory, which this computer has.")
    } else if fits(half) {
        let id = &model.id;
        format!(
            "It needs {needed} GB of memory, more than the {all:.0} GB here. `tie-studio models convert {id}` makes a 16-bit copy that needs {half} GB."
        )
    } else if let Some(least) = model.least.filter(|least| fits(*least)) {
        format!(
            "It needs {needed} GB of memory, more than the {all:.0} GB here. It runs in 4 bits instead, with {least} GB and a little less precision."
        )
    } else {
        format!("It needs {needed} GB of memory, more than the {all:.0} GB here.")
    }
}

fn edits(registry: &Registry) -> String {
    let mut text = String::from("Edits that work:\n");
    let mut missing = Vec::new();
    let works = |name: &&'static str| registry.inpainter(name).is_ok_and(|engine| engine.missing().is_none());
    for op in EditOp::ALL.iter().copied() {
        let able: Vec<&str> = registry.inpainters_for(op).into_iter().filter(works).collect();
        if able.is_empty() {
            missing.push(op.name());
        } else {
            let _ = writeln!(text, "  {op} (by {})", able.join(", "));
        }
    }
    if !missing.is_empty() {
        let _ = writeln!(
            text,
            "Edits that need a generative model, and none is installed:\n  {}\n  Such steps are skipped and named, never faked.",
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
        for op in EditOp::ALL.iter().copied() {
            assert!(text.contains(op.name()), "{op} is missing in: {text}");
        }
    }

    #[test]
    fn a_model_too_large_for_the_memory_may_fit_in_fewer_bits() {
        let Some(model) = catalogue().iter().find(|model| model.id == "kandinsky-2.2") else { panic!("it is gone") };
        assert!(room(model, 16.0, false).ends_with("11 GB of memory, which this computer has."));
        assert!(
            room(model, 8.0, false)
                .ends_with("`tie-studio models convert kandinsky-2.2` makes a 16-bit copy that needs 6 GB.")
        );
        assert!(room(model, 8.0, true).ends_with("6 GB of memory, which this computer has."));
        assert!(room(model, 4.0, true).ends_with("6 GB of memory, more than the 4 GB here."));
        let Some(model) = catalogue().iter().find(|model| model.id == "lisa-13b") else { panic!("it is gone") };
        assert!(
            room(model, 16.0, false).ends_with(
                "more than the 16 GB here. It runs in 4 bits instead, with 12 GB and a little less precision."
            )
        );
        assert!(room(model, 8.0, false).ends_with("20 GB of memory, more than the 8 GB here."));
    }
}
