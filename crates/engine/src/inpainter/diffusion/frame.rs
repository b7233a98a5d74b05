//! Between the document's pixels and a model's: its size, its tensors, and back.

use candle_core::{DType, Device, Tensor};
use tie_core::{Extent, Fit, Mask, Raster};
use tie_nets::{ModelError, Result};

/// A crop of the document as a model sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Size of the crop, in pixels.
    pub document: Extent,
    /// Size of the model's image, in pixels; both sides are a multiple of what the model needs.
    pub model: Extent,
}

impl Frame {
    /// A model's image of about `resolution`² pixels with the crop's shape, its sides a multiple of `multiple`.
    pub(super) fn new(document: Extent, resolution: u32, multiple: u32) -> Self {
        let area = f64::from(document.width.max(1)) * f64::from(document.height.max(1));
        let scale = f64::from(resolution) / area.sqrt();
        let side = |length: u32| {
            let wished = (f64::from(length) * scale / f64::from(multiple)).round().max(1.0);
            // A strip keeps its length within reason rather than its shape.
            let most = f64::from((2 * resolution / multiple).max(1));
            wished.min(most) as u32 * multiple
        };
        Self { document, model: Extent::new(side(document.width), side(document.height)) }
    }

    /// The crop at the model's size, `(1, 3, h, w)`: sRGB from −1 to 1, alpha ignored.
    ///
    /// # Errors
    /// If there isn't enough memory.
    pub fn image(self, crop: &Raster, dtype: DType, device: &Device) -> Result<Tensor> {
        let scaled = crop.opaque().resize(self.model);
        let (height, width) = (self.model.height as usize, self.model.width as usize);
        let planes: Vec<f32> = (0..3)
            .flat_map(|channel| scaled.pixels().iter().map(move |pixel| f32::from(pixel[channel]) / 127.5 - 1.0))
            .collect();
        Ok(Tensor::from_vec(planes, (1, 3, height, width), device)?.to_dtype(dtype)?)
    }

    /// Where to repaint, 1, `(h, w)`: whole cells of `factor`² pixels, so that no thin stroke falls between two
    /// latents.
    pub(super) fn repaint(self, mask: &Mask, factor: u32, device: &Device) -> Result<Tensor> {
        let scaled = mask.fitted(self.model, Fit::Scale);
        let cells = self.model.width.div_ceil(factor) as usize;
        let mut white = vec![false; cells * self.model.height.div_ceil(factor) as usize];
        for y in 0..self.model.height {
            for (x, coverage) in scaled.row(y).iter().enumerate() {
                white[(y / factor) as usize * cells + x / factor as usize] |= *coverage >= 128;
            }
        }
        // Even what is thinner than a pixel of the model's image must be repainted.
        if !white.contains(&true)
            && let Some(point) = mask.label_point()
        {
            let x = (point.x / self.document.width as f32 * self.model.width as f32) as usize / factor as usize;
            let y = (point.y / self.document.height as f32 * self.model.height as f32) as usize / factor as usize;
            if let Some(cell) = white.get_mut(y * cells + x.min(cells - 1)) {
                *cell = true;
            }
        }
        let (height, width) = (self.model.height as usize, self.model.width as usize);
        let pixel = |i: usize| {
            let (y, x) = (i / width / factor as usize, i % width / factor as usize);
            f32::from(u8::from(white[y * cells + x]))
        };
        Ok(Tensor::from_vec((0..height * width).map(pixel).collect::<Vec<f32>>(), (height, width), device)?)
    }

    /// An image `(1, 3, h, w)` of a model, its values about −1 to 1, as pixels of the crop's size.
    pub(super) fn pixels(self, image: &Tensor) -> Result<Raster> {
        Ok(raster(image)?.resize(self.document))
    }
}

/// An image `(1, 3, h, w)` with values about −1 to 1 as opaque pixels.
fn raster(image: &Tensor) -> Result<Raster> {
    let planes: Vec<Vec<Vec<f32>>> = image.squeeze(0)?.to_dtype(DType::F32)?.to_vec3()?;
    let [red, green, blue] = planes.as_slice() else {
        return Err(ModelError::Unsupported("it does not return three colour channels".to_owned()));
    };
    let (height, width) = (red.len(), red.first().map_or(0, Vec::len));
    let byte = |value: f32| ((value * 0.5 + 0.5).clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
    Ok(Raster::from_fn(Extent::new(width as u32, height as u32), |x, y| {
        let at = |plane: &[Vec<f32>]| plane[y as usize][x as usize];
        [byte(at(red)), byte(at(green)), byte(at(blue)), 255]
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tie_core::Bounds;

    #[test]
    fn a_model_sees_the_crops_shape_at_about_its_own_number_of_pixels() {
        for (width, height, model) in [
            (512, 512, Extent::new(512, 512)),
            (2048, 2048, Extent::new(512, 512)),
            (100, 100, Extent::new(512, 512)),
            (3000, 1500, Extent::new(704, 384)),
            (9000, 10, Extent::new(1024, 64)),
        ] {
            assert_eq!(Frame::new(Extent::new(width, height), 512, 64).model, model, "{width} × {height}");
        }
    }

    #[test]
    fn pixels_survive_the_way_to_a_tensor_and_back() {
        let extent = Extent::new(128, 64);
        let crop = Raster::from_fn(extent, |x, y| [x as u8, y as u8, 255 - x as u8, 255]);
        let frame = Frame { document: extent, model: extent };
        let image = frame.image(&crop, DType::F32, &Device::Cpu).unwrap();
        assert_eq!(frame.pixels(&image).unwrap(), crop);
    }

    proptest! {
        #[test]
        fn whatever_is_selected_some_cell_is_repainted_and_only_whole_cells_are(
            width in 1_u32..300, height in 1_u32..300, x in 0_u32..300, y in 0_u32..300, w in 1_u32..40, h in 1_u32..40,
        ) {
            let document = Extent::new(width, height);
            let (x, y) = (x % width, y % height);
            let mask = Mask::rectangle(document, Bounds::new(x as i32, y as i32, w.min(width - x), h.min(height - y)));
            let frame = Frame::new(document, 64, 64);
            let repaint = frame.repaint(&mask, 8, &Device::Cpu).unwrap().to_vec2::<f32>().unwrap();
            let mut cells = 0;
            for top in (0..repaint.len()).step_by(8) {
                for left in (0..repaint[0].len()).step_by(8) {
                    let first = repaint[top][left];
                    cells += usize::from(first == 1.0);
                    for row in &repaint[top..top + 8] {
                        prop_assert!(row[left..left + 8].iter().all(|value| *value == first));
                    }
                }
            }
            prop_assert!(cells > 0);
        }
    }
}
