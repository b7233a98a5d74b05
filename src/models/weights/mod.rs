//! Checkpoints on the disk: json files, safetensors and what torch saves.

mod pickle;

use super::compute::Compute;
use super::{ModelError, Result, check_numbers};
use candle_core::safetensors::MmapedSafetensors;
use candle_core::{DType, Device, Shape, Tensor};
use candle_nn::var_builder::SimpleBackend;
use candle_nn::{Init, VarBuilder};
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::fmt::Display;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

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

/// A network from a folder of a checkpoint: its `config.json` and its weights, as `dtype` on a device.
///
/// # Errors
/// As [`read_json`] and [`open`], and whatever `build` answers.
pub fn load<C: DeserializeOwned, N>(
    folder: &Path,
    dtype: DType,
    device: &Device,
    build: impl FnOnce(&C, VarBuilder<'_>) -> Result<N>,
) -> Result<N> {
    load_watched(folder, &Compute { device: device.clone(), dtype }, &|_, _| true, build)
}

/// Is told how many bytes of how many are read, and answers whether to go on.
pub type LoadWatch<'a> = dyn Fn(u64, u64) -> bool + Send + Sync + 'a;

/// As [`load`], watched: a few times for each gigabyte.
///
/// # Errors
/// As [`load`], and [`ModelError::Cancelled`].
pub fn load_watched<C: DeserializeOwned, N>(
    folder: &Path,
    compute: &Compute,
    watch: &LoadWatch<'_>,
    build: impl FnOnce(&C, VarBuilder<'_>) -> Result<N>,
) -> Result<N> {
    let config = read_json(&folder.join("config.json"))?;
    let path = weights_file(folder)?;
    let stopped = AtomicBool::new(false);
    let watched =
        Watched { weights: map(&path)?, of: file_size(&path)?, read: AtomicU64::new(0), watch, stopped: &stopped };
    let weights = VarBuilder::from_backend(Box::new(watched), compute.dtype, compute.device.clone());
    build(&config, weights).map_err(|error| match error {
        ModelError::Tensor(_) if stopped.load(Ordering::Relaxed) => ModelError::Cancelled,
        other => about(&path, other),
    })
}

/// A network from one file of a checkpoint that has no config beside it, as `dtype` on a device.
///
/// # Errors
/// As [`open`], and whatever `build` answers.
pub fn open_network<N>(
    path: &Path,
    dtype: DType,
    device: &Device,
    build: impl FnOnce(VarBuilder<'_>) -> Result<N>,
) -> Result<N> {
    build(open(path, dtype, device)?).map_err(|error| about(path, error))
}

/// What a tensor library says while a network is built is about the file; that a card is full says nothing of it.
fn about(path: &Path, error: ModelError) -> ModelError {
    match error {
        ModelError::Tensor(error) if !is_out_of_memory(&error) => damaged(path, &error),
        other => other,
    }
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
    weights: MmapedSafetensors,
    /// All bytes there are.
    of: u64,
    read: AtomicU64,
    watch: &'a LoadWatch<'a>,
    stopped: &'a AtomicBool,
}

impl Watched<'_> {
    /// Notes that a tensor is read.
    fn note(&self, name: &str) -> candle_core::Result<()> {
        /// A watch is told after so many more bytes.
        const OFTEN: u64 = 1 << 26;
        let bytes = self.weights.get(name)?.data().len() as u64;
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
        let tensor = SimpleBackend::get(&self.weights, shape, name, hint, dtype, device)?;
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

/// Names that a folder's weights may have, the first that is there counts.
const NAMES: [&str; 2] = ["diffusion_pytorch_model.safetensors", "model.safetensors"];

/// The tensors of a file, safetensors or (by its ending: pt, pth or bin) saved by torch, each read when it is asked for, as
/// `dtype`.
///
/// # Errors
/// [`ModelError::Missing`], [`ModelError::Unreadable`], [`ModelError::Damaged`] if it is cut off or of another kind.
pub fn open(path: &Path, dtype: DType, device: &Device) -> Result<VarBuilder<'static>> {
    if pickle::is_pickle(path) {
        return pickle::open(&[path], dtype, device);
    }
    Ok(VarBuilder::from_backend(Box::new(map(path)?), dtype, device.clone()))
}

/// Maps a safetensors file into memory.
fn map(path: &Path) -> Result<MmapedSafetensors> {
    if file_size(path)? == 0 {
        return Err(damaged(path, &"it is empty"));
    }
    #[expect(
        unsafe_code,
        reason = "the file is mapped read-only; the model store replaces files by renaming and never writes into one"
    )]
    // SAFETY: the mapping is sound as long as nobody shortens or changes the file while it is open. Files of the store are
    // only ever renamed into place, and what maps a file that a person has put there shares every other program's risk.
    let weights = unsafe { MmapedSafetensors::new(path) };
    weights.map_err(|error| damaged(path, &error))
}

fn file_size(path: &Path) -> Result<u64> {
    Ok(std::fs::metadata(path).map_err(|error| io_error(path, &error))?.len())
}

/// Bytes that the weights in a folder of a checkpoint take in memory as `dtype`, which may be more than in the file.
///
/// # Errors
/// As [`open`].
pub fn size(folder: &Path, dtype: DType) -> Result<u64> {
    let numbers = map(&weights_file(folder)?)?;
    let count: usize = numbers.tensors().iter().map(|(_, tensor)| tensor.shape().iter().product::<usize>()).sum();
    Ok((count * dtype.size_in_bytes()) as u64)
}

/// One tensor that was worked out before and kept in a file; worked out and kept if it was not, or cannot be read any more.
///
/// # Errors
/// Whatever `make` answers; that the file cannot be written is no error.
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
        log::warn!("{} cannot be kept: {error}", path.display());
    }
    Ok(tensor)
}

/// Writes a copy of a safetensors file with 16-bit floats in place of wider ones, as a whole or not at all, and compares what
/// was written. `watch` is told bytes read of all bytes, and answers whether to go on.
///
/// # Errors
/// As [`open`]; [`ModelError::Unsuitable`] if a number is too large for 16 bits; [`ModelError::Unreadable`] if the copy
/// cannot be written or reads differently; [`ModelError::Cancelled`].
pub fn halve(from: &Path, to: &Path, watch: &LoadWatch<'_>) -> Result<()> {
    let source = map(from)?;
    // Each byte is read once to copy and once to compare.
    let all = 2 * file_size(from)?;
    let mut done = 0;
    let mut next = |name: &str| {
        let tensor = source.load(name, &Device::Cpu).map_err(|error| damaged(from, &error))?;
        done += (tensor.elem_count() * tensor.dtype().size_in_bytes()) as u64;
        if !watch(done, all) {
            return Err(ModelError::Cancelled);
        }
        let is_wide = matches!(tensor.dtype(), DType::F32 | DType::F64);
        Ok(if is_wide { tensor.to_dtype(DType::F16)? } else { tensor })
    };
    let names: Vec<String> = source.tensors().into_iter().map(|(name, _)| name).collect();
    let mut tensors = HashMap::new();
    for name in &names {
        let tensor = next(name)?;
        if tensor.dtype() == DType::F16 && check_numbers(&tensor).is_err() {
            return Err(ModelError::Unsuitable(format!(
                "{} holds numbers that do not fit into 16 bits ({name}): use it as it is.",
                from.display()
            )));
        }
        tensors.insert(name.as_str(), tensor);
    }
    let unwritten = |error: &dyn Display| ModelError::Unreadable { path: to.to_owned(), reason: error.to_string() };
    let part = to.with_extension(format!("{}.part", std::process::id()));
    let written = to.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(candle_core::Error::from);
    let written = written.and_then(|()| candle_core::safetensors::save(&tensors, &part));
    let compared = written.map_err(|error| unwritten(&error)).and_then(|()| {
        drop(tensors);
        let copy = map(&part)?;
        for name in &names {
            let (wanted, got) = (next(name)?, copy.load(name, &Device::Cpu).map_err(|error| unwritten(&error))?);
            let same = wanted.dtype() == got.dtype() && wanted.dims() == got.dims() && same_numbers(&wanted, &got)?;
            if !same {
                return Err(unwritten(&format!("{name} reads differently than it was written")));
            }
        }
        std::fs::File::open(&part)
            .and_then(|file| file.sync_all())
            .and_then(|()| std::fs::rename(&part, to))
            .map_err(|error| unwritten(&error))
    });
    if compared.is_err() {
        // Nothing unfinished stays; what is wrong has been said.
        let _ = std::fs::remove_file(&part);
    }
    compared
}

fn same_numbers(a: &Tensor, b: &Tensor) -> Result<bool> {
    let bits = |tensor: &Tensor| -> Result<Vec<u64>> {
        let numbers = tensor.flatten_all()?.to_dtype(DType::F64)?.to_vec1::<f64>()?;
        Ok(numbers.into_iter().map(f64::to_bits).collect())
    };
    Ok(bits(a)? == bits(b)?)
}

fn weights_file(folder: &Path) -> Result<PathBuf> {
    let found = NAMES.iter().map(|name| folder.join(name)).find(|path| path.exists());
    found.ok_or_else(|| ModelError::Missing(folder.join(NAMES[0])))
}
