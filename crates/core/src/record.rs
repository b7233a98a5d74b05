//! A record of an editing session: everything of it that could not be worked out again.
//!
//! The undo history, running jobs and what is counted from masks are left out on purpose.

use super::{Candidate, CopyRules, EditStep, Mask, MaskProposal, Passage, Recipe, StepId, SubTask};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// An editing session at rest.
///
/// Masks and candidates are a parameter: in memory they are shared pixels, so that a record costs microseconds, and in a
/// file they are names (see [`Record::filter_map`]).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record<M = Arc<Mask>, C = Arc<Candidate>> {
    /// Where the photograph was opened, as an absolute path; only a name if it was pasted.
    #[serde(with = "any_path")]
    pub source: PathBuf,
    /// The photograph came from the clipboard: no file holds it.
    pub pasted: bool,
    #[serde(with = "any_path::optional")]
    pub saved_to: Option<PathBuf>,
    pub instruction: String,
    /// The instruction that the cards were planned from.
    pub planned: Option<String>,
    /// What of it was not understood.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_understood: Vec<Passage>,
    pub cards: Vec<CardRecord<M, C>>,
    pub selected: Option<StepId>,
    /// The document's stack, from the bottom to the top.
    pub stack: Vec<StepRecord<C>>,
    /// The stack as it was when the photograph was saved last.
    pub saved: Vec<StepRecord<C>>,
    /// Whether something would be missed: steps that wait, words that were not planned, edits that were not saved.
    pub unsaved: bool,
}

/// A step card at rest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CardRecord<M = Arc<Mask>, C = Arc<Candidate>> {
    pub id: StepId,
    pub task: SubTask,
    pub depends_on: Vec<StepId>,
    /// What may be copied from other steps' masks.
    #[serde(default)]
    pub copy_rules: CopyRules,
    pub stage: Stage,
    pub mask: Option<MaskRecord<M>>,
    /// The locator that the person has chosen.
    #[serde(default)]
    pub locator: Option<String>,
    pub proposals: Vec<ProposalRecord<M>>,
    /// Index of the proposal in use.
    pub proposal: usize,
    /// The person has said that the region is right.
    #[serde(default)]
    pub confirmed: bool,
    pub recipe: Option<Recipe>,
    pub candidates: Vec<C>,
    /// Index of the candidate that is shown.
    pub chosen: usize,
    pub favourites: Vec<C>,
    pub outdated: bool,
    pub enabled: bool,
    pub shows_mask: bool,
    pub unseen: bool,
}

/// How far a step has come; jobs that were running count as not begun, and failures can be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    Draft,
    /// The region was found.
    Located,
    /// The region was found, but is in doubt.
    Unsure,
    /// Nothing fits the words.
    Empty,
    /// Several regions fit about equally well.
    Ambiguous,
    /// Candidates wait for approval.
    Ready,
    Approved,
    Skipped,
}

/// A mask with its origin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MaskRecord<M> {
    pub proposal: M,
    pub result: M,
    /// Changes made and not undone.
    pub edits: u32,
    /// Whether nothing is selected; looking through the pixels of all masks would hold up the window.
    pub empty: bool,
}

/// One answer of a locator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProposalRecord<M> {
    pub mask: M,
    /// 0 to 1.
    pub confidence: f32,
    pub source: String,
    pub reason: String,
    /// Something to keep that may lie in it, by its place in what the task keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub may_take: Option<usize>,
}

/// One layer of the document's stack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepRecord<C> {
    pub id: StepId,
    pub title: String,
    pub candidate: C,
    pub enabled: bool,
}

/// Work that a window left behind when it ended without being closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// Names the work.
    pub folder: PathBuf,
    /// The photograph's file name.
    pub name: String,
    /// Steps in the list.
    pub steps: usize,
    /// Time since it was written last.
    pub age: Duration,
    /// Why it cannot be restored, as one sentence; `None` if it can.
    pub problem: Option<String>,
}

impl<M, C> Record<M, C> {
    /// With other masks and candidates; what has none goes: a card's mask, a proposal, a candidate, a layer.
    ///
    /// Each mask and candidate is handed over, so that it can be let go before the next is worked on.
    pub fn filter_map<N, D>(
        self,
        mut mask: impl FnMut(M) -> Option<N>,
        mut candidate: impl FnMut(C) -> Option<D>,
    ) -> Record<N, D> {
        Record {
            cards: self.cards.into_iter().map(|card| card.filter_map(&mut mask, &mut candidate)).collect(),
            stack: self.stack.into_iter().filter_map(|step| step.filter_map(&mut candidate)).collect(),
            saved: self.saved.into_iter().filter_map(|step| step.filter_map(&mut candidate)).collect(),
            source: self.source,
            pasted: self.pasted,
            saved_to: self.saved_to,
            instruction: self.instruction,
            planned: self.planned,
            not_understood: self.not_understood,
            selected: self.selected,
            unsaved: self.unsaved,
        }
    }

    /// Whether there is anything to go on with.
    pub const fn is_work(&self) -> bool {
        self.unsaved || !self.cards.is_empty() || !self.stack.is_empty()
    }

    /// The largest number that names a step.
    pub fn last_id(&self) -> u64 {
        let cards = self.cards.iter().map(|card| card.id.0);
        let steps = self.stack.iter().chain(&self.saved).map(|step| step.id.0);
        cards.chain(steps).max().unwrap_or_default()
    }

    /// The photograph's file name, for messages.
    pub fn name(&self) -> String {
        let name = self.source.file_name().unwrap_or(self.source.as_os_str());
        name.to_string_lossy().into_owned()
    }
}

impl<M, C> CardRecord<M, C> {
    fn filter_map<N, D>(
        self,
        mut mask: impl FnMut(M) -> Option<N>,
        mut candidate: impl FnMut(C) -> Option<D>,
    ) -> CardRecord<N, D> {
        // The person's own mask first: it is the one that is drawn on next.
        let own = self.mask.and_then(|own| {
            let (result, proposal) = (mask(own.result), mask(own.proposal));
            Some(MaskRecord { result: result?, proposal: proposal?, edits: own.edits, empty: own.empty })
        });
        let proposals = self.proposals.into_iter().filter_map(|one| {
            let mask = mask(one.mask)?;
            Some(ProposalRecord {
                mask,
                confidence: one.confidence,
                source: one.source,
                reason: one.reason,
                may_take: one.may_take,
            })
        });
        CardRecord {
            mask: own,
            proposals: proposals.collect(),
            candidates: self.candidates.into_iter().filter_map(&mut candidate).collect(),
            favourites: self.favourites.into_iter().filter_map(&mut candidate).collect(),
            id: self.id,
            task: self.task,
            depends_on: self.depends_on,
            copy_rules: self.copy_rules,
            stage: self.stage,
            locator: self.locator,
            proposal: self.proposal,
            confirmed: self.confirmed,
            recipe: self.recipe,
            chosen: self.chosen,
            outdated: self.outdated,
            enabled: self.enabled,
            shows_mask: self.shows_mask,
            unseen: self.unseen,
        }
    }
}

impl<C> StepRecord<C> {
    fn filter_map<D>(self, mut candidate: impl FnMut(C) -> Option<D>) -> Option<StepRecord<D>> {
        let candidate = candidate(self.candidate)?;
        Some(StepRecord { id: self.id, title: self.title, candidate, enabled: self.enabled })
    }
}

impl From<&MaskProposal> for ProposalRecord<Arc<Mask>> {
    fn from(proposal: &MaskProposal) -> Self {
        // JSON has no word for what is not a number.
        let confidence = if proposal.confidence.is_finite() { proposal.confidence } else { 0.0 };
        let MaskProposal { mask, source, reason, may_take, .. } = proposal.clone();
        Self { mask, confidence, source, reason, may_take }
    }
}

impl From<ProposalRecord<Arc<Mask>>> for MaskProposal {
    fn from(record: ProposalRecord<Arc<Mask>>) -> Self {
        let ProposalRecord { mask, confidence, source, reason, may_take } = record;
        Self { mask, confidence, source, reason, may_take }
    }
}

impl From<&EditStep> for StepRecord<Arc<Candidate>> {
    fn from(step: &EditStep) -> Self {
        let candidate = Arc::clone(&step.candidate);
        Self { id: step.id, title: step.title.clone(), candidate, enabled: step.enabled }
    }
}

impl From<StepRecord<Arc<Candidate>>> for EditStep {
    fn from(record: StepRecord<Arc<Candidate>>) -> Self {
        Self { id: record.id, title: record.title, candidate: record.candidate, enabled: record.enabled }
    }
}

/// Paths as text where they are text, as the system's own bytes where they are not.
mod any_path {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::ffi::OsString;
    use std::path::{Path, PathBuf};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum AnyPath {
        Text(String),
        Bytes(OsString),
    }

    impl AnyPath {
        fn new(path: &Path) -> Self {
            path.to_str().map_or_else(|| Self::Bytes(path.as_os_str().to_owned()), |text| Self::Text(text.to_owned()))
        }

        fn path(self) -> PathBuf {
            match self {
                Self::Text(text) => text.into(),
                Self::Bytes(bytes) => bytes.into(),
            }
        }
    }

    pub(super) fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
        AnyPath::new(path).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
        AnyPath::deserialize(deserializer).map(AnyPath::path)
    }

    pub(super) mod optional {
        use super::{AnyPath, Deserialize, Deserializer, PathBuf, Serialize, Serializer};

        #[expect(clippy::ref_option, reason = "the signature that serde calls")]
        pub(in super::super) fn serialize<S: Serializer>(
            path: &Option<PathBuf>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            path.as_deref().map(AnyPath::new).serialize(serializer)
        }

        pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<PathBuf>, D::Error> {
            Option::<AnyPath>::deserialize(deserializer).map(|path| path.map(AnyPath::path))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EditOp;

    /// A record in which masks are letters and candidates numbers.
    fn record() -> Record<char, u32> {
        let mut rules = CopyRules::default();
        rules.set(StepId(5), Some(crate::CopyRule::Only));
        let card = CardRecord {
            id: StepId(7),
            task: SubTask::new(1, EditOp::Remove, "cup"),
            depends_on: vec![StepId(3)],
            copy_rules: rules,
            stage: Stage::Ready,
            mask: Some(MaskRecord { proposal: 'a', result: 'b', edits: 2, empty: false }),
            locator: Some("classic".to_owned()),
            proposals: vec![ProposalRecord {
                mask: 'a',
                confidence: 0.5,
                source: "x".into(),
                reason: String::new(),
                may_take: None,
            }],
            proposal: 0,
            confirmed: true,
            recipe: None,
            candidates: vec![1, 2],
            chosen: 1,
            favourites: vec![2],
            outdated: true,
            enabled: true,
            shows_mask: false,
            unseen: false,
        };
        let step = StepRecord { id: StepId(9), title: "remove cup".to_owned(), candidate: 2, enabled: true };
        Record {
            source: PathBuf::from("/photos/ü b.png"),
            pasted: false,
            saved_to: None,
            instruction: "remove the cup".to_owned(),
            planned: None,
            not_understood: vec![Passage { text: "the cup".to_owned(), start: 7, end: 14 }],
            cards: vec![card],
            selected: Some(StepId(7)),
            stack: vec![step],
            saved: Vec::new(),
            unsaved: true,
        }
    }

    #[test]
    fn a_record_survives_the_way_through_json() {
        let record = record();
        let text = serde_json::to_string(&record).unwrap();
        assert_eq!(serde_json::from_str::<Record<char, u32>>(&text).unwrap(), record);
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_no_text_survives_as_well() {
        use std::os::unix::ffi::OsStringExt;
        let path = PathBuf::from(std::ffi::OsString::from_vec(b"/photos/\xff.png".to_vec()));
        let record = Record { source: path.clone(), saved_to: Some(path), ..record() };
        let text = serde_json::to_string(&record).unwrap();
        assert_eq!(serde_json::from_str::<Record<char, u32>>(&text).unwrap(), record);
    }

    #[test]
    fn mapping_there_and_back_changes_nothing_and_what_is_lost_goes_alone() {
        let there = record().filter_map(|mask| Some(mask.to_string()), |candidate| Some(candidate * 10));
        assert_eq!(there.stack[0].candidate, 20);
        let back = there.filter_map(|mask| mask.chars().next(), |candidate| Some(candidate / 10));
        assert_eq!(back, record());
        let lossy = record().filter_map(Some, |candidate| (candidate != 2).then_some(candidate));
        assert_eq!(lossy.cards[0].candidates, [1]);
        assert!(lossy.stack.is_empty() && lossy.cards[0].favourites.is_empty());
        assert!(record().filter_map(|mask| (mask != 'b').then_some(mask), Some).cards[0].mask.is_none());
    }

    #[test]
    fn the_last_id_is_that_of_cards_and_layers() {
        assert_eq!(record().last_id(), 9);
        assert_eq!(record().name(), "ü b.png");
    }
}
