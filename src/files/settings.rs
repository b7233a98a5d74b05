//! The settings file: RON in the folder that the system has for it, read forgivingly and written atomically.

use super::{FileError, write_atomic};
use etcetera::BaseStrategy as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The path of this user's settings, if the system has one: `~/.config/tie-studio/settings.ron` on Linux, the system's
/// own place elsewhere.
pub fn settings_path() -> Option<PathBuf> {
    let folders = etcetera::base_strategy::choose_native_strategy().ok()?;
    Some(folders.config_dir().join("tie-studio").join("settings.ron"))
}

/// Reads settings. A missing file gives the defaults, and so does a broken one, which is kept beside itself under
/// another name. The second value is a sentence for the user if something was wrong.
pub fn load_settings<T: DeserializeOwned + Default>(path: &Path) -> (T, Option<String>) {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return (T::default(), None),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            return (T::default(), Some(set_aside(path, &error.to_string())));
        }
        Err(error) => {
            let why = FileError::reading(path, error);
            return (T::default(), Some(format!("The settings could not be read, so the defaults are used. {why}")));
        }
    };
    match ron::from_str(&text) {
        Ok(settings) => (settings, None),
        Err(error) => (T::default(), Some(set_aside(path, &error.to_string()))),
    }
}

/// Keeps a broken file for inspection.
fn set_aside(path: &Path, why: &str) -> String {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".broken");
    let kept = path.with_file_name(name);
    match fs::rename(path, &kept) {
        Ok(()) => format!(
            "The settings file is damaged ({why}), so the defaults are used. The damaged file is kept as {}.",
            kept.display()
        ),
        Err(_) => format!("The settings file {} is damaged ({why}), so the defaults are used.", path.display()),
    }
}

/// Writes settings in full or not at all; creates the folder if needed.
///
/// # Errors
/// If the folder cannot be created or written to; the file is then unchanged.
pub fn save_settings<T: Serialize>(path: &Path, settings: &T) -> Result<(), FileError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| FileError::writing(path, error))?;
    }
    let text = ron::ser::to_string_pretty(settings, ron::ser::PrettyConfig::default())
        .map_err(|error| FileError::writing(path, io::Error::other(error)))?;
    write_atomic(path, text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_come_back_and_a_missing_file_is_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep").join("settings.ron");
        assert_eq!(load_settings::<Vec<u32>>(&path), (Vec::new(), None));
        save_settings(&path, &vec![1, 2]).unwrap();
        assert_eq!(load_settings::<Vec<u32>>(&path), (vec![1, 2], None));
    }

    #[test]
    fn a_broken_file_is_kept_and_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.ron");
        for broken in [&b"[1, 2"[..], b"\xff\xfe\x00"] {
            fs::write(&path, broken).unwrap();
            let (settings, sentence) = load_settings::<Vec<u32>>(&path);
            assert!(settings.is_empty());
            assert!(sentence.unwrap().contains("settings.ron.broken"));
            assert_eq!(fs::read(folder.path().join("settings.ron.broken")).unwrap(), broken);
            assert!(!path.exists(), "the next start must not tell it again");
        }
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error_with_a_reason() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("taken"), "a file").unwrap();
        let error = save_settings(&folder.path().join("taken").join("settings.ron"), &1).unwrap_err();
        assert!(error.to_string().contains("cannot be saved"), "{error}");
    }
}
