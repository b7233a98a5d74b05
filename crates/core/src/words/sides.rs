//! Sides and parts of a picture: `assets/words/sides.tsv`.

use super::rows;
use std::sync::LazyLock;

/// What a word says about where in the picture something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString)]
#[strum(serialize_all = "lowercase")]
pub enum Side {
    /// "Leftmost" too.
    Left,
    /// "Rightmost" too.
    Right,
    /// "Upper".
    Top,
    /// "Lower".
    Bottom,
    /// "Centre".
    Middle,
    /// Other words say which.
    Corner,
    /// "Foreground" too.
    Front,
    /// "Background" too.
    Back,
    /// "Far", "edge": other words say where.
    Some,
}

impl Side {
    /// The axis (0 across, 1 down) that a side lies on, and its end (−1 or 1).
    pub(super) fn end(self) -> Option<(usize, f32)> {
        Some(match self {
            Self::Left => (0, -1.0),
            Self::Right => (0, 1.0),
            Self::Top => (1, -1.0),
            Self::Bottom => (1, 1.0),
            _ => return None,
        })
    }
}

const TABLE: &str = include_str!("../../../../assets/words/sides.tsv");

static SIDES: LazyLock<Vec<(Side, &str)>> = LazyLock::new(|| {
    let rows = rows(TABLE).filter_map(|row| Some((row.first()?.parse().ok()?, *row.get(1)?)));
    rows.flat_map(|(side, words)| words.split(' ').map(move |word| (side, word))).collect()
});

/// The words for parts of a picture.
pub fn sides() -> impl Iterator<Item = &'static str> {
    SIDES.iter().map(|(_, word)| *word)
}

/// The part of a picture that a lower-case word means.
pub fn side(word: &str) -> Option<Side> {
    SIDES.iter().find(|(_, name)| *name == word).map(|(side, _)| *side)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read() {
        assert_eq!(sides().count(), rows(TABLE).map(|row| row[1].split(' ').count()).sum::<usize>());
        assert_eq!([side("upper"), side("central"), side("up")], [Some(Side::Top), Some(Side::Middle), None]);
    }
}
