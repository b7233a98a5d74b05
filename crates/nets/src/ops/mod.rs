//! The layers that networks are built of.
//!
//! Tensors of images are `(batch, channels, height, width)`, of tokens `(batch, tokens, width)`.

mod cpu;
mod linear;

pub use linear::{Embedding, Linear, WeightType};

use crate::weights::stored_half;
use candle_core::{D, DType, Module, Result, Shape, Tensor};
use candle_nn::{Init, VarBuilder, ops};

/// A convolution with bias.
#[derive(Debug, Clone)]
pub struct Conv2d {
    /// 16-bit where the file has it so, see [`stored_half`].
    weight: Tensor,
    bias: Tensor,
    stride: usize,
    padding: usize,
}

impl Conv2d {
    /// A square kernel of `size`, moved by `stride` over an image with `padding` zeros around it.
    ///
    /// # Errors
    /// If the weights are missing or have another shape.
    pub fn new(
        [from, to]: [usize; 2],
        size: usize,
        stride: usize,
        padding: usize,
        weights: VarBuilder<'_>,
    ) -> Result<Self> {
        let bias = weights.get(to, "bias")?;
        Ok(Self { weight: Self::read((to, from, size, size), &weights)?, bias, stride, padding })
    }

    /// Like [`new`](Self::new), for weights without a bias.
    ///
    /// # Errors
    /// See [`new`](Self::new).
    pub fn without_bias(
        [from, to]: [usize; 2],
        size: usize,
        stride: usize,
        padding: usize,
        weights: VarBuilder<'_>,
    ) -> Result<Self> {
        let bias = Tensor::zeros(to, weights.dtype(), weights.device())?;
        Ok(Self { weight: Self::read((to, from, size, size), &weights)?, bias, stride, padding })
    }

    fn read(shape: impl Into<Shape>, weights: &VarBuilder<'_>) -> Result<Tensor> {
        let dtype = stored_half(weights, "weight").unwrap_or(weights.dtype());
        weights.get_with_hints_dtype(shape, "weight", Init::Const(0.0), dtype)
    }

    /// A layer of computed weights `(out, in, size, size)` and a bias `(out,)`.
    pub const fn of(weight: Tensor, bias: Tensor, stride: usize, padding: usize) -> Self {
        Self { weight, bias, stride, padding }
    }

    /// 3 × 3, the image keeps its size.
    ///
    /// # Errors
    /// See [`new`](Self::new).
    pub fn same(channels: [usize; 2], weights: VarBuilder<'_>) -> Result<Self> {
        Self::new(channels, 3, 1, 1, weights)
    }

    /// 1 × 1.
    ///
    /// # Errors
    /// See [`new`](Self::new).
    pub fn pointwise(channels: [usize; 2], weights: VarBuilder<'_>) -> Result<Self> {
        Self::new(channels, 1, 1, 0, weights)
    }
}

impl Module for Conv2d {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let Self { weight, bias, stride, padding } = self;
        if cpu::suits(x) {
            let op = cpu::Conv2d { stride: *stride, padding: *padding };
            return x.contiguous()?.apply_op3_no_bwd(weight, bias, &op);
        }
        x.conv2d(weight, *padding, *stride, 1, 1)?.broadcast_add(&bias.reshape((1, (), 1, 1))?)
    }
}

/// A convolution of each channel by itself.
#[derive(Debug, Clone)]
pub struct DepthwiseConv {
    weight: Tensor,
    bias: Tensor,
    /// Down and across.
    stride: [usize; 2],
    padding: usize,
}

impl DepthwiseConv {
    /// A layer of weights `(channels, 1, size, size)` and a bias `(channels,)`, with a stride in pixels down and
    /// across.
    pub const fn of(weight: Tensor, bias: Tensor, stride: [usize; 2], padding: usize) -> Self {
        Self { weight, bias, stride, padding }
    }
}

impl Module for DepthwiseConv {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let Self { weight, bias, stride, padding } = self;
        if cpu::suits(x) {
            let op = cpu::DepthwiseConv { stride: *stride, padding: *padding };
            return x.contiguous()?.apply_op3_no_bwd(weight, bias, &op);
        }
        let [down, across] = *stride;
        if down != across {
            candle_core::bail!("strides of {down} and {across} pixels run on the CPU only");
        }
        x.conv2d(weight, *padding, down, 1, x.dim(1)?)?.broadcast_add(&bias.reshape((1, (), 1, 1))?)
    }
}

/// Normalises groups of channels to mean 0 and variance 1, then scales and shifts each channel (Wu and He 2018).
#[derive(Debug, Clone)]
pub struct GroupNorm {
    weight: Tensor,
    bias: Tensor,
    groups: usize,
    eps: f64,
}

impl GroupNorm {
    /// # Errors
    /// If the weights are missing, or `channels` is not a multiple of `groups`.
    pub fn new(groups: usize, channels: usize, eps: f64, weights: VarBuilder<'_>) -> Result<Self> {
        if !channels.is_multiple_of(groups) {
            candle_core::bail!("{channels} channels cannot be split into {groups} groups")
        }
        Ok(Self { weight: weights.get(channels, "weight")?, bias: weights.get(channels, "bias")?, groups, eps })
    }

    /// The norm and SiLU after it.
    ///
    /// # Errors
    /// If the shapes do not fit.
    pub fn then_silu(&self, x: &Tensor) -> Result<Tensor> {
        if cpu::suits(x) { self.on_cpu(x, cpu::Activation::Silu) } else { self.forward(x)?.silu() }
    }

    fn on_cpu(&self, x: &Tensor, then: cpu::Activation) -> Result<Tensor> {
        let op = cpu::GroupNorm { groups: self.groups, eps: self.eps, then };
        x.contiguous()?.apply_op3_no_bwd(&self.weight, &self.bias, &op)
    }
}

impl Module for GroupNorm {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        if cpu::suits(x) {
            return self.on_cpu(x, cpu::Activation::None);
        }
        let (weight, bias, channels) = (self.weight.clone(), self.bias.clone(), self.weight.dim(0)?);
        candle_nn::GroupNorm::new(weight, bias, channels, self.groups, self.eps)?.forward(x)
    }
}

/// Normalises the channels of each pixel to mean 0 and variance 1, then scales and shifts each channel.
#[derive(Debug, Clone)]
pub struct PixelNorm {
    weight: Tensor,
    bias: Tensor,
    eps: f64,
}

impl PixelNorm {
    /// # Errors
    /// If the weights are missing or have another shape.
    pub fn new(channels: usize, eps: f64, weights: VarBuilder<'_>) -> Result<Self> {
        Ok(Self { weight: weights.get(channels, "weight")?, bias: weights.get(channels, "bias")?, eps })
    }
}

impl Module for PixelNorm {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        if cpu::suits(x) {
            let op = cpu::PixelNorm { eps: self.eps as f32 };
            return x.contiguous()?.apply_op3_no_bwd(&self.weight, &self.bias, &op);
        }
        let norm = candle_nn::LayerNorm::new(self.weight.clone(), self.bias.clone(), self.eps);
        norm.forward(&x.permute((0, 2, 3, 1))?.contiguous()?)?.permute((0, 3, 1, 2))?.contiguous()
    }
}

/// x σ(x).
///
/// # Errors
/// If the device is out of memory.
pub fn silu(x: &Tensor) -> Result<Tensor> {
    if cpu::suits(x) { cpu::silu(x) } else { x.silu() }
}

/// x Φ(x) with the error function, not its approximation by tanh.
///
/// # Errors
/// If the device is out of memory.
pub fn gelu_erf(x: &Tensor) -> Result<Tensor> {
    if cpu::suits(x) { cpu::gelu_erf(x) } else { x.gelu_erf() }
}

/// `softmax(q kᵀ / √d + mask) v` of each head: `(batch, heads, tokens, d)`, the mask broadcast to
/// `(batch, heads, queries, keys)`.
///
/// # Errors
/// If the shapes do not fit.
pub fn attention(q: &Tensor, k: &Tensor, v: &Tensor, mask: Option<&Tensor>) -> Result<Tensor> {
    let scale = 1.0 / (q.dim(D::Minus1)? as f64).sqrt();
    match mask {
        None => attention_scaled(q, k, v, scale),
        Some(mask) => dense_attention(q, k, v, scale, Some(mask)),
    }
}

/// `softmax(scale · q kᵀ) v` of each head.
///
/// # Errors
/// If the shapes do not fit.
pub fn attention_scaled(q: &Tensor, k: &Tensor, v: &Tensor, scale: f64) -> Result<Tensor> {
    if cpu::suits(q) { tiled_attention(q, k, v, scale, None) } else { dense_attention(q, k, v, scale, None) }
}

/// `softmax(scale · q kᵀ + bias) v` of each head, with a bias `(heads, queries, keys)`.
///
/// # Errors
/// If the shapes do not fit.
pub fn attention_biased(q: &Tensor, k: &Tensor, v: &Tensor, scale: f64, bias: &Tensor) -> Result<Tensor> {
    if cpu::suits(q) {
        tiled_attention(q, k, v, scale, Some(bias))
    } else {
        dense_attention(q, k, v, scale, Some(bias))
    }
}

fn tiled_attention(q: &Tensor, k: &Tensor, v: &Tensor, scale: f64, bias: Option<&Tensor>) -> Result<Tensor> {
    let bias = bias.map(Tensor::contiguous).transpose()?;
    let op = cpu::Attention { scale: scale as f32, bias };
    q.contiguous()?.apply_op3_no_bwd(&k.contiguous()?, &v.contiguous()?, &op)
}

fn dense_attention(q: &Tensor, k: &Tensor, v: &Tensor, scale: f64, added: Option<&Tensor>) -> Result<Tensor> {
    let scores = (q.contiguous()? * scale)?.matmul(&k.t()?)?;
    let scores = match added {
        Some(added) => scores.broadcast_add(added)?,
        None => scores,
    };
    ops::softmax_last_dim(&scores)?.matmul(&v.contiguous()?)
}

/// Tokens `(batch, tokens, heads · d)` as `(batch, heads, tokens, d)`.
///
/// # Errors
/// If the width is not a multiple of `heads`.
pub fn split_heads(x: &Tensor, heads: usize) -> Result<Tensor> {
    let (batch, tokens, width) = x.dims3()?;
    x.reshape((batch, tokens, heads, width / heads))?.transpose(1, 2)?.contiguous()
}

/// The reverse of [`split_heads`].
///
/// # Errors
/// If the tensor does not have four dimensions.
pub fn join_heads(x: &Tensor) -> Result<Tensor> {
    x.transpose(1, 2)?.flatten_from(2)
}

/// The pixels of an image as tokens: `(batch, height · width, channels)`.
///
/// # Errors
/// If the tensor does not have four dimensions.
pub fn tokens_of_pixels(x: &Tensor) -> Result<Tensor> {
    x.flatten_from(2)?.transpose(1, 2)?.contiguous()
}

/// The reverse of [`tokens_of_pixels`], in the shape of `like`.
///
/// # Errors
/// If the shapes do not fit.
pub fn pixels_of_tokens(x: &Tensor, like: &Tensor) -> Result<Tensor> {
    let (batch, channels, height, width) = like.dims4()?;
    x.transpose(1, 2)?.contiguous()?.reshape((batch, channels, height, width))
}

/// Each pixel twice in both directions.
///
/// # Errors
/// If the tensor does not have four dimensions.
pub fn upsample_twice(x: &Tensor) -> Result<Tensor> {
    let (_, _, height, width) = x.dims4()?;
    x.upsample_nearest2d(2 * height, 2 * width)
}

/// Four channels as the four pixels that each pixel becomes, and a bias: `(batch, 4 · channels, h, w)` as
/// `(batch, channels, 2 h, 2 w)`, for each channel its upper left, upper right, lower left and lower right pixels.
///
/// # Errors
/// If the shapes do not fit.
pub fn pixel_shuffle(x: &Tensor, bias: &Tensor) -> Result<Tensor> {
    if cpu::suits(x) {
        return x.contiguous()?.apply_op2_no_bwd(bias, &cpu::PixelShuffle);
    }
    ops::pixel_shuffle(x, 2)?.broadcast_add(&bias.reshape((1, (), 1, 1))?)
}

/// Sines and cosines of a time step, the cosines first: `(width,)` in 32 bits, from which types of less precision are
/// made afterwards.
///
/// `f_k = exp(−ln(10000) · k / (width / 2))`, the positions of Vaswani et al. 2017 as diffusion models use them.
///
/// # Errors
/// If the device is out of memory.
pub fn time_embedding(time: f64, width: usize, device: &candle_core::Device) -> Result<Tensor> {
    let half = width / 2;
    let angle = |k: usize| {
        let frequency = (-(10_000_f32.ln()) * k as f32 / half as f32).exp();
        time as f32 * frequency
    };
    let values: Vec<f32> = (0..half).map(|k| angle(k).cos()).chain((0..half).map(|k| angle(k).sin())).collect();
    Tensor::from_vec(values, width, device)
}

/// Two linear layers with SiLU between, for what a time step means to a network.
#[derive(Debug, Clone)]
pub struct TimeEmbedding {
    width: usize,
    linear_1: Linear,
    linear_2: Linear,
    /// The network's number format and device.
    compute: (DType, candle_core::Device),
}

impl TimeEmbedding {
    /// From a sinusoidal embedding of `width` numbers to `out`.
    ///
    /// # Errors
    /// If the weights are missing or have another shape.
    pub fn new(width: usize, out: usize, weights: VarBuilder<'_>) -> Result<Self> {
        Ok(Self {
            width,
            linear_1: Linear::new([width, out], weights.pp("linear_1"))?,
            linear_2: Linear::new([out, out], weights.pp("linear_2"))?,
            compute: (weights.dtype(), weights.device().clone()),
        })
    }

    /// `(1, out)`.
    ///
    /// # Errors
    /// If the device is out of memory.
    pub fn forward(&self, time: f64) -> Result<Tensor> {
        let (dtype, device) = &self.compute;
        let embedding = time_embedding(time, self.width, device)?.to_dtype(*dtype)?;
        silu(&embedding.unsqueeze(0)?.apply(&self.linear_1)?)?.apply(&self.linear_2)
    }
}

/// A mask for attention scores `(tokens, tokens)` that hides later tokens: `hidden` above the diagonal and 0 elsewhere.
///
/// # Errors
/// If the device is out of memory.
pub fn causal_mask(tokens: usize, hidden: f32, dtype: DType, device: &candle_core::Device) -> Result<Tensor> {
    let value = |i: usize| if i % tokens > i / tokens { hidden } else { 0.0 };
    let values: Vec<f32> = (0..tokens * tokens).map(value).collect();
    Tensor::from_vec(values, (tokens, tokens), device)?.to_dtype(dtype)
}
