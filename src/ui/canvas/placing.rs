//! Placing a moved or copied thing: its outline and handle on the canvas, its numbers in the inspector.

use super::gesture::Gesture;
use super::marks::double_line;
use crate::session::{Card, Command, Session};
use crate::text::tr;
use crate::ui::cx::Cx;
use crate::ui::state::UiState;
use crate::ui::widgets::{checkbox, number_row};
use eframe::egui::{
    self, Checkbox, Color32, CursorIcon, DragValue, Painter, Pos2, Rect, Response, RichText, Sense, Shape, Stroke, Ui,
    vec2,
};
use tie_core::{Method, Offset, Placement, Point, Recipe};

/// Half the side of a handle, in ui points.
const REACH: f32 = 13.0;

/// The selected step with what it moves, while that is undecided.
fn in_hand<'s>(session: &'s Session, state: &UiState) -> Option<(&'s Card, Placement)> {
    let card = session.selected().filter(|card| !card.is_decided() && card.enabled)?;
    let placement = match &state.gesture {
        Some(Gesture::Place { now, .. }) => now.clone(),
        _ => session.placement_in_hand(card.id)?,
    };
    session.measures(card.id).filter(|measures| !measures.bounds.is_empty())?;
    Some((card, placement))
}

/// The middle of the paste, in the window.
fn handle_pos(session: &Session, state: &UiState, card: &Card, placement: &Placement, offset: Offset) -> Option<Pos2> {
    let target = placement.target(session.measures(card.id)?.bounds, offset);
    Some(state.view.ui_from_image(target.centre()))
}

/// Lets you drag the paste; returns whether the pointer is busy with that.
pub(super) fn placing_input(ui: &Ui, canvas: &Response, cx: &mut Cx<'_>) -> bool {
    let session = cx.session;
    let Some((card, placement)) = in_hand(session, cx.state) else {
        return false;
    };
    let (pressed, down, origin, latest) = ui.input(|input| {
        let pointer = &input.pointer;
        (pointer.primary_pressed(), pointer.primary_down(), pointer.press_origin(), pointer.latest_pos())
    });
    let mut busy = matches!(cx.state.gesture, Some(Gesture::Place { .. }));
    for (index, offset) in placement.offsets.iter().enumerate() {
        let Some(centre) = handle_pos(session, cx.state, card, &placement, *offset) else {
            continue;
        };
        let place = Rect::from_center_size(centre, vec2(REACH, REACH) * 2.0);
        let response = ui.interact(place, ui.scope_id().with(("place", card.id, index)), Sense::drag());
        let name = handle_name(index, placement.offsets.len());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
        let response = response.on_hover_cursor(CursorIcon::Move).on_hover_text(&name);
        busy |= response.hovered();
        // By where the button went down: in a slow frame the pointer has already left the handle.
        let hit = pressed && (canvas.contains_pointer() || response.contains_pointer());
        if let Some(press) = origin.filter(|press| hit && place.contains(*press))
            && cx.state.gesture.is_none()
        {
            let from = cx.state.view.image_from_ui(press);
            cx.state.gesture = Some(Gesture::Place { index, from, start: placement.clone(), now: placement.clone() });
            busy = true;
        }
    }
    let at = latest.map(|at| cx.state.view.image_from_ui(at));
    if let Some(Gesture::Place { index, from, start, now }) = &mut cx.state.gesture
        && let Some(at) = at
    {
        *now = dragged(session, card, start, *index, Point::new(at.x - from.x, at.y - from.y));
    }
    if !down
        && matches!(cx.state.gesture, Some(Gesture::Place { .. }))
        && let Some(Gesture::Place { start, now, .. }) = cx.state.gesture.take()
        && start != now
    {
        cx.commands.extend(place_command(session, card, &now));
    }
    busy
}

fn handle_name(index: usize, count: usize) -> String {
    if count > 1 { tr!("placing-handle-n", n = index + 1) } else { tr!("placing-handle").to_owned() }
}

/// The placement with one paste further on by these image pixels, inside the image.
fn dragged(session: &Session, card: &Card, start: &Placement, index: usize, by: Point) -> Placement {
    let mut placement = start.clone();
    if let Some(offset) = placement.offsets.get_mut(index) {
        offset.x = offset.x.saturating_add(by.x.round() as i32);
        offset.y = offset.y.saturating_add(by.y.round() as i32);
    }
    let inside = session.with_placement(card.id, &placement).and_then(|recipe| recipe.placement().cloned());
    inside.unwrap_or_else(|| start.clone())
}

fn place_command(session: &Session, card: &Card, placement: &Placement) -> Option<Command> {
    session.with_placement(card.id, placement).map(|recipe| Command::EditRecipe(card.id, recipe))
}

/// Moves all pastes by a small step in this direction; `None` for a step that moves nothing.
pub(in crate::ui) fn nudge(session: &Session, card: &Card, x: i32, y: i32) -> Option<Command> {
    let step = (session.photo()?.document.extent().longest() / 1000).max(1) as i32;
    let mut placement = session.placement_in_hand(card.id).filter(|_| !card.is_decided())?;
    for offset in &mut placement.offsets {
        *offset = Offset::new(offset.x.saturating_add(x * step), offset.y.saturating_add(y * step));
    }
    place_command(session, card, &placement)
}

/// The outline of each paste with a line from the thing's place, and its handle.
pub(super) fn placing_overlay(painter: &Painter, session: &Session, state: &UiState) {
    let Some((card, placement)) = in_hand(session, state) else {
        return;
    };
    let Some(measures) = session.measures(card.id) else {
        return;
    };
    // Only the handle covers a result that waits for approval.
    let shows_outline = session.shown_candidate().is_none() || card.outdated || state.gesture.is_some();
    for offset in &placement.offsets {
        let Some(centre) = handle_pos(session, state, card, &placement, *offset) else {
            continue;
        };
        if shows_outline {
            let from = state.view.ui_from_image(measures.bounds.centre());
            painter.extend(Shape::dashed_line(
                &[from, centre],
                Stroke::new(3.0, Color32::from_black_alpha(150)),
                5.0,
                4.0,
            ));
            painter.extend(Shape::dashed_line(&[from, centre], Stroke::new(1.2, Color32::WHITE), 5.0, 4.0));
            for line in &measures.outline {
                let ends = line.map(|at| state.view.ui_from_image(placement.place(measures.bounds, *offset, at)));
                double_line(painter, ends.to_vec(), false);
            }
        }
        handle(painter, centre);
    }
}

/// A knob with arrows in four directions.
fn handle(painter: &Painter, centre: Pos2) {
    painter.circle(centre, REACH - 1.0, Color32::from_black_alpha(190), Stroke::new(1.5, Color32::WHITE));
    for direction in [vec2(1.0, 0.0), vec2(-1.0, 0.0), vec2(0.0, 1.0), vec2(0.0, -1.0)] {
        let tip = centre + direction * 7.5;
        let line = Stroke::new(1.5, Color32::WHITE);
        painter.line_segment([centre, tip], line);
        for side in [1.0, -1.0] {
            painter.line_segment([tip, tip - direction * 2.5 + direction.rot90() * 2.5 * side], line);
        }
    }
}

/// Offsets, size and whether the original stays, as rows of the recipe's grid.
pub(in crate::ui) fn placement_rows(ui: &mut Ui, session: &Session, card: &Card, edited: &mut Recipe) {
    let Some(shown) = edited.placement().cloned().or_else(|| session.placement_in_hand(card.id)) else {
        return;
    };
    let mut placement = shown.clone();
    let several = placement.offsets.len() > 1;
    let pixels = |value| DragValue::new(value).suffix(" px");
    for (index, offset) in placement.offsets.iter_mut().enumerate() {
        let n = index + 1;
        let (right, down) = (tr!("placing-right-n", n = n), tr!("placing-down-n", n = n));
        number_row(ui, if several { &right } else { tr!("placing-right") }, pixels(&mut offset.x));
        number_row(ui, if several { &down } else { tr!("placing-down") }, pixels(&mut offset.y));
    }
    let scale =
        DragValue::new(&mut placement.scale).range(Placement::SCALES).speed(0.01).fixed_decimals(2).prefix("× ");
    number_row(ui, tr!("placing-scale"), scale);
    let label = ui.label(RichText::new(tr!("placing-keep")).weak());
    checkbox(ui, true, Checkbox::without_text(&mut placement.keeps_original)).labelled_by(label.id);
    ui.end_row();
    if placement != shown
        && let Some(recipe) = session.with_placement(card.id, &placement)
    {
        edited.method = recipe.method;
    }
    if edited.placement().is_some() {
        ui.label("");
        if ui.button(tr!("placing-reset")).clicked() {
            edited.method = Method::Clone(None);
        }
        ui.end_row();
    }
}
