//! From words to a place: "to the left", "up a little", "in the top right corner", "40 pixels down".
//!
//! Only directions, sides and lengths are read. A place that is named by another thing ("to the right of the sofa") would
//! have to be found first, and is left to the person.

use super::{Side, is_in, side, split};
use crate::{Bounds, Extent, Offset};

/// Where a thing goes, as words say it: which way along each axis, and how far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Way {
    goals: [Goal; 2],
    far: Length,
}

impl Way {
    /// How far a thing goes by it, in image pixels; may end outside the image.
    pub fn offset(self, thing: Bounds, image: Extent) -> Offset {
        let x = along(self.goals[0], thing.x, thing.width, image.width, self.far);
        let y = along(self.goals[1], thing.y, thing.height, image.height, self.far);
        Offset::new(x, y)
    }
}

/// What words say about one axis.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Goal {
    /// Stay there.
    Here,
    /// Towards the lower (−1) or upper (1) end.
    Towards(f32),
    /// As far as it goes to that end.
    Edge(f32),
    /// The middle of that third: −1, 0 or 1.
    Third(f32),
}

/// The axis of a direction or side (0 across, 1 down), and its end.
fn direction(word: &str) -> Option<(usize, f32)> {
    let only_a_direction = match word {
        "leftwards" => Side::Left,
        "rightwards" => Side::Right,
        "up" | "upwards" | "upward" | "higher" => Side::Top,
        "down" | "downwards" | "downward" => Side::Bottom,
        _ => return side(word)?.end(),
    };
    only_a_direction.end()
}

/// A length of a way, in digits.
fn length(word: &str) -> Option<f32> {
    word.parse().ok().filter(|length: &f32| length.is_finite()).map(f32::abs)
}

/// Words that make a side a place instead of a direction.
const AT: &[&str] = &["on", "in", "at", "side", "part", "half", "third", "area", "top", "bottom", "upper", "corner"];
const EDGE: &[&str] = &["edge", "border", "margin", "corner", "end", "leftmost", "rightmost"];
/// How far, in sizes of the thing.
const AMOUNTS: &[(&str, f32)] = &[
    ("slightly", 0.3),
    ("little", 0.3),
    ("bit", 0.3),
    ("touch", 0.3),
    ("tad", 0.3),
    ("somewhat", 0.5),
    ("far", 2.5),
    ("lot", 2.5),
    ("much", 2.5),
];
/// More words than this say nothing new about a way.
const MOST_WORDS: usize = 32;
/// Without a word about how far, a thing goes by this many of its own sizes, and so clears its old place.
const STEP: f32 = 1.25;

/// The way that words name; `None` if they name no place that can be worked out without finding another thing first.
pub fn way(words: &str) -> Option<Way> {
    let mut words = split(words);
    words.truncate(MOST_WORDS);
    let is = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let is_middle = |word: &str| side(word) == Some(Side::Middle);
    let known = |word: &String| {
        let word = word.as_str();
        direction(word).is_some()
            || is_middle(word)
            || is_in("way filler", word)
            || [AT, EDGE].iter().any(|list| list.contains(&word))
            || AMOUNTS.iter().any(|(name, _)| *name == word)
            || length(word).is_some()
    };
    if words.is_empty() || !words.iter().all(known) {
        return None;
    }
    let mut goals = [Goal::Here; 2];
    let to_edge = is(EDGE) || words.windows(2).any(|pair| pair == ["all", "the"]);
    let to_place = is(AT);
    for (axis, end) in words.iter().filter_map(|word| direction(word)) {
        goals[axis] = match (to_edge, to_place) {
            (true, _) => Goal::Edge(end),
            (_, true) => Goal::Third(end),
            _ => Goal::Towards(end),
        };
    }
    if words.iter().any(|word| is_middle(word)) {
        // "In the middle" leaves a thing on its ground; "at the bottom in the middle" says both.
        goals[0] = if goals[0] == Goal::Here { Goal::Third(0.0) } else { goals[0] };
    }
    if goals == [Goal::Here; 2] {
        return None;
    }
    let far = how_far(&words);
    // "A third of the way" is no length that is known.
    let is_less_than_a_pixel = matches!(far, Length::Pixels(pixels) if pixels < 1.0);
    (!is_less_than_a_pixel).then_some(Way { goals, far })
}

/// A length as words give it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Length {
    /// In sizes of the thing.
    Sizes(f32),
    Pixels(f32),
    /// Of the image's side.
    Share(f32),
}

fn how_far(words: &[String]) -> Length {
    let number = words.iter().find_map(|word| length(word));
    match number {
        Some(number) if words.iter().any(|word| word == "percent" || word == "%") => Length::Share(number / 100.0),
        Some(number) => Length::Pixels(number),
        None => {
            let sizes = AMOUNTS.iter().find(|(name, _)| words.iter().any(|word| word == name)).map(|(_, sizes)| *sizes);
            Length::Sizes(sizes.unwrap_or(STEP))
        }
    }
}

fn along(goal: Goal, start: i32, length: u32, side: u32, far: Length) -> i32 {
    let room = (side.saturating_sub(length)) as f32;
    let to = |at: f32| at.clamp(0.0, room).round() as i32 - start;
    match goal {
        Goal::Here => 0,
        Goal::Towards(end) => {
            let by = match far {
                Length::Sizes(sizes) => sizes * length as f32,
                Length::Pixels(pixels) => pixels,
                Length::Share(share) => share * side as f32,
            };
            (end * by).round().clamp(-(side as f32), side as f32) as i32
        }
        Goal::Edge(end) => to(if end < 0.0 { 0.0 } else { room }),
        Goal::Third(end) => to(side as f32 * (0.5 + end / 3.0) - length as f32 / 2.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A thing of 40 × 60 in the middle of a photograph.
    const THING: Bounds = Bounds::new(280, 170, 40, 60);
    const IMAGE: Extent = Extent::new(600, 400);

    fn offset(words: &str, thing: Bounds, image: Extent) -> Option<Offset> {
        way(words).map(|way| way.offset(thing, image))
    }

    #[test]
    fn directions_and_amounts_are_read() {
        for (words, x, y) in [
            ("to the left", -50, 0),
            ("further left", -50, 0),
            ("up a little", 0, -18),
            ("a bit to the right", 12, 0),
            ("far to the right", 100, 0),
            ("20 pixels down", 0, 20),
            ("left by 35px", -35, 0),
            ("left -20px", -20, 0),
            ("10% to the right", 60, 0),
            ("up and to the left", -50, -75),
        ] {
            assert_eq!(offset(words, THING, IMAGE), Some(Offset::new(x, y)), "{words}");
        }
    }

    #[test]
    fn sides_edges_and_the_middle_are_places() {
        let aside = Bounds::new(30, 170, 40, 60);
        for (words, x, y) in [
            ("to the left edge", -30, 0),
            ("all the way to the right", 530, 0),
            ("on the right side", 450, 0),
            ("to the middle", 250, 0),
            ("in the top right corner", 530, -170),
            ("at the bottom", 0, 133),
        ] {
            assert_eq!(offset(words, aside, IMAGE), Some(Offset::new(x, y)), "{words}");
        }
    }

    #[test]
    fn a_place_named_by_another_thing_is_not_guessed() {
        for words in [
            "1/3 of the way to the left",
            "to the right of the sofa",
            "on the table",
            "closer to the tree",
            "somewhere else",
            "",
            "the",
        ] {
            assert_eq!(offset(words, THING, IMAGE), None, "{words}");
        }
    }

    #[test]
    fn absurd_lengths_stay_numbers() {
        let far = format!("left by {} pixels", "9".repeat(30));
        assert!(offset(&far, THING, IMAGE).is_some_and(|offset| offset.x == -600));
        assert_eq!(offset("left by inf pixels", THING, IMAGE), None);
    }
}
