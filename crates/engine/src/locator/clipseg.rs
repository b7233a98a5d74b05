//! `clipseg`: finds things by words with `CLIPSeg`, whose coarse map another locator refines to edges.

use super::classic::fit_of_place;
use super::{LocateRequest, Locator, answer_to_no_words, cleaned};
use crate::by_image::ByImage;
use crate::{EngineError, JobCx, Network, Phase, Progress, Report};
use candle_core::{DType, Device, IndexOp, Tensor};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use tie_core::{Bounds, Click as Pointed, EditOp, Extent, Fit, Mask, MaskProposal, Point, Raster, Resampling};
use tie_nets::clip::Tokenizer;
use tie_nets::clipseg::ClipSeg;
use tie_nets::compute::Compute;
use tie_nets::sam::Frame;
use tie_nets::{ModelError, Result, weights};
use tie_store::Store;

/// The engine's name, and that of its model in the store.
const NAME: &str = "clipseg";
/// Photographs whose states are kept.
const KEPT: usize = 4;
/// Regions that are offered at most.
const MOST: usize = 4;
/// The least fit of the best place, 0 to 1, for anything to be found.
const LEAST: f32 = 0.15;
/// A refined mask shares at least this much with the map; otherwise it is of something else.
const SHARED: f32 = 0.35;

/// Finds things by words with `CLIPSeg` from the model store.
pub struct TextToMask {
    store: Store,
    /// Looked for when it is needed.
    compute: LazyLock<Compute, fn() -> Compute>,
    /// Refine a box to edges; the first whose model is installed does.
    refiners: Vec<Arc<dyn Locator>>,
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    loaded: Option<Loaded>,
    seen: Seen,
}

/// The network's features of images.
type Seen = ByImage<Vec<Tensor>, KEPT>;

struct Loaded {
    folder: PathBuf,
    network: ClipSeg,
    tokenizer: Tokenizer,
    side: usize,
}

/// The fields of `preprocessor_config.json` that are used here.
#[derive(Debug, Deserialize)]
struct Preprocessor {
    size: Size,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Size {
    Side(usize),
    Sides { height: usize },
}

/// How well each place fits, 0 to 1, in a square over the whole image.
struct Heat {
    values: Vec<f32>,
    side: usize,
}

impl TextToMask {
    /// Loads the model from `store` at first use, on the device that `compute` picks; the first of `refiners` whose
    /// model is installed refines its masks.
    pub fn new(store: Store, compute: fn() -> Compute, refiners: Vec<Arc<dyn Locator>>) -> Self {
        Self { store, compute: LazyLock::new(compute), refiners, memory: Mutex::default() }
    }

    fn folder(&self) -> std::result::Result<PathBuf, EngineError> {
        let folders = self.store.find(NAME).map_err(|error| EngineError::NeedsModel(error.to_string()))?;
        folders.part("all").map(Path::to_owned).map_err(|error| EngineError::Failed(error.to_string()))
    }

    fn heat(&self, image: &Arc<Raster>, phrase: &str, cx: &JobCx<'_>) -> std::result::Result<Heat, EngineError> {
        let folder = self.folder()?;
        // After a panic, the network is loaded or not, never half.
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let Memory { loaded, seen } = &mut *memory;
        let heat = (|| {
            let loaded = self.loaded(loaded, seen, &folder, cx)?;
            let states = self.seen(seen, loaded, image, cx)?;
            let tokens = loaded.tokenizer.encode(phrase)?;
            let text = loaded.network.read(&[tokens.ids])?;
            let logits = loaded.network.heat(&states, &text)?.i(0)?.to_dtype(DType::F32)?;
            let side = logits.dim(0)?;
            let values = candle_nn::ops::sigmoid(&logits)?.flatten_all()?.to_vec1()?;
            Ok(Heat { values, side })
        })();
        heat.map_err(|error: ModelError| EngineError::from(error))
    }

    fn loaded<'m>(
        &self,
        slot: &'m mut Option<Loaded>,
        seen: &mut Seen,
        folder: &Path,
        cx: &JobCx<'_>,
    ) -> Result<&'m Loaded> {
        let loaded = match slot.take() {
            Some(loaded) if loaded.folder == folder => loaded,
            other => {
                drop(other);
                seen.clear();
                cx.report(Report::Progress(Progress::unknown(Phase::Loading(Network::TextToMask))));
                let preprocessor: Preprocessor = weights::read_json(&folder.join("preprocessor_config.json"))?;
                let (Size::Side(side) | Size::Sides { height: side }) = preprocessor.size;
                let tokenizer = Tokenizer::open(folder)?;
                // In 32 bits: it is small, and its map is a difference of large numbers.
                let network = weights::load(folder, DType::F32, &self.compute.device, ClipSeg::new)?;
                Loaded { folder: folder.to_owned(), network, tokenizer, side }
            }
        };
        Ok(slot.insert(loaded))
    }

    fn seen(&self, kept: &mut Seen, loaded: &Loaded, image: &Arc<Raster>, cx: &JobCx<'_>) -> Result<Vec<Tensor>> {
        let seen = kept.get_or_make(image, || {
            if cx.is_cancelled() {
                return Err(ModelError::Cancelled);
            }
            cx.report(Report::Progress(Progress::unknown(Phase::Looking)));
            loaded.network.look(&pixels(image, loaded.side, &self.compute.device)?)
        });
        seen.cloned()
    }

    /// A region of the map with real edges: that of the first who can, if it is about the same.
    fn refined(
        &self,
        image: &Arc<Raster>,
        coarse: &Mask,
        peak: Point,
        cx: &JobCx<'_>,
    ) -> std::result::Result<Option<Mask>, EngineError> {
        let refiner = self.refiners.iter().find(|refiner| refiner.missing().is_none());
        let Some(refiner) = refiner else { return Ok(None) };
        let clicks = [Pointed { at: peak, include: true }];
        // The map is coarse: the thing may reach a little beyond.
        let bounds = coarse.bounds();
        let margin = (bounds.width.max(bounds.height) / 16) as i32 + 1;
        let bounds = Bounds::new(
            bounds.x - margin,
            bounds.y - margin,
            bounds.width + 2 * margin as u32,
            bounds.height + 2 * margin as u32,
        );
        let request = LocateRequest {
            image,
            phrase: "",
            location: None,
            op: EditOp::Other,
            // A box alone for who takes either a box or clicks.
            clicks: if refiner.reads_words() { &[] } else { &clicks },
            bounds: Some(bounds.clamp(image.extent())),
            others: &[],
        };
        let found = refiner.locate(request, cx)?;
        let best = found.into_iter().map(|proposal| (proposal.mask.iou(coarse), proposal.mask));
        let best = best.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(shared, _)| *shared >= SHARED);
        Ok(best.map(|(_, mask)| Mask::clone(&mask)))
    }
}

/// The image stretched to a square, as floats `(1, 3, side, side)` with `ImageNet`'s mean and deviation taken out.
///
/// # Errors
/// If the device is out of memory.
pub fn pixels(image: &Raster, side: usize, device: &Device) -> Result<Tensor> {
    let scaled = image.opaque().resize_by(Extent::new(side as u32, side as u32), Resampling::Bilinear);
    let bytes: Vec<u8> = scaled.pixels().iter().flat_map(|&[r, g, b, _]| [r, g, b]).collect();
    let square = Tensor::from_vec(bytes, (side, side, 3), &Device::Cpu)?;
    Frame { image: [side; 2], scaled: [side; 2], side }.pixels(&square, device)
}

impl Heat {
    /// Regions that fit, best first: each with its mean fit and its best place in the square.
    fn regions(&self, fit_of_place: impl Fn((f32, f32)) -> f32) -> Vec<(Mask, f32, (u32, u32))> {
        let most = self.values.iter().copied().fold(0.0, f32::max);
        if most < LEAST {
            return Vec::new();
        }
        let threshold = (most / 2.0).clamp(LEAST, 0.5);
        let extent = Extent::new(self.side as u32, self.side as u32);
        let mask = Mask::from_fn(extent, |x, y| if self.at(x, y) >= threshold { 255 } else { 0 });
        let mut regions = Vec::new();
        for region in mask.split_regions(MOST) {
            let places = || (0..extent.height).flat_map(|y| (0..extent.width).map(move |x| (x, y)));
            let selected = || places().filter(|&(x, y)| region.at(x, y) > 0);
            let peak = selected().max_by(|a, b| self.at(a.0, a.1).total_cmp(&self.at(b.0, b.1)));
            let (Some(peak), Some(centre)) = (peak, region.centroid()) else { continue };
            let sum: f32 = selected().map(|(x, y)| self.at(x, y)).sum();
            let mean = sum / selected().count().max(1) as f32;
            let place = fit_of_place((centre.x / self.side as f32, centre.y / self.side as f32));
            // Of two equal fits, the larger is more likely meant; a named place counts as much as the fit.
            let rank = mean * place * (1.0 + 0.1 * sum.ln_1p());
            regions.push((rank, (region, (mean / 0.7).min(1.0) * place, peak)));
        }
        regions.sort_by(|a, b| b.0.total_cmp(&a.0));
        regions.into_iter().map(|(_, region)| region).collect()
    }

    fn at(&self, x: u32, y: u32) -> f32 {
        self.values.get(y as usize * self.side + x as usize).copied().unwrap_or(0.0)
    }
}

impl Locator for TextToMask {
    fn name(&self) -> &'static str {
        NAME
    }

    fn label(&self) -> &'static str {
        "CLIPSeg"
    }

    fn follows_pointing(&self) -> bool {
        false
    }

    fn missing(&self) -> Option<String> {
        self.store.missing(NAME).map(|error| error.to_string())
    }

    fn unload(&self) {
        *self.memory.lock().unwrap_or_else(PoisonError::into_inner) = Memory::default();
    }

    fn locate(
        &self,
        request: LocateRequest<'_>,
        cx: &JobCx<'_>,
    ) -> std::result::Result<Vec<MaskProposal>, EngineError> {
        let LocateRequest { image, phrase, location, op, .. } = request;
        cx.check()?;
        // The place for something new does not look like it.
        if let (EditOp::Add, Some(other)) = (op, self.refiners.iter().find(|other| other.reads_words())) {
            return other.locate(request, cx);
        }
        if let Some(answer) = answer_to_no_words(&request, NAME, "CLIPSeg")? {
            return Ok(answer);
        }
        let heat = self.heat(image, phrase.trim(), cx)?;
        let mut proposals = Vec::new();
        for (region, confidence, peak) in heat.regions(fit_of_place(phrase, location)) {
            cx.check()?;
            let coarse = region.fitted(image.extent(), Fit::Scale);
            let scale = |at: u32, length: u32| (at as f32 + 0.5) * length as f32 / heat.side as f32;
            let peak = Point { x: scale(peak.0, image.extent().width), y: scale(peak.1, image.extent().height) };
            let (mask, reason) = match self.refined(image, &coarse, peak, cx)? {
                Some(mask) => (mask, format!("\u{201c}{}\u{201d}", phrase.trim())),
                None => (coarse, format!("\u{201c}{}\u{201d}, roughly", phrase.trim())),
            };
            proposals.extend(cleaned(mask, confidence, NAME, reason));
        }
        Ok(proposals)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two things, the right one fits a little better.
    fn heat() -> Heat {
        let side = 40;
        let at = |i: usize| match (i % side, i / side) {
            (4..12, 10..30) => 0.6,
            (26..34, 10..30) => 0.65,
            _ => 0.02,
        };
        Heat { values: (0..side * side).map(at).collect(), side }
    }

    #[test]
    fn the_best_region_comes_first_and_words_of_place_choose_among_them() {
        let first = |location: Option<&str>| {
            let regions = heat().regions(fit_of_place("cup", location));
            assert_eq!(regions.len(), 2);
            regions[0].0.bounds().x
        };
        assert_eq!([first(None), first(Some("on the left")), first(Some("on the right"))], [26, 4, 26]);
    }

    #[test]
    fn a_photograph_that_fits_nowhere_has_no_regions() {
        let nowhere = Heat { values: vec![LEAST - 0.01; 100], side: 10 };
        assert!(nowhere.regions(|_| 1.0).is_empty());
    }
}
