//! File errors, each one sentence: what went wrong, why, and what to do.

use std::io;
use std::path::{Path, PathBuf};
use tie_core::Extent;

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("There is no file {}: check the name; it may have been moved or deleted.", .path.display())]
    Missing { path: PathBuf },
    #[error("{} is a folder, not an image: choose a file inside it.", .path.display())]
    Folder { path: PathBuf },
    #[error("{} is a device or a pipe, not a file: choose an image file.", .path.display())]
    NotRegular { path: PathBuf },
    #[error("{} cannot be read, because its permissions forbid it: ask its owner for access, or open a copy.", .path.display())]
    Forbidden { path: PathBuf },
    #[error("{} cannot be read ({source}): check the drive or open a copy.", .path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{name} is empty. Perhaps it was not copied completely: copy it again.")]
    Empty { name: String },
    #[error("{name} is not an image, despite its name: open a {OPENABLE} file.")]
    NotAnImage { name: String },
    #[error("{name} is a {kind} file, which Tie Studio cannot open: convert it to {OPENABLE}.")]
    UnsupportedFormat { name: String, kind: String },
    #[error(
        "{name} uses a variant of {format} that cannot be opened ({reason}): save it again as a plain PNG or JPEG."
    )]
    UnsupportedVariant { name: String, format: String, reason: String },
    #[error("{name} is damaged or incomplete ({reason}): copy it again, or open another copy.")]
    Damaged { name: String, reason: String },
    #[error("{name} is too large ({size}): open a version of at most {} million pixels.", super::MAX_PIXELS / 1_000_000)]
    TooLarge { name: String, size: String },
    #[error("The mask {name} is {mask} pixels, but the photo is {photo}: save the mask at the photo's size.")]
    MaskSize { name: String, mask: Extent, photo: Extent },
    #[error("{} cannot be saved, because its name does not end in a supported format: end it in {SAVABLE}.", .path.display())]
    UnsavableFormat { path: PathBuf },
    #[error("The mask {} cannot be saved, because masks are saved as PNG only: end its name in .png.", .path.display())]
    MaskFormat { path: PathBuf },
    #[error("{} cannot be saved, because {format} holds at most {limit} pixels a side and the photo is {extent}: save it as PNG.", .path.display())]
    TooLargeForFormat { path: PathBuf, format: &'static str, limit: u32, extent: Extent },
    #[error("{} cannot be saved, because the photo has no pixels: choose another photo.", .path.display())]
    NoPixels { path: PathBuf },
    #[error("{} cannot be saved because the folder {} does not exist: create it or choose another.", .path.display(), .folder.display())]
    MissingFolder { path: PathBuf, folder: PathBuf },
    #[error("{} cannot be saved because it or its folder is read-only: save under another name or in another folder.", .path.display())]
    ReadOnly { path: PathBuf },
    #[error("{} cannot be saved because the disk is full: free some space or choose another disk; nothing was overwritten.", .path.display())]
    DiskFull { path: PathBuf },
    #[error("{} cannot be saved ({source}): choose another name or folder; nothing was overwritten.", .path.display())]
    Write { path: PathBuf, source: io::Error },
}

/// The formats that can be opened, for messages.
const OPENABLE: &str = "PNG, JPEG, WebP, TIFF, GIF or BMP";

/// The extensions that can be saved, for messages.
const SAVABLE: &str = ".png, .jpg or .webp";

impl FileError {
    /// Explains a failure to read `path`.
    pub(super) fn reading(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::Missing { path },
            io::ErrorKind::PermissionDenied => Self::Forbidden { path },
            io::ErrorKind::IsADirectory => Self::Folder { path },
            _ => Self::Read { path, source },
        }
    }

    /// Explains a failure to write `path`.
    pub(super) fn writing(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                let folder = path.parent().unwrap_or(&path).to_owned();
                Self::MissingFolder { path, folder }
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path },
            io::ErrorKind::IsADirectory => Self::Folder { path },
            _ => Self::Write { path, source },
        }
    }
}
