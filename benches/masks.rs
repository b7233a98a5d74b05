//! Masks: whole-mask operations, strokes, lasso, magic wand, and counting what the window shows of a mask.

#[path = "support/mod.rs"]
mod support;

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;
use support::{SIZES, group};
use tie_core::document::Below;
use tie_core::{
    Bounds, Brush, Combine, EditOp, Extent, Mask, MaskPatch, MaskRecorder, Point, StepId, Stroke, StrokeMode, SubTask,
    Wand,
};
use tie_engine::Registry;
use tie_studio::worker::{Job, JobId, Worker};

type Change = fn(&mut Mask);

fn whole(criterion: &mut Criterion) {
    let mut group = group(criterion, "mask");
    for (name, extent) in SIZES {
        let (disc, speckles) = (support::disc(extent), support::speckles(extent));
        // What everything else is to be compared with: reading and writing each byte once.
        group.bench_function(BenchmarkId::new("copy", name), |bencher| {
            let mut copy = disc.clone();
            bencher.iter(|| copy.coverage_mut().copy_from_slice(black_box(disc.coverage())));
        });
        let changes: [(&str, &Mask, Change); 6] = [
            ("grow a disc by 8 px", &disc, |mask| mask.grow(8.0)),
            ("grow speckles by 8 px", &speckles, |mask| mask.grow(8.0)),
            ("feather a disc by 8 px", &disc, |mask| mask.feather(8.0)),
            ("feather speckles by 8 px", &speckles, |mask| mask.feather(8.0)),
            ("invert", &disc, Mask::invert),
            ("fill holes of a disc", &disc, Mask::fill_holes),
        ];
        for (what, mask, change) in changes {
            group.bench_function(BenchmarkId::new(what, name), |bencher| {
                bencher.iter_batched_ref(|| mask.clone(), change, BatchSize::PerIteration);
            });
        }
        let inverse = |mask: &mut Mask| {
            let recorder = MaskRecorder::begin(mask, mask.extent().into());
            mask.invert();
            recorder.finish(mask)
        };
        group.bench_function(BenchmarkId::new("invert with its undo record", name), |bencher| {
            bencher.iter_batched_ref(|| disc.clone(), inverse, BatchSize::PerIteration);
        });
        println!("undo record of inverting, {name}: {} for a disc", kilobytes(&inverse(&mut disc.clone())));
        println!("undo record of inverting, {name}: {} for speckles", kilobytes(&inverse(&mut speckles.clone())));
        scans(&mut group, name, extent);
    }
    group.finish();
}

/// What a session asks at the end of each stroke; at its slowest, where only the last pixels are covered.
fn scans(
    group: &mut criterion::BenchmarkGroup<'_, criterion::measurement::WallTime>,
    name: &'static str,
    extent: Extent,
) {
    let corner = Bounds::new(extent.width as i32 - 40, extent.height as i32 - 40, 40, 40);
    let mask = Mask::rectangle(extent, corner);
    group.bench_function(BenchmarkId::new("is it empty?", name), |bencher| {
        bencher.iter(|| black_box(&mask).is_empty());
    });
    group.bench_function(BenchmarkId::new("bounds", name), |bencher| bencher.iter(|| black_box(&mask).bounds()));
}

fn kilobytes(patch: &MaskPatch) -> String {
    format!("{:.1} kB", patch.size() as f64 / 1e3)
}

/// 200 dabs of 40 px from left to right, as from a pointer that moves 40 px a time.
fn paint(mask: &mut Mask) -> MaskPatch {
    let (brush, y) = (Brush::default(), mask.extent().height as f32 / 2.0);
    let (mut stroke, _) = Stroke::begin(mask, brush, StrokeMode::Add, Point::new(200.0, y), 1.0);
    for move_ in 1..=20 {
        let x = (200 + move_ * 40).min(996);
        stroke.extend(mask, Point::new(x as f32, y), 1.0);
    }
    stroke.finish(mask)
}

fn drawn(criterion: &mut Criterion) {
    let mut group = group(criterion, "mask");
    for (name, extent) in SIZES {
        let mut mask = Mask::empty(extent);
        println!("undo record of a stroke of 200 dabs, {name}: {}", kilobytes(&paint(&mut mask)));
        group.bench_function(BenchmarkId::new("stroke of 200 dabs", name), |bencher| {
            bencher.iter(|| {
                let patch = paint(&mut mask);
                patch.undo(&mut mask);
                patch
            });
        });
        let shape = support::lasso(extent);
        group.bench_function(BenchmarkId::new("lasso of 2 000 points", name), |bencher| {
            let join = |mask: &mut Mask| {
                let (bounds, part) = shape.coverage(extent);
                let recorder = MaskRecorder::begin(mask, mask.reach_of(bounds, Combine::Add));
                mask.combine_part(&part, bounds, Combine::Add);
                recorder.finish(mask)
            };
            bencher.iter_batched_ref(|| Mask::empty(extent), join, BatchSize::PerIteration);
        });
    }
    group.finish();
}

fn wand(criterion: &mut Criterion) {
    let mut group = group(criterion, "wand");
    for (name, extent) in SIZES {
        let image = Arc::new(support::scene(extent));
        let middle = Point::new(extent.width as f32 / 2.0, extent.height as f32 / 2.0);
        let corner = Point::new(9.0, 9.0);
        for (what, at, contiguous) in [
            ("the disc, contiguous", middle, true),
            ("the ground, contiguous", corner, true),
            ("the ground, anywhere", corner, false),
        ] {
            group.bench_function(BenchmarkId::new(what, name), |bencher| {
                bencher.iter(|| {
                    let wand = Wand::new(Arc::clone(&image), at, contiguous)?;
                    wand.with_mean_colour().with_soft_edge().select(40, &mut || true)
                });
            });
        }
    }
    group.finish();
}

/// The job that counts what the window shows, by way of its thread.
fn measures(criterion: &mut Criterion) {
    let registry = Registry::embedded();
    let task = SubTask::new(1, EditOp::Remove, "disc");
    let (Ok(mut worker), Ok(recipe)) = (Worker::spawn(&registry, || {}), registry.recipe_for(&task, 1)) else {
        return;
    };
    let mut group = group(criterion, "measure job");
    let mut next_id = 1;
    for (name, extent) in SIZES {
        let image = Arc::new(support::scene(extent));
        let small = Mask::rectangle(extent, support::part(extent, 0.01, 0));
        for (what, mask) in
            [("1 % of the image", small), ("a disc", support::disc(extent)), ("speckles", support::speckles(extent))]
        {
            let mask = Arc::new(mask);
            group.bench_function(BenchmarkId::new(what, name), |bencher| {
                bencher.iter(|| {
                    let (image, mask, recipe) = (Arc::clone(&image), Arc::clone(&mask), Some(recipe.clone()));
                    let job = Job::Measure {
                        step: StepId(1),
                        below: Below::only(image),
                        mask,
                        proposals: Vec::new(),
                        task: None,
                        recipe: recipe.map(Box::new),
                        only: Vec::new(),
                        result: None,
                    };
                    worker.submit(JobId(next_id), job);
                    next_id += 1;
                    while worker.wait(Duration::from_mins(1)).is_some_and(|event| !event.is_end()) {}
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, whole, drawn, wand, measures);
criterion_main!(benches);
