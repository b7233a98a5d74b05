//! The image at halving sizes, with what is known, unknown and allowed as a source at each.

use super::guide::Guess;
use super::window::window_sums;
use crate::{EngineError, JobCx};
use rayon::prelude::*;
use tie_core::{Mask, Raster};

/// Red, green and blue (sRGB-encoded, 0 to 255) and the local texture energy (0 to 255).
///
/// The fourth channel keeps fine texture visible at coarse levels, where its pixels are averaged away: the mean
/// gradient magnitude of the full-size image, as in Newson et al. 2014, "Video inpainting of complex scenes", section 3.3.
pub(super) type Texel = [i16; 4];

/// Weight of the texture channel against a colour channel.
const TEXTURE_GAIN: f32 = 3.0;
/// Half the side, in full-size pixels, of the window over which the texture energy is averaged.
const TEXTURE_RADIUS: usize = 2;

/// The image at one size.
#[derive(Clone)]
pub(super) struct Level {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Row-major; inside the hole it is the current guess.
    pub(super) texels: Vec<Texel>,
    /// Pixels to fill.
    pub(super) hole: Vec<bool>,
    /// Pixels that may be copied from; never in the hole.
    pub(super) source: Vec<bool>,
    /// The expected colour of each pixel; empty until it is [measured](super::guide::measure).
    pub(super) guide: Vec<Guess>,
}

impl Level {
    /// The full-size level, its texture not yet measured: any coverage is hole; sources are what neither the mask nor `avoid` covers.
    ///
    /// Colours are premultiplied, so that those of invisible pixels do not count.
    pub(super) fn new(image: &Raster, mask: &Mask, avoid: Option<&Mask>) -> Self {
        let extent = image.extent();
        let (width, height) = (extent.width as usize, extent.height as usize);
        let hole: Vec<bool> = mask.coverage().iter().map(|&c| c != 0).collect();
        let mut source: Vec<bool> = hole.iter().map(|&hole| !hole).collect();
        if let Some(avoid) = avoid.filter(|avoid| avoid.extent() == extent) {
            source.iter_mut().zip(avoid.coverage()).for_each(|(source, &c)| *source &= c == 0);
        }
        let texel = |&[r, g, b, alpha]: &[u8; 4]| {
            let premultiplied = |v: u8| ((u16::from(v) * u16::from(alpha) + 127) / 255) as i16;
            let [r, g, b] = if alpha == 255 { [r, g, b].map(i16::from) } else { [r, g, b].map(premultiplied) };
            [r, g, b, 0]
        };
        let texels = image.pixels().par_iter().map(texel).collect();
        Self { width, height, texels, hole, source, guide: Vec::new() }
    }

    /// Whether there is nothing to copy from.
    pub(super) fn has_source(&self) -> bool {
        self.source.iter().any(|&source| source)
    }

    /// Fills the texture channel with the mean gradient magnitude of the known neighbourhood.
    ///
    /// # Errors
    /// If the job was cancelled.
    pub(super) fn measure_texture(&mut self, cx: &JobCx<'_>) -> Result<(), EngineError> {
        let (width, height) = (self.width, self.height);
        let luma = |i: usize| {
            let [r, g, b, _] = self.texels[i].map(i32::from);
            (77 * r + 150 * g + 29 * b) >> 8
        };
        // Gradient, and number of pairs of known pixels that it was measured on.
        let pairs = |x: usize, y: usize| {
            let (i, mut pair) = (y * width + x, [0, 0]);
            if self.hole[i] {
                return pair;
            }
            for (inside, j) in [(x + 1 < width, i + 1), (y + 1 < height, i + width)] {
                if inside && !self.hole[j] {
                    pair[0] += (luma(i) - luma(j)).abs();
                    pair[1] += 1;
                }
            }
            pair
        };
        let energy = |x: usize, y: usize, [sum, count]: [i32; 2]| {
            let energy =
                if self.hole[y * width + x] { 0.0 } else { 4.0 * TEXTURE_GAIN * sum as f32 / count.max(1) as f32 };
            energy.min(255.0) as i16
        };
        let energies = window_sums((width, height), TEXTURE_RADIUS, pairs, energy, cx)?;
        self.texels.par_iter_mut().zip(energies).for_each(|(texel, energy)| texel[3] = energy);
        Ok(())
    }

    /// Tells transparent pixels from dark ones: the texture channel of known pixels falls below zero by what they lack to
    /// be opaque.
    pub(super) fn tell_transparent(&mut self, image: &Raster) {
        self.texels.par_iter_mut().zip(image.pixels()).zip(&self.hole).for_each(|((texel, pixel), &hole)| {
            if !hole {
                texel[3] -= 255 - i16::from(pixel[3]);
            }
        });
    }

    /// Takes the colours as they are, not premultiplied, and those of invisible pixels only if there are no others.
    pub(super) fn show_only_visible(&mut self, image: &Raster) {
        for (texel, &[r, g, b, _]) in self.texels.iter_mut().zip(image.pixels()) {
            *texel = [r.into(), g.into(), b.into(), 0];
        }
        let visible = |(&source, pixel): (&bool, &[u8; 4])| source && pixel[3] != 0;
        if self.source.iter().zip(image.pixels()).any(visible) {
            self.source.iter_mut().zip(image.pixels()).for_each(|(source, pixel)| *source &= pixel[3] != 0);
        }
    }

    /// The level of half the size (rounded up); each pixel is the mean of the known ones among its four.
    ///
    /// A coarse pixel is hole where most of its four are, so that the hole neither grows nor shrinks on average.
    pub(super) fn halved(&self) -> Self {
        let (width, height) = (self.width.div_ceil(2), self.height.div_ceil(2));
        let (mut texels, mut hole, mut source) =
            (vec![[0; 4]; width * height], vec![false; width * height], vec![false; width * height]);
        let rows = texels.par_chunks_mut(width).zip(hole.par_chunks_mut(width)).zip(source.par_chunks_mut(width));
        rows.enumerate().for_each(|(y, ((texels, hole), source))| {
            for (x, ((texel, hole), source)) in texels.iter_mut().zip(hole).zip(source).enumerate() {
                (*texel, *hole, *source) = self.cell(2 * x, 2 * y);
            }
        });
        Self { width, height, texels, hole, source, guide: Vec::new() }
    }

    /// Mean, hole and source of the up to four pixels whose top left one is (x, y).
    fn cell(&self, x: usize, y: usize) -> (Texel, bool, bool) {
        let (mut sum, mut known, mut all, mut source) = ([0_i32; 4], 0, 0, true);
        for row in y..(y + 2).min(self.height) {
            for i in row * self.width + x..row * self.width + (x + 2).min(self.width) {
                all += 1;
                if !self.hole[i] {
                    known += 1;
                    source &= self.source[i];
                    sum.iter_mut().zip(self.texels[i]).for_each(|(sum, v)| *sum += i32::from(v));
                }
            }
        }
        let hole = known * 2 < all;
        let mean = if known == 0 { [0; 4] } else { sum.map(|s| ((s + known / 2) / known) as i16) };
        (mean, hole, source && !hole)
    }

    /// Layer of each hole pixel, counted from the known pixels (1 touches one, 8-connected); 0 outside the hole.
    pub(super) fn depth(&self) -> Vec<u16> {
        let (width, height) = (self.width, self.height);
        let mut depth: Vec<u16> = self.hole.iter().map(|&hole| if hole { u16::MAX - 1 } else { 0 }).collect();
        // Two chamfer sweeps give the exact chessboard distance.
        for y in 0..height {
            for x in 0..width {
                relax(&mut depth, width, height, x, y, [(-1, 0), (-1, -1), (0, -1), (1, -1)]);
            }
        }
        for y in (0..height).rev() {
            for x in (0..width).rev() {
                relax(&mut depth, width, height, x, y, [(1, 0), (1, 1), (0, 1), (-1, 1)]);
            }
        }
        depth
    }
}

/// The two coarse pixels of a row or column of `length` that a fine pixel is between: the one it is part of, which
/// counts three times as much, and the one beside.
pub(super) fn coarse_pair(fine: usize, length: usize) -> (usize, usize) {
    // The centre of fine pixel 2k is a quarter of a coarse pixel before that of k, of 2k + 1 a quarter after.
    let beside = if fine.is_multiple_of(2) { (fine / 2).saturating_sub(1) } else { fine / 2 + 1 };
    (fine / 2, beside.min(length - 1))
}

/// Lowers the depth at (x, y) to one more than its least neighbour among `steps`.
fn relax(depth: &mut [u16], width: usize, height: usize, x: usize, y: usize, steps: [(isize, isize); 4]) {
    let i = y * width + x;
    if depth[i] == 0 {
        return;
    }
    for (dx, dy) in steps {
        let (Some(nx), Some(ny)) = (x.checked_add_signed(dx), y.checked_add_signed(dy)) else { continue };
        if nx < width && ny < height {
            depth[i] = depth[i].min(depth[ny * width + nx].saturating_add(1));
        }
    }
}
