//! The strip of candidates: small pictures to hover, choose and keep.

use crate::session::{Card, Command};
use crate::text::tr;
use crate::ui::commands::actions::Action;
use crate::ui::commands::buttons::action_button;
use crate::ui::cx::Cx;
use crate::ui::icons;
use crate::ui::widgets::section;
use eframe::egui::{
    self, Align2, Color32, FontId, Image, Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind, Ui, vec2,
};

/// Side of a candidate's picture, in ui points.
const SIDE: f32 = 76.0;

/// Shows the results to choose from, and what they do to the photo.
pub(super) fn candidates_ui(ui: &mut Ui, cx: &mut Cx<'_>, card: &Card) {
    let (session, tokens) = (cx.session, cx.tokens);
    section(ui, tr!("candidates"));
    let Some(image) = session.photo().map(|photo| photo.document.current().clone()) else {
        return;
    };
    ScrollArea::horizontal().id_salt("candidates").show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            for (index, candidate) in card.candidates.iter().enumerate() {
                let (rect, response) = ui.allocate_exact_size(vec2(SIDE, SIDE), Sense::click());
                let is_chosen = index == card.chosen;
                let name = tr!("candidate", number = index + 1);
                response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, is_chosen, &name));
                if ui.is_rect_visible(rect) {
                    let texture = cx.state.thumbnails.of_candidate(ui, &image, candidate);
                    ui.painter().rect_filled(rect, 4, tokens.field);
                    let size = texture.size_vec2();
                    let place = Rect::from_center_size(rect.center(), size * (SIDE / size.max_elem().max(1.0)));
                    Image::new(&texture).corner_radius(4).paint_at(ui, place);
                    let stroke = match (is_chosen, response.hovered() || response.has_focus()) {
                        (true, _) => Stroke::new(2.0, tokens.accent),
                        (false, true) => Stroke::new(1.5, tokens.text_weak),
                        (false, false) => Stroke::new(1.0, tokens.border),
                    };
                    ui.painter().rect_stroke(rect, 4, stroke, StrokeKind::Inside);
                    corner_text(ui, rect.left_top() + vec2(4.0, 4.0), &(index + 1).to_string());
                    if card.is_favourite(index) {
                        corner_text(ui, rect.right_top() + vec2(-20.0, 4.0), icons::STAR);
                    }
                }
                if response.hovered() && !is_chosen {
                    cx.state.hovered_candidate = Some(candidate.clone());
                }
                if response.clicked() {
                    cx.commands.push(Command::ChooseCandidate(card.id, index));
                }
                if response.double_clicked() {
                    cx.actions.push(Action::Approve);
                }
                response.on_hover_text(tr!("candidate-seed", seed = candidate.recipe.seed.to_string()));
            }
        });
    });
    if let Some(candidate) = card.candidate() {
        if let Some(verdict) = &candidate.verdict {
            let (icon, colour) =
                if verdict.passed { (icons::CHECK_CIRCLE, tokens.success) } else { (icons::WARNING, tokens.warning) };
            finding(ui, (icon, colour), &verdict.reason, tokens.text).on_hover_text(tr!("candidate-verdict-tip"));
        }
        let changed = candidate.changed;
        let numbers = match candidate.seam {
            Some(seam) => tr!(
                "candidate-fidelity-seam",
                outside = changed.outside,
                inside = changed.inside,
                seam = format!("{seam:.2}")
            ),
            None => tr!("candidate-fidelity", outside = changed.outside, inside = changed.inside),
        };
        let (mark, text) = if changed.outside == 0 {
            ((icons::CHECK_CIRCLE, tokens.success), tr!("candidate-faithful"))
        } else {
            ((icons::WARNING, tokens.error), tr!("candidate-unfaithful"))
        };
        finding(ui, mark, text, tokens.text_weak).on_hover_text(numbers);
    }
    ui.horizontal(|ui| {
        action_button(ui, cx, Action::PreviousCandidate, icons::CARET_LEFT);
        action_button(ui, cx, Action::NextCandidate, icons::CARET_RIGHT);
        let favourite = if card.is_favourite(card.chosen) { tr!("candidate-unkeep") } else { tr!("candidate-keep") };
        action_button(ui, cx, Action::Favourite, format!("{}  {favourite}", icons::STAR));
        ui.label(RichText::new(tr!("candidate-original")).small().color(tokens.text_weak));
    });
}

/// A line with its mark.
fn finding(ui: &mut Ui, (icon, colour): (&str, Color32), text: &str, text_colour: Color32) -> egui::Response {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 5.0;
        ui.label(RichText::new(icon).small().color(colour));
        ui.add(egui::Label::new(RichText::new(text).small().color(text_colour)).wrap())
    })
    .inner
}

/// Words on a dark ground, for the corner of a picture.
pub(super) fn corner_text(ui: &Ui, at: egui::Pos2, text: &str) {
    let place = Rect::from_min_size(at, vec2(16.0, 16.0));
    ui.painter().rect_filled(place, 4, Color32::from_black_alpha(170));
    ui.painter().text(place.center(), Align2::CENTER_CENTER, text, FontId::proportional(11.0), Color32::WHITE);
}
