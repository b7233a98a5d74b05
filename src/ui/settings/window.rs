//! The settings window: pages of rows, each with a label, an explanation and a control; changes apply at once.

use super::{Page, models, shortcuts};
use crate::session::{Approval, Command, Language, PlannedBy, Settings, ThemeChoice, TintMode};
use crate::text::{message, tr};
use crate::ui::cx::Cx;
use crate::ui::state::UiState;
use crate::ui::theme::Tokens;
use crate::ui::widgets::{checkbox, modal};
use eframe::egui::{
    self, Align, Button, Checkbox, ComboBox, DragValue, Layout, Response, RichText, ScrollArea, Slider, Ui,
};
use tie_core::Overlay;

/// The pages in the order of the list, with the keys of their names.
const PAGES: &[(Page, &str)] = &[
    (Page::General, "settings-general"),
    (Page::Canvas, "settings-canvas"),
    (Page::Steps, "settings-steps"),
    (Page::Shortcuts, "settings-shortcuts"),
    (Page::Models, "settings-models"),
    (Page::Network, "settings-network"),
];

/// Width of the list of pages, in points.
const LIST_WIDTH: f32 = 112.0;
/// Width of the column of controls, in points.
const CONTROL_WIDTH: f32 = 190.0;

/// Draws the settings window if it is open.
pub(in crate::ui) fn settings_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let (session, tokens) = (cx.session, cx.tokens);
    let Some(mut open) = cx.state.settings_window.take() else {
        return;
    };
    let mut settings = session.settings().clone();
    shortcuts::take_keys(ui, &mut open.shortcuts, &mut settings);
    // Lighter than for a question: what a setting changes can be seen behind the window.
    let window = modal(ui, "settings").backdrop_color(egui::Color32::from_black_alpha(50));
    let room = ui.content_rect().size();
    let response = window.show(ui, |ui| {
        ui.set_width((room.x - 80.0).min(720.0));
        ui.heading(tr!("settings-title"));
        ui.add_space(8.0);
        let height = (room.y - 170.0).clamp(152.0, 420.0);
        let body = egui::vec2(ui.available_width(), height);
        ui.allocate_ui_with_layout(body, Layout::left_to_right(Align::TOP), |ui| {
            ui.set_height(height);
            ui.allocate_ui_with_layout(egui::vec2(LIST_WIDTH, height), Layout::top_down_justified(Align::LEFT), |ui| {
                for (page, name) in PAGES {
                    if ui.add(Button::selectable(open.page == *page, message(name))).clicked() {
                        open.page = *page;
                        open.shortcuts.capture = None;
                        // The buttons above are drawn already.
                        ui.request_repaint();
                        if *page == Page::Models {
                            cx.commands.push(Command::LookForModels);
                        }
                    }
                }
            });
            ui.separator();
            ui.vertical(|ui| {
                let page = open.page;
                ui.push_id(PAGES.iter().position(|(other, _)| *other == page), |ui| {
                    if page == Page::Shortcuts {
                        shortcuts::shortcuts_ui(
                            ui,
                            &mut open.shortcuts,
                            &cx.state.keymap,
                            tokens,
                            &mut settings,
                            height,
                        );
                    } else {
                        ScrollArea::vertical().auto_shrink(false).max_height(height).show(ui, |ui| {
                            ui.spacing_mut().item_spacing.y = 4.0;
                            if page == Page::Models {
                                models::models_ui(ui, session, &mut open.deletes, tokens, &mut settings, cx.commands);
                            } else {
                                page_ui(ui, page, cx.state, tokens, &mut settings);
                            }
                        });
                    }
                });
            });
        });
        ui.add_space(10.0);
        ui.horizontal(|ui| {
            if ui.button(tr!("settings-reset")).on_hover_text(tr!("settings-reset-tip")).clicked() {
                reset(open.page, &mut settings);
                open.shortcuts.capture = None;
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui.button(tr!("close")).clicked() {
                    ui.close();
                }
            });
        });
    });
    if settings != *session.settings() {
        cx.commands.push(Command::SetSettings(Box::new(settings)));
    }
    if !response.should_close() {
        cx.state.settings_window = Some(open);
    }
}

/// Makes a page's settings as they were delivered.
fn reset(page: Page, settings: &mut Settings) {
    let old = settings.clone();
    // All of them by name, so that a new one is put on a page, or beside those that no page shows.
    let Settings {
        language,
        theme,
        ui_scale,
        overlay,
        tint_opacity,
        tint_mode,
        tint_colour,
        zoom_to_step,
        brush: _,
        eraser: _,
        approval,
        planned_by,
        candidates,
        undo_memory_mb,
        threads,
        gpu_fill,
        model_folders,
        offline,
        proxy,
        shortcuts,
        recent: _,
        said: _,
    } = Settings::default();
    *settings = match page {
        Page::General => Settings { language, theme, ui_scale, undo_memory_mb, threads, gpu_fill, ..old },
        Page::Canvas => Settings { overlay, tint_opacity, tint_mode, tint_colour, ..old },
        Page::Steps => Settings { zoom_to_step, approval, planned_by, candidates, ..old },
        Page::Models => Settings { model_folders, ..old },
        Page::Shortcuts => Settings { shortcuts, ..old },
        Page::Network => Settings { offline, proxy, ..old },
    };
}

fn page_ui(ui: &mut Ui, page: Page, state: &UiState, tokens: &Tokens, settings: &mut Settings) {
    match page {
        Page::General => general_page(ui, state, settings),
        Page::Canvas => canvas_page(ui, settings),
        Page::Steps => steps_page(ui, settings),
        Page::Network => network_page(ui, tokens, settings),
        Page::Shortcuts | Page::Models => {}
    }
}

/// A label with its explanation on the left and the control on the right, or below if there is not enough room.
fn row(ui: &mut Ui, title: &str, explanation: &str, control: impl FnOnce(&mut Ui) -> Response) {
    let room = ui.available_width();
    let is_narrow = room < CONTROL_WIDTH + 164.0;
    let direction = if is_narrow { Layout::top_down(Align::LEFT) } else { Layout::left_to_right(Align::TOP) };
    ui.allocate_ui_with_layout(egui::vec2(room, 0.0), direction, |ui| {
        let width = if is_narrow { room } else { room - CONTROL_WIDTH - 24.0 };
        let label = ui
            .vertical(|ui| {
                ui.set_width(width);
                let label = ui.label(title);
                ui.label(RichText::new(explanation).small().weak());
                label
            })
            .inner;
        ui.add_space(if is_narrow { 0.0 } else { 8.0 });
        ui.vertical(|ui| {
            ui.set_width(CONTROL_WIDTH);
            control(ui).labelled_by(label.id)
        });
    });
    ui.add_space(8.0);
}

/// One of several values.
fn choice<T: Copy + PartialEq>(ui: &mut Ui, name: &str, value: &mut T, choices: &[(T, &str)]) -> Response {
    let shown = choices.iter().find(|(choice, _)| choice == value).map_or("", |(_, key)| message(key));
    let list = ComboBox::from_id_salt(name).selected_text(shown).width(CONTROL_WIDTH);
    list.show_ui(ui, |ui| {
        for (choice, key) in choices {
            ui.selectable_value(value, *choice, message(key));
        }
    })
    .response
}

fn general_page(ui: &mut Ui, state: &UiState, settings: &mut Settings) {
    row(ui, tr!("settings-language"), tr!("settings-language-why"), |ui| {
        // Each in its own words, so that you find your way back.
        let name = |language| match language {
            Language::System => tr!("settings-theme-system"),
            Language::English => "English",
            Language::German => "Deutsch",
            Language::Spanish => "Español",
        };
        let list = ComboBox::from_id_salt("language").selected_text(name(settings.language)).width(CONTROL_WIDTH);
        list.show_ui(ui, |ui| {
            for language in [Language::System, Language::English, Language::German, Language::Spanish] {
                ui.selectable_value(&mut settings.language, language, name(language));
            }
        })
        .response
    });
    row(ui, tr!("settings-theme"), tr!("settings-theme-why"), |ui| {
        let themes = [
            (ThemeChoice::System, "settings-theme-system"),
            (ThemeChoice::Dark, "settings-theme-dark"),
            (ThemeChoice::Light, "settings-theme-light"),
        ];
        choice(ui, "theme", &mut settings.theme, &themes)
    });
    row(ui, tr!("settings-scale"), tr!("settings-scale-why"), |ui| {
        // Steps rather than a slider, which would move away under the pointer.
        let percent = |scale: f32| format!("{:.0} %", scale * 100.0);
        let list = ComboBox::from_id_salt("scale").selected_text(percent(settings.ui_scale)).width(CONTROL_WIDTH);
        list.show_ui(ui, |ui| {
            for scale in [0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0] {
                ui.selectable_value(&mut settings.ui_scale, scale, percent(scale));
            }
        })
        .response
    });
    row(ui, tr!("settings-undo"), tr!("settings-undo-why"), |ui| {
        let slider = Slider::new(&mut settings.undo_memory_mb, Settings::UNDO_MEMORY_MB);
        ui.add(slider.logarithmic(true).step_by(64.0).suffix(" MB"))
    });
    row(ui, tr!("settings-threads"), tr!("settings-threads-why"), |ui| {
        let most = state.cores.max(settings.threads);
        let all = tr!("settings-threads-all", cores = state.cores);
        let value = DragValue::new(&mut settings.threads).range(0..=most).speed(0.05);
        ui.add(
            value
                .custom_formatter(|threads, _| if threads == 0.0 { all.clone() } else { format!("{threads:.0}") })
                .custom_parser(|text| text.trim().parse().ok()),
        )
    });
    let why = state
        .fills_on
        .as_ref()
        .map_or_else(|| tr!("settings-gpu-none").to_owned(), |card| tr!("settings-gpu-why", card = card.clone()));
    row(ui, tr!("settings-gpu"), &why, |ui| {
        let mut is_used = settings.gpu_fill && state.fills_on.is_some();
        let response = checkbox(ui, state.fills_on.is_some(), Checkbox::new(&mut is_used, tr!("settings-gpu-on")));
        if response.changed() {
            settings.gpu_fill = is_used;
        }
        response
    });
}

fn canvas_page(ui: &mut Ui, settings: &mut Settings) {
    row(ui, tr!("settings-overlay"), tr!("settings-overlay-why"), |ui| {
        let overlays = [
            (Overlay::Tint, "settings-overlay-tint"),
            (Overlay::Outline, "settings-overlay-outline"),
            (Overlay::BlackAndWhite, "settings-overlay-black-and-white"),
            (Overlay::Off, "settings-overlay-off"),
        ];
        choice(ui, "overlay", &mut settings.overlay, &overlays)
    });
    row(ui, tr!("settings-tint"), tr!("settings-tint-why"), |ui| {
        let percent = |share: f64, _| format!("{:.0} %", share * 100.0);
        let parse =
            |text: &str| text.trim().trim_end_matches('%').trim().parse().ok().map(|percent: f64| percent / 100.0);
        ui.add(Slider::new(&mut settings.tint_opacity, 0.0..=1.0).custom_formatter(percent).custom_parser(parse))
    });
    row(ui, tr!("settings-tint-colour"), tr!("settings-tint-colour-why"), |ui| {
        let modes = [(TintMode::StepHue, "settings-tint-by-step"), (TintMode::Fixed, "settings-tint-fixed")];
        let response = choice(ui, "tint", &mut settings.tint_mode, &modes);
        if settings.tint_mode == TintMode::Fixed {
            ui.color_edit_button_srgb(&mut settings.tint_colour).on_hover_text(tr!("settings-tint-pick"));
        }
        response
    });
}

/// The approval modes with the keys of their names.
pub(in crate::ui) const APPROVALS: [(Approval, &str); 3] = [
    (Approval::AskEachStep, "settings-approval-ask"),
    (Approval::AutoWhereSure, "settings-approval-auto"),
    (Approval::RunAllThenReview, "settings-approval-review"),
];

fn steps_page(ui: &mut Ui, settings: &mut Settings) {
    row(ui, tr!("settings-planner"), tr!("settings-planner-why"), |ui| {
        let planners = [(PlannedBy::Rules, "settings-planner-rules"), (PlannedBy::Lisa, "settings-planner-lisa")];
        choice(ui, "planner", &mut settings.planned_by, &planners)
    });
    row(ui, tr!("settings-approval"), tr!("settings-approval-why"), |ui| {
        choice(ui, "approval", &mut settings.approval, &APPROVALS)
    });
    row(ui, tr!("settings-candidates"), tr!("settings-candidates-why"), |ui| {
        ui.add(Slider::new(&mut settings.candidates, Settings::CANDIDATES))
    });
    row(ui, tr!("settings-zoom"), tr!("settings-zoom-why"), |ui| {
        checkbox(ui, true, Checkbox::new(&mut settings.zoom_to_step, tr!("settings-zoom-on")))
    });
}

fn network_page(ui: &mut Ui, tokens: &Tokens, settings: &mut Settings) {
    let frame = egui::Frame::new().fill(tokens.field).corner_radius(6).inner_margin(egui::Margin::symmetric(10, 8));
    frame.show(ui, |ui| ui.label(tr!("settings-network-honest")));
    ui.add_space(8.0);
    row(ui, tr!("settings-offline"), tr!("settings-offline-why"), |ui| {
        checkbox(ui, true, Checkbox::new(&mut settings.offline, tr!("settings-offline-on")))
    });
    row(ui, tr!("settings-proxy"), tr!("settings-proxy-why"), |ui| {
        let hint = tr!("settings-proxy-hint");
        let field = egui::TextEdit::singleline(&mut settings.proxy).hint_text(hint).desired_width(CONTROL_WIDTH);
        ui.add_enabled(!settings.offline, field)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resetting_all_pages_resets_everything_but_what_was_in_hand() {
        let mut settings = Settings {
            theme: ThemeChoice::Light,
            ui_scale: 2.0,
            overlay: Overlay::Off,
            tint_opacity: 1.0,
            tint_mode: TintMode::Fixed,
            tint_colour: [1, 2, 3],
            zoom_to_step: true,
            approval: Approval::RunAllThenReview,
            planned_by: PlannedBy::Lisa,
            candidates: 7,
            undo_memory_mb: 64,
            threads: 1,
            gpu_fill: false,
            model_folders: vec!["models".into()],
            offline: false,
            proxy: "http://localhost:1".to_owned(),
            shortcuts: [("open".to_owned(), None)].into(),
            recent: vec!["a.png".into()],
            ..Settings::default()
        };
        reset(Page::Network, &mut settings);
        assert!(settings.offline && settings.candidates == 7, "a page resets what it shows");
        for (page, _) in PAGES {
            reset(*page, &mut settings);
        }
        assert_eq!(settings, Settings { recent: vec!["a.png".into()], ..Settings::default() });
    }
}
