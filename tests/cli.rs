//! The command line as a person or a script uses it: the built program on real files, every exit code, one sentence each.

use image::{GrayImage, Luma, Rgb, RgbImage};
use serde_json::Value;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use tempfile::TempDir;
use tie_studio::domain::{EditOp, Mask, MaskProposal, Raster};
use tie_studio::engine::{Cancel, EngineError, InpaintRequest, Inpainter, JobCx, LocateRequest, Locator, Registry};
use tie_studio::{cli, files};

/// What a run left behind.
struct Run {
    code: i32,
    out: String,
    err: String,
}

impl Run {
    /// The one sentence of a failure.
    #[track_caller]
    fn sentence(&self, code: i32) -> &str {
        assert_eq!(self.code, code, "{}", self.err);
        assert_eq!(self.out, "", "nothing but results belongs on standard output");
        let lines: Vec<&str> = self.err.lines().filter(|line| !line.starts_with("note: ")).collect();
        let [line] = lines.as_slice() else { panic!("not one line: {}", self.err) };
        assert!(line.starts_with("error: ") && line.ends_with('.'), "{line}");
        assert!(!line.contains("panicked"), "{line}");
        line
    }
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tie-studio"));
    command.env_remove("RUST_LOG").stdin(Stdio::null());
    command
}

/// Runs the program in a folder.
fn run_in(folder: &Path, arguments: &[&str]) -> Run {
    let output = program().current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

/// A folder with `photo.png`: a red ball on a grey wall with a faint pattern.
struct Desk(TempDir);

const BALL: (i32, i32, i32) = (44, 34, 13);

fn in_ball(x: u32, y: u32, margin: i32) -> bool {
    let (dx, dy) = (x as i32 - BALL.0, y as i32 - BALL.1);
    dx * dx + dy * dy <= (BALL.2 + margin).pow(2)
}

fn photo() -> RgbImage {
    RgbImage::from_fn(110, 70, |x, y| {
        let grain = ((x * 7 + y * 13) % 11) as u8;
        if in_ball(x, y, 0) { Rgb([200 + grain, 20 + grain, 25]) } else { Rgb([150 + grain, 152 + grain, 155]) }
    })
}

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        photo().save(desk.path("photo.png")).unwrap();
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Run {
        run_in(self.0.path(), arguments)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_str(&fs::read_to_string(self.path(name)).unwrap()).unwrap()
    }

    fn pixels(&self, name: &str) -> Raster {
        files::open_photo(&self.path(name)).unwrap().raster
    }

    fn mask(&self, name: &str) -> Mask {
        files::open_mask(&self.path(name), self.pixels("photo.png").extent()).unwrap()
    }

    fn write_mask(&self, name: &str, coverage: impl Fn(u32, u32) -> u8) {
        GrayImage::from_fn(110, 70, |x, y| Luma([coverage(x, y)])).save(self.path(name)).unwrap();
    }

    /// Names of all files, to see that nothing was left behind.
    fn files(&self) -> Vec<String> {
        let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().to_string_lossy().into_owned();
        let mut names: Vec<String> = fs::read_dir(self.0.path()).unwrap().map(name).collect();
        names.sort();
        names
    }

    /// Runs a command in this process with engines made for the purpose.
    fn run_with(&self, registry: &Registry, arguments: &[&str]) -> u8 {
        let arguments = arguments.iter().map(|argument| match argument.strip_prefix('@') {
            Some(name) => self.path(name).into_os_string(),
            None => OsStr::new(argument).to_owned(),
        });
        let arguments = [OsStr::new("tie-studio").to_owned()].into_iter().chain(arguments);
        let command = cli::parse(arguments).unwrap().command.unwrap();
        cli::run_with(command, registry, &Cancel::default())
    }
}

fn plan_of(steps: &str) -> String {
    format!(r#"{{"version": 1, "instruction": "by hand", "planner": "person", "steps": [{steps}]}}"#)
}

const REMOVE_BALL: &str = r#"{"id": 1, "op": "remove", "target": "red ball"}"#;

// --- edit ---

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
        [("instruction", "remove the red ball"), ("planner", "rules"), ("locator", "classic"), ("output", "out.png")]
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
fn the_sample_of_the_readme_is_edited_without_touching_the_rest() {
    let desk = Desk::new();
    let coffee = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/samples/coffee.png");
    let source = fs::read(coffee).unwrap();
    let instruction = "remove the spoon and turn the cup blue";
    let run = desk.run(&["edit", coffee, instruction, "-o", "out.jpg", "--report", "r.json"]);
    assert!(run.code == 0 || run.code == 3, "{}", run.err);
    let report = desk.json("r.json");
    let steps = report["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 2);
    for step in steps {
        assert!(step["state"] == "done" || step["state"] == "low-confidence", "{step}");
        assert_eq!(step["pixels_changed"]["outside"], 0, "{step}");
    }
    assert_eq!(desk.pixels("out.jpg").extent().to_string(), "600×400");
    assert_eq!(fs::read(coffee).unwrap(), source);
}

// --- edit with engines that misbehave ---

/// Finds the whole image with a given confidence; nothing at confidence 0.
struct Finder(f32);
impl Locator for Finder {
    fn name(&self) -> &'static str {
        "finder"
    }
    fn locate(&self, request: LocateRequest<'_>, _: &JobCx<'_>) -> Result<Vec<MaskProposal>, EngineError> {
        let mask = Arc::new(Mask::full(request.image.extent()));
        let best = MaskProposal { mask, confidence: self.0, source: "finder".to_owned(), reason: String::new() };
        Ok(if self.0 > 0.0 { vec![best] } else { Vec::new() })
    }
}

/// Paints everything grey, or ends as told by its name.
struct Painter(&'static str);
impl Inpainter for Painter {
    fn name(&self) -> &'static str {
        self.0
    }
    fn is_random(&self) -> bool {
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

fn registry(confidence: f32, painter: &'static str) -> Registry {
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
fn an_uncertain_region_is_edited_named_and_told_by_the_exit_code() {
    let (code, states, desk) = states_after(&registry(0.3, "painting"));
    assert_eq!((code, states), (3, vec!["low-confidence".to_owned(); 2]));
    assert_eq!(desk.pixels("out.png").pixel(3, 3), [9, 9, 9, 255]);
    let message = desk.json("r.json")["steps"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("0.30") && message.contains("look"), "{message}");
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
    assert_eq!(rest.trim_end(), "interrupted: nothing was written.");
    assert_eq!(fs::read(desk.path("out.png")).unwrap(), b"earlier");
    assert_eq!(desk.files(), ["large.png", "mask.png", "out.png", "photo.png"]);
}

// --- wrong arguments ---

#[test]
fn wrong_arguments_are_refused_in_one_sentence_before_any_work() {
    let desk = Desk::new();
    let exact = ["edit", "photo.png", "remove the red ball", "-o", "out.png"];
    let edit = |more: &[&'static str]| [&exact[..], more].concat();
    desk.write("version.json", r#"{"version": 7}"#);
    desk.write("field.json", plan_of(&REMOVE_BALL.replace("red ball", " ")));
    desk.write("prose.json", "Dear computer");
    for (arguments, words) in [
        (vec!["edit", "photo.png", "  ", "-o", "out.png"], &["instruction is empty"][..]),
        (vec!["edit", "photo.png", "colourless green ideas", "-o", "out.png"], &[]),
        (vec!["edit", "photo.png", "-o", "out.png"], &["<INSTRUCTION>"]),
        (vec!["edit", "photo.png", "remove it"], &["--output"]),
        (edit(&["--planner", "magic"]), &["magic", "rules"]),
        (edit(&["--locator", "magic"]), &["magic", "classic"]),
        (edit(&["--inpainter", "magic"]), &["magic", "exemplar, adjust"]),
        (edit(&["--seed", "-1"]), &["-1"]),
        (edit(&["--plan", "version.json"]), &["cannot be used with"]),
        (edit(&["--frob"]), &["--frob"]),
        (edit(&["--report", "out.png"]), &["out.png", "both"]),
        (edit(&["--report", "photo.png"]), &["photo.png", "overwritten"]),
        (edit(&["--report", "no/where.json"]), &["no", "does not exist"]),
        (vec!["edit", "photo.png", "--plan", "version.json", "-o", "out.png"], &["version 7", "version 1"]),
        (vec!["edit", "photo.png", "--plan", "field.json", "-o", "out.png"], &["step 1", "\"target\""]),
        (vec!["edit", "photo.png", "--plan", "prose.json", "-o", "out.png"], &["prose.json", "not valid JSON"]),
        (vec!["edit", "photo.png", "--plan", "none.json", "-o", "out.png"], &["none.json", "cannot be read"]),
        (vec!["plan", " "], &["instruction is empty"]),
        (vec!["plan"], &["<INSTRUCTION>"]),
        (vec!["plan", "remove it", "--planner", "magic"], &["magic", "rules"]),
        (vec!["locate", "photo.png", "-o", "m.png"], &["PHRASE"]),
        (vec!["locate", "photo.png", "", "-o", "m.png"], &["phrase is empty"]),
        (vec!["locate", "photo.png", "ball", "-o", "m.jpg"], &["m.jpg", ".png"]),
        (vec!["locate", "photo.png", "--point", "here", "-o", "m.png"], &["120,80"]),
        (vec!["locate", "photo.png", "--point", "500,20", "-o", "m.png"], &["500,20", "110×70"]),
        (vec!["locate", "photo.png", "--point", "-3,20", "-o", "m.png"], &["-3,20", "110×70"]),
        (vec!["locate", "photo.png", "--box", "4,4,4,9", "-o", "m.png"], &["two different corners"]),
        (vec!["locate", "photo.png", "--box", "400,4,500,9", "-o", "m.png"], &["400,4,500,9", "110×70"]),
        (vec!["locate", "photo.png", "ball", "-o", "m.png", "--locator", "magic"], &["magic", "classic"]),
        (
            vec!["inpaint", "photo.png", "--mask", "photo.png", "-o", "o.png", "--engine", "magic"],
            &["magic", "exemplar"],
        ),
        (vec!["inpaint", "photo.png", "-o", "o.png"], &["--mask"]),
        (vec!["edti", "photo.png", "remove it", "-o", "o.png"], &["edti", "inpaint"]),
        (vec!["holiday.png"], &["holiday.png", "commands are"]),
    ] {
        let run = desk.run(&arguments);
        let sentence = run.sentence(2);
        for word in words {
            assert!(sentence.contains(word), "{arguments:?}: \"{word}\" is missing in: {sentence}");
        }
    }
    assert_eq!(desk.files(), ["field.json", "photo.png", "prose.json", "version.json"]);
}

#[test]
fn a_destination_that_cannot_be_saved_to_is_refused_before_any_work() {
    let desk = Desk::new();
    fs::create_dir(desk.path("folder")).unwrap();
    fs::create_dir(desk.path("folder.png")).unwrap();
    desk.write("locked.png", "earlier");
    let mut permissions = fs::metadata(desk.path("locked.png")).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(desk.path("locked.png"), permissions).unwrap();
    for (out, word) in [
        ("out.gif", ".png, .jpg or .webp"),
        ("out", ".png, .jpg or .webp"),
        ("folder", ".png, .jpg or .webp"),
        ("folder.png", "is a folder"),
        ("no/such/out.png", "does not exist"),
        ("locked.png", "read-only"),
    ] {
        let run = desk.run(&["edit", "photo.png", "remove the red ball", "-o", out]);
        assert!(run.sentence(2).contains(word), "{}", run.err);
    }
    assert_eq!(fs::read(desk.path("locked.png")).unwrap(), b"earlier");
}

#[test]
fn the_source_is_not_overwritten_by_whatever_name_it_is_called() {
    let desk = Desk::new();
    let source = fs::read(desk.path("photo.png")).unwrap();
    fs::create_dir(desk.path("sub")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(desk.path("photo.png"), desk.path("link.png")).unwrap();
    let absolute = desk.path("photo.png");
    let mut names = vec!["photo.png", "./photo.png", "sub/../photo.png", absolute.to_str().unwrap()];
    if cfg!(unix) {
        names.push("link.png");
    }
    desk.write_mask("mask.png", |x, y| u8::from(in_ball(x, y, 1)) * 255);
    for name in names {
        let run = desk.run(&["edit", "photo.png", "remove the red ball", "-o", name]);
        let sentence = run.sentence(2);
        assert!(sentence.contains("overwritten") && sentence.contains("_edited.png"), "{sentence}");
        desk.run(&["inpaint", name, "--mask", "mask.png", "-o", "photo.png"]).sentence(2);
        desk.run(&["locate", name, "red ball", "-o", "photo.png"]).sentence(2);
    }
    desk.run(&["inpaint", "photo.png", "--mask", "mask.png", "-o", "mask.png"]).sentence(2);
    assert_eq!(fs::read(desk.path("photo.png")).unwrap(), source);
}

/// The start of a PNG that claims to be 60 000 pixels wide and high.
fn huge_png() -> Vec<u8> {
    let mut bytes = Vec::new();
    photo().write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
    bytes[16..24].copy_from_slice(&[0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60]);
    let crc = bytes[12..29].iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 })
    });
    bytes[29..33].copy_from_slice(&(!crc).to_be_bytes());
    bytes
}

#[test]
fn a_photograph_that_cannot_be_read_is_one_sentence_and_nothing_is_written() {
    let desk = Desk::new();
    let whole = fs::read(desk.path("photo.png")).unwrap();
    desk.write("short.png", &whole[..whole.len() / 2]);
    desk.write("text.png", "I am a shopping list, not an image.");
    desk.write("empty.png", "");
    desk.write("huge.png", huge_png());
    let before = desk.files();
    for (name, word) in [
        ("short.png", "damaged or incomplete"),
        ("text.png", "not an image"),
        ("empty.png", "is empty"),
        ("huge.png", "too large"),
        ("none.png", "no file"),
        (".", "folder"),
    ] {
        for arguments in [
            vec!["edit", name, "remove the red ball", "-o", "o.png"],
            vec!["locate", name, "red ball", "-o", "o.png"],
            vec!["inpaint", name, "--mask", "photo.png", "-o", "o.png"],
            vec!["inpaint", "photo.png", "--mask", name, "-o", "o.png"],
        ] {
            let run = desk.run(&arguments);
            assert!(run.sentence(2).contains(word), "{arguments:?}: {}", run.err);
        }
    }
    assert_eq!(desk.files(), before);
}

// --- plan ---

#[test]
fn plan_writes_a_plan_file_and_nothing_else_to_standard_output() {
    let desk = Desk::new();
    let run = desk.run(&["plan", "remove the spoon and turn the cup blue", "--image", "photo.png"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let plan = tie_studio::domain::Plan::from_json(&run.out).unwrap();
    let ops: Vec<EditOp> = plan.steps.iter().map(|step| step.op).collect();
    assert_eq!(ops, [EditOp::Remove, EditOp::Recolor]);
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

// --- locate ---

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
        assert_eq!((&report["version"], &report["locator"]), (&1.into(), &"classic".into()));
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

// --- inpaint ---

#[test]
fn inpaint_repaints_the_white_part_and_nothing_far_from_it() {
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
            assert!(in_ball(x, y, 8) || before.pixel(x, y) == after.pixel(x, y), "changed at {x},{y}");
        }
    }
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

// --- the rest ---

#[test]
fn doctor_says_what_is_there_and_what_is_missing() {
    let desk = Desk::new();
    let run = desk.run(&["doctor"]);
    assert_eq!(run.code, 0, "{}", run.err);
    for word in [env!("CARGO_PKG_VERSION"), "Processor", "Memory", "Graphics", "exemplar", "remove", "generative model"]
    {
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
