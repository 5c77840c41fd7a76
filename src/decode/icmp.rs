//! ICMP (RFC 792) and ICMPv6 (RFC 4443) errors, for the TCP segments that they quote.

use std::net::{IpAddr, SocketAddr};

use super::ip::{Ip, protocol};
use super::{SeqNumber, Skipped};
use crate::capture::{Frame, Packet};
use crate::time::Timestamp;

/// An ICMP or ICMPv6 error and the TCP connection of the packet that it quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IcmpError {
    /// The packet that carried it.
    pub frame: Frame,
    /// When it was captured.
    pub time: Timestamp,
    /// Who sent it: the device that could not pass the quoted packet on.
    pub reporter: IpAddr,
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

/// Both protocols have eight bytes before the quoted packet.
const HEADER_LEN: usize = 8;

/// The error that `ip` carries, if it is one about a TCP segment.
pub(super) fn error(packet: &Packet, ip: &Ip) -> Result<IcmpError, Skipped> {
    let v6 = ip.protocol == protocol::ICMPV6;
    let [kind, code] = *ip.payload.header::<2>()?;
    if !is_error(v6, kind) {
        return Err(Skipped::NotTcp);
    }
    let quoted = Ip::parse(ip.payload.skip(HEADER_LEN)?)?;
    if quoted.protocol != protocol::TCP || starts_late(&quoted) {
        return Err(Skipped::NotTcp);
    }
    let tcp = quoted.payload;
    Ok(IcmpError {
        frame: packet.frame,
        time: packet.time,
        reporter: ip.src,
        v6,
        kind,
        code,
        src: SocketAddr::new(quoted.src, tcp.u16(0)?),
        dst: SocketAddr::new(quoted.dst, tcp.u16(2)?),
        seq: SeqNumber(tcp.u32(4)?),
        mtu: mtu(ip, v6, kind, code)?,
    })
}

/// Unreachable, source quench, time exceeded, parameter problem; ICMPv6's four errors.
fn is_error(v6: bool, kind: u8) -> bool {
    match v6 {
        true => matches!(kind, 1..=4),
        false => matches!(kind, 3 | 4 | 11 | 12),
    }
}

/// A later fragment, without the ports.
fn starts_late(quoted: &Ip) -> bool {
    quoted.fragment.is_some_and(|fragment| fragment.offset > 0)
}

/// The next hop's MTU (RFC 1191 §4, RFC 4443 §3.2).
fn mtu(ip: &Ip, v6: bool, kind: u8, code: u8) -> Result<u32, Skipped> {
    match (v6, kind, code) {
        (false, 3, 4) => ip.payload.u16(6).map(u32::from),
        (true, 2, _) => ip.payload.u32(4),
        _ => Ok(0),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{decode, ipv4, ipv4_fragment, ipv6, ipv6_fragment, packet, tcp};
    use super::*;
    use crate::decode::{Decoded, Decoder};

    const RAW: u16 = 101;

    fn v4(kind: u8, code: u8, quoted: &[u8]) -> Vec<u8> {
        ipv4(1, &[&[kind, code, 0, 0, 0, 0, 0x05, 0x78], quoted].concat())
    }

    fn v6(kind: u8, code: u8, quoted: &[u8]) -> Vec<u8> {
        ipv6(
            58,
            &[&[kind, code, 0, 0, 0, 0, 0x05, 0x78], quoted].concat(),
        )
    }

    fn found(bytes: &[u8]) -> IcmpError {
        match Decoder::new().push(&packet(RAW, bytes)) {
            Decoded::Icmp(error) => error,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_quote_of_eight_bytes_is_enough() {
        let error = found(&v4(3, 13, &ipv4(6, &tcp())[..28]));
        assert_eq!((error.kind, error.code, error.v6), (3, 13, false));
        assert_eq!(error.reporter, IpAddr::from([192, 0, 2, 1]));
        assert_eq!(error.src, "192.0.2.1:50000".parse().unwrap());
        assert_eq!(error.dst, "192.0.2.2:21".parse().unwrap());
        assert_eq!((error.seq, error.mtu), (SeqNumber(1000), 0));
    }

    #[test]
    fn one_byte_less_is_not() {
        let bytes = v4(3, 13, &ipv4(6, &tcp())[..27]);
        assert_eq!(decode(&packet(RAW, &bytes)), Skipped::Damaged.into());
    }

    #[test]
    fn the_next_hop_and_its_limit() {
        assert_eq!(found(&v4(3, 4, &ipv4(6, &tcp()))).mtu, 1400);
        let error = found(&v6(2, 0, &ipv6(6, &tcp())));
        assert_eq!((error.mtu, error.v6), (1400, true));
        assert_eq!(error.dst, "[2001:db8::2]:21".parse().unwrap());
    }

    #[test]
    fn quotes_with_options_and_extension_headers() {
        let mut with_options = ipv4(6, &[&[1; 4][..], &tcp()].concat());
        with_options[0] = 0x46;
        assert_eq!(found(&v4(11, 0, &with_options)).dst.port(), 21);
        let extended = [&[6, 0, 1, 4, 0, 0, 0, 0], &tcp()[..]].concat();
        assert_eq!(found(&v6(1, 1, &ipv6(60, &extended))).dst.port(), 21);
    }

    #[test]
    fn a_quoted_fragment_counts_if_it_is_the_first() {
        let first = ipv4_fragment(6, 1, 0, true, &tcp()[..24]);
        assert_eq!(found(&v4(11, 1, &first)).src.port(), 50_000);
        let first = ipv6_fragment(6, 1, 0, true, &tcp()[..24]);
        assert_eq!(found(&v6(3, 1, &first)).src.port(), 50_000);
        let later = v4(11, 1, &ipv4_fragment(6, 1, 8, true, &tcp()[..24]));
        assert_eq!(decode(&packet(RAW, &later)), Skipped::NotTcp.into());
    }

    #[test]
    fn other_messages_and_quotes_are_not_about_tcp() {
        let (v4_tcp, v6_tcp) = (ipv4(6, &tcp()), ipv6(6, &tcp()));
        let messages = [
            v4(8, 0, &v4_tcp),
            v4(5, 0, &v4_tcp),
            v6(128, 0, &v6_tcp),
            v4(3, 3, &ipv4(17, &[0; 8])),
        ];
        for bytes in messages {
            assert_eq!(decode(&packet(RAW, &bytes)), Skipped::NotTcp.into());
        }
    }
}
