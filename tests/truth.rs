//! The engine finds in generated captures exactly what the generator put there.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;

use ftpscope::analyzer::{Analyzer, Options, Summary};
use ftpscope::capture::{self, Next, Source};
use ftpscope::ftp::Outcome;

mod support;

use support::generator::{Kind, Truth, generate_file};

/// Generates a capture and analyses it.
fn analyze(kind: Kind, size: u64) -> (Truth, Summary) {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("truth-{}.pcap", kind.name()));
    let truth = generate_file(kind, size, &path).unwrap();
    let mut source = capture::open(std::slice::from_ref(&path)).unwrap();
    let mut analyzer = Analyzer::new(&Options::default());
    let mut events = Vec::new();
    while let Next::Packet(packet) = source.next() {
        analyzer.push(&packet, &mut events);
        events.clear();
    }
    analyzer.finish(&mut events);
    std::fs::remove_file(path).unwrap();
    (truth, analyzer.summary())
}

fn exactly(kind: Kind, size: u64) {
    let (truth, found) = analyze(kind, size);
    let seen = Truth {
        packets: found.frames,
        connections: found.connections,
        sessions: found.sessions,
        commands: found.commands,
        replies: found.replies,
        transfers_ok: found
            .channels
            .get(&Outcome::Completed)
            .copied()
            .unwrap_or(0),
        data_bytes: found.bytes_downloaded + found.bytes_uploaded,
        ..truth
    };
    assert_eq!(seen, truth, "{}: {:?}", kind.name(), found.channels);
    let failed = [Outcome::Failed, Outcome::Rejected]
        .iter()
        .filter_map(|outcome| found.channels.get(outcome))
        .sum::<u64>();
    assert_eq!(
        failed,
        truth.transfers_failed,
        "{}: {:?}",
        kind.name(),
        found.channels
    );
}

#[test]
fn bulk_is_counted_exactly() {
    exactly(Kind::Bulk, 6_000_000);
}

#[test]
fn chatty_is_counted_exactly() {
    exactly(Kind::Chatty, 6_000_000);
}

#[test]
fn mixed_is_counted_exactly() {
    exactly(Kind::Mixed, 12_000_000);
}

#[test]
fn dense_is_counted_exactly() {
    exactly(Kind::Dense, 6_000_000);
}

#[test]
fn lossy_misses_no_more_than_the_capture() {
    let (truth, found) = analyze(Kind::Lossy, 6_000_000);
    assert_eq!(found.sessions, truth.sessions);
    let near = |found: u64, sent: u64, damaged: u64| {
        let whole = sent - damaged;
        assert!(
            (whole..=sent).contains(&found),
            "{found} of {whole} whole ones"
        );
    };
    near(found.commands, truth.commands, truth.damaged_commands);
    near(found.replies, truth.replies, truth.damaged_replies);
    // A data connection whose announcement is missing belongs to nobody for certain.
    let bytes = found.bytes_downloaded + found.bytes_uploaded;
    assert!((truth.data_bytes * 97 / 100..=truth.data_bytes).contains(&bytes));
}
