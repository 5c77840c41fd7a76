//! A process that runs for weeks neither grows nor stops learning.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::net::Ipv4Addr;

use ftpscope::analyzer::{Analyzer, Event, Options};
use ftpscope::diagnosis::Finding;
use ftpscope::time::Timestamp;

mod support;

use support::analysis::ethernet;
use support::conversation::Conversation;
use support::packets::Link;
use support::planned::{Planned, SECOND};
use support::wire::Connection;

const START: u64 = 1_700_000_000 * SECOND;
const DAY: u64 = 86_400 * SECOND;
const SERVER: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);

#[derive(Default)]
struct Feed {
    number: u64,
    findings: Vec<Finding>,
}

impl Feed {
    fn packets(&mut self, analyzer: &mut Analyzer, packets: &[Planned]) {
        let (mut frame, mut events) = (Vec::new(), Vec::new());
        for packet in packets {
            packet.write(&mut frame, Link::Ethernet);
            self.number += 1;
            analyzer.push(&ethernet(self.number, packet.time, &frame), &mut events);
        }
        self.keep(events);
    }

    fn keep(&mut self, events: Vec<Event>) {
        self.findings
            .extend(events.into_iter().filter_map(|event| match event {
                Event::Finding(finding) => Some(finding),
                Event::Session(_) => None,
            }));
    }
}

fn host(number: u32) -> Ipv4Addr {
    Ipv4Addr::from(0x0a00_0000 + number)
}

/// A session in which these passwords are refused.
fn refused(client: Ipv4Addr, start: u64, passwords: u32) -> Vec<Planned> {
    let mut ftp = Conversation::new((client, 40_000).into(), (SERVER, 21).into(), start);
    ftp.open("220 Service ready");
    for number in 0..passwords {
        ftp.exchange("USER bob", "331 Password required");
        ftp.exchange(&format!("PASS {number}"), "530 Login incorrect");
    }
    ftp.quit();
    ftp.finish()
}

/// SYNs to the FTP port of these hosts, which answer with a reset.
fn knocks(client: Ipv4Addr, start: u64, servers: u8) -> Vec<Planned> {
    let mut ftp = Conversation::new((client, 41_000).into(), (SERVER, 21).into(), start);
    for number in 0..servers {
        let server = Ipv4Addr::new(203, 0, 113, number);
        Connection::new((client, 42_000).into(), (server, 21).into(), 7).refused(&mut ftp.plan);
    }
    ftp.finish()
}

#[test]
fn after_weeks_hosts_are_still_told_apart() {
    let mut analyzer = Analyzer::new(&Options::default());
    let mut feed = Feed::default();
    let mut sizes = Vec::new();
    for day in 0..28 {
        for number in 0..200u32 {
            let client = host(day * 200 + number);
            let start = START + u64::from(day) * DAY + u64::from(number) * 60 * SECOND;
            feed.packets(&mut analyzer, &refused(client, start, 1));
            feed.packets(&mut analyzer, &knocks(client, start + 20 * SECOND, 1));
        }
        sizes.push(analyzer.memory());
    }
    assert!(
        feed.findings
            .iter()
            .any(|finding| finding.cause == "login-failed")
    );
    feed.findings.clear();
    let last = START + 28 * DAY;
    feed.packets(&mut analyzer, &refused(host(9_000_000), last, 8));
    feed.packets(
        &mut analyzer,
        &knocks(host(9_000_001), last + 60 * SECOND, 12),
    );
    let mut events = Vec::new();
    for second in 0..60 {
        let now = last + (70 + second) * SECOND;
        analyzer.advance(Timestamp::from_nanos(now), &mut events);
    }
    feed.keep(events);
    for cause in ["password-guessing", "port-scan"] {
        let found = feed.findings.iter().any(|finding| finding.cause == cause);
        assert!(found, "{cause}: {:?}", feed.findings);
    }
    let hit = analyzer.summary().limits_hit;
    assert!(
        hit.is_empty(),
        "what was quiet for days is no loss: {hit:?}"
    );
    let (after_tables_filled, end) = (sizes[22], sizes[27]);
    assert!(end < after_tables_filled * 11 / 10, "{sizes:?}");
}
