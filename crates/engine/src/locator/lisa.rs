//! `lisa`: what words mean in a photograph, also where they need thought, by LISA.

use super::{LocateRequest, Locator, answer_to_no_words, cleaned};
use crate::lisa::{Assistant, Drawn, Question, Said};
use crate::{EngineError, JobCx};
use serde::Deserialize;
use std::sync::{Arc, LazyLock};
use tie_core::{EditOp, Mask, MaskProposal};

/// The engine's name.
const NAME: &str = "lisa";
/// Maximum tokens of an answer: `Sure, it is [SEG].` has seven.
const MOST: usize = 64;
/// The prompts: `assets/prompts/lisa.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Prompts {
    locate: Vec<String>,
    place: Vec<String>,
}

static PROMPTS: LazyLock<Prompts> = LazyLock::new(|| {
    let prompts: Result<Prompts, toml::de::Error> =
        toml::from_str(include_str!("../../../../assets/prompts/lisa.toml"));
    prompts.unwrap_or_else(|error| {
        // A test keeps the bundled file readable.
        log::error!("assets/prompts/lisa.toml: {error}");
        Prompts::default()
    })
});

/// Finds things by words, even if that takes reasoning ("what you can sit on").
pub struct LisaLocator {
    assistant: Arc<Assistant>,
}

impl LisaLocator {
    /// Asks this LISA, which a planner may share.
    pub const fn new(assistant: Arc<Assistant>) -> Self {
        Self { assistant }
    }
}

impl Locator for LisaLocator {
    fn name(&self) -> &'static str {
        NAME
    }

    fn label(&self) -> &'static str {
        "LISA"
    }

    fn follows_pointing(&self) -> bool {
        false
    }

    fn missing(&self) -> Option<String> {
        self.assistant.missing()
    }

    fn unload(&self) {
        self.assistant.unload();
    }

    fn locate(&self, request: LocateRequest<'_>, cx: &JobCx<'_>) -> Result<Vec<MaskProposal>, EngineError> {
        let LocateRequest { image, phrase, location, op, .. } = request;
        cx.check()?;
        if let Some(answer) = answer_to_no_words(&request, NAME, "LISA")? {
            return Ok(answer);
        }
        let what = location.map_or_else(|| phrase.to_owned(), |location| format!("{phrase} {location}"));
        let questions = if op == EditOp::Add { &PROMPTS.place } else { &PROMPTS.locate };
        for question in questions {
            let text = question.replace("{what}", what.trim());
            let said =
                self.assistant.ask(image, Question { text: &text, earlier: &[], most: MOST, draws: true }, cx)?;
            let proposals = proposals(&what, said);
            if !proposals.is_empty() {
                return Ok(proposals);
            }
        }
        Ok(Vec::new())
    }
}

/// An answer's masks, cleaned, surest first; if there are several, all of them together come first.
fn proposals(what: &str, said: Said) -> Vec<MaskProposal> {
    let mut found: Vec<MaskProposal> = said.masks.into_iter().filter_map(|drawn| proposal(what, drawn)).collect();
    found.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    if found.len() > 1 {
        let mut all = Mask::clone(&found[0].mask);
        found[1..].iter().for_each(|other| all.union(&other.mask));
        let confidence = found.iter().map(|proposal| proposal.confidence).fold(1.0, f32::min);
        let reason = format!("all {} of \u{201c}{what}\u{201d}", found.len());
        found.insert(0, MaskProposal::new(all, confidence, NAME, reason));
    }
    found
}

/// An answer's mask, cleaned; `None` if nothing is selected.
fn proposal(what: &str, drawn: Drawn) -> Option<MaskProposal> {
    let reason = format!("\u{201c}{what}\u{201d}");
    cleaned(drawn.mask, drawn.confidence, NAME, reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tie_core::{Bounds, Extent};

    fn said(masks: Vec<Mask>) -> Said {
        let masks = masks.into_iter().map(|mask| Drawn { mask, confidence: 0.9 }).collect();
        Said { text: "Sure, [SEG].".to_owned(), masks, is_cut: false }
    }

    #[test]
    fn the_bundled_questions_can_be_read_and_have_a_place_for_the_thing() {
        let Prompts { locate, place } = &*PROMPTS;
        assert!(!locate.is_empty() && !place.is_empty());
        assert!(locate.iter().chain(place).all(|question| question.contains("{what}")));
    }

    #[test]
    fn several_masks_are_offered_together_and_one_by_one() {
        let extent = Extent::new(60, 40);
        assert_eq!(proposals("cups", said(vec![Mask::empty(extent)])), []);
        let masks = [2, 20, 40].map(|x| Mask::rectangle(extent, Bounds::new(x, 10, 10, 10)));
        let found = proposals("cups", said(masks.to_vec()));
        assert_eq!(found.iter().map(|one| one.mask.area()).collect::<Vec<_>>(), [300, 100, 100, 100]);
    }
}
