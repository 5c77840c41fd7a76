//! The commonest packet: TCP in plain IPv4 in plain Ethernet, recognised by a few comparisons.

use std::net::Ipv4Addr;

use super::ip::{Ip, protocol};
use super::link;
use super::piece::Piece;
use crate::capture::Packet;

/// An Ethernet header and an IPv4 header without options.
const HEADERS_LEN: usize = 14 + 20;

/// The IP packet in `packet` if it is of TCP and has nothing unusual: the general way gives the
/// same one.
#[inline]
pub(super) fn ip<'a>(packet: &Packet<'a>) -> Option<Ip<'a>> {
    let (headers, _) = packet.data.split_first_chunk::<HEADERS_LEN>()?;
    let (_, ip) = headers.split_last_chunk::<20>()?;
    // EtherType IPv4, version 4, a header of five words.
    let plain = packet.link == link::ETHERNET && headers[12..15] == [0x08, 0x00, 0x45];
    let total_len = usize::from(u16::from_be_bytes([ip[2], ip[3]]));
    let whole = u16::from_be_bytes([ip[6], ip[7]]) & 0x3fff == 0;
    if !plain || !whole || ip[9] != protocol::TCP || total_len < ip.len() {
        return None;
    }
    let frame = Piece::new(packet.data, packet.wire_len as usize);
    Some(Ip {
        src: Ipv4Addr::from([ip[12], ip[13], ip[14], ip[15]]).into(),
        dst: Ipv4Addr::from([ip[16], ip[17], ip[18], ip[19]]).into(),
        ttl: ip[8],
        id: Some(u16::from_be_bytes([ip[4], ip[5]])),
        protocol: ip[9],
        fragment: None,
        payload: frame.skip(HEADERS_LEN).ok()?.limit(total_len - ip.len()),
    })
}
