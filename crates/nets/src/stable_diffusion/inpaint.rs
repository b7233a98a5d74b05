//! From text to pixels: `StableDiffusionInpaintPipeline` for UNets that see the masked image, in parts.

use super::unet::UNet;
use crate::autoencoder::corners;
use crate::clip::{TextModel, Tokenizer};
use crate::schedulers::{Noise, SchedulerConfig};
use crate::{Result, Watch, check_numbers, guided};
use candle_core::{DType, Tensor};

/// The inputs of an inpainting.
#[derive(Debug, Clone)]
pub struct InpaintInput {
    /// Scaled latents of the original image: `(1, 4, h, w)`; used only with `skipped` steps.
    pub image_latents: Tensor,
    /// Scaled latents of [`Masked::image`], like `image_latents`.
    pub masked_latents: Tensor,
    /// The mask [`Masked::repaint`]: `(1, 1, h, w)`.
    pub repaint: Tensor,
    /// The states of the negative prompt, then of the prompt, `(2, tokens, width)`; of the prompt alone without
    /// guidance.
    pub text: Tensor,
    /// Steps of the whole schedule, including `skipped`; the UNet runs once in each step that is not skipped.
    pub steps: usize,
    /// How many steps to skip at the beginning. Sampling then starts not from noise but from the image with the noise
    /// of that step.
    pub skipped: usize,
    /// How far to go from the negative prompt to the prompt and beyond; up to 1, the negative prompt is not used.
    pub guidance: f64,
    /// The noise to begin with, like `image_latents`.
    pub latents: Tensor,
}

/// The UNet's view of an image, besides noise.
#[derive(Debug, Clone)]
pub struct Masked {
    /// The image with 0 where it is repainted: `(1, 3, height, width)`.
    pub image: Tensor,
    /// 1 where to repaint: `(1, 1, height / factor, width / factor)`. A latent follows the pixel at its upper left corner.
    pub repaint: Tensor,
}

/// Masks an image `(1, 3, height, width)` with a mask `(height, width)` that is white (1) where to repaint.
///
/// # Errors
/// [`ModelError::Unsuitable`](crate::ModelError::Unsuitable) if a side is not a multiple of `factor`.
pub fn masked(image: &Tensor, repaint: &Tensor, factor: usize) -> Result<Masked> {
    let kept = repaint.lt(0.5)?.to_dtype(image.dtype())?;
    let repaint = corners(&repaint.ge(0.5)?.to_dtype(DType::F32)?, factor)?;
    Ok(Masked { image: image.broadcast_mul(&kept)?, repaint: repaint.to_dtype(image.dtype())? })
}

/// The states that [`InpaintInput::text`] is made of. Without a negative prompt the empty one is steered away from.
///
/// # Errors
/// If a text cannot be split into tokens.
pub fn encode_prompt(
    tokenizer: &Tokenizer,
    encoder: &TextModel,
    prompt: &str,
    negative: &str,
    guidance: f64,
) -> Result<Tensor> {
    let wanted = tokenizer.encode(prompt)?.ids;
    if guidance > 1.0 {
        encoder.forward(&[tokenizer.encode(negative)?.ids, wanted])
    } else {
        encoder.forward(&[wanted])
    }
}

/// Latents `(1, 4, h, w)`, scaled, that show what the text says where to repaint.
///
/// As in the reference, nothing holds the latents outside to those of the image: the UNet continues what it sees.
///
/// # Errors
/// If the number of steps does not suit the scheduler, if the shapes do not fit, and the errors of `watch`.
pub fn inpaint(
    unet: &UNet,
    scheduler: &SchedulerConfig,
    input: &InpaintInput,
    noise: &mut Noise<'_>,
    watch: &mut Watch<'_>,
) -> Result<Tensor> {
    let mut sampler = scheduler.sampler(input.steps)?;
    let times = sampler.timesteps().to_vec();
    let is_guided = input.guidance > 1.0;
    let skipped = input.skipped.min(times.len() - 1);
    let mut latents = match skipped {
        0 => input.latents.clone(),
        _ => sampler.noised(&input.image_latents, &input.latents, skipped)?,
    };
    let steps = times.len() - skipped;
    watch(0, steps, &latents)?;
    for (index, time) in times.iter().enumerate().skip(skipped) {
        let one = Tensor::cat(&[&latents, &input.repaint, &input.masked_latents], 1)?;
        let sample = if is_guided { Tensor::cat(&[&one, &one], 0)? } else { one };
        let mut prediction = unet.forward(&sample, *time as f64, &input.text)?;
        if is_guided {
            prediction = guided(&prediction, input.guidance)?;
        }
        latents = sampler.step(index, &prediction, &latents, noise)?;
        watch(index + 1 - skipped, steps, &latents)?;
    }
    check_numbers(&latents)?;
    Ok(latents)
}
