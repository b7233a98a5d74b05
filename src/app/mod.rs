//! The program with a window: `logic` takes in what happened, `ui` draws.

mod dialogs;
mod journal;
mod mirror;
mod preferences;
mod recent;
mod store;
mod window;

pub use dialogs::{DialogAnswer, Dialogs, NativeDialogs};
pub use journal::JournalStore;
pub use store::SettingsStore;
pub use window::run;

use crate::gpu::GpuFill;
use crate::session::{Command, Effect, Notice, OpenPhoto, Session, Settings};
use crate::text::tr;
use crate::ui::commands::actions::Action;
use crate::ui::commands::perform::{perform, pressed_step};
use crate::ui::path_dialog::{PathPrompt, PathUse, path_command};
use crate::ui::state::UiState;
use crate::ui::theme::{self, Tokens};
use crate::ui::window_ui;
use crate::worker::Worker;
use eframe::egui::{self, ViewportCommand};
use eframe::egui_wgpu;
use mirror::Mirror;
use recent::RecentFiles;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tie_core::{Extent, Raster, StepId};
use tie_engine::Registry;
use tie_engine::inpainter::exemplar::accelerator::Accelerator;

/// The eframe application.
pub struct App {
    session: Session,
    state: UiState,
    mirror: Mirror,
    dialogs: Box<dyn Dialogs>,
    worker: Worker,
    /// The question about unsaved work is answered: the window may close.
    may_close: bool,
    title: String,
    /// Actions that wait until a text field has handed over its text.
    deferred: Vec<Action>,
    /// Tab was pressed while a tool offers several regions.
    shows_next_region: bool,
    /// The graphics card is gone.
    is_lost: Arc<AtomicBool>,
    /// Receives the journal's folder when the window is lost.
    left: Rc<RefCell<Option<PathBuf>>>,
    /// When the success that is shown now was first seen.
    success_since: Option<Instant>,
    store: SettingsStore,
    journal: JournalStore,
    recent: RecentFiles,
    /// The settings that the window was last made to follow.
    followed: Settings,
    /// The step that was selected in the last frame.
    shown_step: Option<StepId>,
    /// The graphics card that runs fills; `None` if the CPU does.
    card: Option<Arc<GpuFill>>,
    /// When the program's memory use was last measured; `None` where it cannot be.
    counted: Option<Instant>,
}

/// How often memory use is measured.
const COUNTED_EVERY: Duration = Duration::from_secs(1);

/// How long a success message is shown.
const SUCCESS_SHOWN: Duration = Duration::from_secs(5);

/// Why the window could not be made ready.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(
        "No graphics adapter was found. Install a Vulkan driver (on Debian: mesa-vulkan-drivers), or use \"tie-studio edit\" without a window."
    )]
    NoAdapter,
    #[error(
        "No window can be opened, because there is no desktop session. Start one, or use \"tie-studio edit\" without a window."
    )]
    NoDesktop,
    #[error("The graphics card keeps failing. Update its driver, or use \"tie-studio edit\" without a window.")]
    KeepsBeingLost,
    #[error("{0}")]
    Other(String),
    #[error("The system could not start a thread or process: {0}")]
    System(#[from] std::io::Error),
    #[error("{0}")]
    Theme(#[from] theme::ThemeError),
}

/// What a window opens with.
pub enum Start {
    Empty,
    Photo(PathBuf),
    /// The journal of a window that was lost.
    Journal(PathBuf),
}

impl App {
    /// Makes fonts, pipelines and workers ready and shows what it starts with.
    ///
    /// # Errors
    /// If there is no graphics adapter, or the system cannot start a thread.
    pub fn new(
        cc: &eframe::CreationContext<'_>,
        registry: &Registry,
        dialogs: Box<dyn Dialogs>,
        store: SettingsStore,
        start: Start,
    ) -> Result<Self, StartError> {
        let graphics = cc.wgpu_render_state.as_ref().ok_or(StartError::NoAdapter)?;
        theme::install(&cc.egui_ctx)?;
        let ctx = cc.egui_ctx.clone();
        let wake = move || ctx.request_repaint();
        let adapter = graphics.adapter.get_info();
        let is_lost = watch(graphics, &cc.egui_ctx);
        let mut app = Self {
            session: Session::new(registry.clone()),
            state: UiState { adapter: format!("{} ({:?})", adapter.name, adapter.backend), ..UiState::default() },
            mirror: Mirror::new(graphics),
            dialogs,
            worker: Worker::spawn(registry, wake)?,
            may_close: false,
            title: String::new(),
            deferred: Vec::new(),
            success_since: None,
            shows_next_region: false,
            followed: Settings::default(),
            store,
            journal: JournalStore::default(),
            recent: RecentFiles::default(),
            shown_step: None,
            card: None,
            counted: None,
            is_lost,
            left: Rc::default(),
        };
        app.start_settings(&cc.egui_ctx);
        app.apply(&cc.egui_ctx, Command::LookForModels);
        match start {
            Start::Empty => {}
            Start::Photo(path) => app.apply(&cc.egui_ctx, Command::Open(path)),
            Start::Journal(folder) => app.apply(&cc.egui_ctx, Command::Restore(folder)),
        }
        Ok(app)
    }

    /// Leaves the journal's folder here when the window is lost.
    #[must_use]
    pub fn leaving_journal_in(mut self, left: Rc<RefCell<Option<PathBuf>>>) -> Self {
        self.left = left;
        self
    }

    /// Lets the settings say whether fills are made on this card.
    #[must_use]
    pub fn filling_on(mut self, card: Option<Arc<GpuFill>>) -> Self {
        self.state.fills_on = card.as_deref().map(|card| card.name().to_owned());
        self.card = card;
        self.follow_card();
        self
    }

    /// Shows in the status bar how much memory the program holds.
    #[must_use]
    pub fn counting_memory(mut self) -> Self {
        self.count_memory();
        self
    }

    fn count_memory(&mut self) {
        self.state.memory = memory_stats::memory_stats().map(|memory| memory.physical_mem);
        self.counted = Some(Instant::now());
    }

    pub const fn session(&self) -> &Session {
        &self.session
    }

    pub const fn state(&self) -> &UiState {
        &self.state
    }

    /// Runs a command and its side effects.
    pub fn apply(&mut self, ctx: &egui::Context, command: Command) {
        let effects = self.session.apply(command);
        self.carry_out(ctx, effects);
        self.follow_settings(ctx);
    }

    fn carry_out(&mut self, ctx: &egui::Context, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Submit(id, job) => self.worker.submit(id, job),
                Effect::CancelJob(id) => self.worker.cancel(id),
                Effect::PickOpen => self.dialogs.pick_open(ctx, PathUse::Open),
                Effect::PickSave { suggested } => self.dialogs.pick_save(ctx, PathUse::Save, &suggested),
                Effect::PickMask(step) => self.dialogs.pick_open(ctx, PathUse::ImportMask(step)),
                Effect::PickMaskSave { step, suggested } => {
                    self.dialogs.pick_save(ctx, PathUse::ExportMask(step), &suggested);
                }
                Effect::PickModels => self.dialogs.pick_open(ctx, PathUse::Models),
                Effect::CopyImage(pixels) => {
                    let size = [pixels.extent().width as usize, pixels.extent().height as usize];
                    ctx.copy_image(egui::ColorImage::from_rgba_unmultiplied(size, pixels.bytes()));
                }
                Effect::GoOnWithJournal(journal) => self.go_on_with_journal(*journal),
                Effect::Close => {
                    self.may_close = true;
                    ctx.send_viewport_cmd(ViewportCommand::Close);
                }
            }
        }
    }

    fn take_in_events(&mut self, ctx: &egui::Context) {
        while let Some(event) = self.worker.poll() {
            let effects = self.session.on_event(event);
            self.carry_out(ctx, effects);
        }
        while let Some(answer) = self.dialogs.poll() {
            match answer {
                DialogAnswer::Picked(purpose, path) => self.apply(ctx, path_command(purpose, path)),
                DialogAnswer::Cancelled(PathUse::Save) => self.apply(ctx, Command::SaveDialogCancelled),
                DialogAnswer::Cancelled(_) => {}
                DialogAnswer::Unavailable(purpose, suggested) => {
                    self.state.path_prompt = Some(PathPrompt::new(purpose, suggested.as_deref()));
                }
            }
        }
    }
}

impl eframe::App for App {
    /// Tab shows the next region while several are offered; taken here, before it would move the focus.
    fn raw_input_hook(&mut self, _: &egui::Context, input: &mut egui::RawInput) {
        if self.session.selection().is_none_or(|selection| selection.proposals.len() < 2) {
            return;
        }
        let is_tab = |event: &egui::Event| matches!(event, egui::Event::Key { key: egui::Key::Tab, pressed: true, modifiers, .. } if modifiers.is_none());
        self.shows_next_region |= input.events.iter().any(is_tab);
        input.events.retain(|event| !is_tab(event));
    }

    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        if self.is_lost.load(Ordering::Relaxed) {
            self.leave_lost_window(ctx);
            return;
        }
        self.take_in_events(ctx);
        self.hear_of_card();
        let (dropped, hovering) =
            ctx.input_mut(|input| (std::mem::take(&mut input.raw.dropped_files), !input.raw.hovered_files.is_empty()));
        self.state.drop_hovering = hovering;
        if let Some(file) = dropped.first() {
            let path = file.path().to_path_buf();
            let card = ctx.input(|input| input.pointer.latest_pos()).and_then(|at| self.state.card_at(at));
            self.apply(ctx, card.map_or(Command::Open(path.clone()), |step| Command::ImportMask(step, path)));
        }
        self.take_in_pasted(ctx);
        if std::mem::take(&mut self.shows_next_region) {
            self.apply(ctx, Command::SelectionNext);
        }
        if ctx.input(|input| input.viewport().close_requested()) && !self.may_close {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            self.apply(ctx, Command::Close);
        }
        // A modal window takes the keys for itself.
        let asks = self.session.pending().is_some() && !self.session.is_saving_for_pending();
        let asks = asks || self.session.asks_about_undecided();
        let is_modal = asks || self.session.mask_question().is_some() || self.state.has_dialog();
        if !is_modal {
            if let Some(command) = pressed_step(ctx, &self.session) {
                self.apply(ctx, command);
            }
            let pressed = self.state.keymap.pressed(ctx, Action::Cancel.is_enabled(&self.session, &self.state));
            if ctx.text_edit_focused() {
                self.deferred.extend(pressed);
            } else {
                self.perform(ctx, pressed);
            }
        }
        self.zoom_to_new_step();
        if self.counted.is_some_and(|last| last.elapsed() >= COUNTED_EVERY) {
            self.count_memory();
        }
        self.keep_settings(ctx);
        self.keep_journal(ctx);
        if let Some(missing) = self.recent.poll(ctx, &self.session.settings().recent) {
            self.state.missing = missing;
        }
        self.show_title(ctx);
        self.let_success_fade(ctx);
        if let Some(graphics) = frame.wgpu_render_state() {
            self.mirror(graphics);
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        if self.is_lost.load(Ordering::Relaxed) {
            return;
        }
        let tokens = match Tokens::bundled(ui.theme()) {
            Ok(tokens) => tokens,
            Err(error) => {
                ui.label(error.to_string());
                return;
            }
        };
        let commands = window_ui(ui, &self.session, &mut self.state, &tokens);
        let ctx = ui.ctx().clone();
        for command in commands {
            self.apply(&ctx, command);
        }
        self.perform_deferred(&ctx);
        // What was painted in this frame is uploaded before egui draws it.
        if let Some(graphics) = frame.wgpu_render_state() {
            self.mirror(graphics);
            if self.mirror.stream(graphics, &self.session, &self.state.scene) {
                ctx.request_repaint();
            }
        }
    }

    fn on_exit(&mut self) {
        self.store.close(self.session.settings());
        self.journal.close(&self.session, self.may_close);
    }
}

/// A frame on a lost graphics card panics before the loss is reported; a panic while drawing is no reason to lose work
/// either.
impl Drop for App {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.leave_journal();
        }
    }
}

/// Reports the loss of the graphics card, and errors that would otherwise end the program.
fn watch(graphics: &egui_wgpu::RenderState, ctx: &egui::Context) -> Arc<AtomicBool> {
    let is_lost = Arc::new(AtomicBool::new(false));
    let (flag, ctx) = (Arc::clone(&is_lost), ctx.clone());
    graphics.device.set_device_lost_callback(move |reason, message| {
        // Closing the window lets go of the device as well.
        if reason != wgpu::DeviceLostReason::Destroyed || !message.is_empty() {
            log::error!("the graphics card was lost ({reason:?}): {message}");
        }
        flag.store(true, Ordering::Relaxed);
        ctx.request_repaint();
    });
    graphics.device.on_uncaptured_error(Arc::new(|error| log::error!("graphics: {error}")));
    is_lost
}

impl App {
    /// Brings the newest state to the disk, for a window that takes this one's place.
    fn leave_journal(&mut self) {
        self.session.apply(Command::StrokeEnd);
        self.journal.close(&self.session, false);
        self.left.replace(self.journal.folder().map(Path::to_path_buf));
    }

    /// Closes this window, which can no longer be drawn.
    fn leave_lost_window(&mut self, ctx: &egui::Context) {
        if !self.may_close {
            self.may_close = true;
            self.leave_journal();
        }
        ctx.send_viewport_cmd(ViewportCommand::Close);
    }

    fn perform(&mut self, ctx: &egui::Context, actions: Vec<Action>) {
        let mut commands = Vec::new();
        perform(ctx, &self.session, &mut self.state, actions, &mut commands);
        for command in commands {
            self.apply(ctx, command);
        }
    }

    /// Runs what was pressed in a text field, once the field has taken all letters of that frame and handed over its
    /// text, which happens when it loses focus.
    fn perform_deferred(&mut self, ctx: &egui::Context) {
        if self.deferred.is_empty() {
            return;
        }
        if ctx.text_edit_focused() {
            ctx.memory_mut(egui::Memory::stop_text_input);
        } else {
            let deferred = std::mem::take(&mut self.deferred);
            self.perform(ctx, deferred);
        }
        ctx.request_repaint();
    }

    /// Ctrl+V with an image opens it; Ctrl+C without a text field copies the photograph.
    fn take_in_pasted(&mut self, ctx: &egui::Context) {
        if ctx.text_edit_focused() {
            return;
        }
        let (pasted, copies, is_other) = ctx.input(|input| {
            let image = input.events.iter().find_map(|event| match event {
                egui::Event::PasteImage(image) => Some(Arc::clone(image)),
                _ => None,
            });
            let has = |wanted: fn(&egui::Event) -> bool| input.events.iter().any(wanted);
            let is_text = has(|event| matches!(event, egui::Event::Paste(_)));
            (image, has(|event| matches!(event, egui::Event::Copy)), is_text)
        });
        if is_other && pasted.is_none() {
            self.apply(ctx, Command::NothingToPaste);
        }
        if let Some(image) = pasted {
            let [width, height] = image.size;
            let bytes = image.pixels.iter().flat_map(egui::Color32::to_srgba_unmultiplied).collect();
            match Raster::new(Extent::new(width as u32, height as u32), bytes) {
                Ok(pixels) => self.apply(ctx, Command::OpenPasted(Arc::new(pixels))),
                Err(error) => log::error!("the pasted image is broken: {error}"),
            }
        }
        // Text that is selected in the window has been taken by its label.
        if copies && self.session.photo().is_some() {
            self.apply(ctx, Command::CopyImage);
        }
    }

    /// "coffee.png * – Tie Studio": the star marks unsaved changes.
    fn show_title(&mut self, ctx: &egui::Context) {
        let name = self.session.photo().map(OpenPhoto::file_name);
        let star = if self.session.has_unsaved_work() { " *" } else { "" };
        let title = name.map_or_else(|| tr!("app-name").to_owned(), |name| format!("{name}{star} – Tie Studio"));
        if title != self.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    /// A success needs no click; an error stays until it was read.
    fn let_success_fade(&mut self, ctx: &egui::Context) {
        if !matches!(self.session.notice(), Some(Notice::Success(_))) {
            self.success_since = None;
            return;
        }
        let since = *self.success_since.get_or_insert_with(Instant::now);
        match SUCCESS_SHOWN.checked_sub(since.elapsed()) {
            Some(rest) => ctx.request_repaint_after(rest),
            None => self.apply(ctx, Command::DismissNotice),
        }
    }

    fn mirror(&mut self, graphics: &egui_wgpu::RenderState) {
        self.mirror.update(graphics, &mut self.session, &mut self.state);
    }
}
