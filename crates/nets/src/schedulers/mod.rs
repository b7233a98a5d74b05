//! Samplers: at which times a diffusion model runs, and what follows from its outputs.
//!
//! Named and configured as in diffusers; all randomness comes from the caller.

mod config;
mod ddim;
mod ddpm;
mod dpm_solver;
mod prediction;
mod unclip;

pub use config::SchedulerConfig;

use super::Result;
use candle_core::Tensor;

/// A sampler's source of noise: a standard normal tensor of the given shape.
pub type Noise<'a> = dyn FnMut(&[usize]) -> Result<Tensor> + 'a;

/// A sampler for a number of steps.
pub trait Sampler: Send {
    /// The times at which the model runs, in order, noisiest first.
    fn timesteps(&self) -> &[usize];

    /// The sample after step `index`, from what the model answered for `sample`: its prediction, and after it as many
    /// channels for the variance where [`learns_variance`](Self::learns_variance).
    ///
    /// # Errors
    /// If the shapes do not fit.
    fn step(&mut self, index: usize, output: &Tensor, sample: &Tensor, noise: &mut Noise<'_>) -> Result<Tensor>;

    /// `clean` with as much of `noise` as is left after `steps` steps: none of it after the last.
    ///
    /// # Errors
    /// If the shapes do not fit.
    fn noised(&self, clean: &Tensor, noise: &Tensor, steps: usize) -> Result<Tensor>;

    /// Whether the model's channels for the variance are read.
    fn learns_variance(&self) -> bool {
        false
    }
}

/// How much of the clean sample is left at each time: the squared share ᾱ.
#[derive(Debug, Clone)]
struct Alphas {
    betas: Vec<f32>,
    cumulative: Vec<f32>,
}

impl Alphas {
    fn new(betas: Vec<f32>) -> Self {
        let mut product = 1.0_f64;
        let cumulative = betas.iter().map(|beta| {
            product *= f64::from(1.0 - beta);
            product as f32
        });
        Self { cumulative: cumulative.collect(), betas }
    }

    /// ᾱ at a time.
    fn at(&self, time: usize) -> f64 {
        f64::from(self.cumulative[time.min(self.cumulative.len() - 1)])
    }

    fn noised(&self, clean: &Tensor, noise: &Tensor, time: Option<&usize>) -> Result<Tensor> {
        Ok(match time {
            Some(time) => {
                let alpha = self.at(*time);
                ((clean * alpha.sqrt())? + (noise * (1.0 - alpha).sqrt())?)?
            }
            None => clean.clone(),
        })
    }
}

/// Tables for the tests: what the reference keeps in its schedulers.
#[derive(Debug, Clone)]
pub struct Tables {
    /// β of each training step: the share of the variance that becomes noise there.
    pub betas: Vec<f32>,
    /// ᾱ of each training step: the product of 1 − β up to and with it.
    pub alphas_cumprod: Vec<f32>,
}
