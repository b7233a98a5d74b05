//! The image tower: `CLIPVisionModelWithProjection`.

use super::encoder::{Encoder, Sizes};
use crate::models::Result;

use candle_core::{IndexOp, Module, Tensor};
use candle_nn::{Conv2d, Conv2dConfig, LayerNorm, Linear, VarBuilder, conv2d_no_bias, layer_norm, linear_no_bias};
use serde::Deserialize;

/// `image_encoder/config.json`.
#[derive(Debug, Clone, Deserialize)]
pub struct VisionConfig {
    #[serde(flatten)]
    pub sizes: Sizes,
    pub image_size: usize,
    pub patch_size: usize,
}

/// Turns images into embeddings.
#[derive(Debug, Clone)]
pub struct VisionEncoder {
    class_embedding: Tensor,
    patch_embedding: Conv2d,
    position_embedding: Tensor,
    pre_layrnorm: LayerNorm,
    encoder: Encoder,
    post_layernorm: LayerNorm,
    visual_projection: Linear,
    side: usize,
}

impl VisionEncoder {
    /// # Errors
    /// If weights are missing or have another shape.
    pub fn new(config: &VisionConfig, weights: VarBuilder<'_>) -> Result<Self> {
        let Sizes { hidden_size: width, layer_norm_eps: eps, projection_dim, .. } = config.sizes;
        let patch = config.patch_size;
        let patches = (config.image_size / patch.max(1)).pow(2);
        let stride = Conv2dConfig { stride: patch, ..Conv2dConfig::default() };
        let model = weights.pp("vision_model");
        let embeddings = model.pp("embeddings");
        let norm = |name: &str| layer_norm(width, eps, model.pp(name));
        Ok(Self {
            class_embedding: embeddings.get(width, "class_embedding")?,
            patch_embedding: conv2d_no_bias(3, width, patch, stride, embeddings.pp("patch_embedding"))?,
            position_embedding: embeddings.pp("position_embedding").get((patches + 1, width), "weight")?,
            // Spelt like this in the checkpoints.
            pre_layrnorm: norm("pre_layrnorm")?,
            encoder: Encoder::new(config.sizes, model.pp("encoder"))?,
            post_layernorm: norm("post_layernorm")?,
            visual_projection: linear_no_bias(width, projection_dim, weights.pp("visual_projection"))?,
            side: config.image_size,
        })
    }

    /// Embeddings `(batch, projection)` of normalised pixels `(batch, 3, side, side)`.
    ///
    /// # Errors
    /// If the shapes do not fit.
    pub fn forward(&self, pixels: &Tensor) -> Result<Tensor> {
        let patches = self.patch_embedding.forward(pixels)?.flatten_from(2)?.transpose(1, 2)?;
        let (batch, _, width) = patches.dims3()?;
        let class = self.class_embedding.reshape((1, 1, width))?.broadcast_as((batch, 1, width))?;
        let x = Tensor::cat(&[class.contiguous()?, patches.contiguous()?], 1)?;
        let x = x.broadcast_add(&self.position_embedding)?.apply(&self.pre_layrnorm)?;
        let x = self.encoder.forward(&x, None)?;
        let class = x.i((.., 0))?.contiguous()?;
        Ok(class.apply(&self.post_layernorm)?.apply(&self.visual_projection)?)
    }

    /// The embedding `(1, projection)` of no image: of pixels that are zero after they were normalised, a middle grey.
    /// Kandinsky steers away from it where no negative prompt is given.
    ///
    /// # Errors
    /// If the device is out of memory.
    pub fn zero_embedding(&self) -> Result<Tensor> {
        let like = &self.class_embedding;
        self.forward(&Tensor::zeros((1, 3, self.side, self.side), like.dtype(), like.device())?)
    }
}
