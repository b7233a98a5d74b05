//! The edits of `make demo`: each is done as it is, and none is doubtful.

use crate::desk::run_in;
use serde_json::Value;
use std::fs;
use std::path::Path;

#[test]
fn the_edits_of_the_demo_are_done_without_a_correction() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples");
    let folder = tempfile::tempdir().unwrap();
    let stories = fs::read_to_string(samples.join("stories.tsv")).unwrap();
    for story in stories.lines().filter(|line| !line.starts_with('#')) {
        let (sample, instruction) = story.split_once('\t').unwrap();
        let photo = samples.join(sample);
        let run = run_in(
            folder.path(),
            &["edit", photo.to_str().unwrap(), instruction, "-o", "after.png", "--report", "report.json"],
        );
        assert_eq!(run.code, 0, "{instruction}: {}", run.err);
        let report: Value = serde_json::from_slice(&fs::read(folder.path().join("report.json")).unwrap()).unwrap();
        for step in report["steps"].as_array().unwrap() {
            assert_eq!(step["state"], "done", "{instruction}: {step}");
            assert_eq!(step["pixels_changed"]["outside"], 0, "{instruction}: {step}");
            assert!(step["pixels_changed"]["inside"].as_u64() > Some(0), "{instruction}: {step}");
            assert_ne!(step["verdict"]["passed"], false, "{instruction}: {step}");
        }
    }
}
