//! Engines that are unsure, break or take long, and a person who stops them.

use crate::desk::{Desk, REMOVE_BALL, plan_of, program};
use image::{GrayImage, Luma, Rgb, RgbImage};
use serde_json::Value;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use tie_core::{EditOp, Mask, MaskProposal, Raster, Recipe};
use tie_engine::{Cancel, EngineError, InpaintRequest, Inpainter, JobCx, LocateRequest, Locator, Registry};
use tie_studio::cli;

/// Finds the left third of the image with a given confidence; nothing at confidence 0.
struct Finder(f32);
impl Locator for Finder {
    fn name(&self) -> &'static str {
        "finder"
    }
    fn locate(&self, request: LocateRequest<'_>, _: &JobCx<'_>) -> Result<Vec<MaskProposal>, EngineError> {
        let extent = request.image.extent();
        let mask = Mask::from_fn(extent, |x, _| if x < extent.width / 3 { 255 } else { 0 });
        let best = MaskProposal::new(mask, self.0, "finder", "");
        Ok(if self.0 > 0.0 { vec![best] } else { Vec::new() })
    }
}

/// Paints everything grey, or ends as told by its name.
struct Painter(&'static str);
impl Inpainter for Painter {
    fn name(&self) -> &'static str {
        self.0
    }
    fn is_random(&self, _: &Recipe) -> bool {
        false
    }
    fn can_do(&self, op: EditOp) -> bool {
        op == EditOp::Remove
    }
    fn inpaint(&self, request: InpaintRequest<'_>, _: &JobCx<'_>) -> Result<Raster, EngineError> {
        match self.0 {
            "failing" => Err(EngineError::Failed("The paint has dried.".to_owned())),
            "unable" => Err(EngineError::Unsuitable("The wall is too wide; make it smaller.".to_owned())),
            "panicking" => panic!("no paint left"),
            _ => Ok(Raster::filled(request.image.extent(), [9, 9, 9, 255])),
        }
    }
}

pub(crate) fn registry(confidence: f32, painter: &'static str) -> Registry {
    Registry::embedded().with_locator(Arc::new(Finder(confidence))).with_inpainter(Arc::new(Painter(painter)))
}

const EDIT: [&str; 8] = ["edit", "@photo.png", "--plan", "@plan.json", "-o", "@out.png", "--report", "@r.json"];

/// The states of a plan of two removals, after an edit over an earlier output.
fn states_after(registry: &Registry) -> (u8, Vec<String>, Desk) {
    let desk = Desk::new();
    desk.write("out.png", "earlier");
    desk.write("plan.json", plan_of(&format!("{REMOVE_BALL}, {}", REMOVE_BALL.replace("\"id\": 1", "\"id\": 2"))));
    let code = desk.run_with(registry, &EDIT);
    let report = desk.json("r.json");
    let state = |step: &Value| step["state"].as_str().unwrap().to_owned();
    let states = report["steps"].as_array().unwrap().iter().map(state).collect();
    (code, states, desk)
}

#[test]
fn an_uncertain_region_is_left_alone_named_and_told_by_the_exit_code() {
    let (code, states, desk) = states_after(&registry(0.3, "painting"));
    assert_eq!((code, states), (3, vec!["unsure".to_owned(); 2]));
    assert_eq!(desk.pixels("out.png"), desk.pixels("photo.png"));
}

#[test]
fn what_is_not_found_is_skipped_and_told_by_the_exit_code() {
    let (code, states, desk) = states_after(&registry(0.0, "painting"));
    assert_eq!((code, states), (3, vec!["not-found".to_owned(); 2]));
    assert_eq!(desk.pixels("out.png"), desk.pixels("photo.png"));
    assert!(desk.json("r.json")["steps"][0]["mask_area"].is_null());
}

#[test]
fn a_broken_engine_ends_the_edit_and_an_earlier_output_stays_whole() {
    for engine in ["failing", "panicking"] {
        let (code, states, desk) = states_after(&registry(0.9, engine));
        assert_eq!((code, states), (4, vec!["failed".to_owned(), "skipped".to_owned()]), "{engine}");
        assert_eq!(fs::read(desk.path("out.png")).unwrap(), b"earlier");
        assert_eq!(desk.files(), ["out.png", "photo.png", "plan.json", "r.json"]);
        assert!(desk.json("r.json")["output"].is_null());
    }
}

#[test]
fn a_step_that_its_engine_refuses_is_skipped_and_the_others_go_on() {
    let (code, states, _desk) = states_after(&registry(0.9, "unable"));
    assert_eq!((code, states), (3, vec!["skipped".to_owned(); 2]));
}

#[test]
fn an_engine_is_preferred_for_the_steps_that_it_can_do() {
    let desk = Desk::new();
    let blue = r#"{"id": 2, "op": "recolor", "target": "red ball", "content": "blue"}"#;
    desk.write("plan.json", plan_of(&format!("{REMOVE_BALL}, {blue}")));
    let chosen = [&EDIT[..], &["--inpainter", "exemplar", "--locator", "classic"]].concat();
    assert_eq!(desk.run_with(&registry(0.9, "painting"), &chosen), 0);
    let report = desk.json("r.json");
    assert_eq!(report["locator"], "classic");
    assert_eq!((&report["steps"][0]["engine"], &report["steps"][1]["engine"]), (&"exemplar".into(), &"adjust".into()));
}

/// Finds the left or the right third of the image, whichever it is asked for.
struct Thirds;
impl Locator for Thirds {
    fn name(&self) -> &'static str {
        "thirds"
    }
    fn locate(&self, request: LocateRequest<'_>, _: &JobCx<'_>) -> Result<Vec<MaskProposal>, EngineError> {
        let extent = request.image.extent();
        let third = extent.width / 3;
        let from = if request.phrase == "right" { extent.width - third } else { 0 };
        let mask = Mask::from_fn(extent, |x, _| if (from..from + third).contains(&x) { 255 } else { 0 });
        Ok(vec![MaskProposal::new(mask, 1.0, "thirds", "")])
    }
}

/// Notes how many pixels it is told not to copy.
#[derive(Default)]
struct Listener(Mutex<Vec<Option<usize>>>);
impl Inpainter for Listener {
    fn name(&self) -> &'static str {
        "listener"
    }
    fn is_random(&self, _: &Recipe) -> bool {
        false
    }
    fn can_do(&self, op: EditOp) -> bool {
        op == EditOp::Remove
    }
    fn inpaint(&self, request: InpaintRequest<'_>, _: &JobCx<'_>) -> Result<Raster, EngineError> {
        self.0.lock().unwrap().push(request.avoid.map(Mask::area));
        Ok(request.image.clone())
    }
}

#[test]
fn what_is_still_to_be_removed_is_not_copied_into_what_is_removed_first() {
    let desk = Desk::new();
    let step = |id: u32, target: &str| format!(r#"{{"id": {id}, "op": "remove", "target": "{target}"}}"#);
    desk.write("plan.json", plan_of(&[step(1, "left"), step(2, "right")].join(",")));
    let listener = Arc::new(Listener::default());
    let inpainter: Arc<dyn Inpainter> = Arc::clone(&listener) as _;
    let registry = Registry::embedded().with_locator(Arc::new(Thirds)).with_inpainter(inpainter);
    assert_eq!(desk.run_with(&registry, &EDIT), 0);
    assert_eq!(*listener.0.lock().unwrap(), [Some(36 * 70), None]);
}

#[test]
fn a_command_that_is_cancelled_before_it_starts_writes_nothing() {
    let desk = Desk::new();
    let [photo, out] = ["photo.png", "out.png"].map(|name| desk.path(name).into_os_string());
    let arguments = ["tie-studio".into(), "edit".into(), photo, "remove the red ball".into(), "-o".into(), out];
    let command = cli::parse(arguments).unwrap().command.unwrap();
    let cancel = Cancel::default();
    cancel.cancel();
    assert_eq!(cli::run_with(command, &Registry::embedded(), &cancel), 130);
    assert_eq!(desk.files(), ["photo.png"]);
}

/// A real Ctrl+C in the middle of the work.
#[cfg(unix)]
#[test]
fn an_interrupt_ends_the_program_with_130_and_leaves_nothing_half_written() {
    let desk = Desk::new();
    let noise = |x: u32, y: u32| (x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA77)).wrapping_mul(0x2C1B_3C6D);
    let large = RgbImage::from_fn(1400, 1100, |x, y| {
        let [r, g, b, _] = noise(x, y).to_le_bytes();
        Rgb([r / 2, g / 2, b])
    });
    large.save(desk.path("large.png")).unwrap();
    GrayImage::from_fn(1400, 1100, |x, y| Luma([u8::from(x > 200 && x < 1200 && y > 100 && y < 1000) * 255]))
        .save(desk.path("mask.png"))
        .unwrap();
    desk.write("out.png", "earlier");
    let mut child = program()
        .current_dir(desk.0.path())
        .args(["inpaint", "large.png", "--mask", "mask.png", "-o", "out.png"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    assert!(line.contains("repainting"), "{line}");
    // The shell's own kill: not every system has the program.
    let kill = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status().unwrap();
    assert!(kill.success());
    let status = child.wait().unwrap();
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    assert_eq!(status.code(), Some(130), "{rest}");
    assert_eq!(rest.trim_end(), "interrupted: the result was not written.");
    assert_eq!(fs::read(desk.path("out.png")).unwrap(), b"earlier");
    assert_eq!(desk.files(), ["large.png", "mask.png", "out.png", "photo.png"]);
}
