//! Finds the parts of a face: 468 points by Face Mesh (Kartynnik et al. 2019).

use super::boxes::Rect;
use super::networks::Eye;
use super::pixels::{Scaling, tensor};
use crate::EngineError;
use tie_core::{Extent, Raster};

/// The side of the square that the network sees.
const SIDE: u32 = 192;
/// Points of a face.
pub(super) const POINTS: usize = 468;
/// The square is larger than the face by this.
const MARGIN: f32 = 1.5;
/// Below this the network says that it sees no face.
const LEAST_FACE: f32 = 0.5;
/// A first look so far off is taken again, from where its points are: the square's middle and side, as shares of its side.
const TAKE_AGAIN: f32 = 0.06;

/// The points of a face in image pixels, in the order of `MediaPipe`'s canonical face model.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mesh(Vec<(f32, f32)>);

impl Mesh {
    /// The points of these numbers; numbers beyond the last are left out.
    pub(crate) fn points(&self, numbers: &[u16]) -> Vec<(f32, f32)> {
        numbers.iter().filter_map(|&number| self.0.get(usize::from(number)).copied()).collect()
    }

    /// The smallest rectangle around all points.
    pub(crate) fn rect(&self) -> Rect {
        let none = Rect::new(f32::INFINITY, f32::INFINITY, f32::NEG_INFINITY, f32::NEG_INFINITY);
        self.0.iter().fold(none, |rect, &(x, y)| {
            Rect::new(rect.left.min(x), rect.top.min(y), rect.right.max(x), rect.bottom.max(y))
        })
    }

    /// A mesh of any points, for tests.
    #[cfg(test)]
    pub(super) const fn of(points: Vec<(f32, f32)>) -> Self {
        Self(points)
    }
}

/// A turned square of an image.
#[derive(Clone, Copy, Debug)]
struct Square {
    middle: (f32, f32),
    side: f32,
    /// Tilt of the face, in radians.
    angle: f32,
}

/// The points of the face in a box with the eyes at two places (the person's right one first); `None` if there is no
/// face.
///
/// # Errors
/// [`EngineError::Failed`] if memory is short.
pub(super) fn mesh(image: &Raster, rect: Rect, eyes: ((f32, f32), (f32, f32))) -> Result<Option<Mesh>, EngineError> {
    let first = Square::around(rect, eyes);
    let Some(mesh) = look(image, first)? else { return Ok(None) };
    let again = Square::of(&mesh);
    let off =
        (again.middle.0 - first.middle.0).hypot(again.middle.1 - first.middle.1).max((again.side - first.side).abs());
    if off <= TAKE_AGAIN * first.side && (again.angle - first.angle).abs() < 0.1 {
        return Ok(Some(mesh));
    }
    Ok(Some(look(image, again)?.unwrap_or(mesh)))
}

/// The corners of the person's right and left eye.
const RIGHT_CORNERS: [u16; 2] = [33, 133];
const LEFT_CORNERS: [u16; 2] = [362, 263];

impl Mesh {
    /// The mean of some of the points.
    pub(super) fn middle_of(&self, numbers: &[u16]) -> (f32, f32) {
        let points = self.points(numbers);
        let count = points.len().max(1) as f32;
        let sum = points.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
        (sum.0 / count, sum.1 / count)
    }
}

impl Square {
    fn around(rect: Rect, (right, left): ((f32, f32), (f32, f32))) -> Self {
        let (across, down) = (left.0 - right.0, left.1 - right.1);
        let angle = if across.hypot(down) > 0.05 * rect.width() { down.atan2(across) } else { 0.0 };
        Self { middle: rect.centre(), side: (MARGIN * rect.width().max(rect.height())).max(2.0), angle }
    }

    /// Around a mesh, along its own axes.
    fn of(mesh: &Mesh) -> Self {
        let upright = Self::around(mesh.rect(), (mesh.middle_of(&RIGHT_CORNERS), mesh.middle_of(&LEFT_CORNERS)));
        let (sin, cos) = upright.angle.sin_cos();
        let turned = Mesh(mesh.0.iter().map(|(x, y)| (x * cos + y * sin, y * cos - x * sin)).collect()).rect();
        let (x, y) = turned.centre();
        let side = (MARGIN * turned.width().max(turned.height())).max(2.0);
        Self { middle: (x * cos - y * sin, x * sin + y * cos), side, angle: upright.angle }
    }

    /// The place in the image of a place in the square, both axes from -0.5 to 0.5.
    fn place(&self, (u, v): (f32, f32)) -> (f32, f32) {
        let (sin, cos) = self.angle.sin_cos();
        let (x, y) = (u * self.side, v * self.side);
        (self.middle.0 + x * cos - y * sin, self.middle.1 + x * sin + y * cos)
    }

    /// The image in the square.
    fn pixels(&self, image: &Raster) -> Raster {
        let corners = [(-0.5, -0.5), (0.5, -0.5), (-0.5, 0.5), (0.5, 0.5)].map(|corner| self.place(corner));
        let edge = |of: fn(f32, f32) -> f32, at: fn((f32, f32)) -> f32| corners.into_iter().map(at).reduce(of);
        let edges =
            (edge(f32::min, |c| c.0), edge(f32::min, |c| c.1), edge(f32::max, |c| c.0), edge(f32::max, |c| c.1));
        let (Some(left), Some(top), Some(right), Some(bottom)) = edges else {
            return Raster::filled(Extent::new(SIDE, SIDE), GREY);
        };
        let part = Rect::new(left, top, right, bottom).grown(0.02).pixels(image.extent());
        if part.is_empty() {
            return Raster::filled(Extent::new(SIDE, SIDE), GREY);
        }
        // Shrunk first, so that each sample is the mean of its area.
        let scale = (SIDE as f32 / self.side).min(1.0);
        let small = |side: u32| ((side as f32 * scale).round() as u32).max(1);
        let near = image.crop(part).resize(Extent::new(small(part.width), small(part.height)));
        let scale = (near.extent().width as f32 / part.width as f32, near.extent().height as f32 / part.height as f32);
        Raster::from_fn(Extent::new(SIDE, SIDE), |x, y| {
            let along = |at: u32| (at as f32 + 0.5) / SIDE as f32 - 0.5;
            let (px, py) = self.place((along(x), along(y)));
            sample(&near, (px - part.x as f32) * scale.0 - 0.5, (py - part.y as f32) * scale.1 - 0.5)
        })
    }
}

const GREY: [u8; 4] = [114, 114, 114, 255];

/// The colour between pixels; grey outside and where transparent.
fn sample(image: &Raster, x: f32, y: f32) -> [u8; 4] {
    let (width, height) = (image.extent().width as i32, image.extent().height as i32);
    let pixel = |x: i32, y: i32| {
        let inside = x >= 0 && y >= 0 && x < width && y < height;
        let [r, g, b, a] = if inside { image.pixel(x as u32, y as u32) } else { GREY };
        let alpha = f32::from(a) / 255.0;
        [r, g, b].map(|value| f32::from(value) * alpha + f32::from(GREY[0]) * (1.0 - alpha))
    };
    let (left, top) = (x.floor(), y.floor());
    let (u, v) = (x - left, y - top);
    let (column, row) = (left as i32, top as i32);
    let corners = [pixel(column, row), pixel(column + 1, row), pixel(column, row + 1), pixel(column + 1, row + 1)];
    let weights = [(1.0 - u) * (1.0 - v), u * (1.0 - v), (1.0 - u) * v, u * v];
    let channel = |n: usize| {
        let sum: f32 = corners.iter().zip(weights).map(|(corner, weight)| corner[n] * weight).sum();
        sum.round().clamp(0.0, 255.0) as u8
    };
    [channel(0), channel(1), channel(2), 255]
}

fn look(image: &Raster, square: Square) -> Result<Option<Mesh>, EngineError> {
    let answers = Eye::FacePoints.network()?.run(&tensor(&square.pixels(image), &Scaling::UNIT)?)?;
    let face = answers.numbers("face")?.first().copied().unwrap_or_default();
    if face.is_nan() || face <= LEAST_FACE {
        return Ok(None);
    }
    let along = |value: f32| value / SIDE as f32 - 0.5;
    let numbers = answers.numbers("mesh")?;
    let points: Vec<(f32, f32)> =
        numbers.as_chunks::<3>().0.iter().map(|&[x, y, _]| square.place((along(x), along(y)))).collect();
    let sound = points.len() == POINTS && points.iter().all(|(x, y)| x.is_finite() && y.is_finite());
    Ok(sound.then_some(Mesh(points)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turned_square_shows_the_image_upright() {
        // Red above, blue below, seen by someone who leans a quarter to the right.
        let image =
            Raster::from_fn(Extent::new(40, 40), |x, _| if x < 20 { [0, 0, 200, 255] } else { [200, 0, 0, 255] });
        let square = Square::around(Rect::new(10.0, 10.0, 30.0, 30.0), ((20.0, 15.0), (20.0, 25.0)));
        let pixels = square.pixels(&image);
        assert_eq!([pixel(&pixels, 0.5, 0.3), pixel(&pixels, 0.5, 0.7)], [[200, 0, 0, 255], [0, 0, 200, 255]]);
    }

    fn pixel(image: &Raster, x: f32, y: f32) -> [u8; 4] {
        image.pixel((x * SIDE as f32) as u32, (y * SIDE as f32) as u32)
    }
}
