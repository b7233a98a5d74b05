//! What a person waits for, at two image sizes; `make bench` prints it, docs/benchmarks.md keeps the figures.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use tie_studio::domain::{Bounds, Brush, Extent, Mask, Point, Raster, Stroke, StrokeMode};
use tie_studio::domain::{EditOp, SubTask};
use tie_studio::engine::{JobCx, LocateRequest, PlanRequest, Registry, pipeline};

/// A grainy ground with a disc, about as hard to fill as a table top.
fn scene(extent: Extent) -> Raster {
    Raster::from_fn(extent, |x, y| {
        let grain = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(2_246_822_519)).rotate_left(13) % 32;
        let inside =
            x.abs_diff(extent.width / 2).pow(2) + y.abs_diff(extent.height / 2).pow(2) < (extent.height / 8).pow(2);
        let [r, g, b] = if inside { [200, 40, 40] } else { [140, 100 + (x / 9 % 12), 70] };
        [(r + grain) as u8, (g + grain) as u8, (b + grain) as u8, 255]
    })
}

const SIZES: [(&str, Extent); 2] = [("1 MP", Extent::new(1224, 816)), ("24 MP", Extent::new(6000, 4000))];

fn masks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("mask");
    group.sample_size(10);
    for (name, extent) in SIZES {
        let side = extent.height / 4;
        let square = Bounds::new((extent.width / 3) as i32, (extent.height / 3) as i32, side, side);
        let mask = Mask::rectangle(extent, square);
        group.bench_with_input(BenchmarkId::new("grow by 8 px", name), &mask, |bencher, mask| {
            bencher.iter(|| black_box(mask.grown(8.0)));
        });
        group.bench_with_input(BenchmarkId::new("feather by 8 px", name), &mask, |bencher, mask| {
            bencher.iter(|| {
                let mut soft = mask.clone();
                soft.feather(8.0);
                black_box(soft)
            });
        });
        let mut painted = mask.clone();
        group.bench_function(BenchmarkId::new("stroke of 100 px", name), |bencher| {
            bencher.iter(|| {
                let (mut stroke, _) =
                    Stroke::begin(&mut painted, Brush::default(), StrokeMode::Add, Point::new(200.0, 200.0), 1.0);
                stroke.extend(&mut painted, Point::new(300.0, 200.0), 1.0);
                black_box(stroke.finish(&painted))
            });
        });
    }
    group.finish();
}

fn engines(criterion: &mut Criterion) {
    let registry = Registry::embedded();
    let mut group = criterion.benchmark_group("engine");
    group.sample_size(10);
    let (Ok(planner), Ok(locator)) = (registry.planner("rules"), registry.locator("classic")) else {
        return;
    };
    let instruction = "remove the star from the wall, turn the sofa blue and add a cat on the rug";
    group.bench_function("plan three steps", |bencher| {
        bencher.iter(|| black_box(planner.plan(PlanRequest { instruction, image: None }, &JobCx::silent())));
    });
    for (name, extent) in SIZES {
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

criterion_group!(benches, masks, engines);
criterion_main!(benches);
