//! The decoder's UNet: diffusers' `UNet2DConditionModel` as Kandinsky 2.2 configures it, conditioned on an image
//! embedding instead of text.

mod attention;

use crate::ops::{Linear, TimeEmbedding, silu};
use crate::unet::{Body, Condition, Config, Flavour, Plan};
use crate::{ModelError, Result};
use attention::Attention;
use candle_core::Tensor;
use candle_nn::{LayerNorm, VarBuilder, layer_norm};
use serde::Deserialize;

/// Image tokens that attention sees besides the pixels. The config does not say: it is the default of the reference's class
/// `ImageProjection`.
const IMAGE_TOKENS: usize = 32;

/// `unet/config.json`.
#[derive(Debug, Clone, Deserialize)]
pub struct UNetConfig {
    /// Sizes of the UNet's body; in the file they stand beside the other fields.
    #[serde(flatten)]
    pub shared: Config,
    /// Class of the middle block: must be `UNetMidBlock2DSimpleCrossAttn`.
    pub mid_block_type: String,
    /// Width of an attention head.
    pub attention_head_dim: usize,
    /// Width of the image embedding.
    pub encoder_hid_dim: usize,
    /// How the image embedding becomes tokens for attention: must be `image_proj`.
    pub encoder_hid_dim_type: String,
    /// What is added to the time embedding: must be `image`, the projected image embedding.
    pub addition_embed_type: String,
    /// How the time step changes residual blocks: must be `scale_shift`.
    pub resnet_time_scale_shift: String,
    /// Whether residual blocks leave out SiLU of the time embedding; refused if true.
    #[serde(default)]
    pub resnet_skip_time_act: bool,
    /// Whether attention sees the context alone and not the pixels; refused if true.
    #[serde(default)]
    pub only_cross_attention: bool,
}

impl UNetConfig {
    /// Rejects settings that this network does not support.
    fn check(&self) -> Result<()> {
        let wrong = |what: &str, value: &str| Err(ModelError::Unsupported(format!("its UNet has {what} {value}")));
        if self.mid_block_type != "UNetMidBlock2DSimpleCrossAttn" {
            return wrong("the middle block", &self.mid_block_type);
        }
        if self.encoder_hid_dim_type != "image_proj" || self.addition_embed_type != "image" {
            return wrong("the condition", &format!("{} and {}", self.encoder_hid_dim_type, self.addition_embed_type));
        }
        if self.resnet_time_scale_shift != "scale_shift" || self.resnet_skip_time_act || self.only_cross_attention {
            return wrong("the time shift", &self.resnet_time_scale_shift);
        }
        Ok(())
    }
}

/// Predicts the noise in latents, and its variance.
#[derive(Debug)]
pub struct UNet {
    time_embedding: TimeEmbedding,
    add_embedding: AddEmbedding,
    encoder_hid_proj: ImageProjection,
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
            attends: shared.attends([
                ["ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"],
                ["ResnetUpsampleBlock2D", "SimpleCrossAttnUpBlock2D"],
            ])?,
            flavour: Flavour::ScaleShift,
            attention: &|width, _, weights| Ok(Box::new(Attention::new(width, config, weights)?)),
        };
        Ok(Self {
            time_embedding: shared.time_embedding(&weights)?,
            add_embedding: AddEmbedding::new(config.encoder_hid_dim, shared.time_width(), weights.pp("add_embedding"))?,
            encoder_hid_proj: ImageProjection::new(config, weights.pp("encoder_hid_proj"))?,
            body: Body::new(&plan, &weights)?,
        })
    }

    /// Noise and variance, `(batch, out channels, h, w)`, of `sample` `(batch, in channels, h, w)` at `time`, for image
    /// embeddings `(batch, width)`.
    ///
    /// # Errors
    /// If the shapes do not fit, or a side is not a multiple of what the downsampling needs (8 in the real networks).
    pub fn forward(&self, sample: &Tensor, time: f64, image_embeds: &Tensor) -> Result<Tensor> {
        let time = self.time_embedding.forward(time)?.broadcast_add(&self.add_embedding.forward(image_embeds)?)?;
        let context = self.encoder_hid_proj.forward(image_embeds)?;
        self.body.forward(sample, &Condition { time: silu(&time)?, context })
    }
}

/// Adds the image embedding to the time step.
#[derive(Debug, Clone)]
struct AddEmbedding {
    image_proj: Linear,
    image_norm: LayerNorm,
}

impl AddEmbedding {
    fn new(width: usize, time: usize, weights: VarBuilder<'_>) -> Result<Self> {
        Ok(Self {
            image_proj: Linear::new([width, time], weights.pp("image_proj"))?,
            image_norm: layer_norm(time, 1e-5, weights.pp("image_norm"))?,
        })
    }

    fn forward(&self, image_embeds: &Tensor) -> Result<Tensor> {
        Ok(image_embeds.apply(&self.image_proj)?.apply(&self.image_norm)?)
    }
}

/// The image embedding as tokens.
#[derive(Debug, Clone)]
struct ImageProjection {
    image_embeds: Linear,
    norm: LayerNorm,
    width: usize,
}

impl ImageProjection {
    fn new(config: &UNetConfig, weights: VarBuilder<'_>) -> Result<Self> {
        let width = config.shared.cross_attention_dim;
        Ok(Self {
            image_embeds: Linear::new([config.encoder_hid_dim, IMAGE_TOKENS * width], weights.pp("image_embeds"))?,
            norm: layer_norm(width, 1e-5, weights.pp("norm"))?,
            width,
        })
    }

    fn forward(&self, image_embeds: &Tensor) -> Result<Tensor> {
        let batch = image_embeds.dim(0)?;
        let tokens = image_embeds.apply(&self.image_embeds)?.reshape((batch, IMAGE_TOKENS, self.width))?;
        Ok(tokens.apply(&self.norm)?)
    }
}
