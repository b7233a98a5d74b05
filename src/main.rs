//! Arguments → editor or command line.

use eframe::egui::ViewportBuilder;
use env_logger::Env;
use std::path::PathBuf;
use std::process::ExitCode;
use tie_studio::app::{App, JournalStore, NativeDialogs, SettingsStore, StartError};
use tie_studio::cli;
use tie_studio::engine::Registry;
use tie_studio::files;

/// What is logged unless `RUST_LOG` says otherwise: what graphics drivers miss is told as one sentence if it matters.
const LOG: &str = "error,wgpu_hal=off,wgpu_core=off,eframe::native::run=off";

fn main() -> ExitCode {
    env_logger::Builder::from_env(Env::default().default_filter_or(LOG)).init();
    let code = match cli::parse(std::env::args_os()) {
        Ok(args) => match args.command {
            Some(command) => cli::run(command, &Registry::embedded()),
            None => open_editor(args.image),
        },
        Err(code) => code,
    };
    ExitCode::from(code)
}

/// Shows the window until it is closed.
fn open_editor(photo: Option<PathBuf>) -> u8 {
    if let Some(Err(code)) = photo.as_deref().map(cli::check_photo) {
        return code;
    }
    let store = SettingsStore::open(files::settings_path());
    let threads = store.settings().threads as usize;
    // Engines share rayon's pool; without a number of its own it has a thread for each core.
    if threads > 0
        && let Err(error) = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global()
    {
        log::warn!("the number of threads stays as it is: {error}");
    }
    let mut viewport = ViewportBuilder::default()
        .with_app_id("tie-studio")
        .with_title("Tie Studio")
        .with_inner_size([1280.0, 800.0])
        .with_min_inner_size([900.0, 600.0])
        .with_drag_and_drop(true);
    if let Ok(icon) = eframe::icon_data::from_png_bytes(include_bytes!("../assets/icons/tie-studio-256.png")) {
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
    let start: eframe::AppCreator<'_> = Box::new(move |cc| {
        let app = App::new(cc, Registry::embedded(), Box::new(NativeDialogs::default()), store, photo)?;
        Ok(Box::new(app.with_journal(JournalStore::open(files::journals_path()))))
    });
    match eframe::run_native("Tie Studio", options, start) {
        Ok(()) => 0,
        Err(eframe::Error::AppCreation(error)) => cli::no_window(&error.to_string()),
        Err(eframe::Error::Wgpu(error)) => {
            log::warn!("{error}");
            cli::no_window(&StartError::NoAdapter.to_string())
        }
        Err(error) => {
            log::warn!("{error}");
            cli::no_window(
                "No window can be opened: there is no desktop session here; start one, or use \"tie-studio edit\" without a window.",
            )
        }
    }
}
