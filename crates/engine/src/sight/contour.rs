//! Closed outlines become coverage with a soft edge.

use super::boxes::Rect;
use super::patch::Patch;
use tie_core::{Bounds, Extent, Mask};

/// Lines of samples in each row of pixels.
const LINES: usize = 4;
/// Points put between two of an outline.
const BETWEEN: usize = 6;

/// A closed line through points in image pixels.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Contour(Vec<(f32, f32)>);

impl Contour {
    /// Straight from point to point.
    pub(super) const fn straight(points: Vec<(f32, f32)>) -> Self {
        Self(points)
    }

    /// Curved through the points (Catmull and Rom 1974).
    pub(super) fn curved(points: &[(f32, f32)]) -> Self {
        let count = points.len();
        if count < 3 {
            return Self(points.to_vec());
        }
        let mut curve = Vec::with_capacity(count * BETWEEN);
        for at in 0..count {
            let [p, q, r, s] = [count - 1, 0, 1, 2].map(|step| points[(at + step) % count]);
            for step in 0..BETWEEN {
                let t = step as f32 / BETWEEN as f32;
                let along = |p: f32, q: f32, r: f32, s: f32| {
                    0.5 * (2.0 * q
                        + (r - p) * t
                        + (2.0 * p - 5.0 * q + 4.0 * r - s) * t * t
                        + (3.0 * q - p - 3.0 * r + s) * t * t * t)
                };
                curve.push((along(p.0, q.0, r.0, s.0), along(p.1, q.1, r.1, s.1)));
            }
        }
        Self(curve)
    }

    pub(super) fn points(&self) -> &[(f32, f32)] {
        &self.0
    }

    /// The smallest rectangle around it; empty without points.
    pub(super) fn rect(&self) -> Rect {
        let Some(&(x, y)) = self.0.first() else { return Rect::default() };
        self.0.iter().fold(Rect::new(x, y, x, y), |rect, &(x, y)| {
            Rect::new(rect.left.min(x), rect.top.min(y), rect.right.max(x), rect.bottom.max(y))
        })
    }

    /// The middle of its rectangle.
    pub(super) fn centre(&self) -> (f32, f32) {
        self.rect().centre()
    }

    /// Larger or smaller around its middle.
    #[must_use]
    pub(super) fn scaled(&self, across: f32, down: f32) -> Self {
        let (x, y) = self.centre();
        Self(self.0.iter().map(|point| (x + (point.0 - x) * across, y + (point.1 - y) * down)).collect())
    }

    /// The enclosed area, with an edge as soft as a pixel's own, and softer by `feather` pixels to either side.
    pub(super) fn filled(&self, extent: Extent, feather: f32) -> Patch {
        let margin = feather.max(0.0) + 1.0;
        let rect = self.rect();
        let bounds = Rect::new(rect.left - margin, rect.top - margin, rect.right + margin, rect.bottom + margin);
        let sound = self.0.iter().all(|(x, y)| x.is_finite() && y.is_finite());
        let bounds = if sound && self.0.len() > 2 { bounds.pixels(extent) } else { Bounds::EMPTY };
        let mut mask = Mask::empty(bounds.extent());
        if !bounds.is_empty() {
            let mut sums = vec![0.0_f32; bounds.width as usize];
            mask.for_each_row_in(Bounds::new(0, 0, bounds.width, bounds.height), |_, y, row| {
                sums.fill(0.0);
                for line in 0..LINES {
                    let at = (bounds.y as f32 + y as f32) + (line as f32 + 0.5) / LINES as f32;
                    for span in self.crossings(at).chunks_exact(2) {
                        add_span(&mut sums, span[0] - bounds.x as f32, span[1] - bounds.x as f32);
                    }
                }
                for (coverage, sum) in row.iter_mut().zip(&sums) {
                    *coverage = (sum * 255.0 / LINES as f32).round().clamp(0.0, 255.0) as u8;
                }
            });
            mask.feather(feather);
        }
        Patch::new(bounds, mask)
    }

    /// Whether a place is inside.
    pub(super) fn contains(&self, (x, y): (f32, f32)) -> bool {
        self.crossings(y).iter().filter(|&&crossing| crossing <= x).count() % 2 == 1
    }

    /// Where it crosses a line across the image, from left to right.
    fn crossings(&self, y: f32) -> Vec<f32> {
        let mut crossings = Vec::new();
        for (at, &(x0, y0)) in self.0.iter().enumerate() {
            let (x1, y1) = self.0[(at + 1) % self.0.len()];
            if (y0 <= y) != (y1 <= y) {
                crossings.push(x0 + (y - y0) / (y1 - y0) * (x1 - x0));
            }
        }
        crossings.sort_by(f32::total_cmp);
        crossings
    }
}

/// Adds to each pixel its share between `start` and `end`.
fn add_span(sums: &mut [f32], start: f32, end: f32) {
    let (start, end) = (start.max(0.0), end.min(sums.len() as f32));
    if end <= start {
        return;
    }
    let (first, last) = (start as usize, end as usize);
    if first == last {
        sums[first] += end - start;
        return;
    }
    sums[first] += first as f32 + 1.0 - start;
    for sum in &mut sums[first + 1..last] {
        *sum += 1.0;
    }
    if let Some(sum) = sums.get_mut(last) {
        *sum += end - last as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_covers_pixels_by_their_share() {
        let square = Contour::straight(vec![(1.5, 1.0), (4.0, 1.0), (4.0, 3.0), (1.5, 3.0)]);
        let mask = square.filled(Extent::new(6, 4), 0.0).onto(Extent::new(6, 4));
        assert_eq!(mask.row(1), [0, 128, 255, 255, 0, 0]);
        assert_eq!((mask.row(0), mask.row(3)), (&[0; 6][..], &[0; 6][..]));
    }

    #[test]
    fn a_curve_through_points_on_a_circle_is_nearly_the_circle() {
        let points: Vec<(f32, f32)> = (0..12)
            .map(|n| (n as f32 * std::f32::consts::TAU / 12.0).sin_cos())
            .map(|(sin, cos)| (50.0 + 40.0 * cos, 50.0 + 40.0 * sin))
            .collect();
        let area = Contour::curved(&points).filled(Extent::new(100, 100), 0.0).area() as f32;
        assert!((area - std::f32::consts::PI * 1600.0).abs() < 60.0, "{area}");
        let circle = Contour::curved(&points);
        assert!(circle.contains((50.0, 50.0)) && !circle.contains((80.0, 80.0)) && !circle.contains((-1.0, 50.0)));
    }

    #[test]
    fn what_encloses_nothing_or_lies_outside_covers_nothing() {
        let extent = Extent::new(5, 5);
        for points in [vec![], vec![(1.0, 1.0)], vec![(f32::NAN, 1.0), (2.0, 2.0), (3.0, 1.0)], vec![(90.0, 9.0); 4]] {
            assert_eq!(Contour::curved(&points).filled(extent, 1.0).area(), 0, "{points:?}");
        }
    }
}
