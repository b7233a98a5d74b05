//! Words of a plan become an adjustment: "slightly warmer" an amount, "dark green" a recolour.

use super::{colour, is_in, number, split};
use crate::{AdjustKind, Adjustment};

/// The change to the colour that words name, or to none: "dark green", "black and white".
pub fn colouring(words: &str) -> Option<Adjustment> {
    let kind = if colourless(words) { AdjustKind::Greyscale } else { AdjustKind::Recolor(colour(words)?) };
    Some(Adjustment { kind, amount: 1.0 })
}

/// The change of light, colour or sharpness that words name: "slightly warmer", "a stop brighter". They may name the target.
///
/// `None` too if they ask for two changes, which one adjustment can't hold.
pub fn change(words: &str, target: &str) -> Option<Adjustment> {
    change_named(&split(words), &split(target))
}

/// Whether the words ask for no colour at all.
fn colourless(text: &str) -> bool {
    let words = split(text);
    let text =
        words.iter().map(String::as_str).filter(|word| !is_in("change filler", word)).collect::<Vec<_>>().join(" ");
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

/// The size of a change that is only named.
const PLAIN_AMOUNT: f32 = 0.4;

/// Words for parts of a stop; what follows "and a" adds up.
const PARTS: [(&[&str], f32); 3] = [(&["half"], 0.5), (&["third"], 1.0 / 3.0), (&["quarter"], 0.25)];

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
            "over",
        ],
        1.0,
    ),
    (&["less", "lower", "reduce", "reduced", "decrease", "decreased", "weaker", "smaller", "down", "under"], -1.0),
    (&["no", "without"], -2.5),
];

/// What each word changes, and which way.
const TERMS: [(&[&str], AdjustKind, f32); 14] = [
    (
        &["bright", "brighter", "brightness", "brighten", "brightened", "lighter", "lighten", "light"],
        AdjustKind::Brightness,
        1.0,
    ),
    (&["dark", "darker", "darken", "darkened", "dim", "dimmer", "darkness"], AdjustKind::Brightness, -1.0),
    (&["exposure", "exposed", "expose", "overexposed", "overexpose"], AdjustKind::Exposure, 1.0),
    (&["underexposed", "underexpose"], AdjustKind::Exposure, -1.0),
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
    (&["blur", "blurred", "blurry", "blurrier", "unfocused", "defocused", "bokeh"], AdjustKind::Blur, 1.0),
    (
        &[
            "sharp",
            "sharper",
            "sharpen",
            "sharpened",
            "sharpness",
            "crisp",
            "crisper",
            "crispness",
            "detail",
            "details",
            "detailed",
            "clarity",
            "focused",
        ],
        AdjustKind::Sharpen,
        1.0,
    ),
    (&["greyscale", "grayscale", "monochrome", "colourless", "colorless"], AdjustKind::Greyscale, 1.0),
    (&["black", "white"], AdjustKind::Greyscale, 1.0),
];

/// How many stops a word says.
fn amount(word: &str) -> Option<f32> {
    let whole = || number(word).map(|number| number as f32);
    find(&PARTS, word).or_else(|| word.parse().ok()).filter(|number: &f32| number.is_finite()).or_else(whole)
}

fn find<T: Copy>(table: &[(&[&str], T)], word: &str) -> Option<T> {
    table.iter().find(|(words, _)| words.contains(&word)).map(|(_, value)| *value)
}

fn change_named(words: &[String], target: &[String]) -> Option<Adjustment> {
    let (mut intensity, mut direction) = (1.0_f32, 1.0_f32);
    let mut terms: Vec<(&str, AdjustKind, f32)> = Vec::new();
    // A number that waits for its unit, and the stops that were read.
    let (mut count, mut stops) = (None::<f32>, None::<f32>);
    let mut last = "";
    for word in words.iter().map(String::as_str) {
        let before = std::mem::replace(&mut last, word);
        if word == "focus" {
            terms.push((word, in_focus(words)?, 1.0));
        } else if let Some((_, kind, sign)) = TERMS.iter().find(|(names, ..)| names.contains(&word)) {
            terms.push((word, *kind, *sign));
        } else if let Some(scale) = find(&INTENSITIES, word) {
            intensity *= scale;
        } else if let Some(sign) = find(&DIRECTIONS, word) {
            direction *= sign;
        } else if let (Some(part), Some(many), Some(count)) = (find(&PARTS, word), number(before), &mut count) {
            // "Two thirds" are not two and a third.
            *count = many as f32 * part;
        } else if let Some(value) = amount(word) {
            count = Some(count.unwrap_or(0.0) + value);
        } else if matches!(word, "stop" | "stops" | "ev") {
            stops = Some(count.take().unwrap_or(1.0));
        } else if !is_in("change filler", word) && !target.iter().any(|known| known == word) {
            return None;
        }
    }
    if count.is_some() {
        return None;
    }
    as_exposure(&mut terms, stops.is_some());
    let &(first, kind, sign) = terms.first()?;
    let all: Vec<&str> = terms.iter().map(|term| term.0).collect();
    let black_and_white = all == ["black", "white"];
    let known = match first {
        "black" | "white" => black_and_white,
        _ => terms.iter().all(|term| term.1 == kind && (term.2 > 0.0) == (sign > 0.0)),
    };
    // "Less blurry" is sharper.
    let kind = match kind {
        AdjustKind::Blur if direction < 0.0 => AdjustKind::Sharpen,
        AdjustKind::Sharpen if direction < 0.0 => AdjustKind::Blur,
        kind => kind,
    };
    let size = match (kind, stops) {
        (AdjustKind::Greyscale, _) if direction < 0.0 => return None,
        (AdjustKind::Greyscale, None) => intensity.min(1.0),
        (AdjustKind::Exposure, Some(stops)) => stops / AdjustKind::EXPOSURE_STOPS * direction.signum() * sign,
        (_, Some(_)) => return None,
        (AdjustKind::Blur | AdjustKind::Sharpen, None) => PLAIN_AMOUNT * intensity * direction.abs(),
        (_, None) => PLAIN_AMOUNT * intensity * direction * sign,
    };
    known.then_some(Adjustment { kind, amount: size.clamp(-1.0, 1.0) })
}

/// "In focus" is sharp, "out of focus" is not.
fn in_focus(words: &[String]) -> Option<AdjustKind> {
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    match (has(&["in", "into"]), has(&["out"])) {
        (true, false) => Some(AdjustKind::Sharpen),
        (false, true) => Some(AdjustKind::Blur),
        _ => None,
    }
}

/// Stops are exposure, whichever word for light they come with; "a darker exposure" is one change.
fn as_exposure(terms: &mut Vec<(&str, AdjustKind, f32)>, in_stops: bool) {
    let is_light = |kind| matches!(kind, AdjustKind::Brightness | AdjustKind::Exposure);
    let is_named = terms.iter().any(|term| term.1 == AdjustKind::Exposure);
    if !(in_stops || is_named) || !terms.iter().all(|term| is_light(term.1)) {
        return;
    }
    if terms.iter().any(|term| term.1 == AdjustKind::Brightness) {
        terms.retain(|term| term.0 != "exposure");
    }
    for term in &mut *terms {
        term.1 = AdjustKind::Exposure;
    }
    if terms.is_empty() {
        terms.push(("exposure", AdjustKind::Exposure, 1.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use AdjustKind::{Blur, Brightness, Contrast, Exposure, Greyscale, Saturation, Sharpen, Warmth};

    fn recolour(content: &str) -> Option<AdjustKind> {
        colouring(content).map(|adjustment| adjustment.kind)
    }

    fn adjust(content: &str) -> Option<(AdjustKind, f32)> {
        change(content, "sky").map(|adjustment| (adjustment.kind, (adjustment.amount * 100.0).round() / 100.0))
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
            ("less sharp", Blur, 0.4),
            ("sharper", Sharpen, 0.4),
            ("slightly crisper", Sharpen, 0.2),
            ("more detail", Sharpen, 0.4),
            ("much more clarity", Sharpen, 0.7),
            ("in focus", Sharpen, 0.4),
            ("bring the sky into focus", Sharpen, 0.4),
            ("less blurry", Sharpen, 0.4),
            ("no blur", Sharpen, 1.0),
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
    fn exposure_is_understood_in_stops() {
        for (text, amount) in [
            ("more exposure", 0.4),
            ("slightly less exposure", -0.2),
            ("underexposed", -0.4),
            ("over-exposed", 0.4),
            ("a darker exposure", -0.4),
            ("a stop brighter", 0.5),
            ("two stops darker", -1.0),
            ("half a stop more exposure", 0.25),
            ("one and a half stops brighter", 0.75),
            ("1.5 stops less exposure", -0.75),
            ("lower the exposure by a third of a stop", -0.17),
            ("+1 EV", 0.5),
            ("-0.5 EV", -0.25),
            ("−1EV", -0.5),
            ("darker by one third of a stop", -0.17),
            ("-1/2 EV", -0.25),
            ("1/2 stop darker", -0.25),
            ("1 1/2 stops brighter", 0.75),
            ("1-2 stops brighter", f32::NAN),
            ("five stops brighter", 1.0),
            ("9 stops brighter", 1.0),
            ("2 brighter", f32::NAN),
            ("two stops warmer", f32::NAN),
        ] {
            let expected = (!amount.is_nan()).then_some((Exposure, amount));
            assert_eq!(adjust(text), expected, "{text}");
        }
    }

    #[test]
    fn changes_that_cannot_be_done_are_refused() {
        for text in ["", "sepia", "focus", "sharper and brighter", "brighter and warmer", "happier", "black", "sunny"] {
            assert_eq!(adjust(text), None, "{text}");
        }
    }
}
