//! Residual blocks that a time step changes, and that may halve or double the image on the way.

use super::{Flavour, Plan};
use crate::ops::{Conv2d, GroupNorm, Linear, silu, upsample_twice};
use candle_core::{D, Module, Result, Tensor};
use candle_nn::VarBuilder;

/// How a block changes the image's size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resampling {
    None,
    /// The mean of 2 × 2.
    Down,
    /// The nearest pixel.
    Up,
}

impl Resampling {
    fn of(self, x: Tensor) -> Result<Tensor> {
        match self {
            Self::None => Ok(x),
            Self::Down => x.avg_pool2d(2),
            Self::Up => upsample_twice(&x),
        }
    }
}

/// `ResnetBlock2D`.
#[derive(Debug, Clone)]
pub(super) struct Resnet {
    norm1: GroupNorm,
    conv1: Conv2d,
    time_emb_proj: Linear,
    norm2: GroupNorm,
    conv2: Conv2d,
    conv_shortcut: Option<Conv2d>,
    flavour: Flavour,
    resampling: Resampling,
}

impl Resnet {
    pub(super) fn new(
        plan: &Plan<'_>,
        channels @ [from, to]: [usize; 2],
        resampling: Resampling,
        weights: &VarBuilder<'_>,
    ) -> Result<Self> {
        let norm =
            |width, name| GroupNorm::new(plan.config.norm_num_groups, width, plan.config.norm_eps, weights.pp(name));
        let shortcut = || Conv2d::pointwise(channels, weights.pp("conv_shortcut"));
        let parts = match plan.flavour {
            Flavour::ScaleShift => 2,
            Flavour::Shift => 1,
        };
        Ok(Self {
            norm1: norm(from, "norm1")?,
            conv1: Conv2d::same(channels, weights.pp("conv1"))?,
            time_emb_proj: Linear::new([plan.config.time_width(), parts * to], weights.pp("time_emb_proj"))?,
            norm2: norm(to, "norm2")?,
            conv2: Conv2d::same([to, to], weights.pp("conv2"))?,
            conv_shortcut: (from != to).then(shortcut).transpose()?,
            flavour: plan.flavour,
            resampling,
        })
    }

    /// `time` is the embedding after its SiLU.
    pub(super) fn forward(&self, x: &Tensor, time: &Tensor) -> Result<Tensor> {
        // Resampling stands between the activation and the first convolution.
        let y = self.resampling.of(self.norm1.then_silu(x)?)?;
        let x = self.resampling.of(x.clone())?;
        let y = self.conv1.forward(&y)?;
        let time = time.apply(&self.time_emb_proj)?.unsqueeze(D::Minus1)?.unsqueeze(D::Minus1)?;
        let y = match self.flavour {
            Flavour::ScaleShift => {
                // After the norm, and not before it.
                let half = time.dim(1)? / 2;
                let (scale, shift) = (time.narrow(1, 0, half)?, time.narrow(1, half, half)?);
                silu(&self.norm2.forward(&y)?.broadcast_mul(&(scale + 1.0)?)?.broadcast_add(&shift)?)?
            }
            Flavour::Shift => self.norm2.then_silu(&y.broadcast_add(&time)?)?,
        };
        let y = self.conv2.forward(&y)?;
        match &self.conv_shortcut {
            Some(shortcut) => shortcut.forward(&x)? + y,
            None => x + y,
        }
    }
}
