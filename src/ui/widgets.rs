//! Small widgets that several panels draw.

use crate::session::Session;
use crate::text::tr;
use eframe::egui::{Checkbox, DragValue, Frame, Id, Margin, Modal, Response, RichText, Stroke, Ui};
use tie_core::EditOp;

/// The window's label for an inpainter; its name if it no longer exists.
pub(super) fn engine_label<'a>(session: &'a Session, name: &'a str) -> &'a str {
    session.registry().inpainter(name).map_or(name, |engine| engine.label())
}

/// An edit's name for people.
pub(super) fn op_name(op: EditOp) -> &'static str {
    match op {
        EditOp::Remove => tr!("op-remove"),
        EditOp::Replace => tr!("op-replace"),
        EditOp::Add => tr!("op-add"),
        EditOp::Recolor => tr!("op-recolor"),
        EditOp::Material => tr!("op-material"),
        EditOp::Attribute => tr!("op-attribute"),
        EditOp::Text => tr!("op-text"),
        EditOp::Count => tr!("op-count"),
        EditOp::Move => tr!("op-move"),
        EditOp::Pose => tr!("op-pose"),
        EditOp::Background => tr!("op-background"),
        EditOp::Style => tr!("op-style"),
        EditOp::Adjust => tr!("op-adjust"),
        EditOp::Other => tr!("op-other"),
    }
}

/// A window over everything, with padding.
pub(super) fn modal(ui: &Ui, name: &str) -> Modal {
    Modal::new(Id::unique(name)).frame(Frame::popup(ui.style()).inner_margin(Margin::same(20)))
}

/// A section's title.
pub(super) fn section(ui: &mut Ui, text: &str) {
    ui.add_space(4.0);
    ui.label(RichText::new(text).small().strong().weak());
}

/// Adds a checkbox whose empty box is seen on every surface.
pub(super) fn checkbox(ui: &mut Ui, is_enabled: bool, checkbox: Checkbox<'_>) -> Response {
    ui.scope(|ui| {
        let weak = ui.visuals().weak_text_color();
        ui.visuals_mut().widgets.inactive.bg_stroke = Stroke::new(1.2, weak);
        ui.add_enabled(is_enabled, checkbox)
    })
    .inner
}

/// A named number, as a row of a grid.
pub(super) fn number_row(ui: &mut Ui, name: &str, value: DragValue<'_>) {
    let label = ui.label(RichText::new(name).weak());
    ui.add(value).labelled_by(label.id);
    ui.end_row();
}
