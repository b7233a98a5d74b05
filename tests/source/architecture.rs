//! Dependencies go one way: between crates as their manifests say, between the folders of the application as the parsed source
//! says.

use proc_macro2::{TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use syn::visit::{self, Visit};

/// Each crate of ours with those of ours that it may use.
const CRATES: &[(&str, &[&str])] =
    &[("core", &[]), ("nets", &[]), ("store", &["nets"]), ("engine", &["core", "nets", "store"])];

/// What none of our crates may know: windows, graphics devices, dialogs and channels are the application's.
const OF_THE_WINDOW: &[&str] = &["crossbeam-channel", "eframe", "egui", "rfd", "wgpu"];

/// Each folder of the application with the other folders that it may use, and the paths that it must not know.
const FOLDERS: &[(&str, &[&str], &[&str])] = &[
    ("files", &[], &["tie_engine", "tie_nets", "egui", "eframe", "wgpu", "crossbeam_channel", "rfd"]),
    ("gpu", &[], &["tie_nets", "egui", "eframe", "crossbeam_channel", "rfd"]),
    ("worker", &["files"], &["tie_nets", "egui", "eframe", "wgpu", "rfd"]),
    ("session", &["files", "worker"], &["tie_nets", "egui", "eframe", "wgpu", "std::thread", "std::fs", "rfd"]),
    ("ui", &["gpu", "session"], &["tie_nets", "std::thread", "std::fs", "crossbeam_channel", "rfd"]),
    ("app", &["files", "gpu", "worker", "session", "ui"], &["std::fs"]),
    ("cli", &["files", "gpu", "worker", "session"], &["egui", "eframe", "rfd"]),
];

/// The same for the crates whose work is arithmetic: files are the store's, threads the worker's.
const PURE: &[(&str, &[&str])] = &[("core", &["std::thread", "std::fs"]), ("engine", &["std::thread", "std::fs"])];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The names of the folders in a folder.
fn folders_in(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_dir()).map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

/// The Rust source in a folder, without the files that hold only tests.
fn source_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(source_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs") {
            files.push(path);
        }
    }
    files
}

/// The paths that a file names outside of its tests.
#[derive(Default)]
struct Paths(BTreeSet<String>);

impl Paths {
    fn of(file: &Path) -> BTreeSet<String> {
        let mut paths = Self::default();
        paths.visit_file(&syn::parse_file(&std::fs::read_to_string(file).unwrap()).unwrap());
        paths.0
    }

    fn add(&mut self, segments: &[String]) {
        self.0.insert(segments.join("::"));
    }

    /// All paths that begin with what has been read of a `use`.
    fn add_tree(&mut self, before: &[String], tree: &syn::UseTree) {
        let with = |name: &syn::Ident| before.iter().cloned().chain([name.to_string()]).collect::<Vec<_>>();
        match tree {
            syn::UseTree::Path(path) => self.add_tree(&with(&path.ident), &path.tree),
            syn::UseTree::Name(name) => self.add(&with(&name.ident)),
            syn::UseTree::Rename(name) => self.add(&with(&name.ident)),
            syn::UseTree::Glob(_) => self.add(before),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.add_tree(before, tree)),
        }
    }

    /// Macros are not parsed: what looks like a path in them is one.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let (mut path, mut colons) = (Vec::<String>::new(), 0);
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        path.clear();
                    }
                    path.push(name.to_string());
                    self.add(&path);
                    colons = 0;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => colons += 1,
                TokenTree::Group(group) => self.add_tokens(group.stream()),
                _ => path.clear(),
            }
        }
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes
        .iter()
        .any(|one| one.path().is_ident("cfg") && one.parse_args::<syn::Ident>().is_ok_and(|name| name == "test"))
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if !is_test(&item.attrs) {
            self.add_tree(&[], &item.tree);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.add(&path.segments.iter().map(|segment| segment.ident.to_string()).collect::<Vec<_>>());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.add_tokens(call.tokens.clone());
    }
}

/// Whether a path is of something that must not be known, or begins with it.
fn is_of(path: &str, banned: &str) -> bool {
    path.strip_prefix(banned).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

#[test]
fn every_crate_depends_only_on_those_below_it() {
    assert_eq!(folders_in(&root().join("crates")), CRATES.iter().map(|(name, _)| (*name).to_owned()).collect());
    for (name, allowed) in CRATES {
        let manifest = std::fs::read_to_string(root().join("crates").join(name).join("Cargo.toml")).unwrap();
        let manifest: toml::Table = toml::from_str(&manifest).unwrap();
        let used = manifest["dependencies"].as_table().unwrap();
        for dependency in used.keys() {
            let ours = dependency.strip_prefix("tie-");
            assert!(ours.is_none_or(|ours| allowed.contains(&ours)), "tie-{name} uses {dependency}");
            assert!(!OF_THE_WINDOW.contains(&dependency.as_str()), "tie-{name} uses {dependency}");
        }
    }
    for (name, banned) in PURE {
        for file in source_files(&root().join("crates").join(name).join("src")) {
            for path in Paths::of(&file) {
                assert!(!banned.iter().any(|banned| is_of(&path, banned)), "{}: {path}", file.display());
            }
        }
    }
}

#[test]
fn dependencies_between_folders_go_one_way() {
    let src = root().join("src");
    assert_eq!(folders_in(&src), FOLDERS.iter().map(|(name, ..)| (*name).to_owned()).collect());
    let mut wrong = Vec::new();
    for (folder, allowed, banned) in FOLDERS {
        for file in source_files(&src.join(folder)) {
            for path in Paths::of(&file) {
                let other = path.strip_prefix("crate::").and_then(|path| path.split("::").next());
                let other = other.filter(|first| FOLDERS.iter().any(|(name, ..)| name == first));
                let is_forbidden = other.is_some_and(|other| other != *folder && !allowed.contains(&other));
                if is_forbidden || banned.iter().any(|banned| is_of(&path, banned)) {
                    wrong.push(format!("{}: {folder} uses {path}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn paths_are_read_wherever_they_stand() {
    let source = "use a::{b::c, d as e}; use crate::{f, g::*};
        fn x(y: h::i::J) { k::l(); m!(n::o, { p::q::r() }); }
        #[cfg(test)] mod tests { use s::t; }";
    let mut paths = Paths::default();
    paths.visit_file(&syn::parse_file(source).unwrap());
    for path in ["a::b::c", "a::d", "crate::f", "crate::g", "h::i::J", "k::l", "n::o", "p::q::r"] {
        assert!(paths.0.contains(path), "{path} in {:?}", paths.0);
    }
    assert!(!paths.0.contains("s::t"));
}

#[test]
fn files_are_written_atomically_or_not_at_all() {
    // A download that was cut off is gone on with, and gets its name when it is whole.
    let goes_on = |file: &Path| file.ends_with("store/src/pull.rs");
    let crates = CRATES.iter().flat_map(|(name, _)| source_files(&root().join("crates").join(name).join("src")));
    for file in source_files(&root().join("src")).into_iter().chain(crates).filter(|file| !goes_on(file)) {
        for path in Paths::of(&file) {
            let opens = ["fs::write", "File::create", "OpenOptions::new"].iter().any(|call| path.ends_with(call));
            let shown = file.display();
            assert!(!opens, "{shown}: {path} leaves a broken file after a crash; use files::write_atomic");
        }
    }
}
