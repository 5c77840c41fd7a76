//! Packets that a live capture lost are told, counted, and make verdicts from silence less certain.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/captures.rs"]
#[allow(dead_code, unreachable_pub)]
mod captures;

use ftpscope::analyzer::{Analyzer, Event, Options};
use ftpscope::capture::{Drops, Next, Packet, Source, open};
use ftpscope::diagnosis::{Confidence, Finding};

/// The findings of a capture in which `lost` tells, before each packet by its number, how many
/// packets the kernel had dropped.
fn findings(name: &str, lost: impl Fn(u64) -> u64) -> Vec<Finding> {
    findings_without(name, lost, |_| false)
}

/// The same, where some packets are not in the capture.
fn findings_without(
    name: &str,
    lost: impl Fn(u64) -> u64,
    lacks: impl Fn(&Packet<'_>) -> bool,
) -> Vec<Finding> {
    let mut source = open(&[captures::capture(name)]).unwrap();
    let mut analyzer = Analyzer::new(&Options::default());
    let mut events = Vec::new();
    while let Next::Packet(packet) = source.next() {
        if lacks(&packet) {
            continue;
        }
        let drops = Drops {
            kernel: lost(packet.frame.number()),
            ..Drops::default()
        };
        analyzer.dropped(&drops, packet.time, &mut events);
        analyzer.push(&packet, &mut events);
    }
    analyzer.finish(&mut events);
    assert!(analyzer.summary().dropped.is_some());
    let finding = |event| match event {
        Event::Finding(finding) => Some(finding),
        Event::Session(_) => None,
    };
    events.into_iter().filter_map(finding).collect()
}

fn confidence(findings: &[Finding], cause: &str) -> Confidence {
    let of_cause = findings.iter().find(|finding| finding.cause == cause);
    of_cause.unwrap().confidence
}

#[test]
fn a_verdict_from_silence_is_less_certain_while_packets_are_lost() {
    for (name, cause) in [
        ("passive-range-dropped-client-side", "connection-unanswered"),
        ("announced-never-used-vsftpd", "never-attempted"),
        ("command-unanswered-proftpd", "unanswered-command"),
        ("control-port-dropped", "control-unanswered"),
    ] {
        let whole = confidence(&findings(name, |_| 0), cause);
        let lossy = findings(name, |number| number);
        let told = confidence(&lossy, cause);
        assert!(
            told < whole || told == Confidence::Possible,
            "{name}: {told:?}"
        );
        let gaps = lossy
            .iter()
            .filter(|finding| finding.cause == "capture-gap");
        for gap in gaps.clone() {
            assert!(!gap.evidence.is_empty());
        }
        assert!((1..=3).contains(&gaps.count()), "{name}");
    }
}

#[test]
fn what_a_packet_proves_stays_as_certain_as_it_was() {
    let name = "passive-range-rejected-reset-client-side";
    for lost in [0, 9] {
        let findings = findings(name, |number| number * lost);
        assert_eq!(
            confidence(&findings, "connection-refused"),
            Confidence::Certain
        );
    }
}

#[test]
fn a_reset_without_its_syn_may_end_what_came_before_the_capture() {
    // Ethernet and IPv4 without options: the SYNs of data connections.
    let is_data_syn = |packet: &Packet<'_>| {
        packet.data[47] & 0x12 == 0x02 && packet.data[36..38] != 21u16.to_be_bytes()
    };
    let name = "passive-range-rejected-reset-client-side";
    let refused: Vec<Finding> = findings_without(name, |_| 0, is_data_syn)
        .into_iter()
        .filter(|finding| finding.cause == "connection-refused")
        .collect();
    assert!(!refused.is_empty());
    for finding in refused {
        assert!(finding.confidence < Confidence::Certain, "{finding:?}");
    }
}
