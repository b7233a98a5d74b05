//! Stage 5, resolve: pronouns get their nouns, and steps learn which earlier steps they need.

use super::draft::Draft;
use super::english::{head_noun, with_the};
use super::lexicon::{Class, classify};
use tie_core::EditOp;
use tie_core::words::{is_plural, runs};

/// A draft whose words stand for themselves.
#[derive(Clone, Debug)]
pub(super) struct Resolved {
    pub draft: Draft,
    /// Indices of earlier drafts that this one needs.
    pub needs: Vec<usize>,
    /// How many drafts it was made from, one after another.
    pub of: usize,
}

/// A thing mentioned so far.
struct Thing {
    name: String,
    /// Its place, if that tells it from others of its name.
    place: Option<String>,
    step: usize,
    /// The step made it or changed how it is found.
    made: bool,
    gone: bool,
}

/// Puts nouns for pronouns, in the order of the steps.
pub(super) fn resolve(drafts: Vec<(Draft, bool)>) -> Vec<Resolved> {
    let mut things: Vec<Thing> = Vec::new();
    let mut out: Vec<Resolved> = Vec::new();
    for (mut draft, strong) in drafts {
        let joins = !strong || out.last().is_some_and(|last| last.draft.complaint);
        if joins && out.last_mut().is_some_and(|last| merges(&mut last.draft, &draft)) {
            if let Some((thing, last)) = things.last_mut().zip(out.last()) {
                let made = matches!(last.draft.op, EditOp::Add | EditOp::Replace);
                if made {
                    thing.name = last.draft.content.clone().unwrap_or_default();
                }
                (thing.made, thing.gone) = (made, last.draft.op == EditOp::Remove);
            }
            if let Some(last) = out.last_mut() {
                last.of += 1;
            }
            continue;
        }
        if matches!(draft.place.as_deref(), Some("there" | "here")) {
            draft.place = out.last().and_then(|last| last.draft.place.clone());
        }
        let step = out.len();
        let mut needs = Vec::new();
        if draft.op == EditOp::Style && refers(&draft.target).is_some() {
            draft.target.clear();
        }
        draft.target = if draft.op == EditOp::Adjust && refers(&draft.target) == Some(Reference::It) {
            recent(&things, step, &mut needs).unwrap_or_default()
        } else {
            replace_pronouns(&draft.target, &things, &mut needs, &mut draft.confidence)
        };
        if let Some(place) = &draft.place {
            draft.place = Some(replace_pronouns(place, &things, &mut needs, &mut draft.confidence));
        }
        // "to an orange one"
        if let Some(stem) = draft.content.as_deref().and_then(|content| content.strip_suffix(" one"))
            && draft.op == EditOp::Replace
        {
            draft.content = Some(format!("{stem} {}", head_noun(&draft.target)));
        }
        if let Some(scene) = &draft.scene {
            draft.scene = Some(replace_pronouns(scene, &things, &mut needs, &mut 1.0));
        }
        needs.extend(
            out.iter().enumerate().filter(|(_, earlier)| mentions(&draft, &earlier.draft)).map(|(step, _)| step),
        );
        needs.sort_unstable();
        needs.dedup();
        remember(&mut things, &draft, step);
        out.push(Resolved { draft, needs, of: 1 });
    }
    out
}

/// Two clauses about one edit: "remove the hat and replace it with a cap", "add a cat and put it on the rug".
fn merges(last: &mut Draft, next: &Draft) -> bool {
    let it = matches!(refers(&next.target), Some(Reference::It | Reference::Them));
    // "the sign is distracting, remove it"
    if last.complaint && it && !next.complaint && !matches!(last.op, EditOp::Add | EditOp::Remove) {
        let (target, place) = (last.target.clone(), last.place.clone().or_else(|| next.place.clone()));
        let because = next.because.clone().or_else(|| last.content.clone());
        *last = Draft { target, place, because, ..next.clone() };
        return true;
    }
    match (last.op, next.op) {
        (EditOp::Remove, EditOp::Replace) if it => {
            last.op = EditOp::Replace;
            last.content.clone_from(&next.content);
            true
        }
        // "remove the car and put a tree there"
        (EditOp::Remove, EditOp::Add) if next.place.as_deref() == Some("there") => {
            last.op = EditOp::Replace;
            last.content.clone_from(&next.content);
            true
        }
        (EditOp::Add, EditOp::Move) if it && last.place.is_none() => {
            last.place.clone_from(&next.place);
            true
        }
        _ => false,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reference {
    It,
    Them,
    Him,
    Her,
    /// The first of the last two things.
    Former,
    /// The second of the last two things.
    Latter,
}

/// What a single word refers to, and only if it is the whole text.
fn refers(text: &str) -> Option<Reference> {
    match text.to_lowercase().as_str() {
        "it" | "this" | "that" | "itself" | "its" => Some(Reference::It),
        "them" | "they" | "these" | "those" | "their" | "themselves" => Some(Reference::Them),
        "him" | "he" | "his" | "himself" => Some(Reference::Him),
        "her" | "she" | "herself" => Some(Reference::Her),
        "former" => Some(Reference::Former),
        "latter" => Some(Reference::Latter),
        _ => None,
    }
}

/// The thing of the step just before, if it is still there.
fn recent(things: &[Thing], step: usize, needs: &mut Vec<usize>) -> Option<String> {
    let last = things.last().filter(|thing| !thing.gone && thing.step + 1 == step)?;
    if last.made {
        needs.push(last.step);
    }
    Some(last.name.clone())
}

fn replace_pronouns(text: &str, things: &[Thing], needs: &mut Vec<usize>, confidence: &mut f32) -> String {
    let mut out: Vec<String> = Vec::new();
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut quoted = false;
    for (at, word) in words.iter().enumerate() {
        let lower = word.to_lowercase();
        // A word that is only written somewhere refers to no one: "the text "DO IT NOW"".
        let written = quoted || word.contains('"');
        quoted ^= word.matches('"').count() % 2 == 1;
        let owner = classify(&lower).is(Class::POSSESSIVE) && at + 1 < words.len();
        // "this", "that", "these" before a noun only point; "that" after one begins a clause.
        let points = matches!(lower.as_str(), "this" | "that" | "these" | "those") && words.len() > 1;
        // "the former president" is one.
        let points = points || matches!(lower.as_str(), "former" | "latter") && at + 1 < words.len();
        let Some(reference) = refers(&lower).filter(|_| !points && !written && text.len() < 400) else {
            out.push((*word).to_owned());
            continue;
        };
        let known = antecedent(reference, things, owner, needs);
        // "His horse" after "the rider on the left".
        if let Some((name, Some(place))) = &known
            && owner
            && at == 0
        {
            return format!("{} of {} {place}", words[1..].join(" "), with_the(name));
        }
        let name = if let Some((name, _)) = known {
            name
        } else {
            *confidence *= 0.7;
            let anyone = match reference {
                Reference::Him => "man",
                Reference::Her => "woman",
                Reference::Them => "people",
                Reference::It | Reference::Former | Reference::Latter => "subject",
            };
            anyone.to_owned()
        };
        // "its tail" after "the cat's eyes" is the cat's.
        let name = match name.split_once("'s ") {
            Some((whose, _)) if owner => whose.to_owned(),
            _ => name,
        };
        let name = if at > 0 { with_the(&name) } else { name };
        out.push(match (owner, name.ends_with('s')) {
            (true, true) => format!("{name}'"),
            (true, false) => format!("{name}'s"),
            (false, _) => name,
        });
    }
    out.join(" ")
}

/// The latest thing that fits, and its place; an owner may have been removed by then, because words are about the
/// original photo.
fn antecedent(
    reference: Reference,
    things: &[Thing],
    owns: bool,
    needs: &mut Vec<usize>,
) -> Option<(String, Option<String>)> {
    let fits = |thing: &&Thing| {
        // In "the woman's dress", "she" is the woman.
        let person = matches!(reference, Reference::Him | Reference::Her);
        let named = thing.name.split_once("'s ").filter(|_| person).map_or(thing.name.as_str(), |(owner, _)| owner);
        let class = classify(&head_noun(named));
        (owns && class.is(Class::ANIMATE) || !thing.gone)
            && match reference {
                Reference::It => !class.is(Class::MALE) && !class.is(Class::FEMALE),
                Reference::Former | Reference::Latter => true,
                Reference::Them => is_plural(thing.name.split_whitespace().last().unwrap_or_default()),
                Reference::Him => class.is(Class::MALE) || class.is(Class::ANIMATE) && !class.is(Class::FEMALE),
                Reference::Her => class.is(Class::FEMALE) || class.is(Class::ANIMATE) && !class.is(Class::MALE),
            }
    };
    let any = |thing: &&Thing| !thing.gone && reference == Reference::Them;
    let pair = matches!(reference, Reference::Former | Reference::Latter);
    let back = usize::from(reference == Reference::Former);
    // In order of first mention.
    let first = |at: &usize| !pair || !things[..*at].iter().any(|earlier| earlier.name == things[*at].name);
    let known = (0..things.len()).rev().filter(first).map(|at| &things[at]);
    let thing = known.filter(fits).nth(back).or_else(|| things.iter().rev().find(any))?;
    if thing.made {
        needs.push(thing.step);
    }
    match thing.name.split_once("'s ") {
        Some((owner, _)) if matches!(reference, Reference::Him | Reference::Her) => Some((owner.to_owned(), None)),
        _ => Some((thing.name.clone(), thing.place.clone())),
    }
}

/// What exists after a step: the thing that it added, else the thing it was about.
fn remember(things: &mut Vec<Thing>, draft: &Draft, step: usize) {
    let made = matches!(draft.op, EditOp::Add | EditOp::Replace);
    let gone = draft.op == EditOp::Remove;
    let changed = matches!(draft.op, EditOp::Recolor | EditOp::Material | EditOp::Move | EditOp::Count);
    // Who wears or carries it has been spoken of as well.
    let owner = draft.place.as_deref().and_then(|place| place.split_once(' ')).map(|(_, owner)| bare(owner));
    if let Some(owner) =
        owner.filter(|owner| (made || gone) && classify(&head_noun(owner)).is(Class::ANIMATE) && owner.len() < 200)
    {
        let name =
            owner.split_whitespace().take_while(|word| !classify(word).is(Class::PLACE)).collect::<Vec<_>>().join(" ");
        things.push(Thing { name, place: None, step, made: false, gone: false });
    }
    let name = if made { bare(draft.content.as_deref().unwrap_or_default()) } else { draft.target.clone() };
    if !name.is_empty() && draft.op != EditOp::Background && name.len() < 200 {
        let place = draft.place.clone().filter(|_| !made && draft.op != EditOp::Move);
        things.push(Thing { name, place, step, made: made || changed, gone });
    }
}

fn bare(content: &str) -> String {
    let first = content.split_whitespace().next().unwrap_or_default();
    if classify(first).is(Class::DETERMINER) {
        content[first.len()..].trim_start().to_owned()
    } else {
        content.to_owned()
    }
}

/// Whether a draft speaks of what an earlier one brings in or changes the look of.
fn mentions(draft: &Draft, earlier: &Draft) -> bool {
    let text = [draft.target.as_str(), draft.place.as_deref().unwrap_or_default()].join(" ").to_lowercase();
    if text.len() > 400 {
        return false;
    }
    let names = |noun: &str| !noun.is_empty() && runs(&text, "-").any(|word| head_noun(&word) == noun);
    let content = earlier.content.as_deref().unwrap_or_default();
    match earlier.op {
        EditOp::Add | EditOp::Replace => names(&head_noun(content)),
        // Only where the new look is what it is called by now: "the blue dress".
        EditOp::Recolor | EditOp::Material => names(&head_noun(content)) && names(&head_noun(&earlier.target)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two(first: Draft, second: Draft) -> (String, Vec<usize>, usize) {
        let steps = resolve(vec![(first, true), (second, false)]);
        let last = steps.last().expect("a step");
        (last.draft.target.clone(), last.needs.clone(), steps.len())
    }

    #[test]
    fn pronouns_take_the_latest_thing_that_fits() {
        let cat = Draft::new(EditOp::Replace, "dog").content("a black cat");
        let (target, needs, _) = two(cat, Draft::new(EditOp::Remove, "one of its eyes"));
        assert_eq!((target.as_str(), needs), ("one of the black cat's eyes", vec![0]));
        let (target, needs, _) =
            two(Draft::new(EditOp::Recolor, "table").content("red"), Draft::new(EditOp::Add, "him"));
        assert_eq!((target.as_str(), needs), ("man", vec![]));
    }

    #[test]
    fn owners_keep_their_place_also_when_they_are_removed() {
        let rider = Draft { place: Some("on the left".to_owned()), ..Draft::new(EditOp::Remove, "rider") };
        let (target, needs, _) = two(rider.clone(), Draft::new(EditOp::Remove, "his horse"));
        assert_eq!((target.as_str(), needs), ("horse of the rider on the left", vec![]));
        assert_eq!(two(rider, Draft::new(EditOp::Remove, "him")).0, "man", "nobody removes him twice");
        assert_eq!(two(Draft::new(EditOp::Remove, "woman"), Draft::new(EditOp::Remove, "her bag")).0, "woman's bag");
    }

    #[test]
    fn without_antecedent_it_is_the_image_or_its_subject() {
        assert_eq!(two(Draft::new(EditOp::Remove, "cup"), Draft::new(EditOp::Adjust, "it")).0, "");
        assert_eq!(two(Draft::new(EditOp::Style, ""), Draft::new(EditOp::Replace, "it").content("a dog")).0, "subject");
    }

    #[test]
    fn things_that_earlier_steps_bring_in_are_needed() {
        let goat = Draft::new(EditOp::Replace, "sheep").content("a goat");
        let bell = Draft { place: Some("on the goat".to_owned()), ..Draft::new(EditOp::Add, "").content("a bell") };
        assert_eq!(two(goat, bell).1, [0]);
        let blue = Draft::new(EditOp::Recolor, "dress").content("blue");
        assert_eq!(two(blue.clone(), Draft::new(EditOp::Material, "cotton blue dress").content("silk")).1, [0]);
        assert!(two(blue, Draft::new(EditOp::Remove, "cup")).1.is_empty());
    }

    #[test]
    fn two_clauses_about_one_edit_are_one_step() {
        let (_, _, count) = two(Draft::new(EditOp::Remove, "hat"), Draft::new(EditOp::Replace, "it").content("a cap"));
        assert_eq!(count, 1);
    }
}
