//! Another colour for a thing, with its shading, highlights and texture.
//!
//! Light that falls on one material scales its linear RGB, and with it all three Oklab coordinates alike: what says
//! "same material" is hue and *saturation*, chroma over lightness, whatever the shading (the idea of illumination
//! invariants, Finlayson et al. 2006, in Oklab). So the region's main saturation and hue are found and replaced, the
//! lightness follows a monotone curve, and pixels that are not of the main material (a white rim, the coffee in the
//! cup) move less or not at all.

use super::Region;
use super::oklab::{in_gamut, lightness_curve, logit, smoothstep};
use super::parts::{Paint, Parts};
use super::samples::Samples;
use crate::domain::Raster;
use crate::domain::colour::oklab_from_srgb;
use crate::engine::{EngineError, JobCx};
use std::f32::consts::{PI, TAU};

/// What of the target's lightness is taken over: the rest belongs to the light in the scene.
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

/// A measured region and where it shall go.
struct Recolour {
    source: Material,
    /// Hue in radians and saturation of the target.
    hue: f32,
    saturation: f32,
    /// Lightness of the lit material before and after.
    lit: (f32, f32),
    amount: f32,
}

/// The main material of a region.
enum Material {
    /// Nothing is there.
    None,
    /// White, grey or black with this tint (Oklab a and b over lightness).
    Grey { tint: [f32; 2] },
    /// A colour: hue in radians and how far it reaches below and above, and saturation.
    Coloured { hue: f32, reach: [Reach; 2], saturation: f32 },
}

/// How far from the main hue, in radians, a pixel belongs to the material.
#[derive(Clone, Copy)]
struct Reach {
    /// Up to here completely.
    full: f32,
    /// From here on not at all.
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

/// Gives the region's main material the colour `target` (sRGB); `amount` 0 to 1 goes part of the way.
pub(super) fn recolour(
    region: Region<'_>,
    target: [u8; 3],
    amount: f32,
    cx: &JobCx<'_>,
) -> Result<Raster, EngineError> {
    let samples = Samples::of(region, cx)?;
    let mut lit: Vec<(Lit, f32)> = samples.colours.iter().map(|(rgb, weight)| (Lit::new(*rgb), *weight)).collect();
    cx.check()?;
    let mut recolour = Recolour::new(Material::main(&lit), target, amount);
    cx.check()?;
    let parts = match recolour.source {
        Material::Coloured { hue, .. } => {
            let paint = |(lit, weight): &(Lit, f32)| Paint {
                share: recolour.membership(*lit) * weight,
                hue: wrapped(lit.hue() - hue),
                saturation: lit.saturation(),
            };
            Parts::find(&samples, &lit.iter().map(paint).collect::<Vec<_>>(), cx)?
        }
        Material::None | Material::Grey { .. } => None,
    };
    if let Some(parts) = &parts {
        lit.iter_mut().zip(parts.kept()).for_each(|((_, weight), kept)| *weight *= kept);
    }
    recolour.fit_lightness(&lit, target);
    cx.check()?;
    let mut changed = region.map(cx, |rgb| recolour.apply(rgb))?;
    if let Some(parts) = parts {
        parts.put_back(region, &mut changed, cx)?;
    }
    Ok(changed)
}

impl Recolour {
    fn new(source: Material, target: [u8; 3], amount: f32) -> Self {
        let [lightness, a, b] = oklab_from_srgb(target);
        Self { source, hue: b.atan2(a), saturation: a.hypot(b) / lightness.max(0.12), lit: (0.5, 0.5), amount }
    }

    /// Chooses the lightness curve that takes the material to the lightness of `target`.
    fn fit_lightness(&mut self, samples: &[(Lit, f32)], target: [u8; 3]) {
        // The lit part of the material decides, not its shadows.
        let members = samples.iter().map(|(lit, weight)| (lit.lightness, weight * self.membership(*lit)));
        if let Some(lit) = quantile(members, 0.6) {
            let wanted = oklab_from_srgb(target)[0].clamp(*MATERIAL_LIGHTNESS.start(), *MATERIAL_LIGHTNESS.end());
            self.lit = (lit, LIGHTNESS_SHARE.mul_add(wanted - lit, lit));
        }
    }

    /// A curve through black, white and the lit material.
    ///
    /// A shift of the odds keeps highlights, but on the way up it would lift shadows until nothing looks round: there the
    /// larger part is what the same light on a brighter material gives.
    fn new_lightness(&self, old: f32) -> f32 {
        let (before, after) = self.lit;
        let by_odds = lightness_curve(old, 0.5, 1.0, logit(after) - logit(before));
        let by_light = old * (after / before.max(1e-3));
        if by_light < by_odds {
            (SHADOW_SHARE * smoothstep(before, 0.5 * before, old)).mul_add(by_light - by_odds, by_odds)
        } else {
            by_odds
        }
    }

    /// The colour of one pixel of the region afterwards.
    fn apply(&self, rgb: [u8; 3]) -> [u8; 3] {
        let old = Lit::new(rgb);
        let share = self.membership(old) * self.amount;
        if share <= 0.0 {
            return rgb;
        }
        let lightness = self.new_lightness(old.lightness);
        let tint = self.new_tint(old);
        let from = oklab_from_srgb(rgb);
        let to = [lightness, tint[0] * lightness, tint[1] * lightness];
        in_gamut(std::array::from_fn(|axis| share.mul_add(to[axis] - from[axis], from[axis])))
    }

    fn new_tint(&self, old: Lit) -> [f32; 2] {
        let [a, b] = [self.hue.cos(), self.hue.sin()];
        match self.source {
            Material::None => old.tint,
            Material::Grey { tint } => {
                let varied =
                    |axis: f32, old: f32, mean: f32| KEPT_VARIATION.mul_add(old - mean, axis * self.saturation);
                [varied(a, old.tint[0], tint[0]), varied(b, old.tint[1], tint[1])]
            }
            Material::Coloured { hue, saturation, .. } => {
                let hue = KEPT_VARIATION.mul_add(wrapped(old.hue() - hue), self.hue);
                let gain = (self.saturation / saturation).min(MAX_GAIN);
                let saturation = old.saturation().min(1.6 * saturation) * gain;
                [hue.cos() * saturation, hue.sin() * saturation]
            }
        }
    }

    /// How much a pixel belongs to the main material, 0 to 1.
    fn membership(&self, lit: Lit) -> f32 {
        match self.source {
            Material::None => 0.0,
            Material::Grey { tint } => smoothstep(0.28, 0.12, (lit.tint[0] - tint[0]).hypot(lit.tint[1] - tint[1])),
            Material::Coloured { hue, reach: [below, above], saturation } => {
                let distance = wrapped(lit.hue() - hue);
                let reach = if distance < 0.0 { below } else { above };
                let near = smoothstep(reach.end, reach.full, distance.abs());
                near * smoothstep(0.12, 0.4, lit.saturation() / saturation)
            }
        }
    }
}

impl Material {
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
        Self::Coloured { hue: peak + offset, reach, saturation }
    }
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
