//! Denoising diffusion without noise on the way (Song et al. 2021, arXiv 2010.02502): `DDIMScheduler` with η = 0.

use super::prediction::{Limit, Prediction};
use super::{Alphas, Noise, Sampler};
use crate::Result;
use candle_core::Tensor;

pub(super) struct Ddim {
    pub(super) alphas: Alphas,
    pub(super) timesteps: Vec<usize>,
    pub(super) prediction: Prediction,
    pub(super) limit: Limit,
    /// Distance between two times in the formula, whatever the list says.
    pub(super) stride: usize,
    /// ᾱ after the last step.
    pub(super) last_alpha: f64,
}

impl Sampler for Ddim {
    fn timesteps(&self) -> &[usize] {
        &self.timesteps
    }

    fn step(&mut self, index: usize, output: &Tensor, sample: &Tensor, _: &mut Noise<'_>) -> Result<Tensor> {
        let time = self.timesteps[index];
        let alpha = self.alphas.at(time);
        let next_alpha = time.checked_sub(self.stride).map_or(self.last_alpha, |next| self.alphas.at(next));
        let clean = self.prediction.clean(output, sample, alpha)?;
        let noise = self.prediction.noise(output, sample, &clean, alpha)?;
        let clean = self.limit.of(&clean)?;
        Ok(((clean * next_alpha.sqrt())? + (noise * (1.0 - next_alpha).sqrt())?)?)
    }

    fn noised(&self, clean: &Tensor, noise: &Tensor, steps: usize) -> Result<Tensor> {
        self.alphas.noised(clean, noise, self.timesteps.get(steps))
    }
}
