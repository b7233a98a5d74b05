//! From words to a saved picture, and the question about unsaved work.

use super::*;
use std::ffi::OsStr;
use std::path::Path;
use tie_engine::Cancel;
use tie_studio::cli;

#[test]
fn from_words_to_a_saved_picture_and_back_by_undo() {
    let mut story = Story::planned("remove the red square and turn the blue rectangle green");
    assert_eq!(story.session.cards().len(), 2);
    for index in 0..2 {
        assert!(matches!(story.state(index), StepState::Located(_)), "{:?}", story.state(index));
    }
    let original = story.image();

    // The person corrects the first mask with the brush.
    let before_stroke = story.session.cards()[0].mask.as_ref().unwrap().result.clone();
    story.stroke((18.0, 28.0), (46.0, 56.0), StrokeMode::Add);
    let stroked = story.session.cards()[0].mask.as_ref().unwrap().result.clone();
    assert_ne!(before_stroke, stroked);
    assert!(story.session.has_unsaved_work(), "a corrected mask is work");
    story.apply(Command::Undo);
    assert_eq!(story.session.cards()[0].mask.as_ref().unwrap().result, before_stroke);
    story.apply(Command::Redo);
    assert_eq!(story.session.cards()[0].mask.as_ref().unwrap().result, stroked);

    story.run_and_approve(0);
    let removed = story.image();
    let [r, g, _, _] = removed.pixel(32, 42);
    assert!(r.abs_diff(g) < 40, "the red is gone: {:?}", removed.pixel(32, 42));
    assert_eq!(story.session.selected().map(|card| card.id), Some(story.step(1)), "the next step comes to the front");

    story.run_and_approve(1);
    let both = story.image();
    let [r, g, b, _] = both.pixel(95, 50);
    assert!(g > r && g > b, "the blue is green: {:?}", both.pixel(95, 50));

    // Undo goes back over approvals and results to the original, redo forth to the same bytes.
    story.apply(Command::Undo);
    assert_eq!(story.image(), both);
    assert_eq!(*story.state(1), StepState::Ready, "the result waits again");
    story.apply(Command::Undo);
    assert_eq!(story.image(), removed);
    assert!(matches!(story.state(1), StepState::Located(_)), "{:?}", story.state(1));
    story.apply(Command::Undo);
    story.apply(Command::Undo);
    assert_eq!(story.image(), original);
    for _ in 0..4 {
        story.apply(Command::Redo);
    }
    assert_eq!(story.image(), both);
    assert_eq!([story.state(0), story.state(1)], [&StepState::Approved; 2]);

    let out = story.path("out.png");
    story.apply(Command::Save);
    assert!(
        matches!(story.window.as_slice(), [Effect::PickSave { suggested }] if suggested.ends_with("scene_edited.png"))
    );
    story.apply(Command::SaveTo(out.clone()));
    story.finish_jobs();
    assert_eq!(story.session.notice(), Some(&Notice::Success("Saved out.png".to_owned())));
    assert!(!story.session.has_unsaved_work());
    assert_eq!(files::open_photo(&out).unwrap().raster, both);
    assert_eq!(files::open_photo(&story.path("scene.png")).unwrap().raster, original, "the source is untouched");
}

#[test]
fn words_that_no_step_stands_for_are_asked_about_until_they_are_left_out_or_planned_again() {
    let mut story = Story::planned("remove the red square. Greetings from Vienna!");
    let quoted =
        |story: &Story| story.session.not_understood().iter().map(|part| part.text.clone()).collect::<Vec<_>>();
    assert_eq!((story.session.cards().len(), quoted(&story)), (1, vec!["Greetings from Vienna".to_owned()]));
    let (_, record) = story.session.record().unwrap();
    assert_eq!(record.not_understood.len(), 1, "a restored session asks as well");
    story.apply(Command::DismissNotUnderstood);
    assert!(quoted(&story).is_empty());

    story.apply(Command::SetInstruction("remove the red square. Greetings from Graz!".to_owned()));
    story.apply(Command::Plan);
    story.finish_jobs();
    assert_eq!(quoted(&story), ["Greetings from Graz"]);
    story.apply(Command::SetInstruction("remove the red square".to_owned()));
    story.apply(Command::Plan);
    story.finish_jobs();
    assert!(quoted(&story).is_empty());
}

#[test]
fn an_adjustment_that_is_tried_is_shown_until_something_else_is_done_and_changes_nothing() {
    let mut story = Story::planned("turn the blue rectangle green");
    let (step, before) = (story.step(0), story.image());
    let recipe = story.session.cards()[0].recipe.clone().unwrap();
    for red in [60, 150, 230] {
        let kind = AdjustKind::Recolor([red, 20, 20]);
        let tried = Recipe { method: Method::Adjust(Adjustment { kind, amount: 1.0 }), ..recipe.clone() };
        story.apply(Command::TryRecipe { step, recipe: tried, view: story.whole_view() });
    }
    story.finish_jobs();
    let shown = story.session.shown_preview().expect("the trial is shown");
    let (width, height) = (shown.patch.extent().width, shown.patch.extent().height);
    let [r, g, b, coverage] = shown.patch.pixel(width / 2, height / 2);
    assert!(r > 100 && r > g + 60 && r > b + 60 && coverage == 255, "the newest wish: {:?}", [r, g, b, coverage]);
    assert_eq!(story.image(), before, "the document is untouched");
    assert_eq!(story.session.cards()[0].recipe, Some(recipe), "and so is the recipe");
    story.apply(Command::Skip(step));
    assert!(story.session.shown_preview().is_none(), "it ends with the next thing done");
}

#[test]
fn a_slider_put_back_to_where_it_was_ends_the_trial() {
    let mut story = Story::planned("make the blue rectangle brighter");
    let (step, view) = (story.step(0), story.whole_view());
    let first = story.session.cards()[0].recipe.clone().unwrap();
    let with = |amount| {
        let kind = AdjustKind::Brightness;
        Recipe { method: Method::Adjust(Adjustment { kind, amount }), ..first.clone() }
    };
    story.apply(Command::TryRecipe { step, recipe: with(0.9), view });
    story.finish_jobs();
    assert!(story.session.shown_preview().is_some());
    story.apply(Command::TryRecipe { step, recipe: with(0.8), view });
    story.apply(Command::TryRecipe { step, recipe: first.clone(), view });
    story.finish_jobs();
    assert!(story.session.shown_preview().is_none() && story.session.tried().is_none());
}

#[test]
fn a_trial_follows_what_is_in_sight() {
    let mut story = Story::planned("turn the blue rectangle green");
    let step = story.step(0);
    let recipe = story.session.cards()[0].recipe.clone().unwrap();
    let mask = story.session.cards()[0].mask.as_ref().unwrap().result.bounds();
    let near = Bounds { width: mask.width / 2, ..mask };
    for (bounds, scale) in [(mask, 0.5), (near, 1.0)] {
        story.apply(Command::TryRecipe { step, recipe: recipe.clone(), view: View { bounds, scale } });
        story.finish_jobs();
        let shown = story.session.shown_preview().unwrap();
        assert!(shown.bounds.encloses(bounds) && bounds.grow(2).encloses(shown.bounds), "{:?}", shown.bounds);
        let pixels = (shown.bounds.width as f32 * scale).round() as u32;
        assert_eq!(shown.patch.extent().width, pixels);
    }
}

#[test]
fn a_trial_is_not_left_over_another_photograph() {
    let mut story = Story::planned("turn the blue rectangle green");
    let step = story.step(0);
    let recipe = story.session.cards()[0].recipe.clone().unwrap();
    story.apply(Command::TryRecipe { step, recipe, view: story.whole_view() });
    story.finish_jobs();
    assert!(story.session.shown_preview().is_some());
    // The photograph arrives as pixels do from a job: after the trial, with no command in between.
    story.apply(Command::Open(story.path("scene.png")));
    if story.session.pending().is_some() {
        story.apply(Command::Answer(Answer::Discard));
    }
    let recipe = story.session.cards().first().and_then(|card| card.recipe.clone()).unwrap();
    story.apply(Command::TryRecipe { step, recipe, view: story.whole_view() });
    story.finish_jobs();
    assert!(story.session.cards().is_empty(), "another photograph is open");
    assert!(story.session.shown_preview().is_none(), "it shows the photograph before");
}

#[test]
fn untouched_pixels_stay_byte_for_byte_through_the_whole_story() {
    let mut story = Story::planned("remove the red square and turn the blue rectangle green");
    let original = story.image();
    story.run_and_approve(0);
    story.run_and_approve(1);
    let image = story.image();
    let steps = story.session.photo().unwrap().document.steps();
    for y in 0..100 {
        for x in 0..140 {
            let touched = steps.iter().any(|step| {
                let bounds = step.candidate.bounds;
                bounds.contains(x, y) && step.candidate.blend.at((x - bounds.x) as u32, (y - bounds.y) as u32) > 0
            });
            let (x, y) = (x as u32, y as u32);
            assert!(touched || image.pixel(x, y) == original.pixel(x, y), "pixel {x}, {y}");
        }
    }
}

#[test]
fn a_step_without_an_engine_says_what_is_missing_and_does_not_stop_the_others() {
    let mut story = Story::planned("add a cat and remove the red square");
    assert!(matches!(story.state(0), StepState::NeedsModel(sentence) if sentence.contains("generative model")));
    story.apply(Command::RunAll);
    story.finish_jobs();
    assert_eq!(*story.state(1), StepState::Ready);
    let add = story.step(0);
    story.apply(Command::Skip(add));
    assert_eq!(*story.state(0), StepState::Skipped);
    story.apply(Command::Reopen(add));
    assert!(matches!(story.state(0), StepState::NeedsModel(_)), "{:?}", story.state(0));
}

#[test]
fn changing_the_mask_after_a_run_marks_the_candidates_outdated() {
    let mut story = Story::planned("remove the red square");
    let id = story.step(0);
    story.apply(Command::Run(id));
    story.finish_jobs();
    assert!(!story.session.cards()[0].outdated);
    story.apply(Command::Mask(id, MaskOp::Grow(3.0)));
    assert!(story.session.cards()[0].outdated);
    story.apply(Command::Run(id));
    story.finish_jobs();
    assert!(!story.session.cards()[0].outdated);
}

#[test]
fn another_seed_adds_candidates_and_shows_the_newest() {
    let mut story = Story::planned("remove the red square");
    let id = story.step(0);
    story.apply(Command::Run(id));
    story.finish_jobs();
    let first = story.session.cards()[0].candidates.clone();
    assert_eq!(first.len(), 2);
    story.apply(Command::NewSeed(id));
    story.finish_jobs();
    let card = &story.session.cards()[0];
    assert_eq!((card.candidates.len(), card.chosen), (4, 2));
    assert_eq!(card.candidates[..2], first[..], "the earlier ones stay choosable");
    let seeds: std::collections::BTreeSet<u64> = card.candidates.iter().map(|c| c.recipe.seed).collect();
    assert_eq!(seeds.len(), 4);
}

#[test]
fn a_second_plan_keeps_what_was_decided_and_starts_its_own_dependencies() {
    let mut story = Story::planned("remove the red square");
    story.run_and_approve(0);
    story.apply(Command::SetInstruction("replace the blue rectangle with a dog and add a hat on it".to_owned()));
    story.apply(Command::Plan);
    story.finish_jobs();
    let cards = story.session.cards();
    assert_eq!(cards.len(), 3, "{:?}", cards.iter().map(|card| card.task.title()).collect::<Vec<_>>());
    assert_eq!(cards[0].state, StepState::Approved);
    assert_eq!(cards[2].depends_on, [cards[1].id], "not the approved step that has the same number in its own plan");
}

#[test]
fn a_reopened_step_shows_until_it_is_hidden_or_skipped() {
    let mut story = Story::planned("remove the red square");
    let original = story.image();
    story.run_and_approve(0);
    let removed = story.image();
    let id = story.step(0);
    story.apply(Command::Reopen(id));
    assert_eq!(*story.state(0), StepState::Ready);
    assert_eq!(story.image(), removed);
    assert_eq!(*story.session.decided_image().unwrap(), original);
    story.apply(Command::SetEnabled(id, false));
    assert_eq!(story.image(), original);
    story.apply(Command::Undo);
    story.apply(Command::Skip(id));
    assert_eq!(story.image(), original);
    story.apply(Command::Undo);
    story.apply(Command::Undo);
    assert_eq!(*story.state(0), StepState::Approved);
    assert_eq!(story.image(), removed);
}

#[test]
fn a_change_below_marks_what_overlaps_as_outdated_and_going_back_makes_it_fit_again() {
    let mut story = Story::planned("remove the red square and turn the red square green");
    story.run_and_approve(0);
    let id = story.step(1);
    story.apply(Command::Mask(id, MaskOp::Clear));
    story.stroke((25.0, 35.0), (40.0, 50.0), StrokeMode::Add);
    story.run_and_approve(1);
    assert!(!story.session.cards()[1].outdated);
    let first = story.step(0);
    story.apply(Command::SetEnabled(first, false));
    assert!(story.session.cards()[1].outdated, "it was made from pixels that are no longer there");
    story.apply(Command::CancelJobs);
    story.apply(Command::SetEnabled(first, true));
    assert!(!story.session.cards()[1].outdated);
}

#[test]
fn cancelling_leaves_the_step_as_it_was_and_a_late_event_changes_nothing() {
    let mut story = Story::planned("remove the red square");
    let id = story.step(0);
    let before = story.state(0).clone();
    story.apply(Command::Run(id));
    story.apply(Command::CancelJobs);
    assert_eq!(story.session.activity(), None);
    assert!(matches!(story.state(0), StepState::Located(_)), "{before:?} became {:?}", story.state(0));
    // The worker still ends the job; the session no longer listens to it.
    let end = loop {
        if let Some(event) = story.worker.wait(Duration::from_secs(20))
            && event.is_end()
        {
            break event;
        }
    };
    story.take_in(end);
    assert!(story.session.cards()[0].candidates.is_empty());
}

#[test]
fn painting_while_the_locator_works_keeps_the_stroke() {
    let mut story = Story::planned("remove the red square");
    let id = story.step(0);
    story.apply(Command::Locate(id));
    story.stroke((90.0, 10.0), (100.0, 12.0), StrokeMode::Add);
    let painted = story.session.cards()[0].mask.as_ref().unwrap().result.clone();
    assert_eq!(*story.state(0), StepState::Located(Found::Ok));
    std::thread::sleep(Duration::from_millis(50));
    while let Some(event) = story.worker.wait(Duration::from_millis(300)) {
        story.take_in(event);
    }
    assert_eq!(story.session.cards()[0].mask.as_ref().unwrap().result, painted);
}

#[test]
fn one_undo_takes_back_the_plan_with_its_masks() {
    let mut story = Story::planned("remove the red square and turn the blue rectangle green");
    story.apply(Command::Undo);
    assert!(story.session.cards().is_empty());
    story.apply(Command::Redo);
    assert_eq!(story.session.cards().len(), 2);
    assert!(story.session.cards().iter().all(|card| card.mask.is_some()));
}

#[test]
fn closing_with_unsaved_work_asks_and_a_failed_or_cancelled_save_keeps_the_window_open() {
    let mut story = Story::planned("remove the red square");
    story.apply(Command::Close);
    assert!(matches!(story.window.pop(), Some(Effect::Close)), "nothing to lose yet");
    story.run_and_approve(0);
    story.apply(Command::Close);
    assert_eq!(story.session.pending(), Some(&Pending::Close));
    assert!(story.window.is_empty());

    story.apply(Command::Answer(Answer::Save));
    assert!(matches!(story.window.pop(), Some(Effect::PickSave { .. })));
    story.apply(Command::SaveDialogCancelled);
    assert_eq!(story.session.pending(), Some(&Pending::Close), "the question stays");

    story.apply(Command::Answer(Answer::Save));
    story.window.clear();
    let nowhere = story.path("no/such/folder/out.png");
    story.apply(Command::SaveTo(nowhere));
    story.finish_jobs();
    assert!(matches!(story.session.notice(), Some(Notice::Error(_))), "{:?}", story.session.notice());
    assert!(story.window.is_empty() && story.session.pending().is_some(), "a failed save closes nothing");

    story.apply(Command::Answer(Answer::Save));
    story.window.clear();
    let out = story.path("out.webp");
    story.apply(Command::SaveTo(out));
    story.finish_jobs();
    assert!(matches!(story.window.pop(), Some(Effect::Close)), "{:?}", story.session.notice());
}

#[test]
fn a_file_that_cannot_be_opened_is_said_in_one_sentence_and_the_document_stays() {
    let mut story = Story::with_scene();
    let text = story.path("text.png");
    std::fs::write(&text, "no picture").unwrap();
    story.apply(Command::Open(text));
    story.finish_jobs();
    assert!(matches!(story.session.notice(), Some(Notice::Error(sentence)) if sentence.contains("text.png")));
    assert!(story.session.photo().is_some_and(|photo| photo.source.ends_with("scene.png")));
}

#[test]
fn commands_that_make_no_sense_do_nothing() {
    let mut session = Session::new(Registry::embedded());
    let nobody = StepId(99);
    for command in [
        Command::Undo,
        Command::Redo,
        Command::RunAll,
        Command::Run(nobody),
        Command::Approve(nobody),
        Command::Skip(nobody),
        Command::Reopen(nobody),
        Command::NewSeed(nobody),
        Command::Locate(nobody),
        Command::Select(nobody),
        Command::ChooseCandidate(nobody, 3),
        Command::ChooseProposal(nobody, 3),
        Command::Mask(nobody, MaskOp::Invert),
        Command::StrokeBegin {
            brush: Brush::default(),
            mode: StrokeMode::Add,
            at: Point::new(1.0, 1.0),
            pressure: 1.0,
            line: false,
        },
        Command::StrokeTo { at: Point::new(f32::NAN, 1.0), pressure: f32::NAN },
        Command::StrokeEnd,
        Command::Save,
        Command::SaveDialog,
        Command::SaveDialogCancelled,
        Command::CancelJobs,
        Command::Answer(Answer::Save),
        Command::Answer(Answer::Discard),
    ] {
        let name = format!("{command:?}");
        assert!(session.apply(command).is_empty(), "{name}");
    }
}

#[test]
fn move_the_square_to_the_right_takes_it_there_and_back_by_undo() {
    let mut story = Story::planned("move the red square to the right");
    let id = story.step(0);
    let original = story.image();
    let placed = story.session.placed(id).unwrap().unwrap().placement;
    assert_eq!(placed.offsets, [Offset::new(30, 0)], "a step of one and a quarter of its size");

    // Before it runs, the person drags it further down: one change, which undo takes back.
    let lower = Placement { offsets: vec![Offset::new(30, 20)], ..placed };
    let recipe = story.session.with_placement(id, &lower).unwrap();
    story.apply(Command::EditRecipe(id, recipe));
    story.run_and_approve(0);
    let moved = story.image();
    let is_red = |pixel: [u8; 4]| pixel[0] > 180 && pixel[1] < 80;
    assert!(is_red(moved.pixel(62, 62)), "{:?}", moved.pixel(62, 62));
    assert!(!is_red(moved.pixel(32, 42)), "{:?}", moved.pixel(32, 42));
    assert_eq!(moved.pixel(100, 10), original.pixel(100, 10));
    let made = &story.session.photo().unwrap().document.steps()[0].candidate.recipe;
    assert_eq!(made.placement(), Some(&lower), "the recipe says where it went");
    story.apply(Command::Undo);
    story.apply(Command::Undo);
    assert_eq!(story.image(), original);
    story.apply(Command::Undo);
    assert_eq!(story.session.placed(id).unwrap().unwrap().placement.offsets, [Offset::new(30, 0)]);
}

#[test]
fn moving_what_was_made_marks_it_outdated_and_a_place_outside_is_brought_back() {
    let mut story = Story::planned("move the red square to the right");
    let id = story.step(0);
    story.apply(Command::Run(id));
    story.finish_jobs();
    let far = Placement::moved(Offset::new(4000, 0));
    let recipe = story.session.with_placement(id, &far).unwrap();
    assert_eq!(recipe.placement().unwrap().offsets, [Offset::new(140 - 44, 0)]);
    story.apply(Command::EditRecipe(id, recipe));
    assert!(story.session.cards()[0].outdated);
}

#[test]
fn another_of_what_is_there_is_a_copy_beside_it() {
    let mut story = Story::planned("add another red square");
    let is_red = |pixel: [u8; 4]| pixel[0] > 180 && pixel[1] < 80;
    assert!(matches!(story.state(0), StepState::Located(_)), "{:?}", story.state(0));
    story.run_and_approve(0);
    let copied = story.image();
    let red = |image: &Raster| image.pixels().iter().filter(|pixel| is_red(**pixel)).count();
    assert!((1000..1300).contains(&red(&copied)), "twice 576 and not {}", red(&copied));
    assert!(is_red(copied.pixel(32, 42)), "the first one stays");
}

#[test]
fn a_place_that_is_not_understood_waits_for_the_person() {
    let mut story = Story::planned("move the red square to the right of the blue rectangle");
    let id = story.step(0);
    let sentence = story.session.placed(id).unwrap().unwrap_err().to_owned();
    assert!(sentence.contains("Tie Studio can't tell where \"to the right of the blue rectangle\" is"), "{sentence}");
    story.apply(Command::Run(id));
    story.finish_jobs();
    assert_eq!(*story.state(0), StepState::Failed(sentence));
    let mut placement = story.session.placement_in_hand(id).unwrap();
    placement.offsets[0] = Offset::new(94, 0);
    let recipe = story.session.with_placement(id, &placement).unwrap();
    story.apply(Command::EditRecipe(id, recipe));
    story.run_and_approve(0);
    assert!(story.image().pixel(125, 42)[0] > 180);
}

#[test]
fn change_the_text_to_hi_erases_and_writes_in_the_old_colour() {
    let mut story = Story::planned("change the text to HI");
    let id = story.step(0);
    // Nothing here looks like writing, so the person says where it is.
    let place = Bounds::new(BLUE.x - 4, BLUE.y - 4, BLUE.width + 8, BLUE.height + 8);
    story.apply(Command::SetMask(id, Arc::new(Mask::rectangle(Extent::new(140, 100), place))));
    story.finish_jobs();
    assert_eq!(story.session.cards()[0].recipe.as_ref().unwrap().method, Method::Typeset("HI".to_owned()));
    story.run_and_approve(0);
    let written = story.image();
    let is_blue = |x: i32, y: i32| {
        let [r, _, b, _] = written.pixel(x as u32, y as u32);
        b > r + 60
    };
    let places = (BLUE.x..BLUE.right()).flat_map(|x| (BLUE.y..BLUE.bottom()).map(move |y| (x, y)));
    let blue = places.filter(|(x, y)| is_blue(*x, *y)).count();
    assert!((60..400).contains(&blue), "letters and what is between them: {blue} of 660 pixels");

    // Another text is a change of the words, and needs another run.
    let task = story.session.cards()[0].task.clone().becomes("HO");
    story.apply(Command::EditTask(id, task));
    let card = &story.session.cards()[0];
    assert_eq!(card.recipe.as_ref().unwrap().method, Method::Typeset("HO".to_owned()));
    assert!(card.outdated);
}

/// What `edit` makes of a photograph, in this process.
fn edited_on_the_command_line(story: &Story, photo: &Path, instruction: &str) -> Raster {
    let out = story.path("edited.png");
    let arguments = ["tie-studio".as_ref(), "edit".as_ref(), photo.as_os_str(), instruction.as_ref(), "-o".as_ref()];
    let arguments = arguments.into_iter().chain([out.as_os_str()]).map(OsStr::to_owned);
    let command = cli::parse(arguments).unwrap().command.unwrap();
    assert_eq!(cli::run_with(command, &Registry::embedded(), &Cancel::default()), 0);
    files::open_photo(&out).unwrap().raster
}

#[test]
fn the_window_gives_the_pixels_of_the_command_line_also_when_planned_twice() {
    let coffee = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples/coffee.png");
    for (photo, instruction) in [
        (None, "remove the red square and turn the blue rectangle green"),
        (None, "move the red square to the left, then remove the blue rectangle"),
        (Some(coffee), "remove the spoon and turn the cup blue"),
    ] {
        let mut story = Story::with_scene();
        let photo = photo.unwrap_or_else(|| story.path("scene.png"));
        story.apply(Command::Open(photo.clone()));
        story.finish_jobs();
        story.apply(Command::SetInstruction(instruction.to_owned()));
        for _ in 0..2 {
            story.apply(Command::Plan);
            story.finish_jobs();
        }
        for index in 0..story.session.cards().len() {
            story.run_and_approve(index);
            story.finish_jobs();
        }
        let expected = edited_on_the_command_line(&story, &photo, instruction);
        let made = story.image();
        let differ = made.bytes().chunks(4).zip(expected.bytes().chunks(4)).filter(|(a, b)| a != b).count();
        assert_eq!(differ, 0, "{instruction}: {differ} pixels differ");
    }
}
