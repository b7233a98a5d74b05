//! Copies of models in half the size.

use super::pull::disk;
use super::{Model, Store, StoreError};
use std::path::{Path, PathBuf};
use tie_nets::ModelError;
use tie_nets::weights::{self, Precision};

impl Store {
    /// Writes a copy of a model with 16-bit floats into this program's own folder, where it is found before the original:
    /// it loads faster, and takes half the disk and half the memory. Gives the folders of its repositories.
    ///
    /// # Errors
    /// [`StoreError`]; what was copied so far stays for the next time.
    pub fn convert(
        &self,
        model: &Model,
        watch: &(dyn Fn(&str, u64, u64) -> bool + Send + Sync),
    ) -> Result<Vec<PathBuf>, StoreError> {
        let mut made = Vec::new();
        for repository in &model.repositories {
            let to = self.own_copy(repository).ok_or(StoreError::NoCache)?;
            let from = self.find_repository(model, repository)?;
            if from == to {
                made.push(to);
                continue;
            }
            // Renamed only when complete: half a model would be found first and refused.
            let part = unfinished(&to);
            for file in &repository.files {
                let (source, mut target) = (from.join(&file.path), part.join(&file.path));
                if file.index {
                    // Its files become one.
                    target = part.join("model.safetensors");
                }
                if target.exists() || (file.once && !source.exists()) {
                    continue;
                }
                let go_on = |done, of| watch(&file.path, done, of);
                let is_weights = source.extension().is_some_and(|ending| ending == "safetensors");
                if file.index || is_weights {
                    let sources = if file.index { weights::files(&from) } else { Ok(vec![source]) };
                    // What is in bfloat16 stays so.
                    let copied = sources.and_then(|from| weights::copy(&from, &target, Precision::Half, &go_on));
                    copied.map_err(|error| match error {
                        ModelError::Cancelled => StoreError::Cancelled,
                        other => StoreError::Model(other.to_string()),
                    })?;
                } else {
                    let folder = target.parent().unwrap_or(&part);
                    std::fs::create_dir_all(folder).map_err(|error| disk(folder, &error))?;
                    std::fs::copy(&source, &target).map_err(|error| disk(&target, &error))?;
                }
            }
            std::fs::rename(&part, &to).map_err(|error| disk(&to, &error))?;
            made.push(to);
        }
        Ok(made)
    }

    /// Whether such a copy is what will be used.
    pub fn has_copy(&self, model: &Model) -> bool {
        let is_copy = |repository| self.own_copy(repository).is_some_and(|copy| copy.exists());
        self.find_model(model).is_ok() && model.repositories.iter().all(is_copy)
    }
}

/// The path of a copy until it is complete.
pub(super) fn unfinished(copy: &Path) -> PathBuf {
    let mut name = copy.as_os_str().to_owned();
    name.push(".part");
    name.into()
}
