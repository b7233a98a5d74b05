//! `CLIPSeg` (Lüddecke and Ecker 2022, arXiv 2112.10003): how well each place of a picture fits a text.
//!
//! CLIP's towers and a small decoder on three of the image tower's layers. Names are those of the transformers library.

mod decoder;

use super::clip::{TextConfig, TextEncoder, VisionConfig, VisionModel};
use super::{Result, check_numbers};
use candle_core::Tensor;
use candle_nn::VarBuilder;
use decoder::Decoder;
use serde::Deserialize;
use serde_json::Value;

/// `config.json` of a checkpoint.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Value")]
pub struct Config {
    /// Sizes of CLIP's text tower.
    pub text: TextConfig,
    /// Sizes of CLIP's image tower.
    pub vision: VisionConfig,
    /// Sizes of the decoder; in the file they stand beside the towers.
    pub decoder: DecoderConfig,
}

/// The decoder's config, beside the towers'.
#[derive(Debug, Clone, Deserialize)]
pub struct DecoderConfig {
    /// Layers of the image tower whose states are used.
    #[serde(default = "three_layers")]
    pub extract_layers: Vec<usize>,
    /// Width of the decoder.
    #[serde(default = "sixty_four")]
    pub reduce_dim: usize,
    /// Heads of each attention in the decoder; 4.
    #[serde(default = "four")]
    pub decoder_num_attention_heads: usize,
    /// Width between the two linear layers of the decoder's MLPs; 2048.
    #[serde(default = "two_thousand")]
    pub decoder_intermediate_size: usize,
    /// The decoder layer that is conditioned on the text.
    #[serde(default)]
    pub conditional_layer: usize,
    /// Whether places become pixels in two steps instead of one.
    #[serde(default)]
    pub use_complex_transposed_convolution: bool,
}

fn three_layers() -> Vec<usize> {
    vec![3, 6, 9]
}

const fn sixty_four() -> usize {
    64
}

const fn four() -> usize {
    4
}

const fn two_thousand() -> usize {
    2048
}

impl TryFrom<Value> for Config {
    type Error = serde_json::Error;

    fn try_from(file: Value) -> serde_json::Result<Self> {
        Ok(Self {
            text: TextConfig::try_from(file.clone())?,
            vision: VisionConfig::try_from(file.clone())?,
            decoder: DecoderConfig::deserialize(file)?,
        })
    }
}

/// `CLIPSegForImageSegmentation`.
#[derive(Debug, Clone)]
pub struct ClipSeg {
    text: TextEncoder,
    vision: VisionModel,
    decoder: Decoder,
    layers: Vec<usize>,
}

impl ClipSeg {
    /// # Errors
    /// If weights are missing or have another shape.
    pub fn new(config: &Config, weights: VarBuilder<'_>) -> Result<Self> {
        let clip = weights.pp("clip");
        Ok(Self {
            text: TextEncoder::new(&config.text, clip.clone())?,
            vision: VisionModel::new(&config.vision, clip)?,
            decoder: Decoder::new(config, weights.pp("decoder"))?,
            layers: config.decoder.extract_layers.clone(),
        })
    }

    /// The embeddings of texts, `(n, projection)`: tokens with start and end, padded at the end.
    ///
    /// # Errors
    /// See [`TextEncoder::forward`].
    pub fn read(&self, texts: &[Vec<u32>]) -> Result<Tensor> {
        Ok(self.text.forward(texts)?.text_embeds)
    }

    /// The tower's states for normalised pixels `(1, 3, side, side)`, with a side of whole patches: `(1, 1 + patches,
    /// width)` for each layer that is used.
    ///
    /// # Errors
    /// If the shape does not fit.
    pub fn look(&self, pixels: &Tensor) -> Result<Vec<Tensor>> {
        self.vision.layers(pixels, &self.layers)
    }

    /// Logits `(n, s, s)` of how well each place fits each of `n` texts; half are above 0 where the network is undecided.
    ///
    /// # Errors
    /// If the shapes do not fit, or the weights are damaged.
    pub fn heat(&self, seen: &[Tensor], texts: &Tensor) -> Result<Tensor> {
        let logits = self.decoder.forward(seen, texts)?;
        check_numbers(&logits)?;
        Ok(logits)
    }
}
