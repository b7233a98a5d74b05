//! Keeps the journal on disk in step with the session, so that no work is lost if the program ends without closing.

use super::App;
use crate::files::{self, FileError, Journal, Written};
use crate::session::Session;
use eframe::egui;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tie_core::Leftover;

/// The session is written when nothing has changed for this long …
const QUIET: Duration = Duration::from_secs(1);
/// … or after this long even if something keeps changing …
const LONGEST: Duration = Duration::from_secs(5);
/// … and after this if it could not be written.
const RETRY: Duration = Duration::from_secs(30);

/// The journal of one window, or none: then nothing is written or found.
///
/// One thread at a time does the writing, so saving a photo never waits for it. It reads a record that shares the
/// session's pixels; the window pays only for the record, which takes microseconds.
#[derive(Default)]
pub struct JournalStore {
    root: Option<PathBuf>,
    /// `None` while it is being written, and before there is anything to write.
    journal: Option<Journal>,
    writing: Option<JoinHandle<(Option<Journal>, Outcome)>>,
    /// Replaces the journal that is being written.
    successor: Option<Journal>,
    stop: Arc<AtomicBool>,
    /// The session's revision on the disk, or on the way there.
    kept: u64,
    pending: Option<Pending>,
    /// A write has failed and none has succeeded since.
    failing: bool,
    sentence: Option<String>,
    looking: Option<JoinHandle<Vec<Leftover>>>,
    /// What the last write saved to disk.
    last: Option<Written>,
}

/// Changes that are not on the disk yet.
#[derive(Clone, Copy)]
struct Pending {
    revision: u64,
    first: Instant,
    newest: Instant,
    /// Not before this.
    earliest: Instant,
}

type Outcome = Result<Option<Written>, FileError>;

impl JournalStore {
    /// Journals below this folder; looks for those that were left behind there.
    pub fn open(root: Option<PathBuf>) -> Self {
        let look = |root: PathBuf| {
            let looking = std::thread::Builder::new().name("tie-journal".to_owned());
            looking.spawn(move || files::leftovers(&root))
        };
        let looking = root
            .clone()
            .and_then(|root| look(root).map_err(|error| log::error!("cannot look for journals: {error}")).ok());
        Self { root, looking, ..Self::default() }
    }

    /// Writes the session if it is due; returns the latest time to call again.
    pub fn keep(&mut self, session: &Session, now: Instant) -> Option<Duration> {
        self.root.as_ref()?;
        self.finish(now, false);
        let revision = session.revision();
        if let Some(pending) = &mut self.pending {
            if pending.revision != revision {
                (pending.revision, pending.newest) = (revision, now);
            }
        } else if self.kept == revision {
            // The end of a write is reported even if nothing else changes.
            return self.is_writing().then_some(QUIET);
        } else {
            self.pending = Some(Pending { revision, first: now, newest: now, earliest: now });
        }
        let pending = self.pending?;
        let due = (pending.newest + QUIET).min(pending.first + LONGEST).max(pending.earliest);
        // A half-drawn stroke is not saved: its end is the next change.
        if now < due || self.writing.is_some() || session.is_drawing() {
            return Some(due.saturating_duration_since(now).max(Duration::from_millis(50)));
        }
        self.write(session);
        Some(QUIET)
    }

    /// The window closes: a clean end leaves nothing to restore; any other leaves the newest state.
    pub fn close(&mut self, session: &Session, is_clean: bool) {
        self.stop.store(is_clean, Ordering::Relaxed);
        self.finish(Instant::now(), true);
        if is_clean {
            self.journal.take().into_iter().chain(self.successor.take()).for_each(Journal::remove);
        } else if self.root.is_some() && self.kept != session.revision() {
            self.write(session);
            self.finish(Instant::now(), true);
        }
    }

    /// Goes on with another journal, whose work is in the session now; the one so far is removed.
    pub fn go_on_with(&mut self, journal: Journal) {
        self.stop.store(true, Ordering::Relaxed);
        self.successor = Some(journal);
        if self.writing.is_none() {
            self.succeed_journal();
        }
    }

    /// Work that was left behind, once it was looked for.
    pub fn take_leftovers(&mut self) -> Option<Vec<Leftover>> {
        let looking = self.looking.take_if(|looking| looking.is_finished())?;
        looking.join().map_err(|_| log::error!("looking for journals ended with a panic")).ok()
    }

    pub const fn is_looking(&self) -> bool {
        self.looking.is_some()
    }

    /// A message for the user, returned once.
    pub const fn take_sentence(&mut self) -> Option<String> {
        self.sentence.take()
    }

    /// The folder of this window's journal, if there is one and it is not being written.
    pub fn folder(&self) -> Option<&Path> {
        self.journal.as_ref().map(Journal::folder)
    }

    /// What the last finished write saved to disk.
    pub const fn last_written(&self) -> Option<Written> {
        self.last
    }

    pub const fn is_writing(&self) -> bool {
        self.writing.is_some()
    }

    fn write(&mut self, session: &Session) {
        let Some(root) = self.root.clone() else {
            return;
        };
        self.pending = None;
        self.kept = session.revision();
        let journal = self.journal.take();
        let Some((photo, record)) = session.record().filter(|(_, record)| record.is_work()) else {
            discard(journal);
            return;
        };
        self.stop = Arc::default();
        let stop = Arc::clone(&self.stop);
        let work = move || {
            let mut journal = match journal.map_or_else(|| Journal::create(&root), Ok) {
                Ok(journal) => journal,
                Err(error) => return (None, Err(error)),
            };
            let outcome = journal.write(&photo, record, &|| stop.load(Ordering::Relaxed));
            (Some(journal), outcome)
        };
        match std::thread::Builder::new().name("tie-journal".to_owned()).spawn(work) {
            Ok(thread) => self.writing = Some(thread),
            Err(error) => log::error!("the journal could not be written: {error}"),
        }
    }

    /// Looks how the last write ended, or waits for that.
    fn finish(&mut self, now: Instant, waits: bool) {
        let Some(thread) = self.writing.take_if(|thread| waits || thread.is_finished()) else {
            return;
        };
        let Ok((journal, outcome)) = thread.join() else {
            log::error!("writing the journal ended with a panic");
            return;
        };
        self.journal = journal;
        match outcome {
            Ok(written) => {
                self.failing &= written.is_none();
                self.last = written.or(self.last);
            }
            Err(error) => {
                if !self.failing {
                    self.sentence = Some(format!("Your work is not protected against a crash at the moment. {error}"));
                }
                self.failing = true;
                // Not the revision that any session has: it is tried again.
                let revision = self.pending.map_or(self.kept, |pending| pending.revision);
                self.pending = Some(Pending { revision, first: now, newest: now, earliest: now + RETRY });
            }
        }
        self.succeed_journal();
    }

    fn succeed_journal(&mut self) {
        if let Some(successor) = self.successor.take() {
            discard(self.journal.replace(successor));
        }
    }
}

/// Removes a journal without making the window wait.
fn discard(journal: Option<Journal>) {
    let Some(journal) = journal else { return };
    let spawned = std::thread::Builder::new().name("tie-journal".to_owned()).spawn(move || journal.remove());
    if let Err(error) = spawned {
        log::error!("an old journal was not removed: {error}");
    }
}

impl App {
    /// Keeps a journal, and offers what others left behind.
    #[must_use]
    pub fn with_journal(mut self, journal: JournalStore) -> Self {
        self.journal = journal;
        self
    }

    pub(super) fn keep_journal(&mut self, ctx: &egui::Context) {
        if let Some(wait) = self.journal.keep(&self.session, Instant::now()) {
            ctx.request_repaint_after(wait);
        }
        if let Some(leftovers) = self.journal.take_leftovers() {
            self.state.leftovers.found = leftovers;
        } else if self.journal.is_looking() {
            ctx.request_repaint_after(Duration::from_millis(50));
        }
        if let Some(folder) = self.state.leftovers.discarded.take() {
            let spawned = std::thread::Builder::new()
                .name("tie-journal".to_owned())
                .spawn(move || files::discard_leftover(&folder));
            if let Err(error) = spawned {
                log::error!("leftover work was not removed: {error}");
            }
        }
        if self.session.activity().is_none()
            && self.session.notice().is_none()
            && let Some(sentence) = self.journal.take_sentence()
        {
            self.session.fail(sentence);
        }
    }

    /// The work is in the session now.
    pub(super) fn go_on_with_journal(&mut self, journal: Journal) {
        self.state.leftovers.found.retain(|left| left.folder != journal.folder());
        self.journal.go_on_with(journal);
    }
}
