//! Packets that the capture holds more than once.

use std::time::Duration;

use super::Side;
use super::ordinary::flag_word;
use crate::decode::Segment;

/// How long after a packet its copy may come, when its IP identification proves it the same.
/// Shorter than any retransmission time-out (RFC 6298 §2.4 and the 200 ms of real stacks).
const WINDOW_IDENTIFIED: u32 = within(Duration::from_millis(100));
/// The same, with only the TCP time stamp to go by, which ticks once in 1 to 10 ms.
const WINDOW_STAMPED: u32 = within(Duration::from_millis(10));
/// The same, with neither.
const WINDOW_ANONYMOUS: u32 = within(Duration::from_micros(100));

/// Packets remembered per flow: a mirror port interleaves the copies of a burst.
const REMEMBERED: usize = 4;

/// The latest packets of a flow, as fingerprints.
#[derive(Clone, Debug, Default)]
pub(super) struct Copies {
    seen: [Seen; REMEMBERED],
    oldest: u8,
}

/// Half a word each: what two packets have in common by chance is told by what they bring, and a
/// time is compared as it is within 73 minutes.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    print: u32,
    /// In units of 1024 ns, as far as they fit.
    at: u32,
}

impl Copies {
    /// Whether this very packet was seen a moment ago; remembers it if not. One that brings `news`
    /// was not.
    #[inline(always)]
    pub(super) fn is_copy(&mut self, side: Side, segment: &Segment<'_>, news: bool) -> bool {
        let Some(window) = window(segment) else {
            return false;
        };
        let packet = Seen {
            print: fingerprint(side, segment),
            at: ticks(segment.time.as_nanos()) as u32,
        };
        let again = |seen: &Seen| seen.print == packet.print && apart(seen.at, packet.at) <= window;
        if !news && self.seen.iter().any(again) {
            return true;
        }
        self.seen[usize::from(self.oldest) % REMEMBERED] = packet;
        self.oldest = self.oldest.wrapping_add(1);
        false
    }
}

/// The ticks in which a time ends, begun ones counted.
const fn within(time: Duration) -> u32 {
    ticks(time.as_nanos() as u64) as u32 + 1
}

const fn ticks(nanos: u64) -> u64 {
    nanos >> 10
}

/// Captures step backwards: the copy may bear the earlier time.
fn apart(a: u32, b: u32) -> u32 {
    a.wrapping_sub(b).min(b.wrapping_sub(a))
}

/// How long after this packet its copy may come; `None` when it cannot be told from another one:
/// duplicate acknowledgements and the resets of one burst look alike.
#[inline(always)]
fn window(segment: &Segment<'_>) -> Option<u32> {
    if segment.ip_id.unwrap_or(0) != 0 {
        return Some(WINDOW_IDENTIFIED);
    }
    let flags = segment.flags;
    let alike = flags.rst || (segment.len == 0 && !flags.syn && !flags.fin);
    match segment.options.timestamp {
        _ if alike => None,
        Some(_) => Some(WINDOW_STAMPED),
        None => Some(WINDOW_ANONYMOUS),
    }
}

/// All that a copy has in common with its original. Not the time to live: a router may lie
/// between the two. Never 0, which stands for "nothing seen".
#[inline(always)]
fn fingerprint(side: Side, segment: &Segment<'_>) -> u32 {
    let numbers = u64::from(segment.seq.0) << 32 | u64::from(segment.ack.0);
    let id = segment.ip_id.unwrap_or(0);
    // Of the length 24 bits count: there are no longer segments.
    let sizes = u64::from(segment.len) << 40 | u64::from(segment.window) << 24;
    let rest = sizes | u64::from(id) << 8 | u64::from(side == Side::Initiator);
    let stamp = segment
        .options
        .timestamp
        .map(|stamp| 1 << 32 | u64::from(stamp));
    // The bits of the flags lie a byte apart.
    let flags = u64::from(flag_word(segment.flags)) << 34 | u64::from(segment.flags.urg) << 33;
    let more = (stamp.unwrap_or(0) ^ flags).wrapping_mul(0x94d0_49bb_1331_11eb);
    mix(numbers ^ 0x9e37_79b9_7f4a_7c15, rest ^ more) as u32 | 1
}

/// Spreads two words over one: both halves of their product.
#[inline]
fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b ^ 0xbf58_476d_1ce4_e5b9);
    (product as u64) ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use crate::tcp::testing::*;
    use crate::tcp::{Interest, Side};

    /// Copies and retransmitted bytes after `second` follows `first`.
    fn counts(first: Made, second: Made) -> (u32, u64) {
        let seen = run(&[first, second], Interest::Count);
        let half = seen.last().half(Side::Initiator);
        (half.copies, half.retransmitted())
    }

    fn data() -> Made {
        Made::up(100, Some(1), "", "hello")
    }

    #[test]
    fn the_same_identification_soon_after_is_a_copy() {
        assert_eq!(counts(data().id(7), data().id(7).after(20)), (1, 0));
        assert_eq!(counts(data().id(7), data().id(7).after(200)), (0, 5));
        assert_eq!(counts(data().id(7), data().id(8).after(0)), (0, 5));
    }

    #[test]
    fn the_time_stamp_identifies_for_a_shorter_time() {
        let stamped = |stamp| {
            let mut made = data();
            made.options.timestamp = Some(stamp);
            made
        };
        assert_eq!(counts(stamped(1), stamped(1).after(5)), (1, 0));
        assert_eq!(counts(stamped(1), stamped(1).after(50)), (0, 5));
        assert_eq!(counts(stamped(1), stamped(2).after(0)), (0, 5));
    }

    #[test]
    fn without_either_only_the_very_next_instant_counts() {
        assert_eq!(counts(data(), data().after(0)), (1, 0));
        assert_eq!(counts(data(), data().after(1)), (0, 5));
    }
}
