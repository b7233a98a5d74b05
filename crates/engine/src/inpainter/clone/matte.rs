//! The thing cut out: its own colours without the old background's, and how much of each pixel it covers.
//!
//! In a narrow band along the edge of the mask, a pixel is a mixture of the thing and what lay behind it. Both colours are
//! estimated from their own side, and the pixel's place between them says how much of it is the thing (the projection of
//! Chuang et al. 2001, "A Bayesian approach to digital matting", without its priors). What is left is taken out of the
//! mixture, so that no fringe of the old background travels with the thing.

use crate::{EngineError, JobCx};
use rayon::prelude::*;
use tie_core::{Bounds, Extent, Mask, Raster};

/// A thing without its background, of one extent.
pub(super) struct Matte {
    pub colours: Raster,
    /// How much of each pixel the thing covers.
    pub alpha: Mask,
}

/// Two colours nearer than this (root of the sum of squares) do not tell a thing from its background.
const ALIKE: f32 = 24.0;
/// Two colours further apart than this do.
const DIFFERENT: f32 = 60.0;

/// Cuts out what the mask covers; the answer has the extent of `bounds`, which lies inside the image.
pub(super) fn cut_out(image: &Raster, mask: &Mask, bounds: Bounds, cx: &JobCx<'_>) -> Result<Matte, EngineError> {
    let band = band(bounds);
    let around = bounds.grow(band + REACH).clamp(image.extent());
    let (image, mask) = (image.crop(around), mask.crop(around));
    cx.check()?;
    let sides = Sides::of(&mask, band);
    let extent = around.extent();
    let width = extent.width as usize;
    let mut pixels: Vec<([u8; 4], u8)> = image.pixels().iter().map(|pixel| (*pixel, 0)).collect();
    pixels.par_chunks_mut(width.max(1)).enumerate().for_each(|(row, pixels)| {
        // A cancelled job ends after the rows it has begun.
        if cx.is_cancelled() {
            return;
        }
        for (pixel, index) in pixels.iter_mut().zip(row * width..) {
            if mask.coverage()[index] > 0 {
                *pixel = unmixed(&image, &mask, &sides, extent, index);
            }
        }
    });
    cx.check()?;
    let (colours, alpha): (Vec<[u8; 4]>, Vec<u8>) = pixels.into_iter().unzip();
    let broken = |error: &dyn std::fmt::Display| EngineError::Failed(error.to_string());
    let colours = Raster::new(extent, colours.into_flattened()).map_err(|error| broken(&error))?;
    let alpha = Mask::new(extent, alpha).map_err(|error| broken(&error))?;
    let own = bounds.relative_to(around);
    Ok(Matte { colours: colours.crop(own), alpha: alpha.crop(own) })
}

/// How far inside the edge of the mask a pixel may still hold background, in pixels: masks are a little too wide, and larger
/// photographs have softer edges.
fn band(bounds: Bounds) -> u32 {
    let side = bounds.width.min(bounds.height);
    (side / 30).clamp(3, 6).min(side / 6).max(1)
}

/// How far beyond the band colours are looked for, in pixels.
const REACH: u32 = 5;

/// What surely is the thing, and what surely is not.
struct Sides {
    thing: Mask,
    background: Mask,
    radius: i32,
}

impl Sides {
    fn of(mask: &Mask, band: u32) -> Self {
        let mut hard = mask.clone();
        for coverage in hard.coverage_mut() {
            *coverage = if *coverage >= 128 { 255 } else { 0 };
        }
        let mut thing = hard.clone();
        thing.shrink(band as f32);
        let mut background = mask.clone();
        for coverage in background.coverage_mut() {
            *coverage = if *coverage > 0 { 255 } else { 0 };
        }
        background.grow(1.0);
        background.invert();
        Self { thing, background, radius: (band + REACH) as i32 }
    }

    /// The mean colour of one side around a pixel, nearer ones first; `None` if there is none near.
    fn mean(&self, side: &Mask, image: &Raster, extent: Extent, index: usize) -> Option<[f32; 3]> {
        let width = extent.width as usize;
        let (x, y) = ((index % width) as i32, (index / width) as i32);
        let (mut sum, mut weights) = ([0.0_f32; 3], 0.0_f32);
        for dy in -self.radius..=self.radius {
            for dx in -self.radius..=self.radius {
                let (px, py) = (x + dx, y + dy);
                if px < 0 || py < 0 || px >= extent.width as i32 || py >= extent.height as i32 {
                    continue;
                }
                let at = py as usize * width + px as usize;
                if side.coverage()[at] == 255 {
                    let weight = 1.0 / (1 + dx * dx + dy * dy) as f32;
                    let colour = image.pixels()[at];
                    sum.iter_mut().zip(colour).for_each(|(sum, value)| *sum += weight * f32::from(value));
                    weights += weight;
                }
            }
        }
        (weights > 0.0).then(|| sum.map(|value| value / weights))
    }
}

/// A pixel's own colour and coverage.
fn unmixed(image: &Raster, mask: &Mask, sides: &Sides, extent: Extent, index: usize) -> ([u8; 4], u8) {
    let pixel = image.pixels()[index];
    let covered = smoothed(mask, extent, index);
    if sides.thing.coverage()[index] == 255 {
        return (pixel, 255);
    }
    let near = |side| sides.mean(side, image, extent, index);
    let (Some(thing), Some(background)) = (near(&sides.thing), near(&sides.background)) else {
        return (pixel, covered);
    };
    let rgb = [0, 1, 2].map(|k| f32::from(pixel[k]));
    let between = difference(thing, background);
    let length = dot(between, between);
    let share = (dot(difference(rgb, background), between) / length.max(1.0)).clamp(0.0, 1.0);
    // How far the two colours can be trusted to tell one from the other.
    let trust = ((length.sqrt() - ALIKE) / (DIFFERENT - ALIKE)).clamp(0.0, 1.0);
    let share = 1.0 - trust * (1.0 - ((share - 0.08) / 0.8).clamp(0.0, 1.0));
    let own = if share > 0.5 { [0, 1, 2].map(|k| (rgb[k] - (1.0 - share) * background[k]) / share) } else { thing };
    let [r, g, b] = own.map(|value| value.round().clamp(0.0, 255.0) as u8);
    ([r, g, b, pixel[3]], (f32::from(covered) * share).round() as u8)
}

/// Coverage without steps: a hard mask ends in stairs.
fn smoothed(mask: &Mask, extent: Extent, index: usize) -> u8 {
    let width = extent.width as usize;
    let (x, y) = ((index % width) as u32, (index / width) as u32);
    let (mut sum, mut count) = (0_u32, 0_u32);
    for ny in y.saturating_sub(1)..=(y + 1).min(extent.height - 1) {
        for nx in x.saturating_sub(1)..=(x + 1).min(extent.width - 1) {
            sum += u32::from(mask.at(nx, ny));
            count += 1;
        }
    }
    (sum / count.max(1)) as u8
}

fn difference(a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_fringe_of_the_old_background_comes_along() {
        let extent = Extent::new(60, 60);
        let inside = |x: u32, y: u32| (x as f32 - 30.0).hypot(y as f32 - 30.0) < 18.0;
        // The mask is a pixel too wide all round, and the edge between green and red is mixed half and half.
        let at = |x: u32, y: u32| (x as f32 - 30.0).hypot(y as f32 - 30.0);
        let image = Raster::from_fn(extent, |x, y| match at(x, y) {
            d if d < 17.0 => [200, 30, 30, 255],
            d if d < 18.0 => [115, 115, 30, 255],
            _ => [30, 200, 30, 255],
        });
        let mask = Mask::from_fn(extent, |x, y| if at(x, y) < 19.0 { 255 } else { 0 });
        let matte = cut_out(&image, &mask, mask.bounds(), &JobCx::silent()).unwrap();
        let origin = mask.bounds();
        for (index, (pixel, &alpha)) in matte.colours.pixels().iter().zip(matte.alpha.coverage()).enumerate() {
            let width = matte.colours.extent().width as usize;
            let (x, y) = (index % width + origin.x as usize, index / width + origin.y as usize);
            assert!(alpha < 60 || pixel[1] < 70, "green {pixel:?} with {alpha} at {x}, {y}");
            assert!(inside(x as u32, y as u32) || alpha < 60, "background kept with {alpha} at {x}, {y}");
            assert!(at(x as u32, y as u32) > 15.0 || alpha == 255, "a hole in the thing at {x}, {y}");
        }
    }

    #[test]
    fn a_thing_like_its_background_keeps_the_masks_own_coverage() {
        let extent = Extent::new(30, 30);
        let image = Raster::filled(extent, [90, 90, 90, 255]);
        let bounds = Bounds::new(8, 8, 14, 14);
        let matte = cut_out(&image, &Mask::rectangle(extent, bounds), bounds, &JobCx::silent()).unwrap();
        assert_eq!(matte.alpha.at(7, 7), 255);
        assert!(matte.alpha.at(0, 7) > 120, "{}", matte.alpha.at(0, 7));
    }

    #[test]
    fn a_thread_of_a_thing_is_not_lost() {
        let extent = Extent::new(20, 20);
        let image = Raster::from_fn(extent, |x, _| if x == 9 { [250, 250, 250, 255] } else { [20, 20, 20, 255] });
        let mask = Mask::from_fn(extent, |x, _| if x == 9 { 255 } else { 0 });
        let matte = cut_out(&image, &mask, mask.bounds(), &JobCx::silent()).unwrap();
        assert!(matte.alpha.coverage().iter().all(|&alpha| alpha > 60));
    }
}
