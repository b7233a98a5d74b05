//! Arguments → editor or command line.

use eframe::egui::ViewportBuilder;
use env_logger::Env;
use std::path::PathBuf;
use std::process::ExitCode;
use tie_studio::app::{App, NativeDialogs, StartError};
use tie_studio::cli;
use tie_studio::engine::Registry;

fn main() -> ExitCode {
    // What graphics drivers say of each other is for those who ask for it (RUST_LOG=warn).
    env_logger::Builder::from_env(Env::default().default_filter_or("error,wgpu_hal=off,wgpu_core=off")).init();
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
    let viewport = ViewportBuilder::default()
        .with_app_id("tie-studio")
        .with_title("Tie Studio")
        .with_inner_size([1280.0, 800.0])
        .with_min_inner_size([900.0, 600.0])
        .with_drag_and_drop(true);
    let options = eframe::NativeOptions { viewport, renderer: eframe::Renderer::Wgpu, ..Default::default() };
    let start: eframe::AppCreator<'_> = Box::new(move |cc| {
        Ok(Box::new(App::new(cc, Registry::embedded(), Box::new(NativeDialogs::default()), photo)?))
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
