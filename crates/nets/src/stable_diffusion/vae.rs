//! The VAE: diffusers' `AutoencoderKL`.

use crate::Result;
use crate::autoencoder::{Config, Decoder, Encoder, Norms};
use crate::ops::Conv2d;
use candle_core::{Module, Tensor};
use candle_nn::VarBuilder;
use serde::Deserialize;

/// `vae/config.json`.
#[derive(Debug, Clone, Deserialize)]
pub struct VaeConfig {
    /// Sizes of encoder and decoder; in the file they stand beside the other fields.
    #[serde(flatten)]
    pub shared: Config,
    /// Factor by which latents are multiplied for the UNet; old files leave it out.
    #[serde(default = "usual_scaling")]
    pub scaling_factor: f64,
}

const fn usual_scaling() -> f64 {
    0.18215
}

/// The autoencoder.
#[derive(Debug, Clone)]
pub struct Vae {
    encoder: Encoder,
    quant_conv: Conv2d,
    post_quant_conv: Conv2d,
    decoder: Decoder,
    scaling: f64,
    factor: usize,
}

/// The distribution of an image's latents, mean and variance: both `(batch, 4, h / factor, w / factor)`.
#[derive(Debug, Clone)]
pub struct Moments {
    /// The mean; not scaled for the UNet.
    pub mean: Tensor,
    /// The logarithm of the variance.
    pub logvar: Tensor,
}

impl Moments {
    /// One of the possible latents, for normal noise of the same shape.
    ///
    /// # Errors
    /// If the shapes do not fit.
    pub fn sample(&self, noise: &Tensor) -> Result<Tensor> {
        Ok((&self.mean + ((&self.logvar * 0.5)?.exp()? * noise)?)?)
    }
}

impl Vae {
    /// # Errors
    /// If the config is not supported, or weights are missing or have another shape.
    pub fn new(config: &VaeConfig, weights: VarBuilder<'_>) -> Result<Self> {
        let VaeConfig { shared, scaling_factor } = config;
        shared.check()?;
        let latent = shared.latent_channels;
        Ok(Self {
            encoder: Encoder::new(shared, 2 * latent, weights.pp("encoder"))?,
            quant_conv: Conv2d::pointwise([2 * latent, 2 * latent], weights.pp("quant_conv"))?,
            post_quant_conv: Conv2d::pointwise([latent, latent], weights.pp("post_quant_conv"))?,
            decoder: Decoder::new(shared, Norms::Group, weights.pp("decoder"))?,
            scaling: *scaling_factor,
            factor: shared.factor(),
        })
    }

    /// Pixels along each side of one latent.
    pub const fn factor(&self) -> usize {
        self.factor
    }

    /// Factor by which latents are multiplied for the UNet, and divided before they are decoded.
    pub const fn scaling(&self) -> f64 {
        self.scaling
    }

    /// Encodes an image `(batch, 3, h, w)` with values from −1 to 1; not scaled.
    ///
    /// # Errors
    /// If the shapes do not fit.
    pub fn encode(&self, image: &Tensor) -> Result<Moments> {
        let moments = self.quant_conv.forward(&self.encoder.forward(image)?)?;
        let half = moments.dim(1)? / 2;
        Ok(Moments {
            mean: moments.narrow(1, 0, half)?,
            // Clamped as in the reference.
            logvar: moments.narrow(1, half, half)?.clamp(-30.0, 20.0)?,
        })
    }

    /// The scaled latents of an image for the UNet: the mean.
    ///
    /// # Errors
    /// If the shapes do not fit.
    pub fn latents(&self, image: &Tensor) -> Result<Tensor> {
        Ok((self.encode(image)?.mean * self.scaling)?)
    }

    /// The image of [`latents`](Self::latents).
    ///
    /// # Errors
    /// If the shapes do not fit.
    pub fn picture(&self, latents: &Tensor) -> Result<Tensor> {
        self.decode(&(latents / self.scaling)?)
    }

    /// The image of latents that are not scaled, its values about −1 to 1 and not clamped.
    ///
    /// # Errors
    /// If the shapes do not fit.
    pub fn decode(&self, latents: &Tensor) -> Result<Tensor> {
        self.decoder.forward(&self.post_quant_conv.forward(latents)?, None)
    }
}
