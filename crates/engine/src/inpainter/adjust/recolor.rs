//! Recolours a thing, with its shading, highlights and texture.
//!
//! Light on one material scales its linear RGB, and with it all three Oklab coordinates alike. So the *tint*, the two
//! axes over lightness, identifies a material in any shading (the idea of illumination invariants, Finlayson et al.
//! 2006, in Oklab). A highlight adds the colour of the light (the dichromatic reflection model, Shafer 1985), so tints
//! of one material are between its own and the light's, and the position between them is the pixel's share of the
//! material. That share of the tint is replaced; the lightness of the material follows a monotone curve, while pixels
//! that show less of it (a highlight, the white beside it) move by their share. Other materials (a white rim, the
//! coffee in the cup) move less or not at all.

use super::Region;
use super::oklab::{lightness_curve, logit, smoothstep};
use super::parts::{Paint, Parts};
use super::samples::Samples;
use crate::{EngineError, JobCx};
use std::f32::consts::{PI, TAU};
use tie_core::colour::in_gamut;
use tie_core::colour::oklab_from_srgb;

/// Share of the target's lightness that is used: the rest belongs to the light in the scene.
const LIGHTNESS_SHARE: f32 = 0.85;

/// How much of the shadows of a thing that becomes brighter is scaled with its lit part.
const SHADOW_SHARE: f32 = 0.6;

/// Lightness of black and white things in photographs; pure ones would leave no room for shading.
const MATERIAL_LIGHTNESS: std::ops::RangeInclusive<f32> = 0.22..=0.93;

/// Below this saturation a pixel counts as grey, above the second value as coloured.
const GREY_SATURATION: (f32, f32) = (0.10, 0.18);

/// How much of the variation in hue and tint within the material survives.
const KEPT_VARIATION: f32 = 0.5;

/// The main material's saturation grows no more than this, or noise becomes colour.
const MAX_GAIN: f32 = 5.0;

/// No light is tinted more than this; anything more is a coloured thing.
const MAX_LIGHT_TINT: f32 = 0.08;

/// Targets of less saturation are black, grey or white, which show the tint of the light.
const NEUTRAL_TARGET: f32 = 0.03;

/// How much of the light's tint they show.
const LIGHT_SHARE: f32 = 0.6;

/// Differences of tint up to this are noise.
const TINT_NOISE: f32 = 0.02;

/// What a recolour depends on besides its target.
pub(super) struct Measured {
    source: Material,
    /// Lightness of the lit material; `None` if there is no material.
    lit: Option<f32>,
    parts: Option<Parts>,
}

/// A measured region and its target colour.
pub(super) struct Recolour<'m> {
    source: &'m Material,
    /// Tint of the material afterwards.
    tint: [f32; 2],
    /// Lightness of the lit material before and after.
    lit: (f32, f32),
    amount: f32,
}

/// The main material of a region.
enum Material {
    /// There is nothing.
    None,
    /// White, grey or black with this tint.
    Grey { tint: [f32; 2] },
    /// A colour: its tint, that of the light on it, and how far its hue reaches below and above.
    Coloured { tint: [f32; 2], light: [f32; 2], reach: [Reach; 2] },
}

/// How far from the main hue, in radians, a pixel still belongs to the material.
#[derive(Clone, Copy)]
struct Reach {
    /// Up to here completely.
    full: f32,
    /// From here on, not at all.
    end: f32,
}

/// A colour as light on a material: lightness and the two axes over it.
#[derive(Clone, Copy)]
struct Lit {
    lightness: f32,
    tint: [f32; 2],
}

impl Lit {
    fn new(rgb: [u8; 3]) -> Self {
        let [lightness, a, b] = oklab_from_srgb(rgb);
        // Near black the quotient is noise: a floor makes it small instead.
        let base = lightness.max(0.12);
        Self { lightness, tint: [a / base, b / base] }
    }

    fn saturation(self) -> f32 {
        self.tint[0].hypot(self.tint[1])
    }

    fn hue(self) -> f32 {
        self.tint[1].atan2(self.tint[0])
    }
}

impl Measured {
    /// Finds the region's main material, and the parts that are another.
    pub(super) fn of(region: Region<'_>, cx: &JobCx<'_>) -> Result<Self, EngineError> {
        let samples = Samples::of(region, cx)?;
        let mut lit: Vec<(Lit, f32)> = samples.colours.iter().map(|(rgb, weight)| (Lit::new(*rgb), *weight)).collect();
        cx.check()?;
        let source = Material::main(&lit);
        cx.check()?;
        let parts = match source {
            Material::Coloured { tint, .. } => {
                let paint = |(lit, weight): &(Lit, f32)| Paint {
                    share: source.membership(*lit) * weight,
                    hue: wrapped(lit.hue() - tint[1].atan2(tint[0])),
                    saturation: lit.saturation(),
                };
                Parts::find(&samples, &lit.iter().map(paint).collect::<Vec<_>>(), cx)?
            }
            Material::None | Material::Grey { .. } => None,
        };
        if let Some(parts) = &parts {
            lit.iter_mut().zip(parts.kept()).for_each(|((_, weight), kept)| *weight *= kept);
        }
        // The lit part of the material decides, not its shadows.
        let members = lit.iter().map(|(lit, weight)| (lit.lightness, weight * source.membership(*lit)));
        let lit = quantile(members, 0.6);
        cx.check()?;
        Ok(Self { source, lit, parts })
    }

    /// Parts that are other materials, if there are any.
    pub(super) const fn parts(&self) -> Option<&Parts> {
        self.parts.as_ref()
    }
}

impl<'m> Recolour<'m> {
    /// Gives the main material the colour `target` (sRGB); `amount` 0 to 1 goes part of the way.
    pub(super) fn new(measured: &'m Measured, target: [u8; 3], amount: f32) -> Self {
        let Lit { tint, lightness } = Lit::new(target);
        let light = match measured.source {
            Material::None => [0.0; 2],
            Material::Grey { tint } => at_most(tint, MAX_LIGHT_TINT),
            Material::Coloured { light, .. } => light,
        };
        let is_neutral = length(tint) < NEUTRAL_TARGET;
        let tint = if is_neutral { shifted(tint, light, LIGHT_SHARE) } else { tint };
        let wanted = lightness.clamp(*MATERIAL_LIGHTNESS.start(), *MATERIAL_LIGHTNESS.end());
        let lit = measured.lit.map_or((0.5, 0.5), |lit| (lit, lit + LIGHTNESS_SHARE * (wanted - lit)));
        Self { source: &measured.source, tint, lit, amount }
    }

    /// A curve through black, white and the lit material.
    ///
    /// A shift of the log odds keeps highlights, but when brightening it would lift shadows until nothing looks round:
    /// there the larger part is what the same light on a brighter material gives. When darkening it would keep the lit
    /// parts of a white thing white.
    fn new_lightness(&self, old: f32) -> f32 {
        let (before, after) = self.lit;
        let by_odds = lightness_curve(old, 0.5, 1.0, logit(after) - logit(before));
        let by_light = old * (after / before.max(1e-3));
        let share = if after < before {
            // Grey things do not show what is highlight: only near white can be.
            if matches!(self.source, Material::Grey { .. }) { smoothstep(1.0, 0.95, old) } else { 0.0 }
        } else {
            SHADOW_SHARE * smoothstep(before, 0.5 * before, old)
        };
        if by_light < by_odds { by_odds + share * (by_light - by_odds) } else { by_odds }
    }

    /// The colour of one pixel of the region afterwards.
    pub(super) fn apply(&self, rgb: [u8; 3]) -> [u8; 3] {
        let old = Lit::new(rgb);
        let Some((share, lightness, tint)) = self.changed(old) else { return rgb };
        let share = share * self.amount;
        if share <= 0.0 {
            return rgb;
        }
        let from = oklab_from_srgb(rgb);
        let to = [lightness, tint[0] * lightness, tint[1] * lightness];
        in_gamut(std::array::from_fn(|axis| from[axis] + share * (to[axis] - from[axis])))
    }

    /// How much a colour changes, 0 to 1, and its lightness and tint if that is 1.
    fn changed(&self, old: Lit) -> Option<(f32, f32, [f32; 2])> {
        match self.source {
            Material::None => None,
            Material::Grey { tint } => {
                let new = std::array::from_fn(|i| self.tint[i] + KEPT_VARIATION * (old.tint[i] - tint[i]));
                Some((self.source.membership(old), self.new_lightness(old.lightness), new))
            }
            Material::Coloured { tint, light, .. } => {
                let body = Body::of(old, *tint, *light);
                // Near black has no tint to tell by: it counts as the material's shadow.
                let shadow = smoothstep(0.2, 0.08, old.lightness) * smoothstep(0.15, 0.05, length(old.tint));
                let amount = body.amount.max(shadow);
                let (before, after) = self.lit;
                let curved = self.new_lightness(old.lightness);
                // Pixels that show little of the material: when brightening, no darker than the material then, nor
                // brighter than before; when darkening, they lose their share.
                let (least, little, (part, whole)) = if after > before {
                    ((0.06, 0.2), old.lightness.max(curved.min(after)), (0.2, 0.6))
                } else {
                    let mixed = old.lightness + amount.min(1.0) * (after - before);
                    ((0.1, 0.25), mixed.max(0.0), (0.12, 0.4))
                };
                let share = self.source.nearness(body).max(shadow) * smoothstep(least.0, least.1, amount);
                let lightness = little + smoothstep(part, whole, amount) * (curved - little);
                let way = [self.tint[0] - light[0], self.tint[1] - light[1]];
                let way = at_most(way, MAX_GAIN * body.whole);
                let way_from_grey = at_most(self.tint, MAX_GAIN * body.whole);
                // Across the way there is what the hue varies by.
                let gain = KEPT_VARIATION * body.aside / body.whole.max(1e-3);
                let along = body.amount.clamp(0.0, 1.0);
                // Extra saturation is in the hue of the target, away from the light or not.
                let more = body.amount.clamp(1.0, 1.6) - 1.0;
                let tint: [f32; 2] = std::array::from_fn(|i| {
                    let across = if i == 0 { -way[1] } else { way[0] };
                    along * way[i] + gain * across + more * way_from_grey[i]
                });
                Some((share, lightness, [light[0] + tint[0], light[1] + tint[1]]))
            }
        }
    }
}

/// A tint as a mixture of a material's own and the light's.
#[derive(Clone, Copy)]
struct Body {
    /// How much of the material shows: 1 is its usual tint, 0 that of the light.
    amount: f32,
    /// Distance from the line between the two, to the side of growing hue.
    aside: f32,
    /// Distance of the two.
    whole: f32,
}

impl Body {
    fn of(lit: Lit, tint: [f32; 2], light: [f32; 2]) -> Self {
        let way = [tint[0] - light[0], tint[1] - light[1]];
        let here = [lit.tint[0] - light[0], lit.tint[1] - light[1]];
        let whole = length(way).max(1e-3);
        let amount = (here[0] * way[0] + here[1] * way[1]) / (whole * whole);
        let aside = (way[0] * here[1] - way[1] * here[0]) / whole;
        Self { amount, aside, whole }
    }
}

fn length([a, b]: [f32; 2]) -> f32 {
    a.hypot(b)
}

/// The same direction, no longer than `most`.
fn at_most(tint: [f32; 2], most: f32) -> [f32; 2] {
    let scale = (most / length(tint).max(1e-6)).min(1.0);
    tint.map(|axis| axis * scale)
}

/// `tint` and a share of `other`.
fn shifted(tint: [f32; 2], other: [f32; 2], share: f32) -> [f32; 2] {
    [tint[0] + share * other[0], tint[1] + share * other[1]]
}

impl Material {
    /// How much a pixel belongs to the main material, 0 to 1; highlights do not.
    fn membership(&self, lit: Lit) -> f32 {
        match self {
            Self::None => 0.0,
            Self::Grey { tint } => smoothstep(0.28, 0.12, length([lit.tint[0] - tint[0], lit.tint[1] - tint[1]])),
            Self::Coloured { tint, light, .. } => {
                let body = Body::of(lit, *tint, *light);
                self.nearness(body) * smoothstep(0.12, 0.4, body.amount)
            }
        }
    }

    /// Whether a tint can come from the main material and the light, 0 to 1.
    fn nearness(&self, body: Body) -> f32 {
        let Self::Coloured { reach: [below, above], .. } = self else { return 0.0 };
        let reach = if body.aside < 0.0 { below } else { above };
        let angle = (body.aside.abs() - TINT_NOISE).max(0.0).atan2(body.amount * body.whole);
        smoothstep(reach.end, reach.full, angle)
    }

    fn main(samples: &[(Lit, f32)]) -> Self {
        let (grey, coloured) = GREY_SATURATION;
        let (mut total, mut grey_share) = (0.0_f32, 0.0_f32);
        let mut bins = [0.0_f32; BINS];
        for (lit, weight) in samples {
            let colour = smoothstep(grey, coloured, lit.saturation()) * weight;
            total += weight;
            grey_share += weight - colour;
            // Weighted by saturation: people name a thing by its most colourful part.
            bins[bin(lit.hue())] += colour * lit.saturation();
        }
        if total <= 0.0 {
            return Self::None;
        }
        let peak = main_hue(&bins);
        let valleys = [valley(&bins, peak, -1), valley(&bins, peak, 1)];
        let peak = (peak as f32 + 0.5) * BIN - PI;
        let within = |distance: f32| distance.abs() < if distance < 0.0 { valleys[0] } else { valleys[1] };
        let near = |lit: &Lit| lit.saturation() > grey && within(wrapped(lit.hue() - peak));
        let members: Vec<_> = samples.iter().filter(|(lit, _)| near(lit)).collect();
        let share: f32 = members.iter().map(|(lit, w)| w * smoothstep(grey, coloured, lit.saturation())).sum();
        // Highlights and deep shadows of a coloured thing are grey too, which is why grey needs the larger share.
        if share < 0.7 * grey_share {
            let greys = samples.iter().filter(|(lit, _)| lit.saturation() < coloured);
            let axis = |i: usize| quantile(greys.clone().map(|(lit, w)| (lit.tint[i], *w)), 0.5).unwrap_or(0.0);
            return Self::Grey { tint: [axis(0), axis(1)] };
        }
        let offset = quantile(members.iter().map(|(lit, w)| (wrapped(lit.hue() - peak), *w)), 0.5).unwrap_or(0.0);
        let distances = members.iter().map(|(lit, w)| (wrapped(lit.hue() - peak - offset).abs(), *w));
        // 1.5 times the 68 % quantile: the material's own spread, within what one material can show.
        let width = (1.5 * quantile(distances, 0.68).unwrap_or(0.0)).clamp(MIN_WIDTH, MAX_WIDTH);
        let reach = [valleys[0] + offset, valleys[1] - offset].map(|valley| {
            let end = (width + SOFT_BORDER).min(valley + BIN).max(BIN);
            Reach { full: width.min(0.6 * end), end }
        });
        let saturation = quantile(members.iter().map(|(lit, w)| (lit.saturation(), *w)), 0.5).unwrap_or(coloured);
        let hue = peak + offset;
        let tint = [hue.cos() * saturation, hue.sin() * saturation];
        let lightness = quantile(members.iter().map(|(lit, w)| (lit.lightness, *w)), 0.6).unwrap_or(1.0);
        Self::Coloured { tint, light: light_tint(samples, lightness, saturation), reach }
    }
}

/// Tint of the light, from bright, nearly colourless places: highlights, and white things nearby.
fn light_tint(samples: &[(Lit, f32)], lightness: f32, saturation: f32) -> [f32; 2] {
    let limit = (0.4 * saturation).min(2.0 * MAX_LIGHT_TINT);
    let shows = |lit: &Lit| lit.lightness > (lightness + 0.12).max(0.6) && lit.saturation() < limit;
    let bright: Vec<_> = samples.iter().filter(|(lit, _)| shows(lit)).collect();
    let (total, weight) = (weight_of(samples.iter()), weight_of(bright.iter().copied()));
    if weight < MIN_LIT_SHARE * total {
        return [0.0; 2];
    }
    let axis = |i: usize| quantile(bright.iter().map(|(lit, w)| (lit.tint[i], *w)), 0.5).unwrap_or(0.0);
    at_most([axis(0), axis(1)], MAX_LIGHT_TINT)
}

/// Less of a region than this says nothing about the light.
const MIN_LIT_SHARE: f32 = 0.002;

fn weight_of<'s>(samples: impl Iterator<Item = &'s (Lit, f32)>) -> f32 {
    samples.map(|(_, weight)| weight).sum()
}

/// Half width of one material's hues, in radians: 12° to 35°.
const MIN_WIDTH: f32 = 12.0 * PI / 180.0;
const MAX_WIDTH: f32 = 35.0 * PI / 180.0;

/// Hues beyond the width fade out over this angle, in radians.
const SOFT_BORDER: f32 = 25.0 * PI / 180.0;

/// Bins of the hue histogram, 5° each.
const BINS: usize = 72;

/// Width of a bin in radians.
const BIN: f32 = TAU / BINS as f32;

fn bin(hue: f32) -> usize {
    ((hue + PI) / BIN) as usize % BINS
}

/// The middle of the five bins (25°) that hold most.
fn main_hue(bins: &[f32; BINS]) -> usize {
    let around = |centre: usize| (0..5).map(|offset| bins[(centre + BINS + offset - 2) % BINS]).sum::<f32>();
    (0..BINS).max_by(|a, b| around(*a).total_cmp(&around(*b))).unwrap_or(0)
}

/// Angle from the peak to the valley before the next material's hue; at most [`MAX_WIDTH`] and the border.
fn valley(bins: &[f32; BINS], peak: usize, direction: isize) -> f32 {
    let furthest = ((MAX_WIDTH + SOFT_BORDER) / BIN) as isize;
    let at = |step: isize| {
        let centre = (peak + BINS).wrapping_add_signed(direction * step);
        (0..3).map(|offset| bins[(centre + offset - 1) % BINS]).sum::<f32>()
    };
    let (top, mut lowest, mut lowest_step) = (at(0), at(1), 1);
    for step in 2..=furthest {
        let here = at(step);
        if here < lowest {
            (lowest, lowest_step) = (here, step);
        } else if here > 1.25 * lowest + 0.01 * top {
            return lowest_step as f32 * BIN;
        }
    }
    furthest as f32 * BIN
}

/// The same angle between −π and π.
fn wrapped(angle: f32) -> f32 {
    (angle + PI).rem_euclid(TAU) - PI
}

/// The value below which `share` of the weight lies; `None` without weight.
fn quantile(values: impl Iterator<Item = (f32, f32)>, share: f32) -> Option<f32> {
    let mut values: Vec<_> = values.filter(|(_, weight)| *weight > 0.0).collect();
    values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let total: f64 = values.iter().map(|(_, weight)| f64::from(*weight)).sum();
    let mut below = 0.0;
    let reached = values.iter().find(|(_, weight)| {
        below += f64::from(*weight);
        below >= total * f64::from(share)
    });
    reached.or(values.last()).map(|(value, _)| *value)
}
