//! Pointer input on the canvas: pans, strokes, outlines, selections, the context box.

use super::gesture::{Gesture, Handle};
use super::marks::CHOICE_REACH;
use super::tool::Tool;
use crate::session::{Command, Session};
use crate::ui::cx::Cx;
use crate::ui::state::UiState;
use eframe::egui::{self, CursorIcon, PointerButton, Pos2, Response, Ui, vec2};
use tie_core::{Bounds, Combine, EditOp, Extent, Point, Recipe, StrokeMode, SubTask};

/// A press that moves less than this is a click, in ui points.
const CLICK_REACH: f32 = 5.0;
/// How near a press must be to a corner or a handle, in ui points.
const GRAB_REACH: f32 = 8.0;
/// How far to drag the wand for one step of tolerance, in ui points.
const TOLERANCE_POINTS: f32 = 3.0;

/// Something that the pointer did, and where it was then: a fast hand does several things in one frame.
struct Pen {
    does: Does,
    at: Pos2,
    /// Pen pressure, 0 to 1; 1 for a mouse.
    pressure: f32,
    ctrl: bool,
    shift: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Does {
    Press(PointerButton),
    Move,
    /// A button is held where it was; Shift may have changed.
    Rest,
    Release,
}

impl Pen {
    /// What it did since the last frame, in order; where nothing happened, whether a button is held where it is.
    fn events(ui: &Ui) -> Vec<Self> {
        let draws = |button: PointerButton| matches!(button, PointerButton::Primary | PointerButton::Secondary);
        ui.input(|input| {
            let latest = input.pointer.latest_pos();
            let pen = |does, at, modifiers: egui::Modifiers, pressure| {
                let (ctrl, shift) = (modifiers.command, modifiers.shift);
                Self { does, at, pressure, ctrl, shift }
            };
            let mut pressure = 1.0;
            let mut pens = Vec::new();
            for event in &input.events {
                match event {
                    egui::Event::Touch { force, .. } => pressure = force.unwrap_or(1.0),
                    egui::Event::PointerMoved(at) => pens.push(pen(Does::Move, *at, input.modifiers, pressure)),
                    egui::Event::PointerButton { pos, button, pressed, modifiers } if draws(*button) => {
                        let does = if *pressed { Does::Press(*button) } else { Does::Release };
                        pens.push(pen(does, *pos, *modifiers, pressure));
                    }
                    // Where the button goes up now, another window is told.
                    egui::Event::WindowFocused(false) => {
                        pens.extend(latest.map(|at| pen(Does::Release, at, input.modifiers, pressure)));
                    }
                    _ => {}
                }
            }
            if pens.is_empty() {
                let does = if input.pointer.any_down() { Does::Rest } else { Does::Release };
                pens.extend(latest.map(|at| pen(does, at, input.modifiers, pressure)));
            }
            pens
        })
    }

    /// Ctrl and the right button turn adding into subtracting and back.
    fn turned(&self, how: Combine) -> Combine {
        if !(self.ctrl || self.does == Does::Press(PointerButton::Secondary)) {
            return how;
        }
        if how == Combine::Subtract { Combine::Add } else { Combine::Subtract }
    }

    /// Whether a press is meant for the canvas, from which the pointer may have gone since.
    fn is_on(&self, ui: &Ui, canvas: &Response) -> bool {
        let has_gone = || {
            let latest = ui.input(|input| input.pointer.latest_pos());
            latest.is_some_and(|latest| latest.distance(self.at) > CLICK_REACH)
                && ui.ctx().layer_id_at(self.at) == Some(canvas.layer_id)
        };
        canvas.rect.contains(self.at) && (canvas.contains_pointer() || has_gone())
    }
}

/// Turns the pointer's gestures into commands and movements of the view.
pub(super) fn canvas_input(ui: &Ui, response: &Response, cx: &mut Cx<'_>) {
    let pans = navigate(ui, response, cx);
    hover(response, cx);
    // As of the commands so far, which the session hears of after the frame.
    let (mut is_drawing, mut has_step) = (cx.session.is_drawing(), false);
    for pen in Pen::events(ui) {
        let at = cx.state.view.image_from_ui(pen.at);
        match pen.does {
            Does::Press(button) => {
                if is_space_down(ui) || cx.state.tool == Tool::View || !pen.is_on(ui, response) {
                    continue;
                }
                // Work on the canvas is not typing: without this, keys would still go into the text field.
                ui.memory_mut(egui::Memory::stop_text_input);
                has_step = has_step || finds_step(button, cx);
                if !has_step {
                    continue;
                }
                if cx.state.tool.is_brush() {
                    cx.commands.push(stroke_begin(&pen, at, cx));
                    is_drawing = true;
                } else {
                    begin(&pen, at, cx);
                }
            }
            Does::Rest if is_drawing => {}
            Does::Move | Does::Release if is_drawing => {
                if !pans {
                    cx.commands.push(Command::StrokeTo { at, pressure: pen.pressure });
                }
                if pen.does == Does::Release {
                    cx.commands.push(Command::StrokeEnd);
                    is_drawing = false;
                }
            }
            _ if pans => {}
            _ => go_on(&pen, at, cx),
        }
    }
    if matches!(cx.state.gesture, Some(Gesture::Polygon { .. })) && response.double_clicked() {
        cx.commands.extend(finish(cx.state));
    }
}

/// Reports where smart select's pointer is, so that the canvas can show what a click would select.
fn hover(response: &Response, cx: &mut Cx<'_>) {
    let session = cx.session;
    let hovers = cx.state.tool == Tool::Smart && cx.state.gesture.is_none() && session.selection().is_none();
    let at = response.hover_pos().filter(|_| hovers).map(|at| cx.state.view.image_from_ui(at));
    if at != cx.state.smart_at {
        cx.state.smart_at = at;
        cx.commands.push(Command::SmartHover(at));
    }
}

/// Whether there is a step to draw on. Painting without one means that something should go: a step is added for it.
fn finds_step(button: PointerButton, cx: &mut Cx<'_>) -> bool {
    let session = cx.session;
    let draws = !matches!(cx.state.tool, Tool::View | Tool::Context | Tool::Eraser) && button == PointerButton::Primary;
    let adds = draws && session.photo().is_some() && session.cards().is_empty() && !session.is_planning();
    if adds {
        cx.commands.push(Command::AddStep(SubTask::new(1, EditOp::Remove, "")));
    }
    adds || session.selected().is_some()
}

/// Wheel zooms at the pointer; trackpads scroll; middle drag, Space and the view tool pan, also in the middle of a stroke.
fn navigate(ui: &Ui, response: &Response, cx: &mut Cx<'_>) -> bool {
    let session = cx.session;
    let pans = response.dragged_by(PointerButton::Middle)
        || (response.dragged_by(PointerButton::Primary) && (cx.state.tool == Tool::View || is_space_down(ui)));
    if pans {
        cx.state.view.pan(response.drag_delta());
    }
    if cx.state.tool == Tool::View && response.double_clicked() {
        cx.state.view.fit();
    }
    let Some(pointer) = response.hover_pos() else {
        return pans;
    };
    let (scroll, zoom, is_trackpad, alt) = ui.input(|input| {
        let points = input
            .events
            .iter()
            .any(|event| matches!(event, egui::Event::MouseWheel { unit: egui::MouseWheelUnit::Point, .. }));
        (input.smooth_scroll_delta(), input.zoom_delta(), points, input.modifiers.alt)
    });
    if alt && cx.state.tool.is_brush() && scroll != egui::Vec2::ZERO {
        // Some systems turn the wheel sideways while Alt is held.
        let larger = scroll.x + scroll.y > 0.0;
        let settings = session.settings();
        cx.commands.push(cx.state.set_brush(settings, cx.state.active_brush(settings).resized(larger)));
    } else if (zoom - 1.0).abs() > f32::EPSILON {
        cx.state.view.zoom_at(pointer, zoom);
    } else if is_trackpad {
        cx.state.view.pan(scroll);
    } else if scroll.y != 0.0 {
        cx.state.view.zoom_at(pointer, (scroll.y * 0.004).exp());
    }
    pans
}

pub(super) fn is_space_down(ui: &Ui) -> bool {
    ui.input(|input| input.key_down(egui::Key::Space)) && !ui.text_edit_focused()
}

/// The start of a stroke with brush or eraser.
fn stroke_begin(pen: &Pen, at: Point, cx: &Cx<'_>) -> Command {
    let how = pen.turned(if cx.state.tool == Tool::Eraser { Combine::Subtract } else { Combine::Add });
    Command::StrokeBegin {
        brush: cx.state.active_brush(cx.session.settings()),
        mode: if how == Combine::Subtract { StrokeMode::Subtract } else { StrokeMode::Add },
        at,
        pressure: pen.pressure,
        line: pen.shift,
    }
}

/// A press with a selecting tool or the context box.
fn begin(pen: &Pen, at: Point, cx: &mut Cx<'_>) {
    let session = cx.session;
    let how = pen.turned(cx.state.options.how);
    match cx.state.tool {
        Tool::Lasso if cx.state.options.polygon => add_corner(pen, at, how, cx.state, cx.commands),
        Tool::Lasso => cx.state.gesture = Some(Gesture::Lasso { path: vec![at], how }),
        Tool::Shape => {
            cx.state.gesture = Some(Gesture::Drag { from: at, to: at, how, ellipse: cx.state.options.ellipse });
        }
        Tool::Wand => {
            let (tolerance, contiguous) = (cx.state.options.tolerance, cx.state.options.contiguous);
            cx.state.gesture = Some(Gesture::Wand { start: pen.at, tolerance });
            cx.commands.push(Command::WandBegin { at, tolerance, contiguous, how });
        }
        Tool::Smart => {
            let include = !pen.shift && pen.does == Does::Press(PointerButton::Primary);
            cx.state.gesture = Some(Gesture::Smart { from: at, to: at, include });
        }
        Tool::Context => {
            let context = selected_context(session);
            let handle = context.and_then(|context| handle_at(cx.state, context, pen.at));
            if let (Some(handle), Some(start)) = (handle, context) {
                cx.state.gesture = Some(Gesture::Context { handle, from: at, start, now: start });
            }
        }
        Tool::View | Tool::Brush | Tool::Eraser => {}
    }
}

/// The next corner of a polygon; near the first one it closes.
fn add_corner(pen: &Pen, at: Point, how: Combine, state: &mut UiState, commands: &mut Vec<Command>) {
    if let Some(Gesture::Polygon { corners, .. }) = &mut state.gesture {
        let closes = corners.len() > 2 && state.view.ui_from_image(corners[0]).distance(pen.at) < GRAB_REACH;
        if closes {
            commands.extend(finish(state));
        } else {
            corners.push(at);
        }
    } else {
        state.gesture = Some(Gesture::Polygon { corners: vec![at], how });
    }
}

/// Movement and release.
fn go_on(pen: &Pen, at: Point, cx: &mut Cx<'_>) {
    let session = cx.session;
    let scale = cx.state.view.points_per_pixel().max(f32::MIN_POSITIVE);
    let image = session.photo().map_or(Extent::new(1, 1), |photo| photo.document.extent());
    let released = pen.does == Does::Release;
    match &mut cx.state.gesture {
        Some(Gesture::Lasso { path, .. }) => {
            // Finer than the screen shows would only cost time.
            if path.last().is_none_or(|last| last.distance(at) * scale >= 1.0) {
                path.push(at);
            }
            if released {
                cx.commands.extend(finish(cx.state));
            }
        }
        Some(Gesture::Drag { from, to, .. }) => {
            *to = if pen.shift { squared(*from, at) } else { at };
            if released {
                cx.commands.extend(finish(cx.state));
            }
        }
        Some(Gesture::Wand { start, tolerance }) => {
            let moved = ((pen.at.x - start.x) - (pen.at.y - start.y)) / TOLERANCE_POINTS;
            let now = (f32::from(cx.state.options.tolerance) + moved).clamp(0.0, 255.0) as u8;
            if now != *tolerance {
                *tolerance = now;
                cx.commands.push(Command::WandTo(now));
            }
            if released {
                cx.state.options.tolerance = now;
                cx.state.gesture = None;
                cx.commands.push(Command::WandEnd);
            }
        }
        Some(Gesture::Smart { from, to, include }) => {
            *to = at;
            if released {
                let (from, include) = (*from, *include);
                cx.state.gesture = None;
                cx.commands.push(if from.distance(at) * scale < CLICK_REACH {
                    let reach = GRAB_REACH / scale;
                    Command::SmartClick { at: from, include, reach, how: cx.state.options.how }
                } else {
                    Command::SmartBox(Bounds::covering(from, at), cx.state.options.how)
                });
            }
        }
        Some(Gesture::Context { handle, from, start, now }) => {
            *now = handle.dragged(*start, Point::new(at.x - from.x, at.y - from.y), image);
            if released {
                let (start, now) = (*start, *now);
                cx.state.gesture = None;
                if start != now {
                    cx.commands.extend(set_context(session, Some(now)));
                }
            }
        }
        _ => {}
    }
}

/// Ends an outline: what it selects.
pub(in crate::ui) fn finish(state: &mut UiState) -> Option<Command> {
    let (shape, how) = state.gesture.take()?.shape()?;
    Some(Command::SelectShape(shape, how))
}

/// The other corner of a square or circle.
fn squared(from: Point, to: Point) -> Point {
    let side = (to.x - from.x).abs().max((to.y - from.y).abs());
    Point::new(from.x + side.copysign(to.x - from.x), from.y + side.copysign(to.y - from.y))
}

/// What the selected step's engine would see.
pub(super) fn selected_context(session: &Session) -> Option<Bounds> {
    session.measures(session.selected()?.id)?.context
}

/// Chooses the part that the engine sees; `None` leaves that to the engine.
pub(super) fn set_context(session: &Session, context: Option<Bounds>) -> Option<Command> {
    let card = session.selected()?;
    let recipe = card.recipe.clone()?;
    Some(Command::EditRecipe(card.id, Recipe { context, ..recipe }))
}

/// Where a handle of the context box is in the window.
pub(super) fn handle_pos(state: &UiState, context: Bounds, handle: Handle) -> Pos2 {
    let half = |side: i8, low: i32, high: i32| match side {
        -1 => low as f32,
        1 => high as f32,
        _ => (low + high) as f32 / 2.0,
    };
    let x = half(handle.x, context.x, context.right());
    let y = half(handle.y, context.y, context.bottom());
    state.view.ui_from_image(Point::new(x, y))
}

/// The handle under the pointer; anywhere inside moves the box.
pub(super) fn handle_at(state: &UiState, context: Bounds, at: Pos2) -> Option<Handle> {
    let middle = Handle { x: 0, y: 0 };
    let near = |handle: &&Handle| handle_pos(state, context, **handle).distance(at) <= GRAB_REACH;
    let edge = Handle::ALL.iter().filter(|handle| **handle != middle).find(near);
    let point = state.view.image_from_ui(at);
    let inside = context.contains(point.x.floor() as i32, point.y.floor() as i32);
    edge.copied().or_else(|| inside.then_some(middle))
}

/// The pointer's look over a handle of the context box.
pub(super) const fn handle_cursor(handle: Handle) -> CursorIcon {
    match (handle.x, handle.y) {
        (0, 0) => CursorIcon::Move,
        (0, _) => CursorIcon::ResizeVertical,
        (_, 0) => CursorIcon::ResizeHorizontal,
        (-1, -1) | (1, 1) => CursorIcon::ResizeNwSe,
        _ => CursorIcon::ResizeNeSw,
    }
}

/// Room around a handle that the pointer can hit.
pub(super) const HANDLE_SIZE: egui::Vec2 = vec2(GRAB_REACH, GRAB_REACH);

/// The region whose letter was pressed, for the selected step with several that fit.
pub(super) fn choice_hit(ui: &Ui, response: &Response, session: &Session, state: &UiState) -> Option<usize> {
    let pressed = ui.input(|input| input.pointer.primary_pressed()) && response.contains_pointer();
    let at = ui.input(|input| input.pointer.press_origin()).filter(|_| pressed)?;
    choice_at(session, state, at)
}

/// The region whose letter is at a point of the window, for the selected step with several that fit.
fn choice_at(session: &Session, state: &UiState, at: Pos2) -> Option<usize> {
    let card = session.selected().filter(|card| card.offers_regions())?;
    let anchors = &session.measures(card.id)?.proposal_anchors;
    anchors.iter().position(|anchor| {
        let offset = state.view.ui_from_image(*anchor) - at;
        offset.x.abs() <= CHOICE_REACH && offset.y.abs() <= CHOICE_REACH
    })
}
