//! Models on the command line, and steps that run on one.

use super::desk::{Desk, Run, program};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;

/// Tiny random weights in the layout of the real ones.
fn reference() -> String {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/reference").display().to_string()
}

const STEPS: [&str; 4] = ["--steps", "3", "--resolution", "64"];

impl Desk {
    fn run_in_environment(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
        let output =
            program().current_dir(self.0.path()).args(arguments).envs(environment.iter().copied()).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Run { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }
}

#[test]
fn an_edit_adds_something_with_a_model_from_a_folder_and_gives_the_same_pixels_again() {
    let desk = Desk::new();
    let reference = reference();
    let edit = |output: &str, seed: &str| {
        let arguments = ["edit", "photo.png", "add a cat on the left", "--report", "report.json", "-o", output];
        let run = desk.run(&[&arguments[..], &["--model-dir", &reference, "--seed", seed], &STEPS].concat());
        assert!([0, 3].contains(&run.code), "{}", run.err);
        assert!(run.err.contains("by kandinsky-2.2"), "{}", run.err);
        desk.json("report.json")
    };
    let report = edit("first.png", "4");
    assert_eq!(report["steps"][0]["engine"], "kandinsky-2.2");
    assert_eq!(report["steps"][0]["pixels_changed"]["outside"], 0, "{report:#}");
    edit("second.png", "4");
    edit("third.png", "5");
    let pixels = |name: &str| image::open(desk.path(name)).unwrap().to_rgba8();
    assert_eq!(pixels("first.png"), pixels("second.png"));
    assert_ne!(pixels("first.png"), pixels("third.png"));
}

#[test]
fn points_go_to_segment_anything_where_it_is_and_words_to_what_reads_them() {
    let desk = Desk::new();
    let folder = format!("{}/mobile-sam-tiny", reference());
    let locate = |arguments: &[&str]| {
        let run = desk.run(&[&["locate", "photo.png", "-o", "m.png", "--report", "l.json"], arguments].concat());
        (run.code, run.err, desk.json("l.json")["locator"].as_str().unwrap_or_default().to_owned())
    };
    let (code, err, locator) = locate(&["--point", "44,34", "--model-dir", &folder]);
    assert!([0, 3].contains(&code) && locator == "sam", "{code} by {locator}: {err}");
    assert_eq!(desk.mask("m.png").extent(), desk.pixels("photo.png").extent());
    let (_, err, locator) = locate(&["red ball", "--model-dir", &folder]);
    assert_eq!(locator, "eyes", "{err}");
    let words = ["locate", "photo.png", "red ball", "--locator", "sam", "-o", "o.png", "--model-dir", &folder];
    assert!(desk.run(&words).err.contains("not words"));
    let nothing = ["locate", "photo.png", "--point", "4,4", "--locator", "sam", "-o", "o.png", "--model-dir", "."];
    assert!(desk.run(&nothing).err.contains("MobileSAM is not installed"));
    assert!(!desk.path("o.png").exists());
}

#[test]
fn without_its_model_an_engine_is_refused_before_anything_is_read() {
    let desk = Desk::new();
    desk.write("mask.png", "");
    let run = desk.run(&[
        "inpaint",
        "photo.png",
        "--mask",
        "mask.png",
        "--engine",
        "kandinsky-2.2",
        "--prompt",
        "x",
        "-o",
        "o.png",
    ]);
    assert!(
        run.sentence(2).contains("has no model to work with. Kandinsky 2.2 inpainting is not installed: download it")
    );
}

#[test]
fn numbers_for_a_diffusion_model_are_checked_and_say_their_range() {
    let desk = Desk::new();
    for (option, value, range) in [
        ("--steps", "1", "from 2 to 250"),
        ("--guidance", "0", "from 1 to 20"),
        ("--strength", "2", "from 0.05 to 1"),
        ("--resolution", "9", "from 64 to 1536"),
    ] {
        let run = desk.run(&["inpaint", "photo.png", "--mask", "m.png", option, value, "-o", "o.png"]);
        assert!(run.sentence(2).contains(range), "{}", run.err);
    }
}

#[test]
fn the_list_says_what_is_here_and_under_which_licence() {
    let desk = Desk::new();
    let list = desk.run(&["models", "list"]);
    assert!(list.code == 0 && list.out.contains("not installed") && list.out.contains("Apache-2.0"), "{}", list.out);
    let reference = reference();
    let list = desk.run(&["models", "list", "--model-dir", &reference]);
    assert!(list.out.lines().next().unwrap().contains(" installed  "), "{}", list.out);
    let path = desk.run(&["models", "path", "kandinsky-2.2", "--model-dir", &reference]);
    assert_eq!(path.out.lines().count(), 2);
    assert!(path.out.lines().all(|line| line.starts_with(&reference)));
    assert!(desk.run(&["models", "path", "kandinsky-2.2"]).sentence(4).contains("download it (15.9 GB)"));
    assert!(desk.run(&["models", "pull", "magic"]).sentence(2).contains("The models are: kandinsky-2.2"));
}

#[test]
fn files_that_are_not_the_known_ones_are_each_named() {
    let desk = Desk::new();
    let run = desk.run(&["models", "verify", "kandinsky-2.2", "--model-dir", &reference()]);
    assert_eq!(run.code, 4);
    assert!(run.out.contains("unet/config.json: wrong: "), "{}", run.out);
    assert!(run.err.contains("another version"), "{}", run.err);
}

#[test]
fn offline_nothing_is_asked_and_a_proxy_is_used_where_one_is_named() {
    let desk = Desk::new();
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    let away = [("HTTP_PROXY", address.as_str()), ("HF_ENDPOINT", "http://hub.invalid")];
    // A small one, so that the room on the disk is no question.
    let pull = ["models", "pull", "mobile-sam"];
    let offline = desk.run_in_environment(&pull, &[away[0], away[1], ("HF_HUB_OFFLINE", "1")]);
    assert_eq!(offline.code, 4);
    assert!(offline.err.contains("licence, Apache-2.0") && offline.err.contains("HF_HUB_OFFLINE"), "{}", offline.err);
    // What arrives first is from the run that may ask.
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = proxy.accept().unwrap();
        let line = BufReader::new(&stream).lines().next().unwrap().unwrap();
        write!(stream, "HTTP/1.1 403 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
        // Those that follow are refused.
        drop(proxy);
        line
    });
    let through = desk.run_in_environment(&pull, &away);
    assert_eq!(through.code, 4, "{}", through.err);
    let asked = asked.join().unwrap();
    assert!(asked.contains("hub.invalid"), "{asked}");
}
