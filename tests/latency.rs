//! A finding comes within two seconds of the packet that decides it.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;
use std::time::Duration;

use ftpscope::analyzer::{Analyzer, Event, Options};
use ftpscope::capture::{self, Next, Source};
use ftpscope::diagnosis::Finding;
use ftpscope::time::Timestamp;

const STEP: Duration = Duration::from_millis(100);

/// What is found in a capture as it comes, and when: time goes on between the packets, and for a
/// while after the last one.
fn replay(name: &str, after: Duration) -> Vec<(Finding, Timestamp)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("captures")
        .join(name);
    let file = ["capture.pcap", "capture.pcapng"].map(|file| folder.join(file));
    let file = file.into_iter().find(|file| file.exists()).unwrap();
    let mut source = capture::open(&[file]).unwrap();
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

#[test]
fn explore() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter(|n| n != "record")
        .collect();
    names.sort();
    for name in names {
        if !Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("captures")
            .join(&name)
            .is_dir()
        {
            continue;
        }
        for (finding, at) in replay(&name, Duration::from_secs(400)) {
            let last = finding.evidence.iter().map(|e| e.time).max().unwrap();
            let lag = at.since(last).as_secs_f64();
            if lag > 0.2 {
                println!(
                    "{:<28} {:>7.1} {:?} {:?} {name} s={:?}",
                    finding.cause,
                    lag,
                    finding.severity,
                    finding.confidence,
                    finding.session.is_some()
                );
            }
        }
    }
}
