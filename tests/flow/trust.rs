//! What is shown is what is approved, saved, copied and built on.

use super::*;
use tie_studio::session::UndecidedAnswer;

/// The scene with a step that makes all of it darker, or that does something to the red square.
fn planned_and_run(instruction: &str) -> Story {
    let mut story = Story::planned(instruction);
    for index in 0..story.session.cards().len() {
        let id = story.step(index);
        story.apply(Command::Run(id));
        story.finish_jobs();
        assert_eq!(*story.state(index), StepState::Ready, "{:?}", story.session.cards()[index].task.title());
    }
    story
}

#[test]
fn every_step_runs_on_what_those_below_it_show() {
    let mut story = Story::planned(
        "remove the red square, make everything more saturated, turn the blue rectangle green and blur the background",
    );
    story.apply(Command::RunAll);
    story.finish_jobs();
    for card in story.session.cards() {
        assert!(card.state == StepState::Ready && !card.outdated, "{}: {:?}", card.task.title(), card.state);
    }
    let shown = story.image();
    let inside = RED.centre();
    let [r, g, _, _] = shown.pixel(inside.x as u32, inside.y as u32);
    assert!(r.abs_diff(g) < 40, "no ghost: {r} {g}");
    for index in 0..4 {
        let id = story.step(index);
        story.apply(Command::Approve(id));
    }
    assert!(story.session.is_idle() && story.session.cards().iter().all(|card| card.state == StepState::Approved));
    assert_eq!(story.image(), shown);
}

#[test]
fn a_save_waits_for_what_is_approved_with_it() {
    let mut story = planned_and_run("turn the red square green and remove the red square");
    story.apply(Command::SetEnabled(story.step(0), false));
    assert!(story.session.cards()[1].outdated, "a costly one that does not fit any more");
    story.apply(Command::Save);
    story.apply(Command::SaveUndecided(UndecidedAnswer::Approve));
    assert!(story.window.is_empty() && story.session.waits_to_save());
    story.finish_jobs();
    assert!(matches!(story.window.as_slice(), [Effect::PickSave { .. }]), "{:?}", story.window);
    assert!(!story.session.waits_to_save() && !story.session.cards()[1].outdated);
    assert_eq!(*story.state(1), StepState::Approved);

    // A run that is stopped stops the save.
    let mut story = planned_and_run("remove the red square");
    story.apply(Command::NewSeed(story.step(0)));
    story.apply(Command::Save);
    story.apply(Command::SaveUndecided(UndecidedAnswer::Approve));
    story.apply(Command::CancelJobs);
    story.finish_jobs();
    assert!(story.window.is_empty() && !story.session.waits_to_save());
}

#[test]
fn a_hidden_result_is_in_no_file() {
    let mut story = planned_and_run("turn the red square green");
    story.apply(Command::SetEnabled(story.step(0), false));
    story.apply(Command::Save);
    assert!(matches!(story.window.as_slice(), [Effect::PickSave { .. }]), "nothing is shown to ask about");
    let path = story.path("out.png");
    story.apply(Command::SaveTo(path.clone()));
    story.finish_jobs();
    assert_eq!(files::open_photo(&path).unwrap().raster, scene());
}

#[test]
fn a_stroke_on_an_approved_step_reopens_it() {
    let mut story = planned_and_run("turn the red square green");
    let id = story.step(0);
    story.apply(Command::Approve(id));
    story.apply(Command::Select(id));
    story.stroke((18.0, 28.0), (46.0, 56.0), StrokeMode::Add);
    assert_eq!(*story.state(0), StepState::Ready);
    assert!(story.session.cards()[0].outdated && story.session.has_unsaved_work());
    assert_eq!(story.image(), scene(), "one sees what one paints on");
    story.apply(Command::Undo);
    story.apply(Command::Undo);
    assert_eq!(*story.state(0), StepState::Approved);
    assert_ne!(story.image(), scene());
}

#[test]
fn another_result_of_an_approved_step_is_approved_too() {
    let mut story = planned_and_run("remove the red square");
    let id = story.step(0);
    story.apply(Command::Approve(id));
    let first = story.image();
    story.apply(Command::ChooseCandidate(id, 1));
    assert_eq!(*story.state(0), StepState::Approved);
    assert_ne!(story.image(), first);
    story.apply(Command::Undo);
    assert_eq!(story.image(), first);
}

#[test]
fn a_result_that_is_shown_and_not_approved_is_asked_about_before_it_is_left_out_of_a_file() {
    let mut story = planned_and_run("turn the red square green");
    story.apply(Command::SaveDialog);
    assert!(story.window.is_empty() && story.session.asks_about_undecided(), "nothing is saved unasked");
    story.apply(Command::SaveUndecided(UndecidedAnswer::Cancel));
    assert!(story.window.is_empty() && !story.session.asks_about_undecided());
    assert_eq!(*story.state(0), StepState::Ready);

    story.apply(Command::Save);
    story.apply(Command::SaveUndecided(UndecidedAnswer::Without));
    assert!(matches!(story.window.as_slice(), [Effect::PickSave { .. }]), "{:?}", story.window);
    assert_eq!(*story.state(0), StepState::Ready, "it still waits");

    story.apply(Command::Save);
    story.apply(Command::SaveUndecided(UndecidedAnswer::Approve));
    assert_eq!(*story.state(0), StepState::Approved);
    let path = story.path("out.png");
    story.apply(Command::SaveTo(path.clone()));
    story.finish_jobs();
    assert_eq!(files::open_photo(&path).unwrap().raster, story.image());
    assert_ne!(story.image(), scene());
    story.window.clear();
    story.apply(Command::Save);
    story.finish_jobs();
    assert!(!story.session.asks_about_undecided() && !story.session.has_unsaved_work());
}

#[test]
fn what_is_copied_is_what_is_shown() {
    let mut story = planned_and_run("turn the red square green");
    story.apply(Command::CopyImage);
    let Some(Effect::CopyImage(copied)) = story.window.pop() else { panic!("{:?}", story.window) };
    let id = story.step(0);
    story.apply(Command::Approve(id));
    assert_eq!(*copied, story.image());
}

#[test]
fn the_amount_that_is_seen_is_the_amount_that_is_approved() {
    let mut story = planned_and_run("make the red square brighter");
    let id = story.step(0);
    let mut recipe = story.session.cards()[0].recipe.clone().unwrap();
    recipe.method = Method::Adjust(Adjustment { kind: AdjustKind::Brightness, amount: -0.9 });
    story.apply(Command::TryRecipe { step: id, recipe: recipe.clone(), view: story.whole_view() });
    story.apply(Command::EditRecipe(id, recipe.clone()));
    // Before the result is there.
    story.apply(Command::Approve(id));
    story.finish_jobs();
    assert_eq!(*story.state(0), StepState::Approved);
    let made = &story.session.photo().unwrap().document.steps()[0].candidate.recipe;
    assert_eq!(made.method, recipe.method);
    let inside = RED.centre();
    assert!(story.image().pixel(inside.x as u32, inside.y as u32)[0] < 160, "it is darker now");
}

#[test]
fn a_quick_step_follows_what_changes_below_it_and_undo_takes_both_back() {
    // From the top to the bottom.
    let mut story = Story::planned("remove the red square and make it brighter");
    let [removal, light] = [0, 1].map(|index| story.step(index));
    story.apply(Command::Run(light));
    story.finish_jobs();
    story.apply(Command::Run(removal));
    story.finish_jobs();
    assert!(!story.session.cards()[1].outdated, "the step above is made again");
    let is_red = |pixel: [u8; 4]| pixel[0] > 180 && pixel[1] < 90;
    let inside = RED.centre();
    assert!(!is_red(story.image().pixel(inside.x as u32, inside.y as u32)), "what was removed stays so");
    let shown = story.image();
    story.apply(Command::Approve(removal));
    story.apply(Command::Approve(light));
    assert!(story.session.is_idle());
    assert_eq!(story.image(), shown, "approving changes no pixel");

    // An approved one too: its layer is replaced, and that is part of the gesture below.
    story.apply(Command::SetEnabled(removal, false));
    story.finish_jobs();
    assert_eq!(*story.state(1), StepState::Approved);
    assert!(!story.session.cards()[1].outdated);
    assert!(is_red(story.image().pixel(inside.x as u32, inside.y as u32)), "it is back, and brighter");
    story.apply(Command::Undo);
    story.finish_jobs();
    assert!(!is_red(story.image().pixel(inside.x as u32, inside.y as u32)));
    assert_eq!([story.state(0), story.state(1)], [&StepState::Approved; 2]);
}

#[test]
fn a_costly_result_that_is_out_of_date_is_made_again_instead_of_approved() {
    let mut story = planned_and_run("turn the red square green and remove the red square");
    let [colour, removal] = [0, 1].map(|index| story.step(index));
    story.apply(Command::SetEnabled(colour, false));
    story.finish_jobs();
    assert!(story.session.cards()[1].outdated && *story.state(1) == StepState::Ready);
    story.apply(Command::Approve(removal));
    story.finish_jobs();
    assert!(!story.session.cards()[1].outdated);
    assert_eq!(*story.state(1), StepState::Ready, "the new one is looked at first");
    story.apply(Command::Approve(removal));
    assert_eq!(*story.state(1), StepState::Approved);
}

#[test]
fn another_photo_does_not_get_the_sentence_of_the_last_one() {
    let mut story = planned_and_run("turn the red square green");
    let id = story.step(0);
    story.apply(Command::Approve(id));
    let path = story.path("scene.png");
    story.apply(Command::Open(path));
    story.apply(Command::Answer(Answer::Discard));
    story.finish_jobs();
    assert_eq!(story.session.instruction(), "");
    assert!(story.session.cards().is_empty());
}

#[test]
fn planning_again_keeps_what_is_asked_for_again_approved_or_corrected() {
    let mut story = planned_and_run("remove the red square and turn the blue rectangle green");
    let [red, blue] = [0, 1].map(|index| story.step(index));
    story.apply(Command::Approve(red));
    let plan = |story: &mut Story, words: &str| {
        story.apply(Command::SetInstruction(words.to_owned()));
        story.apply(Command::Plan);
        story.finish_jobs();
    };
    let ids = |story: &Story| story.session.cards().iter().map(|card| card.id).collect::<Vec<_>>();

    // One that goes on adds what is new.
    plan(&mut story, "remove the red square and turn the blue rectangle green and make everything brighter");
    assert_eq!(ids(&story).len(), 3);
    assert_eq!(ids(&story)[..2], [red, blue]);
    assert_eq!(*story.state(1), StepState::Ready, "what came of it stays");

    // Another one replaces what nobody has decided about or corrected.
    story.apply(Command::Select(blue));
    story.stroke((82.0, 42.0), (86.0, 46.0), StrokeMode::Subtract);
    plan(&mut story, "blur the background");
    assert_eq!(ids(&story)[..2], [red, blue]);
    assert_eq!(ids(&story).len(), 3);
    assert!(story.session.cards()[1].mask.as_ref().unwrap().is_edited());
}

#[test]
fn a_step_at_half_opacity_is_half_there_in_the_file_too() {
    let mut story = planned_and_run("turn the red square green");
    let id = story.step(0);
    let (base, full) = (scene(), story.image());
    story.apply(Command::SetOpacity(id, 200));
    story.apply(Command::SetOpacity(id, 128));
    let half = story.image();
    let inside = RED.centre();
    let [a, b, c] = [&base, &full, &half].map(|image| image.pixel(inside.x as u32, inside.y as u32));
    assert!((0..3).all(|i| (i32::from(a[i]) + i32::from(b[i]) - 2 * i32::from(c[i])).abs() <= 4), "{a:?} {b:?} {c:?}");
    story.apply(Command::Approve(id));
    let path = story.path("out.png");
    story.apply(Command::SaveTo(path.clone()));
    story.finish_jobs();
    assert_eq!(files::open_photo(&path).unwrap().raster, half);
    story.apply(Command::Undo);
    story.apply(Command::Undo);
    assert_eq!(story.image(), full, "a slider that moves is one gesture");
    story.apply(Command::SetOpacity(id, 0));
    assert_eq!(story.image(), base);
}
