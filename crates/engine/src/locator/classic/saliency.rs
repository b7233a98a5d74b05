//! What stands out: saliency with boundary connectivity (Zhu et al., "Saliency optimization from robust background
//! detection", 2014). Regions that reach the rim along much of their size are background; what differs from them stands out.

use super::frame::distance;
use super::segments::{Leaf, Shape, measure};
use crate::{EngineError, JobCx};
use std::collections::BTreeSet;

/// Regions at most: distances between all pairs are needed.
const MOST_REGIONS: usize = 220;
/// The paper's σ for boundary connectivity.
const SIGMA_BOUNDARY: f32 = 1.0;
/// Geodesic colour distance at which two regions count as half alike (the paper's `σ_clr`, in our units).
const SIGMA_COLOUR: f32 = 0.09;
/// The paper's `σ_spa`, as a share of the image's diagonal.
const SIGMA_SPACE: f32 = 0.25;

/// How much each leaf stands out, 0 to 1, from a merge tree over the leaves.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub(super) fn saliency(
    leaves: &[Leaf],
    tree: &[Vec<u32>],
    (width, height): (usize, usize),
    cx: &JobCx<'_>,
) -> Result<Vec<f32>, EngineError> {
    let (regions, region_of) = partition(leaves.len(), tree);
    let shapes: Vec<Shape> =
        regions.iter().map(|members| measure(leaves, members, (width, height), (1.0, 1.0))).collect();
    let rims: Vec<f32> = regions.iter().map(|members| members.iter().map(|&i| leaves[i as usize].rim).sum()).collect();
    let neighbours: Vec<Vec<usize>> = shapes
        .iter()
        .map(|shape| {
            shape.ring.iter().map(|&(leaf, _)| region_of[leaf as usize]).collect::<BTreeSet<_>>().into_iter().collect()
        })
        .collect();
    let ground = ground_weights(&shapes, &rims, &neighbours, cx)?;
    let mut object = contrast(&shapes, &ground, (width, height));
    for (weight, shape) in object.iter_mut().zip(&shapes) {
        // Photographers put the subject in the middle; a weak hint, for pictures whose background is not even.
        let (dx, dy) = (shape.centre.0 - 0.5, shape.centre.1 - 0.5);
        *weight *= (-(dx * dx + dy * dy) / 0.18).exp().max(0.15);
    }
    normalise(&mut object);
    let values = optimise(&shapes, &neighbours, &ground, &object);
    Ok(region_of.iter().map(|&region| values[region]).collect())
}

/// Otsu's threshold (1979) between what stands out and what does not, each leaf weighing its area.
pub(super) fn threshold(leaves: &[Leaf], values: &[f32]) -> f32 {
    const BINS: usize = 64;
    let mut histogram = [0.0_f32; BINS];
    for (leaf, value) in leaves.iter().zip(values) {
        histogram[((value * BINS as f32) as usize).min(BINS - 1)] += leaf.area;
    }
    let total: f32 = histogram.iter().sum();
    let moment: f32 = histogram.iter().enumerate().map(|(n, share)| n as f32 * share).sum();
    let (mut below, mut sum, mut best) = (0.0, 0.0, (0.0, 0));
    for (n, share) in histogram.iter().enumerate() {
        below += share;
        sum += n as f32 * share;
        let above = total - below;
        if below > 0.0 && above > 0.0 {
            let between = below * above * (sum / below - (moment - sum) / above).powi(2);
            if between > best.0 {
                best = (between, n);
            }
        }
    }
    (best.1 + 1) as f32 / BINS as f32
}

/// The partition into at most [`MOST_REGIONS`] regions that the tree passes through.
fn partition(leaves: usize, tree: &[Vec<u32>]) -> (Vec<Vec<u32>>, Vec<usize>) {
    let merges = leaves.saturating_sub(MOST_REGIONS).min(tree.len().saturating_sub(leaves));
    let mut region_of = vec![usize::MAX; leaves];
    let mut regions: Vec<Vec<u32>> = Vec::new();
    for members in tree[..leaves + merges].iter().rev() {
        if members.iter().all(|&m| region_of[m as usize] == usize::MAX) {
            for &m in members {
                region_of[m as usize] = regions.len();
            }
            regions.push(members.clone());
        }
    }
    (regions, region_of)
}

/// The paper's `w_bg` from boundary connectivity over geodesic distances.
fn ground_weights(
    shapes: &[Shape],
    rims: &[f32],
    neighbours: &[Vec<usize>],
    cx: &JobCx<'_>,
) -> Result<Vec<f32>, EngineError> {
    let mut weights = Vec::with_capacity(shapes.len());
    for from in 0..shapes.len() {
        cx.check()?;
        let far = geodesic(shapes, neighbours, from);
        let (mut spanned, mut rim) = (0.0, 0.0);
        for (i, d) in far.iter().enumerate() {
            let alike = (-d * d / (2.0 * SIGMA_COLOUR * SIGMA_COLOUR)).exp();
            spanned += alike * shapes[i].area;
            rim += alike * rims[i];
        }
        let connectivity = rim / f32::max(spanned, 1.0).sqrt();
        weights.push(1.0 - (-connectivity * connectivity / (2.0 * SIGMA_BOUNDARY * SIGMA_BOUNDARY)).exp());
    }
    Ok(weights)
}

/// Least sum of colour steps from one region to each other (Dijkstra on a dense array; there are few regions).
fn geodesic(shapes: &[Shape], neighbours: &[Vec<usize>], from: usize) -> Vec<f32> {
    let mut far = vec![f32::INFINITY; shapes.len()];
    let mut open = vec![true; shapes.len()];
    far[from] = 0.0;
    for _ in 0..shapes.len() {
        let nearest = (0..far.len()).filter(|&i| open[i]).min_by(|&i, &j| far[i].total_cmp(&far[j]));
        let Some(i) = nearest else { break };
        open[i] = false;
        for &j in &neighbours[i] {
            // Small steps are noise: without the offset, a smooth gradient would be no distance at all times many.
            let step = (distance(shapes[i].mean, shapes[j].mean) - 0.015).max(0.0);
            far[j] = far[j].min(far[i] + step);
        }
    }
    far
}

/// The paper's background-weighted contrast.
fn contrast(shapes: &[Shape], ground: &[f32], (width, height): (usize, usize)) -> Vec<f32> {
    let diagonal = (width as f32).hypot(height as f32);
    let total: f32 = shapes.iter().map(|shape| shape.area).sum();
    let mut values: Vec<f32> = (0..shapes.len())
        .map(|i| {
            let one = |j: usize| {
                let dx = (shapes[i].centre.0 - shapes[j].centre.0) * width as f32 / diagonal;
                let dy = (shapes[i].centre.1 - shapes[j].centre.1) * height as f32 / diagonal;
                let near = (-(dx * dx + dy * dy) / (2.0 * SIGMA_SPACE * SIGMA_SPACE)).exp();
                shapes[j].area / total * distance(shapes[i].mean, shapes[j].mean) * near * ground[j]
            };
            (0..shapes.len()).map(one).sum()
        })
        .collect();
    normalise(&mut values);
    values
}

fn normalise(values: &mut [f32]) {
    let most = values.iter().copied().fold(0.0, f32::max);
    if most > 0.0 {
        for value in values {
            *value /= most;
        }
    }
}

/// The paper's least-squares balance of background, foreground and smoothness, by Gauss-Seidel.
fn optimise(shapes: &[Shape], neighbours: &[Vec<usize>], ground: &[f32], object: &[f32]) -> Vec<f32> {
    let mut values = object.to_vec();
    for _ in 0..60 {
        for i in 0..values.len() {
            let (mut pull, mut weight) = (object[i], object[i] + ground[i] + 1e-4);
            for &j in &neighbours[i] {
                let d = distance(shapes[i].mean, shapes[j].mean);
                let smooth = (-d * d / (2.0 * SIGMA_COLOUR * SIGMA_COLOUR)).exp() + 0.02;
                pull += smooth * values[j];
                weight += smooth;
            }
            values[i] = pull / weight;
        }
    }
    normalise(&mut values);
    values
}

#[cfg(test)]
mod tests {
    use super::super::frame::Frame;
    use super::super::segments::{Affinity, leaves, merge_tree};
    use super::super::superpixels::slic;
    use super::*;
    use tie_core::{Extent, Raster};

    #[test]
    fn a_blob_off_the_rim_stands_out_and_a_band_across_does_not() {
        let cx = JobCx::silent();
        let image = Raster::from_fn(Extent::new(120, 90), |x, y| {
            if (x as f32 - 66.0).hypot(y as f32 - 40.0) < 16.0 {
                [220, 160, 40, 255]
            } else if y > 70 {
                [40, 40, 120, 255]
            } else {
                [120, 140, 130, 255]
            }
        });
        let frame = Frame::new(&image, image.bounds(), 512).unwrap();
        let superpixels = slic(&frame, 150, &cx).unwrap();
        let leaves = leaves(&frame, &superpixels);
        let tree = merge_tree(&leaves, Affinity::Colour, &cx).unwrap();
        let values = saliency(&leaves, &tree, (120, 90), &cx).unwrap();
        let at = |x: usize, y: usize| values[superpixels.labels[y * 120 + x] as usize];
        assert!(at(66, 40) > 0.7, "blob {}", at(66, 40));
        assert!(at(10, 80) < 0.3 && at(10, 10) < 0.3, "band {} ground {}", at(10, 80), at(10, 10));
    }
}
