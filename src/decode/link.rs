//! Link layers: from the first byte of a frame to its IP header.

use super::Skipped;
use super::piece::Piece;
use crate::capture::LinkType;

/// How many tags, labels and inner frames may lie between a frame's start and its IP header.
const MAX_TAGS: usize = 16;

const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;
const CUSTOMER_TAG: u16 = 0x8100;
const SERVICE_TAG: u16 = 0x88a8;
/// 802.1Q in 802.1Q as it was done before there was a standard.
const OLD_SERVICE_TAG: u16 = 0x9100;
const MPLS_UNICAST: u16 = 0x8847;
const MPLS_MULTICAST: u16 = 0x8848;
const PPPOE_SESSION: u16 = 0x8864;
/// Values up to this one are the length of an 802.3 frame; 4 in Linux cooked captures means it too.
const MAX_LENGTH: u16 = 1500;

/// An EtherType and what follows it.
type Typed<'a> = (u16, Piece<'a>);

/// The IP packet in a frame captured with link type `link`.
pub(super) fn ip_packet(link: LinkType, frame: Piece) -> Result<Piece, Skipped> {
    match link.0 {
        0 | 108 => loopback(frame),
        1 => ethernet(frame),
        9 | 50 => ppp_hdlc(frame),
        12 | 14 | 101 | 228 | 229 => Ok(frame),
        51 => pppoe(frame),
        104 => ethertype(frame.u16(2)?, frame.skip(4)?),
        105 => wifi(frame),
        113 => ethertype(frame.u16(14)?, frame.skip(16)?),
        127 => radiotap(frame),
        276 => ethertype(frame.u16(0)?, frame.skip(20)?),
        _ => Err(Skipped::UnknownLink(link)),
    }
}

/// The IP packet in an Ethernet frame (IEEE 802.3).
pub(super) fn ethernet(frame: Piece) -> Result<Piece, Skipped> {
    let (kind, rest) = ethernet_header(frame)?;
    ethertype(kind, rest)
}

/// The IP packet in what the EtherType `kind` announces, behind tags and labels.
pub(super) fn ethertype(mut kind: u16, mut rest: Piece) -> Result<Piece, Skipped> {
    for _ in 0..MAX_TAGS {
        (kind, rest) = match kind {
            IPV4 | IPV6 => return Ok(rest),
            CUSTOMER_TAG | SERVICE_TAG | OLD_SERVICE_TAG => (rest.u16(2)?, rest.skip(4)?),
            MPLS_UNICAST | MPLS_MULTICAST => mpls(kind, rest)?,
            PPPOE_SESSION => ppp(rest.skip(6)?)?,
            0..=MAX_LENGTH => snap(rest)?,
            _ => return Err(Skipped::NotIp),
        };
    }
    Err(Skipped::Damaged)
}

fn ethernet_header(frame: Piece<'_>) -> Result<Typed<'_>, Skipped> {
    Ok((frame.u16(12)?, frame.skip(14)?))
}

/// One label (RFC 3032 §2.1); the last one tells nothing about what follows it.
fn mpls(kind: u16, labels: Piece<'_>) -> Result<Typed<'_>, Skipped> {
    let bottom = labels.u8(2)? & 1 != 0;
    let rest = labels.skip(4)?;
    if !bottom {
        return Ok((kind, rest));
    }
    match rest.u8(0)? >> 4 {
        4 => Ok((IPV4, rest)),
        6 => Ok((IPV6, rest)),
        0 => pseudowire(rest),
        _ => Err(Skipped::NotIp),
    }
}

/// An Ethernet frame behind a label, with or without a control word (RFC 4448 §4.6): an address
/// may begin like one, so the EtherType decides.
fn pseudowire(rest: Piece<'_>) -> Result<Typed<'_>, Skipped> {
    let inner = ethernet_header(rest.skip(4)?)?;
    match inner.0 {
        IPV4 | IPV6 | CUSTOMER_TAG | SERVICE_TAG => Ok(inner),
        _ => ethernet_header(rest),
    }
}

/// LLC with SNAP (RFC 1042); 802.2 without it never carries IP in practice.
fn snap(llc: Piece<'_>) -> Result<Typed<'_>, Skipped> {
    match llc.header::<8>()? {
        [0xaa, 0xaa, 0x03, 0, 0, 0 | 0xf8, ..] => Ok((llc.u16(6)?, llc.skip(8)?)),
        _ => Err(Skipped::NotIp),
    }
}

/// A PPPoE session header (RFC 2516 §4) as the frame's beginning.
fn pppoe(frame: Piece) -> Result<Piece, Skipped> {
    let (kind, rest) = ppp(frame.skip(6)?)?;
    ethertype(kind, rest)
}

/// PPP in HDLC-like framing (RFC 1662), or Cisco's HDLC, which shares its link type.
fn ppp_hdlc(frame: Piece) -> Result<Piece, Skipped> {
    let (kind, rest) = match frame.header::<2>()? {
        [0xff, 0x03] => ppp(frame.skip(2)?)?,
        [0x0f | 0x8f, 0] => (frame.u16(2)?, frame.skip(4)?),
        _ => ppp(frame)?,
    };
    ethertype(kind, rest)
}

/// The PPP protocol number, one byte if it is odd (RFC 1661 §2, §6.5).
fn ppp(frame: Piece<'_>) -> Result<Typed<'_>, Skipped> {
    let first = frame.u8(0)?;
    let (protocol, rest) = match first & 1 {
        1 => (first.into(), frame.skip(1)?),
        _ => (frame.u16(0)?, frame.skip(2)?),
    };
    match protocol {
        0x0021 => Ok((IPV4, rest)),
        0x0057 => Ok((IPV6, rest)),
        0x0281 => Ok((MPLS_UNICAST, rest)),
        _ => Err(Skipped::NotIp),
    }
}

/// BSD loopback: the address family in the byte order of the host that captured.
fn loopback(frame: Piece) -> Result<Piece, Skipped> {
    let family = frame.u32(0)?;
    // AF_INET is 2 everywhere; AF_INET6 depends on the system (Linux, Windows, BSDs, macOS).
    match family.min(family.swap_bytes()) {
        2 | 10 | 23 | 24 | 28 | 30 => frame.skip(4),
        _ => Err(Skipped::NotIp),
    }
}

/// An 802.11 frame behind a radiotap header, whose length is little-endian.
fn radiotap(frame: Piece) -> Result<Piece, Skipped> {
    let len = usize::from(frame.u16(2)?.swap_bytes());
    wifi(frame.skip(len)?)
}

/// A data frame of 802.11 that is not encrypted (IEEE 802.11 §9.3.2).
fn wifi(frame: Piece) -> Result<Piece, Skipped> {
    let [control, flags] = *frame.header::<2>()?;
    // Version 0, type "data", a subtype that has data.
    let carries_data = control & 0x4f == 0x08;
    let encrypted = flags & 0x40 != 0;
    if !carries_data || encrypted {
        return Err(Skipped::NotIp);
    }
    let (kind, rest) = snap(frame.skip(wifi_header_len(control, flags))?)?;
    ethertype(kind, rest)
}

fn wifi_header_len(control: u8, flags: u8) -> usize {
    let quality_of_service = control & 0x80 != 0;
    let between_access_points = flags & 0x03 == 0x03;
    let high_throughput = quality_of_service && flags & 0x80 != 0;
    24 + 6 * usize::from(between_access_points)
        + 2 * usize::from(quality_of_service)
        + 4 * usize::from(high_throughput)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, ethernet, ipv4, ipv6, tcp};
    use super::*;

    /// The segment is found behind `header`, in IPv4 and in IPv6.
    fn found(link: u16, header_v4: &[u8], header_v6: &[u8]) {
        testing::finds(link, &[header_v4, &ipv4(6, &tcp())].concat());
        testing::finds(link, &[header_v6, &ipv6(6, &tcp())].concat());
    }

    fn skipped(link: u16, frame: &[u8]) -> Skipped {
        ip_packet(LinkType(link), Piece::whole(frame)).unwrap_err()
    }

    #[test]
    fn ethernet_with_any_stack_of_tags() {
        found(1, &ethernet(IPV4, &[]), &ethernet(IPV6, &[]));
        for kind in [CUSTOMER_TAG, SERVICE_TAG, OLD_SERVICE_TAG] {
            let v4 = ethernet(kind, &[0, 5, 0x81, 0, 0, 7, 8, 0]);
            let v6 = ethernet(kind, &[0, 5, 0x81, 0, 0, 7, 0x86, 0xdd]);
            found(1, &v4, &v6);
        }
    }

    #[test]
    fn mpls_with_several_labels() {
        let labels = ethernet(MPLS_UNICAST, &[0, 1, 0, 64, 0, 1, 0, 64, 0, 2, 1, 64]);
        found(1, &labels, &labels);
    }

    #[test]
    fn ethernet_over_mpls_with_and_without_control_word() {
        let label = ethernet(MPLS_UNICAST, &[0, 2, 1, 64]);
        let control = [&label[..], &[0, 0, 0, 9]].concat();
        for outer in [label, control] {
            let v4 = [&outer[..], &ethernet(IPV4, &[])].concat();
            let v6 = [&outer[..], &ethernet(IPV6, &[])].concat();
            found(1, &v4, &v6);
        }
    }

    #[test]
    fn pppoe_in_ethernet_and_alone() {
        let (v4, v6) = (
            [0x11, 0, 0, 1, 0, 60, 0, 0x21],
            [0x11, 0, 0, 1, 0, 80, 0, 0x57],
        );
        found(
            1,
            &ethernet(PPPOE_SESSION, &v4),
            &ethernet(PPPOE_SESSION, &v6),
        );
        found(51, &v4, &v6);
    }

    #[test]
    fn llc_with_snap() {
        let v4 = ethernet(60, &[0xaa, 0xaa, 3, 0, 0, 0, 8, 0]);
        let v6 = ethernet(80, &[0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd]);
        found(1, &v4, &v6);
    }

    #[test]
    fn cooked_captures() {
        let sll = [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0];
        found(
            113,
            &[&sll[..], &[8, 0]].concat(),
            &[&sll[..], &[0x86, 0xdd]].concat(),
        );
        let sll2 = [0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0];
        found(
            276,
            &[&[8, 0], &sll2[..]].concat(),
            &[&[0x86, 0xdd], &sll2[..]].concat(),
        );
    }

    #[test]
    fn raw_ip_under_all_its_numbers() {
        for link in [12, 14, 101, 228, 229] {
            found(link, &[], &[]);
        }
    }

    #[test]
    fn loopback_of_every_system_in_both_byte_orders() {
        for family in [10, 23, 24, 28, 30] {
            found(0, &[2, 0, 0, 0], &[family, 0, 0, 0]);
            found(108, &[0, 0, 0, 2], &[0, 0, 0, family]);
        }
        assert_eq!(skipped(0, &[7, 0, 0, 0]), Skipped::NotIp);
    }

    #[test]
    fn ppp_in_all_its_framings() {
        for link in [9, 50] {
            found(link, &[0xff, 3, 0, 0x21], &[0xff, 3, 0, 0x57]);
            found(link, &[0, 0x21], &[0, 0x57]);
            found(link, &[0x21], &[0x57]);
            found(link, &[0x0f, 0, 8, 0], &[0x8f, 0, 0x86, 0xdd]);
        }
        found(104, &[0x0f, 0, 8, 0], &[0x0f, 0, 0x86, 0xdd]);
        assert_eq!(skipped(9, &[0xff, 3, 0xc0, 0x21, 1]), Skipped::NotIp);
    }

    #[test]
    fn data_frames_of_802_11() {
        let snap = [0xaa, 0xaa, 3, 0, 0, 0, 8, 0];
        let snap6 = [0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd];
        for (control, flags, len) in [(0x08, 1, 24), (0x88, 2, 26), (0x88, 0x83, 36)] {
            let mut header = vec![0; len];
            (header[0], header[1]) = (control, flags);
            let (v4, v6) = (
                [&header[..], &snap].concat(),
                [&header[..], &snap6].concat(),
            );
            found(105, &v4, &v6);
            let radiotap = [0, 0, 9, 0, 0, 0, 0, 0, 0];
            found(
                127,
                &[&radiotap[..], &v4].concat(),
                &[&radiotap[..], &v6].concat(),
            );
        }
        assert_eq!(skipped(105, &[0x80; 64]), Skipped::NotIp, "beacon");
        assert_eq!(skipped(105, &[0x48; 64]), Skipped::NotIp, "no data");
        let mut encrypted = [0; 64];
        (encrypted[0], encrypted[1]) = (0x08, 0x41);
        assert_eq!(skipped(105, &encrypted), Skipped::NotIp);
    }

    #[test]
    fn what_is_not_ip() {
        assert_eq!(skipped(1, &ethernet(0x0806, &[0; 28])), Skipped::NotIp);
        assert_eq!(
            skipped(1, &ethernet(38, &[0x42, 0x42, 3, 0, 0, 0, 0, 0])),
            Skipped::NotIp
        );
        assert_eq!(skipped(1, &[0; 13]), Skipped::Damaged);
        assert_eq!(
            skipped(1, &ethernet(CUSTOMER_TAG, &[0x81, 0].repeat(500))),
            Skipped::Damaged
        );
    }

    #[test]
    fn an_unknown_link_type_is_named() {
        let decoded = testing::decode(&testing::packet(147, &[0; 60]));
        let expected = Skipped::UnknownLink(LinkType(147));
        assert_eq!(decoded, expected.into());
    }
}
