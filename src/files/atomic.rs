//! Saves that happen in full or not at all.

use super::FileError;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Writes `bytes` to `path` in full or, on any error, not at all.
///
/// # Errors
/// If the folder is missing or read-only, the file is read-only, or the disk is full; the file is then unchanged.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    write_atomic_with(path, |file| file.write_all(bytes))
}

/// Passes a temporary file beside `path` to `write`, and renames it to `path` once everything is on disk.
///
/// A failure, a panic or a kill at any point leaves the old file; only a kill can leave the temporary file as well.
pub(super) fn write_atomic_with(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> Result<(), FileError> {
    replace(path, write).map_err(|source| FileError::writing(path, source))
}

fn replace(path: &Path, write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>) -> io::Result<()> {
    // Through a symbolic link the file it points to is replaced, not the link.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let existing = fs::metadata(&target).ok();
    if let Some(existing) = &existing {
        if existing.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        // A rename would replace it all the same: the folder's permissions decide that, not the file's.
        if existing.permissions().readonly() {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
    }
    let folder = folder_of(&target);
    let temporary = temporary_in(&folder)?;
    let mut writer = BufWriter::with_capacity(1 << 18, temporary.as_file());
    write(&mut writer)?;
    writer.flush()?;
    drop(writer);
    if let Some(existing) = existing {
        // Best effort: some file systems have no permissions to keep.
        let _ = temporary.as_file().set_permissions(existing.permissions());
    }
    temporary.as_file().sync_all()?;
    temporary.persist(&target).map_err(|error| error.error)?;
    sync_folder(&folder);
    Ok(())
}

/// The folder that holds `path`; a bare file name is in the current folder.
fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Prefix of temporary file names.
pub(super) const TEMPORARY: &str = ".tie-studio-";

fn temporary_in(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY).suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Temporary files are private by default; a photograph gets what any new file gets (this less the umask).
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// Makes the rename itself survive a power cut, where the system can.
fn sync_folder(folder: &Path) {
    #[cfg(unix)]
    if let Ok(folder) = File::open(folder) {
        // The file is saved by now; a file system that cannot sync folders is no reason to report a failure.
        let _ = folder.sync_all();
    }
    #[cfg(not(unix))]
    let _ = folder;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_in(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_writer_that_fails_midway_leaves_target_and_folder_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("photo.png");
        fs::write(&path, b"before").unwrap();
        for existing in [true, false] {
            let path = if existing { path.clone() } else { folder.path().join("new.png") };
            let error = write_atomic_with(&path, |file| {
                file.write_all(&vec![7; 1 << 20])?;
                Err(io::ErrorKind::StorageFull.into())
            })
            .unwrap_err();
            assert!(matches!(error, FileError::DiskFull { .. }), "{error}");
            assert!(error.to_string().contains("disk is full"), "{error}");
            assert_eq!(fs::read(folder.path().join("photo.png")).unwrap(), b"before");
            assert_eq!(names_in(folder.path()), ["photo.png"]);
        }
    }

    #[test]
    fn a_panic_while_writing_leaves_no_trace() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("photo.png");
        let outcome = std::panic::catch_unwind(|| write_atomic_with(&path, |_| panic!("encoder bug")));
        assert!(outcome.is_err());
        assert!(names_in(folder.path()).is_empty());
    }

    #[test]
    fn writing_again_replaces_the_whole_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.json");
        write_atomic(&path, b"a long first version").unwrap();
        write_atomic(&path, b"short").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"short");
        assert_eq!(names_in(folder.path()), ["plan.json"]);
    }

    #[test]
    fn every_reason_has_its_own_sentence() {
        let sentence = |kind: io::ErrorKind| FileError::writing(Path::new("folder/photo.png"), kind.into()).to_string();
        assert!(sentence(io::ErrorKind::NotFound).contains("the folder folder does not exist"));
        assert!(sentence(io::ErrorKind::PermissionDenied).contains("read-only"));
        assert!(sentence(io::ErrorKind::ReadOnlyFilesystem).contains("read-only"));
        assert!(sentence(io::ErrorKind::StorageFull).contains("disk is full"));
        assert!(sentence(io::ErrorKind::TimedOut).contains("nothing was overwritten"));
    }

    #[cfg(unix)]
    #[test]
    fn permissions_of_the_old_file_are_kept_and_links_stay_links() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("photo.png");
        fs::write(&path, b"before").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let link = folder.path().join("link.png");
        symlink(&path, &link).unwrap();
        write_atomic(&link, b"after").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"after");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().file_type().is_symlink());
    }

    #[test]
    fn a_read_only_file_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("photo.png");
        fs::write(&path, b"before").unwrap();
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        let error = write_atomic(&path, b"after").unwrap_err();
        assert!(error.to_string().contains("read-only"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"before");
    }
}
