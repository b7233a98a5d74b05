//! The approval modes, and that nothing appears under the pen.

use super::*;
use tie_studio::session::{Approval, Settings};

const BOTH: &str = "remove the red square and turn the blue rectangle green";

fn in_mode(approval: Approval) -> Story {
    let mut story = Story::with_scene();
    story.apply(Command::SetSettings(Box::new(Settings { approval, ..Settings::default() })));
    story
}

fn plan(story: &mut Story, instruction: &str) {
    story.apply(Command::SetInstruction(instruction.to_owned()));
    story.apply(Command::Plan);
    story.finish_jobs();
}

#[test]
fn asking_each_step_runs_and_approves_nothing_by_itself() {
    let mut story = in_mode(Approval::AskEachStep);
    plan(&mut story, BOTH);
    assert!(story.session.cards().iter().all(|card| matches!(card.state, StepState::Located(_))));
    story.apply(Command::RunAll);
    story.finish_jobs();
    assert!(story.session.cards().iter().all(|card| card.state == StepState::Ready));
    assert_eq!(story.session.photo().unwrap().document.steps().len(), 2, "both show");
    assert_eq!(*story.session.decided_image().unwrap(), scene());
}

#[test]
fn automatic_goes_through_sure_steps_and_asks_about_those_that_are_not() {
    let mut story = in_mode(Approval::AutoWhereSure);
    plan(&mut story, "remove the red square, remove the elephant and turn the blue rectangle green");
    assert_eq!(*story.state(0), StepState::Approved);
    assert!(matches!(story.state(1), StepState::Located(_)), "{:?}", story.state(1));
    assert_eq!(*story.state(2), StepState::Approved, "what lies behind it does not wait");
    assert_eq!(story.session.selected().unwrap().id, story.step(1), "the person is asked about it");
    assert!(!story.session.is_automatic());
}

#[test]
fn run_all_then_review_ends_with_everything_approved_and_marked_to_be_looked_at() {
    let mut story = in_mode(Approval::RunAllThenReview);
    plan(&mut story, BOTH);
    for card in story.session.cards() {
        assert_eq!(card.state, StepState::Approved);
        assert!(card.unseen, "it has to be looked at");
    }
    assert!(matches!(story.session.notice(), Some(Notice::Success(text)) if text.contains("Look through them")));
    story.apply(Command::Select(story.step(0)));
    assert!(!story.session.cards()[0].unseen);
    // Undo takes the steps back one by one.
    story.apply(Command::Undo);
    assert_eq!(story.session.photo().unwrap().document.steps().len(), 1);
}

#[test]
fn cancel_stops_going_on() {
    let mut story = in_mode(Approval::RunAllThenReview);
    story.apply(Command::SetInstruction(BOTH.to_owned()));
    story.apply(Command::Plan);
    story.apply(Command::CancelJobs);
    story.finish_jobs();
    assert!(!story.session.is_automatic() && story.session.photo().unwrap().document.steps().is_empty());
}

#[test]
fn a_result_never_appears_under_the_pen() {
    let mut story = Story::planned(BOTH);
    let (first, second) = (story.step(0), story.step(1));
    story.apply(Command::Run(second));
    // The person goes on painting on the first step while the second runs, and selects it in the middle of a stroke.
    story.apply(Command::Select(first));
    let begin = Command::StrokeBegin {
        brush: Brush::default(),
        mode: StrokeMode::Add,
        at: Point::new(20.0, 20.0),
        pressure: 1.0,
        line: false,
    };
    story.apply(begin);
    story.finish_jobs();
    let card = &story.session.cards()[1];
    assert_eq!(card.state, StepState::Ready);
    assert!(card.unseen, "the card tells that something has arrived");
    assert!(story.session.is_drawing() && story.session.shown_candidate().is_none());
    story.apply(Command::StrokeEnd);
    assert!(story.session.shown_candidate().is_none());
    story.apply(Command::Select(second));
    assert!(story.session.shown_candidate().is_some() && !story.session.cards()[1].unseen);
}

#[test]
fn painting_on_a_step_with_results_shows_the_mask_until_a_result_is_chosen() {
    let mut story = Story::planned(BOTH);
    let first = story.step(0);
    story.apply(Command::Run(first));
    story.finish_jobs();
    assert!(story.session.shown_candidate().is_some());
    story.stroke((18.0, 28.0), (46.0, 56.0), StrokeMode::Add);
    assert!(story.session.shown_candidate().is_none(), "one sees what one paints");
    assert!(story.session.cards()[0].outdated);
    story.apply(Command::ChooseCandidate(first, 0));
    assert!(story.session.shown_candidate().is_some());
}
