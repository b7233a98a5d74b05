//! The list of steps by hand: add, duplicate, delete, split, merge, move, disable, plan again, keep candidates.

use super::*;
use tie_core::{Combine, Shape};

const BOTH: &str = "remove the red square and turn the blue rectangle green";

fn titles(story: &Story) -> Vec<String> {
    story.session.cards().iter().map(|card| card.task.title()).collect()
}

fn rectangle(bounds: Bounds) -> Shape {
    let corner = |x: i32, y: i32| Point::new(x as f32, y as f32);
    Shape::Rectangle { a: corner(bounds.x, bounds.y), b: corner(bounds.right(), bounds.bottom()) }
}

#[test]
fn a_step_by_hand_needs_no_planner() {
    let mut story = Story::with_scene();
    story.apply(Command::AddStep(SubTask::new(1, EditOp::Remove, "")));
    story.finish_jobs();
    assert_eq!(*story.state(0), StepState::Located(Found::Empty), "nothing to look for, so it waits for paint");
    story.apply(Command::SelectShape(rectangle(RED), Combine::Add));
    assert_eq!(*story.state(0), StepState::Located(Found::Ok));
    story.run_and_approve(0);
    let [r, g, _, _] = story.image().pixel(32, 42);
    assert!(r < 180 && g > 100, "the red square is gone: {r} {g}");

    // With words it is looked for.
    let task = SubTask::new(2, EditOp::Recolor, "blue rectangle").becomes("green");
    story.apply(Command::AddStep(task));
    story.finish_jobs();
    assert!(matches!(story.state(1), StepState::Located(Found::Ok)), "{:?}", story.state(1));
}

#[test]
fn duplicates_have_the_mask_and_a_seed_of_their_own() {
    let mut story = Story::planned(BOTH);
    let id = story.step(0);
    story.apply(Command::DuplicateStep(id));
    assert_eq!(titles(&story), ["remove red square", "remove red square", "recolour blue rectangle → green"]);
    let [one, two] = [0, 1].map(|index| story.session.cards()[index].clone());
    assert_eq!(one.mask.unwrap().result, two.mask.unwrap().result);
    assert_ne!(one.recipe.unwrap().seed, two.recipe.unwrap().seed);
    story.apply(Command::Undo);
    assert_eq!(story.session.cards().len(), 2);
}

#[test]
fn deleting_an_approved_step_takes_it_out_of_the_picture_and_undo_brings_it_back() {
    let mut story = Story::planned(BOTH);
    let original = story.image();
    story.run_and_approve(0);
    let edited = story.image();
    let id = story.step(0);
    story.apply(Command::DeleteStep(id));
    assert_eq!(titles(&story), ["recolour blue rectangle → green"]);
    assert_eq!(story.image(), original);
    story.apply(Command::Undo);
    assert_eq!(story.image(), edited);
    assert_eq!(*story.state(0), StepState::Approved);
}

#[test]
fn a_mask_of_two_regions_can_be_split_and_merged_again() {
    let mut story = Story::with_scene();
    story.apply(Command::AddStep(SubTask::new(1, EditOp::Remove, "things")));
    story.finish_jobs();
    let id = story.step(0);
    story.apply(Command::Mask(id, MaskOp::Clear));
    for bounds in [RED, BLUE] {
        story.apply(Command::SelectShape(rectangle(bounds), Combine::Add));
    }
    story.finish_jobs();
    story.apply(Command::SplitStep(id));
    let bounds: Vec<Bounds> =
        story.session.cards().iter().map(|card| card.mask.as_ref().unwrap().result.bounds()).collect();
    assert_eq!(bounds, [BLUE, RED], "the larger region stays");
    let second = story.step(1);
    story.apply(Command::MergeStep(second));
    assert_eq!(story.session.cards().len(), 1);
    assert_eq!(story.session.cards()[0].mask.as_ref().unwrap().result.bounds(), RED.union(BLUE));
    story.apply(Command::SplitStep(story.step(0)));
    story.apply(Command::Undo);
    assert_eq!(story.session.cards().len(), 1);
}

#[test]
fn steps_of_different_kinds_are_not_merged_and_one_region_is_not_split() {
    let mut story = Story::planned(BOTH);
    let (first, second) = (story.step(0), story.step(1));
    story.apply(Command::MergeStep(second));
    assert!(matches!(story.session.notice(), Some(Notice::Error(text)) if text.contains("different kinds")));
    story.apply(Command::SplitStep(first));
    assert!(matches!(story.session.notice(), Some(Notice::Error(text)) if text.contains("only one region")));
    assert_eq!(story.session.cards().len(), 2);
}

#[test]
fn the_stack_follows_the_list_and_what_changes_places_with_shared_pixels_is_outdated() {
    let mut story = Story::with_scene();
    // Two edits over each other: darker, then green.
    for (content, op) in [("darker", EditOp::Adjust), ("green", EditOp::Recolor)] {
        let task = SubTask::new(1, op, "").becomes(content);
        story.apply(Command::AddStep(task));
        story.apply(Command::SelectShape(rectangle(BLUE), Combine::Add));
        story.finish_jobs();
    }
    // Approved from the top to the bottom: the list decides about the order, not the time.
    story.run_and_approve(1);
    story.run_and_approve(0);
    let ids: Vec<StepId> = story.session.photo().unwrap().document.steps().iter().map(|step| step.id).collect();
    assert_eq!(ids, [story.step(0), story.step(1)]);
    assert!(story.session.cards().iter().all(|card| !card.outdated), "the upper one has followed");

    let (first, before) = (story.step(0), story.image());
    story.apply(Command::MoveStep(first, 1));
    let ids: Vec<StepId> = story.session.photo().unwrap().document.steps().iter().map(|step| step.id).collect();
    assert_eq!(ids, [story.step(0), story.step(1)]);
    assert!(story.session.cards().iter().all(|card| card.outdated), "both were made in the other order");
    story.apply(Command::Undo);
    assert_eq!(story.image(), before);
}

#[test]
fn a_disabled_step_does_not_show_and_does_not_run_with_the_others() {
    let mut story = Story::planned(BOTH);
    let original = story.image();
    story.run_and_approve(0);
    let edited = story.image();
    let (first, second) = (story.step(0), story.step(1));
    story.apply(Command::SetEnabled(first, false));
    assert_eq!(story.image(), original);
    story.apply(Command::SetEnabled(first, true));
    assert_eq!(story.image(), edited);

    story.apply(Command::SetEnabled(second, false));
    story.apply(Command::RunAll);
    assert!(story.session.is_idle(), "nothing to run");
    story.apply(Command::SetEnabled(second, true));
    story.apply(Command::RunAll);
    story.finish_jobs();
    assert_eq!(*story.state(1), StepState::Ready);
}

#[test]
fn one_step_is_planned_again_by_its_own_words_and_the_others_stay() {
    let mut story = Story::planned(BOTH);
    let (first, second) = (story.step(0), story.step(1));
    let task = SubTask { target: "blue rectangle".to_owned(), ..story.session.cards()[0].task.clone() };
    story.apply(Command::EditTask(first, task));
    story.finish_jobs();
    story.apply(Command::PlanStep(first));
    story.finish_jobs();
    assert_eq!(titles(&story), ["remove blue rectangle", "recolour blue rectangle → green"]);
    assert_eq!(story.step(1), second, "the other card is the same");
    assert_ne!(story.step(0), first);
    assert!(matches!(story.state(0), StepState::Located(_)), "{:?}", story.state(0));
    story.apply(Command::Undo);
    assert_eq!(story.step(0), first);
}

#[test]
fn planning_from_here_keeps_what_is_above() {
    let mut story = Story::planned("remove the red square, turn the blue rectangle green and make the photo warmer");
    assert_eq!(story.session.cards().len(), 3);
    let ids: Vec<StepId> = (0..3).map(|index| story.step(index)).collect();
    story.apply(Command::PlanFrom(ids[1]));
    story.finish_jobs();
    assert_eq!(story.session.cards().len(), 3, "{:?}", titles(&story));
    assert_eq!(story.step(0), ids[0]);
    assert!(story.step(1) != ids[1] && story.step(2) != ids[2]);
}

#[test]
fn every_kind_of_step_is_planned_again_as_itself() {
    use tie_engine::{JobCx, PlanRequest};
    let registry = Registry::embedded();
    let planner = registry.planner("rules").unwrap();
    for (op, target, content) in [
        (EditOp::Remove, "spoon", None),
        (EditOp::Recolor, "cup", Some("blue")),
        (EditOp::Replace, "dog", Some("a cat")),
        (EditOp::Add, "", Some("a hat")),
        (EditOp::Adjust, "sky", Some("darker")),
        (EditOp::Background, "background", Some("a beach")),
    ] {
        let task = SubTask::new(1, op, target).becomes(content.unwrap_or_default());
        let sentence = task.sentence();
        let request = PlanRequest { instruction: &sentence, image: None };
        let plan = planner.plan(request, &JobCx::silent()).unwrap();
        assert_eq!(plan.steps.len(), 1, "{sentence}");
        assert_eq!(plan.steps[0].op(), op, "{sentence}");
    }
}

#[test]
fn favourite_candidates_stay_when_the_step_runs_again() {
    let mut story = Story::planned(BOTH);
    let id = story.step(0);
    story.apply(Command::Run(id));
    story.finish_jobs();
    let kept = story.session.cards()[0].candidates[1].clone();
    story.apply(Command::ToggleFavourite(id, 1));
    // Another mask makes all candidates outdated; the favourite is kept nevertheless.
    story.stroke((18.0, 28.0), (46.0, 56.0), StrokeMode::Add);
    story.apply(Command::Run(id));
    story.finish_jobs();
    let card = &story.session.cards()[0];
    assert_eq!(card.candidates.len(), 3, "one kept, two new");
    assert!(Arc::ptr_eq(&card.candidates[0], &kept) && card.is_favourite(0));
    assert_eq!(card.chosen, 1, "the new ones are shown");
}

#[test]
fn the_context_box_is_what_the_engine_sees_and_never_cuts_the_mask() {
    let mut story = Story::planned(BOTH);
    let id = story.step(0);
    let recipe = story.session.cards()[0].recipe.clone().unwrap();
    let chosen = Bounds::new(0, 0, 60, 60);
    story.apply(Command::EditRecipe(id, Recipe { context: Some(chosen), ..recipe.clone() }));
    story.finish_jobs();
    let mask = story.session.measures(id).unwrap().bounds;
    assert_eq!(story.session.measures(id).unwrap().context, Some(chosen.union(mask.grow(recipe.blend.grow as u32))));
    let elsewhere = Bounds::new(100, 80, 20, 20);
    story.apply(Command::EditRecipe(id, Recipe { context: Some(elsewhere), ..recipe }));
    story.finish_jobs();
    assert!(story.session.measures(id).unwrap().context.unwrap().encloses(mask));
    story.run_and_approve(0);
}
