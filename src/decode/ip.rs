//! IPv4 (RFC 791) and IPv6 (RFC 8200) headers, down to the protocol that is carried.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Skipped;
use super::piece::Piece;

/// Assigned protocol numbers: IPv4's protocol, IPv6's next header.
pub(super) mod protocol {
    pub(in super::super) const HOP_BY_HOP: u8 = 0;
    pub(in super::super) const ICMP: u8 = 1;
    pub(in super::super) const IPV4: u8 = 4;
    pub(in super::super) const TCP: u8 = 6;
    pub(in super::super) const UDP: u8 = 17;
    pub(in super::super) const IPV6: u8 = 41;
    pub(in super::super) const ROUTING: u8 = 43;
    pub(in super::super) const FRAGMENT: u8 = 44;
    pub(in super::super) const GRE: u8 = 47;
    pub(in super::super) const AUTHENTICATION: u8 = 51;
    pub(in super::super) const ICMPV6: u8 = 58;
    pub(in super::super) const DESTINATION: u8 = 60;
}

/// How many extension headers may precede the protocol; real packets have one or two.
const MAX_EXTENSIONS: usize = 8;

/// An IP packet without its header.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ip<'a> {
    pub(super) src: IpAddr,
    pub(super) dst: IpAddr,
    /// Time to live or hop limit.
    pub(super) ttl: u8,
    /// IPv4 identification.
    pub(super) id: Option<u16>,
    /// Protocol of the payload, see [`protocol`].
    pub(super) protocol: u8,
    /// Where the payload belongs, if it is only a part.
    pub(super) fragment: Option<Fragment>,
    /// What follows the headers, bounded by their lengths.
    pub(super) payload: Piece<'a>,
}

/// Which part of which datagram a fragment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fragment {
    pub(super) id: u32,
    /// Position in the datagram's payload, in bytes.
    pub(super) offset: usize,
    /// It is not the last one.
    pub(super) more: bool,
}

impl<'a> Ip<'a> {
    /// The packet whose header `piece` begins with.
    pub(super) fn parse(piece: Piece<'a>) -> Result<Self, Skipped> {
        match piece.u8(0)? >> 4 {
            4 => Self::parse_v4(piece),
            6 => Self::parse_v6(piece),
            _ => Err(Skipped::Damaged),
        }
    }

    fn parse_v4(piece: Piece<'a>) -> Result<Self, Skipped> {
        let header = piece.header::<20>()?;
        let header_len = usize::from(header[0] & 0x0f) * 4;
        let total_len = usize::from(u16::from_be_bytes([header[2], header[3]]));
        let packet = match total_len {
            // Segmentation offload: the length is filled in after the capture point.
            0 => piece,
            _ => piece.limit(total_len),
        };
        if header_len < header.len() || header_len > packet.wire_len {
            return Err(Skipped::Damaged);
        }
        let id = u16::from_be_bytes([header[4], header[5]]);
        let mut ip = Self {
            src: Ipv4Addr::from([header[12], header[13], header[14], header[15]]).into(),
            dst: Ipv4Addr::from([header[16], header[17], header[18], header[19]]).into(),
            ttl: header[8],
            id: Some(id),
            protocol: header[9],
            fragment: fragment_v4(id, u16::from_be_bytes([header[6], header[7]])),
            payload: packet.skip(header_len)?,
        };
        if ip.fragment.is_none() {
            ip.skip_extensions()?;
        }
        Ok(ip)
    }

    fn parse_v6(piece: Piece<'a>) -> Result<Self, Skipped> {
        let header = piece.header::<40>()?;
        let payload_len = usize::from(u16::from_be_bytes([header[4], header[5]]));
        let packet = match payload_len {
            // Segmentation offload here too; or a jumbogram, which the frame's length bounds.
            0 => piece,
            _ => piece.limit(header.len() + payload_len),
        };
        let (addresses, _) = header[8..].as_chunks::<16>();
        let &[src, dst] = addresses else {
            return Err(Skipped::Damaged);
        };
        let mut ip = Self {
            src: Ipv6Addr::from(src).into(),
            dst: Ipv6Addr::from(dst).into(),
            ttl: header[7],
            id: None,
            protocol: header[6],
            fragment: None,
            payload: packet.skip(header.len())?,
        };
        ip.skip_extensions()?;
        Ok(ip)
    }

    /// Turns this fragment into its datagram, which carries `protocol` in `payload`.
    pub(super) fn reassemble(&mut self, protocol: u8, payload: Piece<'a>) -> Result<(), Skipped> {
        self.protocol = protocol;
        self.payload = payload;
        self.fragment = None;
        self.skip_extensions()?;
        match self.fragment {
            // Fragments of fragments: no sender does that within one header.
            Some(_) => Err(Skipped::Damaged),
            None => Ok(()),
        }
    }

    /// Steps over extension headers (RFC 8200 §4, RFC 4302), up to a fragment's if there is one.
    fn skip_extensions(&mut self) -> Result<(), Skipped> {
        for _ in 0..=MAX_EXTENSIONS {
            let Some(len) = self.extension_len()? else {
                return Ok(());
            };
            if self.protocol == protocol::FRAGMENT {
                self.fragment = fragment_v6(self.payload)?;
            }
            self.protocol = self.payload.u8(0)?;
            self.payload = self.payload.skip(len)?;
            if self.fragment.is_some() {
                return Ok(());
            }
        }
        Err(Skipped::Damaged)
    }

    /// Length of the extension header in front, `None` if there is a protocol.
    fn extension_len(&self) -> Result<Option<usize>, Skipped> {
        let units = || self.payload.u8(1).map(usize::from);
        Ok(match self.protocol {
            protocol::AUTHENTICATION => Some((units()? + 2) * 4),
            _ if self.src.is_ipv4() => None,
            protocol::HOP_BY_HOP | protocol::ROUTING | protocol::DESTINATION => {
                Some((units()? + 1) * 8)
            }
            protocol::FRAGMENT => Some(8),
            _ => None,
        })
    }
}

/// The fragment fields of an IPv4 header; `None` of a whole datagram.
fn fragment_v4(id: u16, field: u16) -> Option<Fragment> {
    const MORE: u16 = 0x2000;
    const OFFSET: u16 = 0x1fff;
    (field & (MORE | OFFSET) != 0).then(|| Fragment {
        id: id.into(),
        offset: usize::from(field & OFFSET) * 8,
        more: field & MORE != 0,
    })
}

/// An IPv6 fragment header; `None` of an atomic fragment, which is whole (RFC 6946).
fn fragment_v6(header: Piece) -> Result<Option<Fragment>, Skipped> {
    const MORE: u16 = 0x0001;
    const OFFSET: u16 = 0xfff8;
    let field = header.u16(2)?;
    let id = header.u32(4)?;
    Ok((field & (MORE | OFFSET) != 0).then(|| Fragment {
        id,
        offset: usize::from(field & OFFSET),
        more: field & MORE != 0,
    }))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{
        TEXT, decode, finds, ipv4, ipv4_fragment, ipv6, ipv6_fragment, packet, tcp,
    };
    use super::*;
    use crate::decode::{Decoded, Decoder};

    const RAW: u16 = 101;

    fn skips(bytes: &[u8], why: Skipped) {
        assert_eq!(decode(&packet(RAW, bytes)), why.into());
    }

    #[test]
    fn ipv4_with_options() {
        let mut bytes = ipv4(6, &[&[1; 8][..], &tcp()].concat());
        bytes[0] = 0x47;
        finds(RAW, &bytes);
    }

    #[test]
    fn ipv6_with_extension_headers() {
        let destination = [&[6, 0, 1, 4, 0, 0, 0, 0], &tcp()[..]].concat();
        let authentication = [&[60, 4, 0, 0], &[0; 20][..], &destination].concat();
        let routing = [&[51, 2, 4, 0], &[0; 20][..], &authentication].concat();
        let hop_by_hop = [&[43, 0, 1, 4, 0, 0, 0, 0], &routing[..]].concat();
        finds(RAW, &ipv6(0, &hop_by_hop));
    }

    #[test]
    fn ipv4_with_an_authentication_header() {
        let authentication = [&[6, 4, 0, 0], &[0; 20][..], &tcp()].concat();
        finds(RAW, &ipv4(51, &authentication));
    }

    #[test]
    fn an_atomic_fragment_is_whole() {
        finds(RAW, &ipv6_fragment(6, 1, 0, false, &tcp()));
    }

    #[test]
    fn the_time_to_live_and_the_identification() {
        let (v4, v6) = (ipv4(6, &tcp()), ipv6(6, &tcp()));
        for (bytes, id) in [(v4, Some(7)), (v6, None)] {
            let mut decoder = Decoder::new();
            let Decoded::Segment(segment) = decoder.push(&packet(RAW, &bytes)) else {
                panic!("no segment");
            };
            assert_eq!((segment.ttl, segment.ip_id), (64, id));
        }
    }

    #[test]
    fn a_length_of_zero_means_the_frame() {
        let (mut v4, mut v6) = (ipv4(6, &tcp()), ipv6(6, &tcp()));
        v4[2..4].copy_from_slice(&[0, 0]);
        v6[4..6].copy_from_slice(&[0, 0]);
        for bytes in [v4, v6] {
            let mut long = packet(RAW, &bytes);
            long.wire_len += 100_000;
            let mut decoder = Decoder::new();
            let Decoded::Segment(segment) = decoder.push(&long) else {
                panic!("no segment");
            };
            assert_eq!(segment.payload, TEXT);
            assert_eq!(segment.len as usize, TEXT.len() + 100_000);
        }
    }

    #[test]
    fn a_cut_segment_knows_its_length() {
        for whole in [ipv4(6, &tcp()), ipv6(6, &tcp())] {
            let cut = whole.len() - TEXT.len() + 4;
            let mut decoder = Decoder::new();
            let decoded = decoder.push(&packet(RAW, &whole[..cut]));
            let Decoded::Segment(segment) = decoded else {
                panic!("{decoded:?}");
            };
            assert_eq!(segment.payload, b"USER");
            assert_eq!(segment.len as usize, TEXT.len());
        }
    }

    #[test]
    fn headers_that_are_cut_or_contradict_themselves_are_damage() {
        let good = ipv4(6, &tcp());
        for len in 0..40 {
            skips(&good[..len], Skipped::Damaged);
        }
        for (at, byte) in [
            (0, 0x44),
            (0, 0x55),
            (3, 19),
            (3, 39),
            (32, 0x40),
            (32, 0xf0),
        ] {
            let mut bad = good.clone();
            bad[at] = byte;
            skips(&bad, Skipped::Damaged);
        }
    }

    #[test]
    fn extension_headers_without_end_are_damage() {
        skips(&ipv6(0, &[0; 800]), Skipped::Damaged);
    }

    #[test]
    fn the_parts_of_fragments() {
        let bytes = ipv4_fragment(6, 9, 16, true, &[0; 8]);
        let v4 = Ip::parse(Piece::whole(&bytes)).unwrap();
        let bytes = ipv6_fragment(6, 9, 16, true, &[0; 8]);
        let v6 = Ip::parse(Piece::whole(&bytes)).unwrap();
        let expected = Fragment {
            id: 9,
            offset: 16,
            more: true,
        };
        assert_eq!((v4.fragment, v6.fragment), (Some(expected), Some(expected)));
        assert_eq!((v4.payload.wire_len, v6.payload.wire_len), (8, 8));
    }
}
