//! Zoom and pan: the one transform between image pixels and the window.

use crate::gpu::QuadRect;
use eframe::egui::{Pos2, Rect, Vec2, pos2};
use tie_core::{Bounds, Extent, Point, View};

/// What to show as soon as the canvas's size is known.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Wish {
    /// All of it, a small photo up to [`MOST_FITTED`]; stays until you zoom or pan.
    Fit,
    FitTo(Bounds),
    ActualSize,
    /// Zoom by this factor around the middle.
    Zoom(f32),
    /// Zoom to this scale around the middle.
    ZoomTo(f32),
}

/// The visible part of the image, and its scale.
#[derive(Clone, Copy, Debug)]
pub struct CanvasView {
    /// Physical pixels per image pixel; 1 is 100 %.
    zoom: f32,
    /// The image point in the middle of the canvas.
    centre: Point,
    wish: Option<Wish>,
    /// The canvas in ui points, as of the last frame.
    rect: Rect,
    pixels_per_point: f32,
    extent: Extent,
}

impl Default for CanvasView {
    fn default() -> Self {
        Self {
            zoom: 1.0,
            centre: Point::default(),
            wish: Some(Wish::Fit),
            rect: Rect::ZERO,
            pixels_per_point: 1.0,
            extent: Extent::new(1, 1),
        }
    }
}

/// Largest zoom: one image pixel as a square of 64.
const MAX_ZOOM: f32 = 64.0;
/// Largest zoom that fits a photo.
const MOST_FITTED: f32 = 2.0;
/// Free space around a fitted image, in ui points.
const MARGIN: f32 = 24.0;

impl CanvasView {
    /// Call in each frame before anything is drawn.
    pub fn begin_frame(&mut self, rect: Rect, pixels_per_point: f32, extent: Extent) {
        self.rect = rect;
        self.pixels_per_point = pixels_per_point;
        if self.extent != extent {
            self.extent = extent;
            self.wish = Some(Wish::Fit);
        }
        match self.wish {
            Some(Wish::Fit) => {
                self.show(Bounds::from(extent), MOST_FITTED);
                return;
            }
            Some(Wish::FitTo(bounds)) => self.show(bounds, 8.0),
            Some(Wish::ActualSize) => self.zoom = 1.0,
            Some(Wish::Zoom(factor)) => self.zoom_at(rect.center(), factor),
            Some(Wish::ZoomTo(zoom)) => self.zoom_at(rect.center(), zoom / self.zoom),
            None => {}
        }
        self.wish = None;
        self.clamp();
    }

    /// Shows `bounds` as large as possible up to `max_zoom`.
    fn show(&mut self, bounds: Bounds, max_zoom: f32) {
        let space = (self.rect.size() - Vec2::splat(2.0 * MARGIN)).max(Vec2::splat(16.0)) * self.pixels_per_point;
        let (width, height) = (bounds.width.max(1) as f32, bounds.height.max(1) as f32);
        self.zoom = (space.x / width).min(space.y / height).min(max_zoom);
        self.centre = bounds.centre();
    }

    pub const fn fit(&mut self) {
        self.wish = Some(Wish::Fit);
    }

    pub fn fit_to(&mut self, bounds: Bounds) {
        self.wish = Some(Wish::FitTo(bounds.grow(bounds.extent().longest() / 4 + 8)));
    }

    pub const fn actual_size(&mut self) {
        self.wish = Some(Wish::ActualSize);
    }

    pub const fn zoom_by(&mut self, factor: f32) {
        self.wish = Some(Wish::Zoom(factor));
    }

    pub const fn zoom_to(&mut self, zoom: f32) {
        self.wish = Some(Wish::ZoomTo(zoom));
    }

    /// The smallest and the largest zoom.
    pub fn zooms(&self) -> std::ops::RangeInclusive<f32> {
        let fitted = (self.rect.size() * self.pixels_per_point).min_elem() / self.extent.longest().max(1) as f32;
        fitted.min(1.0) / 4.0..=MAX_ZOOM
    }

    /// Physical pixels per image pixel; 1 is 100 %.
    pub const fn zoom(&self) -> f32 {
        self.zoom
    }

    /// Ui points per image pixel.
    pub fn points_per_pixel(&self) -> f32 {
        self.zoom / self.pixels_per_point
    }

    /// Zooms so that the image point under `at` stays there.
    pub fn zoom_at(&mut self, at: Pos2, factor: f32) {
        let fixed = self.image_from_ui(at);
        let zooms = self.zooms();
        self.zoom = (self.zoom * factor).clamp(*zooms.start(), *zooms.end());
        let moved = self.image_from_ui(at);
        self.centre = Point::new(self.centre.x + fixed.x - moved.x, self.centre.y + fixed.y - moved.y);
        self.wish = None;
        self.clamp();
    }

    /// Moves the image with the pointer, by ui points.
    pub fn pan(&mut self, delta: Vec2) {
        let scale = self.points_per_pixel();
        self.centre = Point::new(self.centre.x - delta.x / scale, self.centre.y - delta.y / scale);
        self.wish = None;
        self.clamp();
    }

    /// The middle of the canvas is always on the image: it cannot get lost.
    fn clamp(&mut self) {
        self.centre.x = self.centre.x.clamp(0.0, self.extent.width as f32);
        self.centre.y = self.centre.y.clamp(0.0, self.extent.height as f32);
    }

    pub fn image_from_ui(&self, at: Pos2) -> Point {
        let offset = (at - self.rect.center()) / self.points_per_pixel();
        Point::new(self.centre.x + offset.x, self.centre.y + offset.y)
    }

    pub fn ui_from_image(&self, at: Point) -> Pos2 {
        let scale = self.points_per_pixel();
        let middle = self.rect.center();
        pos2(middle.x + (at.x - self.centre.x) * scale, middle.y + (at.y - self.centre.y) * scale)
    }

    /// The whole image, in ui points.
    pub fn image_rect(&self) -> Rect {
        let far = Point::new(self.extent.width as f32, self.extent.height as f32);
        Rect::from_two_pos(self.ui_from_image(Point::default()), self.ui_from_image(far))
    }

    /// The part of the image that the canvas shows, and a little around it.
    pub fn in_sight(&self) -> View {
        let seen = Bounds::covering(self.image_from_ui(self.rect.min), self.image_from_ui(self.rect.max));
        View { bounds: seen.grow(seen.extent().longest() / 8).clamp(self.extent), scale: self.zoom }
    }

    /// Whether everything visible now was visible then, at the same size.
    pub fn is_within(&self, view: View) -> bool {
        let seen = Bounds::covering(self.image_from_ui(self.rect.min), self.image_from_ui(self.rect.max));
        view.scale == self.zoom && view.bounds.encloses(seen.clamp(self.extent))
    }

    /// The canvas, in physical pixels of the window.
    pub fn canvas_quad(&self) -> QuadRect {
        let Rect { min, max } = self.rect * self.pixels_per_point;
        QuadRect { left: min.x, top: min.y, right: max.x, bottom: max.y }
    }

    /// A pixel rectangle of the image, in physical pixels of the window; snapped to whole pixels at 100 % and above, so
    /// that image pixels are squares.
    pub fn quad(&self, bounds: Bounds) -> QuadRect {
        let corner = |x: i32, y: i32| {
            let at = self.ui_from_image(Point::new(x as f32, y as f32)) * self.pixels_per_point;
            // Everything is shifted by the image's own fraction, never stretched.
            let origin = self.ui_from_image(Point::default()) * self.pixels_per_point;
            let snap = if self.zoom >= 1.0 { origin.round() - origin } else { Vec2::ZERO };
            at + snap
        };
        let (min, max) = (corner(bounds.x, bounds.y), corner(bounds.right(), bounds.bottom()));
        QuadRect { left: min.x, top: min.y, right: max.x, bottom: max.y }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(extent: Extent, size: Vec2) -> CanvasView {
        let mut view = CanvasView::default();
        view.begin_frame(Rect::from_min_size(pos2(100.0, 50.0), size), 2.0, extent);
        view
    }

    #[test]
    fn the_first_view_fits_and_magnifies_a_little() {
        let small = view(Extent::new(100, 50), Vec2::new(800.0, 600.0));
        assert!((small.zoom() - MOST_FITTED).abs() < 1e-6);
        let large = view(Extent::new(6000, 4000), Vec2::new(800.0, 600.0));
        assert!(large.zoom() < 0.3);
        let corner = large.ui_from_image(Point::default());
        assert!(corner.x >= 100.0 && corner.y >= 50.0, "{corner:?}");
    }

    #[test]
    fn zooming_keeps_the_point_under_the_pointer() {
        let mut view = view(Extent::new(6000, 4000), Vec2::new(800.0, 600.0));
        let pointer = pos2(400.0, 300.0);
        let before = view.image_from_ui(pointer);
        view.zoom_at(pointer, 3.0);
        let after = view.image_from_ui(pointer);
        assert!(before.distance(after) < 0.01, "{before:?} {after:?}");
    }

    #[test]
    fn ui_and_image_positions_are_inverse_to_each_other() {
        let mut view = view(Extent::new(600, 400), Vec2::new(800.0, 600.0));
        view.zoom_at(pos2(300.0, 200.0), 1.7);
        view.pan(Vec2::new(13.0, -7.0));
        let point = Point::new(123.25, 77.5);
        assert!(view.image_from_ui(view.ui_from_image(point)).distance(point) < 0.001);
    }

    #[test]
    fn the_image_cannot_be_moved_out_of_sight() {
        let mut view = view(Extent::new(600, 400), Vec2::new(800.0, 600.0));
        view.pan(Vec2::splat(100_000.0));
        assert_eq!(view.image_from_ui(view.rect.center()), Point::default());
    }
}
