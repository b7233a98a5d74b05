//! Faces: `BlazeFace` (Bazarevsky et al. 2019) finds them, Face Mesh (Kartynnik et al. 2019) says where their parts are.
//!
//! The detector sees a square of 256 pixels and misses faces below a twelfth of it, so it looks at the whole photograph, at
//! tiles of it, and where the heads of known people should be.

use super::boxes::{Rect, best_apart};
use super::face_mesh::{Mesh, mesh};
use super::networks::Eye;
use super::pixels::{Scaling, stretched, tensor};
use crate::{EngineError, JobCx};
use rayon::prelude::*;
use tie_core::{Extent, Raster, Resampling};

/// The side of the square that the network sees.
const SIDE: u32 = 256;
/// The outputs, the pixels between cells, and the boxes per cell.
const LEVELS: [(&str, &str, f32, usize); 2] = [("scores16", "boxes16", 16.0, 2), ("scores32", "boxes32", 32.0, 6)];
/// The numbers of each box: centre, size and six points.
const NUMBERS: usize = 16;
/// Scores below this are noise.
const LEAST_SCORE: f32 = 0.5;
/// A face that the mesh does not confirm must be this sure.
const UNCONFIRMED_SCORE: f32 = 0.9;
/// Boxes that overlap more are one face.
const SAME: f32 = 0.3;
/// A box with this share inside a surer one is a part of that face.
const INSIDE: f32 = 0.75;
/// The longer side of the copy that is cut into tiles.
const COPY: u32 = 1280;
/// Photos with a longer side of at least this are also searched in tiles.
const TILED: u32 = 440;
/// A tile's side as a share of the photograph's longer one, and the step from one to the next as a share of that.
const TILE: (f32, f32) = (0.55, 0.82);
/// A face that takes more of a tile's side is seen better elsewhere, or only a part of one.
const MOST_OF_TILE: f32 = 0.5;
/// With a face as large as this share of the photograph's longer side, it is a portrait and needs no tiles.
const PORTRAIT: f32 = 0.17;
/// Maximum number of people whose heads are searched.
const MOST_HEADS: usize = 24;
/// Most faces whose parts are looked for.
const MOST_MESHES: usize = 24;

/// A face in a photograph. All positions are in image pixels.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Face {
    /// Roughly from the brows to the chin; with [`Face::mesh`], exactly around its points.
    pub rect: Rect,
    /// The networks' score, 0 to 1.
    pub score: f32,
    pub points: Landmarks,
    /// The outlines of its parts; missing where they cannot be made out.
    pub mesh: Option<Mesh>,
}

/// The six points that the detector marks; right and left are the person's own.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Landmarks {
    pub right_eye: (f32, f32),
    pub left_eye: (f32, f32),
    pub nose: (f32, f32),
    pub mouth: (f32, f32),
    pub right_ear: (f32, f32),
    pub left_ear: (f32, f32),
}

/// All faces in a photograph, the surest first. `people` are boxes of persons, at whose heads it looks more closely.
///
/// # Errors
/// [`EngineError::Cancelled`]; [`EngineError::Failed`] if memory is short.
pub(crate) fn faces(image: &Raster, people: &[Rect], cx: &JobCx<'_>) -> Result<Vec<Face>, EngineError> {
    if image.extent().is_empty() {
        return Ok(Vec::new());
    }
    let copy = image.resize_by(image.extent().fit_longest(COPY), Resampling::Bilinear);
    let scale = image.extent().longest() as f32 / copy.extent().longest() as f32;
    let (whole, tiles) = looks(copy.extent());
    let mut found = seen(&copy, whole, cx)?;
    if found.iter().all(|face| face.rect.width().max(face.rect.height()) < PORTRAIT * whole.width()) {
        let looked = tiles
            .par_iter()
            .map(|tile| {
                let faces = seen(&copy, *tile, cx)?;
                Ok(faces.into_iter().filter(|face| is_whole(face, tile, &whole)).collect())
            })
            .collect::<Result<Vec<Vec<Face>>, EngineError>>()?;
        found.extend(looked.into_iter().flatten());
    }
    let mut found: Vec<Face> = found.into_iter().map(|face| face.scaled(scale)).collect();
    // Only where nothing has been found yet.
    let heads: Vec<Rect> = people
        .iter()
        .map(|person| head_of(*person))
        .filter(|head| found.iter().all(|face| face.rect.share_in(head) < 0.5))
        .take(MOST_HEADS)
        .collect();
    let looked = heads.par_iter().map(|head| seen(image, *head, cx)).collect::<Result<Vec<_>, _>>()?;
    found.extend(looked.into_iter().flatten());
    let mut found = apart(found);
    let sized = |face: &Face| face.rect.area() * face.score;
    found.sort_by(|a, b| sized(b).total_cmp(&sized(a)));
    let detailed = found
        .into_par_iter()
        .enumerate()
        .map(|(at, face)| if at < MOST_MESHES { detailed(image, face, cx) } else { Ok(Some(face)) })
        .collect::<Result<Vec<_>, _>>()?;
    // Two boxes may have turned out to be one face.
    Ok(apart(detailed.into_iter().flatten().collect()))
}

/// The squares that are searched: the whole, and tiles in which small faces are larger.
fn looks(extent: Extent) -> (Rect, Vec<Rect>) {
    let (width, height) = (extent.width as f32, extent.height as f32);
    let long = width.max(height);
    let square = |left: f32, top: f32, side: f32| Rect::new(left, top, left + side, top + side);
    let whole = square((width - long) / 2.0, (height - long) / 2.0, long);
    let mut tiles = Vec::new();
    if extent.longest() >= TILED {
        let side = (TILE.0 * long).max(SIDE as f32);
        let starts = |length: f32| {
            let steps = ((length - side) / (side * TILE.1)).ceil().max(0.0);
            (0..=steps as usize).map(move |n| if steps > 0.0 { n as f32 * (length - side) / steps } else { 0.0 })
        };
        tiles.extend(starts(height).flat_map(|top| starts(width).map(move |left| square(left, top, side))));
    }
    (whole, tiles)
}

/// Whether a tile shows all of a face: one that its edge cuts is left to another look.
fn is_whole(face: &Face, tile: &Rect, whole: &Rect) -> bool {
    let inside = |edge: f32, tile: f32, whole: f32, sign: f32| sign * (edge - tile) > 0.0 || (tile - whole).abs() < 1.0;
    face.rect.width().max(face.rect.height()) < MOST_OF_TILE * tile.width()
        && inside(face.rect.left, tile.left, whole.left, 1.0)
        && inside(face.rect.top, tile.top, whole.top, 1.0)
        && inside(face.rect.right, tile.right, whole.right, -1.0)
        && inside(face.rect.bottom, tile.bottom, whole.bottom, -1.0)
}

/// The expected place of a person's head: a square at the top of the box.
fn head_of(person: Rect) -> Rect {
    let side = (0.45 * person.height()).max(person.width().min(person.height())).max(8.0);
    let (middle, _) = person.centre();
    let top = person.top - 0.1 * side;
    Rect::new(middle - 0.6 * side, top, middle + 0.6 * side, top + 1.2 * side)
}

/// The faces in a square part of an image.
fn seen(image: &Raster, part: Rect, cx: &JobCx<'_>) -> Result<Vec<Face>, EngineError> {
    cx.check()?;
    let square = stretched(image, part, Extent::new(SIDE, SIDE));
    let answers = Eye::Faces.network()?.run(&tensor(&square, &Scaling::SIGNED)?)?;
    let least = (LEAST_SCORE / (1.0 - LEAST_SCORE)).ln();
    let scale = part.width() / SIDE as f32;
    let mut found = Vec::new();
    for (scores, boxes, stride, anchors) in LEVELS {
        let (scores, boxes) = (answers.numbers(scores)?, answers.numbers(boxes)?);
        let across = (SIDE as f32 / stride) as usize;
        let cells = across * across;
        for (index, &logit) in scores.iter().enumerate().take(anchors * cells).filter(|(_, logit)| **logit >= least) {
            let (anchor, cell) = (index / cells, index % cells);
            let centre = |at: usize| (at as f32 + 0.5) * stride;
            let (x, y) = (centre(cell % across), centre(cell / across));
            let number = |n: usize| boxes[(anchor * NUMBERS + n) * cells + cell];
            let point = |n: usize| {
                let (right, down) = (x + number(2 * n), y + number(2 * n + 1));
                (part.left + right * scale, part.top + down * scale)
            };
            let (middle, half) = (point(0), (0.5 * number(2) * scale, 0.5 * number(3) * scale));
            found.push(Face {
                rect: Rect::new(middle.0 - half.0, middle.1 - half.1, middle.0 + half.0, middle.1 + half.1),
                score: 1.0 / (1.0 + (-logit).exp()),
                points: Landmarks {
                    right_eye: point(2),
                    left_eye: point(3),
                    nose: point(4),
                    mouth: point(5),
                    right_ear: point(6),
                    left_ear: point(7),
                },
                mesh: None,
            });
        }
    }
    Ok(apart(found))
}

/// One box for each face, the surest first.
fn apart(found: Vec<Face>) -> Vec<Face> {
    let mut kept: Vec<Face> = Vec::new();
    for face in best_apart(found, SAME, |face| (face.rect, face.score)) {
        if face.rect.area() > 0.0 && kept.iter().all(|other| face.rect.share_in(&other.rect) < INSIDE) {
            kept.push(face);
        }
    }
    kept
}

/// A face with its parts; `None` if it is not a face after all.
fn detailed(image: &Raster, mut face: Face, cx: &JobCx<'_>) -> Result<Option<Face>, EngineError> {
    cx.check()?;
    let eyes = (face.points.right_eye, face.points.left_eye);
    match mesh(image, face.rect, eyes)? {
        Some(mesh) => {
            face.rect = mesh.rect();
            face.mesh = Some(mesh);
        }
        None if face.score < UNCONFIRMED_SCORE => return Ok(None),
        None => face.score *= 0.5,
    }
    Ok(Some(face))
}

impl Face {
    fn scaled(mut self, scale: f32) -> Self {
        let Rect { left, top, right, bottom } = self.rect;
        self.rect = Rect::new(left * scale, top * scale, right * scale, bottom * scale);
        let points = &mut self.points;
        for point in [
            &mut points.right_eye,
            &mut points.left_eye,
            &mut points.nose,
            &mut points.mouth,
            &mut points.right_ear,
            &mut points.left_ear,
        ] {
            *point = (point.0 * scale, point.1 * scale);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_cover_large_photographs_and_small_ones_are_seen_once() {
        assert!(looks(Extent::new(300, 200)).1.is_empty());
        for extent in [Extent::new(1000, 750), Extent::new(440, 440), Extent::new(1280, 90)] {
            let (_, tiles) = looks(extent);
            for (x, y) in [(0, 0), (extent.width - 1, 0), (extent.width / 2, extent.height / 2), (3, extent.height - 1)]
            {
                let covered = tiles.iter().any(|tile| tile.contains(x as f32, y as f32));
                assert!(covered, "({x}, {y}) of {extent}");
            }
            assert!(tiles.len() <= 12, "{} tiles of {extent}", tiles.len());
        }
    }

    #[test]
    fn a_head_is_looked_for_at_the_top_of_a_person() {
        let standing = head_of(Rect::new(100.0, 50.0, 200.0, 350.0));
        assert!(standing.contains(150.0, 70.0) && !standing.contains(150.0, 260.0));
        let portrait = head_of(Rect::new(0.0, 0.0, 200.0, 200.0));
        assert!(portrait.contains(100.0, 180.0));
    }
}
