//! A solver of the diffusion's differential equation that needs few steps: DPM-Solver++ of second order, multistep (Lu et al.
//! 2022, arXiv 2211.01095), as `DPMSolverMultistepScheduler` with `algorithm_type` "dpmsolver++" and `solver_type` "midpoint".

use super::prediction::Prediction;
use super::{Alphas, Noise, Sampler};
use crate::Result;
use candle_core::Tensor;

pub(super) struct DpmSolver {
    pub(super) alphas: Alphas,
    pub(super) timesteps: Vec<usize>,
    pub(super) prediction: Prediction,
    /// The clean sample of the model's last output, and its index.
    last: Option<(usize, Tensor)>,
}

impl DpmSolver {
    pub(super) const fn new(alphas: Alphas, timesteps: Vec<usize>, prediction: Prediction) -> Self {
        Self { alphas, timesteps, prediction, last: None }
    }

    /// √ᾱ, √(1 − ᾱ) and half the logarithm of their squares' ratio after `steps` steps; infinitely clean after the last.
    fn state(&self, steps: usize) -> (f64, f64, f64) {
        let Some(time) = self.timesteps.get(steps) else {
            return (1.0, 0.0, f64::INFINITY);
        };
        let alpha = self.alphas.at(*time);
        let (signal, noise) = (alpha.sqrt(), (1.0 - alpha).sqrt());
        (signal, noise, (signal / noise).ln())
    }
}

impl Sampler for DpmSolver {
    fn timesteps(&self) -> &[usize] {
        &self.timesteps
    }

    fn step(&mut self, index: usize, output: &Tensor, sample: &Tensor, _: &mut Noise<'_>) -> Result<Tensor> {
        let alpha = self.alphas.at(self.timesteps[index]);
        let clean = self.prediction.clean(output, sample, alpha)?;
        let (_, noise, lambda) = self.state(index);
        let (next_signal, next_noise, next_lambda) = self.state(index + 1);
        let step = next_lambda - lambda;
        // 1 where the next state is clean.
        let decay = -(-step).exp_m1();
        // The step to the clean sample is first-order: there is no ratio of steps at infinity.
        let is_last = next_lambda.is_infinite();
        let direction = match self.last.take().filter(|(last, _)| last + 1 == index && !is_last) {
            Some((last, before)) => {
                let ratio = (lambda - self.state(last).2) / step;
                (&clean + ((&clean - before)? * (0.5 / ratio))?)?
            }
            None => clean.clone(),
        };
        self.last = Some((index, clean));
        Ok(((sample * (next_noise / noise))? + (direction * (next_signal * decay))?)?)
    }

    fn noised(&self, clean: &Tensor, noise: &Tensor, steps: usize) -> Result<Tensor> {
        self.alphas.noised(clean, noise, self.timesteps.get(steps))
    }
}
