//! The commonest packets, TCP in plain IP in a plain frame, recognised by a few comparisons.
//!
//! This is a shortcut and nothing more: the general way gives the same result, and a property test
//! holds the two together. It matters for captures of tens of millions of small packets.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::ip::{Ip, protocol};
use super::link;
use super::piece::Piece;
use crate::capture::Packet;

/// The bytes from the IP header on if the link layer has at most one tag, otherwise none.
#[inline]
pub(super) fn ip_bytes<'a>(packet: &Packet<'a>) -> &'a [u8] {
    ip_start(packet)
        .and_then(|start| packet.data.get(start..))
        .unwrap_or_default()
}

#[inline]
fn ip_start(packet: &Packet) -> Option<usize> {
    let kind = |at: usize| {
        let bytes = packet.data.get(at..)?;
        bytes.first_chunk().copied().map(u16::from_be_bytes)
    };
    let (mut kind_at, mut start) = match packet.link {
        link::ETHERNET => (12, 14),
        link::COOKED => (14, 16),
        link::COOKED_V2 => (0, 20),
        _ => return None,
    };
    if kind(kind_at)? == link::CUSTOMER_TAG {
        (kind_at, start) = (start + 2, start + 4);
    }
    matches!(kind(kind_at)?, link::IPV4 | link::IPV6).then_some(start)
}

/// IPv4 with TCP: without options, not a fragment, of a length that is given.
#[inline]
pub(super) fn plain_v4(bytes: &[u8]) -> Option<Ip<'_>> {
    let (header, payload) = bytes.split_first_chunk::<20>()?;
    let total_len = usize::from(u16::from_be_bytes([header[2], header[3]]));
    let whole = u16::from_be_bytes([header[6], header[7]]) & 0x3fff == 0;
    if header[0] != 0x45 || !whole || header[9] != protocol::TCP || total_len < header.len() {
        return None;
    }
    Some(Ip {
        src: Ipv4Addr::from([header[12], header[13], header[14], header[15]]).into(),
        dst: Ipv4Addr::from([header[16], header[17], header[18], header[19]]).into(),
        ttl: header[8],
        id: Some(u16::from_be_bytes([header[4], header[5]])),
        protocol: header[9],
        fragment: None,
        payload: Piece::whole(payload).limit(total_len - header.len()),
    })
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
