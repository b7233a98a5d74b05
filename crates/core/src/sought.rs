//! What a locator has to find for a sub-task, which is not always what its words name first.

use super::{EditOp, SubTask, wording};

/// What a locator is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sought<'a> {
    /// What to find, without article: "red cup"; empty for the whole image.
    pub phrase: &'a str,
    /// Where it is now: "on the left"; `None` if that is not said.
    pub location: Option<&'a str>,
    /// The edit that it is for; for an addition, the region is where the new thing goes.
    pub op: EditOp,
}

/// Something else in the photograph that the same instruction names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherTarget {
    /// What it is, without article: "red cup".
    pub phrase: String,
    /// Where it is: "on the left"; `None` if that is not said.
    pub location: Option<String>,
}

impl SubTask {
    /// Whether its region is something visible, which grows when a thing that hides part of it is removed.
    pub const fn is_about_what_shows(&self) -> bool {
        !matches!(self.op, EditOp::Remove | EditOp::Add | EditOp::Move | EditOp::Count)
    }

    /// What this sub-task is about, for the other sub-tasks of the instruction.
    ///
    /// `None` for additions, which are not in the photograph yet, and for the whole image.
    pub fn as_other(&self) -> Option<OtherTarget> {
        let Sought { phrase, location, op } = self.sought();
        let is_there = !phrase.trim().is_empty() && op != EditOp::Add;
        is_there.then(|| OtherTarget { phrase: phrase.to_owned(), location: location.map(str::to_owned) })
    }

    /// The target and what it excludes: "everyone" and "the man" of "everyone but the man"; `None` if it excludes nothing.
    ///
    /// The first is empty if it is the whole photograph.
    pub fn exception(&self) -> Option<(&str, &str)> {
        wording::exception(&self.target)
    }

    /// For additions of something that is there already ("another cup", "two more cups"): the thing, and how many to add.
    ///
    /// `None` for every other sub-task.
    pub fn more_of(&self) -> Option<(&str, u32)> {
        let content = self.content.as_deref().filter(|_| self.op == EditOp::Add)?.trim();
        MORE.iter().find_map(|(words, number)| {
            let start = content.get(..words.len()).filter(|start| start.eq_ignore_ascii_case(words))?;
            let thing = content[start.len()..].strip_prefix(' ')?.trim();
            (!thing.is_empty()).then_some((thing, *number))
        })
    }

    /// The kind of edit it amounts to: adding another of something that is there counts as [`EditOp::Count`].
    pub fn done_as(&self) -> EditOp {
        if self.more_of().is_some() { EditOp::Count } else { self.op }
    }

    /// What has to be located before the edit; a location that says where a thing goes is left out.
    pub fn sought(&self) -> Sought<'_> {
        let more = self.more_of();
        let goes = self.op == EditOp::Move || more.is_some();
        let target = self.exception().map_or(self.target.as_str(), |(all, _)| all);
        Sought {
            phrase: more.map_or(target, |(thing, _)| thing),
            location: self.location.as_deref().filter(|_| !goes),
            op: self.done_as(),
        }
    }
}

/// How a request for more of something that is there begins, and how many it asks for.
const MORE: &[(&str, u32)] = &[
    ("another", 1),
    ("one more", 1),
    ("a second", 1),
    ("a copy of the", 1),
    ("another two", 2),
    ("two more", 2),
    ("2 more", 2),
    ("three more", 3),
    ("3 more", 3),
    ("four more", 4),
    ("4 more", 4),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn add(content: &str) -> SubTask {
        SubTask { content: Some(content.to_owned()), ..SubTask::new(1, EditOp::Add, "") }
    }

    #[test]
    fn another_of_something_is_a_copy_and_something_new_is_not() {
        assert_eq!(add("another cup").more_of(), Some(("cup", 1)));
        assert_eq!(add("Two more red cups").more_of(), Some(("red cups", 2)));
        assert_eq!(add("another cup").sought(), Sought { phrase: "cup", location: None, op: EditOp::Count });
        for new in ["a cup", "another", "anotherworldly cup", "ünother cup"] {
            assert_eq!(add(new).more_of(), None, "{new}");
            assert_eq!(add(new).done_as(), EditOp::Add, "{new}");
        }
    }

    #[test]
    fn where_a_thing_goes_is_not_where_it_is_looked_for() {
        let at = |op| SubTask { location: Some("to the left".to_owned()), ..SubTask::new(1, op, "cup") };
        assert_eq!(at(EditOp::Move).sought().location, None);
        assert_eq!(at(EditOp::Remove).sought().location, Some("to the left"));
    }
}
