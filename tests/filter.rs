//! The kernel's filter passes every packet of the captures that the engine uses.
#![cfg(feature = "live")]
#![allow(clippy::unwrap_used, reason = "a test that cannot do its work fails")]

#[path = "support/captures.rs"]
#[allow(dead_code, unreachable_pub)]
mod captures;

use captures::captures;
use ftpscope::capture::live::filter;
use ftpscope::capture::{self, LinkType, Next, Packet, Source};
use ftpscope::decode::{Decoded, Decoder, Skipped};
use pcap::{BpfProgram, Capture, Linktype};

#[test]
fn what_the_engine_uses_passes() {
    let mut used = 0;
    for path in captures() {
        let mut source = capture::open(std::slice::from_ref(&path)).unwrap();
        let mut decoder = Decoder::new();
        let mut program = None;
        while let Next::Packet(packet) = source.next() {
            let (link, compiled) = program.get_or_insert_with(|| compile(packet.link));
            assert_eq!(
                *link,
                packet.link,
                "{}: link types are mixed",
                path.display()
            );
            if is_used(&mut decoder, &packet) {
                let passes = compiled.filter(packet.data);
                assert!(passes, "{}: {:?}", path.display(), packet.frame);
                used += 1;
            }
        }
    }
    assert!(used > 10_000, "{used}");
}

/// Fragments count: the last one of their datagram may come.
fn is_used(decoder: &mut Decoder, packet: &Packet) -> bool {
    matches!(
        decoder.push(packet),
        Decoded::Segment(_)
            | Decoded::Icmp(_)
            | Decoded::Dns(_)
            | Decoded::Skipped(Skipped::Fragment)
    )
}

fn compile(link: LinkType) -> (LinkType, BpfProgram) {
    // libpcap's own number of raw IP.
    let number = if link == LinkType::RAW { 12 } else { link.0 };
    let dead = Capture::dead(Linktype(number.into())).unwrap();
    (link, dead.compile(&filter::expression(None), true).unwrap())
}
