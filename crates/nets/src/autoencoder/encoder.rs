//! Pixels to latents.

use super::blocks::{Layers, MidBlock, Norm};
use super::{Config, Norms, attends};
use crate::Result;
use crate::ops::Conv2d;
use candle_core::{D, Module, Tensor};
use candle_nn::VarBuilder;

/// Pixels to latents.
#[derive(Debug, Clone)]
pub struct Encoder {
    conv_in: Conv2d,
    down_blocks: Vec<DownBlock>,
    mid_block: MidBlock,
    conv_norm_out: Norm,
    conv_out: Conv2d,
}

/// `DownEncoderBlock2D` or `AttnDownEncoderBlock2D`.
#[derive(Debug, Clone)]
struct DownBlock {
    layers: Layers,
    downsampler: Option<Conv2d>,
}

impl Encoder {
    /// `out` channels of latents, or twice as many for mean and variance.
    ///
    /// # Errors
    /// If weights are missing or have another shape, or the config names unknown blocks.
    pub fn new(config: &Config, out: usize, weights: VarBuilder<'_>) -> Result<Self> {
        let widths = &config.block_out_channels;
        let last = widths[widths.len() - 1];
        let mut down_blocks = Vec::new();
        for (i, kind) in config.down_block_types.iter().enumerate() {
            let attends = attends(kind, "DownEncoderBlock2D", "AttnDownEncoderBlock2D")?;
            let weights = weights.pp(format!("down_blocks.{i}"));
            let channels = [widths[i.saturating_sub(1)], widths[i]];
            let layers = Layers::new(Norms::Group, channels, config.layers_per_block, attends, config, &weights)?;
            let to = widths[i];
            let downsampler = || Conv2d::new([to, to], 3, 2, 0, weights.pp("downsamplers.0.conv"));
            let downsampler = (i + 1 < widths.len()).then(downsampler).transpose()?;
            down_blocks.push(DownBlock { layers, downsampler });
        }
        Ok(Self {
            conv_in: Conv2d::same([config.in_channels, widths[0]], weights.pp("conv_in"))?,
            down_blocks,
            mid_block: MidBlock::new(Norms::Group, last, config, weights.pp("mid_block"))?,
            conv_norm_out: Norm::new(Norms::Group, last, config, weights.pp("conv_norm_out"))?,
            conv_out: Conv2d::same([last, out], weights.pp("conv_out"))?,
        })
    }

    /// `(batch, out, h / factor, w / factor)` of an image `(batch, 3, h, w)`.
    ///
    /// # Errors
    /// If the shapes do not fit.
    pub fn forward(&self, image: &Tensor) -> Result<Tensor> {
        let mut x = self.conv_in.forward(image)?;
        for DownBlock { layers, downsampler } in &self.down_blocks {
            x = layers.forward(&x, None)?;
            if let Some(conv) = downsampler {
                // One row of zeros at the bottom and one column at the right, and none at the other sides.
                let padded = x.pad_with_zeros(D::Minus1, 0, 1)?.pad_with_zeros(D::Minus2, 0, 1)?;
                x = conv.forward(&padded)?;
            }
        }
        x = self.mid_block.forward(&x, None)?;
        Ok(self.conv_out.forward(&self.conv_norm_out.then_silu(&x, None)?)?)
    }
}
