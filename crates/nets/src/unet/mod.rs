//! The common parts of Kandinsky's and Stable Diffusion's UNets: the way down and up again, with a stack of skip
//! connections (Ronneberger et al. 2015), residual blocks, and the places of attention between them.
//!
//! diffusers' `UNet2DConditionModel` without what each model makes of its conditions.

mod blocks;
mod resnet;

use super::ops::{Conv2d, GroupNorm, TimeEmbedding};
use super::{ModelError, Result};
use blocks::{DownBlock, MidBlock, UpBlock};
use candle_core::{Module, Tensor};
use candle_nn::VarBuilder;
use serde::Deserialize;
use std::fmt::Debug;

/// What all blocks get besides the image.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    /// The embedded time step, after its SiLU: `(batch, width)`.
    pub(super) time: Tensor,
    /// What attention sees besides the image: `(batch, tokens, width)`.
    pub(super) context: Tensor,
}

/// The attention of a model.
pub(super) trait Attend: Debug + Send + Sync {
    /// An image of the same shape, for a context `(batch, tokens, width)`.
    ///
    /// # Errors
    /// If the shapes do not fit.
    fn forward(&self, x: &Tensor, context: &Tensor) -> candle_core::Result<Tensor>;
}

/// Builds the attention for a number of channels at a level, 0 being the finest.
pub(super) type MakeAttention<'p> = dyn Fn(usize, usize, VarBuilder<'_>) -> Result<Box<dyn Attend>> + 'p;

/// The config of all UNets.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    /// Input channels: 9 for inpainting, 4 of the latents, 4 of the masked image, and the mask.
    pub in_channels: usize,
    /// Channels of the prediction: 4 of the latents' noise, or 8 with its variance in Kandinsky.
    pub out_channels: usize,
    /// Channels at each level, the finest first.
    pub block_out_channels: Vec<usize>,
    /// Class of each block on the way down, the finest first, which says whether it attends.
    pub down_block_types: Vec<String>,
    /// Class of each block on the way up, the coarsest first, which says whether it attends.
    pub up_block_types: Vec<String>,
    /// Residual blocks of each block on the way down, 2 in Stable Diffusion and 3 in Kandinsky; on the way up one more.
    pub layers_per_block: usize,
    /// Groups that each group norm splits the channels into; 32.
    pub norm_num_groups: usize,
    /// Added to the variance in the group norms outside of attention; 1e-5.
    pub norm_eps: f64,
    /// Width of what attention looks at.
    pub cross_attention_dim: usize,
    /// Whether a time step's cosines come first; they do in all that is known here.
    #[serde(default = "yes")]
    pub flip_sin_to_cos: bool,
    /// Makes the frequencies of a time step's sinusoids fall faster; refused unless 0.
    #[serde(default)]
    pub freq_shift: i64,
}

const fn yes() -> bool {
    true
}

impl Config {
    /// Channels of the finest level.
    pub(super) fn first_width(&self) -> usize {
        self.block_out_channels.first().copied().unwrap_or(0)
    }

    /// Width of what the time step means.
    pub(super) fn time_width(&self) -> usize {
        4 * self.first_width()
    }

    /// The network that turns a time step into what it means.
    ///
    /// # Errors
    /// [`ModelError::Unsupported`] for sinusoids of another order, and if weights are missing or have another shape.
    pub(super) fn time_embedding(&self, weights: &VarBuilder<'_>) -> Result<TimeEmbedding> {
        if !self.flip_sin_to_cos || self.freq_shift != 0 {
            let reason = "its UNet's time embedding has sines first or shifted frequencies";
            return Err(ModelError::Unsupported(reason.to_owned()));
        }
        Ok(TimeEmbedding::new(self.first_width(), self.time_width(), weights.pp("time_embedding"))?)
    }

    /// Which blocks attend, on the way down and on the way up. `kinds` are the block types that a model knows: plain
    /// and attending on the way down, then on the way up.
    ///
    /// # Errors
    /// [`ModelError::Unsupported`] for any other type.
    pub(super) fn attends(&self, kinds: [[&str; 2]; 2]) -> Result<[Vec<bool>; 2]> {
        let which = |types: &[String], [plain, attending]: [&str; 2]| {
            let attends = |kind: &String| match kind.as_str() {
                kind if kind == attending => Ok(true),
                kind if kind == plain => Ok(false),
                other => Err(ModelError::Unsupported(format!("its UNet has blocks of type {other}"))),
            };
            types.iter().map(attends).collect::<Result<_>>()
        };
        Ok([which(&self.down_block_types, kinds[0])?, which(&self.up_block_types, kinds[1])?])
    }
}

/// How a UNet is built.
pub(super) struct Plan<'p> {
    /// Sizes of the body.
    pub(super) config: &'p Config,
    /// Which blocks attend, on the way down and on the way up.
    pub(super) attends: [Vec<bool>; 2],
    /// How residual blocks treat the time step.
    pub(super) flavour: Flavour,
    /// Makes the attention of each block that attends.
    pub(super) attention: &'p MakeAttention<'p>,
}

/// How residual blocks treat the time step, and what halves and doubles the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flavour {
    /// Time scales and shifts; residual blocks resample.
    ScaleShift,
    /// Time shifts; convolutions resample.
    Shift,
}

/// A UNet from its latents to its prediction.
#[derive(Debug)]
pub(super) struct Body {
    conv_in: Conv2d,
    down_blocks: Vec<DownBlock>,
    mid_block: MidBlock,
    up_blocks: Vec<UpBlock>,
    conv_norm_out: GroupNorm,
    conv_out: Conv2d,
    /// Both sides of its latents must be a multiple of this.
    multiple: usize,
}

impl Body {
    /// # Errors
    /// If weights are missing or have another shape, or there are not as many blocks as widths.
    pub(super) fn new(plan: &Plan<'_>, weights: &VarBuilder<'_>) -> Result<Self> {
        let config = plan.config;
        let widths = &config.block_out_channels;
        let levels = widths.len();
        let [down, up] = &plan.attends;
        let (Some(&first), Some(&last)) = (widths.first(), widths.last()) else {
            return Err(ModelError::Unsupported("its UNet has no blocks".to_owned()));
        };
        if down.len() != levels || up.len() != levels {
            return Err(ModelError::Unsupported("its UNet has blocks without widths".to_owned()));
        }
        let mut down_blocks = Vec::new();
        // The width of each tensor on the stack.
        let mut skips = vec![first];
        for (level, attends) in down.iter().enumerate() {
            let channels = [widths[level.saturating_sub(1)], widths[level]];
            let weights = weights.pp(format!("down_blocks.{level}"));
            down_blocks.push(DownBlock::new(plan, level, channels, *attends, &weights)?);
            let halves = level + 1 < levels;
            skips.extend(std::iter::repeat_n(channels[1], config.layers_per_block + usize::from(halves)));
        }
        let mut up_blocks = Vec::new();
        let mut width = last;
        for (i, attends) in up.iter().enumerate() {
            let level = levels - 1 - i;
            let popped = skips.split_off(skips.len() - (config.layers_per_block + 1));
            let channels = [width, widths[level]];
            let weights = weights.pp(format!("up_blocks.{i}"));
            up_blocks.push(UpBlock::new(plan, level, channels, &popped, *attends, &weights)?);
            width = channels[1];
        }
        Ok(Self {
            conv_in: Conv2d::same([config.in_channels, first], weights.pp("conv_in"))?,
            down_blocks,
            mid_block: MidBlock::new(plan, last, &weights.pp("mid_block"))?,
            up_blocks,
            conv_norm_out: GroupNorm::new(config.norm_num_groups, first, config.norm_eps, weights.pp("conv_norm_out"))?,
            conv_out: Conv2d::same([first, config.out_channels], weights.pp("conv_out"))?,
            multiple: 1 << (levels - 1),
        })
    }

    /// The prediction `(batch, out channels, h, w)` for `(batch, in channels, h, w)`.
    ///
    /// # Errors
    /// If the shapes do not fit, or a side is not a multiple of what the downsampling needs (8 in the real networks).
    pub(super) fn forward(&self, sample: &Tensor, condition: &Condition) -> Result<Tensor> {
        let (.., height, width) = sample.dims4()?;
        if height % self.multiple != 0 || width % self.multiple != 0 {
            let multiple = self.multiple;
            return Err(ModelError::Unsuitable(format!(
                "Latents of {width} × {height} are not a multiple of {multiple}."
            )));
        }
        let mut x = self.conv_in.forward(sample)?;
        let mut skips = vec![x.clone()];
        for block in &self.down_blocks {
            x = block.forward(&x, condition, &mut skips)?;
        }
        x = self.mid_block.forward(&x, condition)?;
        for block in &self.up_blocks {
            x = block.forward(&x, condition, &mut skips)?;
        }
        Ok(self.conv_out.forward(&self.conv_norm_out.then_silu(&x)?)?)
    }
}
