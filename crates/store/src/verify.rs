//! Whether files are what they should be.

use super::pull::disk;
use super::{Model, Store, StoreError};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// A SHA-256 in the making.
#[derive(Clone, Default)]
pub(super) struct Sum(Sha256);

/// What went wrong while a file was being summed.
pub(super) enum SumError {
    Read(io::Error),
    Stopped(StoreError),
}

impl SumError {
    pub(super) fn on(self, path: &Path) -> StoreError {
        match self {
            Self::Read(error) => disk(path, &error),
            Self::Stopped(error) => error,
        }
    }
}

impl Sum {
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Adds a whole file to the sum, asking every few megabytes whether to continue; returns its size.
    pub(super) fn take(
        &mut self,
        file: &mut impl Read,
        mut watch: impl FnMut(u64) -> Result<(), StoreError>,
    ) -> Result<u64, SumError> {
        let mut chunk = vec![0; 1 << 22];
        let mut all = 0;
        loop {
            match file.read(&mut chunk) {
                Ok(0) => return Ok(all),
                Ok(count) => {
                    self.add(&chunk[..count]);
                    all += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(SumError::Read(error)),
            }
            watch(all).map_err(SumError::Stopped)?;
        }
    }

    /// In hexadecimal digits.
    pub(super) fn hex(self) -> String {
        self.0.finalize().iter().fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

/// Whether a name is a SHA-256.
pub(super) fn is_sha256(name: &str) -> bool {
    name.len() == 64 && name.chars().all(|c| c.is_ascii_hexdigit())
}

/// What is known about one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Path in its repository.
    pub path: String,
    /// Where it was found; `None` if it was not.
    pub at: Option<PathBuf>,
    /// The result of the comparison.
    pub verdict: Integrity,
}

/// The state of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Integrity {
    /// Size and checksum are as known.
    Right,
    /// There is no known checksum to compare with; holds the file's own.
    Unknown(String),
    /// It is not there, although the model needs it.
    Missing,
    /// It is not there, and no longer needed.
    NotNeeded,
    /// Another size than the catalogue's: cut off, or another file. Its checksum is not worked out.
    WrongSize {
        /// Bytes that the catalogue says.
        wanted: u64,
        /// Bytes that it has.
        got: u64,
    },
    /// The checksum is neither the catalogue's nor the one that the hub's cache names it by.
    WrongSum {
        /// The expected SHA-256 in hexadecimal digits, or the first 16 of them or more.
        wanted: String,
        /// Its SHA-256, 64 hexadecimal digits.
        got: String,
    },
}

impl Integrity {
    /// Whether the model can be used with it.
    pub const fn is_good(&self) -> bool {
        matches!(self, Self::Right | Self::Unknown(_) | Self::NotNeeded)
    }
}

impl Store {
    /// Compares all files of a model with what is known of them. `watch` gets the number of bytes read and returns
    /// whether to continue.
    ///
    /// # Errors
    /// [`StoreError::Cancelled`], and [`StoreError::Disk`] if a file cannot be read.
    pub fn verify(&self, model: &Model, watch: &mut dyn FnMut(u64) -> bool) -> Result<Vec<Checked>, StoreError> {
        let mut all = Vec::new();
        let mut before = 0;
        for repository in &model.repositories {
            let places = self.places(repository);
            // The folder that the model would be loaded from, or else the one with the most of it.
            let holds =
                |folder: &PathBuf| repository.files.iter().filter(|file| folder.join(&file.path).exists()).count();
            let found = self.find_repository(model, repository).ok();
            let folder = found.or_else(|| places.into_iter().filter(|place| holds(place) > 0).max_by_key(holds));
            let files = folder.as_ref().map_or_else(|| repository.files.clone(), |folder| repository.files_in(folder));
            for file in &files {
                // Files of the hub have the hub's names; a folder of a person's own, or a copy, may have others.
                let at = folder.as_ref().and_then(|folder| file.within(folder));
                let verdict = match &at {
                    None if file.once && folder.is_some() => Integrity::NotNeeded,
                    None => Integrity::Missing,
                    Some(path) => {
                        // A converted copy differs from the catalogue, and was compared when it was made.
                        let is_copy = folder.is_some() && folder == self.own_copy(repository);
                        let (bytes, sum) = if is_copy { (None, None) } else { (file.bytes, file.sha256.as_deref()) };
                        let verdict = check(path, bytes, sum, &mut |read| watch(before + read))?;
                        before += std::fs::metadata(path).map_or(0, |found| found.len());
                        verdict
                    }
                };
                all.push(Checked { path: file.path.clone(), at, verdict });
            }
        }
        Ok(all)
    }
}

/// Compares one file.
fn check(
    path: &Path,
    bytes: Option<u64>,
    sha256: Option<&str>,
    watch: &mut dyn FnMut(u64) -> bool,
) -> Result<Integrity, StoreError> {
    let mut file = File::open(path).map_err(|error| disk(path, &error))?;
    let got = file.metadata().map_err(|error| disk(path, &error))?.len();
    if let Some(wanted) = bytes.filter(|wanted| *wanted != got) {
        return Ok(Integrity::WrongSize { wanted, got });
    }
    let mut sum = Sum::default();
    let go_on = |read| if watch(read) { Ok(()) } else { Err(StoreError::Cancelled) };
    sum.take(&mut file, go_on).map_err(|error| error.on(path))?;
    let digest = sum.hex();
    // In the hub's cache, large files are named by their checksum, whatever the catalogue knows.
    let blob = std::fs::canonicalize(path).ok().and_then(|path| Some(path.file_name()?.to_str()?.to_owned()));
    let blob = blob.filter(|name| is_sha256(name));
    match sha256.or(blob.as_deref()) {
        None => Ok(Integrity::Unknown(digest)),
        Some(wanted) if digest.starts_with(wanted) => Ok(Integrity::Right),
        Some(wanted) => Ok(Integrity::WrongSum { wanted: wanted.to_owned(), got: digest }),
    }
}
