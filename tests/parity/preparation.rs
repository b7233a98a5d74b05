//! Pictures and masks in the sizes and numbers that networks want, beside the reference's.

use crate::case::{Case, Folder};
use candle_core::{DType, Device, Tensor};
use tie_core::{Extent, Fit, Mask, Raster};
use tie_engine::inpainter::diffusion;
use tie_engine::lisa;
use tie_engine::locator::sam;
use tie_nets::clip;
use tie_nets::sam::Frame;

/// Grey levels that a mean may be off: resampling is nowhere the same to the bit.
const LIMIT: f64 = 2.0;

pub(crate) fn preparation(folder: &Folder, name: &str) {
    let case = folder.case(name);
    let image = image_of(&case);
    let extent = image.extent();
    let coverage = case.numbers("mask_u8").into_iter().map(|value| value as u8).collect();
    let mask = Mask::new(extent, coverage).unwrap();
    // Their names tell the size, which is another in every folder.
    for field in case.fields().map(str::to_owned).collect::<Vec<_>>() {
        let theirs = case.tensor(&field);
        if field.starts_with("kandinsky_image_") {
            let ours = frame(extent, &theirs).image(&image, DType::F32, &Device::Cpu).unwrap();
            // Of -1 to 1.
            compare(&case, &field, &ours, &theirs, 127.5);
        } else if field.starts_with("kandinsky_keep_") {
            let model = frame(extent, &theirs).model;
            let repaint = mask.fitted(model, Fit::Scale);
            let keep: Vec<f32> =
                repaint.coverage().iter().map(|coverage| f32::from(u8::from(*coverage < 128))).collect();
            compare(&case, &field, &Tensor::from_vec(keep, theirs.shape(), &Device::Cpu).unwrap(), &theirs, 255.0);
        } else if field.starts_with("sam_longest_") {
            let (height, width, _) = theirs.dims3().unwrap();
            let frame = Frame::new([extent.width as usize, extent.height as usize], height.max(width));
            compare(&case, &field, &sam::pixels(&image, frame).unwrap(), &theirs, 1.0);
        } else if field.starts_with("clip_") {
            let side = theirs.dim(3).unwrap();
            let ours = clip::pixels(&lisa::square(&image, side).unwrap(), DType::F32, &Device::Cpu).unwrap();
            // By the largest of the deviations that they are divided by.
            compare(&case, &field, &ours, &theirs, 255.0 * 0.276);
        }
    }
}

/// The picture of a case.
pub(crate) fn image_of(case: &Case<'_>) -> Raster {
    let (height, width, _) = case.tensor("image_u8_hwc").dims3().unwrap();
    let bytes = case.numbers("image_u8_hwc");
    let byte = |i: usize| bytes[i] as u8;
    Raster::from_fn(Extent::new(width as u32, height as u32), |x, y| {
        let at = 3 * (y as usize * width + x as usize);
        [byte(at), byte(at + 1), byte(at + 2), 255]
    })
}

/// From the picture to a size `(1, channels, h, w)`.
fn frame(document: Extent, theirs: &Tensor) -> diffusion::Frame {
    let (_, _, height, width) = theirs.dims4().unwrap();
    diffusion::Frame { document, model: Extent::new(width as u32, height as u32) }
}

/// Compares means, in grey levels.
fn compare(case: &Case<'_>, field: &str, ours: &Tensor, theirs: &Tensor, levels: f64) {
    assert_eq!(ours.dims(), theirs.dims(), "{field}");
    let [ours, theirs] = [ours, theirs].map(|tensor| tensor.to_dtype(DType::F64).unwrap());
    let mean = ((ours - theirs).unwrap().abs().unwrap().mean_all().unwrap() * levels).unwrap();
    case.compare_with(&format!("{field}, mean in grey levels"), &mean, &mean.zeros_like().unwrap(), LIMIT);
}
