//! Llama (Touvron et al. 2023, arXiv 2302.13971): tokens to states, and states to the next token.
//!
//! The module tree is that of the transformers library. Unlike most ports, it returns the states after the last norm,
//! from which LISA decodes masks. Weights can be kept in 16, 8 or 4 bits; sums use the input's number format.

mod cache;
mod config;
mod layer;
mod source;
mod tokenizer;

pub use cache::Cache;
pub use config::Config;
pub use tokenizer::Tokenizer;

use super::ops::{Embedding, Linear, WeightType, causal_mask};
use super::{ModelError, Result, check_numbers};
use candle_core::{D, DType, Device, IndexOp, Module, Tensor};
use candle_nn::{RmsNorm, VarBuilder};
use layer::{Layer, Rope};
use source::{Checkpoint, Gguf, Source};
use std::path::Path;

/// Maximum tokens of a text, whatever a file says: the cache of each must fit into memory.
const MOST_TOKENS: usize = 1 << 15;

/// `LlamaForCausalLM`.
#[derive(Debug, Clone)]
pub struct Llama {
    embed_tokens: Embedding,
    layers: Vec<Layer>,
    norm: RmsNorm,
    lm_head: Linear,
    rope: Rope,
    positions: usize,
    dtype: DType,
    device: Device,
}

/// A token that the network chose.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// Its id in the vocabulary: the place of the largest logit.
    pub token: u32,
    /// The state `(width,)` after the last norm that it was chosen by: that of the token before it.
    pub hidden: Tensor,
}

/// Called with each chosen token; returns whether to continue.
pub type Listen<'a> = dyn FnMut(&Chosen) -> Result<bool> + 'a;

/// Called before each layer; returns whether to continue.
pub type GoOn<'a> = dyn Fn() -> bool + Sync + 'a;

impl Llama {
    /// Loads a checkpoint of the transformers library, with quantised linear layers.
    ///
    /// # Errors
    /// If the sizes do not form a network, or weights are missing or have another shape.
    pub fn new(config: &Config, kept: WeightType, weights: VarBuilder<'_>) -> Result<Self> {
        Self::from_source(config, &Checkpoint { weights, kept })
    }

    /// Loads a GGUF file, quantised as it is.
    ///
    /// # Errors
    /// See [`new`](Self::new); [`ModelError::Damaged`] if the file is truncated or of another kind.
    pub fn open_gguf(path: &Path, device: &Device) -> Result<Self> {
        let source = Gguf::open(path, device)?;
        Self::from_source(&source.config()?, &source)
    }

    fn from_source(config: &Config, source: &dyn Source) -> Result<Self> {
        config.check()?;
        let positions = config.max_position_embeddings.min(MOST_TOKENS);
        let (dtype, device) = source.compute();
        let sizes = [config.vocab_size, config.hidden_size];
        let embed_tokens = source.embedding("model.embed_tokens", sizes)?;
        let lm_head = if config.tie_word_embeddings {
            embed_tokens.tied()?
        } else {
            source.linear("lm_head", [config.hidden_size, config.vocab_size])?
        };
        let layer = |index| Layer::new(config, index, source);
        Ok(Self {
            embed_tokens,
            layers: (0..config.num_hidden_layers).map(layer).collect::<Result<_>>()?,
            norm: source.norm("model.norm", config.hidden_size, config.rms_norm_eps)?,
            lm_head,
            rope: Rope::new(config, positions, source.pairs(), dtype, &device)?,
            positions,
            dtype,
            device,
        })
    }

    /// The vectors `(1, tokens, width)` of tokens.
    ///
    /// # Errors
    /// If a token has no embedding.
    pub fn embed(&self, ids: &[u32]) -> Result<Tensor> {
        Ok(self.embed_tokens.forward(&Tensor::new(ids, &self.device)?.unsqueeze(0)?, self.dtype)?)
    }

    /// Reads `(batch, tokens, width)` after what the cache remembers: the states after the last norm, of the same shape.
    ///
    /// # Errors
    /// [`ModelError::Unsuitable`] if the text becomes longer than the network takes; if the device is out of memory.
    pub fn forward(&self, embeds: &Tensor, cache: &mut Cache) -> Result<Tensor> {
        self.forward_while(embeds, cache, &|| true)
    }

    /// Like [`forward`](Self::forward); if `go_on` stops it, the cache remembers no more than before.
    ///
    /// # Errors
    /// See [`forward`](Self::forward); also [`ModelError::Cancelled`].
    pub fn forward_while(&self, embeds: &Tensor, cache: &mut Cache, go_on: &GoOn<'_>) -> Result<Tensor> {
        let (before, tokens) = (cache.tokens(), embeds.dim(1)?);
        if before + tokens > self.positions {
            return Err(ModelError::Unsuitable(format!(
                "The text is too long: the model takes {} tokens. Ask for less at once.",
                self.positions
            )));
        }
        let mask = match tokens {
            1 => None,
            _ => Some(self.mask(before, tokens)?),
        };
        // On a thread of the pool: from another thread, each layer would wake the pool again, which takes longer than a
        // token.
        rayon::scope(|_| {
            let mut x = embeds.clone();
            for layer in &self.layers {
                if !go_on() {
                    return Err(ModelError::Cancelled);
                }
                x = layer.forward(&x, &self.rope, mask.as_ref(), cache)?;
            }
            cache.advance(tokens);
            Ok(self.norm.forward(&x)?)
        })
    }

    /// Logits `(batch, tokens, vocabulary)` of the token after each state.
    ///
    /// # Errors
    /// If the shapes do not fit.
    pub fn logits(&self, hidden: &Tensor) -> Result<Tensor> {
        Ok(self.lm_head.forward(hidden)?)
    }

    /// Continues a text `(1, tokens, width)` with the likeliest tokens, up to a maximum or until the listener has
    /// enough. The last token is not read again.
    ///
    /// # Errors
    /// See [`forward_while`](Self::forward_while); [`ModelError::NoNumbers`] if the weights are damaged, and the
    /// listener's errors.
    pub fn generate(
        &self,
        prompt: &Tensor,
        most: usize,
        cache: &mut Cache,
        go_on: &GoOn<'_>,
        listen: &mut Listen<'_>,
    ) -> Result<Vec<Chosen>> {
        let mut chosen: Vec<Chosen> = Vec::new();
        let mut embeds = prompt.clone();
        while chosen.len() < most {
            let states = self.forward_while(&embeds, cache, go_on)?;
            let hidden = states.i((0, states.dim(1)? - 1))?;
            let logits = self.logits(&hidden.reshape((1, 1, ()))?)?.flatten_all()?.to_dtype(DType::F32)?;
            check_numbers(&logits)?;
            let token = logits.argmax(D::Minus1)?.to_scalar::<u32>()?;
            let next = Chosen { token, hidden };
            let goes_on = listen(&next)?;
            chosen.push(next);
            if !goes_on {
                break;
            }
            embeds = self.embed(&[token])?;
        }
        Ok(chosen)
    }

    /// Hides later tokens: `(tokens, before + tokens)`.
    fn mask(&self, before: usize, tokens: usize) -> Result<Tensor> {
        let mask = causal_mask(tokens, f32::NEG_INFINITY, self.dtype, &self.device)?;
        let seen = Tensor::zeros((tokens, before), self.dtype, &self.device)?;
        Ok(Tensor::cat(&[seen, mask], 1)?)
    }
}
