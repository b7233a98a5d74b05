//! Which engine is asked, and what is said where its model is not here.

use super::*;
use tie_core::{Diffusion, Method, Sampling};
use tie_engine::{EngineError, InpaintRequest, Inpainter, JobCx};
use tie_nets::compute::Compute;
use tie_store::Store;
use tie_studio::session::{PlannedBy, Settings};

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
        assert_eq!(said.contains("LISA 7B is not installed"), steps == 0, "{said}");
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

/// Would do anything, with all that a diffusion model is told.
struct Model;
impl Inpainter for Model {
    fn name(&self) -> &'static str {
        "model"
    }
    fn is_random(&self, _: &Recipe) -> bool {
        true
    }
    fn can_do(&self, op: EditOp) -> bool {
        op != EditOp::Move
    }
    fn method(&self, _: &SubTask) -> Result<Method, EngineError> {
        let (sampling, steps, resolution) = (Sampling::Own, 50, 512);
        Ok(Method::Diffusion(Diffusion {
            sampling,
            steps,
            guidance: 4.0,
            strength: 1.0,
            resolution,
            match_colours: true,
        }))
    }
    fn inpaint(&self, request: InpaintRequest<'_>, _: &JobCx<'_>) -> Result<Raster, EngineError> {
        Ok(Raster::filled(request.image.extent(), [9, 9, 9, 255]))
    }
}

fn recipe(story: &Story) -> Recipe {
    story.session.cards()[0].recipe.clone().unwrap()
}

#[test]
fn typing_in_a_step_keeps_the_engine_and_all_that_was_chosen_for_it() {
    let registry = Registry::embedded().with_inpainter(Arc::new(Model));
    let mut story = Story::of(&registry).open_scene();
    story.apply(Command::SetSettings(Box::new(Settings { candidates: 4, ..Settings::default() })));
    story.apply(Command::AddStep(SubTask::new(1, EditOp::Remove, "red square")));
    story.finish_jobs();
    let id = story.step(0);
    assert_eq!((recipe(&story).engine.as_str(), recipe(&story).candidates), ("model", 4));
    let method = Method::Diffusion(Diffusion { steps: 30, ..*recipe(&story).diffusion().unwrap() });
    let chosen = Recipe { method, seed: 77, candidates: 3, ..recipe(&story) };
    story.apply(Command::EditRecipe(id, chosen.clone()));
    let task = SubTask { negative: "people".to_owned(), ..story.session.cards()[0].task.clone() };
    story.apply(Command::EditTask(id, task));
    assert_eq!(recipe(&story), chosen);
    let type_prompt = |story: &mut Story, prompt: &str| {
        let task = SubTask { prompt: prompt.to_owned(), ..story.session.cards()[0].task.clone() };
        story.apply(Command::EditTask(id, task));
    };
    type_prompt(&mut story, "a bare wall");
    assert_eq!(recipe(&story), chosen);

    // The same for an engine that is not the one this program would take.
    story.apply(Command::EditRecipe(id, Recipe { engine: "exemplar".to_owned(), ..recipe(&story) }));
    assert_eq!(story.session.cards()[0].task.negative, "people");
    type_prompt(&mut story, "a brick wall");
    assert_eq!(recipe(&story).engine, "exemplar");

    // What the engine cannot do is done by another.
    let task = SubTask::new(1, EditOp::Move, "red square").at("to the left");
    story.apply(Command::EditTask(id, task));
    assert_eq!(recipe(&story).engine, "clone");
}

#[test]
fn another_engine_makes_as_many_candidates_as_the_settings_say() {
    let registry = Registry::embedded().with_inpainter(Arc::new(Model));
    let mut story = Story::of(&registry).open_scene();
    story.apply(Command::SetSettings(Box::new(Settings { candidates: 4, ..Settings::default() })));
    let blue = SubTask::new(1, EditOp::Recolor, "red square").becomes("blue");
    story.apply(Command::AddStep(blue));
    let id = story.step(0);
    for (engine, candidates) in [("adjust", 1), ("model", 4)] {
        story.apply(Command::EditRecipe(id, Recipe { engine: engine.to_owned(), ..recipe(&story) }));
        assert_eq!((recipe(&story).engine.as_str(), recipe(&story).candidates), (engine, candidates));
    }
}
