//! Planning, locating and filling, at two image sizes.

#[path = "support/mod.rs"]
mod support;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use support::{SIZES, group, scene};
use tie_studio::domain::{Bounds, EditOp, Mask, SubTask};
use tie_studio::engine::{JobCx, LocateRequest, PlanRequest, Registry, pipeline};

fn engines(criterion: &mut Criterion) {
    let registry = Registry::embedded();
    let mut group = group(criterion, "engine");
    let (Ok(planner), Ok(locator)) = (registry.planner("rules"), registry.locator("classic")) else {
        return;
    };
    let instruction = "remove the star from the wall, turn the sofa blue and add a cat on the rug";
    group.bench_function("plan three steps", |bencher| {
        bencher.iter(|| black_box(planner.plan(PlanRequest { instruction, image: None }, &JobCx::silent())));
    });
    // The sizes between would take minutes, and the locator looks at a smaller image anyway.
    for (name, extent) in [SIZES[0], SIZES[2]] {
        let image = scene(extent);
        let request = LocateRequest {
            image: &image,
            phrase: "red disc",
            location: None,
            op: EditOp::Remove,
            clicks: &[],
            bounds: None,
        };
        group.bench_function(BenchmarkId::new("locate by colour", name), |bencher| {
            bencher.iter(|| black_box(locator.locate(request, &JobCx::silent())));
        });
        let radius = extent.height / 8 + 4;
        let (x, y) = (extent.width / 2 - radius, extent.height / 2 - radius);
        let disc = Mask::rectangle(extent, Bounds::new(x as i32, y as i32, 2 * radius, 2 * radius));
        for (what, task) in [
            ("fill", SubTask::new(1, EditOp::Remove, "disc")),
            ("recolour", SubTask { content: Some("blue".to_owned()), ..SubTask::new(1, EditOp::Recolor, "disc") }),
        ] {
            let Ok(mut recipe) = registry.recipe_for(&task, 1) else { return };
            recipe.candidates = 1;
            let Ok(engine) = registry.inpainter(&recipe.engine) else { return };
            group.bench_function(BenchmarkId::new(what, name), |bencher| {
                bencher.iter(|| black_box(pipeline::inpaint(engine, &image, &disc, None, &recipe, &JobCx::silent())));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, engines);
criterion_main!(benches);
