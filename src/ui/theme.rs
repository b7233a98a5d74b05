//! Colours, fonts and spacing: the whole look comes from the tokens in `assets/theme`.

use eframe::egui::{
    self, Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Stroke, TextStyle, Theme,
    Visuals,
};
use serde::Deserialize;
use std::sync::Arc;

/// The colours of one theme.
#[derive(Clone, Copy, Debug)]
pub struct Tokens {
    pub canvas: Color32,
    pub panel: Color32,
    pub raised: Color32,
    pub field: Color32,
    pub border: Color32,
    pub text: Color32,
    pub text_weak: Color32,
    pub accent: Color32,
    pub accent_text: Color32,
    pub button: Color32,
    pub button_hover: Color32,
    pub success: Color32,
    pub warning: Color32,
    pub error: Color32,
}

/// A theme file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ThemeError {
    #[error("the theme is not valid: {0}")]
    Ron(#[from] ron::error::SpannedError),
    #[error("\"{0}\" is not a colour of the form #rrggbb")]
    Colour(String),
}

#[derive(Deserialize)]
struct File {
    canvas: String,
    panel: String,
    raised: String,
    field: String,
    border: String,
    text: String,
    text_weak: String,
    accent: String,
    accent_text: String,
    button: String,
    button_hover: String,
    success: String,
    warning: String,
    error: String,
}

impl Tokens {
    /// # Errors
    /// If the text is not RON, lacks a colour, or a colour is not of the form `#rrggbb`.
    pub fn from_ron(text: &str) -> Result<Self, ThemeError> {
        let file: File = ron::from_str(text)?;
        let colour = |text: &str| Color32::from_hex(text).map_err(|_| ThemeError::Colour(text.to_owned()));
        Ok(Self {
            canvas: colour(&file.canvas)?,
            panel: colour(&file.panel)?,
            raised: colour(&file.raised)?,
            field: colour(&file.field)?,
            border: colour(&file.border)?,
            text: colour(&file.text)?,
            text_weak: colour(&file.text_weak)?,
            accent: colour(&file.accent)?,
            accent_text: colour(&file.accent_text)?,
            button: colour(&file.button)?,
            button_hover: colour(&file.button_hover)?,
            success: colour(&file.success)?,
            warning: colour(&file.warning)?,
            error: colour(&file.error)?,
        })
    }

    /// The bundled colours of a theme.
    ///
    /// # Errors
    /// If the bundled file is broken, which a test rules out.
    pub fn bundled(theme: Theme) -> Result<Self, ThemeError> {
        Self::from_ron(match theme {
            Theme::Dark => include_str!("../../assets/theme/dark.ron"),
            Theme::Light => include_str!("../../assets/theme/light.ron"),
        })
    }

    fn visuals(&self, theme: Theme) -> Visuals {
        let mut visuals = theme.default_visuals();
        let radius = CornerRadius::same(5);
        visuals.override_text_color = Some(self.text);
        visuals.weak_text_color = Some(self.text_weak);
        visuals.panel_fill = self.panel;
        visuals.window_fill = self.raised;
        visuals.window_stroke = Stroke::new(1.0, self.border);
        visuals.window_corner_radius = CornerRadius::same(8);
        visuals.menu_corner_radius = CornerRadius::same(6);
        visuals.extreme_bg_color = self.field;
        visuals.text_edit_bg_color = Some(self.field);
        visuals.faint_bg_color = self.raised;
        visuals.hyperlink_color = self.accent;
        visuals.warn_fg_color = self.warning;
        visuals.error_fg_color = self.error;
        visuals.selection.bg_fill = self.accent.gamma_multiply(0.55);
        visuals.selection.stroke = Stroke::new(1.0, self.text);
        let widgets = &mut visuals.widgets;
        widgets.noninteractive.bg_stroke = Stroke::new(1.0, self.border);
        widgets.noninteractive.fg_stroke = Stroke::new(1.0, self.text);
        for (widget, fill, stroke) in [
            (&mut widgets.inactive, self.button, Stroke::new(1.0, self.border)),
            (&mut widgets.hovered, self.button_hover, Stroke::new(1.0, self.text_weak)),
            (&mut widgets.active, self.button_hover, Stroke::new(1.0, self.accent)),
            (&mut widgets.open, self.button_hover, Stroke::new(1.0, self.border)),
        ] {
            widget.bg_fill = fill;
            widget.weak_bg_fill = fill;
            widget.bg_stroke = stroke;
            widget.fg_stroke = Stroke::new(1.2, self.text);
            widget.corner_radius = radius;
            widget.expansion = 0.0;
        }
        visuals
    }
}

/// Hues of the steps: Okabe & Ito's colours that colour-blind people can tell apart (2008), without black.
const STEP_HUES: [[u8; 3]; 7] =
    [[230, 159, 0], [86, 180, 233], [0, 158, 115], [204, 121, 167], [240, 228, 66], [213, 94, 0], [0, 114, 178]];

/// The hue of the step at this place in the list, straight sRGB.
pub fn step_hue(index: usize) -> Color32 {
    let [r, g, b] = STEP_HUES[index % STEP_HUES.len()];
    Color32::from_rgb(r, g, b)
}

/// Black or white, whichever is read better on `background`.
pub fn text_on(background: Color32) -> Color32 {
    let luma = tie_core::colour::luma([background.r(), background.g(), background.b()]);
    if luma > 105.0 { Color32::BLACK } else { Color32::WHITE }
}

/// Font family of headings.
pub fn strong_family() -> FontFamily {
    FontFamily::Name("strong".into())
}

/// Installs fonts, spacing and both themes' colours.
///
/// # Errors
/// If a bundled theme is broken, which a test rules out.
pub fn install(ctx: &egui::Context) -> Result<(), ThemeError> {
    ctx.set_fonts(fonts());
    for theme in [Theme::Dark, Theme::Light] {
        ctx.set_visuals_of(theme, Tokens::bundled(theme)?.visuals(theme));
    }
    ctx.all_styles_mut(|style| {
        style.spacing.item_spacing = egui::vec2(8.0, 6.0);
        style.spacing.button_padding = egui::vec2(9.0, 4.0);
        style.spacing.interact_size.y = 26.0;
        style.spacing.menu_margin = Margin::same(6);
        style.spacing.window_margin = Margin::same(16);
        style.text_styles = [
            (TextStyle::Small, FontId::proportional(12.0)),
            (TextStyle::Body, FontId::proportional(14.0)),
            (TextStyle::Button, FontId::proportional(14.0)),
            (TextStyle::Monospace, FontId::monospace(13.0)),
            (TextStyle::Heading, FontId::new(16.0, strong_family())),
        ]
        .into();
    });
    // Ctrl with +, − and 0 zooms the photograph here, and Ctrl+Q asks about unsaved work first.
    ctx.options_mut(|options| {
        options.zoom_with_keyboard = false;
        options.quit_shortcuts.clear();
    });
    Ok(())
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let bundled: [(&str, &'static [u8]); 3] = [
        ("Inter", include_bytes!("../../assets/fonts/Inter-Regular.otf")),
        ("Inter strong", include_bytes!("../../assets/fonts/Inter-SemiBold.otf")),
        ("Phosphor", include_bytes!("../../assets/fonts/phosphor-subset.ttf")),
    ];
    for (name, bytes) in bundled {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    // egui's own fonts stay behind ours, for scripts and symbols that ours lack.
    let fallback = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let family = |first: &str| {
        [first, "Phosphor"].into_iter().map(str::to_owned).chain(fallback.iter().cloned()).collect::<Vec<_>>()
    };
    fonts.families.insert(FontFamily::Proportional, family("Inter"));
    fonts.families.insert(strong_family(), family("Inter strong"));
    if let Some(monospace) = fonts.families.get_mut(&FontFamily::Monospace) {
        monospace.push("Phosphor".to_owned());
    }
    fonts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2 contrast ratio.
    fn contrast(a: Color32, b: Color32) -> f32 {
        let luminance = |colour: Color32| {
            let linear = egui::Rgba::from(colour);
            0.2126 * linear.r() + 0.7152 * linear.g() + 0.0722 * linear.b() + 0.05
        };
        let (a, b) = (luminance(a), luminance(b));
        a.max(b) / a.min(b)
    }

    #[test]
    fn text_of_both_themes_can_be_read_on_every_surface() {
        for theme in [Theme::Dark, Theme::Light] {
            let t = Tokens::bundled(theme).unwrap();
            for surface in [t.panel, t.raised, t.field] {
                for (name, text) in [
                    ("text", t.text),
                    ("weak", t.text_weak),
                    ("error", t.error),
                    ("warning", t.warning),
                    ("success", t.success),
                ] {
                    let ratio = contrast(text, surface);
                    assert!(ratio >= 4.5, "{theme:?}: {name} on {surface:?} has {ratio:.2}");
                }
            }
            // Empty checkboxes have an outline of weak text, and the focus a ring of text.
            for surface in [t.panel, t.raised, t.field, t.button] {
                assert!(
                    contrast(t.text_weak, surface) >= 3.0 && contrast(t.text, surface) >= 3.0,
                    "{theme:?}: controls"
                );
            }
            assert!(contrast(t.text, t.button) >= 4.5 && contrast(t.accent_text, t.accent) >= 3.0, "{theme:?} buttons");
        }
    }

    #[test]
    fn a_broken_theme_is_refused_with_its_reason() {
        let broken = include_str!("../../assets/theme/dark.ron").replace("#1b1c1e", "blueish");
        assert_eq!(
            Tokens::from_ron(&broken).unwrap_err().to_string(),
            "\"blueish\" is not a colour of the form #rrggbb"
        );
        assert!(Tokens::from_ron("(panel: 1)").is_err());
    }

    #[test]
    fn numbers_on_step_badges_can_be_read() {
        for index in 0..STEP_HUES.len() {
            let hue = step_hue(index);
            assert!(contrast(text_on(hue), hue) >= 4.5, "step {index}");
        }
    }
}
