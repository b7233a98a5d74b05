//! What the benches share: sizes, a photograph, masks, and how long to measure.

#![allow(dead_code, reason = "each bench uses a part of it")]

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion};
use std::time::{Duration, Instant};
use tie_core::{Bounds, Extent, Mask, Point, Raster, Shape};

/// From a web picture to a medium format camera.
pub(crate) const SIZES: [(&str, Extent); 4] = [
    ("1 MP", Extent::new(1224, 816)),
    ("12 MP", Extent::new(4240, 2832)),
    ("24 MP", Extent::new(6000, 4000)),
    ("100 MP", Extent::new(12240, 8160)),
];

/// A few samples of a short time each: the differences that matter here are factors, and there are many things to measure.
pub(crate) fn group<'a>(criterion: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    group
}

/// How long `count` runs take together, without the work between them.
pub(crate) fn timed(count: u64, mut run: impl FnMut(), mut between: impl FnMut()) -> Duration {
    let mut spent = Duration::ZERO;
    for _ in 0..count {
        let start = Instant::now();
        run();
        spent += start.elapsed();
        between();
    }
    spent
}

/// The same for every seed and place.
pub(crate) fn noise(x: u32, y: u32) -> u32 {
    (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(2_246_822_519)).rotate_left(13)
}

/// A grainy ground with a disc of 3 % of the image in its middle, about as hard to fill as a table top.
pub(crate) fn scene(extent: Extent) -> Raster {
    Raster::from_fn(extent, |x, y| {
        let grain = noise(x, y) % 32;
        let inside =
            x.abs_diff(extent.width / 2).pow(2) + y.abs_diff(extent.height / 2).pow(2) < (extent.height / 8).pow(2);
        let [r, g, b] = if inside { [200, 40, 40] } else { [140, 100 + (x / 9 % 12), 70] };
        [(r + grain) as u8, (g + grain) as u8, (b + grain) as u8, 255]
    })
}

/// A disc of a quarter of the image with a hole of 6 × 6 pixels in every 64 × 64.
pub(crate) fn disc(extent: Extent) -> Mask {
    let squared = extent.area() as f32 / 4.0 / std::f32::consts::PI;
    let (middle_x, middle_y) = (extent.width as f32 / 2.0, extent.height as f32 / 2.0);
    Mask::from_fn(extent, |x, y| {
        let hole = x % 64 < 6 && y % 64 < 6;
        let away = (x as f32 - middle_x).powi(2) + (y as f32 - middle_y).powi(2);
        if away < squared && !hole { 255 } else { 0 }
    })
}

/// Three in ten cells of 5 × 5 pixels, all over the image: about the worst that a magic wand makes.
pub(crate) fn speckles(extent: Extent) -> Mask {
    Mask::from_fn(extent, |x, y| if noise(x / 5, y / 5) % 10 < 3 { 255 } else { 0 })
}

/// A lasso of 2 000 points around a fifth of the image.
pub(crate) fn lasso(extent: Extent) -> Shape {
    let middle = Point::new(extent.width as f32 / 2.0, extent.height as f32 / 2.0);
    let points = (0..2000).map(|index| {
        let angle = index as f32 / 2000.0 * std::f32::consts::TAU;
        let radius = extent.height as f32 * 0.3 * 0.2_f32.mul_add((angle * 9.0).sin(), 1.0);
        Point::new(radius.mul_add(angle.cos(), middle.x), radius.mul_add(angle.sin(), middle.y))
    });
    Shape::Polygon(points.collect())
}

/// A rectangle of this share of the image's area with the image's proportions, at a place that depends on `index`.
pub(crate) fn part(extent: Extent, share: f32, index: u32) -> Bounds {
    let side = |side: u32| ((side as f32 * share.sqrt()) as u32).max(1);
    let (width, height) = (side(extent.width), side(extent.height));
    let place = |salt: u32, room: u32| (noise(index + 1, salt) % (room + 1)) as i32;
    Bounds::new(place(3, extent.width - width), place(7, extent.height - height), width, height)
}
