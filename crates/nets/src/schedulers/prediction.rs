//! From a model's prediction to the clean sample.

use crate::Result;
use candle_core::Tensor;

/// What a model predicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prediction {
    /// The noise ε.
    Noise,
    /// The clean sample x₀.
    Clean,
    /// v = √ᾱ ε − √(1 − ᾱ) x₀ (Salimans and Ho 2022).
    Velocity,
}

impl Prediction {
    /// The clean sample that `output` means for `sample` where ᾱ is `alpha`.
    pub(super) fn clean(self, output: &Tensor, sample: &Tensor, alpha: f64) -> Result<Tensor> {
        Ok(match self {
            Self::Noise => ((sample - (output * (1.0 - alpha).sqrt())?)? / alpha.sqrt())?,
            Self::Clean => output.clone(),
            Self::Velocity => ((sample * alpha.sqrt())? - (output * (1.0 - alpha).sqrt())?)?,
        })
    }

    /// The noise that `output` means, `clean` being what it means without limits.
    pub(super) fn noise(self, output: &Tensor, sample: &Tensor, clean: &Tensor, alpha: f64) -> Result<Tensor> {
        Ok(match self {
            Self::Noise => output.clone(),
            Self::Clean => ((sample - (clean * alpha.sqrt())?)? / (1.0 - alpha).sqrt())?,
            Self::Velocity => ((output * alpha.sqrt())? + (sample * (1.0 - alpha).sqrt())?)?,
        })
    }
}

/// The limit on a clean sample's values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Limit {
    None,
    /// To this absolute value.
    Range(f64),
    /// Dynamic thresholding (Saharia et al. 2022, arXiv 2205.11487): to the quantile of its own values, which then
    /// becomes 1.
    Quantile {
        ratio: f64,
        most: f64,
    },
}

impl Limit {
    pub(super) fn of(self, clean: &Tensor) -> Result<Tensor> {
        match self {
            Self::None => Ok(clean.clone()),
            Self::Range(range) => Ok(clean.clamp(-range, range)?),
            Self::Quantile { ratio, most } => {
                let values = clean.abs()?.flatten_from(1)?.to_dtype(candle_core::DType::F32)?.to_vec2::<f32>()?;
                let bounds: Vec<f32> = values
                    .into_iter()
                    .map(|mut values| quantile(&mut values, ratio).clamp(1.0, most.max(1.0)) as f32)
                    .collect();
                let mut shape = vec![1; clean.rank()];
                shape[0] = bounds.len();
                let bound = Tensor::from_vec(bounds, shape, clean.device())?.to_dtype(clean.dtype())?;
                let limited = clean.broadcast_maximum(&bound.neg()?)?.broadcast_minimum(&bound)?;
                Ok(limited.broadcast_div(&bound)?)
            }
        }
    }
}

/// Between the two nearest of the sorted values, as `torch.quantile`.
fn quantile(values: &mut [f32], ratio: f64) -> f64 {
    values.sort_unstable_by(f32::total_cmp);
    let place = ratio * values.len().saturating_sub(1) as f64;
    let at = |index: usize| values.get(index).copied().map_or(0.0, f64::from);
    let (below, above) = (at(place as usize), at(place.ceil() as usize));
    below + (above - below) * place.fract()
}

/// The channels in two parts: prediction and variance.
pub(super) fn split_variance(output: &Tensor) -> Result<[Tensor; 2]> {
    let half = output.dim(1)? / 2;
    Ok([output.narrow(1, 0, half)?, output.narrow(1, half, half)?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;

    #[test]
    fn a_limit_below_one_in_a_settings_file_limits_to_one() {
        let clean = Tensor::new(&[[0.5_f32, -2.0, 4.0, 0.1]], &Device::Cpu).unwrap();
        let limited = Limit::Quantile { ratio: 0.9, most: 0.5 }.of(&clean).unwrap();
        assert_eq!(limited.to_vec2::<f32>().unwrap(), [[0.5, -1.0, 1.0, 0.1]]);
    }
}
