//! Marks that stay readable on any photograph: badges, lines, words.

use crate::ui::theme;
use eframe::egui::{Align2, Color32, CornerRadius, FontId, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, vec2};

/// A step's number on its hue.
pub(in crate::ui) fn badge(painter: &Painter, centre: Pos2, index: usize) {
    let hue = theme::step_hue(index);
    painter.circle(centre, 10.0, hue, Stroke::new(1.5, Color32::from_black_alpha(180)));
    let font = FontId::new(12.0, theme::strong_family());
    painter.text(centre, Align2::CENTER_CENTER, index + 1, font, theme::text_on(hue));
}

/// Half the side of a badge that can be clicked.
pub(super) const CHOICE_REACH: f32 = 13.0;

/// The letter of a region to choose: square, so that it is not taken for a step's number.
pub(super) fn choice_badge(painter: &Painter, centre: Pos2, number: usize, chosen: bool) {
    let place = Rect::from_center_size(centre, vec2(CHOICE_REACH, CHOICE_REACH) * 2.0);
    let (fill, text) = if chosen { (Color32::WHITE, Color32::BLACK) } else { (Color32::BLACK, Color32::WHITE) };
    painter.rect(place, 5, fill, Stroke::new(2.0, text), StrokeKind::Inside);
    painter.text(centre, Align2::CENTER_CENTER, choice_letter(number), FontId::new(14.0, theme::strong_family()), text);
}

/// A, B, C … for regions to choose from.
pub(in crate::ui) fn choice_letter(number: usize) -> char {
    u8::try_from(number).ok().and_then(|number| b'A'.checked_add(number)).map_or('?', char::from)
}

/// Two lines, black below white: seen on any photograph.
pub(super) fn double_line(painter: &Painter, points: Vec<Pos2>, closed: bool) {
    let shape = |points: Vec<Pos2>, stroke: Stroke| {
        if closed { Shape::closed_line(points, stroke) } else { Shape::line(points, stroke) }
    };
    painter.add(shape(points.clone(), Stroke::new(3.0, Color32::from_black_alpha(170))));
    painter.add(shape(points, Stroke::new(1.2, Color32::WHITE)));
}

/// Small words on a dark ground.
pub(super) fn tag(painter: &Painter, at: Pos2, text: &str) {
    let galley = painter.layout_no_wrap(text.to_owned(), FontId::proportional(12.0), Color32::WHITE);
    let place = Rect::from_min_size(at, galley.size() + vec2(10.0, 4.0));
    painter.rect_filled(place, CornerRadius::same(4), Color32::from_black_alpha(190));
    painter.galley(at + vec2(5.0, 2.0), galley, Color32::WHITE);
}
