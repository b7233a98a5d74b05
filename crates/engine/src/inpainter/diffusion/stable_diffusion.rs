//! `sd-inpaint`: Stable Diffusion 1.5 for inpainting, the smaller of the engines.

use super::frame::Frame;
use super::noise::Gaussian;
use super::preview::LatentColours;
use super::residence::{Loaded, load, resident};
use super::{Answer, Look, finished, forget, paints, part, skipped, unpainted};
use crate::{EngineError, InpaintRequest, Inpainter, JobCx, Network, Phase, Progress, Report};
use candle_core::DType;
use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};
use tie_core::{ContextWish, Diffusion, EditOp, Method, Raster, Recipe, Sampling, SubTask};
use tie_nets::clip::{TextModel, Tokenizer};
use tie_nets::compute::Compute;
use tie_nets::schedulers::SchedulerConfig;
use tie_nets::stable_diffusion::{self, InpaintInput, UNet, Vae};
use tie_nets::{ModelError, Result, weights};
use tie_store::{Folders, Store};

/// The engine's name, and its model's in the store.
pub(super) const NAME: &str = "sd-inpaint";
/// Sides are a multiple of this: 8 pixels a latent, and three halvings in the UNet.
const MULTIPLE: u32 = 64;
/// Stream of noise of one seed.
const NOISE: u64 = 1;

/// Stable Diffusion from the model store.
pub(crate) struct StableDiffusion {
    store: Store,
    /// Looked for when it is needed.
    compute: LazyLock<Compute, fn() -> Compute>,
    memory: Mutex<Option<Loaded<Networks>>>,
}

/// All of it stays in memory together.
struct Networks {
    tokenizer: Tokenizer,
    text_encoder: TextModel,
    unet: UNet,
    vae: Vae,
    scheduler: SchedulerConfig,
}

impl StableDiffusion {
    /// An engine with this store and device.
    pub(crate) fn new(store: Store, compute: fn() -> Compute) -> Self {
        Self { store, compute: LazyLock::new(compute), memory: Mutex::default() }
    }

    fn folders(&self) -> Answer<Folders> {
        self.store.find(NAME).map_err(|error| EngineError::NeedsModel(error.to_string()))
    }

    fn networks(&self, folder: &Path, cx: &JobCx<'_>) -> Result<Networks> {
        // In 16 bits a VAE may overflow, which gives a black image.
        let exact = Compute { device: self.compute.device.clone(), dtype: DType::F32 };
        Ok(Networks {
            tokenizer: Tokenizer::open(&folder.join("tokenizer"))?,
            scheduler: weights::read_json(&folder.join("scheduler/scheduler_config.json"))?,
            text_encoder: load(Network::TextEncoder, &folder.join("text_encoder"), &self.compute, cx, TextModel::new)?,
            vae: load(Network::Autoencoder, &folder.join("vae"), &exact, cx, Vae::new)?,
            unet: load(Network::Unet, &folder.join("unet"), &self.compute, cx, UNet::new)?,
        })
    }

    fn paint(&self, networks: &Networks, request: InpaintRequest<'_>, cx: &JobCx<'_>) -> Result<Raster> {
        let Networks { tokenizer, text_encoder, unet, vae, scheduler } = networks;
        let Compute { device, dtype } = &*self.compute;
        let diffusion = settings(request.recipe);
        let guidance = f64::from(diffusion.guidance);
        let (prompt, negative) = (request.prompt.text.trim(), request.prompt.negative.trim());
        let text = stable_diffusion::encode_prompt(tokenizer, text_encoder, prompt, negative, guidance)?;
        let frame = Frame::new(request.image.extent(), diffusion.resolution, MULTIPLE);
        let image = frame.image(request.image, DType::F32, device)?;
        cx.report(Report::Progress(Progress::unknown(Phase::Encoding)));
        let image_latents = vae.latents(&image)?;
        let colours = LatentColours::fit(&image_latents, &image)?;
        if cx.is_cancelled() {
            return Err(ModelError::Cancelled);
        }
        let repaint = frame.repaint(request.mask, vae.factor() as u32, device)?;
        let masked = stable_diffusion::masked(&image, &repaint, vae.factor())?;
        let masked_latents = vae.latents(&masked.image)?.to_dtype(*dtype)?;
        let mut noise = Gaussian::new(request.seed, NOISE);
        let mut draw = |shape: &[usize]| noise.tensor(shape, *dtype, device);
        let input = InpaintInput {
            latents: draw(image_latents.dims())?,
            image_latents: image_latents.to_dtype(*dtype)?,
            masked_latents,
            repaint: masked.repaint.to_dtype(*dtype)?,
            text,
            steps: diffusion.steps as usize,
            skipped: skipped(&diffusion),
            guidance,
        };
        let scheduler = match diffusion.sampling {
            Sampling::Own => scheduler.ddim(),
            Sampling::DpmSolver => scheduler.dpm_solver(),
        };
        let mut look = Look::new(cx, frame, colours);
        let mut watch = |done, of, latents: &_| look.at(done, of, latents);
        let latents = stable_diffusion::inpaint(unet, &scheduler, &input, &mut draw, &mut watch)?;
        finished(&latents.to_dtype(DType::F32)?, frame, request, &diffusion, cx, |tile| vae.picture(tile))
    }
}

impl Inpainter for StableDiffusion {
    fn name(&self) -> &'static str {
        NAME
    }

    fn label(&self) -> &'static str {
        "Stable Diffusion"
    }

    fn is_random(&self, _: &Recipe) -> bool {
        true
    }

    fn can_do(&self, op: EditOp) -> bool {
        paints(op)
    }

    fn missing(&self) -> Option<String> {
        self.store.missing(NAME).map(|error| error.to_string())
    }

    fn method(&self, _: &SubTask) -> Answer<Method> {
        Ok(Method::Diffusion(DEFAULT))
    }

    fn context(&self) -> ContextWish {
        ContextWish { min_side: DEFAULT.resolution, multiple: 8 }
    }

    fn inpaint(&self, request: InpaintRequest<'_>, cx: &JobCx<'_>) -> Answer<Raster> {
        let folders = self.folders()?;
        let folder = part(&folders, "all")?;
        // After a panic, a network is loaded or not, never half.
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let networks = resident(&mut memory, folder, || self.networks(folder, cx)).map_err(EngineError::from)?;
        let painted = self.paint(networks, request, cx);
        let painted = painted.map_err(|error| unpainted(error, settings(request.recipe).resolution));
        if matches!(painted, Err(EngineError::NoRoom(_))) {
            // Whatever fits next time needs the room.
            *memory = None;
        }
        drop(memory);
        painted
    }

    fn unload(&self) {
        forget(&self.memory);
    }
}

/// The reference's defaults, but for the solver, which needs 20 steps where they need 50.
const DEFAULT: Diffusion = Diffusion {
    sampling: Sampling::DpmSolver,
    steps: 20,
    guidance: 7.5,
    strength: 1.0,
    resolution: 512,
    match_colours: true,
};

fn settings(recipe: &Recipe) -> Diffusion {
    recipe.diffusion().copied().unwrap_or(DEFAULT)
}
