//! Superpixels: SLIC (Achanta et al., "SLIC superpixels compared to state-of-the-art superpixel methods", 2012) in Oklab.

use super::frame::{Frame, Lab, distance};
use crate::{EngineError, JobCx};

/// Weight of distance in space against distance in colour; low, because thin things matter more here than even tiles.
const COMPACTNESS: f32 = 0.07;
const ITERATIONS: usize = 6;

/// The superpixel of each pixel; every superpixel is one connected piece.
pub(crate) struct Superpixels {
    pub labels: Vec<u32>,
    pub count: usize,
}

/// About `target` superpixels.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub(super) fn slic(frame: &Frame, target: usize, cx: &JobCx<'_>) -> Result<Superpixels, EngineError> {
    let step = ((frame.len() as f32 / target.max(1) as f32).sqrt()).max(2.0);
    let mut centres = initial_centres(frame, step);
    let mut labels = vec![0_u32; frame.len()];
    for _ in 0..ITERATIONS {
        cx.check()?;
        assign(frame, &centres, step, &mut labels);
        update(frame, &labels, &mut centres);
    }
    Ok(connect(frame, &labels, (step * step / 6.0) as usize))
}

#[derive(Clone, Copy)]
struct Centre {
    lab: Lab,
    x: f32,
    y: f32,
}

fn initial_centres(frame: &Frame, step: f32) -> Vec<Centre> {
    let along = |length: usize| ((length as f32 / step).round() as usize).max(1);
    let (columns, rows) = (along(frame.width), along(frame.height));
    let mut centres = Vec::with_capacity(columns * rows);
    for row in 0..rows {
        for column in 0..columns {
            let x = (column * 2 + 1) * frame.width / (columns * 2);
            let y = (row * 2 + 1) * frame.height / (rows * 2);
            let i = calmest_near(frame, x, y);
            centres.push(Centre { lab: frame.lab[i], x: (i % frame.width) as f32, y: (i / frame.width) as f32 });
        }
    }
    centres
}

/// The pixel of lowest gradient in the 3×3 pixels around (x, y): a centre on an edge would belong to neither side.
fn calmest_near(frame: &Frame, x: usize, y: usize) -> usize {
    let mut best = y * frame.width + x;
    for row in y.saturating_sub(1)..(y + 2).min(frame.height) {
        for column in x.saturating_sub(1)..(x + 2).min(frame.width) {
            let i = row * frame.width + column;
            if frame.edge[i] < frame.edge[best] {
                best = i;
            }
        }
    }
    best
}

fn assign(frame: &Frame, centres: &[Centre], step: f32, labels: &mut [u32]) {
    let mut nearest = vec![f32::INFINITY; labels.len()];
    let space = (COMPACTNESS / step).powi(2);
    for (label, centre) in centres.iter().enumerate() {
        let range = |at: f32, end: usize| ((at - step).max(0.0) as usize, ((at + step) as usize + 1).min(end));
        let ((left, right), (top, bottom)) = (range(centre.x, frame.width), range(centre.y, frame.height));
        for y in top..bottom {
            let dy = y as f32 - centre.y;
            for x in left..right {
                let i = y * frame.width + x;
                let dx = x as f32 - centre.x;
                let colour = distance(frame.lab[i], centre.lab);
                let d = colour * colour + space * (dx * dx + dy * dy);
                if d < nearest[i] {
                    nearest[i] = d;
                    labels[i] = label as u32;
                }
            }
        }
    }
}

fn update(frame: &Frame, labels: &[u32], centres: &mut [Centre]) {
    let mut sums = vec![[0.0_f32; 6]; centres.len()];
    for (i, &label) in labels.iter().enumerate() {
        let lab = frame.lab[i];
        let add = [lab[0], lab[1], lab[2], (i % frame.width) as f32, (i / frame.width) as f32, 1.0];
        for (sum, value) in sums[label as usize].iter_mut().zip(add) {
            *sum += value;
        }
    }
    for (centre, s) in centres.iter_mut().zip(&sums) {
        if s[5] > 0.0 {
            *centre = Centre { lab: [s[0] / s[5], s[1] / s[5], s[2] / s[5]], x: s[3] / s[5], y: s[4] / s[5] };
        }
    }
}

/// Makes every label one connected piece; pieces below `smallest` pixels join the neighbour found first.
fn connect(frame: &Frame, labels: &[u32], smallest: usize) -> Superpixels {
    const NONE: u32 = u32::MAX;
    let mut connected = vec![NONE; labels.len()];
    let mut count = 0_u32;
    let mut piece = Vec::new();
    for start in 0..labels.len() {
        if connected[start] != NONE {
            continue;
        }
        piece.clear();
        piece.push(start);
        connected[start] = count;
        let mut neighbour = NONE;
        let mut next = 0;
        while let Some(&i) = piece.get(next) {
            next += 1;
            for j in neighbours4(i, frame.width, frame.height) {
                if connected[j] == NONE && labels[j] == labels[start] {
                    connected[j] = count;
                    piece.push(j);
                } else if connected[j] != NONE && connected[j] != count {
                    neighbour = connected[j];
                }
            }
        }
        if piece.len() < smallest && neighbour != NONE {
            for &i in &piece {
                connected[i] = neighbour;
            }
        } else {
            count += 1;
        }
    }
    Superpixels { labels: connected, count: count as usize }
}

/// The pixels left of, right of, above and below pixel `i`.
pub(super) fn neighbours4(i: usize, width: usize, height: usize) -> impl Iterator<Item = usize> {
    let (x, y) = (i % width, i / width);
    [
        (x > 0).then(|| i - 1),
        (x + 1 < width).then(|| i + 1),
        (y > 0).then(|| i - width),
        (y + 1 < height).then(|| i + width),
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tie_core::{Extent, Raster};

    #[test]
    fn superpixels_do_not_cross_a_strong_edge() {
        let image =
            Raster::from_fn(
                Extent::new(60, 40),
                |x, y| if x + y / 2 < 37 { [200, 30, 30, 255] } else { [20, 60, 160, 255] },
            );
        let frame = Frame::new(&image, image.bounds(), 512).unwrap();
        let superpixels = slic(&frame, 40, &JobCx::silent()).unwrap();
        let mut sides = vec![[0; 2]; superpixels.count];
        for (i, &label) in superpixels.labels.iter().enumerate() {
            sides[label as usize][usize::from(i % 60 + i / 60 / 2 < 37)] += 1;
        }
        let mixed: usize = sides.iter().map(|s| s[0].min(s[1])).sum();
        assert!(mixed < 40, "{mixed} of 2400 pixels lie on the wrong side");
        assert!((20..80).contains(&superpixels.count), "{} superpixels", superpixels.count);
    }

    #[test]
    fn one_pixel_is_one_superpixel() {
        let image = Raster::filled(Extent::new(1, 1), [0; 4]);
        let frame = Frame::new(&image, image.bounds(), 512).unwrap();
        assert_eq!(slic(&frame, 1000, &JobCx::silent()).unwrap().count, 1);
    }
}
