//! Checkpoints on the disk: json files, safetensors and what torch saves.

mod copy;
mod pickle;
mod stored;

pub use copy::{Precision, copy};
pub use stored::{files, shard_names, stored_half};

use super::compute::Compute;
use super::{ModelError, Result};
use candle_core::{DType, Device, Shape, Tensor};
use candle_nn::var_builder::SimpleBackend;
use candle_nn::{Init, VarBuilder};
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::fmt::Display;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use stored::Files;

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
/// See [`read_text`]; also [`ModelError::Damaged`].
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    serde_json::from_str(&read_text(path)?).map_err(|error| damaged(path, &error))
}

fn io_error(path: &Path, error: &std::io::Error) -> ModelError {
    match error.kind() {
        ErrorKind::NotFound => ModelError::Missing(path.to_owned()),
        _ => ModelError::Unreadable { path: path.to_owned(), reason: error.to_string() },
    }
}

/// A network from a folder of a checkpoint: its `config.json` and its weights, as `dtype` on a device.
///
/// # Errors
/// See [`read_json`] and [`open`]; also the errors of `build`.
pub fn load<C: DeserializeOwned, N>(
    folder: &Path,
    dtype: DType,
    device: &Device,
    build: impl FnOnce(&C, VarBuilder<'_>) -> Result<N>,
) -> Result<N> {
    load_watched(folder, &Compute { device: device.clone(), dtype }, &|_, _| true, build)
}

/// Gets the bytes read and all bytes, and returns whether to continue.
pub type LoadWatch<'a> = dyn Fn(u64, u64) -> bool + Send + Sync + 'a;

/// Like [`load`], with a watch that is called a few times per gigabyte.
///
/// # Errors
/// See [`load`]; also [`ModelError::Cancelled`].
pub fn load_watched<C: DeserializeOwned, N>(
    folder: &Path,
    compute: &Compute,
    watch: &LoadWatch<'_>,
    build: impl FnOnce(&C, VarBuilder<'_>) -> Result<N>,
) -> Result<N> {
    let config = read_json(&folder.join("config.json"))?;
    load_files(&files(folder)?, compute, watch, |weights| build(&config, weights))
}

/// A network from the [files](files()) of a checkpoint, watched as by [`load_watched`].
///
/// # Errors
/// See [`open`]; also [`ModelError::Cancelled`], and the errors of `build`.
pub fn load_files<N>(
    files: &[PathBuf],
    compute: &Compute,
    watch: &LoadWatch<'_>,
    build: impl FnOnce(VarBuilder<'_>) -> Result<N>,
) -> Result<N> {
    let (weights, stopped) = (Files(stored::open(files)?), AtomicBool::new(false));
    let of = weights.0.names().iter().map(|name| weights.0.bytes(name)).sum();
    let watched = Watched { weights, of, read: AtomicU64::new(0), watch, stopped: &stopped };
    let weights = VarBuilder::from_backend(Box::new(watched), compute.dtype, compute.device.clone());
    build(weights).map_err(|error| match error {
        ModelError::Tensor(_) if stopped.load(Ordering::Relaxed) => ModelError::Cancelled,
        other => about(files, other),
    })
}

/// A network from one file of a checkpoint that has no config beside it, as `dtype` on a device.
///
/// # Errors
/// See [`open`]; also the errors of `build`.
pub fn open_network<N>(
    path: &Path,
    dtype: DType,
    device: &Device,
    build: impl FnOnce(VarBuilder<'_>) -> Result<N>,
) -> Result<N> {
    build(open(path, dtype, device)?).map_err(|error| about(&[path], error))
}

/// Attributes a tensor library's error while a network is built to the file, of several to the one that it names; a
/// full card is not the file's fault.
fn about<P: AsRef<Path>>(paths: &[P], error: ModelError) -> ModelError {
    match error {
        ModelError::Tensor(error) if !is_out_of_memory(&error) => damaged(named(paths, &error), &error),
        other => other,
    }
}

/// The file that an error names, else the first.
fn named<'p, P: AsRef<Path>>(paths: &'p [P], error: &candle_core::Error) -> &'p Path {
    let text = error.to_string();
    let mut paths = paths.iter().map(AsRef::as_ref);
    let first = paths.clone().next().unwrap_or(Path::new(""));
    paths.find(|path| text.contains(&*path.to_string_lossy())).unwrap_or(first)
}

/// Whether a device has no room left, as the drivers of its makers say it.
pub fn is_out_of_memory(error: &candle_core::Error) -> bool {
    let text = error.to_string().to_lowercase();
    ["out of memory", "out_of_memory", "failed to allocate", "insufficient memory"]
        .iter()
        .any(|said| text.contains(said))
}

/// Weights that say how far they are read.
struct Watched<'a> {
    weights: Files,
    /// All bytes there are.
    of: u64,
    read: AtomicU64,
    watch: &'a LoadWatch<'a>,
    stopped: &'a AtomicBool,
}

impl Watched<'_> {
    /// Notes that a tensor is read.
    fn note(&self, name: &str) -> candle_core::Result<()> {
        /// A watch is called each time this many bytes have been read.
        const OFTEN: u64 = 1 << 26;
        let bytes = self.weights.0.bytes(name);
        let before = self.read.fetch_add(bytes, Ordering::Relaxed);
        let is_due = before == 0 || before / OFTEN != (before + bytes) / OFTEN;
        if is_due && !(self.watch)(before + bytes, self.of) {
            self.stopped.store(true, Ordering::Relaxed);
            candle_core::bail!("stopped");
        }
        Ok(())
    }
}

impl SimpleBackend for Watched<'_> {
    fn get(&self, shape: Shape, name: &str, hint: Init, dtype: DType, device: &Device) -> candle_core::Result<Tensor> {
        let tensor = self.weights.get(shape, name, hint, dtype, device)?;
        self.note(name)?;
        Ok(tensor)
    }

    fn get_unchecked(&self, name: &str, dtype: DType, device: &Device) -> candle_core::Result<Tensor> {
        let tensor = self.weights.get_unchecked(name, dtype, device)?;
        self.note(name)?;
        Ok(tensor)
    }

    fn contains_tensor(&self, name: &str) -> bool {
        self.weights.contains_tensor(name)
    }
}

pub(super) fn damaged(path: &Path, error: &dyn Display) -> ModelError {
    // After the first line follows a backtrace, where those are on.
    let reason = error.to_string().lines().next().unwrap_or_default().trim_end_matches('.').to_owned();
    ModelError::Damaged { path: path.to_owned(), reason }
}

/// The tensors of a file, safetensors or (by its extension: pt, pth or bin) saved by torch, each read on request, as
/// `dtype`.
///
/// # Errors
/// [`ModelError::Missing`], [`ModelError::Unreadable`], [`ModelError::Damaged`] if it is cut off or of another kind.
pub fn open(path: &Path, dtype: DType, device: &Device) -> Result<VarBuilder<'static>> {
    Ok(VarBuilder::from_backend(Box::new(Files(stored::open(&[path])?)), dtype, device.clone()))
}

fn file_size(path: &Path) -> Result<u64> {
    Ok(std::fs::metadata(path).map_err(|error| io_error(path, &error))?.len())
}

/// Numbers in the tensors of some names in a checkpoint's [files](files()).
///
/// # Errors
/// See [`open`].
pub fn elements(files: &[PathBuf], is_meant: impl Fn(&str) -> bool) -> Result<u64> {
    total(files, is_meant, |_, shape| shape.elem_count())
}

/// Bytes that the tensors of some names in a checkpoint's [files](files()) take in memory, which may be more than in the file.
///
/// # Errors
/// See [`open`].
pub fn size(files: &[PathBuf], compute: &Compute, is_meant: impl Fn(&str) -> bool) -> Result<u64> {
    total(files, is_meant, |stored, shape| {
        // The weights of layers, but not norms and biases.
        let is_kept = stored::stays_half(stored, compute.dtype, &compute.device) && shape.rank() > 1;
        let dtype = if is_kept { stored } else { compute.dtype };
        shape.elem_count() * dtype.size_in_bytes()
    })
}

fn total(files: &[PathBuf], is_meant: impl Fn(&str) -> bool, of: impl Fn(DType, Shape) -> usize) -> Result<u64> {
    let stored = stored::open(files)?;
    let names = stored.names().into_iter().filter(|name| is_meant(name));
    Ok(names.filter_map(|name| stored.describe(&name)).map(|(dtype, shape)| of(dtype, shape) as u64).sum())
}

/// One tensor that is computed once and kept in a file; computed again if the file is missing or unreadable.
///
/// # Errors
/// The errors of `make`; a file that cannot be written is not an error.
pub fn kept(path: &Path, compute: &Compute, make: impl FnOnce() -> Result<Tensor>) -> Result<Tensor> {
    const NAME: &str = "tensor";
    if let Ok(tensor) = open(path, DType::F32, &compute.device).and_then(|file| Ok(file.get_unchecked(NAME)?)) {
        return Ok(tensor.to_dtype(compute.dtype)?);
    }
    let tensor = make()?;
    let written =
        path.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(candle_core::Error::from).and_then(|()| {
            let part = path.with_extension(format!("{}.part", std::process::id()));
            let tensors = HashMap::from([(NAME, tensor.to_dtype(DType::F32)?)]);
            candle_core::safetensors::save(&tensors, &part)?;
            Ok(std::fs::rename(&part, path)?)
        });
    if let Err(error) = written {
        log::warn!("{} cannot be saved for next time: {error}", path.display());
    }
    Ok(tensor)
}
