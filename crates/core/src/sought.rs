//! What of a sub-task has to be found in the photograph, which is not always what its words name first.

use super::{EditOp, SubTask, wording};

/// What a locator is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sought<'a> {
    pub phrase: &'a str,
    pub location: Option<&'a str>,
    pub op: EditOp,
}

/// Something else that the same instruction names, and that is in the photograph as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherTarget {
    pub phrase: String,
    pub location: Option<String>,
}

impl SubTask {
    /// Whether its region is of something that shows, so that it gains what had hidden a part of it.
    pub const fn is_about_what_shows(&self) -> bool {
        !matches!(self.op, EditOp::Remove | EditOp::Add | EditOp::Move | EditOp::Count)
    }

    /// What this sub-task is about, for others of the same instruction; `None` if that is no thing in the photograph.
    pub fn as_other(&self) -> Option<OtherTarget> {
        let Sought { phrase, location, op } = self.sought();
        let is_there = !phrase.trim().is_empty() && op != EditOp::Add;
        is_there.then(|| OtherTarget { phrase: phrase.to_owned(), location: location.map(str::to_owned) })
    }

    /// What a target means, and what it leaves out: "everyone" and "the man" of "everyone but the man". The first is empty
    /// where it is the whole photograph.
    pub fn exception(&self) -> Option<(&str, &str)> {
        wording::exception(&self.target)
    }

    /// Another of something that is there already ("another cup", "two more cups"): the thing, and how many are new.
    pub fn more_of(&self) -> Option<(&str, u32)> {
        let content = self.content.as_deref().filter(|_| self.op == EditOp::Add)?.trim();
        MORE.iter().find_map(|(words, number)| {
            let start = content.get(..words.len()).filter(|start| start.eq_ignore_ascii_case(words))?;
            let thing = content[start.len()..].strip_prefix(' ')?.trim();
            (!thing.is_empty()).then_some((thing, *number))
        })
    }

    /// The kind of edit that it comes to: adding another of what is there is copying it.
    pub fn done_as(&self) -> EditOp {
        if self.more_of().is_some() { EditOp::Count } else { self.op }
    }

    /// What has to be found before the edit. Where something goes to is no place to look for it.
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

/// Openings of what is there already.
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
