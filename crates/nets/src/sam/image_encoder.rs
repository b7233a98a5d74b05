//! `ImageEncoderViT`: a transformer over patches, most of its blocks within windows, with relative positions (Li et al. 2022,
//! arXiv 2203.16527).

use super::{VitConfig, norm_2d};
use crate::ops::{Conv2d, Linear, PixelNorm, attention_scaled, gelu_erf, join_heads, split_heads};
use candle_core::{D, Module, Result, Tensor, bail};
use candle_nn::{LayerNorm, VarBuilder, layer_norm};

const EPS: f64 = 1e-6;

#[derive(Debug, Clone)]
pub(super) struct ImageEncoder {
    patch_embed: Conv2d,
    pos_embed: Tensor,
    blocks: Vec<Block>,
    neck: Neck,
}

impl ImageEncoder {
    pub(super) fn new(config: &VitConfig, weights: VarBuilder<'_>) -> Result<Self> {
        let VitConfig { patch, grid, width, .. } = *config;
        let block = |(i, window): (usize, &usize)| Block::new(config, *window, weights.pp(format!("blocks.{i}")));
        Ok(Self {
            patch_embed: Conv2d::new([3, width], patch, patch, 0, weights.pp("patch_embed.proj"))?,
            pos_embed: weights.get((1, grid, grid, width), "pos_embed")?,
            blocks: config.windows.iter().enumerate().map(block).collect::<Result<_>>()?,
            neck: Neck::new(width, config.out, weights.pp("neck"))?,
        })
    }

    pub(super) fn forward(&self, image: &Tensor) -> Result<Tensor> {
        let x = self.patch_embed.forward(image)?.permute((0, 2, 3, 1))?.broadcast_add(&self.pos_embed)?;
        let x = self.blocks.iter().try_fold(x, |x, block| block.forward(&x))?;
        self.neck.forward(&x.permute((0, 3, 1, 2))?.contiguous()?)
    }
}

/// From the encoder's width to the embedding's.
#[derive(Debug, Clone)]
pub(super) struct Neck {
    narrow: Conv2d,
    norm: PixelNorm,
    spread: Conv2d,
    norm_out: PixelNorm,
}

impl Neck {
    pub(super) fn new(width: usize, out: usize, weights: VarBuilder<'_>) -> Result<Self> {
        Ok(Self {
            narrow: Conv2d::without_bias([width, out], 1, 1, 0, weights.pp("0"))?,
            norm: norm_2d(out, weights.pp("1"))?,
            spread: Conv2d::without_bias([out, out], 3, 1, 1, weights.pp("2"))?,
            norm_out: norm_2d(out, weights.pp("3"))?,
        })
    }

    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        x.apply(&self.narrow)?.apply(&self.norm)?.apply(&self.spread)?.apply(&self.norm_out)
    }
}

/// `Block`.
#[derive(Debug, Clone)]
struct Block {
    norm1: LayerNorm,
    attn: Attention,
    norm2: LayerNorm,
    lin1: Linear,
    lin2: Linear,
    window: usize,
}

impl Block {
    fn new(config: &VitConfig, window: usize, weights: VarBuilder<'_>) -> Result<Self> {
        let VitConfig { width, inner, .. } = *config;
        Ok(Self {
            norm1: layer_norm(width, EPS, weights.pp("norm1"))?,
            attn: Attention::new(config, window, weights.pp("attn"))?,
            norm2: layer_norm(width, EPS, weights.pp("norm2"))?,
            lin1: Linear::new([width, inner], weights.pp("mlp.lin1"))?,
            lin2: Linear::new([inner, width], weights.pp("mlp.lin2"))?,
            window,
        })
    }

    /// Places `(batch, h, w, width)`.
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let y = self.norm1.forward(&x.contiguous()?)?;
        let y = in_windows(&y, self.window, |windows| self.attn.forward(windows))?;
        let x = (x + y)?;
        let y = gelu_erf(&x.apply(&self.norm2)?.apply(&self.lin1)?)?.apply(&self.lin2)?;
        x + y
    }
}

/// Applies a layer to each window `(windows, side, side, width)` of places `(batch, h, w, width)`, padded with zeros at
/// the right and bottom where windows reach beyond.
pub(super) fn in_windows(x: &Tensor, side: usize, layer: impl FnOnce(&Tensor) -> Result<Tensor>) -> Result<Tensor> {
    let (batch, height, width, channels) = x.dims4()?;
    if side == height && side == width {
        return layer(x);
    }
    let (down, across) = (height.div_ceil(side), width.div_ceil(side));
    let padded = x.pad_with_zeros(1, 0, down * side - height)?.pad_with_zeros(2, 0, across * side - width)?;
    let windows = padded.reshape(&[batch, down, side, across, side, channels])?.transpose(2, 3)?.contiguous()?;
    let y = layer(&windows.reshape((batch * down * across, side, side, channels))?)?;
    let y = y.reshape(&[batch, down, across, side, side, channels])?.transpose(2, 3)?.contiguous()?;
    let y = y.reshape((batch, down * side, across * side, channels))?;
    y.narrow(1, 0, height)?.narrow(2, 0, width)?.contiguous()
}

/// `Attention` with decomposed relative positions.
#[derive(Debug, Clone)]
struct Attention {
    qkv: Linear,
    proj: Linear,
    /// For each row and each column of the window, the embeddings of its distances to all: `(side, side, d)`.
    down: Tensor,
    across: Tensor,
    /// For each place of the window, a one-hot row and a one-hot column: `(side², 2 · side)`.
    places: Tensor,
    heads: usize,
    side: usize,
}

impl Attention {
    fn new(config: &VitConfig, side: usize, weights: VarBuilder<'_>) -> Result<Self> {
        let VitConfig { width, heads, .. } = *config;
        let in_head = width / heads;
        let by_distance = |name: &str| {
            let embeddings = weights.get((2 * side - 1, in_head), name)?;
            let distances: Vec<u32> = (0..side * side).map(|i| (i / side + side - 1 - i % side) as u32).collect();
            let distances = Tensor::from_vec(distances, side * side, weights.device())?;
            embeddings.contiguous()?.index_select(&distances, 0)?.reshape((side, side, in_head))
        };
        let place = |i: usize| {
            let (place, number) = (i / (2 * side), i % (2 * side));
            let mine = if number < side { place / side == number } else { place % side == number - side };
            f32::from(u8::from(mine))
        };
        let places: Vec<f32> = (0..2 * side * side * side).map(place).collect();
        Ok(Self {
            qkv: Linear::new([width, 3 * width], weights.pp("qkv"))?,
            proj: Linear::new([width, width], weights.pp("proj"))?,
            down: by_distance("rel_pos_h")?,
            across: by_distance("rel_pos_w")?,
            places: Tensor::from_vec(places, (side * side, 2 * side), weights.device())?.to_dtype(weights.dtype())?,
            heads,
            side,
        })
    }

    /// Windows `(windows, side, side, width)`.
    ///
    /// The score of a query for a key is q·k and, for their distances down and across, q·d and q·a. As sums over rows and columns these
    /// are products too: of the query with each row's and column's embedding, and of numbers that are 1 for the key's own row
    /// and column. So the queries and keys grow by those, and what follows is plain attention.
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (windows, height, width, channels) = x.dims4()?;
        let Self { heads, side, .. } = *self;
        if height != side || width != side {
            bail!("a window of {height} × {width} for positions of {side} × {side}");
        }
        let (tokens, in_head) = (side * side, channels / heads);
        let qkv = x.reshape((windows, tokens, channels))?.apply(&self.qkv)?;
        let head = |i: usize| split_heads(&qkv.narrow(2, i * channels, channels)?.contiguous()?, heads);
        let (q, k, v) = (head(0)?, head(1)?, head(2)?);
        let by_place = q.reshape((windows * heads, side, side, in_head))?;
        // (rows, windows · heads · columns, d) · (rows, d, rows)
        let of_rows = by_place.transpose(0, 1)?.contiguous()?.reshape((side, windows * heads * side, in_head))?;
        let down = of_rows.matmul(&self.down.transpose(1, 2)?.contiguous()?)?;
        let down = down.reshape((side, windows * heads, side, side))?.transpose(0, 1)?;
        let of_columns =
            by_place.permute((2, 0, 1, 3))?.contiguous()?.reshape((side, windows * heads * side, in_head))?;
        let across = of_columns.matmul(&self.across.transpose(1, 2)?.contiguous()?)?;
        let across = across.reshape((side, windows * heads, side, side))?.permute((1, 2, 0, 3))?;
        let positions = |x: Tensor| x.contiguous()?.reshape((windows, heads, tokens, side));
        let q = (q * (1.0 / (in_head as f64).sqrt()))?;
        let q = Tensor::cat(&[&q, &positions(down)?, &positions(across)?], D::Minus1)?;
        let places = self.places.broadcast_as((windows, heads, tokens, 2 * side))?.contiguous()?;
        let k = Tensor::cat(&[&k, &places], D::Minus1)?;
        let y = attention_scaled(&q, &k, &v, 1.0)?;
        join_heads(&y)?.apply(&self.proj)?.reshape((windows, side, side, channels))
    }
}
