//! The canvas on a software graphics device: a dab's way to its texture, panning, and the first sight of a photograph.

#![expect(clippy::expect_used, reason = "what cannot be set up cannot be measured")]

#[path = "../tests/support/stage.rs"]
#[expect(dead_code, clippy::unwrap_used, reason = "the tests use all of it, and fail where it fails")]
mod stage;
#[path = "support/mod.rs"]
mod support;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use stage::Stage;
use std::time::{Duration, Instant};
use support::{SIZES, group, timed};
use tie_core::{Bounds, Brush, Extent, Mask, Overlay, Point, Raster, Stroke, StrokeMode};
use tie_studio::files::{self, Metadata};
use tie_studio::gpu::{CanvasPixels, CanvasRenderer, Draw, MaskId, MaskLook, QuadRect, Scene};

/// The canvas of a window on a common screen, in physical pixels.
const WINDOW: [u32; 2] = [1600, 1000];

/// A renderer with what it is filled from; the masks' ids are their places.
struct Canvas {
    renderer: CanvasRenderer,
    photo: Raster,
    masks: Vec<Mask>,
}

impl Canvas {
    fn new(stage: &Stage, photo: Raster, masks: Vec<Mask>) -> Self {
        let mut renderer = CanvasRenderer::new(&stage.device, &stage.queue, Stage::FORMAT);
        renderer.set_photo(&photo, &photo);
        for (id, mask) in (0..).zip(&masks) {
            renderer.set_mask(MaskId::Choice(id), mask, None);
        }
        Self { renderer, photo, masks }
    }

    fn stream(&mut self, scene: &Scene) -> bool {
        let masks = |id| match id {
            MaskId::Choice(place) => self.masks.get(place),
            _ => None,
        };
        let pixels = CanvasPixels { original: &self.photo, edited: &self.photo, patch: None, masks: &masks };
        self.renderer.stream(&pixels, scene)
    }
}

/// The photograph with its masks, the first tinted and the others outlined, with its point `at` in the window's corner.
fn scene(extent: Extent, zoom: f32, at: Point, masks: usize) -> Scene {
    let (left, top) = (-at.x * zoom, -at.y * zoom);
    let rect =
        QuadRect { left, top, right: left + extent.width as f32 * zoom, bottom: top + extent.height as f32 * zoom };
    let mut draws = vec![Draw::Image { rect, split: 0.0 }];
    draws.extend((0..masks).map(|id| {
        let mode = if id == 0 { Overlay::Tint } else { Overlay::Outline };
        Draw::Mask {
            id: MaskId::Choice(id),
            rect,
            look: MaskLook { mode, colour: [0.9, 0.2, 0.4, 0.5], line_width: 1.0 },
        }
    }));
    Stage::scene(WINDOW, draws)
}

/// The zoom at which all of the image is in the window.
fn fitting(extent: Extent) -> f32 {
    (WINDOW[0] as f32 / extent.width as f32).min(WINDOW[1] as f32 / extent.height as f32)
}

/// Waits until the device has done what it was told; not part of the program's own time.
fn settle(stage: &Stage) {
    stage.device.poll(wgpu::PollType::wait_indefinitely()).expect("the device is there");
}

/// A brush of 40 px that goes round and round in the middle of the image, one dab a step.
struct Painter {
    stroke: Stroke,
    middle: Point,
    angle: f32,
}

impl Painter {
    const RADIUS: f32 = 150.0;

    fn new(mask: &mut Mask) -> Self {
        let middle = Point::new(mask.extent().width as f32 / 2.0, mask.extent().height as f32 / 2.0);
        let at = Point::new(middle.x + Self::RADIUS, middle.y);
        Self { stroke: Stroke::begin(mask, Brush::default(), StrokeMode::Add, at, 1.0).0, middle, angle: 0.0 }
    }

    fn dab(&mut self, mask: &mut Mask) -> Bounds {
        // A tenth of the diameter, which is the distance between two dabs.
        self.angle += 4.001 / Self::RADIUS;
        let (sin, cos) = self.angle.sin_cos();
        let to = Point::new(Self::RADIUS.mul_add(cos, self.middle.x), Self::RADIUS.mul_add(sin, self.middle.y));
        self.stroke.extend(mask, to, 1.0)
    }
}

fn dabs(stage: &Stage, criterion: &mut Criterion) {
    let mut group = group(criterion, "dab of 40 px to texture");
    for (name, extent) in SIZES {
        let mut canvas = Canvas::new(stage, support::scene(extent), vec![Mask::empty(extent)]);
        let corner = Point::new((extent.width as f32 - 1600.0) / 2.0, (extent.height as f32 - 1000.0) / 2.0);
        let fit = fitting(extent);
        for (what, zoom, at) in [("at 100 %", 1.0, corner), ("whole image in the window", fit, Point::new(0.0, 0.0))] {
            let scene = scene(extent, zoom, at, 1);
            while canvas.stream(&scene) {}
            let mut painter = Painter::new(&mut canvas.masks[0]);
            let mut dab = || {
                let dirty = painter.dab(&mut canvas.masks[0]);
                canvas.renderer.set_mask(MaskId::Choice(0), &canvas.masks[0], Some(dirty));
                canvas.stream(&scene);
                canvas.renderer.uploaded_bytes()
            };
            // One full round: the dabs near the edge of a tile are part of it.
            let rounds = (std::f32::consts::TAU * Painter::RADIUS / 4.001) as u64;
            let first = dab();
            let bytes = (1..=rounds).fold(first, |_, _| dab()) - first;
            settle(stage);
            println!("bytes uploaded for a dab, {name}, {what}: {}", bytes / rounds);
            group.bench_function(BenchmarkId::new(what, name), |bencher| {
                bencher.iter_custom(|count| timed(count, || _ = dab(), || settle(stage)));
            });
            group.bench_function(BenchmarkId::new(format!("{what}, until the device is done"), name), |bencher| {
                bencher.iter(|| {
                    dab();
                    settle(stage);
                });
            });
        }
    }
    group.finish();
}

/// Steps of 24 px from the middle of the upper left quarter of the image to that of the lower right one.
fn pan_path(extent: Extent) -> Vec<Point> {
    let (from, to) =
        (Point::new(-400.0, -250.0), Point::new(extent.width as f32 - 1200.0, extent.height as f32 - 750.0));
    let count = ((from.distance(to) / 24.0) as u32).max(1);
    (0..count).map(|index| from.lerp(to, index as f32 / count as f32)).collect()
}

fn frame(canvas: &mut Canvas, scene: &Scene) -> bool {
    let wants_more = canvas.stream(scene);
    canvas.renderer.prepare(WINDOW, scene);
    wants_more
}

/// What a frame may take in the program's own code.
const BUDGET: Duration = Duration::from_millis(4);

/// How long each frame of a pan takes, in rising order.
fn times_along(stage: &Stage, canvas: &mut Canvas, path: &[Point]) -> Vec<Duration> {
    let extent = canvas.photo.extent();
    let mut times = Vec::new();
    for at in path {
        let scene = scene(extent, 1.0, *at, 2);
        let start = Instant::now();
        frame(canvas, &scene);
        times.push(start.elapsed());
        settle(stage);
    }
    times.sort_unstable();
    times
}

fn pans(stage: &Stage, criterion: &mut Criterion) {
    let mut group = group(criterion, "pan frame at 100 %");
    for (name, extent) in SIZES {
        let masks = vec![support::disc(extent), support::speckles(extent)];
        let mut canvas = Canvas::new(stage, support::scene(extent), masks);
        settle(stage);
        let path = pan_path(extent);
        // Without the first sight of it, which opening a photograph measures.
        let start = scene(extent, 1.0, path[0], 2);
        while frame(&mut canvas, &start) {}
        for pass in ["first pass", "second pass"] {
            let before = canvas.renderer.uploaded_bytes();
            let times = times_along(stage, &mut canvas, &path);
            let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e3;
            let late = times.iter().filter(|time| **time > BUDGET).count();
            println!(
                "pan over the image, {name}, {pass}: median {:.3} ms, 95 % {:.2} ms, worst {:.2} ms, {late} of {} frames \
                 over {BUDGET:?}, {:.1} MB uploaded",
                at(50),
                at(95),
                at(100),
                times.len(),
                (canvas.renderer.uploaded_bytes() - before) as f64 / 1e6,
            );
        }
        // To and fro over loaded tiles.
        let near: Vec<Scene> = path.iter().take(10).map(|at| scene(extent, 1.0, *at, 2)).collect();
        for scene in &near {
            while frame(&mut canvas, scene) {}
        }
        settle(stage);
        group.bench_function(BenchmarkId::new("all of it loaded", name), |bencher| {
            let mut next = near.iter().chain(near.iter().rev()).cycle();
            bencher.iter_custom(|count| {
                let run = || {
                    if let Some(scene) = next.next() {
                        frame(&mut canvas, scene);
                    }
                };
                timed(count, run, || settle(stage))
            });
        });
    }
    group.finish();
}

fn opening(stage: &Stage, criterion: &mut Criterion) {
    let mut group = group(criterion, "open a JPEG");
    for (name, extent) in SIZES {
        let folder = tempfile::tempdir().expect("a folder for the photograph");
        let path = folder.path().join("photo.jpg");
        files::save_photo(&path, &support::scene(extent), &Metadata::default()).expect("the photograph is saved");
        let size = std::fs::metadata(&path).map_or(0, |file| file.len());
        println!("JPEG of {name}: {:.1} MB", size as f64 / 1e6);
        let open = || files::open_photo(&path).expect("what was saved can be opened").raster;
        group.bench_function(BenchmarkId::new("decode", name), |bencher| bencher.iter(open));
        let scene = scene(extent, fitting(extent), Point::new(0.0, 0.0), 0);
        let show = |photo: Raster| {
            let mut canvas = Canvas::new(stage, photo, Vec::new());
            frame(&mut canvas, &scene);
            canvas
        };
        // Without the graphics card's own time, but with the shaders' compilation.
        let mut photo = Some(open());
        group.bench_function(BenchmarkId::new("first frame of it", name), |bencher| {
            bencher.iter_custom(|count| {
                let mut spent = Duration::ZERO;
                for _ in 0..count {
                    let start = Instant::now();
                    let canvas = photo.take().map(show);
                    spent += start.elapsed();
                    settle(stage);
                    photo = canvas.map(|canvas| canvas.photo);
                }
                spent
            });
        });
        drop(photo);
        group.bench_function(BenchmarkId::new("file to first frame", name), |bencher| {
            bencher.iter_with_large_drop(|| {
                let canvas = show(open());
                settle(stage);
                canvas
            });
        });
    }
    group.finish();
}

fn canvas(criterion: &mut Criterion) {
    let Some(stage) = Stage::find(wgpu::Limits::default().max_texture_dimension_2d) else {
        println!("There is no graphics adapter, so the canvas is not measured; install mesa-vulkan-drivers.");
        return;
    };
    dabs(&stage, criterion);
    pans(&stage, criterion);
    opening(&stage, criterion);
}

criterion_group!(benches, canvas);
criterion_main!(benches);
