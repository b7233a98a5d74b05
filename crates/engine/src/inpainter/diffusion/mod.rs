//! Inpainting by diffusion models: what all of them share, and an engine for each.
//!
//! context crop → the model's size → latents → pixels → back to the crop's size → colours of what was kept. The blend mask
//! is the pipeline's.

mod colours;
mod frame;
mod kandinsky;
mod noise;
mod preview;
mod residence;
mod stable_diffusion;

pub use frame::Frame;
pub(crate) use kandinsky::Kandinsky;
pub(crate) use stable_diffusion::StableDiffusion;

use super::{EngineError, InpaintRequest};
use crate::{Amount, JobCx, Phase, Progress, Report};
use candle_core::Tensor;
use colours::match_colours;
use preview::LatentColours;
use std::path::Path;
use std::sync::{Arc, Mutex, TryLockError};
use std::time::{Duration, Instant};
use tie_core::{Diffusion, EditOp, Raster};
use tie_nets::autoencoder::{Tiling, decode_tiled};
use tie_nets::{ModelError, Result, weights};
use tie_store::Folders;

/// At most one look at the latents in this time.
const PREVIEWS: Duration = Duration::from_millis(200);

/// The result of an engine.
type Answer<T> = std::result::Result<T, EngineError>;

/// The error for an image of this resolution that could not be painted.
fn unpainted(error: ModelError, resolution: u32) -> EngineError {
    match error {
        ModelError::Tensor(error) if weights::is_out_of_memory(&error) => {
            EngineError::NoRoom(format!("The graphics card has too little memory for {resolution}² pixels."))
        }
        other => other.into(),
    }
}

/// The number of steps to skip for a strength: never all.
fn skipped(diffusion: &Diffusion) -> usize {
    let steps = diffusion.steps as usize;
    let kept = (diffusion.steps as f32 * diffusion.strength.clamp(0.0, 1.0)).round() as usize;
    steps - kept.clamp(1, steps.max(1))
}

/// Whether an edit paints something new in a region, which all of these models do.
const fn paints(op: EditOp) -> bool {
    !matches!(op, EditOp::Move | EditOp::Count | EditOp::Text | EditOp::Adjust)
}

/// The folder of a model's part.
fn part<'a>(folders: &'a Folders, name: &str) -> Answer<&'a Path> {
    folders.part(name).map_err(|error| EngineError::NeedsModel(error.to_string()))
}

/// Frees what an engine keeps, unless it is running.
fn forget<M: Default>(memory: &Mutex<M>) {
    match memory.try_lock() {
        Ok(mut memory) => *memory = M::default(),
        Err(TryLockError::Poisoned(poisoned)) => *poisoned.into_inner() = M::default(),
        Err(TryLockError::WouldBlock) => {}
    }
}

/// The sampled latents as pixels of the crop, with their colours matched to what was kept if the settings say so.
fn finished(
    latents: &Tensor,
    frame: Frame,
    request: InpaintRequest<'_>,
    diffusion: &Diffusion,
    cx: &JobCx<'_>,
    mut decode: impl FnMut(&Tensor) -> Result<Tensor>,
) -> Result<Raster> {
    let decoded = decode_tiled(latents, Tiling::default(), |tile| {
        cx.report(Report::Progress(Progress::unknown(Phase::Decoding)));
        if cx.is_cancelled() { Err(ModelError::Cancelled) } else { decode(tile) }
    });
    let mut result = frame.pixels(&decoded?)?;
    if cx.is_cancelled() {
        return Err(ModelError::Cancelled);
    }
    if diffusion.match_colours {
        match_colours(&mut result, request.image, request.mask);
    }
    Ok(result)
}

/// Says how far the sampling is and how the picture looks, and hears whether to stop: what a pipeline watches with.
struct Look<'a, 'cx> {
    cx: &'a JobCx<'cx>,
    frame: Frame,
    colours: LatentColours,
    last: Instant,
}

impl<'a, 'cx> Look<'a, 'cx> {
    fn new(cx: &'a JobCx<'cx>, frame: Frame, colours: LatentColours) -> Self {
        Self { cx, frame, colours, last: Instant::now() }
    }

    fn at(&mut self, done: usize, of: usize, latents: &Tensor) -> Result<()> {
        if self.cx.is_cancelled() {
            return Err(ModelError::Cancelled);
        }
        self.cx.amount(Phase::Denoising, Amount::Steps { done, of });
        if done > 0 && self.last.elapsed() >= PREVIEWS {
            let small: Raster = self.colours.raster(latents)?;
            let patch = Arc::new(small.resize(self.frame.document));
            self.cx.report(Report::Preview { bounds: self.frame.document.into(), patch });
            self.last = Instant::now();
        }
        Ok(())
    }
}

/// Hears whether to stop while a prompt becomes an embedding, `before` of `of` steps having been done before.
fn watch_prior(cx: &JobCx<'_>, before: usize, of: usize, done: usize) -> Result<()> {
    if cx.is_cancelled() {
        return Err(ModelError::Cancelled);
    }
    cx.amount(Phase::Imagining, Amount::Steps { done: before + done, of });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tie_core::Sampling;

    #[test]
    fn a_card_that_is_full_is_one_sentence_with_a_way_out() {
        let full =
            || candle_core::Error::Msg("DriverError(CUDA_ERROR_OUT_OF_MEMORY, \"out of memory\")".to_owned()).into();
        assert!(matches!(unpainted(full(), 768), EngineError::NoRoom(text) if text.contains("768²")));
        assert!(
            matches!(EngineError::from(full()), EngineError::Unsuitable(text) if text.contains("choose another engine"))
        );
        let other = unpainted(candle_core::Error::Msg("shape".to_owned()).into(), 768);
        assert!(matches!(other, EngineError::Failed(_)));
    }

    #[test]
    fn strength_leaves_out_the_first_steps_but_never_all() {
        let left_out = |steps, strength| {
            skipped(&Diffusion {
                sampling: Sampling::Own,
                steps,
                guidance: 4.0,
                strength,
                resolution: 64,
                match_colours: true,
            })
        };
        assert_eq!(left_out(50, 1.0), 0);
        assert_eq!(left_out(50, 0.6), 20);
        assert_eq!(left_out(10, 0.0), 9);
        assert_eq!(left_out(2, 0.05), 1);
    }
}
