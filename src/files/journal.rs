//! The journal: a folder for each window that holds what the window would lose if it ended now.
//!
//! `record.json` names the images in `pixels`. Images are written before the record that names them, and removed after
//! the first that does not, each atomically: whenever the program ends, the folder holds one whole record. A lock,
//! which the system releases when a program ends, tells a window's journal from one that was left behind.

use super::atomic::TEMPORARY;
use super::journal_pixels::{CandidateFile, PixelFolder, Written, raster_name};
use super::{FileError, Metadata, Photo, open_photo, write_atomic};
use etcetera::BaseStrategy as _;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::SystemTime;
use tie_core::{Candidate, Extent, Raster, Record};

/// The version of the journal that this program writes.
pub const JOURNAL_VERSION: u32 = 3;
/// The oldest version that it reads: its recipes had other fields, which [`tie_core::Recipe`] still reads.
const OLDEST_VERSION: u32 = 2;

pub(super) const RECORD: &str = "record.json";
pub(super) const LOCK: &str = "lock";
const PIXELS: &str = "pixels";

/// Why work that was left behind cannot be restored; it stays where it is.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error("This work is open in another window of Tie Studio: continue there.")]
    Busy,
    #[error("This work no longer exists: it was restored or discarded in another window.")]
    Gone,
    #[error("The work in {} was saved by another version of Tie Studio (journal version {found}): restore it with that version.", .folder.display())]
    Version { folder: PathBuf, found: u64 },
    #[error("The work in {} cannot be read ({reason}). It was left as it is.", .folder.display())]
    Broken { folder: PathBuf, reason: String },
    #[error("Your work is safe, but its photo cannot be opened. {0}")]
    Photo(FileError),
    #[error("{name} is not the photo that these steps were made on: put the old file back, then restore again.")]
    OtherPhoto { name: String },
}

/// The folder for this user's journals, if the system has one: `~/.local/state/tie-studio/journal` on Linux, the
/// system's own place for such data elsewhere.
pub fn journals_path() -> Option<PathBuf> {
    let folders = etcetera::base_strategy::choose_native_strategy().ok()?;
    let state = folders.state_dir().unwrap_or_else(|| folders.data_dir());
    Some(state.join("tie-studio").join("journal"))
}

/// The journal's file.
#[derive(Serialize, Deserialize)]
pub(super) struct JournalFile {
    version: u32,
    base: BaseFile,
    candidates: Vec<CandidateFile>,
    /// Masks by their images' names, candidates by their place in the list.
    pub(super) record: Record<String, usize>,
}

/// The photograph without any step.
#[derive(Clone, Serialize, Deserialize)]
struct BaseFile {
    pixels: String,
    extent: Extent,
    /// Its pixels are in the journal, because its file does not (or no longer) hold them.
    kept: bool,
}

/// One window's journal; nothing else writes to it while this lives.
#[derive(Debug)]
pub struct Journal {
    folder: PathBuf,
    /// Held, never read: dropping it releases the lock.
    lock: File,
    pixels: PixelFolder,
    base: Option<Base>,
    /// The record on the disk.
    text: String,
}

/// What is known about the photo.
#[derive(Debug)]
struct Base {
    raster: Weak<Raster>,
    name: String,
    /// Its file as first seen; `None` if there is none.
    file: Option<FileStamp>,
    kept: bool,
}

/// Tells whether a file is the same as before, without reading it.
type FileStamp = (u64, Option<SystemTime>);

fn stamp(path: &Path) -> Option<FileStamp> {
    let about = fs::metadata(path).ok()?;
    Some((about.len(), about.modified().ok()))
}

/// Work that was left behind, read again.
#[derive(Debug)]
pub struct Restored {
    /// The journal to continue with.
    pub journal: Journal,
    pub photo: Photo,
    pub record: Record,
    /// Masks and candidates that could not be read and are missing from the record.
    pub missing: usize,
}

impl Journal {
    /// Makes a new, empty journal below `root`.
    ///
    /// # Errors
    /// If the folder cannot be created or locked.
    pub fn create(root: &Path) -> Result<Self, FileError> {
        let failed = |error| FileError::writing(&root.join(RECORD), error);
        fs::create_dir_all(root).map_err(failed)?;
        for _ in 0..3 {
            let folder = private_folder(root).map_err(failed)?;
            // Another window that is just looking around takes an empty folder for rubbish; then there will be another.
            if write_atomic(&folder.join(LOCK), b"").is_ok()
                && let Ok(lock) = lock(&folder)
                && folder.join(LOCK).exists()
            {
                return Ok(Self::with_lock(folder, lock));
            }
        }
        Err(failed(io::Error::other("the folder cannot be locked")))
    }

    pub(super) fn with_lock(folder: PathBuf, lock: File) -> Self {
        let pixels = PixelFolder::open(folder.join(PIXELS));
        Self { folder, lock, pixels, base: None, text: String::new() }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Brings the journal up to a record: writes the images that are not there yet, then the record, then removes what it
    /// does not name. `None` if `stops` said so in between; the record on the disk is then the last one.
    ///
    /// # Errors
    /// If something cannot be written; the record on disk is then the last one.
    pub fn write(
        &mut self,
        raster: &Arc<Raster>,
        record: Record,
        stops: &dyn Fn() -> bool,
    ) -> Result<Option<Written>, FileError> {
        self.pixels.begin();
        let base = self.write_base(raster, &record)?;
        let mut failure = None;
        // Masks first: as long as they are held here, drawing on them copies them.
        let pixels = &mut self.pixels;
        let record = record.filter_map(|mask| unless_ended(&mut failure, stops, || pixels.put_mask(&mask)), Some);
        let mut list = CandidateList { pixels, candidates: Vec::new(), indices: HashMap::new() };
        let record = record.filter_map(Some, |one| unless_ended(&mut failure, stops, || list.put(&one)));
        let candidates = list.candidates;
        if let Some(error) = failure {
            return Err(error);
        }
        if stops() {
            return Ok(None);
        }
        let path = self.folder.join(RECORD);
        let file = JournalFile { version: JOURNAL_VERSION, base, candidates, record };
        let text = serde_json::to_string(&file).map_err(|error| FileError::writing(&path, io::Error::other(error)))?;
        let is_new = text != self.text;
        if is_new {
            write_atomic(&path, text.as_bytes())?;
        }
        let mut written = self.pixels.finish();
        if is_new {
            written.record_bytes = text.len() as u64;
            self.text = text;
        }
        Ok(Some(written))
    }

    /// The photograph stays in its file as long as that holds it; after that its pixels are kept here.
    fn write_base(&mut self, raster: &Arc<Raster>, record: &Record) -> Result<BaseFile, FileError> {
        let file = if record.pasted { None } else { stamp(&record.source) };
        if self.base.as_ref().is_none_or(|base| Weak::as_ptr(&base.raster) != Arc::as_ptr(raster)) {
            let name = raster_name(raster);
            let known = self.base.take().filter(|base| base.name == name);
            let base = known.unwrap_or_else(|| Base { raster: Weak::new(), name, file, kept: false });
            self.base = Some(Base { raster: Arc::downgrade(raster), ..base });
        }
        let Some(base) = &mut self.base else {
            return Err(FileError::NoPixels { path: record.source.clone() });
        };
        base.kept |= file.is_none() || file != base.file;
        if base.kept {
            self.pixels.put_raster(&base.name, raster)?;
        }
        Ok(BaseFile { pixels: base.name.clone(), extent: raster.extent(), kept: base.kept })
    }

    /// Reads work that was left behind, and takes its journal over.
    ///
    /// # Errors
    /// If another window has it, it cannot be read, or its photo is missing or different; it is then left unchanged.
    pub fn restore(folder: &Path) -> Result<Restored, JournalError> {
        let lock = match lock(folder) {
            Ok(lock) => lock,
            Err(LockError::Held) => return Err(JournalError::Busy),
            Err(LockError::Io(error)) if error.kind() == io::ErrorKind::NotFound => return Err(JournalError::Gone),
            Err(LockError::Io(error)) => return Err(broken(folder, &error)),
        };
        remove_strays(folder);
        remove_strays(&folder.join(PIXELS));
        let mut journal = Self::with_lock(folder.to_owned(), lock);
        let (file, text) = read_file(folder)?.ok_or(JournalError::Gone)?;
        let photo = journal.read_photo(&file)?;
        let extent = file.base.extent;
        let source = if file.record.pasted { None } else { stamp(&file.record.source) };
        journal.base = Some(Base { raster: Weak::new(), name: file.base.pixels, file: source, kept: file.base.kept });
        journal.text = text;
        let candidates: Vec<_> = file.candidates.iter().map(|file| journal.pixels.candidate(file)).collect();
        let mut missing = candidates.iter().filter(|candidate| candidate.is_none()).count();
        let mut damaged = BTreeSet::new();
        let record = file.record.filter_map(
            |name| {
                let mask = journal.pixels.mask(&name, extent);
                missing += usize::from(mask.is_none() && damaged.insert(name));
                mask
            },
            |index| candidates.get(index).cloned().flatten(),
        );
        Ok(Restored { journal, photo, record, missing })
    }

    fn read_photo(&mut self, file: &JournalFile) -> Result<Photo, JournalError> {
        let (base, source) = (&file.base, &file.record.source);
        let other = || JournalError::OtherPhoto { name: file.record.name() };
        if base.kept {
            let raster = self.pixels.raster(&base.pixels, base.extent);
            let raster = raster.ok_or_else(|| broken(&self.folder, &"the photo is damaged"))?;
            // Saving over a file keeps its metadata.
            let found = if file.record.pasted { None } else { open_photo(source).ok() };
            let metadata = found.map_or_else(Metadata::default, |photo| photo.metadata);
            return Ok(Photo { raster, metadata, notes: Vec::new() });
        }
        let photo = open_photo(source).map_err(JournalError::Photo)?;
        let is_same = photo.raster.extent() == base.extent && raster_name(&photo.raster) == base.pixels;
        if is_same { Ok(photo) } else { Err(other()) }
    }

    /// Removes the journal with all that it holds.
    pub fn remove(self) {
        let Self { folder, lock, .. } = self;
        // Without a record it no longer counts as work, whatever happens next.
        let removed = match fs::remove_file(folder.join(RECORD)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => {
                // Some systems remove no file that is open.
                drop(lock);
                fs::remove_dir_all(&folder)
            }
        };
        if let Err(error) = removed {
            log::warn!("the journal {} could not be removed: {error}", folder.display());
        }
    }
}

/// Does nothing once something has failed, or the write must stop.
fn unless_ended<T>(
    failure: &mut Option<FileError>,
    stops: &dyn Fn() -> bool,
    put: impl FnOnce() -> Result<T, FileError>,
) -> Option<T> {
    if failure.is_some() || stops() {
        return None;
    }
    put().map_err(|error| *failure = Some(error)).ok()
}

/// The candidates of the record in work.
struct CandidateList<'a> {
    pixels: &'a mut PixelFolder,
    candidates: Vec<CandidateFile>,
    /// Places in the list by the candidates' addresses, which the pixel folder keeps from being used again.
    indices: HashMap<usize, usize>,
}

impl CandidateList<'_> {
    /// The candidate's place in the list; its pixels are on the disk afterwards.
    fn put(&mut self, candidate: &Arc<Candidate>) -> Result<usize, FileError> {
        let address = Arc::as_ptr(candidate).addr();
        if let Some(index) = self.indices.get(&address) {
            return Ok(*index);
        }
        let file = self.pixels.put_candidate(candidate)?;
        let index = self.candidates.len();
        self.candidates.push(file);
        self.indices.insert(address, index);
        Ok(index)
    }
}

/// Removes what a write that was broken off left half written.
fn remove_strays(folder: &Path) {
    let names = fs::read_dir(folder).into_iter().flatten().flatten();
    for stray in names.filter(|entry| entry.file_name().to_string_lossy().starts_with(TEMPORARY)) {
        if let Err(error) = fs::remove_file(stray.path()) {
            log::debug!("{} could not be removed: {error}", stray.path().display());
        }
    }
}

/// The journal's file and its text; `None` if there is none.
pub(super) fn read_file(folder: &Path) -> Result<Option<(JournalFile, String)>, JournalError> {
    #[derive(Deserialize)]
    struct Header {
        version: u64,
    }
    let text = match fs::read_to_string(folder.join(RECORD)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(broken(folder, &error)),
    };
    let header: Header = serde_json::from_str(&text).map_err(|error| broken(folder, &error))?;
    if !(u64::from(OLDEST_VERSION)..=u64::from(JOURNAL_VERSION)).contains(&header.version) {
        return Err(JournalError::Version { folder: folder.to_owned(), found: header.version });
    }
    let file = serde_json::from_str(&text).map_err(|error| broken(folder, &error))?;
    Ok(Some((file, text)))
}

fn broken(folder: &Path, reason: &dyn std::fmt::Display) -> JournalError {
    JournalError::Broken { folder: folder.to_owned(), reason: reason.to_string() }
}

pub(super) enum LockError {
    /// A living window has it.
    Held,
    Io(io::Error),
}

pub(super) fn lock(folder: &Path) -> Result<File, LockError> {
    let file = File::open(folder.join(LOCK)).map_err(LockError::Io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(LockError::Held),
        Err(fs::TryLockError::Error(error)) => Err(LockError::Io(error)),
    }
}

/// A new folder that only this user can read: photos are private.
fn private_folder(root: &Path) -> io::Result<PathBuf> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("window-").rand_bytes(10);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o700));
    }
    Ok(builder.tempdir_in(root)?.keep())
}
