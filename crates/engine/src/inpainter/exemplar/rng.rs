//! A tiny stateless generator: every random number is a function of what it is for, so no order of work can change it.

/// `SplitMix64` (Steele, Lea and Flood 2014): a well mixed 64-bit value for each input.
pub(super) const fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The random numbers of one place in one pass.
#[derive(Clone, Copy)]
pub(super) struct Random(u64);

impl Random {
    /// The sequence that belongs to `seed` and `place`.
    pub(super) const fn at(seed: u64, place: u64) -> Self {
        Self(mix(seed ^ mix(place)))
    }

    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// Uniform in `0..bound`; 0 if the bound is 0.
    pub(super) const fn below(&mut self, bound: usize) -> usize {
        (((self.next() >> 32) * bound as u64) >> 32) as usize
    }

    /// Uniform in `-radius..=radius`.
    pub(super) const fn within(&mut self, radius: i32) -> i32 {
        self.below(2 * radius.unsigned_abs() as usize + 1) as i32 - radius
    }

    /// Uniform from 0 to 1.
    pub(super) const fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u64 << 24) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_in_range_and_reach_both_ends() {
        let mut random = Random::at(7, 3);
        let drawn: Vec<i32> = (0..500).map(|_| random.within(2)).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&-2), Some(&2)));
        assert!((0..500).map(|_| random.unit()).all(|u| (0.0..1.0).contains(&u)));
        assert_eq!(random.below(0), 0);
    }
}
