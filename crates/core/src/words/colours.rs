//! Names of colours: "dark green", "a light sky blue", "#ff8800".

use super::split;
use crate::colour::{in_gamut, oklab_from_srgb};

/// The sRGB colour of words like "dark green", "a light sky blue", "#ff8800"; `None` if any word is not understood.
pub fn colour(text: &str) -> Option<[u8; 3]> {
    let mut words = split(text);
    words.retain(|word| !COLOUR_FILLERS.contains(&word.as_str()));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // The longest name at the end, so that "sky blue" is not a blue with an unknown modifier.
    let (name_start, named) =
        (0..words.len()).find_map(|start| Some((start, base_colour(&words[start..].join(" "))?)))?;
    let modifiers: Option<Vec<_>> = words[..name_start].iter().map(|word| shade(word)).collect();
    Some(modifiers?.iter().fold(named, |colour, shade| shade.applied(colour)))
}

fn base_colour(name: &str) -> Option<[u8; 3]> {
    if let Some(hex) = name.strip_prefix('#') {
        let value = u32::from_str_radix(hex, 16).ok().filter(|_| hex.len() == 6)?;
        let [_, r, g, b] = value.to_be_bytes();
        return Some([r, g, b]);
    }
    COLOURS.iter().find(|(names, _)| names.contains(&name)).map(|(_, rgb)| *rgb)
}

const COLOUR_FILLERS: [&str; 16] = [
    "a",
    "an",
    "the",
    "in",
    "to",
    "of",
    "colour",
    "color",
    "coloured",
    "colored",
    "shade",
    "tone",
    "solid",
    "plain",
    "all",
    "completely",
];

/// Everyday colours as paint and cloth show them: the pure CSS primaries look like light, not like things.
const COLOURS: [(&[&str], [u8; 3]); 59] = [
    (&["red"], [208, 32, 32]),
    (&["crimson"], [190, 20, 50]),
    (&["scarlet"], [225, 40, 25]),
    (&["maroon"], [120, 20, 30]),
    (&["burgundy", "wine", "wine red"], [115, 20, 45]),
    (&["ruby", "ruby red"], [170, 15, 60]),
    (&["cherry", "cherry red"], [190, 20, 45]),
    (&["brick", "brick red"], [165, 60, 45]),
    (&["rust", "rusty"], [175, 75, 35]),
    (&["salmon"], [245, 135, 120]),
    (&["coral"], [250, 120, 90]),
    (&["pink"], [245, 150, 185]),
    (&["hot pink"], [245, 80, 165]),
    (&["rose"], [225, 90, 125]),
    (&["magenta", "fuchsia"], [215, 40, 160]),
    (&["purple"], [125, 50, 160]),
    (&["violet"], [130, 70, 200]),
    (&["lavender"], [190, 165, 225]),
    (&["lilac"], [200, 160, 210]),
    (&["plum"], [120, 50, 105]),
    (&["mauve"], [180, 130, 170]),
    (&["indigo"], [70, 40, 140]),
    (&["blue"], [35, 85, 205]),
    (&["navy", "navy blue"], [25, 40, 100]),
    (&["royal blue"], [50, 90, 220]),
    (&["cobalt", "cobalt blue"], [20, 70, 175]),
    (&["sapphire"], [20, 75, 180]),
    (&["sky blue"], [120, 190, 235]),
    (&["baby blue", "powder blue"], [165, 205, 235]),
    (&["steel blue"], [70, 125, 175]),
    (&["azure"], [40, 145, 240]),
    (&["turquoise"], [55, 200, 190]),
    (&["teal", "blue green"], [20, 125, 125]),
    (&["cyan", "aqua"], [40, 195, 215]),
    (&["mint", "mint green"], [155, 225, 185]),
    (&["green"], [40, 140, 60]),
    (&["emerald", "emerald green"], [25, 150, 95]),
    (&["forest green"], [35, 100, 50]),
    (&["lime", "lime green"], [140, 210, 50]),
    (&["olive", "olive green"], [120, 120, 45]),
    (&["khaki"], [185, 170, 120]),
    (&["sage", "sage green"], [155, 175, 140]),
    (&["yellow"], [245, 210, 45]),
    (&["lemon", "lemon yellow"], [250, 230, 80]),
    (&["mustard"], [215, 170, 50]),
    (&["gold", "golden"], [215, 170, 65]),
    (&["amber"], [245, 175, 40]),
    (&["orange"], [240, 125, 30]),
    (&["peach"], [250, 195, 160]),
    (&["apricot"], [245, 180, 130]),
    (&["brown"], [120, 75, 45]),
    (&["chocolate", "chocolate brown"], [90, 55, 35]),
    (&["tan"], [200, 165, 125]),
    (&["beige"], [225, 210, 180]),
    (&["cream", "ivory"], [245, 240, 220]),
    (&["white", "snow white"], [250, 250, 250]),
    (&["grey", "gray"], [128, 128, 128]),
    (&["silver"], [190, 192, 195]),
    (&["black", "jet black", "pitch black"], [15, 15, 15]),
];

/// The effect of a word before a colour, in Oklab: lightness moves by a share towards black or white, chroma is scaled.
#[derive(Clone, Copy)]
struct Shade {
    /// −1 to 1: negative towards black.
    lightness: f32,
    chroma: f32,
}

impl Shade {
    fn applied(self, rgb: [u8; 3]) -> [u8; 3] {
        let [l, a, b] = oklab_from_srgb(rgb);
        let end = if self.lightness > 0.0 { 0.97 } else { 0.1 };
        let lightness = l + self.lightness.abs() * (end - l);
        in_gamut([lightness, a * self.chroma, b * self.chroma])
    }
}

fn shade(word: &str) -> Option<Shade> {
    let (lightness, chroma) = match word {
        "light" | "lighter" => (0.48, 0.65),
        "pale" | "pastel" => (0.62, 0.42),
        "dark" | "darker" => (-0.4, 0.85),
        "deep" | "rich" => (-0.22, 1.1),
        "bright" | "brighter" | "vivid" | "intense" | "vibrant" => (0.12, 1.25),
        "neon" => (0.25, 1.5),
        "soft" | "muted" | "dusty" | "dull" => (0.08, 0.55),
        "warm" | "cool" | "medium" | "very" => (0.0, 1.0),
        _ => return None,
    };
    Some(Shade { lightness, chroma })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lightness(text: &str) -> f32 {
        oklab_from_srgb(colour(text).unwrap())[0]
    }

    #[test]
    fn colours_are_found_by_name_with_fillers_and_hyphens() {
        for (text, same) in [
            ("a blue colour", "blue"),
            ("Navy-Blue", "navy"),
            ("gray", "grey"),
            ("in forest green", "forest green"),
            ("#ff8800", "#FF8800"),
        ] {
            assert!(colour(text).is_some(), "{text}");
            assert_eq!(colour(text), colour(same), "{text}");
        }
    }

    #[test]
    fn modifiers_move_the_colour_the_way_they_say() {
        for colour in ["blue", "green", "red", "brown", "grey"] {
            let named = |modifier: &str| lightness(&format!("{modifier} {colour}"));
            assert!(named("pale") > named("light") && named("light") > lightness(colour), "{colour}");
            assert!(named("dark") < named("deep") && named("deep") < lightness(colour), "{colour}");
        }
        let chroma = |text: &str| {
            let [_, a, b] = oklab_from_srgb(colour(text).unwrap());
            a.hypot(b)
        };
        assert!(chroma("bright green") > chroma("green") && chroma("muted green") < chroma("green"));
    }

    #[test]
    fn every_colour_has_one_meaning() {
        let mut names: Vec<_> = COLOURS.iter().flat_map(|(names, _)| *names).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
