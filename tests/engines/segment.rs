//! Smart select by Segment Anything, with a small network of random weights in the place of the real one.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tie_core::{Bounds, Click, EditOp, Extent, MaskProposal, Point, Raster};
use tie_engine::locator::sam::Segmenter;
use tie_engine::{Cancel, EngineError, JobCx, LocateRequest, Locator, Network, Phase, Registry, Report};
use tie_nets::compute::Compute;
use tie_store::Store;

fn reference() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/mobile-sam-tiny")
}

fn segmenter() -> Segmenter {
    Segmenter::new(Store::at(reference()), Compute::processor, Arc::default())
}

/// A bright disc on dark ground.
fn scene(width: u32, height: u32) -> Arc<Raster> {
    Arc::new(Raster::from_fn(Extent::new(width, height), |x, y| {
        let (dx, dy) = (x as i32 - width as i32 / 2, y as i32 - height as i32 / 2);
        let bright = dx * dx + dy * dy < (height as i32 / 3).pow(2);
        if bright { [230, 180, 60, 255] } else { [30, 40, 50 + (x % 40) as u8, 255] }
    }))
}

fn at(x: f32, y: f32) -> Click {
    Click { at: Point { x, y }, include: true }
}

fn pointing<'a>(image: &'a Arc<Raster>, clicks: &'a [Click], bounds: Option<Bounds>) -> LocateRequest<'a> {
    LocateRequest { image, phrase: "", location: None, op: EditOp::Other, clicks, bounds, others: &[] }
}

/// The answer, and the phases that were told of.
fn asked(engine: &Segmenter, request: LocateRequest<'_>) -> (Vec<MaskProposal>, Vec<Phase>) {
    let phases = Mutex::new(Vec::new());
    let hear = |report: Report| {
        if let Report::Progress(progress) = report {
            phases.lock().unwrap().push(progress.phase);
        }
    };
    let found = engine.locate(request, &JobCx::new(Cancel::default(), &hear)).unwrap();
    (found, phases.into_inner().unwrap())
}

#[test]
fn a_click_is_answered_with_masks_of_several_extents_and_a_box_with_one() {
    let (engine, image) = (segmenter(), scene(150, 90));
    let (found, _) = asked(&engine, pointing(&image, &[at(75.0, 45.0)], None));
    assert!((1..=3).contains(&found.len()), "{} answers", found.len());
    assert!(found.is_sorted_by(|a, b| a.confidence >= b.confidence), "the surest is first");
    for proposal in &found {
        assert_eq!((proposal.mask.extent(), proposal.source.as_str()), (image.extent(), "sam"));
        assert!((0.0..=1.0).contains(&proposal.confidence) && !proposal.reason.is_empty());
    }
    let (found, _) = asked(&engine, pointing(&image, &[], Some(Bounds::new(40, 10, 70, 70))));
    assert!(found.len() <= 1, "{} answers to a box", found.len());
    let (found, _) = asked(&engine, pointing(&image, &[at(75.0, 45.0), at(80.0, 50.0)], None));
    assert!(found.len() <= 1, "{} answers to two clicks", found.len());
}

#[test]
fn an_image_is_looked_at_once_and_again_when_it_has_changed() {
    let (engine, mut image) = (segmenter(), scene(120, 80));
    let click = [at(60.0, 40.0)];
    let loading = Phase::Loading(Network::Segmenter);
    let (first, phases) = asked(&engine, pointing(&image, &click, None));
    assert_eq!(phases, [loading, Phase::Looking]);
    let (second, phases) = asked(&engine, pointing(&image, &click, None));
    assert_eq!((second, phases), (first, vec![]), "the same question again");
    let mut other = scene(120, 80);
    let (_, phases) = asked(&engine, pointing(&other, &click, None));
    assert_eq!(phases, [Phase::Looking], "another image");
    let (_, phases) = asked(&engine, pointing(&image, &click, None));
    assert_eq!(phases, [], "the first again");
    Arc::make_mut(&mut image).pixels_mut()[0] = [1, 2, 3, 255];
    let (_, phases) = asked(&engine, pointing(&image, &click, None));
    assert_eq!(phases, [Phase::Looking], "a changed pixel");
    engine.prepare(&other, &JobCx::silent()).unwrap();
    engine.unload();
    let (_, phases) = asked(&engine, pointing(&other, &click, None));
    assert_eq!(phases, [loading, Phase::Looking], "after its memory was freed");
    drop(std::mem::replace(&mut other, scene(10, 10)));
}

#[test]
fn images_of_every_shape_are_answered() {
    let engine = segmenter();
    for (width, height) in [(1, 1), (1, 700), (20_000, 300), (33, 1024)] {
        let image = scene(width, height);
        let click = [at(width as f32 / 2.0, height as f32 / 2.0)];
        for request in [pointing(&image, &click, None), pointing(&image, &[], Some(image.bounds()))] {
            let (found, _) = asked(&engine, request);
            assert!(found.iter().all(|found| found.mask.extent() == image.extent()), "{width} × {height}");
        }
    }
    let nothing = Arc::new(Raster::filled(Extent::new(0, 0), [0; 4]));
    assert_eq!(engine.prepare(&nothing, &JobCx::silent()), Ok(()));
}

#[test]
fn transparent_pixels_count_by_their_colours() {
    let (engine, image) = (segmenter(), scene(90, 90));
    let mut clear = Arc::clone(&image);
    Arc::make_mut(&mut clear).pixels_mut().iter_mut().for_each(|pixel| pixel[3] = 0);
    let click = [at(45.0, 45.0)];
    let masks = |image: &Arc<Raster>| asked(&engine, pointing(image, &click, None)).0;
    assert_eq!(masks(&clear), masks(&image));
}

#[test]
fn what_it_cannot_do_it_says_in_one_sentence() {
    let (engine, image) = (segmenter(), scene(60, 40));
    let refusal = |request| engine.locate(request, &JobCx::silent()).unwrap_err();
    let words = LocateRequest { phrase: "disc", ..pointing(&image, &[], None) };
    assert!(matches!(refusal(words), EngineError::Unsuitable(text) if text.contains("not words")));
    let outside = [at(61.0, 3.0)];
    assert!(
        matches!(refusal(pointing(&image, &outside, None)), EngineError::Unsuitable(text) if text.contains("outside"))
    );
    let absent = Segmenter::new(Store::at(PathBuf::from("nowhere")), Compute::processor, Arc::default());
    let Err(EngineError::NeedsModel(sentence)) =
        absent.locate(pointing(&image, &[at(3.0, 3.0)], None), &JobCx::silent())
    else {
        panic!("there is no model");
    };
    assert!(sentence.contains("MobileSAM is not installed"), "{sentence}");
}

#[test]
fn a_cancelled_click_is_no_answer_and_what_was_seen_is_kept() {
    let (engine, image) = (segmenter(), scene(60, 40));
    let cancel = Cancel::default();
    let stop = |report: Report| {
        if matches!(report, Report::Progress(progress) if progress.phase == Phase::Looking) {
            cancel.cancel();
        }
    };
    let click = [at(30.0, 20.0)];
    let answer = engine.locate(pointing(&image, &click, None), &JobCx::new(cancel.clone(), &stop));
    assert_eq!(answer, Err(EngineError::Cancelled));
    let (_, phases) = asked(&engine, pointing(&image, &click, None));
    assert_eq!(phases, []);
}

/// Asks with a model file of these bytes.
fn with_file(bytes: &[u8]) -> EngineError {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("mobile_sam.pt"), bytes).unwrap();
    let engine = Segmenter::new(Store::at(folder.path().to_owned()), Compute::processor, Arc::default());
    engine.locate(pointing(&scene(9, 9), &[at(3.0, 3.0)], None), &JobCx::silent()).unwrap_err()
}

#[test]
fn a_damaged_checkpoint_is_named_and_nothing_of_it_is_run() {
    let whole = std::fs::read(reference().join("mobile_sam.pt")).unwrap();
    // A pickle that would call a command, as `pickle.loads` would.
    let evil = b"cposix\nsystem\n(S'touch /tmp/tie-studio-was-here'\ntR.".to_vec();
    for (what, bytes) in [
        ("empty", Vec::new()),
        ("cut off", whole[..whole.len() / 2].to_vec()),
        ("text", b"no checkpoint at all".to_vec()),
        ("a bare pickle", evil),
    ] {
        let EngineError::Failed(sentence) = with_file(&bytes) else { panic!("{what}") };
        assert!(sentence.contains("mobile_sam.pt") && sentence.contains("damaged"), "{what}: {sentence}");
        assert_eq!(sentence.lines().count(), 1, "{what}: {sentence}");
    }
}

#[test]
fn pointing_goes_to_the_model_and_words_go_to_what_reads_them() {
    let here = Registry::embedded().with_models(&Store::at(reference()), Compute::processor);
    assert_eq!(here.locator_by_pointing().map(Locator::name), Some("sam"));
    assert_eq!(here.locator_by_words().map(Locator::name), Some("eyes"));
    let absent = Registry::embedded().with_models(&Store::at(PathBuf::from("nowhere")), Compute::processor);
    assert_eq!(absent.locator_by_pointing().map(Locator::name), Some("eyes"));
}

#[test]
fn a_further_click_corrects_the_mask_before_it_and_another_question_begins_anew() {
    let image = scene(150, 90);
    let (one, two) = ([at(75.0, 45.0)], [at(75.0, 45.0), at(10.0, 10.0)]);
    let masks = |engine: &Segmenter, clicks| -> Vec<Arc<tie_core::Mask>> {
        asked(engine, pointing(&image, clicks, None)).0.into_iter().map(|found| found.mask).collect()
    };
    let (fresh, engine) = (segmenter(), segmenter());
    let anew = masks(&fresh, &two);
    masks(&engine, &one);
    let corrected = masks(&engine, &two);
    assert_ne!(corrected, anew, "the mask before is part of the question");
    let elsewhere = [at(20.0, 20.0), at(75.0, 45.0)];
    assert_eq!(masks(&engine, &elsewhere), masks(&fresh, &elsewhere), "other clicks are another question");
}
