//! What is kept of a conversation, and what is tried, is bounded.

use ftpscope::capture::Moment;
use ftpscope::tcp::Side;
use ftpscope::tls::{MAX_ALERTS, MAX_HANDSHAKE, MAX_HELD, MAX_ISSUED, Secrets, Stream};

use crate::talk::{Heard, NOTHING, SIDES, Talk};

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
