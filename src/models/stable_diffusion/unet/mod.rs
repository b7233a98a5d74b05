//! `UNet2DConditionModel` as Stable Diffusion 1 and 2 use it.

mod transformer;

use crate::models::ops::{TimeEmbedding, silu};
use crate::models::unet::{Body, Condition, Flavour, Plan, which_attend};
use crate::models::{ModelError, Result};
use candle_core::Tensor;
use candle_nn::VarBuilder;
use serde::Deserialize;
use transformer::Transformer;

/// `unet/config.json`.
#[derive(Debug, Clone, Deserialize)]
pub struct UNetConfig {
    pub in_channels: usize,
    pub out_channels: usize,
    pub block_out_channels: Vec<usize>,
    pub down_block_types: Vec<String>,
    pub up_block_types: Vec<String>,
    pub layers_per_block: usize,
    pub norm_num_groups: usize,
    pub norm_eps: f64,
    /// In spite of its name the number of heads, one for all blocks or one for each.
    pub attention_head_dim: Heads,
    pub cross_attention_dim: usize,
    #[serde(default)]
    pub use_linear_projection: bool,
    #[serde(default = "yes")]
    pub flip_sin_to_cos: bool,
    #[serde(default)]
    pub freq_shift: i64,
    pub addition_embed_type: Option<String>,
    pub class_embed_type: Option<String>,
}

const fn yes() -> bool {
    true
}

/// How many heads attention has.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Heads {
    All(usize),
    Each(Vec<usize>),
}

impl Heads {
    /// Of the block at this level, 0 being that of the finest.
    fn at(&self, level: usize) -> usize {
        match self {
            Self::All(heads) => *heads,
            Self::Each(heads) => heads.get(level).copied().unwrap_or(1),
        }
    }
}

impl UNetConfig {
    fn check(&self) -> Result<()> {
        let wrong = |what: &str| Err(ModelError::Unsupported(format!("its UNet has {what}")));
        if self.addition_embed_type.is_some() || self.class_embed_type.is_some() {
            return wrong("conditions besides the text, as SDXL has");
        }
        if !self.flip_sin_to_cos || self.freq_shift != 0 {
            return wrong("a time embedding with the sines first or shifted frequencies");
        }
        Ok(())
    }
}

/// Predicts the noise in latents.
#[derive(Debug)]
pub struct UNet {
    time_embedding: TimeEmbedding,
    body: Body,
}

impl UNet {
    /// # Errors
    /// If the config asks for what this network cannot do, or weights are missing or have another shape.
    pub fn new(config: &UNetConfig, weights: VarBuilder<'_>) -> Result<Self> {
        config.check()?;
        let first = config.block_out_channels.first().copied().unwrap_or(0);
        let time = 4 * first;
        let plan = Plan {
            in_channels: config.in_channels,
            out_channels: config.out_channels,
            widths: &config.block_out_channels,
            layers_per_block: config.layers_per_block,
            norm_groups: config.norm_num_groups,
            norm_eps: config.norm_eps,
            time,
            attends: [
                which_attend(&config.down_block_types, "DownBlock2D", "CrossAttnDownBlock2D")?,
                which_attend(&config.up_block_types, "UpBlock2D", "CrossAttnUpBlock2D")?,
            ],
            flavour: Flavour::Shift,
            attention: &|width, level, weights| {
                let heads = config.attention_head_dim.at(level);
                Ok(Box::new(Transformer::new(width, heads, config, weights)?))
            },
        };
        Ok(Self {
            time_embedding: TimeEmbedding::new(first, time, weights.pp("time_embedding"))?,
            body: Body::new(&plan, &weights)?,
        })
    }

    /// The prediction `(batch, out channels, h, w)` for `sample` `(batch, in channels, h, w)` at `time`, for the states of
    /// a text `(batch, tokens, width)`.
    ///
    /// # Errors
    /// As [`Body::forward`].
    pub fn forward(&self, sample: &Tensor, time: f64, text: &Tensor) -> Result<Tensor> {
        let time = silu(&self.time_embedding.forward(time)?)?;
        self.body.forward(sample, &Condition { time, context: text.clone() })
    }
}
