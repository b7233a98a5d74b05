//! Painting on masks: round dabs along a pointer's path.

use super::{Bounds, Mask, MaskPatch, MaskRecorder, Point};
use serde::{Deserialize, Serialize};

/// A round brush; lengths are in image pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Brush {
    /// Diameter in pixels, [`Brush::MIN_SIZE`] to [`Brush::MAX_SIZE`]; 40 by default.
    pub size: f32,
    /// Share of the radius at full strength, 0 (soft) to 1 (hard); 0.8 by default.
    pub hardness: f32,
    /// Coverage at the centre, 0 to 1; a stroke never exceeds it, however often it crosses itself. 1 by default.
    pub opacity: f32,
    /// Distance between dabs as a share of the diameter, at least half a pixel; 0.1 by default.
    pub spacing: f32,
    /// What pen pressure changes.
    #[serde(default)]
    pub pressure: PressureEffect,
}

/// What pen pressure changes; a mouse always counts as full pressure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PressureEffect {
    /// Pressure has no effect.
    Nothing,
    /// The diameter scales with pressure, down to [`Brush::MIN_SIZE`].
    #[default]
    Size,
    /// The opacity scales with pressure, down to 0.
    Opacity,
}

impl Default for Brush {
    fn default() -> Self {
        Self { size: 40.0, hardness: 0.8, opacity: 1.0, spacing: 0.1, pressure: PressureEffect::default() }
    }
}

impl Brush {
    /// Smallest diameter, in pixels.
    pub const MIN_SIZE: f32 = 1.0;
    /// Largest diameter, in pixels.
    pub const MAX_SIZE: f32 = 2000.0;

    /// Coverage, 0 to 1, at `distance` pixels from the centre of a dab; the outermost pixel is antialiased.
    fn falloff(&self, distance: f32) -> f32 {
        let radius = (self.size / 2.0).max(0.5);
        let edge = (radius + 0.5 - distance).clamp(0.0, 1.0);
        let soft_from = radius * self.hardness.clamp(0.0, 1.0);
        let soft = if distance <= soft_from || radius - soft_from < 1.0 {
            1.0
        } else {
            let t = ((radius - distance) / (radius - soft_from)).clamp(0.0, 1.0);
            t * t * (3.0 - 2.0 * t)
        };
        edge * soft * self.opacity.clamp(0.0, 1.0)
    }

    /// The brush at a pen pressure of 0 to 1; anything that is not finite counts as full pressure.
    #[must_use]
    pub fn pressed(self, pressure: f32) -> Self {
        let pressure = if pressure.is_finite() { pressure.clamp(0.0, 1.0) } else { 1.0 };
        match self.pressure {
            PressureEffect::Nothing => self,
            PressureEffect::Size => Self { size: (self.size * pressure).max(Self::MIN_SIZE), ..self },
            PressureEffect::Opacity => Self { opacity: self.opacity * pressure, ..self },
        }
    }

    /// The next larger or smaller brush for the `]` and `[` keys: by a fifth, at least one pixel, within the limits.
    #[must_use]
    pub fn resized(self, larger: bool) -> Self {
        let step = (self.size * 0.2).round().max(1.0);
        let size = if larger { self.size + step } else { self.size - step };
        Self { size: size.clamp(Self::MIN_SIZE, Self::MAX_SIZE), ..self }
    }

    /// A brush with `by` added to its hardness, which stays within 0 to 1; a negative `by` makes it softer.
    #[must_use]
    pub fn harder(self, by: f32) -> Self {
        Self { hardness: (self.hardness + by).clamp(0.0, 1.0), ..self }
    }
}

/// Whether a stroke selects or deselects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StrokeMode {
    /// Selects: a pixel keeps the larger of its own and the brush's coverage.
    Add,
    /// Deselects: a pixel keeps at most 255 minus the brush's coverage.
    Subtract,
}

/// One stroke in progress: paints into the mask and remembers what was there before.
///
/// The cost of each movement grows with the pixels it paints, not with the image.
#[derive(Clone, Debug)]
pub struct Stroke {
    brush: Brush,
    mode: StrokeMode,
    last: Point,
    last_pressure: f32,
    /// Where the movement before the last one began.
    before: Option<Point>,
    /// Path length since the last dab, in pixels.
    since_dab: f32,
    changes: MaskRecorder,
}

impl Stroke {
    /// Starts a stroke with one dab at `at`, at a pressure of 0 to 1; returns it and the pixels that may have changed.
    pub fn begin(mask: &mut Mask, brush: Brush, mode: StrokeMode, at: Point, pressure: f32) -> (Self, Bounds) {
        let mut stroke = Self {
            brush,
            mode,
            last: at,
            last_pressure: pressure,
            before: None,
            since_dab: 0.0,
            changes: MaskRecorder::default(),
        };
        let dirty = stroke.dab(mask, at, pressure);
        (stroke, dirty)
    }

    /// Whether the stroke selects or deselects.
    pub const fn mode(&self) -> StrokeMode {
        self.mode
    }

    /// The end of the stroke so far, in image pixels.
    pub const fn last(&self) -> Point {
        self.last
    }

    /// Paints from the last position to `to`, changing the pressure evenly; returns the pixels that may have changed.
    ///
    /// Positions of a fast hand lie far apart: the stroke bends through them, as far as it is known where it comes from, instead
    /// of having corners. It turns where the hand turns sharply.
    pub fn extend(&mut self, mask: &mut Mask, to: Point, pressure: f32) -> Bounds {
        let (from, pressed_before) = (self.last, self.last_pressure);
        let bend = self.before.and_then(|before| Bend::new(before, from, to));
        self.before = (from != to).then_some(from).or(self.before);
        let Some(bend) = bend else { return self.straight(mask, to, pressure) };
        let pieces = (from.distance(to) / PIECE).ceil().clamp(1.0, MOST_PIECES);
        let mut dirty = Bounds::EMPTY;
        for piece in 1..=pieces as u32 {
            let share = piece as f32 / pieces;
            let at = if share < 1.0 { bend.at(share) } else { to };
            dirty = dirty.union(self.straight(mask, at, pressed_before + (pressure - pressed_before) * share));
        }
        dirty
    }

    fn straight(&mut self, mask: &mut Mask, to: Point, pressure: f32) -> Bounds {
        let (from, pressed_before) = (self.last, self.last_pressure);
        // The thinner end decides: dabs may lie closer than needed, never farther apart.
        let thinnest = self.brush.pressed(pressure.min(pressed_before)).size;
        let spacing = (thinnest * self.brush.spacing).max(0.5);
        let length = from.distance(to);
        let mut dirty = Bounds::EMPTY;
        let mut along = spacing - self.since_dab;
        while along <= length {
            let share = along / length;
            let pressed = pressed_before + (pressure - pressed_before) * share;
            dirty = dirty.union(self.dab(mask, from.lerp(to, share), pressed));
            along += spacing;
        }
        self.since_dab = length - (along - spacing);
        self.last = to;
        self.last_pressure = pressure;
        dirty
    }

    /// Ends the stroke and returns what it changed, for undo.
    pub fn finish(self, mask: &Mask) -> MaskPatch {
        self.changes.finish(mask)
    }

    fn dab(&mut self, mask: &mut Mask, centre: Point, pressure: f32) -> Bounds {
        let brush = self.brush.pressed(pressure);
        let reach = brush.size / 2.0 + 1.0;
        let corner = Point::new(reach, reach);
        let dirty = Bounds::covering(
            Point::new(centre.x - corner.x, centre.y - corner.y),
            Point::new(centre.x + corner.x, centre.y + corner.y),
        )
        .clamp(mask.extent());
        if dirty.is_empty() {
            return dirty;
        }
        self.changes.expect(mask, dirty);
        let mode = self.mode;
        mask.for_each_row_in(dirty, |left, y, row| {
            let dy = y as f32 + 0.5 - centre.y;
            for (x, coverage) in row.iter_mut().enumerate() {
                let dx = (left as usize + x) as f32 + 0.5 - centre.x;
                // `hypot` and `mul_add` are calls into a library on most processors' baseline, and this is the inner loop.
                let paint = (brush.falloff((dx * dx + dy * dy).sqrt()) * 255.0 + 0.5) as u8;
                *coverage = match mode {
                    StrokeMode::Add => (*coverage).max(paint),
                    StrokeMode::Subtract => (*coverage).min(255 - paint),
                };
            }
        });
        dirty
    }
}

/// Length of the straight pieces that a bend is painted in, in pixels.
const PIECE: f32 = 4.0;
const MOST_PIECES: f32 = 64.0;
/// Cosine of the sharpest turn that is a bend and not a corner: 60 degrees.
const SHARPEST: f32 = 0.5;
/// Movements of which one is this much longer than the other are different movements.
const MOST_UNEVEN: f32 = 4.0;

/// A cubic Hermite curve from one position of a stroke to the next: along the line past both neighbours where it comes from,
/// as Catmull–Rom splines are, and as an arc would where nothing is known yet.
struct Bend {
    from: Point,
    to: Point,
    leaves: Point,
    arrives: Point,
}

impl Bend {
    /// `None` where the stroke has a corner, or nothing to bend.
    fn new(before: Point, from: Point, to: Point) -> Option<Self> {
        let minus = |a: Point, b: Point| Point::new(a.x - b.x, a.y - b.y);
        let (came, goes) = (minus(from, before), minus(to, from));
        let (came_length, length) = (from.distance(before), to.distance(from));
        if came_length.min(length) * MOST_UNEVEN < came_length.max(length) || length < PIECE {
            return None;
        }
        let turn = (came.x * goes.x + came.y * goes.y) / (came_length * length);
        let past = minus(to, before);
        let scale = length / to.distance(before);
        // Mirrored at the chord, as an arc does.
        let mirrored = 2.0 * (past.x * goes.x + past.y * goes.y) * scale / (length * length);
        (SHARPEST..0.9999).contains(&turn).then(|| Self {
            from,
            to,
            leaves: Point::new(past.x * scale, past.y * scale),
            arrives: Point::new(mirrored * goes.x - past.x * scale, mirrored * goes.y - past.y * scale),
        })
    }

    /// The point at a share of the way, 0 to 1.
    fn at(&self, share: f32) -> Point {
        let (t, t2, t3) = (share, share * share, share * share * share);
        let mix = |from: f32, to: f32, leaves: f32, arrives: f32| {
            from * (2.0 * t3 - 3.0 * t2 + 1.0)
                + leaves * (t3 - 2.0 * t2 + t)
                + to * (3.0 * t2 - 2.0 * t3)
                + arrives * (t3 - t2)
        };
        Point::new(
            mix(self.from.x, self.to.x, self.leaves.x, self.arrives.x),
            mix(self.from.y, self.to.y, self.leaves.y, self.arrives.y),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Extent;
    use proptest::prelude::*;

    const HARD: Brush = Brush { size: 10.0, hardness: 1.0, opacity: 1.0, spacing: 0.1, pressure: PressureEffect::Size };

    #[test]
    fn a_hard_dab_has_the_area_of_its_circle() {
        let mut mask = Mask::empty(Extent::new(40, 40));
        Stroke::begin(&mut mask, HARD, StrokeMode::Add, Point::new(20.0, 20.0), 1.0);
        let area: f32 = mask.coverage().iter().map(|&c| f32::from(c) / 255.0).sum();
        let circle = std::f32::consts::PI * 25.0;
        assert!((area - circle).abs() < circle * 0.03, "{area} for {circle}");
    }

    #[test]
    fn a_stroke_has_no_gaps_however_fast_the_pointer_moved() {
        let mut mask = Mask::empty(Extent::new(300, 40));
        let (mut stroke, _) = Stroke::begin(&mut mask, HARD, StrokeMode::Add, Point::new(10.0, 20.0), 1.0);
        stroke.extend(&mut mask, Point::new(290.0, 20.0), 1.0);
        assert!((10..290).all(|x| mask.at(x, 20) == 255));
    }

    /// A ring painted through so many positions of it, of which the first is the start.
    fn ring(positions: u32) -> Mask {
        let mut mask = Mask::empty(Extent::new(240, 240));
        let at = |index: u32| {
            let (sin, cos) = (index as f32 / positions as f32 * std::f32::consts::TAU).sin_cos();
            Point::new(120.0 + 90.0 * cos, 120.0 + 90.0 * sin)
        };
        let (mut stroke, _) = Stroke::begin(&mut mask, HARD, StrokeMode::Add, at(0), 1.0);
        for index in 1..=positions {
            stroke.extend(&mut mask, at(index), 1.0);
        }
        mask
    }

    #[test]
    fn a_fast_hand_that_draws_a_ring_gets_a_ring() {
        let ideal = ring(2000);
        let iou = ring(12).iou(&ideal);
        assert!(iou > 0.85, "twelve positions, 47 pixels apart: {iou}");
        assert!(ring(24).iou(&ideal) > 0.95, "{}", ring(24).iou(&ideal));
    }

    #[test]
    fn corners_stay_corners() {
        let mut mask = Mask::empty(Extent::new(120, 120));
        let (mut stroke, _) = Stroke::begin(&mut mask, HARD, StrokeMode::Add, Point::new(20.0, 20.0), 1.0);
        stroke.extend(&mut mask, Point::new(100.0, 20.0), 1.0);
        stroke.extend(&mut mask, Point::new(100.0, 100.0), 1.0);
        stroke.extend(&mut mask, Point::new(20.0, 100.0), 1.0);
        assert_eq!((mask.at(103, 60), mask.at(107, 60), mask.at(60, 107)), (255, 0, 0));
    }

    #[test]
    fn crossing_itself_never_goes_beyond_the_opacity() {
        let half = Brush { opacity: 0.5, ..HARD };
        let mut mask = Mask::empty(Extent::new(40, 40));
        let (mut stroke, _) = Stroke::begin(&mut mask, half, StrokeMode::Add, Point::new(10.0, 20.0), 1.0);
        for _ in 0..5 {
            stroke.extend(&mut mask, Point::new(30.0, 20.0), 1.0);
            stroke.extend(&mut mask, Point::new(10.0, 20.0), 1.0);
        }
        assert_eq!(mask.coverage().iter().max(), Some(&128));
    }

    #[test]
    fn a_pen_that_presses_less_paints_thinner_or_weaker_as_the_brush_says() {
        let extent = Extent::new(80, 40);
        for (effect, thinner, weaker) in [(PressureEffect::Size, true, false), (PressureEffect::Opacity, false, true)] {
            let mut mask = Mask::empty(extent);
            let brush = Brush { pressure: effect, ..HARD };
            let (mut stroke, _) = Stroke::begin(&mut mask, brush, StrokeMode::Add, Point::new(10.0, 20.0), 1.0);
            stroke.extend(&mut mask, Point::new(70.0, 20.0), 0.2);
            let height = |x: u32| (0..40).filter(|&y| mask.at(x, y) > 40).count();
            assert_eq!(height(66) < height(12), thinner, "{effect:?}: {} after {}", height(66), height(12));
            assert_eq!(mask.at(66, 20) < 128, weaker, "{effect:?}: {}", mask.at(66, 20));
        }
    }

    #[test]
    fn the_eraser_takes_away_what_the_brush_painted() {
        let mut mask = Mask::full(Extent::new(40, 40));
        Stroke::begin(&mut mask, HARD, StrokeMode::Subtract, Point::new(20.0, 20.0), 1.0);
        assert_eq!((mask.at(20, 20), mask.at(2, 2)), (0, 255));
    }

    #[test]
    fn brush_keys_change_the_size_by_a_fifth_within_limits() {
        let brush = Brush { size: 1.0, ..HARD };
        assert!(brush.resized(true).size > 1.0);
        assert!((brush.resized(false).size - 1.0).abs() < f32::EPSILON);
        assert!((Brush { size: 2000.0, ..HARD }.resized(true).size - 2000.0).abs() < f32::EPSILON);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn undoing_a_stroke_restores_every_byte_and_dirty_bounds_cover_all_changes(
            path in proptest::collection::vec((-20.0_f32..160.0, -20.0_f32..120.0), 1..8),
            size in 1.0_f32..60.0, hardness in 0.0_f32..1.0, add in any::<bool>(),
        ) {
            let extent = Extent::new(140, 100);
            let before = Mask::from_fn(extent, |x, y| (x * 7 + y * 13) as u8);
            let mut mask = before.clone();
            let mode = if add { StrokeMode::Add } else { StrokeMode::Subtract };
            let brush = Brush { size, hardness, ..Brush::default() };
            let at = |&(x, y): &(f32, f32)| Point::new(x, y);
            let (mut stroke, mut dirty) = Stroke::begin(&mut mask, brush, mode, at(&path[0]), 1.0);
            for point in &path[1..] {
                dirty = dirty.union(stroke.extend(&mut mask, at(point), 1.0));
            }
            for y in 0..extent.height {
                for x in 0..extent.width {
                    prop_assert!(mask.at(x, y) == before.at(x, y) || dirty.contains(x as i32, y as i32));
                }
            }
            let patch = stroke.finish(&mask);
            let after = mask.clone();
            patch.undo(&mut mask);
            prop_assert_eq!(&mask, &before);
            patch.redo(&mut mask);
            prop_assert_eq!(&mask, &after);
        }
    }
}
