//! What time it is, although some packets tell a wild one.

use std::time::Duration;

use crate::time::Timestamp;

/// A step of the clock, forwards or backwards, that one packet is believed.
const STEP: Duration = Duration::from_secs(5 * 60);

/// So many packets in a row must agree on a larger one: the capture was quiet for long, or its
/// clock was set.
const AGREE: u32 = 3;

/// The time of the engine, by which everything that waits is judged.
///
/// One packet with a time stamp in the far future would end every wait, and tell what is still
/// under way as if it were over.
#[derive(Debug, Default)]
pub(super) struct Clock {
    now: Option<Timestamp>,
    /// Another time, and how many packets in a row told of it.
    claim: Option<(Timestamp, u32)>,
}

impl Clock {
    /// What time it is when a packet with this time stamp comes; `None` when that is not known.
    pub(super) fn packet(&mut self, stamp: Timestamp) -> Option<Timestamp> {
        let now = *self.now.get_or_insert(stamp);
        if !is_step(now, stamp) {
            return Some(self.set(stamp));
        }
        self.another(stamp)
    }

    /// A packet tells of another time.
    #[cold]
    fn another(&mut self, stamp: Timestamp) -> Option<Timestamp> {
        let agreed = match self.claim {
            Some((claimed, times)) if !is_step(claimed, stamp) => times + 1,
            _ => 1,
        };
        if agreed == AGREE {
            return Some(self.set(stamp));
        }
        self.claim = Some((stamp, agreed));
        None
    }

    /// A live source says what time it is.
    pub(super) fn set(&mut self, now: Timestamp) -> Timestamp {
        (self.now, self.claim) = (Some(now), None);
        now
    }
}

/// They are further apart than one packet is believed.
fn is_step(one: Timestamp, other: Timestamp) -> bool {
    one.is_past(other, STEP) || other.is_past(one, STEP)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The times that are believed, in seconds; 0 for none.
    fn told(stamps: &[u64]) -> Vec<u64> {
        let mut clock = Clock::default();
        let stamps = stamps.iter().map(|stamp| Timestamp::new(*stamp, 0));
        let told = stamps.map(|stamp| clock.packet(stamp).unwrap_or_default().seconds());
        told.collect()
    }

    #[test]
    fn one_wild_packet_is_not_believed() {
        assert_eq!(told(&[1000, 1001, 9_000_000, 1002]), [1000, 1001, 0, 1002]);
        assert_eq!(told(&[1000, 1001, 1, 1002]), [1000, 1001, 0, 1002]);
        assert_eq!(
            told(&[1000, 5000, 9000, 14_000, 1001]),
            [1000, 0, 0, 0, 1001]
        );
        assert_eq!(told(&[1000, 5000, 5001, 1001, 5002]), [1000, 0, 0, 1001, 0]);
    }

    #[test]
    fn a_long_pause_and_a_clock_that_was_set_are() {
        assert_eq!(told(&[1000, 1299, 1100]), [1000, 1299, 1100]);
        assert_eq!(
            told(&[1000, 9000, 9001, 9002, 9003]),
            [1000, 0, 0, 9002, 9003]
        );
        assert_eq!(told(&[9000, 1000, 1001, 1002]), [9000, 0, 0, 1002]);
    }
}
