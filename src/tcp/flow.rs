//! One flow of the table: the facts, and the state that keeps them right.

use super::arrival;
use super::assembler::{Assembler, Offer, View};
use super::copies::Copies;
use super::stall::Clock;
use super::stats::Footprint;
use super::track::Track;
use super::{Close, Connection, Half, Side};
use crate::capture::Moment;
use crate::decode::{IcmpError, Segment};

/// More payload than any segment carries; what claims more is damaged.
const MAX_SEGMENT: u32 = 1 << 24;

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
    /// It is in the queue of flows that hold data back.
    pub(super) queued: bool,
    /// What the sums over all flows hold of this one.
    pub(super) footprint: Footprint,
    pub(super) first_fin: Option<Side>,
    /// Of each side, where a segment ends that waits for its acknowledgement, and its payload; no
    /// payload where none waits.
    pub(super) fronts: [(i64, u32); 2],
    /// The window scales that the SYNs offered.
    pub(super) shifts: [Option<u8>; 2],
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
                midstream: !segment.flags.syn,
                ..Connection::new(initiator, responder, at)
            },
            tracks: [Track::default(), Track::default()],
            assembler: Assembler::default(),
            copies: Copies::default(),
            tag: 0,
            segments: 0,
            opened,
            queued: false,
            footprint: Footprint::default(),
            first_fin: None,
            fronts: [(0, 0); 2],
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

    /// One side's counters.
    pub(super) fn half_mut(&mut self, side: Side) -> &mut Half {
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

    /// Counts the payload and notes the FIN; tells what is to be done with the bytes if they are
    /// wanted.
    pub(super) fn take_payload(&mut self, side: Side, segment: &Segment<'_>, room: usize) -> Offer {
        let len = wire_len(segment);
        if segment.flags.rst || (len == 0 && !segment.flags.fin) {
            self.note_ahead(side, segment);
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
            self.note_fin(side, moment(segment));
        }
        if len == 0 || probe {
            return Offer::Nothing;
        }
        self.offer(side, segment, from, len)
    }

    /// Notes that the sender has sent more than was seen.
    fn note_ahead(&mut self, side: Side, segment: &Segment<'_>) {
        let track = self.track(side);
        let ahead = track.is_known() && track.offset(segment.seq) > track.high();
        if ahead && !segment.flags.rst && !segment.flags.syn {
            self.half_mut(side).ahead = Some(moment(segment));
        }
    }

    /// A keep-alive or zero-window probe repeats the byte before the next one (RFC 9293 §3.8.4).
    fn is_probe(&self, side: Side, from: i64, len: u32) -> bool {
        let track = self.track(side);
        let needless = track.ack_known() && track.acked() >= track.high();
        let starved = self.connection.half(side.peer()).zero_window.is_some();
        len == 1 && track.is_newest_byte(from) && (needless || starved)
    }

    /// A segment that fills a hole comes sooner than its sender can have learnt of a loss: another
    /// one has overtaken it.
    fn is_overtaken(&self, side: Side, at: Moment) -> bool {
        let connection = &self.connection;
        let trouble = connection.half(side).trouble.as_ref();
        let jumped = trouble.and_then(|trouble| trouble.jumped);
        let (Some(jumped), Some(trip)) = (jumped, connection.round_trip()) else {
            return false;
        };
        at.time.since(jumped) < trip / 2
    }

    fn count(&mut self, side: Side, from: i64, len: u32, room: usize, at: Moment) {
        let to = from + i64::from(len);
        let high = self.track(side).high();
        let is_late = to <= high;
        if from > high {
            let half = self.half_mut(side);
            half.trouble.get_or_insert_default().jumped = Some(at.time);
        }
        let fresh = self.tracks[side.index()].account(from, len, room);
        let track = self.track(side);
        if fresh == 0 && track.ack_known() && to > track.acked() {
            self.note_repetition(side, len, at);
        } else if fresh > 0 && !is_late {
            let front = &mut self.fronts[side.index()];
            if front.1 == 0 {
                *front = (to, len);
            }
        }
        let overtaken = self.is_overtaken(side, at);
        let half = self.half_mut(side);
        half.bytes += fresh;
        if is_late && fresh > 0 && !overtaken {
            half.trouble.get_or_insert_default().late += fresh;
        }
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
            half.lost(track.never_arrived());
            half.fin_acknowledged = track.is_fin_acknowledged();
        }
    }

    /// Notes a reset; tells whether it closes the connection.
    pub(super) fn reset(&mut self, side: Side, segment: &Segment<'_>) -> bool {
        if !arrival::reset_is_plausible(self, side, segment) {
            return false;
        }
        self.note_end(side, true, moment(segment));
        let half = self.half_mut(side);
        half.rst.get_or_insert(moment(segment));
        half.rst_ttl.get_or_insert(segment.ttl);
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
            .as_deref()
            .is_none_or(|old| is_mtu_notice(old) && !is_mtu_notice(error))
        {
            self.connection.icmp = Some(Box::new(*error));
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
    fn who_finished_first_is_told() {
        let mut talk = Talk::handshake();
        talk.client("x").finish();
        let seen = run(&talk.segments, Interest::Count);
        let (close, at) = seen.last().close.unwrap();
        assert_eq!(
            (close, at.frame.number()),
            (Close::Finished(Side::Responder), 6)
        );
        let fins = Side::Initiator;
        assert_eq!(
            seen.last().half(fins).fin.map(|at| at.frame.number()),
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
                .map(|at| at.frame.number()),
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
