//! `TwoWayTransformer`: prompt and image look at each other in turn.

use super::DecoderConfig;
use crate::ops::{Linear, attention, join_heads, split_heads};
use candle_core::{Module, Result, Tensor};
use candle_nn::{LayerNorm, VarBuilder, layer_norm};

const EPS: f64 = 1e-5;
/// Heads of every attention here, at any width.
const HEADS: usize = 8;
/// How much narrower the attention between prompt and image is.
const DOWNSAMPLE: usize = 2;

#[derive(Debug, Clone)]
pub(super) struct TwoWayTransformer {
    layers: Vec<Layer>,
    final_attn_token_to_image: Attention,
    norm_final_attn: LayerNorm,
}

impl TwoWayTransformer {
    pub(super) fn new(config: &DecoderConfig, weights: VarBuilder<'_>) -> Result<Self> {
        let layer = |i: usize| Layer::new(config, i == 0, weights.pp(format!("layers.{i}")));
        let width = config.width;
        Ok(Self {
            layers: (0..config.depth).map(layer).collect::<Result<_>>()?,
            final_attn_token_to_image: Attention::new(
                width,
                width / DOWNSAMPLE,
                weights.pp("final_attn_token_to_image"),
            )?,
            norm_final_attn: layer_norm(width, EPS, weights.pp("norm_final_attn"))?,
        })
    }

    /// Tokens `(n, tokens, width)` of prompts, and an image `(n, places, width)` with its positions; both as they become.
    pub(super) fn forward(&self, image: &Tensor, positions: &Tensor, tokens: &Tensor) -> Result<(Tensor, Tensor)> {
        let (mut queries, mut keys) = (tokens.clone(), image.clone());
        for layer in &self.layers {
            (queries, keys) = layer.forward(&queries, &keys, tokens, positions)?;
        }
        let (q, k) = ((&queries + tokens)?, (&keys + positions)?);
        queries = (queries + self.final_attn_token_to_image.forward(&q, &k, &keys)?)?;
        Ok((self.norm_final_attn.forward(&queries)?, keys))
    }
}

/// `TwoWayAttentionBlock`.
#[derive(Debug, Clone)]
struct Layer {
    self_attn: Attention,
    norm1: LayerNorm,
    cross_attn_token_to_image: Attention,
    norm2: LayerNorm,
    lin1: Linear,
    lin2: Linear,
    norm3: LayerNorm,
    norm4: LayerNorm,
    cross_attn_image_to_token: Attention,
    is_first: bool,
}

impl Layer {
    fn new(config: &DecoderConfig, is_first: bool, weights: VarBuilder<'_>) -> Result<Self> {
        let DecoderConfig { width, inner, .. } = *config;
        let norm = |name: &str| layer_norm(width, EPS, weights.pp(name));
        let attention = |name: &str, narrower: usize| Attention::new(width, width / narrower, weights.pp(name));
        Ok(Self {
            self_attn: attention("self_attn", 1)?,
            norm1: norm("norm1")?,
            cross_attn_token_to_image: attention("cross_attn_token_to_image", DOWNSAMPLE)?,
            norm2: norm("norm2")?,
            lin1: Linear::new([width, inner], weights.pp("mlp.lin1"))?,
            lin2: Linear::new([inner, width], weights.pp("mlp.lin2"))?,
            norm3: norm("norm3")?,
            norm4: norm("norm4")?,
            cross_attn_image_to_token: attention("cross_attn_image_to_token", DOWNSAMPLE)?,
            is_first,
        })
    }

    fn forward(
        &self,
        queries: &Tensor,
        keys: &Tensor,
        query_positions: &Tensor,
        key_positions: &Tensor,
    ) -> Result<(Tensor, Tensor)> {
        let queries = if self.is_first {
            // The tokens are their own positions: nothing is added twice.
            self.self_attn.forward(queries, queries, queries)?
        } else {
            let q = (queries + query_positions)?;
            (queries + self.self_attn.forward(&q, &q, queries)?)?
        };
        let queries = self.norm1.forward(&queries)?;
        let placed = (keys + key_positions)?;
        let q = (&queries + query_positions)?;
        let queries = (&queries + self.cross_attn_token_to_image.forward(&q, &placed, keys)?)?;
        let queries = self.norm2.forward(&queries)?;
        let inner = queries.apply(&self.lin1)?.relu()?.apply(&self.lin2)?;
        let queries = self.norm3.forward(&(queries + inner)?)?;
        let q = (&queries + query_positions)?;
        let keys = (keys + self.cross_attn_image_to_token.forward(&placed, &q, &queries)?)?;
        Ok((queries, self.norm4.forward(&keys)?))
    }
}

/// `Attention`, narrower inside than outside.
#[derive(Debug, Clone)]
struct Attention {
    q_proj: Linear,
    k_proj: Linear,
    v_proj: Linear,
    out_proj: Linear,
}

impl Attention {
    fn new(width: usize, inner: usize, weights: VarBuilder<'_>) -> Result<Self> {
        let inward = |name: &str| Linear::new([width, inner], weights.pp(name));
        Ok(Self {
            q_proj: inward("q_proj")?,
            k_proj: inward("k_proj")?,
            v_proj: inward("v_proj")?,
            out_proj: Linear::new([inner, width], weights.pp("out_proj"))?,
        })
    }

    fn forward(&self, q: &Tensor, k: &Tensor, v: &Tensor) -> Result<Tensor> {
        let head = |x: &Tensor, to: &Linear| split_heads(&x.apply(to)?, HEADS);
        let y = attention(&head(q, &self.q_proj)?, &head(k, &self.k_proj)?, &head(v, &self.v_proj)?, None)?;
        join_heads(&y)?.apply(&self.out_proj)
    }
}
