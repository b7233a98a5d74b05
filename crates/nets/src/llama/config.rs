//! `config.json` of a checkpoint.

use crate::{ModelError, Result};
use serde::Deserialize;

/// Sizes of the network, by the names of the transformers library.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    /// Width of the residual stream; 4096 in the 7B model, 5120 in the 13B one.
    pub hidden_size: usize,
    /// Width of the gated product in each MLP; 11008 in the 7B model, 13824 in the 13B one.
    pub intermediate_size: usize,
    /// Transformer layers; 32 in the 7B model, 40 in the 13B one.
    pub num_hidden_layers: usize,
    /// Heads of queries in each attention, which share the width evenly; 32 in the 7B model, 40 in the 13B one.
    pub num_attention_heads: usize,
    /// Fewer than heads where groups of heads share keys and values (Ainslie et al. 2023, arXiv 2305.13245).
    pub num_key_value_heads: Option<usize>,
    /// Size of the vocabulary, including added tokens: ids are below it; 32004 in LISA 7B.
    pub vocab_size: usize,
    /// Added to the mean square in every norm; 1e-6 in the 7B model, 1e-5 in the 13B one.
    pub rms_norm_eps: f64,
    /// The longest wave of the positions.
    #[serde(default = "default_theta")]
    pub rope_theta: f64,
    /// How positions are scaled for longer texts; must be absent or null.
    pub rope_scaling: Option<serde_json::Value>,
    /// Maximum tokens of a text with its answer, 2048 in the 7B model; no more than 32768 are used.
    pub max_position_embeddings: usize,
    /// Whether output tokens use the same vectors as input tokens.
    #[serde(default)]
    pub tie_word_embeddings: bool,
}

const fn default_theta() -> f64 {
    10_000.0
}

impl Config {
    /// Heads that have keys and values of their own.
    pub fn key_value_heads(&self) -> usize {
        self.num_key_value_heads.unwrap_or(self.num_attention_heads)
    }

    /// Numbers of each head.
    pub const fn head(&self) -> usize {
        match self.hidden_size.checked_div(self.num_attention_heads) {
            Some(width) => width,
            None => 0,
        }
    }

    /// Refuses sizes that make no network, and what this one does not do.
    pub(super) fn check(&self) -> Result<()> {
        let unsupported = |what: String| Err(ModelError::Unsupported(what));
        let (heads, key_value_heads) = (self.num_attention_heads, self.key_value_heads());
        if self.head() == 0 || self.head() * heads != self.hidden_size || !self.head().is_multiple_of(2) {
            return unsupported(format!("its width {} is not divisible by its {heads} heads", self.hidden_size));
        }
        if key_value_heads == 0 || !heads.is_multiple_of(key_value_heads) {
            return unsupported(format!("its {heads} heads are not divisible by its {key_value_heads} key heads"));
        }
        match &self.rope_scaling {
            None | Some(serde_json::Value::Null) => Ok(()),
            Some(scaling) => unsupported(format!("it scales positions ({scaling})")),
        }
    }
}
