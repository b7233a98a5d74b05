//! File dialogs that do not stop the window: shown by the system, awaited on a thread of their own.

use crate::text::tr;
use crate::ui::path_dialog::PathUse;
use crossbeam_channel::{Receiver, Sender, unbounded};
use eframe::egui;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

/// The result of a dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DialogAnswer {
    Picked(PathUse, PathBuf),
    Cancelled(PathUse),
    /// The system has no file dialog: the window asks for a path itself, beginning with the suggested one.
    Unavailable(PathUse, Option<PathBuf>),
}

/// Asks the user for files; tests answer in their place.
pub trait Dialogs {
    fn pick_open(&mut self, ctx: &egui::Context, purpose: PathUse);
    fn pick_save(&mut self, ctx: &egui::Context, purpose: PathUse, suggested: &Path);
    /// The result of the dialog if it has closed since the last call. Never waits.
    fn poll(&mut self) -> Option<DialogAnswer>;
}

/// The system's own dialogs.
pub struct NativeDialogs {
    answers: Receiver<DialogAnswer>,
    outbox: Sender<DialogAnswer>,
}

impl Default for NativeDialogs {
    fn default() -> Self {
        let (outbox, answers) = unbounded();
        Self { answers, outbox }
    }
}

/// Endings of the files that can be opened.
const OPENS: &[&str] = &["png", "jpg", "jpeg", "webp", "tif", "tiff", "bmp", "gif"];

/// A dialog that closes faster than anyone could close it never appeared.
const FASTER_THAN_A_PERSON: Duration = Duration::from_millis(300);

impl NativeDialogs {
    /// Awaits `dialog` on a thread and passes its answer to the next `poll`.
    fn wait_for(
        &self,
        ctx: &egui::Context,
        dialog: impl Future<Output = Option<rfd::FileHandle>> + Send + 'static,
        purpose: PathUse,
        suggested: Option<PathBuf>,
    ) {
        let unavailable = DialogAnswer::Unavailable(purpose, suggested);
        let (outbox, ctx, if_no_thread) = (self.outbox.clone(), ctx.clone(), unavailable.clone());
        let spawned = std::thread::Builder::new().name("tie-dialog".to_owned()).spawn(move || {
            let start = Instant::now();
            let answer = match block_on(dialog) {
                Some(file) => DialogAnswer::Picked(purpose, file.path().into()),
                None if start.elapsed() < FASTER_THAN_A_PERSON => unavailable,
                None => DialogAnswer::Cancelled(purpose),
            };
            // The receiver is gone only if the window is.
            if outbox.send(answer).is_ok() {
                ctx.request_repaint();
            }
        });
        if let Err(error) = spawned {
            log::error!("the file dialog could not be shown: {error}");
            let sent = self.outbox.send(if_no_thread);
            debug_assert!(sent.is_ok(), "the receiver lives in self");
        }
    }
}

impl Dialogs for NativeDialogs {
    fn pick_open(&mut self, ctx: &egui::Context, purpose: PathUse) {
        let dialog = rfd::AsyncFileDialog::new().set_title(purpose.title());
        if purpose == PathUse::Models {
            self.wait_for(ctx, dialog.pick_folder(), purpose, None);
            return;
        }
        let dialog = dialog.add_filter(tr!("dialog-photographs"), OPENS);
        self.wait_for(ctx, dialog.pick_file(), purpose, None);
    }

    fn pick_save(&mut self, ctx: &egui::Context, purpose: PathUse, suggested: &Path) {
        let mut dialog = rfd::AsyncFileDialog::new().set_title(purpose.title()).add_filter("PNG", &["png"]);
        if purpose == PathUse::Save {
            dialog = dialog.add_filter("JPEG", &["jpg", "jpeg"]).add_filter("WebP", &["webp"]);
        }
        if let Some(folder) = suggested.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            dialog = dialog.set_directory(folder);
        }
        if let Some(name) = suggested.file_name() {
            dialog = dialog.set_file_name(name.to_string_lossy());
        }
        self.wait_for(ctx, dialog.save_file(), purpose, Some(suggested.to_path_buf()));
    }

    fn poll(&mut self) -> Option<DialogAnswer> {
        self.answers.try_recv().ok()
    }
}

/// Wakes a thread that waits for a future.
struct Unpark(std::thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for a future on this thread.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}
