//! From states and a text to a map.

use super::Config;
use crate::ops::{Conv2d, Linear, attention, join_heads, split_heads};
use crate::{ModelError, Result};
use candle_core::{IndexOp, Module, Tensor};
use candle_nn::{LayerNorm, VarBuilder, layer_norm};

/// `CLIPSegDecoder`.
#[derive(Debug, Clone)]
pub(super) struct Decoder {
    film_mul: Linear,
    film_add: Linear,
    reduces: Vec<Linear>,
    layers: Vec<Layer>,
    head: Head,
    conditional_layer: usize,
}

impl Decoder {
    pub(super) fn new(config: &Config, weights: VarBuilder<'_>) -> Result<Self> {
        let (decoder, clip) = (&config.decoder, config.vision.sizes);
        let (width, projection) = (decoder.reduce_dim, config.text.sizes.projection_dim);
        let count = decoder.extract_layers.len();
        let reduce = |i| Linear::new([clip.hidden_size, width], weights.pp(format!("reduces.{i}")));
        let layer = |i| Layer::new(config, weights.pp(format!("layers.{i}")));
        Ok(Self {
            film_mul: Linear::new([projection, width], weights.pp("film_mul"))?,
            film_add: Linear::new([projection, width], weights.pp("film_add"))?,
            reduces: (0..count).map(reduce).collect::<candle_core::Result<_>>()?,
            layers: (0..count).map(layer).collect::<Result<_>>()?,
            head: Head::new(config, weights.pp("transposed_convolution"))?,
            conditional_layer: decoder.conditional_layer,
        })
    }

    /// Logits `(n, s, s)` of states `(1, 1 + patches, width)` and texts `(n, projection)`.
    pub(super) fn forward(&self, states: &[Tensor], texts: &Tensor) -> Result<Tensor> {
        let mut x: Option<Tensor> = None;
        // From the deepest on.
        for (i, (state, (reduce, layer))) in states.iter().rev().zip(self.reduces.iter().zip(&self.layers)).enumerate()
        {
            let reduced = reduce.forward(state)?;
            let mut sum = match x {
                Some(x) => x.broadcast_add(&reduced)?,
                None => reduced,
            };
            if i == self.conditional_layer {
                let factor = self.film_mul.forward(texts)?.unsqueeze(1)?;
                let shift = self.film_add.forward(texts)?.unsqueeze(1)?;
                sum = sum.broadcast_mul(&factor)?.broadcast_add(&shift)?;
            }
            x = Some(layer.forward(&sum)?);
        }
        let x = x.ok_or_else(|| ModelError::Unsupported("it reads no layers".to_owned()))?;
        // Without the class.
        self.head.forward(&x.i((.., 1..))?)
    }
}

/// `CLIPSegDecoderLayer`: norms come after what they normalise.
#[derive(Debug, Clone)]
struct Layer {
    q_proj: Linear,
    k_proj: Linear,
    v_proj: Linear,
    out_proj: Linear,
    layer_norm1: LayerNorm,
    fc1: Linear,
    fc2: Linear,
    layer_norm2: LayerNorm,
    heads: usize,
}

impl Layer {
    fn new(config: &Config, weights: VarBuilder<'_>) -> Result<Self> {
        let (decoder, eps) = (&config.decoder, config.vision.sizes.layer_norm_eps);
        let (width, inner) = (decoder.reduce_dim, decoder.decoder_intermediate_size);
        let square = |name: &str| Linear::new([width, width], weights.pp("self_attn").pp(name));
        Ok(Self {
            q_proj: square("q_proj")?,
            k_proj: square("k_proj")?,
            v_proj: square("v_proj")?,
            out_proj: square("out_proj")?,
            layer_norm1: layer_norm(width, eps, weights.pp("layer_norm1"))?,
            fc1: Linear::new([width, inner], weights.pp("mlp.fc1"))?,
            fc2: Linear::new([inner, width], weights.pp("mlp.fc2"))?,
            layer_norm2: layer_norm(width, eps, weights.pp("layer_norm2"))?,
            heads: decoder.decoder_num_attention_heads,
        })
    }

    fn forward(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        let head = |to: &Linear| split_heads(&to.forward(x)?, self.heads);
        let y = attention(&head(&self.q_proj)?, &head(&self.k_proj)?, &head(&self.v_proj)?, None)?;
        let x = (x + self.out_proj.forward(&join_heads(&y)?)?)?.apply(&self.layer_norm1)?;
        let y = x.apply(&self.fc1)?.relu()?.apply(&self.fc2)?;
        (x + y)?.apply(&self.layer_norm2)
    }
}

/// Places to pixels.
#[derive(Debug, Clone)]
enum Head {
    Simple(Enlarge),
    Complex(Conv2d, [Enlarge; 2]),
}

impl Head {
    fn new(config: &Config, weights: VarBuilder<'_>) -> Result<Self> {
        let (width, patch) = (config.decoder.reduce_dim, config.vision.patch_size);
        Ok(if config.decoder.use_complex_transposed_convolution {
            let times = patch / 4;
            let enlarge = [
                Enlarge::new([width, width / 2], times, weights.pp("2"))?,
                Enlarge::new([width / 2, 1], times, weights.pp("4"))?,
            ];
            Self::Complex(Conv2d::same([width, width], weights.pp("0"))?, enlarge)
        } else {
            Self::Simple(Enlarge::new([width, 1], patch, weights)?)
        })
    }

    /// `(n, s, s)` of `(n, places, width)`.
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (n, places, width) = x.dims3()?;
        let side = places.isqrt();
        let x = x.transpose(1, 2)?.contiguous()?.reshape((n, width, side, side))?;
        let x = match self {
            Self::Simple(enlarge) => enlarge.forward(&x)?,
            Self::Complex(first, [second, third]) => {
                third.forward(&second.forward(&first.forward(&x)?.relu()?)?.relu()?)?
            }
        };
        Ok(x.squeeze(1)?)
    }
}

/// A transposed convolution whose kernel is as large as its stride: each place becomes its own square.
#[derive(Debug, Clone)]
struct Enlarge {
    /// `(out · times · times, in)`.
    weight: Tensor,
    bias: Tensor,
    out: usize,
    times: usize,
}

impl Enlarge {
    fn new([from, out]: [usize; 2], times: usize, weights: VarBuilder<'_>) -> candle_core::Result<Self> {
        let weight = weights.get((from, out, times, times), "weight")?.flatten_from(1)?.t()?.contiguous()?;
        Ok(Self { weight, bias: weights.get(out, "bias")?.reshape((1, out, 1, 1))?, out, times })
    }

    fn forward(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        let (n, width, height, across) = x.dims4()?;
        let (out, times) = (self.out, self.times);
        let places = x.permute((0, 2, 3, 1))?.contiguous()?.reshape((n * height * across, width))?;
        let squares = candle_nn::Linear::new(self.weight.clone(), None).forward(&places)?;
        let squares = squares.reshape(vec![n, height, across, out, times, times])?.permute(vec![0, 3, 1, 4, 2, 5])?;
        squares.contiguous()?.reshape((n, out, height * times, across * times))?.broadcast_add(&self.bias)
    }
}
