//! What egui draws over the canvas: badges, unfinished outlines, clicks, the context box, hints.

use super::gesture::{Gesture, Handle};
use super::input::{HANDLE_SIZE, handle_pos, selected_context};
use super::marks::{badge, choice_badge, double_line, tag};
use super::placing::placing_overlay;
use super::tool::Tool;
use crate::session::{Found, SelectTool, Session, StepState};
use crate::text::tr;
use crate::ui::cx::Cx;
use crate::ui::state::UiState;
use eframe::egui::{Color32, FontId, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Ui, pos2, vec2};
use tie_core::{Bounds, Click, Point};

/// Everything over the photo and its masks.
pub(super) fn overlay_ui(ui: &Ui, cx: &mut Cx<'_>, rect: Rect) {
    let session = cx.session;
    let painter = ui.painter().with_clip_rect(rect);
    context_box(&painter, cx);
    placing_overlay(&painter, session, cx.state);
    if let Some(gesture) = &cx.state.gesture {
        outline(ui, &painter, cx.state, gesture);
    }
    if cx.state.tool == Tool::Smart
        && let Some(hovered) = session.hovered()
    {
        for line in &hovered.outline {
            double_line(&painter, line.map(|at| cx.state.view.ui_from_image(at)).to_vec(), false);
        }
    }
    if let Some(selection) = session.selection()
        && let SelectTool::Smart { clicks, bounds } = &selection.tool
    {
        if let Some(bounds) = bounds {
            let corners = [Point::new(bounds.x as f32, bounds.y as f32), far_corner(*bounds)];
            let corners = corners.map(|corner| cx.state.view.ui_from_image(corner));
            double_line(&painter, rectangle(corners[0], corners[1]), true);
        }
        for click in clicks {
            click_mark(&painter, cx.state, *click);
        }
    }
}

fn far_corner(bounds: Bounds) -> Point {
    Point::new(bounds.right() as f32, bounds.bottom() as f32)
}

/// A number at each mask, and at each region that fits: colour alone would not tell them apart.
pub(super) fn badges(ui: &Ui, session: &Session, state: &UiState, rect: Rect) {
    if session.is_drawing() {
        return;
    }
    let painter = ui.painter().with_clip_rect(rect);
    let selected = session.selected().map(|card| card.id);
    for (index, card) in session.cards().iter().enumerate() {
        let is_selected = Some(card.id) == selected;
        // Nothing covers a result.
        let has_result = !is_selected && card.candidate().is_some();
        if card.is_decided() || !card.enabled || session.shown_candidate().is_some() || has_result {
            continue;
        }
        let Some(measures) = session.measures(card.id) else {
            continue;
        };
        if is_selected && card.offers_regions() {
            for (number, at) in measures.proposal_anchors.iter().enumerate() {
                let chosen = number == card.proposal;
                choice_badge(&painter, state.view.ui_from_image(*at), number, chosen);
            }
        } else if let Some(anchor) = measures.anchor {
            badge(&painter, state.view.ui_from_image(anchor), index);
        }
    }
}

fn rectangle(a: Pos2, b: Pos2) -> Vec<Pos2> {
    vec![a, pos2(b.x, a.y), b, pos2(a.x, b.y)]
}

/// The outline that is being drawn.
fn outline(ui: &Ui, painter: &Painter, state: &UiState, gesture: &Gesture) {
    let at = |point: &Point| state.view.ui_from_image(*point);
    match gesture {
        Gesture::Lasso { path, .. } => {
            double_line(painter, path.iter().map(at).collect(), false);
            if let (Some(first), Some(last)) = (path.first(), path.last()) {
                closing_line(painter, at(last), at(first));
            }
        }
        Gesture::Polygon { corners, .. } => {
            let pointer = ui.input(|input| input.pointer.hover_pos());
            let points: Vec<Pos2> = corners.iter().map(at).chain(pointer).collect();
            if let (Some(first), Some(last)) = (points.first(), points.last()) {
                closing_line(painter, *last, *first);
            }
            double_line(painter, points, false);
            for corner in corners {
                let place = Rect::from_center_size(at(corner), vec2(7.0, 7.0));
                painter.rect(place, 1, Color32::WHITE, Stroke::new(1.0, Color32::BLACK), StrokeKind::Outside);
            }
        }
        Gesture::Drag { from, to, ellipse, .. } => {
            let (a, b) = (at(from), at(to));
            let points = if *ellipse { ellipse_points(a, b) } else { rectangle(a, b) };
            double_line(painter, points, true);
        }
        Gesture::Smart { from, to, .. } => double_line(painter, rectangle(at(from), at(to)), true),
        Gesture::Wand { start, tolerance } => {
            let text = tr!("canvas-tolerance", tolerance = i64::from(*tolerance));
            tag(painter, *start + vec2(16.0, -22.0), &text);
        }
        Gesture::Context { .. } | Gesture::Place { .. } => {}
    }
}

fn ellipse_points(a: Pos2, b: Pos2) -> Vec<Pos2> {
    let rect = Rect::from_two_pos(a, b);
    let corner = |step: usize| {
        let (sin, cos) = (step as f32 / 72.0 * std::f32::consts::TAU).sin_cos();
        rect.center() + vec2(cos * rect.width() / 2.0, sin * rect.height() / 2.0)
    };
    (0..72).map(corner).collect()
}

/// How the outline would close.
fn closing_line(painter: &Painter, from: Pos2, to: Pos2) {
    painter.extend(Shape::dashed_line(&[from, to], Stroke::new(1.2, Color32::WHITE), 4.0, 4.0));
}

/// A plus in a green circle for what belongs, a minus in a red square for what does not.
fn click_mark(painter: &Painter, state: &UiState, click: Click) {
    let centre = state.view.ui_from_image(click.at);
    let edge = Stroke::new(1.5, Color32::WHITE);
    if click.include {
        painter.circle(centre, 8.0, Color32::from_rgb(0, 120, 80), edge);
    } else {
        let place = Rect::from_center_size(centre, vec2(15.0, 15.0));
        painter.rect(place, 2, Color32::from_rgb(190, 50, 20), edge, StrokeKind::Outside);
    }
    let bar = Stroke::new(2.0, Color32::WHITE);
    painter.line_segment([centre - vec2(4.0, 0.0), centre + vec2(4.0, 0.0)], bar);
    if click.include {
        painter.line_segment([centre - vec2(0.0, 4.0), centre + vec2(0.0, 4.0)], bar);
    }
}

/// The engine's context, dashed; with handles while it can be changed.
fn context_box(painter: &Painter, cx: &mut Cx<'_>) {
    let (session, tokens) = (cx.session, cx.tokens);
    let moved = match &cx.state.gesture {
        Some(Gesture::Context { now, .. }) => Some(*now),
        _ => None,
    };
    let waits = session.selected().is_some_and(|card| !card.is_decided()) && session.shown_candidate().is_none();
    let Some(context) = moved.or_else(|| selected_context(session)).filter(|_| waits) else {
        return;
    };
    let a = cx.state.view.ui_from_image(Point::new(context.x as f32, context.y as f32));
    let b = cx.state.view.ui_from_image(far_corner(context));
    let holds = cx.state.tool == Tool::Context;
    let mut corners = rectangle(a, b);
    corners.push(a);
    let strength = if holds { 230 } else { 120 };
    painter.add(Shape::closed_line(rectangle(a, b), Stroke::new(1.0, Color32::from_black_alpha(strength / 2))));
    let dashes = Stroke::new(1.0, Color32::from_white_alpha(strength));
    painter.extend(Shape::dashed_line(&corners, dashes, 6.0, 5.0));
    if !holds {
        return;
    }
    for handle in Handle::ALL.into_iter().filter(|handle| *handle != Handle { x: 0, y: 0 }) {
        let place = Rect::from_center_size(handle_pos(cx.state, context, handle), HANDLE_SIZE);
        painter.rect(place, 1, Color32::WHITE, Stroke::new(1.0, tokens.accent), StrokeKind::Outside);
    }
    tag(painter, pos2(a.x.min(b.x) + 2.0, a.y.min(b.y) - 22.0), &format!("{}", context.extent()));
}

/// Hints over the canvas: what is shown, and what to do next with the active tool.
pub(super) fn hints(ui: &Ui, cx: &mut Cx<'_>, rect: Rect, shows_original: bool) {
    let (session, tokens) = (cx.session, cx.tokens);
    let selected = session.selected();
    let is_empty = selected.is_some_and(|card| card.state == StepState::Located(Found::Empty));
    let offered = selected.filter(|card| card.offers_regions());
    let text = if shows_original {
        tr!("canvas-original")
    } else if cx.state.compare {
        tr!("canvas-compare")
    } else if let Some(selection) = session.selection().filter(|selection| !selection.is_wand()) {
        match (selection.waiting, selection.proposals.is_empty(), selection.proposals.len() > 1) {
            (true, _, _) => tr!("canvas-selecting"),
            (false, true, _) => tr!("canvas-selected-nothing"),
            (false, false, false) => tr!("canvas-selected"),
            (false, false, true) => tr!("canvas-selected-several"),
        }
    } else if matches!(cx.state.gesture, Some(Gesture::Polygon { .. })) {
        tr!("canvas-polygon")
    } else if session.is_planning() {
        tr!("canvas-planning")
    } else if let Some(hovered) = session.hovered().filter(|_| cx.state.tool == Tool::Smart) {
        &tr!("canvas-smart-hover", what = hovered.proposal.reason.as_str())
    } else if session.cards().is_empty() {
        tr!("canvas-no-steps")
    } else if let Some(card) = offered {
        if card.proposals.len() > 1 { tr!("canvas-ambiguous") } else { tr!("canvas-unsure") }
    } else if is_empty {
        tr!("canvas-nothing-found")
    } else if cx.state.tool == Tool::Smart {
        tr!("canvas-smart")
    } else {
        return;
    };
    let galley = ui.painter().layout(text.to_owned(), FontId::proportional(13.0), tokens.text, rect.width() - 40.0);
    let size = galley.size() + vec2(20.0, 10.0);
    let place = Rect::from_center_size(pos2(rect.center().x, rect.bottom() - 14.0 - size.y / 2.0), size);
    let ground = tokens.raised.gamma_multiply(0.92);
    ui.painter().rect(place, 6, ground, Stroke::new(1.0, tokens.border), StrokeKind::Inside);
    ui.painter().galley(place.min + vec2(10.0, 5.0), galley, tokens.text);
}
