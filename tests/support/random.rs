//! A small random number generator with a fixed sequence for every seed, on every machine.

use std::ops::Range;

/// SplitMix64: 64 bits of state, passes the usual tests, and needs no dependency whose next
/// version could change every generated capture.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The sequence that belongs to `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number of `range`; its start when the range is empty.
    pub fn within(&mut self, range: Range<u64>) -> u64 {
        let width = range.end.saturating_sub(range.start).max(1);
        range.start + ((u128::from(self.bits()) * u128::from(width)) >> 64) as u64
    }

    /// True in `per_mille` of 1000 cases.
    pub fn chance(&mut self, per_mille: u64) -> bool {
        self.within(0..1000) < per_mille
    }

    /// One of `choices`, which must not be empty.
    pub fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.within(0..choices.len() as u64) as usize]
    }

    /// A waiting time or size around `mean` with a long tail: exponentially distributed, between
    /// a tenth and ten times the mean.
    pub fn around(&mut self, mean: u64) -> u64 {
        let uniform = (self.within(1..1 << 53) as f64) / (1u64 << 53) as f64;
        ((-uniform.ln() * mean as f64) as u64).clamp(mean / 10, mean * 10)
    }
}
