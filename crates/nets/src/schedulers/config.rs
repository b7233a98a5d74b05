//! `scheduler_config.json`.

use super::ddim::Ddim;
use super::ddpm::Ddpm;
use super::dpm_solver::DpmSolver;
use super::prediction::{Limit, Prediction};
use super::unclip::UnClip;
use super::{Alphas, Sampler, Tables};
use crate::{ModelError, Result};
use serde::Deserialize;

/// A scheduler's config file; missing values have the defaults of its class.
#[derive(Debug, Clone, Deserialize)]
pub struct SchedulerConfig {
    /// `DDPMScheduler`, `DDIMScheduler`, `UnCLIPScheduler` or `DPMSolverMultistepScheduler`; others are not supported.
    #[serde(rename = "_class_name")]
    pub class_name: String,
    /// Times that the model was trained with, 1000 if absent; 0 is the cleanest.
    #[serde(default = "thousand")]
    pub num_train_timesteps: usize,
    /// β at time 0, in schedules other than `squaredcos_cap_v2`; 0.00085 in Stable Diffusion and Kandinsky's UNet.
    #[serde(default = "first_beta")]
    pub beta_start: f32,
    /// β at the last time, in schedules other than `squaredcos_cap_v2`; 0.012 in Stable Diffusion and Kandinsky's UNet.
    #[serde(default = "last_beta")]
    pub beta_end: f32,
    /// `linear`, `scaled_linear` (linear in √β) or `squaredcos_cap_v2`; if absent the last for unCLIP, else the first.
    pub beta_schedule: Option<String>,
    /// What the model predicts: `epsilon` (the noise, also if absent), `sample` (the clean one) or `v_prediction`.
    pub prediction_type: Option<String>,
    /// `fixed_small` (also if absent) or `learned_range` with DDPM, `fixed_small_log` with unCLIP; others ignore it.
    pub variance_type: Option<String>,
    /// `leading`, `trailing` or `linspace`; if absent the last for the solver, else the first. unCLIP does not read it.
    pub timestep_spacing: Option<String>,
    /// Added to each time with `leading` spacing; 1 in Stable Diffusion and Kandinsky's UNet.
    #[serde(default)]
    pub steps_offset: usize,
    /// With DDIM, whether ᾱ after the last step is 1 instead of that of time 0.
    #[serde(default = "yes")]
    pub set_alpha_to_one: bool,
    /// Whether predicted clean samples are clamped where `thresholding` is off; the solver does not read it.
    #[serde(default = "yes")]
    pub clip_sample: bool,
    /// The largest absolute value that `clip_sample` allows; 1 if absent, 10 in Kandinsky's prior.
    #[serde(default = "one")]
    pub clip_sample_range: f64,
    /// Whether clean samples are limited to a quantile of their own values, which becomes 1; DDPM and DDIM read it.
    #[serde(default)]
    pub thresholding: bool,
    /// The quantile of the absolute values for `thresholding`, from 0 to 1.
    #[serde(default = "most")]
    pub dynamic_thresholding_ratio: f64,
    /// The largest value that this quantile may have, 1 or more.
    #[serde(default = "one")]
    pub sample_max_value: f64,
    /// The solver: `dpmsolver++` or absent.
    pub algorithm_type: Option<String>,
    /// How the solver takes a second-order step: `midpoint` or absent.
    pub solver_type: Option<String>,
    /// Order of the solver: 2 or absent.
    pub solver_order: Option<usize>,
}

const fn thousand() -> usize {
    1000
}
const fn first_beta() -> f32 {
    1e-4
}
const fn last_beta() -> f32 {
    0.02
}
const fn yes() -> bool {
    true
}
const fn one() -> f64 {
    1.0
}
const fn most() -> f64 {
    0.995
}

/// How the times of the steps are spaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spacing {
    Leading,
    Trailing,
    Linspace,
}

impl SchedulerConfig {
    /// A sampler with this many steps.
    ///
    /// # Errors
    /// [`ModelError::Unsupported`] if the file names something unknown, [`ModelError::Unsuitable`] if the number of
    /// steps does not fit.
    pub fn sampler(&self, steps: usize) -> Result<Box<dyn Sampler>> {
        let least = if self.is_unclip() { 2 } else { 1 };
        // With an offset, the last of as many steps as there are times would be beyond them.
        let most = self.num_train_timesteps.saturating_sub(self.steps_offset);
        if !(least..=most).contains(&steps) {
            return Err(ModelError::Unsuitable(format!("{steps} steps are not possible: choose {least} to {most}.")));
        }
        let alphas = Alphas::new(self.betas()?);
        let prediction = self.prediction()?;
        let limit = self.limit();
        Ok(match self.class_name.as_str() {
            "DDPMScheduler" => {
                let timesteps = self.timesteps(steps)?;
                let learns_variance = match self.variance_type.as_deref() {
                    None | Some("fixed_small") => false,
                    Some("learned_range") => true,
                    Some(other) => return Err(unknown("a variance", other)),
                };
                Box::new(Ddpm { alphas, timesteps, prediction, limit, learns_variance })
            }
            "DDIMScheduler" => {
                let timesteps = self.timesteps(steps)?;
                let last_alpha = if self.set_alpha_to_one { 1.0 } else { alphas.at(0) };
                let stride = self.num_train_timesteps / steps;
                Box::new(Ddim { alphas, timesteps, prediction, limit, stride, last_alpha })
            }
            "UnCLIPScheduler" => {
                match self.variance_type.as_deref() {
                    None | Some("fixed_small_log") => {}
                    Some(other) => return Err(unknown("a variance", other)),
                }
                let timesteps = unclip_timesteps(steps, self.num_train_timesteps);
                Box::new(UnClip { alphas, timesteps, prediction, limit })
            }
            "DPMSolverMultistepScheduler" => {
                for (known, said) in [("dpmsolver++", &self.algorithm_type), ("midpoint", &self.solver_type)] {
                    if let Some(other) = said.as_deref().filter(|said| *said != known) {
                        return Err(unknown("a solver", other));
                    }
                }
                if let Some(order) = self.solver_order.filter(|order| *order != 2) {
                    return Err(unknown("a solver", &format!("order {order}")));
                }
                Box::new(DpmSolver::new(alphas, self.solver_timesteps(steps)?, prediction))
            }
            other => return Err(unknown("a scheduler", other)),
        })
    }

    /// The multistep solver for a model that was made for another sampler, as the reference's `from_config`: what the file
    /// leaves out has the solver's defaults.
    #[must_use]
    pub fn dpm_solver(&self) -> Self {
        Self {
            class_name: "DPMSolverMultistepScheduler".to_owned(),
            algorithm_type: None,
            solver_type: None,
            solver_order: None,
            ..self.clone()
        }
    }

    /// The plain deterministic sampler for a model that was made for another.
    #[must_use]
    pub fn ddim(&self) -> Self {
        Self { class_name: "DDIMScheduler".to_owned(), ..self.clone() }
    }

    /// The tables that the reference keeps.
    ///
    /// # Errors
    /// [`ModelError::Unsupported`] as [`sampler`](Self::sampler).
    pub fn tables(&self) -> Result<Tables> {
        let Alphas { betas, cumulative } = Alphas::new(self.betas()?);
        Ok(Tables { betas, alphas_cumprod: cumulative })
    }

    fn is_unclip(&self) -> bool {
        self.class_name == "UnCLIPScheduler"
    }

    fn betas(&self) -> Result<Vec<f32>> {
        let count = self.num_train_timesteps.max(1);
        let line = |from: f32, to: f32| {
            let step = (to - from) / (count.max(2) - 1) as f32;
            (0..count).map(move |i| from + step * i as f32)
        };
        let default = if self.is_unclip() { "squaredcos_cap_v2" } else { "linear" };
        Ok(match self.beta_schedule.as_deref().unwrap_or(default) {
            "linear" => line(self.beta_start, self.beta_end).collect(),
            "scaled_linear" => line(self.beta_start.sqrt(), self.beta_end.sqrt()).map(|root| root * root).collect(),
            "squaredcos_cap_v2" => {
                let curve = |i: usize| {
                    let share = i as f64 / count as f64;
                    ((share + 0.008) / 1.008 * std::f64::consts::FRAC_PI_2).cos().powi(2)
                };
                (0..count).map(|i| (1.0 - curve(i + 1) / curve(i)).min(0.999) as f32).collect()
            }
            other => return Err(unknown("betas", other)),
        })
    }

    fn prediction(&self) -> Result<Prediction> {
        Ok(match self.prediction_type.as_deref() {
            None | Some("epsilon") => Prediction::Noise,
            Some("sample") => Prediction::Clean,
            Some("v_prediction") => Prediction::Velocity,
            Some(other) => return Err(unknown("a prediction", other)),
        })
    }

    fn limit(&self) -> Limit {
        if self.thresholding && !self.is_unclip() {
            Limit::Quantile { ratio: self.dynamic_thresholding_ratio, most: self.sample_max_value }
        } else if self.clip_sample {
            Limit::Range(self.clip_sample_range)
        } else {
            Limit::None
        }
    }

    fn spacing(&self, default: Spacing) -> Result<Spacing> {
        Ok(match self.timestep_spacing.as_deref() {
            None => default,
            Some("leading") => Spacing::Leading,
            Some("trailing") => Spacing::Trailing,
            Some("linspace") => Spacing::Linspace,
            Some(other) => return Err(unknown("a step spacing", other)),
        })
    }

    /// As the multistep solver spaces them: the clean sample counts as one more time.
    fn solver_timesteps(&self, steps: usize) -> Result<Vec<usize>> {
        let all = self.num_train_timesteps;
        let time = |i: usize| match self.spacing(Spacing::Linspace) {
            Ok(Spacing::Leading) => Ok((steps - i) * (all / (steps + 1)) + self.steps_offset),
            Ok(Spacing::Trailing) => {
                let stride = all as f64 / steps as f64;
                Ok((all as f64 - i as f64 * stride).round_ties_even() as usize - 1)
            }
            Ok(Spacing::Linspace) => {
                let stride = (all - 1) as f64 / steps as f64;
                Ok(((steps - i) as f64 * stride).round_ties_even() as usize)
            }
            Err(error) => Err(error),
        };
        (0..steps).map(time).map(|time| Ok(time?.min(all - 1))).collect()
    }

    fn timesteps(&self, steps: usize) -> Result<Vec<usize>> {
        let spacing = self.spacing(Spacing::Leading)?;
        let all = self.num_train_timesteps;
        let time = |i: usize| match spacing {
            Spacing::Leading => (steps - 1 - i) * (all / steps) + self.steps_offset,
            Spacing::Trailing => {
                let stride = all as f64 / steps as f64;
                (all as f64 - i as f64 * stride).round_ties_even() as usize - 1
            }
            Spacing::Linspace => {
                let stride = (all - 1) as f64 / (steps.max(2) - 1) as f64;
                ((steps - 1 - i) as f64 * stride).round_ties_even() as usize
            }
        };
        Ok((0..steps).map(time).map(|time| time.min(all - 1)).collect())
    }
}

fn unclip_timesteps(steps: usize, all: usize) -> Vec<usize> {
    let stride = (all - 1) as f64 / (steps - 1) as f64;
    (0..steps).rev().map(|i| (i as f64 * stride).round_ties_even() as usize).collect()
}

fn unknown(what: &str, name: &str) -> ModelError {
    ModelError::Unsupported(format!("its scheduler needs {what} of type {name}"))
}
