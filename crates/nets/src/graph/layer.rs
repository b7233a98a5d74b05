//! The layers that networks in files are made of. Images are `(1, channels, height, width)`, tokens `(1, tokens, width)`.

use super::activation::{Activation, Nonlinearity, gated};
use crate::ops::{Conv2d, DepthwiseConv, attention, join_heads, pixel_shuffle, split_heads};
use candle_core::{DType, Module, Result, Tensor};
use candle_nn::{LayerNorm, Linear};
use serde::Deserialize;
use std::collections::HashMap;

/// A layer as a file describes it.
#[derive(Debug, Deserialize)]
pub(super) struct Description {
    op: Op,
    #[serde(rename = "in")]
    pub(super) inputs: Vec<usize>,
    /// Across and down.
    #[serde(default = "one_by_one")]
    stride: [usize; 2],
    /// Columns and rows added to the left, above, to the right and below.
    #[serde(default)]
    pad: [usize; 4],
    /// 1, or as many as there are channels.
    #[serde(default = "one")]
    groups: usize,
    /// Width and height.
    #[serde(default)]
    size: [usize; 2],
    #[serde(default)]
    times: usize,
    /// Channels.
    #[serde(default)]
    to: usize,
    #[serde(default)]
    heads: usize,
    #[serde(default)]
    eps: f64,
    /// Applied to the result.
    #[serde(default)]
    then: Nonlinearity,
    /// A factor and an offset after that.
    #[serde(default)]
    after: Option<[f32; 2]>,
}

const fn one() -> usize {
    1
}

const fn one_by_one() -> [usize; 2] {
    [1, 1]
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Op {
    Conv,
    /// A transposed convolution of 2 × 2 in steps of 2.
    Upconv,
    Act,
    Add,
    /// Multiplies by a factor per channel.
    Mul,
    /// Outside the image there is nothing, not zeros.
    MaxPool,
    /// The mean of the whole image.
    Mean,
    MeanPool,
    Bilinear,
    /// Each pixel several times.
    Repeat,
    Concat,
    /// Appends channels of zeros.
    Widen,
    Tokens,
    Pixels,
    Norm,
    Linear,
    Attention,
}

/// A layer with its weights.
#[derive(Debug)]
pub(super) struct Layer {
    kind: Kind,
    activation: Activation,
}

#[derive(Debug)]
enum Kind {
    Conv { conv: Conv2d, pad: [usize; 4] },
    Depthwise { conv: DepthwiseConv, pad: [usize; 4] },
    Upconv { conv: Conv2d, bias: Tensor },
    Same,
    Add,
    Mul,
    MaxPool { size: usize, stride: usize, pad: [usize; 4] },
    Mean,
    MeanPool { size: [usize; 2] },
    Bilinear { size: [usize; 2] },
    Repeat { times: usize },
    Concat,
    Widen { to: usize },
    Tokens,
    Pixels,
    Norm(LayerNorm),
    Linear(Linear),
    Attention { heads: usize },
}

impl Layer {
    /// The layer with this number, from a file's weights.
    pub(super) fn build(is: Description, weights: &HashMap<String, Tensor>, number: usize) -> Result<Self> {
        let find = |name: &str| weights.get(&format!("{number}.{name}")).map(|tensor| tensor.to_dtype(DType::F32));
        let weight = || find("weight").unwrap_or_else(|| candle_core::bail!("layer {number} has no weight"));
        let bias = |to: usize| {
            find("bias").unwrap_or_else(|| Tensor::zeros(to, DType::F32, &candle_core::Device::Cpu))?.reshape(to)
        };
        let inputs = match is.op {
            Op::Add | Op::Mul => 2,
            Op::Concat => is.inputs.len().max(1),
            _ => 1,
        };
        if is.inputs.len() != inputs {
            candle_core::bail!("layer {number} reads {} values", is.inputs.len());
        }
        let slopes = find("slope").transpose()?.map(|slopes| slopes.flatten_all()?.to_vec1()).transpose()?;
        let kind = match is.op {
            Op::Conv => conv(weight()?, bias, &is, number)?,
            Op::Upconv => {
                // Each of the four pixels that a pixel becomes is a convolution of 1 × 1.
                let weight = weight()?;
                let (from, to, down, across) = weight.dims4()?;
                if [down, across] != [2, 2] {
                    candle_core::bail!("layer {number} has a kernel of {across} × {down}");
                }
                let weight = weight.permute((1, 2, 3, 0))?.reshape((4 * to, from, 1, 1))?.contiguous()?;
                let none = Tensor::zeros(4 * to, DType::F32, weight.device())?;
                Kind::Upconv { conv: Conv2d::of(weight, none, 1, 0), bias: bias(to)? }
            }
            Op::Act => Kind::Same,
            Op::Add => Kind::Add,
            Op::Mul => Kind::Mul,
            Op::MaxPool => Kind::MaxPool { size: is.size[0], stride: is.stride[0], pad: is.pad },
            Op::Mean => Kind::Mean,
            Op::MeanPool => Kind::MeanPool { size: is.size },
            Op::Bilinear => Kind::Bilinear { size: is.size },
            Op::Repeat => Kind::Repeat { times: is.times },
            Op::Concat => Kind::Concat,
            Op::Widen => Kind::Widen { to: is.to },
            Op::Tokens => Kind::Tokens,
            Op::Pixels => Kind::Pixels,
            Op::Norm => {
                let weight = weight()?;
                let bias = bias(weight.elem_count())?;
                Kind::Norm(LayerNorm::new(weight, bias, is.eps))
            }
            Op::Linear => {
                let weight = weight()?;
                let bias = bias(weight.dim(0)?)?;
                Kind::Linear(Linear::new(weight, Some(bias)))
            }
            Op::Attention => Kind::Attention { heads: is.heads.max(1) },
        };
        Ok(Self { kind, activation: Activation { then: is.then, after: is.after, slopes } })
    }

    /// The layer's result.
    pub(super) fn run(&self, inputs: Vec<Tensor>) -> Result<Tensor> {
        let mut inputs = inputs.into_iter();
        let mut next = || inputs.next().ok_or_else(|| candle_core::Error::Msg("a layer has no input".to_owned()));
        let x = next()?;
        let result = match &self.kind {
            Kind::Conv { conv, pad } => conv.forward(&padded(&x, *pad)?)?,
            Kind::Depthwise { conv, pad } => conv.forward(&padded(&x, *pad)?)?,
            Kind::Upconv { conv, bias } => pixel_shuffle(&conv.forward(&x)?, bias)?,
            Kind::Same => x.copy()?,
            Kind::Add => (x + next()?)?,
            Kind::Mul => gated(&x, &next()?)?,
            Kind::MaxPool { size, stride, pad } => {
                padded_with(&x, *pad, f32::NEG_INFINITY)?.max_pool2d_with_stride(*size, *stride)?
            }
            Kind::Mean => x.mean_keepdim((2, 3))?,
            Kind::MeanPool { size: [across, down] } => x.avg_pool2d((*down, *across))?,
            Kind::Bilinear { size: [width, height] } => x.upsample_bilinear2d(*height, *width, false)?,
            Kind::Repeat { times } => x.upsample_nearest2d(x.dim(2)? * times, x.dim(3)? * times)?,
            Kind::Concat => {
                let rest: Vec<Tensor> = inputs.collect();
                Tensor::cat(&[&[x], rest.as_slice()].concat(), 1)?
            }
            Kind::Widen { to } => x.pad_with_zeros(1, 0, to.saturating_sub(x.dim(1)?))?,
            Kind::Tokens => x.flatten_from(2)?.transpose(1, 2)?.contiguous()?,
            Kind::Pixels => x.transpose(1, 2)?.unsqueeze(2)?.contiguous()?,
            Kind::Norm(norm) => norm.forward(&x)?,
            Kind::Linear(linear) => linear.forward(&x)?,
            Kind::Attention { heads } => {
                let width = x.dim(2)? / 3;
                let part = |n: usize| split_heads(&x.narrow(2, n * width, width)?.contiguous()?, *heads);
                join_heads(&attention(&part(0)?, &part(1)?, &part(2)?, None)?)?.contiguous()?
            }
        };
        if self.activation.is_none() {
            return Ok(result);
        }
        let result = result.contiguous()?;
        result.inplace_op1(&self.activation)?;
        Ok(result)
    }
}

fn conv(weight: Tensor, bias: impl Fn(usize) -> Result<Tensor>, is: &Description, number: usize) -> Result<Kind> {
    let (to, from, ..) = weight.dims4()?;
    let bias = bias(to)?;
    let [left, top, right, bottom] = is.pad;
    let is_even = [left, top, right, bottom].iter().all(|&side| side == left);
    // Equal padding on all sides needs no copy.
    let (padding, pad) = if is_even { (left, [0; 4]) } else { (0, is.pad) };
    let [across, down] = is.stride;
    if is.groups == 1 && across == down {
        return Ok(Kind::Conv { conv: Conv2d::of(weight, bias, across, padding), pad });
    }
    if is.groups == to && from == 1 {
        return Ok(Kind::Depthwise { conv: DepthwiseConv::of(weight, bias, [down, across], padding), pad });
    }
    candle_core::bail!("layer {number} has {} groups of {from} channels in steps of {across} × {down}", is.groups)
}

fn padded(x: &Tensor, pad: [usize; 4]) -> Result<Tensor> {
    padded_with(x, pad, 0.0)
}

/// An image padded with `value` by this many columns and rows on the left, top, right and bottom.
fn padded_with(x: &Tensor, [left, top, right, bottom]: [usize; 4], value: f32) -> Result<Tensor> {
    let mut x = x.clone();
    for (axis, before, after) in [(3, left, right), (2, top, bottom)] {
        if before + after > 0 {
            let edge = |length| {
                let mut shape = x.dims().to_vec();
                shape[axis] = length;
                Tensor::full(value, shape, x.device())
            };
            x = Tensor::cat(&[&edge(before)?, &x, &edge(after)?], axis)?;
        }
    }
    Ok(x)
}
