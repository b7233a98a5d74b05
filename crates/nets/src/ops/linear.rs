//! Linear layers whose weights may be kept in fewer bits than the numbers they are applied to.

use super::cpu;
use crate::weights::stored_half;
use candle_core::quantized::{GgmlDType, QStorage, QTensor};
use candle_core::{CpuStorage, D, DType, Module, Result, Storage, Tensor};
use candle_nn::{Init, VarBuilder};
use rayon::prelude::*;
use std::sync::Arc;

/// The number format of a network's linear layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeightType {
    /// 16 bits where the file has 16 and the network computes in 32 on the CPU; otherwise the network's own format.
    AsStored,
    /// 8.5 bits each: 32 numbers share a scale (ggml's `Q8_0`).
    Q8,
    /// 4.5 bits each, in blocks of 256 (ggml's `Q4_K`); 5 bits, in blocks of 32 (`Q4_1`), where rows are not a multiple
    /// of 256.
    Q4,
}

impl WeightType {
    /// The format for rows of `width` numbers; `None` where it depends on the file, or no format divides a row.
    const fn format(self, width: usize) -> Option<GgmlDType> {
        match self {
            Self::Q4 if width.is_multiple_of(256) => Some(GgmlDType::Q4K),
            _ if !width.is_multiple_of(32) => None,
            Self::AsStored => None,
            Self::Q8 => Some(GgmlDType::Q8_0),
            Self::Q4 => Some(GgmlDType::Q4_1),
        }
    }
}

#[derive(Debug, Clone)]
enum Weight {
    Plain(Tensor),
    Packed(Arc<QTensor>),
}

impl Weight {
    /// Reads `weight` of `(rows, width)`.
    fn read([rows, width]: [usize; 2], kept: WeightType, weights: &VarBuilder<'_>) -> Result<Self> {
        let format = kept.format(width).or(match stored_half(weights, "weight") {
            Some(DType::BF16) => Some(GgmlDType::BF16),
            Some(_) => Some(GgmlDType::F16),
            None => None,
        });
        Ok(match format {
            None => Self::Plain(weights.get((rows, width), "weight")?),
            Some(format) => {
                let dtype = stored_half(weights, "weight").unwrap_or(DType::F32);
                let numbers = weights.get_with_hints_dtype((rows, width), "weight", Init::Const(0.0), dtype)?;
                Self::Packed(Arc::new(pack(&numbers, format)?))
            }
        })
    }
}

/// Weights `(rows, width)` in a format, packed on all threads: candle does it on one, which takes minutes for billions.
fn pack(numbers: &Tensor, format: GgmlDType) -> Result<QTensor> {
    /// Numbers that are worth a task.
    const RUN: usize = 1 << 18;
    let (rows, width) = numbers.dims2()?;
    if !numbers.device().is_cpu() {
        return QTensor::quantize(numbers, format);
    }
    if let Some(bytes) = bytes_in(numbers, format) {
        return QTensor::new(QStorage::from_data(bytes.into(), numbers.device(), format)?, (rows, width));
    }
    let run = RUN.div_ceil(width.max(1));
    let starts: Vec<usize> = (0..rows).step_by(run).collect();
    let part = |start: usize| {
        let some = numbers.narrow(0, start, run.min(rows - start))?;
        // A copy: what packs looks at the numbers from the beginning on, wherever a part of them starts.
        Ok(QTensor::quantize(&some.to_dtype(DType::F32)?.force_contiguous()?, format)?.data()?.into_owned())
    };
    let parts: Vec<Vec<u8>> = starts.into_par_iter().map(part).collect::<Result<_>>()?;
    QTensor::new(QStorage::from_data(parts.concat().into(), numbers.device(), format)?, (rows, width))
}

/// The bytes of numbers that are in a format of 16 bits already.
fn bytes_in(numbers: &Tensor, format: GgmlDType) -> Option<Vec<u8>> {
    let (storage, layout) = numbers.storage_and_layout();
    let (start, end) = layout.contiguous_offsets()?;
    match (&*storage, format) {
        (Storage::Cpu(CpuStorage::F16(numbers)), GgmlDType::F16) => {
            Some(bytemuck::cast_slice(&numbers[start..end]).to_vec())
        }
        (Storage::Cpu(CpuStorage::BF16(numbers)), GgmlDType::BF16) => {
            Some(bytemuck::cast_slice(&numbers[start..end]).to_vec())
        }
        _ => None,
    }
}

/// `x wᵀ + b`.
#[derive(Debug, Clone)]
pub struct Linear {
    weight: Weight,
    bias: Option<Tensor>,
}

impl Linear {
    /// A layer with a bias, from `from` numbers to `to`, with weights as stored.
    ///
    /// # Errors
    /// If the weights are missing or have another shape.
    pub fn new([from, to]: [usize; 2], weights: VarBuilder<'_>) -> Result<Self> {
        let bias = Some(weights.get(to, "bias")?);
        Ok(Self { bias, ..Self::without_bias([from, to], weights)? })
    }

    /// Like [`new`](Self::new), without a bias.
    ///
    /// # Errors
    /// See [`new`](Self::new).
    pub fn without_bias(sizes: [usize; 2], weights: VarBuilder<'_>) -> Result<Self> {
        Self::kept(sizes, WeightType::AsStored, weights)
    }

    /// Without a bias, the weights being kept in some type.
    ///
    /// # Errors
    /// See [`new`](Self::new).
    pub fn kept([from, to]: [usize; 2], kept: WeightType, weights: VarBuilder<'_>) -> Result<Self> {
        let weight = Weight::read([to, from], kept, &weights)?;
        Ok(Self { weight, bias: None })
    }

    /// A layer of packed weights `(out, in)` from a file. Formats without a fast path on the CPU are repacked in 8
    /// bits.
    ///
    /// # Errors
    /// If the device is out of memory.
    pub fn of(weight: Arc<QTensor>) -> Result<Self> {
        let device = weight.device();
        let weight = match weight.dtype() {
            GgmlDType::F32 => Weight::Plain(weight.dequantize(&device)?),
            format if !device.is_cpu() || cpu::reads(format) => Weight::Packed(weight),
            _ => {
                let numbers = weight.dequantize(&device)?;
                let format = WeightType::Q8.format(numbers.dim(D::Minus1)?);
                match format {
                    Some(format) => Weight::Packed(Arc::new(pack(&numbers, format)?)),
                    None => Weight::Plain(numbers),
                }
            }
        };
        Ok(Self { weight, bias: None })
    }

    /// Bytes that the weights take.
    pub fn size(&self) -> usize {
        match &self.weight {
            Weight::Plain(weight) => weight.elem_count() * weight.dtype().size_in_bytes(),
            Weight::Packed(weight) => weight.storage_size_in_bytes(),
        }
    }
}

impl Module for Linear {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let y = match &self.weight {
            Weight::Plain(weight) if cpu::suits(x) => x.contiguous()?.apply_op2_no_bwd(weight, &cpu::WideLinear)?,
            Weight::Plain(weight) => return candle_nn::Linear::new(weight.clone(), self.bias.clone()).forward(x),
            Weight::Packed(weight) if cpu::suits(x) && cpu::reads(weight.dtype()) => {
                x.contiguous()?.apply_op1_no_bwd(&cpu::PackedLinear(Arc::clone(weight)))?
            }
            Weight::Packed(weight) => {
                x.to_dtype(DType::F32)?.contiguous()?.apply_op1_no_bwd(weight.as_ref())?.to_dtype(x.dtype())?
            }
        };
        match &self.bias {
            Some(bias) => y.broadcast_add(bias),
            None => Ok(y),
        }
    }
}

/// A vector for each token.
#[derive(Debug, Clone)]
pub struct Embedding {
    weight: Weight,
}

impl Embedding {
    /// Vectors of `width` numbers for `tokens` tokens.
    ///
    /// # Errors
    /// If the weights are missing or have another shape.
    pub fn new([tokens, width]: [usize; 2], kept: WeightType, weights: VarBuilder<'_>) -> Result<Self> {
        Ok(Self { weight: Weight::read([tokens, width], kept, &weights)? })
    }

    /// An embedding of packed vectors `(tokens, width)` from a file.
    pub const fn of(weight: Arc<QTensor>) -> Self {
        Self { weight: Weight::Packed(weight) }
    }

    /// The vectors `(batch, tokens, width)` of tokens `(batch, tokens)`.
    ///
    /// # Errors
    /// If a token has no vector.
    pub fn forward(&self, ids: &Tensor, dtype: DType) -> Result<Tensor> {
        match &self.weight {
            Weight::Plain(weight) => {
                let (batch, tokens) = ids.dims2()?;
                weight.index_select(&ids.flatten_all()?, 0)?.reshape((batch, tokens, ()))?.to_dtype(dtype)
            }
            Weight::Packed(weight) => weight.embedding(ids)?.to_dtype(dtype),
        }
    }

    /// The layer that tells how much a vector is like that of each token, with the same weights.
    ///
    /// # Errors
    /// See [`Linear::of`].
    pub fn tied(&self) -> Result<Linear> {
        match &self.weight {
            Weight::Plain(weight) => Ok(Linear { weight: Weight::Plain(weight.clone()), bias: None }),
            Weight::Packed(weight) => Linear::of(Arc::clone(weight)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;

    #[test]
    fn weights_are_packed_part_by_part_as_candle_packs_them_at_once() {
        // Several parts, the last one shorter.
        let numbers = Tensor::arange(0_u32, 1100 * 512, &Device::Cpu).unwrap().to_dtype(DType::F32).unwrap();
        let numbers = numbers.sin().unwrap().reshape((1100, 512)).unwrap();
        for format in [GgmlDType::F16, GgmlDType::BF16, GgmlDType::Q8_0, GgmlDType::Q4K] {
            for numbers in [&numbers, &numbers.to_dtype(DType::BF16).unwrap()] {
                let (ours, theirs) = (pack(numbers, format).unwrap(), QTensor::quantize(numbers, format).unwrap());
                assert_eq!((ours.shape(), ours.dtype()), (theirs.shape(), theirs.dtype()));
                assert!(ours.data().unwrap() == theirs.data().unwrap(), "{format:?}");
            }
        }
    }
}
