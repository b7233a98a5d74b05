//! Changes of light and colour inside a mask: recolour, brightness, exposure, contrast, saturation, warmth, blur,
//! sharpening, greyscale.
//!
//! All kinds but blur and sharpen map each pixel by its own colour, in Oklab or linear light; a recolour leaves other
//! materials alone. None reads a pixel outside the mask, so the surroundings cannot bleed in.

mod blur;
mod edge;
mod lut;
mod oklab;
mod parts;
mod recolor;
mod samples;
mod sharpen;
mod tone;
mod trial;

pub use trial::Trials;

use super::{InpaintRequest, Inpainter};
use crate::{EngineError, JobCx, Phase};
use rayon::prelude::*;
use std::borrow::Cow;
use tie_core::{AdjustKind, Adjustment, Bounds, Edit, EditOp, Mask, Method, Raster, Recipe, SubTask};

/// Changes light and colour in place, without inventing anything.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Adjust;

impl Inpainter for Adjust {
    fn name(&self) -> &'static str {
        "adjust"
    }

    fn label(&self) -> &'static str {
        "Adjust"
    }

    fn does(&self, recipe: &Recipe) -> &'static str {
        match recipe.adjustment().map(|adjustment| adjustment.kind) {
            Some(AdjustKind::Sharpen) => {
                "Sharpens existing edges without halos. It cannot recover detail that is lost to blur or focus."
            }
            _ => "",
        }
    }

    /// A recolour includes the soft edge of its thing, or the old colour would shine through.
    fn region<'m>(&self, selection: &'m Mask, recipe: &Recipe) -> Cow<'m, Mask> {
        let recolours = matches!(recipe.adjustment(), Some(Adjustment { kind: AdjustKind::Recolor(_), .. }));
        // A grown mask reaches beyond the soft edge anyway.
        let firms = recolours && recipe.blend.grow <= 0.0;
        firms.then(|| edge::firm(selection)).flatten().map_or(Cow::Borrowed(selection), Cow::Owned)
    }

    fn is_random(&self, _: &Recipe) -> bool {
        false
    }

    fn can_do(&self, op: EditOp) -> bool {
        matches!(op, EditOp::Recolor | EditOp::Adjust)
    }

    fn method(&self, task: &SubTask) -> Result<Method, EngineError> {
        let (Edit::Recolor(said) | Edit::Adjust(said)) = &task.edit else {
            return Err(EngineError::Unsuitable(not_understood(task)));
        };
        let adjustment = said.meaning().cloned().ok_or_else(|| EngineError::Unsuitable(not_understood(task)))?;
        Ok(Method::Adjust(adjustment))
    }

    fn inpaint(&self, request: InpaintRequest<'_>, cx: &JobCx<'_>) -> Result<Raster, EngineError> {
        let InpaintRequest { image, mask, recipe, .. } = request;
        let Some(adjustment) = recipe.adjustment() else {
            return Err(EngineError::Unsuitable(
                "The adjustment was not understood: name a colour, or say something like \"brighter\" or \"less saturated\"."
                    .to_owned(),
            ));
        };
        if image.extent() != mask.extent() {
            let (image, mask) = (image.extent(), mask.extent());
            return Err(EngineError::Failed(format!("The mask is {mask} pixels but the image is {image}.")));
        }
        let (kind, Amount(amount)) = (adjustment.kind, Amount::of(adjustment));
        cx.check()?;
        let region = Region { image, mask, bounds: mask.bounds() };
        if region.bounds.is_empty() || amount == 0.0 {
            return copy(image, cx);
        }
        match (kind, Measures::of(kind, region, cx)?) {
            (AdjustKind::Blur, Measures::Area(area)) => blur::blur(region, blur::sigma(area, amount), cx),
            (AdjustKind::Sharpen, _) => sharpen::sharpen(region, amount, 1.0, cx),
            (_, measures) => {
                let mut changed = region.map(cx, &*change(kind, Amount(amount), &measures))?;
                if let Some(parts) = measures.parts() {
                    parts.put_back(region, &mut changed, cx)?;
                }
                Ok(changed)
            }
        }
    }
}

/// What is missing for an edit of light or colour that the words do not name.
fn not_understood(task: &SubTask) -> String {
    let content = task.content().unwrap_or_default();
    if task.op() == EditOp::Recolor {
        format!("\"{content}\" is not a known colour: name one in \"Becomes\", for example \"dark blue\".")
    } else {
        format!(
            "\"{content}\" is not a known adjustment: try brighter, more contrast, less saturated, warmer, blurred or black and white."
        )
    }
}

/// An amount within the range of its kind; 0 changes nothing.
#[derive(Clone, Copy)]
struct Amount(f32);

impl Amount {
    fn of(adjustment: &Adjustment) -> Self {
        let amounts = adjustment.kind.amounts();
        // Written so that NaN becomes 0.
        let amount = adjustment.amount.min(*amounts.end()).max(*amounts.start());
        Self(if adjustment.amount.is_nan() { 0.0 } else { amount })
    }
}

/// What a kind of change depends on besides each pixel: measured once per region, for any amount.
enum Measures {
    Nothing,
    /// Mean lightness, which contrast turns around.
    Middle(f32),
    /// Pixels of the region, which decide how wide a blur is.
    Area(usize),
    Recolour(recolor::Measured),
}

impl Measures {
    fn of(kind: AdjustKind, region: Region<'_>, cx: &JobCx<'_>) -> Result<Self, EngineError> {
        Ok(match kind {
            AdjustKind::Contrast => Self::Middle(tone::mean_lightness(&samples::Samples::of(region, cx)?)),
            AdjustKind::Blur => Self::Area(region.mask.area()),
            AdjustKind::Recolor(_) => Self::Recolour(recolor::Measured::of(region, cx)?),
            _ => Self::Nothing,
        })
    }

    /// Parts of the region that change less or not at all.
    const fn parts(&self) -> Option<&parts::Parts> {
        match self {
            Self::Recolour(measured) => measured.parts(),
            _ => None,
        }
    }
}

/// Maps each colour to its new colour.
type Change<'m> = Box<dyn Fn([u8; 3]) -> [u8; 3] + Sync + 'm>;

/// The change of a kind that reads only each pixel's colour; blur and sharpen also read its surroundings.
fn change(kind: AdjustKind, Amount(amount): Amount, measures: &Measures) -> Change<'_> {
    match (kind, measures) {
        (AdjustKind::Recolor(target), Measures::Recolour(measured)) => {
            let recolour = recolor::Recolour::new(measured, target, amount);
            Box::new(move |rgb| recolour.apply(rgb))
        }
        (AdjustKind::Contrast, Measures::Middle(middle)) => Box::new(move |rgb| tone::contrast(rgb, *middle, amount)),
        (AdjustKind::Brightness, _) => Box::new(move |rgb| tone::brightness(rgb, amount)),
        (AdjustKind::Exposure, _) => Box::new(move |rgb| tone::exposure(rgb, amount)),
        (AdjustKind::Saturation, _) => Box::new(move |rgb| tone::saturation(rgb, amount)),
        (AdjustKind::Greyscale, _) => Box::new(move |rgb| tone::greyscale(rgb, amount)),
        (AdjustKind::Warmth, _) => {
            let gains = tone::warmth_gains(amount);
            Box::new(move |rgb| tone::warmth(rgb, gains))
        }
        _ => Box::new(|rgb| rgb),
    }
}

/// The pixels to change.
#[derive(Clone, Copy)]
struct Region<'a> {
    image: &'a Raster,
    mask: &'a Mask,
    /// Around all pixels with coverage; inside the image.
    bounds: Bounds,
}

/// Minimum number of pieces of a job, so that progress shows.
const STEPS: usize = 64;

/// Most pixels done between two checks for a stop.
const STEP_PIXELS: usize = 1 << 18;

/// Rows of `width` pixels in one piece of a job of `height` rows.
fn rows_in_step(width: usize, height: usize) -> usize {
    height.div_ceil(STEPS).min(STEP_PIXELS / width.max(1)).max(1)
}

/// A clone that can be stopped: memory that is touched for the first time costs milliseconds a megabyte under load.
fn copy(image: &Raster, cx: &JobCx<'_>) -> Result<Raster, EngineError> {
    let mut bytes = Vec::with_capacity(image.bytes().len());
    for piece in image.bytes().chunks(4 * STEP_PIXELS) {
        cx.check()?;
        bytes.extend_from_slice(piece);
    }
    Raster::new(image.extent(), bytes).map_err(|error| EngineError::Failed(error.to_string()))
}

/// Colours that were mapped lately: neighbouring pixels repeat them, and one mapping costs 100 look-ups.
struct Cache(Vec<([u8; 3], [u8; 3])>);

impl Cache {
    const BITS: u32 = 13;

    fn new(colour: &impl Fn([u8; 3]) -> [u8; 3]) -> Self {
        Self(vec![([0; 3], colour([0; 3])); 1 << Self::BITS])
    }

    fn mapped(&mut self, rgb: [u8; 3], colour: &impl Fn([u8; 3]) -> [u8; 3]) -> [u8; 3] {
        let key = u32::from_le_bytes([rgb[0], rgb[1], rgb[2], 0]);
        // Fibonacci hashing (Knuth, vol. 3, 6.4).
        let entry = &mut self.0[(key.wrapping_mul(0x9E37_79B1) >> (32 - Self::BITS)) as usize];
        if entry.0 != rgb {
            *entry = (rgb, colour(rgb));
        }
        entry.1
    }
}

impl Region<'_> {
    /// Colours and coverage of row `y` of the bounds.
    fn row(&self, y: usize) -> (&[[u8; 4]], &[u8]) {
        let columns = self.bounds.x.unsigned_abs() as usize..self.bounds.right().unsigned_abs() as usize;
        let y = self.bounds.y.unsigned_abs() + y as u32;
        (&self.image.row(y)[columns.clone()], &self.mask.row(y)[columns])
    }

    /// Edits the pixels of `result` within the bounds, row by row in parallel: the row's number in the bounds, its pixels
    /// and their coverage.
    fn for_each_row(
        self,
        result: &mut Raster,
        cx: &JobCx<'_>,
        edit: impl Fn(usize, &mut [[u8; 4]], &[u8]) + Sync,
    ) -> Result<(), EngineError> {
        let image_width = self.image.extent().width as usize;
        let (left, top) = (self.bounds.x.unsigned_abs() as usize, self.bounds.y.unsigned_abs() as usize);
        let (width, height) = (self.bounds.width as usize, self.bounds.height as usize);
        let rows = rows_in_step(width, height);
        let pixels = &mut result.pixels_mut()[top * image_width..(top + height) * image_width];
        for (step, band) in pixels.chunks_mut(rows * image_width).enumerate() {
            cx.check()?;
            band.par_chunks_mut(image_width).enumerate().for_each(|(row, pixels)| {
                let y = step * rows + row;
                edit(y, &mut pixels[left..left + width], self.row(y).1);
            });
        }
        Ok(())
    }

    /// Maps the colour of every pixel with coverage; all others and alpha stay.
    fn map(self, cx: &JobCx<'_>, colour: impl Fn([u8; 3]) -> [u8; 3] + Sync) -> Result<Raster, EngineError> {
        let mut result = copy(self.image, cx)?;
        let width = self.image.extent().width as usize;
        let (left, right) = (self.bounds.x.unsigned_abs() as usize, self.bounds.right().unsigned_abs() as usize);
        let (top, bottom) = (self.bounds.y.unsigned_abs() as usize, self.bounds.bottom().unsigned_abs() as usize);
        let rows = rows_in_step(width, bottom - top);
        let covered = &self.mask.coverage()[top * width..bottom * width];
        let pixels = &mut result.pixels_mut()[top * width..bottom * width];
        let steps = pixels.chunks_mut(rows * width).zip(covered.chunks(rows * width));
        for (step, (pixels, coverage)) in steps.enumerate() {
            cx.check()?;
            cx.progress(Phase::Adjusting, (step * rows) as f32 / (bottom - top) as f32);
            let rows = pixels.par_chunks_mut(width).zip(coverage.par_chunks(width));
            rows.for_each_init(
                || Cache::new(&colour),
                |cache, (pixels, coverage)| {
                    for (pixel, &coverage) in pixels[left..right].iter_mut().zip(&coverage[left..right]) {
                        if coverage > 0 {
                            let [r, g, b, a] = *pixel;
                            let [r, g, b] = cache.mapped([r, g, b], &colour);
                            *pixel = [r, g, b, a];
                        }
                    }
                },
            );
        }
        cx.progress(Phase::Adjusting, 1.0);
        Ok(result)
    }
}

#[cfg(test)]
mod tests;
