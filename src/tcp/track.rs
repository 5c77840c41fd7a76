//! One direction in sequence space: which bytes were sent, seen, acknowledged.

use super::holes::Holes;
use crate::decode::SeqNumber;

/// How far before the first byte seen in mid-stream earlier bytes may still turn up.
const REACH: i64 = 1 << 20;

/// How far beyond the last byte seen a segment without payload is believed to stand.
const MOST_CLAIMED: i64 = 1 << 24;

/// The end of a stream of which no end is known.
const OPEN: i64 = i64::MAX;

/// Sequence numbers of one direction as 64-bit offsets, and the ranges seen of it.
///
/// Offset 0 is the byte after the SYN or, in mid-stream, the first one heard of; earlier bytes
/// then have negative offsets. A number is placed nearest to the highest offset known, so a stream
/// may be of any length as long as no jump is over 2³¹ (RFC 9293 §3.4).
#[derive(Clone, Debug)]
pub(super) struct Track {
    origin: u32,
    known: bool,
    firm: bool,
    ack_known: bool,
    high: i64,
    acked: i64,
    /// Where the stream ends; [`OPEN`] as long as that is not known.
    fin: i64,
    holes: Holes,
    start: i64,
}

impl Default for Track {
    fn default() -> Self {
        Self {
            origin: 0,
            known: false,
            firm: false,
            ack_known: false,
            start: 0,
            high: 0,
            acked: 0,
            fin: OPEN,
            holes: Holes::default(),
        }
    }
}

impl Track {
    /// Something is known of this direction's sequence numbers.
    #[inline]
    pub(super) fn is_known(&self) -> bool {
        self.known
    }

    /// The SYN was seen, so [`Track::start`] is the first byte of the stream.
    #[inline]
    pub(super) fn is_firm(&self) -> bool {
        self.firm
    }

    /// The peer was heard to acknowledge.
    #[inline]
    pub(super) fn ack_known(&self) -> bool {
        self.ack_known
    }

    /// Offset of the first byte that counts.
    #[inline]
    pub(super) fn start(&self) -> i64 {
        self.start
    }

    /// Offset after the last byte seen.
    #[inline]
    pub(super) fn high(&self) -> i64 {
        self.high
    }

    /// Offset up to which the peer acknowledged; its acknowledgement of the FIN is left out.
    #[inline]
    pub(super) fn acked(&self) -> i64 {
        self.acked.min(self.fin)
    }

    /// The same with the FIN, which takes one number.
    #[inline]
    pub(super) fn acked_with_fin(&self) -> i64 {
        self.acked
    }

    /// Offset at which the stream ends, from its FIN.
    #[inline]
    pub(super) fn fin(&self) -> Option<i64> {
        (self.fin != OPEN).then_some(self.fin)
    }

    /// How many holes are remembered.
    #[inline]
    pub(super) fn holes(&self) -> usize {
        self.holes.len()
    }

    /// The furthest offset that anyone spoke of.
    #[inline]
    pub(super) fn reach(&self) -> i64 {
        self.high.max(self.acked)
    }

    /// Where `seq` is, nearest to what was heard last.
    #[inline]
    pub(super) fn offset(&self, seq: SeqNumber) -> i64 {
        let near = self.reach();
        near + i64::from(seq.distance_from(SeqNumber(self.origin) + near as u32))
    }

    /// Where `seq` is; the first one asked for becomes offset 0.
    pub(super) fn locate(&mut self, seq: SeqNumber) -> i64 {
        if !self.known {
            self.known = true;
            self.origin = seq.0;
        }
        self.offset(seq)
    }

    /// Whether a SYN with this number begins this very stream.
    pub(super) fn began_with(&self, syn: SeqNumber) -> bool {
        self.firm && self.offset(syn + 1) == self.start
    }

    /// Whether a SYN with this number may begin this stream, of which only later bytes were seen.
    pub(super) fn may_begin_with(&self, syn: SeqNumber) -> bool {
        let first = self.offset(syn + 1);
        let before = first <= self.start && self.start - first <= REACH;
        !self.known
            || if self.firm {
                first == self.start
            } else {
                before
            }
    }

    /// The byte at `at` is the last one that was seen.
    pub(super) fn is_newest_byte(&self, at: i64) -> bool {
        at + 1 == self.high && self.high > self.start && self.holes.none_above(at)
    }

    /// Takes in the SYN that begins this stream.
    pub(super) fn begin(&mut self, syn: SeqNumber) {
        let first = self.locate(syn + 1);
        if self.high == self.start && self.holes.len() == 0 {
            self.high = self.high.max(first);
        } else {
            self.holes.push_below(first, self.start);
        }
        self.start = first;
        self.firm = true;
    }

    /// Forgets everything and begins anew: the peer never accepted what was heard.
    pub(super) fn restart(&mut self, syn: SeqNumber) {
        *self = Self::default();
        self.begin(syn);
    }

    /// Notes the position of a segment without payload. Before the first byte that is where the
    /// stream is picked up.
    pub(super) fn touch(&mut self, seq: SeqNumber) {
        let at = self.locate(seq);
        if (1..=MOST_CLAIMED).contains(&(at - self.high)) {
            self.holes.claim(at);
        }
        if !self.firm && self.high == self.start && self.holes.len() == 0 && at > self.high {
            (self.start, self.high) = (at, at);
        }
    }

    /// Counts `len` bytes at `from`; tells how many of them are seen for the first time.
    /// At most `room` holes are remembered.
    pub(super) fn account(&mut self, from: i64, len: u32, room: usize) -> u64 {
        let to = from + i64::from(len);
        let high = self.high;
        let mut fresh = 0;
        if to > high {
            self.holes.push_above(high, from);
            fresh += to.abs_diff(from.max(high));
            self.high = to;
        }
        if from < self.start {
            fresh += self.account_before_start(from, to);
        }
        if from < high && self.holes.len() > 0 {
            fresh += self.holes.fill(from.max(self.start), to.min(high));
        }
        if self.holes.len() > 0 {
            self.holes.settle(room, self.high);
        }
        if self.fin < self.high {
            self.fin = OPEN;
        }
        fresh
    }

    /// Counts bytes before what was taken for the beginning in mid-stream.
    fn account_before_start(&mut self, from: i64, to: i64) -> u64 {
        let start = self.start;
        if self.firm || start - from > REACH {
            return 0;
        }
        self.start = from;
        self.holes.push_below(to, start);
        to.min(start).abs_diff(from)
    }

    /// All is seen up to one place, the peer has acknowledged that or less, and more may come.
    #[inline(always)]
    fn is_smooth(&self) -> bool {
        self.ack_known && self.fin == OPEN && self.acked <= self.high && self.holes.len() == 0
    }

    /// Where `seq` is, if it follows the last byte seen of a direction that goes smoothly.
    #[inline(always)]
    pub(super) fn next_if(&self, seq: SeqNumber) -> Option<i64> {
        let next = SeqNumber(self.origin) + self.high as u32;
        (self.is_smooth() && seq == next).then_some(self.high)
    }

    /// Where `ack` is, if it takes nothing back and speaks of what was seen, of a direction that
    /// goes smoothly.
    #[inline(always)]
    pub(super) fn next_acked_if(&self, ack: SeqNumber) -> Option<i64> {
        let next = SeqNumber(self.origin) + self.high as u32;
        let at = self.high + i64::from(ack.distance_from(next));
        (self.is_smooth() && self.acked <= at && at <= self.high).then_some(at)
    }

    /// Counts `len` bytes after the last byte seen.
    #[inline]
    pub(super) fn go_on(&mut self, len: u32) {
        self.high += i64::from(len);
    }

    /// Notes the FIN after the byte before `at`. One before bytes already seen is not believed.
    pub(super) fn finish(&mut self, at: i64, room: usize) -> bool {
        if at < self.high {
            return false;
        }
        self.account(at, 0, room);
        self.fin = at;
        true
    }

    /// Takes it that the stream ends at `at`: the peer acknowledged one number more than the
    /// bytes that were seen, which a FIN that is not in the capture explains.
    pub(super) fn presume_finished(&mut self, at: i64) {
        self.fin = at;
    }

    /// Notes the peer's acknowledgement; tells its offset.
    pub(super) fn acknowledge(&mut self, ack: SeqNumber) -> i64 {
        let fresh = !self.known;
        let to = self.locate(ack);
        if fresh || !self.ack_known {
            self.ack_known = true;
            self.acked = self.acked.max(to);
            self.pick_up(to);
        }
        self.acked = self.acked.max(to);
        to
    }

    /// In mid-stream, before the first byte, what the peer has is not waited for.
    fn pick_up(&mut self, at: i64) {
        if !self.firm && self.high == self.start && self.holes.len() == 0 && at > self.start {
            (self.start, self.high) = (at, at);
        }
    }

    /// Bytes that the peer acknowledged and that were not seen. Where the peer is not in the
    /// capture, bytes that later segments skipped.
    pub(super) fn missing(&self) -> u64 {
        let bound = if self.ack_known {
            self.acked()
        } else {
            self.high
        };
        let beyond = u64::try_from(bound - self.high).unwrap_or(0);
        // One number more is a FIN that was not seen rather than a byte.
        let beyond = if beyond == 1 { 0 } else { beyond };
        self.holes.below(bound) + beyond
    }

    /// Bytes that the sender's sequence numbers show to have been sent, and that were neither seen
    /// nor acknowledged.
    pub(super) fn never_arrived(&self) -> u64 {
        if !self.ack_known {
            return 0;
        }
        let claimed = self.holes.claimed().min(self.fin);
        let beyond = u64::try_from(claimed - self.reach()).unwrap_or(0);
        // One number more is a FIN that was not seen rather than a byte.
        let beyond = if beyond == 1 { 0 } else { beyond };
        if self.acked() >= self.high {
            return beyond;
        }
        (self.holes.below(self.high) + beyond).saturating_sub(self.holes.below(self.acked()))
    }

    /// The peer acknowledged the FIN.
    pub(super) fn is_fin_acknowledged(&self) -> bool {
        self.acked > self.fin
    }

    /// Bytes sent that the peer has not acknowledged.
    pub(super) fn unacknowledged(&self) -> u64 {
        let from = if self.ack_known {
            self.acked().max(self.start)
        } else {
            self.start
        };
        u64::try_from(self.high - from).unwrap_or(0)
    }

    /// All bytes before the FIN were seen or are acknowledged.
    pub(super) fn is_complete(&self) -> bool {
        let Some(fin) = self.fin() else { return false };
        self.holes.none_below(fin) || self.acked() >= fin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: usize = 8;

    fn begun(isn: u32) -> Track {
        let mut track = Track::default();
        track.begin(SeqNumber(isn));
        track
    }

    fn send(track: &mut Track, seq: u32, len: u32) -> u64 {
        let at = track.locate(SeqNumber(seq));
        track.account(at, len, ROOM)
    }

    #[test]
    fn bytes_count_once_in_any_order_across_the_wrap() {
        let mut track = begun(u32::MAX - 5);
        assert_eq!(send(&mut track, 5, 10), 10);
        assert_eq!(send(&mut track, u32::MAX - 4, 20), 10);
        assert_eq!(send(&mut track, 0, 4), 0);
        track.acknowledge(SeqNumber(15));
        assert_eq!(
            (track.high(), track.missing(), track.unacknowledged()),
            (20, 0, 0)
        );
    }

    #[test]
    fn five_gigabytes_that_the_capture_lacks_are_missing() {
        let mut track = begun(0);
        send(&mut track, 1, 10);
        let mut at: u64 = 1;
        for jump in [1_900_000_000u64, 2_000_000_000, 1_500_000_000] {
            at += jump;
            track.acknowledge(SeqNumber(at as u32));
            send(&mut track, at as u32, 100);
        }
        track.acknowledge(SeqNumber(at as u32 + 100));
        assert_eq!(track.missing(), 5_400_000_000 - 10 - 200);
    }

    #[test]
    fn a_hole_is_missing_once_acknowledged_and_not_after_it_is_filled() {
        let mut track = begun(0);
        track.acknowledge(SeqNumber(1));
        send(&mut track, 1, 10);
        send(&mut track, 31, 10);
        assert_eq!((track.missing(), track.unacknowledged()), (0, 40));
        track.acknowledge(SeqNumber(41));
        assert_eq!((track.missing(), track.unacknowledged()), (20, 0));
        assert_eq!(send(&mut track, 6, 30), 20);
        assert_eq!(track.missing(), 0);
    }

    #[test]
    fn mid_stream_reaches_back_to_what_comes_late() {
        let mut track = Track::default();
        assert_eq!(send(&mut track, 1000, 10), 10);
        assert_eq!(send(&mut track, 980, 10), 10);
        assert_eq!((track.start(), track.missing()), (-20, 10));
        assert_eq!(send(&mut track, 990, 10), 10);
        assert_eq!(track.missing(), 0);
    }

    #[test]
    fn a_fin_that_was_not_seen_is_no_missing_byte() {
        let mut track = begun(0);
        send(&mut track, 1, 10);
        track.acknowledge(SeqNumber(12));
        assert_eq!(track.missing(), 0);
    }

    #[test]
    fn a_fin_before_earlier_bytes_leaves_a_hole() {
        let mut track = begun(0);
        track.acknowledge(SeqNumber(1));
        let at = track.locate(SeqNumber(21));
        assert!(track.finish(at, ROOM));
        assert!(!track.is_complete());
        assert_eq!(send(&mut track, 1, 20), 20);
        assert!(track.is_complete());
    }

    #[test]
    fn a_wild_jump_and_back_counts_what_was_seen() {
        let mut track = begun(0);
        send(&mut track, 1, 10);
        assert_eq!(send(&mut track, i32::MAX as u32, 10), 10);
        assert_eq!(send(&mut track, 11, 10), 10);
        assert_eq!(track.high(), i64::from(i32::MAX) + 9);
    }
}
