//! Journals of windows that ended without being closed.

use super::journal::{Journal, LOCK, LockError, RECORD, lock, read_file};
use super::write_atomic;
use std::fs;
use std::io;
use std::path::Path;
use tie_core::Leftover;

/// Work left behind by windows that ended without closing, newest first. Removes folders without work.
pub fn leftovers(root: &Path) -> Vec<Leftover> {
    let folders = fs::read_dir(root).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut found: Vec<Leftover> = folders.filter(|path| path.is_dir()).filter_map(|path| leftover(&path)).collect();
    found.sort_by(|a, b| a.age.cmp(&b.age).then_with(|| a.folder.cmp(&b.folder)));
    found
}

fn leftover(folder: &Path) -> Option<Leftover> {
    let lock = match lock(folder) {
        Ok(lock) => lock,
        // A folder that no window has locked yet, or from which the lock was removed.
        Err(LockError::Io(error)) if error.kind() == io::ErrorKind::NotFound && !folder.join(RECORD).exists() => {
            // Removes the folder only if it is empty.
            let _ = fs::remove_dir(folder);
            return None;
        }
        Err(LockError::Io(error)) if error.kind() == io::ErrorKind::NotFound => {
            write_atomic(&folder.join(LOCK), b"").ok()?;
            return leftover(folder);
        }
        Err(LockError::Held | LockError::Io(_)) => return None,
    };
    let written = fs::metadata(folder.join(RECORD)).and_then(|about| about.modified()).ok();
    let age = written.and_then(|time| time.elapsed().ok()).unwrap_or_default();
    match read_file(folder) {
        Ok(Some((file, _))) if file.record.unsaved => {
            let (name, steps) = (file.record.name(), file.record.cards.len());
            Some(Leftover { folder: folder.to_owned(), name, steps, age, problem: None })
        }
        Ok(_) => {
            Journal::with_lock(folder.to_owned(), lock).remove();
            None
        }
        Err(error) => {
            let (name, problem) = (String::new(), Some(error.to_string()));
            Some(Leftover { folder: folder.to_owned(), name, steps: 0, age, problem })
        }
    }
}

/// Removes work that was left behind, unless another window has it.
pub fn discard_leftover(folder: &Path) {
    if let Ok(lock) = lock(folder) {
        Journal::with_lock(folder.to_owned(), lock).remove();
    }
}
