//! Fills on a graphics card: as good as those on the CPU, as safe, and given up in good order.

use crate::stage::Stage;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tie_core::compose::changed_pixels;
use tie_core::{BlendSettings, Bounds, Extent, Mask, Method, Prompt, Raster, Recipe};
use tie_engine::inpainter::exemplar::Exemplar;
use tie_engine::inpainter::exemplar::accelerator::{Accelerator, AcceleratorError, Completion, LevelTask};
use tie_engine::{Cancel, EngineError, InpaintRequest, Inpainter, JobCx, Report};
use tie_studio::gpu::GpuFill;

/// A card, and how many levels were completed on it.
struct Counted {
    card: GpuFill,
    done: AtomicUsize,
}

impl Accelerator for Counted {
    fn name(&self) -> &str {
        self.card.name()
    }

    fn is_ready(&self) -> bool {
        self.card.is_ready()
    }

    fn complete(
        &self,
        task: &LevelTask<'_>,
        progress: &dyn Fn(f32),
        cx: &JobCx<'_>,
    ) -> Result<Completion, AcceleratorError> {
        let result = self.card.complete(task, progress, cx);
        self.done.fetch_add(usize::from(result.is_ok()), Ordering::Relaxed);
        result
    }
}

fn card(stage: &Stage) -> Arc<Counted> {
    let card = GpuFill::new(&stage.device, &stage.queue, "software".to_owned());
    Arc::new(Counted { card, done: AtomicUsize::new(0) })
}

fn fill(
    engine: &Exemplar,
    image: &Raster,
    mask: &Mask,
    avoid: Option<&Mask>,
    seed: u64,
    cx: &JobCx<'_>,
) -> Result<Raster, EngineError> {
    let recipe = Recipe { seed, blend: BlendSettings::default(), ..Recipe::new("exemplar", Method::Fill) };
    let prompt = &Prompt::default();
    engine.inpaint(InpaintRequest { image, selection: mask, mask, avoid, recipe: &recipe, prompt, seed }, cx)
}

const EXTENT: Extent = Extent::new(220, 170);

/// Deep enough for several levels, of which the larger ones are worth sending.
fn hole() -> Mask {
    Mask::rectangle(EXTENT, Bounds::new(70, 50, 80, 68))
}

/// A number without pattern for a place.
fn noise(x: u32, y: u32) -> u32 {
    let v = (x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA77)).wrapping_mul(0x2C1B_3C6D);
    (v ^ (v >> 13)).wrapping_mul(0x297A_2D39) >> 16
}

/// Sky above, a field below, a post and a path: what photographs are made of, with a grain.
fn landscape() -> Raster {
    Raster::from_fn(EXTENT, |x, y| {
        let grain = (noise(x, y) % 24) as u8;
        let tuft = (noise(x / 3, y / 2) % 40) as u8;
        match (y < 84, x.abs_diff(110 + y / 6) < 9) {
            (true, _) => [120 + (y / 4) as u8 + grain / 4, 150 + (y / 4) as u8 + grain / 4, 215 + grain / 4, 255],
            (false, true) => [150 + grain, 130 + grain, 100 + grain, 255],
            (false, false) => [50 + tuft, 100 + tuft + grain, 35 + grain, 255],
        }
    })
}

/// Peak signal-to-noise ratio inside the mask, in decibels.
fn psnr(a: &Raster, b: &Raster, mask: &Mask) -> f64 {
    let inside = a.pixels().iter().zip(b.pixels()).zip(mask.coverage()).filter(|(_, coverage)| **coverage > 0);
    let squares: Vec<f64> =
        inside.flat_map(|((a, b), _)| (0..3).map(|k| f64::from(a[k].abs_diff(b[k])).powi(2))).collect();
    10.0 * (255.0 * 255.0 * squares.len() as f64 / squares.iter().sum::<f64>().max(1.0)).log10()
}

fn with_hole(image: &Raster, hole: &Mask) -> Raster {
    let mut broken = image.clone();
    for (pixel, _) in broken.pixels_mut().iter_mut().zip(hole.coverage()).filter(|(_, coverage)| **coverage > 0) {
        *pixel = [255, 0, 255, 255];
    }
    broken
}

#[test]
fn a_card_fills_as_well_as_the_processor() {
    let stage = Stage::new();
    let card = card(&stage);
    let (on_card, on_processor) = (Exemplar::on(card.clone()), Exemplar::default());
    let (truth, hole) = (landscape(), hole());
    let broken = with_hole(&truth, &hole);
    let mean = |engine: &Exemplar| {
        let one = |seed| psnr(&fill(engine, &broken, &hole, None, seed, &JobCx::silent()).unwrap(), &truth, &hole);
        (0..4).map(one).sum::<f64>() / 4.0
    };
    let (card_db, processor_db) = (mean(&on_card), mean(&on_processor));
    assert!(card.done.load(Ordering::Relaxed) >= 4, "the card was not asked");
    assert!(card_db > processor_db - 0.5, "{card_db:.2} dB on the card, {processor_db:.2} dB on the processor");
}

#[test]
fn a_pattern_is_restored_on_a_card() {
    let stage = Stage::new();
    let card = card(&stage);
    let stripes = Raster::from_fn(EXTENT, |x, _| if x % 8 < 4 { [30, 60, 90, 255] } else { [200, 180, 40, 255] });
    let hole = hole();
    let filled = fill(&Exemplar::on(card), &with_hole(&stripes, &hole), &hole, None, 1, &JobCx::silent()).unwrap();
    let db = psnr(&filled, &stripes, &hole);
    assert!(db > 40.0, "{db:.1} dB");
}

#[test]
fn a_card_copies_nothing_from_the_hole_or_from_what_to_avoid_and_changes_nothing_else() {
    let stage = Stage::new();
    let hole = hole();
    let avoid = Mask::rectangle(EXTENT, Bounds::new(150, 20, 30, 140));
    let image = Raster::from_fn(EXTENT, |x, y| {
        let red = hole.at(x, y) != 0 || avoid.at(x, y) != 0;
        if red { [255, 0, 0, 255] } else { [60, 100 + (noise(x / 2, y / 2) % 60) as u8, 60, 255] }
    });
    let filled = fill(&Exemplar::on(card(&stage)), &image, &hole, Some(&avoid), 3, &JobCx::silent()).unwrap();
    let inside = filled.pixels().iter().zip(hole.coverage()).filter(|(_, coverage)| **coverage > 0);
    let reddest = inside.map(|(pixel, _)| pixel[0]).max().unwrap();
    assert!(reddest <= 80, "red {reddest} came in");
    assert_eq!(changed_pixels(&image, &filled, &hole).outside, 0);
}

#[test]
fn a_seed_gives_one_result_on_one_card_and_another_seed_another() {
    let stage = Stage::new();
    let engine = Exemplar::on(card(&stage));
    let (image, hole) = (landscape(), hole());
    let filled = |seed| fill(&engine, &image, &hole, None, seed, &JobCx::silent()).unwrap();
    let first = filled(5);
    assert_eq!(first, filled(5));
    assert_ne!(first, filled(6));
}

#[test]
fn a_cancelled_fill_on_a_card_ends_with_that_answer() {
    let stage = Stage::new();
    let cancel = Cancel::default();
    let report = |report: Report| {
        if matches!(report, Report::Preview { .. }) {
            cancel.cancel();
        }
    };
    let cx = JobCx::new(cancel.clone(), &report);
    let answer = fill(&Exemplar::on(card(&stage)), &landscape(), &hole(), None, 1, &cx);
    assert_eq!(answer, Err(EngineError::Cancelled));
}

#[test]
fn what_a_card_cannot_do_the_processor_does() {
    let (image, hole) = (landscape(), hole());
    let expected = fill(&Exemplar::default(), &image, &hole, None, 1, &JobCx::silent());

    let stage = Stage::new();
    let lost = card(&stage);
    stage.device.destroy();
    assert_eq!(fill(&Exemplar::on(lost.clone()), &image, &hole, None, 1, &JobCx::silent()), expected);
    assert!(!lost.is_ready(), "a card that is lost is asked again");

    let limits = wgpu::Limits { max_storage_buffer_binding_size: 40_000, ..Default::default() };
    let small = Stage::within(limits).unwrap();
    let card = card(&small);
    assert_eq!(fill(&Exemplar::on(card.clone()), &image, &hole, None, 1, &JobCx::silent()), expected);
    assert!(card.is_ready(), "smaller levels would fit");

    let unwanted = self::card(&Stage::new());
    unwanted.card.set_wanted(false);
    assert_eq!(fill(&Exemplar::on(unwanted.clone()), &image, &hole, None, 1, &JobCx::silent()), expected);
    assert_eq!(unwanted.done.load(Ordering::Relaxed), 0);
}
