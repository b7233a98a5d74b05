//! The canvas as it is drawn: images cut into tiles look as if they were not, and cost what is seen of them.

use crate::stage::{Picture, Stage};
use std::time::Duration;
use tie_core::{Bounds, Brush, Extent, Mask, Overlay, Point, Raster, Stroke, StrokeMode};
use tie_studio::gpu::{
    CanvasPixels, CanvasRenderer, ChangesLook, Draw, MaskId, MaskLook, PatchPixels, QuadRect, Scene, Tiling,
};

/// Tiles of 32 pixels and an overview of 64: small images are cut into many.
const TINY: Tiling =
    Tiling { side: 64, gutter: 16, overview: 64, image_cap: 64 << 20, mask_cap: 64 << 20, frame_time: Duration::MAX };
const EXTENT: Extent = Extent::new(300, 210);

/// Different everywhere, so that a shift by one pixel shows.
fn photo(extent: Extent) -> Raster {
    Raster::from_fn(extent, |x, y| {
        let grain = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(2_246_822_519)).rotate_left(13);
        [(grain >> 3) as u8, (x / 2) as u8, (y ^ grain >> 9) as u8, if y < 40 { (grain >> 17) as u8 } else { 255 }]
    })
}

fn disc(extent: Extent, radius: f32) -> Mask {
    let centre = Point::new(extent.width as f32 / 2.0, extent.height as f32 / 2.0);
    Mask::from_fn(extent, |x, y| if Point::new(x as f32, y as f32).distance(centre) < radius { 255 } else { 0 })
}

/// The image at `zoom`, with its point `at` in the top left corner of the window.
fn placed(extent: Extent, zoom: f32, at: [f32; 2]) -> QuadRect {
    let (left, top) = (-at[0] * zoom, -at[1] * zoom);
    QuadRect { left, top, right: left + extent.width as f32 * zoom, bottom: top + extent.height as f32 * zoom }
}

/// A renderer with what it is filled from.
struct Canvas {
    renderer: CanvasRenderer,
    original: Raster,
    edited: Option<Raster>,
    masks: Vec<(MaskId, Mask)>,
}

impl Canvas {
    fn new(stage: &Stage, tiling: Tiling, photo: Raster) -> Self {
        let mut renderer = CanvasRenderer::with_tiling(&stage.device, &stage.queue, Stage::FORMAT, tiling);
        renderer.set_photo(&photo, &photo);
        Self { renderer, original: photo, edited: None, masks: Vec::new() }
    }

    fn with_mask(mut self, id: MaskId, mask: Mask) -> Self {
        self.renderer.set_mask(id, &mask, None);
        self.masks.push((id, mask));
        self
    }

    fn stream(&mut self, scene: &Scene) -> bool {
        let find = |id| self.masks.iter().find(|(other, _)| *other == id).map(|(_, mask)| mask);
        let pixels = CanvasPixels {
            original: &self.original,
            edited: self.edited.as_ref().unwrap_or(&self.original),
            patch: None,
            masks: &find,
        };
        self.renderer.stream(&pixels, scene)
    }

    /// The scene once all of it is loaded.
    fn draw(&mut self, stage: &Stage, size: [u32; 2], draws: Vec<Draw>) -> Picture {
        let scene = Stage::scene(size, draws);
        while self.stream(&scene) {}
        stage.render(&mut self.renderer, size, &scene)
    }
}

fn assert_same(found: &Picture, expected: &Picture, what: &str) {
    for y in 0..expected.size[1] {
        for x in 0..expected.size[0] {
            assert_eq!(found.at(x, y), expected.at(x, y), "{what}, at {x}, {y}");
        }
    }
}

#[test]
fn an_image_in_tiles_looks_like_one_texture() {
    let stage = Stage::new();
    let photo = photo(EXTENT);
    let mut whole = Canvas::new(&stage, Tiling::default(), photo.clone());
    let mut tiled = Canvas::new(&stage, TINY, photo.clone());
    let size = [200, 150];
    for (zoom, at) in
        [(1.0, [0.0, 0.0]), (1.0, [77.0, 33.0]), (4.0, [20.0, 8.0]), (4.0, [250.0, 180.0]), (1.7, [5.5, 3.3])]
    {
        let draws = vec![Draw::Image { rect: placed(EXTENT, zoom, at), split: 0.0 }];
        let found = tiled.draw(&stage, size, draws.clone());
        assert_same(&found, &whole.draw(&stage, size, draws), &format!("zoom {zoom}"));
    }
    let opaque = tiled.draw(&stage, size, vec![Draw::Image { rect: placed(EXTENT, 1.0, [0.0, 50.0]), split: 0.0 }]);
    assert_eq!(opaque.at(9, 7)[..3], photo.pixel(9, 57)[..3]);
}

#[test]
fn below_full_size_tiles_show_no_seams() {
    let stage = Stage::new();
    // A multiple of every block that is averaged: at the last, cut one the two would differ a little.
    let extent = Extent::new(304, 208);
    let mut whole = Canvas::new(&stage, Tiling::default(), photo(extent));
    let mut tiled = Canvas::new(&stage, TINY, photo(extent));
    for zoom in [0.8, 0.5, 0.3, 0.2] {
        let draws = vec![Draw::Image { rect: placed(extent, zoom, [3.0, 50.0]), split: 0.0 }];
        let (found, expected) = (tiled.draw(&stage, [200, 150], draws.clone()), whole.draw(&stage, [200, 150], draws));
        assert!(found.largest_difference(&expected) <= 3, "zoom {zoom}: {}", found.largest_difference(&expected));
    }
}

#[test]
fn what_is_not_loaded_yet_is_shown_from_the_overview() {
    let stage = Stage::new();
    let flat = Raster::filled(EXTENT, [90, 120, 30, 255]);
    let mut canvas = Canvas::new(&stage, TINY, flat);
    let scene = Stage::scene([64, 64], vec![Draw::Image { rect: placed(EXTENT, 1.0, [10.0, 10.0]), split: 0.0 }]);
    let picture = stage.render(&mut canvas.renderer, [64, 64], &scene);
    assert!((0..64).all(|at| picture.at(at, at) == [90, 120, 30, 255]));
}

#[test]
fn an_edit_shows_and_uploads_only_its_bytes() {
    let stage = Stage::new();
    let mut canvas = Canvas::new(&stage, TINY, photo(EXTENT));
    let rect = placed(EXTENT, 1.0, [0.0, 0.0]);
    let size = [EXTENT.width, EXTENT.height];
    canvas.draw(&stage, size, vec![Draw::Image { rect, split: 0.0 }]);
    let before = canvas.renderer.uploaded_bytes();

    let dirty = Bounds::new(60, 61, 9, 7);
    let mut edited = canvas.original.clone();
    edited.paste(&Raster::filled(dirty.extent(), [1, 2, 3, 255]), dirty.x, dirty.y);
    canvas.renderer.update_photo(&edited, dirty);
    // Four tiles hold some of it, at one level; the overview's texels are means of 8 × 8.
    let cost = canvas.renderer.uploaded_bytes() - before;
    let least = dirty.extent().area() as u64 * 4;
    assert!(cost > least && cost <= least * 4 + 3 * 3 * 4, "{cost} bytes for {least}");

    canvas.edited = Some(edited.clone());
    let found = canvas.draw(&stage, size, vec![Draw::Image { rect, split: 0.0 }]);
    let expected = Canvas::new(&stage, Tiling::default(), edited.clone()).draw(
        &stage,
        size,
        vec![Draw::Image { rect, split: 0.0 }],
    );
    assert_same(&found, &expected, "edited");
    // Also where only the overview is drawn.
    let small = vec![Draw::Image { rect: placed(EXTENT, 0.1, [0.0, 0.0]), split: 0.0 }];
    let expected = Canvas::new(&stage, TINY, edited).draw(&stage, [30, 21], small.clone());
    assert_same(&canvas.draw(&stage, [30, 21], small), &expected, "the edited overview");
}

#[test]
fn the_comparison_shows_the_original_left_of_the_split_and_loads_it_only_where_it_differs() {
    let stage = Stage::new();
    let mut canvas = Canvas::new(&stage, TINY, photo(EXTENT));
    let rect = placed(EXTENT, 1.0, [0.0, 60.0]);
    let size = [200, 64];
    canvas.draw(&stage, size, vec![Draw::Image { rect, split: 0.0 }]);
    let mut edited = canvas.original.clone();
    let dirty = Bounds::new(20, 60, 60, 60);
    edited.paste(&Raster::filled(dirty.extent(), [250, 0, 0, 255]), dirty.x, dirty.y);
    canvas.renderer.update_photo(&edited, dirty);
    canvas.edited = Some(edited);
    let before = canvas.renderer.uploaded_bytes();
    let picture = canvas.draw(&stage, size, vec![Draw::Image { rect, split: 50.0 / 300.0 }]);
    assert_eq!(picture.at(30, 10)[..3], canvas.original.pixel(30, 70)[..3], "the original on the left");
    assert_eq!(picture.at(70, 10), [250, 0, 0, 255], "the edited one on the right");
    assert_eq!(picture.at(50, 10), [255; 4], "a white line between them");
    let cost = canvas.renderer.uploaded_bytes() - before;
    // An overview of 64 × 64 and at most 3 × 4 tiles of 64 × 64.
    assert!(cost > 0 && cost <= 13 * 64 * 64 * 4, "{cost}");
}

const GREEN: MaskLook = MaskLook { mode: Overlay::Outline, colour: [0.2, 0.9, 0.3, 0.4], line_width: 1.0 };

#[test]
fn masks_have_no_seams_in_any_look() {
    let stage = Stage::new();
    let mask = disc(EXTENT, 80.0);
    let ground = || Raster::filled(EXTENT, [128, 128, 128, 255]);
    let mut whole = Canvas::new(&stage, Tiling::default(), ground()).with_mask(MaskId::Choice(7), mask.clone());
    let mut tiled = Canvas::new(&stage, TINY, ground()).with_mask(MaskId::Choice(7), mask);
    for mode in [Overlay::Tint, Overlay::Outline, Overlay::BlackAndWhite] {
        for (zoom, at, line_width) in [(1.0, [0.0, 0.0], 1.0), (3.0, [50.0, 40.0], 2.0), (1.0, [60.0, 20.0], 3.0)] {
            let rect = placed(EXTENT, zoom, at);
            let look = MaskLook { mode, line_width, ..GREEN };
            let draws = vec![Draw::Image { rect, split: 0.0 }, Draw::Mask { id: MaskId::Choice(7), rect, look }];
            let found = tiled.draw(&stage, [300, 210], draws.clone());
            assert_same(&found, &whole.draw(&stage, [300, 210], draws), &format!("{mode:?} at {zoom}"));
        }
    }
}

#[test]
fn an_outline_is_seen_on_every_ground() {
    let stage = Stage::new();
    for value in [0, 60, 128, 200, 255] {
        let ground = Raster::filled(EXTENT, [value, value, value, 255]);
        let mut canvas = Canvas::new(&stage, TINY, ground).with_mask(MaskId::Choice(7), disc(EXTENT, 80.0));
        let rect = placed(EXTENT, 1.0, [0.0, 0.0]);
        let draws = vec![Draw::Image { rect, split: 0.0 }, Draw::Mask { id: MaskId::Choice(7), rect, look: GREEN }];
        let picture = canvas.draw(&stage, [300, 210], draws);
        let contrast = (0..300).map(|x| picture.at(x, 105)[1].abs_diff(value)).max().unwrap();
        assert!(contrast > 110, "on {value}: {contrast}");
        assert_eq!(picture.at(150, 105)[1], value, "nothing inside");
        assert_eq!(picture.at(10, 105)[1], value, "nothing outside");
    }
}

#[test]
fn black_and_white_hides_all_of_the_photograph() {
    let stage = Stage::new();
    let rect = placed(EXTENT, 1.0, [0.0, 0.0]);
    let look = MaskLook { mode: Overlay::BlackAndWhite, ..GREEN };
    let draws = vec![Draw::Image { rect, split: 0.0 }, Draw::Mask { id: MaskId::Choice(7), rect, look }];
    let bright = Raster::filled(EXTENT, [200, 100, 50, 255]);
    let mask = disc(EXTENT, 50.0);
    let mut canvas = Canvas::new(&stage, TINY, bright.clone()).with_mask(MaskId::Choice(7), mask.clone());
    let picture = canvas.draw(&stage, [300, 210], draws.clone());
    for (x, y) in (0..300).flat_map(|x| (0..210).map(move |y| (x, y))) {
        assert_eq!(picture.at(x, y)[0], mask.at(x, y), "at {x}, {y}");
    }
    let unknown = Canvas::new(&stage, TINY, bright).draw(&stage, [300, 210], draws);
    assert!((0..210).all(|y| unknown.at(y, y) == [0, 0, 0, 255]), "a mask that is not there selects nothing");
}

#[test]
fn added_and_removed_differ_in_colour_and_in_pattern() {
    let stage = Stage::new();
    let left = Mask::rectangle(EXTENT, Bounds::new(20, 20, 160, 160));
    let right = Mask::rectangle(EXTENT, Bounds::new(100, 20, 160, 160));
    let mut canvas = Canvas::new(&stage, TINY, Raster::filled(EXTENT, [128, 128, 128, 255]))
        .with_mask(MaskId::Choice(1), left)
        .with_mask(MaskId::Choice(2), right);
    let rect = placed(EXTENT, 1.0, [0.0, 0.0]);
    let changes =
        Draw::Changes { result: MaskId::Choice(1), proposal: MaskId::Choice(2), rect, look: ChangesLook::default() };
    let picture = canvas.draw(&stage, [300, 210], vec![Draw::Image { rect, split: 0.0 }, changes]);
    let [r, _, b] = picture.mean(Bounds::new(30, 30, 60, 100));
    assert!(b > r + 40.0, "added is blue: {r} {b}");
    let [r, _, b] = picture.mean(Bounds::new(190, 30, 60, 100));
    assert!(r > b + 40.0, "removed is orange: {r} {b}");
    let [r, g, b] = picture.mean(Bounds::new(110, 30, 60, 100));
    assert!((r - g).abs() < 2.0 && (g - b).abs() < 2.0, "what stayed has no colour: {r} {g} {b}");
    // Along a rising diagonal the rising stripes stay what they are.
    let varies = |from: u32, step: i32| {
        let along: Vec<_> = (0..30).map(|i| picture.at(from + i, (100 + i as i32 * step) as u32)).collect();
        along.iter().any(|pixel| *pixel != along[0])
    };
    assert!(!varies(40, -1) && varies(40, 1), "added rises");
    assert!(varies(200, -1) && !varies(200, 1), "removed falls");
}

#[test]
fn a_ring_is_hatched_only_where_the_mask_is_soft() {
    let stage = Stage::new();
    let mut soft = disc(EXTENT, 60.0);
    soft.feather(20.0);
    let mut canvas = Canvas::new(&stage, TINY, Raster::filled(EXTENT, [128, 128, 128, 255]))
        .with_mask(MaskId::Choice(7), soft.clone());
    let rect = placed(EXTENT, 1.0, [0.0, 0.0]);
    let draws = vec![Draw::Image { rect, split: 0.0 }, Draw::Ring { id: MaskId::Choice(7), rect, line_width: 1.0 }];
    let picture = canvas.draw(&stage, [300, 210], draws);
    let mut marked = 0;
    for (x, y) in (2_u32..298).flat_map(|x| (2_u32..208).map(move |y| (x, y))) {
        let neighbours = (-1..=1).flat_map(|dy: i32| (-1..=1).map(move |dx: i32| (dx, dy)));
        let mut coverage = neighbours.map(|(dx, dy)| soft.at(x.wrapping_add_signed(dx), y.wrapping_add_signed(dy)));
        if coverage.all(|c| !(4..252).contains(&c)) {
            assert_eq!(picture.at(x, y), [128, 128, 128, 255], "at {x}, {y}");
        }
        marked += u32::from(picture.at(x, y)[0].abs_diff(128) > 40);
    }
    assert!(marked > 1000, "{marked}");
}

#[test]
fn the_pixel_grid_appears_only_where_pixels_are_large() {
    let stage = Stage::new();
    for value in [20, 128, 235] {
        let mut canvas = Canvas::new(&stage, TINY, Raster::filled(EXTENT, [value, value, value, 255]));
        let contrast = |canvas: &mut Canvas, zoom| {
            let rect = placed(EXTENT, zoom, [60.0, 60.0]);
            let draws = vec![Draw::Image { rect, split: 0.0 }, Draw::PixelGrid { rect }];
            let picture = canvas.draw(&stage, [100, 100], draws);
            assert_eq!(picture.at(55, 55)[0], value, "only lines, at zoom {zoom}");
            (0..100).map(|x| picture.at(x, 55)[0].abs_diff(value)).max().unwrap()
        };
        assert_eq!(contrast(&mut canvas, 5.0), 0);
        let full = contrast(&mut canvas, 10.0);
        assert!((8..80).contains(&full), "on {value}: {full}");
    }
}

#[test]
fn a_patch_larger_than_a_texture_is_shown_whole() {
    let stage = Stage::new();
    let mut canvas = Canvas::new(&stage, TINY, Raster::filled(EXTENT, [10, 10, 10, 255]));
    let colours = photo(Extent::new(200, 150));
    let alpha = Mask::rectangle(colours.extent(), Bounds::new(0, 0, 100, 150));
    let patch = Some(PatchPixels { colours: &colours, alpha: Some(&alpha) });
    canvas.renderer.set_patch(patch);
    let rect = placed(EXTENT, 1.0, [0.0, 0.0]);
    let place = QuadRect { left: 50.0, top: 30.0, right: 250.0, bottom: 180.0 };
    let scene = Stage::scene([300, 210], vec![Draw::Image { rect, split: 0.0 }, Draw::Patch { rect: place }]);
    let pixels = CanvasPixels { original: &canvas.original, edited: &canvas.original, patch, masks: &|_| None };
    while canvas.renderer.stream(&pixels, &scene) {}
    let picture = stage.render(&mut canvas.renderer, [300, 210], &scene);
    assert_eq!(picture.at(50 + 90, 30 + 140)[..3], colours.pixel(90, 140)[..3]);
    assert_eq!(picture.at(50 + 110, 30 + 140), [10, 10, 10, 255], "where its alpha is 0 the photograph shows");
}

#[test]
fn a_panorama_wider_than_any_texture_is_shown_to_its_end() {
    let stage = Stage::with_limit(8192);
    let extent = Extent::new(16384, 1200);
    let photo = Raster::from_fn(extent, |x, y| [(x >> 6) as u8, (x & 255) as u8, (y & 255) as u8, 255]);
    let mut canvas = Canvas::new(&stage, Tiling::default(), photo);
    for at in [[0.0, 0.0], [9000.0, 500.0], [16384.0 - 256.0, 1200.0 - 256.0]] {
        let draws = vec![Draw::Image { rect: placed(extent, 1.0, at), split: 0.0 }];
        let picture = canvas.draw(&stage, [256, 256], draws);
        for (x, y) in [(0, 0), (255, 255), (100, 30)] {
            let expected = canvas.original.pixel(at[0] as u32 + x, at[1] as u32 + y);
            assert_eq!(picture.at(x, y), expected, "{at:?} + {x}, {y}");
        }
    }
}

#[test]
fn panning_over_everything_stays_below_the_memory_cap() {
    let stage = Stage::new();
    let tile = 64 * 64 * 4 * 4 / 3;
    let tiling = Tiling { image_cap: 30 * tile, frame_time: Duration::ZERO, ..TINY };
    let mut canvas = Canvas::new(&stage, tiling, photo(EXTENT));
    let mut frames = 0;
    for y in (0..180).step_by(30) {
        for x in (0..260).step_by(30) {
            let rect = placed(EXTENT, 1.0, [x as f32, y as f32]);
            let scene = Stage::scene([64, 64], vec![Draw::Image { rect, split: 0.0 }]);
            while canvas.stream(&scene) {
                frames += 1;
                assert!(canvas.renderer.resident_bytes()[0] <= tiling.image_cap);
            }
            assert!(canvas.renderer.resident_bytes()[0] <= tiling.image_cap);
            let before = canvas.renderer.uploaded_bytes();
            assert!(!canvas.stream(&scene));
            assert_eq!(canvas.renderer.uploaded_bytes(), before, "what is in sight stays loaded");
        }
    }
    assert!(frames > 10, "the load is spread over frames: {frames}");
}

#[test]
fn a_scene_that_needs_more_than_the_cap_gives_up_instead_of_loading_forever() {
    let stage = Stage::new();
    let tiling = Tiling { image_cap: 3 * 64 * 64 * 6, ..TINY };
    let mut canvas = Canvas::new(&stage, tiling, photo(EXTENT));
    let scene = Stage::scene([300, 210], vec![Draw::Image { rect: placed(EXTENT, 1.0, [0.0, 0.0]), split: 0.0 }]);
    assert!(!canvas.stream(&scene));
    assert!(canvas.renderer.resident_bytes()[0] <= tiling.image_cap);
    assert!(!canvas.stream(&scene));
}

#[test]
fn a_dab_costs_the_same_on_images_of_all_sizes() {
    let stage = Stage::new();
    let mut costs = Vec::new();
    for extent in [Extent::new(1200, 800), Extent::new(4800, 3200), Extent::new(9000, 4500)] {
        let photo = Raster::filled(Extent::new(1, 1), [0; 4]);
        let mut canvas =
            Canvas::new(&stage, Tiling::default(), photo).with_mask(MaskId::Choice(1), Mask::empty(extent));
        let rect = placed(extent, 1.0, [0.0, 0.0]);
        let draws = vec![Draw::Mask { id: MaskId::Choice(1), rect, look: GREEN }];
        canvas.draw(&stage, [400, 400], draws.clone());
        let mask = &mut canvas.masks[0].1;
        let (_, dirty) = Stroke::begin(mask, Brush::default(), StrokeMode::Add, Point::new(200.0, 200.0), 1.0);
        let before = canvas.renderer.uploaded_bytes();
        canvas.renderer.set_mask(MaskId::Choice(1), mask, Some(dirty));
        costs.push(canvas.renderer.uploaded_bytes() - before);
        let picture = canvas.draw(&stage, [400, 400], draws);
        let crossed = (0..400).filter(|x| picture.at(*x, 200)[1] > 100).count();
        assert_eq!(crossed, 2, "the dab is outlined on {extent}");
    }
    // Where there are tiles, the overview adds its share to the tile's.
    assert!(costs[1] <= costs[0] * 3 / 2 && costs[2] <= costs[1], "{costs:?}");
}
