//! What a command shows while it works: a bar on a terminal, plain lines elsewhere.

use crate::phase_text::phase_text;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal as _, Write as _};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tie_engine::{Amount, Cancel, JobCx, Progress, Report};

/// Between two lines about long work where no bar shows it.
pub(super) const LINES: Duration = Duration::from_secs(10);
/// Resolution of the bar.
const LENGTH: u64 = 1000;

/// Standard error.
pub(super) struct Console {
    /// Hidden where there is no terminal.
    bar: ProgressBar,
    /// Lines go nowhere, for tests that are run many times.
    is_silent: bool,
}

impl Console {
    pub(super) fn new() -> Self {
        if !std::io::stderr().is_terminal() {
            return Self { bar: ProgressBar::hidden(), is_silent: false };
        }
        // At most ten times a second, so that drawing costs next to nothing.
        let bar = ProgressBar::with_draw_target(Some(LENGTH), ProgressDrawTarget::stderr_with_hz(10));
        let style = ProgressStyle::with_template("{bar:20} {percent:>3} % {wide_msg}");
        Self { bar: bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())), is_silent: false }
    }

    /// A console that prints nothing.
    #[cfg(test)]
    pub(super) fn silent() -> Self {
        Self { bar: ProgressBar::hidden(), is_silent: true }
    }

    /// Whether somebody sees the bar.
    pub(super) fn has_bar(&self) -> bool {
        !self.bar.is_hidden()
    }

    /// Writes one line above the bar.
    pub(super) fn line(&self, text: &str) {
        if self.is_silent {
            return;
        }
        // If standard error is gone, no one is left to tell.
        self.bar.suspend(|| {
            let _ = writeln!(std::io::stderr(), "{text}");
        });
    }

    /// Runs engine work whose progress the bar shows under `title`.
    pub(super) fn during<T>(&self, title: &str, cancel: &Cancel, work: impl FnOnce(&JobCx<'_>) -> T) -> T {
        let task = self.task(title);
        let show = |report| match report {
            Report::Note(note) => self.line(&format!("note: {note}")),
            Report::Progress(progress) => task.show(progress),
            Report::Preview { .. } => {}
        };
        work(&JobCx::new(cancel.clone(), &show))
    }

    /// A piece of engine work whose progress the bar shows under `title`.
    pub(super) fn task<'a>(&'a self, title: &'a str) -> Task<'a> {
        Task { console: self, title, said: Mutex::new(Instant::now()) }
    }

    /// Shows how many items are done.
    pub(super) fn part(&self, title: &str, done: usize, of: usize) {
        self.bar.set_message(format!("{title}: {done} of {of}"));
        self.bar.set_position(LENGTH * done as u64 / of.max(1) as u64);
    }

    /// Shows how many of many bytes are done.
    pub(super) fn bytes(&self, title: &str, done: u64, of: u64) {
        self.bar.set_message(format!("{title}: {}", Amount::Bytes { done, of }));
        self.bar.set_position((done as f64 / of.max(1) as f64 * LENGTH as f64) as u64);
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// A piece of work that is in progress.
pub(super) struct Task<'a> {
    console: &'a Console,
    title: &'a str,
    /// When a line last said how far it is.
    said: Mutex<Instant>,
}

impl Task<'_> {
    /// Shows how far it is; where there is no bar, with a line every [`LINES`].
    pub(super) fn show(&self, progress: Progress) {
        let Progress { phase, fraction, amount } = progress;
        let amount = amount.map_or_else(String::new, |amount| format!(" {amount}"));
        let message = format!("{}: {}{amount}", self.title, phase_text(phase).to_lowercase());
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.console.has_bar() && said.elapsed() >= LINES {
            self.console.line(&message);
            *said = Instant::now();
        }
        self.console.bar.set_message(message);
        if let Some(fraction) = fraction {
            self.console.bar.set_position((fraction * LENGTH as f32) as u64);
        }
    }
}
