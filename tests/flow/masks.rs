//! Correcting masks: shapes, wand, smart select, other steps, files, straight lines.

use super::*;
use std::sync::Arc;
use tie_core::{Combine, CopyRule, Fit, Mask, Shape, Sources};

fn mask(story: &Story, index: usize) -> Mask {
    story.session.cards()[index]
        .mask
        .as_ref()
        .map_or_else(|| Mask::empty(scene().extent()), |mask| (*mask.result).clone())
}

/// A session with one step to paint by hand.
fn by_hand() -> Story {
    let mut story = Story::with_scene();
    story.apply(Command::AddStep(SubTask::new(1, EditOp::Remove, "")));
    story.finish_jobs();
    story
}

#[test]
fn shapes_add_subtract_and_intersect_and_each_is_one_undo() {
    let mut story = by_hand();
    let rectangle =
        |x, y, width, height| Shape::Rectangle { a: Point::new(x, y), b: Point::new(x + width, y + height) };
    story.apply(Command::SelectShape(rectangle(10.0, 10.0, 40.0, 40.0), Combine::Add));
    assert_eq!(mask(&story, 0).area(), 1600);
    story.apply(Command::SelectShape(rectangle(10.0, 10.0, 20.0, 40.0), Combine::Subtract));
    assert_eq!(mask(&story, 0).bounds(), Bounds::new(30, 10, 20, 40));
    story.apply(Command::SelectShape(rectangle(30.0, 10.0, 20.0, 10.0), Combine::Intersect));
    assert_eq!(mask(&story, 0).bounds(), Bounds::new(30, 10, 20, 10));
    let corners = [(60.0, 60.0), (90.0, 60.0), (90.0, 90.0)].map(|(x, y)| Point::new(x, y));
    story.apply(Command::SelectShape(Shape::Polygon(corners.to_vec()), Combine::Add));
    assert_eq!(mask(&story, 0).at(85, 65), 255);

    let (labels, done) = story.session.history_labels();
    assert_eq!(labels, ["Add step", "Rectangle", "Rectangle", "Rectangle", "Lasso"]);
    assert_eq!(done, 5);
    story.apply(Command::HistoryTo(2));
    assert_eq!(mask(&story, 0).area(), 1600, "after the first rectangle");
    story.apply(Command::HistoryTo(5));
    assert_eq!(mask(&story, 0).at(85, 65), 255, "all of it again");
    story.apply(Command::HistoryTo(0));
    assert!(story.session.cards().is_empty(), "as it was opened");
}

#[test]
fn the_wand_follows_its_tolerance_and_is_one_undo_when_it_is_let_go() {
    let mut story = by_hand();
    let at = Point::new(30.0, 40.0);
    story.apply(Command::WandBegin { at, tolerance: 0, contiguous: true, how: Combine::Add });
    story.finish_jobs();
    let few = story.session.selection().unwrap().mask().unwrap().area();
    story.apply(Command::WandTo(40));
    story.finish_jobs();
    let selected = story.session.selection().unwrap().mask().unwrap().bounds();
    assert!(few < RED.extent().area(), "grain is not within tolerance 0: {few}");
    assert!(selected.encloses(RED) && RED.grow(2).encloses(selected), "{selected:?}");
    assert!(mask(&story, 0).is_empty(), "nothing is taken over before the wand is let go");
    story.apply(Command::WandEnd);
    assert!(story.session.selection().is_none());
    // The soft edge rounds the corners.
    assert!(mask(&story, 0).area() * 20 >= RED.extent().area() * 19, "{:?}", mask(&story, 0));
    story.apply(Command::Undo);
    assert!(mask(&story, 0).is_empty());
}

#[test]
fn a_wand_that_is_let_go_at_once_still_selects() {
    let mut story = by_hand();
    story.apply(Command::WandBegin { at: Point::new(30.0, 40.0), tolerance: 40, contiguous: true, how: Combine::Add });
    story.apply(Command::WandEnd);
    story.finish_jobs();
    // The soft edge rounds the corners.
    assert!(mask(&story, 0).area() * 20 >= RED.extent().area() * 19, "{:?}", mask(&story, 0));
}

#[test]
fn smart_select_shows_what_it_found_and_takes_it_over_only_when_it_is_accepted() {
    let mut story = by_hand();
    let click = |include, x, y| Command::SmartClick { at: Point::new(x, y), include, reach: 3.0, how: Combine::Add };
    story.apply(click(true, 95.0, 50.0));
    story.finish_jobs();
    let found = story.session.selection().unwrap().mask().unwrap().clone();
    assert!(found.iou(&Mask::rectangle(found.extent(), BLUE)) > 0.8, "the click finds the rectangle");
    assert!(mask(&story, 0).is_empty());
    story.apply(Command::SelectionDiscard);
    assert!(story.session.selection().is_none() && mask(&story, 0).is_empty());

    story.apply(Command::SmartBox(BLUE.grow(4), Combine::Add));
    story.finish_jobs();
    story.apply(Command::SelectionAccept);
    assert!(mask(&story, 0).iou(&Mask::rectangle(found.extent(), BLUE)) > 0.8, "the box finds it as well");

    // A click on a point that is there takes it away; with the last one the selection is gone.
    story.apply(click(true, 30.0, 40.0));
    story.apply(click(true, 31.0, 41.0));
    story.finish_jobs();
    assert!(story.session.selection().is_none());
}

#[test]
fn a_stroke_with_shift_is_a_straight_line_from_the_last_one() {
    let mut story = by_hand();
    let brush = Brush { size: 6.0, hardness: 1.0, ..Brush::default() };
    let begin =
        |x, y, line| Command::StrokeBegin { brush, mode: StrokeMode::Add, at: Point::new(x, y), pressure: 1.0, line };
    story.apply(begin(10.0, 10.0, false));
    story.apply(Command::StrokeEnd);
    story.apply(begin(110.0, 10.0, true));
    story.apply(Command::StrokeEnd);
    assert!((10..110).all(|x| mask(&story, 0).at(x, 10) == 255), "no gap between the two clicks");
    assert_eq!(story.session.history_labels().0, ["Add step", "Brush stroke", "Brush stroke"]);
}

#[test]
fn another_steps_mask_can_be_added_subtracted_and_intersected() {
    let mut story = Story::planned("remove the red square and turn the blue rectangle green");
    let (red, blue) = (story.step(0), story.step(1));
    let (own, other) = (mask(&story, 0), mask(&story, 1));
    story.apply(Command::CombineMasks { step: red, with: blue, how: Combine::Add });
    assert_eq!(mask(&story, 0).area(), own.area() + other.area());
    story.apply(Command::CombineMasks { step: red, with: blue, how: Combine::Intersect });
    assert_eq!(mask(&story, 0), other);
    story.apply(Command::CombineMasks { step: red, with: blue, how: Combine::Subtract });
    assert!(mask(&story, 0).is_empty());
    for _ in 0..3 {
        story.apply(Command::Undo);
    }
    assert_eq!(mask(&story, 0), own);
}

#[test]
fn masks_go_out_as_png_and_come_back_into_another_step() {
    let mut story = Story::planned("remove the red square and turn the blue rectangle green");
    let (red, blue) = (story.step(0), story.step(1));
    let wanted = mask(&story, 0);
    let path = story.path("red.png");
    story.apply(Command::ExportMask(red, path.clone()));
    story.finish_jobs();
    assert_eq!(story.session.notice(), Some(&Notice::Success("Saved the mask as red.png".to_owned())));
    story.apply(Command::ImportMask(blue, path));
    story.finish_jobs();
    assert_eq!(mask(&story, 1), wanted);
    story.apply(Command::Undo);
    assert!(mask(&story, 1) != wanted);
    story.apply(Command::CopyMask(red));
    story.apply(Command::PasteMask(blue));
    assert_eq!(mask(&story, 1), wanted, "copied and pasted");
}

#[test]
fn a_mask_of_another_size_is_asked_about_and_nothing_happens_on_cancel() {
    let mut story = by_hand();
    let id = story.step(0);
    let half = Arc::new(Mask::rectangle(Extent::new(70, 50), Bounds::new(10, 10, 20, 20)));
    story.apply(Command::SetMask(id, Arc::clone(&half)));
    assert!(story.session.mask_question().is_some() && mask(&story, 0).is_empty());
    story.apply(Command::FitMask(None));
    assert!(story.session.mask_question().is_none() && mask(&story, 0).is_empty());
    story.apply(Command::SetMask(id, Arc::clone(&half)));
    story.apply(Command::FitMask(Some(Fit::Scale)));
    let scaled = mask(&story, 0).bounds();
    assert!(scaled.encloses(Bounds::new(20, 20, 40, 40)), "{scaled:?}");
    story.apply(Command::SetMask(id, half));
    story.apply(Command::FitMask(Some(Fit::Centre)));
    assert_eq!(mask(&story, 0).bounds(), Bounds::new(45, 35, 20, 20));
}

#[test]
fn an_inverted_looking_mask_is_turned_over_and_that_is_said() {
    let mut story = by_hand();
    let id = story.step(0);
    let mut inverted = Mask::rectangle(scene().extent(), RED);
    inverted.invert();
    let path = story.path("inverted.png");
    files::save_mask(&path, &inverted).unwrap();
    story.apply(Command::ImportMask(id, path));
    story.finish_jobs();
    assert_eq!(mask(&story, 0).bounds(), RED);
    assert!(matches!(story.session.notice(), Some(Notice::Success(text)) if text.contains("looked inverted")));
}

#[test]
fn a_text_file_as_mask_is_refused_in_one_sentence() {
    let mut story = by_hand();
    let id = story.step(0);
    let path = story.path("notes.png");
    std::fs::write(&path, "not a picture").unwrap();
    story.apply(Command::ImportMask(id, path));
    story.finish_jobs();
    assert!(matches!(story.session.notice(), Some(Notice::Error(text)) if text.contains("notes.png")));
    assert!(mask(&story, 0).is_empty());
}

#[test]
fn what_the_window_shows_of_a_mask_is_counted_after_the_stroke() {
    let mut story = by_hand();
    let id = story.step(0);
    story.stroke((20.0, 30.0), (60.0, 30.0), StrokeMode::Add);
    story.finish_jobs();
    let measures = story.session.measures(id).unwrap();
    assert_eq!(measures.regions, 1);
    assert_eq!(measures.bounds, mask(&story, 0).bounds());
    assert!((measures.area - mask(&story, 0).area_fraction()).abs() < 1e-6);
    let context = measures.context.unwrap();
    assert!(context.encloses(measures.bounds), "the engine sees the whole mask: {context:?}");
    let blend = measures.blend.as_ref().unwrap();
    assert!(blend.bounds().encloses(measures.bounds), "the ring lies around the mask");
}

/// How many pixels the masks have that a step which runs now copies only from, and nothing from.
fn sources(story: &mut Story, index: usize) -> [Option<usize>; 2] {
    let effects = story.session.apply(Command::Run(story.step(index)));
    let given = effects.iter().find_map(|effect| match effect {
        Effect::Submit(_, Job::Inpaint { sources: Sources { only, avoid }, .. }) => {
            Some([only, avoid].map(|mask| mask.as_ref().map(|mask| mask.area())))
        }
        _ => None,
    });
    story.carry_out(effects);
    story.finish_jobs();
    given.unwrap()
}

#[test]
fn a_step_copies_nothing_from_what_is_to_be_removed_or_from_a_step_that_the_person_names() {
    let mut story = Story::planned("remove the red square and turn the blue rectangle green");
    let (red, blue) = (story.step(0), story.step(1));
    assert_eq!(sources(&mut story, 0), [None, None], "the blue rectangle stays, and may be copied");
    assert!(story.session.sources(red).all(|other| other.rule.is_none() && !other.is_removed));
    let avoid = |step, other| Command::SetCopyRule { step, other, rule: Some(CopyRule::Avoid) };
    story.apply(avoid(red, blue));
    assert!(story.session.cards()[0].outdated, "what was made before may show it");
    assert_eq!(sources(&mut story, 0), [None, Some(mask(&story, 1).area())]);
    assert!(!story.session.cards()[0].outdated);

    // The other step's mask counts as it is, switched on or not.
    story.apply(Command::SetEnabled(blue, false));
    story.apply(Command::Mask(blue, MaskOp::Grow(3.0)));
    assert!(story.session.cards()[0].outdated);
    assert_eq!(sources(&mut story, 0), [None, Some(mask(&story, 1).area())]);
    // Two runs, the mask, the switch and the rule.
    for _ in 0..5 {
        story.apply(Command::Undo);
    }
    assert!(story.session.cards()[0].copy_rules.is_empty(), "naming it is undone like all else");
    story.apply(Command::Redo);
    assert_eq!(sources(&mut story, 0), [None, Some(mask(&story, 1).area())]);
    assert!(!story.session.cards()[0].outdated);
    story.apply(Command::DeleteStep(blue));
    assert!(story.session.cards()[0].copy_rules.is_empty());
    assert!(story.session.cards()[0].outdated, "what it was made with is gone");
    assert_eq!(sources(&mut story, 0), [None, None]);
}

#[test]
fn a_step_copies_only_from_a_step_that_the_person_names_and_sees_that_far() {
    let mut story = Story::planned("remove the red square and turn the blue rectangle green");
    let (red, blue) = (story.step(0), story.step(1));
    story.apply(Command::Select(red));
    story.finish_jobs();
    let context = |story: &Story| story.session.measures(story.step(0)).unwrap().context.unwrap();
    let own = story.session.cards()[0].recipe.clone().unwrap();
    let recipe = Recipe { context: Some(Bounds::new(0, 0, 1, 1)), ..own };
    story.apply(Command::EditRecipe(red, recipe));
    story.finish_jobs();
    assert!(!context(&story).encloses(mask(&story, 1).bounds()));
    story.apply(Command::SetCopyRule { step: red, other: blue, rule: Some(CopyRule::Only) });
    story.finish_jobs();
    assert!(context(&story).encloses(mask(&story, 1).bounds()), "the frame holds all that is copied");
    assert_eq!(sources(&mut story, 0), [Some(mask(&story, 1).area()), None]);
    // A fill from the blue rectangle is blue.
    let candidate = &story.session.cards()[0].candidates[0];
    let inside = candidate.patch.pixel(candidate.bounds.width / 2, candidate.bounds.height / 2);
    assert!(inside[2] > inside[0] && inside[2] > 100, "{inside:?}");
}

#[test]
fn rules_about_copying_follow_split_and_merged_steps() {
    let mut story = by_hand();
    let rectangle = |x| Shape::Rectangle { a: Point::new(x, 10.0), b: Point::new(x + 20.0, 30.0) };
    story.apply(Command::SelectShape(rectangle(10.0), Combine::Add));
    story.apply(Command::SelectShape(rectangle(60.0), Combine::Add));
    story.apply(Command::AddStep(SubTask::new(2, EditOp::Remove, "")));
    let (two, hole) = (story.step(0), story.step(1));
    story.apply(Command::SetCopyRule { step: hole, other: two, rule: Some(CopyRule::Avoid) });
    story.apply(Command::SplitStep(two));
    let parts = [story.step(0), story.step(1)];
    let rules = |story: &Story, index: usize| parts.map(|part| story.session.cards()[index].copy_rules.of(part));
    assert_eq!(rules(&story, 2), [Some(CopyRule::Avoid); 2]);
    story.apply(Command::MergeStep(parts[1]));
    assert_eq!(rules(&story, 1), [Some(CopyRule::Avoid), None]);
    story.apply(Command::MergeStep(hole));
    assert!(story.session.cards()[0].copy_rules.is_empty(), "nothing has a rule for itself");
}

#[test]
fn with_a_model_the_photograph_is_looked_at_beforehand_and_a_click_offers_several_masks() {
    let small = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/mobile-sam-tiny");
    let store = tie_store::Store::at(small);
    let registry = Registry::embedded().with_models(&store, tie_nets::compute::Compute::processor);
    let mut story = Story::of(&registry).open_scene();
    story.apply(Command::AddStep(SubTask::new(1, EditOp::Remove, "")));
    let effects = story.session.apply(Command::SmartPrepare);
    assert!(matches!(effects.as_slice(), [Effect::Submit(_, Job::Prepare { .. })]), "{effects:?}");
    assert!(story.session.activity().is_some(), "the status bar says so");
    story.carry_out(effects);
    story.finish_jobs();
    story.apply(Command::SmartClick { at: Point::new(95.0, 50.0), include: true, reach: 3.0, how: Combine::Add });
    story.finish_jobs();
    let selection = story.session.selection().unwrap();
    assert!(selection.proposals.iter().all(|proposal| proposal.source == "sam"));
    // Random weights: two of the three may be the same, or nothing.
    let count = selection.proposals.len();
    assert!(count >= 1);
    story.apply(Command::SelectionNext);
    assert_eq!(story.session.selection().unwrap().chosen, 1 % count);
    let shown = story.session.selection().unwrap().mask().unwrap().clone();
    story.apply(Command::SelectionAccept);
    assert_eq!(mask(&story, 0), *shown);
}

#[test]
fn without_a_model_nothing_is_looked_at_beforehand() {
    let mut story = by_hand();
    assert!(story.session.apply(Command::SmartPrepare).is_empty());
}

#[test]
fn a_hover_asks_what_is_there_and_changes_nothing() {
    let mut story = by_hand();
    assert!(story.session.apply(Command::SmartHover(Some(Point::new(-3.0, 5.0)))).is_empty(), "outside is nothing");
    let before = story.session.cards().len();
    let effects = story.session.apply(Command::SmartHover(Some(Point::new(95.0, 50.0))));
    assert!(matches!(effects.as_slice(), [Effect::Submit(_, Job::Hover { .. })]), "{effects:?}");
    assert!(story.session.activity().is_none(), "nobody waits for it");
    story.carry_out(effects);
    story.finish_jobs();
    let hovered = story.session.hovered().expect("something is seen there");
    assert!(hovered.proposal.mask.at(95, 50) > 127 && hovered.proposal.mask.at(5, 5) == 0);
    story.apply(Command::SmartHover(None));
    assert!(story.session.hovered().is_none(), "the pointer has left");
    assert!(story.session.selection().is_none() && story.session.cards().len() == before);
}
