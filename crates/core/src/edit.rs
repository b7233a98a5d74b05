//! Recipes, candidates and accepted edits: an edit is data that can be kept, compared and run again.

use super::compose::{BlendSettings, ChangedPixels};
use super::{Bounds, Mask, Placement, Raster, Verdict};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Identity of a step card in one session; plan ids can repeat after a second plan, these cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StepId(pub u64);

/// Everything that decides a result: the same recipe on the same pixels and mask gives the same candidate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// Name of the inpainter.
    pub engine: String,
    /// What the region shall look like.
    pub prompt: String,
    pub negative: String,
    /// Candidate `n` of a run uses `seed + n`.
    pub seed: u64,
    /// Number of candidates to make, at least 1; engines without randomness make one.
    pub candidates: u32,
    /// What `adjust` shall do; `None` for other engines.
    pub adjustment: Option<Adjustment>,
    /// Where `clone` shall paste; `None` for other engines, and while the step's words decide.
    pub placement: Option<Placement>,
    /// What `typeset` shall write; `None` for other engines.
    pub text: Option<String>,
    /// How a diffusion model works; `None` for other engines.
    #[serde(default)]
    pub diffusion: Option<Diffusion>,
    pub blend: BlendSettings,
    /// What the engine shall see of the image; `None` leaves that to the engine. What the mask needs is always part of it.
    #[serde(default)]
    pub context: Option<Bounds>,
}

impl Recipe {
    /// For an engine that needs to know nothing more: no prompt, seed 0, one candidate, just what the mask selects.
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

/// How a diffusion model works towards a picture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Diffusion {
    /// How a step follows from the one before.
    #[serde(default)]
    pub sampling: Sampling,
    /// From noise to picture, within [`Diffusion::STEPS`].
    pub steps: u32,
    /// How closely the prompt is followed (classifier-free guidance), within [`Diffusion::GUIDANCE`].
    pub guidance: f32,
    /// How far the region goes from what it shows now: 1 begins with nothing but noise, less keeps more of it.
    pub strength: f32,
    /// The model sees the context at about this many pixels squared, within [`Diffusion::RESOLUTIONS`].
    pub resolution: u32,
    /// Takes back the tint that a model gives to all of its picture.
    pub match_colours: bool,
}

/// How a diffusion model gets from noise to picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sampling {
    /// As its makers have set it.
    #[default]
    Own,
    /// By DPM-Solver++, which needs about 20 steps.
    DpmSolver,
}

impl Diffusion {
    pub const STEPS: RangeInclusive<u32> = 2..=250;
    pub const GUIDANCE: RangeInclusive<f32> = 1.0..=20.0;
    pub const STRENGTHS: RangeInclusive<f32> = 0.05..=1.0;
    pub const RESOLUTIONS: RangeInclusive<u32> = 64..=1536;
}

/// A change of light or colour inside a mask.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adjustment {
    pub kind: AdjustKind,
    /// How much, within [`AdjustKind::amounts`]; positive is more, warmer.
    pub amount: f32,
}

/// What an [`Adjustment`] changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AdjustKind {
    /// Towards this colour (sRGB), keeping the shading.
    Recolor([u8; 3]),
    Brightness,
    /// Light before it was recorded: 1 is [`AdjustKind::EXPOSURE_STOPS`] more.
    Exposure,
    Contrast,
    Saturation,
    Warmth,
    Blur,
    /// Steeper edges of lightness.
    Sharpen,
    Greyscale,
}

impl AdjustKind {
    /// Stops (doublings of linear light) of exposure at amount 1.
    pub const EXPOSURE_STOPS: f32 = 2.0;

    /// Amounts that make sense: −1 to 1 for what goes both ways, else 0 to 1.
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
    /// New pixels, of the bounds' extent.
    pub patch: Raster,
    /// How much of each patch pixel shows, of the bounds' extent; 0 leaves the document's pixel untouched byte for byte.
    pub blend: Mask,
    /// Pixels that differ once the patch is blended over the image it was made from.
    pub changed: ChangedPixels,
    /// How strong the border is compared with the photograph around it; 1 is as strong. `None` where it is too short.
    pub seam: Option<f32>,
    /// What a second look says of it; `None` where nothing can tell.
    pub verdict: Option<Verdict>,
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
    pub id: StepId,
    /// For the history list: "remove spoon".
    pub title: String,
    pub candidate: Arc<Candidate>,
    /// A disabled step stays in the stack but does not show.
    pub enabled: bool,
}
