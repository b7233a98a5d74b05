//! What is being drawn on the canvas before it becomes a command: outlines, rectangles, a moving context box.

use tie_core::{Bounds, Combine, Extent, Placement, Point, Shape};

/// A gesture in progress, in image pixels.
#[derive(Clone, Debug, PartialEq)]
pub enum Gesture {
    /// A freehand outline while the button is down.
    Lasso { path: Vec<Point>, how: Combine },
    /// An outline corner by corner; ended with a double click, a click on its first corner, or Enter.
    Polygon { corners: Vec<Point>, how: Combine },
    /// From corner to corner of a rectangle or an ellipse.
    Drag { from: Point, to: Point, how: Combine, ellipse: bool },
    /// The wand is held; moving it changes the tolerance.
    Wand { start: eframe::egui::Pos2, tolerance: u8 },
    /// A box for the smart select, or a click if it stays small.
    Smart { from: Point, to: Point, include: bool },
    /// The context box is moved or resized by one of its handles.
    Context { handle: Handle, from: Point, start: Bounds, now: Bounds },
    /// A paste is dragged to its place: which of several, and where it was and is.
    Place { index: usize, from: Point, start: Placement, now: Placement },
}

impl Gesture {
    /// The shape that has been drawn, if it is one.
    pub fn shape(&self) -> Option<(Shape, Combine)> {
        match self {
            Self::Lasso { path, how } if path.len() > 2 => Some((Shape::Polygon(path.clone()), *how)),
            Self::Polygon { corners, how } if corners.len() > 2 => Some((Shape::Polygon(corners.clone()), *how)),
            Self::Drag { from, to, how, ellipse } if from.distance(*to) > 0.5 => {
                let (a, b) = (*from, *to);
                Some((if *ellipse { Shape::Ellipse { a, b } } else { Shape::Rectangle { a, b } }, *how))
            }
            _ => None,
        }
    }
}

/// A part of the context box to hold it by: −1, 0 or 1 for left, middle, right and top, middle, bottom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handle {
    pub x: i8,
    pub y: i8,
}

impl Handle {
    /// Corners and edges, then the inside.
    pub const ALL: [Self; 9] = [
        Self { x: -1, y: -1 },
        Self { x: 1, y: -1 },
        Self { x: -1, y: 1 },
        Self { x: 1, y: 1 },
        Self { x: 0, y: -1 },
        Self { x: 0, y: 1 },
        Self { x: -1, y: 0 },
        Self { x: 1, y: 0 },
        Self { x: 0, y: 0 },
    ];

    /// The box after its handle was dragged by these image pixels; stays inside the image.
    pub fn dragged(self, start: Bounds, by: Point, image: Extent) -> Bounds {
        let (dx, dy) = (by.x.round() as i32, by.y.round() as i32);
        let (left, right) = drag_side(self.x, start.x, start.right(), dx, image.width, self.y == 0);
        let (top, bottom) = drag_side(self.y, start.y, start.bottom(), dy, image.height, self.x == 0);
        Bounds::from_edges(left, top, right, bottom)
    }
}

/// Smallest side of a context box, in pixels.
const SMALLEST: i32 = 16;

/// Moves the lower edge, the upper edge, or for 0 both if the other axis is not held by an edge.
fn drag_side(side: i8, low: i32, high: i32, by: i32, limit: u32, moves: bool) -> (i32, i32) {
    let limit = limit as i32;
    let smallest = SMALLEST.min(limit);
    match side {
        -1 => ((low + by).clamp(0, (high - smallest).max(0)), high),
        1 => (low, (high + by).clamp((low + smallest).min(limit), limit)),
        _ if moves => {
            let by = by.clamp(-low, limit - high);
            (low + by, high + by)
        }
        _ => (low, high),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IMAGE: Extent = Extent::new(200, 100);
    const START: Bounds = Bounds::new(50, 20, 60, 40);

    #[test]
    fn the_inside_moves_the_box_and_stops_at_the_images_edge() {
        let middle = Handle { x: 0, y: 0 };
        assert_eq!(middle.dragged(START, Point::new(10.0, 5.0), IMAGE), Bounds::new(60, 25, 60, 40));
        assert_eq!(middle.dragged(START, Point::new(-500.0, 500.0), IMAGE), Bounds::new(0, 60, 60, 40));
    }

    #[test]
    fn corners_resize_and_edges_move_only_their_own_side() {
        let corner = Handle { x: 1, y: 1 };
        assert_eq!(corner.dragged(START, Point::new(20.0, -10.0), IMAGE), Bounds::new(50, 20, 80, 30));
        let top = Handle { x: 0, y: -1 };
        assert_eq!(top.dragged(START, Point::new(30.0, -10.0), IMAGE), Bounds::new(50, 10, 60, 50));
    }

    #[test]
    fn a_box_never_turns_inside_out_or_leaves_the_image() {
        for handle in Handle::ALL {
            for by in [Point::new(-1e6, -1e6), Point::new(1e6, 1e6), Point::new(f32::NAN, 0.0)] {
                let moved = handle.dragged(START, by, IMAGE);
                assert!(Bounds::from(IMAGE).encloses(moved), "{handle:?} {moved:?}");
                assert!(moved.width >= 16 && moved.height >= 16, "{handle:?} {moved:?}");
            }
        }
    }

    #[test]
    fn a_click_is_no_shape() {
        let at = Point::new(3.0, 4.0);
        assert_eq!(Gesture::Drag { from: at, to: at, how: Combine::Add, ellipse: false }.shape(), None);
        assert_eq!(Gesture::Lasso { path: vec![at], how: Combine::Add }.shape(), None);
    }
}
