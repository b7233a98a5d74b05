//! A smooth fill without texture, for images too small to hold a patch.

use super::pyramid::{Level, coarse_pair};

/// Fills the hole with a smooth continuation of the sources around it: means of halving sizes, then interpolated back
/// ("push-pull", Gortler et al. 1996, "The lumigraph", section 3.4).
pub(super) fn fill(level: &mut Level) {
    let cells: Vec<[f32; 4]> =
        level.texels.iter().zip(&level.source).map(|(texel, &source)| weighted(*texel, source)).collect();
    let filled = push_pull(&cells, level.width, level.height);
    for ((texel, &hole), value) in level.texels.iter_mut().zip(&level.hole).zip(&filled) {
        if hole && value[3] > 0.0 {
            let colour = |k: usize| (value[k] / value[3]).round().clamp(0.0, 255.0) as i16;
            *texel = [colour(0), colour(1), colour(2), 0];
        }
    }
}

/// Colour times weight, and the weight.
fn weighted(texel: [i16; 4], source: bool) -> [f32; 4] {
    if source { [texel[0].into(), texel[1].into(), texel[2].into(), 1.0] } else { [0.0; 4] }
}

/// Gives each cell of weight below 1 the rest of its weight from the half-size image, down to one cell.
fn push_pull(cells: &[[f32; 4]], width: usize, height: usize) -> Vec<[f32; 4]> {
    if width * height <= 1 || cells.iter().all(|cell| cell[3] >= 1.0) {
        return cells.to_vec();
    }
    let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
    let mut half = vec![[0.0_f32; 4]; half_width * half_height];
    for (i, cell) in cells.iter().enumerate() {
        let into = &mut half[i / width / 2 * half_width + i % width / 2];
        into.iter_mut().zip(cell).for_each(|(into, v)| *into += v);
    }
    // Full weight as soon as one of the four is known: colour comes from the nearest sources.
    for cell in half.iter_mut().filter(|cell| cell[3] > 1.0) {
        *cell = cell.map(|v| v / cell[3]);
    }
    let half = push_pull(&half, half_width, half_height);
    let from_half = |i: usize, k: usize| {
        let ((x0, x1), (y0, y1)) = (coarse_pair(i % width, half_width), coarse_pair(i / width, half_height));
        let at = |x: usize, y: usize| half[y * half_width + x][k];
        (9.0 * at(x0, y0) + 3.0 * at(x1, y0) + 3.0 * at(x0, y1) + at(x1, y1)) / 16.0
    };
    let filled = cells.iter().enumerate().map(|(i, cell)| {
        let rest = (1.0 - cell[3]).max(0.0);
        std::array::from_fn(|k| cell[k] + rest * from_half(i, k))
    });
    filled.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_in_a_ramp_is_filled_between_its_ends() {
        let texels: Vec<[i16; 4]> = (0..9).map(|x| [x * 20, 100, 0, 0]).collect();
        let hole: Vec<bool> = (0..9).map(|x| (3..6).contains(&x)).collect();
        let source = hole.iter().map(|&hole| !hole).collect();
        let mut level = Level { width: 9, height: 1, texels, hole, source, guide: Vec::new() };
        fill(&mut level);
        for x in 3..6 {
            let [red, green, ..] = level.texels[x];
            assert!((40..=120).contains(&red), "red {red} at {x}");
            assert_eq!(green, 100, "at {x}");
        }
    }
}
