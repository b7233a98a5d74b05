//! Names of colours: "dark green", "a light sky blue", "#ff8800".

use super::{is_in, rows, split};
use crate::colour::{in_gamut, oklab_from_srgb};
use std::sync::LazyLock;

/// The sRGB colour of words like "dark green", "a light sky blue", "#ff8800"; `None` if any word is not understood.
pub fn colour(text: &str) -> Option<[u8; 3]> {
    let mut words = split(text);
    words.retain(|word| !is_in("colour filler", word));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // The longest name at the end, so that "sky blue" is not a blue with an unknown modifier.
    let (name_start, named) =
        (0..words.len()).find_map(|start| Some((start, base_colour(&words[start..].join(" "))?)))?;
    let modifiers: Option<Vec<_>> = words[..name_start].iter().map(|word| shade(word)).collect();
    Some(modifiers?.iter().fold(named, |colour, shade| shade.applied(colour)))
}

fn base_colour(name: &str) -> Option<[u8; 3]> {
    hex(name).or_else(|| COLOURS.iter().find(|colour| colour.names.contains(&name))?.rgb)
}

fn hex(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let [_, r, g, b] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
    Some([r, g, b])
}

/// A colour of `assets/words/colours.tsv`, whose header describes the columns.
#[derive(Debug)]
pub struct Colour {
    /// The usual name and its others.
    pub names: Vec<&'static str>,
    rgb: Option<[u8; 3]>,
    /// The basic colour terms that a thing of this colour may show; none if that isn't known.
    pub terms: Vec<&'static str>,
    /// How light such a thing is, from 0 to 1.
    pub light: (f32, f32),
    alone: bool,
    after: bool,
}

impl Colour {
    fn read(row: &[&'static str]) -> Option<Self> {
        let &[names, rgb, terms, light, said] = row else { return None };
        let list = |text: &'static str| text.split(',').filter(|word| *word != "-").collect();
        let said: Vec<&str> = list(said);
        let light = match light.split_once(' ') {
            Some((from, to)) => (from.parse().ok()?, to.parse().ok()?),
            None => (0.0, 1.0),
        };
        let (names, terms) = (list(names), list(terms));
        Some(Self {
            names,
            rgb: hex(rgb),
            terms,
            light,
            alone: said.contains(&"alone"),
            after: said.contains(&"after"),
        })
    }

    fn words(&self) -> impl Iterator<Item = &'static str> {
        self.names.iter().copied().filter(|name| !name.contains(' '))
    }
}

const TABLE: &str = include_str!("../../../../assets/words/colours.tsv");

static COLOURS: LazyLock<Vec<Colour>> = LazyLock::new(|| rows(TABLE).filter_map(|row| Colour::read(&row)).collect());

/// All known colours, the commonest first.
pub fn colours() -> &'static [Colour] {
    &COLOURS
}

/// The words that are a colour where they stand alone in a request, the commonest first.
pub fn colour_words() -> impl Iterator<Item = &'static str> {
    COLOURS.iter().filter(|colour| colour.alone).flat_map(Colour::words)
}

/// Whether a word after a thing says its colour: "the wheels black", but not "the ice cream".
pub(crate) fn follows_a_thing(word: &str) -> bool {
    COLOURS.iter().any(|colour| colour.after && colour.words().any(|name| name == word))
}

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
    fn every_row_is_read_and_every_colour_has_one_meaning() {
        assert_eq!(COLOURS.len(), rows(TABLE).count());
        let mut names: Vec<_> = COLOURS.iter().flat_map(|colour| &colour.names).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        for row in rows(TABLE) {
            assert!(row[1] == "-" || hex(row[1]).is_some(), "{row:?}");
        }
        assert!(colour_words().any(|word| word == "gray") && !colour_words().any(|word| word == "wine"));
    }
}
