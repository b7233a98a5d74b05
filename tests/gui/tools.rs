//! The tools of the workbench and the cards, by pointer and keys, in the real window.

use crate::support::{BLUE, RED, Studio, scene};
use eframe::egui::{self, Key, Modifiers, PointerButton, Theme, vec2};
use egui_kittest::kittest::Queryable as _;
use std::sync::Arc;
use tie_core::{Bounds, Doubt, Extent, Mask, Offset, Raster};
use tie_studio::files::{self, Metadata};
use tie_studio::session::{Found, StepState};
use tie_studio::ui::canvas::tool::Tool;

const NONE: Modifiers = Modifiers::NONE;

/// A window with the scene and one step to paint by hand; the folder has to outlive it.
pub(crate) fn by_hand() -> (tempfile::TempDir, Studio) {
    let (folder, path) = scene();
    let mut studio = Studio::with_photo(path, vec2(1280.0, 720.0), Theme::Dark);
    studio.click_containing("  Step");
    studio.harness.run_steps(2);
    studio.click("Remove");
    studio.wait_until_idle();
    assert_eq!(studio.session().cards().len(), 1);
    (folder, studio)
}

fn planned() -> (tempfile::TempDir, Studio) {
    planned_as("remove the red square and turn the blue rectangle green")
}

fn planned_as(instruction: &str) -> (tempfile::TempDir, Studio) {
    let (folder, path) = scene();
    let mut studio = Studio::with_photo(path, vec2(1280.0, 720.0), Theme::Dark);
    studio.type_instruction(instruction);
    studio.press_ctrl(Key::Enter);
    studio.wait_until("it is planned", |session| !session.cards().is_empty() && session.is_idle());
    (folder, studio)
}

pub(crate) fn mask(studio: &Studio) -> Mask {
    (*studio.session().selected().unwrap().mask.as_ref().unwrap().result).clone()
}

fn middle(bounds: Bounds) -> (f32, f32) {
    (bounds.centre().x, bounds.centre().y)
}

/// Two red squares that are alike: no words tell which is meant.
fn twins() -> (tempfile::TempDir, Studio) {
    let squares = [Bounds::new(30, 60, 40, 40), Bounds::new(170, 60, 40, 40)];
    let image = Raster::from_fn(Extent::new(240, 160), |x, y| {
        let grain = ((x * 7 + y * 13) ^ (x * y)) as u8 % 12;
        let inside = squares.iter().any(|square| square.contains(x as i32, y as i32));
        let [r, g, b] = if inside { [205, 30, 35] } else { [150, 150, 145] };
        [r + grain, g + grain, b + grain, 255]
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("twins.png");
    files::save_photo(&path, &image, &Metadata::default()).unwrap();
    let mut studio = Studio::with_photo(path, vec2(1280.0, 720.0), Theme::Dark);
    studio.type_instruction("remove the red square");
    studio.press_ctrl(Key::Enter);
    studio.wait_until("several fit", |session| session.cards().len() == 1 && session.is_idle());
    (folder, studio)
}

#[test]
fn where_several_regions_fit_one_is_chosen_on_the_photograph_or_all_are_taken() {
    let (_folder, mut studio) = twins();
    assert_eq!(studio.card(0).state, StepState::Located(Found::Unsure));
    assert_eq!(studio.card(0).doubt, Some(Doubt::Rivals(2)));
    let (left, right) = (Bounds::new(30, 60, 40, 40), Bounds::new(170, 60, 40, 40));
    let is_on = |studio: &Studio, place: Bounds| place.grow(3).encloses(mask(studio).bounds());
    let other = if is_on(&studio, left) { right } else { left };
    let (x, y) = middle(other);
    studio.click_at(x, y);
    assert!(is_on(&studio, other), "the click on its letter chose the other region: {:?}", mask(&studio).bounds());
    assert_eq!(studio.card(0).state, StepState::Located(Found::Ok), "it is in doubt no more");
    studio.scroll_to_and_click("Select all");
    assert!(mask(&studio).bounds().grow(3).encloses(left.union(right)), "{:?}", mask(&studio).bounds());
    studio.press_ctrl(Key::Z);
    assert!(is_on(&studio, other), "one undo goes back to the region that was chosen");
}

#[test]
fn the_lasso_selects_what_it_goes_round_and_the_right_button_takes_away() {
    let (_folder, mut studio) = by_hand();
    studio.press(Key::L);
    studio.paint(&[(20.0, 20.0), (80.0, 20.0), (80.0, 80.0), (20.0, 80.0)]);
    let whole = mask(&studio);
    assert!((3300..=3700).contains(&whole.area()), "{whole:?}");
    let part = [(20.0, 20.0), (50.0, 20.0), (50.0, 80.0), (20.0, 80.0)];
    studio.drag(&part, PointerButton::Secondary, NONE);
    assert!(mask(&studio).at(30, 50) == 0 && mask(&studio).at(65, 50) == 255);
    studio.press_ctrl(Key::Z);
    assert_eq!(mask(&studio), whole);
}

#[test]
fn a_polygon_is_clicked_corner_by_corner_and_closed_with_enter_or_dropped_with_escape() {
    let (_folder, mut studio) = by_hand();
    studio.press(Key::L);
    studio.press(Key::L);
    assert!(studio.harness.state().state().options.polygon, "the same key again is the other kind");
    for (x, y) in [(100.0, 20.0), (160.0, 20.0), (160.0, 80.0)] {
        studio.click_at(x, y);
    }
    assert!(studio.has("Click the corners") || studio.harness.state().state().gesture.is_some());
    studio.press(Key::Enter);
    assert!(mask(&studio).at(150, 30) == 255 && mask(&studio).at(105, 70) == 0, "{:?}", mask(&studio));
    let before = mask(&studio);
    studio.click_at(20.0, 20.0);
    studio.click_at(60.0, 20.0);
    studio.press(Key::Escape);
    assert!(studio.harness.state().state().gesture.is_none());
    assert_eq!(mask(&studio), before);
}

#[test]
fn rectangle_and_ellipse_with_shift_are_square_and_round() {
    let (_folder, mut studio) = by_hand();
    studio.press(Key::R);
    studio.paint(&[(20.0, 20.0), (60.0, 50.0)]);
    assert_eq!(mask(&studio).bounds(), Bounds::new(20, 20, 40, 30));
    studio.press_ctrl(Key::Z);
    studio.press(Key::R);
    studio.drag(&[(100.0, 40.0), (160.0, 60.0)], PointerButton::Primary, Modifiers::SHIFT);
    let circle = mask(&studio);
    assert_eq!((circle.bounds().width, circle.bounds().height), (60, 60), "{:?}", circle.bounds());
    let area = circle.area() as f32 / (60.0 * 60.0);
    assert!((area - std::f32::consts::FRAC_PI_4).abs() < 0.02, "{area}");
}

#[test]
fn x_turns_adding_into_subtracting_and_ctrl_does_so_for_one_gesture() {
    let (_folder, mut studio) = by_hand();
    studio.press(Key::R);
    studio.paint(&[(20.0, 20.0), (60.0, 60.0)]);
    studio.press(Key::X);
    studio.paint(&[(20.0, 20.0), (40.0, 60.0)]);
    assert_eq!(mask(&studio).bounds(), Bounds::new(40, 20, 20, 40));
    // Ctrl turns it round again.
    studio.drag(&[(70.0, 20.0), (80.0, 60.0)], PointerButton::Primary, Modifiers::COMMAND);
    assert_eq!(mask(&studio).bounds(), Bounds::new(40, 20, 40, 40));
    studio.press(Key::B);
    studio.press(Key::X);
    assert_eq!(studio.harness.state().state().tool, Tool::Eraser);
}

#[test]
fn dragging_the_wand_raises_its_tolerance_and_letting_go_takes_it_over() {
    let (_folder, mut studio) = by_hand();
    studio.press(Key::W);
    let (x, y) = middle(RED);
    studio.paint(&[(x, y), (x + 3.0, y), (x + 6.0, y)]);
    studio.wait_until_idle();
    let selected = mask(&studio);
    assert!(selected.iou(&Mask::rectangle(selected.extent(), RED)) > 0.9, "{selected:?}");
    assert!(studio.harness.state().state().options.tolerance > 24, "the tolerance stays for the next time");
    assert!(studio.session().selection().is_none());
}

#[test]
fn smart_select_finds_what_is_clicked_and_enter_takes_it_over() {
    let (_folder, mut studio) = by_hand();
    studio.press(Key::S);
    let (x, y) = middle(BLUE);
    studio.click_at(x, y);
    studio.wait_until_idle();
    assert!(studio.session().selection().unwrap().mask().is_some());
    assert!(mask(&studio).is_empty(), "it is only shown so far");
    studio.press(Key::Enter);
    let selected = mask(&studio);
    assert!(selected.iou(&Mask::rectangle(selected.extent(), BLUE)) > 0.8, "{selected:?}");
    // A box, dropped with Esc.
    studio.paint(&[(35.0, 45.0), (90.0, 100.0)]);
    studio.wait_until_idle();
    assert!(studio.session().selection().is_some());
    studio.press(Key::Escape);
    assert!(studio.session().selection().is_none());
    assert_eq!(mask(&studio), selected);
}

#[test]
fn the_context_box_is_dragged_by_its_handles_and_set_free_again() {
    let (_folder, mut studio) = planned();
    let context = |studio: &Studio| studio.session().measures(studio.card(0).id).unwrap().context.unwrap();
    let automatic = context(&studio);
    studio.press(Key::K);
    let corner = (automatic.right() as f32, automatic.bottom() as f32);
    studio.paint(&[corner, (corner.0 - 8.0, corner.1 - 6.0)]);
    studio.wait_until_idle();
    assert!(context(&studio).right() < automatic.right(), "{:?} after {automatic:?}", context(&studio));
    assert!(studio.has("custom"));
    studio.harness.get_all_by_label("Automatic").last().unwrap().click();
    studio.harness.run_steps(3);
    studio.wait_until_idle();
    assert_eq!(context(&studio), automatic);
}

#[test]
fn what_is_moved_is_dragged_on_the_canvas_nudged_by_keys_and_set_in_numbers() {
    let (_folder, mut studio) = planned_as("move the red square to the right");
    let placed = |studio: &Studio| studio.session().placed(studio.card(0).id).unwrap().unwrap().placement;
    assert_eq!(placed(&studio).offsets, [Offset::new(55, 0)]);
    let middle = (RED.x as f32 + 22.0 + 55.0, RED.y as f32 + 22.0);
    studio.paint(&[middle, (middle.0 + 6.0, middle.1 + 12.0), (middle.0 + 10.0, middle.1 + 20.0)]);
    studio.wait_until_idle();
    let Offset { x, y } = placed(&studio).offsets[0];
    assert!((x - 65).abs() <= 1 && (y - 20).abs() <= 1, "{x}, {y}");
    assert!(!studio.card(0).mask.as_ref().unwrap().is_edited(), "the brush in hand painted nothing");
    studio.press_shift(Key::ArrowLeft);
    assert_eq!(placed(&studio).offsets, [Offset::new(x - 1, y)]);
    studio.press_ctrl(Key::Z);
    assert_eq!(placed(&studio).offsets, [Offset::new(x, y)]);
    assert!(studio.has("Size") && studio.has("Keep the original"));
    studio.scroll_to_and_click("Reset to the instruction");
    studio.wait_until_idle();
    assert_eq!(placed(&studio).offsets, [Offset::new(55, 0)]);
}

#[test]
fn space_and_the_middle_button_move_the_view_in_the_middle_of_a_stroke() {
    let (_folder, mut studio) = by_hand();
    let (a, b) = (studio.at(60.0, 60.0), studio.at(100.0, 60.0));
    studio.harness.hover_at(a);
    studio.harness.run_steps(1);
    studio.button(a, PointerButton::Primary, true, NONE);
    studio.harness.event(egui::Event::PointerMoved(b));
    studio.harness.run_steps(1);
    let painted = mask(&studio);
    studio.harness.key_down(Key::Space);
    studio.harness.run_steps(1);
    let far = b + vec2(0.0, 90.0);
    studio.harness.event(egui::Event::PointerMoved(far));
    studio.harness.run_steps(1);
    studio.harness.key_up(Key::Space);
    studio.harness.run_steps(1);
    assert_eq!(mask(&studio), painted, "nothing is painted while the view moves");
    assert!(studio.session().is_drawing(), "the stroke goes on");
    let end = studio.at(130.0, 60.0);
    studio.harness.event(egui::Event::PointerMoved(end));
    studio.harness.run_steps(1);
    studio.button(end, PointerButton::Primary, false, NONE);
    studio.harness.run_steps(2);
    assert!((60..130).all(|x| mask(&studio).at(x, 60) > 200), "one stroke without a gap");
    assert_eq!(studio.session().history_labels().0, ["Add step", "Brush stroke"]);
}

#[test]
fn brackets_alt_and_wheel_change_the_brush_and_the_line_above_shows_it() {
    let (_folder, mut studio) = by_hand();
    let size = |studio: &Studio| studio.harness.state().state().active_brush(studio.session().settings()).size;
    let first = size(&studio);
    studio.press(Key::CloseBracket);
    assert!(size(&studio) > first);
    studio.press(Key::OpenBracket);
    studio.press(Key::OpenBracket);
    assert!(size(&studio) < first);
    let smaller = size(&studio);
    let pointer = studio.at(60.0, 60.0);
    studio.harness.hover_at(pointer);
    studio.harness.run_steps(1);
    studio.harness.event_modifiers(
        egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Line,
            delta: vec2(0.0, 1.0),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
            modifiers: Modifiers::ALT,
        },
        Modifiers::ALT,
    );
    studio.harness.run_steps(2);
    assert!(size(&studio) > smaller, "Alt and the wheel");
}

#[test]
fn changes_to_the_mask_are_kept_apart_and_can_be_reset() {
    let (_folder, mut studio) = planned();
    let proposal = mask(&studio);
    studio.paint(&[(100.0, 60.0), (110.0, 80.0)]);
    assert!(studio.card(0).mask.as_ref().unwrap().is_edited());
    studio.press_shift(Key::Q);
    assert!(studio.harness.state().state().shows_changes);
    studio.wait_until_idle();
    studio.scroll_to_and_click("Reset");
    assert_eq!(mask(&studio), proposal);
    assert!(!studio.card(0).mask.as_ref().unwrap().is_edited());
}

#[test]
fn digits_choose_steps_and_the_eye_disables_one() {
    let (_folder, mut studio) = planned();
    studio.press(Key::Num2);
    assert_eq!(studio.session().selected().unwrap().id, studio.card(1).id);
    studio.harness.get_all_by_label("Disable this step").next().unwrap().click();
    studio.harness.run_steps(2);
    assert!(!studio.card(0).enabled && studio.has("Disabled"));
    studio.press_ctrl(Key::Z);
    assert!(studio.card(0).enabled);
}

#[test]
fn the_cards_menu_duplicates_moves_and_deletes_its_own_step() {
    let (_folder, mut studio) = planned();
    let ids = |studio: &Studio| studio.session().cards().iter().map(|card| card.id).collect::<Vec<_>>();
    let [first, second] = ids(&studio)[..] else { panic!("two steps") };
    let menu = |studio: &mut Studio, card: usize, item: &str| {
        studio.harness.get_all_by_label("More").nth(card).unwrap().click();
        studio.harness.run_steps(3);
        studio.harness.get_all_by_label_contains(item).last().unwrap().click();
        studio.harness.run_steps(3);
    };
    menu(&mut studio, 1, "Duplicate");
    assert_eq!(ids(&studio)[..2], [first, second]);
    assert_eq!(studio.session().cards().len(), 3);
    menu(&mut studio, 0, "Move down");
    assert_eq!(ids(&studio)[..2], [second, first]);
    menu(&mut studio, 0, "Delete");
    assert_eq!(ids(&studio)[0], first);
    assert_eq!(studio.session().cards().len(), 2);
}

#[test]
fn cards_are_dragged_to_another_place() {
    let (_folder, mut studio) = planned();
    let ids: Vec<_> = studio.session().cards().iter().map(|card| card.id).collect();
    let rect = |studio: &Studio, index: usize| {
        let id = studio.card(index).id;
        studio.harness.state().state().card_rects.iter().find(|(step, _)| *step == id).unwrap().1
    };
    let from = rect(&studio, 0).left_center() + vec2(5.0, 0.0);
    let to = rect(&studio, 1).left_bottom() + vec2(5.0, -3.0);
    studio.harness.hover_at(from);
    studio.harness.run_steps(1);
    studio.button(from, PointerButton::Primary, true, NONE);
    for step in 1..=4 {
        studio.harness.event(egui::Event::PointerMoved(from.lerp(to, step as f32 / 4.0)));
        studio.harness.run_steps(1);
    }
    studio.button(to, PointerButton::Primary, false, NONE);
    studio.harness.run_steps(2);
    let after: Vec<_> = studio.session().cards().iter().map(|card| card.id).collect();
    assert_eq!(after, [ids[1], ids[0]]);
}

#[test]
fn a_candidate_under_the_pointer_is_shown_and_a_click_chooses_it() {
    let (_folder, mut studio) = planned();
    studio.press_ctrl(Key::Enter);
    studio.wait_until("candidates are ready", |session| session.cards()[0].state == StepState::Ready);
    let second = studio.harness.get_by_label("Candidate 2").rect().center();
    studio.harness.hover_at(second);
    studio.harness.run_steps(3);
    let hovered = studio.harness.state().state().hovered_candidate.clone().unwrap();
    assert!(Arc::ptr_eq(&hovered, &studio.card(0).candidates[1]));
    assert_eq!(studio.card(0).chosen, 0, "hovering chooses nothing");
    studio.click("Candidate 2");
    assert_eq!(studio.card(0).chosen, 1);
    studio.press(Key::P);
    assert!(studio.card(0).is_favourite(1));
    assert!(studio.has("Only the mask changed"));
}

#[test]
fn the_history_goes_back_to_where_one_clicks() {
    let (_folder, mut studio) = by_hand();
    studio.press(Key::R);
    studio.paint(&[(20.0, 20.0), (60.0, 60.0)]);
    studio.paint(&[(100.0, 20.0), (140.0, 60.0)]);
    studio.press_ctrl(Key::H);
    studio.harness.run_steps(3);
    studio.click("Add step");
    assert!(mask(&studio).is_empty());
    studio.harness.get_all_by_role_and_label(egui::accesskit::Role::Button, "Rectangle").nth(1).unwrap().click();
    studio.harness.run_steps(3);
    assert_eq!(mask(&studio).bounds(), Bounds::new(20, 20, 120, 40));
}

#[test]
fn a_mask_dropped_on_a_card_becomes_its_mask_and_another_size_is_asked_about() {
    let (folder, mut studio) = planned();
    let extent = studio.session().photo().unwrap().document.extent();
    let path = folder.path().join("mask.png");
    let wanted = Mask::rectangle(extent, Bounds::new(5, 6, 40, 30));
    files::save_mask(&path, &wanted).unwrap();
    let card = studio.harness.state().state().card_rects[0].1.left_center() + vec2(5.0, 0.0);
    studio.harness.hover_at(card);
    studio.harness.run_steps(1);
    studio.drop_file(&path);
    studio.wait_until_idle();
    assert_eq!(mask(&studio), wanted);

    files::save_mask(&path, &Mask::rectangle(Extent::new(120, 80), Bounds::new(10, 10, 20, 20))).unwrap();
    studio.drop_file(&path);
    studio.wait_until("it is asked about", |session| session.mask_question().is_some());
    assert!(studio.has("120×80") && studio.has("240×160"));
    studio.click("Scale to fit");
    assert!(mask(&studio).bounds().encloses(Bounds::new(20, 20, 40, 40)));

    let notes = folder.path().join("notes.txt");
    std::fs::write(&notes, "no mask").unwrap();
    studio.harness.hover_at(card);
    studio.harness.run_steps(1);
    studio.drop_file(&notes);
    studio.wait_until_idle();
    assert!(studio.has("notes.txt"), "{:?}", studio.session().notice());
}

#[test]
fn masks_are_exported_where_the_dialog_says() {
    let (folder, mut studio) = planned();
    let path = folder.path().join("red mask.png");
    *studio.dialogs.save.borrow_mut() = Some(path.clone());
    studio.scroll_to_and_click("Export…");
    studio.wait_until_idle();
    assert_eq!(files::open_mask(&path).unwrap().mask, mask(&studio));
    // Over the photograph itself it is refused.
    let photo = studio.session().photo().unwrap().source.clone();
    *studio.dialogs.save.borrow_mut() = Some(photo.clone());
    studio.scroll_to_and_click("Export…");
    studio.wait_until_idle();
    assert!(studio.has("is the photo itself"));
    assert_eq!(files::open_photo(&photo).unwrap().raster.extent(), Extent::new(240, 160));
}

#[test]
fn a_pasted_image_opens_and_text_on_the_clipboard_is_answered_in_words() {
    let (_folder, mut studio) = by_hand();
    studio.harness.event(egui::Event::Paste("some text".to_owned()));
    studio.harness.run_steps(3);
    assert!(studio.has("no image on the clipboard"));
    let pixels = egui::ColorImage::filled([30, 20], egui::Color32::from_rgb(10, 200, 30));
    studio.harness.event(egui::Event::PasteImage(Arc::new(pixels)));
    studio.harness.run_steps(3);
    let photo = studio.session().photo().unwrap();
    assert_eq!(photo.document.extent(), Extent::new(30, 20));
    assert_eq!(photo.document.current().pixel(3, 3), [10, 200, 30, 255]);
    assert!(studio.session().cards().is_empty());
}

#[test]
fn a_wide_panorama_opens_and_can_be_painted_at_its_far_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("panorama.png");
    let image = Raster::from_fn(Extent::new(17_000, 64), |x, y| [(x / 70) as u8, y as u8, 80, 255]);
    files::save_photo(&path, &image, &Metadata::default()).unwrap();
    let mut studio = Studio::with_photo(path, vec2(1280.0, 720.0), Theme::Dark);
    studio.click_containing("  Step");
    studio.harness.run_steps(2);
    studio.click("Remove");
    studio.press_ctrl(Key::Num1);
    studio.press(Key::H);
    // To the right end, by dragging the view.
    while studio.at(16_990.0, 32.0).x > 800.0 {
        let (from, to) = (egui::pos2(800.0, 400.0), egui::pos2(100.0, 400.0));
        studio.harness.hover_at(from);
        studio.harness.run_steps(1);
        studio.button(from, PointerButton::Primary, true, NONE);
        studio.harness.event(egui::Event::PointerMoved(to));
        studio.harness.run_steps(1);
        studio.button(to, PointerButton::Primary, false, NONE);
    }
    studio.press(Key::B);
    studio.paint(&[(16_950.0, 30.0), (16_980.0, 34.0)]);
    assert_eq!(mask(&studio).at(16_970, 32), 255);
}

#[test]
fn an_adjustment_is_seen_while_its_slider_moves_and_is_one_change_when_it_is_let_go() {
    let (_folder, path) = scene();
    // High enough for the slider to be in sight.
    let mut studio = Studio::with_photo(path, vec2(1280.0, 1100.0), Theme::Dark);
    studio.type_instruction("make the blue rectangle brighter");
    studio.press_ctrl(Key::Enter);
    studio.wait_until("it is planned", |session| !session.cards().is_empty() && session.is_idle());
    let recipe = |studio: &Studio| studio.card(0).recipe.clone().unwrap();
    let (before, gestures) = (recipe(&studio), studio.session().history_labels().1);
    let slider = |studio: &Studio| {
        let sliders = studio.harness.get_all_by_role(egui::accesskit::Role::Slider);
        sliders.last().map(|node| node.rect()).unwrap()
    };
    let rect = slider(&studio);
    studio.button(rect.left_center() + vec2(8.0, 0.0), PointerButton::Primary, true, NONE);
    studio.harness.run_steps(3);
    studio.wait_until("the slider's wish is shown", |session| session.shown_preview().is_some());
    assert_eq!(recipe(&studio), before, "the slider is still held");
    studio.button(rect.left_center() + vec2(8.0, 0.0), PointerButton::Primary, false, NONE);
    studio.harness.run_steps(3);
    assert_ne!(recipe(&studio), before);
    assert_eq!(studio.session().history_labels().1, gestures + 1, "one gesture");
    assert!(studio.session().shown_preview().is_some(), "it stays to be looked at");
}

#[test]
fn pictures_of_masks_that_nobody_has_any_more_leave_the_graphics_card() {
    let (_folder, mut studio) = planned();
    let stroke = |studio: &mut Studio, n: u8| {
        let y = 10.0 + 8.0 * f32::from(n);
        studio.paint(&[(60.0, y), (75.0, y)]);
        studio.wait_until_idle();
        studio.harness.ctx.tex_manager().read().num_allocated()
    };
    let first = stroke(&mut studio, 0);
    let last = (1..6).map(|n| stroke(&mut studio, n)).last().unwrap();
    assert!(last <= first, "{first} textures, then {last}");
}
