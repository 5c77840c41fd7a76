//! The commonest packets of IPv6, TCP in a plain frame, recognised by a few comparisons.
//!
//! This is a shortcut and nothing more, as [`Plain`](crate::capture::Plain) is for IPv4: the
//! general way gives the same result, and a property test holds the two together. It matters for
//! captures of tens of millions of small packets.

use std::net::Ipv6Addr;

use super::ip::{Ip, protocol};
use super::piece::Piece;
use crate::capture::{Packet, ip_start};

/// The bytes from the IP header on if the link layer has at most one tag, otherwise none.
#[inline]
pub(super) fn ip_bytes<'a>(packet: &Packet<'a>) -> &'a [u8] {
    ip_start(packet.link, packet.data)
        .and_then(|start| packet.data.get(start..))
        .unwrap_or_default()
}

/// IPv6 with TCP: without extension headers, of a length that is given.
#[inline]
pub(super) fn plain_v6(bytes: &[u8]) -> Option<Ip<'_>> {
    let (header, payload) = bytes.split_first_chunk::<40>()?;
    let (fixed, addresses) = header.split_first_chunk::<8>()?;
    let payload_len = usize::from(u16::from_be_bytes([fixed[4], fixed[5]]));
    if fixed[0] >> 4 != 6 || fixed[6] != protocol::TCP || payload_len == 0 {
        return None;
    }
    Some(Ip {
        src: Ipv6Addr::from(*addresses.first_chunk::<16>()?).into(),
        dst: Ipv6Addr::from(*addresses.last_chunk::<16>()?).into(),
        ttl: fixed[7],
        id: None,
        protocol: fixed[6],
        fragment: None,
        payload: Piece::whole(payload).limit(payload_len),
    })
}
