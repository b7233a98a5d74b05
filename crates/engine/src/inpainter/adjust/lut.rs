//! A map of colours as a table, for when it is applied to more pixels than a table has places.

use rayon::prelude::*;

/// Places along each axis.
const SIDE: usize = 49;

/// Distance in the table from one place to the next, along red, green and blue.
const STRIDES: [usize; 3] = [SIDE * SIDE, SIDE, 1];

/// Weights of the places around a colour add up to this.
const WHOLE: u32 = 256;

/// The entries of a table that some colours need: a photo uses few of them.
pub(super) struct Used(Vec<u32>);

/// A map of sRGB colours, known at the corners of a grid and tetrahedrally interpolated between (Sakamoto and Itooka
/// 1981), which keeps greys on a line.
pub(super) struct Lut {
    /// Each channel in its own 16 bits, so that one multiplication weights all.
    places: Vec<u64>,
    steps: [Step; 256],
}

/// The entries of an axis that a channel is between, and how far along, 0 to [`WHOLE`].
#[derive(Clone, Copy, Default)]
struct Step {
    place: u8,
    along: u16,
}

/// The channel of an entry: integers, so that a table is exact at its entries; closer in the dark, where light curves
/// are steep.
const fn channel(place: usize) -> usize {
    let last = SIDE - 1;
    // 255 t (0.6 + 0.4 t), rounded.
    (255 * place * (3 * last + 2 * place) + 5 * last * last / 2) / (5 * last * last)
}

fn steps() -> [Step; 256] {
    let mut steps = [Step::default(); 256];
    for place in 0..SIDE - 1 {
        let (from, to) = (channel(place), channel(place + 1));
        for (value, step) in steps.iter_mut().enumerate().take(to + 1).skip(from) {
            let along = ((value - from) as u32 * WHOLE + (to - from) as u32 / 2) / (to - from) as u32;
            *step = Step { place: place as u8, along: along as u16 };
        }
    }
    steps
}

impl Used {
    /// The places around these colours.
    pub(super) fn by(colours: impl Iterator<Item = [u8; 3]>) -> Self {
        let steps = steps();
        let mut used = vec![false; SIDE * SIDE * SIDE];
        let mut last = None;
        for rgb in colours {
            let corner = corner(&steps, rgb);
            if last != Some(corner) {
                last = Some(corner);
                for side in 0..8 {
                    let offset: usize = (0..3).filter(|axis| side >> axis & 1 == 1).map(|axis| STRIDES[axis]).sum();
                    used[corner + offset] = true;
                }
            }
        }
        Self((0_u32..).zip(used).filter(|(_, used)| *used).map(|(place, _)| place).collect())
    }
}

fn corner(steps: &[Step; 256], rgb: [u8; 3]) -> usize {
    rgb.iter().zip(STRIDES).map(|(value, stride)| usize::from(steps[usize::from(*value)].place) * stride).sum()
}

impl Lut {
    /// The map `change` at the places that are used.
    pub(super) fn of(used: &Used, change: &(dyn Fn([u8; 3]) -> [u8; 3] + Sync)) -> Self {
        let mut places = vec![0; SIDE * SIDE * SIDE];
        let at = |place: usize| STRIDES.map(|stride| channel(place / stride % SIDE) as u8);
        let known: Vec<[u8; 3]> =
            used.0.par_iter().with_min_len(256).map(|place| change(at(*place as usize))).collect();
        for (place, [r, g, b]) in used.0.iter().zip(known) {
            places[*place as usize] = u64::from(r) | u64::from(g) << 16 | u64::from(b) << 32;
        }
        Self { places, steps: steps() }
    }

    /// The colour that one of those becomes which the table was made for.
    pub(super) fn at(&self, rgb: [u8; 3]) -> [u8; 3] {
        let [r, g, b] = rgb.map(|value| self.steps[usize::from(value)]);
        let corner = corner(&self.steps, rgb);
        // The way to the opposite corner, along the axes in order of how far along the colour is on each.
        let mut way = [(r.along, STRIDES[0]), (g.along, STRIDES[1]), (b.along, STRIDES[2])];
        if way[0].0 < way[1].0 {
            way.swap(0, 1);
        }
        if way[1].0 < way[2].0 {
            way.swap(1, 2);
        }
        if way[0].0 < way[1].0 {
            way.swap(0, 1);
        }
        let [(first, one), (second, two), (third, three)] = way.map(|(along, stride)| (u64::from(along), stride));
        let weights = [u64::from(WHOLE) - first, first - second, second - third, third];
        let places = [corner, corner + one, corner + one + two, corner + one + two + three];
        let weighed = |i: usize| self.places[places[i]] * weights[i];
        // At most 255 · 256 and the half for rounding: no channel runs over into the next.
        let sum = weighed(0) + weighed(1) + weighed(2) + weighed(3) + 0x80_0080_0080;
        [(sum >> 8) as u8, (sum >> 24) as u8, (sum >> 40) as u8]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_nothing_changes_nothing() {
        let all = || (0..=255_u8).flat_map(|v| [[v; 3], [v, 255 - v, 7], [0, v, 255], [v / 2, 13, v]]);
        let lut = Lut::of(&Used::by(all()), &|rgb| rgb);
        for rgb in all() {
            assert!(rgb.iter().zip(lut.at(rgb)).all(|(a, b)| a.abs_diff(b) <= 1), "{rgb:?} became {:?}", lut.at(rgb));
        }
    }

    #[test]
    fn only_places_around_the_colours_are_asked_for() {
        let used = Used::by([[8, 8, 8]; 5].into_iter());
        assert!(used.0.len() <= 8);
        assert_eq!(Lut::of(&used, &|rgb| rgb.map(|v| 255 - v)).at([8; 3]), [247; 3]);
    }
}
