//! Copies of checkpoints: in one file that is mapped into memory at once, and in fewer bits.

use super::stored::{self, Stored};
use super::{LoadWatch, damaged};
use crate::{ModelError, Result, check_numbers};
use candle_core::{DType, Tensor};
use safetensors::{Dtype, View};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::fmt::Display;
use std::path::{Path, PathBuf};

/// The number format of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// Those of the original.
    Same,
    /// 16-bit floats in the place of wider ones.
    Half,
}

/// Writes all tensors of a checkpoint's files into one safetensors file, completely or not at all, and verifies it.
/// `watch` gets the bytes read and all bytes, and returns whether to continue. Memory holds only one tensor at a time.
///
/// # Errors
/// See [`open`](super::open); [`ModelError::Unsuitable`] if a number is too large for 16 bits;
/// [`ModelError::Unreadable`] if the copy cannot be written or reads back differently; [`ModelError::Cancelled`].
pub fn copy(from: &[PathBuf], to: &Path, precision: Precision, watch: &LoadWatch<'_>) -> Result<()> {
    let stored = stored::open(from)?;
    let names = stored.names();
    let first = from.first().map_or(to, PathBuf::as_path);
    // Each byte is read once to copy and once to compare.
    let all = 2 * names.iter().map(|name| stored.bytes(name)).sum::<u64>();
    let source = Source { path: first, stored: &*stored, precision, done: Cell::new(0), all, watch };
    let unwritten = |error: &dyn Display| ModelError::Unreadable { path: to.to_owned(), reason: error.to_string() };
    let part = to.with_extension(format!("{}.part", std::process::id()));
    let failure = RefCell::new(None);
    let written = write(&source, &names, &part, &failure);
    let outcome = match failure.into_inner() {
        Some(error) => Err(error),
        None => written.map_err(|error| unwritten(&error)),
    };
    let outcome = outcome.and_then(|()| {
        let copy = stored::open(&[&part])?;
        for name in &names {
            let (wanted, got) = (source.next(name)?, copy.read(name).map_err(|error| unwritten(&error))?);
            let same = wanted.dtype() == got.dtype() && wanted.dims() == got.dims() && same_numbers(&wanted, &got)?;
            if !same {
                return Err(unwritten(&format!("{name} differs from what was written")));
            }
        }
        std::fs::File::open(&part)
            .and_then(|file| file.sync_all())
            .and_then(|()| std::fs::rename(&part, to))
            .map_err(|error| unwritten(&error))
    });
    if outcome.is_err() {
        // Nothing unfinished stays; the error is already reported.
        let _ = std::fs::remove_file(&part);
    }
    outcome
}

/// The source of the tensors, and how far they have been read.
struct Source<'a> {
    path: &'a Path,
    stored: &'a dyn Stored,
    precision: Precision,
    done: Cell<u64>,
    all: u64,
    watch: &'a LoadWatch<'a>,
}

impl Source<'_> {
    /// A tensor as stored in the copy.
    fn next(&self, name: &str) -> Result<Tensor> {
        let tensor = self.stored.read(name).map_err(|error| damaged(self.path, &error))?;
        self.done.set(self.done.get() + self.stored.bytes(name));
        if !(self.watch)(self.done.get(), self.all) {
            return Err(ModelError::Cancelled);
        }
        let dtype = self.precision.of(tensor.dtype());
        if dtype == tensor.dtype() {
            return Ok(tensor);
        }
        let tensor = tensor.to_dtype(dtype)?;
        if check_numbers(&tensor).is_err() {
            return Err(ModelError::Unsuitable(format!(
                "{} has values too large for 16 bits ({name}): use the original.",
                self.path.display()
            )));
        }
        Ok(tensor)
    }
}

impl Precision {
    const fn of(self, dtype: DType) -> DType {
        match (self, dtype) {
            (Self::Half, DType::F32 | DType::F64) => DType::F16,
            _ => dtype,
        }
    }
}

/// A tensor that is read when it is written.
struct Streamed<'a> {
    source: &'a Source<'a>,
    name: &'a str,
    dtype: DType,
    shape: Vec<usize>,
    /// Why writing has ended.
    failure: &'a RefCell<Option<ModelError>>,
}

impl View for Streamed<'_> {
    fn dtype(&self) -> Dtype {
        self.dtype.into()
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        // The writer asks for bytes and knows no failure: after one the file stays short and is thrown away.
        if self.failure.borrow().is_some() {
            return Cow::Borrowed(&[]);
        }
        match self.source.next(self.name) {
            Ok(tensor) => Cow::Owned(View::data(&tensor).into_owned()),
            Err(error) => {
                *self.failure.borrow_mut() = Some(error);
                Cow::Borrowed(&[])
            }
        }
    }

    fn data_len(&self) -> usize {
        self.shape.iter().product::<usize>() * self.dtype.size_in_bytes()
    }
}

fn write(
    source: &Source<'_>,
    names: &[String],
    part: &Path,
    failure: &RefCell<Option<ModelError>>,
) -> std::result::Result<(), String> {
    let folder = part.parent().map_or(Ok(()), std::fs::create_dir_all);
    folder.map_err(|error| error.to_string())?;
    let streamed = names.iter().map(|name| {
        let (dtype, shape) = source.stored.describe(name).ok_or_else(|| format!("{name} is of an unknown type"))?;
        let (dtype, shape) = (source.precision.of(dtype), shape.into_dims());
        Ok((name.as_str(), Streamed { source, name, dtype, shape, failure }))
    });
    let streamed = streamed.collect::<std::result::Result<Vec<_>, String>>()?;
    safetensors::serialize_to_file(streamed, None, part).map_err(|error| error.to_string())
}

fn same_numbers(a: &Tensor, b: &Tensor) -> Result<bool> {
    let bits = |tensor: &Tensor| -> Result<Vec<u64>> {
        let numbers = tensor.flatten_all()?.to_dtype(DType::F64)?.to_vec1::<f64>()?;
        Ok(numbers.into_iter().map(f64::to_bits).collect())
    };
    Ok(bits(a)? == bits(b)?)
}
