//! Sources of weights: a checkpoint of the transformers library, or a GGUF file.

use super::config::Config;
use super::layer::Pairs;
use crate::ops::{Embedding, Linear, WeightType};
use crate::weights::damaged;
use crate::{ModelError, Result};
use candle_core::quantized::QTensor;
use candle_core::quantized::gguf_file::{Content, Value};
use candle_core::{DType, Device};
use candle_nn::{RmsNorm, VarBuilder};
use std::cell::RefCell;
use std::fs::File;
use std::io::BufReader;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Gives layers by the names of the transformers library.
pub(super) trait Source {
    /// A linear layer of `sizes` = [in, out].
    fn linear(&self, path: &str, sizes: [usize; 2]) -> Result<Linear>;
    fn norm(&self, path: &str, width: usize, eps: f64) -> Result<RmsNorm>;
    /// An embedding of `sizes` = [tokens, width].
    fn embedding(&self, path: &str, sizes: [usize; 2]) -> Result<Embedding>;
    /// How these weights rotate positions.
    fn pairs(&self) -> Pairs;
    /// The number format of the network, and its device.
    fn compute(&self) -> (DType, Device);
}

/// A checkpoint of the transformers library.
pub(super) struct Checkpoint<'a> {
    pub(super) weights: VarBuilder<'a>,
    pub(super) kept: WeightType,
}

impl Source for Checkpoint<'_> {
    fn linear(&self, path: &str, sizes: [usize; 2]) -> Result<Linear> {
        Ok(Linear::kept(sizes, self.kept, self.weights.pp(path))?)
    }

    fn norm(&self, path: &str, width: usize, eps: f64) -> Result<RmsNorm> {
        Ok(candle_nn::rms_norm(width, eps, self.weights.pp(path))?)
    }

    fn embedding(&self, path: &str, sizes: [usize; 2]) -> Result<Embedding> {
        // Few bytes, and the network's only input: never quantised.
        Ok(Embedding::new(sizes, WeightType::AsStored, self.weights.pp(path))?)
    }

    fn pairs(&self) -> Pairs {
        Pairs::Halves
    }

    fn compute(&self) -> (DType, Device) {
        (self.weights.dtype(), self.weights.device().clone())
    }
}

/// A GGUF file, whose linear layers stay packed as they are.
pub(super) struct Gguf {
    path: PathBuf,
    file: RefCell<BufReader<File>>,
    content: Content,
    device: Device,
}

impl Gguf {
    pub(super) fn open(path: &Path, device: &Device) -> Result<Self> {
        let unreadable = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::NotFound => ModelError::Missing(path.to_owned()),
            _ => ModelError::Unreadable { path: path.to_owned(), reason: error.to_string() },
        };
        let mut file = BufReader::new(File::open(path).map_err(unreadable)?);
        let content = caught(path, || Content::read(&mut file))?;
        Ok(Self { path: path.to_owned(), file: RefCell::new(file), content, device: device.clone() })
    }

    /// The network's config from the file.
    pub(super) fn config(&self) -> Result<Config> {
        let kind = self.value("general.architecture")?.to_string().map_err(|error| damaged(&self.path, &error))?;
        if kind != "llama" {
            return Err(ModelError::Unsupported(format!("its architecture is {kind}, not llama")));
        }
        let size = |name: &str| self.size(&format!("llama.{name}"));
        let float = |name: &str| {
            let value = self.value(&format!("llama.{name}"))?;
            value.to_f32().map_err(|error| damaged(&self.path, &error))
        };
        let vocabulary = self.content.tensor_infos.get("token_embd.weight").and_then(|info| info.shape.dims().first());
        let config = Config {
            hidden_size: size("embedding_length")?,
            intermediate_size: size("feed_forward_length")?,
            num_hidden_layers: size("block_count")?,
            num_attention_heads: size("attention.head_count")?,
            num_key_value_heads: size("attention.head_count_kv").ok(),
            vocab_size: *vocabulary.ok_or_else(|| damaged(&self.path, &"it has no token_embd.weight"))?,
            rms_norm_eps: f64::from(float("attention.layer_norm_rms_epsilon")?),
            rope_theta: float("rope.freq_base").map_or(10_000.0, f64::from),
            rope_scaling: None,
            max_position_embeddings: size("context_length")?,
            tie_word_embeddings: !self.content.tensor_infos.contains_key("output.weight"),
        };
        if self.content.tensor_infos.contains_key("rope_freqs.weight") {
            return Err(ModelError::Unsupported("it scales positions".to_owned()));
        }
        Ok(config)
    }

    fn value(&self, name: &str) -> Result<&Value> {
        self.content.metadata.get(name).ok_or_else(|| damaged(&self.path, &format!("it has no value for {name}")))
    }

    fn size(&self, name: &str) -> Result<usize> {
        let value = self.value(name)?;
        let number = value.to_u64().or_else(|_| value.to_u32().map(u64::from));
        number
            .ok()
            .and_then(|number| usize::try_from(number).ok())
            .ok_or_else(|| damaged(&self.path, &format!("its {name} is not a size")))
    }

    /// The tensor that a layer of the transformers library is kept as.
    fn tensor(&self, path: &str, dims: &[usize]) -> Result<Arc<QTensor>> {
        let name = name_of(path);
        let file = &mut *self.file.borrow_mut();
        let tensor = caught(&self.path, || self.content.tensor(file, &name, &self.device))?;
        if tensor.shape().dims() != dims {
            return Err(damaged(&self.path, &format!("its {name} is {:?} instead of {dims:?}", tensor.shape())));
        }
        Ok(Arc::new(tensor))
    }
}

/// The reader multiplies what a file says its sizes are, which overflows in a file made by hand.
fn caught<T>(path: &Path, read: impl FnOnce() -> candle_core::Result<T>) -> Result<T> {
    let read = catch_unwind(AssertUnwindSafe(read)).map_err(|_| damaged(path, &"its sizes make no sense"))?;
    read.map_err(|error| damaged(path, &error))
}

/// The name in a GGUF file.
fn name_of(path: &str) -> String {
    const NAMES: [(&str, &str); 12] = [
        ("model.layers.", "blk."),
        ("model.embed_tokens", "token_embd"),
        ("model.norm", "output_norm"),
        ("lm_head", "output"),
        ("self_attn.q_proj", "attn_q"),
        ("self_attn.k_proj", "attn_k"),
        ("self_attn.v_proj", "attn_v"),
        ("self_attn.o_proj", "attn_output"),
        ("input_layernorm", "attn_norm"),
        ("post_attention_layernorm", "ffn_norm"),
        ("mlp.", "ffn_"),
        ("_proj", ""),
    ];
    let name = NAMES.iter().fold(path.to_owned(), |name, (theirs, mine)| name.replace(theirs, mine));
    format!("{name}.weight")
}

impl Source for Gguf {
    fn linear(&self, path: &str, [from, to]: [usize; 2]) -> Result<Linear> {
        Ok(Linear::of(self.tensor(path, &[to, from])?)?)
    }

    fn norm(&self, path: &str, width: usize, eps: f64) -> Result<RmsNorm> {
        let weight = self.tensor(path, &[width])?.dequantize(&self.device)?;
        Ok(RmsNorm::new(weight, eps))
    }

    fn embedding(&self, path: &str, [tokens, width]: [usize; 2]) -> Result<Embedding> {
        Ok(Embedding::of(self.tensor(path, &[tokens, width])?))
    }

    fn pairs(&self) -> Pairs {
        Pairs::Neighbours
    }

    fn compute(&self) -> (DType, Device) {
        (DType::F32, self.device.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn layers_have_other_names_in_gguf_files() {
        assert_eq!(name_of("model.embed_tokens"), "token_embd.weight");
        assert_eq!(name_of("model.layers.12.self_attn.o_proj"), "blk.12.attn_output.weight");
        assert_eq!(name_of("model.layers.3.mlp.gate_proj"), "blk.3.ffn_gate.weight");
        assert_eq!(name_of("model.layers.3.post_attention_layernorm"), "blk.3.ffn_norm.weight");
        assert_eq!(name_of("model.layers.3.input_layernorm"), "blk.3.attn_norm.weight");
        assert_eq!(name_of("model.norm"), "output_norm.weight");
        assert_eq!(name_of("lm_head"), "output.weight");
    }
}
