//! Which engine is asked, and what is said where its model is not here.

use super::*;
use tie_studio::models::compute::Compute;
use tie_studio::session::{PlannedBy, Settings};
use tie_studio::store::Store;

#[test]
fn a_planner_without_its_model_says_so_and_the_rules_plan_again_once_they_are_chosen() {
    let registry = Registry::embedded().with_models(&Store::at(PathBuf::from("nowhere")), Compute::processor);
    let mut story = Story::of(&registry).open_scene();
    story.apply(Command::SetInstruction("remove the red square".to_owned()));
    for (planned_by, steps) in [(PlannedBy::Lisa, 0), (PlannedBy::Rules, 1)] {
        let settings = Settings { planned_by, ..story.session.settings().clone() };
        story.apply(Command::SetSettings(Box::new(settings)));
        story.apply(Command::Plan);
        story.finish_jobs();
        assert_eq!(story.session.cards().len(), steps);
        let said = format!("{:?}", story.session.notice());
        assert_eq!(said.contains("LISA 7B is not here"), steps == 0, "{said}");
        story.apply(Command::DismissNotice);
    }
}

#[test]
fn another_locator_looks_again_and_the_step_keeps_it() {
    let mut story = Story::planned("remove the red square");
    let id = story.step(0);
    assert_eq!(story.session.cards()[0].locator(), Some("classic"));
    // Its model is not here, which is said; the mask that was found stays.
    story.apply(Command::LocateBy(id, "lisa".to_owned()));
    story.finish_jobs();
    assert!(
        matches!(story.state(0), StepState::NeedsModel(why) | StepState::Failed(why) if why.contains("lisa")),
        "{:?}",
        story.state(0)
    );
    assert!(story.session.cards()[0].mask.is_some());
    story.apply(Command::LocateBy(id, "classic".to_owned()));
    story.finish_jobs();
    assert_eq!(*story.state(0), StepState::Located(Found::Ok));
    assert_eq!(story.session.cards()[0].locator(), Some("classic"));
}
