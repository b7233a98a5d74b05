use super::*;
use crate::domain::{EditOp, SubTask};
use proptest::prelude::*;

fn steps(instruction: &str) -> Vec<SubTask> {
    let request = PlanRequest { instruction, image: None };
    Rules.plan(request, &JobCx::silent()).unwrap_or_else(|error| panic!("{instruction}: {error}")).steps
}

fn titles(instruction: &str) -> Vec<String> {
    steps(instruction).iter().map(SubTask::title).collect()
}

#[test]
fn several_requests_become_several_steps() {
    for (instruction, expected) in [
        ("remove the spoon and turn the cup blue", &["remove spoon", "recolor cup → blue"][..]),
        (
            "remove the star from the wall, turn the sofa blue and add a cat on the rug",
            &["remove star", "recolor sofa → blue", "add a cat"],
        ),
        ("make the car red and the house blue", &["recolor car → red", "recolor house → blue"]),
        ("remove the cup and the spoon", &["remove cup", "remove spoon"]),
        ("remove the salt and pepper shaker", &["remove salt and pepper shaker"]),
        ("Could you please delete the dog? Then paint the fence white.", &["remove dog", "recolor fence → white"]),
        ("remvoe the spoon and turn the cup bleu", &["remove spoon", "recolor cup → blue"]),
    ] {
        assert_eq!(titles(instruction), expected, "{instruction}");
    }
}

#[test]
fn light_is_adjusted_in_words_that_engines_read() {
    for (instruction, target, content) in [
        ("make it brighter", "", "brighter"),
        ("brighten the sky", "sky", "brighter"),
        ("darken the image a lot", "", "much darker"),
        ("increase the contrast", "", "more contrast"),
        ("make the photo slightly warmer", "", "slightly warmer"),
        ("convert to black and white", "", "black and white"),
        ("turn the photo black and white", "", "black and white"),
        ("blur the background", "background", "blurred"),
        ("reduce the saturation of the car", "car", "less saturated"),
        ("add more contrast", "", "more contrast"),
        ("make the image less colorful", "", "less saturated"),
    ] {
        let steps = steps(instruction);
        let found: Vec<_> = steps.iter().map(|step| (step.op, step.target.as_str(), step.content.as_deref())).collect();
        assert_eq!(found, [(EditOp::Adjust, target, Some(content))], "{instruction}");
    }
}

#[test]
fn wishes_and_questions_are_requests() {
    assert_eq!(titles("have there be a dolphin jumping out of the water")[0], "add a dolphin jumping out of the water");
    assert_eq!(titles("What if the man had a hat?"), ["attribute man → with a hat"]);
    assert_eq!(titles("there should be no dolls in the room"), ["remove dolls"]);
    assert_eq!(titles("let the woman wear a hat"), ["attribute woman → wearing a hat"]);
    assert_eq!(titles("change the text to 'STOP, now'"), ["text text → STOP, now"]);
}

#[test]
fn what_shall_stay_is_kept_and_makes_no_step() {
    let plan = steps("change the background to beach, keep the shirt, the hat and the dog unchanged");
    assert_eq!(plan.len(), 1);
    assert_eq!(plan[0].keep, ["shirt", "hat", "dog"]);
    let plan = steps("make the car red. Don't touch the sky.");
    assert_eq!((plan.len(), plan[0].keep.clone()), (1, vec!["sky".to_owned()]));
}

#[test]
fn later_steps_name_the_steps_they_need() {
    let plan = steps("replace the sheep with a goat and add a bell on the goat");
    assert_eq!(plan[1].depends_on, [1]);
    assert_eq!(plan[1].prompt, "a bell on the goat");
    let plan = steps("replace the dog with a cat, then give it a hat");
    assert_eq!((plan[1].depends_on.clone(), plan[1].prompt.as_str()), (vec![1], "a hat on the cat"));
}

#[test]
fn text_without_a_request_is_refused_in_one_sentence() {
    for instruction in ["", "   ", "…", "hello", "What time is it?", "don't touch the sky", "🙂🙂"] {
        let error = Rules.plan(PlanRequest { instruction, image: None }, &JobCx::silent()).unwrap_err();
        assert!(error.to_string().contains("could not find an edit"), "{instruction}: {error}");
    }
}

#[test]
fn the_plan_holds_the_original_text() {
    let instruction = "  Please REMOVE the  cup!! ";
    let plan = Rules.plan(PlanRequest { instruction, image: None }, &JobCx::silent()).unwrap();
    assert_eq!((plan.instruction.as_str(), plan.planner.as_str()), (instruction, "rules"));
}

fn check(text: &str) -> Result<(), TestCaseError> {
    if let Ok(plan) = Rules.plan(PlanRequest { instruction: text, image: None }, &JobCx::silent()) {
        prop_assert_eq!(plan.validate(), Ok(()));
        prop_assert!(plan.steps.iter().all(|step| !step.prompt.trim().is_empty() && !step.reasoning.is_empty()));
    }
    Ok(())
}

/// Words that steer random texts through the rules.
const SALAD: &[&str] = &[
    "remove",
    "add",
    "make",
    "turn",
    "let",
    "have",
    "give",
    "replace",
    "with",
    "to",
    "into",
    "the",
    "a",
    "it",
    "its",
    "cup",
    "red",
    "blue",
    "and",
    ",",
    ".",
    "'",
    "\"",
    "don't",
    "keep",
    "unchanged",
    "on",
    "of",
    "from",
    "not",
    "be",
    "is",
    "should",
    "what",
    "if",
    "there",
    "text",
    "color",
    "background",
    "black",
    "white",
    "brighter",
    "more",
    "less",
    "all",
    "no",
    "sit",
    "wearing",
    "please",
    "then",
    "can",
    "you",
    "3",
    "style",
    "swap",
    "for",
    "put",
    "in",
    "place",
    "fill",
    "increase",
    "move",
    "write",
    "but",
    "left",
    "who",
    "made",
    "'s",
    "é",
    "狗",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics_or_gives_an_invalid_plan(text in any::<String>()) {
        check(&text)?;
    }

    #[test]
    fn no_sequence_of_known_words_panics_or_gives_an_invalid_plan(words in prop::collection::vec(prop::sample::select(SALAD), 0..60)) {
        check(&words.join(" "))?;
    }
}
