//! From image embeddings to pixels: `KandinskyV22InpaintPipeline`, in parts so that its networks need not be loaded at
//! the same time.

use super::unet::UNet;
use crate::autoencoder::corners;
use crate::schedulers::{Noise, SchedulerConfig};
use crate::{Result, Watch, check_numbers, guided};
use candle_core::{DType, Tensor};

/// The inputs of an inpainting.
#[derive(Debug, Clone)]
pub struct InpaintInput {
    /// Latents of the original image: `(1, 4, h, w)`.
    pub image_latents: Tensor,
    /// The result of [`keep_of_repaint`]: `(1, 1, h, w)`.
    pub keep: Tensor,
    /// `(1, embedding)`.
    pub image_embeds: Tensor,
    /// The embedding to steer away from.
    pub negative_image_embeds: Tensor,
    /// Steps of the whole schedule, including `skipped`; the UNet runs once in each step that is not skipped.
    pub steps: usize,
    /// How many steps to skip at the beginning. Sampling then starts not from noise but from the image with the noise
    /// of that step; 0 in the reference.
    pub skipped: usize,
    /// How far to go from the negative embedding to the embedding and beyond; up to 1, the negative one is not used.
    pub guidance: f64,
    /// The noise to begin with, like `image_latents`.
    pub latents: Tensor,
}

/// Where latents are kept, 1, and where they are repainted, 0: `(1, 1, h / factor, w / factor)` from a mask `(h, w)`
/// that is white (1) where to repaint.
///
/// As in the reference, a latent follows the pixel at its upper left corner, and its neighbours are repainted too (see
/// [`prepare_mask`]). A stroke thinner than a latent may vanish, so grow masks to whole latents first.
///
/// # Errors
/// [`ModelError::Unsuitable`](crate::ModelError::Unsuitable) if a side is not a multiple of `factor`.
pub fn keep_of_repaint(repaint: &Tensor, factor: usize) -> Result<Tensor> {
    let keep = repaint.lt(0.5)?.to_dtype(DType::F32)?;
    prepare_mask(&corners(&keep, factor)?)
}

/// Around every cell of `keep` `(batch, 1, h, w)` that is not 1, six neighbours become 0: all but those at the upper right
/// and the lower left, as in the reference.
///
/// # Errors
/// If the tensor does not have four dimensions.
pub fn prepare_mask(keep: &Tensor) -> Result<Tensor> {
    let (batch, _, height, width) = keep.dims4()?;
    let old = keep.to_dtype(DType::F32)?.flatten_all()?.to_vec1::<f32>()?;
    let mut new = old.clone();
    let neighbours = [(-1, 0), (0, -1), (-1, -1), (1, 0), (0, 1), (1, 1)];
    let changed = (0..old.len()).filter(|&place| old[place] != 1.0);
    for place in changed {
        let (image, y, x) = (place / (height * width), place / width % height, place % width);
        for (down, right) in neighbours {
            if let (Some(y), Some(x)) = (y.checked_add_signed(down), x.checked_add_signed(right))
                && y < height
                && x < width
            {
                new[(image * height + y) * width + x] = 0.0;
            }
        }
    }
    Ok(Tensor::from_vec(new, (batch, 1, height, width), keep.device())?.to_dtype(keep.dtype())?)
}

/// Latents `(1, 4, h, w)` that show what the embeddings say where `keep` is 0, and the image where it is 1.
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
    let (image, keep) = (&input.image_latents, &input.keep.to_dtype(input.image_latents.dtype())?);
    let embeds = if is_guided {
        Tensor::cat(&[&input.negative_image_embeds, &input.image_embeds], 0)?
    } else {
        input.image_embeds.clone()
    };
    // In this order, and with 1 for what is kept, unlike Stable Diffusion.
    let masked = image.broadcast_mul(keep)?;
    let kept_as = |image: &Tensor| image.broadcast_mul(keep);
    let repainted = (1.0 - keep)?;
    let first_noise = &input.latents;
    let skipped = input.skipped.min(times.len() - 1);
    let mut latents = if skipped == 0 { first_noise.clone() } else { sampler.noised(image, first_noise, skipped)? };
    let steps = times.len() - skipped;
    watch(0, steps, &latents)?;
    for (index, time) in times.iter().enumerate().skip(skipped) {
        let one = Tensor::cat(&[&latents, &masked, keep], 1)?;
        let sample = if is_guided { Tensor::cat(&[&one, &one], 0)? } else { one };
        let output = unet.forward(&sample, *time as f64, &embeds)?;
        let channels = latents.dim(1)?;
        let mut prediction = output.narrow(1, 0, channels)?;
        if is_guided {
            prediction = guided(&prediction, input.guidance)?;
        }
        if sampler.learns_variance() {
            // The variance is not guided: it comes from the conditional half.
            let wanted = output.narrow(0, output.dim(0)? - 1, 1)?;
            prediction = Tensor::cat(&[prediction, wanted.narrow(1, channels, output.dim(1)? - channels)?], 1)?;
        }
        latents = sampler.step(index, &prediction, &latents, noise)?;
        // What is kept is the image with as much of the first noise as is left now.
        let known = sampler.noised(image, first_noise, index + 1)?;
        latents = (kept_as(&known)? + latents.broadcast_mul(&repainted)?)?;
        watch(index + 1 - skipped, steps, &latents)?;
    }
    check_numbers(&latents)?;
    Ok(latents)
}
