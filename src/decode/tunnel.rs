//! Tunnels: from a header that carries a packet to the IP header of that packet.

use super::Skipped;
use super::ip::{Ip, protocol};
use super::link;
use super::piece::Piece;
use super::udp::Udp;

/// Ethernet frames in GRE and GENEVE: "transparent Ethernet bridging".
const BRIDGED: u16 = 0x6558;
/// What mirror ports of switches send: ERSPAN type I and II; type III.
const ERSPAN: u16 = 0x88be;
const ERSPAN_III: u16 = 0x22eb;

/// The IP packet in a tunnel, `None` if it is none.
type Inner<'a> = Result<Option<Piece<'a>>, Skipped>;

/// The IP packet that `ip` carries, `None` if what it carries is no tunnel.
pub(super) fn inside<'a>(ip: &Ip<'a>) -> Inner<'a> {
    match ip.protocol {
        protocol::IPV4 | protocol::IPV6 => Ok(Some(ip.payload)),
        protocol::GRE => gre(ip.payload),
        protocol::UDP => in_udp(Udp::parse(ip.payload)?),
        _ => Ok(None),
    }
}

/// The port decides, and then the header whether it is what belongs there.
fn in_udp(udp: Udp<'_>) -> Inner<'_> {
    match udp.dst {
        // The second is what Linux used before there was an assigned port.
        4789 | 8472 => vxlan(udp.payload),
        6081 => geneve(udp.payload),
        2152 => gtp_user(udp.payload),
        _ => Ok(None),
    }
}

/// GRE (RFC 2784) with key and sequence number (RFC 2890); not version 1 (PPTP), nor the source
/// routes that RFC 2784 took out.
fn gre(gre: Piece<'_>) -> Inner<'_> {
    const CHECKSUM: u16 = 0x8000;
    const ROUTING: u16 = 0x4000;
    const KEY: u16 = 0x2000;
    const SEQUENCE: u16 = 0x1000;
    const VERSION: u16 = 0x0007;
    let flags = gre.u16(0)?;
    if flags & (ROUTING | VERSION) != 0 {
        return Ok(None);
    }
    let optional = (flags & (CHECKSUM | KEY | SEQUENCE)).count_ones() as usize;
    let payload = gre.skip(4 + 4 * optional)?;
    match gre.u16(2)? {
        BRIDGED => link::ethernet(payload).map(Some),
        // Type I has neither a sequence number nor a header of its own.
        ERSPAN if flags & SEQUENCE == 0 => link::ethernet(payload).map(Some),
        ERSPAN => link::ethernet(payload.skip(8)?).map(Some),
        ERSPAN_III => erspan_iii(payload),
        kind => link::ethertype(kind, payload).map(Some),
    }
}

/// ERSPAN type III (draft-foschiano-erspan-03 §4.3).
fn erspan_iii(header: Piece<'_>) -> Inner<'_> {
    let field = header.u16(10)?;
    let frame_type = field >> 10 & 0x1f;
    let subheader = usize::from(field & 1) * 8;
    let frame = header.skip(12 + subheader)?;
    match frame_type {
        0 => link::ethernet(frame).map(Some),
        2 => Ok(Some(frame)),
        _ => Err(Skipped::NotIp),
    }
}

/// VXLAN (RFC 7348 §5): the flag "there is a network identifier" tells it from other UDP.
fn vxlan(header: Piece<'_>) -> Inner<'_> {
    if header.u8(0)? & 0x08 == 0 {
        return Ok(None);
    }
    link::ethernet(header.skip(8)?).map(Some)
}

/// GENEVE version 0 (RFC 8926 §3.4).
fn geneve(header: Piece<'_>) -> Inner<'_> {
    let first = header.u8(0)?;
    if first >> 6 != 0 {
        return Ok(None);
    }
    let options = usize::from(first & 0x3f) * 4;
    let payload = header.skip(8 + options)?;
    match header.u16(2)? {
        BRIDGED => link::ethernet(payload).map(Some),
        kind => link::ethertype(kind, payload).map(Some),
    }
}

/// User packets of mobile networks: GTP-U version 1 (3GPP TS 29.281 §5).
fn gtp_user(header: Piece<'_>) -> Inner<'_> {
    const MAX_EXTENSIONS: usize = 8;
    let [flags, message] = *header.header::<2>()?;
    let is_user_packet = flags >> 4 == 0b0011 && message == 255;
    if !is_user_packet {
        return Ok(None);
    }
    if flags & 0x07 == 0 {
        return header.skip(8).map(Some);
    }
    let mut next = if flags & 0x04 != 0 { header.u8(11)? } else { 0 };
    let mut rest = header.skip(12)?;
    for _ in 0..=MAX_EXTENSIONS {
        if next == 0 {
            return Ok(Some(rest));
        }
        // An extension of no length would be met again: the bound ends that too.
        let len = usize::from(rest.u8(0)?) * 4;
        next = rest.u8(len.saturating_sub(1))?;
        rest = rest.skip(len)?;
    }
    Err(Skipped::Damaged)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, ethernet, ipv4, ipv6, tcp, udp};
    use super::Skipped;

    const RAW: u16 = 101;

    /// The segment is found in IPv4 behind `header`, as payload of IP protocol `number`.
    fn found_ip(number: u8, header: &[u8]) {
        let payload = [header, &ipv4(6, &tcp())].concat();
        testing::finds(RAW, &ipv4(number, &payload));
        testing::finds(RAW, &ipv6(number, &payload));
    }

    /// The segment is found in Ethernet behind `header`, as payload of IP protocol `number`.
    fn found_frame(number: u8, header: &[u8]) {
        testing::finds(RAW, &ipv4(number, &[header, &frame()].concat()));
    }

    /// The segment is found in `inner` behind `header`, as payload of UDP to `port`.
    fn found_udp(port: u16, header: &[u8], inner: &[u8]) {
        let datagram = udp(50_000, port, &[header, inner].concat());
        testing::finds(RAW, &ipv4(17, &datagram));
    }

    fn frame() -> Vec<u8> {
        ethernet(0x86dd, &ipv6(6, &tcp()))
    }

    #[test]
    fn ip_in_ip() {
        found_ip(4, &[]);
        testing::finds(RAW, &ipv4(41, &ipv6(6, &tcp())));
        testing::finds(RAW, &ipv6(41, &ipv6(6, &tcp())));
    }

    #[test]
    fn gre_with_each_of_its_fields() {
        found_ip(47, &[0, 0, 8, 0]);
        found_ip(47, &[0x20, 0, 8, 0, 0, 0, 0, 7]);
        found_ip(47, &[&[0xb0, 0, 8, 0][..], &[0; 12]].concat());
        found_frame(47, &[0, 0, 0x65, 0x58]);
    }

    #[test]
    fn erspan_of_each_type() {
        found_frame(47, &[0, 0, 0x88, 0xbe]);
        found_frame(
            47,
            &[&[0x10, 0, 0x88, 0xbe, 0, 0, 0, 1][..], &[0; 8]].concat(),
        );
        found_frame(
            47,
            &[&[0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 5][..], &[0; 10]].concat(),
        );
        let with_subheader = [
            &[0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 5][..],
            &[0; 9],
            &[1],
            &[0; 8],
        ];
        found_frame(47, &with_subheader.concat());
        let of_ip = [
            &[0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 5][..],
            &[0; 8],
            &[8, 0],
        ];
        found_ip(47, &of_ip.concat());
    }

    #[test]
    fn vxlan_on_both_ports() {
        for port in [4789, 8472] {
            found_udp(port, &[8, 0, 0, 0, 0, 0, 5, 0], &frame());
        }
    }

    #[test]
    fn geneve_with_options() {
        let with_frame = [2, 0, 0x65, 0x58, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        found_udp(6081, &with_frame, &frame());
        found_udp(6081, &[0, 0, 8, 0, 0, 0, 5, 0], &ipv4(6, &tcp()));
    }

    #[test]
    fn gtp_with_and_without_extensions() {
        let inner = ipv4(6, &tcp());
        found_udp(2152, &[0x30, 255, 0, 56, 0, 0, 0, 9], &inner);
        let extended = [0x34, 255, 0, 64, 0, 0, 0, 9, 0, 0, 0, 0x85, 1, 0, 0, 0];
        found_udp(2152, &extended, &inner);
    }

    #[test]
    fn eight_extensions_of_gtp_and_one_more() {
        let extended = |count: usize| {
            let start = [0x34, 255, 0, 0, 0, 0, 0, 9, 0, 0, 0];
            // The type of the next one, its length in words, its content.
            let extensions = [0x85, 1, 0, 0].repeat(count);
            [&start[..], &extensions, &[0], &ipv4(6, &tcp())].concat()
        };
        let packet = |count| ipv4(17, &udp(50_000, 2152, &extended(count)));
        testing::finds(RAW, &packet(8));
        let decoded = testing::decode(&testing::packet(RAW, &packet(9)));
        assert_eq!(decoded, Skipped::Damaged.into());
    }

    #[test]
    fn nesting_has_a_bound() {
        let nested = |depth| (0..depth).fold(ipv4(6, &tcp()), |inner, _| ipv4(4, &inner));
        testing::finds(RAW, &nested(5));
        let too_deep = testing::decode(&testing::packet(RAW, &nested(6)));
        assert_eq!(too_deep, Skipped::Damaged.into());
    }

    #[test]
    fn other_protocols_are_not_tcp() {
        let point_to_point = ipv4(47, &[0x30, 1, 0x88, 0x0b, 0, 0, 0, 0]);
        let other_udp = ipv4(17, &udp(5000, 5001, &[0; 40]));
        let not_vxlan = ipv4(17, &udp(5000, 8472, &[0; 40]));
        for bytes in [point_to_point, other_udp, not_vxlan, ipv4(50, &[0; 40])] {
            let decoded = testing::decode(&testing::packet(RAW, &bytes));
            assert_eq!(decoded, Skipped::NotTcp.into());
        }
    }
}
