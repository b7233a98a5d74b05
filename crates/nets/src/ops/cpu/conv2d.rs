//! Convolution as a product of matrices: patches of a few hundred pixels at once (im2col, Chellapilla et al. 2006), each
//! tile one large product.

use super::gemm::{Place, Product, multiply};
use super::numbers;
use super::packed::Kernel;
use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape};
use rayon::prelude::*;

/// Pixels of a tile: enough for the product to run at full rate, few enough for its patches to stay in the cache.
const TILE: usize = 512;
/// Numbers of weights in 16 bits that a thread widens at once: few enough to stay in its cache until they are multiplied.
const BLOCK: usize = 1 << 19;

/// A convolution of an image `(batch, in, h, w)` with weights `(out, in, kernel, kernel)`, in 32 bits or 16, and a bias `(out,)`.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Conv2d {
    pub(in super::super) stride: usize,
    pub(in super::super) padding: usize,
}

/// One image's sizes.
#[derive(Debug, Clone, Copy)]
struct Sizes {
    channels: usize,
    height: usize,
    width: usize,
    kernel: [usize; 2],
    out_width: usize,
    conv: Conv2d,
}

impl CustomOp3 for Conv2d {
    fn name(&self) -> &'static str {
        "conv2d-by-tiles"
    }

    fn cpu_fwd(
        &self,
        image: &CpuStorage,
        image_layout: &Layout,
        weights: &CpuStorage,
        weights_layout: &Layout,
        bias: &CpuStorage,
        bias_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (batch, channels, height, width) = image_layout.shape().dims4()?;
        let (out, in_channels, down, across) = weights_layout.shape().dims4()?;
        let bias = numbers(bias, bias_layout)?;
        let reach = [height, width].map(|side| side + 2 * self.padding);
        if channels != in_channels || bias.len() != out || reach[0] < down || reach[1] < across {
            candle_core::bail!("an image of {channels} × {height} × {width} for weights of {weights_layout:?}");
        }
        let (out_height, out_width) = ((reach[0] - down) / self.stride + 1, (reach[1] - across) / self.stride + 1);
        let sizes = Sizes { channels, height, width, kernel: [down, across], out_width, conv: *self };
        let (image, weights) = (numbers(image, image_layout)?, Kernel::of(weights, weights_layout)?);
        let mut result = vec![0.0; batch * out * out_height * out_width];
        let threads = rayon::current_num_threads();
        let pixels = out_height * out_width;
        let mut room = Vec::new();
        // With more tiles, they would be widened too often.
        let weights = if batch * pixels > 2 * TILE { weights.wide(&mut room) } else { weights };
        for (result, image) in
            result.chunks_exact_mut((out * pixels).max(1)).zip(image.chunks_exact((channels * height * width).max(1)))
        {
            result.chunks_exact_mut(pixels.max(1)).zip(bias).for_each(|(plane, bias)| plane.fill(*bias));
            convolve(image, weights, result, sizes, threads);
        }
        Ok((CpuStorage::F32(result), (batch, out, out_height, out_width).into()))
    }
}

/// Adds the convolution of one image to `result` `(out, out_height · out_width)`.
fn convolve(image: &[f32], weights: Kernel<'_>, result: &mut [f32], sizes: Sizes, threads: usize) {
    let patch = sizes.channels * sizes.kernel[0] * sizes.kernel[1];
    let out = weights.len() / patch.max(1);
    let pixels = result.len() / out.max(1);
    let is_pointwise = sizes.kernel == [1, 1] && sizes.conv.stride == 1 && sizes.conv.padding == 0;
    let rows_at_once = (TILE * threads.div_ceil(2) / sizes.out_width.max(1)).max(1);
    let tile = if is_pointwise { pixels } else { rows_at_once * sizes.out_width };
    let block = (BLOCK / patch.max(1)).clamp(1, out.div_ceil(threads).max(1));
    let mut patches = Vec::new();
    for start in (0..pixels).step_by(tile.max(1)) {
        let count = tile.min(pixels - start);
        let seen = if is_pointwise {
            (image, Place::rows(patch, pixels))
        } else {
            patches.resize(patch * count, 0.0);
            gather(image, &mut patches, start / sizes.out_width, count, sizes);
            (patches.as_slice(), Place::rows(patch, count))
        };
        let place = |rows| Place { start, rows, columns: count, row_stride: pixels, column_stride: 1 };
        if let Kernel::Wide(weights) = weights {
            let product = Product { scale: 1.0, adds: true, threads };
            multiply((result, place(out)), (weights, Place::rows(out, patch)), seen, product);
            continue;
        }
        let blocks = result.par_chunks_mut(block * pixels).enumerate();
        blocks.for_each_init(Vec::new, |room, (i, result)| {
            let (first, rows) = (i * block, result.len() / pixels);
            let weights = weights.widened(first * patch..(first + rows) * patch, room);
            let product = Product { scale: 1.0, adds: true, threads: 1 };
            multiply((result, place(rows)), (weights, Place::rows(rows, patch)), seen, product);
        });
    }
}

/// Writes what each element of the kernel sees, `(channels · kernel, count)`, for whole rows from `first_row` on.
fn gather(image: &[f32], patches: &mut [f32], first_row: usize, count: usize, sizes: Sizes) {
    let Sizes { height, width, kernel: [down, across], out_width, conv: Conv2d { stride, padding }, .. } = sizes;
    patches.par_chunks_exact_mut(count).with_min_len(16).enumerate().for_each(|(element, seen)| {
        let (channel, y, x) = (element / (down * across), element / across % down, element % across);
        let plane = &image[channel * height * width..(channel + 1) * height * width];
        // The columns of the result for which the kernel's element is inside the image.
        let first = padding.saturating_sub(x).div_ceil(stride).min(out_width);
        let last = (width + padding).saturating_sub(x).div_ceil(stride).clamp(first, out_width);
        for (row, seen) in seen.chunks_exact_mut(out_width).enumerate() {
            match ((first_row + row) * stride + y).checked_sub(padding).filter(|y| *y < height) {
                None => seen.fill(0.0),
                Some(_) if first == last => seen.fill(0.0),
                Some(y) => {
                    let line = &plane[y * width..(y + 1) * width];
                    seen[..first].fill(0.0);
                    seen[last..].fill(0.0);
                    let start = first * stride + x - padding;
                    if stride == 1 {
                        seen[first..last].copy_from_slice(&line[start..start + last - first]);
                    } else {
                        let line = line[start.min(width)..].iter().step_by(stride);
                        seen[first..last].iter_mut().zip(line).for_each(|(seen, value)| *seen = *value);
                    }
                }
            }
        }
    });
}
