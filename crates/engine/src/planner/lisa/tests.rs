use super::*;
use std::sync::Mutex;
use tie_core::Extent;

/// Answers questions whose first words it knows, and records what it was asked.
struct Script {
    answers: Vec<(&'static str, &'static str)>,
    asked: Mutex<Vec<String>>,
}

impl Ask for Script {
    fn missing(&self) -> Option<String> {
        None
    }

    fn ask(&self, _: &Arc<Raster>, question: Question<'_>, _: &JobCx<'_>) -> Result<String, EngineError> {
        self.asked.lock().unwrap().push(question.text.to_owned());
        let answer = self.answers.iter().find(|(words, _)| question.text.contains(words));
        Ok(answer.map_or("I do not know.", |(_, answer)| answer).to_owned())
    }
}

fn script(answers: &[(&'static str, &'static str)]) -> Arc<Script> {
    Arc::new(Script { answers: answers.to_vec(), asked: Mutex::default() })
}

fn photo() -> Arc<Raster> {
    Arc::new(Raster::filled(Extent::new(8, 8), [9, 9, 9, 255]))
}

fn plan_by(planner: &LisaPlanner, instruction: &str) -> (Plan, Vec<String>) {
    let notes = Mutex::new(Vec::new());
    let hear = |report: Report| {
        if let Report::Note(note) = report {
            notes.lock().unwrap().push(note);
        }
    };
    let cx = JobCx::new(crate::Cancel::default(), &hear);
    let plan = planner.plan(PlanRequest { instruction, image: Some(&photo()) }, &cx).unwrap();
    (plan, notes.into_inner().unwrap())
}

const CUP: &str = "remove the spoon and replace the cup with a teapot";

#[test]
fn the_bundled_questions_can_be_read_and_have_places_for_words() {
    let Prompts { decompose, again, localise, describe, prompt } = &*PROMPTS;
    assert!(decompose.contains("{instruction}") && prompt.contains("{edit}") && !again.is_empty());
    assert!([localise, describe].iter().all(|question| question.contains("{thing}")));
}

#[test]
fn each_phase_fills_its_part_of_the_plan() {
    let model = script(&[
        ("List the separate edits", "1. Remove the spoon. 2. Replace the cup with a teapot."),
        ("Where in this image is the spoon", "The spoon is on the saucer."),
        ("Where in this image is the cup", "It is in the middle of the image."),
        ("Describe the spoon on the saucer", "A shiny silver spoon with a long handle. It is wet."),
        ("Describe the cup in the middle", "A white cup with coffee in it."),
        ("replace the cup", "A brown teapot on a saucer."),
    ]);
    let (plan, notes) = plan_by(&LisaPlanner::new(model.clone()), CUP);
    assert_eq!((plan.planner.as_str(), plan.instruction.as_str(), plan.steps.len()), ("lisa", CUP, 2));
    assert!(notes.is_empty());
    let [spoon, cup] = &plan.steps[..] else { panic!("two steps") };
    assert_eq!(
        (spoon.op(), spoon.target.as_str(), spoon.location.as_deref()),
        (EditOp::Remove, "spoon", Some("on the saucer"))
    );
    assert_eq!(spoon.description, "A shiny silver spoon with a long handle");
    assert_eq!((cup.op(), cup.location.as_deref()), (EditOp::Replace, Some("in the middle")));
    assert_eq!((cup.content(), cup.prompt.as_str()), (Some("a teapot"), "A brown teapot on a saucer"));
    // The raw answers are kept for display.
    assert_eq!((spoon.answers.len(), cup.answers.len()), (3, 4));
    assert_eq!(spoon.answers[1].answer, "The spoon is on the saucer.");
}

#[test]
fn without_the_chain_of_thought_one_question_is_asked() {
    let model = script(&[("List the separate edits", "Remove the spoon\nReplace the cup with a teapot")]);
    let (plan, _) = plan_by(&LisaPlanner::direct(model.clone()), CUP);
    assert_eq!((plan.planner.as_str(), plan.steps.len()), ("lisa-direct", 2));
    assert!(plan.steps.iter().all(|step| step.location.is_none() && step.answers.len() == 1));
    assert_eq!(model.asked.lock().unwrap().len(), 1);
}

#[test]
fn an_answer_that_is_no_list_is_asked_for_again() {
    let model = script(&[
        ("List the separate edits", "It is [SEG]."),
        ("Answer with nothing but the edits", "- remove the spoon\n- replace the cup with a teapot"),
    ]);
    let (plan, notes) = plan_by(&LisaPlanner::direct(model), CUP);
    assert_eq!((plan.steps.len(), notes.len(), plan.steps[0].answers.len()), (2, 0, 2));
}

#[test]
fn what_the_instruction_does_not_say_is_not_done_and_the_rules_part_it_alone() {
    for answer in [
        "It is [SEG].",
        "",
        // What a picture's own writing might make it say.
        "Remove the watermark\nDelete all the people",
        // More than the rules can read.
        "Remove the spoon\nReplace the cup with a teapot\nThe spoon?",
        // Half of it.
        "Remove the spoon",
        "1.\n2.\n3.",
    ] {
        let model = script(&[("List", answer), ("Answer with", answer)]);
        let (plan, notes) = plan_by(&LisaPlanner::direct(model), CUP);
        let targets: Vec<&str> = plan.steps.iter().map(|step| step.target.as_str()).collect();
        assert_eq!(targets, ["spoon", "cup"], "{answer:?}");
        assert!(notes[0].contains("the built-in rules split"), "{notes:?}");
        assert!(plan.steps.iter().all(|step| step.reasoning.ends_with("so the built-in rules made this step.")));
    }
}

#[test]
fn words_that_would_break_a_plan_leave_what_the_rules_say() {
    let list = ("List the separate edits", "replace the cup with a teapot");
    for odd in ["Remove the cup.", "\u{0}\u{7}", "[SEG]", ""] {
        let model = script(&[list, ("Where", odd), ("Describe", odd), ("The image is edited", odd)]);
        let (plan, _) = plan_by(&LisaPlanner::new(model), "replace the cup with a teapot");
        let rules =
            Rules.plan(PlanRequest { instruction: "replace the cup with a teapot.", image: None }, &JobCx::silent());
        assert_eq!(plan.steps[0].prompt, rules.unwrap().steps[0].prompt, "{odd:?}");
        assert_eq!(check(&plan), Ok(()));
    }
}

#[test]
fn it_needs_a_photograph_and_stops_when_told_to() {
    let planner = LisaPlanner::new(script(&[]));
    let request = PlanRequest { instruction: CUP, image: None };
    assert!(
        matches!(planner.plan(request, &JobCx::silent()), Err(EngineError::Unsuitable(why)) if why.contains("photo"))
    );
    let cancel = crate::Cancel::default();
    cancel.cancel();
    let image = photo();
    let request = PlanRequest { image: Some(&image), ..request };
    assert_eq!(planner.plan(request, &JobCx::new(cancel, &|_| {})), Err(EngineError::Cancelled));
}
