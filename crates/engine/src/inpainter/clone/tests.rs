use super::*;
use crate::pipeline::Run;
use crate::{Cancel, pipeline};
use tie_core::BlendSettings;

const EXTENT: Extent = Extent::new(160, 120);
const THING: Bounds = Bounds::new(30, 40, 24, 30);

fn recipe(placement: Option<Placement>) -> Recipe {
    Recipe { seed: 3, blend: BlendSettings::default(), ..Recipe::new("clone", Method::Clone(placement)) }
}

/// A red thing on a ground that is green on the left and blue on the right, with some grain.
fn scene() -> Raster {
    Raster::from_fn(EXTENT, |x, y| {
        let grain = ((x * 7 + y * 13) ^ (x * y)) % 9;
        let [r, g, b] = match (THING.contains(x as i32, y as i32), x < 90) {
            (true, _) => [210, 20, 20],
            (_, true) => [40, 150, 40],
            _ => [30, 40, 160],
        };
        [r + grain as u8, g + grain as u8, b + grain as u8, 255]
    })
}

fn result(image: &Raster, selection: &Mask, placement: Placement, cx: &JobCx<'_>) -> Result<Raster, EngineError> {
    let candidates = pipeline::inpaint(&Cloner::default(), Run::new(image, selection, &recipe(Some(placement))), cx)?;
    let mut result = image.clone();
    let one = &candidates[0];
    tie_core::compose::blend_patch(&mut result, &one.patch, &one.blend, one.bounds);
    Ok(result)
}

fn is_red([r, g, b, _]: [u8; 4]) -> bool {
    r > 180 && g < 60 && b < 60
}

#[test]
fn a_moved_thing_is_gone_from_its_place_and_keeps_its_colours_at_the_other() {
    let image = scene();
    let selection = Mask::rectangle(EXTENT, THING);
    let moved = result(&image, &selection, Placement::moved(Offset::new(80, 10)), &JobCx::silent()).unwrap();
    for y in THING.y..THING.bottom() {
        for x in THING.x..THING.right() {
            assert!(!is_red(moved.pixel(x as u32, y as u32)), "still red at {x}, {y}");
        }
    }
    // On blue instead of green: inside its edge not one byte of the thing is tinted.
    for y in THING.y + 3..THING.bottom() - 3 {
        for x in THING.x + 3..THING.right() - 3 {
            let (from, to) = (image.pixel(x as u32, y as u32), moved.pixel(x as u32 + 80, y as u32 + 10));
            assert_eq!(from, to, "at {x}, {y}");
        }
    }
    for (x, y) in [(THING.x - 2, THING.y), (THING.right() + 1, THING.bottom())] {
        let [r, g, ..] = moved.pixel((x + 80) as u32, (y + 10) as u32);
        assert!(r < 80 && g < 80, "a fringe of green or red at {x}, {y}");
    }
}

#[test]
fn copies_leave_the_thing_and_all_the_rest_alone() {
    let image = scene();
    let selection = Mask::rectangle(EXTENT, THING);
    let offsets = vec![Offset::new(40, 0), Offset::new(80, -20)];
    let placement = Placement { offsets, scale: 0.5, keeps_original: true };
    let copied = result(&image, &selection, placement.clone(), &JobCx::silent()).unwrap();
    for offset in &placement.offsets {
        let middle = placement.target(THING, *offset).centre();
        assert!(is_red(copied.pixel(middle.x as u32, middle.y as u32)), "no copy at {middle:?}");
    }
    assert_eq!(image.crop(THING), copied.crop(THING));
    let red = |image: &Raster| image.pixels().iter().filter(|pixel| is_red(**pixel)).count();
    let more = red(&copied) - red(&image);
    assert!((300..=420).contains(&more), "two copies of a quarter of 720 pixels, not {more}");
}

#[test]
fn a_place_outside_the_image_is_brought_back_into_it() {
    let image = scene();
    let selection = Mask::rectangle(EXTENT, THING);
    let moved = result(&image, &selection, Placement::moved(Offset::new(900, 900)), &JobCx::silent()).unwrap();
    assert!(is_red(moved.pixel(150, 110)) && is_red(moved.pixel(138, 92)));
}

#[test]
fn copies_are_made_once_and_moves_as_often_as_their_hole_is_filled_differently() {
    let (image, selection) = (scene(), Mask::rectangle(EXTENT, THING));
    let candidates = |keeps_original| {
        let placement = Placement { keeps_original, ..Placement::moved(Offset::new(80, 10)) };
        let recipe = Recipe { candidates: 2, ..recipe(Some(placement)) };
        pipeline::inpaint(&Cloner::default(), Run::new(&image, &selection, &recipe), &JobCx::silent())
            .map(|made| made.len())
    };
    assert_eq!((candidates(true), candidates(false)), (Ok(1), Ok(2)));
}

#[test]
fn the_region_is_the_old_place_and_the_new_one() {
    let selection = Mask::rectangle(EXTENT, THING);
    let region = |keeps_original| {
        let placement = Placement { keeps_original, ..Placement::moved(Offset::new(80, 10)) };
        Cloner::default().region(&selection, &recipe(Some(placement))).into_owned()
    };
    let (moved, copied) = (region(false), region(true));
    assert_eq!((moved.at(40, 50), copied.at(40, 50)), (255, 0));
    assert_eq!((moved.at(120, 60), copied.at(120, 60)), (255, 255));
    assert_eq!((moved.at(80, 20), copied.at(150, 20)), (0, 0));
    assert_eq!(*Cloner::default().region(&selection, &recipe(None)), selection);
}

#[test]
fn a_copy_on_like_ground_brings_its_soft_shadow_along() {
    // A dark disc whose shadow fades into an even ground over some pixels.
    let at = |x: u32, y: u32| (x as f32 - 45.0).hypot(y as f32 - 60.0);
    let shade = |x: u32, y: u32| 200 - ((26.0 - at(x, y)).clamp(0.0, 10.0) * 6.0) as u8;
    let image = Raster::from_fn(EXTENT, |x, y| {
        if at(x, y) < 16.0 { [180, 20, 20, 255] } else { [shade(x, y), shade(x, y), shade(x, y), 255] }
    });
    let selection = Mask::from_fn(EXTENT, |x, y| if at(x, y) < 16.0 { 255 } else { 0 });
    let placement = Placement { keeps_original: true, ..Placement::moved(Offset::new(60, 0)) };
    let copied = result(&image, &selection, placement, &JobCx::silent()).unwrap();
    let beside = copied.pixel(45 + 60, 60 + 17)[1];
    assert!(beside < 185, "no shadow beside the copy: {beside}");
    assert_eq!(copied.pixel(105, 60), image.pixel(45, 60), "the thing itself is not shaded");
}

#[test]
fn without_a_place_it_is_refused_in_one_sentence() {
    let image = scene();
    let selection = Mask::rectangle(EXTENT, THING);
    for placement in [None, Some(Placement { offsets: Vec::new(), ..Placement::moved(Offset::default()) })] {
        let recipe = recipe(placement);
        let answer = pipeline::inpaint(&Cloner::default(), Run::new(&image, &selection, &recipe), &JobCx::silent());
        assert!(
            matches!(answer, Err(EngineError::Unsuitable(sentence)) if sentence.starts_with("The instruction doesn't say where"))
        );
    }
}

#[test]
fn it_is_the_same_on_any_number_of_threads() {
    let image = scene();
    let selection = Mask::rectangle(EXTENT, THING);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| result(&image, &selection, Placement::moved(Offset::new(33, -7)), &JobCx::silent()).unwrap())
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn a_cancelled_job_ends_with_that_answer() {
    let image = scene();
    let selection = Mask::rectangle(EXTENT, THING);
    let cancel = Cancel::default();
    let report = |_: crate::Report| cancel.cancel();
    let cx = JobCx::new(cancel.clone(), &report);
    let answer = result(&image, &selection, Placement::moved(Offset::new(60, 0)), &cx);
    assert_eq!(answer, Err(EngineError::Cancelled));
}

#[test]
fn degenerate_masks_and_images_are_moved_without_a_panic() {
    for (w, h) in [(1, 1), (1, 50), (50, 1), (7, 9)] {
        let extent = Extent::new(w, h);
        let image = Raster::from_fn(extent, |x, y| [(x * 3) as u8, (y * 5) as u8, 90, 255]);
        for mask in [Mask::full(extent), Mask::rectangle(extent, Bounds::new(0, 0, 1, 1))] {
            for scale in [0.1, 1.0, 4.0] {
                let offsets = vec![Offset::new(2, 1), Offset::new(i32::MAX, i32::MIN)];
                let placement = Placement { offsets, scale, keeps_original: scale > 1.0 };
                match result(&image, &mask, placement, &JobCx::silent()) {
                    Ok(_) | Err(EngineError::Unsuitable(_)) => {}
                    Err(error) => panic!("{extent}: {error}"),
                }
            }
        }
    }
}
