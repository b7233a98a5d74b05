//! The tool strip on the left, and the active tool's options above the canvas.

use super::input::{selected_context, set_context};
use super::tool::{Tool, ToolOptions};
use crate::session::{Command, Session};
use crate::text::tr;
use crate::ui::commands::actions::Action;
use crate::ui::commands::buttons::icon_button;
use crate::ui::cx::Cx;
use crate::ui::icons;
use crate::ui::theme::strong_family;
use crate::ui::widgets::checkbox;
use eframe::egui::containers::scroll_area::ScrollBarVisibility;
use eframe::egui::{
    self, Checkbox, ComboBox, DragValue, FontId, Grid, Popup, PopupCloseBehavior, RichText, ScrollArea, Ui,
};
use tie_core::brush::PressureEffect;
use tie_core::{Brush, Combine};

/// Size of a tool's button and the gap to the next one, in ui points.
const BUTTON: egui::Vec2 = egui::vec2(36.0, 34.0);
const GAP: f32 = 3.0;
/// Height of the strip in one column, in ui points.
const ONE_COLUMN: f32 = 15.0 * (BUTTON.y + GAP) + 30.0;

/// Columns that the strip needs at this height; two at most.
pub(in crate::ui) fn strip_columns(height: f32) -> usize {
    if height >= ONE_COLUMN { 1 } else { 2 }
}

/// Width of the strip with its margins, in ui points.
pub(in crate::ui) fn strip_width(columns: usize) -> f32 {
    columns as f32 * (BUTTON.x + GAP) - GAP + 12.0
}

/// Draws the tools and the view's buttons.
pub(in crate::ui) fn tools_ui(ui: &mut Ui, cx: &mut Cx<'_>, columns: usize) {
    // On a very low window the strip scrolls rather than ends in nowhere.
    let scroll = ScrollArea::vertical().scroll_bar_visibility(ScrollBarVisibility::AlwaysHidden);
    scroll.show(ui, |ui| strip_ui(ui, cx, columns));
}

fn strip_ui(ui: &mut Ui, cx: &mut Cx<'_>, columns: usize) {
    ui.spacing_mut().item_spacing = egui::Vec2::splat(GAP);
    let lasso = if cx.state.options.polygon { icons::POLYGON } else { icons::LASSO };
    let shape = if cx.state.options.ellipse { icons::CIRCLE } else { icons::RECTANGLE };
    let holds = |tool| cx.state.tool == tool;
    let groups: [&[(Action, &str, bool)]; 3] = [
        &[
            (Action::ViewTool, icons::HAND, holds(Tool::View)),
            (Action::BrushTool, icons::PAINT_BRUSH, holds(Tool::Brush)),
            (Action::EraserTool, icons::ERASER, holds(Tool::Eraser)),
            (Action::LassoTool, lasso, holds(Tool::Lasso)),
            (Action::ShapeTool, shape, holds(Tool::Shape)),
            (Action::WandTool, icons::MAGIC_WAND, holds(Tool::Wand)),
            (Action::SmartTool, icons::CURSOR_CLICK, holds(Tool::Smart)),
            (Action::ContextTool, icons::CROP, holds(Tool::Context)),
        ],
        &[
            (Action::Undo, icons::ARROW_U_UP_LEFT, false),
            (Action::Redo, icons::ARROW_U_UP_RIGHT, false),
            (Action::History, icons::CLOCK_COUNTER_CLOCKWISE, cx.state.history_open),
        ],
        &[
            (Action::Fit, icons::CORNERS_OUT, false),
            (Action::Overlay, icons::EYE, false),
            (Action::ShowChanges, icons::SUBTRACT, cx.state.shows_changes),
            (Action::Compare, icons::SPLIT_HORIZONTAL, cx.state.compare),
        ],
    ];
    for (number, group) in groups.into_iter().enumerate() {
        if number > 0 {
            ui.separator();
        }
        for row in group.chunks(columns) {
            ui.horizontal(|ui| {
                for (action, icon, selected) in row {
                    icon_button(ui, cx, *action, icon, *selected);
                }
            });
        }
    }
}

/// Draws the active tool's options.
pub(in crate::ui) fn tool_options_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let room = ui.available_width();
    let scroll = ScrollArea::horizontal().scroll_bar_visibility(ScrollBarVisibility::AlwaysHidden);
    scroll.show(ui, |ui| ui.horizontal_centered(|ui| line_ui(ui, cx, room)));
}

/// The line in `room` ui points: the tool's name, its options, and a hint where there is room for it.
fn line_ui(ui: &mut Ui, cx: &mut Cx<'_>, room: f32) {
    let session = cx.session;
    ui.spacing_mut().item_spacing.x = 6.0;
    // The strip also shows the active tool.
    if room > 320.0 {
        ui.label(RichText::new(tool_name(cx.state.tool)).family(strong_family()));
        ui.add_space(6.0);
    }
    let start = ui.min_rect().left();
    let rest = |ui: &Ui| room - (ui.min_rect().right() - start).max(0.0) - 12.0;
    let mut brush = cx.state.active_brush(session.settings());
    options_ui(ui, cx.state.tool, &mut cx.state.options, &mut brush, room - ui.min_rect().width() - 12.0);
    if brush != cx.state.active_brush(session.settings()) {
        cx.commands.push(cx.state.set_brush(session.settings(), brush));
    }
    match cx.state.tool {
        Tool::View => hint(ui, rest(ui), tr!("options-view")),
        Tool::Shape => hint(ui, rest(ui), tr!("options-shape")),
        Tool::Wand => hint(ui, rest(ui), tr!("options-wand")),
        Tool::Smart => {
            if !smart_ui(ui, session, cx.commands) {
                hint(ui, rest(ui), tr!("options-smart"));
            }
        }
        Tool::Context => {
            let has_box = context_ui(ui, session, cx.commands);
            hint(ui, rest(ui), if has_box { tr!("options-context") } else { tr!("options-no-context") });
        }
        Tool::Brush | Tool::Eraser | Tool::Lasso => {}
    }
}

/// Words that help, unless they would be cut.
fn hint(ui: &mut Ui, room: f32, text: &str) {
    if text_width(ui, text) <= room {
        ui.weak(text);
    }
}

fn text_width(ui: &Ui, text: &str) -> f32 {
    ui.painter().layout_no_wrap(text.to_owned(), FontId::proportional(14.0), egui::Color32::WHITE).size().x
}

fn tool_name(tool: Tool) -> &'static str {
    match tool {
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

/// An option of a tool.
#[derive(Clone, Copy)]
enum ToolOption {
    Size,
    Hardness,
    Opacity,
    Spacing,
    Pressure,
    LassoKind,
    ShapeKind,
    How,
    Tolerance,
    Contiguous,
}

impl ToolOption {
    /// A tool's options, most used first.
    const fn of(tool: Tool) -> &'static [Self] {
        match tool {
            Tool::Brush | Tool::Eraser => &[Self::Size, Self::Hardness, Self::Opacity, Self::Spacing, Self::Pressure],
            Tool::Lasso => &[Self::LassoKind, Self::How],
            Tool::Shape => &[Self::ShapeKind, Self::How],
            Tool::Wand => &[Self::Tolerance, Self::How, Self::Contiguous],
            Tool::Smart => &[Self::How],
            Tool::View | Tool::Context => &[],
        }
    }

    /// The words before the control; empty where it explains itself.
    fn label(self) -> &'static str {
        match self {
            Self::Size => tr!("options-size"),
            Self::Hardness => tr!("options-hardness"),
            Self::Opacity => tr!("options-opacity"),
            Self::Spacing => tr!("options-spacing"),
            Self::Pressure => tr!("options-pressure"),
            Self::Tolerance => tr!("options-tolerance"),
            Self::LassoKind | Self::ShapeKind | Self::How | Self::Contiguous => "",
        }
    }

    /// Room that it takes in the line, in ui points.
    fn width(self, ui: &Ui) -> f32 {
        let kinds = |one, other| text_width(ui, one) + text_width(ui, other) + 60.0;
        let control = match self {
            Self::Size | Self::Hardness | Self::Opacity | Self::Spacing => 66.0,
            Self::Tolerance => 46.0,
            Self::Pressure => 92.0,
            Self::LassoKind => kinds(tr!("options-freehand"), tr!("options-polygon")),
            Self::ShapeKind => kinds(tr!("options-rectangle"), tr!("options-ellipse")),
            Self::How => 126.0,
            Self::Contiguous => text_width(ui, tr!("options-contiguous")) + 28.0,
        };
        control + text_width(ui, self.label()) + 12.0
    }

    /// Draws the control.
    fn control_ui(self, ui: &mut Ui, options: &mut ToolOptions, brush: &mut Brush, in_popup: bool) -> egui::Response {
        match self {
            Self::Size => {
                let size = DragValue::new(&mut brush.size);
                ui.add(size.range(Brush::MIN_SIZE..=Brush::MAX_SIZE).max_decimals(0).suffix(" px"))
            }
            Self::Hardness => ui.add(percent(&mut brush.hardness, 0.0)),
            Self::Opacity => ui.add(percent(&mut brush.opacity, 0.01)),
            Self::Spacing => ui.add(percent(&mut brush.spacing, 0.02)),
            Self::Pressure => pressure_ui(ui, &mut brush.pressure, in_popup),
            Self::LassoKind => kind_ui(ui, &mut options.polygon, [tr!("options-freehand"), tr!("options-polygon")]),
            Self::ShapeKind => kind_ui(ui, &mut options.ellipse, [tr!("options-rectangle"), tr!("options-ellipse")]),
            Self::How => how_ui(ui, &mut options.how),
            Self::Tolerance => ui.add(DragValue::new(&mut options.tolerance)),
            Self::Contiguous => checkbox(ui, true, Checkbox::new(&mut options.contiguous, tr!("options-contiguous"))),
        }
    }

    fn line_ui(self, ui: &mut Ui, options: &mut ToolOptions, brush: &mut Brush) {
        let label = (!self.label().is_empty()).then(|| ui.label(RichText::new(self.label()).weak()));
        let control = self.control_ui(ui, options, brush, false);
        if let Some(label) = label {
            control.labelled_by(label.id);
        }
    }
}

/// The active tool's options as far as they fit into `room` ui points, and a button for the rest.
fn options_ui(ui: &mut Ui, tool: Tool, values: &mut ToolOptions, brush: &mut Brush, room: f32) {
    const MORE: f32 = 34.0;
    let options = ToolOption::of(tool);
    let widths: Vec<f32> = options.iter().map(|option| option.width(ui)).collect();
    let fits = |room: f32| {
        let ends = widths.iter().scan(0.0, |end, width| {
            *end += width;
            Some(*end)
        });
        ends.take_while(|end| *end <= room).count()
    };
    let shown = if fits(room) == options.len() { options.len() } else { fits(room - MORE).max(1).min(options.len()) };
    for option in &options[..shown] {
        option.line_ui(ui, values, brush);
    }
    let rest = &options[shown..];
    if rest.is_empty() {
        return;
    }
    let more = ui.button(icons::DOTS_THREE_VERTICAL).on_hover_text(tr!("options-more"));
    more.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, tr!("options-more")));
    Popup::menu(&more).close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        Grid::new("more options").num_columns(2).spacing([8.0, 6.0]).show(ui, |ui| {
            for option in rest {
                let label = ui.label(RichText::new(option.label()).weak());
                ui.horizontal(|ui| option.control_ui(ui, values, brush, true)).inner.labelled_by(label.id);
                ui.end_row();
            }
        });
    });
}

/// What pen pressure changes; side by side in a popup, because a list would close it.
fn pressure_ui(ui: &mut Ui, pressure: &mut PressureEffect, in_popup: bool) -> egui::Response {
    let name = |effect| match effect {
        PressureEffect::Nothing => tr!("options-pressure-nothing"),
        PressureEffect::Size => tr!("options-pressure-size"),
        PressureEffect::Opacity => tr!("options-pressure-opacity"),
    };
    let selected = name(*pressure);
    let choices = |ui: &mut Ui| {
        for effect in [PressureEffect::Size, PressureEffect::Opacity, PressureEffect::Nothing] {
            ui.selectable_value(pressure, effect, name(effect));
        }
    };
    if in_popup {
        return ui.horizontal(choices).response;
    }
    ComboBox::from_id_salt("pressure").width(76.0).selected_text(selected).show_ui(ui, choices).response
}

/// A share as a percentage.
fn percent(value: &mut f32, least: f32) -> DragValue<'_> {
    DragValue::new(value)
        .range(least..=1.0)
        .speed(0.005)
        .custom_formatter(|share, _| format!("{:.0} %", share * 100.0))
        .custom_parser(|text| text.trim().trim_end_matches('%').trim().parse::<f64>().ok().map(|number| number / 100.0))
}

/// Two kinds of a tool.
fn kind_ui(ui: &mut Ui, second: &mut bool, names: [&str; 2]) -> egui::Response {
    let kinds = ui.horizontal(|ui| {
        ui.selectable_value(second, false, names[0]);
        ui.selectable_value(second, true, names[1]);
    });
    kinds.response
}

/// What a selection does to the mask.
fn how_ui(ui: &mut Ui, how: &mut Combine) -> egui::Response {
    let ways = ui.horizontal(|ui| {
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
    });
    ways.response
}

/// Buttons for the pending selection; false if there is none.
fn smart_ui(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) -> bool {
    let Some(selection) = session.selection().filter(|selection| !selection.is_wand()) else {
        return false;
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
    true
}

/// The context box in words; false if there is none.
fn context_ui(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) -> bool {
    let Some(context) = selected_context(session) else {
        return false;
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
    true
}
