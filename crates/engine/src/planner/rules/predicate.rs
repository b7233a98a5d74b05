//! Sentences about how things should be: a subject and what is said of it ("the dog" + "wear a hat").

use super::change::{change, is_lettering, is_written_on, material_of, replace};
use super::draft::{Draft, GUESSED, STATED};
use super::english::{gerund, with_the};
use super::lexicon::Class;
use super::light;
use super::normalise::{Kind, Token, join};
use super::phrase::{Noun, colours, is_thing, noun, trim};
use super::subject::is_participle;
use super::verbs::PROPERTIES;
use tie_core::EditOp;
use tie_core::words::is_plural;

/// Words for something that should no longer be there.
const GONE: &[&str] = &["removed", "gone", "deleted", "erased", "invisible"];

/// Whether an object or a place begins here, as only behind a verb.
fn begins_object(token: &Token<'_>) -> bool {
    token.kind == Kind::Word && (token.is(Class::DETERMINER) || token.is(Class::PRONOUN) || token.is(Class::PLACE))
}

/// Something that does what an unknown verb says.
pub(super) fn act(subject: &[Token<'_>], verb: &Token<'_>, rest: &[Token<'_>]) -> Option<Draft> {
    if verb.one_of(&["disappear", "vanish"]) {
        return predicate(subject, std::slice::from_ref(verb));
    }
    let thing = noun(subject, false);
    if subject.first().is_some_and(|first| first.is(Class::INDEFINITE)) {
        return Some(appear(subject, &thing, &gerund(&verb.lower), rest));
    }
    let does = format!("{} {}", gerund(&verb.lower), join(trim(rest)));
    Some(Draft::of(EditOp::Pose, &noun(subject, false)).content(does.trim()).sure(0.7))
}

/// The edit after which the subject is or does what the predicate says.
pub(super) fn predicate(subject: &[Token<'_>], said: &[Token<'_>]) -> Option<Draft> {
    let whole = trim(said);
    let mut said = whole;
    while said
        .first()
        .is_some_and(|token| token.is(Class::MODAL) || token.one_of(&["to", "also", "now", "then", "just"]))
    {
        said = &said[1..];
    }
    let thing = noun(subject, false);
    if let [need, first, ..] = whole
        && need.one_of(&["need", "needs", "gets"])
        && (first.is(Class::INDEFINITE)
            || first.is(Class::NUMBER)
            || first.is(Class::MASS)
            || first.class == Class::default() && is_plural(&first.lower))
    {
        return Some(Draft::of(EditOp::Attribute, &thing).content(format!("with {}", join(&whole[1..]))).sure(STATED));
    }
    let Some((verb, rest)) = said.split_first() else {
        return (thing.is_new() && !subject.is_empty()).then(|| Draft::add(subject).sure(GUESSED));
    };
    if subject.is_empty() {
        return None;
    }
    let ends = verb.one_of(&["disappear", "vanish", "disappears", "vanishes"]);
    if ends && !thing.is_image() || rest.is_empty() && verb.one_of(GONE) {
        return Some(Draft::of(EditOp::Remove, &thing).sure(STATED));
    }
    // "let it rain": no one does it, it is there.
    if verb.one_of(&["rain", "snow"]) && subject.len() == 1 && subject[0].word("it") {
        return Some(Draft::new(EditOp::Add, "").content(verb.lower.as_str()).sure(STATED));
    }
    if verb.word("not") {
        return not(subject, &thing, rest);
    }
    if verb.is(Class::BE) {
        return be(subject, &thing, rest);
    }
    if verb.one_of(&["look", "looks", "appear", "seem", "seems"])
        && rest.first().is_none_or(|next| !next.is(Class::PLACE))
    {
        let rest = if rest.first().is_some_and(|next| next.word("like")) { &rest[1..] } else { rest };
        // "make it look like it is snowing": the scene, not a thing in it.
        if let [it, is, how @ ..] = rest
            && it.word("it")
            && is.is(Class::BE)
            && !how.is_empty()
            && (thing.is_image() || subject.len() == 1 && subject[0].word("it"))
        {
            return Some(Draft::new(EditOp::Style, "").content(join(how)).sure(STATED));
        }
        return complement(&thing, rest);
    }
    // "have a crow perched on the light", "a ghost should cross the street": what has "a" is not there yet.
    let brought = subject.first().is_some_and(|first| first.is(Class::INDEFINITE) || first.is(Class::NUMBER));
    let asked = whole.len() > said.len() && verb.class == Class::default() && rest.first().is_some_and(begins_object);
    if asked && !brought && !is_participle(verb) && !thing.is_image() {
        return act(subject, verb, rest);
    }
    if brought && (is_participle(verb) || asked) {
        let how = if is_participle(verb) { verb.lower.clone() } else { gerund(&verb.lower) };
        return Some(appear(subject, &thing, &how, rest));
    }
    if thing.is_new() && (verb.is(Class::ACTION) || verb.is(Class::POSTURE)) {
        return Some(appear(subject, &thing, &gerund(&verb.lower), rest));
    }
    let quote = rest.iter().find(|token| token.kind == Kind::Quote);
    if let Some(quote) =
        quote.filter(|_| verb.one_of(&["say", "says", "read", "reads", "show", "display", "have", "has"]))
    {
        let it = subject.len() == 1 && subject[0].is(Class::PRONOUN);
        let on = noun_place(rest).split_first().map(|(_, on)| noun(on, false)).filter(|on| it && !on.core.is_empty());
        return Some(Draft::of(EditOp::Text, on.as_ref().unwrap_or(&thing)).content(quote.text).sure(STATED));
    }
    // "the sign should say Welcome to Reno"; only who is alive reads a book.
    let says = verb.one_of(&["say", "says", "spell", "spells"])
        || verb.one_of(&["read", "reads"]) && !thing.head().is_some_and(|head| head.is(Class::ANIMATE));
    if says && !rest.is_empty() && rest.first().is_some_and(|next| !next.is(Class::INDEFINITE)) {
        return Some(Draft::of(EditOp::Text, &thing).content(join(rest)).sure(STATED));
    }
    // "the knight should turn into a pirate", "let the light turn to green"; one turns to the camera.
    if let [to, new, ..] = rest
        && verb.one_of(&["turn", "change", "transform", "morph"])
        && (to.word("into") || to.word("to") && !new.is(Class::DEFINITE))
    {
        return change(subject, &rest[1..]).map(|draft| draft.sure(STATED));
    }
    if verb.one_of(&["have", "has", "had"]) {
        if rest.is_empty() {
            return None;
        }
        let with = format!("with {}", join(rest));
        return Some(Draft::of(EditOp::Attribute, &thing).content(with).sure(STATED));
    }
    if verb.is(Class::POSTURE) || verb.is(Class::ACTION) {
        let op = if verb.is(Class::POSTURE) { EditOp::Pose } else { EditOp::Attribute };
        let does = format!("{} {}", gerund(&verb.lower), join(rest));
        return Some(Draft::of(op, &thing).content(does.trim()).sure(STATED));
    }
    // "make the material of the table marble"
    let names = |token: &Token<'_>| PROPERTIES.iter().any(|(name, _)| token.word(name));
    if subject.windows(2).take(3).any(|pair| names(&pair[0]) && pair[1].word("of")) {
        return change(subject, said);
    }
    complement(&thing, said)
}

/// "not swing but hold the bat": what it does instead.
fn not(subject: &[Token<'_>], thing: &Noun<'_>, rest: &[Token<'_>]) -> Option<Draft> {
    if let Some(but) = rest.iter().position(|token| token.word("but")) {
        let draft = predicate(subject, rest.get(but + 1..)?)?;
        let (verb, how) = rest[..but].split_first()?;
        let old = format!("{} {}", if verb.is(Class::BE) { String::new() } else { gerund(&verb.lower) }, join(how));
        return Some(Draft { against: Some(old.trim().to_owned()).filter(|old| !old.is_empty()), ..draft }.sure(0.7));
    }
    let (verb, how) = rest.split_first()?;
    // Who should not wear a hat wears one: it goes.
    let has =
        verb.one_of(&["wear", "have", "hold", "carry", "contain", "show", "wearing", "having", "holding", "carrying"]);
    if has && is_thing(how) {
        let gone = noun(how, false);
        let on = gone.place_text().unwrap_or_else(|| format!("on {}", with_the(&thing.text())));
        return Some(Draft { place: Some(on), ..Draft::new(EditOp::Remove, gone.text()) }.sure(0.7));
    }
    // "the trash can should not be there"
    if verb.is(Class::BE)
        && how.len() == 1
        && how[0].one_of(&["there", "here", "visible", "present"])
        && !thing.is_image()
    {
        return Some(Draft::of(EditOp::Remove, thing).sure(STATED));
    }
    if verb.is(Class::BE) {
        return (!how.is_empty())
            .then(|| Draft::of(EditOp::Attribute, thing).content(format!("not {}", join(how))).sure(GUESSED));
    }
    Some(
        Draft::of(EditOp::Attribute, thing)
            .content(format!("not {} {}", gerund(&verb.lower), join(how)).trim())
            .sure(GUESSED),
    )
}

/// What the subject should be: somewhere, something, doing something.
fn be(subject: &[Token<'_>], thing: &Noun<'_>, rest: &[Token<'_>]) -> Option<Draft> {
    let Some(first) = rest.first() else { return predicate(subject, rest) };
    if first.word("not") {
        return not(subject, thing, rest);
    }
    if first.is(Class::BE) || first.one_of(&["to", "just", "now", "also"]) {
        return be(subject, thing, &rest[1..]);
    }
    // "let it be snowing": the weather.
    if subject.len() == 1
        && subject[0].word("it")
        && first.one_of(&["raining", "snowing", "storming", "hailing", "pouring", "foggy", "windy"])
    {
        return Some(Draft::new(EditOp::Style, "").content(first.lower.as_str()).sure(STATED));
    }
    // "lights should be on in the house"
    if first.one_of(&["on", "off"]) && rest.get(1).is_none_or(|next| next.is(Class::PLACE)) {
        let on = Draft::of(EditOp::Attribute, thing).content(format!("switched {}", first.lower));
        return Some(on.at(rest.get(1..).unwrap_or_default()).sure(STATED));
    }
    // "a newspaper is left on the bench"
    let left = first.one_of(&["left", "set", "laid", "put"]) && rest.get(1).is_some_and(|next| next.is(Class::PLACE));
    if thing.is_new() && (first.is(Class::PLACE) || is_participle(first) || left) {
        let how = if first.is(Class::PLACE) { "" } else { first.lower.as_str() };
        return Some(appear(subject, thing, how, if how.is_empty() { rest } else { &rest[1..] }));
    }
    // "be changed to Chinese", "be replaced with a dog", "be painted blue"
    let turned = first.one_of(&[
        "changed",
        "turned",
        "replaced",
        "converted",
        "transformed",
        "swapped",
        "painted",
        "colored",
        "coloured",
        "dyed",
        "made",
    ]);
    if turned && rest.len() > 1 {
        let goal = &rest[1 + usize::from(rest[1].one_of(&["to", "into", "with", "by", "for"]))..];
        if !goal.is_empty() && !rest[1].one_of(&["of", "out", "from"]) {
            return change(subject, goal).map(|draft| draft.sure(STATED));
        }
    }
    if first.one_of(GONE) {
        return Some(Draft::of(EditOp::Remove, thing).sure(STATED));
    }
    complement(thing, rest)
}

/// Something new that is doing something somewhere.
fn appear(subject: &[Token<'_>], thing: &Noun<'_>, doing: &str, rest: &[Token<'_>]) -> Draft {
    let content = thing.new_text();
    let scene = [join(subject).as_str(), doing, join(rest).as_str()].join(" ");
    let scene = scene.split_whitespace().collect::<Vec<_>>().join(" ");
    let place = noun_place(rest);
    let mut draft = Draft::new(EditOp::Add, "").content(content).scene(scene).sure(STATED);
    draft.place = thing.place_text();
    draft.at(place)
}

/// The part of the description that gives a place.
fn noun_place<'t>(rest: &'t [Token<'t>]) -> &'t [Token<'t>] {
    match rest.iter().position(|token| token.is(Class::PLACE)) {
        Some(at) if at + 1 < rest.len() => &rest[at..],
        _ => &[],
    }
}

/// How a known thing should be: blue, wooden, brighter, a cake, somewhere, or anything else.
pub(super) fn complement(thing: &Noun<'_>, said: &[Token<'_>]) -> Option<Draft> {
    let said = trim(said);
    let first = said.first()?;
    // "brighter than the moon": how far is not known before it is seen.
    let than = said.iter().position(|token| token.word("than")).unwrap_or(said.len());
    if let Some(words) = light::adjustment(&said[..than]).filter(|_| !is_image(thing) || !said.is_empty()) {
        return Some(Draft::of(EditOp::Adjust, thing).content(words));
    }
    let made_of = said
        .iter()
        .take(4)
        .position(|token| token.one_of(&["of", "from"]))
        .filter(|_| first.one_of(&["made", "of", "out"]));
    if let Some(at) = made_of.filter(|at| at + 1 < said.len()) {
        return Some(Draft::of(EditOp::Material, thing).content(join(&said[at + 1..])).sure(STATED));
    }
    let said = if first.word("in") && said.len() > 1 && colours(&said[1..]).is_some() { &said[1..] } else { said };
    if is_written_on(thing) && said.len() < 4 && is_lettering(said) && !is_lettering(thing.whole) {
        return Some(Draft::of(EditOp::Text, thing).content(join(said)).sure(STATED));
    }
    if let Some(colour) = colours(said) {
        return Some(
            if is_image(thing) { Draft::of(EditOp::Style, thing) } else { Draft::of(EditOp::Recolor, thing) }
                .content(colour),
        );
    }
    let [first, rest @ ..] = said else { return None };
    // "dark wood", "white marble"
    let stuff = said.split_last().is_some_and(|(last, how)| {
        last.is(Class::MATERIAL)
            && !last.is(Class::COLOUR)
            && how.iter().all(|word| word.is(Class::COLOUR_LIKE) && !word.is(Class::DEGREE))
    });
    if rest.is_empty() && first.is(Class::MATERIAL) || stuff {
        return Some(Draft::of(EditOp::Material, thing).content(join(said)));
    }
    if first.one_of(&["into", "to"]) && !rest.is_empty() {
        return change(thing.whole, rest);
    }
    if let Some(material) = material_of(thing, &noun(said, false)) {
        return Some(Draft::of(EditOp::Material, thing).content(material).sure(STATED));
    }
    let pronoun = thing.core.len() == 1 && thing.core[0].is(Class::PRONOUN);
    // "make it dark outside": the scene.
    if (thing.is_image() || pronoun) && said.last().is_some_and(|last| last.one_of(&["outside", "outdoors"])) {
        return Some(Draft::new(EditOp::Style, "").content(join(said)).sure(STATED));
    }
    let style = said.iter().any(|token| token.is(Class::STYLE) || token.word("style"));
    if (is_image(thing) || pronoun) && style {
        return Some(Draft::of(EditOp::Style, thing).content(noun(said, false).new_text()));
    }
    // "make it three cups": as many as that.
    let several = !first.one_of(&["one", "1"]) && rest.len() == 1 && rest[0].class == Class::default();
    if pronoun && first.is(Class::NUMBER) && rest.last().is_some_and(|last| several || is_plural(&last.lower)) {
        return Some(Draft::new(EditOp::Count, join(rest)).content(first.text).sure(STATED));
    }
    if first.is(Class::INDEFINITE) && !first.is(Class::DEGREE)
        || pronoun && first.is(Class::DEFINITE)
        || first.is(Class::NUMBER)
    {
        return Some(become_thing(thing, said));
    }
    if first.is(Class::PLACE) {
        let known = rest.first().is_some_and(|next| next.is(Class::DEFINITE));
        return Some(if known {
            Draft { place: None, ..Draft::of(EditOp::Move, thing) }.at(said).sure(STATED)
        } else {
            Draft::of(EditOp::Attribute, thing).content(join(said)).sure(STATED)
        });
    }
    let plural_noun = said.len() == 1 && first.class == Class::default() && is_plural(&first.lower);
    if plural_noun {
        return Some(become_thing(thing, said));
    }
    let sure = if first.class == Class::default() { GUESSED } else { STATED };
    Some(Draft::of(EditOp::Attribute, thing).content(join(said)).sure(sure))
}

fn is_image(thing: &Noun<'_>) -> bool {
    thing.is_image()
}

fn become_thing(thing: &Noun<'_>, said: &[Token<'_>]) -> Draft {
    let new = noun(said, false);
    let draft = replace(thing, new.whole);
    Draft { place: new.place_text().or(draft.place.clone()), ..draft }.sure(STATED)
}

#[cfg(test)]
mod tests {
    use super::super::normalise::tokens;
    use super::super::subject::split_subject;
    use super::*;

    fn read(text: &str) -> (EditOp, String, Option<String>) {
        let tokens = tokens(text);
        let (subject, said) = split_subject(&tokens);
        let draft = predicate(subject, said).expect(text);
        (draft.op, draft.target, draft.content)
    }

    #[test]
    fn what_is_said_decides_the_kind() {
        for (text, op, target, content) in [
            ("the car red", EditOp::Recolor, "car", "red"),
            ("the light blue", EditOp::Recolor, "light", "blue"),
            ("the man's pants all white", EditOp::Recolor, "man's pants", "white"),
            ("the cake a chocolate cake", EditOp::Replace, "cake", "a chocolate cake"),
            ("the piece of paper hanging on the wall a mirror", EditOp::Replace, "piece of paper", "a mirror"),
            ("the fence be made of wood", EditOp::Material, "fence", "wood"),
            ("the woman smile", EditOp::Pose, "woman", "smiling"),
            ("the doll wear a hat", EditOp::Attribute, "doll", "wearing a hat"),
            ("the jacket say \"4\" on it", EditOp::Text, "jacket", "4"),
            ("a fly sit on the laptop", EditOp::Add, "", "a fly"),
            ("a cat should be watching the bird", EditOp::Add, "", "a cat"),
            ("it brighter", EditOp::Adjust, "it", "brighter"),
            ("it a black sheep", EditOp::Replace, "it", "a black sheep"),
            ("the sign show an address", EditOp::Attribute, "sign", "showing an address"),
            ("the man not swing but hold the bat", EditOp::Attribute, "man", "holding the bat"),
            ("her hair blonde", EditOp::Recolor, "her hair", "blonde"),
            ("the red square green", EditOp::Recolor, "red square", "green"),
            ("the orange blue", EditOp::Recolor, "orange", "blue"),
            ("the red car dark blue", EditOp::Recolor, "red car", "dark blue"),
        ] {
            assert_eq!(read(text), (op, target.to_owned(), Some(content.to_owned())), "{text}");
        }
    }
}
