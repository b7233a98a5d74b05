//! The files of a checkpoint, of any kind: which there are in a folder, and what they contain.

use super::{damaged, file_size, io_error, named, pickle, read_json};
use crate::{ModelError, Result};
use candle_core::safetensors::MmapedSafetensors;
use candle_core::{DType, Device, Shape, Tensor};
use candle_nn::var_builder::SimpleBackend;
use candle_nn::{Init, VarBuilder};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Tensors in files.
pub(super) trait Stored: SimpleBackend {
    fn names(&self) -> Vec<String>;
    /// Type and shape of a tensor as stored.
    fn describe(&self, name: &str) -> Option<(DType, Shape)>;
    /// A tensor as stored.
    fn read(&self, name: &str) -> candle_core::Result<Tensor>;

    /// Bytes of a tensor.
    fn bytes(&self, name: &str) -> u64 {
        self.describe(name).map_or(0, |(dtype, shape)| (shape.elem_count() * dtype.size_in_bytes()) as u64)
    }
}

/// Opens files that are of one kind.
pub(super) fn open<P: AsRef<Path>>(paths: &[P]) -> Result<Box<dyn Stored>> {
    match paths.first() {
        Some(first) if pickle::is_pickle(first.as_ref()) => Ok(Box::new(pickle::open(paths)?)),
        _ => Ok(Box::new(map(paths)?)),
    }
}

/// Prefixes for a name that ask whether a file has it in 16 bits.
const HALVES: [(&str, DType); 2] = [("f16:", DType::F16), ("bf16:", DType::BF16)];

/// Tensors in files that also tell how they are stored: a [`VarBuilder`] can only ask whether there is a tensor of some name,
/// so a type before the name asks for one of that type.
pub(super) struct Files(pub(super) Box<dyn Stored>);

impl SimpleBackend for Files {
    fn get(&self, shape: Shape, name: &str, hint: Init, dtype: DType, device: &Device) -> candle_core::Result<Tensor> {
        self.0.get(shape, name, hint, dtype, device)
    }

    fn get_unchecked(&self, name: &str, dtype: DType, device: &Device) -> candle_core::Result<Tensor> {
        self.0.get_unchecked(name, dtype, device)
    }

    fn contains_tensor(&self, name: &str) -> bool {
        let asked = HALVES.iter().find_map(|(prefix, dtype)| Some((name.strip_prefix(prefix)?, *dtype)));
        match asked {
            Some((name, dtype)) => self.0.describe(name).is_some_and(|(stored, _)| stored == dtype),
            None => self.0.contains_tensor(name),
        }
    }
}

/// The 16-bit type in which a layer's weights stay: the file's type, if the network computes in 32 bits on the CPU.
/// This halves their memory and changes no number. `None` for weights that are not from a file.
pub fn stored_half(weights: &VarBuilder<'_>, name: &str) -> Option<DType> {
    let path = weights.pp(name).prefix();
    let is_stored = |dtype: DType, prefix: &str| {
        stays_half(dtype, weights.dtype(), weights.device())
            && weights.root().contains_tensor(&format!("{prefix}{path}"))
    };
    HALVES.into_iter().find(|(prefix, dtype)| is_stored(*dtype, prefix)).map(|(_, dtype)| dtype)
}

/// Whether weights that are stored in one type are kept in it by a network that computes in another.
pub(super) fn stays_half(stored: DType, computes: DType, device: &Device) -> bool {
    device.is_cpu() && computes == DType::F32 && matches!(stored, DType::F16 | DType::BF16)
}

/// `…index.json` of a checkpoint in several files.
#[derive(Debug, Deserialize)]
struct Index {
    /// The file of each tensor.
    weight_map: BTreeMap<String, String>,
}

/// The files of the weights in a folder of a checkpoint: one or several, safetensors before what torch saves.
///
/// # Errors
/// [`ModelError::Missing`] if there are none, or if some are missing.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    /// The first that exists counts.
    const WHOLE: [&str; 2] = ["diffusion_pytorch_model.safetensors", "model.safetensors"];
    const INDICES: [&str; 2] = ["model.safetensors.index.json", "pytorch_model.bin.index.json"];
    const PICKLED: &str = "pytorch_model.bin";
    let found = |name: &&str| folder.join(name).exists();
    if let Some(name) = WHOLE.iter().find(|name| found(name)) {
        return Ok(vec![folder.join(name)]);
    }
    let Some(index) = INDICES.iter().find(|name| found(name)) else {
        let pickled = folder.join(PICKLED);
        return if pickled.exists() { Ok(vec![pickled]) } else { Err(ModelError::Missing(folder.join(WHOLE[0]))) };
    };
    let shard = |name: String| {
        let shard = folder.join(name);
        if shard.exists() { Ok(shard) } else { Err(ModelError::Missing(shard)) }
    };
    shard_names(&folder.join(index))?.into_iter().map(shard).collect()
}

/// The names of the files that an index speaks of, all beside it.
///
/// # Errors
/// [`ModelError::Missing`], [`ModelError::Unreadable`] or [`ModelError::Damaged`].
pub fn shard_names(index: &Path) -> Result<Vec<String>> {
    let names: BTreeSet<String> = read_json::<Index>(index)?.weight_map.into_values().collect();
    if names.is_empty() {
        return Err(damaged(index, &"it lists no files"));
    }
    // Beside the index and nowhere else.
    let is_elsewhere = |name: &&String| Path::new(name).file_name().is_none_or(|file| file != name.as_str());
    match names.iter().find(is_elsewhere) {
        Some(name) => Err(damaged(index, &format!("it lists {name}, which is not a file in its folder"))),
        None => Ok(names.into_iter().collect()),
    }
}

/// Maps safetensors files into memory.
pub(super) fn map<P: AsRef<Path>>(paths: &[P]) -> Result<MmapedSafetensors> {
    for path in paths.iter().map(AsRef::as_ref) {
        if file_size(path)? == 0 {
            return Err(damaged(path, &"it is empty"));
        }
        std::fs::File::open(path).map_err(|error| io_error(path, &error))?;
    }
    #[expect(
        unsafe_code,
        reason = "files are mapped read-only; the model store replaces files by renaming and never writes into one"
    )]
    // SAFETY: the mapping is sound as long as no one shortens or changes the files while they are open. Files of the
    // store are only ever renamed into place, and mapping a file that a user has put there shares every other program's
    // risk.
    let weights = unsafe { MmapedSafetensors::multi(paths) };
    weights.map_err(|error| damaged(named(paths, &error), &error))
}

impl Stored for MmapedSafetensors {
    fn names(&self) -> Vec<String> {
        self.tensors().into_iter().map(|(name, _)| name).collect()
    }

    fn describe(&self, name: &str) -> Option<(DType, Shape)> {
        let view = self.get(name).ok()?;
        Some((DType::try_from(view.dtype()).ok()?, view.shape().into()))
    }

    fn read(&self, name: &str) -> candle_core::Result<Tensor> {
        self.load(name, &Device::Cpu)
    }
}
