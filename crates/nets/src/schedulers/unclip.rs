//! The sampler of DALL·E 2's prior: `UnCLIPScheduler`.

use super::prediction::{Limit, Prediction};
use super::{Alphas, Noise, Sampler};
use crate::Result;
use candle_core::Tensor;

pub(super) struct UnClip {
    pub(super) alphas: Alphas,
    pub(super) timesteps: Vec<usize>,
    pub(super) prediction: Prediction,
    pub(super) limit: Limit,
}

impl Sampler for UnClip {
    fn timesteps(&self) -> &[usize] {
        &self.timesteps
    }

    fn step(&mut self, index: usize, output: &Tensor, sample: &Tensor, noise: &mut Noise<'_>) -> Result<Tensor> {
        let time = self.timesteps[index];
        let next = self.timesteps.get(index + 1).copied().or_else(|| time.checked_sub(1));
        let alpha = self.alphas.at(time);
        let next_alpha = next.map_or(1.0, |next| self.alphas.at(next));
        let is_neighbour = next == time.checked_sub(1);
        // Rounded to 32 bits as in the reference: of the noisiest step 1 − β is about 10⁻⁶, and its rounding shows.
        let beta = if is_neighbour { self.alphas.betas[time] } else { 1.0 - alpha as f32 / next_alpha as f32 };
        let (kept, beta) = (f64::from(1.0 - beta), f64::from(beta));
        let clean = self.limit.of(&self.prediction.clean(output, sample, alpha)?)?;
        let of_clean = next_alpha.sqrt() * beta / (1.0 - alpha);
        let of_sample = kept.sqrt() * (1.0 - next_alpha) / (1.0 - alpha);
        let mean = ((clean * of_clean)? + (sample * of_sample)?)?;
        if time == 0 {
            return Ok(mean);
        }
        let variance = ((1.0 - next_alpha) / (1.0 - alpha) * beta).max(1e-20);
        Ok((mean + (noise(sample.dims())? * variance.sqrt())?)?)
    }

    fn noised(&self, clean: &Tensor, noise: &Tensor, steps: usize) -> Result<Tensor> {
        self.alphas.noised(clean, noise, self.timesteps.get(steps))
    }
}
