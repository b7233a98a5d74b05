//! Segment Anything (Kirillov et al. 2023, arXiv 2304.02643): masks from points, boxes or text embeddings.
//!
//! An image is encoded once, by a transformer (`ViT`) or by `MobileSAM`'s `TinyViT` (Zhang et al. 2023, arXiv
//! 2306.14289); a prompt then costs only the small decoder. The module tree is that of the reference implementation
//! `segment_anything`, so that its published checkpoints load under their own names. All sizes are read off the
//! tensors: B, L and H do not differ otherwise.

mod config;
mod frame;
mod image_encoder;
mod mask_decoder;
mod prompt_encoder;
mod tiny_vit;
mod transformer;

pub use config::Config;
pub use frame::Frame;
pub use prompt_encoder::{Click, Prompt};

use super::ops::PixelNorm;
use super::{Result, check_numbers};
use candle_core::{IndexOp, Tensor};
use candle_nn::VarBuilder;
use config::{DecoderConfig, EncoderConfig, TinyVitConfig, VitConfig};
use image_encoder::ImageEncoder;
use mask_decoder::MaskDecoder;
use prompt_encoder::PromptEncoder;
use tiny_vit::TinyVit;

/// The decoder's masks for `n` prompts.
#[derive(Debug, Clone)]
pub struct Masks {
    /// Logits `(n, masks, h, w)` at a quarter of the model's resolution; above 0 is selected.
    pub logits: Tensor,
    /// The network's own guess `(n, masks)` of how well each mask fits, from 0 to 1 (intersection over union).
    pub quality: Tensor,
}

/// How many masks each prompt gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// One: best when the prompt is unambiguous.
    One,
    /// Three of different extent, such as button, shirt and person: right for a single click.
    Several,
}

/// Encodes images.
#[derive(Debug, Clone)]
enum Encoder {
    Vit(ImageEncoder),
    Tiny(TinyVit),
}

/// The whole network.
#[derive(Debug, Clone)]
pub struct Sam {
    image_encoder: Encoder,
    prompt_encoder: PromptEncoder,
    mask_decoder: MaskDecoder,
    side: usize,
}

impl Sam {
    /// # Errors
    /// If weights are missing or have another shape.
    pub fn new(config: &Config, weights: VarBuilder<'_>) -> Result<Self> {
        let encoder = weights.pp("image_encoder");
        let image_encoder = match &config.encoder {
            EncoderConfig::Vit(vit) => Encoder::Vit(ImageEncoder::new(vit, encoder)?),
            EncoderConfig::Tiny(tiny) => Encoder::Tiny(TinyVit::new(tiny, encoder)?),
        };
        Ok(Self {
            image_encoder,
            prompt_encoder: PromptEncoder::new(config, weights.pp("prompt_encoder"))?,
            mask_decoder: MaskDecoder::new(&config.decoder, weights.pp("mask_decoder"))?,
            side: config.side,
        })
    }

    /// Reads the sizes off the weights and builds the network.
    ///
    /// # Errors
    /// See [`Config::read`] and [`Sam::new`].
    pub fn open(weights: VarBuilder<'_>) -> Result<Self> {
        Self::new(&Config::read(&weights)?, weights)
    }

    /// Pixels along each side of the square that the network sees.
    pub const fn side(&self) -> usize {
        self.side
    }

    /// The embedding `(1, width, grid, grid)` of an image `(1, 3, side, side)`, normalised and padded as by [`Frame::pixels`].
    ///
    /// # Errors
    /// If the shape does not fit, or the weights are damaged ([`ModelError::NoNumbers`](super::ModelError::NoNumbers)).
    pub fn encode(&self, image: &Tensor) -> Result<Tensor> {
        let embedding = match &self.image_encoder {
            Encoder::Vit(encoder) => encoder.forward(image)?,
            Encoder::Tiny(encoder) => encoder.forward(image)?,
        };
        check_numbers(&embedding)?;
        Ok(embedding)
    }

    /// Masks of what a prompt means in an image that was [encoded](Self::encode).
    ///
    /// # Errors
    /// If the prompt is empty or of another width, or the weights are damaged.
    pub fn masks(&self, embedding: &Tensor, prompt: &Prompt<'_>, answers: Answers) -> Result<Masks> {
        let (sparse, dense) = self.prompt_encoder.forward(prompt)?;
        let positions = self.prompt_encoder.positions()?;
        let (logits, quality) = self.mask_decoder.forward(embedding, &positions, &sparse, &dense)?;
        let several = logits.dim(1)?;
        let (logits, quality) = match answers {
            Answers::One => (logits.i((.., ..1))?, quality.i((.., ..1))?),
            Answers::Several => (logits.i((.., 1..several))?, quality.i((.., 1..several))?),
        };
        check_numbers(&logits)?;
        Ok(Masks { logits: logits.contiguous()?, quality: quality.contiguous()? })
    }

    /// The encoding of a prompt, for tests of the parts: sparse `(n, tokens, width)` and dense `(1, width, grid,
    /// grid)`, and the positions `(1, width, grid, grid)`.
    ///
    /// # Errors
    /// See [`masks`](Self::masks).
    pub fn encode_prompt(&self, prompt: &Prompt<'_>) -> Result<(Tensor, Tensor, Tensor)> {
        let (sparse, dense) = self.prompt_encoder.forward(prompt)?;
        Ok((sparse, dense, self.prompt_encoder.positions()?))
    }
}

/// `LayerNorm2d`.
fn norm_2d(channels: usize, weights: VarBuilder<'_>) -> candle_core::Result<PixelNorm> {
    PixelNorm::new(channels, 1e-6, weights)
}
