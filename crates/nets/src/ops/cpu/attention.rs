//! Attention in tiles of queries, so that memory never holds all scores at once (Rabe and Staats 2021, arXiv
//! 2112.05682).

use super::gemm::{Place, Product, multiply};
use super::math::exp;
use super::numbers;
use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Storage, Tensor};
use pulp::Arch;
use rayon::prelude::*;

/// Queries at once.
const TILE: usize = 128;

/// `softmax(scale · q kᵀ + bias) v` of `(batch, heads, tokens, d)`.
#[derive(Debug, Clone)]
pub(in super::super) struct Attention {
    pub(in super::super) scale: f32,
    /// `(heads, queries, keys)`, contiguous.
    pub(in super::super) bias: Option<Tensor>,
}

impl CustomOp3 for Attention {
    fn name(&self) -> &'static str {
        "attention-by-tiles"
    }

    fn cpu_fwd(
        &self,
        q: &CpuStorage,
        q_layout: &Layout,
        k: &CpuStorage,
        k_layout: &Layout,
        v: &CpuStorage,
        v_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (batch, heads, queries, width) = q_layout.shape().dims4()?;
        let (.., keys, out_width) = v_layout.shape().dims4()?;
        if k_layout.dims() != [batch, heads, keys, width] || v_layout.dims() != [batch, heads, keys, out_width] {
            candle_core::bail!("queries of {q_layout:?} for keys of {k_layout:?} and values of {v_layout:?}");
        }
        let shape = Shape::from((batch, heads, queries, out_width));
        let mut result = vec![0.0; shape.elem_count()];
        if result.is_empty() || keys == 0 {
            return Ok((CpuStorage::F32(result), shape));
        }
        let (q, k, v) = (numbers(q, q_layout)?, numbers(k, k_layout)?, numbers(v, v_layout)?);
        let bias = self.bias.as_ref().map(Tensor::storage_and_layout);
        let bias = match &bias {
            None => None,
            Some((storage, layout)) if layout.dims() == [heads, queries, keys] => match &**storage {
                Storage::Cpu(bias) => Some(numbers(bias, layout)?),
                _ => candle_core::bail!("a bias on another device"),
            },
            Some((_, layout)) => candle_core::bail!("a bias of {layout:?} for {heads} heads of {queries} × {keys}"),
        };
        let (arch, biases) = (Arch::new(), heads);
        let heads = result.par_chunks_mut(queries * out_width).enumerate();
        let tiles = heads.flat_map(|(head, result)| {
            result.par_chunks_mut(TILE * out_width).enumerate().map(move |(tile, result)| (head, tile, result))
        });
        tiles.for_each_init(Vec::new, |scores, (head, tile, result)| {
            let rows = result.len() / out_width;
            let q = &q[(head * queries + tile * TILE) * width..][..rows * width];
            let (k, v) = (&k[head * keys * width..][..keys * width], &v[head * keys * out_width..][..keys * out_width]);
            scores.resize(rows * keys, 0.0_f32);
            if let Some(bias) = bias {
                scores.copy_from_slice(&bias[(head % biases * queries + tile * TILE) * keys..][..rows * keys]);
            }
            let places = [Place::rows(rows, keys), Place::rows(rows, width), Place::rows(keys, width).transposed()];
            let product = Product { scale: self.scale, adds: bias.is_some(), threads: 1 };
            multiply((scores, places[0]), (q, places[1]), (k, places[2]), product);
            let sums: Vec<f32> = scores.chunks_exact_mut(keys).map(|row| arch.dispatch(|| exponentials(row))).collect();
            let product = Product { scale: 1.0, adds: false, ..product };
            let place = Place::rows(rows, out_width);
            multiply((result, place), (scores, places[0]), (v, Place::rows(keys, out_width)), product);
            for (row, sum) in result.chunks_exact_mut(out_width).zip(sums) {
                for value in row {
                    *value /= sum;
                }
            }
        });
        Ok((CpuStorage::F32(result), shape))
    }
}

/// Turns scores into exponentials of their distance from the largest; returns their sum.
#[inline(always)]
fn exponentials(row: &mut [f32]) -> f32 {
    let mut most = [f32::NEG_INFINITY; 16];
    let (whole, rest) = row.as_chunks_mut::<16>();
    for chunk in whole.iter() {
        for (most, value) in most.iter_mut().zip(chunk) {
            *most = if *value > *most { *value } else { *most };
        }
    }
    let most = most.iter().chain(rest.iter()).copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sums = [0.0_f32; 16];
    for chunk in whole {
        for (sum, value) in sums.iter_mut().zip(chunk) {
            *value = exp(*value - most);
            *sum += *value;
        }
    }
    for value in rest.iter_mut() {
        *value = exp(*value - most);
    }
    sums.iter().chain(rest.iter()).sum()
}
