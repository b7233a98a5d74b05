//! Activations, applied to each number of a layer's result in place.

use candle_core::{CpuStorage, CustomOp2, InplaceOp1, Layout, Result, Shape, Tensor};
use rayon::prelude::*;
use serde::Deserialize;

/// Numbers that one thread takes at a time.
const CHUNK: usize = 1 << 14;

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Nonlinearity {
    #[default]
    None,
    Relu,
    /// A tenth of values below 0.
    Leaky,
    /// A share of values below 0, one per channel.
    Prelu,
    Sigmoid,
    /// A line from 0 to 1 that rises by a fifth.
    #[serde(rename = "hard-sigmoid-5")]
    HardSigmoid5,
    /// Rises by a sixth per unit.
    #[serde(rename = "hard-sigmoid-6")]
    HardSigmoid6,
    /// x times [`HardSigmoid6`](Self::HardSigmoid6).
    HardSwish,
    /// x σ(x).
    Swish,
}

/// A nonlinearity, then a factor and an offset.
#[derive(Debug)]
pub(super) struct Activation {
    pub(super) then: Nonlinearity,
    pub(super) after: Option<[f32; 2]>,
    /// One per channel, for [`Nonlinearity::Prelu`].
    pub(super) slopes: Option<Vec<f32>>,
}

impl Activation {
    pub(super) fn is_none(&self) -> bool {
        self.then == Nonlinearity::None && self.after.is_none()
    }
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

/// Applies `to` to all numbers, on all threads.
fn each(values: &mut [f32], to: impl Fn(f32) -> f32 + Sync) {
    values.par_chunks_mut(CHUNK).for_each(|chunk| chunk.iter_mut().for_each(|value| *value = to(*value)));
}

impl InplaceOp1 for Activation {
    fn name(&self) -> &'static str {
        "activation"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        let (CpuStorage::F32(values), Some((start, end))) = (storage, layout.contiguous_offsets()) else {
            candle_core::bail!("contiguous 32-bit floats are needed")
        };
        let values = &mut values[start..end];
        match self.then {
            Nonlinearity::None => {}
            Nonlinearity::Relu => each(values, |x| x.max(0.0)),
            Nonlinearity::Leaky => each(values, |x| x.max(0.1 * x)),
            Nonlinearity::Sigmoid => each(values, sigmoid),
            Nonlinearity::HardSigmoid5 => each(values, |x| (0.2 * x + 0.5).clamp(0.0, 1.0)),
            Nonlinearity::HardSigmoid6 => each(values, |x| (x / 6.0 + 0.5).clamp(0.0, 1.0)),
            Nonlinearity::HardSwish => each(values, |x| x * (x + 3.0).clamp(0.0, 6.0) * (1.0 / 6.0)),
            Nonlinearity::Swish => each(values, |x| x * sigmoid(x)),
            Nonlinearity::Prelu => {
                let channels = layout.dims().get(1).copied().unwrap_or(1).max(1);
                let Some(slopes) = self.slopes.as_ref().filter(|slopes| slopes.len() == channels) else {
                    candle_core::bail!("{channels} channels need as many slopes")
                };
                let plane = values.len() / channels;
                for (plane, slope) in values.chunks_exact_mut(plane.max(1)).zip(slopes) {
                    for x in plane {
                        *x = x.max(0.0) + slope * x.min(0.0);
                    }
                }
            }
        }
        if let Some([factor, offset]) = self.after {
            each(values, |x| x * factor + offset);
        }
        Ok(())
    }
}

/// An image `(1, channels, h, w)` times a factor for each channel `(1, channels, 1, 1)`.
///
/// # Errors
/// If the shapes do not fit.
pub(super) fn gated(image: &Tensor, gate: &Tensor) -> Result<Tensor> {
    image.contiguous()?.apply_op2_no_bwd(&gate.contiguous()?, &Gate)
}

struct Gate;

impl CustomOp2 for Gate {
    fn name(&self) -> &'static str {
        "channel-gate"
    }

    fn cpu_fwd(&self, image: &CpuStorage, of: &Layout, gate: &CpuStorage, by: &Layout) -> Result<(CpuStorage, Shape)> {
        let places = (of.contiguous_offsets(), by.contiguous_offsets());
        let (CpuStorage::F32(image), CpuStorage::F32(gate), (Some(image_at), Some(gate_at))) = (image, gate, places)
        else {
            candle_core::bail!("contiguous 32-bit floats are needed")
        };
        let (image, gate) = (&image[image_at.0..image_at.1], &gate[gate_at.0..gate_at.1]);
        if gate.is_empty() || !image.len().is_multiple_of(gate.len()) || of.dims().get(1) != Some(&gate.len()) {
            candle_core::bail!("{} factors for an image of {:?}", gate.len(), of.dims());
        }
        let plane = (image.len() / gate.len()).max(1);
        let mut result = vec![0.0; image.len()];
        result.par_chunks_mut(plane).zip(image.par_chunks(plane)).zip(gate.par_iter()).for_each(
            |((result, image), factor)| {
                result.iter_mut().zip(image).for_each(|(result, value)| *result = value * factor);
            },
        );
        Ok((CpuStorage::F32(result), of.shape().clone()))
    }
}
