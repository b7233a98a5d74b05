//! What belongs to the window and not to the document: tool, brush, view, open panels.

use super::keymap::Keymap;
use super::settings_window::SettingsState;
use super::view::CanvasView;
use crate::domain::{Brush, Point, StepId};
use crate::gpu::{OverlayMode, Scene};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// What the pointer does on the canvas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    View,
    #[default]
    Brush,
    Eraser,
}

/// Numbers about a mask that are too slow to count every frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MaskInfo {
    /// Where the number badge stands, in image pixels.
    pub anchor: Point,
    /// Selected share of the image, 0 to 1.
    pub area: f32,
}

/// A path that the person types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathPrompt {
    pub saves: bool,
    pub path: String,
    /// The path exists, and the person has been told.
    pub replaces: bool,
}

impl PathPrompt {
    pub const fn open() -> Self {
        Self { saves: false, path: String::new(), replaces: false }
    }

    pub fn save(suggested: &Path) -> Self {
        Self { saves: true, path: suggested.display().to_string(), replaces: false }
    }
}

/// The state of the window.
#[derive(Default)]
pub struct UiState {
    pub view: CanvasView,
    pub tool: Tool,
    /// Brush and eraser keep their own sizes.
    pub brush: Brush,
    pub eraser: Brush,
    pub overlay: OverlayMode,
    pub compare: bool,
    /// Where the comparison is split, 0 to 1 of the image's width.
    pub split: Option<f32>,
    /// What is typed in the open command palette.
    pub palette: Option<String>,
    pub keys_open: bool,
    /// The settings window, if it is open.
    pub settings_window: Option<SettingsState>,
    pub keymap: Keymap,
    /// Recent photographs that are not there any more.
    pub missing: HashSet<PathBuf>,
    /// Processor cores of this machine.
    pub cores: u32,
    pub mask_infos: HashMap<StepId, MaskInfo>,
    /// What the canvas showed last: what the graphics card needs the pixels of.
    pub scene: Scene,
    /// A file is held over the window.
    pub drop_hovering: bool,
    /// The path that is asked for, because the system has no file dialog.
    pub path_prompt: Option<PathPrompt>,
    /// Name and kind of the graphics adapter, for the status bar.
    pub adapter: String,
}

impl UiState {
    /// The brush of the tool in hand.
    pub const fn active_brush(&self) -> Brush {
        match self.tool {
            Tool::Eraser => self.eraser,
            Tool::View | Tool::Brush => self.brush,
        }
    }

    pub fn change_brush(&mut self, change: impl Fn(Brush) -> Brush) {
        let brush = if self.tool == Tool::Eraser { &mut self.eraser } else { &mut self.brush };
        *brush = change(*brush);
    }
}
