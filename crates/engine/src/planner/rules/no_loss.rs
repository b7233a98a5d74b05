//! No meaningful word is lost silently: each is in a step, in something to keep, or quoted as not understood.
//!
//! The instructions come from a small grammar that knows which of its words carry meaning, and checks only the finished
//! plan for them, so it shares no assumption with [`cover`](super::cover).

use super::*;
use proptest::prelude::*;
use tie_core::SubTask;

const THINGS: &[&str] = &[
    "cup",
    "red car",
    "man's hat",
    "wooden fence",
    "two dogs",
    "wall hanging",
    "oil painting",
    "old billboard",
    "window",
    "woman in the green dress",
    "left lamp",
    "washing machine",
    "diving board",
    "street sign",
    "tall building",
    "sofa",
];
const NEW: &[&str] = &[
    "a hat",
    "a pirate in a long coat",
    "sunglasses",
    "three balloons",
    "a small dog with a bone",
    "an orange cat",
    "snow",
    "a stone bridge",
    "some tulips",
    "a swimming pool",
    "a marble one",
    "a neon sign",
];
const LOOKS: &[&str] = &["blue", "dark green", "wooden", "broken", "bigger", "plain white", "happy", "striped"];
const PLACES: &[&str] =
    &["on the table", "behind the sofa", "in the corner", "to the left of the tree", "near the river"];
const JUNK: &[&str] =
    &["flobber", "zinc", "yesterday", "grandmother", "kilogram", "quickstep", "ÄRGER", "42nd", "don't", "sideways"];

/// Requests with a place for a thing (T), something new (N), a look (L) and a place (P).
const REQUESTS: &[&str] = &[
    "remove the T",
    "get rid of the T P",
    "replace the T with N",
    "change the T to N",
    "turn the T into N",
    "add N P",
    "put N P",
    "make the T L",
    "turn the T L",
    "paint the T blue",
    "change the color of the T to red",
    "the T should be L",
    "move the T P",
    "let the T wear N",
    "give the T N",
    "write 'OPEN' on the T",
    "there should be N P",
    "keep the T unchanged",
    "brighten the T",
    "blur the T a little",
    "instead of the T, put N",
    "P, add N",
    "make the T out of marble",
    "keep just one T",
    "N should be P",
    "make the T N",
    "fill the T with N",
    "the T needs N",
    "don't touch the T",
    "swap the T and the T",
    "have N P",
    "change the T from red to blue",
    "replace the text 'SALE' on the T with 'SOLD'",
    "remove all but the T",
    "zap the T",
    "the T is ugly, remove it",
    "turn to N",
    "sharpen the T so the T stands out",
    "make the T L, not L",
    "remove the T not the T",
];

/// Requests that are wrapped in courtesy, doubt or opinion.
const WISHES: &[&str] = &[
    "the T might be L, too",
    "maybe the T could be L as well",
    "oh, N would be nice",
    "perhaps N P",
    "could you also remove the T",
    "I would love N P",
    "it would be great if the T were L",
    "the T in L would look better",
    "and then maybe N",
    "please",
    "thank you so much",
    "what about N P?",
    "I guess the T could go",
];

const JOINTS: &[&str] = &[" and ", ", ", ". ", "; ", " ", ", and ", ", then ", " but ", "\n", " – ", ", plus "];

/// A template with its places filled by the numbers.
fn fill(template: &str, picks: &[usize]) -> String {
    let mut picks = picks.iter().copied().cycle();
    let mut pick = |words: &[&str]| words[picks.next().unwrap_or(0) % words.len()].to_owned();
    let word = |word: &str| match word.trim_end_matches([',', '?']) {
        "T" => word.replacen('T', &pick(THINGS), 1),
        "N" => word.replacen('N', &pick(NEW), 1),
        "L" => word.replacen('L', &pick(LOOKS), 1),
        "P" => word.replacen('P', &pick(PLACES), 1),
        _ => word.to_owned(),
    };
    template.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// The lists' meaningful words, in the forms in which they may appear.
fn telling() -> Vec<String> {
    let lists = [THINGS, NEW, LOOKS, PLACES, JUNK];
    let words = lists.into_iter().flatten().flat_map(|text| text.split(' '));
    let mut words: Vec<String> = words.map(str::to_lowercase).collect();
    words.retain(|word| {
        let little = ["a", "an", "the", "in", "on", "of", "to", "with", "some", "one", "don't", "behind", "near"];
        !little.contains(&word.as_str())
    });
    words.extend(["open", "sale", "sold", "marble"].map(str::to_owned));
    words
}

/// Words of the instruction that must be found and are not.
fn lost(instruction: &str) -> Vec<String> {
    let Ok(plan) = Rules.plan(PlanRequest { instruction, image: None }, &JobCx::silent()) else { return Vec::new() };
    let mut shown = String::new();
    for step in &plan.steps {
        let texts = [&step.target, &step.description, &step.prompt, &step.negative, &step.reasoning];
        let optional = [step.place(), step.content()].into_iter().flatten();
        for text in texts.into_iter().chain(&step.keep).map(String::as_str).chain(optional) {
            shown = shown + " " + &text.to_lowercase();
        }
    }
    for passage in &plan.not_understood {
        shown = shown + " " + &passage.text.to_lowercase();
    }
    let shown: Vec<&str> = shown.split(|c: char| !(c.is_alphanumeric() || c == '\'')).map(bare).collect();
    let telling = telling();
    let written = instruction.to_lowercase();
    let said: Vec<&str> = written.split(|c: char| !(c.is_alphanumeric() || c == '\'')).map(bare).collect();
    // An unknown verb is shown as what is done: "lefting".
    let shows = |word: &str| {
        shown.iter().any(|shown| {
            *shown == word || shown.strip_suffix("ing").is_some_and(|verb| verb.starts_with(word.trim_end_matches('e')))
        })
    };
    let lost = said.iter().enumerate().filter(|(at, word)| {
        let forbidden = *at > 0 && said[at - 1] == "don't";
        telling.iter().any(|telling| bare(telling) == **word) && !forbidden && !shows(word)
    });
    lost.map(|(_, word)| (*word).to_owned()).collect()
}

fn bare(word: &str) -> &str {
    word.trim_matches('\'').trim_end_matches("'s")
}

/// Requests, wishes and joints in any order, with junk in any place.
fn instruction() -> impl Strategy<Value = String> {
    let templates: Vec<&str> = REQUESTS.iter().chain(REQUESTS).chain(WISHES).copied().collect();
    let request = (prop::sample::select(templates), prop::collection::vec(0_usize..100, 4))
        .prop_map(|(template, picks)| fill(template, &picks));
    let joined = prop::collection::vec((request, prop::sample::select(JOINTS.to_vec())), 1..5);
    let junk = prop::collection::vec((0_usize..200, prop::sample::select(JUNK.to_vec())), 0..3);
    (joined, junk).prop_map(|(requests, junk)| {
        let text: String = requests.into_iter().flat_map(|(request, joint)| [request, joint.to_owned()]).collect();
        let mut words: Vec<&str> = text.split(' ').collect();
        for (at, word) in junk {
            words.insert(at % (words.len() + 1), word);
        }
        words.join(" ")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_word_that_says_something_is_lost(text in instruction()) {
        prop_assert_eq!(lost(&text), Vec::<String>::new(), "{}", &text);
    }
}

/// What was not understood, as quoted.
fn asked(instruction: &str) -> Vec<String> {
    let plan = Rules.plan(PlanRequest { instruction, image: None }, &JobCx::silent());
    plan.unwrap_or_else(|error| panic!("{instruction}: {error}"))
        .not_understood
        .into_iter()
        .map(|part| part.text)
        .collect()
}

#[test]
fn what_is_not_understood_is_quoted_with_its_place() {
    let instruction = "Make the “Öl” sign red. Greetings from sunny Vienna! Remove the cup.";
    let plan = Rules.plan(PlanRequest { instruction, image: None }, &JobCx::silent()).unwrap();
    let [passage] = plan.not_understood.as_slice() else { panic!("{:?}", plan.not_understood) };
    assert_eq!(passage.text, "Greetings from sunny Vienna");
    let characters: String = instruction.chars().skip(passage.start).take(passage.end - passage.start).collect();
    assert_eq!(characters, passage.text, "in characters, not bytes");
}

/// The steps' titles.
fn titles(instruction: &str) -> Vec<String> {
    let plan = Rules.plan(PlanRequest { instruction, image: None }, &JobCx::silent());
    plan.unwrap_or_else(|error| panic!("{instruction}: {error}")).steps.iter().map(SubTask::title).collect()
}

#[test]
fn afterthoughts_and_doubts_are_requests() {
    for (instruction, expected) in [
        ("remove the cup, and the window might be broken, too", &["remove cup", "attribute window → broken"][..]),
        (
            "make the car red and maybe the door could be green as well",
            &["recolour car → red", "recolour door → green"],
        ),
        ("remove the cup, oh, and a hat would be nice", &["remove cup", "add a hat"]),
        ("add a cat and maybe a dog", &["add a cat", "add a dog"]),
        ("the door in red would look better", &["recolour door → red"]),
        ("painting the door red would be nice", &["recolour door → red"]),
        ("it would be nice to have a dog on the grass", &["add a dog"]),
        ("I would also like the sky to be darker, if possible", &["adjust sky → darker"]),
    ] {
        assert_eq!(titles(instruction), expected, "{instruction}");
        assert_eq!(asked(instruction), Vec::<String>::new(), "{instruction}");
    }
}

#[test]
fn a_request_is_not_swallowed_by_the_one_before() {
    for (instruction, expected) in [
        ("brighten the photo remove the man on the left", &["adjust whole image → brighter", "remove man"][..]),
        (
            "increase the contrast and saturation of the sky",
            &["adjust sky → more contrast", "adjust sky → more saturated"],
        ),
        ("make him smaller add an octopus next to him", &["attribute man → smaller", "add an octopus"]),
        ("add a tree Change background to Earth", &["add a tree", "background background → Earth"]),
        ("put a cat on the billboard, and writing on the roof", &["add a cat", "add writing"]),
        (
            "replace the clock on the billboard with a lamp and put writing on the billboard",
            &["replace clock → a lamp", "add writing"],
        ),
        ("add a dog that could be his friend", &["add a dog that could be his friend"]),
        ("make the man in the hat remove his coat", &["other man"]),
        ("change the sign to say Add Water", &["text sign → Add Water"]),
    ] {
        assert_eq!(titles(instruction), expected, "{instruction}");
    }
    assert_eq!(asked("replace the car with a bus and the driver looks tired"), ["and the driver looks tired"]);
}

#[test]
fn what_shall_be_left_is_counted() {
    for (instruction, expected) in [
        ("keep just one chair", &["count chair → one"][..]),
        ("leave only two of the cups and make the table red", &["count cups → two", "recolour table → red"]),
        ("keep only the dog", &["other everything but the dog"]),
    ] {
        assert_eq!(titles(instruction), expected, "{instruction}");
    }
    let plan = Rules.plan(
        PlanRequest { instruction: "make it darker, keep only the sky unchanged", image: None },
        &JobCx::silent(),
    );
    assert_eq!(plan.unwrap().steps[0].keep, ["sky"]);
}

#[test]
fn what_is_written_in_capitals_and_digits_on_a_thing_is_text() {
    for (instruction, expected) in [
        ("change the licence plate to ABC 123", "text licence plate → ABC 123"),
        ("replace the number plate with KA 05", "text number plate → KA 05"),
        ("make the jersey 23", "text jersey → 23"),
        ("change the sign to STOP", "text sign → STOP"),
        ("change the sign to say Welcome", "text sign → Welcome"),
        ("change the sign so that it says BAKERY", "text sign → BAKERY"),
        ("change the sign to a clock", "replace sign → a clock"),
        ("CHANGE THE SIGN TO CLOCK", "replace SIGN → CLOCK"),
        ("change the car to BMW", "replace car → BMW"),
    ] {
        assert_eq!(titles(instruction), [expected], "{instruction}");
    }
}

#[test]
fn nouns_that_look_like_verbs_are_things() {
    for (instruction, expected) in [
        ("remove the wall hanging above the bed", "remove wall hanging"),
        ("add an oil painting on the wall", "add an oil painting"),
        ("change the drawing on the wall to a mirror", "replace drawing → a mirror"),
        ("make the building on the left taller", "attribute building → taller"),
        ("remove the diving board", "remove diving board"),
        ("replace the washing machine with a fridge", "replace washing machine → a fridge"),
        ("make the swimming pool bigger", "attribute swimming pool → bigger"),
        ("remove the man painting the wall", "remove man painting the wall"),
    ] {
        assert_eq!(titles(instruction), [expected], "{instruction}");
    }
    let painting =
        Rules.plan(PlanRequest { instruction: "add an oil painting on the wall", image: None }, &JobCx::silent());
    assert_eq!(painting.unwrap().steps[0].prompt, "an oil painting on the wall");
}

#[test]
fn a_plain_colour_is_a_colour_and_ones_of_a_material_are_the_same_thing() {
    for (instruction, expected) in [
        ("change the pattern of the shirt to plain green", "recolour shirt → plain green"),
        ("make the striped shirt plain green", "recolour striped shirt → plain green"),
        ("change the pattern of the shirt to stripes", "attribute shirt → stripes"),
        ("change the man's boots to brown suede ones", "material man's boots → brown suede"),
        ("change the table to a marble one", "material table → marble"),
        ("make the table a marble one", "material table → marble"),
        ("change the backpack to an orange one", "replace backpack → an orange backpack"),
    ] {
        assert_eq!(titles(instruction), [expected], "{instruction}");
    }
}

#[test]
fn what_is_not_meant_stays_or_must_not_show_and_reasons_are_told() {
    let step = |instruction: &str| {
        let plan = Rules.plan(PlanRequest { instruction, image: None }, &JobCx::silent()).unwrap();
        assert_eq!((plan.steps.len(), plan.not_understood), (1, Vec::new()), "{instruction}");
        plan.steps[0].clone()
    };
    for instruction in [
        "remove the spoon, not the cup",
        "remove the spoon and not the cup",
        "blur the photo but not the cup",
        "make the photo warmer, the cup should not change",
        "make the photo darker. The cup must stay the same.",
        "make the photo warmer but the cup stays as it is",
        "remove the spoon, the cup must never be touched",
    ] {
        assert_eq!(step(instruction).keep, ["cup"], "{instruction}");
    }
    assert_eq!(step("make the car red instead of blue").negative, "blue");
    assert_eq!(step("change the car from blue to red").negative, "blue");
    assert_eq!(step("make the table square, not round").negative, "round");
    assert_eq!(step("remove the red ball and nothing else").target, "red ball");
    assert!(step("blur the background so the cake stands out").reasoning.ends_with("“so the cake stands out”."));
    assert!(step("the sign is distracting, remove it").reasoning.contains("“distracting”"));
    assert!(step("change the black background to a beach").reasoning.contains("(the black background)"));
    assert_eq!(step("change the text from OPEN to CLOSED").negative, "OPEN");
    assert_eq!(step("remove the car and replace with a bus").title(), "replace car → a bus");
    assert_eq!(step("move the cup from the table to the shelf").target, "cup on the table");
    assert_eq!(step("get the cat out of the box").location.as_deref(), Some("in the box"));
}

#[test]
fn courtesies_and_opinions_ask_nothing() {
    for instruction in [
        "Hi! Could you please remove the cup? Thank you so much, that would be great.",
        "hey, I was wondering if you could remove the cup if possible, thanks in advance!",
        "Please can you just make the sky blue for me? I would really appreciate it.",
        "remvoe teh spoon and turn the cup bleu pls",
    ] {
        assert_eq!(asked(instruction), Vec::<String>::new(), "{instruction}");
    }
}
