use super::super::piece::Piece;
use super::super::testing::{TEXT, ipv4_fragment, ipv6_fragment, packet, tcp};
use super::*;
use crate::decode::{Decoded, Decoder};

/// Pushes a packet of raw IP at `millis` and tells what came of it: the payload, or why not.
fn push(decoder: &mut Decoder, millis: u64, bytes: &[u8]) -> Result<Vec<u8>, Skipped> {
    let mut packet = packet(101, bytes);
    packet.time = Timestamp::new(0, millis * 1_000_000);
    match decoder.push(&packet) {
        Decoded::Segment(segment) => Ok(segment.payload.to_vec()),
        Decoded::Skipped(skipped) => Err(skipped),
        other => panic!("{other:?}"),
    }
}

/// The two halves of the segment, as fragments of datagram `id`.
fn halves(id: u16) -> [Vec<u8>; 2] {
    let tcp = tcp();
    let (first, second) = tcp.split_at(24);
    [
        ipv4_fragment(6, id, 0, true, first),
        ipv4_fragment(6, id, 24, false, second),
    ]
}

const WAITS: Result<Vec<u8>, Skipped> = Err(Skipped::Fragment);
const REFUSED: Result<Vec<u8>, Skipped> = Err(Skipped::Damaged);

#[test]
fn either_order_and_both_versions() {
    let tcp = tcp();
    let v6 = [
        ipv6_fragment(6, 1, 0, true, &tcp[..16]),
        ipv6_fragment(6, 1, 16, false, &tcp[16..]),
    ];
    for [first, second] in [halves(1), v6] {
        for (early, late) in [(&first, &second), (&second, &first)] {
            let mut decoder = Decoder::new();
            assert_eq!(push(&mut decoder, 0, early), WAITS);
            assert_eq!(push(&mut decoder, 1, late).unwrap(), TEXT);
            assert_eq!(decoder.fragments().completed, 1);
            assert_eq!(decoder.fragments().pending, 0);
        }
    }
}

#[test]
fn copies_of_a_mirror_port_start_no_datagram() {
    let [first, second] = halves(1);
    let mut decoder = Decoder::new();
    for (fragment, expected) in [
        (&first, WAITS),
        (&first, WAITS),
        (&second, Ok(TEXT.to_vec())),
        (&second, WAITS),
        (&first, WAITS),
    ] {
        assert_eq!(push(&mut decoder, 5, fragment), expected);
    }
    assert_eq!(decoder.fragments().copies, 2);
    assert_eq!(decoder.fragments().pending, 0);
}

#[test]
fn an_identification_is_used_again() {
    let [first, second] = halves(1);
    let mut decoder = Decoder::new();
    for millis in [0, 200, 400] {
        assert_eq!(push(&mut decoder, millis, &first), WAITS);
        assert_eq!(push(&mut decoder, millis, &second).unwrap(), TEXT);
    }
}

#[test]
fn what_waits_too_long_is_given_up() {
    let [first, second] = halves(1);
    let mut decoder = Decoder::new();
    assert_eq!(push(&mut decoder, 0, &first), WAITS);
    assert_eq!(push(&mut decoder, 30_001, &second), WAITS);
    assert_eq!(decoder.fragments().expired, 1);
    decoder.advance(Timestamp::new(90, 0));
    assert_eq!(decoder.fragments().expired, 2);
    assert_eq!(decoder.fragments().pending, 0);
}

#[test]
fn what_waits_too_long_behind_a_time_in_the_future_is_given_up_too() {
    let [first, second] = halves(1);
    let mut decoder = Decoder::new();
    assert_eq!(push(&mut decoder, 900_000, &halves(2)[0]), WAITS);
    assert_eq!(push(&mut decoder, 0, &first), WAITS);
    assert_eq!(push(&mut decoder, 30_001, &second), WAITS);
    assert_eq!(decoder.fragments().expired, 1);
}

#[test]
fn a_contradiction_is_refused_and_the_datagram_goes_on() {
    let [first, second] = halves(1);
    let mut decoder = Decoder::new();
    assert_eq!(push(&mut decoder, 0, &first), WAITS);
    for bad in [
        ipv4_fragment(6, 1, 8, true, &[0; 9]),
        ipv4_fragment(6, 1, 8, true, &[]),
        ipv4_fragment(6, 1, 65_528, true, &[0; 8]),
        ipv4_fragment(6, 1, 8, false, &[0; 8]),
    ] {
        assert_eq!(push(&mut decoder, 0, &bad), REFUSED);
    }
    assert_eq!(push(&mut decoder, 0, &second).unwrap(), TEXT);
    assert_eq!(decoder.fragments().refused, 4);
}

#[test]
fn many_datagrams_evict_the_oldest() {
    let mut decoder = Decoder::new();
    for id in 0..=4096 {
        assert_eq!(push(&mut decoder, 0, &halves(id)[0]), WAITS);
    }
    let counts = decoder.fragments();
    assert_eq!((counts.pending, counts.evicted), (MAX_DATAGRAMS, 1));
    assert_eq!(push(&mut decoder, 0, &halves(0)[1]), WAITS);
    assert_eq!(push(&mut decoder, 0, &halves(4096)[1]).unwrap(), TEXT);
}

#[test]
fn the_latest_complete_datagrams_are_known_again() {
    let mut decoder = Decoder::new();
    for id in 0..=MAX_RECENT as u16 {
        for fragment in halves(id) {
            let _ = push(&mut decoder, 0, &fragment);
        }
    }
    // Of the oldest a copy begins a datagram anew.
    for (id, copies, pending) in [(1, 1, 0), (0, 1, 1)] {
        assert_eq!(push(&mut decoder, 0, &halves(id)[0]), WAITS);
        let counts = decoder.fragments();
        assert_eq!((counts.copies, counts.pending), (copies, pending));
    }
}

#[test]
fn many_bytes_evict_the_oldest() {
    let mut fragments = Fragments::default();
    let mut bytes = Vec::new();
    for id in 0..200 {
        let packet = ipv4_fragment(6, id, 8, true, &[0; 60_000]);
        let ip = Ip::parse(Piece::whole(&packet)).unwrap();
        let fragment = ip.fragment.unwrap();
        let _ = fragments.push(&ip, fragment, Timestamp::default(), &mut bytes);
        let costs = fragments
            .datagrams
            .values()
            .map(|held| held.datagram.cost());
        assert_eq!(fragments.bytes, costs.sum::<usize>());
        assert!(fragments.bytes <= MAX_BYTES);
        assert_eq!(fragments.by_age.len(), fragments.datagrams.len());
    }
    assert!(fragments.counts.evicted > 50);
}
