//! Clicks as a person would make them, for measuring: the protocol of the interactive segmentation literature (Xu et al.,
//! "Deep interactive object selection", 2016, as in Sofiiuk et al., RITM, 2021).
//!
//! The first click is as deep inside the object as possible. Each further one is as deep as possible inside the error:
//! an included click where object is missing, an excluded one where background was selected. Of equally deep pixels the
//! first in reading order is clicked, and no pixel twice.

use super::distance::squared_depths;
use tie_core::mask::SELECTED;
use tie_core::{Click, Mask, Point};

/// The next click, given what has been selected so far; `None` if nothing is wrong. Pixels of `ignored` count as right.
pub(super) fn next_click(truth: &Mask, ignored: Option<&Mask>, selected: &Mask, before: &[Click]) -> Option<Click> {
    let counts = |i: usize| ignored.is_none_or(|ignored| ignored.coverage()[i] < SELECTED);
    let on = |mask: &Mask, i: usize| mask.coverage()[i] >= SELECTED;
    let pixels = 0..truth.coverage().len();
    let missing: Vec<bool> = pixels.clone().map(|i| counts(i) && on(truth, i) && !on(selected, i)).collect();
    let taken: Vec<bool> = pixels.map(|i| counts(i) && !on(truth, i) && on(selected, i)).collect();
    let width = truth.extent().width as usize;
    let at = |i: usize| Point::new((i % width) as f32 + 0.5, (i / width) as f32 + 0.5);
    let deepest = |wrong: &[bool]| {
        let depths = squared_depths(wrong, truth.extent());
        let free = |i: &usize| depths[*i] > 0 && before.iter().all(|click| click.at != at(*i));
        (0..depths.len()).filter(free).max_by_key(|i| (depths[*i], std::cmp::Reverse(*i))).map(|i| (depths[i], i))
    };
    let (missing, taken) = (deepest(&missing), deepest(&taken));
    let include = missing.map(|(depth, _)| depth) >= taken.map(|(depth, _)| depth);
    let (_, place) = if include { missing? } else { taken? };
    Some(Click { at: at(place), include })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tie_core::{Bounds, Extent};

    #[test]
    fn clicks_go_to_the_middle_of_what_is_wrong_and_end_when_nothing_is() {
        let extent = Extent::new(30, 20);
        let truth = Mask::rectangle(extent, Bounds::new(4, 4, 11, 11));
        let first = next_click(&truth, None, &Mask::empty(extent), &[]).unwrap();
        assert_eq!(first, Click { at: Point::new(9.5, 9.5), include: true });
        let mut too_much = truth.clone();
        too_much.union(&Mask::rectangle(extent, Bounds::new(18, 4, 9, 9)));
        let second = next_click(&truth, None, &too_much, &[first]).unwrap();
        assert_eq!(second, Click { at: Point::new(22.5, 8.5), include: false });
        assert_eq!(next_click(&truth, None, &truth, &[]), None);
        assert_eq!(next_click(&truth, Some(&too_much), &too_much, &[]), None, "what is ignored is not wrong");
    }

    #[test]
    fn no_pixel_is_clicked_twice() {
        let extent = Extent::new(3, 1);
        let truth = Mask::full(extent);
        let first = next_click(&truth, None, &Mask::empty(extent), &[]).unwrap();
        let second = next_click(&truth, None, &Mask::empty(extent), &[first]).unwrap();
        assert_ne!(first.at, second.at);
    }
}
