//! The canvas: the photograph with masks and brush, and what the pointer does on it.

pub(super) mod gesture;
pub(super) mod input;
pub(super) mod marks;
mod overlay;
mod paint;
pub(super) mod placing;
pub mod tool;
pub(super) mod tools;
pub mod view;

use crate::gpu::{ChangesLook, Draw, MaskId, MaskLook, QuadRect, Scene};
use crate::session::{Command, Session, TintMode};
use crate::text::tr;
use crate::ui::cx::Cx;
use crate::ui::icons;
use crate::ui::state::UiState;
use crate::ui::theme;
use eframe::egui::{self, Color32, CursorIcon, PointerButton, Sense, Ui};
use eframe::egui_wgpu;
use input::{canvas_input, choice_hit, handle_at, handle_cursor, is_space_down, selected_context};
use overlay::{badges, hints, overlay_ui};
use paint::CanvasPaint;
use placing::placing_input;
use tie_core::{Bounds, Combine, Overlay};
use tool::Tool;

/// Colours of what a tool would add to the mask or remove; steps have other colours.
const ADDED: Color32 = Color32::from_rgb(90, 220, 120);
const SUBTRACTED: Color32 = Color32::from_rgb(235, 80, 70);

/// Draws the photograph and turns pointer gestures into commands.
pub(super) fn canvas_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let (session, tokens) = (cx.session, cx.tokens);
    let Some(photo) = session.photo() else {
        return;
    };
    let extent = photo.document.extent();
    let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::click_and_drag());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, tr!("canvas")));
    ui.painter().rect_filled(rect, 0, tokens.canvas);
    cx.state.view.begin_frame(rect, ui.pixels_per_point(), extent);
    // A trial covers what is visible.
    if let Some(wish) = session.tried().filter(|wish| !cx.state.view.is_within(wish.view)) {
        let (step, recipe) = (wish.step, wish.recipe.clone());
        cx.commands.push(Command::TryRecipe { step, recipe, view: cx.state.view.in_sight() });
    }
    let is_placing = placing_input(ui, &response, cx);
    if is_placing {
        // The handle has the pointer.
    } else if let Some(index) = choice_hit(ui, &response, session, cx.state) {
        cx.commands.extend(session.selected().map(|card| Command::ChooseProposal(card.id, index)));
    } else {
        canvas_input(ui, &response, cx);
    }

    let shows_original = ui.input(|input| input.key_down(egui::Key::Backslash)) && !ui.text_edit_focused();
    let whole = cx.state.view.quad(Bounds::from(extent));
    let split = if shows_original { 1.0 } else { cx.state.split.filter(|_| cx.state.compare).unwrap_or(0.0) };
    let mut draws = vec![Draw::Image { rect: whole, split }];
    if let Some(bounds) = shown_patch_bounds(session, cx.state).filter(|_| split == 0.0) {
        draws.push(Draw::Patch { rect: cx.state.view.quad(bounds) });
    }
    draws.push(Draw::PixelGrid { rect: whole });
    if split == 0.0 && session.settings().overlay != Overlay::Off {
        draws.extend(mask_draws(ui, session, cx.state, whole));
    }
    draws.extend(cursor_draw(ui, &response, session, cx.state));
    cx.state.scene = Scene { clip: cx.state.view.canvas_quad(), draws };
    ui.painter().add(egui_wgpu::Callback::new_paint_callback(rect, CanvasPaint { scene: cx.state.scene.clone() }));

    if split == 0.0 && session.settings().overlay != Overlay::Off {
        badges(ui, session, cx.state, rect);
    }
    if split == 0.0 {
        overlay_ui(ui, cx, rect);
    }
    if cx.state.compare {
        split_handle(ui, cx.state, rect);
    }
    hints(ui, cx, rect, shows_original);
}

/// The bounds of new pixels over the document: a preview of the running step or of a tried recipe, or a candidate that is
/// pointed at.
pub fn shown_patch_bounds(session: &Session, state: &UiState) -> Option<Bounds> {
    if let Some(hovered) = &state.hovered_candidate {
        return Some(hovered.bounds);
    }
    session.shown_preview().map(|preview| preview.bounds)
}

/// The masks of all steps without a result: the selected one tinted, the others outlined, and over them what a tool would
/// select. While a result is judged, nothing lies over it.
fn mask_draws(ui: &Ui, session: &Session, state: &UiState, rect: QuadRect) -> Vec<Draw> {
    let selected = session.selected().map(|card| card.id);
    let line_width = ui.pixels_per_point().max(1.0);
    let shows_result = shown_patch_bounds(session, state).is_some() || session.shown_candidate().is_some();
    let settings = session.settings();
    let hue_of = |index| match settings.tint_mode {
        TintMode::StepHue => theme::step_hue(index),
        TintMode::Fixed => Color32::from_rgb(settings.tint_colour[0], settings.tint_colour[1], settings.tint_colour[2]),
    };
    let look = |mode, hue: Color32| {
        let [r, g, b] = [hue.r(), hue.g(), hue.b()].map(|channel| f32::from(channel) / 255.0);
        MaskLook { mode, colour: [r, g, b, settings.tint_opacity], line_width }
    };
    let (mut draws, mut own) = (Vec::new(), Vec::new());
    for (index, card) in session.cards().iter().enumerate() {
        let is_selected = Some(card.id) == selected;
        let is_open = !card.is_decided() && card.enabled && card.mask.is_some();
        if !is_open || shows_result || (!is_selected && card.candidate().is_some()) {
            continue;
        }
        let (id, hue) = (MaskId::Step(card.id), hue_of(index));
        match (settings.overlay, is_selected) {
            (Overlay::BlackAndWhite, false) => {}
            (_, false) => draws.push(Draw::Mask { id, rect, look: look(Overlay::Outline, hue) }),
            (mode, true) => {
                let changes = ChangesLook { line_width, ..ChangesLook::default() };
                if card.offers_regions() {
                    let choices = (0..card.proposals.len()).filter(|number| *number != card.proposal);
                    let outline = look(Overlay::Outline, hue);
                    own.extend(choices.map(|number| Draw::Mask { id: MaskId::Choice(number), rect, look: outline }));
                }
                own.push(if state.shows_changes && mode != Overlay::BlackAndWhite {
                    Draw::Changes { result: id, proposal: MaskId::Found(card.id), rect, look: changes }
                } else {
                    Draw::Mask { id, rect, look: look(mode, hue) }
                });
                if mode != Overlay::BlackAndWhite && !session.is_drawing() && !state.shows_changes {
                    own.push(Draw::Ring { id: MaskId::Blend(card.id), rect, line_width: line_width * 0.6 });
                }
            }
        }
    }
    draws.extend(own);
    if let Some(selection) = session.selection() {
        let hue = if selection.how == Combine::Subtract { SUBTRACTED } else { ADDED };
        draws.push(Draw::Mask { id: MaskId::Tool, rect, look: look(Overlay::Tint, hue) });
    }
    draws
}

/// The brush under the pointer, with its size and hardness.
fn cursor_draw(ui: &Ui, response: &egui::Response, session: &Session, state: &UiState) -> Option<Draw> {
    let at = response.hover_pos()?;
    if state.tool == Tool::View || is_space_down(ui) || response.dragged_by(PointerButton::Middle) {
        let grabbing = response.dragged();
        ui.set_cursor_icon(if grabbing { CursorIcon::Grabbing } else { CursorIcon::Grab });
        return None;
    }
    session.selected()?;
    if state.tool == Tool::Context {
        let handle = selected_context(session).and_then(|context| handle_at(state, context, at));
        ui.set_cursor_icon(handle.map_or(CursorIcon::Default, handle_cursor));
        return None;
    }
    if !state.tool.is_brush() {
        ui.set_cursor_icon(CursorIcon::Crosshair);
        return None;
    }
    ui.set_cursor_icon(CursorIcon::None);
    let brush = state.active_brush(session.settings());
    let subtracts = ui.input(|input| input.modifiers.command || input.pointer.button_down(PointerButton::Secondary));
    Some(Draw::Cursor {
        centre: [at.x * ui.pixels_per_point(), at.y * ui.pixels_per_point()],
        radius: (brush.size / 2.0 * state.view.zoom()).max(1.0),
        hardness: brush.hardness,
        erases: (state.tool == Tool::Eraser) != subtracts,
    })
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
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Slider, true, tr!("canvas-split")));
    // A knob says that the line can be moved.
    let knob = egui::pos2(x, rect.center().y);
    if rect.contains(knob) {
        ui.painter().circle(knob, 13.0, Color32::from_black_alpha(190), egui::Stroke::new(1.5, Color32::WHITE));
        let font = egui::FontId::proportional(15.0);
        ui.painter().text(knob, egui::Align2::CENTER_CENTER, icons::SPLIT_HORIZONTAL, font, Color32::WHITE);
    }
    if let Some(at) = response.interact_pointer_pos().filter(|_| response.dragged()) {
        *split = ((at.x - image.left()) / image.width().max(1.0 / scale)).clamp(0.001, 0.999);
    }
}
