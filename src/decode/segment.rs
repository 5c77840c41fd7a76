//! [`Segment`]: what a TCP packet says to its flow.

use std::net::SocketAddr;

use super::SeqNumber;
use crate::capture::Frame;
use crate::time::Timestamp;

/// One TCP segment, borrowed from its packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment<'a> {
    /// The packet that carried it; of a reassembled datagram, the one that completed it.
    pub frame: Frame,
    /// When it was captured.
    pub time: Timestamp,
    /// The sender.
    pub src: SocketAddr,
    /// The receiver.
    pub dst: SocketAddr,
    /// Sequence number of the first payload byte (or of the SYN).
    pub seq: SeqNumber,
    /// Acknowledgement number; meaningful with [`Flags::ack`].
    pub ack: SeqNumber,
    /// The control bits.
    pub flags: Flags,
    /// The window field, unscaled.
    pub window: u16,
    /// What the options said.
    pub options: Options,
    /// Payload length on the wire, from the IP and TCP headers; more than `payload.len()` when a
    /// snapshot length cut the packet.
    pub len: u32,
    /// The captured part of the payload.
    pub payload: &'a [u8],
    /// IPv4 time to live or IPv6 hop limit.
    pub ttl: u8,
    /// IPv4 identification; `None` in IPv6. Tells a copied packet from a retransmitted one.
    pub ip_id: Option<u16>,
}

/// The TCP control bits that matter to a flow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flags {
    /// No more data from the sender.
    pub fin: bool,
    /// Synchronise sequence numbers.
    pub syn: bool,
    /// Reset the connection.
    pub rst: bool,
    /// The acknowledgement number is meaningful.
    pub ack: bool,
    /// The urgent pointer is meaningful (Telnet Synch, RFC 959 §4.1.3 ABOR).
    pub urg: bool,
}

/// TCP options, where present.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Options {
    /// Maximum segment size (RFC 9293 §3.7.1); only in a SYN.
    pub mss: Option<u16>,
    /// Window scale shift, at most 14 (RFC 7323 §2); only in a SYN.
    pub window_scale: Option<u8>,
    /// The sender's time stamp (RFC 7323 §3).
    pub timestamp: Option<u32>,
}
