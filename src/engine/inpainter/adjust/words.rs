//! Words of a plan become an adjustment: "slightly warmer" an amount, "dark green" a recolour.

use super::colours::colour_named;
use crate::domain::{AdjustKind, Adjustment, EditOp, SubTask};

/// What a step asks `adjust` to do, if its words are understood completely; else `None`, so that nothing is guessed.
pub fn adjustment_for(task: &SubTask) -> Option<Adjustment> {
    let content = task.content.as_deref()?;
    match task.op {
        EditOp::Recolor => {
            let kind = colourless(content)
                .then_some(AdjustKind::Greyscale)
                .or_else(|| colour_named(content).map(AdjustKind::Recolor))?;
            Some(Adjustment { kind, amount: 1.0 })
        }
        EditOp::Adjust => {
            let target = words_of(&task.target);
            change_named(&words_of(content), &target)
        }
        _ => None,
    }
}

/// Lower-case words without punctuation; hyphens part words.
pub(super) fn words_of(text: &str) -> Vec<String> {
    let text = text.to_lowercase().replace("b&w", "black and white");
    let words = text.split(|c: char| !(c.is_alphanumeric() || c == '#' || c == '\''));
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether the words ask for no colour at all.
fn colourless(text: &str) -> bool {
    let words = words_of(text);
    let text =
        words.iter().map(String::as_str).filter(|word| !CHANGE_FILLERS.contains(word)).collect::<Vec<_>>().join(" ");
    COLOURLESS.contains(&text.as_str())
}

const COLOURLESS: [&str; 9] = [
    "greyscale",
    "grayscale",
    "grey scale",
    "gray scale",
    "black white",
    "monochrome",
    "colourless",
    "colorless",
    "desaturate completely",
];

const CHANGE_FILLERS: [&str; 26] = [
    "a",
    "an",
    "the",
    "in",
    "to",
    "of",
    "and",
    "with",
    "make",
    "look",
    "looking",
    "it",
    "its",
    "be",
    "is",
    "image",
    "photo",
    "photograph",
    "picture",
    "level",
    "tone",
    "tones",
    "colours",
    "colors",
    "fully",
    "out",
];

/// The size of a change that is only named.
const PLAIN_AMOUNT: f32 = 0.4;

/// Words that make the change larger or smaller.
const INTENSITIES: [(&[&str], f32); 3] = [
    (&["slightly", "bit", "little", "touch", "somewhat", "subtly", "gently", "tad", "mildly"], 0.5),
    (
        &["much", "lot", "very", "strongly", "significantly", "considerably", "really", "far", "heavily", "greatly"],
        1.75,
    ),
    (&["extremely", "completely", "totally", "way", "dramatically", "entirely"], 2.5),
];

/// Words that say which way a noun goes.
const DIRECTIONS: [(&[&str], f32); 3] = [
    (
        &[
            "more",
            "higher",
            "increase",
            "increased",
            "raise",
            "raised",
            "boost",
            "boosted",
            "stronger",
            "greater",
            "add",
            "up",
        ],
        1.0,
    ),
    (&["less", "lower", "reduce", "reduced", "decrease", "decreased", "weaker", "smaller", "down"], -1.0),
    (&["no", "without"], -2.5),
];

/// What each word changes, and which way.
const TERMS: [(&[&str], AdjustKind, f32); 11] = [
    (
        &["bright", "brighter", "brightness", "brighten", "brightened", "lighter", "lighten", "light", "exposure"],
        AdjustKind::Brightness,
        1.0,
    ),
    (&["dark", "darker", "darken", "darkened", "dim", "dimmer", "darkness"], AdjustKind::Brightness, -1.0),
    (&["contrast", "contrasty", "punchy", "punchier", "contrasted"], AdjustKind::Contrast, 1.0),
    (&["flat", "flatter", "hazy", "hazier"], AdjustKind::Contrast, -1.0),
    (
        &[
            "saturated",
            "saturation",
            "saturate",
            "vivid",
            "vibrant",
            "colourful",
            "colorful",
            "vibrance",
            "colour",
            "color",
        ],
        AdjustKind::Saturation,
        1.0,
    ),
    (&["desaturated", "desaturate", "muted", "dull", "duller", "faded", "pale", "paler"], AdjustKind::Saturation, -1.0),
    (&["warm", "warmer", "warmth", "warmed"], AdjustKind::Warmth, 1.0),
    (&["cool", "cooler", "cold", "colder"], AdjustKind::Warmth, -1.0),
    (&["blur", "blurred", "blurry", "blurrier", "unfocused", "defocused", "bokeh", "focus"], AdjustKind::Blur, 1.0),
    (&["greyscale", "grayscale", "monochrome", "colourless", "colorless"], AdjustKind::Greyscale, 1.0),
    (&["black", "white"], AdjustKind::Greyscale, 1.0),
];

fn find<T: Copy>(table: &[(&[&str], T)], word: &str) -> Option<T> {
    table.iter().find(|(words, _)| words.contains(&word)).map(|(_, value)| *value)
}

/// One change; `None` if a word is unknown or two changes are asked for, which one adjustment cannot hold.
fn change_named(words: &[String], target: &[String]) -> Option<Adjustment> {
    let (mut intensity, mut direction) = (1.0_f32, 1.0_f32);
    let mut terms: Vec<(&str, AdjustKind, f32)> = Vec::new();
    for word in words.iter().map(String::as_str) {
        if let Some((_, kind, sign)) = TERMS.iter().find(|(names, ..)| names.contains(&word)) {
            terms.push((word, *kind, *sign));
        } else if let Some(scale) = find(&INTENSITIES, word) {
            intensity *= scale;
        } else if let Some(sign) = find(&DIRECTIONS, word) {
            direction *= sign;
        } else if !CHANGE_FILLERS.contains(&word) && !target.iter().any(|known| known == word) {
            return None;
        }
    }
    let &(first, kind, sign) = terms.first()?;
    let all: Vec<&str> = terms.iter().map(|term| term.0).collect();
    let black_and_white = all == ["black", "white"];
    let known = match first {
        "black" | "white" => black_and_white,
        // "In focus" would have to be sharpened, which no adjustment does.
        "focus" => words.iter().any(|word| word == "out"),
        _ => terms.iter().all(|term| term.1 == kind && (term.2 > 0.0) == (sign > 0.0)),
    };
    let amount = match kind {
        AdjustKind::Greyscale | AdjustKind::Blur if direction < 0.0 => return None,
        AdjustKind::Greyscale => intensity.min(1.0),
        _ => (PLAIN_AMOUNT * intensity * direction * sign).clamp(-1.0, 1.0),
    };
    known.then_some(Adjustment { kind, amount })
}

#[cfg(test)]
mod tests {
    use super::*;
    use AdjustKind::{Blur, Brightness, Contrast, Greyscale, Saturation, Warmth};

    fn recolour(content: &str) -> Option<AdjustKind> {
        let mut task = SubTask::new(1, EditOp::Recolor, "cup");
        task.content = Some(content.to_owned());
        adjustment_for(&task).map(|adjustment| adjustment.kind)
    }

    fn adjust(content: &str) -> Option<(AdjustKind, f32)> {
        let mut task = SubTask::new(1, EditOp::Adjust, "sky");
        task.content = Some(content.to_owned());
        adjustment_for(&task).map(|adjustment| (adjustment.kind, (adjustment.amount * 100.0).round() / 100.0))
    }

    #[test]
    fn a_recolour_is_a_colour_or_none() {
        assert_eq!(recolour("blue"), Some(AdjustKind::Recolor([35, 85, 205])));
        assert_eq!(recolour("black and white"), Some(Greyscale));
    }

    #[test]
    fn what_is_no_single_colour_is_not_guessed() {
        for text in ["", "blue and white", "striped", "shiny green", "blue with dots", "#12", "rainbow", "dark"] {
            assert_eq!(recolour(text), None, "{text}");
        }
    }

    #[test]
    fn changes_are_understood_with_their_amount() {
        for (text, kind, amount) in [
            ("brighter", Brightness, 0.4),
            ("much darker", Brightness, -0.7),
            ("a bit brighter", Brightness, 0.2),
            ("slightly warmer", Warmth, 0.2),
            ("cooler", Warmth, -0.4),
            ("more contrast", Contrast, 0.4),
            ("less contrast", Contrast, -0.4),
            ("lower the contrast a little", Contrast, -0.2),
            ("less saturated", Saturation, -0.4),
            ("more vivid colours", Saturation, 0.4),
            ("extremely bright", Brightness, 1.0),
            ("no saturation", Saturation, -1.0),
            ("blurred", Blur, 0.4),
            ("out of focus", Blur, 0.4),
            ("very blurry", Blur, 0.7),
            ("black and white", Greyscale, 1.0),
            ("B&W", Greyscale, 1.0),
            ("greyscale", Greyscale, 1.0),
            ("brighter sky", Brightness, 0.4),
            ("less dark", Brightness, 0.4),
        ] {
            assert_eq!(adjust(text), Some((kind, amount)), "{text}");
        }
    }

    #[test]
    fn changes_that_cannot_be_done_are_refused() {
        for text in
            ["", "sepia", "sharper", "less blurry", "in focus", "brighter and warmer", "happier", "black", "sunny"]
        {
            assert_eq!(adjust(text), None, "{text}");
        }
    }

    #[test]
    fn other_edits_are_not_for_this_engine() {
        let mut task = SubTask::new(1, EditOp::Replace, "cup");
        task.content = Some("blue".to_owned());
        assert_eq!(adjustment_for(&task), None);
        assert_eq!(adjustment_for(&SubTask::new(1, EditOp::Recolor, "cup")), None);
    }
}
