//! A record of an editing session: everything in it that cannot be worked out again.
//!
//! The undo history, running jobs and whatever is computed from masks are left out on purpose.

use super::{Candidate, CopyRules, EditStep, Mask, MaskProposal, Passage, Recipe, StepId, SubTask};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// An editing session as it is saved.
///
/// Masks and candidates are type parameters: in memory they are shared pixels, so making a record takes microseconds, and in
/// a file they are names (see [`Record::filter_map`]).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record<M = Arc<Mask>, C = Arc<Candidate>> {
    /// Absolute path of the photograph; only a name if it was pasted.
    #[serde(with = "any_path")]
    pub source: PathBuf,
    /// The photograph came from the clipboard: no file holds it.
    pub pasted: bool,
    /// Absolute path that the result was last saved to; `None` if it was never saved.
    #[serde(with = "any_path::optional")]
    pub saved_to: Option<PathBuf>,
    /// The instruction as it stands in the window, planned or not.
    pub instruction: String,
    /// The instruction that the cards were planned from; `None` if none was planned.
    pub planned: Option<String>,
    /// The passages of it that were not understood.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_understood: Vec<Passage>,
    /// The step cards, in the order of the list.
    pub cards: Vec<CardRecord<M, C>>,
    /// The selected card; `None` if no card is selected.
    pub selected: Option<StepId>,
    /// The document's stack, from the bottom to the top.
    pub stack: Vec<StepRecord<C>>,
    /// The stack as it was when the result was last saved.
    pub saved: Vec<StepRecord<C>>,
    /// Whether work would be lost: open steps, an instruction that is not planned yet, edits that are not saved.
    pub unsaved: bool,
}

/// A step card as it is saved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CardRecord<M = Arc<Mask>, C = Arc<Candidate>> {
    /// Identifies the card in its session.
    pub id: StepId,
    /// The edit that the card is for.
    pub task: SubTask,
    /// Steps that must be approved before this one can be located.
    pub depends_on: Vec<StepId>,
    /// What may be copied from other steps' masks.
    #[serde(default)]
    pub copy_rules: CopyRules,
    /// How far the step has come.
    pub stage: Stage,
    /// The region; `None` until it is located or painted.
    pub mask: Option<MaskRecord<M>>,
    /// Name of the locator that the person chose; `None` for the best one available.
    #[serde(default)]
    pub locator: Option<String>,
    /// What the locator answered, best first.
    pub proposals: Vec<ProposalRecord<M>>,
    /// Index of the proposal in use.
    pub proposal: usize,
    /// The person has confirmed the region, by choosing it or by running the step as it is.
    #[serde(default)]
    pub confirmed: bool,
    /// What the step runs with; `None` if no engine can do the edit.
    pub recipe: Option<Recipe>,
    /// The results to choose from, in the order they are shown.
    pub candidates: Vec<C>,
    /// Index of the candidate that is shown and would be approved.
    pub chosen: usize,
    /// Candidates that stay when the step runs again.
    pub favourites: Vec<C>,
    /// The mask, the recipe or the pixels below have changed since the candidates were made.
    pub outdated: bool,
    /// A disabled step neither runs with the others nor shows.
    pub enabled: bool,
    /// How much of its result shows, 0 to 255.
    #[serde(default = "opaque")]
    pub opacity: u8,
    /// The canvas shows the mask although candidates wait, because the person is working on it.
    pub shows_mask: bool,
    /// Something has arrived that the person has not seen yet.
    pub unseen: bool,
}

/// How far a step has come; jobs that were running count as not started, and failures can be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Planned, but not located yet; also where no engine can do the edit.
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
    /// A candidate was accepted and is a layer of the stack.
    Approved,
    /// The person chose not to do the step.
    Skipped,
}

/// A region, and the proposal it came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MaskRecord<M> {
    /// What the locator proposed.
    pub proposal: M,
    /// The proposal with the person's changes, which is what the step uses.
    pub result: M,
    /// Number of changes made and not undone.
    pub edits: u32,
    /// Whether `result` selects nothing; checking the pixels of all masks would hold up the window.
    pub empty: bool,
}

/// One answer of a locator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProposalRecord<M> {
    /// The region, at the photograph's extent.
    pub mask: M,
    /// 0 to 1.
    pub confidence: f32,
    /// Name of the locator.
    pub source: String,
    /// Why this region, in a few words for the person.
    pub reason: String,
    /// Something to keep that may lie in the region, as in [`MaskProposal::may_take`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub may_take: Option<usize>,
}

/// One layer of the document's stack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepRecord<C> {
    /// The card that the layer belongs to.
    pub id: StepId,
    /// For the history list: "remove spoon".
    pub title: String,
    /// The accepted result.
    pub candidate: C,
    /// A disabled layer stays in the stack but does not show.
    pub enabled: bool,
    /// How much of it shows, 0 to 255.
    #[serde(default = "opaque")]
    pub opacity: u8,
}

const fn opaque() -> u8 {
    u8::MAX
}

/// Work left behind by a window that ended without being closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// The folder that holds the work, which also identifies it.
    pub folder: PathBuf,
    /// The photograph's file name.
    pub name: String,
    /// Number of steps in the list.
    pub steps: usize,
    /// Time since it was last written.
    pub age: Duration,
    /// Why it cannot be restored, as one sentence; `None` if it can.
    pub problem: Option<String>,
}

impl<M, C> Record<M, C> {
    /// Converts every mask and candidate; a `None` drops what it belongs to: a card's mask, a proposal, a candidate, a layer.
    ///
    /// Each mask and candidate is passed by value, so it can be freed before the next one is converted.
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

    /// Whether there is anything worth restoring: unsaved work, cards or layers.
    pub const fn is_work(&self) -> bool {
        self.unsaved || !self.cards.is_empty() || !self.stack.is_empty()
    }

    /// The largest id of a card or layer; 0 if there are none.
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
            opacity: self.opacity,
            shows_mask: self.shows_mask,
            unseen: self.unseen,
        }
    }
}

impl<C> StepRecord<C> {
    fn filter_map<D>(self, mut candidate: impl FnMut(C) -> Option<D>) -> Option<StepRecord<D>> {
        let candidate = candidate(self.candidate)?;
        Some(StepRecord { id: self.id, title: self.title, candidate, enabled: self.enabled, opacity: self.opacity })
    }
}

impl From<&MaskProposal> for ProposalRecord<Arc<Mask>> {
    fn from(proposal: &MaskProposal) -> Self {
        // JSON cannot express NaN and infinities.
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
        Self { id: step.id, title: step.title.clone(), candidate, enabled: step.enabled, opacity: step.opacity }
    }
}

impl From<StepRecord<Arc<Candidate>>> for EditStep {
    fn from(record: StepRecord<Arc<Candidate>>) -> Self {
        let StepRecord { id, title, candidate, enabled, opacity } = record;
        Self { id, title, candidate, enabled, opacity }
    }
}

/// Writes paths as text if they are Unicode, otherwise as the system's own bytes.
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
            opacity: 255,
            shows_mask: false,
            unseen: false,
        };
        let step =
            StepRecord { id: StepId(9), title: "remove cup".to_owned(), candidate: 2, enabled: true, opacity: 255 };
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
