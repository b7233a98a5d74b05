//! `config.json` of a checkpoint.

use crate::{ModelError, Result};
use serde::Deserialize;

/// Sizes of the network, by the names of the transformers library.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    pub hidden_size: usize,
    pub intermediate_size: usize,
    pub num_hidden_layers: usize,
    pub num_attention_heads: usize,
    /// Fewer than heads where groups of heads share keys and values (Ainslie et al. 2023, arXiv 2305.13245).
    pub num_key_value_heads: Option<usize>,
    pub vocab_size: usize,
    pub rms_norm_eps: f64,
    /// The longest wave of the positions.
    #[serde(default = "default_theta")]
    pub rope_theta: f64,
    pub rope_scaling: Option<serde_json::Value>,
    pub max_position_embeddings: usize,
    /// Whether the answer's tokens are compared with the same vectors as the prompt's are read with.
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
            return unsupported(format!("its {heads} heads do not share {} numbers", self.hidden_size));
        }
        if key_value_heads == 0 || !heads.is_multiple_of(key_value_heads) {
            return unsupported(format!("its {heads} heads do not share {key_value_heads} keys"));
        }
        match &self.rope_scaling {
            None | Some(serde_json::Value::Null) => Ok(()),
            Some(scaling) => unsupported(format!("it stretches positions ({scaling})")),
        }
    }
}
