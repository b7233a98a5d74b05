//! Convolution of each channel by itself: too few products for a matrix, so rows are added up, each element of the kernel a
//! shifted row.

use super::numbers;
use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape};
use pulp::Arch;
use rayon::prelude::*;

/// A convolution of an image `(batch, channels, h, w)` with weights `(channels, 1, kernel, kernel)` and a bias `(channels,)`.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct DepthwiseConv {
    /// Down and across.
    pub(in super::super) stride: [usize; 2],
    pub(in super::super) padding: usize,
}

impl CustomOp3 for DepthwiseConv {
    fn name(&self) -> &'static str {
        "depthwise-convolution"
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
        if out != channels || in_channels != 1 || bias.len() != out || reach[0] < down || reach[1] < across {
            candle_core::bail!("an image of {channels} × {height} × {width} for weights of {weights_layout:?}");
        }
        let [step_down, step_across] = self.stride;
        let (out_height, out_width) = ((reach[0] - down) / step_down + 1, (reach[1] - across) / step_across + 1);
        let (image, weights) = (numbers(image, image_layout)?, numbers(weights, weights_layout)?);
        let mut result = vec![0.0; batch * channels * out_height * out_width];
        let arch = Arch::new();
        let planes = result.par_chunks_exact_mut((out_height * out_width).max(1)).enumerate();
        planes.for_each_init(Vec::new, |line, (plane, result)| {
            let (channel, image) = (plane % channels, &image[plane * height * width..][..height * width]);
            let kernel = &weights[channel * down * across..][..down * across];
            for (row, result) in result.chunks_exact_mut(out_width).enumerate() {
                result.fill(bias[channel]);
                for (y, kernel) in kernel.chunks_exact(across).enumerate() {
                    let Some(y) = (row * step_down + y).checked_sub(self.padding).filter(|y| *y < height) else {
                        continue;
                    };
                    // The row with its padding, so that every element of the kernel sees a whole one.
                    line.clear();
                    line.resize(self.padding, 0.0);
                    line.extend_from_slice(&image[y * width..][..width]);
                    line.resize(reach[1], 0.0);
                    for (x, weight) in kernel.iter().enumerate() {
                        arch.dispatch(|| add(result, &line[x..], *weight, step_across));
                    }
                }
            }
        });
        Ok((CpuStorage::F32(result), (batch, channels, out_height, out_width).into()))
    }
}

/// Adds every `stride`th number, weighted.
#[inline(always)]
fn add(result: &mut [f32], line: &[f32], weight: f32, stride: usize) {
    if stride == 1 {
        result.iter_mut().zip(line).for_each(|(sum, value)| *sum += weight * value);
    } else {
        result.iter_mut().zip(line.iter().step_by(stride)).for_each(|(sum, value)| *sum += weight * value);
    }
}
