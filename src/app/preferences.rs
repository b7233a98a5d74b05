//! The window follows the settings.

use super::App;
use crate::gpu::GpuFill;
use crate::session::{Command, Settings, StepState, ThemeChoice};
use crate::text::tr;
use crate::ui::commands::keymap::Keymap;
use eframe::egui::{self, ThemePreference};

impl App {
    /// Takes over the settings that were read.
    pub(super) fn start_settings(&mut self, ctx: &egui::Context) {
        self.state.cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u32);
        let settings = self.store.settings().clone();
        self.show_settings(ctx, &settings);
        self.apply(ctx, Command::SetSettings(Box::new(settings)));
    }

    /// Makes the window as the settings say, where they have changed.
    pub(super) fn follow_settings(&mut self, ctx: &egui::Context) {
        if self.followed != *self.session.settings() {
            let settings = self.session.settings().clone();
            self.show_settings(ctx, &settings);
            self.followed = settings;
            self.follow_card();
        }
    }

    fn show_settings(&mut self, ctx: &egui::Context, settings: &Settings) {
        ctx.set_theme(match settings.theme {
            ThemeChoice::System => ThemePreference::System,
            ThemeChoice::Dark => ThemePreference::Dark,
            ThemeChoice::Light => ThemePreference::Light,
        });
        ctx.set_zoom_factor(settings.ui_scale);
        if settings.shortcuts != self.followed.shortcuts {
            self.state.keymap = Keymap::new(&settings.shortcuts);
        }
    }

    /// Fills are made where the settings say.
    pub(super) fn follow_card(&self) {
        if let Some(card) = &self.card {
            card.set_wanted(self.session.settings().gpu_fill);
        }
    }

    /// Reports once that the card no longer runs fills.
    pub(super) fn hear_of_card(&mut self) {
        let failed = self.card.take_if(|card| card.failure().is_some());
        if let Some(why) = failed.as_deref().and_then(GpuFill::failure) {
            log::error!("the graphics card no longer fills: {why}");
            self.state.fills_on = None;
            self.session.fail(tr!("card-failed"));
        }
    }

    /// Writes settings that have changed.
    pub(super) fn keep_settings(&mut self, ctx: &egui::Context) {
        if let Some(wait) = self.store.keep(self.session.settings()) {
            ctx.request_repaint_after(wait);
        }
        // Opening a photograph takes older notices away: this one waits until that is over.
        if self.session.activity().is_none()
            && self.session.notice().is_none()
            && let Some(sentence) = self.store.take_sentence()
        {
            self.session.fail(sentence);
        }
    }

    /// Zooms to a step's region when the step is selected, if the settings say so.
    pub(super) fn zoom_to_new_step(&mut self) {
        let selected = self.session.selected();
        let id = selected.map(|card| card.id);
        // A region that is still looked for is shown when it is found.
        let is_looked_for = selected.is_some_and(|card| matches!(card.state, StepState::Draft | StepState::Locating));
        if id == self.shown_step || is_looked_for {
            return;
        }
        self.shown_step = id;
        let mask = selected.and_then(|card| card.mask.as_ref()).filter(|mask| !mask.is_empty());
        if let Some(mask) = mask.filter(|_| self.session.settings().zoom_to_step) {
            self.state.view.fit_to(mask.result.bounds());
        }
    }
}
