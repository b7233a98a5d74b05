//! Networks in memory: a loaded network stays for the next candidate, until something else needs the space.

use crate::{Amount, JobCx, Network, Phase};
use candle_nn::VarBuilder;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use tie_nets::compute::{self, Compute};
use tie_nets::{ModelError, Result, weights};

/// A loaded network, and its folder.
pub(super) struct Loaded<N> {
    folder: PathBuf,
    network: N,
}

/// The network of this folder: the loaded one, or the one that `make` loads after everything else is freed.
pub(super) fn resident<'a, N>(
    slot: &'a mut Option<Loaded<N>>,
    folder: &Path,
    make: impl FnOnce() -> Result<N>,
) -> Result<&'a N> {
    let loaded = match slot.take() {
        Some(loaded) if loaded.folder == folder => loaded,
        other => {
            drop(other);
            Loaded { folder: folder.to_owned(), network: make()? }
        }
    };
    Ok(&slot.insert(loaded).network)
}

/// Loads a network, reporting progress and stopping on request.
pub(super) fn load<C: DeserializeOwned, N>(
    name: Network,
    folder: &Path,
    compute: &Compute,
    cx: &JobCx<'_>,
    build: impl FnOnce(&C, VarBuilder<'_>) -> Result<N>,
) -> Result<N> {
    make_room(folder, compute)?;
    let watch = |done, of| {
        cx.amount(Phase::Loading(name), Amount::Bytes { done, of });
        !cx.is_cancelled()
    };
    weights::load_watched(folder, compute, &watch, build)
}

/// Refuses weights that the free memory cannot hold: the system would end the program, and unsaved work with it.
fn make_room(folder: &Path, compute: &Compute) -> Result<()> {
    let (Ok(size), true, Some((free, _))) = (
        weights::files(folder).and_then(|files| weights::size(&files, compute, |_| true)),
        compute.is_processor(),
        compute::memory(),
    ) else {
        return Ok(());
    };
    if size < free {
        return Ok(());
    }
    let gigabytes = |bytes: u64| bytes as f64 / 1e9;
    Err(ModelError::Unsuitable(format!(
        "The model's {} needs {:.1} GB of memory, but only {:.1} GB is free. Close other programs, or choose another engine.",
        folder.file_name().unwrap_or_default().to_string_lossy(),
        gigabytes(size),
        gigabytes(free)
    )))
}
