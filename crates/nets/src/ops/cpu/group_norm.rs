//! Group normalisation with what follows it.

use super::math::Activation;
use super::numbers;
use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape};
use pulp::Arch;
use rayon::prelude::*;

/// Group normalisation of an image `(batch, channels, …)` by weight and bias `(channels,)`.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct GroupNorm {
    pub(in super::super) groups: usize,
    pub(in super::super) eps: f64,
    pub(in super::super) then: Activation,
}

impl CustomOp3 for GroupNorm {
    fn name(&self) -> &'static str {
        "group-norm"
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
        if weight.len() != *channels || bias.len() != *channels || channels % self.groups != 0 {
            candle_core::bail!("{channels} channels in {} groups for {} weights", self.groups, weight.len());
        }
        let image = numbers(image, image_layout)?;
        let mut result = vec![0.0; batch * channels * pixels];
        let in_group = channels / self.groups;
        let length = (in_group * pixels).max(1);
        let arch = Arch::new();
        result.par_chunks_exact_mut(length).zip(image.par_chunks_exact(length)).enumerate().for_each(
            |(group, (result, image))| {
                let first = group % self.groups * in_group;
                let (mean, variance) = moments(arch, image);
                let deviation = 1.0 / (variance + self.eps).sqrt();
                let planes = result.chunks_exact_mut(pixels).zip(image.chunks_exact(pixels));
                for (channel, (result, image)) in (first..).zip(planes) {
                    let scale = (deviation * f64::from(weight[channel])) as f32;
                    let shift = (f64::from(bias[channel]) - mean * deviation * f64::from(weight[channel])) as f32;
                    self.then.map_affine(arch, image, result, scale, shift);
                }
            },
        );
        Ok((CpuStorage::F32(result), shape.clone()))
    }
}

/// Mean and variance; sums of short runs in 32 bits, of those in 64.
fn moments(arch: Arch, values: &[f32]) -> (f64, f64) {
    const RUN: usize = 1024;
    let count = values.len().max(1) as f64;
    let summed =
        |of: &(dyn Fn(&[f32]) -> f32 + Sync)| values.chunks(RUN).map(|run| f64::from(of(run))).sum::<f64>() / count;
    let mean = summed(&|run| arch.dispatch(|| sum(run, |value| value)));
    let centre = mean as f32;
    let variance = summed(&|run| {
        arch.dispatch(|| {
            sum(run, |value| {
                let from_centre = value - centre;
                from_centre * from_centre
            })
        })
    });
    (mean, variance)
}

/// In lanes, so that the compiler can use wide registers.
#[inline(always)]
fn sum(values: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0_f32; 16];
    let (whole, rest) = values.as_chunks::<16>();
    for chunk in whole {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += of(*value);
        }
    }
    lanes.iter().sum::<f32>() + rest.iter().map(|value| of(*value)).sum::<f32>()
}
