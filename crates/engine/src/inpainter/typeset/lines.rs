//! Finds which part of a generous mask is writing, with the text reader.

use super::ink;
use crate::sight::{self, TextLine};
use crate::{EngineError, JobCx};
use tie_core::{Combine, Mask, Raster};

/// A line belongs to the mask if this share of it is selected.
const INSIDE: f32 = 0.7;
/// Lines that fill more of the mask than this leave nothing to tell apart.
const FILLED: f32 = 0.7;
/// Around lines, as a share of their height: what hangs out of them.
const ROOM: f32 = 0.15;
/// Colours that differ less (root of the sum of squares) may be the same ink.
const SAME_INK: f32 = 90.0;
/// If at least this share of the lines' ink is beside them in their colour, the reader missed some.
const MISSED: f32 = 0.1;

/// The part of a mask around its lines of text. `None` where the mask has no more than lines, where no text is seen, or where
/// what else stands out looks like more of the same writing.
pub(super) fn narrowed(image: &Raster, selection: &Mask, cx: &JobCx<'_>) -> Result<Option<Mask>, EngineError> {
    let bounds = selection.bounds();
    if bounds.is_empty() {
        return Ok(None);
    }
    // The detector needs to see where writing ends.
    let around = bounds.grow(bounds.width.min(bounds.height) / 4 + 8).clamp(image.extent());
    let mut lines = sight::text_in(image, around, cx)?;
    lines.retain(|line| share_selected(line, selection) > INSIDE);
    let mut part = Mask::empty(image.extent());
    for line in &lines {
        let (bounds, mask) = sight::line_mask(image.extent(), &line.corners);
        part.combine_part(&mask, bounds, Combine::Add);
    }
    let highest = lines.iter().map(TextLine::height).fold(0.0, f32::max);
    part.grow(ROOM * highest);
    part.intersect(selection);
    if part.is_empty() || part.area() as f32 > FILLED * selection.area() as f32 {
        return Ok(None);
    }
    let Some(standing_out) = ink::guess(image, selection, cx)? else {
        return Ok(Some(part));
    };
    Ok(Some(part).filter(|part| is_all_ink(image, &standing_out, part, &lines)))
}

/// The share of a line that is selected, 0 to 1.
fn share_selected(line: &TextLine, selection: &Mask) -> f32 {
    let (bounds, mask) = sight::line_mask(selection.extent(), &line.corners);
    let selected = selection.crop(bounds);
    let both = mask.coverage().iter().zip(selected.coverage()).filter(|(line, own)| **line >= 128 && **own >= 128);
    both.count() as f32 / mask.area().max(1) as f32
}

/// Whether hardly anything beside the lines has the colour of their letters.
fn is_all_ink(image: &Raster, standing_out: &Mask, part: &Mask, lines: &[TextLine]) -> bool {
    let mut letters: Vec<[u8; 4]> = Vec::new();
    for line in lines {
        let (bounds, mask) = sight::letters_mask(image, &line.corners);
        let pixels = image.crop(bounds);
        letters.extend(pixels.pixels().iter().zip(mask.coverage()).filter(|(_, own)| **own == 255).map(|(at, _)| *at));
    }
    if letters.is_empty() {
        return false;
    }
    let ink = [0, 1, 2].map(|channel| {
        let mut values: Vec<u8> = letters.iter().map(|pixel| pixel[channel]).collect();
        values.sort_unstable();
        values[values.len() / 2]
    });
    let [r, g, b] = ink;
    let beside = image.pixels().iter().zip(standing_out.coverage()).zip(part.coverage());
    let same = beside.filter(|((pixel, standing), part)| {
        **standing >= 128 && **part < 128 && ink::difference(**pixel, [r, g, b, 255]) < SAME_INK
    });
    (same.count() as f32) < MISSED * letters.len() as f32
}
