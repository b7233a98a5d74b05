//! Refinement to real edges: the energy of `GrabCut` (Rother, Kolmogorov & Blake 2004) with a prior for each pixel.

use super::frame::{Frame, distance};
use super::gmm::{Feature, Mixture, features};
use super::maxflow::{GridCut, STEPS};
use super::regions::steps_to;
use crate::{EngineError, JobCx};
use rayon::prelude::*;

/// What is known about a pixel beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    Object,
    Ground,
    Open,
}

/// The most that colour models can outvote edges and prior, so that no single pixel is certain.
const MOST_COLOUR: f32 = 6.0;
/// Gaussians of the object's colours, as in the paper, and of the background's, which has more things in it.
const COMPONENTS: (usize, usize) = (5, 8);
/// Costs are rounded to this many steps a unit, for the cut over whole numbers.
const STEPS_PER_UNIT: f32 = 64.0;
const CERTAIN: i32 = 1 << 24;
/// Pixels whose costs one thread works out at a time.
const CHUNK: usize = 4096;

/// The starting point of a cut.
pub(crate) struct Start<'a> {
    pub known: &'a [Known],
    /// The first guess, from which the colour models are learnt.
    pub guess: Vec<bool>,
    /// Log odds that each pixel belongs to the object, from other evidence.
    pub prior: &'a [f32],
    /// Weight of the edges, the paper's γ, for costs that are logarithms of densities.
    pub gamma: f32,
    pub rounds: usize,
}

/// A frame made ready to be cut, once or with several starts.
pub(crate) struct Cutter<'a> {
    frame: &'a Frame,
    features: Vec<Feature>,
    joins: Vec<[f32; 4]>,
}

impl<'a> Cutter<'a> {
    pub(crate) fn new(frame: &'a Frame) -> Self {
        Self { frame, features: features(frame), joins: joins(frame) }
    }

    /// Learns colours and cuts in turn.
    ///
    /// # Errors
    /// [`EngineError::Cancelled`].
    pub(crate) fn cut(&self, start: Start<'_>, cx: &JobCx<'_>) -> Result<Vec<bool>, EngineError> {
        self.cut_against(start, |_| true, cx)
    }

    /// Like [`Self::cut`]; the background's colours are learnt only from the pixels that are `near`.
    ///
    /// # Errors
    /// [`EngineError::Cancelled`].
    pub(crate) fn cut_against(
        &self,
        start: Start<'_>,
        near: impl Fn(usize) -> bool,
        cx: &JobCx<'_>,
    ) -> Result<Vec<bool>, EngineError> {
        let Start { known, guess: mut object, prior, gamma, rounds } = start;
        if known.iter().all(|&k| k != Known::Open) {
            return Ok(known.iter().map(|&k| k == Known::Object).collect());
        }
        for _ in 0..rounds {
            cx.check()?;
            let pixels = 0..object.len();
            let inside = pixels.clone().filter(|&i| object[i]).map(|i| self.features[i]);
            let outside = pixels.filter(|&i| !object[i] && near(i)).map(|i| self.features[i]);
            let models = (Mixture::fit(inside, COMPONENTS.0), Mixture::fit(outside, COMPONENTS.1));
            let (Some(inside), Some(outside)) = models else { break };
            cx.check()?;
            let cost = |i: usize| match known[i] {
                Known::Object => CERTAIN,
                Known::Ground => -CERTAIN,
                Known::Open => {
                    let colour = outside.cost(&self.features[i]) - inside.cost(&self.features[i]);
                    ((colour.clamp(-MOST_COLOUR, MOST_COLOUR) + prior[i]) * STEPS_PER_UNIT) as i32
                }
            };
            let terminal = (0..object.len()).into_par_iter().with_min_len(CHUNK).map(cost).collect();
            let mut grid = GridCut::new(self.frame.width, self.frame.height, terminal);
            for (i, weights) in self.joins.iter().enumerate() {
                for (n, weight) in weights.iter().enumerate() {
                    grid.join(i, n * 2, (gamma * weight * STEPS_PER_UNIT) as i32);
                }
            }
            let next = grid.solve(cx)?;
            if next == object || !next.contains(&true) {
                break;
            }
            object = next;
        }
        Ok(object)
    }
}

/// How similar each pixel and its neighbours to the right, below, and on both lower diagonals are, 0 to 1: the paper's
/// V without γ.
fn joins(frame: &Frame) -> Vec<[f32; 4]> {
    let neighbour = |i: usize, d: usize| {
        let (dx, dy) = STEPS[d];
        let (x, y) = ((i % frame.width) as i32 + dx, (i / frame.width) as i32 + dy);
        (x >= 0 && x < frame.width as i32 && y < frame.height as i32).then(|| y as usize * frame.width + x as usize)
    };
    let square = |i: usize, j: usize| distance(frame.lab[i], frame.lab[j]).powi(2);
    let (mut sum, mut count) = (0.0_f64, 0.0_f64);
    for i in 0..frame.len() {
        for d in [0, 2] {
            if let Some(j) = neighbour(i, d) {
                sum += f64::from(square(i, j));
                count += 1.0;
            }
        }
    }
    let beta = if sum > 0.0 { (count / (2.0 * sum)) as f32 } else { 0.0 };
    let weight = |i: usize, d: usize| {
        let length = if d < 4 { 1.0 } else { std::f32::consts::SQRT_2 };
        neighbour(i, d).map_or(0.0, |j| (-beta * square(i, j)).exp() / length)
    };
    let all = |i: usize| [weight(i, 0), weight(i, 2), weight(i, 4), weight(i, 6)];
    (0..frame.len()).into_par_iter().with_min_len(CHUNK).map(all).collect()
}

/// Edges count less where the outline is nearly right already.
const SNAP_GAMMA: f32 = 12.0;

/// Moves the outline of `guess` to edges no further than `band` pixels away. Pixels that are `pinned` keep their side.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub(crate) fn snap(
    frame: &Frame,
    guess: Vec<bool>,
    band: f32,
    pinned: &[(usize, Known)],
    cx: &JobCx<'_>,
) -> Result<Vec<bool>, EngineError> {
    let outside = steps_to(&guess, frame.width, frame.height, true);
    let inside = steps_to(&guess, frame.width, frame.height, false);
    let share = |steps: u32| steps as f32 / band.max(1.0);
    let mut known: Vec<Known> = (0..frame.len())
        .map(|i| match guess[i] {
            true if share(inside[i]) > 1.0 && inside[i] != u32::MAX => Known::Object,
            false if share(outside[i]) > 1.0 => Known::Ground,
            _ => Known::Open,
        })
        .collect();
    for &(at, side) in pinned {
        known[at] = side;
    }
    // The guess itself counts: more so further from its outline.
    let prior: Vec<f32> = (0..frame.len())
        .map(|i| if guess[i] { 0.5 + 3.0 * share(inside[i]).min(1.0) } else { -0.5 - 3.0 * share(outside[i]).min(1.0) })
        .collect();
    let start = Start { known: &known, guess, prior: &prior, gamma: SNAP_GAMMA, rounds: 2 };
    Cutter::new(frame).cut(start, cx)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tie_core::{Extent, Raster};

    #[test]
    fn a_rough_guess_snaps_to_the_disc() {
        let inside = |x: u32, y: u32| (x as f32 - 40.0).hypot(y as f32 - 30.0) < 18.0;
        let image = Raster::from_fn(Extent::new(80, 60), |x, y| {
            let noise = ((x * 7919 + y * 104_729) % 23) as u8;
            if inside(x, y) { [180 + noise, 60, 40, 255] } else { [60, 90 + noise, 70, 255] }
        });
        let frame = Frame::new(&image, image.bounds(), 512).unwrap();
        let guess = (0..frame.len()).map(|i| (i % 80).abs_diff(42) < 14 && (i / 80).abs_diff(32) < 14).collect();
        let found = snap(&frame, guess, 8.0, &[], &JobCx::silent()).unwrap();
        let wrong = (0..frame.len()).filter(|&i| found[i] != inside((i % 80) as u32, (i / 80) as u32)).count();
        assert!(wrong < 30, "{wrong} pixels wrong");
    }

    #[test]
    fn known_pixels_stay_what_they_are() {
        let image = Raster::filled(Extent::new(4, 1), [9, 9, 9, 255]);
        let frame = Frame::new(&image, image.bounds(), 512).unwrap();
        let known = [Known::Object, Known::Open, Known::Open, Known::Ground];
        let guess = vec![true, true, false, false];
        let start = Start { known: &known, guess, prior: &[0.0; 4], gamma: 12.0, rounds: 2 };
        let found = Cutter::new(&frame).cut(start, &JobCx::silent()).unwrap();
        assert!(found[0] && !found[3]);
    }
}
