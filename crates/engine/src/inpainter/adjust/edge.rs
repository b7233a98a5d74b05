//! Soft edges of a selection that is recoloured.
//!
//! Half of a feathered edge is inside its thing, where the old colour would shine through as a fringe. Outside, the
//! neighbours are other materials, which keep their colours anyway. So the inner half of a narrow edge is selected
//! completely and the outer half more; a wide gradient is intended, and stays.

use tie_core::Mask;

/// Nearer to full coverage than the first, in pixels, an edge is feathered; further than the second, it is a gradient.
const FEATHER: (f32, f32) = (5.0, 9.0);

/// Pixels that are read to each side.
const REACH: usize = FEATHER.1 as usize;

/// Coverage that counts as nearly full.
const NEARLY_FULL: u8 = 252;

/// The selection with firm edges; `None` if there is nothing to change.
pub(super) fn firm(selection: &Mask) -> Option<Mask> {
    let bounds = selection.bounds();
    let (width, height) = (bounds.width as usize, bounds.height as usize);
    let (left, top) = (bounds.x.unsigned_abs() as usize, bounds.y.unsigned_abs());
    let row = |y: usize| &selection.row(top + y as u32)[left..left + width];
    if !(0..height).any(|y| row(y).iter().any(|coverage| (1..NEARLY_FULL).contains(coverage))) {
        return None;
    }
    let along: Vec<u8> = (0..height).flat_map(|y| distances(row(y))).collect();
    let distance = |x: usize, y: usize| {
        let rows = y.saturating_sub(REACH)..(y + REACH + 1).min(height);
        rows.map(|other| f32::from(along[other * width + x]).hypot(y.abs_diff(other) as f32)).fold(f32::MAX, f32::min)
    };
    let mut firm = selection.clone();
    firm.for_each_row_in(bounds, |x, y, pixels| {
        for (offset, coverage) in pixels.iter_mut().enumerate() {
            if (1..255).contains(coverage) {
                let distance = distance(x as usize + offset - left, (y - top) as usize);
                let lift = 1.0 + ((FEATHER.1 - distance) / (FEATHER.1 - FEATHER.0)).clamp(0.0, 1.0);
                *coverage = (f32::from(*coverage) * lift).round().min(255.0) as u8;
            }
        }
    });
    Some(firm)
}

/// For each pixel of a row, the distance along it to nearly full coverage, at most 255.
fn distances(row: &[u8]) -> Vec<u8> {
    let mut distances = vec![u8::MAX; row.len()];
    let mut pass = |way: &mut dyn Iterator<Item = usize>| {
        let mut since = u8::MAX;
        for x in way {
            since = if row[x] >= NEARLY_FULL { 0 } else { since.saturating_add(1) };
            distances[x] = distances[x].min(since);
        }
    };
    pass(&mut (0..row.len()));
    pass(&mut (0..row.len()).rev());
    distances
}
