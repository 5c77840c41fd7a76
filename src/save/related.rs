//! What a packet is about, by itself: between whom, and with which other packets.

use std::net::{IpAddr, SocketAddr};

use crate::capture::Packet;
use crate::decode::{Decoded, Decoder, Skipped, dns};

/// What a packet is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// A connection. The sequence number where it is a SYN that opens one.
    Connection(SocketAddr, SocketAddr, Option<u32>),
    /// The names of these addresses.
    Names(Vec<IpAddr>),
    /// A part of a datagram; what that is about is known with its last part.
    Part,
    /// Nothing of FTP.
    Other,
}

/// Tells what packets are about.
#[derive(Debug, Default)]
pub(super) struct Relations {
    decoder: Decoder,
}

impl Relations {
    /// What `packet` is about, and the datagrams that it is a part of, outermost first.
    pub(super) fn of(&mut self, packet: &Packet<'_>) -> (About, &[u64]) {
        let about = match self.decoder.push(packet) {
            Decoded::Segment(segment) => {
                let opens = segment.flags.syn && !segment.flags.ack;
                About::Connection(segment.src, segment.dst, opens.then_some(segment.seq.0))
            }
            Decoded::Icmp(error) => About::Connection(error.src, error.dst, None),
            Decoded::Dns(message) => {
                let mut named = Vec::new();
                dns::answers(message, |address, _| named.push(address));
                About::Names(named)
            }
            Decoded::Skipped(Skipped::Fragment) => About::Part,
            Decoded::Skipped(_) => About::Other,
        };
        (about, self.decoder.datagrams())
    }
}

/// Two ends, in an order that does not depend on who sends.
pub(super) fn ends(one: SocketAddr, other: SocketAddr) -> (SocketAddr, SocketAddr) {
    (one.min(other), one.max(other))
}
