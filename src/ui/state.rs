//! What belongs to the window and not to the document: tool, brush, view, open panels.

use super::canvas::gesture::Gesture;
use super::canvas::view::CanvasView;
use super::commands::keymap::Keymap;
use super::commands::palette::Palette;
use super::leftovers::Leftovers;
use super::settings::window::SettingsState;
use super::steps::thumbnails::Thumbnails;
use crate::gpu::Scene;
use crate::session::{Command, Settings};
use crate::text::tr;
use eframe::egui::Rect;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tie_core::{Brush, Candidate, Combine, Point, StepId};

/// What the pointer does on the canvas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    View,
    #[default]
    Brush,
    Eraser,
    /// Freehand, or corner by corner.
    Lasso,
    /// A rectangle or an ellipse.
    Shape,
    Wand,
    /// Clicks and boxes that a locator turns into a region.
    Smart,
    /// The part of the photograph that the engine sees.
    Context,
}

impl Tool {
    /// Whether it paints with a brush.
    pub const fn is_brush(self) -> bool {
        matches!(self, Self::Brush | Self::Eraser)
    }

    /// Whether it selects a region and can also take one away.
    pub const fn selects(self) -> bool {
        matches!(self, Self::Lasso | Self::Shape | Self::Wand | Self::Smart)
    }
}

/// How the tools work, beside their brushes.
#[derive(Clone, Copy, Debug)]
pub struct ToolOptions {
    /// The lasso goes from corner to corner.
    pub polygon: bool,
    /// The shape is an ellipse.
    pub ellipse: bool,
    /// What a selecting tool does to the mask.
    pub how: Combine,
    /// Largest difference of a colour channel that the wand selects, 0 to 255.
    pub tolerance: u8,
    /// The wand selects only what is connected with the clicked pixel.
    pub contiguous: bool,
    /// By how much masks are grown, shrunk and feathered, in image pixels.
    pub radius: f32,
}

impl Default for ToolOptions {
    fn default() -> Self {
        Self { polygon: false, ellipse: false, how: Combine::Add, tolerance: 24, contiguous: true, radius: 4.0 }
    }
}

/// What a typed path is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathUse {
    Open,
    Save,
    ImportMask(StepId),
    ExportMask(StepId),
    /// A folder with models.
    Models,
}

impl PathUse {
    /// The dialog's title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Open => tr!("path-open-title"),
            Self::Save => tr!("path-save-title"),
            Self::ImportMask(_) => tr!("path-import-mask"),
            Self::ExportMask(_) => tr!("path-export-mask"),
            Self::Models => tr!("path-models"),
        }
    }

    pub const fn saves(self) -> bool {
        matches!(self, Self::Save | Self::ExportMask(_))
    }
}

/// A path that the person types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathPrompt {
    pub purpose: PathUse,
    pub path: String,
    /// The path exists, and the person has been told.
    pub replaces: bool,
    /// The field has got the focus.
    pub focused: bool,
}

impl PathPrompt {
    pub fn new(purpose: PathUse, suggested: Option<&Path>) -> Self {
        let path = suggested.map(|path| path.display().to_string()).unwrap_or_default();
        Self { purpose, path, replaces: false, focused: false }
    }
}

/// The state of the window.
#[derive(Default)]
pub struct UiState {
    pub view: CanvasView,
    pub tool: Tool,
    pub options: ToolOptions,
    /// What is being drawn on the canvas and is no command yet.
    pub gesture: Option<Gesture>,
    /// The selected mask is shown as what was added to and taken from the proposal.
    pub shows_changes: bool,
    pub compare: bool,
    /// Where the comparison is split, 0 to 1 of the image's width.
    pub split: Option<f32>,
    /// The candidate under the pointer in the strip; shown instead of the chosen one.
    pub hovered_candidate: Option<Arc<Candidate>>,
    /// Where the smart select's pointer is on the photograph.
    pub smart_at: Option<Point>,
    pub thumbnails: Thumbnails,
    /// The step cards on the screen, as of the last frame.
    pub card_rects: Vec<(StepId, Rect)>,
    /// The command palette, if it is open.
    pub palette: Option<Palette>,
    pub keys_open: bool,
    pub history_open: bool,
    /// The settings window, if it is open.
    pub settings_window: Option<SettingsState>,
    pub keymap: Keymap,
    /// Recent photographs that are not there any more.
    pub missing: HashSet<PathBuf>,
    pub leftovers: Leftovers,
    /// Processor cores of this machine.
    pub cores: u32,
    /// What the canvas showed last: what the graphics card needs the pixels of.
    pub scene: Scene,
    /// A file is held over the window.
    pub drop_hovering: bool,
    /// The path that is asked for, because the system has no file dialog.
    pub path_prompt: Option<PathPrompt>,
    /// Name of the graphics card that fills can be made on; absent where only the processor can.
    pub fills_on: Option<String>,
    /// Name and kind of the graphics adapter, for the status bar.
    pub adapter: String,
    /// Bytes of memory that the program holds, for the status bar; absent where nobody counts them.
    pub memory: Option<usize>,
}

impl UiState {
    /// The brush of the tool in hand; brush and eraser keep their own sizes.
    pub const fn active_brush(&self, settings: &Settings) -> Brush {
        match self.tool {
            Tool::Eraser => settings.eraser,
            _ => settings.brush,
        }
    }

    /// Gives the tool in hand another brush.
    pub fn set_brush(&self, settings: &Settings, brush: Brush) -> Command {
        let mut settings = Box::new(settings.clone());
        match self.tool {
            Tool::Eraser => settings.eraser = brush,
            _ => settings.brush = brush,
        }
        Command::SetSettings(settings)
    }

    /// Takes another tool in hand; what the last one had begun is dropped.
    pub fn take_tool(&mut self, tool: Tool) {
        // The same key again is the tool's other kind.
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

    /// The step whose card is under a point of the window.
    pub fn card_at(&self, at: eframe::egui::Pos2) -> Option<StepId> {
        self.card_rects.iter().find(|(_, rect)| rect.contains(at)).map(|(id, _)| *id)
    }
}
