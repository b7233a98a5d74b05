//! The real window, clicked by the names that screen readers see.

use crate::support::{Studio, scene};
use eframe::egui::{Key, Modifiers, Pos2, Rect, Theme, vec2};
use egui_kittest::kittest::Queryable as _;
use tie_core::{CopyRule, Diffusion, Method, Recipe};
use tie_studio::files;
use tie_studio::session::{Command, Pending, Presence, StepState};
use tie_studio::ui::canvas::tool::Tool;

fn planned(path: std::path::PathBuf) -> Studio {
    let mut studio = Studio::with_photo(path, vec2(1280.0, 720.0), Theme::Dark);
    studio.type_instruction("remove the red square and turn the blue rectangle green");
    studio.press_ctrl(Key::Enter);
    studio.wait_until("two regions are found", |session| session.cards().len() == 2 && session.is_idle());
    studio
}

#[test]
fn a_card_asks_about_words_that_no_step_stands_for() {
    let (_folder, path) = scene();
    let mut studio = Studio::with_photo(path, vec2(1280.0, 720.0), Theme::Dark);
    studio.type_instruction("remove the red square. Greetings from Vienna!");
    studio.press_ctrl(Key::Enter);
    studio.wait_until("a region is found", |session| session.cards().len() == 1 && session.is_idle());
    let asks = "Not understood: “Greetings from Vienna”. Rephrase it and plan again, or add a step by hand.";
    assert!(studio.has(asks));
    studio.click("Ignore");
    assert!(!studio.has(asks));
}

#[test]
fn the_whole_story_by_mouse_and_keys() {
    let (folder, path) = scene();
    let mut studio = planned(path.clone());
    assert!(studio.has("Step 1: remove red square") && studio.has("Step 2: recolour blue rectangle → green"));

    // Correct the first mask with the brush, take it back, make it again.
    let area = |studio: &Studio| studio.card(0).mask.as_ref().unwrap().result.area();
    let before = area(&studio);
    studio.paint(&[(100.0, 60.0), (110.0, 80.0)]);
    let painted = area(&studio);
    assert!(painted > before, "{painted} after {before}");
    studio.press_ctrl(Key::Z);
    assert_eq!(area(&studio), before);
    studio.press_ctrl(Key::Y);
    assert_eq!(area(&studio), painted);
    // The eraser takes it away again.
    studio.press(Key::E);
    studio.paint(&[(100.0, 60.0), (110.0, 80.0)]);
    assert!(area(&studio) < painted);

    // Run, compare the candidates, approve.
    studio.press_ctrl(Key::Enter);
    studio.wait_until("candidates are ready", |session| session.cards()[0].state == StepState::Ready);
    assert!(studio.has("Only the mask changed"), "the fidelity line is shown");
    studio.click("Candidate 2");
    assert_eq!(studio.card(0).chosen, 1);
    studio.press(Key::ArrowLeft);
    assert_eq!(studio.card(0).chosen, 0);
    studio.click_containing("Approve");
    assert_eq!(studio.card(0).state, StepState::Approved);
    assert_eq!(studio.session().selected().unwrap().id, studio.card(1).id);

    studio.press_ctrl(Key::Enter);
    studio.wait_until("the second step is ready", |session| session.cards()[1].state == StepState::Ready);
    studio.press(Key::Enter);
    assert_eq!(studio.card(1).state, StepState::Approved, "Enter approves");

    let out = folder.path().join("out.jpg");
    *studio.dialogs.save.borrow_mut() = Some(out.clone());
    studio.press_ctrl(Key::S);
    studio.wait_until_idle();
    assert!(studio.has("Saved out.jpg"));
    let saved = files::open_photo(&out).unwrap().raster;
    let [r, g, b, _] = saved.pixel(175, 90);
    assert!(g > r && g > b, "the rectangle is green in the file: {:?}", saved.pixel(175, 90));
    let original = studio.session().photo().unwrap().document.base().clone();
    assert_eq!(files::open_photo(&path).unwrap().raster, *original, "the source is untouched");
}

#[test]
fn what_was_typed_last_counts_when_the_step_is_run_from_the_text_field() {
    let (_folder, path) = scene();
    let mut studio = planned(path);
    studio.press(Key::ArrowDown);
    let field = studio.harness.get_by_label("Becomes");
    field.focus();
    studio.harness.run_steps(2);
    studio.press_ctrl(Key::A);
    studio.harness.get_by_label("Becomes").type_text("yellow");
    studio.harness.run_steps(2);
    studio.press_ctrl(Key::Enter);
    studio.wait_until("the step is ready", |session| session.cards()[1].state == StepState::Ready);
    assert_eq!(studio.card(1).task.content(), Some("yellow"));
    let candidate = studio.card(1).candidate().unwrap();
    let middle = candidate.bounds.extent();
    let [r, g, b, _] = candidate.patch.pixel(middle.width / 2, middle.height / 2);
    assert!(r > b && g > b, "the candidate is yellow: {r} {g} {b}");
}

#[test]
fn letters_that_arrive_together_with_the_shortcut_are_not_lost() {
    let (_folder, path) = scene();
    let mut studio = Studio::with_photo(path, vec2(1280.0, 720.0), Theme::Dark);
    studio.type_instruction("turn the blue rectangle gree");
    // A fast typist on a slow machine: the last letter and Ctrl+Enter come in one frame.
    studio.harness.event(eframe::egui::Event::Text("n".to_owned()));
    studio.press_ctrl(Key::Enter);
    studio.wait_until("it is planned", |session| !session.cards().is_empty());
    assert_eq!(studio.session().instruction(), "turn the blue rectangle green");
    assert_eq!(studio.card(0).task.content(), Some("green"));
}

#[test]
fn on_a_dense_screen_the_brush_still_paints_under_the_pointer() {
    let (_folder, path) = scene();
    let mut studio = Studio::start_scaled(Some(path), vec2(1280.0, 720.0), Theme::Dark, 2.0);
    studio.wait_until("the photograph is open", |session| session.photo().is_some());
    studio.type_instruction("remove the red square");
    studio.press_ctrl(Key::Enter);
    studio.wait_until("it is found", |session| session.cards().len() == 1 && session.is_idle());
    let selected = |studio: &Studio, x, y| studio.card(0).mask.as_ref().unwrap().result.at(x, y);
    assert_eq!(selected(&studio, 200, 30), 0);
    studio.paint(&[(200.5, 30.5), (204.5, 30.5)]);
    assert_eq!(selected(&studio, 200, 30), 255);
    assert_eq!(selected(&studio, 200, 60), 0, "the brush is 40 image pixels wide on every screen");
}

#[test]
fn in_a_small_window_of_every_scale_tools_and_decisions_are_in_sight() {
    for scale in [1.0, 1.25, 1.5, 2.0] {
        let (_folder, path) = scene();
        let size = vec2(1280.0, 720.0) / scale;
        let mut studio = Studio::start_scaled(Some(path), size, Theme::Dark, scale);
        studio.wait_until("the photograph is open", |session| session.photo().is_some());
        studio.type_instruction("remove the red square");
        studio.press_ctrl(Key::Enter);
        studio.wait_until("it is found", |session| session.cards().len() == 1 && session.is_idle());
        let window = Rect::from_min_size(Pos2::ZERO, size);
        let in_sight = |studio: &Studio, name: &str| {
            let rect = studio.harness.get_all_by_label_contains(name).next().unwrap().rect();
            assert!(window.contains_rect(rect), "{name:?} is at {rect:?} in a window of {size:?}");
            assert!(rect.width() > 10.0 && rect.height() > 10.0, "{name:?} is cut to {rect:?}");
        };
        let tools = ["Move the view", "Eraser", "Lasso", "Rectangle or ellipse", "Magic wand", "Smart select"];
        let rest = ["Context box", "Undo", "Redo", "History", "Plan", "Run all", "Locate again", "Skip"];
        for name in tools.iter().chain(&rest) {
            in_sight(&studio, name);
        }
        // Options that do not fit are behind a button.
        if scale > 1.0 {
            studio.click("More options");
            studio.click("opacity");
            studio.press(Key::Escape);
            let pressure = studio.session().settings().brush.pressure;
            assert_eq!(pressure, tie_core::brush::PressureEffect::Opacity);
        }
        studio.press(Key::F1);
        in_sight(&studio, "Keyboard shortcuts");
        in_sight(&studio, "Close");
        studio.press(Key::Escape);
        studio.press_ctrl(Key::Enter);
        studio.wait_until("it is ready", |session| session.cards()[0].state == StepState::Ready);
        in_sight(&studio, "Approve");
        studio.press(Key::Enter);
        assert_eq!(studio.card(0).state, StepState::Approved);
    }
}

#[test]
fn single_keys_type_into_the_instruction_and_do_nothing_else() {
    let (_folder, path) = scene();
    let mut studio = Studio::with_photo(path, vec2(1280.0, 720.0), Theme::Dark);
    // A photo that opens has given the focus to the instruction.
    studio.click_at(10.0, 10.0);
    studio.press(Key::E);
    assert_eq!(studio.harness.state().state().tool, Tool::Eraser);
    studio.type_instruction("be nice");
    studio.press(Key::B);
    assert_eq!(studio.harness.state().state().tool, Tool::Eraser, "B was typed, not pressed");
    assert_eq!(studio.session().instruction(), "be nice");
}

#[test]
fn enter_takes_over_a_prompt_of_several_lines() {
    let (_folder, path) = scene();
    let mut studio = planned(path);
    let field = studio.harness.get_by_label("Prompt");
    field.focus();
    field.type_text(" in evening light");
    studio.harness.run_steps(2);
    studio.press(Key::Enter);
    studio.harness.run_steps(2);
    let prompt = &studio.card(0).task.prompt;
    assert!(prompt.contains("in evening light") && !prompt.contains('\n'), "{prompt:?}");
    assert!(!studio.harness.ctx.text_edit_focused());
}

#[test]
fn painting_before_asking_for_anything_makes_a_step_that_removes_what_is_painted_over() {
    let (_folder, path) = scene();
    let mut studio = Studio::with_photo(path, vec2(1280.0, 720.0), Theme::Dark);
    studio.press(Key::B);
    studio.paint(&[(100.0, 60.0), (110.0, 80.0)]);
    assert!(studio.has("Step 1: remove"));
    assert!(studio.card(0).mask.as_ref().unwrap().result.area() > 0, "the first stroke is not lost");
    studio.press_ctrl(Key::Z);
    studio.press_ctrl(Key::Z);
    assert!(studio.session().cards().is_empty(), "the stroke and its step are taken back");
}

#[test]
fn an_instruction_that_asks_for_nothing_is_answered_with_an_example() {
    let (_folder, path) = scene();
    let mut studio = Studio::with_photo(path, vec2(1280.0, 720.0), Theme::Dark);
    studio.type_instruction("qwertz");
    studio.press_ctrl(Key::Enter);
    studio.wait_until("it is said", |session| session.notice().is_some());
    assert!(studio.has("remove the spoon"), "the notice shows how to ask");
    studio.click("Dismiss");
    assert!(studio.session().notice().is_none());
}

#[test]
fn a_step_that_needs_a_model_says_so_on_its_card() {
    let (_folder, path) = scene();
    let mut studio = Studio::with_photo(path, vec2(1280.0, 720.0), Theme::Dark);
    studio.type_instruction("add a cat on the left");
    studio.press_ctrl(Key::Enter);
    studio.wait_until("it is planned", |session| !session.cards().is_empty() && session.is_idle());
    assert!(studio.has("needs a generative model") && studio.has("download it (15.9 GB)"));
    studio.click("Skip");
    assert_eq!(studio.card(0).state, StepState::Skipped);
}

#[test]
fn a_step_that_waits_for_a_model_runs_once_its_folder_is_chosen() {
    let (_folder, path) = scene();
    let mut studio = Studio::with_photo(path, vec2(1280.0, 720.0), Theme::Dark);
    studio.type_instruction("add a cat on the left");
    studio.press_ctrl(Key::Enter);
    studio.wait_until("it is planned", |session| !session.cards().is_empty() && session.is_idle());
    studio.click_containing("Models…");
    studio.wait_until_idle();
    for text in ["Kandinsky 2.2 inpainting", "Apache-2.0", "Disk: 15.9 GB.", "not installed"] {
        assert!(studio.has(text), "{text} is not shown");
    }
    // What holds no model is not taken.
    let empty = tempfile::tempdir().unwrap();
    *studio.dialogs.open.borrow_mut() = Some(empty.path().to_owned());
    studio.scroll_to_and_click("Add a folder…");
    studio.wait_until("it is said", |session| session.notice().is_some());
    assert!(studio.session().settings().model_folders.is_empty());
    let reference = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference");
    *studio.dialogs.open.borrow_mut() = Some(reference.clone());
    studio.scroll_to_and_click("Add a folder…");
    studio.wait_until("the model is here", |session| session.models()[0].presence == Presence::Here);
    assert_eq!(studio.session().settings().model_folders, [reference]);
    studio.press(Key::Escape);
    studio.wait_until("its place is found", |session| session.cards()[0].can_run());

    let id = studio.card(0).id;
    let recipe = studio.card(0).recipe.clone().unwrap();
    let diffusion = Diffusion { steps: 3, resolution: 64, ..*recipe.diffusion().unwrap() };
    studio.apply(Command::EditRecipe(id, Recipe { method: Method::Diffusion(diffusion), ..recipe }));
    studio.press_ctrl(Key::Enter);
    studio.wait_until("candidates are ready", |session| session.cards()[0].state == StepState::Ready);
    assert_eq!(studio.card(0).candidates.len(), 2);
    assert!(studio.has("Only the mask changed"));
    assert!(studio.has("Steps") && studio.has("Guidance"), "the recipe shows how the model works");
    studio.press(Key::Enter);
    assert_eq!(studio.card(0).state, StepState::Approved);
}

#[test]
fn a_step_is_told_to_copy_only_from_another_steps_region_or_not_at_all() {
    let (_folder, path) = scene();
    let mut studio = planned(path);
    let other = studio.card(1).id;
    studio.scroll_to_and_click("Don’t copy from");
    studio.click_check_box("Step 2: recolour blue rectangle → green");
    assert_eq!(studio.card(0).copy_rules.of(other), Some(CopyRule::Avoid));
    studio.press(Key::Escape);
    studio.scroll_to_and_click("Copy only from");
    studio.click_check_box("Step 2: recolour blue rectangle → green");
    assert_eq!(studio.card(0).copy_rules.of(other), Some(CopyRule::Only), "one rule for a step");
}

#[test]
fn opening_another_photograph_with_unsaved_edits_asks_first() {
    let (folder, path) = scene();
    let mut studio = planned(path.clone());
    studio.press_ctrl(Key::Enter);
    studio.wait_until("candidates are ready", |session| session.cards()[0].state == StepState::Ready);
    studio.click_containing("Approve");
    *studio.dialogs.open.borrow_mut() = Some(path.clone());
    studio.press_ctrl(Key::O);
    assert_eq!(studio.session().pending(), Some(&Pending::Open(path.clone())));
    studio.click("Cancel");
    assert!(studio.session().pending().is_none() && studio.session().has_unsaved_work());
    *studio.dialogs.open.borrow_mut() = Some(path);
    studio.press_ctrl(Key::O);
    studio.click("Don’t save");
    studio.wait_until("the other photograph is open", |session| {
        session.photo().is_some() && session.cards().is_empty() && session.is_idle()
    });
    drop(folder);
}

#[test]
fn without_file_dialogs_the_window_asks_for_the_path_and_never_replaces_unasked() {
    let (folder, path) = scene();
    let mut studio = Studio::with_photo(path, vec2(1280.0, 720.0), Theme::Dark);
    *studio.dialogs.unavailable.borrow_mut() = true;
    let suggested = folder.path().join("scene_edited.png");
    std::fs::write(&suggested, "something that is there already").unwrap();
    studio.press_ctrl(Key::S);
    studio.harness.run_steps(2);
    studio.click("Save");
    assert!(studio.has("will be replaced"), "it asks first");
    assert_eq!(std::fs::read(&suggested).unwrap(), b"something that is there already");
    studio.click("Replace");
    studio.wait_until_idle();
    assert!(studio.has("Saved scene_edited.png"));
    assert!(files::open_photo(&suggested).is_ok());
}

#[test]
fn a_broken_file_is_named_and_the_window_stays_usable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.png");
    std::fs::write(&path, "this is text").unwrap();
    let mut studio = Studio::start(Some(path), vec2(1280.0, 720.0), Theme::Dark);
    studio.wait_until("it is said", |session| session.notice().is_some());
    assert!(studio.has("broken.png") && studio.has("Open photo"));
}

#[test]
fn every_command_can_be_found_in_the_palette() {
    let (_folder, path) = scene();
    let mut studio = Studio::with_photo(path, vec2(1280.0, 720.0), Theme::Light);
    studio.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    studio.harness.run_steps(3);
    let field = studio.harness.get_by_role(eframe::egui::accesskit::Role::TextInput);
    field.type_text("eraser");
    studio.harness.run_steps(3);
    studio.press(Key::Enter);
    studio.harness.run_steps(3);
    assert_eq!(studio.harness.state().state().tool, Tool::Eraser);
}

#[test]
fn the_palettes_list_is_walked_with_the_arrow_keys() {
    let (_folder, path) = scene();
    let mut studio = Studio::with_photo(path, vec2(1280.0, 720.0), Theme::Light);
    studio.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    studio.harness.run_steps(3);
    studio.harness.get_by_role(eframe::egui::accesskit::Role::TextInput).type_text("brush");
    studio.harness.run_steps(3);
    // Brush, smaller, larger, softer, harder.
    for key in [Key::ArrowDown, Key::ArrowDown, Key::ArrowDown, Key::ArrowUp, Key::Enter] {
        studio.press(key);
    }
    let size = |studio: &Studio| studio.session().settings().brush.size;
    assert_eq!(size(&studio), 48.0, "a fifth larger than 40");
    studio.press(Key::Enter);
    assert_eq!(size(&studio), 48.0, "the palette is closed");
}

#[test]
fn the_main_states_look_as_they_did() {
    let (_folder, path) = scene();
    let mut results = egui_kittest::SnapshotResults::new();
    let size = vec2(900.0, 640.0);
    let mut studio = Studio::start(None, size, Theme::Dark);
    results.add(studio.harness.try_snapshot("welcome_dark"));
    let mut studio = Studio::with_photo(path, size, Theme::Light);
    studio.type_instruction("remove the red square");
    studio.press_ctrl(Key::Enter);
    studio.wait_until("it is found", |session| session.cards().len() == 1 && session.is_idle());
    studio.press(Key::Escape);
    results.add(studio.harness.try_snapshot("planned_light"));
}

#[test]
fn saving_with_a_result_that_is_not_approved_asks_and_enter_approves_and_saves() {
    let (folder, path) = scene();
    let mut studio = Studio::with_photo(path, vec2(1280.0, 720.0), Theme::Dark);
    studio.type_instruction("turn the blue rectangle green");
    studio.press_ctrl(Key::Enter);
    studio.wait_until("it is planned", |session| !session.cards().is_empty() && session.is_idle());
    studio.press_ctrl(Key::Enter);
    studio.wait_until("it has run", |session| session.cards()[0].state == StepState::Ready && session.is_idle());
    let out = folder.path().join("out.png");
    *studio.dialogs.save.borrow_mut() = Some(out.clone());
    studio.press_ctrl(Key::S);
    assert!(studio.has("Save with the result that is not approved?") && !out.exists());
    studio.press(Key::Escape);
    assert!(!studio.session().asks_about_undecided() && !out.exists());
    studio.press_ctrl(Key::S);
    studio.press(Key::Enter);
    studio.wait_until("it is saved", |session| session.photo().is_some_and(|photo| photo.saved_to.is_some()));
    assert_eq!(studio.card(0).state, StepState::Approved);
    let shown = studio.session().photo().unwrap().document.current();
    assert_eq!(&files::open_photo(&out).unwrap().raster, &**shown);
}

#[test]
fn whoever_opens_a_photo_can_type_at_once_and_ctrl_l_goes_back_there() {
    let (_folder, path) = scene();
    let mut studio = Studio::with_photo(path, vec2(1280.0, 720.0), Theme::Dark);
    let typed = |studio: &mut Studio, text: &str| {
        studio.frame(&[eframe::egui::Event::Text(text.to_owned())]);
        studio.harness.run_steps(2);
    };
    typed(&mut studio, "be");
    assert_eq!(studio.session().instruction(), "be");
    studio.click_at(10.0, 10.0);
    typed(&mut studio, "x");
    assert_eq!(studio.session().instruction(), "be", "work on the canvas is not typing");
    studio.press_ctrl(Key::L);
    studio.harness.run_steps(2);
    typed(&mut studio, " nice");
    assert!(studio.session().instruction().contains(" nice"), "{}", studio.session().instruction());
}
