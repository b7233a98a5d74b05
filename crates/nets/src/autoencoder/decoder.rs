//! Latents to pixels.

use super::blocks::{Layers, MidBlock, Norm};
use super::{Config, Norms, attends};
use crate::Result;
use crate::ops::{Conv2d, upsample_twice};
use candle_core::{Module, Tensor};
use candle_nn::VarBuilder;

/// Latents to pixels.
#[derive(Debug, Clone)]
pub struct Decoder {
    conv_in: Conv2d,
    mid_block: MidBlock,
    up_blocks: Vec<UpBlock>,
    conv_norm_out: Norm,
    conv_out: Conv2d,
}

/// `UpDecoderBlock2D` or `AttnUpDecoderBlock2D`.
#[derive(Debug, Clone)]
struct UpBlock {
    layers: Layers,
    upsampler: Option<Conv2d>,
}

impl Decoder {
    /// # Errors
    /// If weights are missing or have another shape, or the config names unknown blocks.
    pub fn new(config: &Config, norms: Norms, weights: VarBuilder<'_>) -> Result<Self> {
        let widths: Vec<usize> = config.block_out_channels.iter().rev().copied().collect();
        let (first, last) = (widths[0], widths[widths.len() - 1]);
        let mut up_blocks = Vec::new();
        for (i, kind) in config.up_block_types.iter().enumerate() {
            let attends = attends(kind, "UpDecoderBlock2D", "AttnUpDecoderBlock2D")?;
            let weights = weights.pp(format!("up_blocks.{i}"));
            let channels = [widths[i.saturating_sub(1)], widths[i]];
            let count = config.layers_per_block + 1;
            let layers = Layers::new(norms, channels, count, attends, config, &weights)?;
            let to = widths[i];
            let upsampler = || Conv2d::same([to, to], weights.pp("upsamplers.0.conv"));
            let upsampler = (i + 1 < widths.len()).then(upsampler).transpose()?;
            up_blocks.push(UpBlock { layers, upsampler });
        }
        Ok(Self {
            conv_in: Conv2d::same([config.latent_channels, first], weights.pp("conv_in"))?,
            mid_block: MidBlock::new(norms, first, config, weights.pp("mid_block"))?,
            up_blocks,
            conv_norm_out: Norm::new(norms, last, config, weights.pp("conv_norm_out"))?,
            conv_out: Conv2d::same([last, config.out_channels], weights.pp("conv_out"))?,
        })
    }

    /// The image of latents; spatial norms also see `latents`.
    ///
    /// # Errors
    /// If the shapes do not fit.
    pub fn forward(&self, x: &Tensor, latents: Option<&Tensor>) -> Result<Tensor> {
        let mut x = self.mid_block.forward(&self.conv_in.forward(x)?, latents)?;
        for UpBlock { layers, upsampler } in &self.up_blocks {
            x = layers.forward(&x, latents)?;
            if let Some(conv) = upsampler {
                x = conv.forward(&upsample_twice(&x)?)?;
            }
        }
        Ok(self.conv_out.forward(&self.conv_norm_out.then_silu(&x, latents)?)?)
    }
}
