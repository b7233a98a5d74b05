//! `edit`: what it does, what it reports, and what it leaves out.

use crate::desk::{BALL, Desk, REMOVE_BALL, in_ball, plan_of};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tie_studio::files::open_photo;

#[test]
fn edit_carries_out_the_instruction_and_reports_each_step() {
    let desk = Desk::new();
    let source = fs::read(desk.path("photo.png")).unwrap();
    let run = desk.run(&["edit", "photo.png", "remove the red ball", "-o", "out.png", "--report", "r.json"]);
    assert_eq!((run.code, run.out.as_str()), (0, ""), "{}", run.err);
    assert!(run.err.contains("step 1 remove red ball: done by exemplar"), "{}", run.err);
    assert_eq!(fs::read(desk.path("photo.png")).unwrap(), source, "the source is never written to");
    assert_eq!(desk.files(), ["out.png", "photo.png", "r.json"]);

    let (before, after) = (desk.pixels("photo.png"), desk.pixels("out.png"));
    let [r, g, _, _] = after.pixel(BALL.0 as u32, BALL.1 as u32);
    assert!(r.abs_diff(g) < 40, "the ball is still there: {r} {g}");
    let far = |x: u32, y: u32| !in_ball(x, y, 14);
    let kept = (0..70).all(|y| (0..110).all(|x| !far(x, y) || before.pixel(x, y) == after.pixel(x, y)));
    assert!(kept, "pixels far from the ball have changed");

    let report = desk.json("r.json");
    assert_eq!(report["version"], 1);
    assert_eq!(report["image"], serde_json::json!({"path": "photo.png", "width": 110, "height": 70}));
    for (field, value) in
        [("instruction", "remove the red ball"), ("planner", "rules"), ("locator", "eyes"), ("output", "out.png")]
    {
        assert_eq!(report[field], value, "{field}");
    }
    assert!(report["seconds"].as_f64().unwrap() > 0.0);
    let step = &report["steps"][0];
    for (field, value) in [("op", "remove"), ("target", "red ball"), ("state", "done"), ("engine", "exemplar")] {
        assert_eq!(step[field], value, "{field}");
    }
    assert_eq!((&step["id"], &step["message"]), (&Value::from(1), &Value::Null));
    assert!(step["confidence"].as_f64().unwrap() >= 0.5 && step["seconds"].as_f64().unwrap() >= 0.0);
    let area = step["mask_area"].as_u64().unwrap();
    assert!((400..900).contains(&area), "the ball has 530 pixels, the mask {area}");
    assert!((step["mask_fraction"].as_f64().unwrap() - area as f64 / 7700.0).abs() < 1e-3);
    assert!(step["pixels_changed"]["inside"].as_u64().unwrap() >= area / 2);
    assert_eq!(step["pixels_changed"]["outside"], 0);
}

#[test]
fn what_is_not_understood_is_named_although_the_rest_is_done() {
    let desk = Desk::new();
    let words = "remove the red ball. Greetings from Vienna!";
    let run = desk.run(&["edit", "photo.png", words, "-o", "out.png", "--report", "r.json"]);
    assert_eq!(run.code, 3, "{}", run.err);
    assert!(run.err.contains("not understood: “Greetings from Vienna”"), "{}", run.err);
    let report = desk.json("r.json");
    assert_eq!(report["not_understood"][0]["text"], "Greetings from Vienna");
    assert_eq!(report["steps"][0]["state"], "done");
}

#[test]
fn the_same_seed_gives_the_same_file_and_another_seed_another_one() {
    let desk = Desk::new();
    for (out, seed) in [("a.png", "5"), ("b.png", "5"), ("c.png", "6")] {
        let run = desk.run(&["edit", "photo.png", "remove the red ball", "--seed", seed, "-o", out]);
        assert_eq!(run.code, 0, "{}", run.err);
    }
    let read = |name: &str| fs::read(desk.path(name)).unwrap();
    assert!(read("a.png") == read("b.png") && read("a.png") != read("c.png"));
}

#[test]
fn a_step_without_an_engine_is_skipped_named_and_never_faked() {
    let desk = Desk::new();
    let run =
        desk.run(&["edit", "photo.png", "make the red ball blue and add a cat", "-o", "out.png", "--report", "r.json"]);
    assert_eq!(run.code, 3, "{}", run.err);
    let line = run.err.lines().find(|line| line.contains("cat")).unwrap();
    assert!(line.contains("needs a generative model"), "{line}");
    let report = desk.json("r.json");
    let states: Vec<&str> = report["steps"].as_array().unwrap().iter().map(|s| s["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["done", "needs-model"]);
    assert!(report["steps"][1]["engine"].is_null() && report["steps"][1]["pixels_changed"].is_null());
    let [r, _, b, _] = desk.pixels("out.png").pixel(BALL.0 as u32, BALL.1 as u32);
    assert!(b > r, "the ball is not blue: {r} {b}");

    let run = desk.run(&["edit", "photo.png", "add a cat", "-o", "copy.png"]);
    assert_eq!(run.code, 3);
    assert!(run.err.contains("unchanged copy"), "{}", run.err);
    assert_eq!(desk.pixels("copy.png"), desk.pixels("photo.png"));
}

#[test]
fn a_plan_file_does_what_the_instruction_it_came_from_does() {
    let desk = Desk::new();
    let instruction = "remove the red ball";
    assert_eq!(desk.run(&["plan", instruction, "-o", "plan.json"]).code, 0);
    assert_eq!(desk.run(&["edit", "photo.png", "--plan", "plan.json", "-o", "a.png", "--report", "r.json"]).code, 0);
    assert_eq!(desk.run(&["edit", "photo.png", instruction, "-o", "b.png"]).code, 0);
    assert_eq!(fs::read(desk.path("a.png")).unwrap(), fs::read(desk.path("b.png")).unwrap());
    assert_eq!(desk.json("r.json")["instruction"], instruction);
}

#[test]
fn a_step_whose_dependency_was_not_done_is_skipped() {
    let desk = Desk::new();
    let add = r#"{"id": 1, "op": "add", "target": "", "content": "a goat"}"#;
    let bell = r#"{"id": 2, "op": "recolor", "target": "red ball", "content": "blue", "depends_on": [1]}"#;
    desk.write("plan.json", plan_of(&format!("{add}, {bell}")));
    let run = desk.run(&["edit", "photo.png", "--plan", "plan.json", "-o", "out.png", "--report", "r.json"]);
    assert_eq!(run.code, 3, "{}", run.err);
    let step = &desk.json("r.json")["steps"][1];
    assert_eq!(step["state"], "skipped");
    assert!(step["message"].as_str().unwrap().contains("step 1"), "{step}");
    assert_eq!(desk.pixels("out.png"), desk.pixels("photo.png"));
}

#[test]
fn what_needs_no_earlier_result_is_looked_for_in_the_photograph_as_it_is() {
    let desk = Desk::new();
    let blue = r#"{"id": 1, "op": "recolor", "target": "red ball", "content": "blue"}"#;
    desk.write("plan.json", plan_of(&format!("{blue}, {}", REMOVE_BALL.replace("\"id\": 1", "\"id\": 2"))));
    let run = desk.run(&["edit", "photo.png", "--plan", "plan.json", "-o", "out.png", "--report", "r.json"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let steps = &desk.json("r.json")["steps"];
    assert_eq!(steps[0]["mask_area"], steps[1]["mask_area"]);
    assert!(steps.as_array().unwrap().iter().all(|step| step["pixels_changed"]["outside"] == 0), "{steps}");
}

#[test]
fn the_spoon_of_the_readme_goes_with_its_handle_and_only_the_cup_turns_blue() {
    let desk = Desk::new();
    let coffee = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/samples/coffee.png");
    let source = fs::read(coffee).unwrap();
    let instruction = "remove the spoon and turn the cup blue";
    let run = desk.run(&["edit", coffee, instruction, "-o", "out.png", "--report", "r.json"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let report = desk.json("r.json");
    let steps = report["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 2);
    for step in steps {
        assert!(step["state"] == "done" && step["verdict"]["passed"] != false, "{step}");
        assert_eq!(step["pixels_changed"]["outside"], 0, "{step}");
    }
    let (before, after) = (open_photo(Path::new(coffee)).unwrap().raster, desk.pixels("out.png"));
    // The cup's sides and handle, and none of what is beside it: saucer, shadow, coffee, table.
    let is_blue = |(x, y): (u32, u32)| matches!(after.pixel(x, y), [r, g, b, _] if b > r && b > g && b > 60);
    for at in [(300, 240), (220, 210), (378, 205), (215, 292), (290, 275)] {
        assert!(is_blue(at), "{at:?}: {:?}", after.pixel(at.0, at.1));
    }
    for at in [(120, 250), (240, 330), (430, 250), (290, 150), (290, 35), (520, 100)] {
        assert_eq!(after.pixel(at.0, at.1), before.pixel(at.0, at.1), "{at:?}");
    }
    // Bowl, neck, middle and end of the spoon.
    for at in [(365, 285), (383, 225), (398, 140), (411, 76)] {
        assert_ne!(after.pixel(at.0, at.1), before.pixel(at.0, at.1), "{at:?}");
    }
    assert_eq!(fs::read(coffee).unwrap(), source);
}
