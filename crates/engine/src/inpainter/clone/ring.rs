//! The ring around a pasted thing: where its new place looks like its old one, the soft light around it comes along.
//!
//! Seamless cloning (Perez et al. 2003, "Poisson image editing") with mixed gradients, but only between the thing's edge and
//! the new background. Cloning the thing itself would tint it by the background's colour: its own pixels stay fixed here.

use crate::{EngineError, JobCx};
use tie_core::{Bounds, Mask, Offset, Raster};

/// Coverage from which a pixel is the thing itself and keeps its colour.
const FIXED: u8 = 243;
/// Mean difference of old and new surroundings (root of the sum of squares) up to which they are of one kind.
const ALIKE: f32 = 34.0;
/// A step between neighbours that is steeper than this is an edge of something else, and stays behind.
const SOFT: f32 = 14.0;
/// Sweeps of the solver: the ring is thin, so few are enough.
const SWEEPS: usize = 80;
/// Over-relaxation of each sweep.
const RELAXATION: f32 = 1.7;
const NONE: u32 = u32::MAX;

/// How wide the ring is for a thing with these bounds, in pixels.
pub(super) fn width(bounds: Bounds) -> u32 {
    (bounds.width.min(bounds.height) / 5).clamp(4, 32)
}

/// One pixel of the ring: `diagonal · value = right side + Σ neighbours in the ring`.
struct Site {
    index: usize,
    neighbours: [u32; 4],
    diagonal: f32,
    right: [f32; 3],
}

/// Joins a paste of unchanged size to its surroundings, if they are alike.
///
/// `composed` is the image with the thing pasted, `behind` without it, `source` the photograph that it was cut from; `alpha`
/// covers the thing where it was pasted, and `old` where it was (what must not be taken for surroundings).
pub(super) fn join(
    composed: &mut Raster,
    behind: &Raster,
    source: &Raster,
    alpha: &Mask,
    old: &Mask,
    by: Offset,
    cx: &JobCx<'_>,
) -> Result<(), EngineError> {
    let extent = composed.extent();
    let bounds = alpha.bounds();
    let reach = alpha.grown(width(bounds) as f32);
    let from = |x: i32, y: i32| {
        let (x, y) = (x - by.x, y - by.y);
        let inside = x >= 0 && y >= 0 && x < extent.width as i32 && y < extent.height as i32;
        inside.then(|| extent.index(x as u32, y as u32))
    };
    let place = |index: usize| ((index % extent.width as usize) as i32, (index / extent.width as usize) as i32);
    let ring: Vec<usize> = (0..extent.area())
        .filter(|&index| {
            let (x, y) = place(index);
            reach.coverage()[index] >= 128 && alpha.coverage()[index] < FIXED && from(x, y).is_some()
        })
        .collect();
    cx.check()?;
    // Beyond the ring, where a shadow at the thing has faded: a difference there is one of the ground.
    let far = alpha.grown(2.5 * width(bounds) as f32);
    let surroundings = (0..extent.area()).filter_map(|index| {
        let (x, y) = place(index);
        let beyond = far.coverage()[index] > 0 && reach.coverage()[index] == 0;
        let at = from(x, y).filter(|&at| beyond && old.coverage()[at] == 0)?;
        Some(difference(rgb(source, at), rgb(behind, index)))
    });
    if !are_alike(surroundings) {
        return Ok(());
    }
    let mut number = vec![NONE; extent.area()];
    for (n, &index) in ring.iter().enumerate() {
        number[index] = n as u32;
    }
    let mut sites: Vec<Site> = Vec::with_capacity(ring.len());
    for &index in &ring {
        let (x, y) = place(index);
        let mut site = Site { index, neighbours: [NONE; 4], diagonal: 0.0, right: [0.0; 3] };
        for (slot, (dx, dy)) in [(-1, 0), (1, 0), (0, -1), (0, 1)].into_iter().enumerate() {
            let (nx, ny) = (x + dx, y + dy);
            if nx < 0 || ny < 0 || nx >= extent.width as i32 || ny >= extent.height as i32 {
                continue;
            }
            let beside = extent.index(nx as u32, ny as u32);
            let own = difference(rgb(behind, index), rgb(behind, beside));
            let brought = from(x, y).zip(from(nx, ny)).map(|(here, there)| {
                let step = difference(rgb(source, here), rgb(source, there));
                let at_thing = alpha.coverage()[index].max(alpha.coverage()[beside]) > 0;
                (step, at_thing || length(step) <= SOFT)
            });
            let step = match brought {
                Some((step, true)) if length(step) > length(own) || alpha.coverage()[beside] > 0 => step,
                _ => own,
            };
            site.diagonal += 1.0;
            let known = if number[beside] == NONE { rgb(composed, beside) } else { [0.0; 3] };
            site.neighbours[slot] = number[beside];
            site.right.iter_mut().zip(step).zip(known).for_each(|((right, step), known)| *right += step + known);
        }
        sites.push(site);
    }
    let mut values: Vec<[f32; 3]> = ring.iter().map(|&index| rgb(composed, index)).collect();
    for sweep in 0..SWEEPS {
        cx.check()?;
        relax(&sites, &mut values, sweep % 2 == 1);
    }
    for (site, value) in sites.iter().zip(values) {
        let pixel = &mut composed.pixels_mut()[site.index];
        pixel.iter_mut().zip(value).for_each(|(channel, value)| *channel = value.round().clamp(0.0, 255.0) as u8);
    }
    Ok(())
}

/// One sweep of successive over-relaxation, forwards or backwards.
fn relax(sites: &[Site], values: &mut [[f32; 3]], backward: bool) {
    for step in 0..sites.len() {
        let n = if backward { sites.len() - 1 - step } else { step };
        let Site { neighbours, diagonal, right, .. } = &sites[n];
        if *diagonal == 0.0 {
            continue;
        }
        let mut sum = *right;
        for neighbour in neighbours.iter().filter(|neighbour| **neighbour != NONE) {
            sum.iter_mut().zip(values[*neighbour as usize]).for_each(|(sum, value)| *sum += value);
        }
        let factor = RELAXATION / diagonal;
        values[n].iter_mut().zip(sum).for_each(|(value, sum)| *value += factor * sum - RELAXATION * *value);
    }
}

/// Whether the old and the new surroundings are of one colour, give or take a shade.
fn are_alike(differences: impl Iterator<Item = [f32; 3]>) -> bool {
    let (mut count, mut sum) = (0_usize, 0.0_f64);
    for difference in differences {
        count += 1;
        sum += f64::from(length(difference));
    }
    count > 0 && sum / (count as f64) < f64::from(ALIKE)
}

fn rgb(image: &Raster, index: usize) -> [f32; 3] {
    let [r, g, b, _] = image.pixels()[index];
    [f32::from(r), f32::from(g), f32::from(b)]
}

fn difference(a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn length(step: [f32; 3]) -> f32 {
    step.iter().map(|value| value * value).sum::<f32>().sqrt()
}
