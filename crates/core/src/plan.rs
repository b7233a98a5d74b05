//! The plan file, version 1: what an instruction asks for, as a list of sub-tasks.
//!
//! Every planner writes it and the editor, the command line and the evaluation read it.

use super::edit::Said;
use super::{Edit, EditOp, Prompt};
use serde::{Deserialize, Serialize};

/// The only plan file version this program reads and writes.
const PLAN_VERSION: u32 = 1;

/// One edit of the instruction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct SubTask {
    /// Unique in the plan, counted from 1.
    pub id: u32,
    /// What is done.
    pub edit: Edit,
    /// What exists now and has to be found, in a few words without article ("star"); empty for a whole-image edit.
    pub target: String,
    /// Where the target is or the new thing goes ("on the wall"); `None` if that isn't said.
    pub location: Option<String>,
    /// The paper's detailed description of the region: place, colour, shape, relation.
    pub description: String,
    /// Inpainting prompt: what the region should look like afterwards, never a command.
    pub prompt: String,
    /// What the region must not show.
    pub negative: String,
    /// What the instruction says must stay, in its own words.
    pub keep: Vec<String>,
    /// Ids of earlier steps whose results this one needs before it can be located.
    pub depends_on: Vec<u32>,
    /// Why the planner chose this, in one sentence for the person.
    pub reasoning: String,
    /// How sure the planner is, 0 to 1.
    pub confidence: f32,
    /// The questions that a model was asked for this step, with its answers.
    pub answers: Vec<Exchange>,
    /// Image file, white where the region is and as large as the photograph; it is used instead of looking for the region.
    ///
    /// The path is relative to the plan file.
    pub mask: Option<String>,
}

/// A sub-task as it stands in a plan file of version 1, where an edit is its kind with words for the rest.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: u32,
    op: EditOp,
    target: String,
    /// For moves and copies where the thing goes, otherwise where it is.
    #[serde(default)]
    location: Option<String>,
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    prompt: String,
    #[serde(default)]
    negative: String,
    #[serde(default)]
    keep: Vec<String>,
    #[serde(default)]
    depends_on: Vec<u32>,
    #[serde(default)]
    reasoning: String,
    #[serde(default = "certain")]
    confidence: f32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    answers: Vec<Exchange>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mask: Option<String>,
}

impl From<Written> for SubTask {
    fn from(written: Written) -> Self {
        let Written { op, target, location: place, content, .. } = written;
        Self {
            description: written.description,
            prompt: written.prompt,
            negative: written.negative,
            keep: written.keep,
            depends_on: written.depends_on,
            reasoning: written.reasoning,
            confidence: written.confidence,
            answers: written.answers,
            mask: written.mask,
            ..Self::of(written.id, Words { op, target, place, content })
        }
    }
}

impl From<SubTask> for Written {
    fn from(task: SubTask) -> Self {
        let Words { op, target, place, content } = task.words();
        Self {
            id: task.id,
            op,
            target,
            location: place,
            content,
            description: task.description,
            prompt: task.prompt,
            negative: task.negative,
            keep: task.keep,
            depends_on: task.depends_on,
            reasoning: task.reasoning,
            confidence: task.confidence,
            answers: task.answers,
            mask: task.mask,
        }
    }
}

/// What a sub-task does, in the words of plan files and of the window's fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The kind of edit.
    pub op: EditOp,
    /// What has to be found.
    pub target: String,
    /// Where it is, or for moves and copies where it goes.
    pub place: Option<String>,
    /// What is there afterwards.
    pub content: Option<String>,
}

/// A question to a model, with its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// What the model was asked, word for word.
    pub question: String,
    /// What it answered, word for word.
    pub answer: String,
}

const fn certain() -> f32 {
    1.0
}

/// Distance between the seeds of neighbouring steps, so that their candidates never share one.
pub const SEED_STRIDE: u64 = 1000;

impl SubTask {
    /// A sub-task that these words describe; the confidence is 1, the rest is empty.
    pub fn of(id: u32, words: Words) -> Self {
        let Words { op, target, place, content } = words;
        let place = place.filter(|place| !place.trim().is_empty());
        let (edit, location) = Edit::read(op, &target, place, content.unwrap_or_default());
        Self {
            id,
            edit,
            target,
            location,
            description: String::new(),
            prompt: String::new(),
            negative: String::new(),
            keep: Vec::new(),
            depends_on: Vec::new(),
            reasoning: String::new(),
            confidence: 1.0,
            answers: Vec::new(),
            mask: None,
        }
    }

    /// A sub-task with nothing but its required words.
    pub fn new(id: u32, op: EditOp, target: impl Into<String>) -> Self {
        Self::of(id, Words { op, target: target.into(), place: None, content: None })
    }

    /// The same with this content.
    #[must_use]
    pub fn becomes(self, content: impl Into<String>) -> Self {
        self.reworded(|words| words.content = Some(content.into()))
    }

    /// The same with this place.
    #[must_use]
    pub fn at(self, place: impl Into<String>) -> Self {
        self.reworded(|words| words.place = Some(place.into()))
    }

    /// The same in other words.
    #[must_use]
    pub fn reworded(self, change: impl FnOnce(&mut Words)) -> Self {
        let mut words = self.words();
        change(&mut words);
        let Self { edit, target, location, .. } = Self::of(self.id, words);
        Self { edit, target, location, ..self }
    }

    /// Whether this asks for the same as another sub-task: the same edit of the same thing, and the same kept.
    pub fn asks_the_same(&self, other: &Self) -> bool {
        self.words() == other.words() && self.keep == other.keep
    }

    /// The words that describe it.
    pub fn words(&self) -> Words {
        let (place, content) = (self.place().map(str::to_owned), self.edit.content().map(str::to_owned));
        Words { op: self.op(), target: self.target.clone(), place, content }
    }

    /// The kind of edit.
    pub const fn op(&self) -> EditOp {
        self.edit.op()
    }

    /// What is there afterwards, in the plan's words; `None` if that isn't said.
    pub fn content(&self) -> Option<&str> {
        self.edit.content()
    }

    /// Where it is, or for moves and copies where it goes, in the plan's words; `None` if that isn't said.
    pub fn place(&self) -> Option<&str> {
        let goes = self.edit.to().map(Said::words).filter(|words| !words.is_empty());
        goes.or(self.location.as_deref())
    }

    /// What a model is told about the region.
    pub fn prompt(&self) -> Prompt {
        Prompt { text: self.prompt.clone(), negative: self.negative.clone() }
    }

    /// The seed of the first candidate; `base` shifts the seeds of a whole plan.
    ///
    /// It depends on nothing else but the step's id, so a plan gives the same pixels wherever and however often it runs.
    pub const fn seed(&self, base: u64) -> u64 {
        base.wrapping_add((self.id as u64).wrapping_mul(SEED_STRIDE))
    }

    /// The sub-task as an instruction that a planner understands: "make the cup on the left blue".
    pub fn sentence(&self) -> String {
        let place = self.place().map(|place| format!(" {place}")).unwrap_or_default();
        let target = match self.target.as_str() {
            "" => "the photo".to_owned(),
            target => format!("the {target}{place}"),
        };
        let content = self.content().unwrap_or_default();
        match self.op() {
            EditOp::Add => format!("add {content}{place}"),
            EditOp::Remove => format!("remove {target}"),
            EditOp::Replace => format!("replace {target} with {content}"),
            EditOp::Recolor | EditOp::Adjust => format!("make {target} {content}"),
            EditOp::Material => format!("make {target} out of {content}"),
            EditOp::Text => format!("change the text on {target} to \"{content}\""),
            EditOp::Background => format!("change the background to {content}"),
            EditOp::Style => format!("turn the photo into {content}"),
            EditOp::Move => format!("move {target}"),
            EditOp::Attribute | EditOp::Count | EditOp::Pose | EditOp::Other => format!("change {target} to {content}"),
        }
    }

    /// Short title for lists: "recolour cup → blue".
    pub fn title(&self) -> String {
        let target = if self.target.is_empty() { "whole image" } else { &self.target };
        let verb = if self.op() == EditOp::Recolor { "recolour" } else { self.op().name() };
        match (self.op(), self.content()) {
            (EditOp::Add, Some(content)) => format!("add {content}"),
            (_, Some(content)) => format!("{verb} {target} → {content}"),
            (_, None) => format!("{verb} {target}"),
        }
    }
}

/// An instruction broken down into steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Version of the file format; 1 is the only one.
    pub version: u32,
    /// What the person asked for, in their own words.
    pub instruction: String,
    /// Name of the planner that made it; "person" if made by hand.
    pub planner: String,
    /// The edits; a step depends only on earlier ones.
    pub steps: Vec<SubTask>,
    /// What no step covers and nothing to keep mentions; the person has to rephrase it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_understood: Vec<Passage>,
}

/// Words of an instruction, with their place in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passage {
    /// The words as they were written.
    pub text: String,
    /// Index of their first character in the instruction, in characters from 0.
    pub start: usize,
    /// Index just past their last character.
    pub end: usize,
}

/// Most characters of a passage that are quoted to a person.
const QUOTED: usize = 120;

impl Passage {
    /// The words in quotation marks and on one line, cut off with "…" after 120 characters.
    pub fn quoted(&self) -> String {
        let line = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut shown: String = line.chars().take(QUOTED).collect();
        if shown.len() < line.len() {
            shown.push('…');
        }
        format!("“{shown}”")
    }
}

/// Why a plan file is refused.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum PlanError {
    /// The text is not JSON, or a field is missing, unknown or of the wrong type; with the parser's message.
    #[error("the plan is not valid JSON of plan version {PLAN_VERSION}: {0}")]
    Json(String),
    /// The file has another version of the format.
    #[error("the plan has version {found}, but this program reads version {PLAN_VERSION}")]
    Version {
        /// The version in the file.
        found: u64,
    },
    /// The list of steps is empty.
    #[error("the plan has no steps")]
    NoSteps,
    /// Two steps have the same id.
    #[error("step {id} appears twice in the plan")]
    DuplicateId {
        /// The id that they share.
        id: u32,
    },
    /// A field breaks one of the rules of [`Plan::validate`].
    #[error("step {step}: \"{field}\" {problem}")]
    Field {
        /// Id of the step.
        step: u32,
        /// Name of the field in the plan file.
        field: &'static str,
        /// What is wrong with it, to follow the field's name: "must be at least 1".
        problem: String,
    },
}

impl Plan {
    /// A plan of version 1 in which everything was understood; it is not validated.
    pub fn new(instruction: impl Into<String>, planner: impl Into<String>, steps: Vec<SubTask>) -> Self {
        let (instruction, planner) = (instruction.into(), planner.into());
        Self { version: PLAN_VERSION, instruction, planner, steps, not_understood: Vec::new() }
    }

    /// The passages that were not understood, quoted and joined by commas; `None` if everything was understood.
    pub fn left_out(&self) -> Option<String> {
        let quoted: Vec<String> = self.not_understood.iter().map(Passage::quoted).collect();
        (!quoted.is_empty()).then(|| quoted.join(", "))
    }

    /// Reads and validates a plan file.
    ///
    /// # Errors
    /// The version, the step and field, or the place in the JSON text that is wrong.
    pub fn from_json(text: &str) -> Result<Self, PlanError> {
        #[derive(Deserialize)]
        struct Header {
            version: u64,
        }
        // The version first: the fields of another version would only give a misleading message.
        let header: Header = serde_json::from_str(text).map_err(|error| PlanError::Json(error.to_string()))?;
        if header.version != u64::from(PLAN_VERSION) {
            return Err(PlanError::Version { found: header.version });
        }
        let plan: Self = serde_json::from_str(text).map_err(|error| PlanError::Json(error.to_string()))?;
        plan.validate()?;
        Ok(plan)
    }

    /// The plan file's text: indented JSON with a final newline.
    pub fn to_json(&self) -> String {
        // A plan holds only strings, lists and numbers, so serialising cannot fail.
        serde_json::to_string_pretty(self).map(|text| text + "\n").unwrap_or_default()
    }

    /// Checks what the types cannot: ids, references, ranges, and that each op has what it needs.
    ///
    /// # Errors
    /// Names the first rule that is broken.
    pub fn validate(&self) -> Result<(), PlanError> {
        if self.version != PLAN_VERSION {
            return Err(PlanError::Version { found: u64::from(self.version) });
        }
        if self.steps.is_empty() {
            return Err(PlanError::NoSteps);
        }
        for (index, step) in self.steps.iter().enumerate() {
            let earlier = &self.steps[..index];
            if earlier.iter().any(|other| other.id == step.id) {
                return Err(PlanError::DuplicateId { id: step.id });
            }
            let wrong =
                |field, problem: &str| Err(PlanError::Field { step: step.id, field, problem: problem.to_owned() });
            if step.id == 0 {
                return wrong("id", "must be at least 1");
            }
            if !(0.0..=1.0).contains(&step.confidence) {
                return wrong("confidence", "must be a number from 0 to 1");
            }
            if let Some(missing) = step.depends_on.iter().find(|id| !earlier.iter().any(|other| other.id == **id)) {
                return wrong("depends_on", &format!("names step {missing}, which is no earlier step"));
            }
            let op = step.op();
            if op.needs_target() && step.target.trim().is_empty() {
                return wrong("target", &format!("is empty, but {op} needs to know what to change"));
            }
            if op.needs_content() && step.content().is_none() {
                return wrong("content", &format!("is empty, but {op} needs to know what to put there"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = r#"{"version": 1, "instruction": "remove the star", "planner": "rules", "steps": [
        {"id": 1, "op": "remove", "target": "star", "location": "on the wall", "content": null, "description": "a star",
         "prompt": "a plain wall", "negative": "star", "keep": [], "depends_on": [], "reasoning": "because", "confidence": 0.9}]}"#;

    fn error(text: &str) -> String {
        Plan::from_json(text).unwrap_err().to_string()
    }

    #[test]
    fn a_plan_survives_the_way_through_json() {
        let plan = Plan::from_json(EXAMPLE).unwrap();
        assert_eq!(Plan::from_json(&plan.to_json()).unwrap(), plan);
        assert_eq!(plan.steps[0].location.as_deref(), Some("on the wall"));
        assert!(!plan.to_json().contains("\"mask\""), "what a planner does not say is not written");
        let with_mask = Plan::from_json(&EXAMPLE.replace("\"keep\"", "\"mask\": \"star.png\", \"keep\"")).unwrap();
        assert_eq!(with_mask.steps[0].mask.as_deref(), Some("star.png"));
        assert_eq!(Plan::from_json(&with_mask.to_json()).unwrap(), with_mask);
    }

    #[test]
    fn what_was_not_understood_is_written_only_if_there_is_any() {
        let plan = Plan::from_json(EXAMPLE).unwrap();
        assert_eq!(plan.left_out(), None);
        assert!(!plan.to_json().contains("not_understood"));
        let passage = Passage { text: "and\n the  rest".to_owned(), start: 16, end: 29 };
        let plan = Plan { not_understood: vec![passage], ..plan };
        assert_eq!(plan.left_out().as_deref(), Some("“and the rest”"));
        assert_eq!(Plan::from_json(&plan.to_json()).unwrap(), plan);
    }

    #[test]
    fn every_op_is_written_by_its_name() {
        for op in EditOp::ALL {
            assert_eq!(serde_json::to_string(&op).unwrap(), format!("\"{}\"", op.name()));
        }
    }

    #[test]
    fn another_version_is_named_before_its_fields_are_read() {
        assert_eq!(
            error(r#"{"version": 2, "anything": []}"#),
            "the plan has version 2, but this program reads version 1"
        );
    }

    #[test]
    fn a_broken_field_is_named_with_its_step() {
        let broken = EXAMPLE.replace("0.9", "1.5");
        assert_eq!(error(&broken), "step 1: \"confidence\" must be a number from 0 to 1");
        let broken = EXAMPLE.replace("\"star\", \"location\"", "\" \", \"location\"");
        assert_eq!(error(&broken), "step 1: \"target\" is empty, but remove needs to know what to change");
        let broken = EXAMPLE.replace("\"depends_on\": []", "\"depends_on\": [1]");
        assert_eq!(error(&broken), "step 1: \"depends_on\" names step 1, which is no earlier step");
        let broken = EXAMPLE.replace("\"op\": \"remove\"", "\"op\": \"recolor\"");
        assert_eq!(error(&broken), "step 1: \"content\" is empty, but recolor needs to know what to put there");
    }

    #[test]
    fn misspelt_fields_and_ops_are_refused_by_name() {
        assert!(error(&EXAMPLE.replace("\"keep\"", "\"kep\"")).contains("unknown field `kep`"));
        assert!(
            error(&EXAMPLE.replace("\"remove\", \"target\"", "\"zap\", \"target\"")).contains("unknown variant `zap`")
        );
        assert!(error("[1, 2]").contains("not valid JSON of plan version 1"));
        assert_eq!(error(r#"{"version": 1, "instruction": "", "planner": "", "steps": []}"#), "the plan has no steps");
    }
}
