//! Layer normalisation of each pixel's channels, without moving them side by side.

use super::numbers;
use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape};
use pulp::Arch;
use rayon::prelude::*;

/// Pixels at once.
const RUN: usize = 512;

/// Normalises the channels of each pixel of an image `(batch, channels, …)`, by weight and bias `(channels,)`.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct PixelNorm {
    pub(in super::super) eps: f32,
}

impl CustomOp3 for PixelNorm {
    fn name(&self) -> &'static str {
        "pixel-norm"
    }

    fn cpu_fwd(
        &self,
        image: &CpuStorage,
        image_layout: &Layout,
        weight: &CpuStorage,
        weight_layout: &Layout,
        bias: &CpuStorage,
        bias_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let shape = image_layout.shape();
        let [batch, channels, sides @ ..] = shape.dims() else { candle_core::bail!("an image is needed") };
        let pixels: usize = sides.iter().product();
        let (weight, bias) = (numbers(weight, weight_layout)?, numbers(bias, bias_layout)?);
        if weight.len() != *channels || bias.len() != *channels {
            candle_core::bail!("{channels} channels for {} weights", weight.len());
        }
        let image = numbers(image, image_layout)?;
        let mut result = vec![0.0; batch * channels * pixels];
        let length = (channels * pixels).max(1);
        let arch = Arch::new();
        let (mut means, mut scales) = (vec![0.0; pixels], vec![0.0; pixels]);
        for (result, image) in result.chunks_exact_mut(length).zip(image.chunks_exact(length)) {
            let runs = means.par_chunks_mut(RUN).zip(scales.par_chunks_mut(RUN)).enumerate();
            runs.for_each(|(run, (means, scales))| {
                let count = means.len();
                let planes = || image.chunks_exact(pixels).map(|plane| &plane[run * RUN..][..count]);
                arch.dispatch(|| moments(planes, *channels as f32, self.eps, means, scales));
            });
            let planes = result.par_chunks_exact_mut(pixels).zip(image.par_chunks_exact(pixels));
            planes.zip(weight).zip(bias).for_each(|(((result, image), weight), bias)| {
                arch.dispatch(|| scale(result, image, (&means, &scales), *weight, *bias));
            });
        }
        Ok((CpuStorage::F32(result), shape.clone()))
    }
}

/// The mean over all planes of each pixel, and one over its deviation. In two passes: their difference would be lost in one.
#[inline(always)]
fn moments<'a, I: Iterator<Item = &'a [f32]>>(
    planes: impl Fn() -> I,
    count: f32,
    eps: f32,
    means: &mut [f32],
    scales: &mut [f32],
) {
    means.fill(0.0);
    scales.fill(0.0);
    planes().for_each(|plane| means.iter_mut().zip(plane).for_each(|(mean, value)| *mean += value));
    for mean in means.iter_mut() {
        *mean /= count;
    }
    for plane in planes() {
        for ((sum, value), mean) in scales.iter_mut().zip(plane).zip(means.iter()) {
            *sum += (value - mean) * (value - mean);
        }
    }
    for sum in scales {
        *sum = 1.0 / (*sum / count + eps).sqrt();
    }
}

#[inline(always)]
fn scale(result: &mut [f32], image: &[f32], (means, scales): (&[f32], &[f32]), weight: f32, bias: f32) {
    for (((result, value), mean), scale) in result.iter_mut().zip(image).zip(means).zip(scales) {
        *result = (value - mean) * scale * weight + bias;
    }
}
