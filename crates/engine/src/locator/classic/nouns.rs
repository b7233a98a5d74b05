//! How common things tend to look in photographs.
//!
//! These rows are priors, not knowledge: they say how a thing usually looks, so anything found by them alone gets low
//! or medium confidence. Colours, size and shape were written down from everyday experience, not learnt from a data
//! set.

use super::colour_names::Term::{self, Black, Blue, Brown, Green, Grey, Orange, Pink, Purple, Red, White, Yellow};
use tie_core::words::singular;

/// What sort of region a noun names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What the photograph is of.
    Subject,
    /// A thing with its own outline.
    Thing,
    /// A part of the subject.
    Part,
    /// Ground, sky, walls: extended, reaches the rim.
    Stuff,
}

/// Which side of the image the region usually reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rim {
    /// Things are usually in the picture as a whole.
    Rarely,
    Often,
    Top,
    Bottom,
}

/// How a noun's region usually looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noun {
    /// Singular forms.
    pub words: &'static [&'static str],
    pub kind: Kind,
    /// Terms that usually cover it; none if it comes in all colours.
    pub colours: &'static [Term],
    /// Usual share of the image.
    pub area: (f32, f32),
    /// Usual long axis over short axis.
    pub elongation: (f32, f32),
    pub rim: Rim,
    /// Greyer than its surroundings, with bright highlights that make it uneven; it has no colours of its own.
    pub metallic: bool,
    /// A round opening with a body below it.
    pub vessel: bool,
    /// Even in colour.
    pub smooth: bool,
    /// Highest confidence that these cues alone can earn.
    pub trust: f32,
}

const BASE: Noun = Noun {
    words: &[],
    kind: Kind::Thing,
    colours: &[],
    area: (0.01, 0.3),
    elongation: (1.0, 3.0),
    rim: Rim::Rarely,
    metallic: false,
    vessel: false,
    smooth: false,
    trust: 0.45,
};

/// Assumptions for a noun without a row.
pub(crate) const UNKNOWN: Noun = Noun { area: (0.02, 0.4), ..BASE };

const PERSON: Noun =
    Noun { kind: Kind::Subject, area: (0.06, 0.7), elongation: (1.0, 4.0), rim: Rim::Often, trust: 0.55, ..BASE };
const STUFF: Noun =
    Noun { kind: Kind::Stuff, area: (0.15, 0.8), elongation: (1.0, 6.0), rim: Rim::Often, trust: 0.6, ..BASE };
const FRUIT: Noun = Noun { area: (0.005, 0.2), elongation: (1.0, 1.4), smooth: true, trust: 0.55, ..BASE };

/// The table.
pub(crate) const NOUNS: &[Noun] = &[
    // Subjects: found as the most salient region.
    Noun {
        words: &[
            "person",
            "man",
            "woman",
            "people",
            "boy",
            "girl",
            "child",
            "kid",
            "lady",
            "guy",
            "player",
            "astronaut",
        ],
        ..PERSON
    },
    Noun { words: &["subject", "animal", "foreground"], ..PERSON },
    Noun {
        words: &["cat", "dog", "horse", "cow", "sheep", "bird", "bear", "elephant", "giraffe", "zebra", "goat", "lion"],
        ..PERSON
    },
    Noun {
        words: &[
            "car",
            "bus",
            "truck",
            "train",
            "boat",
            "motorcycle",
            "bicycle",
            "bike",
            "airplane",
            "plane",
            "rocket",
        ],
        ..PERSON
    },
    // Stuff.
    Noun { words: &["sky"], colours: &[Blue, White, Grey], rim: Rim::Top, smooth: true, trust: 0.8, ..STUFF },
    Noun { words: &["grass", "lawn", "meadow"], colours: &[Green], rim: Rim::Bottom, trust: 0.8, ..STUFF },
    Noun {
        words: &["sea", "water", "ocean", "lake", "river", "pool"],
        colours: &[Blue, Green, Grey],
        rim: Rim::Often,
        trust: 0.6,
        ..STUFF
    },
    Noun {
        words: &["sand", "beach", "desert"],
        colours: &[Brown, Orange, Yellow],
        rim: Rim::Bottom,
        trust: 0.65,
        ..STUFF
    },
    Noun { words: &["snow"], colours: &[White], rim: Rim::Bottom, trust: 0.7, ..STUFF },
    Noun {
        words: &["road", "street", "pavement", "asphalt"],
        colours: &[Grey, Black],
        rim: Rim::Bottom,
        trust: 0.6,
        ..STUFF
    },
    Noun { words: &["floor", "ground", "carpet", "field"], rim: Rim::Bottom, trust: 0.55, ..STUFF },
    Noun { words: &["table", "desk", "counter"], colours: &[Brown, White, Orange], trust: 0.5, ..STUFF },
    Noun { words: &["wall", "ceiling", "curtain"], rim: Rim::Top, smooth: true, trust: 0.55, ..STUFF },
    // Plants.
    Noun {
        words: &["tree", "bush", "hedge", "forest"],
        colours: &[Green, Brown],
        area: (0.03, 0.6),
        rim: Rim::Often,
        trust: 0.6,
        ..BASE
    },
    Noun {
        words: &["leaf", "plant", "fern", "cactus"],
        colours: &[Green],
        area: (0.005, 0.3),
        rim: Rim::Often,
        trust: 0.6,
        ..BASE
    },
    Noun {
        words: &["flower", "rose", "tulip"],
        colours: &[Red, Pink, Yellow, White, Purple],
        area: (0.005, 0.25),
        trust: 0.5,
        ..BASE
    },
    // Food.
    Noun {
        words: &["banana"],
        colours: &[Yellow],
        area: (0.01, 0.25),
        elongation: (2.0, 6.0),
        smooth: true,
        trust: 0.65,
        ..BASE
    },
    Noun { words: &["lemon"], colours: &[Yellow], ..FRUIT },
    Noun { words: &["orange"], colours: &[Orange], ..FRUIT },
    Noun { words: &["apple", "tomato", "strawberry", "cherry"], colours: &[Red], ..FRUIT },
    Noun { words: &["carrot"], colours: &[Orange], area: (0.005, 0.2), elongation: (2.5, 8.0), trust: 0.6, ..BASE },
    Noun {
        words: &["coffee", "tea", "espresso"],
        colours: &[Brown, Orange],
        area: (0.01, 0.15),
        elongation: (1.0, 2.5),
        smooth: true,
        trust: 0.55,
        ..BASE
    },
    // The table.
    // Often only a spoon's bowl shows well.
    Noun {
        words: &["spoon", "ladle"],
        area: (0.006, 0.08),
        elongation: (1.0, 14.0),
        metallic: true,
        trust: 0.5,
        ..BASE
    },
    Noun {
        words: &["fork", "knife", "cutlery", "key"],
        area: (0.004, 0.08),
        elongation: (2.0, 14.0),
        metallic: true,
        trust: 0.5,
        ..BASE
    },
    Noun {
        words: &["cup", "mug", "bowl", "glass"],
        area: (0.04, 0.3),
        elongation: (1.0, 1.5),
        vessel: true,
        trust: 0.55,
        ..BASE
    },
    Noun {
        words: &["plate", "saucer", "dish"],
        area: (0.08, 0.5),
        elongation: (1.0, 2.5),
        smooth: true,
        trust: 0.5,
        ..BASE
    },
    Noun { words: &["bottle", "vase"], area: (0.01, 0.2), elongation: (1.6, 5.0), trust: 0.45, ..BASE },
    Noun {
        words: &["ball", "balloon", "wheel", "clock", "moon", "sun"],
        area: (0.002, 0.15),
        elongation: (1.0, 1.2),
        trust: 0.55,
        ..BASE
    },
    Noun {
        words: &["helmet", "hat", "cap"],
        area: (0.01, 0.2),
        elongation: (1.0, 1.7),
        rim: Rim::Often,
        trust: 0.45,
        ..BASE
    },
    Noun {
        words: &["flag", "banner", "sign", "poster"],
        colours: &[Red, White, Blue, Yellow],
        area: (0.01, 0.25),
        rim: Rim::Often,
        trust: 0.5,
        ..BASE
    },
    // Clothing.
    Noun {
        words: &["suit", "shirt", "jacket", "coat", "dress", "sweater", "clothes"],
        area: (0.05, 0.45),
        elongation: (1.0, 2.5),
        rim: Rim::Often,
        trust: 0.5,
        ..BASE
    },
    // Parts.
    Noun { words: &["eye"], kind: Kind::Part, area: (0.0008, 0.04), elongation: (1.0, 1.8), trust: 0.5, ..BASE },
    Noun {
        words: &["nose"],
        kind: Kind::Part,
        colours: &[Pink, Black, Brown, Orange, Red],
        area: (0.0008, 0.02),
        elongation: (1.0, 2.2),
        trust: 0.45,
        ..BASE
    },
    Noun {
        words: &["mouth", "lip"],
        kind: Kind::Part,
        colours: &[Red, Pink],
        area: (0.0008, 0.02),
        elongation: (1.5, 5.0),
        trust: 0.45,
        ..BASE
    },
    Noun {
        words: &["face", "head"],
        kind: Kind::Part,
        colours: &[Orange, Pink, Brown],
        area: (0.01, 0.3),
        elongation: (1.0, 1.7),
        trust: 0.45,
        ..BASE
    },
    Noun {
        words: &["hair"],
        kind: Kind::Part,
        colours: &[Brown, Black, Yellow, Orange],
        area: (0.005, 0.15),
        elongation: (1.0, 3.0),
        trust: 0.45,
        ..BASE
    },
];

/// The row of a noun in singular or plural, and whether it was the plural.
pub(crate) fn lookup(word: &str) -> Option<(&'static Noun, bool)> {
    let row = |word: &str| NOUNS.iter().find(|noun| noun.words.contains(&word));
    if let Some(noun) = row(word) {
        return Some((noun, word == "people"));
    }
    row(&singular(word)).map(|noun| (noun, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_find_the_row_of_their_singular() {
        for (plural, singular) in
            [("spoons", "spoon"), ("leaves", "leaf"), ("strawberries", "strawberry"), ("dishes", "dish")]
        {
            let (noun, many) = lookup(plural).unwrap();
            assert!(many && noun.words.contains(&singular), "{plural}");
        }
        assert!(!lookup("grass").unwrap().1 && lookup("teapot").is_none());
    }

    #[test]
    fn no_word_has_two_rows_and_no_range_is_reversed() {
        let words: Vec<&str> = NOUNS.iter().flat_map(|noun| noun.words.iter().copied()).collect();
        for (n, word) in words.iter().enumerate() {
            assert!(!words[..n].contains(word), "{word} has two rows");
        }
        for noun in NOUNS {
            assert!(noun.area.0 < noun.area.1 && noun.elongation.0 < noun.elongation.1, "{:?}", noun.words);
            assert!((0.3..0.9).contains(&noun.trust));
        }
    }
}
