//! Attention of pixels to each other and to the image tokens at once.

use super::UNetConfig;
use crate::ops::{GroupNorm, Linear, attention, join_heads, pixels_of_tokens, split_heads, tokens_of_pixels};
use crate::unet::Attend;
use candle_core::{Module, Result, Tensor};
use candle_nn::VarBuilder;

/// `Attention` with `AttnAddedKVProcessor`: one softmax over the pixels and the context.
#[derive(Debug, Clone)]
pub(super) struct Attention {
    group_norm: GroupNorm,
    to_q: Linear,
    to_k: Linear,
    to_v: Linear,
    add_k_proj: Linear,
    add_v_proj: Linear,
    to_out: Linear,
    heads: usize,
}

impl Attention {
    pub(super) fn new(width: usize, config: &UNetConfig, weights: VarBuilder<'_>) -> Result<Self> {
        // Here the config's number is the width of a head, and not how many there are.
        let heads = (width / config.attention_head_dim).max(1);
        let inner = heads * config.attention_head_dim;
        Ok(Self {
            group_norm: GroupNorm::new(config.shared.norm_num_groups, width, 1e-5, weights.pp("group_norm"))?,
            to_q: Linear::new([width, inner], weights.pp("to_q"))?,
            to_k: Linear::new([width, inner], weights.pp("to_k"))?,
            to_v: Linear::new([width, inner], weights.pp("to_v"))?,
            add_k_proj: Linear::new([config.shared.cross_attention_dim, inner], weights.pp("add_k_proj"))?,
            add_v_proj: Linear::new([config.shared.cross_attention_dim, inner], weights.pp("add_v_proj"))?,
            to_out: Linear::new([inner, width], weights.pp("to_out.0"))?,
            heads,
        })
    }
}

impl Attend for Attention {
    /// Pixels are normalised, the context is not, and what comes out is added to the pixels as they came in.
    fn forward(&self, x: &Tensor, context: &Tensor) -> Result<Tensor> {
        let y = tokens_of_pixels(&self.group_norm.forward(x)?)?;
        let heads_of = |tokens: Tensor| split_heads(&tokens, self.heads);
        let q = heads_of(y.apply(&self.to_q)?)?;
        let k = heads_of(Tensor::cat(&[context.apply(&self.add_k_proj)?, y.apply(&self.to_k)?], 1)?)?;
        let v = heads_of(Tensor::cat(&[context.apply(&self.add_v_proj)?, y.apply(&self.to_v)?], 1)?)?;
        let y = join_heads(&attention(&q, &k, &v, None)?)?.apply(&self.to_out)?;
        x + pixels_of_tokens(&y, x)?
    }
}
