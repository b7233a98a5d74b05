//! `TinyViT` (Wu et al. 2022, arXiv 2207.10666) as `MobileSAM` has it: convolutions, then attention in windows.

use super::TinyVitConfig;
use super::config::TinyVitStage;
use super::image_encoder::{Neck, in_windows};
use crate::ops::{
    Conv2d, DepthwiseConv, Linear, attention_biased, gelu_erf, join_heads, pixels_of_tokens, split_heads,
    tokens_of_pixels,
};
use candle_core::{Module, Result, Tensor};
use candle_nn::{LayerNorm, VarBuilder, layer_norm};

const NORM_EPS: f64 = 1e-5;

#[derive(Debug, Clone)]
pub(super) struct TinyVit {
    first: Conv2d,
    second: Conv2d,
    stages: Vec<Stage>,
    neck: Neck,
}

impl TinyVit {
    pub(super) fn new(config: &TinyVitConfig, weights: VarBuilder<'_>) -> Result<Self> {
        let Some((first, last)) = config.stages.first().zip(config.stages.last()) else {
            candle_core::bail!("a TinyViT without stages");
        };
        let patch = weights.pp("patch_embed.seq");
        let nexts = config.stages.iter().skip(1).map(Some).chain([None]);
        let stages = config.stages.iter().zip(nexts).enumerate();
        let stage = |(i, (stage, next)): (usize, (&TinyVitStage, Option<&TinyVitStage>))| {
            // The last merging keeps the grid, so that an embedding is as fine as a ViT's.
            let stride = if i + 2 == config.stages.len() { 1 } else { 2 };
            Stage::new(*stage, next.map(|next| (next.width, stride)), weights.pp(format!("layers.{i}")))
        };
        Ok(Self {
            first: normed([3, first.width / 2], 3, 2, patch.pp("0"))?,
            second: normed([first.width / 2, first.width], 3, 2, patch.pp("2"))?,
            stages: stages.map(stage).collect::<Result<_>>()?,
            neck: Neck::new(last.width, config.out, weights.pp("neck"))?,
        })
    }

    pub(super) fn forward(&self, image: &Tensor) -> Result<Tensor> {
        let x = self.second.forward(&gelu_erf(&self.first.forward(image)?)?)?;
        let x = self.stages.iter().try_fold(x, |x, stage| stage.forward(&x))?;
        self.neck.forward(&x)
    }
}

/// `Conv2d_BN`: a convolution whose batch norm is folded into it.
fn normed(channels: [usize; 2], size: usize, stride: usize, weights: VarBuilder<'_>) -> Result<Conv2d> {
    let [from, to] = channels;
    let (weight, bias) = folded((to, from, size, size), weights)?;
    Ok(Conv2d::of(weight, bias, stride, size / 2))
}

/// `Conv2d_BN` of each channel by itself.
fn depthwise(channels: usize, stride: usize, weights: VarBuilder<'_>) -> Result<DepthwiseConv> {
    let (weight, bias) = folded((channels, 1, 3, 3), weights)?;
    Ok(DepthwiseConv::of(weight, bias, [stride, stride], 1))
}

/// Weights and bias that do what a convolution and the batch norm after it do.
fn folded(shape: (usize, usize, usize, usize), weights: VarBuilder<'_>) -> Result<(Tensor, Tensor)> {
    const EPS: f64 = 1e-5;
    let norm = |name: &str| weights.pp("bn").get(shape.0, name);
    let scale = (norm("weight")? / (norm("running_var")? + EPS)?.sqrt()?)?;
    let bias = (norm("bias")? - (norm("running_mean")? * &scale)?)?;
    let weight = weights.pp("c").get(shape, "weight")?.broadcast_mul(&scale.reshape(((), 1, 1, 1))?)?;
    Ok((weight, bias))
}

#[derive(Debug, Clone)]
struct Stage {
    blocks: Vec<Block>,
    downsample: Option<PatchMerging>,
}

#[derive(Debug, Clone)]
enum Block {
    Convolution(MbConv),
    Attention(TinyVitBlock),
}

impl Stage {
    fn new(stage: TinyVitStage, next: Option<(usize, usize)>, weights: VarBuilder<'_>) -> Result<Self> {
        let block = |i: usize| {
            let weights = weights.pp(format!("blocks.{i}"));
            Ok(match stage.heads {
                0 => Block::Convolution(MbConv::new(stage, weights)?),
                _ => Block::Attention(TinyVitBlock::new(stage, weights)?),
            })
        };
        let merging =
            |(to, stride): (usize, usize)| PatchMerging::new([stage.width, to], stride, weights.pp("downsample"));
        Ok(Self {
            blocks: (0..stage.depth).map(block).collect::<Result<_>>()?,
            downsample: next.map(merging).transpose()?,
        })
    }

    /// Pixels `(batch, channels, h, w)`.
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let x = self.blocks.iter().try_fold(x.clone(), |x, block| match block {
            Block::Convolution(block) => block.forward(&x),
            Block::Attention(block) => block.forward(&x),
        })?;
        self.downsample.as_ref().map_or(Ok(x.clone()), |merging| merging.forward(&x))
    }
}

/// `MBConv`.
#[derive(Debug, Clone)]
struct MbConv {
    conv1: Conv2d,
    conv2: DepthwiseConv,
    conv3: Conv2d,
}

impl MbConv {
    fn new(stage: TinyVitStage, weights: VarBuilder<'_>) -> Result<Self> {
        let TinyVitStage { width, inner, .. } = stage;
        Ok(Self {
            conv1: normed([width, inner], 1, 1, weights.pp("conv1"))?,
            conv2: depthwise(inner, 1, weights.pp("conv2"))?,
            conv3: normed([inner, width], 1, 1, weights.pp("conv3"))?,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let y = gelu_erf(&self.conv1.forward(x)?)?;
        let y = gelu_erf(&self.conv2.forward(&y)?)?;
        gelu_erf(&(x + self.conv3.forward(&y)?)?)
    }
}

/// `PatchMerging`.
#[derive(Debug, Clone)]
struct PatchMerging {
    conv1: Conv2d,
    conv2: DepthwiseConv,
    conv3: Conv2d,
}

impl PatchMerging {
    fn new([from, to]: [usize; 2], stride: usize, weights: VarBuilder<'_>) -> Result<Self> {
        Ok(Self {
            conv1: normed([from, to], 1, 1, weights.pp("conv1"))?,
            conv2: depthwise(to, stride, weights.pp("conv2"))?,
            conv3: normed([to, to], 1, 1, weights.pp("conv3"))?,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let y = gelu_erf(&self.conv1.forward(x)?)?;
        self.conv3.forward(&gelu_erf(&self.conv2.forward(&y)?)?)
    }
}

/// `TinyViTBlock`: attention in windows, a small convolution over the windows' borders, and an MLP.
#[derive(Debug, Clone)]
struct TinyVitBlock {
    attn: Attention,
    local_conv: DepthwiseConv,
    norm: LayerNorm,
    fc1: Linear,
    fc2: Linear,
    window: usize,
}

impl TinyVitBlock {
    fn new(stage: TinyVitStage, weights: VarBuilder<'_>) -> Result<Self> {
        let TinyVitStage { width, inner, window, .. } = stage;
        Ok(Self {
            attn: Attention::new(stage, weights.pp("attn"))?,
            local_conv: depthwise(width, 1, weights.pp("local_conv"))?,
            norm: layer_norm(width, NORM_EPS, weights.pp("mlp.norm"))?,
            fc1: Linear::new([width, inner], weights.pp("mlp.fc1"))?,
            fc2: Linear::new([inner, width], weights.pp("mlp.fc2"))?,
            window,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let places = x.permute((0, 2, 3, 1))?.contiguous()?;
        let y = in_windows(&places, self.window, |windows| self.attn.forward(windows))?;
        let x = self.local_conv.forward(&(places + y)?.permute((0, 3, 1, 2))?.contiguous()?)?;
        let tokens = tokens_of_pixels(&x)?;
        let y = gelu_erf(&tokens.apply(&self.norm)?.apply(&self.fc1)?)?.apply(&self.fc2)?;
        pixels_of_tokens(&(tokens + y)?, &x)
    }
}

/// `Attention` with a bias for each distance.
#[derive(Debug, Clone)]
struct Attention {
    norm: LayerNorm,
    qkv: Linear,
    proj: Linear,
    /// `(heads, tokens, tokens)`.
    biases: Tensor,
    heads: usize,
}

impl Attention {
    fn new(stage: TinyVitStage, weights: VarBuilder<'_>) -> Result<Self> {
        let TinyVitStage { width, heads, window, .. } = stage;
        let tokens = window * window;
        let biases = weights.get((heads, tokens), "attention_biases")?;
        let distance = |i: usize| {
            let (a, b) = (i / tokens, i % tokens);
            ((a / window).abs_diff(b / window) * window + (a % window).abs_diff(b % window)) as u32
        };
        let distances: Vec<u32> = (0..tokens * tokens).map(distance).collect();
        let distances = Tensor::from_vec(distances, tokens * tokens, weights.device())?;
        Ok(Self {
            norm: layer_norm(width, NORM_EPS, weights.pp("norm"))?,
            qkv: Linear::new([width, 3 * width], weights.pp("qkv"))?,
            proj: Linear::new([width, width], weights.pp("proj"))?,
            biases: biases.contiguous()?.index_select(&distances, 1)?.reshape((heads, tokens, tokens))?,
            heads,
        })
    }

    /// Windows `(windows, side, side, width)`.
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (windows, side, _, width) = x.dims4()?;
        let qkv = x.reshape((windows, side * side, width))?.apply(&self.norm)?.apply(&self.qkv)?;
        // For each head, its queries, keys and values side by side.
        let qkv = split_heads(&qkv, self.heads)?;
        let in_head = width / self.heads;
        let part = |i: usize| qkv.narrow(3, i * in_head, in_head);
        let scale = 1.0 / (in_head as f64).sqrt();
        let y = attention_biased(&part(0)?, &part(1)?, &part(2)?, scale, &self.biases)?;
        join_heads(&y)?.apply(&self.proj)?.reshape((windows, side, side, width))
    }
}
