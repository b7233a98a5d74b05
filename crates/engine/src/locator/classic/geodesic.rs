//! Geodesic distances in an image: the length of the cheapest path, where crossing a change of colour is dear.

use super::frame::{Frame, distance};

/// Length of a step between pixels of one colour.
const STEP: f32 = 0.008;
/// Passes over the image, each there and back; paths that turn more often come out slightly long.
const PASSES: usize = 3;

/// The distance of every pixel from the nearest seed, in units of colour difference; each seed has a distance to start with.
/// By raster scans, as in Criminisi, Sharp & Blake, "`GeoS`: geodesic image segmentation" (2008).
pub(super) fn geodesic(frame: &Frame, seeds: impl Iterator<Item = (usize, f32)>) -> Vec<f32> {
    let (w, h) = (frame.width as i32, frame.height as i32);
    let mut distances = vec![f32::INFINITY; frame.len()];
    for (seed, start) in seeds {
        distances[seed] = distances[seed].min(start);
    }
    // Neighbours that a scan from the top left has seen already; the scan back sees the opposite ones.
    let seen = [(-1, 0), (-1, -1), (0, -1), (1, -1)];
    for pass in 0..2 * PASSES {
        let back = pass % 2 == 1;
        let sign = if back { -1 } else { 1 };
        for n in 0..frame.len() {
            let i = if back { frame.len() - 1 - n } else { n };
            let (x, y) = (i as i32 % w, i as i32 / w);
            let mut best = distances[i];
            for (dx, dy) in seen {
                let (column, row) = (x + sign * dx, y + sign * dy);
                if column < 0 || column >= w || row < 0 || row >= h {
                    continue;
                }
                let j = (row * w + column) as usize;
                if distances[j] < best {
                    let length = if dx != 0 && dy != 0 { std::f32::consts::SQRT_2 } else { 1.0 };
                    best = best.min(distances[j] + STEP * length + distance(frame.lab[i], frame.lab[j]));
                }
            }
            distances[i] = best;
        }
    }
    distances
}

#[cfg(test)]
mod tests {
    use super::*;
    use tie_core::{Extent, Raster};

    #[test]
    fn the_way_around_a_wall_is_shorter_than_through_it() {
        // A white wall with a gap at the bottom between the seed on the left and the pixels on the right.
        let image =
            Raster::from_fn(Extent::new(21, 15), |x, y| if x == 10 && y < 12 { [255; 4] } else { [0, 0, 0, 255] });
        let frame = Frame::new(&image, image.bounds(), 64).unwrap();
        let distances = geodesic(&frame, std::iter::once((7 * 21 + 3, 0.0)));
        assert_eq!(distances[7 * 21 + 3], 0.0);
        let (near, behind, wall) = (distances[7 * 21 + 8], distances[7 * 21 + 13], distances[7 * 21 + 10]);
        assert!((near - 5.0 * STEP).abs() < 1e-4, "{near}");
        assert!(behind > 2.0 * near && behind < 0.3 && wall > 0.9, "{behind} and {wall}");
    }

    #[test]
    fn without_seeds_everything_is_infinitely_far() {
        let image = Raster::filled(Extent::new(4, 4), [9, 9, 9, 255]);
        let frame = Frame::new(&image, image.bounds(), 64).unwrap();
        assert!(geodesic(&frame, std::iter::empty()).iter().all(|d| d.is_infinite()));
    }
}
