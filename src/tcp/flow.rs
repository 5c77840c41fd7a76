//! One flow of the table: the facts, and the state that keeps them right.

use super::arrival;
use super::assembler::{Assembler, Clock, Offer, View};
use super::chain::Link;
use super::copies::Copies;
use super::track::Track;
use super::{Close, Connection, Half, Side};
use crate::capture::Moment;
use crate::decode::{IcmpError, Segment};

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
        let track = &mut self.tracks[side.index()];
        if !track.is_firm() {
            track.begin(segment.seq);
        } else if !track.began_with(segment.seq) {
            track.restart(segment.seq);
        }
        if segment.flags.ack {
            let peer = &mut self.tracks[side.peer().index()];
            if !peer.is_firm() && peer.may_begin_with(segment.ack + u32::MAX) {
                peer.begin(segment.ack + u32::MAX);
            }
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
        let newly = !self.connection.established && self.proves_connection(side, segment);
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
        let last_byte = len == 1 && from + 1 == track.high() && track.high() > track.start();
        let needless = track.ack_known() && track.acked() >= track.high();
        last_byte && (needless || self.connection.half(side.peer()).zero_window.is_some())
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
