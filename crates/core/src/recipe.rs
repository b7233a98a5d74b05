//! Recipes: an edit is data that can be kept, compared and run again.

use super::{BlendSettings, Bounds, Placement};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// How an inpainter makes its pixels: with the prompt, the same recipe on the same pixels and mask gives the same candidates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "AnyRecipe")]
pub struct Recipe {
    /// Name of the inpainter, such as "adjust" or "clone".
    pub engine: String,
    /// What the inpainter does, with the settings that only its kind has.
    pub method: Method,
    /// Candidate `n` of a run uses `seed + n`.
    pub seed: u64,
    /// Number of candidates to make, at least 1; engines without randomness make one.
    pub candidates: u32,
    /// How far the engine repaints beyond the mask, and how soft the edge is.
    pub blend: BlendSettings,
    /// The part of the image that the engine sees, in image pixels; `None` lets the engine choose.
    ///
    /// Whatever the mask needs is always part of it.
    pub context: Option<Bounds>,
}

impl Recipe {
    /// A recipe with nothing but an engine and its method: seed 0, one candidate, and only what the mask selects is repainted.
    pub fn new(engine: impl Into<String>, method: Method) -> Self {
        Self { engine: engine.into(), method, seed: 0, candidates: 1, blend: BlendSettings::EXACT, context: None }
    }

    /// The change of light or colour; `None` for other methods.
    pub const fn adjustment(&self) -> Option<&Adjustment> {
        if let Method::Adjust(adjustment) = &self.method { Some(adjustment) } else { None }
    }

    /// Where the thing is pasted; `None` for other methods, and as long as the step's words decide.
    pub const fn placement(&self) -> Option<&Placement> {
        if let Method::Clone(Some(placement)) = &self.method { Some(placement) } else { None }
    }

    /// The settings of a diffusion model; `None` for other methods.
    pub const fn diffusion(&self) -> Option<&Diffusion> {
        if let Method::Diffusion(diffusion) = &self.method { Some(diffusion) } else { None }
    }

    /// Whether it takes moments, so that it may be made again unasked.
    pub const fn is_quick(&self) -> bool {
        matches!(self.method, Method::Adjust(_) | Method::Clone(_) | Method::Typeset(_))
    }

    /// Whether it moves or copies a thing.
    pub const fn places(&self) -> bool {
        matches!(self.method, Method::Clone(_))
    }
}

/// What an inpainter does with the region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Fills it from its surroundings.
    Fill,
    /// Changes its light or colour.
    Adjust(Adjustment),
    /// Moves or copies it with its own pixels; `None` as long as the step's words say where to.
    Clone(Option<Placement>),
    /// Writes this line of text where text is.
    Typeset(String),
    /// Paints it with a diffusion model, as the prompt says.
    Diffusion(Diffusion),
}

/// A recipe as it is read: also from journals before version 0.3, which had one optional field for each method.
#[derive(Deserialize)]
struct AnyRecipe {
    engine: String,
    method: Option<Method>,
    adjustment: Option<Adjustment>,
    placement: Option<Placement>,
    text: Option<String>,
    diffusion: Option<Diffusion>,
    seed: u64,
    candidates: u32,
    blend: BlendSettings,
    #[serde(default)]
    context: Option<Bounds>,
}

impl From<AnyRecipe> for Recipe {
    fn from(read: AnyRecipe) -> Self {
        let AnyRecipe { engine, method, adjustment, placement, text, diffusion, seed, candidates, blend, context } =
            read;
        let old = adjustment.map(Method::Adjust).or(text.map(Method::Typeset)).or(diffusion.map(Method::Diffusion));
        let old = old.unwrap_or(if engine == "clone" { Method::Clone(placement) } else { Method::Fill });
        Self { engine, method: method.unwrap_or(old), seed, candidates, blend, context }
    }
}

/// What a model is told about a region, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// What the region should look like afterwards; may be empty.
    pub text: String,
    /// What the region must not show (the negative prompt); may be empty.
    pub negative: String,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipes_are_read_as_they_are_written_now_and_as_they_were() {
        let adjust = Method::Adjust(Adjustment { kind: AdjustKind::Warmth, amount: 0.5 });
        let here = Placement::moved(super::super::Offset::new(3, 4));
        for method in [Method::Fill, adjust.clone(), Method::Clone(Some(here)), Method::Clone(None)] {
            let recipe = Recipe { seed: 7, ..Recipe::new("clone", method) };
            assert_eq!(serde_json::from_str::<Recipe>(&serde_json::to_string(&recipe).unwrap()).unwrap(), recipe);
        }
        let old = |engine: &str, own: &str| -> Method {
            let common =
                r#""prompt": "", "negative": "", "seed": 1, "candidates": 1, "blend": {"grow": 0.0, "feather": 0.0}"#;
            let text = format!(r#"{{"engine": "{engine}", {common}, "placement": null, {own}}}"#);
            serde_json::from_str::<Recipe>(&text).unwrap().method
        };
        assert_eq!(old("adjust", r#""adjustment": {"kind": "warmth", "amount": 0.5}, "text": null"#), adjust);
        assert_eq!(old("typeset", r#""adjustment": null, "text": "OPEN""#), Method::Typeset("OPEN".to_owned()));
        assert_eq!(old("clone", r#""adjustment": null, "text": null"#), Method::Clone(None));
        assert_eq!(old("exemplar", r#""adjustment": null, "text": null"#), Method::Fill);
    }
}
