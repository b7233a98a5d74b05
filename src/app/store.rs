//! Keeps the settings on the disk equal to the session's, without ever making the window wait.

use crate::files::{self, FileError};
use crate::session::Settings;
use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A change is written when nothing else has changed for this long: a slider passes through many values.
const QUIET: Duration = Duration::from_secs(1);

/// The settings file, or none: then settings live as long as the window.
#[derive(Default)]
pub struct SettingsStore {
    path: Option<PathBuf>,
    /// The settings on disk, or on the way there.
    saved: Settings,
    /// Seen last, and when.
    pending: Option<(Settings, Instant)>,
    writing: Option<JoinHandle<Result<(), FileError>>>,
    /// What was wrong with the file when it was read.
    sentence: Option<String>,
}

impl SettingsStore {
    /// Reads the file; without a path, nothing is read or written.
    pub fn open(path: Option<PathBuf>) -> Self {
        let (settings, sentence) = path.as_deref().map(files::load_settings::<Settings>).unwrap_or_default();
        Self { path, saved: settings.sanitised(), sentence, ..Self::default() }
    }

    /// These settings, without a file: for tests, and where the system names no folder for settings.
    pub fn without_file(settings: Settings) -> Self {
        Self { saved: settings.sanitised(), ..Self::default() }
    }

    /// The settings as read, clamped to their ranges.
    pub const fn settings(&self) -> &Settings {
        &self.saved
    }

    /// A message about the file for the user, returned once.
    pub(super) const fn take_sentence(&mut self) -> Option<String> {
        self.sentence.take()
    }

    /// Writes changed settings after a quiet second; returns the latest time to call again.
    pub(super) fn keep(&mut self, settings: &Settings) -> Option<Duration> {
        self.path.as_ref()?;
        self.finish(false);
        if let Some((seen, since)) = &mut self.pending {
            if seen != settings {
                (*seen, *since) = (settings.clone(), Instant::now());
            }
        } else if self.saved == *settings {
            return None;
        } else {
            self.pending = Some((settings.clone(), Instant::now()));
        }
        let since = self.pending.as_ref().map(|(_, since)| since.elapsed())?;
        if since < QUIET || self.writing.is_some() {
            return Some(QUIET.saturating_sub(since).max(Duration::from_millis(50)));
        }
        self.write();
        None
    }

    /// Writes what is still unwritten and waits for it.
    pub(super) fn close(&mut self, settings: &Settings) {
        self.finish(true);
        if self.path.is_some() && self.saved != *settings {
            self.pending = Some((settings.clone(), Instant::now()));
            self.write();
            self.finish(true);
        }
    }

    /// Syncing a file can take long on a busy disk, so it runs on its own thread, one at a time.
    fn write(&mut self) {
        let (Some(path), Some((settings, _))) = (self.path.clone(), self.pending.take()) else {
            return;
        };
        self.saved = settings.clone();
        let work = move || files::save_settings(&path, &settings);
        match std::thread::Builder::new().name("tie-settings".to_owned()).spawn(work) {
            Ok(thread) => self.writing = Some(thread),
            Err(error) => log::error!("the settings could not be saved: {error}"),
        }
    }

    /// Looks how the last write ended, or waits for that.
    fn finish(&mut self, waits: bool) {
        let Some(thread) = self.writing.take_if(|thread| waits || thread.is_finished()) else {
            return;
        };
        match thread.join() {
            Ok(Ok(())) => {}
            Ok(Err(error)) => self.sentence = Some(format!("The settings could not be saved. {error}")),
            Err(_) => log::error!("saving the settings ended with a panic"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_path_nothing_is_kept() {
        let mut store = SettingsStore::open(None);
        let changed = Settings { threads: 2, ..Settings::default() };
        assert_eq!(store.keep(&changed), None);
        store.close(&changed);
        assert_eq!(store.settings(), &Settings::default());
    }

    #[test]
    fn a_change_waits_for_quiet_and_closing_does_not_lose_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.ron");
        let mut store = SettingsStore::open(Some(path.clone()));
        let changed = Settings { threads: 2, ..Settings::default() };
        assert!(store.keep(&changed).is_some_and(|wait| wait <= QUIET));
        assert!(!path.exists());
        store.close(&changed);
        assert_eq!(SettingsStore::open(Some(path)).settings().threads, 2);
    }

    #[test]
    fn a_file_that_cannot_be_written_is_told_and_ends_nothing() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("taken"), "a file").unwrap();
        let mut store = SettingsStore::open(Some(folder.path().join("taken").join("settings.ron")));
        store.close(&Settings { threads: 2, ..Settings::default() });
        assert!(store.take_sentence().is_some_and(|sentence| sentence.contains("could not be saved")));
    }
}
