//! The model store against a server that stands for the hub.

#![expect(clippy::unwrap_used, reason = "test code: a failure is a test failure")]

mod server;

use candle_core::{Device, Tensor};
use server::{COMMIT, Server, Trouble, sum};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tie_store::catalogue::{File, Model, Repository};
use tie_store::{Hub, Integrity, Store, StoreError, model};

/// A store in an empty cache, and a server with a small model.
struct Desk {
    folder: TempDir,
    server: Server,
    model: Model,
}

const WEIGHTS: &str = "unet/model.safetensors";
const CONFIG: &str = "unet/config.json";

/// Bytes that compress badly and repeat nowhere.
fn weights() -> Vec<u8> {
    (0_u32..300_000).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

impl Desk {
    fn new() -> Self {
        let config = b"{\"layers\": 3}".to_vec();
        let file = |path: &str, bytes: &[u8]| File {
            path: path.to_owned(),
            bytes: Some(bytes.len() as u64),
            sha256: Some(sum(bytes)[..16].to_owned()),
            ..File::default()
        };
        let repository = Repository {
            part: "all".to_owned(),
            repo: "someone/small".to_owned(),
            revision: "main".to_owned(),
            files: vec![file(CONFIG, &config), file(WEIGHTS, &weights())],
        };
        let model = Model {
            about: None,
            id: "small".to_owned(),
            name: "Small".to_owned(),
            purpose: "Is small.".to_owned(),
            licence: "MIT".to_owned(),
            licence_url: String::new(),
            memory: [1, 1],
            least: None,
            repositories: vec![repository],
        };
        let server = Server::with(&[(CONFIG, config), (WEIGHTS, weights())]);
        Self { folder: tempfile::tempdir().unwrap(), server, model }
    }

    fn hub(&self) -> PathBuf {
        self.folder.path().join("hub")
    }

    fn store(&self) -> Store {
        Store::in_cache(self.hub(), self.folder.path().join("own"))
    }

    fn server(&self) -> Hub {
        Hub::at(&self.server.address).with_patience(Duration::from_millis(600))
    }

    fn pull(&self) -> Result<(), StoreError> {
        self.store().pull(&self.model, &self.server(), &mut |_| true)
    }

    fn refusal(&self) -> String {
        let error = self.pull().unwrap_err().to_string();
        assert!(!error.contains('\n'), "{error}");
        error
    }

    fn snapshot(&self) -> PathBuf {
        self.hub().join("models--someone--small/snapshots").join(COMMIT)
    }

    fn check_whole(&self) {
        assert_eq!(fs::read(self.snapshot().join(WEIGHTS)).unwrap(), weights());
        assert!(self.store().find_model(&self.model).unwrap().part("all").unwrap().ends_with(COMMIT));
        assert!(self.verdicts().iter().all(|verdict| *verdict == Integrity::Right));
        assert!(parts(&self.hub()).is_empty(), "nothing unfinished is left");
    }

    fn verdicts(&self) -> Vec<Integrity> {
        let checked = self.store().verify(&self.model, &mut |_| true).unwrap();
        checked.into_iter().map(|checked| checked.verdict).collect()
    }
}

/// Unfinished files.
fn parts(hub: &Path) -> Vec<PathBuf> {
    let blobs = fs::read_dir(hub.join("models--someone--small/blobs"));
    let paths = blobs.into_iter().flatten().map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|ending| ending == "incomplete")).collect()
}

#[test]
fn a_model_is_fetched_into_the_layout_that_all_the_hubs_programs_share() {
    let desk = Desk::new();
    let mut seen = Vec::new();
    let watch = &mut |progress: tie_store::PullProgress| {
        seen.push((progress.done, progress.of));
        true
    };
    desk.store().pull(&desk.model, &desk.server(), watch).unwrap();
    desk.check_whole();
    assert_eq!(fs::read_to_string(desk.hub().join("models--someone--small/refs/main")).unwrap(), COMMIT);
    #[cfg(unix)]
    assert_eq!(
        fs::read_link(desk.snapshot().join(WEIGHTS)).unwrap(),
        Path::new("../../../blobs").join(sum(&weights())),
        "as a relative link to its content"
    );
    assert!(seen.windows(2).all(|pair| pair[0].0 <= pair[1].0), "progress never falls: {seen:?}");
    let last = seen.last().unwrap();
    assert_eq!(last.0, last.1);
    // What is here is not asked for again.
    let asked = desk.server.asked().len();
    desk.pull().unwrap();
    assert_eq!(desk.server.asked().len(), asked);
}

#[test]
fn large_files_come_from_another_server_that_is_not_told_the_token() {
    let desk = Desk::new();
    desk.server.redirect();
    let hub = desk.server().with_token("secret");
    desk.store().pull(&desk.model, &hub, &mut |_| true).unwrap();
    desk.check_whole();
    assert!(desk.server.asked().iter().any(|request| request.path.starts_with("/elsewhere/")));
    for request in desk.server.asked() {
        let told = (!request.path.starts_with("/elsewhere/")).then_some("Bearer secret");
        assert_eq!(request.authorization.as_deref(), told, "{request:?}");
    }
}

#[test]
fn a_download_that_is_cut_off_goes_on_where_it_was() {
    for cut in [1, 4_095, 65_536, 123_457, 299_999] {
        let desk = Desk::new();
        // The config first, then the weights in two pieces.
        desk.server.on_get([Trouble::Cut(1_000_000), Trouble::Cut(cut)]);
        desk.pull().unwrap();
        desk.check_whole();
        let range = desk.server.gets().last().unwrap().range.clone();
        assert_eq!(range, Some(format!("bytes={cut}-")), "cut at {cut}");
    }
}

#[test]
fn a_download_that_was_stopped_goes_on_where_it_was_in_the_next_program() {
    let desk = Desk::new();
    desk.server.on_get([Trouble::Cut(1_000_000), Trouble::Stall(100_000, Duration::from_secs(3))]);
    let start = Instant::now();
    let stopped = desk.store().pull(&desk.model, &desk.server(), &mut |progress| progress.trouble.is_none());
    assert_eq!(stopped, Err(StoreError::Cancelled));
    assert!(start.elapsed() < Duration::from_secs(2), "a silent server is not waited for: {:?}", start.elapsed());
    assert_eq!(fs::metadata(&parts(&desk.hub())[0]).unwrap().len(), 100_000);
    assert!(matches!(desk.store().find_model(&desk.model), Err(StoreError::Incomplete { .. })));
    desk.pull().unwrap();
    desk.check_whole();
    assert_eq!(desk.server.gets().last().unwrap().range.as_deref(), Some("bytes=100000-"));
}

#[test]
fn a_server_that_cannot_go_on_in_the_middle_sends_all_of_it_again() {
    let desk = Desk::new();
    desk.server.on_get([Trouble::Cut(1_000_000), Trouble::Cut(50_000), Trouble::NoRanges]);
    desk.pull().unwrap();
    desk.check_whole();
}

#[test]
fn a_file_with_another_checksum_is_deleted_and_named() {
    let desk = Desk::new();
    desk.server.on_get([Trouble::Cut(1_000_000), Trouble::Damage]);
    let sentence = desk.refusal();
    assert!(sentence.contains(WEIGHTS) && sentence.contains("damaged") && sentence.contains("deleted"), "{sentence}");
    assert!(parts(&desk.hub()).is_empty() && !desk.snapshot().join(WEIGHTS).exists());
    desk.pull().unwrap();
    desk.check_whole();
}

#[test]
fn what_another_program_left_broken_is_not_built_upon() {
    let desk = Desk::new();
    desk.server.on_get([Trouble::Cut(1_000_000), Trouble::Cut(50_000), Trouble::Status(403)]);
    desk.refusal();
    let part = parts(&desk.hub()).remove(0);
    let mut bytes = fs::read(&part).unwrap();
    bytes[7] ^= 1;
    fs::write(&part, bytes).unwrap();
    assert!(desk.refusal().contains("damaged"));
    desk.pull().unwrap();
    desk.check_whole();
}

#[test]
fn a_file_of_another_size_than_the_catalogues_is_not_fetched() {
    let mut desk = Desk::new();
    desk.model.repositories[0].files[1].bytes = Some(12);
    let sentence = desk.refusal();
    assert!(sentence.contains("not the expected file (300000 bytes instead of 12)"), "{sentence}");
}

#[test]
fn what_the_server_refuses_is_one_sentence_that_says_what_to_do() {
    for (status, words) in [
        (401, "denies access to someone/small: accept its licence"),
        (403, "set HF_TOKEN to your token"),
        (404, "has no unet/config.json in someone/small"),
        (410, "answered with error 410"),
    ] {
        let desk = Desk::new();
        desk.server.on_head([Trouble::Status(status)]);
        let sentence = desk.refusal();
        assert!(sentence.contains(words), "{status}: {sentence}");
        assert_eq!(desk.server.asked().len(), 1, "{status} is no answer that changes");
    }
}

#[test]
fn a_busy_server_is_asked_again_and_a_broken_one_not_forever() {
    let desk = Desk::new();
    desk.server.on_head([Trouble::Status(429), Trouble::Status(500)]);
    desk.server.on_get([Trouble::Status(503)]);
    let mut troubles = Vec::new();
    let watch = &mut |progress: tie_store::PullProgress| {
        troubles.extend(progress.trouble);
        true
    };
    desk.store().pull(&desk.model, &desk.server(), watch).unwrap();
    desk.check_whole();
    assert!(troubles.iter().any(|said| said.contains("429")), "the person is told meanwhile: {troubles:?}");
}

#[test]
fn a_server_that_is_not_there_or_never_answers_is_given_up() {
    let desk = Desk::new();
    let nobody = Hub::at("http://127.0.0.1:9").with_patience(Duration::from_millis(300));
    let mut tries = 0;
    let watch = &mut |progress: tie_store::PullProgress| {
        tries += 1;
        progress.trouble.is_none() || tries < 3
    };
    let error = desk.store().pull(&desk.model, &nobody, watch).unwrap_err();
    assert!(error == StoreError::Cancelled && tries >= 3, "{error}");
    desk.server.delay(Duration::from_secs(5));
    let start = Instant::now();
    let slow = desk.store().pull(&desk.model, &desk.server(), &mut |progress| progress.trouble.is_none());
    assert_eq!(slow, Err(StoreError::Cancelled), "it was tried again after the time was over");
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[test]
fn offline_nobody_is_asked() {
    let desk = Desk::new();
    let offline = desk.server().offline(true);
    let error = desk.store().pull(&desk.model, &offline, &mut |_| true).unwrap_err();
    assert_eq!(error, StoreError::Offline);
    assert!(error.to_string().contains("HF_HUB_OFFLINE"));
    assert_eq!(desk.server.asked(), []);
    // A model that is here is whole without asking.
    desk.pull().unwrap();
    desk.store().pull(&desk.model, &offline, &mut |_| true).unwrap();
}

#[test]
fn a_disk_without_room_is_said_before_anything_is_fetched() {
    let mut desk = Desk::new();
    desk.model.repositories[0].files[1].bytes = Some(1 << 60);
    let sentence = desk.refusal();
    assert!(sentence.contains("too little space") && sentence.contains("HF_HOME"), "{sentence}");
    assert_eq!(desk.server.asked(), []);
}

/// No disk can be filled in a test; files that may not grow beyond 100 or 200 kB fail in the middle of writing all the same.
#[cfg(unix)]
#[test]
fn a_disk_that_fills_while_it_is_written_to_is_said_and_the_next_pull_goes_on_from_there() {
    let name = "mobile_sam-tiny-vitt.safetensors";
    let (server, folder) = (Server::with(&[(name, weights())]), tempfile::tempdir().unwrap());
    let pull = |limit: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{limit} exec \"$0\" models pull mobile-sam"), env!("CARGO_BIN_EXE_tie-studio")]);
        command.env("HF_HUB_CACHE", folder.path().join("hub")).env("XDG_CACHE_HOME", folder.path().join("own"));
        command.env("HF_ENDPOINT", &server.address).env_remove("HF_HUB_OFFLINE").env_remove("http_proxy");
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, said) = pull("trap '' XFSZ; ulimit -f 200;");
    let last = said.lines().last().unwrap_or_default();
    assert_eq!(code, Some(4), "{said}");
    assert!(last.starts_with("error: ") && last.contains("incomplete") && !last.contains("panicked"), "{said}");
    let (code, said) = pull("");
    assert_eq!(code, Some(0), "{said}");
    let gets = server.gets();
    assert!(gets.last().unwrap().range.is_some(), "what was written is not fetched again: {gets:?}");
}

#[test]
fn two_that_fetch_at_once_fetch_each_byte_once() {
    let desk = Desk::new();
    desk.server.delay(Duration::from_millis(60));
    std::thread::scope(|scope| {
        let pulls: Vec<_> = (0..3).map(|_| scope.spawn(|| desk.pull())).collect();
        for pull in pulls {
            pull.join().unwrap().unwrap();
        }
    });
    desk.check_whole();
    assert_eq!(desk.server.gets().len(), 2, "{:?}", desk.server.gets());
}

#[test]
fn a_branch_stays_at_the_commit_that_was_fetched_first() {
    let desk = Desk::new();
    desk.pull().unwrap();
    fs::remove_file(desk.snapshot().join(CONFIG)).unwrap();
    desk.pull().unwrap();
    let last = desk.server.asked().last().unwrap().path.clone();
    assert!(last.contains(COMMIT), "asked for the commit, not for the branch: {last}");
    desk.check_whole();
}

#[test]
fn verifying_names_what_is_damaged_missing_or_unknown() {
    let mut desk = Desk::new();
    assert_eq!(desk.verdicts(), [Integrity::Missing, Integrity::Missing]);
    desk.pull().unwrap();
    let blob = fs::canonicalize(desk.snapshot().join(WEIGHTS)).unwrap();
    let mut bytes = weights();
    bytes[9] ^= 1;
    fs::write(&blob, &bytes).unwrap();
    assert!(matches!(&desk.verdicts()[1], Integrity::WrongSum { got, .. } if *got == sum(&bytes)));
    // The name in the cache tells as well.
    desk.model.repositories[0].files[1].sha256 = None;
    assert!(matches!(desk.verdicts()[1], Integrity::WrongSum { .. }));
    fs::write(&blob, b"short").unwrap();
    assert_eq!(desk.verdicts()[1], Integrity::WrongSize { wanted: 300_000, got: 5 });
    // It is fetched again, because its size is not right.
    desk.model.repositories[0].files[1].sha256 = Some(sum(&weights()));
    desk.pull().unwrap();
    desk.check_whole();
}

#[test]
fn what_an_index_names_is_fetched_verified_copied_into_one_and_removed_with_it() {
    let shards: Vec<(String, Vec<u8>)> = (1..3)
        .map(|i| {
            let tensors = [(format!("part.{i}"), Tensor::full(i as f32, (i, 7), &Device::Cpu).unwrap())];
            let bytes = safetensors::serialize(tensors, None).unwrap();
            (format!("model-0000{i}-of-00002.safetensors"), bytes)
        })
        .collect();
    let index = format!(r#"{{"weight_map": {{"part.1": "{}", "part.2": "{}"}}}}"#, shards[0].0, shards[1].0);
    let mut desk = Desk::new();
    let path = "model.safetensors.index.json";
    let others = vec!["model.safetensors".to_owned()];
    desk.model.repositories[0].files = vec![File { path: path.to_owned(), others, index: true, ..File::default() }];
    let mut files = vec![(path, index.into_bytes())];
    files.extend(shards.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())));
    desk.server = Server::with(&files);
    desk.pull().unwrap();
    let there = |name: &str| desk.snapshot().join(name).exists();
    assert!(shards.iter().all(|(name, _)| there(name)), "all shards are fetched");
    assert_eq!(desk.verdicts().len(), 3);

    assert!(!desk.store().has_copy(&desk.model));
    let copies = desk.store().convert(&desk.model, &|_, _, _| true).unwrap();
    let copy = candle_core::safetensors::load(copies[0].join("model.safetensors"), &Device::Cpu).unwrap();
    assert_eq!((copy.len(), copy["part.2"].dims()), (2, &[2, 7][..]));
    assert_eq!(desk.store().find_model(&desk.model).unwrap().all(), copies, "the copy is found first");
    assert!(desk.store().has_copy(&desk.model));

    // A model without one of its shards is not whole, and fetching it again brings just that.
    let blob = fs::canonicalize(desk.snapshot().join(&shards[1].0)).unwrap();
    fs::remove_file(desk.snapshot().join(&shards[1].0)).unwrap();
    fs::remove_file(blob).unwrap();
    fs::remove_dir_all(&copies[0]).unwrap();
    assert!(
        matches!(desk.store().find_model(&desk.model), Err(StoreError::Incomplete { path, .. }) if path.ends_with(&shards[1].0))
    );
    desk.pull().unwrap();
    assert!(desk.store().find_model(&desk.model).is_ok());
    desk.store().remove(&desk.model).unwrap();
    assert!(!there(path) && !shards.iter().any(|(name, _)| there(name)), "nothing of it is left");
}

#[test]
fn removing_leaves_what_another_model_here_needs_too() {
    let desk = Desk::new();
    let put = |model: &Model| {
        for repository in &model.repositories {
            let name = format!("models--{}/snapshots", repository.repo.replace('/', "--"));
            let folder = desk.hub().join(name).join(&repository.revision);
            fs::create_dir_all(&folder).unwrap();
            for file in &repository.files {
                let text = if file.index { r#"{"weight_map": {"a": "one.bin"}}"# } else { "{}" };
                fs::write(folder.join(&file.path), text).unwrap();
            }
            fs::write(folder.join("one.bin"), "").unwrap();
        }
    };
    let [small, large] = ["lisa-7b", "lisa-13b"].map(|id| model(id).unwrap());
    put(small);
    put(large);
    desk.store().find_model(large).unwrap();
    desk.store().remove(large).unwrap();
    assert!(matches!(desk.store().find_model(large), Err(StoreError::Absent { .. } | StoreError::Incomplete { .. })));
    desk.store().find_model(small).expect("its tower is still there");
    desk.store().remove(small).unwrap();
    assert_eq!([small, large].map(|model| desk.store().cached_bytes(model)), [0, 0]);
}

#[test]
fn removing_deletes_what_was_fetched_and_nothing_else() {
    let desk = Desk::new();
    desk.pull().unwrap();
    let other = desk.snapshot().join("notes.txt");
    fs::write(&other, "mine").unwrap();
    assert_eq!(desk.store().cached_bytes(&desk.model), 300_013);
    desk.store().remove(&desk.model).unwrap();
    assert!(matches!(desk.store().find_model(&desk.model), Err(StoreError::Absent { .. })));
    assert_eq!(desk.store().cached_bytes(&desk.model), 0);
    assert!(fs::read_dir(desk.hub().join("models--someone--small/blobs")).unwrap().next().is_none());
    assert!(other.exists());
    // A folder that the person chose is not the store's to delete.
    let chosen = tempfile::tempdir().unwrap();
    fs::create_dir_all(chosen.path().join("small/unet")).unwrap();
    for path in [CONFIG, WEIGHTS] {
        fs::write(chosen.path().join("small").join(path), "x").unwrap();
    }
    let store = desk.store().with_given(vec![chosen.path().to_owned()]);
    store.remove(&desk.model).unwrap();
    assert!(store.find_model(&desk.model).is_ok());
}
