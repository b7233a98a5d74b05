//! Parts of people: faces and what is in them, hair, skin and clothes.

use super::choose::{Candidate, View};
use super::phrase::{Relation, Wanted};
use super::{MOST, NAME};
use crate::EngineError;
use crate::locator::classic::score::position;
use crate::sight::nouns::Meaning;
use crate::sight::{Body, BodyPart, Class, Face, FacePart, Part, Patch, Rect, Side, face_part};
use tie_core::{Mask, MaskProposal};

/// People and faces that are surer than this have parts.
const PRESENT: f32 = 0.3;
/// People and faces that are analysed, largest first.
const MOST_PEOPLE: usize = 8;
/// Someone smaller than this share of the area is not a rival.
const MUCH_SMALLER: f32 = 0.5;
/// Owners that fit worse than the best one by more, in logarithms, are left out.
const OWNER_FIT: f32 = 1.2;
/// A smaller share of a named colour does not count.
const LEAST_COLOUR: f32 = 0.12;

/// How far to trust the border between garments, and between all clothes and the body.
const GARMENT: f32 = 0.65;
const WHOLE_DRESS: f32 = 0.85;

/// The part of a person that the words name.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Sought {
    OfFace(FacePart),
    OfBody(BodyPart),
}

/// A part of someone, with how well it fits.
struct Fitting {
    part: Part,
    fit: f32,
}

/// The parts of people that fit, best first; empty if no one is seen or no such part.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub(super) fn parts(view: &View<'_>, wanted: &Wanted) -> Result<Vec<MaskProposal>, EngineError> {
    let Some(noun) = &wanted.noun else { return Ok(Vec::new()) };
    let owner = wanted.clauses.iter().find(|clause| {
        let person = clause.object.noun.as_ref().is_some_and(|noun| matches!(noun.meaning, Meaning::Person(_)));
        person && matches!(clause.relation, Relation::Of | Relation::On | Relation::With)
    });
    let Some(sought) = sought(&noun.meaning, owner.is_some()) else { return Ok(Vec::new()) };
    let owners = match owner {
        Some(clause) => likely(view.candidates(&clause.object)?),
        None => largest(view.of_classes(&[(Class::PERSON, 1.0)])?),
    };
    let mut found = Vec::new();
    for (part, rect) in of_people(view, sought, &owners, owner.is_some())? {
        // How well the owner fits their description, if there is one.
        let owned = owner.is_some().then(|| {
            let of = owners.iter().filter(|owner| rect.share_in(&owner.rect) > 0.7);
            of.map(|owner| owner.fit - owners[0].fit).fold(-OWNER_FIT, f32::max)
        });
        let area = part.patch.area() as f32;
        let extent = view.image.extent();
        let (x, y) = rect.centre();
        let at = (x / extent.width.max(1) as f32, y / extent.height.max(1) as f32);
        let mut fit = 1.6 * position(&wanted.cues.places, at) + 0.5 * area.max(1.0).ln() + part.confidence;
        if let Some(owned) = owned {
            // Size has been counted with the owner.
            fit += owned - 0.5 * area.max(1.0).ln();
        }
        let mut part = part;
        if !wanted.cues.colours.is_empty() || wanted.cues.lightness != 0 {
            let share = view.coloured_patch(&wanted.cues, &part.patch);
            fit += 2.2 * (share + 0.04).ln();
            if share < LEAST_COLOUR {
                part.confidence *= 0.4;
            }
        }
        found.push(Fitting { part, fit });
    }
    if let Meaning::Clothes(place) = &noun.meaning {
        let sure = if matches!(*place, "whole" | "all") { WHOLE_DRESS } else { GARMENT };
        for found in &mut found {
            found.part.confidence *= sure;
        }
    }
    found.sort_by(|a, b| b.fit.total_cmp(&a.fit));
    let many = noun.plural && !comes_in_twos(sought) || wanted.cues.all && found.len() > 1;
    if many {
        return Ok(together(view, &found, wanted).into_iter().collect());
    }
    let Some(best) = found.first().map(|found| (found.fit, found.part.patch.area())) else { return Ok(Vec::new()) };
    found.retain(|other| other.fit > best.0 - 0.7 && other.part.patch.area() as f32 > MUCH_SMALLER * best.1 as f32);
    let answers = found.iter().take(MOST).map(|found| {
        let mask = found.part.patch.onto(view.image.extent());
        let confidence = found.part.confidence * (found.fit - best.0).exp();
        MaskProposal::new(mask, confidence, NAME, reason(wanted))
    });
    Ok(answers.collect())
}

fn reason(wanted: &Wanted) -> String {
    format!("{} of a person", wanted.noun_text())
}

/// The parts of all in one mask.
fn together(view: &View<'_>, found: &[Fitting], wanted: &Wanted) -> Option<MaskProposal> {
    let named_colour = !wanted.cues.colours.is_empty();
    let best = found.first()?.fit;
    let all: Vec<&Fitting> = found.iter().filter(|other| !named_colour || other.fit > best - 2.5).collect();
    let mut mask = Mask::empty(view.image.extent());
    for one in &all {
        mask.union(&one.part.patch.onto(view.image.extent()));
    }
    let confidence = all.iter().map(|one| one.part.confidence).sum::<f32>() / all.len().max(1) as f32;
    let reason = format!("{} of {} people", wanted.noun_text(), all.len());
    Some(MaskProposal::new(mask, confidence, NAME, reason))
}

/// The people who fit the description about as well as the best; not empty if there are any.
fn likely(mut owners: Vec<Candidate>) -> Vec<Candidate> {
    if let Some(best) = owners.first().map(|owner| owner.fit) {
        owners.retain(|owner| owner.fit > best - OWNER_FIT);
    }
    owners.truncate(MOST_PEOPLE);
    owners
}

/// The largest, surest people first.
fn largest(mut people: Vec<Candidate>) -> Vec<Candidate> {
    people.retain(|person| person.sure >= PRESENT);
    people.sort_by(|a, b| (b.rect.area() * b.sure).total_cmp(&(a.rect.area() * a.sure)));
    people.truncate(MOST_PEOPLE);
    people
}

/// The part of each of the people, with the box of its owner.
fn of_people(
    view: &View<'_>,
    sought: Sought,
    owners: &[Candidate],
    chosen: bool,
) -> Result<Vec<(Part, Rect)>, EngineError> {
    let (image, cx) = (view.image, view.cx);
    let faces = view.sight.faces(image, cx)?;
    let mut found = Vec::new();
    match sought {
        Sought::OfFace(part) => {
            let is_owners = |face: &&Face| !chosen || owners.iter().any(|owner| face.rect.share_in(&owner.rect) > 0.7);
            let mut seen: Vec<&Face> = faces.iter().filter(|face| face.score >= PRESENT).filter(is_owners).collect();
            seen.sort_by(|a, b| b.rect.area().total_cmp(&a.rect.area()));
            for face in seen.into_iter().take(2 * MOST_PEOPLE) {
                cx.check()?;
                found.extend(face_part(image, face, part, cx)?.map(|part| (part, face.rect)));
            }
        }
        Sought::OfBody(part) => {
            for owner in owners {
                cx.check()?;
                let person = Patch::from(&*view.sight.figure(image, owner.rect, cx)?);
                let face = Body::face_of(&person, &faces);
                if let Some(body) = Body::new(image, &person, face) {
                    found.extend(body.part(part, cx)?.map(|part| (part, owner.rect)));
                }
            }
        }
    }
    found.retain(|(part, _)| part.patch.area() > 0);
    Ok(found)
}

/// What is inside a box drawn on a face or on hair.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub(super) fn parts_in(view: &View<'_>, rect: Rect) -> Result<Vec<Patch>, EngineError> {
    const ON_FACES: [FacePart; 7] = [
        FacePart::Face,
        FacePart::Eyes,
        FacePart::Eyebrows,
        FacePart::Nose,
        FacePart::Lips,
        FacePart::Mouth,
        FacePart::Teeth,
    ];
    let (image, cx) = (view.image, view.cx);
    let faces = view.sight.faces(image, cx)?;
    let touched = |face: &&Face| face.score >= PRESENT && rect.intersect(&face.rect).area() > 0.2 * rect.area();
    let Some(face) = faces.iter().filter(touched).max_by(|a, b| a.score.total_cmp(&b.score)) else {
        return Ok(Vec::new());
    };
    let mut owners = view.of_classes(&[(Class::PERSON, 1.0)])?;
    owners.retain(|owner| owner.sure >= PRESENT && face.rect.share_in(&owner.rect) > 0.7);
    owners.truncate(1);
    // Some animals have faces too.
    if owners.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for part in ON_FACES {
        cx.check()?;
        found.extend(face_part(image, face, part, cx)?.map(|part| part.patch));
    }
    let hair = of_people(view, Sought::OfBody(BodyPart::Hair), &owners, true)?;
    found.extend(hair.into_iter().map(|(part, _)| part.patch));
    Ok(found)
}

/// Eyes, hands and the like belong to one person although there are two of them.
fn comes_in_twos(sought: Sought) -> bool {
    let of_face = [
        FacePart::Eyes,
        FacePart::Irises,
        FacePart::Eyebrows,
        FacePart::Lips,
        FacePart::Teeth,
        FacePart::Cheeks,
        FacePart::Glasses,
    ];
    match sought {
        Sought::OfFace(part) => of_face.contains(&part),
        Sought::OfBody(part) => matches!(part, BodyPart::Feet | BodyPart::Hands | BodyPart::Lower | BodyPart::Clothes),
    }
}

/// The part that a noun names; `owned` if its owner is named, so that left and right are the owner's.
fn sought(meaning: &Meaning, owned: bool) -> Option<Sought> {
    let left = if owned { Side::OwnLeft } else { Side::SeenLeft };
    let right = if owned { Side::OwnRight } else { Side::SeenRight };
    let face = |part| Some(Sought::OfFace(part));
    let body = |part| Some(Sought::OfBody(part));
    match meaning {
        Meaning::Body(name) => match *name {
            "face" => face(FacePart::Face),
            "eye" => face(FacePart::Eyes),
            "left eye" => face(FacePart::Eye(left)),
            "right eye" => face(FacePart::Eye(right)),
            "eyebrow" => face(FacePart::Eyebrows),
            "lip" => face(FacePart::Lips),
            "mouth" => face(FacePart::Mouth),
            "teeth" => face(FacePart::Teeth),
            "nose" => face(FacePart::Nose),
            "cheek" => face(FacePart::Cheeks),
            "chin" => face(FacePart::Chin),
            "forehead" => face(FacePart::Forehead),
            "beard" | "moustache" => face(FacePart::Beard),
            "head" => body(BodyPart::Head),
            "hair" => body(BodyPart::Hair),
            "skin" => body(BodyPart::Skin),
            "neck" => body(BodyPart::Neck),
            "hand" => body(BodyPart::Hands),
            "foot" => body(BodyPart::Feet),
            _ => None,
        },
        Meaning::Clothes(place) => match *place {
            "all" | "whole" => body(BodyPart::Clothes),
            "upper" => body(BodyPart::Upper),
            "lower" => body(BodyPart::Lower),
            "feet" => body(BodyPart::Feet),
            "head" => body(BodyPart::Headwear),
            "hands" => body(BodyPart::Hands),
            "eyes" => face(FacePart::Glasses),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_name_parts_and_left_is_the_owners_if_there_is_one() {
        assert_eq!(sought(&Meaning::Body("left eye"), false), Some(Sought::OfFace(FacePart::Eye(Side::SeenLeft))));
        assert_eq!(sought(&Meaning::Body("left eye"), true), Some(Sought::OfFace(FacePart::Eye(Side::OwnLeft))));
        assert_eq!(sought(&Meaning::Clothes("whole"), false), Some(Sought::OfBody(BodyPart::Clothes)));
        assert_eq!(sought(&Meaning::Other, false), None);
    }
}
