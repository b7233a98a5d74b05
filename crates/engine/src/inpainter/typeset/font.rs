//! One line of text as outlines, set in the Inter that the program carries.

use crate::EngineError;
use harfrust::{FontRef, GlyphId, ShapeOptions, ShaperData, UnicodeBuffer};
use skrifa::MetadataProvider as _;
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use tie_core::Point;

/// Weight of the font.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    SemiBold,
}

impl Weight {
    const fn file(self) -> &'static [u8] {
        match self {
            Self::Regular => include_bytes!("../../../../../assets/fonts/Inter-Regular.otf"),
            Self::SemiBold => include_bytes!("../../../../../assets/fonts/Inter-SemiBold.otf"),
        }
    }
}

/// A line of text in the font's units, y down, from the start of its baseline.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Closed outlines of all letters.
    pub contours: Vec<Vec<Point>>,
    /// Around the ink.
    pub low: Point,
    pub high: Point,
    /// Height of a capital letter.
    pub capital: f32,
}

/// Straight pieces per curve: invisible at the size of writing in photos.
const PIECES: u8 = 12;

/// Sets text in one line, with the font's own kerning.
///
/// # Errors
/// [`EngineError::Unsuitable`] with the characters that the font lacks, or if none of the text is visible.
pub(super) fn set(text: &str, weight: Weight) -> Result<Line, EngineError> {
    let broken = |error: &dyn std::fmt::Display| EngineError::Failed(format!("The built-in font is broken: {error}."));
    let font = FontRef::new(weight.file()).map_err(|error| broken(&error))?;
    let charmap = font.charmap();
    let mut missing: Vec<String> = Vec::new();
    for character in text.chars().filter(|character| charmap.map(*character).is_none()) {
        let quoted = format!("\"{character}\"");
        if !missing.contains(&quoted) {
            missing.push(quoted);
        }
    }
    if !missing.is_empty() {
        missing.truncate(6);
        return Err(EngineError::Unsuitable(format!(
            "Inter, the font for new text, has no {}: use Latin, Greek or Cyrillic letters and digits.",
            missing.join(", ")
        )));
    }
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(text);
    buffer.guess_segment_properties();
    let data = ShaperData::new(&font);
    let glyphs = data.shaper(&font).build().shape(buffer, ShapeOptions::new());
    let outlines = font.outline_glyphs();
    let mut pen = Pen { contours: Vec::new(), origin: Point::default(), at: Point::default() };
    let mut origin = Point::default();
    for (info, position) in glyphs.glyph_infos().iter().zip(glyphs.glyph_positions()) {
        pen.origin = Point::new(origin.x + position.x_offset as f32, origin.y - position.y_offset as f32);
        if let Some(outline) = outlines.get(GlyphId::new(info.glyph_id)) {
            let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
            outline.draw(settings, &mut pen).map_err(|error| broken(&error))?;
        }
        origin = Point::new(origin.x + position.x_advance as f32, origin.y - position.y_advance as f32);
    }
    let mut contours = pen.contours;
    contours.retain(|contour| contour.len() > 2);
    let points = || contours.iter().flatten();
    let Some(first) = points().next().copied() else {
        return Err(EngineError::Unsuitable("The new text has no visible letters: type something else.".to_owned()));
    };
    let (low, high) = points().fold((first, first), |(low, high), at| {
        (Point::new(low.x.min(at.x), low.y.min(at.y)), Point::new(high.x.max(at.x), high.y.max(at.y)))
    });
    let metrics = font.metrics(Size::unscaled(), LocationRef::default());
    let capital = metrics.cap_height.unwrap_or(f32::from(metrics.units_per_em) * 0.7);
    Ok(Line { contours, low, high, capital })
}

/// Takes outlines in as straight lines.
struct Pen {
    contours: Vec<Vec<Point>>,
    origin: Point,
    at: Point,
}

impl Pen {
    /// The font's y goes up.
    fn local(&self, x: f32, y: f32) -> Point {
        Point::new(self.origin.x + x, self.origin.y - y)
    }

    fn push(&mut self, at: Point) {
        self.at = at;
        if let Some(contour) = self.contours.last_mut() {
            contour.push(at);
        }
    }
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.contours.push(Vec::new());
        self.push(self.local(x, y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.push(self.local(x, y));
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let (from, control, to) = (self.at, self.local(cx, cy), self.local(x, y));
        for piece in 1..=PIECES {
            let t = f32::from(piece) / f32::from(PIECES);
            self.push(from.lerp(control, t).lerp(control.lerp(to, t), t));
        }
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        let (from, a, b, to) = (self.at, self.local(ax, ay), self.local(bx, by), self.local(x, y));
        for piece in 1..=PIECES {
            let t = f32::from(piece) / f32::from(PIECES);
            let (first, middle, last) = (from.lerp(a, t), a.lerp(b, t), b.lerp(to, t));
            self.push(first.lerp(middle, t).lerp(middle.lerp(last, t), t));
        }
    }

    fn close(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_stand_on_the_baseline_and_capitals_have_their_height() {
        let line = set("HELLO", Weight::Regular).unwrap();
        assert!((line.high.y).abs() < line.capital * 0.03, "{:?}", line.high);
        assert!((line.low.y + line.capital).abs() < line.capital * 0.03, "{:?} {}", line.low, line.capital);
        let longer = set("HELLO HELLO", Weight::Regular).unwrap();
        assert!(longer.high.x > 2.0 * line.high.x);
        assert!(set("HELLO", Weight::SemiBold).unwrap().high.x > line.high.x, "bolder is wider");
    }

    #[test]
    fn missing_letters_are_named_in_one_sentence() {
        let Err(EngineError::Unsuitable(sentence)) = set("a漢b字漢", Weight::Regular) else {
            panic!("Inter has no Han characters");
        };
        assert!(sentence.contains("has no \"漢\", \"字\": use"), "{sentence}");
        assert!(matches!(set("  ", Weight::Regular), Err(EngineError::Unsuitable(_))));
        assert!(set("Größe 12 % Ωμέγα Привет", Weight::Regular).is_ok());
    }
}
