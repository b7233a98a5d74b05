//! The two halves of the autoencoders that latent diffusion works between: pixels to latents, and latents to pixels.
//!
//! diffusers' `Encoder` and `Decoder`, which MOVQ and Stable Diffusion's VAE share; MOVQ's decoder has its own norms.

mod blocks;
mod decoder;
mod encoder;
mod tiles;

pub use decoder::Decoder;
pub use encoder::Encoder;
pub use tiles::{Tiling, decode_tiled};

use super::{ModelError, Result};
use candle_core::Tensor;
use serde::Deserialize;

/// The config of all autoencoders.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    /// Channels of the image that is encoded; 3, red, green and blue.
    pub in_channels: usize,
    /// Channels of the image that is decoded; 3.
    pub out_channels: usize,
    /// Channels of the latents, 4 in MOVQ and VAE; the VAE's encoder returns twice as many, for mean and variance.
    pub latent_channels: usize,
    /// Channels at each resolution, the finest first, each half as wide and high; `[128, 256, 512, 512]` in the VAE.
    pub block_out_channels: Vec<usize>,
    /// Class of each block of the encoder, the finest first: `DownEncoderBlock2D`, or with attention `AttnDownEncoderBlock2D`.
    pub down_block_types: Vec<String>,
    /// Class of each block of the decoder, the coarsest first: `UpDecoderBlock2D`, or with attention `AttnUpDecoderBlock2D`.
    pub up_block_types: Vec<String>,
    /// Residual blocks at each resolution of the encoder, 2 in MOVQ and VAE; the decoder has one more.
    pub layers_per_block: usize,
    /// Groups of [`Norms::Group`], 32 in MOVQ and VAE; spatial norms have 32 whatever this says.
    pub norm_num_groups: usize,
}

impl Config {
    pub(super) fn check(&self) -> Result<()> {
        let levels = self.block_out_channels.len();
        if levels == 0 || self.down_block_types.len() != levels || self.up_block_types.len() != levels {
            let reason = "its autoencoder has blocks without widths, or widths without blocks";
            return Err(ModelError::Unsupported(reason.to_owned()));
        }
        Ok(())
    }

    /// Pixels along each side of one latent.
    pub(super) const fn factor(&self) -> usize {
        1 << (self.block_out_channels.len() - 1)
    }
}

/// How a half normalises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Norms {
    /// In groups of channels.
    Group,
    /// Also in groups, then scaled and shifted by the latents at each place (Zheng et al. 2022).
    Spatial,
}

/// The pixel of a mask `(h, w)` at the upper left corner of each latent, `(1, 1, h / factor, w / factor)`, like nearest
/// interpolation in the references.
pub(super) fn corners(mask: &Tensor, factor: usize) -> Result<Tensor> {
    let (height, width) = mask.dims2()?;
    if height % factor != 0 || width % factor != 0 {
        return Err(ModelError::Unsuitable(format!("A mask of {width} × {height} is not a multiple of {factor}.")));
    }
    let (rows, columns) = (height / factor, width / factor);
    let corners = mask.reshape((rows, factor, columns, factor))?.narrow(1, 0, 1)?.narrow(3, 0, 1)?;
    Ok(corners.contiguous()?.reshape((1, 1, rows, columns))?)
}

/// Whether a type of block attends; `plain` and `attending` are those that are known.
fn attends(kind: &str, plain: &str, attending: &str) -> Result<bool> {
    if kind == attending {
        Ok(true)
    } else if kind == plain {
        Ok(false)
    } else {
        Err(ModelError::Unsupported(format!("its autoencoder has blocks of type {kind}")))
    }
}
