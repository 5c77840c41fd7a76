//! A finding comes within two seconds of the packet that decides it.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/captures.rs"]
#[allow(dead_code, unreachable_pub)]
mod captures;

use std::time::Duration;

use ftpscope::analyzer::{Analyzer, Event, Options};
use ftpscope::capture::{Next, Source, open};
use ftpscope::diagnosis::Finding;
use ftpscope::time::Timestamp;

const STEP: Duration = Duration::from_millis(100);

/// What is found in a capture as it comes, and when: time goes on between the packets, and for a
/// while after the last one.
fn replay(name: &str, after: Duration) -> Vec<(Finding, Timestamp)> {
    let mut source = open(&[captures::capture(name)]).unwrap();
    let mut analyzer = Analyzer::new(&Options::default());
    let (mut events, mut told) = (Vec::new(), Vec::new());
    let mut now = Timestamp::default();
    let mut keep = |events: &mut Vec<Event>, now| {
        for event in events.drain(..) {
            if let Event::Finding(finding) = event {
                told.push((finding, now));
            }
        }
    };
    while let Next::Packet(packet) = source.next() {
        if now == Timestamp::default() {
            now = packet.time;
        }
        while now + STEP < packet.time {
            now = now + STEP;
            analyzer.advance(now, &mut events);
            keep(&mut events, now);
        }
        now = packet.time;
        analyzer.push(&packet, &mut events);
        keep(&mut events, now);
    }
    let end = now + after;
    while now < end {
        now = now + STEP;
        analyzer.advance(now, &mut events);
        keep(&mut events, now);
    }
    analyzer.finish(&mut events);
    keep(&mut events, now);
    told
}

/// Captures, what is found in them, and how long after its latest evidence, in seconds, it may come.
///
/// Two seconds is for what that evidence decides. Where the evidence is a repetition in vain, the
/// next one must be overdue first: after all the time since the first, and three seconds.
const TIMES: &[(&str, &str, f64)] = &[
    (
        "passive-range-rejected-reset-client-side",
        "connection-refused",
        2.0,
    ),
    (
        "passive-range-rejected-admin-prohibited",
        "connection-unreachable",
        2.0,
    ),
    ("passive-range-rejected-ipv6", "connection-unreachable", 2.0),
    (
        "passive-range-dropped-client-side",
        "connection-unanswered",
        2.1,
    ),
    (
        "passive-range-dropped-on-router",
        "connection-unanswered",
        2.1,
    ),
    ("passive-range-half-open", "connection-unanswered", 2.0),
    (
        "passive-syn-ack-lost-server-side",
        "connection-unanswered",
        2.1,
    ),
    (
        "pasv-private-address-nat-client-side",
        "private-address-announced",
        2.0,
    ),
    (
        "pasv-wrong-address-pure-ftpd",
        "wrong-address-announced",
        2.0,
    ),
    (
        "active-refused-by-client-host-server-side",
        "active-blocked",
        2.0,
    ),
    ("passive-ports-exhausted-vsftpd", "no-passive-port", 2.0),
    (
        "reset-by-firewall-in-transfer-client-side",
        "reset-during-transfer",
        2.0,
    ),
    ("disk-full-proftpd", "storage-exceeded", 2.0),
    ("disk-full-short-write-proftpd", "closed-early", 2.0),
    ("server-killed-pyftpdlib", "server-died", 2.0),
    ("idle-timeout-vsftpd", "idle-timeout", 2.0),
    ("path-dead-in-transfer-client-side", "stalled-path", 2.0),
    (
        "receiver-stopped-in-download-client-side",
        "stalled-receiver",
        2.0,
    ),
    ("login-failed-vsftpd", "login-failed", 2.1),
    ("login-failed-proftpd", "login-failed", 2.6),
    ("password-guessing-vsftpd", "password-guessing", 2.6),
    ("port-scan-ftp", "port-scan", 2.6),
    ("control-port-refused", "control-refused", 2.1),
    ("control-port-dropped", "control-unanswered", 13.1),
    ("control-host-unreachable", "control-unreachable", 11.1),
    (
        "control-forgotten-while-idle-client-side",
        "control-lost",
        9.0,
    ),
    ("reply-227-lost-server-side", "reply-lost", 10.1),
    ("mtu-black-hole-download-server-side", "stalled-mtu", 13.0),
    ("server-host-unreachable-in-transfer", "peer-vanished", 12.6),
];

#[test]
fn findings_come_when_they_are_decided() {
    let late = TIMES.iter().filter_map(|(name, cause, seconds)| {
        let told = replay(name, Duration::from_secs(60));
        let Some((finding, at)) = told.iter().find(|(finding, _)| finding.cause == *cause) else {
            return Some(format!("{name}: no {cause}"));
        };
        let decided = finding.evidence.iter().map(|piece| piece.time).max()?;
        let lag = at.since(decided).as_secs_f64();
        (lag > *seconds).then(|| format!("{name}: {cause} after {lag:.1} s"))
    });
    let late: Vec<String> = late.collect();
    assert!(late.is_empty(), "{late:#?}");
}

#[test]
fn time_alone_changes_no_finding() {
    for (name, cause, _) in TIMES {
        let causes = |after| -> Vec<&str> {
            let told = replay(name, Duration::from_secs(after));
            let told = told.iter().map(|(finding, _)| finding.cause);
            told.filter(|told| told == cause).collect()
        };
        assert_eq!(causes(0), causes(5 * 3600 / 10), "{name}");
    }
}
