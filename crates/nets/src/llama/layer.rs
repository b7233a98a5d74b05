//! One layer: attention with rotated positions, then a gated product.

use super::source::Source;
use super::{Cache, Config};
use crate::Result;
use crate::ops::{Linear, join_heads, silu, split_heads};
use candle_core::{DType, Device, Module, Tensor};
use candle_nn::{RmsNorm, ops, rotary_emb};

/// Which numbers of a head are rotated together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pairs {
    /// The first half with the second, as in checkpoints of the transformers library.
    Halves,
    /// Neighbours, as in GGUF files.
    Neighbours,
}

/// Rotary positions (Su et al. 2021, arXiv 2104.09864): cosines and sines `(positions, d / 2)`.
#[derive(Debug, Clone)]
pub(super) struct Rope {
    cos: Tensor,
    sin: Tensor,
    pairs: Pairs,
}

impl Rope {
    pub(super) fn new(config: &Config, positions: usize, pairs: Pairs, dtype: DType, device: &Device) -> Result<Self> {
        let head = config.head();
        let wave = |i: usize| 1.0 / (config.rope_theta as f32).powf(2.0 * i as f32 / head as f32);
        let waves: Vec<f32> = (0..head / 2).map(wave).collect();
        let angles: Vec<f32> =
            (0..positions).flat_map(|position| waves.iter().map(move |wave| position as f32 * wave)).collect();
        let table = |of: fn(f32) -> f32| -> Result<Tensor> {
            let values = angles.iter().copied().map(of).collect();
            Ok(Tensor::from_vec(values, (positions, head / 2), device)?.to_dtype(dtype)?)
        };
        Ok(Self { cos: table(f32::cos)?, sin: table(f32::sin)?, pairs })
    }

    /// Rotates `(batch, heads, tokens, d)` whose first token is at position `start`.
    fn turn(&self, x: &Tensor, start: usize) -> candle_core::Result<Tensor> {
        let tokens = x.dim(2)?;
        let (cos, sin) = (self.cos.narrow(0, start, tokens)?, self.sin.narrow(0, start, tokens)?);
        match self.pairs {
            Pairs::Halves => rotary_emb::rope(x, &cos, &sin),
            Pairs::Neighbours => rotary_emb::rope_i(x, &cos, &sin),
        }
    }
}

/// `LlamaDecoderLayer`.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    input_layernorm: RmsNorm,
    q_proj: Linear,
    k_proj: Linear,
    v_proj: Linear,
    o_proj: Linear,
    post_attention_layernorm: RmsNorm,
    gate_proj: Linear,
    up_proj: Linear,
    down_proj: Linear,
    index: usize,
    heads: usize,
    key_value_heads: usize,
}

impl Layer {
    pub(super) fn new(config: &Config, index: usize, source: &dyn Source) -> Result<Self> {
        let (width, inner) = (config.hidden_size, config.intermediate_size);
        let shared = config.key_value_heads() * config.head();
        let path = |name: &str| format!("model.layers.{index}.{name}");
        let linear = |name: &str, sizes| source.linear(&path(name), sizes);
        let norm = |name: &str| source.norm(&path(name), width, config.rms_norm_eps);
        Ok(Self {
            input_layernorm: norm("input_layernorm")?,
            q_proj: linear("self_attn.q_proj", [width, width])?,
            k_proj: linear("self_attn.k_proj", [width, shared])?,
            v_proj: linear("self_attn.v_proj", [width, shared])?,
            o_proj: linear("self_attn.o_proj", [width, width])?,
            post_attention_layernorm: norm("post_attention_layernorm")?,
            gate_proj: linear("mlp.gate_proj", [width, inner])?,
            up_proj: linear("mlp.up_proj", [width, inner])?,
            down_proj: linear("mlp.down_proj", [inner, width])?,
            index,
            heads: config.num_attention_heads,
            key_value_heads: config.key_value_heads(),
        })
    }

    /// Tokens `(batch, tokens, width)` after those in the cache.
    pub(super) fn forward(&self, x: &Tensor, rope: &Rope, mask: Option<&Tensor>, cache: &mut Cache) -> Result<Tensor> {
        let y = self.input_layernorm.forward(x)?;
        let head = |to: &Linear, heads: usize| split_heads(&to.forward(&y)?, heads);
        let start = cache.tokens();
        let q = rope.turn(&head(&self.q_proj, self.heads)?, start)?;
        let k = rope.turn(&head(&self.k_proj, self.key_value_heads)?, start)?;
        let (k, v) = cache.append(self.index, &k, &head(&self.v_proj, self.key_value_heads)?)?;
        let x = (x + self.o_proj.forward(&join_heads(&self.attend(&q, &k, &v, mask)?)?)?)?;
        let y = self.post_attention_layernorm.forward(&x)?;
        let y = (silu(&self.gate_proj.forward(&y)?)? * self.up_proj.forward(&y)?)?;
        Ok((x + self.down_proj.forward(&y)?)?)
    }

    /// Attention of `(batch, heads, tokens, d)`; keys and values may be fewer heads, each for a group.
    fn attend(&self, q: &Tensor, k: &Tensor, v: &Tensor, mask: Option<&Tensor>) -> candle_core::Result<Tensor> {
        let (batch, heads, tokens, width) = q.dims4()?;
        let group = heads / self.key_value_heads;
        // A group's queries are rows of one product, so that keys and values are never copied.
        let q = (q.reshape((batch, self.key_value_heads, group * tokens, width))? * (1.0 / (width as f64).sqrt()))?;
        let scores = q.matmul(&k.t()?)?;
        let scores = match mask {
            None => scores,
            Some(mask) => {
                let all = scores.dim(3)?;
                let by_head = scores.reshape((batch, heads, tokens, all))?.broadcast_add(mask)?;
                by_head.reshape((batch, self.key_value_heads, group * tokens, all))?
            }
        };
        ops::softmax_last_dim(&scores)?.matmul(v)?.reshape((batch, heads, tokens, width))
    }
}
