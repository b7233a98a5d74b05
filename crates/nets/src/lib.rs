//! Neural networks in candle: tensors in, tensors out.
//!
//! Each folder is one network. Its types follow the reference's module tree, so that published weights load under their
//! own names. Sizes come from the checkpoint's json files, randomness from the caller. The application's `tests/parity`
//! compares every network with the reference implementation on small random weights, and `tests/nets/manifests.rs`
//! compares the tensors it requests with those of the real checkpoints.

#![warn(missing_docs)]
#![expect(
    clippy::needless_pass_by_value,
    reason = "candle passes weights by value: a builder is a path and a shared pointer"
)]

pub mod autoencoder;
pub mod clip;
pub mod clipseg;
pub mod compute;
pub mod graph;
pub mod kandinsky;
pub mod lisa;
pub mod llama;
pub mod ops;
pub mod outline;
pub mod sam;
pub mod schedulers;
pub mod stable_diffusion;
pub mod unet;
pub mod weights;

mod error;

pub use error::{ModelError, Result};

use candle_core::{DType, Tensor};

/// Called before the first step and after each with the steps done, all steps and the current latents; returns
/// [`ModelError::Cancelled`] to stop.
pub type Watch<'a> = dyn FnMut(usize, usize, &Tensor) -> Result<()> + 'a;

/// Rejects a result with NaN or infinite values, which come from damaged weights or overflows.
fn check_numbers(x: &Tensor) -> Result<()> {
    // The sum of the sizes is finite only if each is.
    let sum = x.to_dtype(DType::F32)?.abs()?.mean_all()?.to_scalar::<f32>()?;
    if sum.is_finite() { Ok(()) } else { Err(ModelError::NoNumbers) }
}

/// Classifier-free guidance (Ho and Salimans 2022) of a batch: the first half unconditional, the second half
/// conditional.
fn guided(both: &Tensor, guidance: f64) -> Result<Tensor> {
    let half = both.dim(0)? / 2;
    let (unwanted, wanted) = (both.narrow(0, 0, half)?, both.narrow(0, half, half)?);
    Ok((&unwanted + ((wanted - &unwanted)? * guidance)?)?)
}
