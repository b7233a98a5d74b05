//! The layers that take most of the time, for 32-bit floats on the CPU.
//!
//! candle's own do the same and are tested against, but its convolution multiplies many small matrices, its attention
//! keeps all scores, and its norms and activations run on one core with calls into the C library.

#![expect(clippy::inline_always, reason = "what a dispatch runs has to be compiled with that dispatch's registers")]

mod attention;
mod conv2d;
mod depthwise;
mod gemm;
mod group_norm;
mod math;
mod packed;
mod pixel_norm;
mod pixel_shuffle;

pub(super) use attention::Attention;
pub(super) use conv2d::Conv2d;
pub(super) use depthwise::DepthwiseConv;
pub(super) use group_norm::GroupNorm;
pub(super) use math::{Activation, gelu_erf, silu};
pub(super) use packed::{PackedLinear, WideLinear, reads};
pub(super) use pixel_norm::PixelNorm;
pub(super) use pixel_shuffle::PixelShuffle;

use candle_core::{CpuStorage, DType, Layout, Result, Tensor};

/// Whether a tensor's work can be done here.
pub(super) fn suits(x: &Tensor) -> bool {
    x.device().is_cpu() && x.dtype() == DType::F32
}

/// The numbers of a contiguous tensor.
fn numbers<'s>(storage: &'s CpuStorage, layout: &Layout) -> Result<&'s [f32]> {
    match (storage, layout.contiguous_offsets()) {
        (CpuStorage::F32(numbers), Some((start, end))) => Ok(&numbers[start..end]),
        _ => candle_core::bail!("contiguous 32-bit floats are needed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{Device, Module};
    use proptest::prelude::*;

    /// Numbers about 0 that depend on a seed.
    fn noise(shape: impl Into<candle_core::Shape>, seed: u64) -> Tensor {
        let shape = shape.into();
        let mut state = seed.wrapping_mul(2) | 1;
        let next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / 4_194_304.0 - 2.0
        };
        let values: Vec<f32> = std::iter::repeat_with(next).take(shape.elem_count()).collect();
        Tensor::from_vec(values, shape, &Device::Cpu).unwrap()
    }

    /// The largest difference, as a share of the largest number.
    fn difference(ours: &Tensor, theirs: &Tensor) -> f32 {
        assert_eq!(ours.dims(), theirs.dims());
        let largest = |x: Tensor| x.abs().unwrap().flatten_all().unwrap().max(0).unwrap().to_scalar::<f32>().unwrap();
        largest((ours - theirs).unwrap()) / largest(theirs.clone()).max(1e-3)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn convolutions_are_those_of_candle(
            (batch, from, to) in (1_usize..3, 1_usize..6, 1_usize..6),
            (height, width) in (1_usize..40, 1_usize..90),
            (size, stride, padding) in (1_usize..6, 1_usize..4, 0_usize..4),
            seed in any::<u64>(),
        ) {
            prop_assume!(height.min(width) + 2 * padding >= size);
            let image = noise((batch, from, height, width), seed);
            let (weights, bias) = (noise((to, from, size, size), seed ^ 1), noise(to, seed ^ 2));
            let ours = image.apply_op3_no_bwd(&weights, &bias, &Conv2d { stride, padding }).unwrap();
            let theirs = image.conv2d(&weights, padding, stride, 1, 1).unwrap();
            let theirs = theirs.broadcast_add(&bias.reshape((1, to, 1, 1)).unwrap()).unwrap();
            prop_assert!(difference(&ours, &theirs) < 1e-5);
        }

        #[test]
        fn convolutions_of_each_channel_by_itself_are_those_of_candle(
            (batch, channels) in (1_usize..3, 1_usize..6),
            (height, width) in (1_usize..40, 1_usize..90),
            (size, padding, down, across) in (1_usize..6, 0_usize..4, 1_usize..4, 1_usize..4),
            seed in any::<u64>(),
        ) {
            prop_assume!(height.min(width) + 2 * padding >= size);
            let image = noise((batch, channels, height, width), seed);
            let (weights, bias) = (noise((channels, 1, size, size), seed ^ 1), noise(channels, seed ^ 2));
            let ours = image.apply_op3_no_bwd(&weights, &bias, &DepthwiseConv { stride: [down, across], padding }).unwrap();
            let every = |length: usize, step| Tensor::arange_step(0, length as u32, step as u32, &Device::Cpu).unwrap();
            let theirs = image.conv2d(&weights, padding, 1, 1, channels).unwrap();
            let theirs = theirs.index_select(&every(theirs.dim(2).unwrap(), down), 2).unwrap();
            let theirs = theirs.index_select(&every(theirs.dim(3).unwrap(), across), 3).unwrap();
            let theirs = theirs.broadcast_add(&bias.reshape((1, channels, 1, 1)).unwrap()).unwrap();
            prop_assert!(difference(&ours, &theirs) < 1e-5);
        }

        #[test]
        fn group_norms_are_those_of_candle(
            (batch, groups, in_group) in (1_usize..3, 1_usize..5, 1_usize..4),
            (height, width) in (1_usize..40, 1_usize..40),
            seed in any::<u64>(),
        ) {
            let channels = groups * in_group;
            let image = ((noise((batch, channels, height, width), seed) * 3.0).unwrap() + 5.0).unwrap();
            let (weight, bias) = (noise(channels, seed ^ 1), noise(channels, seed ^ 2));
            // Where a few pixels are nearly equal, a smaller eps would leave only the rounding errors of both.
            let theirs = candle_nn::GroupNorm::new(weight.clone(), bias.clone(), channels, groups, 1e-2).unwrap();
            let theirs = theirs.forward(&image).unwrap();
            for (then, theirs) in [(Activation::None, theirs.clone()), (Activation::Silu, theirs.silu().unwrap())] {
                let op = GroupNorm { groups, eps: 1e-2, then };
                let ours = image.apply_op3_no_bwd(&weight, &bias, &op).unwrap();
                // candle sums in 32 bits.
                prop_assert!(difference(&ours, &theirs) < 1e-4, "{then:?}: {}", difference(&ours, &theirs));
            }
        }

        #[test]
        fn norms_of_each_pixel_are_those_of_candle(
            (batch, channels) in (1_usize..3, 2_usize..9),
            (height, width) in (1_usize..40, 1_usize..40),
            seed in any::<u64>(),
        ) {
            let image = noise((batch, channels, height, width), seed);
            let (weight, bias) = (noise(channels, seed ^ 1), noise(channels, seed ^ 2));
            let norm = candle_nn::LayerNorm::new(weight.clone(), bias.clone(), 1e-2);
            let last = image.permute((0, 2, 3, 1)).unwrap().contiguous().unwrap();
            let theirs = norm.forward(&last).unwrap().permute((0, 3, 1, 2)).unwrap();
            let ours = image.apply_op3_no_bwd(&weight, &bias, &PixelNorm { eps: 1e-2 }).unwrap();
            // candle subtracts the square of the mean from the mean of the squares.
            prop_assert!(difference(&ours, &theirs) < 1e-4, "{}", difference(&ours, &theirs));
        }

        #[test]
        fn products_with_packed_weights_are_those_with_the_numbers_they_stand_for(
            // One by one, by panels, and all unpacked.
            rows in prop_oneof![1_usize..9, 510_usize..515],
            out in 1_usize..120,
            blocks in 1_usize..4,
            seed in any::<u64>(),
        ) {
            use candle_core::quantized::{GgmlDType, QTensor};
            let formats = [GgmlDType::F16, GgmlDType::BF16, GgmlDType::Q8_0, GgmlDType::Q4_1, GgmlDType::Q4K];
            for format in formats {
                let width = blocks * format.block_size().max(7);
                let (x, numbers) = (noise((1, rows, width), seed), noise((out, width), seed ^ 1));
                let packed = std::sync::Arc::new(QTensor::quantize(&numbers, format).unwrap());
                let numbers = packed.dequantize(&Device::Cpu).unwrap();
                let theirs = x.broadcast_matmul(&numbers.t().unwrap()).unwrap();
                let ours = x.apply_op1_no_bwd(&PackedLinear(packed)).unwrap();
                prop_assert!(difference(&ours, &theirs) < 1e-5, "{format:?}: {}", difference(&ours, &theirs));
                let wide = x.apply_op2_no_bwd(&numbers, &WideLinear).unwrap();
                prop_assert!(difference(&wide, &theirs) < 1e-5, "32 bits: {}", difference(&wide, &theirs));
            }
        }

        #[test]
        fn attention_is_that_of_all_scores_at_once(
            (batch, heads, width) in (1_usize..3, 1_usize..4, 1_usize..24),
            (queries, keys) in (1_usize..300, 1_usize..70),
            seed in any::<u64>(),
        ) {
            let q = noise((batch, heads, queries, width), seed);
            let [k, v] = [1, 2].map(|salt| noise((batch, heads, keys, width), seed ^ salt));
            let bias = noise((heads, queries, keys), seed ^ 3);
            let scale = 1.0 / (width as f64).sqrt();
            let ours = q.apply_op3_no_bwd(&k, &v, &Attention { scale: scale as f32, bias: Some(bias.clone()) }).unwrap();
            let scores = (q.matmul(&k.t().unwrap()).unwrap() * scale).unwrap().broadcast_add(&bias).unwrap();
            let theirs = candle_nn::ops::softmax_last_dim(&scores).unwrap().matmul(&v).unwrap();
            prop_assert!(difference(&ours, &theirs) < 1e-5);
        }
    }

    #[test]
    fn four_channels_become_the_pixels_that_candle_shuffles_them_to() {
        let (image, bias) = (noise((2, 12, 5, 3), 1), noise(3, 2));
        let ours = image.apply_op2_no_bwd(&bias, &PixelShuffle).unwrap();
        let theirs = candle_nn::ops::pixel_shuffle(&image, 2).unwrap();
        let theirs = theirs.broadcast_add(&bias.reshape((1, 3, 1, 1)).unwrap()).unwrap();
        assert!(difference(&ours, &theirs) < 1e-6);
        assert!(image.apply_op2_no_bwd(&noise(4, 2), &PixelShuffle).is_err());
    }

    #[test]
    fn convolutions_with_weights_in_16_bits_are_those_with_the_numbers_they_stand_for() {
        // More weights than are widened at once.
        let (image, weights, bias) = (noise((1, 700, 5, 6), 1), noise((200, 700, 3, 3), 2), noise(200, 3));
        for dtype in [DType::F16, DType::BF16] {
            let narrow = weights.to_dtype(dtype).unwrap();
            let wide = narrow.to_dtype(DType::F32).unwrap();
            let [ours, theirs] = [narrow, wide]
                .map(|weights| image.apply_op3_no_bwd(&weights, &bias, &Conv2d { stride: 1, padding: 1 }).unwrap());
            assert!(difference(&ours, &theirs) < 1e-6, "{dtype:?}: {}", difference(&ours, &theirs));
        }
    }

    #[test]
    fn numbers_of_16_bits_are_widened_to_what_they_are() {
        use half::{bf16, f16};
        fn check<T: Copy>(all: &[T], kernel: packed::Kernel<'_>, wide: impl Fn(T) -> f32) {
            let mut room = Vec::new();
            let ours = kernel.widened(0..all.len(), &mut room);
            let is_other = |(number, ours): (&T, &f32)| wide(*number).to_bits() != ours.to_bits() && !ours.is_nan();
            assert_eq!(all.iter().zip(ours).filter(|pair| is_other(*pair)).count(), 0);
            assert_eq!(ours.iter().filter(|x| x.is_nan()).count(), all.iter().filter(|x| wide(**x).is_nan()).count());
        }
        let halves: Vec<f16> = (0..=u16::MAX).map(f16::from_bits).collect();
        check(&halves, packed::Kernel::F16(&halves), f16::to_f32);
        let brains: Vec<bf16> = (0..=u16::MAX).map(bf16::from_bits).collect();
        check(&brains, packed::Kernel::Bf16(&brains), bf16::to_f32);
    }

    #[test]
    fn activations_are_those_of_candle() {
        let line: Vec<f32> = (-30_000..30_000).map(|i| i as f32 / 500.0).chain([-1e4, -90.0, 90.0, 1e4]).collect();
        let x = Tensor::new(line, &Device::Cpu).unwrap();
        for (name, ours, theirs) in [("silu", silu(&x), x.silu()), ("gelu", gelu_erf(&x), x.gelu_erf())] {
            let error = (ours.unwrap() - theirs.unwrap()).unwrap().abs().unwrap();
            let worst =
                (error / (x.abs().unwrap() + 1.0).unwrap()).unwrap().max(0).unwrap().to_scalar::<f32>().unwrap();
            assert!(worst < 5e-7, "{name} is off by {worst}");
        }
    }

    #[test]
    fn shapes_that_do_not_fit_are_refused() {
        let image = noise((1, 3, 8, 8), 1);
        let op = Conv2d { stride: 1, padding: 0 };
        assert!(image.apply_op3_no_bwd(&noise((4, 2, 3, 3), 2), &noise(4, 3), &op).is_err());
        assert!(image.apply_op3_no_bwd(&noise((4, 3, 9, 9), 2), &noise(4, 3), &op).is_err());
        let norm = GroupNorm { groups: 2, eps: 1e-5, then: Activation::None };
        assert!(image.apply_op3_no_bwd(&noise(3, 2), &noise(3, 3), &norm).is_err());
        let q = noise((1, 1, 4, 4), 1);
        assert!(
            q.apply_op3_no_bwd(&noise((1, 1, 5, 3), 2), &noise((1, 1, 5, 4), 3), &Attention { scale: 1.0, bias: None })
                .is_err()
        );
    }
}
