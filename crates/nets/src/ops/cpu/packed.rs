//! Products with weights in 32 bits or fewer: they are read as stored, and multiplied and summed in 32.
//!
//! A few rows are one pass over the weights, limited by memory bandwidth. With more rows, one thread reads and unpacks
//! each panel of weights once for all of them. The formats are ggml's, which candle reads and writes.

#[cfg(target_arch = "x86_64")]
mod whole_numbers;

use super::gemm::{Place, Product, multiply};
use super::numbers;
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{CpuStorage, CustomOp1, CustomOp2, Layout, Result, Shape};
use pulp::{Arch, NullaryFnOnce};
use rayon::prelude::*;
use std::marker::PhantomData;
use std::ops::Range;
use std::sync::Arc;

/// Rows up to which weights are not unpacked into memory.
const FEW: usize = 3;
/// Rows of weights that are unpacked at once.
const PANEL: usize = 48;
/// Rows from which all weights are unpacked first: a product with a panel then takes more time to lay out rows than to multiply.
const MANY: usize = 512;

/// `x wᵀ` of `(…, in)` with packed weights `(out, in)`.
#[derive(Debug, Clone)]
pub(in super::super) struct PackedLinear(pub(in super::super) Arc<QTensor>);

/// `x wᵀ` of `(…, in)` with weights `(out, in)` in 32 bits.
#[derive(Debug, Clone)]
pub(in super::super) struct WideLinear;

/// Whether weights in a format can be read here.
pub(in super::super) const fn reads(format: GgmlDType) -> bool {
    matches!(format, GgmlDType::F16 | GgmlDType::BF16 | GgmlDType::Q8_0 | GgmlDType::Q4_1 | GgmlDType::Q4K)
}

impl CustomOp1 for PackedLinear {
    fn name(&self) -> &'static str {
        "packed-linear"
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let sizes = self.0.shape().dims2()?;
        let (x, shape, bytes) = (numbers(x, layout)?, shape_of(layout, sizes)?, self.0.data()?);
        let result = match self.0.dtype() {
            GgmlDType::F16 => linear::<Half>(x, &bytes, sizes),
            GgmlDType::BF16 => linear::<Brain>(x, &bytes, sizes),
            GgmlDType::Q8_0 => linear::<Q8>(x, &bytes, sizes),
            GgmlDType::Q4_1 => linear::<Q4>(x, &bytes, sizes),
            GgmlDType::Q4K => linear::<Q4K>(x, &bytes, sizes),
            other => candle_core::bail!("weights in {other:?}"),
        };
        Ok((CpuStorage::F32(result), shape))
    }
}

impl CustomOp2 for WideLinear {
    fn name(&self) -> &'static str {
        "wide-linear"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        layout: &Layout,
        weights: &CpuStorage,
        weights_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let sizes = weights_layout.shape().dims2()?;
        let (x, weights) = (numbers(x, layout)?, numbers(weights, weights_layout)?);
        let shape = shape_of(layout, sizes)?;
        Ok((CpuStorage::F32(linear::<Wide>(x, bytemuck::cast_slice(weights), sizes)), shape))
    }
}

/// The shape of the result.
fn shape_of(x: &Layout, (out, width): (usize, usize)) -> Result<Shape> {
    let mut dims = x.dims().to_vec();
    if dims.pop() != Some(width) {
        candle_core::bail!("{x:?} for weights of {out} × {width}");
    }
    dims.push(out);
    Ok(dims.into())
}

/// A packing of numbers.
trait Format: Sized {
    /// Numbers and bytes per block.
    const NUMBERS: usize;
    const BYTES: usize;

    /// Unpacks as many blocks as there are.
    fn unpack(from: &[u8], to: &mut [f32]);

    /// Numbers that need not be unpacked.
    fn view(_weights: &[u8]) -> Option<&[f32]> {
        None
    }

    /// The scalar products of rows with numbers.
    fn products(weights: &[u8], row_bytes: usize, x: &[f32], result: &mut [f32]) {
        Arch::new().dispatch(Products::<Self> { weights, row_bytes, x, result, format: PhantomData });
    }

    /// The scalar product of a row with numbers.
    #[inline(always)]
    fn product(row: &[u8], x: &[f32]) -> f32 {
        let mut sums = [0.0_f32; 32];
        let mut numbers = [0.0_f32; 256];
        // As many blocks as fit.
        let blocks = numbers.len() / Self::NUMBERS;
        for (row, x) in row.chunks(blocks * Self::BYTES).zip(x.chunks(blocks * Self::NUMBERS)) {
            let numbers = &mut numbers[..x.len()];
            Self::unpack(row, numbers);
            let (whole, rest) = numbers.as_chunks::<32>();
            let (x_whole, x_rest) = x.as_chunks::<32>();
            for (numbers, x) in whole.iter().zip(x_whole) {
                for i in 0..32 {
                    sums[i] += numbers[i] * x[i];
                }
            }
            for (i, (number, x)) in rest.iter().zip(x_rest).enumerate() {
                sums[i] += number * x;
            }
        }
        sums.iter().sum()
    }
}

/// Rows of `width` numbers by `out` rows of weights.
fn linear<F: Format>(x: &[f32], weights: &[u8], (out, width): (usize, usize)) -> Vec<f32> {
    let rows = x.len() / width.max(1);
    let mut result = vec![0.0; rows * out];
    if result.is_empty() {
        return result;
    }
    let row_bytes = width / F::NUMBERS * F::BYTES;
    if rows <= FEW {
        /// Numbers of a result that one task finds.
        const RUN: usize = 32;
        for (x, result) in x.chunks_exact(width).zip(result.chunks_exact_mut(out)) {
            let tasks = result.par_chunks_mut(RUN).zip(weights.par_chunks(RUN * row_bytes));
            tasks.for_each(|(result, weights)| F::products(weights, row_bytes, x, result));
        }
    } else if rows < MANY {
        by_panels::<F>(x, weights, &mut result, (out, width));
    } else {
        let mut unpacked = Vec::new();
        let numbers = F::view(weights).unwrap_or_else(|| {
            unpack::<F>(weights, &mut unpacked);
            &unpacked
        });
        multiply(
            (&mut result, Place::rows(rows, out)),
            (x, Place::rows(rows, width)),
            (numbers, Place::rows(out, width).transposed()),
            Product { scale: 1.0, adds: false, threads: rayon::current_num_threads() },
        );
    }
    result
}

fn by_panels<F: Format>(x: &[f32], weights: &[u8], result: &mut [f32], (out, width): (usize, usize)) {
    let (rows, row_bytes) = (x.len() / width, width / F::NUMBERS * F::BYTES);
    // Panels are columns of the result, which no slices part: each is made by itself and copied.
    let panels: Vec<(usize, Vec<f32>)> = weights
        .par_chunks(PANEL * row_bytes)
        .enumerate()
        .map_init(Vec::new, |room, (panel, weights)| {
            let columns = weights.len() / row_bytes;
            let numbers = F::view(weights).unwrap_or_else(|| unpacked::<F>(weights, room));
            let mut product = vec![0.0; rows * columns];
            multiply(
                (&mut product, Place::rows(rows, columns)),
                (x, Place::rows(rows, width)),
                (numbers, Place::rows(columns, width).transposed()),
                Product { scale: 1.0, adds: false, threads: 1 },
            );
            (panel * PANEL, product)
        })
        .collect();
    result.par_chunks_exact_mut(out).enumerate().for_each(|(row, result)| {
        for (start, panel) in &panels {
            let columns = panel.len() / rows;
            result[*start..][..columns].copy_from_slice(&panel[row * columns..][..columns]);
        }
    });
}

/// Unpacks weights on all threads.
fn unpack<F: Format>(weights: &[u8], room: &mut Vec<f32>) {
    /// Blocks that are worth a task.
    const RUN: usize = 1 << 9;
    let (blocks, arch) = (RUN.max((1 << 15) / F::NUMBERS), Arch::new());
    room.resize(weights.len() / F::BYTES * F::NUMBERS, 0.0);
    let tasks = weights.par_chunks(blocks * F::BYTES).zip(room.par_chunks_mut(blocks * F::NUMBERS));
    tasks.for_each(|(weights, to)| arch.dispatch(Unpacked::<F> { weights, to, format: PhantomData }));
}

/// The weights of a convolution, in 32 bits or 16.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kernel<'a> {
    Wide(&'a [f32]),
    F16(&'a [half::f16]),
    Bf16(&'a [half::bf16]),
}

impl<'a> Kernel<'a> {
    /// The weights of a contiguous tensor.
    pub(super) fn of(storage: &'a CpuStorage, layout: &Layout) -> Result<Self> {
        match (storage, layout.contiguous_offsets()) {
            (CpuStorage::F16(numbers), Some((start, end))) => Ok(Self::F16(&numbers[start..end])),
            (CpuStorage::BF16(numbers), Some((start, end))) => Ok(Self::Bf16(&numbers[start..end])),
            _ => Ok(Self::Wide(numbers(storage, layout)?)),
        }
    }

    pub(super) const fn len(self) -> usize {
        match self {
            Self::Wide(numbers) => numbers.len(),
            Self::F16(numbers) => numbers.len(),
            Self::Bf16(numbers) => numbers.len(),
        }
    }

    /// The same weights in 32 bits, widened on all threads into `room` if necessary.
    pub(super) fn wide<'r>(self, room: &'r mut Vec<f32>) -> Kernel<'r>
    where
        'a: 'r,
    {
        match self {
            Self::Wide(_) => return self,
            Self::F16(numbers) => unpack::<Half>(bytemuck::cast_slice(numbers), room),
            Self::Bf16(numbers) => unpack::<Brain>(bytemuck::cast_slice(numbers), room),
        }
        Kernel::Wide(room)
    }

    /// Some of the numbers, by way of `room` where they have to be widened.
    pub(super) fn widened<'r>(self, range: Range<usize>, room: &'r mut Vec<f32>) -> &'r [f32]
    where
        'a: 'r,
    {
        match self {
            Self::Wide(numbers) => &numbers[range],
            Self::F16(numbers) => unpacked::<Half>(bytemuck::cast_slice(&numbers[range]), room),
            Self::Bf16(numbers) => unpacked::<Brain>(bytemuck::cast_slice(&numbers[range]), room),
        }
    }
}

/// Unpacks weights on this thread.
fn unpacked<'r, F: Format>(weights: &[u8], room: &'r mut Vec<f32>) -> &'r [f32] {
    room.resize(weights.len() / F::BYTES * F::NUMBERS, 0.0);
    Arch::new().dispatch(Unpacked::<F> { weights, to: room, format: PhantomData });
    room
}

/// Products of rows with numbers. (A type instead of a closure, which would be too long to be compiled into its dispatch.)
struct Products<'a, F> {
    weights: &'a [u8],
    row_bytes: usize,
    x: &'a [f32],
    result: &'a mut [f32],
    format: PhantomData<F>,
}

impl<F: Format> NullaryFnOnce for Products<'_, F> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for (result, row) in self.result.iter_mut().zip(self.weights.chunks_exact(self.row_bytes)) {
            *result = F::product(row, self.x);
        }
    }
}

/// Rows as numbers.
struct Unpacked<'a, F> {
    weights: &'a [u8],
    to: &'a mut [f32],
    format: PhantomData<F>,
}

impl<F: Format> NullaryFnOnce for Unpacked<'_, F> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        F::unpack(self.weights, self.to);
    }
}

/// As 32-bit floats, which are multiplied as they are.
struct Wide;

impl Format for Wide {
    const NUMBERS: usize = 1;
    const BYTES: usize = 4;

    #[inline(always)]
    fn unpack(from: &[u8], to: &mut [f32]) {
        for (from, to) in from.as_chunks::<4>().0.iter().zip(to) {
            *to = f32::from_ne_bytes(*from);
        }
    }

    fn view(weights: &[u8]) -> Option<&[f32]> {
        bytemuck::try_cast_slice(weights).ok()
    }
}

/// 16 bits of IEEE 754.
struct Half;

impl Format for Half {
    const NUMBERS: usize = 1;
    const BYTES: usize = 2;

    #[inline(always)]
    fn unpack(from: &[u8], to: &mut [f32]) {
        for (from, to) in from.as_chunks::<2>().0.iter().zip(to) {
            *to = half(*from);
        }
    }
}

/// A 16-bit float as 32 bits; subnormal numbers and NaN come out right as well.
#[inline(always)]
fn half(bytes: [u8; 2]) -> f32 {
    /// 1.0 × 2¹¹², by which the exponents of 16 and 32 bits differ.
    const REBIAS: f32 = f32::from_bits((127 + 112) << 23);
    const LARGEST: u32 = 0x7c00;
    let bits = u32::from(u16::from_le_bytes(bytes));
    let size = f32::from_bits((bits & 0x7fff) << 13) * REBIAS;
    let endless = if bits & LARGEST == LARGEST { 0x7f80_0000 } else { 0 };
    f32::from_bits(size.to_bits() | endless | (bits & 0x8000) << 16)
}

/// The upper 16 bits of a 32-bit float.
struct Brain;

impl Format for Brain {
    const NUMBERS: usize = 1;
    const BYTES: usize = 2;

    #[inline(always)]
    fn unpack(from: &[u8], to: &mut [f32]) {
        for (from, to) in from.as_chunks::<2>().0.iter().zip(to) {
            *to = brain(*from);
        }
    }
}

#[inline(always)]
fn brain(bytes: [u8; 2]) -> f32 {
    f32::from_bits(u32::from(u16::from_le_bytes(bytes)) << 16)
}

/// 32 numbers in 8 bits with one scale.
struct Q8;

impl Format for Q8 {
    const NUMBERS: usize = 32;
    const BYTES: usize = 34;

    #[cfg(target_arch = "x86_64")]
    fn products(weights: &[u8], row_bytes: usize, x: &[f32], result: &mut [f32]) {
        whole_numbers::products::<Self>(weights, row_bytes, x, result);
    }

    #[inline(always)]
    fn unpack(from: &[u8], to: &mut [f32]) {
        for (from, to) in from.as_chunks::<34>().0.iter().zip(to.as_chunks_mut::<32>().0) {
            let scale = half([from[0], from[1]]);
            for i in 0..32 {
                to[i] = scale * f32::from(from[2 + i].cast_signed());
            }
        }
    }
}

/// 32 numbers in 4 bits with one scale and one least number; the first half in the lower bits.
struct Q4;

impl Format for Q4 {
    const NUMBERS: usize = 32;
    const BYTES: usize = 20;

    #[cfg(target_arch = "x86_64")]
    fn products(weights: &[u8], row_bytes: usize, x: &[f32], result: &mut [f32]) {
        whole_numbers::products::<Self>(weights, row_bytes, x, result);
    }

    #[inline(always)]
    fn unpack(from: &[u8], to: &mut [f32]) {
        for (from, to) in from.as_chunks::<20>().0.iter().zip(to.as_chunks_mut::<32>().0) {
            let (scale, least) = (half([from[0], from[1]]), half([from[2], from[3]]));
            for i in 0..16 {
                to[i] = scale * f32::from(from[4 + i] & 15) + least;
            }
            for i in 0..16 {
                to[16 + i] = scale * f32::from(from[4 + i] >> 4) + least;
            }
        }
    }
}

/// 256 numbers in 4 bits; each 32 of them have a scale and a least number of 6 bits, which are multiples of two others.
struct Q4K;

impl Format for Q4K {
    const NUMBERS: usize = 256;
    const BYTES: usize = 144;

    #[cfg(target_arch = "x86_64")]
    fn products(weights: &[u8], row_bytes: usize, x: &[f32], result: &mut [f32]) {
        whole_numbers::products::<Self>(weights, row_bytes, x, result);
    }

    #[inline(always)]
    fn unpack(from: &[u8], to: &mut [f32]) {
        for (from, to) in from.as_chunks::<144>().0.iter().zip(to.as_chunks_mut::<256>().0) {
            let (scale, least) = (half([from[0], from[1]]), half([from[2], from[3]]));
            let factors = &from[4..16];
            for (pair, to) in to.as_chunks_mut::<64>().0.iter_mut().enumerate() {
                let packed = &from[16 + 32 * pair..][..32];
                let [first, second] = [2 * pair, 2 * pair + 1].map(|i| {
                    let (s, l) = six_bits(factors, i);
                    (scale * f32::from(s), least * f32::from(l))
                });
                for i in 0..32 {
                    to[i] = first.0 * f32::from(packed[i] & 15) - first.1;
                }
                for i in 0..32 {
                    to[32 + i] = second.0 * f32::from(packed[i] >> 4) - second.1;
                }
            }
        }
    }
}

/// Scale and least number of the `i`th 32 in [`Q4K`]: the last four have their upper bits beside those of the first four.
#[inline(always)]
fn six_bits(factors: &[u8], i: usize) -> (u8, u8) {
    if i < 4 {
        (factors[i] & 63, factors[i + 4] & 63)
    } else {
        (factors[i + 4] & 15 | factors[i - 4] >> 6 << 4, factors[i + 4] >> 4 | factors[i] >> 6 << 4)
    }
}
