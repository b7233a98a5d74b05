//! Sums over the square around each pixel.

use crate::{EngineError, JobCx};
use rayon::prelude::*;

/// Rows that one thread processes in a row; the sums of the first are computed afresh.
const BAND: usize = 64;

/// For each pixel, row by row, what `finish` makes of its place (x and y) and the sum of `value` over a window that
/// reaches equally far to each side, cut at the image's border. The only error is that the job was cancelled.
pub(super) fn window_sums<const N: usize, T: Copy + Default + Send>(
    (width, height): (usize, usize),
    radius: usize,
    value: impl Fn(usize, usize) -> [i32; N] + Sync,
    finish: impl Fn(usize, usize, [i32; N]) -> T + Sync,
    cx: &JobCx<'_>,
) -> Result<Vec<T>, EngineError> {
    let mut results = vec![T::default(); width * height];
    results.par_chunks_mut((width * BAND).max(1)).enumerate().for_each(|(number, band)| {
        if cx.is_cancelled() {
            return;
        }
        let top = number * BAND;
        let mut columns = vec![[0_i32; N]; width];
        let shift = |columns: &mut [[i32; N]], row: usize, sign: i32| {
            for (x, column) in columns.iter_mut().enumerate() {
                column.iter_mut().zip(value(x, row)).for_each(|(sum, v)| *sum += sign * v);
            }
        };
        for row in top.saturating_sub(radius)..(top + radius).min(height) {
            shift(&mut columns, row, 1);
        }
        for (y, results) in (top..).zip(band.chunks_exact_mut(width)) {
            if y + radius < height {
                shift(&mut columns, y + radius, 1);
            }
            if y > top.max(radius) {
                shift(&mut columns, y - radius - 1, -1);
            }
            let mut sum = [0_i32; N];
            for column in &columns[..radius.min(width)] {
                sum.iter_mut().zip(column).for_each(|(sum, v)| *sum += v);
            }
            for (x, result) in results.iter_mut().enumerate() {
                if let Some(entering) = columns.get(x + radius) {
                    sum.iter_mut().zip(entering).for_each(|(sum, v)| *sum += v);
                }
                if x > radius {
                    sum.iter_mut().zip(columns[x - radius - 1]).for_each(|(sum, v)| *sum -= v);
                }
                *result = finish(x, y, sum);
            }
        }
    });
    cx.check()?;
    Ok(results)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_counted_one_by_one() {
        for (width, height) in [(1, 1), (9, 3), (3, 200), (70, 131)] {
            let value = |x: usize, y: usize| [((x * 7 + y * 5) % 11) as i32];
            let sums = window_sums((width, height), 3, value, |x, y, [sum]| ((x, y), sum), &JobCx::silent()).unwrap();
            for (i, (told, sum)) in sums.into_iter().enumerate() {
                let (x, y) = (i % width, i / width);
                let near = |p: usize, length: usize| p.saturating_sub(3)..(p + 4).min(length);
                let one_by_one: i32 = near(y, height).flat_map(|y| near(x, width).map(move |x| value(x, y)[0])).sum();
                assert_eq!((told, sum), ((x, y), one_by_one), "at {x},{y} of {width}×{height}");
            }
        }
    }
}
