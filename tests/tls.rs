//! TLS: conversations between real ends, decrypted with their key logs.
//!
//! `tests/support/tls/make.py` recorded them.

#![allow(clippy::unwrap_used, reason = "a test that cannot do its work fails")]

use std::fs;
use std::path::Path;

use ftpscope::analyzer::{Analyzer, Event, Options};
use ftpscope::capture::{self, Moment, Next, Source};
use ftpscope::diagnosis::Severity;
use ftpscope::ftp::SessionEvent;
use ftpscope::tcp::Side;
use ftpscope::tls::{
    Access, Facts, MAX_ALERTS, MAX_HANDSHAKE, MAX_HELD, MAX_ISSUED, Resumption, Secrets, Stream,
    Told, What,
};
use proptest::prelude::*;

mod support;
use support::analysis::{analyzed, analyzed_with_keys};
use support::conversation::Conversation;
use support::planned::SECOND;
use support::wire;

/// A recorded conversation.
#[derive(Default)]
struct Talk {
    name: String,
    keys: String,
    /// In the order in which it was sent.
    wire: Vec<(Side, Vec<u8>)>,
    /// What each side said inside.
    said: [Vec<u8>; 2],
}

/// What came of a conversation.
#[derive(Debug, Default, PartialEq)]
struct Heard {
    said: [Vec<u8>; 2],
    clear: [Vec<u8>; 2],
    lost: [u64; 2],
    records: u64,
}

/// What both sides say that cannot be heard.
const NOTHING: [Vec<u8>; 2] = [Vec::new(), Vec::new()];

const SIDES: [Side; 2] = [Side::Initiator, Side::Responder];

fn index(side: Side) -> usize {
    usize::from(side == Side::Responder)
}

impl Talk {
    fn read(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/tls");
        let text = fs::read_to_string(folder.join(format!("{name}.txt"))).unwrap();
        let mut talk = Self {
            name: name.to_owned(),
            ..Self::default()
        };
        for (word, rest) in text.lines().filter_map(|line| line.split_once(' ')) {
            match word {
                "key" => talk.keys += &format!("{rest}\n"),
                ">" => talk.wire.push((Side::Initiator, bytes(rest))),
                "<" => talk.wire.push((Side::Responder, bytes(rest))),
                "says>" => talk.said[0] = bytes(rest),
                "says<" => talk.said[1] = bytes(rest),
                _ => {}
            }
        }
        talk
    }

    fn all() -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/tls");
        let files = fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().path());
        let mut talks: Vec<_> = files
            .filter(|path| path.extension().is_some_and(|it| it == "txt"))
            .map(|path| Self::read(path.file_stem().unwrap().to_str().unwrap()))
            .collect();
        talks.sort_by(|one, other| one.name.cmp(&other.name));
        assert!(talks.len() > 20);
        talks
    }

    fn secrets(&self) -> Secrets {
        let mut secrets = Secrets::default();
        secrets.add(self.keys.as_bytes());
        secrets
    }

    fn play(&self, secrets: &mut Secrets, piece: usize) -> (Heard, Stream) {
        let (mut heard, mut stream) = (Heard::default(), Stream::default());
        for (side, bytes) in &self.wire {
            for bytes in bytes.chunks(piece) {
                stream.push((*side, bytes, Moment::default()), secrets, &mut |told| {
                    heard.hear(told);
                });
            }
        }
        (heard, stream)
    }
}

impl Heard {
    fn hear(&mut self, told: Told<'_>) {
        let who = index(told.side);
        match told.what {
            What::Record(_) => self.records += 1,
            What::Clear(text) => self.clear[who].extend(text),
            What::Plain(text) => self.said[who].extend(text),
            What::Lost(bytes) => self.lost[who] += bytes,
        }
    }
}

fn bytes(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    pairs.map(byte).collect()
}

/// Sessions whose keys are those of the session that they resume.
fn is_resumed_by_tls12(talk: &Talk) -> bool {
    talk.name.starts_with("tls12-resumed-by-")
}

#[test]
fn all_that_is_said_is_read_however_the_wire_is_cut() {
    for talk in Talk::all().iter().filter(|talk| !is_resumed_by_tls12(talk)) {
        for piece in [usize::MAX, 1, 7, 100, 1460] {
            let (heard, stream) = talk.play(&mut talk.secrets(), piece);
            assert_eq!(stream.facts().access, Access::Decrypted, "{}", talk.name);
            for side in SIDES {
                let (heard, said) = (&heard.said[index(side)], &talk.said[index(side)]);
                assert_eq!(
                    heard.escape_ascii().to_string(),
                    said.escape_ascii().to_string(),
                    "{}",
                    talk.name
                );
                assert_eq!(stream.facts().payload(side), Some(said.len() as u64));
            }
            assert_eq!(heard.lost, [0, 0]);
        }
    }
}

#[test]
fn keys_that_come_late_open_what_came_before() {
    for talk in Talk::all().iter().filter(|talk| !is_resumed_by_tls12(talk)) {
        let mut secrets = Secrets::default();
        secrets.add(b"");
        let (mut heard, mut stream) = talk.play(&mut secrets, usize::MAX);
        assert!(stream.is_waiting(), "{}", talk.name);
        assert_eq!(heard.said, NOTHING);
        secrets.add(talk.keys.as_bytes());
        stream.keys_came(&mut secrets, &mut |told| heard.hear(told));
        assert_eq!(heard.said, talk.said, "{}", talk.name);
        assert!(!stream.is_waiting());
    }
}

#[test]
fn keys_that_come_line_by_line_are_waited_for() {
    for talk in Talk::all().iter().filter(|talk| !is_resumed_by_tls12(talk)) {
        let mut secrets = Secrets::default();
        secrets.add(b"");
        let (mut heard, mut stream) = talk.play(&mut secrets, usize::MAX);
        for line in talk.keys.split_inclusive('\n') {
            secrets.add(line.as_bytes());
            stream.keys_came(&mut secrets, &mut |told| heard.hear(told));
        }
        assert_eq!(heard.said, talk.said, "{}", talk.name);
    }
}

#[test]
fn without_keys_nothing_is_held_and_the_handshake_is_told_all_the_same() {
    for talk in Talk::all() {
        let (with, _) = talk.play(&mut talk.secrets(), 100);
        let (heard, stream) = talk.play(&mut Secrets::default(), 100);
        let facts = stream.facts();
        assert_eq!(heard.said, NOTHING);
        assert_eq!(
            (heard.records, heard.lost),
            (with.records, [0, 0]),
            "{}",
            talk.name
        );
        assert_eq!(facts.access, Access::None);
        assert!(
            facts.completed.is_some() && !stream.is_curious(),
            "{}",
            talk.name
        );
        assert!(facts.failure().is_none(), "{}", talk.name);
        let offer = facts.offer.as_ref().unwrap();
        let named = offer.server_name.as_deref();
        assert_eq!(named, Some(&b"ftp.example.net"[..]), "{}", talk.name);
    }
}

#[test]
fn wrong_keys_open_nothing_and_that_is_told() {
    for talk in Talk::all().iter().filter(|talk| !is_resumed_by_tls12(talk)) {
        let wrong = wrong(&talk.keys);
        let mut secrets = Secrets::default();
        secrets.add(wrong.as_bytes());
        let (heard, stream) = talk.play(&mut secrets, 100);
        assert_eq!(heard.said, NOTHING, "{}", talk.name);
        assert_eq!(stream.facts().access, Access::Unfit, "{}", talk.name);
    }
}

/// Plays what comes before the first flight with words, then `junk`, then the rest.
fn with_junk(talk: &Talk, secrets: &mut Secrets, junk: &[u8]) -> (Heard, Stream) {
    let (mut heard, mut stream) = (Heard::default(), Stream::default());
    let (start, end) = talk.wire.split_at(4);
    let junk = [(Side::Initiator, junk.to_vec())];
    for (side, bytes) in start.iter().chain(&junk).chain(end) {
        let piece = (*side, &bytes[..], Moment::default());
        stream.push(piece, secrets, &mut |told| heard.hear(told));
    }
    (heard, stream)
}

/// A record that nothing opens.
fn sealed(length: u16) -> Vec<u8> {
    let mut record = vec![23, 3, 3, (length >> 8) as u8, length as u8];
    record.resize(5 + usize::from(length), 0x5a);
    record
}

#[test]
fn what_waits_for_keys_is_bounded_and_beyond_it_nothing_is_decrypted() {
    for talk in ["tls12-aes128-gcm", "tls13-aes-128-gcm-sha256"].map(Talk::read) {
        // The recorded conversation and the bookkeeping take a few thousand.
        for (size, fits) in [(MAX_HELD - 8192, true), (MAX_HELD, false)] {
            let mut secrets = Secrets::default();
            secrets.add(b"");
            let junk = sealed(8192).repeat(size / 8192);
            let (mut heard, mut stream) = with_junk(&talk, &mut secrets, &junk);
            assert_eq!(stream.is_waiting(), fits, "{}", talk.name);
            assert!(secrets.memory() < MAX_HELD + 8192, "{}", secrets.memory());
            secrets.add(talk.keys.as_bytes());
            stream.keys_came(&mut secrets, &mut |told| heard.hear(told));
            let said = if fits { &talk.said } else { &NOTHING };
            assert_eq!(heard.said, *said, "{}", talk.name);
            assert!(!stream.is_waiting() && stream.is_decrypted() == fits);
        }
    }
}

#[test]
fn so_many_attempts_to_decrypt_may_fail_in_a_row() {
    let talk = Talk::read("tls12-aes128-gcm");
    for (records, all) in [(90, true), (91, false)] {
        // With each record that goes by one number more is tried.
        assert_eq!(records * (records + 1) / 2 < 4096, all);
        let junk = sealed(64).repeat(records);
        let (heard, stream) = with_junk(&talk, &mut talk.secrets(), &junk);
        assert_eq!(heard.said[0] == talk.said[0], all, "{records}");
        assert_eq!(stream.is_read(), all, "{records}");
    }
}

/// The same connections with other secrets.
fn wrong(keys: &str) -> String {
    let line = |line: &str| {
        let (head, secret) = line.rsplit_once(' ').unwrap();
        let turned: String = secret.chars().rev().collect();
        format!("{head} {turned}\n")
    };
    keys.lines().map(line).collect()
}

#[test]
fn a_session_that_is_resumed_needs_no_keys_of_its_own() {
    for (by, way) in [("ticket", Resumption::Ticket), ("id", Resumption::Id)] {
        let first = Talk::read(&format!("tls12-resumable-by-{by}"));
        let second = Talk::read(&format!("tls12-resumed-by-{by}"));
        let mut secrets = first.secrets();
        let (_, before) = first.play(&mut secrets, 100);
        let (heard, stream) = second.play(&mut secrets, 100);
        assert_eq!(heard.said, second.said);
        let facts = stream.facts();
        assert_eq!(facts.resumed, Some(true));
        assert_eq!(facts.offer.as_ref().unwrap().resumption, Some(way));
        assert_eq!(facts.resumes(before.facts()), Some(true));
        assert_eq!(facts.resumes(&Facts::default()), None);
        assert_eq!(before.facts().resumed, Some(false));
    }
}

#[test]
fn the_handshake_is_told() {
    let facts = |name| {
        let talk = Talk::read(name);
        let (_, stream) = talk.play(&mut talk.secrets(), 1460);
        stream.facts().clone()
    };
    let plain = facts("tls12-aes256-gcm");
    let choice = plain.choice.as_ref().unwrap();
    assert_eq!(choice.version.to_string(), "TLS 1.2");
    assert_eq!(
        choice.cipher.to_string(),
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
    );
    let certificate = plain.certificate.as_ref().unwrap();
    assert_eq!(certificate.subject, "O=Example, CN=ftp.example.net");
    assert_eq!(certificate.names, ["ftp.example.net", "192.0.2.21"]);
    assert!(
        certificate.self_signed && certificate.is_outdated(),
        "packet time is 1970 here"
    );
    let hidden = facts("tls13-aes-128-gcm-sha256");
    assert_eq!(
        hidden.certificate.as_ref().unwrap().names,
        certificate.names
    );
    assert_eq!(hidden.resumed, Some(false));
    let (before, after) = (facts("tls13-resumable"), facts("tls13-resumed"));
    assert_eq!(
        (after.resumed, after.resumes(&before)),
        (Some(true), Some(true))
    );
    assert_eq!(after.offer.unwrap().resumption, Some(Resumption::Psk));
    assert!(facts("tls13-retried").retried.is_some() && hidden.retried.is_none());
    assert!(facts("tls12-renegotiated").renegotiated.is_some());
    assert!(facts("tls13-early-data").offer.unwrap().early_data);
}

/// An FTP session whose control connection holds a conversation after AUTH.
fn session_with(talk: &Talk) -> Conversation {
    let mut ftp = Conversation::new(
        "192.0.2.9:40000".parse().unwrap(),
        "198.51.100.1:21".parse().unwrap(),
        1_700_000_000 * SECOND,
    );
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

#[test]
fn behind_a_gap_what_follows_is_read() {
    for talk in Talk::all().iter().filter(|talk| !is_resumed_by_tls12(talk)) {
        // The last but one flight with words: a later one must be read still.
        let flights: Vec<_> = talk.wire.iter().collect();
        let lost = flights.len().saturating_sub(4);
        let (mut heard, mut stream, mut secrets) =
            (Heard::default(), Stream::default(), talk.secrets());
        for (number, (side, bytes)) in flights.into_iter().enumerate() {
            if number == lost {
                stream.gap(*side, bytes.len() as u64, &mut secrets);
            } else {
                stream.push(
                    (*side, bytes, Moment::default()),
                    &mut secrets,
                    &mut |told| {
                        heard.hear(told);
                    },
                );
            }
        }
        // In TLS 1.0 a record needs the one before it.
        if talk.name.contains("-gcm") {
            let tail = |said: &[u8]| said[said.len().saturating_sub(4)..].to_vec();
            for side in SIDES {
                let (heard, said) = (&heard.said[index(side)], &talk.said[index(side)]);
                assert!(heard.len() <= said.len());
                assert!(
                    said.is_empty() || tail(heard) == tail(said) || side == talk.wire[lost].0,
                    "{} {heard:?}",
                    talk.name
                );
            }
        }
    }
}

/// A MAC of the ciphertext does not cover what TLS 1.0 takes from the record before.
#[test]
fn of_a_flight_that_is_damaged_or_lost_nothing_wrong_is_told() {
    for talk in Talk::all() {
        for spoilt in 0..2 * talk.wire.len() {
            let (mut heard, mut stream, mut secrets) =
                (Heard::default(), Stream::default(), talk.secrets());
            for (number, (side, bytes)) in talk.wire.iter().enumerate() {
                if number * 2 == spoilt {
                    stream.gap(*side, bytes.len() as u64, &mut secrets);
                    continue;
                }
                let mut bytes = bytes.clone();
                if number * 2 + 1 == spoilt {
                    // The first byte of the first record's body.
                    bytes.get_mut(5).into_iter().for_each(|byte| *byte ^= 1);
                }
                let heard = &mut |told: Told<'_>| heard.hear(told);
                stream.push((*side, &bytes, Moment::default()), &mut secrets, heard);
            }
            for side in [0, 1] {
                let (heard, said) = (&heard.said[side], &talk.said[side]);
                let told = heard.escape_ascii();
                assert!(is_part(heard, said), "{} {spoilt}: {told}", talk.name);
            }
        }
    }
}

/// What an analysis finds when the keys of a capture come after so many packets.
fn with_keys_after(name: &str, packets: usize) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures");
    let mut source = capture::open(&[folder.join(name).join("capture.pcapng")]).unwrap();
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
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures");
    let mut source = capture::open(&[folder.join(name).join("capture.pcapng")]).unwrap();
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

#[test]
fn an_overlong_handshake_message_is_passed_over_and_counted() {
    let length: u32 = 200_000;
    let mut message = vec![11];
    message.extend(&length.to_be_bytes()[1..]);
    message.resize(4 + length as usize, 0);
    let talk = Talk::read("tls12-aes128-gcm");
    let (mut stream, mut secrets) = (Stream::default(), Secrets::default());
    for (side, bytes) in &talk.wire[..1] {
        stream.push((*side, bytes, Moment::default()), &mut secrets, &mut |_| {});
    }
    for part in message.chunks(16_000) {
        let length = u16::try_from(part.len()).unwrap().to_be_bytes();
        let record = [&[22, 3, 3][..], &length, part].concat();
        let server = Side::Responder;
        stream.push(
            (server, &record, Moment::default()),
            &mut secrets,
            &mut |_| {},
        );
    }
    assert_eq!(secrets.overlong_messages(), 1);
    assert!(stream.facts().certificate.is_none());
    assert!(secrets.memory() < 100_000, "{}", secrets.memory());
}

#[test]
fn a_handshake_is_looked_for_in_the_first_quarter_of_a_megabyte() {
    // Alerts of a length that none has, so that nobody learns anything from them.
    let record = [21, 3, 3, 0, 3, 0, 0, 0];
    for end in SIDES {
        let (mut stream, mut secrets) = (Stream::default(), Secrets::default());
        let mut push = |bytes: &[u8]| {
            stream.push((end, bytes, Moment::default()), &mut secrets, &mut |_| {});
            stream.is_curious()
        };
        assert!(push(&record.repeat(MAX_HANDSHAKE as usize / record.len())));
        assert!(!push(&[21]), "one byte more");
    }
}

/// The greeting of the client, which asks for the session of a ticket of this one byte.
fn asking_for(ticket: u8, greeting: &[u8]) -> Vec<u8> {
    let empty = [0, 35, 0, 0];
    let mut bytes = greeting.to_vec();
    let at = bytes.windows(4).position(|part| part == empty).unwrap();
    bytes.splice(at + 3..at + 4, [1, ticket]);
    // The lengths of the record, of the message and of its extensions.
    [4, 8, 53].into_iter().for_each(|at| bytes[at] += 1);
    bytes
}

#[test]
fn of_alerts_and_of_sessions_to_be_resumed_the_first_are_kept() {
    let talk = Talk::read("tls12-aes128-gcm");
    let facts = |greeting: &[u8], times: u8| {
        let (mut stream, mut secrets) = (Stream::default(), Secrets::default());
        let mut push = |side, bytes: &[u8]| {
            stream.push((side, bytes, Moment::default()), &mut secrets, &mut |_| {});
        };
        push(Side::Initiator, greeting);
        push(Side::Responder, &talk.wire[1].1);
        for number in 0..times {
            // A warning, and a session ticket: its lifetime, its length, and the number alone.
            push(Side::Initiator, &[21, 3, 3, 0, 2, 1, 100 + number]);
            let ticket = [4, 0, 0, 7, 0, 0, 0, 9, 0, 1, number];
            push(Side::Responder, &[&[22, 3, 3, 0, 11][..], &ticket].concat());
        }
        stream.facts().clone()
    };
    let greeting = &talk.wire[0].1;
    let (few, most) = (facts(greeting, 3), facts(greeting, 40));
    let alerts: Vec<_> = most.alerts.iter().map(|it| it.description).collect();
    assert_eq!(
        alerts,
        (100..).take(MAX_ALERTS).map(Some).collect::<Vec<_>>()
    );
    assert_eq!(most.issued.len(), MAX_ISSUED);
    assert!(most.issued.starts_with(&few.issued));
    // Of one that may have been among the others nothing is claimed.
    let resumes = |ticket, other| facts(&asking_for(ticket, greeting), 0).resumes(other);
    let late = MAX_ISSUED as u8;
    assert_eq!(
        [resumes(2, &few), resumes(late, &few)],
        [Some(true), Some(false)]
    );
    assert_eq!(
        [resumes(2, &most), resumes(late, &most)],
        [Some(true), None]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is cut, lost or damaged: what is told was said, in that order.
    #[test]
    fn nothing_is_told_that_was_not_said(
        which in 0usize..64,
        piece in 1usize..3000,
        damage in prop::collection::vec((0usize..20_000, any::<u8>(), any::<u8>()), 0..4),
    ) {
        let talks = Talk::all();
        let talk = &talks[which % talks.len()];
        let (mut heard, mut stream, mut secrets) =
            (Heard::default(), Stream::default(), talk.secrets());
        let mut at = 0;
        for (side, bytes) in &talk.wire {
            for bytes in bytes.chunks(piece) {
                let mut bytes = bytes.to_vec();
                let mut gap = None;
                for (place, change, how) in &damage {
                    if let Some(byte) = place.checked_sub(at).and_then(|it| bytes.get_mut(it)) {
                        if how % 2 == 0 {
                            *byte ^= change;
                        } else {
                            gap = Some(*place - at);
                        }
                    }
                }
                at += bytes.len();
                let end = gap.unwrap_or(bytes.len());
                let now = Moment::default();
                stream.push((*side, &bytes[..end], now), &mut secrets, &mut |told| heard.hear(told));
                if end < bytes.len() {
                    stream.gap(*side, (bytes.len() - end) as u64, &mut secrets);
                }
            }
        }
        for side in [0, 1] {
            prop_assert!(is_part(&heard.said[side], &talk.said[side]));
        }
    }

    #[test]
    fn any_bytes_are_taken(pieces in prop::collection::vec((any::<bool>(), prop::collection::vec(any::<u8>(), 0..300)), 0..40)) {
        let talk = Talk::read("tls13-aes-128-gcm-sha256");
        let (mut stream, mut secrets) = (Stream::default(), talk.secrets());
        for (client, bytes) in pieces {
            secrets.add(&bytes);
            let side = if client { Side::Initiator } else { Side::Responder };
            stream.push((side, &bytes, Moment::default()), &mut secrets, &mut |_| {});
        }
    }
}

/// Whether `part` is left of `whole` when some of it is taken out.
fn is_part(part: &[u8], whole: &[u8]) -> bool {
    let mut rest = whole.iter();
    part.iter().all(|byte| rest.any(|other| other == byte))
}
