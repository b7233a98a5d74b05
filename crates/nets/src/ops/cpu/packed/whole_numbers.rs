//! Products with whole numbers of few bits in registers of 8 floats, which the compiler does not find by itself.

use super::{Format, Products, Q4, Q4K, Q8, half, six_bits};
use pulp::x86::V3;
use pulp::{Arch, NullaryFnOnce};
use std::arch::x86_64::{__m128i, __m256i};
use std::marker::PhantomData;

/// Numbers that share a scale and a least number.
const GROUP: usize = 32;

/// A format of whole numbers.
pub(super) trait Whole: Format {
    /// The `i`th group of a block: its integers as 32 signed bytes, their scale, and the offset of each number.
    fn group(simd: V3, block: &[u8], i: usize) -> (__m256i, f32, f32);
}

/// The scalar products of rows with numbers.
pub(super) fn products<F: Whole>(weights: &[u8], row_bytes: usize, x: &[f32], result: &mut [f32]) {
    let products = Products::<F> { weights, row_bytes, x, result, format: PhantomData };
    match V3::try_new() {
        Some(simd) => simd.vectorize(Rows { simd, products }),
        None => Arch::new().dispatch(products),
    }
}

struct Rows<'a, F> {
    simd: V3,
    products: Products<'a, F>,
}

impl<F: Whole> NullaryFnOnce for Rows<'_, F> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { simd, products: Products { weights, row_bytes, x, result, .. } } = self;
        let (groups, _) = x.as_chunks::<GROUP>();
        // The offset counts once for each number.
        let sums: Vec<f32> = groups.iter().map(|group| group.iter().sum()).collect();
        let in_block = F::NUMBERS / GROUP;
        for (result, row) in result.iter_mut().zip(weights.chunks_exact(row_bytes)) {
            let (mut total, mut added) = (simd.avx._mm256_setzero_ps(), 0.0);
            let blocks = row.chunks_exact(F::BYTES).zip(groups.chunks_exact(in_block)).zip(sums.chunks_exact(in_block));
            for ((block, groups), sums) in blocks {
                for (i, (x, sum)) in groups.iter().zip(sums).enumerate() {
                    let (numbers, scale, least) = F::group(simd, block, i);
                    let (lower, upper) =
                        (simd.avx._mm256_castsi256_si128(numbers), simd.avx2._mm256_extracti128_si256::<1>(numbers));
                    let eight = |bytes: __m128i| simd.avx._mm256_cvtepi32_ps(simd.avx2._mm256_cvtepi8_epi32(bytes));
                    let second = |bytes: __m128i| simd.sse2._mm_srli_si128::<8>(bytes);
                    let x: [[f32; 8]; 4] = pulp::cast(*x);
                    let x = x.map(pulp::cast);
                    let product = simd.avx._mm256_mul_ps(eight(lower), x[0]);
                    let product = simd.fma._mm256_fmadd_ps(eight(second(lower)), x[1], product);
                    let product = simd.fma._mm256_fmadd_ps(eight(upper), x[2], product);
                    let product = simd.fma._mm256_fmadd_ps(eight(second(upper)), x[3], product);
                    total = simd.fma._mm256_fmadd_ps(product, simd.avx._mm256_set1_ps(scale), total);
                    added += least * sum;
                }
            }
            let total: [f32; 8] = pulp::cast(total);
            *result = total.iter().sum::<f32>() + added;
        }
    }
}

/// The bytes from `start` on.
#[inline(always)]
fn bytes<const N: usize>(block: &[u8], start: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&block[start..start + N]);
    bytes
}

impl Whole for Q8 {
    #[inline(always)]
    fn group(_: V3, block: &[u8], _: usize) -> (__m256i, f32, f32) {
        (pulp::cast(bytes::<32>(block, 2)), half(bytes(block, 0)), 0.0)
    }
}

impl Whole for Q4 {
    #[inline(always)]
    fn group(simd: V3, block: &[u8], _: usize) -> (__m256i, f32, f32) {
        let packed: __m128i = pulp::cast(bytes::<16>(block, 4));
        let both = simd.avx._mm256_set_m128i(simd.sse2._mm_srli_epi16::<4>(packed), packed);
        let numbers = simd.avx2._mm256_and_si256(both, simd.avx._mm256_set1_epi8(15));
        (numbers, half(bytes(block, 0)), half(bytes(block, 2)))
    }
}

impl Whole for Q4K {
    #[inline(always)]
    fn group(simd: V3, block: &[u8], i: usize) -> (__m256i, f32, f32) {
        let packed: __m256i = pulp::cast(bytes::<32>(block, 16 + 32 * (i / 2)));
        let packed = if i.is_multiple_of(2) { packed } else { simd.avx2._mm256_srli_epi16::<4>(packed) };
        let numbers = simd.avx2._mm256_and_si256(packed, simd.avx._mm256_set1_epi8(15));
        let (scale, least) = six_bits(&block[4..16], i);
        (numbers, half(bytes(block, 0)) * f32::from(scale), -half(bytes(block, 2)) * f32::from(least))
    }
}
