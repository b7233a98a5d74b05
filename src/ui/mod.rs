//! The window: functions that draw a part of it from the session and return commands.
//!
//! Widgets report and never decide: they read `&Session`, push [`Command`]s and change only [`UiState`].

pub mod canvas;
pub mod commands;
mod cx;
pub mod icons;
pub mod leftovers;
mod overlays;
pub mod path_dialog;
pub mod settings;
pub mod state;
mod steps;
pub mod theme;
mod welcome;
mod widgets;

use crate::session::{Command, Session};
use canvas::tools;
use commands::{menu, perform};
use cx::Cx;
use eframe::egui::{CentralPanel, Frame, Margin, Panel, Ui};
use state::UiState;
use steps::{history, plan_panel, status};
use theme::Tokens;

/// Draws the whole window; returns the commands of this frame.
pub fn window_ui(ui: &mut Ui, session: &Session, state: &mut UiState, tokens: &Tokens) -> Vec<Command> {
    let (mut commands, mut actions) = (Vec::new(), Vec::new());
    let cx = &mut Cx { session, state, tokens, commands: &mut commands, actions: &mut actions };
    let panel = Frame::new().fill(tokens.panel).inner_margin(Margin::symmetric(8, 4));
    Panel::top("menu").frame(panel).resizable(false).show(ui, |ui| menu::menu_ui(ui, cx));
    // As high as a button and its margins.
    let status = Frame::new().fill(tokens.panel).inner_margin(Margin::symmetric(8, 3));
    Panel::bottom("status").frame(status).resizable(false).exact_size(32.0).show(ui, |ui| status::status_ui(ui, cx));
    if session.photo().is_some() {
        let side = Frame::new().fill(tokens.panel).inner_margin(Margin::same(6));
        let columns = tools::strip_columns(ui.available_height() - 12.0);
        Panel::left("tools")
            .frame(side)
            .resizable(false)
            .exact_size(tools::strip_width(columns))
            .show(ui, |ui| tools::tools_ui(ui, cx, columns));
        Panel::right("plan")
            .frame(Frame::new().fill(tokens.panel).inner_margin(Margin::same(12)))
            .default_size(360.0)
            .size_range(300.0..=520.0)
            .show(ui, |ui| plan_panel::plan_panel_ui(ui, cx));
        if cx.state.history_open {
            let side = Frame::new().fill(tokens.panel).inner_margin(Margin::same(10));
            Panel::left("history")
                .frame(side)
                .default_size(210.0)
                .size_range(150.0..=360.0)
                .show(ui, |ui| history::history_ui(ui, cx));
        }
        let line = Frame::new().fill(tokens.panel).inner_margin(Margin::symmetric(8, 2));
        Panel::top("tool options")
            .frame(line)
            .resizable(false)
            .exact_size(36.0)
            .show(ui, |ui| tools::tool_options_ui(ui, cx));
        CentralPanel::no_frame().show(ui, |ui| canvas::canvas_ui(ui, cx));
    } else {
        CentralPanel::no_frame().show(ui, |ui| welcome::welcome_ui(ui, cx));
    }
    settings::window::settings_ui(ui, cx);
    overlays::overlays_ui(ui, cx);
    state.thumbnails.forget_unused();
    perform::perform(ui, session, state, actions, &mut commands);
    commands
}
