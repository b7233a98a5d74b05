//! Checks before the work that its results can be saved, and that no input is overwritten.

use super::failure::Failure;
use crate::files::{FileError, SaveFormat, edited_name};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use tie_core::Extent;

/// Checks that a file can be written at `path`, as far as that can be known in advance, and that it is not one of
/// `inputs`.
pub(super) fn check_output(path: &Path, inputs: &[&Path]) -> Result<(), Failure> {
    for input in inputs {
        if same_file(path, input) {
            return Err(Failure::Usage(format!(
                "{} is a file that this command reads, so it would be overwritten: save under another name, for example {}.",
                path.display(),
                edited_name(path).display()
            )));
        }
    }
    if let Ok(existing) = fs::metadata(path) {
        if existing.is_dir() {
            return Err(Failure::Usage(format!(
                "{} is a folder: add a file name to save under, for example {}.",
                path.display(),
                path.join("edited.png").display()
            )));
        }
        if existing.permissions().readonly() {
            return Err(FileError::ReadOnly { path: path.to_owned() }.into());
        }
    }
    let folder = folder_of(path);
    if !folder.is_dir() {
        return Err(FileError::MissingFolder { path: path.to_owned(), folder }.into());
    }
    Ok(())
}

/// Writes a result to standard output.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        // The reader has closed the pipe ("| head").
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::Usage(format!("the result cannot be written ({error}): redirect it to a file.")))
        }
        _ => Ok(()),
    }
}

/// Checks that two results do not go into one file.
pub(super) fn check_distinct(output: &Path, report: Option<&Path>) -> Result<(), Failure> {
    match report {
        Some(report) if same_file(output, report) => Err(Failure::Usage(format!(
            "the result and the report would both be saved as {}: give one of them another name.",
            output.display()
        ))),
        _ => Ok(()),
    }
}

/// Checks a photograph's destination: name, folder, and that its format can hold the photograph.
pub(super) fn check_photo_output(path: &Path, inputs: &[&Path]) -> Result<SaveFormat, Failure> {
    let format = SaveFormat::from_path(path)?;
    check_output(path, inputs)?;
    Ok(format)
}

/// Checks that the destination's format can hold the photograph.
pub(super) fn check_extent(path: &Path, format: SaveFormat, extent: Extent) -> Result<(), Failure> {
    let limit = format.max_side();
    if extent.longest() > limit {
        let (path, format) = (path.to_owned(), format.name());
        return Err(FileError::TooLargeForFormat { path, format, limit, extent }.into());
    }
    Ok(())
}

/// Whether two names lead to one file, also through links and by relative paths; the files need not exist.
pub(super) fn same_file(a: &Path, b: &Path) -> bool {
    resolved(a) == resolved(b)
}

fn resolved(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| {
        // A file to be: its folder may be reached by several names all the same.
        let folder = folder_of(path);
        let folder = fs::canonicalize(&folder).unwrap_or(folder);
        folder.join(path.file_name().unwrap_or_default())
    })
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}
