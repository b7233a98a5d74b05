//! Pieces, holes and distances of yes-or-no masks.

use super::superpixels::neighbours4;
use std::collections::VecDeque;

/// The pixels of each four-connected piece whose pixels are `value`, the largest piece first.
pub(crate) fn pieces(mask: &[bool], width: usize, height: usize, value: bool) -> Vec<Vec<usize>> {
    let mut seen = vec![false; mask.len()];
    let mut found = Vec::new();
    for start in 0..mask.len() {
        if seen[start] || mask[start] != value {
            continue;
        }
        seen[start] = true;
        let mut piece = vec![start];
        let mut next = 0;
        while let Some(&i) = piece.get(next) {
            next += 1;
            for j in neighbours4(i, width, height) {
                if !seen[j] && mask[j] == value {
                    seen[j] = true;
                    piece.push(j);
                }
            }
        }
        found.push(piece);
    }
    // Stable: of two equals, the one higher up stays first.
    found.sort_by_key(|piece| std::cmp::Reverse(piece.len()));
    found
}

/// Fills holes of at most `share` of the mask's area.
pub(crate) fn fill_holes(mask: &mut [bool], width: usize, height: usize, share: f32) {
    let most = mask.iter().filter(|&&m| m).count() as f32 * share;
    for hole in pieces(mask, width, height, false) {
        let open =
            hole.iter().any(|&i| i % width == 0 || i % width + 1 == width || i < width || i / width + 1 == height);
        if !open && hole.len() as f32 <= most {
            for i in hole {
                mask[i] = true;
            }
        }
    }
}

/// Drops pieces below `share` of the largest piece's area, but none that holds a pixel of `keep`; with a share above 1, all
/// others.
pub(crate) fn drop_islands(mask: &mut [bool], width: usize, height: usize, share: f32, keep: &[usize]) {
    let found = pieces(mask, width, height, true);
    let least = found.first().map_or(0.0, |largest| largest.len() as f32 * share);
    let mut kept = vec![false; mask.len()];
    for &k in keep {
        kept[k] = true;
    }
    for piece in found {
        if (piece.len() as f32) < least && !piece.iter().any(|&i| kept[i]) {
            for i in piece {
                mask[i] = false;
            }
        }
    }
}

/// Steps from each pixel to the nearest pixel that is `value`; `u32::MAX` if there is none.
pub(crate) fn steps_to(mask: &[bool], width: usize, height: usize, value: bool) -> Vec<u32> {
    let mut steps = vec![u32::MAX; mask.len()];
    let mut queue: VecDeque<usize> = (0..mask.len()).filter(|&i| mask[i] == value).collect();
    for &i in &queue {
        steps[i] = 0;
    }
    while let Some(i) = queue.pop_front() {
        for j in neighbours4(i, width, height) {
            if steps[j] == u32::MAX {
                steps[j] = steps[i] + 1;
                queue.push_back(j);
            }
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(rows: &[&str]) -> Vec<bool> {
        rows.iter().flat_map(|row| row.bytes().map(|b| b == b'#')).collect()
    }

    #[test]
    fn small_holes_are_filled_and_bays_are_not() {
        let mut ring = mask(&["#####", "#.###", "#####", "##.##", "##.##"]);
        fill_holes(&mut ring, 5, 5, 0.1);
        assert_eq!(ring, mask(&["#####", "#####", "#####", "##.##", "##.##"]));
    }

    #[test]
    fn islands_go_unless_they_were_pointed_at() {
        let start = mask(&["###..#", "###...", "###.#."]);
        let mut dropped = start.clone();
        drop_islands(&mut dropped, 6, 3, 0.3, &[5]);
        assert_eq!(dropped, mask(&["###..#", "###...", "###..."]));
    }

    #[test]
    fn steps_count_from_the_nearest_pixel() {
        assert_eq!(steps_to(&mask(&["#...", "...."]), 4, 2, true), [0, 1, 2, 3, 1, 2, 3, 4]);
        assert_eq!(steps_to(&mask(&["."]), 1, 1, true), [u32::MAX]);
    }
}
