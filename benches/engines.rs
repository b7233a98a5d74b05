//! Planning, locating and filling at two image sizes, adjusting while a slider moves, and detecting what is in a photo.

#[path = "support/mod.rs"]
mod support;

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use support::{SIZES, group, scene};
use tie_core::{AdjustKind, Adjustment, Bounds, EditOp, Extent, Mask, Method, OtherTarget, Resampling, SubTask, View};
use tie_engine::inpainter::adjust::Trials;
use tie_engine::locator::eyes::Eyes;
use tie_engine::pipeline::Run;
use tie_engine::{JobCx, LocateRequest, Locator as _, PlanRequest, Registry, pipeline};
use tie_studio::files::open_photo;

/// Instructions of every shape, as long as people's are: 15 words and two or three steps in the mean.
const INSTRUCTIONS: [&str; 10] = [
    "remove the star from the wall, turn the sofa blue and add a cat on the rug",
    "make it brighter",
    "Could you please delete the dog? Then paint the fence white.",
    "replace the sheep with a goat and add a bell on the goat, then make it sit in front of the tree",
    "change the color of the left bus to yellow, and change the background to a snowy mountain landscape",
    "What if the man on the bench wore a red hat?",
    "change the text \"HOT\" on the oven to \"COLD\", keep the shirt, the hat and the dog unchanged",
    "let the woman wear sunglasses and the boy hold two balloons. There should be no dolls in the room.",
    "remvoe the spoon next to the plate, put a bowl of fruit there and increase the contrast of the table a bit",
    "turn the photo into a watercolor painting without changing the dog; instead of the car, put a wooden boat",
];

fn engines(criterion: &mut Criterion) {
    let registry = Registry::embedded();
    let mut group = group(criterion, "engine");
    let (Ok(planner), Ok(locator)) = (registry.planner("rules"), registry.locator("classic")) else {
        return;
    };
    group.bench_function("plan ten instructions", |bencher| {
        bencher.iter(|| {
            for instruction in INSTRUCTIONS {
                let _ = black_box(planner.plan(PlanRequest { instruction, image: None }, &JobCx::silent()));
            }
        });
    });
    // The sizes between would take minutes, and the locator looks at a smaller image anyway.
    for (name, extent) in [SIZES[0], SIZES[2]] {
        let image = Arc::new(scene(extent));
        let request = LocateRequest {
            image: &image,
            phrase: "red disc",
            location: None,
            op: EditOp::Remove,
            clicks: &[],
            bounds: None,
            others: &[],
        };
        group.bench_function(BenchmarkId::new("locate by colour", name), |bencher| {
            bencher.iter(|| black_box(locator.locate(request, &JobCx::silent())));
        });
        let radius = extent.height / 8 + 4;
        let (x, y) = (extent.width / 2 - radius, extent.height / 2 - radius);
        let disc = Mask::rectangle(extent, Bounds::new(x as i32, y as i32, 2 * radius, 2 * radius));
        for (what, task) in [
            ("fill", SubTask::new(1, EditOp::Remove, "disc")),
            ("recolour", SubTask::new(1, EditOp::Recolor, "disc").becomes("blue")),
        ] {
            let Ok(recipe) = registry.recipe_for(&task, 1) else { return };
            let Ok(engine) = registry.inpainter(&recipe.engine) else { return };
            group.bench_function(BenchmarkId::new(what, name), |bencher| {
                bencher
                    .iter(|| black_box(pipeline::inpaint(engine, Run::new(&image, &disc, &recipe), &JobCx::silent())));
            });
        }
    }
    group.finish();
}

/// A slider that moves: each time another amount for the same region, in what a window of 1920 × 1080 shows of it.
fn trials(criterion: &mut Criterion) {
    let mut group = group(criterion, "trial");
    let (name, extent) = SIZES[2];
    let (image, mask) = (Arc::new(scene(extent)), Arc::new(Mask::full(extent)));
    let fitted = View { bounds: Bounds::from(extent), scale: 1080.0 / extent.height as f32 };
    let actual = View { bounds: Bounds::new(2000, 1500, 1920, 1080), scale: 1.0 };
    for (sight, view) in [("fitted", fitted), ("actual size", actual)] {
        for (what, kind) in [
            ("recolour", AdjustKind::Recolor([30, 80, 200])),
            ("exposure", AdjustKind::Exposure),
            ("contrast", AdjustKind::Contrast),
            ("sharpen", AdjustKind::Sharpen),
            ("blur", AdjustKind::Blur),
        ] {
            let task = SubTask::new(1, EditOp::Adjust, "").becomes("brighter");
            let Ok(mut recipe) = Registry::embedded().recipe_for(&task, 1) else { return };
            let mut trials = Trials::default();
            let mut amount = 0.0_f32;
            group.bench_function(BenchmarkId::new(format!("{what}, {sight}"), name), |bencher| {
                bencher.iter(|| {
                    amount = if amount > 0.9 { 0.1 } else { amount + 0.01 };
                    recipe.method = Method::Adjust(Adjustment { kind, amount });
                    black_box(trials.look(&image, &mask, &recipe, view, &JobCx::silent()))
                });
            });
        }
    }
    group.finish();
}

/// Detecting what is in a photo, and finding things by words afterwards. A new locator each time, which remembers
/// nothing.
fn eyes(criterion: &mut Criterion) {
    let mut group = group(criterion, "eyes");
    group.sample_size(10);
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples/coffee.png");
    let Ok(photo) = open_photo(&sample) else { return };
    for (name, extent) in [("1 MP", Extent::new(1224, 816)), ("24 MP", Extent::new(6000, 4000))] {
        let image = Arc::new(photo.raster.resize_by(extent, Resampling::Bilinear));
        let cx = JobCx::silent();
        group.bench_function(BenchmarkId::new("look at all", name), |bencher| {
            bencher.iter(|| black_box(Eyes::default().prepare(&image, &cx)));
        });
        let others = ["spoon"].map(|phrase| OtherTarget { phrase: phrase.to_owned(), location: None });
        for (phrase, others) in [("cup", &[][..]), ("spoon", &[]), ("cup, not the spoon", &others)] {
            let request = LocateRequest {
                image: &image,
                phrase: phrase.split(',').next().unwrap_or_default(),
                location: None,
                op: EditOp::Recolor,
                clicks: &[],
                bounds: None,
                others,
            };
            group.bench_function(BenchmarkId::new(phrase, name), |bencher| {
                bencher.iter_batched(
                    || {
                        let eyes = Eyes::default();
                        let _ = eyes.prepare(&image, &cx);
                        eyes
                    },
                    |eyes| black_box(eyes.locate(request, &cx)),
                    BatchSize::PerIteration,
                );
            });
        }
    }
    group.finish();
}

criterion_group!(benches, engines, trials, eyes);
criterion_main!(benches);
