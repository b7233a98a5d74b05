//! The canvas: the photograph with masks and brush, and what the pointer does on it.

use super::canvas_paint::CanvasPaint;
use super::state::{Tool, UiState};
use super::theme::{self, Tokens};
use crate::domain::{Bounds, StrokeMode};
use crate::gpu::{Draw, MaskLook, OverlayMode, QuadRect, Scene};
use crate::session::{Card, Command, Session, StepState, TintMode};
use eframe::egui::{self, Align2, Color32, CursorIcon, FontId, PointerButton, Sense, Stroke, StrokeKind, Ui};
use eframe::egui_wgpu;

/// Draws the photograph and turns pointer gestures into commands.
pub fn canvas_ui(ui: &mut Ui, session: &Session, state: &mut UiState, tokens: &Tokens, commands: &mut Vec<Command>) {
    let Some(photo) = session.photo() else {
        return;
    };
    let extent = photo.document.extent();
    let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::click_and_drag());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, "Canvas"));
    ui.painter().rect_filled(rect, 0, tokens.canvas);
    state.view.begin_frame(rect, ui.pixels_per_point(), extent);
    navigate(ui, &response, state);
    paint_mask(ui, &response, session, state, commands);

    let shows_original = ui.input(|input| input.key_down(egui::Key::Backslash)) && !ui.text_edit_focused();
    let whole = state.view.quad(Bounds::from(extent));
    let split = if shows_original { 1.0 } else { state.split.filter(|_| state.compare).unwrap_or(0.0) };
    let mut draws = vec![Draw::Image { rect: whole, split }];
    if let Some(bounds) = shown_patch_bounds(session).filter(|_| split == 0.0) {
        draws.push(Draw::Patch { rect: state.view.quad(bounds) });
    }
    draws.push(Draw::PixelGrid { rect: whole });
    if split == 0.0 && state.overlay != OverlayMode::Off {
        draws.extend(mask_draws(ui, session, state, whole));
    }
    draws.extend(cursor_draw(ui, &response, session, state));
    state.scene = Scene { clip: state.view.canvas_quad(), draws };
    ui.painter().add(egui_wgpu::Callback::new_paint_callback(rect, CanvasPaint { scene: state.scene.clone() }));

    if split == 0.0 && state.overlay != OverlayMode::Off {
        badges(ui, session, state, rect);
    }
    if state.compare {
        split_handle(ui, state, rect);
    }
    hints(ui, session, state, tokens, rect, shows_original);
}

/// Where new pixels are shown over the document: a preview of the running step, or a candidate that waits for approval.
pub fn shown_patch_bounds(session: &Session) -> Option<Bounds> {
    let running = |card: &&Card| matches!(card.state, StepState::Running(_));
    let preview = session.preview().filter(|preview| session.card(preview.step).as_ref().is_some_and(running));
    preview.map(|preview| preview.bounds).or_else(|| session.shown_candidate().map(|candidate| candidate.bounds))
}

/// Wheel zooms at the pointer; trackpads scroll; middle drag, Space and the view tool pan.
fn navigate(ui: &Ui, response: &egui::Response, state: &mut UiState) {
    let pans = response.dragged_by(PointerButton::Middle)
        || (response.dragged_by(PointerButton::Primary) && (state.tool == Tool::View || is_space_down(ui)));
    if pans {
        state.view.pan(response.drag_delta());
    }
    if state.tool == Tool::View && response.double_clicked() {
        state.view.fit();
    }
    let Some(pointer) = response.hover_pos() else {
        return;
    };
    let (scroll, zoom, is_trackpad) = ui.input(|input| {
        let points = input
            .events
            .iter()
            .any(|event| matches!(event, egui::Event::MouseWheel { unit: egui::MouseWheelUnit::Point, .. }));
        (input.smooth_scroll_delta(), input.zoom_delta(), points)
    });
    if (zoom - 1.0).abs() > f32::EPSILON {
        state.view.zoom_at(pointer, zoom);
    } else if is_trackpad {
        state.view.pan(scroll);
    } else if scroll.y != 0.0 {
        state.view.zoom_at(pointer, (scroll.y * 0.004).exp());
    }
}

fn is_space_down(ui: &Ui) -> bool {
    ui.input(|input| input.key_down(egui::Key::Space)) && !ui.text_edit_focused()
}

/// Brush and eraser; the right button and Ctrl subtract.
fn paint_mask(ui: &Ui, response: &egui::Response, session: &Session, state: &UiState, commands: &mut Vec<Command>) {
    let can_paint = state.tool != Tool::View && session.selected().is_some();
    let (pressed, down, released, subtracts, path) = ui.input(|input| {
        let pointer = &input.pointer;
        let buttons = [PointerButton::Primary, PointerButton::Secondary];
        let pressed = buttons.into_iter().find(|button| pointer.button_pressed(*button));
        let down = buttons.into_iter().any(|button| pointer.button_down(button));
        let released = buttons.into_iter().any(|button| pointer.button_released(button));
        let moved = input.events.iter().filter_map(|event| match event {
            egui::Event::PointerMoved(at) => Some(*at),
            _ => None,
        });
        let subtracts = input.modifiers.command || pressed == Some(PointerButton::Secondary);
        (pressed, down, released, subtracts, moved.collect::<Vec<_>>())
    });
    let starts = pressed.is_some() && can_paint && response.contains_pointer() && !is_space_down(ui);
    if starts && let Some(at) = ui.input(|input| input.pointer.interact_pos()) {
        // A stroke is no click: without this, keys would go on typing into the text field.
        ui.memory_mut(egui::Memory::stop_text_input);
        let erases = (state.tool == Tool::Eraser) != subtracts;
        let mode = if erases { StrokeMode::Subtract } else { StrokeMode::Add };
        commands.push(Command::StrokeBegin { brush: state.active_brush(), mode, at: state.view.image_from_ui(at) });
    }
    if (session.is_drawing() || starts) && (down || released) {
        // Every position of the frame, so that fast strokes stay round.
        commands.extend(path.into_iter().map(|at| Command::StrokeTo(state.view.image_from_ui(at))));
    }
    if (session.is_drawing() || starts) && !down {
        commands.push(Command::StrokeEnd);
    }
}

/// The masks of all steps that are not decided: the selected one tinted, the others outlined.
fn mask_draws(ui: &Ui, session: &Session, state: &UiState, rect: QuadRect) -> Vec<Draw> {
    let selected = session.selected().map(|card| card.id);
    let line_width = ui.pixels_per_point().max(1.0);
    let visible = |(_, card): &(usize, &Card)| {
        let waits_for_approval = card.state == StepState::Ready && Some(card.id) == selected;
        !card.is_decided() && card.mask.is_some() && !waits_for_approval
    };
    let mut draws: Vec<(bool, Draw)> = session
        .cards()
        .iter()
        .enumerate()
        .filter(visible)
        .filter_map(|(index, card)| {
            let is_selected = Some(card.id) == selected;
            let mode = match (state.overlay, is_selected) {
                (OverlayMode::BlackAndWhite, false) => return None,
                (mode, true) => mode,
                (_, false) => OverlayMode::Outline,
            };
            let settings = session.settings();
            let [r, g, b] = match settings.tint_mode {
                TintMode::StepHue => theme::step_hue(index).to_array().first_chunk().copied().unwrap_or_default(),
                TintMode::Fixed => settings.tint_colour,
            }
            .map(|channel| f32::from(channel) / 255.0);
            let look = MaskLook { mode, colour: [r, g, b, settings.tint_opacity], line_width };
            Some((is_selected, Draw::Mask { id: card.id.0, rect, look }))
        })
        .collect();
    draws.sort_by_key(|(is_selected, _)| *is_selected);
    draws.into_iter().map(|(_, draw)| draw).collect()
}

/// The brush under the pointer, with its size and hardness.
fn cursor_draw(ui: &Ui, response: &egui::Response, session: &Session, state: &UiState) -> Option<Draw> {
    let at = response.hover_pos()?;
    if state.tool == Tool::View || is_space_down(ui) {
        let grabbing = response.dragged();
        ui.set_cursor_icon(if grabbing { CursorIcon::Grabbing } else { CursorIcon::Grab });
        return None;
    }
    session.selected()?;
    ui.set_cursor_icon(CursorIcon::None);
    let brush = state.active_brush();
    let subtracts = ui.input(|input| input.modifiers.command || input.pointer.button_down(PointerButton::Secondary));
    Some(Draw::Cursor {
        centre: [at.x * ui.pixels_per_point(), at.y * ui.pixels_per_point()],
        radius: (brush.size / 2.0 * state.view.zoom()).max(1.0),
        hardness: brush.hardness,
        erases: (state.tool == Tool::Eraser) != subtracts,
    })
}

/// A number at each mask: colour alone would not tell the steps apart.
fn badges(ui: &Ui, session: &Session, state: &UiState, rect: egui::Rect) {
    let painter = ui.painter().with_clip_rect(rect);
    let selected = session.selected().map(|card| card.id);
    for (index, card) in session.cards().iter().enumerate() {
        // Nothing lies over a result that waits for approval.
        if card.is_decided() || (card.state == StepState::Ready && Some(card.id) == selected) {
            continue;
        }
        let Some(info) = state.mask_infos.get(&card.id).filter(|info| info.area > 0.0) else {
            continue;
        };
        if session.is_drawing() {
            continue;
        }
        badge(&painter, state.view.ui_from_image(info.anchor), index);
    }
}

/// A step's number on its hue.
pub fn badge(painter: &egui::Painter, centre: egui::Pos2, index: usize) {
    let hue = theme::step_hue(index);
    painter.circle(centre, 10.0, hue, Stroke::new(1.5, Color32::from_black_alpha(180)));
    let font = FontId::new(12.0, theme::strong_family());
    painter.text(centre, Align2::CENTER_CENTER, index + 1, font, theme::text_on(hue));
}

/// The line of the comparison can be dragged anywhere on the canvas's width.
fn split_handle(ui: &mut Ui, state: &mut UiState, rect: egui::Rect) {
    let split = state.split.get_or_insert(0.5);
    let scale = ui.pixels_per_point();
    let image = state.view.image_rect();
    let x = image.left() + *split * image.width();
    let handle = egui::Rect::from_center_size(egui::pos2(x, rect.center().y), egui::vec2(14.0, rect.height()));
    let response =
        ui.interact(handle, ui.scope_id().with("split"), Sense::drag()).on_hover_cursor(CursorIcon::ResizeHorizontal);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Slider, true, "Comparison split"));
    if let Some(at) = response.interact_pointer_pos().filter(|_| response.dragged()) {
        *split = ((at.x - image.left()) / image.width().max(1.0 / scale)).clamp(0.001, 0.999);
    }
}

/// Words over the canvas: what is shown, and what to do when nothing can be painted.
fn hints(ui: &Ui, session: &Session, state: &UiState, tokens: &Tokens, rect: egui::Rect, shows_original: bool) {
    let text = if shows_original {
        "Original"
    } else if state.compare {
        "Left: original, right: edited. C ends the comparison"
    } else if session.is_planning() {
        "Planning…"
    } else if session.cards().is_empty() {
        "Type what to change on the right and press Ctrl+Enter"
    } else if session
        .selected()
        .is_some_and(|card| matches!(card.state, StepState::Located(crate::session::Found::Empty)))
    {
        "Nothing found: paint over it with the brush"
    } else {
        return;
    };
    let galley = ui.painter().layout_no_wrap(text.to_owned(), FontId::proportional(13.0), tokens.text);
    let size = galley.size() + egui::vec2(20.0, 10.0);
    let place = egui::Rect::from_center_size(egui::pos2(rect.center().x, rect.bottom() - 26.0), size);
    ui.painter().rect(
        place,
        6,
        tokens.raised.gamma_multiply(0.92),
        Stroke::new(1.0, tokens.border),
        StrokeKind::Inside,
    );
    ui.painter().galley(place.min + egui::vec2(10.0, 5.0), galley, tokens.text);
}
