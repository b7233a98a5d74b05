//! The outline of an object in a box: a small network over the features of `NanoDet`.
//!
//! The detector sees the surroundings of the box, stretched to its square. From its stages' features at each place, and
//! the place's position in the box, this network decides whether the place belongs to the object.
//! `assets/networks/train_outline.py` trained it on outlines that people drew, with the detector frozen.

use super::Result;
use super::graph::Answers;
use super::ops::Conv2d;
use candle_core::{Device, Module, Tensor};
use candle_nn::VarBuilder;

/// Side of the output, in places across the detector's square.
pub const SIDE: usize = 104;
/// Side of the geometry input, in places.
pub const COARSE_SIDE: usize = 52;
/// Channels of the geometry: inside the box or not, and the distance from its middle, across, down and both.
pub const GEOMETRY: usize = 4;
/// Channels inside.
const WIDTH: usize = 32;
const FINE: usize = 16;
const LAST: usize = 24;

/// The network with its weights.
#[derive(Debug)]
pub struct Outline {
    stage8: Conv2d,
    stage16: Conv2d,
    merged8: Conv2d,
    geometry: Conv2d,
    first: Conv2d,
    second: Conv2d,
    stage4: Conv2d,
    third: Conv2d,
    last: Conv2d,
}

impl Outline {
    /// Reads a network from the bytes of its file.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let weights = VarBuilder::from_buffered_safetensors(bytes.to_vec(), candle_core::DType::F32, &Device::Cpu)?;
        let pointwise = |name: &str, from, to| Conv2d::pointwise([from, to], weights.pp(name));
        let same = |name: &str, from, to| Conv2d::same([from, to], weights.pp(name));
        Ok(Self {
            stage8: pointwise("stage8", 128, WIDTH)?,
            stage16: pointwise("stage16", 256, WIDTH)?,
            merged8: pointwise("merged8", 128, WIDTH)?,
            geometry: pointwise("geometry", GEOMETRY, WIDTH)?,
            first: same("first", WIDTH, WIDTH)?,
            second: same("second", WIDTH, WIDTH)?,
            stage4: pointwise("stage4", 64, FINE)?,
            third: same("third", WIDTH + FINE, LAST)?,
            last: same("last", LAST, 1)?,
        })
    }

    /// Log odds that each place of the detector's square belongs to the object, [`SIDE`] × [`SIDE`] of them, from the
    /// detector's outputs and the geometry `(1, 4, 52, 52)`.
    ///
    /// # Errors
    /// If the shapes do not fit.
    pub fn run(&self, seen: &Answers, geometry: &Tensor) -> Result<Vec<f32>> {
        let part = |conv: &Conv2d, name: &str| -> Result<Tensor> { Ok(conv.forward(seen.get(name)?)?) };
        let coarse = part(&self.stage16, "stage16")?.upsample_bilinear2d(COARSE_SIDE, COARSE_SIDE, false)?;
        let sum = ((part(&self.stage8, "stage8")? + coarse)? + part(&self.merged8, "merged8")?)?;
        let mut x = leaky(&(sum + self.geometry.forward(geometry)?)?)?;
        for conv in [&self.first, &self.second] {
            x = (leaky(&conv.forward(&x)?)? + x)?;
        }
        let fine = x.upsample_bilinear2d(SIDE, SIDE, false)?;
        let x = Tensor::cat(&[&fine, &part(&self.stage4, "stage4")?], 1)?;
        let x = leaky(&self.third.forward(&x)?)?;
        Ok(self.last.forward(&x)?.flatten_all()?.to_vec1()?)
    }
}

fn leaky(x: &Tensor) -> candle_core::Result<Tensor> {
    x.maximum(&(x * 0.1)?)
}
