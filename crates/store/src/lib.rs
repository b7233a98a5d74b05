//! The model store: which models there are, where their files are, and whether they are complete.
//!
//! A model is looked for in the folders that a person has chosen, among those that this program has converted, and in the
//! cache that all programs share which download from the hub (`HF_HUB_CACHE`, `HF_HOME`, or `~/.cache/huggingface`).

#![warn(missing_docs)]

pub mod catalogue;
mod convert;
mod hub;
mod pull;
mod verify;

pub use catalogue::{Model, Repository, model, models};
pub use hub::Hub;
pub use pull::{PullProgress, PullWatch};
pub use verify::{Checked, Integrity};

use siphasher::sip::SipHasher13;
use std::collections::BTreeMap;
use std::env;
use std::hash::{Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// Where to look for models; clones share the chosen folders.
#[derive(Clone, Debug, Default)]
pub struct Store {
    /// Named when the program was started, the first counts most.
    given: Vec<PathBuf>,
    /// Chosen by the person since; these count more.
    chosen: Arc<RwLock<Vec<PathBuf>>>,
    /// What was missing of each model when it was last looked for, by the model's id; for all clones.
    known: Arc<RwLock<BTreeMap<String, Option<StoreError>>>>,
    /// The hub's cache; `None` if the user's cache folder is unknown.
    hub: Option<PathBuf>,
    /// This program's own folder: converted models, and results that are computed once.
    own: Option<PathBuf>,
}

/// The folders of a model's repositories, by the part that they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders(BTreeMap<String, PathBuf>);

impl Folders {
    /// All of them.
    pub fn all(&self) -> Vec<PathBuf> {
        self.0.values().cloned().collect()
    }

    /// The folder of a part that the catalogue names.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] for any other.
    pub fn part(&self, name: &str) -> Result<&Path, StoreError> {
        self.0.get(name).map(PathBuf::as_path).ok_or_else(|| StoreError::Unknown(name.to_owned()))
    }
}

/// Why a model cannot be had; each says in a sentence what, why and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The catalogue has no model of this id, or the model no part of this name.
    #[error("There is no model \"{0}\". The models are: {known}.", known = known_ids())]
    Unknown(String),
    /// No files of the model were found.
    #[error("{name} is not installed: download it ({size}), or choose the folder that contains it.")]
    Absent {
        /// The model's name, for people.
        name: String,
        /// The size of the download, as [`size_text`] writes it.
        size: String,
    },
    /// Some files of the model were found.
    #[error("{name} is incomplete: {} is missing. Download it again to get only what is missing.", path.display())]
    Incomplete {
        /// The model's name, for people.
        name: String,
        /// Where the first missing file would be.
        path: PathBuf,
    },
    /// A file is missing, and the [`Hub`] is offline.
    #[error(
        "Nothing was downloaded, because downloads are off. Turn off “Stay offline” in the settings, or unset HF_HUB_OFFLINE."
    )]
    Offline,
    /// [`Hub::with_proxy`] got this text.
    #[error("\"{0}\" is not a proxy address: write it as http://host:port, or leave it empty.")]
    NoProxy(String),
    /// Neither the environment nor a home folder says where downloads go, or the [`Store`] is one folder alone.
    #[error("There is no folder for downloads: set HF_HOME to a folder.")]
    NoCache,
    /// Before a download: its files would leave less than 200 MB free.
    #[error("There is too little space in {}: {needed:.1} GB needed, {free:.1} GB free. Delete something, or set HF_HOME to a folder on another disk.", folder.display(), needed = *needed as f64 / 10.0, free = *free as f64 / 10.0)]
    NoRoom {
        /// The hub's cache, which may not be there yet.
        folder: PathBuf,
        /// In tenths of a gigabyte.
        needed: u64,
        /// In tenths of a gigabyte.
        free: u64,
    },
    /// No room was left, or none of a quota, when this file or folder was written.
    #[error("The disk is full at {}. Free some space, then resume the download.", .0.display())]
    DiskFull(PathBuf),
    /// The disk refuses to read, write, rename or delete something, for any reason except lack of space.
    #[error("{} cannot be read or written ({reason}): check its permissions and the disk.", path.display())]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's message.
        reason: String,
    },
    /// No connection or no answer: a silent server is given up after 20 seconds.
    #[error("{server} cannot be reached ({reason}). Check the connection, then resume the download.")]
    Unreachable {
        /// The hub's address, as in `HF_ENDPOINT`.
        server: String,
        /// The HTTP client's message.
        reason: String,
    },
    /// Status 401 or 403: the repository is private or gated, and the token is missing or not allowed in.
    #[error(
        "{server} denies access to {repo}: accept its licence there if it asks for that, and set HF_TOKEN to your token."
    )]
    Denied {
        /// The hub's address, as in `HF_ENDPOINT`.
        server: String,
        /// Owner and name.
        repo: String,
    },
    /// Status 404: of this commit or branch the server has no such file.
    #[error("{server} has no {path} in {repo}: it was moved or deleted, or HF_ENDPOINT is the wrong server.")]
    NotFound {
        /// The hub's address, as in `HF_ENDPOINT`.
        server: String,
        /// Owner and name.
        repo: String,
        /// Path of the file in the repository.
        path: String,
    },
    /// Any other status without success; 408, 429 and 500 to 599 are tried again before.
    #[error("{server} answered with error {status}. Resume the download later.")]
    Refused {
        /// The hub's address, as in `HF_ENDPOINT`.
        server: String,
        /// The HTTP status.
        status: u16,
        /// How long to wait before the next request.
        wait: Option<Duration>,
    },
    /// The answer about a file lacks something that every hub sends.
    #[error("{server} is not a Hugging Face hub (its answer has {what}): check HF_ENDPOINT.")]
    Odd {
        /// The hub's address, as in `HF_ENDPOINT`.
        server: String,
        /// What is missing: "no commit", "no size" or "no content hash".
        what: String,
    },
    /// The connection broke in the middle of a file, also when it was tried again; what came stays on the disk.
    #[error("The download of {path} was interrupted ({reason}). Resume it.")]
    Cut {
        /// Path of the file in the repository.
        path: String,
        /// The HTTP client's message, or that the connection ended early.
        reason: String,
    },
    /// The server's file has another size than the catalogue says, or it sends more bytes than it said.
    #[error(
        "{path} on the server is not the expected file ({got} bytes instead of {wanted}), so it was not kept. Check HF_ENDPOINT."
    )]
    OtherFile {
        /// Path of the file in the repository.
        path: String,
        /// Bytes that are expected.
        wanted: u64,
        /// Bytes that the server says, or that came before it was stopped.
        got: u64,
    },
    /// All bytes arrived, but their checksum is neither the catalogue's nor the one that the server names the file by.
    #[error(
        "{path} arrived damaged (its SHA-256 begins with {} instead of {}), so it was deleted. Download it again.",
        beginning(got),
        beginning(wanted)
    )]
    WrongSum {
        /// Path of the file in the repository.
        path: String,
        /// The expected SHA-256 in hexadecimal digits, or the first 16 of them or more.
        wanted: String,
        /// The SHA-256 of what came, 64 hexadecimal digits.
        got: String,
    },
    /// The model reader's message.
    #[error("{0}")]
    Model(String),
    /// The watch asked to stop.
    #[error("Stopped. A download resumes from here next time.")]
    Cancelled,
}

impl StoreError {
    /// Whether the same question may be answered a moment later.
    const fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Cut { .. } => true,
            Self::Refused { status, .. } => matches!(*status, 408 | 429 | 500..=599),
            _ => false,
        }
    }

    /// How long to wait before the next request.
    const fn wait(&self) -> Option<Duration> {
        match self {
            Self::Refused { wait, .. } => *wait,
            _ => None,
        }
    }
}

/// As much of a checksum as a person compares.
fn beginning(sum: &str) -> &str {
    sum.get(..16).unwrap_or(sum)
}

/// In tenths of a gigabyte, for sentences.
const fn gigabytes(bytes: u64) -> u64 {
    bytes / 100_000_000
}

fn known_ids() -> String {
    models().iter().map(|model| model.id.as_str()).collect::<Vec<_>>().join(", ")
}

impl Store {
    /// The places from the environment, after the given ones. A given folder holds repositories as subfolders of their
    /// names, or is one repository.
    pub fn new(given: Vec<PathBuf>) -> Self {
        let folder = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let cache = folder("XDG_CACHE_HOME").or_else(|| Some(home()?.join(".cache")));
        let hub = folder("HF_HUB_CACHE")
            .or_else(|| Some(folder("HF_HOME")?.join("hub")))
            .or_else(|| Some(cache.as_ref()?.join("huggingface/hub")));
        Self { given, hub, own: cache.map(|cache| cache.join("tie-studio")), ..Self::default() }
    }

    /// A store of only one folder.
    pub fn at(folder: PathBuf) -> Self {
        Self { given: vec![folder], ..Self::default() }
    }

    /// A store of only a hub cache and a folder of its own.
    pub fn in_cache(hub: PathBuf, own: PathBuf) -> Self {
        Self { hub: Some(hub), own: Some(own), ..Self::default() }
    }

    /// The same store with other given folders.
    #[must_use]
    pub fn with_given(&self, given: Vec<PathBuf>) -> Self {
        Self { given, known: Arc::default(), ..self.clone() }
    }

    /// The folders that were named when the program was started.
    pub fn given(&self) -> &[PathBuf] {
        &self.given
    }

    /// Looks in these folders from now on, also for all clones.
    pub fn choose(&self, folders: &[PathBuf]) {
        *self.chosen.write().unwrap_or_else(PoisonError::into_inner) = folders.to_vec();
        self.known.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Why a model can't be used, as far as is known: the disk is asked only for what has never been looked for. `None` if it
    /// can.
    pub fn missing(&self, id: &str) -> Option<StoreError> {
        if let Some(known) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(id) {
            return known.clone();
        }
        self.find(id).err()
    }

    /// The same of several models of which one is enough; says what is missing of the last one.
    pub fn missing_all(&self, ids: &[&str]) -> Option<StoreError> {
        let missing: Option<Vec<StoreError>> = ids.iter().map(|id| self.missing(id)).collect();
        missing?.pop()
    }

    /// Where to keep something that is computed once from the files of a folder; `None` if this program has no folder
    /// of its own.
    pub fn kept_for(&self, folder: &Path, name: &str) -> Option<PathBuf> {
        // Another folder, or the same with another network in it, gets another place.
        let mut hasher = SipHasher13::new();
        folder.hash(&mut hasher);
        std::fs::read(folder.join("config.json")).unwrap_or_default().hash(&mut hasher);
        Some(self.own.as_ref()?.join("kept").join(format!("{:016x}", hasher.finish())).join(name))
    }

    /// The folders of a model's files, with all that it needs.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn find(&self, id: &str) -> Result<Folders, StoreError> {
        self.find_model(model(id).ok_or_else(|| StoreError::Unknown(id.to_owned()))?)
    }

    /// See [`find`](Self::find).
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn find_model(&self, model: &Model) -> Result<Folders, StoreError> {
        let folder = |repository: &Repository| Ok((repository.part.clone(), self.find_repository(model, repository)?));
        let found: Result<BTreeMap<_, _>, StoreError> = model.repositories.iter().map(folder).collect();
        let missing = found.as_ref().err().cloned();
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(model.id.clone(), missing);
        found.map(Folders)
    }

    fn find_repository(&self, model: &Model, repository: &Repository) -> Result<PathBuf, StoreError> {
        let mut incomplete = None;
        for folder in self.places(repository) {
            let files = repository.files_in(&folder);
            let mut needed = files.iter().filter(|file| !file.once);
            match needed.find(|file| file.within(&folder).is_none()) {
                None => return Ok(folder),
                Some(file) => {
                    let path = folder.join(&file.path);
                    if incomplete.is_none() && self.is_begun(repository, &folder) {
                        incomplete = Some(path);
                    }
                }
            }
        }
        let name = model.name.clone();
        Err(match incomplete {
            Some(path) => StoreError::Incomplete { name, path },
            None => StoreError::Absent { name, size: size_text(model) },
        })
    }

    /// Whether a folder holds a part of a repository. An empty one does not, and neither does one of a person's own with another
    /// model in it, which may share a few names such as `config.json`.
    fn is_begun(&self, repository: &Repository, folder: &Path) -> bool {
        let there = repository.files.iter().filter(|file| file.within(folder).is_some()).count();
        let is_hubs = self.hub.as_ref().is_some_and(|hub| folder.starts_with(hub));
        if is_hubs { there > 0 } else { there * 2 > repository.files.len() }
    }

    /// Folders that may hold a repository, highest priority first.
    fn places(&self, repository: &Repository) -> Vec<PathBuf> {
        let named = |root: &PathBuf| [root.join(repository.name()), root.join(&repository.repo), root.clone()];
        let chosen = self.chosen.read().unwrap_or_else(PoisonError::into_inner);
        // A copy that this program has made of one of the others is smaller.
        let mut places: Vec<PathBuf> =
            self.own_copy(repository).into_iter().chain(chosen.iter().chain(&self.given).flat_map(named)).collect();
        if let Some(hub) = &self.hub {
            let snapshots = hub_folder(hub, repository).join("snapshots");
            places.push(snapshots.join(pinned(hub, repository)));
            // Written by another program, which may have requested another commit.
            let main = hub_folder(hub, repository).join("refs/main");
            places.extend(std::fs::read_to_string(main).ok().map(|commit| snapshots.join(commit.trim())));
        }
        places
    }

    /// The converted copy of a repository, if this program has made one.
    fn own_copy(&self, repository: &Repository) -> Option<PathBuf> {
        self.own.as_ref().map(|own| own.join("models").join(repository.name()))
    }

    /// Where a file is if it need not be downloaded; in the hub's cache its size must match.
    fn whole(&self, repository: &Repository, file: &catalogue::File) -> Option<PathBuf> {
        let right = |path: &PathBuf| {
            let is_hubs = self.hub.as_ref().is_some_and(|hub| path.starts_with(hub));
            let size = std::fs::metadata(path).ok().map(|found| found.len());
            size.is_some_and(|size| !is_hubs || file.bytes.is_none_or(|wanted| wanted == size))
        };
        self.places(repository).into_iter().map(|folder| folder.join(&file.path)).find(right)
    }

    /// Bytes of a model in the hub's cache, and of its converted copies.
    pub fn cached_bytes(&self, model: &Model) -> u64 {
        let copies = model.repositories.iter().filter_map(|repository| Some((repository, self.own_copy(repository)?)));
        let copied =
            copies.flat_map(|(repository, copy)| repository.files.iter().filter_map(move |file| file.within(&copy)));
        let cached = model.repositories.iter().flat_map(|repository| self.cached(repository));
        cached.chain(copied).filter_map(|path| std::fs::metadata(path).ok()).map(|found| found.len()).sum()
    }

    /// Deletes a model's files from the hub's cache, and its converted copies. Files that another installed model needs
    /// and folders that the user has chosen are left alone.
    ///
    /// # Errors
    /// [`StoreError::Disk`] for the first that cannot be deleted.
    pub fn remove(&self, model: &Model) -> Result<(), StoreError> {
        let others: Vec<&Model> =
            models().iter().filter(|other| other.id != model.id && self.find_model(other).is_ok()).collect();
        let is_own = |mine: &&Repository| {
            let mut needed = others.iter().flat_map(|other| &other.repositories);
            !needed.any(|other| (&other.repo, &other.revision) == (&mine.repo, &mine.revision))
        };
        let own: Vec<&Repository> = model.repositories.iter().filter(is_own).collect();
        for name in own.iter().flat_map(|repository| self.cached(repository)) {
            let blob = std::fs::canonicalize(&name).unwrap_or_else(|_| name.clone());
            for path in [&blob, &name] {
                match std::fs::remove_file(path) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(pull::disk(path, &error)),
                    _ => {}
                }
            }
        }
        for copy in own.iter().filter_map(|repository| self.own_copy(repository)) {
            for folder in [convert::unfinished(&copy), copy] {
                match std::fs::remove_dir_all(&folder) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                        return Err(pull::disk(&folder, &error));
                    }
                    _ => {}
                }
            }
        }
        let Some(hub) = &self.hub else {
            return Ok(());
        };
        for repository in own {
            let blobs = hub_folder(hub, repository).join("blobs");
            let parts = std::fs::read_dir(blobs).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
            for part in parts.filter(|path| path.extension().is_some_and(|ending| ending == "incomplete")) {
                std::fs::remove_file(&part).map_err(|error| pull::disk(&part, &error))?;
            }
        }
        Ok(())
    }

    /// A repository's files in the hub's cache, by their names.
    fn cached(&self, repository: &Repository) -> Vec<PathBuf> {
        let Some(hub) = &self.hub else {
            return Vec::new();
        };
        let snapshot = hub_folder(hub, repository).join("snapshots").join(pinned(hub, repository));
        let paths = repository.files_in(&snapshot).into_iter().map(|file| snapshot.join(file.path));
        paths.filter(|path| path.symlink_metadata().is_ok()).collect()
    }

    /// The token that the hub's own program keeps beside the cache.
    pub fn kept_token(&self) -> Option<String> {
        hf_hub::Cache::new(self.hub.clone()?).token()
    }
}

/// "15.9 GB", or "about 4.3 GB" where not all sizes are known.
pub fn size_text(model: &Model) -> String {
    let (bytes, all) = model.bytes();
    format!("{}{}", if all { "" } else { "about " }, bytes_text(bytes))
}

/// A number of bytes as a person reads it.
pub fn bytes_text(bytes: u64) -> String {
    let bytes = bytes as f64;
    if bytes < 1e9 { format!("{:.0} MB", bytes / 1e6) } else { format!("{:.1} GB", bytes / 1e9) }
}

fn hub_repo(repository: &Repository) -> hf_hub::Repo {
    hf_hub::Repo::with_revision(repository.repo.clone(), hf_hub::RepoType::Model, repository.revision.clone())
}

/// The name of a repository's folder in the hub's cache.
fn hub_name(repository: &Repository) -> String {
    hub_repo(repository).folder_name()
}

fn hub_folder(hub: &Path, repository: &Repository) -> PathBuf {
    hub.join(hub_name(repository))
}

/// The commit to use: the catalogue's, or the branch's commit at the first download; the branch if there was none.
fn pinned(hub: &Path, repository: &Repository) -> String {
    let branch = hub_folder(hub, repository).join("refs").join(&repository.revision);
    std::fs::read_to_string(branch).map_or_else(|_| repository.revision.clone(), |commit| commit.trim().to_owned())
}

fn home() -> Option<PathBuf> {
    etcetera::home_dir().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "kandinsky-2.2";

    /// Puts all files of a repository into a folder, but some.
    fn lay(folder: &Path, part: &str, skip: impl Fn(&catalogue::File) -> bool) {
        let repository = model(ID).unwrap().repositories.iter().find(|repository| repository.part == part).unwrap();
        for file in repository.files.iter().filter(|file| !skip(file)) {
            let path = folder.join(&file.path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
    }

    fn hub_only(hub: &Path) -> Store {
        Store { hub: Some(hub.to_owned()), ..Store::default() }
    }

    #[test]
    fn a_model_is_found_in_a_chosen_folder_whatever_the_clones_are_in() {
        let folder = tempfile::tempdir().unwrap();
        lay(&folder.path().join("kandinsky-2-2-decoder-inpaint"), "decoder", |_| false);
        lay(&folder.path().join("kandinsky-community/kandinsky-2-2-prior"), "prior", |file| file.once);
        let found = Store::at(folder.path().to_owned()).find(ID).unwrap();
        assert!(found.part("prior").unwrap().ends_with("kandinsky-community/kandinsky-2-2-prior"));
        assert!(found.part("decoder").unwrap().ends_with("kandinsky-2-2-decoder-inpaint"));
        assert!(found.part("other").is_err());
    }

    #[test]
    fn a_model_that_another_program_has_downloaded_is_found_in_the_hubs_cache() {
        let hub = tempfile::tempdir().unwrap();
        let repository = |name: &str| hub.path().join(format!("models--kandinsky-community--{name}"));
        lay(
            &repository("kandinsky-2-2-decoder-inpaint").join("snapshots/db790ad5cbcabed886f069ef2710774657621702"),
            "decoder",
            |_| false,
        );
        // Of a branch, at another commit than the catalogue's.
        let prior = repository("kandinsky-2-2-prior");
        lay(&prior.join("snapshots/abc"), "prior", |_| false);
        std::fs::create_dir_all(prior.join("refs")).unwrap();
        std::fs::write(prior.join("refs/main"), "abc\n").unwrap();
        assert!(hub_only(hub.path()).find(ID).unwrap().part("prior").unwrap().ends_with("snapshots/abc"));
    }

    #[test]
    fn what_is_missing_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at(folder.path().to_owned());
        let sentence = |store: &Store| store.find(ID).unwrap_err().to_string();
        assert_eq!(
            sentence(&store),
            "Kandinsky 2.2 inpainting is not installed: download it (15.9 GB), or choose the folder that contains it."
        );
        lay(folder.path(), "decoder", |file| file.path == "movq/config.json");
        let incomplete = sentence(&store);
        assert!(incomplete.contains("incomplete") && incomplete.contains("movq/config.json"), "{incomplete}");
        assert!(store.find("magic").unwrap_err().to_string().contains("The models are: kandinsky-2.2"));
    }
}
