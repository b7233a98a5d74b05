//! Activations in arithmetic that the compiler turns into wide registers.

use super::numbers;
use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use pulp::Arch;
use rayon::prelude::*;

/// Numbers that one task maps.
const RUN: usize = 1 << 14;

/// The activation after a norm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Activation {
    None,
    Silu,
}

impl Activation {
    /// `to = activation(scale · from + shift)`.
    pub(super) fn map_affine(self, arch: Arch, from: &[f32], to: &mut [f32], scale: f32, shift: f32) {
        match self {
            Self::None => arch.dispatch(|| map(from, to, |x| x * scale + shift)),
            Self::Silu => arch.dispatch(|| map(from, to, |x| silu_of(x * scale + shift))),
        }
    }
}

#[inline(always)]
fn map(from: &[f32], to: &mut [f32], of: impl Fn(f32) -> f32) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = of(*from);
    }
}

/// eˣ to within two units in the last place: 2ⁿ eʳ with |r| ≤ ln 2 / 2, eʳ by the polynomial of Cephes.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    /// Adding it leaves the nearest whole number in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    let x = x.clamp(-87.0, 88.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = x - n * 0.693_359_4 + n * 2.121_944_4e-4;
    let p = ((((1.987_569_1e-4 * r + 1.398_199_9e-3) * r + 8.333_452e-3) * r + 4.166_579_6e-2) * r + 1.666_666_5e-1)
        * r
        + 0.5;
    let power = (shifted.to_bits() << 23).wrapping_add(1.0_f32.to_bits());
    (p * r * r + r + 1.0) * f32::from_bits(power)
}

#[inline(always)]
fn silu_of(x: f32) -> f32 {
    x / (1.0 + exp(-x))
}

/// x Φ(x), Φ by formula 7.1.26 of Abramowitz and Stegun, which is within 1.5 · 10⁻⁷.
#[inline(always)]
fn gelu_of(x: f32) -> f32 {
    let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let tail = ((((1.061_405_4 * t - 1.453_152) * t + 1.421_413_8) * t - 0.284_496_72) * t + 0.254_829_6) * t;
    let tail = 0.5 * tail * exp(-z * z);
    x * if x < 0.0 { tail } else { 1.0 - tail }
}

/// x σ(x).
pub(in super::super) fn silu(x: &Tensor) -> Result<Tensor> {
    x.contiguous()?
        .apply_op1_no_bwd(&Map { name: "silu", run: |arch, from, to| arch.dispatch(|| map(from, to, silu_of)) })
}

/// x Φ(x).
pub(in super::super) fn gelu_erf(x: &Tensor) -> Result<Tensor> {
    x.contiguous()?
        .apply_op1_no_bwd(&Map { name: "gelu", run: |arch, from, to| arch.dispatch(|| map(from, to, gelu_of)) })
}

/// A function of each number.
struct Map {
    name: &'static str,
    run: fn(Arch, &[f32], &mut [f32]),
}

impl CustomOp1 for Map {
    fn name(&self) -> &'static str {
        self.name
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let from = numbers(storage, layout)?;
        let mut to = vec![0.0; from.len()];
        let arch = Arch::new();
        to.par_chunks_mut(RUN).zip(from.par_chunks(RUN)).for_each(|(to, from)| (self.run)(arch, from, to));
        Ok((CpuStorage::F32(to), layout.shape().clone()))
    }
}
