//! The transformer that both towers are made of.

use crate::ops::{Linear, attention, gelu_erf, join_heads, split_heads};
use candle_core::{Module, Result, Tensor};
use candle_nn::{LayerNorm, VarBuilder, layer_norm, ops};
use serde::Deserialize;
use serde_json::Value;

/// `hidden_act`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// With the error function, not the approximation by tanh.
    Gelu,
    /// x σ(1.702 x).
    QuickGelu,
}

impl Activation {
    fn of(self, x: &Tensor) -> Result<Tensor> {
        match self {
            Self::Gelu => gelu_erf(x),
            Self::QuickGelu => x * ops::sigmoid(&(x * 1.702)?)?,
        }
    }
}

/// The configs of both towers.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Sizes {
    /// Width of the tokens' states; in CLIP-L 768 for texts and 1024 for images.
    pub hidden_size: usize,
    /// Width between the two linear layers of an MLP; in CLIP-L 3072 for texts and 4096 for images.
    pub intermediate_size: usize,
    /// Layers of the transformer; in CLIP-L 12 for texts and 24 for images.
    pub num_hidden_layers: usize,
    /// Heads of each attention, which share the width evenly; in CLIP-L 12 for texts and 16 for images.
    pub num_attention_heads: usize,
    /// The activation between the two linear layers of an MLP; `quick_gelu` in CLIP-L, `gelu` in the towers of
    /// Kandinsky's prior.
    pub hidden_act: Activation,
    /// Added to the variance in every layer norm; 1e-5.
    pub layer_norm_eps: f64,
    /// Width of the embedding in the end.
    pub projection_dim: usize,
}

/// One tower's part of a config file, if it is about both, with the library's own values where the file leaves them out, as
/// it does in parts that are like them.
pub(super) fn completed(mut file: Value, part: &str, defaults: Value) -> Value {
    // The width that both towers project to is given once.
    let projection = file.get("projection_dim").cloned();
    let config = match file.get_mut(part) {
        Some(part) => part.take(),
        None => file,
    };
    let (Value::Object(config), Value::Object(mut all)) = (config, defaults) else { return Value::Null };
    all.extend(config);
    all.extend(projection.map(|projection| ("projection_dim".to_owned(), projection)));
    Value::Object(all)
}

/// `CLIPEncoder`.
#[derive(Debug, Clone)]
pub(super) struct Encoder {
    layers: Vec<Layer>,
}

impl Encoder {
    pub(super) fn new(sizes: Sizes, weights: VarBuilder<'_>) -> Result<Self> {
        let layer = |i| Layer::new(sizes, weights.pp(format!("layers.{i}")));
        Ok(Self { layers: (0..sizes.num_hidden_layers).map(layer).collect::<Result<_>>()? })
    }

    /// Runs tokens `(batch, tokens, width)`, with a mask that is added to attention scores.
    pub(super) fn forward(&self, x: &Tensor, mask: Option<&Tensor>) -> Result<Tensor> {
        self.layers.iter().try_fold(x.clone(), |x, layer| layer.forward(&x, mask))
    }

    /// The tokens before the first layer and after each of the first `layers`.
    pub(super) fn states(&self, x: &Tensor, layers: usize) -> Result<Vec<Tensor>> {
        let mut states = vec![x.clone()];
        for layer in self.layers.iter().take(layers) {
            states.push(layer.forward(&states[states.len() - 1], None)?);
        }
        Ok(states)
    }

    pub(super) const fn layers(&self) -> usize {
        self.layers.len()
    }
}

/// `CLIPEncoderLayer`.
#[derive(Debug, Clone)]
struct Layer {
    layer_norm1: LayerNorm,
    q_proj: Linear,
    k_proj: Linear,
    v_proj: Linear,
    out_proj: Linear,
    layer_norm2: LayerNorm,
    fc1: Linear,
    fc2: Linear,
    sizes: Sizes,
}

impl Layer {
    fn new(sizes: Sizes, weights: VarBuilder<'_>) -> Result<Self> {
        let Sizes { hidden_size: width, intermediate_size: inner, layer_norm_eps: eps, .. } = sizes;
        let square = |name: &str| Linear::new([width, width], weights.pp("self_attn").pp(name));
        Ok(Self {
            layer_norm1: layer_norm(width, eps, weights.pp("layer_norm1"))?,
            q_proj: square("q_proj")?,
            k_proj: square("k_proj")?,
            v_proj: square("v_proj")?,
            out_proj: square("out_proj")?,
            layer_norm2: layer_norm(width, eps, weights.pp("layer_norm2"))?,
            fc1: Linear::new([width, inner], weights.pp("mlp.fc1"))?,
            fc2: Linear::new([inner, width], weights.pp("mlp.fc2"))?,
            sizes,
        })
    }

    fn forward(&self, x: &Tensor, mask: Option<&Tensor>) -> Result<Tensor> {
        let y = self.layer_norm1.forward(x)?;
        let head = |to: &Linear| split_heads(&y.apply(to)?, self.sizes.num_attention_heads);
        let y = attention(&head(&self.q_proj)?, &head(&self.k_proj)?, &head(&self.v_proj)?, mask)?;
        let x = (x + join_heads(&y)?.apply(&self.out_proj)?)?;
        let y = self.sizes.hidden_act.of(&x.apply(&self.layer_norm2)?.apply(&self.fc1)?)?;
        x + y.apply(&self.fc2)?
    }
}
