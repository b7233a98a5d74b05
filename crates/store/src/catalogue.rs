//! The models that this program knows: `assets/models.toml`.

use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use tie_nets::weights::shard_names;

/// A model and everything it consists of.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Short, as on the command line.
    pub id: String,
    /// Name for people, in the window, on the command line and in errors.
    pub name: String,
    /// What it is for, in a sentence.
    pub purpose: String,
    /// The licence, as its makers call it.
    pub licence: String,
    /// Where to read the licence.
    pub licence_url: String,
    /// Memory that it needs while it works, in gigabytes, on the CPU, and on a card or as a copy in 16 bits.
    pub memory: [u32; 2],
    /// Memory in gigabytes on the CPU with 4-bit weights, for models that support them.
    pub least: Option<u32>,
    /// Bytes of all files, roughly, where those of some are not known.
    pub about: Option<u64>,
    /// All that have to be here before the model runs, each another part of it.
    #[serde(rename = "repository")]
    pub repositories: Vec<Repository>,
}

/// A repository on the hub, and the files needed from it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repository {
    /// Which part of the model it is.
    pub part: String,
    /// Owner and name.
    pub repo: String,
    /// The pinned commit, or a branch if no commit is known.
    pub revision: String,
    /// The files needed from it; an index stands for itself and the files that it names.
    #[serde(rename = "file")]
    pub files: Vec<File>,
}

/// A file of a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Its path in the repository, with `/` between folders.
    pub path: String,
    /// Names that the same or a like network has elsewhere, in folders that a person has chosen.
    #[serde(default, rename = "or")]
    pub others: Vec<String>,
    /// Absent where it is not known; what the first download brings then counts.
    pub bytes: Option<u64>,
    /// Hexadecimal, the beginning of it or all; absent as `bytes`.
    pub sha256: Option<String>,
    /// Read once, to compute something that is kept: the model runs without it afterwards.
    #[serde(default)]
    pub once: bool,
    /// An index, whose folder holds the files that it names, and no others are known beforehand.
    #[serde(default)]
    pub index: bool,
}

impl File {
    /// Where the file is in a folder, under its own name or another.
    pub fn within(&self, folder: &Path) -> Option<PathBuf> {
        std::iter::once(&self.path).chain(&self.others).map(|name| folder.join(name)).find(|path| path.exists())
    }
}

impl Model {
    /// Bytes of all files, and whether that is certain: where the size of some is not known, it is about that or more.
    pub fn bytes(&self) -> (u64, bool) {
        let files = || self.repositories.iter().flat_map(|repository| &repository.files);
        let known: u64 = files().filter_map(|file| file.bytes).sum();
        (known.max(self.about.unwrap_or(0)), files().all(|file| file.bytes.is_some()))
    }
}

impl Repository {
    /// The name without its owner, as a clone's folder is called.
    pub fn name(&self) -> &str {
        self.repo.rsplit('/').next().unwrap_or(&self.repo)
    }

    /// The files of this model, and those that an index in a folder names.
    pub fn files_in(&self, folder: &Path) -> Vec<File> {
        let indices = self.files.iter().filter(|file| file.index);
        // An unreadable index names nothing here; opening the model reports what is wrong with it.
        let named = indices.filter_map(|file| shard_names(&folder.join(&file.path)).ok()).flatten();
        let shards = named.map(|path| File { path, ..File::default() });
        self.files.iter().cloned().chain(shards).collect()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    #[serde(rename = "model")]
    models: Vec<Model>,
}

static MODELS: LazyLock<Vec<Model>> = LazyLock::new(|| {
    let catalogue: Result<Catalogue, toml::de::Error> = toml::from_str(include_str!("../../../assets/models.toml"));
    catalogue.map_or_else(
        |error| {
            // A test keeps the bundled file readable.
            log::error!("assets/models.toml: {error}");
            Vec::new()
        },
        |catalogue| catalogue.models,
    )
});

/// All models, best first.
pub fn models() -> &'static [Model] {
    &MODELS
}

/// The model of this id.
pub fn model(id: &str) -> Option<&'static Model> {
    MODELS.iter().find(|model| model.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_catalogue_is_complete_and_names_nothing_twice() {
        assert!(model("kandinsky-2.2").is_some());
        let ids: BTreeSet<&str> = models().iter().map(|model| model.id.as_str()).collect();
        assert_eq!(ids.len(), models().len());
        for model in models() {
            for repository in &model.repositories {
                assert_eq!(repository.repo.split('/').count(), 2, "{}", repository.repo);
                let paths: BTreeSet<&str> = repository.files.iter().map(|file| file.path.as_str()).collect();
                assert_eq!(paths.len(), repository.files.len(), "{}", repository.repo);
                for file in &repository.files {
                    let hash = file.sha256.as_deref().unwrap_or("0123456789abcdef");
                    assert!(hash.len() >= 16 && hash.chars().all(|c| c.is_ascii_hexdigit()), "{}", file.path);
                    assert!(!file.path.starts_with('/') && !file.path.contains(".."), "{}", file.path);
                }
            }
        }
    }

    #[test]
    fn kandinskys_size_is_that_of_its_files() {
        let (bytes, all) = model("kandinsky-2.2").map(Model::bytes).unwrap_or_default();
        assert!(all && bytes / 100_000_000 == 158, "{bytes}");
    }
}
