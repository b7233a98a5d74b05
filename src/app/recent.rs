//! Which recent photos still exist: checked on a thread, because a folder can be on a sleeping disk or an unresponsive
//! server.

use crossbeam_channel::{Receiver, Sender, unbounded};
use eframe::egui;
use std::collections::HashSet;
use std::path::PathBuf;

/// Knows which files are missing, as of when the list changed or the window was last returned to.
pub(super) struct RecentFiles {
    asked: Vec<PathBuf>,
    was_focused: bool,
    answers: Receiver<HashSet<PathBuf>>,
    outbox: Sender<HashSet<PathBuf>>,
}

impl Default for RecentFiles {
    fn default() -> Self {
        let (outbox, answers) = unbounded();
        Self { asked: Vec::new(), was_focused: true, answers, outbox }
    }
}

impl RecentFiles {
    /// Checks again when due; returns the missing files once they are known.
    pub(super) fn poll(&mut self, ctx: &egui::Context, recent: &[PathBuf]) -> Option<HashSet<PathBuf>> {
        let is_focused = ctx.input(|input| input.focused);
        let returned = is_focused && !self.was_focused;
        self.was_focused = is_focused;
        if returned || self.asked != recent {
            self.asked = recent.to_vec();
            self.ask(ctx);
        }
        self.answers.try_iter().last()
    }

    fn ask(&self, ctx: &egui::Context) {
        let (outbox, ctx, paths) = (self.outbox.clone(), ctx.clone(), self.asked.clone());
        let look = move || {
            let missing = paths.into_iter().filter(|path| !path.is_file()).collect();
            // The receiver is gone only if the window is.
            if outbox.send(missing).is_ok() {
                ctx.request_repaint();
            }
        };
        if let Err(error) = std::thread::Builder::new().name("tie-recent".to_owned()).spawn(look) {
            log::error!("cannot look for recent files: {error}");
        }
    }
}
