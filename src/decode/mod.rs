//! From the bytes of a [`Packet`](crate::capture::Packet) to the [`Segment`] it carries.

use std::net::SocketAddr;

use crate::capture::{Frame, LinkType};
use crate::time::Timestamp;

pub mod seq;

pub use seq::SeqNumber;

/// One TCP segment, borrowed from its packet.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    /// The packet that carried it.
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
    /// Window scale shift (RFC 7323 §2); only in a SYN.
    pub window_scale: Option<u8>,
    /// The sender's time stamp (RFC 7323 §3).
    pub timestamp: Option<u32>,
}

/// An ICMP or ICMPv6 error and the TCP connection of the packet that it quotes.
#[derive(Clone, Copy, Debug)]
pub struct IcmpError {
    /// The packet that carried it.
    pub frame: Frame,
    /// When it was captured.
    pub time: Timestamp,
    /// Who sent it: the device that could not pass the quoted packet on.
    pub reporter: std::net::IpAddr,
    /// ICMPv6 rather than ICMP.
    pub v6: bool,
    /// Type of the message.
    pub kind: u8,
    /// Code within the type.
    pub code: u8,
    /// Source of the quoted segment.
    pub src: SocketAddr,
    /// Destination of the quoted segment.
    pub dst: SocketAddr,
    /// Sequence number of the quoted segment.
    pub seq: SeqNumber,
    /// Next-hop MTU of "fragmentation needed" and "packet too big"; 0 where none is given.
    pub mtu: u32,
}

/// What a packet turned out to be.
#[derive(Debug)]
pub enum Decoded<'a> {
    /// A TCP segment.
    Segment(Segment<'a>),
    /// An ICMP error about a TCP segment.
    Icmp(IcmpError),
    /// The payload of a DNS answer (UDP from port 53).
    Dns(&'a [u8]),
    /// Nothing that concerns the engine.
    Skipped(Skipped),
}

/// Why a packet gave nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Skipped {
    /// Not IP (ARP, LLDP, …).
    NotIp,
    /// IP, but neither TCP nor an ICMP error about TCP.
    NotTcp,
    /// A fragment whose datagram is not complete (yet).
    Fragment,
    /// Headers that contradict themselves, or cut so short that the ports are missing.
    Damaged,
    /// A link type that the decoder does not know.
    UnknownLink(LinkType),
}
