//! From the working resolution to the image's: joint bilateral upsampling (Kopf et al. 2007) along the outline.

use super::frame::{Frame, Lab, distance, to_lab};
use crate::{EngineError, JobCx};
use rayon::prelude::*;
use tie_core::{Mask, Raster};

/// Reach of the filter, in frame pixels.
const REACH: i32 = 2;
/// Colour difference at which a frame pixel counts half.
const COLOUR_SIGMA: f32 = 0.06;
/// Rows between two looks at the cancel flag.
const ROWS: usize = 256;

/// The mask of `object`, a mask of the frame, at the extent of the image that the frame was cut from.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub(crate) fn to_image(frame: &Frame, object: &[bool], image: &Raster, cx: &JobCx<'_>) -> Result<Mask, EngineError> {
    let mut mask = Mask::empty(image.extent());
    let (left, top) = (frame.part.x as usize, frame.part.y as usize);
    let (width, height) = (frame.part.width as usize, frame.part.height as usize);
    let same_scale = (width, height) == (frame.width, frame.height);
    let mixed = if same_scale { vec![false; object.len()] } else { near_outline(frame, object) };
    let stride = image.extent().width as usize;
    let columns: Vec<(f32, usize)> = (0..width).map(|x| position(x, width, frame.width)).collect();
    for first in (0..height).step_by(ROWS) {
        cx.check()?;
        let last = (first + ROWS).min(height);
        let rows = &mut mask.coverage_mut()[(top + first) * stride..(top + last) * stride];
        rows.par_chunks_mut(stride).enumerate().for_each(|(n, row)| {
            let y = first + n;
            let (v, frame_y) = position(y, height, frame.height);
            let pixels = image.row((top + y) as u32);
            for (x, &(u, frame_x)) in columns.iter().enumerate() {
                let i = frame_y * frame.width + frame_x;
                row[left + x] = if mixed[i] {
                    soft(frame, object, (u, v), to_lab(pixels[left + x]))
                } else {
                    255 * u8::from(object[i])
                };
            }
        });
    }
    Ok(mask)
}

/// The frame coordinate of image column (or row) `at`, and the frame pixel that contains it.
fn position(at: usize, image: usize, frame: usize) -> (f32, usize) {
    let exact = (at as f32 + 0.5) * frame as f32 / image as f32;
    (exact, (exact as usize).min(frame - 1))
}

/// Whether both sides are within the filter's reach.
fn near_outline(frame: &Frame, object: &[bool]) -> Vec<bool> {
    let (width, height) = (frame.width as i32, frame.height as i32);
    (0..object.len())
        .into_par_iter()
        .map(|i| {
            let (x, y) = ((i % frame.width) as i32, (i / frame.width) as i32);
            (y - REACH..=y + REACH).any(|row| {
                (x - REACH..=x + REACH).any(|column| {
                    let (column, row) = (column.clamp(0, width - 1), row.clamp(0, height - 1));
                    object[(row * width + column) as usize] != object[i]
                })
            })
        })
        .collect()
}

/// Coverage at frame position (u, v): nearby frame pixels vote, those of like colour more.
fn soft(frame: &Frame, object: &[bool], (u, v): (f32, f32), colour: Lab) -> u8 {
    let (x, y) = (u as i32, v as i32);
    let (mut votes, mut total) = (0.0_f32, 1e-6_f32);
    for row in (y - REACH).max(0)..=(y + REACH).min(frame.height as i32 - 1) {
        for column in (x - REACH).max(0)..=(x + REACH).min(frame.width as i32 - 1) {
            let i = row as usize * frame.width + column as usize;
            let (dx, dy) = (column as f32 + 0.5 - u, row as f32 + 0.5 - v);
            let space = 1.0 / (0.3 + dx * dx + dy * dy);
            let d = distance(frame.lab[i], colour) / COLOUR_SIGMA;
            let weight = space / (1.0 + d * d * d * d);
            total += weight;
            votes += weight * f32::from(u8::from(object[i]));
        }
    }
    // A steep ramp: an edge a pixel or two wide, not as wide as a frame pixel.
    (((votes / total - 0.5) * 4.0 + 0.5) * 255.0).round().clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use tie_core::{Bounds, Extent};

    #[test]
    fn a_coarse_mask_finds_the_fine_edge_again() {
        let inside = |x: u32, y: u32| (x as f32 - 301.0).hypot(y as f32 - 203.0) < 120.0;
        let image =
            Raster::from_fn(
                Extent::new(640, 400),
                |x, y| if inside(x, y) { [200, 40, 30, 255] } else { [40, 60, 150, 255] },
            );
        let frame = Frame::new(&image, image.bounds(), 80).unwrap();
        let coarse: Vec<bool> =
            (0..frame.len()).map(|i| inside((i % 80 * 8 + 4) as u32, (i / 80 * 8 + 4) as u32)).collect();
        let mask = to_image(&frame, &coarse, &image, &JobCx::silent()).unwrap();
        let truth = Mask::from_fn(image.extent(), |x, y| 255 * u8::from(inside(x, y)));
        assert!(mask.iou(&truth) > 0.985, "IoU {}", mask.iou(&truth));
    }

    #[test]
    fn a_part_lands_where_it_was_cut() {
        let image = Raster::filled(Extent::new(20, 10), [50, 50, 50, 255]);
        let frame = Frame::new(&image, Bounds::new(5, 2, 4, 3), 64).unwrap();
        let mask = to_image(&frame, &[true; 12], &image, &JobCx::silent()).unwrap();
        assert_eq!(mask, Mask::rectangle(image.extent(), Bounds::new(5, 2, 4, 3)));
    }
}
