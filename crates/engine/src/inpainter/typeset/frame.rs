//! The box of a line of writing: where it begins, which way it runs, how long and high it is.

use tie_core::Point;

/// A rectangle along a line of writing, in image pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    pub centre: Point,
    /// Angle of the reading direction, downwards from the horizontal, in radians: −π/2 to π/2, so that nothing is
    /// upside down.
    pub angle: f32,
    pub length: f32,
    pub height: f32,
}

/// Writing about as high as long has no direction to tell.
const LONG: f32 = 1.5;
/// How far around the main axis to search for a narrower box, in half degrees: letters of unequal height turn the axis.
const SEARCH: i32 = 30;
/// A turned box has to be narrower than the upright one by this factor.
const CLEARLY: f32 = 0.93;

impl Frame {
    /// Around points, along their longer side; `None` without points.
    pub(super) fn around(points: &[Point]) -> Option<Self> {
        if points.is_empty() {
            return None;
        }
        let upright = Self::at(points, 0.0);
        let axis = main_axis(points);
        let best = (-SEARCH..=SEARCH)
            .map(|step| Self::at(points, upright_angle(axis + (step as f32 / 2.0).to_radians())))
            .min_by(|a, b| a.height.total_cmp(&b.height))
            .unwrap_or(upright);
        let turns = best.length > LONG * best.height && best.height < CLEARLY * upright.height;
        Some(if turns { best } else { upright })
    }

    /// Around points, along one direction.
    fn at(points: &[Point], angle: f32) -> Self {
        let (sin, cos) = angle.sin_cos();
        let (mut low, mut high) = (Point::new(f32::MAX, f32::MAX), Point::new(f32::MIN, f32::MIN));
        for point in points {
            let (along, across) = (point.x * cos + point.y * sin, point.y * cos - point.x * sin);
            low = Point::new(low.x.min(along), low.y.min(across));
            high = Point::new(high.x.max(along), high.y.max(across));
        }
        let middle = low.lerp(high, 0.5);
        let centre = Point::new(middle.x * cos - middle.y * sin, middle.x * sin + middle.y * cos);
        // Points are the middles of pixels.
        Self { centre, angle, length: high.x - low.x + 1.0, height: high.y - low.y + 1.0 }
    }

    /// A point of the frame, from its centre along and across the writing, in the image.
    pub(super) fn place(&self, along: f32, across: f32) -> Point {
        let (sin, cos) = self.angle.sin_cos();
        Point::new(self.centre.x + along * cos - across * sin, self.centre.y + along * sin + across * cos)
    }

    /// Its four corners, `margin` pixels further out.
    pub(super) fn corners(&self, margin: f32) -> Vec<Point> {
        let (x, y) = (self.length / 2.0 + margin, self.height / 2.0 + margin);
        [(-x, -y), (x, -y), (x, y), (-x, y)].map(|(along, across)| self.place(along, across)).to_vec()
    }
}

/// The direction in which points spread most.
fn main_axis(points: &[Point]) -> f32 {
    let count = points.len() as f64;
    let mean = |of: &dyn Fn(&Point) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(&|at| f64::from(at.x)), mean(&|at| f64::from(at.y)));
    let xx = mean(&|at| (f64::from(at.x) - x).powi(2));
    let yy = mean(&|at| (f64::from(at.y) - y).powi(2));
    let xy = mean(&|at| (f64::from(at.x) - x) * (f64::from(at.y) - y));
    (0.5 * (2.0 * xy).atan2(xx - yy)) as f32
}

/// The same line, read from the left.
fn upright_angle(angle: f32) -> f32 {
    use std::f32::consts::{FRAC_PI_2, PI};
    let turned = angle.rem_euclid(PI);
    if turned > FRAC_PI_2 { turned - PI } else { turned }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points of a block of writing, turned by some degrees about (100, 80).
    fn block(length: i32, height: i32, degrees: f32) -> Vec<Point> {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let grid = (-length..=length).flat_map(|x| (-height..=height).map(move |y| (x as f32 / 2.0, y as f32 / 2.0)));
        grid.map(|(x, y)| Point::new(100.0 + x * cos - y * sin, 80.0 + x * sin + y * cos)).collect()
    }

    #[test]
    fn a_frame_follows_the_writing_and_never_stands_on_its_head() {
        for (degrees, angle) in [(0.0, 0.0), (12.0, 12.0), (-25.0, -25.0), (170.0, -10.0), (60.0, 60.0)] {
            let frame = Frame::around(&block(60, 12, degrees)).unwrap();
            assert!((frame.angle.to_degrees() - angle).abs() < 0.6, "{degrees}: {}", frame.angle.to_degrees());
            assert!((frame.length - 61.0).abs() < 2.0 && (frame.height - 13.0).abs() < 2.0, "{degrees}: {frame:?}");
            assert!(frame.centre.distance(Point::new(100.0, 80.0)) < 0.5);
        }
    }

    #[test]
    fn a_word_as_high_as_long_stays_level() {
        assert_eq!(Frame::around(&block(20, 16, 8.0)).unwrap().angle, 0.0);
        assert_eq!(Frame::around(&[]), None);
        assert_eq!(Frame::around(&[Point::new(3.5, 4.5)]).unwrap().length, 1.0);
    }
}
