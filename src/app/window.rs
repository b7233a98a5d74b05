//! Opens the window, and opens it again when the graphics card is lost.

use super::{App, JournalStore, NativeDialogs, SettingsStore, Start, StartError};
use crate::files;
use crate::gpu::{self, GpuFill};
use crate::text;
use eframe::egui::ViewportBuilder;
use eframe::egui_wgpu::RenderState;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;
use std::sync::Arc;
use tie_engine::Registry;

/// A card that is lost more often than this in a row will not come back.
const MOST_LOSSES: u32 = 3;
/// Environment variable: how often the window was lost, for the program that replaces this one.
const LOSSES: &str = "TIE_STUDIO_LOSSES";

/// Shows the window until it is closed.
///
/// A graphics card that is lost (a driver that crashed or was updated, a card that was unplugged) takes the window with
/// it, but not the work: a new program restores it from the journal. In the same program no second window could be opened
/// after a panic in the first one's event loop.
///
/// # Errors
/// If there is no desktop session or no graphics adapter; the error is one sentence.
pub fn run(start: Start, registry: Registry) -> Result<(), StartError> {
    let left: Rc<RefCell<Option<PathBuf>>> = Rc::default();
    let models = registry.store().map(|store| store.given().to_vec()).unwrap_or_default();
    // Unwind safe: nothing of the window is used afterwards except the folder it left.
    let ended = catch_unwind(AssertUnwindSafe(|| run_once(start, registry, &left)));
    match (left.take(), ended) {
        (Some(folder), _) => restart(&folder, &models),
        (None, Ok(result)) => result,
        (None, Err(panic)) => resume_unwind(panic),
    }
}

/// Starts the program again with the work that a lost window has left.
fn restart(folder: &Path, models: &[PathBuf]) -> Result<(), StartError> {
    let losses = std::env::var(LOSSES).ok().and_then(|count| count.parse::<u32>().ok()).unwrap_or(0) + 1;
    if losses > MOST_LOSSES {
        return Err(StartError::KeepsBeingLost);
    }
    log::error!("the window was lost; restarting with its work");
    let program = std::env::current_exe()?;
    let mut command = Command::new(program);
    for models in models {
        command.arg("--model-dir").arg(models);
    }
    command.arg("--restore").arg(folder).env(LOSSES, losses.to_string()).spawn()?.wait()?;
    Ok(())
}

/// A card that the window is drawn with and that computes faster than the CPU.
fn card_that_fills(graphics: &RenderState) -> Option<Arc<GpuFill>> {
    let name = graphics.adapter.get_info().name;
    gpu::is_fast(&graphics.adapter).then(|| Arc::new(GpuFill::new(&graphics.device, &graphics.queue, name)))
}

fn run_once(start: Start, mut registry: Registry, left: &Rc<RefCell<Option<PathBuf>>>) -> Result<(), StartError> {
    let store = SettingsStore::open(files::settings_path());
    let language = store.settings().language.code().map(str::to_owned).or_else(sys_locale::get_locale);
    text::choose(language.as_deref().unwrap_or_default());
    let threads = store.settings().threads as usize;
    // Engines share rayon's pool; by default it has a thread for each core.
    if threads > 0
        && let Err(error) = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global()
    {
        log::warn!("the number of threads could not be set: {error}");
    }
    let mut viewport = ViewportBuilder::default()
        .with_app_id("tie-studio")
        .with_title("Tie Studio")
        .with_inner_size([1280.0, 800.0])
        .with_min_inner_size([900.0, 600.0])
        .with_drag_and_drop(true);
    if let Ok(icon) = eframe::icon_data::from_png_bytes(include_bytes!("../../assets/icons/tie-studio-256.png")) {
        viewport = viewport.with_icon(icon);
    }
    // eframe moves a window back whose screen is gone, but not on Linux: there the window manager places it.
    let place: eframe::WindowBuilderHook = Box::new(|window| ViewportBuilder {
        position: window.position.filter(|_| !cfg!(target_os = "linux")),
        ..window
    });
    let options = eframe::NativeOptions {
        viewport,
        renderer: eframe::Renderer::Wgpu,
        window_builder: Some(place),
        ..Default::default()
    };
    let left = Rc::clone(left);
    let create: eframe::AppCreator<'_> = Box::new(move |cc| {
        let card = cc.wgpu_render_state.as_ref().and_then(card_that_fills);
        if let Some(card) = &card {
            registry = registry.accelerated(card.clone());
        }
        let app = App::new(cc, &registry, Box::new(NativeDialogs::default()), store, start)?;
        let app =
            app.filling_on(card).with_journal(JournalStore::open(files::journals_path())).leaving_journal_in(left);
        Ok(Box::new(app.counting_memory()))
    });
    match eframe::run_native("Tie Studio", options, create) {
        Ok(()) => Ok(()),
        Err(eframe::Error::AppCreation(error)) => Err(error
            .downcast::<StartError>()
            .map_or_else(|error| StartError::Other(error.to_string()), |error| *error)),
        Err(eframe::Error::Wgpu(error)) => {
            log::warn!("{error}");
            Err(StartError::NoAdapter)
        }
        Err(error) => {
            log::warn!("{error}");
            Err(StartError::NoDesktop)
        }
    }
}
