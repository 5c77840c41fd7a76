//! One flow of the table: the facts, and the state that keeps them right.

use super::arrival;
use super::assembler::{Assembler, Clock, Offer, View};
use super::chain::Link;
use super::copies::Copies;
use super::stats::Footprint;
use super::track::Track;
use super::{Close, Connection, Half, Side};
use crate::capture::Moment;
use crate::decode::{IcmpError, Segment, SeqNumber};

/// More payload than any segment carries; what claims more is damaged.
const MAX_SEGMENT: u32 = 1 << 24;
/// The largest window scale (RFC 7323 §2.3).
const MAX_WINDOW_SHIFT: u8 = 14;

/// A connection in the table.
#[derive(Debug)]
pub(super) struct Flow {
    pub(super) connection: Connection,
    pub(super) tracks: [Track; 2],
    pub(super) assembler: Assembler,
    pub(super) copies: Copies,
    /// The consumer's mark.
    pub(super) tag: u32,
    /// Segments so far, copies included: the clock of graces.
    pub(super) segments: u32,
    /// How many flows were opened before this one.
    pub(super) opened: u64,
    /// Its places in the chains of unmarked flows.
    pub(super) links: [Link; 2],
    /// It is in the queue of flows that hold data back.
    pub(super) queued: bool,
    /// What the sums over all flows hold of this one.
    pub(super) footprint: Footprint,
    first_fin: Option<Side>,
    shifts: [Option<u8>; 2],
}

/// Where and when a segment was captured.
pub(super) fn moment(segment: &Segment<'_>) -> Moment {
    Moment {
        frame: segment.frame,
        time: segment.time,
    }
}

/// Payload length on the wire, never less than what was captured.
pub(super) fn wire_len(segment: &Segment<'_>) -> u32 {
    let captured = u32::try_from(segment.payload.len()).unwrap_or(u32::MAX);
    segment.len.max(captured).min(MAX_SEGMENT)
}

impl Flow {
    /// A flow that this segment opens. The segment itself is yet to be noted.
    pub(super) fn new(segment: &Segment<'_>, opened: u64) -> Self {
        let (initiator, responder) = arrival::roles(segment);
        let at = moment(segment);
        Self {
            connection: Connection {
                initiator,
                responder,
                first: at,
                last: at,
                midstream: !segment.flags.syn,
                syn: None,
                syns: 0,
                last_syn: None,
                syn_ack: None,
                handshake_ack: None,
                established: false,
                close: None,
                icmp: None,
                halves: [Half::default(), Half::default()],
            },
            tracks: [Track::default(), Track::default()],
            assembler: Assembler::default(),
            copies: Copies::default(),
            tag: 0,
            segments: 0,
            opened,
            links: [Link::default(); 2],
            queued: false,
            footprint: Footprint::default(),
            first_fin: None,
            shifts: [None; 2],
        }
    }

    /// Who sent a segment of this flow.
    pub(super) fn side(&self, segment: &Segment<'_>) -> Side {
        if segment.src == self.connection.initiator {
            Side::Initiator
        } else {
            Side::Responder
        }
    }

    /// Sequence space of one side's data.
    pub(super) fn track(&self, side: Side) -> &Track {
        &self.tracks[side.index()]
    }

    fn half_mut(&mut self, side: Side) -> &mut Half {
        &mut self.connection.halves[side.index()]
    }

    /// How many holes are remembered of both directions.
    pub(super) fn holes(&self) -> usize {
        self.tracks.iter().map(Track::holes).sum()
    }

    /// One side has sent FIN.
    pub(super) fn is_closing(&self) -> bool {
        self.first_fin.is_some()
    }

    /// Takes in what the header says, all but the payload, FIN and RST. Tells whether the
    /// connection is now known to exist and was not before.
    pub(super) fn note(&mut self, side: Side, segment: &Segment<'_>) -> bool {
        let at = moment(segment);
        let half = self.half_mut(side);
        half.segments += 1;
        half.ttl = segment.ttl;
        half.largest_segment = half.largest_segment.max(wire_len(segment));
        if segment.flags.rst {
            return false;
        }
        if segment.flags.syn {
            self.note_syn(side, segment, at);
        } else if wire_len(segment) == 0 && !segment.flags.fin {
            self.tracks[side.index()].touch(segment.seq);
        }
        self.note_acknowledgement(side, segment, at);
        self.note_handshake(side, segment, at)
    }

    fn note_syn(&mut self, side: Side, segment: &Segment<'_>, at: Moment) {
        let answers = arrival::answers_data(self, side, segment);
        let track = &mut self.tracks[side.index()];
        if !track.is_firm() {
            track.begin(segment.seq);
        } else if !track.began_with(segment.seq) {
            track.restart(segment.seq);
        }
        if segment.flags.ack {
            self.note_answered_syn(side.peer(), segment.ack + u32::MAX, answers);
        }
        self.shifts[side.index()] = segment
            .options
            .window_scale
            .map(|shift| shift.min(MAX_WINDOW_SHIFT));
        self.half_mut(side).mss = segment.options.mss.or(self.connection.half(side).mss);
        self.connection.midstream = false;
        if side == Side::Responder {
            self.connection.syn_ack.get_or_insert(at);
        } else if !segment.flags.ack {
            self.connection.syns = self.connection.syns.saturating_add(1);
            self.connection.syn.get_or_insert(at);
            self.connection.last_syn = Some(at);
        }
    }

    /// Takes in the SYN that a SYN/ACK answers, where another one or none was seen.
    fn note_answered_syn(&mut self, side: Side, syn: SeqNumber, known: bool) {
        let track = &mut self.tracks[side.index()];
        if !track.is_firm() && track.may_begin_with(syn) {
            track.begin(syn);
        } else if track.is_firm() && !known && !self.connection.established {
            track.restart(syn);
        }
    }

    fn note_acknowledgement(&mut self, side: Side, segment: &Segment<'_>, at: Moment) {
        let peer = &mut self.tracks[side.peer().index()];
        let mut newest = true;
        if segment.flags.ack {
            let before = peer.ack_known().then(|| peer.acked());
            let acked = peer.acknowledge(segment.ack);
            newest = before.is_none_or(|before| acked >= before);
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
        half.window = u64::from(segment.window) << shift;
        if segment.window > 0 || segment.flags.syn {
            half.zero_window = None;
        } else {
            half.zero_window.get_or_insert(at);
        }
    }

    /// The scale counts if both sides offered one (RFC 7323 §2.2); a SYN that is not in the
    /// capture is taken to have done so.
    fn shift(&self, side: Side) -> u8 {
        let peer = side.peer().index();
        let refused = self.tracks[peer].is_firm()
            && self.shifts[peer].is_none()
            && self.syn_seen(side.peer());
        self.shifts[side.index()].filter(|_| !refused).unwrap_or(0)
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
        let undecided = !self.connection.established && self.connection.close.is_none();
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

    /// Counts the payload and notes the FIN; tells what is to be done with the bytes if they are
    /// wanted.
    pub(super) fn take_payload(&mut self, side: Side, segment: &Segment<'_>, room: usize) -> Offer {
        let len = wire_len(segment);
        if segment.flags.rst || (len == 0 && !segment.flags.fin) {
            return Offer::Nothing;
        }
        let seq = if segment.flags.syn {
            segment.seq + 1
        } else {
            segment.seq
        };
        let from = self.tracks[side.index()].locate(seq);
        let probe = self.is_probe(side, from, len);
        if len > 0 && !probe {
            self.count(side, from, len, room, moment(segment));
        }
        if segment.flags.fin && self.tracks[side.index()].finish(from + i64::from(len), room) {
            self.half_mut(side).fin.get_or_insert(moment(segment));
            self.first_fin.get_or_insert(side);
        }
        if len == 0 || probe {
            return Offer::Nothing;
        }
        self.offer(side, segment, from, len)
    }

    /// A keep-alive or zero-window probe repeats the byte before the next one (RFC 9293 §3.8.4).
    fn is_probe(&self, side: Side, from: i64, len: u32) -> bool {
        let track = self.track(side);
        let needless = track.ack_known() && track.acked() >= track.high();
        let starved = self.connection.half(side.peer()).zero_window.is_some();
        len == 1 && track.is_newest_byte(from) && (needless || starved)
    }

    fn count(&mut self, side: Side, from: i64, len: u32, room: usize, at: Moment) {
        let fresh = self.tracks[side.index()].account(from, len, room);
        let half = self.half_mut(side);
        half.bytes += fresh;
        half.retransmitted += u64::from(len) - fresh.min(u64::from(len));
        half.first_data.get_or_insert(at);
        if fresh > 0 {
            half.last_data = Some(at);
        }
    }

    fn offer(&mut self, side: Side, segment: &Segment<'_>, from: i64, len: u32) -> Offer {
        let needs = segment
            .flags
            .ack
            .then(|| self.track(side.peer()).offset(segment.ack));
        let (assembler, mut view) = self.reassembly(moment(segment));
        assembler.offer(side, from, len, segment.payload, needs, &mut view)
    }

    /// The reassembly and what it may look at.
    pub(super) fn reassembly(&mut self, at: Moment) -> (&mut Assembler, View<'_>) {
        let halves = &self.connection.halves;
        let view = View {
            heard: [halves[0].segments > 0, halves[1].segments > 0],
            tracks: &mut self.tracks,
            clock: Clock {
                segment: self.segments,
                at,
            },
        };
        (&mut self.assembler, view)
    }

    /// Brings the counters that follow from sequence space up to date.
    pub(super) fn recount(&mut self) {
        for (half, track) in self.connection.halves.iter_mut().zip(&self.tracks) {
            half.missing = track.missing();
            half.unacknowledged = track.unacknowledged();
        }
    }

    /// Notes a reset; tells whether it closes the connection.
    pub(super) fn reset(&mut self, side: Side, segment: &Segment<'_>) -> bool {
        if !arrival::reset_is_plausible(self, side, segment) {
            return false;
        }
        self.half_mut(side).rst.get_or_insert(moment(segment));
        self.close(Close::Reset(side), moment(segment))
    }

    /// Both sides have finished and nothing is outstanding: closes the connection. Without
    /// `complete`, whatever is outstanding.
    pub(super) fn close_if_finished(&mut self, at: Moment, complete: bool) -> bool {
        let Some(first) = self.first_fin else {
            return false;
        };
        let both = self.connection.halves.iter().all(|half| half.fin.is_some());
        let done = !complete
            || (self.tracks.iter().all(Track::is_complete) && self.assembler.is_done(&self.tracks));
        both && done && self.close(Close::Finished(first), at)
    }

    fn close(&mut self, close: Close, at: Moment) -> bool {
        if self.connection.close.is_some() {
            return false;
        }
        self.connection.close = Some((close, at));
        true
    }

    /// Notes an ICMP error. The first one stays, but a path-MTU notice, which is normal in a
    /// working connection, gives way to anything graver.
    pub(super) fn note_icmp(&mut self, error: &IcmpError) {
        if self
            .connection
            .icmp
            .is_none_or(|old| is_mtu_notice(&old) && !is_mtu_notice(error))
        {
            self.connection.icmp = Some(*error);
        }
    }
}

/// "Fragmentation needed" (RFC 1191 §4) or "packet too big" (RFC 4443 §3.2).
fn is_mtu_notice(error: &IcmpError) -> bool {
    if error.v6 {
        error.kind == 2
    } else {
        (error.kind, error.code) == (3, 4)
    }
}

#[cfg(test)]
mod tests {
    use crate::tcp::testing::*;
    use crate::tcp::{Close, Connection, Interest, Side};

    fn facts(rest: &[Made]) -> Connection {
        let mut segments = Talk::handshake().segments;
        segments.extend_from_slice(rest);
        run(&segments, Interest::Count).last().clone()
    }

    fn up(payload: &str) -> Made {
        Made::up(FIRST, Some(5001), "", payload)
    }

    /// The first sequence number of the client's data.
    const FIRST: u32 = u32::MAX - 19;

    #[test]
    fn the_handshake_is_timed() {
        let connection = facts(&[]);
        let times = [connection.syn, connection.syn_ack, connection.handshake_ack];
        assert_eq!(
            times.map(|at| at.map(|at| at.frame.number)),
            [Some(1), Some(2), Some(3)]
        );
        assert!(connection.established && !connection.midstream);
    }

    #[test]
    fn who_finished_first_is_told() {
        let mut talk = Talk::handshake();
        talk.client("x").finish();
        let seen = run(&talk.segments, Interest::Count);
        let (close, at) = seen.last().close.unwrap();
        assert_eq!(
            (close, at.frame.number),
            (Close::Finished(Side::Responder), 6)
        );
        let fins = Side::Initiator;
        assert_eq!(
            seen.last().half(fins).fin.map(|at| at.frame.number),
            Some(6)
        );
    }

    #[test]
    fn both_may_finish_at_once() {
        let connection = facts(&[
            Made::up(FIRST, Some(5001), "F", ""),
            Made::down(5001, Some(FIRST), "F", ""),
            Made::up(FIRST + 1, Some(5002), "", ""),
        ]);
        assert_eq!(
            connection.close.map(|close| close.0),
            Some(Close::Finished(Side::Initiator))
        );
    }

    #[test]
    fn keep_alives_and_probes_are_not_retransmissions() {
        let probe = Made::up(FIRST + 4, Some(5001), "", "o");
        let acked = Made::down(5001, Some(FIRST + 5), "", "");
        let alive = facts(&[
            up("hello"),
            acked,
            probe.clone().after(1000),
            Made::up(FIRST + 4, Some(5001), "", ""),
        ]);
        assert_eq!(alive.half(Side::Initiator).retransmitted, 0);
        let full = Made::down(5001, Some(FIRST + 4), "", "").window(0);
        let starved = facts(&[
            up("hello"),
            full.clone(),
            probe.clone().after(1000),
            probe.clone().after(2000),
        ]);
        assert_eq!(starved.half(Side::Initiator).retransmitted, 0);
        assert_eq!(
            starved
                .half(Side::Responder)
                .zero_window
                .map(|at| at.frame.number),
            Some(5)
        );
        let real = facts(&[up("hello"), probe.after(1000)]);
        assert_eq!(real.half(Side::Initiator).retransmitted, 1);
        let reopened = facts(&[
            up("hello"),
            full,
            Made::down(5001, Some(FIRST + 5), "", "").window(9),
        ]);
        assert_eq!(reopened.half(Side::Responder).zero_window, None);
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

    #[test]
    fn bytes_beyond_four_gigabytes_and_holes_are_counted() {
        let mut segments = Talk::handshake().segments;
        let mut seq = 5001u32;
        for _ in 0..4 {
            seq = seq.wrapping_add(1_500_000_000);
            segments.push(Made::down(seq, Some(FIRST), "", "0123456789"));
            segments.push(Made::up(FIRST, Some(seq.wrapping_add(10)), "", ""));
        }
        let seen = run(&segments, Interest::Count);
        let half = seen.last().half(Side::Responder);
        assert_eq!((half.bytes, half.missing), (40, 6_000_000_000 - 30));
    }

    #[test]
    fn one_direction_counts_what_it_skips() {
        let segments = [
            Made::up(1, Some(9), "", "ab"),
            Made::up(6, Some(900), "", "fg"),
        ];
        let seen = run(&segments, Interest::Bytes);
        let connection = seen.last();
        assert_eq!(
            (
                connection.half(Side::Initiator).missing,
                connection.half(Side::Responder).bytes
            ),
            (3, 0)
        );
        assert!(connection.established && connection.midstream);
    }
}
