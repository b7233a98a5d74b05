//! Attention of pixels to each other, then to the words.

use super::UNetConfig;
use crate::ops::{
    Conv2d, GroupNorm, Linear, attention, gelu_erf, join_heads, pixels_of_tokens, split_heads, tokens_of_pixels,
};
use crate::unet::Attend;
use candle_core::{D, Module, Result, Tensor};
use candle_nn::{LayerNorm, VarBuilder, layer_norm};

/// `Transformer2DModel` with one `BasicTransformerBlock`.
#[derive(Debug, Clone)]
pub(super) struct Transformer {
    norm: GroupNorm,
    proj_in: Projection,
    block: Block,
    proj_out: Projection,
}

/// Stable Diffusion 1 projects images, 2 projects tokens; for single pixels it is the same.
#[derive(Debug, Clone)]
enum Projection {
    Pixels(Conv2d),
    Tokens(Linear),
}

impl Projection {
    fn new(width: usize, of_tokens: bool, weights: VarBuilder<'_>) -> Result<Self> {
        if of_tokens {
            Ok(Self::Tokens(Linear::new([width, width], weights)?))
        } else {
            Ok(Self::Pixels(Conv2d::pointwise([width, width], weights)?))
        }
    }
}

impl Transformer {
    pub(super) fn new(width: usize, heads: usize, config: &UNetConfig, weights: VarBuilder<'_>) -> Result<Self> {
        let of_tokens = config.use_linear_projection;
        Ok(Self {
            norm: GroupNorm::new(config.shared.norm_num_groups, width, 1e-6, weights.pp("norm"))?,
            proj_in: Projection::new(width, of_tokens, weights.pp("proj_in"))?,
            block: Block::new(width, heads, config, weights.pp("transformer_blocks.0"))?,
            proj_out: Projection::new(width, of_tokens, weights.pp("proj_out"))?,
        })
    }
}

impl Attend for Transformer {
    fn forward(&self, x: &Tensor, text: &Tensor) -> Result<Tensor> {
        let y = self.norm.forward(x)?;
        let tokens = match &self.proj_in {
            Projection::Pixels(conv) => tokens_of_pixels(&conv.forward(&y)?)?,
            Projection::Tokens(linear) => tokens_of_pixels(&y)?.apply(linear)?,
        };
        let tokens = self.block.forward(&tokens, text)?;
        x + match &self.proj_out {
            Projection::Pixels(conv) => conv.forward(&pixels_of_tokens(&tokens, x)?)?,
            Projection::Tokens(linear) => pixels_of_tokens(&tokens.apply(linear)?, x)?,
        }
    }
}

/// `BasicTransformerBlock`.
#[derive(Debug, Clone)]
struct Block {
    norm1: LayerNorm,
    attn1: Attention,
    norm2: LayerNorm,
    attn2: Attention,
    norm3: LayerNorm,
    ff_in: Linear,
    ff_out: Linear,
}

impl Block {
    fn new(width: usize, heads: usize, config: &UNetConfig, weights: VarBuilder<'_>) -> Result<Self> {
        let norm = |name: &str| layer_norm(width, 1e-5, weights.pp(name));
        let attention = |from, name: &str| Attention::new(width, from, heads, weights.pp(name));
        Ok(Self {
            norm1: norm("norm1")?,
            attn1: attention(width, "attn1")?,
            norm2: norm("norm2")?,
            attn2: attention(config.shared.cross_attention_dim, "attn2")?,
            norm3: norm("norm3")?,
            ff_in: Linear::new([width, 8 * width], weights.pp("ff.net.0.proj"))?,
            ff_out: Linear::new([4 * width, width], weights.pp("ff.net.2"))?,
        })
    }

    fn forward(&self, x: &Tensor, text: &Tensor) -> Result<Tensor> {
        let y = x.apply(&self.norm1)?;
        let x = (x + self.attn1.forward(&y, &y)?)?;
        let x = (&x + self.attn2.forward(&x.apply(&self.norm2)?, text)?)?;
        // GEGLU (Shazeer 2020): the second half of the channels opens the first.
        let y = x.apply(&self.norm3)?.apply(&self.ff_in)?;
        let half = y.dim(D::Minus1)? / 2;
        let open = gelu_erf(&y.narrow(D::Minus1, half, half)?)?;
        let y = (y.narrow(D::Minus1, 0, half)? * open)?.apply(&self.ff_out)?;
        x + y
    }
}

/// `Attention`; queries from the pixels, keys and values from what they look at.
#[derive(Debug, Clone)]
struct Attention {
    to_q: Linear,
    to_k: Linear,
    to_v: Linear,
    to_out: Linear,
    heads: usize,
}

impl Attention {
    fn new(width: usize, from: usize, heads: usize, weights: VarBuilder<'_>) -> Result<Self> {
        Ok(Self {
            to_q: Linear::without_bias([width, width], weights.pp("to_q"))?,
            to_k: Linear::without_bias([from, width], weights.pp("to_k"))?,
            to_v: Linear::without_bias([from, width], weights.pp("to_v"))?,
            to_out: Linear::new([width, width], weights.pp("to_out.0"))?,
            heads,
        })
    }

    fn forward(&self, x: &Tensor, from: &Tensor) -> Result<Tensor> {
        let head = |tokens: &Tensor, to: &Linear| split_heads(&tokens.apply(to)?, self.heads);
        let (q, k, v) = (head(x, &self.to_q)?, head(from, &self.to_k)?, head(from, &self.to_v)?);
        join_heads(&attention(&q, &k, &v, None)?)?.apply(&self.to_out)
    }
}
