//! What a clause asks for, before pronouns are resolved and prompts are written.

use super::normalise::{Token, join};
use super::phrase::{Noun, noun, place_text};
use tie_core::EditOp;

/// One edit as read from the words.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Draft {
    pub op: EditOp,
    /// What is there now, without an article; empty for the whole image.
    pub target: String,
    pub place: Option<String>,
    pub content: Option<String>,
    /// What the region shows, where target and content alone do not say it.
    pub scene: Option<String>,
    /// The user's words for it, if they say more than the target: "the black background behind the child".
    pub named: Option<String>,
    /// What should not be there instead: "round" of "square, not round".
    pub against: Option<String>,
    /// The user's reason: "so the cake stands out".
    pub because: Option<String>,
    /// What must stay: "cup" of "remove the spoon, not the cup".
    pub keep: Vec<String>,
    /// How sure the reading is, 0 to 1.
    pub confidence: f32,
    /// The clause describes a thing: a wish, or what is wrong with it ("the sign is distracting, remove it").
    pub complaint: bool,
}

/// Read off a verb that names the edit itself.
pub(super) const PLAIN: f32 = 0.95;
/// Confidence of what is read from a sentence about how things should be.
pub(super) const STATED: f32 = 0.85;
/// Only a guess at what belongs to what.
pub(super) const GUESSED: f32 = 0.5;

impl Draft {
    /// An edit of a thing, without content.
    pub(super) fn new(op: EditOp, target: impl Into<String>) -> Self {
        Self {
            op,
            target: target.into(),
            place: None,
            content: None,
            scene: None,
            named: None,
            against: None,
            because: None,
            keep: Vec::new(),
            confidence: PLAIN,
            complaint: false,
        }
    }

    /// An edit of the thing that a noun phrase names, at its place.
    pub(super) fn of(op: EditOp, noun: &Noun<'_>) -> Self {
        let whole = noun.is_image() && !matches!(op, EditOp::Remove | EditOp::Recolor | EditOp::Replace | EditOp::Move);
        let target = if whole { String::new() } else { noun.text() };
        Self { place: noun.place_text(), ..Self::new(op, target) }
    }

    /// Another background for the one that a noun phrase names.
    pub(super) fn background(old: &Noun<'_>) -> Self {
        let named = Some(full_text(old)).filter(|named| named.contains(' '));
        Self { named, ..Self::new(EditOp::Background, "background") }
    }

    /// A new thing at a place.
    pub(super) fn add(tokens: &[Token<'_>]) -> Self {
        let noun = noun(tokens, true);
        Self { place: noun.place_text(), content: Some(noun.new_text()), ..Self::new(EditOp::Add, "") }
    }

    /// Whether the edit has what its kind cannot do without (as [`tie_core::Plan::validate`] checks).
    pub(super) fn is_complete(&self) -> bool {
        let blank = |text: &str| text.trim().is_empty();
        let without_target = self.op.needs_target() && blank(&self.target);
        let without_content = self.op.needs_content() && self.content.as_deref().is_none_or(blank);
        !without_target && !without_content
    }

    /// The edit with content: what should be there.
    pub(super) fn content(self, content: impl Into<String>) -> Self {
        Self { content: Some(content.into()), ..self }
    }

    /// The edit at a place, if the tokens name one.
    pub(super) fn at(self, place: &[Token<'_>]) -> Self {
        Self { place: place_text(place).or(self.place), ..self }
    }

    /// The edit with a separate description of what its region shows.
    pub(super) fn scene(self, scene: impl Into<String>) -> Self {
        Self { scene: Some(scene.into()), ..self }
    }

    /// The edit with another confidence.
    pub(super) fn sure(self, confidence: f32) -> Self {
        Self { confidence, ..self }
    }
}

/// The words of a noun phrase with its place, without article.
pub(super) fn full_text(noun: &Noun<'_>) -> String {
    [join(noun.core), noun.place_text().unwrap_or_default()].join(" ").trim().to_owned()
}
