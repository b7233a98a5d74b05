//! First guesses: an onion peel at the coarsest level, the coarser result at every other.

use super::nnf::{Field, Match, Patch, Prior, RADIUS, SIDE, Sites, patch_at};
use super::pyramid::{Level, Texel, coarse_pair};
use super::rng::Random;
use crate::{EngineError, JobCx};
use rayon::prelude::*;

/// Maximum number of comparisons of the onion peel, so that a long thin image cannot take for ever.
const MAX_COMPARISONS: usize = 6_000_000;
/// How far a worse match may win by chance: costs are raised by up to this share, so that seeds differ.
const CHANCE: f32 = 0.2;

/// Fills the hole from its border inwards, each pixel from the patch that best continues what is known so far.
///
/// The order of Newson et al. 2014, section 3.4; every source patch is tried, which is affordable at this size.
pub(super) fn onion_peel(
    level: &mut Level,
    sites: &Sites,
    field: &mut Field,
    seed: u64,
    cx: &JobCx<'_>,
) -> Result<(), EngineError> {
    let depth = level.depth();
    let deepest = depth.iter().copied().max().unwrap_or(0);
    let pixels = level.hole.iter().filter(|&&hole| hole).count();
    let step = (pixels * sites.sources.len()).div_ceil(MAX_COMPARISONS).max(1);
    let sources: Vec<(i32, i32)> = sites.sources.iter().copied().step_by(step).collect();
    let mut known: Vec<bool> = level.hole.iter().map(|&hole| !hole).collect();
    for layer in 1..=deepest {
        let ring: Vec<usize> = (0..depth.len()).filter(|&i| depth[i] == layer).collect();
        let filled: Vec<Option<(Match, Texel)>> =
            ring.par_iter().map(|&i| best_continuation(level, &known, (&sources, sites.prior), i, seed, cx)).collect();
        cx.check()?;
        for (&i, filled) in ring.iter().zip(filled) {
            let Some((found, texel)) = filled else { continue };
            level.texels[i] = texel;
            known[i] = true;
            if let Some(at) = field.index((i % level.width) as i32, (i / level.width) as i32)
                && let Some(place) = &mut field.matches[at]
            {
                *place = found;
            }
        }
    }
    Ok(())
}

/// The source patch most like the known part around pixel `i`, and the texel it puts there.
fn best_continuation(
    level: &Level,
    known: &[bool],
    (sources, prior): (&[(i32, i32)], Prior),
    i: usize,
    seed: u64,
    cx: &JobCx<'_>,
) -> Option<(Match, Texel)> {
    if cx.is_cancelled() {
        return None;
    }
    let (x, y) = ((i % level.width) as i32, (i / level.width) as i32);
    // Near the image's border the patch is centred further inside.
    let radius = RADIUS as i32;
    let centre_x = x.clamp(radius, level.width as i32 - 1 - radius);
    let centre_y = y.clamp(radius, level.height as i32 - 1 - radius);
    let patch = patch_at(level, centre_x, centre_y);
    let mut cover: Patch = [[0; SIDE * 4]; SIDE];
    for (dy, row) in cover.iter_mut().enumerate() {
        for dx in 0..SIDE {
            let at = (centre_y as usize + dy - RADIUS) * level.width + centre_x as usize + dx - RADIUS;
            row[dx * 4..dx * 4 + 4].fill(-i16::from(known[at]));
        }
    }
    let mut random = Random::at(seed, i as u64);
    let mut best: Option<(Match, f32)> = None;
    for &(sx, sy) in sources {
        let far = prior.cost(level, (centre_x, centre_y), (sx, sy));
        let cost = covered_distance(&patch, &cover, level, sx, sy) + far;
        let judged = cost as f32 * (1.0 + CHANCE * random.unit());
        if best.is_none_or(|best| judged < best.1) {
            best = Some((Match { x: sx, y: sy, cost }, judged));
        }
    }
    let (found, _) = best?;
    let source = (found.y + y - centre_y) as usize * level.width + (found.x + x - centre_x) as usize;
    Some((found, level.texels[source]))
}

/// Sum of squared differences where `cover` is −1; where it is 0, nothing counts.
fn covered_distance(patch: &Patch, cover: &Patch, level: &Level, x: i32, y: i32) -> u32 {
    let other = patch_at(level, x, y);
    let mut total = 0_i32;
    for ((a, b), cover) in patch.as_flattened().iter().zip(other.as_flattened()).zip(cover.as_flattened()) {
        let difference = i32::from((a - b) & cover);
        total += difference * difference;
    }
    total.unsigned_abs()
}

/// Takes the coarser level's guess: matches at twice the offset, colours by bilinear interpolation.
pub(super) fn refine(fine: &mut Level, sites: &Sites, field: &mut Field, coarse: &Level, coarse_field: &Field) {
    let Level { width, texels, hole, .. } = fine;
    let width = *width;
    texels.par_chunks_mut(width).zip(hole.par_chunks(width)).enumerate().for_each(|(y, (texels, hole))| {
        for (x, (texel, _)) in texels.iter_mut().zip(hole).enumerate().filter(|(_, (_, hole))| **hole) {
            *texel = interpolated(coarse, x, y);
        }
    });
    let (fine, left, top) = (&*fine, field.left as i32, field.top as i32);
    field.matches.par_chunks_mut(field.width).enumerate().for_each(|(row, places)| {
        let y = top + row as i32;
        for (place, x) in places.iter_mut().zip(left..).filter(|(place, _)| place.is_some()) {
            let Some(found) = coarse_field.at(x / 2, y / 2).filter(|found| found.cost != u32::MAX) else { continue };
            let offset = (2 * (found.x - x / 2), 2 * (found.y - y / 2));
            // Rounding can put a patch just over the edge of the sources; one of the patches beside it will do.
            let nudges = [(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (1, 1), (-1, 1), (1, -1)];
            let moved = nudges.map(|(dx, dy)| (x + offset.0 + dx, y + offset.1 + dy));
            if let Some(&(sx, sy)) = moved.iter().find(|&&(sx, sy)| sites.allows(fine, sx, sy)) {
                // The search begins by measuring.
                *place = Some(Match { x: sx, y: sy, cost: 0 });
            }
        }
    });
}

/// The coarse level's value at the place of fine pixel (x, y).
fn interpolated(coarse: &Level, x: usize, y: usize) -> Texel {
    let ((x0, x1), (y0, y1)) = (coarse_pair(x, coarse.width), coarse_pair(y, coarse.height));
    let texel = |x: usize, y: usize| coarse.texels[y * coarse.width + x].map(i32::from);
    let (a, b, c, d) = (texel(x0, y0), texel(x1, y0), texel(x0, y1), texel(x1, y1));
    std::array::from_fn(|k| ((9 * a[k] + 3 * b[k] + 3 * c[k] + d[k] + 8) >> 4) as i16)
}
