//! `eval plan` and `eval masks`: the figures are right, and what cannot be measured is said in one sentence.

use crate::desk::{Desk, in_ball};
use serde_json::Value;
use std::fs;

/// Two instructions with their parts; the last part of the second is none that a planner could guess.
const GOLD: &str = r#"{"id": "a", "source": "one", "instruction": "remove the spoon and turn the cup blue", "edits": [{"text": "remove the spoon", "op": "delete object", "target": "spoon", "new": null}, {"text": "turn the cup blue", "op": "color", "target": "cup", "new": "blue"}]}
{"id": 7, "source": "two", "instruction": "remove the ball", "edits": [{"text": "Remove the ball", "op": "subject_remove"}, {"text": "?", "op": null, "target": null, "new": null}]}
"#;

#[test]
fn plans_are_scored_source_by_source() {
    let desk = Desk::new();
    desk.write("gold.jsonl", GOLD);
    let run = desk.run(&["eval", "plan", "--gold", "gold.jsonl", "--misses", "9", "--report", "r.json"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines[0], "7 | remove the ball | count 1 for 2");
    let full = "count 100.0% (1/1)  op 100.0% (2/2)  target 100.0% (2/2)  clean 100.0% (2/2)  new 100.0% (1/1)";
    assert_eq!(lines[1], format!("{:36} {full}", "one"));
    assert_eq!(lines[2], format!("{:36} count   0.0% (0/1)", "two"));
    assert!(lines[3].starts_with("ALL") && lines[3].contains("count  50.0% (1/2)"), "{}", lines[3]);
    let report = desk.json("r.json");
    assert_eq!(report["sources"]["ALL"]["op"], serde_json::json!({"right": 2, "of": 2}));
    assert_eq!(report["planner"], "rules");
}

#[test]
fn plans_that_were_made_before_score_as_those_that_are_made_now() {
    let desk = Desk::new();
    desk.write("gold.jsonl", GOLD);
    assert_eq!(desk.run(&["plan", "--batch", "gold.jsonl", "-o", "plans.jsonl"]).code, 0);
    let now = desk.run(&["eval", "plan", "--gold", "gold.jsonl", "--only", "o"]);
    let before = desk.run(&["eval", "plan", "--gold", "gold.jsonl", "--only", "o", "--plans", "plans.jsonl"]);
    assert_eq!((now.code, &now.out), (0, &before.out));
    assert!(!now.out.contains("two"), "only the sources that begin with \"o\": {}", now.out);
}

#[cfg(unix)]
#[test]
fn a_planner_that_looks_is_shown_the_photograph_that_a_line_names() {
    let desk = Desk::new();
    desk.borrow_lisa("models");
    let line = |image: &str| GOLD.lines().next().unwrap().replace("\"source\"", &format!("{image} \"source\""));
    let gold = [line(r#""image": "photo.png","#), line("")].join("\n");
    desk.write("gold.jsonl", &gold);
    let eval = ["eval", "plan", "--gold", "gold.jsonl", "--model-dir", "models", "--planner", "lisa-direct"];
    let run = desk.run(&[&eval[..], &["--report", "r.json"]].concat());
    assert_eq!(run.code, 0, "{}", run.err);
    // What random weights say is no list; with a photograph the rules step in, without one nothing is planned.
    assert!(run.err.contains("so the built-in rules split the instruction"), "{}", run.err);
    assert!(
        run.err.contains("note: 1 of 2 were not planned, the first because: LISA needs a photo to plan"),
        "{}",
        run.err
    );
    assert!(run.out.contains("count  50.0% (1/2)") && run.out.contains("op 100.0% (2/2)"), "{}", run.out);
    assert_eq!(desk.json("r.json")["planner"], "lisa-direct");

    let batch = ["plan", "--batch", "gold.jsonl", "--model-dir", "models", "--planner", "lisa-direct", "-o", "p.jsonl"];
    assert_eq!(desk.run(&batch).code, 3);
    let plans = fs::read_to_string(desk.path("p.jsonl")).unwrap();
    let plans: Vec<Value> = plans.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(plans[0]["plan"]["planner"], "lisa-direct");
    assert!(plans[1]["error"].as_str().unwrap().contains("needs a photo"), "{}", plans[1]);
    // Rules do not look, so that a missing photograph is none of their business.
    desk.write("gold.jsonl", line(r#""image": "nowhere.png","#));
    assert!(desk.run(&eval).sentence(2).contains("nowhere.png"));
    assert_eq!(desk.run(&["eval", "plan", "--gold", "gold.jsonl"]).code, 0);
}

#[test]
fn confidences_are_held_against_what_was_right() {
    let desk = Desk::new();
    desk.write("gold.jsonl", GOLD);
    let run = desk.run(&["eval", "plan", "--gold", "gold.jsonl", "--calibration"]);
    assert!(run.out.contains("calibration error 0.") && run.out.contains("over 3 steps"), "{}", run.out);
    assert!(run.out.lines().any(|line| line.starts_with("confidence 0.")), "{}", run.out);
}

#[test]
fn masks_are_scored_by_box_clicks_and_phrase() {
    let desk = Desk::new();
    desk.write_mask("ball.png", |x, y| if in_ball(x, y, 0) { 255 } else { 0 });
    desk.write_mask("edge.png", |x, y| if in_ball(x, y, 1) && !in_ball(x, y, -2) { 255 } else { 0 });
    desk.write(
        "cases.jsonl",
        r#"{"id": 1, "image": "photo.png", "mask": "ball.png", "ignore": "edge.png", "phrase": "red ball"}
{"id": "no words", "image": "photo.png", "mask": "ball.png"}"#,
    );
    let run = desk.run(&["eval", "masks", "--gold", "cases.jsonl", "--clicks", "2", "--report", "r.json"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let first = |line: &str| line.get(..10).unwrap_or_default().trim_end().to_owned();
    let names: Vec<String> = run.out.lines().take(5).map(first).collect();
    assert_eq!(names, ["prompt", "1 click", "2 clicks", "box", "phrase"]);
    let report = desk.json("r.json");
    for prompt in ["1 click", "box", "phrase"] {
        let score = report["prompts"][prompt]["mean_iou"].as_f64().unwrap();
        assert!(score > 0.95, "{prompt}: {score}");
    }
    assert_eq!(report["prompts"]["phrase"]["cases"], 1);
    assert_eq!(report["cases"][1]["id"], "no words");
    assert_eq!(report["confidence"][0]["precision"], 1.0);

    let boxes = desk.run(&["eval", "masks", "--gold", "cases.jsonl", "--prompts", "box"]);
    assert_eq!(boxes.out.lines().count(), 2, "{}", boxes.out);
}

#[test]
fn what_cannot_be_measured_is_said_in_one_sentence_and_nothing_is_written() {
    let desk = Desk::new();
    desk.write("gold.jsonl", "{\"id\": 1}\n");
    let run = desk.run(&["eval", "plan", "--gold", "gold.jsonl", "--report", "r.json"]);
    assert!(run.sentence(2).contains("line 1 of gold.jsonl cannot be used (missing field"), "{}", run.err);
    desk.write_mask("black.png", |_, _| 0);
    desk.write("cases.jsonl", r#"{"id": 1, "image": "photo.png", "mask": "black.png"}"#);
    let run = desk.run(&["eval", "masks", "--gold", "cases.jsonl", "--report", "r.json"]);
    assert!(run.sentence(2).contains("black.png is all black"), "{}", run.err);
    desk.write("cases.jsonl", r#"{"id": 1, "image": "none.png", "mask": "black.png"}"#);
    assert!(desk.run(&["eval", "masks", "--gold", "cases.jsonl"]).sentence(2).contains("none.png"));
    assert!(desk.run(&["eval", "plan", "--gold", "nothing.jsonl"]).sentence(2).contains("nothing.jsonl"));
    assert!(!desk.files().contains(&"r.json".to_owned()));
}
