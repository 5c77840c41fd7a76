//! How a connection stands: what it waits for, what it repeats in vain, how it began to end.

use std::time::Duration;

use super::flow::Flow;
use super::{Close, Connection, Half, Side};
use crate::capture::Moment;
use crate::time::Timestamp;

const SIDES: [Side; 2] = [Side::Initiator, Side::Responder];

/// What a connection waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Waits {
    /// Nothing: all that was sent is acknowledged, and there is room for more.
    #[default]
    Nothing,
    /// Data of this side is not acknowledged.
    Acknowledgement(Side),
    /// This side, which receives, has no room.
    Room(Side),
}

/// The first sign that a connection ends, a FIN or a RST, and how it stood just before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// The packet.
    pub at: Moment,
    /// Who sent it.
    pub side: Side,
    /// It is a RST.
    pub reset: bool,
    /// The latest packet with new payload before it; the first packet where there was none.
    pub quiet_since: Moment,
    /// What the connection waited for.
    pub waits: Waits,
}

/// How a connection came to its end.
#[derive(Clone, Debug)]
pub(super) struct Ending {
    /// The first sign of it.
    pub(super) end: End,
    /// What made it final.
    pub(super) close: Option<(Close, Moment)>,
}

/// Data that is sent again and again without an acknowledgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// The first repetition.
    pub since: Moment,
    /// The latest.
    pub last: Moment,
    /// How many there were.
    pub times: u32,
    /// The smallest segment that was repeated.
    pub smallest: u32,
}

/// Loss, standstill and resets of one direction: what most connections never meet.
#[derive(Clone, Debug, Default)]
pub(super) struct Trouble {
    pub(super) stuck: Option<Stuck>,
    pub(super) late: u64,
    pub(super) retransmitted: u64,
    /// When payload came that left a hole before it, the latest.
    pub(super) jumped: Option<Timestamp>,
    pub(super) ahead: Option<Moment>,
    pub(super) zero_window: Option<Moment>,
    pub(super) starved: Duration,
    pub(super) starvation: Option<(Moment, Moment)>,
    /// The latest SYN, where it was sent again.
    pub(super) last_syn: Option<Moment>,
    pub(super) rst: Option<Moment>,
    pub(super) rst_ttl: Option<u8>,
}

impl Half {
    /// What it sends again and again since the peer's latest acknowledgement.
    pub fn stuck(&self) -> Option<Stuck> {
        self.trouble.as_ref()?.stuck
    }

    /// Payload bytes that came after later ones: lost on the way to the capture and sent again,
    /// or overtaken.
    pub fn late(&self) -> u64 {
        self.trouble.as_ref().map_or(0, |trouble| trouble.late)
    }

    /// Payload bytes sent again; keep-alives and zero-window probes are none.
    pub fn retransmitted(&self) -> u64 {
        self.trouble
            .as_ref()
            .map_or(0, |trouble| trouble.retransmitted)
    }

    /// Payload bytes that the peer acknowledged and the capture lacks. Where the peer's direction
    /// is not in the capture, bytes that later segments skipped. Falls again when a segment comes
    /// late.
    pub fn missing(&self) -> u64 {
        self.track.missing()
    }

    /// Payload bytes sent and not (yet) acknowledged by the peer: all of them where the peer's
    /// direction is not in the capture.
    pub fn unacknowledged(&self) -> u64 {
        self.track.unacknowledged()
    }

    /// The peer acknowledged the FIN.
    pub fn fin_acknowledged(&self) -> bool {
        self.track.is_fin_acknowledged()
    }

    /// Payload bytes that its own sequence numbers show to have been sent, that are not in the
    /// capture and that the peer never acknowledged: they were lost on the way.
    pub fn never_arrived(&self) -> u64 {
        self.track.never_arrived()
    }

    /// Its latest segment that shows that bytes before it are not in the capture: one without
    /// payload whose number lies behind all bytes seen.
    pub fn ahead(&self) -> Option<Moment> {
        self.trouble.as_ref()?.ahead
    }

    /// Its first RST that the peer would believe (RFC 9293 §3.10.7.4).
    pub fn rst(&self) -> Option<Moment> {
        self.trouble.as_ref()?.rst
    }

    /// Time to live of that RST. Another one than the side's own tells of a device that speaks in
    /// its name.
    pub fn rst_ttl(&self) -> Option<u8> {
        self.trouble.as_ref()?.rst_ttl
    }

    /// Since when the window that it announced has been zero.
    pub fn zero_window(&self) -> Option<Moment> {
        self.trouble.as_ref()?.zero_window
    }

    /// For how long its window was zero in all, the present time not counted.
    pub fn starved(&self) -> Duration {
        self.trouble
            .as_ref()
            .map_or(Duration::ZERO, |trouble| trouble.starved)
    }

    /// The longest time that its window was zero and opened again: from, to.
    pub fn starvation(&self) -> Option<(Moment, Moment)> {
        self.trouble.as_ref()?.starvation
    }

    /// What it meets, to be noted.
    pub(super) fn trouble(&mut self) -> &mut Trouble {
        self.trouble.get_or_insert_default()
    }

    /// Its window is not zero, or not any more.
    pub(super) fn has_room(&mut self, at: Moment) {
        let Some(trouble) = &mut self.trouble else {
            return;
        };
        let Some(since) = trouble.zero_window.take() else {
            return;
        };
        let span = |from: Moment, to: Moment| to.time.since(from.time);
        trouble.starved += span(since, at);
        let longest = trouble.starvation.map(|(from, to)| span(from, to));
        if longest.is_none_or(|longest| span(since, at) > longest) {
            trouble.starvation = Some((since, at));
        }
    }
}

impl Stuck {
    /// From the first repetition to the latest.
    pub fn span(&self) -> Duration {
        self.last.time.since(self.since.time)
    }
}

impl Connection {
    /// The first FIN or RST, and how the connection stood then.
    pub fn end(&self) -> Option<End> {
        Some(self.ending.as_ref()?.end)
    }

    /// How it ended and the packet that made that final; `None` while it is open.
    pub fn close(&self) -> Option<(Close, Moment)> {
        self.ending.as_ref()?.close
    }

    /// The latest SYN of the initiator.
    pub fn last_syn(&self) -> Option<Moment> {
        let trouble = self.half(Side::Initiator).trouble.as_ref();
        trouble.and_then(|trouble| trouble.last_syn).or(self.syn)
    }

    /// What the connection waits for now.
    pub fn waits(&self) -> Waits {
        self.waits_for(self.behind())
    }

    /// The side that has sent what is not acknowledged.
    pub(super) fn behind(&self) -> Option<Side> {
        let behind = |side: &Side| self.half(*side).unacknowledged() > 0;
        SIDES.into_iter().find(behind)
    }

    fn waits_for(&self, behind: Option<Side>) -> Waits {
        let full = |side: &Side| self.half(*side).zero_window().is_some();
        if let Some(side) = SIDES.into_iter().find(full) {
            return Waits::Room(side);
        }
        behind.map_or(Waits::Nothing, Waits::Acknowledgement)
    }

    /// The latest packet with new payload; the first packet where there is none.
    pub fn last_data(&self) -> Moment {
        let latest = self.halves.iter().filter_map(|half| half.last_data).max();
        latest.or(self.handshake_ack).unwrap_or(self.first)
    }
}

impl Flow {
    /// `behind` is who had sent what was not acknowledged, before the segment.
    pub(super) fn note_fin(&mut self, side: Side, behind: Option<Side>, at: Moment) {
        self.note_end(side, false, behind, at);
        self.first_fin.get_or_insert(side);
        let half = self.half_mut(side);
        half.fin.get_or_insert(at);
        half.fins = half.fins.saturating_add(1);
    }

    /// Keeps how the connection stands at the first sign of its end.
    pub(super) fn note_end(&mut self, side: Side, reset: bool, behind: Option<Side>, at: Moment) {
        let connection = &mut self.connection;
        if connection.ending.is_some() {
            return;
        }
        let end = End {
            at,
            side,
            reset,
            quiet_since: connection.last_data(),
            waits: connection.waits_for(behind),
        };
        connection.ending = Some(Box::new(Ending { end, close: None }));
    }

    /// The peer acknowledged data of this side that it had not before.
    pub(super) fn note_progress(&mut self, side: Side, acked: i64) {
        let half = self.half_mut(side);
        let passed = if acked >= half.front_end {
            std::mem::take(&mut half.front)
        } else {
            0
        };
        if let Some(trouble) = &mut half.trouble {
            trouble.stuck = None;
        }
        half.largest_acknowledged = half.largest_acknowledged.max(passed);
    }

    /// Notes that data is sent again that the peer has not acknowledged.
    pub(super) fn note_repetition(&mut self, side: Side, len: u32, at: Moment) {
        let half = self.half_mut(side);
        let stuck = half.trouble().stuck.get_or_insert(Stuck {
            since: at,
            last: at,
            times: 0,
            smallest: len,
        });
        stuck.last = at;
        stuck.times = stuck.times.saturating_add(1);
        stuck.smallest = stuck.smallest.min(len);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::Interest;
    use crate::tcp::testing::*;

    /// The first sequence number of the client's data.
    const FIRST: u32 = u32::MAX - 19;

    fn facts(rest: &[Made]) -> Connection {
        let mut segments = Talk::handshake().segments;
        segments.extend_from_slice(rest);
        run(&segments, Interest::Count).last().clone()
    }

    fn down(seq: u32, payload: &str) -> Made {
        Made::down(seq, Some(FIRST), "", payload)
    }

    fn ack(ack: u32) -> Made {
        Made::up(FIRST, Some(ack), "", "")
    }

    #[test]
    fn what_is_repeated_in_vain_is_counted_until_it_is_acknowledged() {
        let lost = [
            down(5001, "abc"),
            ack(5004),
            down(5004, "defgh"),
            down(5004, "defgh").after(300),
            down(5004, "defgh").after(900),
        ];
        let stuck = facts(&lost).half(Side::Responder).stuck().unwrap();
        assert_eq!((stuck.times, stuck.smallest), (2, 5));
        assert_eq!(stuck.span(), Duration::from_millis(900));
        let mended = [&lost[..], &[ack(5009)]].concat();
        let half = facts(&mended).half(Side::Responder).clone();
        assert_eq!((half.stuck(), half.largest_acknowledged), (None, 5));
    }

    #[test]
    fn the_first_fin_keeps_how_the_connection_stood() {
        let left = facts(&[
            down(5001, "abc"),
            ack(5004),
            Made::up(FIRST, Some(5004), "F", "").after(4000),
            down(5004, "late"),
        ]);
        let end = left.end().unwrap();
        assert_eq!((end.side, end.reset), (Side::Initiator, false));
        assert_eq!(
            (end.waits, end.quiet_since.frame.number()),
            (Waits::Nothing, 4)
        );
        assert!(!left.half(Side::Initiator).fin_acknowledged());
    }

    #[test]
    fn a_closed_window_is_what_is_waited_for() {
        let full = ack(5004).window(0);
        let starved = facts(&[down(5001, "abc"), full.clone()]);
        assert_eq!(starved.waits(), Waits::Room(Side::Initiator));
        let opened = facts(&[down(5001, "abc"), full, ack(5004).after(2000)]);
        assert_eq!(opened.waits(), Waits::Nothing);
        let half = opened.half(Side::Initiator);
        assert_eq!(half.starved(), Duration::from_secs(2));
    }

    #[test]
    fn bytes_that_only_the_sender_speaks_of_never_arrived() {
        let gone = facts(&[down(5001, "abc"), ack(5004), down(5104, "")]);
        assert_eq!(gone.half(Side::Responder).never_arrived(), 100);
    }
}
