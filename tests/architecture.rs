//! The layers and their one-way arrow, read off the `crate::` paths of the source.

#![expect(clippy::unwrap_used, reason = "test code: a failure is a test failure")]

use std::path::{Path, PathBuf};

/// Each layer with the layers that it may use, and the crates and modules that it must not know.
const LAYERS: &[(&str, &[&str], &[&str])] = &[
    (
        "domain",
        &[],
        &["tie_nets", "egui", "eframe", "wgpu", "candle", "std::thread", "std::fs", "crossbeam", "rfd", "image::"],
    ),
    ("store", &[], &["egui", "eframe", "wgpu", "candle", "crossbeam", "rfd", "image::"]),
    ("files", &["domain"], &["tie_nets", "egui", "eframe", "wgpu", "crossbeam", "rfd"]),
    ("gpu", &["domain", "engine"], &["tie_nets", "egui", "eframe", "crossbeam", "rfd"]),
    ("engine", &["domain", "store"], &["egui", "eframe", "wgpu", "std::thread", "std::fs", "crossbeam", "rfd"]),
    ("worker", &["domain", "store", "files", "engine"], &["tie_nets", "egui", "eframe", "wgpu", "rfd"]),
    (
        "session",
        &["domain", "store", "files", "engine", "worker"],
        &["tie_nets", "egui", "eframe", "wgpu", "std::thread", "std::fs", "rfd"],
    ),
    (
        "ui",
        &["domain", "store", "gpu", "engine", "session"],
        &["tie_nets", "std::thread", "std::fs", "crossbeam", "rfd"],
    ),
    ("app", &["domain", "store", "files", "gpu", "engine", "worker", "session", "ui"], &["std::fs"]),
    ("cli", &["domain", "store", "files", "gpu", "engine"], &["egui", "eframe", "rfd"]),
];

fn source_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(source_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files
}

/// The code of a file without comments and without its tests, which may use what they like.
fn code_of(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn is_test_file(path: &Path) -> bool {
    path.file_stem().is_some_and(|name| name == "tests")
}

#[test]
fn every_folder_is_a_layer_and_every_layer_a_folder() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders: Vec<String> = std::fs::read_dir(&src)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    folders.sort();
    let mut layers: Vec<&str> = LAYERS.iter().map(|(layer, ..)| *layer).collect();
    layers.sort_unstable();
    assert_eq!(folders, layers);
}

#[test]
fn dependencies_between_layers_go_one_way() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for (layer, allowed, banned) in LAYERS {
        for file in source_files(&src.join(layer)).iter().filter(|file| !is_test_file(file)) {
            let code = code_of(file);
            for used in code.split("crate::").skip(1) {
                // "gpu_crate::x" is another crate's path, and "crate::{a, b}" names several.
                let names = used.trim_start_matches('{').split(['}', ';', '\n']).next().unwrap_or_default();
                let first = names.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
                let is_layer = LAYERS.iter().any(|(other, ..)| *other == first);
                if is_layer && first != *layer && !allowed.contains(&first) {
                    wrong.push(format!("{}: {layer} uses {first}", file.display()));
                }
            }
            for name in *banned {
                if code.contains(name) {
                    wrong.push(format!("{}: {layer} must not know {name}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_are_written_atomically_or_not_at_all() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    // A download that was cut off is gone on with, and gets its name when it is whole.
    let goes_on = |file: &Path| file.ends_with("store/pull.rs");
    for file in source_files(&src).iter().filter(|file| !is_test_file(file) && !goes_on(file)) {
        let code = code_of(file);
        for call in ["fs::write(", "File::create(", "OpenOptions"] {
            let shown = file.display();
            assert!(
                !code.contains(call),
                "{shown}: {call} leaves a broken file after a crash; use files::write_atomic"
            );
        }
    }
}
