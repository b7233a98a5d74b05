//! Where a place is on a person's body, measured by the face or, without one, by the person's box.

use super::boxes::Rect;
use super::faces::Face;

/// A person's height in heights of the face's oval: seven and a half heads, of which the oval is three quarters.
const TALL: f32 = 10.0;

/// Measures along the head and along the body, in heights of the face's oval.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axes {
    chin: (f32, f32),
    /// The height of the oval, in image pixels.
    pub(super) unit: f32,
    /// The head's own upward direction.
    up: (f32, f32),
    /// The body's: up, or down, left or right in a photograph that is turned.
    body_up: (f32, f32),
    /// Whether a face says all this.
    pub(super) by_face: bool,
}

impl Axes {
    pub(super) fn new(person: Rect, face: Option<&Face>) -> Self {
        face.and_then(Self::of_face).unwrap_or_else(|| Self::of_box(person))
    }

    fn of_face(face: &Face) -> Option<Self> {
        let (chin, up) = face.upright();
        let unit = up.0.hypot(up.1);
        if unit.is_nan() || unit < 4.0 {
            return None;
        }
        let up = (up.0 / unit, up.1 / unit);
        // A head leans, a body hardly.
        let body_up = if up.1.abs() > 0.5 { (0.0, up.1.signum()) } else { (up.0.signum(), 0.0) };
        Some(Self { chin, unit, up, body_up, by_face: true })
    }

    /// Assumes that the person stands upright, and is seen whole if the box is tall.
    fn of_box(person: Rect) -> Self {
        let tall = person.height() > 2.0 * person.width();
        let unit = if tall { person.height() / TALL } else { 0.3 * person.width().min(person.height()) };
        let unit = unit.max(1.0);
        let chin = (person.centre().0, person.top + 1.35 * unit);
        Self { chin, unit, up: (0.0, -1.0), body_up: (0.0, -1.0), by_face: false }
    }

    /// Beside and above the chin along the head: (0, 0) at the chin, (0, 1) at the oval's upper end.
    pub(super) fn head(&self, (x, y): (f32, f32)) -> (f32, f32) {
        let (right, down) = ((x - self.chin.0) / self.unit, (y - self.chin.1) / self.unit);
        (right * -self.up.1 + down * self.up.0, right * self.up.0 + down * self.up.1)
    }

    /// Distance below the chin, along the body.
    pub(super) fn below(&self, (x, y): (f32, f32)) -> f32 {
        -((x - self.chin.0) * self.body_up.0 + (y - self.chin.1) * self.body_up.1) / self.unit
    }

    /// Distance beside the chin, across the body, to either side.
    pub(super) fn aside(&self, (x, y): (f32, f32)) -> f32 {
        ((x - self.chin.0) * self.body_up.1 - (y - self.chin.1) * self.body_up.0).abs() / self.unit
    }
}

#[cfg(test)]
mod tests {
    use super::super::faces::Landmarks;
    use super::*;

    fn face(turn: impl Fn(f32, f32) -> (f32, f32)) -> Face {
        let points = Landmarks {
            right_eye: turn(40.0, 50.0),
            left_eye: turn(60.0, 50.0),
            mouth: turn(50.0, 70.0),
            ..Landmarks::default()
        };
        Face { rect: Rect::new(30.0, 30.0, 70.0, 84.0), score: 1.0, points, mesh: None }
    }

    #[test]
    fn the_crown_is_above_and_the_feet_are_below_however_the_photograph_is_turned() {
        type Turn = fn(f32, f32) -> (f32, f32);
        let turns: [Turn; 3] = [|x, y| (x, y), |x, y| (100.0 - x, 400.0 - y), |x, y| (y, x)];
        for turn in turns {
            let axes = Axes::new(Rect::new(0.0, 0.0, 100.0, 400.0), Some(&face(turn)));
            assert!(axes.by_face);
            let (beside, above) = axes.head(turn(50.0, 36.0));
            assert!(beside.abs() < 0.01 && (above - 1.0).abs() < 0.05, "{beside} {above}");
            assert!(axes.below(turn(50.0, 380.0)) > 5.0 && axes.aside(turn(98.0, 380.0)) > 0.9);
        }
    }

    #[test]
    fn without_a_face_a_tall_box_is_a_standing_person() {
        let axes = Axes::new(Rect::new(0.0, 0.0, 100.0, 400.0), None);
        assert!(!axes.by_face && axes.below((50.0, 400.0)) > 8.0 && axes.below((50.0, 0.0)) < -1.0);
        assert!(Axes::new(Rect::default(), None).unit > 0.0);
    }
}
