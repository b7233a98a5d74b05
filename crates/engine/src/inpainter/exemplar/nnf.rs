//! The nearest-neighbour field: for each patch that touches the hole, the most similar patch of the sources.
//!
//! Searched with `PatchMatch` (Barnes et al. 2009): good matches spread to neighbours, and random trials around the best
//! one, ever closer, find new ones. Rows are worked in bands of fixed height; a band sees the rows beyond its ends as
//! they were before the pass, so the result does not depend on how many threads share the bands.

use super::accelerator::PriorWeights;
use super::pyramid::{Level, Texel};
use super::rng::Random;
use crate::JobCx;
use rayon::prelude::*;

/// Pixels from a patch's centre to its edge.
pub(super) const RADIUS: usize = 3;
/// Pixels along a patch's side.
pub(super) const SIDE: usize = 2 * RADIUS + 1;
/// Rows of a band.
const BAND: usize = 16;
/// At most this many source patches are kept for random draws and exhaustive search.
const MAX_SOURCES: usize = 1 << 16;

/// Squared difference a pixel that a source as far away as the image is wide or high counts as.
const FAR_ACROSS: f32 = 1500.0;
const FAR_DOWN: f32 = 10000.0;
/// Pull of a fully trusted guide against that of the patch's own pixels.
const GUIDANCE: f32 = 4.0;
/// The same weight for a whole patch and one step of trust, of which there are 256.
const TRUST_WEIGHT: f32 = GUIDANCE / 256.0 * (SIDE * SIDE) as f32;

/// The values of one patch, row by row.
pub(super) type Patch = [[i16; SIDE * 4]; SIDE];

/// The source of a patch, and how much it differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Match {
    /// Centre of the source patch.
    pub(super) x: i32,
    pub(super) y: i32,
    /// Sum of squared differences; `u32::MAX` if not known.
    pub(super) cost: u32,
}

/// Which patches are sources and which are to be matched.
///
/// Patches are entirely inside the image, so a hole at the image's border is reached by patches centred further inside.
pub(super) struct Sites {
    /// Whether the patch centred at each pixel of the level is made of source pixels alone.
    pub(super) is_source: Vec<bool>,
    /// Centres of source patches, thinned evenly to a bounded number.
    pub(super) sources: Vec<(i32, i32)>,
    pub(super) prior: Prior,
}

impl Sites {
    pub(super) fn new(level: &Level) -> Self {
        let is_source = all_in_window(&level.source, level.width, level.height);
        let count = is_source.iter().filter(|&&source| source).count();
        let step = count.div_ceil(MAX_SOURCES).max(1);
        let centres = is_source.iter().enumerate().filter(|(_, source)| **source).step_by(step);
        let sources = centres.map(|(i, _)| ((i % level.width) as i32, (i / level.width) as i32)).collect();
        Self { is_source, sources, prior: Prior::new(level) }
    }

    /// Whether a source patch is centred at (x, y).
    pub(super) fn allows(&self, level: &Level, x: i32, y: i32) -> bool {
        x >= 0
            && y >= 0
            && (x as usize) < level.width
            && (y as usize) < level.height
            && self.is_source[y as usize * level.width + x as usize]
    }
}

/// Whether the whole patch around each pixel is `set`; false where it would leave the image.
fn all_in_window(set: &[bool], width: usize, height: usize) -> Vec<bool> {
    let mut across = vec![false; set.len()];
    for (set, out) in set.chunks_exact(width).zip(across.chunks_exact_mut(width)) {
        let mut run = 0;
        for x in 0..width {
            run = if set[x] { run + 1 } else { 0 };
            if run >= SIDE {
                out[x - RADIUS] = true;
            }
        }
    }
    let mut both = vec![false; set.len()];
    let mut runs = vec![0_usize; width];
    for y in 0..height {
        for x in 0..width {
            runs[x] = if across[y * width + x] { runs[x] + 1 } else { 0 };
            if runs[x] >= SIDE {
                both[(y - RADIUS) * width + x] = true;
            }
        }
    }
    both
}

/// The matches of all patches that touch the hole, kept for the rectangle around them.
#[derive(Clone)]
pub(super) struct Field {
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) width: usize,
    pub(super) height: usize,
    /// Row-major in the rectangle; `None` where the patch does not touch the hole.
    pub(super) matches: Vec<Option<Match>>,
}

impl Field {
    /// A field whose every match is yet unknown; `None` if the level is smaller than a patch or has no hole.
    pub(super) fn new(level: &Level) -> Option<Self> {
        if level.width < SIDE || level.height < SIDE {
            return None;
        }
        let clear: Vec<bool> = level.hole.iter().map(|&hole| !hole).collect();
        let clear = all_in_window(&clear, level.width, level.height);
        let inside = |x: usize, y: usize| {
            (RADIUS..level.width - RADIUS).contains(&x) && (RADIUS..level.height - RADIUS).contains(&y)
        };
        let is_target = |x: usize, y: usize| inside(x, y) && !clear[y * level.width + x];
        let rows = 0..level.height;
        let used: Vec<usize> = rows.filter(|&y| (0..level.width).any(|x| is_target(x, y))).collect();
        let (&top, &bottom) = (used.first()?, used.last()?);
        let in_column = |x: &usize| used.iter().any(|&y| is_target(*x, y));
        let (left, right) = ((0..level.width).find(in_column)?, (0..level.width).rev().find(in_column)?);
        let unknown = Match { x: 0, y: 0, cost: u32::MAX };
        let (width, height) = (right - left + 1, bottom - top + 1);
        let places = (0..width * height).map(|i| (left + i % width, top + i / width));
        let matches = places.map(|(x, y)| is_target(x, y).then_some(unknown)).collect();
        Some(Self { left, top, width, height, matches })
    }

    /// The match of the patch centred at (x, y), if it touches the hole.
    pub(super) fn at(&self, x: i32, y: i32) -> Option<Match> {
        self.index(x, y).and_then(|i| self.matches[i])
    }

    /// Offset of pixel (x, y) of the level in `matches`.
    pub(super) fn index(&self, x: i32, y: i32) -> Option<usize> {
        let (column, row) = (x - self.left as i32, y - self.top as i32);
        let inside = column >= 0 && row >= 0 && (column as usize) < self.width && (row as usize) < self.height;
        inside.then(|| row as usize * self.width + column as usize)
    }

    /// Pixel of the level at offset `i` of `matches`.
    pub(super) fn place(&self, i: usize) -> (i32, i32) {
        ((self.left + i % self.width) as i32, (self.top + i / self.width) as i32)
    }
}

/// The patch centred at (x, y), which is inside the level.
pub(super) fn patch_at(level: &Level, x: i32, y: i32) -> Patch {
    let mut patch = [[0; SIDE * 4]; SIDE];
    for (dy, row) in patch.iter_mut().enumerate() {
        row.copy_from_slice(patch_row(level, x, y, dy).as_flattened());
    }
    patch
}

/// Row `dy` of the patch centred at (x, y).
#[inline]
fn patch_row(level: &Level, x: i32, y: i32, dy: usize) -> &[Texel] {
    let start = (y as usize + dy - RADIUS) * level.width + x as usize - RADIUS;
    &level.texels[start..start + SIDE]
}

/// The cost of a source for being unlikely, however similar it is.
///
/// Photographs are layered: sky, background, ground. Among equally similar patches the one at about the same height is
/// the likelier, so the cost grows with the square of the distance, as a share of the level's size; and with the
/// difference from the colour that the [`guide`](super::guide) expects at the place.
#[derive(Clone, Copy)]
pub(super) struct Prior {
    across: f32,
    down: f32,
}

impl Prior {
    fn new(level: &Level) -> Self {
        let pixels = (SIDE * SIDE) as f32;
        let (width, height) = (level.width as f32, level.height as f32);
        Self { across: pixels * FAR_ACROSS / (width * width), down: pixels * FAR_DOWN / (height * height) }
    }

    /// For an engine elsewhere; the same weights as [`Prior::cost`] uses.
    pub(super) fn weights(self) -> PriorWeights {
        PriorWeights { across: self.across, down: self.down, guidance: TRUST_WEIGHT }
    }

    pub(super) fn cost(self, level: &Level, from: (i32, i32), to: (i32, i32)) -> u32 {
        let (dx, dy) = ((to.0 - from.0) as f32, (to.1 - from.1) as f32);
        let guess = |(x, y): (i32, i32)| level.guide[y as usize * level.width + x as usize];
        let (expected, found) = (guess(from), guess(to));
        let unlike: i32 = (0..3).map(|k| i32::from(expected[k] - found[k])).map(|d| d * d).sum();
        let weight = TRUST_WEIGHT * f32::from(expected[3]);
        (self.across * dx * dx + self.down * dy * dy + weight * unlike as f32) as u32
    }
}

/// Sum of squared differences to the patch centred at (x, y); gives up once it exceeds `limit`.
#[inline]
pub(super) fn distance(patch: &Patch, level: &Level, x: i32, y: i32, limit: u32) -> u32 {
    let mut total = 0_u32;
    for (dy, row) in patch.iter().enumerate() {
        let Some(other) = patch_row(level, x, y, dy).as_flattened().first_chunk::<{ SIDE * 4 }>() else {
            return u32::MAX;
        };
        let mut sum = 0_i32;
        for i in 0..SIDE * 4 {
            let difference = i32::from(row[i] - other[i]);
            sum += difference * difference;
        }
        total += sum.unsigned_abs();
        if total > limit {
            return u32::MAX;
        }
    }
    total
}

/// How one pass searches.
#[derive(Clone, Copy)]
pub(super) struct Pass {
    /// Random numbers of this pass.
    pub(super) seed: u64,
    /// Farthest random trial from the best match so far, in pixels.
    pub(super) reach: i32,
    /// Whether rows and columns are visited from the end.
    pub(super) backward: bool,
    /// Whether patches inside one copied piece are spared the random trials: better ones are seldom there.
    pub(super) only_joins: bool,
}

/// One pass of propagation and random search over every patch; cancelled passes end early.
pub(super) fn search(level: &Level, sites: &Sites, field: &mut Field, pass: Pass, cx: &JobCx<'_>) {
    let before = field.matches.clone();
    let (left, top, width) = (field.left, field.top, field.width);
    field.matches.par_chunks_mut(width * BAND).enumerate().for_each(|(number, band)| {
        let first = number * BAND;
        let rows = band.len() / width;
        for step in 0..rows {
            if cx.is_cancelled() {
                return;
            }
            let row = if pass.backward { rows - 1 - step } else { step };
            for step in 0..width {
                let column = if pass.backward { width - 1 - step } else { step };
                let Some(current) = band[row * width + column] else { continue };
                let neighbour = |dx: i32, dy: i32| -> Option<Match> {
                    let column = column.checked_add_signed(dx as isize).filter(|&c| c < width)?;
                    if let Some(row) = row.checked_add_signed(dy as isize).filter(|&r| r < rows) {
                        return band[row * width + column];
                    }
                    let row = (first + row).checked_add_signed(dy as isize)?;
                    before.get(row * width + column).copied().flatten()
                };
                let (x, y) = ((left + column) as i32, (top + first + row) as i32);
                let best = improve(level, sites, (x, y), current, neighbour, pass);
                band[row * width + column] = Some(best);
            }
        }
    });
}

/// The best match of the patch at `place` among its own, its neighbours' and random ones.
fn improve(
    level: &Level,
    sites: &Sites,
    place: (i32, i32),
    current: Match,
    neighbour: impl Fn(i32, i32) -> Option<Match>,
    pass: Pass,
) -> Match {
    let patch = patch_at(level, place.0, place.1);
    let prior = sites.prior;
    let mut best = current;
    best.cost = u32::MAX;
    if sites.allows(level, current.x, current.y) {
        best.cost =
            distance(&patch, level, current.x, current.y, u32::MAX) + prior.cost(level, place, (current.x, current.y));
    }
    let consider = |x: i32, y: i32, best: &mut Match| {
        if (x, y) != (best.x, best.y) && sites.allows(level, x, y) {
            let far = prior.cost(level, place, (x, y));
            let Some(limit) = best.cost.checked_sub(far) else { return };
            let cost = distance(&patch, level, x, y, limit).saturating_add(far);
            if cost < best.cost {
                *best = Match { x, y, cost };
            }
        }
    };
    let mut joins = false;
    for (dx, dy) in [(-1, 0), (0, -1), (1, 0), (0, 1)] {
        if let Some(other) = neighbour(dx, dy) {
            joins |= (other.x - dx, other.y - dy) != (current.x, current.y);
            consider(other.x - dx, other.y - dy, &mut best);
        }
    }
    if pass.only_joins && !joins && best.cost != u32::MAX {
        return best;
    }
    let mut random = Random::at(pass.seed, ((place.1 as u64) << 32) | place.0 as u64);
    if best.cost == u32::MAX && !sites.sources.is_empty() {
        let (x, y) = sites.sources[random.below(sites.sources.len())];
        consider(x, y, &mut best);
    }
    let mut reach = pass.reach;
    while reach >= 1 {
        let (x, y) = (best.x + random.within(reach), best.y + random.within(reach));
        consider(x, y, &mut best);
        reach /= 2;
    }
    best
}
