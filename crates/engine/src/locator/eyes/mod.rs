//! The embedded locator: finds things by name with the networks that ship with the program.
//!
//! A phrase is read ([`phrase`]), its noun selects among what the networks see ([`crate::sight`]), colours, places and
//! relations choose among that ([`choose`]), and the choice becomes a mask. [`Classic`] handles what the networks do
//! not know, and clicks and boxes.

mod choose;
mod masks;
mod people;
mod phrase;
mod pointing;
mod text;

use super::classic::Classic;
use super::classic::nouns;
use super::{LocateRequest, Locator, refuse_clicks_outside};
use crate::sight::nouns::{Meaning, Trait};
use crate::sight::{Class, Rect, Sights};
use crate::{EngineError, JobCx, Phase};
use choose::{Candidate, View, smallness, youth};
use masks::mask_of;
use phrase::{Wanted, wanted};
pub(super) use pointing::thing_at;
use std::sync::Arc;
use tie_core::wording::means_others;
use tie_core::{EditOp, Mask, MaskProposal, Point, Raster};

const NAME: &str = "eyes";
/// Answers at most.
const MOST: usize = 3;
/// Things of a plural are at least this sure, and this part of the surest.
const EACH: (f32, f32) = (0.25, 0.3);
/// A click selects things that the detector is at least this sure of.
const CLICKABLE: f32 = 0.35;
/// This many of the surest things are outlined in advance.
const AHEAD: usize = 3;
/// Least confidence and share of the photo of its subjects.
const PROMINENT: (f32, f32) = (0.4, 0.015);
/// Boxes that overlap less are two things.
const APART: f32 = 0.45;
/// Young ones are lower than the tallest by at least this share.
const SMALLER: f32 = 0.4;
/// A smaller share of the photo, beside another candidate this many times as large and at least this sure, is in doubt.
const SPECK: (f32, f32, f32) = (0.015, 10.0, 0.12);
/// Factor on the confidence where words say more than is seen.
const UNSEEN: f32 = 0.7;
/// Weight of the words in the confidence, in logarithms.
const SAID: f32 = 0.2;
/// A rival is another answer if the words fit it nearly as well, in logarithms.
const RIVAL: f32 = 0.9;

/// Finds things by name, colour, place and relation, with the networks that ship with the program.
#[derive(Clone, Default)]
pub struct Eyes {
    sights: Arc<Sights>,
}

impl Eyes {
    /// Shares what the networks see with other locators.
    pub(crate) const fn new(sights: Arc<Sights>) -> Self {
        Self { sights }
    }
}

impl Locator for Eyes {
    fn name(&self) -> &'static str {
        NAME
    }

    fn label(&self) -> &'static str {
        "Built-in networks"
    }

    fn prepare(&self, image: &Arc<Raster>, cx: &JobCx<'_>) -> Result<(), EngineError> {
        let sight = self.sights.of(image);
        sight.things(image, cx)?;
        sight.faces(image, cx)?;
        sight.text(image, cx)?;
        for Candidate { rect, class, .. } in View::new(image, &sight, cx).everything(CLICKABLE)?.into_iter().take(AHEAD)
        {
            if class == Class::PERSON {
                sight.figure(image, rect, cx)?;
            } else {
                sight.outline(image, rect, cx)?;
            }
        }
        Ok(())
    }

    fn looks_ahead(&self) -> bool {
        true
    }

    fn under(&self, image: &Arc<Raster>, at: Point, cx: &JobCx<'_>) -> Result<Option<MaskProposal>, EngineError> {
        let sight = self.sights.of(image);
        pointing::under(&View::new(image, &sight, cx), at)
    }

    fn unload(&self) {
        self.sights.clear();
    }

    fn locate(&self, request: LocateRequest<'_>, cx: &JobCx<'_>) -> Result<Vec<MaskProposal>, EngineError> {
        cx.check()?;
        refuse_clicks_outside(&request)?;
        if request.image.extent().is_empty() || request.op == EditOp::Add {
            return Classic.locate(request, cx);
        }
        let sight = self.sights.of(request.image);
        let mut view = View::new(request.image, &sight, cx);
        if let (Some(bounds), true) = (request.bounds, request.clicks.is_empty()) {
            let mask = pointing::in_drawn_box(&view, bounds.clamp(request.image.extent()).into())?;
            return Ok(vec![MaskProposal::new(mask, 0.8, NAME, "the object in the box")]);
        }
        if !request.clicks.is_empty() || request.bounds.is_some() {
            let known = if request.bounds.is_none() { pointing::at_clicks(&view, request)? } else { None };
            return known.map_or_else(|| Classic.locate(request, cx), |found| Ok(vec![found]));
        }
        cx.progress(Phase::Looking, 0.0);
        view.know(request.others)?;
        let wanted = wanted(request.phrase, request.location);
        let found = match wanted.noun.as_ref().map(|noun| &noun.meaning) {
            // "The word HOTEL" is not a building.
            _ if wanted.names_text() => text::text(&view, &wanted, request.phrase, request.op)?,
            Some(Meaning::Thing(_) | Meaning::Person(_) | Meaning::Animal(_)) => named(&view, &wanted)?,
            Some(Meaning::Body(_) | Meaning::Clothes(_)) => people::parts(&view, &wanted)?,
            Some(Meaning::Picture("background" | "rest")) => subject(&view)?.map(all_but).into_iter().collect(),
            Some(Meaning::Picture("foreground" | "subject")) => subject(&view)?.into_iter().collect(),
            _ => Vec::new(),
        };
        if found.is_empty() { unknown(&view, request, &wanted) } else { confirmed(found, &view, request, &wanted) }
    }
}

/// The classes that a phrase's noun may be detected as, with weights, and the noun as written; `None` if the detector
/// knows no such thing.
pub(crate) fn classes_of(phrase: &str) -> Option<(Vec<(Class, f32)>, String)> {
    let wanted = wanted(phrase, None);
    let classes = choose::classes(&wanted.noun.as_ref()?.meaning);
    (!classes.is_empty()).then(|| (classes, wanted.noun_text().to_owned()))
}

/// Whether a phrase means text.
pub(crate) fn names_text(phrase: &str) -> bool {
    wanted(phrase, None).names_text()
}

/// Where the look of a thing is known, a search by looks alone is separate evidence: an unsure answer that agrees with
/// it is surer.
fn confirmed(
    mut found: Vec<MaskProposal>,
    view: &View<'_>,
    request: LocateRequest<'_>,
    wanted: &Wanted,
) -> Result<Vec<MaskProposal>, EngineError> {
    /// Masks with a larger intersection over union agree.
    const AGREED: f32 = 0.6;
    let Some(best) = found.first_mut() else { return Ok(found) };
    if best.is_low_confidence()
        && (!wanted.cues.colours.is_empty() || has_known_look(&wanted.head))
        && let Some(other) = Classic.locate(request, view.cx)?.first()
        && best.mask.iou(&other.mask) > AGREED
    {
        best.confidence = 1.0 - (1.0 - best.confidence) * (1.0 - other.confidence);
    }
    Ok(found)
}

/// Whether things of this name have a distinctive look: a spoon is of metal, a cup round and hollow.
fn has_known_look(head: &str) -> bool {
    let look = head.rsplit(' ').next().and_then(nouns::lookup);
    look.is_some_and(|(look, _)| !look.colours.is_empty() || look.metallic || look.vessel)
}

/// What looks and place alone find. Little of that is right, unless it covers areas whose look is known.
fn unknown(view: &View<'_>, request: LocateRequest<'_>, wanted: &Wanted) -> Result<Vec<MaskProposal>, EngineError> {
    /// Factor on the confidence of a guess.
    const GUESS: f32 = 0.6;
    /// The same factor for areas.
    const STUFF: f32 = 0.85;
    /// No sky, sea or wall covers a larger share of a photo that shows anything else.
    const ALL_OF_IT: f32 = 0.9;
    let mut found = Classic.locate(request, view.cx)?;
    if let Some(Meaning::Stuff(_)) = wanted.noun.as_ref().map(|noun| &noun.meaning) {
        for one in &mut found {
            // A sea under a grey sky looks like more of it.
            one.confidence *= if one.mask.area_fraction() > ALL_OF_IT { GUESS } else { STUFF };
        }
        return Ok(found);
    }
    if let Some(Meaning::Picture(_)) = wanted.noun.as_ref().map(|noun| &noun.meaning) {
        return Ok(found);
    }
    let whole = found.first().is_some_and(|found| found.confidence >= 1.0);
    if !whole {
        for one in &mut found {
            one.confidence *= GUESS;
        }
    }
    Ok(found)
}

/// The subject of the photo: the people, animals and things that stand out.
fn subject(view: &View<'_>) -> Result<Option<MaskProposal>, EngineError> {
    let mut things = view.everything(PROMINENT.0)?;
    let whole = view.image.extent().area() as f32;
    things.retain(|thing| thing.rect.area() > PROMINENT.1 * whole);
    if things.is_empty() {
        return Ok(None);
    }
    let mut found = together(view, &things)?;
    "the main people, animals and objects".clone_into(&mut found.reason);
    Ok(Some(found))
}

fn all_but(mut found: MaskProposal) -> MaskProposal {
    Arc::make_mut(&mut found.mask).invert();
    found.reason = format!("everything but {}", found.reason);
    found
}

/// What the detector knows by name.
fn named(view: &View<'_>, wanted: &Wanted) -> Result<Vec<MaskProposal>, EngineError> {
    let mut candidates = view.candidates(wanted)?;
    if means_others(&wanted.head) {
        /// Most of a box: two who overlap as much are one, or a group that one is in.
        const SAME: f32 = 0.85;
        let share = |a: &Candidate, b: &Candidate| a.rect.share_in(&b.rect).max(b.rect.share_in(&a.rect));
        candidates.retain(|one| view.others.iter().all(|other| other.class != one.class || share(other, one) < SAME));
    }
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
    let share = |candidate: &Candidate| candidate.rect.area() / (view.image.extent().area() as f32).max(1.0);
    let mut found = Vec::new();
    let mut shown: Vec<Rect> = Vec::new();
    for candidate in candidates.iter().filter(|candidate| best.lead(candidate) < RIVAL) {
        if found.len() == MOST || shown.iter().any(|rect| rect.iou(&candidate.rect) >= APART) {
            continue;
        }
        shown.push(candidate.rect);
        let gap = best.fit - candidate.fit;
        let gain = ((0.5 + SAID) * (gap - best.lead(candidate))).exp();
        found.push((proposal(view, candidate, (-0.5 * gap).exp())?, gain));
    }
    // Another box of the same thing is not a rival.
    let is_apart = |other: &&Candidate| other.rect.iou(&best.rect) < APART && !is_nested(&other.rect, &best.rect);
    let lead = candidates.iter().skip(1).filter(is_apart).map(|other| best.lead(other)).fold(RIVAL, f32::min);
    if lead < RIVAL {
        let closeness = 1.0 - lead.max(0.0) / RIVAL;
        for (one, _) in &mut found {
            one.confidence *= 1.0 - 0.4 * closeness;
        }
    }
    // What the photo is of is rarely the smallest of its kind.
    let is_speck = cues.size.is_none() && share(&best) < SPECK.0;
    let is_dwarfed = |other: &Candidate| other.rect.area() > SPECK.1 * best.rect.area() && other.sure > SPECK.2;
    if is_speck && candidates.iter().any(is_dwarfed) {
        for (one, _) in &mut found {
            one.confidence *= UNSEEN;
        }
    }
    // Among others of its kind, a young one is known by its size.
    let is_as_large = youth(wanted).is_some() && smallness(&best, &candidates) < SMALLER;
    if candidates.iter().skip(1).any(|other| is_apart(&other) && likely(other))
        && (is_as_large || says_more_than_is_seen(view, wanted)?)
    {
        for (one, _) in &mut found {
            one.confidence *= UNSEEN;
        }
    }
    found.sort_by(|(a, _), (b, _)| b.confidence.total_cmp(&a.confidence));
    // What has less of the colour is the second choice, and yet may be as good.
    let surest = found.first().map_or(0.0, |(one, _)| one.confidence);
    let raised =
        found.into_iter().map(|(one, gain)| MaskProposal { confidence: (one.confidence * gain).min(surest), ..one });
    Ok(raised.collect())
}

/// Whether most of one box is inside the other, like that of a part.
fn is_nested(a: &Rect, b: &Rect) -> bool {
    const MOST_OF_IT: f32 = 0.6;
    a.share_in(b) > MOST_OF_IT || b.share_in(a) > MOST_OF_IT
}

/// Whether the words distinguish by something that nothing here can see: women from men, or something that is not found
/// itself.
fn says_more_than_is_seen(view: &View<'_>, wanted: &Wanted) -> Result<bool, EngineError> {
    let by_sex = wanted.noun.as_ref().is_some_and(|noun| match &noun.meaning {
        Meaning::Person(traits) => traits.iter().any(|one| matches!(one, Trait::Male | Trait::Female | Trait::Old)),
        _ => false,
    });
    let cues = &wanted.cues;
    if by_sex && wanted.clauses.is_empty() && cues.places.is_empty() && cues.colours.is_empty() {
        return Ok(true);
    }
    for clause in &wanted.clauses {
        if !view.can_tell(clause)? {
            return Ok(true);
        }
    }
    Ok(wanted.posture.is_some() && wanted.clauses.is_empty() && cues.places.is_empty())
}

fn confidence(candidate: &Candidate) -> f32 {
    // A helmet is a car at .16: the detector must be surer than .2 before anything runs unasked.
    (candidate.sure / 0.88).sqrt().min(0.95) * (SAID * candidate.said.min(0.0)).exp().max(0.4)
}

fn proposal(view: &View<'_>, candidate: &Candidate, doubt: f32) -> Result<MaskProposal, EngineError> {
    let mask = mask_of(view, candidate)?;
    Ok(MaskProposal::new(mask, confidence(candidate) * doubt, NAME, looks_like(candidate)))
}

fn looks_like(thing: &Candidate) -> String {
    format!("looks like {}", with_article(thing.class.name()))
}

fn with_article(name: &str) -> String {
    let article = match name {
        "skis" | "scissors" => "",
        _ if name.starts_with(['a', 'e', 'i', 'o', 'u']) => "an ",
        _ => "a ",
    };
    format!("{article}{name}")
}

fn together(view: &View<'_>, candidates: &[Candidate]) -> Result<MaskProposal, EngineError> {
    let mut mask = Mask::empty(view.image.extent());
    for candidate in candidates {
        mask.union(&mask_of(view, candidate)?);
    }
    let sure = candidates.iter().map(confidence).sum::<f32>() / candidates.len().max(1) as f32;
    let reason = format!("{} matches", candidates.len());
    Ok(MaskProposal::new(mask, sure, NAME, reason))
}
