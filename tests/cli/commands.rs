//! `plan`, `locate`, `inpaint`, `doctor`, help, and the editor where there is no desktop.

use crate::desk::{BALL, Desk, in_ball, program};
use crate::engines::registry;
use image::{GrayImage, Luma, Rgb, RgbImage};
use serde_json::Value;
use std::fs;
use tie_core::{Bounds, EditOp, Mask, Raster, SubTask};

#[test]
fn plan_writes_a_plan_file_and_nothing_else_to_standard_output() {
    let desk = Desk::new();
    let run = desk.run(&["plan", "remove the spoon and turn the cup blue", "--image", "photo.png"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let plan = tie_core::Plan::from_json(&run.out).unwrap();
    let ops: Vec<EditOp> = plan.steps.iter().map(SubTask::op).collect();
    assert_eq!(ops, [EditOp::Remove, EditOp::Recolor]);
}

#[test]
fn words_that_are_in_no_step_are_named_and_the_plan_is_in_part() {
    let desk = Desk::new();
    let run = desk.run(&["plan", "remove the spoon. Greetings from Vienna!"]);
    assert_eq!(run.code, 3);
    assert_eq!(run.err.lines().count(), 1, "{}", run.err);
    assert!(run.err.starts_with("not understood: “Greetings from Vienna”; rephrase it"), "{}", run.err);
    let plan = tie_core::Plan::from_json(&run.out).unwrap();
    let passage = &plan.not_understood[0];
    assert_eq!((plan.steps.len(), passage.start, passage.end), (1, 18, 39));

    desk.write("in.jsonl", "{\"id\": 7, \"instruction\": \"remove the spoon. Greetings from Vienna!\"}\n");
    let run = desk.run(&["plan", "--batch", "in.jsonl", "-o", "out.jsonl"]);
    assert_eq!(run.code, 3);
    assert!(run.err.starts_with("7: not understood: “Greetings from Vienna”"), "{}", run.err);
    let answer: Value = serde_json::from_str(&fs::read_to_string(desk.path("out.jsonl")).unwrap()).unwrap();
    assert_eq!(answer["plan"]["not_understood"][0]["text"], "Greetings from Vienna");
}

#[test]
fn a_batch_answers_every_line_with_its_id() {
    let desk = Desk::new();
    let lines = [
        r#"{"id": "a-1", "instruction": "remove the spoon"}"#,
        "",
        r#"{"id": 20, "instruction": "turn the cup blue", "image": "ignored.png"}"#,
    ];
    desk.write("in.jsonl", lines.join("\n"));
    let run = desk.run(&["plan", "--batch", "in.jsonl", "-o", "out.jsonl"]);
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (0, "", ""));
    let text = fs::read_to_string(desk.path("out.jsonl")).unwrap();
    let answers: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&answers[0]["id"], &answers[1]["id"], answers.len()), (&"a-1".into(), &20.into(), 2));
    assert_eq!(answers[0].as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "plan"]);
    let single = desk.run(&["plan", "turn the cup blue"]);
    assert_eq!(answers[1]["plan"], serde_json::from_str::<Value>(&single.out).unwrap());
}

#[test]
fn a_line_that_cannot_be_planned_is_answered_with_its_error() {
    let desk = Desk::new();
    desk.write(
        "in.jsonl",
        "{\"id\": 1, \"instruction\": \"\"}\n{\"id\": 2}\n{\"id\": 3, \"instruction\": \"remove the cup\"}\n",
    );
    let run = desk.run(&["plan", "--batch", "in.jsonl", "-o", "out.jsonl"]);
    assert_eq!(run.code, 3);
    assert_eq!(run.err.lines().count(), 2, "{}", run.err);
    let text = fs::read_to_string(desk.path("out.jsonl")).unwrap();
    let answers: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(answers[..2].iter().all(|answer| answer["plan"].is_null() && answer["error"].is_string()), "{text}");
    assert!(answers[2]["plan"].is_object());
}

#[test]
fn a_batch_with_a_broken_line_is_refused_by_its_number() {
    let desk = Desk::new();
    for (line, word) in
        [("nonsense", "not valid JSON"), ("{\"instruction\": \"x\"}", "no \"id\""), ("{\"id\": []}", "neither")]
    {
        desk.write("in.jsonl", format!("{{\"id\": 1, \"instruction\": \"remove the cup\"}}\n{line}\n"));
        let run = desk.run(&["plan", "--batch", "in.jsonl", "-o", "out.jsonl"]);
        let sentence = run.sentence(2);
        assert!(sentence.contains("line 2") && sentence.contains(word), "{sentence}");
    }
    desk.run(&["plan", "--batch", "in.jsonl", "-o", "in.jsonl"]).sentence(2);
    desk.run(&["plan", "--batch", "none.jsonl", "-o", "out.jsonl"]).sentence(2);
    assert_eq!(desk.files(), ["in.jsonl", "photo.png"]);
}

#[test]
fn locate_finds_the_ball_by_words_points_or_a_box() {
    let desk = Desk::new();
    let ball = Mask::from_fn(desk.pixels("photo.png").extent(), |x, y| u8::from(in_ball(x, y, 0)) * 255);
    for way in
        [&["red ball"][..], &["--point", "44,34"], &["--box", "28,18,60,50"], &["--point", "44,34", "--point", "5,5,-"]]
    {
        let arguments = [&["locate", "photo.png"], way, &["-o", "m.png", "--report", "l.json"]].concat();
        let run = desk.run(&arguments);
        assert!(run.code == 0 || run.code == 3, "{way:?}: {}", run.err);
        assert_eq!(run.out, "");
        let mask = desk.mask("m.png");
        assert!(mask.iou(&ball) > 0.8, "{way:?}: {}", mask.iou(&ball));
        let report = desk.json("l.json");
        let best = &report["proposals"][0];
        assert_eq!((&report["version"], &report["locator"]), (&1.into(), &"eyes".into()));
        assert_eq!(best["mask_area"], mask.area());
        // Exit code and confidence say the same.
        assert_eq!(run.code == 0, best["confidence"].as_f64().unwrap() >= 0.5, "{way:?}: {best}");
    }
}

#[test]
fn a_region_that_is_not_there_gives_a_black_mask_and_says_so() {
    let desk = Desk::new();
    let arguments = ["locate", "@photo.png", "unicorn", "-o", "@m.png", "--report", "@l.json"];
    assert_eq!(desk.run_with(&registry(0.0, "painting"), &arguments), 3);
    assert!(desk.mask("m.png").is_empty());
    assert_eq!(desk.json("l.json")["proposals"], serde_json::json!([]));
}

#[test]
fn inpaint_repaints_just_the_white_part_and_beyond_it_as_far_as_it_is_told() {
    let desk = Desk::new();
    desk.write_mask("mask.png", |x, y| u8::from(in_ball(x, y, 1)) * 255);
    let run = desk.run(&["inpaint", "photo.png", "--mask", "mask.png", "-o", "out.png"]);
    assert_eq!((run.code, run.out.as_str()), (0, ""), "{}", run.err);
    let (before, after) = (desk.pixels("photo.png"), desk.pixels("out.png"));
    for y in 0..70 {
        for x in 0..110 {
            if in_ball(x, y, 0) {
                assert!(after.pixel(x, y)[0].abs_diff(after.pixel(x, y)[1]) < 60, "red is left at {x},{y}");
            }
            assert!(in_ball(x, y, 1) || before.pixel(x, y) == after.pixel(x, y), "changed at {x},{y}");
        }
    }
    desk.write_mask("inner.png", |x, y| u8::from(in_ball(x, y, -4)) * 255);
    let run = desk.run(&["inpaint", "photo.png", "--mask", "inner.png", "--grow", "6", "-o", "grown.png"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let grown = desk.pixels("grown.png");
    let places = || (0..70).flat_map(|y| (0..110).map(move |x| (x, y)));
    let changed = |x, y| before.pixel(x, y) != grown.pixel(x, y);
    assert!(places().any(|(x, y)| !in_ball(x, y, -3) && changed(x, y)), "nothing changed beyond the mask");
    assert!(places().all(|(x, y)| in_ball(x, y, 3) || !changed(x, y)), "changed farther than 6 pixels beyond the mask");
    desk.run(&["inpaint", "photo.png", "--mask", "mask.png", "--grow", "65", "-o", "o.png"]).sentence(2);
}

#[test]
fn inpaint_copies_only_from_where_it_is_told_and_not_from_where_it_is_told_not_to() {
    let desk = Desk::new();
    let halves =
        |x: u32, y: u32| if x < 60 { [40, 90 + (x + y) as u8 % 16, 160] } else { [200, 30, 20 + y as u8 % 16] };
    RgbImage::from_fn(120, 80, |x, y| Rgb(halves(x, y))).save(desk.path("halves.png")).unwrap();
    let save = |name: &str, white: &dyn Fn(u32, u32) -> bool| {
        GrayImage::from_fn(120, 80, |x, y| Luma([u8::from(white(x, y)) * 255])).save(desk.path(name)).unwrap();
    };
    save("hole.png", &|x, y| x.abs_diff(60) < 14 && y.abs_diff(40) < 12);
    save("red.png", &|x, _| x >= 60);
    let reddest = |more: &[&str]| {
        let run = desk.run(&[&["inpaint", "halves.png", "--mask", "hole.png", "-o", "out.png"], more].concat());
        assert_eq!(run.code, 0, "{}", run.err);
        let filled = desk.pixels("out.png").crop(Bounds::new(47, 29, 26, 22));
        filled.pixels().iter().map(|pixel| pixel[0]).max().unwrap()
    };
    assert!(reddest(&[]) > 150, "the border between the halves does not go on");
    let red = reddest(&["--avoid", "red.png"]);
    assert!(red < 100, "red {red} was copied");
    save("blue.png", &|x, _| x < 40);
    let red = reddest(&["--only-from", "blue.png"]);
    assert!(red < 100, "red {red} was copied");
    save("none.png", &|_, _| false);
    let nothing = ["inpaint", "halves.png", "--mask", "hole.png", "--only-from", "none.png", "-o", "out.png"];
    let run = desk.run(&nothing);
    assert!(run.code != 0 && run.err.contains("Nothing is left to copy from"), "{}", run.err);
    let run = desk.run(&["inpaint", "halves.png", "--mask", "hole.png", "--avoid", "red.png", "-o", "red.png"]);
    run.sentence(2);
}

#[test]
fn inpaint_fills_on_a_graphics_card_when_it_is_told_and_says_where_there_is_none() {
    let desk = Desk::new();
    // Large enough to be worth sending.
    let stripe = |x: u32, y: u32| if (x + y) % 12 < 6 { [40, 90, 160] } else { [200, 190, 90] };
    RgbImage::from_fn(260, 200, |x, y| Rgb(stripe(x, y))).save(desk.path("stripes.png")).unwrap();
    let in_hole = |x: u32, y: u32| x.abs_diff(130) < 36 && y.abs_diff(100) < 36;
    GrayImage::from_fn(260, 200, |x, y| Luma([u8::from(in_hole(x, y)) * 255])).save(desk.path("hole.png")).unwrap();
    let arguments = ["inpaint", "stripes.png", "--mask", "hole.png", "--device", "gpu", "-o", "out.png"];
    let run = desk.run(&arguments);
    assert_eq!((run.code, run.out.as_str()), (0, ""), "{}", run.err);
    assert!(!run.err.contains("graphics card failed"), "{}", run.err);
    assert_eq!(desk.pixels("out.png"), desk.pixels("stripes.png"));
    // Neither Vulkan nor OpenGL finds a driver.
    let mut without = program();
    for name in ["VK_DRIVER_FILES", "VK_ICD_FILENAMES", "__EGL_VENDOR_LIBRARY_FILENAMES"] {
        without.env(name, "/nowhere");
    }
    let output = without.current_dir(desk.0.path()).args(arguments).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("leave out --device gpu"), "{error}");
}

#[test]
fn inpaint_moves_and_copies_what_is_masked_and_brings_it_back_into_the_photograph() {
    let desk = Desk::new();
    desk.write_mask("mask.png", |x, y| u8::from(in_ball(x, y, 1)) * 255);
    let clone = |offset: &str, more: &[&str]| {
        let exact =
            ["inpaint", "photo.png", "--mask", "mask.png", "--engine", "clone", "-o", "out.png", "--offset", offset];
        let run = desk.run(&[&exact[..], more].concat());
        assert_eq!(run.code, 0, "{}", run.err);
        (run.err, desk.pixels("out.png"))
    };
    let is_red = |image: &Raster, x: i32, y: i32| {
        let [r, g, ..] = image.pixel(x as u32, y as u32);
        r > g + 60
    };
    let (x, y, _) = BALL;
    let (_, moved) = clone("45,4", &[]);
    assert!(is_red(&moved, x + 45, y + 4) && !is_red(&moved, x, y));
    let (_, copied) = clone("45,4", &["--copy", "--scale", "0.5"]);
    assert!(is_red(&copied, x + 45, y + 10) && is_red(&copied, x, y));
    let (words, clamped) = clone("900,0", &["--copy"]);
    assert!(words.contains("is outside the photo; clone pastes at 51,0"), "{words}");
    assert!(is_red(&clamped, 95, y));
}

#[test]
fn inpaint_recolours_by_the_prompt_inside_the_mask_only() {
    let desk = Desk::new();
    desk.write_mask("mask.png", |x, y| u8::from(in_ball(x, y, 0)) * 255);
    let with = |prompt: &str| {
        desk.run(&[
            "inpaint",
            "photo.png",
            "--mask",
            "mask.png",
            "--engine",
            "adjust",
            "--prompt",
            prompt,
            "-o",
            "out.png",
        ])
    };
    assert_eq!(with("dark green").code, 0);
    let (before, after) = (desk.pixels("photo.png"), desk.pixels("out.png"));
    let [r, g, _, _] = after.pixel(BALL.0 as u32, BALL.1 as u32);
    assert!(g > r, "{r} {g}");
    let outside = (0..70).all(|y| (0..110).all(|x| in_ball(x, y, 0) || before.pixel(x, y) == after.pixel(x, y)));
    assert!(outside);
    assert_eq!(with("brighter").code, 0);
    assert!(with("shiny and new").sentence(2).contains("shiny and new"));
    assert!(with("").sentence(2).contains("--prompt"));
}

#[test]
fn a_mask_that_does_not_fit_is_refused_with_both_sizes() {
    let desk = Desk::new();
    GrayImage::new(12, 9).save(desk.path("small.png")).unwrap();
    desk.write_mask("black.png", |_, _| 0);
    desk.write_mask("white.png", |_, _| 255);
    let with = |mask: &str| desk.run(&["inpaint", "photo.png", "--mask", mask, "-o", "out.png"]);
    let run = with("small.png");
    assert!(run.sentence(2).contains("12×9") && run.err.contains("110×70"), "{}", run.err);
    for (mask, word) in [("black.png", "mask is empty"), ("white.png", "whole image")] {
        let run = with(mask);
        assert_eq!(run.code, 2);
        let last = run.err.lines().last().unwrap_or_default();
        assert!(last.starts_with("error: ") && last.contains(word), "{}", run.err);
    }
    assert!(!desk.path("out.png").exists());
}

#[test]
fn doctor_says_what_is_there_and_what_is_missing() {
    let desk = Desk::new();
    let run = desk.run(&["doctor"]);
    assert_eq!(run.code, 0, "{}", run.err);
    for word in [env!("CARGO_PKG_VERSION"), "CPU", "Memory", "Graphics", "exemplar", "remove", "generative model"] {
        assert!(run.out.contains(word), "\"{word}\" is missing in: {}", run.out);
    }
}

#[test]
fn help_and_version_are_results() {
    let desk = Desk::new();
    for (arguments, word) in [
        (&["--help"][..], "Exit codes"),
        (&["edit", "--help"], "--report"),
        (&["--version"], env!("CARGO_PKG_VERSION")),
    ] {
        let run = desk.run(arguments);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{arguments:?}");
        assert!(run.out.contains(word), "{}", run.out);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_desktop_the_editor_says_so_and_names_the_command_line() {
    let desk = Desk::new();
    let output = program()
        .current_dir(desk.0.path())
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("WAYLAND_SOCKET")
        .output()
        .unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{err}");
    assert!(err.contains("tie-studio edit") && err.lines().count() == 1, "{err}");
}
