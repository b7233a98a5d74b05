//! The tool strip at the left, and the line above the canvas with what the tool in hand can be told.

use super::actions::Action;
use super::canvas_input::{selected_context, set_context};
use super::icons;
use super::state::{Tool, UiState};
use super::widgets::icon_button;
use crate::domain::brush::PressureEffect;
use crate::domain::{Brush, Combine};
use crate::session::{Command, Session};
use crate::text::tr;
use eframe::egui::containers::scroll_area::ScrollBarVisibility;
use eframe::egui::{self, ComboBox, DragValue, RichText, ScrollArea, Ui};

/// Draws the tools and the view's buttons.
pub fn tools_ui(ui: &mut Ui, session: &Session, state: &UiState, actions: &mut Vec<Action>) {
    // On a low window the strip scrolls rather than ends in nowhere.
    let scroll = ScrollArea::vertical().scroll_bar_visibility(ScrollBarVisibility::AlwaysHidden);
    scroll.show(ui, |ui| strip_ui(ui, session, state, actions));
}

fn strip_ui(ui: &mut Ui, session: &Session, state: &UiState, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.y = 3.0;
    let lasso = if state.options.polygon { icons::POLYGON } else { icons::LASSO };
    let shape = if state.options.ellipse { icons::CIRCLE } else { icons::RECTANGLE };
    for (action, icon, tool) in [
        (Action::ViewTool, icons::HAND, Tool::View),
        (Action::BrushTool, icons::PAINT_BRUSH, Tool::Brush),
        (Action::EraserTool, icons::ERASER, Tool::Eraser),
        (Action::LassoTool, lasso, Tool::Lasso),
        (Action::ShapeTool, shape, Tool::Shape),
        (Action::WandTool, icons::MAGIC_WAND, Tool::Wand),
        (Action::SmartTool, icons::CURSOR_CLICK, Tool::Smart),
        (Action::ContextTool, icons::CROP, Tool::Context),
    ] {
        icon_button(ui, session, state, action, icon, state.tool == tool, actions);
    }
    ui.separator();
    icon_button(ui, session, state, Action::Undo, icons::ARROW_U_UP_LEFT, false, actions);
    icon_button(ui, session, state, Action::Redo, icons::ARROW_U_UP_RIGHT, false, actions);
    let history = icons::CLOCK_COUNTER_CLOCKWISE;
    icon_button(ui, session, state, Action::History, history, state.history_open, actions);
    ui.separator();
    icon_button(ui, session, state, Action::Fit, icons::CORNERS_OUT, false, actions);
    icon_button(ui, session, state, Action::Overlay, icons::EYE, false, actions);
    icon_button(ui, session, state, Action::ShowChanges, icons::SUBTRACT, state.shows_changes, actions);
    icon_button(ui, session, state, Action::Compare, icons::SPLIT_HORIZONTAL, state.compare, actions);
}

/// Draws what the tool in hand can be told.
pub fn tool_options_ui(ui: &mut Ui, session: &Session, state: &mut UiState, commands: &mut Vec<Command>) {
    let scroll = ScrollArea::horizontal().scroll_bar_visibility(ScrollBarVisibility::AlwaysHidden);
    scroll.show(ui, |ui| options_ui(ui, session, state, commands));
}

fn options_ui(ui: &mut Ui, session: &Session, state: &mut UiState, commands: &mut Vec<Command>) {
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.label(RichText::new(tool_name(state)).family(super::theme::strong_family()));
        ui.add_space(6.0);
        match state.tool {
            Tool::View => {
                ui.weak(tr!("options-view"));
            }
            Tool::Brush | Tool::Eraser => brush_ui(ui, state.active_brush_mut()),
            Tool::Lasso => {
                let options = &mut state.options;
                kind_ui(ui, &mut options.polygon, [tr!("options-freehand"), tr!("options-polygon")]);
                how_ui(ui, &mut options.how);
            }
            Tool::Shape => {
                let options = &mut state.options;
                kind_ui(ui, &mut options.ellipse, [tr!("options-rectangle"), tr!("options-ellipse")]);
                how_ui(ui, &mut options.how);
                ui.weak(tr!("options-shape"));
            }
            Tool::Wand => {
                number(ui, tr!("options-tolerance"), DragValue::new(&mut state.options.tolerance));
                ui.checkbox(&mut state.options.contiguous, tr!("options-contiguous"));
                how_ui(ui, &mut state.options.how);
                ui.weak(tr!("options-wand"));
            }
            Tool::Smart => smart_ui(ui, session, state, commands),
            Tool::Context => context_ui(ui, session, commands),
        }
    });
}

fn tool_name(state: &UiState) -> &'static str {
    match state.tool {
        Tool::View => tr!("tool-view"),
        Tool::Brush => tr!("tool-brush"),
        Tool::Eraser => tr!("tool-eraser"),
        Tool::Lasso => tr!("tool-lasso"),
        Tool::Shape => tr!("tool-shape"),
        Tool::Wand => tr!("tool-wand"),
        Tool::Smart => tr!("tool-smart"),
        Tool::Context => tr!("tool-context"),
    }
}

fn brush_ui(ui: &mut Ui, brush: &mut Brush) {
    let size = DragValue::new(&mut brush.size).range(Brush::MIN_SIZE..=Brush::MAX_SIZE).max_decimals(0).suffix(" px");
    number(ui, tr!("options-size"), size);
    number(ui, tr!("options-hardness"), percent(&mut brush.hardness, 0.0));
    number(ui, tr!("options-opacity"), percent(&mut brush.opacity, 0.01));
    number(ui, tr!("options-spacing"), percent(&mut brush.spacing, 0.02));
    let label = ui.label(RichText::new(tr!("options-pressure")).weak());
    let name = |effect| match effect {
        PressureEffect::Nothing => tr!("options-pressure-nothing"),
        PressureEffect::Size => tr!("options-pressure-size"),
        PressureEffect::Opacity => tr!("options-pressure-opacity"),
    };
    ComboBox::from_id_salt("pressure")
        .width(76.0)
        .selected_text(name(brush.pressure))
        .show_ui(ui, |ui| {
            for effect in [PressureEffect::Size, PressureEffect::Opacity, PressureEffect::Nothing] {
                ui.selectable_value(&mut brush.pressure, effect, name(effect));
            }
        })
        .response
        .labelled_by(label.id);
}

/// A share as a percentage.
fn percent(value: &mut f32, least: f32) -> DragValue<'_> {
    DragValue::new(value)
        .range(least..=1.0)
        .speed(0.005)
        .custom_formatter(|share, _| format!("{:.0} %", share * 100.0))
        .custom_parser(|text| text.trim().trim_end_matches('%').trim().parse::<f64>().ok().map(|number| number / 100.0))
}

fn number(ui: &mut Ui, name: &str, value: DragValue<'_>) {
    let label = ui.label(RichText::new(name).weak());
    ui.add(value).labelled_by(label.id);
}

/// Two kinds of a tool.
fn kind_ui(ui: &mut Ui, second: &mut bool, names: [&str; 2]) {
    ui.selectable_value(second, false, names[0]);
    ui.selectable_value(second, true, names[1]);
    ui.separator();
}

/// What a selection does to the mask.
fn how_ui(ui: &mut Ui, how: &mut Combine) {
    for (one, icon, name) in [
        (Combine::Add, icons::UNITE, tr!("options-add")),
        (Combine::Subtract, icons::SUBTRACT, tr!("options-subtract")),
        (Combine::Intersect, icons::INTERSECT, tr!("options-intersect")),
    ] {
        let button = egui::Button::selectable(*how == one, RichText::new(icon).size(16.0));
        let response = ui.add(button).on_hover_text(name);
        response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, *how == one, name));
        if response.clicked() {
            *how = one;
        }
    }
    ui.add_space(6.0);
}

fn smart_ui(ui: &mut Ui, session: &Session, state: &mut UiState, commands: &mut Vec<Command>) {
    how_ui(ui, &mut state.options.how);
    let Some(selection) = session.selection().filter(|selection| !selection.is_wand()) else {
        ui.weak(tr!("options-smart"));
        return;
    };
    if ui.add_enabled(selection.mask().is_some(), egui::Button::new(tr!("options-accept"))).clicked() {
        commands.push(Command::SelectionAccept);
    }
    if ui.button(tr!("options-discard")).clicked() {
        commands.push(Command::SelectionDiscard);
    }
    if selection.proposals.len() > 1 {
        let (shown, all) = (selection.chosen + 1, selection.proposals.len());
        if ui.button(tr!("options-next", shown = shown, all = all)).on_hover_text(tr!("options-next-tip")).clicked() {
            commands.push(Command::SelectionNext);
        }
    }
    if selection.waiting {
        ui.weak(tr!("canvas-selecting"));
    }
}

fn context_ui(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    let Some(context) = selected_context(session) else {
        ui.weak(tr!("options-no-context"));
        return;
    };
    let is_chosen = session.selected().and_then(|card| card.recipe.as_ref()).is_some_and(|one| one.context.is_some());
    let size = context.extent().to_string();
    ui.label(if is_chosen {
        tr!("options-context-chosen", size = size)
    } else {
        tr!("options-context-automatic", size = size)
    });
    if ui.add_enabled(is_chosen, egui::Button::new(tr!("options-context-reset"))).clicked() {
        commands.extend(set_context(session, None));
    }
    ui.weak(tr!("options-context"));
}
