//! The command line: the editor's engines without a window.
//!
//! Results go to standard output or to files; everything else to standard error, failures as one sentence. A file that
//! a command writes is complete with exit code 0 or 3, and exactly as before with any other.

mod args;
mod carry_out;
mod corrections;
mod doctor;
mod edit;
mod eval;
mod failure;
mod inpaint;
mod inputs;
mod locate;
mod mask_folder;
mod model_args;
mod models;
mod outputs;
mod plan;
mod progress;
mod report;
mod unsure;

pub use args::{Args, Command, Device, DeviceArgs};
pub use model_args::ModelDirs;

use crate::gpu::{self, GpuFill};
use clap::Parser as _;
use clap::error::ErrorKind;
use failure::{Failure, Outcome, guarded};
use progress::Console;
use std::ffi::OsString;
use std::path::Path;
use std::process;
use std::sync::Arc;
use tie_engine::{Cancel, Registry};
use tie_nets::compute::Compute;
use tie_store::Store;

/// Exit code of an interrupted command: 128 and the number of the signal that Ctrl+C sends.
const INTERRUPTED: u8 = 130;

/// Reads the arguments; help and version are written here.
///
/// # Errors
/// The exit code, if the program should end; the reason has been printed.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Args, u8> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    Args::try_parse_from(&arguments).map_err(|error| {
        if matches!(
            error.kind(),
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
        ) {
            // If the terminal is gone, no one is left to tell.
            let _ = error.print();
            return error.exit_code() as u8;
        }
        let failure = Failure::Usage(args::as_sentence(&error, &arguments));
        failure.tell(&Console::new());
        failure.exit_code()
    })
}

/// Runs one command to its exit code; Ctrl+C cancels it, a second one ends the program at once.
pub fn run(command: Command, registry: &Registry) -> u8 {
    let cancel = Cancel::default();
    let on_signal = cancel.clone();
    let handler = ctrlc::set_handler(move || {
        if on_signal.is_cancelled() {
            end_at_once();
        }
        on_signal.cancel();
    });
    if let Err(error) = handler {
        log::warn!("Ctrl+C cannot be handled: {error}");
    }
    // A panic is caught and told as one sentence; where it was is for those who ask for the log.
    std::panic::set_hook(Box::new(|panic| log::debug!("{panic}")));
    run_with(command, registry, &cancel)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the second Ctrl+C; files are renamed into place last, so none is half written"
)]
fn end_at_once() -> ! {
    process::exit(i32::from(INTERRUPTED))
}

/// Runs one command to its exit code, until `cancel` is set.
pub fn run_with(command: Command, registry: &Registry, cancel: &Cancel) -> u8 {
    let console = Console::new();
    let work = || {
        let DeviceArgs { device, dirs: ModelDirs { model_dirs } } = command.device();
        let card = if device == Some(Device::Gpu) { Some(card()?) } else { None };
        let mut registry = registry.clone();
        let compute = if device == Some(Device::Cpu) { Compute::processor } else { Compute::best };
        if !model_dirs.is_empty() {
            registry = registry.with_models(&Store::new(model_dirs), compute);
        } else if let Some(store) = registry.store().cloned() {
            registry = registry.with_models(&store, compute);
        }
        if let Some(card) = &card {
            registry = registry.accelerated(card.clone());
        }
        let outcome = match command {
            Command::Edit(args) => edit::edit(&args, &registry, cancel, &console),
            Command::Plan(args) => plan::plan(&args, &registry, cancel, &console),
            Command::Locate(args) => locate::locate(&args, &registry, cancel, &console),
            Command::Inpaint(args) => inpaint::inpaint(&args, &registry, cancel, &console),
            Command::Eval(command) => eval::eval(&command, &registry, cancel, &console),
            Command::Models(command) => models::models(&command, &registry, cancel, &console),
            Command::Doctor => doctor::doctor(&registry),
        };
        if let Some(why) = card.as_ref().and_then(|card| card.failure()) {
            console.line(&format!("note: the graphics card failed ({why}), so fills ran on the CPU."));
        }
        outcome
    };
    let ended = guarded("program", || Ok(work())).unwrap_or_else(|error| Err(error.into()));
    console.finish();
    match ended {
        Ok(Outcome::Done) => 0,
        Ok(Outcome::InPart) => 3,
        Err(failure) => {
            failure.tell(&console);
            failure.exit_code()
        }
    }
}

fn card() -> Result<Arc<GpuFill>, Failure> {
    let (device, queue, name) = gpu::compute_device().ok_or_else(|| {
        Failure::Usage("there is no graphics card with a compute driver: leave out --device gpu.".to_owned())
    })?;
    Ok(Arc::new(GpuFill::new(&device, &queue, name)))
}

/// Prints in one sentence why the editor does not start, and returns the exit code.
pub fn no_window(sentence: &str) -> u8 {
    let failure = Failure::Engine(sentence.to_owned());
    failure.tell(&Console::new());
    failure.exit_code()
}

/// Checks that the file exists before a window is opened: a misspelt command is taken for a file.
///
/// # Errors
/// The exit code, if the file does not exist; the error has been printed.
pub fn check_photo(path: &Path) -> Result<(), u8> {
    if path.exists() {
        return Ok(());
    }
    let failure = Failure::Usage(format!(
        "there is no photo or command \"{}\": check the name; the commands are {}.",
        path.display(),
        args::command_names()
    ));
    failure.tell(&Console::new());
    Err(failure.exit_code())
}
