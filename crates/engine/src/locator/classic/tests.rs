//! The locator as a whole, on scenes whose masks are known.

use super::Classic;
use crate::{Cancel, EngineError, JobCx, LocateRequest, Locator};
use proptest::prelude::*;
use std::sync::Arc;
use tie_core::{Bounds, Click, EditOp, Extent, Mask, MaskProposal, Point, Raster};

const EXTENT: Extent = Extent::new(240, 160);

#[derive(Clone, Copy)]
struct Disc {
    x: f32,
    y: f32,
    radius: f32,
    colour: [u8; 3],
}

impl Disc {
    fn covers(&self, x: u32, y: u32) -> bool {
        (x as f32 + 0.5 - self.x).hypot((y as f32 + 0.5 - self.y) * 1.2) < self.radius
    }

    fn mask(&self) -> Mask {
        Mask::from_fn(EXTENT, |x, y| 255 * u8::from(self.covers(x, y)))
    }

    fn bounds(&self) -> Bounds {
        self.mask().bounds()
    }
}

const RED: [u8; 3] = [196, 34, 38];
const BLUE: [u8; 3] = [36, 70, 190];
const DISCS: [Disc; 4] = [
    Disc { x: 45.0, y: 45.0, radius: 26.0, colour: RED },
    Disc { x: 190.0, y: 50.0, radius: 24.0, colour: RED },
    Disc { x: 60.0, y: 118.0, radius: 22.0, colour: BLUE },
    Disc { x: 180.0, y: 115.0, radius: 36.0, colour: BLUE },
];

/// Noise of up to ±12 that depends on the place alone.
fn grain(x: u32, y: u32) -> i32 {
    let hash = (x.wrapping_mul(73_856_093) ^ y.wrapping_mul(19_349_663)).wrapping_mul(2_654_435_761);
    (hash >> 24) as i32 % 25 - 12
}

/// Discs on a grainy ground with a soft slope of light.
fn scene() -> Arc<Raster> {
    Arc::new(Raster::from_fn(EXTENT, |x, y| {
        let ground = [150 + x as i32 / 8, 140 + y as i32 / 8, 120];
        let base = DISCS.iter().find(|disc| disc.covers(x, y)).map_or(ground, |disc| disc.colour.map(i32::from));
        let [r, g, b] = base.map(|c| (c + grain(x, y)).clamp(0, 255) as u8);
        [r, g, b, 255]
    }))
}

fn request<'a>(image: &'a Arc<Raster>, phrase: &'a str) -> LocateRequest<'a> {
    LocateRequest { image, phrase, location: None, op: EditOp::Recolor, clicks: &[], bounds: None, others: &[] }
}

fn locate(request: LocateRequest<'_>) -> Vec<MaskProposal> {
    Classic.locate(request, &JobCx::silent()).unwrap()
}

fn click(x: f32, y: f32, include: bool) -> Click {
    Click { at: Point::new(x, y), include }
}

#[test]
fn colour_and_place_single_out_one_disc() {
    let image = scene();
    for (phrase, disc) in [
        ("red ball on the left", DISCS[0]),
        ("the red thing on the right", DISCS[1]),
        ("left blue disc", DISCS[2]),
        ("blue ball at the bottom right", DISCS[3]),
        ("largest blue ball", DISCS[3]),
        ("second red ball from the left", DISCS[1]),
        ("first red ball from the right", DISCS[1]),
    ] {
        let found = locate(request(&image, phrase));
        let iou = found[0].mask.iou(&disc.mask());
        assert!(iou > 0.9, "{phrase:?}: IoU {iou}, {:?} for {}", found[0].mask.bounds(), found[0].reason);
        assert!(found[0].confidence >= 0.5, "{phrase:?}: confidence {}", found[0].confidence);
    }
}

#[test]
fn everything_but_a_thing_is_what_lies_around_it() {
    let image = scene();
    let of = |phrase| locate(request(&image, phrase)).swap_remove(0);
    let (disc, rest) = (of("red thing on the left"), of("everything except for the red thing on the left"));
    let mut around = (*disc.mask).clone();
    around.invert();
    assert_eq!(*rest.mask, around);
    assert_eq!(rest.confidence, disc.confidence);
}

#[test]
fn an_ambiguous_colour_gives_both_and_a_plural_joins_them() {
    let image = scene();
    let found = locate(request(&image, "red ball"));
    assert!(found.len() >= 2, "{} proposals", found.len());
    assert!(found[0].reason.contains("regions match"), "{}", found[0].reason);
    let mut both = DISCS[0].mask();
    both.union(&DISCS[1].mask());
    let all = locate(request(&image, "red balls"));
    assert!(all[0].mask.iou(&both) > 0.9, "IoU {}", all[0].mask.iou(&both));
}

#[test]
fn a_colour_that_is_not_there_is_not_found() {
    assert!(locate(request(&scene(), "purple teapot")).is_empty());
}

#[test]
fn an_unknown_noun_is_never_certain_and_said_to_be_a_guess() {
    for found in locate(request(&scene(), "teapot")) {
        assert!(found.is_low_confidence(), "confidence {}", found.confidence);
        assert!(found.reason.contains("a guess"), "{}", found.reason);
    }
}

#[test]
fn no_words_or_words_for_the_picture_select_all_of_it() {
    let image = scene();
    for phrase in ["", "the whole image", "photo"] {
        let found = locate(request(&image, phrase));
        assert_eq!((found[0].mask.area(), found[0].confidence), (EXTENT.area(), 1.0), "{phrase:?}");
    }
}

#[test]
fn a_box_gives_the_disc_in_it() {
    let image = scene();
    for disc in DISCS {
        let found = locate(LocateRequest { bounds: Some(disc.bounds().grow(3)), ..request(&image, "") });
        let iou = found[0].mask.iou(&disc.mask());
        assert!(iou > 0.9, "IoU {iou}");
    }
}

#[test]
fn one_click_gives_the_disc_and_excluding_takes_a_part_away() {
    let image = scene();
    for disc in DISCS {
        let clicks = [click(disc.x, disc.y, true)];
        let found = locate(LocateRequest { clicks: &clicks, ..request(&image, "") });
        let iou = found[0].mask.iou(&disc.mask());
        assert!(iou > 0.9, "IoU {iou}");
    }
    let clicks = [click(45.0, 45.0, true), click(190.0, 50.0, true), click(120.0, 50.0, false)];
    let found = locate(LocateRequest { clicks: &clicks, ..request(&image, "") });
    let mask = &found[0].mask;
    assert_eq!((mask.at(45, 45), mask.at(190, 50), mask.at(120, 50)), (255, 255, 0));
}

#[test]
fn one_click_gives_a_small_disc_in_a_large_photograph() {
    let extent = Extent::new(3000, 2000);
    let disc = |x: u32, y: u32| (x as f32 - 1200.0).hypot(y as f32 - 660.0) < 40.0;
    let image = Raster::from_fn(extent, |x, y| {
        let noise = grain(x, y).unsigned_abs() as u8;
        if disc(x, y) { [180, 40 + noise, 40, 255] } else { [130 + noise, 125, 110 + noise, 255] }
    });
    let found = locate(LocateRequest { clicks: &[click(1200.0, 660.0, true)], ..request(&Arc::new(image), "") });
    let iou = found[0].mask.iou(&Mask::from_fn(extent, |x, y| 255 * u8::from(disc(x, y))));
    assert!(iou > 0.9, "IoU {iou}");
}

#[test]
fn a_click_outside_is_refused_with_the_point_and_the_size() {
    let image = scene();
    let clicks = [click(500.0, 3.0, true)];
    let error = Classic.locate(LocateRequest { clicks: &clicks, ..request(&image, "") }, &JobCx::silent()).unwrap_err();
    assert!(
        matches!(&error, EngineError::Unsuitable(text) if text.contains("500,3") && text.contains("240×160")),
        "{error}"
    );
}

#[test]
fn something_new_gets_a_place_where_the_words_say() {
    let image = scene();
    let add = LocateRequest { op: EditOp::Add, location: Some("in the top right corner"), ..request(&image, "cat") };
    let centre = locate(add)[0].mask.centroid().unwrap();
    assert!(centre.x > 140.0 && centre.y < 80.0, "{centre:?}");
    let nowhere = locate(LocateRequest { location: None, ..add });
    assert!(nowhere[0].is_low_confidence() && !nowhere[0].mask.is_empty());
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let image = scene();
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| locate(request(&image, "red ball on the left")))
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn a_cancelled_job_ends_as_cancelled() {
    let cancel = Cancel::default();
    cancel.cancel();
    let cx = JobCx::new(cancel, &|_| {});
    assert_eq!(Classic.locate(request(&scene(), "red ball"), &cx), Err(EngineError::Cancelled));
}

#[test]
fn images_without_anything_in_them_do_no_harm() {
    let extents = [Extent::new(1, 1), Extent::new(1, 4000), Extent::new(4000, 1), Extent::new(64, 48)];
    for (extent, colour) in extents.into_iter().flat_map(|e| [(e, [90, 90, 90, 255]), (e, [0; 4])]) {
        let image = Arc::new(Raster::filled(extent, colour));
        let clicks = [click(0.5, 0.5, true)];
        for phrase in ["cup", "sky", "background", "eyes", "red"] {
            locate(request(&image, phrase));
        }
        locate(LocateRequest { clicks: &clicks, ..request(&image, "") });
        locate(LocateRequest { bounds: Some(Bounds::new(-5, -5, 9, 4500)), ..request(&image, "") });
        locate(LocateRequest { bounds: Some(Bounds::new(9999, 0, 5, 5)), ..request(&image, "") });
        locate(LocateRequest { op: EditOp::Add, ..request(&image, "cat") });
    }
    assert!(locate(request(&Arc::new(Raster::filled(Extent::new(0, 7), [0; 4])), "cup")).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_words_on_any_pixels_give_masks_of_the_images_extent(
        phrase in prop_oneof![
            "\\PC{0,24}",
            proptest::sample::subsequence(vec!["second", "red", "left", "small", "cups", "spoon", "of", "background", "from", "right"], 0..8)
                .prop_map(|words| words.join(" ")),
        ],
        location in proptest::option::of("(on|left|next to) (the )?(cup|left|image)?"),
        (width, height) in (1_u32..40, 1_u32..40),
        seed in any::<u32>(),
        op in proptest::sample::select(vec![EditOp::Add, EditOp::Remove]),
        clicked in any::<bool>(),
    ) {
        let extent = Extent::new(width, height);
        let image = Raster::from_fn(extent, |x, y| {
            let hash = (x / 3).wrapping_mul(73_856_093) ^ (y / 3).wrapping_mul(19_349_663) ^ seed;
            hash.wrapping_mul(2_654_435_761).to_le_bytes()
        });
        let clicks = [click(width as f32 / 2.0, height as f32 / 2.0, true)];
        let clicks = if clicked { &clicks[..] } else { &[] };
        let found = locate(LocateRequest { op, location: location.as_deref(), clicks, ..request(&Arc::new(image), &phrase) });
        for proposal in found {
            prop_assert_eq!(proposal.mask.extent(), extent);
            prop_assert!((0.0..=1.0).contains(&proposal.confidence), "{}", proposal.confidence);
            prop_assert!(!proposal.reason.is_empty());
        }
    }

    #[test]
    fn clicks_are_obeyed_on_any_pixels(
        (width, height) in (8_u32..60, 8_u32..60),
        seed in any::<u32>(),
        block in 1_u32..12,
        // Cells of a grid of six by six, so that two clicks never mean the same place.
        cells in proptest::collection::btree_map(0_u32..36, any::<bool>(), 1..6),
    ) {
        let extent = Extent::new(width, height);
        let image = Raster::from_fn(extent, |x, y| {
            let hash = (x / block).wrapping_mul(73_856_093) ^ (y / block).wrapping_mul(19_349_663) ^ seed;
            let [r, g, b, _] = hash.wrapping_mul(2_654_435_761).to_le_bytes();
            [r, g, b, 255]
        });
        let at = |cell: u32| {
            Point::new((cell % 6) as f32 * width as f32 / 6.0 + 0.5, (cell / 6) as f32 * height as f32 / 6.0 + 0.5)
        };
        let mut clicks: Vec<Click> = cells.iter().map(|(cell, include)| Click { at: at(*cell), include: *include }).collect();
        clicks[0].include = true;
        let found = locate(LocateRequest { clicks: &clicks, ..request(&Arc::new(image), "") });
        prop_assert!(!found.is_empty());
        for click in &clicks {
            let inside = found[0].mask.at(click.at.x as u32, click.at.y as u32) > 127;
            prop_assert_eq!(inside, click.include, "{:?} of {:?} in {}", click, clicks, extent);
        }
    }
}
