//! Masks on disk and from the clipboard: what counts as selected in an image that somebody else made.

use super::encode::{check_size, png_encoder};
use super::{FileError, Photo, SaveFormat, atomic, open_photo};
use image::{ExtendedColorType, ImageEncoder as _};
use std::path::Path;
use tie_core::mask::SELECTED;
use tie_core::{Extent, Mask, Raster};

/// A mask that was read from an image, and what it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaskFile {
    /// At the image's own extent; [`Mask::fitted`] brings it to the photograph's.
    pub mask: Mask,
    pub source: MaskSource,
    /// Whether it seems to mark what to keep, so that inverting it should be offered.
    pub looks_inverted: bool,
}

/// What a mask's coverage was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaskSource {
    /// Opacity: opaque is selected, as in a cut-out or a drawing on a transparent layer.
    ///
    /// The opposite convention, a photo with a transparent hole to repaint (OpenAI's images API), selects most of the
    /// image and its border, so such a file looks inverted.
    Alpha,
    /// Brightness: white is selected.
    Grey,
}

/// Opens any image as a mask, of any size; see [`mask_from_image`].
///
/// # Errors
/// If the file cannot be opened.
pub fn open_mask(path: &Path) -> Result<MaskFile, FileError> {
    let Photo { raster, .. } = open_photo(path)?;
    Ok(mask_from_image(&raster))
}

/// Opens an image as a mask that must have the photograph's extent, and takes it at its word: it is never inverted.
///
/// # Errors
/// If the file cannot be opened, or its size differs from the photo's.
pub fn open_mask_of_size(path: &Path, extent: Extent) -> Result<Mask, FileError> {
    let MaskFile { mask, .. } = open_mask(path)?;
    if mask.extent() != extent {
        return Err(FileError::MaskSize { name: path.display().to_string(), mask: mask.extent(), photo: extent });
    }
    Ok(mask)
}

/// Reads pixels as a mask: by opacity where there is any transparency, else by brightness (white is selected).
///
/// A black and white drawing with transparent parts counts by brightness; transparent parts are not selected.
pub fn mask_from_image(image: &Raster) -> MaskFile {
    let source = if image.has_transparency() && !is_grey_drawing(image) { MaskSource::Alpha } else { MaskSource::Grey };
    let coverage = match source {
        MaskSource::Alpha => |pixel: &[u8; 4]| pixel[3],
        MaskSource::Grey => |pixel: &[u8; 4]| {
            let [r, g, b, a] = pixel.map(u32::from);
            // Rec. 709 luma in integers, so that grey values come out exactly.
            let luma = (2126 * r + 7152 * g + 722 * b + 5000) / 10_000;
            ((luma * a + 127) / 255) as u8
        },
    };
    let mut pixels = image.pixels().iter();
    let mask = Mask::from_fn(image.extent(), |_, _| pixels.next().map_or(0, coverage));
    MaskFile { looks_inverted: looks_inverted(&mask), mask, source }
}

/// Whether all visible pixels are grey, and of more than one value: then the values are what was drawn.
fn is_grey_drawing(image: &Raster) -> bool {
    let mut visible = image.pixels().iter().filter(|pixel| pixel[3] != 0).map(|pixel| [pixel[0], pixel[1], pixel[2]]);
    let Some(first) = visible.next() else { return false };
    let mut differs = false;
    let is_grey = |[r, g, b]: [u8; 3]| r == g && g == b;
    let all_grey = is_grey(first)
        && visible.all(|colour| {
            differs |= colour != first;
            is_grey(colour)
        });
    all_grey && differs
}

/// Whether more than half of the image and more than half of its outermost pixels are selected, but not all.
///
/// People usually repaint the smaller part and seldom most of the frame: even a sky ends at the horizon.
fn looks_inverted(mask: &Mask) -> bool {
    let Extent { width, height } = mask.extent();
    let area = mask.area();
    if area * 2 <= mask.extent().area() || area == mask.extent().area() {
        return false;
    }
    let ends = [0, height - 1].into_iter().flat_map(|y| mask.row(y).iter().copied());
    let sides = (1..height.saturating_sub(1)).flat_map(|y| [mask.at(0, y), mask.at(width - 1, y)]);
    let (mut selected, mut count) = (0_usize, 0_usize);
    for coverage in ends.chain(sides) {
        selected += usize::from(coverage >= SELECTED);
        count += 1;
    }
    selected * 2 > count
}

/// Saves a mask as a grey PNG: white is repainted.
///
/// # Errors
/// If the path does not end in `.png`, or the file cannot be written; an existing file is then unchanged.
pub fn save_mask(path: &Path, mask: &Mask) -> Result<(), FileError> {
    if SaveFormat::from_path(path).ok() != Some(SaveFormat::Png) {
        return Err(FileError::MaskFormat { path: path.to_owned() });
    }
    check_size(path, SaveFormat::Png, mask.extent())?;
    let Extent { width, height } = mask.extent();
    atomic::write_atomic_with(path, |file| {
        let written = png_encoder(file).write_image(mask.coverage(), width, height, ExtendedColorType::L8);
        written.map_err(super::encode::into_io)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tie_core::Bounds;

    /// Pixels from a function of "inside the disc".
    fn disc(pixel: impl Fn(bool) -> [u8; 4]) -> Raster {
        Raster::from_fn(Extent::new(20, 16), |x, y| pixel(x.abs_diff(9).pow(2) + y.abs_diff(8).pow(2) < 25))
    }

    #[test]
    fn black_and_white_is_read_by_brightness() {
        let plain = mask_from_image(&disc(|inside| if inside { [255; 4] } else { [0, 0, 0, 255] }));
        assert_eq!((plain.source, plain.looks_inverted), (MaskSource::Grey, false));
        assert_eq!((plain.mask.at(9, 8), plain.mask.at(0, 0)), (255, 0));
        let swapped = mask_from_image(&disc(|inside| if inside { [0, 0, 0, 255] } else { [255; 4] }));
        assert!(swapped.looks_inverted, "white around a black disc");
    }

    #[test]
    fn a_cut_out_selects_what_is_left_and_a_hole_looks_inverted() {
        let cut_out = mask_from_image(&disc(|inside| [180, 90, 20, if inside { 255 } else { 0 }]));
        assert_eq!((cut_out.source, cut_out.looks_inverted), (MaskSource::Alpha, false));
        assert_eq!((cut_out.mask.at(9, 8), cut_out.mask.at(0, 0)), (255, 0));
        let hole =
            mask_from_image(&disc(|inside| [180, if inside { 90 } else { 30 }, 20, if inside { 0 } else { 255 }]));
        assert_eq!((hole.source, hole.looks_inverted), (MaskSource::Alpha, true));
        assert_eq!((hole.mask.at(9, 8), hole.mask.at(0, 0)), (0, 255), "it is offered, not done");
    }

    #[test]
    fn a_black_and_white_drawing_with_transparent_parts_goes_by_brightness() {
        let pixels = [[255, 255, 255, 255], [0, 0, 0, 255], [255, 255, 255, 128], [0; 4]];
        let read = mask_from_image(&Raster::from_fn(Extent::new(4, 1), |x, _| pixels[x as usize]));
        assert_eq!((read.source, read.mask.coverage()), (MaskSource::Grey, [255, 0, 128, 0].as_slice()));
    }

    #[test]
    fn a_sky_and_a_full_mask_do_not_look_inverted() {
        let extent = Extent::new(30, 20);
        for selected in [Bounds::new(0, 0, 30, 9), Bounds::new(0, 0, 30, 20), Bounds::new(2, 2, 26, 16), Bounds::EMPTY]
        {
            assert!(!looks_inverted(&Mask::rectangle(extent, selected)), "{selected:?}");
        }
        assert!(!looks_inverted(&Mask::empty(Extent::new(0, 0))));
        assert!(looks_inverted(&Mask::rectangle(extent, Bounds::new(0, 0, 30, 16))));
    }
}
