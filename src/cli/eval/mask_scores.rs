//! Scoring masks against the truth.

use serde::Serialize;
use tie_core::mask::SELECTED;
use tie_core::{Extent, Mask};

/// How far apart outlines may be to count as the same, as a share of the image's diagonal (Perazzi et al., "A benchmark
/// dataset and evaluation methodology for video object segmentation", 2016).
const OUTLINE_TOLERANCE: f32 = 0.008;

/// One mask compared with the truth.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct MaskScore {
    /// Pixels selected in both.
    pub both: usize,
    /// Pixels selected in either.
    pub either: usize,
    /// F-measure of the outlines, 0 to 1.
    pub outline: f32,
}

impl MaskScore {
    /// Compares, without the pixels of `ignored`.
    pub(super) fn new(truth: &Mask, ignored: Option<&Mask>, selected: &Mask) -> Self {
        let (mut both, mut either) = (0, 0);
        for i in 0..truth.coverage().len() {
            if ignored.is_some_and(|ignored| ignored.coverage()[i] >= SELECTED) {
                continue;
            }
            let (a, b) = (truth.coverage()[i] >= SELECTED, selected.coverage()[i] >= SELECTED);
            both += usize::from(a && b);
            either += usize::from(a || b);
        }
        Self { both, either, outline: outline_agreement(truth, selected) }
    }

    /// Intersection over union; 1 if both are empty.
    pub(super) fn iou(self) -> f32 {
        if self.either == 0 { 1.0 } else { self.both as f32 / self.either as f32 }
    }
}

/// F-measure of the outlines: the share of each that is near the other.
fn outline_agreement(truth: &Mask, selected: &Mask) -> f32 {
    let (truth, selected) = (outline(truth), outline(selected));
    let Extent { width, height } = truth.extent();
    let reach = (OUTLINE_TOLERANCE * (width as f32).hypot(height as f32)).ceil();
    let share_near = |outline: &Mask, of: &Mask| {
        let near = of.grown(reach);
        let met = outline.coverage().iter().zip(near.coverage()).filter(|(on, near)| **on > 0 && **near > 0).count();
        met as f32 / outline.area().max(1) as f32
    };
    match (truth.is_empty(), selected.is_empty()) {
        (true, true) => 1.0,
        (false, false) => {
            let (precision, recall) = (share_near(&selected, &truth), share_near(&truth, &selected));
            2.0 * precision * recall / (precision + recall).max(f32::MIN_POSITIVE)
        }
        _ => 0.0,
    }
}

/// The selected pixels with an unselected one beside, above or below them.
fn outline(mask: &Mask) -> Mask {
    let Extent { width, height } = mask.extent();
    let on = |x: u32, y: u32| mask.at(x, y) >= SELECTED;
    Mask::from_fn(mask.extent(), |x, y| {
        let edge = on(x, y)
            && ((x > 0 && !on(x - 1, y))
                || (x + 1 < width && !on(x + 1, y))
                || (y > 0 && !on(x, y - 1))
                || (y + 1 < height && !on(x, y + 1)));
        if edge { 255 } else { 0 }
    })
}

/// Summary of many masks' scores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(super) struct Summary {
    pub cases: usize,
    /// Mean of the cases' intersections over unions (LISA's gIoU).
    pub mean_iou: f32,
    /// All intersections over all unions (LISA's cIoU): large masks count more.
    pub cumulative_iou: f32,
    /// Mean F-measure of the outlines.
    pub outline: f32,
    /// Shares of the cases with an intersection over union of at least this.
    pub at_50: f32,
    pub at_75: f32,
    pub at_90: f32,
    /// Median time of an answer, in seconds.
    pub median_seconds: f32,
}

impl Summary {
    pub(super) fn of(scores: &[(MaskScore, f32)]) -> Self {
        let count = scores.len().max(1) as f32;
        let mean =
            |value: &dyn Fn(&MaskScore) -> f32| scores.iter().map(|(score, _)| value(score)).sum::<f32>() / count;
        let at = |least: f32| mean(&|score| f32::from(u8::from(score.iou() >= least)));
        let sum = |value: &dyn Fn(&MaskScore) -> usize| scores.iter().map(|(score, _)| value(score)).sum::<usize>();
        let mut seconds: Vec<f32> = scores.iter().map(|(_, seconds)| *seconds).collect();
        seconds.sort_unstable_by(f32::total_cmp);
        Self {
            cases: scores.len(),
            mean_iou: mean(&|score| score.iou()),
            cumulative_iou: sum(&|score| score.both) as f32 / sum(&|score| score.either).max(1) as f32,
            outline: mean(&|score| score.outline),
            at_50: at(0.5),
            at_75: at(0.75),
            at_90: at(0.9),
            median_seconds: seconds.get(seconds.len() / 2).copied().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tie_core::Bounds;

    const EXTENT: Extent = Extent::new(200, 100);

    fn square(x: i32) -> Mask {
        Mask::rectangle(EXTENT, Bounds::new(x, 20, 50, 50))
    }

    #[test]
    fn ignored_pixels_count_neither_way() {
        let (truth, shifted) = (square(40), square(50));
        let score = MaskScore::new(&truth, None, &shifted);
        assert!((score.iou() - 40.0 / 60.0).abs() < 1e-6, "{}", score.iou());
        let mut edge = truth.clone();
        edge.union(&shifted);
        let mut core = truth.clone();
        core.intersect(&shifted);
        edge.subtract(&core);
        assert_eq!(MaskScore::new(&truth, Some(&edge), &shifted).iou(), 1.0);
    }

    #[test]
    fn outlines_within_the_tolerance_agree() {
        // A diagonal of 224 pixels: two pixels are near.
        assert_eq!(MaskScore::new(&square(40), None, &square(42)).outline, 1.0);
        let far = MaskScore::new(&square(40), None, &square(48)).outline;
        assert!(far > 0.4 && far < 0.8, "top and bottom still agree: {far}");
        assert_eq!(MaskScore::new(&square(40), None, &Mask::empty(EXTENT)).outline, 0.0);
        assert_eq!(MaskScore::new(&Mask::empty(EXTENT), None, &Mask::empty(EXTENT)).outline, 1.0);
    }

    #[test]
    fn a_summary_weighs_cases_alike_in_the_mean_and_pixels_alike_in_the_sum() {
        let small = MaskScore { both: 1, either: 2, outline: 0.0 };
        let large = MaskScore { both: 100, either: 100, outline: 1.0 };
        let summary = Summary::of(&[(small, 1.0), (large, 3.0), (large, 2.0)]);
        assert!((summary.mean_iou - 2.5 / 3.0).abs() < 1e-6 && (summary.cumulative_iou - 201.0 / 202.0).abs() < 1e-6);
        assert_eq!((summary.cases, summary.at_50, summary.median_seconds), (3, 1.0, 2.0));
        assert_eq!(Summary::of(&[]).cases, 0);
    }
}
