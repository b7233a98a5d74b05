//! Colour words: the eleven basic terms of Berlin & Kay ("Basic color terms", 1969) as a fuzzy partition of Oklch.
//!
//! The form follows Benavente, Vanrell & Baldrich, "Parametric fuzzy sets for automatic color naming" (2008): each colour
//! belongs to each term to a degree, and the degrees add up to one. The limits are hue, lightness and chroma ranges read
//! off where the answers of the XKCD colour survey (Munroe 2010) change from one term to the next, as published by
//! Heer & Stone, "Color naming models for color selection, image editing and palette design" (2012). That survey showed
//! colours on screens; the parameters of 2008, fitted to lit papers, call pure blue purple and pure red orange.

use super::frame::Lab;
use std::sync::LazyLock;
use tie_core::words;

/// A basic colour term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Term {
    Black,
    White,
    Grey,
    Red,
    Orange,
    Yellow,
    Green,
    Blue,
    Purple,
    Pink,
    Brown,
}

pub(crate) const TERMS: usize = 11;

/// Chroma between which a colour turns from grey to coloured, for middle lightness.
const CHROMA: (f32, f32) = (0.025, 0.065);
/// Hue in degrees at which each chromatic range starts; the last ends where the first starts.
const HUES: [(Term, f32); 7] = [
    (Term::Pink, -14.0),
    (Term::Red, 10.0),
    (Term::Orange, 36.0),
    (Term::Yellow, 86.0),
    (Term::Green, 116.0),
    (Term::Blue, 188.0),
    (Term::Purple, 290.0),
];
/// Half the width of the transition between two hue ranges, in degrees.
const HUE_SOFTNESS: f32 = 6.0;

/// 0 below `low`, 1 above `high`, smooth between.
fn ramp(value: f32, low: f32, high: f32) -> f32 {
    let t = ((value - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// The degree to which a colour belongs to each term, in the order of [`Term`]; they add up to one.
pub(crate) fn memberships(lab: Lab) -> [f32; TERMS] {
    let (light, a, b) = (lab[0], lab[1] / 2.0, lab[2] / 2.0);
    let chroma = a.hypot(b);
    let mut degrees = [0.0; TERMS];
    // Dark colours need less chroma in numbers to look coloured, light ones more.
    let scale = 0.55 + 0.6 * light;
    let coloured = ramp(chroma, CHROMA.0 * scale, CHROMA.1 * scale) * ramp(light, 0.10, 0.26);
    let (black, white) = (1.0 - ramp(light, 0.20, 0.38), ramp(light, 0.78, 0.92));
    degrees[Term::Black as usize] = (1.0 - coloured) * black;
    degrees[Term::White as usize] = (1.0 - coloured) * white * (1.0 - black);
    degrees[Term::Grey as usize] = (1.0 - coloured) * (1.0 - white) * (1.0 - black);
    for (n, &(term, start)) in HUES.iter().enumerate() {
        let end = HUES.get(n + 1).map_or(HUES[0].1 + 360.0, |next| next.1);
        let hue = b.atan2(a).to_degrees();
        let share = coloured * hue_share(hue, start, end);
        if share > 0.0 {
            split(term, share, (light, chroma, hue), &mut degrees);
        }
    }
    degrees
}

/// How much a hue is in the range from `start` to `end`.
fn hue_share(hue: f32, start: f32, end: f32) -> f32 {
    // Measured from the middle of the range, so that the seam at 360° is as far away as can be.
    let (middle, half) = (f32::midpoint(start, end), (end - start) / 2.0);
    let off = ((hue - middle + 180.0).rem_euclid(360.0) - 180.0).abs();
    1.0 - ramp(off, half - HUE_SOFTNESS, half + HUE_SOFTNESS)
}

/// Some hues have another name when light (red is pink) or dark and dull (orange is brown).
fn split(term: Term, share: f32, (light, chroma, hue): (f32, f32, f32), degrees: &mut [f32; TERMS]) {
    let mut add = |term: Term, share: f32| degrees[term as usize] += share;
    match term {
        Term::Red => {
            let pink = ramp(light, 0.62, 0.72);
            let brown = (1.0 - ramp(chroma, 0.075, 0.115)) * (1.0 - pink);
            add(Term::Pink, share * pink);
            add(Term::Brown, share * brown);
            add(Term::Red, share * (1.0 - pink - brown));
        }
        Term::Orange => {
            let brown = 1.0 - ramp(light + 1.2 * chroma, 0.66, 0.80);
            // Dark but vivid and hardly past red: still red.
            let red = brown * ramp(chroma, 0.10, 0.14) * (1.0 - ramp(hue, 38.0, 46.0));
            add(Term::Red, share * red);
            add(Term::Brown, share * (brown - red));
            add(Term::Orange, share * (1.0 - brown));
        }
        Term::Yellow => {
            // Darker yellow is olive, which people call green, or brown if it leans towards orange.
            let dark = 1.0 - ramp(light, 0.62, 0.80);
            let green = dark * ramp(hue, 94.0, 106.0);
            let brown = (1.0 - ramp(light, 0.48, 0.62)) * (1.0 - green).min(1.0 - ramp(hue, 94.0, 106.0));
            add(Term::Green, share * green);
            add(Term::Brown, share * brown);
            add(Term::Yellow, share * (1.0 - brown - green));
        }
        Term::Pink => {
            let pink = ramp(light, 0.50, 0.62);
            add(Term::Pink, share * pink);
            add(Term::Red, share * (1.0 - pink));
        }
        Term::Purple => {
            let pink = ramp(light, 0.62, 0.74);
            add(Term::Pink, share * pink);
            add(Term::Purple, share * (1.0 - pink));
        }
        other => add(other, share),
    }
}

impl Term {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "black" => Self::Black,
            "white" => Self::White,
            "grey" => Self::Grey,
            "red" => Self::Red,
            "orange" => Self::Orange,
            "yellow" => Self::Yellow,
            "green" => Self::Green,
            "blue" => Self::Blue,
            "purple" => Self::Purple,
            "pink" => Self::Pink,
            "brown" => Self::Brown,
            _ => return None,
        })
    }
}

/// A colour word: its terms, and the lightness it asks for (0 to 1).
#[derive(Debug)]
pub(crate) struct ColourWord {
    pub word: &'static str,
    pub terms: Vec<Term>,
    pub light: (f32, f32),
}

/// The words for colours whose terms are known.
pub(crate) static COLOUR_WORDS: LazyLock<Vec<ColourWord>> = LazyLock::new(|| {
    let known = words::colours().iter().filter(|colour| !colour.terms.is_empty());
    let word = |colour: &words::Colour, word| {
        let terms = colour.terms.iter().filter_map(|term| Term::named(term)).collect();
        ColourWord { word, terms, light: colour.light }
    };
    known.flat_map(|colour| colour.names.iter().map(move |name| word(colour, *name))).collect()
});

#[cfg(test)]
mod tests {
    use super::super::frame::to_lab;
    use super::*;

    /// Colours about whose name people agree (XKCD survey and CSS names).
    const SAMPLES: &[([u8; 3], Term)] = &[
        ([0, 0, 0], Term::Black),
        ([255, 255, 255], Term::White),
        ([128, 128, 128], Term::Grey),
        ([229, 0, 0], Term::Red),
        ([150, 15, 20], Term::Red),
        ([249, 115, 6], Term::Orange),
        ([255, 255, 20], Term::Yellow),
        ([21, 176, 26], Term::Green),
        ([0, 100, 0], Term::Green),
        ([3, 67, 223], Term::Blue),
        ([117, 187, 253], Term::Blue),
        ([10, 20, 90], Term::Blue),
        ([126, 30, 156], Term::Purple),
        ([255, 129, 192], Term::Pink),
        ([255, 192, 203], Term::Pink),
        ([235, 90, 40], Term::Orange),
        ([128, 128, 0], Term::Green),
        ([101, 55, 0], Term::Brown),
        ([139, 69, 19], Term::Brown),
    ];

    #[test]
    fn colours_that_people_agree_on_get_their_name() {
        for &([r, g, b], term) in SAMPLES {
            assert_eq!(name_of([r, g, b]), term as usize, "({r}, {g}, {b}) should be {term:?}");
        }
    }

    /// Index of the term that a colour belongs to most.
    fn name_of(rgb: [u8; 3]) -> usize {
        let degrees = memberships(to_lab([rgb[0], rgb[1], rgb[2], 255]));
        (0..TERMS).max_by(|&i, &j| degrees[i].total_cmp(&degrees[j])).unwrap()
    }

    #[test]
    fn names_agree_with_the_published_survey_where_most_people_agree() {
        let survey = include_str!("../../../../../tests/fixtures/colour_names.txt");
        let (mut right, mut all) = (0, 0);
        for line in survey.lines().filter(|line| !line.starts_with('#')) {
            let mut words = line.split(' ');
            let term = words.next().and_then(Term::named).unwrap();
            let colours: Vec<u32> = words.map(|hex| u32::from_str_radix(hex, 16).unwrap()).collect();
            let same = colours
                .iter()
                .filter(|&&c| name_of([(c >> 16) as u8, (c >> 8) as u8, c as u8]) == term as usize)
                .count();
            assert!(same * 100 >= colours.len() * 80, "only {same} of {} are {term:?}", colours.len());
            (right, all) = (right + same, all + colours.len());
        }
        assert!(all > 2000 && right * 100 >= all * 98, "{right} of {all}");
    }

    #[test]
    fn every_term_of_the_table_is_known() {
        for colour in words::colours() {
            assert!(colour.terms.iter().all(|term| Term::named(term).is_some()), "{colour:?}");
        }
        assert_eq!(COLOUR_WORDS.iter().find(|colour| colour.word == "gray").unwrap().terms, [Term::Grey]);
    }

    #[test]
    fn degrees_add_up_to_one_for_every_colour() {
        for code in (0..1 << 24).step_by(4099) {
            let colour = [(code >> 16) as u8, (code >> 8) as u8, code as u8, 255];
            let sum: f32 = memberships(to_lab(colour)).iter().sum();
            assert!((sum - 1.0).abs() < 0.02, "{colour:?} adds up to {sum}");
        }
    }
}
