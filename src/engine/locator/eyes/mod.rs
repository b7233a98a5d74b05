//! The embedded locator: finds things by their names with the networks that the program carries.
//!
//! A phrase is read ([`phrase`]), its noun leads to what the networks see ([`crate::engine::sight`]), colours, places and
//! relations choose among that ([`choose`]), and what is chosen becomes a mask. What the networks do not know is left to
//! [`Classic`], and so are clicks and boxes.

mod choose;
mod phrase;

use super::classic::Classic;
use super::{LocateRequest, Locator, refuse_clicks_outside};
use crate::domain::{EditOp, Mask, MaskProposal, Raster};
use crate::engine::sight::nouns::{Meaning, Trait};
use crate::engine::sight::{Class, Sights};
use crate::engine::{EngineError, JobCx, Phase};
use choose::{Candidate, View};
use phrase::{Wanted, wanted};
use std::sync::Arc;

const NAME: &str = "eyes";
/// Answers at most.
const MOST: usize = 3;
/// Things of a plural are at least this sure, and this part of the surest.
const EACH: (f32, f32) = (0.16, 0.3);
/// A rival is another answer if what is said fits it nearly as well, in logarithms.
const RIVAL: f32 = 0.9;

/// Finds things by names, colours, places and relations.
#[derive(Clone, Default)]
pub struct Eyes {
    sights: Arc<Sights>,
}

impl Locator for Eyes {
    fn name(&self) -> &'static str {
        NAME
    }

    fn prepare(&self, image: &Arc<Raster>, cx: &JobCx<'_>) -> Result<(), EngineError> {
        self.sights.of(image).things(image, cx).map(drop)
    }

    fn unload(&self) {
        self.sights.clear();
    }

    fn locate(&self, request: LocateRequest<'_>, cx: &JobCx<'_>) -> Result<Vec<MaskProposal>, EngineError> {
        cx.check()?;
        refuse_clicks_outside(&request)?;
        let points = !request.clicks.is_empty() || request.bounds.is_some();
        if points || request.op == EditOp::Add || request.image.extent().is_empty() {
            return Classic.locate(request, cx);
        }
        cx.progress(Phase::Looking, 0.0);
        let sight = self.sights.of(request.image);
        let wanted = wanted(request.phrase, request.location);
        let view = View { image: request.image, sight: &sight, cx };
        let Some(noun) = &wanted.noun else { return Classic.locate(request, cx) };
        match &noun.meaning {
            Meaning::Thing(_) | Meaning::Person(_) => {
                let found = named(&view, &wanted)?;
                if found.is_empty() { Classic.locate(request, cx) } else { Ok(found) }
            }
            Meaning::Animal(classes) if !classes.is_empty() => {
                let found = named(&view, &wanted)?;
                if found.is_empty() { Classic.locate(request, cx) } else { Ok(found) }
            }
            _ => Classic.locate(request, cx),
        }
    }
}

/// What the detector knows by name.
fn named(view: &View<'_>, wanted: &Wanted) -> Result<Vec<MaskProposal>, EngineError> {
    let mut candidates = view.candidates(wanted)?;
    let Some(best) = candidates.first().copied() else { return Ok(Vec::new()) };
    let cues = &wanted.cues;
    let likely =
        |candidate: &Candidate| candidate.sure >= EACH.0.min(best.sure) && candidate.sure >= EACH.1 * best.sure;
    let plural = wanted.noun.as_ref().is_some_and(|noun| match &noun.meaning {
        Meaning::Person(traits) => noun.plural || traits.iter().any(|t| matches!(t, Trait::Group | Trait::Two)),
        _ => noun.plural,
    });
    if let Some((number, from)) = cues.ordinal {
        candidates.retain(likely);
        let along = |candidate: &Candidate| super::classic::phrase::along(from, candidate.rect.centre());
        candidates.sort_by(|a, b| along(a).total_cmp(&along(b)));
        let Some(chosen) = candidates.get(number - 1).or(candidates.last()).copied() else { return Ok(Vec::new()) };
        return Ok(vec![proposal(view, &chosen, 1.0)?]);
    }
    if (plural || cues.all) && cues.size.is_none() {
        candidates.retain(|candidate| likely(candidate) && candidate.fit > best.fit - 2.5);
        return Ok(vec![together(view, &candidates)?]);
    }
    let mut found = Vec::new();
    for candidate in candidates.iter().filter(|candidate| candidate.fit > best.fit - RIVAL).take(MOST) {
        let doubt = (0.5 * (candidate.fit - best.fit)).exp();
        found.push(proposal(view, candidate, doubt)?);
    }
    if let Some(second) = candidates.get(1)
        && second.fit > best.fit - RIVAL
    {
        let closeness = 1.0 - (best.fit - second.fit) / RIVAL;
        found.iter_mut().for_each(|found| found.confidence *= 1.0 - 0.4 * closeness);
    }
    found.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    Ok(found)
}

fn confidence(candidate: &Candidate) -> f32 {
    (candidate.sure / 0.5).sqrt().min(0.95)
}

fn proposal(view: &View<'_>, candidate: &Candidate, doubt: f32) -> Result<MaskProposal, EngineError> {
    let mask = Arc::new(mask_of(view, candidate)?);
    let confidence = confidence(candidate) * doubt;
    let reason = format!("looks like a {}", candidate.class.name());
    Ok(MaskProposal { mask, confidence, source: NAME.to_owned(), reason })
}

fn together(view: &View<'_>, candidates: &[Candidate]) -> Result<MaskProposal, EngineError> {
    let mut mask = Mask::empty(view.image.extent());
    for candidate in candidates {
        mask.union(&mask_of(view, candidate)?);
    }
    let sure = candidates.iter().map(confidence).sum::<f32>() / candidates.len().max(1) as f32;
    let reason = format!("{} that look right", candidates.len());
    Ok(MaskProposal { mask: Arc::new(mask), confidence: sure, source: NAME.to_owned(), reason })
}

/// The mask of a thing in its box.
fn mask_of(view: &View<'_>, candidate: &Candidate) -> Result<Mask, EngineError> {
    if candidate.class == Class::PERSON {
        let figure = view.sight.figure(view.image, candidate.rect, view.cx)?;
        return Ok(figure.mask(view.image.extent()));
    }
    let bounds = candidate.rect.pixels(view.image.extent());
    Ok(super::classic::in_box(view.image, bounds, view.cx)?
        .unwrap_or_else(|| Mask::rectangle(view.image.extent(), bounds)))
}
