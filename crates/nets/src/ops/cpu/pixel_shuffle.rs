//! Four channels as the four pixels that each pixel becomes (sub-pixel convolution, Shi et al. 2016).

use super::numbers;
use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape};
use rayon::prelude::*;

/// An image `(batch, 4 · channels, h, w)`, for each channel its upper left, upper right, lower left and lower right pixels, and a
/// bias `(channels,)` as `(batch, channels, 2 h, 2 w)`.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct PixelShuffle;

impl CustomOp2 for PixelShuffle {
    fn name(&self) -> &'static str {
        "pixel-shuffle"
    }

    fn cpu_fwd(
        &self,
        image: &CpuStorage,
        layout: &Layout,
        bias: &CpuStorage,
        bias_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (batch, fours, height, width) = layout.shape().dims4()?;
        let (image, bias) = (numbers(image, layout)?, numbers(bias, bias_layout)?);
        let channels = bias.len();
        if fours != 4 * channels {
            candle_core::bail!("{fours} channels for a bias of {channels}");
        }
        let (mut result, plane) = (vec![0.0; image.len()], height * width);
        if plane > 0 {
            let planes = result.par_chunks_exact_mut(4 * plane).zip(image.par_chunks_exact(4 * plane)).enumerate();
            planes.for_each(|(index, (to, from))| {
                let bias = bias[index % channels];
                for (y, row) in to.chunks_exact_mut(2 * width).enumerate() {
                    // The left and the right pixels of this row.
                    let place = (y % 2) * 2 * plane + y / 2 * width;
                    let (left, right) = (&from[place..][..width], &from[place + plane..][..width]);
                    for ((pair, left), right) in row.as_chunks_mut::<2>().0.iter_mut().zip(left).zip(right) {
                        *pair = [left + bias, right + bias];
                    }
                }
            });
        }
        Ok((CpuStorage::F32(result), (batch, channels, 2 * height, 2 * width).into()))
    }
}
