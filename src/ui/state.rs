//! State of the window rather than the document: tool, brush, view, open panels.

use super::canvas::gesture::Gesture;
use super::canvas::tool::{Tool, ToolOptions};
use super::canvas::view::CanvasView;
use super::commands::keymap::Keymap;
use super::commands::palette::Palette;
use super::leftovers::Leftovers;
use super::path_dialog::PathPrompt;
use super::settings::SettingsState;
use super::steps::thumbnails::Thumbnails;
use crate::gpu::Scene;
use crate::session::{Command, Settings};
use eframe::egui::Rect;
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use tie_core::{Brush, Candidate, Combine, Point, StepId};

/// The state of the window.
#[derive(Default)]
pub struct UiState {
    pub view: CanvasView,
    pub tool: Tool,
    pub options: ToolOptions,
    /// What is being drawn on the canvas before it becomes a command.
    pub gesture: Option<Gesture>,
    /// The selected mask is shown as what was added to and removed from the proposal.
    pub shows_changes: bool,
    pub compare: bool,
    /// Position of the comparison split, 0 to 1 of the image's width.
    pub split: Option<f32>,
    /// The candidate under the pointer in the strip; shown instead of the chosen one.
    pub hovered_candidate: Option<Arc<Candidate>>,
    /// Position of smart select's pointer on the photo.
    pub smart_at: Option<Point>,
    pub thumbnails: Thumbnails,
    /// The step cards on the screen, as of the last frame.
    pub card_rects: Vec<(StepId, Rect)>,
    /// The command palette, if it is open.
    pub palette: Option<Palette>,
    pub keys_open: bool,
    pub about_open: bool,
    /// The focus was moved by the keyboard, and the pointer not pressed since.
    pub by_keyboard: bool,
    pub history_open: bool,
    /// The settings window, if it is open.
    pub settings_window: Option<SettingsState>,
    pub keymap: Keymap,
    /// Recent photos that no longer exist.
    pub missing: HashSet<PathBuf>,
    pub leftovers: Leftovers,
    /// CPU cores of this machine.
    pub cores: u32,
    /// What the canvas showed last: the graphics card needs its pixels.
    pub scene: Scene,
    /// A file is held over the window.
    pub drop_hovering: bool,
    /// The path prompt, if the system has no file dialog.
    pub path_prompt: Option<PathPrompt>,
    /// Name of the graphics card that fills can be made on; absent where only the CPU can.
    pub fills_on: Option<String>,
    /// Which of the instructions that were said before stands in the field.
    pub recalled: Option<usize>,
    /// Pictures of the samples, once the first page has shown them.
    pub samples: Vec<eframe::egui::TextureHandle>,
    /// The instruction gets the focus in this frame.
    pub focuses_instruction: bool,
    /// [`Session::photos_opened`](crate::session::Session::photos_opened) of the last frame.
    pub opened: u64,
    /// Name and kind of the graphics adapter, for the status bar.
    pub adapter: String,
    /// Memory use of the program in bytes, for the status bar; `None` where it cannot be measured.
    pub memory: Option<usize>,
}

impl UiState {
    /// The brush of the active tool; brush and eraser keep their own sizes.
    pub const fn active_brush(&self, settings: &Settings) -> Brush {
        match self.tool {
            Tool::Eraser => settings.eraser,
            _ => settings.brush,
        }
    }

    /// Changes the active tool's brush.
    pub fn set_brush(&self, settings: &Settings, brush: Brush) -> Command {
        let mut settings = Box::new(settings.clone());
        match self.tool {
            Tool::Eraser => settings.eraser = brush,
            _ => settings.brush = brush,
        }
        Command::SetSettings(settings)
    }

    /// Switches to another tool; drops what the last one had begun.
    pub fn take_tool(&mut self, tool: Tool) {
        // The same key again switches to the tool's other kind.
        match (self.tool == tool, tool) {
            (true, Tool::Lasso) => self.options.polygon = !self.options.polygon,
            (true, Tool::Shape) => self.options.ellipse = !self.options.ellipse,
            _ => {}
        }
        self.tool = tool;
        self.gesture = None;
    }

    /// X: brush and eraser change places, and so do adding and subtracting.
    pub const fn swap_tool(&mut self) {
        match self.tool {
            Tool::Brush => self.tool = Tool::Eraser,
            Tool::Eraser => self.tool = Tool::Brush,
            _ => {
                self.options.how = match self.options.how {
                    Combine::Subtract => Combine::Add,
                    Combine::Add | Combine::Intersect => Combine::Subtract,
                }
            }
        }
    }

    /// Whether a dialog is open that takes the keys for itself.
    pub const fn has_dialog(&self) -> bool {
        self.palette.is_some()
            || self.path_prompt.is_some()
            || self.keys_open
            || self.about_open
            || self.settings_window.is_some()
    }

    /// The step whose card is under a point of the window.
    pub fn card_at(&self, at: eframe::egui::Pos2) -> Option<StepId> {
        self.card_rects.iter().find(|(_, rect)| rect.contains(at)).map(|(id, _)| *id)
    }
}
