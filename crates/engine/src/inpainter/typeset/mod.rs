//! `typeset`: erases old writing and sets new writing in its place, without a neural network.
//!
//! The old letters are filled by `exemplar`. What differs from that fill was the old writing ([`ink`]): it says the colour, the
//! weight, and the line that the new writing stands on ([`frame`]). In a mask with more than writing in it, lines of text that
//! are seen there say where to look ([`lines`]). The new one is set in Inter ([`font`]), as high as the old one and no longer.

mod font;
mod frame;
mod ink;
mod lines;

#[cfg(test)]
pub(crate) mod specimen;
#[cfg(test)]
mod tests;

use super::exemplar::Exemplar;
use super::{InpaintRequest, Inpainter};
use crate::{EngineError, JobCx, Phase};
use font::{Line, Weight};
use frame::Frame;
use ink::Ink;
use std::borrow::Cow;
use tie_core::shape::contours_coverage;
use tie_core::{Combine, Edit, EditOp, Mask, Method, Point, Raster, Recipe, SubTask};

const NO_TEXT: &str = "The step has no new text: type it into \"Becomes\".";

/// Writes text where text was.
#[derive(Clone, Default)]
pub(crate) struct Typesetter {
    /// Fills what the old letters leave.
    pub exemplar: Exemplar,
}

impl Inpainter for Typesetter {
    fn name(&self) -> &'static str {
        "typeset"
    }

    fn label(&self) -> &'static str {
        "Text"
    }

    fn does(&self, _: &Recipe) -> &'static str {
        "Fills over the old text from its surroundings and sets the new text in Inter, with the same colour, height and direction. It does not imitate the typeface, texture or perspective. The mask must cover one line of text, all of it."
    }

    /// The fill is random.
    fn is_random(&self, _: &Recipe) -> bool {
        true
    }

    fn copies(&self, _: &Recipe) -> bool {
        true
    }

    fn can_do(&self, op: EditOp) -> bool {
        op == EditOp::Text
    }

    fn method(&self, task: &SubTask) -> Result<Method, EngineError> {
        let text = if let Edit::Text(said) = &task.edit { said.meaning().cloned() } else { None };
        text.map(Method::Typeset).ok_or_else(|| EngineError::Unsuitable(NO_TEXT.to_owned()))
    }

    /// New letters may be between the old ones.
    fn region<'m>(&self, selection: &'m Mask, _: &Recipe) -> Cow<'m, Mask> {
        let Some(frame) = Frame::around(&border_points(selection)) else {
            return Cow::Borrowed(selection);
        };
        let mut region = selection.clone();
        let (bounds, part) = contours_coverage(&[frame.corners(MARGIN)], selection.extent());
        region.combine_part(&part, bounds, Combine::Add);
        for coverage in region.coverage_mut() {
            *coverage = if *coverage > 0 { 255 } else { 0 };
        }
        Cow::Owned(region)
    }

    fn inpaint(&self, request: InpaintRequest<'_>, cx: &JobCx<'_>) -> Result<Raster, EngineError> {
        let InpaintRequest { image, selection, recipe, .. } = request;
        let Method::Typeset(text) = &recipe.method else {
            return Err(EngineError::Unsuitable(NO_TEXT.to_owned()));
        };
        if text.trim().is_empty() {
            return Err(EngineError::Unsuitable(NO_TEXT.to_owned()));
        }
        if image.extent() != selection.extent() {
            let (mask, image) = (selection.extent(), image.extent());
            return Err(EngineError::Failed(format!("The mask is {mask} but the image is {image}.")));
        }
        // Before the long work: a character that is missing is missing at once.
        font::set(text, Weight::Regular)?;
        let narrowed = lines::narrowed(image, selection, cx)?;
        let selection = narrowed.as_ref().unwrap_or(selection);
        let mut result = erased(&self.exemplar, &InpaintRequest { selection, ..request }, cx)?;
        cx.check()?;
        let ink = ink::find(image, &result, selection);
        let points = ink.as_ref().map_or_else(|| border_points(selection), Ink::points);
        let Some(frame) = Frame::around(&points) else {
            return Ok(result);
        };
        cx.check()?;
        // Where nothing was written, black or white is most readable.
        let colour = ink.as_ref().map_or_else(|| legible_on(&result, selection), |ink| ink.colour);
        let weight = ink.as_ref().map_or(Weight::Regular, |ink| ink.weight(frame.height));
        let contours = fitted(&font::set(text, weight)?, &frame);
        let (bounds, letters) = contours_coverage(&contours, image.extent());
        let [r, g, b] = colour;
        let paint = Raster::filled(bounds.extent(), [r, g, b, 255]);
        tie_core::compose::blend_patch(&mut result, &paint, &letters, bounds);
        cx.progress(Phase::Compositing, 1.0);
        Ok(result)
    }
}

/// Room around the mask's box for what the edges of letters need, in pixels.
const MARGIN: f32 = 2.0;

/// The image without the old writing.
fn erased(exemplar: &Exemplar, request: &InpaintRequest<'_>, cx: &JobCx<'_>) -> Result<Raster, EngineError> {
    let mut hole = request.selection.clone();
    for coverage in hole.coverage_mut() {
        *coverage = if *coverage > 0 { 255 } else { 0 };
    }
    hole.grow(request.recipe.blend.grow.max(0.0));
    // In a generous mask, the background between the letters stays: nothing better is known.
    if let Some(mut ink) = ink::guess(request.image, request.selection, cx)? {
        ink.grow((ink.bounds().height as f32 / 14.0).clamp(2.0, 8.0));
        hole.intersect(&ink);
    }
    exemplar.erase(request, &hole, cx)
}

/// The selected pixels that have a neighbour which is not: their box is that of all.
fn border_points(mask: &Mask) -> Vec<Point> {
    let extent = mask.extent();
    let selected = |x: u32, y: u32| x < extent.width && y < extent.height && mask.at(x, y) > 0;
    let mut points = Vec::new();
    let bounds = mask.bounds();
    for y in bounds.y as u32..bounds.bottom() as u32 {
        for x in (bounds.x as u32..bounds.right() as u32).filter(|x| selected(*x, y)) {
            let around = [(x.wrapping_sub(1), y), (x + 1, y), (x, y.wrapping_sub(1)), (x, y + 1)];
            if around.into_iter().any(|(x, y)| !selected(x, y)) {
                points.push(Point::new(x as f32 + 0.5, y as f32 + 0.5));
            }
        }
    }
    points
}

/// The line as high as the frame and no longer, in its middle.
fn fitted(line: &Line, frame: &Frame) -> Vec<Vec<Point>> {
    let (width, height) = (line.high.x - line.low.x, line.high.y - line.low.y);
    // A line of low letters only does not become as high as capitals.
    let scale = (frame.height / height.max(line.capital)).min(frame.length / width.max(1.0));
    let middle = line.low.lerp(line.high, 0.5);
    let place = |at: &Point| frame.place((at.x - middle.x) * scale, (at.y - middle.y) * scale);
    line.contours.iter().map(|contour| contour.iter().map(place).collect()).collect()
}

/// Black on a light background, white on a dark one.
fn legible_on(image: &Raster, mask: &Mask) -> [u8; 3] {
    let selected = image.pixels().iter().zip(mask.coverage()).filter(|(_, coverage)| **coverage > 0);
    let (mut sum, mut count) = (0.0_f64, 0_usize);
    for ([r, g, b, _], _) in selected {
        sum += f64::from(tie_core::colour::luma([*r, *g, *b]));
        count += 1;
    }
    let light = sum / count.max(1) as f64 > f64::from(tie_core::colour::luma([128, 128, 128]));
    if light { [20, 20, 20] } else { [240, 240, 240] }
}
