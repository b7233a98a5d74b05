//! Checkpoints on the disk: json files and safetensors.

use super::{ModelError, Result};
use candle_core::{DType, Device};
use candle_nn::VarBuilder;
use serde::de::DeserializeOwned;
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
    let damaged = |error: serde_json::Error| ModelError::Damaged { path: path.to_owned(), reason: error.to_string() };
    serde_json::from_str(&read_text(path)?).map_err(damaged)
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
    build(&config, open(folder, dtype, device)?)
}

/// Names that a folder's weights may have, the first that is there counts.
const NAMES: [&str; 2] = ["diffusion_pytorch_model.safetensors", "model.safetensors"];

/// The weights of a network in a folder of a checkpoint, each tensor read when it is asked for, as `dtype`.
///
/// # Errors
/// [`ModelError::Missing`] if the folder has no weights, [`ModelError::Damaged`] if they are cut off or no safetensors.
pub fn open(folder: &Path, dtype: DType, device: &Device) -> Result<VarBuilder<'static>> {
    let path = weights_file(folder)?;
    let length = std::fs::metadata(&path).map_err(|error| io_error(&path, &error))?.len();
    if length == 0 {
        return Err(ModelError::Damaged { path, reason: "it is empty".to_owned() });
    }
    #[expect(
        unsafe_code,
        reason = "the file is mapped read-only; the model store replaces files by renaming and never writes into one"
    )]
    // SAFETY: the mapping is sound as long as nobody shortens or changes the file while it is open. Files of the store are
    // only ever renamed into place, and what maps a file that a person has put there shares every other program's risk.
    let weights = unsafe { VarBuilder::from_mmaped_safetensors(&[&path], dtype, device) };
    weights.map_err(|error| ModelError::Damaged {
        reason: error.to_string().lines().next().unwrap_or_default().to_owned(),
        path,
    })
}

fn weights_file(folder: &Path) -> Result<PathBuf> {
    let found = NAMES.iter().map(|name| folder.join(name)).find(|path| path.exists());
    found.ok_or_else(|| ModelError::Missing(folder.join(NAMES[0])))
}
