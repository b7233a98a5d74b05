//! Reading rectangles of images and masks for textures: premultiplied, shrunk by powers of two.

use rayon::prelude::*;
use std::borrow::Cow;
use std::ops::Range;
use tie_core::{Bounds, Extent, Mask, Raster};

/// New pixels over the photograph: colours, and how much of them shows.
#[derive(Clone, Copy, Debug)]
pub struct PatchPixels<'a> {
    /// Straight alpha.
    pub colours: &'a Raster,
    /// How much the colours replace the photo; ignored if its extent differs. Without it, their own alpha decides.
    pub alpha: Option<&'a Mask>,
}

/// The source of a texture's pixels.
#[derive(Clone, Copy)]
pub(super) enum Pixels<'a> {
    Image(&'a Raster),
    Patch(PatchPixels<'a>),
    Mask(&'a Mask),
}

impl Pixels<'_> {
    pub(super) const fn extent(&self) -> Extent {
        match self {
            Self::Image(image) => image.extent(),
            Self::Patch(patch) => patch.colours.extent(),
            Self::Mask(mask) => mask.extent(),
        }
    }

    /// The pixels `area` of a level, row-major: RGBA with premultiplied alpha, or one byte of coverage.
    ///
    /// A pixel of level `n` is the mean of the 2^n × 2^n image pixels below it, as far as the image reaches. Beyond
    /// the image its outermost pixels are repeated.
    pub(super) fn block(&self, level: u32, area: Bounds) -> Vec<u8> {
        match *self {
            Self::Image(image) => {
                read_block(image.extent(), level, area, |y, columns| premultiplied(&image.row(y)[columns], None))
            }
            Self::Patch(PatchPixels { colours, alpha }) => {
                let alpha = alpha.filter(|alpha| alpha.extent() == colours.extent());
                read_block(colours.extent(), level, area, |y, columns| {
                    premultiplied(&colours.row(y)[columns.clone()], alpha.map(|alpha| &alpha.row(y)[columns]))
                })
            }
            Self::Mask(mask) => read_block(mask.extent(), level, area, |y, columns| {
                Cow::Borrowed(mask.row(y)[columns].as_chunks::<1>().0)
            }),
        }
    }
}

/// The colour behind transparent new pixels: the mean of the checkerboard's squares (`shaders/image.wgsl`).
///
/// The photograph is drawn on the board before, so what takes its place has to bring its own.
const BOARD: u16 = 166;

/// A row with its own alpha, or blended with what is there by `alpha`. Nearly all rows are opaque and need no work.
fn premultiplied<'a>(row: &'a [[u8; 4]], alpha: Option<&[u8]>) -> Cow<'a, [[u8; 4]]> {
    let on_board = |pixel: [u8; 4]| {
        let own = u16::from(pixel[3]);
        pixel.map(|channel| ((u16::from(channel) * own + BOARD * (255 - own) + 127) / 255) as u8)
    };
    let scaled = |[r, g, b, _]: [u8; 4], a: u8| {
        let [r, g, b] = [r, g, b].map(|channel| ((u16::from(channel) * u16::from(a) + 127) / 255) as u8);
        [r, g, b, a]
    };
    match alpha {
        Some(alpha) => row.iter().zip(alpha).map(|(pixel, a)| scaled(on_board(*pixel), *a)).collect(),
        None if row.iter().fold(255, |all, pixel| all & pixel[3]) == 255 => Cow::Borrowed(row),
        None => row.iter().map(|pixel| scaled(*pixel, pixel[3])).collect(),
    }
}

/// Blocks that are made from this many pixels or more are worth several threads.
const PARALLEL_ABOVE: usize = 1 << 18;

/// `read` returns some columns of a row of the full-size image.
fn read_block<'a, const CHANNELS: usize>(
    extent: Extent,
    level: u32,
    area: Bounds,
    read: impl Fn(u32, Range<usize>) -> Cow<'a, [[u8; CHANNELS]]> + Sync,
) -> Vec<u8> {
    let mut block = vec![0; area.extent().area() * CHANNELS];
    if extent.is_empty() || area.is_empty() {
        return block;
    }
    let size = Extent::new(extent.width.div_ceil(1 << level), extent.height.div_ceil(1 << level));
    // The columns of the level that are in the image, at least one.
    let last = size.width as i32 - 1;
    let (first, end) = (area.x.clamp(0, last), (area.right() - 1).clamp(0, last) + 1);
    let columns = first as usize..end as usize;
    let fill_row = |sums: &mut Vec<[u16; CHANNELS]>, index: usize, out: &mut [u8]| {
        let y = area.y.saturating_add(index as i32).clamp(0, size.height as i32 - 1).unsigned_abs();
        let out: &mut [[u8; CHANNELS]] = out.as_chunks_mut().0;
        let inside = (first.saturating_sub(area.x).unsigned_abs() as usize).min(out.len() - 1);
        let middle = inside..(inside + columns.len()).min(out.len());
        if level == 0 {
            out[middle.clone()].copy_from_slice(&read(y, columns.clone())[..middle.len()]);
        } else {
            mean_row(extent, level, y, columns.clone(), sums, &read, &mut out[middle.clone()]);
        }
        let (left, right) = (out[middle.start], out[middle.end - 1]);
        out[..middle.start].fill(left);
        out[middle.end..].fill(right);
    };
    let row_bytes = area.width as usize * CHANNELS;
    if area.extent().area() << (2 * level) >= PARALLEL_ABOVE {
        let rows = block.par_chunks_exact_mut(row_bytes).enumerate();
        rows.for_each_init(Vec::new, |sums, (index, out)| fill_row(sums, index, out));
    } else {
        let mut sums = Vec::new();
        block.chunks_exact_mut(row_bytes).enumerate().for_each(|(index, out)| fill_row(&mut sums, index, out));
    }
    block
}

/// One row of a level, as means of the image's pixels below it.
fn mean_row<'a, const CHANNELS: usize>(
    extent: Extent,
    level: u32,
    y: u32,
    columns: Range<usize>,
    sums: &mut Vec<[u16; CHANNELS]>,
    read: &impl Fn(u32, Range<usize>) -> Cow<'a, [[u8; CHANNELS]]>,
    out: &mut [[u8; CHANNELS]],
) {
    let source = columns.start << level..(columns.end << level).min(extent.width as usize);
    let rows = y << level..((y + 1) << level).min(extent.height);
    let count_rows = rows.len() as u32;
    sums.clear();
    sums.resize(source.len(), [0; CHANNELS]);
    // First down, then across: the first is most of the work, and the compiler makes vectors of it. 16 bits suffice up
    // to level 8, beyond which no image fits into memory.
    for row in rows {
        for (sum, value) in sums.as_flattened_mut().iter_mut().zip(read(row, source.clone()).as_flattened()) {
            *sum = sum.saturating_add(u16::from(*value));
        }
    }
    match level {
        1 => across::<CHANNELS, 2>(sums, count_rows, out),
        2 => across::<CHANNELS, 4>(sums, count_rows, out),
        _ => mean_of_chunks(sums, 1 << level, count_rows, out),
    }
}

/// Like [`mean_of_chunks`], with a width known at compile time: several times as fast.
fn across<const CHANNELS: usize, const WIDTH: usize>(sums: &[[u16; CHANNELS]], rows: u32, out: &mut [[u8; CHANNELS]]) {
    let (whole, _) = sums.as_chunks::<WIDTH>();
    let done = if rows as usize == WIDTH { whole.len() } else { 0 };
    for (to, sums) in out.iter_mut().zip(&whole[..done]) {
        for channel in 0..CHANNELS {
            let total = sums.iter().fold((WIDTH * WIDTH / 2) as u16, |total, sum| total + sum[channel]);
            to[channel] = (total / (WIDTH * WIDTH) as u16) as u8;
        }
    }
    mean_of_chunks(&sums[done * WIDTH..], WIDTH, rows, &mut out[done..]);
}

/// Means of `width` sums of `rows` values each; of fewer at the end.
fn mean_of_chunks<const CHANNELS: usize>(
    sums: &[[u16; CHANNELS]],
    width: usize,
    rows: u32,
    out: &mut [[u8; CHANNELS]],
) {
    for (to, sums) in out.iter_mut().zip(sums.chunks(width)) {
        let count = rows * sums.len() as u32;
        for channel in 0..CHANNELS {
            let total = sums.iter().fold(count / 2, |total, sum| total + u32::from(sum[channel]));
            to[channel] = (total / count) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image() -> Raster {
        Raster::from_fn(Extent::new(5, 3), |x, y| [(x * 40) as u8, (y * 100) as u8, 7, 255])
    }

    #[test]
    fn beyond_the_image_its_edge_is_repeated() {
        let image = image();
        let block = Pixels::Image(&image).block(0, Bounds::new(-2, 1, 9, 4));
        for (index, pixel) in block.as_chunks::<4>().0.iter().enumerate() {
            let (x, y) = (index as i32 % 9 - 2, index as i32 / 9 + 1);
            let expected = image.pixel(x.clamp(0, 4) as u32, y.clamp(0, 2) as u32);
            assert_eq!(*pixel, expected, "{x} {y}");
        }
        let outside = Pixels::Image(&image).block(0, Bounds::new(9, 9, 2, 2));
        assert_eq!(outside.as_chunks::<4>().0, [image.pixel(4, 2); 4]);
        let before = Pixels::Image(&image).block(0, Bounds::new(-9, -9, 2, 2));
        assert_eq!(before.as_chunks::<4>().0, [image.pixel(0, 0); 4]);
    }

    #[test]
    fn a_level_is_the_mean_of_what_the_image_has_there() {
        let mask = Mask::from_fn(Extent::new(5, 3), |x, y| (x * 10 + y) as u8);
        // Columns 0-1, 2-3 and 4 alone; rows 0-1 and 2 alone.
        assert_eq!(Pixels::Mask(&mask).block(1, Bounds::new(0, 0, 3, 2)), [6, 26, 41, 7, 27, 42]);
        assert_eq!(Pixels::Mask(&mask).block(1, Bounds::new(2, 1, 2, 2)), [42; 4]);
    }

    #[test]
    fn colours_are_weighted_by_their_alpha() {
        let clear_red =
            Raster::from_fn(Extent::new(2, 1), |x, _| if x == 0 { [255, 0, 0, 0] } else { [0, 0, 200, 255] });
        assert_eq!(Pixels::Image(&clear_red).block(1, Bounds::new(0, 0, 1, 1)), [0, 0, 100, 128]);
        let half = Mask::new(Extent::new(2, 1), vec![128, 0]).unwrap();
        let patch = PatchPixels { colours: &clear_red, alpha: Some(&half) };
        assert_eq!(Pixels::Patch(patch).block(0, Bounds::new(0, 0, 2, 1)), [83, 83, 83, 128, 0, 0, 0, 0], "the board");
        let red = Raster::filled(Extent::new(2, 1), [255, 0, 0, 255]);
        let patch = PatchPixels { colours: &red, alpha: Some(&half) };
        assert_eq!(Pixels::Patch(patch).block(0, Bounds::new(0, 0, 2, 1)), [128, 0, 0, 128, 0, 0, 0, 0]);
    }

    #[test]
    fn large_and_small_blocks_are_read_alike() {
        let mask = Mask::from_fn(Extent::new(700, 300), |x, y| ((x * 7) ^ (y * 13)) as u8);
        let whole = Pixels::Mask(&mask).block(1, Bounds::new(0, 0, 350, 150));
        for (x, y) in [(0, 0), (349, 149), (100, 77)] {
            let one = Pixels::Mask(&mask).block(1, Bounds::new(x, y, 1, 1));
            assert_eq!(one[0], whole[(y * 350 + x) as usize]);
        }
    }
}
