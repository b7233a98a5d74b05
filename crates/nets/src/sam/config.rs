//! A checkpoint's sizes, read off its tensors: the published ones have no config file.

use crate::{ModelError, Result};
use candle_nn::VarBuilder;

/// Sizes of the whole network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Pixels along each side of the square that the network sees.
    pub side: usize,
    /// Places along each side of an image's embedding.
    pub grid: usize,
    pub(super) encoder: EncoderConfig,
    pub(crate) decoder: DecoderConfig,
}

/// Sizes of the image encoder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum EncoderConfig {
    /// The transformer of the original Segment Anything, in three sizes.
    Vit(VitConfig),
    /// The encoder of `MobileSAM`.
    Tiny(TinyVitConfig),
}

/// Sizes of `ImageEncoderViT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct VitConfig {
    /// Pixels along each side of a patch.
    pub(super) patch: usize,
    /// Patches along each side of the image.
    pub(super) grid: usize,
    /// Width of the patches' states; 768 in `ViT-B`, 1024 in `ViT-L` and 1280 in `ViT-H`.
    pub(super) width: usize,
    /// Heads of each attention; 12 in `ViT-B`, 16 in `ViT-L` and `ViT-H`.
    pub(super) heads: usize,
    /// Width between the two linear layers of a block's MLP; four times that of the states.
    pub(super) inner: usize,
    /// For each block, the side of its attention window in patches: a window, or the whole grid.
    pub(super) windows: Vec<usize>,
    /// Width of the embedding.
    pub(super) out: usize,
}

/// Sizes of `TinyViT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TinyVitConfig {
    /// The convolutional stage and the three with attention.
    pub(super) stages: Vec<TinyVitStage>,
    /// Width of the embedding.
    pub(super) out: usize,
}

/// Sizes of one stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TinyVitStage {
    /// Channels at each place; 64, 128, 160 and 320 in `MobileSAM`.
    pub(super) width: usize,
    /// Blocks, without the merging of patches behind them; 2, 2, 6 and 2 in `MobileSAM`.
    pub(super) depth: usize,
    /// Width of the block's inner layers.
    pub(super) inner: usize,
    /// 0 in the convolutional stage.
    pub(super) heads: usize,
    /// Places along each side of a window; 0 in the convolutional stage.
    pub(super) window: usize,
}

/// Sizes of prompt encoder and mask decoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DecoderConfig {
    /// Width of tokens and embeddings.
    pub(crate) width: usize,
    /// Width of the transformer's inner layers.
    pub(super) inner: usize,
    /// Two-way layers of the transformer, without its last attention; 2 in the published networks.
    pub(super) depth: usize,
    /// Masks for each prompt: one and several.
    pub(super) masks: usize,
    /// Width and depth of the head that guesses quality.
    pub(super) quality: [usize; 2],
    /// Channels of a mask prompt's two inner layers.
    pub(super) mask_inner: [usize; 2],
}

/// Patch size of the published networks, in pixels.
const PATCH: usize = 16;
/// Side of the published networks with `TinyViT`, whose tensors do not tell.
const SIDE: usize = 1024;

impl Config {
    /// The published networks with a `ViT`: `vit_b`, `vit_l` and `vit_h` by width, heads and blocks with global
    /// attention.
    fn published(width: usize, heads: usize, depth: usize) -> Self {
        let grid = SIDE / PATCH;
        let windows = (1..=depth).map(|block| if block % (depth / 4) == 0 { grid } else { 14 }).collect();
        let vit = VitConfig { patch: PATCH, grid, width, heads, inner: 4 * width, windows, out: 256 };
        Self { side: SIDE, grid, encoder: EncoderConfig::Vit(vit), decoder: DecoderConfig::published() }
    }

    /// Segment Anything with `ViT-B`: 12 blocks of width 768.
    pub fn vit_b() -> Self {
        Self::published(768, 12, 12)
    }

    /// Segment Anything with `ViT-L`: 24 blocks of width 1024.
    pub fn vit_l() -> Self {
        Self::published(1024, 16, 24)
    }

    /// Segment Anything with `ViT-H`: 32 blocks of width 1280. LISA holds one like it.
    pub fn vit_h() -> Self {
        Self::published(1280, 16, 32)
    }

    /// `MobileSAM`.
    pub fn mobile() -> Self {
        let stage = |width, depth, heads, window| TinyVitStage { width, depth, inner: 4 * width, heads, window };
        let stages = vec![stage(64, 2, 0, 0), stage(128, 2, 4, 7), stage(160, 6, 5, 14), stage(320, 2, 10, 7)];
        let encoder = EncoderConfig::Tiny(TinyVitConfig { stages, out: 256 });
        Self { side: SIDE, grid: SIDE / PATCH, encoder, decoder: DecoderConfig::published() }
    }

    /// The sizes of a checkpoint.
    ///
    /// # Errors
    /// If it is not Segment Anything, or tensors disagree.
    pub fn read(weights: &VarBuilder<'_>) -> Result<Self> {
        let decoder = DecoderConfig::read(weights)?;
        let encoder = weights.pp("image_encoder");
        if encoder.contains_tensor("patch_embed.proj.weight") {
            let vit = VitConfig::read(&encoder)?;
            let (side, grid) = (vit.patch * vit.grid, vit.grid);
            return Ok(Self { side, grid, encoder: EncoderConfig::Vit(vit), decoder });
        }
        let tiny = TinyVitConfig::read(&encoder)?;
        Ok(Self { side: SIDE, grid: SIDE / PATCH, encoder: EncoderConfig::Tiny(tiny), decoder })
    }
}

impl VitConfig {
    fn read(weights: &VarBuilder<'_>) -> Result<Self> {
        let [width, _, patch, _] = shape(weights, "patch_embed.proj.weight")?;
        let [_, grid, _, _] = shape(weights, "pos_embed")?;
        let [inner, _] = shape(weights, "blocks.0.mlp.lin1.weight")?;
        let [_, in_head] = shape(weights, "blocks.0.attn.rel_pos_h")?;
        let [out] = shape(weights, "neck.1.weight")?;
        let block = |i| format!("blocks.{i}.attn.rel_pos_h");
        let windows = (0..count(weights, block)).map(|i| {
            let [distances, _] = shape(weights, &block(i))?;
            Ok(distances.div_ceil(2))
        });
        Ok(Self {
            patch,
            grid,
            width,
            heads: width / in_head.max(1),
            inner,
            windows: windows.collect::<Result<_>>()?,
            out,
        })
    }
}

impl TinyVitConfig {
    fn read(weights: &VarBuilder<'_>) -> Result<Self> {
        let stage = |i: usize| {
            let weights = weights.pp(format!("layers.{i}"));
            let depth = |part: &str| count(&weights, |block| format!("blocks.{block}.{part}"));
            if weights.contains_tensor("blocks.0.conv1.c.weight") {
                let [inner, width, ..] = shape::<4>(&weights, "blocks.0.conv1.c.weight")?;
                return Ok(TinyVitStage { width, depth: depth("conv1.c.weight"), inner, heads: 0, window: 0 });
            }
            let [heads, distances] = shape(&weights, "blocks.0.attn.attention_biases")?;
            let [inner, width] = shape(&weights, "blocks.0.mlp.fc1.weight")?;
            // One bias for each distance down and across.
            let window = distances.isqrt();
            Ok(TinyVitStage { width, depth: depth("attn.attention_biases"), inner, heads, window })
        };
        let convolutional = count(weights, |i| format!("layers.{i}.blocks.0.conv1.c.weight"));
        let attentive = count(weights, |i| format!("layers.{}.blocks.0.attn.attention_biases", convolutional + i));
        let stages = (0..convolutional + attentive).map(stage).collect::<Result<Vec<_>>>()?;
        let [out] = shape(weights, "neck.1.weight")?;
        Ok(Self { stages, out })
    }
}

impl DecoderConfig {
    const fn published() -> Self {
        Self { width: 256, inner: 2048, depth: 2, masks: 4, quality: [256, 3], mask_inner: [4, 16] }
    }

    fn read(weights: &VarBuilder<'_>) -> Result<Self> {
        let [masks, width] = shape(weights, "mask_decoder.mask_tokens.weight")?;
        let [inner, _] = shape(weights, "mask_decoder.transformer.layers.0.mlp.lin1.weight")?;
        let [quality, _] = shape(weights, "mask_decoder.iou_prediction_head.layers.0.weight")?;
        let depth = count(weights, |i| format!("mask_decoder.transformer.layers.{i}.norm1.weight"));
        let quality_depth = count(weights, |i| format!("mask_decoder.iou_prediction_head.layers.{i}.weight"));
        let [first, ..] = shape::<4>(weights, "prompt_encoder.mask_downscaling.0.weight")?;
        let [second, ..] = shape::<4>(weights, "prompt_encoder.mask_downscaling.3.weight")?;
        Ok(Self { width, inner, depth, masks, quality: [quality, quality_depth], mask_inner: [first, second] })
    }
}

/// The number of tensors, counted from 0.
fn count(weights: &VarBuilder<'_>, name: impl Fn(usize) -> String) -> usize {
    /// More than any network has.
    const MOST: usize = 1000;
    (0..MOST).take_while(|i| weights.contains_tensor(&name(*i))).count()
}

/// The shape of a tensor that has `N` dimensions.
fn shape<const N: usize>(weights: &VarBuilder<'_>, name: &str) -> Result<[usize; N]> {
    let unsuited = || ModelError::Unsupported(format!("its {name} is missing or differs from Segment Anything"));
    if !weights.contains_tensor(name) {
        return Err(unsuited());
    }
    let tensor = weights.get_unchecked(name)?;
    <[usize; N]>::try_from(tensor.dims()).map_err(|_| unsuited())
}
