//! What a person has set once and wants to find again: everything that outlives the window.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use tie_core::{Brush, Overlay};

/// Dark or light.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ThemeChoice {
    /// As the desktop says.
    #[default]
    System,
    Dark,
    Light,
}

/// Where the colour of a mask's tint comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TintMode {
    /// Every step has its own.
    #[default]
    StepHue,
    /// The same for all, [`Settings::tint_colour`].
    Fixed,
}

/// How much happens without a person's word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Approval {
    /// Nothing runs and nothing is approved by itself.
    #[default]
    AskEachStep,
    /// Steps run and are approved by themselves where their regions are sure, until one cannot be done.
    #[serde(alias = "AutoUntilLowConfidence")]
    AutoWhereSure,
    /// The same for all that can be done, and the person looks at each result afterwards.
    RunAllThenReview,
}

/// Who parts an instruction into steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PlannedBy {
    /// The rules of English, at once and without a model.
    #[default]
    Rules,
    /// LISA, which looks at the photograph.
    Lisa,
}

impl PlannedBy {
    /// The planner's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rules => "rules",
            Self::Lisa => "lisa",
        }
    }
}

/// The language of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    /// The system's, if the window speaks it.
    #[default]
    System,
    English,
    German,
    Spanish,
}

impl Language {
    /// Its code; `None` for the system's.
    pub const fn code(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::English => Some("en"),
            Self::German => Some("de"),
            Self::Spanish => Some("es"),
        }
    }
}

/// All settings. What a file does not name is as by default, and what it names too much is ignored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Takes effect at the next start.
    pub language: Language,
    pub theme: ThemeChoice,
    /// Size of everything in the window, as a factor on the screen's own scale; see [`Settings::UI_SCALES`].
    pub ui_scale: f32,
    pub overlay: Overlay,
    /// Strength of the selected mask's tint, 0 to 1.
    pub tint_opacity: f32,
    pub tint_mode: TintMode,
    /// Straight sRGB.
    pub tint_colour: [u8; 3],
    /// When a step is selected, the view zooms to its mask.
    pub zoom_to_step: bool,
    pub brush: Brush,
    pub eraser: Brush,
    pub approval: Approval,
    pub planned_by: PlannedBy,
    /// Candidates that one run makes, where the engine can make different ones; see [`Settings::CANDIDATES`].
    pub candidates: u32,
    /// Memory for undo, in MiB; see [`Settings::UNDO_MEMORY_MB`].
    pub undo_memory_mb: u32,
    /// Processor cores that engines use; 0 for all. Takes effect at the next start.
    pub threads: u32,
    /// Fills are made on the graphics card, if there is one that computes.
    pub gpu_fill: bool,
    /// Where models are looked for, besides the hub's cache.
    pub model_folders: Vec<PathBuf>,
    /// No connection is made to anywhere.
    pub offline: bool,
    /// The proxy for connections, as a URL; empty for the system's.
    pub proxy: String,
    /// Shortcuts that are not the default, by the action's name; `None` where an action has no key.
    pub shortcuts: BTreeMap<String, Option<String>>,
    /// Photographs that were opened or saved, newest first.
    pub recent: Vec<PathBuf>,
    /// Instructions that were planned, newest first.
    pub said: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: Language::default(),
            theme: ThemeChoice::default(),
            ui_scale: 1.0,
            overlay: Overlay::default(),
            tint_opacity: 0.45,
            tint_mode: TintMode::default(),
            tint_colour: [230, 40, 90],
            zoom_to_step: false,
            brush: Brush::default(),
            eraser: Brush::default(),
            approval: Approval::default(),
            planned_by: PlannedBy::default(),
            candidates: 2,
            undo_memory_mb: 512,
            threads: 0,
            gpu_fill: true,
            model_folders: Vec::new(),
            offline: true,
            proxy: String::new(),
            shortcuts: BTreeMap::new(),
            recent: Vec::new(),
            said: Vec::new(),
        }
    }
}

impl Settings {
    pub const UI_SCALES: RangeInclusive<f32> = 0.75..=3.0;
    pub const CANDIDATES: RangeInclusive<u32> = 1..=8;
    pub const UNDO_MEMORY_MB: RangeInclusive<u32> = 64..=8192;
    pub const MAX_THREADS: u32 = 1024;
    pub const MAX_RECENT: usize = 12;
    pub const MAX_SAID: usize = 50;

    /// With every value in its range: a file can be edited by hand.
    #[must_use]
    pub fn sanitised(mut self) -> Self {
        let default = Self::default();
        self.ui_scale = in_range(self.ui_scale, &Self::UI_SCALES, default.ui_scale);
        self.tint_opacity = in_range(self.tint_opacity, &(0.0..=1.0), default.tint_opacity);
        self.brush = sane_brush(self.brush);
        self.eraser = sane_brush(self.eraser);
        self.candidates = self.candidates.clamp(*Self::CANDIDATES.start(), *Self::CANDIDATES.end());
        self.undo_memory_mb = self.undo_memory_mb.clamp(*Self::UNDO_MEMORY_MB.start(), *Self::UNDO_MEMORY_MB.end());
        self.threads = self.threads.min(Self::MAX_THREADS);
        let listed = std::mem::take(&mut self.recent);
        for path in listed.into_iter().rev() {
            self.add_recent(path);
        }
        self
    }

    /// Puts a photograph at the head of the list of recent ones.
    pub fn add_recent(&mut self, path: PathBuf) {
        self.forget_recent(&path);
        self.recent.insert(0, path);
        self.recent.truncate(Self::MAX_RECENT);
    }

    /// Puts an instruction at the head of the list of those that were said.
    pub fn add_said(&mut self, instruction: String) {
        self.said.retain(|known| *known != instruction);
        self.said.insert(0, instruction);
        self.said.truncate(Self::MAX_SAID);
    }

    pub fn forget_recent(&mut self, path: &Path) {
        self.recent.retain(|known| known != path);
    }

    /// Memory for undo, in bytes.
    pub const fn undo_limit(&self) -> usize {
        (self.undo_memory_mb as usize) << 20
    }
}

/// The value within its range; the default if it is no number.
fn in_range(value: f32, range: &RangeInclusive<f32>, default: f32) -> f32 {
    if value.is_finite() { value.clamp(*range.start(), *range.end()) } else { default }
}

fn sane_brush(brush: Brush) -> Brush {
    let default = Brush::default();
    Brush {
        size: in_range(brush.size, &(Brush::MIN_SIZE..=Brush::MAX_SIZE), default.size),
        hardness: in_range(brush.hardness, &(0.0..=1.0), default.hardness),
        // A brush that paints nothing, or dabs without end, is of no use.
        opacity: in_range(brush.opacity, &(0.01..=1.0), default.opacity),
        spacing: in_range(brush.spacing, &(0.01..=1.0), default.spacing),
        pressure: brush.pressure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_and_unknown_or_missing_fields_do_no_harm() {
        let mut settings = Settings { theme: ThemeChoice::Light, threads: 3, ..Settings::default() };
        settings.shortcuts.insert("open".to_owned(), Some("Ctrl+Shift+O".to_owned()));
        settings.shortcuts.insert("quit".to_owned(), None);
        settings.add_recent("a b/ü.png".into());
        let text = ron::ser::to_string_pretty(&settings, ron::ser::PrettyConfig::default()).unwrap();
        assert_eq!(ron::from_str::<Settings>(&text).unwrap(), settings);
        let newer = "(theme: Dark, hologram: (depth: 3, names: [\"a\"]), brush: (size: 7.0))";
        let read: Settings = ron::from_str(newer).unwrap();
        let brush = Brush { size: 7.0, ..Brush::default() };
        assert_eq!(read, Settings { theme: ThemeChoice::Dark, brush, ..Settings::default() });
    }

    #[test]
    fn values_out_of_range_are_brought_back_and_good_ones_stay() {
        let bad = Settings {
            ui_scale: 40.0,
            tint_opacity: f32::NAN,
            candidates: 0,
            undo_memory_mb: 1,
            threads: u32::MAX,
            eraser: Brush { size: -3.0, spacing: 0.0, ..Brush::default() },
            recent: (0..40).map(|index| format!("{}.png", index / 2).into()).collect(),
            ..Settings::default()
        };
        let good = bad.sanitised();
        assert_eq!((good.ui_scale, good.tint_opacity, good.candidates, good.undo_memory_mb), (3.0, 0.45, 1, 64));
        assert_eq!((good.eraser.size, good.eraser.spacing), (1.0, 0.01));
        assert_eq!(good.recent.len(), Settings::MAX_RECENT);
        assert_eq!((&good.recent[0], &good.recent[1]), (&PathBuf::from("0.png"), &PathBuf::from("1.png")));
        assert_eq!(good.clone().sanitised(), good);
        assert_eq!(Settings::default().sanitised(), Settings::default());
    }

    #[test]
    fn a_photograph_stands_in_the_list_of_recent_ones_once_and_first() {
        let mut settings = Settings::default();
        for name in ["a", "b", "a"] {
            settings.add_recent(name.into());
        }
        assert_eq!(settings.recent, [PathBuf::from("a"), PathBuf::from("b")]);
        settings.forget_recent(Path::new("a"));
        assert_eq!(settings.recent, [PathBuf::from("b")]);
    }
}
