//! Opening the window, and opening it anew when the graphics card is lost.

use super::{App, NativeDialogs, SettingsStore, Start, StartError};
use crate::engine::Registry;
use crate::files;
use crate::session::Session;
use eframe::egui::ViewportBuilder;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::rc::Rc;

/// A card that is lost more often than this in one session will not come back.
const MOST_LOSSES: u32 = 5;

/// Shows the window until it is closed.
///
/// A graphics card that is lost (a driver that crashed or was updated, a card that was unplugged) takes the window with
/// it, but not the session: it goes on in a new window.
///
/// # Errors
/// If there is no desktop session or no graphics adapter: one sentence.
pub fn run(photo: Option<PathBuf>) -> Result<(), StartError> {
    let kept: Rc<RefCell<Option<Session>>> = Rc::default();
    let mut start = photo.map_or(Start::Empty, Start::Photo);
    for _ in 0..=MOST_LOSSES {
        // Unwind safe: a dropped window hands its session over between two commands, and all else is made anew.
        let ended = catch_unwind(AssertUnwindSafe(|| run_once(start, &kept)));
        match (kept.take(), ended) {
            (Some(session), _) => {
                log::error!("the window was lost, and is made anew");
                start = Start::Again(Box::new(session));
            }
            (None, Ok(result)) => return result,
            (None, Err(panic)) => resume_unwind(panic),
        }
    }
    Err(StartError::KeepsBeingLost)
}

fn run_once(start: Start, kept: &Rc<RefCell<Option<Session>>>) -> Result<(), StartError> {
    let store = SettingsStore::open(files::settings_path());
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
    let kept = Rc::clone(kept);
    let create: eframe::AppCreator<'_> = Box::new(move |cc| {
        let dialogs = Box::new(NativeDialogs::default());
        Ok(Box::new(App::new(cc, &Registry::embedded(), dialogs, store, start)?.keeping_session_in(kept)))
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
