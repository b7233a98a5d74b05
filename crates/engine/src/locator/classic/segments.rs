//! Candidate regions: every region of two merge trees over the superpixels.
//!
//! The idea of grouping hierarchically in several ways and keeping all that appears is from Uijlings et al.,
//! "Selective search for object recognition" (2013).

use super::frame::{Frame, Lab, distance};
use super::superpixels::{Superpixels, neighbours4};
use crate::{EngineError, JobCx};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// A superpixel with what scores need.
#[derive(Clone, Default)]
pub(crate) struct Leaf {
    /// Pixels.
    pub area: f32,
    pub mean: Lab,
    /// Mean squared difference from the mean colour.
    pub variance: f32,
    /// Sums of x, y, x², y², xy over the pixels.
    pub moments: [f32; 5],
    /// Left, top, right, bottom; half open.
    pub bounds: [u32; 4],
    /// Pixels on the image's rim.
    pub rim: f32,
    /// For each neighbour: number of pixel pairs across, and the sum of edge strength there.
    pub neighbours: Vec<(u32, f32, f32)>,
}

/// The superpixels as a graph.
pub(super) fn leaves(frame: &Frame, superpixels: &Superpixels) -> Vec<Leaf> {
    let mut leaves = vec![Leaf { bounds: [u32::MAX, u32::MAX, 0, 0], ..Leaf::default() }; superpixels.count];
    let mut pairs: Vec<BTreeMap<u32, (f32, f32)>> = vec![BTreeMap::new(); superpixels.count];
    for (i, &label) in superpixels.labels.iter().enumerate() {
        let (x, y) = ((i % frame.width) as u32, (i / frame.width) as u32);
        let leaf = &mut leaves[label as usize];
        let (fx, fy) = (x as f32, y as f32);
        leaf.area += 1.0;
        for c in 0..3 {
            leaf.mean[c] += frame.lab[i][c];
        }
        for (sum, value) in leaf.moments.iter_mut().zip([fx, fy, fx * fx, fy * fy, fx * fy]) {
            *sum += value;
        }
        leaf.bounds = union(leaf.bounds, [x, y, x + 1, y + 1]);
        let on_rim = x == 0 || y == 0 || x as usize + 1 == frame.width || y as usize + 1 == frame.height;
        leaf.rim += f32::from(u8::from(on_rim));
        for j in neighbours4(i, frame.width, frame.height) {
            let other = superpixels.labels[j];
            if other != label {
                let pair = pairs[label as usize].entry(other).or_default();
                pair.0 += 1.0;
                pair.1 += frame.edge[i].max(frame.edge[j]);
            }
        }
    }
    for (leaf, pairs) in leaves.iter_mut().zip(pairs) {
        leaf.mean = leaf.mean.map(|sum| sum / leaf.area.max(1.0));
        leaf.neighbours = pairs.into_iter().map(|(other, (length, edge))| (other, length, edge)).collect();
    }
    for (i, &label) in superpixels.labels.iter().enumerate() {
        let leaf = &mut leaves[label as usize];
        leaf.variance += distance(frame.lab[i], leaf.mean).powi(2) / leaf.area;
    }
    leaves
}

fn union(a: [u32; 4], b: [u32; 4]) -> [u32; 4] {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
}

/// How to judge whether two regions belong together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Affinity {
    /// Like mean colour; small regions first.
    Colour,
    /// No edge between them; small regions first.
    Edge,
}

#[derive(Clone)]
struct Node {
    area: f32,
    mean: Lab,
    members: Vec<u32>,
    /// Length and summed edge strength towards each neighbouring node.
    borders: BTreeMap<usize, (f32, f32)>,
}

impl Node {
    fn cost(&self, other: &Self, at: usize, affinity: Affinity) -> f32 {
        let (length, edge) = self.borders.get(&at).copied().unwrap_or((1.0, 1.0));
        let (edge, colour) = (edge / length.max(1.0), distance(self.mean, other.mean));
        let unlike = match affinity {
            Affinity::Colour => colour + 0.5 * edge,
            Affinity::Edge => 2.0 * edge + 0.25 * colour,
        };
        unlike * self.area.min(other.area).powf(0.3)
    }
}

/// Orders merges: cheapest first, then oldest, so that ties never depend on the heap.
#[derive(PartialEq)]
struct Merge {
    cost: f32,
    a: usize,
    b: usize,
}
impl Eq for Merge {}
impl Ord for Merge {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.cost.total_cmp(&self.cost).then(other.a.cmp(&self.a)).then(other.b.cmp(&self.b))
    }
}
impl PartialOrd for Merge {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// The leaves of every node of the merge tree: superpixels first, then unions in the order they were made.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub(super) fn merge_tree(leaves: &[Leaf], affinity: Affinity, cx: &JobCx<'_>) -> Result<Vec<Vec<u32>>, EngineError> {
    let mut nodes: Vec<Node> = leaves
        .iter()
        .enumerate()
        .map(|(i, leaf)| Node {
            area: leaf.area,
            mean: leaf.mean,
            members: vec![i as u32],
            borders: leaf.neighbours.iter().map(|&(j, length, edge)| (j as usize, (length, edge))).collect(),
        })
        .collect();
    let mut alive = vec![true; nodes.len()];
    let mut heap = BinaryHeap::new();
    for (a, node) in nodes.iter().enumerate() {
        for &b in node.borders.keys().filter(|&&b| b > a) {
            heap.push(Merge { cost: node.cost(&nodes[b], b, affinity), a, b });
        }
    }
    while let Some(Merge { a, b, .. }) = heap.pop() {
        if !(alive[a] && alive[b]) {
            continue;
        }
        cx.check()?;
        let new = nodes.len();
        let merged = join(&nodes[a], &nodes[b], a, b);
        (alive[a], alive[b]) = (false, false);
        let around: BTreeSet<usize> = merged.borders.keys().copied().collect();
        for n in around {
            let (from_a, from_b) = (nodes[n].borders.remove(&a), nodes[n].borders.remove(&b));
            let (p, q) = (from_a.unwrap_or_default(), from_b.unwrap_or_default());
            nodes[n].borders.insert(new, (p.0 + q.0, p.1 + q.1));
            heap.push(Merge { cost: merged.cost(&nodes[n], n, affinity), a: n, b: new });
        }
        nodes.push(merged);
        alive.push(true);
    }
    Ok(nodes.into_iter().map(|node| node.members).collect())
}

fn join(p: &Node, q: &Node, a: usize, b: usize) -> Node {
    let area = p.area + q.area;
    let mut borders = p.borders.clone();
    for (&n, &(length, edge)) in &q.borders {
        let sum = borders.entry(n).or_default();
        *sum = (sum.0 + length, sum.1 + edge);
    }
    borders.remove(&a);
    borders.remove(&b);
    let mean = [0, 1, 2].map(|c| (p.mean[c] * p.area + q.mean[c] * q.area) / area);
    Node { area, mean, members: [p.members.as_slice(), &q.members].concat(), borders }
}

/// The leaves enclosed by `members`: those from which the image's rim cannot be reached without crossing them.
pub(super) fn enclosed(leaves: &[Leaf], members: &[u32]) -> Vec<u32> {
    let mut open = vec![true; leaves.len()];
    for &m in members {
        open[m as usize] = false;
    }
    let mut reached: Vec<usize> = (0..leaves.len()).filter(|&i| open[i] && leaves[i].rim > 0.0).collect();
    for &i in &reached {
        open[i] = false;
    }
    while let Some(i) = reached.pop() {
        for &(j, ..) in &leaves[i].neighbours {
            if std::mem::take(&mut open[j as usize]) {
                reached.push(j as usize);
            }
        }
    }
    (0..leaves.len()).filter(|&i| open[i]).map(|i| i as u32).collect()
}

/// Connected groups of the leaves for which `take` holds.
pub(super) fn groups(leaves: &[Leaf], take: impl Fn(usize) -> bool) -> Vec<Vec<u32>> {
    let mut open: Vec<bool> = (0..leaves.len()).map(take).collect();
    let mut found = Vec::new();
    for start in 0..leaves.len() {
        if !std::mem::take(&mut open[start]) {
            continue;
        }
        let mut group = vec![start as u32];
        let mut next = 0;
        while let Some(&i) = group.get(next) {
            next += 1;
            for &(j, ..) in &leaves[i as usize].neighbours {
                if std::mem::take(&mut open[j as usize]) {
                    group.push(j);
                }
            }
        }
        found.push(group);
    }
    found
}

/// The overall look of a region.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    /// Pixels.
    pub area: f32,
    /// Centre, as shares of the image's width and height.
    pub centre: (f32, f32),
    /// Left, top, right, bottom in pixels; half open.
    pub bounds: [u32; 4],
    /// Long axis over short axis of the ellipse of the same second moments, at least 1.
    pub elongation: f32,
    /// Area over that ellipse's area: 1 for full ellipses, less for ragged or hollow regions.
    pub fullness: f32,
    /// Mean edge strength along the outline, each part as a share of what is strong in this image and at most 1, so
    /// that a strong side cannot hide an open one.
    pub edge: f32,
    /// The same for the colour difference between inside and outside.
    pub contrast: f32,
    /// Share of the outline on the image's rim.
    pub rim: f32,
    /// Outline length over that of a disc of the same area, at least about 1.
    pub roughness: f32,
    pub mean: Lab,
    /// Standard deviation of the colours.
    pub spread: f32,
    /// The leaves just outside, each with the length of common outline.
    pub ring: Vec<(u32, f32)>,
}

/// Measures a region given by its leaves.
pub(super) fn measure(leaves: &[Leaf], members: &[u32], (width, height): (usize, usize), strong: (f32, f32)) -> Shape {
    let mut inside = vec![false; leaves.len()];
    for &m in members {
        inside[m as usize] = true;
    }
    let (mut area, mut mean, mut m, mut rim) = (0.0_f32, [0.0_f32; 3], [0.0_f64; 5], 0.0_f32);
    let mut bounds = [u32::MAX, u32::MAX, 0, 0];
    let (mut outline, mut edge, mut contrast) = (0.0_f32, 0.0_f32, 0.0_f32);
    let mut ring: BTreeMap<u32, f32> = BTreeMap::new();
    for &member in members {
        let leaf = &leaves[member as usize];
        area += leaf.area;
        rim += leaf.rim;
        bounds = union(bounds, leaf.bounds);
        for (sum, value) in mean.iter_mut().zip(leaf.mean) {
            *sum += value * leaf.area;
        }
        for (sum, &value) in m.iter_mut().zip(&leaf.moments) {
            *sum += f64::from(value);
        }
        for &(other, length, strength) in &leaf.neighbours {
            if !inside[other as usize] {
                outline += length;
                edge += length * (strength / length / strong.0).min(1.0);
                contrast += length * (distance(leaf.mean, leaves[other as usize].mean) / strong.1).min(1.0);
                *ring.entry(other).or_default() += length;
            }
        }
    }
    let area = area.max(1.0);
    let mean = mean.map(|sum| sum / area);
    let spread = members
        .iter()
        .map(|&i| &leaves[i as usize])
        .map(|l| l.area * (l.variance + distance(l.mean, mean).powi(2)))
        .sum::<f32>();
    let n = f64::from(area);
    let (cx, cy) = (m[0] / n, m[1] / n);
    let (xx, yy, xy) = (m[2] / n - cx * cx + 1.0 / 12.0, m[3] / n - cy * cy + 1.0 / 12.0, m[4] / n - cx * cy);
    let middle = f64::midpoint(xx, yy);
    let offset = ((xx - yy) / 2.0).hypot(xy);
    let (long, short) = (middle + offset, (middle - offset).max(1.0 / 12.0));
    Shape {
        area,
        centre: (((cx + 0.5) / width as f64) as f32, ((cy + 0.5) / height as f64) as f32),
        bounds,
        elongation: (long / short).sqrt() as f32,
        fullness: (n / (4.0 * std::f64::consts::PI * (long * short).sqrt())) as f32,
        edge: edge / outline.max(1.0),
        contrast: contrast / outline.max(1.0),
        rim: rim / (rim + outline).max(1.0),
        roughness: (outline + rim) / (2.0 * (std::f32::consts::PI * area).sqrt()),
        mean,
        spread: (spread / area).sqrt(),
        ring: ring.into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::superpixels::slic;
    use super::*;
    use tie_core::{Extent, Raster};

    fn scene() -> (Frame, Vec<Leaf>) {
        let image = Raster::from_fn(Extent::new(90, 60), |x, y| {
            if (20..60).contains(&x) && (25..35).contains(&y) { [220, 30, 30, 255] } else { [30, 120, 60, 255] }
        });
        let frame = Frame::new(&image, image.bounds(), 512).unwrap();
        let superpixels = slic(&frame, 80, &JobCx::silent()).unwrap();
        let leaves = leaves(&frame, &superpixels);
        (frame, leaves)
    }

    #[test]
    fn both_trees_hold_the_bar_as_one_node_and_end_with_the_image() {
        let (frame, leaves) = scene();
        for affinity in [Affinity::Colour, Affinity::Edge] {
            let nodes = merge_tree(&leaves, affinity, &JobCx::silent()).unwrap();
            assert_eq!(nodes.len(), leaves.len() * 2 - 1);
            assert_eq!(nodes.last().unwrap().len(), leaves.len());
            let bar = nodes.iter().map(|members| measure(&leaves, members, (frame.width, frame.height), (0.1, 0.1)));
            let best = bar.filter(|shape| shape.bounds == [20, 25, 60, 35]).count();
            assert!(best > 0, "no node is the bar");
        }
    }

    #[test]
    fn a_bar_is_measured_as_long_full_and_off_the_rim() {
        let (frame, leaves) = scene();
        let red = groups(&leaves, |i| leaves[i].mean[1] > 0.1);
        assert_eq!(red.len(), 1);
        let shape = measure(&leaves, &red[0], (frame.width, frame.height), (0.1, 0.1));
        assert!((shape.elongation - 4.0).abs() < 0.3, "elongation {}", shape.elongation);
        assert!((0.9..1.1).contains(&shape.fullness), "fullness {}", shape.fullness);
        assert!(shape.rim == 0.0 && shape.contrast > 0.9);
    }
}
