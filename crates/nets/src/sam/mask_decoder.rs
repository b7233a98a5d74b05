//! `MaskDecoder`: from an image's and a prompt's embeddings to masks and their quality.

use super::transformer::TwoWayTransformer;
use super::{DecoderConfig, norm_2d};
use crate::ops::{Linear, PixelNorm, gelu_erf, pixel_shuffle, pixels_of_tokens, tokens_of_pixels};
use candle_core::{IndexOp, Module, Result, Tensor};
use candle_nn::VarBuilder;

#[derive(Debug, Clone)]
pub(super) struct MaskDecoder {
    transformer: TwoWayTransformer,
    iou_token: Tensor,
    mask_tokens: Tensor,
    upscale: [Doubling; 2],
    upscale_norm: PixelNorm,
    output_hypernetworks_mlps: Vec<Mlp>,
    iou_prediction_head: Mlp,
}

impl MaskDecoder {
    pub(super) fn new(config: &DecoderConfig, weights: VarBuilder<'_>) -> Result<Self> {
        let DecoderConfig { width, masks, quality: [quality, quality_depth], .. } = *config;
        let upscaling = weights.pp("output_upscaling");
        let hypernetwork =
            |i| Mlp::new([width, width, width / 8], 3, weights.pp(format!("output_hypernetworks_mlps.{i}")));
        Ok(Self {
            transformer: TwoWayTransformer::new(config, weights.pp("transformer"))?,
            iou_token: weights.get((1, width), "iou_token.weight")?,
            mask_tokens: weights.get((masks, width), "mask_tokens.weight")?,
            upscale: [
                Doubling::new([width, width / 4], upscaling.pp("0"))?,
                Doubling::new([width / 4, width / 8], upscaling.pp("3"))?,
            ],
            upscale_norm: norm_2d(width / 4, upscaling.pp("1"))?,
            output_hypernetworks_mlps: (0..masks).map(hypernetwork).collect::<Result<_>>()?,
            iou_prediction_head: Mlp::new([width, quality, masks], quality_depth, weights.pp("iou_prediction_head"))?,
        })
    }

    /// Logits `(n, masks, 4 · grid, 4 · grid)` and qualities `(n, masks)` for an image `(1, width, grid, grid)`, its positions, and
    /// the prompts' sparse `(n, tokens, width)` and dense `(1, width, grid, grid)` embeddings.
    pub(super) fn forward(
        &self,
        image: &Tensor,
        positions: &Tensor,
        sparse: &Tensor,
        dense: &Tensor,
    ) -> Result<(Tensor, Tensor)> {
        let prompts = sparse.dim(0)?;
        let own = Tensor::cat(&[&self.iou_token, &self.mask_tokens], 0)?.unsqueeze(0)?;
        let (_, own_count, width) = own.dims3()?;
        let own = own.broadcast_as((prompts, own_count, width))?.contiguous()?;
        let tokens = if sparse.dim(1)? == 0 { own } else { Tensor::cat(&[&own, sparse], 1)? };
        let image = (image + dense)?;
        let for_all = |x: &Tensor| {
            let tokens = tokens_of_pixels(x)?;
            tokens.broadcast_as((prompts, tokens.dim(1)?, tokens.dim(2)?))?.contiguous()
        };
        let (tokens, places) = self.transformer.forward(&for_all(&image)?, &for_all(positions)?, &tokens)?;
        let like = image.broadcast_as((prompts, width, image.dim(2)?, image.dim(3)?))?;
        let places = pixels_of_tokens(&places, &like)?;
        let places = gelu_erf(&self.upscale_norm.forward(&self.upscale[0].forward(&places)?)?)?;
        let places = gelu_erf(&self.upscale[1].forward(&places)?)?;
        let (_, channels, height, width) = places.dims4()?;
        let masks = self.output_hypernetworks_mlps.iter().enumerate();
        let weights = masks.map(|(i, mlp)| mlp.forward(&tokens.i((.., 1 + i))?.contiguous()?));
        let weights = Tensor::stack(&weights.collect::<Result<Vec<_>>>()?, 1)?;
        let logits = weights.matmul(&places.reshape((prompts, channels, height * width))?)?;
        let quality = self.iou_prediction_head.forward(&tokens.i((.., 0))?.contiguous()?)?;
        Ok((logits.reshape((prompts, (), height, width))?, quality))
    }
}

/// `ConvTranspose2d` that makes four pixels of each: they do not overlap, so each comes from a linear layer.
#[derive(Debug, Clone)]
struct Doubling {
    /// `(out · 4, in)`, for each channel the upper left, upper right, lower left and lower right pixel.
    weight: Tensor,
    bias: Tensor,
}

impl Doubling {
    fn new([from, to]: [usize; 2], weights: VarBuilder<'_>) -> Result<Self> {
        let weight = weights.get((from, to, 2, 2), "weight")?.reshape((from, to * 4))?.t()?.contiguous()?;
        Ok(Self { weight, bias: weights.get(to, "bias")? })
    }
}

impl Module for Doubling {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (batch, channels, height, width) = x.dims4()?;
        let x = x.reshape((batch, channels, height * width))?;
        let y = self.weight.broadcast_matmul(&x)?;
        pixel_shuffle(&y.reshape((batch, (), height, width))?, &self.bias)
    }
}

/// Linear layers with `ReLU` between.
#[derive(Debug, Clone)]
struct Mlp {
    layers: Vec<Linear>,
}

impl Mlp {
    fn new([from, inner, to]: [usize; 3], depth: usize, weights: VarBuilder<'_>) -> Result<Self> {
        let layer = |i: usize| {
            let sizes = [if i == 0 { from } else { inner }, if i + 1 == depth { to } else { inner }];
            Linear::new([sizes[0], sizes[1]], weights.pp(format!("layers.{i}")))
        };
        Ok(Self { layers: (0..depth).map(layer).collect::<Result<_>>()? })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let Some((last, before)) = self.layers.split_last() else { return Ok(x.clone()) };
        before.iter().try_fold(x.clone(), |x, layer| x.apply(layer)?.relu())?.apply(last)
    }
}
