//! Selections drawn as shapes: rectangle, ellipse, lasso.

use super::{Bounds, Extent, Mask, Point};
use rayon::prelude::*;

/// A selection drawn with the pointer, in document pixels; corners may come in any order.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A rectangle that snaps to whole pixels, because half-covered rows along a straight edge show as a line.
    Rectangle {
        /// One corner.
        a: Point,
        /// The opposite corner.
        b: Point,
    },
    /// The ellipse that touches all sides of a rectangle.
    Ellipse {
        /// One corner of the rectangle.
        a: Point,
        /// The opposite corner.
        b: Point,
    },
    /// A lasso, closed automatically. It selects whatever it winds around (the non-zero rule): circling a thing a little more
    /// than once selects all of it, where the even-odd rule would cut out the overlap.
    Polygon(Vec<Point>),
}

/// Farthest that an ellipse's straight segments lie from it, in pixels: less than one step of coverage.
const FLATNESS: f64 = 0.003;

/// Rows that one thread fills at a time.
const BAND: usize = 32;

impl Shape {
    /// The smallest rectangle of whole pixels around the shape, inside the image; empty if there is no area.
    pub fn bounds(&self, extent: Extent) -> Bounds {
        match self {
            Self::Rectangle { a, b } | Self::Ellipse { a, b } if !(is_finite(*a) && is_finite(*b)) => Bounds::EMPTY,
            Self::Rectangle { a, b } => Bounds::covering(snapped(*a), snapped(*b)).clamp(extent),
            Self::Ellipse { a, b } => Bounds::covering(*a, *b).clamp(extent),
            Self::Polygon(points) => {
                let mut points = points.iter().copied().filter(|point| is_finite(*point));
                let Some(first) = points.next() else { return Bounds::EMPTY };
                let (low, high) = points.fold((first, first), |(low, high), p| {
                    (Point::new(low.x.min(p.x), low.y.min(p.y)), Point::new(high.x.max(p.x), high.y.max(p.y)))
                });
                Bounds::covering(low, high).clamp(extent)
            }
        }
    }

    /// The shape's bounds inside the image, and the coverage of each pixel in them: the share of its area inside the shape.
    ///
    /// The cost grows with the area of the bounds and the length of the outline, not with the image.
    pub fn coverage(&self, extent: Extent) -> (Bounds, Mask) {
        let bounds = self.bounds(extent);
        if bounds.is_empty() {
            return (Bounds::EMPTY, Mask::empty(Extent::new(0, 0)));
        }
        let outline = match self {
            Self::Rectangle { .. } => return (bounds, Mask::full(bounds.extent())),
            Self::Ellipse { a, b } => ellipse_outline(*a, *b),
            Self::Polygon(points) => points.iter().copied().filter(|point| is_finite(*point)).map(exact).collect(),
        };
        (bounds, fill(&[outline], bounds))
    }
}

/// Fills several closed outlines together by the non-zero rule, like a letter with its hole.
///
/// Returns their bounds inside the image, and the coverage of each pixel in them.
pub fn contours_coverage(contours: &[Vec<Point>], extent: Extent) -> (Bounds, Mask) {
    let all = Shape::Polygon(contours.iter().flatten().copied().collect());
    let bounds = all.bounds(extent);
    if bounds.is_empty() {
        return (Bounds::EMPTY, Mask::empty(Extent::new(0, 0)));
    }
    let finite = |contour: &Vec<Point>| contour.iter().copied().filter(|point| is_finite(*point)).map(exact).collect();
    let outlines: Vec<Vec<[f64; 2]>> = contours.iter().map(finite).collect();
    (bounds, fill(&outlines, bounds))
}

fn is_finite(point: Point) -> bool {
    point.x.is_finite() && point.y.is_finite()
}

fn snapped(point: Point) -> Point {
    Point::new(point.x.round(), point.y.round())
}

fn exact(point: Point) -> [f64; 2] {
    [f64::from(point.x), f64::from(point.y)]
}

fn ellipse_outline(a: Point, b: Point) -> Vec<[f64; 2]> {
    let ([ax, ay], [bx, by]) = (exact(a), exact(b));
    let (radius_x, radius_y) = ((bx - ax).abs() / 2.0, (by - ay).abs() / 2.0);
    let (centre_x, centre_y) = (f64::midpoint(ax, bx), f64::midpoint(ay, by));
    // The sagitta of a segment of angle 2π/n is r·(1 − cos(π/n)), about r·π²/2n². The limit is for ellipses far beyond any image.
    let segments =
        (std::f64::consts::PI * (radius_x.max(radius_y) / (2.0 * FLATNESS)).sqrt()).ceil().clamp(16.0, 32768.0);
    (0..segments as u32)
        .map(|index| {
            let (sin, cos) = (f64::from(index) / segments * std::f64::consts::TAU).sin_cos();
            [centre_x + cos * radius_x, centre_y + sin * radius_y]
        })
        .collect()
}

/// Exact area coverage of closed outlines, by accumulating each edge's signed area to its right in every row
/// (the method of Levien's font-rs, 2016). A winding number beyond ±1 counts as inside like ±1.
fn fill(outlines: &[Vec<[f64; 2]>], bounds: Bounds) -> Mask {
    let (width, height) = (bounds.width as usize, f64::from(bounds.height));
    let origin = [f64::from(bounds.x), f64::from(bounds.y)];
    let local = |[x, y]: [f64; 2]| [x - origin[0], y - origin[1]];
    let sides = outlines.iter().flat_map(|outline| outline.iter().zip(outline.iter().cycle().skip(1)));
    let edges: Vec<Edge> = sides.filter_map(|(&from, &to)| Edge::new(local(from), local(to), height)).collect();
    let mut mask = Mask::empty(bounds.extent());
    mask.coverage_mut().par_chunks_mut(width * BAND).enumerate().for_each_init(Vec::new, |areas, (band, rows)| {
        // One more column than the mask, for what is on its right border.
        areas.clear();
        areas.resize((width + 1) * (rows.len() / width), 0.0);
        let top = (band * BAND) as f64;
        for edge in &edges {
            edge.accumulate(areas, width, top);
        }
        for (row, areas) in rows.chunks_exact_mut(width).zip(areas.chunks_exact(width + 1)) {
            let mut winding = 0.0_f32;
            for (coverage, area) in row.iter_mut().zip(areas) {
                winding += area;
                *coverage = (winding.abs().min(1.0) * 255.0).round() as u8;
            }
        }
    });
    mask
}

/// One side of an outline, from its upper to its lower end, relative to the top left corner of the filled rectangle.
#[derive(Clone, Copy)]
struct Edge {
    top: f64,
    bottom: f64,
    /// Position at `top`.
    x: f64,
    /// Columns to the right for each row down.
    slope: f64,
    /// 1 if the outline goes down here, −1 if it goes up.
    winding: f64,
}

impl Edge {
    /// `None` if the edge is level or lies above or below all rows.
    fn new(from: [f64; 2], to: [f64; 2], height: f64) -> Option<Self> {
        let (upper, lower, winding) = if from[1] <= to[1] { (from, to, 1.0) } else { (to, from, -1.0) };
        let (top, bottom) = (upper[1].max(0.0), lower[1].min(height));
        if top >= bottom {
            return None;
        }
        let slope = (lower[0] - upper[0]) / (lower[1] - upper[1]);
        let x = upper[0] + slope * (top - upper[1]);
        Some(Self { top, bottom, x, slope, winding })
    }

    /// Adds what this edge contributes to a band of rows that starts at row `top`; `areas` has `width + 1` columns.
    fn accumulate(&self, areas: &mut [f32], width: usize, top: f64) {
        let columns = width as f64;
        let rows = (areas.len() / (width + 1)) as f64;
        let (start, end) = (self.top.max(top), self.bottom.min(top + rows));
        let mut y = start;
        while y < end {
            let row = y.floor();
            let below = (row + 1.0).min(end);
            let at = |y: f64| self.x + self.slope * (y - self.top);
            let line = &mut areas[(row - top) as usize * (width + 1)..][..=width];
            // Within the row the edge is cut where it leaves the rectangle; the outer parts become upright at its border.
            let mut cuts = [y, below, below, below];
            if self.slope != 0.0 {
                let crossing = |x: f64| ((x - self.x) / self.slope + self.top).clamp(y, below);
                let (left, right) = (crossing(0.0), crossing(columns));
                cuts = [y, left.min(right), left.max(right), below];
            }
            for [from, to] in cuts.array_windows::<2>() {
                let (x0, x1) = (at(*from).clamp(0.0, columns), at(*to).clamp(0.0, columns));
                add_segment(line, x0.min(x1), x0.max(x1), (to - from) * self.winding);
            }
            y = below;
        }
    }
}

/// Spreads the signed height of a segment over the columns it crosses from `left` to `right`: each pixel gets the area to
/// the segment's right, less what the pixels before it already got.
fn add_segment(line: &mut [f32], left: f64, right: f64, height: f64) {
    if height == 0.0 {
        return;
    }
    let (first, last) = (left as usize, right as usize);
    let mut add = |column: usize, area: f64| {
        if let Some(sum) = line.get_mut(column) {
            *sum += area as f32;
        }
    };
    if first == last {
        let middle = f64::midpoint(left, right) - first as f64;
        add(first, height * (1.0 - middle));
        add(first + 1, height * middle);
        return;
    }
    let per_column = height / (right - left);
    let mut done = 0.0;
    for column in first..=last {
        // The part of the segment in this column, and the mean distance of it to the column's right side.
        let (from, to) = (left.max(column as f64), right.min(column as f64 + 1.0));
        let share = per_column * (to - from);
        let middle = f64::midpoint(from, to) - column as f64;
        add(column, done + share * (1.0 - middle));
        done = share * middle;
    }
    add(last + 1, done);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EXTENT: Extent = Extent::new(60, 50);

    fn polygon(points: &[(f32, f32)]) -> Shape {
        Shape::Polygon(points.iter().map(|&(x, y)| Point::new(x, y)).collect())
    }

    /// The sum of all coverage, in pixels.
    fn area(mask: &Mask) -> f64 {
        mask.coverage().iter().map(|&c| f64::from(c) / 255.0).sum()
    }

    #[test]
    fn a_rectangle_snaps_to_whole_pixels_whichever_corner_comes_first() {
        let shape = Shape::Rectangle { a: Point::new(9.6, 20.2), b: Point::new(3.4, 7.5) };
        let (bounds, mask) = shape.coverage(EXTENT);
        assert_eq!(bounds, Bounds::new(3, 8, 7, 12));
        assert_eq!(mask, Mask::full(bounds.extent()));
    }

    #[test]
    fn half_covered_pixels_get_half_the_coverage() {
        let (bounds, mask) = polygon(&[(2.5, 1.25), (4.0, 1.25), (4.0, 3.0), (2.5, 3.0)]).coverage(EXTENT);
        assert_eq!(bounds, Bounds::new(2, 1, 2, 2));
        assert_eq!(mask.coverage(), [96, 191, 128, 255]);
        let (_, triangle) = polygon(&[(0.0, 0.0), (3.0, 0.0), (0.0, 3.0)]).coverage(EXTENT);
        assert_eq!(triangle.coverage(), [255, 255, 128, 255, 128, 0, 128, 0, 0]);
    }

    #[test]
    fn an_ellipse_has_its_area() {
        let (bounds, mask) = Shape::Ellipse { a: Point::new(50.0, 5.0), b: Point::new(8.0, 41.5) }.coverage(EXTENT);
        assert_eq!(bounds, Bounds::new(8, 5, 42, 37));
        let expected = std::f64::consts::PI * 21.0 * 18.25;
        assert!((area(&mask) - expected).abs() < expected * 1e-3, "{} for {expected}", area(&mask));
    }

    #[test]
    fn an_ellipse_cut_by_the_image_keeps_its_outline() {
        let ellipse = Shape::Ellipse { a: Point::new(-20.0, -15.5), b: Point::new(33.3, 30.0) };
        let (bounds, cut) = ellipse.coverage(EXTENT);
        assert_eq!(bounds, Bounds::new(0, 0, 34, 30));
        let moved = Shape::Ellipse { a: Point::new(0.0, 0.5), b: Point::new(53.3, 46.0) };
        let (_, whole) = moved.coverage(Extent::new(100, 100));
        for (y, x) in (0..30).flat_map(|y| (0..34).map(move |x| (y, x))) {
            let difference = cut.at(x, y).abs_diff(whole.at(x + 20, y + 16));
            assert!(difference <= 1, "{difference} at {x}, {y}");
        }
    }

    #[test]
    fn a_lasso_that_overlaps_itself_selects_the_overlap_too() {
        let square = [(5.0, 5.0), (25.0, 5.0), (25.0, 25.0), (5.0, 25.0)];
        let twice: Vec<_> = square.iter().chain(&square).copied().collect();
        assert_eq!(polygon(&twice).coverage(EXTENT), polygon(&square).coverage(EXTENT));
        let (_, eight) = polygon(&[(0.0, 0.0), (20.0, 20.0), (20.0, 0.0), (0.0, 20.0)]).coverage(EXTENT);
        assert!(eight.at(2, 10) == 255 && eight.at(17, 10) == 255 && eight.at(10, 2) == 0, "both loops of an eight");
    }

    #[test]
    fn points_that_are_no_numbers_or_far_away_do_no_harm() {
        let far = f32::MAX;
        for shape in [
            polygon(&[(f32::NAN, 0.0), (f32::INFINITY, 2.0), (1.0, f32::NEG_INFINITY)]),
            polygon(&[(3.0, 3.0)]),
            polygon(&[]),
            Shape::Ellipse { a: Point::new(f32::NAN, 1.0), b: Point::new(4.0, 4.0) },
            Shape::Rectangle { a: Point::new(1.0, 1.0), b: Point::new(f32::INFINITY, 4.0) },
        ] {
            let (bounds, mask) = shape.coverage(EXTENT);
            assert!(mask.is_empty() && mask.extent() == bounds.extent(), "{shape:?}");
        }
        let square = [(-far, -far), (far, -far), (far, far), (-far, far)];
        for shape in [polygon(&square), Shape::Ellipse { a: Point::new(-far, -far), b: Point::new(far, far) }] {
            assert_eq!(shape.coverage(EXTENT), (EXTENT.into(), Mask::full(EXTENT)), "{shape:?}");
        }
    }

    /// Coverage by testing 16 × 16 points in a pixel.
    fn sampled(points: &[Point], x: u32, y: u32) -> u8 {
        let winding = |px: f32, py: f32| {
            let next = points.iter().cycle().skip(1);
            points.iter().zip(next).fold(0, |sum, (a, b)| {
                let crosses = (a.y <= py) != (b.y <= py);
                let right = a.x + (py - a.y) / (b.y - a.y) * (b.x - a.x) > px;
                sum + if crosses && right { if a.y < b.y { 1 } else { -1 } } else { 0 }
            })
        };
        let place = |index: u32, step: u32| index as f32 + (step as f32 + 0.5) / 16.0;
        let samples = (0..256).filter(|step| winding(place(x, step % 16), place(y, step / 16)) != 0);
        (samples.count() as f32 / 256.0 * 255.0) as u8
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn triangles_have_the_coverage_that_sampling_finds(
            points in proptest::collection::vec((-30.0_f32..90.0, -30.0_f32..80.0), 3)
        ) {
            let points: Vec<Point> = points.iter().map(|&(x, y)| Point::new(x, y)).collect();
            let (bounds, mask) = Shape::Polygon(points.clone()).coverage(EXTENT);
            prop_assert!(Bounds::from(EXTENT).encloses(bounds) && mask.extent() == bounds.extent());
            for y in 0..EXTENT.height {
                for x in 0..EXTENT.width {
                    let expected = sampled(&points, x, y);
                    let inside = bounds.contains(x as i32, y as i32);
                    let found = if inside { mask.at(x - bounds.x as u32, y - bounds.y as u32) } else { 0 };
                    prop_assert!(found.abs_diff(expected) <= 24, "{found}, not {expected}, at {x}, {y} of {points:?}");
                }
            }
        }

        #[test]
        fn adding_and_subtracting_a_shape_leaves_nothing_of_it_fully_selected(
            points in proptest::collection::vec((-30.0_f32..90.0, -30.0_f32..80.0), 3..12)
        ) {
            let shape = Shape::Polygon(points.iter().map(|&(x, y)| Point::new(x, y)).collect());
            let (bounds, part) = shape.coverage(EXTENT);
            let mut mask = Mask::empty(EXTENT);
            mask.combine_part(&part, bounds, crate::Combine::Add);
            prop_assert_eq!(&mask.crop(bounds), &part);
            mask.combine_part(&part, bounds, crate::Combine::Subtract);
            // A soft pixel keeps what both leave of it: half at most.
            prop_assert!(mask.coverage().iter().all(|&c| c < 128));
        }
    }

    #[test]
    fn a_contour_the_other_way_round_is_a_hole() {
        let square = |low: f32, high: f32| {
            [(low, low), (high, low), (high, high), (low, high)].map(|(x, y)| Point::new(x, y)).to_vec()
        };
        let inner: Vec<Point> = square(4.0, 8.0).into_iter().rev().collect();
        let (bounds, mask) = contours_coverage(&[square(2.0, 10.0), inner], Extent::new(20, 20));
        assert_eq!(bounds, Bounds::new(2, 2, 8, 8));
        assert_eq!((mask.at(0, 0), mask.at(3, 3), mask.area()), (255, 0, 64 - 16));
        assert!(contours_coverage(&[], Extent::new(20, 20)).0.is_empty());
    }
}
