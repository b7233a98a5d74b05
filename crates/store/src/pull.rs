//! Downloading models into the hub's cache: resumed, checked, and renamed into place when whole.

use super::hub::{Facts, Hub};
use super::verify::{Sum, is_sha256};
use super::{Model, Repository, Store, StoreError, catalogue, gigabytes};
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Progress of a download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullProgress {
    /// The file that is worked on, as in its repository.
    pub path: String,
    /// Bytes of all files.
    pub done: u64,
    /// Bytes of all files, as far as their sizes are known.
    pub of: u64,
    /// Something went wrong and is being retried; the message.
    pub trouble: Option<String>,
}

/// Receives the progress of a download, and returns whether to continue.
pub type PullWatch<'a> = dyn FnMut(PullProgress) -> bool + 'a;

/// Tries of one file without a byte of progress between them.
const TRIES: u32 = 5;
/// Between the first two tries; twice as long each time.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// No server is waited for longer than this.
const LONGEST_WAIT: Duration = Duration::from_mins(1);
/// Time between two checks whether to continue.
const NAP: Duration = Duration::from_millis(100);
/// Room that a download leaves on the disk.
const SPARE: u64 = 200_000_000;

impl Store {
    /// Downloads what is missing of a model into the cache shared by all programs that use the hub. Resumes what
    /// another download has begun; others see a file only once it is complete and has the right checksum.
    ///
    /// # Errors
    /// [`StoreError`]; what was downloaded correctly so far stays for the next time.
    pub fn pull(&self, model: &Model, hub: &Hub, watch: &mut PullWatch<'_>) -> Result<(), StoreError> {
        let cache = self.hub.as_ref().ok_or(StoreError::NoCache)?;
        let (mut missing, mut here) = (false, 0);
        for repository in &model.repositories {
            for file in self.known_files(cache, repository) {
                match self.whole(repository, &file) {
                    None => missing = true,
                    Some(path) => here += fs::metadata(path).map_or(0, |found| found.len()),
                }
            }
        }
        if !missing {
            return Ok(());
        }
        if hub.is_offline() {
            return Err(StoreError::Offline);
        }
        let (bytes, _) = model.bytes();
        let mut course = Course { done: here, of: bytes, watch };
        check_room(cache, bytes.saturating_sub(here))?;
        for repository in &model.repositories {
            // First the known files, then those that a downloaded index names.
            for _ in 0..2 {
                for file in self.known_files(cache, repository) {
                    if self.whole(repository, &file).is_none() {
                        course.done += fetch(cache, repository, &file, hub, &mut course)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The files of a repository as far as they are known: those that an index names, once it is in the cache.
    fn known_files(&self, cache: &Path, repository: &Repository) -> Vec<catalogue::File> {
        let snapshot = super::hub_folder(cache, repository).join("snapshots").join(super::pinned(cache, repository));
        let folder = self.places(repository).into_iter().find(|place| {
            let mut indices = repository.files.iter().filter(|file| file.index);
            indices.any(|file| place.join(&file.path).exists())
        });
        repository.files_in(&folder.unwrap_or(snapshot))
    }
}

/// Progress over all files.
struct Course<'a, 'w> {
    /// Bytes of the complete files.
    done: u64,
    /// Bytes of all files, as far as known; never less than what is done.
    of: u64,
    watch: &'a mut PullWatch<'w>,
}

impl Course<'_, '_> {
    /// Reports progress, with `part` bytes of the current file.
    fn say(&mut self, path: &str, part: u64, trouble: Option<String>) -> Result<(), StoreError> {
        let done = self.done + part;
        let progress = PullProgress { path: path.to_owned(), done, of: self.of.max(done), trouble };
        if (self.watch)(progress) { Ok(()) } else { Err(StoreError::Cancelled) }
    }

    /// Waits, and checks meanwhile whether to continue.
    fn wait(&mut self, time: Duration, path: &str, part: u64, trouble: &str) -> Result<(), StoreError> {
        let until = Instant::now() + time;
        while Instant::now() < until {
            self.say(path, part, Some(trouble.to_owned()))?;
            std::thread::sleep(NAP.min(until.saturating_duration_since(Instant::now())));
        }
        Ok(())
    }
}

/// Refuses what would fill the disk.
fn check_room(folder: &Path, needed: u64) -> Result<(), StoreError> {
    // The folder may not be there yet.
    let there = folder.ancestors().find(|folder| folder.exists());
    match there.map(fs4::available_space) {
        Some(Ok(free)) if free < needed.saturating_add(SPARE) => {
            Err(StoreError::NoRoom { folder: folder.to_owned(), needed: gigabytes(needed), free: gigabytes(free) })
        }
        _ => Ok(()),
    }
}

/// Downloads a file and returns its size.
fn fetch(
    cache: &Path,
    repository: &Repository,
    file: &catalogue::File,
    hub: &Hub,
    course: &mut Course<'_, '_>,
) -> Result<u64, StoreError> {
    let Repository { repo, .. } = repository;
    // A branch that was fetched before stays at the commit that it had then: a model is of one piece.
    let revision = super::pinned(cache, repository);
    let mut patience = Patience::new();
    let facts = loop {
        match hub.facts(repo, &revision, &file.path) {
            Ok(facts) => break facts,
            Err(error) => patience.after(error, &file.path, 0, course)?,
        }
    };
    if let Some(wanted) = file.bytes.filter(|wanted| *wanted != facts.bytes) {
        return Err(StoreError::OtherFile { path: file.path.clone(), wanted, got: facts.bytes });
    }
    let folder = super::hub_folder(cache, repository);
    let blobs = folder.join("blobs");
    let blob = blobs.join(&facts.etag);
    fs::create_dir_all(&blobs).map_err(|error| disk(&blobs, &error))?;
    let _lock = lock(cache, repository, &facts, &file.path, course)?;
    // Another program may have fetched it while we waited.
    if !is_whole(&blob, &facts) {
        let part = blobs.join(format!("{}.incomplete", facts.etag));
        download(&part, repository, file, &facts, hub, course)?;
        fs::rename(&part, &blob).map_err(|error| disk(&blob, &error))?;
    }
    link(&folder, repository, &revision, &facts, &file.path)?;
    Ok(facts.bytes)
}

fn is_whole(path: &Path, facts: &Facts) -> bool {
    fs::metadata(path).is_ok_and(|found| found.len() == facts.bytes)
}

/// How often and how long to retry.
struct Patience {
    tries: u32,
    wait: Duration,
}

impl Patience {
    const fn new() -> Self {
        Self { tries: 0, wait: FIRST_WAIT }
    }

    /// Waits before the next try, with `part` bytes of the current file; returns the error if another try is no use.
    fn after(
        &mut self,
        error: StoreError,
        path: &str,
        part: u64,
        course: &mut Course<'_, '_>,
    ) -> Result<(), StoreError> {
        self.tries += 1;
        if !error.may_pass() || self.tries >= TRIES {
            return Err(error);
        }
        let asked = error.wait().unwrap_or_default().min(LONGEST_WAIT);
        course.wait(self.wait.max(asked), path, part, &error.to_string())?;
        self.wait *= 2;
        Ok(())
    }
}

/// Downloads all bytes into `part`, resuming from what it holds, and checks them.
fn download(
    part: &Path,
    repository: &Repository,
    file: &catalogue::File,
    facts: &Facts,
    hub: &Hub,
    course: &mut Course<'_, '_>,
) -> Result<(), StoreError> {
    let mut target = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(part)
        .map_err(|error| disk(part, &error))?;
    let mut sum = Sum::default();
    let mut have = sum.take(&mut target, |_| course.say(&file.path, 0, None)).map_err(|error| error.on(part))?;
    if have > facts.bytes {
        (have, sum) = start_over(part, &mut target)?;
    }
    let mut patience = Patience::new();
    while have < facts.bytes {
        let before = have;
        if let Err(error) = more(&mut target, part, repository, file, facts, hub, course, &mut have, &mut sum) {
            if have > before {
                patience = Patience::new();
            }
            patience.after(error, &file.path, have, course)?;
        }
    }
    target.sync_all().map_err(|error| disk(part, &error))?;
    let digest = sum.hex();
    // Large files are named by their checksum.
    let named = Some(facts.etag.as_str()).filter(|etag| is_sha256(etag));
    for wanted in file.sha256.as_deref().into_iter().chain(named) {
        if !digest.starts_with(wanted) {
            drop(target);
            fs::remove_file(part).map_err(|error| disk(part, &error))?;
            return Err(StoreError::WrongSum { path: file.path.clone(), wanted: wanted.to_owned(), got: digest });
        }
    }
    Ok(())
}

fn start_over(part: &Path, target: &mut File) -> Result<(u64, Sum), StoreError> {
    target.set_len(0).and_then(|()| target.seek(SeekFrom::Start(0))).map_err(|error| disk(part, &error))?;
    Ok((0, Sum::default()))
}

/// One request's worth of bytes.
#[expect(clippy::too_many_arguments, reason = "the state of one download, which has no other use")]
fn more(
    target: &mut File,
    part: &Path,
    repository: &Repository,
    file: &catalogue::File,
    facts: &Facts,
    hub: &Hub,
    course: &mut Course<'_, '_>,
    have: &mut u64,
    sum: &mut Sum,
) -> Result<(), StoreError> {
    let (mut body, goes_on) = hub.fetch(&repository.repo, &facts.commit, &file.path, *have)?;
    if !goes_on && *have > 0 {
        (*have, *sum) = start_over(part, target)?;
    }
    let mut chunk = vec![0; 1 << 16];
    let mut said = Instant::now();
    course.say(&file.path, *have, None)?;
    loop {
        let count = match body.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(StoreError::Cut { path: file.path.clone(), reason: error.to_string() }),
        };
        if *have + count as u64 > facts.bytes {
            return Err(StoreError::OtherFile {
                path: file.path.clone(),
                wanted: facts.bytes,
                got: *have + count as u64,
            });
        }
        target.write_all(&chunk[..count]).map_err(|error| disk(part, &error))?;
        sum.add(&chunk[..count]);
        *have += count as u64;
        if said.elapsed() >= NAP {
            course.say(&file.path, *have, None)?;
            said = Instant::now();
        }
    }
    if *have < facts.bytes {
        return Err(StoreError::Cut { path: file.path.clone(), reason: "the connection ended early".to_owned() });
    }
    course.say(&file.path, *have, None)
}

/// Keeps other programs from fetching the same; waits for one that does.
fn lock(
    cache: &Path,
    repository: &Repository,
    facts: &Facts,
    path: &str,
    course: &mut Course<'_, '_>,
) -> Result<File, StoreError> {
    let folder = cache.join(".locks").join(super::hub_name(repository));
    fs::create_dir_all(&folder).map_err(|error| disk(&folder, &error))?;
    let name = folder.join(format!("{}.lock", facts.etag));
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&name);
    let file = file.map_err(|error| disk(&name, &error))?;
    loop {
        match file.try_lock() {
            // On a disk without locks, no one can hold one.
            Ok(()) | Err(fs::TryLockError::Error(_)) => return Ok(file),
            Err(fs::TryLockError::WouldBlock) => {
                course.wait(NAP, path, 0, "Waiting: another program is downloading it.")?;
            }
        }
    }
}

/// Makes a blob seen under its name, and the commit as the branch's.
fn link(folder: &Path, repository: &Repository, revision: &str, facts: &Facts, path: &str) -> Result<(), StoreError> {
    let name = folder.join("snapshots").join(&facts.commit).join(path);
    let parent = name.parent().unwrap_or(folder);
    fs::create_dir_all(parent).map_err(|error| disk(parent, &error))?;
    // An older link, or one to a blob that is gone.
    match fs::remove_file(&name) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(disk(&name, &error)),
        _ => {}
    }
    let depth = Path::new(path).components().count() + 1;
    let blob: PathBuf = std::iter::repeat_n("..", depth).collect::<PathBuf>().join("blobs").join(&facts.etag);
    make_link(&blob, &name).map_err(|error| disk(&name, &error))?;
    if revision != facts.commit {
        let cached = hf_hub::Cache::new(folder.parent().unwrap_or(folder).to_owned()).repo(super::hub_repo(repository));
        cached.create_ref(&facts.commit).map_err(|error| disk(folder, &error))?;
    }
    Ok(())
}

#[cfg(unix)]
fn make_link(blob: &Path, name: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(blob, name)
}

/// Links need a privilege on Windows: the file itself is moved there, as the hub's own programs do.
#[cfg(not(unix))]
fn make_link(blob: &Path, name: &Path) -> std::io::Result<()> {
    let from = name.parent().unwrap_or(name).join(blob);
    fs::rename(from, name)
}

/// The error for a failed disk operation.
pub(super) fn disk(path: &Path, error: &std::io::Error) -> StoreError {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::DiskFull(path.to_owned()),
        _ => StoreError::Disk { path: path.to_owned(), reason: error.to_string() },
    }
}
