//! `sam`: masks from clicks or a box, by Segment Anything or `MobileSAM`.
//!
//! A photograph is encoded once and its embedding kept; a click then costs the small decoder alone.

use super::eyes::thing_at;
use super::{LocateRequest, Locator, refuse_clicks_outside};
use crate::by_image::ByImage;
use crate::sight::Sights;
use crate::{EngineError, JobCx, Network, Phase, Progress, Report};
use candle_core::{DType, Device, IndexOp, Tensor};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};
use tie_core::{Bounds, Extent, Mask, MaskProposal, Raster, Resampling};
use tie_nets::compute::Compute;
use tie_nets::sam::{Answers, Click, Frame, Prompt, Sam};
use tie_nets::{ModelError, Result, weights};
use tie_store::{Store, catalogue};

/// The engine's name.
const NAME: &str = "sam";
/// Its models in the store, best first.
const MODELS: [&str; 2] = ["sam", "mobile-sam"];
/// Cached embeddings: of the current photo, and of those before the last edits. 4 MB each.
const KEPT: usize = 4;

/// Segment Anything from the model store, or `MobileSAM` where only that is downloaded.
pub struct Segmenter {
    store: Store,
    /// Looked for when it is needed.
    compute: LazyLock<Compute, fn() -> Compute>,
    memory: Mutex<Memory>,
    sights: Arc<Sights>,
}

#[derive(Default)]
struct Memory {
    network: Option<(PathBuf, Sam)>,
    embeddings: Embeddings,
    last: Option<Last>,
}

/// The previous result, which further clicks correct.
struct Last {
    image: Weak<Raster>,
    clicks: Vec<tie_core::Click>,
    bounds: Option<Bounds>,
    /// `(1, 1, h, w)`, of a quarter of the network's resolution.
    logits: Tensor,
}

impl Last {
    /// Whether a request continues from here: the same clicks in the same box, and more.
    fn leads_to(&self, request: &LocateRequest<'_>) -> bool {
        self.image.as_ptr() == Arc::as_ptr(request.image)
            && self.bounds == request.bounds
            && request.clicks.len() > self.clicks.len()
            && request.clicks.starts_with(&self.clicks)
    }
}

/// The network's embeddings of images.
type Embeddings = ByImage<Tensor, KEPT>;

impl Segmenter {
    /// Loads the model from `store` at first use, on the device that `compute` picks; `sights` provide boxes of clicked
    /// things.
    pub fn new(store: Store, compute: fn() -> Compute, sights: Arc<Sights>) -> Self {
        Self { store, compute: LazyLock::new(compute), memory: Mutex::default(), sights }
    }

    /// The file of the best installed network.
    fn file(&self) -> std::result::Result<PathBuf, EngineError> {
        let mut missing = None;
        for id in MODELS {
            match self.store.find(id) {
                Ok(folders) => {
                    let folder = folders.part("all").map_err(|error| EngineError::Failed(error.to_string()))?;
                    let files = catalogue::model(id).into_iter().flat_map(|model| &model.repositories);
                    if let Some(path) = files.flat_map(|part| &part.files).find_map(|file| file.within(folder)) {
                        return Ok(path);
                    }
                }
                // The last error is about the smaller model.
                Err(error) => missing = Some(error.to_string()),
            }
        }
        Err(EngineError::NeedsModel(missing.unwrap_or_default()))
    }

    /// Calls `work` with the network and the embedding of an image.
    fn with<T>(
        &self,
        image: &Arc<Raster>,
        cx: &JobCx<'_>,
        work: impl FnOnce(&Sam, Frame, &Tensor, &mut Option<Last>) -> Result<T>,
    ) -> std::result::Result<T, EngineError> {
        let file = self.file()?;
        // After a panic, the network is loaded or not, never half.
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let Memory { network, embeddings, last } = &mut *memory;
        let answer = (|| {
            let sam = self.network(network, embeddings, &file, cx)?;
            let Extent { width, height } = image.extent();
            let frame = Frame::new([width as usize, height as usize], sam.side());
            let embedding = self.embedding(embeddings, sam, frame, image, cx)?;
            work(sam, frame, &embedding, last)
        })();
        answer.map_err(EngineError::from)
    }

    fn network<'m>(
        &self,
        slot: &'m mut Option<(PathBuf, Sam)>,
        embeddings: &mut Embeddings,
        file: &Path,
        cx: &JobCx<'_>,
    ) -> Result<&'m Sam> {
        let loaded = match slot.take() {
            Some(loaded) if loaded.0 == file => loaded,
            other => {
                drop(other);
                embeddings.clear();
                cx.report(Report::Progress(Progress::unknown(Phase::Loading(Network::Segmenter))));
                (file.to_owned(), weights::open_network(file, DType::F32, &self.compute.device, Sam::open)?)
            }
        };
        Ok(&slot.insert(loaded).1)
    }

    fn embedding(
        &self,
        kept: &mut Embeddings,
        sam: &Sam,
        frame: Frame,
        image: &Arc<Raster>,
        cx: &JobCx<'_>,
    ) -> Result<Tensor> {
        let made = kept.get_or_make(image, || {
            if cx.is_cancelled() {
                return Err(ModelError::Cancelled);
            }
            cx.report(Report::Progress(Progress::unknown(Phase::Looking)));
            sam.encode(&frame.pixels(&pixels(image, frame)?, &self.compute.device)?)
        });
        made.cloned()
    }
}

/// The image scaled to [`Frame::scaled`], as bytes `(h, w, 3)`: sRGB, 0 to 255, alpha dropped.
///
/// # Errors
/// If there isn't enough memory.
pub fn pixels(image: &Raster, frame: Frame) -> Result<Tensor> {
    let [width, height] = frame.scaled;
    let scaled = image.opaque().resize_by(Extent::new(width as u32, height as u32), Resampling::Bilinear);
    let bytes: Vec<u8> = scaled.pixels().iter().flat_map(|&[r, g, b, _]| [r, g, b]).collect();
    Ok(Tensor::from_vec(bytes, (height, width, 3), &Device::Cpu)?)
}

impl Locator for Segmenter {
    fn name(&self) -> &'static str {
        NAME
    }

    fn label(&self) -> &'static str {
        "Segment Anything"
    }

    fn reads_words(&self) -> bool {
        false
    }

    fn missing(&self) -> Option<String> {
        self.store.missing_all(&MODELS).map(|error| error.to_string())
    }

    fn prepare(&self, image: &Arc<Raster>, cx: &JobCx<'_>) -> std::result::Result<(), EngineError> {
        if image.extent().is_empty() { Ok(()) } else { self.with(image, cx, |_, _, _, _| Ok(())) }
    }

    fn locate(
        &self,
        request: LocateRequest<'_>,
        cx: &JobCx<'_>,
    ) -> std::result::Result<Vec<MaskProposal>, EngineError> {
        let LocateRequest { image, clicks, bounds, .. } = request;
        cx.check()?;
        refuse_clicks_outside(&request)?;
        let bounds = bounds.map(|bounds| bounds.clamp(image.extent())).filter(|bounds| !bounds.is_empty());
        if clicks.is_empty() && bounds.is_none() {
            return Err(EngineError::Unsuitable(
                "Segment Anything needs clicks or a box, not words: click the object, or use \"classic\" to search by words."
                    .to_owned(),
            ));
        }
        if image.extent().is_empty() {
            return Ok(Vec::new());
        }
        let thing = match clicks {
            [click] if click.include && bounds.is_none() => thing_at(&self.sights, image, click.at, cx)?,
            _ => None,
        };
        self.with(image, cx, |sam, frame, embedding, last| {
            let points: Vec<Click> = clicks
                .iter()
                .map(|click| frame.click(Click { x: click.at.x, y: click.at.y, is_in: click.include }))
                .collect();
            let earlier = last.take().filter(|last| last.leads_to(&request));
            let prompt = Prompt {
                clicks: &points,
                bounds: bounds.map(|bounds| corners(frame, bounds)),
                mask: earlier.as_ref().map(|last| &last.logits),
                ..Prompt::default()
            };
            // One click may mean a button, a shirt or a person.
            let answers = if clicks.len() == 1 && bounds.is_none() { Answers::Several } else { Answers::One };
            let mut found = proposals(sam, embedding, frame, &prompt, answers, image.extent(), cx)?;
            name_by_extent(&mut found, answers);
            found.sort_by(|a, b| b.0.confidence.total_cmp(&a.0.confidence));
            if let Some((rect, name)) = thing {
                // A known thing is more likely meant than anything else under the click.
                let prompt = Prompt { clicks: &points, bounds: Some(corners(frame, rect)), ..Prompt::default() };
                let known = proposals(sam, embedding, frame, &prompt, Answers::One, image.extent(), cx)?;
                for (mut proposal, logits) in known {
                    proposal.reason.clone_from(&name);
                    found.insert(0, (proposal, logits));
                }
            }
            *last = found.first().map(|(_, logits)| Last {
                image: Arc::downgrade(image),
                clicks: clicks.to_vec(),
                bounds: request.bounds,
                logits: logits.clone(),
            });
            Ok(found.into_iter().map(|(proposal, _)| proposal).collect())
        })
    }

    fn unload(&self) {
        *self.memory.lock().unwrap_or_else(PoisonError::into_inner) = Memory::default();
    }
}

/// A box as the network takes it.
fn corners(frame: Frame, bounds: Bounds) -> [f32; 4] {
    let [left, top] = frame.place([bounds.x as f32, bounds.y as f32]);
    let [right, bottom] = frame.place([bounds.right() as f32, bounds.bottom() as f32]);
    [left, top, right, bottom]
}

/// The network's masks for a prompt, with their logits `(1, 1, h, w)`.
fn proposals(
    sam: &Sam,
    embedding: &Tensor,
    frame: Frame,
    prompt: &Prompt<'_>,
    answers: Answers,
    extent: Extent,
    cx: &JobCx<'_>,
) -> Result<Vec<(MaskProposal, Tensor)>> {
    let masks = sam.masks(embedding, prompt, answers)?;
    let quality: Vec<f32> = masks.quality.i(0)?.to_device(&Device::Cpu)?.to_vec1()?;
    let mut found = Vec::new();
    for (i, quality) in quality.into_iter().enumerate() {
        if cx.is_cancelled() {
            return Err(ModelError::Cancelled);
        }
        let logits = masks.logits.i((0, i))?;
        let confidence = quality.min(stability(&logits)?).clamp(0.0, 1.0);
        let coverage = frame.logits(&logits)?.into_iter().map(|logit| if logit > 0.0 { 255 } else { 0 });
        let mask = Mask::new(extent, coverage.collect());
        let mask = mask.map_err(|error| ModelError::Unsuitable(error.to_string()))?;
        if !mask.is_empty() {
            let proposal = MaskProposal::new(mask, confidence, NAME, "the object you clicked");
            found.push((proposal, logits.unsqueeze(0)?.unsqueeze(0)?));
        }
    }
    Ok(found)
}

/// Describes which of several masks is which.
fn name_by_extent(proposals: &mut [(MaskProposal, Tensor)], answers: Answers) {
    let areas: Vec<usize> = proposals.iter().map(|(proposal, _)| proposal.mask.area()).collect();
    let (least, most) = (areas.iter().min().copied(), areas.iter().max().copied());
    for ((proposal, _), area) in proposals.iter_mut().zip(areas) {
        let reason = match answers {
            Answers::One => "the object you clicked",
            Answers::Several if Some(area) == most => "the whole object you clicked",
            Answers::Several if Some(area) == least => "the smallest part you clicked",
            Answers::Several => "the part you clicked",
        };
        reason.clone_into(&mut proposal.reason);
    }
}

/// How little a mask changes with the threshold, 0 to 1: the share of what is above −1 that is above +1, like the
/// reference's `calculate_stability_score`.
fn stability(logits: &Tensor) -> Result<f32> {
    let above = |threshold: f32| -> Result<f32> {
        Ok(logits.gt(threshold)?.to_dtype(DType::F32)?.sum_all()?.to_scalar::<f32>()?)
    };
    let (sure, possible) = (above(1.0)?, above(-1.0)?);
    Ok(if possible > 0.0 { sure / possible } else { 0.0 })
}
