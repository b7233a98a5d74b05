//! What a step does, as a value: words become colours, amounts, ways and counts once, where a plan is made or read.

use super::Adjustment;
use super::words::{self, Way};
use serde::{Deserialize, Serialize};

/// The kind of one edit.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum EditOp {
    /// Removes the target and fills its place from the surroundings.
    Remove,
    /// Puts the content in the target's place.
    Replace,
    /// Puts the content at the location; needs no target.
    Add,
    /// Gives the target the colour that the content names.
    Recolor,
    /// Makes the target of another material or texture.
    Material,
    /// Changes another property of the target, such as its expression, size, shape or pattern.
    Attribute,
    /// Changes what is written on the target.
    Text,
    /// Changes how many of the target there are.
    Count,
    /// Moves the target to the location.
    Move,
    /// Changes the pose or action of a person or an animal.
    Pose,
    /// Changes everything behind the main subject.
    Background,
    /// Changes the look of the photograph or of the target: "a sketch", "winter".
    Style,
    /// Changes light, colour or sharpness without painting anything new.
    Adjust,
    /// Any other edit.
    Other,
}

impl EditOp {
    /// All kinds, in the order of the enum.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// Whether a plan is refused if an edit of this kind has no target.
    pub const fn needs_target(self) -> bool {
        matches!(self, Self::Remove | Self::Replace | Self::Recolor | Self::Move)
    }

    /// Whether a plan is refused if an edit of this kind has no content.
    pub const fn needs_content(self) -> bool {
        matches!(self, Self::Add | Self::Replace | Self::Recolor)
    }

    /// The name in plan files and reports.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

impl std::fmt::Display for EditOp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// Words of a plan, with what they mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said<T> {
    words: String,
    meaning: Option<T>,
}

impl<T> Said<T> {
    fn new(words: String, read: impl FnOnce(&str) -> Option<T>) -> Self {
        let meaning = read(&words);
        Self { words, meaning }
    }

    /// The words as the plan has them; may be empty.
    pub fn words(&self) -> &str {
        &self.words
    }

    /// What they mean; `None` unless every word is understood, so that nothing is guessed.
    pub const fn meaning(&self) -> Option<&T> {
        self.meaning.as_ref()
    }
}

/// How many of a thing there should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// This many in all.
    Total(u32),
    /// This many more than there are.
    More(u32),
}

/// What a step does to its target.
///
/// Text without a type of its own describes something to paint: only a generative model can read it.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// See [`EditOp::Remove`].
    Remove,
    /// Puts this in the target's place.
    Replace(String),
    /// Adds this, which is not in the photograph yet.
    Add(String),
    /// Adds copies of something that is in the photograph: "another cup", "two more cups".
    Copy {
        /// The content that asks for it, as the plan has it.
        words: String,
        /// What to copy: "cup".
        thing: String,
        /// How many copies.
        count: u32,
        /// Where they go; beside the thing if that isn't said.
        to: Said<Way>,
    },
    /// Gives the target this colour, or none at all.
    Recolor(Said<Adjustment>),
    /// Makes the target of this.
    Material(String),
    /// Changes a property to this.
    Attribute(String),
    /// Writes this line of text.
    Text(Said<String>),
    /// Changes how many there are.
    Count(Said<Count>),
    /// Moves the target.
    Move(Said<Way>),
    /// Changes the pose or action to this.
    Pose(String),
    /// Changes the background to this.
    Background(String),
    /// Changes the look to this.
    Style(String),
    /// Changes light, colour or sharpness.
    Adjust(Said<Adjustment>),
    /// See [`EditOp::Other`].
    Other(String),
}

impl Edit {
    /// Reads the words of a plan; the other half is where the target is, which for [`Edit::Move`] and [`Edit::Copy`] is nothing,
    /// because there the place says where it goes.
    pub(super) fn read(op: EditOp, target: &str, place: Option<String>, content: String) -> (Self, Option<String>) {
        let way = |words: String| Said::new(words, words::way);
        let edit = match op {
            EditOp::Remove => Self::Remove,
            EditOp::Replace => Self::Replace(content),
            EditOp::Add => match copies(&content) {
                Some((count, thing)) => {
                    let (thing, to) = (thing.to_owned(), way(place.unwrap_or_default()));
                    return (Self::Copy { words: content, thing, count, to }, None);
                }
                None => Self::Add(content),
            },
            EditOp::Recolor => Self::Recolor(Said::new(content, words::colouring)),
            EditOp::Material => Self::Material(content),
            EditOp::Attribute => Self::Attribute(content),
            EditOp::Text => Self::Text(Said::new(content, line_of_text)),
            EditOp::Count => Self::Count(Said::new(content, count)),
            EditOp::Move => {
                let said = [place.unwrap_or_default(), content];
                return (Self::Move(way(said.join(" ").trim().to_owned())), None);
            }
            EditOp::Pose => Self::Pose(content),
            EditOp::Background => Self::Background(content),
            EditOp::Style => Self::Style(content),
            EditOp::Adjust => Self::Adjust(Said::new(content, |words| words::change(words, target))),
            EditOp::Other => Self::Other(content),
        };
        (edit, place)
    }

    /// The kind of edit in plan files.
    pub const fn op(&self) -> EditOp {
        match self {
            Self::Remove => EditOp::Remove,
            Self::Replace(_) => EditOp::Replace,
            Self::Add(_) | Self::Copy { .. } => EditOp::Add,
            Self::Recolor(_) => EditOp::Recolor,
            Self::Material(_) => EditOp::Material,
            Self::Attribute(_) => EditOp::Attribute,
            Self::Text(_) => EditOp::Text,
            Self::Count(_) => EditOp::Count,
            Self::Move(_) => EditOp::Move,
            Self::Pose(_) => EditOp::Pose,
            Self::Background(_) => EditOp::Background,
            Self::Style(_) => EditOp::Style,
            Self::Adjust(_) => EditOp::Adjust,
            Self::Other(_) => EditOp::Other,
        }
    }

    /// What is there afterwards, in the plan's words ("a cat", "blue"); `None` if that isn't said.
    pub fn content(&self) -> Option<&str> {
        let words = match self {
            Self::Remove | Self::Move(_) => "",
            Self::Replace(words)
            | Self::Add(words)
            | Self::Copy { words, .. }
            | Self::Material(words)
            | Self::Attribute(words)
            | Self::Pose(words)
            | Self::Background(words)
            | Self::Style(words)
            | Self::Other(words) => words,
            Self::Recolor(said) | Self::Adjust(said) => said.words(),
            Self::Text(said) => said.words(),
            Self::Count(said) => said.words(),
        };
        (!words.trim().is_empty()).then_some(words)
    }

    /// Where the thing or its copies go; `None` for other edits.
    pub const fn to(&self) -> Option<&Said<Way>> {
        match self {
            Self::Move(to) | Self::Copy { to, .. } => Some(to),
            _ => None,
        }
    }
}

/// How many copies of what: 2 and "cups" of "two more cups"; `None` if the words ask for something new.
fn copies(content: &str) -> Option<(u32, &str)> {
    let content = content.trim();
    let after = |words: &str, start: &str| -> Option<usize> {
        let head = words.get(..start.len()).filter(|head| head.eq_ignore_ascii_case(start))?;
        let rest = words[head.len()..].strip_prefix(' ')?.trim_start();
        (!rest.is_empty()).then(|| words.len() - rest.len())
    };
    let (number, rest) = if let Some(at) = after(content, "another") {
        let (first, rest) = content[at..].split_once(' ').unwrap_or(("", ""));
        match words::number(first).filter(|_| !rest.trim().is_empty()) {
            Some(number) => (number, rest.trim()),
            None => (1, &content[at..]),
        }
    } else if let Some(at) = ["a second", "a copy of the"].iter().find_map(|start| after(content, start)) {
        (1, &content[at..])
    } else {
        let (first, rest) = content.split_once(' ')?;
        let rest = rest.trim_start();
        (words::number(first)?, &rest[after(rest, "more")?..])
    };
    (number > 0).then_some((number, rest))
}

fn count(words: &str) -> Option<Count> {
    let words = words.trim().to_lowercase();
    if words == "more" { Some(Count::More(1)) } else { words::number(words.split(' ').next()?).map(Count::Total) }
}

/// What is to be read afterwards, in one line.
fn line_of_text(content: &str) -> Option<String> {
    let words = content.split_whitespace().collect::<Vec<_>>().join(" ");
    // "Change the sign to say OPEN"
    let text = words.strip_prefix("say ").or(words.strip_prefix("read ")).unwrap_or(&words);
    let text = text.trim_matches(['"', '“', '”']);
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(op: EditOp, content: &str) -> Edit {
        Edit::read(op, "cup", None, content.to_owned()).0
    }

    #[test]
    fn every_kind_of_edit_keeps_its_kind_and_its_words() {
        for op in EditOp::ALL {
            let content = if matches!(op, EditOp::Remove | EditOp::Move) { None } else { Some("nine pins") };
            let edit = read(*op, content.unwrap_or_default());
            assert_eq!((edit.op(), edit.content()), (*op, content));
        }
    }

    #[test]
    fn another_of_something_is_a_copy_and_something_new_is_not() {
        let copies = |content: &str| match read(EditOp::Add, content) {
            Edit::Copy { thing, count, .. } => Some((count, thing)),
            _ => None,
        };
        for (content, count, thing) in [
            ("another cup", 1, "cup"),
            ("another two cups", 2, "two cups"),
            ("Two more red cups", 2, "red cups"),
            ("7 more cups", 7, "cups"),
            ("one more cup", 1, "cup"),
            ("a copy of the cup", 1, "cup"),
            ("a second cup", 1, "cup"),
        ] {
            let thing = thing.trim_start_matches("two ").to_owned();
            assert_eq!(copies(content), Some((count, thing)), "{content}");
        }
        for new in ["a cup", "another", "anotherworldly cup", "ünother cup", "two cups", "more cups", "0 more cups"] {
            assert_eq!(copies(new), None, "{new}");
        }
    }

    #[test]
    fn what_is_written_is_one_line_without_the_words_around_it() {
        for (content, line) in [
            ("OPEN", Some("OPEN")),
            ("say  OPEN now", Some("OPEN now")),
            ("say “Open\n today”", Some("Open today")),
            (" \"\" ", None),
        ] {
            let Edit::Text(said) = read(EditOp::Text, content) else { panic!("{content} is text") };
            assert_eq!(said.meaning().map(String::as_str), line, "{content}");
        }
    }

    #[test]
    fn counts_are_numbers_or_one_more() {
        for (content, count) in [
            ("three", Some(Count::Total(3))),
            ("5 of them", Some(Count::Total(5))),
            ("more", Some(Count::More(1))),
            ("fewer", None),
        ] {
            assert_eq!(read(EditOp::Count, content), Edit::Count(Said { words: content.to_owned(), meaning: count }));
        }
    }
}
