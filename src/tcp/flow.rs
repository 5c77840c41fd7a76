//! One flow of the table: the facts, and the state that keeps them right.

use super::arrival;
use super::assembler::{Assembler, Offer, View};
use super::chain::Link;
use super::copies::Copies;
use super::hashing::{Ends, Pair};
use super::stall::Clock;
use super::stats::Footprint;
use super::track::Track;
use super::{Close, Connection, FlowId, Half, Interest, Side};
use crate::capture::Moment;
use crate::decode::{IcmpError, Segment};

/// More payload than any segment carries; what claims more is damaged.
pub(super) const MAX_SEGMENT: u32 = 1 << 24;

/// A connection in the table.
///
/// In this order, so that what each segment asks for lies together: thousands of flows take turns
/// in the cache.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Flow {
    pub(super) connection: Connection,
    /// What tells it from others that had its place.
    pub(super) generation: u32,
    /// Segments so far, copies included: the clock of graces.
    pub(super) segments: u32,
    pub(super) assembler: Assembler,
    pub(super) copies: Copies,
    /// The consumer's mark.
    pub(super) tag: u32,
    /// How many flows were opened before this one.
    pub(super) opened: u64,
    /// What the sums over all flows hold of this one.
    pub(super) footprint: Footprint,
    /// Its places in the chains of unmarked flows, where it is in them.
    pub(super) links: [Link; 2],
    pub(super) linked: bool,
    /// It is in the queue of flows that hold data back.
    pub(super) queued: bool,
    pub(super) first_fin: Option<Side>,
}

/// Where and when a segment was captured.
#[inline]
pub(super) fn moment(segment: &Segment<'_>) -> Moment {
    Moment {
        frame: segment.frame,
        time: segment.time,
    }
}

/// Payload length on the wire, never less than what was captured.
#[inline]
pub(super) fn wire_len(segment: &Segment<'_>) -> u32 {
    let captured = u32::try_from(segment.payload.len()).unwrap_or(u32::MAX);
    segment.len.max(captured).min(MAX_SEGMENT)
}

impl Flow {
    /// A flow that this segment opens. The segment itself is yet to be noted.
    pub(super) fn new(segment: &Segment<'_>, ends: Ends, id: FlowId, opened: u64) -> Self {
        let (initiator, responder) = arrival::roles(segment);
        let at = moment(segment);
        let Ends { src, dst } = ends;
        let words = if initiator == segment.src {
            [src, dst]
        } else {
            [dst, src]
        };
        Self {
            generation: id.generation,
            links: Default::default(),
            linked: false,
            connection: Connection {
                ends: Pair::with(words, [initiator, responder]),
                midstream: !segment.flags.syn,
                ..Connection::new(initiator, responder, at)
            },
            assembler: Assembler::default(),
            copies: Copies::default(),
            opened,
            tag: 0,
            segments: 0,
            footprint: Footprint::default(),
            queued: false,
            first_fin: None,
        }
    }

    /// Sequence space of one side's data.
    #[inline]
    pub(super) fn track(&self, side: Side) -> &Track {
        &self.connection.halves[side.index()].track
    }

    /// Sequence space of one side's data.
    #[inline]
    pub(super) fn track_mut(&mut self, side: Side) -> &mut Track {
        &mut self.connection.halves[side.index()].track
    }

    /// One side's counters.
    #[inline]
    pub(super) fn half_mut(&mut self, side: Side) -> &mut Half {
        &mut self.connection.halves[side.index()]
    }

    /// How many holes are remembered of both directions.
    pub(super) fn holes(&self) -> usize {
        let halves = self.connection.halves.iter();
        halves.map(|half| half.track.holes()).sum()
    }

    /// What the consumer wants of it.
    #[inline]
    pub(super) fn interest(&self) -> Interest {
        self.assembler.interest()
    }

    /// What it takes beyond its fixed size.
    #[inline]
    pub(super) fn takes(&self) -> Footprint {
        Footprint::new(self.assembler.held(), self.holes())
    }

    /// It exists, has met no trouble and shows no sign of its end.
    #[inline]
    pub(super) fn is_well(&self) -> bool {
        self.connection.established && !self.may_go_sooner()
    }

    /// A segment may make it go sooner than was noted: it shows signs of its end, or one end may
    /// repeat something in vain. Any other one lives longer with each segment, which is seen when
    /// its time has come.
    #[inline]
    pub(super) fn may_go_sooner(&self) -> bool {
        let connection = &self.connection;
        connection.ending.is_some() || connection.has_trouble()
    }

    /// One side has sent FIN.
    #[inline]
    pub(super) fn is_closing(&self) -> bool {
        self.first_fin.is_some()
    }

    /// Counts the payload and notes the FIN; tells what is to be done with the bytes if they are
    /// wanted. At most `room` holes are remembered; `behind` is who had sent what was not
    /// acknowledged, before the segment.
    pub(super) fn take_payload(
        &mut self,
        side: Side,
        segment: &Segment<'_>,
        room: usize,
        behind: Option<Side>,
    ) -> Offer {
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
        let from = self.track_mut(side).locate(seq);
        let probe = self.is_probe(side, from, len);
        if len > 0 && !probe {
            self.count(side, from, len, room, moment(segment));
        }
        if segment.flags.fin && self.track_mut(side).finish(from + i64::from(len), room) {
            self.note_fin(side, behind, moment(segment));
        }
        if len == 0 || probe {
            return Offer::Nothing;
        }
        self.offer(side, segment, from, len)
    }

    /// Notes that the sender has sent more than was seen.
    #[inline]
    pub(super) fn note_ahead(&mut self, side: Side, segment: &Segment<'_>) {
        let track = self.track(side);
        let ahead = track.is_known() && track.offset(segment.seq) > track.high();
        if ahead && !segment.flags.rst && !segment.flags.syn {
            self.half_mut(side).trouble().ahead = Some(moment(segment));
        }
    }

    /// A keep-alive or zero-window probe repeats the byte before the next one (RFC 9293 §3.8.4).
    fn is_probe(&self, side: Side, from: i64, len: u32) -> bool {
        let track = self.track(side);
        let needless = track.ack_known() && track.acked() >= track.high();
        let starved = || self.connection.half(side.peer()).zero_window().is_some();
        len == 1 && track.is_newest_byte(from) && (needless || starved())
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
        let half = self.half_mut(side);
        let high = half.track.high();
        if from > high {
            half.trouble().jumped = Some(at.time);
        }
        let fresh = half.track.account(from, len, room);
        half.bytes += fresh;
        half.first_data.get_or_insert(at);
        if fresh > 0 {
            half.last_data = Some(at);
        }
        if fresh > 0 && to > high && half.front == 0 {
            (half.front, half.front_end) = (len, to);
        }
        if to <= high || fresh != u64::from(len) {
            self.count_again(side, to, len, fresh, to <= high, at);
        }
    }

    /// Counts what comes late, or not for the first time.
    fn count_again(
        &mut self,
        side: Side,
        to: i64,
        len: u32,
        fresh: u64,
        is_late: bool,
        at: Moment,
    ) {
        let track = self.track(side);
        if fresh == 0 && track.ack_known() && to > track.acked() {
            self.note_repetition(side, len, at);
        }
        let overtaken = is_late && self.is_overtaken(side, at);
        let half = self.half_mut(side);
        if is_late && fresh > 0 && !overtaken {
            half.trouble().late += fresh;
        }
        let again = u64::from(len) - fresh.min(u64::from(len));
        if again > 0 {
            half.trouble().retransmitted += again;
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
        let view = View {
            halves: &mut self.connection.halves,
            clock: Clock {
                segment: self.segments,
                at,
            },
        };
        (&mut self.assembler, view)
    }

    /// Notes a reset; tells whether it closes the connection.
    pub(super) fn reset(&mut self, side: Side, segment: &Segment<'_>) -> bool {
        if !arrival::reset_is_plausible(self, side, segment) {
            return false;
        }
        let at = moment(segment);
        self.note_end(side, true, self.connection.behind(), at);
        let trouble = self.half_mut(side).trouble();
        trouble.rst.get_or_insert(at);
        trouble.rst_ttl.get_or_insert(segment.ttl);
        self.close(Close::Reset(side), at)
    }

    /// Both sides have finished and nothing is outstanding: closes the connection. Without
    /// `complete`, whatever is outstanding.
    pub(super) fn close_if_finished(&mut self, at: Moment, complete: bool) -> bool {
        let Some(first) = self.first_fin else {
            return false;
        };
        let both = self.connection.halves.iter().all(|half| half.fin.is_some());
        let halves = &self.connection.halves;
        let done = !complete
            || (halves.iter().all(|half| half.track.is_complete())
                && self.assembler.is_done(halves));
        both && done && self.close(Close::Finished(first), at)
    }

    fn close(&mut self, close: Close, at: Moment) -> bool {
        // Only what has shown a sign of its end can close.
        let Some(ending) = &mut self.connection.ending else {
            return false;
        };
        let first = ending.close.is_none();
        ending.close.get_or_insert((close, at));
        first
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

impl Half {
    /// A copy of one of its packets came.
    pub(super) fn copied(&mut self) {
        self.copies = self.copies.saturating_add(1);
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
        let (close, at) = seen.last().close().unwrap();
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
            connection.close().map(|close| close.0),
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
        assert_eq!(alive.half(Side::Initiator).retransmitted(), 0);
        let full = Made::down(5001, Some(FIRST + 4), "", "").window(0);
        let starved = facts(&[
            up("hello"),
            full.clone(),
            probe.clone().after(1000),
            probe.clone().after(2000),
        ]);
        assert_eq!(starved.half(Side::Initiator).retransmitted(), 0);
        assert_eq!(
            starved
                .half(Side::Responder)
                .zero_window()
                .map(|at| at.frame.number()),
            Some(5)
        );
        let real = facts(&[up("hello"), probe.after(1000)]);
        assert_eq!(real.half(Side::Initiator).retransmitted(), 1);
        let reopened = facts(&[
            up("hello"),
            full,
            Made::down(5001, Some(FIRST + 5), "", "").window(9),
        ]);
        assert_eq!(reopened.half(Side::Responder).zero_window(), None);
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
        assert_eq!((half.bytes, half.missing()), (40, 6_000_000_000 - 30));
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
                connection.half(Side::Initiator).missing(),
                connection.half(Side::Responder).bytes
            ),
            (3, 0)
        );
        assert!(connection.established && connection.midstream);
    }
}
