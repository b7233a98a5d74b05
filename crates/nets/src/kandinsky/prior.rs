//! The prior: a transformer that turns the text of a prompt into the embedding of an image that would show it.
//!
//! diffusers' `PriorTransformer`, after DALL·E 2's prior (Ramesh et al. 2022, arXiv 2204.06125). It predicts the embedding
//! itself, not the noise.

use crate::ops::{Linear, TimeEmbedding, attention, causal_mask, gelu_erf, join_heads, split_heads};
use crate::{ModelError, Result};
use candle_core::{D, IndexOp, Tensor};
use candle_nn::{LayerNorm, VarBuilder, layer_norm};
use serde::Deserialize;

/// Added to the scores of what a token must not see.
const HIDDEN: f32 = -10_000.0;

/// `prior/config.json`; what later versions of the class added is absent there and refused here.
#[derive(Debug, Clone, Deserialize)]
pub struct PriorConfig {
    /// Heads of each attention; 32.
    pub num_attention_heads: usize,
    /// Width of a head, 64; times the heads it makes the transformer's width, 2048.
    pub attention_head_dim: usize,
    /// Blocks of the transformer; 20.
    pub num_layers: usize,
    /// Width of CLIP's text embeddings, text states and image embeddings; 1280.
    pub embedding_dim: usize,
    /// Tokens of text.
    pub num_embeddings: usize,
    /// Tokens after them: text, time, image and the one whose output is taken.
    pub additional_embeddings: usize,
    /// A norm before the first block; refused if there is one.
    pub norm_in_type: Option<String>,
    /// A norm of the text embedding before its projection; refused if there is one.
    pub embedding_proj_norm_type: Option<String>,
    /// How the text's states become tokens: `linear` or absent.
    pub encoder_hid_proj_type: Option<String>,
    /// The token whose output is used: `prd`, a learnt one, or absent.
    pub added_emb_type: Option<String>,
}

impl PriorConfig {
    fn check(&self) -> Result<()> {
        let wrong = |what: &str| Err(ModelError::Unsupported(format!("its prior has {what}")));
        if self.norm_in_type.is_some() || self.embedding_proj_norm_type.is_some() {
            return wrong("more norms than Kandinsky 2.2");
        }
        if self.encoder_hid_proj_type.as_deref().is_some_and(|kind| kind != "linear")
            || self.added_emb_type.as_deref().is_some_and(|kind| kind != "prd")
            || self.additional_embeddings != 4
        {
            return wrong("different tokens from Kandinsky 2.2");
        }
        Ok(())
    }
}

/// Predicts the image embedding behind a noisy one.
#[derive(Debug, Clone)]
pub struct Prior {
    time_embedding: TimeEmbedding,
    proj_in: Linear,
    embedding_proj: Linear,
    encoder_hidden_states_proj: Linear,
    positional_embedding: Tensor,
    prd_embedding: Tensor,
    transformer_blocks: Vec<Block>,
    norm_out: LayerNorm,
    proj_to_clip_embeddings: Linear,
    clip_mean: Tensor,
    clip_std: Tensor,
}

/// The text input of the prior.
#[derive(Debug, Clone)]
pub struct TextCondition {
    /// Pooled and projected, `(batch, embedding)`.
    pub text_embeds: Tensor,
    /// States of all tokens, `(batch, tokens, width)`.
    pub last_hidden_state: Tensor,
    /// 1 for tokens and 0 for padding, `(batch, tokens)`.
    pub attention_mask: Tensor,
}

impl Prior {
    /// # Errors
    /// If the config is not supported, or weights are missing or have another shape.
    pub fn new(config: &PriorConfig, weights: VarBuilder<'_>) -> Result<Self> {
        config.check()?;
        let width = config.num_attention_heads * config.attention_head_dim;
        let embedding = config.embedding_dim;
        let tokens = config.num_embeddings + config.additional_embeddings;
        let block = |i| Block::new(width, config.num_attention_heads, weights.pp(format!("transformer_blocks.{i}")));
        Ok(Self {
            time_embedding: TimeEmbedding::new(width, width, weights.pp("time_embedding"))?,
            proj_in: Linear::new([embedding, width], weights.pp("proj_in"))?,
            embedding_proj: Linear::new([embedding, width], weights.pp("embedding_proj"))?,
            encoder_hidden_states_proj: Linear::new([embedding, width], weights.pp("encoder_hidden_states_proj"))?,
            positional_embedding: weights.get((1, tokens, width), "positional_embedding")?,
            prd_embedding: weights.get((1, 1, width), "prd_embedding")?,
            transformer_blocks: (0..config.num_layers).map(block).collect::<Result<_>>()?,
            norm_out: layer_norm(width, 1e-5, weights.pp("norm_out"))?,
            proj_to_clip_embeddings: Linear::new([width, embedding], weights.pp("proj_to_clip_embeddings"))?,
            clip_mean: weights.get((1, embedding), "clip_mean")?,
            clip_std: weights.get((1, embedding), "clip_std")?,
        })
    }

    /// The image embedding `(batch, embedding)`, standardised, that is behind `noisy` at `time`.
    ///
    /// # Errors
    /// If the shapes do not fit.
    pub fn forward(&self, noisy: &Tensor, time: f64, text: &TextCondition) -> Result<Tensor> {
        let batch = noisy.dim(0)?;
        let token = |tokens: Tensor| tokens.unsqueeze(1);
        let time = self.time_embedding.forward(time)?;
        let width = time.dim(D::Minus1)?;
        let tokens = [
            text.last_hidden_state.apply(&self.encoder_hidden_states_proj)?,
            token(text.text_embeds.apply(&self.embedding_proj)?)?,
            token(time.broadcast_as((batch, width))?.contiguous()?)?,
            token(noisy.apply(&self.proj_in)?)?,
            self.prd_embedding.broadcast_as((batch, 1, width))?.contiguous()?,
        ];
        let mut x = Tensor::cat(&tokens, 1)?.broadcast_add(&self.positional_embedding)?;
        let mask = self.mask(&text.attention_mask)?;
        for block in &self.transformer_blocks {
            x = block.forward(&x, &mask)?;
        }
        let last = x.i((.., x.dim(1)? - 1))?.contiguous()?;
        Ok(last.apply(&self.norm_out)?.apply(&self.proj_to_clip_embeddings)?)
    }

    /// The image embedding in CLIP's scale, from a standardised one.
    ///
    /// # Errors
    /// If the shapes do not fit.
    pub fn post_process(&self, embedding: &Tensor) -> Result<Tensor> {
        Ok(embedding.broadcast_mul(&self.clip_std)?.broadcast_add(&self.clip_mean)?)
    }

    /// Numbers in an embedding.
    ///
    /// # Errors
    /// Never for a prior that was loaded.
    pub fn embedding_dim(&self) -> Result<usize> {
        Ok(self.clip_mean.dim(1)?)
    }

    /// The attention mask, added to the scores: it hides later tokens and padding; where both apply they add up.
    fn mask(&self, attention_mask: &Tensor) -> Result<Tensor> {
        let (dtype, device) = (self.prd_embedding.dtype(), self.prd_embedding.device());
        let tokens = self.positional_embedding.dim(1)?;
        let text = attention_mask.dim(1)?;
        let padding = ((attention_mask.to_dtype(dtype)? - 1.0)? * f64::from(-HIDDEN))?;
        let padding = padding.pad_with_zeros(1, 0, tokens - text)?.unsqueeze(1)?.unsqueeze(1)?;
        let causal = causal_mask(tokens, HIDDEN, dtype, device)?;
        Ok(padding.broadcast_add(&causal.unsqueeze(0)?.unsqueeze(0)?)?)
    }
}

/// `BasicTransformerBlock` with attention to itself only.
#[derive(Debug, Clone)]
struct Block {
    norm1: LayerNorm,
    to_q: Linear,
    to_k: Linear,
    to_v: Linear,
    to_out: Linear,
    norm3: LayerNorm,
    ff_in: Linear,
    ff_out: Linear,
    heads: usize,
}

impl Block {
    fn new(width: usize, heads: usize, weights: VarBuilder<'_>) -> Result<Self> {
        let square = |name: &str| Linear::new([width, width], weights.pp("attn1").pp(name));
        Ok(Self {
            norm1: layer_norm(width, 1e-5, weights.pp("norm1"))?,
            to_q: square("to_q")?,
            to_k: square("to_k")?,
            to_v: square("to_v")?,
            to_out: square("to_out.0")?,
            norm3: layer_norm(width, 1e-5, weights.pp("norm3"))?,
            ff_in: Linear::new([width, 4 * width], weights.pp("ff.net.0.proj"))?,
            ff_out: Linear::new([4 * width, width], weights.pp("ff.net.2"))?,
            heads,
        })
    }

    fn forward(&self, x: &Tensor, mask: &Tensor) -> Result<Tensor> {
        let y = x.apply(&self.norm1)?;
        let head = |to: &Linear| split_heads(&y.apply(to)?, self.heads);
        let y = attention(&head(&self.to_q)?, &head(&self.to_k)?, &head(&self.to_v)?, Some(mask))?;
        let x = (x + join_heads(&y)?.apply(&self.to_out)?)?;
        let y = gelu_erf(&x.apply(&self.norm3)?.apply(&self.ff_in)?)?.apply(&self.ff_out)?;
        Ok((x + y)?)
    }
}
