//! `CLIPSeg` as locator, with a small network of random weights in the place of the real one.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tie_core::{EditOp, Extent, Mask, MaskProposal, Raster};
use tie_engine::locator::clipseg::TextToMask;
use tie_engine::{Cancel, EngineError, JobCx, LocateRequest, Locator, Network, Phase, Registry, Report};
use tie_nets::compute::Compute;
use tie_store::Store;

fn reference() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/clipseg-tiny")
}

/// Answers a box with a mask, and remembers what it was asked.
struct Refiner {
    answer: fn(&LocateRequest<'_>) -> Mask,
    asked: Mutex<usize>,
}

impl Locator for Refiner {
    fn name(&self) -> &'static str {
        "refiner"
    }

    fn locate(&self, request: LocateRequest<'_>, _: &JobCx<'_>) -> Result<Vec<MaskProposal>, EngineError> {
        *self.asked.lock().unwrap() += 1;
        Ok(vec![MaskProposal::new((self.answer)(&request), 1.0, "refiner", "")])
    }
}

fn refiner(answer: fn(&LocateRequest<'_>) -> Mask) -> Arc<Refiner> {
    Arc::new(Refiner { answer, asked: Mutex::default() })
}

fn engine(refiners: Vec<Arc<dyn Locator>>) -> TextToMask {
    TextToMask::new(Store::at(reference()), Compute::processor, refiners)
}

fn scene(width: u32, height: u32) -> Arc<Raster> {
    Arc::new(Raster::from_fn(Extent::new(width, height), |x, y| [(x * 3 % 256) as u8, (y * 5 % 256) as u8, 90, 255]))
}

fn words<'a>(image: &'a Arc<Raster>, phrase: &'a str) -> LocateRequest<'a> {
    LocateRequest { image, phrase, location: None, op: EditOp::Remove, clicks: &[], bounds: None, others: &[] }
}

#[test]
fn words_become_regions_and_a_photograph_is_looked_at_once() {
    let (engine, image) = (engine(Vec::new()), scene(120, 80));
    let phases = Mutex::new(Vec::new());
    let hear = |report: Report| {
        if let Report::Progress(progress) = report {
            phases.lock().unwrap().push(progress.phase);
        }
    };
    let cx = JobCx::new(Cancel::default(), &hear);
    let found = engine.locate(words(&image, "the cat"), &cx).unwrap();
    assert!(!found.is_empty());
    for proposal in &found {
        assert_eq!((proposal.mask.extent(), proposal.source.as_str()), (image.extent(), "clipseg"));
        assert!((0.0..=1.0).contains(&proposal.confidence) && proposal.reason.ends_with("roughly"), "{proposal:?}");
    }
    assert_ne!(engine.locate(words(&image, "a wooden star"), &cx).unwrap(), found, "other words, another answer");
    assert_eq!(*phases.lock().unwrap(), [Phase::Loading(Network::TextToMask), Phase::Looking]);
    engine.unload();
    assert_eq!(engine.locate(words(&image, "the cat"), &cx).unwrap(), found);
}

#[test]
fn a_region_takes_the_edges_of_who_follows_pointing_unless_they_are_of_something_else() {
    let image = scene(120, 80);
    let boxed = refiner(|request| Mask::rectangle(request.image.extent(), request.bounds.unwrap()));
    let sharp = engine(vec![boxed.clone()]).locate(words(&image, "the cat"), &JobCx::silent()).unwrap();
    assert_eq!(*boxed.asked.lock().unwrap(), sharp.len());
    let is_rectangle = |proposal: &MaskProposal| {
        let mask = &proposal.mask;
        *mask.coverage() == *Mask::rectangle(mask.extent(), mask.bounds()).coverage()
    };
    assert!(sharp.iter().any(|proposal| is_rectangle(proposal) && !proposal.reason.ends_with("roughly")), "{sharp:?}");
    let other = refiner(|request| Mask::empty(request.image.extent()));
    let rough = engine(vec![other]).locate(words(&image, "the cat"), &JobCx::silent()).unwrap();
    assert!(!rough.is_empty() && rough.iter().all(|proposal| proposal.reason.ends_with("roughly")));
}

#[test]
fn images_of_every_shape_are_looked_at() {
    let engine = engine(Vec::new());
    for (width, height) in [(1, 1), (2, 700), (20_000, 300)] {
        let image = scene(width, height);
        let found = engine.locate(words(&image, "the cat"), &JobCx::silent()).unwrap();
        assert!(found.iter().all(|proposal| proposal.mask.extent() == image.extent()));
    }
    let image = scene(9, 9);
    assert_eq!(engine.locate(words(&image, ""), &JobCx::silent()).unwrap()[0].mask.area(), 81);
    let long = "a cat ".repeat(500);
    assert!(engine.locate(words(&image, &long), &JobCx::silent()).is_ok(), "more words than it reads");
    let nothing = Arc::new(Raster::filled(Extent::new(0, 0), [0; 4]));
    assert_eq!(engine.locate(words(&nothing, "cat"), &JobCx::silent()), Ok(Vec::new()));
}

#[test]
fn it_reads_words_before_those_that_need_no_model_and_leaves_places_for_new_things_to_them() {
    let here = Registry::embedded().with_models(&Store::at(reference()), Compute::processor);
    assert_eq!(here.locator_by_words().map(Locator::name), Some("clipseg"));
    assert_eq!(here.locator_by_pointing().map(Locator::name), Some("eyes"));
    let image = scene(120, 80);
    let place = LocateRequest { op: EditOp::Add, location: Some("on the left"), ..words(&image, "cat") };
    let clipseg = here.locator("clipseg").unwrap();
    assert_eq!(
        clipseg.locate(place, &JobCx::silent()),
        here.locator("classic").unwrap().locate(place, &JobCx::silent())
    );
    let boxed = LocateRequest { bounds: Some(image.bounds()), ..words(&image, "") };
    let refused = clipseg.locate(boxed, &JobCx::silent());
    assert!(matches!(refused, Err(EngineError::Unsuitable(text)) if text.contains("takes words only")));
}

#[test]
fn a_model_that_is_not_here_or_is_damaged_is_named() {
    let image = scene(9, 9);
    let absent = TextToMask::new(Store::at(PathBuf::from("nowhere")), Compute::processor, Vec::new());
    assert!(absent.missing().unwrap().contains("CLIPSeg is not installed"));
    let folder = TempDir::new().unwrap();
    for entry in std::fs::read_dir(reference()).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    for (file, bytes) in
        [("model.safetensors", &b"short"[..]), ("preprocessor_config.json", b"{}"), ("vocab.json", b"{")]
    {
        let whole = std::fs::read(folder.path().join(file)).unwrap();
        std::fs::write(folder.path().join(file), bytes).unwrap();
        let engine = TextToMask::new(Store::at(folder.path().to_owned()), Compute::processor, Vec::new());
        let Err(EngineError::Failed(sentence)) = engine.locate(words(&image, "cat"), &JobCx::silent()) else {
            panic!("{file}");
        };
        assert!(sentence.contains(file) && sentence.contains("damaged"), "{sentence}");
        std::fs::write(folder.path().join(file), whole).unwrap();
    }
}
