//! Packet time, the only clock of the engine.

use std::time::Duration;

/// A point in packet time: nanoseconds since 1970-01-01 00:00:00 UTC.
///
/// Captures step backwards (clock adjustments, merged files) and damaged records carry any value,
/// so every operation saturates and none can panic. The latest representable time is in 2554.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The time that is `nanos` nanoseconds after the epoch.
    #[inline]
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// The time that is `seconds` and `nanos` after the epoch; `nanos` may exceed a second.
    pub const fn new(seconds: u64, nanos: u64) -> Self {
        Self(seconds.saturating_mul(1_000_000_000).saturating_add(nanos))
    }

    /// Nanoseconds since the epoch.
    #[inline]
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Whole seconds since the epoch.
    pub const fn seconds(self) -> u64 {
        self.0 / 1_000_000_000
    }

    /// The nanoseconds within the second.
    pub const fn subsecond_nanos(self) -> u32 {
        (self.0 % 1_000_000_000) as u32
    }

    /// How long after `earlier` this is; zero when it is not after it.
    #[inline]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// Whether this is more than `span` after `earlier`: what is asked for each packet, without a
    /// division.
    #[inline]
    pub const fn is_past(self, earlier: Self, span: Duration) -> bool {
        self.0.saturating_sub(earlier.0) as u128 > span.as_nanos()
    }
}

impl std::ops::Add<Duration> for Timestamp {
    type Output = Self;

    #[inline]
    fn add(self, duration: Duration) -> Self {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(nanos))
    }
}

/// How many digits of a second the capture's clock gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// Microseconds or coarser: six digits are shown.
    #[default]
    Micro,
    /// Finer than microseconds: nine digits are shown.
    Nano,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_backwards_is_zero() {
        let (early, late) = (Timestamp::new(1, 0), Timestamp::new(2, 5));
        assert_eq!(late.since(early), Duration::new(1, 5));
        assert_eq!(early.since(late), Duration::ZERO);
    }

    #[test]
    fn a_span_is_past_when_more_time_than_that_is_gone() {
        let (early, late) = (Timestamp::new(1, 0), Timestamp::new(2, 5));
        for (span, past) in [(Duration::new(1, 4), true), (Duration::new(1, 5), false)] {
            assert_eq!(late.is_past(early, span), past);
            assert!(!early.is_past(late, span));
        }
    }

    #[test]
    fn the_end_of_time_is_reached_and_not_passed() {
        let end = Timestamp::new(u64::MAX, u64::MAX);
        assert_eq!(end, end + Duration::MAX);
        assert_eq!(end.as_nanos(), u64::MAX);
    }
}
