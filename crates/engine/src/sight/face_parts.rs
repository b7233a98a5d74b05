//! Parts of a face: outlines along the points of the mesh.
//!
//! Which points are on which outline is published in `MediaPipe`'s `face_mesh_connections` (Google, Apache-2.0) for the
//! oval, lips, eyes and brows; nose, cheeks, chin and forehead follow the canonical face model of the same source.

use super::contour::Contour;
use super::faces::Face;
use super::patch::Patch;
use crate::locator::classic::frame::{Frame, to_lab};
use crate::locator::classic::grabcut::{Cutter, Known, Start};
use crate::locator::classic::regions::{drop_islands, fill_holes};
use crate::locator::classic::upsample::to_image;
use crate::{EngineError, JobCx};
use tie_core::mask::SELECTED;
use tie_core::{Mask, Raster};

/// From the middle of the forehead over the person's left side to the chin and back.
pub(super) const OVAL: [u16; 36] = [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150,
    136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
];
/// From the person's right corner along the lower lip, and back along the upper one.
const LIPS_OUTER: [u16; 20] =
    [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185];
const LIPS_INNER: [u16; 20] =
    [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191];
/// The person's right eye, from its outer corner along the lower lid, and back along the upper one.
const RIGHT_EYE: [u16; 16] = [33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246];
const LEFT_EYE: [u16; 16] = [263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466];
/// The person's right brow: its lower edge from the temple inwards, and its upper edge back.
const RIGHT_BROW: [u16; 10] = [46, 53, 52, 65, 55, 107, 66, 105, 63, 70];
const LEFT_BROW: [u16; 10] = [276, 283, 282, 295, 285, 336, 296, 334, 293, 300];
/// From the bridge down the person's right side, below the nostrils and up.
const NOSE: [u16; 16] = [168, 122, 174, 198, 209, 129, 98, 97, 2, 326, 327, 358, 429, 420, 399, 351];
const RIGHT_CHEEK: [u16; 14] = [116, 117, 118, 119, 100, 142, 203, 206, 216, 214, 192, 213, 147, 123];
const LEFT_CHEEK: [u16; 14] = [345, 346, 347, 348, 329, 371, 423, 426, 436, 434, 416, 433, 376, 352];
const CHIN: [u16; 20] =
    [18, 83, 182, 106, 204, 211, 170, 149, 176, 148, 152, 377, 400, 378, 395, 431, 424, 335, 406, 313];
/// Along the upper end of the oval and back above the brows.
const FOREHEAD: [u16; 20] =
    [54, 103, 67, 109, 10, 338, 297, 332, 284, 300, 293, 334, 296, 336, 9, 107, 66, 105, 63, 70];

/// The parts that a mesh knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum FacePart {
    /// From the hairline to the chin, without ears.
    Face,
    Eyes,
    Eye(Side),
    /// The coloured discs with their pupils.
    Irises,
    Eyebrows,
    /// Without what is between them.
    Lips,
    /// Lips and what is between them.
    Mouth,
    Teeth,
    Nose,
    Cheeks,
    Chin,
    Forehead,
    /// The area of glasses: both eyes with their surroundings.
    Glasses,
    /// Where a beard grows: below the nose and along the jaw, without lips.
    Beard,
}

/// Left or right. "The left eye" is the one seen on the left of the photo; "her left eye" is her own, which is on the
/// right if she faces the camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Side {
    /// The one further to the left in the picture.
    SeenLeft,
    SeenRight,
    /// The one on the person's own left.
    OwnLeft,
    OwnRight,
}

/// A part with how sure it is, 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Part {
    pub patch: Patch,
    pub confidence: f32,
}

/// Widths of a face in pixels: below the first nothing, above the second everything can be made out.
const CLEAR: (f32, f32) = (16.0, 64.0);
/// The sureness of an outline that the mesh draws, and of one that is only near.
const SURE: f32 = 0.9;
const ROUGH: f32 = 0.6;
/// The mesh follows the inner edge of the lids; people mean the lashes as well. Factors of width and height.
const LASHES: (f32, f32) = (1.1, 1.3);
/// The gap between closed lips is at most this share of both.
const CLOSED: f32 = 0.12;
/// An eye's iris as a share of its width, from corner to corner.
const IRIS: f32 = 0.4;

/// A part of a face; none if it cannot be made out or is not seen.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub(crate) fn face_part(
    image: &Raster,
    face: &Face,
    part: FacePart,
    cx: &JobCx<'_>,
) -> Result<Option<Part>, EngineError> {
    if part == FacePart::Face {
        return whole_face(image, face, cx);
    }
    let Some(mesh) = &face.mesh else { return Ok(None) };
    let extent = image.extent();
    let feather = softness(face);
    let shape = |numbers: &[u16]| Contour::curved(&mesh.points(numbers));
    let filled = |numbers: &[u16]| shape(numbers).filled(extent, feather);
    let pair = |right: &[u16], left: &[u16]| filled(right).with(&filled(left));
    let eye = |numbers: &[u16]| shape(numbers).scaled(LASHES.0, LASHES.1).filled(extent, feather);
    let (patch, sureness) = match part {
        FacePart::Face => return Ok(None),
        FacePart::Eyes => (eye(&RIGHT_EYE).with(&eye(&LEFT_EYE)), SURE),
        FacePart::Eye(side) => (eye(if face.shows_right(side) { &RIGHT_EYE } else { &LEFT_EYE }), SURE),
        FacePart::Irises => (iris(image, &shape(&RIGHT_EYE)).with(&iris(image, &shape(&LEFT_EYE))), ROUGH),
        FacePart::Eyebrows => (pair(&RIGHT_BROW, &LEFT_BROW), SURE),
        FacePart::Lips => {
            let (lips, between) = (shape(&LIPS_OUTER), shape(&LIPS_INNER));
            let closed = between.filled(extent, 0.0).area() as f32 <= CLOSED * lips.filled(extent, 0.0).area() as f32;
            let lips = lips.filled(extent, feather);
            (if closed { lips } else { lips.without(&between.filled(extent, feather)) }, SURE)
        }
        FacePart::Mouth => (filled(&LIPS_OUTER), SURE),
        FacePart::Teeth => (bright_in(image, &filled(&LIPS_INNER)), ROUGH),
        FacePart::Nose => (filled(&NOSE), SURE),
        FacePart::Cheeks => (pair(&RIGHT_CHEEK, &LEFT_CHEEK), ROUGH),
        FacePart::Chin => (filled(&CHIN), ROUGH),
        FacePart::Forehead => return forehead(image, face, &filled(&FOREHEAD), cx),
        FacePart::Glasses => {
            let lens = |numbers: &[u16]| shape(numbers).scaled(1.6, 3.4);
            let bridge = Contour::straight(mesh.points(&[133, 190, 414, 362, 351, 122]));
            let lenses = lens(&RIGHT_EYE).filled(extent, feather).with(&lens(&LEFT_EYE).filled(extent, feather));
            (lenses.with(&bridge.filled(extent, feather)), 0.5 * ROUGH)
        }
        FacePart::Beard => {
            let jaw = [132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361];
            let upper = [435, 427, 426, 423, 327, 326, 2, 97, 98, 203, 206, 207, 215];
            let all: Vec<u16> = jaw.into_iter().chain(upper).collect();
            (filled(&all).without(&filled(&LIPS_OUTER)), 0.5 * ROUGH)
        }
    };
    let confidence = sureness * face.clearness();
    Ok((patch.area() > 0).then_some(Part { patch, confidence }))
}

/// How soft the edges are, in pixels to either side: the mesh is not exact to the pixel on large faces.
fn softness(face: &Face) -> f32 {
    (face.rect.width() / 160.0).clamp(0.0, 4.0)
}

impl Face {
    /// Whether the person's own right one is meant.
    pub(super) fn shows_right(&self, side: Side) -> bool {
        let right_first = self.points.right_eye.0 <= self.points.left_eye.0;
        match side {
            Side::OwnRight => true,
            Side::OwnLeft => false,
            Side::SeenLeft => right_first,
            Side::SeenRight => !right_first,
        }
    }

    /// How well parts can be made out, 0 to 1, from the face's size and score.
    pub(super) fn clearness(&self) -> f32 {
        let size = ((self.rect.width() - CLEAR.0) / (CLEAR.1 - CLEAR.0)).clamp(0.0, 1.0);
        (0.4 + 0.6 * size) * (0.5 + 0.5 * self.score)
    }

    /// The face's outline; an ellipse without a mesh.
    pub(super) fn oval(&self) -> Contour {
        if let Some(mesh) = &self.mesh {
            return Contour::curved(&mesh.points(&OVAL));
        }
        let (x, y) = self.rect.centre();
        let (across, down) = (0.5 * self.rect.width(), 0.55 * self.rect.height());
        let turn = |n: usize| (n as f32 * std::f32::consts::TAU / 32.0).sin_cos();
        Contour::straight((0..32).map(turn).map(|(sin, cos)| (x + across * cos, y + down * sin)).collect())
    }

    /// The chin, and the way from there to the upper end of the oval.
    pub(super) fn upright(&self) -> ((f32, f32), (f32, f32)) {
        if let Some(mesh) = &self.mesh
            && let [chin, top] = mesh.points(&[152, 10])[..]
        {
            return (chin, (top.0 - chin.0, top.1 - chin.1));
        }
        // The detector's points: as far below the mouth as the mouth is below the eyes, about.
        let points = &self.points;
        let (right, left) = (points.right_eye, points.left_eye);
        let eyes = (f32::midpoint(right.0, left.0), f32::midpoint(right.1, left.1));
        let up = (eyes.0 - points.mouth.0, eyes.1 - points.mouth.1);
        ((points.mouth.0 - 0.7 * up.0, points.mouth.1 - 0.7 * up.1), (2.4 * up.0, 2.4 * up.1))
    }
}

/// The longer side of the copy of a face that is cut, in pixels.
const FACE_SIDE: u32 = 224;
/// Weight of edges there.
const GAMMA: f32 = 12.0;
/// The most that the hairline can be above the oval, as a share of the oval's height.
const BROW_TO_HAIR: f32 = 0.3;

/// The face from the hairline to the chin. The mesh ends below the hairline and runs over fringes, so colour decides there.
fn whole_face(image: &Raster, face: &Face, cx: &JobCx<'_>) -> Result<Option<Part>, EngineError> {
    let oval = face.oval();
    let (chin, up) = face.upright();
    let height = up.0.hypot(up.1);
    let part = oval.rect().grown(BROW_TO_HAIR + 0.1).pixels(image.extent());
    let crop = image.crop(part);
    let Some(frame) = Frame::new(&crop, crop.bounds(), FACE_SIDE) else { return Ok(None) };
    if height < 4.0 || frame.len() < 64 {
        return Ok(None);
    }
    let inner = oval.scaled(0.8, 0.85);
    let (across, down) = frame.scale();
    // 0 at the chin, 1 at the upper end of the oval.
    let above = |(x, y): (f32, f32)| ((x - chin.0) * up.0 + (y - chin.1) * up.1) / (height * height);
    let place = |i: usize| {
        let (x, y) = ((i % frame.width) as f32 + 0.5, (i / frame.width) as f32 + 0.5);
        (part.x as f32 + x / across, part.y as f32 + y / down)
    };
    let mut known = Vec::with_capacity(frame.len());
    let mut prior = Vec::with_capacity(frame.len());
    for i in 0..frame.len() {
        let at = place(i);
        let height_there = above(at);
        let inside = oval.contains(at);
        // The oval drawn out upwards.
        let squeezed = 0.6 + (height_there - 0.6) / (1.0 + BROW_TO_HAIR);
        let back = (height_there - squeezed).max(0.0);
        let reach = inside || height_there > 0.6 && oval.contains((at.0 - up.0 * back, at.1 - up.1 * back));
        known.push(if !reach {
            Known::Ground
        } else if height_there < 0.72 && inner.contains(at) {
            Known::Object
        } else {
            Known::Open
        });
        prior.push(if !inside {
            -0.5
        } else if height_there < 0.6 {
            1.5
        } else {
            0.5
        });
    }
    let cutter = Cutter::new(&frame);
    let guess = known.iter().map(|&known| known == Known::Object).collect();
    let start = Start { known: &known, guess, prior: &prior, gamma: GAMMA, rounds: 2 };
    // A possible fringe or hairline is not used to learn either side.
    let mut object = cutter.cut_against(start, |i| known[i] == Known::Ground, cx)?;
    drop_islands(&mut object, frame.width, frame.height, 1.0, &[]);
    fill_holes(&mut object, frame.width, frame.height, 0.1);
    let patch = Patch::new(part, to_image(&frame, &object, &crop, cx)?);
    let sureness = if face.mesh.is_some() { SURE } else { ROUGH };
    Ok((patch.area() > 0).then_some(Part { patch, confidence: sureness * face.clearness() }))
}

/// The forehead reaches up to the hairline.
fn forehead(image: &Raster, face: &Face, below: &Patch, cx: &JobCx<'_>) -> Result<Option<Part>, EngineError> {
    let Some(whole) = whole_face(image, face, cx)? else { return Ok(None) };
    let (chin, up) = face.upright();
    let square = up.0 * up.0 + up.1 * up.1;
    let bounds = whole.patch.bounds();
    let within = below.within(bounds);
    let face_mask = whole.patch.mask();
    let mask = Mask::from_fn(bounds.extent(), |x, y| {
        let (right, down) = ((bounds.x as f32 + x as f32) - chin.0, (bounds.y as f32 + y as f32) - chin.1);
        let above = (right * up.0 + down * up.1) / square > 0.97;
        face_mask.at(x, y).min(if above { 255 } else { within.at(x, y) })
    });
    let patch = Patch::new(bounds, mask);
    Ok((patch.area() > 0).then_some(Part { patch, confidence: ROUGH * face.clearness() }))
}

/// The darkest disc inside an eye.
fn iris(image: &Raster, eye: &Contour) -> Patch {
    let extent = image.extent();
    let rect = eye.rect();
    let radius = 0.5 * IRIS * rect.width().max(rect.height());
    let (x, y) = rect.centre();
    let disc = |shift: f32| {
        let turn = |n: usize| (n as f32 * std::f32::consts::TAU / 24.0).sin_cos();
        let points = (0..24).map(turn).map(|(sin, cos)| (x + shift + radius * cos, y + radius * sin));
        let round = Contour::straight(points.collect()).filled(extent, 0.0);
        let lid = eye.filled(extent, 0.0).within(round.bounds());
        let mut mask = round.mask().clone();
        mask.intersect(&lid);
        Patch::new(round.bounds(), mask)
    };
    let light = |patch: &Patch| {
        let pixels = image.crop(patch.bounds());
        let mut sum = (0.0_f32, 1e-3_f32);
        for (&pixel, &coverage) in pixels.pixels().iter().zip(patch.mask().coverage()) {
            sum = (sum.0 + to_lab(pixel)[0] * f32::from(coverage), sum.1 + f32::from(coverage));
        }
        sum.0 / sum.1
    };
    let shifts = (-4..=4).map(|step: i32| step as f32 * 0.06 * rect.width());
    let discs = shifts.map(disc).map(|patch| (light(&patch), patch));
    discs.min_by(|a, b| a.0.total_cmp(&b.0)).map_or_else(|| eye.filled(extent, 0.0), |(_, patch)| patch)
}

/// The pixels of a patch that are as bright and as little coloured as teeth.
fn bright_in(image: &Raster, inside: &Patch) -> Patch {
    let bounds = inside.bounds();
    let pixels = image.crop(bounds);
    if pixels.extent() != inside.mask().extent() {
        return Patch::new(bounds, Mask::empty(bounds.extent()));
    }
    let labs: Vec<_> = pixels.pixels().iter().map(|&pixel| to_lab(pixel)).collect();
    let mut lights: Vec<f32> =
        labs.iter().zip(inside.mask().coverage()).filter(|(_, c)| **c >= SELECTED).map(|(lab, _)| lab[0]).collect();
    lights.sort_by(f32::total_cmp);
    let brightest = lights.get(lights.len() * 9 / 10).copied().unwrap_or_default();
    let mut mask = inside.mask().clone();
    if brightest < 0.4 {
        mask.coverage_mut().fill(0);
    }
    for (coverage, lab) in mask.coverage_mut().iter_mut().zip(&labs) {
        let bright = ramp(lab[0] / brightest.max(0.1), 0.68, 0.82);
        let plain = 1.0 - ramp(0.5 * lab[1].hypot(lab[2]), 0.075, 0.11);
        *coverage = (f32::from(*coverage) * bright * plain).round() as u8;
    }
    Patch::new(bounds, mask)
}

/// 0 below `low`, 1 above `high`, straight between.
pub(super) fn ramp(value: f32, low: f32, high: f32) -> f32 {
    ((value - low) / (high - low)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::super::face_mesh::{Mesh, POINTS};
    use super::super::faces::Landmarks;
    use super::*;
    use crate::sight::Rect;
    use tie_core::Extent;

    #[test]
    fn every_table_names_points_of_the_mesh_once() {
        let tables: [&[u16]; 13] = [
            &OVAL,
            &LIPS_OUTER,
            &LIPS_INNER,
            &RIGHT_EYE,
            &LEFT_EYE,
            &RIGHT_BROW,
            &LEFT_BROW,
            &NOSE,
            &RIGHT_CHEEK,
            &LEFT_CHEEK,
            &CHIN,
            &FOREHEAD,
            &[],
        ];
        for table in tables {
            let mut numbers = table.to_vec();
            numbers.sort_unstable();
            numbers.dedup();
            assert_eq!(numbers.len(), table.len());
            assert!(numbers.iter().all(|&number| usize::from(number) < POINTS));
        }
    }

    #[test]
    fn left_is_what_is_seen_on_the_left_unless_it_is_the_persons_own() {
        let points = Landmarks { right_eye: (10.0, 5.0), left_eye: (30.0, 5.0), ..Landmarks::default() };
        let face = Face { rect: Rect::new(0.0, 0.0, 40.0, 40.0), score: 1.0, points, mesh: None };
        assert!(face.shows_right(Side::SeenLeft) && face.shows_right(Side::OwnRight));
        assert!(!face.shows_right(Side::OwnLeft) && !face.shows_right(Side::SeenRight));
    }

    #[test]
    fn a_mesh_in_one_place_or_outside_gives_no_parts() {
        let image = Raster::filled(Extent::new(12, 9), [90, 80, 70, 255]);
        for at in [(3.0, 3.0), (-50.0, 400.0)] {
            let mesh = Some(Mesh::of(vec![at; POINTS]));
            let face = Face { rect: Rect::new(0.0, 0.0, 9.0, 9.0), score: 1.0, points: Landmarks::default(), mesh };
            for part in [FacePart::Face, FacePart::Eyes, FacePart::Irises, FacePart::Teeth, FacePart::Glasses] {
                assert_eq!(face_part(&image, &face, part, &JobCx::silent()).unwrap(), None, "{part:?}");
            }
        }
    }
}
