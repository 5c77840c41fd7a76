//! What the header of a segment tells of its flow: handshake, acknowledgement, window.

use super::Side;
use super::arrival;
use super::flow::{Flow, moment, wire_len};
use crate::capture::Moment;
use crate::decode::{Segment, SeqNumber};

/// The largest window scale (RFC 7323 §2.3).
const MAX_WINDOW_SHIFT: u8 = 14;

impl Flow {
    /// Takes in what the header says, all but the payload, FIN and RST. Tells whether the
    /// connection is now known to exist and was not before.
    pub(super) fn note(&mut self, side: Side, segment: &Segment<'_>) -> bool {
        let at = moment(segment);
        let half = self.half_mut(side);
        half.segments += 1;
        if !segment.flags.rst || half.ttl == 0 {
            half.ttl = segment.ttl;
        }
        half.largest_segment = half.largest_segment.max(wire_len(segment));
        if segment.flags.rst {
            return false;
        }
        if segment.flags.syn {
            self.note_syn(side, segment, at);
        } else if wire_len(segment) == 0 && !segment.flags.fin {
            self.track_mut(side).touch(segment.seq);
        }
        self.note_acknowledgement(side, segment, at);
        self.note_handshake(side, segment, at)
    }

    fn note_syn(&mut self, side: Side, segment: &Segment<'_>, at: Moment) {
        let answers = arrival::answers_data(self, side, segment);
        let track = self.track_mut(side);
        if !track.is_firm() {
            track.begin(segment.seq);
        } else if !track.began_with(segment.seq) {
            track.restart(segment.seq);
        }
        if segment.flags.ack {
            self.note_answered_syn(side.peer(), segment.ack + u32::MAX, answers);
        }
        let half = self.half_mut(side);
        let scale = segment.options.window_scale;
        half.shift = scale.map(|shift| shift.min(MAX_WINDOW_SHIFT));
        half.mss = segment.options.mss.or(half.mss);
        self.connection.midstream = false;
        if side == Side::Responder {
            self.connection.syn_ack.get_or_insert(at);
            self.connection.syn_acks = self.connection.syn_acks.saturating_add(1);
        } else if !segment.flags.ack {
            self.connection.syns = self.connection.syns.saturating_add(1);
            if self.connection.syn.is_some() {
                self.half_mut(side).trouble().last_syn = Some(at);
            } else {
                self.connection.syn = Some(at);
            }
        }
    }

    /// Takes in the SYN that a SYN/ACK answers, where another one or none was seen.
    fn note_answered_syn(&mut self, side: Side, syn: SeqNumber, known: bool) {
        let established = self.connection.established;
        let track = self.track_mut(side);
        if !track.is_firm() && track.may_begin_with(syn) {
            track.begin(syn);
        } else if track.is_firm() && !known && !established {
            track.restart(syn);
        }
    }

    fn note_acknowledgement(&mut self, side: Side, segment: &Segment<'_>, at: Moment) {
        let peer = self.track_mut(side.peer());
        let mut newest = true;
        if segment.flags.ack {
            let before = peer.ack_known().then(|| peer.acked());
            let acked = peer.acknowledge(segment.ack);
            newest = before.is_none_or(|before| acked >= before);
            if before.is_some_and(|before| acked > before) {
                self.note_progress(side.peer(), acked);
            }
        }
        // A late segment tells an old window (RFC 9293 §3.10.7.4, SND.WL2).
        if newest {
            self.note_window(side, segment, at);
        }
    }

    fn note_window(&mut self, side: Side, segment: &Segment<'_>, at: Moment) {
        let shift = if segment.flags.syn {
            0
        } else {
            self.shift(side)
        };
        let half = self.half_mut(side);
        half.window = u32::from(segment.window) << shift;
        if !segment.flags.syn {
            half.largest_window = half.largest_window.max(half.window);
        }
        if segment.window > 0 || segment.flags.syn {
            half.has_room(at);
        } else {
            half.trouble().zero_window.get_or_insert(at);
        }
    }

    /// The scale counts if both sides offered one (RFC 7323 §2.2); a SYN that is not in the
    /// capture is taken to have done so.
    #[inline]
    pub(super) fn shift(&self, side: Side) -> u8 {
        let peer = self.connection.half(side.peer());
        let offered = self.connection.half(side).shift;
        let refused = || peer.shift.is_none() && peer.track.is_firm() && self.syn_seen(side.peer());
        offered.filter(|_| !refused()).unwrap_or(0)
    }

    fn syn_seen(&self, side: Side) -> bool {
        match side {
            Side::Initiator => self.connection.syn.is_some(),
            Side::Responder => self.connection.syn_ack.is_some(),
        }
    }

    /// The scale of this side's window is known.
    pub(super) fn scale_known(&self, side: Side) -> bool {
        self.syn_seen(side)
    }

    fn note_handshake(&mut self, side: Side, segment: &Segment<'_>, at: Moment) -> bool {
        let completes = side == Side::Initiator && segment.flags.ack && !segment.flags.syn;
        if completes && !self.connection.midstream {
            self.connection.handshake_ack.get_or_insert(at);
        }
        let undecided = !self.connection.established && self.connection.close().is_none();
        let newly = undecided && self.proves_connection(side, segment);
        self.connection.established |= newly;
        newly
    }

    /// Data and FIN do; an empty acknowledgement of the initiator does; in mid-stream, having
    /// heard both sides does. A listener's bare one may refuse a SYN (RFC 5961 §4).
    fn proves_connection(&self, side: Side, segment: &Segment<'_>) -> bool {
        if segment.flags.syn || !segment.flags.ack {
            return false;
        }
        let moved = wire_len(segment) > 0 || segment.flags.fin;
        let peer_heard = self.connection.half(side.peer()).segments > 0;
        let heard = if self.connection.midstream {
            peer_heard
        } else {
            side == Side::Initiator
        };
        moved || heard
    }
}

#[cfg(test)]
mod tests {
    use crate::tcp::testing::*;
    use crate::tcp::{Interest, Side};

    #[test]
    fn the_handshake_is_timed() {
        let seen = run(&Talk::handshake().segments, Interest::Count);
        let connection = seen.last();
        let times = [connection.syn, connection.syn_ack, connection.handshake_ack];
        assert_eq!(
            times.map(|at| at.map(|at| at.frame.number())),
            [Some(1), Some(2), Some(3)]
        );
        assert!(connection.established && !connection.midstream);
    }

    #[test]
    fn windows_are_scaled_when_both_sides_offer_to() {
        let window = |offers: [Option<u8>; 2], skip: usize| {
            let mut segments = Talk::handshake().segments;
            for (made, offer) in segments.iter_mut().zip(offers) {
                made.options.window_scale = offer;
            }
            let seen = run(&segments[skip..], Interest::Count);
            seen.last().half(Side::Initiator).window
        };
        assert_eq!(window([Some(3), Some(7)], 0), 8000);
        assert_eq!(window([Some(3), None], 0), 1000);
        assert_eq!(window([None, Some(7)], 0), 1000);
        assert_eq!(window([Some(200), Some(7)], 0), 1000 << 14);
        assert_eq!(window([Some(3), Some(7)], 2), 1000);
    }

    #[test]
    fn data_in_a_syn_is_counted() {
        let segments = [
            Made::up(99, None, "S", "early"),
            Made::down(499, Some(105), "S", ""),
            Made::up(105, Some(500), "", " late"),
        ];
        let seen = run(&segments, Interest::Bytes);
        assert_eq!(seen.story(), "open I:early established I: late gone");
        assert_eq!(seen.last().half(Side::Initiator).bytes, 10);
    }
}
