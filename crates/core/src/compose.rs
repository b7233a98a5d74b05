//! The two masks of an edit and the one place where pixels are put into a document.
//!
//! A person's mask says *what*; from it come the *denoise* mask (what the engine repaints, a little larger) and the
//! *blend* mask (how much of the repainted pixels shows). Outside the blend mask no byte changes: that is the
//! program's first promise, and [`blend_patch`] is where it is kept.

use super::{Bounds, Mask, Raster};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// How a person's mask becomes the denoise and blend masks; all lengths in document pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BlendSettings {
    /// The engine repaints this far beyond the mask.
    pub grow: f32,
    /// Width of the soft edge between new and old pixels, which lies outside the mask and inside the grown part.
    pub feather: f32,
}

impl Default for BlendSettings {
    fn default() -> Self {
        Self { grow: 4.0, feather: 3.0 }
    }
}

impl BlendSettings {
    /// Valid values of both lengths, in pixels.
    pub const LENGTHS: RangeInclusive<f32> = 0.0..=64.0;
    /// For edits that follow the mask exactly, like a recolour: nothing outside it is repainted.
    pub const EXACT: Self = Self { grow: 0.0, feather: 0.0 };
    /// For models that paint something new: they need room to blend it into its surroundings.
    pub const GENERATED: Self = Self { grow: 12.0, feather: 9.0 };
}

/// The two masks of one edit, at document extent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masks {
    /// What the engine repaints.
    pub denoise: Mask,
    /// How much of the result shows; nowhere beyond `denoise`.
    pub blend: Mask,
}

impl Masks {
    /// Derives both masks from the person's mask.
    pub fn from_selection(selection: &Mask, settings: BlendSettings) -> Self {
        if settings.grow <= 0.0 {
            return Self { denoise: selection.clone(), blend: selection.clone() };
        }
        let denoise = selection.grown(settings.grow);
        let mut blend = selection.grown((settings.grow - settings.feather).max(0.0));
        blend.feather(settings.feather.min(settings.grow));
        // The person's own pixels show in full, and the soft edge ends inside what was repainted.
        blend.union(selection);
        blend.intersect(&denoise);
        Self { denoise, blend }
    }
}

/// Blends `patch` over `base` at `bounds`, as much as `blend` says; alpha is straight, not premultiplied.
///
/// `patch` and `blend` have the extent of `bounds`; the part of `bounds` outside the base is dropped.
/// Where the coverage is 0 the base keeps every byte; where it is 255 its pixel becomes exactly the patch's. In between,
/// colours are weighted by their alpha.
///
/// # Panics
/// If `patch`, `blend` and `bounds` differ in extent.
pub fn blend_patch(base: &mut Raster, patch: &Raster, blend: &Mask, bounds: Bounds) {
    blend_patch_at(base, patch, blend, bounds, u8::MAX);
}

/// The same at an opacity of 0 to 255: each coverage counts for that part of itself.
///
/// # Panics
/// If `patch`, `blend` and `bounds` differ in extent.
pub fn blend_patch_at(base: &mut Raster, patch: &Raster, blend: &Mask, bounds: Bounds, opacity: u8) {
    assert!(
        patch.extent() == bounds.extent() && blend.extent() == bounds.extent(),
        "patch, blend mask and bounds differ in size"
    );
    let part = bounds.clamp(base.extent());
    let base_extent = base.extent();
    let width = part.width as usize;
    for y in part.y..part.bottom() {
        let from = bounds.extent().index((part.x - bounds.x).unsigned_abs(), (y - bounds.y).unsigned_abs());
        let to = base_extent.index(part.x.unsigned_abs(), y.unsigned_abs());
        let old = &mut base.pixels_mut()[to..to + width];
        let new = &patch.pixels()[from..from + width];
        let coverage = &blend.coverage()[from..from + width];
        for ((old, new), &coverage) in old.iter_mut().zip(new).zip(coverage) {
            let coverage = mix(0, coverage, opacity);
            if coverage == 0 {
                continue;
            }
            *old = if old[3] == new[3] { mix_colours(*old, *new, coverage) } else { mix_pixels(*old, *new, coverage) };
        }
    }
}

/// Mixes two pixels of equal alpha.
fn mix_colours(old: [u8; 4], new: [u8; 4], coverage: u8) -> [u8; 4] {
    [0, 1, 2, 3].map(|channel| if channel == 3 { old[3] } else { mix(old[channel], new[channel], coverage) })
}

/// Mixes two pixels, their colours weighted by alpha.
fn mix_pixels(old: [u8; 4], new: [u8; 4], coverage: u8) -> [u8; 4] {
    if coverage == 255 {
        return new;
    }
    let (of_old, of_new) = (u32::from(old[3]) * u32::from(255 - coverage), u32::from(new[3]) * u32::from(coverage));
    let weight = (of_old + of_new).max(1);
    let channel = |k: usize| ((u32::from(old[k]) * of_old + u32::from(new[k]) * of_new + weight / 2) / weight) as u8;
    [channel(0), channel(1), channel(2), mix(old[3], new[3], coverage)]
}

/// `old` at coverage 0, `new` at 255, and a mix rounded to the nearest value in between.
pub(super) fn mix(old: u8, new: u8, coverage: u8) -> u8 {
    let (old, new, c) = (u32::from(old), u32::from(new), u32::from(coverage));
    ((old * (255 - c) + new * c + 127) / 255) as u8
}

/// How many pixels differ between two images of the same extent, split by a mask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedPixels {
    /// Pixels that differ where the mask has any coverage.
    pub inside: usize,
    /// Pixels that differ where the mask has none; always 0 for a blended patch and its blend mask.
    pub outside: usize,
}

/// Counts pixels that differ inside and outside `mask`.
///
/// # Panics
/// If the three extents differ.
pub fn changed_pixels(before: &Raster, after: &Raster, mask: &Mask) -> ChangedPixels {
    assert!(
        before.extent() == after.extent() && before.extent() == mask.extent(),
        "comparing images of different sizes"
    );
    let mut changed = ChangedPixels::default();
    for ((a, b), &coverage) in before.pixels().iter().zip(after.pixels()).zip(mask.coverage()) {
        if a != b {
            if coverage == 0 { changed.outside += 1 } else { changed.inside += 1 }
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Extent;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn blending_changes_no_byte_where_coverage_is_zero(
            (w, h) in (1_u32..40, 1_u32..40), x in -20_i32..40, y in -20_i32..40, seed in any::<u32>(),
        ) {
            let noise = |salt: u32| move |x: u32, y: u32| (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503) ^ seed ^ salt).to_le_bytes();
            let base = Raster::from_fn(Extent::new(30, 25), noise(1));
            let bounds = Bounds::new(x, y, w, h);
            let patch = Raster::from_fn(bounds.extent(), noise(2));
            let blend = Mask::from_fn(bounds.extent(), |x, y| { let v = noise(3)(x, y)[0]; if v < 128 { 0 } else { v } });
            let mut result = base.clone();
            blend_patch(&mut result, &patch, &blend, bounds);
            for py in 0..25 {
                for px in 0..30 {
                    let (bx, by) = (px as i32 - x, py as i32 - y);
                    let coverage = if bounds.contains(px as i32, py as i32) { blend.at(bx as u32, by as u32) } else { 0 };
                    let (before, after) = (base.pixel(px, py), result.pixel(px, py));
                    if coverage == 0 {
                        prop_assert_eq!(before, after);
                    }
                    if coverage == 255 {
                        prop_assert_eq!(after, patch.pixel(bx as u32, by as u32));
                    }
                }
            }
        }
    }

    #[test]
    fn colours_that_nobody_sees_do_not_tint_what_is_mixed_with_them() {
        let mut base = Raster::filled(Extent::new(1, 1), [200, 100, 0, 255]);
        let patch = Raster::filled(Extent::new(1, 1), [0, 0, 255, 0]);
        let half = Mask::from_fn(Extent::new(1, 1), |_, _| 128);
        blend_patch(&mut base, &patch, &half, Bounds::new(0, 0, 1, 1));
        assert_eq!(base.pixel(0, 0), [200, 100, 0, 127]);
    }

    #[test]
    fn the_blend_mask_covers_the_selection_and_stays_inside_the_repainted_part() {
        let selection = Mask::rectangle(Extent::new(60, 50), Bounds::new(20, 20, 12, 9));
        let masks = Masks::from_selection(&selection, BlendSettings::default());
        for ((&s, &d), &b) in selection.coverage().iter().zip(masks.denoise.coverage()).zip(masks.blend.coverage()) {
            assert!(s <= b && b <= d, "selection {s}, blend {b}, denoise {d}");
        }
        assert!(masks.blend.coverage().iter().any(|&b| b > 0 && b < 255), "the edge is soft");
        assert_eq!(Masks::from_selection(&selection, BlendSettings::EXACT).blend, selection);
    }
}
