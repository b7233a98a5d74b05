//! Regions in doubt: no step changes one unasked, in any approval mode, and a person's word ends it.

use super::*;
use proptest::prelude::*;
use std::collections::HashMap;
use tie_core::{Doubt, MaskProposal};
use tie_engine::{EngineError, InpaintRequest, Inpainter, JobCx, LocateRequest, Locator};
use tie_studio::session::{Approval, Card, Settings};

const MODES: [Approval; 3] = [Approval::AskEachStep, Approval::AutoWhereSure, Approval::RunAllThenReview];

/// Finds a spoon across the lower half of a cup, and the cup without that.
struct Crossing;
impl Locator for Crossing {
    fn name(&self) -> &'static str {
        "crossing"
    }
    fn locate(&self, request: LocateRequest<'_>, _: &JobCx<'_>) -> Result<Vec<MaskProposal>, EngineError> {
        let spoon = Mask::rectangle(request.image.extent(), SPOON);
        let mut cup = Mask::rectangle(request.image.extent(), CUP);
        cup.subtract(&spoon);
        let (mask, other) = if request.phrase == "cup" { (cup, "spoon") } else { (spoon, "cup") };
        let named: Vec<&str> = request.others.iter().map(|other| other.phrase.as_str()).collect();
        // It is told what else the instruction names.
        let confidence = if named == [other] { 0.9 } else { 0.1 };
        Ok(vec![MaskProposal::new(mask, confidence, "crossing", "")])
    }
}

const CUP: Bounds = Bounds::new(20, 10, 40, 50);
const SPOON: Bounds = Bounds::new(30, 38, 50, 8);

#[test]
fn a_mask_gains_what_was_hidden_when_that_is_removed_and_loses_it_again_with_undo() {
    let registry = Registry::embedded().with_locator(Arc::new(Crossing));
    let mut story = Story::of(&registry).open_scene();
    story.apply(Command::AddStep(SubTask::new(1, EditOp::Remove, "spoon")));
    let blue = SubTask::new(2, EditOp::Recolor, "cup").becomes("blue");
    story.apply(Command::AddStep(blue));
    story.finish_jobs();
    for index in 0..2 {
        story.apply(Command::Locate(story.step(index)));
    }
    story.finish_jobs();
    let cup = |story: &Story| Arc::clone(&card(story, 1).mask.as_ref().unwrap().result);
    let whole = Mask::rectangle(cup(&story).extent(), CUP);
    assert!(card(&story, 0).doubt.is_none() && card(&story, 1).doubt.is_none());
    assert!(cup(&story).iou(&whole) < 0.9);
    let spoon = story.step(0);
    story.session.take_changes();
    story.apply(Command::Run(spoon));
    story.finish_jobs();
    let shown = story.session.take_changes().masks;
    assert!(shown.iter().any(|change| change.step == story.step(1)), "{shown:?}");
    assert!(cup(&story).iou(&whole) > 0.97, "{}", cup(&story).iou(&whole));
    story.apply(Command::SetEnabled(spoon, false));
    assert!(cup(&story).iou(&whole) < 0.9, "the spoon is back");
    story.apply(Command::SetEnabled(spoon, true));
    assert!(cup(&story).iou(&whole) > 0.97);
    for _ in 0..3 {
        story.apply(Command::Undo);
    }
    assert!(cup(&story).iou(&whole) < 0.9, "the removal is undone");
}

/// Answers each phrase with boxes and confidences, best first.
struct Scripted(HashMap<String, Vec<(Bounds, f32)>>);
impl Locator for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }
    fn locate(&self, request: LocateRequest<'_>, _: &JobCx<'_>) -> Result<Vec<MaskProposal>, EngineError> {
        let proposal = |(bounds, confidence): &(Bounds, f32)| {
            MaskProposal::new(Mask::rectangle(request.image.extent(), *bounds), *confidence, "scripted", "")
        };
        Ok(self.0.get(request.phrase).map(|found| found.iter().map(proposal).collect()).unwrap_or_default())
    }
}

/// A story with a step that turns each of these things blue, looked for and compared.
fn story(approval: Approval, things: &[(&str, &[(Bounds, f32)])]) -> Story {
    let answers = things.iter().map(|(thing, found)| ((*thing).to_owned(), found.to_vec())).collect();
    let registry = Registry::embedded().with_locator(Arc::new(Scripted(answers)));
    let mut story = Story::of(&registry).open_scene();
    story.apply(Command::SetSettings(Box::new(Settings { approval, ..Settings::default() })));
    for (thing, _) in things {
        let task = SubTask::new(1, EditOp::Recolor, *thing).becomes("blue");
        story.apply(Command::AddStep(task));
    }
    story.finish_jobs();
    story
}

fn run_all(story: &mut Story) {
    story.apply(Command::RunAll);
    story.finish_jobs();
}

fn card(story: &Story, index: usize) -> &Card {
    &story.session.cards()[index]
}

fn has_run(story: &Story, index: usize) -> bool {
    matches!(story.state(index), StepState::Ready | StepState::Approved)
}

const LEFT: Bounds = Bounds::new(5, 5, 30, 30);
const RIGHT: Bounds = Bounds::new(90, 50, 30, 30);
const MOST: Bounds = Bounds::new(0, 0, 140, 62);

#[test]
fn run_all_leaves_unsure_steps_to_the_person_in_every_mode_and_says_how_many() {
    for approval in MODES {
        let things: &[(&str, &[(Bounds, f32)])] =
            &[("spoon", &[(LEFT, 0.3)]), ("cup", &[(RIGHT, 0.9)]), ("rocket", &[(MOST, 0.95)])];
        let mut story = story(approval, things);
        assert_eq!(card(&story, 0).doubt, Some(Doubt::LowConfidence(0.3)));
        assert!(matches!(card(&story, 2).doubt, Some(Doubt::TooLarge(share)) if (share - 0.62).abs() < 1e-3));
        run_all(&mut story);
        assert_eq!([0, 1, 2].map(|index| has_run(&story, index)), [false, true, false], "{approval:?}");
        let said = format!("{:?}", story.session.notice());
        assert!(said.contains("2 steps need your help: their regions are uncertain"), "{said}");
        assert_eq!(story.session.selected().unwrap().id, story.step(0), "{approval:?}");
    }
}

#[test]
fn what_is_to_stay_is_left_out_of_a_mask_and_where_it_is_unsure_the_step_waits() {
    let answers = [("sky", (MOST, 0.99)), ("dog", (RIGHT, 0.9)), ("logo", (LEFT, 0.3))];
    let answers = answers.map(|(thing, found)| (thing.to_owned(), vec![found]));
    let registry = Registry::embedded().with_locator(Arc::new(Scripted(answers.into())));
    let mut story = Story::of(&registry).open_scene();
    for kept in ["dog", "logo"] {
        let task = SubTask::new(1, EditOp::Adjust, "sky").becomes("darker");
        story.apply(Command::AddStep(SubTask { keep: vec![kept.to_owned()], ..task }));
    }
    story.finish_jobs();
    let mut expected = Mask::rectangle(story.image().extent(), MOST);
    expected.subtract(&Mask::rectangle(story.image().extent(), RIGHT));
    assert_eq!((&*card(&story, 0).mask.as_ref().unwrap().result, card(&story, 0).doubt), (&expected, None));
    assert_eq!(card(&story, 1).doubt, Some(Doubt::MayTake(0)));
    run_all(&mut story);
    assert!(has_run(&story, 0) && !has_run(&story, 1));
}

/// Paints whatever is asked for.
struct Painter;
impl Inpainter for Painter {
    fn name(&self) -> &'static str {
        "painter"
    }
    fn is_random(&self, _: &Recipe) -> bool {
        false
    }
    fn can_do(&self, _: EditOp) -> bool {
        true
    }
    fn inpaint(&self, request: InpaintRequest<'_>, _: &JobCx<'_>) -> Result<Raster, EngineError> {
        Ok(Raster::filled(request.image.extent(), [9, 9, 9, 255]))
    }
}

#[test]
fn a_step_on_an_unsure_one_waits_until_the_person_has_decided_about_that() {
    let answers = [("blue rectangle", (LEFT, 0.3)), ("", (RIGHT, 0.9))];
    let answers = answers.into_iter().map(|(phrase, found)| (phrase.to_owned(), vec![found])).collect();
    let registry = Registry::embedded().with_locator(Arc::new(Scripted(answers))).with_inpainter(Arc::new(Painter));
    let mut story = Story::of(&registry).open_scene();
    let settings = Settings { approval: Approval::RunAllThenReview, ..Settings::default() };
    story.apply(Command::SetSettings(Box::new(settings)));
    story.apply(Command::SetInstruction("replace the blue rectangle with a dog and add a hat on it".to_owned()));
    story.apply(Command::Plan);
    story.finish_jobs();
    assert_eq!(*story.state(0), StepState::Located(Found::Unsure));
    assert_eq!(*story.state(1), StepState::Draft);
    assert!(format!("{:?}", story.session.notice()).contains("1 step needs your help: its region is uncertain"));
    let first = story.step(0);
    story.apply(Command::ChooseProposal(first, 0));
    run_all(&mut story);
    assert_eq!([story.state(0), story.state(1)], [&StepState::Approved, &StepState::Approved]);
}

#[test]
fn what_the_person_runs_chooses_or_corrects_is_sure() {
    let things: &[(&str, &[(Bounds, f32)])] = &[("spoon", &[(LEFT, 0.3), (RIGHT, 0.25)])];
    let mut ran = story(Approval::AskEachStep, things);
    let id = ran.step(0);
    ran.apply(Command::Run(id));
    ran.finish_jobs();
    assert!(has_run(&ran, 0) && card(&ran, 0).confirmed);

    let mut chosen = story(Approval::RunAllThenReview, things);
    assert!(card(&chosen, 0).offers_regions());
    let id = chosen.step(0);
    chosen.apply(Command::ChooseProposal(id, 1));
    assert_eq!(*chosen.state(0), StepState::Located(Found::Ok));
    run_all(&mut chosen);
    assert!(has_run(&chosen, 0));

    let mut painted = story(Approval::AutoWhereSure, things);
    painted.stroke((60.0, 60.0), (70.0, 70.0), StrokeMode::Add);
    assert_eq!(*painted.state(0), StepState::Located(Found::Ok));
    painted.apply(Command::Undo);
    assert_eq!(*painted.state(0), StepState::Located(Found::Unsure), "the stroke is undone, and so is what it said");
    run_all(&mut painted);
    assert!(!has_run(&painted, 0));
    painted.apply(Command::Redo);
    run_all(&mut painted);
    assert!(has_run(&painted, 0));
}

#[test]
fn two_steps_do_not_take_one_region_for_two_things() {
    let things: &[(&str, &[(Bounds, f32)])] = &[("car", &[(LEFT, 0.6)]), ("person", &[(LEFT, 0.9)])];
    let mut story = story(Approval::AutoWhereSure, things);
    let person = story.step(1);
    assert_eq!(card(&story, 0).doubt, Some(Doubt::SameRegionAs(person)));
    run_all(&mut story);
    assert_eq!([has_run(&story, 0), has_run(&story, 1)], [false, true]);
    // What the person says about the first does not change what was done.
    let car = story.step(0);
    story.apply(Command::Run(car));
    story.finish_jobs();
    assert!(has_run(&story, 0));
}

#[test]
fn a_doubt_ends_with_the_step_that_was_the_reason() {
    let things: &[(&str, &[(Bounds, f32)])] = &[("car", &[(LEFT, 0.6)]), ("person", &[(LEFT, 0.9)])];
    let mut story = story(Approval::AskEachStep, things);
    let person = story.step(1);
    story.apply(Command::Skip(person));
    assert_eq!(*story.state(0), StepState::Located(Found::Ok));
    story.apply(Command::Undo);
    assert_eq!(*story.state(0), StepState::Located(Found::Unsure));
    story.apply(Command::SetEnabled(person, false));
    assert_eq!(*story.state(0), StepState::Located(Found::Ok));
}

#[test]
fn a_look_that_is_stopped_does_not_make_a_region_sure() {
    let mut story = story(Approval::AskEachStep, &[("spoon", &[(LEFT, 0.3)])]);
    let id = story.step(0);
    story.apply(Command::Locate(id));
    story.apply(Command::CancelJobs);
    assert_eq!(*story.state(0), StepState::Located(Found::Unsure));
    run_all(&mut story);
    assert!(!has_run(&story, 0));
}

#[test]
fn copies_and_restored_sessions_keep_their_doubts() {
    let things: &[(&str, &[(Bounds, f32)])] =
        &[("spoon", &[(LEFT, 0.3)]), ("cup", &[(RIGHT, 0.9), (LEFT, 0.88)]), ("fork", &[(LEFT, 0.2)])];
    let mut story = story(Approval::AskEachStep, things);
    let (spoon, fork) = (story.step(0), story.step(2));
    story.apply(Command::ChooseProposal(fork, 0));
    story.apply(Command::DuplicateStep(spoon));
    let doubts =
        |session: &Session| session.cards().iter().map(|card| (card.doubt, card.state.clone())).collect::<Vec<_>>();
    let before = doubts(&story.session);
    let in_doubt: Vec<bool> = before.iter().map(|(doubt, _)| doubt.is_some()).collect();
    assert_eq!(in_doubt, [true, true, true, false]);
    let (image, record) = story.session.record().unwrap();
    let mut again = Session::new(story.session.registry().clone());
    let photo = files::Photo { raster: (*image).clone(), metadata: files::Metadata::default(), notes: Vec::new() };
    again.restore_record(photo, record);
    assert_eq!(doubts(&again), before);
}

/// Regions on a coarse grid, so that many are the same, and confidences on both sides of every limit.
fn any_thing() -> impl Strategy<Value = Vec<(Bounds, f32)>> {
    let bounds = (0_i32..4, 0_i32..3, 1_u32..5, 1_u32..4)
        .prop_map(|(x, y, width, height)| Bounds::new(x * 30, y * 30, width * 30, height * 30));
    let confidence =
        prop_oneof![Just(0.9_f32), Just(0.85), Just(0.7), Just(0.5), Just(0.49), Just(0.2), Just(f32::NAN)];
    proptest::collection::vec((bounds, confidence), 0..3).prop_map(|mut found| {
        found.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        found
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_step_in_doubt_changes_a_pixel_unasked(
        found in proptest::collection::vec(any_thing(), 1..5), mode in 0_usize..3, accepted in proptest::option::of(0_usize..4),
    ) {
        let names = ["cup", "dog", "car", "lamp"];
        let things: Vec<(&str, &[(Bounds, f32)])> = names.into_iter().zip(found.iter().map(Vec::as_slice)).collect();
        let mut story = story(MODES[mode], &things);
        let original = story.image();
        run_all(&mut story);
        if let Some(index) = accepted.filter(|index| *index < things.len()) {
            let id = story.step(index);
            story.apply(Command::Run(id));
            story.finish_jobs();
        }
        run_all(&mut story);
        let extent = original.extent();
        let mask = |index: usize| things[index].1.first().map(|(bounds, _)| Mask::rectangle(extent, *bounds));
        let done: Vec<usize> = (0..things.len()).filter(|index| has_run(&story, *index)).collect();
        for &index in &done {
            let Some((_, best)) = things[index].1.first() else { panic!("nothing was found, and yet it ran") };
            let share = mask(index).map_or(0.0, |mask| mask.area_fraction());
            prop_assert!(accepted == Some(index) || (*best >= 0.5 && share <= 0.4), "{index} {things:?}");
        }
        let asked = |index: &usize| accepted != Some(*index);
        for (a, b) in done.iter().flat_map(|a| done.iter().map(move |b| (a, b))).filter(|(a, b)| a < b && asked(a) && asked(b)) {
            let overlap = mask(*a).zip(mask(*b)).map_or(0.0, |(a, b)| a.iou(&b));
            prop_assert!(overlap <= 0.6, "{a} and {b} both took one region: {things:?}");
        }
        // Recolouring follows the mask exactly.
        let changed = story.image();
        for y in 0..extent.height {
            for x in 0..extent.width {
                let is_in_one = || done.iter().any(|index| mask(*index).is_some_and(|mask| mask.at(x, y) > 0));
                prop_assert!(changed.pixel(x, y) == original.pixel(x, y) || is_in_one(), "{x},{y}: {things:?}");
            }
        }
    }
}

#[test]
fn a_step_that_is_run_during_a_second_look_runs_after_it() {
    let registry = Registry::embedded().with_locator(Arc::new(Crossing));
    let mut story = Story::of(&registry).open_scene();
    story.apply(Command::AddStep(SubTask::new(1, EditOp::Remove, "spoon")));
    story.apply(Command::AddStep(SubTask::new(2, EditOp::Recolor, "cup").becomes("blue")));
    story.finish_jobs();
    for index in 0..2 {
        story.apply(Command::Locate(story.step(index)));
    }
    story.finish_jobs();
    let [spoon, cup] = [0, 1].map(|index| story.step(index));
    story.apply(Command::Run(spoon));
    while *story.state(0) != StepState::Ready {
        let event = story.worker.wait(Duration::from_secs(20)).unwrap();
        story.take_in(event);
    }
    assert!(!story.session.is_idle() && matches!(story.state(1), StepState::Located(_)), "{:?}", story.state(1));
    story.apply(Command::Run(cup));
    story.finish_jobs();
    assert_eq!(*story.state(1), StepState::Ready);
}
