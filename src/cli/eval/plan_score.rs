//! Scoring plans against gold: whether the number of steps, their operations, targets and new contents are right.
//!
//! The measure is word for word that of this project's reference scorer, so that figures can be compared: words are
//! runs of ASCII letters and digits without stop words, and a phrase is right if it has the gold phrase's last word.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use tie_core::{EditOp, SubTask};

/// One instruction with what it asks for.
#[derive(Debug, Deserialize)]
pub(super) struct Gold {
    pub id: serde_json::Value,
    pub source: String,
    pub instruction: String,
    /// The photograph, for planners that look at it.
    pub image: Option<PathBuf>,
    pub edits: Vec<GoldEdit>,
}

/// One edit that an instruction asks for.
#[derive(Debug, Deserialize)]
pub(super) struct GoldEdit {
    pub text: String,
    /// Absent where the operation is not scored.
    pub op: Option<String>,
    pub target: Option<String>,
    pub new: Option<String>,
}

/// How many of how many are right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Share {
    pub right: usize,
    pub of: usize,
}

impl Share {
    pub(super) fn add(&mut self, right: bool) {
        self.right += usize::from(right);
        self.of += 1;
    }

    pub(super) fn percent(self) -> f64 {
        100.0 * self.right as f64 / self.of.max(1) as f64
    }
}

/// One measurement of one instruction: the measure's name, whether it is right, and if not, what is wrong.
pub(super) struct Mark {
    pub measure: &'static str,
    /// Index of the step in the plan; absent for a measure of the whole plan.
    pub step: Option<usize>,
    pub right: bool,
    pub wrong: String,
}

/// Compares a plan's steps with what the instruction asks for.
pub(super) fn marks(gold: &Gold, steps: &[SubTask]) -> Vec<Mark> {
    let mut marks = Vec::new();
    let fits = steps.len() == gold.edits.len();
    let wrong = format!("count {} for {}", steps.len(), gold.edits.len());
    marks.push(Mark { measure: "count", step: None, right: fits, wrong });
    if !fits {
        return marks;
    }
    for (index, (edit, step)) in gold.edits.iter().zip(steps).enumerate() {
        let mut mark = |measure, right, wrong| marks.push(Mark { measure, step: Some(index), right, wrong });
        let op = edit.op.as_deref().unwrap_or_default();
        if let Some(ops) = ops_for(op) {
            let wrong = format!("op {} for {op:?} in {:?}", step.op().name(), edit.text);
            mark("op", ops.contains(&step.op()), wrong);
        }
        if let Some(target) = target_of(edit) {
            let wrong = format!("target {:?} for {target:?} in {:?}", step.target, edit.text);
            mark("target", has_head(target, &step.target), wrong);
        }
        if let Some(new) = edit.new.as_deref().filter(|new| !new.is_empty()) {
            let content = step.content().unwrap_or_default();
            let wrong = format!("content {content:?} prompt {:?} for {new:?} in {:?}", step.prompt, edit.text);
            mark("new", has_head(new, content) && has_head(new, &step.prompt), wrong);
        }
        let describes = !step.prompt.is_empty() || step.op() == EditOp::Remove;
        mark("clean", describes && !begins_with_a_verb(&step.prompt), format!("prompt {:?}", step.prompt));
    }
    marks
}

/// The operations that count as a gold operation; `None` if it is not scored.
fn ops_for(gold: &str) -> Option<&'static [EditOp]> {
    Some(match gold {
        "delete object" | "subject_remove" => &[EditOp::Remove],
        "add object" | "subject_add" => &[EditOp::Add],
        "change object" | "subject_replace" => &[EditOp::Replace],
        "color" | "color_alter" => &[EditOp::Recolor],
        "material" | "material_alter" => &[EditOp::Material],
        "text" | "text_change" => &[EditOp::Text, EditOp::Add],
        "change background" | "background_change" => &[EditOp::Background],
        "change style" => &[EditOp::Style],
        "count_change" => &[EditOp::Count],
        "position_change" => &[EditOp::Move],
        "pose" => &[EditOp::Pose, EditOp::Attribute],
        _ => return None,
    })
}

/// Words that say where or how many, not what.
const STOP: &str = "the a an of in on at to from with and or left right top bottom middle center front back small big \
    large its his her their some one two three";

fn words(text: &str) -> Vec<String> {
    tie_core::words::plain(text).filter(|word| !STOP.split_whitespace().any(|stop| stop == word)).collect()
}

fn stem(word: &str) -> &str {
    if word.len() <= 3 {
        return word;
    }
    ["ies", "es", "s"].iter().find_map(|ending| word.strip_suffix(ending)).unwrap_or(word)
}

/// Whether a text has the last word of a phrase.
fn has_head(phrase: &str, text: &str) -> bool {
    let phrase = words(phrase);
    phrase.last().is_none_or(|head| words(text).iter().any(|word| stem(word) == stem(head)))
}

/// The gold target: given, or read off the first template that names it.
fn target_of(edit: &GoldEdit) -> Option<&str> {
    if let Some(target) = edit.target.as_deref().filter(|target| !target.is_empty()) {
        return Some(target);
    }
    let op = edit.op.as_deref()?;
    ops_for(op)?;
    let kind = op.split('_').next().unwrap_or_default();
    if !["subject", "color", "material", "count", "position"].contains(&kind) {
        return None;
    }
    let text = edit.text.as_str();
    removed(text).or_else(|| changed(text)).or_else(|| replaced(text))
}

/// "Remove the X".
fn removed(text: &str) -> Option<&str> {
    let rest = after(text, "remove ")?;
    after(rest, "the ").filter(|rest| !rest.is_empty()).or(Some(rest)).filter(|rest| !rest.is_empty())
}

/// "Change the colour of the X to Y".
fn changed(text: &str) -> Option<&str> {
    let rest = after(text, "change the ")?;
    let rest = ["color of ", "material of ", "count of ", "position of "].iter().find_map(|kind| after(rest, kind))?;
    let up_to = |rest| before(rest, " to ");
    after(rest, "the ").and_then(up_to).or_else(|| up_to(rest))
}

/// "Replace the X with Y", but no text.
fn replaced(text: &str) -> Option<&str> {
    let rest = after(text, "replace ")?;
    let thing = |rest| if after(rest, "text").is_some() { None } else { before(rest, " with ") };
    after(rest, "the ").and_then(thing).or_else(|| thing(rest))
}

/// The rest after a prefix, in any case.
fn after<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

/// What is before a separator, if there is text on both sides of it.
fn before<'a>(text: &'a str, separator: &str) -> Option<&'a str> {
    let lower = text.to_ascii_lowercase();
    let first = text.chars().next()?.len_utf8();
    let at = lower.get(first..)?.find(separator)? + first;
    (at + separator.len() < text.len()).then(|| &text[..at])
}

/// Commands with which a prompt must not begin.
const VERBS: &[&str] = &[
    "remove", "delete", "erase", "replace", "change", "turn", "make", "add", "put", "place", "let", "have", "give",
    "get rid", "swap", "move", "edit", "paint",
];

fn begins_with_a_verb(prompt: &str) -> bool {
    let prompt = prompt.trim_start().to_lowercase();
    let polite =
        prompt.strip_prefix("please").filter(|rest| rest.starts_with(char::is_whitespace)).map(str::trim_start);
    let begins = |text: &str| {
        let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        VERBS.iter().any(|verb| text.strip_prefix(verb).is_some_and(ends))
    };
    polite.is_some_and(begins) || begins(&prompt)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(text: &str, op: &str) -> GoldEdit {
        GoldEdit { text: text.to_owned(), op: Some(op.to_owned()), target: None, new: None }
    }

    #[test]
    fn targets_are_read_off_the_templates_that_name_them() {
        for (text, op, target) in [
            ("Remove the old tree", "subject_remove", Some("old tree")),
            ("Change the color of the car to blue", "color_alter", Some("car")),
            ("Change the position of bus to the left to the right", "position_change", Some("bus")),
            ("Replace boat with ship", "subject_replace", Some("boat")),
            ("Replace the text A with B", "text_change", None),
            ("Add a tree", "subject_add", None),
            ("remove the", "subject_remove", Some("the")),
            ("make it blue", "color", None),
        ] {
            assert_eq!(target_of(&edit(text, op)), target, "{text}");
        }
    }

    #[test]
    fn a_phrase_is_right_by_its_last_word_in_any_number() {
        assert!(has_head("the two red cups", "cup") && has_head("berries", "berry bush berries"));
        assert!(!has_head("red cup", "red bowl") && has_head("the", "anything"));
        assert_eq!((stem("cities"), stem("boxes"), stem("gas"), stem("cups")), ("cit", "box", "gas", "cup"));
    }

    #[test]
    fn commands_are_no_prompts() {
        for (prompt, is_command) in [
            ("Make it blue", true),
            (" please  remove it", true),
            ("makeup on a table", false),
            ("get rid of it", true),
            ("a place", false),
            ("place", true),
            ("", false),
        ] {
            assert_eq!(begins_with_a_verb(prompt), is_command, "{prompt:?}");
        }
    }

    #[test]
    fn plans_with_another_number_of_steps_are_only_counted() {
        let gold = Gold {
            id: 1.into(),
            image: None,
            source: "s".to_owned(),
            instruction: "x".to_owned(),
            edits: vec![edit("Remove the cup", "subject_remove")],
        };
        assert_eq!(marks(&gold, &[]).len(), 1);
        let step = SubTask { prompt: "a table".to_owned(), ..SubTask::new(1, EditOp::Remove, "cup") };
        let found: Vec<_> = marks(&gold, &[step]).into_iter().map(|mark| (mark.measure, mark.right)).collect();
        assert_eq!(found, [("count", true), ("op", true), ("target", true), ("clean", true)]);
    }
}
