//! The synthetic captures are what they claim to be: valid packets in time order whose content
//! is what the generator counted.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{BTreeMap, HashSet};
use std::net::{IpAddr, SocketAddr};

use etherparse::{NetSlice, SlicedPacket, TransportSlice};

mod support;

use support::conversation::{Announce, Conversation};
use support::disorder;
use support::generator::{Kind, Truth, generate_in_memory};
use support::packets::Link;
use support::pcapfile::{Pcap, Pcapng, Resolution};
use support::planned::{Planned, SECOND};
use support::random::Random;

/// Times and frames of a little-endian pcap file.
fn frames(file: &[u8]) -> Vec<(u64, &[u8])> {
    let word = |at: usize| u32::from_le_bytes([file[at], file[at + 1], file[at + 2], file[at + 3]]);
    let (mut at, mut frames) = (24, Vec::new());
    while at < file.len() {
        let length = word(at + 8) as usize;
        let time = u64::from(word(at)) * 1_000_000 + u64::from(word(at + 4));
        frames.push((time, &file[at + 16..at + 16 + length]));
        at += 16 + length;
    }
    frames
}

/// What an independent reader finds in a capture.
#[derive(Default)]
struct Found {
    connections: HashSet<(SocketAddr, SocketAddr)>,
    /// Control streams by sender and receiver.
    control: BTreeMap<(SocketAddr, SocketAddr), Vec<u8>>,
    data_bytes: u64,
}

impl Found {
    fn read(file: &[u8]) -> Self {
        let mut found = Self::default();
        for (_, frame) in frames(file) {
            found.add(frame);
        }
        found
    }

    fn add(&mut self, frame: &[u8]) {
        let packet = SlicedPacket::from_ethernet(frame).unwrap();
        let (src, dst) = addresses(&packet);
        let Some(TransportSlice::Tcp(tcp)) = &packet.transport else {
            return;
        };
        let from = SocketAddr::new(src, tcp.source_port());
        let to = SocketAddr::new(dst, tcp.destination_port());
        if tcp.syn() && !tcp.ack() {
            self.connections.insert((from, to));
        }
        if from.port() == 21 || to.port() == 21 {
            self.control
                .entry((from, to))
                .or_default()
                .extend(tcp.payload());
        } else if ![80, 443].contains(&from.port()) && ![80, 443].contains(&to.port()) {
            self.data_bytes += tcp.payload().len() as u64;
        }
    }

    /// Lines to or from port 21 that `counts`.
    fn lines(&self, to_server: bool, counts: impl Fn(&str) -> bool) -> u64 {
        let streams = self
            .control
            .iter()
            .filter(|((_, to), _)| (to.port() == 21) == to_server);
        let text = streams.map(|(_, bytes)| std::str::from_utf8(bytes).unwrap());
        text.flat_map(str::lines)
            .filter(|line| counts(line))
            .count() as u64
    }
}

fn addresses(packet: &SlicedPacket<'_>) -> (IpAddr, IpAddr) {
    match packet.net.as_ref().unwrap() {
        NetSlice::Ipv4(ip) => (
            ip.header().source_addr().into(),
            ip.header().destination_addr().into(),
        ),
        NetSlice::Ipv6(ip) => (
            ip.header().source_addr().into(),
            ip.header().destination_addr().into(),
        ),
        NetSlice::Arp(_) => panic!("nobody sends ARP"),
    }
}

/// Panics unless lengths and checksums of an Ethernet frame are right.
fn verify(frame: &[u8]) {
    let packet = SlicedPacket::from_ethernet(frame).unwrap();
    let (src, dst) = addresses(&packet);
    if let Some(NetSlice::Ipv4(ip)) = &packet.net {
        let header = ip.header().to_header();
        assert_eq!(header.header_checksum, header.calc_header_checksum());
        assert_eq!(usize::from(header.total_len), frame.len() - 14);
    }
    let (claimed, right) = match (packet.transport.unwrap(), src, dst) {
        (TransportSlice::Tcp(tcp), IpAddr::V4(src), IpAddr::V4(dst)) => (
            tcp.checksum(),
            tcp.calc_checksum_ipv4(src.octets(), dst.octets()).unwrap(),
        ),
        (TransportSlice::Tcp(tcp), IpAddr::V6(src), IpAddr::V6(dst)) => (
            tcp.checksum(),
            tcp.calc_checksum_ipv6(src.octets(), dst.octets()).unwrap(),
        ),
        (TransportSlice::Udp(udp), IpAddr::V4(src), IpAddr::V4(dst)) => (
            udp.checksum(),
            udp.to_header()
                .calc_checksum_ipv4_raw(src.octets(), dst.octets(), udp.payload())
                .unwrap(),
        ),
        (TransportSlice::Icmpv4(icmp), ..) => (
            icmp.checksum(),
            icmp.icmp_type().calc_checksum(icmp.payload()),
        ),
        (TransportSlice::Icmpv6(icmp), IpAddr::V6(src), IpAddr::V6(dst)) => (
            icmp.checksum(),
            icmp.icmp_type()
                .calc_checksum(src.octets(), dst.octets(), icmp.payload())
                .unwrap(),
        ),
        (other, ..) => panic!("nobody sends {other:?}"),
    };
    assert_eq!(claimed, right, "checksum of {frame:02x?}");
}

fn endpoint(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

/// A session with two transfers.
fn session(client: &str, server: &str) -> Vec<Planned> {
    let mut ftp = Conversation::new(endpoint(client), endpoint(server), 1_700_000_000 * SECOND);
    ftp.login("alice", "secret");
    let passive = ftp.announce(Announce::Epsv, 50_000);
    ftp.transfer("RETR large.bin", passive, &[b'x'; 10_000]);
    let active = ftp.announce(Announce::Eprt, 40_001);
    ftp.transfer("STOR small.bin", active, b"content");
    ftp.quit();
    ftp.finish()
}

/// The payload of each direction of each connection, ordered by sequence number, each byte once.
fn streams(packets: &[Planned]) -> BTreeMap<(SocketAddr, SocketAddr), Vec<u8>> {
    let mut bytes: BTreeMap<(SocketAddr, SocketAddr), BTreeMap<u32, u8>> = BTreeMap::new();
    for packet in packets {
        let stream = bytes
            .entry((packet.header.src, packet.header.dst))
            .or_default();
        let seq = packet.tcp().unwrap().seq;
        stream.extend((seq..).zip(packet.payload.bytes().iter().copied()));
    }
    let join = |(key, stream): (_, BTreeMap<u32, u8>)| (key, stream.into_values().collect());
    bytes.into_iter().map(join).collect()
}

#[test]
fn packets_are_valid_and_in_time_order() {
    for kind in Kind::ALL {
        let (file, truth) = generate_in_memory(kind, 2_000_000).unwrap();
        let frames = frames(&file);
        assert_eq!(frames.len() as u64, truth.packets, "{}", kind.name());
        assert!(
            frames.is_sorted_by_key(|(time, _)| *time),
            "{}",
            kind.name()
        );
        for (_, frame) in frames {
            verify(frame);
        }
    }
}

#[test]
fn the_size_is_about_what_was_asked_for() {
    for kind in Kind::ALL {
        let (file, truth) = generate_in_memory(kind, 20_000_000).unwrap();
        assert_eq!(file.len() as u64, truth.bytes);
        assert!(
            (18_000_000..22_000_000).contains(&file.len()),
            "{} {}",
            kind.name(),
            file.len()
        );
    }
}

#[test]
fn the_same_kind_and_size_give_the_same_bytes() {
    for kind in Kind::ALL {
        let make = || generate_in_memory(kind, 500_000).unwrap();
        assert!(make() == make(), "{}", kind.name());
    }
}

#[test]
fn the_counts_are_what_the_packets_say() {
    for kind in [Kind::Bulk, Kind::Chatty, Kind::Mixed, Kind::Dense] {
        let (file, truth) = generate_in_memory(kind, 4_000_000).unwrap();
        let found = Found::read(&file);
        let code = |line: &str| line.len() > 3 && line.is_char_boundary(3);
        let seen = Truth {
            connections: found.connections.len() as u64,
            sessions: found
                .connections
                .iter()
                .filter(|(_, to)| to.port() == 21)
                .count() as u64,
            commands: found.lines(true, |_| true),
            replies: found.lines(false, |line| {
                code(line) && line[..3].parse::<u16>().is_ok() && line.as_bytes()[3] == b' '
            }),
            transfers_ok: found.lines(false, |line| line.starts_with("226")),
            transfers_failed: found.lines(false, |line| {
                line.starts_with("425") || line.starts_with("550")
            }),
            data_bytes: found.data_bytes,
            ..truth
        };
        assert_eq!(seen, truth, "{}", kind.name());
    }
}

#[test]
fn a_lossy_capture_misses_what_it_says() {
    let (_, truth) = generate_in_memory(Kind::Lossy, 4_000_000).unwrap();
    let share = |part: u64, whole: u64| part as f64 / whole as f64;
    assert!((0.005..0.015).contains(&share(truth.damaged_commands, truth.commands)));
    assert!((0.005..0.015).contains(&share(truth.damaged_replies, truth.replies)));
}

#[test]
fn a_conversation_is_valid_on_every_link_and_in_both_families() {
    for (client, server) in [
        ("192.0.2.9:40000", "198.51.100.1:21"),
        ("[2001:db8::9]:40000", "[2001:db8::1]:21"),
    ] {
        let packets = session(client, server);
        let reporter = packets[0].header.dst.ip();
        let kind = if reporter.is_ipv4() { 3 } else { 1 };
        let error = packets[0].icmp_error(packets[0].time, reporter, kind, 1, 0);
        let (mut frame, mut other) = (Vec::new(), Vec::new());
        for packet in packets.iter().chain([&error]) {
            packet.write(&mut frame, Link::Ethernet);
            verify(&frame);
            for link in [Link::Vlan(7), Link::Raw, Link::Null, Link::Cooked2] {
                packet.write(&mut other, link);
                assert!(other.ends_with(&frame[14..]));
            }
        }
    }
}

#[test]
fn cutting_reordering_and_repeating_keep_the_streams() {
    let packets = session("192.0.2.9:40000", "198.51.100.1:21");
    let before = streams(&packets);
    assert!(before.values().any(|stream| stream == &[b'x'; 10_000]));
    for seed in 0..20 {
        let mut random = Random::new(seed);
        let mut packets = disorder::cut(packets.clone(), &mut random, 9);
        disorder::reorder(&mut packets, &mut random, 8);
        let packets = disorder::duplicate(packets, &mut random, 100);
        assert!(packets.is_sorted_by_key(|packet| packet.time));
        assert_eq!(streams(&packets), before);
    }
}

#[test]
fn dropping_says_how_many() {
    let mut packets = session("192.0.2.9:40000", "198.51.100.1:21");
    let before = packets.len();
    let lost = disorder::drop(&mut packets, &mut Random::new(1), 300);
    assert!(lost > 0 && packets.len() == before - lost);
}

#[test]
fn files_hold_what_was_written() {
    let packets = session("192.0.2.9:40000", "198.51.100.1:21");
    let mut frame = Vec::new();
    let mut pcap = Pcap::new(Vec::new(), 1, Resolution::Nano).unwrap();
    let mut pcapng = Pcapng::new(Vec::new()).unwrap();
    let raw = pcapng
        .interface(Link::Raw.link_type(), Resolution::Nano)
        .unwrap();
    for packet in &packets {
        packet.write(&mut frame, Link::Raw);
        pcapng.frame(raw, packet.time, &frame).unwrap();
        packet.write(&mut frame, Link::Ethernet);
        pcap.cut_frame(packet.time, &frame, 60).unwrap();
    }
    let pcap = pcap.finish().unwrap();
    assert_eq!(frames(&pcap).len(), packets.len());
    assert!(frames(&pcap).iter().all(|(_, frame)| frame.len() <= 60));
    let pcapng = pcapng.finish().unwrap();
    assert_eq!(pcapng.len() % 4, 0);
    assert_eq!(pcapng[..4], [0x0a, 0x0d, 0x0d, 0x0a]);
}
