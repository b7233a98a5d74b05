//! Checkpoints on the disk: json files and safetensors.

use super::{ModelError, Result};
use candle_core::{DType, Device};
use candle_nn::VarBuilder;
use serde::de::DeserializeOwned;
use std::fmt::Display;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Reads a text file of a model.
///
/// # Errors
/// [`ModelError::Missing`] or [`ModelError::Unreadable`].
pub fn read_text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| io_error(path, &error))
}

/// Reads a json file of a model.
///
/// # Errors
/// As [`read_text`], and [`ModelError::Damaged`].
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    serde_json::from_str(&read_text(path)?).map_err(|error| damaged(path, &error))
}

fn io_error(path: &Path, error: &std::io::Error) -> ModelError {
    match error.kind() {
        ErrorKind::NotFound => ModelError::Missing(path.to_owned()),
        _ => ModelError::Unreadable { path: path.to_owned(), reason: error.to_string() },
    }
}

/// A network from a folder of a checkpoint: its `config.json` and its weights.
///
/// # Errors
/// As [`read_json`] and [`open`], and whatever `build` answers.
pub fn load<C: DeserializeOwned, N>(
    folder: &Path,
    dtype: DType,
    device: &Device,
    build: impl FnOnce(&C, VarBuilder<'static>) -> Result<N>,
) -> Result<N> {
    let config = read_json(&folder.join("config.json"))?;
    let path = weights_file(folder)?;
    // What a tensor library says while a network is built is about the file.
    build(&config, open(&path, dtype, device)?).map_err(|error| match error {
        ModelError::Tensor(error) => damaged(&path, &error),
        other => other,
    })
}

fn damaged(path: &Path, error: &dyn Display) -> ModelError {
    // After the first line follows a backtrace, where those are on.
    let reason = error.to_string().lines().next().unwrap_or_default().trim_end_matches('.').to_owned();
    ModelError::Damaged { path: path.to_owned(), reason }
}

/// Names that a folder's weights may have, the first that is there counts.
const NAMES: [&str; 2] = ["diffusion_pytorch_model.safetensors", "model.safetensors"];

/// The tensors of a safetensors file, each read when it is asked for, as `dtype`.
///
/// # Errors
/// [`ModelError::Missing`], [`ModelError::Unreadable`], [`ModelError::Damaged`] if it is cut off or no safetensors.
pub fn open(path: &Path, dtype: DType, device: &Device) -> Result<VarBuilder<'static>> {
    if std::fs::metadata(path).map_err(|error| io_error(path, &error))?.len() == 0 {
        return Err(damaged(path, &"it is empty"));
    }
    #[expect(
        unsafe_code,
        reason = "the file is mapped read-only; the model store replaces files by renaming and never writes into one"
    )]
    // SAFETY: the mapping is sound as long as nobody shortens or changes the file while it is open. Files of the store are
    // only ever renamed into place, and what maps a file that a person has put there shares every other program's risk.
    let weights = unsafe { VarBuilder::from_mmaped_safetensors(&[path], dtype, device) };
    weights.map_err(|error| damaged(path, &error))
}

fn weights_file(folder: &Path) -> Result<PathBuf> {
    let found = NAMES.iter().map(|name| folder.join(name)).find(|path| path.exists());
    found.ok_or_else(|| ModelError::Missing(folder.join(NAMES[0])))
}
