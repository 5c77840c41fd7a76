//! What is known of one TCP connection: its two ends, its handshake, its counters, its end.

use std::net::SocketAddr;
use std::time::Duration;

use crate::capture::Moment;
use crate::decode::IcmpError;
use crate::time::Timestamp;

/// One of the two ends of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Who sent the SYN (or, in mid-stream, who most likely did).
    Initiator,
    /// Who was listening.
    Responder,
}

/// What the consumer wants of a flow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Interest {
    /// Ordered bytes, reassembled.
    Bytes,
    /// Counters only: nothing is stored of the payload.
    #[default]
    Count,
}

/// How a connection ended, and who began it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Close {
    /// Both sides sent FIN; this one first.
    Finished(Side),
    /// This side sent RST.
    Reset(Side),
}

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

/// Loss and standstill of one direction.
#[derive(Clone, Debug, Default)]
pub(super) struct Trouble {
    pub(super) stuck: Option<Stuck>,
    pub(super) late: u64,
    /// When payload came that left a hole before it, the latest.
    pub(super) jumped: Option<Timestamp>,
    pub(super) never_arrived: u64,
    pub(super) starved: Duration,
    pub(super) starvation: Option<(Moment, Moment)>,
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

    /// Payload bytes that its own sequence numbers show to have been sent, that are not in the
    /// capture and that the peer never acknowledged: they were lost on the way.
    pub fn never_arrived(&self) -> u64 {
        self.trouble
            .as_ref()
            .map_or(0, |trouble| trouble.never_arrived)
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

    /// Its window was zero since `since` and is not any more.
    pub(super) fn opened_again(&mut self, since: Moment, at: Moment) {
        let span = |from: Moment, to: Moment| to.time.since(from.time);
        let trouble = self.trouble.get_or_insert_default();
        trouble.starved += span(since, at);
        let longest = trouble.starvation.map(|(from, to)| span(from, to));
        if longest.is_none_or(|longest| span(since, at) > longest) {
            trouble.starvation = Some((since, at));
        }
    }

    /// Keeps how much was sent and lost before the capture.
    pub(super) fn lost(&mut self, bytes: u64) {
        if bytes > 0 || self.trouble.is_some() {
            self.trouble.get_or_insert_default().never_arrived = bytes;
        }
    }
}

impl Stuck {
    /// From the first repetition to the latest.
    pub fn span(&self) -> Duration {
        self.last.time.since(self.since.time)
    }
}

/// The facts about one connection. Copied freely: it holds no payload.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Who connects.
    pub initiator: SocketAddr,
    /// Who listens.
    pub responder: SocketAddr,
    /// The first packet.
    pub first: Moment,
    /// The latest packet.
    pub last: Moment,
    /// Neither SYN nor SYN/ACK is in the capture.
    pub midstream: bool,
    /// The first SYN of the initiator.
    pub syn: Option<Moment>,
    /// How often the initiator sent its SYN (copies made by the capture not counted).
    pub syns: u32,
    /// The latest SYN of the initiator.
    pub last_syn: Option<Moment>,
    /// The responder's first SYN/ACK.
    pub syn_ack: Option<Moment>,
    /// How often the responder sent its SYN/ACK.
    pub syn_acks: u32,
    /// The initiator's first acknowledgement of the SYN/ACK.
    pub handshake_ack: Option<Moment>,
    /// The connection exists: its handshake was completed, or data flowed.
    pub established: bool,
    /// How it ended and the packet that made that final; `None` while it is open.
    pub close: Option<(Close, Moment)>,
    pub(super) ending: Option<Box<End>>,
    /// The first ICMP error that quoted one of its segments; a path-MTU notice gives way to
    /// anything graver.
    pub icmp: Option<Box<IcmpError>>,
    /// The initiator's half and the responder's.
    pub halves: [Half; 2],
}

/// One direction of a connection: what this side sent, and what it said of its receiving.
#[derive(Clone, Debug, Default)]
pub struct Half {
    /// Segments sent, copies made by the capture not counted.
    pub segments: u64,
    /// Packets recognised as copies made by the capture (mirror port, `any` interface).
    pub copies: u64,
    /// Payload bytes, each once, whether captured whole or cut by a snapshot length.
    pub bytes: u64,
    /// Payload bytes sent again; keep-alives and zero-window probes are none.
    pub retransmitted: u64,
    /// Payload bytes that the peer acknowledged and the capture lacks. Where the peer's direction
    /// is not in the capture, bytes that later segments skipped. Falls again when a segment comes
    /// late.
    pub missing: u64,
    /// Payload bytes sent and not (yet) acknowledged by the peer: all of them where the peer's
    /// direction is not in the capture.
    pub unacknowledged: u64,
    /// What most connections never meet.
    pub(super) trouble: Option<Box<Trouble>>,
    /// The largest payload of one segment.
    pub largest_segment: u32,
    /// The largest payload among segments known to be acknowledged; a sample, one a flight.
    pub largest_acknowledged: u32,
    /// The receive window that it announced last, in bytes; scaled (RFC 7323 §2) if the handshake
    /// is in the capture.
    pub window: u64,
    /// The largest receive window that it announced after its SYN.
    pub largest_window: u64,
    /// Since when that window has been zero.
    pub zero_window: Option<Moment>,
    /// The first packet with payload.
    pub first_data: Option<Moment>,
    /// The latest packet with new payload.
    pub last_data: Option<Moment>,
    /// Its FIN.
    pub fin: Option<Moment>,
    /// How often it sent its FIN, as far as that can be counted.
    pub fins: u8,
    /// The peer acknowledged the FIN.
    pub fin_acknowledged: bool,
    /// Its first RST that the peer would believe (RFC 9293 §3.10.7.4).
    pub rst: Option<Moment>,
    /// Time to live of that RST. Another one than the side's own tells of a device that speaks in
    /// its name.
    pub rst_ttl: Option<u8>,
    /// Its latest segment that shows that bytes before it are not in the capture: one
    /// without payload whose number lies behind all bytes seen.
    pub ahead: Option<Moment>,
    /// Maximum segment size that it announced.
    pub mss: Option<u16>,
    /// Time to live of its latest segment that is no RST.
    pub ttl: u8,
}

impl Side {
    /// The other end.
    pub const fn peer(self) -> Self {
        match self {
            Self::Initiator => Self::Responder,
            Self::Responder => Self::Initiator,
        }
    }

    pub(super) const fn index(self) -> usize {
        match self {
            Self::Initiator => 0,
            Self::Responder => 1,
        }
    }
}

impl Connection {
    /// A connection of which only the ends and the first packet are known.
    pub fn new(initiator: SocketAddr, responder: SocketAddr, first: Moment) -> Self {
        Self {
            initiator,
            responder,
            first,
            last: first,
            midstream: false,
            syn: None,
            syns: 0,
            last_syn: None,
            syn_ack: None,
            syn_acks: 0,
            handshake_ack: None,
            established: false,
            close: None,
            ending: None,
            icmp: None,
            halves: [Half::default(), Half::default()],
        }
    }

    /// What one side sent.
    pub fn half(&self, side: Side) -> &Half {
        &self.halves[side.index()]
    }

    /// The address of one side.
    pub fn address(&self, side: Side) -> SocketAddr {
        match side {
            Side::Initiator => self.initiator,
            Side::Responder => self.responder,
        }
    }

    /// The round trip between the two ends, from the handshake.
    pub fn round_trip(&self) -> Option<Duration> {
        let (syn, ack) = self.last_syn.zip(self.handshake_ack)?;
        let repeated = self.syn_acks > 1 || self.syn != self.last_syn;
        (!repeated).then(|| ack.time.since(syn.time))
    }

    /// The first FIN or RST, and how the connection stood then.
    pub fn end(&self) -> Option<End> {
        self.ending.as_deref().copied()
    }

    /// What the connection waits for now.
    pub fn waits(&self) -> Waits {
        let sides = [Side::Initiator, Side::Responder];
        let full = |side: &Side| self.half(*side).zero_window.is_some();
        let behind = |side: &Side| self.half(*side).unacknowledged > 0;
        if let Some(side) = sides.into_iter().find(full) {
            Waits::Room(side)
        } else if let Some(side) = sides.into_iter().find(behind) {
            Waits::Acknowledgement(side)
        } else {
            Waits::Nothing
        }
    }

    /// The latest packet with new payload; the first packet where there is none.
    pub fn last_data(&self) -> Moment {
        let latest = self.halves.iter().filter_map(|half| half.last_data).max();
        latest.or(self.handshake_ack).unwrap_or(self.first)
    }

    /// A RST that bears this side's address came with a time to live that is not this side's: a
    /// device on the way sent it.
    pub fn is_reset_foreign(&self, side: Side) -> bool {
        let half = self.half(side);
        half.ttl > 0 && half.rst_ttl.is_some_and(|ttl| ttl != half.ttl)
    }

    /// Bytes of both directions that the capture lacks.
    pub fn missing(&self) -> u64 {
        self.halves.iter().map(|half| half.missing).sum()
    }
}
