//! A preview from latents alone: a colour for each latent, without the decoder.

use candle_core::{DType, Tensor};
use tie_core::{Extent, Raster};
use tie_nets::Result;

/// A linear map from the channels of a latent to a colour, fitted to one picture and its own latents.
///
/// Every autoencoder has its own meaning of channels, so fitting them to this image tells more than numbers measured on
/// other images.
#[derive(Clone, Debug)]
pub(super) struct LatentColours {
    /// For each of the three colours a factor per channel, and an offset.
    rows: [Vec<f64>; 3],
}

impl LatentColours {
    /// Fitted by least squares, from latents `(1, channels, h, w)` and their image `(1, 3, h · factor, w · factor)`.
    pub(super) fn fit(latents: &Tensor, image: &Tensor) -> Result<Self> {
        let (_, channels, height, width) = latents.dims4()?;
        let factor = image.dim(2)? / height.max(1);
        let small = image.to_dtype(DType::F32)?.avg_pool2d((factor, factor))?;
        let latents =
            latents.to_dtype(DType::F32)?.squeeze(0)?.reshape((channels, height * width))?.to_vec2::<f32>()?;
        let colours = small.squeeze(0)?.reshape((3, height * width))?.to_vec2::<f32>()?;
        let inputs = channels + 1;
        let input = |channel: usize, place: usize| {
            if channel == channels { 1.0 } else { f64::from(latents[channel][place]) }
        };
        let mut normal = vec![vec![0.0_f64; inputs + 3]; inputs];
        for place in 0..height * width {
            let sides = (0..inputs).map(|channel| input(channel, place));
            let sides: Vec<f64> = sides.chain(colours.iter().map(|values| f64::from(values[place]))).collect();
            for (line, value) in normal.iter_mut().zip(&sides) {
                for (sum, other) in line.iter_mut().zip(&sides) {
                    *sum += value * other;
                }
            }
        }
        // An image of one colour says nothing about the channels: they then count little.
        for (row, line) in normal.iter_mut().enumerate() {
            line[row] += 1e-3 * (height * width) as f64;
        }
        let solved = solve(normal);
        Ok(Self { rows: [0, 1, 2].map(|colour| solved.iter().map(|row| row[colour]).collect()) })
    }

    /// A pixel for each latent of `(1, channels, h, w)`.
    pub(super) fn raster(&self, latents: &Tensor) -> Result<Raster> {
        let (_, _, height, width) = latents.dims4()?;
        let latents = latents.to_dtype(DType::F32)?.squeeze(0)?.to_vec3::<f32>()?;
        Ok(Raster::from_fn(Extent::new(width as u32, height as u32), |x, y| {
            let colour = |row: &[f64]| {
                let values = latents.iter().map(|plane| f64::from(plane[y as usize][x as usize])).chain([1.0]);
                let value: f64 = row.iter().zip(values).map(|(factor, value)| factor * value).sum();
                ((value * 0.5 + 0.5).clamp(0.0, 1.0) * 255.0 + 0.5) as u8
            };
            [colour(&self.rows[0]), colour(&self.rows[1]), colour(&self.rows[2]), 255]
        }))
    }
}

/// Gauss and Jordan's elimination of a positive definite system, its right sides in the last columns.
fn solve(mut lines: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let count = lines.len();
    for row in 0..count {
        let pivot = lines[row][row];
        for value in &mut lines[row] {
            *value /= pivot;
        }
        let line = lines[row].clone();
        for other in (0..count).filter(|other| *other != row) {
            let factor = lines[other][row];
            for (value, subtracted) in lines[other].iter_mut().zip(&line) {
                *value -= factor * subtracted;
            }
        }
    }
    lines.into_iter().map(|line| line[count..].to_vec()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;

    #[test]
    fn colours_that_are_mixed_linearly_into_latents_are_found_again() {
        let device = Device::Cpu;
        // A colour for each latent, the same in every run: how near the fit comes depends on how much they differ.
        let grain = |i: usize| ((i as u32).wrapping_mul(2_654_435_761) >> 16) as f32 / 65_535.0 * 1.6 - 0.8;
        let places = (0..3 * 12 * 16).map(|i| (i / (12 * 16), i / 16 % 12, i % 16));
        let values: Vec<f32> = places.map(|(plane, y, x)| grain(plane * 12 + y / 4 * 4 + x / 4 + 1)).collect();
        let image = Tensor::from_vec(values, (1, 3, 12, 16), &device).unwrap();
        let small = image.avg_pool2d((4, 4)).unwrap();
        // Four channels: sums and differences of the colours.
        let channel = |i: usize| small.narrow(1, i, 1).unwrap();
        let mixed = [
            (channel(0) + channel(1)).unwrap(),
            (channel(1) - channel(2)).unwrap(),
            (channel(2) * 3.0).unwrap(),
            (channel(0) * -0.5).unwrap(),
        ];
        let latents = Tensor::cat(&mixed, 1).unwrap();
        let shown = LatentColours::fit(&latents, &image).unwrap().raster(&latents).unwrap();
        let wanted = small.squeeze(0).unwrap().to_vec3::<f32>().unwrap();
        for (x, y) in [(0, 0), (3, 2), (1, 1)] {
            for (colour, plane) in wanted.iter().enumerate() {
                let wanted = (plane[y as usize][x as usize] * 0.5 + 0.5) * 255.0;
                let got = f32::from(shown.pixel(x, y)[colour]);
                assert!((got - wanted).abs() < 3.0, "{got} for {wanted}");
            }
        }
    }

    #[test]
    fn a_picture_of_one_colour_gives_that_colour() {
        let image = Tensor::full(0.5_f32, (1, 3, 16, 16), &Device::Cpu).unwrap();
        let latents = Tensor::full(1.5_f32, (1, 4, 2, 2), &Device::Cpu).unwrap();
        let shown = LatentColours::fit(&latents, &image).unwrap().raster(&latents).unwrap();
        assert!(shown.pixel(1, 1)[0].abs_diff(191) <= 2, "{:?}", shown.pixel(1, 1));
    }
}
