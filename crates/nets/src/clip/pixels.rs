//! CLIP's input pixels.

use crate::{ModelError, Result};
use candle_core::{DType, Device, Tensor};

/// Mean and standard deviation of red, green and blue, of 0 to 1.
const MEAN: [f32; 3] = [0.481_454_66, 0.457_827_5, 0.408_210_73];
const DEVIATION: [f32; 3] = [0.268_629_54, 0.261_302_6, 0.275_777_1];

/// The size, width and height, in which a picture's shorter side is `side` long, as `CLIPImageProcessor` rounds it.
pub fn scaled([width, height]: [usize; 2], side: usize) -> [usize; 2] {
    let longer = |long: usize, short: usize| (side * long).checked_div(short).unwrap_or(side);
    if width <= height { [side, longer(height, width)] } else { [longer(width, height), side] }
}

/// Pixels `(1, 3, side, side)` as the network sees them, of 8-bit values `(side, side, 3)`.
///
/// # Errors
/// If the shape does not fit, or the device is out of memory.
pub fn pixels(square: &Tensor, dtype: DType, device: &Device) -> Result<Tensor> {
    let (height, width, channels) = square.dims3()?;
    if height != width || channels != 3 {
        return Err(ModelError::Unsuitable(format!("An image of {height} × {width} is not square.")));
    }
    let values = (square.to_device(&Device::Cpu)?.to_dtype(DType::F32)? / 255.0)?;
    let of = |numbers: [f32; 3]| Tensor::new(&numbers, &Device::Cpu);
    let values = values.broadcast_sub(&of(MEAN)?)?.broadcast_div(&of(DEVIATION)?)?;
    Ok(values.permute((2, 0, 1))?.unsqueeze(0)?.contiguous()?.to_dtype(dtype)?.to_device(device)?)
}
