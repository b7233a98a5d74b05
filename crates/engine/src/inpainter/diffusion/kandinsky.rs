//! `kandinsky-2.2`: the paper's inpainting engine.

use super::frame::Frame;
use super::noise::Gaussian;
use super::preview::LatentColours;
use super::residence::{Loaded, load, resident};
use super::{Answer, Look, finished, forget, paints, part, skipped, unpainted, watch_prior};
use crate::{EngineError, InpaintRequest, Inpainter, JobCx, Network, Phase, Progress, Report};
use candle_core::Tensor;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use tie_core::{ContextWish, Diffusion, EditOp, Method, Prompt, Raster, Recipe, Sampling, SubTask};
use tie_nets::clip::{TextEncoder, Tokenizer, VisionEncoder};
use tie_nets::compute::Compute;
use tie_nets::kandinsky::{self, InpaintInput, Movq, Prior, PriorInput, UNet};
use tie_nets::schedulers::SchedulerConfig;
use tie_nets::{Result, weights};
use tie_store::{Folders, Store};

/// The engine's name, and its model's in the store.
pub(super) const NAME: &str = "kandinsky-2.2";
/// Steps from noise to an image embedding, as in the reference.
const PRIOR_STEPS: usize = 25;
/// How closely the prior follows the prompt, as in the reference.
const PRIOR_GUIDANCE: f64 = 4.0;
/// Sides are a multiple of this: 8 pixels a latent, and three halvings in the UNet.
const MULTIPLE: u32 = 64;
/// Streams of noise of one seed.
const PRIOR_NOISE: u64 = 1;
const DECODER_NOISE: u64 = 2;
/// Image embeddings that are kept for a second run with the same prompt; each is 10 kB.
const MOST_KEPT: usize = 64;

/// Kandinsky 2.2 from the model store.
pub(crate) struct Kandinsky {
    store: Store,
    /// Looked for when it is needed.
    compute: LazyLock<Compute, fn() -> Compute>,
    memory: Mutex<Memory>,
}

/// What is kept from one run to the next.
#[derive(Default)]
struct Memory {
    decoder: Option<Loaded<Decoder>>,
    /// The newest last.
    embeddings: Vec<(Wish, Embeddings)>,
}

/// Latents to pixels and back.
struct Decoder {
    unet: UNet,
    movq: Movq,
    scheduler: SchedulerConfig,
}

/// What an image embedding depends on.
#[derive(Clone, PartialEq, Eq)]
struct Wish {
    /// The folder of the prior.
    folder: PathBuf,
    prompt: String,
    negative: String,
    seed: u64,
}

/// The embeddings that steer the decoder, and those to steer away from, each `(1, embedding)`.
#[derive(Clone)]
struct Embeddings {
    image: Tensor,
    negative: Tensor,
}

impl Kandinsky {
    /// An engine with this store and device.
    pub(crate) fn new(store: Store, compute: fn() -> Compute) -> Self {
        Self { store, compute: LazyLock::new(compute), memory: Mutex::default() }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        // After a panic, a network is loaded or not, never half.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn folders(&self) -> Answer<Folders> {
        self.store.find(NAME).map_err(|error| EngineError::NeedsModel(error.to_string()))
    }

    /// Works out the image embeddings of a prompt for seeds that have none yet; the networks for that go again before the
    /// decoder comes.
    fn imagine(&self, folder: &Path, wishes: &[Wish], cx: &JobCx<'_>) -> Result<()> {
        let mut memory = self.memory();
        let missing: Vec<&Wish> =
            wishes.iter().filter(|wish| !memory.embeddings.iter().any(|(known, _)| known == *wish)).collect();
        let Some(first) = missing.first() else {
            return Ok(());
        };
        // Together they would need the memory of both.
        memory.decoder = None;
        // Without a negative prompt the reference steers away from no image at all, not from an empty prompt.
        let zero = if first.negative.is_empty() { Some(self.zero_embedding(folder, cx)?) } else { None };
        let text = {
            let encoder =
                load(Network::TextEncoder, &folder.join("text_encoder"), &self.compute, cx, TextEncoder::new)?;
            cx.report(Report::Progress(Progress::unknown(Phase::Imagining)));
            let tokenizer = Tokenizer::open(&folder.join("tokenizer"))?;
            let negative = zero.is_none().then_some(first.negative.as_str());
            kandinsky::encode_prompt(&tokenizer, &encoder, &first.prompt, negative)?
        };
        let scheduler: SchedulerConfig = weights::read_json(&folder.join("scheduler/scheduler_config.json"))?;
        let prior = load(Network::Prior, &folder.join("prior"), &self.compute, cx, Prior::new)?;
        let all = missing.len() * PRIOR_STEPS;
        for (index, wish) in missing.iter().enumerate() {
            let mut noise = Gaussian::new(wish.seed, PRIOR_NOISE);
            let mut draw = |shape: &[usize]| self.draw(&mut noise, shape);
            let shape = [text.count()?, prior.embedding_dim()?];
            let input =
                PriorInput { text: text.clone(), steps: PRIOR_STEPS, guidance: PRIOR_GUIDANCE, latents: draw(&shape)? };
            let mut watch = |done, _, _: &Tensor| watch_prior(cx, index * PRIOR_STEPS, all, done);
            let made = kandinsky::embed_prompt(&prior, &scheduler, &input, &mut draw, &mut watch)?;
            let negative = made.negative.or_else(|| zero.clone()).unwrap_or_else(|| made.image.clone());
            memory.embeddings.push(((*wish).clone(), Embeddings { image: made.image, negative }));
        }
        let excess = memory.embeddings.len().saturating_sub(MOST_KEPT.max(wishes.len()));
        memory.embeddings.drain(..excess);
        Ok(())
    }

    /// CLIP's embedding of no image: worked out once and kept on the disk, because the network for it is large.
    fn zero_embedding(&self, folder: &Path, cx: &JobCx<'_>) -> Result<Tensor> {
        let encoder = folder.join("image_encoder");
        let make = || {
            let vision = load(Network::ImageEncoder, &encoder, &self.compute, cx, VisionEncoder::new)?;
            vision.zero_embedding()
        };
        match self.store.kept_for(&encoder, "zero_image_embedding.safetensors") {
            None => make(),
            Some(path) => weights::kept(&path, &self.compute, make),
        }
    }

    fn draw(&self, noise: &mut Gaussian, shape: &[usize]) -> Result<Tensor> {
        noise.tensor(shape, self.compute.dtype, &self.compute.device)
    }

    fn decoder(&self, folder: &Path, cx: &JobCx<'_>) -> Result<Decoder> {
        let scheduler = weights::read_json(&folder.join("scheduler/scheduler_config.json"))?;
        let movq = load(Network::Autoencoder, &folder.join("movq"), &self.compute, cx, Movq::new)?;
        let unet = load(Network::Unet, &folder.join("unet"), &self.compute, cx, UNet::new)?;
        Ok(Decoder { unet, movq, scheduler })
    }

    fn paint(
        &self,
        decoder: &Decoder,
        embeddings: &Embeddings,
        request: InpaintRequest<'_>,
        cx: &JobCx<'_>,
    ) -> Result<Raster> {
        let diffusion = settings(request.recipe);
        let frame = Frame::new(request.image.extent(), diffusion.resolution, MULTIPLE);
        let Compute { device, dtype } = &*self.compute;
        let Decoder { unet, movq, scheduler } = decoder;
        let image = frame.image(request.image, *dtype, device)?;
        cx.report(Report::Progress(Progress::unknown(Phase::Encoding)));
        let image_latents = movq.encode(&image)?;
        let colours = LatentColours::fit(&image_latents, &image)?;
        let repaint = frame.repaint(request.mask, movq.factor() as u32, device)?;
        let mut noise = Gaussian::new(request.seed, DECODER_NOISE);
        let mut draw = |shape: &[usize]| self.draw(&mut noise, shape);
        let input = InpaintInput {
            keep: kandinsky::keep_of_repaint(&repaint, movq.factor())?,
            image_embeds: embeddings.image.clone(),
            negative_image_embeds: embeddings.negative.clone(),
            steps: diffusion.steps as usize,
            skipped: skipped(&diffusion),
            guidance: f64::from(diffusion.guidance),
            latents: draw(image_latents.dims())?,
            image_latents,
        };
        let scheduler = match diffusion.sampling {
            Sampling::Own => scheduler.clone(),
            Sampling::DpmSolver => scheduler.dpm_solver(),
        };
        let mut look = Look::new(cx, frame, colours);
        let mut watch = |done, of, latents: &Tensor| look.at(done, of, latents);
        let latents = kandinsky::inpaint(unet, &scheduler, &input, &mut draw, &mut watch)?;
        finished(&latents, frame, request, &diffusion, cx, |tile| movq.decode(tile))
    }
}

impl Inpainter for Kandinsky {
    fn name(&self) -> &'static str {
        NAME
    }

    fn label(&self) -> &'static str {
        "Kandinsky 2.2"
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

    fn prepare(&self, prompt: &Prompt, seeds: &[u64], cx: &JobCx<'_>) -> Answer<()> {
        let folders = self.folders()?;
        let folder = part(&folders, "prior")?;
        let wishes: Vec<Wish> = seeds.iter().map(|seed| wish(prompt, *seed, folder)).collect();
        self.imagine(folder, &wishes, cx).map_err(EngineError::from)
    }

    fn inpaint(&self, request: InpaintRequest<'_>, cx: &JobCx<'_>) -> Answer<Raster> {
        let folders = self.folders()?;
        let (folder, prior) = (part(&folders, "decoder")?, part(&folders, "prior")?);
        let wish = wish(request.prompt, request.seed, prior);
        self.imagine(prior, std::slice::from_ref(&wish), cx).map_err(EngineError::from)?;
        let mut memory = self.memory();
        let Memory { decoder, embeddings } = &mut *memory;
        let Some((_, embeddings)) = embeddings.iter().find(|(known, _)| *known == wish) else {
            return Err(EngineError::Failed(
                "The model was unloaded while it was running. Run the step again.".to_owned(),
            ));
        };
        let decoder = resident(decoder, folder, || self.decoder(folder, cx)).map_err(EngineError::from)?;
        let painted = self.paint(decoder, embeddings, request, cx);
        let painted = painted.map_err(|error| unpainted(error, settings(request.recipe).resolution));
        if matches!(painted, Err(EngineError::NoRoom(_))) {
            // Whatever fits next time needs the room.
            memory.decoder = None;
        }
        painted
    }

    fn unload(&self) {
        forget(&self.memory);
    }
}

/// Kandinsky's own defaults but for the steps: 100 are the reference's, 50 its example's.
const DEFAULT: Diffusion = Diffusion {
    sampling: Sampling::Own,
    steps: 50,
    guidance: 4.0,
    strength: 1.0,
    resolution: 512,
    match_colours: true,
};

fn settings(recipe: &Recipe) -> Diffusion {
    recipe.diffusion().copied().unwrap_or(DEFAULT)
}

fn wish(prompt: &Prompt, seed: u64, folder: &Path) -> Wish {
    let (prompt, negative) = (prompt.text.trim().to_owned(), prompt.negative.trim().to_owned());
    Wish { folder: folder.to_owned(), prompt, negative, seed }
}
