//! Between an image's pixels and the square that the network sees.

use super::Click;
use crate::{ModelError, Result};
use candle_core::{DType, Device, Tensor};
use rayon::prelude::*;

/// Mean and standard deviation of red, green and blue in 8-bit values.
const MEAN: [f32; 3] = [123.675, 116.28, 103.53];
const DEVIATION: [f32; 3] = [58.395, 57.12, 57.375];

/// Where an image is in the square: its longer side fills it, from the upper left corner. Sizes are width and height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// Size of the image.
    pub image: [usize; 2],
    /// Size of the image in the square.
    pub scaled: [usize; 2],
    /// Pixels along each side of the square.
    pub side: usize,
}

impl Frame {
    /// An image in a square of `side` pixels.
    pub fn new(image: [usize; 2], side: usize) -> Self {
        let scale = side as f64 / image[0].max(image[1]).max(1) as f64;
        // Rounded like `ResizeLongestSide`; a strip keeps at least one pixel.
        let scaled = image.map(|length| ((length as f64 * scale + 0.5) as usize).clamp(1, side));
        Self { image, scaled, side }
    }

    /// The image as the network sees it, `(1, 3, side, side)`, from its 8-bit values `(h, w, 3)` in the size that it has in the
    /// square: normalised, and only then padded with zeros at the right and at the bottom.
    ///
    /// # Errors
    /// If the shape does not fit, or the device is out of memory.
    pub fn pixels(self, scaled: &Tensor, device: &Device) -> Result<Tensor> {
        let Self { scaled: [width, height], side, .. } = self;
        if scaled.dims() != [height, width, 3] {
            return Err(ModelError::Unsuitable(format!("An image of {:?} is not {height} × {width}.", scaled.dims())));
        }
        let values = scaled.to_device(&Device::Cpu)?.to_dtype(DType::F32)?;
        let of = |numbers: [f32; 3]| Tensor::new(&numbers, &Device::Cpu);
        let values = values.broadcast_sub(&of(MEAN)?)?.broadcast_div(&of(DEVIATION)?)?;
        let values = values.permute((2, 0, 1))?.unsqueeze(0)?;
        let padded = values.pad_with_zeros(2, 0, side - height)?.pad_with_zeros(3, 0, side - width)?;
        Ok(padded.contiguous()?.to_device(device)?)
    }

    /// A place in the image, in its pixels, in those of the square.
    pub fn place(self, [x, y]: [f32; 2]) -> [f32; 2] {
        let scale = |v: f32, axis: usize| v * self.scaled[axis] as f32 / self.image[axis].max(1) as f32;
        [scale(x, 0), scale(y, 1)]
    }

    /// A click in the image, in the square.
    pub fn click(self, click: Click) -> Click {
        let [x, y] = self.place([click.x, click.y]);
        Click { x, y, ..click }
    }

    /// The logits `(h, w)` of one mask at the image's size, row by row: enlarged to the square, cut to the image and scaled to it,
    /// bilinear both times.
    ///
    /// # Errors
    /// If the tensor has other dimensions.
    pub fn logits(self, low: &Tensor) -> Result<Vec<f32>> {
        let (height, width) = low.dims2()?;
        let low: Vec<f32> = low.to_dtype(DType::F32)?.flatten_all()?.to_vec1()?;
        if height == 0 || width == 0 {
            return Err(ModelError::Unsupported("it returns masks without pixels".to_owned()));
        }
        let square = Grid { values: &low, width, height };
        let in_square = square.bilinear([self.side, self.side], self.scaled);
        let cut = Grid { values: &in_square, width: self.scaled[0], height: self.scaled[1] };
        Ok(cut.bilinear(self.image, self.image))
    }
}

/// Numbers in rows.
#[derive(Clone, Copy)]
struct Grid<'a> {
    values: &'a [f32],
    width: usize,
    height: usize,
}

impl Grid<'_> {
    /// Bilinear values at the pixel centres of the upper left `part` of a grid of `whole` size: torch's `interpolate`
    /// with `align_corners=False`.
    fn bilinear(self, whole: [usize; 2], part: [usize; 2]) -> Vec<f32> {
        let across: Vec<Pair> = (0..part[0]).map(|x| Pair::at(x, self.width, whole[0])).collect();
        let mut result = vec![0.0; part[0] * part[1]];
        result.par_chunks_exact_mut(part[0].max(1)).enumerate().for_each_init(Vec::new, |line, (y, row)| {
            let down = Pair::at(y, self.height, whole[1]);
            let of = |y: usize| &self.values[y * self.width..][..self.width];
            line.clear();
            line.extend(of(down.first).iter().zip(of(down.second)).map(|(a, b)| a + down.share * (b - a)));
            for (value, at) in row.iter_mut().zip(&across) {
                let (a, b) = (line[at.first], line[at.second]);
                *value = a + at.share * (b - a);
            }
        });
        result
    }
}

/// The two neighbours of a place, and the share of the second.
#[derive(Clone, Copy)]
struct Pair {
    first: usize,
    second: usize,
    share: f32,
}

impl Pair {
    /// The neighbours among `length` of place `i` of `all`.
    fn at(i: usize, length: usize, all: usize) -> Self {
        let place = ((i as f64 + 0.5) * length as f64 / all as f64 - 0.5).max(0.0);
        let first = (place as usize).min(length - 1);
        Self { first, second: (first + 1).min(length - 1), share: (place - first as f64) as f32 }
    }
}
