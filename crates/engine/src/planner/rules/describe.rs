//! Stage 6, describe: the words for the person (reasoning, description) and for the models (prompt, negative).

use super::draft::Draft;
use super::english::{head_noun, with_article, with_the};
use super::lexicon::{BEHIND, Class, classify, colour};
use super::resolve::Resolved;
use crate::planner::commands;
use tie_core::words::{Side, is_plural, plain, side, singular};
use tie_core::{EditOp, SubTask, Words};

/// What is behind a removed thing if the words do not say.
const UNKNOWN_BEHIND: &str = "the surrounding background, continued seamlessly";

/// When a scene is, as one says it.
const TIMES: &[(&str, &str)] = &[
    ("night", "at night"),
    ("nighttime", "at night"),
    ("dusk", "at dusk"),
    ("dawn", "at dawn"),
    ("sunset", "at sunset"),
    ("sunrise", "at sunrise"),
    ("day", "by day"),
    ("daytime", "by day"),
    ("morning", "in the morning"),
    ("evening", "in the evening"),
    ("winter", "in winter"),
    ("summer", "in summer"),
    ("autumn", "in autumn"),
    ("fall", "in autumn"),
    ("spring", "in spring"),
];

/// Kinds of pictures, which a scene is "as".
const PICTURES: &[&str] =
    &["painting", "drawing", "sketch", "illustration", "engraving", "mosaic", "photo", "photograph"];

/// Words that a scene can be "with".
const LOOKS: &[&str] = &[" look", " vibe", " feel", " mood", " atmosphere"];

/// The finished step with number `id`.
pub(super) fn describe(id: u32, resolved: &Resolved, mut keep: Vec<String>) -> SubTask {
    let mut draft = resolved.draft.clone();
    keep.append(&mut draft.keep);
    keep.iter_mut().for_each(in_one_line);
    let parts = [
        &mut draft.place,
        &mut draft.content,
        &mut draft.scene,
        &mut draft.named,
        &mut draft.against,
        &mut draft.because,
    ];
    let words = parts.into_iter().flatten();
    words.chain([&mut draft.target]).for_each(in_one_line);
    let draft = &draft;
    let prompt = declarative(prompt(draft));
    let target = draft.target.trim().to_owned();
    let words = Words { op: draft.op, target, place: draft.place.clone(), content: draft.content.clone() };
    SubTask {
        description: description(draft),
        reasoning: reasoning(draft, &prompt, &keep),
        negative: negative(draft),
        keep,
        depends_on: resolved.needs.iter().filter_map(|step| u32::try_from(step + 1).ok()).collect(),
        confidence: draft.confidence.clamp(0.0, 1.0),
        prompt,
        ..SubTask::of(id, words)
    }
}

/// A quotation over several lines, or with characters that cannot be seen, as one line of text.
fn in_one_line(words: &mut String) {
    if words.contains(char::is_control) {
        let line = words.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
        *words = line.collect::<Vec<_>>().join(" ");
    }
}

/// The prompt: what the region shows afterwards.
fn prompt(draft: &Draft) -> String {
    let content = draft.content.as_deref().unwrap_or_default();
    let target = draft.target.as_str();
    let placed = |thing: String| match draft.place.as_deref().filter(|place| !is_of_the_picture(place)) {
        Some(place) => format!("{thing} {place}"),
        None => thing,
    };
    match draft.op {
        EditOp::Remove => behind(draft.place.as_deref()),
        EditOp::Add => draft.scene.clone().map_or_else(|| placed(with_article(content)), |scene| with_article(&scene)),
        EditOp::Replace => placed(with_article(content)),
        EditOp::Recolor => placed(with_article(&coloured(content, target))),
        EditOp::Material => placed(with_article(&of_material(content, target))),
        EditOp::Attribute | EditOp::Pose => placed(having(content, target)),
        EditOp::Other => placed(having("", target)),
        EditOp::Text if draft.scene.is_some() => draft.scene.clone().unwrap_or_default(),
        EditOp::Text if written_on(target).is_some() => {
            placed(format!("{} with the text \"{content}\"", with_article(written_on(target).unwrap_or_default())))
        }
        EditOp::Text if target.is_empty() || target.starts_with("text") || target.starts_with('"') => {
            placed(format!("the text \"{content}\""))
        }
        EditOp::Text => placed(format!("{} with the text \"{content}\"", with_article(target))),
        EditOp::Count => placed(counted(content, target)),
        EditOp::Move => placed(with_article(target)),
        EditOp::Background if content.ends_with("background") => with_article(content),
        EditOp::Background => format!("{} in the background", with_article(content)),
        EditOp::Style if TIMES.iter().any(|(time, _)| unarticled(content) == *time) => {
            let at = TIMES.iter().find(|(time, _)| unarticled(content) == *time).map_or("", |(_, at)| at);
            format!("the same scene {at}")
        }
        EditOp::Style if PICTURES.iter().any(|picture| content.ends_with(picture)) => {
            format!("the same scene as {}", with_article(content))
        }
        EditOp::Style if LOOKS.iter().any(|look| content.ends_with(look)) => {
            format!("the same scene with {}", with_article(content))
        }
        EditOp::Style if content.ends_with("ing") || content.ends_with("outside") => {
            format!("the same scene, {content}")
        }
        EditOp::Style if content.contains("style") => format!("the same scene, {content}"),
        EditOp::Style => format!("the same scene in {content} style", content = unarticled(content)),
        EditOp::Adjust if target.is_empty() => format!("the same photograph, {content}"),
        EditOp::Adjust => placed(format!("{}, {content}", with_the(target))),
    }
}

/// Whether a place is only a part of the picture, such as "on the far left" or "in the bottom right corner": the
/// painting model sees another frame, in which that is somewhere else.
fn is_of_the_picture(place: &str) -> bool {
    const AROUND: &str = "on in at to from near towards toward along of the a my far very hand side half part edge and \
        picture photo photograph image frame";
    let words: Vec<String> = plain(place).collect();
    let is_side = |word: &String| !matches!(side(word), None | Some(Side::Front | Side::Back | Side::Some));
    let is_around = |word: &String| AROUND.split(' ').any(|around| around == word);
    words.iter().any(is_side) && words.iter().all(|word| is_side(word) || is_around(word))
}

/// What shows where the thing was, from the thing that it was on or in.
fn behind(place: Option<&str>) -> String {
    let Some(place) = place.filter(|place| place.len() < 400) else { return UNKNOWN_BEHIND.to_owned() };
    let mut words = place.split_whitespace();
    let surface =
        words.next().is_some_and(|first| matches!(first, "on" | "in" | "from" | "against" | "hanging" | "inside"));
    let noun = head_noun(place.split_once(' ').map_or("", |(_, noun)| noun));
    let known = BEHIND.iter().find(|(name, _)| surface && *name == noun);
    known.map_or_else(|| UNKNOWN_BEHIND.to_owned(), |(_, shows)| (*shows).to_owned())
}

/// What an old text is on: "storefront" of `text "OPEN" on storefront`.
fn written_on(target: &str) -> Option<&str> {
    let (_, behind) = target.strip_prefix("text \"")?.split_once('"')?;
    let thing = behind.strip_prefix(" on ").or_else(|| behind.strip_prefix(" of "))?;
    Some(unarticled(thing)).filter(|thing| !thing.is_empty())
}

/// "blue" and "red cup" as "blue cup": the new colour replaces the old.
fn coloured(content: &str, target: &str) -> String {
    let old = |word: &&str| classify(&word.to_lowercase()).is(Class::COLOUR);
    let words: Vec<&str> = target.split_whitespace().collect();
    // "red and white awning": the joining word goes with its colours.
    let joins = |at: usize| words[at] == "and" && at > 0 && old(&words[at - 1]);
    let kept: Vec<_> = (0..words.len()).filter(|&at| !old(&words[at]) && !joins(at)).map(|at| words[at]).collect();
    let kept = kept.join(" ");
    let thing = if kept.is_empty() { target } else { &kept };
    if colour(content.split_whitespace().last().unwrap_or_default()).is_some() || !content.contains(' ') {
        owned(content, thing)
    } else {
        format!("{thing} in {content}")
    }
}

/// The new word goes behind an owner: "woman's blonde hair".
fn owned(adjective: &str, thing: &str) -> String {
    match thing.split_once("'s ") {
        Some((owner, part)) if !part.is_empty() => format!("{owner}'s {adjective} {part}"),
        _ => format!("{adjective} {thing}"),
    }
}

fn of_material(content: &str, target: &str) -> String {
    // The last word is the thing itself: a "ceramic tile" stays a tile.
    let last = target.split_whitespace().count().saturating_sub(1);
    let words = target.split_whitespace().enumerate();
    let kept = words.filter(|(at, word)| *at == last || !classify(&word.to_lowercase()).is(Class::MATERIAL));
    let kept = kept.map(|(_, word)| word).collect::<Vec<_>>().join(" ");
    let thing = if kept.is_empty() { target } else { &kept };
    let thing = if thing.is_empty() { "surface" } else { thing };
    format!("{thing} made of {}", unarticled(content))
}

/// A thing with its description: "a woman wearing a hat", "an open door", "a dog, happy".
fn having(content: &str, target: &str) -> String {
    let thing = if target.is_empty() { "scene" } else { target };
    let first = content.split_whitespace().next().unwrap_or_default();
    let class = classify(&first.to_lowercase());
    if content.is_empty() {
        with_the(thing)
    } else if content.starts_with("not ") {
        // A model paints what it reads; what should be absent belongs in the negative prompt.
        with_article(thing)
    } else if class.is(Class::BINDS) || class.is(Class::PLACE) || first.ends_with("ing") {
        format!("{} {content}", with_article(thing))
    } else if !content.contains(' ') && class.is(Class::QUALITY) {
        with_article(&owned(content, thing))
    } else {
        format!("{}, {content}", with_article(thing))
    }
}

fn counted(content: &str, target: &str) -> String {
    let one = content == "1" || content == "one";
    let (rest, noun) = target.rsplit_once(' ').map_or(("", target), |(rest, noun)| (rest, noun));
    let noun = match (one, is_plural(noun)) {
        (true, _) => singular(noun),
        (false, true) => noun.to_owned(),
        (false, false) if noun.ends_with(['x', 's']) || noun.ends_with("ch") || noun.ends_with("sh") => {
            format!("{noun}es")
        }
        (false, false) => format!("{noun}s"),
    };
    [content, rest, &noun].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn unarticled(content: &str) -> &str {
    content
        .strip_prefix("a ")
        .or_else(|| content.strip_prefix("an "))
        .or_else(|| content.strip_prefix("the "))
        .unwrap_or(content)
}

/// A prompt shows something; one that begins like a command gets a subject.
fn declarative(prompt: String) -> String {
    if prompt.trim().is_empty() {
        "the same scene".to_owned()
    } else if commands(&prompt) {
        format!("an image of {prompt}")
    } else {
        prompt
    }
}

/// The negative prompt: the thing that goes, or its old look.
fn negative(draft: &Draft) -> String {
    let own = match draft.op {
        EditOp::Remove => draft.target.clone(),
        // "a chocolate cake" for "cake": the model must not be told to avoid cakes.
        EditOp::Replace => {
            let same = draft.content.as_deref().is_some_and(|content| head_noun(content) == head_noun(&draft.target));
            if same || draft.target == "subject" { String::new() } else { draft.target.clone() }
        }
        _ => draft.content.as_deref().and_then(|content| content.strip_prefix("not ")).unwrap_or_default().to_owned(),
    };
    let all = [Some(own.as_str()), draft.against.as_deref()].into_iter().flatten().filter(|words| !words.is_empty());
    all.collect::<Vec<_>>().join(", ")
}

/// The paper's description of the region: what it is, how it looks, where it is.
fn description(draft: &Draft) -> String {
    let thing = match draft.op {
        EditOp::Add => with_article(draft.content.as_deref().unwrap_or_default()),
        EditOp::Background => "everything behind the main subject".to_owned(),
        _ if draft.target.is_empty() => "the whole image".to_owned(),
        _ => with_the(&draft.target),
    };
    // For a move, the place is where it goes, not where it is.
    let said = |place: &&str| draft.op == EditOp::Move || draft.op == EditOp::Text && place.ends_with(&draft.target);
    match draft.place.as_deref().filter(|place| !said(place)) {
        Some(place) => format!("{thing} {place}"),
        None => thing,
    }
}

/// One sentence for the person.
fn reasoning(draft: &Draft, prompt: &str, keep: &[String]) -> String {
    let what = if draft.target.is_empty() { "the whole image".to_owned() } else { with_the(&draft.target) };
    let content = draft.content.as_deref().unwrap_or("different");
    let place = draft.place.as_deref().map(|place| format!(" {place}")).unwrap_or_default();
    let sentence = match draft.op {
        EditOp::Remove => format!("Removes {what}{place} and fills the area with {prompt}"),
        EditOp::Add => format!("Adds {}{place}", with_article(content)),
        EditOp::Replace => format!("Replaces {what}{place} with {}", with_article(content)),
        EditOp::Recolor => format!("Recolours {what}{place}: {content}"),
        EditOp::Material => format!("Changes the material of {what}{place}: {content}"),
        EditOp::Attribute => format!("Changes {what}{place}: {content}"),
        EditOp::Text => format!("Writes \"{content}\"{place}"),
        EditOp::Count => format!("Changes the number of {} to {content}", draft.target),
        EditOp::Move => format!("Moves {what}{place} and fills the gap"),
        EditOp::Pose => format!("Changes the pose of {what}{place}: {content}"),
        EditOp::Background => {
            let named = draft.named.as_deref().map(|named| format!(" ({})", with_the(named))).unwrap_or_default();
            format!("Changes everything behind the main subject{named} to {content}")
        }
        EditOp::Style => format!("Gives the whole image a new look: {content}"),
        EditOp::Adjust => {
            let what = draft.named.as_deref().map_or(what, with_the);
            format!("Adjusts {what}{place}: {content}. Nothing is repainted")
        }
        EditOp::Other => {
            format!("It is not clear what to change about {what}: choose a kind of edit, or rephrase it")
        }
    };
    let sentence = match draft.named.as_deref().filter(|_| matches!(draft.op, EditOp::Add | EditOp::Other)) {
        Some(named) => format!("{sentence} (“{named}”)"),
        None => sentence,
    };
    let keeps = if keep.is_empty() { String::new() } else { format!(" Keeps {}.", listed(keep)) };
    let why = draft.because.as_deref().map(|why| format!(" Reason given: “{why}”.")).unwrap_or_default();
    format!("{sentence}.{keeps}{why}")
}

/// "the cat, the dog and the sky"
fn listed(things: &[String]) -> String {
    let named: Vec<String> = things.iter().map(|thing| with_the(thing)).collect();
    match named.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => named.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(draft: Draft) -> SubTask {
        describe(1, &Resolved { draft, needs: Vec::new(), of: 1 }, Vec::new())
    }

    #[test]
    fn a_removed_thing_shows_what_it_was_on() {
        let star = step(Draft { place: Some("on the wall".to_owned()), ..Draft::new(EditOp::Remove, "star") });
        assert_eq!((star.prompt.as_str(), star.negative.as_str()), ("a plain wall", "star"));
        assert_eq!(step(Draft::new(EditOp::Remove, "star")).prompt, UNKNOWN_BEHIND);
    }

    #[test]
    fn prompts_name_the_things_around_and_not_the_part_of_the_picture() {
        for (place, prompt) in [
            ("on the left", "a cat"),
            ("in the bottom-right corner of the photo", "a cat"),
            ("in the middle", "a cat"),
            ("on the rug", "a cat on the rug"),
            ("to the left of the dog", "a cat to the left of the dog"),
            ("on the top shelf", "a cat on the top shelf"),
            ("in the picture", "a cat in the picture"),
        ] {
            let cat = step(Draft { place: Some(place.to_owned()), ..Draft::new(EditOp::Add, "").content("a cat") });
            assert_eq!((cat.prompt.as_str(), cat.location.as_deref()), (prompt, Some(place)));
        }
    }

    #[test]
    fn prompts_describe_and_never_command() {
        for (draft, prompt) in [
            (Draft::new(EditOp::Recolor, "red cup").content("blue"), "a blue cup"),
            (Draft::new(EditOp::Recolor, "woman's hair").content("blonde"), "woman's blonde hair"),
            (Draft::new(EditOp::Material, "wooden bench").content("metal"), "a bench made of metal"),
            (Draft::new(EditOp::Count, "brown horse").content("4"), "4 brown horses"),
            (Draft::new(EditOp::Pose, "zebra").content("sitting"), "a zebra sitting"),
            (Draft::new(EditOp::Style, "").content("a cartoon"), "the same scene in cartoon style"),
            (Draft::new(EditOp::Text, "sign").content("STOP"), "a sign with the text \"STOP\""),
            (Draft::new(EditOp::Add, "").content("Place settings"), "an image of Place settings"),
        ] {
            assert_eq!(step(draft).prompt, prompt);
        }
    }
}
