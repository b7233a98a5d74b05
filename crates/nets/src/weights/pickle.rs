//! Checkpoints as torch saves them: a zip of numbers and a pickle that says which are which.
//!
//! The pickle is read only for its tensors: whatever else it would build or call is skipped, and nothing of it runs.

use super::stored::Stored;
use super::{damaged, file_size, io_error};
use crate::Result;
use candle_core::pickle::PthTensors;
use candle_core::{DType, Device, Shape, Tensor};
use candle_nn::Init;
use candle_nn::var_builder::SimpleBackend;
use std::collections::HashMap;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

/// The endings of such files.
const ENDINGS: [&str; 3] = ["pt", "pth", "bin"];

/// Whether a file's name says that it is one.
pub(super) fn is_pickle(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ENDINGS.iter().any(|mine| ending.eq_ignore_ascii_case(mine)))
}

/// The tensors of a checkpoint in one or several files.
pub(super) fn open<P: AsRef<Path>>(paths: &[P]) -> Result<Pickled> {
    let mut pickled = Pickled { files: Vec::new(), file_of: HashMap::new() };
    for path in paths.iter().map(AsRef::as_ref) {
        if file_size(path)? == 0 {
            return Err(damaged(path, &"it is empty"));
        }
        std::fs::File::open(path).map_err(|error| io_error(path, &error))?;
        // The reader trusts a pickle's shape: one made by hand can let it index past the end of a list.
        let tensors = catch_unwind(|| PthTensors::new(path, None))
            .map_err(|_| damaged(path, &"its index makes no sense"))?
            .map_err(|error| damaged(path, &error))?;
        if tensors.tensor_infos().is_empty() {
            return Err(damaged(path, &"it holds no tensors"));
        }
        let names = tensors.tensor_infos().keys().map(|name| (name.clone(), pickled.files.len()));
        pickled.file_of.extend(names);
        pickled.files.push((path.to_owned(), tensors));
    }
    Ok(pickled)
}

/// The tensors of several files.
pub(super) struct Pickled {
    files: Vec<(PathBuf, PthTensors)>,
    /// The file that holds each tensor.
    file_of: HashMap<String, usize>,
}

impl Pickled {
    fn find(&self, name: &str) -> candle_core::Result<Tensor> {
        let file = self.file_of.get(name).and_then(|file| self.files.get(*file));
        file.map_or(Ok(None), |(path, file)| file.get(name).map_err(|error| error.with_path(path)))?
            .ok_or_else(|| candle_core::Error::CannotFindTensor { path: name.to_owned() })
    }
}

impl SimpleBackend for Pickled {
    fn get(&self, shape: Shape, name: &str, _: Init, dtype: DType, device: &Device) -> candle_core::Result<Tensor> {
        let tensor = self.find(name)?;
        if *tensor.shape() != shape {
            candle_core::bail!("{name} has the shape {:?} instead of {shape:?}", tensor.shape());
        }
        tensor.to_device(device)?.to_dtype(dtype)?.contiguous()
    }

    fn get_unchecked(&self, name: &str, dtype: DType, device: &Device) -> candle_core::Result<Tensor> {
        self.find(name)?.to_device(device)?.to_dtype(dtype)?.contiguous()
    }

    fn contains_tensor(&self, name: &str) -> bool {
        self.file_of.contains_key(name)
    }
}

impl Stored for Pickled {
    fn names(&self) -> Vec<String> {
        self.file_of.keys().cloned().collect()
    }

    fn describe(&self, name: &str) -> Option<(DType, Shape)> {
        let (_, file) = self.files.get(*self.file_of.get(name)?)?;
        let info = file.tensor_infos().get(name)?;
        Some((info.dtype, info.layout.shape().clone()))
    }

    fn read(&self, name: &str) -> candle_core::Result<Tensor> {
        self.find(name)?.contiguous()
    }
}
