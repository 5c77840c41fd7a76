//! The ordinary segment: the next one of a connection that goes well.
//!
//! Most are. What is done with one here is what the long way through the other files does with it,
//! without the questions that it answers with no; `properties` holds the two against each other.

use super::Side;
use super::flow::{Flow, MAX_SEGMENT, moment};
use crate::decode::Segment;

/// What became of an ordinary segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It is a copy of one that was seen.
    Copy,
    /// It was counted.
    Counted,
    /// It was counted, and its payload, that of this side, is to be told.
    Told(Side),
}

impl Flow {
    /// Takes in a segment that continues the connection where it was left, if it does no more than
    /// that; otherwise changes nothing.
    #[inline]
    pub(super) fn take_ordinary(&mut self, segment: &Segment<'_>) -> Option<Taken> {
        let flags = segment.flags;
        let len = segment.payload.len();
        let is_plain = flags.ack && !(flags.syn || flags.fin || flags.rst) && segment.window > 0;
        let is_whole = segment.len as usize == len && segment.len < MAX_SEGMENT;
        if !is_plain || !is_whole || !self.is_well() || segment.time < self.connection.last.time {
            return None;
        }
        let side = self.side(segment);
        let connection = &self.connection;
        let (own, peer) = (&connection.half(side).track, connection.half(side.peer()));
        let from = own.next_if(segment.seq)?;
        let acked = peer.track.next_acked_if(segment.ack)?;
        let wanted = self.assembler.is_wanted();
        if wanted && !self.assembler.is_at(side, from, acked) || self.assembler.is_waiting() {
            return None;
        }
        self.segments = self.segments.wrapping_add(1);
        let advances = acked > peer.track.acked();
        if self.copies.is_copy(side, segment, len > 0 || advances) {
            self.half_mut(side).copied();
            return Some(Taken::Copy);
        }
        self.connection.last = moment(segment);
        if advances {
            self.track_mut(side.peer()).acknowledge(segment.ack);
            self.note_progress(side.peer(), acked);
        }
        self.count_ordinary(side, from, segment);
        if len == 0 || !wanted {
            return Some(Taken::Counted);
        }
        self.assembler.go_on(side, from + i64::from(segment.len));
        Some(Taken::Told(side))
    }

    #[inline]
    fn count_ordinary(&mut self, side: Side, from: i64, segment: &Segment<'_>) {
        let (at, len) = (moment(segment), segment.len);
        let window = u32::from(segment.window) << self.shift(side);
        let half = self.half_mut(side);
        half.segments += 1;
        half.ttl = segment.ttl;
        half.window = window;
        half.largest_window = half.largest_window.max(window);
        half.track.go_on(len);
        if len > 0 {
            half.largest_segment = half.largest_segment.max(len);
            half.bytes += u64::from(len);
            half.first_data.get_or_insert(at);
            half.last_data = Some(at);
            if half.front == 0 {
                (half.front, half.front_end) = (len, from + i64::from(len));
            }
        }
        if side == Side::Initiator && !self.connection.midstream {
            self.connection.handshake_ack.get_or_insert(at);
        }
    }
}
