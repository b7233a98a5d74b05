//! Every shader parses and validates: pipelines are made late, and a broken one would show only in the window.

use naga::valid::{Capabilities, ValidationFlags, Validator};
use std::collections::BTreeSet;
use tie_studio::gpu::shader_sources;

#[test]
fn every_shader_is_valid_wgsl() {
    for (name, source) in shader_sources() {
        let module = naga::front::wgsl::parse_str(&source)
            .unwrap_or_else(|error| panic!("{name}: {}", error.emit_to_string(&source)));
        let mut validator = Validator::new(ValidationFlags::all(), Capabilities::empty());
        if let Err(error) = validator.validate(&module) {
            panic!("{name}: {}", error.emit_to_string(&source));
        }
        let entries: BTreeSet<&str> = module.entry_points.iter().map(|entry| entry.name.as_str()).collect();
        let expected = match name {
            "search" => BTreeSet::from(["search"]),
            "vote" => BTreeSet::from(["average", "copy"]),
            _ => BTreeSet::from(["fs_main", "vs_main"]),
        };
        assert_eq!(entries, expected, "{name}");
    }
}

#[test]
fn every_file_in_the_shader_folder_is_used() {
    let sources = shader_sources();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/shaders");
    let entries = [folder.to_owned(), format!("{folder}/compute")].map(|folder| std::fs::read_dir(folder).unwrap());
    let files = entries.into_iter().flatten().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(sources.iter().any(|(_, source)| source.contains(text.trim())), "{} is in no pipeline", path.display());
    }
}
