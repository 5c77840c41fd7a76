//! The clock of a pcapng interface: from ticks to packet time.

use crate::time::{Precision, Timestamp};

/// How an interface counts time (options `if_tsresol` and `if_tsoffset`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    tick: Tick,
    /// Nanoseconds that are added to every time.
    offset: i64,
}

/// The length of a tick, as what turns a number of them into nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tick {
    Times(u64),
    Over(u64),
    Binary(u32),
}

impl Default for Clock {
    /// Microseconds since the epoch.
    fn default() -> Self {
        Self {
            tick: Tick::Times(1_000),
            offset: 0,
        }
    }
}

impl Clock {
    /// Sets the resolution: a negative power of 10, or of 2 when the highest bit is set.
    pub(super) fn set_resolution(&mut self, tsresol: u8) {
        let exponent = u32::from(tsresol & 0x7f);
        self.tick = if tsresol & 0x80 != 0 {
            Tick::Binary(exponent)
        } else if exponent <= 9 {
            Tick::Times(10_u64.pow(9 - exponent))
        } else {
            // Below 10^-28 even the largest count of ticks is less than two nanoseconds.
            Tick::Over(10_u64.checked_pow(exponent - 9).unwrap_or(u64::MAX))
        };
    }

    /// Sets the seconds that are added to every time.
    pub(super) fn set_offset(&mut self, seconds: i64) {
        self.offset = seconds.saturating_mul(1_000_000_000);
    }

    /// The time after `ticks`.
    pub(super) fn at(&self, ticks: u64) -> Timestamp {
        let nanos = match self.tick {
            Tick::Times(factor) => ticks.saturating_mul(factor),
            Tick::Over(divisor) => ticks / divisor,
            Tick::Binary(shift) => binary(ticks, shift),
        };
        Timestamp::from_nanos(nanos.saturating_add_signed(self.offset))
    }

    /// Whether it counts in smaller steps than microseconds.
    pub(super) fn precision(&self) -> Precision {
        match self.tick {
            Tick::Times(factor) if factor >= 1_000 => Precision::Micro,
            Tick::Binary(shift) if shift < 20 => Precision::Micro,
            _ => Precision::Nano,
        }
    }
}

/// `ticks` of 2^-`shift` seconds in nanoseconds; `shift` is below 128 and the product below 2^94.
fn binary(ticks: u64, shift: u32) -> u64 {
    u64::try_from((u128::from(ticks) * 1_000_000_000) >> shift).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(tsresol: u8, offset: i64) -> Clock {
        let mut clock = Clock::default();
        clock.set_resolution(tsresol);
        clock.set_offset(offset);
        clock
    }

    #[test]
    fn ticks_become_nanoseconds() {
        let half_past_one = Timestamp::new(1, 500_000_000);
        for (tsresol, ticks) in [
            (1, 15),
            (6, 1_500_000),
            (9, 1_500_000_000),
            (12, 1_500_000_000_000),
            (0x80 | 1, 3),
            (0x80 | 32, 3 << 31),
        ] {
            assert_eq!(
                clock(tsresol, 0).at(ticks),
                half_past_one,
                "resolution {tsresol:#x}"
            );
        }
        assert_eq!(Clock::default().at(1_500_000), half_past_one);
    }

    #[test]
    fn an_offset_is_added_and_the_epoch_is_the_beginning() {
        assert_eq!(clock(0, 7).at(1), Timestamp::new(8, 0));
        assert_eq!(clock(0, -7).at(10), Timestamp::new(3, 0));
        assert_eq!(clock(0, i64::MIN).at(10), Timestamp::new(0, 0));
    }

    #[test]
    fn no_resolution_overflows() {
        for tsresol in 0..=u8::MAX {
            clock(tsresol, i64::MAX).at(u64::MAX);
        }
        assert_eq!(clock(0x7f, 0).at(u64::MAX - 1), Timestamp::new(0, 0));
        assert_eq!(clock(0, 0).at(u64::MAX), Timestamp::from_nanos(u64::MAX));
    }

    #[test]
    fn precision_is_that_of_the_tick() {
        let of = |tsresol| clock(tsresol, 0).precision();
        assert_eq!([of(3), of(6), of(0x80 | 10)], [Precision::Micro; 3]);
        assert_eq!([of(7), of(9), of(12), of(0x80 | 32)], [Precision::Nano; 4]);
    }
}
