//! A hand that is faster than the frames: what it draws lies where it was, however many events a frame brings.

use crate::support::Studio;
use crate::tools::{by_hand, mask};
use eframe::egui::{self, Event, Key, Modifiers, PointerButton, Pos2};
use tie_core::{Bounds, Extent, Mask, Point, Stroke, StrokeMode};

/// Positions that a mouse reports at 1,000 a second while it goes three pixels in each: once round a circle.
fn circle() -> Vec<(f32, f32)> {
    let (radius, steps) = (50.0_f32, 105);
    let at = |step: u16| f32::from(step) / f32::from(steps) * std::f32::consts::TAU;
    (0..=steps).map(|step| (120.0 + radius * at(step).cos(), 80.0 + radius * at(step).sin())).collect()
}

/// A press at the beginning of a path of image points, moves along it, and the release at its end.
fn gesture(studio: &Studio, path: &[(f32, f32)]) -> Vec<Event> {
    let at: Vec<Pos2> = path.iter().map(|(x, y)| studio.at(*x, *y)).collect();
    let button = |pos, pressed| {
        let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
        Event::PointerButton { pos, button, pressed, modifiers }
    };
    let moves = at.iter().map(|at| Event::PointerMoved(*at));
    let (first, last) = (at[0], at[at.len() - 1]);
    [Event::PointerMoved(first), button(first, true)].into_iter().chain(moves).chain([button(last, false)]).collect()
}

/// What a tool selects with a path, when each frame brings this many events.
fn drawn(tool: Key, path: &[(f32, f32)], per_frame: usize) -> Mask {
    let (_folder, mut studio) = by_hand();
    studio.press(tool);
    for events in gesture(&studio, path).chunks(per_frame) {
        studio.frame(events);
    }
    studio.harness.run_steps(3);
    studio.wait_until_idle();
    mask(&studio)
}

const PER_FRAME: [usize; 4] = [1, 5, 50, 1000];

#[test]
fn a_stroke_lies_where_the_hand_was() {
    let brush = by_hand().1.session().settings().brush;
    let path = circle();
    let mut ideal = Mask::empty(Extent::new(240, 160));
    let point = |(x, y): (f32, f32)| Point::new(x, y);
    let (mut stroke, _) = Stroke::begin(&mut ideal, brush, StrokeMode::Add, point(path[0]), 1.0);
    for at in &path[1..] {
        stroke.extend(&mut ideal, point(*at), 1.0);
    }
    for per_frame in PER_FRAME {
        let iou = drawn(Key::B, &path, per_frame).iou(&ideal);
        assert!(iou > 0.99, "{per_frame} events a frame: {iou}");
    }
}

#[test]
fn an_outline_begins_where_the_button_went_down_and_ends_where_it_went_up() {
    let corners = [(20.0, 20.0), (60.0, 30.0), (90.0, 65.0)];
    let lasso = drawn(Key::L, &circle(), 1);
    assert!(lasso.area() > 7000, "{}", lasso.area());
    for per_frame in PER_FRAME {
        assert_eq!(drawn(Key::R, &corners, per_frame).bounds(), Bounds::new(20, 20, 70, 45), "{per_frame} a frame");
        assert!(drawn(Key::L, &circle(), per_frame).iou(&lasso) > 0.99, "{per_frame} a frame");
    }
}

#[test]
fn two_dabs_in_one_frame_are_two_dabs_and_one_step() {
    let (_folder, path) = crate::support::scene();
    let size = egui::vec2(1280.0, 720.0);
    let mut studio = Studio::with_photo(path, size, egui::Theme::Dark);
    let dabs = [(50.0, 40.0), (180.0, 120.0)].map(|at| gesture(&studio, &[at]));
    studio.frame(&dabs.concat());
    studio.harness.run_steps(3);
    studio.wait_until_idle();
    assert_eq!(studio.session().cards().len(), 1);
    let mask = mask(&studio);
    assert!(mask.at(50, 40) > 0 && mask.at(180, 120) > 0 && mask.at(115, 80) == 0);
}

#[test]
fn a_stroke_ends_when_the_window_loses_the_focus_and_goes_on_when_the_pointer_comes_back() {
    let (_folder, mut studio) = by_hand();
    let events = gesture(&studio, &[(40.0, 40.0), (60.0, 40.0)]);
    studio.frame(&events[..3]);
    studio.frame(&[Event::PointerGone]);
    studio.frame(&[Event::PointerMoved(studio.at(90.0, 40.0))]);
    assert!(studio.session().is_drawing(), "the button is still held");
    studio.frame(&[Event::WindowFocused(false)]);
    studio.harness.run_steps(2);
    assert!(!studio.session().is_drawing());
    let mask = mask(&studio);
    assert!(mask.at(88, 40) > 0);
}
