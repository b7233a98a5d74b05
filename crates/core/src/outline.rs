//! The outline of a mask as short lines, for drawing it somewhere other than over its own pixels.

use super::{Extent, Fit, Mask, Point};

/// Most cells along the longer side: enough for the eye, few enough to draw in every frame.
const CELLS: u32 = 160;

impl Mask {
    /// Lines along the border of what is selected (marching squares at half coverage), in pixels of this mask.
    ///
    /// A mask with a side of more than 160 pixels is followed more coarsely. Crop to the mask's bounds first: the cost grows
    /// with the extent.
    pub fn outline(&self) -> Vec<[Point; 2]> {
        let full = self.extent();
        if full.is_empty() {
            return Vec::new();
        }
        let small = if full.longest() > CELLS { full.fit_longest(CELLS) } else { full };
        let mask = self.fitted(small, Fit::Scale);
        let scale = Point::new(full.width as f32 / small.width as f32, full.height as f32 / small.height as f32);
        let mut lines = Vec::new();
        // Corners are pixel centres, starting one pixel outside the mask on every side.
        for y in -1..small.height as i32 {
            for x in -1..small.width as i32 {
                cell(&mask, small, x, y, |a, b| {
                    let full = |at: Point| Point::new((at.x + 0.5) * scale.x, (at.y + 0.5) * scale.y);
                    lines.push([full(a), full(b)]);
                });
            }
        }
        lines
    }
}

/// The border's lines in the cell whose upper left corner is pixel (x, y).
fn cell(mask: &Mask, extent: Extent, x: i32, y: i32, mut line: impl FnMut(Point, Point)) {
    const HALF: f32 = 127.5;
    let value = |x: i32, y: i32| {
        let inside = x >= 0 && y >= 0 && x < extent.width as i32 && y < extent.height as i32;
        if inside { f32::from(mask.at(x as u32, y as u32)) } else { 0.0 }
    };
    let corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)].map(|(x, y)| (x as f32, y as f32, value(x, y)));
    let mut crossings = [Point::default(); 4];
    let mut count = 0;
    for side in 0..4 {
        let ((ax, ay, a), (bx, by, b)) = (corners[side], corners[(side + 1) % 4]);
        if (a > HALF) != (b > HALF) {
            let t = (HALF - a) / (b - a);
            crossings[count] = Point::new(ax + (bx - ax) * t, ay + (by - ay) * t);
            count += 1;
        }
    }
    if count >= 2 {
        line(crossings[0], crossings[1]);
    }
    if count == 4 {
        line(crossings[2], crossings[3]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Bounds;

    #[test]
    fn the_outline_runs_along_the_border() {
        let lines = Mask::rectangle(Extent::new(20, 10), Bounds::new(5, 2, 8, 6)).outline();
        let length: f32 = lines.iter().map(|[a, b]| a.distance(*b)).sum();
        assert!((24.0..29.0).contains(&length), "{length}");
        for point in lines.as_flattened() {
            let near = |at: f32, edge: f32| (at - edge).abs() < 0.51;
            let on = near(point.x, 5.0) || near(point.x, 13.0) || near(point.y, 2.0) || near(point.y, 8.0);
            assert!(on, "{point:?}");
        }
    }

    #[test]
    fn a_full_mask_is_outlined_at_its_edge_and_an_empty_one_not_at_all() {
        let lines = Mask::full(Extent::new(900, 300)).outline();
        assert!(lines.len() < 1000, "{}", lines.len());
        let right = lines.as_flattened().iter().map(|point| point.x).fold(0.0, f32::max);
        assert!((895.0..=901.0).contains(&right), "{right}");
        assert!(Mask::empty(Extent::new(9, 9)).outline().is_empty());
        assert!(Mask::empty(Extent::new(0, 0)).outline().is_empty());
    }
}
