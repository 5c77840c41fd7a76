//! TLS: conversations between real ends, decrypted with their key logs.
//!
//! `tests/support/tls/make.py` recorded them.

#![allow(clippy::unwrap_used, reason = "a test that cannot do its work fails")]
#![allow(unreachable_pub, reason = "a program of several modules")]

#[path = "../support/mod.rs"]
mod support;

mod analysis;
mod bounds;
mod damage;
mod talk;

use ftpscope::tls::{Access, Facts, Resumption, Secrets};
use talk::{NOTHING, SIDES, Talk, index, is_resumed_by_tls12};

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
