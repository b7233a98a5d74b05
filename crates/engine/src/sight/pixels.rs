//! Parts of a photograph as networks take them.

use super::boxes::Rect;

use crate::EngineError;
use candle_core::{Device, Tensor};
use tie_core::{Extent, Raster, Resampling};
use tie_nets::ModelError;

/// How values from 0 to 255 become a network's inputs: `(x - mean) / deviation`.
#[derive(Clone, Copy)]
pub(super) struct Scaling {
    pub mean: [f32; 3],
    pub deviation: [f32; 3],
    /// Whether the network takes blue first; mean and deviation are in the network's order.
    pub blue_first: bool,
}

impl Scaling {
    /// Red first, from 0 to 1.
    pub(super) const UNIT: Self = Self { mean: [0.0; 3], deviation: [255.0; 3], blue_first: false };
    /// Red first, from -1 to 1.
    pub(super) const SIGNED: Self = Self { mean: [127.5; 3], deviation: [127.5; 3], blue_first: false };
}

/// The part of an image, stretched to a size; outside the image it is grey. Transparent pixels are grey as well.
pub(super) fn stretched(image: &Raster, part: Rect, to: Extent) -> Raster {
    let whole = part.pixels(image.extent());
    let mut result = Raster::filled(to, GREY);
    if whole.is_empty() || to.is_empty() || part.area() <= 0.0 {
        return result;
    }
    // Where the part's pixels are in the result.
    let scale = (to.width as f32 / part.width(), to.height as f32 / part.height());
    let x = ((whole.x as f32 - part.left) * scale.0).round() as i32;
    let y = ((whole.y as f32 - part.top) * scale.1).round() as i32;
    let width = ((whole.width as f32 * scale.0).round() as u32).clamp(1, to.width);
    let height = ((whole.height as f32 * scale.1).round() as u32).clamp(1, to.height);
    let seen = image.crop(whole).resize_by(Extent::new(width, height), Resampling::Bilinear);
    result.paste(&on_grey(seen), x, y);
    result
}

/// The fill colour for letter-boxing, as in the training of detectors.
const GREY: [u8; 4] = [114, 114, 114, 255];

pub(super) fn on_grey(mut image: Raster) -> Raster {
    if image.has_transparency() {
        for pixel in image.pixels_mut() {
            let alpha = u32::from(pixel[3]);
            for (value, grey) in pixel.iter_mut().zip(GREY) {
                *value = ((u32::from(*value) * alpha + u32::from(grey) * (255 - alpha)) / 255) as u8;
            }
            pixel[3] = 255;
        }
    }
    image
}

/// An image as `(1, 3, height, width)`.
///
/// # Errors
/// [`EngineError::Failed`] if memory is short.
pub(super) fn tensor(image: &Raster, scaling: &Scaling) -> Result<Tensor, EngineError> {
    let (width, height) = (image.extent().width as usize, image.extent().height as usize);
    let mut planes = Vec::with_capacity(3 * width * height);
    for plane in 0..3 {
        let channel = if scaling.blue_first { 2 - plane } else { plane };
        let (mean, factor) = (scaling.mean[plane], 1.0 / scaling.deviation[plane]);
        planes.extend(image.pixels().iter().map(|pixel| (f32::from(pixel[channel]) - mean) * factor));
    }
    Ok(Tensor::from_vec(planes, (1, 3, height, width), &Device::Cpu).map_err(ModelError::from)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_outside_the_image_and_what_is_transparent_is_grey() {
        let image = Raster::from_fn(Extent::new(8, 8), |x, _| if x < 4 { [200, 0, 0, 255] } else { [0; 4] });
        let seen = stretched(&image, Rect::new(-8.0, 0.0, 8.0, 8.0), Extent::new(32, 16));
        assert_eq!([seen.pixel(2, 8), seen.pixel(18, 8), seen.pixel(30, 8)], [GREY, [200, 0, 0, 255], GREY]);
    }

    #[test]
    fn channels_are_scaled_in_the_order_of_the_network() {
        let image = Raster::filled(Extent::new(1, 1), [255, 51, 0, 255]);
        let numbers = |scaling| tensor(&image, &scaling).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
        let near = |a: Vec<f32>, b: [f32; 3]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6);
        assert!(near(numbers(Scaling::UNIT), [1.0, 0.2, 0.0]));
        assert!(near(numbers(Scaling { blue_first: true, ..Scaling::SIGNED }), [-1.0, -0.6, 1.0]));
    }
}
