//! Whatever comes over a control connection, and in whatever packets, the engine goes on.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ftpscope::analyzer::{Analyzer, Event, Options};
use ftpscope::ftp::{MAX_LINE, MAX_OPEN_CHANNELS, SessionEvent};
use ftpscope::tcp::Limits;
use proptest::collection::vec;
use proptest::prelude::*;

mod support;

use support::analysis::{analyzed, analyzed_frames, analyzed_with};
use support::conversation::Conversation;
use support::packets::Link;
use support::planned::Planned;
use support::wire::{Connection, Side};

/// Pieces of which hostile lines are made: what parsers look for, and what breaks them.
const PIECES: [&[u8]; 44] = [
    b"USER ",
    b"PASS ",
    b"PORT ",
    b"PASV",
    b"EPSV",
    b"EPRT ",
    b"LPRT ",
    b"RETR ",
    b"STOR ",
    b"LIST",
    b"ABOR",
    b"QUIT",
    b"AUTH TLS",
    b"PROT P",
    b"CCC",
    b"REIN",
    b"REST 99999999999999999999",
    b"STOU",
    b"220 ",
    b"220-",
    b"227 ",
    b"227 (1,2,3,4,5,6)",
    b"228 (4,4,1,2,3,4,2,9,9)",
    b"229 (|||65535|)",
    b"230 ",
    b"234 ",
    b"331 ",
    b"150 FILE: ",
    b"226 ",
    b"421 ",
    b"425 ",
    b"426 ",
    b"500 ",
    b"550 ",
    b"192,0,2,9,200,1",
    b"|1|192.0.2.9|51200|",
    b"|2|::|0|",
    b"\xff\xf4\xff\xf2",
    b"\xff",
    b"\"\"\"",
    b"\x16\x03\x01\xff\xff",
    b"\x17\x03\x03\x00\x01x",
    b"\0",
    b" ",
];

fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        8 => (0..PIECES.len()).prop_map(|at| PIECES[at].to_vec()),
        6 => Just(b"\r\n".to_vec()),
        1 => Just(b"\n".to_vec()),
        1 => vec(any::<u8>(), 0..40),
        1 => (1usize..3000).prop_map(|n| vec![b'A'; n]),
    ]
}

fn conversation(said: &[(bool, Vec<u8>)]) -> Vec<Planned> {
    let mut ftp = Conversation::between("192.0.2.9:40000", "198.51.100.1:21");
    for (from_client, bytes) in said {
        let side = if *from_client {
            Side::Opener
        } else {
            Side::Listener
        };
        ftp.send(side, bytes);
    }
    ftp.finish()
}

/// Every session that was opened ends once; its counts are those of the facts told.
fn is_consistent(analyzer: &Analyzer, events: &[Event]) -> bool {
    let count = |wanted: fn(&SessionEvent) -> bool| {
        let facts = events.iter().filter_map(|event| match event {
            Event::Session(fact) => Some(fact),
            Event::Finding(_) => None,
        });
        facts.filter(|fact| wanted(fact)).count() as u64
    };
    let ended: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::Session(SessionEvent::Ended(record)) => Some(record),
            _ => None,
        })
        .collect();
    let exchanges = count(|fact| matches!(fact, SessionEvent::Exchange(_)));
    let channels = count(|fact| matches!(fact, SessionEvent::Channel(_)));
    let evidence = events.iter().all(|event| match event {
        Event::Finding(finding) => !finding.evidence.is_empty(),
        Event::Session(_) => true,
    });
    count(|fact| matches!(fact, SessionEvent::Opened(_))) == ended.len() as u64
        && analyzer.summary().sessions == ended.len() as u64
        && ended.iter().map(|record| record.commands).sum::<u64>() == exchanges
        && ended.iter().map(|record| record.channels).sum::<u64>() == channels
        && evidence
}

proptest! {
    #[test]
    fn any_control_conversation_is_followed_to_its_end(
        said in vec((any::<bool>(), piece()), 0..120),
    ) {
        let (analyzer, events) = analyzed(&conversation(&said));
        prop_assert!(is_consistent(&analyzer, &events));
    }

    #[test]
    fn any_damage_to_its_packets_is_survived(
        said in vec((any::<bool>(), piece()), 1..40),
        damage in vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 0..60),
    ) {
        let packets = conversation(&said);
        let mut frames: Vec<_> = packets.iter().map(|packet| {
            let mut frame = Vec::new();
            packet.write(&mut frame, Link::Ethernet);
            (packet.time, frame)
        }).collect();
        for (which, at, byte) in damage {
            let (_, frame) = &mut frames[which.index(packets.len())];
            let at = at.index(frame.len());
            frame[at] ^= byte;
        }
        let (analyzer, events) = analyzed_frames(frames);
        prop_assert!(is_consistent(&analyzer, &events));
    }
}

#[test]
fn a_line_without_end_is_one_command_of_bounded_size() {
    let said: Vec<_> = (0..200).map(|_| (true, vec![b'A'; 1400])).collect();
    let (analyzer, events) = analyzed(&conversation(&said));
    assert_eq!(analyzer.summary().commands, 1);
    let longest = events.iter().filter_map(|event| match event {
        Event::Session(SessionEvent::Exchange(exchange)) => Some(exchange.verb.as_str().len()),
        _ => None,
    });
    assert_eq!(longest.max(), Some(MAX_LINE));
}

#[test]
fn announcements_without_end_are_told_and_forgotten() {
    let said: Vec<_> = (0..5000u32)
        .map(|n| {
            (
                true,
                format!("PORT 10,0,{},{},9,9\r\n", n >> 8, n & 255).into_bytes(),
            )
        })
        .collect();
    let (analyzer, events) = analyzed(&conversation(&said));
    assert_eq!(analyzer.summary().channels.values().sum::<u64>(), 5000);
    assert!(is_consistent(&analyzer, &events));
}

/// A session that is inside TLS, and connections of its client to its server that stay open.
fn encrypted_with_connections(count: u16) -> Vec<Planned> {
    let mut ftp = Conversation::between("192.0.2.9:40000", "198.51.100.1:21");
    ftp.open("220 hello");
    ftp.exchange("AUTH TLS", "234 go");
    // What may have announced them: a record of application data.
    ftp.send(Side::Listener, b"\x17\x03\x03\x00\x44");
    ftp.send(Side::Listener, &[0; 0x44]);
    for port in 0..count {
        let from = (ftp.client(), 20_000 + port).into();
        let to = (ftp.server(), 50_000).into();
        Connection::new(from, to, 1).open(&mut ftp.plan);
    }
    ftp.finish()
}

#[test]
fn connections_without_end_in_an_encrypted_session_are_told_and_forgotten() {
    const COUNT: u16 = 3000;
    let (analyzer, events) = analyzed(&encrypted_with_connections(COUNT));
    let summary = analyzer.summary();
    assert_eq!(summary.channels.values().sum::<u64>(), u64::from(COUNT));
    let surplus = u64::from(COUNT) - MAX_OPEN_CHANNELS as u64;
    assert_eq!(summary.limits_hit.get("channels"), Some(&surplus));
    assert!(is_consistent(&analyzer, &events));
}

#[test]
fn a_limit_on_connections_that_is_reached_is_told() {
    let options = Options {
        limits: Limits { flows: 4 },
        ..Options::default()
    };
    let packets = encrypted_with_connections(9);
    let (analyzer, events) = analyzed_with(&options, &packets);
    assert_eq!(analyzer.summary().limits_hit.get("flows"), Some(&6));
    assert!(is_consistent(&analyzer, &events));
    let (analyzer, _) = analyzed(&packets);
    assert!(analyzer.summary().limits_hit.is_empty());
}

#[test]
fn preliminary_replies_without_end_are_told_and_forgotten() {
    let mut said = vec![(true, b"SITE LONG\r\n".to_vec())];
    said.extend((0..500).map(|_| (false, b"150 still at it\r\n".to_vec())));
    let (analyzer, events) = analyzed(&conversation(&said));
    let most = events.iter().filter_map(|event| match event {
        Event::Session(SessionEvent::Exchange(exchange)) => Some(exchange.replies.len()),
        _ => None,
    });
    assert!(most.max() < Some(20));
    // The first was the greeting.
    assert_eq!(analyzer.summary().replies, 500);
    assert!(is_consistent(&analyzer, &events));
}
