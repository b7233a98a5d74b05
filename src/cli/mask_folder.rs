//! A folder of masks to look at: those found for each step, and the one that was used.

use super::failure::Failure;
use super::outputs::same_file;
use crate::files::save_mask;
use std::fs;
use std::path::{Path, PathBuf};
use tie_core::{Mask, MaskProposal, Plan, SubTask};

/// The folder for the masks of a plan's steps.
pub(super) struct MaskFolder {
    path: PathBuf,
}

/// The longest part of a file's name that is made of a step's words, in characters.
const LONGEST: usize = 40;

/// Stands in a file's name for the mask that was used.
const USED: &str = "used";

impl MaskFolder {
    /// Creates the folder if needed.
    ///
    /// # Errors
    /// If it cannot be created, or if one of the `kept` files has a name that a mask could get.
    pub(super) fn open(path: &Path, plan: &Plan, kept: &[&Path]) -> Result<Self, Failure> {
        let folder = Self { path: path.to_owned() };
        for file in kept {
            let name = file.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
            let beside = path.join(file.file_name().unwrap_or_default());
            if let Some(step) = plan.steps.iter().find(|step| may_be_mask_of(step, &name))
                && same_file(&beside, file)
            {
                return Err(Failure::Usage(format!(
                    "{} could be overwritten by a mask of step {}: give --masks another folder.",
                    file.display(),
                    step.id
                )));
            }
        }
        fs::create_dir_all(path).map_err(|error| {
            Failure::Usage(format!(
                "the folder {} cannot be created ({error}): give --masks another folder.",
                path.display()
            ))
        })?;
        Ok(folder)
    }

    /// Saves what was found for a step, best first, as A, B, C and so on.
    pub(super) fn save_proposals(&self, task: &SubTask, proposals: &[MaskProposal]) -> Result<(), Failure> {
        for (number, proposal) in proposals.iter().enumerate() {
            self.save(task, &letter(number), &proposal.mask)?;
        }
        Ok(())
    }

    /// Saves the mask that was used.
    pub(super) fn save_used(&self, task: &SubTask, mask: &Mask) -> Result<(), Failure> {
        self.save(task, USED, mask)
    }

    fn save(&self, task: &SubTask, which: &str, mask: &Mask) -> Result<(), Failure> {
        Ok(save_mask(&self.path.join(format!("{}-{which}.png", stem(task))), mask)?)
    }
}

/// The letter that the window shows for a proposal; a number where the alphabet ends.
pub(super) fn letter(number: usize) -> String {
    ('A'..='Z').nth(number).map_or_else(|| (number + 1).to_string(), String::from)
}

/// The beginning of the names of a step's masks: "1-remove-spoon", in characters that every file system takes.
pub(super) fn stem(task: &SubTask) -> String {
    let words =
        [task.op().name(), task.target.as_str(), task.content().filter(|_| task.target.is_empty()).unwrap_or_default()];
    let words = words.join(" ").to_lowercase();
    let parts = words.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let name: String = parts.collect::<Vec<_>>().join("-").chars().take(LONGEST).collect();
    format!("{}-{}", task.id, name.trim_end_matches('-'))
}

/// Whether a file's name, in lower case, is one that a mask of the step could get.
fn may_be_mask_of(task: &SubTask, name: &str) -> bool {
    let rest = name.strip_prefix(&stem(task)).and_then(|rest| rest.strip_prefix('-'));
    rest.and_then(|rest| rest.strip_suffix(".png")).is_some_and(|which| {
        let is_letter = which.len() == 1 && which.starts_with(|c: char| c.is_ascii_alphabetic());
        is_letter || which == USED || (!which.is_empty() && which.chars().all(|c| c.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tie_core::EditOp;

    #[test]
    fn names_are_safe_on_every_file_system_and_say_which_step_it_is() {
        let named = |op, target: &str, content: Option<&str>| {
            stem(&SubTask::new(7, op, target).becomes(content.unwrap_or_default()))
        };
        assert_eq!(named(EditOp::Remove, "Red Spoon", None), "7-remove-red-spoon");
        assert_eq!(named(EditOp::Recolor, "cup", Some("blue")), "7-recolor-cup");
        assert_eq!(named(EditOp::Add, "", Some("a cat")), "7-add-a-cat");
        assert_eq!(named(EditOp::Remove, "../C:\\con|*?\u{202e}\n", None), "7-remove-c-con");
        assert_eq!(named(EditOp::Remove, "Löffel 你好", None), "7-remove-l-ffel");
        assert!(named(EditOp::Remove, &"word ".repeat(400), None).len() <= LONGEST + 2);
    }

    #[test]
    fn files_that_a_mask_could_replace_are_known_by_their_names() {
        let spoon = SubTask::new(1, EditOp::Remove, "spoon");
        for (name, could) in [
            ("1-remove-spoon-a.png", true),
            ("1-remove-spoon-used.png", true),
            ("1-remove-spoon-27.png", true),
            ("1-remove-spoon.png", false),
            ("1-remove-spoon-mine.png", false),
            ("1-remove-spoon-.png", false),
            ("11-remove-spoon-a.png", false),
        ] {
            assert_eq!(may_be_mask_of(&spoon, name), could, "{name}");
        }
    }

    #[test]
    fn proposals_are_lettered() {
        assert_eq!([0, 1, 25, 26].map(letter), ["A", "B", "Z", "27"]);
    }
}
