//! Denoising diffusion (Ho et al. 2020, arXiv 2006.11239): `DDPMScheduler`.

use super::prediction::{Limit, Prediction, split_variance};
use super::{Alphas, Noise, Sampler};
use crate::Result;
use candle_core::Tensor;

pub(super) struct Ddpm {
    pub(super) alphas: Alphas,
    pub(super) timesteps: Vec<usize>,
    pub(super) prediction: Prediction,
    pub(super) limit: Limit,
    /// The model predicts where between its bounds the variance is ("`learned_range`", Nichol and Dhariwal 2021);
    /// otherwise it is the lower bound ("`fixed_small`").
    pub(super) learns_variance: bool,
}

impl Sampler for Ddpm {
    fn timesteps(&self) -> &[usize] {
        &self.timesteps
    }

    fn step(&mut self, index: usize, output: &Tensor, sample: &Tensor, noise: &mut Noise<'_>) -> Result<Tensor> {
        let time = self.timesteps[index];
        let alpha = self.alphas.at(time);
        let next_alpha = self.timesteps.get(index + 1).map_or(1.0, |next| self.alphas.at(*next));
        let kept = alpha / next_alpha;
        let beta = 1.0 - kept;
        let (output, variance) = if self.learns_variance {
            let [output, variance] = split_variance(output)?;
            (output, Some(variance))
        } else {
            (output.clone(), None)
        };
        let clean = self.limit.of(&self.prediction.clean(&output, sample, alpha)?)?;
        let of_clean = next_alpha.sqrt() * beta / (1.0 - alpha);
        let of_sample = kept.sqrt() * (1.0 - next_alpha) / (1.0 - alpha);
        let mean = ((clean * of_clean)? + (sample * of_sample)?)?;
        if time == 0 {
            return Ok(mean);
        }
        let smallest = ((1.0 - next_alpha) / (1.0 - alpha) * beta).max(1e-20);
        let noise = noise(sample.dims())?;
        let noise = if let Some(variance) = variance {
            // The logarithm goes from that of the smallest to that of β as the model's output goes from −1 to 1.
            let (least, most) = (smallest.ln(), beta.ln());
            let share = ((variance + 1.0)? * 0.5)?;
            let log = ((share * (most - least))? + least)?;
            (noise * (log * 0.5)?.exp()?)?
        } else {
            (noise * smallest.sqrt())?
        };
        Ok((mean + noise)?)
    }

    fn noised(&self, clean: &Tensor, noise: &Tensor, steps: usize) -> Result<Tensor> {
        self.alphas.noised(clean, noise, self.timesteps.get(steps))
    }

    fn learns_variance(&self) -> bool {
        self.learns_variance
    }
}
