//! What a locator has to find for a sub-task, which is not always what its words name first.

use super::{Edit, EditOp, SubTask, wording};

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
        !matches!(self.op(), EditOp::Remove | EditOp::Add | EditOp::Move | EditOp::Count)
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

    /// The kind of edit it amounts to: adding another of something that is there counts as [`EditOp::Count`].
    pub const fn done_as(&self) -> EditOp {
        if let Edit::Copy { .. } = self.edit { EditOp::Count } else { self.op() }
    }

    /// What has to be located before the edit; a place that says where a thing goes is left out.
    pub fn sought(&self) -> Sought<'_> {
        let target = self.exception().map_or(self.target.as_str(), |(all, _)| all);
        let phrase = if let Edit::Copy { thing, .. } = &self.edit { thing } else { target };
        Sought { phrase, location: self.location.as_deref(), op: self.done_as() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_looked_for_where_its_thing_is_and_something_new_where_it_goes() {
        let add = |content: &str| SubTask::new(1, EditOp::Add, "").becomes(content).at("on the left");
        let copy = add("another cup");
        assert_eq!(copy.sought(), Sought { phrase: "cup", location: None, op: EditOp::Count });
        assert_eq!(copy.place(), Some("on the left"));
        assert_eq!(add("a cup").sought(), Sought { phrase: "", location: Some("on the left"), op: EditOp::Add });
    }

    #[test]
    fn where_a_thing_goes_is_not_where_it_is_looked_for() {
        let at = |op| SubTask::new(1, op, "cup").at("to the left");
        assert_eq!(at(EditOp::Move).sought().location, None);
        assert_eq!(at(EditOp::Remove).sought().location, Some("to the left"));
    }
}
