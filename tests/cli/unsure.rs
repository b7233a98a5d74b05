//! `edit` where regions are unsure: nothing is changed on a guess, and a person says how to go on.

use crate::desk::{Desk, plan_of};
use serde_json::Value;
use std::fs;
use std::sync::Arc;
use tie_core::{Bounds, EditOp, Mask, MaskProposal, Raster, Recipe};
use tie_engine::{EngineError, InpaintRequest, Inpainter, JobCx, LocateRequest, Locator, Registry};

/// Answers each phrase with boxes and confidences, and what is pointed at with a small box around it, of which it is not sure.
struct Scripted(&'static [(&'static str, &'static [(Bounds, f32)])]);
impl Locator for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }
    fn locate(&self, request: LocateRequest<'_>, _: &JobCx<'_>) -> Result<Vec<MaskProposal>, EngineError> {
        let pointed = request.clicks.iter().find(|click| click.include);
        let around = pointed.map(|click| Bounds::new(click.at.x as i32 - 3, click.at.y as i32 - 3, 6, 6));
        let found = match request.bounds.or(around) {
            Some(bounds) => vec![(bounds, 0.2)],
            None => self
                .0
                .iter()
                .find(|(phrase, _)| *phrase == request.phrase)
                .map(|(_, found)| found.to_vec())
                .unwrap_or_default(),
        };
        let proposal = |(bounds, confidence)| {
            MaskProposal::new(Mask::rectangle(request.image.extent(), bounds), confidence, "scripted", "")
        };
        Ok(found.into_iter().map(proposal).collect())
    }
}

/// Paints grey, or breaks.
struct Painter {
    breaks: bool,
}
impl Inpainter for Painter {
    fn name(&self) -> &'static str {
        "painter"
    }
    fn is_random(&self, _: &Recipe) -> bool {
        false
    }
    fn can_do(&self, op: EditOp) -> bool {
        op != EditOp::Add
    }
    fn inpaint(&self, request: InpaintRequest<'_>, _: &JobCx<'_>) -> Result<Raster, EngineError> {
        if self.breaks {
            return Err(EngineError::Failed("The paint has dried.".to_owned()));
        }
        Ok(Raster::filled(request.image.extent(), GREY))
    }
}

const GREY: [u8; 4] = [9, 9, 9, 255];
const LEFT: Bounds = Bounds::new(5, 5, 20, 20);
const MIDDLE: Bounds = Bounds::new(45, 25, 20, 20);
const RIGHT: Bounds = Bounds::new(80, 40, 20, 20);
/// 62 % of the photograph.
const MOST: Bounds = Bounds::new(0, 0, 110, 44);

fn registry(answers: &'static [(&'static str, &'static [(Bounds, f32)])]) -> Registry {
    Registry::embedded().with_locator(Arc::new(Scripted(answers))).with_inpainter(Arc::new(Painter { breaks: false }))
}

fn step(id: u32, op: &str, target: &str, more: &str) -> String {
    format!(r#"{{"id": {id}, "op": "{op}", "target": "{target}", "content": "red"{more}}}"#)
}

const EDIT: [&str; 8] = ["edit", "@photo.png", "--plan", "@plan.json", "-o", "@out.png", "--report", "@r.json"];

/// Carries out the steps, with more arguments.
fn edit(desk: &Desk, registry: &Registry, steps: &[String], more: &[&str]) -> u8 {
    desk.write("plan.json", plan_of(&steps.join(",")));
    desk.run_with(registry, &[&EDIT[..], more].concat())
}

fn states(desk: &Desk) -> Vec<String> {
    let report = desk.json("r.json");
    let state = |step: &Value| step["state"].as_str().unwrap().to_owned();
    report["steps"].as_array().unwrap().iter().map(state).collect()
}

fn message(desk: &Desk, index: usize) -> String {
    desk.json("r.json")["steps"][index]["message"].as_str().unwrap_or_default().to_owned()
}

fn is_grey(desk: &Desk, place: Bounds) -> bool {
    desk.pixels("out.png").pixel(place.centre().x as u32, place.centre().y as u32) == GREY
}

#[test]
fn an_unsure_step_and_what_builds_on_it_are_left_out_and_the_rest_is_done() {
    let desk = Desk::new();
    let registry = registry(&[("spoon", &[(LEFT, 0.3)]), ("cup", &[(MIDDLE, 0.9)]), ("lid", &[(RIGHT, 0.9)])]);
    let steps = [
        step(1, "remove", "spoon", ""),
        step(2, "remove", "cup", ""),
        step(3, "remove", "lid", r#", "depends_on": [1]"#),
    ];
    assert_eq!(edit(&desk, &registry, &steps, &[]), 3);
    assert_eq!(states(&desk), ["unsure", "done", "skipped"]);
    assert!(!is_grey(&desk, LEFT) && is_grey(&desk, MIDDLE) && !is_grey(&desk, RIGHT));
    let report = desk.json("r.json");
    let doubt = &report["steps"][0]["doubt"];
    assert_eq!(doubt["reason"], "low-confidence");
    assert!((doubt["confidence"].as_f64().unwrap() - 0.3).abs() < 1e-6);
    assert!(report["steps"][1]["doubt"].is_null() && report["steps"][0]["pixels_changed"].is_null());
    assert!(report["steps"][0]["mask_area"].as_u64().unwrap() == 400, "what was found is told");
    let why = message(&desk, 0);
    for word in ["0.30", "spoon", "--masks DIR", "--point 1:x,y", "--box 1:", "--accept-unsure"] {
        assert!(why.contains(word), "\"{word}\" is missing in: {why}");
    }
    assert!(message(&desk, 2).contains("step 1"));
}

#[test]
fn what_is_unsure_is_done_if_that_is_accepted() {
    let desk = Desk::new();
    let registry = registry(&[("spoon", &[(LEFT, 0.3)]), ("lid", &[(RIGHT, 0.9)])]);
    let steps = [step(1, "remove", "spoon", ""), step(2, "remove", "lid", r#", "depends_on": [1]"#)];
    assert_eq!(edit(&desk, &registry, &steps, &["--accept-unsure"]), 3);
    assert_eq!(states(&desk), ["low-confidence", "done"]);
    assert!(is_grey(&desk, LEFT) && is_grey(&desk, RIGHT));
    assert_eq!(desk.json("r.json")["steps"][0]["doubt"]["reason"], "low-confidence");
    assert!(message(&desk, 0).contains("check the result"), "{}", message(&desk, 0));
}

#[test]
fn no_thing_is_changed_that_covers_most_of_the_photograph_however_sure_the_locator_is() {
    let desk = Desk::new();
    let registry = registry(&[("rocket", &[(MOST, 0.99)]), ("sky", &[(MOST, 0.99)])]);
    assert_eq!(edit(&desk, &registry, &[step(1, "remove", "rocket", "")], &[]), 3);
    assert_eq!(states(&desk), ["unsure"]);
    assert!(message(&desk, 0).contains("covers 63 % of the photo"), "{}", message(&desk, 0));
    assert_eq!(desk.json("r.json")["steps"][0]["doubt"]["reason"], "too-large");
    assert_eq!(desk.pixels("out.png"), desk.pixels("photo.png"));
    assert_eq!(edit(&desk, &registry, &[step(1, "remove", "sky", "")], &[]), 0, "a sky may be large");
}

#[test]
fn two_steps_do_not_take_one_region_for_two_things() {
    let desk = Desk::new();
    let registry = registry(&[("person", &[(LEFT, 0.9)]), ("car", &[(LEFT, 0.6)]), ("car's wheels", &[(LEFT, 0.6)])]);
    let [person, car] = [step(1, "remove", "person", ""), step(2, "recolor", "car", "")];
    assert_eq!(edit(&desk, &registry, &[person, car], &[]), 3);
    assert_eq!(states(&desk), ["done", "unsure"]);
    assert!(message(&desk, 1).contains("the one that step 1 takes for \"person\""), "{}", message(&desk, 1));
    let report = desk.json("r.json");
    assert_eq!(
        (&report["steps"][1]["doubt"]["reason"], &report["steps"][1]["doubt"]["step"]),
        (&"same-region".into(), &1.into())
    );

    // The surer one is done, also where it comes second.
    let [car, person] = [step(1, "recolor", "car", ""), step(2, "remove", "person", "")];
    assert_eq!(edit(&desk, &registry, &[car, person], &[]), 3);
    assert_eq!(states(&desk), ["unsure", "done"]);

    // What was done before a later step was looked for has its region.
    let [car, person] = [step(1, "recolor", "car", ""), step(2, "remove", "person", r#", "depends_on": [3]"#)];
    let first = step(3, "remove", "car's wheels", "");
    assert_eq!(edit(&desk, &registry, &[car, first, person], &[]), 3);
    assert_eq!(states(&desk), ["done", "done", "unsure"]);
}

#[test]
fn of_several_regions_that_fit_none_is_taken() {
    let desk = Desk::new();
    let registry = registry(&[("cup", &[(LEFT, 0.9), (RIGHT, 0.87)])]);
    assert_eq!(edit(&desk, &registry, &[step(1, "remove", "cup", "")], &["--masks", "@masks"]), 3);
    assert_eq!(states(&desk), ["unsure"]);
    let why = message(&desk, 0);
    assert!(why.contains("2 regions fit \"cup\"") && why.contains("1-remove-cup-A.png to 1-remove-cup-B.png"), "{why}");
    assert_eq!(desk.json("r.json")["steps"][0]["doubt"]["regions"], 2);
}

#[test]
fn a_person_points_at_what_is_meant() {
    let desk = Desk::new();
    let registry = registry(&[("spoon", &[(LEFT, 0.3)]), ("cup", &[(MIDDLE, 0.9)])]);
    let steps = [step(1, "remove", "spoon", ""), step(2, "remove", "cup", "")];
    let points = ["--point", "1:90,50", "--point", "1:10,10,-", "--box", "2:5,5,25,25"];
    assert_eq!(edit(&desk, &registry, &steps, &points), 0);
    assert_eq!(states(&desk), ["done", "done"]);
    assert!(is_grey(&desk, RIGHT) && is_grey(&desk, LEFT) && !is_grey(&desk, MIDDLE));
    assert_eq!(desk.json("r.json")["steps"][0]["mask_area"], 36);

    // Where there is one step, its number may be left out.
    assert_eq!(edit(&desk, &registry, &steps[..1], &["--box", "80,40,100,60"]), 0);
    assert!(is_grey(&desk, RIGHT));
}

#[test]
fn masks_are_saved_to_look_at_also_where_nothing_is_done() {
    let desk = Desk::new();
    let names = |desk: &Desk| {
        let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().to_string_lossy().into_owned();
        let mut names: Vec<String> = fs::read_dir(desk.path("looks/masks")).unwrap().map(name).collect();
        names.sort();
        names
    };
    let answers: &[(&str, &[(Bounds, f32)])] =
        &[("spoon", &[(LEFT, 0.3), (RIGHT, 0.28)]), ("cup", &[(MIDDLE, 0.9)]), ("lamp", &[])];
    let steps = [step(1, "remove", "spoon", ""), step(2, "remove", "cup", ""), step(3, "remove", "lamp", "")];
    let registry = registry(answers);
    assert_eq!(edit(&desk, &registry, &steps, &["--masks", "@looks/masks"]), 3);
    let found = ["1-remove-spoon-A.png", "1-remove-spoon-B.png", "2-remove-cup-A.png"];
    assert_eq!(names(&desk), [&found[..], &["2-remove-cup-used.png"]].concat());
    assert_eq!(desk.mask("looks/masks/1-remove-spoon-B.png").bounds(), RIGHT);
    assert_eq!(desk.mask("looks/masks/2-remove-cup-used.png").bounds(), MIDDLE);

    fs::remove_dir_all(desk.path("looks")).unwrap();
    let broken = registry.with_inpainter(Arc::new(Painter { breaks: true }));
    assert_eq!(edit(&desk, &broken, &steps, &["--masks", "@looks/masks"]), 4);
    assert_eq!(names(&desk), found);
}

#[test]
fn a_mask_of_the_plan_is_taken_instead_of_looking() {
    let desk = Desk::new();
    let registry = registry(&[("spoon", &[(LEFT, 0.3)])]);
    fs::create_dir(desk.path("plans")).unwrap();
    let inside = |x: u32, y: u32| RIGHT.contains(x as i32, y as i32);
    desk.write_mask("plans/mine.png", |x, y| u8::from(inside(x, y)) * 255);
    desk.write("plans/plan.json", plan_of(&step(1, "remove", "spoon", r#", "mask": "mine.png""#)));
    let edit = ["edit", "@photo.png", "--plan", "@plans/plan.json", "-o", "@out.png", "--report", "@r.json"];
    assert_eq!(desk.run_with(&registry, &edit), 0);
    assert!(is_grey(&desk, RIGHT) && !is_grey(&desk, LEFT));
    let report = desk.json("r.json");
    assert_eq!((&report["steps"][0]["source"], &report["steps"][0]["confidence"]), (&"file".into(), &1.0.into()));

    // It is an input, which nothing overwrites.
    let read = |name: &str| fs::read(desk.path(name)).unwrap();
    let before = read("plans/mine.png");
    let over = ["edit", "@photo.png", "--plan", "@plans/plan.json", "-o", "@plans/mine.png"];
    assert_eq!(desk.run_with(&registry, &over), 2);
    fs::rename(desk.path("plans/mine.png"), desk.path("plans/1-remove-spoon-A.png")).unwrap();
    desk.write("plans/plan.json", plan_of(&step(1, "remove", "spoon", r#", "mask": "1-remove-spoon-A.png""#)));
    assert_eq!(desk.run_with(&registry, &[&edit[..], &["--masks", "@plans"]].concat()), 2);
    assert_eq!(read("plans/1-remove-spoon-A.png"), before);
}

#[test]
fn what_is_to_stay_keeps_its_place_and_where_that_is_unsure_nothing_is_done() {
    let desk = Desk::new();
    let registry = registry(&[("sky", &[(MOST, 0.99)]), ("dog", &[(MIDDLE, 0.9)]), ("logo", &[(MIDDLE, 0.3)])]);
    let keeping = |thing: &str| step(1, "recolor", "sky", &format!(r#", "keep": ["everything else", "{thing}"]"#));
    assert_eq!(edit(&desk, &registry, &[keeping("the dog")], &[]), 0);
    assert!(is_grey(&desk, LEFT) && !is_grey(&desk, MIDDLE));

    assert_eq!(edit(&desk, &registry, &[keeping("logo")], &[]), 3);
    assert_eq!(states(&desk), ["unsure"]);
    assert!(message(&desk, 0).starts_with("\"logo\" is to stay"), "{}", message(&desk, 0));
    let doubt = &desk.json("r.json")["steps"][0]["doubt"];
    assert_eq!((&doubt["reason"], &doubt["keep"]), (&"may-take".into(), &1.into()));
    assert_eq!(desk.pixels("out.png"), desk.pixels("photo.png"));
    assert_eq!(edit(&desk, &registry, &[keeping("logo")], &["--box", "5,5,25,25"]), 0, "a person says where");
}
