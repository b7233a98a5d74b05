//! Recipes, candidates and accepted edits: an edit is data that can be kept, compared and run again.

use super::compose::{BlendSettings, ChangedPixels};
use super::{Bounds, Mask, Placement, Raster, Verdict};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Identity of a step card in one session; plan ids can repeat after a second plan, these cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StepId(pub u64);

/// Everything that determines a result: the same recipe on the same pixels and mask gives the same candidates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// Name of the inpainter, such as "adjust" or "clone".
    pub engine: String,
    /// What the region should look like afterwards; may be empty.
    pub prompt: String,
    /// What the region must not show (the negative prompt); may be empty.
    pub negative: String,
    /// Candidate `n` of a run uses `seed + n`.
    pub seed: u64,
    /// Number of candidates to make, at least 1; engines without randomness make one.
    pub candidates: u32,
    /// What `adjust` does; `None` for other engines.
    pub adjustment: Option<Adjustment>,
    /// Where `clone` pastes; `None` for other engines, and as long as the step's words decide.
    pub placement: Option<Placement>,
    /// What `typeset` writes; `None` for other engines.
    pub text: Option<String>,
    /// Settings of a diffusion model; `None` for other engines.
    #[serde(default)]
    pub diffusion: Option<Diffusion>,
    /// How far the engine repaints beyond the mask, and how soft the edge is.
    pub blend: BlendSettings,
    /// The part of the image that the engine sees, in image pixels; `None` lets the engine choose.
    ///
    /// Whatever the mask needs is always part of it.
    #[serde(default)]
    pub context: Option<Bounds>,
}

impl Recipe {
    /// A recipe with nothing but its engine: no prompt, seed 0, one candidate, and only what the mask selects is repainted.
    pub fn new(engine: impl Into<String>) -> Self {
        Self {
            engine: engine.into(),
            prompt: String::new(),
            negative: String::new(),
            seed: 0,
            candidates: 1,
            adjustment: None,
            placement: None,
            text: None,
            diffusion: None,
            blend: BlendSettings::EXACT,
            context: None,
        }
    }
}

/// Settings of a diffusion model.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Diffusion {
    /// The method that takes each denoising step.
    #[serde(default)]
    pub sampling: Sampling,
    /// Denoising steps from noise to picture, within [`Diffusion::STEPS`].
    pub steps: u32,
    /// How closely the prompt is followed (classifier-free guidance), within [`Diffusion::GUIDANCE`].
    pub guidance: f32,
    /// How far the region may depart from what it shows now, within [`Diffusion::STRENGTHS`].
    ///
    /// 1 starts from pure noise; less keeps more of the region.
    pub strength: f32,
    /// The model works on the context scaled to about this many pixels squared, within [`Diffusion::RESOLUTIONS`].
    pub resolution: u32,
    /// Removes the overall tint that a model gives its picture.
    pub match_colours: bool,
}

/// The method that takes a diffusion model from noise to picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sampling {
    /// The model's own: DDPM or DDIM, which need about 50 steps.
    #[default]
    Own,
    /// DPM-Solver++, which needs about 20 steps.
    DpmSolver,
}

impl Diffusion {
    /// Valid numbers of denoising steps.
    pub const STEPS: RangeInclusive<u32> = 2..=250;
    /// Valid guidance factors; 1 turns guidance off.
    pub const GUIDANCE: RangeInclusive<f32> = 1.0..=20.0;
    /// Valid strengths.
    pub const STRENGTHS: RangeInclusive<f32> = 0.05..=1.0;
    /// Valid resolutions, in pixels.
    pub const RESOLUTIONS: RangeInclusive<u32> = 64..=1536;
}

/// A change of light or colour inside a mask.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adjustment {
    /// Which property changes.
    pub kind: AdjustKind,
    /// How much, within [`AdjustKind::amounts`]: 0 changes nothing, above 0 means more or warmer, below 0 less or cooler.
    pub amount: f32,
}

/// What an [`Adjustment`] changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AdjustKind {
    /// Towards this colour (8-bit sRGB), keeping the shading.
    Recolor([u8; 3]),
    /// Oklab lightness; black and white stay.
    Brightness,
    /// As if more or less light had been recorded: amount 1 is [`AdjustKind::EXPOSURE_STOPS`] stops more.
    Exposure,
    /// Spread of lightness around the region's mean: doubled at 1, halved at −1.
    Contrast,
    /// Oklab chroma: up to 2.5 times as much at 1, as far as sRGB allows; none at −1.
    Saturation,
    /// White balance: redder above 0, bluer below.
    Warmth,
    /// Gaussian blur in linear light, wider the larger the region is; nothing outside the mask bleeds in.
    Blur,
    /// Steeper edges of lightness: an unsharp mask with limited halos.
    Sharpen,
    /// Less colour at the same lightness: none at 1.
    Greyscale,
}

impl AdjustKind {
    /// Stops (doublings of linear light) of exposure at amount 1.
    pub const EXPOSURE_STOPS: f32 = 2.0;

    /// Valid amounts: −1 to 1 for changes that go both ways, otherwise 0 to 1.
    pub const fn amounts(self) -> RangeInclusive<f32> {
        match self {
            Self::Brightness | Self::Exposure | Self::Contrast | Self::Saturation | Self::Warmth => -1.0..=1.0,
            Self::Recolor(_) | Self::Blur | Self::Sharpen | Self::Greyscale => 0.0..=1.0,
        }
    }
}

/// One result of a run, offered for approval.
#[derive(Clone, PartialEq)]
pub struct Candidate {
    /// Where the patch lies in the document.
    pub bounds: Bounds,
    /// New pixels, at the extent of `bounds`.
    pub patch: Raster,
    /// How much of each patch pixel shows, at the extent of `bounds`; 0 leaves the document's pixel untouched byte for byte.
    pub blend: Mask,
    /// Pixels that differ once the patch is blended over the image it was made from.
    pub changed: ChangedPixels,
    /// How visible the border is, as [`seam`](fn@super::seam) measures it: 1 is as busy as its surroundings.
    ///
    /// `None` for adjustments, and where there are too few surroundings to compare with.
    pub seam: Option<f32>,
    /// What a second look says about it; `None` if nothing could judge it.
    pub verdict: Option<Verdict>,
    /// What made it, with the seed of this one candidate.
    pub recipe: Recipe,
}

impl Candidate {
    /// Memory held, in bytes.
    pub fn size(&self) -> usize {
        self.patch.bytes().len() + self.blend.coverage().len()
    }
}

impl std::fmt::Debug for Candidate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Candidate({:?}, {}, seed {})", self.bounds, self.recipe.engine, self.recipe.seed)
    }
}

/// An accepted candidate: one layer of the document's stack.
#[derive(Clone, Debug)]
pub struct EditStep {
    /// The step card that it belongs to.
    pub id: StepId,
    /// For the history list: "remove spoon".
    pub title: String,
    /// The pixels that it puts into the document.
    pub candidate: Arc<Candidate>,
    /// A disabled step stays in the stack but does not show.
    pub enabled: bool,
}
