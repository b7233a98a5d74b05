//! Trials of adjustments: changes the visible part of a region quickly enough to follow a slider.

use super::lut::{Lut, Used};
use super::{Adjust, Amount, Measures, Region, blur, change, sharpen};
use crate::inpainter::Inpainter as _;
use crate::{EngineError, JobCx};
use rayon::prelude::*;
use std::mem::discriminant;
use std::sync::{Arc, Weak};
use tie_core::{AdjustKind, BlendSettings, Bounds, Extent, Fit, Mask, Masks, Raster, Recipe, View};

/// At most this many pixels are tried: those of a large screen.
const MOST_PIXELS: f32 = (1 << 22) as f32;

/// At most this many are blurred, which costs more and shows no detail anyway.
const MOST_BLURRED: f32 = (1 << 19) as f32;

/// Previews adjustments while a slider moves; keep it between calls, because it reuses what one region's previews share.
#[derive(Default)]
pub struct Trials {
    last: Option<Prepared>,
}

/// A region whose changes of one kind are tried.
struct Prepared {
    /// The image it was made from; weak, so that a stroke on the mask does not have to copy it.
    image: Weak<Raster>,
    selection: Weak<Mask>,
    blend: BlendSettings,
    kind: AdjustKind,
    /// What changes and how much of it shows, if it is not the selection.
    denoise: Option<Mask>,
    blended: Option<Mask>,
    /// Around all that changes.
    bounds: Bounds,
    measures: Measures,
    shown: Option<(View, Shown)>,
}

/// The part of a region that is in sight, at the size it has there.
struct Shown {
    part: Bounds,
    /// Pixels here for one of the image.
    scale: f32,
    pixels: Raster,
    blend: Mask,
    how: How,
}

/// What a kind of change reads.
enum How {
    /// Each pixel alone: the entries of a table, and how much each pixel changes if not completely.
    Colours { used: Used, kept: Option<Vec<u8>> },
    /// Pixels around it, inside this mask, for a blur.
    Around { mask: Mask },
    /// Pixels around it, for sharpening: what does not depend on the amount.
    Edges(sharpen::Edges),
}

impl Trials {
    /// How `recipe` would look in the visible part of the image: its bounds in image pixels, and the new pixels to
    /// stretch over them, with alpha for how much of them shows.
    ///
    /// The region is measured as for the result. Colours differ from the result's by less than one 8-bit step in the mean, and
    /// by more than 8 steps in less than 2 % of the pixels (tested). In a zoomed-out view, fine texture is averaged before the
    /// change and not after it.
    ///
    /// # Errors
    /// [`EngineError::Unsuitable`] if nothing is selected or the recipe adjusts nothing, [`EngineError::Cancelled`].
    pub fn look(
        &mut self,
        image: &Arc<Raster>,
        selection: &Arc<Mask>,
        recipe: &Recipe,
        view: View,
        cx: &JobCx<'_>,
    ) -> Result<(Bounds, Raster), EngineError> {
        let nothing = || {
            EngineError::Unsuitable(
                "The mask is empty, so there is nothing to preview. Paint over something first.".to_owned(),
            )
        };
        let adjustment = recipe.adjustment().filter(|_| selection.extent() == image.extent());
        let adjustment = adjustment.ok_or_else(nothing)?;
        if self.last.as_ref().is_none_or(|last| !last.is_of(image, selection, recipe.blend, adjustment.kind)) {
            self.last = None;
            self.last = Some(Prepared::new(image, selection, recipe, adjustment.kind, cx)?);
        }
        let prepared = self.last.as_mut().filter(|prepared| !prepared.bounds.is_empty()).ok_or_else(nothing)?;
        if prepared.shown.as_ref().is_none_or(|(of, _)| *of != view) {
            prepared.shown = Some((view, prepared.show(image, selection, view, cx)?));
        }
        let Some((_, shown)) = &prepared.shown else { return Err(nothing()) };
        cx.check()?;
        let pixels = shown.changed(adjustment.kind, Amount::of(adjustment), &prepared.measures, cx)?;
        Ok((shown.part, pixels))
    }
}

impl Prepared {
    fn new(
        image: &Arc<Raster>,
        selection: &Arc<Mask>,
        recipe: &Recipe,
        kind: AdjustKind,
        cx: &JobCx<'_>,
    ) -> Result<Self, EngineError> {
        let region = Adjust.region(selection, recipe);
        let (denoise, blended) = if recipe.blend.grow > 0.0 {
            let masks = Masks::from_selection(&region, recipe.blend);
            (Some(masks.denoise), Some(masks.blend))
        } else {
            (matches!(region, std::borrow::Cow::Owned(_)).then(|| region.into_owned()), None)
        };
        cx.check()?;
        let mask = denoise.as_ref().unwrap_or(selection);
        let region = Region { image, mask, bounds: mask.bounds() };
        Ok(Self {
            image: Arc::downgrade(image),
            selection: Arc::downgrade(selection),
            blend: recipe.blend,
            kind,
            bounds: region.bounds,
            measures: Measures::of(kind, region, cx)?,
            denoise,
            blended,
            shown: None,
        })
    }

    fn is_of(&self, image: &Arc<Raster>, selection: &Arc<Mask>, blend: BlendSettings, kind: AdjustKind) -> bool {
        self.image.upgrade().is_some_and(|known| Arc::ptr_eq(&known, image))
            && self.selection.upgrade().is_some_and(|known| Arc::ptr_eq(&known, selection))
            && self.blend == blend
            && discriminant(&self.kind) == discriminant(&kind)
    }

    fn show(&self, image: &Raster, selection: &Mask, view: View, cx: &JobCx<'_>) -> Result<Shown, EngineError> {
        let reach = match (&self.measures, self.kind) {
            (Measures::Area(area), _) => 3.0 * blur::sigma(*area, 1.0),
            (_, AdjustKind::Sharpen) => sharpen::RADIUS as f32,
            _ => 0.0,
        };
        let sight = view.bounds.grow(reach.ceil() as u32 + 1).clamp(image.extent());
        let part = self.bounds.intersect(sight);
        // Nothing of it is visible: one transparent pixel.
        let part = if part.is_empty() { Bounds { width: 1, height: 1, ..self.bounds } } else { part };
        let most = if matches!(self.measures, Measures::Area(_)) { MOST_BLURRED } else { MOST_PIXELS };
        let fitting = (most / part.extent().area() as f32).sqrt();
        let scale = view.scale.min(fitting).clamp(1e-3, 1.0);
        let side = |length: u32| ((length as f32 * scale).round() as u32).clamp(1, length);
        let extent = Extent::new(side(part.width), side(part.height));
        let pixels = image.crop(part).resize(extent);
        cx.check()?;
        let denoise = self.denoise.as_ref().unwrap_or(selection);
        let small = |mask: &Mask| mask.crop(part).fitted(extent, Fit::Scale);
        let blend = small(self.blended.as_ref().unwrap_or(denoise));
        cx.check()?;
        let how = if self.kind == AdjustKind::Blur {
            How::Around { mask: small(denoise) }
        } else if self.kind == AdjustKind::Sharpen {
            let mask = small(denoise);
            let region = Region { image: &pixels, mask: &mask, bounds: mask.bounds() };
            How::Edges(sharpen::Edges::of(region, scale, cx)?)
        } else {
            let seen = pixels.pixels().iter().zip(blend.coverage()).filter(|(_, coverage)| **coverage > 0);
            let used = Used::by(seen.map(|(&[r, g, b, _], _)| [r, g, b]));
            How::Colours { used, kept: self.kept(part, extent) }
        };
        Ok(Shown { part, scale, pixels, blend, how })
    }

    /// How much each pixel of a part changes, 0 to 255.
    fn kept(&self, part: Bounds, extent: Extent) -> Option<Vec<u8>> {
        let parts = self.measures.parts()?;
        let (left, top) = (part.x - self.bounds.x, part.y - self.bounds.y);
        let at = |pixel: u32, of: u32, length: u32| ((pixel as f32 + 0.5) * length as f32 / of as f32) as usize;
        let row = |y: u32| {
            let y = top.unsigned_abs() as usize + at(y, extent.height, part.height);
            let kept = move |x: u32| {
                let x = left.unsigned_abs() as usize + at(x, extent.width, part.width);
                (parts.at(x, y) * 255.0).round() as u8
            };
            (0..extent.width).map(kept)
        };
        Some((0..extent.height).flat_map(row).collect())
    }
}

impl Shown {
    fn changed(
        &self,
        kind: AdjustKind,
        amount: Amount,
        measures: &Measures,
        cx: &JobCx<'_>,
    ) -> Result<Raster, EngineError> {
        match (&self.how, measures) {
            _ if amount.0 == 0.0 => Ok(self.mapped(self.pixels.clone(), |_, rgb| rgb)),
            (How::Around { mask }, Measures::Area(area)) => {
                let region = Region { image: &self.pixels, mask, bounds: mask.bounds() };
                let quiet = cx.with_report(&|_| {});
                let blurred = blur::blur(region, self.scale * blur::sigma(*area, amount.0), &quiet)?;
                Ok(self.mapped(blurred, |_, rgb| rgb))
            }
            (How::Around { .. }, _) => Ok(self.mapped(self.pixels.clone(), |_, rgb| rgb)),
            (How::Edges(edges), _) => {
                Ok(self.mapped(self.pixels.clone(), |index, rgb| edges.sharpened(index, rgb, amount.0)))
            }
            (How::Colours { used, kept }, _) => {
                let lut = Lut::of(used, &*change(kind, amount, measures));
                cx.check()?;
                Ok(match kept {
                    None => self.mapped(self.pixels.clone(), |_, rgb| lut.at(rgb)),
                    Some(kept) => self.mapped(self.pixels.clone(), |index, rgb| mixed(rgb, lut.at(rgb), kept[index])),
                })
            }
        }
    }

    /// `pixels` with every colour that shows mapped, by the pixel's index too; alpha is how much shows.
    fn mapped(&self, mut pixels: Raster, colour: impl Fn(usize, [u8; 3]) -> [u8; 3] + Sync) -> Raster {
        let width = self.pixels.extent().width.max(1) as usize;
        let rows = pixels.pixels_mut().par_chunks_mut(width).zip(self.blend.coverage().par_chunks(width));
        rows.enumerate().for_each(|(y, (pixels, coverage))| {
            for (x, (pixel, &coverage)) in pixels.iter_mut().zip(coverage).enumerate() {
                let [r, g, b, alpha] = *pixel;
                if coverage > 0 {
                    let [r, g, b] = colour(y * width + x, [r, g, b]);
                    *pixel = [r, g, b, ((u32::from(alpha) * u32::from(coverage) + 127) / 255) as u8];
                } else {
                    pixel[3] = 0;
                }
            }
        });
        pixels
    }
}

fn mixed(old: [u8; 3], new: [u8; 3], share: u8) -> [u8; 3] {
    if share == 255 {
        return new;
    }
    let share = u32::from(share);
    std::array::from_fn(|i| ((u32::from(new[i]) * share + u32::from(old[i]) * (255 - share) + 127) / 255) as u8)
}
