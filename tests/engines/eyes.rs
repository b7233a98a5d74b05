//! What the locator `eyes` finds in the sample photographs.

use std::path::Path;
use std::sync::Arc;
use tie_core::compose::ChangedPixels;
use tie_core::{
    Bounds, Candidate, Click, EditOp, Extent, Mask, MaskProposal, Method, OtherTarget, Point, Prompt, Raster, Recipe,
    SubTask, Verdict,
};
use tie_engine::locator::eyes::Eyes;
use tie_engine::{JobCx, LocateRequest, Locator as _, locate_without, second_look};
use tie_studio::files::open_photo;

fn sample(name: &str) -> Arc<Raster> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples");
    Arc::new(open_photo(&folder.join(name)).unwrap().raster)
}

fn request<'a>(image: &'a Arc<Raster>, phrase: &'a str) -> LocateRequest<'a> {
    LocateRequest { image, phrase, location: None, op: EditOp::Recolor, clicks: &[], bounds: None, others: &[] }
}

fn find(image: &Arc<Raster>, phrase: &str) -> Vec<MaskProposal> {
    Eyes::default().locate(request(image, phrase), &JobCx::silent()).unwrap()
}

#[track_caller]
fn check(found: &MaskProposal, inside: &[(u32, u32)], outside: &[(u32, u32)]) {
    for &(x, y) in inside {
        assert!(found.mask.at(x, y) > 127, "{x},{y} is missing");
    }
    for &(x, y) in outside {
        assert!(found.mask.at(x, y) < 128, "{x},{y} does not belong to it");
    }
}

#[test]
fn a_person_is_found_with_her_hair_and_without_the_flag() {
    let image = sample("astronaut.png");
    for phrase in ["person", "woman", "astronaut"] {
        let found = find(&image, phrase);
        assert!(found[0].confidence >= 0.5, "{phrase}: {}", found[0].confidence);
        check(&found[0], &[(220, 60), (225, 110), (150, 400)], &[(20, 100), (360, 100), (450, 200)]);
    }
}

#[test]
fn what_is_to_stay_is_left_out_of_the_whole_photograph() {
    let image = sample("astronaut.png");
    let task = SubTask { keep: vec!["the person".to_owned()], ..SubTask::new(1, EditOp::Adjust, "") };
    let found = locate_without(&Eyes::default(), request(&image, ""), &task.kept(), &JobCx::silent()).unwrap();
    check(&found[0], &[(20, 100), (360, 100), (450, 200)], &[(220, 60), (225, 110), (150, 400)]);
    assert_eq!(found[0].may_take, None);
}

/// The astronaut and, beside her, her mirror image.
fn two_people() -> Arc<Raster> {
    const WIDTH: u32 = 270;
    let one = sample("astronaut.png").crop(Bounds::new(80, 0, WIDTH, 512));
    let mut both = Raster::filled(Extent::new(2 * WIDTH, 512), [0, 0, 0, 255]);
    both.paste(&one, 0, 0);
    let mut mirrored = one;
    for row in mirrored.pixels_mut().chunks_exact_mut(WIDTH as usize) {
        row.reverse();
    }
    both.paste(&mirrored, WIDTH as i32, 0);
    Arc::new(both)
}

#[test]
fn the_other_people_are_those_who_are_not_meant() {
    let image = two_people();
    let left = LocateRequest { location: Some("on the left"), ..request(&image, "person") };
    for keep in ["the other person", "other people", "the rest of the people"] {
        let task = SubTask { keep: vec![keep.to_owned()], ..SubTask::new(1, EditOp::Remove, "person") };
        let found = locate_without(&Eyes::default(), left, &task.kept(), &JobCx::silent()).unwrap();
        check(&found[0], &[(140, 60), (80, 400)], &[(400, 60), (460, 400), (300, 480)]);
        assert_eq!(found[0].may_take, None, "{keep}");
    }
    let others = [OtherTarget { phrase: "person".to_owned(), location: Some("on the right".to_owned()) }];
    let others = LocateRequest { others: &others, ..request(&image, "other people") };
    let found = Eyes::default().locate(others, &JobCx::silent()).unwrap();
    check(&found[0], &[(140, 60), (80, 400)], &[(400, 60), (460, 400)]);
}

#[test]
fn a_young_one_is_known_by_its_size() {
    let image = two_people();
    for (phrase, is_sure) in [("person on the left", true), ("child on the left", false)] {
        let found = find(&image, phrase);
        assert_eq!(found[0].is_low_confidence(), !is_sure, "{phrase}: {}", found[0].confidence);
    }
}

#[test]
fn hair_and_clothes_are_told_from_the_face() {
    let image = sample("astronaut.png");
    check(&find(&image, "her hair")[0], &[(220, 40), (160, 90)], &[(225, 120), (150, 400)]);
    check(&find(&image, "suit")[0], &[(100, 350), (200, 300)], &[(225, 110), (220, 40), (20, 100)]);
    check(&find(&image, "face")[0], &[(225, 110)], &[(220, 30), (150, 400)]);
}

#[test]
fn a_long_thing_is_found_from_end_to_end_and_not_as_a_part_of_what_it_lies_against() {
    let image = sample("coffee.png");
    let (bowl, neck, end) = ((365, 285), (383, 225), (411, 76));
    let spoon = find(&image, "spoon");
    assert!(spoon[0].confidence >= 0.5, "{}", spoon[0].confidence);
    check(&spoon[0], &[bowl, neck, (401, 142), end], &[(380, 60), (300, 100), (300, 240), (430, 250)]);
    let others = ["spoon"].map(|phrase| OtherTarget { phrase: phrase.to_owned(), location: None });
    let request = LocateRequest { others: &others, ..request(&image, "cup") };
    let cup = Eyes::default().locate(request, &JobCx::silent()).unwrap();
    check(&cup[0], &[(300, 150), (300, 240), (225, 260)], &[bowl, neck, end, (240, 330), (120, 250)]);
}

#[test]
fn the_background_is_what_no_known_thing_covers() {
    let image = sample("astronaut.png");
    check(&find(&image, "background")[0], &[(20, 60), (300, 60)], &[(225, 110), (150, 400)]);
    let cat = sample("chelsea.png");
    check(&find(&cat, "cat")[0], &[(200, 200), (120, 100)], &[]);
}

#[test]
fn a_click_on_a_known_thing_selects_it() {
    let image = sample("astronaut.png");
    let click = |x, y| Click { at: Point::new(x, y), include: true };
    let clicks = [click(225.0, 110.0)];
    let found =
        Eyes::default().locate(LocateRequest { clicks: &clicks, ..request(&image, "") }, &JobCx::silent()).unwrap();
    check(&found[0], &[(225, 110), (150, 400)], &[(360, 100)]);
}

#[test]
fn a_box_is_of_what_it_is_drawn_around() {
    let boxed = |image: &Arc<Raster>, bounds| {
        let request = LocateRequest { bounds: Some(bounds), ..request(image, "") };
        Eyes::default().locate(request, &JobCx::silent()).unwrap().remove(0)
    };
    let astronaut = sample("astronaut.png");
    for (phrase, inside, outside) in [("face", (225, 120), (225, 30)), ("her hair", (220, 40), (225, 120))] {
        let known = find(&astronaut, phrase).remove(0).mask;
        let found = boxed(&astronaut, known.bounds());
        check(&found, &[inside], &[outside]);
        assert!(found.mask.iou(&known) > 0.8, "{phrase}: {}", found.mask.iou(&known));
    }
    // An area fills its box: the outline network alone leaves out the wood at the top.
    let wood = boxed(&sample("coffee.png"), Bounds::new(0, 280, 140, 120));
    check(&wood, &[(10, 300), (60, 300), (30, 340), (60, 380)], &[(130, 300), (60, 260)]);
}

#[test]
fn what_is_not_there_is_no_sure_answer() {
    let image = sample("coffee.png");
    for phrase in ["elephant", "traffic light", "the man in the red shirt", "le chat noir", "her left eye"] {
        let sure = find(&image, phrase).first().map_or(0.0, |found| found.confidence);
        assert!(sure < 0.5, "{phrase}: {sure}");
    }
}

#[test]
fn odd_photographs_and_phrases_end_in_an_answer() {
    let extents = [(1, 1), (3, 400), (64, 64), (400, 2)];
    for (width, height) in extents {
        let blank = Arc::new(Raster::filled(Extent::new(width, height), [128, 128, 128, 255]));
        let clear = Arc::new(Raster::filled(Extent::new(width, height), [0; 4]));
        for image in [&blank, &clear] {
            for phrase in ["person", "cups", "background", "hair", "red dress", "second car from the left", ""] {
                for found in find(image, phrase) {
                    assert_eq!(found.mask.extent(), image.extent());
                    assert!(found.confidence.is_finite());
                }
            }
            let bounds = Some(Bounds::new(0, 0, width, height));
            let found = Eyes::default().locate(LocateRequest { bounds, ..request(image, "") }, &JobCx::silent());
            assert!(found.is_ok());
        }
    }
    let long = "red cup next to the ".repeat(500);
    assert!(find(&sample("coffee.png"), &long).iter().all(|found| found.confidence.is_finite()));
}

#[test]
fn what_a_click_would_select_is_known_where_something_is_seen() {
    let (image, eyes) = (sample("astronaut.png"), Eyes::default());
    let under = |x, y| eyes.under(&image, Point::new(x, y), &JobCx::silent()).unwrap();
    assert!(under(225.0, 110.0).is_some_and(|found| found.mask.at(150, 400) > 127));
    assert!(under(330.0, 60.0).is_none(), "the backdrop is nothing");
}

/// What a second look says of a result that shows these pixels, asked for in a box.
fn judged(task: &SubTask, image: &Raster, asked: Bounds, pixels: &Raster) -> Option<Verdict> {
    let bounds = Bounds::from(image.extent());
    let candidate = Candidate {
        bounds,
        patch: pixels.crop(bounds),
        blend: Mask::full(bounds.extent()),
        changed: ChangedPixels::default(),
        seam: None,
        verdict: None,
        recipe: Recipe::new("any", Method::Fill),
        prompt: Prompt::default(),
    };
    second_look(task, image, &Mask::rectangle(image.extent(), asked), &candidate, &JobCx::silent()).unwrap()
}

#[test]
fn a_second_look_sees_whether_a_thing_is_gone_or_there() {
    let image = sample("coffee.png");
    let (cup, empty) = (Bounds::new(165, 15, 255, 295), Raster::filled(image.extent(), [130, 70, 40, 255]));
    let remove = SubTask::new(1, EditOp::Remove, "cup");
    assert!(judged(&remove, &image, cup, &empty).unwrap().passed);
    assert!(!judged(&remove, &image, cup, &image).unwrap().passed, "nothing was changed");
    let add = SubTask::new(1, EditOp::Add, "").becomes("a cup");
    assert!(judged(&add, &empty, cup, &image).unwrap().passed);
    assert!(!judged(&add, &empty, cup, &empty).unwrap().passed);
    let cup_stays = SubTask { keep: vec!["the cup".to_owned()], ..SubTask::new(1, EditOp::Remove, "spoon") };
    let beside = Bounds::new(430, 100, 100, 200);
    let lost = judged(&cup_stays, &image, beside, &empty).unwrap();
    assert!(!lost.passed && lost.reason.contains("“cup” was meant to stay"), "{lost:?}");
    assert!(judged(&cup_stays, &image, beside, &image).is_none_or(|verdict| !verdict.reason.contains("stay")));
    let unknown = SubTask::new(1, EditOp::Remove, "wobbly thing");
    assert_eq!(judged(&unknown, &image, cup, &empty), None, "nobody can tell");
}
