//! Rectangles that may be rotated, like lines of text in a photo.

use super::boxes::Rect;
use tie_core::Point;

/// The corners of a line of text in image pixels, in reading direction: top left, top right, bottom right, bottom left.
pub(crate) type Corners = [(f32, f32); 4];

/// The smallest turned rectangle around points, by its area.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Turned {
    pub centre: (f32, f32),
    /// Angle of the first side, clockwise from the horizontal, in radians.
    pub angle: f32,
    pub along: f32,
    pub across: f32,
}

impl Turned {
    /// The smallest rectangle around points; `None` without any. One side is on a side of the points' hull (Freeman &
    /// Shapira 1975).
    pub(super) fn around(points: &[(f32, f32)]) -> Option<Self> {
        let hull = hull(points.to_vec());
        let sides = hull.iter().zip(hull.iter().cycle().skip(1));
        let angles = sides.map(|(from, to)| (to.1 - from.1).atan2(to.0 - from.0));
        angles.map(|angle| Self::at(&hull, angle)).min_by(|a, b| (a.along * a.across).total_cmp(&(b.along * b.across)))
    }

    fn at(points: &[(f32, f32)], angle: f32) -> Self {
        let (sin, cos) = angle.sin_cos();
        let (mut low, mut high) = ((f32::MAX, f32::MAX), (f32::MIN, f32::MIN));
        for (x, y) in points {
            let (along, across) = (x * cos + y * sin, y * cos - x * sin);
            low = (low.0.min(along), low.1.min(across));
            high = (high.0.max(along), high.1.max(across));
        }
        let (along, across) = (f32::midpoint(low.0, high.0), f32::midpoint(low.1, high.1));
        let centre = (along * cos - across * sin, along * sin + across * cos);
        Self { centre, angle, along: high.0 - low.0, across: high.1 - low.1 }
    }

    /// Further out by `margin` on all sides.
    pub(super) fn grown(self, margin: f32) -> Self {
        Self { along: self.along + 2.0 * margin, across: self.across + 2.0 * margin, ..self }
    }

    /// The same rectangle with its reading side first: the longer one or, if both are about as long, the one nearer to
    /// the horizontal; from left to right.
    pub(super) fn upright(self) -> Self {
        use std::f32::consts::{FRAC_PI_2, FRAC_PI_4, PI};
        let level = |angle: f32| {
            let turned = angle.rem_euclid(PI);
            if turned > FRAC_PI_2 { turned - PI } else { turned }
        };
        let (long, short) = (self.along.max(self.across), self.along.min(self.across));
        let is_turned =
            if long > SQUARE * short { self.across > self.along } else { level(self.angle).abs() > FRAC_PI_4 };
        if is_turned {
            let angle = level(self.angle + FRAC_PI_2);
            Self { angle, along: self.across, across: self.along, ..self }
        } else {
            Self { angle: level(self.angle), ..self }
        }
    }

    pub(super) fn corners(self) -> Corners {
        let (sin, cos) = self.angle.sin_cos();
        let (x, y) = (self.along / 2.0, self.across / 2.0);
        [(-x, -y), (x, -y), (x, y), (-x, y)].map(|(along, across)| {
            (self.centre.0 + along * cos - across * sin, self.centre.1 + along * sin + across * cos)
        })
    }
}

/// A box this much longer than high has a direction.
const SQUARE: f32 = 1.5;

/// The convex hull, without points on its sides (Andrew 1979).
fn hull(mut points: Vec<(f32, f32)>) -> Vec<(f32, f32)> {
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    points.dedup();
    if points.len() < 3 {
        return points;
    }
    let chain = |points: &mut dyn Iterator<Item = (f32, f32)>| {
        let mut kept: Vec<(f32, f32)> = Vec::new();
        for at in points {
            while let [.., a, b] = kept.as_slice()
                && (b.0 - a.0) * (at.1 - a.1) - (b.1 - a.1) * (at.0 - a.0) <= 0.0
            {
                kept.pop();
            }
            kept.push(at);
        }
        kept.pop();
        kept
    };
    let mut hull = chain(&mut points.iter().copied());
    hull.extend(chain(&mut points.iter().rev().copied()));
    hull
}

fn distance(a: (f32, f32), b: (f32, f32)) -> f32 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

/// Along the writing, in pixels.
pub(super) fn length(corners: &Corners) -> f32 {
    f32::midpoint(distance(corners[0], corners[1]), distance(corners[3], corners[2]))
}

/// Across the writing, in pixels.
pub(super) fn height(corners: &Corners) -> f32 {
    f32::midpoint(distance(corners[0], corners[3]), distance(corners[1], corners[2]))
}

/// The level rectangle around it.
pub(super) fn rect(corners: &Corners) -> Rect {
    let edge =
        |of: fn(&(f32, f32)) -> f32, best: fn(f32, f32) -> f32| corners.iter().map(of).reduce(best).unwrap_or(0.0);
    Rect::new(edge(|c| c.0, f32::min), edge(|c| c.1, f32::min), edge(|c| c.0, f32::max), edge(|c| c.1, f32::max))
}

/// The part between two shares of its length, 0 at the left.
pub(super) fn part(corners: &Corners, from: f32, to: f32) -> Corners {
    let between = |a: (f32, f32), b: (f32, f32), share: f32| (a.0 + (b.0 - a.0) * share, a.1 + (b.1 - a.1) * share);
    let [a, b, c, d] = *corners;
    [between(a, b, from), between(a, b, to), between(d, c, to), between(d, c, from)]
}

/// Its outline, further out by `margin` pixels.
pub(super) fn outline(corners: &Corners, margin: f32) -> Vec<Point> {
    let [a, b, c, d] = *corners;
    let unit = |from: (f32, f32), to: (f32, f32)| {
        let long = distance(from, to).max(1e-3);
        ((to.0 - from.0) / long * margin, (to.1 - from.1) / long * margin)
    };
    let moved = |at: (f32, f32), x: (f32, f32), along: f32, y: (f32, f32), across: f32| {
        Point::new(at.0 + x.0 * along + y.0 * across, at.1 + x.1 * along + y.1 * across)
    };
    let (top, bottom, left, right) = (unit(a, b), unit(d, c), unit(a, d), unit(b, c));
    vec![
        moved(a, top, -1.0, left, -1.0),
        moved(b, top, 1.0, right, -1.0),
        moved(c, bottom, 1.0, right, 1.0),
        moved(d, bottom, -1.0, left, 1.0),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(length: f32, height: f32, degrees: f32) -> Vec<(f32, f32)> {
        let turned = Turned { centre: (100.0, 80.0), angle: degrees.to_radians(), along: length, across: height };
        let mut points = turned.corners().to_vec();
        points.extend([(100.0, 80.0), (101.0, 81.0), points[0]]);
        points
    }

    #[test]
    fn the_smallest_rectangle_follows_its_points_and_is_read_from_the_left() {
        for (degrees, read) in [(0.0, 0.0), (12.0, 12.0), (-25.0, -25.0), (170.0, -10.0), (75.0, 75.0)] {
            let found = Turned::around(&block(60.0, 12.0, degrees)).unwrap().upright();
            assert!((found.angle.to_degrees() - read).abs() < 0.1, "{degrees}: {found:?}");
            assert!((found.along - 60.0).abs() < 0.01 && (found.across - 12.0).abs() < 0.01, "{found:?}");
            let corners = found.corners();
            assert!((length(&corners) - 60.0).abs() < 0.01 && (height(&corners) - 12.0).abs() < 0.01);
        }
        let square = Turned::around(&block(20.0, 24.0, 80.0)).unwrap().upright();
        assert!((square.angle.to_degrees() + 10.0).abs() < 0.1, "{square:?}");
    }

    #[test]
    fn one_point_has_a_rectangle_and_none_has_not() {
        assert_eq!(Turned::around(&[]), None);
        assert_eq!(Turned::around(&[(3.0, 4.0)]).unwrap().along, 0.0);
        assert!(Turned::around(&[(0.0, 0.0), (1.0, 1.0)]).unwrap().across < 1e-3);
    }

    #[test]
    fn parts_and_outlines_lie_where_they_say() {
        let corners = [(0.0, 0.0), (10.0, 0.0), (10.0, 4.0), (0.0, 4.0)];
        assert_eq!(rect(&part(&corners, 0.2, 0.5)), Rect::new(2.0, 0.0, 5.0, 4.0));
        assert_eq!(outline(&corners, 1.0)[2], Point::new(11.0, 5.0));
        assert_eq!(outline(&corners, 1.0)[0], Point::new(-1.0, -1.0));
    }
}
