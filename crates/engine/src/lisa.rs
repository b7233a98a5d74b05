//! LISA, for the planner and the locator that ask it: loaded at the first question, and each image is encoded only once.

use super::by_image::ByImage;
use super::locator::sam;
use super::{Amount, EngineError, JobCx, Network, Phase, Progress, Report};
use candle_core::{DType, Device, IndexOp, Tensor};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use tie_core::{Bounds, Extent, Mask, Raster, Resampling};
use tie_nets::clip::{self, VisionModel};
use tie_nets::compute::{self, Compute};
use tie_nets::lisa::{Config, Lisa, Prompt, Tokens, llava_v1};
use tie_nets::llama::{Cache, Tokenizer};
use tie_nets::ops::WeightType;
use tie_nets::sam::{Answers, Frame, Prompt as SamPrompt};
use tie_nets::{ModelError, Result, weights};
use tie_store::{Folders, Store, bytes_text, catalogue};

/// Its models in the store, the better one first.
const MODELS: [&str; 2] = ["lisa-13b", "lisa-7b"];
/// Maximum number of masks per answer.
const MOST_MASKS: usize = 8;
/// Cached images: the current photo, and the one before the last edit.
const KEPT: usize = 2;

/// LISA from the model store: the best of its models that fits into memory.
pub struct Assistant {
    store: Store,
    /// Looked for when it is needed.
    compute: LazyLock<Compute, fn() -> Compute>,
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    loaded: Option<Loaded>,
    seen: ByImage<Seen, KEPT>,
}

struct Loaded {
    folders: Folders,
    lisa: Lisa,
    tokenizer: Tokenizer,
    tokens: Tokens,
}

/// What the network remembers of an image.
struct Seen {
    /// The image as embeddings, in place of words.
    picture: Tensor,
    /// Segment Anything's embedding, for masks.
    embedding: Option<Tensor>,
    /// The cache of the last question, whose beginning the next one shares.
    cache: Cache,
    read: Option<Prompt>,
}

/// A question about an image.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The question as LISA reads it, in English.
    pub text: &'a str,
    /// Earlier questions of the conversation with their answers, oldest first.
    pub earlier: &'a [(&'a str, &'a str)],
    /// Maximum number of tokens in the answer.
    pub most: usize,
    /// Whether to draw masks: Segment Anything then encodes the photograph, which takes longer than the answer.
    pub draws: bool,
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// The answer's words, with `[SEG]` where it means a mask.
    pub text: String,
    /// A mask for each `[SEG]`, 8 at most; empty unless [`Question::draws`].
    pub masks: Vec<Drawn>,
    /// Whether the answer was cut off at [`Question::most`] tokens.
    pub is_cut: bool,
}

/// A mask that belongs to an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// A mask of the image's size with hard edges (0 or 255); empty if the network selects nothing.
    pub mask: Mask,
    /// 0 to 1: the lower of how sure the network is of the selected pixels and how well it expects the mask to fit.
    pub confidence: f32,
}

impl Assistant {
    /// LISA from `store`; `compute` picks the device when the model is first needed.
    pub fn new(store: Store, compute: fn() -> Compute) -> Self {
        Self { store, compute: LazyLock::new(compute), memory: Mutex::default() }
    }

    /// One sentence that says which model has to be downloaded; `None` if one is there.
    pub(crate) fn missing(&self) -> Option<String> {
        self.store.missing_all(&MODELS).map(|error| error.to_string())
    }

    /// Frees the memory of the model and of what it keeps for images.
    pub(crate) fn unload(&self) {
        *self.memory.lock().unwrap_or_else(PoisonError::into_inner) = Memory::default();
    }

    /// Asks about an image and draws the masks that the answer means.
    ///
    /// # Errors
    /// [`EngineError::NeedsModel`] if no model is downloaded; otherwise what goes wrong while the model is loaded or runs.
    pub fn ask(
        &self,
        image: &Arc<Raster>,
        question: Question<'_>,
        cx: &JobCx<'_>,
    ) -> std::result::Result<Said, EngineError> {
        let all = self.folders()?;
        // After a panic, the network is loaded or not, never half.
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let Memory { loaded, seen } = &mut *memory;
        let answer = (|| {
            let loaded = self.loaded(loaded, seen, &all, cx)?;
            let seen = self.seen(seen, &loaded.lisa, image, cx)?;
            let said = self.answer(loaded, seen, image, question, cx);
            if said.is_err() {
                // Half a question is not a beginning that the next can reuse.
                (seen.cache, seen.read) = (Cache::new(), None);
            }
            said
        })();
        answer.map_err(EngineError::from)
    }

    /// The folders of the installed models, the better one first; never empty.
    fn folders(&self) -> std::result::Result<Vec<(&'static catalogue::Model, Folders)>, EngineError> {
        let (mut found, mut missing) = (Vec::new(), String::new());
        for model in MODELS.into_iter().filter_map(catalogue::model) {
            match self.store.find_model(model) {
                Ok(folders) => found.push((model, folders)),
                // The last error is about the smaller model.
                Err(error) => missing = error.to_string(),
            }
        }
        if found.is_empty() { Err(EngineError::NeedsModel(missing)) } else { Ok(found) }
    }

    fn loaded<'m>(
        &self,
        slot: &'m mut Option<Loaded>,
        seen: &mut ByImage<Seen, KEPT>,
        all: &[(&catalogue::Model, Folders)],
        cx: &JobCx<'_>,
    ) -> Result<&'m Loaded> {
        let loaded = match slot.take() {
            Some(loaded) if all.iter().any(|(_, folders)| *folders == loaded.folders) => loaded,
            other => {
                drop(other);
                seen.clear();
                self.load(all, cx)?
            }
        };
        Ok(slot.insert(loaded))
    }

    /// Loads the best that fits.
    fn load(&self, all: &[(&catalogue::Model, Folders)], cx: &JobCx<'_>) -> Result<Loaded> {
        let mut refusal = None;
        for (model, folders) in all {
            let part = |name: &str| {
                let part = folders.part(name).map_err(|error| ModelError::Unsuitable(error.to_string()));
                part.map(ToOwned::to_owned)
            };
            let (folder, tower) = (part("lisa")?, part("tower")?);
            // Cheap files are read first: a folder with something else in it is rejected at once.
            let tokenizer = Tokenizer::open(&folder)?;
            let tokens = Tokens::of(&tokenizer)?;
            let config: Config = weights::read_json(&folder.join("config.json"))?;
            if tokenizer.len() > config.llama.vocab_size {
                return Err(ModelError::Unsupported(format!(
                    "its vocabulary has {} words, but its network expects {}",
                    tokenizer.len(),
                    config.llama.vocab_size
                )));
            }
            let files = weights::files(&folder)?;
            for kept in self.choices(&files, &model.name)? {
                let watch = |done, of| {
                    cx.amount(Phase::Loading(Network::LanguageModel), Amount::Bytes { done, of });
                    !cx.is_cancelled()
                };
                let Compute { device, dtype } = &*self.compute;
                let tower = weights::load(&tower, *dtype, device, VisionModel::new)?;
                let lisa = weights::load_files(&files, &self.compute, &watch, |weights| {
                    Lisa::new(&config, kept, weights, tower)
                });
                match lisa {
                    Ok(lisa) => return Ok(Loaded { folders: folders.clone(), lisa, tokenizer, tokens }),
                    Err(ModelError::Tensor(error)) if weights::is_out_of_memory(&error) => {
                        refusal = Some(ModelError::Tensor(error));
                    }
                    Err(other) => return Err(other),
                }
            }
        }
        Err(refusal.unwrap_or_else(|| {
            let (name, free) = (all.last().map_or("LISA", |(model, _)| model.name.as_str()), compute::memory());
            ModelError::Unsuitable(format!(
                "{name} does not fit into memory ({} free). Close other programs, or choose another engine.",
                bytes_text(free.map_or(0, |(free, _)| free))
            ))
        }))
    }

    /// The number formats for the language model, best first. On the CPU 8 bits: close to exact, with half the bytes
    /// per token of 16.
    fn choices(&self, files: &[std::path::PathBuf], name: &str) -> Result<Vec<WeightType>> {
        if !self.compute.is_processor() {
            return Ok(vec![WeightType::AsStored, WeightType::Q8, WeightType::Q4]);
        }
        let is_visual = |name: &str| name.contains("visual_model");
        let exact = Compute { dtype: DType::F32, ..(*self.compute).clone() };
        let visual = weights::size(files, &exact, is_visual)? as f64;
        let words = weights::elements(files, |name| !is_visual(name))? as f64;
        let free = compute::memory().map_or(f64::INFINITY, |(free, _)| free as f64);
        let fits = |bits: f64| words * bits / 8.0 + visual < free * 0.9;
        let choices = [(WeightType::Q8, 8.5), (WeightType::Q4, 5.0)];
        let fitting: Vec<_> = choices.into_iter().filter(|(_, bits)| fits(*bits)).map(|(kept, _)| kept).collect();
        log::info!("{name} fits into memory as {fitting:?}");
        Ok(fitting.into_iter().take(1).collect())
    }

    /// What is cached for an image.
    fn seen<'m>(
        &self,
        all: &'m mut ByImage<Seen, KEPT>,
        lisa: &Lisa,
        image: &Arc<Raster>,
        cx: &JobCx<'_>,
    ) -> Result<&'m mut Seen> {
        let look = || {
            if cx.is_cancelled() {
                return Err(ModelError::Cancelled);
            }
            cx.report(Report::Progress(Progress::unknown(Phase::Looking)));
            let Compute { device, dtype } = &*self.compute;
            let picture = lisa.look(&clip::pixels(&square(image, lisa.side())?, *dtype, device)?)?;
            Ok(Seen { picture, embedding: None, cache: Cache::new(), read: None })
        };
        // Keys and values are large: only those of the newest are kept.
        all.get_alone(image, look, |older| (older.cache, older.read) = (Cache::new(), None))
    }

    fn answer(
        &self,
        loaded: &Loaded,
        seen: &mut Seen,
        image: &Raster,
        question: Question<'_>,
        cx: &JobCx<'_>,
    ) -> Result<Said> {
        let Loaded { lisa, tokenizer, tokens, .. } = loaded;
        let prompt = Prompt::new(&llava_v1(question.earlier, question.text), tokenizer)?;
        let embeds = lisa.embed(&prompt, &seen.picture)?;
        // What was read before is not read again; the last token is, because the first of the answer follows from it.
        let same = |read: &Prompt| {
            let begins = read.after.iter().zip(&prompt.after).take_while(|(a, b)| a == b).count();
            if read.before == prompt.before { embeds.dim(1).unwrap_or(0) - prompt.after.len() + begins } else { 0 }
        };
        let known = seen.read.as_ref().map_or(0, same).min(embeds.dim(1)?.saturating_sub(1));
        seen.cache.truncate(known);
        cx.report(Report::Progress(Progress::unknown(Phase::Thinking)));
        let mut said = 0;
        let mut hear = |_| {
            said += 1;
            cx.amount(Phase::Answering, Amount::Steps { done: said, of: question.most });
            Ok(!cx.is_cancelled())
        };
        let go_on = || !cx.is_cancelled();
        let answer = lisa.answer(&embeds, *tokens, question.most, &mut seen.cache, &go_on, &mut hear)?;
        if cx.is_cancelled() {
            return Err(ModelError::Cancelled);
        }
        seen.read = Some(prompt);
        let text = tokenizer.decode(&answer.tokens);
        let masks = match answer.prompts {
            Some(prompts) if question.draws => self.draw(lisa, seen, image, &prompts, cx)?,
            _ => Vec::new(),
        };
        Ok(Said { text, masks, is_cut: answer.is_cut })
    }

    /// The masks that states mean.
    fn draw(
        &self,
        lisa: &Lisa,
        seen: &mut Seen,
        image: &Raster,
        prompts: &Tensor,
        cx: &JobCx<'_>,
    ) -> Result<Vec<Drawn>> {
        let (network, Extent { width, height }) = (lisa.sam(), image.extent());
        let frame = Frame::new([width as usize, height as usize], network.side());
        if seen.embedding.is_none() {
            cx.report(Report::Progress(Progress::unknown(Phase::Looking)));
            seen.embedding = Some(network.encode(&frame.pixels(&sam::pixels(image, frame)?, &self.compute.device)?)?);
        }
        let Some(embedding) = &seen.embedding else { return Ok(Vec::new()) };
        let count = prompts.dim(0)?.min(MOST_MASKS);
        let prompts = prompts.narrow(0, 0, count)?;
        let prompt = SamPrompt { texts: Some(&prompts), ..SamPrompt::default() };
        let masks = network.masks(embedding, &prompt, Answers::One)?;
        let quality: Vec<f32> = masks.quality.to_dtype(DType::F32)?.flatten_all()?.to_vec1()?;
        let mut drawn = Vec::new();
        for (i, quality) in quality.into_iter().enumerate() {
            if cx.is_cancelled() {
                return Err(ModelError::Cancelled);
            }
            let logits = frame.logits(&masks.logits.i((i, 0))?)?;
            let coverage = logits.iter().map(|logit| if *logit > 0.0 { 255 } else { 0 }).collect();
            let mask =
                Mask::new(image.extent(), coverage).map_err(|error| ModelError::Unsuitable(error.to_string()))?;
            drawn.push(Drawn { mask, confidence: sureness(&logits).min(quality.clamp(0.0, 1.0)) });
        }
        Ok(drawn)
    }
}

/// Mean distance of the selected pixels from even odds, 0 to 1.
fn sureness(logits: &[f32]) -> f32 {
    let selected = logits.iter().filter(|logit| **logit > 0.0);
    let (sum, count) = selected.fold((0.0_f64, 0_usize), |(sum, count), logit| {
        (sum + f64::from(2.0 / (1.0 + (-logit).exp()) - 1.0), count + 1)
    });
    if count == 0 { 0.0 } else { (sum / count as f64) as f32 }
}

/// The middle of an image, its shorter side scaled to `side`, as bytes `(side, side, 3)`: sRGB, 0 to 255.
///
/// # Errors
/// If there isn't enough memory.
pub fn square(image: &Raster, side: usize) -> Result<Tensor> {
    /// From this ratio on, the ends are cut off first: scaled as a whole, a long strip would be huge.
    const LONG: u32 = 16;
    let Extent { width, height } = image.extent();
    let middle = |length: u32, keep: u32| ((length - keep) / 2) as i32;
    let kept = width.min(height).saturating_mul(LONG);
    let image = if width.max(height) > kept {
        let (wide, high) = (width.min(kept), height.min(kept));
        let bounds = Bounds::new(middle(width, wide), middle(height, high), wide, high);
        image.crop(bounds).opaque()
    } else {
        image.opaque()
    };
    let extent = image.extent();
    let [width, height] = clip::scaled([extent.width as usize, extent.height as usize], side);
    let scaled = image.resize_by(Extent::new(width as u32, height as u32), Resampling::Bicubic);
    let middle = |length: usize| ((length - side) / 2) as i32;
    let cut = scaled.crop(Bounds::new(middle(width), middle(height), side as u32, side as u32));
    let bytes: Vec<u8> = cut.pixels().iter().flat_map(|&[r, g, b, _]| [r, g, b]).collect();
    Ok(Tensor::from_vec(bytes, (side, side, 3), &Device::Cpu)?)
}
