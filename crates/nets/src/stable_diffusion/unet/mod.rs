//! `UNet2DConditionModel` as Stable Diffusion 1 and 2 use it.

mod transformer;

use crate::ops::{TimeEmbedding, silu};
use crate::unet::{Body, Condition, Config, Flavour, Plan};
use crate::{ModelError, Result};
use candle_core::Tensor;
use candle_nn::VarBuilder;
use serde::Deserialize;
use transformer::Transformer;

/// `unet/config.json`.
#[derive(Debug, Clone, Deserialize)]
pub struct UNetConfig {
    /// Sizes of the UNet's body; in the file they stand beside the other fields.
    #[serde(flatten)]
    pub shared: Config,
    /// Despite its name the number of heads, one for all blocks or one for each.
    pub attention_head_dim: Heads,
    /// Whether attention blocks project tokens by linear layers, as in 2; if not, pixels by 1 × 1 convolutions, as in 1.5.
    #[serde(default)]
    pub use_linear_projection: bool,
    /// A condition beside the text that SDXL adds to the time; refused if there is one.
    pub addition_embed_type: Option<String>,
    /// A class label that is added to the time; refused if there is one.
    pub class_embed_type: Option<String>,
}

/// The number of attention heads.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Heads {
    /// The same at every level, a single number in the file; 8 in 1.5.
    All(usize),
    /// One number for each level, the finest first, which the file says as a list.
    Each(Vec<usize>),
}

impl Heads {
    /// Heads of the block at this level, 0 being the finest.
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
            return wrong("conditions besides the text, as in SDXL");
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
    /// If the config is not supported, or weights are missing or have another shape.
    pub fn new(config: &UNetConfig, weights: VarBuilder<'_>) -> Result<Self> {
        config.check()?;
        let shared = &config.shared;
        let plan = Plan {
            config: shared,
            attends: shared.attends([["DownBlock2D", "CrossAttnDownBlock2D"], ["UpBlock2D", "CrossAttnUpBlock2D"]])?,
            flavour: Flavour::Shift,
            attention: &|width, level, weights| {
                let heads = config.attention_head_dim.at(level);
                Ok(Box::new(Transformer::new(width, heads, config, weights)?))
            },
        };
        Ok(Self { time_embedding: shared.time_embedding(&weights)?, body: Body::new(&plan, &weights)? })
    }

    /// The prediction `(batch, out channels, h, w)` for `sample` `(batch, in channels, h, w)` at `time`, for the states of
    /// a text `(batch, tokens, width)`.
    ///
    /// # Errors
    /// If the shapes do not fit, or a side is not a multiple of what the downsampling needs (8 in the real networks).
    pub fn forward(&self, sample: &Tensor, time: f64, text: &Tensor) -> Result<Tensor> {
        let time = silu(&self.time_embedding.forward(time)?)?;
        self.body.forward(sample, &Condition { time, context: text.clone() })
    }
}
