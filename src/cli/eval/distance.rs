//! Exact distances to the nearest pixel of the other kind (Felzenszwalb & Huttenlocher, "Distance transforms of sampled
//! functions", 2012).

use tie_core::Extent;

/// Squared distance, in pixels, from each pixel that is `inside` to the nearest that is not; pixels beyond the image
/// are outside. 0 for the others.
pub(super) fn squared_depths(inside: &[bool], extent: Extent) -> Vec<u32> {
    let (width, height) = (extent.width as usize, extent.height as usize);
    let mut depths = vec![0_u32; inside.len()];
    // Down the columns: steps to the nearest other pixel above or below.
    for x in 0..width {
        let mut above = 0;
        for y in 0..height {
            let i = y * width + x;
            above = if inside[i] { above + 1 } else { 0 };
            depths[i] = above;
        }
        let mut below = 0;
        for y in (0..height).rev() {
            let i = y * width + x;
            below = if inside[i] { below + 1 } else { 0 };
            depths[i] = depths[i].min(below).pow(2);
        }
    }
    let mut envelope = Envelope::default();
    for row in depths.chunks_exact_mut(width.max(1)) {
        envelope.lower(row);
    }
    depths
}

/// The lower envelope of a row's parabolas.
#[derive(Default)]
struct Envelope {
    /// Apexes: place and height.
    apexes: Vec<(i64, i64)>,
    /// Where each parabola becomes the lowest.
    starts: Vec<f64>,
}

impl Envelope {
    /// Replaces each value of a row by the least of `value + distance²` over the row and both ends beyond it.
    fn lower(&mut self, row: &mut [u32]) {
        self.apexes.clear();
        self.starts.clear();
        let width = row.len() as i64;
        let ends = [(-1, 0), (width, 0)];
        let inner = row.iter().enumerate().map(|(x, &height)| (x as i64, i64::from(height)));
        for apex in ends.into_iter().take(1).chain(inner).chain(ends.into_iter().skip(1)) {
            let start = loop {
                let Some(&(at, height)) = self.apexes.last() else {
                    break f64::NEG_INFINITY;
                };
                let cross = ((apex.1 + apex.0 * apex.0) - (height + at * at)) as f64 / (2 * (apex.0 - at)) as f64;
                if cross > self.starts[self.starts.len() - 1] {
                    break cross;
                }
                self.apexes.pop();
                self.starts.pop();
            };
            self.apexes.push(apex);
            self.starts.push(start);
        }
        let mut lowest = 0;
        for (x, value) in row.iter_mut().enumerate() {
            while lowest + 1 < self.starts.len() && self.starts[lowest + 1] <= x as f64 {
                lowest += 1;
            }
            let (at, height) = self.apexes[lowest];
            *value = (height + (x as i64 - at).pow(2)) as u32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn depths_are_exact((w, h, inside) in (1_u32..14, 1_u32..14).prop_flat_map(|(w, h)| {
            (Just(w), Just(h), proptest::collection::vec(prop::bool::weighted(0.8), (w * h) as usize))
        })) {
            let found = squared_depths(&inside, Extent::new(w, h));
            for y in 0..i64::from(h) {
                for x in 0..i64::from(w) {
                    let at = |x: i64, y: i64| {
                        let outside = x < 0 || y < 0 || x >= i64::from(w) || y >= i64::from(h);
                        !outside && inside[(y * i64::from(w) + x) as usize]
                    };
                    let least = (-1..=i64::from(h)).flat_map(|v| (-1..=i64::from(w)).map(move |u| (u, v)))
                        .filter(|&(u, v)| !at(u, v)).map(|(u, v)| (u - x).pow(2) + (v - y).pow(2)).min().unwrap();
                    prop_assert_eq!(i64::from(found[(y * i64::from(w) + x) as usize]), least, "{} {}", x, y);
                }
            }
        }
    }
}
