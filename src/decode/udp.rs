//! The UDP header (RFC 768).

use super::Skipped;
use super::ip::Ip;
use super::piece::Piece;

/// The port of DNS servers.
const DNS: u16 = 53;

/// A UDP datagram without its header.
#[derive(Clone, Copy, Debug)]
pub(super) struct Udp<'a> {
    pub(super) src: u16,
    pub(super) dst: u16,
    pub(super) payload: Piece<'a>,
}

impl<'a> Udp<'a> {
    /// The datagram whose header `piece` begins with.
    pub(super) fn parse(piece: Piece<'a>) -> Result<Self, Skipped> {
        let len = usize::from(piece.u16(4)?);
        // Zero and other impossible lengths come from offload; IP's length stands then.
        let datagram = if len < 8 { piece } else { piece.limit(len) };
        Ok(Self {
            src: piece.u16(0)?,
            dst: piece.u16(2)?,
            payload: datagram.skip(8)?,
        })
    }
}

/// The DNS answer that `ip` carries, if it comes from a DNS server's port.
pub(super) fn answer<'a>(ip: &Ip<'a>) -> Result<&'a [u8], Skipped> {
    let udp = Udp::parse(ip.payload)?;
    let from_server = udp.src == DNS;
    from_server
        .then_some(udp.payload.bytes)
        .ok_or(Skipped::NotTcp)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{ipv4, packet, udp};
    use super::*;
    use crate::decode::{Decoded, Decoder};

    #[test]
    fn the_length_field_bounds_the_payload() {
        let mut bytes = udp(53, 5000, b"answer and more");
        bytes[5] = 8 + 6;
        assert_eq!(
            Udp::parse(Piece::whole(&bytes)).unwrap().payload.bytes,
            b"answer"
        );
        bytes[5] = 0;
        assert_eq!(
            Udp::parse(Piece::whole(&bytes))
                .unwrap()
                .payload
                .bytes
                .len(),
            15
        );
    }

    #[test]
    fn what_comes_from_port_53_is_an_answer() {
        let bytes = ipv4(17, &udp(53, 5000, b"answer"));
        let mut decoder = Decoder::new();
        assert_eq!(decoder.push(&packet(101, &bytes)), Decoded::Dns(b"answer"));
        let bytes = ipv4(17, &udp(5000, 53, b"question"));
        assert_eq!(
            decoder.push(&packet(101, &bytes)),
            Decoded::Skipped(Skipped::NotTcp)
        );
    }
}
