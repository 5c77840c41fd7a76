//! Properties of the decoder as a whole: any bytes, any fragmentation, and a second opinion.

use std::net::SocketAddr;

use etherparse::{NetSlice, SlicedPacket, TcpSlice, TransportSlice};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::testing::{self, Owned, ethernet, ipv4, ipv4_fragment, ipv6, ipv6_fragment};
use super::{Decoded, Decoder, Segment};
use crate::capture::Packet;

const LINKS: [u16; 19] = [
    0, 1, 9, 12, 14, 50, 51, 101, 104, 105, 108, 113, 127, 228, 229, 276, 1, 1, 147,
];

/// Packets as they are: TCP of both versions, plain, tagged, tunnelled, quoted, fragmented.
fn samples() -> Vec<Vec<u8>> {
    let tcp = testing::tcp();
    let (v4, v6) = (ipv4(6, &tcp), ipv6(6, &tcp));
    let frame = ethernet(0x86dd, &v6);
    let gre = ipv4(
        47,
        &[&[0x20, 0, 0x65, 0x58, 0, 0, 0, 1], &frame[..]].concat(),
    );
    let vxlan = [&[8, 0, 0, 0, 0, 0, 1, 0], &frame[..]].concat();
    let icmp = ipv4(1, &[&[3, 1, 0, 0, 0, 0, 0, 0], &v4[..]].concat());
    let stamp = [1, 1, 8, 10, 0, 0, 1, 0, 0, 0, 0, 9];
    let blocks = [1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 9];
    let greeting = [
        2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 1, 0, 0, 0, 0, 0, 1, 3, 3, 7,
    ];
    let with = |options, flags| ipv4(6, &testing::tcp_with_options(options, flags));
    vec![
        ethernet(0x0800, &with(&stamp, 0x18)),
        ethernet(0x0800, &with(&[stamp, blocks].concat(), 0x10)),
        ethernet(0x0800, &with(&greeting, 0x02)),
        ethernet(0x0800, &v4),
        ethernet(0x86dd, &v6),
        ethernet(0x8100, &[&[0, 5, 8, 0], &v4[..]].concat()),
        ethernet(0x8847, &[&[0, 1, 1, 64], &v4[..]].concat()),
        ethernet(0x0800, &gre),
        ethernet(0x0800, &ipv4(17, &testing::udp(5000, 4789, &vxlan))),
        ethernet(0x0800, &icmp),
        ethernet(0x0800, &ipv4_fragment(6, 1, 0, true, &tcp[..24])),
        ethernet(0x86dd, &ipv6_fragment(6, 1, 24, false, &tcp[24..])),
    ]
}

/// A sample with a few bytes changed, cut, and with a length on the wire of its own.
fn mutated() -> impl Strategy<Value = (Vec<u8>, u32)> {
    let changes = vec((any::<Index>(), any::<u8>()), 0..6);
    (
        select(samples()),
        changes,
        any::<Index>(),
        any::<bool>(),
        0..200_u32,
    )
        .prop_map(|(mut bytes, changes, cut, is_cut, more)| {
            for (index, byte) in changes {
                *index.get_mut(&mut bytes) = byte;
            }
            if is_cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            let wire_len = u32::try_from(bytes.len()).unwrap() + more;
            (bytes, wire_len)
        })
}

fn packet(link: u16, data: &[u8], wire_len: u32) -> Packet<'_> {
    Packet {
        wire_len,
        ..testing::packet(link, data)
    }
}

/// The bytes from the fourteenth on, which follow the Ethernet header of the samples.
fn behind_ethernet(frame: &[u8]) -> &[u8] {
    frame.get(14..).unwrap_or_default()
}

/// An Ethernet frame as a Linux cooked capture has it; of their headers only the EtherType counts.
fn relinked(link: u16, frame: &[u8]) -> Vec<u8> {
    let kind = frame.get(12..14).unwrap_or_default();
    match link {
        113 => [&[0; 14], kind, behind_ethernet(frame)].concat(),
        276 => [kind, &[0; 18], behind_ethernet(frame)].concat(),
        _ => frame.to_vec(),
    }
}

fn consistent(decoded: Decoded) {
    if let Decoded::Segment(Segment { len, payload, .. }) = decoded {
        assert!(payload.len() <= len as usize);
    }
}

/// The cuts of a datagram at multiples of eight bytes, as (offset, length, more to come).
fn cuts(len: usize) -> impl Strategy<Value = Vec<(usize, usize, bool)>> {
    let count = len.div_ceil(8);
    vec(any::<bool>(), count).prop_map(move |ends| {
        let mut parts = Vec::new();
        let mut start = 0;
        for (index, ends) in ends.into_iter().enumerate() {
            let end = (index * 8 + 8).min(len);
            if ends || end == len {
                parts.push((start, end - start, end < len));
                start = end;
            }
        }
        parts
    })
}

/// Fragments in any order, each of them up to three times.
fn shuffled(len: usize) -> impl Strategy<Value = Vec<(usize, usize, bool)>> {
    cuts(len).prop_flat_map(|parts| {
        let copies = vec(1..=3_usize, parts.len());
        (Just(parts), copies).prop_flat_map(|(parts, copies)| {
            let pairs = parts.into_iter().zip(copies);
            let all = pairs.flat_map(|(part, count)| std::iter::repeat_n(part, count));
            Just(all.collect::<Vec<_>>()).prop_shuffle()
        })
    })
}

const BULK_LEN: usize = 20 + 300;

fn bulk() -> Vec<u8> {
    testing::tcp_with(&(0..300_u16).map(|n| n as u8).collect::<Vec<_>>())
}

/// The segments that come of `packets`, and how many datagrams still wait.
fn segments(packets: &[Vec<u8>]) -> (Vec<Owned>, usize) {
    let mut decoder = Decoder::new();
    let mut segments = Vec::new();
    for bytes in packets {
        let decoded = decoder.push(&testing::packet(101, bytes));
        if matches!(decoded, Decoded::Segment(_)) {
            segments.push(decoded.into());
        }
    }
    (segments, decoder.fragments().pending)
}

proptest! {
    #[test]
    fn any_bytes_on_any_link(
        packets in vec((select(&LINKS[..]), vec(any::<u8>(), 0..200), any::<u32>()), 1..8)
    ) {
        let mut decoder = Decoder::new();
        for (link, data, wire_len) in packets {
            consistent(decoder.push(&packet(link, &data, wire_len)));
        }
    }

    #[test]
    fn nearly_good_packets_on_any_link(
        packets in vec((select(&LINKS[..]), mutated(), any::<bool>()), 1..8)
    ) {
        let mut decoder = Decoder::new();
        for (link, (frame, wire_len), whole) in packets {
            let data = if whole { &frame } else { behind_ethernet(&frame) };
            consistent(decoder.push(&packet(link, data, wire_len)));
        }
    }

    #[test]
    fn the_fast_way_is_the_general_way(
        link in select(&[1, 113, 276][..]),
        (frame, wire_len) in mutated(),
    ) {
        let data = relinked(link, &frame);
        let packet = packet(link, &data, wire_len);
        let fast = Owned::from(Decoder::new().push(&packet));
        prop_assert_eq!(fast, Decoder::new().push_any(&packet).into());
    }

    #[test]
    fn etherparse_finds_the_same_segment((frame, _) in mutated()) {
        if let Some((src, dst, tcp)) = by_etherparse(&frame) {
            let mut decoder = Decoder::new();
            match decoder.push(&testing::packet(1, &frame)) {
                Decoded::Segment(segment) => {
                    prop_assert_eq!((segment.src, segment.dst), (src, dst));
                    prop_assert_eq!(segment.seq.0, tcp.sequence_number());
                    prop_assert_eq!(segment.ack.0, tcp.acknowledgment_number());
                    prop_assert_eq!(segment.window, tcp.window_size());
                    prop_assert_eq!(segment.flags.syn, tcp.syn());
                    prop_assert_eq!(segment.flags.fin, tcp.fin());
                    prop_assert_eq!(segment.flags.rst, tcp.rst());
                    prop_assert_eq!(segment.flags.ack, tcp.ack());
                    prop_assert_eq!(segment.flags.urg, tcp.urg());
                    prop_assert_eq!(segment.payload, tcp.payload());
                }
                other => prop_assert!(false, "{other:?}"),
            }
        }
    }

    #[test]
    fn a_datagram_fragmented_anyhow_gives_the_segment_once(
        v4 in shuffled(BULK_LEN),
        v6 in shuffled(BULK_LEN),
    ) {
        let bulk = bulk();
        let part = |&(at, len, _): &(usize, usize, bool)| &bulk[at..at + len];
        // A datagram of one fragment is no fragment: each of its copies is a segment.
        prop_assume!(v4.iter().all(|&(at, _, more)| at > 0 || more));
        prop_assume!(v6.iter().all(|&(at, _, more)| at > 0 || more));
        let v4: Vec<_> = v4.iter().map(|p| ipv4_fragment(6, 7, p.0, p.2, part(p))).collect();
        let v6: Vec<_> = v6.iter().map(|p| ipv6_fragment(6, 7, p.0, p.2, part(p))).collect();
        prop_assert_eq!(segments(&v4), segments(&[ipv4(6, &bulk)]));
        prop_assert_eq!(segments(&v6), segments(&[ipv6(6, &bulk)]));
    }

    #[test]
    fn fragments_that_contradict_each_other_stay_within_bounds(
        parts in vec((0..40_usize, 0..40_usize, any::<bool>(), 0..3_u16), 1..200)
    ) {
        let mut decoder = Decoder::new();
        for (at, len, more, id) in parts {
            let bytes = ipv4_fragment(6, id, at * 8, more, &[0x50; 400][..len * 8]);
            consistent(decoder.push(&testing::packet(101, &bytes)));
            prop_assert!(decoder.fragments().pending <= 3);
        }
    }
}

/// The segment in an Ethernet frame as `etherparse` sees it, if all its headers are in order.
fn by_etherparse(frame: &[u8]) -> Option<(SocketAddr, SocketAddr, TcpSlice<'_>)> {
    let sliced = SlicedPacket::from_ethernet(frame).ok()?;
    let Some(TransportSlice::Tcp(tcp)) = sliced.transport else {
        return None;
    };
    let net = sliced.net?;
    let (src, dst) = match &net {
        NetSlice::Ipv4(ip) => {
            let header = ip.header();
            (
                header.source_addr().into(),
                header.destination_addr().into(),
            )
        }
        NetSlice::Ipv6(ip) => {
            let header = ip.header();
            (
                header.source_addr().into(),
                header.destination_addr().into(),
            )
        }
        NetSlice::Arp(_) => return None,
    };
    let src = SocketAddr::new(src, tcp.source_port());
    Some((src, SocketAddr::new(dst, tcp.destination_port()), tcp))
}
