//! Standard normal numbers that depend on the seed alone: not on the machine, the device or the numbers' type.

use candle_core::{DType, Device, Tensor};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use rand_distr::{Distribution as _, StandardNormal};
use tie_nets::Result;

/// A sequence of noise.
pub(super) struct Gaussian(ChaCha8Rng);

impl Gaussian {
    /// The sequence of a seed for one purpose: other streams of the same seed are independent of it.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(stream);
        Self(generator)
    }

    /// The next numbers, made on the CPU and then sent to the device.
    pub(super) fn tensor(&mut self, shape: &[usize], dtype: DType, device: &Device) -> Result<Tensor> {
        let count = shape.iter().product();
        let numbers: Vec<f32> = StandardNormal.sample_iter(&mut self.0).take(count).collect();
        Ok(Tensor::from_vec(numbers, shape, device)?.to_dtype(dtype)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(seed: u64, stream: u64) -> Vec<f32> {
        Gaussian::new(seed, stream)
            .tensor(&[2, 3000], DType::F32, &Device::Cpu)
            .unwrap()
            .flatten_all()
            .unwrap()
            .to_vec1()
            .unwrap()
    }

    #[test]
    fn noise_follows_from_seed_and_stream_and_is_standard_normal() {
        let first = numbers(7, 0);
        assert_eq!(first, numbers(7, 0));
        assert_ne!(first, numbers(8, 0));
        assert_ne!(first, numbers(7, 1));
        let mean = first.iter().sum::<f32>() / first.len() as f32;
        let variance = first.iter().map(|x| x * x).sum::<f32>() / first.len() as f32 - mean * mean;
        assert!(mean.abs() < 0.05 && (variance - 1.0).abs() < 0.06, "{mean} {variance}");
    }

    #[test]
    fn noise_stays_what_it_was_so_that_old_recipes_give_the_same_picture() {
        let shown: Vec<String> = numbers(1, 0).iter().take(4).map(|x| format!("{x:.4}")).collect();
        assert_eq!(shown, ["-0.2348", "-1.4108", "0.3330", "-1.1268"]);
    }
}
