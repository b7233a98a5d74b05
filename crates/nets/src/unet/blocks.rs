//! The way down, the middle, and the way up again.

use super::resnet::{Resampling, Resnet};
use super::{Attend, Condition, Flavour, Plan};
use crate::ops::{Conv2d, upsample_twice};
use crate::{ModelError, Result};
use candle_core::{Module, Tensor};
use candle_nn::VarBuilder;

/// A residual block and, in most blocks, the attention after it.
#[derive(Debug)]
struct Layer {
    resnet: Resnet,
    attention: Option<Box<dyn Attend>>,
}

impl Layer {
    fn new(
        plan: &Plan<'_>,
        (index, level): (usize, usize),
        channels: [usize; 2],
        attends: bool,
        weights: &VarBuilder<'_>,
    ) -> Result<Self> {
        let attention = || (plan.attention)(channels[1], level, weights.pp(format!("attentions.{index}")));
        Ok(Self {
            resnet: Resnet::new(plan, channels, Resampling::None, &weights.pp(format!("resnets.{index}")))?,
            attention: attends.then(attention).transpose()?,
        })
    }

    fn forward(&self, x: &Tensor, condition: &Condition) -> Result<Tensor> {
        let x = self.resnet.forward(x, &condition.time)?;
        Ok(match &self.attention {
            Some(attention) => attention.forward(&x, &condition.context)?,
            None => x,
        })
    }
}

/// Halves or doubles the image at the end of a block.
#[derive(Debug)]
enum Sampler {
    Resnet(Resnet),
    Downwards(Conv2d),
    Upwards(Conv2d),
}

impl Sampler {
    fn new(plan: &Plan<'_>, width: usize, resampling: Resampling, weights: &VarBuilder<'_>) -> Result<Self> {
        Ok(match (plan.flavour, resampling) {
            (Flavour::ScaleShift, _) => Self::Resnet(Resnet::new(plan, [width, width], resampling, weights)?),
            (Flavour::Shift, Resampling::Up) => Self::Upwards(Conv2d::same([width, width], weights.pp("conv"))?),
            (Flavour::Shift, _) => Self::Downwards(Conv2d::new([width, width], 3, 2, 1, weights.pp("conv"))?),
        })
    }

    fn forward(&self, x: &Tensor, condition: &Condition) -> Result<Tensor> {
        Ok(match self {
            Self::Resnet(resnet) => resnet.forward(x, &condition.time)?,
            Self::Downwards(conv) => conv.forward(x)?,
            Self::Upwards(conv) => conv.forward(&upsample_twice(x)?)?,
        })
    }
}

#[derive(Debug)]
pub(super) struct DownBlock {
    layers: Vec<Layer>,
    /// None at the coarsest level.
    downsampler: Option<Sampler>,
}

impl DownBlock {
    pub(super) fn new(
        plan: &Plan<'_>,
        level: usize,
        [from, to]: [usize; 2],
        attends: bool,
        weights: &VarBuilder<'_>,
    ) -> Result<Self> {
        let layer = |i| Layer::new(plan, (i, level), [if i == 0 { from } else { to }, to], attends, weights);
        let downsampler = || Sampler::new(plan, to, Resampling::Down, &weights.pp("downsamplers.0"));
        Ok(Self {
            layers: (0..plan.config.layers_per_block).map(layer).collect::<Result<_>>()?,
            downsampler: (level + 1 < plan.config.block_out_channels.len()).then(downsampler).transpose()?,
        })
    }

    /// Puts what each layer makes onto the stack.
    pub(super) fn forward(&self, x: &Tensor, condition: &Condition, skips: &mut Vec<Tensor>) -> Result<Tensor> {
        let mut x = x.clone();
        for layer in &self.layers {
            x = layer.forward(&x, condition)?;
            skips.push(x.clone());
        }
        if let Some(downsampler) = &self.downsampler {
            x = downsampler.forward(&x, condition)?;
            skips.push(x.clone());
        }
        Ok(x)
    }
}

#[derive(Debug)]
pub(super) struct MidBlock {
    before: Layer,
    after: Resnet,
}

impl MidBlock {
    pub(super) fn new(plan: &Plan<'_>, width: usize, weights: &VarBuilder<'_>) -> Result<Self> {
        Ok(Self {
            before: Layer::new(plan, (0, plan.config.block_out_channels.len() - 1), [width, width], true, weights)?,
            after: Resnet::new(plan, [width, width], Resampling::None, &weights.pp("resnets.1"))?,
        })
    }

    pub(super) fn forward(&self, x: &Tensor, condition: &Condition) -> Result<Tensor> {
        Ok(self.after.forward(&self.before.forward(x, condition)?, &condition.time)?)
    }
}

#[derive(Debug)]
pub(super) struct UpBlock {
    layers: Vec<Layer>,
    /// None at the finest level.
    upsampler: Option<Sampler>,
}

impl UpBlock {
    /// `skips` are the widths of what its layers take from the stack, the last one first.
    pub(super) fn new(
        plan: &Plan<'_>,
        level: usize,
        [from, to]: [usize; 2],
        skips: &[usize],
        attends: bool,
        weights: &VarBuilder<'_>,
    ) -> Result<Self> {
        let layer = |(i, skip): (usize, &usize)| {
            let width = if i == 0 { from } else { to };
            Layer::new(plan, (i, level), [width + skip, to], attends, weights)
        };
        let upsampler = || Sampler::new(plan, to, Resampling::Up, &weights.pp("upsamplers.0"));
        Ok(Self {
            layers: skips.iter().rev().enumerate().map(layer).collect::<Result<_>>()?,
            upsampler: (level > 0).then(upsampler).transpose()?,
        })
    }

    /// Each layer also takes the top of the stack.
    pub(super) fn forward(&self, x: &Tensor, condition: &Condition, skips: &mut Vec<Tensor>) -> Result<Tensor> {
        let mut x = x.clone();
        for layer in &self.layers {
            let Some(skip) = skips.pop() else {
                return Err(ModelError::Unsupported("its UNet has more up blocks than down blocks".to_owned()));
            };
            x = layer.forward(&Tensor::cat(&[x, skip], 1)?, condition)?;
        }
        Ok(match &self.upsampler {
            Some(upsampler) => upsampler.forward(&x, condition)?,
            None => x,
        })
    }
}
