//! Arguments → editor or command line.

use env_logger::Env;
use std::path::PathBuf;
use std::process::ExitCode;
use tie_engine::Registry;
use tie_nets::compute::Compute;
use tie_store::Store;
use tie_studio::app::{self, Start};
use tie_studio::cli;

/// The log level unless `RUST_LOG` sets another. What graphics drivers lack is reported as one sentence where it
/// matters.
const LOG: &str = "error,wgpu_hal=off,wgpu_core=off,eframe::native::run=off";

fn main() -> ExitCode {
    env_logger::Builder::from_env(Env::default().default_filter_or(LOG)).init();
    let code = match cli::parse(std::env::args_os()) {
        Ok(args) => {
            let registry = Registry::embedded().with_models(&Store::new(args.models.model_dirs), Compute::best);
            match args.command {
                Some(command) => cli::run(command, &registry),
                None => open_editor(args.image, args.restore, registry),
            }
        }
        Err(code) => code,
    };
    ExitCode::from(code)
}

/// Shows the window until it is closed.
fn open_editor(photo: Option<PathBuf>, restore: Option<PathBuf>, registry: Registry) -> u8 {
    if let Some(Err(code)) = photo.as_deref().map(cli::check_photo) {
        return code;
    }
    let photo = photo.map_or(Start::Empty, Start::Photo);
    match app::run(restore.map_or(photo, Start::Journal), registry) {
        Ok(()) => 0,
        Err(error) => cli::no_window(&error.to_string()),
    }
}
