//! Reading rectangles of images and masks for textures: premultiplied, shrunk by powers of two.

use crate::domain::{Bounds, Extent, Mask, Raster};
use rayon::prelude::*;

/// New pixels over the photograph: colours, and how much of them shows.
#[derive(Clone, Copy, Debug)]
pub struct PatchPixels<'a> {
    /// Straight alpha; its alpha counts only where `alpha` is `None`.
    pub colours: &'a Raster,
    /// Replaces the colours' alpha; ignored if its extent is another.
    pub alpha: Option<&'a Mask>,
}

/// What a texture is filled from.
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
            Self::Image(image) => read_block(image.extent(), level, area, |y, columns, out| {
                premultiply(&image.row(y)[columns], |_, pixel| pixel[3], out);
            }),
            Self::Patch(PatchPixels { colours, alpha }) => {
                let alpha = alpha.filter(|alpha| alpha.extent() == colours.extent());
                read_block(colours.extent(), level, area, |y, columns, out: &mut [[u8; 4]]| {
                    let row = &colours.row(y)[columns.clone()];
                    match alpha.map(|alpha| &alpha.row(y)[columns]) {
                        Some(alpha) => premultiply(row, |x, _| alpha[x], out),
                        None => premultiply(row, |_, pixel| pixel[3], out),
                    }
                })
            }
            Self::Mask(mask) => read_block(mask.extent(), level, area, |y, columns, out: &mut [[u8; 1]]| {
                out.as_flattened_mut().copy_from_slice(&mask.row(y)[columns]);
            }),
        }
    }
}

fn premultiply(row: &[[u8; 4]], alpha: impl Fn(usize, &[u8; 4]) -> u8, out: &mut [[u8; 4]]) {
    for (x, (from, to)) in row.iter().zip(out).enumerate() {
        let a = alpha(x, from);
        let scaled = |channel: u8| ((u16::from(channel) * u16::from(a) + 127) / 255) as u8;
        let [r, g, b, _] = *from;
        *to = if a == 255 { [r, g, b, a] } else { [scaled(r), scaled(g), scaled(b), a] };
    }
}

/// Rows of this many pixels or more are worth a thread.
const PARALLEL_ABOVE: usize = 1 << 16;

/// `read(y, columns, out)` gives part of a row of the full-size image.
fn read_block<const CHANNELS: usize>(
    extent: Extent,
    level: u32,
    area: Bounds,
    read: impl Fn(u32, std::ops::Range<usize>, &mut [[u8; CHANNELS]]) + Sync,
) -> Vec<u8> {
    let mut block = vec![0; area.extent().area() * CHANNELS];
    if extent.is_empty() || area.is_empty() {
        return block;
    }
    let size = Extent::new(extent.width.div_ceil(1 << level), extent.height.div_ceil(1 << level));
    // The columns of the level that lie in the image, at least one.
    let last = size.width as i32 - 1;
    let (first, end) = (area.x.clamp(0, last), (area.right() - 1).clamp(0, last) + 1);
    let columns = first as usize..end as usize;
    let fill_row = |scratch: &mut (Vec<[u8; CHANNELS]>, Vec<[u32; CHANNELS]>), index: usize, out: &mut [u8]| {
        let y = area.y.saturating_add(index as i32).clamp(0, size.height as i32 - 1).unsigned_abs();
        let out: &mut [[u8; CHANNELS]] = out.as_chunks_mut().0;
        let inside = (first.saturating_sub(area.x).unsigned_abs() as usize).min(out.len() - 1);
        let middle = inside..(inside + columns.len()).min(out.len());
        if level == 0 {
            read(y, columns.clone(), &mut out[middle.clone()]);
        } else {
            mean_row(extent, level, y, columns.clone(), scratch, &read, &mut out[middle.clone()]);
        }
        let (left, right) = (out[middle.start], out[middle.end - 1]);
        out[..middle.start].fill(left);
        out[middle.end..].fill(right);
    };
    let row_bytes = area.width as usize * CHANNELS;
    if area.extent().area() << (2 * level) >= PARALLEL_ABOVE {
        let rows = block.par_chunks_exact_mut(row_bytes).enumerate();
        rows.for_each_init(Default::default, |scratch, (index, out)| fill_row(scratch, index, out));
    } else {
        let mut scratch = Default::default();
        block.chunks_exact_mut(row_bytes).enumerate().for_each(|(index, out)| fill_row(&mut scratch, index, out));
    }
    block
}

/// One row of a level, as means of the image's pixels below it.
fn mean_row<const CHANNELS: usize>(
    extent: Extent,
    level: u32,
    y: u32,
    columns: std::ops::Range<usize>,
    (line, sums): &mut (Vec<[u8; CHANNELS]>, Vec<[u32; CHANNELS]>),
    read: &impl Fn(u32, std::ops::Range<usize>, &mut [[u8; CHANNELS]]),
    out: &mut [[u8; CHANNELS]],
) {
    let source = columns.start << level..(columns.end << level).min(extent.width as usize);
    let rows = y << level..((y + 1) << level).min(extent.height);
    line.resize(source.len(), [0; CHANNELS]);
    sums.clear();
    sums.resize(columns.len(), [0; CHANNELS]);
    let count_rows = rows.len() as u32;
    for row in rows {
        read(row, source.clone(), line);
        for (sum, pixels) in sums.iter_mut().zip(line.chunks(1 << level)) {
            for pixel in pixels {
                for channel in 0..CHANNELS {
                    sum[channel] += u32::from(pixel[channel]);
                }
            }
        }
    }
    for ((to, sum), pixels) in out.iter_mut().zip(sums).zip(line.chunks(1 << level)) {
        let count = count_rows * pixels.len() as u32;
        *to = sum.map(|sum| ((sum + count / 2) / count) as u8);
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
        assert_eq!(Pixels::Patch(patch).block(0, Bounds::new(0, 0, 2, 1)), [128, 0, 0, 128, 0, 0, 0, 0]);
    }

    #[test]
    fn large_and_small_blocks_are_read_alike() {
        let mask = Mask::from_fn(Extent::new(700, 300), |x, y| (x * 7 ^ y * 13) as u8);
        let whole = Pixels::Mask(&mask).block(1, Bounds::new(0, 0, 350, 150));
        for (x, y) in [(0, 0), (349, 149), (100, 77)] {
            let one = Pixels::Mask(&mask).block(1, Bounds::new(x, y, 1, 1));
            assert_eq!(one[0], whole[(y * 350 + x) as usize]);
        }
    }
}
