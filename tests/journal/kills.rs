//! Real kill signals: a program of its own works and is killed at any moment.

use super::*;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

/// Names the folder that the killed program works in.
const DESK: &str = "TIE_STUDIO_TEST_DESK";

/// Strokes until the program is killed; says after each that it is kept. Does nothing unless it was started for that.
#[test]
fn work_until_killed() {
    let Some(folder) = std::env::var_os(DESK) else {
        return;
    };
    let folder = tempfile::Builder::new().disable_cleanup(true).tempdir_in(folder).unwrap();
    let desk = Desk::in_folder(folder);
    let mut window = Window::planned(&desk);
    for stroke in 1..5000_usize {
        let y = 5.0 + (stroke * 7 % 90) as f32;
        window.stroke((5.0, y), (130.0, 95.0 - y));
        window.rest();
        println!("kept {stroke}");
    }
}

fn start(folder: &Path) -> Child {
    let mut program = std::process::Command::new(std::env::current_exe().unwrap());
    program.args(["--exact", "kills::work_until_killed", "--nocapture"]).env(DESK, folder);
    program.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

#[test]
fn a_program_that_is_killed_at_any_moment_loses_nothing_that_was_kept() {
    for (strokes, delay) in [(1, 0), (2, 1), (3, 2), (4, 4), (5, 7), (6, 11)] {
        let folder = tempfile::tempdir().unwrap();
        let mut program = start(folder.path());
        let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
        let kept = |line: String| line.rsplit_once("kept ").and_then(|(_, number)| number.parse::<u32>().ok());
        let mut last = 0;
        while last < strokes {
            last = lines.next().unwrap().map(&kept).unwrap().unwrap_or(last);
        }
        std::thread::sleep(Duration::from_millis(delay));
        program.kill().unwrap();
        program.wait().unwrap();
        // What it had said before it was killed counts as well.
        let last = lines.map_while(Result::ok).filter_map(kept).last().unwrap_or(last);

        let desks = folders_in(folder.path());
        let journals = folders_in(&desks[0].join("state").join("journal"));
        let restored = Journal::restore(&journals[0]).unwrap();
        assert_eq!(restored.missing, 0);
        let mask = restored.record.cards[0].mask.as_ref().unwrap();
        assert!(mask.edits >= last, "{} of {last} strokes", mask.edits);
        assert!(mask.result != mask.proposal);
        let _ = fs::remove_dir_all(folder.path());
    }
}
