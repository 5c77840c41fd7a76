//! The ordinary segment: the next one of a connection that goes well.
//!
//! Most are. What is done with one here is what the long way through the other files does with it,
//! without the questions that it answers with no; `properties` holds the two against each other.

use super::Side;
use super::flow::{Flow, MAX_SEGMENT, moment};
use crate::decode::{Flags, Segment};

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

/// SYN, FIN, RST and ACK as one word, which takes one look.
#[inline]
pub(super) fn flag_word(flags: Flags) -> u32 {
    let byte = |flag: bool| u8::from(flag);
    u32::from_le_bytes([
        byte(flags.fin),
        byte(flags.syn),
        byte(flags.rst),
        byte(flags.ack),
    ])
}

/// Nothing but an acknowledgement, with or without payload.
const PLAIN: u32 = 1 << 24;

impl Flow {
    /// Takes in a segment that continues the connection where it was left, if it does no more than
    /// that; otherwise changes nothing.
    #[inline(always)]
    pub(super) fn take_ordinary(&mut self, side: Side, segment: &Segment<'_>) -> Option<Taken> {
        let len = segment.payload.len();
        let is_plain = flag_word(segment.flags) == PLAIN && segment.window > 0;
        let is_whole = segment.len as usize == len && segment.len < MAX_SEGMENT;
        if !is_plain || !is_whole || !self.is_well() || segment.time < self.connection.last.time {
            return None;
        }
        let (own, peer) = self.connection.pair(side);
        let from = own.track.next_if(segment.seq)?;
        let acked = peer.track.next_acked_if(segment.ack)?;
        let advances = acked > peer.track.acked();
        let wanted = self.assembler.is_wanted();
        if wanted && !self.assembler.is_at(side, from, acked) || self.assembler.is_waiting() {
            return None;
        }
        self.segments = self.segments.wrapping_add(1);
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

    #[inline(always)]
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
            if half.bytes == 0 {
                half.first_data.get_or_insert(at);
            }
            half.bytes += u64::from(len);
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
