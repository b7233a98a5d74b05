//! Chooses which of the detected things is meant.

use super::masks::whole;
use super::phrase::{Clause, Posture, Relation, Wanted, wanted};
use crate::locator::classic::colour_names::{Term, memberships};
use crate::locator::classic::frame::{Lab, to_lab};
use crate::locator::classic::phrase::{Place, Query, Size};
use crate::locator::classic::score::{named_degree, position};
use crate::sight::nouns::{Meaning, Trait};
use crate::sight::{Class, Figure, Patch, Rect, Sight, Thing};
use crate::{EngineError, JobCx};
use tie_core::mask::SELECTED;
use tie_core::{OtherTarget, Raster};

/// Boxes of different classes that overlap more are the same thing.
const SAME: f32 = 0.65;
/// Things whose score is below this are not believed to be there.
const LEAST: f32 = 0.07;
/// Another thing of the instruction is taken to be where the detector is at least this sure of it.
const KNOWN: f32 = 0.2;
/// The most that words about a thing can outweigh the detector, in log odds.
const PLACE_WEIGHT: f32 = 1.6;
const COLOUR_WEIGHT: f32 = 2.0;
/// Shares of a colour far below this are all the same: light and haze change colours.
const NO_COLOUR: f32 = 0.1;
/// Weight of a pixel that has the colour only in better light.
const NEARLY: f32 = 0.35;
const RELATION_WEIGHT: f32 = 2.0;
/// Boxes that are likely of a part of something fit worse by this.
const PART: f32 = 1.0;
/// Candidates whose colour is looked for in their outline, which takes time; the surest ones.
const MOST_OUTLINED: usize = 4;
/// Pixels of a thing that are checked for its colour.
const SAMPLES: u32 = 48;

/// A thing that may be meant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub rect: Rect,
    pub class: Class,
    /// Confidence that this is such a thing, 0 to 1.
    pub sure: f32,
    /// Overall fit with the words, in logarithms; larger is better.
    pub fit: f32,
    /// Fit of the words, in logarithms: 0 if all fit, less where words beside the noun do not, or where the thing looks
    /// more like something else.
    pub said: f32,
    /// The part of it that comes from having more of the named colour than is needed.
    pub moot: f32,
}

/// Where to search for the thing.
pub(super) struct View<'a> {
    pub image: &'a Raster,
    pub sight: &'a Sight,
    pub cx: &'a JobCx<'a>,
    /// The other things of the instruction, as far as they are seen.
    pub others: Vec<Candidate>,
}

/// The classes that a noun may be seen as.
pub(super) fn classes(meaning: &Meaning) -> Vec<(Class, f32)> {
    match meaning {
        Meaning::Thing(classes) | Meaning::Animal(classes) => classes.clone(),
        Meaning::Person(_) => vec![(Class::PERSON, 1.0)],
        _ => Vec::new(),
    }
}

impl Candidate {
    /// How much better this fits than another. Between two that have the named colour, it does not matter which has
    /// more of it.
    pub(super) fn lead(&self, other: &Self) -> f32 {
        let more = if other.moot > 0.0 { (self.moot - other.moot).max(0.0) } else { 0.0 };
        self.fit - other.fit - more
    }
}

impl<'a> View<'a> {
    pub(super) const fn new(image: &'a Raster, sight: &'a Sight, cx: &'a JobCx<'a>) -> Self {
        Self { image, sight, cx, others: Vec::new() }
    }

    /// Looks for what else the instruction names.
    ///
    /// # Errors
    /// See [`candidates`](Self::candidates).
    pub(super) fn know(&mut self, others: &[OtherTarget]) -> Result<(), EngineError> {
        for OtherTarget { phrase, location } in others {
            let found = self.candidates(&wanted(phrase, location.as_deref()))?;
            self.others.extend(found.first().filter(|other| other.sure > KNOWN));
        }
        Ok(())
    }

    /// All things that may be meant, likeliest first.
    ///
    /// # Errors
    /// [`EngineError::Cancelled`].
    pub(super) fn candidates(&self, wanted: &Wanted) -> Result<Vec<Candidate>, EngineError> {
        let Some(noun) = &wanted.noun else { return Ok(Vec::new()) };
        let classes = classes(&noun.meaning);
        let mut found = self.of_classes(&classes)?;
        let apart = found.clone();
        let everything = self.everything(LEAST)?;
        for (rank, candidate) in found.iter_mut().enumerate() {
            self.cx.check()?;
            let (said, size) = self.cues(&wanted.cues, candidate, &apart, rank < MOST_OUTLINED)?;
            (candidate.said, candidate.moot) = said;
            for clause in &wanted.clauses {
                let (said, moot) = self.clause(clause, candidate)?;
                candidate.said += RELATION_WEIGHT * said;
                candidate.moot += RELATION_WEIGHT * moot;
            }
            candidate.fit +=
                candidate.said + size + wanted.posture.map_or(0.0, |posture| holds(posture, &candidate.rect));
            // A thing that is more likely something else is not meant.
            let is_other = |other: &&Candidate| {
                classes.iter().all(|(class, _)| *class != other.class) && other.rect.iou(&candidate.rect) > SAME
            };
            let surest = everything.iter().filter(is_other).map(|other| other.sure).fold(0.0, f32::max);
            let rather = (surest / candidate.sure).ln().max(0.0);
            candidate.fit -= rather;
            candidate.said -= rather;
            if apart.iter().any(|whole| is_part(candidate, whole)) {
                candidate.fit -= PART;
            }
            if let Some(weight) = youth(wanted) {
                candidate.fit += weight * smallness(candidate, &apart);
            }
        }
        found.sort_by(|a, b| b.fit.total_cmp(&a.fit));
        if let Some((best, others)) = found.split_first_mut()
            && best.class.is_long()
        {
            *best = whole(self, best, others)?;
        }
        for candidate in found.iter().take(6) {
            log::debug!("{:?}: {candidate:?}", wanted.head);
        }
        Ok(found)
    }

    /// The things of some classes, each once, surest first.
    pub(super) fn of_classes(&self, classes: &[(Class, f32)]) -> Result<Vec<Candidate>, EngineError> {
        let things = self.sight.things(self.image, self.cx)?;
        let weight = |class: Class| classes.iter().find(|(known, _)| *known == class).map(|(_, weight)| *weight);
        let mut all: Vec<Candidate> = things
            .iter()
            .filter_map(|&Thing { class, rect, score }| {
                let sure = score * weight(class)?;
                (sure >= LEAST).then(|| Candidate { rect, class, sure, fit: sure.ln(), said: 0.0, moot: 0.0 })
            })
            .collect();
        all.sort_by(|a, b| b.sure.total_cmp(&a.sure));
        let mut apart: Vec<Candidate> = Vec::new();
        for candidate in all {
            if apart.iter().all(|other| other.rect.iou(&candidate.rect) < SAME) {
                apart.push(candidate);
            }
        }
        Ok(apart)
    }

    /// Everything that is surely there, each thing once, of any class: surest first.
    pub(super) fn everything(&self, least: f32) -> Result<Vec<Candidate>, EngineError> {
        let all: Vec<(Class, f32)> = (0..Class::COUNT).filter_map(Class::at).map(|class| (class, 1.0)).collect();
        let mut found = self.of_classes(&all)?;
        found.retain(|candidate| candidate.sure >= least);
        Ok(found)
    }

    /// How well colour and place fit, the moot part of that, and how well the size fits.
    ///
    /// Boxes of the same thing do not compete in size: their confidence decides. Colours are searched in the outline if
    /// there is time, otherwise in the box.
    fn cues(
        &self,
        cues: &Query,
        candidate: &Candidate,
        all: &[Candidate],
        outlined: bool,
    ) -> Result<((f32, f32), f32), EngineError> {
        let extent = self.image.extent();
        let (x, y) = candidate.rect.centre();
        let at = (x / extent.width.max(1) as f32, y / extent.height.max(1) as f32);
        let mut fit = PLACE_WEIGHT * position(&cues.places, at);
        let mut moot = 0.0;
        if cues.places.contains(&Place::Foreground) {
            fit += 0.5 * self.share(candidate).ln();
        }
        if !cues.colours.is_empty() || cues.lightness != 0 {
            let share = if candidate.class == Class::PERSON {
                self.coloured_figure(cues, candidate, (0.0, 1.0))?
            } else {
                self.coloured_thing(cues, &candidate.rect, outlined)?
            };
            fit += COLOUR_WEIGHT * (share + NO_COLOUR).ln();
            moot = COLOUR_WEIGHT * beyond(share, NO_COLOUR);
        }
        let same = all.iter().filter(|other| lies_in(other, candidate) || lies_in(candidate, other));
        let size = same.map(|other| self.share(other)).fold(self.share(candidate), f32::max).max(1e-4).ln();
        let size = match cues.size {
            Some(Size::Small | Size::Smallest) => -0.5 * size,
            Some(Size::Large | Size::Largest) => 0.5 * size,
            None => 0.25 * size,
        };
        Ok(((fit, moot), size))
    }

    /// The share of the photograph that a box covers.
    fn share(&self, candidate: &Candidate) -> f32 {
        candidate.rect.area() / (self.image.extent().area() as f32).max(1.0)
    }

    /// The share of a box, without its corners, that has the named colours.
    fn coloured(&self, cues: &Query, rect: &Rect, counts: impl Fn(u32, u32) -> bool) -> f32 {
        let part = rect.pixels(self.image.extent());
        let (mut named, mut all) = (0.0, 0.0_f32);
        let step = |length: u32| (length / SAMPLES).max(1) as usize;
        let (cx, cy) = rect.centre();
        for y in (part.y..part.bottom()).step_by(step(part.height)) {
            for x in (part.x..part.right()).step_by(step(part.width)) {
                let dx = 2.0 * (x as f32 + 0.5 - cx) / rect.width().max(1.0);
                let dy = 2.0 * (y as f32 + 0.5 - cy) / rect.height().max(1.0);
                if dx * dx + dy * dy > 1.0 || !counts(x as u32, y as u32) {
                    continue;
                }
                let lab = to_lab(self.image.pixel(x as u32, y as u32));
                let degree = |lab: Lab| named_degree(cues, &memberships(lab), lab[0]);
                named += degree(lab).max(NEARLY * degree(towards(cues, lab)));
                all += 1.0;
            }
        }
        named / all.max(1.0)
    }

    /// The share of a thing that has the named colours: inside its outline, or otherwise its box.
    fn coloured_thing(&self, cues: &Query, rect: &Rect, outlined: bool) -> Result<f32, EngineError> {
        if outlined && let Some(odds) = &*self.sight.outline(self.image, *rect, self.cx)? {
            return Ok(self.coloured(cues, &rect.grown(0.2), |x, y| odds.at(x as f32, y as f32) > 0.0));
        }
        Ok(self.coloured(cues, rect, |_, _| true))
    }

    /// The share of a box, and a little around it, that has the named colours: of text mostly its ground.
    pub(super) fn coloured_around(&self, cues: &Query, rect: &Rect) -> f32 {
        self.coloured(cues, &rect.grown(0.15), |_, _| true)
    }

    /// The share of a patch that has the named colours.
    pub(super) fn coloured_patch(&self, cues: &Query, patch: &Patch) -> f32 {
        let (bounds, mask) = (patch.bounds(), patch.mask());
        // Wide enough that the ellipse in it holds all of the patch.
        let rect = Rect::from(bounds).grown(0.25);
        self.coloured(cues, &rect, |x, y| {
            let (x, y) = (x as i32 - bounds.x, y as i32 - bounds.y);
            let inside = x >= 0 && y >= 0 && x < bounds.width as i32 && y < bounds.height as i32;
            inside && mask.at(x as u32, y as u32) >= SELECTED
        })
    }

    /// The same share of a person between two heights, 0 the top of the box and 1 its bottom; background beside the
    /// person does not count.
    fn coloured_figure(&self, cues: &Query, candidate: &Candidate, (from, to): (f32, f32)) -> Result<f32, EngineError> {
        let figure = self.sight.figure(self.image, candidate.rect, self.cx)?;
        let rect = candidate.rect;
        let height = rect.height();
        let band = Rect::new(rect.left, rect.top + from * height, rect.right, rect.top + to * height);
        Ok(self.coloured(cues, &band, |x, y| covers(&figure, x, y)))
    }

    /// Whether anything is seen that can decide whether a clause holds.
    pub(super) fn can_tell(&self, clause: &Clause) -> Result<bool, EngineError> {
        Ok(is_worn(clause) || !self.candidates(&clause.object)?.is_empty())
    }

    /// How well a thing relates to another one as the clause says: about 0 if it does, negative if it does not; with
    /// the moot part of that.
    fn clause(&self, clause: &Clause, candidate: &Candidate) -> Result<(f32, f32), EngineError> {
        /// A smaller share of a colour does not count.
        const NONE: f32 = 0.05;
        let Clause { relation, object } = clause;
        if is_worn(clause) && candidate.class == Class::PERSON {
            let share = self.coloured_figure(&object.cues, candidate, worn_at(object))?;
            return Ok(match relation {
                Relation::Without => ((1.0 + NONE - share).ln(), 0.0),
                _ => ((share + NONE).ln(), beyond(share, NONE)),
            });
        }
        let others = self.candidates(object)?;
        // A cup of coffee is the coffee as well.
        let is_whole = matches!(relation, Relation::Of | Relation::With);
        let is_other = |other: &&Candidate| is_whole || other.rect.iou(&candidate.rect) < 0.9;
        // A cup holds its coffee, but a woman has her bag with her.
        let is_owned = *relation == Relation::Of
            && candidate.class != Class::PERSON
            && object.noun.as_ref().is_some_and(|noun| matches!(noun.meaning, Meaning::Person(_)));
        let relation = if is_owned { &Relation::Beside } else { relation };
        let fit = |other: &Candidate| stands(*relation, &candidate.rect, &other.rect) + 0.5 * other.sure.ln().max(-2.0);
        let best = others.iter().filter(is_other).map(fit).fold(f32::NEG_INFINITY, f32::max);
        let fit = match (best.is_finite(), relation) {
            (true, Relation::Without) => (-best).min(1.0),
            (true, _) => best.max(-3.0),
            // Nothing is known of the other thing.
            (false, _) => 0.0,
        };
        Ok((fit, 0.0))
    }
}

/// How far, in logarithms, a colour's share exceeds the one from which a thing counts as that colour.
fn beyond(share: f32, none: f32) -> f32 {
    /// Someone in a jacket over a red shirt is in a red shirt.
    const HAS: f32 = 0.25;
    (share.max(HAS) + none).ln() - (HAS + none).ln()
}

/// A colour as it may be in better light: out of haze towards full colour, out of a tint towards grey.
fn towards(cues: &Query, [light, a, b]: Lab) -> Lab {
    let is_grey = |term: &Term| matches!(term, Term::Black | Term::White | Term::Grey);
    let grey = cues.colours.iter().all(|colour| colour.terms.iter().all(is_grey));
    let scale = if grey { 0.4 } else { 2.0 };
    [light, a * scale, b * scale]
}

/// Whether one box is inside another.
fn lies_in(inner: &Candidate, outer: &Candidate) -> bool {
    inner.rect.share_in(&outer.rect) > 0.8
}

/// Whether a box is rather of a part of what another one is of.
fn is_part(candidate: &Candidate, whole: &Candidate) -> bool {
    candidate.rect.area() < 0.5 * whole.rect.area() && candidate.sure < 0.6 * whole.sure && lies_in(candidate, whole)
}

/// Whether it says how someone is dressed.
fn is_worn(clause: &Clause) -> bool {
    matches!(clause.relation, Relation::In | Relation::With | Relation::Without) && is_look(&clause.object)
}

/// Weight of being small where a child or another young one is meant; `None` if none is.
pub(super) fn youth(wanted: &Wanted) -> Option<f32> {
    let noun = wanted.noun.as_ref();
    let is_child =
        noun.is_some_and(|noun| matches!(&noun.meaning, Meaning::Person(traits) if traits.contains(&Trait::Child)));
    if is_child { Some(0.6) } else { wanted.young.then_some(2.0) }
}

/// How much smaller something is than the largest of its kind around it, 0 to 1: children and cubs are.
pub(super) fn smallness(candidate: &Candidate, all: &[Candidate]) -> f32 {
    let sure = all.iter().filter(|other| other.sure > 0.25).map(|other| other.rect.height());
    let tallest = sure.fold(candidate.rect.height(), f32::max);
    1.0 - candidate.rect.height() / tallest.max(1.0)
}

fn covers(figure: &Figure, x: u32, y: u32) -> bool {
    let (x, y) = (x as i32 - figure.part.x, y as i32 - figure.part.y);
    let inside = x >= 0 && y >= 0 && x < figure.part.width as i32 && y < figure.part.height as i32;
    inside && figure.coverage.get(y as usize * figure.part.width as usize + x as usize).is_some_and(|c| *c > 127)
}

/// The heights of a person between which clothes are worn.
fn worn_at(object: &Wanted) -> (f32, f32) {
    match object.noun.as_ref().map(|noun| &noun.meaning) {
        Some(Meaning::Clothes("upper" | "waist" | "neck")) => (0.15, 0.55),
        Some(Meaning::Clothes("lower")) => (0.5, 0.9),
        Some(Meaning::Clothes("feet")) => (0.88, 1.0),
        Some(Meaning::Clothes("head" | "eyes" | "ears" | "face") | Meaning::Body("hair" | "face" | "head")) => {
            (0.0, 0.18)
        }
        _ => (0.1, 0.95),
    }
}

/// How well a box's shape fits a posture.
fn holds(posture: Posture, rect: &Rect) -> f32 {
    let wide = 0.8 * (rect.width() / rect.height().max(1.0)).max(1e-3).ln();
    match posture {
        Posture::Lying => wide.clamp(-1.0, 1.0),
        Posture::Standing => (-wide).clamp(-1.0, 1.0),
    }
}

/// Whether the words mean clothes or a colour rather than a thing: "in the red shirt", "in white".
fn is_look(object: &Wanted) -> bool {
    let is_thing = matches!(
        object.noun.as_ref().map(|noun| &noun.meaning),
        Some(Meaning::Thing(_) | Meaning::Animal(_) | Meaning::Person(_))
    );
    !is_thing && (!object.cues.colours.is_empty() || object.cues.lightness != 0)
}

/// How well a box relates to another: 0 if as said, less the further off.
fn stands(relation: Relation, a: &Rect, b: &Rect) -> f32 {
    let size = (a.area().sqrt() + b.area().sqrt()).max(1.0) / 2.0;
    let gap = |from: f32, to: f32| (from - to).max(0.0) / size;
    // The distance between the boxes, in sizes of them.
    let dx = gap(a.left, b.right).max(gap(b.left, a.right));
    let dy = gap(a.top, b.bottom).max(gap(b.top, a.bottom));
    let apart = dx.hypot(dy);
    let ((ax, ay), (bx, by)) = (a.centre(), b.centre());
    let side = |wrong: f32| -3.0 * (wrong / size).clamp(0.0, 1.0);
    let across = a.intersect(&Rect::new(b.left, a.top, b.right, a.bottom)).width() / a.width().min(b.width()).max(1.0);
    match relation {
        Relation::With | Relation::Without | Relation::Of => -2.0 * apart + (b.share_in(a) + 0.2).ln().max(-1.5),
        Relation::In => (a.share_in(b) + 0.1).ln(),
        Relation::On => {
            let standing = (a.bottom - b.top).min(b.bottom - a.top) / size;
            (across + 0.1).ln() - (-standing).max(0.0) - if ay > b.bottom { 1.0 } else { 0.0 }
        }
        Relation::Beside => -1.5 * apart,
        Relation::LeftOf => side(ax - bx) - 0.4 * apart,
        Relation::RightOf => side(bx - ax) - 0.4 * apart,
        Relation::Above => side(ay - by) - 0.4 * apart + 0.5 * (across + 0.1).ln(),
        Relation::Below => side(by - ay) - 0.4 * apart + 0.5 * (across + 0.1).ln(),
        // Nearer things reach further down.
        Relation::Behind => side(a.bottom - b.bottom) - apart,
        Relation::InFront => side(b.bottom - a.bottom) - apart,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_in_red_shirts_neither_leads_for_more_red() {
        let wears = |share: f32| {
            let said = RELATION_WEIGHT * (share + 0.05).ln();
            let moot = RELATION_WEIGHT * beyond(share, 0.05);
            Candidate { rect: Rect::default(), class: Class::PERSON, sure: 0.7, fit: 0.7_f32.ln() + said, said, moot }
        };
        assert!(wears(0.6).lead(&wears(0.3)) < 0.01, "a jacket may be over it");
        assert!(wears(0.6).lead(&wears(0.1)) > 2.0, "a red cap is no red shirt");
    }

    #[test]
    fn things_stand_to_others_as_their_boxes_do() {
        let table = Rect::new(0.0, 100.0, 200.0, 160.0);
        let (cup, lamp) = (Rect::new(40.0, 70.0, 70.0, 110.0), Rect::new(300.0, 60.0, 330.0, 120.0));
        assert!(stands(Relation::On, &cup, &table) > stands(Relation::On, &lamp, &table) + 1.0);
        assert!(stands(Relation::RightOf, &lamp, &cup) > stands(Relation::LeftOf, &lamp, &cup) + 1.0);
        assert!(stands(Relation::Above, &cup, &table) > stands(Relation::Below, &cup, &table) + 0.5);
        assert!(stands(Relation::Beside, &cup, &table) > stands(Relation::Beside, &lamp, &cup));
    }
}
