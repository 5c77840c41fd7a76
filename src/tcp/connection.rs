//! What is known of one TCP connection: its two ends, its handshake, its counters, its end.

use std::net::SocketAddr;
use std::time::Duration;

use super::hashing::Pair;
use super::standing::{Ending, Trouble};
use super::track::Track;
use crate::capture::Moment;
use crate::decode::IcmpError;

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

/// The facts about one connection. Copied freely: it holds no payload.
#[derive(Clone, Debug)]
#[repr(C)]
pub struct Connection {
    // What each segment asks for comes first, here and in `Half`.
    pub(super) ends: Pair,
    /// The latest packet.
    pub last: Moment,
    /// The connection exists: its handshake was completed, or data flowed.
    pub established: bool,
    /// Neither SYN nor SYN/ACK is in the capture.
    pub midstream: bool,
    pub(super) ending: Option<Box<Ending>>,
    /// The initiator's first acknowledgement of the SYN/ACK.
    pub handshake_ack: Option<Moment>,
    /// The initiator's half and the responder's.
    pub halves: [Half; 2],
    /// The first SYN of the initiator.
    pub syn: Option<Moment>,
    /// The responder's first SYN/ACK.
    pub syn_ack: Option<Moment>,
    /// How often the initiator sent its SYN (copies made by the capture not counted).
    pub syns: u32,
    /// How often the responder sent its SYN/ACK.
    pub syn_acks: u32,
    /// The first packet.
    pub first: Moment,
    /// The first ICMP error that quoted one of its segments; a path-MTU notice gives way to
    /// anything graver.
    pub icmp: Option<Box<IcmpError>>,
}

/// One direction of a connection: what this side sent, and what it said of its receiving.
#[derive(Clone, Debug, Default)]
#[repr(C)]
pub struct Half {
    /// Its sequence numbers.
    pub(super) track: Track,
    /// What most connections never meet.
    pub(super) trouble: Option<Box<Trouble>>,
    /// The receive window that it announced last, in bytes; scaled (RFC 7323 §2) if the handshake
    /// is in the capture.
    pub window: u32,
    /// The largest receive window that it announced after its SYN.
    pub largest_window: u32,
    /// Segments sent, copies made by the capture not counted.
    pub segments: u64,
    /// Payload bytes, each once, whether captured whole or cut by a snapshot length.
    pub bytes: u64,
    /// The latest packet with new payload.
    pub last_data: Option<Moment>,
    /// Payload of a segment that waits for its acknowledgement, and where it ends; none where none
    /// waits.
    pub(super) front: u32,
    /// The largest payload of one segment.
    pub largest_segment: u32,
    pub(super) front_end: i64,
    /// The largest payload among segments known to be acknowledged; a sample, one a flight.
    pub largest_acknowledged: u32,
    /// The window scale that its SYN offered.
    pub(super) shift: Option<u8>,
    /// Time to live of its latest segment that is no RST.
    pub ttl: u8,
    /// How often it sent its FIN, as far as that can be counted.
    pub fins: u8,
    /// Maximum segment size that it announced.
    pub mss: Option<u16>,
    /// Packets recognised as copies made by the capture (mirror port, `any` interface).
    pub copies: u32,
    /// The first packet with payload.
    pub first_data: Option<Moment>,
    /// Its FIN.
    pub fin: Option<Moment>,
}

impl Side {
    /// The other end.
    #[inline]
    pub const fn peer(self) -> Self {
        match self {
            Self::Initiator => Self::Responder,
            Self::Responder => Self::Initiator,
        }
    }

    #[inline]
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
            ends: Pair::new(initiator, responder),
            first,
            last: first,
            midstream: false,
            syn: None,
            syns: 0,
            syn_ack: None,
            syn_acks: 0,
            handshake_ack: None,
            established: false,
            ending: None,
            icmp: None,
            halves: [Half::default(), Half::default()],
        }
    }

    /// What one side sent.
    #[inline]
    pub fn half(&self, side: Side) -> &Half {
        &self.halves[side.index()]
    }

    /// One side has met trouble.
    #[inline]
    pub(super) fn has_trouble(&self) -> bool {
        self.halves.iter().any(|half| half.trouble.is_some())
    }

    /// What one side sent, and what its peer did.
    #[inline]
    pub(super) fn pair(&self, side: Side) -> (&Half, &Half) {
        let [one, other] = &self.halves;
        match side {
            Side::Initiator => (one, other),
            Side::Responder => (other, one),
        }
    }

    /// The address of one side.
    #[inline]
    pub fn address(&self, side: Side) -> SocketAddr {
        self.ends.end(side)
    }

    /// Who connects.
    #[inline]
    pub fn initiator(&self) -> SocketAddr {
        self.ends.end(Side::Initiator)
    }

    /// Who listens.
    #[inline]
    pub fn responder(&self) -> SocketAddr {
        self.ends.end(Side::Responder)
    }

    /// The round trip between the two ends, from the handshake.
    pub fn round_trip(&self) -> Option<Duration> {
        let (syn, ack) = self.syn.zip(self.handshake_ack)?;
        let repeated = self.syn_acks > 1 || self.syn != self.last_syn();
        (!repeated).then(|| ack.time.since(syn.time))
    }

    /// A RST that bears this side's address came with a time to live that is not this side's: a
    /// device on the way sent it.
    pub fn is_reset_foreign(&self, side: Side) -> bool {
        let half = self.half(side);
        half.ttl > 0 && half.rst_ttl().is_some_and(|ttl| ttl != half.ttl)
    }

    /// Bytes of both directions that the capture lacks.
    pub fn missing(&self) -> u64 {
        self.halves.iter().map(Half::missing).sum()
    }
}
