//! Limits that are reached without a note, in a whole engine: `docs/limits.md` says which tests reach
//! the others.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::net::{Ipv4Addr, SocketAddr};

use ftpscope::analyzer::{Analyzer, Event, Options};
use ftpscope::capture::{Frame, LinkType, Packet};
use ftpscope::diagnosis::Finding;
use ftpscope::ftp::{Channel, MAX_DOORS, Method, SessionEvent};
use ftpscope::time::Timestamp;
use support::conversation::{Announce, Conversation};
use support::packets::Link;
use support::planned::{MILLI, Plan, Planned, SECOND};
use support::wire::{Connection, Side};

const START: u64 = 1_700_000_000 * SECOND;

/// All that is told of these packets, each event with the number of packets before it.
fn told(packets: &[Planned]) -> Vec<(usize, Event)> {
    let mut analyzer = Analyzer::new(&Options::default());
    let (mut told, mut events, mut frame) = (Vec::new(), Vec::new(), Vec::new());
    for (number, packet) in (1..).zip(packets) {
        packet.write(&mut frame, Link::Ethernet);
        let packet = Packet {
            frame: Frame::new(0, number as u64),
            time: Timestamp::from_nanos(packet.time),
            link: LinkType(Link::Ethernet.link_type()),
            wire_len: frame.len() as u32,
            data: &frame,
            plain: None,
        };
        analyzer.push(&packet, &mut events);
        told.extend(events.drain(..).map(|event| (number, event)));
    }
    analyzer.finish(&mut events);
    told.extend(events.into_iter().map(|event| (packets.len() + 1, event)));
    told
}

/// The findings of one cause among what is told.
fn findings<'a>(told: &'a [(usize, Event)], cause: &str) -> Vec<(usize, &'a Finding)> {
    let findings = told.iter().filter_map(|(number, event)| match event {
        Event::Finding(finding) => Some((*number, finding)),
        Event::Session(_) => None,
    });
    findings.filter(|(_, it)| it.cause == cause).collect()
}

/// The channels among what is told.
fn channels(told: &[(usize, Event)]) -> Vec<(usize, &Channel)> {
    let channels = told.iter().filter_map(|(number, event)| match event {
        Event::Session(SessionEvent::Channel(channel)) => Some((*number, &**channel)),
        _ => None,
    });
    channels.collect()
}

fn server() -> SocketAddr {
    "198.51.100.1:21".parse().unwrap()
}

/// A session of the client's port of this number, so many milliseconds after the start.
fn conversation(port: u16, millis: u64) -> Conversation {
    let client = SocketAddr::from(([192, 0, 2, 9], 40_000 + port));
    Conversation::new(client, server(), START + millis * MILLI)
}

#[test]
fn so_many_attempts_of_one_channel_are_remembered() {
    let mut ftp = conversation(0, 0);
    ftp.login("anna", "secret");
    let channel = ftp.announce(Announce::Pasv, 50_000);
    for port in 0..20 {
        let from = SocketAddr::new(channel.from.ip(), 30_000 + port);
        Connection::new(from, channel.to, 7).refused(&mut ftp.plan);
    }
    ftp.exchange("RETR x", "425 no");
    ftp.quit();
    let told = told(&ftp.finish());
    let [(_, channel)] = &channels(&told)[..] else {
        panic!("one channel");
    };
    let connection = channel.connection.as_ref().unwrap();
    assert_eq!(1 + connection.others.len(), 16);
}

#[test]
fn failed_channels_that_wait_for_their_repair_are_told_when_they_are_too_many() {
    let mut ftp = conversation(0, 0);
    ftp.login("anna", "secret");
    for _ in 0..16 {
        ftp.exchange("EPSV", "500 unknown");
    }
    let waiting = ftp.plan.packets.len();
    ftp.exchange("EPSV", "500 unknown");
    let told = told(&ftp.finish());
    let numbers: Vec<_> = channels(&told).iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers.len(), 17);
    let (first, last) = numbers.split_at(16);
    let at_once = first.iter().all(|it| (waiting + 1..last[0]).contains(it));
    assert!(at_once, "behind {waiting}: {numbers:?}");
}

/// A session inside TLS, in which something may have announced a data connection.
fn encrypted() -> Conversation {
    let mut ftp = conversation(0, 0);
    ftp.open("220 hello");
    ftp.exchange("AUTH TLS", "234 go");
    for side in [Side::Opener, Side::Listener] {
        // As long as PASV and its reply.
        let length = if side == Side::Opener { 6 } else { 50 } + 17;
        let record = [&[23, 3, 3, 0, length][..], &vec![0x61; length.into()]].concat();
        ftp.send(side, &record);
    }
    ftp
}

/// A data connection of it, before its handshake.
fn unannounced() -> Connection {
    let from = SocketAddr::from(([192, 0, 2, 9], 30_000));
    Connection::new(from, (server().ip(), 50_000).into(), 7)
}

/// What an unannounced connection becomes when so many sessions began between the same hosts since
/// the one that may have announced it spoke.
fn inferred(others: u16) -> Vec<Method> {
    let mut packets: Vec<_> = encrypted().finish();
    for number in 1..=others {
        let mut other = conversation(number, 100 + u64::from(number));
        other.open("220 hello");
        packets.extend(other.finish());
    }
    packets.sort_by_key(|packet| packet.time);
    let mut plan = Plan::new(START + 500 * MILLI, MILLI);
    let mut data = unannounced();
    data.open(&mut plan);
    data.send(&mut plan, Side::Listener, b"content");
    data.close(&mut plan, Side::Listener);
    packets.extend(plan.packets);
    let told = told(&packets);
    channels(&told).iter().map(|(_, it)| it.method).collect()
}

#[test]
fn tls_is_waited_for_on_a_data_connection_while_one_end_says_little() {
    // A greeting of the client that wants to know of no cipher.
    let hello = [
        &[22, 3, 1, 0, 45, 1, 0, 0, 41, 3, 3][..],
        &[7; 32],
        &[0, 0, 2, 0, 47, 1, 0],
    ];
    for (clear, is_met) in [(60_000, true), (66_000, false)] {
        let (mut ftp, mut data) = (encrypted(), unannounced());
        data.open(&mut ftp.plan);
        data.send(&mut ftp.plan, Side::Listener, &vec![b'x'; clear]);
        data.send(&mut ftp.plan, Side::Opener, &hello.concat());
        data.close(&mut ftp.plan, Side::Opener);
        let told = told(&ftp.finish());
        let [(_, channel)] = &channels(&told)[..] else {
            panic!("one channel");
        };
        let offer = channel.tls.as_ref().and_then(|tls| tls.offer.as_ref());
        assert_eq!(offer.is_some(), is_met, "{clear}");
    }
}

#[test]
fn the_owner_of_an_unannounced_connection_is_looked_for_among_the_latest_sessions() {
    assert_eq!(inferred(31), [Method::Inferred]);
    assert_eq!(inferred(32), []);
}

/// So many hosts, each of which is refused so many times, a millisecond apart.
fn refused(hosts: u32, times: u16) -> Vec<Planned> {
    let mut plan = Plan::new(START, 1000);
    for host in 0..hosts {
        for port in 0..times {
            let address = Ipv4Addr::from_bits(0x0a00_0000 + host);
            let from = SocketAddr::from((address, 40_000 + port));
            Connection::new(from, server(), 7).refused(&mut plan);
        }
    }
    plan.packets.into()
}

#[test]
fn refused_connections_wait_for_a_scan_as_long_as_there_is_room() {
    for (hosts, times) in [(1024, 1), (1, 64)] {
        let packets = refused(hosts, times);
        let told_at_the_end = told(&packets);
        let found = findings(&told_at_the_end, "control-refused");
        assert_eq!(found.len(), packets.len() / 2);
        assert!(found.iter().all(|(number, _)| *number > packets.len()));
        // One more.
        let packets = match hosts {
            1 => refused(1, times + 1),
            _ => refused(hosts + 1, 1),
        };
        let told = told(&packets);
        let found = findings(&told, "control-refused");
        assert_eq!(found.len(), packets.len() / 2);
        let early = found.iter().filter(|(it, _)| *it <= packets.len());
        assert_eq!(early.count(), 1, "{hosts} {times}");
    }
}

#[test]
fn the_first_attempts_of_a_scan_are_its_evidence() {
    let mut plan = Plan::new(START, 1000);
    for last in 0..MAX_DOORS as u8 {
        let from = SocketAddr::from(([10, 0, 0, 1], 40_000));
        Connection::new(from, ([198, 51, 100, last], 21).into(), 7).refused(&mut plan);
    }
    let told = told(&Vec::from(plan.packets));
    let [(_, scan)] = &findings(&told, "port-scan")[..] else {
        panic!("{told:#?}");
    };
    let notes: Vec<_> = scan.evidence.iter().map(|it| &*it.note).collect();
    let first: Vec<_> = (0..12)
        .map(|it| format!("tries 198.51.100.{it}:21"))
        .collect();
    assert_eq!(notes, first);
}

#[test]
fn users_that_are_guessed_are_counted_up_to_a_bound() {
    let mut ftp = conversation(0, 0);
    ftp.open("220 hello");
    for number in 0..1030 {
        ftp.exchange(&format!("USER u{number}"), "331 password");
        ftp.exchange("PASS guess", "530 no");
    }
    ftp.quit();
    let told = told(&ftp.finish());
    let (_, guessing) = findings(&told, "password-guessing")[0];
    let summary = &guessing.summary;
    assert!(
        summary.contains("1030 logins of 1024 or more users refused in 1 session"),
        "{summary}"
    );
    assert_eq!(guessing.evidence.len(), 12);
}

#[test]
fn refused_logins_wait_for_more_as_long_as_there_is_room() {
    for (sessions, early) in [(16, 0), (17, 1)] {
        let mut packets = Vec::new();
        for number in 0..sessions {
            let mut ftp = conversation(number, u64::from(number) * 50);
            ftp.plan.latency = MILLI / 100;
            ftp.open("220 hello");
            ftp.exchange("USER anna", "331 password");
            ftp.exchange("PASS old", "530 no");
            ftp.quit();
            packets.extend(ftp.finish());
        }
        let told = told(&packets);
        let (at_once, folded): (Vec<_>, Vec<_>) = findings(&told, "login-failed")
            .into_iter()
            .partition(|(number, _)| *number <= packets.len());
        let folded: Vec<_> = folded.iter().map(|(_, it)| &it.summary).collect();
        assert_eq!((at_once.len(), folded.len()), (early, 1), "{folded:?}");
        assert!(
            folded[0].ends_with("The same in 16 sessions."),
            "{folded:?}"
        );
    }
}
