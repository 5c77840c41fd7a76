//! Packets for tests: each function puts one header in front of its payload.

use super::{Decoded, Decoder, Skipped};
use crate::capture::{Frame, LinkType, Packet};
use crate::time::Timestamp;

pub(super) const TEXT: &[u8] = b"USER anonymous\r\n";

/// What a packet gave, with its payload copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Owned(String);

impl From<Decoded<'_>> for Owned {
    fn from(decoded: Decoded<'_>) -> Self {
        Self(format!("{decoded:?}"))
    }
}

impl From<Skipped> for Owned {
    fn from(skipped: Skipped) -> Self {
        Decoded::Skipped(skipped).into()
    }
}

/// The first packet of a capture, at one second.
pub(super) fn packet(link: u16, data: &[u8]) -> Packet<'_> {
    Packet {
        frame: Frame::new(0, 1),
        time: Timestamp::new(1, 0),
        link: LinkType(link),
        wire_len: u32::try_from(data.len()).unwrap(),
        data,
        plain: None,
    }
}

/// What a new decoder makes of `packet`.
pub(super) fn decode(packet: &Packet) -> Owned {
    Decoder::new().push(packet).into()
}

/// Asserts that the segment of [`tcp`] is found in `data`, padded or not.
#[track_caller]
pub(super) fn finds(link: u16, data: &[u8]) {
    let padded = [data, &[0x55; 7]].concat();
    for data in [data, &padded] {
        #[cfg(feature = "live")]
        assert!(
            crate::capture::live::filter::passes(LinkType(link), data),
            "the kernel would keep back what is found: {data:02x?}"
        );
        let mut decoder = Decoder::new();
        let Decoded::Segment(segment) = decoder.push(&packet(link, data)) else {
            panic!("{:?}", Decoder::new().push(&packet(link, data)));
        };
        assert_eq!(segment.payload, TEXT);
        assert_eq!(segment.len as usize, TEXT.len());
        assert_eq!((segment.src.port(), segment.dst.port()), (50_000, 21));
    }
}

/// `USER anonymous` to port 21.
pub(super) fn tcp() -> Vec<u8> {
    tcp_with(TEXT)
}

/// A segment of sequence number 1000 from port 50000 to port 21.
pub(super) fn tcp_with(payload: &[u8]) -> Vec<u8> {
    let header = [
        0xc3, 0x50, 0, 21, 0, 0, 3, 232, 0, 0, 7, 208, 0x50, 0x18, 1, 0, 0, 0, 0, 0,
    ];
    [&header, payload].concat()
}

/// The same with options, a multiple of four bytes, and the bits of `flags`.
pub(super) fn tcp_with_options(options: &[u8], flags: u8) -> Vec<u8> {
    let mut bytes = tcp();
    bytes[12] = (5 + options.len() as u8 / 4) << 4;
    bytes[13] = flags;
    bytes.splice(20..20, options.iter().copied());
    bytes
}

pub(super) fn udp(src: u16, dst: u16, payload: &[u8]) -> Vec<u8> {
    let len = u16::try_from(8 + payload.len()).unwrap();
    let fields = [src, dst, len, 0].map(u16::to_be_bytes).concat();
    [&fields, payload].concat()
}

pub(super) fn ethernet(kind: u16, payload: &[u8]) -> Vec<u8> {
    let kind = kind.to_be_bytes();
    [&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2], &kind[..], payload].concat()
}

/// From 192.0.2.1 to 192.0.2.2.
pub(super) fn ipv4(protocol: u8, payload: &[u8]) -> Vec<u8> {
    ipv4_fragment(protocol, 7, 0, false, payload)
}

/// One fragment, at `offset` bytes.
pub(super) fn ipv4_fragment(
    protocol: u8,
    id: u16,
    offset: usize,
    more: bool,
    payload: &[u8],
) -> Vec<u8> {
    let [len_high, len_low] = u16::try_from(20 + payload.len()).unwrap().to_be_bytes();
    let [id_high, id_low] = id.to_be_bytes();
    let field = u16::try_from(offset / 8).unwrap() | u16::from(more) << 13;
    let [high, low] = field.to_be_bytes();
    let fixed = [
        0x45, 0, len_high, len_low, id_high, id_low, high, low, 64, protocol, 0, 0,
    ];
    [&fixed, &[192, 0, 2, 1][..], &[192, 0, 2, 2], payload].concat()
}

/// From 2001:db8::1 to 2001:db8::2.
pub(super) fn ipv6(next: u8, payload: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(payload.len()).unwrap().to_be_bytes();
    let mut bytes = vec![0x60, 0, 0, 0, high, low, next, 64];
    for host in [1, 2] {
        bytes.extend([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, host]);
    }
    bytes.extend(payload);
    bytes
}

/// One fragment, at `offset` bytes.
pub(super) fn ipv6_fragment(
    next: u8,
    id: u32,
    offset: usize,
    more: bool,
    payload: &[u8],
) -> Vec<u8> {
    let field = u16::try_from(offset).unwrap() | u16::from(more);
    let fields = [&[next, 0], &field.to_be_bytes()[..], &id.to_be_bytes()].concat();
    ipv6(44, &[&fields, payload].concat())
}
