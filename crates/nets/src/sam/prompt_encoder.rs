//! `PromptEncoder`: points, boxes, masks and text as tokens.

use super::{Config, norm_2d};
use crate::ops::{Conv2d, PixelNorm, gelu_erf};
use crate::{ModelError, Result};
use candle_core::{D, DType, Device, Module, Tensor};
use candle_nn::VarBuilder;
use std::f64::consts::TAU;

/// A click in the model's square, in its pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Click {
    /// Pixels from the left; 0.5 is added, so that an integer means the middle of that pixel.
    pub x: f32,
    /// Pixels from the top, like `x`.
    pub y: f32,
    /// Whether the click includes its place or excludes it.
    pub is_in: bool,
}

/// All parts of a prompt together; coordinates are pixels of the model's square.
#[derive(Debug, Clone, Default)]
pub struct Prompt<'a> {
    /// Clicks that include or exclude; none are needed with bounds, a mask or texts.
    pub clicks: &'a [Click],
    /// Left, top, right and bottom.
    pub bounds: Option<[f32; 4]>,
    /// Logits `(1, 1, 4 · grid, 4 · grid)` of an earlier mask.
    pub mask: Option<&'a Tensor>,
    /// Embeddings `(n, 1, width)` of `n` texts, as LISA makes them: `n` prompts at once, then without clicks and bounds.
    pub texts: Option<&'a Tensor>,
}

#[derive(Debug, Clone)]
pub(super) struct PromptEncoder {
    /// Directions `(2, width / 2)` of the random Fourier features (Tancik et al. 2020, arXiv 2006.10739).
    gaussian_matrix: Tensor,
    /// For excluding clicks, including clicks, and the corners of a box.
    point_embeddings: [Tensor; 4],
    not_a_point_embed: Tensor,
    mask_downscaling: MaskDownscaling,
    no_mask_embed: Tensor,
    side: usize,
    grid: usize,
}

impl PromptEncoder {
    pub(super) fn new(config: &Config, weights: VarBuilder<'_>) -> Result<Self> {
        let width = config.decoder.width;
        let embedding = |name: &str| weights.get((1, width), &format!("{name}.weight"));
        let point = |i: usize| embedding(&format!("point_embeddings.{i}"));
        Ok(Self {
            gaussian_matrix: weights.get((2, width / 2), "pe_layer.positional_encoding_gaussian_matrix")?,
            point_embeddings: [point(0)?, point(1)?, point(2)?, point(3)?],
            not_a_point_embed: embedding("not_a_point_embed")?,
            mask_downscaling: MaskDownscaling::new(config, weights.pp("mask_downscaling"))?,
            no_mask_embed: embedding("no_mask_embed")?,
            side: config.side,
            grid: config.grid,
        })
    }

    /// Sparse `(n, tokens, width)` and dense `(1, width, grid, grid)` embeddings.
    pub(super) fn forward(&self, prompt: &Prompt<'_>) -> Result<(Tensor, Tensor)> {
        let Prompt { clicks, bounds, mask, texts } = *prompt;
        let mut tokens = Vec::new();
        for click in clicks {
            let position = self.position(f64::from(click.x) + 0.5, f64::from(click.y) + 0.5)?;
            tokens.push((position + &self.point_embeddings[usize::from(click.is_in)])?);
        }
        if !clicks.is_empty() && bounds.is_none() {
            // In place of a box.
            tokens.push(self.not_a_point_embed.clone());
        }
        if let Some([left, top, right, bottom]) = bounds {
            for ((x, y), corner) in [(left, top), (right, bottom)].into_iter().zip(&self.point_embeddings[2..]) {
                tokens.push((self.position(f64::from(x) + 0.5, f64::from(y) + 0.5)? + corner)?);
            }
        }
        let sparse = match (texts, tokens.is_empty()) {
            (Some(texts), true) => texts.clone(),
            (Some(_), false) => {
                return Err(ModelError::Unsuitable("Words cannot be combined with clicks or a box.".to_owned()));
            }
            (None, false) => Tensor::cat(&tokens, 0)?.unsqueeze(0)?,
            (None, true) if mask.is_some() => {
                let width = self.no_mask_embed.dim(1)?;
                Tensor::zeros((1, 0, width), self.no_mask_embed.dtype(), self.no_mask_embed.device())?
            }
            (None, true) => {
                return Err(ModelError::Unsuitable("Click the object, or draw a box around it.".to_owned()));
            }
        };
        let dense = if let Some(mask) = mask {
            self.mask_downscaling.forward(mask)?
        } else {
            let (width, grid) = (self.no_mask_embed.dim(1)?, self.grid);
            self.no_mask_embed.reshape((1, width, 1, 1))?.broadcast_as((1, width, grid, grid))?.contiguous()?
        };
        Ok((sparse, dense))
    }

    /// The positions `(1, width, grid, grid)` of an image's embedding.
    pub(super) fn positions(&self) -> Result<Tensor> {
        let grid = self.grid;
        let middle = |i: usize| (i as f32 + 0.5) / grid as f32;
        let places: Vec<f32> = (0..grid * grid).flat_map(|i| [middle(i % grid), middle(i / grid)]).collect();
        let features = self.features(places, grid * grid)?;
        Ok(features.t()?.contiguous()?.reshape((1, (), grid, grid))?)
    }

    /// The features `(1, width)` of a place in pixels of the square.
    fn position(&self, x: f64, y: f64) -> Result<Tensor> {
        let share = |v: f64| (v / self.side as f64) as f32;
        self.features(vec![share(x), share(y)], 1)
    }

    /// The features `(count, width)` of places, shares of the square from 0 to 1.
    fn features(&self, places: Vec<f32>, count: usize) -> Result<Tensor> {
        let places = Tensor::from_vec(places, (count, 2), &Device::Cpu)?.to_device(self.gaussian_matrix.device())?;
        let places = ((places * 2.0)? - 1.0)?;
        // In 32 bits, like everything that depends on small differences of place.
        let angles = (places.matmul(&self.gaussian_matrix.to_dtype(DType::F32)?)? * TAU)?;
        let features = Tensor::cat(&[angles.sin()?, angles.cos()?], D::Minus1)?;
        Ok(features.to_dtype(self.gaussian_matrix.dtype())?)
    }
}

/// From the logits of a mask to a dense embedding.
#[derive(Debug, Clone)]
struct MaskDownscaling {
    first: Conv2d,
    first_norm: PixelNorm,
    second: Conv2d,
    second_norm: PixelNorm,
    last: Conv2d,
}

impl MaskDownscaling {
    fn new(config: &Config, weights: VarBuilder<'_>) -> Result<Self> {
        let [first, second] = config.decoder.mask_inner;
        Ok(Self {
            first: Conv2d::new([1, first], 2, 2, 0, weights.pp("0"))?,
            first_norm: norm_2d(first, weights.pp("1"))?,
            second: Conv2d::new([first, second], 2, 2, 0, weights.pp("3"))?,
            second_norm: norm_2d(second, weights.pp("4"))?,
            last: Conv2d::pointwise([second, config.decoder.width], weights.pp("6"))?,
        })
    }

    fn forward(&self, mask: &Tensor) -> Result<Tensor> {
        let x = gelu_erf(&self.first_norm.forward(&self.first.forward(mask)?)?)?;
        let x = gelu_erf(&self.second_norm.forward(&self.second.forward(&x)?)?)?;
        Ok(self.last.forward(&x)?)
    }
}
