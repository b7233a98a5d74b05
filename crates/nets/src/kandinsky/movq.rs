//! MOVQ (Zheng et al. 2022, arXiv 2209.09002): pixels to latents and back, the latents modulating every norm of the decoder.
//!
//! diffusers' `VQModel` with `norm_type` "spatial", as Kandinsky uses it: latents are neither quantised nor scaled.

use crate::autoencoder::{Config, Decoder, Encoder, Norms};
use crate::ops::Conv2d;
use crate::{ModelError, Result};
use candle_core::{Module, Tensor};
use candle_nn::VarBuilder;
use serde::Deserialize;

/// `movq/config.json`.
#[derive(Debug, Clone, Deserialize)]
pub struct MovqConfig {
    /// Sizes of encoder and decoder; in the file they stand beside the other fields.
    #[serde(flatten)]
    pub shared: Config,
    /// Channels of the latents between `quant_conv` and `post_quant_conv`, which the UNet works on; 4.
    pub vq_embed_dim: usize,
    /// Norms of the decoder: must be `spatial`.
    pub norm_type: String,
}

/// The autoencoder.
#[derive(Debug, Clone)]
pub struct Movq {
    encoder: Encoder,
    quant_conv: Conv2d,
    post_quant_conv: Conv2d,
    decoder: Decoder,
    factor: usize,
}

impl Movq {
    /// # Errors
    /// If the config is not supported, or weights are missing or have another shape.
    pub fn new(config: &MovqConfig, weights: VarBuilder<'_>) -> Result<Self> {
        let MovqConfig { shared, vq_embed_dim: code, norm_type } = config;
        shared.check()?;
        if norm_type != "spatial" {
            return Err(ModelError::Unsupported(format!("its MOVQ has norms of type {norm_type}")));
        }
        let latent = shared.latent_channels;
        Ok(Self {
            encoder: Encoder::new(shared, latent, weights.pp("encoder"))?,
            quant_conv: Conv2d::pointwise([latent, *code], weights.pp("quant_conv"))?,
            post_quant_conv: Conv2d::pointwise([*code, latent], weights.pp("post_quant_conv"))?,
            decoder: Decoder::new(shared, Norms::Spatial, weights.pp("decoder"))?,
            factor: shared.factor(),
        })
    }

    /// Pixels along each side of one latent: 8 in the real network.
    pub const fn factor(&self) -> usize {
        self.factor
    }

    /// Latents `(batch, 4, h / 8, w / 8)` of an image `(batch, 3, h, w)` with values from −1 to 1.
    ///
    /// # Errors
    /// If the shapes do not fit.
    pub fn encode(&self, image: &Tensor) -> Result<Tensor> {
        Ok(self.quant_conv.forward(&self.encoder.forward(image)?)?)
    }

    /// The image of latents, its values about −1 to 1 and not clamped.
    ///
    /// # Errors
    /// If the shapes do not fit.
    pub fn decode(&self, latents: &Tensor) -> Result<Tensor> {
        // The norms see the latents as they came, before this convolution.
        self.decoder.forward(&self.post_quant_conv.forward(latents)?, Some(latents))
    }
}
