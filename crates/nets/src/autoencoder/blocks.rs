//! Building blocks of encoder and decoder.

use super::{Config, Norms};
use crate::ops::{
    Conv2d, GroupNorm, Linear, attention, join_heads, pixels_of_tokens, silu, split_heads, tokens_of_pixels,
};
use candle_core::{Module, Result, Tensor};
use candle_nn::VarBuilder;

const EPS: f64 = 1e-6;

/// Groups of a spatial norm, whatever the config says: the reference's class `SpatialNorm` fixes them.
const SPATIAL_GROUPS: usize = 32;

/// A norm of either kind.
#[derive(Debug, Clone)]
pub(super) enum Norm {
    Group(GroupNorm),
    Spatial { norm_layer: GroupNorm, conv_y: Conv2d, conv_b: Conv2d },
}

impl Norm {
    pub(super) fn new(norms: Norms, channels: usize, config: &Config, weights: VarBuilder<'_>) -> Result<Self> {
        match norms {
            Norms::Group => Ok(Self::Group(GroupNorm::new(config.norm_num_groups, channels, EPS, weights)?)),
            Norms::Spatial => {
                let of_latents = |name| Conv2d::pointwise([config.latent_channels, channels], weights.pp(name));
                Ok(Self::Spatial {
                    norm_layer: GroupNorm::new(SPATIAL_GROUPS, channels, EPS, weights.pp("norm_layer"))?,
                    conv_y: of_latents("conv_y")?,
                    conv_b: of_latents("conv_b")?,
                })
            }
        }
    }

    /// `latents` are what the decoder decodes, for spatial norms.
    pub(super) fn forward(&self, x: &Tensor, latents: Option<&Tensor>) -> Result<Tensor> {
        match (self, latents) {
            (Self::Group(norm), _) => norm.forward(x),
            (Self::Spatial { norm_layer, conv_y, conv_b }, Some(latents)) => {
                let (.., height, width) = x.dims4()?;
                // A convolution of single pixels and the nearest neighbour can be swapped: the latents are smaller.
                let at = |conv: &Conv2d| conv.forward(latents)?.upsample_nearest2d(height, width);
                (norm_layer.forward(x)? * at(conv_y)?)? + at(conv_b)?
            }
            (Self::Spatial { .. }, None) => candle_core::bail!("a spatial norm without latents"),
        }
    }

    pub(super) fn then_silu(&self, x: &Tensor, latents: Option<&Tensor>) -> Result<Tensor> {
        match self {
            Self::Group(norm) => norm.then_silu(x),
            Self::Spatial { .. } => silu(&self.forward(x, latents)?),
        }
    }
}

/// `ResnetBlock2D` without a time step.
#[derive(Debug, Clone)]
pub(super) struct Resnet {
    norm1: Norm,
    conv1: Conv2d,
    norm2: Norm,
    conv2: Conv2d,
    conv_shortcut: Option<Conv2d>,
}

impl Resnet {
    pub(super) fn new(
        norms: Norms,
        channels @ [from, to]: [usize; 2],
        config: &Config,
        weights: VarBuilder<'_>,
    ) -> Result<Self> {
        let shortcut = || Conv2d::pointwise(channels, weights.pp("conv_shortcut"));
        Ok(Self {
            norm1: Norm::new(norms, from, config, weights.pp("norm1"))?,
            conv1: Conv2d::same(channels, weights.pp("conv1"))?,
            norm2: Norm::new(norms, to, config, weights.pp("norm2"))?,
            conv2: Conv2d::same([to, to], weights.pp("conv2"))?,
            conv_shortcut: (from != to).then(shortcut).transpose()?,
        })
    }

    pub(super) fn forward(&self, x: &Tensor, latents: Option<&Tensor>) -> Result<Tensor> {
        let y = self.conv1.forward(&self.norm1.then_silu(x, latents)?)?;
        let y = self.conv2.forward(&self.norm2.then_silu(&y, latents)?)?;
        match &self.conv_shortcut {
            Some(shortcut) => shortcut.forward(x)? + y,
            None => x + y,
        }
    }
}

/// `Attention` of all pixels with one head.
#[derive(Debug, Clone)]
pub(super) struct Attention {
    norm: Norm,
    to_q: Linear,
    to_k: Linear,
    to_v: Linear,
    to_out: Linear,
}

impl Attention {
    pub(super) fn new(norms: Norms, width: usize, config: &Config, weights: VarBuilder<'_>) -> Result<Self> {
        let norm = match norms {
            Norms::Group => "group_norm",
            Norms::Spatial => "spatial_norm",
        };
        // Older exports spell them the second way.
        let is_new = weights.contains_tensor("to_q.weight");
        let square = |new: &str, old: &str| Linear::new([width, width], weights.pp(if is_new { new } else { old }));
        Ok(Self {
            norm: Norm::new(norms, width, config, weights.pp(norm))?,
            to_q: square("to_q", "query")?,
            to_k: square("to_k", "key")?,
            to_v: square("to_v", "value")?,
            to_out: square("to_out.0", "proj_attn")?,
        })
    }

    pub(super) fn forward(&self, x: &Tensor, latents: Option<&Tensor>) -> Result<Tensor> {
        let y = tokens_of_pixels(&self.norm.forward(x, latents)?)?;
        let head = |to: &Linear| split_heads(&y.apply(to)?, 1);
        let y = attention(&head(&self.to_q)?, &head(&self.to_k)?, &head(&self.to_v)?, None)?;
        x + pixels_of_tokens(&join_heads(&y)?.apply(&self.to_out)?, x)?
    }
}

/// `UNetMidBlock2D`.
#[derive(Debug, Clone)]
pub(super) struct MidBlock {
    before: Resnet,
    attention: Attention,
    after: Resnet,
}

impl MidBlock {
    pub(super) fn new(norms: Norms, width: usize, config: &Config, weights: VarBuilder<'_>) -> Result<Self> {
        let resnet = |name: &str| Resnet::new(norms, [width, width], config, weights.pp(name));
        Ok(Self {
            before: resnet("resnets.0")?,
            attention: Attention::new(norms, width, config, weights.pp("attentions.0"))?,
            after: resnet("resnets.1")?,
        })
    }

    pub(super) fn forward(&self, x: &Tensor, latents: Option<&Tensor>) -> Result<Tensor> {
        let x = self.before.forward(x, latents)?;
        self.after.forward(&self.attention.forward(&x, latents)?, latents)
    }
}

/// Residual blocks, each with the attention after it in some blocks.
#[derive(Debug, Clone)]
pub(super) struct Layers(Vec<(Resnet, Option<Attention>)>);

impl Layers {
    pub(super) fn new(
        norms: Norms,
        [from, to]: [usize; 2],
        count: usize,
        attends: bool,
        config: &Config,
        weights: &VarBuilder<'_>,
    ) -> Result<Self> {
        let layer = |i: usize| {
            let channels = [if i == 0 { from } else { to }, to];
            let attention = || Attention::new(norms, to, config, weights.pp(format!("attentions.{i}")));
            let resnet = Resnet::new(norms, channels, config, weights.pp(format!("resnets.{i}")))?;
            Ok((resnet, attends.then(attention).transpose()?))
        };
        Ok(Self((0..count).map(layer).collect::<Result<_>>()?))
    }

    pub(super) fn forward(&self, x: &Tensor, latents: Option<&Tensor>) -> Result<Tensor> {
        let mut x = x.clone();
        for (resnet, attention) in &self.0 {
            x = resnet.forward(&x, latents)?;
            if let Some(attention) = attention {
                x = attention.forward(&x, latents)?;
            }
        }
        Ok(x)
    }
}
