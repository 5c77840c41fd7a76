//! From the bytes of a [`Packet`](crate::capture::Packet) to the [`Segment`] it carries.
//!
//! ```text
//!  frame ─▶ link ─▶ ip ─▶ tcp ─▶ Segment       fast: IPv6 in one step; IPv4: capture::Plain
//!                   ▲ │└▶ icmp ─▶ IcmpError    piece: bytes that know their length on the wire
//!                   │ ├─▶ udp 53 ─▶ Dns
//!                   │ ├─▶ defrag ─┐            until the last fragment is there
//!                   └─┴── tunnel ◀┘            GRE, IP in IP, VXLAN, GENEVE, ERSPAN, GTP-U
//! ```
//!
//! Headers are believed rather than the frame's length: padding is not payload, and what a snapshot
//! length cut off still counts in [`Segment::len`]. Checksums are not looked at, since offload
//! leaves them wrong. The packet may be any bytes: nothing in here can panic, and everything that
//! grows has a bound with a name.

use crate::capture::LinkType;

mod datagram;
mod decoder;
mod defrag;
pub mod dns;
mod fast;
mod icmp;
mod ip;
mod link;
mod piece;
mod segment;
pub mod seq;
mod tcp;
mod tunnel;
mod udp;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod testing;

pub use decoder::Decoder;
pub use defrag::{FragmentCounts, MAX_DATAGRAMS};
pub use icmp::IcmpError;
pub use segment::{Flags, Options, Segment};
pub use seq::SeqNumber;

/// What a packet turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decoded<'a> {
    /// A TCP segment.
    Segment(Segment<'a>),
    /// An ICMP error about a TCP segment.
    Icmp(IcmpError),
    /// The payload of a DNS answer (UDP from port 53): see [`dns::answers`].
    Dns(&'a [u8]),
    /// Nothing that concerns the engine.
    Skipped(Skipped),
}

/// Why a packet gave nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Skipped {
    /// Not IP (ARP, LLDP, …), or IP that cannot be seen (encrypted 802.11).
    NotIp,
    /// IP, but neither TCP nor an ICMP error about TCP.
    NotTcp,
    /// A fragment whose datagram is not complete (yet), or was complete already.
    Fragment,
    /// Headers that contradict themselves, are nested too deep, or are cut: of TCP the twenty bytes
    /// without options are needed, of a quoted segment the ports and the sequence number.
    Damaged,
    /// A link type that the decoder does not know.
    UnknownLink(LinkType),
}
