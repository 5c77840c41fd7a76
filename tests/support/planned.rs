//! Packets in time order, before they become bytes.
//!
//! The capture point is taken to lie between the two hosts; [`Plan::latency`] is what a round trip
//! from there to the answering host and back costs.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};

use super::packets::{self, Header, Link, Tcp, Transport};

/// Payload bytes of a full segment on Ethernet with time stamps.
pub const SEGMENT: usize = 1448;

/// One microsecond in nanoseconds.
pub const MICRO: u64 = 1_000;
/// One millisecond in nanoseconds.
pub const MILLI: u64 = 1_000_000;
/// One second in nanoseconds.
pub const SECOND: u64 = 1_000_000_000;

/// A packet and when it is seen.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Nanoseconds since the epoch.
    pub time: u64,
    /// Its headers.
    pub header: Header,
    /// Its payload.
    pub payload: Payload,
}

impl Planned {
    /// Replaces the content of `frame` by this packet's bytes.
    pub fn write(&self, frame: &mut Vec<u8>, link: Link) {
        packets::write(frame, link, &self.header, self.payload.bytes());
    }

    /// Its TCP header, if that is what it has.
    pub fn tcp(&self) -> Option<&Tcp> {
        match &self.header.transport {
            Transport::Tcp(tcp) => Some(tcp),
            _ => None,
        }
    }

    /// Whether `other` goes the same way on the same connection.
    pub fn same_way(&self, other: &Self) -> bool {
        self.header.src == other.header.src && self.header.dst == other.header.dst
    }

    /// The ICMP error that `reporter` sends back at `time` because of this packet; it quotes the
    /// IP header and at least eight bytes more.
    pub fn icmp_error(&self, time: u64, reporter: IpAddr, kind: u8, code: u8, mtu: u16) -> Self {
        let mut quoted = Vec::new();
        packets::write_packet(&mut quoted, &self.header, self.payload.bytes());
        quoted.truncate(if self.header.src.is_ipv4() { 28 } else { 1232 });
        Self {
            time,
            header: Header {
                src: SocketAddr::new(reporter, 0),
                dst: self.header.src,
                ttl: 64,
                ip_id: 0,
                transport: Transport::Icmp {
                    kind,
                    code,
                    rest: u32::from(mtu),
                },
            },
            payload: Payload::Bytes(quoted.into()),
        }
    }
}

/// What a packet carries.
#[derive(Clone, Debug)]
pub enum Payload {
    /// Nothing.
    None,
    /// These bytes.
    Bytes(Box<[u8]>),
    /// Bytes without meaning: file contents, ciphertext.
    Filler {
        /// How many, at most [`SEGMENT`].
        len: u16,
        /// Which ones.
        seed: u16,
    },
}

impl Payload {
    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::None => &[],
            Self::Bytes(bytes) => bytes,
            Self::Filler { len, seed } => {
                let start = usize::from(*seed) % (FILLER.len() - SEGMENT);
                &FILLER[start..start + usize::from(*len).min(SEGMENT)]
            }
        }
    }
}

static FILLER: [u8; 8192] = filler();

const fn filler() -> [u8; 8192] {
    let mut bytes = [0; 8192];
    let mut state = 0x2545_f491_u32;
    let mut index = 0;
    while index < bytes.len() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        bytes[index] = (state >> 24) as u8;
        index += 1;
    }
    bytes
}

/// Packets in time order and the time at which the next one is due.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Nanoseconds since the epoch; no later packet is earlier.
    pub now: u64,
    /// Time from a packet to the other host's answer.
    pub latency: u64,
    /// What was planned and not taken yet.
    pub packets: VecDeque<Planned>,
}

impl Plan {
    /// Nothing yet, beginning at `now`.
    pub fn new(now: u64, latency: u64) -> Self {
        Self {
            now,
            latency,
            packets: VecDeque::new(),
        }
    }

    /// Lets time pass.
    pub fn wait(&mut self, nanos: u64) {
        self.now += nanos;
    }

    /// Adds a packet that is seen now; the next one is at least a microsecond later.
    pub fn push(&mut self, header: Header, payload: Payload) {
        self.packets.push_back(Planned {
            time: self.now,
            header,
            payload,
        });
        self.now += MICRO;
    }
}
