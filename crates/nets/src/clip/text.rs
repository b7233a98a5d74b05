//! The text tower, with and without the projection into the space that pictures share.

use super::encoder::{Encoder, Sizes, completed};
use crate::Result;
use crate::ops::{Embedding, Linear, WeightType, causal_mask};
use candle_core::{IndexOp, Tensor};
use candle_nn::{LayerNorm, VarBuilder, layer_norm};
use serde::Deserialize;
use serde_json::{Value, json};

/// The end token's id in configs older than the vocabulary, which means: look for the largest id.
const LEGACY_EOS: u32 = 2;

/// `text_encoder/config.json`, or the `text_config` in the config of both towers.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Value")]
pub struct TextConfig {
    /// Sizes of the tower's transformer.
    pub sizes: Sizes,
    /// Tokens of the longest text, start and end among them; 77.
    pub max_position_embeddings: usize,
    /// Size of the vocabulary: ids are below it; 49408.
    pub vocab_size: usize,
    /// Token whose state becomes the text's embedding; 2, as old configs say, stands for the largest id of the text.
    pub eos_token_id: u32,
}

impl TryFrom<Value> for TextConfig {
    type Error = serde_json::Error;

    fn try_from(file: Value) -> serde_json::Result<Self> {
        #[derive(Deserialize)]
        struct Rest {
            max_position_embeddings: usize,
            vocab_size: usize,
            eos_token_id: u32,
        }
        let defaults = json!({
            "hidden_size": 512, "intermediate_size": 2048, "projection_dim": 512, "num_hidden_layers": 12,
            "num_attention_heads": 8, "max_position_embeddings": 77, "vocab_size": 49408, "eos_token_id": 49407,
            "hidden_act": "quick_gelu", "layer_norm_eps": 1e-5
        });
        let config = completed(file, "text_config", defaults);
        let Rest { max_position_embeddings, vocab_size, eos_token_id } = Rest::deserialize(&config)?;
        Ok(Self { sizes: Sizes::deserialize(config)?, max_position_embeddings, vocab_size, eos_token_id })
    }
}

/// Turns tokens into states: `CLIPTextModel`.
#[derive(Debug, Clone)]
pub struct TextModel {
    token_embedding: Embedding,
    position_embedding: Tensor,
    encoder: Encoder,
    final_layer_norm: LayerNorm,
}

/// Turns tokens into states and an embedding: `CLIPTextModelWithProjection`.
#[derive(Debug, Clone)]
pub struct TextEncoder {
    model: TextModel,
    text_projection: Linear,
    eos: u32,
}

/// An encoded text.
#[derive(Debug, Clone)]
pub struct TextOutput {
    /// States of each token, after the last norm: `(batch, tokens, width)`.
    pub last_hidden_state: Tensor,
    /// Projected state of the end token: `(batch, projection)`.
    pub text_embeds: Tensor,
}

impl TextModel {
    /// # Errors
    /// If weights are missing or have another shape.
    pub fn new(config: &TextConfig, weights: VarBuilder<'_>) -> Result<Self> {
        let Sizes { hidden_size: width, layer_norm_eps: eps, .. } = config.sizes;
        let model = weights.pp("text_model");
        let (tokens, positions) = (config.vocab_size, config.max_position_embeddings);
        let embeddings = model.pp("embeddings");
        let token_embedding = embeddings.pp("token_embedding");
        Ok(Self {
            token_embedding: Embedding::new([tokens, width], WeightType::AsStored, token_embedding)?,
            position_embedding: embeddings.pp("position_embedding").get((positions, width), "weight")?,
            encoder: Encoder::new(config.sizes, model.pp("encoder"))?,
            final_layer_norm: layer_norm(width, eps, model.pp("final_layer_norm"))?,
        })
    }

    /// The states `(batch, tokens, width)` after the last norm of texts of equally many tokens; padding is seen like any
    /// other token.
    ///
    /// # Errors
    /// If there is no text, the texts differ in length, or a token is not in the vocabulary.
    pub fn forward(&self, texts: &[Vec<u32>]) -> Result<Tensor> {
        let positions = &self.position_embedding;
        let (device, tokens) = (positions.device(), texts.first().map_or(0, Vec::len));
        let ids = Tensor::from_vec(texts.concat(), (texts.len(), tokens), device)?;
        let x =
            self.token_embedding.forward(&ids, positions.dtype())?.broadcast_add(&positions.narrow(0, 0, tokens)?)?;
        let mask = causal_mask(tokens, f32::NEG_INFINITY, x.dtype(), device)?;
        Ok(self.encoder.forward(&x, Some(&mask))?.apply(&self.final_layer_norm)?)
    }
}

impl TextEncoder {
    /// # Errors
    /// If weights are missing or have another shape.
    pub fn new(config: &TextConfig, weights: VarBuilder<'_>) -> Result<Self> {
        let Sizes { hidden_size: width, projection_dim, .. } = config.sizes;
        let text_projection = Linear::without_bias([width, projection_dim], weights.pp("text_projection"))?;
        Ok(Self { model: TextModel::new(config, weights)?, text_projection, eos: config.eos_token_id })
    }

    /// States and embeddings of texts.
    ///
    /// # Errors
    /// See [`TextModel::forward`].
    pub fn forward(&self, texts: &[Vec<u32>]) -> Result<TextOutput> {
        let x = self.model.forward(texts)?;
        let ends = texts.iter().enumerate().map(|(text, ids)| x.i((text, self.end_of(ids))));
        let ends = Tensor::stack(&ends.collect::<candle_core::Result<Vec<_>>>()?, 0)?;
        Ok(TextOutput { text_embeds: ends.apply(&self.text_projection)?, last_hidden_state: x })
    }

    /// Index of the first end token; of the first token of the largest id where the config is older than the vocabulary.
    fn end_of(&self, ids: &[u32]) -> usize {
        let wanted = if self.eos == LEGACY_EOS { ids.iter().copied().max().unwrap_or(self.eos) } else { self.eos };
        ids.iter().position(|id| *id == wanted).unwrap_or(0)
    }
}
