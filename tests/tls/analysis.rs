//! Conversations inside FTP, and recordings: what an analysis makes of them.

use ftpscope::analyzer::{Analyzer, Event, Options};
use ftpscope::capture::{Next, Source, open};
use ftpscope::diagnosis::Severity;
use ftpscope::ftp::SessionEvent;
use ftpscope::tcp::Side;

use crate::support::analysis::{analyzed, analyzed_with_keys};
use crate::support::captures::capture;
use crate::support::conversation::Conversation;
use crate::support::wire;
use crate::talk::Talk;

/// An FTP session whose control connection holds a conversation after AUTH.
fn session_with(talk: &Talk) -> Conversation {
    let mut ftp = Conversation::between("192.0.2.9:40000", "198.51.100.1:21");
    ftp.open("220 hello");
    ftp.exchange("AUTH TLS", "234 go");
    for (side, bytes) in &talk.wire {
        let side = match side {
            Side::Initiator => wire::Side::Opener,
            Side::Responder => wire::Side::Listener,
        };
        for part in bytes.chunks(1400) {
            ftp.send(side, part);
        }
    }
    ftp.control.close(&mut ftp.plan, wire::Side::Opener);
    ftp
}

#[test]
fn what_was_said_in_clear_is_no_part_of_a_line_inside_tls() {
    let mut talk = Talk::read("tls13-aes-128-gcm-sha256");
    talk.wire.insert(0, (Side::Initiator, b"DELE ".to_vec()));
    talk.wire.insert(1, (Side::Responder, b"230-".to_vec()));
    let events = analyzed_with_keys(&talk.keys, &session_with(&talk).finish());
    let verbs: Vec<_> = events.iter().filter_map(verb).collect();
    assert_eq!(verbs, ["AUTH", "DELE", "USER", "PASS", "QUIT"]);
}

#[test]
fn renegotiation_shows_without_the_keys() {
    for talk in Talk::all() {
        let (_, events) = analyzed(&session_with(&talk).finish());
        let finding = events.iter().find_map(|event| match event {
            Event::Finding(finding) if finding.cause == "tls-renegotiated" => Some(finding),
            _ => None,
        });
        let severity = finding.map(|finding| finding.severity);
        let renegotiated = talk.name == "tls12-renegotiated";
        assert_eq!(
            severity,
            renegotiated.then_some(Severity::Notice),
            "{}",
            talk.name
        );
    }
}

/// What an analysis finds when the keys of a capture come after so many packets.
fn with_keys_after(name: &str, packets: usize) -> Vec<String> {
    let mut source = open(&[capture(name)]).unwrap();
    let keys = source.take_secrets().unwrap();
    let (mut analyzer, mut events) = (Analyzer::new(&Options::default()), Vec::new());
    // Says that keys may come.
    analyzer.secrets(b"", &mut events);
    let mut number = 0;
    while let Next::Packet(packet) = source.next() {
        if number == packets {
            analyzer.secrets(&keys, &mut events);
        }
        analyzer.push(&packet, &mut events);
        number += 1;
    }
    assert!(packets < number);
    analyzer.finish(&mut events);
    assert!(analyzer.summary().limits_hit.is_empty());
    events.iter().filter_map(told).collect()
}

fn told(event: &Event) -> Option<String> {
    match event {
        Event::Session(SessionEvent::Exchange(exchange)) => {
            let codes: Vec<_> = exchange.replies.iter().map(|reply| reply.code).collect();
            let verb = exchange.verb.as_str();
            let (at, protected) = (exchange.at.frame.number(), exchange.protected);
            Some(format!("{at} {verb} {codes:?} {protected}"))
        }
        Event::Session(SessionEvent::Channel(channel)) => {
            let bytes = channel.transfer.as_ref().map(|transfer| transfer.bytes);
            let (method, announced) = (channel.method, channel.announced);
            Some(format!(
                "{method:?} {announced:?} {bytes:?} {:?}",
                channel.outcome
            ))
        }
        _ => None,
    }
}

#[test]
fn a_session_whose_keys_come_late_is_told_as_if_they_had_been_there() {
    let name = "tls-keys-in-capture-proftpd";
    let all = with_keys_after(name, 0);
    assert_eq!(all.len(), 9 + 1, "commands and a data channel: {all:?}");
    let transfer = |told: &String| told.contains("Pasv") && told.contains("Some(20000) Completed");
    assert!(all.iter().any(transfer), "{all:?}");
    for packets in [9, 12, 20, 27, 29, 35, 45] {
        assert_eq!(
            with_keys_after(name, packets),
            all,
            "keys after {packets} packets"
        );
    }
}

/// What an analysis with all keys finds when one packet is not in the capture.
fn without_packet(name: &str, missing: usize) -> Vec<String> {
    let mut source = open(&[capture(name)]).unwrap();
    let keys = source.take_secrets().unwrap();
    let (mut analyzer, mut events) = (Analyzer::new(&Options::default()), Vec::new());
    analyzer.secrets(&keys, &mut events);
    let mut number = 0;
    while let Next::Packet(packet) = source.next() {
        if number != missing {
            analyzer.push(&packet, &mut events);
        }
        number += 1;
    }
    analyzer.finish(&mut events);
    events.iter().filter_map(verb).collect()
}

fn verb(event: &Event) -> Option<String> {
    match event {
        Event::Session(SessionEvent::Exchange(exchange)) => Some(exchange.verb.as_str().to_owned()),
        _ => None,
    }
}

#[test]
fn a_packet_that_is_missing_costs_what_was_in_it() {
    for name in ["tls-keys-in-capture-proftpd", "ftps-tls12-cbc-proftpd"] {
        let all = without_packet(name, usize::MAX);
        assert_eq!(all.last().map(String::as_str), Some("QUIT"));
        for missing in 0..60 {
            let told = without_packet(name, missing);
            let is_known = told.iter().all(|verb| all.contains(verb));
            assert!(is_known, "{name} without packet {missing}: {told:?}");
            let hellos = 8..11;
            let few = told.len() + 2 < all.len();
            assert!(
                !few || hellos.contains(&missing),
                "{name} without packet {missing}: {told:?}"
            );
        }
    }
}
